//! KRF: the listener of the controllers, and those of brokers.

use super::quorum::{each, nodes};
use super::{BOTH_CONFIGS, CONFIG_35, CONFIG_39, CONFIG_42};
use crate::args;
use crate::catalog::KafkaLine;
use crate::fields;
use crate::rules::Severity::{Advice, Error, Warning};
use crate::rules::nodes::{Node, about};
use crate::rules::{Facts, Finding, Findings, Rule};
use crate::text::Arg;

const NAMES: &str = "controller.listener.names";
const LISTENERS: &str = "listeners";
const ADVERTISED: &str = "advertised.listeners";
const MAP: &str = "listener.security.protocol.map";
const INTER_BROKER: &str = "inter.broker.listener.name";

/// The names in a list of listeners.
fn names<'n>(node: &'n Node, option: &str) -> Vec<&'n str> {
    let entries = node.end_points(option).into_iter();
    entries.map(|(name, _)| name.trim()).collect()
}

/// One finding about a list of listeners with the names that are wrong in it.
fn wrong_names<'f>(
    facts: &Facts,
    found: &'f mut Findings,
    rule: &'static Rule,
    option: &str,
    wrong: impl Fn(&Node) -> Vec<String>,
) -> Option<&'f mut Finding> {
    let nodes = nodes(facts, |node| !wrong(node).is_empty());
    let mut listeners: Vec<String> = nodes.iter().flat_map(|node| wrong(node)).collect();
    listeners.sort_unstable();
    listeners.dedup();
    let args = vec![("listeners", Arg::from(listeners))];
    about(facts, found, rule, &nodes, option, args)
}

/// The listeners of one list that are those of controllers, or that are not.
fn among(node: &Node, option: &str, of_controllers: bool) -> Vec<String> {
    let controllers = node.controller_listeners();
    let names = names(node, option).into_iter();
    names
        .filter(|name| controllers.contains(name) == of_controllers)
        .map(str::to_owned)
        .collect()
}

/// A broker that does not know how to speak to the controllers.
pub static CONTROLLERS_UNNAMED: Rule = Rule::new("KRF009", Error, CONFIG_35, |facts, found| {
    each(facts, found, &CONTROLLERS_UNNAMED, NAMES, |node| {
        node.is_only_broker() && node.lacks(NAMES)
    });
})
.applies_to("KRaft");

/// A broker has nothing to say on a controller's listener.
pub static BROKER_OPENS_FOR_CONTROLLERS: Rule =
    Rule::new("KRF010", Error, CONFIG_35, |facts, found| {
        let rule = &BROKER_OPENS_FOR_CONTROLLERS;
        let finding = wrong_names(facts, found, rule, LISTENERS, |node| {
            if node.is_only_broker() {
                among(node, LISTENERS, true)
            } else {
                Vec::new()
            }
        });
        if let Some(finding) = finding {
            at_namesakes(facts, finding);
        }
    })
    .applies_to("KRaft");

/// The listeners of the design that are called as the controllers' one, with the repair that renames it.
fn at_namesakes(facts: &Facts, finding: &mut Finding) {
    let Some(kraft) = facts.plan.kraft() else {
        return;
    };
    let listeners = &facts.plan.kafka.listeners;
    let taken = |name: &str| listeners.iter().any(|one| *one.name == name);
    for listener in listeners.iter().filter(|one| *one.name == *kraft.listener) {
        finding.at(crate::design::FieldPath::keyed(
            "kafka.listeners[].name",
            &listener.key,
        ));
    }
    let path = "kraft.listener";
    if let Some(free) = ["CONTROLLER", "CONTROLLERS", "QUORUM"]
        .into_iter()
        .find(|name| !taken(name))
        && taken(&kraft.listener)
    {
        finding.at(path).fix(facts.fix_to(path, free));
    }
}

