//! The brokers: an output each for what they need, in the folder `30-kafka`.

pub mod config_map;
pub mod disruption_budget;
pub mod dockerfile;
pub mod external_services;
pub mod format;
pub mod network_policy;
pub mod service_account;
pub mod services;
pub mod stateful_set;

use super::Origins;
use crate::plan::{KRaft, Kafka, Listener, Plan, Traced};

/// Where Kafka lies in its image.
pub(in crate::render) const HOME: &str = "/opt/kafka";

/// The folder of application logs, and of the garbage collection log.
pub(super) const LOG_FOLDER: &str = "/var/log/kafka";

/// The user and the group of our images.
pub(super) const IMAGE_USER: u32 = 1000;

/// A name that follows from the brokers' name.
pub(super) fn name_with(plan: &Plan, suffix: &str) -> Traced<String> {
    plan.kafka.name.map(|name| format!("{name}{suffix}"))
}

/// The listeners that the bootstrap Service leads to: those for pods; without any, the one among brokers.
pub(super) fn inside_listeners(kafka: &Kafka) -> Vec<&Listener> {
    let inside: Vec<&Listener> = kafka
        .listeners
        .iter()
        .filter(|listener| !listener.is_outside())
        .collect();
    if inside.is_empty() {
        vec![kafka.inter_broker_listener()]
    } else {
        inside
    }
}

/// The label that clients inside wear to be let in by the NetworkPolicy.
pub(super) fn client_label(plan: &Plan) -> (Traced<String>, &'static str) {
    (name_with(plan, "-client"), "true")
}

/// A port number as Kubernetes types have it.
pub(in crate::render) fn port(number: u64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// The fields that a listener's being open and its place among the others come from.
pub(super) fn open(listener: &Listener) -> &Origins {
    &listener.exposure.from
}

/// The quorum, when the brokers are its members: then they open a port for it.
pub(super) fn combined(plan: &Plan) -> Option<&KRaft> {
    plan.kraft().filter(|kraft| kraft.controllers.is_none())
}
