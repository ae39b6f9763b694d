//! TOP: how many of each, and what they share.

use super::Severity::{Advice, Error, Warning};
use super::{Effect, Facts, Findings, Fix, Rule};
use crate::args;
use crate::design::FieldPath;
use crate::plan::{Address, Affinity, Coordination, Exposure, Pods};
use crate::text::{Arg, Args};

/// The family, in the order of the catalogue.
pub static RULES: &[&Rule] = &[
    &FEW_BROKERS,
    &ZONES_WITHOUT_RACKS,
    &ZONE_STOPS_WRITES,
    &UNEVEN_ZONES,
    &TWO_ZONES,
    &ZONE_OF_SOME_BROKERS,
    &SHARED_NODE,
    &ENSEMBLE_BY_HAND,
    &NO_SPARE_BROKER,
    &MANY_PARTITIONS,
    &SHARED_NODES,
    &FEW_NODES,
    &NODES_TOO_SMALL,
    &OBJECT_TWICE,
    &MANY_MAPS,
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

/// The zones with their numbers of brokers, when every broker has a zone.
fn brokers_by_zone<'f>(facts: &'f Facts) -> Option<Vec<(&'f str, u64)>> {
    let mut zones: Vec<(&str, u64)> = Vec::new();
    for group in &facts.plan.kafka.groups {
        let zone = group.zone.as_deref()?;
        match zones.iter_mut().find(|(name, _)| *name == zone) {
            Some((_, count)) => *count += *group.brokers,
            None => zones.push((zone, *group.brokers)),
        }
    }
    Some(zones)
}

const COPIES: &str = "default.replication.factor";
const MIN_ISR: &str = "min.insync.replicas";

/// So many copies lie in one zone that the others cannot confirm without it.
pub static ZONE_STOPS_WRITES: Rule = Rule::new("TOP003", Warning, MODEL, |facts, found| {
    let Some(zones) = brokers_by_zone(facts).filter(|zones| zones.len() > 1) else {
        return;
    };
    let (Some(copies), Some(wanted)) = (facts.whole(COPIES), facts.whole(MIN_ISR)) else {
        return;
    };
    let count = i64::try_from(zones.len()).unwrap_or(i64::MAX);
    let left = copies - copies.div_euclid(count) - i64::from(copies % count != 0);
    // As many confirmations as copies is another matter, and so are more copies than brokers.
    if count < copies && wanted > left && wanted < copies {
        let finding = found
            .add(
                &ZONE_STOPS_WRITES,
                MIN_ISR,
                args![zones = zones.len(), copies, wanted, left],
            )
            .at_option(MIN_ISR)
            .at_option(COPIES);
        for group in &facts.plan.kafka.groups {
            finding.at_origins(&group.zone.from);
        }
    }
})
.effect(Effect::Procedure);

/// Small zones carry more than their share.
pub static UNEVEN_ZONES: Rule = Rule::new("TOP004", Warning, CONFIG, |facts, found| {
    let Some(zones) = brokers_by_zone(facts) else {
        return;
    };
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

/// One of two zones always holds the majority of the ensemble.
///
/// Asks for the zones only where zones are in play at all: many clusters have none.
pub static TWO_ZONES: Rule = Rule::new("TOP005", Warning, MODEL, |facts, found| {
    let Some(zookeeper) = facts.plan.zookeeper() else {
        return;
    };
    let servers = *zookeeper.servers;
    let mut selected = zookeeper.pods.node_selector.iter();
    if servers < 3 || selected.any(|(label, _)| label == "topology.kubernetes.io/zone") {
        return;
    }
    let zones = &facts.plan.cluster.nodes.zones;
    if zones.is_empty() && brokers_by_zone(facts).is_some_and(|zones| zones.len() < 3) {
        return found.ask(&TWO_ZONES, "nodes.zones");
    }
    if zones.len() == 2 {
        found
            .add(
                &TWO_ZONES,
                "nodes.zones",
                args![
                    zones = zones.value.clone(),
                    servers,
                    most = servers.div_ceil(2)
                ],
            )
            .at("nodes.zones");
    }
})
.effect(Effect::Procedure);

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
    let servers = match &facts.plan.coordination {
        Coordination::ZooKeeper(zk) => *zk.servers,
        Coordination::KRaft(kraft) => kraft.controllers.as_ref().map_or(0, |own| *own.count),
    };
    if brokers <= 1 && servers <= 1 {
        return;
    }
    for listener in &facts.plan.kafka.listeners {
        if let Address::Fixed(address) = &*listener.address
            && *listener.exposure == Exposure::NodePort
            && address
                .trim_matches(['[', ']'])
                .parse::<std::net::IpAddr>()
                .is_ok()
            && brokers > 1
        {
            let path = format!("kafka.listeners[{}].address", listener.key);
            found
                .add(
                    &SHARED_NODE,
                    path.as_str(),
                    shared_node(brokers, "top007.address"),
                )
                .at(path);
        }
    }
    let Some(nodes) = facts.plan.cluster.nodes.count.value else {
        return found.ask(&SHARED_NODE, "nodes.count");
    };
    if nodes == 1 {
        found
            .add(
                &SHARED_NODE,
                "nodes.count",
                shared_node(brokers, "top007.node"),
            )
            .at("nodes.count");
    }
});

