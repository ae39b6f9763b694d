//! The ensemble: image flavour, servers, ports, and the settings of `zoo.cfg`.

use super::Section::{ZooKeeper, ZooKeeperOptions};
use super::Start::{Derived, Empty, Value};
use super::{Field, Kind, NameKind};
use crate::plan::Plan;

const fn zk(id: &'static str, card: &'static str, kind: Kind, start: super::Start) -> Field {
    Field::new(id, ZooKeeper, card, kind, start).when(Plan::has_ensemble)
}

/// Where ZooKeeper comes from: the Docker Official Image, the image of the Kubernetes tutorial, or a Dockerfile of the bundle.
pub static ZOOKEEPER_FLAVOUR: Field = zk(
    "zookeeper.flavour",
    "ensemble",
    Kind::Choice(&["official", "tutorial", "built"]),
    Value("official"),
);

/// The release.
pub static ZOOKEEPER_VERSION: Field = zk(
    "zookeeper.version",
    "ensemble",
    Kind::ZooKeeperVersion,
    Derived,
);

/// How many servers.
pub static ZOOKEEPER_SERVERS: Field = zk(
    "zookeeper.servers",
    "ensemble",
    Kind::Whole { min: 1, max: 255 },
    Value("3"),
);

/// The name of the StatefulSet; the pods are `NAME-0`, `NAME-1`, ….
pub static ZOOKEEPER_NAME: Field = zk(
    "zookeeper.name",
    "names",
    Kind::Name(NameKind::SetName),
    Value("zk"),
);

/// The headless Service: the servers' own names.
pub static ZOOKEEPER_HEADLESS_NAME: Field = zk(
    "zookeeper.headless_name",
    "names",
    Kind::Name(NameKind::Service),
    Derived,
);

/// The Service for clients.
pub static ZOOKEEPER_CLIENT_NAME: Field = zk(
    "zookeeper.client_name",
    "names",
    Kind::Name(NameKind::Service),
    Derived,
);

/// The path below which the brokers keep their data in ZooKeeper.
pub static ZOOKEEPER_CHROOT: Field = zk("zookeeper.chroot", "ensemble", Kind::Chroot, Empty);

/// The port for clients.
pub static ZOOKEEPER_CLIENT_PORT: Field =
    zk("zookeeper.ports.client", "ports", Kind::PORT, Value("2181"));

/// The port from followers to the leader.
pub static ZOOKEEPER_SERVER_PORT: Field =
    zk("zookeeper.ports.server", "ports", Kind::PORT, Value("2888"));

/// The port for elections.
pub static ZOOKEEPER_ELECTION_PORT: Field = zk(
    "zookeeper.ports.election",
    "ports",
    Kind::PORT,
    Value("3888"),
);

/// Milliseconds of one tick.
pub static ZOOKEEPER_TICK_TIME: Field = zk(
    "zookeeper.options[tickTime]",
    "timing",
    Kind::ZooKeeperOption("tickTime"),
    Value("2000"),
);

/// Ticks that a follower has for its first synchronisation.
pub static ZOOKEEPER_INIT_LIMIT: Field = zk(
    "zookeeper.options[initLimit]",
    "timing",
    Kind::ZooKeeperOption("initLimit"),
    Value("10"),
);

/// Ticks that a follower may lag.
pub static ZOOKEEPER_SYNC_LIMIT: Field = zk(
    "zookeeper.options[syncLimit]",
    "timing",
    Kind::ZooKeeperOption("syncLimit"),
    Value("5"),
);

/// The shortest session that a client may ask for.
pub static ZOOKEEPER_MIN_SESSION_TIMEOUT: Field = zk(
    "zookeeper.options[minSessionTimeout]",
    "timing",
    Kind::ZooKeeperOption("minSessionTimeout"),
    Derived,
);

/// The longest session that a client may ask for.
pub static ZOOKEEPER_MAX_SESSION_TIMEOUT: Field = zk(
    "zookeeper.options[maxSessionTimeout]",
    "timing",
    Kind::ZooKeeperOption("maxSessionTimeout"),
    Derived,
);

