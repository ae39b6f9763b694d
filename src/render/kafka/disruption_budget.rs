//! One disruption budget for all brokers, so that drains of several groups wait for each other.

use k8s_openapi::api::policy::v1::{PodDisruptionBudget, PodDisruptionBudgetSpec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::port;
use crate::plan::{Parts, Plan};
use crate::render::document::{Document, manifest};
use crate::render::process::{Process, matching};
use crate::render::{Output, Rendered};
use crate::text::Sentence;

const PATH: &str = "30-kafka/disruption-budget.yaml";

/// The brokers' disruption budget.
pub static OUTPUT: Output = Output {
    id: "kafka-disruption-budget",
    path: PATH,
    reads: Parts::CLUSTER.and(Parts::KAFKA).and(Parts::KAFKA_PODS),
    wanted: |plan| *plan.kafka.pods.budget,
    render,
};

fn render(plan: &Plan) -> Rendered {
    let pods = &plan.kafka.pods;
    let kubernetes = &plan.cluster.kubernetes;
    let selector = Process::Kafka.selector(plan);
    let metadata = Process::Kafka.metadata(plan, &Process::Kafka.budget_name(plan));
    let always_allow = kubernetes.has_unhealthy_pod_eviction_policy();
    let mut budget = Document::of(PodDisruptionBudget {
        metadata: metadata.value,
        spec: Some(PodDisruptionBudgetSpec {
            max_unavailable: Some(IntOrString::Int(port(*pods.max_unavailable))),
            selector: Some(matching(&selector.value)),
            // A broker that never gets ready must not hold up the drain of its node.
            unhealthy_pod_eviction_policy: always_allow.then(|| "AlwaysAllow".to_owned()),
            ..PodDisruptionBudgetSpec::default()
        }),
        ..PodDisruptionBudget::default()
    })
    .marked("metadata", &metadata.marks)
    .from("", &pods.budget.from)
    .from("spec.maxUnavailable", &pods.max_unavailable.from)
    .from("spec.selector", &selector.from)
    .note(
        "spec.maxUnavailable",
        Sentence::plain("note.kafka-budget-of-all"),
    );
    if always_allow {
        budget = budget.from("spec.unhealthyPodEvictionPolicy", &kubernetes.from);
    }
    manifest(PATH, plan.language(), vec![budget])
}
