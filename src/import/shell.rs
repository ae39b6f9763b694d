//! What a container runs: an argument list, or a script given to a shell.
//!
//! A script becomes the list of its simple commands with their words; a word is made of texts that
//! mean themselves and expansions that are kept as they stand. Conditions, loops and functions are
//! seen, so that a command that may not run is marked; nothing is ever run.
//!
//! The reader goes once through the text with a stack of its own: its time is in proportion to the
//! length, however deep anything is nested.
//! What the words mean for Kafka and `ZooKeeper` is the business of [`start`](super::start).

use super::position::{Places, is_short_enough, readable};
use super::{Position, Remark};
use crate::args;

/// How many commands of a script are read.
const MOST_COMMANDS: usize = 20_000;

/// How many words of a script are read.
const MOST_WORDS: usize = 200_000;

/// A script, or the arguments of a container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// The commands in their order, those in conditions and functions too.
    pub commands: Vec<SimpleCommand>,
    /// What each `case` compares.
    pub subjects: Vec<Word>,
    /// The branches of `case` that commands stand in.
    pub arms: Vec<Arm>,
    /// The here-documents that redirections name.
    pub documents: Vec<HereDocument>,
    /// Whether a shell reads it; an argument list without a shell has one command.
    pub is_shell: bool,
    /// How many comments it has.
    pub comments: usize,
    /// What was not understood.
    pub remarks: Vec<Remark>,
}

/// A command with its assignments and redirections.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SimpleCommand {
    /// `A=b` before the words, and those of `export`, `declare`, `env` and the like.
    pub assignments: Vec<Assignment>,
    /// The words, the command's name first; `exec` and `export` are words too.
    pub words: Vec<Word>,
    /// Where input comes from and output goes.
    pub redirections: Vec<Redirection>,
    /// What stands between it and the command before.
    pub joint: Joint,
    /// It may not run: it stands in a condition, a loop or a function, or behind `||`.
    pub is_conditional: bool,
    /// The branch of `case` that it stands in: an index into [`Script::arms`].
    pub arm: Option<usize>,
}

/// What stands between a command and the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Joint {
    /// A line end, or `;` with a blank beside it.
    #[default]
    Then,
    /// `;` between two characters that are no blanks: perhaps part of a value that lacks quotes.
    Glued,
    /// `&&`
    And,
    /// `||`
    Or,
    /// `|`
    Pipe,
    /// `&`: the one before runs in the background.
    Background,
}

/// `NAME=value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The variable.
    pub name: String,
    /// What it is set to.
    pub value: Word,
    /// Later programs see it: `export`, or the command's own environment.
    pub is_exported: bool,
    /// `+=`
    pub appends: bool,
}

/// A redirection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirection {
    /// `>`, `>>`, `<`, `<<`, `2>&`, …
    pub operator: String,
    /// The file, or the word that ends a here-document.
    pub target: Word,
    /// The here-document: an index into [`Script::documents`].
    pub document: Option<usize>,
}

/// A text that stands below its command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HereDocument {
    /// The text; only text when the word that ends it is quoted.
    pub pieces: Vec<Piece>,
    /// Where it begins.
    pub position: Position,
}

/// A branch of a `case`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arm {
    /// What is compared: an index into [`Script::subjects`].
    pub subject: usize,
    /// What it is compared with.
    pub patterns: Vec<Word>,
}

/// A word with its quotes taken off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// Its parts in their order; none is the empty word.
    pub pieces: Vec<Piece>,
    /// As it stands in the text.
    pub raw: String,
    /// The item of the argument list that it stands in; 0 in a script on its own.
    pub item: usize,
    /// Where it begins in that item or script.
    pub position: Position,
}

/// A part of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Means itself.
    Text(String),
    /// `$NAME`, `${NAME}`, `${NAME:-operand}`; also `$(NAME)` of Kubernetes.
    Variable {
        /// The variable.
        name: String,
        /// What stands behind the name in the braces: nothing, `:-`, `##`, `[1]`, …
        operator: String,
        /// What stands behind that, as it stands.
        operand: String,
    },
    /// What stands in `$((…))`.
    Arithmetic(String),
    /// What stands in `$(…)` or in backquotes.
    Command(String),
    /// Anything else that a shell replaces, such as an array or `<(…)`, as it stands.
    Other(String),
}

impl Word {
    /// The text, when nothing in it is replaced.
    pub fn constant(&self) -> Option<String> {
        self.pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => Some(text.as_str()),
                _ => None,
            })
            .collect()
    }

    fn push(&mut self, text: &str) {
        push(&mut self.pieces, text);
    }

    /// The word behind `NAME=`, with the name, when it begins so without quotes.
    fn assigned(&self) -> Option<(String, bool, Self)> {
        let end = name_end(&self.raw);
        let rest = &self.raw[end..];
        let (appends, sign) = if rest.starts_with("+=") {
            (true, 2)
        } else {
            (false, 1)
        };
        if end == 0 || !rest[sign - 1..].starts_with('=') {
            return None;
        }
        let mut value = self.clone();
        let Some(Piece::Text(text)) = value.pieces.first_mut() else {
            return None;
        };
        let behind = text.get(end + sign..)?.to_owned();
        if behind.is_empty() {
            value.pieces.remove(0);
        } else {
            *text = behind;
        }
        value.raw.drain(..end + sign);
        value.position.column += end + sign;
        Some((self.raw[..end].to_owned(), appends, value))
    }
}

impl SimpleCommand {
    /// The word at this place, when it is constant.
    pub fn constant(&self, at: usize) -> Option<String> {
        self.words.get(at).and_then(Word::constant)
    }

    /// Where the program's name stands among the words, behind `exec`, `env`, `tini --` and the like.
    pub fn program(&self) -> Option<usize> {
        let mut at = 0;
        loop {
            let name = self.constant(at)?;
            match name.rsplit('/').next().unwrap_or_default() {
                "exec" | "command" | "nohup" | "builtin" | "time" => at += 1,
                "env" | "tini" | "tini-static" | "dumb-init" | "catatonit" | "sudo" => {
                    at += 1;
                    while let Some(word) = self.words.get(at) {
                        let is_option = word.raw.starts_with('-');
                        if !is_option && word.assigned().is_none() {
                            break;
                        }
                        at += 1;
                        if word.raw == "--" {
                            break;
                        }
                    }
                }
                "gosu" | "su-exec" => at += 2,
                _ => return Some(at),
            }
        }
    }

    /// The program's name without its folder, and the words behind it.
    pub fn run(&self) -> Option<(String, &[Word])> {
        let at = self.program()?;
        let name = self.constant(at)?;
        let base = name.rsplit('/').next().unwrap_or_default().to_owned();
        Some((base, &self.words[at + 1..]))
    }
}

/// Adds a text, joined to one that stands before it.
fn push(pieces: &mut Vec<Piece>, text: &str) {
    if text.is_empty() {
        return;
    }
    if let Some(Piece::Text(before)) = pieces.last_mut() {
        before.push_str(text);
    } else {
        pieces.push(Piece::Text(text.to_owned()));
    }
}

/// Reads a script that stands in a file of its own.
pub fn read(text: &str) -> Script {
    let mut remarks = Vec::new();
    match readable(text, &mut remarks) {
        Some(text) => read_script(text, 0, &Expanded::none(text), remarks),
        None => Script {
            is_shell: true,
            remarks,
            ..Script::default()
        },
    }
}

