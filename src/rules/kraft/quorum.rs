//! KRF: who belongs to the quorum, and how many they are.

use std::collections::BTreeSet;

use super::{CONFIG_35, CONFIG_39, CONFIG_42, OPS};
use crate::args;
use crate::catalog::KafkaLine;
use crate::design::{Change, FieldPath};
use crate::fields;
use crate::rules::Severity::{Advice, Error, Warning};
use crate::rules::nodes::{Node, about};
use crate::rules::{Effect, Facts, Finding, Findings, Fix, Rule};
use crate::text::Args;

const STRIMZI: &str = "strimzi/strimzi-kafka-operator:cluster-operator/src/main/java/io/strimzi/operator/cluster/model/KafkaSpecChecker.java (main)";

const ROLES: &str = "process.roles";
const ID: &str = "node.id";
pub(super) const VOTERS: &str = "controller.quorum.voters";
pub(super) const BOOTSTRAP: &str = "controller.quorum.bootstrap.servers";

/// The nodes that run without ZooKeeper and of which something holds.
pub(super) fn nodes<'s, 'a>(
    facts: &'s Facts<'a>,
    is: impl Fn(&Node<'a>) -> bool,
) -> Vec<&'s Node<'a>> {
    let nodes = facts.nodes().iter();
    nodes.filter(|node| node.is_kraft() && is(node)).collect()
}

/// One finding about an option of all nodes of which something holds.
pub(super) fn each<'f>(
    facts: &Facts,
    found: &'f mut Findings,
    rule: &'static Rule,
    option: &str,
    is: impl Fn(&Node) -> bool,
) -> Option<&'f mut Finding> {
    about(facts, found, rule, &nodes(facts, is), option, args![])
}

fn with_value(nodes: &[&Node], option: &str) -> Args {
    let first = nodes.first().and_then(|node| node.get(option));
    args![value = first.unwrap_or_default()]
}

/// A node is a broker, a controller or both.
pub static WRONG_ROLES: Rule = Rule::new("KRF002", Error, CONFIG_35, |facts, found| {
    let nodes = nodes(facts, |node| {
        let roles = node.list(ROLES);
        let known = |role: &&str| matches!(*role, "broker" | "controller");
        let different: BTreeSet<&&str> = roles.iter().collect();
        !roles.iter().all(known) || different.len() < roles.len()
    });
    let value = with_value(&nodes, ROLES);
    about(facts, found, &WRONG_ROLES, &nodes, ROLES, value);
})
.applies_to("KRaft");

/// Nothing gives a node an id.
pub static NO_ID: Rule = Rule::new("KRF003", Error, CONFIG_35, |facts, found| {
    let nodes = nodes(facts, |node| {
        let negative = |ids: Vec<i64>| ids.iter().any(|&id| id < 0);
        match node.ids() {
            Some(ids) => negative(ids),
            None => node.lacks(ID) && node.lacks("broker.id"),
        }
    });
    about(facts, found, &NO_ID, &nodes, ID, args![]);
})
.applies_to("KRaft")
.effect(Effect::Procedure);

/// Before dynamic quorums a list is the only way to find the controllers.
pub static NO_VOTERS: Rule = Rule::new("KRF004", Error, CONFIG_35, |facts, found| {
    if !facts.plan.kafka.version.has_dynamic_quorum() {
        each(facts, found, &NO_VOTERS, VOTERS, |node| node.lacks(VOTERS));
    }
})
.applies_to("3.0–3.8, KRaft");

/// One of two options must name the controllers.
pub static NO_QUORUM: Rule = Rule::new("KRF005", Error, CONFIG_39, |facts, found| {
    if facts.plan.kafka.version.has_dynamic_quorum() {
        each(facts, found, &NO_QUORUM, BOOTSTRAP, |node| {
            node.lacks(VOTERS) && node.lacks(BOOTSTRAP)
        });
    }
})
.applies_to("≥ 3.9, KRaft");

/// The id of a voter that is written `ID@HOST:PORT`.
fn voter(entry: &str) -> Option<i64> {
    let (id, address) = entry.split_once('@')?;
    let (host, port) = address.rsplit_once(':')?;
    let whole = !host.is_empty() && port.trim().parse::<u16>().is_ok();
    id.trim().parse().ok().filter(|_| whole)
}

