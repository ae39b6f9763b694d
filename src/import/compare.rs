//! What the fields cannot say: the differences between the objects that were read and those that the
//! fields give, leaf for leaf, as extras.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use serde_yaml::{Mapping, Value};

use super::map::Parts;
use super::objects::Object;
use super::tree::Node;
use super::{Imported, Position, Remark, dockerfile, environment, shell, start};
use crate::args;
use crate::design::Design;
use crate::design::extras::{Extra, Foreign, ForeignFile, of_object};
use crate::plan::Plan;
use crate::render::document::{Document, key};
use crate::render::extras::{apply, checksum, fingerprint, foreign_files};
use crate::render::{OUTPUTS, Rendered};

/// The folder of objects that no field knows.
const FOREIGN: &str = "40-imported";

/// What an item of a list may be named by in a path.
const ITEM_NAMES: [&str; 3] = ["name", "mountPath", "key"];

/// Makes extras of all that differs between the objects and what the design gives.
pub fn carry_along(
    imported: &mut Imported,
    objects: Vec<Object>,
    parts: &Parts,
    whole_bundle: bool,
) {
    let outputs = rendered(&imported.design);
    let mut by_name: BTreeMap<&str, Vec<(&str, &Document)>> = BTreeMap::new();
    for output in &outputs {
        for document in &output.objects {
            let same_name = by_name.entry(document.name()).or_default();
            same_name.push((&output.file.path, document));
        }
    }
    let mut taken = BTreeSet::new();
    for object in objects {
        let mut same_name = by_name.get(object.name.as_str()).into_iter().flatten();
        let is_deployed = parts.is_deployed(&object);
        let found = same_name.find(|(_, document)| is_same(document, &object, is_deployed));
        let found = found.map(|&(file, document)| (file.to_owned(), document));
        let Some((file, document)) = found else {
            let file = carry_foreign(imported, &object);
            imported.objects.push((file, object));
            continue;
        };
        let subject = format!("{}/{}", document.kind(), document.name());
        if imported.design.extras.foreign.contains_key(&file) {
            // An object of others that was carried along before, and may have changed since.
            taken.insert((file.clone(), subject.clone()));
            if document.tree != object.node.value() {
                let origin = of_object(&file, &subject);
                imported.design.extras.drop(&origin);
                carry_foreign(imported, &object);
            }
            imported.objects.push((file, object));
            continue;
        }
        if !taken.insert((file.clone(), subject.clone())) {
            let args = args![subject = object.subject()];
            let remark = Remark::new(object.node.position, "import.object.twice", args);
            imported.remarks.push((object.file.clone(), remark));
            continue;
        }
        let mut differences = Differences {
            object: &object,
            pods: pods(&object),
            extras: Vec::new(),
            remarks: Vec::new(),
        };
        differences.tree(&document.tree, &object.node, &mut String::new());
        let Differences {
            extras, remarks, ..
        } = differences;
        let remarks = remarks
            .into_iter()
            .map(|remark| (object.file.clone(), remark));
        imported.remarks.extend(remarks);
        if !extras.is_empty() {
            let of_file = imported
                .design
                .extras
                .objects
                .entry(file.clone())
                .or_default();
            // What was put on our StatefulSet stays under its name when it made a Deployment of it.
            let name = document.name();
            let set = Some(format!("StatefulSet/{name}"));
            let set =
                set.filter(|set| document.kind() == "Deployment" && of_file.contains_key(set));
            let subject = set.unwrap_or(subject);
            of_file.entry(subject).or_default().extend(extras);
        }
        imported.objects.push((file, object));
    }
    for output in &outputs {
        let file = &output.file.path;
        for document in &output.objects {
            let subject = format!("{}/{}", document.kind(), document.name());
            let missing = !taken.contains(&(file.clone(), subject.clone()))
                && (whole_bundle || parts.has(file))
                && !taken.is_empty();
            if missing && imported.design.extras.foreign.contains_key(file) {
                let origin = of_object(file, &subject);
                imported.design.extras.drop(&origin);
            } else if missing {
                let of_file = imported
                    .design
                    .extras
                    .objects
                    .entry(file.clone())
                    .or_default();
                of_file.entry(subject).or_default().push(Extra {
                    path: String::new(),
                    value: None,
                    over: None,
                    source: None,
                });
            }
        }
    }
}

