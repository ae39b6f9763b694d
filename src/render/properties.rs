//! Java's `.properties`: writing them so that `Properties.load` reads what was meant.
//!
//! Reading them is a matter of `import::properties`, where a property also holds that what is written
//! here is read there.
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

    proptest! {
        #[test]
        fn an_entry_is_one_line_of_ascii(key in ".{0,12}", value in "(?s).{0,20}|[ \\\\\n\r\t=:#!u]{0,8}") {
            let line = line(&key, &value);
            prop_assert!(line.is_ascii());
            prop_assert_eq!(line.lines().count(), 1);
        }
    }
}
