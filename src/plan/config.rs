//! The effective configuration of each process: default ← base file ← what is written.
//!
//! An option that is in the design is written, also when it equals the default; one that is not is
//! written only when our edition writes it on purpose.
//! An option that the chosen version does not know is not written, and said.

use std::collections::BTreeSet;

use super::read::{ProblemKind, Reader};
use super::{Cluster, KRaft, Kafka, Quorum, Traced, ZooKeeper};
use crate::args;
use crate::catalog::{self, Lookup, Mode, OptionKind, Unit, ValueProblem, ValueRange};
use crate::design::FieldPath;
use crate::fields::{
    self, ADVERTISED_LISTENERS, AUTO_CREATE_TOPICS, DEFAULT_REPLICATION, Field, KAFKA_CONFIG_STYLE,
    Kind, LISTENERS, LOG_DIRS, MIN_IN_SYNC, NUM_PARTITIONS, OFFSETS_REPLICATION, PROTOCOL_MAP,
    QUORUM_BOOTSTRAP, QUORUM_VOTERS, REBALANCE_DELAY, RETENTION_HOURS, Start,
    TRANSACTION_MIN_IN_SYNC, TRANSACTION_REPLICATION, UNCLEAN_ELECTION, Wrong,
    ZOOKEEPER_ADMIN_SERVER, ZOOKEEPER_BIND_RETRY, ZOOKEEPER_CONNECT, ZOOKEEPER_CONNECTION_TIMEOUT,
    ZOOKEEPER_FOUR_LETTER_WORDS, ZOOKEEPER_INIT_LIMIT, ZOOKEEPER_LISTEN_ON_ALL,
    ZOOKEEPER_MAX_CLIENT_CONNECTIONS, ZOOKEEPER_MAX_SESSION_TIMEOUT, ZOOKEEPER_MIN_SESSION_TIMEOUT,
    ZOOKEEPER_PURGE_INTERVAL, ZOOKEEPER_SESSION_TIMEOUT, ZOOKEEPER_SNAP_RETAIN_COUNT,
    ZOOKEEPER_SYNC_LIMIT, ZOOKEEPER_TICK_TIME, unit_value,
};
use crate::render::Origins;
use crate::text::Sentence;

/// How the brokers are configured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BrokerConfig {
    /// In a file or by flags.
    pub style: Option<Traced<ConfigStyle>>,
    /// What the file below the flags sets: the one that the archive ships; empty with a file of our own.
    pub base: &'static [(&'static str, &'static str)],
    /// What is written, in order.
    pub entries: Vec<Entry>,
    /// What the design asks for and the version does not know.
    pub unwritten: Vec<Unwritten>,
}

/// Where the brokers' configuration stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigStyle {
    /// A complete `server.properties` in a ConfigMap.
    File,
    /// `--override` flags over the file that the archive ships.
    Flags,
}

/// What `zoo.cfg` holds, or the flags of the tutorial image.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ZooKeeperConfig {
    /// What is written, in order; the lines of the servers are not among them.
    pub entries: Vec<Entry>,
    /// What the design asks for and the version or the image does not know.
    pub unwritten: Vec<Unwritten>,
}

/// One option as written.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Value,
    /// The fields that it comes from.
    pub from: Origins,
    /// Where it stands.
    pub layer: Layer,
    /// Whether the design asks for it; otherwise our edition writes it.
    pub asked_for: bool,
}

/// The value of an option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// The same for all.
    Text(String),
    /// `broker.id` or `node.id`: the base of the group, or of the controllers, plus the ordinal.
    BrokerId,
    /// `advertised.listeners`: each broker's own addresses.
    AdvertisedListeners,
    /// `broker.rack`: the group's zone.
    Rack,
}

/// Where an option stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// In the configuration file.
    File,
    /// On the start command.
    Flag,
}

/// An option that is in the design and not in the files.
#[derive(Clone, Debug, PartialEq)]
pub struct Unwritten {
    /// Its name.
    pub name: String,
    /// The value asked for.
    pub value: String,
    /// Why it is left out.
    pub why: Absence,
}

/// Why an option is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Absence {
    /// The option came later.
    NotYet {
        /// In this version.
        since: String,
    },
    /// The option is gone.
    Removed {
        /// Since this version.
        removed_in: String,
    },
    /// The tutorial image has no flag for it.
    NoFlag,
    /// It works only as a flag of the JVM, not in `zoo.cfg`.
    NotInFile,
    /// It means something with ZooKeeper only.
    WithEnsemble,
}

