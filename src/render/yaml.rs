//! The YAML printer.
//!
//! Written by ourselves, because no serde writer keeps comments, the key order that people expect and
//! the origin of a line, nor quotes the words that YAML 1.1 reads as something else.
//! Kubernetes' tools read YAML 1.1, newer ones 1.2: what is printed means the same in both, and the
//! tests read everything back with two parsers.
//!
//! One walk over the tree prints and finds lines: [`lines`] keeps what it writes, [`line_of`] stops at
//! the line that it looks for.
//! The walk carries only the marks that still match, so that its time is linear in what it prints.

use std::cmp::Ordering;
use std::fmt::Write as _;
use std::sync::OnceLock;

use serde_yaml::{Mapping, Number, Value};

use super::document::{Document, Marks, comment_lines};
use super::{Line, Origins, Role};
use crate::plan::Traced;
use crate::text::Lang;

/// The order of keys by the habit of the Kubernetes documentation, over all kinds of maps at once.
///
/// Only the order of keys that meet in one map matters, and in nearly all maps it is the same.
/// Keys that are not here stand in the order of the tree, at the place of the empty text: behind what
/// says who and what, before what is long.
const HABIT: &[&str] = &[
    // Any object, and any item of a list.
    "apiVersion",
    "apiGroup",
    "apiGroups",
    "kind",
    "metadata",
    "name",
    "generateName",
    "namespace",
    "labels",
    "annotations",
    // Terms and references.
    "maxSkew",
    "weight",
    "key",
    "operator",
    "value",
    "values",
    "valueFrom",
    "effect",
    "type",
    // Containers.
    "image",
    "imagePullPolicy",
    "command",
    "args",
    "workingDir",
    // Sets of pods, budgets.
    "serviceName",
    "replicas",
    "podManagementPolicy",
    "strategy",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
    "minAvailable",
    "maxUnavailable",
    // Jobs.
    "backoffLimit",
    "activeDeadlineSeconds",
    // Services.
    "clusterIP",
    "clusterIPs",
    "ipFamilyPolicy",
    "ipFamilies",
    "loadBalancerClass",
    "loadBalancerIP",
    "loadBalancerSourceRanges",
    "publishNotReadyAddresses",
    "externalTrafficPolicy",
    "internalTrafficPolicy",
    "podSelector",
    "selector",
    "template",
    // Claims.
    "accessModes",
    "storageClassName",
    "volumeMode",
    // Probes and ports.
    "exec",
    "httpGet",
    "tcpSocket",
    "initialDelaySeconds",
    "periodSeconds",
    "timeoutSeconds",
    "successThreshold",
    "failureThreshold",
    "path",
    "mountPath",
    "subPath",
    "readOnly",
    "port",
    "containerPort",
    "targetPort",
    "nodePort",
    "protocol",
    "policyTypes",
    "from",
    "to",
    "ports",
    "env",
    "envFrom",
    "resources",
    "requests",
    "limits",
    "startupProbe",
    "readinessProbe",
    "livenessProbe",
    "lifecycle",
    // Pods.
    "enableServiceLinks",
    "serviceAccountName",
    "automountServiceAccountToken",
    "imagePullSecrets",
    "runAsNonRoot",
    "runAsUser",
    "runAsGroup",
    "fsGroup",
    "fsGroupChangePolicy",
    "allowPrivilegeEscalation",
    "readOnlyRootFilesystem",
    "capabilities",
    "seccompProfile",
    "securityContext",
    "terminationGracePeriodSeconds",
    "priorityClassName",
    "nodeSelector",
    "tolerations",
    "affinity",
    "topologySpreadConstraints",
    "",
    "initContainers",
    "containers",
    "volumeMounts",
    "volumes",
    "volumeClaimTemplates",
    "ingress",
    "egress",
    "spec",
    "data",
    "stringData",
    "binaryData",
];

/// Maps whose keys are the user's own: they keep their order.
const FREE: [&str; 8] = [
    "labels",
    "annotations",
    "data",
    "stringData",
    "binaryData",
    "matchLabels",
    "nodeSelector",
    "parameters",
];

/// The longest key that is written before its colon; YAML allows 1024 characters.
const LONGEST_KEY: usize = 512;

/// The text of a tree, its keys in the order that they have.
///
/// Tags are not written: neither designs nor Kubernetes objects have any.
pub fn print(tree: &Value) -> String {
    let unmarked = Marks::default();
    let language = Traced::default();
    let mut walk = Walk {
        lines: Vec::new(),
        habit: false,
        language: &language,
        wanted: Wanted::All,
    };
    walk.root(tree, &unmarked);
    let mut text = String::with_capacity(walk.lines.iter().map(|line| line.text.len() + 1).sum());
    for line in &walk.lines {
        text.push_str(&line.text);
        text.push('\n');
    }
    text
}

/// The lines of an object, with their origins and roles.
pub fn lines(document: &Document) -> Vec<Line> {
    let mut walk = Walk {
        lines: Vec::new(),
        habit: true,
        language: &document.language,
        wanted: Wanted::All,
    };
    walk.root(&document.tree, &document.marks);
    walk.lines
}

/// The line within the document at which a path stands, counted from 0.
///
/// A comment above it is not its line; an item of a list stands at its dash.
pub fn line_of(document: &Document, path: &str) -> Option<usize> {
    line_of_value(document, document.get(path)?)
}

