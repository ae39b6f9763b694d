//! Where pods run, as far as the plan tells, and how replicas lie on brokers.

use std::collections::BTreeMap;

use super::{Copies, Part, Shares};
use crate::plan::{Affinity, Coordination, Plan};

/// Where pods run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    /// The zones' names; one without a name when none is known.
    pub zones: Vec<String>,
    /// For each node its zone.
    pub nodes: Vec<usize>,
    /// For each broker its node.
    pub brokers: Vec<usize>,
    /// For each broker its rack, when racks are told.
    pub racks: Option<Vec<usize>>,
    /// For each ZooKeeper server, or each controller that is no broker, its node.
    pub servers: Vec<usize>,
    /// Whether the number of nodes is known; otherwise every pod is taken to have a node of its own kind.
    pub nodes_known: bool,
}

/// Which members are down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Down {
    /// For each broker.
    pub brokers: Vec<bool>,
    /// For each server.
    pub servers: Vec<bool>,
}

impl Placement {
    /// The placement that the scheduler would choose on empty nodes of one size.
    pub fn of(plan: &Plan) -> Self {
        let mut zones = plan.cluster.nodes.zones.value.clone();
        for zone in plan
            .kafka
            .groups
            .iter()
            .filter_map(|group| group.zone.as_ref())
        {
            if !zones.contains(zone) {
                zones.push(zone.clone());
            }
        }
        if zones.is_empty() {
            zones.push(String::new());
        }
        let servers = match &plan.coordination {
            Coordination::ZooKeeper(zookeeper) => *zookeeper.servers,
            // In combined mode the brokers are the controllers.
            Coordination::KRaft(kraft) => kraft.controllers.as_ref().map_or(0, |own| *own.count),
        };
        let servers = usize::try_from(servers).unwrap_or(255);
        let brokers = plan.kafka.each_broker().count();
        let known = plan
            .cluster
            .nodes
            .count
            .and_then(|count| usize::try_from(count).ok());
        let count = known
            .unwrap_or_else(|| brokers.max(servers))
            .clamp(1, 15_000);
        let nodes: Vec<usize> = (0..count).map(|node| node % zones.len()).collect();
        let groups = plan.kafka.each_broker().map(|(group, _)| {
            group
                .zone
                .as_ref()
                .and_then(|zone| zones.iter().position(|known| known == zone))
        });
        let (broker_nodes, racks) = place_brokers(&nodes, groups, *plan.kafka.pods.anti_affinity);
        Self {
            servers: (0..servers).map(|server| server % count).collect(),
            brokers: broker_nodes,
            racks,
            zones,
            nodes,
            nodes_known: known.is_some(),
        }
    }

    /// Whether there is such a part.
    pub fn has(&self, part: Part) -> bool {
        match part {
            Part::Zone(zone) => zone < self.zones.len() && self.zones.len() > 1,
            Part::Node(node) => node < self.nodes.len(),
            Part::Broker(broker) => broker < self.brokers.len(),
            Part::Server(server) => server < self.servers.len(),
        }
    }

    /// The members that are down when some parts are lost.
    pub fn down(&self, lost: &[Part]) -> Down {
        let node_lost = |node: usize| {
            lost.iter().any(|part| {
                *part == Part::Node(node)
                    || Some(*part) == self.nodes.get(node).map(|zone| Part::Zone(*zone))
            })
        };
        let down = |nodes: &[usize], own: fn(usize) -> Part| {
            nodes
                .iter()
                .enumerate()
                .map(|(at, node)| node_lost(*node) || lost.contains(&own(at)))
                .collect()
        };
        Down {
            brokers: down(&self.brokers, Part::Broker),
            servers: down(&self.servers, Part::Server),
        }
    }

    /// The shares of a topic's partitions that keep each property.
    pub fn shares(&self, down: &[bool], copies: Copies) -> Shares {
        let replicas = copies.replicas.min(down.len());
        let counts = self.replica_sets(down, replicas);
        let all: f64 = counts.iter().sum();
        let share = |allowed: Option<usize>| match allowed {
            _ if all <= 0.0 => 0.0,
            None => 0.0,
            Some(allowed) if allowed >= replicas => 1.0,
            Some(allowed) => counts.iter().take(allowed + 1).sum::<f64>() / all,
        };
        Shares {
            readable: share(replicas.checked_sub(1)),
            writable: share(replicas.checked_sub(copies.min_in_sync)),
            safe: share(copies.min_in_sync.min(replicas).checked_sub(1)),
        }
    }

