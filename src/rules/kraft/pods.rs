//! KRF: pods of controllers that wait for each other, and drains that take too many of them.

use serde_yaml::Value;

use super::quorum::nodes;
use crate::args;
use crate::rules::Severity::Error;
use crate::rules::nodes::Node;
use crate::rules::objects::{items, name_of};
use crate::rules::{Effect, Facts, Finding, Rule, kubernetes};

/// Tools that are answered only when there is a leader.
const TOOLS: [&str; 7] = [
    "kafka-metadata-quorum",
    "kafka-broker-api-versions",
    "kafka-cluster",
    "kafka-configs",
    "kafka-console",
    "kafka-features",
    "kafka-topics",
];

/// Whether a pod of several controllers is ready only when they have a leader.
///
/// The controllers' own port opens at once; a broker's from 3.5 on when the broker knows the metadata, for
/// which a leader is needed. A pod is not ready before its startup probe has passed.
fn waits_for_leader(facts: &Facts, node: &Node) -> bool {
    let probes = ["startupProbe", "readinessProbe"].into_iter();
    let mut probes = probes.filter_map(|name| node.container.get(name));
    probes.any(|probe| {
        let command = probe.get("exec").map(|exec| items(exec, "command"));
        let asks = |word: &str| TOOLS.iter().any(|tool| word.contains(tool));
        if command.is_some_and(|words| words.iter().filter_map(Value::as_str).any(asks)) {
            return true;
        }
        let port = probe.get("tcpSocket").and_then(|socket| socket.get("port"));
        let port = port.and_then(|port| number(node.container, port));
        let of_controllers = port.is_some_and(|port| listens(node, port));
        port.is_some() && !of_controllers && facts.plan.kafka.version.opens_port_when_ready()
    })
}

/// The number of a port that a probe names.
fn number(container: &Value, port: &Value) -> Option<i64> {
    if let Some(number) = port.as_i64() {
        return Some(number);
    }
    let mut ports = items(container, "ports").iter();
    let named = ports.find(|one| Some(name_of(one)) == port.as_str())?;
    named.get("containerPort")?.as_i64()
}

/// Whether a port is one of the controllers' listeners.
fn listens(node: &Node, port: i64) -> bool {
    let controllers = node.controller_listeners();
    node.end_points("listeners").iter().any(|(name, address)| {
        let number = address
            .rsplit_once(':')
            .and_then(|(_, port)| port.parse().ok());
        controllers.contains(name) && number == Some(port)
    })
}

/// The sets of several controllers whose readiness needs a leader.
fn waiting<'s, 'a>(facts: &'s Facts<'a>) -> impl Iterator<Item = &'s Node<'a>> {
    let all = nodes(facts, Node::is_controller);
    let controllers: i64 = all.iter().map(|node| node.object.replicas()).sum();
    all.into_iter()
        .filter(move |node| controllers > 1 && waits_for_leader(facts, node))
}

/// A repair of a field of the side that a set belongs to.
fn fix(facts: &Facts, node: &Node, finding: &mut Finding, field: &str, value: &str) {
    let side = facts.side(&node.object);
    if let Some(path) = facts.field_of(side, field) {
        finding.at(path.clone()).fix(facts.fix_to(path, value));
    }
}

/// The first controller waits for a leader that only comes after it.
pub static WAITS_FOR_ITSELF: Rule = Rule::new(
    "KRF034",
    Error,
    "kubernetes/api:apps/v1/types.go (2026-07)",
    |facts, found| {
        for node in waiting(facts) {
            let set = &node.object;
            let policy = set.text("spec.podManagementPolicy");
            if set.kind != "StatefulSet" || policy == Some("Parallel") || set.replicas() < 2 {
                continue;
            }
            let finding = found.add(
                &WAITS_FOR_ITSELF,
                set.subject(),
                args![object = set.subject()],
            );
            finding.place(set, "spec.podManagementPolicy");
            fix(facts, node, finding, "pod_management", "Parallel");
        }
    },
)
.applies_to("KRaft")
.effect(Effect::Recreate);

/// Controllers have no names until they are ready, and are not ready until they meet.
pub static NAMES_HIDDEN: Rule = Rule::new(
    "KRF040",
    Error,
    "kubernetes/api:core/v1/types.go (2026-07)",
    |facts, found| {
        for node in waiting(facts) {
            let name = node.object.text("spec.serviceName").unwrap_or_default();
            let mut services = facts.of_kind("Service");
            let service = services
                .find(|service| service.name == name && service.namespace == node.object.namespace);
            let Some(service) = service else {
                continue;
            };
            let published = service.get("spec.publishNotReadyAddresses");
            if published.and_then(Value::as_bool) != Some(true) {
                found
                    .add(
                        &NAMES_HIDDEN,
                        service.subject(),
                        args![service = service.name],
                    )
                    .place(service, "spec");
            }
        }
    },
)
.applies_to("KRaft")
.effect(Effect::Nothing)
.hides(&["NET028"]);

/// A drain may take the majority.
pub static BUDGET_BREAKS_QUORUM: Rule = Rule::new(
    "KRF041",
    Error,
    "derived, see Failure model",
    |facts, found| {
        for budget in facts.of_kind("PodDisruptionBudget") {
            let of_controllers = nodes(facts, |node| {
                node.is_controller() && budget.selects("spec.selector.matchLabels", &node.object)
            });
            let controllers: i64 = of_controllers
                .iter()
                .map(|node| node.object.replicas())
                .sum();
            let Some(allowed) = kubernetes::allowed_disruptions(budget, controllers) else {
                continue;
            };
            let quorum = controllers / 2 + 1;
            if controllers < 3 || controllers - allowed >= quorum {
                continue;
            }
            let finding = found.add(
                &BUDGET_BREAKS_QUORUM,
                budget.subject(),
                args![controllers, allowed, quorum],
            );
            finding.place(budget, "spec.maxUnavailable");
            if let Some(node) = of_controllers.first() {
                fix(facts, node, finding, "max_unavailable", "1");
            }
        }
    },
)
.applies_to("KRaft")
.effect(Effect::Nothing)
.hides(&["K8S029"]);