/// What a design gives, with what it carries along.
fn rendered(design: &Design) -> Vec<Arc<Rendered>> {
    let plan = Plan::of(design);
    let outputs = OUTPUTS.iter().filter(|output| (output.wanted)(&plan));
    let outputs = outputs.map(|output| Arc::new((output.render)(&plan)));
    let outputs: Vec<Arc<Rendered>> = outputs.collect();
    let is_ours = |path: &str| outputs.iter().any(|output| output.file.path == path);
    let foreign = foreign_files(&design.extras, is_ours).into_iter();
    let ours = outputs
        .iter()
        .filter_map(|output| apply(&design.extras, output));
    ours.chain(foreign.map(Arc::new)).collect()
}

/// A Dockerfile stands for ours as long as the fields give the same one.
pub fn carry_dockerfiles(imported: &mut Imported, dockerfiles: &BTreeMap<String, String>) {
    let plan = Plan::of(&imported.design);
    for (path, text) in dockerfiles {
        let built = dockerfile::built(&dockerfile::read(text));
        let name = match built.product {
            Some(dockerfile::Product::ZooKeeper) => "zookeeper",
            _ => "kafka",
        };
        let file = format!("images/{name}/Dockerfile");
        let output = OUTPUTS.iter().find(|output| output.path == file);
        let ours = output.filter(|output| (output.wanted)(&plan));
        let ours = ours.map(|output| (output.render)(&plan).file.text());
        let carried = &imported.design.extras.files;
        if ours.as_ref() == Some(text) || carried.values().any(|file| file.text == *text) {
            continue;
        }
        let taken = carried.contains_key(&file);
        let file = if taken {
            format!("{FOREIGN}/{}", path.replace('/', "-"))
        } else {
            file
        };
        let over = ours.map(|ours| checksum(&ours));
        let foreign = ForeignFile {
            text: text.clone(),
            over,
        };
        imported.files.insert(file.clone(), path.clone());
        imported.design.extras.files.insert(file, foreign);
    }
}

/// Texts that nothing was read out of are kept, without passwords: in the place of the file of ours that they
/// stand for, or in files of their own.
pub fn carry_files(imported: &mut Imported, files: &BTreeMap<String, String>) {
    let plan = Plan::of(&imported.design);
    for (path, text) in files {
        let is_it = |file: &str| {
            path.strip_suffix(file)
                .is_some_and(|folder| folder.is_empty() || folder.ends_with('/'))
        };
        let mut outputs = OUTPUTS.iter().filter(|output| (output.wanted)(&plan));
        let ours = outputs.find(|output| is_it(output.path));
        let ours = ours.map(|output| (output.render)(&plan).file);
        let mut value = serde_json::Value::from(text.as_str());
        if is_properties_file(path) && take_password_lines(&mut value) {
            let remark = Remark::new(Position::START, "import.object.password", args![path]);
            imported.remarks.push((path.clone(), remark));
        }
        let text = value.as_str().unwrap_or_default().to_owned();
        let carried = &imported.design.extras.files;
        if carried.values().any(|file| file.text == text)
            || ours.as_ref().is_some_and(|ours| ours.text() == text)
        {
            continue;
        }
        let remark = Remark::new(Position::START, "import.file.kept", Vec::new());
        imported.remarks.push((path.clone(), remark));
        let short = format!("{FOREIGN}/{}", path.rsplit('/').next().unwrap_or(path));
        let file = match &ours {
            Some(ours) => ours.path.clone(),
            // Of a bundle of ours it is the same file, changed by hand.
            None if !carried.contains_key(&short) || is_it(&short) => short,
            None => format!("{FOREIGN}/{}", path.replace('/', "-")),
        };
        let over = ours.map(|ours| checksum(&ours.text()));
        imported.files.insert(file.clone(), path.clone());
        imported
            .design
            .extras
            .files
            .insert(file, ForeignFile { text, over });
    }
}

