//! The namespaces of the bundle, with the Pod Security level that they enforce.
//!
//! Namespaces that every cluster has (`default`, `kube-…`) are never rendered: deleting the bundle
//! would try to delete them.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::document::{Document, key, manifest};
use super::process::Process;
use super::{Origins, Output, Rendered};
use crate::plan::{Parts, Plan, PodSecurity, Traced};
use crate::text::Sentence;

/// The namespaces.
pub static OUTPUT: Output = Output {
    id: "namespaces",
    path: "00-namespaces/namespaces.yaml",
    reads: Parts::CLUSTER
        .and(Parts::STORAGE)
        .and(Parts::COORDINATION)
        .and(Parts::KAFKA),
    wanted: |plan| *plan.cluster.create_namespaces && !names(plan).is_empty(),
    render,
};

/// The label by which the API server knows the level.
const ENFORCE: &str = "pod-security.kubernetes.io/enforce";

/// The namespaces to render, each once, with the fields that put them here.
fn names(plan: &Plan) -> Vec<Traced<String>> {
    let mut names: Vec<Traced<String>> = Vec::new();
    let brokers = plan.kafka.namespace.clone();
    let ensemble = plan
        .zookeeper()
        .map(|_| Process::ZooKeeper.namespace(plan))
        .map(|name| {
            let from = name.from.and(&plan.cluster.coordination.from);
            Traced::new(name.value.clone(), from)
        });
    let provisioner = plan.has_nfs().then(|| {
        let name = &plan.storage.nfs.namespace;
        Traced::new(name.value.clone(), name.from.and(&plan.storage.kind.from))
    });
    let mut before = Origins::NONE;
    for name in std::iter::once(brokers).chain(ensemble).chain(provisioner) {
        // A later one is here because it differs from those before.
        before = before.and(&name.from);
        let known = names.iter().any(|earlier| earlier.value == name.value);
        if !known && !always_there(&name) {
            names.push(Traced::new(name.value, before.clone()));
        }
    }
    names
}

/// Whether every cluster has a namespace of this name.
fn always_there(name: &str) -> bool {
    name == "default" || name.starts_with("kube-")
}

fn render(plan: &Plan) -> Rendered {
    let documents = names(plan)
        .into_iter()
        .map(|name| namespace(plan, &name))
        .collect();
    manifest(OUTPUT.path, plan.language(), documents)
}

fn namespace(plan: &Plan, name: &Traced<String>) -> Document {
    let nfs = &plan.storage.nfs;
    let holds_provisioner = plan.has_nfs() && *nfs.namespace == name.value;
    let cluster = &plan.cluster;
    let level = match *cluster.pod_security {
        _ if !cluster.kubernetes.has_pod_security_labels() => None,
        PodSecurity::None => None,
        PodSecurity::Restricted if !holds_provisioner => Some("restricted"),
        PodSecurity::Restricted | PodSecurity::Baseline => Some("baseline"),
    };
    let labels = level.map(|level| BTreeMap::from([(ENFORCE.to_owned(), level.to_owned())]));
    let label = format!("metadata.labels{}", key(ENFORCE));
    let mut document = Document::of(Namespace {
        metadata: ObjectMeta {
            name: Some(name.value.clone()),
            labels,
            ..ObjectMeta::default()
        },
        ..Namespace::default()
    })
    .from("", &cluster.create_namespaces.from.and(&name.from));
    if level.is_some() {
        let storage = plan.storage.kind.from.and(&nfs.namespace.from);
        let from = Origins::all([&cluster.pod_security.from, &cluster.kubernetes.from]);
        document = document
            .from("metadata.labels", &from)
            .from(&label, &storage);
        if holds_provisioner && *cluster.pod_security == PodSecurity::Restricted {
            let why = Sentence::plain("note.nfs-baseline");
            document = document.note_from(&label, why, &storage);
        }
    }
    document
}
