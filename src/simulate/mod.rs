//! What survives which failure, and what a client receives.
//!
//! The model: members stop and do not come back, every replica was in sync before, nothing is repaired
//! meanwhile, several parts fail at the same moment.
//! Shares of partitions are exact for many partitions whose replicas lie in all the ways that Kafka
//! allows: any set of brokers, or with racks any set that is spread over the racks as evenly as it goes.
//! Source: the failure model of the catalogue; placement as in Kafka's `AdminUtils` and `StripedReplicaPlacer`.

mod client;
mod placement;
mod words;

pub use client::{
    Answer, Answers, BrokerView, ClientView, Reach, Standpoint, answers, client_views,
};
pub use placement::{Down, Placement};
pub use words::{Effect, effects};

use crate::plan::Plan;

/// A part that can be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// A zone, by its number in the placement.
    Zone(usize),
    /// A node, by its number in the placement.
    Node(usize),
    /// A broker's pod, counted through all groups.
    Broker(usize),
    /// The pod of a ZooKeeper server, or of a controller that is no broker.
    Server(usize),
}

/// What is left after a loss.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Brokers that still run.
    pub brokers_up: usize,
    /// ZooKeeper servers or controllers that still run; in combined mode the brokers are the controllers.
    pub servers_up: usize,
    /// Whether servers or controllers still form a quorum: without it no leader is elected and no topic made.
    pub quorum: bool,
    /// Topics with the default number of copies.
    pub topics: Shares,
    /// The offsets topic: where it cannot be written, groups cannot commit.
    pub offsets: Shares,
    /// The transactions topic.
    pub transactions: Shares,
}

/// Shares of the partitions of a topic, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shares {
    /// Can be read, because a copy is left; without a quorum, because the leader is.
    pub readable: f64,
    /// Can be written with acks=all, because enough copies are left to confirm; without a quorum, because
    /// all are.
    pub writable: f64,
    /// Keep every confirmed record even if what failed never comes back, when copies lagged as far as allowed.
    pub safe: f64,
}

/// How a topic keeps its copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copies {
    /// Copies of each partition.
    pub replicas: usize,
    /// Copies that must confirm.
    pub min_in_sync: usize,
}

/// How bad an outcome is; the larger the worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Harm {
    /// Everything goes on.
    None,
    /// The quorum is lost: everything goes on until something else happens.
    Frozen,
    /// Some partitions refuse confirmed writes.
    Unwritable,
    /// Some partitions cannot be read.
    Unreadable,
}

impl Outcome {
    /// How bad it is.
    pub fn harm(&self) -> Harm {
        let all = |share: f64| share >= 1.0;
        if !all(self.topics.readable) || !all(self.offsets.readable) {
            Harm::Unreadable
        } else if !all(self.topics.writable) || !all(self.offsets.writable) {
            Harm::Unwritable
        } else if self.quorum {
            Harm::None
        } else {
            Harm::Frozen
        }
    }

    /// What is worse comes later; among equals the one that leaves less.
    fn rank(&self) -> (Harm, u64) {
        // A share has at most twelve digits that count here.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "shares lie between 0 and 1"
        )]
        let missing = ((4.0
            - self.topics.readable
            - self.topics.writable
            - self.offsets.readable
            - self.offsets.writable)
            * 1e12) as u64;
        (self.harm(), missing + u64::from(!self.quorum))
    }
}

/// Everything that outcomes depend on: equal models have equal outcomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// Where pods run.
    pub placement: Placement,
    /// Topics with the default number of copies.
    pub topics: Copies,
    /// The offsets topic.
    pub offsets: Copies,
    /// The transactions topic.
    pub transactions: Copies,
    /// Whether controllers coordinate, and no ensemble.
    pub kraft: bool,
    /// Whether the brokers are the controllers.
    pub combined: bool,
}

impl Model {
    /// What a plan says.
    pub fn of(plan: &Plan) -> Self {
        Self::at(plan, &Placement::of(plan))
    }

    /// What a plan says when its pods run at these places.
    pub fn at(plan: &Plan, placement: &Placement) -> Self {
        let version = *plan.kafka.version;
        let whole = |name: &str, start: usize| {
            plan.kafka
                .config
                .whole(name, version)
                .and_then(|number| usize::try_from(number).ok())
                .unwrap_or(start)
                .max(1)
        };
        let min_in_sync = whole("min.insync.replicas", 1);
        let copies = |replicas, min_in_sync| Copies {
            replicas,
            min_in_sync,
        };
        Self {
            placement: placement.clone(),
            topics: copies(whole("default.replication.factor", 1), min_in_sync),
            offsets: copies(whole("offsets.topic.replication.factor", 3), min_in_sync),
            transactions: copies(
                whole("transaction.state.log.replication.factor", 3),
                whole("transaction.state.log.min.isr", 2),
            ),
            kraft: plan.has_kraft(),
            combined: plan.is_combined(),
        }
    }

    /// How many servers or controllers make the quorum.
    pub fn coordinators(&self) -> usize {
        if self.combined {
            self.placement.brokers.len()
        } else {
            self.placement.servers.len()
        }
    }

    /// What is left of the cluster when some parts are lost.
    pub fn without(&self, lost: &[Part]) -> Outcome {
        let down = self.placement.down(lost);
        let coordinating = if self.combined {
            &down.brokers
        } else {
            &down.servers
        };
        let servers = coordinating.len();
        let servers_up = coordinating.iter().filter(|down| !**down).count();
        let quorum = servers == 0 || servers_up > servers / 2;
        let shares = |copies| {
            if quorum {
                self.placement.shares(&down.brokers, copies)
            } else {
                self.placement.shares_without_quorum(&down.brokers, copies)
            }
        };
        Outcome {
            brokers_up: down.brokers.iter().filter(|down| !**down).count(),
            servers_up,
            quorum,
            topics: shares(self.topics),
            offsets: shares(self.offsets),
            transactions: shares(self.transactions),
        }
    }

    /// The loss of one part that does most harm.
    pub fn weakest_single(&self) -> Option<(Part, Outcome)> {
        let kinds = self.placement.kinds().into_iter();
        worst(kinds.map(|part| (part, self.without(&[part]))))
    }

    /// The loss of two parts that does most harm.
    ///
    /// Parts that stand for each other (nodes with the same pods in the same zone) are tried once, so that
    /// the number of pairs does not grow with the square of a large cluster.
    pub fn weakest_pair(&self) -> Option<([Part; 2], Outcome)> {
        let pairs = self.placement.kinds_of_pairs().into_iter();
        worst(pairs.map(|pair| (pair, self.without(&pair))))
    }
}

/// What is left of the cluster when some parts are lost.
pub fn without(plan: &Plan, placement: &Placement, lost: &[Part]) -> Outcome {
    Model::at(plan, placement).without(lost)
}

/// The first of the worst.
fn worst<T>(outcomes: impl Iterator<Item = (T, Outcome)>) -> Option<(T, Outcome)> {
    outcomes.fold(None, |worst: Option<(T, Outcome)>, next| match worst {
        Some(worst) if worst.1.rank() >= next.1.rank() => Some(worst),
        _ => Some(next),
    })
}
