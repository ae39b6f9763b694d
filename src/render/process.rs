//! What the objects of brokers and of servers have in common: names, labels, pods.
//!
//! Two renderers never spell the same name, label or pod setting: they ask here.
//! Every piece comes with marks, which say where its parts come from; paths are relative to the piece.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Capabilities;
use k8s_openapi::api::core::v1::{
    Affinity as PodAffinitySpec, Container, EmptyDirVolumeSource, LocalObjectReference,
    PersistentVolumeClaim, PersistentVolumeClaimSpec, PodAffinityTerm, PodAntiAffinity,
    PodSecurityContext, PodSpec, Probe as ProbeSpec, ResourceRequirements, SeccompProfile,
    SecurityContext, TopologySpreadConstraint, Volume, VolumeMount, VolumeResourceRequirements,
    WeightedPodAffinityTerm,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};

use super::Origins;
use super::document::Document;
use crate::plan::{Affinity, Coordination, Plan, Pods, Probe, Traced};

/// A piece of an object, and where its parts come from: relative paths with their fields.
pub struct Marked<T> {
    /// The piece.
    pub value: T,
    /// Its marks.
    pub marks: Marks,
}

/// Relative paths with the fields that they come from.
pub type Marks = Vec<(String, Origins)>;

impl Document {
    /// Puts the marks of a piece below the path at which the piece stands; those of its parts that
    /// this design does not have are passed over.
    #[must_use]
    pub fn marked(self, path: &str, marks: &Marks) -> Self {
        marks.iter().fold(self, |document, (below, origins)| {
            let joint = if path.is_empty() || below.is_empty() || below.starts_with('[') {
                ""
            } else {
                "."
            };
            let path = format!("{path}{joint}{below}");
            if document.get(&path).is_none() {
                return document;
            }
            document.from(&path, origins)
        })
    }
}

/// One of the kinds of process that the cluster runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Process {
    /// A server of the ensemble.
    ZooKeeper,
    /// A controller that is no broker.
    Controller,
    /// A broker.
    Kafka,
}

/// The label that tells apart the `StatefulSets` of several broker groups.
const GROUP_LABEL: &str = "kafka-cluster-designer/group";