impl BrokerConfig {
    /// What is in force for an option: written, or set by the file below; nothing when the default is.
    pub fn in_force(&self, name: &str) -> Option<&str> {
        match self.entry(name) {
            Some(Entry {
                value: Value::Text(text),
                ..
            }) => Some(text),
            Some(_) => None,
            None => self
                .base
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| *value),
        }
    }

    /// The entry of an option, when it is written.
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// What is in force for an option of a version, its default included.
    pub fn effective(&self, name: &str, version: catalog::KafkaVersion) -> Option<String> {
        let written = self.in_force(name).map(str::to_owned);
        written.or_else(|| {
            catalog::broker_option(name, version.line())
                .known()?
                .default
                .map(str::to_owned)
        })
    }

    /// The number in force for an option, its default included.
    pub fn whole(&self, name: &str, version: catalog::KafkaVersion) -> Option<i64> {
        self.effective(name, version)?.trim().parse().ok()
    }

    /// Whether an option is in force as true.
    pub fn flag(&self, name: &str, version: catalog::KafkaVersion) -> Option<bool> {
        fields::flag(&self.effective(name, version)?).ok()
    }

    /// How the brokers are configured.
    pub fn is_file(&self) -> bool {
        self.style
            .as_ref()
            .is_none_or(|style| **style == ConfigStyle::File)
    }
}

impl ZooKeeperConfig {
    /// The value of an option, when it is written.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.entries
            .iter()
            .find(|entry| entry.name == name)
            .and_then(|entry| match &entry.value {
                Value::Text(text) => Some(text.as_str()),
                _ => None,
            })
    }
}

