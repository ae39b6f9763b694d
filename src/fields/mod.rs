//! One declaration per setting: the form, the checks, the files, the documents and the tests read this.
//!
//! [`FIELDS`] is one ordered slice; its order is the order in the form.
//! The words of a field lie in `text/` under its id (`ID.label`, `ID.help`, and `ID.CHOICE` for each choice).
//! An option's type, default and range lie in the catalogue.

mod brokers;
mod cluster;
mod controllers;
mod kind;
mod listeners;
mod pods;
mod storage;
mod zookeeper;

pub use brokers::*;
pub use cluster::*;
pub use controllers::*;
pub use kind::{
    Kind, NO_LIMIT, NameKind, Quantity, Wrong, cpu, flag, heap, is_uuid, items, quantity, seconds,
    unit_value, whole,
};
pub use listeners::*;
pub use pods::*;
pub use storage::*;
pub use zookeeper::*;

use crate::design::FieldPath;
use crate::plan::Plan;

/// One setting.
pub struct Field {
    /// Stable for ever: it stands in designs, links, findings and test names.
    pub id: &'static str,
    /// Where it stands in the form.
    pub section: Section,
    /// The card within the section; fields of one card stand together. Its title is `card.NAME`.
    pub card: &'static str,
    /// What text is right.
    pub kind: Kind,
    /// Its value before anybody touches it.
    pub start: Start,
    /// Whether it means anything in this design; the form hides it otherwise.
    pub when: fn(&Plan) -> bool,
    /// For a field of list items: whether it means anything for the item with this key.
    pub of_item: fn(&Plan, &str) -> bool,
    /// False for what only the checks use (the number of nodes, say): no file changes with it.
    pub written: bool,
}

/// A field's value before anybody touches it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// This text, in the edition of the design.
    Value(&'static str),
    /// The plan works it out and says why.
    Derived,
    /// Nothing; the field may stay empty.
    Empty,
}

/// A page of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// Kubernetes, namespaces, nodes, workload.
    Cluster,
    /// The ensemble.
    ZooKeeper,
    /// KRaft's quorum, and controllers of their own.
    Controllers,
    /// Brokers, their groups, what topics get by default.
    Brokers,
    /// Listeners and how clients outside reach the brokers.
    Listeners,
    /// Classes, claims, disks.
    Storage,
    /// Memory, processors, JVM.
    Resources,
    /// Where pods may run, and when they may be taken away.
    Scheduling,
    /// When a pod is ready, and when it is restarted.
    Probes,
    /// Users and rights of the pods.
    Security,
    /// The images and the Dockerfiles.
    Images,
    /// Every broker option of the chosen version.
    KafkaOptions,
    /// Every ZooKeeper option of the chosen version.
    ZooKeeperOptions,
}

impl Section {
    /// All, in the order of the form.
    pub const ALL: &[Self] = &[
        Self::Cluster,
        Self::ZooKeeper,
        Self::Controllers,
        Self::Brokers,
        Self::Listeners,
        Self::Storage,
        Self::Resources,
        Self::Scheduling,
        Self::Probes,
        Self::Security,
        Self::Images,
        Self::KafkaOptions,
        Self::ZooKeeperOptions,
    ];

    /// Its stable id: in the page's address, and in the keys `section.ID` and `section.ID.help`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::ZooKeeper => "zookeeper",
            Self::Controllers => "controllers",
            Self::Brokers => "brokers",
            Self::Listeners => "listeners",
            Self::Storage => "storage",
            Self::Resources => "resources",
            Self::Scheduling => "scheduling",
            Self::Probes => "probes",
            Self::Security => "security",
            Self::Images => "images",
            Self::KafkaOptions => "kafka-options",
            Self::ZooKeeperOptions => "zookeeper-options",
        }
    }

    /// Whether it means anything in this design: ZooKeeper and KRaft take each other's place.
    pub fn shows(self, plan: &Plan) -> bool {
        match self {
            Self::ZooKeeper | Self::ZooKeeperOptions => plan.has_ensemble(),
            Self::Controllers => plan.has_kraft(),
            _ => true,
        }
    }
}

