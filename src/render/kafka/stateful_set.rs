//! The brokers: a StatefulSet for each group.
//!
//! The start command adds what differs from broker to broker, and each option that the design wants as
//! a flag, to the configuration file. All arithmetic is on the number at the end of the pod's name.

use std::collections::BTreeMap;

use k8s_openapi::api::apps::v1::{StatefulSet, StatefulSetSpec};
use k8s_openapi::api::core::v1::{
    Affinity, ConfigMapVolumeSource, Container, ContainerPort, EnvVar, EnvVarSource, NodeAffinity,
    NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, ObjectFieldSelector, PodSpec,
    PodTemplateSpec, Probe, ResourceRequirements, TCPSocketAction, Volume,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::format::{self, Formatted};
use super::{HOME, LOG_FOLDER, combined, config_map, open, port};
use crate::fields;
use crate::plan::{
    Address, Entry, Exposure, Group, KRaft, Kafka, Layer, Listener, Parts, Plan, PodManagement,
    Traced, Value,
};
use crate::render::controllers::PORT_NAME;
use crate::render::document::{Document, Text, manifest};
use crate::render::process::{
    Marked, Marks, Probes, Process, claim, container_security, matching, mounted, scratch,
};
use crate::render::shell::{self, Argument, Command};
use crate::render::{Origins, Output, Rendered, Role};
use crate::text::Sentence;

const PATH: &str = "30-kafka/statefulset.yaml";

/// The brokers' sets, one for each group.
pub static OUTPUT: Output = Output {
    id: "kafka-statefulset",
    path: PATH,
    reads: Parts::CLUSTER
        .and(Parts::STORAGE)
        .and(Parts::COORDINATION)
        .and(Parts::KAFKA)
        .and(Parts::LISTENERS)
        .and(Parts::KAFKA_CONFIG)
        .and(Parts::KAFKA_PODS)
        .and(Parts::KAFKA_IMAGE),
    wanted: |_| true,
    render,
};

/// The volumes beside the disks; a disk with such a name is not to be expected.
pub(in crate::render) const CONFIG_VOLUME: &str = "kafka-config";
pub(in crate::render) const LOG_VOLUME: &str = "kafka-logs";
pub(in crate::render) const TMP_VOLUME: &str = "kafka-tmp";

const WAIT: &str = "wait-for-zookeeper";

/// The ordinal of a pod, as the shell reads it from the pod's name.
pub(in crate::render) const ORDINAL: &str = "${HOSTNAME##*-}";

fn render(plan: &Plan) -> Rendered {
    let checksum = config_map::checksum(plan);
    let groups = plan.kafka.groups.iter();
    manifest(
        PATH,
        plan.language(),
        groups
            .map(|group| stateful_set(plan, group, &checksum))
            .collect(),
    )
}

fn stateful_set(plan: &Plan, group: &Group, checksum: &str) -> Document {
    let kafka = &plan.kafka;
    let pods = &kafka.pods;
    let selector = Process::Kafka.group_selector(plan, group);
    let metadata = Process::Kafka.metadata_with(plan, &group.name, &selector);
    let labels = Process::Kafka.labels(plan, &selector);
    let pod = pod(plan, group, &selector);
    let claim_labels = Process::claim_labels(plan, &selector);
    let claims: Vec<_> = kafka
        .disks
        .iter()
        .map(|disk| {
            claim(
                &disk.key,
                &claim_labels,
                &disk.size,
                &disk.class,
                &kafka.access_mode,
            )
        })
        .collect();
    let management = match *pods.management {
        PodManagement::OrderedReady => "OrderedReady",
        PodManagement::Parallel => "Parallel",
    };
    let min_ready = pods.min_ready.as_ref().filter(|seconds| ***seconds > 0);
    let container = "spec.template.spec.containers[kafka]";
    let mut document = Document::of(StatefulSet {
        metadata: metadata.value,
        spec: Some(StatefulSetSpec {
            service_name: Some(kafka.headless_name.value.clone()),
            replicas: Some(port(*group.brokers)),
            pod_management_policy: Some(management.to_owned()),
            min_ready_seconds: min_ready.map(|seconds| port(**seconds)),
            selector: matching(&selector.value),
            template: PodTemplateSpec {
                metadata: Some(ObjectMeta {
                    labels: Some(labels.value),
                    annotations: Some([("checksum/config".to_owned(), checksum.to_owned())].into()),
                    ..ObjectMeta::default()
                }),
                spec: Some(pod.value),
            },
            volume_claim_templates: Some(claims.iter().map(|claim| claim.value.clone()).collect()),
            ..StatefulSetSpec::default()
        }),
        ..StatefulSet::default()
    })
    .marked("metadata", &metadata.marks)
    .marked("spec.template.spec", &pod.marks)
    .from("spec.serviceName", &kafka.headless_name.from)
    .from("spec.replicas", &group.brokers.from)
    .from("spec.podManagementPolicy", &pods.management.from)
    .from("spec.selector", &selector.from)
    .from("spec.template.metadata.labels", &labels.from)
    .block(
        &format!("{container}.command[2]"),
        &start_script(plan, group),
    )
    .note(
        "spec.template.metadata.annotations",
        Sentence::plain("note.kafka-checksum"),
    );
    if let Some(seconds) = min_ready {
        let from = seconds.from.and(&plan.cluster.kubernetes.from);
        document = document.from("spec.minReadySeconds", &from).note(
            "spec.minReadySeconds",
            Sentence::plain("note.kafka-min-ready"),
        );
    }
    if let Some(script) = wait_script(plan) {
        let path = format!("spec.template.spec.initContainers[{WAIT}].command[2]");
        document = document.block(&path, &script);
    }
    if let Some(kraft) = plan.kraft() {
        let path = format!(
            "spec.template.spec.initContainers[{}].command[2]",
            format::NAME
        );
        document = document.block(
            &path,
            &format::script(plan, kraft, &formatted(plan, kraft, group)),
        );
    }
    claims
        .iter()
        .enumerate()
        .fold(document, |document, (at, claim)| {
            document.marked(&format!("spec.volumeClaimTemplates[{at}]"), &claim.marks)
        })
}

fn pod(plan: &Plan, group: &Group, selector: &Traced<BTreeMap<String, String>>) -> Marked<PodSpec> {
    let Marked {
        mut value,
        mut marks,
    } = Process::Kafka.pod(plan, selector);
    if let Some(zone) = group.zone.as_ref() {
        let affinity = value.affinity.get_or_insert_with(Affinity::default);
        affinity.node_affinity = Some(in_zone(zone));
        // All pods of the group are in one zone: there is nothing to spread.
        value.topology_spread_constraints = None;
        marks.push(("affinity.nodeAffinity".to_owned(), group.zone.from.clone()));
    }
    marks.push((
        "topologySpreadConstraints".to_owned(),
        group.zone.from.clone(),
    ));
    let main = container(plan);
    marks.extend(below("containers[kafka]", main.marks));
    if wait_for(plan).is_some() {
        let wait = wait_container(plan);
        marks.extend(below(&format!("initContainers[{WAIT}]"), wait.marks));
        value.init_containers = Some(vec![wait.value]);
    }
    if let Some(kraft) = plan.kraft() {
        let format = format::container(plan, &formatted(plan, kraft, group));
        marks.extend(below(
            &format!("initContainers[{}]", format::NAME),
            format.marks,
        ));
        for disk in &plan.kafka.disks {
            marks.push((
                format!(
                    "initContainers[{}].volumeMounts[{}].mountPath",
                    format::NAME,
                    disk.key
                ),
                disk.mount.from.clone(),
            ));
        }
        value.init_containers = Some(vec![format.value]);
    }
    marks.push((
        "initContainers".to_owned(),
        plan.cluster.coordination.from.clone(),
    ));
    value.containers = vec![main.value];
    let config = config_map::name(plan);
    marks.push((
        format!("volumes[{CONFIG_VOLUME}].configMap.name"),
        config.from,
    ));
    value.volumes = Some(vec![
        Volume {
            name: CONFIG_VOLUME.to_owned(),
            config_map: Some(ConfigMapVolumeSource {
                name: config.value,
                ..ConfigMapVolumeSource::default()
            }),
            ..Volume::default()
        },
        // The JVM keeps ten garbage collection logs of 100 MB.
        scratch(LOG_VOLUME, "2Gi"),
        scratch(TMP_VOLUME, "512Mi"),
    ]);
    Marked { value, marks }
}

/// The brokers of a group as nodes whose disks are formatted.
fn formatted<'a>(plan: &'a Plan, kraft: &KRaft, group: &'a Group) -> Formatted<'a> {
    Formatted {
        pods: &plan.kafka.pods,
        file: config_map::SERVER_PROPERTIES,
        id_base: &group.id_base,
        offset: *group.offset,
        count: *group.brokers,
        is_controller: kraft.controllers.is_none(),
        further: None,
        disks: plan
            .kafka
            .disks
            .iter()
            .map(|disk| (disk.key.clone(), disk.mount.value.clone()))
            .collect(),
    }
}

/// The same marks, a step further down.
fn below(path: &str, marks: Marks) -> impl Iterator<Item = (String, Origins)> {
    marks
        .into_iter()
        .map(move |(rest, origins)| (format!("{path}.{rest}"), origins))
}

fn in_zone(zone: &str) -> NodeAffinity {
    NodeAffinity {
        required_during_scheduling_ignored_during_execution: Some(NodeSelector {
            node_selector_terms: vec![NodeSelectorTerm {
                match_expressions: Some(vec![NodeSelectorRequirement {
                    key: "topology.kubernetes.io/zone".to_owned(),
                    operator: "In".to_owned(),
                    values: Some(vec![zone.to_owned()]),
                }]),
                ..NodeSelectorTerm::default()
            }],
        }),
        ..NodeAffinity::default()
    }
}

fn container(plan: &Plan) -> Marked<Container> {
    let kafka = &plan.kafka;
    let listener = kafka.inter_broker_listener();
    // A tool of Kafka would start a JVM beside the broker each time.
    let ask = || {
        Some(Probe {
            tcp_socket: Some(TCPSocketAction {
                port: IntOrString::String(listener.port_name()),
                ..TCPSocketAction::default()
            }),
            ..Probe::default()
        })
    };
    let probes = Probes {
        startup: ask(),
        readiness: ask(),
        liveness: ask(),
    };
    let Marked { value, mut marks } =
        Process::Kafka.main_container(plan, &kafka.image.reference, probes);
    for probe in ["startupProbe", "readinessProbe", "livenessProbe"] {
        marks.push((
            format!("{probe}.tcpSocket.port"),
            kafka.inter_broker.from.clone(),
        ));
    }
    let env = environment(plan, &mut marks);
    let ports = ports(plan, &mut marks);
    let mut mounts = Vec::new();
    for disk in &kafka.disks {
        marks.push((
            format!("volumeMounts[{}].mountPath", disk.key),
            disk.mount.from.clone(),
        ));
        mounts.push(mounted(&disk.key, &disk.mount));
    }
    let folder = config_map::folder(plan);
    marks.push((
        format!("volumeMounts[{CONFIG_VOLUME}].mountPath"),
        folder.from.clone(),
    ));
    mounts.extend([
        mounted(CONFIG_VOLUME, &folder),
        mounted(LOG_VOLUME, LOG_FOLDER),
        mounted(TMP_VOLUME, "/tmp"),
    ]);
    Marked {
        value: Container {
            command: Some(vec!["sh".to_owned(), "-c".to_owned()]),
            env: Some(env),
            ports: Some(ports),
            volume_mounts: Some(mounts),
            ..value
        },
        marks,
    }
}

fn ports(plan: &Plan, marks: &mut Marks) -> Vec<ContainerPort> {
    let kafka = &plan.kafka;
    let mut ports = Vec::new();
    for listener in &kafka.listeners {
        let name = listener.port_name();
        let on_host = *listener.exposure == Exposure::HostPort;
        let path = format!("ports[{name}]");
        marks.push((path.clone(), open(listener).clone()));
        marks.push((format!("{path}.containerPort"), listener.port.from.clone()));
        marks.push((format!("{path}.hostPort"), listener.host_port.from.clone()));
        ports.push(ContainerPort {
            name: Some(name),
            container_port: (*listener.port).into(),
            host_port: on_host.then(|| (*listener.host_port).into()),
            ..ContainerPort::default()
        });
    }
    if let Some(kraft) = combined(plan) {
        let path = format!("ports[{PORT_NAME}]");
        marks.push((path.clone(), plan.cluster.coordination.from.clone()));
        marks.push((format!("{path}.containerPort"), kraft.port.from.clone()));
        ports.push(ContainerPort {
            name: Some(PORT_NAME.to_owned()),
            container_port: (*kraft.port).into(),
            ..ContainerPort::default()
        });
    }
    if let Some(number) = *kafka.opts.jmx_port {
        // With a hyphen, which no listener's port has in its name.
        marks.push((
            "ports[jmx-rmi]".to_owned(),
            kafka.opts.jmx_port.from.clone(),
        ));
        ports.push(ContainerPort {
            name: Some("jmx-rmi".to_owned()),
            container_port: number.into(),
            ..ContainerPort::default()
        });
    }
    ports
}

/// Whether the start command needs the address of the pod's node.
fn tells_node(kafka: &Kafka) -> bool {
    let mut entries = kafka.config.entries.iter();
    entries.any(|entry| entry.value == Value::AdvertisedListeners)
        && kafka
            .listeners
            .iter()
            .any(|listener| matches!(*listener.address, Address::Node | Address::PerBroker(_)))
}

/// The variables of a process of Kafka's: heap, further JVM flags, where it logs.
pub(in crate::render) fn java_environment(
    plan: &Plan,
    heap: &Traced<fields::Quantity>,
    marks: &mut Marks,
) -> Vec<EnvVar> {
    let kafka = &plan.kafka;
    let mut variables = Vec::new();
    let mut set = |name: &str, value: &str, from: &Origins| {
        marks.push((format!("env[{name}]"), from.clone()));
        variables.push(EnvVar {
            name: name.to_owned(),
            value: Some(shell::kubernetes_value(&Argument::literal(value))),
            ..EnvVar::default()
        });
    };
    set(
        "KAFKA_HEAP_OPTS",
        &format!("-Xmx{0} -Xms{0}", heap.text),
        &heap.from,
    );
    let opts = &kafka.opts;
    if let Some(text) = opts.jvm_performance.as_ref() {
        set(
            "KAFKA_JVM_PERFORMANCE_OPTS",
            text,
            &opts.jvm_performance.from,
        );
    }
    if let Some(text) = opts.kafka_opts.as_ref() {
        set("KAFKA_OPTS", text, &opts.kafka_opts.from);
    }
    if let Some(number) = *opts.jmx_port {
        set("JMX_PORT", &number.to_string(), &opts.jmx_port.from);
    }
    let folder = config_map::folder(plan);
    let property = if kafka.version.logs_with_log4j2() {
        "log4j2.configurationFile"
    } else {
        "log4j.configuration"
    };
    set(
        "KAFKA_LOG4J_OPTS",
        &format!(
            "-D{property}=file:{}/{}",
            *folder,
            config_map::logging(plan).0
        ),
        &folder.from.and(&kafka.version.from),
    );
    set("LOG_DIR", LOG_FOLDER, &Origins::NONE);
    if !*opts.gc_log {
        // The script's own start value asks for a garbage collection log.
        set("EXTRA_ARGS", "-name kafkaServer", &opts.gc_log.from);
    }
    variables
}

fn environment(plan: &Plan, marks: &mut Marks) -> Vec<EnvVar> {
    let kafka = &plan.kafka;
    let mut variables = java_environment(plan, &kafka.pods.heap, marks);
    if tells_node(kafka) {
        let from = Origins::all(
            kafka
                .listeners
                .iter()
                .flat_map(|listener| [&listener.exposure.from, &listener.address.from]),
        )
        .and(&crate::render::Origins::one(
            "kafka.options[advertised.listeners]",
        ));
        marks.push(("env[HOST_IP]".to_owned(), from));
        variables.insert(
            0,
            EnvVar {
                name: "HOST_IP".to_owned(),
                value_from: Some(EnvVarSource {
                    field_ref: Some(ObjectFieldSelector {
                        field_path: "status.hostIP".to_owned(),
                        ..ObjectFieldSelector::default()
                    }),
                    ..EnvVarSource::default()
                }),
                ..EnvVar::default()
            },
        );
    }
    variables
}

/// What the main container runs.
fn start_script(plan: &Plan, group: &Group) -> Text {
    let kafka = &plan.kafka;
    let config = &kafka.config;
    let mut text = Text::new(Role::Shell);
    let advertised = config
        .entries
        .iter()
        .find(|entry| entry.value == Value::AdvertisedListeners);
    if let Some(entry) = advertised {
        text = text.join(addresses(plan, group, entry));
    }
    let style = config
        .style
        .as_ref()
        .map_or(Origins::NONE, |style| style.from.clone());
    let folder = config_map::folder(plan);
    let file = if config.is_file() {
        format!("{}/{}", *folder, config_map::SERVER_PROPERTIES)
    } else {
        format!("{HOME}/config/{}", config_map::SERVER_PROPERTIES)
    };
    let mut command = Command::new(
        format!("exec {HOME}/bin/kafka-server-start.sh {file}"),
        &style.and(&folder.from),
    );
    for entry in config
        .entries
        .iter()
        .filter(|entry| entry.layer == Layer::Flag)
    {
        if let Some((value, from)) = flag(plan, group, entry) {
            command = command.option("--override", value, &from);
        }
    }
    shell::for_kubernetes(&text.join(command.into_text()))
}

/// `name=value` for one broker group, and the fields that it comes from.
fn flag(plan: &Plan, group: &Group, entry: &Entry) -> Option<(Argument, Origins)> {
    let kafka = &plan.kafka;
    let coordination = &plan.cluster.coordination.from;
    let argument = Argument::literal(format!("{}=", entry.name));
    let name = Origins::one(crate::design::FieldPath::kafka_option(&entry.name));
    Some(match &entry.value {
        Value::Text(text) => (argument.and(text.as_str()), entry.from.clone()),
        Value::BrokerId => (
            argument.and_expansion(counted_from(*group.id_base)),
            Origins::all([&group.id_base.from, &name, coordination]),
        ),
        Value::AdvertisedListeners => (advertised(plan, group, argument), {
            let first = kafka
                .listeners
                .iter()
                .any(|listener| *listener.exposure == Exposure::NodePort);
            let from = match combined(plan) {
                // Whether the controllers' listener is told, too.
                Some(_) => entry.from.and(&kafka.version.from),
                None => entry.from.clone(),
            };
            if first {
                from.and(&group.offset.from)
            } else {
                from
            }
        }),
        Value::Rack => (
            argument.and(group.zone.value.clone()?),
            group.zone.from.and(&name),
        ),
    })
}

/// The ordinal, or a sum with it.
pub(in crate::render) fn counted_from(first: u64) -> String {
    if first == 0 {
        ORDINAL.to_owned()
    } else {
        format!("$(({first} + {ORDINAL}))")
    }
}

/// What each broker of a group tells its clients; the host of a listener for outside stands in a variable.
fn advertised(plan: &Plan, group: &Group, start: Argument) -> Argument {
    let kafka = &plan.kafka;
    let listeners = kafka.listeners.iter().enumerate();
    let argument = listeners.fold(start, |argument, (at, listener)| {
        let comma = if at == 0 { "" } else { "," };
        let argument = argument.and(format!("{comma}{}://", *listener.name));
        let argument = match &*listener.address {
            Address::Pod => argument
                .and_expansion("${HOSTNAME}")
                .and(format!(".{}", kafka.host_suffix())),
            Address::Node => argument.and_expansion("${node}"),
            Address::PerBroker(_) => argument.and_expansion(format!("${{{}}}", variable(listener))),
            Address::Fixed(_) => argument.and(kafka.advertised(listener, group, 0).0),
        };
        let argument = argument.and(":");
        match *listener.exposure {
            Exposure::NodePort => {
                let (_, first) = kafka.advertised(listener, group, 0);
                argument.and_expansion(counted_from(first))
            }
            _ => argument.and(kafka.advertised(listener, group, 0).1.to_string()),
        }
    });
    match combined(plan).filter(|_| kafka.version.controllers_accept_advertised_listeners()) {
        Some(kraft) => argument
            .and(format!(",{}://", *kraft.listener))
            .and_expansion("${HOSTNAME}")
            .and(format!(".{}:{}", kafka.host_suffix(), *kraft.port)),
        None => argument,
    }
}

/// The variable that holds a listener's own address of each broker.
fn variable(listener: &Listener) -> String {
    format!("{}_host", listener.port_name())
}

/// Finds the addresses that the brokers of a group tell: the node's, and each one's own.
fn addresses(plan: &Plan, group: &Group, entry: &Entry) -> Text {
    let kafka = &plan.kafka;
    let mut text = Text::new(Role::Shell);
    let telling: Vec<&Listener> = kafka
        .listeners
        .iter()
        .filter(|listener| matches!(*listener.address, Address::Node | Address::PerBroker(_)))
        .collect();
    if telling.is_empty() {
        return text;
    }
    let name = Origins::one(crate::design::FieldPath::kafka_option(&entry.name));
    let from = Origins::all(
        kafka
            .listeners
            .iter()
            .flat_map(|listener| [&listener.exposure.from, &listener.address.from]),
    )
    .and(&name);
    text = text
        .note(plan.words("note.script-node"), &from)
        .line("case ${HOST_IP} in", &from)
        .line("*:*) node=\"[${HOST_IP}]\" ;;", &from)
        .line("*) node=${HOST_IP} ;;", &from)
        .line("esac", &from);
    for listener in telling {
        let Address::PerBroker(_) = &*listener.address else {
            continue;
        };
        let from = listener
            .exposure
            .from
            .and(&listener.address.from)
            .and(&name);
        let each = from.and(&group.offset.from).and(&group.brokers.from);
        let variable = variable(listener);
        text = text.line(format!("case {ORDINAL} in"), &from);
        for ordinal in 0..*group.brokers {
            let (host, _) = kafka.advertised(listener, group, ordinal);
            if host == "$node" {
                break;
            }
            text = text.line(
                format!("{ordinal}) {variable}={} ;;", shell::single(&host)),
                &each,
            );
        }
        text = text
            .line(format!("*) {variable}=${{node}} ;;"), &from)
            .line("esac", &from);
    }
    text
}

/// The servers to wait for: those that the brokers will connect to.
fn wait_for(plan: &Plan) -> Option<(Vec<String>, Origins)> {
    if !*plan.kafka.opts.wait_for_zookeeper || !plan.has_ensemble() {
        return None;
    }
    let entry = plan.kafka.config.entry("zookeeper.connect")?;
    let Value::Text(connect) = &entry.value else {
        return None;
    };
    let servers = connect.split('/').next().unwrap_or_default();
    let servers: Vec<String> = servers
        .split(',')
        .map(str::trim)
        .filter(|server| !server.is_empty())
        .map(|server| {
            let (host, port) = server
                .rsplit_once(':')
                .filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()))
                .unwrap_or((server, "2181"));
            format!("{}/{port}", host.trim_matches(['[', ']']))
        })
        .collect();
    (!servers.is_empty()).then(|| (servers, entry.from.clone()))
}

