//! Where volumes come from.

use super::Traced;
use super::read::Reader;
use crate::fields::{
    LOCAL_PATH, NFS_ARCHIVE, NFS_IMAGE, NFS_NAMESPACE, NFS_PATH, NFS_SERVER, STORAGE_CLASS,
    STORAGE_KIND,
};
use crate::text::Sentence;

/// Where volumes come from.
#[derive(Clone, Debug, PartialEq)]
pub struct Storage {
    /// An existing class, the NFS provisioner, or local volumes.
    pub kind: Traced<StorageKind>,
    /// The StorageClass of all claims; none is the cluster's default.
    pub class: Traced<Option<String>>,
    /// The NFS export and its provisioner.
    pub nfs: Nfs,
    /// The folder of the local volumes on each node.
    pub local_path: Traced<String>,
}

/// The kinds of storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StorageKind {
    /// A StorageClass that the cluster has.
    Class,
    /// The NFS provisioner, rendered whole.
    Nfs,
    /// Local volumes, one PersistentVolume for each claim.
    Local,
}

/// The NFS export and its provisioner.
#[derive(Clone, Debug, PartialEq)]
pub struct Nfs {
    /// The server.
    pub server: Traced<String>,
    /// The exported folder.
    pub path: Traced<String>,
    /// The namespace of the provisioner.
    pub namespace: Traced<String>,
    /// Whether the folder of a deleted claim is kept under another name.
    pub archive_on_delete: Traced<bool>,
    /// The image.
    pub image: Traced<String>,
}

pub(super) fn read(reader: &mut Reader) -> Storage {
    let kind = reader
        .text(&STORAGE_KIND, None)
        .map(|kind| match kind.as_str() {
            "nfs" => StorageKind::Nfs,
            "local" => StorageKind::Local,
            _ => StorageKind::Class,
        });
    let (class, because) = match *kind {
        StorageKind::Class => ("", "because.class-default"),
        StorageKind::Nfs => ("nfs-client", "because.class-nfs"),
        StorageKind::Local => ("kafka-local", "because.class-local"),
    };
    let from = kind.from.clone();
    Storage {
        class: reader
            .derive(
                &STORAGE_CLASS,
                None,
                class.to_owned(),
                Sentence::plain(because),
                &from,
            )
            .map(|class| (!class.is_empty()).then(|| class.clone())),
        kind,
        nfs: Nfs {
            server: reader.text(&NFS_SERVER, None),
            path: reader.text(&NFS_PATH, None),
            namespace: reader.text(&NFS_NAMESPACE, None),
            archive_on_delete: reader.flag(&NFS_ARCHIVE),
            image: reader.text(&NFS_IMAGE, None),
        },
        local_path: reader.text(&LOCAL_PATH, None),
    }
}
