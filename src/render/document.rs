//! What a renderer hands over: objects with the origins of their parts, and texts with the origins of their lines.
//!
//! A [`Document`] is one Kubernetes object with marks beside it: which path comes from which field,
//! which path has a comment, which string is a script that knows the origins of its own lines.
//! A [`Text`] is such a script, a properties file, a Dockerfile.
//! Neither knows how YAML looks; [`yaml`](super::yaml) prints the one, the other is lines already.
//!
//! Paths look like `spec.template.spec.containers[kafka].env[HOST_IP].value`.
//! An item of a list is named by its `name`, `key` or `mountPath`, or by its number from 0.
//! A key or name with dots or brackets in it stands in brackets and quotes: `data["server.properties"]`
//! (see [`key`]); the empty path is the whole document.

use std::borrow::Cow;
use std::sync::Arc;

use serde_yaml::{Mapping, Value};

use super::{File, FileKind, Line, Origins, Rendered, Role, tree, yaml};
use crate::design::FieldPath;
use crate::plan::Traced;
use crate::text::{Lang, Sentence};

/// How wide comments become, with their indentation.
const COMMENT_WIDTH: usize = 88;

/// The width that comments have at least, however deep they stand.
const COMMENT_WIDTH_LEAST: usize = 40;

/// What an item of a list may be named by in a path.
const ITEM_NAMES: [&str; 3] = ["name", "key", "mountPath"];

/// One Kubernetes object, with the origins of its parts, its comments and its scripts.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The object as Kubernetes will read it.
    pub tree: Value,
    /// The line of its file that it begins at, counted from 1; [`manifest`] knows it.
    pub first_line: usize,
    /// The language of its comments; [`manifest`] knows it.
    pub(super) language: Traced<Lang>,
    /// What was said about its paths.
    pub(super) marks: Marks,
}

impl Document {
    /// The document of an object; absent values and an empty `status` are left out.
    pub fn of(object: impl serde::Serialize) -> Self {
        Self::from_tree(tree::of(&object))
    }

    /// The document of a tree that was read or changed.
    pub fn from_tree(mut tree: Value) -> Self {
        clean(&mut tree);
        Self {
            tree,
            first_line: 1,
            language: Traced::default(),
            marks: Marks::default(),
        }
    }

    /// What stands at a path, and everything below it, comes from these fields too.
    #[must_use]
    pub fn from(mut self, path: &str, origins: &Origins) -> Self {
        if !origins.is_empty() {
            let mark = self.marks.at(path);
            mark.origins = mark.origins.and(origins);
        }
        self
    }

    /// A comment above a path.
    #[must_use]
    pub fn note(self, path: &str, sentence: Sentence) -> Self {
        self.note_from(path, sentence, &Origins::NONE)
    }

    /// A comment above a path, whose words come from more fields than the path does.
    #[must_use]
    pub fn note_from(mut self, path: &str, sentence: Sentence, origins: &Origins) -> Self {
        self.marks.at(path).notes.push((sentence, origins.clone()));
        self
    }

    /// Puts a text at a path; the maps on the way are made, items of lists are not.
    ///
    /// The text is printed as a block whose lines keep their origins and roles.
    #[must_use]
    pub fn block(mut self, path: &str, text: &Text) -> Self {
        let way: Vec<Cow<str>> = Steps(path).collect();
        put(&mut self.tree, &way, Value::String(text.text()));
        self.marks.at(path).block = Some(text.lines.clone());
        self
    }

    /// Puts another value at a path; what was said about the path and below it goes.
    ///
    /// The maps on the way are made, and so is a list whose item is named like `env[name=TZ]`.
    pub(super) fn put(&mut self, path: &str, value: Value, origins: &Origins) {
        let way: Vec<Cow<str>> = Steps(path).collect();
        put(&mut self.tree, &way, value);
        self.marks.forget(&self.tree, &way);
        if self.get(path).is_some() {
            let path = unqualified(&way);
            self.marks.at(&path).origins = origins.clone();
        }
    }

