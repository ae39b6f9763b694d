//! The brokers: names, groups, listeners, disks, image.

use super::config::BrokerConfig;
use super::read::{ProblemKind, Reader};
use super::{Cluster, Coordinator, Pods, Storage, Traced, pods};
use crate::args;
use crate::catalog::{self, KafkaVersion, Scala};
use crate::fields::{
    self, DISK_CLASS, DISK_MOUNT, DISK_SIZE, GROUP_BROKERS, GROUP_ID_BASE, GROUP_NAME, GROUP_ZONE,
    INTER_BROKER_LISTENER, KAFKA_ACCESS_MODE, KAFKA_BASE_IMAGE, KAFKA_BOOTSTRAP_NAME,
    KAFKA_DOWNLOAD, KAFKA_FLAVOUR, KAFKA_GC_LOG, KAFKA_HEADLESS_NAME, KAFKA_IMAGE, KAFKA_JMX_PORT,
    KAFKA_JVM_PERFORMANCE, KAFKA_MIRROR, KAFKA_NAME, KAFKA_NAMESPACE, KAFKA_NEAR_ZOOKEEPER,
    KAFKA_OPTS, KAFKA_SCALA, KAFKA_SHA512, KAFKA_VERSION, LISTENER_ADDRESS, LISTENER_ADDRESS_FROM,
    LISTENER_ADDRESSES, LISTENER_ADVERTISED_PORT, LISTENER_EXPOSURE, LISTENER_FIRST_NODE_PORT,
    LISTENER_HOST_PORT, LISTENER_LOAD_BALANCER_CLASS, LISTENER_NAME, LISTENER_PORT,
    LISTENER_PROTOCOL, LISTENER_SERVICE_NAME, LISTENER_SOURCE_RANGES, LISTENER_TRAFFIC_POLICY,
    Quantity, WAIT_FOR_ZOOKEEPER, Wrong, start_keys,
};
use crate::render::Origins;
use crate::text::Sentence;

/// The brokers.
#[derive(Clone, Debug, PartialEq)]
pub struct Kafka {
    /// The common beginning of their names.
    pub name: Traced<String>,
    /// The namespace.
    pub namespace: Traced<String>,
    /// The headless Service.
    pub headless_name: Traced<String>,
    /// The Service that clients inside start from.
    pub bootstrap_name: Traced<String>,
    /// The release.
    pub version: Traced<KafkaVersion>,
    /// The groups, each its own StatefulSet; at least one.
    pub groups: Vec<Group>,
    /// All brokers together.
    pub brokers: Traced<u64>,
    /// The listeners that are opened, in order; at least one.
    pub listeners: Vec<Listener>,
    /// The fields that keep other listeners closed: lists of all listeners come from them too.
    pub closed: Origins,
    /// The name of the listener among brokers.
    pub inter_broker: Traced<String>,
    /// The disks of each broker; at least one.
    pub disks: Vec<Disk>,
    /// Who may mount the claims.
    pub access_mode: Traced<String>,
    /// The image.
    pub image: Image,
    /// The configuration.
    pub config: BrokerConfig,
    /// The pods.
    pub pods: Pods,
    /// JVM and start-up settings.
    pub opts: Opts,
    domain: Traced<String>,
}

/// JVM and start-up settings of the brokers.
#[derive(Clone, Debug, PartialEq)]
pub struct Opts {
    /// `KAFKA_JVM_PERFORMANCE_OPTS`.
    pub jvm_performance: Traced<Option<String>>,
    /// Whether the JVM writes a garbage collection log.
    pub gc_log: Traced<bool>,
    /// `KAFKA_OPTS`.
    pub kafka_opts: Traced<Option<String>>,
    /// The port for JMX.
    pub jmx_port: Traced<Option<u16>>,
    /// Whether pods prefer nodes with a ZooKeeper server.
    pub near_zookeeper: Traced<bool>,
    /// Whether an init container waits for ZooKeeper.
    pub wait_for_zookeeper: Traced<bool>,
}

