//! Kubernetes, namespaces, nodes, workload, what the bundle holds.

use super::Section::Cluster;
use super::Start::{Derived, Empty, Value};
use super::{Field, Kind, NameKind};
use crate::plan::Plan;

/// The oldest Kubernetes that the manifests must work on; it decides API versions and fields.
pub static KUBERNETES_VERSION: Field = Field::new(
    "kubernetes.version",
    Cluster,
    "kubernetes",
    Kind::KubernetesVersion,
    Value("1.35"),
);

/// The DNS domain of the cluster's Services.
pub static CLUSTER_DOMAIN: Field = Field::new(
    "kubernetes.cluster_domain",
    Cluster,
    "kubernetes",
    Kind::Name(NameKind::Subdomain),
    Value("cluster.local"),
);

/// The name of this installation: the label `app.kubernetes.io/instance`.
pub static CLUSTER_NAME: Field = Field::new(
    "cluster.name",
    Cluster,
    "kubernetes",
    Kind::Name(NameKind::LabelValue),
    Value("kafka"),
);

/// How strict the checks are.
pub static CLUSTER_PROFILE: Field = Field::new(
    "cluster.profile",
    Cluster,
    "kubernetes",
    Kind::Choice(&["development", "staging", "production"]),
    Value("production"),
)
.only_checked();

/// What coordinates the brokers.
pub static COORDINATION: Field = Field::new(
    "cluster.coordination",
    Cluster,
    "kubernetes",
    Kind::Choice(&["zookeeper", "kraft-combined", "kraft-dedicated"]),
    Value("zookeeper"),
);

/// The language of what is generated: comments, the README, what scripts say.
pub static BUNDLE_LANGUAGE: Field = Field::new(
    "bundle.language",
    Cluster,
    "extras",
    Kind::Choice(&["en", "zh"]),
    Value("en"),
);

/// The namespace of the brokers.
pub static KAFKA_NAMESPACE: Field = Field::new(
    "kafka.namespace",
    Cluster,
    "namespaces",
    Kind::Name(NameKind::Label),
    Value("kafka"),
);

/// The namespace of the ensemble.
pub static ZOOKEEPER_NAMESPACE: Field = Field::new(
    "zookeeper.namespace",
    Cluster,
    "namespaces",
    Kind::Name(NameKind::Label),
    Derived,
)
.when(Plan::has_ensemble);

/// Whether the bundle holds the Namespace objects.
pub static CREATE_NAMESPACES: Field = Field::new(
    "cluster.create_namespaces",
    Cluster,
    "namespaces",
    Kind::Flag,
    Value("true"),
);

/// The Pod Security level that the rendered namespaces enforce (labels, from Kubernetes 1.23).
pub static POD_SECURITY: Field = Field::new(
    "cluster.pod_security",
    Cluster,
    "namespaces",
    Kind::Choice(&["none", "baseline", "restricted"]),
    Value("restricted"),
)
.when(|plan| *plan.cluster.create_namespaces && plan.cluster.kubernetes.has_pod_security_labels());

/// How many nodes may run the pods.
pub static NODES_COUNT: Field = Field::new(
    "nodes.count",
    Cluster,
    "nodes",
    Kind::Whole {
        min: 1,
        max: 15_000,
    },
    Empty,
);

/// The zones of the nodes: values of `topology.kubernetes.io/zone`.
pub static NODES_ZONES: Field = Field::new(
    "nodes.zones",
    Cluster,
    "nodes",
    Kind::Names(NameKind::LabelValue),
    Empty,
);

/// The names of the nodes, for local volumes: values of `kubernetes.io/hostname`.
pub static NODES_NAMES: Field = Field::new(
    "nodes.names",
    Cluster,
    "nodes",
    Kind::Names(NameKind::LabelValue),
    Empty,
)
.when(Plan::has_local_storage);

/// Processors of one node.
pub static NODES_CPU: Field =
    Field::new("nodes.cpu", Cluster, "nodes", Kind::Cpu, Empty).only_checked();

/// Memory of one node.
pub static NODES_MEMORY: Field =
    Field::new("nodes.memory", Cluster, "nodes", Kind::Quantity, Empty).only_checked();

/// Partitions of all topics together, replicas not counted.
pub static WORKLOAD_PARTITIONS: Field = Field::new(
    "workload.partitions",
    Cluster,
    "workload",
    Kind::Whole {
        min: 1,
        max: 4_000_000,
    },
    Empty,
)
.only_checked();

/// Bytes that producers send in a second.
pub static WORKLOAD_INGEST: Field = Field::new(
    "workload.ingest",
    Cluster,
    "workload",
    Kind::Quantity,
    Empty,
)
.only_checked();

/// The largest record that a producer sends.
pub static WORKLOAD_LARGEST_RECORD: Field = Field::new(
    "workload.largest_record",
    Cluster,
    "workload",
    Kind::Quantity,
    Empty,
)
.only_checked();

/// Whether `NetworkPolicies` are rendered.
pub static NETWORK_POLICIES: Field = Field::new(
    "cluster.network_policies",
    Cluster,
    "extras",
    Kind::Flag,
    Value("false"),
);

/// Whether the smoke-test Jobs are rendered.
pub static SMOKE_TEST: Field = Field::new(
    "cluster.smoke_test",
    Cluster,
    "extras",
    Kind::Flag,
    Value("true"),
);

/// Which labels the objects carry and select by: the recommended set, or the single `app` of older manifests.
pub static LABEL_STYLE: Field = Field::new(
    "cluster.label_style",
    Cluster,
    "extras",
    Kind::Choice(&["recommended", "app"]),
    Value("recommended"),
);

/// Whether brokers and servers have `ServiceAccounts` of their own.
pub static SERVICE_ACCOUNTS: Field = Field::new(
    "cluster.service_accounts",
    Cluster,
    "extras",
    Kind::Flag,
    Value("true"),
);
