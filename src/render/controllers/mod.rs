//! Controllers that are pods of their own: an output each for what they need, in the folder `20-controllers`.
//!
//! In combined mode the brokers are the controllers, and nothing of this is wanted.

mod config;
mod network_policy;
mod objects;
mod stateful_set;

pub use config::OUTPUT as CONFIG_MAP;
pub use network_policy::OUTPUT as NETWORK_POLICY;
pub use objects::{DISRUPTION_BUDGET, SERVICE, SERVICE_ACCOUNT};
pub use stateful_set::OUTPUT as STATEFUL_SET;

use super::Rendered;
use super::document::{Document, manifest};
use crate::plan::{Controllers, KRaft, Plan};

/// The name of the controllers' port in pods and Services. A listener's has no hyphen.
pub(super) const PORT_NAME: &str = "kraft-quorum";

/// The file of the controllers' objects; empty without controllers of their own, for which no output is wanted.
fn file(
    path: &str,
    plan: &Plan,
    objects: impl FnOnce(&KRaft, &Controllers) -> Vec<Document>,
) -> Rendered {
    let kraft = plan.kraft();
    let own = kraft.and_then(|kraft| Some((kraft, kraft.controllers.as_ref()?)));
    let objects = own.map(|(kraft, own)| objects(kraft, own));
    let rendered = manifest(path, plan.language(), objects.unwrap_or_default());
    // With another coordination the file as a whole is gone.
    rendered.because_of(&plan.cluster.coordination.from)
}
