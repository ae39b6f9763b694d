//! Java properties files with places: `server.properties`, `zoo.cfg`, `log4j.properties`.
//!
//! The rules are those of `Properties.load`; what Java would refuse or read otherwise is remarked,
//! and everything else is kept.

use super::position::{Places, readable};
use super::{Position, Remark};
use crate::args;
use crate::render::properties::{entry, is_blank, natural_line, without_continuation};

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
    use crate::render::properties as written;

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
            let text: String = entries.iter().map(|(key, value)| written::line(key, value) + "\n").collect();
            let properties = read(&text);
            prop_assert_eq!(pairs(&properties), entries);
            for (number, entry) in properties.entries.iter().enumerate() {
                prop_assert_eq!(entry.position.line, number + 1);
            }
        }

        #[test]
        fn any_text_is_read_as_our_other_reader_does(text in "(?s)[a\\\\ \t\n\r=:#!u0ä\u{c}]{0,40}") {
            prop_assert_eq!(pairs(&read(&text)), written::read(&text));
        }
    }
}
