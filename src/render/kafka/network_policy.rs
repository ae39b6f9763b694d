//! Who may reach the brokers: brokers, clients that wear the label, and anyone on listeners for outside.
//!
//! Only what comes in is restricted: what a broker must reach (names, the ensemble, perhaps plug-ins)
//! nobody can list for sure.

use k8s_openapi::api::networking::v1::{
    NetworkPolicy, NetworkPolicyIngressRule, NetworkPolicyPeer, NetworkPolicyPort,
    NetworkPolicySpec,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::{client_label, combined, inside_listeners, open};
use crate::plan::{Listener, Parts, Plan};
use crate::render::document::{Document, manifest};
use crate::render::process::{Process, matching};
use crate::render::{Output, Rendered};
use crate::text::Sentence;

const PATH: &str = "30-kafka/network-policy.yaml";

/// The brokers' NetworkPolicy.
pub static OUTPUT: Output = Output {
    id: "kafka-network-policy",
    path: PATH,
    reads: Parts::CLUSTER
        .and(Parts::COORDINATION)
        .and(Parts::KAFKA)
        .and(Parts::LISTENERS),
    wanted: |plan| *plan.cluster.network_policies,
    render,
};

fn render(plan: &Plan) -> Rendered {
    let kafka = &plan.kafka;
    let selector = Process::Kafka.selector(plan);
    let metadata = Process::Kafka.metadata(plan, &kafka.name);
    let all: Vec<&Listener> = kafka.listeners.iter().collect();
    let inside = inside_listeners(kafka);
    let outside: Vec<&Listener> = all.iter().copied().filter(|one| one.is_outside()).collect();
    let (label, value) = client_label(plan);
    let clients = [(label.value.clone(), value.to_owned())].into();
    let mut rules = vec![
        (
            "note.policy-brokers",
            Some(NetworkPolicyPeer {
                pod_selector: Some(matching(&selector.value)),
                ..NetworkPolicyPeer::default()
            }),
            all,
        ),
        (
            "note.policy-clients",
            Some(NetworkPolicyPeer {
                namespace_selector: Some(LabelSelector::default()),
                pod_selector: Some(matching(&clients)),
                ..NetworkPolicyPeer::default()
            }),
            inside,
        ),
    ];
    if !outside.is_empty() {
        rules.push(("note.policy-outside", None, outside));
    }
    let ingress = rules
        .iter()
        .map(|(_, peer, listeners)| rule(peer.as_ref(), listeners));
    let mut ingress: Vec<NetworkPolicyIngressRule> = ingress.collect();
    let quorum = combined(plan);
    // Brokers that are controllers too reach each other as such; nobody else does.
    if let (Some(kraft), Some(ports)) = (quorum, ingress[0].ports.as_mut()) {
        ports.push(tcp(*kraft.port));
    }
    let document = Document::of(NetworkPolicy {
        metadata: metadata.value,
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(matching(&selector.value)),
            policy_types: Some(vec!["Ingress".to_owned()]),
            ingress: Some(ingress),
            ..NetworkPolicySpec::default()
        }),
    })
    .marked("metadata", &metadata.marks)
    .from("", &plan.cluster.network_policies.from)
    .from("spec.podSelector", &selector.from)
    .from("spec.ingress[0].from", &selector.from)
    .from("spec.ingress[1].from", &label.from)
    .from("spec.ingress[1].ports", &kafka.inter_broker.from);
    let document = match quorum {
        Some(kraft) => {
            let path = format!("spec.ingress[0].ports[{}]", kafka.listeners.len());
            let from = plan.cluster.coordination.from.and(&kraft.port.from);
            document.from(&path, &from)
        }
        None => document,
    };
    let document =
        rules
            .iter()
            .enumerate()
            .fold(document, |document, (at, (note, _, listeners))| {
                let path = format!("spec.ingress[{at}]");
                let document = document.note(&path, Sentence::plain(*note));
                let document = if at == 2 {
                    listeners
                        .iter()
                        .fold(document, |document, one| document.from(&path, open(one)))
                } else {
                    document
                };
                listeners
                    .iter()
                    .enumerate()
                    .fold(document, |document, (number, listener)| {
                        let path = format!("{path}.ports[{number}]");
                        document
                            .from(&path, open(listener))
                            .from(&format!("{path}.port"), &listener.port.from)
                    })
            });
    manifest(PATH, plan.language(), vec![document])
}

fn rule(peer: Option<&NetworkPolicyPeer>, listeners: &[&Listener]) -> NetworkPolicyIngressRule {
    let ports = listeners.iter().map(|listener| tcp(*listener.port));
    NetworkPolicyIngressRule {
        from: peer.map(|peer| vec![peer.clone()]),
        ports: Some(ports.collect()),
    }
}

fn tcp(port: u16) -> NetworkPolicyPort {
    NetworkPolicyPort {
        port: Some(IntOrString::Int(port.into())),
        protocol: Some("TCP".to_owned()),
        ..NetworkPolicyPort::default()
    }
}
