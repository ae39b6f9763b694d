//! Listeners, and how clients outside the cluster reach each broker.
//!
//! A listener is an item of `kafka.listeners`; `internal` and `external` exist from the start.

use super::Section::Listeners;
use super::Start::{Derived, Empty, Value};
use super::{Field, Kind, NameKind};
use crate::plan::{Exposure, Listener, Plan};

const fn listener(id: &'static str, kind: Kind, start: super::Start) -> Field {
    Field::new(id, Listeners, "listeners", kind, start)
}

/// Whether a listener that is opened fits; for fields of some kinds of listeners only.
fn of(plan: &Plan, key: &str, fits: fn(&Listener) -> bool) -> bool {
    plan.kafka
        .listeners
        .iter()
        .any(|listener| listener.key == key && fits(listener))
}

/// Who reaches the listener, and through what.
pub static LISTENER_EXPOSURE: Field = listener(
    "kafka.listeners[].exposure",
    Kind::Choice(&["inside", "node-port", "load-balancer", "host-port", "none"]),
    Derived,
);

/// Its name in the configuration.
pub static LISTENER_NAME: Field = listener(
    "kafka.listeners[].name",
    Kind::Name(NameKind::Listener),
    Derived,
)
.of_item(|plan, key| of(plan, key, |_| true));

/// The port that the broker opens.
pub static LISTENER_PORT: Field = listener("kafka.listeners[].port", Kind::PORT, Derived)
    .of_item(|plan, key| of(plan, key, |_| true));

/// What is spoken on it.
pub static LISTENER_PROTOCOL: Field = listener(
    "kafka.listeners[].protocol",
    Kind::Choice(&["PLAINTEXT"]),
    Value("PLAINTEXT"),
);

/// Which address a broker tells its clients: its node's, one for all, or one each.
pub static LISTENER_ADDRESS_FROM: Field = listener(
    "kafka.listeners[].address_from",
    Kind::Choice(&["node", "fixed", "per-broker"]),
    Derived,
)
.when(|plan| plan.kafka.listeners.iter().any(Listener::is_outside))
.of_item(|plan, key| of(plan, key, Listener::is_outside));

/// The address for all brokers.
pub static LISTENER_ADDRESS: Field = listener("kafka.listeners[].address", Kind::Host, Empty)
    .when(|plan| plan.kafka.listeners.iter().any(Listener::has_fixed_address))
    .of_item(|plan, key| of(plan, key, Listener::has_fixed_address));

/// One address per broker, in the order of the brokers.
pub static LISTENER_ADDRESSES: Field = listener("kafka.listeners[].addresses", Kind::Hosts, Empty)
    .when(|plan| {
        plan.kafka
            .listeners
            .iter()
            .any(Listener::has_address_per_broker)
    })
    .of_item(|plan, key| of(plan, key, Listener::has_address_per_broker));

/// The node port of the first broker; each further one has the next.
pub static LISTENER_FIRST_NODE_PORT: Field = listener(
    "kafka.listeners[].first_node_port",
    Kind::PORT,
    Value("30010"),
)
.when(|plan| plan.has_exposure(Exposure::NodePort))
.of_item(|plan, key| {
    of(plan, key, |listener| {
        *listener.exposure == Exposure::NodePort
    })
});

/// Whether a node passes traffic on to pods of other nodes.
pub static LISTENER_TRAFFIC_POLICY: Field = listener(
    "kafka.listeners[].traffic_policy",
    Kind::Choice(&["Cluster", "Local"]),
    Derived,
)
.when(|plan| plan.has_exposure(Exposure::NodePort) || plan.has_exposure(Exposure::LoadBalancer))
.of_item(|plan, key| of(plan, key, Listener::has_service_per_broker));

/// The port of the node that the pod takes.
pub static LISTENER_HOST_PORT: Field = listener("kafka.listeners[].host_port", Kind::PORT, Derived)
    .when(|plan| plan.has_exposure(Exposure::HostPort))
    .of_item(|plan, key| {
        of(plan, key, |listener| {
            *listener.exposure == Exposure::HostPort
        })
    });

/// The port of the load balancer.
pub static LISTENER_ADVERTISED_PORT: Field =
    listener("kafka.listeners[].advertised_port", Kind::PORT, Derived)
        .when(|plan| plan.has_exposure(Exposure::LoadBalancer))
        .of_item(|plan, key| {
            of(plan, key, |listener| {
                *listener.exposure == Exposure::LoadBalancer
            })
        });

/// How the Services of single brokers begin; the broker's number follows.
pub static LISTENER_SERVICE_NAME: Field = listener(
    "kafka.listeners[].service_name",
    Kind::Name(NameKind::SetName),
    Derived,
)
.when(|plan| plan.has_exposure(Exposure::NodePort) || plan.has_exposure(Exposure::LoadBalancer))
.of_item(|plan, key| of(plan, key, Listener::has_service_per_broker));

/// Which addresses may use the load balancer.
pub static LISTENER_SOURCE_RANGES: Field =
    listener("kafka.listeners[].source_ranges", Kind::Cidrs, Empty)
        .when(|plan| plan.has_exposure(Exposure::LoadBalancer))
        .of_item(|plan, key| {
            of(plan, key, |listener| {
                *listener.exposure == Exposure::LoadBalancer
            })
        });

/// Which load balancer implementation answers.
pub static LISTENER_LOAD_BALANCER_CLASS: Field = listener(
    "kafka.listeners[].load_balancer_class",
    Kind::Name(NameKind::Qualified),
    Empty,
)
.when(|plan| plan.has_exposure(Exposure::LoadBalancer))
.of_item(|plan, key| {
    of(plan, key, |listener| {
        *listener.exposure == Exposure::LoadBalancer
    })
});

/// The listener that brokers use among themselves.
pub static INTER_BROKER_LISTENER: Field = Field::new(
    "kafka.options[inter.broker.listener.name]",
    Listeners,
    "derived",
    Kind::KafkaOption("inter.broker.listener.name"),
    Derived,
);

/// What the broker opens.
pub static LISTENERS: Field = Field::new(
    "kafka.options[listeners]",
    Listeners,
    "derived",
    Kind::KafkaOption("listeners"),
    Derived,
);

/// Which listener speaks what.
pub static PROTOCOL_MAP: Field = Field::new(
    "kafka.options[listener.security.protocol.map]",
    Listeners,
    "derived",
    Kind::KafkaOption("listener.security.protocol.map"),
    Derived,
);

/// What the broker tells its clients.
pub static ADVERTISED_LISTENERS: Field = Field::new(
    "kafka.options[advertised.listeners]",
    Listeners,
    "derived",
    Kind::KafkaOption("advertised.listeners"),
    Derived,
);
