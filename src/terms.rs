//! The words that one must know, each with what it means in this very design.

use std::collections::BTreeSet;

use crate::args;
use crate::plan::{Exposure, Plan};
use crate::simulate::Model;
use crate::text::{self, Lang, Sentence};

/// A word that is explained: the registry's entry.
///
/// Its words are `term.ID` (the word), `term.ID.names` (its forms, divided by `|`), `term.ID.says` (what it
/// is) and what [`Term::here`] gives.
pub struct Term {
    /// Stable, kebab-case.
    pub id: &'static str,
    here: fn(&Plan, &Model) -> Sentence,
}

impl PartialEq for Term {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

/// All, from what is seen first to what lies beneath.
pub static TERMS: &[Term] = &[
    Term {
        id: "producer",
        here: producer,
    },
    Term {
        id: "broker",
        here: broker,
    },
    Term {
        id: "partition",
        here: partition,
    },
    Term {
        id: "replica",
        here: replica,
    },
    Term {
        id: "in-sync",
        here: in_sync,
    },
    Term {
        id: "leader",
        here: leader,
    },
    Term {
        id: "controller",
        here: controller,
    },
    Term {
        id: "quorum",
        here: quorum,
    },
    Term {
        id: "ordinal",
        here: ordinal,
    },
    Term {
        id: "headless",
        here: headless,
    },
    Term {
        id: "node-port",
        here: node_port,
    },
    Term {
        id: "claim",
        here: claim,
    },
];

impl Term {
    /// The word.
    pub fn title(&self, lang: Lang) -> String {
        text::words(lang, &format!("term.{}", self.id), &Vec::new())
    }

    /// What it is.
    pub fn says(&self, lang: Lang) -> String {
        text::words(lang, &format!("term.{}.says", self.id), &Vec::new())
    }

    /// What it means in a design.
    pub fn here(&self, plan: &Plan, model: &Model, lang: Lang) -> String {
        (self.here)(plan, model).words(lang)
    }

    fn names(&self, lang: Lang) -> impl Iterator<Item = &'static str> {
        let names = text::pattern(lang, &format!("term.{}.names", self.id));
        names.unwrap_or_default().split('|')
    }
}

/// A piece of a text.
#[derive(Clone, Copy, PartialEq)]
pub enum Piece<'a> {
    /// Words.
    Plain(&'a str),
    /// A word that is explained.
    Term(&'static Term, &'a str),
}

/// A text in pieces: each term stands out where it appears first; `seen` holds those that did before.
pub fn pieces<'a>(text: &'a str, lang: Lang, seen: &mut BTreeSet<&'static str>) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((at, term, length)) = first_term(rest, lang, seen) {
        if at > 0 {
            pieces.push(Piece::Plain(&rest[..at]));
        }
        pieces.push(Piece::Term(term, &rest[at..at + length]));
        seen.insert(term.id);
        rest = &rest[at + length..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Plain(rest));
    }
    pieces
}

/// The first word that is explained and was not seen: where it is, which term, how long.
fn first_term(
    text: &str,
    lang: Lang,
    seen: &BTreeSet<&'static str>,
) -> Option<(usize, &'static Term, usize)> {
    let unseen = || TERMS.iter().filter(|term| !seen.contains(term.id));
    let found = unseen().flat_map(|term| {
        term.names(lang)
            .filter_map(move |name| Some((find_word(text, name)?, term, name.len())))
    });
    // Of two that begin at the same place the longer one is meant.
    found.min_by_key(|(at, _, length)| (*at, usize::MAX - length))
}

/// Where a word stands in a text as a word of its own; small and capital letters are the same.
fn find_word(text: &str, word: &str) -> Option<usize> {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    let free = |before: Option<char>, own: Option<char>| {
        !(before.is_some_and(is_letter) && own.is_some_and(is_letter))
    };
    text.char_indices().map(|(at, _)| at).find(|&at| {
        let Some(here) = text.get(at..at + word.len()) else {
            return false;
        };
        here.eq_ignore_ascii_case(word)
            && free(text[..at].chars().next_back(), here.chars().next())
            && free(
                text[at + word.len()..].chars().next(),
                here.chars().next_back(),
            )
    })
}

fn producer(_: &Plan, model: &Model) -> Sentence {
    let (needed, copies) = (model.topics.min_in_sync, model.topics.replicas);
    Sentence::new("term.producer.here", args![needed, copies])
}

fn broker(plan: &Plan, _: &Model) -> Sentence {
    let ids: Vec<String> = plan
        .kafka
        .each_broker()
        .map(|(group, ordinal)| (*group.id_base + ordinal).to_string())
        .collect();
    Sentence::new("term.broker.here", args![brokers = ids.len(), ids])
}

fn partition(plan: &Plan, _: &Model) -> Sentence {
    let partitions = plan
        .kafka
        .config
        .whole("num.partitions", *plan.kafka.version)
        .and_then(|number| usize::try_from(number).ok())
        .unwrap_or(1);
    Sentence::new("term.partition.here", args![partitions])
}

fn replica(_: &Plan, model: &Model) -> Sentence {
    let (copies, brokers) = (model.topics.replicas, model.placement.brokers.len());
    Sentence::new("term.replica.here", args![copies, brokers])
}

fn in_sync(_: &Plan, model: &Model) -> Sentence {
    let (needed, copies) = (model.topics.min_in_sync, model.topics.replicas);
    let spare = copies.saturating_sub(needed);
    Sentence::new("term.in-sync.here", args![needed, copies, spare])
}

fn leader(_: &Plan, model: &Model) -> Sentence {
    let brokers = model.placement.brokers.len();
    Sentence::new("term.leader.here", args![brokers])
}

