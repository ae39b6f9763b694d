//! The ensemble: names, flags or `zoo.cfg`, volumes.

use super::{Mapped, Process, images, line_with, namespace, pods, services, unquoted_heap};
use crate::catalog::{self, Lookup};
use crate::import::environment::{Image, Meaning, heap};
use crate::import::objects::{Found, Object};
use crate::import::tree::Node;
use crate::import::{Position, Remark, dockerfile, properties, start};
use crate::plan::FLAG_ORDER;

/// Reads the ensemble out of its set.
pub fn map(
    process: &Process,
    found: &Found,
    mapped: &mut Mapped,
    remarks: &mut Vec<(String, Remark)>,
) {
    let object = process.object;
    let node = &object.node;
    mapped.set("zookeeper.name", &object.name, object, node.position);
    namespace("zookeeper.namespace", object, mapped);
    mapped.set_node("zookeeper.servers", object, node.at(&["spec", "replicas"]));
    mapped.set_node(
        "zookeeper.headless_name",
        object,
        node.at(&["spec", "serviceName"]),
    );
    mapped.set_node("zookeeper.image", object, process.container.get("image"));
    version(process, found, mapped);
    pods::map(process, "zookeeper", found, mapped);
    for service in services(found, object) {
        let headless = service.node.str_at(&["spec", "clusterIP"]) == Some("None");
        if headless
            && process
                .spec()
                .and_then(|spec| spec.str_at(&["serviceName"]))
                == Some(&service.name)
        {
            let early = service.node.at(&["spec", "publishNotReadyAddresses"]);
            let early = early
                .and_then(Node::scalar)
                .unwrap_or_else(|| "false".to_owned());
            mapped.set(
                "zookeeper.publish_not_ready",
                early,
                service,
                service.name_position(),
            );
        } else if !headless {
            mapped.set(
                "zookeeper.client_name",
                &service.name,
                service,
                service.name_position(),
            );
        }
    }
    if process.program == start::Program::TutorialZooKeeper {
        let image = process.container.get("image");
        let at = image.map_or(process.container.position, |image| image.position);
        mapped.set("zookeeper.flavour", "tutorial", object, at);
        flags(process, found, mapped, remarks);
    } else {
        environment(process, found, mapped, remarks);
        file(process, found, mapped);
        log_level(process, found, mapped);
        peer_ports(process, mapped);
        if let Some(flags) = super::variable(process, "SERVER_JVMFLAGS") {
            unquoted_heap("zookeeper.heap", flags, object, mapped);
        }
    }
    readiness(process, mapped);
    volumes(process, mapped);
}

/// The release that the image's tag names.
fn version(process: &Process, found: &Found, mapped: &mut Mapped) {
    let Some(image) = process.container.get("image") else {
        return;
    };
    let text = image.str().unwrap_or_default();
    let tag = text.rsplit_once(':').map_or("", |(_, tag)| tag);
    let known = |text: &str| {
        catalog::zookeeper_releases()
            .iter()
            .any(|release| release.version.to_string() == text)
    };
    if let Some(version) = tag.split(['-', '_']).find(|part| known(part)) {
        mapped.set("zookeeper.version", version, process.object, image.position);
    }
    // An image of others is ready made, like the official one, unless the file that it is built from is there.
    let is_known = process.image.is_some_and(Image::is_zookeeper);
    let mut files = found.dockerfiles.values();
    let is_built = files.any(|text| {
        let built = dockerfile::built(&dockerfile::read(text));
        built.product == Some(dockerfile::Product::ZooKeeper)
    });
    let flavour = if is_built && !is_known {
        "built"
    } else {
        "official"
    };
    mapped.set("zookeeper.flavour", flavour, process.object, image.position);
}

/// The flags of the tutorial's script.
fn flags(
    process: &Process,
    found: &Found,
    mapped: &mut Mapped,
    remarks: &mut Vec<(String, Remark)>,
) {
    let Some(start) = start::find(&process.script) else {
        return;
    };
    let (flags, unclear) = start::tutorial_zookeeper(&process.script, &start);
    let object = process.object;
    let begin = process
        .command()
        .map_or(process.container.position, |node| node.position);
    let text = found.text(&object.file);
    remarks.extend(unclear.into_iter().map(|remark| {
        let at = line_with(text, begin, remark.needle().unwrap_or_default());
        (
            object.file.clone(),
            Remark {
                position: at,
                ..remark
            },
        )
    }));
    let mut order: Vec<String> = Vec::new();
    if start.is_exec {
        order.push("exec".to_owned());
    }
    for flag in flags {
        let Some(value) = flag.value.constant() else {
            continue;
        };
        let at = line_with(text, begin, &format!("--{}=", flag.name));
        let option = start::TUTORIAL_FLAGS
            .iter()
            .find(|(name, _)| *name == flag.name);
        let path = match (flag.name.as_str(), option) {
            ("data_dir", _) => "zookeeper.data_dir".to_owned(),
            ("data_log_dir", _) => "zookeeper.data_log_dir".to_owned(),
            ("client_port", _) => "zookeeper.ports.client".to_owned(),
            ("server_port", _) => "zookeeper.ports.server".to_owned(),
            ("election_port", _) => "zookeeper.ports.election".to_owned(),
            ("conf_dir" | "heap" | "log_level" | "servers", _) => {
                format!("zookeeper.{}", flag.name)
            }
            (_, Some((_, option))) => format!("zookeeper.options[{option}]"),
            _ => continue,
        };
        mapped.set(path, value, object, at);
        order.push(flag.name);
    }
    mapped.design.lists.insert(FLAG_ORDER.to_owned(), order);
}

