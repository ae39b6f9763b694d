//! Reading a Dockerfile as the rules need it: stages, instructions, the commands of `RUN`.
//!
//! How Docker joins lines, skips comments and reads here-documents:
//! moby/buildkit, `frontend/dockerfile/parser`.
//! The shell is read lightly: words with their quotes, and what stands between commands.
//! What is not understood is left as it stands, and a rule is silent about it.

use crate::render::{File, Line, Origins};

/// A Dockerfile, read.
pub struct Dockerfile<'a> {
    /// Where it lies in the bundle.
    pub path: &'a str,
    /// What stands before the first `FROM`.
    pub globals: Vec<Instruction<'a>>,
    /// The stages, each from its `FROM` on.
    pub stages: Vec<Stage<'a>>,
}

/// A stage of a Dockerfile.
pub struct Stage<'a> {
    /// The image or the earlier stage that it starts from, variables put in where they are known.
    pub base: String,
    /// The earlier stage that it starts from.
    parent: Option<usize>,
    alias: String,
    /// Its instructions, `FROM` first.
    pub instructions: Vec<Instruction<'a>>,
}

/// An instruction.
pub struct Instruction<'a> {
    /// Its name in capitals.
    pub name: String,
    /// What follows the name, joined into one line; here-documents follow with their lines.
    pub text: String,
    /// Its first line, counted from 1.
    pub line: usize,
    /// The fields that made its first line.
    pub origins: &'a Origins,
    /// Whether any of its lines was made by a field.
    pub is_ours: bool,
    /// The codes of hadolint that a comment before it silences.
    ignored: String,
    /// The commands of `RUN`, and of `CMD` and `ENTRYPOINT`.
    pub commands: Vec<Command>,
}

/// A simple command.
pub struct Command {
    /// Its words without quotes, the program first.
    pub words: Vec<String>,
    /// A variable that stands outside of quotes and may fall into several words.
    pub unquoted: Option<String>,
    /// Whether its output goes into another command.
    pub is_piped: bool,
}

impl<'a> Dockerfile<'a> {
    /// Reads a file.
    pub fn read(file: &'a File) -> Self {
        let mut read = Self {
            path: &file.path,
            globals: Vec::new(),
            stages: Vec::new(),
        };
        for instruction in instructions(&file.lines) {
            if instruction.name == "FROM" {
                let stage = read.stage(instruction);
                read.stages.push(stage);
            } else if let Some(stage) = read.stages.last_mut() {
                stage.instructions.push(instruction);
            } else {
                read.globals.push(instruction);
            }
        }
        read
    }

    fn stage(&self, from: Instruction<'a>) -> Stage<'a> {
        let mut words = from
            .text
            .split_whitespace()
            .filter(|word| !word.starts_with("--"));
        let named = words.next().unwrap_or_default();
        let alias = match words.next() {
            Some(word) if word.eq_ignore_ascii_case("as") => words.next(),
            _ => None,
        };
        let alias = alias.unwrap_or_default().to_ascii_lowercase();
        let base = self.expanded(named.trim_matches('"'));
        let parent = self
            .stages
            .iter()
            .rposition(|stage| !stage.alias.is_empty() && stage.alias.eq_ignore_ascii_case(&base));
        Stage {
            base,
            parent,
            alias,
            instructions: vec![from],
        }
    }

    /// The text with the global arguments put in; what has no start value stays.
    fn expanded(&self, text: &str) -> String {
        let mut rest = text;
        let mut out = String::new();
        while let Some((before, after)) = rest.split_once('$') {
            out.push_str(before);
            let braced = after.strip_prefix('{').and_then(|all| all.split_once('}'));
            let (name, behind) = braced.unwrap_or_else(|| after.split_at(name_end(after)));
            let (name, start) = name.split_once(":-").unwrap_or((name, ""));
            let value = self.global(name).unwrap_or(start);
            if value.is_empty() {
                out.push('$');
            }
            out.push_str(value);
            rest = behind;
        }
        out + rest
    }

    fn global(&self, name: &str) -> Option<&str> {
        let arguments = self.globals.iter().filter(|one| one.name == "ARG");
        arguments
            .filter_map(|one| one.text.split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.trim_matches(['"', '\'']))
    }

    /// Every instruction behind the first `FROM`.
    pub fn instructions(&self) -> impl Iterator<Item = &Instruction<'a>> {
        self.stages.iter().flat_map(|stage| &stage.instructions)
    }

