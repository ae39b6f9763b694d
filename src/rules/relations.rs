//! KFK: options that must agree with each other.
//!
//! Each looks at what is in force.
//! The repair takes out what was typed, of the two the one whose start value agrees with the other.

use super::Severity::{Advice, Error, Warning};
use super::{Facts, Finding, Findings, Fix, Rule};
use crate::args;
use crate::catalog::KafkaLine;
use crate::design::{Change, FieldPath};
use crate::plan::{Entry, Value};
use crate::text::{Args, Sentence};

const CONFIG: &str = "apache/kafka-site:35/generated/kafka_config.html";
const BROKER: &str = "apache/kafka:core/src/main/scala/kafka/server/KafkaConfig.scala (3.5.2)";
const CLEANER: &str = "apache/kafka:core/src/main/scala/kafka/log/LogCleaner.scala (3.5.2)";
const LOG_CONFIG: &str = "apache/kafka:storage/src/main/java/org/apache/kafka/storage/internals/log/LogConfig.java (3.9.0-rc3)";
const UPGRADE: &str = "apache/kafka:docs/upgrade.html (3.9.0-rc3)";

/// An option and the number in force for it.
struct Number {
    name: &'static str,
    value: i64,
}

fn number(facts: &Facts, name: &'static str) -> Option<Number> {
    let value = facts.whole(name)?;
    Some(Number { name, value })
}

/// The number that holds when nothing is typed.
fn untyped(facts: &Facts, name: &str) -> Option<i64> {
    facts.untyped_option(name)?.trim().parse().ok()
}

/// Two options, one of which must not be above (or below, or equal to) the other.
///
/// An option that the version does not know, or that has no value, cannot contradict anything.
fn pair<'f>(
    facts: &Facts,
    found: &'f mut Findings,
    rule: &'static Rule,
    (first, second): (&'static str, &'static str),
    agrees: fn(i64, i64) -> bool,
) -> Option<&'f mut Finding> {
    let (a, b) = (number(facts, first)?, number(facts, second)?);
    if agrees(a.value, b.value) {
        return None;
    }
    let finding = found
        .add(rule, first, args![first = a.value, second = b.value])
        .at_option(first)
        .at_option(second);
    let agrees =
        |a: Option<i64>, b: Option<i64>| a.is_some_and(|a| b.is_some_and(|b| agrees(a, b)));
    let (start_a, start_b) = (untyped(facts, a.name), untyped(facts, b.name));
    let names: &[&str] = if agrees(start_a, Some(b.value)) {
        &[first]
    } else if agrees(Some(a.value), start_b) {
        &[second]
    } else {
        &[first, second]
    };
    Some(finding.fix(take_out(names)))
}

/// Takes out what was typed for some options.
fn take_out(names: &[&str]) -> Fix {
    match names {
        [name] => Fix::unset(FieldPath::kafka_option(name)),
        _ => Fix::unset_all(names.iter().map(|name| FieldPath::kafka_option(name))),
    }
}

/// A finding about one option, which is repaired by taking out what was typed.
fn alone<'f>(
    found: &'f mut Findings,
    rule: &'static Rule,
    name: &str,
    args: Args,
) -> &'f mut Finding {
    found
        .add(rule, name, args)
        .at_option(name)
        .fix(take_out(&[name]))
}

/// The number in force for one option, when it is wrong.
fn wrong(
    facts: &Facts,
    found: &mut Findings,
    rule: &'static Rule,
    name: &'static str,
    is_wrong: fn(i64) -> bool,
) {
    if let Some(value) = facts.whole(name).filter(|&value| is_wrong(value)) {
        alone(found, rule, name, args![value]);
    }
}

const RESERVED: &str = "reserved.broker.max.id";
const GENERATION: &str = "broker.id.generation.enable";
const BROKER_ID: &str = "broker.id";

/// The one id that was typed for every broker.
fn typed_id(facts: &Facts) -> Option<i64> {
    match facts.plan.kafka.config.entry(BROKER_ID) {
        Some(Entry {
            value: Value::Text(text),
            ..
        }) => text.trim().parse().ok(),
        _ => None,
    }
}

/// The highest id that a broker gets.
fn highest_id(facts: &Facts) -> Option<i64> {
    typed_id(facts).or_else(|| highest_own_id(facts))
}

/// The highest id that a broker gets when none is typed for all: that of a group's last one.
fn highest_own_id(facts: &Facts) -> Option<i64> {
    let groups = facts.plan.kafka.groups.iter();
    let highest = groups.map(|group| *group.id_base + group.brokers.saturating_sub(1));
    i64::try_from(highest.max()?).ok()
}

/// Whether an id lies in the range kept for generated ones.
fn is_generated_id(facts: &Facts, id: i64, reserved: i64) -> bool {
    facts.plan.has_ensemble() && facts.flag(GENERATION) && id > reserved
}

