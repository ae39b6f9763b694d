//! Who may reach the servers: brokers and servers as clients, only servers on the ports of the quorum.

use std::collections::BTreeMap;

use k8s_openapi::api::networking::v1::{
    NetworkPolicy, NetworkPolicyIngressRule, NetworkPolicyPeer, NetworkPolicyPort,
    NetworkPolicySpec,
};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::file;
use crate::plan::{Parts, Plan, ZooKeeper};
use crate::render::Output;
use crate::render::document::Document;
use crate::render::process::{Process, matching};
use crate::text::Sentence;

/// The policy.
pub static OUTPUT: Output = Output {
    id: "zookeeper-network-policy",
    path: "20-zookeeper/network-policy.yaml",
    reads: Parts::CLUSTER.and(Parts::COORDINATION).and(Parts::KAFKA),
    wanted: |plan| plan.has_ensemble() && *plan.cluster.network_policies,
    render: |plan| {
        file(OUTPUT.path, plan, |plan, zookeeper| {
            vec![policy(plan, zookeeper)]
        })
    },
};

/// The label that the API server gives to every namespace, from Kubernetes 1.21.
const NAMESPACE_NAME: &str = "kubernetes.io/metadata.name";

fn policy(plan: &Plan, zookeeper: &ZooKeeper) -> Document {
    let metadata = Process::ZooKeeper.metadata(plan, &zookeeper.name);
    let servers = Process::ZooKeeper.selector(plan);
    let brokers = Process::Kafka.selector(plan);
    let namespace = Process::Kafka.namespace(plan);
    let from_servers = || NetworkPolicyPeer {
        pod_selector: Some(matching(&servers.value)),
        ..NetworkPolicyPeer::default()
    };
    let from_brokers = NetworkPolicyPeer {
        namespace_selector: Some(matching(&BTreeMap::from([(
            NAMESPACE_NAME.to_owned(),
            namespace.value.clone(),
        )]))),
        pod_selector: Some(matching(&brokers.value)),
        ..NetworkPolicyPeer::default()
    };
    let port = |port: u16| NetworkPolicyPort {
        port: Some(IntOrString::Int(port.into())),
        protocol: Some("TCP".to_owned()),
        ..NetworkPolicyPort::default()
    };
    let rule = |from, ports| NetworkPolicyIngressRule {
        from: Some(from),
        ports: Some(ports),
    };
    Document::of(NetworkPolicy {
        metadata: metadata.value,
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(matching(&servers.value)),
            policy_types: Some(vec!["Ingress".to_owned()]),
            ingress: Some(vec![
                rule(
                    vec![from_brokers, from_servers()],
                    vec![port(*zookeeper.client_port)],
                ),
                rule(
                    vec![from_servers()],
                    vec![port(*zookeeper.server_port), port(*zookeeper.election_port)],
                ),
            ]),
            ..NetworkPolicySpec::default()
        }),
    })
    .from("", &plan.cluster.network_policies.from)
    .marked("metadata", &metadata.marks)
    .from("spec.podSelector", &servers.from)
    .from("spec.ingress[0].from[0].namespaceSelector", &namespace.from)
    .from("spec.ingress[0].from[0].podSelector", &brokers.from)
    .from("spec.ingress[0].from[1]", &servers.from)
    .from("spec.ingress[0].ports[0].port", &zookeeper.client_port.from)
    .from("spec.ingress[1].from[0]", &servers.from)
    .from("spec.ingress[1].ports[0].port", &zookeeper.server_port.from)
    .from(
        "spec.ingress[1].ports[1].port",
        &zookeeper.election_port.from,
    )
    .note(
        "spec.ingress[0]",
        Sentence::plain("note.policy-zookeeper-clients"),
    )
    .note("spec.ingress[1]", Sentence::plain("note.policy-quorum"))
}
