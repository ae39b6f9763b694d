//! Dockerfiles: their stages and instructions with places, and what image of Kafka or `ZooKeeper` they build.
//!
//! Read as Docker does (moby/buildkit: `frontend/dockerfile/parser`, `frontend/dockerfile/shell/lex.go`);
//! a variable that the file does not set stays as it stands, since the base image may have it.

use std::collections::BTreeMap;

use super::environment::Image;
use super::position::{Places, readable};
use super::shell::{self, Script, name_end};
use super::value::{Scope, Value};
use super::{Position, Remark};
use crate::args;
use crate::catalog::{
    DownloadFrom, KafkaVersion, Scala, ZooKeeperVersion, kafka_addresses, kafka_release,
    zookeeper_addresses, zookeeper_release,
};

/// How many instructions are read.
const MOST: usize = 5_000;

/// How many stages are read.
const MOST_STAGES: usize = 100;

/// How long a value may get by the variables in it.
const LONGEST: usize = 1 << 13;

/// A Dockerfile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dockerfile {
    /// The instructions in their order, `FROM` and those before it too.
    pub instructions: Vec<Instruction>,
    /// The stages in their order.
    pub stages: Vec<Stage>,
    /// How many comments it has, directives not counted.
    pub comments: usize,
    /// What was not understood.
    pub remarks: Vec<Remark>,
}

/// A stage: what stands between one `FROM` and the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stage {
    /// The image or the stage that it begins with, its variables replaced.
    pub image: String,
    /// Its name behind `AS`.
    pub name: Option<String>,
    /// Where its `FROM` stands.
    pub position: Position,
    /// The variables at its end: `ENV`, and `ARG` with what it starts with.
    pub variables: BTreeMap<String, String>,
}

/// An instruction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instruction {
    /// In capitals.
    pub name: String,
    /// The flags with their values: `--from=build`.
    pub flags: Vec<(String, String)>,
    /// What stands behind, its lines joined; not replaced, and without here-documents.
    pub text: String,
    /// The same with its quotes taken off and its variables replaced, word for word; empty for `RUN`.
    pub words: Vec<String>,
    /// The commands of a `RUN`, `CMD` or `ENTRYPOINT`; their places are those in the file.
    pub script: Option<Script>,
    /// The stage that it stands in; none before the first `FROM`.
    pub stage: Option<usize>,
    /// The variables that a `RUN` sees: those set right before it.
    pub changes: Vec<(String, String)>,
    /// Where it begins.
    pub position: Position,
}

/// Reads a Dockerfile.
pub fn read(text: &str) -> Dockerfile {
    let mut reader = Reader::default();
    if let Some(text) = readable(text, &mut reader.file.remarks) {
        reader.read_all(text);
    }
    reader.file
}

#[derive(Default)]
struct Reader {
    file: Dockerfile,
    /// `ARG` before the first `FROM`.
    globals: BTreeMap<String, String>,
    /// The variables of the open stage.
    variables: BTreeMap<String, String>,
    escape: char,
    /// How much the variables took in.
    stored: usize,
}

/// A line of the file without its line end.
#[derive(Clone, Copy)]
struct Line<'a> {
    text: &'a str,
    at: usize,
}

/// The lines of a text with their offsets; the line end is not in the text.
fn lines(text: &str) -> Vec<Line<'_>> {
    let mut at = 0;
    text.split('\n')
        .map(|line| {
            let start = at;
            at += line.len() + 1;
            Line {
                text: line.strip_suffix('\r').unwrap_or(line),
                at: start,
            }
        })
        .collect()
}

impl Reader {
    fn read_all(&mut self, text: &str) {
        let lines = lines(text);
        let mut places = Places::of(text);
        self.escape = '\\';
        let mut next = self.read_directives(&lines);
        while let Some(&line) = lines.get(next) {
            let start = line.text.trim_start();
            if start.is_empty() || start.starts_with('#') {
                self.file.comments += usize::from(!start.is_empty());
                next += 1;
                continue;
            }
            let at = line.at + line.text.len() - start.len();
            let position = places.at(at);
            if self.file.instructions.len() >= MOST {
                let remark = Remark::new(position, "import.dockerfile.too-long", Vec::new());
                self.file.remarks.push(remark);
                return;
            }
            next = self.read_instruction(text, &lines, next, at, position);
        }
    }

    /// Reads `# escape=` and other directives at the very beginning, and gives the first line behind.
    fn read_directives(&mut self, lines: &[Line]) -> usize {
        let mut next = 0;
        while let Some(line) = lines.get(next) {
            let Some(rest) = line.text.trim_start().strip_prefix('#') else {
                break;
            };
            let Some((name, value)) = rest.split_once('=') else {
                break;
            };
            match (name.trim().to_ascii_lowercase().as_str(), value.trim()) {
                ("escape", "`") => self.escape = '`',
                ("escape" | "syntax" | "check", _) => {}
                _ => break,
            }
            next += 1;
        }
        next
    }