/// The line at which a value of the document's own tree stands.
pub(super) fn line_of_value(document: &Document, value: &Value) -> Option<usize> {
    let wanted = Wanted::Before(value);
    let mut walk = Walk {
        lines: Vec::new(),
        habit: true,
        language: &document.language,
        wanted,
    };
    walk.root(&document.tree, &document.marks);
    match walk.wanted {
        Wanted::Found(line) => Some(line),
        _ => None,
    }
}

/// What a walk is for.
#[derive(Clone, Copy)]
enum Wanted<'a> {
    /// All lines.
    All,
    /// The line of this very value, not reached yet.
    Before(&'a Value),
    /// The line of the value just reached: the next one that is no comment.
    Next,
    /// This was the line; the walk is over.
    Found(usize),
}

/// How a value hangs on what is before it in its line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Slot {
    /// Behind `key:`; a map goes to the next line, two columns in.
    Key,
    /// Behind `-` or `?`; a map begins in the same line.
    Dash,
    /// Behind nothing: it is the whole document.
    Root,
}

/// One walk over a tree.
struct Walk<'a> {
    lines: Vec<Line>,
    /// Whether keys follow [`HABIT`].
    habit: bool,
    language: &'a Traced<Lang>,
    wanted: Wanted<'a>,
}

/// What a walk carries down to a value.
struct Way<'a> {
    /// The marks whose path leads here.
    marks: Vec<&'a Marks>,
    /// The origins of the path and all above it.
    origins: Origins,
    /// The nearest key above.
    parent: &'a str,
    /// The column at which the innermost collection stands.
    column: usize,
}

impl<'a> Walk<'a> {
    fn root(&mut self, tree: &'a Value, marks: &'a Marks) {
        let way = Way {
            marks: vec![marks],
            origins: Origins::NONE,
            parent: "",
            column: 0,
        };
        self.value(String::new(), Slot::Root, tree, way);
    }

    fn over(&self) -> bool {
        matches!(self.wanted, Wanted::Found(_))
    }

    /// Ends a line.
    fn push(&mut self, text: String, origins: &Origins, role: Role) {
        if matches!(self.wanted, Wanted::Next) && role != Role::Comment {
            self.wanted = Wanted::Found(self.lines.len());
        }
        self.lines.push(Line {
            text,
            origins: origins.clone(),
            role,
        });
    }

    /// Writes a value behind the open line, with the comments above it.
    ///
    /// Gives the origins that all its lines share: those of what stands above and would go with it.
    fn value(&mut self, open: String, slot: Slot, value: &'a Value, mut way: Way<'a>) -> Origins {
        if self.over() {
            return Origins::NONE;
        }
        if let Wanted::Before(wanted) = self.wanted
            && std::ptr::eq(wanted, value)
        {
            self.wanted = Wanted::Next;
        }
        for marks in &way.marks {
            way.origins = way.origins.and(&marks.origins);
        }
        let first = self.lines.len();
        self.notes(&open, &way);
        let first_own = self.lines.len();
        let shared = match untagged(value) {
            Value::Mapping(map) if !map.is_empty() => self.map(open, slot, map, &way),
            Value::Sequence(items) if !items.is_empty() => self.list(open, slot, items, &way),
            Value::String(text) => self.text(open, slot, text, &way),
            scalar => {
                self.scalar(open, scalar, &way.origins);
                way.origins
            }
        };
        for line in &mut self.lines[first..first_own] {
            line.origins = line.origins.and(&shared);
        }
        shared
    }

    fn notes(&mut self, open: &str, way: &Way) {
        let column = open.len() - open.trim_start_matches(' ').len();
        for (sentence, origins) in way.marks.iter().flat_map(|marks| &marks.notes) {
            let origins = way.origins.and(origins).and(&self.language.from);
            for comment in comment_lines(&sentence.words(**self.language), column) {
                let mut line = spaces(column, comment.len());
                line.push_str(&comment);
                self.push(line, &origins, Role::Comment);
            }
        }
    }

    fn map(&mut self, open: String, slot: Slot, map: &'a Mapping, way: &Way<'a>) -> Origins {
        let (mut open, header) = self.begin(open, slot, &way.origins);
        let column = if slot == Slot::Root {
            0
        } else {
            way.column + 2
        };
        let mut shared: Option<Origins> = None;
        let mut one = |walk: &mut Self, key: &'a Value, value: &'a Value| {
            let line = open.take().unwrap_or_else(|| spaces(column, 32));
            let marks = match key {
                Value::String(key) => way
                    .marks
                    .iter()
                    .filter_map(|marks| marks.below(key))
                    .collect(),
                _ => Vec::new(),
            };
            let way = Way {
                marks,
                origins: way.origins.clone(),
                parent: key.as_str().unwrap_or_default(),
                column,
            };
            let origins = walk.entry(line, key, value, way);
            shared = Some(
                shared
                    .as_ref()
                    .map_or_else(|| origins.clone(), |shared| shared.shared(&origins)),
            );
        };
        if self.habit && map.len() > 1 && !FREE.contains(&way.parent) {
            let mut entries: Vec<(usize, &Value, &Value)> = map
                .iter()
                .map(|(key, value)| (rank(way.parent, key), key, value))
                .collect();
            entries.sort_by_key(|(rank, ..)| *rank);
            for (_, key, value) in entries {
                one(self, key, value);
            }
        } else {
            for (key, value) in map {
                one(self, key, value);
            }
        }
        self.end(header, shared)
    }

