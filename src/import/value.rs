//! What a word of a start command comes to, as far as it can be told without running anything.
//!
//! Values differ from pod to pod in few ways, and these are known: the number at the end of the pod's
//! name, a sum with it, a table by it, and the variables that Kubernetes sets. All else stays as it
//! stands in the text and is not guessed.

use std::collections::BTreeMap;

use super::shell::{Arm, Assignment, Piece, Script, SimpleCommand, Word, name_end, pieces_of};

/// How long a value may get by the variables that are put in.
const LONGEST: usize = 1 << 13;

/// How much all variables of a script may hold together.
const LONGEST_IN_ALL: usize = 1 << 20;

/// How many parts a value may have.
const MOST_PARTS: usize = 1_000;

/// How many pods a table may list.
const MOST_LISTED: usize = 1_000;

/// How deep one value may stand in another, as in `${A:-${B:-c}}`.
const DEEPEST: usize = 8;

/// What a word comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Value {
    /// Its parts in their order; none is the empty text.
    pub parts: Vec<Part>,
}

/// A part of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// This text.
    Text(String),
    /// The number at the end of the pod's name, and this much more.
    Ordinal {
        /// What pod 0 has.
        base: i64,
    },
    /// A variable of the container, `HOSTNAME` among them: the pod's name.
    Variable {
        /// Its name.
        name: String,
        /// What counts when it is not set or empty.
        default: Option<String>,
    },
    /// The pod's full name in the cluster: `$(hostname -f)`.
    FullName,
    /// A table by the number at the end of the pod's name.
    PerPod {
        /// The values that are listed.
        listed: BTreeMap<u64, Value>,
        /// The value of all others.
        otherwise: Option<Box<Value>>,
    },
    /// Not understood, as it stands in the text.
    Other(String),
}

impl Value {
    /// A value that is the same everywhere.
    pub fn text(text: impl Into<String>) -> Self {
        let mut value = Self::default();
        value.push(Part::Text(text.into()));
        value
    }

    /// The text, when it is the same everywhere.
    pub fn constant(&self) -> Option<String> {
        let text = |part: &Part| match part {
            Part::Text(text) => Some(text.clone()),
            _ => None,
        };
        self.parts.iter().map(text).collect()
    }

    /// The base, when the value is the pod's number and that much more.
    pub fn ordinal(&self) -> Option<i64> {
        match self.parts.as_slice() {
            [Part::Ordinal { base }] => Some(*base),
            _ => None,
        }
    }