    /// Reads an instruction, and gives the first line behind it.
    fn read_instruction(
        &mut self,
        text: &str,
        lines: &[Line],
        first: usize,
        at: usize,
        position: Position,
    ) -> usize {
        // The instruction as it stands, with comments and empty lines blanked out for the shell, and joined.
        let mut next = first;
        let mut changed = String::new();
        let mut joined = String::new();
        while let Some(line) = lines.get(next) {
            let end = lines.get(next + 1).map_or(text.len(), |line| line.at);
            let natural = &text[line.at.max(at)..end];
            let content = natural.trim_end_matches(['\n', '\r']);
            let start = content.trim_start();
            let is_first = next == first;
            next += 1;
            if !is_first && (start.is_empty() || start.starts_with('#')) {
                self.file.comments += usize::from(!start.is_empty());
                blank(&mut changed, natural);
                continue;
            }
            let trimmed = content.trim_end_matches([' ', '\t']);
            let Some(part) = trimmed.strip_suffix(self.escape) else {
                changed.push_str(content);
                joined.push_str(content);
                break;
            };
            joined.push_str(part);
            changed.push_str(part);
            blank(&mut changed, &natural[part.len()..]);
        }
        let length = joined
            .find(|c: char| c.is_whitespace())
            .unwrap_or(joined.len());
        let mut instruction = Instruction {
            name: joined[..length].to_ascii_uppercase(),
            position,
            ..Instruction::default()
        };
        let behind = take_flags(&mut instruction, &joined[length..]);
        behind.trim_end().clone_into(&mut instruction.text);
        let takes_documents = matches!(instruction.name.as_str(), "RUN" | "COPY" | "ADD");
        let documents_start = lines.get(next).map_or(text.len(), |line| line.at);
        let mut document = None;
        if takes_documents {
            for (delimiter, strips_tabs) in document_words(&instruction.text) {
                let (body, after) = read_document(text, lines, next, &delimiter, strips_tabs);
                if after == next {
                    let remark = Remark::new(position, "import.shell.document", Vec::new());
                    self.file.remarks.push(remark);
                    break;
                }
                next = after;
                document = document.or(Some(body));
            }
        }
        if matches!(instruction.name.as_str(), "RUN" | "CMD" | "ENTRYPOINT") {
            let script = match serde_json::from_str::<Vec<String>>(&instruction.text) {
                Ok(list) if instruction.text.starts_with('[') => {
                    let list: Vec<&str> = list.iter().map(String::as_str).collect();
                    let mut script = shell::container(&list, &|_| false);
                    for word in words_of(&mut script) {
                        (word.position, word.item) = (position, 0);
                    }
                    script
                }
                _ => {
                    let skipped = text_start(&changed, length, &instruction.flags);
                    let is_document = instruction.text.starts_with("<<");
                    let (start, original, changed) =
                        if let (true, Some(body)) = (is_document, document) {
                            (documents_start, body, body.to_owned())
                        } else {
                            let end = at + changed.len();
                            (
                                at + skipped,
                                &text[at + skipped..end],
                                changed.split_off(skipped),
                            )
                        };
                    let changed = if self.escape == '\\' {
                        changed
                    } else {
                        changed.replace("`\n", "\\\n")
                    };
                    let mut script = shell::read_changed(original, &changed);
                    shift(
                        &mut script,
                        Places::of(&text[at..]).at(start - at),
                        position,
                    );
                    script
                }
            };
            let remarks = script.remarks.iter();
            let remarks = remarks.filter(|remark| remark.key != "import.shell.document");
            self.file.remarks.extend(remarks.cloned());
            instruction.script = Some(script);
        }
        self.follow(&mut instruction);
        self.file.instructions.push(instruction);
        next
    }

    /// Takes in what an instruction sets.
    fn follow(&mut self, instruction: &mut Instruction) {
        let text = instruction.text.clone();
        instruction.stage = self.file.stages.len().checked_sub(1);
        match instruction.name.as_str() {
            "FROM" => {
                self.end_stage();
                let words = self.words(&text, &self.globals.clone());
                if self.file.stages.len() >= MOST_STAGES {
                    return;
                }
                let image = words.first().cloned().unwrap_or_default();
                let is_named = words
                    .get(1)
                    .is_some_and(|word| word.eq_ignore_ascii_case("as"));
                let name = words.get(2).filter(|_| is_named).cloned();
                if image.is_empty() || (words.len() > 1 && name.is_none()) {
                    self.remark(instruction, "import.dockerfile.from");
                }
                self.variables = self
                    .file
                    .stage(&image)
                    .map(|stage| stage.variables.clone())
                    .unwrap_or_default();
                instruction.stage = Some(self.file.stages.len());
                self.file.stages.push(Stage {
                    image,
                    name,
                    position: instruction.position,
                    variables: BTreeMap::new(),
                });
                instruction.words = words;
            }
            "ARG" => {
                for word in raw_words(&text, self.escape) {
                    let (name, value) = match word.split_once('=') {
                        Some((name, value)) => (name, Some(value)),
                        None => (word, None),
                    };
                    let value = match value {
                        Some(value) if instruction.stage.is_none() => {
                            Some(self.expand(value, &self.globals))
                        }
                        Some(value) => Some(self.expand(value, &self.variables)),
                        None => self.globals.get(name).cloned(),
                    };
                    let Some(value) = value else { continue };
                    self.stored += value.len();
                    instruction.changes.push((name.to_owned(), value.clone()));
                    if instruction.stage.is_none() {
                        self.globals.insert(name.to_owned(), value);
                    } else {
                        self.variables.insert(name.to_owned(), value);
                    }
                }
            }
            "ENV" => {
                let all = raw_words(&text, self.escape);
                let is_old = all.first().is_some_and(|word| !word.contains('='));
                let mut changes = Vec::new();
                if is_old {
                    // `ENV name the rest`
                    if let Some((name, value)) = text.split_once(char::is_whitespace) {
                        let value = self.expand(value.trim(), &self.variables);
                        changes.push((name.to_owned(), value));
                    }
                } else {
                    for word in all {
                        if let Some((name, value)) = word.split_once('=') {
                            let value = self.expand(value, &self.variables);
                            changes.push((name.to_owned(), value));
                        } else {
                            self.remark(instruction, "import.dockerfile.env");
                        }
                    }
                }
                for (name, value) in &changes {
                    self.stored += value.len();
                    self.variables.insert(name.clone(), value.clone());
                }
                instruction.changes = changes;
            }
            "RUN" | "SHELL" | "CMD" | "ENTRYPOINT" | "HEALTHCHECK" => {}
            "COPY" | "ADD" | "USER" | "WORKDIR" | "EXPOSE" | "LABEL" | "VOLUME" | "STOPSIGNAL"
            | "MAINTAINER" | "ONBUILD" => {
                instruction.words = self.words(&text, &self.variables.clone());
            }
            _ => self.remark(instruction, "import.dockerfile.unknown"),
        }
        if let Some(stage) = self.file.stages.last_mut()
            && matches!(instruction.name.as_str(), "ARG" | "ENV")
        {
            for (name, value) in &instruction.changes {
                stage.variables.insert(name.clone(), value.clone());
            }
        }
    }

