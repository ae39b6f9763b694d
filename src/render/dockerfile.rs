//! Writing Dockerfiles: instructions with origins, quoted so that a value stays the value.
//!
//! What the instructions say is the renderers' business; this knows how Docker reads a line
//! (moby/buildkit: `frontend/dockerfile/parser` and `frontend/dockerfile/shell/lex.go`).

use std::fmt::Write as _;

use super::document::{Text, comment_lines};
use super::shell::{Argument, Command, continued, is_bare};
use super::{FileKind, Origins, Rendered, Role};
use crate::plan::Traced;

/// How far the lines behind the first of an instruction stand in.
const INDENT: &str = "    ";

/// A Dockerfile as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dockerfile(Text);

impl Default for Dockerfile {
    fn default() -> Self {
        Self(Text::new(Role::Plain))
    }
}

impl Dockerfile {
    /// The same with a directive more, such as `# syntax=docker/dockerfile:1`; they stand at the beginning.
    #[must_use]
    pub fn directive(mut self, name: &str, value: &str) -> Self {
        self.0.push_as(
            Role::Comment,
            format!("# {name}={}", one_line(value)),
            &Origins::NONE,
        );
        self
    }

    /// The same with a comment more.
    #[must_use]
    pub fn comment(mut self, words: impl AsRef<str>, origins: &Origins) -> Self {
        for mut line in comment_lines(words.as_ref(), 0) {
            // `# name=value` at the beginning would be a directive, which could name a foreign frontend.
            let directive = line[1..].split_once('=').is_some_and(|(name, _)| {
                let name = name.trim();
                !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
            });
            if directive {
                line.insert_str(2, "- ");
            }
            self.0.push_as(Role::Comment, line, origins);
        }
        self
    }

    /// The same with a comment of ours more, which comes from the language too.
    #[must_use]
    pub fn note(self, words: Traced<String>, origins: &Origins) -> Self {
        self.comment(words.value, &origins.and(&words.from))
    }

    /// The same with an empty line more.
    #[must_use]
    pub fn blank(mut self) -> Self {
        self.0 = self.0.blank();
        self
    }

    /// The same with an instruction more, its words written by the caller: `USER 1000:1000`, `STOPSIGNAL SIGTERM`.
    #[must_use]
    pub fn instruction(mut self, name: &str, words: &str, origins: &Origins) -> Self {
        self.0.push(format!("{name} {}", one_line(words)), origins);
        self
    }

    /// The same with `FROM image`, or `FROM image AS stage`.
    #[must_use]
    pub fn from(self, image: impl Into<Argument>, stage: Option<&str>, origins: &Origins) -> Self {
        let image = value(&image.into().without(char::is_whitespace));
        let stage = stage
            .map(|stage| format!(" AS {stage}"))
            .unwrap_or_default();
        self.instruction("FROM", &(image + &stage), origins)
    }

    /// The same with `ARG name`, or `ARG name=value`.
    #[must_use]
    pub fn arg(self, name: &str, start: Option<&Argument>, origins: &Origins) -> Self {
        let start = start
            .map(|start| format!("={}", value(start)))
            .unwrap_or_default();
        self.instruction("ARG", &format!("{name}{start}"), origins)
    }

    /// The same with `ENV name=value`.
    #[must_use]
    pub fn env(self, name: &str, text: impl Into<Argument>, origins: &Origins) -> Self {
        self.instruction("ENV", &format!("{name}={}", value(&text.into())), origins)
    }

    /// The same with `LABEL name=value`.
    #[must_use]
    pub fn label(self, name: &str, text: impl Into<Argument>, origins: &Origins) -> Self {
        let name = value(&name.into());
        self.instruction("LABEL", &format!("{name}={}", value(&text.into())), origins)
    }