    /// The same when the quorum is lost in the same moment: nobody takes the place of a lost leader, and
    /// a lost copy stays in the in-sync set, so that whoever waits for all of it waits in vain.
    ///
    /// Each copy is as likely the leader as the others. The referee for brokers saw both with Kafka 4.1.
    pub fn shares_without_quorum(&self, down: &[bool], copies: Copies) -> Shares {
        let with_quorum = self.shares(down, copies);
        let replicas = copies.replicas.min(down.len());
        let counts = self.replica_sets(down, replicas);
        let all: f64 = counts.iter().sum();
        let led = (0u32..).zip(&counts).map(|(failed, count)| {
            let left = f64::from(u32::try_from(replicas).unwrap_or(u32::MAX)) - f64::from(failed);
            count * left
        });
        let replicas = f64::from(u32::try_from(replicas).unwrap_or(u32::MAX));
        let whole = counts.first().copied().unwrap_or(0.0);
        let share = |part: f64, of: f64| if of > 0.0 { part / of } else { 0.0 };
        Shares {
            readable: share(led.sum(), all * replicas),
            writable: share(whole, all).min(with_quorum.writable),
            safe: with_quorum.safe,
        }
    }

    /// For each number of failed replicas, how many of the possible replica sets have it.
    fn replica_sets(&self, down: &[bool], replicas: usize) -> Vec<f64> {
        let racks: Vec<usize> = match &self.racks {
            Some(racks) => racks.clone(),
            None => vec![0; down.len()],
        };
        let mut sizes = BTreeMap::<usize, (usize, usize)>::new();
        for (rack, down) in racks.iter().zip(down) {
            let (up, failed) = sizes.entry(*rack).or_default();
            *if *down { failed } else { up } += 1;
        }
        let sizes: Vec<(usize, usize)> = sizes.into_values().collect();
        evenly(&sizes, replicas)
    }

    /// One of each kind of part whose loss could differ: all up to twelve nodes, by symmetry above.
    pub fn kinds(&self) -> Vec<Part> {
        self.classes().into_iter().map(|class| class[0]).collect()
    }

    /// One of each kind of pair.
    pub fn kinds_of_pairs(&self) -> Vec<[Part; 2]> {
        let classes = self.classes();
        let mut pairs = Vec::new();
        for (at, class) in classes.iter().enumerate() {
            pairs.extend(class.get(1).map(|second| [class[0], *second]));
            pairs.extend(classes[at + 1..].iter().map(|other| [class[0], other[0]]));
        }
        pairs
    }

    /// Parts that stand for each other, together; zones first, then nodes, then pods.
    fn classes(&self) -> Vec<Vec<Part>> {
        let mut classes: Vec<(Key, Vec<Part>)> = Vec::new();
        let zones = (0..self.zones.len())
            .filter(|_| self.zones.len() > 1)
            .map(Part::Zone);
        let nodes = (0..self.nodes.len()).map(Part::Node);
        let brokers = (0..self.brokers.len()).map(Part::Broker);
        let servers = (0..self.servers.len()).map(Part::Server);
        for part in zones.chain(nodes).chain(brokers).chain(servers) {
            let key = self.key(part);
            let exact = self.nodes.len() <= 12;
            match classes
                .iter_mut()
                .find(|(known, _)| !exact && *known == key)
            {
                Some((_, class)) => class.push(part),
                None => classes.push((key, vec![part])),
            }
        }
        classes.into_iter().map(|(_, class)| class).collect()
    }

    fn key(&self, part: Part) -> Key {
        let on = |nodes: &[usize], node: usize| nodes.iter().filter(|at| **at == node).count();
        let rack = |broker: usize| {
            self.racks
                .as_ref()
                .and_then(|racks| racks.get(broker))
                .copied()
        };
        let racks_on = |node: usize| {
            let mut racks: Vec<Option<usize>> = (0..self.brokers.len())
                .filter(|broker| self.brokers[*broker] == node)
                .map(rack)
                .collect();
            racks.sort_unstable();
            racks
        };
        match part {
            Part::Zone(zone) => Key {
                kind: 0,
                zone,
                servers: 0,
                racks: Vec::new(),
            },
            Part::Node(node) => Key {
                kind: 1,
                zone: self.nodes[node],
                servers: on(&self.servers, node),
                racks: racks_on(node),
            },
            Part::Broker(broker) => {
                let node = self.brokers[broker];
                Key {
                    kind: 2,
                    zone: self.nodes[node],
                    servers: on(&self.servers, node),
                    racks: vec![rack(broker)],
                }
            }
            Part::Server(server) => {
                let node = self.servers[server];
                Key {
                    kind: 3,
                    zone: self.nodes[node],
                    servers: 1,
                    racks: racks_on(node),
                }
            }
        }
    }
}

