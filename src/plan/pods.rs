//! What the pods of a StatefulSet have in common: resources, scheduling, probes, security.

use super::read::Reader;
use super::{Cluster, Traced};
use crate::args;
use crate::fields::{
    self, CONTROLLERS_ANTI_AFFINITY, CONTROLLERS_BUDGET, CONTROLLERS_CPU_LIMIT,
    CONTROLLERS_CPU_REQUEST, CONTROLLERS_GRACE, CONTROLLERS_HEAP, CONTROLLERS_LIVENESS,
    CONTROLLERS_MAX_UNAVAILABLE, CONTROLLERS_MEMORY_LIMIT, CONTROLLERS_MEMORY_REQUEST,
    CONTROLLERS_NODE_SELECTOR, CONTROLLERS_POD_MANAGEMENT, CONTROLLERS_PRIORITY_CLASS,
    CONTROLLERS_READINESS, CONTROLLERS_SECURITY, CONTROLLERS_SPREAD_ZONES, CONTROLLERS_STARTUP,
    Field, KAFKA_ANTI_AFFINITY, KAFKA_BUDGET, KAFKA_CPU_LIMIT, KAFKA_CPU_REQUEST, KAFKA_GRACE,
    KAFKA_HEAP, KAFKA_LIVENESS, KAFKA_MAX_UNAVAILABLE, KAFKA_MEMORY_LIMIT, KAFKA_MEMORY_REQUEST,
    KAFKA_MIN_READY, KAFKA_NODE_SELECTOR, KAFKA_POD_MANAGEMENT, KAFKA_PRIORITY_CLASS,
    KAFKA_READINESS, KAFKA_SECURITY, KAFKA_SPREAD_ZONES, KAFKA_STARTUP, ProbeFields, Quantity,
    SecurityFields, Start, Wrong, ZOOKEEPER_ANTI_AFFINITY, ZOOKEEPER_BUDGET, ZOOKEEPER_CPU_LIMIT,
    ZOOKEEPER_CPU_REQUEST, ZOOKEEPER_GRACE, ZOOKEEPER_HEAP, ZOOKEEPER_LIVENESS,
    ZOOKEEPER_MAX_UNAVAILABLE, ZOOKEEPER_MEMORY_LIMIT, ZOOKEEPER_MEMORY_REQUEST,
    ZOOKEEPER_NODE_SELECTOR, ZOOKEEPER_POD_MANAGEMENT, ZOOKEEPER_PRIORITY_CLASS,
    ZOOKEEPER_READINESS, ZOOKEEPER_SECURITY, ZOOKEEPER_SPREAD_ZONES, ZOOKEEPER_STARTUP,
};
use crate::render::Origins;
use crate::text::Sentence;

/// The pods of the brokers, of the ensemble, or of controllers.
#[derive(Clone, Debug, PartialEq)]
pub struct Pods {
    /// The JVM's heap, in bytes, and as typed.
    pub heap: Traced<Quantity>,
    /// Memory promised.
    pub memory_request: Traced<Quantity>,
    /// Memory at which the pod is ended.
    pub memory_limit: Traced<Quantity>, // empty for none
    /// Thousandths of a processor promised.
    pub cpu_request: Traced<Quantity>,
    /// Thousandths of a processor beyond which the pod is slowed down.
    pub cpu_limit: Traced<Option<Quantity>>,
    /// Whether two pods may share a node.
    pub anti_affinity: Traced<Affinity>,
    /// Whether pods are spread evenly over zones.
    pub spread_zones: Traced<bool>,
    /// Labels that the node must have.
    pub node_selector: Traced<Vec<(String, String)>>,
    /// The priority class.
    pub priority_class: Traced<Option<String>>,
    /// Whether pods start all at once.
    pub management: Traced<PodManagement>,
    /// Seconds that a pod must be ready before the next one is replaced.
    pub min_ready: Option<Traced<u64>>,
    /// Seconds to shut down.
    pub grace: Traced<u64>,
    /// Whether there is a disruption budget.
    pub budget: Traced<bool>,
    /// How many pods may be taken away at the same time.
    pub max_unavailable: Traced<u64>,
    /// The probe that the others wait for.
    pub startup: Option<Probe>,
    /// When a pod is ready.
    pub readiness: Option<Probe>,
    /// When a pod is restarted.
    pub liveness: Option<Probe>,
    /// Where the absence of each probe comes from: startup, readiness, liveness.
    pub probe_switches: [Origins; 3],
    /// The user.
    pub user: Traced<u64>,
    /// The group, which also owns the volumes.
    pub group: Traced<u64>,
    /// Everything that the level `restricted` asks for.
    pub restricted: Traced<bool>,
    /// Whether the image's own files are read-only.
    pub read_only_root: Traced<bool>,
}

