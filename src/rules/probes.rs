//! PRB: probes, as the objects have them.

use serde_yaml::Value;

use super::Severity::{Error, Warning};
use super::{Facts, Findings, Rule, Side};
use crate::args;

/// The family, in the order of the catalogue.
pub static RULES: &[&Rule] = &[
    &PORT_NOT_OPEN,
    &LITTLE_TIME_TO_START,
    &JVM_STARTED_OFTEN,
    &JVM_INHERITS_HEAP,
    &NO_READINESS,
    &NO_LIVENESS,
    &JVM_INHERITS_PORT,
];

const LINT: &str = "stackrox/kube-linter:docs/generated/checks.md";
const SCORE: &str = "zegl/kube-score:README_CHECKS.md";
const RUN: &str = "apache/kafka:bin/kafka-run-class.sh and bin/kafka-server-start.sh (3.5.2)";

const PROBES: [&str; 3] = ["startupProbe", "readinessProbe", "livenessProbe"];

/// The text of a variable of a container.
pub(super) fn env<'v>(container: &'v Value, name: &str) -> Option<&'v str> {
    let variables = container.get("env")?.as_sequence()?;
    let variable = variables
        .iter()
        .find(|variable| entry(variable, "name") == Some(name))?;
    Some(entry(variable, "value").unwrap_or_default())
}

/// The folders that volumes of a container are mounted on.
pub(super) fn mounts(container: &Value) -> impl Iterator<Item = &str> {
    let mounts = container.get("volumeMounts").and_then(Value::as_sequence);
    mounts
        .into_iter()
        .flatten()
        .filter_map(|mount| entry(mount, "mountPath"))
}

fn entry<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key)?.as_str()
}

fn number(value: &Value, key: &str) -> Option<i64> {
    value.get(key)?.as_i64()
}

/// A container of a set, with one of its probes.
struct Probed<'o> {
    set: &'o super::Object<'o>,
    container: &'o Value,
    name: &'static str,
    probe: &'o Value,
}

impl Probed<'_> {
    fn subject(&self) -> String {
        format!("{}/{}", self.set.subject(), self.name)
    }

    fn path(&self) -> String {
        let container = entry(self.container, "name").unwrap_or("0");
        format!("spec.template.spec.containers[{container}].{}", self.name)
    }

    /// The command of an exec probe as one text.
    fn command(&self) -> Option<String> {
        let words = self.probe.get("exec")?.get("command")?.as_sequence()?;
        let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
        Some(words.join(" "))
    }

    /// Whether it starts one of Kafka's tools, each a JVM.
    fn starts_jvm(&self) -> bool {
        self.command()
            .is_some_and(|command| command.contains("kafka-") && command.contains(".sh"))
    }

    /// Whether the probe's command gives a variable a value of its own, or takes it out.
    fn replaces(&self, variable: &str) -> bool {
        self.command().is_some_and(|command| {
            command.contains(&format!("unset {variable}"))
                || command.contains(&format!("-u {variable}"))
                || command.contains(&format!("{variable}="))
        })
    }

    /// The ports that the probe asks: by number, or in a command as `host:port` or after `nc host`.
    fn ports(&self) -> Vec<i64> {
        for kind in ["tcpSocket", "httpGet"] {
            if let Some(port) = self.probe.get(kind).and_then(|action| action.get("port")) {
                let by_name = || {
                    let ports = self.container.get("ports")?.as_sequence()?;
                    let named = ports.iter().find(|one| one.get("name") == Some(port))?;
                    number(named, "containerPort")
                };
                // A name that the container does not have opens no port.
                return vec![port.as_i64().or_else(by_name).unwrap_or(-1)];
            }
        }
        let command = self.command().unwrap_or_default();
        command
            .split(|c: char| c.is_whitespace() || c == '\'' || c == '"')
            .filter_map(|word| {
                let (host, port) = word.rsplit_once(':').or_else(|| word.rsplit_once('/'))?;
                let local = host == "localhost"
                    || host == "127.0.0.1"
                    || host.ends_with("/dev/tcp/localhost")
                    || host.ends_with("/dev/tcp/127.0.0.1");
                local.then(|| port.parse().ok()).flatten()
            })
            .collect()
    }
}

fn each<'o>(facts: &'o Facts) -> Vec<Probed<'o>> {
    let mut probed = Vec::new();
    for set in facts.of_kind("StatefulSet") {
        for container in set.items("spec.template.spec.containers") {
            for name in PROBES {
                probed.extend(container.get(name).map(|probe| Probed {
                    set,
                    container,
                    name,
                    probe,
                }));
            }
        }
    }
    probed
}

