//! Reads the entries of a design, each once, into typed values.

use std::collections::BTreeMap;

use super::{Coordination, Plan, Traced, cluster, config, kafka, kraft, storage, zookeeper};
use crate::design::{Design, FieldPath};
use crate::fields::{self, Field, Kind, Start, Wrong};
use crate::render::Origins;
use crate::text::Sentence;

/// A start value that was worked out.
#[derive(Clone, Debug, PartialEq)]
pub struct Derived {
    /// The value.
    pub text: String,
    /// Why it is this one.
    pub because: Sentence,
    /// The fields that it comes from.
    pub from: Origins,
    /// Whether a person typed another one, which holds instead.
    pub overridden: bool,
}

/// Something that was typed and could not be used.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Where.
    pub path: FieldPath,
    /// As typed.
    pub text: String,
    /// What is wrong with it.
    pub kind: ProblemKind,
    /// What the files use meanwhile.
    pub used: String,
}

/// Why something could not be used.
#[derive(Clone, Debug, PartialEq)]
pub enum ProblemKind {
    /// The text does not fit the field.
    Wrong(Wrong),
    /// No field has this path.
    UnknownPath,
    /// The path names an item that the list does not have.
    NoSuchItem,
}

pub(super) struct Reader<'a> {
    pub design: &'a Design,
    pub derived: BTreeMap<FieldPath, Derived>,
    pub problems: Vec<Problem>,
}

impl Reader<'_> {
    /// The text that holds for a field: as typed when that is right, else the start text.
    fn settle(&mut self, field: &Field, path: &FieldPath, start: &str) -> String {
        let Some(typed) = self.design.get(path) else {
            return start.to_owned();
        };
        if typed.trim().is_empty() && (field.start == Start::Empty || start.is_empty()) {
            return start.to_owned();
        }
        match field.kind.check(typed) {
            Ok(()) if field.kind == Kind::Text => typed.to_owned(),
            Ok(()) => typed.trim().to_owned(),
            Err(wrong) => {
                self.problem(path, ProblemKind::Wrong(wrong), start);
                start.to_owned()
            }
        }
    }

    pub fn problem(&mut self, path: &FieldPath, kind: ProblemKind, used: &str) {
        let text = self.design.get(path).unwrap_or_default().to_owned();
        self.problems.push(Problem {
            path: path.clone(),
            text,
            kind,
            used: used.to_owned(),
        });
    }

    /// A field's text; empty when it may be empty and is.
    pub fn text(&mut self, field: &Field, key: Option<&str>) -> Traced<String> {
        let path = field.path(key);
        let start = match field.start {
            Start::Value(start) => start,
            Start::Derived | Start::Empty => "",
        };
        Traced::new(self.settle(field, &path, start), Origins::one(path))
    }

    /// A derived field's text, and its reason kept for the page.
    pub fn derive(
        &mut self,
        field: &Field,
        key: Option<&str>,
        start: String,
        because: Sentence,
        from: &Origins,
    ) -> Traced<String> {
        let path = field.path(key);
        let text = self.settle(field, &path, &start);
        let overridden = text != start;
        let origins = if overridden {
            Origins::one(path.clone())
        } else {
            Origins::one(path.clone()).and(from)
        };
        self.derived.insert(
            path,
            Derived {
                text: start,
                because,
                from: from.clone(),
                overridden,
            },
        );
        Traced::new(text, origins)
    }

    /// A text that may be absent.
    pub fn optional(&mut self, field: &Field, key: Option<&str>) -> Traced<Option<String>> {
        self.text(field, key)
            .map(|text| (!text.is_empty()).then(|| text.clone()))
    }

    pub fn flag(&mut self, field: &Field) -> Traced<bool> {
        self.text(field, None)
            .map(|text| text.eq_ignore_ascii_case("true"))
    }

    pub fn derive_flag(
        &mut self,
        field: &Field,
        start: bool,
        because: Sentence,
        from: &Origins,
    ) -> Traced<bool> {
        self.derive(field, None, start.to_string(), because, from)
            .map(|text| text.eq_ignore_ascii_case("true"))
    }

    pub fn number(&mut self, field: &Field, key: Option<&str>) -> Traced<u64> {
        self.text(field, key).map(|text| number(field, text))
    }

    pub fn derive_number(
        &mut self,
        field: &Field,
        key: Option<&str>,
        start: u64,
        because: Sentence,
        from: &Origins,
    ) -> Traced<u64> {
        self.derive(field, key, start.to_string(), because, from)
            .map(|text| number(field, text))
    }

    pub fn port(&mut self, field: &Field, key: Option<&str>) -> Traced<u16> {
        self.number(field, key)
            .map(|&port| u16::try_from(port).unwrap_or(u16::MAX))
    }

    pub fn derive_port(
        &mut self,
        field: &Field,
        key: Option<&str>,
        start: u16,
        because: Sentence,
        from: &Origins,
    ) -> Traced<u16> {
        self.derive_number(field, key, start.into(), because, from)
            .map(|&port| u16::try_from(port).unwrap_or(u16::MAX))
    }
}

