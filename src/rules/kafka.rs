//! KFK: broker settings, the same in every mode of coordination.
//!
//! The rules look at what is in force: the default of the version, then the file that the archive
//! ships (when flags lie over it), then what is written.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::Severity::{Advice, Error, Warning};
use super::{Effect, Facts, Findings, Fix, Rule, outdated, relations, start};
use crate::args;
use crate::catalog::{self, Lookup};
use crate::design::FieldPath;
use crate::fields::FIELDS;
use crate::plan::{Absence, Entry, Value};

/// The family, in the order of the catalogue.
pub static RULES: &[&Rule] = &[
    &start::NO_ENSEMBLE,
    &relations::NODE_ID_DIFFERS,
    &relations::ID_IN_GENERATED_RANGE,
    &relations::NO_ID,
    &IDS_SHARED,
    &relations::GENERATED_ID,
    &start::ID_NOT_EVALUATED,
    &relations::ROLL_TOO_SHORT,
    &relations::NEGATIVE_JITTER,
    &relations::NO_RETENTION,
    &relations::NO_FOLDER,
    &relations::SMALL_CLEANER_BUFFER,
    &relations::NO_CLEANER_THREAD,
    &relations::LARGE_CLEANER_BUFFER,
    &relations::CLEANER_LOAD_FACTOR,
    &relations::FETCH_WAIT_EXCEEDS_TIMEOUT,
    &relations::FETCH_WAIT_EXCEEDS_LAG,
    &relations::COMMIT_ACKS_IMPOSSIBLE,
    &relations::COMMIT_ACKS_FEW,
    &relations::QUEUE_BELOW_REQUEST,
    &relations::NO_CONNECTIONS,
    &relations::WRONG_CONNECTION_EXCEPTION,
    &relations::DELAY_EXCEEDS_IDLE,
    &relations::PRINCIPALS_NOT_FORWARDED,
    &relations::UNKNOWN_COMPRESSION,
    &relations::COMPACTION_LAGS,
    &relations::LOCAL_RETENTION,
    &relations::TIERED_COMPACTION,
    &relations::FORMAT_EXCEEDS_PROTOCOL,
    &relations::FORMAT_IGNORED,
    &relations::PROTOCOL_TOO_NEW,
    &outdated::PROTOCOL_WITHOUT_ENSEMBLE,
    &relations::CONSUMER_HEARTBEATS,
    &relations::CONSUMER_SESSIONS,
    &relations::SESSION_BOUNDS,
    &relations::USUAL_SESSION_REFUSED,
    &relations::MESSAGE_EXCEEDS_FETCH,
    &relations::MESSAGE_EXCEEDS_REQUEST,
    &relations::MESSAGE_EXCEEDS_SEGMENT,
    &relations::LARGE_MESSAGES,
    &REPLICATION_EXCEEDS_BROKERS,
    &OFFSETS_REPLICATION_EXCEEDS_BROKERS,
    &TRANSACTION_REPLICATION_EXCEEDS_BROKERS,
    &TRANSACTION_MIN_ISR_EXCEEDS_REPLICATION,
    &MIN_ISR_EXCEEDS_REPLICATION,
    &MIN_ISR_EQUALS_REPLICATION,
    &SINGLE_COPIES,
    &TWO_COPIES,
    &SINGLE_CONFIRMATION,
    &FEW_OFFSETS_COPIES,
    &FEW_TRANSACTION_COPIES,
    &MIN_ISR_EXCEEDS_OFFSETS_REPLICATION,
    &UNCLEAN_ELECTION,
    &AUTO_CREATED_TOPICS,
    &AUTO_CREATED_SINGLE_COPIES,
    &relations::SINGLE_PARTITION,
    &relations::NO_LEADER_REBALANCE,
    &relations::SHORT_LAG,
    &SHORT_SESSION,
    &relations::SHORT_OFFSET_RETENTION,
    &relations::FORCED_FLUSH,
    &VALUES_WITHOUT_EFFECT,
    &OPTION_UNKNOWN,
    &DEFAULT_QUOTA_REMOVED,
    &OPTION_DEPRECATED,
    &outdated::LEFT_BEHIND,
    &start::OPTION_TWICE,
    &start::SAMPLE_FILE_IN_FORCE,
    &relations::NO_CONTROLLED_SHUTDOWN,
    &outdated::NAMED_TWICE,
    &outdated::SHARE_COPIES_EXCEED_BROKERS,
    &relations::MANY_FLAGS,
    &relations::CONTROL_PLANE,
    &relations::ACL_WITHOUT_IDENTITY,
    &relations::SHORT_CONNECTION_TIMEOUT,
    &NO_REBALANCE_DELAY,
    &start::BROKERS_DIFFER,
    &start::VALUE_CUT,
    &start::NOT_ASCII,
];

