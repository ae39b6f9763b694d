//! What the environment variables of a container mean to its image.
//!
//! Most images make a configuration file out of variables, each by rules of its own.
//! Sources: the entry points of apache/kafka (`docker/`), bitnami/containers (`libkafka.sh`, `libzookeeper.sh`),
//! confluentinc/kafka-images and cp-docker-images, wurstmeister/kafka-docker, 31z4/zookeeper-docker.
//!
//! What is secret is only named, never read.

use super::shell;
use super::start::Setting;
use super::value::{Part, Scope, Value};
use super::{Position, Remark};
use crate::args;
use crate::catalog::{KafkaLine, ZooKeeperVersion, broker_option, zookeeper_option};

/// An image that makes its configuration out of variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Image {
    /// `apache/kafka` and `apache/kafka-native`.
    ApacheKafka,
    /// `bitnami/kafka`
    BitnamiKafka,
    /// `confluentinc/cp-kafka`, `confluentinc/cp-server`
    ConfluentKafka,
    /// `wurstmeister/kafka`
    WurstmeisterKafka,
    /// The Docker Official Image `zookeeper`.
    OfficialZooKeeper,
    /// `bitnami/zookeeper`
    BitnamiZooKeeper,
    /// `confluentinc/cp-zookeeper`
    ConfluentZooKeeper,
}

impl Image {
    /// The image that a reference names, also when it comes from a mirror of one's own.
    pub fn of(reference: &str) -> Option<Self> {
        let named = reference.split('@').next().unwrap_or_default();
        let start = named.rfind('/').map_or(0, |slash| slash + 1);
        let end = named[start..]
            .find(':')
            .map_or(named.len(), |at| start + at);
        let repository = &named[..end];
        let name = &named[start..end];
        let owner = repository.rsplit('/').nth(1).unwrap_or_default();
        let image = match (owner, name) {
            ("apache", "kafka" | "kafka-native") => Self::ApacheKafka,
            ("bitnami" | "bitnamilegacy" | "bitnamisecure", "kafka") => Self::BitnamiKafka,
            ("bitnami" | "bitnamilegacy" | "bitnamisecure", "zookeeper") => Self::BitnamiZooKeeper,
            (_, "cp-kafka" | "cp-server" | "cp-enterprise-kafka") => Self::ConfluentKafka,
            (_, "cp-zookeeper") => Self::ConfluentZooKeeper,
            ("wurstmeister", "kafka") => Self::WurstmeisterKafka,
            ("" | "library", "zookeeper") => Self::OfficialZooKeeper,
            _ => return None,
        };
        Some(image)
    }

    /// The image that a start script belongs to, by its path: also where the image has a name of its own.
    pub fn started_by(script: &str, is_zookeeper: bool) -> Option<Self> {
        let has = |part: &str| script.contains(part);
        Some(match is_zookeeper || has("zookeeper") {
            true if has("/confluent/") => Self::ConfluentZooKeeper,
            true if has("/bitnami/") => Self::BitnamiZooKeeper,
            false if has("/confluent/") => Self::ConfluentKafka,
            false if has("/bitnami/") => Self::BitnamiKafka,
            false if has("/etc/kafka/docker/") => Self::ApacheKafka,
            false if script.rsplit('/').next() == Some("start-kafka.sh") => Self::WurstmeisterKafka,
            _ => return None,
        })
    }

    /// What it sets when nobody says otherwise, and Kafka or ZooKeeper would not.
    pub const fn own_options(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::ApacheKafka => &[("log.dirs", "/tmp/kraft-combined-logs")],
            Self::BitnamiKafka => &[("log.dirs", "/bitnami/kafka/data")],
            Self::ConfluentKafka => &[("log.dirs", "/var/lib/kafka/data")],
            Self::WurstmeisterKafka => &[("log.dirs", "/kafka/kafka-logs-$HOSTNAME")],
            Self::OfficialZooKeeper => &[("dataDir", "/data"), ("dataLogDir", "/datalog")],
            Self::BitnamiZooKeeper => &[("dataDir", "/bitnami/zookeeper/data")],
            Self::ConfluentZooKeeper => &[
                ("dataDir", "/var/lib/zookeeper/data"),
                ("dataLogDir", "/var/lib/zookeeper/log"),
            ],
        }
    }

    /// Whether a broker runs in it.
    pub const fn is_kafka(self) -> bool {
        !self.is_zookeeper()
    }

    /// Whether a server of ZooKeeper runs in it.
    pub const fn is_zookeeper(self) -> bool {
        matches!(
            self,
            Self::OfficialZooKeeper | Self::BitnamiZooKeeper | Self::ConfluentZooKeeper
        )
    }
}

/// A variable as the container declares it.
#[derive(Clone, Copy, Debug)]
pub struct Variable<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where its value comes from.
    pub value: Given<'a>,
    /// Where it stands.
    pub position: Position,
}

