//! The ensemble: its configuration, Services, disruption budget, NetworkPolicy, StatefulSet and Dockerfile.
//!
//! The official image and our own read `zoo.cfg` from a ConfigMap; the image of the Kubernetes
//! tutorial writes it from the flags of its start script.

mod config;
mod dockerfile;
mod network_policy;
mod objects;
mod statefulset;

pub use config::OUTPUT as CONFIGMAP;
pub use dockerfile::OUTPUT as DOCKERFILE;
pub use network_policy::OUTPUT as NETWORK_POLICY;
pub use objects::{DISRUPTION_BUDGET, SERVICE_ACCOUNT, SERVICES};
pub use statefulset::OUTPUT as STATEFULSET;

use super::Rendered;
use super::document::{Document, manifest};
use crate::plan::{Plan, Traced, ZooKeeper};

/// The file of the ensemble's objects; empty without an ensemble, for which no output is wanted.
fn file(
    path: &str,
    plan: &Plan,
    objects: impl FnOnce(&Plan, &ZooKeeper) -> Vec<Document>,
) -> Rendered {
    let objects = plan.zookeeper().map(|zookeeper| objects(plan, zookeeper));
    let rendered = manifest(path, plan.language(), objects.unwrap_or_default());
    // With another coordination the file as a whole is gone.
    rendered.because_of(&plan.cluster.coordination.from)
}

/// The ports of a server with their names in pods and Services.
fn ports(zookeeper: &ZooKeeper) -> [(&'static str, &Traced<u16>); 3] {
    [
        ("client", &zookeeper.client_port),
        ("server", &zookeeper.server_port),
        ("leader-election", &zookeeper.election_port),
    ]
}
