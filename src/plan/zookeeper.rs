//! The ensemble: names, servers, volumes, addresses.

use super::config::{self, ZooKeeperConfig};
use super::kafka::Names;
use super::read::Reader;
use super::{Cluster, PodManagement, Pods, Traced, pods};
use crate::args;
use crate::catalog::{self, ZooKeeperVersion};
use crate::fields::{
    self, Field, Quantity, ZOOKEEPER_ACCESS_MODE, ZOOKEEPER_BASE_IMAGE, ZOOKEEPER_CHROOT,
    ZOOKEEPER_CLIENT_NAME, ZOOKEEPER_CLIENT_PORT, ZOOKEEPER_CONF_DIR, ZOOKEEPER_DATA_CLAIM,
    ZOOKEEPER_DATA_DIR, ZOOKEEPER_DATA_LOG_DIR, ZOOKEEPER_DATA_SIZE, ZOOKEEPER_ELECTION_PORT,
    ZOOKEEPER_FLAVOUR, ZOOKEEPER_HEADLESS_NAME, ZOOKEEPER_IMAGE, ZOOKEEPER_LOG_CLAIM,
    ZOOKEEPER_LOG_LEVEL, ZOOKEEPER_LOG_SIZE, ZOOKEEPER_LOG_VOLUME, ZOOKEEPER_NAME,
    ZOOKEEPER_NAMESPACE, ZOOKEEPER_PUBLISH_NOT_READY, ZOOKEEPER_READINESS_CHECK,
    ZOOKEEPER_SERVER_PORT, ZOOKEEPER_SERVERS, ZOOKEEPER_VERSION,
};
use crate::render::Origins;
use crate::text::Sentence;

/// A ZooKeeper ensemble.
#[derive(Clone, Debug, PartialEq)]
pub struct ZooKeeper {
    /// The StatefulSet's name.
    pub name: Traced<String>,
    /// The namespace.
    pub namespace: Traced<String>,
    /// The headless Service.
    pub headless_name: Traced<String>,
    /// The Service for clients.
    pub client_name: Traced<String>,
    /// Where the image comes from.
    pub flavour: Traced<Flavour>,
    /// The release.
    pub version: Traced<ZooKeeperVersion>,
    /// The image with its tag.
    pub image: Traced<String>,
    /// The Java image that our Dockerfile starts from.
    pub base_image: Traced<String>,
    /// How many servers.
    pub servers: Traced<u64>,
    /// The port for clients.
    pub client_port: Traced<u16>,
    /// The port from followers to the leader.
    pub server_port: Traced<u16>,
    /// The port for elections.
    pub election_port: Traced<u16>,
    /// The path below which the brokers keep their data; empty for none.
    pub chroot: Traced<String>,
    /// How much is logged.
    pub log_level: Traced<String>,
    /// Where the tutorial image writes its configuration.
    pub conf_dir: Traced<String>,
    /// The folder of the snapshots.
    pub data_dir: Traced<String>,
    /// The folder of the transaction log.
    pub data_log_dir: Traced<String>,
    /// The volume of the data.
    pub data_volume: Mount,
    /// The volume of the transaction log, when it has its own.
    pub log_volume: Option<Mount>,
    /// Whether the log has its own volume.
    pub has_log_volume: Traced<bool>,
    /// Who may mount the claims.
    pub access_mode: Traced<String>,
    /// Whether a server's name resolves before it is ready.
    pub publish_not_ready: Traced<bool>,
    /// What readiness asks.
    pub readiness_check: Traced<ReadinessCheck>,
    /// What `zoo.cfg` holds, or the flags of the tutorial image.
    pub config: ZooKeeperConfig,
    /// Which flags the tutorial's script is given, when the design lists them.
    pub flag_order: Option<Vec<String>>,
    /// The pods.
    pub pods: Pods,
    domain: Traced<String>,
}

/// Where ZooKeeper's image comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// The Docker Official Image.
    Official,
    /// The image of the Kubernetes tutorial, `1.0-3.4.10`, with its script `start-zookeeper`.
    Tutorial,
    /// A Dockerfile of the bundle.
    Built,
}

/// What a server's readiness asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadinessCheck {
    /// `srvr`: does it serve, as part of a quorum.
    Srvr,
    /// `ruok`: does it answer.
    Ruok,
}

/// A claim and where it is mounted.
#[derive(Clone, Debug, PartialEq)]
pub struct Mount {
    /// The claim template's name.
    pub claim: Traced<String>,
    /// The size asked for.
    pub size: Traced<Quantity>,
    /// The folder in the container.
    pub folder: Traced<String>,
}

impl ZooKeeper {
    /// Whether it runs the image of the Kubernetes tutorial.
    pub fn is_tutorial(&self) -> bool {
        *self.flavour == Flavour::Tutorial
    }

    /// The name of one pod.
    pub fn pod_name(&self, ordinal: u64) -> String {
        format!("{}-{ordinal}", *self.name)
    }

