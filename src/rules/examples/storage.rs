//! Family STO.

use super::{Example, UNSET, Values, design, objects};

const FOLDERS: &str = "kafka.options[log.dirs]";
const SIZE: &str = "kafka.disks[data].size";
const NONE: Values = &[];

/// Brokers with a disk, which also holds their own log, and a folder for temporary files.
const BROKERS: &str = "kind: StatefulSet
metadata: {name: kafka, namespace: kafka}
spec:
  template:
    spec:
      securityContext: {runAsUser: 1000, fsGroup: 1000}
      containers:
      - name: kafka
        env: [{name: LOG_DIR, value: /var/lib/kafka/logs}]
        volumeMounts:
        - {name: data, mountPath: /var/lib/kafka}
        - {name: tmp, mountPath: /tmp}
      volumes:
      - {name: tmp, emptyDir: {}}
";

const CLASS: &str = "kind: StorageClass
metadata: {name: disks}
provisioner: kubernetes.io/no-provisioner
";

pub const EXAMPLES: &[Example] = &[
    design(
        "STO001",
        &[("kafka.options[log.dir]", "/var/lib/kafka/x")],
        &[("kafka.options[log.dir]", UNSET)],
    ),
    design(
        "STO002",
        &[(FOLDERS, "/var/lib/kafka-x")],
        &[(FOLDERS, "/var/lib/kafka/x")],
    ),
    design(
        "STO003",
        &[(FOLDERS, "/var/lib/kafka/")],
        &[(FOLDERS, "/var/lib/kafka/x")],
    ),
    design(
        "STO004",
        &[("storage.kind", "nfs")],
        &[("storage.kind", "class")],
    ),
    design(
        "STO005",
        &[("storage.kind", "nfs")],
        &[("storage.kind", "class")],
    ),
    design(
        "STO006",
        &[("storage.kind", "nfs")],
        &[("kafka.groups[main].brokers", "1")],
    ),
    design(
        "STO007",
        &[("kafka.access_mode", "ReadWriteMany")],
        &[("kafka.access_mode", "ReadWriteOnce")],
    ),
    design("STO008", &[(SIZE, "2Gi")], &[(SIZE, "3Gi")]),
    design(
        "STO009",
        &[("workload.partitions", "100"), ("workload.ingest", "1Mi")],
        &[(SIZE, "2Ti")],
    ),
    design("STO010", NONE, &[("workload.ingest", "1Mi")]),
    design("STO011", &[(SIZE, "5Gi")], &[(SIZE, "10Gi")]),
    objects(
        "STO012",
        NONE,
        "kind: StatefulSet
metadata: {name: zk, namespace: kafka}
spec: {template: {spec: {containers: [{name: zk, volumeMounts: [{name: data, mountPath: /data}]}], volumes: [{name: data, emptyDir: {}}]}}}
",
        ("emptyDir: {}", "persistentVolumeClaim: {claimName: data}"),
    ),
    design("STO013", NONE, &[("storage.class", "fast")]),
    objects(
        "STO014",
        NONE,
        CLASS,
        ("provisioner:", "volumeBindingMode: WaitForFirstConsumer\nprovisioner:"),
    ),
    objects(
        "STO015",
        NONE,
        CLASS,
        ("provisioner:", "reclaimPolicy: Retain\nprovisioner:"),
    ),
    objects(
        "STO016",
        NONE,
        "kind: StorageClass\nmetadata: {name: disks}\nprovisioner: disks.example.com\nallowVolumeExpansion: false\n",
        ("false", "true"),
    ),
    design(
        "STO017",
        &[
            ("cluster.coordination", "kraft-combined"),
            ("kafka.version", "3.9.1"),
            ("list kafka.disks", "data, more"),
        ],
        &[("kafka.version", "4.0.0")],
    ),
    objects(
        "STO018",
        NONE,
        BROKERS,
        ("/var/lib/kafka/logs", "/var/log/kafka"),
    ),
    objects(
        "STO019",
        NONE,
        "kind: StatefulSet
metadata: {name: kafka, namespace: kafka}
spec: {template: {spec: {securityContext: {runAsUser: 1000, fsGroup: 1000}}}}
---
kind: PersistentVolume
metadata: {name: one}
spec: {nfs: {server: nfs.example.com, path: /}}
",
        ("nfs:", "csi:"),
    ),
    design(
        "STO020",
        &[("zookeeper.data_size", "4Gi")],
        &[("zookeeper.data_size", "5Gi")],
    ),
    design(
        "STO021",
        &[(FOLDERS, "/var/lib/kafka/a,/var/lib/kafka/a/b")],
        &[(FOLDERS, "/var/lib/kafka/a,/var/lib/kafka/b")],
    ),
    objects(
        "STO022",
        NONE,
        BROKERS,
        ("emptyDir: {}", "emptyDir: {sizeLimit: 512Mi}"),
    ),
];
