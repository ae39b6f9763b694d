//! Designs and edits to try everything with: shared by the tests for all fields.

#![allow(dead_code, reason = "each test uses its part")]

pub mod arbitrary;

use std::collections::BTreeMap;

use kafka_cluster_designer::Report;
use kafka_cluster_designer::design::{Design, FieldPath, identity};
use kafka_cluster_designer::fields::{Field, Kind, NameKind, Start};
use kafka_cluster_designer::import::{shell, start, tree};
use kafka_cluster_designer::plan::Plan;
use kafka_cluster_designer::presets::PRESETS;
use kafka_cluster_designer::render::FileKind;
use serde_yaml::Value;

/// Designs that have every field mean something in at least one of them.
pub fn bases() -> Vec<(String, Design)> {
    let mut bases: Vec<(String, Design)> = PRESETS
        .iter()
        .map(|preset| (format!("preset {}", preset.name), with_ids(preset.design())))
        .collect();
    let own = inside_bases().into_iter().chain(outside_bases());
    let own = own.chain(kraft_bases());
    bases.extend(own.map(|(name, design)| (name.to_owned(), design)));
    bases
}

/// The design with ids, the same each time, when it has KRaft.
pub fn with_ids(design: Design) -> Design {
    let mut number = 0;
    identity::completed(design, || {
        number += 1;
        [number; 16]
    })
}

/// Designs without ZooKeeper.
fn kraft_bases() -> Vec<(&'static str, Design)> {
    let kraft = |mode: &str| Design::default().with("cluster.coordination", mode);
    let bases = vec![
        (
            "controllers, static quorum, policies",
            kraft("kraft-dedicated")
                .with("kafka.version", "3.8.1")
                .with("cluster.network_policies", "true")
                .with("kafka.jmx_port", "9999")
                .with("nodes.zones", "a,b,c"),
        ),
        (
            "controllers, local volumes, one outside the quorum",
            kraft("kraft-dedicated")
                .with("kafka.version", "4.1.2")
                .with("storage.kind", "local")
                .with("nodes.names", "n1,n2")
                .with(
                    "kraft.directory_ids",
                    "AQEBAQEBQQGBAQEBAQEBAQ, AgICAgICQgKCAgICAgICAg",
                ),
        ),
        (
            "controllers, official image, application labels",
            kraft("kraft-dedicated")
                .with("kafka.flavour", "official")
                .with("cluster.label_style", "app")
                .with("kafka.listeners[external].exposure", "node-port"),
        ),
        (
            "combined, two groups, static quorum",
            kraft("kraft-combined")
                .with("kafka.version", "3.9.2")
                .with("kraft.quorum", "static")
                .with_list("kafka.groups", &["a", "b"])
                .with("kafka.groups[a].zone", "zone-a")
                .with("kafka.groups[b].zone", "zone-b")
                .with("kafka.groups[b].brokers", "2"),
        ),
        (
            "combined, load balancers, policies",
            kraft("kraft-combined")
                .with("kafka.listeners[external].exposure", "load-balancer")
                .with("cluster.network_policies", "true"),
        ),
        (
            "combined, alone, official image",
            kraft("kraft-combined")
                .with("kafka.flavour", "official")
                .with("kafka.groups[main].brokers", "1"),
        ),
    ];
    let bases = bases.into_iter();
    bases
        .map(|(name, design)| (name, with_ids(design)))
        .collect()
}

/// Those of some values that a field takes in this design.
pub fn fitting(field: &Field, plan: &Plan, mut values: Vec<String>) -> Vec<String> {
    if field.kind == Kind::KafkaVersion {
        let known = field.choices(plan);
        values.retain(|value| known.contains(value));
    }
    values
}

/// The paths that a field has in a design: one, or one for each item of its list.
pub fn paths(field: &Field, design: &Design) -> Vec<FieldPath> {
    match (field.id, field.list()) {
        ("kafka.options[]", _) => ["compression.type", "log.segment.bytes"]
            .map(FieldPath::kafka_option)
            .into(),
        ("zookeeper.options[]", _) => ["snapCount", "maxCnxns", "forceSync"]
            .map(FieldPath::zookeeper_option)
            .into(),
        (_, Some(list)) => design.keys(list).map(|key| field.path(Some(key))).collect(),
        _ => vec![field.path(None)],
    }
}

/// The text that holds for a field: as typed, derived, or the start value.
pub fn current(field: &Field, path: &FieldPath, design: &Design, plan: &Plan) -> String {
    if let Some(typed) = design.get(path) {
        return typed.to_owned();
    }
    if let Some(derived) = plan.derived.get(path) {
        return derived.text.clone();
    }
    match field.start {
        Start::Value(start) => start.to_owned(),
        Start::Derived | Start::Empty => String::new(),
    }
}

