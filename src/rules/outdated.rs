//! KFK: options that a cluster without ZooKeeper, or Kafka 4, has left behind or reads more strictly.

use super::Severity::Warning;
use super::nodes::{Node, about, asked};
use super::{Facts, Findings, Fix, Rule};
use crate::args;
use crate::catalog::{self, KafkaLine, OptionKind};
use crate::design::FieldPath;
use crate::fields;
use crate::plan::Value;

const UPGRADE_40: &str =
    "apache/kafka:docs/getting-started/upgrade.md (4.0.0 section, 4.3 version)";
const UPGRADE_42: &str =
    "apache/kafka:docs/getting-started/upgrade.md (4.2.0 section, 4.3 version)";

const PROTOCOL: &str = "inter.broker.protocol.version";

/// Without ZooKeeper the finalized metadata version says what brokers speak.
pub static PROTOCOL_WITHOUT_ENSEMBLE: Rule = Rule::new(
    "KFK036",
    Warning,
    "apache/kafka:core/src/main/scala/kafka/server/KafkaConfig.scala (3.5.2)",
    |facts, found| {
        let plan = facts.plan;
        if !plan.has_kraft() || !plan.kafka.version.has_zookeeper_mode() {
            return;
        }
        let nodes = facts.nodes().iter();
        let nodes: Vec<&Node> = nodes.filter(|node| node.has(PROTOCOL)).collect();
        let told = nodes.first().and_then(|node| node.get(PROTOCOL));
        if let Some(spoken) = asked(&plan.kafka.config, PROTOCOL).or(told) {
            let args = args![spoken];
            if about(
                facts,
                found,
                &PROTOCOL_WITHOUT_ENSEMBLE,
                &nodes,
                PROTOCOL,
                args,
            )
            .is_none()
            {
                found
                    .add(&PROTOCOL_WITHOUT_ENSEMBLE, PROTOCOL, args![spoken])
                    .at_option(PROTOCOL)
                    .fix(Fix::unset(FieldPath::kafka_option(PROTOCOL)));
            }
        }
    },
)
.applies_to("3.3–3.9, KRaft")
.hides(&["INP026"]);

/// Whether Kafka 4 left an option behind with ZooKeeper, or with the formats of old messages.
fn is_left_behind(name: &str) -> bool {
    name.starts_with("zookeeper.")
        || [
            "broker.id.generation.enable",
            "control.plane.listener.name",
            PROTOCOL,
            "log.message.format.version",
            "log.message.timestamp.difference.max.ms",
            "offsets.commit.required.acks",
            "reserved.broker.max.id",
        ]
        .contains(&name)
}

/// The options that go with 4.0, in the order of their names.
fn left_behind() -> Vec<&'static str> {
    let last = catalog::broker_options(KafkaLine::of(3, 9));
    let names = last.map(|option| option.name);
    names.filter(|name| is_left_behind(name)).collect()
}

/// What Kafka 4 left behind stands in the files and does nothing.
pub static LEFT_BEHIND: Rule = Rule::new("KFK070", Warning, UPGRADE_40, |facts, found| {
    let kafka = &facts.plan.kafka;
    if kafka.version.has_zookeeper_mode() {
        return;
    }
    let version = kafka.version.to_string();
    for name in left_behind() {
        let args = || args![option = name, version = version.as_str()];
        let nodes = facts.nodes().iter();
        let nodes: Vec<&Node> = nodes.filter(|node| node.has(name)).collect();
        let told = about(facts, found, &LEFT_BEHIND, &nodes, name, args()).is_some();
        if !told && asked(&kafka.config, name).is_some() {
            found
                .add(&LEFT_BEHIND, name, args())
                .at_option(name)
                .fix(Fix::unset(FieldPath::kafka_option(name)));
        }
    }
})
.applies_to("≥ 4.0")
.hides(&["KFK067"]);

/// A list that names something twice.
pub static NAMED_TWICE: Rule = Rule::new("KFK076", Warning, UPGRADE_42, |facts, found| {
    let kafka = &facts.plan.kafka;
    let line = kafka.version.line();
    if line < KafkaLine::of(4, 2) {
        return;
    }
    for entry in &kafka.config.entries {
        let (name, Value::Text(text)) = (entry.name.as_str(), &entry.value) else {
            continue;
        };
        let option = catalog::broker_option(name, line).known();
        if option.is_none_or(|option| option.values.kind != OptionKind::List) {
            continue;
        }
        let mut once: Vec<&str> = Vec::new();
        let mut twice: Vec<String> = Vec::new();
        for item in fields::items(text) {
            if once.contains(&item) {
                twice.push(item.to_owned());
            } else {
                once.push(item);
            }
        }
        if !twice.is_empty() {
            found
                .add(&NAMED_TWICE, name, args![option = name, items = twice])
                .at_option(name)
                .fix(facts.fix_option(name, once.join(",")));
        }
    }
})
.applies_to("≥ 4.2");

/// Share groups keep their state in a topic that cannot be made.
pub static SHARE_COPIES_EXCEED_BROKERS: Rule =
    Rule::new("KFK077", Warning, UPGRADE_42, share_copies).applies_to("≥ 4.2");

fn share_copies(facts: &Facts, found: &mut Findings) {
    let (name, confirming) = (
        "share.coordinator.state.topic.replication.factor",
        "share.coordinator.state.topic.min.isr",
    );
    let kafka = &facts.plan.kafka;
    if kafka.version.line() < KafkaLine::of(4, 2) {
        return;
    }
    let brokers = i64::try_from(*kafka.brokers).unwrap_or(i64::MAX);
    let Some(copies) = facts.whole(name).filter(|&copies| copies > brokers) else {
        return;
    };
    let possible = brokers.clamp(1, 3);
    let mut fix = facts.fix_option(name, possible);
    let most = (possible - 1).max(1);
    if facts.whole(confirming).is_some_and(|wanted| wanted > most) {
        fix.changes
            .extend(facts.fix_option(confirming, most).changes);
    }
    found
        .add(&SHARE_COPIES_EXCEED_BROKERS, name, args![copies, brokers])
        .at_option(name)
        .at_option(confirming)
        .at_origins(&kafka.brokers.from)
        .fix(fix);
}