    fn entry(
        &mut self,
        mut open: String,
        key: &'a Value,
        value: &'a Value,
        way: Way<'a>,
    ) -> Origins {
        let column = way.column;
        match key {
            Value::String(key) if key.len() <= LONGEST_KEY => {
                let before = open.len();
                push_text(&mut open, key);
                if open.len() - before > 2 * LONGEST_KEY {
                    // Escapes made it long.
                    open.truncate(before);
                    self.far_key(open, &Value::String(key.clone()), &way.origins);
                    open = spaces(column, 32);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => push_plain(&mut open, key),
            key => {
                self.far_key(open, key, &way.origins);
                open = spaces(column, 32);
            }
        }
        open.push(':');
        self.value(open, Slot::Key, value, way)
    }

    /// Writes a key that cannot stand before a colon: `? KEY`, the colon in the next line.
    ///
    /// No Kubernetes object has one; a design could, in the parts that are kept unknown.
    fn far_key(&mut self, mut open: String, key: &Value, origins: &Origins) {
        let column = open.len();
        open.push('?');
        let mut walk = Walk {
            lines: Vec::new(),
            habit: self.habit,
            language: self.language,
            wanted: Wanted::All,
        };
        walk.value(
            open,
            Slot::Dash,
            key,
            Way {
                marks: Vec::new(),
                origins: origins.clone(),
                parent: "",
                column,
            },
        );
        self.lines.extend(walk.lines);
    }

    fn list(&mut self, open: String, slot: Slot, items: &'a [Value], way: &Way<'a>) -> Origins {
        let (mut open, header) = self.begin(open, slot, &way.origins);
        let column = if slot == Slot::Dash {
            way.column + 2
        } else {
            way.column
        };
        let mut shared: Option<Origins> = None;
        for (number, item) in items.iter().enumerate() {
            let mut line = open.take().unwrap_or_else(|| spaces(column, 32));
            line.push('-');
            let mut marks = Vec::new();
            for above in &way.marks {
                above.of_item(number, item, &mut marks);
            }
            let way = Way {
                marks,
                origins: way.origins.clone(),
                parent: way.parent,
                column,
            };
            let origins = self.value(line, Slot::Dash, item, way);
            shared = Some(
                shared
                    .as_ref()
                    .map_or_else(|| origins.clone(), |shared| shared.shared(&origins)),
            );
        }
        self.end(header, shared)
    }

    /// Begins a collection: gives what its first line begins with, and the number of the line of its key.
    fn begin(
        &mut self,
        mut open: String,
        slot: Slot,
        origins: &Origins,
    ) -> (Option<String>, Option<usize>) {
        match slot {
            Slot::Root => (None, None),
            Slot::Dash => {
                open.push(' ');
                (Some(open), None)
            }
            Slot::Key => {
                self.push(open, origins, Role::Plain);
                (None, Some(self.lines.len() - 1))
            }
        }
    }

    /// Ends a collection: the line of its key would not be there without its content, so that what all
    /// of the content comes from, the key comes from as well.
    fn end(&mut self, header: Option<usize>, shared: Option<Origins>) -> Origins {
        let shared = shared.unwrap_or_default();
        if let Some(line) = header.and_then(|header| self.lines.get_mut(header)) {
            line.origins = line.origins.and(&shared);
        }
        shared
    }

    fn scalar(&mut self, mut open: String, scalar: &Value, origins: &Origins) {
        if !open.is_empty() {
            open.push(' ');
        }
        push_plain(&mut open, scalar);
        self.push(open, origins, Role::Plain);
    }

    /// Writes a text, as a block when it has several lines or was put as one.
    fn text(&mut self, mut open: String, slot: Slot, text: &str, way: &Way) -> Origins {
        let origins = &way.origins;
        let known = way.marks.iter().find_map(|marks| marks.block.as_deref());
        if !open.is_empty() {
            open.push(' ');
        }
        if slot == Slot::Root || !(known.is_some() || text.contains('\n')) || !fits_block(text) {
            push_text(&mut open, text);
            let origins = known
                .unwrap_or_default()
                .iter()
                .fold(origins.clone(), |all, line| all.and(&line.origins));
            self.push(open, &origins, Role::Plain);
            return origins;
        }
        let (body, chomping) = match text.strip_suffix('\n') {
            None => (text, "-"),
            Some(body) if body.ends_with('\n') => (body, "+"),
            Some(body) => (body, ""),
        };
        open.push('|');
        if body.starts_with([' ', '\n']) {
            open.push('2');
        }
        open.push_str(chomping);
        let header = self.lines.len();
        self.push(open, origins, Role::Plain);
        let mut shared: Option<Origins> = None;
        for (number, part) in body.split('\n').enumerate() {
            let mut line = String::new();
            if !part.is_empty() {
                line = spaces(way.column + 2, part.len());
                line.push_str(part);
            }
            // An edit after rendering may have changed the text; then its lines are no longer those.
            let known = known
                .and_then(|lines| lines.get(number))
                .filter(|known| known.text == part);
            let role = known.map_or(Role::Plain, |known| known.role);
            let origins =
                known.map_or_else(|| origins.clone(), |known| origins.and(&known.origins));
            self.push(line, &origins, role);
            shared = Some(
                shared
                    .as_ref()
                    .map_or_else(|| origins.clone(), |shared| shared.shared(&origins)),
            );
        }
        self.end(Some(header), shared)
    }
}

/// The value behind its tags.
fn untagged(mut value: &Value) -> &Value {
    while let Value::Tagged(tagged) = value {
        value = &tagged.value;
    }
    value
}

/// An indentation, with room for more.
fn spaces(column: usize, room: usize) -> String {
    let mut line = String::with_capacity(column + room);
    for _ in 0..column {
        line.push(' ');
    }
    line
}

/// The place of a key among others.
fn rank(parent: &str, key: &Value) -> usize {
    static RANKS: OnceLock<(Vec<(&str, usize)>, usize)> = OnceLock::new();
    let (ranks, others) = RANKS.get_or_init(|| {
        let mut ranks: Vec<(&str, usize)> = HABIT
            .iter()
            .enumerate()
            .map(|(rank, key)| (*key, rank))
            .collect();
        ranks.sort_unstable_by(|(left, _), (right, _)| by_length(left, right));
        (
            ranks,
            HABIT
                .iter()
                .position(|key| key.is_empty())
                .unwrap_or(HABIT.len()),
        )
    });
    let key = key.as_str().unwrap_or_default();
    if parent == "topologySpreadConstraints" && key == "labelSelector" {
        // Elsewhere it stands before `topologyKey`.
        return HABIT.len();
    }
    ranks
        .binary_search_by(|(known, _)| by_length(known, key))
        .map_or(*others, |at| ranks[at].1)
}

/// An order of texts that seldom looks at their characters.
fn by_length(left: &str, right: &str) -> Ordering {
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}

/// Writes a value that is no text, or a collection that is empty.
fn push_plain(line: &mut String, value: &Value) {
    match value {
        Value::Null => line.push_str("null"),
        Value::Bool(true) => line.push_str("true"),
        Value::Bool(false) => line.push_str("false"),
        Value::Number(number) => push_number(line, number),
        Value::Mapping(_) => line.push_str("{}"),
        Value::Sequence(_) => line.push_str("[]"),
        Value::String(text) => push_text(line, text),
        Value::Tagged(tagged) => push_plain(line, &tagged.value),
    }
}

/// Writes a number; YAML 1.1 knows an exponent only behind a point, and only with its sign.
fn push_number(line: &mut String, number: &Number) {
    let text = match number.as_f64() {
        Some(value) if number.is_f64() => float(value),
        _ => integer(number),
    };
    match text.split_once('e') {
        Some((digits, exponent)) => {
            let point = if digits.contains('.') { "" } else { ".0" };
            let sign = if exponent.starts_with('-') { "" } else { "+" };
            let _ = write!(line, "{digits}{point}e{sign}{exponent}");
        }
        None => line.push_str(&text),
    }
}

/// The shortest text of a number with a fraction that means this very number.
///
/// The libraries that read numbers can write them too, but bring tables of 10 kB for it.
pub(crate) fn float(value: f64) -> String {
    if value.is_nan() {
        ".nan".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { ".inf" } else { "-.inf" }.to_owned()
    } else if (1e-5..1e-4).contains(&value.abs()) {
        value.to_string()
    } else {
        format!("{value:?}")
    }
}

fn integer(number: &Number) -> String {
    match (number.as_u64(), number.as_i64()) {
        (Some(number), _) => number.to_string(),
        (_, Some(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// Writes a text in one line: as it is where no reader takes it for anything else, otherwise in quotes.
fn push_text(line: &mut String, text: &str) {
    if is_plain(text) {
        line.push_str(text);
    } else if text.contains(['"', '\\']) && text.chars().all(printable) {
        line.push('\'');
        for part in text.split_inclusive('\'') {
            line.push_str(part);
            if part.ends_with('\'') {
                line.push('\'');
            }
        }
        line.push('\'');
    } else {
        push_escaped(line, text);
    }
}

fn push_escaped(line: &mut String, text: &str) {
    line.push('"');
    for character in text.chars() {
        let _ = match character {
            '"' => line.write_str("\\\""),
            '\\' => line.write_str("\\\\"),
            '\n' => line.write_str("\\n"),
            '\r' => line.write_str("\\r"),
            '\t' => line.write_str("\\t"),
            character if printable(character) => line.write_char(character),
            character => match u32::from(character) {
                code @ ..=0xff => write!(line, "\\x{code:02x}"),
                code @ ..=0xffff => write!(line, "\\u{code:04x}"),
                code => write!(line, "\\U{code:08x}"),
            },
        };
    }
    line.push('"');
}

/// Whether a character may stand as it is: YAML allows it, and a person sees it.
///
/// Characters that only steer the text's direction are not shown, so that no value looks like another.
pub(super) fn printable(character: char) -> bool {
    match u32::from(character) {
        code @ ..=0x7f => (0x20..0x7f).contains(&code),
        0x80..=0x9f
        | 0xad
        | 0x061c
        | 0x180e
        | 0x200b..=0x200f
        | 0x2028..=0x202e
        | 0x2060..=0x206f
        | 0xfeff
        | 0xfff0..=0xffff
        | 0xe_0000..=0xe_0fff => false,
        // The last two characters of each plane are none.
        code => code & 0xfffe != 0xfffe,
    }
}

/// Whether a text of several lines can be a literal block.
fn fits_block(text: &str) -> bool {
    let mut seen = false;
    for line in text.split('\n') {
        // Readers differ about tabs where indentation could be.
        if line.trim_start_matches(' ').starts_with('\t')
            || !line.chars().all(|c| c == '\t' || printable(c))
        {
            return false;
        }
        seen |= line.bytes().any(|byte| byte != b' ');
    }
    seen
}

/// Whether every reader of YAML 1.1 and of 1.2 takes the text without quotes for this very text.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let Some(&first) = bytes.first() else {
        return false;
    };
    let begins_well = match first {
        b'-' => bytes.get(1).is_some_and(|&next| next != b' ') && !text.starts_with("---"),
        b'?' | b':' | b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'&' | b'*' | b'!' | b'|'
        | b'>' | b'\'' | b'"' | b'%' | b'@' | b'`' | b'=' => false,
        b'<' => text != "<<",
        _ => true,
    };
    begins_well
        && text.trim().len() == text.len()
        && !text.ends_with(':')
        && text.chars().all(printable)
        && !bytes.windows(2).any(|pair| pair == b": " || pair == b" #")
        && !text.starts_with("...")
        && !is_word(text)
        && !may_be_number(bytes)
}

/// Whether a reader may take the text for a truth value, nothing or infinity.
fn is_word(text: &str) -> bool {
    const WORDS: [&str; 14] = [
        "y", "n", "yes", "no", "on", "off", "true", "false", "null", "inf", "nan", "infinity",
        ".inf", ".nan",
    ];
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    text.starts_with('~')
        || text.len() <= 9 && WORDS.iter().any(|word| unsigned.eq_ignore_ascii_case(word))
}

/// Whether a reader may take the text for a number, a time of day or a date.
///
/// All that begins like a number and has only characters of numbers and dates counts, since the
/// readers differ: `0o7`, `017`, `1_000`, `0x1f`, `22:22`, `.5`, `1e3`, `2026-11-01 10:00:00Z`.
/// An address or a version in three parts is quoted with them; `10Gi` and `500m` are not.
fn may_be_number(bytes: &[u8]) -> bool {
    let unsigned = match bytes {
        [b'+' | b'-', rest @ ..] => rest,
        all => all,
    };
    let begins = match unsigned {
        [b'.', next, ..] => next.is_ascii_digit() || matches!(next, b'_' | b'.'),
        [b'.'] => true,
        [first, ..] => first.is_ascii_digit(),
        [] => false,
    };
    begins
        && unsigned.iter().all(|byte| {
            byte.is_ascii_hexdigit()
                || matches!(
                    byte,
                    b'.' | b'_'
                        | b','
                        | b':'
                        | b'+'
                        | b'-'
                        | b'x'
                        | b'X'
                        | b'o'
                        | b'O'
                        | b'T'
                        | b't'
                        | b'Z'
                        | b'z'
                        | b' '
                )
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::document::Text;
    use super::*;
    use crate::text::Sentence;

    fn tree(text: &str) -> Value {
        serde_yaml::from_str(text).expect("the test's YAML is right")
    }

    fn text(lines: &[Line]) -> String {
        lines.iter().map(|line| line.text.clone() + "\n").collect()
    }

    /// Both readers must see the tree in the text.
    fn reads_back(text: &str, tree: &Value) {
        let first: Value = serde_yaml::from_str(text)
            .unwrap_or_else(|error| panic!("serde_yaml: {error}\n{text}"));
        assert_eq!(first, *tree, "serde_yaml\n{text}");
        let second: Value = serde_saphyr::from_str(text)
            .unwrap_or_else(|error| panic!("serde_saphyr: {error}\n{text}"));
        assert_eq!(second, *tree, "serde_saphyr\n{text}");
    }

    #[test]
    fn a_number_with_a_fraction_looks_as_serde_yaml_writes_it() {
        let mut number = 1.0;
        for _ in 0..700 {
            for number in [
                number,
                1.0 / number,
                0.3 * number,
                -1.7 / number,
                number - 1.0,
            ] {
                assert_eq!(float(number), Number::from(number).to_string());
            }
            number *= 2.7;
        }
        assert_eq!(float(f64::NEG_INFINITY), "-.inf");
        assert_eq!(float(f64::NAN), ".nan");
    }

    #[test]
    fn an_object_looks_as_people_write_it() {
        let set = tree(
            r#"
apiVersion: apps/v1
kind: StatefulSet
metadata: {labels: {app: kafka, "n": "on"}, name: kafka, annotations: {}}
spec:
  volumeClaimTemplates: [{metadata: {name: data}, spec: {resources: {requests: {storage: 10Gi}}, accessModes: [ReadWriteOnce]}}]
  template:
    metadata: {labels: {app: kafka}}
    spec:
      volumes: [{emptyDir: {}, name: tmp}]
      containers:
      - volumeMounts: [{mountPath: /tmp, name: tmp}]
        readinessProbe: {failureThreshold: 3, tcpSocket: {port: 9092}, periodSeconds: 10}
        ports: [{containerPort: 9092, name: client}]
        name: kafka
        env: [{valueFrom: {fieldRef: {fieldPath: status.hostIP}}, name: HOST_IP}, {value: "30127", name: PORT}]
        image: apache/kafka:3.9.1
        command: [sh, -c, "exec a\n  b\n"]
      topologySpreadConstraints: [{labelSelector: {}, maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}]
      hostname: x
      enableServiceLinks: false
  selector: {matchLabels: {app: kafka}}
  replicas: 3
  serviceName: kafka-headless
"#,
        );
        let text = text(&lines(&Document::from_tree(set.clone())));
        assert_eq!(
            text,
            r#"apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: kafka
  labels:
    app: kafka
    "n": "on"
  annotations: {}
spec:
  serviceName: kafka-headless
  replicas: 3
  selector:
    matchLabels:
      app: kafka
  template:
    metadata:
      labels:
        app: kafka
    spec:
      enableServiceLinks: false
      topologySpreadConstraints:
      - maxSkew: 1
        topologyKey: zone
        whenUnsatisfiable: DoNotSchedule
        labelSelector: {}
      hostname: x
      containers:
      - name: kafka
        image: apache/kafka:3.9.1
        command:
        - sh
        - -c
        - |
          exec a
            b
        ports:
        - name: client
          containerPort: 9092
        env:
        - name: HOST_IP
          valueFrom:
            fieldRef:
              fieldPath: status.hostIP
        - name: PORT
          value: "30127"
        readinessProbe:
          tcpSocket:
            port: 9092
          periodSeconds: 10
          failureThreshold: 3
        volumeMounts:
        - name: tmp
          mountPath: /tmp
      volumes:
      - name: tmp
        emptyDir: {}
  volumeClaimTemplates:
  - metadata:
      name: data
    spec:
      accessModes:
      - ReadWriteOnce
      resources:
        requests:
          storage: 10Gi
"#
        );
        reads_back(&text, &set);
    }

    #[test]
    fn the_order_of_a_habit_names_each_key_once() {
        let mut keys = HABIT.to_vec();
        keys.sort_unstable();
        assert!(keys.windows(2).all(|pair| pair[0] != pair[1]), "{keys:?}");
    }

    #[test]
    #[allow(clippy::too_many_lines)] // A list of words.
    fn words_that_a_reader_would_misread_are_quoted() {
        let misread = [
            "",
            " ",
            "a ",
            " a",
            "y",
            "N",
            "yes",
            "No",
            "on",
            "OFF",
            "True",
            "null",
            "Null",
            "~",
            "~a",
            "1",
            "-1",
            "+1",
            "1.5",
            ".5",
            "5.",
            "1e3",
            "1E+3",
            "0x1f",
            "0o7",
            "017",
            "0b1",
            "1_000",
            "1,000",
            "22:22",
            "1:30:00",
            "2026-11-01",
            "2026-11-01T10:00:00Z",
            "2026-11-01 10:00:00 +01:00",
            ".inf",
            "-.INF",
            ".nan",
            "inf",
            "NaN",
            "-",
            "- a",
            "---",
            "--- a",
            "...",
            "?",
            "? a",
            ":",
            ": a",
            "a: b",
            "a:",
            "a #b",
            "#a",
            "=",
            "=a",
            "<<",
            "&a",
            "*a",
            "!a",
            "|",
            ">",
            "%a",
            "@a",
            "`a",
            "'a'",
            "\"a\"",
            "[a]",
            "{a}",
            ",a",
            "a\tb",
            "a\u{202e}b",
            "\u{feff}a",
            "\u{7f}",
            "3.9.1",
            "10.0.0.1",
        ];
        for text in misread {
            let mut line = String::new();
            push_text(&mut line, text);
            assert!(line.starts_with(['"', '\'']), "{text:?} stands bare");
            reads_back(&print(&text.into()), &text.into());
        }
        let clear = [
            "a",
            "10Gi",
            "500m",
            "-Xmx1G",
            "--override",
            "a:b",
            "a#b",
            "http://a:80/?b=c#d",
            "a, b",
            "a [b] {c}",
            "it's",
            "größe",
            "日本",
            "😀",
            "<a>",
            "./a",
            "/var/lib",
            "..",
            "kafka:3.9.1",
            "$(A)",
            "${A}",
            "yesterday",
            "none",
            "a\\b",
            "_1",
            "x=\"y\"",
        ];
        for text in clear {
            assert!(is_plain(text) || text == "..", "{text:?} is quoted");
            reads_back(&print(&text.into()), &text.into());
        }
    }

    #[test]
    fn quotes_are_the_kind_that_needs_no_escape() {
        for (text, expected) in [
            ("yes", "\"yes\""),
            ("{\"a\": 1}", "'{\"a\": 1}'"),
            ("a: it's \\", "'a: it''s \\'"),
            (
                "\t\u{1}\u{85}\u{2028}\u{e0001}",
                "\"\\t\\x01\\x85\\u2028\\U000e0001\"",
            ),
        ] {
            let mut line = String::new();
            push_text(&mut line, text);
            assert_eq!(line, expected);
        }
    }

    #[test]
    fn numbers_are_numbers_in_yaml_1_1_as_well() {
        assert_eq!(
            print(&tree("[1e21, 1.5e-9, -3, 2.5, .inf, true, null]")),
            "- 1.0e+21\n- 1.5e-9\n- -3\n- 2.5\n- .inf\n- true\n- null\n"
        );
    }

    #[test]
    fn texts_of_several_lines_are_blocks() {
        let print = |text: &str| {
            print(&Value::Mapping(Mapping::from_iter([(
                "a".into(),
                text.into(),
            )])))
        };
        assert_eq!(print("b\nc"), "a: |-\n  b\n  c\n");
        assert_eq!(print("b\n\nc\n"), "a: |\n  b\n\n  c\n");
        assert_eq!(print("b\n\n"), "a: |+\n  b\n\n");
        assert_eq!(print("  b\nc"), "a: |2-\n    b\n  c\n");
        assert_eq!(print("\nc"), "a: |2-\n\n  c\n");
        assert_eq!(print("b\r\nc"), "a: \"b\\r\\nc\"\n");
        assert_eq!(print("\tb\nc"), "a: \"\\tb\\nc\"\n");
        assert_eq!(print("\n"), "a: \"\\n\"\n");
    }

    #[test]
    fn a_design_keeps_its_order() {
        let text = "format: 1\nvalues:\n  kafka.name: a\n  kafka.groups[a].brokers: \"3\"\nlists:\n  name:\n  - b\n  - - c\n    - d\n  - []\napiVersion: x\n";
        assert_eq!(print(&tree(text)), text);
    }

    #[test]
    fn a_long_or_composed_key_is_legal() {
        let long = "k".repeat(2000);
        let mut map = Mapping::new();
        for key in [
            long.clone().into(),
            "\u{1}".repeat(500).into(),
            tree("{a: [b, {c: d}]}"),
            tree("[a, b]"),
            tree("{}"),
            Value::Null,
        ] {
            map.insert(key.clone(), tree("{e: [f]}"));
            let text = print(&Value::Mapping(map.clone()));
            let back: Value =
                serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
            assert_eq!(back, Value::Mapping(map.clone()));
        }
    }

    fn service() -> Document {
        Document::from_tree(tree(
            "{apiVersion: v1, kind: Service, metadata: {name: kafka, labels: {app.kubernetes.io/name: kafka}}, spec: {clusterIP: None, ports: [{port: 9092, name: client}, {name: inner, port: 9093}]}}",
        ))
    }

    #[test]
    fn a_line_has_the_origins_of_its_path_and_of_all_above() {
        let [kind, client, port, label] = ["kind", "client", "port", "label"].map(Origins::one);
        let document = service()
            .from("", &kind)
            .from("spec.ports[client]", &client)
            .from("spec.ports[client].port", &port)
            .from(r#"metadata.labels["app.kubernetes.io/name"]"#, &label)
            .from("spec.ports[1].port", &port)
            .note(
                "spec.clusterIP",
                Sentence::plain("Headless: each broker has its own name"),
            )
            .note("spec.ports[client]", Sentence::plain("Clients"));
        assert!(document.dangling().is_empty());
        let shown: Vec<String> = lines(&document)
            .iter()
            .map(|line| {
                let origins: Vec<&str> = line
                    .origins
                    .iter()
                    .map(crate::design::FieldPath::as_str)
                    .collect();
                format!("{:40}{}", line.text, origins.join(" "))
                    + if line.role == Role::Comment { " !" } else { "" }
            })
            .collect();
        assert_eq!(
            shown,
            [
                "apiVersion: v1                          kind",
                "kind: Service                           kind",
                "metadata:                               kind",
                "  name: kafka                           kind",
                // Without the label there would be no line for labels.
                "  labels:                               kind label",
                "    app.kubernetes.io/name: kafka       kind label",
                "spec:                                   kind",
                "  # Headless: each broker has its own namekind !",
                "  clusterIP: None                       kind",
                "  ports:                                kind",
                "  # Clients                             client kind !",
                "  - name: client                        client kind",
                "    port: 9092                          client kind port",
                "  - name: inner                         kind",
                "    port: 9093                          kind port",
            ]
        );
    }

    #[test]
    fn a_path_has_the_line_where_it_stands() {
        let document = service()
            .note("spec.ports[inner]", Sentence::plain("A comment"))
            .note("", Sentence::plain("Top"));
        let lines = lines(&document);
        for (path, expected) in [
            ("", "apiVersion: v1"),
            ("metadata.labels", "  labels:"),
            (
                r#"metadata.labels["app.kubernetes.io/name"]"#,
                "    app.kubernetes.io/name: kafka",
            ),
            ("spec.ports", "  ports:"),
            ("spec.ports[client]", "  - name: client"),
            ("spec.ports[client].name", "  - name: client"),
            ("spec.ports[client].port", "    port: 9092"),
            ("spec.ports[1]", "  - name: inner"),
            ("spec.ports[inner].port", "    port: 9093"),
        ] {
            let line = line_of(&document, path).unwrap_or_else(|| panic!("{path} has a line"));
            assert_eq!(lines[line].text, expected, "{path}");
        }
        assert_eq!(line_of(&document, "spec.ports[absent].port"), None);
        assert_eq!(
            document.line_in_file("spec.ports[inner].targetPort"),
            1 + line_of(&document, "spec.ports[inner]").unwrap()
        );
    }

    #[test]
    fn the_lines_of_a_block_know_more_than_their_path() {
        let [all, log] = ["all", "log"].map(Origins::one);
        let script = Text::new(Role::Shell)
            .comment("Why.", &Origins::NONE)
            .line("exec a \\", &Origins::NONE)
            .line("  log", &log);
        let document = Document::from_tree(tree(
            "{kind: Pod, spec: {containers: [{name: a, args: [-c, x]}]}}",
        ))
        .block("spec.containers[a].args[1]", &script)
        .from("spec.containers[a]", &all);
        let lines = lines(&document);
        assert_eq!(
            text(&lines),
            "kind: Pod\nspec:\n  containers:\n  - name: a\n    args:\n    - -c\n    - |-\n      # Why.\n      exec a \\\n        log\n"
        );
        assert_eq!(lines[8].role, Role::Shell);
        assert_eq!(lines[7].role, Role::Comment);
        assert_eq!(lines[8].origins, all);
        assert_eq!(lines[9].origins, all.and(&log));
        assert_eq!(
            document.get_str("spec.containers[a].args[1]"),
            Some("# Why.\nexec a \\\n  log")
        );
    }

    #[test]
    fn a_block_that_cannot_be_one_loses_no_origin() {
        let [a, b] = ["a", "b"].map(Origins::one);
        let script = Text::new(Role::Shell).line("a\r", &a).line("b", &b);
        let lines = lines(&Document::from_tree(tree("{kind: Pod}")).block("spec.x", &script));
        assert_eq!(text(&lines), "kind: Pod\nspec:\n  x: \"a\\r\\nb\"\n");
        assert_eq!(lines[1].origins, a.and(&b));
        assert_eq!(lines[2].origins, a.and(&b));
    }

    #[test]
    fn an_edit_after_rendering_takes_the_origins_of_the_block_away() {
        let a = Origins::one("a");
        let mut document = Document::from_tree(tree("{kind: Pod}")).block(
            "data.x",
            &Text::new(Role::Property).line("a", &a).line("b", &a),
        );
        document.tree["data"]["x"] = "a\nc\n".into();
        let lines = lines(&document);
        assert_eq!(lines[3].origins, a);
        assert_eq!(
            (lines[4].text.as_str(), &lines[4].origins),
            ("    c", &Origins::NONE)
        );
    }

    /// Texts that break printers.
    fn nasty() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("- "),
            Just("? "),
            Just(": "),
            Just(":"),
            Just(" #"),
            Just("#"),
            Just("\t"),
            Just("\n"),
            Just("\r\n"),
            Just("\r"),
            Just(" "),
            Just("  "),
            Just("'"),
            Just("\""),
            Just("\\"),
            Just("yes"),
            Just("~"),
            Just("1e3"),
            Just("0x1f"),
            Just("_"),
            Just("12"),
            Just(":30"),
            Just("-11-01"),
            Just("."),
            Just("---"),
            Just("..."),
            Just("%"),
            Just("@"),
            Just("{"),
            Just("}"),
            Just("["),
            Just("]"),
            Just(","),
            Just("&a"),
            Just("*a"),
            Just("!"),
            Just("|"),
            Just(">"),
            Just("="),
            Just("<<"),
            Just("é"),
            Just("😀"),
            Just("\u{85}"),
            Just("\u{a0}"),
            Just("\u{2028}"),
            Just("\u{feff}"),
            Just("\u{0}"),
            Just("\u{1b}"),
            Just("\u{7f}"),
            Just("\u{fffe}"),
            Just("\u{10ffff}"),
            Just("\u{202e}"),
            Just("a"),
            Just("null"),
            Just("name"),
            Just("+"),
            Just("inf")
        ];
        prop_oneof![
            4 => proptest::collection::vec(piece, 0..7).prop_map(|pieces| pieces.concat()),
            1 => "(?s).{0,12}",
            1 => "[-+.]?[0-9][0-9a-fxob_:eETZ .+-]{0,8}",
            1 => "[a-zA-Z~.+-]{1,5}",
        ]
    }

    fn any_tree() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            (-1.0e30..1.0e30f64).prop_map(Value::from),
            nasty().prop_map(Value::from),
            nasty().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                proptest::collection::vec((nasty(), inner), 0..5).prop_map(|entries| {
                    Value::Mapping(
                        entries
                            .into_iter()
                            .map(|(key, value)| (Value::from(key), value))
                            .collect(),
                    )
                }),
            ]
        })
    }

    /// Every path of a tree, by the numbers and keys.
    fn paths(value: &Value, path: &str, found: &mut Vec<String>) {
        found.push(path.to_owned());
        match value {
            Value::Mapping(map) => {
                for (key, value) in map {
                    paths(
                        value,
                        &(path.to_owned() + &super::super::document::key(key.as_str().unwrap())),
                        found,
                    );
                }
            }
            Value::Sequence(items) => {
                for (number, value) in items.iter().enumerate() {
                    paths(value, &format!("{path}[{number}]"), found);
                }
            }
            _ => {}
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1500))]

        #[test]
        fn every_tree_is_read_back(tree in any_tree()) {
            let text = print(&tree);
            reads_back(&text, &tree);
            let again: Value = serde_yaml::from_str(&text).unwrap();
            prop_assert_eq!(print(&again), text, "the order is kept");
        }

        #[test]
        fn every_object_is_read_back_and_every_path_has_its_line(tree in any_tree(), words in nasty()) {
            let plain = Document::from_tree(tree.clone());
            let mut all = Vec::new();
            paths(&plain.tree, "", &mut all);
            let mut document = plain.clone();
            for path in &all {
                document = document.note(path, Sentence::plain(words.clone())).from(path, &Origins::one(path.as_str()));
            }
            prop_assert_eq!(document.dangling(), Vec::<String>::new());
            let lines = lines(&document);
            let text = text(&lines);
            reads_back(&text, &plain.tree);
            for path in &all {
                let line = line_of(&document, path).expect("every path has a line");
                prop_assert!(lines[line].role != Role::Comment);
                prop_assert!(lines[line].origins.contains(&path.as_str().into()), "{} at {}\n{}", path, line, text);
            }
        }
    }
}
