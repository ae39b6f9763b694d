//! Jobs that test the running cluster, from inside and through the addresses for outside.
//!
//! The tools' exit codes lie: the console consumer ends well when it waited in vain, and the producer
//! does so when records were lost that it sent without waiting. So the producer waits for each line,
//! and the lines that come back are counted.

use std::collections::BTreeMap;

use k8s_openapi::api::batch::v1::{Job, JobSpec};
use k8s_openapi::api::core::v1::{
    Affinity, Container, EnvVar, EnvVarSource, LocalObjectReference, ObjectFieldSelector,
    PodAffinity, PodAffinityTerm, PodSpec, PodTemplateSpec, ResourceRequirements,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::clients::{
    bootstrap_host, bootstrap_origins, outside_addresses, outside_listeners, outside_origins,
};
use super::document::{Document, Text, manifest};
use super::kafka::{HOME, client_label, inside_listeners, name_with};
use super::process::{Process, container_security, matching, mounted, pod_security, scratch};
use super::shell::{self, Argument, Command, single};
use super::{Origins, Output, Rendered, Role};
use crate::plan::{Parts, Plan, Traced};
use crate::text::Sentence;

const INSIDE_PATH: &str = "90-smoke-test/inside.yaml";
const OUTSIDE_PATH: &str = "90-smoke-test/outside.yaml";

const CONTAINER: &str = "smoke-test";

/// What both tests read.
const READS: Parts = Parts::CLUSTER
    .and(Parts::KAFKA)
    .and(Parts::LISTENERS)
    .and(Parts::KAFKA_PODS)
    .and(Parts::KAFKA_IMAGE);

/// Through the bootstrap Service.
pub static INSIDE: Output = Output {
    id: "smoke-test-inside",
    path: INSIDE_PATH,
    reads: READS,
    wanted: |plan| *plan.cluster.smoke_test,
    render: |plan| {
        let host = bootstrap_host(plan);
        let checks = inside_listeners(&plan.kafka)
            .into_iter()
            .map(|listener| Check {
                start: Argument::literal(format!("{host}:{}", *listener.port)),
                protocol: &listener.protocol,
                from: bootstrap_origins(plan)
                    .and(&listener.port.from)
                    .and(&listener.exposure.from)
                    .and(&plan.kafka.inter_broker.from),
            })
            .collect::<Vec<_>>();
        manifest(
            INSIDE_PATH,
            plan.language(),
            vec![job(plan, "-smoke-in", &checks, None)],
        )
    },
};

/// Through the addresses that clients outside use.
pub static OUTSIDE: Output = Output {
    id: "smoke-test-outside",
    path: OUTSIDE_PATH,
    reads: READS,
    wanted: |plan| *plan.cluster.smoke_test && outside_listeners(&plan.kafka).next().is_some(),
    render: outside,
};

fn outside(plan: &Plan) -> Rendered {
    let kafka = &plan.kafka;
    let mut node: Option<Origins> = None;
    let mut checks = Vec::new();
    for listener in outside_listeners(kafka) {
        let from = outside_origins(kafka, listener);
        let mut start = Argument::default();
        for (at, (host, port)) in outside_addresses(kafka, listener).into_iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            start = if host == "$node" {
                node = Some(node.unwrap_or_default().and(&from));
                start.and(comma).and_expansion("${node}")
            } else {
                start.and(format!("{comma}{host}"))
            };
            start = start.and(format!(":{port}"));
        }
        checks.push(Check {
            start,
            protocol: &listener.protocol,
            from,
        });
    }
    let mut job = job(plan, "-smoke-out", &checks, node.as_ref());
    let mut listeners = outside_listeners(kafka);
    if let (Some(only), None) = (listeners.next(), listeners.next()) {
        // Without its only listener the file goes.
        job = job.from("", &only.exposure.from);
    }
    manifest(OUTSIDE_PATH, plan.language(), vec![job])
}

/// One way into the cluster.
struct Check<'a> {
    /// The addresses to start from.
    start: Argument,
    protocol: &'a Traced<String>,
    from: Origins,
}

fn labels(plan: &Plan) -> [Traced<BTreeMap<String, String>>; 2] {
    let mut own = Process::Kafka.selector(plan);
    if *plan.cluster.app_labels {
        let name = name_with(plan, "-smoke-test");
        own.value.insert("app".to_owned(), name.value);
    } else {
        own.value.insert(
            "app.kubernetes.io/component".to_owned(),
            "smoke-test".to_owned(),
        );
    }
    let mut pod = own.clone();
    let (label, value) = client_label(plan);
    pod.value.insert(label.value, value.to_owned());
    pod.from = pod.from.and(&label.from);
    [own, pod]
}

