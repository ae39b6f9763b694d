//! K8S: well-formed objects, ours and those of others.
//!
//! What the API server refuses, what never gets a pod or an address, and what is lost without a word.
//! An object that is not in the files cannot be judged, so selectors are silent where no pod is known.

use serde_yaml::{Mapping, Value};

use super::Severity::{Advice, Error, Warning};
use super::{Effect, Facts, Findings, Object, Rule, Side};
use crate::args;
use crate::text::Args;

const VALIDATION: &str = "kubernetes/apimachinery:pkg/util/validation/validation.go";
const CORE: &str = "kubernetes/api:core/v1/types.go (2026-07)";
const APPS: &str = "kubernetes/api:apps/v1/types.go (2026-07)";
const POLICY: &str = "kubernetes/api:policy/v1/types.go (2026-07)";
const SETS: &str =
    "kubernetes/kubernetes:pkg/apis/apps/validation/validation.go (an older version)";
const LINT: &str = "stackrox/kube-linter:docs/generated/checks.md";
const SCORE: &str = "zegl/kube-score:README_CHECKS.md";
const POLARIS: &str = "FairwindsOps/polaris:pkg/config/checks/";
const QUANTITY: &str = "kubernetes/apimachinery:pkg/api/resource/quantity.go";
const DOCS: &str = "Kubernetes documentation";
const KUSTOMIZE: &str = "kubernetes-sigs/kustomize documentation";

pub(super) const POD: &str = "spec.template.spec";
const LABELS: &str = "spec.template.metadata.labels";

/// The text under a key.
pub(super) fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key)?.as_str()
}

/// The items under a key; none when there is no list.
pub(super) fn items<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value
        .get(key)
        .and_then(Value::as_sequence)
        .map_or(&[], Vec::as_slice)
}

/// The containers of an object's pods, those that run first included.
pub(super) fn all_containers<'s>(object: &'s Object) -> impl Iterator<Item = &'s Value> {
    ["initContainers", "containers"]
        .into_iter()
        .flat_map(|list| object.items(&format!("{POD}.{list}")))
}

/// The containers that stay.
pub(super) fn containers<'s>(object: &'s Object) -> &'s [Value] {
    object.items(&format!("{POD}.containers"))
}

/// The name of a container.
pub(super) fn name_of(container: &Value) -> &str {
    text(container, "name").unwrap_or_default()
}

/// One finding about an object with a list of what is wrong, unless nothing is.
pub(super) fn listed(
    found: &mut Findings,
    rule: &'static Rule,
    object: &Object,
    path: &str,
    names: Vec<String>,
) {
    if !names.is_empty() {
        found
            .add(
                rule,
                object.subject(),
                args![object = object.subject(), names],
            )
            .place(object, path);
    }
}

/// One finding about an object, with its name.
fn about(found: &mut Findings, rule: &'static Rule, object: &Object, path: &str, mut more: Args) {
    more.push(("object", object.subject().into()));
    found.add(rule, object.subject(), more).place(object, path);
}

fn is_label(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=63).contains(&text.len())
        && text.chars().all(inner)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

fn is_subdomain(text: &str) -> bool {
    let part = |part: &str| {
        let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        !part.is_empty()
            && part.chars().all(inner)
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(part)
}

fn is_label_value(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let edge = |c: Option<char>| c.is_none_or(|c| c.is_ascii_alphanumeric());
    text.len() <= 63
        && text.chars().all(inner)
        && edge(text.chars().next())
        && edge(text.chars().next_back())
}

fn is_port_name(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=15).contains(&text.len())
        && text.chars().all(inner)
        && text.chars().any(|c| c.is_ascii_lowercase())
        && !text.contains("--")
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// Names of namespaces and containers.
pub static NOT_A_LABEL: Rule = Rule::new("K8S001", Error, VALIDATION, |facts, found| {
    for object in facts.objects() {
        let mut names = Vec::new();
        if object.kind == "Namespace" {
            names.push(object.name);
        }
        names.extend(all_containers(object).map(name_of));
        names.retain(|name| !is_label(name));
        let names = names.into_iter().map(str::to_owned).collect();
        listed(found, &NOT_A_LABEL, object, "metadata.name", names);
    }
});

/// Services have the strictest names.
pub static SERVICE_NAME: Rule = Rule::new("K8S002", Error, VALIDATION, |facts, found| {
    for service in facts.of_kind("Service") {
        if !is_label(service.name) || service.name.starts_with(|c: char| c.is_ascii_digit()) {
            about(found, &SERVICE_NAME, service, "metadata.name", args![]);
        }
    }
});

/// Names of other objects, and of claim templates.
pub static NOT_A_SUBDOMAIN: Rule = Rule::new("K8S003", Error, VALIDATION, |facts, found| {
    for object in facts.objects() {
        let mut names = match object.kind {
            "StatefulSet" | "ConfigMap" | "Secret" => vec![object.name],
            _ => Vec::new(),
        };
        let claims = object.items("spec.volumeClaimTemplates").iter();
        names.extend(claims.filter_map(|claim| text(claim.get("metadata")?, "name")));
        names.retain(|name| !is_subdomain(name));
        let names = names.into_iter().map(str::to_owned).collect();
        listed(found, &NOT_A_SUBDOMAIN, object, "metadata.name", names);
    }
});

/// The label of the revision must fit its 63 characters.
pub static SET_NAME_TOO_LONG: Rule = Rule::new(
    "K8S004",
    Error,
    "kubernetes/kubernetes issue 64023",
    |facts, found| {
        for set in facts.of_kind("StatefulSet") {
            let length = set.name.len();
            if length > 52 {
                about(
                    found,
                    &SET_NAME_TOO_LONG,
                    set,
                    "metadata.name",
                    args![length],
                );
            }
        }
    },
)
.effect(Effect::AbandonsData);

/// Values of labels have 63 characters at most.
pub static LABEL_VALUE: Rule = Rule::new("K8S007", Error, VALIDATION, |facts, found| {
    for object in facts.objects() {
        let labels = ["metadata.labels", LABELS]
            .into_iter()
            .filter_map(|path| object.get(path).and_then(Value::as_mapping))
            .flat_map(Mapping::values);
        let wrong = labels
            .filter_map(Value::as_str)
            .filter(|value| !is_label_value(value));
        let names = wrong.map(str::to_owned).collect();
        listed(found, &LABEL_VALUE, object, "metadata.labels", names);
    }
});

/// The names of the ports of an object's pods.
fn port_names<'s>(object: &'s Object) -> Vec<&'s str> {
    all_containers(object)
        .flat_map(|container| items(container, "ports"))
        .filter_map(|port| text(port, "name"))
        .collect()
}

