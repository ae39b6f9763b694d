//! What a heap of files holds: Kubernetes objects, a design, properties files, Dockerfiles.

use std::collections::BTreeMap;

use super::position::is_short_enough;
use super::tree::{self, Content, Node};
use super::{Files, Imported, Position, Remark, read_design};
use crate::args;
use crate::bundle::link;
use crate::design::Design;

/// A Kubernetes object with its file.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// The file that it stands in.
    pub file: String,
    /// Its `kind`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its namespace; empty when none is written.
    pub namespace: String,
    /// The object.
    pub node: Node,
}

impl Object {
    /// Stands for a file that is no object, so that what it says has a place.
    pub fn of_file(path: &str) -> Self {
        Self {
            file: path.to_owned(),
            kind: String::new(),
            name: String::new(),
            namespace: String::new(),
            node: Node {
                position: Position::START,
                content: Content::Plain(serde_yaml::Value::Null),
            },
        }
    }

    /// `Kind/name`.
    pub fn subject(&self) -> String {
        format!("{}/{}", self.kind, self.name)
    }

    /// Where its name stands.
    pub fn name_position(&self) -> Position {
        self.node
            .at(&["metadata", "name"])
            .map_or(self.node.position, |name| name.position)
    }

    /// Where a path of an object stands, or the nearest path above it.
    pub fn nearest(&self, path: &str) -> Position {
        self.near(path).first().copied().unwrap_or_default()
    }

    /// Where a path of an object stands; what is missing would stand beside the name, the image, or the head
    /// of what holds it.
    pub fn near(&self, path: &str) -> Vec<Position> {
        let mut node = &self.node;
        let mut position = node.position;
        for step in crate::render::document::steps(path) {
            let below = match node.items() {
                [] => node.get(&step),
                items => item(items, &step),
            };
            let Some(below) = below else {
                return self.beside(node, position);
            };
            position = node.key_position(&step).unwrap_or(below.position);
            node = below;
        }
        // Of a whole list of containers the first is meant.
        let container = node
            .items()
            .first()
            .filter(|_| path.ends_with("containers"));
        if let Some(container) = container {
            let mut near = self.beside(container, container.position);
            near.push(position);
            return near;
        }
        // What is said of a whole part is said of the object, or lacks in it.
        match path {
            "metadata" | "spec" => vec![position, self.name_position()],
            "metadata.name" => self.beside(node, position),
            path if path.rsplit('.').next() == Some("spec") => self.beside(node, position),
            _ => vec![position],
        }
    }

    fn beside(&self, node: &Node, position: Position) -> Vec<Position> {
        let named = node.key_position("name");
        let mut near = vec![named.unwrap_or(position)];
        near.extend(node.key_position("image"));
        // What the pod as a whole lacks.
        let containers = node.get("containers").and_then(|list| list.items().first());
        near.extend(containers.and_then(|one| one.key_position("name")));
        if node.get("image").is_none() {
            let spec = self.node.get("spec");
            near.extend(spec.and_then(|spec| spec.key_position("serviceName")));
        }
        near
    }
}

/// The item of a list that a step of a path means.
fn item<'a>(items: &'a [Node], step: &str) -> Option<&'a Node> {
    let (key, name) = step.split_once('=').unwrap_or(("", step));
    let named = items.iter().find(|item| {
        let keys = ["name", "key", "mountPath"];
        let mut keys = keys.iter().filter(|known| key.is_empty() || **known == key);
        keys.any(|key| item.get(key).and_then(Node::str) == Some(name))
    });
    named.or_else(|| items.get(step.parse::<usize>().ok()?))
}

/// What some files hold.
#[derive(Default)]
pub struct Found<'a> {
    /// The texts of all files.
    texts: Option<&'a BTreeMap<String, String>>,
    /// The objects, in the order of the files.
    pub objects: Vec<Object>,
    /// A design.
    pub design: Option<Design>,
    /// Properties files by path.
    pub properties: BTreeMap<String, String>,
    /// Dockerfiles by path.
    pub dockerfiles: BTreeMap<String, String>,
    /// Files that say how logs are written, by path: they are kept as they are.
    pub logging: BTreeMap<String, String>,
}

impl Found<'_> {
    /// The text of a file.
    pub fn text(&self, file: &str) -> Option<&String> {
        self.texts?.get(file)
    }
}

/// What a text is, by its name and its beginning.
enum Kind {
    Yaml,
    Properties,
    Dockerfile,
    /// What log4j or logback reads, in whatever syntax.
    Logging,
    /// A file of a bundle that is made anew: README, checksums, pictures.
    Echo,
    Other,
}

