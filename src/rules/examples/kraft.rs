//! Family KRF.

use super::{Example, design};

pub const EXAMPLES: &[Example] = &[design(
    "KRF026",
    &[
        ("cluster.coordination", "kraft-combined"),
        ("kafka.version", "3.8.1"),
    ],
    &[("kraft.cluster_id", "W0PPNLD2QnyIrVZwVDtM9w")],
)];
