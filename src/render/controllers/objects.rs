//! The small objects of the controllers: ServiceAccount, Service, disruption budget.

use k8s_openapi::api::core::v1::{Service, ServiceAccount, ServicePort, ServiceSpec};
use k8s_openapi::api::policy::v1::{PodDisruptionBudget, PodDisruptionBudgetSpec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::{PORT_NAME, file};
use crate::plan::{Controllers, KRaft, Parts, Plan};
use crate::render::Output;
use crate::render::document::Document;
use crate::render::kafka::port;
use crate::render::process::{Process, matching};
use crate::text::Sentence;

/// The account of the controllers' pods.
pub static SERVICE_ACCOUNT: Output = Output {
    id: "controllers-service-account",
    path: "20-controllers/service-account.yaml",
    reads: Parts::CLUSTER.and(Parts::COORDINATION).and(Parts::KAFKA),
    wanted: |plan| plan.has_controllers() && *plan.cluster.service_accounts,
    render: |plan| {
        file(SERVICE_ACCOUNT.path, plan, |_, _| {
            vec![service_account(plan)]
        })
    },
};

/// The headless Service for the controllers' names.
pub static SERVICE: Output = Output {
    id: "controllers-service",
    path: "20-controllers/service.yaml",
    reads: Parts::CLUSTER.and(Parts::COORDINATION).and(Parts::KAFKA),
    wanted: Plan::has_controllers,
    render: |plan| {
        file(SERVICE.path, plan, |kraft, own| {
            vec![headless(plan, kraft, own)]
        })
    },
};

/// How many controllers may be taken away at the same time.
pub static DISRUPTION_BUDGET: Output = Output {
    id: "controllers-disruption-budget",
    path: "20-controllers/disruption-budget.yaml",
    reads: Parts::CLUSTER.and(Parts::COORDINATION).and(Parts::KAFKA),
    wanted: |plan| {
        plan.cluster.kubernetes.serves_policy_v1()
            && plan.controllers().is_some_and(|own| *own.pods.budget)
    },
    render: |plan| {
        file(DISRUPTION_BUDGET.path, plan, |_, own| {
            vec![budget(plan, own)]
        })
    },
};

fn service_account(plan: &Plan) -> Document {
    let process = Process::Controller;
    let metadata = process.metadata(plan, process.service_account(plan));
    Document::of(ServiceAccount {
        metadata: metadata.value,
        automount_service_account_token: Some(false),
        ..ServiceAccount::default()
    })
    .from("", &plan.cluster.service_accounts.from)
    .marked("metadata", &metadata.marks)
    .note(
        "automountServiceAccountToken",
        Sentence::plain("note.no-token"),
    )
}

/// Gives each pod its name, also before it is ready: none can be ready before they have found each other.
fn headless(plan: &Plan, kraft: &KRaft, own: &Controllers) -> Document {
    let selector = Process::Controller.selector(plan);
    let metadata = Process::Controller.metadata(plan, &own.headless_name);
    Document::of(Service {
        metadata: metadata.value,
        spec: Some(ServiceSpec {
            cluster_ip: Some("None".to_owned()),
            publish_not_ready_addresses: Some(true),
            selector: Some(selector.value),
            ports: Some(vec![ServicePort {
                name: Some(PORT_NAME.to_owned()),
                port: (*kraft.port).into(),
                target_port: Some(IntOrString::String(PORT_NAME.to_owned())),
                ..ServicePort::default()
            }]),
            ..ServiceSpec::default()
        }),
        ..Service::default()
    })
    .marked("metadata", &metadata.marks)
    .from("spec.selector", &selector.from)
    .from(&format!("spec.ports[{PORT_NAME}].port"), &kraft.port.from)
    .note("spec.clusterIP", Sentence::plain("note.headless"))
    .note(
        "spec.publishNotReadyAddresses",
        Sentence::plain("note.controllers-not-ready"),
    )
}

fn budget(plan: &Plan, own: &Controllers) -> Document {
    let selector = Process::Controller.selector(plan);
    let metadata = Process::Controller.metadata(plan, &Process::Controller.budget_name(plan));
    let kubernetes = &plan.cluster.kubernetes;
    let evicts_unhealthy = kubernetes.has_unhealthy_pod_eviction_policy();
    let document = Document::of(PodDisruptionBudget {
        metadata: metadata.value,
        spec: Some(PodDisruptionBudgetSpec {
            max_unavailable: Some(IntOrString::Int(port(*own.pods.max_unavailable))),
            selector: Some(matching(&selector.value)),
            unhealthy_pod_eviction_policy: evicts_unhealthy.then(|| "AlwaysAllow".to_owned()),
            ..PodDisruptionBudgetSpec::default()
        }),
        ..PodDisruptionBudget::default()
    })
    .from("", &own.pods.budget.from)
    .marked("metadata", &metadata.marks)
    .from("spec.maxUnavailable", &own.pods.max_unavailable.from)
    .from("spec.selector", &selector.from);
    if !evicts_unhealthy {
        return document;
    }
    document
        .from("spec.unhealthyPodEvictionPolicy", &kubernetes.from)
        .note(
            "spec.unhealthyPodEvictionPolicy",
            Sentence::plain("note.evict-unhealthy"),
        )
}
