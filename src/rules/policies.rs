//! Which pods a NetworkPolicy guards, and what it lets through: NET032, NET033, SEC010.

use serde_yaml::{Mapping, Value};

use super::Severity::Warning;
use super::objects::{self, POD, items};
use super::{Effect, Facts, Object, Rule, Side};
use crate::args;
use crate::text::Arg;

const SELECTOR: &str = "spec.podSelector";

/// Whether labels of a selector are all among others; nothing when it selects by expressions.
fn matches(selector: &Value, labels: &Mapping) -> Option<bool> {
    if selector.get("matchExpressions").is_some() {
        return None;
    }
    let wanted = selector.get("matchLabels").and_then(Value::as_mapping);
    let all = wanted.is_none_or(|wanted| {
        wanted
            .iter()
            .all(|(key, value)| labels.get(key) == Some(value))
    });
    Some(all)
}

fn labels_of<'s>(workload: &'s Object) -> Option<&'s Mapping> {
    workload
        .get("spec.template.metadata.labels")
        .and_then(Value::as_mapping)
}

/// Whether a policy is about the pods of an object; one that selects by expressions may be.
fn is_about(policy: &Object, workload: &Object) -> bool {
    let empty = Mapping::new();
    let labels = labels_of(workload).unwrap_or(&empty);
    let selector = policy.get(SELECTOR).unwrap_or(&Value::Null);
    policy.namespace == workload.namespace && matches(selector, labels) != Some(false)
}

/// Whether a policy restricts what comes in.
fn restricts_ingress(policy: &Object) -> bool {
    let types = policy.items("spec.policyTypes");
    types.is_empty() || types.iter().any(|one| one.as_str() == Some("Ingress"))
}

fn policies<'s>(facts: &'s Facts, set: &'s Object) -> impl Iterator<Item = &'s Object<'s>> {
    facts
        .of_kind("NetworkPolicy")
        .filter(move |policy| restricts_ingress(policy) && is_about(policy, set))
}

/// Whether some policy says who may reach the pods of a set.
pub(super) fn is_guarded(facts: &Facts, set: &Object) -> bool {
    policies(facts, set).next().is_some()
}

/// Sets of the cluster that no policy guards.
fn unguarded<'s>(facts: &'s Facts) -> impl Iterator<Item = &'s Object<'s>> {
    facts.of_kind("StatefulSet").filter(|set| {
        !facts.is_development() && facts.side(set) != Side::Other && !is_guarded(facts, set)
    })
}

/// Any pod of the cluster may talk to the brokers.
pub static NO_POLICY: Rule = Rule::new(
    "NET032",
    Warning,
    "zegl/kube-score:README_CHECKS.md, FairwindsOps/polaris:pkg/config/checks/",
    |facts, found| {
        for side in [Side::Kafka, Side::ZooKeeper, Side::Controllers] {
            let mut sets = unguarded(facts).filter(|set| facts.side(set) == side);
            let Some(first) = sets.next() else {
                continue;
            };
            let mut names = vec![first.subject()];
            names.extend(sets.map(Object::subject));
            let path = "cluster.network_policies";
            found
                .add(&NO_POLICY, first.subject(), args![names])
                .at(path)
                .place(first, &[POD, ".containers"].concat())
                .fix(facts.fix_to(path, true).with_care());
            // The Service by which clients come.
            let is_theirs = |service: &&Object| {
                service.selects("spec.selector", first)
                    && service.text("spec.clusterIP") != Some("None")
            };
            let service = facts.of_kind("Service").find(is_theirs);
            if let (Some(service), Some(finding)) = (service, found.of(&NO_POLICY).last()) {
                finding.place(service, "metadata.name");
            }
        }
    },
)
.effect(Effect::Nothing);