/// What makes two parts stand for each other.
#[derive(PartialEq, Eq)]
struct Key {
    kind: u8,
    zone: usize,
    servers: usize,
    racks: Vec<Option<usize>>,
}

fn place_brokers(
    nodes: &[usize],
    groups: impl Iterator<Item = Option<usize>>,
    affinity: Affinity,
) -> (Vec<usize>, Option<Vec<usize>>) {
    let mut load = vec![0usize; nodes.len()];
    let mut placed = Vec::new();
    let mut racks = Vec::new();
    for zone in groups {
        let fitting = |node: &usize| zone.is_none_or(|zone| nodes[*node] == zone);
        let spread = affinity != Affinity::None;
        let node = (0..nodes.len()).filter(fitting).min_by_key(|node| {
            if spread {
                (load[*node], *node)
            } else {
                (load[*node] / 2, *node)
            }
        });
        let node = node.unwrap_or(placed.len() % nodes.len());
        load[node] += 1;
        placed.push(node);
        racks.push(zone);
    }
    let told = racks.iter().all(Option::is_some) && !racks.is_empty();
    (placed, told.then(|| racks.into_iter().flatten().collect()))
}

/// The replica sets that are spread over racks as evenly as their sizes allow, counted by failed replicas.
///
/// `racks` holds for each rack how many brokers are up and down.
fn evenly(racks: &[(usize, usize)], replicas: usize) -> Vec<f64> {
    // Fill rack by rack: the level is how many replicas each rack has that is large enough.
    let level = |level: usize| {
        racks
            .iter()
            .map(|(up, down)| level.min(up + down))
            .sum::<usize>()
    };
    let base = (0..=replicas)
        .rev()
        .find(|&at| level(at) <= replicas)
        .unwrap_or(0);
    let extra = replicas - level(base).min(replicas);
    // ways[e][x]: sets so far in which e racks have one more and x replicas failed.
    let mut ways = vec![vec![0.0; replicas + 1]; extra + 1];
    ways[0][0] = 1.0;
    for &(up, down) in racks {
        let size = up + down;
        let own = base.min(size);
        let mut next = vec![vec![0.0; replicas + 1]; extra + 1];
        for more in 0..=usize::from(size > base) {
            for failed in 0..=(own + more).min(down) {
                let sets = choose(down, failed) * choose(up, own + more - failed);
                if sets == 0.0 {
                    continue;
                }
                for used in 0..=extra.saturating_sub(more) {
                    for before in 0..=replicas.saturating_sub(failed) {
                        if used + more <= extra {
                            next[used + more][before + failed] += ways[used][before] * sets;
                        }
                    }
                }
            }
        }
        ways = next;
    }
    ways.pop().unwrap_or_default()
}