    /// Takes out what stands at a path, and what was said about it.
    pub(super) fn take_out(&mut self, path: &str) {
        let way: Vec<Cow<str>> = Steps(path).collect();
        self.marks.forget(&self.tree, &way);
        take_out(&mut self.tree, &way);
    }

    /// The value at a path.
    pub fn get(&self, path: &str) -> Option<&Value> {
        Steps(path).try_fold(&self.tree, |value, step| child(value, &step))
    }

    /// The text at a path, when there is one.
    pub fn get_str(&self, path: &str) -> Option<&str> {
        self.get(path)?.as_str()
    }

    /// The object's `kind`; empty when it has none.
    pub fn kind(&self) -> &str {
        self.get_str("kind").unwrap_or_default()
    }

    /// The object's name; empty when it has none.
    pub fn name(&self) -> &str {
        self.get_str("metadata.name").unwrap_or_default()
    }

    /// The line of its file at which a path stands, counted from 1; the nearest path above it when
    /// this one is absent, so that a finding about a missing key has a place too.
    pub fn line_in_file(&self, path: &str) -> usize {
        let mut value = &self.tree;
        for step in Steps(path) {
            match child(value, &step) {
                Some(found) => value = found,
                None => break,
            }
        }
        self.first_line + yaml::line_of_value(self, value).unwrap_or_default()
    }

    /// The paths that were marked and match nothing: mistakes of a renderer, for tests.
    pub fn dangling(&self) -> Vec<String> {
        let mut dangling = Vec::new();
        self.marks
            .dangling(&mut String::new(), Some(&self.tree), &mut dangling);
        dangling
    }
}

/// A text that knows the origins and the role of each line: a script, properties, a Dockerfile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// What its lines are.
    role: Role,
    /// Whether the text as a string ends with a line feed.
    ended: bool,
    /// Its lines.
    pub(super) lines: Vec<Line>,
}

impl Text {
    /// An empty text whose lines have a role.
    ///
    /// As a string, a shell script does not end with a line feed, since it becomes an argument;
    /// other texts become files, and end with one.
    pub fn new(role: Role) -> Self {
        Self {
            role,
            ended: role != Role::Shell,
            lines: Vec::new(),
        }
    }

    /// The same, as a string ending with a line feed: for a script that becomes a file.
    #[must_use]
    pub fn ended(mut self) -> Self {
        self.ended = true;
        self
    }

    /// The same with a line more.
    #[must_use]
    pub fn line(mut self, text: impl AsRef<str>, origins: &Origins) -> Self {
        self.push(text, origins);
        self
    }

    /// Adds a line; a line with line feeds becomes several, all of the same origins.
    pub fn push(&mut self, text: impl AsRef<str>, origins: &Origins) {
        self.push_as(self.role, text, origins);
    }

    /// Adds a line of another role.
    pub(super) fn push_as(&mut self, role: Role, text: impl AsRef<str>, origins: &Origins) {
        for text in text.as_ref().split('\n') {
            self.lines.push(Line {
                text: text.to_owned(),
                origins: origins.clone(),
                role,
            });
        }
    }