/// Where the value of a variable comes from.
#[derive(Clone, Copy, Debug)]
pub enum Given<'a> {
    /// It stands in the object.
    Text(&'a str),
    /// The start command sets it.
    Set(&'a Value),
    /// It is a field of the pod, such as `status.hostIP`.
    Field(&'a str),
    /// It is in a Secret.
    Secret,
    /// It is somewhere else: a key of a ConfigMap, a resource.
    Elsewhere,
}

/// What a variable is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A broker option, or a key of `zoo.cfg`; the setting has its name.
    Option,
    /// JVM flags with the heap: `-Xmx2G -Xms2G`; see [`heap`].
    Heap,
    /// The heap as a number of MiB.
    HeapMib,
    /// Further JVM flags.
    Opts,
    /// `KAFKA_JVM_PERFORMANCE_OPTS`
    JvmPerformance,
    /// The garbage collector's log: `KAFKA_GC_LOG_OPTS`, `EXTRA_ARGS`.
    GcLog,
    /// The port of JMX.
    JmxPort,
    /// The folder of the process's own log: `LOG_DIR`, `ZOO_LOG_DIR`.
    LogDir,
    /// The level of the process's own log.
    LogLevel,
    /// The logging file or its flags.
    Logging,
    /// The folder of `zoo.cfg`: `ZOO_CONF_DIR`, `ZOOCFGDIR`.
    ConfDir,
    /// The number of a ZooKeeper server.
    ServerId,
    /// The id of a cluster without ZooKeeper.
    ClusterId,
    /// Only for the entry point; the rendered files need nothing of it.
    EntryPoint,
}

/// What a variable says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it is for.
    pub meaning: Meaning,
    /// The option's name, or that of the variable, with the value.
    pub setting: Setting,
    /// The variable.
    pub variable: String,
}

/// A variable whose value is secret and was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// The variable.
    pub variable: String,
    /// The option that it sets, when that is known.
    pub option: Option<String>,
    /// Where it stands.
    pub position: Position,
}

/// What the variables of a container say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// What was understood, in the order of the variables.
    pub found: Vec<Found>,
    /// What is secret.
    pub secrets: Vec<Secret>,
    /// The variables that mean nothing to the image, such as `TZ`, by index.
    pub others: Vec<usize>,
    /// What was not understood.
    pub remarks: Vec<Remark>,
}

impl Environment {
    /// The options with their values; one that stands twice is here twice.
    pub fn options(&self) -> impl Iterator<Item = &Setting> {
        let options = self.found.iter();
        options
            .filter(|found| found.meaning == Meaning::Option)
            .map(|found| &found.setting)
    }

    /// The value of the first variable with this meaning.
    pub fn get(&self, meaning: Meaning) -> Option<&Setting> {
        let mut found = self.found.iter();
        found
            .find(|found| found.meaning == meaning)
            .map(|found| &found.setting)
    }
}

/// The option that a variable sets in any of the images, when it sets one.
pub fn option_of(variable: &str) -> Option<String> {
    match variable {
        "CLUSTER_ID" | "KAFKA_CLUSTER_ID" | "KAFKA_KRAFT_CLUSTER_ID" => {
            return Some("cluster.id".to_owned());
        }
        _ => {}
    }
    let images: &[Image] = if variable.starts_with("KAFKA_CFG_") {
        &[Image::BitnamiKafka][..]
    } else if variable.starts_with("KAFKA_") {
        &[Image::ConfluentKafka][..]
    } else {
        &[
            Image::OfficialZooKeeper,
            Image::BitnamiZooKeeper,
            Image::ConfluentZooKeeper,
        ]
    };
    images
        .iter()
        .find_map(|image| match meaning(Some(*image), variable)? {
            (Meaning::Option, option) => option,
            _ => None,
        })
}

/// How many variables are read.
const MOST: usize = 2_000;

/// Reads the variables of a container.
///
/// Without an image they are those that Kafka's and ZooKeeper's own scripts know.
pub fn read(image: Option<Image>, variables: &[Variable]) -> Environment {
    let mut environment = Environment::default();
    let mut scope = Scope::default();
    let commands = Commands::of(image, variables);
    for (index, variable) in variables.iter().enumerate().take(MOST) {
        let meant = meaning(image, variable.name);
        let option = meant.as_ref().and_then(|(_, option)| option.clone());
        if is_secret(variable.name, option.as_deref()) || matches!(variable.value, Given::Secret) {
            environment.secrets.push(Secret {
                variable: variable.name.to_owned(),
                option,
                position: variable.position,
            });
            continue;
        }
        let mut value = value(&scope, variables, variable);
        scope.set(variable.name, value.clone());
        let Some((meaning, option)) = meant else {
            environment.others.push(index);
            continue;
        };
        if let Some(host) = &commands.host {
            value = put_in(value, "_{HOSTNAME_COMMAND}", host);
        }
        if let Some(port) = &commands.port {
            value = put_in(value, "_{PORT_COMMAND}", port);
        }
        let name = option.unwrap_or_else(|| variable.name.to_owned());
        environment.add(meaning, name, value, variable);
    }
    environment
}

