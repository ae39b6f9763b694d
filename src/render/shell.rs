//! Words and commands for a POSIX shell, and for the expansion that Kubernetes does before it.
//!
//! Nothing that a person typed is ever read by the shell: it stands in single quotes, or in double
//! quotes beside an expansion of ours with every character escaped that means something there.
//!
//! `command`, `args` and the values of `env` pass through Kubernetes first, which replaces `$(NAME)`;
//! [`kubernetes_escape`] writes a script so that it arrives as it was.

use std::borrow::Cow;

use super::document::Text;
use super::{Line, Origins, Role};

/// How far the lines behind the first stand in.
const INDENT: &str = "  ";

/// One word that the shell reads as this very text: bare where that is safe, otherwise in single quotes.
///
/// NUL is left out, since no argument can hold it.
pub fn single(text: &str) -> String {
    if is_bare(text) {
        return text.to_owned();
    }
    let mut word = String::with_capacity(text.len() + 2);
    word.push('\'');
    for character in text.chars() {
        match character {
            '\0' => {}
            '\'' => word.push_str("'\\''"),
            other => word.push(other),
        }
    }
    word.push('\'');
    word
}

/// One word from texts of others and expansions of ours: in double quotes when it has an expansion,
/// otherwise as [`single`].
pub fn double(argument: &Argument) -> String {
    if argument.is_expanded() {
        argument.in_double_quotes(&['"', '\\', '$', '`'])
    } else {
        single(&argument.text())
    }
}

/// Whether the shell takes a text for itself without quotes.
pub(super) fn is_bare(text: &str) -> bool {
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"_@%+=:,./-".contains(&byte);
    !text.is_empty() && text.bytes().all(safe)
}

/// A part of an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    /// Means itself, whatever it holds.
    Literal(String),
    /// Is expanded, such as `${HOSTNAME##*-}`; never holds what a person typed.
    Expansion(Cow<'static, str>),
}

/// One argument of a command, from texts that mean themselves and expansions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Argument(Vec<Piece>);

impl Argument {
    /// A text that means itself, whatever it holds.
    pub fn literal(text: impl Into<String>) -> Self {
        Self::default().and(text)
    }

    /// An expansion of ours, such as `${HOSTNAME##*-}` or `$((1 + 2))`.
    pub fn expansion(text: impl Into<Cow<'static, str>>) -> Self {
        Self::default().and_expansion(text)
    }

    /// The same with a text behind it that means itself.
    #[must_use]
    pub fn and(mut self, text: impl Into<String>) -> Self {
        self.0.push(Piece::Literal(text.into()));
        self
    }

    /// The same with an expansion of ours behind it.
    #[must_use]
    pub fn and_expansion(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.0.push(Piece::Expansion(text.into()));
        self
    }

    /// Whether it is expanded at all.
    pub(super) fn is_expanded(&self) -> bool {
        self.0
            .iter()
            .any(|piece| matches!(piece, Piece::Expansion(_)))
    }

    /// The texts and expansions one after the other, without quotes.
    pub(super) fn text(&self) -> String {
        let pieces = self.0.iter().map(|piece| match piece {
            Piece::Literal(text) => text.as_str(),
            Piece::Expansion(text) => text,
        });
        pieces.collect()
    }

    /// The word in double quotes; its texts have a backslash before these characters, and no NUL.
    pub(super) fn in_double_quotes(&self, special: &[char]) -> String {
        let mut word = String::from("\"");
        for piece in &self.0 {
            match piece {
                Piece::Literal(text) => {
                    for character in text.chars().filter(|&character| character != '\0') {
                        if special.contains(&character) {
                            word.push('\\');
                        }
                        word.push(character);
                    }
                }
                Piece::Expansion(text) => word.push_str(text),
            }
        }
        word.push('"');
        word
    }

    /// The same without these characters in its texts.
    pub(super) fn without(mut self, unwanted: impl Fn(char) -> bool) -> Self {
        for piece in &mut self.0 {
            if let Piece::Literal(text) = piece {
                text.retain(|character| !unwanted(character));
            }
        }
        self
    }
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::literal(text)
    }
}