/// Whoever reaches the ensemble rewrites what the brokers believe.
pub static ENSEMBLE_OPEN: Rule = Rule::new(
    "SEC010",
    Warning,
    "apache/kafka:docs/security.html (3.9.0-rc3)",
    |facts, found| {
        let Some(zk) = facts.plan.zookeeper() else {
            return;
        };
        let on = |name| zk.config.get(name).map(str::trim) == Some("true");
        if on("sessionRequireClientSASLAuth") || on("enforce.auth.enabled") {
            return;
        }
        let path = "cluster.network_policies";
        for set in unguarded(facts).filter(|set| facts.side(set) == Side::ZooKeeper) {
            let port = zk.client_port.to_string();
            found
                .add(
                    &ENSEMBLE_OPEN,
                    set.subject(),
                    args![object = set.subject(), port],
                )
                .at(path)
                .place(set, &client_port(set, u64::from(*zk.client_port)))
                .fix(facts.fix_to(path, true).with_care());
        }
    },
)
.effect(Effect::Nothing);

/// Where a set names the port of its clients.
fn client_port(set: &Object, port: u64) -> String {
    let ports = |container: &Value| {
        let mut ports = items(container, "ports").iter();
        ports.position(|one| one.get("containerPort").and_then(Value::as_u64) == Some(port))
    };
    let mut containers = objects::containers(set).iter().enumerate();
    let found = containers.find_map(|(at, container)| Some((at, ports(container)?)));
    match found {
        Some((container, port)) => {
            format!("{POD}.containers[{container}].ports[{port}].containerPort")
        }
        None => "metadata.name".to_owned(),
    }
}

/// The ports at which members of a set must reach each other.
fn ports_among_members(facts: &Facts, set: &Object) -> Vec<u16> {
    match (facts.side(set), facts.plan.zookeeper()) {
        (Side::Kafka, _) if *facts.plan.kafka.brokers > 1 => {
            let mut ports = vec![*facts.plan.kafka.inter_broker_listener().port];
            let quorum = facts.plan.kraft().filter(|_| facts.plan.is_combined());
            ports.extend(quorum.map(|kraft| *kraft.port));
            ports
        }
        (Side::Controllers, _) => {
            let quorum = facts.plan.kraft().filter(|kraft| kraft.members.len() > 1);
            quorum.map(|kraft| *kraft.port).into_iter().collect()
        }
        (Side::ZooKeeper, Some(zk)) if *zk.servers > 1 => {
            vec![*zk.server_port, *zk.election_port]
        }
        _ => Vec::new(),
    }
}

/// Whether a port of a policy is one of a set's, given by its number or by its name there.
fn is_port(wanted: u16, given: &Value, set: &Object) -> bool {
    let number = |value: &Value| value.as_u64() == Some(wanted.into());
    match given.get("port") {
        None => true,
        Some(Value::String(name)) => {
            let mut ports = objects::containers(set)
                .iter()
                .flat_map(|container| items(container, "ports"));
            ports.any(|port| {
                objects::name_of(port) == name && port.get("containerPort").is_some_and(number)
            })
        }
        Some(port) => {
            let last = given.get("endPort").and_then(Value::as_u64);
            number(port)
                || last.is_some_and(|last| {
                    port.as_u64().is_some_and(|first| first <= wanted.into())
                        && u64::from(wanted) <= last
                })
        }
    }
}

/// Whether a rule of a policy lets the members of a set reach one of their ports.
fn lets_members(rule: &Value, set: &Object, port: u16) -> bool {
    let ports = items(rule, "ports");
    let peers = items(rule, "from");
    let empty = Mapping::new();
    let labels = labels_of(set).unwrap_or(&empty);
    // Namespaces and addresses are not known here: such a peer counts as a member.
    let member = |peer: &Value| {
        peer.get("podSelector")
            .is_none_or(|selector| matches(selector, labels) != Some(false))
    };
    (ports.is_empty() || ports.iter().any(|given| is_port(port, given, set)))
        && (peers.is_empty() || peers.iter().any(member))
}

