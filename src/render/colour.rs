//! The colours of a line: what each part of it is, found from the line alone.
//!
//! The page draws only the lines that it shows, and draws them again on each keystroke, so that this is
//! one cheap pass without memory of other lines.
//! It knows the files that our own writers make; on other text it is wrong at worst, never fails,
//! and its spans always cover the whole line.

use super::{FileKind, Role};

/// A part of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The byte that it begins at.
    pub start: usize,
    /// The byte behind its end.
    pub end: usize,
    /// What it is.
    pub class: Class,
}

/// What a part of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Nothing special.
    Plain,
    /// The name of a setting.
    Key,
    /// A text.
    String,
    /// A number.
    Number,
    /// A comment.
    Comment,
    /// A word of the language: `true`, `exec`, `FROM`, a heading.
    Keyword,
    /// Something that is replaced: `${NAME}`; the target of a link.
    Variable,
    /// A sign between the others.
    Punctuation,
}

impl Class {
    /// Its name, for style sheets.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Key => "key",
            Self::String => "string",
            Self::Number => "number",
            Self::Comment => "comment",
            Self::Keyword => "keyword",
            Self::Variable => "variable",
            Self::Punctuation => "punctuation",
        }
    }
}

/// The parts of a line, in order, without gaps.
pub fn spans(kind: FileKind, role: Role, text: &str) -> Vec<Span> {
    let mut paint = Paint {
        text,
        at: 0,
        spans: Vec::new(),
    };
    match (role, kind) {
        (Role::Comment, _) => paint.rest(Class::Comment),
        (Role::Shell, _) => paint.shell(),
        (Role::Property, _) | (Role::Plain, FileKind::Properties) => paint.property(),
        (Role::Plain, FileKind::Yaml) => paint.yaml(),
        (Role::Plain, FileKind::Dockerfile) => paint.dockerfile(),
        (Role::Plain, FileKind::Markdown) => paint.markdown(),
        (Role::Plain, FileKind::Text) => paint.rest(Class::Plain),
    }
    paint.spans
}

/// A line that is divided from its beginning on.
struct Paint<'a> {
    text: &'a str,
    at: usize,
    spans: Vec<Span>,
}

