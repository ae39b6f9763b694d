//! KRaft: which sets hold controllers, and the ids that their disks are formatted with.

use super::kafka::Written;
use super::{Mapped, Process, images, mounted_file, pods, unquoted_heap, variable};
use crate::import::objects::Found;
use crate::import::tree::Node;
use crate::import::{properties, shell, start};

/// Options that follow from the coordination: no value of theirs is kept.
pub const FOLLOWING: [&str; 3] = ["controller.listener.names", "node.id", "process.roles"];

/// What a process says of an option, in its flags, its variables or its file.
fn option(process: &Process, found: &Found, name: &str) -> Option<String> {
    if process.program == start::Program::Image {
        let options = images::options(process, &images::variables(process, found));
        let option = options.into_iter().find(|option| option.name == name)?;
        return option.value.constant();
    }
    let start = start::find(&process.script)?;
    let read = start::kafka(&process.script, &start);
    let flag = read.overrides.into_iter().find(|flag| flag.name == name);
    if let Some(flag) = flag {
        return flag.value.constant();
    }
    let file = read.file.and_then(|file| file.value.constant())?;
    let wanted = file.rsplit('/').next()?;
    let (_, _, text) = mounted_file(process, found, |key| key == wanted)?;
    let entries = properties::read(text.str()?).entries;
    let entry = entries.into_iter().find(|entry| entry.key == name)?;
    Some(entry.value)
}

/// The roles of a process; empty with ZooKeeper.
fn roles(process: &Process, found: &Found) -> Vec<String> {
    let roles = option(process, found, "process.roles").unwrap_or_default();
    let roles = roles.split(',').map(|role| role.trim().to_owned());
    roles.filter(|role| !role.is_empty()).collect()
}

/// Takes the sets that hold nothing but controllers out of the brokers', and says what coordinates them;
/// whether anything but ZooKeeper does.
pub fn map(brokers: &mut Vec<Process>, found: &Found, mapped: &mut Mapped) -> bool {
    let is_controller = |process: &Process| roles(process, found) == ["controller"];
    let of_brokers = brokers.iter().find(|one| !is_controller(one));
    let of_brokers = of_brokers.map(|one| roles(one, found)).unwrap_or_default();
    if of_brokers.is_empty() {
        return false;
    }
    let combined = of_brokers.iter().any(|role| role == "controller");
    let coordination = if combined {
        "kraft-combined"
    } else {
        "kraft-dedicated"
    };
    mapped.note("cluster.coordination", coordination);
    let own = brokers.iter().position(is_controller);
    let speaks = own.or(if brokers.is_empty() { None } else { Some(0) });
    if let Some(speaks) = speaks.and_then(|at| brokers.get(at)) {
        quorum(speaks, found, mapped);
    }
    if let Some(own) = own.filter(|_| !combined) {
        let own = brokers.remove(own);
        controllers(&own, found, mapped);
    }
    true
}

/// How the quorum is reached and found, and its ids.
fn quorum(process: &Process, found: &Found, mapped: &mut Mapped) {
    let object = process.object;
    let at = process.container.position;
    let names = option(process, found, "controller.listener.names");
    let listeners = option(process, found, "listeners").unwrap_or_default();
    if let Some(name) = names {
        let mut ports = listeners.split(',').filter_map(|listener| {
            let (listener, address) = listener.trim().split_once("://")?;
            (listener == name).then(|| address.rsplit_once(':'))?
        });
        if let Some((_, port)) = ports.next() {
            mapped.set("kraft.port", port, object, at);
        }
        mapped.set("kraft.listener", name, object, at);
    }
    let has_voters = option(process, found, "controller.quorum.voters").is_some();
    let format = format(process);
    // How the disks are formatted decides; the list of voters is not read then.
    let is_dynamic = format.as_ref().is_some_and(|(format, _)| format.is_dynamic);
    let kind = if has_voters && !is_dynamic {
        "static"
    } else {
        "dynamic"
    };
    mapped.set("kraft.quorum", kind, object, at);
    let Some((format, position)) = format else {
        return;
    };
    if let Some(id) = format.cluster_id.and_then(|id| id.constant()) {
        mapped.set("kraft.cluster_id", id, object, position);
    }
    let members = format.initial_controllers;
    if let Some(members) = members.and_then(|members| members.constant()) {
        let ids = members
            .split(',')
            .filter_map(|member| member.rsplit_once(':'));
        let ids: Vec<&str> = ids.map(|(_, id)| id).collect();
        mapped.set("kraft.directory_ids", ids.join(", "), object, position);
    }
}

/// The command that formats the disks, in an init container or before the process starts.
fn format(process: &Process) -> Option<(start::Format, crate::import::Position)> {
    let pod = process.object.node.at(&["spec", "template", "spec"])?;
    let lists = ["initContainers", "containers"].into_iter();
    let containers = lists.filter_map(|key| pod.get(key)).flat_map(Node::items);
    containers.into_iter().find_map(|container| {
        let lists = ["command", "args"].into_iter();
        let items = lists
            .filter_map(|key| container.get(key))
            .flat_map(Node::items);
        let items: Vec<&Node> = items.collect();
        let texts: Vec<&str> = items.iter().filter_map(|item| item.str()).collect();
        let format = start::format(&shell::container(&texts, &|_| false))?;
        Some((format, items.last()?.position))
    })
}

/// The set of controllers.
fn controllers(process: &Process, found: &Found, mapped: &mut Mapped) {
    let object = process.object;
    let node = &object.node;
    mapped.parts.controllers = true;
    mapped.set(
        "controllers.name",
        &object.name,
        object,
        object.name_position(),
    );
    match node.at(&["spec", "replicas"]) {
        Some(count) => mapped.set_node("controllers.count", object, Some(count)),
        None => mapped.note("controllers.count", "1"),
    }
    mapped.set_node(
        "controllers.headless_name",
        object,
        node.at(&["spec", "serviceName"]),
    );
    pods::map(process, "controllers", found, mapped);
    if let Some(heap) = variable(process, "KAFKA_HEAP_OPTS") {
        unquoted_heap("controllers.heap", heap, object, mapped);
    }
    let base = start::find(&process.script).and_then(|start| {
        let flags = start::kafka(&process.script, &start).overrides;
        let id = flags.into_iter().find(|flag| flag.name == "node.id")?;
        id.value.ordinal()
    });
    if let Some(base) = base {
        mapped.set(
            "controllers.id_base",
            base.to_string(),
            object,
            process.container.position,
        );
    }
    if let Some(claim) = super::claims(process).first() {
        mapped.set("controllers.claim", claim.name, object, claim.node.position);
        mapped.set_node("controllers.data_size", object, claim.size);
        mapped.set_node("storage.class", object, claim.class);
        mapped.has_class = true;
        if let [one] = claim.modes
            && let Some(mode) = one.scalar()
        {
            mapped.set("controllers.access_mode", mode, object, claim.modes_at);
        }
    }
}

/// The listeners of brokers without those of controllers, which are no listeners of the design.
pub fn is_of_controllers(written: &[Written], listener: &str) -> bool {
    let names = written
        .iter()
        .rev()
        .find(|option| option.name == "controller.listener.names");
    let names = names.and_then(|names| names.value.constant());
    names.is_some_and(|names| names.split(',').any(|name| name.trim() == listener))
}