/// Brokers with one StatefulSet.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Its key in the design.
    pub key: String,
    /// The StatefulSet's name.
    pub name: Traced<String>,
    /// How many brokers.
    pub brokers: Traced<u64>,
    /// The `broker.id` of the first.
    pub id_base: Traced<u64>,
    /// The zone, which is also `broker.rack`.
    pub zone: Traced<Option<String>>,
    /// How many brokers the groups before it have together.
    pub offset: Traced<u64>,
}

/// A listener.
#[derive(Clone, Debug, PartialEq)]
pub struct Listener {
    /// Its key in the design.
    pub key: String,
    /// Its name in the configuration.
    pub name: Traced<String>,
    /// The port that the broker opens.
    pub port: Traced<u16>,
    /// What is spoken on it.
    pub protocol: Traced<String>,
    /// Who reaches it.
    pub exposure: Traced<Exposure>,
    /// What a broker tells its clients.
    pub address: Traced<Address>,
    /// The node port of the first broker.
    pub first_node_port: Traced<u16>,
    /// Whether a node passes traffic on only to its own pods.
    pub local_traffic: Traced<bool>,
    /// The port of the node that the pod takes.
    pub host_port: Traced<u16>,
    /// The port of the load balancers.
    pub advertised_port: Traced<u16>,
    /// How the Services of single brokers begin.
    pub service_name: Traced<String>,
    /// Which addresses may use the load balancer.
    pub source_ranges: Traced<Vec<String>>,
    /// Which load balancer implementation answers.
    pub load_balancer_class: Traced<Option<String>>,
}

/// Who reaches a listener, and through what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exposure {
    /// Pods of this cluster.
    Inside,
    /// Clients outside, through a port that every node opens, one for each broker.
    NodePort,
    /// Clients outside, through a load balancer for each broker.
    LoadBalancer,
    /// Clients outside, through a port of the pod's own node.
    HostPort,
    /// Nobody: it is not opened.
    None,
}

/// Which host a broker tells its clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// Its own DNS name.
    Pod,
    /// The address of the node that it runs on.
    Node,
    /// One for all.
    Fixed(String),
    /// One each, in the order of the brokers; a broker beyond the end tells its node's.
    PerBroker(Vec<String>),
}

/// A disk of each broker.
#[derive(Clone, Debug, PartialEq)]
pub struct Disk {
    /// Its key in the design, which is the claim template's name.
    pub key: String,
    /// The size asked for.
    pub size: Traced<Quantity>,
    /// The StorageClass; none is the cluster's default.
    pub class: Traced<Option<String>>,
    /// The folder in the container.
    pub mount: Traced<String>,
}

/// The brokers' image and how it is built.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    /// Where it comes from.
    pub flavour: Traced<ImageFlavour>,
    /// The reference with its tag.
    pub reference: Traced<String>,
    /// The Scala build.
    pub scala: Traced<Scala>,
    /// The Java image that the Dockerfile starts from.
    pub base: Traced<String>,
    /// Where the archive is fetched.
    pub download: Traced<Download>,
    /// The mirror's address.
    pub mirror: Traced<String>,
    /// The archive's SHA-512, when it is known.
    pub sha512: Traced<Option<String>>,
}

/// Where the brokers' image comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageFlavour {
    /// A Dockerfile of the bundle.
    Built,
    /// The project's own, `apache/kafka`, started by our command instead of its entry point.
    Official,
}

/// Where an archive is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Download {
    /// The Apache server that holds the release.
    Apache,
    /// The archive, which holds every release.
    Archive,
    /// A mirror.
    Mirror,
}

impl PartialEq<Download> for Traced<Download> {
    fn eq(&self, other: &Download) -> bool {
        self.value == *other
    }
}

impl Listener {
    /// Whether clients outside the cluster reach it.
    pub fn is_outside(&self) -> bool {
        matches!(
            *self.exposure,
            Exposure::NodePort | Exposure::LoadBalancer | Exposure::HostPort
        )
    }