impl<'a> Paint<'a> {
    fn left(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Takes some bytes; a neighbour of the same class becomes longer.
    fn take(&mut self, length: usize, class: Class) {
        if length == 0 {
            return;
        }
        let end = self.at + length;
        match self.spans.last_mut() {
            Some(last) if last.class == class => last.end = end,
            _ => self.spans.push(Span {
                start: self.at,
                end,
                class,
            }),
        }
        self.at = end;
    }

    /// Takes all that is left.
    fn rest(&mut self, class: Class) {
        self.take(self.text.len() - self.at, class);
    }

    /// Takes the characters of a kind.
    fn while_in(&mut self, inside: impl Fn(char) -> bool, class: Class) {
        let left = self.left();
        self.take(left.len() - left.trim_start_matches(inside).len(), class);
    }

    /// Takes one character.
    fn one(&mut self, class: Class) {
        let length = self.left().chars().next().map_or(0, char::len_utf8);
        self.take(length, class);
    }

    fn blanks(&mut self) {
        self.while_in(char::is_whitespace, Class::Plain);
    }

    fn yaml(&mut self) {
        self.blanks();
        while self.left().starts_with("- ") || self.left() == "-" {
            self.take(1, Class::Punctuation);
            self.blanks();
        }
        let left = self.left();
        if left.starts_with('#') {
            return self.rest(Class::Comment);
        }
        if left == "---" {
            return self.rest(Class::Punctuation);
        }
        let quoted = quoted_length(left);
        let key = match quoted {
            0 => left
                .find(": ")
                .or_else(|| left.strip_suffix(':').map(str::len)),
            quoted => Some(quoted).filter(|&quoted| left[quoted..].starts_with(':')),
        };
        if let Some(key) = key {
            self.take(key, Class::Key);
            self.take(1, Class::Punctuation);
            self.blanks();
        }
        self.rest(match self.left() {
            "true" | "false" | "null" => Class::Keyword,
            "{}" | "[]" => Class::Punctuation,
            value if value.starts_with('|') => Class::Punctuation,
            value => text_or_number(value),
        });
    }

    fn property(&mut self) {
        self.blanks();
        if self.left().starts_with(['#', '!']) {
            return self.rest(Class::Comment);
        }
        let mut escaped = false;
        let key = self.left().find(|character| {
            let ends = !escaped && matches!(character, '=' | ':');
            escaped = character == '\\' && !escaped;
            ends
        });
        let Some(key) = key else {
            return self.rest(Class::String);
        };
        self.take(key, Class::Key);
        self.take(1, Class::Punctuation);
        self.blanks();
        self.rest(match self.left() {
            "true" | "false" => Class::Keyword,
            value => text_or_number(value),
        });
    }

    fn dockerfile(&mut self) {
        self.blanks();
        if self.left().starts_with('#') {
            return self.rest(Class::Comment);
        }
        self.while_in(|character| character.is_ascii_uppercase(), Class::Keyword);
        self.shell();
    }

    fn shell(&mut self) {
        let mut word_begins = true;
        while let Some(first) = self.left().chars().next() {
            let begun = std::mem::replace(&mut word_begins, false);
            match first {
                '#' if begun => self.rest(Class::Comment),
                '$' => self.variable(Class::Plain),
                '\'' => self.take(quoted_length(self.left()).max(1), Class::String),
                '"' => self.double_quotes(),
                ';' | '&' | '|' | '<' | '>' | '(' | ')' | '[' | ']' | '{' | '}' | ',' => {
                    self.one(Class::Punctuation);
                    word_begins = true;
                }
                '\\' => {
                    self.one(Class::Punctuation);
                    if !self.left().is_empty() {
                        self.one(Class::Plain);
                    }
                }
                first if first.is_whitespace() => {
                    self.blanks();
                    word_begins = true;
                }
                _ => self.word(begun),
            }
        }
    }

    /// Takes an unquoted piece of a shell word.
    fn word(&mut self, begun: bool) {
        const WORDS: [&str; 22] = [
            "case", "cd", "do", "done", "elif", "else", "esac", "exec", "exit", "export", "fi",
            "for", "if", "in", "local", "readonly", "return", "set", "then", "trap", "until",
            "while",
        ];
        let left = self.left();
        let end = left
            .find(|c: char| c.is_whitespace() || "$'\"\\;&|<>()[]{},".contains(c))
            .unwrap_or(left.len());
        let word = &left[..end];
        let alone = begun
            && (end == left.len()
                || left[end..].starts_with(|c: char| c.is_whitespace() || c == ';'));
        let name = word.find('=').unwrap_or(0);
        if alone && WORDS.contains(&word) {
            self.take(end, Class::Keyword);
        } else if begun && word.starts_with('-') {
            self.take(if name > 0 { name } else { end }, Class::Keyword);
        } else if begun && name > 0 {
            self.take(name, Class::Key);
            self.take(1, Class::Punctuation);
        } else if alone && is_number(word) {
            self.take(end, Class::Number);
        } else {
            // What is left of `name=value` begins with `=` when the name was an option.
            self.take(end.max(1), Class::Plain);
        }
    }

    /// Takes a text in double quotes with the variables in it, or what the line has of it.
    fn double_quotes(&mut self) {
        self.take(1, Class::String);
        loop {
            self.while_in(
                |character| !matches!(character, '"' | '$' | '\\'),
                Class::String,
            );
            match self.left().chars().next() {
                None => return,
                Some('$') => self.variable(Class::String),
                Some('\\') => {
                    self.one(Class::String);
                    self.one(Class::String);
                }
                Some(_) => return self.take(1, Class::String),
            }
        }
    }

    /// Takes an expansion; a dollar that begins none has the class of what is around it.
    fn variable(&mut self, around: Class) {
        let left = self.left();
        let behind = &left[1..];
        let length = match behind.chars().next() {
            Some(open @ ('{' | '(')) => 1 + enclosed_length(behind, open),
            Some(first) if first.is_ascii_alphabetic() || first == '_' => {
                1 + behind
                    .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .unwrap_or(behind.len())
            }
            Some('$' | '?' | '!' | '#' | '@' | '*' | '-' | '0'..='9') => 2,
            _ => return self.take(1, around),
        };
        self.take(length, Class::Variable);
    }

    fn markdown(&mut self) {
        let left = self.left();
        if left.starts_with('#') {
            return self.rest(Class::Keyword);
        }
        if left.starts_with("```") {
            return self.rest(Class::Punctuation);
        }
        if left.starts_with("    ") {
            return self.rest(Class::String);
        }
        self.blanks();
        if self.left().starts_with("- ") || self.left().starts_with("> ") {
            self.take(1, Class::Punctuation);
        }
        while let Some(first) = self.left().chars().next() {
            let left = self.left();
            match first {
                '`' => self.take(
                    left[1..].find('`').map_or(left.len(), |end| end + 2),
                    Class::String,
                ),
                ']' if left.starts_with("](") => {
                    self.take(2, Class::Punctuation);
                    self.while_in(|character| character != ')', Class::Variable);
                    if !self.left().is_empty() {
                        self.take(1, Class::Punctuation);
                    }
                }
                '|' | '*' | '[' | ']' => self.one(Class::Punctuation),
                _ => self.while_in(
                    |character| !matches!(character, '`' | '|' | '*' | '[' | ']'),
                    Class::Plain,
                ),
            }
        }
    }
}

/// The length of the quoted text that a line begins with; 0 when it begins with none.
fn quoted_length(text: &str) -> usize {
    let Some(quote @ (b'"' | b'\'')) = text.bytes().next() else {
        return 0;
    };
    let mut escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let ends = byte == quote && !escaped;
        escaped = quote == b'"' && byte == b'\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |end| end + 2)
}

/// The length of what stands between a bracket and the one that closes it, with both.
fn enclosed_length(text: &str, open: char) -> usize {
    let close = if open == '{' { '}' } else { ')' };
    let mut depth = 0usize;
    for (at, character) in text.char_indices() {
        if character == open {
            depth += 1;
        } else if character == close {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return at + 1;
            }
        }
    }
    text.len()
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.starts_with(|first: char| first.is_ascii_digit())
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
}