    /// The text that the pod with this number has; `variable` knows what the container's variables hold.
    pub fn for_pod(
        &self,
        number: u64,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Option<String> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(more) => text.push_str(more),
                Part::Ordinal { base } => {
                    let number = i64::try_from(number).ok()?.checked_add(*base)?;
                    text.push_str(&number.to_string());
                }
                Part::Variable { name, default } => {
                    let found = variable(name).filter(|found| !found.is_empty());
                    text.push_str(&found.or_else(|| default.clone())?);
                }
                Part::FullName => text.push_str(&variable("hostname -f")?),
                Part::PerPod { listed, otherwise } => {
                    let value = listed.get(&number).or(otherwise.as_deref())?;
                    text.push_str(&value.for_pod(number, variable)?);
                }
                Part::Other(_) => return None,
            }
        }
        Some(text)
    }

    /// Whether every part was understood.
    pub fn is_understood(&self) -> bool {
        self.parts.iter().all(|part| match part {
            Part::Other(_) => false,
            Part::PerPod { listed, otherwise } => {
                listed.values().all(Self::is_understood)
                    && otherwise.as_ref().is_none_or(|value| value.is_understood())
            }
            _ => true,
        })
    }

    /// Splits at the first `=` that stands in the text before anything is replaced.
    pub fn split_assignment(mut self) -> Option<(String, Self)> {
        let Some(Part::Text(text)) = self.parts.first_mut() else {
            return None;
        };
        let (name, rest) = text.split_once('=')?;
        let name = name.to_owned();
        if rest.is_empty() {
            self.parts.remove(0);
        } else {
            *text = rest.to_owned();
        }
        Some((name, self))
    }

    /// The lines of a text of several.
    pub fn lines(self) -> Vec<Self> {
        let mut lines = vec![Self::default()];
        for part in self.parts {
            let Part::Text(text) = part else {
                if let Some(line) = lines.last_mut() {
                    line.push(part);
                }
                continue;
            };
            for (number, piece) in text.split('\n').enumerate() {
                if number > 0 {
                    lines.push(Self::default());
                }
                if let Some(line) = lines.last_mut() {
                    line.push(Part::Text(piece.to_owned()));
                }
            }
        }
        lines
    }

    fn push(&mut self, part: Part) {
        match (part, self.parts.last_mut()) {
            (Part::Text(text), _) if text.is_empty() => {}
            (Part::Text(text), Some(Part::Text(before))) => before.push_str(&text),
            (part, _) => self.parts.push(part),
        }
    }

    fn extend(&mut self, value: Self) {
        for part in value.parts {
            self.push(part);
        }
    }

    /// About how much it holds; a table within a table does not exist.
    fn size(&self) -> usize {
        let flat = |value: &Self| {
            let parts = value.parts.iter().map(|part| match part {
                Part::Text(text) | Part::Other(text) => text.len() + 8,
                _ => 8,
            });
            parts.sum::<usize>()
        };
        let tables = self.parts.iter().map(|part| match part {
            Part::PerPod { listed, otherwise } => {
                let listed: usize = listed.values().map(flat).sum();
                listed + otherwise.as_deref().map_or(0, flat)
            }
            _ => 0,
        });
        flat(self) + tables.sum::<usize>()
    }

    fn has_table(&self) -> bool {
        let is_table = |part: &Part| matches!(part, Part::PerPod { .. });
        self.parts.iter().any(is_table)
    }
}

/// The variables that are known at a place of a script.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    values: BTreeMap<String, Known>,
    /// The group of the regular expression that found the pod's number: `${BASH_REMATCH[1]}`.
    group: Option<usize>,
    /// How much was stored so far.
    stored: usize,
}

/// What is known of a variable.
#[derive(Clone, Debug)]
struct Known {
    value: Value,
    is_exported: bool,
}

impl Scope {
    /// What a word comes to here.
    pub fn resolve(&self, word: &Word) -> Value {
        self.resolve_pieces(&word.pieces, 0)
    }

    /// What the pieces of a word or here-document come to here.
    pub fn resolve_all(&self, pieces: &[Piece]) -> Value {
        self.resolve_pieces(pieces, 0)
    }

    /// The variables that programs see, by name.
    pub fn exported(&self) -> impl Iterator<Item = (&str, &Value)> {
        let all = self.values.iter();
        all.filter(|(_, known)| known.is_exported)
            .map(|(name, known)| (name.as_str(), &known.value))
    }