/// What coordinates the brokers, as their configuration has to know it.
pub(super) enum Coordinated<'a> {
    /// An ensemble.
    ByEnsemble(&'a ZooKeeper),
    /// A quorum of controllers.
    ByControllers(&'a KRaft),
}

/// What the configuration of each kind of process holds.
pub(super) struct Written {
    pub of_brokers: BrokerConfig,
    /// Empty when no controllers are pods of their own.
    pub of_controllers: BrokerConfig,
}

/// What the configuration of brokers and controllers holds.
pub(super) fn broker(
    reader: &mut Reader,
    cluster: &Cluster,
    coordinated: &Coordinated,
    kafka: &Kafka,
) -> Written {
    let mut style = reader
        .text(&KAFKA_CONFIG_STYLE, None)
        .map(|style| match style.as_str() {
            // Formatting a disk reads a file, and takes no flags beside it.
            "flags" if !cluster.coordination.is_kraft() => ConfigStyle::Flags,
            _ => ConfigStyle::File,
        });
    style.from = style.from.and(&cluster.coordination.from);
    let line = kafka.version.line();
    let layer = if *style == ConfigStyle::File {
        Layer::File
    } else {
        Layer::Flag
    };
    let mut writer = Writer {
        reader,
        entries: Vec::new(),
        layer,
        version: kafka.version.from.clone(),
    };
    let known = |name: &str| {
        catalog::broker_option(name, line)
            .known()
            .map(|option| (option.values, option.unit))
    };
    own_broker_options(&mut writer, &known, coordinated, kafka);
    let kraft = match coordinated {
        Coordinated::ByEnsemble(_) => None,
        Coordinated::ByControllers(kraft) => Some(*kraft),
    };
    let unwritten = writer.typed("kafka.options[", |name| {
        match catalog::broker_option(name, line) {
            Lookup::Known(option) if kraft.is_some() && option.mode == Mode::ZooKeeper => {
                Ask::Leave(Absence::WithEnsemble)
            }
            Lookup::Known(option) if option.sensitive() => Ask::Secret,
            Lookup::Known(option) => Ask::Write(Some((option.values, option.unit))),
            Lookup::NotYet { since } => Ask::Leave(Absence::NotYet {
                since: since.to_string(),
            }),
            Lookup::Removed { removed_in } => Ask::Leave(Absence::Removed {
                removed_in: removed_in.to_string(),
            }),
            Lookup::Unknown if catalog::is_sensitive_of_listener(name, line) => Ask::Secret,
            // Nobody's option: a plug-in's perhaps. Kafka passes such names on, and a rule says that it is unknown.
            Lookup::Unknown => Ask::Write(None),
        }
    });
    let mut entries = writer.entries;
    if let Some(names) = reader.design.lists.get(OPTION_ORDER) {
        entries = in_order(entries, names, &unwritten, layer, kafka, kraft.is_some());
    }
    for entry in &mut entries {
        // The style decides in which file an option stands, and in which order.
        entry.from = entry.from.and(&style.from);
    }
    let base = if *style == ConfigStyle::Flags {
        catalog::sample_server_properties(line)
    } else {
        &[]
    };
    let of_controllers = match kraft.filter(|kraft| kraft.controllers.is_some()) {
        Some(kraft) => {
            let of_controllers = BrokerConfig {
                style: Some(style.clone()),
                base,
                entries: controller_entries(kraft, kafka, &entries, &cluster.coordination.from),
                unwritten: Vec::new(),
            };
            entries.retain(|entry| catalog::roles_of_option(&entry.name).brokers);
            of_controllers
        }
        None => BrokerConfig::default(),
    };
    Written {
        of_brokers: BrokerConfig {
            style: Some(style),
            base,
            entries,
            unwritten,
        },
        of_controllers,
    }
}

/// What the file of controllers of their own holds: who they are, and every option that both roles
/// read with the very value that the brokers have, since topics are made by controllers.
fn controller_entries(
    kraft: &KRaft,
    kafka: &Kafka,
    entries: &[Entry],
    coordination: &Origins,
) -> Vec<Entry> {
    let Some(own) = &kraft.controllers else {
        return Vec::new();
    };
    let entry = |name: &str, value: Value, from: &Origins, layer: Layer| Entry {
        name: name.to_owned(),
        value,
        from: from.and(coordination),
        layer,
        asked_for: false,
    };
    let text = |name: &str, text: String, from: &Origins| {
        entry(name, Value::Text(text), from, Layer::File)
    };
    let listener = kraft.listener.from.and(&kraft.port.from);
    let mut written = vec![
        text("process.roles", "controller".to_owned(), &Origins::NONE),
        entry("node.id", Value::BrokerId, &own.id_base.from, Layer::Flag),
        text(
            "listeners",
            format!("{}://:{}", *kraft.listener, *kraft.port),
            &listener,
        ),
    ];
    if kafka.version.controllers_accept_advertised_listeners() {
        written.push(entry(
            "advertised.listeners",
            Value::AdvertisedListeners,
            &Origins::all([&listener, &own.host_origins(), &kafka.version.from]),
            Layer::Flag,
        ));
    }
    written.push(text("log.dirs", own.folder(), &own.volume.folder.from));
    // Each of these stands above with a value of its own, or is the brokers' alone.
    let both = entries.iter().filter(|entry| {
        catalog::roles_of_option(&entry.name).controllers
            && entry.layer == Layer::File
            && entry.name != "advertised.listeners"
            && written.iter().all(|own| own.name != entry.name)
    });
    let both: Vec<Entry> = both.cloned().collect();
    written.extend(both);
    written
}

/// The list of a design that says which options are written, and in which order; what else the design
/// asks for comes behind them.
///
/// Files that were imported have it: what our edition writes on purpose is not in them, and what the
/// version ignores is.
pub const OPTION_ORDER: &str = "kafka.options";

/// The entries that are listed or asked for, in the order of the list.
fn in_order(
    mut entries: Vec<Entry>,
    names: &[String],
    unwritten: &[Unwritten],
    layer: Layer,
    kafka: &Kafka,
    kraft: bool,
) -> Vec<Entry> {
    let place = |name: &str| names.iter().position(|listed| listed == name);
    let ignored = unwritten.iter().filter(|one| place(&one.name).is_some());
    entries.extend(ignored.map(|one| Entry {
        name: one.name.clone(),
        value: Value::Text(one.value.clone()),
        from: Origins::one(FieldPath::kafka_option(&one.name)),
        layer,
        asked_for: true,
    }));
    // Without these a broker does not know what to speak on a listener with a name of its own.
    let is_protocol = |name: &str| catalog_protocols().contains(&name);
    let mut listeners = kafka.listeners.iter();
    let needs_map = listeners.any(|listener| !is_protocol(&listener.name));
    let needed = |name: &str| match name {
        "listener.security.protocol.map" => needs_map,
        "inter.broker.listener.name" => *kafka.inter_broker != "PLAINTEXT",
        "process.roles" | "node.id" | "controller.listener.names" => kraft,
        _ => name.starts_with("controller.quorum.") && kraft,
    };
    entries.retain(|entry| entry.asked_for || needed(&entry.name) || place(&entry.name).is_some());
    entries.sort_by_key(|entry| place(&entry.name).unwrap_or(usize::MAX));
    entries
}

/// The protocols, which are listener names too that need no entry in the map.
const fn catalog_protocols() -> [&'static str; 4] {
    ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
}

/// What our edition writes on purpose, in the order of the file.
fn own_broker_options(
    writer: &mut Writer,
    known: &dyn Fn(&str) -> Option<(ValueRange, Unit)>,
    coordinated: &Coordinated,
    kafka: &Kafka,
) {
    let brokers = *kafka.brokers;
    let copies = brokers.clamp(1, 3);
    let combined = match coordinated {
        Coordinated::ByControllers(kraft) if kraft.controllers.is_none() => Some(*kraft),
        _ => None,
    };
    let id = match coordinated {
        Coordinated::ByEnsemble(_) => "broker.id",
        Coordinated::ByControllers(_) => {
            let roles = if combined.is_some() {
                "broker,controller"
            } else {
                "broker"
            };
            writer.push("process.roles", roles.to_owned(), &Origins::NONE);
            "node.id"
        }
    };
    writer.per_broker(
        id,
        Value::BrokerId,
        &Origins::all(kafka.groups.iter().map(|group| &group.id_base.from)),
    );
    if kafka.groups.iter().any(|group| group.zone.is_some()) {
        writer.per_broker(
            "broker.rack",
            Value::Rack,
            &Origins::all(kafka.groups.iter().map(|group| &group.zone.from)),
        );
    }

    let mut listeners: Vec<String> = kafka
        .listeners
        .iter()
        .map(|listener| format!("{}://:{}", *listener.name, *listener.port))
        .collect();
    listeners.extend(combined.map(|kraft| format!("{}://:{}", *kraft.listener, *kraft.port)));
    let of_controllers = combined.map_or(Origins::NONE, |kraft| {
        kraft.listener.from.and(&kraft.port.from)
    });
    let listeners_from = Origins::all(kafka.listeners.iter().flat_map(|listener| {
        [
            &listener.name.from,
            &listener.port.from,
            &listener.exposure.from,
        ]
    }))
    .and(&kafka.closed)
    .and(&of_controllers);
    writer.derive(
        &LISTENERS,
        known,
        listeners.join(","),
        Sentence::plain("because.open-listeners"),
        &listeners_from,
    );
    let advertised_from = Origins::all(kafka.listeners.iter().flat_map(|l| {
        [
            &l.name.from,
            &l.exposure.from,
            &l.address.from,
            &l.port.from,
            &l.first_node_port.from,
            &l.host_port.from,
            &l.advertised_port.from,
        ]
    }))
    .and(&kafka.host_origins())
    .and(&kafka.closed);
    // From this version on a controller may tell its address; before, the files alone name it.
    let tells = combined.filter(|_| kafka.version.controllers_accept_advertised_listeners());
    let advertised_from = match tells {
        Some(_) => advertised_from
            .and(&of_controllers)
            .and(&kafka.version.from),
        None => advertised_from,
    };
    writer.advertised(kafka, tells, &advertised_from);
    let mut map: Vec<String> = kafka
        .listeners
        .iter()
        .map(|listener| format!("{}:{}", *listener.name, *listener.protocol))
        .collect();
    let controllers = match coordinated {
        Coordinated::ByEnsemble(_) => None,
        Coordinated::ByControllers(kraft) => Some(*kraft),
    };
    map.extend(controllers.map(|kraft| format!("{}:{}", *kraft.listener, kraft.protocol)));
    let controllers_from = controllers.map_or(Origins::NONE, |kraft| kraft.listener.from.clone());
    let map_from = Origins::all(kafka.listeners.iter().flat_map(|listener| {
        [
            &listener.name.from,
            &listener.protocol.from,
            &listener.exposure.from,
        ]
    }))
    .and(&kafka.closed)
    .and(&controllers_from);
    writer.derive(
        &PROTOCOL_MAP,
        known,
        map.join(","),
        Sentence::plain("because.protocol-of-each"),
        &map_from,
    );
    writer.push(
        "inter.broker.listener.name",
        kafka.inter_broker.value.clone(),
        &kafka.inter_broker.from,
    );
    if let Some(kraft) = controllers {
        quorum(writer, known, kraft);
    }

    let folders: Vec<String> = kafka
        .disks
        .iter()
        .map(|disk| format!("{}/data", disk.mount.trim_end_matches('/')))
        .collect();
    let folders_from = Origins::all(kafka.disks.iter().map(|disk| &disk.mount.from));
    writer.derive(
        &LOG_DIRS,
        known,
        folders.join(","),
        Sentence::plain("because.folder-below-mount"),
        &folders_from,
    );

    if let Coordinated::ByEnsemble(zookeeper) = coordinated {
        let connect = zookeeper.connect();
        writer.derive(
            &ZOOKEEPER_CONNECT,
            known,
            connect.value,
            Sentence::new("because.every-server", args![servers = *zookeeper.servers]),
            &connect.from,
        );
        writer.start(&ZOOKEEPER_CONNECTION_TIMEOUT, known);
        writer.start(&ZOOKEEPER_SESSION_TIMEOUT, known);
    }

    let from = &kafka.brokers.from;
    let why = if brokers < 3 {
        "because.as-many-copies-as-brokers"
    } else {
        "because.three-copies"
    };
    let why = || Sentence::new(why, args![brokers]);
    let replication = writer.derive(&DEFAULT_REPLICATION, known, copies.to_string(), why(), from);
    let (copies_in_force, replication_from) = replication
        .and_then(|entry| Some((entry.0.parse::<u64>().ok()?, entry.1)))
        .unwrap_or((copies, from.clone()));
    writer.derive(
        &MIN_IN_SYNC,
        known,
        copies_in_force.saturating_sub(1).max(1).to_string(),
        Sentence::new(
            "because.one-less-than-copies",
            args![copies = copies_in_force],
        ),
        &replication_from,
    );
    writer.start(&NUM_PARTITIONS, known);
    writer.derive(&OFFSETS_REPLICATION, known, copies.to_string(), why(), from);
    let transactions = writer.derive(
        &TRANSACTION_REPLICATION,
        known,
        copies.to_string(),
        why(),
        from,
    );
    let (copies, from) = transactions
        .and_then(|entry| Some((entry.0.parse::<u64>().ok()?, entry.1)))
        .unwrap_or((copies, from.clone()));
    writer.derive(
        &TRANSACTION_MIN_IN_SYNC,
        known,
        copies.saturating_sub(1).max(1).to_string(),
        Sentence::new("because.one-less-than-copies", args![copies]),
        &from,
    );
    writer.start(&UNCLEAN_ELECTION, known);
    writer.start(&AUTO_CREATE_TOPICS, known);
    writer.start(&RETENTION_HOURS, known);
    writer.start(&REBALANCE_DELAY, known);
}

/// How brokers and controllers find the controllers.
fn quorum(writer: &mut Writer, known: &dyn Fn(&str) -> Option<(ValueRange, Unit)>, kraft: &KRaft) {
    writer.push(
        "controller.listener.names",
        kraft.listener.value.clone(),
        &kraft.listener.from,
    );
    let (field, members) = match *kraft.quorum {
        Quorum::Static => (&QUORUM_VOTERS, kraft.voters()),
        Quorum::Dynamic => (&QUORUM_BOOTSTRAP, kraft.bootstrap_servers()),
    };
    writer.derive(
        field,
        known,
        members.value,
        Sentence::new(
            "because.every-controller",
            args![controllers = kraft.members.len()],
        ),
        &members.from.and(&kraft.quorum.from),
    );
}

/// What the ensemble's configuration holds.
pub(super) fn zookeeper(reader: &mut Reader, zookeeper: &ZooKeeper) -> ZooKeeperConfig {
    let version = *zookeeper.version;
    let tutorial = zookeeper.is_tutorial();
    let layer = if tutorial { Layer::Flag } else { Layer::File };
    let mut writer = Writer {
        reader,
        entries: Vec::new(),
        layer,
        version: zookeeper.version.from.and(&zookeeper.flavour.from),
    };
    let known = |name: &str| {
        let option = catalog::zookeeper_option(name, version).known()?;
        (!tutorial || tutorial_flag(name).is_some()).then_some((option.values, option.unit))
    };
    writer.push(
        "dataDir",
        zookeeper.data_dir.value.clone(),
        &zookeeper.data_dir.from,
    );
    writer.push(
        "dataLogDir",
        zookeeper.data_log_dir.value.clone(),
        &zookeeper.data_log_dir.from,
    );
    writer.push(
        "clientPort",
        zookeeper.client_port.to_string(),
        &zookeeper.client_port.from,
    );
    let tick = writer.start(&ZOOKEEPER_TICK_TIME, &known);
    writer.start(&ZOOKEEPER_INIT_LIMIT, &known);
    writer.start(&ZOOKEEPER_SYNC_LIMIT, &known);
    let (tick, from) = tick
        .and_then(|(text, from)| Some((text.parse::<u64>().ok()?, from)))
        .unwrap_or((2000, Origins::NONE));
    for (field, ticks) in [
        (&ZOOKEEPER_MIN_SESSION_TIMEOUT, 2),
        (&ZOOKEEPER_MAX_SESSION_TIMEOUT, 20),
    ] {
        let start = tick.saturating_mul(ticks).min(i32::MAX as u64);
        writer.derive(
            field,
            &known,
            start.to_string(),
            Sentence::new("because.ticks", args![ticks]),
            &from,
        );
    }
    writer.start(&ZOOKEEPER_MAX_CLIENT_CONNECTIONS, &known);
    writer.start(&ZOOKEEPER_SNAP_RETAIN_COUNT, &known);
    writer.start(&ZOOKEEPER_PURGE_INTERVAL, &known);
    if !tutorial {
        writer.start(&ZOOKEEPER_FOUR_LETTER_WORDS, &known);
        writer.start(&ZOOKEEPER_ADMIN_SERVER, &known);
        writer.start(&ZOOKEEPER_LISTEN_ON_ALL, &known);
        // A system property in truth; zoo.cfg hands unknown keys on as `zookeeper.KEY` (QuorumPeerConfig).
        if version.has_election_port_bind_retry() {
            writer.start(&ZOOKEEPER_BIND_RETRY, &|_| Some((WHOLE, Unit::Count)));
        }
    }
    let unwritten = writer.typed(
        "zookeeper.options[",
        |name| match catalog::zookeeper_option(name, version) {
            Lookup::Known(option) if option.sensitive => Ask::Secret,
            Lookup::Known(_) if tutorial && tutorial_flag(name).is_none() => {
                Ask::Leave(Absence::NoFlag)
            }
            Lookup::Known(option) if !option.in_zoo_cfg => Ask::Leave(Absence::NotInFile),
            Lookup::Known(option) => Ask::Write(Some((option.values, option.unit))),
            Lookup::NotYet { since } => Ask::Leave(Absence::NotYet {
                since: since.to_string(),
            }),
            Lookup::Removed { removed_in } => Ask::Leave(Absence::Removed {
                removed_in: removed_in.to_string(),
            }),
            Lookup::Unknown if tutorial => Ask::Leave(Absence::NoFlag),
            Lookup::Unknown => Ask::Write(None),
        },
    );
    ZooKeeperConfig {
        entries: writer.entries,
        unwritten,
    }
}

const WHOLE: ValueRange = ValueRange {
    kind: OptionKind::Int,
    min: Some(0),
    max: None,
    also: &[],
    one_of: &[],
    any_case: false,
    non_empty: true,
};

/// The flag of the tutorial image's `start-zookeeper` for an option.
/// Source: `kow3ns/kubernetes-zookeeper:docker/scripts/start-zookeeper`, branch 1.0-3.4.10.
pub fn tutorial_flag(option: &str) -> Option<&'static str> {
    Some(match option {
        "dataDir" => "data_dir",
        "dataLogDir" => "data_log_dir",
        "clientPort" => "client_port",
        "tickTime" => "tick_time",
        "initLimit" => "init_limit",
        "syncLimit" => "sync_limit",
        "maxClientCnxns" => "max_client_cnxns",
        "autopurge.snapRetainCount" => "snap_retain_count",
        "autopurge.purgeInterval" => "purge_interval",
        "maxSessionTimeout" => "max_session_timeout",
        "minSessionTimeout" => "min_session_timeout",
        _ => return None,
    })
}

