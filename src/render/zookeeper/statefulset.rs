//! The StatefulSet: how a server finds its number, starts, and is asked whether it serves.

use k8s_openapi::api::apps::v1::{StatefulSet, StatefulSetSpec, StatefulSetUpdateStrategy};
use k8s_openapi::api::core::v1::{
    ConfigMapVolumeSource, Container, ContainerPort, EnvVar, ExecAction, PodSpec, PodTemplateSpec,
    Probe as ProbeSpec, Volume, VolumeMount,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::{config, file, ports};
use crate::plan::{
    Mount, Parts, Plan, PodManagement, Probe, ReadinessCheck, Traced, Value, ZooKeeper,
    tutorial_flag,
};
use crate::render::document::{Document, Text};
use crate::render::process::{Marked, Probes, Process, claim, matching, mounted, scratch};
use crate::render::shell::{Command, for_kubernetes, single};
use crate::render::{Origins, Output, Role};
use crate::text::Sentence;

/// The servers.
pub static OUTPUT: Output = Output {
    id: "zookeeper-statefulset",
    path: "20-zookeeper/statefulset.yaml",
    reads: Parts::CLUSTER.and(Parts::STORAGE).and(Parts::COORDINATION),
    wanted: Plan::has_ensemble,
    render: |plan| {
        file(OUTPUT.path, plan, |plan, zookeeper| {
            vec![set(plan, zookeeper)]
        })
    },
};

/// The folder that the ConfigMap is mounted on.
const CONF_DIR: &str = "/conf";

/// How long `nc` waits for an answer, in seconds.
const ANSWER_TIME: u64 = 3;

/// Where the pod stands in the StatefulSet.
const POD: &str = "spec.template.spec";

fn set(plan: &Plan, zookeeper: &ZooKeeper) -> Document {
    let process = Process::ZooKeeper;
    let selector = process.selector(plan);
    let metadata = process.metadata(plan, &zookeeper.name);
    let labels = process.labels(plan, &selector);
    let pod = process.pod(plan, &selector);
    let container = container(plan, zookeeper);
    let volumes = volumes(zookeeper);
    let claims = claims(plan, zookeeper);
    let annotations = (!zookeeper.is_tutorial())
        .then(|| [("checksum/config".to_owned(), config::checksum(zookeeper))].into());
    let has_annotations = annotations.is_some();
    let object = StatefulSet {
        metadata: metadata.value,
        spec: Some(StatefulSetSpec {
            service_name: Some(zookeeper.headless_name.value.clone()),
            replicas: i32::try_from(*zookeeper.servers).ok(),
            pod_management_policy: Some(
                match *zookeeper.pods.management {
                    PodManagement::OrderedReady => "OrderedReady",
                    PodManagement::Parallel => "Parallel",
                }
                .to_owned(),
            ),
            update_strategy: Some(StatefulSetUpdateStrategy {
                type_: Some("RollingUpdate".to_owned()),
                ..StatefulSetUpdateStrategy::default()
            }),
            selector: matching(&selector.value),
            template: PodTemplateSpec {
                metadata: Some(ObjectMeta {
                    labels: Some(labels.value),
                    annotations,
                    ..ObjectMeta::default()
                }),
                spec: Some(PodSpec {
                    containers: vec![container.value],
                    volumes: (!volumes.is_empty())
                        .then(|| volumes.iter().map(|volume| volume.volume.clone()).collect()),
                    ..pod.value
                }),
            },
            volume_claim_templates: Some(
                claims
                    .iter()
                    .map(|(_, claim)| claim.value.clone())
                    .collect(),
            ),
            ..StatefulSetSpec::default()
        }),
        ..StatefulSet::default()
    };
    let mut document = Document::of(object)
        .marked("metadata", &metadata.marks)
        .from("spec.serviceName", &zookeeper.headless_name.from)
        .from("spec.replicas", &zookeeper.servers.from)
        .from("spec.podManagementPolicy", &zookeeper.pods.management.from)
        .from("spec.selector", &selector.from)
        .from("spec.template.metadata.labels", &labels.from)
        .marked(POD, &pod.marks)
        .marked(&format!("{POD}.containers[0]"), &container.marks);
    if *zookeeper.pods.management == PodManagement::Parallel {
        document = document.note(
            "spec.podManagementPolicy",
            Sentence::plain("note.zookeeper-parallel"),
        );
    }
    if has_annotations {
        let annotations = "spec.template.metadata.annotations";
        document = document
            .from(annotations, &zookeeper.flavour.from)
            .note(annotations, Sentence::plain("note.checksum"));
    }
    for (at, (mount, claim)) in claims.iter().enumerate() {
        let path = format!("spec.volumeClaimTemplates[{at}]");
        document = document
            .marked(&path, &claim.marks)
            .from(&path, &mount.there)
            .from(&format!("{path}.metadata.name"), &mount.mount.claim.from);
    }
    for (at, volume) in volumes.iter().enumerate() {
        document = volume.mark(document, at);
    }
    scripts(plan, document, zookeeper)
}

/// The texts of the container: its start command and what its probes run.
fn scripts(plan: &Plan, document: Document, zookeeper: &ZooKeeper) -> Document {
    let container = format!("{POD}.containers[0]");
    let start = if zookeeper.is_tutorial() {
        tutorial_start(zookeeper)
    } else {
        start(plan, zookeeper)
    };
    let mut document = document
        .block(&format!("{container}.command[2]"), &for_kubernetes(&start))
        .from(&format!("{container}.command[2]"), &zookeeper.flavour.from);
    let pods = &zookeeper.pods;
    let srvr = *zookeeper.readiness_check == ReadinessCheck::Srvr;
    for (name, times, asks_srvr) in [
        ("startupProbe", &pods.startup, false),
        ("readinessProbe", &pods.readiness, srvr),
        ("livenessProbe", &pods.liveness, false),
    ] {
        let Some(times) = times else { continue };
        let path = format!("{container}.{name}.exec.command[2]");
        let mut question = question(zookeeper, times, asks_srvr);
        if name == "readinessProbe" {
            question.from = question.from.and(&zookeeper.readiness_check.from);
        }
        let text = Text::new(Role::Shell).line(question.value, &question.from);
        document = document.block(&path, &for_kubernetes(&text));
        if asks_srvr {
            document = document.note_from(
                &format!("{container}.{name}"),
                Sentence::plain("note.zookeeper-readiness"),
                &zookeeper.readiness_check.from,
            );
        }
    }
    document
}

/// The command of a probe.
fn question(zookeeper: &ZooKeeper, times: &Probe, srvr: bool) -> Traced<String> {
    let port = *zookeeper.client_port;
    let from = zookeeper.client_port.from.and(&zookeeper.flavour.from);
    if zookeeper.is_tutorial() {
        return Traced::new(format!("zookeeper-ready {port}"), from);
    }
    let wait = ANSWER_TIME.min(*times.timeout);
    let ask = |word: &str| format!("echo {word} | nc -w {wait} 127.0.0.1 {port}");
    let command = if srvr {
        format!("{} | grep -q '^Mode:'", ask("srvr"))
    } else {
        format!("[ \"$({})\" = imok ]", ask("ruok"))
    };
    Traced::new(command, from.and(&times.timeout.from))
}

/// Starts a server whose number is the pod's, counted from 1.
fn start(plan: &Plan, zookeeper: &ZooKeeper) -> Text {
    let none = &Origins::NONE;
    let data = &zookeeper.data_dir;
    let folder = single(data);
    let id_file = single(&format!("{}/myid", data.trim_end_matches('/')));
    Text::new(Role::Shell)
        .line("set -eu", none)
        .note(plan.words("note.zookeeper-id"), none)
        .line(format!("mkdir -p {folder}"), &data.from)
        .line(
            format!("echo \"$((${{HOSTNAME##*-}} + 1))\" > {id_file}"),
            &data.from,
        )
        .line("exec zkServer.sh start-foreground", none)
}

/// The start script of the tutorial's image, with every flag that it knows and we set.
fn tutorial_start(zookeeper: &ZooKeeper) -> Text {
    let mut flags: Vec<(&str, String, &Origins, bool)> = vec![(
        "servers",
        zookeeper.servers.to_string(),
        &zookeeper.servers.from,
        false,
    )];
    for entry in &zookeeper.config.entries {
        let (Some(name), Value::Text(value)) = (tutorial_flag(&entry.name), &entry.value) else {
            continue;
        };
        flags.push((name, value.clone(), &entry.from, entry.asked_for));
        if entry.name == "clientPort" {
            let ports = [
                ("server_port", &zookeeper.server_port),
                ("election_port", &zookeeper.election_port),
            ];
            let ports = ports.map(|(name, port)| (name, port.to_string(), &port.from, false));
            flags.extend(ports);
        }
    }
    let (heap, level) = (&zookeeper.pods.heap, &zookeeper.log_level);
    let folder = &zookeeper.conf_dir;
    flags.extend([
        ("conf_dir", folder.value.clone(), &folder.from, false),
        ("heap", heap.text.clone(), &heap.from, false),
        ("log_level", level.value.clone(), &level.from, false),
    ]);
    let mut program = "exec start-zookeeper";
    if let Some(order) = &zookeeper.flag_order {
        let place = |name: &str| order.iter().position(|listed| listed == name);
        flags.retain(|(name, .., asked_for)| *asked_for || place(name).is_some());
        flags.sort_by_key(|(name, ..)| place(name).unwrap_or(usize::MAX));
        if place("exec").is_none() {
            program = "start-zookeeper";
        }
    }
    let command = flags.into_iter().fold(
        Command::new(program, &Origins::NONE),
        |command, (name, value, from, _)| command.argument(format!("--{name}={value}"), from),
    );
    command.into_text()
}

fn container(plan: &Plan, zookeeper: &ZooKeeper) -> Marked<Container> {
    let flavour = &zookeeper.flavour.from;
    let run = || {
        // The script takes its place below, with the origins of its lines.
        Some(ExecAction {
            command: Some(vec!["sh".to_owned(), "-c".to_owned(), String::new()]),
        })
    };
    let probe = || ProbeSpec {
        exec: run(),
        ..ProbeSpec::default()
    };
    let Marked { value, mut marks } = Process::ZooKeeper.main_container(
        plan,
        &zookeeper.image,
        Probes {
            startup: Some(probe()),
            readiness: Some(probe()),
            liveness: Some(probe()),
        },
    );
    marks.push(("name".to_owned(), flavour.clone()));
    let mut container_ports = Vec::new();
    for (name, port) in ports(zookeeper) {
        marks.push((format!("ports[{name}].containerPort"), port.from.clone()));
        container_ports.push(ContainerPort {
            name: Some(name.to_owned()),
            container_port: i32::from(**port),
            ..ContainerPort::default()
        });
    }
    let env = (!zookeeper.is_tutorial()).then(|| {
        let heap = &zookeeper.pods.heap;
        marks.push(("env".to_owned(), flavour.clone()));
        marks.push(("env[SERVER_JVMFLAGS].value".to_owned(), heap.from.clone()));
        let flags = format!("-Xmx{0} -Xms{0}", heap.text);
        [
            ("SERVER_JVMFLAGS", flags.as_str()),
            ("ZOOCFGDIR", CONF_DIR),
            ("ZOO_LOG_DIR", LOGS.1),
        ]
        .map(|(name, value)| EnvVar {
            name: name.to_owned(),
            value: Some(value.to_owned()),
            ..EnvVar::default()
        })
        .into()
    });
    let mut mounts: Vec<VolumeMount> = Vec::new();
    let mut mount = |mount: VolumeMount, name: Origins, folder: Origins, there: Origins| {
        let at = mounts.len();
        marks.push((format!("volumeMounts[{at}]"), there));
        marks.push((format!("volumeMounts[{at}].name"), name));
        marks.push((format!("volumeMounts[{at}].mountPath"), folder));
        mounts.push(mount);
    };
    for Claimed { mount: one, there } in claimed(zookeeper) {
        mount(
            mounted(&one.claim, &one.folder),
            one.claim.from.clone(),
            one.folder.from.clone(),
            there,
        );
    }
    for volume in volumes(zookeeper) {
        let NamedVolume {
            volume,
            folder,
            there,
            ..
        } = volume;
        let place = VolumeMount {
            read_only: volume.config_map.is_some().then_some(true),
            ..mounted(&volume.name, &folder)
        };
        mount(place, Origins::NONE, folder.from.clone(), there);
    }
    Marked {
        value: Container {
            command: run().and_then(|action| action.command),
            ports: Some(container_ports),
            env,
            volume_mounts: Some(mounts),
            ..value
        },
        marks,
    }
}

/// A claim of each server, and the fields that decide whether there is one.
struct Claimed<'a> {
    mount: &'a Mount,
    there: Origins,
}