    /// The same with `COPY flags source… target`.
    ///
    /// The flags are ours; an expansion in a path is one of Docker's.
    #[must_use]
    pub fn copy(self, flags: &[&str], paths: &[Argument], origins: &Origins) -> Self {
        let mut words: Vec<String> = flags.iter().map(|&flag| flag.to_owned()).collect();
        let texts: Vec<String> = paths.iter().map(path).collect();
        if paths
            .iter()
            .all(|path| path.text().bytes().all(is_bare_path))
        {
            words.extend(texts);
        } else {
            words.push(json(&texts));
        }
        self.instruction("COPY", &words.join(" "), origins)
    }

    /// The same with an instruction in exec form: `ENTRYPOINT ["a", "b"]`; Docker expands nothing in it.
    #[must_use]
    pub fn exec(self, name: &str, arguments: &[&str], origins: &Origins) -> Self {
        self.instruction(name, &json(arguments), origins)
    }

    /// The same with `RUN`, a shell command in each line.
    #[must_use]
    pub fn run(mut self, run: Run) -> Self {
        for (number, (line, origins, role)) in run.into_lines().into_iter().enumerate() {
            let start = if number == 0 { "RUN " } else { INDENT };
            let role = if number == 0 { Role::Plain } else { role };
            self.0.push_as(role, start.to_owned() + &line, &origins);
        }
        self
    }

    /// Its lines.
    pub fn into_text(self) -> Text {
        self.0
    }

    /// The file that it is.
    pub fn into_file(self, path: impl Into<String>) -> Rendered {
        self.0.into_file(path, FileKind::Dockerfile)
    }
}

/// The commands of a `RUN`, one after the other; the first that fails ends it when it begins with `set -e`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    steps: Vec<Step>,
}

/// A part of a `RUN`.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// A comment, which Docker takes out.
    Comment(String, Origins),
    /// A command, in one line or more.
    Command(Vec<(String, Origins)>),
    /// Shell text that needs no `;` behind it, such as `if …; then`.
    Open(String, Origins),
}

impl Run {
    /// A `RUN` that begins with a command, such as `set -eux`.
    pub fn new(command: &str, origins: &Origins) -> Self {
        Self::default().step(command, origins)
    }

    /// The same with a command of ours more; what others typed in it stands in quotes
    /// (see [`single`](super::shell::single)).
    #[must_use]
    pub fn step(mut self, command: impl AsRef<str>, origins: &Origins) -> Self {
        self.steps.push(Step::Command(vec![(
            one_line(command.as_ref()),
            origins.clone(),
        )]));
        self
    }

    /// The same with a command more whose arguments stand in lines of their own.
    #[must_use]
    pub fn command(mut self, command: Command) -> Self {
        let lines = command
            .into_lines()
            .into_iter()
            .map(|(line, origins)| (one_line(&line), origins));
        self.steps.push(Step::Command(lines.collect()));
        self
    }

    /// The same with shell text of ours more that has no `;` behind it, such as `if [ … ]; then`.
    #[must_use]
    pub fn open(mut self, text: &str, origins: &Origins) -> Self {
        self.steps.push(Step::Open(one_line(text), origins.clone()));
        self
    }

    /// The same with a comment more, which Docker takes out.
    #[must_use]
    pub fn comment(mut self, words: impl AsRef<str>, origins: &Origins) -> Self {
        if !self.steps.is_empty() {
            for line in comment_lines(words.as_ref(), INDENT.len()) {
                self.steps.push(Step::Comment(line, origins.clone()));
            }
        }
        self
    }

    /// The same with a comment of ours more, which comes from the language too.
    #[must_use]
    pub fn note(self, words: Traced<String>, origins: &Origins) -> Self {
        self.comment(words.value, &origins.and(&words.from))
    }

