//! JVM: heap, memory, flags.

use serde_yaml::Value;

use super::Severity::{Advice, Error, Warning};
use super::objects::{POD, containers, items, name_of, text};
use super::probes::env;
use super::{Effect, Facts, Findings, Fix, Object, Rule, Side};
use crate::args;
use crate::catalog;
use crate::plan::Pods;
use crate::text::Arg;

/// The family, in the order of the catalogue.
pub static RULES: &[&Rule] = &[
    &HEAP_FILLS_LIMIT,
    &LITTLE_PAGE_CACHE,
    &HEAP_FILLS_REQUEST,
    &LARGE_HEAP,
    &HEAP_GROWS,
    &HEAP_UNREADABLE,
    &FLAG_WITHOUT_READER,
    &OTHER_COLLECTOR,
    &LIMITS_UNSEEN,
    &OPEN_JMX,
    &LOGS_UNWRITABLE,
    &ENSEMBLE_HEAP_FILLS_REQUEST,
    &LIMITS_UNSEEN_IN_CGROUP_2,
];

const HALF: &str = "strimzi/strimzi-kafka-operator:cluster-operator/src/main/java/io/strimzi/operator/cluster/model/KafkaCluster.java (main: 50 %, at most 5 GiB)";
const MEMORY: &str = "strimzi/strimzi-kafka-operator:documentation/modules/con-common-configuration-properties.adoc (main)";
const START: &str = "apache/kafka:bin/kafka-run-class.sh and bin/kafka-server-start.sh (3.5.2)";
const ADMIN: &str =
    "apache/zookeeper:zookeeper-docs/src/main/resources/markdown/zookeeperAdmin.md (release-3.9.3)";

const ROOM: u64 = 512 << 20;

/// The sets with their prefix in designs.
fn sets<'a>(facts: &Facts<'a>) -> Vec<(&'static str, &'a Pods)> {
    let mut sets = vec![("kafka", &facts.plan.kafka.pods)];
    sets.extend(facts.plan.zookeeper().map(|zk| ("zookeeper", &zk.pods)));
    let own = facts.plan.controllers();
    sets.extend(own.map(|own| ("controllers", &own.pods)));
    sets
}

fn add<'f>(
    found: &'f mut Findings,
    rule: &'static Rule,
    set: &str,
    pods: &Pods,
) -> &'f mut super::Finding {
    let heap = pods.heap.amount;
    let args = vec![
        ("set", Arg::from(set)),
        ("heap", Arg::Bytes(heap)),
        ("request", Arg::Bytes(pods.memory_request.amount)),
        ("limit", Arg::Bytes(pods.memory_limit.amount)),
        ("wanted", Arg::Bytes(heap.saturating_mul(2))),
    ];
    found.add(rule, set, args)
}

/// Twice as many bytes, as Kubernetes writes them.
pub(super) fn twice(bytes: u64) -> String {
    let mebibytes = bytes.saturating_mul(2).div_ceil(1 << 20);
    if mebibytes.is_multiple_of(1024) {
        format!("{}Gi", mebibytes / 1024)
    } else {
        format!("{mebibytes}Mi")
    }
}

/// Request and limit at twice the heap.
fn room(facts: &Facts, set: &str, pods: &Pods) -> Fix {
    let size = twice(pods.heap.amount);
    let mut fix = facts.fix_to(format!("{set}.memory_request"), &size);
    let limit = facts.fix_to(format!("{set}.memory_limit"), &size);
    if pods.memory_limit.amount < pods.heap.amount.saturating_mul(2) {
        fix.changes.extend(limit.changes);
    }
    fix
}

/// The pod is ended as soon as the heap fills.
pub static HEAP_FILLS_LIMIT: Rule = Rule::new("JVM001", Error, HALF, |facts, found| {
    for (set, pods) in sets(facts) {
        let limit = pods.memory_limit.amount;
        if limit > 0 && pods.heap.amount >= limit {
            add(found, &HEAP_FILLS_LIMIT, set, pods)
                .at(format!("{set}.memory_limit"))
                .at(format!("{set}.heap"))
                .fix(room(facts, set, pods));
        }
    }
})
.hides(&["JVM002", "JVM003", "JVM012"]);

