//! Reading and writing the design document (YAML; JSON is read too).
//!
//! The document is written by our own YAML writer, so that it looks like the other files of the
//! bundle and gives the same bytes everywhere; `serde_yaml` reads it.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::{Design, EDITION, Extras, FORMAT, FieldPath, Silence};
use crate::render::{tree, yaml};

/// Why a document could not be read at all.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ReadError {
    /// The text is no YAML.
    #[error("line {line}, column {column}: {what}")]
    Syntax {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
        /// What the reader met, in its words.
        what: String,
    },
    /// The text is YAML, but no design.
    #[error("line 1, column 1: this is no design document: {0}")]
    NotADesign(String),
    /// The document was written by a newer program.
    #[error(
        "line 1, column 1: the document has format {found}, this program knows {FORMAT}; use a newer program"
    )]
    TooNew {
        /// Its format number.
        found: u64,
    },
}

/// How many brackets may be open at a time: the parser's work grows with their square.
const DEEPEST: usize = 2_000;

/// Reads a design document; parts that are not known are kept in [`Design::unknown`].
pub fn read(text: &str) -> Result<Design, ReadError> {
    // Some editors on Windows begin a file with a mark that is no text.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some(at) = too_deep(text) {
        return Err(syntax(text, at, "more than 2,000 brackets are open"));
    }
    let left = Cell::new(text.len().saturating_mul(4).saturating_add(64));
    let tree = Tree { left: &left }
        .deserialize(serde_yaml::Deserializer::from_str(text))
        .map_err(|error| yaml_error(text, &error))?;
    let raw = raw_values(text, &tree);
    read_tree(tree, &raw)
}

/// Reads what [`write_json`] wrote; the page keeps its design so, because it then needs no YAML to begin.
pub fn read_json(text: &str) -> Result<Design, ReadError> {
    let tree = serde_json::from_str(text).map_err(|error| ReadError::Syntax {
        line: error.line(),
        column: error.column(),
        what: error.to_string(),
    })?;
    read_tree(tree, &BTreeMap::new())
}

fn read_tree(tree: Value, raw: &BTreeMap<String, String>) -> Result<Design, ReadError> {
    let Value::Object(entries) = tree else {
        return Err(ReadError::NotADesign("it is not a mapping".to_owned()));
    };
    match entries
        .get("format")
        .map(|format| (format, format.as_u64()))
    {
        Some((_, Some(found))) if found > u64::from(FORMAT) => {
            return Err(ReadError::TooNew { found });
        }
        Some((_, Some(1..))) => {}
        Some((other, _)) => {
            return Err(ReadError::NotADesign(format!(
                "its format is {}, not a whole number from 1",
                format_text(other)
            )));
        }
        None => {
            return Err(ReadError::NotADesign(
                "the key \"format\" is missing".to_owned(),
            ));
        }
    }
    let mut design = Design {
        defaults: EDITION.to_owned(),
        ..Design::default()
    };
    for (key, value) in entries {
        if key != "format" && !read_part(&mut design, &key, &value, raw) {
            design.unknown.insert(key, value);
        }
    }
    Ok(design)
}

/// Takes one top-level part over; false when it is not understood as a whole.
fn read_part(
    design: &mut Design,
    key: &str,
    value: &Value,
    raw: &BTreeMap<String, String>,
) -> bool {
    match (key, value) {
        ("defaults", Value::String(edition)) => design.defaults.clone_from(edition),
        ("from", Value::String(from)) => design.from = Some(from.clone()),
        ("values", Value::Object(entries)) => {
            if !entries.values().all(|value| scalar(value).is_some()) {
                return false;
            }
            for (path, value) in entries {
                let text = raw.get(path).cloned().or_else(|| scalar(value));
                design
                    .values
                    .insert(path.as_str().into(), text.unwrap_or_default());
            }
        }
        ("lists", value) => match read_lists(value) {
            Some(lists) => design.lists = lists,
            None => return false,
        },
        ("silences", value) => match read_silences(value) {
            Some(silences) => design.silences = silences,
            None => return false,
        },
        ("extras", value) => match Extras::read(value) {
            Some(extras) => design.extras = extras,
            None => return false,
        },
        _ => return false,
    }
    true
}

/// What stands where the number of the format should.
fn format_text(format: &Value) -> String {
    match format {
        Value::String(text) => format!("{text:?}"),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a mapping".to_owned(),
        plain => scalar(plain).unwrap_or_else(|| "null".to_owned()),
    }
}

/// The shortest text of a number, by the writer of ours instead of one with tables.
fn number_text(number: &serde_json::Number) -> String {
    match (number.as_u64(), number.as_i64(), number.as_f64()) {
        (Some(number), ..) => number.to_string(),
        (_, Some(number), _) => number.to_string(),
        (.., number) => number.map(yaml::float).unwrap_or_default(),
    }
}