    fn into_lines(mut self) -> Vec<(String, Origins, Role)> {
        // A comment behind the last command would leave that one's backslash to the next instruction.
        while matches!(self.steps.last(), Some(Step::Comment(..))) {
            self.steps.pop();
        }
        let mut lines = Vec::new();
        let mut comments = Vec::new();
        let mut bare = Vec::new();
        for step in self.steps {
            match step {
                Step::Comment(line, origins) => comments.push((lines.len(), line, origins)),
                Step::Open(line, origins) => {
                    lines.push((line, origins));
                    bare.push(true);
                }
                Step::Command(parts) => {
                    let count = parts.len();
                    lines.extend(parts.into_iter().enumerate().map(|(at, (line, origins))| {
                        (if at == 0 { line } else { format!("  {line}") }, origins)
                    }));
                    bare.extend((1..=count).map(|at| at < count));
                }
            }
        }
        let last = lines.len().saturating_sub(1);
        let mut lines = continued(lines, " \\");
        for (number, (line, _)) in lines.iter_mut().enumerate() {
            if number < last && !bare[number] {
                line.insert(line.len() - 2, ';');
            }
        }
        let mut all: Vec<_> = lines
            .into_iter()
            .map(|(line, origins)| (line, origins, Role::Shell))
            .collect();
        for (at, line, origins) in comments.into_iter().rev() {
            all.insert(at, (line, origins, Role::Comment));
        }
        all
    }
}

/// The call of curl that fetches an address: it follows redirects, tries again, fails when the server
/// says no, and leaves https only where the address itself does.
pub fn curl(address: &str, target: &str, origins: &Origins) -> Command {
    let protocols = if address.starts_with("http://") {
        "=http,https"
    } else {
        "=https"
    };
    let call = format!("curl -fsSL --retry 3 --proto {protocols} {target}");
    Command::new(call, origins)
}

/// The characters that get a backslash: Docker keeps one before a character that needs none.
const SPECIAL: [char; 3] = ['"', '\\', '$'];

/// A value as Docker reads it for this very text: bare where that is safe, otherwise in double quotes.
///
/// Control characters are left out: an instruction is one line.
fn value(argument: &Argument) -> String {
    let argument = argument.clone().without(char::is_control);
    let text = argument.text();
    if !argument.is_expanded() && is_bare(&text) {
        text
    } else {
        argument.in_double_quotes(&SPECIAL)
    }
}

/// A path as Docker reads it in `COPY`: in either form it takes quotes away and expands variables.
fn path(argument: &Argument) -> String {
    let word = argument
        .clone()
        .without(char::is_control)
        .in_double_quotes(&['"', '\\', '$', '\'']);
    word[1..word.len() - 1].to_owned()
}

/// Whether a path of such characters can stand without quotes.
fn is_bare_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_@%+=:,./-${}".contains(&byte)
}

/// The texts as a JSON array in one line.
fn json(texts: &[impl AsRef<str>]) -> String {
    let mut array = String::from("[");
    for (number, text) in texts.iter().enumerate() {
        if number > 0 {
            array.push_str(", ");
        }
        for character in serde_json::to_string(text.as_ref())
            .unwrap_or_default()
            .chars()
        {
            // The line ends of ASCII are escaped already, the others are not.
            if character.is_control() {
                let _ = write!(array, "\\u{:04x}", u32::from(character));
            } else {
                array.push(character);
            }
        }
    }
    array.push(']');
    array
}

