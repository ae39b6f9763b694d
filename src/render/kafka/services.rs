//! The brokers' Services inside the cluster: a name for each pod, and one to start from.

use k8s_openapi::api::core::v1::{Service, ServicePort, ServiceSpec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::{combined, inside_listeners, open};
use crate::plan::{Listener, Parts, Plan};
use crate::render::controllers::PORT_NAME;
use crate::render::document::{Document, manifest};
use crate::render::process::Process;
use crate::render::{Output, Rendered};
use crate::text::Sentence;

const PATH: &str = "30-kafka/services.yaml";

/// The headless Service and the bootstrap Service.
pub static OUTPUT: Output = Output {
    id: "kafka-services",
    path: PATH,
    reads: Parts::CLUSTER
        .and(Parts::COORDINATION)
        .and(Parts::KAFKA)
        .and(Parts::LISTENERS),
    wanted: |_| true,
    render,
};

fn render(plan: &Plan) -> Rendered {
    manifest(PATH, plan.language(), vec![headless(plan), bootstrap(plan)])
}

/// Gives each pod its name, also before it is ready: brokers find each other while they start.
fn headless(plan: &Plan) -> Document {
    let listeners: Vec<&Listener> = plan.kafka.listeners.iter().collect();
    let spec = ServiceSpec {
        cluster_ip: Some("None".to_owned()),
        publish_not_ready_addresses: Some(true),
        ..ServiceSpec::default()
    };
    let quorum = combined(plan).map(|kraft| ServicePort {
        name: Some(PORT_NAME.to_owned()),
        port: (*kraft.port).into(),
        target_port: Some(IntOrString::String(PORT_NAME.to_owned())),
        ..ServicePort::default()
    });
    let document = service(plan, &plan.kafka.headless_name, spec, &listeners, quorum);
    let path = format!("spec.ports[{PORT_NAME}]");
    let document = match combined(plan) {
        Some(kraft) => document
            .from(&path, &plan.cluster.coordination.from)
            .from(&format!("{path}.port"), &kraft.port.from),
        None => document,
    };
    document
        .note("spec.clusterIP", Sentence::plain("note.kafka-headless"))
        .note(
            "spec.publishNotReadyAddresses",
            Sentence::plain("note.kafka-not-ready"),
        )
}

/// Leads clients inside to any broker that is ready; from there they learn of the others.
fn bootstrap(plan: &Plan) -> Document {
    let listeners = inside_listeners(&plan.kafka);
    let spec = ServiceSpec {
        type_: Some("ClusterIP".to_owned()),
        ..ServiceSpec::default()
    };
    let document = service(plan, &plan.kafka.bootstrap_name, spec, &listeners, None);
    // Which listener stands here when none is for pods, the name among brokers decides.
    let from = &plan.kafka.inter_broker.from;
    let borrowed = listeners.iter().all(|listener| listener.is_outside());
    let document = if borrowed {
        document.from("spec.ports", from)
    } else {
        document
    };
    document.note("spec", Sentence::plain("note.kafka-bootstrap"))
}

fn service(
    plan: &Plan,
    name: &crate::plan::Traced<String>,
    spec: ServiceSpec,
    listeners: &[&Listener],
    further: Option<ServicePort>,
) -> Document {
    let metadata = Process::Kafka.metadata(plan, name);
    let selector = Process::Kafka.selector(plan);
    let document = Document::of(Service {
        metadata: metadata.value,
        spec: Some(ServiceSpec {
            selector: Some(selector.value),
            ports: Some(
                listeners
                    .iter()
                    .map(|listener| port(listener))
                    .chain(further)
                    .collect(),
            ),
            ..spec
        }),
        ..Service::default()
    })
    .marked("metadata", &metadata.marks)
    .from("spec.selector", &selector.from);
    listeners.iter().fold(document, |document, listener| {
        let path = format!("spec.ports[{}]", listener.port_name());
        document
            .from(&path, open(listener))
            .from(&format!("{path}.port"), &listener.port.from)
    })
}

fn port(listener: &Listener) -> ServicePort {
    ServicePort {
        name: Some(listener.port_name()),
        port: (*listener.port).into(),
        target_port: Some(IntOrString::String(listener.port_name())),
        ..ServicePort::default()
    }
}