    /// Whether all brokers tell one address.
    pub fn has_fixed_address(&self) -> bool {
        matches!(*self.address, Address::Fixed(_))
    }

    /// Whether each broker tells its own address from a list.
    pub fn has_address_per_broker(&self) -> bool {
        matches!(*self.address, Address::PerBroker(_))
    }

    /// Whether a Service stands before each single broker.
    pub fn has_service_per_broker(&self) -> bool {
        matches!(*self.exposure, Exposure::NodePort | Exposure::LoadBalancer)
    }

    /// The name of its port in pods and Services: its key, as far as Kubernetes allows (15 characters).
    pub fn port_name(&self) -> String {
        let mut name: String = self
            .key
            .to_ascii_lowercase()
            .chars()
            .filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
            .take(12)
            .collect();
        if !name.bytes().any(|b| b.is_ascii_lowercase()) {
            name.insert(0, 'l');
        }
        name
    }
}

impl Kafka {
    /// Whether names, version and groups are the same.
    pub(super) fn same_names(&self, other: &Self) -> bool {
        self.name == other.name
            && self.namespace == other.namespace
            && self.headless_name == other.headless_name
            && self.bootstrap_name == other.bootstrap_name
            && self.version == other.version
            && self.groups == other.groups
            && self.domain == other.domain
    }

    /// The full DNS name of a broker's pod.
    pub fn host(&self, group: &Group, ordinal: u64) -> String {
        format!("{}-{ordinal}.{}", *group.name, self.host_suffix())
    }

    /// What follows a pod's name in its full DNS name.
    pub fn host_suffix(&self) -> String {
        format!(
            "{}.{}.svc.{}",
            *self.headless_name, *self.namespace, *self.domain
        )
    }

    /// The fields that a pod's full name comes from, the group's own name left out.
    pub fn host_origins(&self) -> Origins {
        Origins::all([
            &self.headless_name.from,
            &self.namespace.from,
            &self.domain.from,
        ])
    }

    /// The listener among brokers.
    pub fn inter_broker_listener(&self) -> &Listener {
        self.listeners
            .iter()
            .find(|listener| *listener.name == *self.inter_broker)
            .unwrap_or(&self.listeners[0])
    }

    /// Every broker: its group and its ordinal there.
    pub fn each_broker(&self) -> impl Iterator<Item = (&Group, u64)> {
        self.groups
            .iter()
            .flat_map(|group| (0..*group.brokers).map(move |ordinal| (group, ordinal)))
    }

    /// What a broker tells the clients of a listener: host and port. The node's address, which only
    /// the cluster knows, is given as `$node`.
    pub fn advertised(&self, listener: &Listener, group: &Group, ordinal: u64) -> (String, u64) {
        let index = *group.offset + ordinal;
        let host = match &*listener.address {
            Address::Pod => self.host(group, ordinal),
            Address::Node => "$node".to_owned(),
            Address::Fixed(host) => before_port(host),
            Address::PerBroker(hosts) => usize::try_from(index)
                .ok()
                .and_then(|index| hosts.get(index))
                .map_or_else(|| "$node".to_owned(), |host| before_port(host)),
        };
        let port = match *listener.exposure {
            Exposure::NodePort => u64::from(*listener.first_node_port) + index,
            Exposure::LoadBalancer => (*listener.advertised_port).into(),
            Exposure::HostPort => (*listener.host_port).into(),
            Exposure::Inside | Exposure::None => (*listener.port).into(),
        };
        (host, port)
    }
}

/// A host as it stands before a port: an IPv6 address in brackets.
fn before_port(host: &str) -> String {
    if host.parse::<std::net::Ipv6Addr>().is_ok() {
        format!("[{host}]")
    } else {
        host.to_owned()
    }
}

/// What the ensemble needs to know of the brokers before they are read.
pub(super) struct Names {
    name: Traced<String>,
    pub namespace: Traced<String>,
}