impl Process {
    /// What `app.kubernetes.io/name` says, which is also the container's name.
    pub const fn id(self) -> &'static str {
        match self {
            Self::ZooKeeper => "zookeeper",
            Self::Controller | Self::Kafka => "kafka",
        }
    }

    /// The name of its container; the tutorial's manifests call theirs differently.
    pub fn container(self, plan: &Plan) -> &'static str {
        match self {
            Self::ZooKeeper if plan.has_tutorial_image() => "kubernetes-zookeeper",
            _ => self.id(),
        }
    }

    /// The namespace of its objects.
    pub fn namespace(self, plan: &Plan) -> &Traced<String> {
        match (self, plan.zookeeper()) {
            (Self::ZooKeeper, Some(zookeeper)) => &zookeeper.namespace,
            _ => &plan.kafka.namespace,
        }
    }

    /// The settings of its pods.
    pub fn pods(self, plan: &Plan) -> &Pods {
        match (self, &plan.coordination) {
            (Self::ZooKeeper, Coordination::ZooKeeper(zookeeper)) => &zookeeper.pods,
            (Self::Controller, Coordination::KRaft(kraft)) => kraft
                .controllers
                .as_ref()
                .map_or(&plan.kafka.pods, |own| &own.pods),
            _ => &plan.kafka.pods,
        }
    }

    /// The name that stands for the whole: of the set, or the beginning of the sets' names.
    pub fn name(self, plan: &Plan) -> &Traced<String> {
        match (self, &plan.coordination) {
            (Self::ZooKeeper, Coordination::ZooKeeper(zookeeper)) => &zookeeper.name,
            (Self::Controller, Coordination::KRaft(kraft)) => kraft
                .controllers
                .as_ref()
                .map_or(&plan.kafka.name, |own| &own.name),
            _ => &plan.kafka.name,
        }
    }

    /// The labels to select its pods by; they never change while the cluster lives.
    pub fn selector(self, plan: &Plan) -> Traced<BTreeMap<String, String>> {
        let style = &plan.cluster.app_labels;
        let (labels, from): (Vec<(&str, &str)>, _) = if **style {
            (
                vec![("app", self.name(plan).as_str())],
                self.name(plan).from.and(&style.from),
            )
        } else {
            let component = match self {
                Self::ZooKeeper => "server",
                Self::Controller => "controller",
                Self::Kafka => "broker",
            };
            let labels = vec![
                ("app.kubernetes.io/component", component),
                ("app.kubernetes.io/instance", plan.cluster.name.as_str()),
                ("app.kubernetes.io/name", self.id()),
            ];
            (labels, plan.cluster.name.from.and(&style.from))
        };
        Traced::new(
            labels
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            from,
        )
    }

    /// The labels to select the pods of one broker group by.
    pub fn group_selector(
        self,
        plan: &Plan,
        group: &crate::plan::Group,
    ) -> Traced<BTreeMap<String, String>> {
        let mut selector = self.selector(plan);
        if plan.kafka.groups.len() > 1 {
            selector
                .value
                .insert(GROUP_LABEL.to_owned(), group.name.value.clone());
            selector.from = selector.from.and(&group.name.from);
        }
        selector
    }

    /// The labels of an object: those to select by, and those that only tell.
    pub fn labels(
        self,
        plan: &Plan,
        selector: &Traced<BTreeMap<String, String>>,
    ) -> Traced<BTreeMap<String, String>> {
        let mut labels = selector.clone();
        if !*plan.cluster.app_labels {
            let version = match (self, plan.zookeeper()) {
                (Self::ZooKeeper, Some(zookeeper)) => zookeeper.version.map(ToString::to_string),
                _ => plan.kafka.version.map(ToString::to_string),
            };
            labels.value.insert(
                "app.kubernetes.io/managed-by".to_owned(),
                "kafka-cluster-designer".to_owned(),
            );
            labels
                .value
                .insert("app.kubernetes.io/version".to_owned(), version.value);
            labels.from = labels.from.and(&version.from);
        }
        labels
    }

    /// The metadata of one of its objects.
    pub fn metadata(self, plan: &Plan, name: &Traced<String>) -> Marked<ObjectMeta> {
        self.metadata_with(plan, name, &self.selector(plan))
    }

    /// The metadata of an object of one group.
    pub fn metadata_with(
        self,
        plan: &Plan,
        name: &Traced<String>,
        selector: &Traced<BTreeMap<String, String>>,
    ) -> Marked<ObjectMeta> {
        let namespace = self.namespace(plan);
        let labels = self.labels(plan, selector);
        Marked {
            marks: vec![
                ("name".to_owned(), name.from.clone()),
                ("namespace".to_owned(), namespace.from.clone()),
                ("labels".to_owned(), labels.from),
            ],
            value: ObjectMeta {
                name: Some(name.value.clone()),
                namespace: Some(namespace.value.clone()),
                labels: Some(labels.value),
                ..ObjectMeta::default()
            },
        }
    }

    /// The labels of its claims: those to select by, since they can never change; none in the style
    /// of older manifests, whose claims exist without.
    pub fn claim_labels(
        plan: &Plan,
        selector: &Traced<BTreeMap<String, String>>,
    ) -> Traced<BTreeMap<String, String>> {
        if *plan.cluster.app_labels {
            return Traced::new(BTreeMap::new(), plan.cluster.app_labels.from.clone());
        }
        selector.clone()
    }

    /// The name of its disruption budget.
    pub fn budget_name(self, plan: &Plan) -> Traced<String> {
        self.name(plan).map(|name| format!("{name}-pdb"))
    }

    /// The name of its ServiceAccount.
    pub fn service_account(self, plan: &Plan) -> &Traced<String> {
        self.name(plan)
    }

    /// Everything of a pod but containers and volumes.
    pub fn pod(self, plan: &Plan, selector: &Traced<BTreeMap<String, String>>) -> Marked<PodSpec> {
        let pods = self.pods(plan);
        let cluster = &plan.cluster;
        let mut marks = vec![
            (
                "terminationGracePeriodSeconds".to_owned(),
                pods.grace.from.clone(),
            ),
            ("nodeSelector".to_owned(), pods.node_selector.from.clone()),
            (
                "priorityClassName".to_owned(),
                pods.priority_class.from.clone(),
            ),
            (
                "imagePullSecrets".to_owned(),
                cluster.pull_secret.from.clone(),
            ),
            (
                "serviceAccountName".to_owned(),
                cluster
                    .service_accounts
                    .from
                    .and(&self.service_account(plan).from),
            ),
            (
                "topologySpreadConstraints".to_owned(),
                pods.spread_zones.from.and(&selector.from),
            ),
        ];
        let affinity = self.affinity(plan, selector, &mut marks);
        let security = pod_security(pods, &mut marks);
        marks.retain(|(_, origins)| !origins.is_empty());
        Marked {
            value: PodSpec {
                affinity,
                automount_service_account_token: Some(false),
                enable_service_links: Some(false),
                image_pull_secrets: cluster
                    .pull_secret
                    .as_ref()
                    .map(|name| vec![LocalObjectReference { name: name.clone() }]),
                node_selector: (!pods.node_selector.is_empty())
                    .then(|| pods.node_selector.iter().cloned().collect()),
                priority_class_name: pods.priority_class.value.clone(),
                security_context: Some(security),
                service_account_name: cluster
                    .service_accounts
                    .then(|| self.service_account(plan).value.clone()),
                termination_grace_period_seconds: i64::try_from(*pods.grace).ok(),
                topology_spread_constraints: pods.spread_zones.then(|| {
                    vec![TopologySpreadConstraint {
                        label_selector: Some(matching(&selector.value)),
                        max_skew: 1,
                        topology_key: "topology.kubernetes.io/zone".to_owned(),
                        when_unsatisfiable: "ScheduleAnyway".to_owned(),
                        ..TopologySpreadConstraint::default()
                    }]
                }),
                ..PodSpec::default()
            },
            marks,
        }
    }

    fn affinity(
        self,
        plan: &Plan,
        selector: &Traced<BTreeMap<String, String>>,
        marks: &mut Marks,
    ) -> Option<PodAffinitySpec> {
        let pods = self.pods(plan);
        let apart = term(&self.selector(plan).value, None);
        let anti = match *pods.anti_affinity {
            Affinity::None => None,
            Affinity::Required => Some(PodAntiAffinity {
                required_during_scheduling_ignored_during_execution: Some(vec![apart]),
                ..PodAntiAffinity::default()
            }),
            Affinity::Preferred => Some(PodAntiAffinity {
                preferred_during_scheduling_ignored_during_execution: Some(vec![
                    WeightedPodAffinityTerm {
                        pod_affinity_term: apart,
                        weight: 100,
                    },
                ]),
                ..PodAntiAffinity::default()
            }),
        };
        marks.push((
            "affinity.podAntiAffinity".to_owned(),
            pods.anti_affinity.from.and(&selector.from),
        ));
        let near = self.near_zookeeper(plan, marks);
        if anti.is_none() && near.is_none() {
            return None;
        }
        // The key `affinity` itself is there because of either.
        let switch = pods
            .anti_affinity
            .from
            .and(&plan.kafka.opts.near_zookeeper.from)
            .and(&plan.cluster.coordination.from);
        marks.push((
            "affinity".to_owned(),
            if self == Self::Kafka {
                switch
            } else {
                pods.anti_affinity.from.clone()
            },
        ));
        Some(PodAffinitySpec {
            pod_affinity: near,
            pod_anti_affinity: anti,
            ..PodAffinitySpec::default()
        })
    }

    fn near_zookeeper(
        self,
        plan: &Plan,
        marks: &mut Marks,
    ) -> Option<k8s_openapi::api::core::v1::PodAffinity> {
        let near = &plan.kafka.opts.near_zookeeper;
        if self != Self::Kafka || !**near || !plan.has_ensemble() {
            return None;
        }
        let labels = Self::ZooKeeper.selector(plan);
        let namespace = Self::ZooKeeper.namespace(plan);
        let elsewhere =
            (**namespace != **self.namespace(plan)).then(|| vec![namespace.value.clone()]);
        let from = Origins::all([
            &near.from,
            &plan.cluster.coordination.from,
            &labels.from,
            &namespace.from,
            &self.namespace(plan).from,
        ]);
        marks.push(("affinity.podAffinity".to_owned(), from));
        Some(k8s_openapi::api::core::v1::PodAffinity {
            preferred_during_scheduling_ignored_during_execution: Some(vec![
                WeightedPodAffinityTerm {
                    pod_affinity_term: term(&labels.value, elsewhere),
                    weight: 1,
                },
            ]),
            ..Default::default()
        })
    }

    /// What every container of its pods has: image, resources, probes, rights.
    pub fn main_container(
        self,
        plan: &Plan,
        image: &Traced<String>,
        probes: Probes,
    ) -> Marked<Container> {
        let pods = self.pods(plan);
        let mut marks = vec![
            ("image".to_owned(), image.from.clone()),
            (
                "imagePullPolicy".to_owned(),
                plan.cluster.pull_policy.from.clone(),
            ),
        ];
        let resources = resources(pods, &mut marks);
        let security = container_security(pods, &mut marks);
        let mut set = |name: &str, at: usize, probe: &Option<Probe>, handler: Option<ProbeSpec>| {
            let (Some(times), Some(handler)) = (probe, handler) else {
                return None;
            };
            Some(timed(
                name,
                times,
                &pods.probe_switches[at],
                handler,
                &mut marks,
            ))
        };
        let startup_probe = set("startupProbe", 0, &pods.startup, probes.startup);
        let readiness_probe = set("readinessProbe", 1, &pods.readiness, probes.readiness);
        let liveness_probe = set("livenessProbe", 2, &pods.liveness, probes.liveness);
        Marked {
            value: Container {
                name: self.container(plan).to_owned(),
                image: Some(image.value.clone()),
                image_pull_policy: Some(plan.cluster.pull_policy.value.clone()),
                resources: Some(resources),
                security_context: security,
                startup_probe,
                readiness_probe,
                liveness_probe,
                ..Container::default()
            },
            marks,
        }
    }
}