    fn end_stage(&mut self) {
        if let Some(stage) = self.file.stages.last_mut() {
            stage.variables.append(&mut self.variables);
        }
    }

    fn remark(&mut self, instruction: &Instruction, key: &'static str) {
        if self.file.remarks.len() < 1_000 {
            let name: String = instruction.name.chars().take(40).collect();
            let remark = Remark::new(instruction.position, key, args![name]);
            self.file.remarks.push(remark);
        }
    }

    fn words(&self, text: &str, variables: &BTreeMap<String, String>) -> Vec<String> {
        let words = raw_words(text, self.escape).into_iter().take(MOST);
        words.map(|word| self.expand(word, variables)).collect()
    }

    /// A word without its quotes and with its variables replaced, as far as they are known.
    fn expand(&self, word: &str, variables: &BTreeMap<String, String>) -> String {
        if self.stored > 64 * LONGEST {
            return word.to_owned();
        }
        let mut text = String::with_capacity(word.len());
        let mut rest = word;
        let mut quote = None;
        while let Some(character) = rest.chars().next() {
            if text.len() > word.len() + LONGEST {
                return word.to_owned();
            }
            let behind = &rest[character.len_utf8()..];
            rest = behind;
            match (character, quote) {
                ('\'' | '"', None) => quote = Some(character),
                (end, Some(open)) if end == open => quote = None,
                (escape, open) if escape == self.escape && open != Some('\'') => {
                    let Some(next) = behind.chars().next() else {
                        continue;
                    };
                    if open == Some('"') && !matches!(next, '"' | '$' | '\\') {
                        text.push(escape);
                    }
                    text.push(next);
                    rest = &behind[next.len_utf8()..];
                }
                ('$', open) if open != Some('\'') => {
                    let (value, length) = replaced(behind, variables);
                    if let Some(value) = value {
                        text.push_str(&value);
                    } else {
                        text.push('$');
                        text.push_str(&behind[..length]);
                    }
                    rest = &behind[length..];
                }
                (other, _) => text.push(other),
            }
        }
        text
    }
}

/// What a variable is replaced by, and how long its name with its braces is.
fn replaced(behind: &str, variables: &BTreeMap<String, String>) -> (Option<String>, usize) {
    let Some(inner) = behind.strip_prefix('{') else {
        let length = name_end(behind);
        return (variables.get(&behind[..length]).cloned(), length);
    };
    // Braces within braces are seldom; the value is then not told.
    let Some(close) = inner.find('}') else {
        return (None, behind.len());
    };
    let inside = &inner[..close];
    let length = name_end(inside);
    let known = variables.get(&inside[..length]);
    let filled = known.filter(|value| !value.is_empty());
    let operand = inside.get(length + 2..).unwrap_or_default();
    let value = match inside[length..].get(..2) {
        None if inside.len() == length => known.cloned(),
        _ if operand.contains('$') => None,
        Some(":-") => Some(filled.cloned().unwrap_or_else(|| operand.to_owned())),
        Some(":+") => Some(filled.map(|_| operand.to_owned()).unwrap_or_default()),
        _ => None,
    };
    (value, close + 2)
}

/// Blanks out a part of an instruction, so that a shell reads on in the next line.
fn blank(changed: &mut String, part: &str) {
    let bytes = part.len();
    let has_end = part.ends_with('\n');
    if has_end && bytes >= 2 {
        changed.extend(std::iter::repeat_n(' ', bytes - 2));
        changed.push_str("\\\n");
    } else {
        changed.extend(std::iter::repeat_n(' ', bytes));
    }
}

/// Takes the flags in front, and gives the text behind.
fn take_flags<'a>(instruction: &mut Instruction, text: &'a str) -> &'a str {
    let mut rest = text.trim_start();
    while let Some(flag) = rest.strip_prefix("--") {
        let end = flag.find(char::is_whitespace).unwrap_or(flag.len());
        let (name, value) = flag[..end].split_once('=').unwrap_or((&flag[..end], ""));
        instruction.flags.push((name.to_owned(), value.to_owned()));
        rest = flag[end..].trim_start();
    }
    rest
}

/// Where the text behind the name and the flags begins.
fn text_start(changed: &str, length: usize, flags: &[(String, String)]) -> usize {
    // A name of an instruction has no backslash of its own, so that it ends at the same place.
    let mut at = length.min(changed.len());
    let is_blank = |c: char| c.is_whitespace() || c == '\\';
    for _ in flags {
        at += changed[at..].len() - changed[at..].trim_start_matches(is_blank).len();
        at += changed[at..].find(is_blank).unwrap_or(changed.len() - at);
    }
    at
}

