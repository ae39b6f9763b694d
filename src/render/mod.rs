//! From the plan to files: one module per output, and the writers that remember where a line came from.
//!
//! A renderer builds `k8s_openapi` types and says beside them which paths come from which fields;
//! the writers turn both into lines that carry their [`Origins`].
//! A renderer knows no rules and decides nothing: what could be decided, the plan has decided.

pub mod clients;
pub mod colour;
pub mod controllers;
pub mod dockerfile;
pub mod document;
pub mod extras;
pub mod kafka;
pub mod local_volumes;
pub mod namespaces;
pub mod nfs;
pub mod process;
pub mod properties;
pub mod shell;
pub mod smoke_test;
pub mod topology;
pub(crate) mod tree;
pub mod yaml;
pub mod zookeeper;

use std::sync::Arc;

use crate::design::FieldPath;
use crate::plan::{Parts, Plan};

/// The fields that a piece of output comes from; a small set, cheap to clone and to join.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins(Option<Arc<[FieldPath]>>);

impl Origins {
    /// No field: the piece is the same in every design.
    pub const NONE: Self = Self(None);

    /// One field.
    pub fn one(path: impl Into<FieldPath>) -> Self {
        Self(Some([path.into()].into()))
    }

    /// Whether no field made it.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The fields, sorted, each once.
    pub fn iter(&self) -> std::slice::Iter<'_, FieldPath> {
        self.0.as_deref().unwrap_or_default().iter()
    }

    /// Whether a field is among them.
    pub fn contains(&self, path: &FieldPath) -> bool {
        self.0
            .as_deref()
            .is_some_and(|paths| paths.binary_search(path).is_ok())
    }

    /// The fields of both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        match (&self.0, &other.0) {
            (_, None) => self.clone(),
            (None, _) => other.clone(),
            (Some(left), Some(right)) if Arc::ptr_eq(left, right) => self.clone(),
            (Some(left), Some(right)) => {
                if right.iter().all(|path| left.binary_search(path).is_ok()) {
                    return self.clone();
                }
                let mut paths: Vec<FieldPath> = left.iter().chain(right.iter()).cloned().collect();
                paths.sort_unstable();
                paths.dedup();
                Self(Some(paths.into()))
            }
        }
    }

    /// The fields of all.
    pub fn all<'a>(origins: impl IntoIterator<Item = &'a Self>) -> Self {
        origins
            .into_iter()
            .fold(Self::NONE, |all, one| all.and(one))
    }
}

impl<'a> IntoIterator for &'a Origins {
    type Item = &'a FieldPath;
    type IntoIter = std::slice::Iter<'a, FieldPath>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// One file of the bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its path below the bundle's folder, with `/`.
    pub path: String,
    /// How its text is to be read, for colours and for the checks.
    pub kind: FileKind,
    /// Its lines, without line ends.
    pub lines: Vec<Line>,
}

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Kubernetes objects, or the design.
    Yaml,
    /// A Dockerfile.
    Dockerfile,
    /// Java properties.
    Properties,
    /// Prose.
    Markdown,
    /// Anything else: checksums.
    Text,
}

/// One line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Without its line end.
    pub text: String,
    /// The fields that made it.
    pub origins: Origins,
    /// How it is coloured.
    pub role: Role,
}

/// What a line is within its file; colouring needs no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Reads as the file's kind says.
    Plain,
    /// The whole line is a comment.
    Comment,
    /// A line of a script inside a block of YAML, or a shell line of a Dockerfile.
    Shell,
    /// A `key=value` line inside a block of YAML, or of a properties file.
    Property,
}

impl File {
    /// The whole text, each line ended by a line feed.
    pub fn text(&self) -> String {
        let mut text =
            String::with_capacity(self.lines.iter().map(|line| line.text.len() + 1).sum());
        for line in &self.lines {
            text.push_str(&line.text);
            text.push('\n');
        }
        text
    }
}

/// What rendering one output gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Rendered {
    /// The file; shared, so that a bundle whose file did not change holds the same one.
    pub file: Arc<File>,
    /// Its objects, when it holds any: what rules look at.
    pub objects: Vec<document::Document>,
}

impl Rendered {
    /// The same, every line of which is there because of these fields too.
    #[must_use]
    pub fn because_of(mut self, origins: &Origins) -> Self {
        for line in &mut Arc::make_mut(&mut self.file).lines {
            line.origins = line.origins.and(origins);
        }
        self
    }
}

/// One kind of file: the registry's entry.
pub struct Output {
    /// Stable, kebab-case.
    pub id: &'static str,
    /// Where it stands in the bundle.
    pub path: &'static str,
    /// Which parts of the plan it reads; it is rendered again only when one of them changed.
    pub reads: Parts,
    /// Whether this design has it.
    pub wanted: fn(&Plan) -> bool,
    /// Makes it.
    pub render: fn(&Plan) -> Rendered,
}

/// Every file of the bundle, in the order of applying them.
pub static OUTPUTS: &[&Output] = &[
    &namespaces::OUTPUT,
    &nfs::RBAC,
    &nfs::DEPLOYMENT,
    &nfs::STORAGE_CLASS,
    &local_volumes::OUTPUT,
    &zookeeper::SERVICE_ACCOUNT,
    &zookeeper::CONFIGMAP,
    &zookeeper::SERVICES,
    &zookeeper::DISRUPTION_BUDGET,
    &zookeeper::NETWORK_POLICY,
    &zookeeper::STATEFULSET,
    &controllers::SERVICE_ACCOUNT,
    &controllers::CONFIG_MAP,
    &controllers::SERVICE,
    &controllers::DISRUPTION_BUDGET,
    &controllers::NETWORK_POLICY,
    &controllers::STATEFUL_SET,
    &kafka::service_account::OUTPUT,
    &kafka::config_map::OUTPUT,
    &kafka::services::OUTPUT,
    &kafka::external_services::OUTPUT,
    &kafka::disruption_budget::OUTPUT,
    &kafka::network_policy::OUTPUT,
    &kafka::stateful_set::OUTPUT,
    &smoke_test::INSIDE,
    &smoke_test::OUTSIDE,
    &kafka::dockerfile::OUTPUT,
    &zookeeper::DOCKERFILE,
    &clients::INSIDE,
    &clients::OUTSIDE,
    &topology::OUTPUT,
];