/// Takes out the id that was typed for every broker; where the ids that hold then would reach into the
/// range kept for generated ones, that range begins behind them.
pub(super) fn take_out_id(facts: &Facts) -> Fix {
    let name = id_option(facts);
    let (Some(highest), Some(reserved)) = (highest_own_id(facts), facts.whole(RESERVED)) else {
        return take_out(&[name]);
    };
    if !is_generated_id(facts, highest, reserved) {
        return take_out(&[name]);
    }
    Fix::steps(
        Sentence::new(
            "fix.own-ids",
            args![option = name, reserved = RESERVED, id = highest],
        ),
        vec![
            Change::unset(FieldPath::kafka_option(name)),
            Change::set(FieldPath::kafka_option(RESERVED), highest.to_string()),
        ],
    )
}

/// The option that holds a node's id, and the other name of the same thing.
fn id_names(facts: &Facts) -> (&'static str, &'static str) {
    if facts.plan.has_kraft() {
        ("node.id", BROKER_ID)
    } else {
        (BROKER_ID, "node.id")
    }
}

/// The option that holds a node's id.
pub(super) fn id_option(facts: &Facts) -> &'static str {
    id_names(facts).0
}

/// The same thing under two names, with two values.
pub static NODE_ID_DIFFERS: Rule = Rule::new("KFK002", Error, BROKER, |facts, found| {
    let (option, name) = id_names(facts);
    let kafka = &facts.plan.kafka;
    let Some(text) = kafka.config.in_force(name) else {
        return;
    };
    let typed = kafka
        .config
        .in_force(option)
        .and_then(|id| id.trim().parse().ok());
    let highest = typed.or_else(|| highest_own_id(facts));
    let (Ok(id), Some(highest)) = (text.trim().parse::<i64>(), highest) else {
        return;
    };
    if id != highest || *kafka.brokers > 1 && typed.is_none() {
        alone(
            found,
            &NODE_ID_DIFFERS,
            name,
            args![option, other = name, id = text],
        );
    }
})
.applies_to("≥ 2.8");

/// Ids that were chosen reach into the range kept for generated ones.
pub static ID_IN_GENERATED_RANGE: Rule = Rule::new("KFK003", Error, BROKER, |facts, found| {
    let (Some(highest), Some(reserved)) = (highest_id(facts), facts.whole(RESERVED)) else {
        return;
    };
    if !is_generated_id(facts, highest, reserved) {
        return;
    }
    let bases = facts.plan.kafka.groups.iter();
    let finding = found
        .add(
            &ID_IN_GENERATED_RANGE,
            RESERVED,
            args![id = highest.to_string(), reserved = reserved.to_string()],
        )
        .at_option(RESERVED);
    for group in bases {
        finding.at_origins(&group.id_base.from);
    }
    finding.fix(Fix::set_option(RESERVED, highest));
})
.applies_to("≤ 3.9, ZooKeeper mode");

/// No id, and none is generated.
pub static NO_ID: Rule = Rule::new("KFK004", Error, BROKER, |facts, found| {
    let negative = typed_id(facts).filter(|&id| id < 0);
    if let Some(id) = negative.filter(|_| !facts.flag(GENERATION)) {
        alone(found, &NO_ID, BROKER_ID, args![id = id.to_string()]);
    }
})
.applies_to("≤ 3.9, ZooKeeper mode")
.hides(&["KFK005"]);

/// A generated id lives on the volume only.
pub static GENERATED_ID: Rule = Rule::new("KFK006", Warning, CONFIG, |facts, found| {
    if typed_id(facts) == Some(-1) && facts.flag(GENERATION) {
        found
            .add(&GENERATED_ID, BROKER_ID, args![])
            .at_option(BROKER_ID)
            .fix_with(super::Effect::Procedure, take_out_id(facts));
    }
})
.applies_to("≤ 3.9, ZooKeeper mode")
.effect(super::Effect::Procedure)
.hides(&["KFK005"]);

/// A segment cannot be closed before it was begun.
pub static ROLL_TOO_SHORT: Rule = Rule::new("KFK008", Error, BROKER, |facts, found| {
    wrong(facts, found, &ROLL_TOO_SHORT, "log.roll.ms", |ms| ms < 1);
});

/// Chance cannot be negative.
pub static NEGATIVE_JITTER: Rule = Rule::new("KFK009", Error, BROKER, |facts, found| {
    wrong(facts, found, &NEGATIVE_JITTER, "log.roll.jitter.ms", |ms| {
        ms < 0
    });
});

/// Of the three options for one time the finest decides; any negative number means for ever, and only 0 is refused.
pub static NO_RETENTION: Rule = Rule::new("KFK010", Error, BROKER, |facts, found| {
    let names = [
        "log.retention.ms",
        "log.retention.minutes",
        "log.retention.hours",
    ];
    let decides = names
        .into_iter()
        .find_map(|name| Some((name, facts.whole(name)?)));
    if let Some((name, 0)) = decides {
        alone(found, &NO_RETENTION, name, args![option = name]);
    }
});