/// The words of an instruction as they stand: divided by blanks that are not in quotes.
fn raw_words(text: &str, escape: char) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = None;
    let mut quote = None;
    let mut is_escaped = false;
    for (at, character) in text.char_indices() {
        if is_escaped {
            is_escaped = false;
            continue;
        }
        match (character, quote) {
            (blank, None) if blank.is_whitespace() => {
                if let Some(start) = start.take() {
                    words.push(&text[start..at]);
                }
                continue;
            }
            (c, open) if c == escape && open != Some('\'') => is_escaped = true,
            ('\'' | '"', None) => quote = Some(character),
            (end, Some(open)) if end == open => quote = None,
            _ => {}
        }
        start.get_or_insert(at);
    }
    if let Some(start) = start {
        words.push(&text[start..]);
    }
    words
}

/// The words that end here-documents, and whether tabs are taken off.
fn document_words(text: &str) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    for word in raw_words(text, '\\').into_iter().take(MOST) {
        let Some(at) = word.find("<<") else { continue };
        if word[..at].bytes().any(|byte| !byte.is_ascii_digit()) {
            continue;
        }
        let rest = &word[at + 2..];
        let (strips_tabs, rest) = match rest.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let name = rest.trim_matches(['"', '\'']);
        if !name.is_empty() && name_end(name) == name.len() {
            found.push((name.to_owned(), strips_tabs));
        }
    }
    found.truncate(100);
    found
}

/// The body of a here-document, and the first line behind it; that is the first of the body when it never ends.
fn read_document<'a>(
    text: &'a str,
    lines: &[Line],
    first: usize,
    delimiter: &str,
    strips_tabs: bool,
) -> (&'a str, usize) {
    let start = lines.get(first).map_or(text.len(), |line| line.at);
    let rest = lines.get(first..).unwrap_or_default();
    let is_end = |line: &Line| {
        let line = if strips_tabs {
            line.text.trim_start_matches('\t')
        } else {
            line.text
        };
        line == delimiter
    };
    match rest.iter().position(is_end) {
        Some(found) => (&text[start..rest[found].at], first + found + 1),
        None => ("", first),
    }
}

fn words_of(script: &mut Script) -> impl Iterator<Item = &mut shell::Word> {
    script.commands.iter_mut().flat_map(|command| {
        let assigned = command.assignments.iter_mut().map(|one| &mut one.value);
        let targets = command.redirections.iter_mut().map(|one| &mut one.target);
        command.words.iter_mut().chain(assigned).chain(targets)
    })
}

/// Moves the places of a script to where it begins in the instruction, and the instruction in the file.
fn shift(script: &mut Script, start: Position, instruction: Position) {
    let moved = |place: Position, by: Position| Position {
        line: place.line + by.line - 1,
        column: if place.line == 1 {
            place.column + by.column - 1
        } else {
            place.column
        },
    };
    let base = moved(start, instruction);
    for word in words_of(script) {
        word.position = moved(word.position, base);
    }
    for document in &mut script.documents {
        document.position = moved(document.position, base);
    }
    for remark in &mut script.remarks {
        remark.position = moved(remark.position, base);
    }
}

impl Dockerfile {
    /// The stage with this name or number.
    pub fn stage(&self, name: &str) -> Option<&Stage> {
        let named = self.stages.iter().rev().find(|stage| {
            let own = stage.name.as_deref();
            own.is_some_and(|own| own.eq_ignore_ascii_case(name))
        });
        named.or_else(|| self.stages.get(name.parse::<usize>().ok()?))
    }
}

/// What an image holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    /// A broker.
    Kafka,
    /// A server of ZooKeeper.
    ZooKeeper,
}

/// A text with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The text.
    pub text: String,
    /// Where it stands.
    pub position: Position,
}

/// Where an archive is fetched, as the field `kafka.download` names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Server {
    /// The server of Apache that the designer would choose for this version.
    Apache,
    /// Apache's archive, although another server has the version too.
    Archive,
    /// A mirror; its address above `kafka/` and `zookeeper/`.
    Mirror(String),
}

/// The image that a Dockerfile builds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Built {
    /// What it holds, when that was seen.
    pub product: Option<Product>,
    /// The image that the last stage begins with, stages of the same file looked through.
    pub base: Option<Placed>,
    /// The release.
    pub version: Option<Placed>,
    /// The Scala build of Kafka's archive.
    pub scala: Option<Placed>,
    /// The address of the archive.
    pub address: Option<Placed>,
    /// The kind of that address.
    pub server: Option<Server>,
    /// The SHA-512 that the archive is compared with.
    pub sha512: Option<Placed>,
    /// A checksum is compared.
    pub checks_sum: bool,
    /// A signature is verified.
    pub checks_signature: bool,
    /// The user of the image, with the group when there is one.
    pub user: Option<Placed>,
    /// The working folder.
    pub folder: Option<Placed>,
}