/// Kafka lives from the page cache, which shares the pod's memory with the heap.
pub static LITTLE_PAGE_CACHE: Rule = Rule::new("JVM002", Warning, MEMORY, |facts, found| {
    let pods = &facts.plan.kafka.pods;
    let (heap, request, limit) = (
        pods.heap.amount,
        pods.memory_request.amount,
        pods.memory_limit.amount,
    );
    if request == 0 {
        return;
    }
    let severe = heap > request / 4 * 3
        || (limit > 0 && limit < heap.saturating_add(ROOM) && !facts.is_development());
    if severe || heap > request / 2 {
        let finding = add(found, &LITTLE_PAGE_CACHE, "kafka", pods);
        finding
            .at("kafka.memory_request")
            .at("kafka.heap")
            .fix(room(facts, "kafka", pods));
        if !severe {
            finding.severity(Advice);
        }
    }
});

/// The pod always runs above what it asked for, and is evicted first.
pub static HEAP_FILLS_REQUEST: Rule = Rule::new("JVM003", Warning, HALF, |facts, found| {
    let pods = &facts.plan.kafka.pods;
    let request = pods.memory_request.amount;
    if request > 0 && pods.heap.amount >= request {
        add(found, &HEAP_FILLS_REQUEST, "kafka", pods)
            .at("kafka.memory_request")
            .at("kafka.heap")
            .fix(room(facts, "kafka", pods));
    }
});

/// More memory is of more use to the page cache.
pub static LARGE_HEAP: Rule = Rule::new(
    "JVM004",
    Advice,
    "apache/kafka:docs/ops.html (3.9.0-rc3; hardware part also 3.5.2)",
    |facts, found| {
        let pods = &facts.plan.kafka.pods;
        if pods.heap.amount > 6 << 30 {
            add(found, &LARGE_HEAP, "kafka", pods)
                .at("kafka.heap")
                .fix(Fix::set("kafka.heap", "6g"));
        }
    },
);

/// The variables whose flags reach the JVM, in their order: of two flags the last one holds.
const FLAGS: [&str; 7] = [
    "JAVA_TOOL_OPTIONS",
    "KAFKA_HEAP_OPTS",
    "KAFKA_JVM_PERFORMANCE_OPTS",
    "KAFKA_OPTS",
    "SERVER_JVMFLAGS",
    "JVMFLAGS",
    "JDK_JAVA_OPTIONS",
];

/// The words of the flags of a container's JVM.
fn flags(container: &Value) -> impl Iterator<Item = &str> {
    let texts = FLAGS.iter().filter_map(|name| env(container, name));
    texts.flat_map(str::split_whitespace)
}

/// What follows a flag in the last place where it stands.
fn flag<'v>(container: &'v Value, name: &str) -> Option<&'v str> {
    flags(container)
        .filter_map(|flag| flag.strip_prefix(name))
        .last()
}

/// A size as the JVM reads it.
fn size(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match &text[digits.len()..] {
        "" => 0,
        "k" | "K" => 10,
        "m" | "M" => 20,
        "g" | "G" => 30,
        "t" | "T" => 40,
        _ => return None,
    };
    let number: u64 = digits.parse().ok()?;
    number.checked_mul(1 << shift)
}

/// First and largest size of the heap, where the flags of a container tell both.
fn heap(container: &Value) -> Option<(u64, u64)> {
    Some((
        size(flag(container, "-Xms")?)?,
        size(flag(container, "-Xmx")?)?,
    ))
}

/// One finding for each set with a container that is wrong.
fn of_containers(
    facts: &Facts,
    found: &mut Findings,
    rule: &'static Rule,
    wrong: impl Fn(&Object, &Value) -> Option<String>,
) {
    for set in facts.of_kind("StatefulSet") {
        let first = containers(set)
            .iter()
            .find_map(|one| Some((one, wrong(set, one)?)));
        if let Some((container, value)) = first {
            let path = [POD, ".containers[", name_of(container), "].env"].concat();
            found
                .add(rule, set.subject(), args![set = set.name, value])
                .place(set, &path);
        }
    }
}

/// The heap grows under load, and the JVM pauses for it.
pub static HEAP_GROWS: Rule = Rule::new(
    "JVM005",
    Advice,
    "apache/kafka:docs/ops.html (3.9.0-rc3; hardware part also 3.5.2)",
    |facts, found| {
        of_containers(facts, found, &HEAP_GROWS, |_, container| {
            heap(container).filter(|(first, most)| first < most)?;
            Some(
                [
                    "-Xms",
                    flag(container, "-Xms")?,
                    " -Xmx",
                    flag(container, "-Xmx")?,
                ]
                .concat(),
            )
        });
    },
);