    /// What a variable was set to.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name).map(|known| &known.value)
    }

    /// Sets a variable.
    pub fn set(&mut self, name: &str, value: Value) {
        let known = Known {
            value,
            is_exported: true,
        };
        self.values.insert(name.to_owned(), known);
    }

    /// Takes in what a command sets.
    pub fn follow(&mut self, script: &Script, command: &SimpleCommand) {
        self.follow_test(command);
        let first = command.constant(0).unwrap_or_default();
        let is_export = matches!(
            first.as_str(),
            "export" | "declare" | "typeset" | "readonly" | "local"
        );
        if is_export {
            // `export A` without a value.
            for word in &command.words[1..] {
                if let Some(known) = word.constant().and_then(|name| self.values.get_mut(&name)) {
                    known.is_exported = true;
                }
            }
        } else if !command.words.is_empty() {
            // Only that command sees them.
            return;
        }
        for assignment in &command.assignments {
            self.assign(script, command, assignment);
        }
    }

    /// The scope that a command itself runs with.
    #[must_use]
    pub fn within(&self, command: &SimpleCommand) -> Self {
        let mut scope = self.clone();
        for assignment in &command.assignments {
            let value = self.resolve(&assignment.value);
            scope.set(&assignment.name, value);
        }
        scope
    }

    /// `[[ $HOSTNAME =~ -([0-9]+)$ ]]` puts the pod's number into a group.
    fn follow_test(&mut self, command: &SimpleCommand) {
        if command.words.first().is_none_or(|word| word.raw != "[[") {
            return;
        }
        let at = command.words.iter().position(|word| word.raw == "=~");
        let pattern = at.and_then(|at| command.words.get(at + 1));
        if let Some(before) = pattern.and_then(|word| word.raw.strip_suffix("([0-9]+)$")) {
            self.group = Some(before.matches('(').count() + 1);
        }
    }

    fn assign(&mut self, script: &Script, command: &SimpleCommand, assignment: &Assignment) {
        let mut value = self.resolve(&assignment.value);
        if assignment.appends {
            let mut before = self.get(&assignment.name).cloned().unwrap_or_default();
            before.extend(value);
            value = before;
        }
        let arm = command.arm.and_then(|arm| script.arms.get(arm));
        let before = self.values.remove(&assignment.name);
        let was_exported = before.as_ref().is_some_and(|known| known.is_exported);
        let before = before.map(|known| known.value);
        self.stored += value.size();
        let value = match arm {
            _ if value.size() > LONGEST || self.stored > LONGEST_IN_ALL => unknown("…"),
            Some(arm) => self.in_arm(script, arm, before, &value),
            None if command.is_conditional => unknown(&assignment.value.raw),
            None => value,
        };
        let known = Known {
            value,
            is_exported: was_exported || assignment.is_exported,
        };
        self.values.insert(assignment.name.clone(), known);
    }

    /// What a variable holds that is set in a branch of a `case`.
    fn in_arm(&self, script: &Script, arm: &Arm, before: Option<Value>, value: &Value) -> Value {
        let subject = script.subjects.get(arm.subject);
        let subject = subject.map(|word| self.resolve(word)).unwrap_or_default();
        let first = arm.patterns.first().map_or("", |pattern| &pattern.raw);
        if subject.ordinal() == Some(0) && !value.has_table() {
            return with_row(arm, before, value).unwrap_or_else(|| unknown(first));
        }
        // An address of IPv6 stands in brackets before a port; both branches mean the same address.
        let mut in_brackets = Value::text("[");
        in_brackets.extend(subject.clone());
        in_brackets.extend(Value::text("]"));
        let is_variable = matches!(subject.parts.as_slice(), [Part::Variable { .. }]);
        if is_variable && (*value == subject || *value == in_brackets) {
            return subject;
        }
        unknown(first)
    }

    fn resolve_pieces(&self, pieces: &[Piece], depth: usize) -> Value {
        let mut value = Value::default();
        let mut put_in = 0;
        for piece in pieces {
            let found = match piece {
                Piece::Text(text) => {
                    value.push(Part::Text(text.clone()));
                    continue;
                }
                Piece::Variable {
                    name,
                    operator,
                    operand,
                } => self.variable(name, operator, operand, depth),
                Piece::Arithmetic(sum) => self.arithmetic(sum),
                Piece::Command(command) => self.command(command),
                Piece::Other(raw) => unknown(raw),
            };
            put_in += found.size();
            value.extend(found);
            if value.parts.len() > MOST_PARTS || put_in > 8 * LONGEST {
                return unknown("…");
            }
        }
        value
    }

    fn variable(&self, name: &str, operator: &str, operand: &str, depth: usize) -> Value {
        let raw = || unknown(&["${", name, operator, operand, "}"].concat());
        let known = self.get(name);
        let plain = |default: Option<String>| {
            let name = name.to_owned();
            Value {
                parts: vec![Part::Variable { name, default }],
            }
        };
        match operator {
            "" => known.cloned().unwrap_or_else(|| plain(None)),
            // The value when it is set; when it is not, the script ends.
            ":?" | "?" => known.cloned().unwrap_or_else(|| plain(None)),
            ":-" | "-" | ":=" | "=" => {
                if let Some(known) = known.filter(|known| !known.parts.is_empty()) {
                    return known.clone();
                }
                if depth >= DEEPEST {
                    return raw();
                }
                let default = self.resolve_pieces(&pieces_of(operand), depth + 1);
                match default.constant() {
                    // Set to the empty text above.
                    Some(text) if known.is_some() => Value::text(text),
                    Some(text) => plain(Some(text)),
                    None if known.is_some() => default,
                    None => raw(),
                }
            }
            "##" | "#" if operand.ends_with('-') => match known.map(Value::constant) {
                Some(Some(text)) => match (operand, operator) {
                    ("*-", "##") => Value::text(text.rsplit('-').next().unwrap_or(&text)),
                    ("*-", _) => Value::text(text.split_once('-').map_or(&*text, |(_, rest)| rest)),
                    _ => Value::text(text.strip_prefix(operand).unwrap_or(&text)),
                },
                // The pod's name under this or another name.
                _ => ordinal(0),
            },
            ":" if operand.trim() == "-1" => ordinal(0),
            "[1]" | "[2]" | "[3]" if name == "BASH_REMATCH" => {
                let group = self.group.map(|group| format!("[{group}]"));
                if group.as_deref() == Some(operator) {
                    ordinal(0)
                } else {
                    raw()
                }
            }
            _ => raw(),
        }
    }

    /// A sum of whole numbers and the pod's number.
    fn arithmetic(&self, sum: &str) -> Value {
        let raw = || unknown(&["$((", sum, "))"].concat());
        match self.sum(sum) {
            Some((base, 0)) => Value::text(base.to_string()),
            Some((base, 1)) => ordinal(base),
            _ => raw(),
        }
    }

    /// The constant of a sum, and how often the pod's number is in it.
    fn sum(&self, sum: &str) -> Option<(i64, i64)> {
        let (mut base, mut ordinals) = (0i64, 0i64);
        let mut rest = sum;
        // What each open bracket multiplies by: 1 or -1.
        let mut open = vec![1i64];
        let mut sign = 1i64;
        let skip = |text: &'_ str| -> usize {
            let blank = |c: char| c.is_whitespace() || c == '"';
            text.len() - text.trim_start_matches(blank).len()
        };
        loop {
            rest = &rest[skip(rest)..];
            if let Some(inner) = rest.strip_prefix('(') {
                open.push(open.last()? * sign);
                (rest, sign) = (inner, 1);
                continue;
            }
            let (number, count, behind) = self.term(rest)?;
            let factor = open.last()? * sign;
            base = base.checked_add(number.checked_mul(factor)?)?;
            ordinals = ordinals.checked_add(count * factor)?;
            rest = behind;
            loop {
                rest = &rest[skip(rest)..];
                let Some(outer) = rest.strip_prefix(')') else {
                    break;
                };
                open.pop();
                open.last()?;
                rest = outer;
            }
            sign = match rest.chars().next() {
                None => return (open.len() == 1).then_some((base, ordinals)),
                Some('+') => 1,
                Some('-') => -1,
                Some(_) => return None,
            };
            rest = &rest[1..];
        }
    }

    /// A number, a variable or an expansion at the start of a sum, and what is behind it.
    fn term<'a>(&self, text: &'a str) -> Option<(i64, i64, &'a str)> {
        let digits = text
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len());
        if digits > 0 {
            let number = &text[..digits];
            // A leading zero would make it octal.
            let is_octal = number.len() > 1 && number.starts_with('0');
            let number = number.parse().ok().filter(|_| !is_octal)?;
            return Some((number, 0, &text[digits..]));
        }
        let (name, operator, operand, rest) = if let Some(inner) = text.strip_prefix("${") {
            let close = inner.find('}')?;
            let length = name_end(inner);
            let inside = &inner[length..close];
            let hashes = inside.len() - inside.trim_start_matches('#').len();
            (
                &inner[..length],
                &inside[..hashes],
                &inside[hashes..],
                &inner[close + 1..],
            )
        } else {
            let bare = text.strip_prefix('$').unwrap_or(text);
            let length = name_end(bare);
            (&bare[..length], "", "", &bare[length..])
        };
        if name.is_empty() {
            return None;
        }
        let value = self.variable(name, operator, operand, DEEPEST);
        if let Some(base) = value.ordinal() {
            return Some((base, 1, rest));
        }
        let number = value.constant()?.trim().parse().ok()?;
        Some((number, 0, rest))
    }

    /// The ways in which scripts find the pod's name and its number.
    fn command(&self, command: &str) -> Value {
        let raw = || unknown(&["$(", command, ")"].concat());
        let words: Vec<&str> = command.split_whitespace().take(40).collect();
        let plain = |name: &str| Value {
            parts: vec![Part::Variable {
                name: name.to_owned(),
                default: None,
            }],
        };
        match words.as_slice() {
            ["hostname"] | ["hostname", "-s" | "--short"] => return plain("HOSTNAME"),
            ["hostname", "-f" | "--fqdn" | "--long"] => {
                return Value {
                    parts: vec![Part::FullName],
                };
            }
            ["expr", rest @ ..] => return self.arithmetic(&rest.join(" ")),
            _ => {}
        }
        if ends_in_pod_number(command) {
            return ordinal(0);
        }
        raw()
    }
}