/// Reads `command` and `args` of a container, one behind the other.
///
/// Kubernetes replaces `$(NAME)` by a variable of the container and `$$` by `$` before anything runs;
/// `is_variable` says which names the container has.
pub fn container(items: &[&str], is_variable: &dyn Fn(&str) -> bool) -> Script {
    let mut script = Script::default();
    let mut command = SimpleCommand::default();
    for (item, &text) in items.iter().enumerate().take(MOST_WORDS) {
        if !is_short_enough(text, &mut script.remarks) {
            continue;
        }
        let expanded = Expanded::of(text, is_variable);
        let mut word = Word {
            raw: text.to_owned(),
            item,
            position: Position::START,
            pieces: Vec::new(),
        };
        expanded.literal(&mut word.pieces, 0, expanded.text.len());
        command.words.push(word);
    }
    if let Some(script_word) = shell_script(&command).map(|at| &command.words[at]) {
        let item = script_word.item;
        let text = items[item];
        let expanded = Expanded::of(text, is_variable);
        return read_script(text, item, &expanded, script.remarks);
    }
    add_listed_assignments(&mut command);
    if !command.words.is_empty() {
        script.commands.push(command);
    }
    script
}

/// A value of `env`, in which Kubernetes replaces `$(NAME)` and nothing else is replaced.
pub fn value(text: &str, is_variable: &dyn Fn(&str) -> bool) -> Word {
    let expanded = Expanded::of(text, is_variable);
    let mut word = Word {
        raw: text.to_owned(),
        ..Word::default()
    };
    expanded.literal(&mut word.pieces, 0, expanded.text.len());
    word
}

/// Which item is a script, when the command is a shell with `-c`.
fn shell_script(command: &SimpleCommand) -> Option<usize> {
    let shell = command.program()?;
    let name = command.constant(shell)?;
    let name = name.rsplit('/').next().unwrap_or_default();
    if !matches!(name, "sh" | "bash" | "ash" | "dash" | "ksh" | "zsh") {
        return None;
    }
    let mut at = shell + 1;
    let mut is_next = false;
    while let Some(word) = command.constant(at) {
        let is_flags = word.starts_with(['-', '+']) && word.len() > 1;
        if !is_flags {
            break;
        }
        let short = !word.starts_with("--");
        is_next |= short && word.starts_with('-') && word.contains('c');
        // `-o pipefail`, also at the end of several flags.
        at += if short && word.ends_with('o') { 2 } else { 1 };
    }
    (is_next && at < command.words.len()).then_some(at)
}

/// Reads a script of which some characters are changed for the reader, as long as the original byte for byte.
pub(super) fn read_changed(original: &str, changed: &str) -> Script {
    read_script(original, 0, &Expanded::none(changed), Vec::new())
}

fn read_script(text: &str, item: usize, source: &Expanded, remarks: Vec<Remark>) -> Script {
    let script = Script {
        is_shell: true,
        remarks,
        ..Script::default()
    };
    let mut reader = Reader {
        item,
        script,
        ..Reader::of(source, text)
    };
    reader.read_all();
    reader.script
}

/// A text as Kubernetes hands it on, with what it replaced.
struct Expanded {
    text: String,
    /// Where a variable stands; in the text, [`MARK`] is there.
    marks: Vec<(usize, String)>,
    /// From each of these offsets on, the original is so much further.
    shifts: Vec<(usize, usize)>,
}

/// Stands in the text where Kubernetes puts a variable; it means that only at an offset among the marks.
const MARK: char = '\u{fffc}';

impl Expanded {
    /// A text that Kubernetes does not touch.
    fn none(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            marks: Vec::new(),
            shifts: Vec::new(),
        }
    }

    fn of(text: &str, is_variable: &dyn Fn(&str) -> bool) -> Self {
        let mut all = Self {
            text: String::with_capacity(text.len()),
            marks: Vec::new(),
            shifts: Vec::new(),
        };
        let mut at = 0;
        while let Some(dollar) = text[at..].find('$').map(|found| at + found) {
            all.text.push_str(&text[at..dollar]);
            let behind = &text[dollar + 1..];
            at = dollar + 1;
            let closed = behind.strip_prefix('(');
            let close = || {
                closed
                    .and_then(|inner| inner.find(')'))
                    .map(|found| found + 1)
            };
            if behind.starts_with('$') {
                all.text.push('$');
                at += 1;
            } else if let Some(close) = close() {
                let name = &behind[1..close];
                if is_variable(name) {
                    all.marks.push((all.text.len(), name.to_owned()));
                    all.text.push(MARK);
                } else {
                    all.text.push('$');
                    all.text.push_str(&behind[..=close]);
                }
                at += close + 1;
            } else if behind.starts_with('(') {
                // Never closed: nothing behind it is replaced by a variable, and `$$` was seen by then.
                all.text.push_str("$(");
                at += 1;
                if !text[at..].contains(')') {
                    // The rest has dollars only, of which each pair is one.
                    all.push_pairs(text, at);
                    return all;
                }
            } else {
                all.text.push('$');
            }
            if all.text.len() != at {
                all.shifts
                    .push((all.text.len(), at.wrapping_sub(all.text.len())));
            }
        }
        all.text.push_str(&text[at..]);
        all
    }

    /// The rest of a text without `)`.
    fn push_pairs(&mut self, text: &str, mut at: usize) {
        while let Some(pair) = text[at..].find("$$").map(|found| at + found) {
            self.text.push_str(&text[at..=pair]);
            at = pair + 2;
            self.shifts
                .push((self.text.len(), at.wrapping_sub(self.text.len())));
        }
        self.text.push_str(&text[at..]);
    }

    /// The offset in the original.
    fn original(&self, at: usize) -> usize {
        let after = self.shifts.partition_point(|&(from, _)| from <= at);
        let shift = after.checked_sub(1).map_or(0, |last| self.shifts[last].1);
        at.wrapping_add(shift)
    }

    /// The marks between two offsets.
    fn marks(&self, start: usize, end: usize) -> &[(usize, String)] {
        let first = self.marks.partition_point(|&(at, _)| at < start);
        let last = self.marks.partition_point(|&(at, _)| at < end);
        self.marks.get(first..last).unwrap_or_default()
    }

    /// Adds a part of the text that means itself.
    fn literal(&self, pieces: &mut Vec<Piece>, start: usize, end: usize) {
        let mut from = start;
        for (at, name) in self.marks(start, end) {
            push(pieces, &self.text[from..*at]);
            pieces.push(variable(name));
            from = at + MARK.len_utf8();
        }
        push(pieces, &self.text[from..end]);
    }

    /// A part of the text as it stands; a variable of Kubernetes looks like one of the shell.
    fn raw(&self, start: usize, end: usize) -> String {
        let mut raw = String::new();
        let mut from = start;
        for (at, name) in self.marks(start, end) {
            raw.push_str(&self.text[from..*at]);
            raw.push_str("${");
            raw.push_str(name);
            raw.push('}');
            from = at + MARK.len_utf8();
        }
        raw.push_str(&self.text[from..end]);
        raw
    }
}

fn variable(name: &str) -> Piece {
    Piece::Variable {
        name: name.to_owned(),
        operator: String::new(),
        operand: String::new(),
    }
}

