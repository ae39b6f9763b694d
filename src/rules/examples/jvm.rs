//! Family JVM.

use super::{Example, UNSET, broken, design, dockerfile};

/// A broker whose flags are in order.
const SOUND: &str = r"kind: StatefulSet
metadata: {name: kafka, namespace: kafka}
spec:
  template:
    spec:
      containers:
      - name: kafka
        image: eclipse-temurin:11-jre
        env:
        - {name: KAFKA_HEAP_OPTS, value: '-Xmx4g -Xms4g'}
        - {name: KAFKA_JVM_PERFORMANCE_OPTS, value: '-server -XX:+UseG1GC'}
        - {name: JMX_PORT, value: '5555'}
        - {name: KAFKA_JMX_OPTS, value: -Dcom.sun.management.jmxremote.authenticate=true}
        - {name: ZK_SERVER_HEAP, value: '512'}
        - {name: LOG_DIR, value: /var/log/kafka}
        securityContext: {readOnlyRootFilesystem: true}
        volumeMounts:
        - {name: logs, mountPath: /var/log/kafka}
";

pub const EXAMPLES: &[Example] = &[
    design(
        "JVM001",
        &[("kafka.memory_request", "4Gi")],
        &[("kafka.heap", "2g")],
    ),
    design(
        "JVM002",
        &[("kafka.memory_request", "7Gi")],
        &[("kafka.memory_request", UNSET)],
    ),
    design(
        "JVM003",
        &[
            ("kafka.memory_request", "4Gi"),
            ("kafka.memory_limit", "16Gi"),
        ],
        &[("kafka.memory_request", "5Gi")],
    ),
    design("JVM004", &[("kafka.heap", "8g")], &[("kafka.heap", "6g")]),
    broken("JVM005", &[], SOUND, ("-Xms4g", "-Xms1g")),
    broken("JVM006", &[], SOUND, ("-Xmx4g", "-Xmx4Gi")),
    broken("JVM006", &[], SOUND, ("-Xms4g", "-Xms5g")),
    broken("JVM006", &[], SOUND, ("'512'", "512m")),
    design(
        "JVM007",
        &[("kafka.opts", "-Dlogging.level=INFO")],
        &[("kafka.opts", "-Dx=y")],
    ),
    broken("JVM008", &[], SOUND, ("+UseG1GC", "+UseParallelGC")),
    design(
        "JVM008",
        &[("kafka.jvm_performance", "-server")],
        &[("kafka.heap", "1g")],
    ),
    broken(
        "JVM009",
        &[],
        SOUND,
        ("eclipse-temurin:11-jre", "openjdk:8u181-jre"),
    ),
    dockerfile(
        "JVM009",
        &[],
        "FROM openjdk:8u111-jdk\n",
        ("8u111", "8u392"),
    ),
    broken(
        "JVM010",
        &[],
        SOUND,
        ("authenticate=true", "authenticate=false"),
    ),
    design(
        "JVM010",
        &[("kafka.jmx_port", "5555")],
        &[("cluster.network_policies", "true")],
    ),
    broken(
        "JVM011",
        &[("kafka.gc_log", "true")],
        SOUND,
        ("value: /var/log/kafka", "value: /opt/kafka/logs"),
    ),
    design(
        "JVM012",
        &[
            ("zookeeper.memory_request", "1Gi"),
            ("zookeeper.memory_limit", "2Gi"),
        ],
        &[("zookeeper.memory_request", "2Gi")],
    ),
    design(
        "JVM013",
        &[("kafka.base_image", "eclipse-temurin:11.0.15_10-jre-jammy")],
        &[("kafka.base_image", "eclipse-temurin:11.0.16_8-jre-jammy")],
    ),
];