/// Recognises what a Dockerfile builds.
pub fn built(file: &Dockerfile) -> Built {
    let mut built = Built::default();
    let last = file.stages.len().saturating_sub(1);
    built.base = base(file);
    if let Some(base) = &built.base
        && let Some(image) = Image::of(&base.text)
    {
        built.product = Some(if image.is_kafka() {
            Product::Kafka
        } else {
            Product::ZooKeeper
        });
        let tag = base.text.split('@').next().unwrap_or_default();
        let tag = tag.rsplit_once(':').map_or("", |(_, tag)| tag);
        built.version = version_at(tag).map(|text| Placed {
            text,
            position: base.position,
        });
    }
    let mut scope = Scope::default();
    let mut stage = None;
    for instruction in &file.instructions {
        if instruction.stage != stage {
            stage = instruction.stage;
            scope = Scope::default();
            // A stage begins with what the one before it has set.
            let from = stage.and_then(|at| file.stages.get(at));
            for (name, value) in from
                .and_then(|from| file.stage(&from.image))
                .into_iter()
                .flat_map(|from| &from.variables)
            {
                scope.set(name, Value::text(value.as_str()));
            }
        }
        let is_last = instruction.stage == Some(last);
        let position = instruction.position;
        let placed = |text: &str| {
            Some(Placed {
                text: text.to_owned(),
                position,
            })
        };
        for (name, value) in &instruction.changes {
            scope.set(name, Value::text(value.as_str()));
            built.see_variable(name, value, position);
        }
        match (instruction.name.as_str(), instruction.words.first()) {
            ("USER", Some(user)) if is_last => built.user = placed(user),
            ("WORKDIR", Some(folder)) if is_last => built.folder = placed(folder),
            ("ADD", _) => {
                for word in &instruction.words {
                    built.see_word(word, position);
                }
                if let Some((_, sum)) = instruction
                    .flags
                    .iter()
                    .find(|(name, _)| name == "checksum")
                {
                    built.checks_sum = true;
                    built.see_word(sum.trim_start_matches("sha512:"), position);
                }
            }
            ("RUN", _) => built.see_script(instruction.script.as_ref(), &mut scope),
            _ => {}
        }
    }
    built.settle();
    built
}

/// The image that the last stage begins with.
fn base(file: &Dockerfile) -> Option<Placed> {
    let mut at = file.stages.len().checked_sub(1)?;
    loop {
        let stage = &file.stages[at];
        let earlier = &file.stages[..at];
        let found = earlier.iter().rposition(|earlier| {
            let name = earlier.name.as_deref();
            name.is_some_and(|name| name.eq_ignore_ascii_case(&stage.image))
        });
        match found {
            Some(found) => at = found,
            None => {
                return Some(Placed {
                    text: stage.image.clone(),
                    position: stage.position,
                });
            }
        }
    }
}

impl Built {
    fn see_variable(&mut self, name: &str, value: &str, position: Position) {
        let placed = || {
            Some(Placed {
                text: value.to_owned(),
                position,
            })
        };
        let upper = name.to_ascii_uppercase();
        match upper.as_str() {
            "KAFKA_VERSION" | "KAFKA_RELEASE" | "ZOOKEEPER_VERSION" | "ZK_VERSION"
                if self.version.is_none() && version_at(value).as_deref() == Some(value) =>
            {
                self.version = placed();
                let is_kafka = upper.starts_with("KAFKA");
                self.product.get_or_insert(if is_kafka {
                    Product::Kafka
                } else {
                    Product::ZooKeeper
                });
            }
            "SCALA_VERSION" | "KAFKA_SCALA_VERSION"
                if self.scala.is_none() && value.parse::<Scala>().is_ok() =>
            {
                self.scala = placed();
            }
            _ => {}
        }
        if is_sha512(value) && self.sha512.is_none() {
            self.sha512 = placed();
        }
    }

    fn see_script(&mut self, script: Option<&Script>, scope: &mut Scope) {
        for command in script.into_iter().flat_map(|script| &script.commands) {
            if let Some(script) = script {
                scope.follow(script, command);
            }
            let words = command.words.iter();
            let texts: Vec<_> = words
                .map(|word| (scope.resolve(word).constant(), word))
                .collect();
            let name = texts
                .first()
                .and_then(|(text, _)| text.as_deref())
                .unwrap_or_default();
            let has = |wanted: &[&str]| {
                let mut all = texts.iter();
                all.any(|(text, _)| text.as_deref().is_some_and(|text| wanted.contains(&text)))
            };
            if matches!(
                name,
                "sha512sum" | "sha256sum" | "sha1sum" | "shasum" | "md5sum"
            ) {
                self.checks_sum |= has(&["-c", "--check", "-", "-sc", "-cs"]);
            }
            self.checks_signature |= name == "gpg" && has(&["--verify"]);
            for (text, word) in &texts {
                if let Some(text) = text {
                    self.see_word(text, word.position);
                }
            }
        }
    }

    /// Sees an address of an archive, or a checksum.
    fn see_word(&mut self, text: &str, position: Position) {
        let placed = |text: &str| {
            Some(Placed {
                text: text.to_owned(),
                position,
            })
        };
        for part in text.split(|c: char| c.is_whitespace() || c == '*') {
            if is_sha512(part) && self.sha512.is_none() {
                self.sha512 = placed(part);
            }
        }
        let is_address = text.starts_with("http://") || text.starts_with("https://");
        if !is_address || self.address.is_some() || text.len() > LONGEST {
            return;
        }
        let name = text.rsplit('/').next().unwrap_or_default();
        if let Some((scala, version)) = kafka_archive(name) {
            self.product = Some(Product::Kafka);
            self.version = placed(version);
            self.scala = placed(scala);
            self.address = placed(text);
        } else if let Some(version) = zookeeper_archive(name) {
            self.product = Some(Product::ZooKeeper);
            self.version = placed(version);
            self.address = placed(text);
        }
    }