/// Names of ports have 15 characters at most.
pub static PORT_NAME: Rule = Rule::new("K8S008", Error, CORE, |facts, found| {
    for object in facts.workloads() {
        let wrong = port_names(object)
            .into_iter()
            .filter(|name| !is_port_name(name));
        let names = wrong.map(str::to_owned).collect();
        listed(found, &PORT_NAME, object, POD, names);
    }
});

/// Those that a list has more than once, each once.
fn repeated<'v>(names: impl IntoIterator<Item = &'v str>) -> Vec<String> {
    let mut names: Vec<&str> = names.into_iter().collect();
    names.sort_unstable();
    let mut twice: Vec<String> = names
        .windows(2)
        .filter(|pair| pair[0] == pair[1])
        .map(|pair| pair[0].to_owned())
        .collect();
    twice.dedup();
    twice
}

/// A name leads to one port of a pod.
pub static PORT_NAME_TWICE: Rule = Rule::new("K8S009", Error, CORE, |facts, found| {
    for object in facts.workloads() {
        listed(
            found,
            &PORT_NAME_TWICE,
            object,
            POD,
            repeated(port_names(object)),
        );
    }
});

/// A set that does not select its own pods is refused.
pub static SELECTOR_MISSES_TEMPLATE: Rule = Rule::new("K8S010", Error, SETS, |facts, found| {
    for set in facts.of_kind("StatefulSet") {
        let wanted = set
            .get("spec.selector.matchLabels")
            .and_then(Value::as_mapping);
        if wanted.is_some_and(|labels| !labels.is_empty())
            && !set.selects("spec.selector.matchLabels", set)
        {
            about(
                found,
                &SELECTOR_MISSES_TEMPLATE,
                set,
                "spec.selector",
                args![],
            );
        }
    }
})
.effect(Effect::Recreate);

/// A set must say which pods are its own.
pub static SELECTOR_EMPTY: Rule = Rule::new("K8S011", Error, SETS, |facts, found| {
    for set in facts.of_kind("StatefulSet") {
        let has = |path: &str| match set.get(path) {
            Some(Value::Mapping(labels)) => !labels.is_empty(),
            Some(Value::Sequence(list)) => !list.is_empty(),
            _ => false,
        };
        if !has("spec.selector.matchLabels") && !has("spec.selector.matchExpressions") {
            about(found, &SELECTOR_EMPTY, set, "spec.selector", args![]);
        }
    }
})
.effect(Effect::Recreate);

/// Pods of a set are always started again.
pub static RESTART_POLICY: Rule = Rule::new("K8S012", Error, SETS, |facts, found| {
    for set in facts.of_kind("StatefulSet") {
        let path = format!("{POD}.restartPolicy");
        if let Some(policy) = set.text(&path).filter(|policy| *policy != "Always") {
            about(found, &RESTART_POLICY, set, &path, args![policy]);
        }
    }
});

/// Words that Kubernetes does not know.
pub static UNKNOWN_POLICY: Rule = Rule::new("K8S013", Error, SETS, |facts, found| {
    let known = [
        ("spec.podManagementPolicy", ["OrderedReady", "Parallel"]),
        ("spec.updateStrategy.type", ["RollingUpdate", "OnDelete"]),
    ];
    for set in facts.of_kind("StatefulSet") {
        let wrong = known.iter().filter_map(|(path, words)| {
            let word = set.text(path)?;
            (!words.contains(&word)).then(|| word.to_owned())
        });
        listed(found, &UNKNOWN_POLICY, set, "spec", wrong.collect());
    }
});

fn is_headless(service: &Object) -> bool {
    service.text("spec.clusterIP") == Some("None")
}

/// Without its headless Service the pods of a set have no names.
pub static NO_GOVERNING_SERVICE: Rule = Rule::new("K8S014", Error, APPS, |facts, found| {
    for set in facts.of_kind("StatefulSet") {
        let name = set.text("spec.serviceName").unwrap_or_default();
        let there = facts.of_kind("Service").any(|service| {
            service.name == name && service.namespace == set.namespace && is_headless(service)
        });
        if !there && facts.of_kind("Service").next().is_some() {
            about(
                found,
                &NO_GOVERNING_SERVICE,
                set,
                "spec.serviceName",
                args![service = name],
            );
        }
    }
})
.effect(Effect::Recreate);

