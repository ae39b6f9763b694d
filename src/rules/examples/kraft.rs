//! Family KRF.

use super::{Example, UNSET, broken, design, objects};

const OWN: (&str, &str) = ("cluster.coordination", "kraft-dedicated");
const COMBINED: (&str, &str) = ("cluster.coordination", "kraft-combined");
const V38: (&str, &str) = ("kafka.version", "3.8.1");
const V39: (&str, &str) = ("kafka.version", "3.9.1");
const V41: (&str, &str) = ("kafka.version", "4.1.1");
const V42: (&str, &str) = ("kafka.version", "4.2.0");
const VOTERS: &str = "kafka.options[controller.quorum.voters]";
const MIGRATION: &str = "kafka.options[zookeeper.metadata.migration.enable]";
const ADVERTISED: &str = "kafka.options[advertised.listeners]";

/// Controllers and brokers of somebody else, with a static quorum.
pub(super) const SOUND: &str = "kind: StatefulSet
metadata: {name: kafka-controller, namespace: kafka}
spec:
  replicas: 3
  serviceName: kafka-controller-hs
  podManagementPolicy: Parallel
  template:
    metadata: {labels: {app: controller}}
    spec:
      initContainers:
      - {name: format, command: [sh, -c, 'kafka-storage.sh format --cluster-id=W0PPNLD2QnyIrVZwVDtM9w --config c']}
      containers:
      - name: controller
        command: [sh, -c, 'kafka-server-start.sh /etc/kafka/controller.properties --override node.id=${HOSTNAME##*-}']
        readinessProbe: {exec: {command: [kafka-metadata-quorum.sh, describe, --status]}}
        volumeMounts: [{name: config, mountPath: /etc/kafka}, {name: data, mountPath: /data}]
      volumes: [{name: config, configMap: {name: controller}}]
  volumeClaimTemplates: [{metadata: {name: data}}]
---
kind: ConfigMap
metadata: {name: controller, namespace: kafka}
data:
  controller.properties: |
    process.roles=controller
    controller.listener.names=CONTROLLER
    listeners=CONTROLLER://:9093
    advertised.listeners=CONTROLLER://c:9093
    listener.security.protocol.map=CONTROLLER:SASL_SSL
    sasl.enabled.mechanisms=PLAIN
    sasl.mechanism.controller.protocol=PLAIN
    controller.quorum.voters=0@c-0:9093,1@c-1:9093,2@c-2:9093
    log.dirs=/data/log
    num.partitions=3
    min.insync.replicas=2
---
kind: Service
metadata: {name: kafka-controller-hs, namespace: kafka}
spec: {clusterIP: None, publishNotReadyAddresses: true}
---
kind: StatefulSet
metadata: {name: kafka, namespace: kafka}
spec:
  replicas: 3
  template:
    spec:
      containers:
      - name: kafka
        command: [sh, -c, 'kafka-server-start.sh /etc/kafka/server.properties --override node.id=$((100 + ${HOSTNAME##*-}))']
        volumeMounts: [{name: config, mountPath: /etc/kafka}]
      volumes: [{name: config, configMap: {name: broker}}]
---
kind: ConfigMap
metadata: {name: broker, namespace: kafka}
data:
  server.properties: |
    process.roles=broker
    controller.listener.names = CONTROLLER
    listeners=INTERNAL://:9092
    listener.security.protocol.map=INTERNAL:PLAINTEXT,CONTROLLER:SASL_SSL
    controller.quorum.voters=0@c-0:9093,1@c-1:9093,2@c-2:9093
    num.partitions=3
    min.insync.replicas=2
";

const BROKER: &str = "process.roles=broker";

