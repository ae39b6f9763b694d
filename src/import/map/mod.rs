//! Which object is which, and what it says, as values of fields.
//!
//! Only what is understood without a doubt becomes a value; everything else is left to
//! [`compare`](super::compare), so a mistake here costs an extra and never an object.

mod images;
mod kafka;
mod kraft;
mod listeners;
mod pods;
mod roles;
mod zookeeper;

use std::cell::OnceCell;
use std::collections::BTreeMap;

use super::environment::Image;
use super::objects::{Found, Object};
use super::question::{Question, Role};
use super::tree::Node;
use super::{Position, Remark, shell, start};
use crate::catalog::KUBERNETES_VERSIONS;
use crate::design::{Design, FieldPath};
use crate::fields::{self, Start};
use crate::plan::{BrokerConfig, FLAG_ORDER, Layer, OPTION_ORDER, Plan, tutorial_flag};
use crate::render::OUTPUTS;

/// A design in the making.
#[derive(Default)]
pub struct Mapped {
    /// The design.
    pub design: Design,
    /// Where each value stood.
    pub sources: BTreeMap<FieldPath, (String, Position)>,
    /// What was found.
    pub parts: Parts,
    /// Claims were read that come before the brokers': what class they have, none included, is that of all.
    has_class: bool,
    /// What could not be decided.
    pub questions: Vec<Question>,
}

/// Which parts of a bundle some files hold.
#[derive(Default)]
pub struct Parts {
    kafka: bool,
    zookeeper: bool,
    controllers: bool,
    /// The Deployments that stand for a StatefulSet of ours, by namespace and name.
    deployments: Vec<(String, String)>,
}

impl Parts {
    /// Whether the files hold the part that a file of the bundle belongs to.
    pub fn has(&self, file: &str) -> bool {
        match file.split('/').next().unwrap_or_default() {
            "20-zookeeper" => self.zookeeper,
            "20-controllers" => self.controllers,
            "30-kafka" => self.kafka,
            _ => true,
        }
    }

    /// Whether an object is a Deployment that was read like a StatefulSet.
    pub fn is_deployed(&self, object: &Object) -> bool {
        let name = (object.namespace.clone(), object.name.clone());
        object.kind == "Deployment" && self.deployments.contains(&name)
    }
}

impl Mapped {
    /// Begins with a design.
    pub fn of(design: Design) -> Self {
        Self {
            design,
            ..Self::default()
        }
    }

    /// Gives a field a value that stood in a file.
    fn set(
        &mut self,
        path: impl Into<FieldPath>,
        value: impl Into<String>,
        from: &Object,
        at: Position,
    ) {
        self.set_in(path, value, &from.file, at);
    }

    /// Gives a field a value that stood in the file of this path.
    fn set_in(
        &mut self,
        path: impl Into<FieldPath>,
        value: impl Into<String>,
        file: &str,
        at: Position,
    ) {
        let path = path.into();
        self.sources.insert(path.clone(), (file.to_owned(), at));
        self.design.values.insert(path, value.into());
    }

    /// Gives a field the value of a node, when that is plain.
    fn set_node(&mut self, path: impl Into<FieldPath>, from: &Object, node: Option<&Node>) {
        if let Some(node) = node
            && let Some(value) = node.scalar()
        {
            self.set(path, value, from, node.position);
        }
    }

    /// Gives a field a value that stands in no file.
    fn note(&mut self, path: impl Into<FieldPath>, value: impl Into<String>) {
        self.design.values.insert(path.into(), value.into());
    }