/// The probe asks a port that nothing listens on, and never succeeds.
pub static PORT_NOT_OPEN: Rule = Rule::new("PRB001", Error, LINT, |facts, found| {
    for probed in each(facts) {
        let open: Vec<i64> = probed
            .container
            .get("ports")
            .and_then(Value::as_sequence)
            .into_iter()
            .flatten()
            .filter_map(|port| number(port, "containerPort"))
            .collect();
        let closed = probed.ports().into_iter().find(|port| !open.contains(port));
        if let Some(port) = closed.filter(|_| !open.is_empty()) {
            let ports: Vec<String> = open.iter().map(ToString::to_string).collect();
            found
                .add(
                    &PORT_NOT_OPEN,
                    probed.subject(),
                    args![
                        set = probed.set.name,
                        probe = probed.name,
                        port = port.to_string(),
                        ports
                    ],
                )
                .place(probed.set, &probed.path());
        }
    }
});

/// A broker that reads its logs after a crash is killed while it does.
pub static LITTLE_TIME_TO_START: Rule = Rule::new("PRB002", Warning, SCORE, little_time_to_start);

fn little_time_to_start(facts: &Facts, found: &mut Findings) {
    for probed in each(facts) {
        if probed.name != "livenessProbe" || probed.container.get("startupProbe").is_some() {
            continue;
        }
        let side = facts.side(probed.set);
        let (needed, prefix) = match side {
            Side::Kafka => (300, "kafka"),
            Side::ZooKeeper => (120, "zookeeper"),
            Side::Other => continue,
        };
        let get = |key, start| number(probed.probe, key).unwrap_or(start);
        let seconds = get("initialDelaySeconds", 0)
            .saturating_add(get("periodSeconds", 10).saturating_mul(get("failureThreshold", 3)));
        if seconds < needed && !facts.is_development() {
            let path = format!("{prefix}.startup.enabled");
            found
                .add(
                    &LITTLE_TIME_TO_START,
                    probed.subject(),
                    args![set = probed.set.name, seconds, needed],
                )
                .at(path.as_str())
                .place(probed.set, &probed.path())
                .fix(facts.fix_to(path.as_str(), true));
        }
    }
}

/// Starting a JVM every few seconds takes the processors that the broker needs.
pub static JVM_STARTED_OFTEN: Rule = Rule::new("PRB003", Warning, RUN, |facts, found| {
    for probed in each(facts).iter().filter(|probed| probed.starts_jvm()) {
        let timeout = number(probed.probe, "timeoutSeconds").unwrap_or(1);
        let period = number(probed.probe, "periodSeconds").unwrap_or(10);
        if timeout <= 5 || period <= 10 {
            found
                .add(
                    &JVM_STARTED_OFTEN,
                    probed.subject(),
                    args![set = probed.set.name, probe = probed.name, period, timeout],
                )
                .place(probed.set, &probed.path());
        }
    }
});

/// A second full heap beside the broker's goes beyond the pod's memory.
pub static JVM_INHERITS_HEAP: Rule = Rule::new("PRB004", Warning, RUN, |facts, found| {
    for probed in each(facts).iter().filter(|probed| probed.starts_jvm()) {
        let heap = env(probed.container, "KAFKA_HEAP_OPTS");
        if let Some(heap) = heap.filter(|_| !probed.replaces("KAFKA_HEAP_OPTS")) {
            found
                .add(
                    &JVM_INHERITS_HEAP,
                    probed.subject(),
                    args![set = probed.set.name, probe = probed.name, heap],
                )
                .place(probed.set, &probed.path());
        }
    }
});

fn without(
    facts: &Facts,
    found: &mut Findings,
    rule: &'static Rule,
    name: &'static str,
    field: &str,
) {
    for set in facts.of_kind("StatefulSet") {
        let side = facts.side(set);
        let bare = set
            .items("spec.template.spec.containers")
            .iter()
            .any(|container| container.get(name).is_none());
        let path = facts.field_of(side, field);
        if let Some(path) = path.filter(|_| bare) {
            found
                .add(rule, set.subject(), args![set = set.name])
                .at(path.clone())
                .place(set, "spec.template.spec.containers")
                .fix(facts.fix_to(path, true));
        }
    }
}