/// A Job that goes through the checks; `node` is there when one starts from the node's own address.
fn job(plan: &Plan, suffix: &str, checks: &[Check], node: Option<&Origins>) -> Document {
    let kafka = &plan.kafka;
    let cluster = &plan.cluster;
    let [own, pod] = labels(plan);
    let metadata = Process::Kafka.metadata_with(plan, &name_with(plan, suffix), &own);
    let brokers = Process::Kafka.selector(plan);
    let mut marks = Vec::new();
    let security = pod_security(&kafka.pods, &mut marks);
    let mut inner = Vec::new();
    let rights = container_security(&kafka.pods, &mut inner);
    let memory = || ("memory".to_owned(), Quantity("512Mi".to_owned()));
    let spec = "spec.template.spec";
    let container = format!("{spec}.containers[{CONTAINER}]");
    let mut document = Document::of(Job {
        metadata: metadata.value,
        spec: Some(JobSpec {
            backoff_limit: Some(0),
            active_deadline_seconds: Some(600),
            template: PodTemplateSpec {
                metadata: Some(ObjectMeta {
                    labels: Some(pod.value),
                    ..ObjectMeta::default()
                }),
                spec: Some(PodSpec {
                    restart_policy: Some("Never".to_owned()),
                    affinity: node.map(|_| beside(&brokers.value)),
                    automount_service_account_token: Some(false),
                    enable_service_links: Some(false),
                    image_pull_secrets: cluster
                        .pull_secret
                        .as_ref()
                        .map(|name| vec![LocalObjectReference { name: name.clone() }]),
                    security_context: Some(security),
                    containers: vec![Container {
                        name: CONTAINER.to_owned(),
                        image: Some(kafka.image.reference.value.clone()),
                        image_pull_policy: Some(cluster.pull_policy.value.clone()),
                        command: Some(vec!["bash".to_owned(), "-c".to_owned()]),
                        env: Some(environment(node.is_some())),
                        resources: Some(ResourceRequirements {
                            requests: Some(
                                [("cpu".to_owned(), Quantity("100m".to_owned())), memory()].into(),
                            ),
                            limits: Some([memory()].into()),
                            ..ResourceRequirements::default()
                        }),
                        security_context: rights,
                        volume_mounts: Some(vec![mounted("tmp", "/tmp")]),
                        ..Container::default()
                    }],
                    volumes: Some(vec![scratch("tmp", "512Mi")]),
                    ..PodSpec::default()
                }),
            },
            ..JobSpec::default()
        }),
        ..Job::default()
    })
    .marked("metadata", &metadata.marks)
    .marked(spec, &marks)
    .marked(&container, &inner)
    .from("", &cluster.smoke_test.from)
    .from("spec.template.metadata.labels", &pod.from)
    .from(&format!("{container}.image"), &kafka.image.reference.from)
    .from(
        &format!("{container}.imagePullPolicy"),
        &cluster.pull_policy.from,
    )
    .block(
        &format!("{container}.command[2]"),
        &script(plan, checks, node),
    );
    if cluster.pull_secret.is_some() {
        document = document.from(
            &format!("{spec}.imagePullSecrets"),
            &cluster.pull_secret.from,
        );
    }
    if let Some(from) = node {
        document = document
            .from(&format!("{spec}.affinity"), &from.and(&brokers.from))
            .note(
                &format!("{spec}.affinity"),
                Sentence::plain("note.smoke-near"),
            )
            .from(&format!("{container}.env[HOST_IP]"), from);
    }
    document
}

/// On a node that runs a broker.
fn beside(brokers: &BTreeMap<String, String>) -> Affinity {
    Affinity {
        pod_affinity: Some(PodAffinity {
            required_during_scheduling_ignored_during_execution: Some(vec![PodAffinityTerm {
                label_selector: Some(matching(brokers)),
                topology_key: "kubernetes.io/hostname".to_owned(),
                ..PodAffinityTerm::default()
            }]),
            ..PodAffinity::default()
        }),
        ..Affinity::default()
    }
}

fn environment(node: bool) -> Vec<EnvVar> {
    let host = node.then(|| EnvVar {
        name: "HOST_IP".to_owned(),
        value_from: Some(EnvVarSource {
            field_ref: Some(ObjectFieldSelector {
                field_path: "status.hostIP".to_owned(),
                ..ObjectFieldSelector::default()
            }),
            ..EnvVarSource::default()
        }),
        ..EnvVar::default()
    });
    let fixed = [
        ("KAFKA_HEAP_OPTS", "-Xmx256m"),
        ("LOG_DIR", "/tmp/logs"),
        ("HOME", "/tmp"),
    ];
    host.into_iter()
        .chain(fixed.map(|(name, value)| EnvVar {
            name: name.to_owned(),
            value: Some(value.to_owned()),
            ..EnvVar::default()
        }))
        .collect()
}

/// A line that says something, with the command's indentation and what follows the words.
fn say(plan: &Plan, indent: &str, key: &'static str, rest: &str) -> Text {
    let words = plan.words(key);
    let line = format!("{indent}echo {}{rest}", single(&words));
    Text::new(Role::Shell).line(line, &words.from)
}