/// What the probes of a container ask; the times are the plan's.
#[derive(Default)]
pub struct Probes {
    /// Until it succeeds, the others wait.
    pub startup: Option<ProbeSpec>,
    /// When the pod is ready.
    pub readiness: Option<ProbeSpec>,
    /// When the container is restarted.
    pub liveness: Option<ProbeSpec>,
}

fn timed(
    name: &str,
    times: &Probe,
    switch: &Origins,
    handler: ProbeSpec,
    marks: &mut Marks,
) -> ProbeSpec {
    let seconds = |count: u64| i32::try_from(count).ok();
    marks.push((name.to_owned(), switch.clone()));
    for (part, from) in [
        ("initialDelaySeconds", &times.delay.from),
        ("periodSeconds", &times.period.from),
        ("timeoutSeconds", &times.timeout.from),
        ("failureThreshold", &times.failures.from),
    ] {
        marks.push((format!("{name}.{part}"), from.clone()));
    }
    ProbeSpec {
        initial_delay_seconds: (*times.delay > 0).then(|| seconds(*times.delay)).flatten(),
        period_seconds: seconds(*times.period),
        timeout_seconds: seconds(*times.timeout),
        failure_threshold: seconds(*times.failures),
        ..handler
    }
}

fn resources(pods: &Pods, marks: &mut Marks) -> ResourceRequirements {
    let amounts = |memory: &str, cpu: Option<&str>| {
        let cpu = cpu.map(|cpu| ("cpu".to_owned(), Quantity(cpu.to_owned())));
        let memory =
            (!memory.is_empty()).then(|| ("memory".to_owned(), Quantity(memory.to_owned())));
        let amounts: BTreeMap<String, Quantity> = cpu.into_iter().chain(memory).collect();
        (!amounts.is_empty()).then_some(amounts)
    };
    for (path, from) in [
        ("resources.requests.memory", &pods.memory_request.from),
        ("resources.requests.cpu", &pods.cpu_request.from),
        ("resources.limits.memory", &pods.memory_limit.from),
        ("resources.limits", &pods.memory_limit.from),
        ("resources.limits.cpu", &pods.cpu_limit.from),
    ] {
        marks.push((path.to_owned(), from.clone()));
    }
    ResourceRequirements {
        requests: amounts(&pods.memory_request.text, Some(&pods.cpu_request.text)),
        limits: amounts(
            &pods.memory_limit.text,
            pods.cpu_limit.as_ref().map(|cpu| cpu.text.as_str()),
        ),
        ..ResourceRequirements::default()
    }
}

