//! Commands that the READMEs tell: what waits for pods, and Kafka's own tools beside a running process.

use crate::plan::Plan;
use crate::render::document::Document;
use crate::render::shell::single as quoted;

/// How long a command waits for a whole set, and for a Job.
pub const WAIT: &str = "--timeout=15m";

/// Waits until every pod of a set runs as the set says.
pub fn rollout(namespace: &str, set: &str) -> String {
    format!(
        "kubectl rollout status -n {} statefulset/{} {WAIT}",
        quoted(namespace),
        quoted(set)
    )
}

/// Waits for every broker.
pub fn broker_rollouts(plan: &Plan) -> Vec<String> {
    let kafka = &plan.kafka;
    let groups = kafka.groups.iter();
    groups
        .map(|group| rollout(&kafka.namespace, &group.name))
        .collect()
}

/// A command of Kafka's, run beside a broker: with a small heap, and without the broker's JMX
/// port and agents, which the command could not open a second time.
pub fn in_broker(plan: &Plan, command: &str, rest: &str) -> String {
    let run = beside_broker(plan, command);
    let port = *plan.kafka.inter_broker_listener().port;
    format!("{run} --bootstrap-server localhost:{port} {rest}")
}

/// A command of Kafka's, run beside the first broker, without its further arguments.
pub fn beside_broker(plan: &Plan, command: &str) -> String {
    in_pod(plan, &first_broker(plan), command)
}

/// The pod of the first broker.
pub fn first_broker(plan: &Plan) -> String {
    let mut groups = plan.kafka.groups.iter();
    let pod = groups.find(|group| *group.brokers > 0);
    pod.map_or_else(String::new, |group| format!("{}-0", *group.name))
}

/// A command of Kafka's, run in a pod, without its further arguments.
pub fn in_pod(plan: &Plan, pod: &str, command: &str) -> String {
    let kafka = &plan.kafka;
    let mut clean = String::from("env");
    for (name, set) in [
        ("JMX_PORT", kafka.opts.jmx_port.is_some()),
        ("KAFKA_OPTS", kafka.opts.kafka_opts.is_some()),
    ] {
        if set {
            clean.push_str(" -u ");
            clean.push_str(name);
        }
    }
    format!(
        "kubectl exec -n {} {} -- {clean} KAFKA_HEAP_OPTS=-Xmx256m /opt/kafka/bin/{command}",
        quoted(&kafka.namespace),
        quoted(pod),
    )
}

/// Namespace and name of an object, as words of a command.
pub fn name_and_space(object: &Document) -> (String, String) {
    let space = object.get_str("metadata.namespace").unwrap_or("default");
    (quoted(object.name()), quoted(space))
}

/// The labels that a set selects its pods by, which its claims carry too.
pub fn selector(set: &Document) -> String {
    let labels = set
        .get("spec.selector.matchLabels")
        .and_then(serde_yaml::Value::as_mapping);
    let pairs: Vec<String> = labels
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some(format!("{}={}", name.as_str()?, value.as_str()?)))
        .collect();
    pairs.join(",")
}