    /// Works out the kind of the address.
    fn settle(&mut self) {
        let (Some(address), Some(version), Some(product)) =
            (&self.address, &self.version, self.product)
        else {
            return;
        };
        let kafka = || {
            let number: KafkaVersion = version.text.parse().ok()?;
            let scala: Scala = self.scala.as_ref()?.text.parse().ok()?;
            let best = kafka_release(number)
                .map_or(DownloadFrom::Archive, |release| release.download.into());
            let address = |from| kafka_addresses(number, scala, from).tarball;
            Some((address(best), address(DownloadFrom::Archive)))
        };
        let zookeeper = || {
            let number: ZooKeeperVersion = version.text.parse().ok()?;
            let best = zookeeper_release(number)
                .map_or(DownloadFrom::Archive, |release| release.download.into());
            let address = |from| zookeeper_addresses(number, from).tarball;
            Some((address(best), address(DownloadFrom::Archive)))
        };
        let (known, folder) = match product {
            Product::Kafka => (kafka(), "/kafka/"),
            Product::ZooKeeper => (zookeeper(), "/zookeeper/"),
        };
        let is = |known: &str| plain(known) == plain(&address.text);
        let own = address.text.contains("://downloads.apache.org/")
            || address.text.contains("://www.apache.org/dyn/");
        self.server = match known {
            Some((best, _)) if is(&best) => Some(Server::Apache),
            Some((_, archive)) if is(&archive) => Some(Server::Archive),
            _ if own => Some(Server::Apache),
            _ => address
                .text
                .find(folder)
                .map(|end| Server::Mirror(address.text[..end].to_owned())),
        };
    }
}

/// An address without its protocol.
fn plain(address: &str) -> &str {
    address.split_once("://").map_or(address, |(_, rest)| rest)
}

