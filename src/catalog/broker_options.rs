//! Every broker option of Kafka 2.4 to 4.3, in the state it has in one line.
//!
//! The data describe the newest line that has an option, and what was different before; [`broker_option`] walks back from there.
//! A line older than 2.4 is treated as 2.4, one newer than 4.3 as 4.3.
//! Kafka ignores names it does not know, so an unknown or removed option alone does not stop a broker.

use std::sync::OnceLock;

use serde::Deserialize;

use super::data::rows;
use super::values::{Lookup, OptionKind, Unit, ValueRange};
use super::versions::KafkaLine;

/// How much Kafka's documentation stresses an option.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Importance {
    /// Low.
    Low,
    /// Medium.
    #[default]
    Medium,
    /// High.
    High,
}

/// How an option changes on a running cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UpdateMode {
    /// By a restart only.
    #[default]
    ReadOnly,
    /// While running, for one broker at a time.
    PerBroker,
    /// While running, for one broker or for all at once.
    ClusterWide,
}

/// In which kind of cluster an option has an effect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Only with `ZooKeeper`.
    ZooKeeper,
    /// Only without; also every option that came with 4.0 or later.
    KRaft,
    /// In both.
    #[default]
    Both,
}

impl Mode {
    /// Whether an option has an effect with `KRaft`, or with `ZooKeeper`.
    pub fn fits(self, kraft: bool) -> bool {
        self == Self::Both || kraft == (self == Self::KRaft)
    }
}

/// A broker option as one Kafka line has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BrokerOption {
    /// The property's name.
    pub name: &'static str,
    /// The default; `None` is null (or nothing, see `required`), `Some("")` is an empty text.
    pub default: Option<&'static str>,
    /// Must be given: Kafka has no default.
    /// `zookeeper.connect` counts only up to 2.7, although a broker in `ZooKeeper` mode never starts without it.
    pub required: bool,
    /// Type and range.
    pub values: ValueRange,
    /// What a number counts.
    pub unit: Unit,
    /// How much the documentation stresses it.
    pub importance: Importance,
    /// How it changes on a running cluster.
    pub update_mode: UpdateMode,
    /// In which kind of cluster it has an effect.
    pub mode: Mode,
    /// First line that documents it; 2.4 means 2.4 or earlier.
    pub since: KafkaLine,
    /// First line without it, also when that line is a later one.
    pub removed_in: Option<KafkaLine>,
    /// Since when it is deprecated, when this line calls it so; 2.4 means 2.4 or earlier.
    pub deprecated_since: Option<KafkaLine>,
    /// What to use instead, also when it is not deprecated in this line yet.
    pub replaced_by: &'static [&'static str],
    /// The option of a topic that overrides it.
    pub topic_override: Option<&'static str>,
    /// Broker options that win over this one when they are set.
    pub overridden_when_set: &'static [&'static str],
    /// The source of this line has it, the documentation does not list it.
    pub internal: bool,
}

impl BrokerOption {
    /// Holds a secret: its value belongs into a Secret and never into a design.
    pub const fn sensitive(&self) -> bool {
        matches!(self.values.kind, OptionKind::Password)
    }
}

/// Which roles of `KRaft` read an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Roles {
    /// Brokers do.
    pub brokers: bool,
    /// Controllers do.
    pub controllers: bool,
}

/// Options that controllers never read: how brokers keep, copy and serve records, and their coordinators.
const OF_BROKERS: &[&str] = &[
    "alter.log.dirs.",
    "auto.create.topics.enable",
    "broker.heartbeat.interval.ms",
    "broker.id",
    "broker.rack",
    "compression.",
    "controlled.shutdown.",
    "cordoned.log.dirs",
    "delete.records.",
    "fetch.",
    "follower.fetch.",
    "group.",
    "initial.broker.registration.timeout.ms",
    "inter.broker.listener.name",
    "log.",
    "max.incremental.fetch.session.cache.slots",
    "num.recovery.threads.per.data.dir",
    "num.replica.",
    "offset.metadata.max.bytes",
    "offsets.",
    "producer.",
    "remote.",
    "replica.",
    "replication.quota.",
    "security.inter.broker.protocol",
    "share.",
    "transaction.",
    "transactional.id.expiration.ms",
    "unstable.api.versions.enable",
    "zookeeper.",
];

