//! What a design carries along because no field can say it: parts of our objects that differ, whole
//! objects of others, whole files of others.
//!
//! An extra is put on its object after rendering. It holds as long as the fields give what they gave
//! when it was taken ([`Extra::over`]): whoever changes the field afterwards wins over the extra.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Change, FieldPath};

/// All that is carried along.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extras {
    /// By file of the bundle and `Kind/name`: what differs from what the fields give.
    pub objects: BTreeMap<String, BTreeMap<String, Vec<Extra>>>,
    /// By file of the bundle: objects that no field knows.
    pub foreign: BTreeMap<String, Vec<Foreign>>,
    /// By file of the bundle: texts that no field knows, or that stand for a file of ours.
    pub files: BTreeMap<String, ForeignFile>,
}

/// A part of one of our objects that differs from what the fields give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extra {
    /// Where in the object, such as `spec.template.spec.containers[name=kafka].env[name=TZ]`; empty is all of it.
    pub path: String,
    /// What stands there instead; nothing is "not written".
    pub value: Option<Value>,
    /// What the fields gave there, or its fingerprint when that is long; nothing when they gave nothing.
    /// An extra that is "not written" holds whatever the fields give.
    pub over: Option<Value>,
    /// Where it was read: `svc.yaml:12`.
    pub source: Option<String>,
}

/// An object that no field knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// The object.
    pub value: Value,
    /// Where it was read: `rbac.yaml:1`.
    pub source: Option<String>,
}

/// A text that no field knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignFile {
    /// The text.
    pub text: String,
    /// The fingerprint of the file of ours that it stands for, as long as that is the same.
    pub over: Option<String>,
}

/// Where a Deployment and a StatefulSet differ.
const DEPLOYED: [&str; 8] = [
    "apiVersion",
    "kind",
    "spec.podManagementPolicy",
    "spec.progressDeadlineSeconds",
    "spec.serviceName",
    "spec.strategy",
    "spec.updateStrategy",
    "spec.volumeClaimTemplates",
];

/// Where the claims of a StatefulSet take the place of volumes.
const DISKS: [&str; 3] = [
    "spec.volumeClaimTemplates",
    "spec.template.spec.volumes",
    "spec.template.spec.containers[0].volumeMounts",
];

