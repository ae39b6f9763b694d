//! What a change does to a running cluster: object by object, path by path.
//!
//! Both sides are texts, so that imported files, the last bundle that was downloaded and the present one
//! are compared alike. Options inside start commands and properties files are compared one by one.
//! The differences line by line are the business of [`repair::differences`](crate::repair::differences).
//! Facts: the API reference of `StatefulSet`, Job and Service says which fields are immutable; the rules
//! UPD001 to UPD014 of the catalogue say what the processes make of a change.

pub mod settings;

use std::collections::{BTreeMap, BTreeSet};

use crate::args;
use crate::import::environment::{self, Image};
use crate::import::tree::{self, Node};
use crate::import::{Position, properties, shell, start};
use crate::render::document::key;
use crate::rules::Effect;
use crate::text::Sentence;

/// One change and what it does.
#[derive(Clone, Debug, PartialEq)]
pub struct Consequence {
    /// The file on the new side; on the old side when the object goes.
    pub file: String,
    /// The line there.
    pub line: usize,
    /// The object, as `Kind/name`.
    pub object: String,
    /// Where in the object; an option stands behind its text: `…command.flag[log.dirs]`.
    pub path: String,
    /// What stood there.
    pub before: Option<String>,
    /// What stands there now.
    pub after: Option<String>,
    /// What it does to a running cluster.
    pub effect: Effect,
    /// The check of the catalogue that speaks of it.
    pub rule: Option<&'static str>,
    /// Why, in words.
    pub why: Sentence,
}

impl Consequence {
    /// What changes, as people call it: an option by its name, else the path without its usual beginning.
    pub fn name(&self) -> &str {
        if let Some((_, option)) = self.path.split_once(".flag[") {
            return option.trim_end_matches(']');
        }
        let path = self.path.as_str();
        let path = path.strip_prefix("spec.template.").unwrap_or(path);
        if path.is_empty() { &self.object } else { path }
    }
}

/// The gravest effect among some consequences.
pub fn gravest(consequences: &[Consequence]) -> Effect {
    let effects = consequences.iter().map(|one| one.effect);
    effects
        .max_by_key(|effect| *effect as u8)
        .unwrap_or(Effect::Nothing)
}

/// What going from some files to others does to a running cluster, the gravest first; files that are no
/// manifests are left out.
pub fn consequences(
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
) -> Vec<Consequence> {
    let (before, after) = (objects(before), objects(after));
    let mut found = Vec::new();
    for (name, new) in &after {
        match before.get(name) {
            Some(old) => compare(old, new, &before, &after, &mut found),
            None => found.push(whole(new, true)),
        }
    }
    let gone = before.iter().filter(|(name, _)| !after.contains_key(*name));
    let mut gone: Vec<Consequence> = gone.map(|(_, old)| whole(old, false)).collect();
    // A set that goes while another comes is a set with another name: its claims stay behind.
    let is_set = |one: &Consequence| {
        one.object.starts_with("StatefulSet/") || one.object.starts_with("Deployment/")
    };
    if found.iter().any(|one| is_set(one) && one.path.is_empty()) {
        for set in gone.iter_mut().filter(|one| is_set(one)) {
            set.effect = Effect::AbandonsData;
            set.rule = Some("UPD006");
            set.why = Sentence::plain("compare.renamed-set");
        }
    }
    found.extend(gone);
    found.sort_by_key(|one| std::cmp::Reverse(one.effect));
    found
}

/// Whose processes an object runs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Brokers,
    Ensemble,
    Other,
}

/// An object with its leaves.
struct Object {
    file: String,
    kind: String,
    subject: String,
    side: Side,
    line: usize,
    leaves: BTreeMap<String, (String, Position)>,
}

type Name = (String, String, String);

type Objects = BTreeMap<Name, Object>;