impl From<String> for Argument {
    fn from(text: String) -> Self {
        Self::literal(text)
    }
}

impl From<&Self> for Argument {
    fn from(argument: &Self) -> Self {
        argument.clone()
    }
}

/// A command with its arguments, a line for each or for a few that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    lines: Vec<(String, Origins)>,
}

impl Command {
    /// A command that begins with a text of ours, such as `exec kafka-server-start.sh`.
    pub fn new(start: impl Into<String>, origins: &Origins) -> Self {
        Self {
            lines: vec![(start.into(), origins.clone())],
        }
    }

    /// The same with an argument more in the line that is open.
    #[must_use]
    pub fn and(mut self, argument: impl Into<Argument>, origins: &Origins) -> Self {
        if let Some((line, known)) = self.lines.last_mut() {
            line.push(' ');
            line.push_str(&double(&argument.into()));
            *known = known.and(origins);
        }
        self
    }

    /// The same with an argument more, in its own line.
    #[must_use]
    pub fn argument(self, argument: impl Into<Argument>, origins: &Origins) -> Self {
        self.raw(double(&argument.into()), origins)
    }

    /// The same with an option and its value more, in one line: `--override log.dirs=/data`.
    #[must_use]
    pub fn option(self, option: &str, value: impl Into<Argument>, origins: &Origins) -> Self {
        self.raw(
            format!("{} {}", single(option), double(&value.into())),
            origins,
        )
    }

    /// The same with shell text of ours more, in its own line, such as `"$@"` or `2>/dev/null`.
    #[must_use]
    pub fn raw(mut self, text: impl Into<String>, origins: &Origins) -> Self {
        self.lines.push((text.into(), origins.clone()));
        self
    }

    /// Its lines without continuations.
    pub(super) fn into_lines(self) -> Vec<(String, Origins)> {
        self.lines
    }

    /// The command as lines of a script.
    pub fn into_text(self) -> Text {
        let mut text = Text::new(Role::Shell);
        for (number, (line, origins)) in continued(self.lines, " \\").into_iter().enumerate() {
            let indent = if number == 0 { "" } else { INDENT };
            // Line feeds within quotes stay: what is behind them must not be indented.
            text.push(indent.to_owned() + &line, &origins);
        }
        text
    }
}

/// The lines with a continuation at the end of all but the last.
///
/// A line is last when all behind it are gone, and then looks different: it comes from the fields that
/// all those behind it share.
pub(super) fn continued(
    mut lines: Vec<(String, Origins)>,
    continuation: &str,
) -> Vec<(String, Origins)> {
    let mut behind: Option<Origins> = None;
    for (line, origins) in lines.iter_mut().rev() {
        behind = Some(match behind {
            None => origins.clone(),
            Some(behind) => {
                line.push_str(continuation);
                let shared = behind.shared(origins);
                *origins = origins.and(&behind);
                shared
            }
        });
    }
    lines
}

/// The script as text for `command`, `args` or the value of an `env`: Kubernetes makes the script of it.
///
/// Kubernetes replaces `$(NAME)` by the variable and `$$` by `$`, and leaves everything else
/// (kubernetes/kubernetes: `third_party/forked/golang/expansion/expand.go`).
/// `$((1 + 2))` is left as it is: Kubernetes looks for a variable named `(1 + 2`, which no container has,
/// and up to that parenthesis it replaces nothing else either.
pub fn kubernetes_escape(script: &str) -> String {
    let mut escaped = String::with_capacity(script.len() + 8);
    let last_close = script.rfind(')');
    let mut at = 0;
    while let Some(dollar) = script[at..].find('$').map(|found| at + found) {
        escaped.push_str(&script[at..dollar]);
        escaped.push('$');
        let behind = &script[dollar + 1..];
        at = dollar + 1;
        match behind.chars().next() {
            Some('(') if last_close.is_none_or(|close| close < at) => {
                // Never closed: Kubernetes takes both characters as they are.
            }
            Some('(') if behind.starts_with("((") => {
                // Nothing is replaced up to the first closing parenthesis.
                let close = behind.find(')').unwrap_or(0);
                escaped.push_str(&behind[..=close]);
                at += close + 1;
            }
            // Kubernetes takes the first byte behind a dollar for a character, which breaks those of several.
            Some(next) if next == '(' || next == '$' || !next.is_ascii() => escaped.push('$'),
            _ => {}
        }
    }
    escaped.push_str(&script[at..]);
    escaped
}