const CONFIG: &str = "apache/kafka-site:35/generated/kafka_config.html";
const SAMPLE: &str = "apache/kafka:config/server.properties (3.5.2)";
const PLACER: &str = "apache/kafka:metadata/src/main/java/org/apache/kafka/metadata/placement/StripedReplicaPlacer.java (3.9.0-rc3)";
const PARTITION: &str = "apache/kafka:core/src/main/scala/kafka/cluster/Partition.scala (3.5.2)";
const STRIMZI_CHECKS: &str = "strimzi/strimzi-kafka-operator:cluster-operator/src/main/java/io/strimzi/operator/cluster/model/KafkaSpecChecker.java (main)";
const COORDINATOR: &str = "apache/kafka:core/src/main/scala/kafka/coordinator/group/GroupCoordinator.scala and GroupMetadataManager.scala (3.5.2)";

const REPLICATION: &str = "default.replication.factor";
const MIN_ISR: &str = "min.insync.replicas";
const OFFSETS: &str = "offsets.topic.replication.factor";
const TRANSACTIONS: &str = "transaction.state.log.replication.factor";
const TRANSACTION_MIN_ISR: &str = "transaction.state.log.min.isr";

fn brokers(facts: &Facts) -> i64 {
    i64::try_from(*facts.plan.kafka.brokers).unwrap_or(i64::MAX)
}

/// Copies that the number of brokers allows, three at most.
fn usual_copies(facts: &Facts) -> i64 {
    brokers(facts).clamp(1, 3)
}

/// Two brokers register under one id: the second one cannot start.
pub static IDS_SHARED: Rule =
    Rule::new("KFK005", Error, CONFIG, ids_shared).effect(Effect::Procedure);

fn ids_shared(facts: &Facts, found: &mut Findings) {
    let kafka = &facts.plan.kafka;
    let name = relations::id_option(facts);
    if let Some(Entry {
        value: Value::Text(id),
        ..
    }) = kafka.config.entry(name)
    {
        if *kafka.brokers > 1 {
            found
                .add(
                    &IDS_SHARED,
                    name,
                    args![brokers = *kafka.brokers, first = id],
                )
                .at_option(name)
                .fix_with(Effect::RollingRestart, relations::take_out_id(facts));
        }
        return;
    }
    let mut sorted: Vec<_> = kafka.groups.iter().collect();
    sorted.sort_by_key(|group| *group.id_base);
    let shared = sorted
        .windows(2)
        .find(|pair| *pair[0].id_base + *pair[0].brokers > *pair[1].id_base);
    let Some([first, second]) = shared else {
        return;
    };
    let shared = (*first.id_base + *first.brokers - *second.id_base).min(*second.brokers) + 1;
    let end = sorted
        .iter()
        .map(|group| *group.id_base + *group.brokers)
        .max()
        .unwrap_or_default();
    let free = end.div_ceil(100) * 100;
    found
        .add(
            &IDS_SHARED,
            name,
            args![brokers = shared, first = second.id_base.to_string()],
        )
        .at(FieldPath::keyed("kafka.groups[].id_base", &second.key))
        .at(FieldPath::keyed("kafka.groups[].id_base", &first.key))
        .fix(Fix::set(
            FieldPath::keyed("kafka.groups[].id_base", &second.key),
            free,
        ));
}

/// More copies are asked for than there are brokers.
fn exceeds_brokers(facts: &Facts, found: &mut Findings, rule: &'static Rule, name: &str) {
    let Some(copies) = facts.whole(name) else {
        return;
    };
    let brokers = brokers(facts);
    if copies > brokers {
        found
            .add(rule, name, args![copies, brokers])
            .at_option(name)
            .at_origins(&facts.plan.kafka.brokers.from)
            .fix(facts.fix_option(name, usual_copies(facts)));
    }
}

