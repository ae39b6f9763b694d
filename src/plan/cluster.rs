//! Kubernetes, namespaces, nodes, workload, what the bundle holds.

use super::Traced;
use super::read::Reader;
use crate::catalog::{KafkaVersion, KubernetesVersion};
use crate::fields::{
    self, BUNDLE_LANGUAGE, CLUSTER_DOMAIN, CLUSTER_NAME, CLUSTER_PROFILE, COORDINATION,
    CREATE_NAMESPACES, Field, IMAGE_PULL_POLICY, IMAGE_PULL_SECRET, IMAGE_REGISTRY,
    KUBERNETES_VERSION, LABEL_STYLE, NETWORK_POLICIES, NODES_COUNT, NODES_CPU, NODES_MEMORY,
    NODES_NAMES, NODES_ZONES, POD_SECURITY, SERVICE_ACCOUNTS, SMOKE_TEST, WORKLOAD_INGEST,
    WORKLOAD_LARGEST_RECORD, WORKLOAD_PARTITIONS,
};
use crate::text::Lang;

/// What is known of the cluster, and what the bundle holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Cluster {
    /// The label `app.kubernetes.io/instance`.
    pub name: Traced<String>,
    /// How strict the checks are: `development`, `staging`, `production`.
    pub profile: Traced<String>,
    /// What coordinates the brokers; how it is set up says [`Plan::coordination`](super::Plan::coordination).
    pub coordination: Traced<Coordinator>,
    /// The oldest version that the manifests must work on.
    pub kubernetes: Traced<KubernetesVersion>,
    /// The DNS domain of Services.
    pub domain: Traced<String>,
    /// Whether Namespace objects are rendered.
    pub create_namespaces: Traced<bool>,
    /// The Pod Security level that they enforce.
    pub pod_security: Traced<PodSecurity>,
    /// Whether objects carry only the label `app`.
    pub app_labels: Traced<bool>,
    /// Whether `ServiceAccounts` are rendered.
    pub service_accounts: Traced<bool>,
    /// Whether `NetworkPolicies` are rendered.
    pub network_policies: Traced<bool>,
    /// Whether the smoke test is rendered.
    pub smoke_test: Traced<bool>,
    /// The language of what is generated.
    pub language: Traced<Lang>,
    /// The registry of built images.
    pub registry: Traced<String>,
    /// When nodes fetch an image again.
    pub pull_policy: Traced<String>,
    /// The Secret with the registry's credentials.
    pub pull_secret: Traced<Option<String>>,
    /// The nodes, as far as known.
    pub nodes: Nodes,
    /// The load, as far as known.
    pub workload: Workload,
}

/// What coordinates brokers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coordinator {
    /// A ZooKeeper ensemble.
    ZooKeeper,
    /// The brokers themselves: each is a controller too.
    Combined,
    /// Controllers that are pods of their own.
    Dedicated,
}

impl Coordinator {
    /// Whether a release runs with it; KRaft counts from the line that calls it fit for production.
    pub fn runs(self, version: KafkaVersion) -> bool {
        match self {
            Self::ZooKeeper => version.has_zookeeper_mode(),
            Self::Combined | Self::Dedicated => version.has_production_kraft(),
        }
    }

    /// Whether there is no ZooKeeper.
    pub const fn is_kraft(self) -> bool {
        !matches!(self, Self::ZooKeeper)
    }

    /// Whether every broker is a controller too.
    pub const fn is_combined(self) -> bool {
        matches!(self, Self::Combined)
    }

    /// Whether controllers are pods of their own.
    pub const fn is_dedicated(self) -> bool {
        matches!(self, Self::Dedicated)
    }
}

/// A level of the Pod Security Standards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PodSecurity {
    /// Namespaces carry no label.
    None,
    /// `baseline`.
    Baseline,
    /// `restricted`.
    Restricted,
}