/// The JVM does not start.
pub static HEAP_UNREADABLE: Rule = Rule::new("JVM006", Error, START, |facts, found| {
    of_containers(facts, found, &HEAP_UNREADABLE, |_, container| {
        let unreadable = |name: &str| {
            let value = flag(container, name)?;
            let is_wrong = !value.contains('$') && size(value).is_none();
            is_wrong.then(|| [name, value].concat())
        };
        let reversed = || {
            heap(container).filter(|(first, most)| first > most)?;
            let (first, most) = (flag(container, "-Xms")?, flag(container, "-Xmx")?);
            Some(["-Xms", first, " -Xmx", most].concat())
        };
        // The script of ZooKeeper appends the m itself.
        let megabytes = || {
            let value = env(container, "ZK_SERVER_HEAP")?;
            let is_wrong = !value.is_empty() && !value.bytes().all(|byte| byte.is_ascii_digit());
            (is_wrong && !value.contains('$')).then(|| ["ZK_SERVER_HEAP=", value].concat())
        };
        unreadable("-Xmx")
            .or_else(|| unreadable("-Xms"))
            .or_else(reversed)
            .or_else(megabytes)
    });
});

/// No code of Kafka reads this property.
pub static FLAG_WITHOUT_READER: Rule = Rule::new("JVM007", Warning, START, |facts, found| {
    let opts = &facts.plan.kafka.opts;
    let Some(text) = opts.kafka_opts.as_deref() else {
        return;
    };
    if let Some(flag) = text
        .split_whitespace()
        .find(|flag| flag.starts_with("-Dlogging.level"))
    {
        let rest: Vec<&str> = text.split_whitespace().filter(|one| *one != flag).collect();
        let fix = if rest.is_empty() {
            Fix::unset("kafka.opts")
        } else {
            Fix::set("kafka.opts", rest.join(" "))
        };
        found
            .add(&FLAG_WITHOUT_READER, "kafka.opts", args![flag])
            .at("kafka.opts")
            .fix(fix);
    }
});

/// The flags that the start script would give ask for G1, and others take their place.
pub static OTHER_COLLECTOR: Rule = Rule::new(
    "JVM008",
    Advice,
    "apache/kafka:docs/ops.html (3.9.0-rc3; hardware part also 3.5.2)",
    |facts, found| {
        of_containers(facts, found, &OTHER_COLLECTOR, |set, container| {
            let replaced = env(container, "KAFKA_JVM_PERFORMANCE_OPTS")?;
            let is_large = size(flag(container, "-Xmx")?)? >= 2 << 30;
            let takes_g1 = flags(container).any(|flag| flag == "-XX:+UseG1GC");
            let wrong = is_large && !takes_g1 && !replaced.is_empty();
            (wrong && facts.side(set) == Side::Kafka).then(|| replaced.to_owned())
        });
        for finding in found.of(&OTHER_COLLECTOR) {
            finding.at("kafka.jvm_performance").at("kafka.heap");
            if facts.plan.kafka.opts.jvm_performance.is_some() {
                finding.fix(Fix::unset("kafka.jvm_performance"));
            }
        }
    },
);

/// The images whose Java has a fault, each once, with where they are named.
fn of_java(
    facts: &Facts,
    found: &mut Findings,
    rule: &'static Rule,
    is_wrong: fn(u8, Option<u16>) -> bool,
) {
    let wrong = |image: &str| {
        let update = catalog::java_update_of_image(image).map(|(_, update)| update);
        catalog::java_of_image(image).is_some_and(|java| is_wrong(java, update))
    };
    for file in facts.dockerfiles() {
        if let Some((from, image)) = file.final_base().filter(|(_, image)| wrong(image)) {
            let finding = found.add(rule, image, args![image]);
            finding
                .place_line(file.path, from.line)
                .at_origins(from.origins);
            let typed = from
                .origins
                .iter()
                .find(|path| path.as_str().ends_with(".base_image"));
            if let Some(path) = typed {
                finding.fix(Fix::unset(path.clone()));
            }
        }
    }
    for set in facts.of_kind("StatefulSet") {
        for container in containers(set) {
            let Some(image) = text(container, "image").filter(|image| wrong(image)) else {
                continue;
            };
            let path = [POD, ".containers[", name_of(container), "].image"].concat();
            found.add(rule, image, args![image]).place(set, &path);
        }
    }
}

