//! From ZooKeeper to KRaft: the way of a running cluster, as steps with their files.
//!
//! A step is the difference between two states of the cluster. Each state is made of what the engine
//! renders for two designs, the one with ZooKeeper and what `upgrade` makes of it, with the few options between
//! them that only a cluster on its way has (see `states`).
//! Facts: "ZooKeeper to KRaft Migration" in `docs/ops.html` of apache/kafka 3.9, and `KafkaServer`,
//! `KafkaConfig` and `Formatter` of the same version.

mod policies;
mod readme;
mod states;

pub use readme::{COMPLETED, Guide, Part, Piece, ask_for_id};

use std::sync::Arc;

use crate::args;
use crate::bundle;
use crate::catalog::{KafkaVersion, MigrationState, kafka_release, kafka_releases};
use crate::design::{self, Design, identity};
use crate::fields::is_uuid;
use crate::plan::Plan;
use crate::render::{File, FileKind, Rendered};
use crate::text::Sentence;

/// The way of a cluster from ZooKeeper to KRaft.
#[derive(Clone, Debug)]
pub struct Migration {
    /// What is done, in order.
    pub steps: Vec<Step>,
    /// The design that the cluster has at the end.
    pub successor: Design,
    from: KafkaVersion,
    before: Plan,
    after: Plan,
}

/// One step: what is applied, what is removed, and what leads back.
#[derive(Clone, Debug)]
pub struct Step {
    /// What it does.
    pub kind: StepKind,
    /// Its number, counted from 1.
    pub number: usize,
    /// What is new or different; Dockerfiles among it are built first.
    pub apply: Vec<Arc<Rendered>>,
    /// What the cluster has no longer.
    pub remove: Vec<Arc<Rendered>>,
    /// What is applied to go back, as it was before; empty where going back is done otherwise, or not at all.
    pub back: Vec<Arc<Rendered>>,
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// Raises Kafka to the newest 3.9, with the protocol between brokers as it is.
    Release,
    /// Raises the protocol between brokers.
    Protocol,
    /// Starts the controllers, which wait for the brokers.
    Controllers,
    /// Restarts the brokers so that they register with the controllers, which then copy the metadata.
    Metadata,
    /// Restarts the brokers without ZooKeeper; the controllers still write to it.
    Brokers,
    /// Restarts the controllers without ZooKeeper: the point of no return.
    Finalize,
    /// Removes ZooKeeper.
    Ensemble,
}

impl StepKind {
    /// All, in their order.
    pub const ALL: [Self; 7] = [
        Self::Release,
        Self::Protocol,
        Self::Controllers,
        Self::Metadata,
        Self::Brokers,
        Self::Finalize,
        Self::Ensemble,
    ];

    /// Stable, in small letters; the name of the step's folder ends with it.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Protocol => "protocol",
            Self::Controllers => "controllers",
            Self::Metadata => "metadata",
            Self::Brokers => "brokers",
            Self::Finalize => "finalize",
            Self::Ensemble => "ensemble",
        }
    }

    /// Whether nothing leads back to ZooKeeper from here on.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Finalize | Self::Ensemble)
    }
}

impl Step {
    /// The name of its folder.
    pub fn folder(&self) -> String {
        format!("{}-{}", self.number, self.kind.id())
    }
}

/// The newest release that runs with and without ZooKeeper: what a cluster runs on its way.
///
/// Kafka's documentation asks for 3.9.1 or later.
pub fn bridge_release() -> Option<KafkaVersion> {
    let releases = kafka_releases().iter().map(|release| release.version);
    releases
        .filter(|version| version.has_kraft_migration())
        .max()
}

