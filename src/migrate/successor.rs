//! The design that a cluster with ZooKeeper has after its migration.

use sha2::{Digest as _, Sha256};

use crate::catalog::{KafkaVersion, Lookup, Mode, broker_option};
use crate::design::{Change, Design, FieldPath, identity};
use crate::fields::{
    CONTROLLERS_COUNT, CONTROLLERS_ID_BASE, COORDINATION, GROUP_ID_BASE, KAFKA_VERSION,
    KRAFT_CLUSTER_ID, KRAFT_DIRECTORY_IDS,
};
use crate::plan::Plan;

/// How brokers agree on what they say to each other; with KRaft the metadata version takes its place.
pub(super) const PROTOCOL: &str = "inter.broker.protocol.version";

/// Who decides what is allowed, with ZooKeeper and without.
const AUTHORIZER: &str = "authorizer.class.name";
const AUTHORIZERS: [&str; 2] = [
    "kafka.security.authorizer.AclAuthorizer",
    "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
];

/// The first controller's number, unless brokers have it: far from them, and the number of Kafka's
/// own description.
const FIRST_CONTROLLER: u64 = 3000;

/// The same cluster without ZooKeeper: controllers of their own, the brokers with their numbers, the
/// id that the cluster has, and ids for the controllers' disks that follow from it.
///
/// Kafka migrates to controllers of their own only, and brokers keep their numbers.
#[must_use]
pub fn successor(design: &Design, plan: &Plan, version: KafkaVersion, cluster_id: &str) -> Design {
    let mut next = design.clone();
    let is_ensembles = |path: &FieldPath| {
        let path = path.as_str();
        let option = path.strip_prefix("kafka.options[");
        let option = option.and_then(|option| option.strip_suffix(']'));
        path.starts_with("zookeeper.")
            || option.is_some_and(|name| {
                name == PROTOCOL
                    || matches!(broker_option(name, version.line()),
                        Lookup::Known(option) if option.mode == Mode::ZooKeeper)
            })
    };
    next.values.retain(|path, _| !is_ensembles(path));
    next.lists.retain(|list, _| !list.starts_with("zookeeper."));
    let mut set = |path: FieldPath, value: String| next.apply(&Change::set(path, value));
    set(COORDINATION.path(None), "kraft-dedicated".to_owned());
    set(KAFKA_VERSION.path(None), version.to_string());
    set(KRAFT_CLUSTER_ID.path(None), cluster_id.to_owned());
    for group in &plan.kafka.groups {
        let base = *group.id_base;
        set(GROUP_ID_BASE.path(Some(&group.key)), base.to_string());
    }
    set(
        CONTROLLERS_ID_BASE.path(None),
        first_controller(design, plan).to_string(),
    );
    let authorizer = FieldPath::kafka_option(AUTHORIZER);
    if design.get(&authorizer).map(str::trim) == Some(AUTHORIZERS[0]) {
        set(authorizer, AUTHORIZERS[1].to_owned());
    }
    if design.get(&KRAFT_DIRECTORY_IDS.path(None)).is_none() {
        let controllers = Plan::of(&next)
            .kraft()
            .map_or(0, |kraft| kraft.members.len());
        let ids: Vec<String> = (0..controllers)
            .map(|number| directory_id(cluster_id, number))
            .collect();
        next.apply(&Change::set(KRAFT_DIRECTORY_IDS.id, ids.join(", ")));
    }
    next
}

/// The number of the first controller: as typed where no broker has it, else far above them all.
fn first_controller(design: &Design, plan: &Plan) -> u64 {
    let count = design.get(&CONTROLLERS_COUNT.path(None));
    let count: u64 = count.and_then(|text| text.trim().parse().ok()).unwrap_or(9);
    let brokers = || {
        let groups = plan.kafka.groups.iter();
        groups.map(|group| (*group.id_base, group.id_base.saturating_add(*group.brokers)))
    };
    let is_free = |first: u64| {
        brokers().all(|(low, high)| high <= first || first.saturating_add(count) <= low)
    };
    let typed = design.get(&CONTROLLERS_ID_BASE.path(None));
    let typed: Option<u64> = typed.and_then(|text| text.trim().parse().ok());
    if let Some(first) = typed.filter(|first| is_free(*first)) {
        return first;
    }
    if is_free(FIRST_CONTROLLER) {
        return FIRST_CONTROLLER;
    }
    let above = brokers().map(|(_, high)| high).max().unwrap_or(0);
    above.div_ceil(1000).saturating_mul(1000)
}

/// The id of a controller's disk, the same each time the way of a cluster is made: a disk must not get
/// another one while the controllers already run.
fn directory_id(cluster_id: &str, number: usize) -> String {
    let digest = Sha256::digest(format!("the disk of controller {number} of {cluster_id}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    identity::id(bytes)
}
