//! The provisioner that makes a folder of an NFS export for each claim, whole: rights, Deployment, StorageClass;
//! and the StorageClass of local volumes, which stands in the same place.
//!
//! Source: kubernetes-sigs/nfs-subdir-external-provisioner, `deploy/`.

use std::collections::BTreeMap;

use k8s_openapi::api::apps::v1::{Deployment, DeploymentSpec, DeploymentStrategy};
use k8s_openapi::api::core::v1::{
    Capabilities, Container, EnvVar, NFSVolumeSource, PodSpec, PodTemplateSpec,
    ResourceRequirements, SeccompProfile, SecurityContext, ServiceAccount, Volume,
};
use k8s_openapi::api::rbac::v1::{
    ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, RoleRef, Subject,
};
use k8s_openapi::api::storage::v1::StorageClass;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::document::{Document, manifest};
use super::process::{matching, mounted};
use super::shell::kubernetes_escape;
use super::{Output, Rendered};
use crate::plan::{Parts, Plan, StorageKind, Traced};
use crate::text::Sentence;

/// The provisioner's ServiceAccount and its rights.
pub static RBAC: Output = Output {
    id: "nfs-rbac",
    path: "10-storage/rbac.yaml",
    reads: Parts::CLUSTER.and(Parts::STORAGE),
    wanted: Plan::has_nfs,
    render: rbac,
};

/// The provisioner.
pub static DEPLOYMENT: Output = Output {
    id: "nfs-deployment",
    path: "10-storage/deployment.yaml",
    reads: Parts::CLUSTER.and(Parts::STORAGE),
    wanted: Plan::has_nfs,
    render: deployment,
};

/// The StorageClass of the provisioner, or of local volumes.
pub static STORAGE_CLASS: Output = Output {
    id: "storage-class",
    path: "10-storage/storage-class.yaml",
    reads: Parts::STORAGE,
    wanted: |plan| *plan.storage.kind != StorageKind::Class && plan.storage.class.is_some(),
    render: storage_class,
};

/// The provisioner's name in Deployment, ServiceAccount and labels.
const NAME: &str = "nfs-client-provisioner";

/// How the StorageClass calls the provisioner.
const PROVISIONER: &str = "k8s-sigs.io/nfs-subdir-external-provisioner";

/// Its rights on volumes and claims.
const RUNNER: &str = "nfs-client-provisioner-runner";

/// Its rights for electing a leader.
const LEADER: &str = "leader-locking-nfs-client-provisioner";

/// The group of Roles and their bindings.
const RBAC_GROUP: &str = "rbac.authorization.k8s.io";

fn labels(plan: &Plan) -> Traced<BTreeMap<String, String>> {
    plan.cluster.app_labels.map(|app| {
        let name = if *app {
            "app"
        } else {
            "app.kubernetes.io/name"
        };
        BTreeMap::from([(name.to_owned(), NAME.to_owned())])
    })
}

fn metadata(plan: &Plan, name: &str) -> ObjectMeta {
    ObjectMeta {
        name: Some(name.to_owned()),
        namespace: Some(plan.storage.nfs.namespace.value.clone()),
        labels: Some(labels(plan).value),
        ..ObjectMeta::default()
    }
}

/// The metadata of an object that stands in no namespace.
fn cluster_metadata(plan: &Plan, name: &str) -> ObjectMeta {
    ObjectMeta {
        namespace: None,
        ..metadata(plan, name)
    }
}

/// The document of one of the provisioner's objects.
fn document(plan: &Plan, object: impl serde::Serialize) -> Document {
    let document = Document::of(object)
        .from("", &plan.storage.kind.from)
        .from("metadata.labels", &plan.cluster.app_labels.from);
    if document.get("metadata.namespace").is_none() {
        return document;
    }
    document.from("metadata.namespace", &plan.storage.nfs.namespace.from)
}

