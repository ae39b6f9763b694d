//! Family PRB.

use super::{Example, UNSET, broken, design};

/// A set of brokers with its three probes.
const SOUND: &str = r"kind: StatefulSet
metadata: {name: kafka, namespace: kafka}
spec:
  minReadySeconds: 60
  template:
    spec:
      containers:
      - name: kafka
        ports: [{name: internal, containerPort: 9092}]
        env: [{name: KAFKA_HEAP_OPTS, value: -Xmx2G}, {name: JMX_PORT, value: '5555'}]
        startupProbe: {tcpSocket: {port: 9092}, failureThreshold: 60}
        readinessProbe: {tcpSocket: {port: internal}}
        livenessProbe: {tcpSocket: {port: internal}, timeoutSeconds: 5, failureThreshold: 6}
";

const LIVENESS: &str = "livenessProbe: {tcpSocket: {port: internal}, ";
const TOOL: &str = "livenessProbe: {exec: {command: [sh, -c, 'kafka-broker-api-versions.sh --bootstrap-server localhost:9092']}, ";
const CLOSED: &str = "livenessProbe: {exec: {command: [sh, -c, 'unset JMX_PORT KAFKA_HEAP_OPTS; kafka-topics.sh --bootstrap-server localhost:9093']}, ";

/// The same with a tool that takes over what its container has.
const CLEAN_TOOL: &str = r"kind: StatefulSet
metadata: {name: kafka, namespace: kafka}
spec:
  template:
    spec:
      containers:
      - name: kafka
        ports: [{name: internal, containerPort: 9092}]
        env: [{name: KAFKA_HEAP_OPTS, value: -Xmx2G}, {name: KAFKA_OPTS, value: '-javaagent:/a.jar=9404'}]
        livenessProbe: {exec: {command: [sh, -c, 'unset KAFKA_OPTS; KAFKA_HEAP_OPTS=-Xmx128m kafka-broker-api-versions.sh --bootstrap-server=localhost:9092']}, timeoutSeconds: 20, periodSeconds: 60}
";

pub const EXAMPLES: &[Example] = &[
    broken("PRB001", &[], SOUND, (LIVENESS, CLOSED)),
    broken(
        "PRB001",
        &[],
        SOUND,
        (LIVENESS, "livenessProbe: {tcpSocket: {port: outside}, "),
    ),
    broken("PRB002", &[], SOUND, ("startupProbe", "otherProbe")),
    design(
        "PRB002",
        &[("zookeeper.startup.enabled", "false")],
        &[("zookeeper.liveness.failures", "12")],
    ),
    broken("PRB003", &[], SOUND, (LIVENESS, TOOL)),
    broken(
        "PRB003",
        &[],
        CLEAN_TOOL,
        ("periodSeconds: 60", "periodSeconds: 5"),
    ),
    broken("PRB004", &[], SOUND, (LIVENESS, TOOL)),
    broken("PRB004", &[], CLEAN_TOOL, ("KAFKA_HEAP_OPTS=-Xmx128m ", "")),
    broken(
        "PRB005",
        &[],
        SOUND,
        ("failureThreshold: 6}", "failureThreshold: 3}"),
    ),
    design(
        "PRB005",
        &[("kafka.liveness.failures", "3")],
        &[("kafka.liveness.failures", "4")],
    ),
    design(
        "PRB006",
        &[("kafka.readiness.enabled", "false")],
        &[("kafka.readiness.enabled", "true")],
    ),
    design(
        "PRB007",
        &[("zookeeper.liveness.enabled", "false")],
        &[("zookeeper.liveness.enabled", UNSET)],
    ),
    broken("PRB008", &[], SOUND, (LIVENESS, CLOSED)),
    broken(
        "PRB008",
        &[],
        SOUND,
        (
            LIVENESS,
            "livenessProbe: {tcpSocket: {port: internal, host: kafka-bootstrap}, ",
        ),
    ),
    broken(
        "PRB009",
        &[],
        SOUND,
        ("readinessProbe: {tcpSocket", "readinessProbe: {httpGet"),
    ),
    broken(
        "PRB010",
        &[],
        SOUND,
        (
            "failureThreshold: 60",
            "failureThreshold: 60, successThreshold: 2",
        ),
    ),
    broken(
        "PRB010",
        &[],
        SOUND,
        ("timeoutSeconds: 5", "timeoutSeconds: 0"),
    ),
    broken(
        "PRB011",
        &[],
        SOUND,
        ("timeoutSeconds: 5", "timeoutSeconds: 11"),
    ),
    design(
        "PRB011",
        &[("zookeeper.readiness.timeout", "30")],
        &[("zookeeper.readiness.period", "30")],
    ),
    broken("PRB013", &[], SOUND, (LIVENESS, TOOL)),
    broken("PRB013", &[], CLEAN_TOOL, ("unset KAFKA_OPTS; ", "")),
    design(
        "PRB014",
        &[
            ("kafka.version", "3.4.1"),
            ("kafka.min_ready_seconds", "30"),
        ],
        &[("kafka.min_ready_seconds", "60")],
    ),
];