/// A pod counts as ready at once, and a rollout goes on too early.
pub static NO_READINESS: Rule = Rule::new("PRB006", Warning, LINT, |facts, found| {
    without(
        facts,
        found,
        &NO_READINESS,
        "readinessProbe",
        "readiness.enabled",
    );
});

/// A process that hangs is never restarted.
pub static NO_LIVENESS: Rule = Rule::new("PRB007", Warning, LINT, |facts, found| {
    without(
        facts,
        found,
        &NO_LIVENESS,
        "livenessProbe",
        "liveness.enabled",
    );
});

/// The tool tries to open the port that the broker holds, and always fails.
pub static JVM_INHERITS_PORT: Rule = Rule::new("PRB013", Error, RUN, |facts, found| {
    for probed in each(facts).iter().filter(|probed| probed.starts_jvm()) {
        let inherited = env(probed.container, "JMX_PORT").is_some() && !probed.replaces("JMX_PORT");
        if inherited {
            found
                .add(
                    &JVM_INHERITS_PORT,
                    probed.subject(),
                    args![set = probed.set.name, probe = probed.name],
                )
                .place(probed.set, &probed.path());
        }
    }
});

#[cfg(test)]
mod tests {
    use super::super::testing::{design, found_in};

    fn count(container: &str, id: &str) -> usize {
        let yaml = format!(
            "kind: StatefulSet\nmetadata: {{name: kafka, namespace: kafka}}\nspec:\n  template:\n    spec:\n      containers:\n      - name: kafka\n        ports: [{{name: internal, containerPort: 9092}}]\n{container}"
        );
        found_in(&design(&[]), &yaml, id).len()
    }

    const TOOL: &str = "        livenessProbe: {exec: {command: [sh, -c, 'kafka-broker-api-versions.sh --bootstrap-server=localhost:9093']}, periodSeconds: 5}\n";

    #[test]
    fn ports_that_nothing_opens() {
        assert_eq!(
            count(
                "        readinessProbe: {tcpSocket: {port: 9093}}\n",
                "PRB001"
            ),
            1
        );
        assert_eq!(
            count(
                "        readinessProbe: {tcpSocket: {port: 9092}}\n",
                "PRB001"
            ),
            0
        );
        assert_eq!(
            count(
                "        readinessProbe: {tcpSocket: {port: internal}}\n",
                "PRB001"
            ),
            0
        );
        assert_eq!(
            count(
                "        readinessProbe: {tcpSocket: {port: outside}}\n",
                "PRB001"
            ),
            1
        );
        let spaced = TOOL.replace("server=localhost", "server localhost");
        assert_eq!(count(&spaced, "PRB001"), 1);
        assert_eq!(count(&spaced.replace("9093", "9092"), "PRB001"), 0);
    }

    #[test]
    fn little_time() {
        let liveness = "        livenessProbe: {tcpSocket: {port: 9092}, initialDelaySeconds: 70, periodSeconds: 5}\n";
        assert_eq!(count(liveness, "PRB002"), 1);
        let startup = format!("{liveness}        startupProbe: {{tcpSocket: {{port: 9092}}}}\n");
        assert_eq!(count(&startup, "PRB002"), 0);
    }

    #[test]
    fn probes_that_start_a_jvm() {
        let env = "        env: [{name: KAFKA_HEAP_OPTS, value: -Xmx2G}, {name: JMX_PORT, value: '5555'}]\n";
        let all = format!("{TOOL}{env}");
        for id in ["PRB003", "PRB004", "PRB013"] {
            assert_eq!(count(&all, id), 1, "{id}");
            assert_eq!(
                count(
                    &format!("        livenessProbe: {{tcpSocket: {{port: 9092}}}}\n{env}"),
                    id
                ),
                0,
                "{id}"
            );
        }
        let unset = all.replace(
            "'kafka-broker",
            "'unset JMX_PORT KAFKA_HEAP_OPTS; KAFKA_HEAP_OPTS= kafka-broker",
        );
        assert_eq!(count(&unset, "PRB004"), 0);
        assert_eq!(count(&unset, "PRB013"), 0);
    }

    #[test]
    fn pods_without_probes() {
        assert_eq!(count("", "PRB006"), 1);
        assert_eq!(count("", "PRB007"), 1);
        assert_eq!(
            count(
                "        readinessProbe: {tcpSocket: {port: 9092}}\n",
                "PRB006"
            ),
            0
        );
        assert_eq!(
            count(
                "        livenessProbe: {tcpSocket: {port: 9092}}\n",
                "PRB007"
            ),
            0
        );
    }
}
