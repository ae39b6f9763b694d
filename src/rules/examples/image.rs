//! Family IMG.

use super::{Example, UNSET, broken, design, dockerfile, objects};

/// A Dockerfile with nothing to say about.
const SOUND: &str = r#"FROM buildpack-deps:jammy-curl AS fetch
ARG KAFKA_VERSION=3.9.1
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN curl -fsSL --retry 3 --proto =https -o k.tgz "https://example.com/${KAFKA_VERSION}/kafka.tgz" \
 # the sum is known
 && echo "0  k.tgz" | sha512sum -c - \
 && apt-get update \
 && apt-get install -y --no-install-recommends gnupg=2.2 \
 && apk add --no-cache bash=5.2

FROM eclipse-temurin:21-jre@sha256:0
LABEL org.opencontainers.image.title="Kafka"
ENV KAFKA_HOME=/opt/kafka
ENV PATH=$KAFKA_HOME/bin:$PATH
WORKDIR /opt/kafka
COPY --from=fetch /k /opt/kafka
RUN apt-get update && apt-get install -y --no-install-recommends a=1 && rm -rf /var/lib/apt/lists/*
USER 1000:1000
CMD ["kafka-server-start.sh"]
"#;

/// One that makes a rule fire when a piece of it is replaced.
const fn wrong(
    rule: &'static str,
    text: &'static str,
    change: (&'static str, &'static str),
) -> Example {
    dockerfile(rule, &[], text, change)
}

/// A set with an image that starts itself, in a design whose brokers have other names.
const STARTS_ITSELF: &str = r"kind: StatefulSet
metadata: {name: controllers, namespace: kafka}
spec:
  template:
    spec:
      volumes: [{name: config, configMap: {name: c}}]
      containers:
      - name: kafka
        image: apache/kafka:3.9.0
        env:
        - {name: KAFKA_PROCESS_ROLES, value: controller}
        - {name: CLUSTER_ID, value: abc}
        volumeMounts: [{name: config, mountPath: /mnt/shared/config}]
";

const ROLES: &str = "{name: KAFKA_PROCESS_ROLES, value: controller}";

/// A set of brokers that runs another image than the one that is built.
const RUNS: &str = r"kind: StatefulSet
metadata: {name: kafka, namespace: kafka}
spec: {template: {spec: {containers: [{name: kafka, image: 'registry.example.com/kafka:old'}]}}}
";

pub const EXAMPLES: &[Example] = &[
    design(
        "IMG001",
        &[("kafka.base_image", "openjdk:17-jdk")],
        &[("kafka.base_image", UNSET)],
    ),
    design(
        "IMG002",
        &[("kafka.base_image", "eclipse-temurin:17-jre-focal")],
        &[("kafka.base_image", "eclipse-temurin:17-jre-noble")],
    ),
    design(
        "IMG003",
        &[("kafka.base_image", "eclipse-temurin:17-jdk-jammy")],
        &[("kafka.base_image", "eclipse-temurin:17-jre-jammy")],
    ),
    wrong(
        "IMG004",
        "FROM a\nRUN curl -fsSL https://example.com/k.tgz\n",
        ("k.tgz", "k.tgz && sha512sum -c s"),
    ),
    wrong(
        "IMG005",
        "FROM a\nRUN set -eux; \\\ncurl -sSL https://example.com/k.tgz\n",
        ("-sSL", "-fsSL"),
    ),
    wrong(
        "IMG006",
        "FROM a\nRUN curl -fsS --retry 3 --proto =https https://example.com/k.tgz\n",
        ("-fsS", "-fsSL"),
    ),
    design(
        "IMG007",
        &[("kafka.version", "3.5.2"), ("kafka.download", "mirror")],
        &[("kafka.download", UNSET)],
    ),
    wrong(
        "IMG007",
        "FROM a\nADD https://downloads.apache.org/kafka/3.5.2/kafka_2.13-3.5.2.tgz /\n",
        ("downloads.apache.org", "archive.apache.org/dist"),
    ),
    wrong("IMG008", "FROM a\n", ("FROM a\n", "FROM a\nUSER 1000\n")),
    wrong(
        "IMG009",
        "FROM a AS b\nUSER root:root\nFROM b\n",
        ("FROM b", "FROM b\nUSER kafka"),
    ),
    wrong("IMG010", "FROM a/b\n", ("a/b", "a/b:1")),
    wrong("IMG011", "ARG TAG=latest\nFROM a:${TAG}\n", ("latest", "1")),
    wrong("IMG012", "FROM a:1\n", ("a:1", "a:1@sha256:0")),
    wrong(
        "IMG013",
        "FROM a\nRUN curl -f x | tar xz\n",
        ("RUN ", "RUN set -o pipefail; "),
    ),
    wrong(
        "IMG014",
        "FROM a\nRUN b\n\nRUN c\n",
        ("RUN c", "COPY c /\nRUN c"),
    ),
    wrong(
        "IMG015",
        "FROM a\nRUN tar xf $FILE\n",
        ("$FILE", "\"$FILE\""),
    ),
    wrong(
        "IMG016",
        "FROM a\nRUN apt-get install -y --no-install-recommends b=1\n",
        ("b=1", "b=1 && rm -rf /var/lib/apt/lists/*"),
    ),
    wrong(
        "IMG017",
        "FROM a\nRUN apk add bash=5\n",
        ("add", "add --no-cache"),
    ),
    wrong(
        "IMG018",
        "FROM a\nRUN curl -f b && wget c\n",
        ("wget", "curl -f"),
    ),
    wrong("IMG019", "FROM a\nWORKDIR kafka\n", ("kafka", "/kafka")),
    wrong(
        "IMG020",
        "FROM a\nENV HOME_OF=/opt BIN=${HOME_OF}/bin\n",
        (" BIN", "\nENV BIN"),
    ),
    wrong(
        "IMG021",
        "FROM a\nCMD kafka-server-start.sh x\n",
        (
            "kafka-server-start.sh x",
            "[\"kafka-server-start.sh\", \"x\"]",
        ),
    ),
    wrong(
        "IMG021",
        "FROM a\nENTRYPOINT [\"a\"]\nENTRYPOINT [\"b\"]\n",
        ("ENTRYPOINT [\"a\"]\n", ""),
    ),
    wrong(
        "IMG022",
        "FROM openjdk:8-jdk\n",
        ("\n", "\nCMD [\"kafka-server-start.sh\"]\n"),
    ),
    wrong(
        "IMG023",
        "FROM a\nRUN curl -f https://example.com/3.5.2/kafka_2.12-3.5.2.tgz\n",
        ("/3.5.2/kafka_2.12-3.5.2.tgz", "/${V}/kafka_2.12-${V}.tgz"),
    ),
    wrong(
        "IMG024",
        "FROM a\nRUN curl -f b\n",
        ("RUN curl -f b\n", "RUN curl -f b\nFROM a\n"),
    ),
    wrong(
        "IMG025",
        "FROM eclipse-temurin:17-jre-alpine\nCMD [\"kafka-server-start.sh\"]\n",
        ("CMD", "RUN apk add --no-cache bash\nCMD"),
    ),
    broken("IMG026", &[], RUNS, ("kafka:old", "kafka:latest")),
    design(
        "IMG026",
        &[("kafka.image", "registry.example.com/kafka")],
        &[("kafka.image", "registry.example.com/kafka:1")],
    ),
    objects(
        "IMG027",
        &[],
        RUNS,
        (
            "registry.example.com/kafka:old",
            "registry.example.com/kafka:3.9.2",
        ),
    ),
    design(
        "IMG028",
        &[("kafka.image", "somebody/kafka:3.9.2")],
        &[("kafka.image", "registry.example.com/somebody/kafka:3.9.2")],
    ),
    design(
        "IMG029",
        &[("kafka.image", "registry.example.com/kafka:stable")],
        &[("images.pull_policy", "Always")],
    ),
    wrong("IMG030", "FROM a\n", ("FROM a\n", "FROM a\nLABEL a=b\n")),
    design(
        "IMG031",
        &[("kafka.scala", "2.12")],
        &[("kafka.scala", "2.13")],
    ),
    wrong(
        "IMG032",
        "FROM a\nARG KEYSTORE_PASSWORD\n",
        ("PASSWORD", "PASSWORD_FILE"),
    ),
    broken(
        "IMG033",
        &[],
        STARTS_ITSELF,
        (
            ROLES,
            "{name: KAFKA_PROCESS_ROLES, value: controller}\n        - {name: KAFKA_ADVERTISED_LISTENERS, value: 'A://a:1'}",
        ),
    ),
    broken("IMG034", &[], STARTS_ITSELF, ("CLUSTER_ID", "OTHER")),
    broken(
        "IMG035",
        &[],
        STARTS_ITSELF,
        (
            ROLES,
            "{name: KAFKA_ADVERTISED_LISTENERS, value: 'SASL_IN://a:1'}",
        ),
    ),
    broken(
        "IMG036",
        &[],
        STARTS_ITSELF,
        (ROLES, "{name: KAFKA_ZOOKEEPER_CONNECT, value: 'zk:2181'}"),
    ),
    broken(
        "IMG037",
        &[],
        STARTS_ITSELF,
        ("/mnt/shared/config", "/opt/kafka/config"),
    ),
    design(
        "IMG038",
        &[("kafka.image", "bitnami/kafka:3.9.0")],
        &[("kafka.image", "bitnamilegacy/kafka:3.9.0")],
    ),
];

#[test]
fn a_sound_dockerfile_is_left_alone() {
    use super::super::testing::{design, found_in_dockerfile};
    for rule in crate::rules::rules().filter(|rule| rule.id.starts_with("IMG")) {
        assert_eq!(found_in_dockerfile(&design(&[]), SOUND, rule.id), []);
    }
}