/// The Service that names the pods of a set does not select them.
pub static GOVERNING_SERVICE_MISSES: Rule = Rule::new("K8S015", Error, LINT, |facts, found| {
    for set in facts.of_kind("StatefulSet") {
        let name = set.text("spec.serviceName").unwrap_or_default();
        for service in facts.of_kind("Service") {
            let governs = service.name == name && service.namespace == set.namespace;
            if governs && service.get("spec.selector").is_some() && !selects(service, set) {
                about(
                    found,
                    &GOVERNING_SERVICE_MISSES,
                    service,
                    "spec.selector",
                    args![set = set.name],
                );
            }
        }
    }
})
.effect(Effect::Nothing)
.hides(&["K8S016"]);

/// Whether a Service selects pods of an object; labels that the controller adds count as there.
fn selects(service: &Object, workload: &Object) -> bool {
    const ADDED: [&str; 2] = [
        "statefulset.kubernetes.io/pod-name",
        "apps.kubernetes.io/pod-index",
    ];
    let Some(Value::Mapping(wanted)) = service.get("spec.selector") else {
        return false;
    };
    let labels = workload.get(LABELS).and_then(Value::as_mapping);
    let has = |key: &Value, value: &Value| labels.and_then(|labels| labels.get(key)) == Some(value);
    service.namespace == workload.namespace
        && !wanted.is_empty()
        && wanted.iter().all(|(key, value)| {
            has(key, value)
                || workload.kind == "StatefulSet"
                    && key.as_str().is_some_and(|key| ADDED.contains(&key))
        })
}

/// A Service leads nowhere.
pub static SERVICE_WITHOUT_PODS: Rule = Rule::new("K8S016", Error, LINT, |facts, found| {
    for service in facts.of_kind("Service") {
        let judged = service.get("spec.selector").is_some() && !facts.workloads().is_empty();
        if judged
            && !facts
                .workloads()
                .iter()
                .any(|workload| selects(service, workload))
        {
            about(
                found,
                &SERVICE_WITHOUT_PODS,
                service,
                "spec.selector",
                args![],
            );
        }
    }
})
.effect(Effect::Nothing);

/// A Service leads to a port that no container opens.
pub static TARGET_PORT_CLOSED: Rule = Rule::new("K8S017", Error, LINT, |facts, found| {
    for service in facts.of_kind("Service") {
        let pods: Vec<&Object> = facts
            .workloads()
            .iter()
            .filter(|pods| selects(service, pods))
            .collect();
        let ports = || {
            let containers = pods.iter().flat_map(|pods| all_containers(pods));
            containers.flat_map(|container| items(container, "ports"))
        };
        // Who declares no port at all does not declare them.
        if ports().next().is_none() {
            continue;
        }
        let closed = items(service.get("spec").unwrap_or(&Value::Null), "ports")
            .iter()
            .filter_map(|port| port.get("targetPort").or_else(|| port.get("port")))
            .filter(|&target| {
                let key = if target.is_string() {
                    "name"
                } else {
                    "containerPort"
                };
                !ports().any(|port| port.get(key) == Some(target))
            });
        let names = closed
            .map(|target| match target.as_str() {
                Some(name) => name.to_owned(),
                None => target.as_i64().unwrap_or_default().to_string(),
            })
            .collect();
        listed(found, &TARGET_PORT_CLOSED, service, "spec.ports", names);
    }
})
.effect(Effect::Nothing);

/// Two or more ports need names.
pub static SERVICE_PORT_NAMES: Rule = Rule::new("K8S018", Error, CORE, |facts, found| {
    for service in facts.of_kind("Service") {
        let ports = service.items("spec.ports");
        let names: Vec<&str> = ports.iter().filter_map(|port| text(port, "name")).collect();
        let lacking = ports.len() - names.len();
        if ports.len() > 1 && (lacking > 0 || !repeated(names).is_empty()) {
            about(
                found,
                &SERVICE_PORT_NAMES,
                service,
                "spec.ports",
                args![ports = ports.len()],
            );
        }
    }
})
.effect(Effect::Nothing);

/// A budget counts the pods of one set, or of all sets of brokers.
///
/// Kubernetes adds up the replicas of every set that a budget selects (`getExpectedScale` in
/// kubernetes/kubernetes:pkg/controller/disruption/disruption.go), so one budget may span several
/// sets; what must not share one is a broker and a server.
pub static BUDGET_OF_OTHERS: Rule = Rule::new("K8S031", Warning, POLICY, |facts, found| {
    let sets: Vec<&Object> = facts.workloads().iter().collect();
    for budget in facts.of_kind("PodDisruptionBudget") {
        let Some(selector) = budget.get("spec.selector").and_then(Value::as_mapping) else {
            continue;
        };
        let is_empty = selector.values().all(|part| match part {
            Value::Mapping(labels) => labels.is_empty(),
            Value::Sequence(list) => list.is_empty(),
            _ => true,
        });
        let by_labels = selector.get("matchLabels").is_some();
        if !(is_empty || by_labels) || !sets.iter().any(|set| set.kind == "StatefulSet") {
            continue;
        }
        // An empty selector takes every pod of the namespace; in policy/v1beta1 it took none.
        let takes_all = is_empty && budget.api_version == "policy/v1";
        let selected = sets.iter().filter(|set| {
            budget.selects("spec.selector.matchLabels", set)
                || takes_all && set.namespace == budget.namespace
        });
        let selected: Vec<_> = selected.collect();
        let sets = selected.len();
        let brokers = sets > 0 && selected.iter().all(|set| facts.side(set) == Side::Kafka);
        if sets != 1 && !brokers {
            about(
                found,
                &BUDGET_OF_OTHERS,
                budget,
                "spec.selector",
                args![sets],
            );
        }
    }
})
.effect(Effect::Nothing);