impl Environment {
    fn add(&mut self, meaning: Meaning, name: String, value: Value, variable: &Variable) {
        let mut push = |meaning: Meaning, name: String, value: Value| {
            self.found.push(Found {
                meaning,
                variable: variable.name.to_owned(),
                setting: Setting {
                    name,
                    value,
                    item: 0,
                    position: variable.position,
                },
            });
        };
        match (meaning, name.as_str()) {
            (Meaning::Option, SERVERS) => match servers(&value) {
                Some(servers) => {
                    for (id, address) in servers {
                        push(
                            Meaning::Option,
                            format!("server.{id}"),
                            Value::text(address),
                        );
                    }
                }
                None => self.remark(variable, "import.environment.servers"),
            },
            (Meaning::Option, EXTRA) => {
                let text = value.constant().unwrap_or_default();
                let mut is_clear = true;
                for pair in text.split_whitespace() {
                    match pair.split_once('=') {
                        Some((key, value)) => {
                            push(Meaning::Option, key.to_owned(), Value::text(value));
                        }
                        None => is_clear = false,
                    }
                }
                if !is_clear || value.constant().is_none() {
                    self.remark(variable, "import.environment.pairs");
                }
            }
            // Bitnami's flags are yes and no, its list has blanks.
            (Meaning::Option, _) if variable.name.starts_with("ZOO_") => {
                let value = match value.constant().as_deref() {
                    Some("yes") => Value::text("true"),
                    Some("no") => Value::text("false"),
                    _ => value,
                };
                push(meaning, name, value);
            }
            _ => push(meaning, name, value),
        }
    }

    fn remark(&mut self, variable: &Variable, key: &'static str) {
        let args = args![name = variable.name];
        self.remarks.push(Remark::new(variable.position, key, args));
    }
}

/// What the commands of the wurstmeister image put into values.
#[derive(Default)]
struct Commands {
    host: Option<Value>,
    port: Option<Value>,
}

impl Commands {
    fn of(image: Option<Image>, variables: &[Variable]) -> Self {
        if image != Some(Image::WurstmeisterKafka) {
            return Self::default();
        }
        let find = |name: &str| {
            let mut all = variables.iter();
            all.find_map(|variable| match variable.value {
                Given::Text(text) if variable.name == name => Some(command(text)),
                _ => None,
            })
        };
        Self {
            host: find("HOSTNAME_COMMAND"),
            port: find("PORT_COMMAND"),
        }
    }
}

/// What a command prints.
fn command(text: &str) -> Value {
    // Kubernetes halves the dollars of a value.
    let word = shell::value(text, &|_| false);
    let text = word.constant().unwrap_or_default();
    Scope::default().resolve_all(&match text.trim().strip_prefix("echo ") {
        Some(rest) => shell::pieces_of(rest.trim().trim_matches(['"', '\''])),
        None => vec![shell::Piece::Command(text)],
    })
}

/// The value with another in place of a mark.
fn put_in(value: Value, mark: &str, other: &Value) -> Value {
    let mut parts = Vec::new();
    for part in value.parts {
        let Part::Text(text) = part else {
            parts.push(part);
            continue;
        };
        for (number, piece) in text.split(mark).enumerate().take(100) {
            if number > 0 {
                parts.extend(other.parts.iter().cloned());
            }
            if !piece.is_empty() {
                parts.push(Part::Text(piece.to_owned()));
            }
        }
    }
    Value { parts }
}

fn value(scope: &Scope, variables: &[Variable], variable: &Variable) -> Value {
    let itself = |name: &str| Value {
        parts: vec![Part::Variable {
            name: name.to_owned(),
            default: None,
        }],
    };
    match variable.value {
        Given::Text(text) if matches!(variable.name, "BROKER_ID_COMMAND" | "RACK_COMMAND") => {
            command(text)
        }
        Given::Text(text) => {
            // Kubernetes knows the names that stand before; other names may come from elsewhere.
            let is_variable = |name: &str| {
                scope.get(name).is_some() || variables.iter().take(MOST).any(|one| one.name == name)
            };
            scope.resolve(&shell::value(text, &is_variable))
        }
        Given::Set(value) => value.clone(),
        Given::Field("metadata.name") => itself("HOSTNAME"),
        Given::Field("metadata.labels['apps.kubernetes.io/pod-index']") => Value {
            parts: vec![Part::Ordinal { base: 0 }],
        },
        Given::Field(_) | Given::Secret | Given::Elsewhere => itself(variable.name),
    }
}

/// Whether a variable holds what nobody may see, by its name or by the option it sets.
pub fn is_secret(name: &str, option: Option<&str>) -> bool {
    let upper = name.to_ascii_uppercase();
    let words = [
        "PASSWORD",
        "PASSWD",
        "PASSPHRASE",
        "SECRET",
        "JAAS",
        "CREDENTIAL",
        "PRIVATE_KEY",
        "KEYSTORE_KEY",
        "ACCESS_KEY",
        "TOKEN",
        "SUPERDIGEST",
        "SUPER_DIGEST",
    ];
    // `…_FILENAME` and `…_FILE` name a file that holds it.
    let is_file =
        upper.ends_with("_FILE") || upper.ends_with("_FILENAME") || upper.ends_with("_LOCATION");
    let by_name = !is_file && words.iter().any(|word| upper.contains(word));
    // A few options have such words in their names and hold none of them.
    let is_open = option.is_some_and(|option| {
        let known = broker_option(option, KafkaLine::of(3, 9)).known();
        known.is_some_and(|known| !known.sensitive())
    });
    let is_sensitive = option.is_some_and(|option| {
        let kafka = broker_option(option, KafkaLine::of(3, 9)).known();
        let zookeeper = zookeeper_option(option, ZooKeeperVersion::of(3, 9, 5)).known();
        kafka.is_some_and(|known| known.sensitive())
            || zookeeper.is_some_and(|known| known.sensitive)
    });
    is_sensitive || (by_name && !is_open)
}