/// A controller without a socket.
pub static CONTROLLER_NOT_OPEN: Rule = Rule::new("KRF011", Error, CONFIG_35, |facts, found| {
    wrong_names(facts, found, &CONTROLLER_NOT_OPEN, LISTENERS, |node| {
        if !node.is_controller() || node.file.is_none() {
            return Vec::new();
        }
        let open = names(node, LISTENERS);
        let wanted = node.controller_listeners().into_iter();
        wanted
            .filter(|name| !open.contains(name))
            .map(str::to_owned)
            .collect()
    });
})
.applies_to("KRaft");

/// A controller alone serves no clients.
pub static CONTROLLER_OPENS_FOR_CLIENTS: Rule =
    Rule::new("KRF012", Error, BOTH_CONFIGS, |facts, found| {
        wrong_names(
            facts,
            found,
            &CONTROLLER_OPENS_FOR_CLIENTS,
            LISTENERS,
            |node| {
                if node.is_only_controller() {
                    among(node, LISTENERS, false)
                } else {
                    Vec::new()
                }
            },
        );
    })
    .applies_to("KRaft");

/// Older controllers tell nobody an address.
pub static CONTROLLER_ADVERTISES: Rule =
    Rule::new("KRF013", Error, BOTH_CONFIGS, |facts, found| {
        if !facts
            .plan
            .kafka
            .version
            .controllers_accept_advertised_listeners()
        {
            each(facts, found, &CONTROLLER_ADVERTISES, ADVERTISED, |node| {
                node.is_only_controller() && node.has(ADVERTISED)
            });
        }
    })
    .applies_to("≤ 3.8, KRaft");

/// Clients never talk to controllers.
pub static BROKER_ADVERTISES_CONTROLLER: Rule =
    Rule::new("KRF014", Error, BOTH_CONFIGS, |facts, found| {
        if facts
            .plan
            .kafka
            .version
            .controllers_accept_advertised_listeners()
        {
            return;
        }
        wrong_names(
            facts,
            found,
            &BROKER_ADVERTISES_CONTROLLER,
            ADVERTISED,
            |node| {
                if node.is_broker() {
                    among(node, ADVERTISED, true)
                } else {
                    Vec::new()
                }
            },
        );
    })
    .applies_to("≤ 3.8, KRaft");

/// Whether the names of all listeners say what is spoken on them, and nothing is encrypted or logged in.
fn all_plain(node: &Node) -> bool {
    names(node, LISTENERS)
        .iter()
        .all(|name| *name == "PLAINTEXT" || node.controller_listeners().contains(name))
}

/// What a map says of a listener.
fn protocol<'n>(node: &'n Node, listener: &str) -> Option<&'n str> {
    let entries = node
        .list(MAP)
        .into_iter()
        .filter_map(|entry| entry.split_once(':'));
    let mut entries = entries.map(|(name, protocol)| (name.trim(), protocol.trim()));
    entries
        .find(|(name, _)| name.eq_ignore_ascii_case(listener))
        .map(|(_, protocol)| protocol)
}

/// Nobody says what is spoken among controllers.
pub static NO_PROTOCOL: Rule = Rule::new("KRF015", Error, CONFIG_35, |facts, found| {
    const PROTOCOLS: [&str; 4] = ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"];
    wrong_names(facts, found, &NO_PROTOCOL, MAP, |node| {
        let implied = node.lacks(MAP) && all_plain(node);
        if node.file.is_none() || implied {
            return Vec::new();
        }
        let unmapped = |name: &&str| {
            if node.has(MAP) {
                protocol(node, name).is_none()
            } else {
                !PROTOCOLS.contains(name)
            }
        };
        let names = node.controller_listeners().into_iter();
        names.filter(unmapped).map(str::to_owned).collect()
    });
})
.applies_to("KRaft");

/// A broker speaks to controllers in the first way that it is told.
pub static SEVERAL_NAMES: Rule = Rule::new("KRF016", Warning, CONFIG_35, |facts, found| {
    let nodes = nodes(facts, |node| {
        node.is_only_broker() && node.controller_listeners().len() > 1
    });
    let first = nodes
        .first()
        .and_then(|node| node.controller_listeners().into_iter().next());
    let first = args![first = first.unwrap_or_default()];
    about(facts, found, &SEVERAL_NAMES, &nodes, NAMES, first);
})
.applies_to("KRaft");