/// What is known of the nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct Nodes {
    /// How many.
    pub count: Traced<Option<u64>>,
    /// Their zones.
    pub zones: Traced<Vec<String>>,
    /// Their names.
    pub names: Traced<Vec<String>>,
    /// Thousandths of a processor of one node.
    pub millicpus: Traced<Option<u64>>,
    /// Bytes of memory of one node.
    pub memory: Traced<Option<u64>>,
}

/// What is known of the load.
#[derive(Clone, Debug, PartialEq)]
pub struct Workload {
    /// Partitions of all topics, replicas not counted.
    pub partitions: Traced<Option<u64>>,
    /// Bytes a second that producers send.
    pub ingest: Traced<Option<u64>>,
    /// Bytes of the largest record.
    pub largest_record: Traced<Option<u64>>,
}

impl Cluster {
    /// Whether two are the same, nodes and workload left out.
    pub(super) fn same_but_nodes(&self, other: &Self) -> bool {
        let mut other = other.clone();
        other.nodes = self.nodes.clone();
        other.workload = self.workload.clone();
        *self == other
    }
}

pub(super) fn read(reader: &mut Reader) -> Cluster {
    Cluster {
        name: reader.text(&CLUSTER_NAME, None),
        profile: reader.text(&CLUSTER_PROFILE, None),
        coordination: reader
            .text(&COORDINATION, None)
            .map(|choice| match choice.as_str() {
                "kraft-combined" => Coordinator::Combined,
                "kraft-dedicated" => Coordinator::Dedicated,
                _ => Coordinator::ZooKeeper,
            }),
        kubernetes: reader.text(&KUBERNETES_VERSION, None).map(|text| {
            text.parse()
                .unwrap_or(crate::catalog::KUBERNETES_VERSIONS[0])
        }),
        domain: reader.text(&CLUSTER_DOMAIN, None),
        create_namespaces: reader.flag(&CREATE_NAMESPACES),
        pod_security: reader
            .text(&POD_SECURITY, None)
            .map(|level| match level.as_str() {
                "none" => PodSecurity::None,
                "baseline" => PodSecurity::Baseline,
                _ => PodSecurity::Restricted,
            }),
        app_labels: reader.text(&LABEL_STYLE, None).map(|style| style == "app"),
        service_accounts: reader.flag(&SERVICE_ACCOUNTS),
        network_policies: reader.flag(&NETWORK_POLICIES),
        smoke_test: reader.flag(&SMOKE_TEST),
        language: reader
            .text(&BUNDLE_LANGUAGE, None)
            .map(|code| Lang::of_tag(code).unwrap_or_default()),
        registry: reader.text(&IMAGE_REGISTRY, None),
        pull_policy: reader.text(&IMAGE_PULL_POLICY, None),
        pull_secret: reader.optional(&IMAGE_PULL_SECRET, None),
        nodes: Nodes {
            count: whole(reader, &NODES_COUNT),
            zones: names(reader, &NODES_ZONES),
            names: names(reader, &NODES_NAMES),
            millicpus: reader
                .text(&NODES_CPU, None)
                .map(|text| fields::cpu(text).ok().map(|cpu| cpu.amount)),
            memory: bytes(reader, &NODES_MEMORY),
        },
        workload: Workload {
            partitions: whole(reader, &WORKLOAD_PARTITIONS),
            ingest: bytes(reader, &WORKLOAD_INGEST),
            largest_record: bytes(reader, &WORKLOAD_LARGEST_RECORD),
        },
    }
}

fn whole(reader: &mut Reader, field: &Field) -> Traced<Option<u64>> {
    reader
        .text(field, None)
        .map(|text| fields::whole(text, 0, u64::MAX).ok())
}

fn bytes(reader: &mut Reader, field: &Field) -> Traced<Option<u64>> {
    reader
        .text(field, None)
        .map(|text| fields::quantity(text).ok().map(|quantity| quantity.amount))
}

fn names(reader: &mut Reader, field: &Field) -> Traced<Vec<String>> {
    reader
        .text(field, None)
        .map(|text| fields::items(text).map(str::to_owned).collect())
}