/// The file of a mounted ConfigMap that the server starts with.
fn file(process: &Process, found: &Found, mapped: &mut Mapped) {
    let is_wanted = |name: &str| matches!(name, "zoo.cfg" | "zookeeper.properties");
    let Some((map, _, text)) = super::mounted_file(process, found, is_wanted) else {
        return;
    };
    let read = properties::read(text.str().unwrap_or_default());
    for entry in &read.entries {
        let at = position_in(found, map, text, &entry.key);
        set_option(&entry.key, &entry.value, map, at, mapped);
    }
}

/// How much is logged, as the mounted file for logback or log4j says.
fn log_level(process: &Process, found: &Found, mapped: &mut Mapped) {
    const LEVELS: [&str; 5] = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR"];
    let is_wanted = |name: &str| matches!(name, "logback.xml" | "log4j.properties");
    let Some((map, name, text)) = super::mounted_file(process, found, is_wanted) else {
        return;
    };
    let read = text.str().unwrap_or_default();
    let (key, level) = if name == "logback.xml" {
        let key = "<root level=\"";
        let level = read
            .split_once(key)
            .and_then(|(_, rest)| rest.split('"').next());
        (key, level.unwrap_or_default().to_owned())
    } else {
        let key = "log4j.rootLogger";
        let mut entries = properties::read(read).entries.into_iter();
        let entry = entries.rfind(|entry| entry.key == key);
        let level = entry.and_then(|entry| Some(entry.value.split(',').next()?.trim().to_owned()));
        (key, level.unwrap_or_default())
    };
    if LEVELS.contains(&level.as_str()) {
        let at = position_in(found, map, text, key);
        mapped.set("zookeeper.log_level", level, map, at);
    }
}

/// A server that stands alone names its peers nowhere: the ports of its container tell what they would be.
fn peer_ports(process: &Process, mapped: &mut Mapped) {
    let ports = process.container.get("ports").map_or(&[][..], Node::items);
    for (name, field) in [
        ("server", "zookeeper.ports.server"),
        ("leader-election", "zookeeper.ports.election"),
    ] {
        let mut named = ports
            .iter()
            .filter(|port| port.str_at(&["name"]) == Some(name));
        if !mapped.design.values.contains_key(&field.into()) {
            let port = named.next().and_then(|port| port.get("containerPort"));
            mapped.set_node(field, process.object, port);
        }
    }
}

/// Gives an option of `zoo.cfg` its value.
fn set_option(key: &str, value: &str, from: &Object, at: Position, mapped: &mut Mapped) {
    let path = match key {
        "dataDir" => "zookeeper.data_dir".to_owned(),
        "dataLogDir" => "zookeeper.data_log_dir".to_owned(),
        "clientPort" => "zookeeper.ports.client".to_owned(),
        key if key.starts_with("server.") => {
            ports(value, from, at, mapped);
            return;
        }
        key => {
            let version = super::current(mapped)
                .zookeeper()
                .map(|zookeeper| *zookeeper.version);
            let sensitive = version.is_some_and(|version| {
                matches!(catalog::zookeeper_option(key, version), Lookup::Known(option) if option.sensitive)
            });
            if sensitive {
                return;
            }
            format!("zookeeper.options[{key}]")
        }
    };
    mapped.set(path, value, from, at);
}

/// Reads a `zoo.cfg` that stands beside the manifests, when there is no ensemble among them.
pub fn file_alone(found: &Found, mapped: &mut Mapped, remarks: &mut Vec<(String, Remark)>) {
    let mut files = found.properties.iter();
    let file = files.find(|(path, _)| path.rsplit('/').next() == Some("zoo.cfg"));
    let Some((path, text)) = file else { return };
    let read = properties::read(text);
    remarks.extend(
        read.remarks
            .into_iter()
            .map(|remark| (path.clone(), remark)),
    );
    let from = Object::of_file(path);
    let mut servers = 0;
    for entry in &read.entries {
        servers += usize::from(entry.key.starts_with("server."));
        set_option(&entry.key, &entry.value, &from, entry.position, mapped);
    }
    if servers > 0 {
        mapped.note("zookeeper.servers", servers.to_string());
    }
}