/// Where a variable's name at the start of a text ends; 0 is no name.
pub(super) fn name_end(text: &str) -> usize {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return 0;
    }
    text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(text.len())
}

/// What is open around a command.
#[derive(Clone, Copy)]
struct Frame {
    kind: FrameKind,
    is_conditional: bool,
    arm: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum FrameKind {
    If,
    Loop,
    Brace,
    Paren,
    /// A `case`.
    Case {
        /// Whether a pattern comes next.
        awaits: bool,
        /// What it compares.
        subject: usize,
    },
}

/// A here-document whose text is still to come.
struct Pending {
    document: usize,
    delimiter: String,
    strips_tabs: bool,
    is_quoted: bool,
}

struct Reader<'a> {
    bytes: &'a [u8],
    source: &'a Expanded,
    at: usize,
    places: Places<'a>,
    item: usize,
    script: Script,
    /// The command that is being read.
    command: SimpleCommand,
    /// What stands before it.
    joint: Joint,
    frames: Vec<Frame>,
    pending: Vec<Pending>,
    words: usize,
    /// In a here-document, double quotes mean themselves.
    in_document: bool,
}

impl<'a> Reader<'a> {
    /// A reader at the start of a text; `original` is the text before Kubernetes replaced anything.
    fn of(source: &'a Expanded, original: &'a str) -> Self {
        Self {
            bytes: source.text.as_bytes(),
            source,
            at: 0,
            places: Places::of(original),
            item: 0,
            script: Script::default(),
            command: SimpleCommand::default(),
            joint: Joint::Then,
            frames: Vec::new(),
            pending: Vec::new(),
            words: 0,
            in_document: false,
        }
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    fn place(&mut self, at: usize) -> Position {
        self.places.at(self.source.original(at))
    }

    fn remark(&mut self, at: usize, key: &'static str) {
        // One of each kind is enough.
        if !self.script.remarks.iter().any(|remark| remark.key == key) {
            let position = self.place(at);
            let remark = Remark::new(position, key, Vec::new());
            self.script.remarks.push(remark);
        }
    }

    /// Skips blanks, continuations and comments.
    fn skip_blanks(&mut self) {
        loop {
            match (self.peek(0), self.peek(1)) {
                (b' ' | b'\t', _) => self.at += 1,
                (b'\\', b'\n') => self.at += 2,
                (b'\\', b'\r') if self.peek(2) == b'\n' => {
                    self.remark(self.at, "import.shell.windows");
                    self.at += 3;
                }
                (b'\r', b'\n') => {
                    self.remark(self.at, "import.shell.windows");
                    self.at += 1;
                }
                (b'#', _) => {
                    self.script.comments += 1;
                    self.at = self.line_end(self.at);
                }
                _ => return,
            }
        }
    }

    fn line_end(&self, from: usize) -> usize {
        let rest = self.bytes.get(from..).unwrap_or_default();
        rest.iter()
            .position(|&byte| byte == b'\n')
            .map_or(self.bytes.len(), |found| from + found)
    }

    fn read_all(&mut self) {
        loop {
            self.skip_blanks();
            if self.is_at_end() {
                break;
            }
            if self.script.commands.len() >= MOST_COMMANDS || self.words >= MOST_WORDS {
                self.remark(self.at, "import.shell.too-long");
                break;
            }
            if self.awaits_pattern() {
                self.read_pattern();
            } else if !self.read_operator() {
                self.read_word();
            }
        }
        self.end_command(Joint::Then);
        if !self.pending.is_empty() {
            self.read_documents();
        }
        if !self.frames.is_empty() {
            self.remark(self.bytes.len(), "import.shell.unfinished");
        }
    }

    /// Reads an operator, or says that none is there.
    fn read_operator(&mut self) -> bool {
        let next = self.peek(1);
        match self.peek(0) {
            b'\n' => {
                self.at += 1;
                self.end_command(Joint::Then);
                self.read_documents();
            }
            b';' if matches!(next, b';' | b'&') => {
                self.at += if next == b';' && self.peek(2) == b'&' {
                    3
                } else {
                    2
                };
                self.end_command(Joint::Then);
                self.end_arm();
            }
            b';' => {
                let before = self.at.checked_sub(1).and_then(|at| self.bytes.get(at));
                let is_blank = |byte: u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\\' | 0);
                let is_glued = before.is_some_and(|&byte| !is_blank(byte)) && !is_blank(next);
                self.at += 1;
                self.end_command(if is_glued { Joint::Glued } else { Joint::Then });
            }
            b'&' if next == b'>' => self.read_redirection(self.at),
            b'&' => {
                let is_and = next == b'&';
                self.at += if is_and { 2 } else { 1 };
                self.end_command(if is_and {
                    Joint::And
                } else {
                    Joint::Background
                });
            }
            b'|' => {
                let is_or = next == b'|';
                self.at += if is_or || next == b'&' { 2 } else { 1 };
                self.end_command(if is_or { Joint::Or } else { Joint::Pipe });
            }
            b'<' | b'>' if next == b'(' => return false,
            b'<' | b'>' => self.read_redirection(self.at),
            b'(' => self.open_paren(),
            b')' => {
                self.at += 1;
                self.end_command(Joint::Then);
                self.close(FrameKind::Paren, self.at - 1);
            }
            _ => return false,
        }
        true
    }

    fn open_paren(&mut self) {
        let start = self.at;
        let is_start = self.is_command_start();
        let is_for = self.command.words.len() == 1 && self.command.words[0].raw == "for";
        if (is_start || is_for) && self.peek(1) == b'(' {
            // Arithmetic: `((count++))`, `for ((;;))`.
            self.at = self
                .skip(start + 1, Closer::Paren)
                .unwrap_or(self.bytes.len());
            return;
        }
        self.at += 1;
        if is_start {
            self.open(FrameKind::Paren, false);
            return;
        }
        self.skip_blanks();
        if self.command.words.len() == 1 && self.peek(0) == b')' {
            // A function: its body is read like any block that may not run.
            self.at += 1;
            self.command = SimpleCommand::default();
            self.skip_lines();
            if self.peek(0) == b'{' {
                self.at += 1;
                self.open(FrameKind::Brace, true);
            }
            return;
        }
        self.remark(start, "import.shell.unexpected");
    }

    /// Skips blanks, comments and line ends.
    fn skip_lines(&mut self) {
        loop {
            self.skip_blanks();
            if self.peek(0) != b'\n' {
                return;
            }
            self.at += 1;
        }
    }

    fn is_command_start(&self) -> bool {
        let command = &self.command;
        command.words.is_empty()
            && command.assignments.is_empty()
            && command.redirections.is_empty()
    }

    fn open(&mut self, kind: FrameKind, is_conditional: bool) {
        let outer = self.frames.last().copied();
        let frame = Frame {
            kind,
            is_conditional: is_conditional || outer.is_some_and(|outer| outer.is_conditional),
            arm: outer.and_then(|outer| outer.arm),
        };
        self.frames.push(frame);
    }

    fn close(&mut self, kind: FrameKind, at: usize) {
        let is_case = |kind| matches!(kind, FrameKind::Case { .. });
        let top = self.frames.last().map(|frame| frame.kind);
        if top.is_some_and(|top| top == kind || (is_case(top) && is_case(kind))) {
            self.frames.pop();
        } else {
            self.remark(at, "import.shell.unexpected");
        }
    }

    fn awaits_pattern(&self) -> bool {
        let top = self.frames.last().map(|frame| frame.kind);
        matches!(top, Some(FrameKind::Case { awaits: true, .. }))
    }

    fn end_arm(&mut self) {
        let outer = self.frames.len().checked_sub(2);
        let outer = outer.and_then(|at| self.frames[at].arm);
        if let Some(frame) = self.frames.last_mut()
            && let FrameKind::Case { subject, .. } = frame.kind
        {
            let awaits = true;
            frame.kind = FrameKind::Case { awaits, subject };
            frame.arm = outer;
        }
    }

    /// Reads `pattern | pattern)`, or `esac`.
    fn read_pattern(&mut self) {
        self.skip_lines();
        if self.peek(0) == b'(' {
            self.at += 1;
        }
        let mut patterns = Vec::new();
        loop {
            self.skip_blanks();
            let start = self.at;
            let word = self.word();
            if patterns.is_empty() && word.raw == "esac" {
                self.frames.pop();
                return;
            }
            if self.at > start {
                patterns.push(word);
            }
            self.skip_blanks();
            match self.peek(0) {
                b'|' => self.at += 1,
                b')' => {
                    self.at += 1;
                    break;
                }
                _ => {
                    // No pattern; whatever stands here is read as commands.
                    self.remark(self.at, "import.shell.unexpected");
                    if self.at == start && !self.is_at_end() {
                        self.at += 1;
                        while !self.is_at_end() && !is_start_byte(self.bytes[self.at]) {
                            self.at += 1;
                        }
                    }
                    break;
                }
            }
        }
        let arm = self.script.arms.len();
        if let Some(frame) = self.frames.last_mut()
            && let FrameKind::Case { subject, .. } = frame.kind
        {
            let awaits = false;
            frame.kind = FrameKind::Case { awaits, subject };
            frame.arm = Some(arm);
            self.script.arms.push(Arm { subject, patterns });
        }
    }

    fn end_command(&mut self, joint: Joint) {
        if self.is_command_start() {
            // `done | sort`: the joint belongs to what comes.
            if joint != Joint::Then {
                self.joint = joint;
            }
            return;
        }
        let mut command = std::mem::take(&mut self.command);
        command.joint = std::mem::replace(&mut self.joint, joint);
        let frame = self.frames.last().copied();
        command.is_conditional =
            command.joint == Joint::Or || frame.is_some_and(|frame| frame.is_conditional);
        command.arm = frame.and_then(|frame| frame.arm);
        add_listed_assignments(&mut command);
        self.script.commands.push(command);
    }

    /// Reads a word: a keyword, an assignment, or an argument.
    fn read_word(&mut self) {
        let start = self.at;
        let digits = self.bytes[start..]
            .iter()
            .take(10)
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        if digits > 0 && matches!(self.peek(digits), b'<' | b'>') {
            self.at += digits;
            self.read_redirection(start);
            return;
        }
        let word = self.word();
        if self.at == start {
            // Never stand still.
            self.at += 1;
            return;
        }
        if self.is_command_start() && self.read_keyword(&word, start) {
            return;
        }
        let command = &mut self.command;
        if command.words.is_empty()
            && let Some((name, appends, value)) = word.assigned()
        {
            command.assignments.push(Assignment {
                name,
                value,
                is_exported: false,
                appends,
            });
            return;
        }
        let is_test = command.words.is_empty() && word.raw == "[[";
        command.words.push(word);
        if is_test {
            self.read_test();
        }
    }

    /// Handles a keyword at the start of a command, or says that it is none.
    fn read_keyword(&mut self, word: &Word, start: usize) -> bool {
        match word.raw.as_str() {
            "if" => self.open(FrameKind::If, true),
            "while" | "until" => self.open(FrameKind::Loop, true),
            "for" | "select" => {
                self.open(FrameKind::Loop, true);
                self.command.words.push(word.clone());
            }
            "then" | "elif" | "else" | "do" | "!" => {}
            "fi" => self.close(FrameKind::If, start),
            "done" => self.close(FrameKind::Loop, start),
            "esac" => {
                let (awaits, subject) = (false, 0);
                self.close(FrameKind::Case { awaits, subject }, start);
            }
            "{" => self.open(FrameKind::Brace, false),
            "}" => self.close(FrameKind::Brace, start),
            "case" => {
                self.skip_blanks();
                let subject = self.word();
                self.skip_lines();
                let at = self.at;
                if self.word().raw == "in" {
                    let case = FrameKind::Case {
                        awaits: true,
                        subject: self.script.subjects.len(),
                    };
                    self.script.subjects.push(subject);
                    self.open(case, true);
                } else {
                    self.at = at;
                    self.remark(start, "import.shell.unexpected");
                }
            }
            "function" => {
                self.skip_blanks();
                self.word();
                self.skip_blanks();
                if self.peek(0) == b'(' && self.peek(1) == b')' {
                    self.at += 2;
                }
                self.skip_lines();
                if self.peek(0) == b'{' {
                    self.at += 1;
                    self.open(FrameKind::Brace, true);
                }
            }
            _ => return false,
        }
        true
    }

    /// Reads the rest of `[[ … ]]`, in which operators are words.
    fn read_test(&mut self) {
        loop {
            self.skip_blanks();
            if self.is_at_end() || self.words >= MOST_WORDS {
                return;
            }
            let start = self.at;
            let mut word = self.word();
            if self.at == start {
                if self.peek(0) == b'\n' && self.command.words.len() > 1_000 {
                    return;
                }
                // An operator, or a line end.
                self.at += 1;
                while matches!(self.peek(0), b'&' | b'|' | b'<' | b'>') {
                    self.at += 1;
                }
                word.raw = self.source.raw(start, self.at);
                word.push(&word.raw.clone());
            }
            // A regular expression may have parentheses in its words.
            while matches!(self.peek(0), b'(' | b')' | b'|') && self.at > start {
                let from = self.at;
                self.at += 1;
                let text = self.source.raw(from, self.at);
                word.push(&text);
                word.raw.push_str(&text);
                let more = self.word();
                word.raw.push_str(&more.raw);
                for piece in more.pieces {
                    match piece {
                        Piece::Text(text) => word.push(&text),
                        other => word.pieces.push(other),
                    }
                }
            }
            let is_last = word.raw == "]]";
            self.command.words.push(word);
            if is_last {
                return;
            }
        }
    }

    /// Reads `>`, `2>&1`, `<<EOF` and so on; a number may stand before.
    fn read_redirection(&mut self, start: usize) {
        let first = self.at;
        if self.peek(0) == b'&' {
            self.at += 1;
        }
        let angle = self.peek(0);
        self.at += 1;
        let rest: &[&[u8]] = if angle == b'<' {
            &[b"<<", b"<-", b"<", b"&", b">"]
        } else {
            &[b">&", b">", b"&", b"|"]
        };
        let behind = &self.bytes[self.at..];
        if let Some(more) = rest.iter().find(|more| behind.starts_with(more)) {
            self.at += more.len();
        }
        let operator = self.source.raw(start, self.at);
        let is_document = matches!(&self.bytes[first..self.at], b"<<" | b"<<-");
        let strips_tabs = operator.ends_with('-');
        self.skip_blanks_only();
        let at = self.at;
        let target = self.word();
        if self.at == at {
            self.remark(start, "import.shell.unexpected");
            return;
        }
        let document = is_document.then_some(self.script.documents.len());
        if let Some(document) = document {
            let delimiter = target.constant().unwrap_or_else(|| target.raw.clone());
            self.pending.push(Pending {
                document,
                is_quoted: target.raw.contains(['\'', '"', '\\']),
                delimiter,
                strips_tabs,
            });
            self.script.documents.push(HereDocument::default());
        }
        self.command.redirections.push(Redirection {
            operator,
            target,
            document,
        });
    }

    /// Skips blanks and continuations, but no comment: `<#` has none.
    fn skip_blanks_only(&mut self) {
        while matches!(self.peek(0), b' ' | b'\t')
            || (self.peek(0) == b'\\' && self.peek(1) == b'\n')
        {
            self.at += if self.peek(0) == b'\\' { 2 } else { 1 };
        }
    }

    /// Reads the here-documents that were announced in the line before.
    fn read_documents(&mut self) {
        for pending in std::mem::take(&mut self.pending) {
            let position = self.place(self.at);
            let mut pieces = Vec::new();
            let mut is_closed = false;
            let start = self.at;
            let mut body_end = start;
            let mut text = String::new();
            while !self.is_at_end() {
                let end = self.line_end(self.at);
                let mut from = self.at;
                while pending.strips_tabs && self.bytes[from..end].first() == Some(&b'\t') {
                    from += 1;
                }
                self.at = (end + 1).min(self.bytes.len());
                let line = &self.bytes[from..end];
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                if line == pending.delimiter.as_bytes() {
                    is_closed = true;
                    break;
                }
                body_end = self.at;
                if pending.strips_tabs {
                    text.push_str(&self.source.raw(from, self.at));
                }
            }
            if !is_closed {
                self.remark(start, "import.shell.document");
            }
            if pending.is_quoted {
                if pending.strips_tabs {
                    push(&mut pieces, &text);
                } else {
                    self.source.literal(&mut pieces, start, body_end);
                }
            } else {
                if !pending.strips_tabs {
                    text = self.source.raw(start, body_end);
                }
                pieces = document_pieces(&text);
            }
            self.script.documents[pending.document] = HereDocument { pieces, position };
        }
    }

    /// Reads a word up to a blank or an operator; it may be empty.
    fn word(&mut self) -> Word {
        let start = self.at;
        self.words += 1;
        let mut word = Word {
            item: self.item,
            position: self.place(start),
            ..Word::default()
        };
        loop {
            let at = self.at;
            match (self.peek(0), self.peek(1)) {
                (b'\\', b'\n') => self.at += 2,
                (b'\\', b'\r') if self.peek(2) == b'\n' => self.at += 3,
                (b'\\', _) => {
                    self.at += 1;
                    self.one_character(&mut word.pieces);
                }
                (b'\'', _) => {
                    self.at += 1;
                    self.single_quoted(&mut word.pieces, at);
                }
                (b'"', _) => {
                    self.at += 1;
                    self.double_quoted(&mut word.pieces, at);
                }
                (b'$', b'"') => {
                    self.at += 2;
                    self.double_quoted(&mut word.pieces, at);
                }
                (b'$', b'\'') => {
                    self.at += 2;
                    self.ansi_quoted(&mut word.pieces, at);
                }
                (b'$' | b'`', _) => self.expansion(&mut word.pieces, Closer::Brace),
                (b'(', _) if self.is_array(start) => {
                    self.at = self.skip(at + 1, Closer::Paren).unwrap_or_else(|| {
                        self.remark(at, "import.shell.unclosed");
                        self.bytes.len()
                    });
                    let raw = self.source.raw(at, self.at);
                    word.pieces.push(Piece::Other(raw));
                }
                (b'<' | b'>', b'(') if at == start => {
                    self.at = self.skip(at + 2, Closer::Paren).unwrap_or_else(|| {
                        self.remark(at, "import.shell.unclosed");
                        self.bytes.len()
                    });
                    let raw = self.source.raw(at, self.at);
                    word.pieces.push(Piece::Other(raw));
                }
                (b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>', _)
                | (b'\r', b'\n') => break,
                _ if self.is_at_end() => break,
                _ => {
                    self.at += 1;
                    while !matches!(
                        self.peek(0),
                        b' ' | b'\t'
                            | b'\n'
                            | b'\r'
                            | b';'
                            | b'&'
                            | b'|'
                            | b'('
                            | b')'
                            | b'<'
                            | b'>'
                            | b'\\'
                            | b'\''
                            | b'"'
                            | b'$'
                            | b'`'
                    ) && !self.is_at_end()
                    {
                        self.at += 1;
                    }
                    self.source.literal(&mut word.pieces, at, self.at);
                }
            }
        }
        word.raw = self.source.raw(start, self.at);
        word
    }

    /// Whether the word that begins here is `NAME=` so far, so that `(` opens an array.
    fn is_array(&self, start: usize) -> bool {
        let text = &self.source.text[start..self.at];
        let end = name_end(text);
        end > 0 && matches!(&text[end..], "=" | "+=")
    }

    /// Takes one character as it is.
    fn one_character(&mut self, pieces: &mut Vec<Piece>) {
        let start = self.at;
        if self.is_at_end() {
            // A backslash at the very end means itself.
            push(pieces, "\\");
            return;
        }
        self.at += 1;
        while !self.is_at_end() && !is_start_byte(self.bytes[self.at]) {
            self.at += 1;
        }
        self.source.literal(pieces, start, self.at);
    }

    fn single_quoted(&mut self, pieces: &mut Vec<Piece>, quote: usize) {
        let start = self.at;
        let found = self.bytes[start..].iter().position(|&byte| byte == b'\'');
        let end = found.map_or(self.bytes.len(), |found| start + found);
        if found.is_none() {
            self.remark(quote, "import.shell.unclosed");
        }
        self.source.literal(pieces, start, end);
        self.at = (end + 1).min(self.bytes.len());
    }

    fn double_quoted(&mut self, pieces: &mut Vec<Piece>, quote: usize) {
        loop {
            let at = self.at;
            match (self.peek(0), self.peek(1)) {
                (b'"', _) if !self.in_document => {
                    self.at += 1;
                    return;
                }
                (b'\\', b'\n') => self.at += 2,
                (b'\\', b'"') if self.in_document => {
                    self.at += 2;
                    push(pieces, "\\\"");
                }
                (b'\\', b'"' | b'\\' | b'$' | b'`') => {
                    self.at += 2;
                    self.source.literal(pieces, at + 1, at + 2);
                }
                (b'$' | b'`', _) => self.expansion(pieces, Closer::QuotedBrace),
                _ if self.is_at_end() => {
                    self.remark(quote, "import.shell.unclosed");
                    return;
                }
                _ => {
                    self.at += 1;
                    while !matches!(self.peek(0), b'"' | b'\\' | b'$' | b'`') && !self.is_at_end() {
                        self.at += 1;
                    }
                    self.source.literal(pieces, at, self.at);
                }
            }
        }
    }

    /// Reads `$'…'` with its escapes.
    fn ansi_quoted(&mut self, pieces: &mut Vec<Piece>, quote: usize) {
        loop {
            let at = self.at;
            match (self.peek(0), self.peek(1)) {
                (b'\'', _) => {
                    self.at += 1;
                    return;
                }
                _ if self.is_at_end() => {
                    self.remark(quote, "import.shell.unclosed");
                    return;
                }
                (b'\\', next) => {
                    let meant = match next {
                        b'n' => "\n",
                        b't' => "\t",
                        b'r' => "\r",
                        b'\\' => "\\",
                        b'\'' => "'",
                        b'"' => "\"",
                        _ => {
                            self.at += 1;
                            push(pieces, "\\");
                            continue;
                        }
                    };
                    push(pieces, meant);
                    self.at += 2;
                }
                _ => {
                    self.at += 1;
                    while !matches!(self.peek(0), b'\'' | b'\\') && !self.is_at_end() {
                        self.at += 1;
                    }
                    self.source.literal(pieces, at, self.at);
                }
            }
        }
    }

    /// Reads what begins with `$` or a backquote.
    fn expansion(&mut self, pieces: &mut Vec<Piece>, brace: Closer) {
        let at = self.at;
        let (inner, closer) = match (self.peek(0), self.peek(1)) {
            (b'`', _) => (at + 1, Closer::Back),
            (_, b'(') => (at + 2, Closer::Paren),
            (_, b'{') => (at + 2, brace),
            (_, next) => {
                let text = &self.source.text[at + 1..];
                let special = u8::from(b"?$!#@*-0123456789".contains(&next)).into();
                let length = name_end(text).max(special);
                self.at += 1 + length;
                if length == 0 {
                    push(pieces, "$");
                } else {
                    pieces.push(variable(&text[..length]));
                }
                return;
            }
        };
        let Some(end) = self.skip(inner, closer) else {
            self.remark(at, "import.shell.unclosed");
            pieces.push(Piece::Other(self.source.raw(at, self.bytes.len())));
            self.at = self.bytes.len();
            return;
        };
        self.at = end;
        let text = self.source.raw(inner, end - 1);
        pieces.push(match closer {
            Closer::Brace | Closer::QuotedBrace => parameter(&text),
            Closer::Paren => match text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
                Some(sum) => Piece::Arithmetic(sum.to_owned()),
                None => Piece::Command(text),
            },
            _ => Piece::Command(text),
        });
    }

    /// The offset behind what closes an expansion whose inside begins here.
    fn skip(&self, start: usize, closer: Closer) -> Option<usize> {
        let mut open = vec![closer];
        let mut at = start;
        while let Some(&top) = open.last() {
            let byte = *self.bytes.get(at)?;
            let next = self.bytes.get(at + 1).copied().unwrap_or(0);
            at += 1;
            match (top, byte) {
                (_, b'\\') => at += 1,
                (Closer::Back, b'`')
                | (Closer::Quote, b'"')
                | (Closer::Paren, b')')
                | (Closer::Brace | Closer::QuotedBrace, b'}') => {
                    open.pop();
                }
                (Closer::Back, _) => {}
                (_, b'$') if next == b'(' => {
                    open.push(Closer::Paren);
                    at += 1;
                }
                (_, b'$') if next == b'{' => {
                    let is_quoted = matches!(top, Closer::Quote | Closer::QuotedBrace);
                    open.push(if is_quoted {
                        Closer::QuotedBrace
                    } else {
                        Closer::Brace
                    });
                    at += 1;
                }
                (_, b'`') => open.push(Closer::Back),
                (Closer::Quote, _) => {}
                (_, b'"') => open.push(Closer::Quote),
                (Closer::Paren, b'(') => open.push(Closer::Paren),
                (Closer::Paren | Closer::Brace, b'\'') => {
                    at += 1 + self
                        .bytes
                        .get(at..)?
                        .iter()
                        .position(|&byte| byte == b'\'')?;
                }
                (Closer::Paren, b'#') => {
                    let before = self.bytes.get(at.wrapping_sub(2)).copied().unwrap_or(b' ');
                    if matches!(before, b' ' | b'\t' | b'\n' | b';') {
                        at = self.line_end(at);
                    }
                }
                _ => {}
            }
        }
        Some(at)
    }
}

/// Whether a character begins with this byte.
const fn is_start_byte(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}

/// What closes an expansion or a quote.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Closer {
    Paren,
    Brace,
    /// A brace within double quotes, in which a single quote means itself.
    QuotedBrace,
    Quote,
    Back,
}

