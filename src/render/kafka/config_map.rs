//! The brokers' configuration files: `server.properties`, and logging to standard output.
//!
//! What differs from broker to broker stands on the start command (see `stateful_set`).

use std::fmt::Write as _;

use k8s_openapi::api::core::v1::ConfigMap;
use sha2::{Digest as _, Sha256};

use super::name_with;
use crate::plan::{Entry, Layer, Parts, Plan, Traced, Value};
use crate::render::document::{Document, Text, manifest};
use crate::render::process::Process;
use crate::render::{Origins, Output, Rendered, Role, properties};

const PATH: &str = "30-kafka/configmap.yaml";

/// The folder that it is mounted on; a folder, since a single mounted file is never refreshed.
pub(super) const FOLDER: &str = "/etc/kafka";

/// The file of the brokers' options.
pub(super) const SERVER_PROPERTIES: &str = "server.properties";

/// The file that says what is logged.
pub(super) const LOG4J_PROPERTIES: &str = "log4j.properties";

/// The brokers' configuration files.
///
/// Options as flags need no `server.properties` of ours, but the archive's own logging would fill the
/// pod's scratch space with files that nothing deletes: `log4j.properties` is always there.
pub static OUTPUT: Output = Output {
    id: "kafka-configmap",
    path: PATH,
    reads: Parts::CLUSTER.and(Parts::KAFKA).and(Parts::KAFKA_CONFIG),
    wanted: |_| true,
    render,
};

fn render(plan: &Plan) -> Rendered {
    let metadata = Process::Kafka.metadata(plan, &name(plan));
    let mut document = Document::of(ConfigMap {
        metadata: metadata.value,
        ..ConfigMap::default()
    })
    .marked("metadata", &metadata.marks);
    if plan.kafka.config.is_file() {
        document = document.block("data[\"server.properties\"]", &server_properties(plan));
    }
    document = document.block("data[\"log4j.properties\"]", &log4j_properties(plan));
    if let Some(style) = &plan.kafka.config.style
        && plan.kafka.config.is_file()
    {
        document = document.from("data[\"server.properties\"]", &style.from);
    }
    manifest(PATH, plan.language(), vec![document])
}

/// The ConfigMap's name.
pub(super) fn name(plan: &Plan) -> Traced<String> {
    name_with(plan, "-config")
}

/// A sum of the files' contents: a pod template that has it changes with them, so that brokers restart.
pub(super) fn checksum(plan: &Plan) -> String {
    let mut digest = Sha256::new();
    if plan.kafka.config.is_file() {
        digest.update(server_properties(plan).text());
    }
    digest.update(log4j_properties(plan).text());
    let mut text = String::with_capacity(64);
    for byte in digest.finalize() {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The parts of the file, in order; an option belongs to the first that one of its beginnings names.
const PARTS: [(&str, &[&str]); 4] = [
    (
        "note.part-listeners",
        &[
            "listeners",
            "advertised.listeners",
            "listener.",
            "inter.broker.listener.name",
            "broker.",
        ],
    ),
    ("note.part-storage", &["log.dirs"]),
    ("note.part-zookeeper", &["zookeeper."]),
    (
        "note.part-topics",
        &[
            "default.replication.factor",
            "min.insync.replicas",
            "num.partitions",
            "offsets.topic.replication.factor",
            "transaction.state.log.",
            "unclean.leader.election.enable",
            "auto.create.topics.enable",
            "log.retention.hours",
            "group.initial.rebalance.delay.ms",
        ],
    ),
];

fn server_properties(plan: &Plan) -> Text {
    let entries = plan.kafka.config.entries.iter();
    let in_file: Vec<(&Entry, &str)> = entries
        .filter(|entry| entry.layer == Layer::File)
        .filter_map(|entry| match &entry.value {
            Value::Text(text) => Some((entry, text.as_str())),
            _ => None,
        })
        .collect();
    let mut text = Text::new(Role::Property).note(plan.words("note.part-head"), &Origins::NONE);
    let last = ("note.part-others", PARTS.len());
    for (heading, number) in PARTS
        .iter()
        .enumerate()
        .map(|(number, (heading, _))| (*heading, number))
        .chain([last])
    {
        let here: Vec<_> = in_file
            .iter()
            .filter(|(entry, _)| part_of(&entry.name) == number)
            .collect();
        let Some((first, _)) = here.first() else {
            continue;
        };
        // The heading is there as long as any of its options is.
        let shared = here.iter().fold(first.from.clone(), |all, (entry, _)| {
            all.shared(&entry.from)
        });
        text = text.line("", &shared).note(plan.words(heading), &shared);
        for (entry, value) in here {
            text.push(properties::line(&entry.name, value), &entry.from);
        }
    }
    text
}

fn part_of(name: &str) -> usize {
    let begins = |beginning: &&str| {
        if beginning.ends_with('.') {
            name.starts_with(*beginning)
        } else {
            name == *beginning
        }
    };
    PARTS
        .iter()
        .position(|(_, names)| names.iter().any(begins))
        .unwrap_or(PARTS.len())
}

/// Everything goes to standard output, so that no file grows in the pod.
fn log4j_properties(plan: &Plan) -> Text {
    let lines = [
        ("log4j.rootLogger", "INFO, stdout"),
        ("log4j.appender.stdout", "org.apache.log4j.ConsoleAppender"),
        (
            "log4j.appender.stdout.layout",
            "org.apache.log4j.PatternLayout",
        ),
        (
            "log4j.appender.stdout.layout.ConversionPattern",
            "[%d] %p %m (%c)%n",
        ),
    ];
    let head = Text::new(Role::Property).note(plan.words("note.log4j-stdout"), &Origins::NONE);
    lines.iter().fold(head, |text, (name, value)| {
        text.line(properties::line(name, value), &Origins::NONE)
    })
}