impl Names {
    pub fn read(reader: &mut Reader) -> Self {
        Self {
            name: reader.text(&KAFKA_NAME, None),
            namespace: reader.text(&KAFKA_NAMESPACE, None),
        }
    }
}

pub(super) fn read(
    reader: &mut Reader,
    cluster: &Cluster,
    storage: &Storage,
    names: Names,
) -> Kafka {
    let Names { name, namespace } = names;
    let headless_name = reader.derive(
        &KAFKA_HEADLESS_NAME,
        None,
        format!("{}-hs", *name),
        Sentence::plain("because.name-and-suffix"),
        &name.from,
    );
    let bootstrap_name = reader.derive(
        &KAFKA_BOOTSTRAP_NAME,
        None,
        format!("{}-bootstrap", *name),
        Sentence::plain("because.name-and-suffix"),
        &name.from,
    );
    let version = version(reader, cluster);
    let groups = groups(reader, cluster, &name);
    let brokers = Traced::new(
        groups.iter().map(|group| *group.brokers).sum(),
        Origins::all(groups.iter().map(|group| &group.brokers.from)),
    );
    let (listeners, closed) = listeners(reader, &name, &brokers);
    let start = listeners
        .iter()
        .find(|listener| *listener.exposure == Exposure::Inside)
        .unwrap_or(&listeners[0]);
    let inter_broker = reader.derive(
        &INTER_BROKER_LISTENER,
        None,
        start.name.value.clone(),
        Sentence::plain("because.inside-listener"),
        &Origins::all(listeners.iter().map(|listener| &listener.exposure.from))
            .and(&start.name.from)
            .and(&closed),
    );
    let pods = pods::read(
        reader,
        &pods::KAFKA,
        cluster,
        &brokers,
        (true, "", &Origins::NONE),
    );
    let image = image(reader, cluster, &version);
    Kafka {
        disks: disks(reader, storage, &image.flavour),
        access_mode: reader.text(&KAFKA_ACCESS_MODE, None),
        image,
        config: BrokerConfig::default(),
        opts: Opts {
            jvm_performance: reader.optional(&KAFKA_JVM_PERFORMANCE, None),
            gc_log: reader.flag(&KAFKA_GC_LOG),
            kafka_opts: reader.optional(&KAFKA_OPTS, None),
            jmx_port: reader
                .text(&KAFKA_JMX_PORT, None)
                .map(|port| port.parse().ok()),
            near_zookeeper: reader.flag(&KAFKA_NEAR_ZOOKEEPER),
            wait_for_zookeeper: reader.flag(&WAIT_FOR_ZOOKEEPER),
        },
        domain: cluster.domain.clone(),
        name,
        namespace,
        headless_name,
        bootstrap_name,
        version,
        groups,
        brokers,
        listeners,
        closed,
        inter_broker,
        pods,
    }
}

/// The release: one that runs with what coordinates the brokers.
fn version(reader: &mut Reader, cluster: &Cluster) -> Traced<KafkaVersion> {
    let coordination = &cluster.coordination;
    let start = match **coordination {
        Coordinator::ZooKeeper => KafkaVersion::of(3, 9, 2),
        Coordinator::Combined | Coordinator::Dedicated => KafkaVersion::of(4, 3, 1),
    };
    let because = if coordination.is_kraft() {
        "because.newest-with-kraft"
    } else {
        "because.newest-with-ensemble"
    };
    let typed = reader.derive(
        &KAFKA_VERSION,
        None,
        start.to_string(),
        Sentence::plain(because),
        &coordination.from,
    );
    let mut version = typed.map(|text| text.parse().unwrap_or(start));
    // What was typed holds only as long as it runs with what coordinates the brokers.
    version.from = version.from.and(&coordination.from);
    if !coordination.runs(*version) {
        let fitting = catalog::kafka_releases().iter();
        let fitting = fitting.filter(|release| coordination.runs(release.version));
        let fitting = fitting.map(|release| release.version.to_string()).collect();
        let wrong = ProblemKind::Wrong(Wrong::NotOneOf(fitting));
        reader.problem(&KAFKA_VERSION.path(None), wrong, &start.to_string());
        version.value = start;
    }
    version
}

