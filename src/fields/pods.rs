//! What every pod has, once for the brokers, once for the ensemble, once for controllers of their own: resources, scheduling, probes, security, images.

use super::Section::{Images, Probes, Resources, Scheduling, Security};
use super::Start::{Derived, Empty, Value};
use super::{Field, Kind, NameKind, Section, Start};
use crate::plan::Plan;

const fn kafka(id: &'static str, section: Section, kind: Kind, start: Start) -> Field {
    Field::new(id, section, "kafka", kind, start)
}

const fn zk(id: &'static str, section: Section, kind: Kind, start: Start) -> Field {
    Field::new(id, section, "zookeeper", kind, start).when(Plan::has_ensemble)
}

const fn own(id: &'static str, section: Section, kind: Kind, start: Start) -> Field {
    Field::new(id, section, "controllers", kind, start).when(Plan::has_controllers)
}

/// Memory of the broker's JVM heap.
pub static KAFKA_HEAP: Field = kafka("kafka.heap", Resources, Kind::Heap, Value("4g"));

/// Memory that a broker's pod is promised.
pub static KAFKA_MEMORY_REQUEST: Field =
    kafka("kafka.memory_request", Resources, Kind::Quantity, Derived);

/// Memory at which a broker's pod is ended; `none` is no limit.
pub static KAFKA_MEMORY_LIMIT: Field = kafka("kafka.memory_limit", Resources, Kind::Limit, Derived);

/// Processors that a broker's pod is promised.
pub static KAFKA_CPU_REQUEST: Field = kafka("kafka.cpu_request", Resources, Kind::Cpu, Value("2"));

/// Processors beyond which a broker's pod is slowed down.
pub static KAFKA_CPU_LIMIT: Field = kafka("kafka.cpu_limit", Resources, Kind::Cpu, Empty);

/// `KAFKA_JVM_PERFORMANCE_OPTS`: replaces the garbage collector flags of the start script.
pub static KAFKA_JVM_PERFORMANCE: Field =
    kafka("kafka.jvm_performance", Resources, Kind::Text, Empty);

/// Whether the JVM writes a garbage collection log into `LOG_DIR`.
pub static KAFKA_GC_LOG: Field = kafka("kafka.gc_log", Resources, Kind::Flag, Value("false"));

/// `KAFKA_OPTS`: further JVM flags.
pub static KAFKA_OPTS: Field = kafka("kafka.opts", Resources, Kind::Text, Empty);

/// The port for JMX; empty is none.
pub static KAFKA_JMX_PORT: Field = kafka("kafka.jmx_port", Resources, Kind::PORT, Empty);

/// Memory of the server's JVM heap.
pub static ZOOKEEPER_HEAP: Field = zk("zookeeper.heap", Resources, Kind::Heap, Value("1g"));

/// Memory that a server's pod is promised.
pub static ZOOKEEPER_MEMORY_REQUEST: Field = zk(
    "zookeeper.memory_request",
    Resources,
    Kind::Quantity,
    Derived,
);

/// Memory at which a server's pod is ended; `none` is no limit.
pub static ZOOKEEPER_MEMORY_LIMIT: Field =
    zk("zookeeper.memory_limit", Resources, Kind::Limit, Derived);

/// Processors that a server's pod is promised.
pub static ZOOKEEPER_CPU_REQUEST: Field =
    zk("zookeeper.cpu_request", Resources, Kind::Cpu, Value("500m"));

/// Processors beyond which a server's pod is slowed down.
pub static ZOOKEEPER_CPU_LIMIT: Field = zk("zookeeper.cpu_limit", Resources, Kind::Cpu, Empty);

/// Memory of a controller's JVM heap.
pub static CONTROLLERS_HEAP: Field = own("controllers.heap", Resources, Kind::Heap, Value("2560m"));

/// Memory that a controller's pod is promised.
pub static CONTROLLERS_MEMORY_REQUEST: Field = own(
    "controllers.memory_request",
    Resources,
    Kind::Quantity,
    Derived,
);

