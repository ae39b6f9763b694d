//! Java's `.properties`: writing them so that `Properties.load` reads what was meant, and reading them.
//!
//! Java reads a properties file as Latin-1, and a `ConfigMap` holds UTF-8: whatever is not ASCII is
//! written as `\uXXXX`, which means the same in both.

/// The line `key=value`, with every character escaped that Java would take for something else.
///
/// It is a single line whatever the value holds.
pub fn line(key: &str, value: &str) -> String {
    let mut line = String::with_capacity(key.len() + value.len() + 1);
    for character in key.chars() {
        if matches!(character, ' ' | '=' | ':' | '#' | '!') {
            line.push('\\');
        }
        push(&mut line, character);
    }
    line.push('=');
    if value.starts_with(' ') {
        // The blanks behind this one are kept, since it is none any more.
        line.push('\\');
    }
    for character in value.chars() {
        push(&mut line, character);
    }
    line
}

fn push(line: &mut String, character: char) {
    match character {
        '\\' => line.push_str("\\\\"),
        '\n' => line.push_str("\\n"),
        '\r' => line.push_str("\\r"),
        '\t' => line.push_str("\\t"),
        '\u{c}' => line.push_str("\\f"),
        ' '..='~' => line.push(character),
        other => {
            for unit in other.encode_utf16(&mut [0; 2]) {
                line.push_str("\\u");
                for shift in [12, 8, 4, 0] {
                    line.extend(char::from_digit(u32::from(*unit >> shift) & 0xf, 16));
                }
            }
        }
    }
}

/// The entries of a properties file in their order, by the rules of `Properties.load`.
///
/// A key that stands twice is given twice (for Java the last one counts).
/// An escape that Java refuses (`\u` without four digits) is read as the letter `u`.
/// The text is taken as it is, while Java would read the bytes of a character beyond ASCII as several.
pub fn read(text: &str) -> Vec<(String, String)> {
    let mut rest = text;
    std::iter::from_fn(|| next_line(&mut rest))
        .map(|line| entry(&line))
        .collect()
}

/// What Java takes for a blank.
pub(crate) fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\u{c}')
}

/// The next logical line that is neither empty nor a comment, its continuations joined, escapes kept.
fn next_line(rest: &mut &str) -> Option<String> {
    let mut line = String::new();
    while !rest.is_empty() {
        let (part, ended) = natural_line(rest);
        let part = part.trim_start_matches(is_blank);
        if line.is_empty() && part.starts_with(['#', '!']) {
            continue;
        }
        if let Some(continued) = without_continuation(part) {
            line.push_str(continued);
            if !ended {
                // A last backslash without a line end is an entry even when nothing else is there.
                return Some(line);
            }
        } else {
            line.push_str(part);
            if !line.is_empty() {
                return Some(line);
            }
        }
    }
    (!line.is_empty()).then_some(line)
}

/// The text up to the next line end, which is taken off the rest, and whether there was one.
pub(crate) fn natural_line<'a>(rest: &mut &'a str) -> (&'a str, bool) {
    let Some(end) = rest.find(['\n', '\r']) else {
        return (std::mem::take(rest), false);
    };
    let (line, after) = rest.split_at(end);
    *rest = after.strip_prefix("\r\n").unwrap_or_else(|| &after[1..]);
    (line, true)
}

/// The line without its last backslash, when that one is not itself escaped.
pub(crate) fn without_continuation(line: &str) -> Option<&str> {
    let backslashes = line.len() - line.trim_end_matches('\\').len();
    (backslashes % 2 == 1).then(|| &line[..line.len() - 1])
}

/// Divides a logical line at the first `=`, `:` or blank that is not escaped.
pub(crate) fn entry(line: &str) -> (String, String) {
    let mut escaped = false;
    let end = line.find(|character| {
        let ends = !escaped && (matches!(character, '=' | ':') || is_blank(character));
        escaped = character == '\\' && !escaped;
        ends
    });
    let (key, rest) = line.split_at(end.unwrap_or(line.len()));
    let rest = rest.trim_start_matches(is_blank);
    let rest = rest.strip_prefix(['=', ':']).unwrap_or(rest);
    (unescaped(key), unescaped(rest.trim_start_matches(is_blank)))
}