/// The way of a cluster with ZooKeeper, when there is one.
///
/// `cluster_id` is what the running cluster is called in ZooKeeper (`/cluster/id`) and on every disk of
/// its brokers; the controllers must be formatted with it. Without one, that of the design is taken.
///
/// # Errors
///
/// A sentence that says why there is no way, or what must be known or done first.
pub fn migration(design: &Design, cluster_id: Option<&str>) -> Result<Migration, Sentence> {
    let now = Plan::of(design);
    let Some(zookeeper) = now.zookeeper() else {
        return Err(Sentence::plain("migrate.no-zookeeper"));
    };
    if (zookeeper.version.major, zookeeper.version.minor) < (3, 5) {
        let version = zookeeper.version.to_string();
        return Err(Sentence::new("migrate.old-ensemble", args![version]));
    }
    let kept = design.get(&crate::fields::KRAFT_CLUSTER_ID.path(None));
    let Some(id) = cluster_id.or(kept).map(str::trim) else {
        let command = readme::ask_for_id(&now);
        return Err(Sentence::new("migrate.no-id", args![command]));
    };
    check_id(id)?;
    let Some(bridge) = bridge_release() else {
        return Err(Sentence::plain("migrate.no-zookeeper"));
    };
    let (steps, before, after, successor) = states::steps(design, &now, bridge, id)?;
    Ok(Migration {
        steps,
        successor,
        from: *now.kafka.version,
        before,
        after,
    })
}

/// Whether a text can be the id of a cluster.
///
/// # Errors
///
/// A sentence that says what an id looks like.
pub fn check_id(id: &str) -> Result<(), Sentence> {
    if is_uuid(id) {
        Ok(())
    } else {
        Err(Sentence::new("migrate.wrong-id", args![id]))
    }
}

/// The way of a cluster whose id is not known yet: its steps are right, and its files are not.
///
/// # Errors
///
/// A sentence that says why there is no way.
pub fn outline(design: &Design) -> Result<Migration, Sentence> {
    migration(design, Some(&identity::id([0; 16])))
}

impl Migration {
    /// All files: a README, a folder for each step, the design of the end, the checksums.
    pub fn files(&self) -> Vec<Arc<File>> {
        let mut files = vec![Arc::new(readme::overview(self))];
        for step in &self.steps {
            let folder = step.folder();
            files.push(Arc::new(readme::of_step(self, step)));
            for (below, rendered) in [
                (folder.clone(), &step.apply),
                (format!("{folder}/remove"), &step.remove),
                (format!("{folder}/back"), &step.back),
            ] {
                files.extend(rendered.iter().map(|one| {
                    let mut file = (*one.file).clone();
                    file.path = format!("{below}/{}", file.path);
                    Arc::new(file)
                }));
            }
        }
        files.push(Arc::new(bundle::plain(
            "design.yaml",
            FileKind::Yaml,
            &design::write(&self.successor),
        )));
        files.push(Arc::new(bundle::sums_of(&files)));
        files
    }

    /// What a person does in a step.
    pub fn guide(&self, step: &Step) -> Guide {
        Guide::of(self, step)
    }

    /// The cluster with ZooKeeper, as it is when the controllers start.
    pub fn before(&self) -> &Plan {
        &self.before
    }

    /// The cluster at the end.
    pub fn after(&self) -> &Plan {
        &self.after
    }

    /// The name of the cluster.
    pub fn name(&self) -> &str {
        &self.after.cluster.name
    }

    /// The name of the folder or the zip that holds the files.
    pub fn bundle_name(&self) -> String {
        format!("{}-migration", self.name())
    }

    /// Why the first step raises Kafka, when it does.
    pub fn raises(&self) -> Option<Sentence> {
        let after = *self.before.kafka.version;
        if self.from == after {
            return None;
        }
        let release = kafka_release(self.from);
        let key = match release.map(|release| release.migration) {
            Some(MigrationState::Production | MigrationState::BridgeRelease) => {
                "migrate.raises.corrected"
            }
            Some(MigrationState::Preview | MigrationState::EarlyAccess) => "migrate.raises.preview",
            Some(MigrationState::None) | None => "migrate.raises.unknown",
        };
        let args = args![before = self.from.to_string(), after = after.to_string()];
        Some(Sentence::new(key, args))
    }

    /// The step of a kind, when the way has it.
    pub fn step(&self, kind: StepKind) -> Option<&Step> {
        self.steps.iter().find(|step| step.kind == kind)
    }
}
