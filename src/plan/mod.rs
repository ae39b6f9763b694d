//! The design resolved: typed values, names, addresses, the effective configuration of each process,
//! and for each derived value the reason.
//!
//! A plan always comes into being: what a person typed wrongly is kept in [`Plan::problems`], and the
//! start value takes its place.
//! Every value is [`Traced`]: it remembers the fields that it comes from, and so does what is made of it.

mod cluster;
mod config;
mod kafka;
mod kraft;
mod pods;
mod read;
mod storage;
mod zookeeper;

pub use cluster::{Cluster, Coordinator, Nodes, PodSecurity, Workload};
pub use config::{
    Absence, BrokerConfig, ConfigStyle, Entry, Layer, OPTION_ORDER, Unwritten, Value,
    ZooKeeperConfig, in_unit, tutorial_flag,
};
pub use kafka::{
    Address, Disk, Download, Exposure, Group, Image, ImageFlavour, Kafka, Listener, Opts,
};
pub use kraft::{Controllers, KRaft, Member, Quorum};
pub use pods::{Affinity, PodManagement, Pods, Probe};
pub use read::{Derived, Problem, ProblemKind};
pub use storage::{Nfs, Storage, StorageKind};
pub use zookeeper::{FLAG_ORDER, Flavour, Mount, ReadinessCheck, ZooKeeper};

use std::collections::BTreeMap;
use std::ops::{BitOr, Deref};

use crate::design::{Design, FieldPath};
use crate::render::Origins;
use crate::text::{Lang, Sentence};

/// A value and the fields that it comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traced<T> {
    /// The value.
    pub value: T,
    /// The fields.
    pub from: Origins,
}

impl<T> Traced<T> {
    /// A value with its origins.
    pub const fn new(value: T, from: Origins) -> Self {
        Self { value, from }
    }

    /// What a function makes of it comes from the same fields.
    pub fn map<U>(&self, make: impl FnOnce(&T) -> U) -> Traced<U> {
        Traced::new(make(&self.value), self.from.clone())
    }
}

impl<T> Deref for Traced<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// The design resolved.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Kubernetes, nodes, workload, extras.
    pub cluster: Cluster,
    /// Where volumes come from.
    pub storage: Storage,
    /// What coordinates the brokers.
    pub coordination: Coordination,
    /// The brokers.
    pub kafka: Kafka,
    /// Start values that were worked out, also where a person overrode them.
    pub derived: BTreeMap<FieldPath, Derived>,
    /// What was typed and could not be used.
    pub problems: Vec<Problem>,
}

/// What coordinates the brokers.
#[derive(Clone, Debug, PartialEq)]
pub enum Coordination {
    /// A ZooKeeper ensemble.
    ZooKeeper(Box<ZooKeeper>),
    /// A quorum of controllers.
    KRaft(Box<KRaft>),
}

/// Parts of a plan, as a set: which of them an output reads, and which of them an edit changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts(u16);

impl Parts {
    /// None.
    pub const NONE: Self = Self(0);
    /// [`Plan::cluster`] without nodes and workload.
    pub const CLUSTER: Self = Self(1);
    /// Nodes and workload.
    pub const NODES: Self = Self(1 << 1);
    /// [`Plan::storage`] and the brokers' disks.
    pub const STORAGE: Self = Self(1 << 2);
    /// [`Plan::coordination`].
    pub const COORDINATION: Self = Self(1 << 3);
    /// The brokers' names, version and groups.
    pub const KAFKA: Self = Self(1 << 4);
    /// The brokers' listeners.
    pub const LISTENERS: Self = Self(1 << 5);
    /// The brokers' configuration.
    pub const KAFKA_CONFIG: Self = Self(1 << 6);
    /// The brokers' pods.
    pub const KAFKA_PODS: Self = Self(1 << 7);
    /// The brokers' image.
    pub const KAFKA_IMAGE: Self = Self(1 << 8);
    /// All.
    pub const ALL: Self = Self((1 << 9) - 1);

    /// Both sets together; for constants.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the sets have a part in common.
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl BitOr for Parts {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.and(other)
    }
}

impl Plan {
    /// Resolves a design.
    pub fn of(design: &Design) -> Self {
        read::plan(design)
    }

    /// The ensemble, when there is one.
    pub fn zookeeper(&self) -> Option<&ZooKeeper> {
        match &self.coordination {
            Coordination::ZooKeeper(zookeeper) => Some(zookeeper),
            Coordination::KRaft(_) => None,
        }
    }

    /// The quorum of controllers, when there is one.
    pub fn kraft(&self) -> Option<&KRaft> {
        match &self.coordination {
            Coordination::ZooKeeper(_) => None,
            Coordination::KRaft(kraft) => Some(kraft),
        }
    }