fn read_lists(value: &Value) -> Option<BTreeMap<String, Vec<String>>> {
    let text = |key: &Value| key.as_str().map(str::to_owned);
    let lists = value.as_object()?.iter();
    lists
        .map(|(list, keys)| {
            Some((
                list.clone(),
                keys.as_array()?.iter().map(text).collect::<Option<_>>()?,
            ))
        })
        .collect()
}

fn read_silences(value: &Value) -> Option<Vec<Silence>> {
    let read = |silence: &Value| {
        let text = |key| silence.get(key)?.as_str().map(str::to_owned);
        let severity = match silence.get("severity") {
            Some(severity) => Some(severity.as_str()?.to_owned()),
            None => None,
        };
        Some(Silence {
            rule: text("rule")?,
            subject: text("subject")?,
            severity,
            reason: text("reason")?,
        })
    };
    value.as_array()?.iter().map(read).collect()
}

/// The text of a plain value: a person may write `brokers: 5` without quotes.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number_text(number)),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// The values exactly as they are written: `1.30` as a number would become `1.3`.
///
/// Quoted values are exact already, and our own writer quotes what is not plainly text, so that a
/// second reading is seldom needed.
fn raw_values(text: &str, tree: &Value) -> BTreeMap<String, String> {
    #[derive(serde::Deserialize)]
    struct Raw {
        values: BTreeMap<String, String>,
    }
    let values = tree.get("values").and_then(Value::as_object);
    if values.is_none_or(|values| values.values().all(Value::is_string)) {
        return BTreeMap::new();
    }
    serde_yaml::from_str(text).map_or_else(|_| BTreeMap::new(), |raw: Raw| raw.values)
}

/// The place at which too many brackets are open.
fn too_deep(text: &str) -> Option<usize> {
    let mut open = 0usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        if open > DEEPEST {
            return Some(at);
        }
    }
    None
}

/// The error at a byte of the text.
fn syntax(text: &str, at: usize, what: &str) -> ReadError {
    let before = text.get(..at).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    ReadError::Syntax {
        line: before.matches('\n').count() + 1,
        column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
        what: what.to_owned(),
    }
}

/// What the YAML reader says, its place taken out of its words.
fn yaml_error(text: &str, error: &serde_yaml::Error) -> ReadError {
    let words = error.to_string();
    let what = words.split(" at line ").next().unwrap_or_default();
    let what = what.split(" at position ").next().unwrap_or_default();
    let place = error.location().map(|at| (at.line(), at.column()));
    if let Some((line, column)) = place.filter(|place| *place != (1, 1)) {
        let what = what.to_owned();
        return ReadError::Syntax { line, column, what };
    }
    // A character that YAML does not allow at all is reported without its place.
    let unusual = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{85}');
    syntax(text, text.find(unusual).unwrap_or_default(), what)
}

/// Reads any YAML as JSON, each key once, and no more of it than the text can hold without aliases:
/// a few lines of aliases of aliases would otherwise fill the memory.
#[derive(Clone, Copy)]
struct Tree<'a> {
    left: &'a Cell<usize>,
}