const AWARENESS: &str =
    "OpenJDK: JDK-8146115 (8u191, 10), JDK-8230305 (15, back to 8u372 and 11.0.16)";

/// A Java that does not see the limits of its container at all.
pub static LIMITS_UNSEEN: Rule = Rule::new("JVM009", Warning, AWARENESS, |facts, found| {
    of_java(facts, found, &LIMITS_UNSEEN, |java, update| match java {
        8 => update.is_some_and(|update| update < 191),
        java => java < 10,
    });
})
.applies_to("Java < 8u191")
.hides(&["JVM013"]);

/// A Java that does not see the limits of its container on nodes with cgroup v2.
pub static LIMITS_UNSEEN_IN_CGROUP_2: Rule =
    Rule::new("JVM013", Warning, AWARENESS, |facts, found| {
        of_java(
            facts,
            found,
            &LIMITS_UNSEEN_IN_CGROUP_2,
            |java, update| match java {
                8 => update.is_some_and(|update| (191..372).contains(&update)),
                11 => update.is_some_and(|update| update < 16),
                java => matches!(java, 10 | 12 | 13 | 14),
            },
        );
    })
    .applies_to("Java 8u191–8u371, 10–11.0.15, 12–14");

/// Whoever reaches the port of JMX can run code in the broker.
pub static OPEN_JMX: Rule = Rule::new("JVM010", Warning, START, |facts, found| {
    of_containers(facts, found, &OPEN_JMX, |set, container| {
        let settings = env(container, "KAFKA_JMX_OPTS").unwrap_or_default();
        let opts = env(container, "KAFKA_OPTS").unwrap_or_default();
        let port = [settings, opts].into_iter().find_map(|text| {
            let mut words = text.split_whitespace();
            words.find_map(|word| word.strip_prefix("-Dcom.sun.management.jmxremote.port="))
        });
        let (port, guarded) = match (
            env(container, "JMX_PORT").or(port),
            env(container, "JMXPORT"),
        ) {
            (Some(port), _) => {
                let both = [settings, opts];
                let says = |word: &str| both.iter().any(|text| text.contains(word));
                let guarded = says("jmxremote.authenticate=true")
                    || says("jmxremote.host=localhost")
                    || says("jmxremote.host=127.0.0.1");
                (port, guarded)
            }
            (None, Some(port)) => (port, env(container, "JMXAUTH") == Some("true")),
            (None, None) => return None,
        };
        let port = port.trim();
        (!guarded && !port.is_empty() && !is_kept_out(facts, set, container, port))
            .then(|| port.to_owned())
    });
    for finding in found.of(&OPEN_JMX) {
        if facts.plan.kafka.opts.jmx_port.is_some() {
            finding
                .at("kafka.jmx_port")
                .fix(Fix::unset("kafka.jmx_port").with_care());
        }
    }
});

/// Whether a NetworkPolicy keeps everybody away from a port of a set's pods.
fn is_kept_out(facts: &Facts, set: &Object, container: &Value, port: &str) -> bool {
    let names = |one: &Value| {
        let number = one
            .get("port")
            .and_then(Value::as_i64)
            .map(|number| number.to_string());
        let named = || {
            let name = text(one, "port")?;
            let of_container = items(container, "ports").iter();
            let port = of_container
                .into_iter()
                .find(|port| text(port, "name") == Some(name))?;
            Some(port.get("containerPort")?.as_i64()?.to_string())
        };
        number.or_else(named).is_some_and(|number| number == port)
    };
    let lets_in = |policy: &Object| {
        policy.items("spec.ingress").iter().any(|rule| {
            let ports = items(rule, "ports");
            ports.is_empty() || ports.iter().any(names)
        })
    };
    let policies = || {
        facts
            .of_kind("NetworkPolicy")
            .filter(|policy| policy.selects("spec.podSelector.matchLabels", set))
    };
    policies().next().is_some() && !policies().any(lets_in)
}