/// Memory at which a controller's pod is ended; `none` is no limit.
pub static CONTROLLERS_MEMORY_LIMIT: Field =
    own("controllers.memory_limit", Resources, Kind::Limit, Derived);

/// Processors that a controller's pod is promised.
pub static CONTROLLERS_CPU_REQUEST: Field =
    own("controllers.cpu_request", Resources, Kind::Cpu, Value("1"));

/// Processors beyond which a controller's pod is slowed down.
pub static CONTROLLERS_CPU_LIMIT: Field = own("controllers.cpu_limit", Resources, Kind::Cpu, Empty);

const AFFINITY: Kind = Kind::Choice(&["none", "preferred", "required"]);
const MANAGEMENT: Kind = Kind::Choice(&["Parallel", "OrderedReady"]);
const GRACE: Kind = Kind::Seconds {
    min: 0,
    max: 86_400,
};

/// Whether two brokers may share a node.
pub static KAFKA_ANTI_AFFINITY: Field = kafka("kafka.anti_affinity", Scheduling, AFFINITY, Derived);

/// Whether brokers are spread evenly over zones.
pub static KAFKA_SPREAD_ZONES: Field = kafka("kafka.spread_zones", Scheduling, Kind::Flag, Derived);

/// Whether a broker prefers a node with a ZooKeeper server.
pub static KAFKA_NEAR_ZOOKEEPER: Field = kafka(
    "kafka.near_zookeeper",
    Scheduling,
    Kind::Flag,
    Value("false"),
)
.when(Plan::has_ensemble);

/// Labels that a broker's node must have.
pub static KAFKA_NODE_SELECTOR: Field =
    kafka("kafka.node_selector", Scheduling, Kind::Labels, Empty);

/// The priority class of the brokers.
pub static KAFKA_PRIORITY_CLASS: Field = kafka(
    "kafka.priority_class",
    Scheduling,
    Kind::Name(NameKind::Subdomain),
    Empty,
);

/// Whether brokers start all at once or one after the other.
pub static KAFKA_POD_MANAGEMENT: Field = kafka(
    "kafka.pod_management",
    Scheduling,
    MANAGEMENT,
    Value("Parallel"),
);

/// Seconds that a broker must be ready before the next one is replaced.
pub static KAFKA_MIN_READY: Field = kafka(
    "kafka.min_ready_seconds",
    Scheduling,
    Kind::Seconds { min: 0, max: 3_600 },
    Value("60"),
)
.when(|plan| plan.cluster.kubernetes.has_min_ready_seconds());

/// Seconds that a broker has to shut down.
pub static KAFKA_GRACE: Field = kafka("kafka.grace_period", Scheduling, GRACE, Value("120"));

/// Whether a disruption budget protects the brokers.
pub static KAFKA_BUDGET: Field = kafka("kafka.disruption_budget", Scheduling, Kind::Flag, Derived);

/// How many brokers may be taken away at the same time.
pub static KAFKA_MAX_UNAVAILABLE: Field = kafka(
    "kafka.max_unavailable",
    Scheduling,
    Kind::Whole { min: 0, max: 1_000 },
    Value("1"),
)
.when(|plan| *plan.kafka.pods.budget);

/// Whether two servers may share a node.
pub static ZOOKEEPER_ANTI_AFFINITY: Field =
    zk("zookeeper.anti_affinity", Scheduling, AFFINITY, Derived);

/// Whether servers are spread evenly over zones.
pub static ZOOKEEPER_SPREAD_ZONES: Field =
    zk("zookeeper.spread_zones", Scheduling, Kind::Flag, Derived);

/// Labels that a server's node must have.
pub static ZOOKEEPER_NODE_SELECTOR: Field =
    zk("zookeeper.node_selector", Scheduling, Kind::Labels, Empty);

/// The priority class of the servers.
pub static ZOOKEEPER_PRIORITY_CLASS: Field = zk(
    "zookeeper.priority_class",
    Scheduling,
    Kind::Name(NameKind::Subdomain),
    Empty,
);