/// A list of folders without a folder in it.
pub static NO_FOLDER: Rule = Rule::new("KFK011", Error, BROKER, |facts, found| {
    let name = "log.dirs";
    let names_none = |list: &str| list.split(',').all(|folder| folder.trim().is_empty());
    if let Some(value) = facts
        .plan
        .kafka
        .config
        .in_force(name)
        .filter(|list| names_none(list))
    {
        alone(found, &NO_FOLDER, name, args![value]);
    }
});

const THREADS: &str = "log.cleaner.threads";
const DEDUPE: &str = "log.cleaner.dedupe.buffer.size";

/// The memory of each cleaner thread.
fn buffer_of_each(facts: &Facts) -> Option<(i64, i64, i64)> {
    let threads = facts.whole(THREADS).filter(|&threads| threads > 0)?;
    let buffer = facts.whole(DEDUPE)?;
    Some((buffer, threads, buffer / threads))
}

/// Each cleaner thread needs more than 1 MiB.
pub static SMALL_CLEANER_BUFFER: Rule = Rule::new("KFK012", Error, BROKER, |facts, found| {
    let Some((buffer, threads, each)) = buffer_of_each(facts) else {
        return;
    };
    if each <= 1 << 20 {
        let enough = threads.saturating_mul(2 << 20).max(128 << 20);
        found
            .add(
                &SMALL_CLEANER_BUFFER,
                DEDUPE,
                args![buffer, threads, needed = threads.saturating_mul(1 << 20)],
            )
            .at_option(DEDUPE)
            .at_option(THREADS)
            .fix(if untyped(facts, DEDUPE) == Some(enough) {
                take_out(&[DEDUPE])
            } else {
                Fix::set_option(DEDUPE, enough)
            });
    }
});

/// The check of the buffer divides by the number of threads.
pub static NO_CLEANER_THREAD: Rule = Rule::new("KFK013", Error, BROKER, |facts, found| {
    wrong(facts, found, &NO_CLEANER_THREAD, THREADS, |count| {
        count == 0
    });
});

/// A cleaner thread cannot use more than 2 GiB.
pub static LARGE_CLEANER_BUFFER: Rule = Rule::new("KFK014", Warning, CLEANER, |facts, found| {
    const MOST: i64 = i32::MAX as i64;
    let Some((buffer, threads, each)) = buffer_of_each(facts) else {
        return;
    };
    if each > MOST {
        found
            .add(&LARGE_CLEANER_BUFFER, DEDUPE, args![buffer, threads])
            .at_option(DEDUPE)
            .at_option(THREADS)
            .fix(Fix::set_option(DEDUPE, threads.saturating_mul(MOST)));
    }
});

/// The map of the cleaner would hold nothing, or more than fits.
pub static CLEANER_LOAD_FACTOR: Rule = Rule::new("KFK015", Warning, CLEANER, |facts, found| {
    let name = "log.cleaner.io.buffer.load.factor";
    let factor = facts.option(name).and_then(|text| text.trim().parse().ok());
    if let Some(value) = factor.filter(|value: &f64| !(*value > 0.0 && *value <= 1.0)) {
        alone(
            found,
            &CLEANER_LOAD_FACTOR,
            name,
            args![value = value.to_string()],
        );
    }
});

const FETCH_WAIT: &str = "replica.fetch.wait.max.ms";

/// Every request of a follower times out on its connection first.
pub static FETCH_WAIT_EXCEEDS_TIMEOUT: Rule = Rule::new("KFK016", Error, BROKER, |facts, found| {
    let names = (FETCH_WAIT, "replica.socket.timeout.ms");
    pair(facts, found, &FETCH_WAIT_EXCEEDS_TIMEOUT, names, |a, b| {
        a <= b
    });
});

/// Followers leave and rejoin the copies in sync all the time.
pub static FETCH_WAIT_EXCEEDS_LAG: Rule = Rule::new("KFK017", Error, BROKER, |facts, found| {
    let names = (FETCH_WAIT, "replica.lag.time.max.ms");
    pair(facts, found, &FETCH_WAIT_EXCEEDS_LAG, names, |a, b| a <= b);
});

const COMMIT_ACKS: &str = "offsets.commit.required.acks";

/// A commit waits for more copies than there are.
pub static COMMIT_ACKS_IMPOSSIBLE: Rule = Rule::new("KFK018", Error, BROKER, |facts, found| {
    let names = (COMMIT_ACKS, "offsets.topic.replication.factor");
    pair(
        facts,
        found,
        &COMMIT_ACKS_IMPOSSIBLE,
        names,
        |acks, copies| (-1..=copies).contains(&acks),
    );
})
.applies_to("≤ 3.9")
.hides(&["KFK019", "KFK069"]);

