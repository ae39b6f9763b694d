//! Every `ZooKeeper` option of the administrator's guide, per version.
//!
//! A key in zoo.cfg that `ZooKeeper` does not know becomes the system property `zookeeper.<key>`, so an unknown name is not an error there (`QuorumPeerConfig.java`, 3.4.10 to 3.9.5).

use std::sync::OnceLock;

use serde::Deserialize;

use super::data::rows;
use super::values::{Lookup, OptionKind, Unit, ValueRange};
use super::versions::ZooKeeperVersion;

/// The part of the administrator's guide that describes an option.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Section {
    /// Minimum configuration.
    Minimum,
    /// Advanced configuration.
    #[default]
    Advanced,
    /// Cluster options.
    Cluster,
    /// Encryption, authentication, authorization.
    Security,
    /// Experimental options.
    Experimental,
    /// Unsafe options.
    Unsafe,
    /// Performance tuning.
    Performance,
    /// Debug observability.
    Debug,
    /// `AdminServer`.
    AdminServer,
    /// Metrics providers.
    Metrics,
}

/// A default that is worked out when the server starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ComputedDefault {
    /// 2 × `tickTime`.
    TwoTicks,
    /// 20 × `tickTime`.
    TwentyTicks,
    /// `flushDelay` / 3.
    ThirdOfFlushDelay,
    /// `initLimit`.
    InitLimit,
    /// `syncLimit` × `tickTime`.
    SyncLimit,
    /// The square root of half the processor cores, at least 1.
    RootOfHalfTheCores,
    /// Twice the processor cores.
    TwiceTheCores,
    /// The processor cores.
    Cores,
    /// The ending of the file's name tells it.
    FileExtension,
    /// The Java runtime decides.
    JavaRuntime,
    /// All four-letter words except `wchc` and `wchp`.
    MostCommands,
}

/// What has to be so for an option to have an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Needs {
    /// `metricsProvider.className` is the Prometheus provider.
    Prometheus,
    /// `serverCnxnFactory` is the Netty factory.
    Netty,
    /// There are `group.N` lines.
    Groups,
    /// `localSessionsEnabled=true`
    LocalSessions,
    /// `enforce.auth.enabled=true`
    EnforcedAuthentication,
    /// Every member has a certificate.
    Certificates,
}

/// What the number 0 means, where it is special.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ZeroMeans {
    /// Switched off.
    Disabled,
    /// No limit.
    Unlimited,
    /// Try again for ever.
    ForEver,
    /// Never deleted.
    Never,
}

/// A `ZooKeeper` option as one version has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ZooKeeperOption {
    /// The key in zoo.cfg; `server.N` stands for `server.1`, `server.2`, ….
    pub name: &'static str,
    /// How the Java system property differs; see [`ZooKeeperOption::java_property`].
    property: Option<&'static str>,
    /// False: works only as a JVM flag, never in zoo.cfg.
    pub in_zoo_cfg: bool,
    /// The default; `None` when there is none.
    pub default: Option<&'static str>,
    /// How the default is worked out, when it is; a number in `default` is then only the sign for it.
    pub computed: Option<ComputedDefault>,
    /// Type and range.
    pub values: ValueRange,
    /// What a number counts.
    pub unit: Unit,
    /// The part of the guide that describes it.
    pub section: Section,
    /// First version with it; 3.4.10 means 3.4.10 or earlier.
    pub since: ZooKeeperVersion,
    /// Part of the dynamic configuration, which `reconfig` can change from 3.5.0 on.
    pub dynamic: bool,
    /// Holds a password or a digest.
    pub sensitive: bool,
    /// What has to be so for it to have an effect.
    pub needs: Option<Needs>,
    /// What 0 means, where it is special.
    pub zero_means: Option<ZeroMeans>,
}

impl ZooKeeperOption {
    /// The Java system property, as in `-Dzookeeper.snapCount=…`; `None` when only zoo.cfg knows the option.
    pub fn java_property(&self) -> Option<String> {
        match self.property? {
            "" => Some(["zookeeper.", self.name].concat()),
            property => Some(property.to_owned()),
        }
    }
}

