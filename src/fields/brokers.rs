//! Brokers: version, groups, what topics get by default, and every broker option.

use super::Section::{Brokers, KafkaOptions};
use super::Start::{Derived, Empty, Value};
use super::{Field, Kind, NameKind};
use crate::plan::Plan;

const fn option(
    id: &'static str,
    card: &'static str,
    name: &'static str,
    start: super::Start,
) -> Field {
    Field::new(id, Brokers, card, Kind::KafkaOption(name), start)
}

/// The release.
pub static KAFKA_VERSION: Field = Field::new(
    "kafka.version",
    Brokers,
    "kafka",
    Kind::KafkaVersion,
    Derived,
);

/// Where the configuration stands: a complete `server.properties` in a ConfigMap, or flags of the start command.
pub static KAFKA_CONFIG_STYLE: Field = Field::new(
    "kafka.config_style",
    Brokers,
    "kafka",
    Kind::Choice(&["file", "flags"]),
    Value("file"),
)
.when(Plan::has_ensemble);

/// The name of the brokers: of the StatefulSet when there is one group, else the beginning of each name.
pub static KAFKA_NAME: Field = Field::new(
    "kafka.name",
    Brokers,
    "names",
    Kind::Name(NameKind::SetName),
    Value("kafka"),
);

/// The headless Service: the brokers' own names.
pub static KAFKA_HEADLESS_NAME: Field = Field::new(
    "kafka.headless_name",
    Brokers,
    "names",
    Kind::Name(NameKind::Service),
    Derived,
);

/// The Service that clients inside the cluster start from.
pub static KAFKA_BOOTSTRAP_NAME: Field = Field::new(
    "kafka.bootstrap_name",
    Brokers,
    "names",
    Kind::Name(NameKind::Service),
    Derived,
);

/// How many brokers the group has.
pub static GROUP_BROKERS: Field = Field::new(
    "kafka.groups[].brokers",
    Brokers,
    "groups",
    Kind::Whole { min: 1, max: 1_000 },
    Value("3"),
);

/// The `broker.id` of the group's first broker.
pub static GROUP_ID_BASE: Field = Field::new(
    "kafka.groups[].id_base",
    Brokers,
    "groups",
    Kind::Whole {
        min: 0,
        max: 2_147_480_000,
    },
    Derived,
);

/// The zone that the group runs in, which is also its `broker.rack`.
pub static GROUP_ZONE: Field = Field::new(
    "kafka.groups[].zone",
    Brokers,
    "groups",
    Kind::Name(NameKind::LabelValue),
    Empty,
);

/// The name of the group's StatefulSet.
pub static GROUP_NAME: Field = Field::new(
    "kafka.groups[].name",
    Brokers,
    "groups",
    Kind::Name(NameKind::SetName),
    Derived,
);

/// Copies of each partition of a new topic.
pub static DEFAULT_REPLICATION: Field = option(
    "kafka.options[default.replication.factor]",
    "topics",
    "default.replication.factor",
    Derived,
);

/// Copies that must confirm a write with acks=all.
pub static MIN_IN_SYNC: Field = option(
    "kafka.options[min.insync.replicas]",
    "topics",
    "min.insync.replicas",
    Derived,
);

/// Partitions of a topic that is created without a number.
pub static NUM_PARTITIONS: Field = option(
    "kafka.options[num.partitions]",
    "topics",
    "num.partitions",
    Value("3"),
);

/// Copies of the offsets topic.
pub static OFFSETS_REPLICATION: Field = option(
    "kafka.options[offsets.topic.replication.factor]",
    "topics",
    "offsets.topic.replication.factor",
    Derived,
);

/// Copies of the transactions topic.
pub static TRANSACTION_REPLICATION: Field = option(
    "kafka.options[transaction.state.log.replication.factor]",
    "topics",
    "transaction.state.log.replication.factor",
    Derived,
);

/// Copies of the transactions topic that must confirm.
pub static TRANSACTION_MIN_IN_SYNC: Field = option(
    "kafka.options[transaction.state.log.min.isr]",
    "topics",
    "transaction.state.log.min.isr",
    Derived,
);

/// Whether a replica that lags may become leader, which loses data.
pub static UNCLEAN_ELECTION: Field = option(
    "kafka.options[unclean.leader.election.enable]",
    "topics",
    "unclean.leader.election.enable",
    Value("false"),
);

/// Whether a topic comes into being by being named.
pub static AUTO_CREATE_TOPICS: Field = option(
    "kafka.options[auto.create.topics.enable]",
    "topics",
    "auto.create.topics.enable",
    Value("false"),
);

/// How long records are kept.
pub static RETENTION_HOURS: Field = option(
    "kafka.options[log.retention.hours]",
    "topics",
    "log.retention.hours",
    Value("168"),
);

/// How long the first rebalance of a consumer group waits for more members.
pub static REBALANCE_DELAY: Field = option(
    "kafka.options[group.initial.rebalance.delay.ms]",
    "topics",
    "group.initial.rebalance.delay.ms",
    Value("3000"),
);

/// The ensemble as the brokers see it.
pub static ZOOKEEPER_CONNECT: Field = option(
    "kafka.options[zookeeper.connect]",
    "zookeeper",
    "zookeeper.connect",
    Derived,
)
.when(Plan::has_ensemble);

/// How long ZooKeeper waits for a silent broker.
pub static ZOOKEEPER_SESSION_TIMEOUT: Field = option(
    "kafka.options[zookeeper.session.timeout.ms]",
    "zookeeper",
    "zookeeper.session.timeout.ms",
    Value("18000"),
)
.when(Plan::has_ensemble);

/// How long a broker waits for ZooKeeper when it starts.
pub static ZOOKEEPER_CONNECTION_TIMEOUT: Field = option(
    "kafka.options[zookeeper.connection.timeout.ms]",
    "zookeeper",
    "zookeeper.connection.timeout.ms",
    Value("18000"),
)
.when(Plan::has_ensemble);

/// Any broker option: `kafka.options[NAME]`.
pub static KAFKA_OPTION: Field = Field::new(
    "kafka.options[]",
    KafkaOptions,
    "options",
    Kind::KafkaOption(""),
    Empty,
);

/// Whether a broker waits in an init container until a ZooKeeper server answers.
pub static WAIT_FOR_ZOOKEEPER: Field = Field::new(
    "kafka.wait_for_zookeeper",
    Brokers,
    "zookeeper",
    Kind::Flag,
    Value("true"),
)
.when(Plan::has_ensemble);