impl Extras {
    /// Whether nothing is carried along.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty() && self.foreign.is_empty() && self.files.is_empty()
    }

    /// How many pieces are carried along.
    pub fn count(&self) -> usize {
        let parts = self.objects.values().flat_map(BTreeMap::values);
        parts.map(Vec::len).sum::<usize>()
            + self.foreign.values().map(Vec::len).sum::<usize>()
            + self.files.len()
    }

    /// The paths by which each piece is known in origins, and by which it is dropped.
    pub fn origins(&self) -> Vec<FieldPath> {
        let mut origins = Vec::new();
        for (file, objects) in &self.objects {
            for (object, extras) in objects {
                origins.extend(
                    extras
                        .iter()
                        .map(|extra| of_part(file, object, &extra.path)),
                );
            }
        }
        for (file, objects) in &self.foreign {
            origins.extend(
                objects
                    .iter()
                    .map(|object| of_object(file, &subject(&object.value))),
            );
        }
        origins.extend(self.files.keys().map(|file| of_file(file)));
        origins
    }

    /// The texts of the piece that an origin names, each with the name it stands under: its key, or the
    /// `name` beside it, as in a list of variables.
    pub fn texts(&self, origin: &FieldPath) -> Vec<(String, String)> {
        let mut texts = Vec::new();
        for (file, objects) in &self.objects {
            for (object, extras) in objects {
                let of_it = extras
                    .iter()
                    .filter(|extra| of_part(file, object, &extra.path) == *origin);
                for extra in of_it {
                    // `…env[name=TZ].value`: the item's name is what it is.
                    let name = extra.path.rsplit_once("[name=");
                    let name = name.map_or(&*extra.path, |(_, name)| name);
                    let name = name.split([']', '.']).next().unwrap_or_default();
                    let last = extra.path.rsplit('.').next().unwrap_or_default();
                    for name in [name, last] {
                        collect(name, extra.value.as_ref(), &mut texts);
                    }
                }
            }
        }
        for (file, objects) in &self.foreign {
            let of_it = objects
                .iter()
                .filter(|object| of_object(file, &subject(&object.value)) == *origin);
            for object in of_it {
                collect("", Some(&object.value), &mut texts);
            }
        }
        let file = self.files.iter().find(|(file, _)| of_file(file) == *origin);
        texts.extend(file.map(|(_, file)| (String::new(), file.text.clone())));
        texts
    }

    /// Takes out the piece that an origin names; whether there was one.
    pub fn drop(&mut self, origin: &FieldPath) -> bool {
        let before = self.count();
        for (file, objects) in &mut self.objects {
            for (object, extras) in objects.iter_mut() {
                extras.retain(|extra| of_part(file, object, &extra.path) != *origin);
            }
            objects.retain(|_, extras| !extras.is_empty());
        }
        for (file, objects) in &mut self.foreign {
            objects.retain(|object| of_object(file, &subject(&object.value)) != *origin);
        }
        self.objects.retain(|_, objects| !objects.is_empty());
        self.foreign.retain(|_, objects| !objects.is_empty());
        self.files.retain(|file, _| of_file(file) != *origin);
        self.count() < before
    }

    /// What makes a Deployment of our StatefulSet of this name, each as the change that drops it.
    pub fn of_a_deployment(&self, name: &str) -> Vec<Change> {
        let subject = format!("StatefulSet/{name}");
        let parts = self
            .objects
            .iter()
            .filter_map(|(file, objects)| Some((file, objects.get(&subject)?)));
        let parts = parts.flat_map(|(file, extras)| extras.iter().map(move |extra| (file, extra)));
        let of_the_kind = parts.filter(|(_, extra)| {
            let is_below = |start: &&str| extra.path.starts_with(start);
            DEPLOYED.contains(&extra.path.as_str()) || DISKS.iter().any(is_below)
        });
        of_the_kind
            .map(|(file, extra)| Change::Drop {
                extra: of_part(file, &subject, &extra.path),
            })
            .collect()
    }

    /// As a tree for the document.
    pub(super) fn tree(&self) -> Value {
        let mut tree = Map::new();
        let mut put = |key: &str, map: Map<String, Value>| {
            if !map.is_empty() {
                tree.insert(key.to_owned(), map.into());
            }
        };
        let parts = self.objects.iter().map(|(file, objects)| {
            let objects = objects.iter().map(|(object, extras)| {
                let extras: Vec<Value> = extras.iter().map(Extra::tree).collect();
                (object.clone(), extras.into())
            });
            (file.clone(), Value::Object(objects.collect()))
        });
        put("objects", parts.collect());
        let foreign = self.foreign.iter().map(|(file, objects)| {
            let objects: Vec<Value> = objects
                .iter()
                .map(|object| {
                    entries([
                        ("source", text(object.source.as_deref())),
                        ("object", Some(object.value.clone())),
                    ])
                })
                .collect();
            (file.clone(), objects.into())
        });
        put("foreign", foreign.collect());
        let files = self.files.iter().map(|(file, foreign)| {
            let over = ("over", text(foreign.over.as_deref()));
            let value = entries([over, ("text", text(Some(&foreign.text)))]);
            (file.clone(), value)
        });
        put("files", files.collect());
        tree.into()
    }

    /// From a tree of the document; nothing when something in it is not understood.
    pub(super) fn read(tree: &Value) -> Option<Self> {
        let mut extras = Self::default();
        for (key, value) in tree.as_object()? {
            let value = value.as_object()?;
            match key.as_str() {
                "objects" => extras.objects = read_objects(value)?,
                "foreign" => extras.foreign = read_foreign(value)?,
                "files" => extras.files = read_files(value)?,
                _ => return None,
            }
        }
        Some(extras)
    }
}

impl Extra {
    fn tree(&self) -> Value {
        let absent = self.value.is_none().then_some(Value::Bool(true));
        entries([
            ("path", text(Some(&self.path))),
            ("value", self.value.clone()),
            ("absent", absent),
            ("over", self.over.clone()),
            ("source", text(self.source.as_deref())),
        ])
    }

