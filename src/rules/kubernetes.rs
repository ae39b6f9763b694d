//! K8S: objects as Kubernetes takes them. The rules look at kinds, whoever wrote the objects.

use serde_yaml::Value;

use super::Severity::{Advice, Error, Warning};
use super::{Effect, Facts, Fix, Object, Rule, Side, encryption, objects};
use crate::args;

/// The family, in the order of the catalogue.
pub static RULES: &[&Rule] = &[
    &objects::NOT_A_LABEL,
    &objects::SERVICE_NAME,
    &objects::NOT_A_SUBDOMAIN,
    &objects::SET_NAME_TOO_LONG,
    &objects::LABEL_VALUE,
    &objects::PORT_NAME,
    &objects::PORT_NAME_TWICE,
    &objects::SELECTOR_MISSES_TEMPLATE,
    &objects::SELECTOR_EMPTY,
    &objects::RESTART_POLICY,
    &objects::UNKNOWN_POLICY,
    &objects::NO_GOVERNING_SERVICE,
    &objects::GOVERNING_SERVICE_MISSES,
    &objects::SERVICE_WITHOUT_PODS,
    &objects::TARGET_PORT_CLOSED,
    &objects::SERVICE_PORT_NAMES,
    &SERVICE_NAMED_KAFKA,
    &SERVICE_LINKS,
    &BUDGET_API_GONE,
    &BUDGET_API_DEPRECATED,
    &BUDGET_WITH_TWO_LIMITS,
    &BUDGET_BLOCKS_DRAINS,
    &BUDGET_PROTECTS_NOTHING,
    &NO_BUDGET,
    &objects::BUDGET_OF_OTHERS,
    &BUDGET_STOPS_WRITES,
    &objects::EVICTION_POLICY,
    &MEMBERS_MAY_SHARE_A_NODE,
    &objects::NEIGHBOURS_ELSEWHERE,
    &NEAR_THE_ENSEMBLE,
    &ZONES_UNUSED,
    &NAMESPACE_UNNAMED,
    &NAMESPACE_MISSING,
    &objects::REFERENCE_MISSING,
    &objects::NOT_A_QUANTITY,
    &objects::THOUSANDTHS_OF_BYTES,
    &REQUEST_ABOVE_LIMIT,
    &objects::NO_MEMORY_LIMIT,
    &objects::NO_REQUEST,
    &objects::CPU_LIMIT,
    &objects::MEMORY_DIFFERS,
    &SHORT_GRACE,
    &objects::SHELL_KEEPS_SIGNALS,
    &objects::NO_MIN_READY,
    &objects::CLAIMS_DELETED,
    &objects::UPDATE_ON_DELETE,
    &objects::NO_HISTORY,
    &objects::CONFIG_WITHOUT_CHECKSUM,
    &objects::LARGE_CONFIG,
    &objects::MOUNTS_AND_VOLUMES,
    &objects::VARIABLE_TWICE,
    &objects::REPLACED_TOO_EARLY,
    &objects::NO_PRIORITY,
    &objects::NO_COMMON_LABELS,
    &OLD_KUBERNETES,
    &objects::LABELS_IN_CLAIMS,
    &objects::ONE_NAMESPACE_FOR_ALL,
];

const CORE: &str = "kubernetes/api:core/v1/types.go (2026-07)";
const DEPRECATION: &str = "Kubernetes API deprecation guide (PDB section), confirmed by several issue threads, e.g. kubernetes-sigs/metrics-server issue 1104";
const LINT: &str = "stackrox/kube-linter:docs/generated/checks.md";
const SCORE: &str = "zegl/kube-score:README_CHECKS.md";
const DOCS: &str = "Kubernetes documentation";

const POD: &str = "spec.template.spec";

