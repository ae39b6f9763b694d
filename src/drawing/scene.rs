//! What is drawn, before anything has a place: the plan's parts with their words and their fields.

use super::{Form, Place};
use crate::args;
use crate::design::FieldPath;
use crate::fields::{
    CONTROLLERS_COUNT, CONTROLLERS_HEAP, Field, KAFKA_BOOTSTRAP_NAME, KAFKA_HEAP,
    LISTENER_ADDRESS_FROM, LISTENER_ADDRESSES, LISTENER_EXPOSURE, LISTENER_FIRST_NODE_PORT,
    LISTENER_HOST_PORT, NODES_COUNT, NODES_ZONES, Quantity, ZOOKEEPER_CLIENT_NAME, ZOOKEEPER_HEAP,
    ZOOKEEPER_SERVERS,
};
use crate::plan::{Exposure, Listener, Mount, Plan, Traced};
use crate::render::Origins;
use crate::simulate::{Part, Placement};
use crate::text::{Args, Lang, Sentence};

const STATEFUL_SET: &str = "30-kafka/statefulset.yaml";
const SERVICES: &str = "30-kafka/services.yaml";
const EXTERNAL_SERVICES: &str = "30-kafka/external-services.yaml";

/// Listeners for outside that are drawn.
const LISTENERS: usize = 3;

/// A text with the field that it leads to.
#[derive(Clone)]
pub(super) struct Item {
    pub id: String,
    pub form: Form,
    pub name: String,
    /// The same in a few letters.
    pub short: String,
    pub says: String,
    pub field: FieldPath,
    pub place: Place,
    pub loss: Option<Part>,
    pub from: Origins,
    /// What stands within it.
    pub details: Vec<Item>,
}

/// A zone with its nodes.
pub(super) struct Zone {
    pub item: Item,
    pub nodes: Vec<Node>,
    /// Nodes that are not drawn.
    pub more: usize,
}

/// A node with what runs on it.
pub(super) struct Node {
    pub item: Item,
    pub pods: Vec<Item>,
    /// Pods that are not drawn.
    pub more: usize,
    /// The ports or addresses of its brokers, one for each listener for outside; none without brokers.
    pub ports: Vec<Item>,
}

/// Everything that is drawn.
pub(super) struct Scene {
    pub zones: Vec<Zone>,
    /// Whether zones are more than one, so that each has a frame.
    pub framed: bool,
    /// Clients outside, with the ports of all brokers together, one for each listener.
    pub outside: Option<(Item, Vec<Item>)>,
    pub inside: Item,
    pub bootstrap: Item,
    /// The Service of the ensemble, when there is one.
    pub ensemble: Option<Item>,
    /// What is only taken to be so.
    pub guess: Option<String>,
    pub from: Origins,
    pub lang: Lang,
}

/// Nodes without pods that are drawn, while there are no more nodes than this.
const EMPTY_NODES: usize = 12;
/// Nodes of one zone that are drawn.
const NODES: usize = 400;
/// Pods of one node that are drawn.
const PODS: usize = 144;

fn say(lang: Lang, key: &'static str, args: Args) -> String {
    Sentence::new(key, args).words(lang)
}

/// The field of a value that a person types, which is its only origin.
fn only(from: &Origins) -> FieldPath {
    from.iter()
        .next()
        .cloned()
        .unwrap_or_else(|| NODES_COUNT.path(None))
}

fn place(file: &'static str, holds: impl Into<String>) -> Place {
    Place {
        file,
        holds: holds.into(),
    }
}

pub(super) fn title(plan: &Plan, placement: &Placement, lang: Lang) -> String {
    let (brokers, servers) = (placement.brokers.len(), placement.servers.len());
    let (nodes, zones) = (placement.nodes.len(), placement.zones.len());
    let key = match plan.kraft() {
        None => "drawing.title",
        Some(kraft) if kraft.controllers.is_some() => "drawing.title.controllers",
        Some(_) => "drawing.title.combined",
    };
    let pods = say(lang, key, args![brokers, servers]);
    match (placement.nodes_known, zones) {
        (_, 2..) => say(lang, "drawing.title.zones", args![pods, zones]),
        (true, _) => say(lang, "drawing.title.nodes", args![pods, nodes]),
        (false, _) => pods,
    }
}