    /// The same with a comment more, in as many lines as it needs.
    #[must_use]
    pub fn comment(mut self, words: impl AsRef<str>, origins: &Origins) -> Self {
        for text in comment_lines(words.as_ref(), 0) {
            self.push_as(Role::Comment, text, origins);
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
    pub fn blank(self) -> Self {
        self.line("", &Origins::NONE)
    }

    /// The same with the lines of another text.
    #[must_use]
    pub fn join(mut self, other: Self) -> Self {
        self.lines.extend(other.lines);
        self
    }

    /// Whether it has no line.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Its lines.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The whole text.
    pub fn text(&self) -> String {
        let mut text =
            String::with_capacity(self.lines.iter().map(|line| line.text.len() + 1).sum());
        for (at, line) in self.lines.iter().enumerate() {
            if at > 0 {
                text.push('\n');
            }
            text.push_str(&line.text);
        }
        if self.ended && !self.lines.is_empty() {
            text.push('\n');
        }
        text
    }

    /// The file that it is.
    pub fn into_file(self, path: impl Into<String>, kind: FileKind) -> Rendered {
        Rendered {
            file: Arc::new(File {
                path: path.into(),
                kind,
                lines: self.lines,
            }),
            objects: Vec::new(),
        }
    }
}

/// The file that holds some objects, divided by `---`, with comments in a language.
pub fn manifest(
    path: impl Into<String>,
    language: &Traced<Lang>,
    mut objects: Vec<Document>,
) -> Rendered {
    let mut lines = Vec::new();
    let mut before = Origins::NONE;
    for document in &mut objects {
        document.language.clone_from(language);
        let own = yaml::lines(document);
        let here = document.marks.origins.clone();
        if !lines.is_empty() {
            // It is there because of the objects on both sides.
            let origins = before.and(&here);
            lines.push(Line {
                text: "---".to_owned(),
                origins,
                role: Role::Plain,
            });
        }
        before = here;
        document.first_line = lines.len() + 1;
        lines.extend(own);
    }
    Rendered {
        file: Arc::new(File {
            path: path.into(),
            kind: FileKind::Yaml,
            lines,
        }),
        objects,
    }
}

/// A step of a path for any key or name, to be put behind a path: `["server.properties"]`.
pub fn key(text: &str) -> String {
    format!("[\"{}\"]", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// What a renderer said about a path and the paths below it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Marks {
    /// The fields that this path comes from.
    pub(super) origins: Origins,
    /// The comments above it, with the fields that their words come from.
    pub(super) notes: Vec<(Sentence, Origins)>,
    /// The lines of the text that was put here.
    pub(super) block: Option<Vec<Line>>,
    /// The steps below, sorted; a vector because a node has few, and it is smaller than a tree map.
    children: Vec<(Box<str>, Marks)>,
}

impl Marks {
    /// The marks of a path, made when there are none.
    fn at(&mut self, path: &str) -> &mut Self {
        Steps(path).fold(self, |marks, step| {
            let found = marks
                .children
                .binary_search_by(|(known, _)| (**known).cmp(&*step));
            let at = found.unwrap_or_else(|at| {
                marks
                    .children
                    .insert(at, (Box::from(&*step), Self::default()));
                at
            });
            &mut marks.children[at].1
        })
    }

    /// Forgets what was said about a path and below it, by whatever name an item on the way was called.
    fn forget(&mut self, value: &Value, way: &[Cow<str>]) {
        let [step, rest @ ..] = way else {
            *self = Self::default();
            return;
        };
        let below = child(value, step);
        let number = match value {
            Value::Sequence(items) => item_at(items, step),
            _ => None,
        };
        for (known, marks) in &mut self.children {
            let same = **known == **step
                || number.is_some_and(|number| known.parse() == Ok(number))
                || number.is_some()
                    && below.is_some_and(|item| item_names(item).any(|name| *name == **known));
            if same {
                marks.forget(below.unwrap_or(&Value::Null), rest);
            }
        }
    }

    /// Whether nothing below this path is marked.
    pub(super) fn is_leaf(&self) -> bool {
        self.children.is_empty()
    }

    /// The marks one step below.
    pub(super) fn below(&self, step: &str) -> Option<&Self> {
        let at = self
            .children
            .binary_search_by(|(known, _)| (**known).cmp(step))
            .ok()?;
        Some(&self.children[at].1)
    }

    /// Adds the marks of an item of a list, by each of its names and by its number.
    pub(super) fn of_item<'a>(&'a self, number: usize, item: &Value, found: &mut Vec<&'a Self>) {
        if self.is_leaf() {
            return;
        }
        for (at, name) in item_names(item).enumerate() {
            // Two names of one item may be the same text; its marks count once.
            if !item_names(item).take(at).any(|earlier| earlier == name) {
                found.extend(self.below(name));
            }
        }
        let number = number.to_string();
        if item_names(item).all(|name| name != number) {
            found.extend(self.below(&number));
        }
    }

    /// Lists the marked paths for which there is no value.
    fn dangling(&self, path: &mut String, value: Option<&Value>, list: &mut Vec<String>) {
        let marked = !self.origins.is_empty() || !self.notes.is_empty() || self.block.is_some();
        if marked && value.is_none() {
            list.push(path.clone());
        }
        for (step, marks) in &self.children {
            let length = path.len();
            if step.is_empty() || step.contains(['.', '[', ']', '"']) {
                path.push_str(&key(step));
            } else if matches!(value, Some(Value::Sequence(_))) {
                path.push('[');
                path.push_str(step);
                path.push(']');
            } else {
                if length > 0 {
                    path.push('.');
                }
                path.push_str(step);
            }
            marks.dangling(path, value.and_then(|value| child(value, step)), list);
            path.truncate(length);
        }
    }
}

impl Origins {
    /// The fields that are in both.
    pub(super) fn shared(&self, other: &Self) -> Self {
        let (Some(left), Some(right)) = (&self.0, &other.0) else {
            return Self::NONE;
        };
        if Arc::ptr_eq(left, right) || self.iter().all(|path| other.contains(path)) {
            return self.clone();
        }
        let paths: Vec<FieldPath> = self
            .iter()
            .filter(|path| other.contains(path))
            .cloned()
            .collect();
        if paths.is_empty() {
            Self::NONE
        } else {
            Self(Some(paths.into()))
        }
    }
}

/// The steps of a path.
pub fn steps(path: &str) -> impl Iterator<Item = Cow<'_, str>> {
    Steps(path)
}

/// The steps of a path, one by one.
struct Steps<'a>(&'a str);