/// The value of an `env`, whose expansions are those of Kubernetes: `$(HOST_IP)`.
pub fn kubernetes_value(argument: &Argument) -> String {
    if !argument.is_expanded() {
        return kubernetes_escape(&argument.text());
    }
    // What is behind a dollar may stand in the next piece, so that each one is doubled.
    argument.0.iter().fold(String::new(), |mut value, piece| {
        match piece {
            Piece::Literal(text) => value.push_str(&text.replace('$', "$$")),
            Piece::Expansion(text) => value.push_str(text),
        }
        value
    })
}

/// The text as [`kubernetes_escape`] writes it, line by line with its origins.
#[must_use]
pub fn for_kubernetes(text: &Text) -> Text {
    // As a whole, since a parenthesis may be closed in a later line.
    let mut whole = String::new();
    for (number, line) in text.lines.iter().enumerate() {
        if number > 0 {
            whole.push('\n');
        }
        whole.push_str(&line.text);
    }
    let mut escaped = text.clone();
    for (line, text) in escaped
        .lines
        .iter_mut()
        .zip(kubernetes_escape(&whole).split('\n'))
    {
        *line = Line {
            text: text.to_owned(),
            origins: line.origins.clone(),
            role: line.role,
        };
    }
    escaped
}

#[cfg(test)]
mod tests {
    use std::process::Command as Process;

    use proptest::prelude::*;

    use super::*;