    /// The stages that the image comes from: the last one, then those that it starts from.
    pub fn final_stages(&self) -> impl Iterator<Item = &Stage<'a>> {
        std::iter::successors(self.stages.last(), |stage| {
            stage.parent.and_then(|parent| self.stages.get(parent))
        })
    }

    /// The instruction of a name that holds in the image: the last one, also of a stage that it starts from.
    pub fn last(&self, name: &str) -> Option<&Instruction<'a>> {
        self.final_stages()
            .find_map(|stage| stage.instructions.iter().rfind(|one| one.name == name))
    }

    /// The `FROM` lines that name an image whose name is known, with that name.
    pub fn bases(&self) -> impl Iterator<Item = (&Instruction<'a>, &str)> {
        self.stages
            .iter()
            .filter(|stage| stage.parent.is_none())
            .filter(|stage| stage.base != "scratch" && !stage.base.contains('$'))
            .filter_map(|stage| Some((stage.instructions.first()?, stage.base.as_str())))
    }

    /// The `FROM` line of the image that the final one stands on.
    pub fn final_base(&self) -> Option<(&Instruction<'a>, &str)> {
        let root = self.final_stages().last()?;
        let from = root.instructions.first()?;
        self.bases().find(|(one, _)| std::ptr::eq(*one, from))
    }
}

impl Instruction<'_> {
    /// Whether a comment before it tells hadolint to pass over a finding.
    pub fn ignores(&self, code: &str) -> bool {
        self.ignored
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(|one| one == code)
    }

    /// The arguments when it has the exec form, a JSON list.
    pub fn exec_form(&self) -> Option<Vec<String>> {
        serde_json::from_str(self.text.trim()).ok()
    }

    /// The pairs of `ENV`, `ARG` and `LABEL`: names with their values, quotes taken away.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        for word in words(&self.text) {
            match word.split_once('=') {
                Some((name, value)) => pairs.push((name.to_owned(), value.to_owned())),
                // The old form: one name, and the rest of the line is its value.
                None if pairs.is_empty() => {
                    let text = self.text.trim();
                    let value = text.get(word.len()..).unwrap_or_default().trim();
                    return vec![(word, value.to_owned())];
                }
                None => {}
            }
        }
        pairs
    }
}

impl Command {
    /// The program without its folder.
    pub fn program(&self) -> &str {
        let program = self.words.first().map_or("", String::as_str);
        program.rsplit('/').next().unwrap_or(program)
    }

    /// Whether it has a flag: `long` as a word of its own or with a value, or the letter in `-abc`.
    pub fn has_flag(&self, long: &str, letter: char) -> bool {
        self.words.iter().skip(1).any(|word| {
            match (word.strip_prefix("--"), word.strip_prefix('-')) {
                (Some(name), _) => name.split('=').next() == Some(long),
                (None, Some(letters)) => letters.contains(letter),
                (None, None) => false,
            }
        })
    }

    /// The words that are no flags, the program left out.
    pub fn arguments(&self) -> impl Iterator<Item = &str> {
        self.words
            .iter()
            .skip(1)
            .map(String::as_str)
            .filter(|word| !word.starts_with('-'))
    }
}