impl<'a> Iterator for Steps<'a> {
    type Item = Cow<'a, str>;

    fn next(&mut self) -> Option<Cow<'a, str>> {
        let rest = self.0.strip_prefix('.').unwrap_or(self.0);
        if rest.is_empty() {
            return None;
        }
        let (step, rest) = match rest.strip_prefix('[') {
            None => rest.split_at(step_end(rest)),
            Some(inner) => match inner.strip_prefix('"') {
                Some(quoted) => return Some(self.quoted(quoted)),
                None => inner.split_once(']').unwrap_or((inner, "")),
            },
        };
        self.0 = rest;
        Some(Cow::Borrowed(step))
    }
}

/// Where the first step of a path ends.
fn step_end(path: &str) -> usize {
    let ends = |byte: u8| matches!(byte, b'.' | b'[');
    path.bytes().position(ends).unwrap_or(path.len())
}

impl<'a> Steps<'a> {
    /// The step that ends with `"]`; a backslash keeps the character behind it.
    fn quoted(&mut self, text: &'a str) -> Cow<'a, str> {
        let mut step = String::new();
        let mut characters = text.char_indices();
        while let Some((at, character)) = characters.next() {
            match character {
                '\\' => step.extend(characters.next().map(|(_, kept)| kept)),
                '"' if text[at + 1..].starts_with(']') => {
                    self.0 = &text[at + 2..];
                    return Cow::Owned(step);
                }
                other => step.push(other),
            }
        }
        self.0 = "";
        Cow::Owned(step)
    }
}

/// The value of a key.
///
/// The maps of Kubernetes are short, and rules ask thousands of times per keystroke: comparing the keys
/// one by one costs less than hashing the one that is asked for.
pub(crate) fn entry<'a>(map: &'a Mapping, key: &str) -> Option<&'a Value> {
    if map.len() > 24 {
        return map.get(key);
    }
    map.iter()
        .find_map(|(found, value)| (found.as_str() == Some(key)).then_some(value))
}

/// The texts that an item of a list may be called by.
fn item_names(item: &Value) -> impl Iterator<Item = &str> {
    let map = item.as_mapping();
    ITEM_NAMES
        .iter()
        .filter_map(move |name| entry(map?, name)?.as_str())
}

/// The key and the name in a step like `name=kafka`.
fn qualified(step: &str) -> Option<(&str, &str)> {
    let (key, name) = step.split_once('=')?;
    ITEM_NAMES.contains(&key).then_some((key, name))
}

