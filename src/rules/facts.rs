//! What a rule may look at, prepared once for all of them.

use std::sync::Arc;

use serde_yaml::Value;

use super::Place;
use super::instructions::Dockerfile;
use super::nodes::{self, Node};
use super::start::Starts;
use crate::catalog;
use crate::design::{Change, Design, FieldPath};
use crate::fields;
use crate::plan::{OPTION_ORDER, Plan};
use crate::render::document::Document;
use crate::render::{FileKind, Rendered};

/// All that a rule may look at.
pub struct Facts<'a> {
    /// The design as typed.
    pub design: &'a Design,
    /// The design resolved.
    pub plan: &'a Plan,
    /// What was rendered: objects, Dockerfiles, scripts.
    pub outputs: &'a [Arc<Rendered>],
    /// Every Kubernetes object of the outputs, in their order.
    objects: Vec<Object<'a>>,
    /// Every Dockerfile of the outputs.
    dockerfiles: Vec<Dockerfile<'a>>,
    /// Those of them that make pods.
    workloads: Vec<Object<'a>>,
    /// How the objects start brokers.
    starts: Starts<'a>,
    /// The processes that they start, and what each is told.
    nodes: Vec<Node<'a>>,
}

/// A Kubernetes object of the bundle, or of somebody else's files.
#[derive(Clone, Copy)]
pub struct Object<'a> {
    /// Its `kind`.
    pub kind: &'a str,
    /// Its `apiVersion`.
    pub api_version: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its namespace; empty when none is written.
    pub namespace: &'a str,
    /// The object.
    pub document: &'a Document,
    file: &'a str,
}

/// Which of our parts an object belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The brokers.
    Kafka,
    /// The ensemble.
    ZooKeeper,
    /// Controllers that are no brokers.
    Controllers,
    /// Neither: the provisioner, a Job.
    Other,
}

impl<'a> Facts<'a> {
    /// Prepares what the rules look at.
    pub fn of(design: &'a Design, plan: &'a Plan, outputs: &'a [Arc<Rendered>]) -> Self {
        let objects: Vec<Object> = outputs
            .iter()
            .flat_map(|rendered| {
                let file = rendered.file.path.as_str();
                rendered
                    .objects
                    .iter()
                    .map(move |document| Object::of(document, file))
            })
            .collect();
        let makes_pods = |object: &&Object| object.get("spec.template.spec").is_some();
        let workloads = objects.iter().filter(makes_pods).copied().collect();
        let starts = Starts::of(&objects);
        Self {
            design,
            plan,
            outputs,
            nodes: nodes::read(&objects, &starts),
            starts,
            objects,
            dockerfiles: outputs
                .iter()
                .filter(|rendered| rendered.file.kind == FileKind::Dockerfile)
                .map(|rendered| Dockerfile::read(&rendered.file))
                .collect(),
            workloads,
        }
    }

    /// Every object.
    pub fn objects(&self) -> &[Object<'a>] {
        &self.objects
    }

    /// The objects that make pods: a StatefulSet, a Deployment, a Job.
    pub fn workloads(&self) -> &[Object<'a>] {
        &self.workloads
    }