    /// Whether controllers coordinate the brokers, in whatever pods.
    pub fn has_kraft(&self) -> bool {
        self.kraft().is_some()
    }

    /// The controllers, when they are pods of their own.
    pub fn controllers(&self) -> Option<&Controllers> {
        self.kraft()?.controllers.as_ref()
    }

    /// Whether controllers are pods of their own.
    pub fn has_controllers(&self) -> bool {
        self.controllers().is_some()
    }

    /// Whether every broker is a controller too.
    pub fn is_combined(&self) -> bool {
        self.cluster.coordination.is_combined()
    }

    /// Whether the configuration files list the controllers.
    pub fn has_static_quorum(&self) -> bool {
        self.kraft()
            .is_some_and(|kraft| *kraft.quorum == Quorum::Static)
    }

    /// Whether the controllers know each other from their own log.
    pub fn has_dynamic_quorum(&self) -> bool {
        self.kraft()
            .is_some_and(|kraft| *kraft.quorum == Quorum::Dynamic)
    }

    /// Whether the bundle holds a Dockerfile for Kafka.
    pub fn builds_kafka(&self) -> bool {
        *self.kafka.image.flavour == ImageFlavour::Built
    }

    /// Whether a ZooKeeper ensemble coordinates the brokers.
    pub fn has_ensemble(&self) -> bool {
        self.zookeeper().is_some()
    }

    /// Whether the ensemble runs the image of the Kubernetes tutorial.
    pub fn has_tutorial_image(&self) -> bool {
        self.zookeeper().is_some_and(ZooKeeper::is_tutorial)
    }

    /// Whether the bundle holds a Dockerfile for ZooKeeper.
    pub fn builds_zookeeper(&self) -> bool {
        self.zookeeper()
            .is_some_and(|zookeeper| *zookeeper.flavour == Flavour::Built)
    }

    /// The language of what is generated.
    pub fn language(&self) -> &Traced<Lang> {
        &self.cluster.language
    }

    /// A sentence of ours for a file, in the language of the files.
    pub fn words(&self, key: &'static str) -> Traced<String> {
        self.language()
            .map(|lang| Sentence::plain(key).words(*lang))
    }

    /// Whether the NFS provisioner is rendered.
    pub fn has_nfs(&self) -> bool {
        *self.storage.kind == StorageKind::Nfs
    }

    /// Whether local volumes are rendered.
    pub fn has_local_storage(&self) -> bool {
        *self.storage.kind == StorageKind::Local
    }

    /// Whether a listener is reached in this way.
    pub fn has_exposure(&self, exposure: Exposure) -> bool {
        self.kafka
            .listeners
            .iter()
            .any(|listener| *listener.exposure == exposure)
    }

    /// The parts in which two plans differ.
    pub fn changed(&self, other: &Self) -> Parts {
        let (mine, theirs) = (&self.kafka, &other.kafka);
        if self.language() != other.language() {
            // Every file has comments.
            return Parts::ALL;
        }
        [
            (self.cluster.same_but_nodes(&other.cluster), Parts::CLUSTER),
            (
                self.cluster.nodes == other.cluster.nodes
                    && self.cluster.workload == other.cluster.workload,
                Parts::NODES,
            ),
            (
                self.storage == other.storage
                    && mine.disks == theirs.disks
                    && mine.access_mode == theirs.access_mode,
                Parts::STORAGE,
            ),
            (self.coordination == other.coordination, Parts::COORDINATION),
            (mine.same_names(theirs), Parts::KAFKA),
            (
                mine.listeners == theirs.listeners
                    && mine.closed == theirs.closed
                    && mine.inter_broker == theirs.inter_broker,
                Parts::LISTENERS,
            ),
            (mine.config == theirs.config, Parts::KAFKA_CONFIG),
            (
                mine.pods == theirs.pods && mine.opts == theirs.opts,
                Parts::KAFKA_PODS,
            ),
            (mine.image == theirs.image, Parts::KAFKA_IMAGE),
        ]
        .into_iter()
        .filter(|(same, _)| !same)
        .fold(Parts::NONE, |parts, (_, part)| parts | part)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::text::{Lang, sentences};

    #[test]
    fn every_reason_has_words_and_no_words_are_left_over() {
        let sources = [
            include_str!("cluster.rs"),
            include_str!("config.rs"),
            include_str!("kafka.rs"),
            include_str!("kraft.rs"),
            include_str!("pods.rs"),
            include_str!("storage.rs"),
            include_str!("zookeeper.rs"),
        ];
        let used: BTreeSet<&str> = sources
            .iter()
            .flat_map(|source| source.split('"'))
            .filter(|text| text.starts_with("because."))
            .collect();
        let written: BTreeSet<&str> = sentences(Lang::En)
            .iter()
            .map(|(key, _)| *key)
            .filter(|key| key.starts_with("because."))
            .collect();
        assert_eq!(used, written);
    }
}
