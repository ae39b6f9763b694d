//! Family ZK.

use super::{Example, UNSET, design, objects};

const CONNECT: &str = "kafka.options[zookeeper.connect]";
const PURGE: &str = "zookeeper.options[autopurge.purgeInterval]";

const CONFIG: &str = "kind: ConfigMap
metadata: {name: zk-config, namespace: kafka}
data:
  zoo.cfg: |
    dataDir=/data
    tickTime=2000
    server.1=zk-0.zk-hs:2888:3888
    server.2=zk-1.zk-hs:2888:3888
    server.3=zk-2.zk-hs:2888:observer
    secureClientPortAddress=0.0.0.0
";

const OFFICIAL: &str = "kind: StatefulSet
metadata: {name: zk, namespace: kafka}
spec:
  replicas: 3
  template:
    spec:
      containers:
      - name: zookeeper
        image: zookeeper:3.9.4
        env: [{name: OTHER, value: x}]
        volumeMounts:
        - {name: data, mountPath: /data}
        - {name: conf, mountPath: /conf}
      volumes: [{name: conf, emptyDir: {}}]
  volumeClaimTemplates: [{metadata: {name: data}}]
";

pub const EXAMPLES: &[Example] = &[
    objects(
        "ZK001",
        &[],
        "kind: ConfigMap\nmetadata: {name: zk-config}\ndata: {zoo.cfg: 'tickTime=2000'}\n",
        ("tickTime", "dataDir"),
    ),
    objects(
        "ZK002",
        &[],
        "kind: ConfigMap\nmetadata: {name: zk-config}\ndata: {zoo.cfg: 'tickTime=0'}\n",
        ("=0", "=2000"),
    ),
    design(
        "ZK003",
        &[
            ("zookeeper.options[minSessionTimeout]", "50000"),
            ("zookeeper.options[maxSessionTimeout]", "40000"),
        ],
        &[("zookeeper.options[minSessionTimeout]", "40000")],
    ),
    design(
        "ZK004",
        &[("zookeeper.options[initLimit]", "0")],
        &[("zookeeper.options[initLimit]", "1")],
    ),
    design(
        "ZK005",
        &[("zookeeper.options[syncLimit]", "0")],
        &[("zookeeper.options[syncLimit]", "1")],
    ),
    objects(
        "ZK006",
        &[],
        OFFICIAL,
        (
            "{name: OTHER, value: x}",
            "{name: ZOO_MY_ID, valueFrom: {}}",
        ),
    ),
    design(
        "ZK007",
        &[("zookeeper.options[server.4]", "zk.example.com:2888")],
        &[("zookeeper.options[server.4]", "zk.example.com:2888:3888")],
    ),
    design(
        "ZK008",
        &[("zookeeper.servers", "2")],
        &[("zookeeper.servers", "3")],
    ),
    design(
        "ZK009",
        &[("zookeeper.servers", "4")],
        &[("zookeeper.servers", "5")],
    ),
    design(
        "ZK010",
        &[("zookeeper.servers", "1")],
        &[("cluster.profile", "development")],
    ),
    objects(
        "ZK011",
        &[],
        "kind: ConfigMap\nmetadata: {name: zk-config}\ndata: {zoo.cfg: \"server.1=a:2888:3888\\nserver.2=b:2888:3888:observer\"}\n",
        (":observer", ""),
    ),
    design(
        "ZK012",
        &[("zookeeper.servers", "9")],
        &[("zookeeper.servers", "7")],
    ),
    design(
        "ZK013",
        &[("zookeeper.options[minSessionTimeout]", "18001")],
        &[("zookeeper.options[minSessionTimeout]", "18000")],
    ),
    design(
        "ZK014",
        &[("zookeeper.options[maxSessionTimeout]", "17999")],
        &[("zookeeper.options[maxSessionTimeout]", "18000")],
    ),
    design("ZK015", &[(PURGE, "0")], &[(PURGE, "1")]),
    design(
        "ZK017",
        &[("zookeeper.options[4lw.commands.whitelist]", "srvr")],
        &[("zookeeper.options[4lw.commands.whitelist]", "ruok")],
    ),
    design(
        "ZK018",
        &[("zookeeper.log_volume", "false")],
        &[("zookeeper.log_volume", "true")],
    ),
    design(
        "ZK019",
        &[("zookeeper.data_log_dir", "/data/log")],
        &[("zookeeper.data_log_dir", "/data-log")],
    ),
    design(
        "ZK020",
        &[(CONNECT, "zk.example.com:2181,zk.example.com:2181")],
        &[(CONNECT, "zk.example.com:2181,zk2.example.com:2181")],
    ),
    design(
        "ZK021",
        &[(CONNECT, "zk-3.zk-hs.kafka.svc.cluster.local:2181")],
        &[("zookeeper.servers", "5")],
    ),
    design(
        "ZK022",
        &[(CONNECT, "zk-0.zk-hs.kafka.svc.cluster.local:2181")],
        &[(CONNECT, "zk-cs.kafka.svc.cluster.local:2181")],
    ),
    design("ZK023", &[], &[("zookeeper.chroot", "/kafka")]),
    design(
        "ZK024",
        &[(CONNECT, "a.example.com:2181/kafka,b.example.com:2181/kafka")],
        &[(CONNECT, "a.example.com:2181,b.example.com:2181/kafka")],
    ),
    design(
        "ZK025",
        &[("zookeeper.options[maxClientCnxns]", "2")],
        &[("zookeeper.options[maxClientCnxns]", "3")],
    ),
    design(
        "ZK026",
        &[("kafka.opts", "-Djute.maxbuffer=4194304")],
        &[("kafka.opts", UNSET)],
    ),
    design(
        "ZK027",
        &[("zookeeper.options[server.4]", "zk-3.zk-hs:2888:3888")],
        &[("zookeeper.options[server.4]", "zk.example.com:2888:3888")],
    ),
    design(
        "ZK028",
        &[("zookeeper.ports.server", "3888")],
        &[("zookeeper.ports.server", "2888")],
    ),
    design(
        "ZK029",
        &[("zookeeper.options[admin.enableServer]", "true")],
        &[("cluster.network_policies", "true")],
    ),
    design(
        "ZK030",
        &[("zookeeper.options[reconfigEnabled]", "true")],
        &[("zookeeper.options[reconfigEnabled]", "false")],
    ),
    objects(
        "ZK031",
        &[],
        "kind: PodDisruptionBudget
metadata: {name: zk, namespace: kafka}
spec: {maxUnavailable: 2, selector: {matchLabels: {app: zk}}}
---
kind: StatefulSet
metadata: {name: zk, namespace: kafka}
spec: {replicas: 3, template: {metadata: {labels: {app: zk}}}}
",
        ("maxUnavailable: 2", "maxUnavailable: 1"),
    ),
    design(
        "ZK032",
        &[("zookeeper.options[quorum.auth.serverRequireSasl]", "true")],
        &[
            ("zookeeper.options[quorum.auth.learnerRequireSasl]", "true"),
            ("zookeeper.options[quorum.auth.enableSasl]", "true"),
        ],
    ),
    objects(
        "ZK033",
        &[],
        CONFIG,
        ("secureClientPortAddress=0.0.0.0", "secureClientPort=2281"),
    ),
    design(
        "ZK034",
        &[("zookeeper.options[electionAlg]", "2")],
        &[("zookeeper.options[electionAlg]", "3")],
    ),
    design(
        "ZK035",
        &[("zookeeper.readiness.check", "ruok")],
        &[("zookeeper.readiness.check", "srvr")],
    ),
    design(
        "ZK036",
        &[
            ("zookeeper.pod_management", "OrderedReady"),
            ("zookeeper.readiness.check", "srvr"),
        ],
        &[("zookeeper.pod_management", "Parallel")],
    ),
    design(
        "ZK037",
        &[
            ("zookeeper.publish_not_ready", "false"),
            ("zookeeper.readiness.check", "ruok"),
        ],
        &[("zookeeper.publish_not_ready", "true")],
    ),
    design(
        "ZK038",
        &[
            ("zookeeper.heap", "1g"),
            ("zookeeper.memory_limit", "1300Mi"),
        ],
        &[("zookeeper.memory_limit", "1400Mi")],
    ),
    design(
        "ZK039",
        &[("zookeeper.version", "3.6.4")],
        &[("zookeeper.version", UNSET)],
    ),
    design(
        "ZK040",
        &[
            ("zookeeper.flavour", "tutorial"),
            ("kafka.version", "3.5.2"),
        ],
        &[("kafka.version", "2.3.1")],
    ),
    design(
        "ZK041",
        &[
            ("zookeeper.servers", "1"),
            ("zookeeper.options[reconfigEnabled]", "true"),
        ],
        &[("zookeeper.options[standaloneEnabled]", "false")],
    ),
    design(
        "ZK042",
        &[("zookeeper.publish_not_ready", "false")],
        &[("zookeeper.publish_not_ready", "true")],
    ),
    design(
        "ZK043",
        &[
            ("zookeeper.log_volume", "false"),
            ("zookeeper.data_log_dir", "/datalog"),
        ],
        &[("zookeeper.data_log_dir", "/data/log")],
    ),
    design(
        "ZK044",
        &[("zookeeper.flavour", "tutorial")],
        &[("zookeeper.flavour", "official")],
    ),
    objects(
        "ZK045",
        &[],
        OFFICIAL,
        (
            "{name: OTHER, value: x}",
            "{name: ZOO_INIT_LIMIT, value: '10'}, {name: ZOO_SYNC_LIMIT, value: '5'}",
        ),
    ),
    objects(
        "ZK046",
        &[],
        OFFICIAL,
        ("emptyDir: {}", "configMap: {name: zk-config}"),
    ),
    design(
        "ZK047",
        &[("zookeeper.flavour", "tutorial")],
        &[("zookeeper.flavour", "official")],
    ),
];