pub const EXAMPLES: &[Example] = &[
    broken("KRF001", &[OWN, V41], SOUND, (BROKER, "x=y")),
    broken(
        "KRF002",
        &[OWN, V41],
        SOUND,
        (BROKER, "process.roles=broker,observer"),
    ),
    broken(
        "KRF003",
        &[OWN, V41],
        SOUND,
        (" --override node.id=${HOSTNAME##*-}", ""),
    ),
    broken(
        "KRF004",
        &[OWN, V38],
        SOUND,
        ("controller.quorum.voters=", "x="),
    ),
    broken(
        "KRF005",
        &[OWN, V41],
        SOUND,
        ("controller.quorum.voters=", "x="),
    ),
    design(
        "KRF006",
        &[
            OWN,
            V41,
            ("kraft.quorum", "static"),
            (VOTERS, "0@c-0,1@c-1:9093"),
        ],
        &[(VOTERS, "0@c-0:9093,1@c-1:9093")],
    ),
    broken("KRF007", &[OWN, V41], SOUND, ("0@c-0:9093", "7@c-0:9093")),
    design(
        "KRF008",
        &[OWN, ("kafka.groups[main].id_base", "2")],
        &[("kafka.groups[main].id_base", "3")],
    ),
    broken(
        "KRF009",
        &[OWN, V41],
        SOUND,
        ("controller.listener.names = CONTROLLER", "x=y"),
    ),
    design(
        "KRF010",
        &[OWN, ("kafka.listeners[internal].name", "CONTROLLER")],
        &[("kraft.listener", "QUORUM")],
    ),
    design(
        "KRF011",
        &[COMBINED, ("kafka.options[listeners]", "INTERNAL://:9092")],
        &[(
            "kafka.options[listeners]",
            "INTERNAL://:9092,CONTROLLER://:9093",
        )],
    ),
    broken(
        "KRF012",
        &[OWN, V41],
        SOUND,
        (
            "listeners=CONTROLLER://:9093",
            "listeners=CONTROLLER://:9093,INTERNAL://:9092",
        ),
    ),
    objects(
        "KRF013",
        &[OWN, V38],
        SOUND,
        ("advertised.listeners=", "x="),
    ),
    design(
        "KRF014",
        &[
            COMBINED,
            V38,
            (ADVERTISED, "INTERNAL://a:9092,CONTROLLER://a:9093"),
        ],
        &[(ADVERTISED, "INTERNAL://a:9092")],
    ),
    design(
        "KRF015",
        &[
            OWN,
            (
                "kafka.options[listener.security.protocol.map]",
                "INTERNAL:PLAINTEXT",
            ),
        ],
        &[(
            "kafka.options[listener.security.protocol.map]",
            "INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
        )],
    ),
    broken(
        "KRF016",
        &[OWN, V41],
        SOUND,
        ("names = CONTROLLER", "names = CONTROLLER,OTHER"),
    ),
    broken(
        "KRF017",
        &[OWN, V39],
        SOUND,
        (
            BROKER,
            "process.roles=broker\n    control.plane.listener.name=INTERNAL",
        ),
    ),
    design(
        "KRF018",
        &[
            OWN,
            V41,
            ("kafka.options[broker.heartbeat.interval.ms]", "4501"),
        ],
        &[("kafka.options[broker.heartbeat.interval.ms]", "4500")],
    ),
    broken(
        "KRF019",
        &[OWN, V42],
        SOUND,
        (
            BROKER,
            "process.roles=broker\n    controller.quorum.auto.join.enable=true",
        ),
    ),
    broken(
        "KRF020",
        &[OWN, V41],
        SOUND,
        (
            "process.roles=controller",
            "process.roles=controller\n    inter.broker.listener.name=CONTROLLER",
        ),
    ),
    broken(
        "KRF021",
        &[OWN, V41],
        SOUND,
        (
            BROKER,
            "process.roles=broker\n    create.topic.policy.class.name=com.example.Names",
        ),
    ),
    design(
        "KRF022",
        &[OWN, ("controllers.count", "4")],
        &[("controllers.count", "3")],
    ),
    design(
        "KRF023",
        &[OWN, ("controllers.count", "1")],
        &[("cluster.profile", "development")],
    ),
    design(
        "KRF024",
        &[OWN, ("controllers.count", "7")],
        &[("controllers.count", "5")],
    ),
    design(
        "KRF025",
        &[COMBINED, ("cluster.profile", "production")],
        &[("cluster.profile", "staging")],
    ),
    design(
        "KRF026",
        &[COMBINED, V38],
        &[("kraft.cluster_id", "W0PPNLD2QnyIrVZwVDtM9w")],
    ),
    design(
        "KRF027",
        &[OWN, V38, ("kraft.cluster_id", "my-cluster")],
        &[("kraft.cluster_id", "W0PPNLD2QnyIrVZwVDtM9w")],
    ),
    broken(
        "KRF028",
        &[OWN, V41],
        SOUND,
        (
            "{name: data, mountPath: /data}",
            "{name: data, mountPath: /other}",
        ),
    ),
    design(
        "KRF029",
        &[
            OWN,
            ("cluster.profile", "production"),
            ("controllers.data_size", "4Gi"),
        ],
        &[("controllers.data_size", "5Gi")],
    ),
    design(
        "KRF030",
        &[OWN, V41, (MIGRATION, "true")],
        &[(MIGRATION, UNSET)],
    ),
    design(
        "KRF031",
        &[
            V39,
            (MIGRATION, "true"),
            ("kafka.options[controller.listener.names]", "CONTROLLER"),
        ],
        &[(VOTERS, "3000@c-0:9093")],
    ),
    design(
        "KRF032",
        &[
            ("kafka.version", "3.5.2"),
            (MIGRATION, "true"),
            ("list kafka.disks", "data, more"),
        ],
        &[("list kafka.disks", "data")],
    ),
    design(
        "KRF033",
        &[
            V39,
            ("kafka.options[controller.listener.names]", "CONTROLLER"),
        ],
        &[(MIGRATION, "true")],
    ),
    design(
        "KRF034",
        &[COMBINED, ("kafka.pod_management", "OrderedReady")],
        &[("kafka.pod_management", "Parallel")],
    ),
    design(
        "KRF035",
        &[OWN, V41, ("kraft.cluster_id", "my-cluster")],
        &[("kraft.cluster_id", "W0PPNLD2QnyIrVZwVDtM9w")],
    ),
    broken("KRF036", &[OWN, V41], SOUND, ("num.partitions=3", "x=y")),
    broken(
        "KRF037",
        &[OWN, V41],
        SOUND,
        ("min.insync.replicas=2", "min.insync.replicas=1"),
    ),
    broken(
        "KRF038",
        &[OWN, V39],
        SOUND,
        ("advertised.listeners=", "x="),
    ),
    broken(
        "KRF039",
        &[OWN, V41],
        SOUND,
        ("--config c", "--config c --standalone"),
    ),
    broken(
        "KRF040",
        &[OWN, V41],
        SOUND,
        (
            "publishNotReadyAddresses: true",
            "publishNotReadyAddresses: false",
        ),
    ),
    design(
        "KRF041",
        &[OWN, ("controllers.max_unavailable", "2")],
        &[("controllers.max_unavailable", "1")],
    ),
    broken(
        "KRF042",
        &[OWN, V41],
        SOUND,
        ("--cluster-id=", "--cluster-id -"),
    ),
    design(
        "KRF043",
        &[OWN, V39, (VOTERS, "0@c-0:9093")],
        &[("kraft.quorum", "static")],
    ),
    broken(
        "KRF044",
        &[OWN, V39],
        SOUND,
        (
            "num.partitions=3",
            "num.partitions=3\n    delete.topic.enable=false",
        ),
    ),
];