/// A commit counts before all copies have it.
pub static COMMIT_ACKS_FEW: Rule = Rule::new("KFK019", Warning, UPGRADE, |facts, found| {
    wrong(facts, found, &COMMIT_ACKS_FEW, COMMIT_ACKS, |acks| {
        acks != -1
    });
})
.applies_to("≤ 3.9")
.hides(&["KFK069"]);

/// The largest request never fits the queue.
pub static QUEUE_BELOW_REQUEST: Rule = Rule::new("KFK020", Error, BROKER, |facts, found| {
    let names = ("queued.max.request.bytes", "socket.request.max.bytes");
    pair(
        facts,
        found,
        &QUEUE_BELOW_REQUEST,
        names,
        |queue, request| queue <= 0 || queue >= request,
    );
});

const PER_IP: &str = "max.connections.per.ip";
const PER_IP_OVERRIDES: &str = "max.connections.per.ip.overrides";

/// Nobody may connect.
pub static NO_CONNECTIONS: Rule = Rule::new("KFK021", Error, BROKER, |facts, found| {
    let exceptions = facts.option(PER_IP_OVERRIDES).unwrap_or_default();
    if facts.whole(PER_IP) == Some(0) && exceptions.trim().is_empty() {
        alone(found, &NO_CONNECTIONS, PER_IP, args![]).at_option(PER_IP_OVERRIDES);
    }
});

/// An exception that is no `host:count`.
pub static WRONG_CONNECTION_EXCEPTION: Rule = Rule::new("KFK022", Error, BROKER, |facts, found| {
    let list = facts.option(PER_IP_OVERRIDES).unwrap_or_default();
    let wrong = |item: &&str| {
        let Some((host, count)) = item.rsplit_once(':') else {
            return true;
        };
        host.trim().is_empty() || count.trim().parse::<i32>().is_err()
    };
    let items = list.split(',').map(str::trim);
    let first = items.filter(|item| !item.is_empty()).find(wrong);
    if let Some(item) = first {
        alone(
            found,
            &WRONG_CONNECTION_EXCEPTION,
            PER_IP_OVERRIDES,
            args![item],
        );
    }
});

/// The delayed answer finds the connection closed.
pub static DELAY_EXCEEDS_IDLE: Rule = Rule::new("KFK023", Error, BROKER, |facts, found| {
    let names = (
        "connection.failed.authentication.delay.ms",
        "connections.max.idle.ms",
    );
    pair(facts, found, &DELAY_EXCEEDS_IDLE, names, |delay, idle| {
        idle < 0 || delay < idle
    });
});

/// Brokers hand on who asked, and a class of older versions cannot.
///
/// Kafka brings one class that can; a class from elsewhere is not judged.
pub static PRINCIPALS_NOT_FORWARDED: Rule = Rule::new("KFK024", Error, BROKER, |facts, found| {
    const OWN: &str = "org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder";
    let name = "principal.builder.class";
    let Some(class) = facts.plan.kafka.config.in_force(name).map(str::trim) else {
        return;
    };
    let foreign = !class.starts_with("org.apache.kafka.");
    if !foreign && class != OWN && facts.plan.kafka.version.line() >= KafkaLine::of(3, 0) {
        alone(found, &PRINCIPALS_NOT_FORWARDED, name, args![class]);
    }
})
.applies_to("≥ 3.0");

/// A codec that nobody knows; from 3.3 on the option's own range says it where it is typed.
pub static UNKNOWN_COMPRESSION: Rule = Rule::new("KFK026", Error, CONFIG, |facts, found| {
    const CODECS: [&str; 6] = ["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"];
    let name = "compression.type";
    let Some(value) = facts.plan.kafka.config.in_force(name).map(str::trim) else {
        return;
    };
    if !CODECS.iter().any(|codec| codec.eq_ignore_ascii_case(value)) {
        let codecs: Vec<String> = CODECS.map(str::to_owned).into();
        alone(found, &UNKNOWN_COMPRESSION, name, args![value, codecs]);
    }
})
.applies_to("≤ 3.2");

/// A record must be compacted before it may be.
pub static COMPACTION_LAGS: Rule = Rule::new("KFK030", Error, LOG_CONFIG, |facts, found| {
    let names = (
        "log.cleaner.min.compaction.lag.ms",
        "log.cleaner.max.compaction.lag.ms",
    );
    pair(facts, found, &COMPACTION_LAGS, names, |a, b| a <= b);
});