fn groups(reader: &mut Reader, cluster: &Cluster, name: &Traced<String>) -> Vec<Group> {
    let mut keys: Vec<&str> = reader.design.keys("kafka.groups").collect();
    if keys.is_empty() {
        keys = start_keys("kafka.groups").to_vec();
    }
    let alone = keys.len() == 1;
    let mut groups: Vec<Group> = Vec::with_capacity(keys.len());
    let mut offset = Traced::new(0, Origins::NONE);
    for (position, key) in keys.into_iter().enumerate() {
        let some = Some(key);
        let brokers = reader.number(&GROUP_BROKERS, some);
        let set_name = if alone {
            name.value.clone()
        } else {
            format!("{}-{}", **name, suffix(key))
        };
        let because = if alone {
            "because.one-group"
        } else {
            "because.name-and-group"
        };
        // Controllers of their own have the numbers below 100.
        let first = u64::from(cluster.coordination.is_dedicated());
        let id_base = (first + position as u64) * 100;
        let group = Group {
            key: key.to_owned(),
            name: reader.derive(
                &GROUP_NAME,
                some,
                set_name,
                Sentence::plain(because),
                &name.from,
            ),
            id_base: reader.derive_number(
                &GROUP_ID_BASE,
                some,
                id_base,
                Sentence::plain(match (position, first) {
                    (0, 0) => "because.ids-from-zero",
                    (0, _) => "because.ids-from-hundred",
                    _ => "because.ids-hundred-apart",
                }),
                &cluster.coordination.from,
            ),
            zone: reader.optional(&GROUP_ZONE, some),
            offset: offset.clone(),
            brokers,
        };
        offset = Traced::new(
            *offset + *group.brokers,
            offset.from.and(&group.brokers.from),
        );
        groups.push(group);
    }
    groups
}

/// A key as part of a Kubernetes name.
fn suffix(key: &str) -> String {
    let name: String = key
        .to_ascii_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(30)
        .collect();
    let name = name.trim_matches('-');
    if name.is_empty() {
        "group".to_owned()
    } else {
        name.to_owned()
    }
}

/// The listeners that are opened, and the fields that keep the others closed.
fn listeners(
    reader: &mut Reader,
    name: &Traced<String>,
    brokers: &Traced<u64>,
) -> (Vec<Listener>, Origins) {
    let keys: Vec<&str> = reader.design.keys("kafka.listeners").collect();
    let read: Vec<Listener> = keys
        .iter()
        .enumerate()
        .map(|(at, key)| listener(reader, at, key, name, brokers))
        .collect();
    let (open, closed): (Vec<Listener>, Vec<Listener>) = read
        .into_iter()
        .partition(|listener| *listener.exposure != Exposure::None);
    let closed = Origins::all(closed.iter().map(|listener| &listener.exposure.from));
    if open.is_empty() {
        // A broker without a listener cannot be; a rule says so.
        let mut only = listener(reader, 0, "internal", name, brokers);
        only.exposure.value = Exposure::Inside;
        only.address.value = Address::Pod;
        return (vec![only], closed);
    }
    (open, closed)
}