impl Field {
    const fn new(
        id: &'static str,
        section: Section,
        card: &'static str,
        kind: Kind,
        start: Start,
    ) -> Self {
        Self {
            id,
            section,
            card,
            kind,
            start,
            when: |_| true,
            of_item: |_, _| true,
            written: true,
        }
    }

    const fn when(mut self, when: fn(&Plan) -> bool) -> Self {
        self.when = when;
        self
    }

    const fn of_item(mut self, of_item: fn(&Plan, &str) -> bool) -> Self {
        self.of_item = of_item;
        self
    }

    const fn only_checked(mut self) -> Self {
        self.written = false;
        self
    }

    /// The list whose items have this field: `kafka.listeners` for `kafka.listeners[].port`.
    pub fn list(&self) -> Option<&'static str> {
        let id: &'static str = self.id;
        id.find("[]").map(|at| &id[..at])
    }

    /// Whether the form shows it: in this design, and for the item with this key.
    pub fn shows(&self, plan: &Plan, key: Option<&str>) -> bool {
        (self.when)(plan) && key.is_none_or(|key| (self.of_item)(plan, key))
    }

    /// The path of the field in a design; for a field of list items, of the item with this key.
    pub fn path(&self, key: Option<&str>) -> FieldPath {
        match key {
            Some(key) if self.list().is_some() => FieldPath::keyed(self.id, key),
            _ => self.id.into(),
        }
    }

    /// The words to choose from in this design, when the field is a choice.
    pub fn choices(&self, plan: &Plan) -> Vec<String> {
        match self.kind {
            Kind::KafkaVersion => crate::catalog::kafka_releases()
                .iter()
                .rev()
                .filter(|release| plan.cluster.coordination.runs(release.version))
                .map(|release| release.version.to_string())
                .collect(),
            kind => kind.choices(),
        }
    }

    /// Whether it is an option of a process, which is written under its own name.
    pub const fn is_option(&self) -> bool {
        matches!(self.kind, Kind::KafkaOption(_) | Kind::ZooKeeperOption(_))
    }
}

/// The keys that a list has before anybody touches it.
pub fn start_keys(list: &str) -> &'static [&'static str] {
    match list {
        "kafka.groups" => &["main"],
        "kafka.listeners" => &["internal", "external"],
        "kafka.disks" => &["data"],
        _ => &[],
    }
}

/// The lists that a design may have.
pub const LISTS: &[&str] = &["kafka.groups", "kafka.listeners", "kafka.disks"];

/// The declaration for a path: the field of its own, or the generic one for an option.
pub fn find(path: &FieldPath) -> Option<&'static Field> {
    let exact = FIELDS.iter().find(|field| field.id == path.as_str());
    exact
        .or_else(|| {
            let id = path.id();
            FIELDS.iter().find(|field| field.id == id)
        })
        .copied()
}