/// What stands in `${…}`.
fn parameter(text: &str) -> Piece {
    let special = |c: char| "?$!#@*-".contains(c) || c.is_ascii_digit();
    let length = match name_end(text) {
        0 if text.starts_with(special) && (text.len() == 1 || !text.starts_with('#')) => 1,
        0 => return Piece::Other(["${", text, "}"].concat()),
        length => length,
    };
    let (name, rest) = text.split_at(length);
    let operators = [
        ":-", ":=", ":?", ":+", "##", "%%", "//", "-", "=", "?", "+", "#", "%", "/", ":",
    ];
    let operator = match rest.strip_prefix('[') {
        Some(index) => &rest[..index.find(']').map_or(rest.len(), |close| close + 2)],
        None => operators
            .into_iter()
            .find(|operator| rest.starts_with(operator))
            .unwrap_or_default(),
    };
    let operand = &rest[operator.len()..];
    if operator.is_empty() && !operand.is_empty() {
        return Piece::Other(["${", text, "}"].concat());
    }
    Piece::Variable {
        name: name.to_owned(),
        operator: operator.to_owned(),
        operand: operand.to_owned(),
    }
}

/// The pieces of a here-document whose expansions are replaced.
fn document_pieces(text: &str) -> Vec<Piece> {
    let expanded = Expanded::none(text);
    let mut reader = Reader {
        in_document: true,
        ..Reader::of(&expanded, text)
    };
    let mut pieces = Vec::new();
    reader.double_quoted(&mut pieces, 0);
    pieces
}