/// A voter is an id and an address.
pub static VOTER_UNREADABLE: Rule = Rule::new(
    "KRF006",
    Error,
    "apache/kafka:raft/src/main/java/org/apache/kafka/raft/QuorumConfig.java (3.9.0-rc3)",
    |facts, found| {
        let unreadable = |node: &Node| {
            let mut entries = node.list(VOTERS).into_iter();
            entries
                .find(|entry| voter(entry).is_none())
                .map(str::to_owned)
        };
        let nodes = nodes(facts, |node| unreadable(node).is_some());
        let entry = nodes.first().and_then(|node| unreadable(node));
        let entry = args![entry = entry.unwrap_or_default()];
        about(facts, found, &VOTER_UNREADABLE, &nodes, VOTERS, entry);
    },
)
.applies_to("KRaft");

/// The ids of the voters that a node is told; none when a voter cannot be read.
fn voters(node: &Node) -> Vec<i64> {
    let ids: Option<Vec<i64>> = node.list(VOTERS).into_iter().map(voter).collect();
    ids.unwrap_or_default()
}

fn numbers(ids: impl IntoIterator<Item = i64>) -> Vec<String> {
    let ids: BTreeSet<i64> = ids.into_iter().collect();
    ids.iter().map(ToString::to_string).collect()
}

/// A controller belongs to the list of controllers.
pub static NOT_A_VOTER: Rule = Rule::new("KRF007", Error, CONFIG_35, |facts, found| {
    let missing = |node: &Node| {
        let voters = voters(node);
        let ids = node.ids().unwrap_or_default().into_iter();
        ids.filter(|id| !voters.is_empty() && !voters.contains(id))
            .collect::<Vec<i64>>()
    };
    let nodes = nodes(facts, |node| {
        node.is_controller() && !missing(node).is_empty()
    });
    let ids = numbers(nodes.iter().flat_map(|node| missing(node)));
    about(facts, found, &NOT_A_VOTER, &nodes, VOTERS, args![ids]);
})
.applies_to("KRaft")
.effect(Effect::Procedure);

/// An id belongs to one node, and those of voters to controllers.
pub static BROKER_IS_VOTER: Rule = Rule::new("KRF008", Error, CONFIG_35, |facts, found| {
    let controllers = nodes(facts, Node::is_controller);
    let taken: Vec<i64> = controllers
        .iter()
        .filter_map(|node| node.ids())
        .flatten()
        .collect();
    let shared = |node: &Node| {
        let mut taken = taken.clone();
        taken.extend(voters(node));
        let ids = node.ids().unwrap_or_default().into_iter();
        ids.filter(|id| taken.contains(id)).collect::<Vec<i64>>()
    };
    let nodes = nodes(facts, |node| {
        node.is_only_broker() && !shared(node).is_empty()
    });
    let ids = numbers(nodes.iter().flat_map(|node| shared(node)));
    let Some(finding) = about(facts, found, &BROKER_IS_VOTER, &nodes, ID, args![ids]) else {
        return;
    };
    let Some(own) = facts.plan.controllers() else {
        return;
    };
    finding.at("controllers.id_base");
    let groups = &facts.plan.kafka.groups;
    let typed = FieldPath::kafka_option(VOTERS);
    if let [group] = groups.as_slice()
        && facts.design.get(&typed).is_none()
    {
        let path = FieldPath::keyed("kafka.groups[].id_base", &group.key);
        // Brokers from 100, unless the controllers are there.
        let after = *own.id_base + *own.count;
        let base = if *own.id_base <= 100 {
            after.div_ceil(100).max(1) * 100
        } else {
            0
        };
        finding.at(path.clone()).fix(facts.fix_to(path, base));
    }
})
.applies_to("KRaft")
.effect(Effect::Procedure);

