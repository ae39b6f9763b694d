//! Facts about Kafka, `ZooKeeper`, Kubernetes and base images, each with its source.
//!
//! This place knows nothing of the user's choices: it answers what a version has, never what somebody should take.
//! A question about a version is a method named after the feature, so that no caller compares versions in place.
//!
//! - [`versions`]: the version types and the one error of reading them.
//! - [`kafka`], [`zookeeper`]: releases and features.
//! - [`kubernetes`]: features and served API versions.
//! - [`mod@broker_options`], [`mod@zookeeper_options`]: every option per version.
//! - [`values`]: does a text fit an option.
//! - [`sample`]: what the shipped `config/server.properties` sets.
//! - [`downloads`]: addresses of tarballs, signatures and checksums.
//! - [`images`]: base images with their Java.
//!
//! The data files and their sources are described in `README.md` beside this file.
//! They are parsed once, on first use.

pub mod broker_options;
mod data;
pub mod downloads;
pub mod images;
pub mod kafka;
pub mod kubernetes;
pub mod sample;
pub mod values;
pub mod versions;
pub mod zookeeper;
pub mod zookeeper_options;

pub use broker_options::{BrokerOption, BrokerOptions, Importance, Mode, Roles, UpdateMode};
pub use broker_options::{
    broker_option, broker_options, is_sensitive_of_listener, roles_of_option,
};
pub use downloads::{Addresses, DownloadFrom, kafka_addresses, zookeeper_addresses};
pub use images::{
    JDK_BASES, JdkBase, is_deprecated_openjdk, is_ended_distribution, is_jdk, java_of_image,
    java_update_of_image, lacks_bash, registry_of_image, repository_of_image, tag_of_image,
};
pub use kafka::{
    Download, JavaSupport, KRaftState, KafkaRelease, MigrationState, Scala, ZooKeeperMode,
    kafka_release, kafka_releases,
};
pub use kubernetes::{KUBERNETES_VERSIONS, Serving, oldest_maintained_kubernetes};
pub use sample::sample_server_properties;
pub use values::{Lookup, OptionKind, Unit, ValueProblem, ValueRange, check_option_value};
pub use versions::{
    KafkaLine, KafkaVersion, KubernetesVersion, Stability, VersionError, ZooKeeperVersion,
};
pub use zookeeper::{ZooKeeperRelease, zookeeper_release, zookeeper_releases};
pub use zookeeper_options::{
    ComputedDefault, Needs, Section, ZeroMeans, ZooKeeperOption, ZooKeeperOptions,
};
pub use zookeeper_options::{zookeeper_option, zookeeper_option_of_property, zookeeper_options};