/// The name of a part that can be lost.
pub(super) fn part_name(plan: &Plan, placement: &Placement, part: Part, lang: Lang) -> String {
    match part {
        Part::Zone(zone) => {
            let name = placement.zones.get(zone).cloned().unwrap_or_default();
            // Most names of zones say already what they are.
            if name.contains("zone") {
                return name;
            }
            say(lang, "drawing.zone", args![name])
        }
        Part::Node(node) => say(lang, "drawing.node", args![number = node + 1]),
        Part::Broker(broker) => plan
            .kafka
            .each_broker()
            .nth(broker)
            .map(|(group, ordinal)| format!("{}-{ordinal}", *group.name))
            .unwrap_or_default(),
        Part::Server(server) => server_name(plan, server),
    }
}

fn server_name(plan: &Plan, server: usize) -> String {
    Servers::of(plan).map_or_else(String::new, |servers| {
        format!("{}-{server}", **servers.name)
    })
}

/// What coordinates the brokers in pods of its own: an ensemble, or controllers.
struct Servers<'a> {
    name: &'a Traced<String>,
    count: (&'static Field, &'a Origins),
    heap: (&'static Field, &'a Traced<Quantity>),
    mounts: Vec<&'a Mount>,
    /// What decides which mounts there are.
    mounted: &'a Origins,
    file: &'static str,
    says: &'static str,
    letter: char,
}

impl<'a> Servers<'a> {
    fn of(plan: &'a Plan) -> Option<Self> {
        if let Some(zookeeper) = plan.zookeeper() {
            let mounts = std::iter::once(&zookeeper.data_volume).chain(&zookeeper.log_volume);
            return Some(Self {
                name: &zookeeper.name,
                count: (&ZOOKEEPER_SERVERS, &zookeeper.servers.from),
                heap: (&ZOOKEEPER_HEAP, &zookeeper.pods.heap),
                mounts: mounts.collect(),
                mounted: &zookeeper.has_log_volume.from,
                file: "20-zookeeper/statefulset.yaml",
                says: "drawing.server.says",
                letter: 'z',
            });
        }
        let own = plan.controllers()?;
        Some(Self {
            name: &own.name,
            count: (&CONTROLLERS_COUNT, &own.count.from),
            heap: (&CONTROLLERS_HEAP, &own.pods.heap),
            mounts: vec![&own.volume],
            mounted: &Origins::NONE,
            file: "20-controllers/statefulset.yaml",
            says: "drawing.controller.says",
            letter: 'c',
        })
    }
}

impl Scene {
    pub fn of(plan: &Plan, placement: &Placement, lang: Lang) -> Self {
        let maker = Maker {
            plan,
            placement,
            lang,
        };
        let kafka = &plan.kafka;
        let listeners: Vec<&Listener> = kafka
            .listeners
            .iter()
            .filter(|listener| listener.is_outside())
            .take(LISTENERS)
            .collect();
        let mut nodes = maker.nodes(&listeners);
        let framed = placement.zones.len() > 1;
        let mut zones: Vec<Zone> = (0..placement.zones.len())
            .map(|zone| Zone {
                item: maker.zone(zone),
                nodes: Vec::new(),
                more: 0,
            })
            .collect();
        let all = nodes.len();
        for (at, node) in nodes.drain(..).enumerate() {
            let Some(zone) = placement
                .nodes
                .get(at)
                .and_then(|zone| zones.get_mut(*zone))
            else {
                continue;
            };
            if zone.nodes.len() < NODES && (all <= EMPTY_NODES || !node.pods.is_empty()) {
                zone.nodes.push(node);
            } else {
                zone.more += 1;
            }
        }
        let from = Origins::all(
            kafka
                .groups
                .iter()
                .flat_map(|group| [&group.brokers.from, &group.zone.from])
                .chain(kafka.listeners.iter().map(|one| &one.exposure.from))
                .chain(Servers::of(plan).map(|servers| servers.count.1))
                .chain([
                    &plan.cluster.coordination.from,
                    &kafka.closed,
                    &kafka.pods.anti_affinity.from,
                    &plan.cluster.nodes.count.from,
                    &plan.cluster.nodes.zones.from,
                    &plan.cluster.language.from,
                ]),
        );
        Self {
            zones,
            framed,
            outside: maker.outside(&listeners),
            inside: maker.inside(),
            bootstrap: maker.bootstrap(),
            ensemble: maker.ensemble(),
            guess: (!placement.nodes_known).then(|| maker.say("drawing.guessed", args![])),
            from,
            lang,
        }
    }