/// The copy on the broker would outlive the whole log.
pub static LOCAL_RETENTION: Rule = Rule::new("KFK031", Error, LOG_CONFIG, |facts, found| {
    if !facts.flag("remote.log.storage.system.enable") {
        return;
    }
    let outlives = |local: i64, all: i64| local != -2 && all >= 0 && (local == -1 || local > all);
    let bytes = (
        "log.local.retention.bytes",
        facts.whole("log.retention.bytes"),
    );
    let millis = ("log.local.retention.ms", retention_millis(facts));
    for (name, all) in [bytes, millis] {
        let (Some(local), Some(all)) = (facts.whole(name), all) else {
            continue;
        };
        if outlives(local, all) {
            alone(
                found,
                &LOCAL_RETENTION,
                name,
                args![option = name, local, all],
            );
        }
    }
})
.applies_to("≥ 3.6, tiered storage");

/// Topics are compacted unless they say otherwise, and a compacted topic cannot be tiered.
///
/// A warning, since a topic may still say otherwise.
pub static TIERED_COMPACTION: Rule = Rule::new("KFK032", Error, LOG_CONFIG, |facts, found| {
    let name = "log.cleanup.policy";
    let switch = "remote.log.storage.system.enable";
    let Some(policy) = facts.plan.kafka.config.in_force(name) else {
        return;
    };
    if policy.contains("compact") && facts.flag(switch) {
        alone(found, &TIERED_COMPACTION, name, args![value = policy])
            .severity(Warning)
            .at_option(switch);
    }
})
.applies_to("≥ 3.6, tiered storage");

/// How long records are kept, in milliseconds.
pub(super) fn retention_millis(facts: &Facts) -> Option<i64> {
    let units = [
        ("log.retention.ms", 1),
        ("log.retention.minutes", 60_000),
        ("log.retention.hours", 3_600_000),
    ];
    units
        .into_iter()
        .find_map(|(name, unit)| Some(facts.whole(name)?.saturating_mul(unit)))
}

const FORMAT: &str = "log.message.format.version";
const PROTOCOL: &str = "inter.broker.protocol.version";

/// Major and minor of a protocol's name, such as `3.5-IV2`; nothing for what is no version.
pub(crate) fn protocol(text: &str) -> Option<(u16, u16)> {
    let release = text.trim().split('-').next()?;
    let mut parts = release.split('.').map(|part| part.parse::<u16>().ok());
    match (parts.next()??, parts.next()??) {
        // Up to 0.11 the second number was the major one.
        (0, major) => Some((0, major)),
        release => Some(release),
    }
}

/// The record format that came with a protocol.
fn record_format(protocol: (u16, u16)) -> u8 {
    match protocol {
        (0, ..=9) => 0,
        (0, 10) => 1,
        _ => 2,
    }
}

fn protocol_of(facts: &Facts, name: &str) -> Option<(u16, u16)> {
    protocol(&facts.option(name)?)
}

/// Peers could not read the records.
pub static FORMAT_EXCEEDS_PROTOCOL: Rule = Rule::new("KFK033", Error, BROKER, |facts, found| {
    let (Some(format), Some(spoken)) = (protocol_of(facts, FORMAT), protocol_of(facts, PROTOCOL))
    else {
        return;
    };
    if record_format(format) > record_format(spoken) {
        let texts = (facts.option(FORMAT), facts.option(PROTOCOL));
        let (format, protocol) = (texts.0.unwrap_or_default(), texts.1.unwrap_or_default());
        found
            .add(&FORMAT_EXCEEDS_PROTOCOL, PROTOCOL, args![format, protocol])
            .at_option(PROTOCOL)
            .at_option(FORMAT)
            .fix(take_out(&[PROTOCOL, FORMAT]).with_care());
    }
})
.applies_to("2.0–3.9");

/// A value that the brokers pass over.
pub static FORMAT_IGNORED: Rule = Rule::new("KFK034", Warning, BROKER, |facts, found| {
    let Some(format) = facts.plan.kafka.config.in_force(FORMAT) else {
        return;
    };
    let ignores = protocol_of(facts, PROTOCOL).is_some_and(|spoken| spoken >= (3, 0));
    if ignores && facts.plan.kafka.version.line() >= KafkaLine::of(3, 0) {
        alone(found, &FORMAT_IGNORED, FORMAT, args![value = format]);
    }
})
.applies_to("3.0–3.9")
.hides(&["KFK069"]);

/// The binaries do not know the protocol.
pub static PROTOCOL_TOO_NEW: Rule = Rule::new("KFK035", Error, BROKER, |facts, found| {
    let config = &facts.plan.kafka.config;
    let version = facts.plan.kafka.version.line();
    let Some(typed) = config.in_force(PROTOCOL) else {
        return;
    };
    let newest = facts.untyped_option(PROTOCOL).as_deref().and_then(protocol);
    let newer = newest.is_some_and(|newest| protocol(typed).is_some_and(|typed| typed > newest));
    if newer {
        alone(
            found,
            &PROTOCOL_TOO_NEW,
            PROTOCOL,
            args![value = typed, version = version.to_string()],
        );
    }
});