    fn read(tree: &Value) -> Option<Self> {
        let known = ["path", "value", "absent", "over", "source"];
        let map = tree.as_object()?;
        let absent = match map.get("absent") {
            None => false,
            Some(flag) => flag.as_bool()?,
        };
        let value = map.get("value").cloned();
        if !map.keys().all(|key| known.contains(&key.as_str()))
            || !is_text(map, "source")
            || absent == value.is_some()
        {
            return None;
        }
        Some(Self {
            path: map.get("path")?.as_str()?.to_owned(),
            value,
            over: map.get("over").cloned(),
            source: text_at(map, "source"),
        })
    }
}

/// The texts of a tree with their names.
fn collect(name: &str, value: Option<&Value>, texts: &mut Vec<(String, String)>) {
    match value {
        Some(Value::String(text)) => texts.push((name.to_owned(), text.clone())),
        Some(Value::Array(items)) => {
            for item in items {
                collect(name, Some(item), texts);
            }
        }
        Some(Value::Object(map)) => {
            let own = map.get("name").and_then(Value::as_str);
            for (key, value) in map {
                let name = if key == "value" {
                    own.unwrap_or(key)
                } else {
                    key
                };
                collect(name, Some(value), texts);
            }
        }
        _ => {}
    }
}

/// What a piece of one of our objects is called in origins.
pub fn of_part(file: &str, object: &str, path: &str) -> FieldPath {
    format!("extras[{file} {object}].{path}").into()
}

/// What an object of others is called in origins.
pub fn of_object(file: &str, object: &str) -> FieldPath {
    format!("extras[{file} {object}]").into()
}

/// What a file of others is called in origins.
pub fn of_file(file: &str) -> FieldPath {
    format!("extras[{file}]").into()
}

/// `Kind/name` of an object.
pub fn subject(object: &Value) -> String {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let name = object
        .get("metadata")
        .and_then(|metadata| metadata.get("name"));
    format!("{}/{}", text(object.get("kind")), text(name))
}

fn text(text: Option<&str>) -> Option<Value> {
    text.map(Value::from)
}

fn entries<const N: usize>(entries: [(&str, Option<Value>); N]) -> Value {
    let present = entries
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), value?)));
    Value::Object(present.collect())
}

/// Whether what stands under a key is a text, or nothing does.
fn is_text(map: &Map<String, Value>, key: &str) -> bool {
    map.get(key).is_none_or(Value::is_string)
}

/// The text under a key.
fn text_at(map: &Map<String, Value>, key: &str) -> Option<String> {
    map.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn read_objects(
    map: &Map<String, Value>,
) -> Option<BTreeMap<String, BTreeMap<String, Vec<Extra>>>> {
    map.iter()
        .map(|(file, objects)| {
            let objects = objects.as_object()?.iter().map(|(object, extras)| {
                let extras: Option<Vec<_>> = extras.as_array()?.iter().map(Extra::read).collect();
                Some((object.clone(), extras.filter(|extras| !extras.is_empty())?))
            });
            let objects: BTreeMap<_, _> = objects.collect::<Option<_>>()?;
            (!objects.is_empty()).then(|| (file.clone(), objects))
        })
        .collect()
}

fn read_foreign(map: &Map<String, Value>) -> Option<BTreeMap<String, Vec<Foreign>>> {
    map.iter()
        .map(|(file, objects)| {
            let objects = objects.as_array()?.iter().map(|object| {
                let map = object.as_object()?;
                let known = |key: &String| ["object", "source"].contains(&key.as_str());
                if !is_text(map, "source") {
                    return None;
                }
                Some(Foreign {
                    value: map.get("object").filter(|_| map.keys().all(known))?.clone(),
                    source: text_at(map, "source"),
                })
            });
            let objects: Vec<_> = objects.collect::<Option<_>>()?;
            (!objects.is_empty()).then(|| (file.clone(), objects))
        })
        .collect()
}

fn read_files(map: &Map<String, Value>) -> Option<BTreeMap<String, ForeignFile>> {
    map.iter()
        .map(|(file, foreign)| {
            let map = foreign.as_object()?;
            let known = |key: &String| ["text", "over"].contains(&key.as_str());
            if !is_text(map, "over") {
                return None;
            }
            let foreign = ForeignFile {
                text: map
                    .get("text")
                    .filter(|_| map.keys().all(known))?
                    .as_str()?
                    .to_owned(),
                over: text_at(map, "over"),
            };
            Some((file.clone(), foreign))
        })
        .collect()
}