/// A Service named `kafka` puts `KAFKA_PORT` and others into every pod, which images read as options.
pub static SERVICE_NAMED_KAFKA: Rule = Rule::new("K8S022", Warning, CORE, |facts, found| {
    for set in facts.of_kind("StatefulSet") {
        let links = set.get(&format!("{POD}.enableServiceLinks"));
        let named = facts
            .of_kind("Service")
            .any(|service| service.name == "kafka" && service.namespace == set.namespace);
        if named
            && links.and_then(Value::as_bool) != Some(false)
            && facts.side(set) != Side::ZooKeeper
        {
            found
                .add(&SERVICE_NAMED_KAFKA, set.subject(), args![set = set.name])
                .place(set, POD);
        }
    }
})
.hides(&["K8S023"]);

/// Variables for every Service of the namespace make the environment large.
pub static SERVICE_LINKS: Rule = Rule::new("K8S023", Advice, CORE, |facts, found| {
    for set in facts.of_kind("StatefulSet") {
        if set.get(&format!("{POD}.enableServiceLinks")).is_none() {
            found
                .add(&SERVICE_LINKS, set.subject(), args![set = set.name])
                .place(set, POD);
        }
    }
});

/// The version of the budget is not served any more.
pub static BUDGET_API_GONE: Rule = Rule::new("K8S024", Error, DEPRECATION, |facts, found| {
    let kubernetes = *facts.plan.cluster.kubernetes;
    if kubernetes.serves_policy_v1beta1() {
        return;
    }
    for budget in old_budgets(facts) {
        found
            .add(
                &BUDGET_API_GONE,
                budget.subject(),
                args![name = budget.name, version = kubernetes.to_string()],
            )
            .place(budget, "apiVersion");
    }
})
.applies_to("Kubernetes ≥ 1.25")
.hides(&["K8S025", "VER012"]);

fn old_budgets<'s>(facts: &'s Facts) -> impl Iterator<Item = &'s Object<'s>> {
    facts
        .of_kind("PodDisruptionBudget")
        .filter(|budget| budget.api_version == "policy/v1beta1")
}

/// The version of the budget will not be served any more.
pub static BUDGET_API_DEPRECATED: Rule =
    Rule::new("K8S025", Warning, DEPRECATION, |facts, found| {
        let kubernetes = *facts.plan.cluster.kubernetes;
        if !(kubernetes.serves_policy_v1() && kubernetes.serves_policy_v1beta1()) {
            return;
        }
        for budget in old_budgets(facts) {
            found
                .add(
                    &BUDGET_API_DEPRECATED,
                    budget.subject(),
                    args![name = budget.name],
                )
                .place(budget, "apiVersion");
        }
    })
    .applies_to("Kubernetes 1.21–1.24");

/// A budget takes one limit.
pub static BUDGET_WITH_TWO_LIMITS: Rule = Rule::new("K8S027", Error, SCORE, |facts, found| {
    for budget in facts.of_kind("PodDisruptionBudget") {
        let least = budget.get("spec.minAvailable").is_some();
        let most = budget.get("spec.maxUnavailable").is_some();
        if least == most {
            found
                .add(
                    &BUDGET_WITH_TWO_LIMITS,
                    budget.subject(),
                    args![name = budget.name],
                )
                .place(budget, "spec");
        }
    }
});

/// How many pods a budget lets go at once; percentages are rounded up, as Kubernetes does.
pub(super) fn allowed_disruptions(budget: &Object, replicas: i64) -> Option<i64> {
    if let Some(most) = budget.get("spec.maxUnavailable") {
        return share(most, replicas).map(|most| most.min(replicas));
    }
    let least = share(budget.get("spec.minAvailable")?, replicas)?;
    Some((replicas - least).max(0))
}

fn share(value: &Value, of: i64) -> Option<i64> {
    if let Some(number) = value.as_i64() {
        return Some(number);
    }
    let text = value.as_str()?;
    match text.strip_suffix('%') {
        Some(percent) => {
            let percent: i64 = percent
                .parse()
                .ok()
                .filter(|percent| (0..=100).contains(percent))?;
            Some((of.saturating_mul(percent) + 99) / 100)
        }
        None => text.parse().ok(),
    }
}