/// A broken pod is in the way of its own eviction.
pub static EVICTION_POLICY: Rule = Rule::new("K8S033", Advice, POLICY, |facts, found| {
    if *facts.plan.cluster.kubernetes < crate::catalog::KubernetesVersion::of(1, 27) {
        return;
    }
    for budget in facts.of_kind("PodDisruptionBudget") {
        if budget.get("spec.unhealthyPodEvictionPolicy").is_none() {
            about(found, &EVICTION_POLICY, budget, "spec", args![]);
        }
    }
})
.applies_to("Kubernetes ≥ 1.27")
.effect(Effect::Nothing);

/// What a pod may only refer to in its own namespace.
fn references<'s>(object: &'s Object) -> Vec<(&'static str, &'s str)> {
    let mut names = Vec::new();
    let volumes = object.items(&format!("{POD}.volumes")).iter();
    names.extend(volumes.filter_map(|volume| needed(volume.get("configMap")?, "name")));
    for container in all_containers(object) {
        let from = items(container, "envFrom").iter();
        names.extend(from.filter_map(|from| needed(from.get("configMapRef")?, "name")));
        let variables = items(container, "env").iter();
        names.extend(variables.filter_map(|variable| {
            needed(variable.get("valueFrom")?.get("configMapKeyRef")?, "name")
        }));
    }
    let mut all: Vec<_> = names.into_iter().map(|name| ("ConfigMap", name)).collect();
    let account = object.text(&format!("{POD}.serviceAccountName"));
    all.extend(
        account
            .filter(|account| *account != "default")
            .map(|account| ("ServiceAccount", account)),
    );
    all
}

fn needed<'v>(reference: &'v Value, key: &str) -> Option<&'v str> {
    let optional = reference.get("optional").and_then(Value::as_bool);
    text(reference, key).filter(|_| optional != Some(true))
}

/// Pods wait for ever for what is not in their namespace.
pub static REFERENCE_MISSING: Rule = Rule::new("K8S041", Error, CORE, |facts, found| {
    for object in facts.workloads() {
        let there = |(kind, name): &(&str, &str)| {
            facts
                .of_kind(kind)
                .any(|one| one.name == *name && one.namespace == object.namespace)
        };
        let mut names: Vec<String> = references(object)
            .into_iter()
            .filter(|reference| !there(reference))
            .map(|(kind, name)| format!("{kind}/{name}"))
            .collect();
        names.dedup();
        listed(found, &REFERENCE_MISSING, object, POD, names);
    }
})
.effect(Effect::Nothing);

/// What a container asks for: `requests.memory` and the like.
fn amounts(container: &Value) -> Vec<(String, &Value)> {
    let of = |list: &'static str| {
        let amounts = container.get("resources").and_then(|all| all.get(list));
        let amounts = amounts.and_then(Value::as_mapping);
        amounts
            .into_iter()
            .flatten()
            .filter_map(move |(key, value)| Some((format!("{list}.{}", key.as_str()?), value)))
    };
    of("requests").chain(of("limits")).collect()
}

fn amount<'v>(container: &'v Value, list: &str, what: &str) -> Option<&'v Value> {
    container.get("resources")?.get(list)?.get(what)
}

/// Whether Kubernetes reads a text as an amount.
fn is_quantity(text: &str) -> bool {
    const SUFFIXES: [&str; 16] = [
        "", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei",
    ];
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, suffix) = text.split_at(end);
    let exponent = suffix
        .strip_prefix(['e', 'E'])
        .is_some_and(|power| power.parse::<i32>().is_ok());
    number.parse::<f64>().is_ok() && (SUFFIXES.contains(&suffix) || exponent)
}

/// Amounts that Kubernetes does not read.
pub static NOT_A_QUANTITY: Rule = Rule::new("K8S042", Error, QUANTITY, |facts, found| {
    for object in facts.workloads() {
        let mut names: Vec<String> = all_containers(object)
            .flat_map(amounts)
            .filter_map(|(_, value)| value.as_str())
            .filter(|text| !is_quantity(text))
            .map(str::to_owned)
            .collect();
        names.dedup();
        listed(found, &NOT_A_QUANTITY, object, POD, names);
    }
});

/// A small m means thousandths, also of a byte.
pub static THOUSANDTHS_OF_BYTES: Rule = Rule::new("K8S043", Warning, QUANTITY, |facts, found| {
    for object in facts.workloads() {
        let mut names: Vec<String> = all_containers(object)
            .flat_map(amounts)
            .filter(|(path, _)| path.ends_with(".memory"))
            .filter_map(|(_, value)| value.as_str())
            .filter(|text| text.ends_with('m'))
            .map(str::to_owned)
            .collect();
        names.dedup();
        listed(found, &THOUSANDTHS_OF_BYTES, object, POD, names);
    }
});