/// Whether servers start all at once or one after the other.
pub static ZOOKEEPER_POD_MANAGEMENT: Field = zk(
    "zookeeper.pod_management",
    Scheduling,
    MANAGEMENT,
    Value("Parallel"),
);

/// Whether a server's name resolves before it is ready.
pub static ZOOKEEPER_PUBLISH_NOT_READY: Field = zk(
    "zookeeper.publish_not_ready",
    Scheduling,
    Kind::Flag,
    Value("true"),
);

/// Seconds that a server has to shut down.
pub static ZOOKEEPER_GRACE: Field = zk("zookeeper.grace_period", Scheduling, GRACE, Value("60"));

/// Whether a disruption budget protects the quorum.
pub static ZOOKEEPER_BUDGET: Field = zk(
    "zookeeper.disruption_budget",
    Scheduling,
    Kind::Flag,
    Derived,
);

/// How many servers may be taken away at the same time.
pub static ZOOKEEPER_MAX_UNAVAILABLE: Field = zk(
    "zookeeper.max_unavailable",
    Scheduling,
    Kind::Whole { min: 0, max: 255 },
    Value("1"),
)
.when(|plan| plan.zookeeper().is_some_and(|zk| *zk.pods.budget));

/// Whether two controllers may share a node.
pub static CONTROLLERS_ANTI_AFFINITY: Field =
    own("controllers.anti_affinity", Scheduling, AFFINITY, Derived);

/// Whether controllers are spread evenly over zones.
pub static CONTROLLERS_SPREAD_ZONES: Field =
    own("controllers.spread_zones", Scheduling, Kind::Flag, Derived);

/// Labels that a controller's node must have.
pub static CONTROLLERS_NODE_SELECTOR: Field =
    own("controllers.node_selector", Scheduling, Kind::Labels, Empty);

/// The priority class of the controllers.
pub static CONTROLLERS_PRIORITY_CLASS: Field = own(
    "controllers.priority_class",
    Scheduling,
    Kind::Name(NameKind::Subdomain),
    Empty,
);

/// Whether controllers start all at once or one after the other.
pub static CONTROLLERS_POD_MANAGEMENT: Field = own(
    "controllers.pod_management",
    Scheduling,
    MANAGEMENT,
    Value("Parallel"),
);

/// Seconds that a controller has to shut down.
pub static CONTROLLERS_GRACE: Field =
    own("controllers.grace_period", Scheduling, GRACE, Value("60"));

/// Whether a disruption budget protects the quorum.
pub static CONTROLLERS_BUDGET: Field = own(
    "controllers.disruption_budget",
    Scheduling,
    Kind::Flag,
    Derived,
);

/// How many controllers may be taken away at the same time.
pub static CONTROLLERS_MAX_UNAVAILABLE: Field = own(
    "controllers.max_unavailable",
    Scheduling,
    Kind::Whole { min: 0, max: 99 },
    Value("1"),
)
.when(|plan| plan.controllers().is_some_and(|own| *own.pods.budget));

/// The settings of one probe.
pub struct ProbeFields {
    /// Whether there is one.
    pub enabled: Field,
    /// Seconds before the first try.
    pub delay: Field,
    /// Seconds between two tries.
    pub period: Field,
    /// Seconds that a try may take.
    pub timeout: Field,
    /// Failures in a row that count.
    pub failures: Field,
}

macro_rules! probe {
    ($make:ident, $name:literal, $enabled:expr, [$delay:literal, $period:literal, $timeout:literal, $failures:literal], $when:expr) => {
        ProbeFields {
            enabled: $make(
                concat!($name, ".enabled"),
                Probes,
                Kind::Flag,
                Value($enabled),
            ),
            delay: $make(
                concat!($name, ".delay"),
                Probes,
                Kind::Seconds {
                    min: 0,
                    max: 86_400,
                },
                Value($delay),
            )
            .when($when),
            period: $make(
                concat!($name, ".period"),
                Probes,
                Kind::Seconds {
                    min: 1,
                    max: 86_400,
                },
                Value($period),
            )
            .when($when),
            timeout: $make(
                concat!($name, ".timeout"),
                Probes,
                Kind::Seconds {
                    min: 1,
                    max: 86_400,
                },
                Value($timeout),
            )
            .when($when),
            failures: $make(
                concat!($name, ".failures"),
                Probes,
                Kind::Whole {
                    min: 1,
                    max: 10_000,
                },
                Value($failures),
            )
            .when($when),
        }
    };
}

