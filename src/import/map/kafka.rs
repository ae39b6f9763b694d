//! The brokers: groups, options, disks, image.

use super::{
    Mapped, Process, images, kraft, line_with, listeners, namespace, pods, services, unquoted_heap,
};
use crate::args;
use crate::catalog::{self, Lookup};
use crate::import::objects::{Found, Object};
use crate::import::tree::Node;
use crate::import::value::Value;
use crate::import::{Position, Remark, dockerfile, properties, start};
use crate::plan::OPTION_ORDER;

/// An option as it is written, with its place.
pub struct Written {
    pub name: String,
    pub value: Value,
    /// The file, and the place there.
    pub file: String,
    pub at: Position,
}

/// Reads the brokers out of their sets.
pub fn map(
    sets: &[Process],
    found: &Found,
    mapped: &mut Mapped,
    remarks: &mut Vec<(String, Remark)>,
) {
    let Some(first) = sets.first() else { return };
    let object = first.object;
    names(sets, found, mapped);
    namespace("kafka.namespace", object, mapped);
    mapped.set_node(
        "kafka.headless_name",
        object,
        object.node.at(&["spec", "serviceName"]),
    );
    mapped.set_node("kafka.image", object, first.container.get("image"));
    flavour(first, mapped);
    version(first, found, mapped, remarks);
    pods::map(first, "kafka", found, mapped);
    environment(first, mapped);
    disks(first, found, mapped);
    let waits = first.pod().and_then(|pod| pod.get("initContainers"));
    let waits = waits.is_some_and(|list| {
        list.items()
            .iter()
            .any(|one| one.str_at(&["name"]) == Some("wait-for-zookeeper"))
    });
    mapped.note("kafka.wait_for_zookeeper", waits.to_string());
    let written = options(first, found, mapped, remarks);
    listeners::map(first, &written, found, mapped);
    for service in services(found, object) {
        let per_pod = service
            .node
            .at(&["spec", "selector", super::POD_NAME])
            .is_some();
        let headless = service.node.str_at(&["spec", "clusterIP"]) == Some("None");
        if !per_pod && !headless {
            mapped.set(
                "kafka.bootstrap_name",
                &service.name,
                service,
                service.node.position,
            );
        }
    }
    groups(sets, &written, found, mapped, remarks);
    image(first, found, mapped, remarks);
}

/// The common beginning of the sets' names, and a group for each.
fn names(sets: &[Process], found: &Found, mapped: &mut Mapped) {
    let names: Vec<&str> = sets.iter().map(|set| set.object.name.as_str()).collect();
    let [first, rest @ ..] = names.as_slice() else {
        return;
    };
    let object = sets.first().map(|set| set.object);
    let Some(object) = object else { return };
    let told = sets.first().and_then(|set| shared_name(set, found));
    if rest.is_empty() {
        let name = told.unwrap_or(first);
        mapped.set("kafka.name", name, object, object.name_position());
        return;
    }
    let shared = first.char_indices().map(|(at, c)| at + c.len_utf8());
    let mut shared = shared;
    let shared = shared.rfind(|end| rest.iter().all(|name| name.starts_with(&first[..*end])));
    let common = &first[..shared.unwrap_or(0)];
    // The headless Service tells where the shared name ends: `kafka` or `kafka-zone`.
    let ends = common.char_indices().rev().filter(|(_, c)| *c == '-');
    let mut names = ends.map(|(end, _)| &common[..end]);
    let headless = object
        .node
        .str_at(&["spec", "serviceName"])
        .unwrap_or_default();
    let longest = names.clone().next().unwrap_or("kafka");
    let name = told
        .or_else(|| names.find(|name| headless.strip_suffix("-hs") == Some(name)))
        .unwrap_or(longest);
    mapped.set("kafka.name", name, object, object.name_position());
    let prefix = format!("{name}-");
    let names = sets.iter().map(|set| set.object.name.as_str());
    let keys = names.map(|name| name.strip_prefix(&prefix).unwrap_or(name).to_owned());
    mapped
        .design
        .lists
        .insert("kafka.groups".to_owned(), keys.collect());
}

