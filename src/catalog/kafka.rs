//! Kafka releases and what a Kafka version can do.

use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

use serde::Deserialize;

use super::data::rows;
use super::versions::{KafkaVersion, VersionError, ZooKeeperVersion};

/// The Scala version that a Kafka tarball was built with; it matters only for its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub enum Scala {
    /// 2.11, up to Kafka 2.4.
    #[serde(rename = "2.11")]
    V2_11,
    /// 2.12, up to Kafka 3.9.
    #[serde(rename = "2.12")]
    V2_12,
    /// 2.13.
    #[serde(rename = "2.13")]
    V2_13,
}

impl Scala {
    /// As it stands in the tarball's name.
    pub const fn text(self) -> &'static str {
        match self {
            Self::V2_11 => "2.11",
            Self::V2_12 => "2.12",
            Self::V2_13 => "2.13",
        }
    }
}

impl fmt::Display for Scala {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl FromStr for Scala {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        [Self::V2_11, Self::V2_12, Self::V2_13]
            .into_iter()
            .find(|scala| scala.text() == text)
            .ok_or(VersionError { example: "2.13" })
    }
}

/// May a release run with `ZooKeeper`?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ZooKeeperMode {
    /// Yes.
    Supported,
    /// Yes, with a deprecation notice (from 3.5).
    Deprecated,
    /// No (from 4.0).
    #[default]
    None,
}

/// May a release run without `ZooKeeper`?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KRaftState {
    /// No.
    #[default]
    None,
    /// For a first look (2.8).
    EarlyAccess,
    /// For tests (3.0 to 3.2).
    Preview,
    /// Yes, for new clusters (from 3.3).
    Production,
    /// It is the only way (from 4.0).
    Only,
}

/// May a cluster move from `ZooKeeper` to `KRaft` with a release?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MigrationState {
    /// No.
    #[default]
    None,
    /// For a first look (3.4).
    EarlyAccess,
    /// For tests (3.5).
    Preview,
    /// Yes (from 3.6).
    Production,
    /// Yes, and for the last time (3.9).
    BridgeRelease,
}

/// Which servers hold a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Download {
    /// The main download network and its mirrors, and the archive.
    MainCdn,
    /// The archive only: slower, and limited in requests.
    ArchiveOnly,
}

/// What a release says about a Java version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JavaSupport {
    /// The broker does not start with it.
    TooOld,
    /// Works, and is called deprecated.
    Deprecated,
    /// Documented.
    Documented,
    /// Not documented, but the official image of the line runs on it.
    UsedByTheOfficialImage,
    /// Nothing is known about it.
    Unverified,
}

/// A Kafka release.
/// Sources: apache/kafka-site downloads page and announcements, the operations documentation and `gradle/dependencies.gradle` of each tag.
#[derive(Debug)]
pub struct KafkaRelease {
    /// Its number.
    pub version: KafkaVersion,
    /// The day of the release, as year-month-day; `None` where no source gives it.
    pub release_date: Option<&'static str>,
    /// The day of the tag, where `release_date` is not known.
    pub tag_date: Option<&'static str>,
    /// Was replaced before it was announced (3.3.0, by 3.3.1).
    pub withdrawn: bool,
    /// The Scala builds that were published.
    pub scala: Vec<Scala>,
    /// The Scala build that the project recommends.
    pub recommended_scala: Scala,
    /// Java versions that the documentation names, ascending; the first is the oldest that works.
    pub java_documented: Vec<u8>,
    /// Those of them that it calls deprecated.
    pub java_deprecated: Vec<u8>,
    /// The `ZooKeeper` client inside, which is also the server that the tarball ships.
    pub zookeeper_client: Option<ZooKeeperVersion>,
    /// May it run with `ZooKeeper`?
    pub zookeeper_mode: ZooKeeperMode,
    /// May it run without?
    pub kraft: KRaftState,
    /// May a cluster move from one to the other with it?
    pub migration: MigrationState,
    /// Default of `inter.broker.protocol.version` with `ZooKeeper`.
    pub inter_broker_protocol_default: Option<&'static str>,
    /// Metadata version of a newly formatted `KRaft` cluster.
    pub metadata_version_default: Option<&'static str>,
    /// Lowest metadata version that it accepts.
    pub metadata_version_min: Option<&'static str>,
    /// Stands under "supported releases" on the downloads page of 2026-09-29.
    pub supported: bool,
    /// Which servers hold it, on that day.
    pub download: Download,
}