/// Every setting, in the order of the form.
pub static FIELDS: &[&Field] = &[
    // Cluster
    &KUBERNETES_VERSION,
    &CLUSTER_NAME,
    &CLUSTER_DOMAIN,
    &CLUSTER_PROFILE,
    &COORDINATION,
    &KAFKA_NAMESPACE,
    &ZOOKEEPER_NAMESPACE,
    &CREATE_NAMESPACES,
    &POD_SECURITY,
    &LABEL_STYLE,
    &SERVICE_ACCOUNTS,
    &NODES_COUNT,
    &NODES_ZONES,
    &NODES_NAMES,
    &NODES_CPU,
    &NODES_MEMORY,
    &WORKLOAD_PARTITIONS,
    &WORKLOAD_INGEST,
    &WORKLOAD_LARGEST_RECORD,
    &NETWORK_POLICIES,
    &SMOKE_TEST,
    &BUNDLE_LANGUAGE,
    // ZooKeeper
    &ZOOKEEPER_FLAVOUR,
    &ZOOKEEPER_VERSION,
    &ZOOKEEPER_SERVERS,
    &ZOOKEEPER_NAME,
    &ZOOKEEPER_HEADLESS_NAME,
    &ZOOKEEPER_CLIENT_NAME,
    &ZOOKEEPER_CHROOT,
    &ZOOKEEPER_CLIENT_PORT,
    &ZOOKEEPER_SERVER_PORT,
    &ZOOKEEPER_ELECTION_PORT,
    &ZOOKEEPER_TICK_TIME,
    &ZOOKEEPER_INIT_LIMIT,
    &ZOOKEEPER_SYNC_LIMIT,
    &ZOOKEEPER_MIN_SESSION_TIMEOUT,
    &ZOOKEEPER_MAX_SESSION_TIMEOUT,
    &ZOOKEEPER_MAX_CLIENT_CONNECTIONS,
    &ZOOKEEPER_SNAP_RETAIN_COUNT,
    &ZOOKEEPER_PURGE_INTERVAL,
    &ZOOKEEPER_FOUR_LETTER_WORDS,
    &ZOOKEEPER_ADMIN_SERVER,
    &ZOOKEEPER_LISTEN_ON_ALL,
    &ZOOKEEPER_BIND_RETRY,
    &ZOOKEEPER_LOG_LEVEL,
    &ZOOKEEPER_CONF_DIR,
    &ZOOKEEPER_DATA_DIR,
    &ZOOKEEPER_DATA_LOG_DIR,
    // Controllers
    &KRAFT_CLUSTER_ID,
    &KRAFT_QUORUM,
    &KRAFT_DIRECTORY_IDS,
    &KRAFT_LISTENER,
    &KRAFT_PORT,
    &QUORUM_VOTERS,
    &QUORUM_BOOTSTRAP,
    &CONTROLLERS_COUNT,
    &CONTROLLERS_ID_BASE,
    &CONTROLLERS_NAME,
    &CONTROLLERS_HEADLESS_NAME,
    // Brokers
    &KAFKA_VERSION,
    &KAFKA_CONFIG_STYLE,
    &GROUP_BROKERS,
    &GROUP_ID_BASE,
    &GROUP_ZONE,
    &GROUP_NAME,
    &KAFKA_NAME,
    &KAFKA_HEADLESS_NAME,
    &KAFKA_BOOTSTRAP_NAME,
    &DEFAULT_REPLICATION,
    &MIN_IN_SYNC,
    &NUM_PARTITIONS,
    &OFFSETS_REPLICATION,
    &TRANSACTION_REPLICATION,
    &TRANSACTION_MIN_IN_SYNC,
    &UNCLEAN_ELECTION,
    &AUTO_CREATE_TOPICS,
    &RETENTION_HOURS,
    &REBALANCE_DELAY,
    &ZOOKEEPER_CONNECT,
    &WAIT_FOR_ZOOKEEPER,
    &ZOOKEEPER_SESSION_TIMEOUT,
    &ZOOKEEPER_CONNECTION_TIMEOUT,
    // Listeners
    &LISTENER_EXPOSURE,
    &LISTENER_NAME,
    &LISTENER_PORT,
    &LISTENER_PROTOCOL,
    &LISTENER_ADDRESS_FROM,
    &LISTENER_ADDRESS,
    &LISTENER_ADDRESSES,
    &LISTENER_FIRST_NODE_PORT,
    &LISTENER_TRAFFIC_POLICY,
    &LISTENER_HOST_PORT,
    &LISTENER_ADVERTISED_PORT,
    &LISTENER_SERVICE_NAME,
    &LISTENER_SOURCE_RANGES,
    &LISTENER_LOAD_BALANCER_CLASS,
    &INTER_BROKER_LISTENER,
    &LISTENERS,
    &PROTOCOL_MAP,
    &ADVERTISED_LISTENERS,
    // Storage
    &STORAGE_KIND,
    &STORAGE_CLASS,
    &NFS_SERVER,
    &NFS_PATH,
    &NFS_NAMESPACE,
    &NFS_ARCHIVE,
    &NFS_IMAGE,
    &LOCAL_PATH,
    &DISK_SIZE,
    &DISK_CLASS,
    &DISK_MOUNT,
    &KAFKA_ACCESS_MODE,
    &LOG_DIRS,
    &ZOOKEEPER_DATA_SIZE,
    &ZOOKEEPER_LOG_VOLUME,
    &ZOOKEEPER_LOG_SIZE,
    &ZOOKEEPER_ACCESS_MODE,
    &ZOOKEEPER_DATA_CLAIM,
    &ZOOKEEPER_LOG_CLAIM,
    &CONTROLLERS_DATA_SIZE,
    &CONTROLLERS_ACCESS_MODE,
    &CONTROLLERS_CLAIM,
    // Resources
    &KAFKA_HEAP,
    &KAFKA_MEMORY_REQUEST,
    &KAFKA_MEMORY_LIMIT,
    &KAFKA_CPU_REQUEST,
    &KAFKA_CPU_LIMIT,
    &KAFKA_JVM_PERFORMANCE,
    &KAFKA_GC_LOG,
    &KAFKA_OPTS,
    &KAFKA_JMX_PORT,
    &ZOOKEEPER_HEAP,
    &ZOOKEEPER_MEMORY_REQUEST,
    &ZOOKEEPER_MEMORY_LIMIT,
    &ZOOKEEPER_CPU_REQUEST,
    &ZOOKEEPER_CPU_LIMIT,
    &CONTROLLERS_HEAP,
    &CONTROLLERS_MEMORY_REQUEST,
    &CONTROLLERS_MEMORY_LIMIT,
    &CONTROLLERS_CPU_REQUEST,
    &CONTROLLERS_CPU_LIMIT,
    // Scheduling
    &KAFKA_ANTI_AFFINITY,
    &KAFKA_SPREAD_ZONES,
    &KAFKA_NEAR_ZOOKEEPER,
    &KAFKA_NODE_SELECTOR,
    &KAFKA_PRIORITY_CLASS,
    &KAFKA_POD_MANAGEMENT,
    &KAFKA_MIN_READY,
    &KAFKA_GRACE,
    &KAFKA_BUDGET,
    &KAFKA_MAX_UNAVAILABLE,
    &ZOOKEEPER_ANTI_AFFINITY,
    &ZOOKEEPER_SPREAD_ZONES,
    &ZOOKEEPER_NODE_SELECTOR,
    &ZOOKEEPER_PRIORITY_CLASS,
    &ZOOKEEPER_POD_MANAGEMENT,
    &ZOOKEEPER_PUBLISH_NOT_READY,
    &ZOOKEEPER_GRACE,
    &ZOOKEEPER_BUDGET,
    &ZOOKEEPER_MAX_UNAVAILABLE,
    &CONTROLLERS_ANTI_AFFINITY,
    &CONTROLLERS_SPREAD_ZONES,
    &CONTROLLERS_NODE_SELECTOR,
    &CONTROLLERS_PRIORITY_CLASS,
    &CONTROLLERS_POD_MANAGEMENT,
    &CONTROLLERS_GRACE,
    &CONTROLLERS_BUDGET,
    &CONTROLLERS_MAX_UNAVAILABLE,
    // Probes
    &KAFKA_STARTUP.enabled,
    &KAFKA_STARTUP.delay,
    &KAFKA_STARTUP.period,
    &KAFKA_STARTUP.timeout,
    &KAFKA_STARTUP.failures,
    &KAFKA_READINESS.enabled,
    &KAFKA_READINESS.delay,
    &KAFKA_READINESS.period,
    &KAFKA_READINESS.timeout,
    &KAFKA_READINESS.failures,
    &KAFKA_LIVENESS.enabled,
    &KAFKA_LIVENESS.delay,
    &KAFKA_LIVENESS.period,
    &KAFKA_LIVENESS.timeout,
    &KAFKA_LIVENESS.failures,
    &ZOOKEEPER_READINESS_CHECK,
    &ZOOKEEPER_STARTUP.enabled,
    &ZOOKEEPER_STARTUP.delay,
    &ZOOKEEPER_STARTUP.period,
    &ZOOKEEPER_STARTUP.timeout,
    &ZOOKEEPER_STARTUP.failures,
    &ZOOKEEPER_READINESS.enabled,
    &ZOOKEEPER_READINESS.delay,
    &ZOOKEEPER_READINESS.period,
    &ZOOKEEPER_READINESS.timeout,
    &ZOOKEEPER_READINESS.failures,
    &ZOOKEEPER_LIVENESS.enabled,
    &ZOOKEEPER_LIVENESS.delay,
    &ZOOKEEPER_LIVENESS.period,
    &ZOOKEEPER_LIVENESS.timeout,
    &ZOOKEEPER_LIVENESS.failures,
    &CONTROLLERS_STARTUP.enabled,
    &CONTROLLERS_STARTUP.delay,
    &CONTROLLERS_STARTUP.period,
    &CONTROLLERS_STARTUP.timeout,
    &CONTROLLERS_STARTUP.failures,
    &CONTROLLERS_READINESS.enabled,
    &CONTROLLERS_READINESS.delay,
    &CONTROLLERS_READINESS.period,
    &CONTROLLERS_READINESS.timeout,
    &CONTROLLERS_READINESS.failures,
    &CONTROLLERS_LIVENESS.enabled,
    &CONTROLLERS_LIVENESS.delay,
    &CONTROLLERS_LIVENESS.period,
    &CONTROLLERS_LIVENESS.timeout,
    &CONTROLLERS_LIVENESS.failures,
    // Security
    &KAFKA_SECURITY.user,
    &KAFKA_SECURITY.group,
    &KAFKA_SECURITY.restricted,
    &KAFKA_SECURITY.read_only_root,
    &ZOOKEEPER_SECURITY.user,
    &ZOOKEEPER_SECURITY.group,
    &ZOOKEEPER_SECURITY.restricted,
    &ZOOKEEPER_SECURITY.read_only_root,
    &CONTROLLERS_SECURITY.user,
    &CONTROLLERS_SECURITY.group,
    &CONTROLLERS_SECURITY.restricted,
    &CONTROLLERS_SECURITY.read_only_root,
    // Images
    &IMAGE_REGISTRY,
    &IMAGE_PULL_POLICY,
    &IMAGE_PULL_SECRET,
    &KAFKA_FLAVOUR,
    &KAFKA_IMAGE,
    &KAFKA_SCALA,
    &KAFKA_BASE_IMAGE,
    &KAFKA_DOWNLOAD,
    &KAFKA_MIRROR,
    &KAFKA_SHA512,
    &ZOOKEEPER_IMAGE,
    &ZOOKEEPER_BASE_IMAGE,
    // Every option of the chosen versions
    &KAFKA_OPTION,
    &ZOOKEEPER_OPTION,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_stands_once() {
        let mut ids: Vec<_> = FIELDS.iter().map(|field| field.id).collect();
        ids.sort_unstable();
        let all = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), all);
    }

    #[test]
    fn every_start_value_is_right() {
        for field in FIELDS {
            if let Start::Value(start) = field.start {
                assert_eq!(field.kind.check(start), Ok(()), "{}", field.id);
            }
        }
    }

    #[test]
    fn every_field_choice_section_and_card_has_words() {
        use crate::text::{Lang, pattern};
        let has = |key: &str| pattern(Lang::En, key).is_some();
        let mut missing = Vec::new();
        let mut want = |key: String| {
            if !has(&key) {
                missing.push(key);
            }
        };
        for field in FIELDS {
            want(format!("{}.label", field.id));
            want(format!("{}.help", field.id));
            if let Kind::Choice(choices) = field.kind {
                let plain = choices
                    .iter()
                    .all(|choice| choice.to_uppercase() == **choice);
                for choice in choices.iter().filter(|_| !plain) {
                    want(format!("{}.{choice}", field.id));
                }
            }
            let scoped = format!("card.{}.{}", field.section.id(), field.card);
            if !has(&scoped) {
                want(format!("card.{}", field.card));
            }
        }
        for section in Section::ALL {
            want(format!("section.{}", section.id()));
            want(format!("section.{}.help", section.id()));
        }
        for list in LISTS {
            for part in ["title", "add", "remove", "key"] {
                want(format!("items.{list}.{part}"));
            }
        }
        assert_eq!(missing, Vec::<String>::new());
    }

    #[test]
    fn a_listener_shows_only_the_fields_of_its_kind() {
        let design = crate::presets::PRODUCTION.design();
        let design = design.with("kafka.listeners[external].exposure", "node-port");
        let plan = Plan::of(&design);
        let shown = |field: &Field, key| field.shows(&plan, Some(key));
        assert!(!shown(&LISTENER_FIRST_NODE_PORT, "internal"));
        assert!(shown(&LISTENER_FIRST_NODE_PORT, "external"));
        assert!(!shown(&LISTENER_HOST_PORT, "external"));
        assert!(shown(&LISTENER_PORT, "internal"));
    }
}
