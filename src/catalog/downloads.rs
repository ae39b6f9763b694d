//! Addresses of tarballs and of what proves them.
//!
//! Mirrors and the content network carry tarballs only; signatures, checksums and keys come from the project's own servers.
//! Sources: the download pages of apache/kafka-site and zookeeper.apache.org; the layout of mirrors is a general rule and was not verified for each.

use super::kafka::{Download, Scala, kafka_release, kafka_tarball};
use super::versions::{KafkaVersion, ZooKeeperVersion};
use super::zookeeper::{zookeeper_release, zookeeper_tarball};

const MAIN_CDN: &str = "https://dlcdn.apache.org";
const ARCHIVE: &str = "https://archive.apache.org/dist";
const PROOFS: &str = "https://downloads.apache.org";

/// Where a tarball is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DownloadFrom<'a> {
    /// archive.apache.org, which has every release.
    Archive,
    /// dlcdn.apache.org, which has the current releases only.
    MainCdn,
    /// The address of a mirror, up to and without `/kafka` or `/zookeeper`.
    Mirror(&'a str),
}

impl DownloadFrom<'_> {
    fn base(&self) -> &str {
        match self {
            Self::Archive => ARCHIVE,
            Self::MainCdn => MAIN_CDN,
            Self::Mirror(base) => base.trim_end_matches('/'),
        }
    }
}

impl From<Download> for DownloadFrom<'static> {
    /// The best of the project's own servers for a release.
    fn from(download: Download) -> Self {
        match download {
            Download::MainCdn => Self::MainCdn,
            Download::ArchiveOnly => Self::Archive,
        }
    }
}

/// The addresses of one release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// The tarball.
    pub tarball: String,
    /// Its detached signature (`.asc`).
    pub signature: String,
    /// Its SHA-512 (`.sha512`); `None` where the release has other sums only (`ZooKeeper` before 3.5.5).
    /// Kafka's has the layout of `gpg --print-md`, not that of `sha512sum`.
    pub checksum: Option<String>,
    /// The public keys of the people who sign releases.
    pub keys: String,
}

fn addresses(
    project: &str,
    path: &str,
    from: DownloadFrom,
    holder: Download,
    has_sha512: bool,
) -> Addresses {
    let proofs = match (from, holder) {
        (DownloadFrom::Archive, _) | (_, Download::ArchiveOnly) => ARCHIVE,
        (_, Download::MainCdn) => PROOFS,
    };
    Addresses {
        tarball: format!("{}/{project}/{path}", from.base()),
        signature: format!("{proofs}/{project}/{path}.asc"),
        checksum: has_sha512.then(|| format!("{proofs}/{project}/{path}.sha512")),
        keys: format!("{PROOFS}/{project}/KEYS"),
    }
}

/// The addresses of a Kafka release; an unknown one is treated as archived.
pub fn kafka_addresses(version: KafkaVersion, scala: Scala, from: DownloadFrom) -> Addresses {
    let path = format!("{version}/{}", kafka_tarball(version, scala));
    let holder = kafka_release(version).map_or(Download::ArchiveOnly, |release| release.download);
    addresses("kafka", &path, from, holder, true)
}

/// The addresses of a `ZooKeeper` release; an unknown one is treated as archived.
pub fn zookeeper_addresses(version: ZooKeeperVersion, from: DownloadFrom) -> Addresses {
    let path = format!("zookeeper-{version}/{}", zookeeper_tarball(version));
    let holder =
        zookeeper_release(version).map_or(Download::ArchiveOnly, |release| release.download);
    let has_sha512 = version.reaches(ZooKeeperVersion::of(3, 5, 5));
    addresses("zookeeper", &path, from, holder, has_sha512)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_release_comes_from_the_archive() {
        let version = KafkaVersion::of(3, 5, 2);
        let release = kafka_release(version).unwrap();
        let found = kafka_addresses(version, Scala::V2_12, release.download.into());
        let tarball = "https://archive.apache.org/dist/kafka/3.5.2/kafka_2.12-3.5.2.tgz";
        assert_eq!(found.tarball, tarball);
        assert_eq!(found.signature, format!("{tarball}.asc"));
        assert_eq!(found.checksum, Some(format!("{tarball}.sha512")));
        assert_eq!(found.keys, "https://downloads.apache.org/kafka/KEYS");
    }

    #[test]
    fn a_current_release_comes_from_the_content_network_and_is_proved_by_the_project() {
        let version = KafkaVersion::of(4, 3, 1);
        let release = kafka_release(version).unwrap();
        let found = kafka_addresses(version, Scala::V2_13, release.download.into());
        assert_eq!(
            found.tarball,
            "https://dlcdn.apache.org/kafka/4.3.1/kafka_2.13-4.3.1.tgz"
        );
        assert_eq!(
            found.signature,
            "https://downloads.apache.org/kafka/4.3.1/kafka_2.13-4.3.1.tgz.asc"
        );
    }

    #[test]
    fn a_mirror_holds_tarballs_only() {
        let mirror = DownloadFrom::Mirror("https://mirrors.tuna.tsinghua.edu.cn/apache/");
        let found = kafka_addresses(KafkaVersion::of(3, 5, 2), Scala::V2_12, mirror);
        assert_eq!(
            found.tarball,
            "https://mirrors.tuna.tsinghua.edu.cn/apache/kafka/3.5.2/kafka_2.12-3.5.2.tgz"
        );
        assert!(found.signature.starts_with("https://archive.apache.org/"));
    }

    #[test]
    fn zookeeper_lies_in_a_folder_of_its_version() {
        let found = zookeeper_addresses(ZooKeeperVersion::of(3, 9, 5), DownloadFrom::MainCdn);
        assert_eq!(
            found.tarball,
            "https://dlcdn.apache.org/zookeeper/zookeeper-3.9.5/apache-zookeeper-3.9.5-bin.tar.gz"
        );
        let old = zookeeper_addresses(ZooKeeperVersion::of(3, 4, 10), DownloadFrom::Archive);
        assert_eq!(
            old.tarball,
            "https://archive.apache.org/dist/zookeeper/zookeeper-3.4.10/zookeeper-3.4.10.tar.gz"
        );
        assert_eq!(old.checksum, None);
    }
}