/// The name that a set's companions share, when their names tell: `kafka` of `kafka-config` and `kafka-pdb`.
fn shared_name<'a>(set: &'a Process, found: &Found) -> Option<&'a str> {
    let volumes = set.pod()?.get("volumes")?.items().iter();
    let mut maps = volumes.filter_map(|volume| volume.str_at(&["configMap", "name"]));
    let name = maps.find_map(|map| map.strip_suffix("-config"))?;
    let budget = [name, "-pdb"].concat();
    let is_budget = |object: &Object| {
        let is_here = object.namespace == set.object.namespace;
        is_here && object.kind == "PodDisruptionBudget" && object.name == budget
    };
    found.objects.iter().any(is_budget).then_some(name)
}

/// The ensemble that a set of brokers names, when that is a plain text.
pub fn connects_to(process: &Process, found: &Found) -> Option<String> {
    let own = own_options(process, &[], found).into_iter();
    let mut own = own.filter(|(name, ..)| name == CONNECT);
    if let Some((_, value, _)) = own.next_back() {
        return value.constant();
    }
    let is_file = |name: &str| {
        name.rsplit_once('.')
            .is_some_and(|(_, end)| end == "properties")
    };
    let (_, _, text) = super::mounted_file(process, found, is_file)?;
    let entries = properties::read(text.str()?).entries.into_iter();
    let mut entries = entries.filter(|entry| entry.key == CONNECT);
    entries.next_back().map(|entry| entry.value)
}

/// The option that names the ensemble.
const CONNECT: &str = "zookeeper.connect";

/// The options of one set, as far as its start command or its variables say them.
fn own_options(set: &Process, first: &[Written], found: &Found) -> Vec<(String, Value, Position)> {
    let at = set.container.position;
    if set.program == start::Program::Image {
        let options = images::options(set, &images::variables(set, found));
        return options
            .into_iter()
            .map(|one| (one.name, one.value, one.at))
            .collect();
    }
    let Some(start) = start::find(&set.script) else {
        return Vec::new();
    };
    // An init script may have written them into the file, for all sets alike.
    let prepared = first
        .iter()
        .map(|one| (one.name.clone(), one.value.clone(), at));
    let overrides = start::kafka(&set.script, &start).overrides;
    let overrides = overrides.into_iter().map(|one| (one.name, one.value, at));
    prepared.chain(overrides).collect()
}

fn groups(
    sets: &[Process],
    written: &[Written],
    found: &Found,
    mapped: &mut Mapped,
    remarks: &mut Vec<(String, Remark)>,
) {
    let keys: Vec<String> = mapped
        .design
        .keys("kafka.groups")
        .map(str::to_owned)
        .collect();
    for (key, set) in keys.iter().zip(sets) {
        let field = |name: &str| format!("kafka.groups[{key}].{name}");
        let object = set.object;
        let replicas = object.node.at(&["spec", "replicas"]);
        match replicas {
            Some(node) => mapped.set_node(field("brokers"), object, Some(node)),
            None => mapped.note(field("brokers"), "1"),
        }
        mapped.set(field("name"), &object.name, object, object.name_position());
        let own = own_options(set, written, found);
        for (name, value, at) in own {
            match name.as_str() {
                "broker.id" | "node.id" => {
                    if let Some(base) = value.ordinal() {
                        mapped.set(field("id_base"), base.to_string(), object, at);
                    }
                }
                "broker.rack" => {
                    if let Some(zone) = value.constant() {
                        let typed = "kafka.options[broker.rack]".into();
                        mapped.design.values.remove(&typed);
                        mapped.set(field("zone"), zone, object, at);
                    }
                }
                _ => {}
            }
        }
    }
    if sets.len() > keys.len() {
        let object = sets[0].object;
        remarks.push((
            object.file.clone(),
            Remark::new(object.name_position(), "import.process.groups", args![]),
        ));
    }
}

/// Whether the image is the project's own, started by a command of the files.
fn flavour(process: &Process, mapped: &mut Mapped) {
    let image = process.container.get("image");
    let text = image.and_then(Node::str).unwrap_or_default();
    let is_started = process.program != start::Program::Image;
    if is_started && catalog::repository_of_image(text) == "apache/kafka" {
        let at = image.map_or(process.container.position, |image| image.position);
        mapped.set("kafka.flavour", "official", process.object, at);
    }
}