/// The JVM stops when it cannot write its log.
pub static LOGS_UNWRITABLE: Rule = Rule::new("JVM011", Error, START, |facts, found| {
    if !*facts.plan.kafka.opts.gc_log {
        return;
    }
    for set in facts.of_kind("StatefulSet") {
        for container in set.items("spec.template.spec.containers") {
            if env(container, "KAFKA_HEAP_OPTS").is_none() {
                continue;
            }
            let folder = env(container, "LOG_DIR").unwrap_or_default();
            let mounted = super::probes::mounts(container).any(|mount| {
                folder == mount || folder.starts_with(&format!("{}/", mount.trim_end_matches('/')))
            });
            let read_only = container
                .get("securityContext")
                .and_then(|context| context.get("readOnlyRootFilesystem"))
                .and_then(serde_yaml::Value::as_bool)
                == Some(true);
            if !mounted && (folder.is_empty() || read_only) {
                found
                    .add(&LOGS_UNWRITABLE, set.subject(), args![set = set.name])
                    .at("kafka.gc_log")
                    .fix(Fix::set("kafka.gc_log", "false"));
            }
        }
    }
});

/// The process needs room beside the heap.
pub static ENSEMBLE_HEAP_FILLS_REQUEST: Rule =
    Rule::new("JVM012", Advice, ADMIN, |facts, found| {
        let Some(zk) = facts.plan.zookeeper() else {
            return;
        };
        let request = zk.pods.memory_request.amount;
        if request > 0 && zk.pods.heap.amount >= request {
            add(found, &ENSEMBLE_HEAP_FILLS_REQUEST, "zookeeper", &zk.pods)
                .at("zookeeper.memory_request")
                .at("zookeeper.heap")
                .fix_with(Effect::RollingRestart, room(facts, "zookeeper", &zk.pods));
        }
    });

#[cfg(test)]
mod tests {
    use super::super::Severity;
    use super::super::testing::{design, fires, found, found_in, repairs, silent};

    #[test]
    fn memory_that_the_heap_fills() {
        let small = design(&[("kafka.memory_request", "4Gi")]);
        repairs(&small, "JVM001");
        silent(&small, "JVM002");
        silent(&small, "JVM003");
        let unlimited = small.with("kafka.memory_limit", "16Gi");
        repairs(&unlimited, "JVM003");
        silent(&unlimited, "JVM001");
        let enough = unlimited.with("kafka.memory_request", "5Gi");
        assert_eq!(repairs(&enough, "JVM002").severity, Severity::Warning);
        assert_eq!(
            fires(&enough.with("kafka.memory_request", "7Gi"), "JVM002").severity,
            Severity::Advice
        );
        silent(&design(&[]), "JVM002");
        let zk = design(&[
            ("zookeeper.memory_request", "1Gi"),
            ("zookeeper.memory_limit", "2Gi"),
        ]);
        repairs(&zk, "JVM012");
    }

    #[test]
    fn flags_that_are_better_taken_out() {
        repairs(
            &design(&[("kafka.opts", "-Dlogging.level=INFO -Dx=y")]),
            "JVM007",
        );
        repairs(&design(&[("kafka.jvm_performance", "-server")]), "JVM008");
        let jmx = design(&[("kafka.jmx_port", "5555")]);
        assert!(!repairs(&jmx, "JVM010").fixes[0].safe);
    }

    #[test]
    fn the_last_of_two_flags_holds() {
        let set = |opts: &str| {
            format!(
                "kind: StatefulSet\nmetadata: {{name: kafka, namespace: kafka}}\nspec: {{template: {{spec: {{containers: [{{name: kafka, env: [{{name: KAFKA_HEAP_OPTS, value: -Xms1g -Xmx2g}}, {{name: KAFKA_OPTS, value: {opts}}}]}}]}}}}}}\n"
            )
        };
        let count = |opts: &str, id| found_in(&design(&[]), &set(opts), id).len();
        assert_eq!(count("-Dx=y", "JVM005"), 1);
        assert_eq!(count("-Xms2g", "JVM005"), 0);
        assert_eq!(count("-Xms3g", "JVM006"), 1);
        assert_eq!(count("-Xmx2147483648", "JVM006"), 0, "bytes");
        assert_eq!(count("-Xmx1.5g", "JVM006"), 1);
    }

    #[test]
    fn a_java_is_found_once_though_two_files_name_it() {
        let old = design(&[("kafka.base_image", "openjdk:8u171-jre")]);
        assert_eq!(found(&old, "JVM009").len(), 1);
        assert_eq!(found(&old, "JVM013"), []);
        let newer = old.clone().with("kafka.base_image", "openjdk:8u202-jre");
        assert_eq!(found(&newer, "JVM009"), []);
        assert_eq!(found(&newer, "JVM013").len(), 1);
    }
}
