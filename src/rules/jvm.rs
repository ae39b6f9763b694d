//! JVM: heap, memory, flags.

use super::Severity::{Advice, Error, Warning};
use super::{Effect, Facts, Findings, Fix, Rule};
use crate::args;
use crate::plan::Pods;
use crate::text::Arg;

/// The family, in the order of the catalogue.
pub static RULES: &[&Rule] = &[
    &HEAP_FILLS_LIMIT,
    &LITTLE_PAGE_CACHE,
    &HEAP_FILLS_REQUEST,
    &LARGE_HEAP,
    &FLAG_WITHOUT_READER,
    &LOGS_UNWRITABLE,
    &ENSEMBLE_HEAP_FILLS_REQUEST,
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
})
.hides(&["JVM002"]);

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

/// The JVM stops when it cannot write its log.
pub static LOGS_UNWRITABLE: Rule = Rule::new("JVM011", Error, START, |facts, found| {
    if !*facts.plan.kafka.opts.gc_log {
        return;
    }
    for set in facts.of_kind("StatefulSet") {
        for container in set.items("spec.template.spec.containers") {
            let env = super::probes::env(container, "KAFKA_HEAP_OPTS");
            if env.is_none() {
                continue;
            }
            let folder = super::probes::env(container, "LOG_DIR").unwrap_or_default();
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
    use super::super::testing::{between, design, fires, found_in, repairs, silent};

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
    fn a_heap_beyond_use() {
        repairs(&design(&[("kafka.heap", "8g")]), "JVM004");
    }

    #[test]
    fn a_flag_that_nobody_reads() {
        repairs(
            &design(&[("kafka.opts", "-Dlogging.level=INFO -Dx=y")]),
            "JVM007",
        );
        between(
            "JVM007",
            &[("kafka.opts", "-Dlogging.level=INFO")],
            &[("kafka.opts", "-Dx=y")],
        );
    }

    #[test]
    fn a_log_in_a_folder_of_the_image() {
        let logging = design(&[("kafka.gc_log", "true")]);
        let set = |folder| {
            format!(
                "kind: StatefulSet\nmetadata: {{name: kafka, namespace: kafka}}\nspec:\n  template:\n    spec:\n      containers:\n      - name: kafka\n        env:\n        - {{name: KAFKA_HEAP_OPTS, value: -Xmx1g}}\n        - {{name: LOG_DIR, value: {folder}}}\n        securityContext: {{readOnlyRootFilesystem: true}}\n        volumeMounts:\n        - {{name: logs, mountPath: /var/log/kafka}}\n"
            )
        };
        assert_eq!(
            found_in(&logging, &set("/opt/kafka/logs"), "JVM011").len(),
            1
        );
        assert_eq!(found_in(&logging, &set("/var/log/kafka"), "JVM011"), []);
        assert_eq!(
            found_in(&design(&[]), &set("/opt/kafka/logs"), "JVM011"),
            []
        );
    }
}