/// Each budget with the sets that it covers.
fn covered<'s>(facts: &'s Facts) -> Vec<(&'s Object<'s>, Vec<&'s Object<'s>>)> {
    let sets: Vec<_> = facts.of_kind("StatefulSet").collect();
    facts
        .of_kind("PodDisruptionBudget")
        .map(|budget| {
            let own = sets
                .iter()
                .copied()
                .filter(|set| budget.selects("spec.selector.matchLabels", set))
                .collect();
            (budget, own)
        })
        .collect()
}

fn one_unavailable(facts: &Facts, side: Side) -> Option<Fix> {
    let path = facts.field_of(side, "max_unavailable")?;
    Some(facts.fix_to(path, 1))
}

/// Draining a node waits for ever.
pub static BUDGET_BLOCKS_DRAINS: Rule = Rule::new("K8S028", Warning, LINT, |facts, found| {
    for (budget, sets) in covered(facts) {
        let Some(set) = sets.first() else { continue };
        let replicas: i64 = sets.iter().map(|set| set.replicas()).sum();
        // A single pod under a budget of one may go; what then stops is said elsewhere.
        if replicas > 0 && allowed_disruptions(budget, replicas) == Some(0) {
            let side = facts.side(set);
            let finding = found.add(
                &BUDGET_BLOCKS_DRAINS,
                budget.subject(),
                args![name = budget.name, replicas],
            );
            finding.place(budget, "spec");
            if let (Some(path), Some(fix)) = (
                facts.field_of(side, "max_unavailable"),
                one_unavailable(facts, side),
            ) {
                finding.at(path).fix(fix);
            }
        }
    }
})
.effect(Effect::Nothing);

/// All pods may go at once.
pub static BUDGET_PROTECTS_NOTHING: Rule = Rule::new("K8S029", Warning, LINT, |facts, found| {
    for (budget, sets) in covered(facts) {
        let Some(set) = sets.first() else { continue };
        let replicas: i64 = sets.iter().map(|set| set.replicas()).sum();
        if replicas > 1 && allowed_disruptions(budget, replicas) == Some(replicas) {
            let side = facts.side(set);
            let finding = found.add(
                &BUDGET_PROTECTS_NOTHING,
                budget.subject(),
                args![name = budget.name, replicas],
            );
            finding.place(budget, "spec");
            if let (Some(path), Some(fix)) = (
                facts.field_of(side, "max_unavailable"),
                one_unavailable(facts, side),
            ) {
                finding.at(path).fix(fix);
            }
        }
    }
})
.effect(Effect::Nothing)
.hides(&["K8S032"]);

/// Nothing keeps two nodes from being drained at once.
pub static NO_BUDGET: Rule = Rule::new("K8S030", Warning, SCORE, |facts, found| {
    let covered = covered(facts);
    for set in facts.of_kind("StatefulSet") {
        let has = covered
            .iter()
            .any(|(_, sets)| sets.iter().any(|one| std::ptr::eq(*one, set)));
        if set.replicas() > 1 && !has {
            let finding = found.add(
                &NO_BUDGET,
                set.subject(),
                args![set = set.name, replicas = set.replicas()],
            );
            finding.place(set, "spec.replicas");
            if let Some(path) = facts.field_of(facts.side(set), "disruption_budget") {
                finding.at(path.clone()).fix(facts.fix_to(path, true));
            }
        }
    }
})
.effect(Effect::Nothing);