fn rule(group: &str, resources: &[&str], verbs: &[&str]) -> PolicyRule {
    let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
    PolicyRule {
        api_groups: Some(vec![group.to_owned()]),
        resources: Some(owned(resources)),
        verbs: owned(verbs),
        ..PolicyRule::default()
    }
}

fn rbac(plan: &Plan) -> Rendered {
    let subjects = || {
        Some(vec![Subject {
            kind: "ServiceAccount".to_owned(),
            name: NAME.to_owned(),
            namespace: Some(plan.storage.nfs.namespace.value.clone()),
            ..Subject::default()
        }])
    };
    let role_ref = |kind: &str, name: &str| RoleRef {
        api_group: RBAC_GROUP.to_owned(),
        kind: kind.to_owned(),
        name: name.to_owned(),
    };
    let bound = |document: Document| {
        document.from("subjects[0].namespace", &plan.storage.nfs.namespace.from)
    };
    let look = ["get", "list", "watch"];
    let account = ServiceAccount {
        metadata: metadata(plan, NAME),
        ..ServiceAccount::default()
    };
    let runner = ClusterRole {
        metadata: cluster_metadata(plan, RUNNER),
        rules: Some(vec![
            rule("", &["nodes"], &look),
            rule(
                "",
                &["persistentvolumes"],
                &["get", "list", "watch", "create", "delete"],
            ),
            rule(
                "",
                &["persistentvolumeclaims"],
                &["get", "list", "watch", "update"],
            ),
            rule("storage.k8s.io", &["storageclasses"], &look),
            rule("", &["events"], &["create", "update", "patch"]),
        ]),
        ..ClusterRole::default()
    };
    let run = ClusterRoleBinding {
        metadata: cluster_metadata(plan, "run-nfs-client-provisioner"),
        role_ref: role_ref("ClusterRole", RUNNER),
        subjects: subjects(),
    };
    let leader = Role {
        metadata: metadata(plan, LEADER),
        rules: Some(vec![rule(
            "",
            &["endpoints"],
            &["get", "list", "watch", "create", "update", "patch"],
        )]),
    };
    let lead = RoleBinding {
        metadata: metadata(plan, LEADER),
        role_ref: role_ref("Role", LEADER),
        subjects: subjects(),
    };
    manifest(
        RBAC.path,
        plan.language(),
        vec![
            document(plan, account),
            document(plan, runner),
            bound(document(plan, run)),
            document(plan, leader).note("rules[0]", Sentence::plain("note.nfs-leader")),
            bound(document(plan, lead)),
        ],
    )
}

fn container(plan: &Plan) -> Container {
    let nfs = &plan.storage.nfs;
    let env = |name: &str, value: &str| EnvVar {
        name: name.to_owned(),
        value: Some(kubernetes_escape(value)),
        ..EnvVar::default()
    };
    let amounts = |amounts: &[(&str, &str)]| {
        let amounts = amounts.iter();
        Some(
            amounts
                .map(|&(name, amount)| (name.to_owned(), Quantity(amount.to_owned())))
                .collect(),
        )
    };
    Container {
        name: NAME.to_owned(),
        image: Some(nfs.image.value.clone()),
        image_pull_policy: Some(plan.cluster.pull_policy.value.clone()),
        env: Some(vec![
            env("PROVISIONER_NAME", PROVISIONER),
            env("NFS_SERVER", &nfs.server),
            env("NFS_PATH", &nfs.path),
        ]),
        resources: Some(ResourceRequirements {
            requests: amounts(&[("cpu", "10m"), ("memory", "64Mi")]),
            limits: amounts(&[("memory", "256Mi")]),
            ..ResourceRequirements::default()
        }),
        security_context: Some(SecurityContext {
            allow_privilege_escalation: Some(false),
            capabilities: Some(Capabilities {
                drop: Some(vec!["ALL".to_owned()]),
                ..Capabilities::default()
            }),
            seccomp_profile: Some(SeccompProfile {
                type_: "RuntimeDefault".to_owned(),
                ..SeccompProfile::default()
            }),
            ..SecurityContext::default()
        }),
        volume_mounts: Some(vec![mounted("export", "/persistentvolumes")]),
        ..Container::default()
    }
}