/// A path whose items are called by their names alone, as marks know them.
fn unqualified(way: &[Cow<str>]) -> String {
    way.iter()
        .map(|step| key(qualified(step).map_or(&**step, |(_, name)| name)))
        .collect()
}

/// The number of the item that a step means.
fn item_at(items: &[Value], step: &str) -> Option<usize> {
    if let Some((key, name)) = qualified(step) {
        let is = |item: &Value| item.get(key).and_then(Value::as_str) == Some(name);
        return items.iter().position(is);
    }
    let named = items
        .iter()
        .position(|item| item_names(item).any(|name| name == step));
    named.or_else(|| step.parse().ok().filter(|&number| number < items.len()))
}

/// What stands one step below a value.
fn child<'a>(value: &'a Value, step: &str) -> Option<&'a Value> {
    match value {
        Value::Mapping(map) => entry(map, step),
        Value::Sequence(items) => items.get(item_at(items, step)?),
        _ => None,
    }
}

/// Puts a value at the end of a way, when the way can be gone.
fn put(tree: &mut Value, way: &[Cow<str>], value: Value) {
    let [step, rest @ ..] = way else {
        *tree = value;
        return;
    };
    if tree.is_null() {
        *tree = match qualified(step) {
            Some(_) => Value::Sequence(Vec::new()),
            None => Value::Mapping(Mapping::new()),
        };
    }
    match tree {
        Value::Mapping(map) => {
            put(
                map.entry(Value::String(step.to_string()))
                    .or_insert(Value::Null),
                rest,
                value,
            );
        }
        Value::Sequence(items) => match item_at(items, step) {
            Some(at) => put(&mut items[at], rest, value),
            None if step.parse() == Ok(items.len())
                || (rest.is_empty() && qualified(step).is_some()) =>
            {
                let mut item = Value::Null;
                put(&mut item, rest, value);
                items.push(item);
            }
            None => {}
        },
        _ => {}
    }
}

/// Takes out what stands at the end of a way, when the way can be gone.
fn take_out(tree: &mut Value, way: &[Cow<str>]) {
    let [step, rest @ ..] = way else {
        return;
    };
    match tree {
        Value::Mapping(map) if rest.is_empty() => {
            map.shift_remove(&**step);
        }
        Value::Mapping(map) => {
            if let Some(below) = map.get_mut(&**step) {
                take_out(below, rest);
            }
        }
        Value::Sequence(items) => match item_at(items, step) {
            Some(at) if rest.is_empty() => {
                items.remove(at);
            }
            Some(at) => take_out(&mut items[at], rest),
            None => {}
        },
        _ => {}
    }
}

/// Takes out what serde writes and Kubernetes objects as people write them do not have.
fn clean(value: &mut Value) {
    match value {
        Value::Mapping(map) => {
            let an_object = map.contains_key("metadata") || map.contains_key("spec");
            map.retain(|key, value| {
                clean(value);
                if *key == "volumeClaimTemplates" {
                    // A template is no object: its kind is known, and nobody writes it.
                    for template in value.as_sequence_mut().into_iter().flatten() {
                        if let Some(template) = template.as_mapping_mut() {
                            template.shift_remove("apiVersion");
                            template.shift_remove("kind");
                        }
                    }
                }
                let no_status = an_object
                    && *key == "status"
                    && value.as_mapping().is_some_and(Mapping::is_empty);
                !value.is_null() && !no_status
            });
        }
        Value::Sequence(items) => items.iter_mut().for_each(clean),
        _ => {}
    }
}

/// The lines of a comment that begins at a column; nothing in the words can end the comment.
pub(super) fn comment_lines(words: &str, column: usize) -> Vec<String> {
    let width = COMMENT_WIDTH
        .saturating_sub(column)
        .max(COMMENT_WIDTH_LEAST);
    let mut lines = Vec::new();
    let mut line = String::from("#");
    let mut length = 1;
    for word in words
        .split(|c: char| c.is_whitespace() || !yaml::printable(c))
        .filter(|word| !word.is_empty())
    {
        let mut rest = word;
        let mut gap = 1;
        while !rest.is_empty() {
            let (piece, behind) = rest.split_at(unbroken(rest));
            let more = columns(piece);
            if length > 1 && length + gap + more > width {
                lines.push(std::mem::replace(&mut line, String::from("#")));
                length = 1;
                gap = 1;
            }
            if gap > 0 {
                line.push(' ');
            }
            line.push_str(piece);
            length += gap + more;
            gap = 0;
            rest = behind;
        }
    }
    lines.push(line);
    lines
}

