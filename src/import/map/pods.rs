//! What brokers and servers have alike: resources, probes, affinity, security, budgets.

use super::{Mapped, Process, pods_of};
use crate::fields;
use crate::import::Position;
use crate::import::objects::{Found, Object};
use crate::import::tree::Node;

/// Reads what both kinds of process have; `of` is `kafka` or `zookeeper`.
pub fn map(process: &Process, of: &str, found: &Found, mapped: &mut Mapped) {
    let object = process.object;
    let path = |field: &str| format!("{of}.{field}");
    resources(process, of, mapped);
    probes(process, of, mapped);
    security(process, of, mapped);
    let spec = |key: &str| process.spec()?.get(key);
    let pod = |key: &str| process.pod()?.get(key);
    let management = spec("podManagementPolicy")
        .and_then(Node::str)
        .unwrap_or("OrderedReady");
    let at = spec("podManagementPolicy").map_or(object.name_position(), |node| node.position);
    mapped.set(path("pod_management"), management, object, at);
    if of == "kafka" {
        or_default(
            mapped,
            &path("min_ready_seconds"),
            object,
            spec("minReadySeconds"),
            "0",
        );
    }
    or_default(
        mapped,
        &path("grace_period"),
        object,
        pod("terminationGracePeriodSeconds"),
        "30",
    );
    mapped.set_node(path("priority_class"), object, pod("priorityClassName"));
    if let Some(labels) = pod("nodeSelector") {
        let pairs = labels
            .entries()
            .iter()
            .filter_map(|(key, value)| Some(format!("{}={}", key.name, value.str()?)));
        let text = pairs.collect::<Vec<_>>().join(",");
        mapped.set(path("node_selector"), text, object, labels.position);
    }
    let spread = pod("topologySpreadConstraints").is_some();
    mapped.note(path("spread_zones"), spread.to_string());
    affinity(process, of, mapped);
    shared(process, mapped);
    budget(process, of, found, mapped);
    if process.container.get("imagePullPolicy").is_some() {
        mapped.set_node(
            "images.pull_policy",
            object,
            process.container.get("imagePullPolicy"),
        );
    }
}

fn or_default(
    mapped: &mut Mapped,
    path: &str,
    object: &Object,
    node: Option<&Node>,
    default: &str,
) {
    match node {
        Some(node) => mapped.set_node(path, object, Some(node)),
        None => mapped.set(path, default, object, head(object)),
    }
}

/// Where the head of a set's spec stands, near which what is missing would be written.
fn head(object: &Object) -> Position {
    let spec = object.node.get("spec");
    spec.and_then(|spec| spec.key_position("serviceName"))
        .unwrap_or_else(|| object.name_position())
}

/// What our design has once for both kinds of process.
fn shared(process: &Process, mapped: &mut Mapped) {
    let object = process.object;
    let account = process.pod().and_then(|pod| pod.get("serviceAccountName"));
    let at = account.map_or(object.name_position(), |account| account.position);
    mapped.set(
        "cluster.service_accounts",
        account.is_some().to_string(),
        object,
        at,
    );
    let secret = process.pod().and_then(|pod| pod.get("imagePullSecrets"));
    let secret = secret
        .and_then(|secrets| secrets.items().first())
        .and_then(|one| one.get("name"));
    mapped.set_node("images.pull_secret", object, secret);
    let labels = object.node.at(&["spec", "selector", "matchLabels"]);
    let instance = labels.and_then(|labels| labels.get("app.kubernetes.io/instance"));
    if instance.is_some() {
        mapped.set_node("cluster.name", object, instance);
        mapped.note("cluster.label_style", "recommended");
    } else {
        let at = labels.map_or(object.name_position(), |labels| labels.position);
        mapped.set("cluster.label_style", "app", object, at);
    }
}

fn resources(process: &Process, of: &str, mapped: &mut Mapped) {
    let amount = |kind: &str, what: &str| process.container.at(&["resources", kind, what]);
    for (field, kind, what) in [
        ("memory_request", "requests", "memory"),
        ("memory_limit", "limits", "memory"),
        ("cpu_request", "requests", "cpu"),
        ("cpu_limit", "limits", "cpu"),
    ] {
        let path = format!("{of}.{field}");
        let node = amount(kind, what);
        if node.is_none() && field == "memory_limit" {
            let at = process.container.get("resources");
            let at = at.map_or(process.name_position(), |node| node.position);
            mapped.set(path, fields::NO_LIMIT, process.object, at);
            continue;
        }
        let is_right = node.and_then(Node::scalar).is_some_and(|text| {
            let field = fields::find(&path.as_str().into());
            field.is_some_and(|field| field.kind.check(&text).is_ok())
        });
        // A quantity that Kubernetes refuses stays in the object, where the rules find it.
        if is_right {
            mapped.set_node(path, process.object, node);
        }
    }
}

