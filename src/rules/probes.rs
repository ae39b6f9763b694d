//! PRB: probes, as the objects have them.

use serde_yaml::Value;

use super::Severity::{Advice, Error, Warning};
use super::{Facts, Findings, Rule, Side};
use crate::args;

/// The family, in the order of the catalogue.
pub static RULES: &[&Rule] = &[
    &PORT_NOT_OPEN,
    &LITTLE_TIME_TO_START,
    &JVM_STARTED_OFTEN,
    &JVM_INHERITS_HEAP,
    &SAME_PROBE_TWICE,
    &NO_READINESS,
    &NO_LIVENESS,
    &LIVENESS_OF_THE_CLUSTER,
    &WRONG_PROTOCOL,
    &NUMBER_REFUSED,
    &SLOWER_THAN_ITS_PERIOD,
    &JVM_INHERITS_PORT,
    &READY_TOO_EARLY,
];

const LINT: &str = "stackrox/kube-linter:docs/generated/checks.md";
const CORE: &str = "kubernetes/api:core/v1/types.go (2026-07)";
const DOCS: &str = "Kubernetes documentation";
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

    /// The settings of the probe: `kafka.readiness` and the like.
    fn fields(&self, facts: &Facts) -> Option<String> {
        let side = match facts.side(self.set) {
            Side::Kafka => "kafka",
            Side::ZooKeeper => "zookeeper",
            Side::Controllers => "controllers",
            Side::Other => return None,
        };
        Some(format!("{side}.{}", self.name.trim_end_matches("Probe")))
    }

    /// A number of the probe, or what Kubernetes takes when it is not there.
    fn number(&self, key: &str) -> i64 {
        let start = match key {
            "periodSeconds" => 10,
            "failureThreshold" => 3,
            "initialDelaySeconds" => 0,
            _ => 1,
        };
        number(self.probe, key).unwrap_or(start)
    }

    /// What it does, without its numbers.
    fn action(&self) -> Option<(&'static str, &Value)> {
        ["exec", "tcpSocket", "httpGet", "grpc"]
            .into_iter()
            .find_map(|kind| Some((kind, self.probe.get(kind)?)))
    }

    /// Where it says what it does: the last word of a command, or the kind of a request.
    fn action_path(&self) -> String {
        let path = self.path();
        match self.action() {
            Some(("exec", exec)) => {
                let words = exec.get("command").and_then(Value::as_sequence);
                let last = words.map_or(0, Vec::len).saturating_sub(1);
                format!("{path}.exec.command[{last}]")
            }
            Some((kind, _)) => format!("{path}.{kind}"),
            None => path,
        }
    }

    /// Whether it asks whether the process is there, and nothing of its service.
    fn asks_process_only(&self) -> bool {
        const TOOLS: [&str; 6] = ["pgrep", "pidof", "ps ", "jps", "kill -0", "/proc/"];
        self.command()
            .is_some_and(|command| TOOLS.iter().any(|tool| command.contains(tool)))
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
                // `--bootstrap-server=localhost:9092`
                let word = word.rsplit('=').next().unwrap_or(word);
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
                .place(probed.set, &probed.action_path());
        }
    }
});

/// A broker that reads its logs after a crash is killed while it does.
pub static LITTLE_TIME_TO_START: Rule = Rule::new("PRB002", Warning, SCORE, little_time_to_start);

fn little_time_to_start(facts: &Facts, found: &mut Findings) {
    for probed in each(facts) {
        if probed.name != "livenessProbe"
            || probed.container.get("startupProbe").is_some()
            || probed.asks_process_only()
        {
            continue;
        }
        let side = facts.side(probed.set);
        let (needed, prefix) = match side {
            Side::Kafka => (300, "kafka"),
            Side::ZooKeeper => (120, "zookeeper"),
            Side::Controllers => (120, "controllers"),
            Side::Other => continue,
        };
        let tries = probed.number("failureThreshold");
        let seconds = probed
            .number("initialDelaySeconds")
            .saturating_add(probed.number("periodSeconds").saturating_mul(tries));
        if seconds < needed && !facts.is_development() {
            let path = format!("{prefix}.startup.enabled");
            found
                .add(
                    &LITTLE_TIME_TO_START,
                    probed.subject(),
                    args![set = probed.set.name, seconds, needed],
                )
                .at(path.as_str())
                .place(
                    probed.set,
                    &format!("{}.initialDelaySeconds", probed.path()),
                )
                .place(probed.set, &probed.path())
                .fix(facts.fix_to(path.as_str(), true));
        }
    }
}

