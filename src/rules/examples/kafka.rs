//! Family KFK.

use super::{Example, UNSET, Values, broken, design, objects};

/// More flags than a command should have.
const MANY: Values = &[
    ("kafka.config_style", "flags"),
    ("kafka.options[background.threads]", "9"),
    ("kafka.options[delete.topic.enable]", "false"),
    ("kafka.options[log.cleaner.backoff.ms]", "1"),
    ("kafka.options[log.cleaner.delete.retention.ms]", "1"),
    ("kafka.options[log.cleaner.io.buffer.size]", "100000"),
    ("kafka.options[log.cleaner.min.cleanable.ratio]", "0.4"),
    ("kafka.options[log.cleaner.min.compaction.lag.ms]", "1"),
    ("kafka.options[log.cleaner.threads]", "2"),
    ("kafka.options[log.index.interval.bytes]", "1"),
    ("kafka.options[log.index.size.max.bytes]", "100"),
    ("kafka.options[log.retention.bytes]", "1000000"),
    ("kafka.options[log.retention.check.interval.ms]", "1"),
    ("kafka.options[log.roll.hours]", "1"),
    ("kafka.options[log.segment.delete.delay.ms]", "1"),
    ("kafka.options[num.io.threads]", "9"),
    ("kafka.options[num.network.threads]", "4"),
    ("kafka.options[num.replica.fetchers]", "2"),
    ("kafka.options[offset.metadata.max.bytes]", "1"),
    ("kafka.options[offsets.commit.timeout.ms]", "1"),
    ("kafka.options[offsets.load.buffer.size]", "1"),
    ("kafka.options[offsets.topic.num.partitions]", "10"),
    ("kafka.options[queued.max.requests]", "1"),
    ("kafka.options[request.timeout.ms]", "40000"),
    ("kafka.options[replica.fetch.backoff.ms]", "1"),
    ("kafka.options[replica.fetch.min.bytes]", "2"),
];