/// One row of `data/zookeeper-options.json`.
#[derive(Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a mark in the data file"
)]
struct Row {
    name: &'static str,
    kind: Option<OptionKind>,
    /// Absent = none, empty = `zookeeper.` and the name.
    prop: Option<&'static str>,
    #[serde(default)]
    flag_only: bool,
    def: Option<&'static str>,
    /// Newer defaults, oldest first.
    #[serde(default)]
    def_from: Vec<(ZooKeeperVersion, &'static str)>,
    computed: Option<ComputedDefault>,
    min: Option<i64>,
    max: Option<i64>,
    #[serde(default)]
    of: Vec<&'static str>,
    #[serde(default)]
    any_case: bool,
    #[serde(default)]
    unit: Unit,
    #[serde(default)]
    section: Section,
    since: Option<ZooKeeperVersion>,
    #[serde(default)]
    not_in: Vec<ZooKeeperVersion>,
    #[serde(default)]
    dynamic: bool,
    #[serde(default)]
    sensitive: bool,
    needs: Option<Needs>,
    zero: Option<ZeroMeans>,
}

const FIRST_VERSION: ZooKeeperVersion = ZooKeeperVersion::of(3, 4, 10);

impl Row {
    fn lookup(
        &'static self,
        version: ZooKeeperVersion,
    ) -> Lookup<ZooKeeperOption, ZooKeeperVersion> {
        let since = self.since.unwrap_or(FIRST_VERSION);
        // Versions older than the data are treated as the oldest one.
        if !version.max(FIRST_VERSION).reaches(since) {
            return Lookup::NotYet { since };
        }
        if let Some(last) = self.not_in.last()
            && self.not_in.iter().any(|gap| {
                (gap.major, gap.minor, gap.patch) == (version.major, version.minor, version.patch)
            })
        {
            return Lookup::NotYet {
                since: ZooKeeperVersion::of(last.major, last.minor, last.patch + 1),
            };
        }
        let newer = self
            .def_from
            .iter()
            .rev()
            .find(|(from, _)| version.reaches(*from));
        Lookup::Known(ZooKeeperOption {
            name: self.name,
            property: self.prop,
            in_zoo_cfg: !self.flag_only,
            default: newer.map_or(self.def, |(_, default)| Some(*default)),
            computed: self.computed.filter(|_| newer.is_none()),
            values: ValueRange {
                kind: self.kind.unwrap_or(OptionKind::Int),
                min: self.min,
                max: self.max,
                also: &[],
                one_of: &self.of,
                any_case: self.any_case,
                non_empty: false,
            },
            unit: self.unit,
            section: self.section,
            since,
            dynamic: self.dynamic,
            sensitive: self.sensitive,
            needs: self.needs,
            zero_means: self.zero,
        })
    }

    fn has_property(&self, property: &str) -> bool {
        match self.prop {
            None => false,
            Some("") => property.strip_prefix("zookeeper.") == Some(self.name),
            Some(own) => own == property,
        }
    }
}

fn table() -> &'static [Row] {
    static TABLE: OnceLock<Vec<Row>> = OnceLock::new();
    TABLE.get_or_init(|| rows(include_str!("data/zookeeper-options.json")))
}

/// The stem of a name that ends in a number, such as `server.` of `server.3`.
fn numbered(name: &str) -> Option<&str> {
    let stem = name.trim_end_matches(|character: char| character.is_ascii_digit());
    (stem.len() < name.len() && stem.ends_with('.')).then_some(stem)
}

/// The option of a key in zoo.cfg in a version; `server.3` finds `server.N`.
/// Cheap: a binary search, and no text is copied.
pub fn zookeeper_option(
    name: &str,
    version: ZooKeeperVersion,
) -> Lookup<ZooKeeperOption, ZooKeeperVersion> {
    let table = table();
    let place = table
        .binary_search_by(|row| row.name.cmp(name))
        .ok()
        .filter(|_| name.strip_suffix(".N").is_none());
    let row = match (place, numbered(name)) {
        (Some(place), _) => Some(&table[place]),
        (None, Some(stem)) => table
            .iter()
            .find(|row| row.name.strip_suffix('N') == Some(stem)),
        (None, None) => None,
    };
    row.map_or(Lookup::Unknown, |row| row.lookup(version))
}

