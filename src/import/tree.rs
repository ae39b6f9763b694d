//! YAML and JSON as trees whose nodes know their places.
//!
//! A plain word means what Kubernetes takes it for, which reads YAML 1.1 by go-yaml: `no`, `on` and `y`
//! are flags, `010` is eight, and `22:22` stays a text.
//! Documents are read one by one, so that a broken one does not spoil the others.
//! Whatever the text, reading takes time in proportion to its length.

use std::borrow::Cow;
use std::collections::BTreeMap;

use granit_parser::{Event, Options, Parser, ScalarStyle, ScanError, Span};
use serde_yaml::{Mapping, Number, Value};

use super::position::readable;
use super::{Position, Remark};
use crate::args;

/// How deep collections may stand in each other.
const DEEPEST: usize = 200;

/// How many documents are read one by one; no cluster has as many objects.
const MOST_PARTS: usize = 10_000;

/// What a text holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trees {
    /// Its documents that could be read and are not empty.
    pub documents: Vec<Node>,
    /// How many comments it has.
    pub comments: usize,
    /// What could not be read.
    pub remarks: Vec<Remark>,
}

/// A value with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it begins.
    pub position: Position,
    /// What it is.
    pub content: Content,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A plain value, or a text.
    Plain(Value),
    /// A text between double quotes whose lines end with a backslash.
    Joined(String),
    /// A list.
    List(Vec<Node>),
    /// A map; each key stands once.
    Map(Vec<(Key, Node)>),
}

/// A key of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// Its text.
    pub name: String,
    /// Where it stands.
    pub position: Position,
}

impl Node {
    /// The entries; none when it is no map.
    pub fn entries(&self) -> &[(Key, Node)] {
        match &self.content {
            Content::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items; none when it is no list.
    pub fn items(&self) -> &[Node] {
        match &self.content {
            Content::List(items) => items,
            _ => &[],
        }
    }

    /// The value under a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        let mut entries = self.entries().iter();
        entries
            .find(|(known, _)| known.name == key)
            .map(|(_, node)| node)
    }

    /// The value at the end of a way of keys.
    pub fn at(&self, way: &[&str]) -> Option<&Node> {
        way.iter().try_fold(self, |node, key| node.get(key))
    }

    /// Where a key stands.
    pub fn key_position(&self, key: &str) -> Option<Position> {
        let mut entries = self.entries().iter();
        let (key, _) = entries.find(|(known, _)| known.name == key)?;
        Some(key.position)
    }

    /// The items under a key, taken out of the node.
    pub fn items_of(self, key: &str) -> Vec<Node> {
        let Content::Map(entries) = self.content else {
            return Vec::new();
        };
        let found = entries.into_iter().find(|(known, _)| known.name == key);
        match found.map(|(_, node)| node.content) {
            Some(Content::List(items)) => items,
            _ => Vec::new(),
        }
    }

    /// The text, when it is one.
    pub fn str(&self) -> Option<&str> {
        match &self.content {
            Content::Plain(Value::String(text)) | Content::Joined(text) => Some(text),
            _ => None,
        }
    }

    /// The text at the end of a way of keys.
    pub fn str_at(&self, way: &[&str]) -> Option<&str> {
        self.at(way)?.str()
    }

    /// A plain value as text: `3` is `3`.
    pub fn scalar(&self) -> Option<String> {
        match &self.content {
            Content::Plain(Value::String(text)) | Content::Joined(text) => Some(text.clone()),
            Content::Plain(Value::Bool(flag)) => Some(flag.to_string()),
            Content::Plain(Value::Number(number)) => match (number.as_i64(), number.as_u64()) {
                (Some(number), _) => Some(number.to_string()),
                (_, Some(number)) => Some(number.to_string()),
                _ => number.as_f64().map(crate::render::yaml::float),
            },
            _ => None,
        }
    }

    /// The number, when it is a whole one.
    pub fn whole(&self) -> Option<i64> {
        match &self.content {
            Content::Plain(value) => value.as_i64(),
            _ => None,
        }
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self.content, Content::Plain(Value::Null))
    }