/// Brokers and controllers must not share the name of a listener.
pub static ONE_NAME_FOR_BOTH: Rule = Rule::new("KRF020", Error, CONFIG_42, |facts, found| {
    if facts.plan.kafka.version.line() < KafkaLine::of(4, 1) {
        return;
    }
    let nodes = nodes(facts, |node| {
        let told = node.get(INTER_BROKER);
        node.is_only_controller()
            && told.is_some_and(|name| node.controller_listeners().contains(&name))
    });
    let name = nodes.first().and_then(|node| node.get(INTER_BROKER));
    let name = args![listener = name.unwrap_or_default()];
    about(facts, found, &ONE_NAME_FOR_BOTH, &nodes, INTER_BROKER, name);
})
.applies_to("≥ 4.1");

/// With ZooKeeper the option is refused, unless the cluster moves.
pub static NAMED_WITHOUT_ROLES: Rule = Rule::new("KRF033", Error, CONFIG_35, |facts, found| {
    let nodes: Vec<&Node> = facts
        .nodes()
        .iter()
        .filter(|node| {
            let moves = super::migration::moves(node);
            !node.is_kraft() && !moves && node.has(NAMES)
        })
        .collect();
    if facts.plan.has_ensemble() {
        about(facts, found, &NAMED_WITHOUT_ROLES, &nodes, NAMES, args![]);
    }
})
.applies_to("ZooKeeper mode");

/// A controller finds out for itself under which name it is known.
pub static ADDRESS_LEFT_TO_CHANCE: Rule = Rule::new("KRF038", Advice, CONFIG_39, |facts, found| {
    if !facts
        .plan
        .kafka
        .version
        .controllers_accept_advertised_listeners()
    {
        return;
    }
    each(facts, found, &ADDRESS_LEFT_TO_CHANCE, ADVERTISED, |node| {
        let controllers = node.controller_listeners();
        let nameless =
            |(name, address): &(&str, &str)| controllers.contains(name) && address.starts_with(':');
        node.is_controller()
            && node.lacks(ADVERTISED)
            && node.end_points(LISTENERS).iter().any(nameless)
    });
})
.applies_to("≥ 3.9, KRaft");

/// Brokers log in to the controllers in a way that these do not take.
pub static MECHANISM_OF_CONTROLLERS: Rule = Rule::new(
    "SEC006",
    Error,
    "bitnami/charts:bitnami/kafka/templates/_helpers.tpl (validateValues, 2026-07)",
    |facts, found| {
        const MECHANISM: &str = "sasl.mechanism.controller.protocol";
        // Kafka's default for both options.
        const USUAL: &str = "GSSAPI";
        let used = |node: &Node| node.get(MECHANISM).unwrap_or(USUAL).to_owned();
        let refuses = |node: &Node| {
            let listener = node
                .controller_listeners()
                .into_iter()
                .next()
                .unwrap_or_default();
            let login = protocol(node, listener)
                .unwrap_or(listener)
                .starts_with("SASL_");
            let own = format!(
                "listener.name.{}.sasl.enabled.mechanisms",
                listener.to_ascii_lowercase()
            );
            let taken = node
                .get(&own)
                .or_else(|| node.get("sasl.enabled.mechanisms"));
            let mut taken = fields::items(taken.unwrap_or(USUAL));
            login && !taken.any(|mechanism| mechanism == used(node))
        };
        let nodes = nodes(facts, |node| node.is_controller() && refuses(node));
        let mechanism = nodes.first().map(|node| used(node));
        let mechanism = args![mechanism = mechanism.unwrap_or_default()];
        about(
            facts,
            found,
            &MECHANISM_OF_CONTROLLERS,
            &nodes,
            MECHANISM,
            mechanism,
        );
    },
)
.applies_to("KRaft");