fn objects(texts: &BTreeMap<String, String>) -> Objects {
    let mut objects = BTreeMap::new();
    let is_yaml = |path: &str| {
        let is_manifest = [".yaml", ".yml", ".json"]
            .iter()
            .any(|end| path.ends_with(end));
        // A Job of the smoke test is deleted before it is applied; the other two are no objects.
        is_manifest && path != "design.yaml" && path != "kustomization.yaml"
    };
    for (file, text) in texts.iter().filter(|(path, _)| is_yaml(path)) {
        for node in tree::read(text).documents {
            let text = |way: &[&str]| node.str_at(way).unwrap_or_default().to_owned();
            let (kind, name) = (text(&["kind"]), text(&["metadata", "name"]));
            if kind.is_empty() || name.is_empty() || kind == "Secret" {
                continue;
            }
            let mut leaves = BTreeMap::new();
            flatten(&node, String::new(), &mut leaves);
            let object = Object {
                file: file.clone(),
                subject: format!("{kind}/{name}"),
                side: side(&node),
                kind: kind.clone(),
                line: node.position.line,
                leaves,
            };
            objects.insert((kind, text(&["metadata", "namespace"]), name), object);
        }
    }
    objects
}

/// Whose processes an object runs: by the programs and images of its containers.
fn side(object: &Node) -> Side {
    let containers = object.at(&["spec", "template", "spec", "containers"]);
    for container in containers.map_or(&[][..], Node::items) {
        let lists = ["command", "args"]
            .into_iter()
            .filter_map(|key| container.get(key));
        let items: Vec<&str> = lists.flat_map(Node::items).filter_map(Node::str).collect();
        let script = shell::container(&items, &|_| false);
        let program = start::find(&script).map(|start| start.program);
        let image = container.str_at(&["image"]).and_then(Image::of);
        match (program, image) {
            (Some(start::Program::Kafka), _) => return Side::Brokers,
            (Some(program), _) if program != start::Program::Image => return Side::Ensemble,
            (_, Some(image)) if image.is_kafka() => return Side::Brokers,
            (_, Some(_)) => return Side::Ensemble,
            _ => {}
        }
    }
    Side::Other
}

/// The plain values of a tree by their paths.
fn flatten(node: &Node, path: String, leaves: &mut BTreeMap<String, (String, Position)>) {
    if path.ends_with(".command") {
        let items: Vec<&str> = node.items().iter().filter_map(Node::str).collect();
        let script = shell::container(&items, &|_| false);
        if options_of_command(&script, node, &path, leaves)
            || options_of_formatting(&script, node, &path, leaves)
        {
            return;
        }
    }
    for (name, value) in node.entries() {
        let is_plain = !name.name.is_empty() && !name.name.contains(['.', '[', ']', '"']);
        let below = match (path.as_str(), is_plain) {
            ("", true) => name.name.clone(),
            (path, true) => format!("{path}.{}", name.name),
            (path, false) => format!("{path}{}", key(&name.name)),
        };
        let is_file = name.name.ends_with(".properties") || name.name == "zoo.cfg";
        match value.str().filter(|_| is_file) {
            Some(text) => {
                for entry in properties::read(text).entries {
                    let line = value.position.line + entry.position.line;
                    let at = Position { line, column: 1 };
                    leaves.insert(format!("{below}.flag[{}]", entry.key), (entry.value, at));
                }
            }
            None => flatten(value, below, leaves),
        }
    }
    for (at, item) in node.items().iter().enumerate() {
        let ways: [&[&str]; 3] = [&["name"], &["metadata", "name"], &["mountPath"]];
        let name = ways.into_iter().find_map(|way| item.str_at(way));
        let name = name.map_or_else(|| at.to_string(), str::to_owned);
        flatten(item, format!("{path}[{name}]"), leaves);
    }
    if let Some(text) = node.scalar() {
        leaves.insert(path, (text, node.position));
    }
}

/// The arguments of a start command, each as a leaf; false when it starts nothing that is known.
fn options_of_command(
    script: &shell::Script,
    node: &Node,
    path: &str,
    leaves: &mut BTreeMap<String, (String, Position)>,
) -> bool {
    let Some(found) = start::find(script) else {
        return false;
    };
    leaves.insert(
        format!("{path}.program"),
        (found.word.raw.clone(), node.position),
    );
    for (at, word) in found.arguments.iter().enumerate() {
        let raw = word.raw.trim_matches(['"', '\'']);
        if raw == "--override" {
            continue;
        }
        let (name, value) = raw.split_once('=').unwrap_or((raw, ""));
        let name = name.trim_start_matches('-');
        let path = if value.is_empty() {
            format!("{path}.argument[{at}]")
        } else {
            format!("{path}.flag[{name}]")
        };
        let text = if value.is_empty() { raw } else { value };
        leaves.insert(path, (text.to_owned(), node.position));
    }
    true
}