    /// Takes out an order of options or flags that is our own.
    fn drop_orders(&mut self) {
        let plan = Plan::of(&self.design);
        for list in [OPTION_ORDER, FLAG_ORDER] {
            let mut without = self.design.clone();
            if without.lists.remove(list).is_none() {
                continue;
            }
            let other = Plan::of(&without);
            let same = match list {
                OPTION_ORDER => same_options(&plan.kafka.config, &other.kafka.config),
                _ => same_flags(&plan),
            };
            if same {
                self.design = without;
            }
        }
        let plan = Plan::of(&self.design);
        if !self.design.lists.contains_key(OPTION_ORDER) {
            // What our edition writes on purpose is written anyway.
            let own = |path: &FieldPath, value: &String| {
                let start = match fields::find(path).map(|field| (field.id, field.start)) {
                    Some((id, Start::Value(start))) if id == path.as_str() => Some(start),
                    _ => plan.derived.get(path).map(|derived| derived.text.as_str()),
                };
                path.as_str().contains(".options[") && start == Some(value.as_str())
            };
            self.design.values.retain(|path, value| !own(path, value));
        }
    }

    /// Takes out the values that hold anyway; options stay, since one that is in the design is written.
    pub fn drop_what_holds_anyway(&mut self) {
        self.drop_orders();
        for _ in 0..3 {
            let plan = Plan::of(&self.design);
            let listed = self.design.lists.get(OPTION_ORDER);
            let holds = |path: &FieldPath, value: &String| {
                let Some(field) = fields::find(path) else {
                    return false;
                };
                let is_option = path.as_str().contains(".options[");
                // An option of our edition is written anyway, when it is listed.
                let written = !is_option
                    || plan.derived.contains_key(path)
                        && listed.is_some_and(|names| {
                            names.iter().any(|name| Some(name.as_str()) == path.key())
                        });
                let start = match field.start {
                    Start::Value(start) => Some(start),
                    Start::Derived => plan.derived.get(path).map(|derived| derived.text.as_str()),
                    Start::Empty => Some(""),
                };
                written && start == Some(value.as_str())
            };
            let before = self.design.values.len();
            self.design.values.retain(|path, value| !holds(path, value));
            if self.design.values.len() == before {
                break;
            }
        }
        self.drop_what_changes_nothing();
    }

    /// Takes out lists that are as a new design has them, and options that our edition writes anyway.
    fn drop_what_changes_nothing(&mut self) {
        let files = Given::by(&self.design);
        let lists = self.design.lists.keys().cloned();
        for list in lists.collect::<Vec<_>>() {
            let mut without = self.design.clone();
            without.lists.remove(&list);
            if files.are_those_of(&without) {
                self.design = without;
            }
        }
        let plan = Plan::of(&self.design);
        let mut without = self.design.clone();
        without.values.retain(|path, value| {
            let start = match fields::find(path).map(|field| (field.id, field.start)) {
                Some((id, Start::Value(start))) if id == path.as_str() => Some(start),
                _ => plan.derived.get(path).map(|derived| derived.text.as_str()),
            };
            start != Some(value.as_str())
        });
        if files.are_those_of(&without) {
            self.design = without;
        }
    }
}

/// The files that the fields of a design give, each made when it is asked for.
struct Given {
    plan: Plan,
    /// For each of [`OUTPUTS`] its text, when the design has it.
    texts: Vec<OnceCell<Option<String>>>,
}

impl Given {
    fn by(design: &Design) -> Self {
        Self {
            plan: Plan::of(design),
            texts: vec![OnceCell::new(); OUTPUTS.len()],
        }
    }

    /// Whether the fields of another design give the same: only what reads a part that differs is made.
    fn are_those_of(&self, design: &Design) -> bool {
        let plan = Plan::of(design);
        let changed = plan.changed(&self.plan);
        let mut outputs = OUTPUTS.iter().zip(&self.texts);
        outputs.all(|(output, text)| {
            let of = |plan: &Plan| (output.wanted)(plan).then(|| (output.render)(plan).file.text());
            !output.reads.meets(changed) || *text.get_or_init(|| of(&self.plan)) == of(&plan)
        })
    }
}

/// Whether two configurations write the same options in the same order.
fn same_options(one: &BrokerConfig, other: &BrokerConfig) -> bool {
    let written = |config: &BrokerConfig| {
        let entries = config.entries.iter();
        let entries = entries.map(|entry| (entry.name.clone(), entry.value.clone(), entry.layer));
        // The file and the flags are written apart: only the order within each counts.
        let mut entries: Vec<_> = entries.collect();
        entries.sort_by_key(|(_, _, layer)| *layer == Layer::Flag);
        entries
    };
    written(one) == written(other)
}