    /// The tree without places.
    pub fn value(&self) -> Value {
        match &self.content {
            Content::Plain(value) => value.clone(),
            Content::Joined(text) => text.as_str().into(),
            Content::List(items) => Value::Sequence(items.iter().map(Self::value).collect()),
            Content::Map(entries) => {
                let mut map = Mapping::with_capacity(entries.len());
                for (key, node) in entries {
                    map.insert(key.name.as_str().into(), node.value());
                }
                map.into()
            }
        }
    }

    /// How many nodes it is, and how deep.
    fn size(&self) -> (usize, usize) {
        let mut size = (1, 1);
        let mut add = |node: &Self| {
            let (count, depth) = node.size();
            size = (size.0 + count, size.1.max(depth + 1));
        };
        self.items().iter().for_each(&mut add);
        self.entries().iter().for_each(|(_, node)| add(node));
        size
    }
}

/// Reads the documents of a text.
pub fn read(text: &str) -> Trees {
    let mut trees = Trees::default();
    let Some(text) = readable(text, &mut trees.remarks) else {
        return trees;
    };
    let mut line = 0;
    for part in parts(text) {
        let mut reader = Reader {
            text: part,
            lines_before: line,
            stack: Vec::new(),
            anchors: BTreeMap::new(),
            // Aliases may repeat no more than the text could hold without them.
            left: part.len().saturating_mul(2).saturating_add(64),
            trees: &mut trees,
        };
        reader.read();
        line += part.bytes().filter(|&byte| byte == b'\n').count();
    }
    trees
}

/// The parts of a stream that begin with `---`: no text in a document can have it at a line's start.
///
/// Of more than [`MOST_PARTS`] the last one holds the rest.
fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    for line in text.split_inclusive('\n') {
        let marker = line.strip_prefix("---");
        if parts.len() == MOST_PARTS - 1 {
            break;
        }
        if at > start
            && marker
                .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
        {
            parts.push(&text[start..at]);
            start = at;
        }
        at += line.len();
    }
    parts.push(&text[start..]);
    parts
}

/// A collection that is open.
struct Open {
    node: Node,
    anchor: usize,
    /// The key that waits for its value; its node too, when it is none.
    key: Option<Result<Key, Position>>,
    /// Maps to merge in at the end: `<<: *base`.
    merged: Vec<Node>,
    /// The key is `<<`.
    merges: bool,
    /// Where each key stands among the entries.
    keys: BTreeMap<String, usize>,
}

struct Reader<'a, 't> {
    text: &'a str,
    lines_before: usize,
    stack: Vec<Open>,
    anchors: BTreeMap<usize, (Node, usize, usize)>,
    left: usize,
    trees: &'t mut Trees,
}