/// What the disks are formatted with, each as a leaf, beside the rest of the script; false when nothing is
/// formatted.
fn options_of_formatting(
    script: &shell::Script,
    node: &Node,
    path: &str,
    leaves: &mut BTreeMap<String, (String, Position)>,
) -> bool {
    let Some(format) = start::format(script) else {
        return false;
    };
    let options = [
        ("cluster.id", format.cluster_id),
        ("initial.controllers", format.initial_controllers),
    ];
    let items = node.items().iter().filter_map(Node::str);
    let mut rest = items.collect::<Vec<_>>().join("\n");
    for (name, value) in options {
        if let Some(value) = value.and_then(|value| value.constant()) {
            rest = rest.replace(&value, "…");
            leaves.insert(format!("{path}.flag[{name}]"), (value, node.position));
        }
    }
    leaves.insert(path.to_owned(), (rest, node.position));
    true
}

/// An object that comes or goes.
fn whole(object: &Object, comes: bool) -> Consequence {
    let why = if comes {
        "compare.new-object"
    } else {
        "compare.object-stays"
    };
    Consequence {
        file: object.file.clone(),
        line: object.line,
        object: object.subject.clone(),
        path: String::new(),
        before: None,
        after: None,
        effect: Effect::Nothing,
        rule: None,
        why: Sentence::plain(why),
    }
}

/// The option that a path ends in, be it of a start command, of a file or of a variable.
fn option_of(path: &str) -> Option<String> {
    if let Some((_, option)) = path.split_once(".flag[") {
        return Some(option.trim_end_matches(']').to_owned());
    }
    let (_, variable) = path.split_once(".env[")?;
    match variable.strip_suffix("].value")? {
        "CLUSTER_ID" | "KAFKA_CLUSTER_ID" | "KAFKA_KRAFT_CLUSTER_ID" => {
            Some("cluster.id".to_owned())
        }
        variable => environment::option_of(variable),
    }
}

/// What is set for an option of a set's processes: in its command or variables, or in the file that the
/// command names; in any file when it names none.
fn set_for<'o>(set: &'o Object, all: &'o Objects, option: &str) -> Option<&'o str> {
    let is_it = |path: &str| option_of(path).as_deref() == Some(option);
    let own = set.leaves.iter().find(|(path, _)| is_it(path));
    if let Some((_, (text, _))) = own {
        return Some(text);
    }
    let mut arguments = set.leaves.iter();
    let file = arguments.find_map(|(path, (text, _))| {
        let name = text.rsplit('/').next()?;
        path.contains(".argument[").then_some(name)
    });
    let maps = all.values().filter(|object| object.kind == "ConfigMap");
    let mut leaves = maps.flat_map(|object| &object.leaves);
    let found = leaves.find(|(path, _)| is_it(path) && file.is_none_or(|file| path.contains(file)));
    found.map(|(_, (text, _))| text.as_str())
}

/// Whether the processes of a set are controllers and no brokers.
fn is_of_controllers(set: &Object, all: &Objects) -> bool {
    set_for(set, all, "process.roles") == Some("controller")
}

/// Whether an option is set to a value anywhere.
fn sets(objects: &Objects, option: &str, value: Option<&str>) -> bool {
    let mut leaves = objects.values().flat_map(|object| &object.leaves);
    leaves.any(|(path, (text, _))| {
        value.is_none_or(|value| value == text) && option_of(path).as_deref() == Some(option)
    })
}