/// No topic can be created with the default number of copies.
pub static REPLICATION_EXCEEDS_BROKERS: Rule =
    Rule::new("KFK045", Error, PLACER, |facts, found| {
        exceeds_brokers(facts, found, &REPLICATION_EXCEEDS_BROKERS, REPLICATION);
    });

/// The offsets topic is never created, so no consumer group works.
pub static OFFSETS_REPLICATION_EXCEEDS_BROKERS: Rule =
    Rule::new("KFK046", Error, CONFIG, |facts, found| {
        exceeds_brokers(facts, found, &OFFSETS_REPLICATION_EXCEEDS_BROKERS, OFFSETS);
    });

/// The transactions topic is never created, so no transaction begins.
pub static TRANSACTION_REPLICATION_EXCEEDS_BROKERS: Rule =
    Rule::new("KFK047", Error, CONFIG, |facts, found| {
        exceeds_brokers(
            facts,
            found,
            &TRANSACTION_REPLICATION_EXCEEDS_BROKERS,
            TRANSACTIONS,
        );
    });

/// The transactions topic can never accept a write.
pub static TRANSACTION_MIN_ISR_EXCEEDS_REPLICATION: Rule =
    Rule::new("KFK048", Error, CONFIG, |facts, found| {
        min_isr_exceeds(
            facts,
            found,
            &TRANSACTION_MIN_ISR_EXCEEDS_REPLICATION,
            TRANSACTION_MIN_ISR,
            TRANSACTIONS,
        );
    });

/// No write with acks=all to a default topic can succeed.
pub static MIN_ISR_EXCEEDS_REPLICATION: Rule =
    Rule::new("KFK049", Error, PARTITION, |facts, found| {
        min_isr_exceeds(
            facts,
            found,
            &MIN_ISR_EXCEEDS_REPLICATION,
            MIN_ISR,
            REPLICATION,
        );
    });

fn min_isr_exceeds(
    facts: &Facts,
    found: &mut Findings,
    rule: &'static Rule,
    confirming: &str,
    copying: &str,
) {
    let (Some(wanted), Some(copies)) = (facts.whole(confirming), facts.whole(copying)) else {
        return;
    };
    if wanted > copies {
        let finding = found.add(rule, confirming, args![wanted, copies]);
        finding.at_option(confirming).at_option(copying);
        if copies > 0 {
            finding.fix(facts.fix_option(confirming, (copies - 1).max(1)));
        }
    }
}

/// One restarting broker stops every producer with acks=all.
pub static MIN_ISR_EQUALS_REPLICATION: Rule =
    Rule::new("KFK050", Warning, PARTITION, |facts, found| {
        let (Some(wanted), Some(copies)) = (facts.whole(MIN_ISR), facts.whole(REPLICATION)) else {
            return;
        };
        if wanted == copies && copies > 1 {
            found
                .add(&MIN_ISR_EQUALS_REPLICATION, MIN_ISR, args![copies])
                .at_option(MIN_ISR)
                .at_option(REPLICATION)
                .fix(facts.fix_option(MIN_ISR, copies - 1));
        }
    });

/// One lost disk takes the only copy.
pub static SINGLE_COPIES: Rule = Rule::new("KFK051", Warning, STRIMZI_CHECKS, |facts, found| {
    let brokers = brokers(facts);
    if facts.whole(REPLICATION) == Some(1) && brokers > 1 {
        let copies = usual_copies(facts);
        found
            .add(&SINGLE_COPIES, REPLICATION, args![brokers, copies])
            .at_option(REPLICATION)
            .fix(facts.fix_option(REPLICATION, copies));
    }
});

/// Two copies leave no room: one restart, and either writes stop or one copy must do.
pub static TWO_COPIES: Rule = Rule::new("KFK052", Advice, STRIMZI_CHECKS, |facts, found| {
    let brokers = brokers(facts);
    if facts.whole(REPLICATION) == Some(2) && brokers > 2 {
        found
            .add(&TWO_COPIES, REPLICATION, args![brokers])
            .at_option(REPLICATION)
            .fix(facts.fix_option(REPLICATION, 3));
    }
});