fn claimed(zookeeper: &ZooKeeper) -> Vec<Claimed<'_>> {
    let data = Claimed {
        mount: &zookeeper.data_volume,
        there: Origins::NONE,
    };
    let log = zookeeper.log_volume.as_ref().map(|mount| Claimed {
        mount,
        there: zookeeper.has_log_volume.from.clone(),
    });
    std::iter::once(data).chain(log).collect()
}

fn claims<'a>(
    plan: &'a Plan,
    zookeeper: &'a ZooKeeper,
) -> Vec<(
    Claimed<'a>,
    Marked<k8s_openapi::api::core::v1::PersistentVolumeClaim>,
)> {
    let labels = Process::claim_labels(plan, &Process::ZooKeeper.selector(plan));
    claimed(zookeeper)
        .into_iter()
        .map(|claimed| {
            let mount = claimed.mount;
            let claim = claim(
                &mount.claim,
                &labels,
                &mount.size,
                &plan.storage.class,
                &zookeeper.access_mode,
            );
            (claimed, claim)
        })
        .collect()
}

/// A volume that is no claim: where it is mounted, and where it comes from.
struct NamedVolume {
    volume: Volume,
    folder: Traced<String>,
    /// The fields that decide whether there is one.
    there: Origins,
    /// The field of the ConfigMap's name.
    name: Origins,
}