/// Until a broker's startup probe succeeds, the other probes wait.
pub static KAFKA_STARTUP: ProbeFields = probe!(
    kafka,
    "kafka.startup",
    "true",
    ["0", "10", "5", "60"],
    |plan| plan.kafka.pods.startup.is_some()
);

/// When a broker counts as ready.
pub static KAFKA_READINESS: ProbeFields = probe!(
    kafka,
    "kafka.readiness",
    "true",
    ["0", "10", "5", "3"],
    |plan| plan.kafka.pods.readiness.is_some()
);

/// When a broker is restarted.
pub static KAFKA_LIVENESS: ProbeFields = probe!(
    kafka,
    "kafka.liveness",
    "true",
    ["0", "10", "5", "6"],
    |plan| plan.kafka.pods.liveness.is_some()
);

/// What the readiness of a server asks: whether it serves (`srvr`), or only whether it answers (`ruok`).
pub static ZOOKEEPER_READINESS_CHECK: Field = zk(
    "zookeeper.readiness.check",
    Probes,
    Kind::Choice(&["srvr", "ruok"]),
    Derived,
)
.when(|plan| {
    plan.zookeeper()
        .is_some_and(|zk| zk.pods.readiness.is_some())
});

/// Until a server's startup probe succeeds, the other probes wait.
pub static ZOOKEEPER_STARTUP: ProbeFields = probe!(
    zk,
    "zookeeper.startup",
    "true",
    ["0", "10", "5", "60"],
    |plan| plan.zookeeper().is_some_and(|zk| zk.pods.startup.is_some())
);

/// When a server counts as ready.
pub static ZOOKEEPER_READINESS: ProbeFields = probe!(
    zk,
    "zookeeper.readiness",
    "true",
    ["5", "10", "5", "6"],
    |plan| plan
        .zookeeper()
        .is_some_and(|zk| zk.pods.readiness.is_some())
);

/// When a server is restarted.
pub static ZOOKEEPER_LIVENESS: ProbeFields = probe!(
    zk,
    "zookeeper.liveness",
    "true",
    ["30", "10", "5", "6"],
    |plan| plan
        .zookeeper()
        .is_some_and(|zk| zk.pods.liveness.is_some())
);

/// Until a controller's startup probe succeeds, the other probes wait.
pub static CONTROLLERS_STARTUP: ProbeFields = probe!(
    own,
    "controllers.startup",
    "true",
    ["0", "10", "5", "60"],
    |plan| plan
        .controllers()
        .is_some_and(|own| own.pods.startup.is_some())
);

/// When a controller counts as ready.
pub static CONTROLLERS_READINESS: ProbeFields = probe!(
    own,
    "controllers.readiness",
    "true",
    ["0", "10", "5", "3"],
    |plan| plan
        .controllers()
        .is_some_and(|own| own.pods.readiness.is_some())
);

/// When a controller is restarted.
pub static CONTROLLERS_LIVENESS: ProbeFields = probe!(
    own,
    "controllers.liveness",
    "true",
    ["0", "10", "5", "6"],
    |plan| plan
        .controllers()
        .is_some_and(|own| own.pods.liveness.is_some())
);

/// The settings of a pod's security.
pub struct SecurityFields {
    /// The user that the process runs as.
    pub user: Field,
    /// The group that owns the volumes.
    pub group: Field,
    /// Everything that the Pod Security level `restricted` asks for.
    pub restricted: Field,
    /// Whether the image's own files are read-only.
    pub read_only_root: Field,
}