/// Right values for a field that differ from the one that it has.
pub fn other_values(field: &Field, path: &FieldPath, current: &str) -> Vec<String> {
    let number = |min: u64, max: u64| {
        let now = current.parse::<u64>().unwrap_or(min);
        let other = if now < max { now + 1 } else { min };
        vec![other.to_string()]
    };
    let text = |text: &str| vec![text.to_owned()];
    let values = match field.kind {
        Kind::Flag => vec!["true".to_owned(), "false".to_owned()],
        Kind::Whole { min, max } | Kind::Seconds { min, max } => number(min, max),
        Kind::Choice(_)
        | Kind::KubernetesVersion
        | Kind::KafkaVersion
        | Kind::ZooKeeperVersion
        | Kind::ScalaVersion => some_of(field.kind.choices()),
        Kind::Quantity => text("7Gi"),
        Kind::Limit => vec!["7Gi".to_owned(), "none".to_owned()],
        Kind::Cpu => text("3"),
        Kind::Heap => text("3g"),
        Kind::Name(NameKind::Listener) => text("OTHER"),
        Kind::Name(_) => text("other"),
        Kind::Names(_) => text("one,two,three"),
        Kind::Host => text("other.example.com"),
        Kind::Hosts => text("x.example.com,y.example.com,z.example.com"),
        Kind::Cidrs => text("10.1.0.0/16,10.2.0.0/16"),
        Kind::Labels => text("disk=ssd"),
        Kind::Folder => text("/other/folder"),
        Kind::Chroot => text("/other"),
        Kind::Image => text("registry.example.com/other:1.0"),
        Kind::ImageName => text("other.example.com/team"),
        Kind::Url => text("https://other.example.com/apache"),
        Kind::Sha512 => vec!["a".repeat(128)],
        Kind::Uuids => text("AAAAAAAAAAAAAAAAAAAAAA,AAAAAAAAAAAAAAAAAAAAAQ"),
        Kind::Text => text("-Dother=1"),
        Kind::KafkaOption(_) | Kind::ZooKeeperOption(_) => option_values(path, current),
    };
    let differ = |value: &String| value != current;
    values.into_iter().filter(differ).collect()
}

/// The first, the last and some between: versions differ most at the ends.
fn some_of(choices: Vec<String>) -> Vec<String> {
    if choices.len() < 8 {
        return choices;
    }
    let step = choices.len() / 4;
    let last = choices.len() - 1;
    let wanted = |at: usize| at.is_multiple_of(step) || at == last;
    let choices = choices.into_iter().enumerate();
    choices
        .filter(|(at, _)| wanted(*at))
        .map(|(_, choice)| choice)
        .collect()
}

fn option_values(path: &FieldPath, current: &str) -> Vec<String> {
    let value = match path.key().unwrap_or_default() {
        "listeners" => "INTERNAL://:9192",
        "listener.security.protocol.map" => "INTERNAL:PLAINTEXT,OTHER:SSL",
        "advertised.listeners" => "INTERNAL://broker.example.com:9192",
        "inter.broker.listener.name" => "OTHER",
        "log.dirs" => "/other/data",
        "zookeeper.connect" => "zk.example.com:2181",
        "controller.quorum.voters" => "7@other.example.com:9093",
        "controller.quorum.bootstrap.servers" => "other.example.com:9093",
        "4lw.commands.whitelist" => "srvr",
        "compression.type" => "zstd",
        "forceSync" => "no",
        _ => match current {
            "true" => "false",
            "false" => "true",
            number => {
                let now = number.parse::<u64>().unwrap_or(2_000_000);
                return vec![(now + 1).to_string()];
            }
        },
    };
    vec![value.to_owned()]
}