/// The containers of each set for which something holds, in one finding.
pub(super) fn of_sets(
    facts: &Facts,
    found: &mut Findings,
    rule: &'static Rule,
    is_wrong: impl Fn(&Object, &Value) -> bool,
) {
    of_containers(facts, found, rule, is_wrong, |_| None);
}

/// The same, shown at a path of the first such container, when there is one.
fn of_containers(
    facts: &Facts,
    found: &mut Findings,
    rule: &'static Rule,
    is_wrong: impl Fn(&Object, &Value) -> bool,
    place: impl Fn(&Value) -> Option<String>,
) {
    for set in facts.of_kind("StatefulSet") {
        let wrong = containers(set)
            .iter()
            .filter(|container| is_wrong(set, container));
        let wrong: Vec<&Value> = wrong.collect();
        let first = wrong.first().and_then(|first| {
            let name = name_of(first);
            Some(format!("{POD}.containers[{name}].{}", place(first)?))
        });
        let path = first.unwrap_or_else(|| format!("{POD}.containers"));
        let names = wrong.into_iter().map(|one| name_of(one).to_owned());
        listed(found, rule, set, &path, names.collect());
    }
}

/// Pods without a limit are early victims when a node runs out of memory.
pub static NO_MEMORY_LIMIT: Rule = Rule::new("K8S045", Warning, LINT, |facts, found| {
    let wrong = |_: &Object, container: &Value| amount(container, "limits", "memory").is_none();
    let place = |container: &Value| {
        let request = amount(container, "requests", "memory");
        request.map(|_| "resources.requests.memory".to_owned())
    };
    of_containers(facts, found, &NO_MEMORY_LIMIT, wrong, place);
});

/// The scheduler keeps nothing free for such pods.
pub static NO_REQUEST: Rule = Rule::new("K8S046", Warning, LINT, |facts, found| {
    of_sets(facts, found, &NO_REQUEST, |_, container| {
        // A limit without a request counts as the request too.
        ["memory", "cpu"].into_iter().any(|what| {
            amount(container, "requests", what).is_none()
                && amount(container, "limits", what).is_none()
        })
    });
});

/// A process that is slowed down looks like one that is gone.
pub static CPU_LIMIT: Rule = Rule::new("K8S047", Advice, SCORE, |facts, found| {
    of_sets(facts, found, &CPU_LIMIT, |_, container| {
        amount(container, "limits", "cpu").is_some()
    });
});

/// Only equal amounts make the order of evictions certain.
pub static MEMORY_DIFFERS: Rule = Rule::new("K8S048", Advice, SCORE, |facts, found| {
    of_sets(facts, found, &MEMORY_DIFFERS, |_, container| {
        let (request, limit) = (
            amount(container, "requests", "memory"),
            amount(container, "limits", "memory"),
        );
        request.is_some() && limit.is_some() && request != limit
    });
});

/// The script that a container gives to a shell, its arguments included.
pub(super) fn script(container: &Value) -> Option<String> {
    let words = ["command", "args"]
        .into_iter()
        .flat_map(|key| items(container, key));
    let words: Vec<&str> = words.filter_map(Value::as_str).collect();
    let shell = words.first()?.rsplit('/').next()?;
    let at = words.iter().position(|word| {
        word.strip_prefix('-')
            .is_some_and(|flags| !flags.starts_with('-') && flags.ends_with('c'))
    })?;
    let rest = words.get(at + 1..)?;
    matches!(shell, "sh" | "bash" | "dash" | "ash").then(|| rest.join(" "))
}

/// The stop signal ends at the shell, and the process is killed when its time is over.
pub static SHELL_KEEPS_SIGNALS: Rule = Rule::new("K8S050", Warning, DOCS, |facts, found| {
    let wrong = |set: &Object, container: &Value| {
        let ours = facts.side(set) != Side::Other;
        ours && script(container).is_some_and(|script| {
            let mut words =
                script.split(|c: char| c.is_whitespace() || matches!(c, ';' | '&' | '('));
            !words.any(|word| matches!(word, "exec" | "trap"))
        })
    };
    let place = |container: &Value| {
        let mut lists = ["args", "command"].into_iter();
        lists.find_map(|list| {
            let last = items(container, list).len().checked_sub(1)?;
            Some(format!("{list}[{last}]"))
        })
    };
    of_containers(facts, found, &SHELL_KEEPS_SIGNALS, wrong, place);
});

/// Replicas have not caught up when the next broker goes.
pub static NO_MIN_READY: Rule = Rule::new("K8S051", Advice, APPS, |facts, found| {
    if *facts.plan.cluster.kubernetes < crate::catalog::KubernetesVersion::of(1, 23) {
        return;
    }
    for set in facts.of_kind("StatefulSet") {
        let seconds = set.number("spec.minReadySeconds").unwrap_or(0);
        if seconds == 0 && set.replicas() > 1 && facts.side(set) == Side::Kafka {
            let finding = found.add(&NO_MIN_READY, set.subject(), args![object = set.subject()]);
            finding.place(set, "spec").at("kafka.min_ready_seconds");
            finding.fix(facts.fix_to("kafka.min_ready_seconds", 60));
        }
    }
})
.applies_to("Kubernetes ≥ 1.23");