macro_rules! security {
    ($make:ident, $name:literal, $read_only:expr) => {
        SecurityFields {
            user: $make(
                concat!($name, ".run_as_user"),
                Security,
                Kind::Whole {
                    min: 0,
                    max: 2_147_483_647,
                },
                Value("1000"),
            ),
            group: $make(
                concat!($name, ".fs_group"),
                Security,
                Kind::Whole {
                    min: 0,
                    max: 2_147_483_647,
                },
                Value("1000"),
            ),
            restricted: $make(
                concat!($name, ".restricted"),
                Security,
                Kind::Flag,
                Value("true"),
            ),
            read_only_root: $make(
                concat!($name, ".read_only_root"),
                Security,
                Kind::Flag,
                $read_only,
            ),
        }
    };
}

/// Security of the brokers' pods.
pub static KAFKA_SECURITY: SecurityFields = security!(kafka, "kafka", Value("true"));

/// Security of the servers' pods; the tutorial image writes into its own folders.
pub static ZOOKEEPER_SECURITY: SecurityFields = security!(zk, "zookeeper", Derived);

/// Security of the controllers' pods.
pub static CONTROLLERS_SECURITY: SecurityFields = security!(own, "controllers", Value("true"));

const fn image(id: &'static str, card: &'static str, kind: Kind, start: Start) -> Field {
    Field::new(id, Images, card, kind, start)
}

/// The registry that built images are pushed to.
pub static IMAGE_REGISTRY: Field = image(
    "images.registry",
    "registry",
    Kind::ImageName,
    Value("registry.example.com"),
);

/// When nodes fetch an image again.
pub static IMAGE_PULL_POLICY: Field = image(
    "images.pull_policy",
    "registry",
    Kind::Choice(&["IfNotPresent", "Always", "Never"]),
    Value("IfNotPresent"),
);

/// The Secret with the registry's credentials.
pub static IMAGE_PULL_SECRET: Field = image(
    "images.pull_secret",
    "registry",
    Kind::Name(NameKind::Subdomain),
    Empty,
);

/// Where the image comes from: a Dockerfile of the bundle, or the project's own image.
pub static KAFKA_FLAVOUR: Field = image(
    "kafka.flavour",
    "kafka",
    Kind::Choice(&["built", "official"]),
    Value("built"),
)
.when(|plan| plan.kafka.version.has_official_image());

/// The brokers' image, with its tag.
pub static KAFKA_IMAGE: Field = image("kafka.image", "kafka", Kind::Image, Derived);

/// The Scala build of the archive.
pub static KAFKA_SCALA: Field =
    image("kafka.scala", "kafka", Kind::ScalaVersion, Value("2.13")).when(Plan::builds_kafka);

/// The Java image that the Dockerfile starts from.
pub static KAFKA_BASE_IMAGE: Field =
    image("kafka.base_image", "kafka", Kind::Image, Derived).when(Plan::builds_kafka);

/// Where the archive is fetched: the right Apache server for the version, or a mirror.
pub static KAFKA_DOWNLOAD: Field = image(
    "kafka.download",
    "kafka",
    Kind::Choice(&["apache", "archive", "mirror"]),
    Value("apache"),
)
.when(|plan| plan.builds_kafka() || plan.builds_zookeeper());

/// The mirror's address, above `kafka/` and `zookeeper/`.
pub static KAFKA_MIRROR: Field = image(
    "kafka.mirror",
    "kafka",
    Kind::Url,
    Value("https://mirrors.tuna.tsinghua.edu.cn/apache"),
)
.when(|plan| plan.kafka.image.download == crate::plan::Download::Mirror);

/// The archive's SHA-512; known for most releases.
pub static KAFKA_SHA512: Field =
    image("kafka.sha512", "kafka", Kind::Sha512, Derived).when(Plan::builds_kafka);

/// The servers' image, with its tag.
pub static ZOOKEEPER_IMAGE: Field =
    image("zookeeper.image", "zookeeper", Kind::Image, Derived).when(Plan::has_ensemble);

/// The Java image that ZooKeeper's Dockerfile starts from.
pub static ZOOKEEPER_BASE_IMAGE: Field = image(
    "zookeeper.base_image",
    "zookeeper",
    Kind::Image,
    Value("eclipse-temurin:17-jre-jammy"),
)
.when(Plan::builds_zookeeper);