/// A confirmed record may lie on one disk only.
pub static SINGLE_CONFIRMATION: Rule =
    Rule::new("KFK053", Warning, STRIMZI_CHECKS, |facts, found| {
        let Some(usual) = facts.whole(REPLICATION) else {
            return;
        };
        // The offsets topic takes the same minimum, whatever other topics have.
        let copies = usual.max(facts.whole(OFFSETS).unwrap_or_default());
        if facts.whole(MIN_ISR) == Some(1) && copies >= 3 && brokers(facts) >= 3 {
            let mut fix = facts.fix_option(MIN_ISR, copies - 1);
            if usual < copies {
                let more = facts.fix_option(REPLICATION, copies).changes;
                fix.changes.splice(0..0, more);
            }
            found
                .add(&SINGLE_CONFIRMATION, MIN_ISR, args![copies])
                .at_option(MIN_ISR)
                .fix(fix);
        }
    });

/// An internal topic has fewer copies than the brokers allow.
fn few_copies(facts: &Facts, found: &mut Findings, rule: &'static Rule, name: &str) {
    let wanted = usual_copies(facts);
    let Some(copies) = facts.whole(name).filter(|&copies| copies < wanted) else {
        return;
    };
    found
        .add(rule, name, args![copies, wanted, brokers = brokers(facts)])
        .at_option(name)
        .fix(facts.fix_option(name, wanted));
}

/// The positions of consumer groups are lost with one broker.
pub static FEW_OFFSETS_COPIES: Rule = Rule::new("KFK054", Warning, CONFIG, |facts, found| {
    few_copies(facts, found, &FEW_OFFSETS_COPIES, OFFSETS);
});

/// Open transactions are lost with one broker.
pub static FEW_TRANSACTION_COPIES: Rule = Rule::new("KFK055", Warning, CONFIG, |facts, found| {
    few_copies(facts, found, &FEW_TRANSACTION_COPIES, TRANSACTIONS);
});

/// The offsets topic inherits the broker's minimum and then refuses every commit.
pub static MIN_ISR_EXCEEDS_OFFSETS_REPLICATION: Rule =
    Rule::new("KFK056", Error, COORDINATOR, |facts, found| {
        let (Some(wanted), Some(copies)) = (facts.whole(MIN_ISR), facts.whole(OFFSETS)) else {
            return;
        };
        if wanted <= copies {
            return;
        }
        let (name, value) = if brokers(facts) >= wanted {
            (OFFSETS, usual_copies(facts).max(wanted))
        } else {
            (MIN_ISR, (copies - 1).max(1))
        };
        found
            .add(
                &MIN_ISR_EXCEEDS_OFFSETS_REPLICATION,
                OFFSETS,
                args![wanted, copies],
            )
            .at_option(OFFSETS)
            .at_option(MIN_ISR)
            .fix(facts.fix_option(name, value));
    });

/// A lagging copy may become leader, and confirmed records are gone without an error.
pub static UNCLEAN_ELECTION: Rule = Rule::new("KFK057", Warning, CONFIG, |facts, found| {
    let name = "unclean.leader.election.enable";
    if facts.flag(name) {
        found
            .add(&UNCLEAN_ELECTION, name, args![])
            .at_option(name)
            .fix(facts.fix_option(name, false));
    }
});

const AUTO_CREATE: &str = "auto.create.topics.enable";

/// A mistyped name makes a topic.
pub static AUTO_CREATED_TOPICS: Rule = Rule::new("KFK058", Advice, CONFIG, |facts, found| {
    if facts.flag(AUTO_CREATE) {
        found
            .add(&AUTO_CREATED_TOPICS, AUTO_CREATE, args![])
            .at_option(AUTO_CREATE)
            .fix(facts.fix_option(AUTO_CREATE, false));
    }
});

/// Topics that come into being by accident have one copy.
pub static AUTO_CREATED_SINGLE_COPIES: Rule =
    Rule::new("KFK059", Warning, CONFIG, |facts, found| {
        if facts.flag(AUTO_CREATE) && facts.whole(REPLICATION) == Some(1) && brokers(facts) > 1 {
            found
                .add(&AUTO_CREATED_SINGLE_COPIES, AUTO_CREATE, args![])
                .at_option(AUTO_CREATE)
                .at_option(REPLICATION)
                .fix(facts.fix_option(AUTO_CREATE, false));
        }
    });

