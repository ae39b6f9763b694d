//! KRaft: the quorum of controllers, and the controllers that are pods of their own.
//!
//! In combined mode every broker is a controller too; a dedicated quorum has a StatefulSet of its own.

use super::config::BrokerConfig;
use super::kafka::Kafka;
use super::read::Reader;
use super::zookeeper::Mount;
use super::{Cluster, Pods, Traced, pods};
use crate::fields::{
    self, CONTROLLERS_ACCESS_MODE, CONTROLLERS_CLAIM, CONTROLLERS_COUNT, CONTROLLERS_DATA_SIZE,
    CONTROLLERS_HEADLESS_NAME, CONTROLLERS_ID_BASE, CONTROLLERS_NAME, KRAFT_CLUSTER_ID,
    KRAFT_DIRECTORY_IDS, KRAFT_LISTENER, KRAFT_PORT, KRAFT_QUORUM, Quantity,
};
use crate::render::Origins;
use crate::text::Sentence;

/// A quorum of controllers.
#[derive(Clone, Debug, PartialEq)]
pub struct KRaft {
    /// The cluster's id, when one was made.
    pub cluster_id: Traced<Option<String>>,
    /// How the members are known.
    pub quorum: Traced<Quorum>,
    /// The ids of the first controllers' disks, in the order of the controllers.
    pub directory_ids: Traced<Vec<String>>,
    /// The name of the listener that controllers are reached on.
    pub listener: Traced<String>,
    /// Its port.
    pub port: Traced<u16>,
    /// What is spoken on it.
    pub protocol: &'static str,
    /// Every controller, in order.
    pub members: Traced<Vec<Member>>,
    /// The controllers, when they are pods of their own.
    pub controllers: Option<Controllers>,
}

/// How the members of the quorum are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quorum {
    /// Every configuration file lists them: `controller.quorum.voters`.
    Static,
    /// They know each other from their own log (KIP-853); files only say where to find them.
    Dynamic,
}

/// A controller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its `node.id`.
    pub id: u64,
    /// Its full DNS name.
    pub host: String,
}

/// Controllers that are pods of their own.
#[derive(Clone, Debug, PartialEq)]
pub struct Controllers {
    /// The StatefulSet's name.
    pub name: Traced<String>,
    /// The headless Service.
    pub headless_name: Traced<String>,
    /// How many.
    pub count: Traced<u64>,
    /// The `node.id` of the first.
    pub id_base: Traced<u64>,
    /// The volume of the metadata.
    pub volume: Mount,
    /// Who may mount the claims.
    pub access_mode: Traced<String>,
    /// The configuration.
    pub config: BrokerConfig,
    /// The pods.
    pub pods: Pods,
    namespace: Traced<String>,
    domain: Traced<String>,
}

/// Where a controller's volume is mounted. It is no folder that the official image declares as a volume.
const MOUNT: &str = "/var/lib/kafka-metadata";

impl KRaft {
    /// How many controllers make a majority.
    pub fn majority(&self) -> usize {
        self.members.len() / 2 + 1
    }

    /// What a static quorum is told by: `ID@HOST:PORT`, …
    pub fn voters(&self) -> Traced<String> {
        self.list(|member, port| format!("{}@{}:{port}", member.id, member.host))
    }

    /// Where a dynamic quorum is found: `HOST:PORT`, …
    pub fn bootstrap_servers(&self) -> Traced<String> {
        self.list(|member, port| format!("{}:{port}", member.host))
    }

    fn list(&self, say: impl Fn(&Member, u16) -> String) -> Traced<String> {
        let words: Vec<String> = self
            .members
            .iter()
            .map(|member| say(member, *self.port))
            .collect();
        Traced::new(words.join(","), self.members.from.and(&self.port.from))
    }

    /// How many controllers are formatted as the first members of a dynamic quorum; further ones join it later.
    pub fn initial(&self) -> usize {
        self.directory_ids.len().min(self.members.len())
    }

    /// The first members of a dynamic quorum as the storage tool is told them: `ID@HOST:PORT:DIRECTORY`, …
    pub fn initial_controllers(&self) -> Traced<String> {
        let members = self.members.iter().zip(self.directory_ids.iter());
        let words: Vec<String> = members
            .map(|(member, directory)| {
                format!("{}@{}:{}:{directory}", member.id, member.host, *self.port)
            })
            .collect();
        Traced::new(
            words.join(","),
            Origins::all([
                &self.members.from,
                &self.port.from,
                &self.directory_ids.from,
            ]),
        )
    }
}

impl Controllers {
    /// The name of one pod.
    pub fn pod_name(&self, ordinal: u64) -> String {
        format!("{}-{ordinal}", *self.name)
    }