/// Stands for the list of servers among the options.
const SERVERS: &str = "*servers";

/// Stands for a list of `key=value` among the options.
const EXTRA: &str = "*extra";

/// What a variable means to an image, and the option that it sets.
fn meaning(image: Option<Image>, name: &str) -> Option<(Meaning, Option<String>)> {
    let plain = |meaning| Some((meaning, None));
    let option = |option: &str| Some((Meaning::Option, Some(option.to_owned())));
    let is_zookeeper = image.is_some_and(Image::is_zookeeper);
    // What the scripts of Kafka and ZooKeeper read themselves.
    match name {
        "KAFKA_HEAP_OPTS" | "SERVER_JVMFLAGS" | "JVMFLAGS" => return plain(Meaning::Heap),
        "KAFKA_JVM_PERFORMANCE_OPTS" => return plain(Meaning::JvmPerformance),
        "KAFKA_OPTS" => return plain(Meaning::Opts),
        "KAFKA_GC_LOG_OPTS" | "EXTRA_ARGS" => return plain(Meaning::GcLog),
        "JMX_PORT" | "KAFKA_JMX_PORT" | "JMXPORT" => return plain(Meaning::JmxPort),
        "LOG_DIR" | "ZOO_LOG_DIR" => return plain(Meaning::LogDir),
        "ZK_SERVER_HEAP" | "ZOO_HEAP_SIZE" => return plain(Meaning::HeapMib),
        "ZOO_CONF_DIR" | "ZOOCFGDIR" => return plain(Meaning::ConfDir),
        "KAFKA_JMX_OPTS" | "KAFKA_JMX_HOSTNAME" | "KAFKA_VERSION" | "KAFKA_HOME"
        | "KAFKA_DEBUG" | "SCALA_VERSION" => return plain(Meaning::EntryPoint),
        "KAFKA_LOG4J_ROOT_LOGLEVEL" | "ZOO_LOG_LEVEL" | "ZOOKEEPER_LOG4J_ROOT_LOGLEVEL" => {
            return plain(Meaning::LogLevel);
        }
        "KAFKA_LOG4J_OPTS"
        | "ZOO_LOG4J_PROP"
        | "KAFKA_LOG4J_LOGGERS"
        | "KAFKA_TOOLS_LOG4J_LOGLEVEL"
        | "ZOOKEEPER_TOOLS_LOG4J_LOGLEVEL" => {
            return plain(Meaning::Logging);
        }
        _ => {}
    }
    match image? {
        Image::ApacheKafka | Image::ConfluentKafka => match name {
            "CLUSTER_ID" => plain(Meaning::ClusterId),
            "KAFKA_ZOOKEEPER_CLIENT_CNXN_SOCKET" => option("zookeeper.clientCnxnSocket"),
            _ => {
                let rest = name.strip_prefix("KAFKA_")?;
                option(&dotted(rest))
            }
        },
        Image::BitnamiKafka => match name {
            "KAFKA_BROKER_ID" => option("broker.id"),
            "KAFKA_NODE_ID" => option("node.id"),
            "KAFKA_ZOOKEEPER_CONNECT" => option("zookeeper.connect"),
            "KAFKA_CFG_ZOOKEEPER_CLIENTCNXNSOCKET" => option("zookeeper.clientCnxnSocket"),
            "KAFKA_KRAFT_CLUSTER_ID" | "KAFKA_CLUSTER_ID" => plain(Meaning::ClusterId),
            "ALLOW_PLAINTEXT_LISTENER" | "BITNAMI_DEBUG" | "KAFKA_ENABLE_KRAFT" => {
                plain(Meaning::EntryPoint)
            }
            _ => {
                let rest = name.strip_prefix("KAFKA_CFG_")?;
                let key = rest.to_ascii_lowercase().replace('_', ".");
                let key = key.replace("sasl.ssl", "sasl_ssl");
                option(&key.replace("sasl.plaintext", "sasl_plaintext"))
            }
        },
        Image::WurstmeisterKafka => match name {
            "BROKER_ID_COMMAND" => option("broker.id"),
            "RACK_COMMAND" => option("broker.rack"),
            "HOSTNAME_COMMAND" | "PORT_COMMAND" | "CUSTOM_INIT_SCRIPT" | "KAFKA_CREATE_TOPICS" => {
                plain(Meaning::EntryPoint)
            }
            "KAFKA_LOG" => plain(Meaning::Logging),
            _ => {
                if name.starts_with("LOG4J_") {
                    return plain(Meaning::Logging);
                }
                let rest = name.strip_prefix("KAFKA_")?;
                option(&rest.to_ascii_lowercase().replace('_', "."))
            }
        },
        Image::OfficialZooKeeper if is_zookeeper => listed(&[OFFICIAL], name)
            .or_else(|| (name == "ZOO_MY_ID").then_some((Meaning::ServerId, None))),
        Image::BitnamiZooKeeper => match name {
            "ZOO_SERVER_ID" => plain(Meaning::ServerId),
            "ALLOW_ANONYMOUS_LOGIN" | "BITNAMI_DEBUG" => plain(Meaning::EntryPoint),
            _ => listed(&[BITNAMI], name),
        },
        Image::ConfluentZooKeeper => match name {
            "ZOOKEEPER_SERVER_ID" => plain(Meaning::ServerId),
            "ZOOKEEPER_SERVERS" => option(SERVERS),
            _ => confluent_zookeeper(name),
        },
        Image::OfficialZooKeeper => None,
    }
}

