//! The brokers and controllers that the files start, and what each of them is told: its file, and the flags
//! over it, whoever wrote them.
//!
//! A set is one node here: what differs from pod to pod is in its flags as an expansion.

use serde_yaml::Value;

use super::objects::{POD, items, name_of, text};
use super::start::Starts;
use super::{Facts, Finding, Findings, Fix, Object, Rule};
use crate::catalog::KafkaLine;
use crate::design::FieldPath;
use crate::fields;
use crate::plan::BrokerConfig;
use crate::render::document::key;
use crate::text::{Arg, Args};

/// A container that starts a broker, a controller or both.
pub(super) struct Node<'a> {
    /// The object that makes its pods.
    pub object: Object<'a>,
    /// The container.
    pub container: &'a Value,
    /// Its file: the ConfigMap and the key. Nothing when the file is not among the objects.
    pub file: Option<(Object<'a>, &'a str)>,
    /// What the file and then the flags say; of a name that stands twice the last one counts.
    told: Vec<(String, String)>,
}

/// Reads the processes of some objects.
pub(super) fn read<'a>(objects: &[Object<'a>], starts: &Starts<'a>) -> Vec<Node<'a>> {
    let processes = starts.processes().filter_map(|process| {
        let object = objects[process.object];
        let mut all = object.items(&format!("{POD}.containers")).iter();
        let container = all.find(|container| name_of(container) == process.container)?;
        let file = process
            .file
            .and_then(|path| file_of(objects, starts, &object, container, path));
        let mut told = Vec::new();
        if let Some((number, key)) = file {
            let mut files = starts.files_of(number);
            let entries = files.find(|(of, _)| *of == key).map(|(_, entries)| entries);
            told.extend_from_slice(entries.unwrap_or_default());
        }
        let flags = process.flags.into_iter();
        told.extend(flags.map(|(name, value)| (name.to_owned(), value.to_owned())));
        Some(Node {
            object,
            container,
            file: file.map(|(number, key)| (objects[number], key)),
            told,
        })
    });
    processes.collect()
}

/// The ConfigMap, by its number, and the key that a path of a container stands for.
fn file_of<'a>(
    objects: &[Object<'a>],
    starts: &Starts<'a>,
    object: &Object<'a>,
    container: &Value,
    path: &str,
) -> Option<(usize, &'a str)> {
    let (folder, file) = path.rsplit_once('/')?;
    let mounted = items(container, "volumeMounts").iter().find(|mount| {
        let at = text(mount, "mountPath").unwrap_or_default();
        at.trim_end_matches('/') == folder || at == path
    })?;
    let mut volumes = object.items(&format!("{POD}.volumes")).iter();
    let volume = volumes.find(|volume| name_of(volume) == name_of(mounted))?;
    let map = text(volume.get("configMap")?, "name")?;
    let number = objects.iter().position(|one| {
        one.kind == "ConfigMap" && one.name == map && one.namespace == object.namespace
    })?;
    let (key, _) = starts.files_of(number).find(|(key, _)| *key == file)?;
    Some((number, key))
}