    /// What follows a pod's name in its full DNS name.
    pub fn host_suffix(&self) -> String {
        format!(
            "{}.{}.svc.{}",
            *self.headless_name, *self.namespace, *self.domain
        )
    }

    /// The fields that what follows a pod's name comes from.
    pub fn host_origins(&self) -> Origins {
        Origins::all([
            &self.headless_name.from,
            &self.namespace.from,
            &self.domain.from,
        ])
    }

    /// The full DNS name of a controller.
    pub fn host(&self, ordinal: u64) -> String {
        format!("{}.{}", self.pod_name(ordinal), self.host_suffix())
    }

    /// The folder of the metadata log: below the mount, since a fresh disk has `lost+found` at its top.
    pub fn folder(&self) -> String {
        format!("{}/data", *self.volume.folder)
    }
}

pub(super) fn read(reader: &mut Reader, cluster: &Cluster, kafka: &Kafka) -> KRaft {
    let version = &kafka.version;
    let mut quorum = if version.has_dynamic_quorum() {
        reader
            .derive(
                &KRAFT_QUORUM,
                None,
                "dynamic".to_owned(),
                Sentence::plain("because.dynamic-quorum"),
                &version.from,
            )
            .map(|quorum| match quorum.as_str() {
                "static" => Quorum::Static,
                _ => Quorum::Dynamic,
            })
    } else {
        Traced::new(Quorum::Static, Origins::one(KRAFT_QUORUM.path(None)))
    };
    // What was typed holds only as long as the version can do both.
    quorum.from = quorum.from.and(&version.from);
    let controllers = cluster
        .coordination
        .is_dedicated()
        .then(|| controllers(reader, cluster, kafka));
    let mut members =
        match &controllers {
            Some(own) => Traced::new(
                (0..*own.count)
                    .map(|ordinal| Member {
                        id: *own.id_base + ordinal,
                        host: own.host(ordinal),
                    })
                    .collect(),
                Origins::all([&own.count.from, &own.id_base.from, &own.name.from])
                    .and(&own.host_origins()),
            ),
            None => Traced::new(
                kafka
                    .each_broker()
                    .map(|(group, ordinal)| Member {
                        id: *group.id_base + ordinal,
                        host: kafka.host(group, ordinal),
                    })
                    .collect::<Vec<Member>>(),
                Origins::all(kafka.groups.iter().flat_map(|group| {
                    [&group.brokers.from, &group.id_base.from, &group.name.from]
                }))
                .and(&kafka.host_origins()),
            ),
        };
    members.from = members.from.and(&cluster.coordination.from);
    KRaft {
        cluster_id: reader.text(&KRAFT_CLUSTER_ID, None).map(|id| {
            let id = id.trim();
            (!id.is_empty()).then(|| id.to_owned())
        }),
        quorum,
        directory_ids: reader
            .text(&KRAFT_DIRECTORY_IDS, None)
            .map(|text| fields::items(text).map(str::to_owned).collect()),
        listener: reader.text(&KRAFT_LISTENER, None),
        port: reader.port(&KRAFT_PORT, None),
        protocol: "PLAINTEXT",
        members,
        controllers,
    }
}

fn controllers(reader: &mut Reader, cluster: &Cluster, kafka: &Kafka) -> Controllers {
    let name = reader.derive(
        &CONTROLLERS_NAME,
        None,
        format!("{}-controller", *kafka.name),
        Sentence::plain("because.name-and-suffix"),
        &kafka.name.from,
    );
    let headless_name = reader.derive(
        &CONTROLLERS_HEADLESS_NAME,
        None,
        format!("{}-hs", *name),
        Sentence::plain("because.name-and-suffix"),
        &name.from,
    );
    let count = reader.number(&CONTROLLERS_COUNT, None);
    Controllers {
        id_base: reader.number(&CONTROLLERS_ID_BASE, None),
        volume: Mount {
            claim: reader.text(&CONTROLLERS_CLAIM, None),
            size: reader.text(&CONTROLLERS_DATA_SIZE, None).map(|text| {
                fields::quantity(text).unwrap_or_else(|_| Quantity {
                    text: text.clone(),
                    amount: 0,
                })
            }),
            folder: Traced::new(MOUNT.to_owned(), Origins::NONE),
        },
        access_mode: reader.text(&CONTROLLERS_ACCESS_MODE, None),
        config: BrokerConfig::default(),
        pods: pods::read(
            reader,
            &pods::CONTROLLERS,
            cluster,
            &count,
            (true, "", &Origins::NONE),
        ),
        namespace: kafka.namespace.clone(),
        domain: cluster.domain.clone(),
        name,
        headless_name,
        count,
    }
}