/// The instructions of a file, lines joined.
fn instructions(lines: &[Line]) -> Vec<Instruction<'_>> {
    let mut read = Vec::new();
    let mut escape = '\\';
    let mut ignored = String::new();
    let mut lines = lines.iter().enumerate().peekable();
    while let Some((at, first)) = lines.next() {
        let line = first.text.trim();
        if let Some(comment) = line.strip_prefix('#') {
            let comment = comment.trim();
            if read.is_empty() && comment.strip_prefix("escape=") == Some("`") {
                escape = '`';
            }
            if let Some(codes) = comment.strip_prefix("hadolint ignore=") {
                codes.clone_into(&mut ignored);
            }
            continue;
        }
        if line.is_empty() {
            continue;
        }
        let mut text = String::new();
        let mut is_ours = by_a_field(&first.origins);
        let mut part = line;
        // Comments and empty lines do not end an instruction.
        while let Some(before) = part.strip_suffix(escape) {
            text.push_str(before);
            text.push(' ');
            part = "";
            for (_, next) in lines.by_ref() {
                let next_line = next.text.trim();
                if !next_line.is_empty() && !next_line.starts_with('#') {
                    is_ours |= by_a_field(&next.origins);
                    part = next_line;
                    break;
                }
            }
        }
        text.push_str(part);
        let (name, rest) = text
            .split_once(char::is_whitespace)
            .unwrap_or((text.as_str(), ""));
        let name = name.to_ascii_uppercase();
        let mut rest = rest.trim().to_owned();
        if matches!(name.as_str(), "RUN" | "COPY" | "ADD") {
            for end in here_documents(&rest) {
                for (_, next) in lines.by_ref() {
                    if next.text.trim() == end {
                        break;
                    }
                    if name == "RUN" {
                        rest.push('\n');
                        rest.push_str(&next.text);
                    }
                }
            }
        }
        let commands = match name.as_str() {
            "RUN" | "CMD" | "ENTRYPOINT" => commands(&rest),
            _ => Vec::new(),
        };
        read.push(Instruction {
            name,
            text: rest,
            line: at + 1,
            origins: &first.origins,
            is_ours,
            ignored: std::mem::take(&mut ignored),
            commands,
        });
    }
    read
}

/// The lines that end the here-documents of an instruction.
fn here_documents(text: &str) -> Vec<String> {
    text.split_whitespace()
        .filter_map(|word| word.strip_prefix("<<"))
        .map(|end| end.trim_start_matches('-').trim_matches(['"', '\'']))
        .filter(|end| {
            !end.is_empty() && end.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        })
        .map(str::to_owned)
        .collect()
}

/// The commands of a `RUN`, in shell form or exec form.
fn commands(text: &str) -> Vec<Command> {
    let mut rest = text;
    while rest.starts_with("--") {
        rest = rest
            .split_once(char::is_whitespace)
            .map_or("", |(_, rest)| rest)
            .trim_start();
    }
    if rest.starts_with('[')
        && let Ok(words) = serde_json::from_str::<Vec<String>>(rest)
    {
        let is_shell = matches!(
            words.get(1).map(String::as_str),
            Some("-c" | "-ec" | "-exc")
        );
        if is_shell && let Some(script) = words.get(2) {
            return commands(script);
        }
        return vec![Command {
            words,
            unquoted: None,
            is_piped: false,
        }];
    }
    let mut shell = Shell::default();
    shell.read(rest);
    for command in &mut shell.commands {
        let before = command
            .words
            .iter()
            .take_while(|word| KEYWORDS.contains(&word.as_str()) || is_assignment(word));
        let before = before.count();
        command.words.drain(..before);
    }
    shell.commands.retain(|command| !command.words.is_empty());
    shell.commands
}

/// Whether a word gives a variable a value.
fn is_assignment(word: &str) -> bool {
    word.split_once('=')
        .is_some_and(|(name, _)| !name.is_empty() && name_end(name) == name.len())
}

/// The words of a text, quotes taken away.
fn words(text: &str) -> Vec<String> {
    let mut shell = Shell::default();
    shell.read(text);
    shell
        .commands
        .into_iter()
        .flat_map(|command| command.words)
        .collect()
}

/// Where a name ends that begins the text.
pub(super) fn name_end(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(text.len())
}

/// Cuts shell text into commands.
#[derive(Default)]
struct Shell {
    commands: Vec<Command>,
    words: Vec<String>,
    word: Option<String>,
    unquoted: Option<String>,
}