/// What to do with an option that the design asks for.
enum Ask {
    /// Write it, when the value fits.
    Write(Option<(ValueRange, Unit)>),
    /// Leave it out.
    Leave(Absence),
    /// Refuse it: passwords do not belong into a design.
    Secret,
}

struct Writer<'r, 'd> {
    reader: &'r mut Reader<'d>,
    entries: Vec<Entry>,
    layer: Layer,
    /// The fields that decide which options exist.
    version: Origins,
}

impl Writer<'_, '_> {
    fn push(&mut self, name: &str, text: String, from: &Origins) {
        self.entries.push(Entry {
            name: name.to_owned(),
            value: Value::Text(text),
            from: from.clone(),
            layer: self.layer,
            asked_for: false,
        });
    }

    /// A value that differs from broker to broker stands on the start command, unless a person typed one for all.
    fn per_broker(&mut self, name: &str, value: Value, from: &Origins) {
        let path = FieldPath::kafka_option(name);
        if self.reader.design.get(&path).is_none() {
            let from = from.and(&Origins::one(path));
            self.entries.push(Entry {
                name: name.to_owned(),
                value,
                from,
                layer: Layer::Flag,
                asked_for: false,
            });
        }
    }

    /// `advertised.listeners`: shown as the first broker's, and overridden as a whole.
    fn advertised(&mut self, kafka: &Kafka, controller: Option<&KRaft>, from: &Origins) {
        let group = &kafka.groups[0];
        let mut first: Vec<String> = kafka
            .listeners
            .iter()
            .map(|listener| {
                let (host, port) = kafka.advertised(listener, group, 0);
                format!("{}://{host}:{port}", *listener.name)
            })
            .collect();
        first.extend(controller.map(|kraft| {
            let host = kafka.host(group, 0);
            format!("{}://{host}:{}", *kraft.listener, *kraft.port)
        }));
        let path = ADVERTISED_LISTENERS.path(None);
        let because = Sentence::plain("because.addresses-of-each");
        let typed = self
            .reader
            .derive(&ADVERTISED_LISTENERS, None, first.join(","), because, from);
        if self
            .reader
            .design
            .get(&path)
            .is_some_and(|text| !text.trim().is_empty())
        {
            self.push("advertised.listeners", typed.value, &typed.from);
        } else {
            self.per_broker("advertised.listeners", Value::AdvertisedListeners, from);
        }
    }