impl<'a> Reader<'a, '_> {
    fn read(&mut self) {
        let mut options = Options::default();
        options.flow_nesting_limit = DEEPEST;
        options.block_nesting_limit = DEEPEST;
        let mut parser = Parser::new_from_str_with_options(self.text, options);
        while let Some(event) = parser.next_event() {
            let done = match event {
                Ok((event, span)) => self.take(event, span),
                Err(error) => Err(self.syntax(&error)),
            };
            if let Err(remark) = done {
                self.trees.remarks.push(remark);
                return;
            }
        }
    }

    fn place(&self, span: Span) -> Position {
        Position {
            line: self.lines_before + span.start.line().max(1),
            column: span.start.col() + 1,
        }
    }

    fn syntax(&self, error: &ScanError) -> Remark {
        let position = Position {
            line: self.lines_before + error.marker().line().max(1),
            column: error.marker().col() + 1,
        };
        let what = error.info();
        Remark::new(position, "import.yaml.syntax", args![what])
    }

    fn take(&mut self, event: Event<'a>, span: Span) -> Result<(), Remark> {
        let position = self.place(span);
        match event {
            Event::Comment(..) => self.trees.comments += 1,
            Event::Scalar(text, style, anchor, tag) => {
                let tag = tag
                    .as_deref()
                    .and_then(|tag| tag.core_suffix())
                    .map(str::to_owned);
                let content = self.scalar(text, style, tag.as_deref(), span);
                let merge = style == ScalarStyle::Plain
                    && matches!(&content, Content::Plain(Value::String(text)) if text == "<<");
                self.node(Node { position, content }, anchor, merge)?;
            }
            Event::SequenceStart(_, anchor, _) => {
                self.open(Content::List(Vec::new()), position, anchor)?;
            }
            Event::MappingStart(_, anchor, _) => {
                self.open(Content::Map(Vec::new()), position, anchor)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close()?,
            Event::Alias(anchor) => {
                let Some((node, count, depth)) = self.anchors.get(&anchor).cloned() else {
                    return Err(Remark::new(position, "import.yaml.alias", args![]));
                };
                let Some(left) = self.left.checked_sub(count) else {
                    return Err(Remark::new(position, "import.yaml.aliases", args![]));
                };
                if self.stack.len() + depth > DEEPEST {
                    return Err(Remark::new(
                        position,
                        "import.yaml.deep",
                        args![deepest = DEEPEST],
                    ));
                }
                self.left = left;
                self.node(Node { position, ..node }, 0, false)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn open(&mut self, content: Content, position: Position, anchor: usize) -> Result<(), Remark> {
        if self.stack.len() >= DEEPEST {
            return Err(Remark::new(
                position,
                "import.yaml.deep",
                args![deepest = DEEPEST],
            ));
        }
        self.stack.push(Open {
            node: Node { position, content },
            anchor,
            key: None,
            merged: Vec::new(),
            merges: false,
            keys: BTreeMap::new(),
        });
        Ok(())
    }

    fn close(&mut self) -> Result<(), Remark> {
        let Some(mut open) = self.stack.pop() else {
            return Ok(());
        };
        if let Content::Map(entries) = &mut open.node.content {
            for merged in open.merged {
                for (key, node) in merged.entries() {
                    if !open.keys.contains_key(&key.name) {
                        open.keys.insert(key.name.clone(), entries.len());
                        entries.push((key.clone(), node.clone()));
                    }
                }
            }
        }
        self.node(open.node, open.anchor, false)
    }

    /// A node is complete: it becomes a key, a value, an item or the document.
    fn node(&mut self, node: Node, anchor: usize, merge: bool) -> Result<(), Remark> {
        if anchor > 0 {
            let (count, depth) = node.size();
            self.left = self
                .left
                .checked_sub(count)
                .ok_or_else(|| Remark::new(node.position, "import.yaml.aliases", args![]))?;
            self.anchors.insert(anchor, (node.clone(), count, depth));
        }
        let Some(open) = self.stack.last_mut() else {
            if !node.is_null() {
                self.trees.documents.push(node);
            }
            return Ok(());
        };
        let entries = match &mut open.node.content {
            Content::List(items) => {
                items.push(node);
                return Ok(());
            }
            Content::Map(entries) => entries,
            _ => return Ok(()),
        };
        match open.key.take() {
            None => {
                open.merges = merge;
                let name = node.scalar().filter(|_| !node.is_null());
                open.key = Some(match name {
                    Some(name) => Ok(Key {
                        name,
                        position: node.position,
                    }),
                    None => Err(node.position),
                });
            }
            Some(Ok(_)) if open.merges => match node.content {
                Content::List(items) => open.merged.extend(items),
                _ => open.merged.push(node),
            },
            Some(Ok(key)) => {
                let before = open.keys.get(&key.name).copied();
                if let Some((first, value)) = before.and_then(|at| entries.get_mut(at)) {
                    let args = args![key = &key.name, first = first.position.line];
                    let remark = Remark::new(key.position, "import.yaml.twice", args);
                    self.trees.remarks.push(remark);
                    *value = node;
                    first.position = key.position;
                } else {
                    open.keys.insert(key.name.clone(), entries.len());
                    entries.push((key, node));
                }
            }
            Some(Err(position)) => {
                let remark = Remark::new(position, "import.yaml.key", args![]);
                self.trees.remarks.push(remark);
            }
        }
        Ok(())
    }

    fn scalar(&self, text: Cow<str>, style: ScalarStyle, tag: Option<&str>, span: Span) -> Content {
        let joined = style == ScalarStyle::DoubleQuoted
            && span
                .slice(self.text)
                .is_some_and(|raw| raw.contains("\\\n") || raw.contains("\\\r"));
        if joined {
            return Content::Joined(text.into_owned());
        }
        Content::Plain(match (style, tag) {
            (ScalarStyle::Plain, None | Some("int" | "float" | "bool" | "null")) => plain(&text),
            _ => Value::String(text.into_owned()),
        })
    }
}

/// What go-yaml takes a plain word for.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            true.into()
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            false.into()
        }
        _ => number(text).map_or_else(|| text.into(), Value::Number),
    }
}