/// The release: as the image's tag or the Dockerfile says.
fn version(
    process: &Process,
    found: &Found,
    mapped: &mut Mapped,
    remarks: &mut Vec<(String, Remark)>,
) {
    let known = |text: &str| {
        let parsed = text.parse::<catalog::KafkaVersion>();
        parsed.is_ok_and(|version| catalog::kafka_release(version).is_some())
    };
    let image = process.container.get("image");
    let text = image.and_then(Node::str).unwrap_or_default();
    let tag = text.rsplit_once(':').map_or("", |(_, tag)| tag);
    let in_tag = tag
        .split(['-', '_'])
        .map(|part| part.trim_start_matches('v'))
        .find(|part| known(part));
    if let (Some(version), Some(image)) = (in_tag, image) {
        mapped.set("kafka.version", version, process.object, image.position);
        return;
    }
    for text in found.dockerfiles.values() {
        let built = dockerfile::built(&dockerfile::read(text));
        let version = built.version.filter(|version| known(&version.text));
        if let Some(version) = version.filter(|_| built.product == Some(dockerfile::Product::Kafka))
        {
            mapped.note("kafka.version", version.text);
            return;
        }
    }
    let at = image.map_or(process.container.position, |image| image.position);
    let remark = Remark::new(at, "import.kafka.version", args![image = text]);
    remarks.push((process.object.file.clone(), remark));
}

fn environment(process: &Process, mapped: &mut Mapped) {
    let object = process.object;
    for (name, field) in [
        ("KAFKA_OPTS", "kafka.opts"),
        ("KAFKA_JVM_PERFORMANCE_OPTS", "kafka.jvm_performance"),
        ("JMX_PORT", "kafka.jmx_port"),
    ] {
        if let Some(value) = super::variable(process, name) {
            mapped.set_node(field, object, Some(value));
        }
    }
    if let Some(heap) = super::variable(process, "KAFKA_HEAP_OPTS") {
        unquoted_heap("kafka.heap", heap, object, mapped);
    }
    let quiet = super::variable(process, "EXTRA_ARGS").and_then(Node::str);
    mapped.note(
        "kafka.gc_log",
        (quiet != Some("-name kafkaServer")).to_string(),
    );
}

fn disks(process: &Process, found: &Found, mapped: &mut Mapped) {
    let object = process.object;
    let claims = super::claims(process);
    if claims.is_empty() {
        claimed(process, found, mapped);
        return;
    }
    let keys: Vec<String> = claims.iter().map(|claim| claim.name.to_owned()).collect();
    mapped.design.lists.insert("kafka.disks".to_owned(), keys);
    let class = claims[0].class;
    if !mapped.has_class && !mapped.design.values.contains_key(&"storage.class".into()) {
        mapped.set_node("storage.class", object, class);
    }
    for claim in &claims {
        let field = |name: &str| format!("kafka.disks[{}].{name}", claim.name);
        mapped.set_node(field("size"), object, claim.size);
        mapped.set_node(field("class"), object, claim.class);
        mapped.set_node(field("mount"), object, claim.mount);
        if let [one] = claim.modes
            && let Some(mode) = one.scalar()
        {
            mapped.set("kafka.access_mode", mode, object, claim.modes_at);
        }
    }
}

/// A set without claims of its own may use one that somebody made: our disk takes its place and size.
fn claimed(process: &Process, found: &Found, mapped: &mut Mapped) {
    let object = process.object;
    let volumes = process.pod().and_then(|pod| pod.get("volumes"));
    let mounts = process
        .container
        .get("volumeMounts")
        .map_or(&[][..], Node::items);
    let used = volumes
        .map_or(&[][..], Node::items)
        .iter()
        .find_map(|volume| {
            let claim = volume.str_at(&["persistentVolumeClaim", "claimName"])?;
            let name = volume.str_at(&["name"])?;
            let mut mounts = mounts.iter();
            let mount = mounts.find(|mount| mount.str_at(&["name"]) == Some(name))?;
            Some((claim, mount.get("mountPath")?))
        });
    let Some((claim, mount)) = used else { return };
    let plan = super::current(mapped);
    let Some(disk) = plan.kafka.disks.first().map(|disk| disk.key.clone()) else {
        return;
    };
    let field = |name: &str| format!("kafka.disks[{disk}].{name}");
    mapped.set_node(field("mount"), object, Some(mount));
    let mut claims = found.objects.iter().filter(|other| {
        other.kind == "PersistentVolumeClaim" && other.namespace == object.namespace
    });
    if let Some(claim) = claims.find(|other| other.name == claim) {
        let size = claim.node.at(&["spec", "resources", "requests", "storage"]);
        mapped.set_node(field("size"), claim, size);
        mapped.set_node(
            field("class"),
            claim,
            claim.node.at(&["spec", "storageClassName"]),
        );
    }
}