fn is_sha512(text: &str) -> bool {
    text.len() == 128 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A version of three numbers at the start of a text.
fn version_at(text: &str) -> Option<String> {
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let version = text[..end].trim_end_matches('.');
    let parts: Vec<&str> = version.split('.').collect();
    let is_number = |part: &&str| !part.is_empty() && part.len() < 4;
    (parts.len() == 3 && parts.iter().all(is_number)).then(|| version.to_owned())
}

/// The Scala build and the version in `kafka_2.13-3.9.1.tgz`.
fn kafka_archive(name: &str) -> Option<(&str, &str)> {
    let rest = name.strip_prefix("kafka_")?.strip_suffix(".tgz")?;
    let (scala, version) = rest.split_once('-')?;
    (version_at(version).as_deref() == Some(version)).then_some((scala, version))
}

/// The version in `apache-zookeeper-3.9.5-bin.tar.gz` or `zookeeper-3.4.10.tar.gz`.
fn zookeeper_archive(name: &str) -> Option<&str> {
    let rest = name.strip_prefix("apache-").unwrap_or(name);
    let rest = rest.strip_prefix("zookeeper-")?.strip_suffix(".tar.gz")?;
    let version = rest.strip_suffix("-bin").unwrap_or(rest);
    (version_at(version).as_deref() == Some(version)).then_some(version)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::design::Design;

    fn keys(file: &Dockerfile) -> Vec<&str> {
        file.remarks.iter().map(|remark| &*remark.key).collect()
    }

    fn text(placed: Option<&Placed>) -> Option<&str> {
        placed.map(|placed| placed.text.as_str())
    }

    fn line(placed: Option<&Placed>) -> Option<usize> {
        placed.map(|placed| placed.position.line)
    }

    #[test]
    fn the_articles_image_is_recognised() {
        let file = read(
            "FROM openjdk:8-jdk\n\nENV KAFKA_HOME=/opt/kafka\n\nRUN curl --silent --output /tmp/kafka_2.12-3.5.2.tgz https://mirrors.example.cn/apache/kafka/3.5.2/kafka_2.12-3.5.2.tgz && tar --directory /opt -xzf /tmp/kafka_2.12-3.5.2.tgz && rm /tmp/kafka_2.12-3.5.2.tgz\nRUN ln -s /opt/kafka_2.12-3.5.2 ${KAFKA_HOME}\n\nWORKDIR $KAFKA_HOME\n\nEXPOSE 9092\n",
        );
        assert_eq!(file.remarks, []);
        let names: Vec<&str> = file.instructions.iter().map(|one| &*one.name).collect();
        assert_eq!(names, ["FROM", "ENV", "RUN", "RUN", "WORKDIR", "EXPOSE"]);
        assert_eq!(file.instructions[4].words, ["/opt/kafka"]);
        let run = file.instructions[2].script.as_ref().unwrap();
        assert_eq!(run.commands.len(), 3);
        let word = &run.commands[0].words[4];
        assert_eq!((word.position.line, word.position.column), (5, 54));
        let built = built(&file);
        assert_eq!(built.product, Some(Product::Kafka));
        assert_eq!(text(built.base.as_ref()), Some("openjdk:8-jdk"));
        assert_eq!(text(built.version.as_ref()), Some("3.5.2"));
        assert_eq!(text(built.scala.as_ref()), Some("2.12"));
        assert_eq!(line(built.version.as_ref()), Some(5));
        let mirror = Server::Mirror("https://mirrors.example.cn/apache".to_owned());
        assert_eq!(built.server, Some(mirror));
        assert_eq!(text(built.folder.as_ref()), Some("/opt/kafka"));
        assert_eq!(
            (built.user, built.checks_sum, built.checks_signature),
            (None, false, false)
        );
    }

    #[test]
    fn stages_variables_and_continuations_are_followed() {
        let file = read(
            "# syntax=docker/dockerfile:1\n# a comment\nARG JAVA=17\nARG KAFKA_VERSION=3.9.1\nFROM buildpack-deps:curl AS fetch\r\nARG KAFKA_VERSION\nARG SCALA_VERSION=2.13\nARG SUM=00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\nRUN --mount=type=cache,target=/x set -eux; \\\n    # fetched from the archive: it's gone elsewhere\n\n    curl -fsSLO \"https://archive.apache.org/dist/kafka/${KAFKA_VERSION}/kafka_${SCALA_VERSION}-${KAFKA_VERSION}.tgz\"; \\  \n    echo \"$SUM  kafka.tgz\" | sha512sum -c -; gpg --batch --verify a.asc a\nFROM eclipse-temurin:${JAVA}-jre-jammy AS base\nENV A=\"b c\" D='e $A' F=\\$A G=${A:-x}${N:-y}\nENV OLD style value\nFROM base\nUSER 1000:1000\nCOPY --from=fetch --chown=1000 /a /b\nCMD [\"kafka-server-start.sh\", \"/f\"]\n",
        );
        assert_eq!(keys(&file), <[&str; 0]>::default());
        assert_eq!(file.comments, 2);
        let names: Vec<_> = file
            .stages
            .iter()
            .map(|stage| (&*stage.image, stage.name.as_deref()))
            .collect();
        assert_eq!(
            names,
            [
                ("buildpack-deps:curl", Some("fetch")),
                ("eclipse-temurin:17-jre-jammy", Some("base")),
                ("base", None)
            ]
        );
        let variables: Vec<_> = file.stages[1]
            .variables
            .iter()
            .map(|(k, v)| (&**k, &**v))
            .collect();
        assert_eq!(
            variables,
            [
                ("A", "b c"),
                ("D", "e $A"),
                ("F", "$A"),
                ("G", "xy"),
                ("OLD", "style value")
            ]
        );
        let run = file
            .instructions
            .iter()
            .find(|one| one.name == "RUN")
            .unwrap();
        assert_eq!(
            run.flags,
            [("mount".to_owned(), "type=cache,target=/x".to_owned())]
        );
        let script = run.script.as_ref().unwrap();
        let places: Vec<_> = script
            .commands
            .iter()
            .map(|command| {
                (
                    &*command.words[0].raw,
                    command.words[0].position.line,
                    command.words[0].position.column,
                )
            })
            .collect();
        assert_eq!(
            places,
            [
                ("set", 9, 34),
                ("curl", 12, 5),
                ("echo", 13, 5),
                ("sha512sum", 13, 30),
                ("gpg", 13, 46)
            ]
        );
        let built = built(&file);
        assert_eq!(
            text(built.base.as_ref()),
            Some("eclipse-temurin:17-jre-jammy")
        );
        assert_eq!(line(built.base.as_ref()), Some(14));
        assert_eq!(text(built.version.as_ref()), Some("3.9.1"));
        assert_eq!(text(built.scala.as_ref()), Some("2.13"));
        assert!(built.checks_sum && built.checks_signature);
        assert_eq!(text(built.sha512.as_ref()).map(str::len), Some(128));
        assert_eq!(text(built.user.as_ref()), Some("1000:1000"));
    }

    #[test]
    fn here_documents_and_other_escapes_are_read() {
        let file = read(
            "# escape=`\nFROM a\nRUN <<EOF\nset -e\ncurl x\nEOF\nRUN cat <<'E2' > /f `\n  && true\n$x\nE2\nCOPY <<-A /b\n\tc\n\tA\nUSER kafka\n",
        );
        assert_eq!(keys(&file), <[&str; 0]>::default());
        let names: Vec<&str> = file.instructions.iter().map(|one| &*one.name).collect();
        assert_eq!(names, ["FROM", "RUN", "RUN", "COPY", "USER"]);
        let commands = |at: usize| {
            file.instructions[at]
                .script
                .as_ref()
                .unwrap()
                .commands
                .clone()
        };
        assert_eq!(commands(1).len(), 2);
        assert_eq!(
            commands(1)[1].words[0].position,
            Position { line: 5, column: 1 }
        );
        assert_eq!(commands(2).len(), 2);
        assert_eq!(
            commands(2)[1].words[0].position,
            Position { line: 8, column: 6 }
        );
    }

    #[test]
    fn what_docker_refuses_is_remarked() {
        let file = read("FROM\nFROM a b\nENV A=b c\nWHAT x\nRUN <<EOF\nnever\n");
        assert_eq!(
            keys(&file),
            [
                "import.dockerfile.from",
                "import.dockerfile.from",
                "import.dockerfile.env",
                "import.dockerfile.unknown",
                "import.shell.document",
                "import.dockerfile.unknown"
            ]
        );
        assert_eq!(file.remarks[3].position.line, 4);
    }

    #[test]
    fn known_images_tell_their_version() {
        let kafka = built(&read("FROM apache/kafka:3.9.1\nUSER root\nUSER appuser\n"));
        assert_eq!(kafka.product, Some(Product::Kafka));
        assert_eq!(text(kafka.version.as_ref()), Some("3.9.1"));
        assert_eq!(text(kafka.user.as_ref()), Some("appuser"));
        let zookeeper = built(&read("FROM zookeeper:3.8.4@sha256:00"));
        assert_eq!(zookeeper.product, Some(Product::ZooKeeper));
        assert_eq!(text(zookeeper.version.as_ref()), Some("3.8.4"));
        assert_eq!(built(&read("FROM ubuntu:22.04")).product, None);
        assert_eq!(built(&read("")), Built::default());
    }

    fn rendered(design: &Design, path: &str) -> Option<String> {
        let report = crate::evaluate(design);
        let file = report.files.iter().find(|file| file.path == path);
        file.map(|file| file.text())
    }

    #[test]
    fn our_own_images_are_read_back() {
        let designs = crate::presets::PRESETS.iter().map(|preset| preset.design());
        let mut zookeepers = 0;
        for design in designs {
            for (download, expected) in [
                ("apache", "apache"),
                ("archive", "archive"),
                ("mirror", "mirror"),
            ] {
                let design = design
                    .clone()
                    .with("kafka.download", download)
                    .with("kafka.mirror", "https://mirror.example.org/apache")
                    .with("kafka.version", "3.9.2")
                    .with("zookeeper.flavour", "built");
                let plan = crate::plan::Plan::of(&design);
                let file = read(&rendered(&design, "images/kafka/Dockerfile").unwrap());
                assert_eq!(keys(&file), <[&str; 0]>::default());
                let found = built(&file);
                let image = &plan.kafka.image;
                assert_eq!(found.product, Some(Product::Kafka));
                assert_eq!(text(found.base.as_ref()), Some(image.base.as_str()));
                assert_eq!(
                    text(found.version.as_ref()),
                    Some(&*plan.kafka.version.to_string())
                );
                assert_eq!(text(found.scala.as_ref()), Some(&*image.scala.to_string()));
                assert_eq!(
                    text(found.sha512.as_ref()).map(str::to_lowercase),
                    image.sha512.as_ref().map(|sum| sum.to_lowercase())
                );
                assert_eq!(
                    (found.checks_sum, found.checks_signature),
                    (image.sha512.is_some(), true)
                );
                assert_eq!(text(found.user.as_ref()), Some("1000:1000"));
                assert_eq!(text(found.folder.as_ref()), Some("/opt/kafka"));
                let server = found.server.map(|server| match server {
                    Server::Apache => "apache".to_owned(),
                    Server::Archive => "archive".to_owned(),
                    Server::Mirror(address) => {
                        assert_eq!(address, "https://mirror.example.org/apache");
                        "mirror".to_owned()
                    }
                });
                // An archived release comes from the archive in any case.
                let best = kafka_release(*plan.kafka.version).map(|release| release.download);
                let is_archived = best == Some(crate::catalog::Download::ArchiveOnly);
                let expected = match expected {
                    "archive" if is_archived => "apache",
                    other => other,
                };
                assert_eq!(server.as_deref(), Some(expected));
                let Some(file) = rendered(&design, "images/zookeeper/Dockerfile") else {
                    continue;
                };
                zookeepers += 1;
                let file = read(&file);
                assert_eq!(keys(&file), <[&str; 0]>::default());
                let found = built(&file);
                let zookeeper = plan.zookeeper().unwrap();
                assert_eq!(found.product, Some(Product::ZooKeeper));
                assert_eq!(
                    text(found.version.as_ref()),
                    Some(&*zookeeper.version.to_string())
                );
                assert_eq!(
                    text(found.base.as_ref()),
                    Some(zookeeper.base_image.as_str())
                );
                let release = zookeeper_release(*zookeeper.version);
                let is_archived = release.is_none_or(|release| {
                    release.download == crate::catalog::Download::ArchiveOnly
                });
                let expected = match download {
                    "archive" if !is_archived => Server::Archive,
                    "mirror" => Server::Mirror("https://mirror.example.org/apache".to_owned()),
                    _ => Server::Apache,
                };
                assert_eq!(found.server, Some(expected));
                assert!(found.checks_signature);
            }
        }
        assert!(zookeepers > 0);
    }

    #[test]
    fn hostile_files_are_answered() {
        let started = std::time::Instant::now();
        for hostile in [
            "RUN a\\\n".repeat(20_000),
            "FROM a\n".repeat(20_000),
            "FROM a AS a\nENV A=$A$A$A$A$A$A$A$A\n".repeat(2_000),
            "ENV A=xxxxxxxxxxxxxxxx\n".to_owned() + &"ENV A=$A$A\n".repeat(4_000),
            "RUN <<A\n".repeat(20_000),
            format!("RUN {}\n", "<<A ".repeat(20_000)),
            "\\\n".repeat(1 << 17),
            "RUN $(".repeat(1 << 16),
            format!("ENV {}", "A=${".repeat(1 << 16)),
            "#\n".repeat(1 << 17),
            "RUN [\"".repeat(1 << 16),
            format!("RUN {}", "[".repeat(1 << 17)),
            "\u{feff}FROM a\r\nRUN \0\tb\\\r\n c\r\n".to_owned(),
            "x".repeat(10 << 20),
            format!("RUN {}", "--a ".repeat(1 << 17)),
            format!("RUN a\\\n{}b", "\n# c\n".repeat(1 << 16)),
        ] {
            built(&read(&hostile));
        }
        assert!(started.elapsed().as_secs() < 120, "{:?}", started.elapsed());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn any_file_is_answered(lines in proptest::collection::vec("(FROM|RUN|ENV|ARG|COPY|ADD|USER|CMD|#|# escape=`|EOF)?[ \\\\`$A={}\"'<E\\-\\[\\]äx\u{3000}\r\t#;&]{0,20}", 0..8)) {
            let text = lines.join("\n");
            let file = read(&text);
            let count = Places::of(&text).at(text.len()).line;
            for instruction in &file.instructions {
                prop_assert!(instruction.position.line <= count);
                for word in instruction.script.iter().flat_map(|script| &script.commands).flat_map(|command| &command.words) {
                    prop_assert!((instruction.position.line..=count).contains(&word.position.line), "{:?}", word);
                }
            }
            built(&file);
        }

        #[test]
        fn a_value_that_we_write_is_read(value in "[ -~äé]{0,20}") {
            let written = crate::render::dockerfile::Dockerfile::default()
                .from("a", None, &crate::render::Origins::NONE)
                .env("A", value.as_str(), &crate::render::Origins::NONE);
            let file = read(&written.into_text().text());
            prop_assert_eq!(file.stages[0].variables.get("A"), Some(&value));
        }
    }
}
