//! Local volumes: a PersistentVolume for each claim, reserved for it, on the nodes that are known.
//!
//! A volume names its claim, so that the scheduler cannot give a broker the disk of another one.
//! All volumes of a pod lie on one node: the pods go round the nodes in turn.

use k8s_openapi::api::core::v1::{
    LocalVolumeSource, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, ObjectReference,
    PersistentVolume, PersistentVolumeSpec, VolumeNodeAffinity,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity as Amount;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::document::{Document, manifest};
use super::process::Process;
use super::{Origins, Output, Rendered};
use crate::fields::Quantity;
use crate::plan::{Parts, Plan, Traced};
use crate::text::Sentence;

/// The volumes.
pub static OUTPUT: Output = Output {
    id: "local-volumes",
    path: "10-storage/volumes.yaml",
    reads: Parts::CLUSTER
        .and(Parts::NODES)
        .and(Parts::STORAGE)
        .and(Parts::COORDINATION)
        .and(Parts::KAFKA),
    wanted: |plan| {
        plan.has_local_storage() && !plan.cluster.nodes.names.is_empty() && !claims(plan).is_empty()
    },
    render,
};

/// A claim of one pod.
struct Claim<'a> {
    /// The claim template's name.
    template: &'a str,
    /// The pod's name.
    pod: String,
    /// The fields that both names come from.
    names: Origins,
    /// The namespace.
    namespace: &'a Traced<String>,
    /// The size asked for.
    size: &'a Traced<Quantity>,
    /// Who may mount it.
    access_mode: &'a Traced<String>,
    /// Which pod it is, counted over the process; decides the node.
    turn: u64,
    /// The fields that decide the turn.
    turn_from: Origins,
    /// The fields that decide whether there is such a claim.
    there: Origins,
}

/// Every claim that a local volume serves.
fn claims(plan: &Plan) -> Vec<Claim<'_>> {
    let mut claims = Vec::new();
    if let Some(zookeeper) = plan.zookeeper() {
        let namespace = Process::ZooKeeper.namespace(plan);
        let there = &zookeeper.servers.from;
        let log = zookeeper.log_volume.as_ref();
        for ordinal in 0..*zookeeper.servers {
            for (mount, switch) in std::iter::once((&zookeeper.data_volume, &Origins::NONE))
                .chain(log.map(|log| (log, &zookeeper.has_log_volume.from)))
            {
                claims.push(Claim {
                    template: &mount.claim,
                    pod: zookeeper.pod_name(ordinal),
                    names: mount.claim.from.and(&zookeeper.name.from),
                    namespace,
                    size: &mount.size,
                    access_mode: &zookeeper.access_mode,
                    turn: ordinal,
                    turn_from: Origins::NONE,
                    there: there.and(switch),
                });
            }
        }
    }
    if let Some(own) = plan.controllers() {
        for ordinal in 0..*own.count {
            claims.push(Claim {
                template: &own.volume.claim,
                pod: own.pod_name(ordinal),
                names: own.volume.claim.from.and(&own.name.from),
                namespace: Process::Controller.namespace(plan),
                size: &own.volume.size,
                access_mode: &own.access_mode,
                turn: ordinal,
                turn_from: Origins::NONE,
                there: own.count.from.clone(),
            });
        }
    }
    let kafka = &plan.kafka;
    for (group, ordinal) in kafka.each_broker() {
        for disk in &kafka.disks {
            // A disk with a class of its own is served by that class.
            if *disk.class != *plan.storage.class {
                continue;
            }
            claims.push(Claim {
                template: &disk.key,
                pod: format!("{}-{ordinal}", *group.name),
                names: group.name.from.clone(),
                namespace: &kafka.namespace,
                size: &disk.size,
                access_mode: &kafka.access_mode,
                turn: *group.offset + ordinal,
                turn_from: group.offset.from.clone(),
                there: Origins::all([
                    &group.brokers.from,
                    &disk.class.from,
                    &plan.storage.class.from,
                ]),
            });
        }
    }
    claims
}

fn render(plan: &Plan) -> Rendered {
    let claims = claims(plan);
    let volumes = claims.iter().enumerate().map(|(number, claim)| {
        let volume = volume(plan, claim);
        if number > 0 {
            return volume;
        }
        // What holds for all is said once.
        volume
            .note("spec.claimRef", Sentence::plain("note.local-claim"))
            .note("spec.local", Sentence::plain("note.local-folder"))
    });
    manifest(OUTPUT.path, plan.language(), volumes.collect())
}

fn volume(plan: &Plan, claim: &Claim) -> Document {
    let storage = &plan.storage;
    let nodes = &plan.cluster.nodes.names;
    let turn = usize::try_from(claim.turn).unwrap_or_default();
    let node = nodes.iter().cycle().nth(turn % nodes.len().max(1));
    let name = format!("{}-{}", claim.template, claim.pod);
    let folder = format!("{}/{name}", storage.local_path.trim_end_matches('/'));
    let object = PersistentVolume {
        metadata: ObjectMeta {
            name: Some(format!("{}-{name}", **claim.namespace)),
            ..ObjectMeta::default()
        },
        spec: Some(PersistentVolumeSpec {
            capacity: Some([("storage".to_owned(), Amount(claim.size.text.clone()))].into()),
            access_modes: Some(vec![claim.access_mode.value.clone()]),
            storage_class_name: storage.class.value.clone(),
            persistent_volume_reclaim_policy: Some("Retain".to_owned()),
            claim_ref: Some(ObjectReference {
                api_version: Some("v1".to_owned()),
                kind: Some("PersistentVolumeClaim".to_owned()),
                name: Some(name),
                namespace: Some(claim.namespace.value.clone()),
                ..ObjectReference::default()
            }),
            local: Some(LocalVolumeSource {
                path: folder,
                ..LocalVolumeSource::default()
            }),
            node_affinity: Some(VolumeNodeAffinity {
                required: Some(NodeSelector {
                    node_selector_terms: vec![NodeSelectorTerm {
                        match_expressions: Some(vec![NodeSelectorRequirement {
                            key: "kubernetes.io/hostname".to_owned(),
                            operator: "In".to_owned(),
                            values: Some(node.into_iter().cloned().collect()),
                        }]),
                        ..NodeSelectorTerm::default()
                    }],
                }),
            }),
            ..PersistentVolumeSpec::default()
        }),
        status: None,
    };
    let there = Origins::all([
        &storage.kind.from,
        &nodes.from,
        &claim.there,
        &plan.cluster.coordination.from,
    ]);
    Document::of(object)
        .from("", &there)
        .from("metadata.name", &claim.names.and(&claim.namespace.from))
        .from("spec.capacity", &claim.size.from)
        .from("spec.accessModes", &claim.access_mode.from)
        .from("spec.storageClassName", &storage.class.from)
        .from("spec.claimRef.name", &claim.names)
        .from("spec.claimRef.namespace", &claim.namespace.from)
        .from(
            "spec.local.path",
            &claim.names.and(&storage.local_path.from),
        )
        .from("spec.nodeAffinity", &claim.turn_from)
}