/// The options that an image makes out of variables.
fn environment(
    process: &Process,
    found: &Found,
    mapped: &mut Mapped,
    remarks: &mut Vec<(String, Remark)>,
) {
    if !process.image.is_some_and(Image::is_zookeeper) {
        return;
    }
    let object = process.object;
    let found = images::variables(process, found);
    let all = found.remarks.iter().cloned();
    remarks.extend(all.map(|remark| (object.file.clone(), remark)));
    for option in images::options(process, &found) {
        if let Some(value) = option.value.constant() {
            set_option(&option.name, &value, object, option.at, mapped);
        }
    }
    if let Some(heap) = found.get(Meaning::HeapMib)
        && let Some(mib) = heap.value.constant()
    {
        mapped.set("zookeeper.heap", format!("{mib}m"), object, heap.position);
    }
    if let Some(flags) = found.get(Meaning::Heap)
        && let Some(heap) = flags.value.constant().and_then(|text| heap(&text).max)
    {
        mapped.set("zookeeper.heap", heap, object, flags.position);
    }
    if let Some(level) = found.get(Meaning::LogLevel)
        && let Some(text) = level.value.constant()
    {
        mapped.set("zookeeper.log_level", text, object, level.position);
    }
}

/// `HOST:2888:3888` of a server's line.
fn ports(line: &str, from: &Object, at: Position, mapped: &mut Mapped) {
    let server = line.split(';').next().unwrap_or(line);
    let server = server
        .trim_end_matches(":participant")
        .trim_end_matches(":observer");
    let mut parts = server.rsplit(':');
    if let (Some(election), Some(server)) = (parts.next(), parts.next()) {
        mapped.set("zookeeper.ports.election", election, from, at);
        mapped.set("zookeeper.ports.server", server, from, at);
    }
}

fn position_in(found: &Found, object: &Object, text: &Node, key: &str) -> Position {
    line_with(found.text(&object.file), text.position, key)
}

fn readiness(process: &Process, mapped: &mut Mapped) {
    let command = process.container.at(&["readinessProbe", "exec", "command"]);
    let Some(script) = command.and_then(|command| command.items().last()) else {
        return;
    };
    let text = script.str().unwrap_or_default();
    let check = if text.contains("srvr") {
        "srvr"
    } else {
        "ruok"
    };
    mapped.set(
        "zookeeper.readiness.check",
        check,
        process.object,
        script.position,
    );
}

/// The claims, told apart by what is mounted where.
fn volumes(process: &Process, mapped: &mut Mapped) {
    let object = process.object;
    let plan = super::current(mapped);
    let Some(zookeeper) = plan.zookeeper() else {
        return;
    };
    let (data, log) = (
        zookeeper.data_dir.value.clone(),
        zookeeper.data_log_dir.value.clone(),
    );
    let claims = super::claims(process);
    let holds = |folder: &str, mount: &str| {
        let rest = folder.strip_prefix(mount.trim_end_matches('/'));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let of = |folder: &str| {
        let mounted = claims.iter().filter(|claim| {
            claim
                .mount
                .and_then(Node::str)
                .is_some_and(|mount| holds(folder, mount))
        });
        mounted.max_by_key(|claim| claim.mount.and_then(Node::str).map_or(0, str::len))
    };
    let Some(data) = of(&data) else { return };
    let log = of(&log).filter(|log| log.name != data.name);
    mapped.set(
        "zookeeper.data_claim",
        data.name,
        object,
        data.node.position,
    );
    mapped.set_node("zookeeper.data_size", object, data.size);
    mapped.set(
        "zookeeper.log_volume",
        log.is_some().to_string(),
        object,
        data.node.position,
    );
    if let Some(log) = log {
        mapped.set("zookeeper.log_claim", log.name, object, log.node.position);
        mapped.set_node("zookeeper.log_size", object, log.size);
    }
    if let [one] = data.modes
        && let Some(mode) = one.scalar()
    {
        mapped.set("zookeeper.access_mode", mode, object, data.modes_at);
    }
    let place = (
        object.file.clone(),
        data.class
            .map_or(data.node.position, |class| class.position),
    );
    mapped.sources.insert("storage.kind".into(), place);
    if !mapped.design.values.contains_key(&"storage.class".into()) {
        mapped.set_node("storage.class", object, data.class);
    }
    mapped.has_class = true;
}