/// How many bytes of a word stay in one line: Chinese may be broken between any two characters,
/// but no line begins with a closing mark or ends with an opening one.
fn unbroken(word: &str) -> usize {
    if word.is_ascii() {
        return word.len();
    }
    let mut before = ' ';
    for (at, here) in word.char_indices() {
        let between = at > 0 && (is_wide(before) || is_wide(here));
        if between && !"，。；：、！？）》」”".contains(here) && !"（《「“".contains(before)
        {
            return at;
        }
        before = here;
    }
    word.len()
}

/// How many columns a text takes.
fn columns(text: &str) -> usize {
    text.chars().map(|c| 1 + usize::from(is_wide(c))).sum()
}

/// Whether a character takes two columns: those of Chinese, Japanese and Korean do.
fn is_wide(character: char) -> bool {
    matches!(character, '\u{2e80}'..='\u{ffef}')
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::core::v1::{
        PersistentVolumeClaim, PersistentVolumeClaimStatus, Service, ServicePort, ServiceSpec,
    };
    use proptest::prelude::*;

    use super::*;

    fn steps(path: &str) -> Vec<String> {
        super::steps(path).map(Cow::into_owned).collect()
    }

    fn texts(lines: &[Line]) -> Vec<&str> {
        lines.iter().map(|line| line.text.as_str()).collect()
    }

    fn service(name: &str) -> Document {
        Document::of(Service {
            metadata: k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta {
                name: Some(name.to_owned()),
                ..Default::default()
            },
            spec: Some(ServiceSpec {
                ports: Some(vec![ServicePort {
                    name: Some("client".to_owned()),
                    port: 9092,
                    ..Default::default()
                }]),
                ..Default::default()
            }),
            ..Default::default()
        })
    }

    #[test]
    fn a_path_is_divided_at_dots_and_brackets() {
        assert_eq!(steps(""), [""; 0]);
        assert_eq!(
            steps("spec.containers[kafka].env[HOST_IP].value"),
            ["spec", "containers", "kafka", "env", "HOST_IP", "value"]
        );
        assert_eq!(
            steps("data[\"server.properties\"]"),
            ["data", "server.properties"]
        );
        assert_eq!(steps("args[2]"), ["args", "2"]);
        assert_eq!(steps("a[b.c].d[e"), ["a", "b.c", "d", "e"]);
        assert_eq!(
            steps(&("a".to_owned() + &key("x\"].\\y") + ".z")),
            ["a", "x\"].\\y", "z"]
        );
    }

    #[test]
    fn an_object_has_nothing_that_serde_adds() {
        let tree = service("kafka").tree;
        assert_eq!(
            serde_yaml::to_string(&tree["spec"]).unwrap(),
            "ports:\n- name: client\n  port: 9092\n"
        );
        assert_eq!(tree["kind"], "Service");
        let claim = Document::of(PersistentVolumeClaim {
            status: Some(PersistentVolumeClaimStatus::default()),
            ..Default::default()
        });
        assert_eq!(claim.get("status"), None);
        let kept = Document::from_tree(
            serde_yaml::from_str("{data: {status: {}}, a: null, b: [null, {c: null}]}").unwrap(),
        );
        assert_eq!(
            kept.tree,
            serde_yaml::from_str::<Value>("{data: {status: {}}, b: [null, {}]}").unwrap()
        );
    }

    #[test]
    fn an_item_is_named_by_name_key_mount_path_or_number() {
        let tree = "{a: [{name: n, mountPath: /m, v: 1}, {key: k, v: 2}, {v: 3}]}";
        let document = Document::from_tree(serde_yaml::from_str(tree).unwrap());
        for (path, expected) in [
            ("a[n].v", 1),
            ("a[/m].v", 1),
            ("a[0].v", 1),
            ("a[k].v", 2),
            ("a[2].v", 3),
        ] {
            assert_eq!(
                document.get(path).and_then(Value::as_i64),
                Some(expected),
                "{path}"
            );
        }
        assert_eq!(document.get("a[3]"), None);
    }

    #[test]
    fn a_renderers_mistake_is_found() {
        let origins = Origins::one("a");
        let document = service("kafka")
            .from("spec.ports[client].port", &origins)
            .from("spec.ports[cleint].port", &origins)
            .from("metadata.labels[\"a.b\"]", &origins)
            .note("spec.clusterIP", Sentence::plain("none"))
            .from("spec.absent", &Origins::NONE);
        assert_eq!(
            document.dangling(),
            [
                "metadata.labels[\"a.b\"]",
                "spec.clusterIP",
                "spec.ports[cleint].port"
            ]
        );
    }

    #[test]
    fn a_block_makes_its_way_but_no_items() {
        let text = Text::new(Role::Property).line("a=1", &Origins::NONE);
        let document = service("kafka").block("data[\"server.properties\"]", &text);
        assert_eq!(
            document.get_str("data[\"server.properties\"]"),
            Some("a=1\n")
        );
        let document = service("kafka")
            .block("spec.ports[other].name", &text)
            .block("kind.x", &text);
        assert_eq!(document.tree, service("kafka").tree);
        assert_eq!(document.dangling(), ["kind.x", "spec.ports[other].name"]);
    }

    #[test]
    fn a_text_is_a_string_and_lines() {
        let a = Origins::one("a");
        let script = Text::new(Role::Shell)
            .line("b\nc", &a)
            .blank()
            .join(Text::new(Role::Shell).line("d", &Origins::NONE));
        assert_eq!(script.text(), "b\nc\n\nd");
        assert_eq!(script.clone().ended().text(), "b\nc\n\nd\n");
        assert_eq!(script.lines()[1].origins, a);
        assert_eq!(Text::new(Role::Property).text(), "");
    }

    #[test]
    fn comments_are_wrapped_and_cannot_be_left() {
        let words = "word ".repeat(40) + "\nevil: \u{1}\u{202e}true";
        let lines = comment_lines(&words, 20);
        assert!(
            lines.len() > 2
                && lines
                    .iter()
                    .all(|line| line.starts_with("# ") && line.len() <= 68)
        );
        assert!(lines.last().unwrap().ends_with("evil: true"));
        assert_eq!(comment_lines("", 0), ["#"]);
        assert_eq!(
            comment_lines(&"x".repeat(200), 60),
            [format!("# {}", "x".repeat(200))]
        );
    }

    #[test]
    fn objects_of_one_file_are_divided() {
        let second = Origins::one("second");
        let rendered = manifest(
            "a.yaml",
            &Traced::default(),
            vec![service("a"), service("b").from("", &second)],
        );
        let lines = &rendered.file.lines;
        assert_eq!(
            texts(lines).iter().filter(|&&line| line == "---").count(),
            1
        );
        let line = rendered.objects[1].line_in_file("metadata.name");
        assert_eq!(lines[line - 1].text, "  name: b");
        assert_eq!(
            lines[rendered.objects[1].first_line - 2].origins,
            second,
            "the divider goes with its object"
        );
        assert_eq!(
            (rendered.objects[1].kind(), rendered.objects[1].name()),
            ("Service", "b")
        );
    }

    proptest! {
        #[test]
        fn any_path_is_harmless(path in "[a-c\\[\\].\"\\\\0-2]{0,12}|spec\\.ports\\[.{0,5}\\]?") {
            let text = Text::new(Role::Shell).line("x", &Origins::NONE);
            let document = service("a").from(&path, &Origins::one("f")).block(&path, &text);
            document.dangling();
            yaml::lines(&document);
            document.line_in_file(&path);
            prop_assert_eq!(steps(&key(&path)), [path]);
        }
    }
}