/// Options that only controllers carry out; from 4.1 on a broker that has them complains.
const OF_CONTROLLERS: [&str; 2] = [
    "alter.config.policy.class.name",
    "create.topic.policy.class.name",
];

/// Which roles of `KRaft` read an option; an unknown one may be a plug-in's, which both may load.
///
/// Topics are made by controllers, with their own defaults for copies and partitions, and the settings
/// of a topic that nobody gave are those of the process that is asked.
/// Sources: `ControllerServer`, `ReplicationControlManager` and `QuorumController` of apache/kafka 3.5.2 and 4.1.
pub fn roles_of_option(name: &str) -> Roles {
    let of_brokers = |known: &&str| {
        if known.ends_with('.') {
            name.starts_with(*known)
        } else {
            name == *known
        }
    };
    Roles {
        brokers: !OF_CONTROLLERS.contains(&name),
        controllers: !OF_BROKERS.iter().any(of_brokers),
    }
}

/// Limits as a data file has them.
#[derive(Default, Deserialize)]
struct Range {
    #[serde(default)]
    min: Option<i64>,
    #[serde(default)]
    max: Option<i64>,
    #[serde(default)]
    also: Vec<i64>,
    #[serde(borrow, default)]
    of: Vec<&'static str>,
    #[serde(default)]
    any_case: bool,
    #[serde(default)]
    filled: bool,
}

/// What was different before a line.
#[derive(Deserialize)]
struct Earlier {
    until: KafkaLine,
    kind: Option<OptionKind>,
    def: Option<&'static str>,
    #[serde(default)]
    def_none: bool,
    required: Option<bool>,
    imp: Option<Importance>,
    upd: Option<UpdateMode>,
    range: Option<Range>,
}

/// One row of `data/kafka-options.json`.
#[derive(Deserialize)]
struct Row {
    name: &'static str,
    kind: Option<OptionKind>,
    def: Option<&'static str>,
    #[serde(default)]
    required: bool,
    min: Option<i64>,
    max: Option<i64>,
    #[serde(default)]
    also: Vec<i64>,
    #[serde(default)]
    of: Vec<&'static str>,
    #[serde(default)]
    any_case: bool,
    #[serde(default)]
    filled: bool,
    #[serde(default)]
    imp: Importance,
    #[serde(default)]
    upd: UpdateMode,
    #[serde(default)]
    unit: Unit,
    since: Option<KafkaLine>,
    gone: Option<KafkaLine>,
    depr: Option<KafkaLine>,
    #[serde(default)]
    depr_not: Vec<KafkaLine>,
    #[serde(default)]
    by: Vec<&'static str>,
    #[serde(default)]
    mode: Mode,
    topic: Option<&'static str>,
    #[serde(default)]
    beaten: Vec<&'static str>,
    /// Lines in which it is internal; empty = in all.
    hidden: Option<Vec<KafkaLine>>,
    #[serde(default)]
    was: Vec<Earlier>,
}

const FIRST_LINE: KafkaLine = KafkaLine::of(2, 4);

impl Row {
    fn since(&self) -> KafkaLine {
        self.since.unwrap_or(FIRST_LINE)
    }

    fn internal_in(&self, line: KafkaLine) -> bool {
        self.hidden
            .as_ref()
            .is_some_and(|lines| lines.is_empty() || lines.contains(&line))
    }

    /// The state in a line, which may be too early or too late.
    fn lookup(&'static self, line: KafkaLine) -> Lookup<BrokerOption, KafkaLine> {
        let line = line.max(FIRST_LINE);
        let internal = self.internal_in(line);
        // Some options stood in the source before any line documented them.
        let named = self
            .hidden
            .as_ref()
            .is_some_and(|lines| lines.contains(&line));
        if line < self.since() && !named {
            return Lookup::NotYet {
                since: self.since(),
            };
        }
        match self.gone {
            Some(removed_in) if line >= removed_in => Lookup::Removed { removed_in },
            _ => Lookup::Known(self.state(line, internal)),
        }
    }

