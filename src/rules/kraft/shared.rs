//! KRF: what controllers and brokers must be told alike.

use crate::args;
use crate::rules::Severity::Error;
use crate::rules::nodes::{Node, about};
use crate::rules::{Effect, Facts, Findings, Rule};

use super::quorum::nodes;

const CONTROLLER: &str =
    "apache/kafka:core/src/main/scala/kafka/server/ControllerServer.scala (3.5.2)";

/// Controllers for whom something else is in force than for brokers, and what it is for each.
fn differ(facts: &Facts, found: &mut Findings, rule: &'static Rule, name: &str) {
    let line = facts.plan.kafka.version.line();
    let brokers = nodes(facts, Node::is_only_broker);
    let theirs = brokers.iter().find_map(|node| node.effective(name, line));
    let Some(theirs) = theirs else {
        return;
    };
    let ours = |node: &Node| node.effective(name, line).filter(|ours| *ours != theirs);
    let controllers = nodes(facts, |node| {
        node.is_only_controller() && ours(node).is_some()
    });
    let ours = controllers
        .first()
        .and_then(|node| ours(node))
        .unwrap_or_default();
    let args = args![option = name, controllers = ours, brokers = theirs];
    about(facts, found, rule, &controllers, name, args);
}

/// Topics are made by controllers, with their own defaults.
pub static TOPIC_DEFAULTS_DIFFER: Rule = Rule::new("KRF036", Error, CONTROLLER, |facts, found| {
    for name in ["default.replication.factor", "num.partitions"] {
        differ(facts, found, &TOPIC_DEFAULTS_DIFFER, name);
    }
})
.applies_to("KRaft");

/// What the controllers have becomes the value of the cluster.
pub static MIN_ISR_DIFFERS: Rule = Rule::new(
    "KRF037",
    Error,
    "apache/kafka:docs/operations/eligible-leader-replicas.md and ConfigurationControlManager.java (4.x trunk, 2026-08)",
    |facts, found| {
        if facts.plan.kafka.version.has_eligible_leader_replicas() {
            differ(facts, found, &MIN_ISR_DIFFERS, "min.insync.replicas");
        }
    },
)
.applies_to("≥ 4.1")
.effect(Effect::Procedure)
.hides(&["KRF044"]);

/// What controllers carry out, they carry out as they are told themselves.
pub static CONTROLLERS_DIFFER: Rule = Rule::new("KRF044", Error, CONTROLLER, |facts, found| {
    let names = [
        "auto.leader.rebalance.enable",
        "delete.topic.enable",
        "min.insync.replicas",
    ];
    for name in names {
        differ(facts, found, &CONTROLLERS_DIFFER, name);
    }
})
.applies_to("KRaft");