    /// An option with a start value that stands in its declaration.
    fn start(
        &mut self,
        field: &Field,
        known: &dyn Fn(&str) -> Option<(ValueRange, Unit)>,
    ) -> Option<(String, Origins)> {
        let Start::Value(start) = field.start else {
            return None;
        };
        self.settle(field, known, start, &Origins::NONE)
    }

    /// An option whose start value is worked out.
    fn derive(
        &mut self,
        field: &Field,
        known: &dyn Fn(&str) -> Option<(ValueRange, Unit)>,
        start: String,
        because: Sentence,
        from: &Origins,
    ) -> Option<(String, Origins)> {
        let path = field.path(None);
        let settled = self.settle(field, known, &start, from);
        let overridden = settled.as_ref().is_some_and(|(text, _)| *text != start);
        self.reader.derived.insert(
            path,
            super::Derived {
                text: start,
                because,
                from: from.clone(),
                overridden,
            },
        );
        settled
    }

    fn settle(
        &mut self,
        field: &Field,
        known: &dyn Fn(&str) -> Option<(ValueRange, Unit)>,
        start: &str,
        from: &Origins,
    ) -> Option<(String, Origins)> {
        let (Kind::KafkaOption(name) | Kind::ZooKeeperOption(name)) = field.kind else {
            return None;
        };
        let (range, unit) = known(name)?;
        let path = field.path(None);
        let typed = self
            .reader
            .design
            .get(&path)
            .map(str::to_owned)
            .filter(|typed| !typed.trim().is_empty());
        let asked_for = typed.is_some();
        let own = Origins::one(path.clone());
        let (text, from) = match typed.map(|typed| option_text(&typed, Some((range, unit)))) {
            Some(Ok(text)) => (text, own),
            Some(Err(wrong)) => {
                self.reader.problem(&path, ProblemKind::Wrong(wrong), start);
                (start.to_owned(), own.and(from))
            }
            None => (start.to_owned(), own.and(from)),
        };
        let entry_from = from.and(&self.version);
        self.entries.push(Entry {
            name: name.to_owned(),
            value: Value::Text(text.clone()),
            from: entry_from,
            layer: self.layer,
            asked_for,
        });
        Some((text, from))
    }

