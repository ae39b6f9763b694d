//! Family TOP.

use super::{Example, design, objects};

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
        "TOP003",
        &[
            ("list kafka.groups", "a, b"),
            ("kafka.groups[a].zone", "a"),
            ("kafka.groups[b].zone", "b"),
        ],
        &[
            ("list kafka.groups", "a, b, c"),
            ("kafka.groups[c].zone", "c"),
        ],
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
        "TOP005",
        &[("nodes.zones", "a,b")],
        &[("nodes.zones", "a,b,c")],
    ),
    design(
        "TOP005",
        &[("nodes.zones", "a,b")],
        &[("zookeeper.servers", "1")],
    ),
    design(
        "TOP006",
        &[("list kafka.groups", "a, b"), ("kafka.groups[a].zone", "a")],
        &[("kafka.groups[b].zone", "b")],
    ),
    design("TOP007", &[("nodes.count", "1")], &[("nodes.count", "2")]),
    design(
        "TOP008",
        &[
            ("zookeeper.namespace", "data"),
            (
                "kafka.options[zookeeper.connect]",
                "zookeeper-0.zookeeper-hs.data.svc.cluster.local:2181/kafka",
            ),
        ],
        &[("zookeeper.namespace", "kafka")],
    ),
    design("TOP009", &[], &[("kafka.groups[main].brokers", "4")]),
    design(
        "TOP010",
        &[("workload.partitions", "4001")],
        &[("workload.partitions", "4000")],
    ),
    design(
        "TOP010",
        &[
            ("workload.partitions", "70000"),
            ("kafka.groups[main].brokers", "100"),
        ],
        &[("workload.partitions", "66600")],
    ),
    design("TOP011", &[], &[("kafka.node_selector", "pool=kafka")]),
    design(
        "TOP012",
        &[("nodes.count", "2"), ("kafka.anti_affinity", "required")],
        &[("nodes.count", "3")],
    ),
    design(
        "TOP013",
        &[("nodes.count", "3"), ("nodes.memory", "8Gi")],
        &[("nodes.memory", "10Gi")],
    ),
    design("TOP013", &[("nodes.cpu", "1500m")], &[("nodes.cpu", "2")]),
    design(
        "TOP015",
        &[("kafka.name", "zk"), ("zookeeper.name", "zk")],
        &[("zookeeper.namespace", "zookeeper")],
    ),
    objects(
        "TOP015",
        &[],
        "kind: Service
metadata: {name: kafka, namespace: data}
---
kind: Service
metadata: {name: kafka, namespace: data}
spec: {}
",
        ("data}\nspec", "test}\nspec"),
    ),
    design(
        "TOP016",
        &[
            ("workload.partitions", "100"),
            ("workload.ingest", "100Mi"),
            ("kafka.disks[data].size", "50Ti"),
        ],
        &[("kafka.options[log.retention.hours]", "24")],
    ),
    design(
        "TOP016",
        &[("workload.partitions", "40000")],
        &[("workload.partitions", "32000")],
    ),
];