impl KafkaRelease {
    /// The oldest Java that runs a broker.
    pub fn java_min(&self) -> u8 {
        self.java_documented.first().copied().unwrap_or(8)
    }

    /// The newest Java that the documentation names.
    pub fn java_recommended(&self) -> u8 {
        self.java_documented.last().copied().unwrap_or(8)
    }

    /// What the release says about a Java version.
    pub fn java_support(&self, java: u8) -> JavaSupport {
        if java < self.java_min() {
            JavaSupport::TooOld
        } else if self.java_deprecated.contains(&java) {
            JavaSupport::Deprecated
        } else if self.java_documented.contains(&java) {
            JavaSupport::Documented
        } else if java == 21 && self.version.has_official_image() {
            JavaSupport::UsedByTheOfficialImage
        } else {
            JavaSupport::Unverified
        }
    }

    /// The official image with its tag, from 3.7.0.
    pub fn docker_image(&self) -> Option<String> {
        self.version
            .has_official_image()
            .then(|| format!("apache/kafka:{}", self.version))
    }

    /// The tarball of a Scala build, such as `kafka_2.13-3.9.2.tgz`.
    pub fn tarball(&self, scala: Scala) -> String {
        kafka_tarball(self.version, scala)
    }

    /// SHA-512 of the tarball in 128 hexadecimal digits, where we know it.
    /// Source: strimzi/strimzi-kafka-operator:kafka-versions.yaml over its history.
    pub fn sha512(&self, scala: Scala) -> Option<&'static str> {
        let found = checksums().binary_search_by_key(&(self.version, scala), |row| (row.0, row.1));
        found.ok().map(|place| checksums()[place].2)
    }
}

/// The tarball of a version and Scala build.
pub(super) fn kafka_tarball(version: KafkaVersion, scala: Scala) -> String {
    format!("kafka_{scala}-{version}.tgz")
}

/// One row of `data/kafka-releases.json`.
#[derive(Deserialize)]
struct Row {
    v: KafkaVersion,
    date: Option<&'static str>,
    tag_date: Option<&'static str>,
    #[serde(default)]
    withdrawn: bool,
    scala: Vec<Scala>,
    scala_best: Option<Scala>,
    java: Vec<u8>,
    #[serde(default)]
    java_old: Vec<u8>,
    zk: Option<ZooKeeperVersion>,
    #[serde(default)]
    zk_mode: ZooKeeperMode,
    #[serde(default)]
    kraft: KRaftState,
    #[serde(default)]
    migration: MigrationState,
    ibp: Option<&'static str>,
    mv: Option<&'static str>,
    mv_min: Option<&'static str>,
    #[serde(default)]
    supported: bool,
    #[serde(default)]
    cdn: bool,
}

impl From<Row> for KafkaRelease {
    fn from(row: Row) -> Self {
        Self {
            version: row.v,
            release_date: row.date,
            tag_date: row.tag_date,
            withdrawn: row.withdrawn,
            scala: row.scala,
            recommended_scala: row.scala_best.unwrap_or(Scala::V2_13),
            java_documented: row.java,
            java_deprecated: row.java_old,
            zookeeper_client: row.zk,
            zookeeper_mode: row.zk_mode,
            kraft: row.kraft,
            migration: row.migration,
            inter_broker_protocol_default: row.ibp,
            metadata_version_default: row.mv,
            metadata_version_min: row.mv_min,
            supported: row.supported,
            download: if row.cdn {
                Download::MainCdn
            } else {
                Download::ArchiveOnly
            },
        }
    }
}

type Checksum = (KafkaVersion, Scala, &'static str);

fn checksums() -> &'static [Checksum] {
    static CHECKSUMS: OnceLock<Vec<Checksum>> = OnceLock::new();
    CHECKSUMS.get_or_init(|| rows(include_str!("data/kafka-sha512.json")))
}

/// Every release from 2.4.0 on, ascending.
pub fn kafka_releases() -> &'static [KafkaRelease] {
    static RELEASES: OnceLock<Vec<KafkaRelease>> = OnceLock::new();
    RELEASES.get_or_init(|| {
        let rows: Vec<Row> = rows(include_str!("data/kafka-releases.json"));
        rows.into_iter().map(KafkaRelease::from).collect()
    })
}

/// The release of a version, if there was one.
pub fn kafka_release(version: KafkaVersion) -> Option<&'static KafkaRelease> {
    let releases = kafka_releases();
    let place = releases.binary_search_by_key(&version, |release| release.version);
    place.ok().map(|place| &releases[place])
}