/// A policy that guards nobody, or that parts the members of a cluster.
pub static POLICY_MISFIT: Rule = Rule::new(
    "NET033",
    Warning,
    "stackrox/kube-linter:docs/generated/checks.md, zegl/kube-score:README_CHECKS.md",
    |facts, found| {
        for policy in facts.of_kind("NetworkPolicy") {
            let mut workloads = facts.workloads().iter().peekable();
            let judged = workloads.peek().is_some();
            if judged && !workloads.any(|workload| is_about(policy, workload)) {
                misfit(found, policy, "NET033.nobody", &[]).place(policy, SELECTOR);
            }
        }
        for set in facts.of_kind("StatefulSet") {
            if !is_guarded(facts, set) {
                continue;
            }
            let blocked = ports_among_members(facts, set).into_iter().filter(|&port| {
                !policies(facts, set)
                    .flat_map(|policy| policy.items("spec.ingress"))
                    .any(|rule| lets_members(rule, set, port))
            });
            let ports: Vec<String> = blocked.map(|port| port.to_string()).collect();
            if ports.is_empty() {
                continue;
            }
            let finding = misfit(found, set, "NET033.parted", &ports);
            if let Some(policy) = policies(facts, set).next() {
                finding.place(policy, "spec.ingress");
            }
        }
    },
)
.effect(Effect::Nothing);

fn misfit<'f>(
    found: &'f mut super::Findings,
    object: &Object,
    what: &'static str,
    ports: &[String],
) -> &'f mut super::Finding {
    let mut name = object.subject();
    if !ports.is_empty() {
        name = format!("{name} ({})", ports.join(", "));
    }
    let args = vec![
        ("object", Arg::from(name)),
        ("what", Arg::Sentence(what.into())),
    ];
    found.add(&POLICY_MISFIT, object.subject(), args)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{design, found, found_in, silent};

    #[test]
    fn what_no_policy_guards_is_open() {
        let open = design(&[]);
        let subjects: Vec<String> = found(&open, "NET032")
            .into_iter()
            .map(|finding| finding.subject)
            .collect();
        assert_eq!(subjects, ["StatefulSet/kafka", "StatefulSet/zk"]);
        silent(
            &open.clone().with("cluster.profile", "development"),
            "NET032",
        );
        let login = ("zookeeper.options[sessionRequireClientSASLAuth]", "true");
        let login = open.with(login.0, login.1);
        silent(&login, "SEC010");
        assert_eq!(found(&login, "NET032").len(), 2);
    }

    #[test]
    fn a_policy_that_selects_nobody() {
        let objects = |app: &str| {
            format!(
                "kind: NetworkPolicy\nmetadata: {{name: kafka, namespace: kafka}}\nspec: {{podSelector: {{matchLabels: {{app: {app}}}}}, ingress: [{{}}]}}\n---\nkind: StatefulSet\nmetadata: {{name: kafka, namespace: kafka}}\nspec: {{template: {{metadata: {{labels: {{app: kafka}}}}, spec: {{containers: []}}}}}}\n"
            )
        };
        let wrong = found_in(&design(&[]), &objects("broker"), "NET033");
        assert_eq!(wrong[0].subject, "NetworkPolicy/kafka");
        assert_eq!(found_in(&design(&[]), &objects("kafka"), "NET033"), []);
    }

    /// By number, by name, by range; from anybody, from the members, from others.
    #[test]
    fn what_a_policy_lets_through() {
        let parted = |ingress: &str| {
            let objects = format!(
                "kind: NetworkPolicy\nmetadata: {{name: kafka, namespace: kafka}}\nspec: {{podSelector: {{}}, ingress: [{ingress}]}}\n---\nkind: StatefulSet\nmetadata: {{name: kafka, namespace: kafka}}\nspec: {{replicas: 3, template: {{metadata: {{labels: {{app: kafka}}}}, spec: {{containers: [{{name: c, ports: [{{name: tcp, containerPort: 9092}}]}}]}}}}}}\n"
            );
            !found_in(&design(&[]), &objects, "NET033").is_empty()
        };
        for open in [
            "{}",
            "{ports: [{port: 9092}]}",
            "{ports: [{port: tcp}]}",
            "{ports: [{port: 9000, endPort: 9100}]}",
            "{from: [{podSelector: {matchLabels: {app: kafka}}}]}",
            "{from: [{namespaceSelector: {}}]}",
        ] {
            assert!(!parted(open), "{open}");
        }
        for shut in [
            "",
            "{ports: [{port: 9094}]}",
            "{ports: [{port: 9000, endPort: 9091}]}",
            "{from: [{podSelector: {matchLabels: {app: client}}}]}",
        ] {
            assert!(parted(shut), "{shut}");
        }
    }
}