/// Fewer pods, and the data are gone.
pub static CLAIMS_DELETED: Rule = Rule::new("K8S052", Warning, APPS, |facts, found| {
    for set in facts.of_kind("StatefulSet") {
        let names: Vec<String> = ["whenScaled", "whenDeleted"]
            .into_iter()
            .filter(|when| {
                let path = format!("spec.persistentVolumeClaimRetentionPolicy.{when}");
                set.text(&path) == Some("Delete")
            })
            .map(str::to_owned)
            .collect();
        listed(
            found,
            &CLAIMS_DELETED,
            set,
            "spec.persistentVolumeClaimRetentionPolicy",
            names,
        );
    }
})
.applies_to("Kubernetes ≥ 1.27")
.effect(Effect::Nothing);

/// A change waits until somebody deletes the pods.
pub static UPDATE_ON_DELETE: Rule = Rule::new("K8S053", Advice, APPS, |facts, found| {
    for set in facts.of_kind("StatefulSet") {
        if set.text("spec.updateStrategy.type") == Some("OnDelete") {
            about(
                found,
                &UPDATE_ON_DELETE,
                set,
                "spec.updateStrategy",
                args![],
            );
        }
    }
});

/// No way back after a bad change.
pub static NO_HISTORY: Rule = Rule::new("K8S054", Advice, APPS, |facts, found| {
    for set in facts.of_kind("StatefulSet") {
        let kept = set
            .number("spec.revisionHistoryLimit")
            .filter(|&kept| kept < 2);
        if let Some(kept) = kept {
            about(
                found,
                &NO_HISTORY,
                set,
                "spec.revisionHistoryLimit",
                args![kept],
            );
        }
    }
})
.effect(Effect::Nothing);

/// A changed configuration does not reach pods that run.
pub static CONFIG_WITHOUT_CHECKSUM: Rule = Rule::new("K8S055", Warning, DOCS, |facts, found| {
    for set in facts.of_kind("StatefulSet") {
        let annotations = set
            .get("spec.template.metadata.annotations")
            .and_then(Value::as_mapping);
        let sums = |key: &Value| key.as_str().is_some_and(|key| key.contains("checksum"));
        if annotations.is_some_and(|all| all.keys().any(sums)) {
            continue;
        }
        let mut names: Vec<String> = references(set)
            .into_iter()
            .filter(|(kind, name)| *kind == "ConfigMap" && !ends_in_hash(name))
            .map(|(_, name)| name.to_owned())
            .collect();
        names.dedup();
        listed(
            found,
            &CONFIG_WITHOUT_CHECKSUM,
            set,
            "spec.template.metadata",
            names,
        );
    }
});

/// Whether a name ends in what kustomize or a similar tool appends.
fn ends_in_hash(name: &str) -> bool {
    name.rsplit_once('-').is_some_and(|(_, end)| {
        end.len() >= 8
            && end
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
            && end.chars().any(|c| c.is_ascii_digit())
    })
}

/// Objects have a size limit, and a client-side apply keeps a copy in a smaller place.
pub static LARGE_CONFIG: Rule = Rule::new("K8S056", Error, CORE, |facts, found| {
    for object in facts.objects() {
        if !matches!(object.kind, "ConfigMap" | "Secret") {
            continue;
        }
        let data = ["data", "binaryData", "stringData"].into_iter();
        let maps = data.filter_map(|key| object.get(key)?.as_mapping());
        let texts = maps.flat_map(Mapping::values).filter_map(Value::as_str);
        let kib = texts.map(str::len).sum::<usize>() / 1024;
        if kib >= 256 {
            let severity = if kib >= 1024 { Error } else { Warning };
            found
                .add(
                    &LARGE_CONFIG,
                    object.subject(),
                    args![object = object.subject(), kib],
                )
                .severity(severity)
                .place(object, "data");
        }
    }
})
.effect(Effect::Nothing);

/// Mounts and volumes that do not fit each other.
pub static MOUNTS_AND_VOLUMES: Rule = Rule::new("K8S057", Error, APPS, |facts, found| {
    for object in facts.workloads() {
        let volumes = object.items(&format!("{POD}.volumes")).iter();
        let claims = object.items("spec.volumeClaimTemplates").iter();
        let claims: Vec<&str> = claims
            .filter_map(|claim| text(claim.get("metadata")?, "name"))
            .collect();
        let mut there: Vec<&str> = volumes.filter_map(|volume| text(volume, "name")).collect();
        there.extend(&claims);
        let mounted: Vec<&str> = all_containers(object)
            .flat_map(|container| items(container, "volumeMounts"))
            .filter_map(|mount| text(mount, "name"))
            .collect();
        let lacking = mounted.iter().filter(|name| !there.contains(name));
        let idle = claims.iter().filter(|name| !mounted.contains(name));
        let mut names: Vec<String> = lacking.chain(idle).map(|name| (*name).to_owned()).collect();
        names.extend(repeated(there.iter().copied()));
        names.sort();
        names.dedup();
        listed(found, &MOUNTS_AND_VOLUMES, object, POD, names);
    }
})
.effect(Effect::Recreate);

/// Of two values the last one holds.
pub static VARIABLE_TWICE: Rule = Rule::new("K8S058", Warning, LINT, |facts, found| {
    for object in facts.workloads() {
        let twice = all_containers(object).flat_map(|container| {
            repeated(
                items(container, "env")
                    .iter()
                    .filter_map(|variable| text(variable, "name")),
            )
        });
        let names = twice.collect();
        listed(found, &VARIABLE_TWICE, object, POD, names);
    }
});

