//! KRF: a cluster without ZooKeeper, in the order of the catalogue.
//!
//! What our own files can never say is looked for too: files of others, and what was put over ours, may.

mod listeners;
mod migration;
mod pods;
mod quorum;
mod shared;
mod storage;

pub(super) use listeners::MECHANISM_OF_CONTROLLERS;
pub(super) use storage::SEVERAL_FOLDERS;

use super::Rule;

/// The family, in the order of the catalogue.
pub static RULES: &[&Rule] = &[
    &migration::NO_ROLES,
    &quorum::WRONG_ROLES,
    &quorum::NO_ID,
    &quorum::NO_VOTERS,
    &quorum::NO_QUORUM,
    &quorum::VOTER_UNREADABLE,
    &quorum::NOT_A_VOTER,
    &quorum::BROKER_IS_VOTER,
    &listeners::CONTROLLERS_UNNAMED,
    &listeners::BROKER_OPENS_FOR_CONTROLLERS,
    &listeners::CONTROLLER_NOT_OPEN,
    &listeners::CONTROLLER_OPENS_FOR_CLIENTS,
    &listeners::CONTROLLER_ADVERTISES,
    &listeners::BROKER_ADVERTISES_CONTROLLER,
    &listeners::NO_PROTOCOL,
    &listeners::SEVERAL_NAMES,
    &migration::CONTROL_PLANE,
    &quorum::HEARTBEAT_TOO_SLOW,
    &quorum::BROKER_JOINS,
    &listeners::ONE_NAME_FOR_BOTH,
    &quorum::POLICY_OF_BROKER,
    &quorum::EVEN,
    &quorum::SINGLE,
    &quorum::MANY,
    &quorum::COMBINED,
    &storage::NOT_FORMATTED,
    &storage::ID_REFUSED,
    &storage::METADATA_LOST,
    &storage::SMALL_CONTROLLERS,
    &migration::NOT_FINISHED,
    &migration::INCOMPLETE,
    &migration::SEVERAL_FOLDERS,
    &listeners::NAMED_WITHOUT_ROLES,
    &pods::WAITS_FOR_ITSELF,
    &storage::ID_OF_OTHER_FORM,
    &shared::TOPIC_DEFAULTS_DIFFER,
    &shared::MIN_ISR_DIFFERS,
    &listeners::ADDRESS_LEFT_TO_CHANCE,
    &storage::STATIC_AND_DYNAMIC,
    &pods::NAMES_HIDDEN,
    &pods::BUDGET_BREAKS_QUORUM,
    &storage::ID_TAKEN_FOR_OPTION,
    &quorum::TOLD_TWICE,
    &shared::CONTROLLERS_DIFFER,
];

const CONFIG_35: &str = "apache/kafka:core/src/main/scala/kafka/server/KafkaConfig.scala (3.5.2)";
const CONFIG_39: &str =
    "apache/kafka:core/src/main/scala/kafka/server/KafkaConfig.scala (3.9.0-rc3)";
const BOTH_CONFIGS: &str =
    "apache/kafka:core/src/main/scala/kafka/server/KafkaConfig.scala (3.5.2 and 3.9.0-rc3)";
const CONFIG_42: &str = "apache/kafka:core/src/main/scala/kafka/server/KafkaConfig.scala (a trunk version with auto-join, i.e. 4.2 line or later)";
const OPS: &str = "apache/kafka:docs/ops.html (3.9.0-rc3)";