    /// The whole in words, a sentence each.
    pub fn words(&self) -> Vec<String> {
        let zones = self
            .zones
            .iter()
            .filter(|_| self.framed)
            .map(|zone| zone.item.says.clone());
        let nodes = self
            .zones
            .iter()
            .flat_map(|zone| &zone.nodes)
            .map(|node| node.item.says.clone());
        let outside = self.outside.iter().flat_map(|(clients, ports)| {
            std::iter::once(clients.says.clone()).chain(ports.iter().map(|port| port.says.clone()))
        });
        let inside = [&self.inside, &self.bootstrap]
            .into_iter()
            .chain(&self.ensemble)
            .map(|item| item.says.clone());
        zones
            .chain(nodes)
            .chain(self.guess.clone())
            .chain(outside)
            .chain(inside)
            .collect()
    }
}

/// Makes the parts.
struct Maker<'a> {
    plan: &'a Plan,
    placement: &'a Placement,
    lang: Lang,
}

impl Maker<'_> {
    fn say(&self, key: &'static str, args: Args) -> String {
        say(self.lang, key, args)
    }

    fn zone(&self, zone: usize) -> Item {
        let name = part_name(self.plan, self.placement, Part::Zone(zone), self.lang);
        let known = self.placement.zones.get(zone).map_or("", String::as_str);
        let groups = &self.plan.kafka.groups;
        let group = groups
            .iter()
            .find(|group| group.zone.as_deref() == Some(known));
        let on = |nodes: &[usize]| {
            let in_zone = |node: &&usize| self.placement.nodes.get(**node) == Some(&zone);
            nodes.iter().filter(in_zone).count()
        };
        let nodes = self
            .placement
            .nodes
            .iter()
            .filter(|at| **at == zone)
            .count();
        let (brokers, servers) = (on(&self.placement.brokers), on(&self.placement.servers));
        let says = self.say(
            "drawing.zone.says",
            args![name = name.clone(), nodes, brokers, servers],
        );
        Item {
            id: format!("zone-{zone}"),
            form: Form::Zone,
            short: known.to_owned(),
            name,
            says,
            field: group.map_or_else(|| NODES_ZONES.path(None), |group| only(&group.zone.from)),
            place: place(STATEFUL_SET, known),
            loss: Some(Part::Zone(zone)),
            from: Origins::NONE,
            details: Vec::new(),
        }
    }

    /// Every node with its pods, in order.
    fn nodes(&self, listeners: &[&Listener]) -> Vec<Node> {
        let placement = self.placement;
        let mut brokers: Vec<Vec<usize>> = vec![Vec::new(); placement.nodes.len()];
        let mut servers = brokers.clone();
        for (pods, on) in [
            (&placement.brokers, &mut brokers),
            (&placement.servers, &mut servers),
        ] {
            for (pod, node) in pods.iter().enumerate() {
                if let Some(there) = on.get_mut(*node) {
                    there.push(pod);
                }
            }
        }
        let kinds: Vec<Broker<'_>> = self
            .plan
            .kafka
            .each_broker()
            .map(|(group, ordinal)| Broker { group, ordinal })
            .collect();
        brokers
            .iter()
            .zip(&servers)
            .enumerate()
            .map(|(at, (brokers, servers))| self.node(at, brokers, servers, &kinds, listeners))
            .collect()
    }

    fn node(
        &self,
        at: usize,
        brokers: &[usize],
        servers: &[usize],
        kinds: &[Broker<'_>],
        listeners: &[&Listener],
    ) -> Node {
        let number = at + 1;
        let zone = self.placement.nodes.get(at);
        let zone = zone
            .and_then(|zone| self.placement.zones.get(*zone))
            .filter(|zone| !zone.is_empty());
        let node = self.say("drawing.node", args![number]);
        let name = match zone {
            Some(zone) if self.placement.zones.len() == 1 => format!("{node} · {zone}"),
            _ => node.clone(),
        };
        let mut pods: Vec<Item> = brokers
            .iter()
            .filter_map(|broker| Some(self.broker(*broker, kinds.get(*broker)?)))
            .chain(servers.iter().filter_map(|server| self.server(*server)))
            .collect();
        let names: Vec<String> = pods.iter().map(|pod| pod.name.clone()).collect();
        let says = if names.is_empty() {
            self.say("drawing.node.empty", args![node])
        } else {
            self.say("drawing.node.says", args![node, pods = names])
        };
        let more = pods.len().saturating_sub(PODS);
        pods.truncate(PODS);
        let own: Vec<&Broker<'_>> = brokers.iter().filter_map(|at| kinds.get(*at)).collect();
        let ports = listeners
            .iter()
            .enumerate()
            .filter(|_| !own.is_empty())
            .map(|(index, listener)| {
                let id = format!("port-{index}-{at}");
                self.port(id, listener, &own)
            })
            .collect();
        Node {
            item: Item {
                id: format!("node-{at}"),
                form: if self.placement.nodes_known {
                    Form::Node
                } else {
                    Form::GuessedNode
                },
                short: number.to_string(),
                name,
                says,
                field: NODES_COUNT.path(None),
                place: place(STATEFUL_SET, "podAntiAffinity"),
                loss: Some(Part::Node(at)),
                // Its words name the pods.
                from: Origins::all(own.iter().map(|broker| &broker.group.name.from)).and(
                    Servers::of(self.plan).map_or(&Origins::NONE, |servers| &servers.name.from),
                ),
                details: Vec::new(),
            },
            pods,
            more,
            ports,
        }
    }

    fn broker(&self, at: usize, broker: &Broker<'_>) -> Item {
        let kafka = &self.plan.kafka;
        let (group, name) = (broker.group, broker.pod());
        let id = *group.id_base + broker.ordinal;
        let detail = |id: String, name: String, says: String, field, from: &Origins, holds| Item {
            id,
            form: Form::Detail,
            short: String::new(),
            name,
            says,
            field,
            place: place(STATEFUL_SET, holds),
            loss: None,
            from: from.clone(),
            details: Vec::new(),
        };
        let mut details: Vec<Item> = kafka
            .disks
            .iter()
            .enumerate()
            .map(|(number, disk)| {
                let size = disk.size.text.clone();
                detail(
                    format!("disk-{at}-{number}"),
                    size.clone(),
                    self.say(
                        "drawing.disk.says",
                        args![pod = name.clone(), disk = disk.key.clone(), size],
                    ),
                    only(&disk.size.from),
                    &disk.size.from.and(&group.name.from),
                    disk.size.text.clone(),
                )
            })
            .collect();
        let heap = kafka.pods.heap.text.clone();
        details.push(detail(
            format!("heap-{at}"),
            self.say("drawing.heap", args![heap = heap.clone()]),
            self.say(
                "drawing.heap.says",
                args![pod = name.clone(), heap = heap.clone()],
            ),
            KAFKA_HEAP.path(None),
            &kafka.pods.heap.from.and(&group.name.from),
            heap,
        ));
        share_origins(&mut details);
        Item {
            id: format!("broker-{at}"),
            form: Form::Broker,
            short: id.to_string(),
            says: self.say("drawing.broker.says", args![pod = name.clone(), id]),
            name,
            field: only(&group.brokers.from),
            place: place(STATEFUL_SET, "replicas:"),
            loss: Some(Part::Broker(at)),
            from: group.name.from.and(&group.id_base.from),
            details,
        }
    }

    fn server(&self, at: usize) -> Option<Item> {
        let servers = Servers::of(self.plan)?;
        let name = server_name(self.plan, at);
        let detail = |id: String, name: String, says: String, field, holds: String, from| Item {
            id,
            form: Form::Detail,
            short: String::new(),
            name,
            says,
            field,
            place: place(servers.file, holds),
            loss: None,
            from,
            details: Vec::new(),
        };
        let disk = |(number, mount): (usize, &&Mount)| {
            let size = mount.size.text.clone();
            let disk = mount.claim.value.clone();
            detail(
                format!("server-disk-{at}-{number}"),
                size.clone(),
                self.say(
                    "drawing.disk.says",
                    args![pod = name.clone(), disk, size = size.clone()],
                ),
                only(&mount.size.from),
                size,
                Origins::all([
                    &mount.size.from,
                    &mount.claim.from,
                    &servers.name.from,
                    servers.mounted,
                ]),
            )
        };
        let mut details: Vec<Item> = servers.mounts.iter().enumerate().map(disk).collect();
        let (heap_field, heap) = servers.heap;
        let amount = heap.text.clone();
        details.push(detail(
            format!("server-heap-{at}"),
            self.say("drawing.heap", args![heap = amount.clone()]),
            self.say(
                "drawing.heap.says",
                args![pod = name.clone(), heap = amount.clone()],
            ),
            heap_field.path(None),
            amount,
            Origins::all([&heap.from, &servers.name.from, servers.mounted]),
        ));
        share_origins(&mut details);
        Some(Item {
            id: format!("server-{at}"),
            form: Form::Server,
            short: format!("{}{at}", servers.letter),
            says: self.say(servers.says, args![pod = name.clone()]),
            name,
            field: servers.count.0.path(None),
            place: place(servers.file, "replicas:"),
            loss: Some(Part::Server(at)),
            from: servers.name.from.clone(),
            details,
        })
    }

    /// What clients outside use to reach some brokers on a listener.
    fn port(&self, id: String, listener: &Listener, brokers: &[&Broker<'_>]) -> Item {
        let kafka = &self.plan.kafka;
        let addresses: Vec<(String, u64)> = brokers
            .iter()
            .map(|broker| kafka.advertised(listener, broker.group, broker.ordinal))
            .collect();
        let (Some(first), Some(last)) = (addresses.first(), addresses.last()) else {
            return self.clients("clients-outside", "drawing.outside");
        };
        let key = Some(listener.key.as_str());
        let (field, file) = match *listener.exposure {
            Exposure::NodePort => (&LISTENER_FIRST_NODE_PORT, EXTERNAL_SERVICES),
            Exposure::LoadBalancer => (&LISTENER_ADDRESSES, EXTERNAL_SERVICES),
            _ => (&LISTENER_HOST_PORT, STATEFUL_SET),
        };
        let name = match *listener.exposure {
            Exposure::LoadBalancer if first.0 != "$node" && brokers.len() == 1 => first.0.clone(),
            _ if first.1 == last.1 => format!(":{}", first.1),
            _ => format!(":{}–{}", first.1, last.1),
        };
        let told: Vec<String> = addresses
            .iter()
            .map(|(host, port)| match host.as_str() {
                "$node" => {
                    let host = self.say("drawing.node-address", args![]);
                    format!("{host}:{port}")
                }
                host => format!("{host}:{port}"),
            })
            .collect();
        let listener_name = listener.name.value.clone();
        let holds = match *listener.exposure {
            Exposure::LoadBalancer => "type: LoadBalancer".to_owned(),
            _ => first.1.to_string(),
        };
        Item {
            id,
            form: Form::Port,
            short: String::new(),
            name,
            says: self.say(
                "drawing.port.says",
                args![listener = listener_name, addresses = told],
            ),
            field: field.path(key),
            place: place(file, holds),
            loss: None,
            from: Origins::all([
                &listener.name.from,
                &listener.exposure.from,
                &listener.address.from,
                &listener.first_node_port.from,
                &listener.host_port.from,
                &listener.advertised_port.from,
            ])
            .and(&Origins::all(
                kafka.groups.iter().map(|group| &group.brokers.from),
            )),
            details: Vec::new(),
        }
    }

    fn clients(&self, id: &str, key: &'static str) -> Item {
        Item {
            id: id.to_owned(),
            form: Form::Clients,
            short: String::new(),
            name: self.say(key, args![]),
            says: String::new(),
            field: KAFKA_BOOTSTRAP_NAME.path(None),
            place: place("clients/inside.properties", "bootstrap.servers"),
            loss: None,
            from: Origins::NONE,
            details: Vec::new(),
        }
    }

    fn outside(&self, listeners: &[&Listener]) -> Option<(Item, Vec<Item>)> {
        let first = listeners.first()?;
        let mut clients = self.clients("clients-outside", "drawing.outside");
        clients.says = self.say("drawing.outside.says", args![]);
        let key = Some(first.key.as_str());
        clients.field = match *first.exposure {
            Exposure::LoadBalancer => LISTENER_EXPOSURE.path(key),
            _ => LISTENER_ADDRESS_FROM.path(key),
        };
        clients.place = place("clients/outside.properties", "bootstrap.servers");
        let kinds: Vec<Broker<'_>> = self
            .plan
            .kafka
            .each_broker()
            .map(|(group, ordinal)| Broker { group, ordinal })
            .collect();
        let all: Vec<&Broker<'_>> = kinds.iter().collect();
        let mut ports: Vec<Item> = listeners
            .iter()
            .enumerate()
            .map(|(index, listener)| self.port(format!("ports-{index}"), listener, &all))
            .collect();
        share_origins(&mut ports);
        Some((clients, ports))
    }

    fn inside(&self) -> Item {
        let mut clients = self.clients("clients-inside", "drawing.inside");
        clients.says = self.say("drawing.inside.says", args![]);
        clients
    }

    fn bootstrap(&self) -> Item {
        let kafka = &self.plan.kafka;
        let inside = kafka
            .listeners
            .iter()
            .find(|listener| !listener.is_outside())
            .unwrap_or_else(|| kafka.inter_broker_listener());
        let service = kafka.bootstrap_name.value.clone();
        let port = *inside.port;
        Item {
            id: "service-bootstrap".to_owned(),
            form: Form::Service,
            short: String::new(),
            name: format!("{service}:{port}"),
            says: self.say(
                "drawing.bootstrap.says",
                args![service = service.clone(), port = u32::from(port)],
            ),
            field: KAFKA_BOOTSTRAP_NAME.path(None),
            place: place(SERVICES, format!("name: {service}")),
            loss: None,
            from: Origins::all([
                &kafka.bootstrap_name.from,
                &inside.port.from,
                &kafka.inter_broker.from,
            ]),
            details: Vec::new(),
        }
    }

    fn ensemble(&self) -> Option<Item> {
        let zookeeper = self.plan.zookeeper()?;
        let service = zookeeper.client_name.value.clone();
        let port = *zookeeper.client_port;
        Some(Item {
            id: "service-ensemble".to_owned(),
            form: Form::Service,
            short: String::new(),
            name: format!("{service}:{port}"),
            says: self.say(
                "drawing.ensemble.says",
                args![service = service.clone(), port = u32::from(port)],
            ),
            field: ZOOKEEPER_CLIENT_NAME.path(None),
            place: place("20-zookeeper/services.yaml", format!("name: {service}")),
            loss: None,
            // It stands where the other Service leaves room.
            from: Origins::all([
                &zookeeper.client_name.from,
                &zookeeper.client_port.from,
                &self.bootstrap().from,
            ]),
            details: Vec::new(),
        })
    }
}

/// Where one stands depends on how wide those before it are.
fn share_origins(items: &mut [Item]) {
    let all = Origins::all(items.iter().map(|item| &item.from));
    for item in items {
        item.from = all.clone();
    }
}

/// A broker of its group.
struct Broker<'a> {
    group: &'a crate::plan::Group,
    ordinal: u64,
}

impl Broker<'_> {
    fn pod(&self) -> String {
        format!("{}-{}", *self.group.name, self.ordinal)
    }
}