/// One heartbeat that is lost costs the broker its place.
pub static HEARTBEAT_TOO_SLOW: Rule = Rule::new("KRF018", Warning, CONFIG_42, |facts, found| {
    let (name, session) = ("broker.heartbeat.interval.ms", "broker.session.timeout.ms");
    let (Some(interval), Some(timeout)) = (facts.whole(name), facts.whole(session)) else {
        return;
    };
    let plan = facts.plan;
    if plan.has_kraft()
        && !plan.kafka.version.has_zookeeper_mode()
        && interval.saturating_mul(2) > timeout
    {
        let paths = [name, session].map(FieldPath::kafka_option);
        let typed = paths.iter().filter(|path| facts.design.get(path).is_some());
        let fix = Fix::unset_all(typed.cloned());
        found
            .add(&HEARTBEAT_TOO_SLOW, name, args![interval, timeout])
            .at_option(name)
            .at_option(session)
            .fix(fix);
    }
})
.applies_to("≥ 4.0");

/// Only controllers join the quorum.
pub static BROKER_JOINS: Rule = Rule::new("KRF019", Error, CONFIG_42, |facts, found| {
    let name = "controller.quorum.auto.join.enable";
    if facts.plan.kafka.version.has_controller_auto_join() {
        each(facts, found, &BROKER_JOINS, name, |node| {
            node.is_only_broker()
                && node
                    .get(name)
                    .is_some_and(|on| fields::flag(on) == Ok(true))
        });
    }
})
.applies_to("≥ 4.2");

/// Controllers ask the policies, so that those of a broker are never asked.
pub static POLICY_OF_BROKER: Rule = Rule::new("KRF021", Warning, CONFIG_42, |facts, found| {
    if facts.plan.kafka.version.line() < KafkaLine::of(4, 1) {
        return;
    }
    for name in [
        "create.topic.policy.class.name",
        "alter.config.policy.class.name",
    ] {
        let nodes = nodes(facts, |node| node.is_only_broker() && node.has(name));
        about(
            facts,
            found,
            &POLICY_OF_BROKER,
            &nodes,
            name,
            args![option = name],
        );
    }
})
.applies_to("≥ 4.1");

/// How many controllers there are, and the field that says it: nothing for controllers that are brokers.
fn controllers(facts: &Facts) -> Option<(u64, Option<&'static str>)> {
    let kraft = facts.plan.kraft()?;
    let field = kraft.controllers.is_some().then_some("controllers.count");
    Some((u64::try_from(kraft.members.len()).ok()?, field))
}

fn counted<'f>(
    facts: &Facts,
    found: &'f mut Findings,
    rule: &'static Rule,
    args: Args,
) -> &'f mut Finding {
    let own = facts.plan.has_controllers();
    let subject = if own {
        "controllers.count"
    } else {
        "cluster.coordination"
    };
    let finding = found.add(rule, subject, args).at(subject);
    if !own {
        for group in &facts.plan.kafka.groups {
            finding.at(FieldPath::keyed("kafka.groups[].brokers", &group.key));
        }
    }
    finding
}

/// The repair that brings the controllers to a number; the ids of disks that go are forgotten.
fn count_of(facts: &Facts, count: u64) -> Fix {
    let mut fix = facts.fix_to("controllers.count", count);
    let path = "kraft.directory_ids";
    let ids = facts
        .plan
        .kraft()
        .map(|kraft| kraft.directory_ids.value.as_slice());
    let kept = usize::try_from(count).unwrap_or(usize::MAX);
    if let Some(ids) = ids.filter(|ids| ids.len() > kept) {
        fix.changes.push(Change::set(path, ids[..kept].join(", ")));
    }
    fix
}

/// The last controller raises the majority and not the tolerance.
pub static EVEN: Rule = Rule::new("KRF022", Warning, STRIMZI, |facts, found| {
    let Some((controllers, field)) = controllers(facts) else {
        return;
    };
    if controllers == 0 || controllers % 2 == 1 {
        return;
    }
    let tolerated = (controllers - 1) / 2;
    let finding = counted(facts, found, &EVEN, args![controllers, tolerated]);
    if field.is_some() {
        let better = if controllers == 2 { 3 } else { controllers - 1 };
        finding.fix(count_of(facts, better));
    }
})
.applies_to("KRaft")
.effect(Effect::Procedure);

/// Nothing changes in the cluster while the one controller is away.
pub static SINGLE: Rule = Rule::new("KRF023", Warning, OPS, |facts, found| {
    let Some((1, field)) = controllers(facts) else {
        return;
    };
    if facts.is_development() {
        return;
    }
    let finding = counted(facts, found, &SINGLE, args![]);
    if field.is_some() {
        finding.fix(count_of(facts, 3));
    }
})
.applies_to("KRaft")
.effect(Effect::Procedure);

