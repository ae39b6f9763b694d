//! What a change does to a running cluster: object by object, path by path.
//!
//! Both sides are texts, so that imported files, the last bundle that was downloaded and the present one
//! are compared alike. Options inside start commands and properties files are compared one by one.
//! The differences line by line are the business of [`repair::differences`](crate::repair::differences).
//! Facts: the API reference of `StatefulSet`, Job and Service says which fields are immutable; the rules
//! UPD001 to UPD014 of the catalogue say what the processes make of a change.

use std::collections::BTreeMap;

use crate::args;
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

/// The gravest effect among some consequences.
pub fn gravest(consequences: &[Consequence]) -> Effect {
    let effects = consequences.iter().map(|one| one.effect);
    effects
        .max_by_key(|effect| *effect as u8)
        .unwrap_or(Effect::Nothing)
}

/// What going from some files to others does to a running cluster; files that are no manifests are left out.
pub fn consequences(
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
) -> Vec<Consequence> {
    let (before, after) = (objects(before), objects(after));
    let mut found = Vec::new();
    for (name, new) in &after {
        match before.get(name) {
            Some(old) => compare(old, new, &mut found),
            None => found.push(whole(new, true)),
        }
    }
    let gone = before.iter().filter(|(name, _)| !after.contains_key(*name));
    let mut gone: Vec<Consequence> = gone.map(|(_, old)| whole(old, false)).collect();
    // A set that goes while another comes is a set with another name: its claims stay behind.
    let is_set = |one: &Consequence| one.object.starts_with("StatefulSet/");
    if found.iter().any(|one| is_set(one) && one.path.is_empty()) {
        for set in gone.iter_mut().filter(|one| is_set(one)) {
            set.effect = Effect::AbandonsData;
            set.rule = Some("UPD006");
            set.why = Sentence::plain("compare.renamed-set");
        }
    }
    found.extend(gone);
    found
}

/// An object with its leaves.
struct Object {
    file: String,
    kind: String,
    subject: String,
    line: usize,
    leaves: BTreeMap<String, (String, Position)>,
}

type Name = (String, String, String);

fn objects(texts: &BTreeMap<String, String>) -> BTreeMap<Name, Object> {
    let mut objects = BTreeMap::new();
    let is_yaml = |path: &str| {
        [".yaml", ".yml", ".json"]
            .iter()
            .any(|end| path.ends_with(end))
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
                kind: kind.clone(),
                line: node.position.line,
                leaves,
            };
            objects.insert((kind, text(&["metadata", "namespace"]), name), object);
        }
    }
    objects
}

/// The plain values of a tree by their paths.
fn flatten(node: &Node, path: String, leaves: &mut BTreeMap<String, (String, Position)>) {
    if path.ends_with(".command") && options_of_command(node, &path, leaves) {
        return;
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
    node: &Node,
    path: &str,
    leaves: &mut BTreeMap<String, (String, Position)>,
) -> bool {
    let items: Vec<&str> = node.items().iter().filter_map(Node::str).collect();
    let script = shell::container(&items, &|_| false);
    let Some(found) = start::find(&script) else {
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

fn compare(old: &Object, new: &Object, found: &mut Vec<Consequence>) {
    let paths: std::collections::BTreeSet<&String> =
        old.leaves.keys().chain(new.leaves.keys()).collect();
    for path in paths {
        let before = old.leaves.get(path).map(|(text, _)| text.as_str());
        let after = new.leaves.get(path).map(|(text, _)| text.as_str());
        if before == after {
            continue;
        }
        let (effect, rule, why) = judge(&new.kind, path, before, after);
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

/// What a change at a path does, the check that speaks of it, and the sentence.
type Judgement = (Effect, Option<&'static str>, &'static str);

fn judge(kind: &str, path: &str, before: Option<&str>, after: Option<&str>) -> Judgement {
    if let Some((_, option)) = path.split_once(".flag[") {
        return option_judgement(option.trim_end_matches(']'), before, after);
    }
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<i64>().ok()).unwrap_or(1);
    match kind {
        "StatefulSet" => match path {
            "spec.replicas" if number(after) < number(before) => {
                (Effect::Procedure, Some("UPD003"), "compare.fewer")
            }
            "spec.replicas" => (Effect::Nothing, None, "compare.more"),
            _ if path.starts_with("spec.volumeClaimTemplates") && path.contains("metadata") => {
                (Effect::Recreate, Some("UPD007"), "compare.immutable")
            }
            _ if [
                "spec.volumeClaimTemplates",
                "spec.serviceName",
                "spec.selector",
                "spec.podManagementPolicy",
            ]
            .iter()
            .any(|start| path.starts_with(start)) =>
            {
                (Effect::Recreate, None, "compare.immutable")
            }
            _ => template(path),
        },
        "Job" if path.starts_with("spec.template") => {
            (Effect::Recreate, Some("UPD008"), "compare.immutable")
        }
        "Deployment" if path.starts_with("spec.selector") => {
            (Effect::Recreate, None, "compare.immutable")
        }
        "Service" if path.starts_with("spec.clusterIP") => {
            (Effect::Recreate, None, "compare.immutable")
        }
        "Service" if path.ends_with(".nodePort") => {
            (Effect::Procedure, Some("UPD013"), "compare.address")
        }
        "StorageClass" if !path.starts_with("metadata") => {
            (Effect::Recreate, None, "compare.immutable")
        }
        "ConfigMap" if path.starts_with("data") => {
            (Effect::RollingRestart, None, "compare.restart")
        }
        _ => template(path),
    }
}

fn template(path: &str) -> Judgement {
    if path.starts_with("spec.template") {
        (Effect::RollingRestart, None, "compare.restart")
    } else {
        (Effect::Nothing, None, "compare.nothing")
    }
}

fn option_judgement(option: &str, before: Option<&str>, after: Option<&str>) -> Judgement {
    let chroot = |text: Option<&str>| {
        let text = text.unwrap_or_default();
        text.find('/')
            .map_or(String::new(), |at| text[at..].to_owned())
    };
    match option {
        "log.dirs" | "log.dir" => (Effect::AbandonsData, Some("UPD005"), "compare.folder"),
        "broker.id" | "node.id" => (Effect::AbandonsData, Some("UPD004"), "compare.identity"),
        "zookeeper.connect" if chroot(before) != chroot(after) => {
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
        "advertised.listeners" => (Effect::RollingRestart, Some("UPD013"), "compare.address"),
        "default.replication.factor"
        | "num.partitions"
        | "offsets.topic.replication.factor"
        | "transaction.state.log.replication.factor" => {
            (Effect::RollingRestart, Some("UPD012"), "compare.new-topics")
        }
        _ => (Effect::RollingRestart, None, "compare.restart"),
    }
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
