//! `ZooKeeper` releases and what a `ZooKeeper` version can do.

use std::sync::OnceLock;

use serde::Deserialize;

use super::data::rows;
use super::kafka::Download;
use super::versions::{Stability, ZooKeeperVersion};

/// A `ZooKeeper` release.
/// Sources: releases page and news of apache/zookeeper (branch website), the tags, `zookeeperAdmin.md`.
#[derive(Debug)]
pub struct ZooKeeperRelease {
    /// Its number; the suffix tells how stable it was.
    pub version: ZooKeeperVersion,
    /// The day of the release, as year-month-day.
    pub release_date: &'static str,
    /// The oldest Java that runs it.
    pub java_min: u8,
    /// The day its line reached its end, as year-month-day; `None` = it has not.
    pub end_of_life: Option<&'static str>,
    /// False when that day comes from no primary source (3.4).
    pub end_of_life_verified: bool,
    /// Its line is maintained.
    pub supported: bool,
    /// Which servers hold it.
    pub download: Download,
}

impl ZooKeeperRelease {
    /// The tarball with compiled classes; its name changed with 3.5.5.
    pub fn tarball(&self) -> String {
        zookeeper_tarball(self.version)
    }

    /// The folder on the download servers.
    pub fn directory(&self) -> String {
        format!("zookeeper-{}", self.version)
    }

    /// The image of the Docker Official Images with its tag, where the history of docker-library/official-images names one.
    /// Alphas and betas: not checked, `None`.
    pub fn docker_image(&self) -> Option<String> {
        (self.version.stability == Stability::Stable).then(|| format!("zookeeper:{}", self.version))
    }

    /// The official image of this version is still rebuilt with security fixes (the newest of each maintained line: 3.8.6, 3.9.5).
    pub fn docker_image_maintained(&self) -> bool {
        self.download == Download::MainCdn
    }
}

/// The tarball of a version.
pub(super) fn zookeeper_tarball(version: ZooKeeperVersion) -> String {
    if version.reaches(ZooKeeperVersion::of(3, 5, 5)) {
        format!("apache-zookeeper-{version}-bin.tar.gz")
    } else {
        format!("zookeeper-{version}.tar.gz")
    }
}

/// One row of `data/zookeeper-releases.json`.
#[derive(Deserialize)]
struct Row {
    v: ZooKeeperVersion,
    date: &'static str,
    java: Option<u8>,
    eol: Option<&'static str>,
    #[serde(default)]
    eol_unsure: bool,
    #[serde(default)]
    supported: bool,
    #[serde(default)]
    cdn: bool,
}

/// Every release from 3.4.10 on, ascending.
pub fn zookeeper_releases() -> &'static [ZooKeeperRelease] {
    static RELEASES: OnceLock<Vec<ZooKeeperRelease>> = OnceLock::new();
    RELEASES.get_or_init(|| {
        let rows: Vec<Row> = rows(include_str!("data/zookeeper-releases.json"));
        let release = |row: Row| ZooKeeperRelease {
            version: row.v,
            release_date: row.date,
            java_min: row.java.unwrap_or(8),
            end_of_life: row.eol,
            end_of_life_verified: !row.eol_unsure,
            supported: row.supported,
            download: if row.cdn {
                Download::MainCdn
            } else {
                Download::ArchiveOnly
            },
        };
        rows.into_iter().map(release).collect()
    })
}

/// The release of a version, if there was one.
pub fn zookeeper_release(version: ZooKeeperVersion) -> Option<&'static ZooKeeperRelease> {
    let releases = zookeeper_releases();
    let place = releases.binary_search_by_key(&version, |release| release.version);
    place.ok().map(|place| &releases[place])
}

impl ZooKeeperVersion {
    fn has(self, major: u8, minor: u8, patch: u8) -> bool {
        self.reaches(Self::of(major, minor, patch))
    }

    /// 3.4, or older still.
    pub fn is_3_4_or_older(self) -> bool {
        !self.has(3, 5, 0)
    }

    /// `4lw.commands.whitelist`: 3.4.10 to 3.4.14 and from 3.5.3; `srvr` is allowed whatever it says.
    pub fn has_four_letter_whitelist(self) -> bool {
        let in_3_4 = self.has(3, 4, 10) && !self.has(3, 5, 0);
        in_3_4 || self.has(3, 5, 3)
    }

    /// `ruok` answers without being put on the whitelist: up to 3.5.2; from 3.5.3 only `srvr` does.
    pub fn answers_ruok_by_default(self) -> bool {
        !self.has(3, 5, 3)
    }

    /// The configuration can change while running: from 3.5.0.
    pub fn has_dynamic_config(self) -> bool {
        self.has(3, 5, 0)
    }