    fn state(&'static self, line: KafkaLine, internal: bool) -> BrokerOption {
        let mut option = BrokerOption {
            name: self.name,
            default: self.def,
            required: self.required,
            values: ValueRange {
                kind: self.kind.unwrap_or(OptionKind::Int),
                min: self.min,
                max: self.max,
                also: &self.also,
                one_of: &self.of,
                any_case: self.any_case,
                non_empty: self.filled,
            },
            unit: self.unit,
            importance: self.imp,
            update_mode: self.upd,
            mode: self.mode,
            since: self.since(),
            removed_in: self.gone,
            deprecated_since: self
                .depr
                .filter(|since| line >= *since && !self.depr_not.contains(&line)),
            replaced_by: &self.by,
            topic_override: self.topic,
            overridden_when_set: &self.beaten,
            internal,
        };
        for earlier in self.was.iter().rev().filter(|was| line < was.until) {
            earlier.restore(&mut option);
        }
        option
    }
}

impl Earlier {
    fn restore(&'static self, option: &mut BrokerOption) {
        if self.def.is_some() || self.def_none {
            option.default = self.def;
        }
        if let Some(range) = &self.range {
            option.values = ValueRange {
                kind: option.values.kind,
                min: range.min,
                max: range.max,
                also: &range.also,
                one_of: &range.of,
                any_case: range.any_case,
                non_empty: range.filled,
            };
        }
        option.values.kind = self.kind.unwrap_or(option.values.kind);
        option.required = self.required.unwrap_or(option.required);
        option.importance = self.imp.unwrap_or(option.importance);
        option.update_mode = self.upd.unwrap_or(option.update_mode);
    }
}

fn table() -> &'static [Row] {
    static TABLE: OnceLock<Vec<Row>> = OnceLock::new();
    TABLE.get_or_init(|| rows(include_str!("data/kafka-options.json")))
}

/// The option of a name in a line.
/// Cheap: a binary search, and no text is copied.
pub fn broker_option(name: &str, line: KafkaLine) -> Lookup<BrokerOption, KafkaLine> {
    let table = table();
    match table.binary_search_by(|row| row.name.cmp(name)) {
        Ok(place) => table[place].lookup(line),
        Err(_) => Lookup::Unknown,
    }
}

/// Whether a name sets a sensitive option for one listener, with or without a mechanism before it:
/// `listener.name.outside.ssl.keystore.password`, `listener.name.outside.plain.sasl.jaas.config`.
pub fn is_sensitive_of_listener(name: &str, line: KafkaLine) -> bool {
    let of_listener = name.strip_prefix("listener.name.");
    let mut rest = of_listener.and_then(|rest| rest.split_once('.'));
    while let Some((_, option)) = rest {
        if broker_option(option, line)
            .known()
            .is_some_and(|option| option.sensitive())
        {
            return true;
        }
        rest = option.split_once('.');
    }
    false
}

/// The options that a line documents, sorted by name.
pub fn broker_options(line: KafkaLine) -> BrokerOptions {
    BrokerOptions {
        rows: table().iter(),
        line,
    }
}

/// The options of one line, see [`broker_options`].
pub struct BrokerOptions {
    rows: std::slice::Iter<'static, Row>,
    line: KafkaLine,
}

impl Iterator for BrokerOptions {
    type Item = BrokerOption;

    fn next(&mut self) -> Option<BrokerOption> {
        let line = self.line;
        self.rows
            .find_map(|row| row.lookup(line).known().filter(|option| !option.internal))
    }
}

#[cfg(test)]
mod tests {
    use super::super::values::check_option_value;
    use super::*;

    fn line(text: &str) -> KafkaLine {
        text.parse().unwrap()
    }

    fn option(name: &str, at: &str) -> BrokerOption {
        broker_option(name, line(at)).known().expect(name)
    }