/// The pod's user and groups; with `restricted`, what that Pod Security level asks of a pod.
pub fn pod_security(pods: &Pods, marks: &mut Marks) -> PodSecurityContext {
    for (path, from) in [
        ("securityContext.runAsUser", &pods.user.from),
        ("securityContext.runAsGroup", &pods.group.from),
        ("securityContext.fsGroup", &pods.group.from),
        (
            "securityContext.runAsNonRoot",
            &pods.restricted.from.and(&pods.user.from),
        ),
        ("securityContext.seccompProfile", &pods.restricted.from),
    ] {
        marks.push((path.to_owned(), from.clone()));
    }
    PodSecurityContext {
        run_as_user: i64::try_from(*pods.user).ok(),
        run_as_group: i64::try_from(*pods.group).ok(),
        fs_group: i64::try_from(*pods.group).ok(),
        // Without this the kubelet changes the owner of every file at each start.
        fs_group_change_policy: Some("OnRootMismatch".to_owned()),
        run_as_non_root: (*pods.restricted && *pods.user != 0).then_some(true),
        seccomp_profile: pods.restricted.then(|| SeccompProfile {
            type_: "RuntimeDefault".to_owned(),
            ..SeccompProfile::default()
        }),
        ..PodSecurityContext::default()
    }
}