/// Whether a pipeline takes the number from the end of the pod's name.
pub fn ends_in_pod_number(command: &str) -> bool {
    let has_name = ["hostname", "HOSTNAME", "POD_NAME"]
        .iter()
        .any(|name| command.contains(name));
    if !has_name || command.len() > 400 || command.contains("hostname -f") {
        return false;
    }
    let compact: String = command
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '"' | '\\'))
        .collect();
    let ways = [
        "|awk-F-{print$NF}",
        "|awk-F-{print$2}",
        "|cut-d--f2",
        "|cut-d--f2-",
        "|rev|cut-d--f1|rev",
        "|seds/.*-//",
        "|sed-es/.*-//",
        "|seds/.*-//g",
        "|sed-es/.*-//g",
        "|sed-rs/.*-//",
        "|grep-o[0-9]*$",
        "|grep-Eo[0-9]+$",
        "|grep-oE[0-9]+$",
        "|tr-dc0-9",
    ];
    ways.iter().any(|way| compact.ends_with(way))
}

/// The table with one row more, unless that cannot be told.
fn with_row(arm: &Arm, before: Option<Value>, value: &Value) -> Option<Value> {
    let mut before = before.unwrap_or_default();
    let (mut listed, mut otherwise) = match before.parts.pop() {
        Some(Part::PerPod { listed, otherwise }) if before.parts.is_empty() => (listed, otherwise),
        Some(last) => {
            before.parts.push(last);
            if before.has_table() {
                return None;
            }
            (BTreeMap::new(), Some(Box::new(before)))
        }
        None => (BTreeMap::new(), None),
    };
    for pattern in &arm.patterns {
        let pattern = pattern.constant()?;
        if pattern == "*" {
            otherwise = Some(Box::new(value.clone()));
        } else if listed.len() < MOST_LISTED {
            listed.insert(pattern.parse().ok()?, value.clone());
        } else {
            return None;
        }
    }
    let parts = vec![Part::PerPod { listed, otherwise }];
    Some(Value { parts })
}

fn ordinal(base: i64) -> Value {
    Value {
        parts: vec![Part::Ordinal { base }],
    }
}

fn unknown(raw: &str) -> Value {
    let shown: String = raw.chars().take(200).collect();
    Value {
        parts: vec![Part::Other(shown)],
    }
}