/// How many hang on a node, and how.
fn shared_node(brokers: u64, how: &'static str) -> Args {
    let mut args = args![brokers];
    args.push(("how", Arg::Sentence(how.into())));
    args
}

/// The ensemble's address was typed by hand, and the ensemble is in another namespace.
pub static ENSEMBLE_BY_HAND: Rule =
    Rule::new("TOP008", Warning, "own judgement", |facts, found| {
        let name = "zookeeper.connect";
        let kafka = &facts.plan.kafka;
        let Some(zookeeper) = facts.plan.zookeeper() else {
            return;
        };
        let (here, there) = (&kafka.namespace, &zookeeper.namespace);
        let Some(typed) = kafka.config.entry(name).filter(|entry| entry.asked_for) else {
            return;
        };
        let path = FieldPath::kafka_option(name);
        let (Some(text), Some(derived)) =
            (kafka.config.in_force(name), facts.plan.derived.get(&path))
        else {
            return;
        };
        // Another ensemble, or none that is known here, is no business of this rule.
        let part = |host: &str| host.split(['.', ':', '/']).nth(2) == Some(there.as_str());
        if here.value == there.value || !text.split(',').any(|host| part(host.trim())) {
            return;
        }
        let finding = found
            .add(
                &ENSEMBLE_BY_HAND,
                name,
                args![brokers = here.as_str(), ensemble = there.as_str()],
            )
            .at_origins(&typed.from);
        // With other servers or another path the brokers would find another cluster.
        let effect = if text.trim() == derived.text {
            Effect::Nothing
        } else {
            Effect::Procedure
        };
        finding.fix_with(effect, Fix::unset(path));
    })
    .applies_to("≤ 3.9, ZooKeeper mode");

/// While one broker is down, no topic with the full number of copies can be made.
pub static NO_SPARE_BROKER: Rule = Rule::new(
    "TOP009",
    Advice,
    "apache/kafka:core/src/main/scala/kafka/admin/AdminUtils.scala (3.5.2)",
    |facts, found| {
        let brokers = &facts.plan.kafka.brokers;
        let copies = facts
            .whole(COPIES)
            .and_then(|copies| u64::try_from(copies).ok());
        if facts.plan.has_ensemble()
            && !facts.is_development()
            && **brokers > 1
            && copies == Some(**brokers)
        {
            found
                .add(&NO_SPARE_BROKER, COPIES, args![brokers = **brokers])
                .at_option(COPIES)
                .at_origins(&brokers.from);
        }
    },
)
.applies_to("≤ 3.9, ZooKeeper mode")
.effect(Effect::Procedure);

/// Copies of partitions on each broker, as far as the load was told.
fn copies_of_each(facts: &Facts, partitions: u64) -> Option<u64> {
    let copies = u64::try_from(facts.whole(COPIES)?).ok()?;
    let brokers = (*facts.plan.kafka.brokers).max(1);
    let copies = copies.min(brokers);
    Some(partitions.saturating_mul(copies).div_ceil(brokers))
}