impl KafkaVersion {
    fn reaches(self, major: u8, minor: u8) -> bool {
        (self.major, self.minor) >= (major, minor)
    }

    /// Runs with `ZooKeeper`, and ships its server: up to 3.9.
    pub fn has_zookeeper_mode(self) -> bool {
        !self.reaches(4, 0)
    }

    /// Tells people to leave `ZooKeeper`: from 3.5.
    pub fn deprecates_zookeeper(self) -> bool {
        self.reaches(3, 5)
    }

    /// Brokers may speak TLS to `ZooKeeper`: `zookeeper.ssl.*`, 2.5 to 3.9 (KIP-515).
    pub fn has_zookeeper_tls(self) -> bool {
        self.reaches(2, 5) && self.has_zookeeper_mode()
    }

    /// Needs an ensemble of 3.5 or later: from 3.6, whose upgrade notes demand a step through 2.4 to 3.5 for a 3.4 server.
    pub fn refuses_zookeeper_3_4(self) -> bool {
        self.reaches(3, 6)
    }

    /// Has `process.roles` and `kafka-storage.sh`: from 2.8, where it was early access.
    pub fn has_kraft_mode(self) -> bool {
        self.reaches(2, 8)
    }

    /// New clusters without `ZooKeeper` are fit for production: from 3.3.
    pub fn has_production_kraft(self) -> bool {
        self.reaches(3, 3)
    }

    /// Can move a cluster from `ZooKeeper` to `KRaft`: 3.4 (early access) to 3.9.
    pub fn has_kraft_migration(self) -> bool {
        self.reaches(3, 4) && self.has_zookeeper_mode()
    }

    /// Several log directories with `KRaft`: from 3.7 (KIP-858).
    pub fn has_kraft_jbod(self) -> bool {
        self.reaches(3, 7)
    }

    /// Several log directories with `KRaft` are not called early access any more: from 4.0.
    pub fn has_production_kraft_jbod(self) -> bool {
        self.reaches(4, 0)
    }

    /// `controller.quorum.bootstrap.servers`, and `--standalone`, `--initial-controllers` and `--no-initial-controllers` of the storage tool: from 3.9 (KIP-853).
    pub fn has_dynamic_quorum(self) -> bool {
        self.reaches(3, 9)
    }

    /// A static quorum can become a dynamic one: from 4.1.
    pub fn upgrades_to_dynamic_quorum(self) -> bool {
        self.reaches(4, 1)
    }

    /// `controller.quorum.auto.join.enable`: from 4.2.
    pub fn has_controller_auto_join(self) -> bool {
        self.reaches(4, 2)
    }

    /// Controllers may have `advertised.listeners`: from 3.9; before that they refuse it.
    pub fn controllers_accept_advertised_listeners(self) -> bool {
        self.reaches(3, 9)
    }

    /// `kafka-metadata-quorum.sh` has `--bootstrap-controller`, so that no broker need run: from 3.7 (KIP-919).
    pub fn quorum_tool_asks_controllers(self) -> bool {
        self.reaches(3, 7)
    }

    /// The storage tool takes any text as the cluster id: from 3.9; before that 22 characters of base64 for 16 bytes.
    pub fn accepts_any_cluster_id(self) -> bool {
        self.reaches(3, 9)
    }

    /// The storage tool has `--add-scram`: from 3.5 (KIP-900).
    pub fn storage_tool_adds_scram(self) -> bool {
        self.reaches(3, 5)
    }

    /// New clusters have eligible leader replicas, so that `min.insync.replicas` belongs to the cluster: from 4.1.
    pub fn has_eligible_leader_replicas(self) -> bool {
        self.reaches(4, 1)
    }

    /// A broker opens its port only when it is ready to serve: from 3.5.0 (KAFKA-14658).
    pub fn opens_port_when_ready(self) -> bool {
        self.reaches(3, 5)
    }

    /// `kafka-topics.sh` has `--zookeeper`: up to 2.8.
    pub fn topics_tool_has_zookeeper(self) -> bool {
        !self.reaches(3, 0)
    }

    /// `kafka-topics.sh` takes `--if-not-exists` together with `--bootstrap-server`: from 2.6.
    /// Source: `TopicCommand.scala` of 2.5.0 and 2.6.0.
    pub fn topics_tool_accepts_if_not_exists_with_bootstrap_server(self) -> bool {
        self.reaches(2, 6)
    }

    /// `kafka-console-producer.sh` has `--bootstrap-server`: from 2.5; before that `--broker-list`.
    /// Source: `ConsoleProducer.scala` of 2.4.1 and 2.5.0.
    pub fn console_producer_has_bootstrap_server(self) -> bool {
        self.reaches(2, 5)
    }

