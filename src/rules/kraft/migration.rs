//! KRF: what is left of ZooKeeper, and the way from it.

use super::{BOTH_CONFIGS, CONFIG_35, CONFIG_39, quorum};
use crate::args;
use crate::catalog::KafkaLine;
use crate::design::FieldPath;
use crate::fields;
use crate::rules::Severity::Error;
use crate::rules::nodes::{Node, about, asked};
use crate::rules::{Effect, Facts, Fix, Rule, relations};

const MIGRATION: &str = "zookeeper.metadata.migration.enable";
const CONNECT: &str = "zookeeper.connect";
const ROLES: &str = "process.roles";

/// Whether a node is told to move its metadata out of ZooKeeper.
pub(super) fn moves(node: &Node) -> bool {
    node.get(MIGRATION)
        .is_some_and(|on| fields::flag(on) == Ok(true))
}

/// The brokers that still run with ZooKeeper and are told to move.
fn moving<'s, 'a>(facts: &'s Facts<'a>, is: impl Fn(&Node<'a>) -> bool) -> Vec<&'s Node<'a>> {
    let nodes = facts.nodes().iter();
    nodes
        .filter(|node| !node.is_kraft() && moves(node) && is(node))
        .collect()
}

/// There is no other way to run any more, and no default.
pub static NO_ROLES: Rule = Rule::new(
    "KRF001",
    Error,
    "apache/kafka:server/src/main/java/org/apache/kafka/server/config/KRaftConfigs.java (a 4.x version)",
    |facts, found| {
        if facts.plan.kafka.version.has_zookeeper_mode() {
            return;
        }
        // KRF030 speaks of those that are told where ZooKeeper is.
        let nodes = facts.nodes().iter();
        let nodes: Vec<&Node> =
            nodes.filter(|node| node.lacks(ROLES) && node.lacks(CONNECT)).collect();
        about(facts, found, &NO_ROLES, &nodes, ROLES, args![]);
    },
)
.applies_to("≥ 4.0");

/// The option belongs to ZooKeeper.
pub static CONTROL_PLANE: Rule = Rule::new("KRF017", Error, CONFIG_35, |facts, found| {
    let name = "control.plane.listener.name";
    if facts.plan.kafka.version.has_zookeeper_mode() {
        quorum::each(facts, found, &CONTROL_PLANE, name, |node| node.has(name));
    }
})
.applies_to("3.0–3.9, KRaft")
.hides(&["KFK079"]);

/// Kafka 4 knows no ZooKeeper, and no way from it.
pub static NOT_FINISHED: Rule = Rule::new(
    "KRF030",
    Error,
    "apache/kafka:docs/getting-started/upgrade.md (4.0.0 section, 4.3 version)",
    |facts, found| {
        let kafka = &facts.plan.kafka;
        if kafka.version.has_zookeeper_mode() {
            return;
        }
        let version = kafka.version.to_string();
        let nodes = facts.nodes().iter();
        let nodes: Vec<&Node> = nodes
            .filter(|node| moves(node) || !node.is_kraft() && node.has(CONNECT))
            .collect();
        let args = args![version = version.as_str()];
        let told = about(facts, found, &NOT_FINISHED, &nodes, MIGRATION, args).is_some();
        let asked = asked(&kafka.config, MIGRATION);
        if !told && asked.is_some_and(|on| fields::flag(on) == Ok(true)) {
            let sets = kafka
                .groups
                .iter()
                .map(|group| format!("StatefulSet/{}", *group.name));
            let nodes: Vec<String> = sets.collect();
            found
                .add(&NOT_FINISHED, MIGRATION, args![version, nodes])
                .at_option(MIGRATION)
                .at("kafka.version")
                .fix(Fix::unset(FieldPath::kafka_option(MIGRATION)));
        }
    },
)
.applies_to("≥ 4.0")
.effect(Effect::Procedure)
.hides(&["KFK067", "KFK070", "VER011"]);

/// A broker that moves must know where to.
pub static INCOMPLETE: Rule = Rule::new("KRF031", Error, CONFIG_39, |facts, found| {
    const NAMES: &str = "controller.listener.names";
    const PROTOCOL: &str = "inter.broker.protocol.version";
    let kafka = &facts.plan.kafka;
    if !kafka.version.has_kraft_migration() {
        return;
    }
    let incomplete = |node: &Node| {
        // Flags lie over the file that the archive ships, which has none of these.
        let lacks =
            |name: &str| !node.has(name) && (node.file.is_some() || !kafka.config.is_file());
        let mut wrong = Vec::new();
        if node.ids().is_some_and(|ids| ids.iter().any(|&id| id < 0)) {
            wrong.push("broker.id");
        }
        if lacks(NAMES) {
            wrong.push(NAMES);
        }
        if lacks(quorum::VOTERS) && lacks(quorum::BOOTSTRAP) {
            wrong.push(quorum::VOTERS);
        }
        let spoken = node.get(PROTOCOL).and_then(relations::protocol);
        if spoken.is_some_and(|spoken| spoken < (3, 4)) {
            wrong.push(PROTOCOL);
        }
        wrong
    };
    let nodes = moving(facts, |node| !incomplete(node).is_empty());
    let first = nodes
        .first()
        .map(|node| incomplete(node))
        .unwrap_or_default();
    let options: Vec<String> = first.into_iter().map(str::to_owned).collect();
    about(facts, found, &INCOMPLETE, &nodes, MIGRATION, args![options]);
})
.applies_to("3.4–3.9, ZooKeeper mode")
.effect(Effect::Procedure);

/// At first a broker with several folders could not move.
pub static SEVERAL_FOLDERS: Rule = Rule::new("KRF032", Error, BOTH_CONFIGS, |facts, found| {
    let version = facts.plan.kafka.version.value;
    if !version.has_kraft_migration() || version.line() >= KafkaLine::of(3, 7) {
        return;
    }
    let nodes = moving(facts, |node| node.list("log.dirs").len() > 1);
    let folders = nodes.first().map_or(0, |node| node.list("log.dirs").len());
    let args = args![folders, version = version.to_string()];
    about(facts, found, &SEVERAL_FOLDERS, &nodes, MIGRATION, args);
})
.applies_to("3.4–3.6, ZooKeeper mode")
.effect(Effect::Procedure);