/// Words of the shell that begin or join commands.
const KEYWORDS: [&str; 12] = [
    "if", "then", "elif", "else", "fi", "while", "until", "do", "done", "{", "}", "!",
];

impl Shell {
    fn read(&mut self, text: &str) {
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let behind = &rest[c.len_utf8()..];
            rest = match c {
                '\'' => self.until(behind, '\''),
                '"' => self.double(behind),
                '\\' => {
                    let next = behind.chars().next();
                    let word = self.word.get_or_insert_default();
                    word.extend(next.filter(|next| *next != '\n'));
                    &behind[next.map_or(0, char::len_utf8)..]
                }
                '$' | '`' => self.expansion(rest, true),
                '|' => {
                    let or = behind.starts_with('|');
                    self.end_command(!or);
                    if or { &behind[1..] } else { behind }
                }
                ';' | '&' | '\n' | '(' | ')' => {
                    // `2>&1` and `&>` are no ends.
                    let redirection = c == '&'
                        && (behind.starts_with('>')
                            || self
                                .word
                                .as_ref()
                                .is_some_and(|word| word.ends_with(['>', '<'])));
                    if redirection {
                        self.word.get_or_insert_default().push(c);
                    } else {
                        self.end_command(false);
                    }
                    behind
                }
                '#' if self.word.is_none() => behind.split_once('\n').map_or("", |(_, next)| next),
                c if c.is_whitespace() => {
                    self.end_word();
                    behind
                }
                c => {
                    self.word.get_or_insert_default().push(c);
                    behind
                }
            };
        }
        self.end_command(false);
    }

    /// Text in single quotes.
    fn until<'t>(&mut self, text: &'t str, end: char) -> &'t str {
        let (inner, rest) = text.split_once(end).unwrap_or((text, ""));
        self.word.get_or_insert_default().push_str(inner);
        rest
    }

    /// Text in double quotes.
    fn double<'t>(&mut self, text: &'t str) -> &'t str {
        self.word.get_or_insert_default();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let behind = &rest[c.len_utf8()..];
            rest = match c {
                '"' => return behind,
                '\\' => {
                    let next = behind.chars().next();
                    self.word.get_or_insert_default().extend(next);
                    &behind[next.map_or(0, char::len_utf8)..]
                }
                '$' | '`' => self.expansion(rest, false),
                c => {
                    self.word.get_or_insert_default().push(c);
                    behind
                }
            };
        }
        rest
    }

    /// An expansion; the commands within one count as commands of the text.
    fn expansion<'t>(&mut self, text: &'t str, is_bare: bool) -> &'t str {
        if let Some(inner) = text.strip_prefix('`') {
            let (inner, rest) = inner.split_once('`').unwrap_or((inner, ""));
            self.nested(inner);
            return rest;
        }
        let behind = &text[1..];
        if let Some(arithmetic) = behind.strip_prefix("((") {
            let (inner, rest) = arithmetic.split_once("))").unwrap_or((arithmetic, ""));
            self.word.get_or_insert_default().push_str(inner);
            return rest;
        }
        if let Some(inner) = behind.strip_prefix('(') {
            let end = closing(inner);
            self.nested(&inner[..end]);
            return inner.get(end + 1..).unwrap_or_default();
        }
        let end = match behind.find('}').filter(|_| behind.starts_with('{')) {
            Some(end) => end + 1,
            None => name_end(behind),
        };
        let name = behind[..end].trim_matches(['{', '}']);
        let (whole, rest) = text.split_at(end + 1);
        // Neither an assignment nor a test in double brackets is cut into words.
        let in_assignment = self.word.as_deref().is_some_and(is_assignment);
        let in_test = self.words.iter().any(|word| word == "[[" || word == "case");
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if is_bare && is_name && !in_assignment && !in_test && self.unquoted.is_none() {
            self.unquoted = Some(name[..name_end(name)].to_owned());
        }
        self.word.get_or_insert_default().push_str(whole);
        rest
    }

    fn nested(&mut self, text: &str) {
        let mut inner = Self::default();
        inner.read(text);
        self.commands.append(&mut inner.commands);
        self.word.get_or_insert_default().push_str("$()");
    }

    fn end_word(&mut self) {
        self.words.extend(self.word.take());
    }

    fn end_command(&mut self, is_piped: bool) {
        self.end_word();
        let words = std::mem::take(&mut self.words);
        let unquoted = self.unquoted.take();
        if !words.is_empty() {
            self.commands.push(Command {
                words,
                unquoted,
                is_piped,
            });
        }
    }
}