/// The name of an option behind the prefix: `_` is a dot, `__` an underscore, `___` a hyphen.
fn dotted(rest: &str) -> String {
    let lower = rest.to_ascii_lowercase();
    let marked = lower.replace("___", "-").replace("__", "\0");
    marked.replace('_', ".").replace('\0', "_")
}

type Table = &'static [(&'static str, &'static str)];

/// The variables of the Docker Official Image.
const OFFICIAL: Table = &[
    ("ZOO_DATA_DIR", "dataDir"),
    ("ZOO_DATA_LOG_DIR", "dataLogDir"),
    ("ZOO_TICK_TIME", "tickTime"),
    ("ZOO_INIT_LIMIT", "initLimit"),
    ("ZOO_SYNC_LIMIT", "syncLimit"),
    ("ZOO_AUTOPURGE_PURGEINTERVAL", "autopurge.purgeInterval"),
    ("ZOO_AUTOPURGE_SNAPRETAINCOUNT", "autopurge.snapRetainCount"),
    ("ZOO_MAX_CLIENT_CNXNS", "maxClientCnxns"),
    ("ZOO_STANDALONE_ENABLED", "standaloneEnabled"),
    ("ZOO_ADMINSERVER_ENABLED", "admin.enableServer"),
    ("ZOO_4LW_COMMANDS_WHITELIST", "4lw.commands.whitelist"),
    ("ZOO_SERVERS", SERVERS),
    ("ZOO_CFG_EXTRA", EXTRA),
    // Versions before 3.5 of the image.
    ("ZOO_PORT", "clientPort"),
];

/// The variables of Bitnami's image.
const BITNAMI: Table = &[
    ("ZOO_PORT_NUMBER", "clientPort"),
    ("ZOO_DATA_LOG_DIR", "dataLogDir"),
    ("ZOO_TICK_TIME", "tickTime"),
    ("ZOO_INIT_LIMIT", "initLimit"),
    ("ZOO_SYNC_LIMIT", "syncLimit"),
    ("ZOO_PRE_ALLOC_SIZE", "preAllocSize"),
    ("ZOO_SNAPCOUNT", "snapCount"),
    ("ZOO_MAX_CNXNS", "maxCnxns"),
    ("ZOO_MAX_CLIENT_CNXNS", "maxClientCnxns"),
    ("ZOO_AUTOPURGE_INTERVAL", "autopurge.purgeInterval"),
    ("ZOO_AUTOPURGE_RETAIN_COUNT", "autopurge.snapRetainCount"),
    ("ZOO_MAX_SESSION_TIMEOUT", "maxSessionTimeout"),
    ("ZOO_4LW_COMMANDS_WHITELIST", "4lw.commands.whitelist"),
    ("ZOO_RECONFIG_ENABLED", "reconfigEnabled"),
    ("ZOO_LISTEN_ALLIPS_ENABLED", "quorumListenOnAllIPs"),
    ("ZOO_ENABLE_ADMIN_SERVER", "admin.enableServer"),
    ("ZOO_ADMIN_SERVER_PORT_NUMBER", "admin.serverPort"),
    (
        "ZOO_PROMETHEUS_METRICS_PORT_NUMBER",
        "metricsProvider.httpPort",
    ),
    ("ZOO_SERVERS", SERVERS),
];

fn listed(tables: &[Table], name: &str) -> Option<(Meaning, Option<String>)> {
    let mut rows = tables.iter().flat_map(|table| table.iter());
    rows.find(|(variable, _)| *variable == name)
        .map(|(_, key)| (Meaning::Option, Some((*key).to_owned())))
}