fn compare(
    old: &Object,
    new: &Object,
    all_before: &Objects,
    all_after: &Objects,
    found: &mut Vec<Consequence>,
) {
    let paths: BTreeSet<&String> = old.leaves.keys().chain(new.leaves.keys()).collect();
    for path in paths {
        let before = old.leaves.get(path).map(|(text, _)| text.as_str());
        let after = new.leaves.get(path).map(|(text, _)| text.as_str());
        if before == after {
            continue;
        }
        let option = option_of(path);
        let moved = option
            .as_deref()
            .is_some_and(|option| match (before, after) {
                (None, Some(_)) => sets(all_before, option, after),
                (Some(_), None) => sets(all_after, option, before),
                _ => false,
            });
        let change = Change {
            path,
            before,
            after,
            old,
            new,
            is_of_controllers: is_of_controllers(old, all_before),
        };
        let (effect, rule, why) = match option {
            // The same value in another place is the same value.
            Some(_) if moved => (Effect::RollingRestart, None, "compare.moved"),
            Some(option) => change.option(&option, |other| sets(all_before, other, None)),
            None => change.judge(),
        };
        // Where records lie in the container, every restart leaves them behind.
        let restarts = effect == Effect::RollingRestart && path.starts_with("spec.template");
        let (effect, rule, why) =
            if restarts && old.side == Side::Brokers && is_unmounted(old, all_before) {
                (Effect::AbandonsData, Some("UPD014"), "compare.unmounted")
            } else {
                (effect, rule, why)
            };
        let line = new.leaves.get(path).map_or(new.line, |(_, at)| at.line);
        found.push(Consequence {
            file: new.file.clone(),
            line,
            object: new.subject.clone(),
            path: path.clone(),
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
            effect,
            rule,
            why: Sentence::new(why, args![path]),
        });
    }
}

