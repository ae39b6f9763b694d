//! The designs to start from: each is a [`Design`] like any other.
//!
//! One with KRaft has no ids yet: whoever starts from it makes them (see [`identity`](crate::design::identity)).

use crate::design::{Design, EDITION, Silence};
use crate::fields::BUNDLE_LANGUAGE;
use crate::rules;
use crate::text::{Lang, words};

/// A design to start from: the registry's entry. Its words are `preset.NAME` and `preset.NAME.help`.
pub struct Preset {
    /// Stable: it stands in designs and links.
    pub name: &'static str,
    values: &'static [(&'static str, &'static str)],
    options: &'static [(&'static str, &'static str)],
    lists: &'static [(&'static str, &'static [&'static str])],
    /// Rule, subject, and the key of the reason.
    silences: &'static [(&'static str, &'static str, &'static str)],
}

impl Preset {
    /// The design, in English.
    pub fn design(&self) -> Design {
        self.design_in(Lang::default())
    }

    /// The design, its files and its reasons in a language.
    pub fn design_in(&self, lang: Lang) -> Design {
        let mut design = Design {
            from: Some(format!("{}@{EDITION}", self.name)),
            ..Design::default()
        };
        for (list, keys) in self.lists {
            design = design.with_list(list, keys);
        }
        for (path, value) in self.values {
            design = design.with(path, value);
        }
        for (name, value) in self.options {
            design = design.with(&format!("kafka.options[{name}]"), value);
        }
        design.silences = self
            .silences
            .iter()
            .map(|(rule, subject, reason)| Silence {
                rule: (*rule).to_owned(),
                subject: (*subject).to_owned(),
                severity: rules::rule(rule).map(|rule| rule.severity.name().to_owned()),
                reason: words(lang, reason, &Vec::new()),
            })
            .collect();
        if lang == Lang::default() {
            design
        } else {
            design.with(BUNDLE_LANGUAGE.id, lang.code())
        }
    }
}

/// All; the first is what a new page shows.
pub static PRESETS: &[&Preset] = &[
    &PRODUCTION,
    &SINGLE_NODE,
    &ARTICLE,
    &RACKS,
    &KRAFT,
    &KRAFT_PRODUCTION,
];

/// A preset by its name.
pub fn preset(name: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.name == name).copied()
}

/// Three brokers and three servers on three nodes, inside the cluster.
pub static PRODUCTION: Preset = Preset {
    name: "production",
    values: &[("nodes.count", "3"), ("cluster.network_policies", "true")],
    options: &[],
    lists: &[],
    silences: &[("VER002", "cluster.coordination", "silence.age")],
};

/// One broker and one server: to try it on one node.
pub static SINGLE_NODE: Preset = Preset {
    name: "single-node",
    values: &[
        ("cluster.profile", "development"),
        ("nodes.count", "1"),
        ("kafka.groups[main].brokers", "1"),
        ("kafka.heap", "512m"),
        ("kafka.cpu_request", "250m"),
        ("kafka.disks[data].size", "5Gi"),
        ("kafka.options[num.partitions]", "1"),
        ("zookeeper.servers", "1"),
        ("zookeeper.heap", "256m"),
        ("zookeeper.cpu_request", "100m"),
        ("zookeeper.data_size", "1Gi"),
        ("zookeeper.log_size", "1Gi"),
    ],
    options: &[],
    lists: &[],
    silences: &[("VER002", "cluster.coordination", "silence.age")],
};