/// An object that no field knows goes into a file of its own; gives that file.
fn carry_foreign(imported: &mut Imported, object: &Object) -> String {
    let name = object.file.rsplit('/').next().unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let stem: String = stem
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '-' {
                c
            } else {
                '-'
            }
        })
        .collect();
    let file = format!("{FOREIGN}/{stem}.yaml");
    let mut value = json(&object.node.value());
    let mut secrets = Vec::new();
    take_secrets(&mut value, &mut String::new(), &mut secrets);
    for path in secrets {
        let at = object.nearest(&path);
        let remark = Remark::new(at, "import.object.password", args![path]);
        imported.remarks.push((object.file.clone(), remark));
    }
    imported
        .design
        .extras
        .foreign
        .entry(file.clone())
        .or_default()
        .push(Foreign {
            value,
            source: Some(format!("{}:{}", object.file, object.node.position.line)),
        });
    file
}

/// Whether a path of a `ConfigMap` leads to a properties file.
fn is_data(path: &str) -> bool {
    path.starts_with("data") && is_properties_file(path)
}

/// Whether a path leads to a properties file; scripts and other texts stay as they are.
fn is_properties_file(path: &str) -> bool {
    path.contains(".properties") || path.contains(".cfg")
}

/// Takes the passwords out of a properties file.
fn take_password_lines(value: &mut serde_json::Value) -> bool {
    let Some(text) = value.as_str() else {
        return false;
    };
    let mut kept = String::with_capacity(text.len());
    let (mut drops, mut continues) = (false, false);
    for line in text.split_inclusive('\n') {
        if !continues {
            let line = line.trim_start();
            let key = line.split(['=', ':', ' ']).next().unwrap_or_default();
            drops = !line.starts_with(['#', '!']) && environment::is_secret(key, Some(key));
        }
        continues = line.trim_end_matches(['\n', '\r']).ends_with('\\');
        if !drops {
            kept.push_str(line);
        }
    }
    let has_some = kept.len() < text.len();
    if has_some {
        *value = kept.into();
    }
    has_some
}

/// Takes out the variables that hold passwords, and gives their paths.
fn take_secrets(value: &mut serde_json::Value, path: &mut String, found: &mut Vec<String>) {
    let length = path.len();
    if is_data(path) && take_password_lines(value) {
        found.push(path.clone());
        return;
    }
    match value {
        serde_json::Value::Object(entries) => {
            for (name, value) in entries {
                step(path, name);
                take_secrets(value, path, found);
                path.truncate(length);
            }
        }
        serde_json::Value::Array(items) => {
            let mut at = 0;
            items.retain_mut(|item| {
                path.push('[');
                path.push_str(&at.to_string());
                path.push(']');
                at += 1;
                let name = item.get("name").and_then(serde_json::Value::as_str);
                let is_secret = item.get("value").is_some()
                    && name.is_some_and(|name| environment::is_secret(name, None));
                if is_secret {
                    found.push(path.clone());
                } else {
                    take_secrets(item, path, found);
                }
                path.truncate(length);
                !is_secret
            });
        }
        _ => {}
    }
}

/// Whether an object is one of ours with its name; a Deployment may stand for a StatefulSet.
fn is_same(document: &Document, object: &Object, is_deployed: bool) -> bool {
    let namespace = document.get_str("metadata.namespace").unwrap_or_default();
    let is_kind = match document.kind() {
        "StatefulSet" if is_deployed => true,
        kind => kind == object.kind,
    };
    is_kind
        && (object.namespace.is_empty() || namespace.is_empty() || namespace == object.namespace)
}

/// How many pods a set has.
fn pods(object: &Object) -> u64 {
    let replicas = object.node.at(&["spec", "replicas"]).and_then(Node::whole);
    replicas
        .and_then(|count| u64::try_from(count).ok())
        .unwrap_or(1)
        .clamp(1, 16)
}

struct Differences<'a> {
    object: &'a Object,
    pods: u64,
    extras: Vec<Extra>,
    remarks: Vec<Remark>,
}