    #[test]
    fn every_line_has_as_many_options_as_its_documentation() {
        let published = [
            ("2.4", 192),
            ("2.5", 207),
            ("2.6", 208),
            ("2.7", 216),
            ("2.8", 218),
            ("3.0", 231),
            ("3.1", 245),
            ("3.2", 245),
            ("3.3", 248),
            ("3.4", 252),
            ("3.5", 252),
            ("3.6", 270),
            ("3.7", 285),
            ("3.8", 299),
            // With the one that 3.9.2 brought.
            ("3.9", 315),
            ("4.0", 289),
            ("4.1", 316),
            ("4.2", 320),
            ("4.3", 340),
        ];
        for (text, count) in published {
            assert_eq!(broker_options(line(text)).count(), count, "{text}");
        }
    }

    #[test]
    fn names_are_sorted_and_stand_once() {
        assert!(table().is_sorted_by(|one, next| one.name < next.name));
        assert!(
            table()
                .iter()
                .all(|row| row.was.is_sorted_by_key(|was| was.until))
        );
    }

    #[test]
    fn a_default_is_that_of_the_line() {
        assert_eq!(
            option("replica.lag.time.max.ms", "2.4").default,
            Some("10000")
        );
        assert_eq!(
            option("replica.lag.time.max.ms", "2.5").default,
            Some("30000")
        );
        assert_eq!(option("listeners", "2.8").default, None);
        assert_eq!(
            option("listeners", "3.0").default,
            Some("PLAINTEXT://:9092")
        );
        assert_eq!(
            option("inter.broker.protocol.version", "3.5").default,
            Some("3.5-IV2")
        );
        assert_eq!(option("process.roles", "3.9").default, Some(""));
        assert!(option("process.roles", "4.0").required);
    }

    #[test]
    fn type_range_and_requirement_are_those_of_the_line() {
        assert_eq!(option("log.dirs", "4.1").values.kind, OptionKind::String);
        assert_eq!(option("log.dirs", "4.2").values.kind, OptionKind::List);
        assert_eq!(option("log.segment.bytes", "3.9").values.min, Some(14));
        assert_eq!(
            option("log.segment.bytes", "4.0").values.min,
            Some(1_048_576)
        );
        assert!(option("zookeeper.connect", "2.7").required);
        assert!(!option("zookeeper.connect", "3.9").required);
        assert!(option("compression.type", "3.2").values.one_of.is_empty());
        assert_eq!(
            option("remote.log.manager.copier.thread.pool.size", "3.9")
                .values
                .also,
            [-1]
        );
    }

    #[test]
    fn options_come_and_go() {
        assert_eq!(
            broker_option("quota.producer.default", line("3.0")),
            Lookup::Removed {
                removed_in: line("3.0")
            }
        );
        assert!(
            option("quota.producer.default", "2.8")
                .deprecated_since
                .is_some()
        );
        assert_eq!(
            broker_option("process.roles", line("2.7")),
            Lookup::NotYet { since: line("3.0") }
        );
        assert_eq!(
            broker_option("log.retention.days", line("3.5")),
            Lookup::Unknown
        );
    }

    #[test]
    fn internal_options_are_found_but_not_listed() {
        assert!(option("process.roles", "2.8").internal);
        assert!(!option("process.roles", "3.0").internal);
        assert!(option("server.max.startup.time.ms", "4.3").internal);
        assert!(broker_options(line("4.3")).all(|option| !option.internal));
    }

    #[test]
    fn a_deprecation_may_be_taken_back() {
        let deprecated = |at| {
            option("remote.log.manager.thread.pool.size", at)
                .deprecated_since
                .is_some()
        };
        assert!(!deprecated("3.8"));
        assert!(deprecated("3.9"));
        assert!(!deprecated("4.1"));
        assert!(deprecated("4.2"));
    }

    #[test]
    fn every_default_fits_its_own_option() {
        for row in table() {
            for minor in 0..20 {
                let at = KafkaLine::of(if minor < 10 { 3 } else { 4 }, minor % 10);
                let Lookup::Known(option) = row.lookup(at) else {
                    continue;
                };
                if let Some(default) = option.default {
                    assert_eq!(
                        check_option_value(&option.values, default),
                        None,
                        "{} {at}",
                        row.name
                    );
                }
            }
        }
    }
}
