//! What a client sees: where it starts, what each broker tells it, and whether it gets there.

use super::{Part, Placement};
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
    /// The key of its words.
    pub const fn key(self) -> &'static str {
        match self {
            Self::PodName => "reach.pod-name",
            Self::PodNameOutside => "reach.pod-name-outside",
            Self::Node => "reach.node",
            Self::Given => "reach.given",
            Self::Missing => "reach.missing",
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

/// Which addresses still answer at one standpoint and listener when some parts are lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answers {
    /// What the client sees.
    pub view: ClientView,
    /// Whether a client can still begin: one of the bootstrap addresses leads to a broker that runs.
    pub bootstrap: Answer,
    /// For each broker of the view.
    pub brokers: Vec<Answer>,
}

/// Whether an address answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// It does.
    Yes,
    /// It does unless it is the address of a node that was lost: one address stands for all brokers.
    UnlessLost,
    /// Nothing answers there.
    No,
}

/// Which client addresses still answer when some parts are lost.
///
/// A broker that is down answers nowhere. One that runs answers where the client gets to it at all;
/// an address that stands for all brokers may be that of a lost node, which only the person knows.
pub fn answers(plan: &Plan, placement: &Placement, lost: &[Part]) -> Vec<Answers> {
    let down = placement.down(lost).brokers;
    let node_lost = lost
        .iter()
        .any(|part| matches!(part, Part::Node(_) | Part::Zone(_)));
    let answers = |view: ClientView| {
        let listener = plan
            .kafka
            .listeners
            .iter()
            .find(|listener| *listener.name == view.listener);
        let shared =
            listener.is_some_and(|listener| matches!(*listener.address, Address::Fixed(_)));
        let brokers: Vec<Answer> = view
            .brokers
            .iter()
            .zip(down.iter().chain(std::iter::repeat(&false)))
            .map(|(broker, down)| {
                if !broker.reach.works() || *down {
                    Answer::No
                } else if shared && node_lost {
                    Answer::UnlessLost
                } else {
                    Answer::Yes
                }
            })
            .collect();
        Answers {
            bootstrap: brokers.iter().min().copied().unwrap_or(Answer::No),
            brokers,
            view,
        }
    };
    client_views(plan).into_iter().map(answers).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::presets::PRESETS;

    fn lost(design: &crate::design::Design, parts: &[Part]) -> Vec<Answers> {
        let plan = Plan::of(design);
        answers(&plan, &Placement::of(&plan), parts)
    }

    #[test]
    fn a_lost_broker_answers_nowhere_and_the_others_go_on() {
        let design = PRESETS[0]
            .design()
            .with("kafka.listeners[external].exposure", "node-port");
        let answers = lost(&design, &[Part::Node(1)]);
        assert_eq!(answers.len(), 3);
        for one in &answers {
            assert_eq!(one.brokers, [Answer::Yes, Answer::No, Answer::Yes]);
            assert_eq!(one.bootstrap, Answer::Yes);
        }
        let all = lost(&design, &[0, 1, 2].map(Part::Broker));
        assert!(all.iter().all(|one| one.bootstrap == Answer::No));
    }

    #[test]
    fn an_address_for_all_may_be_that_of_the_lost_node() {
        let design = PRESETS[0]
            .design()
            .with("kafka.listeners[external].exposure", "node-port")
            .with("kafka.listeners[external].address_from", "fixed")
            .with("kafka.listeners[external].address", "192.0.2.7");
        let outside = |parts: &[Part]| lost(&design, parts).pop().map(|one| one.brokers);
        assert_eq!(
            outside(&[Part::Node(0)]),
            Some(vec![Answer::No, Answer::UnlessLost, Answer::UnlessLost])
        );
        assert_eq!(
            outside(&[Part::Broker(0)]),
            Some(vec![Answer::No, Answer::Yes, Answer::Yes])
        );
    }

    #[test]
    fn a_pods_name_answers_nobody_outside() {
        let outside = lost(&PRESETS[0].design(), &[]).pop().expect("a view");
        assert_eq!(outside.view.standpoint, Standpoint::Outside);
        assert_eq!(outside.bootstrap, Answer::No);
    }
}