/// The cluster of the article that this program grew from, its defects repaired.
pub static ARTICLE: Preset = Preset {
    name: "article",
    values: &[
        ("kubernetes.version", "1.21"),
        ("cluster.label_style", "app"),
        ("cluster.service_accounts", "false"),
        ("cluster.network_policies", "true"),
        ("nodes.count", "3"),
        ("kafka.namespace", "kafka"),
        ("zookeeper.namespace", "default"),
        // The ensemble: the tutorial's image and its flags.
        ("zookeeper.flavour", "tutorial"),
        ("zookeeper.name", "zk"),
        ("zookeeper.servers", "3"),
        ("zookeeper.heap", "512M"),
        ("zookeeper.cpu_request", "0.5"),
        ("zookeeper.data_dir", "/var/lib/zookeeper/data"),
        ("zookeeper.data_log_dir", "/var/lib/zookeeper/data/log"),
        ("zookeeper.data_claim", "datadir"),
        ("zookeeper.data_size", "1Gi"),
        ("zookeeper.log_volume", "false"),
        ("zookeeper.pod_management", "OrderedReady"),
        ("zookeeper.grace_period", "30"),
        ("zookeeper.anti_affinity", "required"),
        ("zookeeper.readiness.delay", "10"),
        ("zookeeper.readiness.failures", "3"),
        ("zookeeper.liveness.delay", "10"),
        ("zookeeper.liveness.failures", "3"),
        // The brokers.
        ("kafka.version", "3.5.2"),
        ("kafka.config_style", "flags"),
        ("kafka.image", "zhaoguanghui6/kubernetes-kafka:v3.5.2"),
        ("kafka.download", "archive"),
        ("kafka.heap", "2G"),
        ("kafka.cpu_request", "1000m"),
        ("kafka.disks[datadir].size", "10Gi"),
        ("kafka.anti_affinity", "required"),
        ("kafka.near_zookeeper", "true"),
        ("kafka.grace_period", "300"),
        ("kafka.pod_management", "OrderedReady"),
        ("kafka.wait_for_zookeeper", "false"),
        ("kafka.readiness.delay", "40"),
        ("kafka.readiness.period", "5"),
        ("kafka.liveness.delay", "70"),
        ("kafka.liveness.period", "5"),
        // From outside: one port of every node for each broker.
        ("kafka.listeners[external].exposure", "node-port"),
        ("kafka.listeners[external].first_node_port", "30127"),
        ("kafka.listeners[external].service_name", "kafka-cs"),
        ("storage.kind", "nfs"),
        ("storage.class", "nfs-client"),
    ],
    options: ARTICLE_FLAGS,
    lists: &[("kafka.disks", &["datadir"])],
    silences: &[
        ("VER002", "cluster.coordination", "silence.age"),
        ("K8S062", "kubernetes.version", "silence.article-version"),
        ("VER010", "kafka.version", "silence.article-version"),
        (
            "ZK035",
            "zookeeper.readiness.check",
            "silence.article-readiness",
        ),
        ("ZK039", "zookeeper.version", "silence.article-version"),
        ("ZK040", "zookeeper.version", "silence.article-version"),
        ("ZK047", "autopurge.purgeInterval", "silence.article-image"),
        ("STO004", "storage.kind", "silence.article-nfs"),
        ("STO005", "storage.kind", "silence.article-nfs"),
        ("STO006", "storage.nfs.server", "silence.article-nfs"),
        ("SEC001", "listener/external", "silence.article-plaintext"),
        ("SEC025", "listener/external", "silence.article-plaintext"),
    ],
};