/// A drain leaves partitions with too few copies to confirm a write.
pub static BUDGET_STOPS_WRITES: Rule = Rule::new(
    "K8S032",
    Warning,
    "derived, see Failure model",
    |facts, found| {
        let (Some(copies), Some(confirming)) = (
            facts.whole("default.replication.factor"),
            facts.whole("min.insync.replicas"),
        ) else {
            return;
        };
        let spare = copies - confirming;
        for (budget, sets) in covered(facts) {
            let brokers: i64 = sets
                .iter()
                .filter(|set| facts.side(set) == Side::Kafka)
                .map(|set| set.replicas())
                .sum();
            let allowed = allowed_disruptions(budget, brokers).unwrap_or_default();
            if brokers > 1 && allowed > 1 && allowed > spare {
                let finding = found.add(
                    &BUDGET_STOPS_WRITES,
                    budget.subject(),
                    args![allowed, copies, confirming],
                );
                finding
                    .at("kafka.max_unavailable")
                    .place(budget, "spec")
                    .fix(facts.fix_to("kafka.max_unavailable", 1));
            }
        }
    },
)
.effect(Effect::Nothing);

/// One node may carry several members, and takes them all.
pub static MEMBERS_MAY_SHARE_A_NODE: Rule = Rule::new("K8S035", Warning, SCORE, |facts, found| {
    for set in facts.of_kind("StatefulSet") {
        let apart = set
            .get(&format!("{POD}.affinity.podAntiAffinity"))
            .is_some()
            || set
                .get(&format!("{POD}.topologySpreadConstraints"))
                .is_some();
        if set.replicas() > 1 && !apart {
            let finding = found.add(
                &MEMBERS_MAY_SHARE_A_NODE,
                set.subject(),
                args![set = set.name, replicas = set.replicas()],
            );
            finding.place(set, POD);
            if let Some(path) = facts.field_of(facts.side(set), "anti_affinity") {
                let enough = facts.plan.cluster.nodes.count.value.is_some_and(|nodes| {
                    i64::try_from(nodes).is_ok_and(|nodes| nodes >= set.replicas())
                });
                let value = if enough { "required" } else { "preferred" };
                finding.at(path.clone()).fix(facts.fix_to(path, value));
            }
        }
    }
});

/// One node failure then hits brokers and ensemble.
pub static NEAR_THE_ENSEMBLE: Rule = Rule::new(
    "K8S037",
    Advice,
    "apache/kafka:docs/ops.html (3.9.0-rc3; hardware part also 3.5.2)",
    |facts, found| {
        if facts.plan.has_ensemble() && *facts.plan.kafka.opts.near_zookeeper {
            found
                .add(&NEAR_THE_ENSEMBLE, "kafka.near_zookeeper", args![])
                .at("kafka.near_zookeeper")
                .fix(facts.fix_to("kafka.near_zookeeper", false));
        }
    },
);

/// Members may all stand in one zone, though there are several.
pub static ZONES_UNUSED: Rule = Rule::new("K8S038", Advice, SCORE, |facts, found| {
    let zones = &facts.plan.cluster.nodes.zones;
    if zones.len() < 2 {
        return;
    }
    for set in facts.of_kind("StatefulSet") {
        if set.replicas() < 2 || knows_zones(set) {
            continue;
        }
        let names = zones.value.clone();
        let finding = found.add(&ZONES_UNUSED, set.subject(), args![set = set.name, names]);
        finding.place(set, POD);
        if let Some(path) = facts.field_of(facts.side(set), "spread_zones") {
            finding.at(path.clone()).fix(facts.fix_to(path, true));
        }
    }
});

/// Whether anything in the scheduling of a set's pods names zones.
fn knows_zones(set: &Object) -> bool {
    const ZONES: [&str; 2] = [
        "topology.kubernetes.io/zone",
        "failure-domain.beta.kubernetes.io/zone",
    ];
    fn names(value: &Value) -> bool {
        match value {
            Value::String(text) => ZONES.contains(&text.as_str()),
            Value::Sequence(list) => list.iter().any(names),
            Value::Mapping(map) => map.iter().any(|(key, value)| names(key) || names(value)),
            _ => false,
        }
    }
    ["affinity", "topologySpreadConstraints", "nodeSelector"]
        .iter()
        .filter_map(|part| set.get(&[POD, ".", part].concat()))
        .any(names)
}