/// The number of a text that was checked before.
fn number(field: &Field, text: &str) -> u64 {
    match field.kind {
        Kind::Seconds { min, max } => fields::seconds(text, min, max).unwrap_or(min),
        Kind::Whole { min, max } => fields::whole(text, min, max).unwrap_or(min),
        _ => 0,
    }
}

/// Resolves a design; see [`Plan::of`].
pub(super) fn plan(design: &Design) -> Plan {
    let mut reader = Reader {
        design,
        derived: BTreeMap::new(),
        problems: Vec::new(),
    };
    let cluster = cluster::read(&mut reader);
    let storage = storage::read(&mut reader);
    let kafka_names = kafka::Names::read(&mut reader);
    let (kafka, coordination) = if cluster.coordination.is_kraft() {
        let mut kafka = kafka::read(&mut reader, &cluster, &storage, kafka_names);
        let mut kraft = kraft::read(&mut reader, &cluster, &kafka);
        let coordination = config::Coordinated::ByControllers(&kraft);
        let written = config::broker(&mut reader, &cluster, &coordination, &kafka);
        if let Some(own) = &mut kraft.controllers {
            own.config = written.of_controllers;
        }
        kafka.config = written.of_brokers;
        (kafka, Coordination::KRaft(Box::new(kraft)))
    } else {
        let zookeeper = zookeeper::read(&mut reader, &cluster, &kafka_names);
        let mut kafka = kafka::read(&mut reader, &cluster, &storage, kafka_names);
        let coordination = config::Coordinated::ByEnsemble(&zookeeper);
        kafka.config = config::broker(&mut reader, &cluster, &coordination, &kafka).of_brokers;
        (kafka, Coordination::ZooKeeper(Box::new(zookeeper)))
    };
    report_strays(&mut reader);
    let Reader {
        derived, problems, ..
    } = reader;
    Plan {
        cluster,
        storage,
        coordination,
        kafka,
        derived,
        problems,
    }
}

/// Values under paths that nothing reads are kept, and said.
fn report_strays(reader: &mut Reader) {
    let strays: Vec<(FieldPath, ProblemKind)> = reader
        .design
        .values
        .keys()
        .filter_map(|path| {
            let Some(field) = fields::find(path) else {
                return Some((path.clone(), ProblemKind::UnknownPath));
            };
            let key = path
                .key()
                .filter(|_| fields::LISTS.contains(&field.list().unwrap_or_default()))?;
            let list = field.list()?;
            (!reader.design.keys(list).any(|item| item == key))
                .then(|| (path.clone(), ProblemKind::NoSuchItem))
        })
        .collect();
    for (path, kind) in strays {
        reader.problem(&path, kind, "");
    }
}