    /// Every further option that the design asks for, by name.
    fn typed(&mut self, prefix: &str, ask: impl Fn(&str) -> Ask) -> Vec<Unwritten> {
        let done: BTreeSet<String> = self
            .entries
            .iter()
            .map(|entry| entry.name.clone())
            .collect();
        let mut unwritten = Vec::new();
        let design = self.reader.design;
        for (path, value) in &design.values {
            let Some(name) = path
                .as_str()
                .strip_prefix(prefix)
                .and_then(|rest| rest.strip_suffix(']'))
            else {
                continue;
            };
            if done.contains(name) || name.is_empty() {
                continue;
            }
            match ask(name) {
                Ask::Leave(why) => unwritten.push(Unwritten {
                    name: name.to_owned(),
                    value: value.clone(),
                    why,
                }),
                Ask::Secret => self
                    .reader
                    .problem(path, ProblemKind::Wrong(Wrong::Secret), ""),
                Ask::Write(range) => match option_text(value, range) {
                    Ok(text) => {
                        let from = Origins::one(path.clone()).and(&self.version);
                        self.entries.push(Entry {
                            name: name.to_owned(),
                            value: Value::Text(text),
                            from,
                            layer: self.layer,
                            asked_for: true,
                        });
                    }
                    Err(wrong) => self.reader.problem(path, ProblemKind::Wrong(wrong), ""),
                },
            }
        }
        unwritten
    }
}