fn probes(process: &Process, of: &str, mapped: &mut Mapped) {
    let object = process.object;
    for name in ["startup", "readiness", "liveness"] {
        let probe = process.container.get(&format!("{name}Probe"));
        let enabled = format!("{of}.{name}.enabled");
        let Some(probe) = probe else {
            mapped.set(enabled, "false", object, process.name_position());
            continue;
        };
        mapped.set(enabled, "true", object, probe.position);
        // What Kubernetes takes when nothing is said.
        for (field, key, default) in [
            ("delay", "initialDelaySeconds", "0"),
            ("period", "periodSeconds", "10"),
            ("timeout", "timeoutSeconds", "1"),
            ("failures", "failureThreshold", "3"),
        ] {
            or_default(
                mapped,
                &format!("{of}.{name}.{field}"),
                object,
                probe.get(key),
                default,
            );
        }
    }
}

fn security(process: &Process, of: &str, mapped: &mut Mapped) {
    let object = process.object;
    let pod = process.pod().and_then(|pod| pod.get("securityContext"));
    let own = process.container.get("securityContext");
    let both = |key: &str| own.and_then(|own| own.get(key)).or_else(|| pod?.get(key));
    mapped.set_node(format!("{of}.run_as_user"), object, both("runAsUser"));
    mapped.set_node(
        format!("{of}.fs_group"),
        object,
        pod.and_then(|pod| pod.get("fsGroup")),
    );
    let escalates = own
        .and_then(|own| own.get("allowPrivilegeEscalation"))
        .and_then(Node::scalar);
    let restricted = escalates.as_deref() == Some("false");
    let at = own.map_or(process.name_position(), |node| node.position);
    mapped.set(
        format!("{of}.restricted"),
        restricted.to_string(),
        object,
        at,
    );
    let read_only = own
        .and_then(|own| own.get("readOnlyRootFilesystem"))
        .and_then(Node::scalar);
    let read_only = read_only.as_deref() == Some("true");
    mapped.set(
        format!("{of}.read_only_root"),
        read_only.to_string(),
        object,
        at,
    );
}

fn affinity(process: &Process, of: &str, mapped: &mut Mapped) {
    let object = process.object;
    let affinity = process.pod().and_then(|pod| pod.get("affinity"));
    let anti = affinity.and_then(|affinity| affinity.get("podAntiAffinity"));
    let (value, node) = match anti {
        Some(anti) => {
            let required = anti.get("requiredDuringSchedulingIgnoredDuringExecution");
            let preferred = anti.get("preferredDuringSchedulingIgnoredDuringExecution");
            match (required, preferred) {
                (Some(node), _) => ("required", Some(node)),
                (_, Some(node)) => ("preferred", Some(node)),
                _ => ("none", None),
            }
        }
        None => ("none", None),
    };
    let at = node.map_or(object.name_position(), |node| node.position);
    mapped.set(format!("{of}.anti_affinity"), value, object, at);
    if of == "kafka" {
        let near = affinity.and_then(|affinity| affinity.get("podAffinity"));
        let at = near.map_or(object.name_position(), |near| near.position);
        mapped.set(
            "kafka.near_zookeeper",
            near.is_some().to_string(),
            object,
            at,
        );
    }
}

/// The disruption budget that selects the pods.
fn budget(process: &Process, of: &str, found: &Found, mapped: &mut Mapped) {
    let mut budgets = found
        .objects
        .iter()
        .filter(|object| object.kind == "PodDisruptionBudget");
    let labels = pods_of(process.object);
    let budget = budgets.find(|budget| {
        let selector = budget.node.at(&["spec", "selector", "matchLabels"]);
        let selector = selector.map_or(&[][..], Node::entries);
        budget.namespace == process.object.namespace
            && !selector.is_empty()
            && selector.iter().all(|(key, value)| {
                labels
                    .and_then(|labels| labels.get(&key.name))
                    .map(Node::value)
                    == Some(value.value())
            })
    });
    let enabled = format!("{of}.disruption_budget");
    let Some(budget) = budget else {
        mapped.set(enabled, "false", process.object, head(process.object));
        return;
    };
    mapped.set(enabled, "true", budget, budget.node.position);
    let most = budget
        .node
        .at(&["spec", "maxUnavailable"])
        .filter(|most| most.whole().is_some());
    mapped.set_node(format!("{of}.max_unavailable"), budget, most);
}