    /// The console tools have `--command-config` and `--command-property`: from 4.2; before that `--producer.config`, `--consumer.config`, `--producer-property` and `--consumer-property`.
    pub fn console_tools_have_command_config(self) -> bool {
        self.reaches(4, 2)
    }

    /// Logs with log4j 2 (`log4j2.yaml`): from 4.0; before that with log4j 1 (`log4j.properties`).
    pub fn logs_with_log4j2(self) -> bool {
        self.reaches(4, 0)
    }

    /// The tarball has `config/kraft/`: 2.8 to 3.9; later the files lie in `config/`.
    pub fn has_kraft_config_folder(self) -> bool {
        self.has_kraft_mode() && !self.reaches(4, 0)
    }

    /// There is an official image `apache/kafka`: from 3.7.0; it formats and starts `KRaft` nodes only.
    pub fn has_official_image(self) -> bool {
        self.reaches(3, 7)
    }

    /// There is an image `apache/kafka-native`, not for production: from 3.8.0.
    pub fn has_native_image(self) -> bool {
        self.reaches(3, 8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(text: &str) -> &'static KafkaRelease {
        kafka_release(text.parse().unwrap()).expect(text)
    }

    #[test]
    fn all_releases_are_there_in_order() {
        let releases = kafka_releases();
        assert_eq!(releases.len(), 54);
        assert!(releases.is_sorted_by(|one, next| one.version < next.version));
        assert_eq!(releases[0].version.to_string(), "2.4.0");
        assert_eq!(releases[53].version.to_string(), "4.3.1");
        assert!(kafka_release(KafkaVersion::of(3, 9, 9)).is_none());
    }

    #[test]
    fn features_agree_with_the_releases() {
        for release in kafka_releases() {
            let version = release.version;
            assert_eq!(
                version.has_zookeeper_mode(),
                release.zookeeper_mode != ZooKeeperMode::None
            );
            assert_eq!(
                version.has_zookeeper_mode(),
                release.zookeeper_client.is_some()
            );
            assert_eq!(
                version.deprecates_zookeeper(),
                release.zookeeper_mode != ZooKeeperMode::Supported
            );
            assert_eq!(version.has_kraft_mode(), release.kraft != KRaftState::None);
            assert_eq!(
                version.has_production_kraft(),
                matches!(release.kraft, KRaftState::Production | KRaftState::Only)
            );
            assert_eq!(
                version.has_kraft_migration(),
                release.migration != MigrationState::None
            );
            assert!(release.scala.contains(&release.recommended_scala));
            assert_eq!(
                release.supported,
                release.download == Download::MainCdn,
                "{version}"
            );
        }
    }

    #[test]
    fn checksums_belong_to_published_builds_and_have_128_digits() {
        assert!(checksums().is_sorted_by_key(|row| (row.0, row.1)));
        for (version, scala, sum) in checksums() {
            let release = kafka_release(*version).expect("a checksum of a release");
            assert!(release.scala.contains(scala));
            assert_eq!(sum.len(), 128, "{version}");
            assert!(sum.bytes().all(|byte| byte.is_ascii_hexdigit()));
            assert_eq!(release.sha512(*scala), Some(*sum));
        }
        assert_eq!(release("3.5.2").sha512(Scala::V2_12), None);
        assert!(release("3.5.2").sha512(Scala::V2_13).is_some());
    }

    #[test]
    fn java_is_judged_by_the_release() {
        assert_eq!(release("3.5.2").java_support(8), JavaSupport::Deprecated);
        assert_eq!(release("3.5.2").java_support(17), JavaSupport::Documented);
        assert_eq!(release("3.5.2").java_support(21), JavaSupport::Unverified);
        assert_eq!(
            release("3.7.0").java_support(21),
            JavaSupport::UsedByTheOfficialImage
        );
        assert_eq!(release("4.0.0").java_support(11), JavaSupport::TooOld);
        assert_eq!(release("4.3.1").java_recommended(), 25);
    }

    #[test]
    fn names_are_those_of_the_servers() {
        assert_eq!(
            release("3.9.2").tarball(Scala::V2_13),
            "kafka_2.13-3.9.2.tgz"
        );
        assert_eq!(
            release("3.9.2").docker_image().as_deref(),
            Some("apache/kafka:3.9.2")
        );
        assert_eq!(release("3.6.2").docker_image(), None);
        assert_eq!("2.12".parse(), Ok(Scala::V2_12));
    }
}