impl Tree<'_> {
    fn spend<E: serde::de::Error>(self, amount: usize) -> Result<(), E> {
        let left = self.left.get().checked_sub(amount);
        self.left
            .set(left.ok_or_else(|| E::custom("the aliases repeat too much"))?);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        self.spend(1)?;
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a plain value, a list or a mapping without tags")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i128<E>(self, value: i128) -> Result<Value, E> {
        Ok(value.to_string().into())
    }

    fn visit_u128<E>(self, value: u128) -> Result<Value, E> {
        Ok(value.to_string().into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        // JSON has no infinity; its name is kept as text.
        let number = serde_json::Number::from_f64(value);
        Ok(number.map_or_else(|| value.to_string().into(), Value::Number))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
        self.spend(text.len())?;
        Ok(text.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = serde_json::Map::new();
        while let Some(key) = entries.next_key_seed(self)? {
            let Some(key) = scalar(&key) else {
                return Err(A::Error::custom("a key is not a plain text"));
            };
            if map.contains_key(&key) {
                return Err(A::Error::custom(format!("the key {key:?} stands twice")));
            }
            let value = entries.next_value_seed(self)?;
            map.insert(key, value);
        }
        Ok(map.into())
    }
}

/// The document as text; reading it gives the same design.
pub fn write(design: &Design) -> String {
    yaml::print(&document(design))
}

/// The same in JSON, on one line.
pub fn write_json(design: &Design) -> String {
    let tree = document(design);
    // What JSON cannot hold is no part of a design.
    serde_json::to_string(&tree).unwrap_or_else(|_| yaml::print(&tree))
}

fn document(design: &Design) -> serde_yaml::Value {
    let mut tree = serde_yaml::Mapping::new();
    tree.insert("format".into(), FORMAT.into());
    tree.insert("defaults".into(), design.defaults.clone().into());
    if let Some(from) = &design.from {
        tree.insert("from".into(), from.clone().into());
    }
    if !design.values.is_empty() {
        let values: serde_yaml::Mapping = design
            .values
            .iter()
            .map(|(path, value)| (path_key(path), value.clone().into()))
            .collect();
        tree.insert("values".into(), values.into());
    }
    if !design.lists.is_empty() {
        let lists: serde_yaml::Mapping = design
            .lists
            .iter()
            .map(|(list, keys)| (list.clone().into(), keys.clone().into()))
            .collect();
        tree.insert("lists".into(), lists.into());
    }
    if !design.silences.is_empty() {
        let silences: Vec<serde_yaml::Value> = design.silences.iter().map(silence_tree).collect();
        tree.insert("silences".into(), silences.into());
    }
    if !design.extras.is_empty() {
        tree.insert("extras".into(), tree::of(&design.extras.tree()));
    }
    for (key, value) in &design.unknown {
        tree.insert(key.clone().into(), tree::of(value));
    }
    tree.into()
}

fn path_key(path: &FieldPath) -> serde_yaml::Value {
    path.as_str().into()
}

fn silence_tree(silence: &Silence) -> serde_yaml::Value {
    let mut tree = serde_yaml::Mapping::new();
    tree.insert("rule".into(), silence.rule.clone().into());
    tree.insert("subject".into(), silence.subject.clone().into());
    if let Some(severity) = &silence.severity {
        tree.insert("severity".into(), severity.clone().into());
    }
    tree.insert("reason".into(), silence.reason.clone().into());
    tree.into()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;
    use crate::design::extras::{Extra, Foreign, ForeignFile};

    /// A second on a machine of its own; tests share theirs with builds, and what is quadratic takes minutes.
    const PATIENCE: Duration = Duration::from_secs(5);

    fn values(text: &str) -> Vec<(String, String)> {
        let design = read(&format!("format: 1\nvalues:\n{text}")).unwrap();
        let pairs = design.values.iter();
        pairs
            .map(|(path, value)| (path.to_string(), value.clone()))
            .collect()
    }

    fn error(text: &str) -> (usize, usize, String) {
        match read(text) {
            Err(ReadError::Syntax { line, column, what }) => (line, column, what),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn plain_values_stay_as_they_are_written() {
        for text in [
            "1.30",
            "010",
            "1e3",
            "yes",
            "0x10",
            "true",
            "12345678901234567890123",
        ] {
            assert_eq!(
                values(&format!("  a: {text}\n")),
                [("a".to_owned(), text.to_owned())]
            );
        }
    }

    #[test]
    fn a_bom_and_windows_line_ends_are_read() {
        let design = read("\u{feff}format: 1\r\nvalues:\r\n  a: b\r\n").unwrap();
        assert_eq!(design.get(&"a".into()), Some("b"));
    }

    #[test]
    fn an_error_says_its_place_once() {
        let (line, column, what) = error("format: 1\nvalues: [1,\n  {a\n");
        assert_eq!(line, 4, "{column} {what}");
        assert!(!what.contains("line") && !what.is_empty(), "{what}");
        let (line, column, what) = error("format: 1\nfrom: a\u{0}b\n");
        assert_eq!((line, column), (2, 8), "{what}");
    }

    #[test]
    fn a_key_that_stands_twice_is_not_dropped_silently() {
        let (line, _, what) = error("format: 1\nvalues:\n  a: 1\n  a: 2\n");
        assert!(what.contains("\"a\" stands twice"), "{line} {what}");
        assert!(line > 1);
    }

    #[test]
    fn damaged_documents_get_an_answer_soon() {
        let deep = |open: &str, close: &str| {
            format!(
                "format: 1\nx: {}{}",
                open.repeat(10_000),
                close.repeat(10_000)
            )
        };
        let laughs = {
            let items = vec!["x"; 20_000].join(",");
            let aliases = vec!["*a"; 20_000].join(",");
            format!("format: 1\na: &a [{items}]\nb: [{aliases}]\n")
        };
        let texts = [
            deep("[", "]"),
            deep("{a: ", "}"),
            format!("format: 1\nx:\n  {}y", "- ".repeat(10_000)),
            format!("format: 1\nx: {}", "[".repeat(1 << 20)),
            laughs,
            format!(
                "format: 1\nx: &x {}\ny: [{}*x]",
                "z".repeat(1 << 20),
                "*x,".repeat(1000)
            ),
            "\t".repeat(10_000),
            "\u{0}".repeat(10_000),
            "&a *a".to_owned(),
            "a: &a [*a]".to_owned(),
            "!!binary x".to_owned(),
            "format: 1\n? [a]\n: b".to_owned(),
            "---\nformat: 1\n---\nformat: 1\n".to_owned(),
        ];
        for text in texts {
            let start = Instant::now();
            let answer = read(&text);
            let head: String = text.chars().take(60).collect();
            assert!(answer.is_err(), "{head:?} {answer:?}");
            assert!(start.elapsed() < PATIENCE, "{head:?}");
        }
    }

    #[test]
    fn ten_megabytes_on_one_line_are_read() {
        let long = "z".repeat(10 << 20);
        let start = Instant::now();
        assert_eq!(values(&format!("  a: {long}\n")), [("a".to_owned(), long)]);
        assert!(start.elapsed() < PATIENCE);
    }

    /// Texts that a careless writer or reader would take for something else.
    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            4 => any::<String>(),
            2 => "[ -~\\n\\t]{0,20}",
            2 => prop::sample::select(vec![
                "", " ", "no", "~", "null", "1.30", "0o7", "22:22", "2001-01-01", "- a", "? b", "&a", "*a",
                "!x", "%d", "@", "`", "'", "\"", "#", "a: b", "a #b", "a:", "|", ">", "---", "...", "<<",
                "\u{feff}", "\r", "\r\n", "\n\n", " a", "a ", "\n a", "\u{85}", "\u{2028}", "\u{0}", "=",
            ])
            .prop_map(str::to_owned),
        ]
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<u64>().prop_map(Into::into),
            text().prop_map(Into::into),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
                prop::collection::btree_map(text(), inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    prop_compose! {
        fn extras()(
            objects in prop::collection::btree_map(
                text(),
                prop::collection::btree_map(
                    text(),
                    prop::collection::vec(
                        (text(), prop::option::of(json()), prop::option::of(json()), prop::option::of(text())),
                        1..3,
                    ),
                    1..3,
                ),
                0..2,
            ),
            foreign in prop::collection::btree_map(
                text(),
                prop::collection::vec((json(), prop::option::of(text())), 1..3),
                0..2,
            ),
            files in prop::collection::btree_map(text(), (text(), prop::option::of(text())), 0..2),
        ) -> Extras {
            let extra = |(path, value, over, source)| Extra { path, value, over, source };
            let objects = objects.into_iter().map(|(file, objects)| {
                let objects = objects
                    .into_iter()
                    .map(|(object, extras)| (object, extras.into_iter().map(extra).collect()));
                (file, objects.collect())
            });
            let foreign = foreign.into_iter().map(|(file, objects)| {
                let objects = objects.into_iter().map(|(value, source)| Foreign { value, source });
                (file, objects.collect())
            });
            let files = files
                .into_iter()
                .map(|(file, (text, over))| (file, ForeignFile { text, over }));
            Extras { objects: objects.collect(), foreign: foreign.collect(), files: files.collect() }
        }
    }

    prop_compose! {
        fn designs()(
            defaults in text(),
            from in prop::option::of(text()),
            values in prop::collection::btree_map(text(), text(), 0..5),
            lists in prop::collection::btree_map(text(), prop::collection::vec(text(), 0..4), 0..3),
            silences in prop::collection::vec((text(), text(), prop::option::of(text()), text()), 0..3),
            extras in extras(),
            unknown in prop::collection::btree_map("x-[a-z ~#:]{0,6}", json(), 0..3),
        ) -> Design {
            Design {
                defaults,
                from,
                values: values.into_iter().map(|(path, value)| (path.into(), value)).collect(),
                lists,
                silences: silences
                    .into_iter()
                    .map(|(rule, subject, severity, reason)| Silence { rule, subject, severity, reason })
                    .collect(),
                extras,
                unknown,
            }
        }
    }

    proptest! {
        #[test]
        fn reading_what_was_written_gives_the_same_design(design in designs()) {
            let text = write(&design);
            prop_assert_eq!(read(&text), Ok(design.clone()), "{}", text);
            let text = write_json(&design);
            prop_assert_eq!(read(&text), Ok(design.clone()), "{}", text);
            prop_assert_eq!(read_json(&text), Ok(design), "{}", text);
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "(format: 1\n)?[-a:\\[\\]{},&*!|>'\"%@#? \n\t\r0]{0,60}") {
            let _ = read(&text);
        }
    }
}