/// Waits until a server of the ensemble has a quorum: brokers that find none give up and start again.
fn wait_script(plan: &Plan) -> Option<Text> {
    let (servers, from) = wait_for(plan)?;
    let none = &Origins::NONE;
    let servers = servers
        .iter()
        .fold(Command::new("for server in", &from), |command, server| {
            command.argument(server.as_str(), &from)
        });
    let script = Text::new(Role::Shell)
        .note(plan.words("note.script-wait"), none)
        .line("trap exit TERM", none)
        .line("answers() {", none)
        .line("  timeout 3 bash -c 'exec 3<>\"/dev/tcp/$0\" && printf srvr >&3 && grep -q ^Mode: <&3' \"$1\" 2>/dev/null", none)
        .line("}", none)
        .line("while true; do", none);
    let script = servers
        .into_text()
        .lines()
        .iter()
        .fold(script, |script, line| {
            script.line(format!("  {}", line.text), &line.origins)
        });
    let there = plan.words("note.say-zookeeper-there");
    let absent = plan.words("note.say-zookeeper-absent");
    let script = script
        .line("  do", none)
        .line("    if answers \"$server\"; then", none)
        .line(
            format!("      echo {} \"$server\"", shell::single(&there)),
            &there.from,
        )
        .line("      exit 0", none)
        .line("    fi", none)
        .line("  done", none)
        .line(format!("  echo {}", shell::single(&absent)), &absent.from)
        .line("  sleep 2", none)
        .line("done", none);
    Some(shell::for_kubernetes(&script))
}

fn wait_container(plan: &Plan) -> Marked<Container> {
    let kafka = &plan.kafka;
    let cluster = &plan.cluster;
    let mut marks: Marks = vec![
        (String::new(), kafka.opts.wait_for_zookeeper.from.clone()),
        ("image".to_owned(), kafka.image.reference.from.clone()),
        (
            "imagePullPolicy".to_owned(),
            cluster.pull_policy.from.clone(),
        ),
    ];
    let security = container_security(&kafka.pods, &mut marks);
    let memory = || ("memory".to_owned(), Quantity("64Mi".to_owned()));
    Marked {
        value: Container {
            name: WAIT.to_owned(),
            image: Some(kafka.image.reference.value.clone()),
            image_pull_policy: Some(cluster.pull_policy.value.clone()),
            command: Some(vec!["bash".to_owned(), "-c".to_owned()]),
            resources: Some(ResourceRequirements {
                requests: Some([("cpu".to_owned(), Quantity("50m".to_owned())), memory()].into()),
                limits: Some([memory()].into()),
                ..ResourceRequirements::default()
            }),
            security_context: security,
            ..Container::default()
        },
        marks,
    }
}
