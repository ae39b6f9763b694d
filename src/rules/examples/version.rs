//! Family VER.

use super::{Example, UNSET, design, dockerfile, objects};

pub const EXAMPLES: &[Example] = &[
    design(
        "VER001",
        &[("kafka.version", "4.0.0")],
        &[("kafka.version", "3.9.2")],
    ),
    design("VER002", &[], &[("kafka.version", "3.4.1")]),
    design(
        "VER003",
        &[("kafka.base_image", "eclipse-temurin:7-jre")],
        &[("kafka.base_image", "eclipse-temurin:17-jre")],
    ),
    design(
        "VER004",
        &[("kafka.base_image", "eclipse-temurin:8-jre-jammy")],
        &[("kafka.version", "2.8.2")],
    ),
    design(
        "VER004",
        &[("kafka.base_image", "eclipse-temurin:11-jre-jammy")],
        &[("kafka.version", "3.6.2")],
    ),
    design(
        "VER005",
        &[("kafka.base_image", "eclipse-temurin:25-jre")],
        &[("kafka.base_image", "eclipse-temurin:21-jre")],
    ),
    design(
        "VER005",
        &[
            ("kafka.version", "3.6.2"),
            ("kafka.base_image", "eclipse-temurin:21-jre"),
        ],
        &[("kafka.version", "3.7.0")],
    ),
    design(
        "VER006",
        &[("kafka.scala", "2.11")],
        &[("kafka.scala", "2.12")],
    ),
    design(
        "VER006",
        &[("kafka.scala", "2.11")],
        &[("kafka.version", "2.4.1")],
    ),
    design(
        "VER007",
        &[
            ("cluster.coordination", "kraft-dedicated"),
            ("kafka.version", "4.1.1"),
            ("kafka.options[inter.broker.protocol.version]", "3.2"),
        ],
        &[("kafka.options[inter.broker.protocol.version]", "3.3")],
    ),
    design(
        "VER008",
        &[("kafka.options[inter.broker.protocol.version]", "2.3")],
        &[("kafka.version", "3.5.2")],
    ),
    design(
        "VER008",
        &[("kafka.options[inter.broker.protocol.version]", "2.3")],
        &[("kafka.options[inter.broker.protocol.version]", "2.4")],
    ),
    design(
        "VER010",
        &[("kafka.version", "3.9.1")],
        &[("kafka.version", UNSET)],
    ),
    design(
        "VER011",
        &[
            ("kafka.version", "2.8.2"),
            ("kafka.options[log.message.timestamp.before.max.ms]", "1000"),
        ],
        &[("kafka.version", "3.6.0")],
    ),
    objects(
        "VER012",
        &[],
        "apiVersion: rbac.authorization.k8s.io/v1beta1
kind: Role
metadata: {name: x}
",
        ("v1beta1", "v1"),
    ),
    objects(
        "VER013",
        &[("kubernetes.version", "1.21")],
        "kind: StatefulSet
metadata: {name: kafka}
spec: {minReadySeconds: 5}
",
        ("minReadySeconds: 5", ""),
    ),
    design(
        "VER013",
        &[
            ("kubernetes.version", "1.26"),
            ("kafka.access_mode", "ReadWriteOncePod"),
        ],
        &[("kubernetes.version", "1.27")],
    ),
    objects(
        "VER013",
        &[("kubernetes.version", "1.27")],
        "kind: StatefulSet
metadata: {name: kafka}
spec:
  template:
    spec:
      containers:
      - name: kafka
        env:
        - name: ID
          valueFrom: {fieldRef: {fieldPath: \"metadata.labels['apps.kubernetes.io/pod-index']\"}}
",
        ("apps.kubernetes.io/pod-index", "id"),
    ),
    objects(
        "VER014",
        &[
            ("cluster.coordination", "kraft-dedicated"),
            ("kafka.version", "4.1.1"),
        ],
        "kind: StatefulSet
metadata: {name: kafka, namespace: kafka}
spec:
  template:
    spec:
      containers:
      - name: kafka
        env:
        - {name: KAFKA_LOG4J_OPTS, value: '-Dlog4j.configuration=file:/etc/kafka/log4j.properties'}
",
        (
            "log4j.configuration=file:/etc/kafka/log4j.properties",
            "log4j2.configurationFile=/etc/kafka/log4j2.yaml",
        ),
    ),
    design(
        "VER015",
        &[("kafka.image", "registry.example/kafka:v3.5.2")],
        &[("kafka.version", "3.5.2")],
    ),
    design(
        "VER015",
        &[("zookeeper.image", "zookeeper:3.8.4")],
        &[("zookeeper.image", "zookeeper:7.1.0")],
    ),
    dockerfile(
        "VER015",
        &[],
        "FROM scratch
RUN curl --fail https://mirror.example/kafka_2.13-3.5.2.tgz",
        ("3.5.2", "3.9.2"),
    ),
];
