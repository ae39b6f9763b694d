//! Version types: `Copy`, ordered, read from text and printed the way their projects write them.
//!
//! The features of a version lie in [`kafka`](super::kafka), [`zookeeper`](super::zookeeper) and [`kubernetes`](super::kubernetes).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, de};

/// A text that is no version of the wanted kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a version like {example}")]
pub struct VersionError {
    /// A version of the wanted kind, to show to the reader.
    pub example: &'static str,
}

/// A whole number without sign or leading zeros, as versions use it.
fn number<T: FromStr>(text: &str) -> Option<T> {
    let canonical = text == "0" || !text.starts_with('0');
    (canonical && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

/// Two numbers with a dot between them.
fn pair(text: &str) -> Option<(u8, u8)> {
    let (major, minor) = text.split_once('.')?;
    Some((number(major)?, number(minor)?))
}

/// Three numbers with dots between them.
fn triple(text: &str) -> Option<(u8, u8, u8)> {
    let (line, patch) = text.rsplit_once('.')?;
    let (major, minor) = pair(line)?;
    Some((major, minor, number(patch)?))
}

/// A line of Kafka releases, such as 3.9: all its releases know the same options.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KafkaLine {
    /// First number.
    pub major: u8,
    /// Second number.
    pub minor: u8,
}

impl KafkaLine {
    /// The line `major.minor`.
    pub const fn of(major: u8, minor: u8) -> Self {
        Self { major, minor }
    }
}

impl FromStr for KafkaLine {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        let (major, minor) = pair(text).ok_or(VersionError { example: "3.9" })?;
        Ok(Self { major, minor })
    }
}

impl fmt::Display for KafkaLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// A Kafka release, such as 3.9.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KafkaVersion {
    /// First number.
    pub major: u8,
    /// Second number.
    pub minor: u8,
    /// Third number.
    pub patch: u8,
}

impl KafkaVersion {
    /// The version `major.minor.patch`.
    pub const fn of(major: u8, minor: u8, patch: u8) -> Self {
        Self {
            major,
            minor,
            patch,
        }
    }

    /// The line of this release.
    pub const fn line(self) -> KafkaLine {
        KafkaLine::of(self.major, self.minor)
    }
}

impl FromStr for KafkaVersion {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        let (major, minor, patch) = triple(text).ok_or(VersionError { example: "3.9.2" })?;
        Ok(Self::of(major, minor, patch))
    }
}

impl fmt::Display for KafkaVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// How finished a `ZooKeeper` release was: 3.5.0 to 3.5.4 came out as alphas and betas only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stability {
    /// `-alpha`
    Alpha,
    /// `-beta`
    Beta,
    /// No suffix.
    Stable,
}

/// A `ZooKeeper` release, such as 3.9.5 or 3.5.4-beta.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ZooKeeperVersion {
    /// First number.
    pub major: u8,
    /// Second number.
    pub minor: u8,
    /// Third number.
    pub patch: u8,
    /// The suffix.
    pub stability: Stability,
}

impl ZooKeeperVersion {
    /// The stable version `major.minor.patch`.
    pub const fn of(major: u8, minor: u8, patch: u8) -> Self {
        Self {
            major,
            minor,
            patch,
            stability: Stability::Stable,
        }
    }

    /// Are the three numbers at least those of `other`?
    /// The suffix does not count: the feature "since 3.5.3" came with 3.5.3-beta.
    pub(super) fn reaches(self, other: Self) -> bool {
        (self.major, self.minor, self.patch) >= (other.major, other.minor, other.patch)
    }
}

impl FromStr for ZooKeeperVersion {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        let (numbers, stability) = match text.split_once('-') {
            None => (text, Some(Stability::Stable)),
            Some((numbers, "alpha")) => (numbers, Some(Stability::Alpha)),
            Some((numbers, "beta")) => (numbers, Some(Stability::Beta)),
            Some((numbers, _)) => (numbers, None),
        };
        match (triple(numbers), stability) {
            (Some((major, minor, patch)), Some(stability)) => Ok(Self {
                major,
                minor,
                patch,
                stability,
            }),
            _ => Err(VersionError { example: "3.9.5" }),
        }
    }
}