/// Nobody mends this Kubernetes any more.
pub static OLD_KUBERNETES: Rule = Rule::new(
    "K8S062",
    Warning,
    "Kubernetes version skew policy: the three newest versions are maintained",
    |facts, found| {
        let version = *facts.plan.cluster.kubernetes;
        let Some(oldest) = crate::catalog::oldest_maintained_kubernetes() else {
            return;
        };
        if version < oldest {
            let (version, oldest) = (version.to_string(), oldest.to_string());
            let fix = facts.fix_to("kubernetes.version", &oldest).with_care();
            found
                .add(
                    &OLD_KUBERNETES,
                    "kubernetes.version",
                    args![version, oldest],
                )
                .at("kubernetes.version")
                .fix(fix);
        }
    },
)
.effect(Effect::Nothing);

/// Kinds that belong to no namespace.
const CLUSTER_WIDE: [&str; 7] = [
    "Namespace",
    "StorageClass",
    "PersistentVolume",
    "ClusterRole",
    "ClusterRoleBinding",
    "Kustomization",
    "PriorityClass",
];

/// Objects without a namespace go wherever the person who applies them happens to be.
pub static NAMESPACE_UNNAMED: Rule = Rule::new("K8S039", Warning, LINT, |facts, found| {
    let objects = facts.objects();
    if !objects.iter().any(|object| !object.namespace.is_empty()) {
        return;
    }
    let loose: Vec<&Object> = objects
        .iter()
        .filter(|object| object.namespace.is_empty() && !CLUSTER_WIDE.contains(&object.kind))
        .collect();
    if loose.is_empty() {
        return;
    }
    let names: Vec<String> = loose.iter().map(|object| object.subject()).collect();
    let finding = found.add(&NAMESPACE_UNNAMED, "metadata.namespace", args![names]);
    for object in loose {
        finding.place(object, "metadata");
    }
})
.effect(Effect::AbandonsData);

/// Applying fails when nobody made the namespace.
pub static NAMESPACE_MISSING: Rule = Rule::new("K8S040", Warning, DOCS, |facts, found| {
    let mut missing: Vec<String> = Vec::new();
    for object in facts.objects() {
        let name = object.namespace;
        let exists = name.is_empty() || matches!(name, "default" | "kube-system" | "kube-public");
        if !exists
            && !missing.iter().any(|known| known == name)
            && !facts
                .of_kind("Namespace")
                .any(|namespace| namespace.name == name)
        {
            missing.push(name.to_owned());
        }
    }
    if !missing.is_empty() {
        let finding = found.add(&NAMESPACE_MISSING, "namespaces", args![missing]);
        finding.at("cluster.create_namespaces");
        if !*facts.plan.cluster.create_namespaces {
            let mut fix = facts.fix_to("cluster.create_namespaces", true);
            if let Some(level) = encryption::level_that_admits(facts) {
                fix.changes
                    .extend(facts.fix_to("cluster.pod_security", level).changes);
            }
            finding.fix(fix);
        }
    }
})
.effect(Effect::Nothing);

/// The API server refuses a pod that asks for more than it may have.
pub static REQUEST_ABOVE_LIMIT: Rule = Rule::new("K8S044", Error, CORE, |facts, found| {
    let mut sets = vec![("kafka", &facts.plan.kafka.pods)];
    sets.extend(facts.plan.zookeeper().map(|zk| ("zookeeper", &zk.pods)));
    let own = facts.plan.controllers();
    sets.extend(own.map(|own| ("controllers", &own.pods)));
    for (set, pods) in sets {
        let mut pairs = vec![(
            "memory",
            &pods.memory_request.value,
            &pods.memory_limit.value,
        )];
        if let Some(limit) = &pods.cpu_limit.value {
            pairs.push(("cpu", &pods.cpu_request.value, limit));
        }
        for (what, request, limit) in pairs {
            if limit.amount > 0 && request.amount > limit.amount {
                let path = format!("{set}.{what}_limit");
                found
                    .add(
                        &REQUEST_ABOVE_LIMIT,
                        &path,
                        args![set, what, request = &request.text, limit = &limit.text],
                    )
                    .at(path.as_str())
                    .at(format!("{set}.{what}_request"))
                    .fix(facts.fix_to(path.as_str(), &request.text));
            }
        }
    }
});