/// The article's flags but for those that the plan works out, and those that were defects.
const ARTICLE_FLAGS: &[(&str, &str)] = &[
    ("auto.leader.rebalance.enable", "true"),
    ("background.threads", "10"),
    ("broker.id.generation.enable", "true"),
    ("compression.type", "producer"),
    ("connections.max.idle.ms", "600000"),
    ("controlled.shutdown.enable", "true"),
    ("controlled.shutdown.max.retries", "3"),
    ("controlled.shutdown.retry.backoff.ms", "5000"),
    ("controller.socket.timeout.ms", "30000"),
    ("delete.topic.enable", "true"),
    ("fetch.purgatory.purge.interval.requests", "1000"),
    ("group.max.session.timeout.ms", "300000"),
    ("group.min.session.timeout.ms", "6000"),
    ("leader.imbalance.check.interval.seconds", "300"),
    ("leader.imbalance.per.broker.percentage", "10"),
    ("log.cleaner.backoff.ms", "15000"),
    ("log.cleaner.dedupe.buffer.size", "134217728"),
    ("log.cleaner.delete.retention.ms", "86400000"),
    ("log.cleaner.enable", "true"),
    ("log.cleaner.io.buffer.load.factor", "0.9"),
    ("log.cleaner.io.buffer.size", "524288"),
    (
        "log.cleaner.io.max.bytes.per.second",
        "1.7976931348623157E308",
    ),
    ("log.cleaner.min.cleanable.ratio", "0.5"),
    ("log.cleaner.min.compaction.lag.ms", "0"),
    ("log.cleaner.threads", "1"),
    ("log.cleanup.policy", "delete"),
    ("log.flush.interval.messages", "9223372036854775807"),
    ("log.flush.offset.checkpoint.interval.ms", "60000"),
    ("log.flush.scheduler.interval.ms", "9223372036854775807"),
    ("log.index.interval.bytes", "4096"),
    ("log.index.size.max.bytes", "10485760"),
    (
        "log.message.timestamp.difference.max.ms",
        "9223372036854775807",
    ),
    ("log.message.timestamp.type", "CreateTime"),
    ("log.preallocate", "false"),
    ("log.retention.bytes", "-1"),
    ("log.retention.check.interval.ms", "300000"),
    ("log.retention.hours", "168"),
    ("log.roll.hours", "168"),
    ("log.roll.jitter.hours", "0"),
    ("log.segment.bytes", "1073741824"),
    ("log.segment.delete.delay.ms", "60000"),
    ("max.connections.per.ip", "2147483647"),
    ("message.max.bytes", "1000012"),
    ("num.io.threads", "8"),
    ("num.network.threads", "3"),
    ("num.partitions", "1"),
    ("num.recovery.threads.per.data.dir", "1"),
    ("num.replica.fetchers", "1"),
    ("offset.metadata.max.bytes", "4096"),
    ("offsets.commit.required.acks", "-1"),
    ("offsets.commit.timeout.ms", "5000"),
    ("offsets.load.buffer.size", "5242880"),
    ("offsets.retention.check.interval.ms", "600000"),
    ("offsets.retention.minutes", "1440"),
    ("offsets.topic.compression.codec", "0"),
    ("offsets.topic.num.partitions", "50"),
    ("offsets.topic.replication.factor", "3"),
    ("offsets.topic.segment.bytes", "104857600"),
    ("producer.purgatory.purge.interval.requests", "1000"),
    ("queued.max.requests", "500"),
    ("replica.fetch.backoff.ms", "1000"),
    ("replica.fetch.max.bytes", "1048576"),
    ("replica.fetch.min.bytes", "1"),
    ("replica.fetch.response.max.bytes", "10485760"),
    ("replica.fetch.wait.max.ms", "500"),
    ("replica.high.watermark.checkpoint.interval.ms", "5000"),
    ("replica.lag.time.max.ms", "10000"),
    ("replica.socket.receive.buffer.bytes", "65536"),
    ("replica.socket.timeout.ms", "30000"),
    ("request.timeout.ms", "30000"),
    ("reserved.broker.max.id", "1000"),
    ("socket.receive.buffer.bytes", "102400"),
    ("socket.request.max.bytes", "104857600"),
    ("socket.send.buffer.bytes", "102400"),
    ("zookeeper.set.acl", "false"),
];

/// Nine brokers and five servers over three zones, the zones told to the brokers as racks.
pub static RACKS: Preset = Preset {
    name: "racks",
    values: &[
        ("cluster.network_policies", "true"),
        ("nodes.count", "9"),
        ("nodes.zones", "zone-a, zone-b, zone-c"),
        ("kafka.groups[zone-a].zone", "zone-a"),
        ("kafka.groups[zone-b].zone", "zone-b"),
        ("kafka.groups[zone-c].zone", "zone-c"),
        ("kafka.groups[zone-a].id_base", "0"),
        ("kafka.groups[zone-b].id_base", "100"),
        ("kafka.groups[zone-c].id_base", "200"),
        ("zookeeper.servers", "5"),
        ("kafka.options[num.partitions]", "9"),
    ],
    options: &[],
    lists: &[("kafka.groups", &["zone-a", "zone-b", "zone-c"])],
    silences: &[("VER002", "cluster.coordination", "silence.age")],
};

/// Three brokers that are controllers too, without ZooKeeper: for small clusters.
pub static KRAFT: Preset = Preset {
    name: "kraft",
    values: &[
        ("cluster.coordination", "kraft-combined"),
        ("cluster.profile", "staging"),
        ("cluster.network_policies", "true"),
        ("nodes.count", "3"),
        ("kafka.heap", "2g"),
        ("kafka.cpu_request", "1"),
        ("kafka.disks[data].size", "50Gi"),
    ],
    options: &[],
    lists: &[],
    silences: &[],
};

/// Three brokers and three controllers of their own on three nodes, inside the cluster.
pub static KRAFT_PRODUCTION: Preset = Preset {
    name: "kraft-production",
    values: &[
        ("cluster.coordination", "kraft-dedicated"),
        ("cluster.network_policies", "true"),
        ("nodes.count", "3"),
    ],
    options: &[],
    lists: &[],
    silences: &[],
};
