//! Who may reach the controllers: each other, and the brokers.

use k8s_openapi::api::networking::v1::{
    NetworkPolicy, NetworkPolicyIngressRule, NetworkPolicyPeer, NetworkPolicyPort,
    NetworkPolicySpec,
};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::file;
use crate::plan::{Controllers, KRaft, Parts, Plan};
use crate::render::Output;
use crate::render::document::Document;
use crate::render::process::{Process, matching};
use crate::text::Sentence;

/// The policy.
pub static OUTPUT: Output = Output {
    id: "controllers-network-policy",
    path: "20-controllers/network-policy.yaml",
    reads: Parts::CLUSTER.and(Parts::COORDINATION).and(Parts::KAFKA),
    wanted: |plan| plan.has_controllers() && *plan.cluster.network_policies,
    render: |plan| {
        file(OUTPUT.path, plan, |kraft, own| {
            vec![policy(plan, kraft, own)]
        })
    },
};

fn policy(plan: &Plan, kraft: &KRaft, own: &Controllers) -> Document {
    let metadata = Process::Controller.metadata(plan, &own.name);
    let controllers = Process::Controller.selector(plan);
    let brokers = Process::Kafka.selector(plan);
    let from = [&controllers, &brokers].map(|pods| NetworkPolicyPeer {
        pod_selector: Some(matching(&pods.value)),
        ..NetworkPolicyPeer::default()
    });
    Document::of(NetworkPolicy {
        metadata: metadata.value,
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(matching(&controllers.value)),
            policy_types: Some(vec!["Ingress".to_owned()]),
            ingress: Some(vec![NetworkPolicyIngressRule {
                from: Some(from.into()),
                ports: Some(vec![NetworkPolicyPort {
                    port: Some(IntOrString::Int((*kraft.port).into())),
                    protocol: Some("TCP".to_owned()),
                    ..NetworkPolicyPort::default()
                }]),
            }]),
            ..NetworkPolicySpec::default()
        }),
    })
    .from("", &plan.cluster.network_policies.from)
    .marked("metadata", &metadata.marks)
    .from("spec.podSelector", &controllers.from)
    .from("spec.ingress[0].from[0]", &controllers.from)
    .from("spec.ingress[0].from[1]", &brokers.from)
    .from("spec.ingress[0].ports[0].port", &kraft.port.from)
    .note(
        "spec.ingress[0]",
        Sentence::plain("note.policy-controllers"),
    )
}