/// n over k.
fn choose(n: usize, k: usize) -> f64 {
    if k > n {
        return 0.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "numbers of brokers are small")]
    (0..k).fold(1.0, |product, at| {
        product * (n - at) as f64 / (at + 1) as f64
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every set of `replicas` brokers that is spread as evenly over the racks as their sizes allow.
    fn even_sets(racks: &[usize], replicas: usize) -> Vec<u32> {
        let brokers = racks.len();
        let zones = racks.iter().max().map_or(0, |last| last + 1);
        let load = |set: u32, zone: usize| {
            (0..brokers)
                .filter(|b| set >> b & 1 == 1 && racks[*b] == zone)
                .count()
        };
        let size = |zone: usize| racks.iter().filter(|rack| **rack == zone).count();
        // Even: no rack that could hold more has two fewer than another.
        let even = |set: u32| {
            (0..zones).all(|low| {
                (0..zones).all(|high| {
                    load(set, high) <= load(set, low) + 1 || load(set, low) == size(low)
                })
            })
        };
        (0..1u32 << brokers)
            .filter(|set| set.count_ones() as usize == replicas && even(*set))
            .collect()
    }

    fn placement(racks: Option<Vec<usize>>, brokers: usize) -> Placement {
        Placement {
            zones: vec![String::new(); 3],
            nodes: vec![0; brokers],
            brokers: (0..brokers).collect(),
            racks,
            servers: Vec::new(),
            nodes_known: true,
        }
    }

    #[test]
    fn shares_equal_those_counted_one_by_one() {
        for brokers in 1..=7usize {
            for zones in 1..=3usize {
                for shape in 0..zones.pow(u32::try_from(brokers).unwrap()) {
                    let racks: Vec<usize> = (0..brokers)
                        .map(|b| shape / zones.pow(u32::try_from(b).unwrap()) % zones)
                        .collect();
                    if racks.windows(2).any(|pair| pair[0] > pair[1]) {
                        continue; // The order of brokers does not matter.
                    }
                    let placement = placement(Some(racks.clone()), brokers);
                    for replicas in 1..=brokers {
                        let sets = even_sets(&racks, replicas);
                        for failed in 0..1u32 << brokers {
                            let down: Vec<bool> =
                                (0..brokers).map(|b| failed >> b & 1 == 1).collect();
                            let min_in_sync = replicas.div_ceil(2);
                            let shares = placement.shares(
                                &down,
                                Copies {
                                    replicas,
                                    min_in_sync,
                                },
                            );
                            let share = |most: usize| {
                                let kept = sets
                                    .iter()
                                    .filter(|set| (**set & failed).count_ones() as usize <= most)
                                    .count();
                                f64::from(u32::try_from(kept).unwrap())
                                    / f64::from(u32::try_from(sets.len()).unwrap())
                            };
                            let frozen = placement.shares_without_quorum(
                                &down,
                                Copies {
                                    replicas,
                                    min_in_sync,
                                },
                            );
                            let led: u32 =
                                sets.iter().map(|set| (set & !failed).count_ones()).sum();
                            let copies = u32::try_from(sets.len() * replicas).unwrap();
                            for (found, counted) in [
                                (frozen.readable, f64::from(led) / f64::from(copies)),
                                (frozen.writable, share(0)),
                                (frozen.safe, share(min_in_sync - 1)),
                                (shares.readable, share(replicas - 1)),
                                (shares.writable, share(replicas - min_in_sync)),
                                (shares.safe, share(min_in_sync - 1)),
                            ] {
                                assert!(
                                    (found - counted).abs() < 1e-12,
                                    "{racks:?} {replicas} {failed:b}: {found} {counted}"
                                );
                            }
                        }
                    }
                }
            }
        }
    }

    /// The rows of the table of random failures: brokers, copies, confirming, failed, readable, writable.
    #[test]
    fn the_table_of_random_failures_comes_out() {
        for (brokers, replicas, min_in_sync, failed, readable, writable) in [
            (3, 3, 2, 2, 1.0, 0.0),
            (3, 1, 1, 1, 0.6667, 0.6667),
            (4, 3, 2, 2, 1.0, 0.5),
            (5, 3, 2, 3, 0.9, 0.3),
            (6, 4, 2, 4, 0.9333, 0.4),
            (9, 3, 2, 3, 0.9881, 0.7738),
            (9, 3, 2, 4, 0.9524, 0.5952),
        ] {
            let down: Vec<bool> = (0..brokers).map(|b| b < failed).collect();
            let shares = placement(None, brokers).shares(
                &down,
                Copies {
                    replicas,
                    min_in_sync,
                },
            );
            assert!(
                (shares.readable - readable).abs() < 5e-5,
                "{brokers} {failed}: {}",
                shares.readable
            );
            assert!(
                (shares.writable - writable).abs() < 5e-5,
                "{brokers} {failed}: {}",
                shares.writable
            );
        }
    }

    /// The rows of the table of racks: copies, confirming, racks, lost racks, readable, writable everywhere.
    #[test]
    fn the_table_of_racks_comes_out() {
        for (replicas, min_in_sync, racks, lost, readable, writable) in [
            (3, 2, 1, 1, false, false),
            (3, 2, 2, 1, true, false),
            (3, 2, 3, 1, true, true),
            (3, 2, 3, 2, true, false),
            (4, 2, 2, 1, true, true),
            (4, 3, 2, 1, true, false),
            (5, 3, 3, 1, true, true),
            (5, 3, 3, 2, true, false),
            (2, 1, 2, 1, true, true),
        ] {
            let of: Vec<usize> = (0..12).map(|b| b % racks).collect();
            let down: Vec<bool> = of.iter().map(|rack| *rack < lost).collect();
            let shares = placement(Some(of), 12).shares(
                &down,
                Copies {
                    replicas,
                    min_in_sync,
                },
            );
            let everywhere = |share: f64| (share - 1.0).abs() < 1e-12;
            assert_eq!(
                (everywhere(shares.readable), everywhere(shares.writable)),
                (readable, writable),
                "{replicas} {racks} {lost}"
            );
        }
    }
}
