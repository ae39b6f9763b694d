//! The bundle as one file to take home.

use crate::design::Design;
use crate::engine::Report;

/// The name of the zip.
pub fn name(_design: &Design) -> String {
    "kafka-cluster.zip".to_owned()
}

/// Its bytes.
pub fn zip(_report: &Report) -> Vec<u8> {
    Vec::new()
}
