//! The brokers' configuration files: `server.properties`, and logging to standard output.
//!
//! What differs from broker to broker stands on the start command (see `stateful_set`).

use std::fmt::Write as _;

use k8s_openapi::api::core::v1::ConfigMap;
use sha2::{Digest as _, Sha256};

use super::name_with;
use crate::plan::{BrokerConfig, Entry, ImageFlavour, Layer, Parts, Plan, Traced, Value};
use crate::render::document::{Document, Text, key, manifest};
use crate::render::process::Process;
use crate::render::{Origins, Output, Rendered, Role, properties};

const PATH: &str = "30-kafka/configmap.yaml";

/// The folder that it is mounted on; a folder, since a single mounted file is never refreshed.
///
/// The official image has volumes of its own below `/etc/kafka`, which no container can be given below
/// a folder that is read-only.
pub(in crate::render) fn folder(plan: &Plan) -> Traced<&'static str> {
    plan.kafka.image.flavour.map(|flavour| match flavour {
        ImageFlavour::Built => "/etc/kafka",
        ImageFlavour::Official => "/etc/kafka-config",
    })
}

/// The file of the brokers' options.
pub(super) const SERVER_PROPERTIES: &str = "server.properties";

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
    let (logging_file, logging) = logging(plan);
    let logging_path = format!("data{}", key(logging_file));
    document = document
        .block(&logging_path, &logging)
        .from(&logging_path, &plan.kafka.version.from);
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
    let options = plan.kafka.config.is_file().then(|| server_properties(plan));
    sum(options.iter().chain([&logging(plan).1]))
}

/// The SHA-256 of some files, one after the other.
pub(in crate::render) fn sum<'a>(files: impl IntoIterator<Item = &'a Text>) -> String {
    let mut digest = Sha256::new();
    for file in files {
        digest.update(file.text());
    }
    let mut text = String::with_capacity(64);
    for byte in digest.finalize() {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The parts of the file, in order; an option belongs to the first that one of its beginnings names.
const PARTS: [(&str, &[&str]); 5] = [
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
    (
        "note.part-quorum",
        &[
            "process.roles",
            "node.id",
            "controller.listener.names",
            "controller.quorum.",
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
    properties_file(plan, &plan.kafka.config, "note.part-head")
}

/// A complete file of options, in parts with headings.
pub(in crate::render) fn properties_file(
    plan: &Plan,
    config: &BrokerConfig,
    head: &'static str,
) -> Text {
    let entries = config.entries.iter();
    let in_file: Vec<(&Entry, &str)> = entries
        .filter(|entry| entry.layer == Layer::File)
        .filter_map(|entry| match &entry.value {
            Value::Text(text) => Some((entry, text.as_str())),
            _ => None,
        })
        .collect();
    let mut text = Text::new(Role::Property).note(plan.words(head), &Origins::NONE);
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

/// The file that says what is logged, and its name: everything goes to standard output, so that no
/// file grows in the pod.
pub(in crate::render) fn logging(plan: &Plan) -> (&'static str, Text) {
    let version = &plan.kafka.version;
    if version.logs_with_log4j2() {
        let from = &version.from;
        let head = Text::new(Role::Plain).note(plan.words("note.log4j-stdout"), from);
        let lines = [
            "Configuration:",
            "  Appenders:",
            "    Console:",
            "      name: STDOUT",
            "      PatternLayout:",
            "        pattern: \"[%d] %p %m (%c)%n\"",
            "  Loggers:",
            "    Root:",
            "      level: INFO",
            "      AppenderRef:",
            "        - ref: STDOUT",
        ];
        let text = lines.iter().fold(head, |text, line| text.line(line, from));
        return ("log4j2.yaml", text);
    }
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
    let from = &version.from;
    let head = Text::new(Role::Property).note(plan.words("note.log4j-stdout"), from);
    let text = lines.iter().fold(head, |text, (name, value)| {
        text.line(properties::line(name, value), from)
    });
    ("log4j.properties", text)
}