/// The controller moves leaders one partition after the other.
pub static MANY_PARTITIONS: Rule = Rule::new(
    "TOP010",
    Warning,
    "apache/kafka: KIP-578, motivation",
    |facts, found| {
        const OF_A_BROKER: u64 = 4000;
        const OF_ALL: u64 = 200_000;
        if !facts.plan.has_ensemble() {
            return;
        }
        let path = "workload.partitions";
        let Some(partitions) = facts.plan.cluster.workload.partitions.value else {
            return found.ask(&MANY_PARTITIONS, path);
        };
        let Some(each) = copies_of_each(facts, partitions) else {
            return;
        };
        let all = each.saturating_mul(*facts.plan.kafka.brokers);
        if each > OF_A_BROKER || all > OF_ALL {
            found
                .add(&MANY_PARTITIONS, path, args![partitions, each, all])
                .at(path)
                .at_origins(&facts.plan.kafka.brokers.from);
        }
    },
)
.applies_to("≤ 3.9, ZooKeeper mode")
.effect(Effect::Procedure);

/// Nothing keeps other pods off the nodes.
pub static SHARED_NODES: Rule = Rule::new(
    "TOP011",
    Advice,
    "Kubernetes documentation, taints and tolerations",
    |facts, found| {
        let kafka = &facts.plan.kafka;
        let anywhere = |pods: &Pods| pods.node_selector.is_empty();
        let ensemble = facts.plan.zookeeper();
        let controllers = facts.plan.controllers();
        let reserved = facts.of_kind("StatefulSet").any(|set| {
            let pod = |key: &str| set.get(&format!("{}.{key}", super::objects::POD));
            pod("nodeSelector").is_some() || pod("tolerations").is_some()
        });
        if facts.is_production()
            && !reserved
            && anywhere(&kafka.pods)
            && ensemble.is_none_or(|zookeeper| anywhere(&zookeeper.pods))
            && controllers.is_none_or(|own| anywhere(&own.pods))
        {
            let finding = found
                .add(&SHARED_NODES, "kafka.node_selector", args![])
                .at("kafka.node_selector");
            if ensemble.is_some() {
                finding.at("zookeeper.node_selector");
            }
            if controllers.is_some() {
                finding.at("controllers.node_selector");
            }
        }
    },
);

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
    if let Some(own) = plan.controllers()
        && *own.pods.anti_affinity == Affinity::Required
    {
        needed = needed.max(*own.count);
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

/// The pods ask for more than the nodes have.
pub static NODES_TOO_SMALL: Rule = Rule::new("TOP013", Warning, MODEL, |facts, found| {
    let nodes = &facts.plan.cluster.nodes;
    for (path, untold) in [
        ("nodes.count", nodes.count.is_none()),
        ("nodes.cpu", nodes.millicpus.is_none()),
        ("nodes.memory", nodes.memory.is_none()),
    ] {
        if untold {
            found.ask(&NODES_TOO_SMALL, path);
        }
    }
    let memory = |pods: &Pods| pods.memory_request.amount;
    let shown = |bytes: u64| Arg::Bytes(bytes);
    too_small(
        facts,
        found,
        ("nodes.memory", nodes.memory.value),
        memory,
        shown,
    );
    let cpu = |pods: &Pods| pods.cpu_request.amount;
    too_small(
        facts,
        found,
        ("nodes.cpu", nodes.millicpus.value),
        cpu,
        processors,
    );
});

/// Thousandths of a processor in words: `1.5`, `8`.
fn processors(thousandths: u64) -> Arg {
    let text = format!("{}.{:03}", thousandths / 1000, thousandths % 1000);
    Arg::from(text.trim_end_matches('0').trim_end_matches('.'))
}

/// Compares what pods ask for with what nodes have: each pod with a node, all pods with all nodes.
fn too_small(
    facts: &Facts,
    found: &mut Findings,
    (path, capacity): (&'static str, Option<u64>),
    asks: fn(&Pods) -> u64,
    shown: fn(u64) -> Arg,
) {
    let Some(capacity) = capacity else {
        return;
    };
    let kafka = &facts.plan.kafka;
    let mut sides = vec![(*kafka.brokers, asks(&kafka.pods))];
    sides.extend(
        facts
            .plan
            .zookeeper()
            .map(|zookeeper| (*zookeeper.servers, asks(&zookeeper.pods))),
    );
    let own = facts.plan.controllers();
    sides.extend(own.map(|own| (*own.count, asks(&own.pods))));
    let largest = sides.iter().map(|(_, each)| *each).max().unwrap_or(0);
    let pods: u64 = sides.iter().map(|(count, _)| count).sum();
    let all = sides.iter().fold(0_u64, |all, (count, each)| {
        all.saturating_add(count.saturating_mul(*each))
    });
    let (pods, nodes, asked, there) = match facts.plan.cluster.nodes.count.value {
        _ if largest > capacity => (1, 1, largest, capacity),
        Some(nodes) => (pods, nodes, all, capacity.saturating_mul(nodes)),
        None => return,
    };
    if asked > there {
        let what = if path == "nodes.cpu" {
            "amount.processors"
        } else {
            "amount.memory"
        };
        let mut args = args![pods, nodes];
        args.extend([
            ("asked", shown(asked)),
            ("there", shown(there)),
            ("what", Arg::Sentence(what.into())),
        ]);
        found.add(&NODES_TOO_SMALL, path, args).at(path);
    }
}

/// Two objects have one name: applying the second one changes the first.
pub static OBJECT_TWICE: Rule = Rule::new("TOP015", Error, "own judgement", |facts, found| {
    let mut objects: Vec<_> = facts
        .objects()
        .iter()
        .map(|object| (object.kind, object.namespace, object.name))
        .collect();
    objects.sort_unstable();
    let mut twice: Vec<String> = objects
        .windows(2)
        .filter(|pair| pair[0] == pair[1])
        .map(|pair| format!("{}/{}", pair[0].0, pair[0].2))
        .collect();
    twice.dedup();
    let Some(first) = twice.first().cloned() else {
        return;
    };
    let kafka = &facts.plan.kafka;
    let finding = found.add(&OBJECT_TWICE, first.as_str(), args![names = twice]);
    let one = facts.objects().iter().filter(|one| one.subject() == first);
    for object in one {
        finding.place(object, "metadata.name");
    }
    if let Some(zookeeper) = facts.plan.zookeeper()
        && kafka.name.value == zookeeper.name.value
    {
        let other = if *kafka.name == "zookeeper" {
            "zk"
        } else {
            "zookeeper"
        };
        finding
            .at("zookeeper.name")
            .at("kafka.name")
            .fix_with(Effect::AbandonsData, facts.fix_to("zookeeper.name", other));
    }
})
.effect(Effect::AbandonsData);

/// Each segment of a log maps two files into memory.
pub static MANY_MAPS: Rule = Rule::new(
    "TOP016",
    Advice,
    "apache/kafka:docs/ops.html (3.9.0-rc3), virtual memory",
    |facts, found| {
        /// What Linux allows when nobody changed `vm.max_map_count`.
        const USUAL: u64 = 65_530;
        let workload = &facts.plan.cluster.workload;
        if workload.ingest.is_none() {
            found.ask(&MANY_MAPS, "workload.ingest");
        }
        let Some(partitions) = workload.partitions.value else {
            return found.ask(&MANY_MAPS, "workload.partitions");
        };
        let Some(copies) = copies_of_each(facts, partitions) else {
            return;
        };
        let filled = workload
            .ingest
            .map_or(0, |ingest| full_segments(facts, ingest));
        // Beside the full segments each copy has the one that is being written.
        let segments = copies.saturating_add(filled);
        let maps = segments.saturating_mul(2);
        if maps > USUAL {
            found
                .add(
                    &MANY_MAPS,
                    "workload.partitions",
                    args![segments, maps, usual = USUAL],
                )
                .at("workload.partitions")
                .at("workload.ingest")
                .at_option("log.segment.bytes");
        }
    },
)
.effect(Effect::Nothing);

/// How many full segments a broker keeps: as many as retention keeps, or as its disks hold.
fn full_segments(facts: &Facts, ingest: u64) -> u64 {
    let kafka = &facts.plan.kafka;
    let disks = kafka
        .disks
        .iter()
        .fold(0_u64, |all, disk| all.saturating_add(disk.size.amount));
    let each = copies_of_each(facts, ingest).unwrap_or(0);
    let kept = super::relations::retention_millis(facts)
        .and_then(|millis| u64::try_from(millis).ok())
        .map_or(disks, |millis| {
            each.saturating_mul(millis / 1000).min(disks)
        });
    let segment = facts
        .whole("log.segment.bytes")
        .and_then(|bytes| u64::try_from(bytes).ok());
    kept / segment.unwrap_or(1 << 30).max(1)
}