/// Confluent's image writes every option whose name is that of the variable in capitals.
fn confluent_zookeeper(name: &str) -> Option<(Meaning, Option<String>)> {
    let rest = name
        .strip_prefix("ZOOKEEPER_")?
        .to_ascii_lowercase()
        .replace('_', "");
    let options = crate::catalog::zookeeper_options(ZooKeeperVersion::of(3, 9, 5));
    let mut names = options.map(|option| option.name);
    let same = |key: &&str| {
        let key = key
            .bytes()
            .filter(|byte| *byte != b'.')
            .map(|byte| byte.to_ascii_lowercase());
        key.eq(rest.bytes())
    };
    let key = names.find(same).map(str::to_owned);
    Some((Meaning::Option, Some(key.unwrap_or(rest))))
}

/// The servers of an ensemble, with their numbers: `server.1=a:2888:3888;2181`, `a:2888:3888::1`, `a:2888:3888`.
fn servers(value: &Value) -> Option<Vec<(u64, String)>> {
    let text = value.constant()?;
    let is_full = text.contains("server.");
    let divides = |c: char| c.is_whitespace() || (!is_full && matches!(c, ',' | ';'));
    let parts = text.split(divides).filter(|part| !part.is_empty());
    let mut servers = Vec::new();
    for part in parts.take(1_000) {
        let (id, address) = if let Some(rest) = part.strip_prefix("server.") {
            let (id, address) = rest.split_once('=')?;
            (id.parse().ok()?, address)
        } else if let Some((address, id)) = part.split_once("::") {
            (id.parse().ok()?, address)
        } else {
            (servers.len() as u64 + 1, part)
        };
        servers.push((id, address.to_owned()));
    }
    (!servers.is_empty()).then_some(servers)
}

/// The heap among JVM flags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heap {
    /// What stands behind `-Xmx`.
    pub max: Option<String>,
    /// What stands behind `-Xms`.
    pub start: Option<String>,
    /// The other flags, with a blank between them.
    pub rest: String,
}

