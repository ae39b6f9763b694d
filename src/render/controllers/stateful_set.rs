//! The controllers' StatefulSet: their disks are formatted once, then they start.

use k8s_openapi::api::apps::v1::{StatefulSet, StatefulSetSpec};
use k8s_openapi::api::core::v1::{
    ConfigMapVolumeSource, Container, ContainerPort, PodSpec, PodTemplateSpec, Probe,
    TCPSocketAction, Volume,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::{PORT_NAME, config, file};
use crate::plan::{Controllers, KRaft, Layer, Parts, Plan, PodManagement, Value};
use crate::render::document::{Document, Text};
use crate::render::kafka::format::{self, Formatted};
use crate::render::kafka::stateful_set::{
    CONFIG_VOLUME, LOG_VOLUME, TMP_VOLUME, counted_from, java_environment,
};
use crate::render::kafka::{HOME, LOG_FOLDER, config_map, port};
use crate::render::process::{Marked, Probes, Process, claim, matching, mounted, scratch};
use crate::render::shell::{self, Argument, Command};
use crate::render::{Origins, Output, Role};
use crate::text::Sentence;

/// The controllers.
pub static OUTPUT: Output = Output {
    id: "controllers-statefulset",
    path: "20-controllers/statefulset.yaml",
    reads: Parts::CLUSTER
        .and(Parts::STORAGE)
        .and(Parts::COORDINATION)
        .and(Parts::KAFKA)
        .and(Parts::KAFKA_PODS)
        .and(Parts::KAFKA_IMAGE),
    wanted: Plan::has_controllers,
    render: |plan| {
        file(OUTPUT.path, plan, |kraft, own| {
            vec![stateful_set(plan, kraft, own)]
        })
    },
};

const POD: &str = "spec.template.spec";

fn stateful_set(plan: &Plan, kraft: &KRaft, own: &Controllers) -> Document {
    let process = Process::Controller;
    let selector = process.selector(plan);
    let metadata = process.metadata(plan, &own.name);
    let labels = process.labels(plan, &selector);
    let pod = process.pod(plan, &selector);
    let container = container(plan, kraft, own);
    let formatted = Formatted {
        pods: &own.pods,
        file: config::CONTROLLER_PROPERTIES,
        id_base: &own.id_base,
        offset: 0,
        count: *own.count,
        is_controller: true,
        further: own
            .config
            .entry("advertised.listeners")
            .map(|entry| (advertised(kraft, own), entry.from.clone())),
        disks: vec![(
            own.volume.claim.value.clone(),
            own.volume.folder.value.clone(),
        )],
    };
    let mut init = format::container(plan, &formatted);
    init.marks.push((
        "volumeMounts[0].name".to_owned(),
        own.volume.claim.from.clone(),
    ));
    let claim_labels = Process::claim_labels(plan, &selector);
    let claim = claim(
        &own.volume.claim,
        &claim_labels,
        &own.volume.size,
        &plan.storage.class,
        &own.access_mode,
    );
    let config_name = config::name(own);
    let management = match *own.pods.management {
        PodManagement::OrderedReady => "OrderedReady",
        PodManagement::Parallel => "Parallel",
    };
    let checksum = config::checksum(plan, own);
    let mut document = Document::of(StatefulSet {
        metadata: metadata.value,
        spec: Some(StatefulSetSpec {
            service_name: Some(own.headless_name.value.clone()),
            replicas: Some(port(*own.count)),
            pod_management_policy: Some(management.to_owned()),
            selector: matching(&selector.value),
            template: PodTemplateSpec {
                metadata: Some(ObjectMeta {
                    labels: Some(labels.value),
                    annotations: Some([("checksum/config".to_owned(), checksum)].into()),
                    ..ObjectMeta::default()
                }),
                spec: Some(PodSpec {
                    init_containers: Some(vec![init.value]),
                    containers: vec![container.value],
                    volumes: Some(vec![
                        Volume {
                            name: CONFIG_VOLUME.to_owned(),
                            config_map: Some(ConfigMapVolumeSource {
                                name: config_name.value,
                                ..ConfigMapVolumeSource::default()
                            }),
                            ..Volume::default()
                        },
                        scratch(LOG_VOLUME, "2Gi"),
                        scratch(TMP_VOLUME, "512Mi"),
                    ]),
                    ..pod.value
                }),
            },
            volume_claim_templates: Some(vec![claim.value]),
            ..StatefulSetSpec::default()
        }),
        ..StatefulSet::default()
    })
    .marked("metadata", &metadata.marks)
    .from("spec.serviceName", &own.headless_name.from)
    .from("spec.replicas", &own.count.from)
    .from("spec.podManagementPolicy", &own.pods.management.from)
    .from("spec.selector", &selector.from)
    .from("spec.template.metadata.labels", &labels.from)
    .marked(POD, &pod.marks)
    .marked(&format!("{POD}.containers[0]"), &container.marks)
    .marked(&format!("{POD}.initContainers[0]"), &init.marks)
    .from(
        &format!("{POD}.volumes[{CONFIG_VOLUME}].configMap.name"),
        &config_name.from,
    )
    .marked("spec.volumeClaimTemplates[0]", &claim.marks)
    .from(
        "spec.volumeClaimTemplates[0].metadata.name",
        &own.volume.claim.from,
    )
    .block(
        &format!("{POD}.containers[0].command[2]"),
        &start_script(plan, kraft, own),
    )
    .block(
        &format!("{POD}.initContainers[0].command[2]"),
        &format::script(plan, kraft, &formatted),
    )
    .note(
        "spec.template.metadata.annotations",
        Sentence::plain("note.checksum"),
    );
    if *own.pods.management == PodManagement::Parallel {
        document = document.note(
            "spec.podManagementPolicy",
            Sentence::plain("note.controllers-parallel"),
        );
    }
    document
}

fn container(plan: &Plan, kraft: &KRaft, own: &Controllers) -> Marked<Container> {
    // The port opens before there is a majority: nothing waits for a leader that waits for it.
    let ask = || {
        Some(Probe {
            tcp_socket: Some(TCPSocketAction {
                port: IntOrString::String(PORT_NAME.to_owned()),
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
    let image = &plan.kafka.image.reference;
    let Marked { value, mut marks } = Process::Controller.main_container(plan, image, probes);
    let env = java_environment(plan, &own.pods.heap, &mut marks);
    marks.extend([
        (
            format!("ports[{PORT_NAME}].containerPort"),
            kraft.port.from.clone(),
        ),
        (
            "volumeMounts[0].name".to_owned(),
            own.volume.claim.from.clone(),
        ),
        (
            format!("volumeMounts[{CONFIG_VOLUME}].mountPath"),
            config_map::folder(plan).from,
        ),
    ]);
    let mut ports = vec![ContainerPort {
        name: Some(PORT_NAME.to_owned()),
        container_port: (*kraft.port).into(),
        ..ContainerPort::default()
    }];
    if let Some(number) = *plan.kafka.opts.jmx_port {
        marks.push((
            "ports[jmx-rmi]".to_owned(),
            plan.kafka.opts.jmx_port.from.clone(),
        ));
        ports.push(ContainerPort {
            name: Some("jmx-rmi".to_owned()),
            container_port: number.into(),
            ..ContainerPort::default()
        });
    }
    Marked {
        value: Container {
            command: Some(vec!["sh".to_owned(), "-c".to_owned()]),
            env: Some(env),
            ports: Some(ports),
            volume_mounts: Some(vec![
                mounted(&own.volume.claim, &own.volume.folder),
                mounted(CONFIG_VOLUME, &config_map::folder(plan)),
                mounted(LOG_VOLUME, LOG_FOLDER),
                mounted(TMP_VOLUME, "/tmp"),
            ]),
            ..value
        },
        marks,
    }
}

/// What the main container runs.
fn start_script(plan: &Plan, kraft: &KRaft, own: &Controllers) -> Text {
    let folder = config_map::folder(plan);
    let mut command = Command::new(
        format!(
            "exec {HOME}/bin/kafka-server-start.sh {}/{}",
            *folder,
            config::CONTROLLER_PROPERTIES
        ),
        &folder.from,
    );
    for entry in &own.config.entries {
        if entry.layer != Layer::Flag {
            continue;
        }
        let argument = Argument::literal(format!("{}=", entry.name));
        let argument = match &entry.value {
            Value::BrokerId => argument.and_expansion(counted_from(*own.id_base)),
            Value::AdvertisedListeners => advertised(kraft, own),
            Value::Text(text) => argument.and(text.as_str()),
            Value::Rack => continue,
        };
        command = command.option("--override", argument, &entry.from);
    }
    let text = Text::new(Role::Shell).note(plan.words("note.script-controller"), &Origins::NONE);
    shell::for_kubernetes(&text.join(command.into_text()))
}

/// What a controller tells the others: its own full name.
fn advertised(kraft: &KRaft, own: &Controllers) -> Argument {
    Argument::literal(format!("advertised.listeners={}://", *kraft.listener))
        .and_expansion("${HOSTNAME}")
        .and(format!(".{}:{}", own.host_suffix(), *kraft.port))
}