/// Kubernetes puts the variable in where the shell was to run a command.
pub static REPLACED_TOO_EARLY: Rule = Rule::new("K8S059", Warning, CORE, |facts, found| {
    for object in facts.workloads() {
        let mut names = Vec::new();
        for container in all_containers(object) {
            // Variables are written in capitals, programs are not.
            let programs = items(container, "env")
                .iter()
                .filter_map(|variable| text(variable, "name"))
                .filter(|name| name.contains(|c: char| c.is_ascii_lowercase()));
            names.extend(
                programs
                    .filter(|name| script(container).is_some_and(|all| is_replaced(&all, name)))
                    .map(str::to_owned),
            );
        }
        listed(found, &REPLACED_TOO_EARLY, object, POD, names);
    }
});

/// Whether Kubernetes replaces `$(name)` in a text; `$$(name)` stays.
fn is_replaced(text: &str, name: &str) -> bool {
    let reference = ["$(", name, ")"].concat();
    text.match_indices(&reference)
        .any(|(at, _)| !text[..at].ends_with('$'))
}

/// Brokers give way to every job when a node is full.
pub static NO_PRIORITY: Rule = Rule::new("K8S060", Advice, POLARIS, |facts, found| {
    if !facts.is_production() {
        return;
    }
    let class = [POD, ".priorityClassName"].concat();
    let without: Vec<&Object> = facts
        .of_kind("StatefulSet")
        .filter(|set| set.get(&class).is_none())
        .collect();
    if !without.is_empty() {
        let names: Vec<String> = without.iter().map(|set| set.name.to_owned()).collect();
        let finding = found.add(&NO_PRIORITY, "priorityClassName", args![names]);
        for set in &without {
            finding.place(set, POD);
        }
        let mut paths: Vec<_> = without
            .iter()
            .filter_map(|set| facts.field_of(facts.side(set), "priority_class"))
            .collect();
        paths.dedup();
        finding.fields = paths;
    }
});

/// The terms of affinity of an object's pods, preferred and required, near and apart.
fn affinity_terms<'s>(object: &'s Object) -> Vec<(&'static str, &'s Value)> {
    const KINDS: [&str; 2] = ["podAffinity", "podAntiAffinity"];
    let mut terms = Vec::new();
    for kind in KINDS {
        let Some(rules) = object.get(&[POD, ".affinity.", kind].concat()) else {
            continue;
        };
        let required = items(rules, "requiredDuringSchedulingIgnoredDuringExecution");
        let preferred = items(rules, "preferredDuringSchedulingIgnoredDuringExecution");
        let preferred = preferred
            .iter()
            .filter_map(|one| one.get("podAffinityTerm"));
        terms.extend(required.iter().chain(preferred).map(|term| (kind, term)));
    }
    terms
}

/// Whether the selector of an affinity term matches the labels of an object's pods.
fn term_selects(term: &Value, object: &Object) -> bool {
    let (Some(selector), Some(Value::Mapping(labels))) =
        (term.get("labelSelector"), object.get(LABELS))
    else {
        return false;
    };
    let wanted = selector.get("matchLabels").and_then(Value::as_mapping);
    let by_labels = wanted
        .into_iter()
        .flatten()
        .all(|(key, value)| labels.get(key) == Some(value));
    let by_expressions = items(selector, "matchExpressions").iter().all(|one| {
        let value = text(one, "key").and_then(|key| labels.get(key));
        match text(one, "operator") {
            Some("In") => value.is_some_and(|value| items(one, "values").contains(value)),
            Some("Exists") => value.is_some(),
            // What excludes is no sign of who is meant.
            _ => false,
        }
    });
    by_labels && by_expressions
}

/// A term that only looks into its own namespace, for pods that stand in another.
pub static NEIGHBOURS_ELSEWHERE: Rule = Rule::new("K8S036", Warning, CORE, |facts, found| {
    for object in facts.workloads() {
        for (kind, term) in affinity_terms(object) {
            if term.get("namespaces").is_some() || term.get("namespaceSelector").is_some() {
                continue;
            }
            let meant = || {
                facts
                    .workloads()
                    .iter()
                    .filter(|other| term_selects(term, other))
            };
            if meant().any(|other| other.namespace == object.namespace) {
                continue;
            }
            if let Some(other) = meant().next() {
                let path = [POD, ".affinity.", kind].concat();
                let (other, namespace) = (other.subject(), other.namespace);
                about(
                    found,
                    &NEIGHBOURS_ELSEWHERE,
                    object,
                    &path,
                    args![other, namespace],
                );
                break;
            }
        }
    }
});

/// Where an object says what belongs together: its own labels, or those by which it finds its pods.
fn labels_instead(object: &Object) -> String {
    let mut paths = ["metadata.labels", "spec.selector.matchLabels"].into_iter();
    let first = paths.find_map(|path| {
        let (key, _) = object.get(path)?.as_mapping()?.iter().next()?;
        Some(format!("{path}[{}]", key.as_str()?))
    });
    first.unwrap_or_else(|| "metadata".to_owned())
}