/// Three values that belong together: the middle one must lie between the others.
fn between(facts: &Facts, found: &mut Findings, rule: &'static Rule, names: [&'static str; 3]) {
    let [low, middle, high] = names.map(|name| facts.whole(name));
    let (Some(low), Some(middle), Some(high)) = (low, middle, high) else {
        return;
    };
    if low <= middle && middle <= high {
        return;
    }
    let finding = found.add(rule, names[1], args![low, middle, high]);
    for name in [names[1], names[0], names[2]] {
        finding.at_option(name);
    }
    finding.fix(take_out(&names));
}

/// The new coordinator checks the three when it starts.
pub static CONSUMER_HEARTBEATS: Rule = Rule::new("KFK037", Error, BROKER, |facts, found| {
    between(
        facts,
        found,
        &CONSUMER_HEARTBEATS,
        [
            "group.consumer.min.heartbeat.interval.ms",
            "group.consumer.heartbeat.interval.ms",
            "group.consumer.max.heartbeat.interval.ms",
        ],
    );
})
.applies_to("≥ 3.5");

/// The new coordinator checks the three when it starts.
pub static CONSUMER_SESSIONS: Rule = Rule::new("KFK038", Error, BROKER, |facts, found| {
    between(
        facts,
        found,
        &CONSUMER_SESSIONS,
        [
            "group.consumer.min.session.timeout.ms",
            "group.consumer.session.timeout.ms",
            "group.consumer.max.session.timeout.ms",
        ],
    );
})
.applies_to("≥ 3.5");

const MIN_SESSION: &str = "group.min.session.timeout.ms";
const MAX_SESSION: &str = "group.max.session.timeout.ms";

/// No consumer can propose a timeout that is accepted.
pub static SESSION_BOUNDS: Rule = Rule::new("KFK039", Error, CONFIG, |facts, found| {
    pair(
        facts,
        found,
        &SESSION_BOUNDS,
        (MIN_SESSION, MAX_SESSION),
        |a, b| a <= b,
    );
})
.hides(&["KFK040"]);

/// Consumers as they come are refused.
pub static USUAL_SESSION_REFUSED: Rule = Rule::new("KFK040", Warning, CONFIG, |facts, found| {
    const USUAL: i64 = 45_000;
    let (Some(low), Some(high)) = (facts.whole(MIN_SESSION), facts.whole(MAX_SESSION)) else {
        return;
    };
    if (low..=high).contains(&USUAL) {
        return;
    }
    let names = if low > USUAL {
        [MIN_SESSION, MAX_SESSION]
    } else {
        [MAX_SESSION, MIN_SESSION]
    };
    // The subject stays that of KFK039, which hides this one.
    found
        .add(&USUAL_SESSION_REFUSED, MIN_SESSION, args![low, high])
        .at_option(names[0])
        .at_option(names[1])
        .fix(take_out(&names[..1]));
});

const MESSAGE: &str = "message.max.bytes";

/// Followers fetch a single large batch at a time.
pub static MESSAGE_EXCEEDS_FETCH: Rule = Rule::new("KFK041", Advice, CONFIG, |facts, found| {
    let Some(message) = facts.whole(MESSAGE) else {
        return;
    };
    let names: Vec<&str> = [
        "replica.fetch.max.bytes",
        "replica.fetch.response.max.bytes",
    ]
    .into_iter()
    .filter(|name| facts.whole(name).is_some_and(|limit| limit < message))
    .collect();
    // Kafka's own two defaults differ by the 12 bytes of a batch's header.
    if names.is_empty()
        || facts.untyped_option(MESSAGE) == Some(message.to_string())
            && names
                .iter()
                .all(|name| untyped(facts, name) == facts.whole(name))
    {
        return;
    }
    let finding = found
        .add(
            &MESSAGE_EXCEEDS_FETCH,
            MESSAGE,
            args![
                message,
                names = names
                    .iter()
                    .map(|&name| name.to_owned())
                    .collect::<Vec<_>>()
            ],
        )
        .at_option(MESSAGE);
    for name in &names {
        finding.at_option(name);
    }
    let changes = names
        .iter()
        .map(|name| crate::design::Change::set(FieldPath::kafka_option(name), message.to_string()))
        .collect();
    finding.fix(Fix::steps(
        crate::text::Sentence::plain("fix.raise-replica-limits"),
        changes,
    ));
});

/// The largest batch cannot arrive.
pub static MESSAGE_EXCEEDS_REQUEST: Rule = Rule::new("KFK042", Error, CONFIG, |facts, found| {
    let names = (MESSAGE, "socket.request.max.bytes");
    pair(facts, found, &MESSAGE_EXCEEDS_REQUEST, names, |a, b| a < b);
});

/// The largest batch does not fit a segment.
pub static MESSAGE_EXCEEDS_SEGMENT: Rule = Rule::new(
    "KFK043",
    Error,
    "apache/kafka:core/src/main/scala/kafka/log/UnifiedLog.scala (3.5.2)",
    |facts, found| {
        let names = (MESSAGE, "log.segment.bytes");
        pair(facts, found, &MESSAGE_EXCEEDS_SEGMENT, names, |a, b| a <= b);
    },
);

