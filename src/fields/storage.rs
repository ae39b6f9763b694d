//! Storage: classes, the NFS provisioner, local volumes, claims and folders.

use super::Section::Storage;
use super::Start::{Derived, Value};
use super::{Field, Kind, NameKind};
use crate::plan::Plan;

/// Where volumes come from.
pub static STORAGE_KIND: Field = Field::new(
    "storage.kind",
    Storage,
    "volumes",
    Kind::Choice(&["class", "nfs", "local"]),
    Value("class"),
);

/// The StorageClass of all claims; empty is the cluster's default class.
pub static STORAGE_CLASS: Field = Field::new(
    "storage.class",
    Storage,
    "volumes",
    Kind::Name(NameKind::Subdomain),
    Derived,
);

/// The NFS server.
pub static NFS_SERVER: Field = Field::new(
    "storage.nfs.server",
    Storage,
    "nfs",
    Kind::Host,
    Value("nfs.example.com"),
)
.when(Plan::has_nfs);

/// The exported folder.
pub static NFS_PATH: Field = Field::new(
    "storage.nfs.path",
    Storage,
    "nfs",
    Kind::Folder,
    Value("/srv/nfs"),
)
.when(Plan::has_nfs);

/// The namespace of the provisioner.
pub static NFS_NAMESPACE: Field = Field::new(
    "storage.nfs.namespace",
    Storage,
    "nfs",
    Kind::Name(NameKind::Label),
    Value("nfs-provisioner"),
)
.when(Plan::has_nfs);

/// Whether the folder of a deleted claim is kept under another name.
pub static NFS_ARCHIVE: Field = Field::new(
    "storage.nfs.archive_on_delete",
    Storage,
    "nfs",
    Kind::Flag,
    Value("true"),
)
.when(Plan::has_nfs);

/// The provisioner's image.
pub static NFS_IMAGE: Field = Field::new(
    "storage.nfs.image",
    Storage,
    "nfs",
    Kind::Image,
    Value("registry.k8s.io/sig-storage/nfs-subdir-external-provisioner:v4.0.2"),
)
.when(Plan::has_nfs);

/// The folder on each node below which the local volumes lie.
pub static LOCAL_PATH: Field = Field::new(
    "storage.local.path",
    Storage,
    "local",
    Kind::Folder,
    Value("/mnt/disks"),
)
.when(Plan::has_local_storage);

/// The size of a broker's disk.
pub static DISK_SIZE: Field = Field::new(
    "kafka.disks[].size",
    Storage,
    "disks",
    Kind::Quantity,
    Value("100Gi"),
);

/// A StorageClass of its own for a disk.
pub static DISK_CLASS: Field = Field::new(
    "kafka.disks[].class",
    Storage,
    "disks",
    Kind::Name(NameKind::Subdomain),
    Derived,
);

/// Where a disk is mounted.
pub static DISK_MOUNT: Field = Field::new(
    "kafka.disks[].mount",
    Storage,
    "disks",
    Kind::Folder,
    Derived,
);

/// Who may mount a broker's claim.
pub static KAFKA_ACCESS_MODE: Field = Field::new(
    "kafka.access_mode",
    Storage,
    "disks",
    Kind::Choice(&["ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany"]),
    Value("ReadWriteOnce"),
);

/// The folders of the records.
pub static LOG_DIRS: Field = Field::new(
    "kafka.options[log.dirs]",
    Storage,
    "disks",
    Kind::KafkaOption("log.dirs"),
    Derived,
);

/// The size of a server's data volume.
pub static ZOOKEEPER_DATA_SIZE: Field = Field::new(
    "zookeeper.data_size",
    Storage,
    "zookeeper",
    Kind::Quantity,
    Value("10Gi"),
)
.when(Plan::has_ensemble);

/// Whether the transaction log has a volume of its own.
pub static ZOOKEEPER_LOG_VOLUME: Field = Field::new(
    "zookeeper.log_volume",
    Storage,
    "zookeeper",
    Kind::Flag,
    Value("true"),
)
.when(Plan::has_ensemble);

/// The size of that volume.
pub static ZOOKEEPER_LOG_SIZE: Field = Field::new(
    "zookeeper.log_size",
    Storage,
    "zookeeper",
    Kind::Quantity,
    Value("10Gi"),
)
.when(|plan| plan.zookeeper().is_some_and(|zk| zk.log_volume.is_some()));

/// Who may mount a server's claims.
pub static ZOOKEEPER_ACCESS_MODE: Field = Field::new(
    "zookeeper.access_mode",
    Storage,
    "zookeeper",
    Kind::Choice(&["ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany"]),
    Value("ReadWriteOnce"),
)
.when(Plan::has_ensemble);

/// The name of the data claims: `NAME-SET-0`, ….
pub static ZOOKEEPER_DATA_CLAIM: Field = Field::new(
    "zookeeper.data_claim",
    Storage,
    "zookeeper",
    Kind::Name(NameKind::Label),
    Value("data"),
)
.when(Plan::has_ensemble);

/// The name of the claims for the transaction log.
pub static ZOOKEEPER_LOG_CLAIM: Field = Field::new(
    "zookeeper.log_claim",
    Storage,
    "zookeeper",
    Kind::Name(NameKind::Label),
    Value("log"),
)
.when(|plan| plan.zookeeper().is_some_and(|zk| zk.log_volume.is_some()));