/// Whether the records of a set of brokers lie outside its volumes; without `log.dirs` the file of Kafka's
/// archive says `/tmp/kafka-logs`.
fn is_unmounted(set: &Object, all: &Objects) -> bool {
    let Some(folders) = set_for(set, all, "log.dirs") else {
        let mut leaves = set.leaves.iter();
        return leaves.any(|(path, (text, _))| {
            path.contains(".argument[") && text.ends_with("/config/server.properties")
        });
    };
    let is_mounted = |folder: &str| {
        let mounts = set
            .leaves
            .iter()
            .filter(|(path, _)| path.ends_with(".mountPath"));
        let mut mounts = mounts.map(|(_, (mount, _))| mount.trim_end_matches('/'));
        mounts.any(|mount| {
            let rest = folder.strip_prefix(mount);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    };
    !folders.split(',').all(|folder| is_mounted(folder.trim()))
}

/// What a change at a path does, the check that speaks of it, and the sentence.
type Judgement = (Effect, Option<&'static str>, &'static str);

const RESTART: Judgement = (Effect::RollingRestart, None, "compare.restart");

/// Controllers come and go one at a time, by Kafka's own tool.
/// Source: apache/kafka:docs/operations/kraft.md (4.0), "Add new controller", "Remove controller".
const QUORUM: Judgement = (Effect::Procedure, None, "compare.quorum");

const IMMUTABLE: Judgement = (Effect::Recreate, None, "compare.immutable");

/// A value that is another one now.
struct Change<'a> {
    path: &'a str,
    before: Option<&'a str>,
    after: Option<&'a str>,
    old: &'a Object,
    new: &'a Object,
    is_of_controllers: bool,
}

impl Change<'_> {
    fn begins(&self, starts: &[&str]) -> bool {
        starts.iter().any(|start| self.path.starts_with(start))
    }

    fn judge(&self) -> Judgement {
        let path = self.path;
        let leaf = path.rsplit('.').next();
        match self.new.kind.as_str() {
            "StatefulSet" => self.set(),
            "Job" if path.starts_with("spec.template") => {
                (Effect::Recreate, Some("UPD008"), "compare.immutable")
            }
            "Job" | "Deployment" if path.starts_with("spec.selector") => IMMUTABLE,
            "Service" if path.starts_with("spec.clusterIP") => IMMUTABLE,
            "Service" if path == "spec.type" || matches!(leaf, Some("nodePort" | "port")) => {
                (Effect::Procedure, Some("UPD013"), "compare.address")
            }
            "StorageClass" if !path.starts_with("metadata") => IMMUTABLE,
            "RoleBinding" | "ClusterRoleBinding" if path.starts_with("roleRef") => IMMUTABLE,
            "PersistentVolume" if self.begins(&["spec.local", "spec.nfs", "spec.nodeAffinity"]) => {
                IMMUTABLE
            }
            "PersistentVolumeClaim" if path.starts_with("spec") && !path.contains("storage") => {
                IMMUTABLE
            }
            "ConfigMap" if path.starts_with("data") => RESTART,
            _ => self.template(),
        }
    }

    fn set(&self) -> Judgement {
        let number =
            |text: Option<&str>| text.and_then(|text| text.parse::<i64>().ok()).unwrap_or(1);
        let is_fewer = number(self.after) < number(self.before);
        let path = self.path;
        match path {
            "spec.replicas" if self.new.side == Side::Ensemble => {
                (Effect::Procedure, Some("UPD010"), "compare.members")
            }
            "spec.replicas" if self.is_of_controllers => QUORUM,
            "spec.replicas" if is_fewer => (Effect::Procedure, Some("UPD003"), "compare.fewer"),
            "spec.replicas" => (Effect::Nothing, None, "compare.more"),
            _ if path.starts_with("spec.volumeClaimTemplates") => self.claim(),
            _ if self.begins(&[
                "spec.serviceName",
                "spec.selector",
                "spec.podManagementPolicy",
            ]) =>
            {
                IMMUTABLE
            }
            _ if path.ends_with(".mountPath") && self.mounts_a_claim() => match self.new.side {
                Side::Ensemble => (Effect::Procedure, Some("UPD001"), "compare.ensemble-folder"),
                _ => (Effect::AbandonsData, Some("UPD005"), "compare.folder"),
            },
            _ => self.template(),
        }
    }

    /// A claim template that goes leaves its volumes behind; one that comes is only new.
    fn claim(&self) -> Judgement {
        let goes = self.after.is_none() && self.path.ends_with(".metadata.name");
        if goes {
            (Effect::AbandonsData, Some("UPD006"), "compare.claim")
        } else if self.path.contains(".metadata.labels")
            || self.path.contains(".metadata.annotations")
        {
            (Effect::Recreate, Some("UPD007"), "compare.immutable")
        } else {
            IMMUTABLE
        }
    }

    /// Whether the mount is that of a claim on both sides.
    fn mounts_a_claim(&self) -> bool {
        let name = self.path.rsplit_once(".volumeMounts[");
        let name = name
            .and_then(|(_, rest)| rest.split(']').next())
            .unwrap_or_default();
        let claim = format!("spec.volumeClaimTemplates[{name}].metadata.name");
        self.before.is_some()
            && self.after.is_some()
            && [self.old, self.new]
                .iter()
                .all(|object| object.leaves.contains_key(&claim))
    }

    fn template(&self) -> Judgement {
        if !self.path.starts_with("spec.template") {
            return (Effect::Nothing, None, "compare.nothing");
        }
        // Another image keeps its files elsewhere and runs as somebody else.
        if self.path.ends_with("].image") && self.path.contains(".containers[") {
            let name = |image: Option<&str>| {
                let name = image
                    .unwrap_or_default()
                    .rsplit('/')
                    .next()
                    .unwrap_or_default()
                    .to_owned();
                name.split([':', '@']).next().unwrap_or_default().to_owned()
            };
            if name(self.before) != name(self.after) {
                return (Effect::Procedure, None, "compare.image");
            }
        }
        RESTART
    }

    /// What a change of an option does; `had` says whether another option was set before.
    fn option(&self, option: &str, had: impl Fn(&str) -> bool) -> Judgement {
        let (before, after) = (
            self.before.unwrap_or_default(),
            self.after.unwrap_or_default(),
        );
        match option {
            // Without log.dirs the shipped file's folder was in use, which lies in no volume.
            "log.dirs" if self.before.is_none() && !had(option) => {
                (Effect::AbandonsData, Some("UPD014"), "compare.unmounted")
            }
            "log.dir" if self.after.is_none() || had("log.dirs") => RESTART,
            "log.dirs" | "log.dir" => (Effect::AbandonsData, Some("UPD005"), "compare.folder"),
            "broker.id" | "node.id" => (Effect::AbandonsData, Some("UPD004"), "compare.identity"),
            // A static quorum becomes a dynamic one by a procedure, from 4.1 on.
            // Source: apache/kafka:docs/operations/kraft.md (4.1), "Upgrade".
            "controller.quorum.voters" if self.before.is_none() || self.after.is_none() => {
                (Effect::Procedure, None, "compare.quorum-kind")
            }
            "controller.quorum.voters" | "initial.controllers" => QUORUM,
            "cluster.id" => (Effect::AbandonsData, Some("UPD011"), "compare.identity"),
            "zookeeper.connect" if is_another_ensemble(before, after) => {
                (Effect::AbandonsData, Some("UPD002"), "compare.identity")
            }
            "dataDir" | "dataLogDir" | "data_dir" | "data_log_dir" => {
                (Effect::Procedure, Some("UPD001"), "compare.ensemble-folder")
            }
            "servers" => (Effect::Procedure, Some("UPD010"), "compare.members"),
            _ if option.starts_with("server.") => {
                (Effect::Procedure, Some("UPD010"), "compare.members")
            }
            "inter.broker.listener.name" | "security.inter.broker.protocol" => {
                (Effect::Procedure, Some("UPD009"), "compare.listener")
            }
            "listener.security.protocol.map" if changes_a_protocol(before, after) => {
                (Effect::Procedure, Some("UPD009"), "compare.listener")
            }
            "advertised.listeners" => (Effect::RollingRestart, Some("UPD013"), "compare.address"),
            "default.replication.factor"
            | "num.partitions"
            | "offsets.topic.replication.factor"
            | "transaction.state.log.replication.factor" => {
                (Effect::RollingRestart, Some("UPD012"), "compare.new-topics")
            }
            _ => RESTART,
        }
    }
}