/// A broker with many partitions is killed before it has handed over and closed its logs.
pub static SHORT_GRACE: Rule = Rule::new(
    "K8S049",
    Advice,
    "apache/kafka-site:35/generated/kafka_config.html",
    |facts, found| {
        let seconds = *facts.plan.kafka.pods.grace;
        if seconds < 60 {
            found
                .add(&SHORT_GRACE, "kafka.grace_period", args![seconds])
                .at("kafka.grace_period")
                .fix(facts.fix_to("kafka.grace_period", 120));
        }
    },
);

#[cfg(test)]
mod tests {
    use super::super::testing::{design, found_in, repairs, silent};

    fn budget(api: &str, limits: &str) -> String {
        format!(
            "apiVersion: {api}\nkind: PodDisruptionBudget\nmetadata: {{name: b, namespace: kafka}}\nspec: {{selector: {{matchLabels: {{app: k}}}}{limits}}}\n---\nkind: StatefulSet\nmetadata: {{name: kafka, namespace: kafka}}\nspec: {{replicas: 3, template: {{metadata: {{labels: {{app: k}}}}, spec: {{}}}}}}\n"
        )
    }

    #[test]
    fn namespaces_that_are_made_let_their_pods_in() {
        let fix = repairs(
            &design(&[
                ("cluster.create_namespaces", "false"),
                ("kafka.listeners[external].exposure", "host-port"),
            ]),
            "K8S040",
        );
        assert_eq!(fix.fixes[0].changes.len(), 2);
    }

    #[test]
    fn the_specific_finding_hides_the_general_one() {
        let old = budget("policy/v1beta1", ", maxUnavailable: 3");
        let design = design(&[("kubernetes.version", "1.25")]);
        let count = |id| found_in(&design, &old, id).len();
        assert_eq!(
            (count("K8S024"), count("K8S025"), count("VER012")),
            (1, 0, 0)
        );
        assert_eq!((count("K8S029"), count("K8S032")), (1, 0));
        let service = "---\nkind: Service\nmetadata: {name: kafka, namespace: kafka}\n";
        let objects = old + service;
        assert_eq!(found_in(&design, &objects, "K8S022").len(), 1);
        assert_eq!(found_in(&design, &objects, "K8S023"), []);
    }

    #[test]
    fn limits_as_shares_are_rounded_up() {
        let count =
            |limits: &str, id| found_in(&design(&[]), &budget("policy/v1", limits), id).len();
        assert_eq!(count(", minAvailable: '34%'", "K8S028"), 0);
        assert_eq!(count(", minAvailable: '67%'", "K8S028"), 1);
        assert_eq!(count(", maxUnavailable: '67%'", "K8S029"), 1);
        assert_eq!(count(", maxUnavailable: '66%'", "K8S029"), 0);
    }

    #[test]
    fn a_zone_of_its_own_needs_no_spreading() {
        let zones = design(&[("nodes.zones", "a, b")]);
        repairs(&zones.clone().with("kafka.spread_zones", "false"), "K8S038");
        let pinned = zones
            .with("kafka.spread_zones", "false")
            .with("kafka.groups[main].zone", "a");
        silent(&pinned, "K8S038");
    }

    #[test]
    fn repairs_of_limits_and_budgets() {
        repairs(&design(&[("kafka.memory_limit", "6Gi")]), "K8S044");
        repairs(&design(&[("zookeeper.cpu_limit", "100m")]), "K8S044");
        repairs(&design(&[("kafka.max_unavailable", "0")]), "K8S028");
        repairs(&design(&[("kafka.disruption_budget", "false")]), "K8S030");
        repairs(&design(&[("zookeeper.anti_affinity", "none")]), "K8S035");
    }
}
