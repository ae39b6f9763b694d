//! Family INP.

use super::{Example, UNSET, design, objects};

pub const EXAMPLES: &[Example] = &[
    design("INP001", &[("kafka.name", " ")], &[("kafka.name", UNSET)]),
    design(
        "INP002",
        &[("zookeeper.servers", "five")],
        &[("zookeeper.servers", "5")],
    ),
    design(
        "INP003",
        &[("kafka.options[log.cleaner.min.cleanable.ratio]", "half")],
        &[("kafka.options[log.cleaner.min.cleanable.ratio]", "0.5")],
    ),
    design(
        "INP004",
        &[("kafka.gc_log", "yes")],
        &[("kafka.gc_log", "true")],
    ),
    design(
        "INP005",
        &[("zookeeper.servers", "0")],
        &[("zookeeper.servers", "1")],
    ),
    design(
        "INP006",
        &[("zookeeper.servers", "256")],
        &[("zookeeper.servers", "255")],
    ),
    design(
        "INP007",
        &[("zookeeper.flavour", "oficial")],
        &[("zookeeper.flavour", "official")],
    ),
    design(
        "INP008",
        &[("kafka.memory_request", "2GB")],
        &[("kafka.memory_request", "2G")],
    ),
    design(
        "INP009",
        &[("kafka.grace_period", "90 seconds")],
        &[("kafka.grace_period", "90s")],
    ),
    design("INP010", &[("kafka.heap", "2Gi")], &[("kafka.heap", "2g")]),
    design(
        "INP011",
        &[("kafka.namespace", "Kafka Prod")],
        &[("kafka.namespace", "kafka-prod")],
    ),
    design(
        "INP012",
        &[(
            "kafka.namespace",
            "a-name-that-is-longer-than-the-sixty-three-letters-that-are-left",
        )],
        &[(
            "kafka.namespace",
            "a-name-that-is-as-long-as-the-sixty-three-letters-that-are-left",
        )],
    ),
    design(
        "INP013",
        &[("kafka.opts", "a\u{7}b")],
        &[("kafka.opts", "ab")],
    ),
    design(
        "INP014",
        &[("kafka.colour", "blue")],
        &[("kafka.colour", UNSET)],
    ),
    design(
        "INP015",
        &[("kafka.groups[north].brokers", "3")],
        &[("list kafka.groups", "north")],
    ),
    design("INP016", &[("unknown", "topics")], &[("unknown", UNSET)]),
    design(
        "INP017",
        &[("defaults", "2031-01")],
        &[("defaults", "2026-11")],
    ),
    design(
        "INP018",
        &[
            ("zookeeper.version", "3.4.14"),
            ("zookeeper.options[admin.serverPort]", "8080"),
        ],
        &[("zookeeper.version", "3.8.6")],
    ),
    design(
        "INP019",
        &[("list kafka.groups", "a, a")],
        &[("list kafka.groups", "a, b")],
    ),
    design(
        "INP020",
        &[("kafka.listeners[internal].exposure", "none")],
        &[("kafka.listeners[internal].exposure", "inside")],
    ),
    design(
        "INP020",
        &[("list kafka.listeners", "")],
        &[("list kafka.listeners", "internal")],
    ),
    design(
        "INP021",
        &[
            ("kafka.listeners[external].exposure", "node-port"),
            ("kafka.listeners[external].address_from", "fixed"),
        ],
        &[("kafka.listeners[external].address", "10.0.0.9")],
    ),
    design(
        "INP021",
        &[("kafka.listeners[external].exposure", "load-balancer")],
        &[(
            "kafka.listeners[external].addresses",
            "a.example,b.example,c.example",
        )],
    ),
    design(
        "INP022",
        &[
            ("kafka.listeners[external].exposure", "node-port"),
            ("kafka.listeners[external].address_from", "per-broker"),
            ("kafka.listeners[external].addresses", "10.0.0.1,10.0.0.2"),
        ],
        &[("kafka.groups[main].brokers", "2")],
    ),
    design(
        "INP023",
        &[("storage.kind", "local")],
        &[("nodes.names", "a,b,c")],
    ),
    design(
        "INP024",
        &[
            ("list kafka.disks", "a, b"),
            ("kafka.disks[a].mount", "/disks/a"),
            ("kafka.disks[b].mount", "/disks/a"),
        ],
        &[("kafka.disks[b].mount", "/disks/b")],
    ),
    objects(
        "INP024",
        &[],
        "kind: StatefulSet
metadata: {name: kafka}
spec:
  template:
    spec:
      containers:
      - name: kafka
        volumeMounts:
        - {name: data, mountPath: /data}
        - {name: logs, mountPath: /data/}
",
        ("/data/", "/logs"),
    ),
    design(
        "INP025",
        &[("storage.kind", "nfs"), ("storage.nfs.namespace", "kafka")],
        &[("storage.nfs.namespace", "elsewhere")],
    ),
    design(
        "INP026",
        &[
            ("cluster.coordination", "kraft-combined"),
            ("kafka.version", "3.9.2"),
            ("kafka.options[zookeeper.set.acl]", "true"),
        ],
        &[("cluster.coordination", "zookeeper")],
    ),
    design(
        "INP027",
        &[
            ("cluster.coordination", "kraft-dedicated"),
            ("kraft.directory_ids", "W0PPNLD2QnyIrVZwVDtM9w"),
        ],
        &[("controllers.count", "1")],
    ),
    objects(
        "INP028",
        &[],
        "kind: Deployment
metadata: {name: kafka}
spec:
  replicas: 3
  template:
    spec:
      containers:
      - name: kafka
",
        ("Deployment", "StatefulSet"),
    ),
];
