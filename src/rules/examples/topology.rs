//! Family TOP.

use super::{Example, design};

pub const EXAMPLES: &[Example] = &[
    design(
        "TOP001",
        &[("kafka.groups[main].brokers", "2")],
        &[("cluster.profile", "staging")],
    ),
    design(
        "TOP002",
        &[("nodes.zones", "a,b")],
        &[("kafka.groups[main].zone", "a")],
    ),
    design(
        "TOP004",
        &[
            ("list kafka.groups", "a, b"),
            ("kafka.groups[a].zone", "a"),
            ("kafka.groups[b].zone", "b"),
            ("kafka.groups[b].brokers", "5"),
        ],
        &[("kafka.groups[b].brokers", "3")],
    ),
    design(
        "TOP006",
        &[("list kafka.groups", "a, b"), ("kafka.groups[a].zone", "a")],
        &[("kafka.groups[b].zone", "b")],
    ),
    design("TOP007", &[("nodes.count", "1")], &[("nodes.count", "2")]),
    design(
        "TOP012",
        &[("nodes.count", "2"), ("kafka.anti_affinity", "required")],
        &[("nodes.count", "3")],
    ),
];