fn listener(
    reader: &mut Reader,
    at: usize,
    key: &str,
    name: &Traced<String>,
    brokers: &Traced<u64>,
) -> Listener {
    let some = Some(key);
    let (port, exposure) = match key {
        "internal" => (9092, "inside"),
        "external" => (9094, "none"),
        _ if at == 0 => (9092, "inside"),
        _ => (u16::try_from(9094 + at).unwrap_or(9199), "none"),
    };
    let upper: String = key
        .to_ascii_uppercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .take(40)
        .collect();
    let upper = if upper.starts_with(|c: char| c.is_ascii_uppercase()) {
        upper
    } else {
        format!("L{upper}").chars().take(40).collect()
    };
    let listener_port = reader.derive_port(
        &LISTENER_PORT,
        some,
        port,
        Sentence::plain("because.usual-port"),
        &Origins::NONE,
    );
    let exposure = reader
        .derive(
            &LISTENER_EXPOSURE,
            some,
            exposure.to_owned(),
            Sentence::plain("because.inside-until-chosen"),
            &Origins::NONE,
        )
        .map(|exposure| match exposure.as_str() {
            "inside" => Exposure::Inside,
            "node-port" => Exposure::NodePort,
            "load-balancer" => Exposure::LoadBalancer,
            "host-port" => Exposure::HostPort,
            _ => Exposure::None,
        });
    let address = address(reader, key, &exposure);
    let follows_node = matches!(*address, Address::Node);
    Listener {
        key: key.to_owned(),
        name: reader.derive(
            &LISTENER_NAME,
            some,
            upper,
            Sentence::plain("because.listener-key"),
            &Origins::NONE,
        ),
        protocol: reader.text(&LISTENER_PROTOCOL, some),
        first_node_port: reader.port(&LISTENER_FIRST_NODE_PORT, some),
        local_traffic: reader
            .derive(
                &LISTENER_TRAFFIC_POLICY,
                some,
                if follows_node { "Local" } else { "Cluster" }.to_owned(),
                Sentence::plain(if follows_node {
                    "because.local-own-node"
                } else {
                    "because.any-node-forwards"
                }),
                &address.from,
            )
            .map(|policy| policy == "Local"),
        host_port: reader.derive_port(
            &LISTENER_HOST_PORT,
            some,
            *listener_port,
            Sentence::plain("because.same-port"),
            &listener_port.from,
        ),
        advertised_port: reader.derive_port(
            &LISTENER_ADVERTISED_PORT,
            some,
            *listener_port,
            Sentence::plain("because.same-port"),
            &listener_port.from,
        ),
        service_name: reader.derive(
            &LISTENER_SERVICE_NAME,
            some,
            format!("{}-{}", **name, suffix(key)),
            Sentence::new("because.service-per-broker", args![brokers = **brokers]),
            &name.from,
        ),
        source_ranges: reader
            .text(&LISTENER_SOURCE_RANGES, some)
            .map(|text| fields::items(text).map(str::to_owned).collect()),
        load_balancer_class: reader.optional(&LISTENER_LOAD_BALANCER_CLASS, some),
        port: listener_port,
        exposure,
        address,
    }
}

fn address(reader: &mut Reader, key: &str, exposure: &Traced<Exposure>) -> Traced<Address> {
    let some = Some(key);
    let fixed = reader.text(&LISTENER_ADDRESS, some);
    let each = reader.text(&LISTENER_ADDRESSES, some);
    let (start, because) = match **exposure {
        Exposure::LoadBalancer => ("per-broker", "because.balancer-addresses"),
        _ => ("node", "because.own-node"),
    };
    let choice = reader.derive(
        &LISTENER_ADDRESS_FROM,
        some,
        start.to_owned(),
        Sentence::plain(because),
        &exposure.from,
    );
    let from = choice.from.and(&exposure.from);
    match (**exposure, choice.as_str()) {
        (Exposure::Inside | Exposure::None, _) => Traced::new(Address::Pod, exposure.from.clone()),
        (_, "fixed") if fixed.is_empty() => Traced::new(Address::Node, from.and(&fixed.from)),
        (_, "fixed") => Traced::new(Address::Fixed(fixed.value), from.and(&fixed.from)),
        (_, "per-broker") => {
            let hosts = fields::items(&each).map(str::to_owned).collect();
            Traced::new(Address::PerBroker(hosts), from.and(&each.from))
        }
        _ => Traced::new(Address::Node, from),
    }
}