/// Clients keep limits of their own near 1 MiB.
pub static LARGE_MESSAGES: Rule = Rule::new("KFK044", Advice, CONFIG, |facts, found| {
    wrong(facts, found, &LARGE_MESSAGES, MESSAGE, |bytes| {
        bytes > 1_048_588
    });
});

/// A topic made without a number of partitions has one leader.
pub static SINGLE_PARTITION: Rule = Rule::new("KFK060", Advice, CONFIG, |facts, found| {
    let name = "num.partitions";
    let brokers = *facts.plan.kafka.brokers;
    if facts.whole(name) == Some(1) && brokers > 1 && !facts.is_development() {
        found
            .add(&SINGLE_PARTITION, name, args![brokers])
            .at_option(name)
            .fix(facts.fix_option(name, brokers));
    }
});

/// Leaders stay where the last failure left them.
pub static NO_LEADER_REBALANCE: Rule = Rule::new("KFK061", Advice, CONFIG, |facts, found| {
    off(
        facts,
        found,
        &NO_LEADER_REBALANCE,
        "auto.leader.rebalance.enable",
    );
});

/// A switch that is off and should be on.
fn off(facts: &Facts, found: &mut Findings, rule: &'static Rule, name: &'static str) {
    if facts.option(name).is_some() && !facts.flag(name) {
        alone(found, rule, name, args![]);
    }
}

/// Short pauses take copies out of sync.
pub static SHORT_LAG: Rule = Rule::new("KFK062", Advice, UPGRADE, |facts, found| {
    if facts.plan.kafka.version.line() >= KafkaLine::of(2, 5) {
        wrong(facts, found, &SHORT_LAG, "replica.lag.time.max.ms", |ms| {
            ms < 30_000
        });
    }
})
.applies_to("≥ 2.5");

/// Groups that rest for longer lose their positions.
pub static SHORT_OFFSET_RETENTION: Rule = Rule::new("KFK064", Advice, CONFIG, |facts, found| {
    wrong(
        facts,
        found,
        &SHORT_OFFSET_RETENTION,
        "offsets.retention.minutes",
        |minutes| minutes < 10_080,
    );
});

/// Forced flushing costs time and adds little to several copies.
pub static FORCED_FLUSH: Rule = Rule::new(
    "KFK065",
    Advice,
    "apache/kafka:docs/ops.html (3.5.2)",
    |facts, found| {
        for name in ["log.flush.interval.messages", "log.flush.interval.ms"] {
            if let Some(value) = facts.whole(name).filter(|&value| value < i64::MAX) {
                alone(found, &FORCED_FLUSH, name, args![option = name, value]);
            }
        }
    },
);

/// Leaders are not moved before a stop.
pub static NO_CONTROLLED_SHUTDOWN: Rule = Rule::new("KFK073", Warning, CONFIG, |facts, found| {
    off(
        facts,
        found,
        &NO_CONTROLLED_SHUTDOWN,
        "controlled.shutdown.enable",
    );
});

/// So many flags are hard to read, and show in every list of processes.
pub static MANY_FLAGS: Rule = Rule::new(
    "KFK078",
    Advice,
    "apache/kafka:core/src/main/scala/kafka/Kafka.scala (3.5.2)",
    |facts, found| {
        let config = &facts.plan.kafka.config;
        let flags = config.entries.len();
        if !config.is_file() && flags > 40 {
            found
                .add(&MANY_FLAGS, "kafka.config_style", args![flags])
                .at("kafka.config_style")
                .fix(Fix::set("kafka.config_style", "file").with_care());
        }
    },
);

/// The listener of the controller must be its own, and told.
pub static CONTROL_PLANE: Rule = Rule::new("KFK079", Error, BROKER, |facts, found| {
    let name = "control.plane.listener.name";
    let kafka = &facts.plan.kafka;
    let Some(listener) = kafka.config.in_force(name).map(str::trim) else {
        return;
    };
    let told = kafka.listeners.iter().any(|open| *open.name == listener);
    if listener == kafka.inter_broker.as_str() || !told {
        alone(found, &CONTROL_PLANE, name, args![listener]);
    }
})
.applies_to("≤ 3.9");

/// Brokers claim to own nodes of ZooKeeper and cannot prove who they are.
pub static ACL_WITHOUT_IDENTITY: Rule = Rule::new(
    "KFK080",
    Error,
    "apache/kafka:core/src/main/scala/kafka/zk/KafkaZkClient.scala (3.5.2)",
    |facts, found| {
        let name = "zookeeper.set.acl";
        let opts = &facts.plan.kafka.opts;
        let jaas = [&*opts.kafka_opts, &*opts.jvm_performance]
            .into_iter()
            .flatten()
            .any(|opts| opts.contains("java.security.auth.login.config"));
        if facts.flag(name) && !facts.flag("zookeeper.ssl.client.enable") && !jaas {
            alone(found, &ACL_WITHOUT_IDENTITY, name, args![]);
        }
    },
)
.applies_to("≤ 3.9");

