//! What a client sees: where it starts, what each broker tells it, and whether it gets there.

use crate::plan::{Address, Exposure, Listener, Plan};

/// Where a client stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standpoint {
    /// In the brokers' namespace.
    Inside,
    /// In another namespace of the cluster.
    Elsewhere,
    /// Outside the cluster.
    Outside,
}

/// What a client at one standpoint sees on one listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientView {
    /// Where it stands.
    pub standpoint: Standpoint,
    /// The listener's name.
    pub listener: String,
    /// What to give as `bootstrap.servers`.
    pub bootstrap: Vec<String>,
    /// What each broker tells.
    pub brokers: Vec<BrokerView>,
}

/// What one broker tells a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokerView {
    /// Its `broker.id`.
    pub id: u64,
    /// Its pod.
    pub pod: String,
    /// Host and port; `$node` stands for the address of its node.
    pub address: String,
    /// Whether the client gets there.
    pub reach: Reach,
}

/// Whether a client gets to an address, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// A pod's name, resolved and routed inside the cluster.
    PodName,
    /// A pod's name means nothing outside the cluster.
    PodNameOutside,
    /// The port of a node, where the client can reach the nodes.
    Node,
    /// An address that only the person knows.
    Given,
    /// No address was given for this broker; it tells its node's, which no balancer answers on.
    Missing,
}

impl Reach {
    /// Its stable id, for its words: `reach.ID`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::PodName => "pod-name",
            Self::PodNameOutside => "pod-name-outside",
            Self::Node => "node",
            Self::Given => "given",
            Self::Missing => "missing",
        }
    }

    /// Whether the client gets there, as far as the design tells.
    pub const fn works(self) -> bool {
        matches!(self, Self::PodName | Self::Node | Self::Given)
    }
}

/// What clients see, standpoint by standpoint, each on the listener that it would take.
pub fn client_views(plan: &Plan) -> Vec<ClientView> {
    let inside = plan
        .kafka
        .listeners
        .iter()
        .find(|listener| *listener.exposure == Exposure::Inside);
    let inside = inside.unwrap_or(&plan.kafka.listeners[0]);
    let outside: Vec<&Listener> = plan
        .kafka
        .listeners
        .iter()
        .filter(|listener| listener.is_outside())
        .collect();
    let mut views = vec![
        view(plan, inside, Standpoint::Inside),
        view(plan, inside, Standpoint::Elsewhere),
    ];
    if outside.is_empty() {
        views.push(view(plan, inside, Standpoint::Outside));
    }
    views.extend(
        outside
            .into_iter()
            .map(|listener| view(plan, listener, Standpoint::Outside)),
    );
    views
}

fn view(plan: &Plan, listener: &Listener, standpoint: Standpoint) -> ClientView {
    let kafka = &plan.kafka;
    let brokers: Vec<BrokerView> = kafka
        .each_broker()
        .map(|(group, ordinal)| {
            let (host, port) = kafka.advertised(listener, group, ordinal);
            let reach = reach(listener, standpoint, &host);
            let host = if host.contains(':') && !host.starts_with('[') {
                format!("[{host}]")
            } else {
                host
            };
            BrokerView {
                id: *group.id_base + ordinal,
                pod: format!("{}-{ordinal}", *group.name),
                address: format!("{host}:{port}"),
                reach,
            }
        })
        .collect();
    let bootstrap = if listener.is_outside() {
        brokers
            .iter()
            .map(|broker| broker.address.clone())
            .collect()
    } else {
        let host = match standpoint {
            Standpoint::Inside => kafka.bootstrap_name.value.clone(),
            _ => format!("{}.{}.svc", *kafka.bootstrap_name, *kafka.namespace),
        };
        vec![format!("{host}:{}", *listener.port)]
    };
    ClientView {
        standpoint,
        listener: listener.name.value.clone(),
        bootstrap,
        brokers,
    }
}

fn reach(listener: &Listener, standpoint: Standpoint, host: &str) -> Reach {
    match (&*listener.address, standpoint) {
        (Address::Pod, Standpoint::Outside) => Reach::PodNameOutside,
        (Address::Pod, _) => Reach::PodName,
        _ if host != "$node" => Reach::Given,
        _ if *listener.exposure == Exposure::LoadBalancer => Reach::Missing,
        _ => Reach::Node,
    }
}