/// Whether the flags of the tutorial's script are ours, in our order.
fn same_flags(plan: &Plan) -> bool {
    let Some(zookeeper) = plan.zookeeper() else {
        return false;
    };
    let mut ours = vec!["exec", "servers"];
    for entry in &zookeeper.config.entries {
        ours.extend(tutorial_flag(&entry.name));
        if entry.name == "clientPort" {
            ours.extend(["server_port", "election_port"]);
        }
    }
    ours.extend(["conf_dir", "heap", "log_level"]);
    zookeeper
        .flag_order
        .as_ref()
        .is_some_and(|order| order.iter().eq(ours.iter()))
}

/// A pod's container that runs what we know.
struct Process<'a> {
    object: &'a Object,
    container: &'a Node,
    script: shell::Script,
    program: start::Program,
    /// The image whose variables are read.
    image: Option<Image>,
    /// The image itself is not known: its variables look like those of this one.
    is_guess: bool,
}

impl Process<'_> {
    /// Where the container's name stands.
    fn name_position(&self) -> Position {
        let name = self.container.key_position("name");
        name.unwrap_or(self.container.position)
    }

    fn spec(&self) -> Option<&Node> {
        self.object.node.get("spec")
    }

    fn pod(&self) -> Option<&Node> {
        self.object.node.at(&["spec", "template", "spec"])
    }

    /// The line at which a text stands in the start command, as far as lines can be told.
    fn command(&self) -> Option<&Node> {
        let items = ["command", "args"]
            .into_iter()
            .filter_map(|key| self.container.get(key));
        items
            .flat_map(Node::items)
            .max_by_key(|item| item.str().map_or(0, str::len))
    }
}

/// Reads the fields out of objects; `roles` is what a person said of some of them, by `Kind/name`.
pub fn map(
    found: &Found,
    roles: &BTreeMap<String, Role>,
    remarks: &mut Vec<(String, Remark)>,
) -> Mapped {
    let mut mapped = Mapped::default();
    if found.objects.is_empty() {
        zookeeper::file_alone(found, &mut mapped, remarks);
        if !kafka::file_alone(found, &mut mapped, remarks) {
            let remark = Remark::new(Position::START, "import.no-brokers", Vec::new());
            remarks.push((String::new(), remark));
        }
        return mapped;
    }
    let sorted = roles::sort(found, roles, &mut mapped.questions, remarks);
    let (mut brokers, servers) = (sorted.brokers, sorted.servers);
    for process in brokers.iter().chain(&servers) {
        let object = process.object;
        if object.kind == "Deployment" {
            let name = (object.namespace.clone(), object.name.clone());
            mapped.parts.deployments.push(name);
        }
    }
    cluster(found, &mut mapped);
    if let Some(server) = servers.first() {
        mapped.parts.zookeeper = true;
        zookeeper::map(server, found, &mut mapped, remarks);
    }
    let kraft = kraft::map(&mut brokers, found, &mut mapped);
    if brokers.is_empty() {
        remarks.push((
            String::new(),
            Remark::new(Position::START, "import.no-brokers", Vec::new()),
        ));
    } else {
        if kraft {
            // Controllers that are elsewhere are none of ours.
            mapped.parts.controllers = true;
        } else if servers.is_empty() {
            // The brokers have their own ensemble elsewhere: none of ours is written.
            mapped.parts.zookeeper = true;
            let remark = Remark::new(Position::START, "import.no-ensemble", Vec::new());
            remarks.push((String::new(), remark));
        }
        mapped.parts.kafka = true;
        kafka::map(&brokers, found, &mut mapped, remarks);
    }
    mapped
}