/// The text in one line: a line end would begin a new instruction, a last backslash would join the next.
fn one_line(text: &str) -> String {
    let mut line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let end = line.trim_end_matches([' ', '\\']).len();
    if line[end..].contains('\\') {
        line.truncate(end);
    }
    line
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What Docker makes of a quoted value: `processDoubleQuote` of its `lex.go`.
    fn docker_reads(word: &str) -> String {
        let Some(quoted) = word.strip_prefix('"') else {
            return word.to_owned();
        };
        let mut text = String::new();
        let mut characters = quoted.chars();
        loop {
            match characters.next().expect("the quote is closed") {
                '"' => break,
                '$' => panic!("an expansion in {word}"),
                '\\' => match characters.next().expect("something is behind a backslash") {
                    kept @ ('"' | '$' | '\\') => text.push(kept),
                    other => text.extend(['\\', other]),
                },
                other => text.push(other),
            }
        }
        assert_eq!(
            characters.next(),
            None,
            "nothing is behind the quote in {word}"
        );
        text
    }

    #[test]
    fn an_ordinary_dockerfile() {
        let version = Origins::one("kafka.version");
        let none = Origins::NONE;
        let archive = Argument::literal("kafka_2.13-")
            .and_expansion("${KAFKA_VERSION}")
            .and(".tgz");
        let text = Dockerfile::default()
            .directive("syntax", "docker/dockerfile:1")
            .comment("Kafka from the archive.", &none)
            .from("eclipse-temurin:21-jre", Some("build"), &none)
            .arg("KAFKA_VERSION", Some(&"3.9.1".into()), &version)
            .arg("TARGETARCH", None, &none)
            .env("KAFKA_HEAP_OPTS", "-Xmx1G -Xms1G", &none)
            .env("ARCHIVE", archive.clone(), &none)
            .label(
                "org.opencontainers.image.title",
                "Say \"Kafka\" for $5",
                &none,
            )
            .blank()
            .run(
                Run::new("set -eux", &none)
                    .comment("The checksum is known.", &none)
                    .command(Command::new("curl -fsSLO", &none).argument(archive, &version))
                    .open("if [ -f x ]; then", &none)
                    .step("rm x", &none)
                    .step("fi", &none)
                    .comment("Nothing follows.", &none),
            )
            .copy(&["--chown=1000"], &["a b".into(), "/opt/".into()], &none)
            .copy(
                &[],
                &["conf/".into(), Argument::expansion("${HOME}").and("/conf")],
                &none,
            )
            .instruction("USER", "1000:1000", &none)
            .exec("ENTRYPOINT", &["sh", "-c", "echo \"$HOME\""], &none)
            .into_text();
        assert_eq!(
            text.text(),
            r#"# syntax=docker/dockerfile:1
# Kafka from the archive.
FROM eclipse-temurin:21-jre AS build
ARG KAFKA_VERSION=3.9.1
ARG TARGETARCH
ENV KAFKA_HEAP_OPTS="-Xmx1G -Xms1G"
ENV ARCHIVE="kafka_2.13-${KAFKA_VERSION}.tgz"
LABEL org.opencontainers.image.title="Say \"Kafka\" for \$5"

RUN set -eux; \
    # The checksum is known.
    curl -fsSLO \
      "kafka_2.13-${KAFKA_VERSION}.tgz"; \
    if [ -f x ]; then \
    rm x; \
    fi
COPY --chown=1000 ["a b", "/opt/"]
COPY conf/ ${HOME}/conf
USER 1000:1000
ENTRYPOINT ["sh", "-c", "echo \"$HOME\""]
"#
        );
        assert_eq!(text.lines()[3].origins, version);
    }

    #[test]
    fn a_comment_is_no_directive() {
        let text = Dockerfile::default()
            .comment("syntax=evil/frontend", &Origins::NONE)
            .into_text()
            .text();
        assert_eq!(text, "# - syntax=evil/frontend\n");
    }

    #[test]
    fn no_value_begins_an_instruction() {
        let text = Dockerfile::default()
            .from("image\nRUN x", None, &Origins::NONE)
            .env("A", "b\nRUN c\\", &Origins::NONE)
            .instruction("USER", "a\nRUN b \\ ", &Origins::NONE)
            .run(Run::new("echo 'a\nb' \\", &Origins::NONE))
            .into_text();
        assert_eq!(
            text.text(),
            "FROM imageRUNx\nENV A=\"bRUN c\\\\\"\nUSER a RUN b\nRUN echo 'a b'\n"
        );
    }

    proptest! {
        #[test]
        fn docker_reads_the_value(text in "(?s)[\"'\\\\$a {}`\n#é]{0,16}|.{0,16}") {
            let written = value(&text.as_str().into());
            prop_assert_eq!(docker_reads(&written), text.replace(char::is_control, ""));
        }
    }
}