/// Starting a JVM every few seconds takes the processors that the broker needs.
pub static JVM_STARTED_OFTEN: Rule = Rule::new("PRB003", Warning, RUN, |facts, found| {
    for probed in each(facts).iter().filter(|probed| probed.starts_jvm()) {
        let timeout = probed.number("timeoutSeconds");
        let period = probed.number("periodSeconds");
        if timeout <= 5 || period <= 10 {
            found
                .add(
                    &JVM_STARTED_OFTEN,
                    probed.subject(),
                    args![set = probed.set.name, probe = probed.name, period, timeout],
                )
                .place(probed.set, &probed.action_path());
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
                .place(probed.set, &probed.action_path());
        }
    }
});

/// What takes a pod out of its Services restarts it at the same moment.
pub static SAME_PROBE_TWICE: Rule = Rule::new("PRB005", Advice, SCORE, |facts, found| {
    let all = each(facts);
    for liveness in all.iter().filter(|one| one.name == "livenessProbe") {
        let readiness = all.iter().find(|one| {
            one.name == "readinessProbe" && std::ptr::eq(one.container, liveness.container)
        });
        let numbers = ["periodSeconds", "failureThreshold"];
        let same = readiness.filter(|one| {
            one.action() == liveness.action()
                && numbers
                    .iter()
                    .all(|key| one.number(key) == liveness.number(key))
        });
        let Some(readiness) = same else {
            continue;
        };
        let (set, tries) = (liveness.set.name, liveness.number("failureThreshold"));
        let finding = found.add(&SAME_PROBE_TWICE, liveness.subject(), args![set, tries]);
        finding.place(liveness.set, &liveness.path());
        finding.place(readiness.set, &readiness.action_path());
        if let Some(path) = liveness.fields(facts) {
            let path = path + ".failures";
            let more = tries.clamp(1, 5_000) * 2;
            finding
                .at(path.as_str())
                .fix(facts.fix_to(path.as_str(), more));
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

/// Words of commands that ask about more than the own process.
const OF_THE_CLUSTER: [&str; 11] = [
    "under-replicated",
    "under-min-isr",
    "unavailable-partitions",
    "kafka-metadata-quorum",
    "kafka-consumer-groups",
    "kafka-topics",
    "zookeeper-shell",
    "zkServer.sh status",
    "srvr",
    "stat",
    "mntr",
];

/// A trouble of the cluster restarts every member of it.
pub static LIVENESS_OF_THE_CLUSTER: Rule = Rule::new("PRB008", Warning, DOCS, |facts, found| {
    for probed in each(facts).iter().filter(|one| one.name == "livenessProbe") {
        let command = probed.command().unwrap_or_default();
        let asked = OF_THE_CLUSTER.into_iter().find(|word| {
            // A word of its own, or with dashes around: not `start` for `stat`.
            command.match_indices(word).any(|(at, _)| {
                let is_part = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
                let before = command[..at].chars().next_back();
                let behind = command[at + word.len()..].chars().next();
                !is_part(before) && !is_part(behind)
            })
        });
        let elsewhere = || {
            let (_, action) = probed.action()?;
            let host = action.get("host")?.as_str()?;
            (!matches!(host, "localhost" | "127.0.0.1" | "::1")).then_some(host)
        };
        if let Some(asked) = asked.or_else(elsewhere) {
            found
                .add(
                    &LIVENESS_OF_THE_CLUSTER,
                    probed.subject(),
                    args![set = probed.set.name, asked],
                )
                .place(probed.set, &probed.path());
        }
    }
});

/// The probe does not speak what the port speaks.
pub static WRONG_PROTOCOL: Rule = Rule::new(
    "PRB009",
    Error,
    "apache/kafka-site:35/generated/kafka_config.html",
    |facts, found| {
        for probed in each(facts) {
            let side = facts.side(probed.set);
            let listeners = &facts.plan.kafka.listeners;
            let ports = probed.ports();
            let mut protocols = listeners.iter().filter(|listener| {
                side == Side::Kafka && ports.contains(&i64::from(*listener.port))
            });
            let client = facts.plan.zookeeper().map(|zk| i64::from(*zk.client_port));
            let of_zookeeper =
                side == Side::ZooKeeper && client.is_some_and(|port| ports.contains(&port));
            let protocol = match probed.action() {
                Some(("httpGet", _)) if of_zookeeper => Some("ZooKeeper"),
                Some(("httpGet" | "grpc", _)) => protocols.next().map(|one| one.protocol.as_str()),
                Some(("exec", _)) if probed.starts_jvm() => protocols
                    .map(|one| one.protocol.as_str())
                    .find(|protocol| *protocol != "PLAINTEXT")
                    .filter(|_| !probed.command().is_some_and(|all| all.contains("config"))),
                _ => None,
            };
            if let Some(protocol) = protocol {
                let port = ports.first().map(ToString::to_string).unwrap_or_default();
                found
                    .add(
                        &WRONG_PROTOCOL,
                        probed.subject(),
                        args![set = probed.set.name, probe = probed.name, port, protocol],
                    )
                    .place(probed.set, &probed.path());
            }
        }
    },
);

/// The API server refuses the object.
pub static NUMBER_REFUSED: Rule = Rule::new("PRB010", Error, CORE, |facts, found| {
    for probed in each(facts) {
        let successes = probed.number("successThreshold");
        let keys = [
            "timeoutSeconds",
            "periodSeconds",
            "failureThreshold",
            "successThreshold",
        ];
        let wrong = keys
            .into_iter()
            .find(|key| probed.number(key) < 1)
            .or_else(|| {
                (successes != 1 && probed.name != "readinessProbe").then_some("successThreshold")
            });
        if let Some(key) = wrong {
            let value = probed.number(key).to_string();
            found
                .add(
                    &NUMBER_REFUSED,
                    probed.subject(),
                    args![set = probed.set.name, probe = probed.name, key, value],
                )
                .place(probed.set, &format!("{}.{key}", probed.path()));
        }
    }
});

/// A check that hangs puts off the next one.
pub static SLOWER_THAN_ITS_PERIOD: Rule = Rule::new(
    "PRB011",
    Advice,
    "kubernetes/kubernetes:pkg/kubelet/prober/worker.go: one check of a probe at a time",
    |facts, found| {
        for probed in each(facts) {
            let (timeout, period) = (
                probed.number("timeoutSeconds"),
                probed.number("periodSeconds"),
            );
            if timeout <= period {
                continue;
            }
            let args = args![set = probed.set.name, probe = probed.name, timeout, period];
            let finding = found.add(&SLOWER_THAN_ITS_PERIOD, probed.subject(), args);
            finding.place(probed.set, &format!("{}.timeoutSeconds", probed.path()));
            if let Some(path) = probed.fields(facts).filter(|_| period > 0) {
                let timeout = format!("{path}.timeout");
                finding
                    .at(timeout.as_str())
                    .at(format!("{path}.period"))
                    .fix(facts.fix_to(timeout.as_str(), period));
            }
        }
    },
);

/// Seconds that a broker should be ready before the next one goes, when ready means little.
const WAIT: i64 = 60;

/// The port of an older Kafka is open before the broker is ready.
pub static READY_TOO_EARLY: Rule = Rule::new(
    "PRB014",
    Advice,
    "apache/kafka KAFKA-14658 (3.5.0); before it the Acceptor constructor",
    |facts, found| {
        let version = *facts.plan.kafka.version;
        if version >= crate::catalog::KafkaVersion::of(3, 5, 0) {
            return;
        }
        for probed in each(facts)
            .iter()
            .filter(|one| one.name == "readinessProbe")
        {
            let asks_port = probed.probe.get("tcpSocket").is_some();
            let waits = probed.set.number("spec.minReadySeconds").unwrap_or(0);
            if !asks_port || waits >= WAIT || facts.side(probed.set) != Side::Kafka {
                continue;
            }
            let args = args![
                set = probed.set.name,
                version = version.to_string(),
                waits,
                wanted = WAIT
            ];
            let finding = found.add(&READY_TOO_EARLY, probed.set.subject(), args);
            finding.place(probed.set, &probed.path());
            if facts.plan.cluster.kubernetes.has_min_ready_seconds() {
                finding
                    .at("kafka.min_ready_seconds")
                    .fix(facts.fix_to("kafka.min_ready_seconds", WAIT));
            }
        }
    },
)
.applies_to("< 3.5")
.hides(&["K8S051"]);

/// The tool tries to open the port that the broker holds, and always fails.
pub static JVM_INHERITS_PORT: Rule = Rule::new("PRB013", Error, RUN, |facts, found| {
    for probed in each(facts).iter().filter(|probed| probed.starts_jvm()) {
        let opens = |name: &str, part: &str| {
            env(probed.container, name).is_some_and(|text| text.contains(part))
                && !probed.replaces(name)
        };
        let inherited = [
            ("JMX_PORT", ""),
            ("KAFKA_JMX_OPTS", "jmxremote.port="),
            ("KAFKA_OPTS", "jmxremote.port="),
            ("KAFKA_OPTS", "-javaagent:"),
        ]
        .into_iter()
        .find(|(name, part)| opens(name, part));
        if let Some((variable, _)) = inherited {
            found
                .add(
                    &JVM_INHERITS_PORT,
                    probed.subject(),
                    args![set = probed.set.name, probe = probed.name, variable],
                )
                .place(probed.set, &probed.path());
        }
    }
});

#[cfg(test)]
mod tests {
    use super::super::testing::{design, fires, found_in, repairs, silent};

    fn count(probe: &str, id: &str) -> usize {
        let yaml = format!(
            "kind: StatefulSet\nmetadata: {{name: kafka, namespace: kafka}}\nspec:\n  template:\n    spec:\n      containers:\n      - name: kafka\n        ports: [{{name: internal, containerPort: 9092}}]\n        livenessProbe: {{{probe}}}\n"
        );
        found_in(&design(&[]), &yaml, id).len()
    }

    #[test]
    fn what_a_command_asks() {
        let tool = |words: &str| format!("exec: {{command: [sh, -c, '{words}']}}");
        let api = "kafka-broker-api-versions.sh --bootstrap-server";
        assert_eq!(count(&tool(&format!("{api} localhost:9093")), "PRB001"), 1);
        assert_eq!(count(&tool(&format!("{api}=localhost:9092")), "PRB001"), 0);
        assert_eq!(count(&tool(&format!("{api}=localhost:9093")), "PRB001"), 1);
        assert_eq!(count(&tool("pgrep java"), "PRB002"), 0, "the process only");
        assert_eq!(count(&tool("echo ruok | nc localhost 9092"), "PRB002"), 1);
        assert_eq!(count(&tool("./start; date"), "PRB008"), 0, "no stat");
        assert_eq!(count(&tool("echo stat | nc localhost 2181"), "PRB008"), 1);
        assert_eq!(count(&tool("jmx-check"), "PRB003"), 0);
    }

    #[test]
    fn repairs_of_probes() {
        repairs(&design(&[("kafka.readiness.timeout", "30")]), "PRB011");
        repairs(&design(&[("kafka.liveness.failures", "3")]), "PRB005");
        repairs(&design(&[("zookeeper.startup.enabled", "false")]), "PRB002");
        let old = design(&[("kafka.version", "3.4.1"), ("kafka.min_ready_seconds", "0")]);
        repairs(&old, "PRB014");
        silent(&old, "K8S051");
        fires(&old.with("kafka.version", "3.5.2"), "K8S051");
    }
}