impl Differences<'_> {
    /// Compares a value with what the fields give at a path.
    fn tree(&mut self, ours: &Value, theirs: &Node, path: &mut String) {
        match ours {
            Value::Mapping(map) if !theirs.entries().is_empty() => self.maps(map, theirs, path),
            Value::Sequence(items) if !theirs.items().is_empty() => self.lists(items, theirs, path),
            _ if *ours == theirs.value() => {}
            _ if theirs.is_null() => self.absent(Some(ours), theirs.position, path),
            _ => self.differs(Some(ours), theirs, path),
        }
    }

    fn maps(&mut self, ours: &Mapping, theirs: &Node, path: &mut String) {
        let length = path.len();
        for (name, node) in theirs.entries() {
            step(path, &name.name);
            match ours.get(name.name.as_str()) {
                Some(value) => self.tree(value, node, path),
                None if node.is_null() => {}
                None => self.differs(None, node, path),
            }
            path.truncate(length);
        }
        for (name, value) in ours {
            let name = name.as_str().unwrap_or_default();
            if theirs.get(name).is_none() {
                step(path, name);
                self.absent(Some(value), theirs.position, path);
                path.truncate(length);
            }
        }
    }

    fn lists(&mut self, ours: &[Value], theirs: &Node, path: &mut String) {
        let nodes = theirs.items();
        if path.ends_with(".command") && self.same_command(ours, nodes) {
            return;
        }
        let length = path.len();
        let named = ITEM_NAMES.into_iter().find_map(|name| {
            let ours = names(ours, |item| item.get(name)?.as_str().map(str::to_owned))?;
            let theirs = names(nodes, |item| item.str_at(&[name]).map(str::to_owned))?;
            Some((name, ours, theirs))
        });
        if let Some((name, our_names, their_names)) = named {
            let mut renamed = BTreeSet::new();
            for (item, node) in their_names.iter().zip(nodes) {
                let at = our_names.iter().position(|own| own == item);
                if let Some(value) = at.and_then(|at| ours.get(at)) {
                    path.push_str(&qualified(name, item));
                    self.tree(value, node, path);
                } else if let Some(at) = other_name(ours, &our_names, &their_names, node) {
                    // The same port under another name: called by its number, which no renaming changes.
                    renamed.insert(at);
                    let _ = write!(path, "[{at}]");
                    self.tree(&ours[at], node, path);
                } else {
                    path.push_str(&qualified(name, item));
                    self.differs(None, node, path);
                }
                path.truncate(length);
            }
            for (at, (item, value)) in our_names.iter().zip(ours).enumerate() {
                if !their_names.contains(item) && !renamed.contains(&at) {
                    path.push_str(&qualified(name, item));
                    self.absent(Some(value), theirs.position, path);
                    path.truncate(length);
                }
            }
        } else if ours.len() == nodes.len() {
            for (at, (value, node)) in ours.iter().zip(nodes).enumerate() {
                let _ = write!(path, "[{at}]");
                self.tree(value, node, path);
                path.truncate(length);
            }
        } else {
            self.differs(Some(&Value::Sequence(ours.to_vec())), theirs, path);
        }
    }

    /// Whether two commands start the same program with the same arguments in every pod.
    fn same_command(&self, ours: &[Value], theirs: &[Node]) -> bool {
        let ours: Option<Vec<&str>> = ours.iter().map(Value::as_str).collect();
        let theirs: Option<Vec<&str>> = theirs.iter().map(Node::str).collect();
        let (Some(ours), Some(theirs)) = (ours, theirs) else {
            return false;
        };
        if ours == theirs {
            return true;
        }
        let run = |items: &[&str]| {
            let script = shell::container(items, &|_| false);
            if !script.remarks.is_empty() {
                return None;
            }
            let found = start::find(&script)?;
            let mut others = script.commands.iter().enumerate();
            let alone = others.all(|(at, command)| at == found.command || command.words.is_empty());
            let per_pod = (0..self.pods).map(|pod| {
                let variable = |name: &str| self.variable(name, pod);
                let program = found.scope.resolve(found.word).for_pod(pod, &variable)?;
                let arguments = found.arguments.iter();
                let arguments: Option<Vec<String>> = arguments
                    .map(|word| found.scope.resolve(word).for_pod(pod, &variable))
                    .collect();
                Some((program, arguments?))
            });
            let per_pod: Option<Vec<_>> = per_pod.collect();
            Some((found.is_exec, per_pod?)).filter(|_| alone)
        };
        run(&ours).is_some_and(|ours| run(&theirs) == Some(ours))
    }

    fn variable(&self, name: &str, pod: u64) -> Option<String> {
        Some(match name {
            "HOSTNAME" | "POD_NAME" => format!("{}-{pod}", self.object.name),
            "hostname -f" => return None,
            other => format!("${{{other}}}"),
        })
    }

    fn differs(&mut self, ours: Option<&Value>, theirs: &Node, path: &str) {
        if is_secret(path, theirs) {
            let args = args![path];
            let remark = Remark::new(theirs.position, "import.object.password", args);
            self.remarks.push(remark);
            return;
        }
        let mut value = json(&theirs.value());
        let is_file = self.object.kind == "ConfigMap" && is_data(path);
        if is_file && take_password_lines(&mut value) {
            let remark = Remark::new(theirs.position, "import.object.password", args![path]);
            self.remarks.push(remark);
        }
        self.push(Some(value), ours.map(fingerprint), theirs.position, path);
    }

    fn absent(&mut self, ours: Option<&Value>, near: Position, path: &str) {
        let plain = ours.filter(|value| !value.is_mapping() && !value.is_sequence());
        self.push(None, plain.map(fingerprint), near, path);
    }

    fn push(
        &mut self,
        value: Option<serde_json::Value>,
        over: Option<serde_json::Value>,
        at: Position,
        path: &str,
    ) {
        self.extras.push(Extra {
            path: path.to_owned(),
            value,
            over,
            source: Some(format!("{}:{}", self.object.file, at.line)),
        });
    }
}

