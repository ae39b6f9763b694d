//! Network policies of a cluster on its way: controllers reach ZooKeeper, and brokers with ZooKeeper.
//!
//! What several policies allow adds up, so these stand beside those that the cluster has, and go again.
//! A KRaft controller never connects to a broker; one that leads brokers with ZooKeeper does.

use std::collections::BTreeMap;
use std::sync::Arc;

use k8s_openapi::api::networking::v1::{
    NetworkPolicy, NetworkPolicyIngressRule, NetworkPolicyPeer, NetworkPolicyPort,
    NetworkPolicySpec,
};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use crate::plan::Plan;
use crate::render::Rendered;
use crate::render::document::{Document, manifest};
use crate::render::process::{Process, matching};
use crate::text::Sentence;

/// The file of these policies.
const PATH: &str = "20-controllers/migration-policies.yaml";

/// The label that the API server gives to every namespace, from Kubernetes 1.21.
const NAMESPACE_NAME: &str = "kubernetes.io/metadata.name";

/// The state with the policies, when the cluster has any.
pub(super) fn with(
    mut state: Vec<Arc<Rendered>>,
    before: &Plan,
    after: &Plan,
) -> Vec<Arc<Rendered>> {
    let Some(zookeeper) = before.zookeeper() else {
        return state;
    };
    if !*before.cluster.network_policies {
        return state;
    }
    let listener = before.kafka.inter_broker_listener();
    let objects = vec![
        policy(Process::ZooKeeper, *zookeeper.client_port, before, after),
        policy(Process::Kafka, *listener.port, before, after),
    ];
    state.push(Arc::new(manifest(PATH, before.language(), objects)));
    state
}

/// Lets the controllers in on a port.
fn policy(to: Process, port: u16, before: &Plan, after: &Plan) -> Document {
    let name = to.name(before).map(|name| format!("{name}-migration"));
    let metadata = to.metadata(before, &name);
    let namespace = Process::Controller.namespace(after).value.clone();
    let from = NetworkPolicyPeer {
        namespace_selector: Some(matching(&BTreeMap::from([(
            NAMESPACE_NAME.to_owned(),
            namespace,
        )]))),
        pod_selector: Some(matching(&Process::Controller.selector(after).value)),
        ..NetworkPolicyPeer::default()
    };
    Document::of(NetworkPolicy {
        metadata: metadata.value,
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(matching(&to.selector(before).value)),
            policy_types: Some(vec!["Ingress".to_owned()]),
            ingress: Some(vec![NetworkPolicyIngressRule {
                from: Some(vec![from]),
                ports: Some(vec![NetworkPolicyPort {
                    port: Some(IntOrString::Int(port.into())),
                    protocol: Some("TCP".to_owned()),
                    ..NetworkPolicyPort::default()
                }]),
            }]),
            ..NetworkPolicySpec::default()
        }),
    })
    .note(
        "spec.ingress[0]",
        Sentence::plain("migrate.note.controllers"),
    )
}
