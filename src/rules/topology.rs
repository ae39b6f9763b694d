//! TOP: how many of each, and what they share.

use super::Severity::{Error, Warning};
use super::{Effect, Rule};
use crate::args;
use crate::plan::Affinity;

/// The family, in the order of the catalogue.
pub static RULES: &[&Rule] = &[
    &FEW_BROKERS,
    &ZONES_WITHOUT_RACKS,
    &UNEVEN_ZONES,
    &ZONE_OF_SOME_BROKERS,
    &SHARED_NODE,
    &FEW_NODES,
];

const MODEL: &str = "derived, see Failure model";
const CONFIG: &str = "apache/kafka-site:35/generated/kafka_config.html";

/// Three copies with two confirming need three brokers.
pub static FEW_BROKERS: Rule = Rule::new("TOP001", Warning, "strimzi/strimzi-kafka-operator:cluster-operator/src/main/java/io/strimzi/operator/cluster/model/KafkaSpecChecker.java (main)", |facts, found| {
    let brokers = &facts.plan.kafka.brokers;
    if facts.is_production() && **brokers < 3 {
        found
            .add(&FEW_BROKERS, "kafka.groups", args![brokers = **brokers])
            .at_origins(&brokers.from);
    }
})
.effect(Effect::Procedure);

/// Copies of a partition may all lie in one zone.
pub static ZONES_WITHOUT_RACKS: Rule = Rule::new("TOP002", Warning, CONFIG, |facts, found| {
    let zones = &facts.plan.cluster.nodes.zones;
    let groups = &facts.plan.kafka.groups;
    let typed = facts.plan.kafka.config.in_force("broker.rack").is_some();
    if zones.len() > 1 && !typed && groups.iter().all(|group| group.zone.is_none()) {
        let finding = found.add(
            &ZONES_WITHOUT_RACKS,
            "broker.rack",
            args![zones = zones.value.clone()],
        );
        for group in groups {
            finding.at_origins(&group.zone.from);
        }
        finding.at("nodes.zones");
    }
});

/// Small zones carry more than their share.
pub static UNEVEN_ZONES: Rule = Rule::new("TOP004", Warning, CONFIG, |facts, found| {
    let mut zones: Vec<(&str, u64)> = Vec::new();
    for group in &facts.plan.kafka.groups {
        let Some(zone) = group.zone.as_deref() else {
            return;
        };
        match zones.iter_mut().find(|(name, _)| *name == zone) {
            Some((_, count)) => *count += *group.brokers,
            None => zones.push((zone, *group.brokers)),
        }
    }
    let counts = zones.iter().map(|(_, count)| *count);
    let (Some(least), Some(most)) = (counts.clone().min(), counts.max()) else {
        return;
    };
    if most - least > 1 {
        let spread: Vec<String> = zones
            .iter()
            .map(|(zone, count)| format!("{zone}: {count}"))
            .collect();
        found
            .add(&UNEVEN_ZONES, "broker.rack", args![spread])
            .at_origins(&facts.plan.kafka.brokers.from);
    }
});

/// Tools refuse to place copies when only some brokers name their zone.
pub static ZONE_OF_SOME_BROKERS: Rule = Rule::new("TOP006", Warning, CONFIG, |facts, found| {
    let groups = &facts.plan.kafka.groups;
    let without: Vec<_> = groups.iter().filter(|group| group.zone.is_none()).collect();
    if without.is_empty() || without.len() == groups.len() {
        return;
    }
    let names: Vec<String> = without.iter().map(|group| group.key.clone()).collect();
    let finding = found.add(&ZONE_OF_SOME_BROKERS, "broker.rack", args![names]);
    for group in without {
        finding.at_origins(&group.zone.from);
    }
});

/// One node carries every member, and its failure takes all of them.
pub static SHARED_NODE: Rule = Rule::new("TOP007", Warning, MODEL, |facts, found| {
    let brokers = *facts.plan.kafka.brokers;
    let servers = facts.plan.zookeeper().map_or(0, |zk| *zk.servers);
    if brokers <= 1 && servers <= 1 {
        return;
    }
    let Some(nodes) = facts.plan.cluster.nodes.count.value else {
        return found.ask(&SHARED_NODE, "nodes.count");
    };
    if nodes == 1 {
        found
            .add(&SHARED_NODE, "nodes.count", args![brokers, servers])
            .at("nodes.count");
    }
});

/// Pods that must not share a node outnumber the nodes.
pub static FEW_NODES: Rule = Rule::new("TOP012", Error, MODEL, |facts, found| {
    let plan = facts.plan;
    let mut needed = 0;
    if *plan.kafka.pods.anti_affinity == Affinity::Required {
        needed = *plan.kafka.brokers;
    }
    if let Some(zk) = plan.zookeeper()
        && *zk.pods.anti_affinity == Affinity::Required
    {
        needed = needed.max(*zk.servers);
    }
    if needed == 0 {
        return;
    }
    let Some(nodes) = plan.cluster.nodes.count.value else {
        return found.ask(&FEW_NODES, "nodes.count");
    };
    if needed > nodes {
        found
            .add(&FEW_NODES, "nodes.count", args![nodes, needed])
            .at("nodes.count");
    }
});