    /// The full DNS name of one server.
    pub fn host(&self, ordinal: u64) -> String {
        format!(
            "{}-{ordinal}.{}.{}.svc.{}",
            *self.name, *self.headless_name, *self.namespace, *self.domain
        )
    }

    /// The fields that a server's full name comes from.
    pub fn host_origins(&self) -> Origins {
        Origins::all([
            &self.name.from,
            &self.headless_name.from,
            &self.namespace.from,
            &self.domain.from,
        ])
    }

    /// How many servers make a quorum.
    pub fn quorum(&self) -> u64 {
        *self.servers / 2 + 1
    }

    /// What the brokers connect to: every server once, then the chroot.
    pub fn connect(&self) -> Traced<String> {
        let hosts: Vec<String> = (0..*self.servers)
            .map(|ordinal| format!("{}:{}", self.host(ordinal), *self.client_port))
            .collect();
        let from = Origins::all([
            &self.host_origins(),
            &self.servers.from,
            &self.client_port.from,
            &self.chroot.from,
        ]);
        Traced::new(hosts.join(",") + &self.chroot, from)
    }
}

/// The list of a design that says which flags the tutorial's script is given, and in which order;
/// `exec` stands for the word before the command. Files that were imported have it.
pub const FLAG_ORDER: &str = "zookeeper.flags";

pub(super) fn read(reader: &mut Reader, cluster: &Cluster, kafka: &Names) -> ZooKeeper {
    let name = reader.text(&ZOOKEEPER_NAME, None);
    let flavour = reader
        .text(&ZOOKEEPER_FLAVOUR, None)
        .map(|flavour| match flavour.as_str() {
            "tutorial" => Flavour::Tutorial,
            "built" => Flavour::Built,
            _ => Flavour::Official,
        });
    let is_tutorial = *flavour == Flavour::Tutorial;
    let version = version(reader, &flavour);
    let namespace = reader.derive(
        &ZOOKEEPER_NAMESPACE,
        None,
        kafka.namespace.value.clone(),
        Sentence::plain("because.same-namespace"),
        &kafka.namespace.from,
    );
    let headless_name = reader.derive(
        &ZOOKEEPER_HEADLESS_NAME,
        None,
        format!("{}-hs", *name),
        Sentence::plain("because.name-and-suffix"),
        &name.from,
    );
    let client_name = reader.derive(
        &ZOOKEEPER_CLIENT_NAME,
        None,
        format!("{}-cs", *name),
        Sentence::plain("because.name-and-suffix"),
        &name.from,
    );
    let image = image(reader, cluster, &flavour, &version);
    let servers = reader.number(&ZOOKEEPER_SERVERS, None);
    let has_log_volume = {
        let flag = reader.flag(&ZOOKEEPER_LOG_VOLUME);
        Traced::new(*flag, flag.from)
    };
    let (data_home, log_home) = homes(*flavour, *has_log_volume);
    let data_dir = reader.derive(
        &ZOOKEEPER_DATA_DIR,
        None,
        data_home.1.to_owned(),
        Sentence::plain("because.folder-of-image"),
        &flavour.from,
    );
    let data_log_dir = reader.derive(
        &ZOOKEEPER_DATA_LOG_DIR,
        None,
        log_home.1.to_owned(),
        Sentence::plain(if *has_log_volume {
            "because.log-on-own-volume"
        } else {
            "because.log-below-data"
        }),
        &flavour.from.and(&has_log_volume.from),
    );
    let data_volume = Mount {
        claim: reader.text(&ZOOKEEPER_DATA_CLAIM, None),
        size: size(reader, &ZOOKEEPER_DATA_SIZE),
        folder: mount_of(&data_dir, data_home.0, &flavour.from),
    };
    let log_volume = Mount {
        claim: reader.text(&ZOOKEEPER_LOG_CLAIM, None),
        size: size(reader, &ZOOKEEPER_LOG_SIZE),
        folder: mount_of(&data_log_dir, log_home.0, &flavour.from),
    };
    let mut pods = pods::read(
        reader,
        &pods::ZOOKEEPER,
        cluster,
        &servers,
        (!is_tutorial, "because.tutorial-writes", &flavour.from),
    );
    if is_tutorial {
        // The script of that image hands the heap to the JVM itself; nothing else differs.
        pods.heap.from = pods.heap.from.and(&flavour.from);
    }
    let readiness_check = readiness_check(reader, &flavour, &pods);
    let mut zookeeper = ZooKeeper {
        name,
        namespace,
        headless_name,
        client_name,
        version,
        image,
        base_image: reader.text(&ZOOKEEPER_BASE_IMAGE, None),
        servers,
        client_port: reader.port(&ZOOKEEPER_CLIENT_PORT, None),
        server_port: reader.port(&ZOOKEEPER_SERVER_PORT, None),
        election_port: reader.port(&ZOOKEEPER_ELECTION_PORT, None),
        chroot: reader.text(&ZOOKEEPER_CHROOT, None),
        log_level: reader.text(&ZOOKEEPER_LOG_LEVEL, None),
        conf_dir: reader.text(&ZOOKEEPER_CONF_DIR, None),
        data_dir,
        data_log_dir,
        data_volume,
        log_volume: has_log_volume.then_some(log_volume),
        has_log_volume,
        access_mode: reader.text(&ZOOKEEPER_ACCESS_MODE, None),
        publish_not_ready: reader.flag(&ZOOKEEPER_PUBLISH_NOT_READY),
        readiness_check,
        config: ZooKeeperConfig::default(),
        flag_order: reader.design.lists.get(FLAG_ORDER).cloned(),
        pods,
        domain: cluster.domain.clone(),
        flavour,
    };
    zookeeper.config = config::zookeeper(reader, &zookeeper);
    zookeeper
}

