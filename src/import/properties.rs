//! Java properties files with places: `server.properties`, `zoo.cfg`, `log4j.properties`.
//!
//! The rules are those of `Properties.load`; what Java would refuse or read otherwise is remarked,
//! and everything else is kept.
//! Writing them is a matter of `render::properties`.

use super::position::{Places, readable};
use super::{Position, Remark};
use crate::args;

/// What a properties file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Properties {
    /// The entries in their order; a key that stands twice is here twice.
    pub entries: Vec<Entry>,
    /// How many lines are comments.
    pub comments: usize,
    /// What Java would refuse or read otherwise.
    pub remarks: Vec<Remark>,
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key without its escapes.
    pub key: String,
    /// The value without its escapes.
    pub value: String,
    /// Where the key begins.
    pub position: Position,
}

impl Properties {
    /// The entry that counts for a key: the last one.
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| entry.key == key)
    }
}

/// Reads a properties file.
///
/// An escape that Java refuses (`\u` without four digits) is read as the letter `u`.
/// The text is taken as it is, while Java would read the bytes of a character beyond ASCII as several.
pub fn read(text: &str) -> Properties {
    let mut properties = Properties::default();
    let Some(text) = readable(text, &mut properties.remarks) else {
        return properties;
    };
    let mut places = Places::of(text);
    let mut lines = Lines { text, rest: text };
    while let Some(line) = lines.next(&mut properties.comments) {
        let position = places.at(line.at);
        let (key, value) = entry(&line.text);
        if has_broken_escape(&line.text) {
            let remark = Remark::new(position, "import.properties.escape", args![key = &key]);
            properties.remarks.push(remark);
        }
        if !line.text.is_ascii() {
            let remark = Remark::new(position, "import.properties.not-ascii", args![key = &key]);
            properties.remarks.push(remark);
        }
        properties.entries.push(Entry {
            key,
            value,
            position,
        });
    }
    remark_duplicates(&mut properties);
    properties
}

/// The logical lines of a text.
struct Lines<'a> {
    text: &'a str,
    rest: &'a str,
}

/// A logical line: its continuations joined, escapes kept.
struct Line {
    text: String,
    /// The offset of its first character that is no blank.
    at: usize,
}

impl Lines<'_> {
    /// The next line that is neither empty nor a comment; comments are counted.
    fn next(&mut self, comments: &mut usize) -> Option<Line> {
        let mut line = Line {
            text: String::new(),
            at: 0,
        };
        // A line that only continues is an entry too when the text ends behind it.
        let mut open = false;
        while !self.rest.is_empty() {
            let before = self.text.len() - self.rest.len();
            let (natural, ended) = natural_line(&mut self.rest);
            let part = natural.trim_start_matches(is_blank);
            if line.text.is_empty() {
                line.at = before + natural.len() - part.len();
                if part.starts_with(['#', '!']) {
                    *comments += 1;
                    continue;
                }
            }
            if let Some(continued) = without_continuation(part) {
                line.text.push_str(continued);
                open = !ended;
            } else {
                line.text.push_str(part);
                if !line.text.is_empty() {
                    return Some(line);
                }
            }
        }
        (open || !line.text.is_empty()).then_some(line)
    }
}

/// What Java takes for a blank.
fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\u{c}')
}

/// The text up to the next line end, which is taken off the rest, and whether there was one.
fn natural_line<'a>(rest: &mut &'a str) -> (&'a str, bool) {
    let Some(end) = rest.find(['\n', '\r']) else {
        return (std::mem::take(rest), false);
    };
    let (line, after) = rest.split_at(end);
    *rest = after.strip_prefix("\r\n").unwrap_or_else(|| &after[1..]);
    (line, true)
}

/// The line without its last backslash, when that one is not itself escaped.
fn without_continuation(line: &str) -> Option<&str> {
    let backslashes = line.len() - line.trim_end_matches('\\').len();
    (backslashes % 2 == 1).then(|| &line[..line.len() - 1])
}

/// Divides a logical line at the first `=`, `:` or blank that is not escaped.
fn entry(line: &str) -> (String, String) {
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

/// Whether a line has a `\u` without four digits.
fn has_broken_escape(line: &str) -> bool {
    let mut rest = line;
    while let Some(at) = rest.find('\\') {
        let behind = &rest[at + 1..];
        if let Some(digits) = behind.strip_prefix('u') {
            let digits = digits.as_bytes().get(..4);
            if !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) {
                return true;
            }
        }
        let escaped = behind.chars().next().map_or(0, char::len_utf8);
        rest = &behind[escaped..];
    }
    false
}