pub const EXAMPLES: &[Example] = &[
    objects(
        "KFK001",
        &[],
        "kind: ConfigMap
metadata: {name: kafka-config}
data:
  server.properties: |
    broker.id=1
    #zookeeper.connect=zk-0:2181
",
        ("#zoo", "zoo"),
    ),
    design("KFK002", &[("kafka.options[node.id]", "7")], &[("kafka.options[node.id]", "0"), ("kafka.groups[main].brokers", "1")]),
    design("KFK002", &[("kafka.options[node.id]", "0"), ("kafka.options[broker.id]", "1"), ("kafka.groups[main].brokers", "1")], &[("kafka.options[node.id]", "1")]),
    design("KFK003", &[("kafka.groups[main].id_base", "999")], &[("kafka.groups[main].id_base", "998")]),
    design("KFK003", &[("kafka.options[reserved.broker.max.id]", "1")], &[("kafka.options[broker.id.generation.enable]", "false")]),
    design("KFK004", &[("kafka.options[broker.id]", "-1"), ("kafka.options[broker.id.generation.enable]", "false")], &[("kafka.options[broker.id]", "1"), ("kafka.groups[main].brokers", "1")]),
    design("KFK005", &[("list kafka.groups", "a, b"), ("kafka.groups[b].id_base", "2")], &[("kafka.groups[b].id_base", "3")]),
    design("KFK005", &[("kafka.options[broker.id]", "7")], &[("kafka.groups[main].brokers", "1")]),
    design("KFK006", &[("kafka.options[broker.id]", "-1")], &[("kafka.options[broker.id]", "0"), ("kafka.groups[main].brokers", "1")]),
    objects(
        "KFK007",
        &[],
        "kind: StatefulSet
metadata: {name: kafka}
spec:
  template:
    spec:
      containers:
      - name: kafka
        command: [kafka-server-start.sh, server.properties, --override, 'broker.id=${HOSTNAME##*-}']
",
        (
            "[kafka-server-start.sh, server.properties, --override, 'broker.id=${HOSTNAME##*-}']",
            "[sh, -c, 'exec kafka-server-start.sh server.properties --override broker.id=${HOSTNAME##*-}']",
        ),
    ),
    objects(
        "KFK007",
        &[],
        "kind: StatefulSet
metadata: {name: kafka}
spec:
  template:
    spec:
      containers:
      - name: kafka
        command: [/bin/sh, -ec]
        args: ['kafka-server-start.sh server.properties --override broker.id=${HOSTNAME: -1}']
",
        ("/bin/sh", "/bin/bash"),
    ),
    objects(
        "KFK007",
        &[],
        "kind: Deployment
metadata: {name: kafka}
spec:
  template:
    spec:
      containers:
      - name: kafka
        command: [sh, -c, 'kafka-server-start.sh server.properties --override broker.id=${HOSTNAME##*-}']
",
        ("Deployment", "StatefulSet"),
    ),
    design("KFK008", &[("kafka.options[log.roll.ms]", "0")], &[("kafka.options[log.roll.ms]", "1")]),
    design("KFK009", &[("kafka.options[log.roll.jitter.ms]", "-1")], &[("kafka.options[log.roll.jitter.ms]", "0")]),
    design("KFK010", &[("kafka.options[log.retention.hours]", "0")], &[("kafka.options[log.retention.ms]", "1")]),
    design("KFK010", &[("kafka.options[log.retention.ms]", "0")], &[("kafka.options[log.retention.ms]", "-1")]),
    design("KFK010", &[("kafka.options[log.retention.minutes]", "0")], &[("kafka.options[log.retention.minutes]", "-5")]),
    design("KFK011", &[("kafka.options[log.dirs]", ",")], &[("kafka.options[log.dirs]", "/var/lib/kafka/data")]),
    design("KFK012", &[("kafka.options[log.cleaner.dedupe.buffer.size]", "1048576")], &[("kafka.options[log.cleaner.dedupe.buffer.size]", "1048577")]),
    design("KFK012", &[("kafka.options[log.cleaner.threads]", "128")], &[("kafka.options[log.cleaner.threads]", "127")]),
    design("KFK013", &[("kafka.options[log.cleaner.threads]", "0")], &[("kafka.options[log.cleaner.threads]", "1")]),
    design("KFK014", &[("kafka.options[log.cleaner.dedupe.buffer.size]", "2147483648")], &[("kafka.options[log.cleaner.threads]", "2")]),
    design("KFK015", &[("kafka.options[log.cleaner.io.buffer.load.factor]", "1.1")], &[("kafka.options[log.cleaner.io.buffer.load.factor]", "1")]),
    design("KFK016", &[("kafka.options[replica.socket.timeout.ms]", "499")], &[("kafka.options[replica.socket.timeout.ms]", "500")]),
    design("KFK017", &[("kafka.options[replica.fetch.wait.max.ms]", "30001"), ("kafka.options[replica.socket.timeout.ms]", "40000")], &[("kafka.options[replica.socket.timeout.ms]", UNSET), ("kafka.options[replica.fetch.wait.max.ms]", "30000")]),
    design("KFK018", &[("kafka.options[offsets.commit.required.acks]", "4")], &[("kafka.options[offsets.commit.required.acks]", "3")]),
    design("KFK019", &[("kafka.options[offsets.commit.required.acks]", "3")], &[("kafka.options[offsets.commit.required.acks]", "-1")]),
    design("KFK020", &[("kafka.options[queued.max.request.bytes]", "1000")], &[("kafka.options[queued.max.request.bytes]", "104857600")]),
    design("KFK021", &[("kafka.options[max.connections.per.ip]", "0")], &[("kafka.options[max.connections.per.ip.overrides]", "10.0.0.1:9")]),
    design("KFK022", &[("kafka.options[max.connections.per.ip.overrides]", "10.0.0.1:9,host")], &[("kafka.options[max.connections.per.ip.overrides]", "10.0.0.1:9,host:8")]),
    design("KFK023", &[("kafka.options[connections.max.idle.ms]", "100")], &[("kafka.options[connections.max.idle.ms]", "101")]),
    design("KFK024", &[("kafka.options[principal.builder.class]", "org.apache.kafka.common.security.auth.DefaultPrincipalBuilder")], &[("kafka.options[principal.builder.class]", "org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder")]),
    design("KFK024", &[("kafka.options[principal.builder.class]", "org.apache.kafka.common.security.auth.DefaultPrincipalBuilder")], &[("kafka.version", "2.8.2")]),
    design("KFK026", &[("kafka.version", "3.2.3"), ("kafka.options[compression.type]", "brotli")], &[("kafka.options[compression.type]", "LZ4")]),
    design("KFK030", &[("kafka.options[log.cleaner.min.compaction.lag.ms]", "10"), ("kafka.options[log.cleaner.max.compaction.lag.ms]", "9")], &[("kafka.options[log.cleaner.max.compaction.lag.ms]", "10")]),
    design("KFK031", &[("kafka.version", "3.9.1"), ("kafka.options[remote.log.storage.system.enable]", "true"), ("kafka.options[log.local.retention.ms]", "-1")], &[("kafka.options[remote.log.storage.system.enable]", UNSET)]),
    design("KFK031", &[("kafka.version", "3.9.1"), ("kafka.options[remote.log.storage.system.enable]", "true"), ("kafka.options[log.local.retention.bytes]", "11"), ("kafka.options[log.retention.bytes]", "10")], &[("kafka.options[log.local.retention.bytes]", "10")]),
    design("KFK032", &[("kafka.options[remote.log.storage.system.enable]", "true"), ("kafka.options[log.cleanup.policy]", "compact,delete")], &[("kafka.options[log.cleanup.policy]", "delete")]),
    design("KFK033", &[("kafka.options[inter.broker.protocol.version]", "0.10.2"), ("kafka.options[log.message.format.version]", "0.11.0")], &[("kafka.options[inter.broker.protocol.version]", "0.11.0")]),
    design("KFK034", &[("kafka.version", "3.5.2"), ("kafka.options[log.message.format.version]", "2.8")], &[("kafka.options[inter.broker.protocol.version]", "2.8")]),
    design("KFK035", &[("kafka.version", "3.5.2"), ("kafka.options[inter.broker.protocol.version]", "3.6")], &[("kafka.options[inter.broker.protocol.version]", "3.5")]),
    design("KFK036", &[("cluster.coordination", "kraft-combined"), ("kafka.version", "3.9.1"), ("kafka.options[inter.broker.protocol.version]", "3.9")], &[("kafka.options[inter.broker.protocol.version]", UNSET)]),
    design("KFK037", &[("kafka.version", "3.9.1"), ("kafka.options[group.consumer.heartbeat.interval.ms]", "4999")], &[("kafka.options[group.consumer.heartbeat.interval.ms]", "5001")]),
    design("KFK038", &[("kafka.version", "3.9.1"), ("kafka.options[group.consumer.session.timeout.ms]", "60001")], &[("kafka.options[group.consumer.session.timeout.ms]", "60000")]),
    design("KFK039", &[("kafka.options[group.max.session.timeout.ms]", "5999")], &[("kafka.options[group.max.session.timeout.ms]", "6000")]),
    design("KFK040", &[("kafka.options[group.max.session.timeout.ms]", "44999")], &[("kafka.options[group.max.session.timeout.ms]", "45000")]),
    design("KFK041", &[("kafka.options[message.max.bytes]", "2000000")], &[("kafka.options[replica.fetch.max.bytes]", "2000000")]),
    design("KFK042", &[("kafka.options[message.max.bytes]", "1000000"), ("kafka.options[socket.request.max.bytes]", "1000000")], &[("kafka.options[socket.request.max.bytes]", "1000001")]),
    design("KFK043", &[("kafka.options[log.segment.bytes]", "1000000")], &[("kafka.options[log.segment.bytes]", "1048588")]),
    design("KFK044", &[("kafka.options[message.max.bytes]", "1048589")], &[("kafka.options[message.max.bytes]", "1048588")]),
    design("KFK045", &[("kafka.options[default.replication.factor]", "4")], &[("kafka.groups[main].brokers", "4")]),
    design("KFK046", &[("kafka.options[offsets.topic.replication.factor]", "4")], &[("kafka.groups[main].brokers", "4")]),
    design("KFK047", &[("kafka.options[transaction.state.log.replication.factor]", "4")], &[("kafka.groups[main].brokers", "4")]),
    design("KFK048", &[("kafka.options[transaction.state.log.min.isr]", "4")], &[("kafka.options[transaction.state.log.min.isr]", "3")]),
    design("KFK049", &[("kafka.options[min.insync.replicas]", "4")], &[("kafka.options[min.insync.replicas]", "3")]),
    design("KFK050", &[("kafka.options[min.insync.replicas]", "3")], &[("kafka.options[min.insync.replicas]", "2")]),
    design("KFK051", &[("kafka.options[default.replication.factor]", "1")], &[("kafka.groups[main].brokers", "1")]),
    design("KFK052", &[("kafka.options[default.replication.factor]", "2")], &[("kafka.options[default.replication.factor]", "3")]),
    design("KFK053", &[("kafka.options[min.insync.replicas]", "1")], &[("kafka.options[min.insync.replicas]", "2")]),
    design("KFK054", &[("kafka.options[offsets.topic.replication.factor]", "1")], &[("kafka.options[offsets.topic.replication.factor]", "3")]),
    design("KFK055", &[("kafka.options[transaction.state.log.replication.factor]", "2")], &[("kafka.groups[main].brokers", "2")]),
    design("KFK056", &[("kafka.options[offsets.topic.replication.factor]", "1")], &[("kafka.options[offsets.topic.replication.factor]", "2")]),
    design("KFK057", &[("kafka.options[unclean.leader.election.enable]", "true")], &[("kafka.options[unclean.leader.election.enable]", "false")]),
    design("KFK058", &[("kafka.options[auto.create.topics.enable]", "true")], &[("kafka.options[auto.create.topics.enable]", "false")]),
    design("KFK059", &[("kafka.options[auto.create.topics.enable]", "true"), ("kafka.options[default.replication.factor]", "1")], &[("kafka.options[default.replication.factor]", "2")]),
    design("KFK060", &[("kafka.options[num.partitions]", "1")], &[("kafka.groups[main].brokers", "1")]),
    design("KFK061", &[("kafka.options[auto.leader.rebalance.enable]", "false")], &[("kafka.options[auto.leader.rebalance.enable]", "true")]),
    design("KFK062", &[("kafka.options[replica.lag.time.max.ms]", "29999")], &[("kafka.options[replica.lag.time.max.ms]", "30000")]),
    design("KFK063", &[("kafka.options[zookeeper.session.timeout.ms]", "17999")], &[("kafka.options[zookeeper.session.timeout.ms]", "18000")]),
    design("KFK064", &[("kafka.options[offsets.retention.minutes]", "10079")], &[("kafka.options[offsets.retention.minutes]", "10080")]),
    design("KFK065", &[("kafka.options[log.flush.interval.ms]", "1000")], &[("kafka.options[log.flush.interval.ms]", UNSET)]),
    design("KFK066", &[("kafka.options[num.io.threads]", "8")], &[("kafka.options[num.io.threads]", "9")]),
    design("KFK066", &[("kafka.config_style", "flags"), ("kafka.options[num.recovery.threads.per.data.dir]", "1")], &[("kafka.options[num.recovery.threads.per.data.dir]", "2")]),
    design("KFK067", &[("kafka.options[log.retention.huors]", "1")], &[("kafka.options[log.retention.huors]", UNSET)]),
    design("KFK068", &[("kafka.version", "3.5.2"), ("kafka.options[quota.producer.default]", "1000")], &[("kafka.version", "2.8.2")]),
    design("KFK069", &[("kafka.version", "3.6.2"), ("kafka.options[log.message.timestamp.difference.max.ms]", "1")], &[("kafka.version", "3.5.2")]),
    design("KFK070", &[("cluster.coordination", "kraft-dedicated"), ("kafka.version", "4.1.1"), ("kafka.options[log.message.format.version]", "3.0")], &[("kafka.options[log.message.format.version]", UNSET)]),
    broken("KFK070", &[("cluster.coordination", "kraft-dedicated"), ("kafka.version", "4.1.1")], super::kraft::SOUND, ("process.roles=broker", "process.roles=broker\n    zookeeper.connect=zk:2181")),
    objects(
        "KFK071",
        &[],
        "kind: ConfigMap
metadata: {name: kafka-config}
data:
  server.properties: |
    zookeeper.connect=zk-0:2181
    num.io.threads=8
    num.io.threads=16
",
        ("=16", "=8"),
    ),
    objects(
        "KFK071",
        &[],
        "kind: StatefulSet
metadata: {name: kafka}
spec:
  template:
    spec:
      containers:
      - name: kafka
        command: [sh, -c, 'kafka-server-start.sh x --override num.io.threads=8 --override \"num.io.threads=16\"']
",
        ("threads=16", "threads=8"),
    ),
    objects(
        "KFK072",
        &[],
        "kind: StatefulSet
metadata: {name: kafka}
spec:
  template:
    spec:
      containers:
      - name: kafka
        command: [sh, -c, 'bin/kafka-server-start.sh config/server.properties --override broker.id=1']
        volumeMounts: [{name: data, mountPath: /data}]
",
        ("/data", "/opt/kafka/config"),
    ),
    design("KFK073", &[("kafka.options[controlled.shutdown.enable]", "false")], &[("kafka.options[controlled.shutdown.enable]", "true")]),
    design("KFK076", &[("cluster.coordination", "kraft-combined"), ("kafka.version", "4.2.0"), ("kafka.options[sasl.enabled.mechanisms]", "PLAIN,GSSAPI,PLAIN")], &[("kafka.version", "4.1.1")]),
    design("KFK077", &[("cluster.coordination", "kraft-combined"), ("kafka.version", "4.2.0"), ("kafka.groups[main].brokers", "2")], &[("kafka.groups[main].brokers", "3")]),
    design("KFK078", MANY, &[("kafka.config_style", "file")]),
    design("KFK079", &[("kafka.options[control.plane.listener.name]", "INTERNAL")], &[("kafka.options[control.plane.listener.name]", UNSET)]),
    design("KFK079", &[("kafka.options[control.plane.listener.name]", "NOWHERE")], &[("kafka.options[control.plane.listener.name]", UNSET)]),
    design("KFK080", &[("kafka.options[zookeeper.set.acl]", "true")], &[("kafka.options[zookeeper.ssl.client.enable]", "true")]),
    design("KFK081", &[("kafka.options[zookeeper.connection.timeout.ms]", "8999")], &[("kafka.options[zookeeper.connection.timeout.ms]", "9000")]),
    design("KFK083", &[("kafka.options[group.initial.rebalance.delay.ms]", "0")], &[("cluster.profile", "development")]),
    objects(
        "KFK084",
        &[],
        "kind: StatefulSet
metadata: {name: kafka-a}
spec:
  template:
    spec:
      containers:
      - name: kafka
        command: [sh, -c, 'kafka-server-start.sh x --override message.max.bytes=1000000']
---
kind: StatefulSet
metadata: {name: kafka-b}
spec:
  template:
    spec:
      containers:
      - name: kafka
        command: [sh, -c, 'kafka-server-start.sh x --override message.max.bytes=2000000']
",
        ("2000000", "1000000"),
    ),
    objects(
        "KFK084",
        &[],
        "kind: ConfigMap
metadata: {name: a}
data:
  server.properties: |
    zookeeper.connect=zk-0:2181
    min.insync.replicas=2
---
kind: ConfigMap
metadata: {name: b}
data:
  server.properties: zookeeper.connect=zk-0:2181
",
        (
            "server.properties: zookeeper",
            "server.properties: |\n    min.insync.replicas=2\n    zookeeper",
        ),
    ),
    objects(
        "KFK085",
        &[],
        "kind: StatefulSet
metadata: {name: kafka}
spec:
  template:
    spec:
      containers:
      - name: kafka
        command: [sh, -c, 'kafka-server-start.sh x --override super.users=User:a;User:b']
",
        ("super.users=User:a;User:b", "\"super.users=User:a;User:b\""),
    ),
    objects(
        "KFK085",
        &[],
        "kind: StatefulSet
metadata: {name: kafka}
spec:
  template:
    spec:
      containers:
      - name: kafka
        command:
        - sh
        - -c
        - |
          kafka-server-start.sh x \\
            --override sasl.jaas.config=Module required username=a \\
            --override num.io.threads=8
",
        (
            "sasl.jaas.config=Module required username=a",
            "'sasl.jaas.config=Module required username=a'",
        ),
    ),
    objects(
        "KFK086",
        &[],
        "kind: ConfigMap
metadata: {name: kafka-config}
data:
  server.properties: |
    # größer geht nicht
    zookeeper.connect=zk-0:2181
    super.users=User:Jörg
",
        ("Jörg", "J\\u00f6rg"),
    ),
];

#[test]
fn what_was_typed_wrong_can_be_repaired() {
    for example in EXAMPLES {
        if let super::Case::Design(_) = example.case {
            let (before, _) = example.before_and_after();
            for finding in before {
                assert!(!finding.fixes.is_empty(), "{} has no repair", finding.rule);
            }
        }
    }
}
