//! What a loss does, in sentences.

use super::{Answer, Answers, Copies, Harm, Model, Outcome, Part, Shares, Standpoint, answers};
use crate::args;
use crate::plan::Plan;
use crate::text::Sentence;

/// One thing that a loss does, or does not do.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// What it is about; its title has the key `loss.ID`.
    pub id: &'static str,
    /// Whether something no longer works.
    pub bad: bool,
    /// What happens, with the numbers of this design.
    pub says: Sentence,
}

impl Harm {
    /// The key of its words.
    pub const fn key(self) -> &'static str {
        match self {
            Self::None => "harm.none",
            Self::Frozen => "harm.frozen",
            Self::Unwritable => "harm.unwritable",
            Self::Unreadable => "harm.unreadable",
        }
    }
}

/// A share that is neither nothing nor everything, in hundredths that are neither.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "shares lie between 0 and 1"
)]
fn percent(share: f64) -> u64 {
    ((share * 100.0).round() as u64).clamp(1, 99)
}

/// The key for all, some or none.
fn by_share(share: f64, [all, some, none]: [&'static str; 3]) -> &'static str {
    if share >= 1.0 {
        all
    } else if share > 0.0 {
        some
    } else {
        none
    }
}

/// What the loss of some parts does to this design.
pub fn effects(plan: &Plan, model: &Model, lost: &[Part]) -> Vec<Effect> {
    let outcome = model.without(lost);
    let mut effects: Vec<Effect> = quorum(model, &outcome).into_iter().collect();
    effects.push(reading(outcome.topics, outcome.quorum));
    effects.push(writing(outcome.topics, model.topics, outcome.quorum));
    effects.push(groups(outcome.offsets, model.offsets, outcome.quorum));
    effects.push(transactions(
        outcome.transactions,
        model.transactions,
        outcome.quorum,
    ));
    effects.push(data(outcome.topics));
    let seen = answers(plan, &model.placement, lost);
    effects.extend(
        seen.iter()
            // Elsewhere in the cluster the same pods answer.
            .filter(|one| one.view.standpoint != Standpoint::Elsewhere)
            .map(clients),
    );
    effects
}

fn quorum(model: &Model, outcome: &Outcome) -> Option<Effect> {
    let servers = model.coordinators();
    let (up, needed) = (outcome.servers_up, servers / 2 + 1);
    let key = match (model.kraft, outcome.quorum) {
        (false, true) => "loss.quorum.holds",
        (false, false) => "loss.quorum.lost",
        (true, true) => "loss.quorum.holds-kraft",
        (true, false) => "loss.quorum.lost-kraft",
    };
    (servers > 0).then(|| Effect {
        id: "quorum",
        bad: !outcome.quorum,
        says: Sentence::new(key, args![up, servers, needed]),
    })
}

fn reading(topics: Shares, quorum: bool) -> Effect {
    let some = if quorum {
        "loss.reading.some"
    } else {
        "loss.reading.leaderless"
    };
    let key = by_share(
        topics.readable,
        ["loss.reading.all", some, "loss.reading.none"],
    );
    Effect {
        id: "reading",
        bad: topics.readable < 1.0,
        says: Sentence::new(key, args![percent = percent(topics.readable)]),
    }
}

/// Confirmed writes to a topic with these copies.
fn of_copies(id: &'static str, writable: f64, copies: Copies, keys: [&'static str; 3]) -> Effect {
    let (needed, copies) = (copies.min_in_sync, copies.replicas);
    Effect {
        id,
        bad: writable < 1.0,
        says: Sentence::new(
            by_share(writable, keys),
            args![percent = percent(writable), needed, copies],
        ),
    }
}

fn writing(topics: Shares, copies: Copies, quorum: bool) -> Effect {
    let keys = if quorum {
        ["loss.writing.all", "loss.writing.some", "loss.writing.none"]
    } else {
        [
            "loss.writing.all",
            "loss.writing.some-frozen",
            "loss.writing.none-frozen",
        ]
    };
    of_copies("writing", topics.writable, copies, keys)
}

fn groups(offsets: Shares, copies: Copies, quorum: bool) -> Effect {
    let keys = if quorum {
        ["loss.groups.all", "loss.groups.some", "loss.groups.none"]
    } else {
        [
            "loss.groups.all",
            "loss.groups.some-frozen",
            "loss.groups.none-frozen",
        ]
    };
    of_copies("groups", offsets.writable, copies, keys)
}

fn transactions(shares: Shares, copies: Copies, quorum: bool) -> Effect {
    let keys = if quorum {
        [
            "loss.transactions.all",
            "loss.transactions.some",
            "loss.transactions.none",
        ]
    } else {
        [
            "loss.transactions.all",
            "loss.transactions.some-frozen",
            "loss.transactions.none-frozen",
        ]
    };
    of_copies("transactions", shares.writable, copies, keys)
}

fn data(topics: Shares) -> Effect {
    let key = by_share(
        topics.safe,
        ["loss.data.safe", "loss.data.some", "loss.data.all"],
    );
    Effect {
        id: "data",
        bad: topics.safe < 1.0,
        says: Sentence::new(key, args![percent = percent(1.0 - topics.safe)]),
    }
}

/// Which addresses a client still gets an answer from.
fn clients(seen: &Answers) -> Effect {
    let all = seen.brokers.len();
    let silent: Vec<String> = seen
        .view
        .brokers
        .iter()
        .zip(&seen.brokers)
        .filter(|(_, answer)| **answer == Answer::No)
        .map(|(broker, _)| broker.address.replace("$node", "NODE"))
        .collect();
    let (up, listener) = (all - silent.len(), seen.view.listener.clone());
    let outside = seen.view.standpoint == Standpoint::Outside;
    let unsure = seen.brokers.contains(&Answer::UnlessLost);
    let reachable = seen.view.brokers.iter().any(|broker| broker.reach.works());
    let key = match (outside, silent.is_empty()) {
        (true, _) if !reachable => "loss.clients.outside.never",
        (true, _) if unsure => "loss.clients.outside.one-address",
        (true, true) => "loss.clients.outside.all",
        (true, false) => "loss.clients.outside.some",
        (false, true) => "loss.clients.inside.all",
        (false, false) => "loss.clients.inside.some",
    };
    Effect {
        id: if outside { "outside" } else { "inside" },
        // That nobody outside was ever meant to get in is no harm of the loss.
        bad: reachable && (unsure || !silent.is_empty()),
        says: Sentence::new(key, args![up, all, listener, silent]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::presets::PRESETS;
    use crate::text::Lang;

    fn said(lost: &[Part]) -> Vec<String> {
        let design = PRESETS[0]
            .design()
            .with("kafka.listeners[external].exposure", "node-port");
        let plan = Plan::of(&design);
        effects(&plan, &Model::of(&plan), lost)
            .iter()
            .map(|effect| {
                format!(
                    "{}{}",
                    if effect.bad { "! " } else { "" },
                    effect.says.words(Lang::En)
                )
            })
            .collect()
    }

    #[test]
    fn one_node_less_is_told() {
        insta::assert_snapshot!(said(&[Part::Node(0)]).join("\n"), @r#"
        2 of 3 ZooKeeper servers run, and 2 make a quorum.
        Every partition can be read.
        Every partition takes confirmed writes: 2 of 3 copies must confirm.
        Every consumer group can commit its position.
        Every transaction can go on.
        All are kept, even if what is lost never comes back.
        ! 2 of 3 brokers answer. Silent: kafka-0.kafka-hs.kafka.svc.cluster.local:9092
        ! 2 of 3 addresses of EXTERNAL answer. Silent: NODE:30010
        "#);
    }

    #[test]
    fn two_nodes_less_are_told() {
        insta::assert_snapshot!(said(&[Part::Node(0), Part::Node(1)]).join("\n"), @r#"
        ! 1 of 3 ZooKeeper servers run, but 2 make a quorum. What runs goes on; no leader is elected, and no topic is made.
        ! 33 % of the partitions can be read; the leaders of the others are lost, and without a quorum nobody takes their place.
        ! No partition takes confirmed writes: copies are lost, and without a quorum the others wait for them in vain.
        ! No consumer group can commit: copies of the offsets topic are lost, and without a quorum the others wait for them in vain.
        ! No transaction can go on: copies of the transactions topic are lost, and without a quorum the others wait for them in vain.
        ! If what is lost never comes back, the newest ones may be missing from every partition.
        ! 1 of 3 brokers answer. Silent: kafka-0.kafka-hs.kafka.svc.cluster.local:9092, kafka-1.kafka-hs.kafka.svc.cluster.local:9092
        ! 1 of 3 addresses of EXTERNAL answer. Silent: NODE:30010, NODE:30011
        "#);
    }

    #[test]
    fn nothing_less_is_told() {
        assert!(said(&[]).iter().all(|effect| !effect.starts_with('!')));
    }

    #[test]
    fn a_share_is_never_rounded_to_all_or_nothing() {
        assert_eq!([0.001, 0.333, 0.999].map(percent), [1, 33, 99]);
    }
}