fn text_or_number(text: &str) -> Class {
    if is_number(text) {
        Class::Number
    } else {
        Class::String
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The parts with their classes, blanks left out.
    fn parts(kind: FileKind, role: Role, text: &str) -> Vec<(&str, &str)> {
        let spans = spans(kind, role, text);
        let parts = spans
            .iter()
            .map(|span| (text[span.start..span.end].trim(), span.class.name()));
        parts.filter(|(part, _)| !part.is_empty()).collect()
    }

    #[test]
    fn yaml() {
        let plain = |text| parts(FileKind::Yaml, Role::Plain, text);
        assert_eq!(
            plain("  - name: kafka"),
            [
                ("-", "punctuation"),
                ("name", "key"),
                (":", "punctuation"),
                ("kafka", "string")
            ]
        );
        assert_eq!(plain("replicas: 3")[2], ("3", "number"));
        assert_eq!(
            plain("\"a: b\": true"),
            [
                ("\"a: b\"", "key"),
                (":", "punctuation"),
                ("true", "keyword")
            ]
        );
        assert_eq!(
            plain("- \"a: b\""),
            [("-", "punctuation"), ("\"a: b\"", "string")]
        );
        assert_eq!(plain("args:"), [("args", "key"), (":", "punctuation")]);
        assert_eq!(plain("image: kafka:3.9.1")[2], ("kafka:3.9.1", "string"));
        assert_eq!(plain("- |-"), [("-", "punctuation"), ("|-", "punctuation")]);
        assert_eq!(
            parts(FileKind::Yaml, Role::Comment, "  # a: b"),
            [("# a: b", "comment")]
        );
    }

    #[test]
    fn properties() {
        assert_eq!(
            parts(FileKind::Yaml, Role::Property, "    log.dirs=/a=b"),
            [
                ("log.dirs", "key"),
                ("=", "punctuation"),
                ("/a=b", "string")
            ]
        );
        assert_eq!(
            parts(FileKind::Properties, Role::Plain, "a\\=b=-1")[0],
            ("a\\=b", "key")
        );
        assert_eq!(
            parts(FileKind::Properties, Role::Plain, "# a=b"),
            [("# a=b", "comment")]
        );
    }

    #[test]
    fn shell() {
        let shell = |text| parts(FileKind::Yaml, Role::Shell, text);
        assert_eq!(
            shell("  --override \"broker.id=${HOSTNAME##*-}\" \\"),
            [
                ("--override", "keyword"),
                ("\"broker.id=", "string"),
                ("${HOSTNAME##*-}", "variable"),
                ("\"", "string"),
                ("\\", "punctuation")
            ]
        );
        assert_eq!(
            shell("A='b' exec x $((1 + 2)) # c"),
            [
                ("A", "key"),
                ("=", "punctuation"),
                ("'b'", "string"),
                ("exec", "keyword"),
                ("x", "plain"),
                ("$((1 + 2))", "variable"),
                ("# c", "comment")
            ]
        );
    }

    #[test]
    fn dockerfile_and_markdown() {
        assert_eq!(
            parts(FileKind::Dockerfile, Role::Plain, "ENV A=\"$B\""),
            [
                ("ENV", "keyword"),
                ("A", "key"),
                ("=", "punctuation"),
                ("\"", "string"),
                ("$B", "variable"),
                ("\"", "string")
            ]
        );
        assert_eq!(
            parts(FileKind::Markdown, Role::Plain, "## Files"),
            [("## Files", "keyword")]
        );
        assert_eq!(
            parts(FileKind::Markdown, Role::Plain, "See `a` and [b](c.md)."),
            [
                ("See", "plain"),
                ("`a`", "string"),
                ("and", "plain"),
                ("[", "punctuation"),
                ("b", "plain"),
                ("](", "punctuation"),
                ("c.md", "variable"),
                (")", "punctuation"),
                (".", "plain")
            ]
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn spans_cover_the_line(text in "[-\"'\\\\$({})# :=a1é😀|`*\\[\\]!;]{0,20}|.{0,20}") {
            use FileKind::{Dockerfile, Markdown, Properties, Text, Yaml};
            for kind in [Yaml, Dockerfile, Properties, Markdown, Text] {
                for role in [Role::Plain, Role::Comment, Role::Shell, Role::Property] {
                    let mut end = 0;
                    for span in spans(kind, role, &text) {
                        prop_assert_eq!(span.start, end);
                        prop_assert!(span.end > span.start && text.is_char_boundary(span.end));
                        end = span.end;
                    }
                    prop_assert_eq!(end, text.len());
                }
            }
        }
    }
}