    /// How the objects start brokers, and the files of their configuration.
    pub(super) fn starts(&self) -> &Starts<'a> {
        &self.starts
    }

    /// The brokers and controllers that the objects start, and what each is told.
    pub(super) fn nodes(&self) -> &[Node<'a>] {
        &self.nodes
    }

    /// The objects of a kind.
    pub fn of_kind<'s>(&'s self, kind: &'s str) -> impl Iterator<Item = &'s Object<'a>> {
        self.objects
            .iter()
            .filter(move |object| object.kind == kind)
    }

    /// The Dockerfiles.
    pub(super) fn dockerfiles(&self) -> &[Dockerfile<'a>] {
        &self.dockerfiles
    }

    /// Which part a StatefulSet or its budget belongs to.
    pub fn side(&self, object: &Object) -> Side {
        let kafka = &self.plan.kafka;
        let has = |namespace: &str| object.namespace.is_empty() || object.namespace == namespace;
        let zookeeper = self.plan.zookeeper();
        if zookeeper.is_some_and(|zk| *zk.name == object.name && has(&zk.namespace)) {
            Side::ZooKeeper
        } else if has(&kafka.namespace)
            && self
                .plan
                .controllers()
                .is_some_and(|own| *own.name == object.name)
        {
            Side::Controllers
        } else if has(&kafka.namespace)
            && kafka.groups.iter().any(|group| *group.name == object.name)
        {
            Side::Kafka
        } else {
            Side::Other
        }
    }

    /// A field of the brokers, of the ensemble or of controllers: `kafka.REST` and the like.
    pub fn field_of(&self, side: Side, rest: &str) -> Option<FieldPath> {
        match side {
            Side::Kafka => Some(format!("kafka.{rest}").into()),
            Side::ZooKeeper => Some(format!("zookeeper.{rest}").into()),
            Side::Controllers => Some(format!("controllers.{rest}").into()),
            Side::Other => None,
        }
    }

    /// What is in force for a broker option, its default included.
    pub fn option(&self, name: &str) -> Option<String> {
        let kafka = &self.plan.kafka;
        kafka.config.effective(name, *kafka.version)
    }

    /// The number in force for a broker option, its default included.
    pub fn whole(&self, name: &str) -> Option<i64> {
        let kafka = &self.plan.kafka;
        kafka.config.whole(name, *kafka.version)
    }

    /// Whether a broker option is in force as true.
    pub fn flag(&self, name: &str) -> bool {
        let kafka = &self.plan.kafka;
        kafka.config.flag(name, *kafka.version) == Some(true)
    }

    /// Whether the profile is `development`, where a loss is no harm.
    pub fn is_development(&self) -> bool {
        *self.plan.cluster.profile == "development"
    }

    /// Whether the profile is `production`.
    pub fn is_production(&self) -> bool {
        *self.plan.cluster.profile == "production"
    }

    /// What a field has when nothing is typed.
    fn start(&self, path: &FieldPath) -> Option<&str> {
        match fields::find(path).map(|field| field.start) {
            Some(fields::Start::Value(start)) => Some(start),
            _ => self
                .plan
                .derived
                .get(path)
                .map(|derived| derived.text.as_str()),
        }
    }

    /// What would be in force for a broker option if nothing were typed for it.
    pub fn untyped_option(&self, name: &str) -> Option<String> {
        let kafka = &self.plan.kafka;
        let base = kafka.config.base.iter().find(|(key, _)| *key == name);
        let start = self
            .start(&FieldPath::kafka_option(name))
            .map(str::to_owned);
        start
            .or_else(|| base.map(|(_, value)| (*value).to_owned()))
            .or_else(|| {
                let option = catalog::broker_option(name, kafka.version.line()).known()?;
                option.default.map(str::to_owned)
            })
    }

    /// The repair that brings a field to a value: by taking out what was typed when that suffices.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a plain value reads better where a repair is written"
    )]
    pub fn fix_to(&self, path: impl Into<FieldPath>, value: impl ToString) -> super::Fix {
        let (path, value) = (path.into(), value.to_string());
        let mut fix = super::Fix::set(path.clone(), &value);
        let listed = self.design.lists.get(OPTION_ORDER);
        let written = |names: &Vec<String>| {
            !path.as_str().starts_with("kafka.options[")
                || names.iter().any(|name| Some(name.as_str()) == path.key())
        };
        // An option that an imported design does not list is not written when nothing is typed.
        if listed.is_none_or(written) && self.start(&path) == Some(value.as_str()) {
            fix.changes = vec![Change::unset(path)];
        }
        fix
    }

    /// The values that could not be used after some changes.
    pub fn unusable_after(&self, changes: &[Change]) -> Vec<FieldPath> {
        let plan = Plan::of(&crate::engine::after(self.design, changes));
        let mut paths: Vec<FieldPath> = plan.problems.into_iter().map(|one| one.path).collect();
        paths.dedup();
        paths
    }

    /// The repair that brings a broker option to a value.
    pub fn fix_option(&self, name: &str, value: impl ToString) -> super::Fix {
        self.fix_to(FieldPath::kafka_option(name), value)
    }
}

impl<'a> Object<'a> {
    fn of(document: &'a Document, file: &'a str) -> Self {
        let text = |path| document.get_str(path).unwrap_or_default();
        Self {
            kind: document.kind(),
            api_version: text("apiVersion"),
            name: document.name(),
            namespace: text("metadata.namespace"),
            document,
            file,
        }
    }

    /// `Kind/name`: the subject of findings about it.
    pub fn subject(&self) -> String {
        format!("{}/{}", self.kind, self.name)
    }

    /// The value at a path.
    pub fn get(&self, path: &str) -> Option<&'a Value> {
        self.document.get(path)
    }

    /// The text at a path.
    pub fn text(&self, path: &str) -> Option<&'a str> {
        self.document.get(path)?.as_str()
    }

    /// The number at a path.
    pub fn number(&self, path: &str) -> Option<i64> {
        self.get(path)?.as_i64()
    }

    /// The items at a path; none when there is no list.
    pub fn items(&self, path: &str) -> &'a [Value] {
        self.get(path)
            .and_then(Value::as_sequence)
            .map_or(&[], Vec::as_slice)
    }

    /// Where a path stands.
    pub fn place(&self, path: &str) -> Place {
        Place {
            file: self.file.to_owned(),
            line: self.document.line_in_file(path),
            path: path.to_owned(),
            object: self.subject(),
        }
    }

    /// How many pods a set has; Kubernetes takes 1 when nothing is said.
    pub fn replicas(&self) -> i64 {
        self.number("spec.replicas").unwrap_or(1)
    }

    /// Whether a selector of labels at a path matches the pods of a set; a selector by expressions is not judged.
    pub fn selects(&self, path: &str, set: &Object) -> bool {
        let Some(Value::Mapping(wanted)) = self.get(path) else {
            return false;
        };
        let Some(Value::Mapping(labels)) = set.get("spec.template.metadata.labels") else {
            return false;
        };
        self.namespace == set.namespace
            && !wanted.is_empty()
            && wanted
                .iter()
                .all(|(key, value)| labels.get(key) == Some(value))
    }
}