/// What the objects say of the cluster as a whole.
fn cluster(found: &Found, mapped: &mut Mapped) {
    let has = |kind: &str| found.objects.iter().any(|object| object.kind == kind);
    mapped.note("cluster.create_namespaces", has("Namespace").to_string());
    mapped.note("cluster.network_policies", has("NetworkPolicy").to_string());
    let smoke = |object: &Object| object.kind == "Job" && object.name.contains("-smoke-");
    mapped.note(
        "cluster.smoke_test",
        found.objects.iter().any(smoke).to_string(),
    );
    let version = newest_version(found);
    mapped.note("kubernetes.version", version);
    if let Some(namespace) = found
        .objects
        .iter()
        .find(|object| object.kind == "Namespace")
    {
        let level =
            namespace
                .node
                .at(&["metadata", "labels", "pod-security.kubernetes.io/enforce"]);
        let known = level
            .and_then(Node::str)
            .filter(|level| ["baseline", "restricted"].contains(level));
        mapped.note("cluster.pod_security", known.unwrap_or("none"));
    }
    storage(found, mapped);
}

/// The newest Kubernetes that serves every object, when our start value does not.
fn newest_version(found: &Found) -> String {
    let start = fields::find(&"kubernetes.version".into()).map(|field| field.start);
    let Some(Start::Value(start)) = start else {
        return String::new();
    };
    let serves = |version: &crate::catalog::KubernetesVersion| {
        found.objects.iter().all(|object| {
            let api = object.node.str_at(&["apiVersion"]).unwrap_or_default();
            let serving = version.serving(api, &object.kind);
            !matches!(serving, crate::catalog::Serving::Removed { .. })
        })
    };
    let Ok(preferred) = start.parse() else {
        return start.to_owned();
    };
    let mut known = KUBERNETES_VERSIONS.iter().rev();
    known
        .find(|version| **version <= preferred && serves(version))
        .map_or_else(|| start.to_owned(), ToString::to_string)
}

/// The NFS provisioner, or volumes of our own kind.
fn storage(found: &Found, mapped: &mut Mapped) {
    let provisioner = found.objects.iter().find_map(|object| {
        let containers = object
            .node
            .at(&["spec", "template", "spec", "containers"])?;
        let container = containers.items().iter().find(|container| {
            let image = container.str_at(&["image"]).unwrap_or_default();
            let variables = container.get("env").map_or(&[][..], Node::items);
            let has = |name: &str| {
                let mut variables = variables.iter();
                variables.any(|variable| variable.str_at(&["name"]) == Some(name))
            };
            // An image under another name is told by what it is given.
            image.contains("nfs-subdir-external-provisioner")
                || image.contains("nfs-client-provisioner")
                || ["PROVISIONER_NAME", "NFS_SERVER", "NFS_PATH"]
                    .into_iter()
                    .all(has)
        })?;
        Some((object, container))
    });
    let Some((object, container)) = provisioner else {
        let local = found.objects.iter().any(|object| {
            let provisioner = object.node.str_at(&["provisioner"]);
            object.kind == "PersistentVolume"
                && object.node.at(&["spec", "local", "path"]).is_some()
                || object.kind == "StorageClass"
                    && provisioner == Some("kubernetes.io/no-provisioner")
        });
        if local {
            local_volumes(found, mapped);
        }
        return;
    };
    mapped.set("storage.kind", "nfs", object, container.position);
    mapped.set_node("storage.nfs.image", object, container.get("image"));
    mapped.set_node(
        "storage.nfs.namespace",
        object,
        object.node.at(&["metadata", "namespace"]),
    );
    for env in container.get("env").map_or(&[][..], Node::items) {
        let field = match env.str_at(&["name"]) {
            Some("NFS_SERVER") => "storage.nfs.server",
            Some("NFS_PATH") => "storage.nfs.path",
            _ => continue,
        };
        mapped.set_node(field, object, env.get("value"));
    }
    let class = found
        .objects
        .iter()
        .find(|object| object.kind == "StorageClass");
    if let Some(class) = class {
        mapped.set("storage.class", &class.name, class, class.node.position);
        let archive = class.node.at(&["parameters", "archiveOnDelete"]);
        mapped.set_node("storage.nfs.archive_on_delete", class, archive);
    }
}