/// Whether two pods of a set may share a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Affinity {
    /// They may.
    None,
    /// Only when there is no other node.
    Preferred,
    /// Never.
    Required,
}

/// How a StatefulSet creates its pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PodManagement {
    /// One after the other, each when the one before is ready.
    OrderedReady,
    /// All at once.
    Parallel,
}

/// The times of a probe.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    /// Seconds before the first try.
    pub delay: Traced<u64>,
    /// Seconds between two tries.
    pub period: Traced<u64>,
    /// Seconds that a try may take.
    pub timeout: Traced<u64>,
    /// Failures in a row that count.
    pub failures: Traced<u64>,
    /// All of its fields.
    pub from: Origins,
}

/// The fields of one StatefulSet's pods.
pub(super) struct PodFields {
    pub heap: &'static Field,
    pub memory_request: &'static Field,
    pub memory_limit: &'static Field,
    pub cpu_request: &'static Field,
    pub cpu_limit: &'static Field,
    pub anti_affinity: &'static Field,
    pub spread_zones: &'static Field,
    pub node_selector: &'static Field,
    pub priority_class: &'static Field,
    pub management: &'static Field,
    pub min_ready: Option<&'static Field>,
    pub grace: &'static Field,
    pub budget: &'static Field,
    pub max_unavailable: &'static Field,
    pub probes: [&'static ProbeFields; 3],
    pub security: &'static SecurityFields,
}

pub(super) static KAFKA: PodFields = PodFields {
    heap: &KAFKA_HEAP,
    memory_request: &KAFKA_MEMORY_REQUEST,
    memory_limit: &KAFKA_MEMORY_LIMIT,
    cpu_request: &KAFKA_CPU_REQUEST,
    cpu_limit: &KAFKA_CPU_LIMIT,
    anti_affinity: &KAFKA_ANTI_AFFINITY,
    spread_zones: &KAFKA_SPREAD_ZONES,
    node_selector: &KAFKA_NODE_SELECTOR,
    priority_class: &KAFKA_PRIORITY_CLASS,
    management: &KAFKA_POD_MANAGEMENT,
    min_ready: Some(&KAFKA_MIN_READY),
    grace: &KAFKA_GRACE,
    budget: &KAFKA_BUDGET,
    max_unavailable: &KAFKA_MAX_UNAVAILABLE,
    probes: [&KAFKA_STARTUP, &KAFKA_READINESS, &KAFKA_LIVENESS],
    security: &KAFKA_SECURITY,
};

pub(super) static ZOOKEEPER: PodFields = PodFields {
    heap: &ZOOKEEPER_HEAP,
    memory_request: &ZOOKEEPER_MEMORY_REQUEST,
    memory_limit: &ZOOKEEPER_MEMORY_LIMIT,
    cpu_request: &ZOOKEEPER_CPU_REQUEST,
    cpu_limit: &ZOOKEEPER_CPU_LIMIT,
    anti_affinity: &ZOOKEEPER_ANTI_AFFINITY,
    spread_zones: &ZOOKEEPER_SPREAD_ZONES,
    node_selector: &ZOOKEEPER_NODE_SELECTOR,
    priority_class: &ZOOKEEPER_PRIORITY_CLASS,
    management: &ZOOKEEPER_POD_MANAGEMENT,
    min_ready: None,
    grace: &ZOOKEEPER_GRACE,
    budget: &ZOOKEEPER_BUDGET,
    max_unavailable: &ZOOKEEPER_MAX_UNAVAILABLE,
    probes: [
        &ZOOKEEPER_STARTUP,
        &ZOOKEEPER_READINESS,
        &ZOOKEEPER_LIVENESS,
    ],
    security: &ZOOKEEPER_SECURITY,
};

pub(super) static CONTROLLERS: PodFields = PodFields {
    heap: &CONTROLLERS_HEAP,
    memory_request: &CONTROLLERS_MEMORY_REQUEST,
    memory_limit: &CONTROLLERS_MEMORY_LIMIT,
    cpu_request: &CONTROLLERS_CPU_REQUEST,
    cpu_limit: &CONTROLLERS_CPU_LIMIT,
    anti_affinity: &CONTROLLERS_ANTI_AFFINITY,
    spread_zones: &CONTROLLERS_SPREAD_ZONES,
    node_selector: &CONTROLLERS_NODE_SELECTOR,
    priority_class: &CONTROLLERS_PRIORITY_CLASS,
    management: &CONTROLLERS_POD_MANAGEMENT,
    min_ready: None,
    grace: &CONTROLLERS_GRACE,
    budget: &CONTROLLERS_BUDGET,
    max_unavailable: &CONTROLLERS_MAX_UNAVAILABLE,
    probes: [
        &CONTROLLERS_STARTUP,
        &CONTROLLERS_READINESS,
        &CONTROLLERS_LIVENESS,
    ],
    security: &CONTROLLERS_SECURITY,
};

/// Reads the pods' settings; `count` is how many there are.
pub(super) fn read(
    reader: &mut Reader,
    fields: &PodFields,
    cluster: &Cluster,
    count: &Traced<u64>,
    read_only_root: (bool, &'static str, &Origins),
) -> Pods {
    let heap = reader
        .text(fields.heap, None)
        .map(|text| amount(fields::heap(text), text));
    let memory_request = reader
        .derive(
            fields.memory_request,
            None,
            binary(heap.amount.saturating_mul(2)),
            Sentence::plain("because.request-twice-heap"),
            &heap.from,
        )
        .map(|text| amount(fields::quantity(text), text));
    let memory_limit = reader
        .derive(
            fields.memory_limit,
            None,
            memory_request.text.clone(),
            Sentence::plain("because.limit-is-request"),
            &memory_request.from,
        )
        .map(|text| match text.as_str() {
            fields::NO_LIMIT => Quantity {
                text: String::new(),
                amount: 0,
            },
            text => amount(fields::quantity(text), text),
        });
    let (affinity, because, from) = affinity_start(cluster, count);
    let anti_affinity = reader
        .derive(
            fields.anti_affinity,
            None,
            affinity.to_owned(),
            because,
            &from,
        )
        .map(|text| match text.as_str() {
            "none" => Affinity::None,
            "required" => Affinity::Required,
            _ => Affinity::Preferred,
        });
    let zones = cluster.nodes.zones.len();
    let spread_zones = reader.derive_flag(
        fields.spread_zones,
        zones > 1,
        Sentence::new(
            if zones > 1 {
                "because.several-zones"
            } else {
                "because.zones-unknown"
            },
            args![zones],
        ),
        &cluster.nodes.zones.from,
    );
    let budget = reader.derive_flag(
        fields.budget,
        **count > 1,
        Sentence::new(
            if **count > 1 {
                "because.budget-keeps"
            } else {
                "because.budget-blocks"
            },
            args![count = **count],
        ),
        &count.from,
    );
    let mut probe = |at: usize| {
        let fields = fields.probes[at];
        let enabled = reader.flag(&fields.enabled);
        let probe = Probe {
            delay: reader.number(&fields.delay, None),
            period: reader.number(&fields.period, None),
            timeout: reader.number(&fields.timeout, None),
            failures: reader.number(&fields.failures, None),
            from: enabled.from.clone(),
        };
        (enabled.then_some(probe), enabled.from)
    };
    let [
        (startup, startup_switch),
        (readiness, readiness_switch),
        (liveness, liveness_switch),
    ] = [probe(0), probe(1), probe(2)];
    let (start, because, from) = read_only_root;
    Pods {
        memory_request,
        memory_limit,
        cpu_request: reader
            .text(fields.cpu_request, None)
            .map(|text| amount(fields::cpu(text), text)),
        cpu_limit: reader
            .text(fields.cpu_limit, None)
            .map(|text| fields::cpu(text).ok()),
        anti_affinity,
        spread_zones,
        node_selector: reader.text(fields.node_selector, None).map(|text| {
            let pairs = fields::items(text).filter_map(|pair| pair.split_once('='));
            pairs
                .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
                .collect()
        }),
        priority_class: reader.optional(fields.priority_class, None),
        management: reader
            .text(fields.management, None)
            .map(|text| match text.as_str() {
                "OrderedReady" => PodManagement::OrderedReady,
                _ => PodManagement::Parallel,
            }),
        min_ready: fields
            .min_ready
            .map(|field| reader.number(field, None))
            .filter(|_| cluster.kubernetes.has_min_ready_seconds()),
        grace: reader.number(fields.grace, None),
        budget,
        max_unavailable: reader.number(fields.max_unavailable, None),
        startup,
        readiness,
        liveness,
        probe_switches: [startup_switch, readiness_switch, liveness_switch],
        user: reader.number(&fields.security.user, None),
        group: reader.number(&fields.security.group, None),
        restricted: reader.flag(&fields.security.restricted),
        read_only_root: match fields.security.read_only_root.start {
            Start::Derived => reader.derive_flag(
                &fields.security.read_only_root,
                start,
                Sentence::plain(because),
                from,
            ),
            _ => reader.flag(&fields.security.read_only_root),
        },
        heap,
    }
}

/// Whether pods should keep apart: never two on a node when the nodes are known to suffice.
fn affinity_start(cluster: &Cluster, count: &Traced<u64>) -> (&'static str, Sentence, Origins) {
    let from = count.from.and(&cluster.nodes.count.from);
    match cluster.nodes.count.value {
        _ if **count == 1 => (
            "none",
            Sentence::plain("because.one-pod"),
            count.from.clone(),
        ),
        Some(nodes) if nodes >= **count => (
            "required",
            Sentence::new("because.nodes-suffice", args![nodes, pods = **count]),
            from,
        ),
        Some(nodes) => (
            "preferred",
            Sentence::new("because.nodes-too-few", args![nodes, pods = **count]),
            from,
        ),
        None => ("preferred", Sentence::plain("because.nodes-unknown"), from),
    }
}

/// A quantity that was checked before.
fn amount(read: Result<Quantity, Wrong>, text: &str) -> Quantity {
    read.unwrap_or_else(|_| Quantity {
        text: text.to_owned(),
        amount: 0,
    })
}

/// Bytes in the largest binary unit that divides them: `8Gi`.
pub(super) fn binary(bytes: u64) -> String {
    let units = [("Ti", 40), ("Gi", 30), ("Mi", 20), ("Ki", 10)];
    let fitting = units
        .into_iter()
        .find(|(_, shift)| bytes >= 1 << shift && bytes.is_multiple_of(1 << shift));
    fitting.map_or_else(
        || bytes.to_string(),
        |(unit, shift)| format!("{}{unit}", bytes >> shift),
    )
}
