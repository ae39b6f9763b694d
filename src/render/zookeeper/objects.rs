//! The small objects of the ensemble: ServiceAccount, Services, disruption budget.

use k8s_openapi::api::core::v1::{Service, ServiceAccount, ServicePort, ServiceSpec};
use k8s_openapi::api::policy::v1::{PodDisruptionBudget, PodDisruptionBudgetSpec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::{file, ports};
use crate::plan::{Parts, Plan, ZooKeeper};
use crate::render::Output;
use crate::render::document::Document;
use crate::render::process::{Process, matching};
use crate::text::Sentence;

/// The account of the servers' pods.
pub static SERVICE_ACCOUNT: Output = Output {
    id: "zookeeper-service-account",
    path: "20-zookeeper/service-account.yaml",
    reads: Parts::CLUSTER.and(Parts::COORDINATION),
    wanted: |plan| plan.has_ensemble() && *plan.cluster.service_accounts,
    render: |plan| {
        file(SERVICE_ACCOUNT.path, plan, |plan, _| {
            vec![service_account(plan)]
        })
    },
};

/// The headless Service for the servers' names, and the Service for clients.
pub static SERVICES: Output = Output {
    id: "zookeeper-services",
    path: "20-zookeeper/services.yaml",
    reads: Parts::CLUSTER.and(Parts::COORDINATION),
    wanted: Plan::has_ensemble,
    render: |plan| {
        file(SERVICES.path, plan, |plan, zookeeper| {
            vec![headless(plan, zookeeper), client(plan, zookeeper)]
        })
    },
};

/// How many servers may be taken away at the same time.
pub static DISRUPTION_BUDGET: Output = Output {
    id: "zookeeper-disruption-budget",
    path: "20-zookeeper/disruption-budget.yaml",
    reads: Parts::CLUSTER.and(Parts::COORDINATION),
    wanted: |plan| {
        plan.cluster.kubernetes.serves_policy_v1()
            && plan
                .zookeeper()
                .is_some_and(|zookeeper| *zookeeper.pods.budget)
    },
    render: |plan| {
        file(DISRUPTION_BUDGET.path, plan, |plan, zookeeper| {
            vec![budget(plan, zookeeper)]
        })
    },
};

fn service_account(plan: &Plan) -> Document {
    let process = Process::ZooKeeper;
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

fn headless(plan: &Plan, zookeeper: &ZooKeeper) -> Document {
    let selector = Process::ZooKeeper.selector(plan);
    let metadata = Process::ZooKeeper.metadata(plan, &zookeeper.headless_name);
    let port = |(name, port): (&str, &crate::plan::Traced<u16>)| ServicePort {
        name: Some(name.to_owned()),
        port: i32::from(**port),
        ..ServicePort::default()
    };
    let document = Document::of(Service {
        metadata: metadata.value,
        spec: Some(ServiceSpec {
            cluster_ip: Some("None".to_owned()),
            publish_not_ready_addresses: zookeeper.publish_not_ready.then_some(true),
            selector: Some(selector.value),
            ports: Some(ports(zookeeper).map(port).into()),
            ..ServiceSpec::default()
        }),
        ..Service::default()
    })
    .marked("metadata", &metadata.marks)
    .from("spec.selector", &selector.from)
    .note("spec.clusterIP", Sentence::plain("note.headless"));
    let document = ports(zookeeper)
        .iter()
        .fold(document, |document, (name, port)| {
            document.from(&format!("spec.ports[{name}].port"), &port.from)
        });
    if !*zookeeper.publish_not_ready {
        return document;
    }
    document
        .from(
            "spec.publishNotReadyAddresses",
            &zookeeper.publish_not_ready.from,
        )
        .note(
            "spec.publishNotReadyAddresses",
            Sentence::plain("note.publish-not-ready"),
        )
}

fn client(plan: &Plan, zookeeper: &ZooKeeper) -> Document {
    let selector = Process::ZooKeeper.selector(plan);
    let metadata = Process::ZooKeeper.metadata(plan, &zookeeper.client_name);
    Document::of(Service {
        metadata: metadata.value,
        spec: Some(ServiceSpec {
            selector: Some(selector.value),
            ports: Some(vec![ServicePort {
                name: Some("client".to_owned()),
                port: i32::from(*zookeeper.client_port),
                target_port: Some(IntOrString::String("client".to_owned())),
                ..ServicePort::default()
            }]),
            ..ServiceSpec::default()
        }),
        ..Service::default()
    })
    .marked("metadata", &metadata.marks)
    .from("spec.selector", &selector.from)
    .from("spec.ports[client].port", &zookeeper.client_port.from)
    .note("", Sentence::plain("note.zookeeper-client-service"))
}

fn budget(plan: &Plan, zookeeper: &ZooKeeper) -> Document {
    let selector = Process::ZooKeeper.selector(plan);
    let metadata = Process::ZooKeeper.metadata(plan, &Process::ZooKeeper.budget_name(plan));
    let pods = &zookeeper.pods;
    let kubernetes = &plan.cluster.kubernetes;
    let evicts_unhealthy = kubernetes.has_unhealthy_pod_eviction_policy();
    let document = Document::of(PodDisruptionBudget {
        metadata: metadata.value,
        spec: Some(PodDisruptionBudgetSpec {
            max_unavailable: i32::try_from(*pods.max_unavailable)
                .ok()
                .map(IntOrString::Int),
            selector: Some(matching(&selector.value)),
            unhealthy_pod_eviction_policy: evicts_unhealthy.then(|| "AlwaysAllow".to_owned()),
            ..PodDisruptionBudgetSpec::default()
        }),
        ..PodDisruptionBudget::default()
    })
    .from("", &pods.budget.from)
    .marked("metadata", &metadata.marks)
    .from("spec.maxUnavailable", &pods.max_unavailable.from)
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