/// The options of the configuration file, then those of the start command, each with its place.
fn options(
    process: &Process,
    found: &Found,
    mapped: &mut Mapped,
    remarks: &mut Vec<(String, Remark)>,
) -> Vec<Written> {
    let object = process.object;
    if process.program == start::Program::Image {
        let environment = images::variables(process, found);
        let all = environment.remarks.iter().cloned();
        remarks.extend(all.map(|remark| (object.file.clone(), remark)));
        mapped.note("kafka.config_style", "file");
        return set_options(images::options(process, &environment), mapped, remarks);
    }
    let Some(start) = start::find(&process.script) else {
        return Vec::new();
    };
    let read = start::kafka(&process.script, &start);
    let begin = process
        .command()
        .map_or(process.container.position, |node| node.position);
    let text = found.text(&object.file);
    remarks.extend(read.remarks.into_iter().map(|remark| {
        let at = line_with(text, begin, remark.needle().unwrap_or_default());
        (
            object.file.clone(),
            Remark {
                position: at,
                ..remark
            },
        )
    }));
    let mut written: Vec<Written> = Vec::new();
    for option in read.overrides {
        let at = line_with(text, begin, &format!("{}=", option.name));
        written.push(Written {
            name: option.name,
            value: option.value,
            file: object.file.clone(),
            at,
        });
    }
    let file = read
        .file
        .and_then(|file| file.value.constant())
        .unwrap_or_default();
    let name = file.rsplit('/').next().unwrap_or_default().to_owned();
    let mounted = super::mounted_file(process, found, |key| key == name);
    let prepared = match mounted {
        Some(_) => Vec::new(),
        None => images::prepared(process, found, &file),
    };
    let loose = match mounted {
        None if prepared.is_empty() => loose(found, &name),
        _ => None,
    };
    let is_file = mounted.is_some() || !prepared.is_empty() || loose.is_some();
    let style = if is_file { "file" } else { "flags" };
    mapped.set("kafka.config_style", style, object, begin);
    if let Some((map, _, text)) = mounted {
        let read = properties::read(text.str().unwrap_or_default());
        for remark in read.remarks {
            remarks.push((
                map.file.clone(),
                Remark {
                    position: text.position,
                    ..remark
                },
            ));
        }
        for entry in read.entries {
            let at = line_with(
                found.text(&map.file),
                text.position,
                &format!("{}=", entry.key),
            );
            written.push(Written {
                name: entry.key,
                value: Value::text(entry.value),
                file: map.file.clone(),
                at,
            });
        }
    }
    written.extend(prepared);
    if let Some((path, text)) = loose {
        written.extend(loose_options(path, text, remarks));
    }
    set_options(written, mapped, remarks)
}

/// A properties file that stands beside the manifests.
fn loose<'a>(found: &'a Found, name: &str) -> Option<(&'a str, &'a str)> {
    let mut files = found.properties.iter();
    let file = files.find(|(path, _)| path.rsplit('/').next() == Some(name));
    file.map(|(path, text)| (path.as_str(), text.as_str()))
}

/// The options of such a file.
fn loose_options(path: &str, text: &str, remarks: &mut Vec<(String, Remark)>) -> Vec<Written> {
    let read = properties::read(text);
    let all = read.remarks.into_iter();
    // The options themselves are looked through for names that stand twice.
    let all = all.filter(|remark| remark.key != "import.properties.twice");
    remarks.extend(all.map(|remark| (path.to_owned(), remark)));
    let entries = read.entries.into_iter();
    entries
        .map(|entry| Written {
            name: entry.key,
            value: Value::text(entry.value),
            file: path.to_owned(),
            at: entry.position,
        })
        .collect()
}

