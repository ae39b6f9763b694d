//! Family NET.

use super::{Example, UNSET, Values, design, objects};

const OUTSIDE: (&str, &str) = ("kafka.listeners[external].exposure", "node-port");
const BALANCED: (&str, &str) = ("kafka.listeners[external].exposure", "load-balancer");
const FIXED: (&str, &str) = ("kafka.listeners[external].address_from", "fixed");
const ADDRESS: &str = "kafka.listeners[external].address";
const FIRST: &str = "kafka.listeners[external].first_node_port";
const LISTENERS: &str = "kafka.options[listeners]";
const ADVERTISED: &str = "kafka.options[advertised.listeners]";
const MAP: &str = "kafka.options[listener.security.protocol.map]";
const NONE: Values = &[];

/// The Service of the first broker.
const SERVICE: &str = "kind: Service
metadata: {name: kafka-external-0, namespace: kafka}
spec: {selector: {statefulset.kubernetes.io/pod-name: kafka-0}, ports: [{port: 9094, nodePort: 30011}]}
";

/// Brokers with their headless Service.
const BROKERS: &str = "kind: StatefulSet
metadata: {name: kafka, namespace: kafka}
spec:
  replicas: 3
  serviceName: kafka-hs
  template:
    metadata: {labels: {app: kafka}}
    spec:
      hostNetwork: true
      containers:
      - {name: kafka, ports: [{containerPort: 9092}]}
      - {name: exporter, ports: [{containerPort: 9092}]}
---
kind: Service
metadata: {name: kafka-hs, namespace: kafka}
spec: {clusterIP: None, selector: {app: kafka}, ports: [{port: 9092}]}
";

/// A policy, and the servers that it parts from each other.
const PARTED: &str = "kind: NetworkPolicy
metadata: {name: zk, namespace: kafka}
spec: {podSelector: {matchLabels: {app: zk}}, ingress: [{ports: [{port: 2181}]}]}
---
kind: StatefulSet
metadata: {name: zk, namespace: kafka}
spec: {replicas: 3, template: {metadata: {labels: {app: zk}}, spec: {containers: [{name: zk}]}}}
";