fn kind(path: &str, text: &str) -> Kind {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    match ending.to_ascii_lowercase().as_str() {
        _ if (name.contains("log4j") || name.contains("logback"))
            && !text.contains("apiVersion") =>
        {
            Kind::Logging
        }
        _ if name.starts_with("Dockerfile") || name.ends_with(".Dockerfile") => Kind::Dockerfile,
        "yaml" | "yml" | "json" => Kind::Yaml,
        "properties" | "cfg" => Kind::Properties,
        "md" | "svg" => Kind::Echo,
        _ if name == "SHA256SUMS" => Kind::Echo,
        _ => by_content(text),
    }
}

fn by_content(text: &str) -> Kind {
    let mut lines = text.lines().map(str::trim);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with('#'));
    let first = first.unwrap_or_default();
    if first.starts_with("FROM ") || first.starts_with("ARG ") {
        Kind::Dockerfile
    } else if text.contains("apiVersion")
        || first.starts_with(['{', '-'])
        || first.contains(": ")
        || first.ends_with(':')
    {
        Kind::Yaml
    } else if first.contains('=') && !first.contains(' ') {
        Kind::Properties
    } else {
        Kind::Other
    }
}

/// Sorts files by what they hold.
pub fn gather<'a>(files: &'a Files, imported: &mut Imported) -> Found<'a> {
    let mut found = Found {
        texts: Some(&files.texts),
        ..Found::default()
    };
    for (path, text) in &files.texts {
        let mut remarks = Vec::new();
        if !is_short_enough(text, &mut remarks) {
            imported
                .remarks
                .extend(remarks.into_iter().map(|remark| (path.clone(), remark)));
            continue;
        }
        if let Some(link) = link::in_text(text) {
            read_link(path, &link, &mut found, imported);
            continue;
        }
        match kind(path, text) {
            Kind::Yaml => gather_yaml(path, text, &mut found, imported),
            Kind::Properties => drop(found.properties.insert(path.clone(), text.clone())),
            Kind::Dockerfile => drop(found.dockerfiles.insert(path.clone(), text.clone())),
            Kind::Logging => drop(found.logging.insert(path.clone(), text.clone())),
            Kind::Echo => {}
            Kind::Other => {
                let remark = Remark::new(Position::START, "import.file.unknown", Vec::new());
                imported.remarks.push((path.clone(), remark));
            }
        }
    }
    found
}

/// A share link is a design.
fn read_link(path: &str, link: &str, found: &mut Found, imported: &mut Imported) {
    let lost = match link::open(link) {
        Ok(opened) => {
            found.design = Some(opened.design);
            opened.lost
        }
        Err(sentence) => Some(sentence),
    };
    let remark = lost.map(|lost| Remark::new(Position::START, lost.key, lost.args));
    imported
        .remarks
        .extend(remark.map(|remark| (path.to_owned(), remark)));
}

fn gather_yaml(path: &str, text: &str, found: &mut Found, imported: &mut Imported) {
    let trees = tree::read(text);
    let remarks = trees.remarks.into_iter();
    let mut remarks: Vec<_> = remarks.map(|remark| (path.to_owned(), remark)).collect();
    let mut comments = trees.comments;
    for document in trees.documents {
        if document.get("format").is_some() && document.get("kind").is_none() {
            // The document's own reader says what is wrong with it.
            found.design = read_design(path, text, imported);
            return;
        }
        if document.get("services").is_some() && document.get("kind").is_none() {
            let remark = Remark::new(document.position, "import.compose", Vec::new());
            remarks.push((path.to_owned(), remark));
            continue;
        }
        if document.str_at(&["kind"]) == Some("Kustomization") {
            comments = 0;
            continue;
        }
        add(document, path, found, &mut remarks);
    }
    imported.comments_lost += comments;
    imported.remarks.extend(remarks);
}

fn add(node: Node, path: &str, found: &mut Found, remarks: &mut Vec<(String, Remark)>) {
    let kind = node.str_at(&["kind"]).unwrap_or_default().to_owned();
    if kind.ends_with("List") && node.get("items").is_some() {
        for item in node.items_of("items") {
            add(item, path, found, remarks);
        }
        return;
    }
    let name = node
        .str_at(&["metadata", "name"])
        .unwrap_or_default()
        .to_owned();
    if kind.is_empty() || name.is_empty() {
        let what = if kind.is_empty() {
            "kind"
        } else {
            "metadata.name"
        };
        let remark = Remark::new(node.position, "import.object.lacks", args![what]);
        remarks.push((path.to_owned(), remark));
        return;
    }
    if kind == "Secret" {
        let remark = Remark::new(node.position, "import.object.secret", args![name]);
        remarks.push((path.to_owned(), remark));
        return;
    }
    found.objects.push(Object {
        file: path.to_owned(),
        namespace: node
            .str_at(&["metadata", "namespace"])
            .unwrap_or_default()
            .to_owned(),
        kind,
        name,
        node,
    });
}