/// Reads the brokers' options out of a file, when there are no manifests of brokers.
pub fn file_alone(found: &Found, mapped: &mut Mapped, remarks: &mut Vec<(String, Remark)>) -> bool {
    let Some((path, text)) = loose(found, "server.properties") else {
        return false;
    };
    let written = loose_options(path, text, remarks);
    mapped.note("kafka.config_style", "file");
    set_options(written, mapped, remarks);
    true
}

/// Gives the options their values.
fn set_options(
    written: Vec<Written>,
    mapped: &mut Mapped,
    remarks: &mut Vec<(String, Remark)>,
) -> Vec<Written> {
    let plan = super::current(mapped);
    let (line, has_kraft) = (plan.kafka.version.line(), plan.has_kraft());
    let mut order: Vec<String> = Vec::new();
    for option in &written {
        if let Lookup::Known(known) = catalog::broker_option(&option.name, line)
            && known.sensitive()
        {
            let args = args![name = &option.name];
            remarks.push((
                option.file.clone(),
                Remark::new(option.at, "import.option.secret", args),
            ));
            continue;
        }
        if order.contains(&option.name) {
            let args = args![name = &option.name];
            remarks.push((
                option.file.clone(),
                Remark::new(option.at, "import.option.twice", args),
            ));
        } else {
            order.push(option.name.clone());
        }
        let path = format!("kafka.options[{}]", option.name);
        if kraft::FOLLOWING.contains(&option.name.as_str()) && has_kraft {
            continue;
        }
        if let Some(value) = option.value.constant() {
            mapped.set_in(path, value, &option.file, option.at);
        } else {
            let place = (option.file.clone(), option.at);
            mapped.sources.insert(path.into(), place);
        }
    }
    mapped.design.lists.insert(OPTION_ORDER.to_owned(), order);
    written
}

/// What the Dockerfile says that builds the image, as far as one can tell.
fn image(
    process: &Process,
    found: &Found,
    mapped: &mut Mapped,
    remarks: &mut Vec<(String, Remark)>,
) {
    let built = found.dockerfiles.iter().map(|(path, text)| {
        let built = dockerfile::built(&dockerfile::read(text));
        (path, built)
    });
    let kafka = built.filter(|(_, built)| built.product != Some(dockerfile::Product::ZooKeeper));
    let Some((path, built)) = kafka.into_iter().next() else {
        return;
    };
    if let Some(node) = process.container.get("image") {
        let args = args![image = node.str().unwrap_or_default()];
        let remark = Remark::new(node.position, "import.image.assumed", args);
        remarks.push((process.object.file.clone(), remark));
    }
    let mut put = |field: &str, placed: Option<&dockerfile::Placed>, value: Option<&str>| {
        if let Some(placed) = placed {
            let source = (path.clone(), placed.position);
            mapped.sources.insert(field.into(), source);
            if let Some(value) = value {
                mapped.design.values.insert(field.into(), value.to_owned());
            }
        }
    };
    let text =
        |placed: &Option<dockerfile::Placed>| placed.as_ref().map(|placed| placed.text.clone());
    put(
        "kafka.base_image",
        built.base.as_ref(),
        text(&built.base).as_deref(),
    );
    put(
        "kafka.scala",
        built.scala.as_ref(),
        text(&built.scala).as_deref(),
    );
    let sum = text(&built.sha512);
    put(
        "kafka.sha512",
        built.sha512.as_ref().or(built.address.as_ref()),
        sum.as_deref(),
    );
    let (download, mirror) = match &built.server {
        Some(dockerfile::Server::Apache) => (Some("apache"), None),
        Some(dockerfile::Server::Archive) => (Some("archive"), None),
        Some(dockerfile::Server::Mirror(address)) => (Some("mirror"), Some(address.as_str())),
        None => (None, None),
    };
    put("kafka.download", built.address.as_ref(), download);
    put(
        "kafka.mirror",
        built.address.as_ref().filter(|_| mirror.is_some()),
        mirror,
    );
}