fn disks(reader: &mut Reader, storage: &Storage, flavour: &Traced<ImageFlavour>) -> Vec<Disk> {
    let mut keys: Vec<&str> = reader.design.keys("kafka.disks").collect();
    if keys.is_empty() {
        keys = start_keys("kafka.disks").to_vec();
    }
    let alone = keys.len() == 1;
    keys.into_iter()
        .map(|key| {
            let some = Some(key);
            let official = **flavour == ImageFlavour::Official;
            let mount = if alone && official {
                // The image declares this folder as a volume: with the disk mounted above it, an
                // empty volume of the container would lie over it, and go with the container.
                "/var/lib/kafka/data".to_owned()
            } else if alone {
                "/var/lib/kafka".to_owned()
            } else {
                format!("/var/lib/kafka/{}", suffix(key))
            };
            Disk {
                key: suffix(key),
                size: reader.text(&DISK_SIZE, some).map(|text| {
                    fields::quantity(text).unwrap_or_else(|_| Quantity {
                        text: text.clone(),
                        amount: 0,
                    })
                }),
                class: reader
                    .derive(
                        &DISK_CLASS,
                        some,
                        storage.class.value.clone().unwrap_or_default(),
                        Sentence::plain("because.class-of-all"),
                        &storage.class.from,
                    )
                    .map(|class| (!class.is_empty()).then(|| class.clone())),
                mount: reader.derive(
                    &DISK_MOUNT,
                    some,
                    mount,
                    Sentence::plain(if alone && official {
                        "because.mount-of-image"
                    } else {
                        "because.usual-mount"
                    }),
                    &flavour.from,
                ),
            }
        })
        .collect()
}

fn image(reader: &mut Reader, cluster: &Cluster, version: &Traced<KafkaVersion>) -> Image {
    let scala = reader
        .text(&KAFKA_SCALA, None)
        .map(|scala| scala.parse().unwrap_or(Scala::V2_13));
    let mut flavour = reader
        .text(&KAFKA_FLAVOUR, None)
        .map(|flavour| match flavour.as_str() {
            "official" if version.has_official_image() => ImageFlavour::Official,
            _ => ImageFlavour::Built,
        });
    flavour.from = flavour.from.and(&version.from);
    let release = catalog::kafka_release(**version);
    let official = release
        .and_then(catalog::KafkaRelease::docker_image)
        .filter(|_| *flavour == ImageFlavour::Official);
    let (reference, why) = match official {
        Some(image) => (image, "because.project-image"),
        None => (
            format!("{}/kafka:{}", *cluster.registry, **version),
            "because.registry-and-version",
        ),
    };
    let (java, because) = match release.map(catalog::KafkaRelease::java_recommended) {
        // The newest base image that we offer.
        Some(java) if java >= 21 => (21, "because.java-documented"),
        Some(java) if java >= 17 => (17, "because.java-documented"),
        _ => (11, "because.java-documented"),
    };
    Image {
        reference: reader.derive(
            &KAFKA_IMAGE,
            None,
            reference,
            Sentence::plain(why),
            &Origins::all([&cluster.registry.from, &version.from, &flavour.from]),
        ),
        base: reader.derive(
            &KAFKA_BASE_IMAGE,
            None,
            format!("eclipse-temurin:{java}-jre-jammy"),
            Sentence::new(because, args![version = version.to_string()]),
            &version.from,
        ),
        download: reader
            .text(&KAFKA_DOWNLOAD, None)
            .map(|download| match download.as_str() {
                "archive" => Download::Archive,
                "mirror" => Download::Mirror,
                _ => Download::Apache,
            }),
        mirror: reader.text(&KAFKA_MIRROR, None),
        sha512: reader
            .derive(
                &KAFKA_SHA512,
                None,
                release
                    .and_then(|release| release.sha512(*scala))
                    .unwrap_or_default()
                    .to_owned(),
                Sentence::plain("because.sha512-known"),
                &version.from.and(&scala.from),
            )
            .map(|sum| (!sum.is_empty()).then(|| sum.clone())),
        scala,
        flavour,
    }
}