/// The text of pieces that are parsed like a word in double quotes: an operand, a value.
pub(super) fn pieces_of(text: &str) -> Vec<Piece> {
    document_pieces(text)
}

/// Takes the assignments of `export A=b`, `env A=b program` and the like.
fn add_listed_assignments(command: &mut SimpleCommand) {
    let first = command.words.iter().find(|word| word.raw != "exec");
    let name = first.and_then(Word::constant).unwrap_or_default();
    let name = name.rsplit('/').next().unwrap_or_default();
    let is_env = name == "env";
    let is_export = matches!(
        name,
        "export" | "declare" | "typeset" | "readonly" | "local"
    );
    if !command.words.is_empty() && !is_export {
        // They are the environment of this command.
        for assignment in &mut command.assignments {
            assignment.is_exported = true;
        }
    }
    if !is_env && !is_export {
        return;
    }
    let seen = command
        .words
        .iter()
        .skip_while(|word| word.raw == "exec")
        .skip(1);
    let mut found = Vec::new();
    for word in seen {
        if word.raw.starts_with('-') {
            continue;
        }
        match word.assigned() {
            Some((name, appends, value)) => found.push(Assignment {
                name,
                value,
                is_exported: true,
                appends,
            }),
            None if is_env => break,
            None => {}
        }
    }
    command.assignments.extend(found);
}

