//! A Service for each broker and each listener that clients outside reach through one.
//!
//! A client must reach the very broker that leads a partition, so one Service over all of them is not enough.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Service, ServicePort, ServiceSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::{open, port};
use crate::plan::{Exposure, Group, Listener, Parts, Plan, Traced};
use crate::render::document::{Document, manifest};
use crate::render::process::Process;
use crate::render::{Origins, Output, Rendered};

const PATH: &str = "30-kafka/external-services.yaml";

/// The label by which Kubernetes tells one pod of a StatefulSet.
const POD_NAME: &str = "statefulset.kubernetes.io/pod-name";

/// The Services of single brokers.
pub static OUTPUT: Output = Output {
    id: "kafka-external-services",
    path: PATH,
    reads: Parts::CLUSTER.and(Parts::KAFKA).and(Parts::LISTENERS),
    wanted: |plan| {
        let mut listeners = plan.kafka.listeners.iter();
        listeners.any(Listener::has_service_per_broker)
    },
    render,
};

fn render(plan: &Plan) -> Rendered {
    let mut services = Vec::new();
    let listeners = plan.kafka.listeners.iter();
    for listener in listeners.filter(|listener| listener.has_service_per_broker()) {
        for group in &plan.kafka.groups {
            let shared = Shared::of(plan, listener, group);
            services.extend((0..*group.brokers).map(|ordinal| service(&shared, ordinal)));
        }
    }
    manifest(PATH, plan.language(), services)
}

/// What the Services of one listener and one group have in common, made once.
struct Shared<'a> {
    listener: &'a Listener,
    group: &'a Group,
    namespace: &'a Traced<String>,
    labels: Traced<BTreeMap<String, String>>,
    selector: Traced<BTreeMap<String, String>>,
    /// Of the whole object.
    object: Origins,
    name: Origins,
    pod: Origins,
    node_port: Origins,
}

impl<'a> Shared<'a> {
    fn of(plan: &'a Plan, listener: &'a Listener, group: &'a Group) -> Self {
        let selector = Process::Kafka.group_selector(plan, group);
        let node_port = &listener.first_node_port.from;
        Self {
            listener,
            group,
            namespace: &plan.kafka.namespace,
            labels: Process::Kafka.labels(plan, &selector),
            selector,
            object: open(listener).and(&group.brokers.from),
            name: listener.service_name.from.and(&group.offset.from),
            pod: group.name.from.clone(),
            node_port: node_port.and(&group.offset.from),
        }
    }
}

fn service(shared: &Shared, ordinal: u64) -> Document {
    let Shared {
        listener, group, ..
    } = shared;
    let index = *group.offset + ordinal;
    let mut selector = shared.selector.value.clone();
    selector.insert(POD_NAME.to_owned(), format!("{}-{ordinal}", *group.name));
    let is_node_port = *listener.exposure == Exposure::NodePort;
    let balanced = !is_node_port;
    let (kind, number) = if is_node_port {
        ("NodePort", &listener.port)
    } else {
        ("LoadBalancer", &listener.advertised_port)
    };
    let policy = if *listener.local_traffic {
        "Local"
    } else {
        "Cluster"
    };
    let ranges = &listener.source_ranges;
    let class = &listener.load_balancer_class;
    let node_port = is_node_port.then(|| port(u64::from(*listener.first_node_port) + index));
    let name = listener.port_name();
    let path = format!("spec.ports[{name}]");
    let mut document = Document::of(Service {
        metadata: ObjectMeta {
            name: Some(format!("{}-{index}", *listener.service_name)),
            namespace: Some(shared.namespace.value.clone()),
            labels: Some(shared.labels.value.clone()),
            ..ObjectMeta::default()
        },
        spec: Some(ServiceSpec {
            type_: Some(kind.to_owned()),
            external_traffic_policy: Some(policy.to_owned()),
            load_balancer_class: class.value.clone().filter(|_| balanced),
            load_balancer_source_ranges: (balanced && !ranges.is_empty())
                .then(|| ranges.value.clone()),
            // A broker is registered, and told to clients, before its pod is ready.
            publish_not_ready_addresses: Some(true),
            selector: Some(selector),
            ports: Some(vec![ServicePort {
                node_port,
                port: (**number).into(),
                target_port: Some(IntOrString::String(name.clone())),
                name: Some(name),
                ..ServicePort::default()
            }]),
            ..ServiceSpec::default()
        }),
        ..Service::default()
    })
    .from("", &shared.object)
    .from("metadata.name", &shared.name)
    .from("metadata.namespace", &shared.namespace.from)
    .from("metadata.labels", &shared.labels.from)
    .from("spec.externalTrafficPolicy", &listener.local_traffic.from)
    .from("spec.selector", &shared.selector.from)
    .from(
        "spec.selector[\"statefulset.kubernetes.io/pod-name\"]",
        &shared.pod,
    )
    .from(&format!("{path}.port"), &number.from);
    if is_node_port {
        document = document.from(&format!("{path}.nodePort"), &shared.node_port);
    } else {
        if class.is_some() {
            document = document.from("spec.loadBalancerClass", &class.from);
        }
        if !ranges.is_empty() {
            document = document.from("spec.loadBalancerSourceRanges", &ranges.from);
        }
    }
    document
}