/// A pause of the JVM or of the network counts as the death of the broker.
pub static SHORT_SESSION: Rule = Rule::new("KFK063", Warning, CONFIG, |facts, found| {
    let name = "zookeeper.session.timeout.ms";
    let Some(millis) = facts.whole(name).filter(|&millis| millis < 18_000) else {
        return;
    };
    if facts.plan.has_ensemble() {
        found
            .add(&SHORT_SESSION, name, args![millis])
            .at_option(name)
            .fix(facts.fix_option(name, 18_000));
    }
})
.applies_to("≤ 3.9, ZooKeeper mode");

/// Lines that say what would hold without them hide the real decisions.
///
/// What our edition writes on purpose is not meant, and neither is a line that covers another value
/// of the file below, nor an id for all brokers: without it each has its own.
pub static VALUES_WITHOUT_EFFECT: Rule = Rule::new("KFK066", Advice, CONFIG, values_without_effect);

fn values_without_effect(facts: &Facts, found: &mut Findings) {
    let kafka = &facts.plan.kafka;
    let line = kafka.version.line();
    let idle = |entry: &&Entry| {
        let Value::Text(text) = &entry.value else {
            return false;
        };
        let below = kafka.config.base.iter().find(|(key, _)| *key == entry.name);
        entry.asked_for
            && !written_on_purpose(&entry.name)
            && entry.name != relations::id_option(facts)
            && match below {
                Some((_, value)) => same(value, text),
                None => catalog::broker_option(&entry.name, line)
                    .known()
                    .and_then(|option| option.default)
                    .is_some_and(|default| same(default, text)),
            }
    };
    let names: Vec<String> = kafka
        .config
        .entries
        .iter()
        .filter(idle)
        .map(|entry| entry.name.clone())
        .collect();
    if names.is_empty() {
        return;
    }
    let paths = || names.iter().map(|name| FieldPath::kafka_option(name));
    let finding = found.add(
        &VALUES_WITHOUT_EFFECT,
        "kafka.options",
        args![names = names.clone()],
    );
    for path in paths() {
        finding.at(path);
    }
    finding.fix(Fix::unset_all(paths()));
}

/// Whether an option has a declaration of its own: then a line stays when the typed value is taken out.
fn written_on_purpose(name: &str) -> bool {
    static OWN: OnceLock<BTreeSet<&str>> = OnceLock::new();
    OWN.get_or_init(|| {
        let options = FIELDS.iter().filter(|field| field.is_option());
        options
            .filter_map(|field| field.id.strip_prefix("kafka.options[")?.strip_suffix(']'))
            .collect()
    })
    .contains(name)
}

/// Whether two texts are the same value: `0.9` and `.9`, `TRUE` and `true`.
fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.trim(), other.trim());
    let number = |text: &str| text.parse::<f64>().ok();
    one == other
        || one.eq_ignore_ascii_case(other) && matches!(one.len(), 4 | 5)
        || number(one).is_some_and(|one| {
            number(other).is_some_and(|other| (one - other).abs() < f64::EPSILON)
        })
}

/// The version does not know the option and passes it over.
pub static OPTION_UNKNOWN: Rule = Rule::new(
    "KFK067",
    Warning,
    "apache/kafka:clients/src/main/java/org/apache/kafka/common/config/AbstractConfig.java (3.5.2)",
    |facts, found| {
        let kafka = &facts.plan.kafka;
        let line = kafka.version.line();
        let version = kafka.version.to_string();
        for entry in kafka.config.entries.iter().filter(|entry| entry.asked_for) {
            if catalog::broker_option(&entry.name, line) == Lookup::Unknown {
                option_unknown(found, &entry.name, &version);
            }
        }
        for left in &kafka.config.unwritten {
            if matches!(left.why, Absence::Removed { .. }) {
                option_unknown(found, &left.name, &version);
            }
        }
    },
);

fn option_unknown(found: &mut Findings, name: &str, version: &str) {
    found
        .add(&OPTION_UNKNOWN, name, args![option = name, version])
        .at_option(name)
        .fix(Fix::unset(FieldPath::kafka_option(name)));
}