impl fmt::Display for ZooKeeperVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let suffix = match self.stability {
            Stability::Alpha => "-alpha",
            Stability::Beta => "-beta",
            Stability::Stable => "",
        };
        write!(f, "{}.{}.{}{suffix}", self.major, self.minor, self.patch)
    }
}

/// A minor version of Kubernetes, such as 1.33; patch releases bring no fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KubernetesVersion {
    /// First number.
    pub major: u8,
    /// Second number.
    pub minor: u8,
}

impl KubernetesVersion {
    /// The version `major.minor`.
    pub const fn of(major: u8, minor: u8) -> Self {
        Self { major, minor }
    }
}

/// Reads `1.33` and also what `kubectl version` prints, such as `v1.33.4` or `v1.33.4+k3s1`.
impl FromStr for KubernetesVersion {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        let wrong = VersionError { example: "1.33" };
        let numbers = text.strip_prefix('v').unwrap_or(text);
        let numbers = numbers.split(['+', '-']).next().unwrap_or_default();
        let (major, minor) = triple(numbers)
            .map(|(major, minor, _)| (major, minor))
            .or_else(|| pair(numbers))
            .ok_or(wrong)?;
        Ok(Self { major, minor })
    }
}

impl fmt::Display for KubernetesVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// Reads a version from a data file; a version is text there.
macro_rules! read_from_text {
    ($($version:ty),*) => {$(
        impl<'de> Deserialize<'de> for $version {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <&str>::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    )*};
}
read_from_text!(KafkaLine, KafkaVersion, ZooKeeperVersion);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_by_number_and_not_by_text() {
        let version = |text: &str| text.parse::<KafkaVersion>().unwrap();
        assert!(version("3.9.2") < version("3.10.0"));
        assert!(version("2.8.2") < version("3.0.0"));
        let kubernetes = |text: &str| text.parse::<KubernetesVersion>().unwrap();
        assert!(kubernetes("1.9") < kubernetes("1.21"));
    }

    #[test]
    fn alphas_and_betas_come_before_the_stable_release_but_have_its_features() {
        let version = |text: &str| text.parse::<ZooKeeperVersion>().unwrap();
        assert!(version("3.5.3-beta") < version("3.5.3"));
        assert!(version("3.5.2-alpha") < version("3.5.3-beta"));
        assert!(version("3.5.3-beta").reaches(ZooKeeperVersion::of(3, 5, 3)));
    }

    #[test]
    fn versions_survive_printing() {
        for text in ["3.4.10", "3.5.4-beta", "3.5.0-alpha"] {
            assert_eq!(text.parse::<ZooKeeperVersion>().unwrap().to_string(), text);
        }
        assert_eq!(
            "3.9.2".parse::<KafkaVersion>().unwrap().to_string(),
            "3.9.2"
        );
        assert_eq!("3.9".parse::<KafkaLine>().unwrap().to_string(), "3.9");
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "", "3", "3.9", "3.9.", "3.9.2.1", "3.+9.2", "03.9.2", " 3.9.2", "3.9.999",
        ] {
            assert!(text.parse::<KafkaVersion>().is_err(), "{text}");
        }
        assert!("3.5.4-rc0".parse::<ZooKeeperVersion>().is_err());
        assert!("1".parse::<KubernetesVersion>().is_err());
    }

    #[test]
    fn what_kubectl_prints_is_a_kubernetes_version() {
        for text in ["1.33", "v1.33.4", "v1.33.4+k3s1", "v1.33.4-gke.1036000"] {
            assert_eq!(text.parse(), Ok(KubernetesVersion::of(1, 33)), "{text}");
        }
    }
}