/// Tools cannot tell what belongs together.
pub static NO_COMMON_LABELS: Rule = Rule::new("K8S061", Advice, POLARIS, |facts, found| {
    let lacks = |object: &&Object| {
        let labels = object.get("metadata.labels").and_then(Value::as_mapping);
        !["app.kubernetes.io/name", "app.kubernetes.io/instance"]
            .into_iter()
            .all(|key| labels.is_some_and(|labels| labels.get(key).is_some()))
    };
    let sets: Vec<&Object> = facts.of_kind("StatefulSet").filter(lacks).collect();
    if !sets.is_empty() {
        let names: Vec<String> = sets.iter().map(|set| set.subject()).collect();
        let finding = found.add(&NO_COMMON_LABELS, "metadata.labels", args![names]);
        for set in sets {
            finding.place(set, &labels_instead(set));
        }
    }
})
.effect(Effect::Nothing);

/// Labels that also reach claim templates can never be changed.
pub static LABELS_IN_CLAIMS: Rule = Rule::new("K8S063", Warning, KUSTOMIZE, |facts, found| {
    let claims = |set: &Object| !set.items("spec.volumeClaimTemplates").is_empty();
    if !facts.of_kind("StatefulSet").any(claims) {
        return;
    }
    for list in facts.of_kind("Kustomization") {
        let everywhere =
            |entry: &Value| entry.get("includeTemplates").and_then(Value::as_bool) == Some(true);
        if list.get("commonLabels").is_some() || list.items("labels").iter().any(everywhere) {
            about(found, &LABELS_IN_CLAIMS, list, "commonLabels", args![]);
        }
    }
})
.effect(Effect::Recreate);

/// Everything moves into one namespace, but not the names inside texts.
pub static ONE_NAMESPACE_FOR_ALL: Rule = Rule::new("K8S064", Warning, KUSTOMIZE, |facts, found| {
    let objects = facts.objects().iter();
    let mut namespaces: Vec<&str> = objects.map(|object| object.namespace).collect();
    namespaces.retain(|namespace| !namespace.is_empty());
    namespaces.sort_unstable();
    namespaces.dedup();
    for list in facts.of_kind("Kustomization") {
        let Some(namespace) = list.text("namespace") else {
            continue;
        };
        if namespaces.len() > 1 || facts.of_kind("Namespace").next().is_some() {
            about(
                found,
                &ONE_NAMESPACE_FOR_ALL,
                list,
                "namespace",
                args![namespace],
            );
        }
    }
})
.effect(Effect::AbandonsData);

#[cfg(test)]
mod tests {
    use super::super::testing::{design, found_in};

    fn count(objects: &str, id: &str) -> usize {
        found_in(&design(&[]), objects, id).len()
    }

    #[test]
    fn a_large_config() {
        let config = |kib: usize| {
            format!(
                "kind: ConfigMap\nmetadata: {{name: c, namespace: kafka}}\ndata: {{a: {}}}\n",
                "x".repeat(kib * 1024)
            )
        };
        assert_eq!(count(&config(255), "K8S056"), 0);
        assert_eq!(count(&config(256), "K8S056"), 1);
        let large = found_in(&design(&[]), &config(1024), "K8S056");
        assert_eq!(large[0].severity, super::Error);
    }

    #[test]
    fn labels_that_the_controller_adds_count() {
        let set = "kind: StatefulSet\nmetadata: {name: kafka, namespace: kafka}\nspec: {template: {metadata: {labels: {app: k}}, spec: {containers: []}}}\n";
        let one = "kind: Service\nmetadata: {name: one, namespace: kafka}\nspec: {clusterIP: None, selector: {app: k, statefulset.kubernetes.io/pod-name: kafka-0}}\n";
        assert_eq!(count(&[set, one].join("---\n"), "K8S016"), 0);
        assert_eq!(count(one, "K8S016"), 0, "no pods are known");
    }

    #[test]
    fn one_budget_for_all_brokers_is_meant_and_one_for_servers_too_is_not() {
        let set = |name: &str, namespace: &str| {
            format!(
                "---\nkind: StatefulSet\nmetadata: {{name: {name}, namespace: {namespace}}}\nspec: {{template: {{metadata: {{labels: {{app: k}}}}, spec: {{}}}}}}\n"
            )
        };
        let budget = "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: b, namespace: kafka}\nspec: {maxUnavailable: 1, selector: {matchLabels: {app: k}}}\n";
        let zones = design(&[("zookeeper.namespace", "kafka")])
            .with_list("kafka.groups", &["a", "b"])
            .with("kafka.groups[a].name", "kafka-a")
            .with("kafka.groups[b].name", "kafka-b");
        let brokers = [budget, &set("kafka-a", "kafka"), &set("kafka-b", "kafka")].concat();
        assert_eq!(found_in(&zones, &brokers, "K8S031"), []);
        let servers = brokers + &set("zk", "kafka");
        assert_eq!(found_in(&zones, &servers, "K8S031").len(), 1);
    }

    #[test]
    fn a_shell_that_hands_over_or_listens_keeps_no_signal() {
        let set = |command: &str| {
            format!(
                "kind: StatefulSet\nmetadata: {{name: kafka, namespace: kafka}}\nspec: {{template: {{spec: {{containers: [{{name: kafka, command: [{command}]}}]}}}}}}\n"
            )
        };
        assert_eq!(count(&set("bash, -ec, 'a; b'"), "K8S050"), 1);
        assert_eq!(count(&set("sh, -c, 'a && exec b'"), "K8S050"), 0);
        assert_eq!(
            count(&set("sh, -c, 'trap stop TERM; b & wait'"), "K8S050"),
            0
        );
        assert_eq!(count(&set("kafka-server-start.sh, x"), "K8S050"), 0);
    }
}