/// The two keys for default quotas are gone.
pub static DEFAULT_QUOTA_REMOVED: Rule = Rule::new(
    "KFK068",
    Warning,
    "apache/kafka commit ff3b2d67a10 (KAFKA-12591)",
    |facts, found| {
        for left in &facts.plan.kafka.config.unwritten {
            let quota = matches!(
                left.name.as_str(),
                "quota.producer.default" | "quota.consumer.default"
            );
            if quota && matches!(left.why, Absence::Removed { .. }) {
                found
                    .add(
                        &DEFAULT_QUOTA_REMOVED,
                        &left.name,
                        args![option = &left.name, value = &left.value],
                    )
                    .at_option(&left.name)
                    .fix(Fix::unset(FieldPath::kafka_option(&left.name)));
            }
        }
    },
)
.applies_to("≥ 3.0")
.hides(&["KFK067", "VER011"]);

/// The option will be gone in the next major version.
pub static OPTION_DEPRECATED: Rule = Rule::new(
    "KFK069",
    Advice,
    "apache/kafka:docs/upgrade.html (3.9.0-rc3)",
    |facts, found| {
        let kafka = &facts.plan.kafka;
        let line = kafka.version.line();
        for entry in kafka.config.entries.iter().filter(|entry| entry.asked_for) {
            let Lookup::Known(option) = catalog::broker_option(&entry.name, line) else {
                continue;
            };
            let Some(since) = option.deprecated_since else {
                continue;
            };
            let instead: Vec<String> = option
                .replaced_by
                .iter()
                .map(|&name| name.to_owned())
                .collect();
            let finding = found.add(
                &OPTION_DEPRECATED,
                &entry.name,
                args![option = &entry.name, since = since.to_string(), instead],
            );
            finding
                .at_option(&entry.name)
                .fix(Fix::unset(FieldPath::kafka_option(&entry.name)).with_care());
        }
    },
)
.applies_to("by option");

/// Each member that joins during a rollout brings a rebalance of its own.
pub static NO_REBALANCE_DELAY: Rule = Rule::new("KFK083", Advice, SAMPLE, |facts, found| {
    let name = "group.initial.rebalance.delay.ms";
    if facts.whole(name) == Some(0) && !facts.is_development() {
        found
            .add(&NO_REBALANCE_DELAY, name, args![])
            .at_option(name)
            .fix(facts.fix_option(name, 3000));
    }
});

#[cfg(test)]
mod tests {
    use super::super::testing::{fires, repairs, silent};
    use crate::design::Design;

    const COPIES: &str = "kafka.options[default.replication.factor]";

    fn option(name: &str, value: &str) -> Design {
        Design::default().with(&format!("kafka.options[{name}]"), value)
    }

    #[test]
    fn the_start_values_have_no_finding_of_this_family() {
        let findings = crate::evaluate(&Design::default()).findings;
        assert!(
            findings.iter().all(|f| !f.rule.starts_with("KFK")),
            "{findings:#?}"
        );
    }

    #[test]
    fn groups_with_overlapping_ids() {
        let two = Design::default()
            .with_list("kafka.groups", &["a", "b"])
            .with("kafka.groups[b].id_base", "2");
        assert_eq!(
            repairs(&two, "KFK005").fields[0].as_str(),
            "kafka.groups[b].id_base"
        );
    }

    #[test]
    fn topics_by_accident_are_worse_with_one_copy() {
        let auto = option(super::AUTO_CREATE, "true");
        repairs(&auto, "KFK058");
        let single = auto.with(COPIES, "1");
        repairs(&single, "KFK059");
        repairs(&single, "KFK058");
    }

    #[test]
    fn values_that_change_nothing_are_one_finding() {
        let idle = option("num.io.threads", "8").with("kafka.options[background.threads]", "10");
        assert_eq!(repairs(&idle, "KFK066").fields.len(), 2);
        silent(&option("num.partitions", "1"), "KFK066");
    }

    #[test]
    fn options_that_nobody_reads() {
        let finding = repairs(&option("log.retention.huors", "1"), "KFK067");
        assert_eq!(finding.subject, "log.retention.huors");
        let quota = option("quota.producer.default", "1000").with("kafka.version", "3.5.2");
        repairs(&quota, "KFK068");
        silent(&quota, "KFK067");
    }

    #[test]
    fn options_on_their_way_out() {
        let old =
            option("log.message.timestamp.difference.max.ms", "1").with("kafka.version", "3.6.2");
        assert!(!fires(&old, "KFK069").fixes[0].safe);
    }
}