/// Names of fresh pods may take longer to appear.
pub static SHORT_CONNECTION_TIMEOUT: Rule = Rule::new(
    "KFK081",
    Warning,
    "own judgement; default of the sample file apache/kafka:config/server.properties (3.5.2)",
    |facts, found| {
        let name = "zookeeper.connection.timeout.ms";
        let session = facts.whole("zookeeper.session.timeout.ms").unwrap_or(0);
        let Some(millis) = facts.whole(name) else {
            return;
        };
        if facts.plan.has_ensemble() && millis < (session / 2).max(6000) {
            found
                .add(&SHORT_CONNECTION_TIMEOUT, name, args![millis])
                .at_option(name)
                .fix(facts.fix_option(name, session.max(18_000)));
        }
    },
)
.applies_to("≤ 3.9");

#[cfg(test)]
mod tests {
    use super::super::testing::{fires, silent};
    use super::RESERVED;
    use crate::design::{Design, FieldPath};
    use crate::engine::after;

    /// Options over the start values: `a=1 b=2`, and `kafka.version=` and other fields by their paths.
    fn options(text: &str) -> Design {
        let values = text.split_whitespace().map(|pair| {
            let (name, value) = pair.split_once('=').expect("name=value");
            let field = name.starts_with("kafka.") || name.starts_with("cluster.");
            let path = if field {
                name.to_owned()
            } else {
                format!("kafka.options[{name}]")
            };
            (path, value.to_owned())
        });
        values.fold(Design::default(), |design, (path, value)| {
            design.with(&path, &value)
        })
    }

    #[test]
    fn the_option_that_disagrees_with_the_start_value_is_taken_out() {
        let fix = |text: &str, id: &str| {
            let finding = fires(&options(text), id);
            finding.fixes[0].changes.len()
        };
        assert_eq!(
            fix(
                "replica.socket.timeout.ms=400 replica.fetch.wait.max.ms=450",
                "KFK016"
            ),
            1
        );
        let both = "log.cleaner.min.compaction.lag.ms=10 log.cleaner.max.compaction.lag.ms=9";
        assert_eq!(fix(both, "KFK030"), 1);
    }

    #[test]
    fn any_negative_time_means_for_ever() {
        for name in [
            "log.retention.ms",
            "log.retention.minutes",
            "log.retention.hours",
        ] {
            for value in ["-1", "-2", "-1000"] {
                silent(&options(&format!("{name}={value}")), "KFK010");
            }
            assert_eq!(
                fires(&options(&format!("{name}=0")), "KFK010").subject,
                name
            );
        }
        // The finest decides, also when it says for ever.
        silent(
            &options("log.retention.minutes=0 log.retention.ms=-1"),
            "KFK010",
        );
        let finest = options("log.retention.minutes=0 log.retention.hours=5");
        assert_eq!(fires(&finest, "KFK010").subject, "log.retention.minutes");
    }

    #[test]
    fn own_ids_take_the_place_of_an_id_for_all_outside_the_generated_range() {
        let base = "reserved.broker.max.id=0 kafka.groups[main].brokers=3";
        for (id, rule) in [("-1", "KFK006"), ("0", "KFK005")] {
            let design = options(&format!("{base} broker.id={id}"));
            silent(&design, "KFK003");
            let finding = fires(&design, rule);
            let repaired = after(&design, &finding.fixes[0].changes);
            silent(&repaired, rule);
            silent(&repaired, "KFK003");
            let reserved = FieldPath::kafka_option(RESERVED);
            assert_eq!(repaired.get(&reserved), Some("2"), "{rule}");
        }
        // Nothing is generated, or the range ends below: then it stays as it is.
        for more in [
            "broker.id.generation.enable=false",
            "reserved.broker.max.id=2",
        ] {
            let finding = fires(&options(&format!("{base} broker.id=0 {more}")), "KFK005");
            assert_eq!(finding.fixes[0].changes.len(), 1, "{more}");
        }
    }

    #[test]
    fn an_id_for_all_is_no_value_without_effect() {
        silent(&options("broker.id=-1"), "KFK066");
        silent(&options("broker.id=-1 reserved.broker.max.id=0"), "KFK066");
    }

    #[test]
    fn the_more_specific_rule_speaks_alone() {
        silent(&options("broker.id=-1"), "KFK005");
        let acks = options("offsets.commit.required.acks=4 kafka.version=3.9.1");
        fires(&acks, "KFK018");
        silent(&acks, "KFK019");
        silent(&acks, "KFK069");
        silent(&options("group.max.session.timeout.ms=5999"), "KFK040");
    }
}
