//! What belongs to the bundle as a whole: its order, README, design file, checksums, and the zip.

use std::sync::Arc;

use crate::design::Design;
use crate::plan::Plan;
use crate::render::{File, Rendered};
use crate::rules::Finding;

/// The files of the bundle, in the order of applying them.
pub fn files(
    design: &Design,
    plan: &Plan,
    outputs: &[Arc<Rendered>],
    findings: &[Finding],
) -> Vec<Arc<File>> {
    let _ = (design, plan, findings);
    outputs
        .iter()
        .map(|output| Arc::clone(&output.file))
        .collect()
}