/// The rights of a container; nothing when neither setting asks for any.
pub fn container_security(pods: &Pods, marks: &mut Marks) -> Option<SecurityContext> {
    let (restricted, read_only) = (*pods.restricted, *pods.read_only_root);
    if !restricted && !read_only {
        return None;
    }
    marks.push((
        "securityContext".to_owned(),
        pods.restricted.from.and(&pods.read_only_root.from),
    ));
    Some(SecurityContext {
        allow_privilege_escalation: restricted.then_some(false),
        capabilities: restricted.then(|| Capabilities {
            drop: Some(vec!["ALL".to_owned()]),
            ..Capabilities::default()
        }),
        read_only_root_filesystem: read_only.then_some(true),
        ..SecurityContext::default()
    })
}

fn term(labels: &BTreeMap<String, String>, namespaces: Option<Vec<String>>) -> PodAffinityTerm {
    PodAffinityTerm {
        label_selector: Some(matching(labels)),
        namespaces,
        topology_key: "kubernetes.io/hostname".to_owned(),
        ..PodAffinityTerm::default()
    }
}

/// A selector of exactly these labels.
pub fn matching(labels: &BTreeMap<String, String>) -> LabelSelector {
    LabelSelector {
        match_labels: Some(labels.clone()),
        ..LabelSelector::default()
    }
}

/// A claim template, with the labels of [`Process::claim_labels`].
pub fn claim(
    name: &str,
    labels: &Traced<BTreeMap<String, String>>,
    size: &Traced<crate::fields::Quantity>,
    class: &Traced<Option<String>>,
    access_mode: &Traced<String>,
) -> Marked<PersistentVolumeClaim> {
    Marked {
        value: PersistentVolumeClaim {
            metadata: ObjectMeta {
                name: Some(name.to_owned()),
                labels: (!labels.is_empty()).then(|| labels.value.clone()),
                ..ObjectMeta::default()
            },
            spec: Some(PersistentVolumeClaimSpec {
                access_modes: Some(vec![access_mode.value.clone()]),
                storage_class_name: class.value.clone(),
                resources: Some(VolumeResourceRequirements {
                    requests: Some([("storage".to_owned(), Quantity(size.text.clone()))].into()),
                    ..VolumeResourceRequirements::default()
                }),
                ..PersistentVolumeClaimSpec::default()
            }),
            status: None,
        },
        marks: vec![
            (
                if labels.is_empty() {
                    "metadata"
                } else {
                    "metadata.labels"
                }
                .to_owned(),
                labels.from.clone(),
            ),
            ("spec.accessModes".to_owned(), access_mode.from.clone()),
            ("spec.storageClassName".to_owned(), class.from.clone()),
            (
                "spec.resources.requests.storage".to_owned(),
                size.from.clone(),
            ),
        ],
    }
}

/// A folder that lives as long as the pod, with a limit.
pub fn scratch(name: &str, limit: &str) -> Volume {
    Volume {
        name: name.to_owned(),
        empty_dir: Some(EmptyDirVolumeSource {
            size_limit: Some(Quantity(limit.to_owned())),
            ..EmptyDirVolumeSource::default()
        }),
        ..Volume::default()
    }
}

/// A volume's place in a container.
pub fn mounted(name: &str, folder: &str) -> VolumeMount {
    VolumeMount {
        name: name.to_owned(),
        mount_path: folder.to_owned(),
        ..VolumeMount::default()
    }
}