impl NamedVolume {
    fn mark(&self, document: Document, at: usize) -> Document {
        let path = format!("{POD}.volumes[{at}]");
        let document = document.from(&path, &self.there);
        if self.name.is_empty() {
            return document;
        }
        document.from(&format!("{path}.configMap.name"), &self.name)
    }
}

/// The folders that programs write to when the image's own files are read-only.
const TEMPORARY: (&str, &str) = ("tmp", "/tmp");
const LOGS: (&str, &str) = ("logs", "/logs");
const TUTORIAL_LOGS: (&str, &str) = ("logs", "/var/log/zookeeper");

fn volumes(zookeeper: &ZooKeeper) -> Vec<NamedVolume> {
    let flavour = &zookeeper.flavour.from;
    let tutorial = zookeeper.is_tutorial();
    let fixed = |folder: &str| Traced::new(folder.to_owned(), flavour.clone());
    let mut volumes = Vec::new();
    if tutorial {
        // Its script writes the configuration at each start.
        volumes.push(NamedVolume {
            volume: scratch("conf", "16Mi"),
            folder: zookeeper.conf_dir.clone(),
            there: flavour.clone(),
            name: Origins::NONE,
        });
    } else {
        let config = config::name(zookeeper);
        volumes.push(NamedVolume {
            volume: Volume {
                name: "config".to_owned(),
                config_map: Some(ConfigMapVolumeSource {
                    name: config.value,
                    ..ConfigMapVolumeSource::default()
                }),
                ..Volume::default()
            },
            folder: fixed(CONF_DIR),
            there: flavour.clone(),
            name: config.from,
        });
    }
    if *zookeeper.pods.read_only_root {
        let logs = if tutorial { TUTORIAL_LOGS } else { LOGS };
        for (name, folder) in [TEMPORARY, logs] {
            volumes.push(NamedVolume {
                volume: scratch(name, "64Mi"),
                folder: fixed(folder),
                there: zookeeper.pods.read_only_root.from.clone(),
                name: Origins::NONE,
            });
        }
    }
    volumes
}