/// Where the bracket closes that a text follows.
fn closing(text: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return at,
            ')' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

/// Whether a field made a line; what was imported as it is, nobody made.
fn by_a_field(origins: &Origins) -> bool {
    let mut origins = origins.iter();
    origins.any(|path| !path.as_str().starts_with("extras["))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::render::document::Text;
    use crate::render::{FileKind, Role};

    fn file(text: &str) -> Arc<File> {
        let lines = text.lines().fold(Text::new(Role::Plain), |lines, line| {
            lines.line(line, &Origins::NONE)
        });
        lines.into_file("Dockerfile", FileKind::Dockerfile).file
    }

    #[test]
    fn lines_comments_and_here_documents() {
        let file = file(
            "# escape=`\nARG V=1\nFROM --platform=x a:${V} AS one\n# hadolint ignore=DL3008,DL3009\nrun a `\n\n  # no\n  b\nRUN <<EOF\nc | d\nEOF\nFROM ONE\nUSER 1\n",
        );
        let read = Dockerfile::read(&file);
        let all: Vec<(usize, &str, &str)> = read
            .instructions()
            .map(|one| (one.line, one.name.as_str(), one.text.as_str()))
            .collect();
        assert_eq!(
            all,
            [
                (3, "FROM", "--platform=x a:${V} AS one"),
                (5, "RUN", "a  b"),
                (9, "RUN", "<<EOF\nc | d"),
                (12, "FROM", "ONE"),
                (13, "USER", "1"),
            ]
        );
        assert_eq!(
            read.bases().map(|(_, image)| image).collect::<Vec<_>>(),
            ["a:1"]
        );
        assert_eq!(read.final_base().map(|(from, _)| from.line), Some(3));
        let run = read.last("RUN").expect("of the first stage");
        assert!(run.commands.iter().any(|command| command.is_piped));
        assert!(read.stages[0].instructions[1].ignores("DL3009"));
        assert!(!run.ignores("DL3009"));
    }

    #[test]
    fn commands_and_their_words() {
        let read = |text: &str| -> Vec<String> {
            commands(text)
                .iter()
                .map(|one| one.words.join(" "))
                .collect()
        };
        assert_eq!(
            read(
                "--mount=type=cache,target=/x set -e; A=1 curl -f 'a b' 2>&1 | tar x && if [ -f y ]; then rm \"y z\"; fi"
            ),
            ["set -e", "curl -f a b 2>&1", "tar x", "[ -f y ]", "rm y z"]
        );
        assert_eq!(read("[\"sh\", \"-c\", \"a; b\"]"), ["a", "b"]);
        assert_eq!(read("x=\"$(curl -f y)\" z"), ["curl -f y", "z"]);
        let unquoted = |text: &str| commands(text).into_iter().find_map(|one| one.unquoted);
        assert_eq!(unquoted("tar xf ${FILE%x}"), Some("FILE".to_owned()));
        for quoted in [
            "tar xf \"$FILE\"",
            "A=$B",
            "echo $? $# $1",
            "[[ -z $A ]]",
            "a '$B'",
            "a \\$B",
        ] {
            assert_eq!(unquoted(quoted), None, "{quoted}");
        }
    }

    #[test]
    fn half_a_file_is_read_as_far_as_it_goes() {
        for text in [
            "",
            "FROM",
            "RUN a \\",
            "FROM a\nRUN '",
            "FROM a\nRUN \"$(",
            "FROM a\nRUN `",
            "FROM ${",
            "FROM a\nRUN <<E",
            "FROM a\nRUN ${é",
            "FROM $é\nENV",
        ] {
            Dockerfile::read(&file(text));
        }
    }
}