/// The option of a Java system property, such as `zookeeper.snapCount` or `jute.maxbuffer`, in a version.
pub fn zookeeper_option_of_property(
    property: &str,
    version: ZooKeeperVersion,
) -> Lookup<ZooKeeperOption, ZooKeeperVersion> {
    let row = table().iter().find(|row| row.has_property(property));
    row.map_or(Lookup::Unknown, |row| row.lookup(version))
}

/// The options of a version, sorted by name.
pub fn zookeeper_options(version: ZooKeeperVersion) -> ZooKeeperOptions {
    ZooKeeperOptions {
        rows: table().iter(),
        version,
    }
}

/// The options of one version, see [`zookeeper_options`].
pub struct ZooKeeperOptions {
    rows: std::slice::Iter<'static, Row>,
    version: ZooKeeperVersion,
}

impl Iterator for ZooKeeperOptions {
    type Item = ZooKeeperOption;

    fn next(&mut self) -> Option<ZooKeeperOption> {
        let version = self.version;
        self.rows.find_map(|row| row.lookup(version).known())
    }
}

#[cfg(test)]
mod tests {
    use super::super::values::check_option_value;
    use super::*;

    fn version(text: &str) -> ZooKeeperVersion {
        text.parse().unwrap()
    }

    fn option(name: &str, at: &str) -> ZooKeeperOption {
        zookeeper_option(name, version(at)).known().expect(name)
    }

    #[test]
    fn names_are_sorted_and_stand_once() {
        assert!(table().is_sorted_by(|one, next| one.name < next.name));
        assert_eq!(zookeeper_options(version("3.9.5")).count(), 204);
    }

    #[test]
    fn numbers_in_names_match() {
        assert_eq!(option("server.3", "3.4.10").name, "server.N");
        assert_eq!(option("weight.12", "3.9.5").name, "weight.N");
        for name in ["server.N", "server.", "server.x", "server3", "tickTime.1"] {
            let found = zookeeper_option(name, version("3.9.5"));
            assert_eq!(found, Lookup::Unknown, "{name}");
        }
    }

    #[test]
    fn the_whitelist_came_went_and_came_back() {
        let name = "4lw.commands.whitelist";
        assert_eq!(option(name, "3.4.14").default, None);
        assert_eq!(
            option(name, "3.4.14").computed,
            Some(ComputedDefault::MostCommands)
        );
        assert_eq!(
            zookeeper_option(name, version("3.5.2-alpha")),
            Lookup::NotYet {
                since: version("3.5.3")
            }
        );
        assert_eq!(option(name, "3.5.3-beta").default, Some("srvr"));
        assert_eq!(option(name, "3.9.5").computed, None);
    }

    #[test]
    fn a_default_is_that_of_the_version() {
        assert_eq!(option("fips-mode", "3.8.6").default, Some("false"));
        assert_eq!(option("fips-mode", "3.9.0").default, Some("true"));
        assert_eq!(
            zookeeper_option("fips-mode", version("3.8.1")),
            Lookup::NotYet {
                since: version("3.8.2")
            }
        );
    }

    #[test]
    fn properties_find_their_option() {
        let named = |property| {
            zookeeper_option_of_property(property, version("3.9.5"))
                .known()
                .map(|option| option.name)
        };
        assert_eq!(named("zookeeper.snapCount"), Some("snapCount"));
        assert_eq!(named("jute.maxbuffer"), Some("jute.maxbuffer"));
        assert_eq!(
            named("zookeeper.connection_throttle_tokens"),
            Some("connectionMaxTokens")
        );
        assert_eq!(named("snapCount"), None);
        assert_eq!(
            option("snapCount", "3.9.5").java_property().as_deref(),
            Some("zookeeper.snapCount")
        );
        assert_eq!(option("tickTime", "3.9.5").java_property(), None);
        assert!(!option("jute.maxbuffer", "3.9.5").in_zoo_cfg);
    }

    #[test]
    fn every_default_fits_its_own_option() {
        for option in zookeeper_options(version("3.9.5")) {
            if let Some(default) = option.default {
                let problem = check_option_value(&option.values, default);
                assert_eq!(problem, None, "{}", option.name);
            }
        }
    }
}