/// Remarks each key that stands again.
fn remark_duplicates(properties: &mut Properties) {
    let entries = &properties.entries;
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by(|&a, &b| entries[a].key.cmp(&entries[b].key).then(a.cmp(&b)));
    for pair in order.windows(2) {
        let (first, second) = (&entries[pair[0]], &entries[pair[1]]);
        if first.key == second.key {
            let args = args![key = &first.key, line = first.position.line];
            let remark = Remark::new(second.position, "import.properties.twice", args);
            properties.remarks.push(remark);
        }
    }
    properties.remarks.sort_by_key(|remark| remark.position);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::render::properties::line;

    fn pairs(properties: &Properties) -> Vec<(String, String)> {
        let entries = properties.entries.iter();
        entries
            .map(|entry| (entry.key.clone(), entry.value.clone()))
            .collect()
    }

    fn keys(properties: &Properties) -> Vec<&str> {
        properties
            .remarks
            .iter()
            .map(|remark| &*remark.key)
            .collect()
    }

    #[test]
    fn a_file_of_the_broker_is_read_with_its_places() {
        let text = "\u{feff}# a comment\r\nbroker.id=0\r\n  listeners = PLAINTEXT://:9092,\\\r\n    SSL://:9093\r\n! another\r\nlog.dirs:/data\r\nauto.create.topics.enable false\r\n";
        let properties = read(text);
        let found: Vec<_> = properties
            .entries
            .iter()
            .map(|entry| {
                let place = entry.position;
                (&*entry.key, &*entry.value, place.line, place.column)
            })
            .collect();
        assert_eq!(
            found,
            [
                ("broker.id", "0", 2, 1),
                ("listeners", "PLAINTEXT://:9092,SSL://:9093", 3, 3),
                ("log.dirs", "/data", 6, 1),
                ("auto.create.topics.enable", "false", 7, 1),
            ]
        );
        assert_eq!(properties.comments, 2);
        assert_eq!(properties.remarks, []);
    }

    #[test]
    fn a_key_that_stands_twice_is_remarked_and_the_last_one_counts() {
        let properties = read("a=1\nb=2\na=3\n\na=4");
        assert_eq!(properties.get("a").map(|entry| &*entry.value), Some("4"));
        let lines: Vec<_> = properties
            .remarks
            .iter()
            .map(|remark| (remark.position.line, remark.args.clone()))
            .collect();
        assert_eq!(
            lines,
            [
                (3, args![key = "a", line = 1usize]),
                (5, args![key = "a", line = 3usize])
            ]
        );
    }

    #[test]
    fn what_java_refuses_is_remarked() {
        let properties = read("a=\\u12\nb=\\\\u12\nc=\\u00e4\nd=ä\ne=\\u");
        assert_eq!(
            keys(&properties),
            [
                "import.properties.escape",
                "import.properties.not-ascii",
                "import.properties.escape"
            ]
        );
        assert_eq!(properties.remarks[2].position.line, 5);
        assert_eq!(properties.get("c").map(|entry| &*entry.value), Some("ä"));
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
        assert_eq!(pairs(&read(text)), expected);
    }

    #[test]
    fn a_broken_escape_is_no_panic() {
        assert_eq!(
            pairs(&read("a=\\u12")),
            [("a".to_owned(), "u12".to_owned())]
        );
        assert_eq!(
            pairs(&read("a=\\uäöüß")),
            [("a".to_owned(), "uäöüß".to_owned())]
        );
        assert_eq!(
            pairs(&read("a=\\ud83d")),
            [("a".to_owned(), "\u{fffd}".to_owned())]
        );
        assert_eq!(
            pairs(&read("\\")),
            [(String::new(), String::new())],
            "so does Java"
        );
    }

    #[test]
    fn large_and_long_texts_are_answered() {
        assert_eq!(
            keys(&read(&"a".repeat(10 << 20))),
            ["import.text.too-large"]
        );
        let continued = "a\\\n".repeat(100_000);
        assert_eq!(read(&continued).entries.len(), 1);
        assert_eq!(read(&"a=1\n".repeat(100_000)).remarks.len(), 99_999);
        assert_eq!(keys(&read("a=\0")), ["import.text.nul"]);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(entries in proptest::collection::vec((".{0,12}", "(?s).{0,20}|[ \\\\\n\r\t=:#!u]{0,8}"), 0..6)) {
            let text: String = entries.iter().map(|(key, value)| line(key, value) + "\n").collect();
            let properties = read(&text);
            prop_assert_eq!(pairs(&properties), entries);
            for (number, entry) in properties.entries.iter().enumerate() {
                prop_assert_eq!(entry.position.line, number + 1);
            }
        }

        #[test]
        fn any_text_is_read_from_its_start_to_its_end(text in "(?s)[a\\\\ \t\n\r=:#!u0ä\u{c}]{0,40}") {
            let places: Vec<_> = read(&text).entries.iter().map(|entry| entry.position).collect();
            prop_assert!(places.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", places);
        }
    }
}