/// Every change waits for a larger majority.
pub static MANY: Rule = Rule::new("KRF024", Advice, OPS, |facts, found| {
    let Some((controllers, field)) = controllers(facts) else {
        return;
    };
    if controllers <= 5 {
        return;
    }
    let finding = counted(facts, found, &MANY, args![controllers]);
    if field.is_some() {
        finding.fix(count_of(facts, 5));
    }
})
.applies_to("KRaft")
.effect(Effect::Procedure);

/// A busy broker takes its controller with it.
pub static COMBINED: Rule = Rule::new("KRF025", Warning, OPS, |facts, found| {
    if facts.plan.is_combined() && facts.is_production() {
        let path = "cluster.coordination";
        found
            .add(&COMBINED, path, args![])
            .at(path)
            .at("cluster.profile");
    }
})
.applies_to("KRaft")
.effect(Effect::AbandonsData);

/// A static and a dynamic quorum are told at once.
pub static TOLD_TWICE: Rule = Rule::new("KRF043", Warning, "own judgement", |facts, found| {
    if facts.plan.kafka.version.has_dynamic_quorum() {
        each(facts, found, &TOLD_TWICE, VOTERS, |node| {
            node.has(VOTERS) && node.has(BOOTSTRAP)
        });
    }
})
.applies_to("≥ 3.9, KRaft");

#[cfg(test)]
mod tests {
    use super::voter;
    use crate::design::identity;
    use crate::rules::testing::{design, repairs};

    #[test]
    fn a_voter_is_an_id_and_an_address() {
        for (entry, id) in [
            ("0@c-0:9093", Some(0)),
            ("3000@[fd00::1]:9093", Some(3000)),
            ("c-0:9093", None),
            ("x@c-0:9093", None),
            ("0@c-0", None),
            ("0@:9093", None),
            ("0@c-0:port", None),
        ] {
            assert_eq!(voter(entry), id, "{entry}");
        }
    }

    #[test]
    fn brokers_make_way_for_controllers() {
        let own = [("cluster.coordination", "kraft-dedicated")];
        let below = design(&own).with("kafka.groups[main].id_base", "1");
        let finding = repairs(&below, "KRF008");
        let after = crate::engine::after(&below, &finding.fixes[0].changes);
        assert_eq!(after.get(&"kafka.groups[main].id_base".into()), None);
        let above = below
            .with("controllers.id_base", "3000")
            .with("kafka.groups[main].id_base", "3001");
        repairs(&above, "KRF008");
    }

    #[test]
    fn fewer_controllers_need_fewer_ids_of_disks() {
        let four = design(&[
            ("cluster.coordination", "kraft-dedicated"),
            ("controllers.count", "4"),
        ]);
        let four = identity::completed(four, || [7; 16]);
        let finding = repairs(&four, "KRF022");
        let after = crate::engine::after(&four, &finding.fixes[0].changes);
        let ids = after.get(&"kraft.directory_ids".into()).unwrap();
        assert_eq!(ids.split(", ").count(), 3);
    }

    #[test]
    fn our_own_files_break_no_rule_of_a_cluster_without_zookeeper() {
        let others = ["KFK036", "KFK070", "VER014", "SEC006", "NET001", "NET002"];
        for (version, quorum) in [
            ("3.3.2", "static"),
            ("3.8.1", "static"),
            ("3.9.1", "dynamic"),
            ("4.1.1", "static"),
            ("4.3.0", "dynamic"),
        ] {
            for coordination in ["kraft-combined", "kraft-dedicated"] {
                let design = design(&[
                    ("cluster.coordination", coordination),
                    ("cluster.profile", "staging"),
                    ("kafka.version", version),
                    ("kraft.quorum", quorum),
                    ("kafka.listeners[external].exposure", "node-port"),
                ]);
                let design = identity::completed(design, || [7; 16]);
                let findings = crate::evaluate(&design).findings;
                let wrong: Vec<_> = findings
                    .iter()
                    .filter(|one| one.rule.starts_with("KRF") || others.contains(&one.rule))
                    .collect();
                assert!(wrong.is_empty(), "{version} {coordination}: {wrong:#?}");
            }
        }
    }
}