fn local_volumes(found: &Found, mapped: &mut Mapped) {
    let mut nodes: Vec<&str> = Vec::new();
    for object in found
        .objects
        .iter()
        .filter(|object| object.kind == "PersistentVolume")
    {
        let path = object.node.at(&["spec", "local", "path"]);
        if let Some((base, _)) = path
            .and_then(Node::str)
            .and_then(|path| path.rsplit_once('/'))
        {
            mapped.set("storage.local.path", base, object, object.node.position);
        }
        let terms = object
            .node
            .at(&["spec", "nodeAffinity", "required", "nodeSelectorTerms"]);
        let expressions = terms
            .map_or(&[][..], Node::items)
            .iter()
            .filter_map(|term| term.get("matchExpressions"));
        for value in expressions
            .flat_map(Node::items)
            .filter_map(|one| one.get("values"))
            .flat_map(Node::items)
        {
            if let Some(name) = value.str().filter(|name| !nodes.contains(name)) {
                nodes.push(name);
            }
        }
    }
    mapped.note("storage.kind", "local");
    mapped.note("nodes.names", nodes.join(","));
    if let Some(class) = found
        .objects
        .iter()
        .find(|object| object.kind == "StorageClass")
    {
        mapped.set("storage.class", &class.name, class, class.node.position);
    }
}

/// The Services whose selector fits a pod's labels.
fn services<'a>(found: &'a Found, of: &'a Object) -> impl Iterator<Item = &'a Object> {
    let labels = of.node.at(&["spec", "template", "metadata", "labels"]);
    found.objects.iter().filter(move |object| {
        let selector = object
            .node
            .at(&["spec", "selector"])
            .map_or(&[][..], Node::entries);
        object.kind == "Service"
            && object.namespace == of.namespace
            && !selector.is_empty()
            && selector.iter().all(|(key, value)| {
                let pod = key.name == POD_NAME
                    && value
                        .str()
                        .is_some_and(|name| name.starts_with(&format!("{}-", of.name)));
                pod || labels
                    .and_then(|labels| labels.get(&key.name))
                    .map(Node::value)
                    == Some(value.value())
            })
    })
}

/// The label that each pod of a set has of its own.
const POD_NAME: &str = "statefulset.kubernetes.io/pod-name";

/// The line of a file's text, from a line on, that holds a text; the first of them when none does.
fn line_with(text: Option<&String>, from: Position, needle: &str) -> Position {
    let text = text.map_or("", String::as_str);
    let before = from.line.saturating_sub(1);
    let start = match before {
        0 => 0,
        _ => text
            .match_indices('\n')
            .nth(before - 1)
            .map_or(text.len(), |(at, _)| at + 1),
    };
    let mut end = text.len().min(start + SEARCHED);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let window = &text[start..end];
    // `num.partitions=` is not found in `offsets.topic.num.partitions=`.
    let begins = |at: &usize| {
        let before = window[..*at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '_'))
    };
    let mut places = window.match_indices(needle).map(|(at, _)| at);
    let Some(found) = places.find(begins) else {
        return from;
    };
    let line = window[..found].rfind('\n').map_or(0, |at| at + 1);
    Position {
        line: from.line + window[..found].matches('\n').count(),
        column: window[line..found].chars().count() + 1,
    }
}

/// How far a text is searched for a line; no manifest that people write is longer.
const SEARCHED: usize = 1 << 18;

/// The labels of a set's pods.
fn pods_of(object: &Object) -> Option<&Node> {
    object.node.at(&["spec", "template", "metadata", "labels"])
}

/// The namespace of an object, as Kubernetes takes it when none is written.
fn namespace_of(object: &Object) -> &str {
    if object.namespace.is_empty() {
        "default"
    } else {
        &object.namespace
    }
}

fn namespace(path: &str, object: &Object, mapped: &mut Mapped) {
    let at = object
        .node
        .at(&["metadata", "namespace"])
        .map_or(object.node.position, |node| node.position);
    mapped.set(path, namespace_of(object), object, at);
}