/// Which item of ours is the same port under another name, when no item is added or taken away.
fn other_name(
    ours: &[Value],
    our_names: &[String],
    their_names: &[String],
    node: &Node,
) -> Option<usize> {
    let number = |key: &str| node.get(key).and_then(Node::whole);
    let port = ["port", "containerPort"]
        .into_iter()
        .find_map(|key| Some((key, number(key)?)));
    let (key, port) = port?;
    let same_count = ours.len() == their_names.len();
    let items = ours
        .iter()
        .zip(our_names)
        .enumerate()
        .filter(|_| same_count);
    let mut free = items.filter(|(_, (_, name))| !their_names.contains(name));
    let found = free.find(|(_, (item, _))| item.get(key).and_then(Value::as_i64) == Some(port));
    found.map(|(at, _)| at)
}

/// Whether a value looks like a password, which no design keeps.
fn is_secret(path: &str, node: &Node) -> bool {
    let name = match node.str_at(&["name"]) {
        Some(name) if node.get("value").is_some() => name,
        _ if path.rsplit('.').next() == Some("value") => path,
        _ => return false,
    };
    environment::is_secret(name, None)
}

/// The names of all items, when each has one of its own.
fn names<T>(items: &[T], name: impl Fn(&T) -> Option<String>) -> Option<Vec<String>> {
    let names: Vec<String> = items.iter().map(name).collect::<Option<_>>()?;
    let each: BTreeSet<&String> = names.iter().collect();
    (each.len() == names.len()).then_some(names)
}

fn qualified(key_name: &str, item: &str) -> String {
    let step = format!("{key_name}={item}");
    if item.contains(['[', ']', '"']) {
        key(&step)
    } else {
        format!("[{step}]")
    }
}

fn step(path: &mut String, name: &str) {
    if name.is_empty() || name.contains(['.', '[', ']', '"', '=']) {
        path.push_str(&key(name));
        return;
    }
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(name);
}

/// A tree as JSON.
pub fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(flag) => (*flag).into(),
        Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(number), ..) => number.into(),
            (_, Some(number), _) => number.into(),
            (.., number) => number.unwrap_or_default().into(),
        },
        Value::String(text) => text.as_str().into(),
        Value::Sequence(items) => items.iter().map(json).collect::<Vec<_>>().into(),
        Value::Mapping(map) => {
            let entries = map.iter();
            let entries = entries
                .map(|(name, value)| (name.as_str().unwrap_or_default().to_owned(), json(value)));
            serde_json::Value::Object(entries.collect())
        }
        Value::Tagged(tagged) => json(&tagged.value),
    }
}