    /// What the program is given when a shell runs the script: the arguments behind `printf`'s format.
    fn run(shell: &str, script: &str) -> Vec<String> {
        let output = Process::new(shell)
            .arg("-c")
            .arg(script)
            .env_clear()
            .env("HOST_IP", "10.0.0.1 *")
            .output();
        let output = output.expect("a shell is there");
        assert!(
            output.status.success(),
            "{script}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let text = String::from_utf8(output.stdout).expect("arguments are UTF-8");
        text.split_terminator('\0').map(str::to_owned).collect()
    }

    /// Runs a script in every shell that is here.
    fn run_all(script: &str) -> Vec<String> {
        let all: Vec<_> = ["/bin/sh", "/bin/dash", "/bin/bash"]
            .iter()
            .filter(|shell| std::path::Path::new(shell).exists())
            .map(|shell| run(shell, script))
            .collect();
        for given in &all {
            assert_eq!(given, &all[0], "the shells differ about: {script}");
        }
        all.into_iter().next().expect("there is a shell")
    }

    fn printing() -> Command {
        Command::new("printf '%s\\0'", &Origins::NONE)
    }

    /// Kubernetes' own algorithm, on bytes like Go's.
    fn kubernetes_expand(
        input: &str,
        variables: &dyn Fn(&str) -> Option<String>,
        by_byte: bool,
    ) -> String {
        let bytes = input.as_bytes();
        let mut out: Vec<u8> = Vec::new();
        let (mut checkpoint, mut cursor) = (0, 0);
        while cursor < bytes.len() {
            if bytes[cursor] == b'$' && cursor + 1 < bytes.len() {
                out.extend(&bytes[checkpoint..cursor]);
                let rest = &bytes[cursor + 1..];
                let mut advance = 1;
                match rest[0] {
                    b'$' => out.push(b'$'),
                    b'(' => match rest.iter().position(|&byte| byte == b')') {
                        Some(close) => {
                            let name = std::str::from_utf8(&rest[1..close]).unwrap();
                            out.extend(
                                variables(name)
                                    .unwrap_or_else(|| format!("$({name})"))
                                    .into_bytes(),
                            );
                            advance = close + 1;
                        }
                        None => out.extend(b"$("),
                    },
                    _ => {
                        // Old versions write the first byte as a character, newer ones the whole character.
                        let first = input[cursor + 1..].chars().next().unwrap();
                        let (first, length) = if by_byte {
                            (char::from(rest[0]), 1)
                        } else {
                            (first, first.len_utf8())
                        };
                        out.push(b'$');
                        out.extend(first.to_string().into_bytes());
                        advance = length;
                    }
                }
                cursor += advance;
                checkpoint = cursor + 1;
            }
            cursor += 1;
        }
        out.extend(&bytes[checkpoint.min(bytes.len())..]);
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn ordinary_words_stay_bare() {
        assert_eq!(
            single("log.dirs=/var/lib/kafka,/b:1"),
            "log.dirs=/var/lib/kafka,/b:1"
        );
        assert_eq!(single(""), "''");
        assert_eq!(single("it's; $HOME"), r"'it'\''s; $HOME'");
        assert_eq!(single("a\0b c"), "'ab c'");
        assert_eq!(single("~"), "'~'");
    }

    #[test]
    fn only_our_expansions_expand() {
        let address = Argument::literal("advertised.listeners=EXTERNAL://")
            .and_expansion("${HOST_IP}")
            .and(":$1`\\\"");
        assert_eq!(
            double(&address),
            r#""advertised.listeners=EXTERNAL://${HOST_IP}:\$1\`\\\"""#
        );
        let given = run_all(&format!("printf '%s\\0' {}", double(&address)));
        assert_eq!(
            given,
            ["advertised.listeners=EXTERNAL://10.0.0.1 *:$1`\\\""]
        );
    }

    #[test]
    fn a_command_has_a_line_for_each_argument() {
        let hosts = Origins::one("hosts");
        let text = Command::new("exec", &Origins::NONE)
            .and("/opt/kafka/bin/start.sh", &Origins::NONE)
            .argument("server.properties", &Origins::NONE)
            .option(
                "--override",
                Argument::literal("broker.id=").and_expansion("${HOSTNAME##*-}"),
                &Origins::NONE,
            )
            .option("--override", "super.users=User:a;User:b", &hosts)
            .into_text();
        assert_eq!(
            text.text(),
            "exec /opt/kafka/bin/start.sh \\\n  server.properties \\\n  --override \"broker.id=${HOSTNAME##*-}\" \\\n  --override 'super.users=User:a;User:b'"
        );
        let origins: Vec<bool> = text
            .lines()
            .iter()
            .map(|line| line.origins == hosts)
            .collect();
        assert_eq!(
            origins,
            [false, false, true, true],
            "without the last line the one before has no backslash"
        );
        assert!(text.lines().iter().all(|line| line.role == Role::Shell));
    }

    #[test]
    fn a_continuation_comes_from_what_all_behind_it_share() {
        let (a, b) = (Origins::one("a"), Origins::one("b"));
        let both = a.and(&b);
        let lines = [
            ("1", &Origins::NONE),
            ("2", &Origins::NONE),
            ("3", &both),
            ("4", &a),
        ];
        let lines = lines
            .map(|(text, origins)| (text.to_owned(), origins.clone()))
            .to_vec();
        let lines = continued(lines, " \\");
        assert_eq!(lines[0].1, Origins::NONE, "the second line stays");
        assert_eq!(lines[1].1, a);
        assert_eq!(lines[2].1, both);
        assert_eq!(lines[3], ("4".to_owned(), a));
    }

    #[test]
    fn line_feeds_in_an_argument_make_lines_of_the_same_origins() {
        let users = Origins::one("users");
        let text = printing()
            .argument("a\n  b\n", &users)
            .argument("c", &Origins::NONE)
            .into_text();
        assert_eq!(text.lines().len(), 5);
        assert!(text.lines()[1..4].iter().all(|line| line.origins == users));
        assert_eq!(run_all(&text.text()), ["a\n  b\n", "c"]);
    }

    #[test]
    fn arithmetic_and_parameters_stay_readable_for_kubernetes() {
        for untouched in [
            "id=$((${HOSTNAME##*-} + 1))",
            "${A} $B $",
            "a $( b",
            "$1 $? $'x'",
        ] {
            assert_eq!(kubernetes_escape(untouched), untouched);
        }
        assert_eq!(
            kubernetes_escape("kill $$; a=$(hostname)"),
            "kill $$$; a=$$(hostname)"
        );
        assert_eq!(
            kubernetes_escape("$(A) $((1 + $$ )) $$(B)"),
            "$$(A) $((1 + $$ )) $$$$(B)"
        );
        assert_eq!(kubernetes_escape("$ä"), "$$ä");
    }

    #[test]
    fn a_value_has_the_expansions_of_kubernetes() {
        let address = Argument::literal("EXTERNAL://$")
            .and_expansion("$(HOST_IP)")
            .and(":9094 $(HOST_IP) $(");
        let expanded = kubernetes_expand(
            &kubernetes_value(&address),
            &|_| Some("::1".to_owned()),
            true,
        );
        assert_eq!(expanded, "EXTERNAL://$::1:9094 $(HOST_IP) $(");
        assert_eq!(kubernetes_value(&"$(A) $B".into()), "$$(A) $B");
    }

    #[test]
    fn a_text_is_escaped_as_a_whole() {
        let text = Text::new(Role::Shell)
            .line("a=$(", &Origins::one("a"))
            .line("b $$)", &Origins::one("b"));
        let escaped = for_kubernetes(&text);
        assert_eq!(escaped.text(), kubernetes_escape(&text.text()));
        assert_eq!(
            kubernetes_expand(&escaped.text(), &|_| None, true),
            text.text()
        );
        assert_eq!(escaped.lines()[1].origins, Origins::one("b"));
    }

    /// Texts that are made to break out.
    fn hostile() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("'"),
            Just("\""),
            Just("\\"),
            Just("$"),
            Just("`"),
            Just("$("),
            Just(")"),
            Just("${"),
            Just("}"),
            Just("\n"),
            Just("\r"),
            Just("\t"),
            Just(" "),
            Just(";"),
            Just("&"),
            Just("|"),
            Just("#"),
            Just("*"),
            Just("!"),
            Just("~"),
            Just("--"),
            Just("="),
            Just("{a,b}"),
            Just("<"),
            Just(">"),
            Just("(("),
            Just("HOST_IP"),
            Just("é"),
            Just("😀"),
            Just("\u{1b}"),
            Just("$$"),
            Just("\\\n"),
            Just("\u{7f}"),
            Just("1")
        ];
        proptest::collection::vec(piece, 0..10).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn the_program_is_given_what_was_meant(texts in proptest::collection::vec(hostile(), 1..5)) {
            let mut command = printing();
            for text in &texts {
                command = command.argument(text.as_str(), &Origins::NONE);
            }
            prop_assert_eq!(run_all(&command.into_text().text()), texts);
        }

        #[test]
        fn texts_beside_an_expansion_are_kept(before in hostile(), after in hostile()) {
            let argument = Argument::literal(before.as_str()).and_expansion("${HOST_IP}").and(after.as_str());
            let script = printing().option("-x", argument, &Origins::NONE).into_text().text();
            let given = run_all(&script);
            prop_assert_eq!(given, ["-x".to_owned(), format!("{before}10.0.0.1 *{after}")]);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn kubernetes_makes_the_script_again(script in hostile(), any in "(?s).{0,12}") {
            for script in [script.clone() + &any, any + &script] {
                let escaped = kubernetes_escape(&script);
                for by_byte in [true, false] {
                    prop_assert_eq!(&kubernetes_expand(&escaped, &|_| None, by_byte), &script);
                    let named = |name: &str| (!name.starts_with('(')).then(|| "REPLACED".to_owned());
                    prop_assert_eq!(&kubernetes_expand(&escaped, &named, by_byte), &script);
                }
            }
        }
    }
}