fn unescaped(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    // UTF-16, since a character beyond the first plane is written as two escapes.
    let mut units: Vec<u16> = Vec::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        let character = if character == '\\' {
            match characters.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                Some('f') => '\u{c}',
                Some('u') => {
                    let digits = characters
                        .as_str()
                        .get(..4)
                        .filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
                    if let Some(unit) =
                        digits.and_then(|digits| u16::from_str_radix(digits, 16).ok())
                    {
                        units.push(unit);
                        characters = characters.as_str()[4..].chars();
                        continue;
                    }
                    'u'
                }
                Some(other) => other,
                None => break,
            }
        } else {
            character
        };
        units.extend_from_slice(character.encode_utf16(&mut [0; 2]));
    }
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_ordinary_setting_looks_as_people_write_it() {
        assert_eq!(
            line("log.retention.hours", "168"),
            "log.retention.hours=168"
        );
        assert_eq!(
            line("listeners", "PLAINTEXT://:9092,SSL://:9093"),
            "listeners=PLAINTEXT://:9092,SSL://:9093"
        );
        assert_eq!(
            line("super.users", "User:CN=a b;User:CN=c #d!"),
            "super.users=User:CN=a b;User:CN=c #d!",
            "only a key is cut at such characters"
        );
    }

    #[test]
    fn what_java_would_misread_is_escaped() {
        assert_eq!(line("a b=c:d#e!", ""), r"a\ b\=c\:d\#e\!=");
        assert_eq!(line("path", r"  C:\logs\new"), r"path=\  C:\\logs\\new");
        assert_eq!(line("k", "a\nb\r\tc\u{c}\u{1}"), r"k=a\nb\r\tc\f\u0001");
        assert_eq!(line("größe", "é😀"), r"gr\u00f6\u00dfe=\u00e9\ud83d\ude00");
    }

    #[test]
    fn reads_like_java() {
        let text = "# c\n! c\n\n  a = 1\nb:2\nc 3\nd\ne=\\\n   x\\\n  y\nf=\\u00e4\\q\\\\\n#g=\\\nh=4\r\ni=5\rj==k\nl=m\\";
        let expected = [
            ("a", "1"),
            ("b", "2"),
            ("c", "3"),
            ("d", ""),
            ("e", "xy"),
            ("f", "äq\\"),
            ("h", "4"),
            ("i", "5"),
            ("j", "=k"),
            ("l", "m"),
        ];
        let expected: Vec<(String, String)> = expected
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into();
        assert_eq!(read(text), expected);
    }

    #[test]
    fn a_broken_escape_is_no_panic() {
        assert_eq!(read("a=\\u12"), [("a".to_owned(), "u12".to_owned())]);
        assert_eq!(read("a=\\uäöüß"), [("a".to_owned(), "uäöüß".to_owned())]);
        assert_eq!(read("a=\\ud83d"), [("a".to_owned(), "\u{fffd}".to_owned())]);
        assert_eq!(read("\\"), [(String::new(), String::new())], "so does Java");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(entries in proptest::collection::vec((".{0,12}", "(?s).{0,20}|[ \\\\\n\r\t=:#!u]{0,8}"), 0..6)) {
            let text: String = entries.iter().map(|(key, value)| line(key, value) + "\n").collect();
            prop_assert!(text.is_ascii());
            prop_assert_eq!(text.lines().count(), entries.len());
            prop_assert_eq!(read(&text), entries);
        }

        #[test]
        fn any_text_can_be_read(text in "(?s)[a\\\\ \t\n\r=:#!u0ä]{0,40}") {
            read(&text);
        }
    }
}