pub const EXAMPLES: &[Example] = &[
    design(
        "NET001",
        &[OUTSIDE, ("kafka.listeners[external].name", "INTERNAL")],
        &[("kafka.listeners[external].name", "OUTSIDE")],
    ),
    design(
        "NET002",
        &[OUTSIDE, ("kafka.listeners[external].port", "9092")],
        &[("kafka.listeners[external].port", "9094")],
    ),
    design(
        "NET003",
        &[(LISTENERS, "INTERNAL:9092")],
        &[(LISTENERS, "INTERNAL://:9092")],
    ),
    design(
        "NET004",
        &[(MAP, "OTHER:PLAINTEXT")],
        &[(MAP, "INTERNAL:PLAINTEXT")],
    ),
    design(
        "NET005",
        &[(MAP, "INTERNAL:TLS")],
        &[(MAP, "INTERNAL:PLAINTEXT")],
    ),
    design(
        "NET006",
        &[(ADVERTISED, "INTERNAL://a:9092,OTHER://a:9093")],
        &[(ADVERTISED, "INTERNAL://a:9092")],
    ),
    design(
        "NET007",
        &[(ADVERTISED, "OTHER://a:9092")],
        &[(ADVERTISED, "INTERNAL://a:9092")],
    ),
    design(
        "NET008",
        &[("kafka.options[security.inter.broker.protocol]", "PLAINTEXT")],
        &[("kafka.options[security.inter.broker.protocol]", UNSET)],
    ),
    design(
        "NET009",
        &[(MAP, "OTHER:PLAINTEXT")],
        &[(MAP, "INTERNAL:PLAINTEXT")],
    ),
    design(
        "NET010",
        &[OUTSIDE, FIXED, (ADDRESS, "0.0.0.0")],
        &[(ADDRESS, "192.0.2.1")],
    ),
    design(
        "NET013",
        &[
            OUTSIDE,
            ("kafka.listeners[internal].exposure", "none"),
            ("kafka.groups[main].brokers", "1"),
        ],
        &[("kafka.listeners[internal].exposure", "inside")],
    ),
    design(
        "NET014",
        &[
            OUTSIDE,
            ("kafka.options[inter.broker.listener.name]", "EXTERNAL"),
        ],
        &[("kafka.options[inter.broker.listener.name]", "INTERNAL")],
    ),
    design(
        "NET015",
        &[OUTSIDE, FIXED, (ADDRESS, "192.0.2.1")],
        &[(ADDRESS, "kafka.example.com")],
    ),
    objects("NET016", &[OUTSIDE], SERVICE, ("30011", "30010")),
    design("NET017", &[OUTSIDE, (FIRST, "9092")], &[(FIRST, "30000")]),
    design(
        "NET018",
        &[OUTSIDE, ("kafka.listeners[internal].exposure", "node-port")],
        &[(FIRST, "30013")],
    ),
    design("NET019", &[OUTSIDE, (FIRST, "32766")], &[(FIRST, "32765")]),
    design(
        "NET020",
        &[OUTSIDE, (FIRST, "30084")],
        &[("kubernetes.version", "1.27")],
    ),
    objects(
        "NET021",
        &[OUTSIDE],
        SERVICE,
        (
            "{statefulset.kubernetes.io/pod-name: kafka-0}",
            "{app: kafka}",
        ),
    ),
    design(
        "NET022",
        &[
            OUTSIDE,
            FIXED,
            (ADDRESS, "kafka.example.com"),
            ("kafka.listeners[external].traffic_policy", "Local"),
        ],
        &[("kafka.listeners[external].traffic_policy", "Cluster")],
    ),
    design(
        "NET023",
        &[BALANCED],
        &[("kafka.listeners[external].traffic_policy", "Local")],
    ),
    design(
        "NET024",
        &[BALANCED, FIXED, (ADDRESS, "192.0.2.1")],
        &[("kafka.listeners[external].address_from", "per-broker")],
    ),
    objects("NET025", NONE, BROKERS, ("clusterIP: None, ", "")),
    design(
        "NET026",
        &[
            OUTSIDE,
            FIXED,
            (ADDRESS, "kafka-0.kafka.kafka.svc.cluster.local"),
        ],
        &[(ADDRESS, "kafka-0.kafka-hs.kafka.svc")],
    ),
    design(
        "NET027",
        &[(
            "kafka.options[zookeeper.connect]",
            "zk-cs.kafka.svc.cluster.local:2181",
        )],
        &[("kubernetes.cluster_domain", "cluster.local")],
    ),
    objects(
        "NET028",
        NONE,
        BROKERS,
        (
            "clusterIP: None",
            "clusterIP: None, publishNotReadyAddresses: true",
        ),
    ),
    design(
        "NET029",
        &[(LISTENERS, "INTERNAL://:9093")],
        &[(LISTENERS, "INTERNAL://:9092")],
    ),
    design(
        "NET030",
        &[("kafka.jmx_port", "9092")],
        &[("kafka.jmx_port", "9999")],
    ),
    objects(
        "NET031",
        NONE,
        BROKERS,
        ("hostNetwork: true", "hostNetwork: false"),
    ),
    design("NET032", NONE, &[("cluster.network_policies", "true")]),
    objects(
        "NET033",
        NONE,
        PARTED,
        ("{port: 2181}", "{port: 2888}, {port: 3888}"),
    ),
    design(
        "NET034",
        &[("kafka.listeners[internal].port", "1023")],
        &[("kafka.listeners[internal].port", "1024")],
    ),
    design(
        "NET036",
        &[(LISTENERS, "INTERNAL://fd00::1:9092")],
        &[(LISTENERS, "INTERNAL://[fd00::1]:9092")],
    ),
    objects(
        "NET037",
        NONE,
        "kind: Service\nmetadata: {name: kafka, annotations: {service.beta.kubernetes.io/aws-load-balancer-connection-idle-timeout: '60'}}\n",
        ("'60'", "'600'"),
    ),
];