/// Whether brokers would find another cluster: below another path, or on servers that have no name in common.
fn is_another_ensemble(before: &str, after: &str) -> bool {
    fn parts(connect: &str) -> (&str, &str) {
        let at = connect.find('/').unwrap_or(connect.len());
        let (hosts, path) = connect.split_at(at);
        (hosts, path.trim_end_matches('/'))
    }
    // `zk-0.zk-hs` and `zk-0.zk-hs.default.svc` are one server.
    fn is_same(one: &str, other: &str) -> bool {
        let host = |server: &str| {
            server
                .trim()
                .split(':')
                .next()
                .unwrap_or_default()
                .to_owned()
        };
        let (one, other) = (host(one), host(other));
        let mut pairs = one.split('.').zip(other.split('.'));
        pairs.all(|(one, other)| one == other)
    }
    let (old_hosts, old_path) = parts(before);
    let (new_hosts, new_path) = parts(after);
    let shares = old_hosts
        .split(',')
        .any(|old| new_hosts.split(',').any(|new| is_same(old, new)));
    old_path != new_path || !shares
}

/// Whether a listener that stays gets another protocol.
fn changes_a_protocol(before: &str, after: &str) -> bool {
    let pairs = |map: &str| -> BTreeMap<String, String> {
        let pairs = map
            .split(',')
            .filter_map(|pair| pair.trim().split_once(':'));
        pairs
            .map(|(name, protocol)| (name.to_owned(), protocol.to_owned()))
            .collect()
    };
    let after = pairs(after);
    let mut before = pairs(before).into_iter();
    before.any(|(name, protocol)| after.get(&name).is_some_and(|now| *now != protocol))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::Design;
    use crate::evaluate;

    fn texts(design: &Design) -> BTreeMap<String, String> {
        let files = evaluate(design).files;
        files
            .iter()
            .map(|file| (file.path.clone(), file.text()))
            .collect()
    }

    fn of(changes: &[(&str, &str)]) -> Vec<Consequence> {
        let before = Design::default();
        let after = changes
            .iter()
            .fold(before.clone(), |design, (path, value)| {
                design.with(path, value)
            });
        consequences(&texts(&before), &texts(&after))
    }

    fn has(found: &[Consequence], effect: Effect, rule: Option<&str>, path: &str) {
        let mut found_it = found.iter().filter(|one| one.path.contains(path));
        assert!(
            found_it.any(|one| one.effect == effect && one.rule == rule),
            "{path}: {found:#?}"
        );
    }

    #[test]
    fn nothing_changes_nothing() {
        assert_eq!(of(&[]), []);
    }

    #[test]
    fn each_change_has_its_effect() {
        has(
            &of(&[("kafka.cpu_request", "3")]),
            Effect::RollingRestart,
            None,
            "requests.cpu",
        );
        has(
            &of(&[("kafka.groups[main].brokers", "2")]),
            Effect::Procedure,
            Some("UPD003"),
            "spec.replicas",
        );
        has(
            &of(&[("kafka.disks[data].size", "7Gi")]),
            Effect::Recreate,
            None,
            "volumeClaimTemplates",
        );
        has(
            &of(&[("kafka.options[log.dirs]", "/var/lib/kafka/other")]),
            Effect::AbandonsData,
            Some("UPD005"),
            "flag[log.dirs]",
        );
        has(
            &of(&[("zookeeper.chroot", "/kafka")]),
            Effect::AbandonsData,
            Some("UPD002"),
            "zookeeper.connect",
        );
        has(
            &of(&[("kafka.options[num.partitions]", "6")]),
            Effect::RollingRestart,
            Some("UPD012"),
            "num.partitions",
        );
        has(
            &of(&[("zookeeper.servers", "5")]),
            Effect::Procedure,
            Some("UPD010"),
            "flag[server.",
        );
        has(
            &of(&[("kafka.name", "other")]),
            Effect::AbandonsData,
            Some("UPD006"),
            "",
        );
        has(
            &of(&[("kafka.disks[data].mount", "/var/lib/elsewhere")]),
            Effect::AbandonsData,
            Some("UPD005"),
            "mountPath",
        );
        has(
            &of(&[("zookeeper.name", "other")]),
            Effect::AbandonsData,
            Some("UPD002"),
            "zookeeper.connect",
        );
        has(
            &of(&[("zookeeper.servers", "5")]),
            Effect::Procedure,
            Some("UPD010"),
            "spec.replicas",
        );
        has(
            &of(&[("zookeeper.data_claim", "other")]),
            Effect::AbandonsData,
            Some("UPD006"),
            "volumeClaimTemplates",
        );
        has(
            &of(&[("kafka.listeners[internal].name", "INSIDE")]),
            Effect::Procedure,
            Some("UPD009"),
            "inter.broker.listener.name",
        );
    }

    #[test]
    fn each_change_of_a_quorum_has_its_effect() {
        let id = "AQIDBAUGBwgJCgsMDQ4PEA";
        let ids = |count: u8| {
            let ids = (1..=count).map(|n| format!("AQIDBAUGBwgJCgsMDQ4P{n}A"));
            ids.collect::<Vec<_>>().join(",")
        };
        for mode in ["kraft-dedicated", "kraft-combined"] {
            let before = Design::default()
                .with("cluster.coordination", mode)
                .with("kafka.version", "4.1.2")
                .with("kraft.cluster_id", id)
                .with("kraft.directory_ids", &ids(3));
            let of = |path: &str, value: &str| {
                let after = before.clone().with(path, value);
                consequences(&texts(&before), &texts(&after))
            };
            let found = of("kraft.cluster_id", "BQIDBAUGBwgJCgsMDQ4PEA");
            let lost = (Effect::AbandonsData, Some("UPD011"));
            has(&found, lost.0, lost.1, "flag[cluster.id]");
            let only = found.iter().all(|one| (one.effect, one.rule) == lost);
            assert!(only, "{mode}: {found:#?}");
            let found = of("kraft.directory_ids", &ids(2));
            has(&found, Effect::Procedure, None, "flag[initial.controllers]");
            let found = of("kraft.quorum", "static");
            has(
                &found,
                Effect::Procedure,
                None,
                "flag[controller.quorum.voters]",
            );
            let found = of("kafka.cpu_request", "3");
            assert_eq!(
                gravest(&found),
                Effect::RollingRestart,
                "{mode}: {found:#?}"
            );
        }
        let dedicated = Design::default()
            .with("cluster.coordination", "kraft-dedicated")
            .with("kraft.cluster_id", id);
        for count in ["1", "5"] {
            let after = dedicated.clone().with("controllers.count", count);
            let found = consequences(&texts(&dedicated), &texts(&after));
            has(&found, Effect::Procedure, None, "spec.replicas");
            assert!(
                found.iter().all(|one| one.rule != Some("UPD003")),
                "{found:#?}"
            );
        }
    }

    #[test]
    fn another_id_in_a_variable_is_another_cluster() {
        let set = |id: &str| {
            let text = format!(
                "kind: StatefulSet\nmetadata: {{name: kafka}}\nspec:\n  template:\n    spec:\n      containers:\n      - name: kafka\n        image: apache/kafka:4.1.1\n        env: [{{name: CLUSTER_ID, value: {id}}}]\n"
            );
            BTreeMap::from([("kafka.yaml".to_owned(), text)])
        };
        let found = consequences(
            &set("AAAAAAAAAAAAAAAAAAAAAA"),
            &set("BBBBBBBBBBBBBBBBBBBBBA"),
        );
        assert_eq!(
            (found[0].effect, found[0].rule),
            (Effect::AbandonsData, Some("UPD011"))
        );
    }

    #[test]
    fn an_option_that_moves_from_flags_to_a_file_stays_what_it_is() {
        let flags = Design::default().with("kafka.config_style", "flags");
        let file = Design::default().with("kafka.config_style", "file");
        let found = consequences(&texts(&flags), &texts(&file));
        assert!(
            found.iter().any(|one| one.path.contains("log.dirs")),
            "{found:#?}"
        );
        assert_eq!(
            gravest(&found),
            Effect::RollingRestart,
            "{:#?}",
            found.first()
        );
    }

    #[test]
    fn another_name_of_the_same_server_is_no_other_ensemble() {
        let long = "zk-0.zk-hs.default.svc.cluster.local:2181";
        assert!(!is_another_ensemble(
            "zk-0.zk-hs:2181,zk-1.zk-hs:2181",
            long
        ));
        assert!(is_another_ensemble("zk-0.zk-hs:2181", "coord-0.coord:2181"));
        assert!(is_another_ensemble(
            "zk-0.zk-hs:2181",
            "zk-0.zk-hs:2181/kafka"
        ));
    }

    #[test]
    fn the_repair_of_an_unmounted_folder_is_never_plain() {
        let set = |flags: &str| {
            let text = format!(
                "kind: StatefulSet\nmetadata: {{name: kafka}}\nspec:\n  template:\n    spec:\n      containers:\n      - name: kafka\n        command: [sh, -c, 'exec kafka-server-start.sh /opt/kafka/config/server.properties {flags}']\n"
            );
            BTreeMap::from([("kafka.yaml".to_owned(), text)])
        };
        let before = set("--override log.dir=/var/lib/kafka");
        let repaired = set("--override log.dirs=/var/lib/kafka/data");
        let other = set("--override log.dir=/var/lib/kafka --override num.partitions=3");
        for after in [repaired.clone(), other] {
            let found = consequences(&before, &after);
            let effects: Vec<_> = found.iter().map(|one| (one.effect, one.rule)).collect();
            assert!(!effects.is_empty());
            let lost = (Effect::AbandonsData, Some("UPD014"));
            assert!(effects.iter().all(|one| *one == lost), "{found:#?}");
        }
        let later = set("--override log.dirs=/var/lib/kafka/data --override num.partitions=3");
        assert_eq!(
            gravest(&consequences(&repaired, &later)),
            Effect::AbandonsData,
            "nothing is mounted there either"
        );
    }

    #[test]
    fn a_consequence_knows_its_line() {
        let before = Design::default();
        let after = before.clone().with("kafka.cpu_request", "3");
        let (old, new) = (texts(&before), texts(&after));
        let found = consequences(&old, &new);
        let cpu = found
            .iter()
            .find(|one| one.path.ends_with("requests.cpu"))
            .expect("it");
        let line = new[&cpu.file].lines().nth(cpu.line - 1).expect("the line");
        assert_eq!(
            (line.trim(), cpu.before.as_deref()),
            ("cpu: \"3\"", Some("2"))
        );
        assert_eq!(gravest(&found), Effect::RollingRestart);
    }
}