/// Designs whose brokers are reached by pods only.
fn inside_bases() -> Vec<(&'static str, Design)> {
    let design = Design::default;
    vec![
        (
            "one namespace each, policies",
            design()
                .with("zookeeper.namespace", "zookeeper")
                .with("cluster.network_policies", "true")
                .with("kafka.near_zookeeper", "true")
                .with("nodes.zones", "a,b,c"),
        ),
        (
            "nfs",
            design()
                .with("storage.kind", "nfs")
                .with("images.pull_secret", "registry"),
        ),
        (
            "local",
            design()
                .with("storage.kind", "local")
                .with("nodes.names", "n1,n2")
                .with_list("kafka.disks", &["data", "more"]),
        ),
        (
            "tutorial",
            design()
                .with("zookeeper.flavour", "tutorial")
                .with("zookeeper.log_volume", "false")
                .with("zookeeper.read_only_root", "true"),
        ),
        (
            "built, from a mirror",
            design()
                .with("zookeeper.flavour", "built")
                .with("kafka.download", "mirror")
                .with("zookeeper.version", "3.8.6"),
        ),
        (
            "flags, application labels",
            design()
                .with("kafka.config_style", "flags")
                .with("cluster.label_style", "app")
                .with("zookeeper.restricted", "false")
                .with("kafka.restricted", "false"),
        ),
        (
            "old Kubernetes and ZooKeeper",
            design()
                .with("kubernetes.version", "1.22")
                .with("zookeeper.version", "3.7.2")
                .with("kafka.anti_affinity", "none")
                .with("zookeeper.anti_affinity", "none"),
        ),
        (
            "one of each",
            design()
                .with("zookeeper.servers", "1")
                .with("kafka.groups[main].brokers", "1"),
        ),
        (
            "two groups in zones",
            design()
                .with_list("kafka.groups", &["a", "b"])
                .with("kafka.groups[a].zone", "zone-a")
                .with("kafka.groups[b].zone", "zone-b")
                .with("kafka.groups[b].brokers", "2"),
        ),
    ]
}

/// Designs whose brokers are reached from outside, each in another way.
fn outside_bases() -> Vec<(&'static str, Design)> {
    let outside =
        |exposure: &str| Design::default().with("kafka.listeners[external].exposure", exposure);
    vec![
        ("node ports, own node", outside("node-port")),
        (
            "node ports, one address",
            outside("node-port")
                .with("kafka.listeners[external].address_from", "fixed")
                .with("kafka.listeners[external].address", "kafka.example.com"),
        ),
        (
            "node ports, an address each",
            outside("node-port")
                .with("kafka.listeners[external].address_from", "per-broker")
                .with(
                    "kafka.listeners[external].addresses",
                    "a.example.com,b.example.com",
                ),
        ),
        (
            "load balancers",
            outside("load-balancer")
                .with(
                    "kafka.listeners[external].addresses",
                    "a.example.com,b.example.com",
                )
                .with("cluster.network_policies", "true"),
        ),
        ("host ports", outside("host-port")),
    ]
}

/// Objects by file-independent names, without what is null.
pub fn objects_of<'a>(texts: impl IntoIterator<Item = &'a str>) -> BTreeMap<String, Value> {
    let mut objects = BTreeMap::new();
    for text in texts {
        for document in tree::read(text).documents {
            let mut value = document.value();
            if value.get("kind").is_none() || value["kind"] == "Kustomization" {
                continue;
            }
            in_order(&mut value);
            let name = &value["metadata"]["name"];
            let name = format!(
                "{} {}",
                value["kind"].as_str().unwrap(),
                name.as_str().unwrap()
            );
            let namespace = value["metadata"].get("namespace").and_then(Value::as_str);
            objects.insert(format!("{name} {}", namespace.unwrap_or_default()), value);
        }
    }
    objects
}

/// Lists whose items have names mean the same in any order; start commands are their arguments.
fn in_order(value: &mut Value) {
    match value {
        Value::Mapping(map) => {
            for (key, value) in map.iter_mut() {
                in_order(value);
                if *key == "command" {
                    arguments(value);
                }
            }
        }
        Value::Sequence(items) => {
            items.iter_mut().for_each(in_order);
            let name = |item: &Value| item.get("name").and_then(Value::as_str).map(str::to_owned);
            if items.iter().all(|item| name(item).is_some()) {
                items.sort_by_key(name);
            }
        }
        _ => {}
    }
}

/// A start command as the list of its arguments, as the shell hands them over in the second pod.
fn arguments(value: &mut Value) {
    let Some(items) = value.as_sequence() else {
        return;
    };
    let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
    let script = shell::container(&items, &|_| false);
    let Some(start) = start::find(&script) else {
        return;
    };
    let variable = |name: &str| {
        Some(if name == "HOSTNAME" {
            "name-1".to_owned()
        } else {
            format!("${name}")
        })
    };
    let words = std::iter::once(start.word).chain(start.arguments);
    let words = words.map(|word| start.scope.resolve(word).for_pod(1, &variable));
    let words: Option<Vec<String>> = words.collect();
    if let Some(words) = words {
        let first = if start.is_exec { "exec" } else { "" };
        let words = std::iter::once(first.to_owned()).chain(words);
        *value = Value::Sequence(words.map(Value::from).collect());
    }
}

/// The objects of a report's manifests.
pub fn objects(report: &Report) -> BTreeMap<String, Value> {
    let files = report.files.iter();
    let manifests = files.filter(|file| file.kind == FileKind::Yaml && file.path != "design.yaml");
    let texts: Vec<String> = manifests.map(|file| file.text()).collect();
    objects_of(texts.iter().map(String::as_str))
}