impl Node<'_> {
    /// What is written for an option; nothing when nothing is, or when the file is not known.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut told = self.told.iter().rev();
        let (_, value) = told.find(|(told, _)| told == name)?;
        Some(value.trim())
    }

    /// Whether something is written for an option.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| !value.is_empty())
    }

    /// Whether an option is not written, as far as all is known that the node is told.
    pub fn lacks(&self, name: &str) -> bool {
        self.file.is_some() && !self.has(name)
    }

    /// The items of a list.
    pub fn list(&self, name: &str) -> Vec<&str> {
        fields::items(self.get(name).unwrap_or_default()).collect()
    }

    /// What is in force for an option of a version, its default included; nothing when the file is not known.
    pub fn effective(&self, name: &str, line: KafkaLine) -> Option<String> {
        self.file?;
        match self.get(name) {
            Some(value) if !value.is_empty() => Some(value.to_owned()),
            _ => {
                let option = crate::catalog::broker_option(name, line).known()?;
                option.default.map(str::to_owned)
            }
        }
    }

    /// Whether it runs without ZooKeeper.
    pub fn is_kraft(&self) -> bool {
        self.has("process.roles")
    }

    /// Whether it has the role of a broker.
    pub fn is_broker(&self) -> bool {
        self.list("process.roles").contains(&"broker")
    }

    /// Whether it has the role of a controller.
    pub fn is_controller(&self) -> bool {
        self.list("process.roles").contains(&"controller")
    }

    /// Whether it is a broker and no controller.
    pub fn is_only_broker(&self) -> bool {
        self.is_broker() && !self.is_controller()
    }

    /// Whether it is a controller and no broker.
    pub fn is_only_controller(&self) -> bool {
        self.is_controller() && !self.is_broker()
    }

    /// The listeners of controllers, as it is told them.
    pub fn controller_listeners(&self) -> Vec<&str> {
        self.list("controller.listener.names")
    }

    /// The names and addresses of a list of listeners.
    pub fn end_points(&self, name: &str) -> Vec<(&str, &str)> {
        let entries = self.list(name).into_iter();
        entries
            .filter_map(|entry| entry.split_once("://"))
            .collect()
    }

    /// The `node.id` of each of its pods, when it can be told; `broker.id` is another name of it.
    pub fn ids(&self) -> Option<Vec<i64>> {
        let text = self.get("node.id").or_else(|| self.get("broker.id"))?;
        if let Ok(id) = text.parse() {
            return Some(vec![id]);
        }
        let sum = text
            .strip_prefix("$((")
            .and_then(|rest| rest.strip_suffix("))"));
        let (base, ordinal) = match sum {
            Some(sum) => {
                let (base, ordinal) = sum.split_once('+')?;
                (base.trim().parse::<i64>().ok()?, ordinal.trim())
            }
            None => (0, text),
        };
        let counted = self.object.kind == "StatefulSet" && ordinal == "${HOSTNAME##*-}";
        counted.then(|| (base..base.saturating_add(self.object.replicas())).collect())
    }

    /// Where an option stands: the ConfigMap or the command.
    pub fn place(&self, finding: &mut Finding, name: &str) {
        let (object, path) = match self.file {
            Some((map, file)) if self.is_in_file(name) => (map, format!("data{}", key(file))),
            _ => {
                let container = name_of(self.container);
                (
                    self.object,
                    format!("{POD}.containers[{container}].command"),
                )
            }
        };
        finding.place(&object, &path);
    }

    fn is_in_file(&self, name: &str) -> bool {
        let Some(text) = self
            .file
            .and_then(|(map, file)| map.get("data")?.get(file)?.as_str())
        else {
            return false;
        };
        let mut lines = text.lines().map(str::trim_start);
        lines.any(|line| {
            let rest = line.strip_prefix(name).map(str::trim_start);
            rest.is_some_and(|rest| rest.starts_with(['=', ':']))
        })
    }
}

/// One finding about an option of some nodes, with their sets as `{nodes}`; nothing without a node.
///
/// What a person typed for the option is taken out by the repair.
pub(super) fn about<'f>(
    facts: &Facts,
    found: &'f mut Findings,
    rule: &'static Rule,
    nodes: &[&Node],
    option: &str,
    mut more: Args,
) -> Option<&'f mut Finding> {
    if nodes.is_empty() {
        return None;
    }
    let sets: Vec<String> = nodes.iter().map(|node| node.object.subject()).collect();
    more.push(("nodes", Arg::from(sets)));
    let finding = found.add(rule, option, more).at_option(option);
    let path = FieldPath::kafka_option(option);
    if facts.design.get(&path).is_some() {
        // It shows at the lines that the typed value made.
        return Some(finding.fix(Fix::unset(path)));
    }
    for node in nodes {
        node.place(finding, option);
    }
    Some(finding)
}

/// What a design asks for, whether its version writes it or leaves it out.
pub(super) fn asked<'c>(config: &'c BrokerConfig, name: &str) -> Option<&'c str> {
    let left = config.unwritten.iter().find(|left| left.name == name);
    config
        .in_force(name)
        .or(left.map(|left| left.value.as_str()))
}