/// A remark about a word that means nothing here.
pub(super) fn unknown(word: &Word, key: &'static str) -> Remark {
    let shown: String = word.raw.chars().take(60).collect();
    Remark::new(word.position, key, args![word = shown])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::render::shell::{kubernetes_escape, kubernetes_value, single};

    /// The words of each command, those that are not constant as they stand.
    fn commands(script: &Script) -> Vec<Vec<String>> {
        let commands = script.commands.iter();
        commands
            .map(|command| {
                let words = command.words.iter();
                words
                    .map(|word| word.constant().unwrap_or_else(|| word.raw.clone()))
                    .collect()
            })
            .collect()
    }

    fn keys(script: &Script) -> Vec<&str> {
        script.remarks.iter().map(|remark| &*remark.key).collect()
    }

    fn names(command: &SimpleCommand) -> Vec<(&str, String, bool)> {
        let all = command.assignments.iter();
        all.map(|one| {
            let value = one
                .value
                .constant()
                .unwrap_or_else(|| one.value.raw.clone());
            (&*one.name, value, one.is_exported)
        })
        .collect()
    }

    #[test]
    fn words_quotes_and_joints() {
        use Joint::{And, Background, Or, Pipe, Then};
        let script = read("a 'b c' \"d\\\"$\" e\\ f''g \\\n  h; i && j || k | l & m # n\n'o");
        assert_eq!(
            commands(&script),
            [
                vec!["a", "b c", "d\"$", "e fg", "h"],
                vec!["i"],
                vec!["j"],
                vec!["k"],
                vec!["l"],
                vec!["m"],
                vec!["o"]
            ]
        );
        let joints: Vec<Joint> = script
            .commands
            .iter()
            .map(|command| command.joint)
            .collect();
        assert_eq!(joints, [Then, Then, And, Or, Pipe, Background, Then]);
        assert_eq!(script.comments, 1);
        assert_eq!(keys(&script), ["import.shell.unclosed"]);
        assert_eq!(script.remarks[0].position, Position { line: 3, column: 1 });
        let place = script.commands[0].words[4].position;
        assert_eq!(place, Position { line: 2, column: 3 });
    }

    #[test]
    fn expansions_are_kept_as_they_stand() {
        let script =
            read("x=$((${HOSTNAME##*-}+30127)) y=\"${A:-b c}\"$(hostname -f)`id -u` z$1${B}");
        let command = &script.commands[0];
        let named = |name: &str, operator: &str, operand: &str| Piece::Variable {
            name: name.to_owned(),
            operator: operator.to_owned(),
            operand: operand.to_owned(),
        };
        assert_eq!(
            command.assignments[0].value.pieces,
            [Piece::Arithmetic("${HOSTNAME##*-}+30127".to_owned())]
        );
        assert_eq!(
            command.assignments[1].value.pieces,
            [
                named("A", ":-", "b c"),
                Piece::Command("hostname -f".to_owned()),
                Piece::Command("id -u".to_owned())
            ]
        );
        assert_eq!(
            command.words[0].pieces,
            [
                Piece::Text("z".to_owned()),
                named("1", "", ""),
                named("B", "", "")
            ]
        );
        let one = |text: &str| read(text).commands[0].words[0].pieces.clone();
        assert_eq!(one("${A[1]}"), [named("A", "[1]", "")]);
        assert_eq!(
            one("${BASH_REMATCH[1]}"),
            [named("BASH_REMATCH", "[1]", "")]
        );
        assert_eq!(one("\"${A:-it's}\""), [named("A", ":-", "it's")]);
        assert_eq!(one("${#A}"), [Piece::Other("${#A}".to_owned())]);
        assert_eq!(one("$'a\\tb'"), [Piece::Text("a\tb".to_owned())]);
        assert_eq!(one("$"), [Piece::Text("$".to_owned())]);
        assert_eq!(
            one("$(a \"$(b ')')\" # )\n c)"),
            [Piece::Command("a \"$(b ')')\" # )\n c".to_owned())]
        );
    }

    #[test]
    fn assignments_say_who_sees_them() {
        let script =
            read("A=1\nexport B=2 C\nD=3 run\nenv E=4 F=5 run G=6\nH+=7\n'I'=8\nL=(a b)\n");
        assert_eq!(names(&script.commands[0]), [("A", "1".to_owned(), false)]);
        assert_eq!(names(&script.commands[1]), [("B", "2".to_owned(), true)]);
        assert_eq!(names(&script.commands[2]), [("D", "3".to_owned(), true)]);
        assert_eq!(
            names(&script.commands[3]),
            [("E", "4".to_owned(), true), ("F", "5".to_owned(), true)]
        );
        assert!(script.commands[4].assignments[0].appends);
        assert_eq!(commands(&script)[5], ["I=8"]);
        assert_eq!(
            names(&script.commands[6]),
            [("L", "(a b)".to_owned(), false)]
        );
        let program = |at: usize| script.commands[at].run().map(|(name, _)| name);
        assert_eq!(program(2).as_deref(), Some("run"));
        assert_eq!(program(3).as_deref(), Some("run"));
    }

    #[test]
    fn what_may_not_run_is_marked() {
        let script = read(
            "if a; then b; fi\nfor i in 1 2; do c; done | d\ne() { f; }\n{ g; }; (h)\nwhile i; do j; done < k\ncase $x in\n  1|2) l ;;\n  (*) m;;\nesac\nn || o\n[[ $a =~ -([0-9]+)$ && b < c ]] || exit 1\np",
        );
        assert_eq!(keys(&script), <[&str; 0]>::default());
        let conditional: String = script
            .commands
            .iter()
            .filter(|command| command.is_conditional)
            .filter_map(|command| command.constant(0))
            .collect();
        assert_eq!(conditional, "abforcfijlmoexit");
        let free: String = script
            .commands
            .iter()
            .filter(|command| !command.is_conditional)
            .filter_map(|command| command.constant(0))
            .collect();
        assert_eq!(free, "dghn[[p");
        let arms: Vec<_> = script.arms.iter().map(|arm| arm.patterns.len()).collect();
        assert_eq!(arms, [2, 1]);
        let m = script
            .commands
            .iter()
            .find(|c| c.constant(0).as_deref() == Some("m"));
        assert_eq!(m.and_then(|command| command.arm), Some(1));
        assert_eq!(script.subjects[0].raw, "$x");
        let test = script
            .commands
            .iter()
            .find(|command| command.constant(0).as_deref() == Some("[["))
            .unwrap();
        let words: Vec<&str> = test.words.iter().map(|word| &*word.raw).collect();
        assert_eq!(
            words,
            ["[[", "$a", "=~", "-([0-9]+)$", "&&", "b", "<", "c", "]]"]
        );
    }

    #[test]
    fn here_documents_are_texts_of_their_command() {
        let script = read(
            "cat > /f <<EOF 2>&1\na=\"$A\" \\$b\nEOF\ncat <<-'END' >> g\n\t\tx $y\n\tEND\nafter",
        );
        assert_eq!(commands(&script), [vec!["cat"], vec!["cat"], vec!["after"]]);
        let first = &script.commands[0].redirections;
        assert_eq!(first[0].operator, ">");
        assert_eq!(first[1].document, Some(0));
        assert_eq!(first[2].operator, "2>&");
        assert_eq!(
            script.documents[0].pieces,
            [
                Piece::Text("a=\"".to_owned()),
                variable("A"),
                Piece::Text("\" $b\n".to_owned())
            ]
        );
        assert_eq!(
            script.documents[0].position,
            Position { line: 2, column: 1 }
        );
        assert_eq!(
            script.documents[1].pieces,
            [Piece::Text("x $y\n".to_owned())]
        );
        assert_eq!(keys(&read("cat <<A\nb")), ["import.shell.document"]);
    }

    #[test]
    fn an_argument_list_has_no_shell() {
        let script = container(
            &[
                "/bin/run",
                "a b;c",
                "$HOME",
                "id=$(POD_IP)",
                "$$(POD_IP) $(no)",
            ],
            &|name| name == "POD_IP",
        );
        assert!(!script.is_shell);
        let words = &script.commands[0].words;
        assert_eq!(words[1].constant().as_deref(), Some("a b;c"));
        assert_eq!(words[2].constant().as_deref(), Some("$HOME"));
        assert_eq!(
            words[3].pieces,
            [Piece::Text("id=".to_owned()), variable("POD_IP")]
        );
        assert_eq!(words[4].constant().as_deref(), Some("$(POD_IP) $(no)"));
        assert_eq!((words[4].item, words[4].position), (4, Position::START));
    }

    #[test]
    fn a_shell_with_a_script_is_found() {
        for list in [
            &["sh", "-c", "a 'b c'"][..],
            &["/bin/bash", "-ec", "a 'b c'"],
            &["bash", "-eu", "-o", "pipefail", "-c", "a 'b c'"],
            &["bash", "-euxo", "pipefail", "-c", "a 'b c'", "$0"],
            &["/usr/bin/tini", "-g", "--", "sh", "-c", "a 'b c'"],
        ] {
            let script = container(list, &|_| false);
            assert!(script.is_shell, "{list:?}");
            assert_eq!(commands(&script), [["a", "b c"]]);
            let item = script.commands[0].words[1].item;
            assert_eq!(list[item], "a 'b c'");
        }
        assert!(!container(&["bash", "/start.sh", "-c"], &|_| false).is_shell);
        assert!(!container(&["sh", "-c"], &|_| false).is_shell);
    }

    #[test]
    fn places_are_those_before_kubernetes_expands() {
        let script = container(
            &["sh", "-c", "kill $$$$; a '$(IP)' $(IP) b\nc $$d e"],
            &|name| name == "IP",
        );
        let columns: Vec<_> = script
            .commands
            .iter()
            .flat_map(|command| &command.words)
            .collect();
        let found: Vec<_> = columns
            .iter()
            .map(|word| (&*word.raw, word.position.line, word.position.column))
            .collect();
        assert_eq!(
            found,
            [
                ("kill", 1, 1),
                ("$$", 1, 6),
                ("a", 1, 12),
                ("'${IP}'", 1, 14),
                ("${IP}", 1, 22),
                ("b", 1, 28),
                ("c", 2, 1),
                ("$d", 2, 3),
                ("e", 2, 7)
            ]
        );
        assert_eq!(columns[3].pieces, [variable("IP")], "also in single quotes");
    }

    #[test]
    fn hostile_scripts_are_answered() {
        let started = std::time::Instant::now();
        for hostile in [
            "$(".repeat(1 << 17),
            "${a:-".repeat(1 << 16),
            "\"$(".repeat(1 << 16),
            "`".repeat(1 << 17),
            "((".repeat(1 << 17),
            "{ ".repeat(1 << 17),
            "case a in b) ".repeat(1 << 17),
            "a <<b ".repeat(1 << 17),
            "a\\\n".repeat(20_000),
            "\\".repeat(1 << 17),
            "'".repeat((1 << 17) + 1),
            "[[ ".repeat(1 << 17),
            "[[ \n".repeat(1 << 16),
            ";;".repeat(1 << 17),
            "<".repeat(1 << 17),
            "1>".repeat(1 << 17),
            "a(".repeat(1 << 17),
            "a=(".repeat(1 << 17),
            "$$".repeat(1 << 17),
            "\u{fffc}".repeat(1 << 17),
            "a \0\t\r\n\u{feff}".repeat(1 << 17),
            "x".repeat(10 << 20),
            "for ".repeat(1 << 17),
        ] {
            read(&hostile);
            container(&["sh", "-c", &hostile], &|_| true);
        }
        assert!(started.elapsed().as_secs() < 120, "{:?}", started.elapsed());
        assert_eq!(
            keys(&read(&"x".repeat(10 << 20))),
            ["import.text.too-large"]
        );
        assert_eq!(
            keys(&read(&"a;".repeat(1 << 20))),
            ["import.shell.too-long"]
        );
        assert_eq!(keys(&read("a\r\nb\r\n")), ["import.shell.windows"]);
        assert_eq!(
            commands(&read("a\r\nb \\\r\n c\r\n")),
            [vec!["a"], vec!["b", "c"]]
        );
    }

    /// Texts that are made to be read wrong.
    fn hostile() -> impl Strategy<Value = String> {
        let pieces = [
            "'",
            "\"",
            "\\",
            "$",
            "`",
            "$(",
            ")",
            "${",
            "}",
            "\n",
            "\r",
            "\t",
            " ",
            ";",
            "&",
            "|",
            "#",
            "*",
            "((",
            "))",
            "HOST_IP",
            "é",
            "\u{fffc}",
            "$$",
            "\\\n",
            "case ",
            "in ",
            "esac ",
            "if ",
            "fi ",
            "<<A",
            "A",
            ">",
            "<",
            "[[ ",
            "]]",
            "=",
            "A=",
            "for ",
            "do ",
            "done ",
            "{ ",
            "function ",
            "-",
            "1",
            ":-",
            "##*-",
            "a",
        ];
        proptest::collection::vec(proptest::sample::select(pieces.to_vec()), 0..14)
            .prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn what_is_quoted_is_read(texts in proptest::collection::vec(hostile(), 1..4)) {
            let script = format!("run {}", texts.iter().map(|text| single(text)).collect::<Vec<_>>().join(" "));
            let expected: Vec<String> = ["run".to_owned()].into_iter().chain(texts).collect();
            let found = read(&script);
            prop_assert_eq!(commands(&found), [expected.clone()]);
            let list = ["sh", "-c", &kubernetes_escape(&script)];
            let found = container(&list, &|name| !name.starts_with('('));
            prop_assert_eq!(commands(&found), [expected]);
        }

        #[test]
        fn what_is_a_value_for_kubernetes_is_read(text in hostile(), any in "(?s).{0,12}") {
            let text = (text + &any).replace('\0', "");
            let value = kubernetes_value(&text.as_str().into());
            let found = container(&["run", &value], &|name| !name.starts_with('('));
            prop_assert_eq!(commands(&found), [["run".to_owned(), text]]);
        }

        #[test]
        fn any_script_is_answered(text in hostile(), any in "(?s).{0,12}") {
            let text = text + &any;
            let script = read(&text);
            for word in script.commands.iter().flat_map(|command| &command.words) {
                prop_assert!(word.position.line >= 1 && word.position.column >= 1);
            }
            container(&["bash", "-c", &text], &|name| name == "HOST_IP");
        }
    }
}