fn number(text: &str) -> Option<Number> {
    let first = *text.as_bytes().first()?;
    if !(first.is_ascii_digit() || matches!(first, b'+' | b'-' | b'.')) {
        return None;
    }
    let digits = text.replace('_', "");
    if let Some(number) = whole(&digits) {
        return Some(number);
    }
    let is_float = digits
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E'))
        && digits.bytes().any(|byte| byte.is_ascii_digit());
    let number: f64 = digits.parse().ok().filter(|_| is_float)?;
    number.is_finite().then(|| number.into())
}

/// A whole number as Go's `ParseInt` reads it with base 0, and `0b` besides.
fn whole(text: &str) -> Option<Number> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (digits, base) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (&digits[2..], 16),
        [b'0', b'b' | b'B', ..] => (&digits[2..], 2),
        [b'0', b'o' | b'O', ..] => (&digits[2..], 8),
        [b'0', _, ..] => (&digits[1..], 8),
        _ => (digits, 10),
    };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    let number = u64::from_str_radix(digits, base).ok()?;
    if negative {
        let number = i64::try_from(-i128::from(number)).ok()?;
        return Some(number.into());
    }
    Some(number.into())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;

    /// A second on a machine of its own; tests share theirs with builds.
    const PATIENCE: Duration = Duration::from_secs(60);

    fn one(text: &str) -> Node {
        let trees = read(text);
        assert_eq!(trees.remarks, []);
        trees.documents.into_iter().next().expect("a document")
    }

    fn many(count: usize, line: impl Fn(usize) -> String) -> String {
        let lines: Vec<String> = (0..count).map(line).collect();
        lines.concat()
    }

    fn keys(text: &str) -> Vec<String> {
        let trees = read(text);
        trees
            .remarks
            .iter()
            .map(|remark| remark.key.to_string())
            .collect()
    }

    #[test]
    fn every_node_knows_its_place() {
        let node = one("# c\na: 1\nb:\n- x: [é, {z: no}]\n");
        let item = &node.get("b").unwrap().items()[0];
        let list = item.get("x").unwrap();
        let place = |node: &Node| (node.position.line, node.position.column);
        assert_eq!(place(node.get("a").unwrap()), (2, 4));
        assert_eq!(place(item), (4, 3));
        assert_eq!(place(&list.items()[1]), (4, 10));
        let z = list.items()[1].get("z").unwrap();
        assert_eq!((place(z), z.value()), ((4, 14), Value::Bool(false)));
    }

    #[test]
    fn words_mean_what_kubernetes_takes_them_for() {
        let text = "[no, y, On, '1', 010, 0x1F, 1_000, 1e3, 22:22, ~, -3, 0.5, 2001-01-01, !!str 5, .5., 1.2.3, 0o17]";
        let found = one(text).value();
        let expected: Value = serde_yaml::from_str(
            "[false, true, true, '1', 8, 31, 1000, 1000.0, '22:22', null, -3, 0.5, '2001-01-01', '5', '.5.', '1.2.3', 15]",
        )
        .unwrap();
        assert_eq!(found, expected);
    }

    #[test]
    fn documents_are_read_one_by_one() {
        let trees = read("a: 1\n---\nb: [\n---\nc: 3\n--- # empty\n---\nd: |\n  --- x\n");
        let lines: Vec<usize> = trees
            .documents
            .iter()
            .map(|one| one.position.line)
            .collect();
        assert_eq!(lines, [1, 5, 8]);
        assert_eq!(trees.remarks.len(), 1);
        assert_eq!(trees.remarks[0].key, "import.yaml.syntax");
        assert!((3..=4).contains(&trees.remarks[0].position.line));
        assert_eq!(trees.comments, 1);
    }

    #[test]
    fn a_key_that_stands_twice_is_said_with_its_place() {
        let trees = read("a: 1\nb: {c: 1, d: 2, c: 3}\n");
        let remark = &trees.remarks[0];
        assert_eq!(
            (&*remark.key, remark.position),
            (
                "import.yaml.twice",
                Position {
                    line: 2,
                    column: 17
                }
            )
        );
        assert_eq!(trees.documents[0].at(&["b", "c"]).unwrap().whole(), Some(3));
    }

    #[test]
    fn maps_are_merged_and_aliases_followed() {
        let node = one("base: &b {x: 1, z: 2}\nuse: {<<: *b, z: 3}\nlist: [*b]\n");
        assert_eq!(node.at(&["use", "x"]).unwrap().whole(), Some(1));
        assert_eq!(node.at(&["use", "z"]).unwrap().whole(), Some(3));
        assert_eq!(
            node.get("list").unwrap().items()[0]
                .get("z")
                .unwrap()
                .whole(),
            Some(2)
        );
    }

    #[test]
    fn lines_that_end_with_a_backslash_are_known() {
        let node = one("a: \"x \\\n  y\"\nb: \"x\\\\\"\n");
        assert_eq!(
            node.get("a").unwrap().content,
            Content::Joined("x y".to_owned())
        );
        assert_eq!(node.get("b").unwrap().content, Content::Plain("x\\".into()));
    }

    #[test]
    fn hostile_texts_get_an_answer_with_a_place_soon() {
        let mut bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
        for (one, next) in ('a'..'k').zip('b'..='k') {
            let aliases = vec![format!("*{one}"); 10].join(",");
            bomb = format!("{bomb}{next}: &{next} [{aliases}]\n");
        }
        let texts = [
            bomb,
            "[".repeat(10_000),
            "{a: ".repeat(10_000),
            "- ".repeat(10_000),
            many(10_000, |at| format!("{}a:\n", " ".repeat(at % 3000))),
            "a: ".repeat(10_000),
            "\u{0}".repeat(10_000),
            "a: b\u{0}c".to_owned(),
            "a:\n\t- 1".to_owned(),
            "a: \"half".to_owned(),
            "? [a, b]\n: 1\n".to_owned(),
            "a: *b".to_owned(),
            "&a [*a]".to_owned(),
        ];
        for text in texts {
            let start = Instant::now();
            let trees = read(&text);
            let head: String = text.chars().take(40).collect();
            assert!(!trees.remarks.is_empty(), "{head:?}");
            assert!(start.elapsed() < PATIENCE, "{head:?} {:?}", start.elapsed());
        }
    }

    #[test]
    fn long_texts_are_read_soon() {
        let quoted = format!("a: \"{}\"", "x".repeat(3 << 20));
        let plain = format!("a: {}", "x ".repeat(1 << 20));
        let lines = many(50_000, |at| format!("k{at}: v\n"));
        let flow = format!("[{}]", "1, ".repeat(200_000));
        let dashes = "---\n".repeat(50_000);
        for text in [
            quoted,
            plain,
            flow,
            dashes,
            "#\n".repeat(300_000),
            " ".repeat(3 << 20),
        ] {
            let start = Instant::now();
            assert_eq!(read(&text).remarks, []);
            assert!(
                start.elapsed() < PATIENCE,
                "{:?} {:?}",
                &text[..20],
                start.elapsed()
            );
        }
        let start = Instant::now();
        read(&lines);
        assert!(
            start.elapsed() < PATIENCE,
            "many keys: {:?}",
            start.elapsed()
        );
    }

    #[test]
    fn windows_line_ends_and_marks_are_no_harm() {
        let node = one("\u{feff}a: 1\r\nb:\r\n  c: |\r\n    x\r\n    y\r\n");
        assert_eq!(node.at(&["b", "c"]).unwrap().str(), Some("x\ny\n"));
        assert_eq!(keys("a: 1\r\na: 2\r\n"), ["import.yaml.twice"]);
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "[-a:\\[\\]{},&*!|>'\"%@#? \n\t\r0<\\\\é]{0,80}") {
            read(&text);
        }
    }
}