fn deployment(plan: &Plan) -> Rendered {
    let nfs = &plan.storage.nfs;
    let labels = labels(plan);
    let pod = PodSpec {
        service_account_name: Some(NAME.to_owned()),
        enable_service_links: Some(false),
        containers: vec![container(plan)],
        volumes: Some(vec![Volume {
            name: "export".to_owned(),
            nfs: Some(NFSVolumeSource {
                server: nfs.server.value.clone(),
                path: nfs.path.value.clone(),
                ..NFSVolumeSource::default()
            }),
            ..Volume::default()
        }]),
        ..PodSpec::default()
    };
    let object = Deployment {
        metadata: metadata(plan, NAME),
        spec: Some(DeploymentSpec {
            replicas: Some(1),
            strategy: Some(DeploymentStrategy {
                type_: Some("Recreate".to_owned()),
                ..DeploymentStrategy::default()
            }),
            selector: matching(&labels.value),
            template: PodTemplateSpec {
                metadata: Some(ObjectMeta {
                    labels: Some(labels.value),
                    ..ObjectMeta::default()
                }),
                spec: Some(pod),
            },
            ..DeploymentSpec::default()
        }),
        ..Deployment::default()
    };
    let template = "spec.template.spec";
    let container = format!("{template}.containers[0]");
    let document = document(plan, object)
        .from("spec.selector", &labels.from)
        .from("spec.template.metadata.labels", &labels.from)
        .from(&format!("{container}.image"), &nfs.image.from)
        .from(
            &format!("{container}.imagePullPolicy"),
            &plan.cluster.pull_policy.from,
        )
        .from(
            &format!("{container}.env[NFS_SERVER].value"),
            &nfs.server.from,
        )
        .from(&format!("{container}.env[NFS_PATH].value"), &nfs.path.from)
        .from(
            &format!("{template}.volumes[0].nfs.server"),
            &nfs.server.from,
        )
        .from(&format!("{template}.volumes[0].nfs.path"), &nfs.path.from)
        .note(
            &format!("{template}.volumes[0].nfs"),
            Sentence::plain("note.nfs-twice"),
        );
    manifest(DEPLOYMENT.path, plan.language(), vec![document])
}

fn storage_class(plan: &Plan) -> Rendered {
    let storage = &plan.storage;
    let is_nfs = plan.has_nfs();
    let metadata = ObjectMeta {
        name: storage.class.value.clone(),
        ..ObjectMeta::default()
    };
    let object = if is_nfs {
        StorageClass {
            metadata,
            provisioner: PROVISIONER.to_owned(),
            parameters: Some(
                [(
                    "archiveOnDelete".to_owned(),
                    storage.nfs.archive_on_delete.to_string(),
                )]
                .into(),
            ),
            reclaim_policy: Some("Delete".to_owned()),
            volume_binding_mode: Some("Immediate".to_owned()),
            allow_volume_expansion: Some(true),
            ..StorageClass::default()
        }
    } else {
        StorageClass {
            metadata,
            provisioner: "kubernetes.io/no-provisioner".to_owned(),
            reclaim_policy: Some("Retain".to_owned()),
            volume_binding_mode: Some("WaitForFirstConsumer".to_owned()),
            ..StorageClass::default()
        }
    };
    let document = Document::of(object)
        .from("", &storage.kind.from)
        .from("metadata.name", &storage.class.from);
    let document = if is_nfs {
        document
            .from(
                "parameters.archiveOnDelete",
                &storage.nfs.archive_on_delete.from,
            )
            .note(
                "parameters.archiveOnDelete",
                Sentence::plain("note.nfs-archive"),
            )
    } else {
        document.note("volumeBindingMode", Sentence::plain("note.local-binding"))
    };
    manifest(STORAGE_CLASS.path, plan.language(), vec![document])
}