fn controller(plan: &Plan, model: &Model) -> Sentence {
    let brokers = model.placement.brokers.len();
    let key = if plan.has_ensemble() {
        "term.controller.here"
    } else {
        "term.controller.own"
    };
    Sentence::new(key, args![brokers])
}

fn quorum(_: &Plan, model: &Model) -> Sentence {
    let servers = model.coordinators();
    let needed = servers / 2 + 1;
    let spare = servers.saturating_sub(needed);
    Sentence::new("term.quorum.here", args![servers, needed, spare])
}

fn ordinal(plan: &Plan, _: &Model) -> Sentence {
    let mut brokers = plan.kafka.each_broker();
    let pods = brokers.next().map(|(group, ordinal)| {
        let pod = format!("{}-{ordinal}", *group.name);
        (pod, *group.id_base + ordinal)
    });
    let (pod, id) = pods.unwrap_or_default();
    Sentence::new("term.ordinal.here", args![pod, id])
}

fn headless(plan: &Plan, _: &Model) -> Sentence {
    let kafka = &plan.kafka;
    let mut brokers = kafka.each_broker();
    let host = brokers
        .next()
        .map(|(group, ordinal)| kafka.host(group, ordinal));
    let service = kafka.headless_name.value.clone();
    Sentence::new(
        "term.headless.here",
        args![service, host = host.unwrap_or_default()],
    )
}

fn node_port(plan: &Plan, model: &Model) -> Sentence {
    let mut listeners = plan.kafka.listeners.iter();
    match listeners.find(|listener| *listener.exposure == Exposure::NodePort) {
        Some(listener) => {
            let first = *listener.first_node_port;
            let last = usize::from(first) + model.placement.brokers.len().saturating_sub(1);
            // Ports are no amounts: they are written as they are.
            let (first, last) = (first.to_string(), last.to_string());
            Sentence::new("term.node-port.here", args![first, last])
        }
        None => Sentence::plain("term.node-port.none"),
    }
}

fn claim(plan: &Plan, model: &Model) -> Sentence {
    let kafka = &plan.kafka;
    let (brokers, servers) = (model.placement.brokers.len(), model.placement.servers.len());
    let of_server: Vec<u64> = match (plan.zookeeper(), plan.controllers()) {
        (Some(zookeeper), _) => std::iter::once(&zookeeper.data_volume)
            .chain(&zookeeper.log_volume)
            .map(|mount| mount.size.amount)
            .collect(),
        (None, Some(own)) => vec![own.volume.size.amount],
        (None, None) => Vec::new(),
    };
    let claims = brokers * kafka.disks.len() + servers * of_server.len();
    let of_broker = kafka.disks.iter().map(|disk| disk.size.amount);
    let sum = |sizes: &mut dyn Iterator<Item = u64>, count: usize| {
        sizes
            .fold(0u64, u64::saturating_add)
            .saturating_mul(count as u64)
    };
    let bytes = sum(&mut of_broker.into_iter(), brokers)
        .saturating_add(sum(&mut of_server.into_iter(), servers));
    let together = text::bytes_words(bytes);
    Sentence::new("term.claim.here", args![claims, together])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::presets::PRESETS;

    fn marked(text: &str, lang: Lang, seen: &mut BTreeSet<&'static str>) -> String {
        pieces(text, lang, seen)
            .into_iter()
            .map(|piece| match piece {
                Piece::Plain(text) => text.to_owned(),
                Piece::Term(term, text) => format!("[{text}:{}]", term.id),
            })
            .collect()
    }

    #[test]
    fn a_term_stands_out_where_it_appears_first() {
        let mut seen = BTreeSet::new();
        let mut en = |text| marked(text, Lang::En, &mut seen);
        assert_eq!(
            en("Brokers keep in-sync replicas; a broker leads."),
            "[Brokers:broker] keep [in-sync replicas:in-sync]; a broker leads."
        );
        assert_eq!(
            en("A replica, pre-replica, claims2."),
            "A [replica:replica], pre-replica, claims2."
        );
        assert_eq!(
            en("The headless Service’s broker"),
            "The [headless Service:headless]’s broker"
        );
        assert_eq!(en(""), "");
    }

    #[test]
    fn chinese_has_no_gaps_between_words() {
        let mut seen = BTreeSet::new();
        let zh = marked("每个 broker 的同步副本与副本", Lang::Zh, &mut seen);
        assert_eq!(
            zh,
            "每个 [broker:broker] 的[同步副本:in-sync]与[副本:replica]"
        );
    }

    #[test]
    fn every_term_has_its_words_for_every_preset() {
        for preset in PRESETS {
            let plan = Plan::of(&preset.design());
            let model = Model::of(&plan);
            for lang in Lang::ALL {
                for term in TERMS {
                    let here = term.here(&plan, &model, lang);
                    for words in [term.title(lang), term.says(lang), here] {
                        assert!(!words.contains("term.") && !words.contains('{'), "{words}");
                    }
                    assert!(term.names(lang).all(|name| !name.is_empty()), "{}", term.id);
                }
            }
        }
    }

    #[test]
    fn the_numbers_are_those_of_the_design() {
        let design = PRESETS[0]
            .design()
            .with("kafka.listeners[external].exposure", "node-port");
        let plan = Plan::of(&design);
        let model = Model::of(&plan);
        let here = |id: &str| {
            let term = TERMS.iter().find(|term| term.id == id).expect("a term");
            term.here(&plan, &model, Lang::En)
        };
        assert!(here("node-port").contains("30010"), "{}", here("node-port"));
        assert!(here("broker").contains("0, 1, 2"), "{}", here("broker"));
        assert!(here("quorum").starts_with('2'), "{}", here("quorum"));
    }
}