/// How many pods a set has.
fn replicas(object: &Object) -> u64 {
    let count = object.node.at(&["spec", "replicas"]).and_then(Node::whole);
    count
        .and_then(|count| u64::try_from(count).ok())
        .unwrap_or(1)
        .clamp(1, 300)
}

/// What a variable of a container holds.
fn variable<'a>(process: &Process<'a>, name: &str) -> Option<&'a Node> {
    let variables = process.container.get("env").map_or(&[][..], Node::items);
    variables
        .iter()
        .find(|env| env.str_at(&["name"]) == Some(name))?
        .get("value")
}

/// The heap out of `-Xmx2G -Xms2G`, when both are the same and nothing else is said.
fn unquoted_heap(path: &str, node: &Node, object: &Object, mapped: &mut Mapped) {
    let text = node.str().unwrap_or_default();
    let Some(heap) = text
        .split_whitespace()
        .find_map(|flag| flag.strip_prefix("-Xmx"))
    else {
        return;
    };
    mapped.set(path, heap, object, node.position);
}

/// A claim template with its place in the container.
struct Claim<'a> {
    name: &'a str,
    node: &'a Node,
    size: Option<&'a Node>,
    class: Option<&'a Node>,
    modes: &'a [Node],
    mount: Option<&'a Node>,
    /// Where its access modes stand.
    modes_at: Position,
}

fn claims<'a>(process: &Process<'a>) -> Vec<Claim<'a>> {
    let templates = process
        .object
        .node
        .at(&["spec", "volumeClaimTemplates"])
        .map_or(&[][..], Node::items);
    let mounts = process
        .container
        .get("volumeMounts")
        .map_or(&[][..], Node::items);
    let claims = templates.iter().filter_map(|node| {
        let name = node.str_at(&["metadata", "name"])?;
        let mount = mounts
            .iter()
            .find(|mount| mount.str_at(&["name"]) == Some(name));
        Some(Claim {
            name,
            node,
            size: node.at(&["spec", "resources", "requests", "storage"]),
            class: node.at(&["spec", "storageClassName"]),
            modes: node
                .at(&["spec", "accessModes"])
                .map_or(&[][..], Node::items),
            mount: mount.and_then(|mount| mount.get("mountPath")),
            modes_at: node
                .get("spec")
                .and_then(|spec| spec.key_position("accessModes"))
                .unwrap_or(node.position),
        })
    });
    claims.collect()
}

/// A file of a ConfigMap that the container mounts: the object, the key and the text.
fn mounted_file<'a>(
    process: &Process<'a>,
    found: &'a Found,
    is_wanted: impl Fn(&str) -> bool,
) -> Option<(&'a Object, &'a str, &'a Node)> {
    let volumes = process
        .object
        .node
        .at(&["spec", "template", "spec", "volumes"])?
        .items();
    let mounts = process
        .container
        .get("volumeMounts")
        .map_or(&[][..], Node::items);
    let maps = volumes.iter().filter_map(|volume| {
        let mounted = mounts
            .iter()
            .any(|mount| mount.str_at(&["name"]) == volume.str_at(&["name"]));
        volume.str_at(&["configMap", "name"]).filter(|_| mounted)
    });
    maps.flat_map(|name| {
        let objects = found
            .objects
            .iter()
            .filter(move |object| object.kind == "ConfigMap" && object.name == name);
        objects.filter(|object| object.namespace == process.object.namespace)
    })
    .find_map(|object| {
        let data = object.node.get("data").map_or(&[][..], Node::entries);
        let (key, text) = data.iter().find(|(key, _)| is_wanted(&key.name))?;
        Some((object, key.name.as_str(), text))
    })
}

/// The plan of what is mapped so far.
fn current(mapped: &Mapped) -> Plan {
    Plan::of(&mapped.design)
}

/// The plan of what is mapped so far but for one value.
fn without(mapped: &Mapped, path: &FieldPath) -> Plan {
    let mut design = mapped.design.clone();
    design.values.remove(path);
    Plan::of(&design)
}