/// Connections from one address.
pub static ZOOKEEPER_MAX_CLIENT_CONNECTIONS: Field = zk(
    "zookeeper.options[maxClientCnxns]",
    "limits",
    Kind::ZooKeeperOption("maxClientCnxns"),
    Value("60"),
);

/// Snapshots that the purge keeps.
pub static ZOOKEEPER_SNAP_RETAIN_COUNT: Field = zk(
    "zookeeper.options[autopurge.snapRetainCount]",
    "limits",
    Kind::ZooKeeperOption("autopurge.snapRetainCount"),
    Value("3"),
);

/// Hours between two purges.
pub static ZOOKEEPER_PURGE_INTERVAL: Field = zk(
    "zookeeper.options[autopurge.purgeInterval]",
    "limits",
    Kind::ZooKeeperOption("autopurge.purgeInterval"),
    Value("12"),
);

/// The four-letter words that are answered; the probes need `srvr` and `ruok`.
pub static ZOOKEEPER_FOUR_LETTER_WORDS: Field = zk(
    "zookeeper.options[4lw.commands.whitelist]",
    "limits",
    Kind::ZooKeeperOption("4lw.commands.whitelist"),
    Value("srvr,ruok,mntr"),
)
.when(|plan| plan.has_ensemble() && !plan.has_tutorial_image());

/// Whether the unauthenticated admin page listens.
pub static ZOOKEEPER_ADMIN_SERVER: Field = zk(
    "zookeeper.options[admin.enableServer]",
    "limits",
    Kind::ZooKeeperOption("admin.enableServer"),
    Value("false"),
)
.when(|plan| {
    plan.zookeeper()
        .is_some_and(|zk| !zk.is_tutorial() && zk.version.has_admin_server())
});

/// Whether a server listens for its peers on every address, so that it need not resolve its own name first.
pub static ZOOKEEPER_LISTEN_ON_ALL: Field = zk(
    "zookeeper.options[quorumListenOnAllIPs]",
    "limits",
    Kind::ZooKeeperOption("quorumListenOnAllIPs"),
    Value("true"),
)
.when(|plan| plan.has_ensemble() && !plan.has_tutorial_image());

/// How often a server tries to bind its election port; 0 is for ever.
pub static ZOOKEEPER_BIND_RETRY: Field = zk(
    "zookeeper.options[electionPortBindRetry]",
    "limits",
    Kind::ZooKeeperOption("electionPortBindRetry"),
    Value("0"),
)
.when(|plan| {
    plan.zookeeper()
        .is_some_and(|zk| !zk.is_tutorial() && zk.version.has_election_port_bind_retry())
});

/// How much is logged.
pub static ZOOKEEPER_LOG_LEVEL: Field = zk(
    "zookeeper.log_level",
    "limits",
    Kind::Choice(&["TRACE", "DEBUG", "INFO", "WARN", "ERROR"]),
    Value("INFO"),
);

/// The folder in which the tutorial image writes its configuration.
pub static ZOOKEEPER_CONF_DIR: Field = zk(
    "zookeeper.conf_dir",
    "folders",
    Kind::Folder,
    Value("/opt/zookeeper/conf"),
)
.when(Plan::has_tutorial_image);

/// The folder of the snapshots.
pub static ZOOKEEPER_DATA_DIR: Field = zk("zookeeper.data_dir", "folders", Kind::Folder, Derived);

/// The folder of the transaction log.
pub static ZOOKEEPER_DATA_LOG_DIR: Field =
    zk("zookeeper.data_log_dir", "folders", Kind::Folder, Derived);

/// Any ZooKeeper option: `zookeeper.options[NAME]`.
pub static ZOOKEEPER_OPTION: Field = Field::new(
    "zookeeper.options[]",
    ZooKeeperOptions,
    "options",
    Kind::ZooKeeperOption(""),
    Empty,
)
.when(Plan::has_ensemble);