/// The text that a process reads for a value as typed: units resolved, checked against the catalogue.
fn option_text(typed: &str, range: Option<(ValueRange, Unit)>) -> Result<String, Wrong> {
    if typed
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\t'))
    {
        return Err(Wrong::ControlCharacter);
    }
    let Some((range, unit)) = range else {
        return Ok(typed.to_owned());
    };
    let trimmed = typed.trim();
    let numeric = matches!(
        range.kind,
        OptionKind::Int | OptionKind::Long | OptionKind::Short
    );
    let text = match numeric.then(|| in_unit(trimmed, unit)).flatten() {
        Some(number) => number.to_string(),
        None if matches!(range.kind, OptionKind::String | OptionKind::Password) => typed.to_owned(),
        None => trimmed.to_owned(),
    };
    match catalog::check_option_value(&range, &text) {
        None => Ok(text),
        Some(problem) => Err(wrong(&problem)),
    }
}

/// `7d`, `1Gi` in the unit that the option counts in; nothing for plain numbers and what does not divide.
pub fn in_unit(text: &str, unit: Unit) -> Option<u64> {
    let whole = |millis: u64, per: u64| millis.is_multiple_of(per).then_some(millis / per);
    let millis = || unit_value(text, Some(1000));
    match unit {
        Unit::Ms => millis(),
        Unit::Seconds => whole(millis()?, 1000),
        Unit::Minutes => whole(millis()?, 60_000),
        Unit::Hours => whole(millis()?, 3_600_000),
        Unit::Bytes | Unit::BytesPerSecond => unit_value(text, None),
        Unit::Kibibytes => whole(unit_value(text, None)?, 1024),
        _ => None,
    }
}

fn wrong(problem: &ValueProblem) -> Wrong {
    match problem {
        ValueProblem::NotABoolean => Wrong::NotAFlag,
        ValueProblem::NotAWholeNumber => Wrong::NotWhole,
        ValueProblem::NotANumber | ValueProblem::NotHexadecimal => Wrong::NotANumber,
        ValueProblem::BelowMinimum { min } => Wrong::Below(min.to_string()),
        ValueProblem::AboveMaximum { max } => Wrong::Above(max.to_string()),
        ValueProblem::NotOneOf { allowed, .. } => {
            Wrong::NotOneOf(allowed.iter().map(|&word| word.to_owned()).collect())
        }
        ValueProblem::Empty => Wrong::Empty,
    }
}