fn script(plan: &Plan, checks: &[Check], own_node: Option<&Origins>) -> Text {
    let none = &Origins::NONE;
    let kafka = &plan.kafka;
    let brokers = *kafka.brokers;
    let count = &kafka.brokers.from;
    let mut text = Text::new(Role::Shell)
        .note(plan.words("note.smoke-head"), none)
        .line("set -euo pipefail", none)
        .line(
            format!(
                "topic=smoke-test-{brokers} partitions={brokers} copies={}",
                brokers.min(3)
            ),
            count,
        )
        .line(
            format!("lines={}", brokers.saturating_mul(10).max(100)),
            count,
        )
        .line(format!("cd {HOME}/bin"), none);
    if let Some(from) = own_node {
        text = text
            .line("case ${HOST_IP} in", from)
            .line("*:*) node=\"[${HOST_IP}]\" ;;", from)
            .line("*) node=${HOST_IP} ;;", from)
            .line("esac", from);
    }
    text = text.blank().join(create(plan)).blank().join(check(plan));
    text = text.blank();
    for one in checks {
        let from = one.from.and(&one.protocol.from);
        let command = Command::new("check", &from)
            .and(one.start.clone(), &from)
            .and(one.protocol.as_str(), &from);
        text = text.join(command.into_text());
    }
    shell::for_kubernetes(&text)
}

/// The function that makes the topic; it fails as long as there are too few brokers.
fn create(plan: &Plan) -> Text {
    let none = &Origins::NONE;
    let version = &plan.kafka.version;
    let from = &version.from;
    let tool =
        "./kafka-topics.sh --bootstrap-server \"$1\" --command-config /tmp/client.properties";
    let mut text = Text::new(Role::Shell).line("create() {", none);
    let if_absent = if version.topics_tool_accepts_if_not_exists_with_bootstrap_server() {
        " --if-not-exists"
    } else {
        text = text
            .line(format!("  {tool} --list >/tmp/topics || return 1"), from)
            .line(
                "  if grep -qxF \"$topic\" /tmp/topics; then return 0; fi",
                from,
            );
        ""
    };
    text.line(format!("  {tool} --create{if_absent} \\"), from)
        .line("    --topic \"$topic\" --partitions \"$partitions\" --replication-factor \"$copies\" \\", none)
        .line("    --config retention.ms=3600000", none)
        .line("}", none)
}

/// The function that tests one way in.
fn check(plan: &Plan) -> Text {
    let none = &Origins::NONE;
    let version = &plan.kafka.version;
    let from = &version.from;
    let (producer, consumer) = if version.console_tools_have_command_config() {
        ("--command-config", "--command-config")
    } else {
        ("--producer.config", "--consumer.config")
    };
    let start = if version.console_producer_has_bootstrap_server() {
        "--bootstrap-server"
    } else {
        "--broker-list"
    };
    Text::new(Role::Shell)
        .line("check() {", none)
        .join(say(plan, "  ", "note.say-smoke-try", " \"$1\""))
        .line("  run=$HOSTNAME-$RANDOM", none)
        .line("  echo \"security.protocol=$2\" >/tmp/client.properties", none)
        .join(say(plan, "  ", "note.say-smoke-wait", ""))
        .line("  until create \"$1\" >/tmp/said 2>&1; do", none)
        .line("    if [ \"$SECONDS\" -ge 300 ]; then", none)
        .join(say(plan, "      ", "note.say-smoke-no-topic", ""))
        .line("      cat /tmp/said", none)
        .line("      exit 1", none)
        .line("    fi", none)
        .line("    sleep 5", none)
        .line("  done", none)
        .join(say(plan, "  ", "note.say-smoke-send", " \"$lines\""))
        .line("  for ((i = 1; i <= lines; i++)); do echo \"$run $i\"; done |", none)
        .line(
            format!("    ./kafka-console-producer.sh {start} \"$1\" {producer} /tmp/client.properties \\"),
            from,
        )
        // Even with `--sync` the tool gathers records for a second, so for a second with each line.
        .line("      --topic \"$topic\" --sync --timeout 0 --request-required-acks all", none)
        .join(say(plan, "  ", "note.say-smoke-receive", ""))
        .line(
            format!("  ./kafka-console-consumer.sh --bootstrap-server \"$1\" {consumer} /tmp/client.properties \\"),
            from,
        )
        .line("    --topic \"$topic\" --group \"smoke-$run\" --from-beginning --timeout-ms 30000 >/tmp/received", none)
        .line("  { grep \"^$run \" /tmp/received || true; } | sort -u | wc -l >/tmp/count", none)
        .line("  read -r received </tmp/count", none)
        .line("  if [ \"$received\" -ne \"$lines\" ]; then", none)
        .join(say(plan, "    ", "note.say-smoke-lost", " \"$lines\" \"$received\""))
        .line("    exit 1", none)
        .line("  fi", none)
        .join(say(plan, "  ", "note.say-smoke-passed", ""))
        .line("}", none)
}