/// The newest release, unless the image decides it.
fn version(reader: &mut Reader, flavour: &Traced<Flavour>) -> Traced<ZooKeeperVersion> {
    let newest = catalog::zookeeper_releases()
        .last()
        .map_or_else(String::new, |release| release.version.to_string());
    let (start, because) = match **flavour {
        Flavour::Tutorial => ("3.4.10".to_owned(), "because.tutorial-version"),
        _ => (newest, "because.newest"),
    };
    let mut text = if **flavour == Flavour::Tutorial {
        // The image holds one release; another one typed here could not come true.
        Traced::new(start, Origins::NONE)
    } else {
        reader.derive(
            &ZOOKEEPER_VERSION,
            None,
            start,
            Sentence::plain(because),
            &flavour.from,
        )
    };
    // A version that was typed holds only as long as the flavour lets it.
    text.from = text.from.and(&flavour.from);
    let fallback = catalog::zookeeper_releases()[0].version;
    text.map(|text| text.parse().unwrap_or(fallback))
}

fn image(
    reader: &mut Reader,
    cluster: &Cluster,
    flavour: &Traced<Flavour>,
    version: &Traced<ZooKeeperVersion>,
) -> Traced<String> {
    let (start, because, from) = match **flavour {
        Flavour::Official => (
            format!("zookeeper:{}", **version),
            "because.official-image",
            version.from.clone(),
        ),
        Flavour::Tutorial => (
            "zhaoguanghui6/kubernetes-zookeeper:1.0-3.4.10".to_owned(),
            "because.tutorial-image",
            flavour.from.clone(),
        ),
        Flavour::Built => (
            format!("{}/zookeeper:{}", *cluster.registry, **version),
            "because.registry-and-version",
            cluster.registry.from.and(&version.from),
        ),
    };
    reader.derive(
        &ZOOKEEPER_IMAGE,
        None,
        start,
        Sentence::plain(because),
        &from.and(&flavour.from),
    )
}

/// For data and for the log: where the volume is mounted and which folder is used.
fn homes(
    flavour: Flavour,
    own_log_volume: bool,
) -> ((&'static str, &'static str), (&'static str, &'static str)) {
    match (flavour, own_log_volume) {
        (Flavour::Tutorial, true) => (
            ("/var/lib/zookeeper", "/var/lib/zookeeper/data"),
            ("/var/lib/zookeeper-log", "/var/lib/zookeeper-log/log"),
        ),
        (Flavour::Tutorial, false) => (
            ("/var/lib/zookeeper", "/var/lib/zookeeper/data"),
            ("/var/lib/zookeeper", "/var/lib/zookeeper/log"),
        ),
        (_, true) => (("/data", "/data"), ("/datalog", "/datalog")),
        (_, false) => (("/data", "/data"), ("/data", "/data/log")),
    }
}

/// The folder that a volume is mounted on: the usual one when it holds the folder in use, else that folder.
fn mount_of(folder: &Traced<String>, usual: &str, usual_from: &Origins) -> Traced<String> {
    let mut mount = folder.map(|folder| {
        let below = folder
            .strip_prefix(usual)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if below {
            usual.to_owned()
        } else {
            folder.clone()
        }
    });
    mount.from = mount.from.and(usual_from);
    mount
}

fn size(reader: &mut Reader, field: &Field) -> Traced<Quantity> {
    reader.text(field, None).map(|text| {
        fields::quantity(text).unwrap_or_else(|_| Quantity {
            text: text.clone(),
            amount: 0,
        })
    })
}

/// Readiness that needs the quorum would deadlock an ensemble whose pods start one by one.
fn readiness_check(
    reader: &mut Reader,
    flavour: &Traced<Flavour>,
    pods: &Pods,
) -> Traced<ReadinessCheck> {
    let (start, because) = match (**flavour, *pods.management) {
        (Flavour::Tutorial, _) => ("ruok", "because.tutorial-probe"),
        (_, PodManagement::OrderedReady) => ("ruok", "because.ordered-needs-ruok"),
        _ => ("srvr", "because.srvr-knows-quorum"),
    };
    let from = flavour.from.and(&pods.management.from);
    reader
        .derive(
            &ZOOKEEPER_READINESS_CHECK,
            None,
            start.to_owned(),
            Sentence::new(because, args![]),
            &from,
        )
        .map(|check| {
            if check == "ruok" {
                ReadinessCheck::Ruok
            } else {
                ReadinessCheck::Srvr
            }
        })
}