/// Takes the heap out of JVM flags; the last of two counts, as for Java.
pub fn heap(flags: &str) -> Heap {
    let mut heap = Heap::default();
    for flag in flags.split_whitespace() {
        if let Some(size) = flag
            .strip_prefix("-Xmx")
            .or_else(|| flag.strip_prefix("-XX:MaxHeapSize="))
        {
            heap.max = Some(size.to_owned());
        } else if let Some(size) = flag.strip_prefix("-Xms") {
            heap.start = Some(size.to_owned());
        } else {
            if !heap.rest.is_empty() {
                heap.rest.push(' ');
            }
            heap.rest.push_str(flag);
        }
    }
    heap
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read_texts(image: Option<Image>, texts: &[(&str, &str)]) -> Environment {
        let variables: Vec<Variable> = texts
            .iter()
            .enumerate()
            .map(|(at, &(name, text))| Variable {
                name,
                value: Given::Text(text),
                position: Position {
                    line: at + 1,
                    column: 1,
                },
            })
            .collect();
        read(image, &variables)
    }

    fn options(environment: &Environment) -> Vec<(&str, String)> {
        environment
            .options()
            .map(|one| {
                (
                    &*one.name,
                    one.value
                        .constant()
                        .unwrap_or_else(|| format!("{:?}", one.value)),
                )
            })
            .collect()
    }

    fn pairs<'a>(pairs: &[(&'a str, &str)]) -> Vec<(&'a str, String)> {
        pairs
            .iter()
            .map(|&(key, value)| (key, value.to_owned()))
            .collect()
    }

    #[test]
    fn images_are_known_from_any_registry() {
        for (reference, image) in [
            ("apache/kafka:3.9.1", Some(Image::ApacheKafka)),
            (
                "registry.local:5000/mirror/apache/kafka-native:3.8.0",
                Some(Image::ApacheKafka),
            ),
            ("bitnami/kafka", Some(Image::BitnamiKafka)),
            (
                "docker.example.com/bitnamilegacy/zookeeper:3.8@sha256:00",
                Some(Image::BitnamiZooKeeper),
            ),
            ("confluentinc/cp-kafka:7.5.0", Some(Image::ConfluentKafka)),
            (
                "confluentinc/cp-zookeeper:7.5.0",
                Some(Image::ConfluentZooKeeper),
            ),
            (
                "wurstmeister/kafka:2.13-2.8.1",
                Some(Image::WurstmeisterKafka),
            ),
            ("zookeeper:3.8.4", Some(Image::OfficialZooKeeper)),
            (
                "mirror.local/library/zookeeper",
                Some(Image::OfficialZooKeeper),
            ),
            ("strimzi/zookeeper", None),
            ("example/kafka:1", None),
            ("", None),
        ] {
            assert_eq!(Image::of(reference), image, "{reference}");
        }
    }

    #[test]
    fn the_official_kafka_image() {
        let found = read_texts(
            Some(Image::ApacheKafka),
            &[
                ("KAFKA_NODE_ID", "1"),
                ("KAFKA_LOG_DIRS", "/var/lib/kafka/data/logs"),
                ("KAFKA_LISTENER_NAME_SASL__SSL_SSL_CLIENT_AUTH", "none"),
                ("KAFKA_CONFLUENT___X", "y"),
                ("KAFKA_HEAP_OPTS", "-Xmx2G -Xms1G -Da=b"),
                ("KAFKA_LOG4J_ROOT_LOGLEVEL", "WARN"),
                ("CLUSTER_ID", "abc"),
                ("TZ", "UTC"),
            ],
        );
        assert_eq!(
            options(&found),
            pairs(&[
                ("node.id", "1"),
                ("log.dirs", "/var/lib/kafka/data/logs"),
                ("listener.name.sasl_ssl.ssl.client.auth", "none"),
                ("confluent-x", "y")
            ])
        );
        assert_eq!(found.others, [7]);
        let flags = found
            .get(Meaning::Heap)
            .and_then(|one| one.value.constant())
            .unwrap();
        let expected = Heap {
            max: Some("2G".to_owned()),
            start: Some("1G".to_owned()),
            rest: "-Da=b".to_owned(),
        };
        assert_eq!(heap(&flags), expected);
        assert!(found.get(Meaning::ClusterId).is_some());
    }

    #[test]
    fn bitnami() {
        let found = read_texts(
            Some(Image::BitnamiKafka),
            &[
                ("KAFKA_BROKER_ID", "3"),
                ("KAFKA_CFG_ZOOKEEPER_CONNECT", "zk:2181"),
                ("KAFKA_CFG_LISTENER_NAME_SASL_SSL_X", "y"),
                ("KAFKA_CFG_ZOOKEEPER_CLIENTCNXNSOCKET", "c"),
                ("ALLOW_PLAINTEXT_LISTENER", "yes"),
                ("KAFKA_CLIENT_PASSWORDS", "geheim"),
                ("KAFKA_CFG_SSL_KEYSTORE_PASSWORD", "geheim"),
                ("KAFKA_OPTS", "-Dx=y"),
            ],
        );
        assert_eq!(
            options(&found),
            pairs(&[
                ("broker.id", "3"),
                ("zookeeper.connect", "zk:2181"),
                ("listener.name.sasl_ssl.x", "y"),
                ("zookeeper.clientCnxnSocket", "c")
            ])
        );
        let secrets: Vec<_> = found
            .secrets
            .iter()
            .map(|one| (&*one.variable, one.option.as_deref()))
            .collect();
        assert_eq!(
            secrets,
            [
                ("KAFKA_CLIENT_PASSWORDS", None),
                (
                    "KAFKA_CFG_SSL_KEYSTORE_PASSWORD",
                    Some("ssl.keystore.password")
                )
            ]
        );
        assert!(!format!("{found:?}").contains("geheim"));
    }

    #[test]
    fn bitnamis_ensemble() {
        let found = read_texts(
            Some(Image::BitnamiZooKeeper),
            &[
                ("ZOO_SERVER_ID", "1"),
                (
                    "ZOO_SERVERS",
                    "zk-0.zk:2888:3888::1, zk-1.zk:2888:3888::2;0.0.0.0:2888:3888",
                ),
                ("ZOO_LISTEN_ALLIPS_ENABLED", "yes"),
                ("ZOO_4LW_COMMANDS_WHITELIST", "srvr, mntr"),
                ("ZOO_HEAP_SIZE", "512"),
                ("ALLOW_ANONYMOUS_LOGIN", "yes"),
                ("ZOO_SERVER_PASSWORDS", "geheim"),
            ],
        );
        assert_eq!(
            options(&found),
            pairs(&[
                ("server.1", "zk-0.zk:2888:3888"),
                ("server.2", "zk-1.zk:2888:3888"),
                ("server.3", "0.0.0.0:2888:3888"),
                ("quorumListenOnAllIPs", "true"),
                ("4lw.commands.whitelist", "srvr, mntr")
            ])
        );
        assert_eq!(found.secrets.len(), 1);
        assert!(found.get(Meaning::ServerId).is_some() && found.get(Meaning::HeapMib).is_some());
    }

    #[test]
    fn confluents_ensemble() {
        let found = read_texts(
            Some(Image::ConfluentZooKeeper),
            &[
                ("ZOOKEEPER_CLIENT_PORT", "2181"),
                ("ZOOKEEPER_AUTOPURGE_SNAP_RETAIN_COUNT", "3"),
                ("ZOOKEEPER_SERVERS", "a:2888:3888;b:2888:3888"),
                ("ZOOKEEPER_4LW_COMMANDS_WHITELIST", "*"),
                ("KAFKA_HEAP_OPTS", "-Xmx512M"),
            ],
        );
        assert_eq!(
            options(&found),
            pairs(&[
                ("clientPort", "2181"),
                ("autopurge.snapRetainCount", "3"),
                ("server.1", "a:2888:3888"),
                ("server.2", "b:2888:3888"),
                ("4lw.commands.whitelist", "*")
            ])
        );
    }

    #[test]
    fn the_official_zookeeper_image() {
        let found = read_texts(
            Some(Image::OfficialZooKeeper),
            &[
                ("ZOO_MY_ID", "1"),
                (
                    "ZOO_SERVERS",
                    "server.1=a:2888:3888;2181 server.2=b:2888:3888;2181",
                ),
                (
                    "ZOO_CFG_EXTRA",
                    "quorumListenOnAllIPs=true electionPortBindRetry=0",
                ),
                ("ZOO_ADMINSERVER_ENABLED", "false"),
                ("JVMFLAGS", "-Xmx1g"),
                ("ZK_SERVER_HEAP", "700"),
            ],
        );
        assert_eq!(
            options(&found),
            pairs(&[
                ("server.1", "a:2888:3888;2181"),
                ("server.2", "b:2888:3888;2181"),
                ("quorumListenOnAllIPs", "true"),
                ("electionPortBindRetry", "0"),
                ("admin.enableServer", "false")
            ])
        );
        let found = read_texts(
            Some(Image::OfficialZooKeeper),
            &[("ZOO_SERVERS", "server.x=a"), ("ZOO_CFG_EXTRA", "a")],
        );
        let keys: Vec<&str> = found.remarks.iter().map(|remark| &*remark.key).collect();
        assert_eq!(
            keys,
            ["import.environment.servers", "import.environment.pairs"]
        );
    }

    #[test]
    fn commands_of_the_wurstmeister_image_are_read() {
        let found = read_texts(
            Some(Image::WurstmeisterKafka),
            &[
                (
                    "HOSTNAME_COMMAND",
                    "echo $$HOSTNAME.kafka.data.svc.cluster.local",
                ),
                ("BROKER_ID_COMMAND", "hostname | awk -F'-' '{print $2}'"),
                (
                    "KAFKA_ADVERTISED_LISTENERS",
                    "INSIDE://_{HOSTNAME_COMMAND}:9092",
                ),
                ("KAFKA_CREATE_TOPICS", "a:1:1"),
                ("LOG4J_LOGGER_KAFKA", "DEBUG"),
            ],
        );
        let values: Vec<_> = found
            .options()
            .map(|one| (&*one.name, &one.value))
            .collect();
        assert_eq!(values[0].0, "broker.id");
        assert_eq!(values[0].1.ordinal(), Some(0));
        let pod = values[1].1.for_pod(1, &|name| {
            (name == "HOSTNAME").then(|| "kafka-1".to_owned())
        });
        assert_eq!(
            pod.as_deref(),
            Some("INSIDE://kafka-1.kafka.data.svc.cluster.local:9092")
        );
    }

    #[test]
    fn fields_of_the_pod_and_variables_in_values_are_followed() {
        let at = Position::START;
        let variables = [
            Variable {
                name: "POD_NAME",
                value: Given::Field("metadata.name"),
                position: at,
            },
            Variable {
                name: "HOST_IP",
                value: Given::Field("status.hostIP"),
                position: at,
            },
            Variable {
                name: "PASS",
                value: Given::Secret,
                position: at,
            },
            Variable {
                name: "DOMAIN",
                value: Given::Text("kafka-hs.data.svc"),
                position: at,
            },
            Variable {
                name: "KAFKA_ADVERTISED_LISTENERS",
                value: Given::Text("A://$(POD_NAME).$(DOMAIN):9092,B://$(HOST_IP):9094,$$(X)$(NO)"),
                position: at,
            },
        ];
        let found = read(Some(Image::ConfluentKafka), &variables);
        let option = found.options().next().unwrap();
        let text = option.value.for_pod(0, &|name| Some(format!("<{name}>")));
        assert_eq!(
            text.as_deref(),
            Some("A://<HOSTNAME>.kafka-hs.data.svc:9092,B://<HOST_IP>:9094,$(X)$(NO)")
        );
        assert_eq!(found.secrets[0].variable, "PASS");
    }

    #[test]
    fn secrets_are_known_by_name_or_option() {
        assert!(is_secret("KAFKA_SASL_JAAS_CONFIG", None));
        assert!(is_secret("X", Some("ssl.key.password")));
        assert!(is_secret(
            "X",
            Some("DigestAuthenticationProvider.superDigest")
        ));
        assert!(!is_secret("KAFKA_PASSWORD_FILE", None));
        assert!(!is_secret(
            "KAFKA_DELEGATION_TOKEN_MAX_LIFETIME_MS",
            Some("delegation.token.max.lifetime.ms")
        ));
        assert!(!is_secret("KAFKA_LOG_DIRS", Some("log.dirs")));
    }

    proptest! {
        #[test]
        fn any_variables_are_answered(image in 0usize..8, name in "(KAFKA_|ZOO_|ZOOKEEPER_|KAFKA_CFG_)?[A-Z_0-9]{0,12}|ZOO_SERVERS|ZOO_CFG_EXTRA|HOSTNAME_COMMAND|BROKER_ID_COMMAND", text in "(?s)[server.1=:;, $(){}_A\\PC]{0,30}") {
            let images = [
                None, Some(Image::ApacheKafka), Some(Image::BitnamiKafka), Some(Image::ConfluentKafka), Some(Image::WurstmeisterKafka),
                Some(Image::OfficialZooKeeper), Some(Image::BitnamiZooKeeper), Some(Image::ConfluentZooKeeper),
            ];
            let secret = is_secret(&name, None);
            let found = read_texts(images[image], &[(&name, &text), (&name, &text)]);
            prop_assert!(!secret || found.found.is_empty());
        }
    }
}
