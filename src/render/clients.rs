//! Configuration files for clients: the addresses to start from, as a client must use them.

use super::document::Text;
use super::kafka::{client_label, inside_listeners};
use super::{FileKind, Origins, Output, Rendered, Role, properties};
use crate::plan::{Address, Kafka, Listener, Parts, Plan};

const INSIDE_PATH: &str = "clients/inside.properties";
const OUTSIDE_PATH: &str = "clients/outside.properties";

/// How many addresses a client starts from at most: it is told the others.
const STARTS: usize = 5;

/// For clients inside the cluster.
pub static INSIDE: Output = Output {
    id: "client-inside",
    path: INSIDE_PATH,
    reads: Parts::CLUSTER.and(Parts::KAFKA).and(Parts::LISTENERS),
    wanted: |_| true,
    render: inside,
};

/// For clients outside the cluster.
pub static OUTSIDE: Output = Output {
    id: "client-outside",
    path: OUTSIDE_PATH,
    reads: Parts::KAFKA.and(Parts::LISTENERS),
    wanted: |plan| outside_listeners(&plan.kafka).next().is_some(),
    render: outside,
};

/// The listeners that clients outside reach.
pub(super) fn outside_listeners(kafka: &Kafka) -> impl Iterator<Item = &Listener> {
    kafka
        .listeners
        .iter()
        .filter(|listener| listener.is_outside())
}

/// The bootstrap Service's host.
pub(super) fn bootstrap_host(plan: &Plan) -> String {
    // What follows a pod's name, with the other Service in it.
    let suffix = plan.kafka.host_suffix();
    let rest = suffix
        .strip_prefix(plan.kafka.headless_name.as_str())
        .unwrap_or_default();
    format!("{}{rest}", *plan.kafka.bootstrap_name)
}

/// The fields that the bootstrap Service's host comes from.
pub(super) fn bootstrap_origins(plan: &Plan) -> Origins {
    Origins::all([
        &plan.kafka.bootstrap_name.from,
        &plan.kafka.namespace.from,
        &plan.cluster.domain.from,
    ])
}

/// The addresses of a listener for outside, each once; a node's address, which only the cluster knows,
/// is given as `$node`.
pub(super) fn outside_addresses(kafka: &Kafka, listener: &Listener) -> Vec<(String, u64)> {
    let mut seen = std::collections::BTreeSet::new();
    kafka
        .each_broker()
        .map(|(group, ordinal)| kafka.advertised(listener, group, ordinal))
        .filter(|address| seen.insert(address.clone()))
        .collect()
}

/// The fields that those addresses come from.
pub(super) fn outside_origins(kafka: &Kafka, listener: &Listener) -> Origins {
    Origins::all([
        &listener.exposure.from,
        &listener.address.from,
        &listener.first_node_port.from,
        &listener.host_port.from,
        &listener.advertised_port.from,
        &kafka.brokers.from,
    ])
}

fn inside(plan: &Plan) -> Rendered {
    let none = &Origins::NONE;
    let mut text = Text::new(Role::Property).note(plan.words("note.client-inside"), none);
    if *plan.cluster.network_policies {
        let (label, value) = client_label(plan);
        let from = label.from.and(&plan.cluster.network_policies.from);
        text = text
            .note(plan.words("note.client-label"), &from)
            .comment(format!("{}: \"{value}\"", *label), &from);
    }
    // There is always one.
    for listener in inside_listeners(&plan.kafka).into_iter().take(1) {
        let start = format!("{}:{}", bootstrap_host(plan), *listener.port);
        let opened = listener.exposure.from.and(&plan.kafka.inter_broker.from);
        let from = bootstrap_origins(plan)
            .and(&listener.port.from)
            .and(&opened);
        text = text
            .line(properties::line("bootstrap.servers", &start), &from)
            .line(
                properties::line("security.protocol", &listener.protocol),
                &listener.protocol.from.and(&opened),
            );
    }
    text.into_file(INSIDE_PATH, FileKind::Properties)
}

fn outside(plan: &Plan) -> Rendered {
    let kafka = &plan.kafka;
    // Which listener is the first one for outside, and whether there is any, all of them decide.
    let chosen = Origins::all(
        kafka
            .listeners
            .iter()
            .map(|listener| &listener.exposure.from),
    )
    .and(&kafka.closed);
    let mut text = Text::new(Role::Property).note(plan.words("note.client-outside"), &chosen);
    for listener in outside_listeners(kafka).take(1) {
        let starts: Vec<String> = outside_addresses(kafka, listener)
            .into_iter()
            .take(STARTS)
            .map(|(host, port)| match host.as_str() {
                "$node" => format!("NODE-ADDRESS:{port}"),
                host => format!("{host}:{port}"),
            })
            .collect();
        if !matches!(*listener.address, Address::Fixed(_)) {
            let unknown = starts
                .iter()
                .any(|start| start.starts_with("NODE-ADDRESS:"));
            if unknown {
                text = text.note(
                    plan.words("note.client-node"),
                    &outside_origins(kafka, listener).and(&chosen),
                );
            }
        }
        text = text
            .line(
                properties::line("bootstrap.servers", &starts.join(",")),
                &outside_origins(kafka, listener).and(&chosen),
            )
            .line(
                properties::line("security.protocol", &listener.protocol),
                &listener.protocol.from.and(&chosen),
            );
    }
    text.into_file(OUTSIDE_PATH, FileKind::Properties)
}