    /// `reconfigEnabled`, off by default: from 3.5.3.
    pub fn has_reconfig_enabled(self) -> bool {
        self.has(3, 5, 3)
    }

    /// A `server.N` line may end in `;clientPort`: from 3.5.0.
    pub fn has_client_port_in_server_line(self) -> bool {
        self.has(3, 5, 0)
    }

    /// The `AdminServer` listens on 8080 unless it is switched off: from 3.5.0.
    pub fn has_admin_server(self) -> bool {
        self.has(3, 5, 0)
    }

    /// Clients may speak TLS (with Netty): from 3.5.1.
    pub fn has_client_tls(self) -> bool {
        self.has(3, 5, 1)
    }

    /// Servers may speak TLS with each other: from 3.5.5.
    pub fn has_quorum_tls(self) -> bool {
        self.has(3, 5, 5)
    }

    /// `electionPortBindRetry`: from 3.5.6 and 3.6.0 (ZOOKEEPER-3320).
    pub fn has_election_port_bind_retry(self) -> bool {
        self.has(3, 5, 6)
    }

    /// `quorumListenOnAllIPs`: from 3.4.6.
    pub fn has_quorum_listen_on_all_ips(self) -> bool {
        self.has(3, 4, 6)
    }

    /// Refuses to start when log files lie in the snapshot folder or the reverse: from 3.4.13.
    /// 3.5 before 3.5.5 is not checked here.
    pub fn refuses_mixed_data_folders(self) -> bool {
        self.has(3, 4, 13)
    }

    /// `snapshot.trust.empty`, needed once when 3.4 data have no snapshot yet: from 3.5.6.
    pub fn has_snapshot_trust_empty(self) -> bool {
        self.has(3, 5, 6)
    }

    /// `metricsProvider.className`, also for Prometheus: from 3.6.0.
    pub fn has_metrics_provider(self) -> bool {
        self.has(3, 6, 0)
    }

    /// Several addresses in one `server.N` line: from 3.6.0.
    pub fn has_multi_address(self) -> bool {
        self.has(3, 6, 0)
    }

    /// `audit.enable`: from 3.6.0.
    pub fn has_audit_log(self) -> bool {
        self.has(3, 6, 0)
    }

    /// Logs with logback (`logback.xml`): from 3.8.0; before that with log4j 1 (`log4j.properties`).
    pub fn logs_with_logback(self) -> bool {
        self.has(3, 8, 0)
    }

    /// Commands of the `AdminServer` to save and restore a snapshot: from 3.9.0.
    pub fn has_snapshot_restore_commands(self) -> bool {
        self.has(3, 9, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> ZooKeeperVersion {
        text.parse().unwrap()
    }

    #[test]
    fn all_releases_are_there_in_order() {
        let releases = zookeeper_releases();
        assert_eq!(releases.len(), 37);
        assert!(releases.is_sorted_by(|one, next| one.version < next.version));
        assert!(zookeeper_release(version("3.5.4-beta")).is_some());
        assert!(zookeeper_release(version("3.5.4")).is_none());
    }

    #[test]
    fn the_newest_of_each_maintained_line_is_on_the_main_network() {
        let current = zookeeper_releases()
            .iter()
            .filter(|release| release.download == Download::MainCdn);
        let versions: Vec<_> = current.map(|release| release.version.to_string()).collect();
        assert_eq!(versions, ["3.8.6", "3.9.5"]);
    }

    #[test]
    fn the_tarball_changed_its_name_with_3_5_5() {
        let tarball = |text| zookeeper_release(version(text)).unwrap().tarball();
        assert_eq!(tarball("3.4.10"), "zookeeper-3.4.10.tar.gz");
        assert_eq!(tarball("3.5.4-beta"), "zookeeper-3.5.4-beta.tar.gz");
        assert_eq!(tarball("3.5.5"), "apache-zookeeper-3.5.5-bin.tar.gz");
    }

    #[test]
    fn features_appear_with_their_versions() {
        assert!(version("3.4.10").has_four_letter_whitelist());
        assert!(!version("3.5.2-alpha").has_four_letter_whitelist());
        assert!(version("3.5.3-beta").has_four_letter_whitelist());
        assert!(!version("3.4.14").has_client_port_in_server_line());
        assert!(version("3.5.0-alpha").has_client_port_in_server_line());
        assert!(!version("3.5.5").has_election_port_bind_retry());
        assert!(version("3.6.0").has_election_port_bind_retry());
        assert!(!version("3.7.2").logs_with_logback());
        assert!(version("3.8.0").logs_with_logback());
    }
}
