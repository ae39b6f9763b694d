//! The preset `article` against the article: equal, leaf for leaf, but for a list of repairs.
//!
//! The article's objects stand as facts in `fixtures/article.facts`.
//! Each difference must be excused by a repair that names the rule which asks for it, and each repair
//! must excuse something.

use std::collections::BTreeMap;

use kafka_cluster_designer::evaluate;
use kafka_cluster_designer::presets::preset;
use kafka_cluster_designer::render::FileKind;
use serde_yaml::Value;

/// A difference that is meant: the rule that asks for it, the object, the beginning of the paths.
struct Repair {
    rule: &'static str,
    object: &'static str,
    paths: &'static [&'static str],
}

const REPAIRS: &[Repair] = &[
    // Services.
    repair("NET013", "Service kafka-cs-", &["spec.ports"]),
    repair(
        "NET022",
        "Service kafka-cs-",
        &["spec.externalTrafficPolicy"],
    ),
    repair(
        "NET028",
        "Service kafka-",
        &["spec.publishNotReadyAddresses"],
    ),
    repair("K8S016", "Service kafka-cs-", &["spec.selector.app"]),
    repair("NET013", "Service kafka-hs", &["spec.ports"]),
    repair("K8S039", "Service zk-", &["metadata.namespace"]),
    repair("ZK037", "Service zk-hs", &["spec.publishNotReadyAddresses"]),
    repair("NET026", "Service zk-hs", &["spec.ports[client]"]),
    // The disruption budget.
    repair("K8S024", "PodDisruptionBudget zk-pdb", &["apiVersion"]),
    repair(
        "ZK031",
        "PodDisruptionBudget zk-pdb",
        &["spec.maxUnavailable"],
    ),
    repair(
        "K8S039",
        "PodDisruptionBudget zk-pdb",
        &["metadata.namespace"],
    ),
    repair("K8S061", "PodDisruptionBudget zk-pdb", &["metadata.labels"]),
    // What both StatefulSets lack.
    repair("K8S061", "StatefulSet ", &["metadata.labels"]),
    repair(
        "SEC016",
        "StatefulSet ",
        &["spec.template.spec.automountServiceAccountToken"],
    ),
    repair(
        "K8S023",
        "StatefulSet ",
        &["spec.template.spec.enableServiceLinks"],
    ),
    repair(
        "SEC011",
        "StatefulSet ",
        &["spec.template.spec.securityContext.runAs"],
    ),
    repair(
        "SEC015",
        "StatefulSet ",
        &["spec.template.spec.securityContext.seccompProfile"],
    ),
    repair(
        "SEC018",
        "StatefulSet ",
        &["spec.template.spec.securityContext.fsGroupChangePolicy"],
    ),
    repair(
        "SEC012",
        "StatefulSet ",
        &["CONTAINER.securityContext.allowPrivilegeEscalation"],
    ),
    repair(
        "SEC013",
        "StatefulSet ",
        &["CONTAINER.securityContext.capabilities"],
    ),
    repair(
        "K8S045",
        "StatefulSet ",
        &["CONTAINER.resources.limits.memory"],
    ),
    repair("PRB002", "StatefulSet ", &["CONTAINER.startupProbe"]),
    // The servers.
    repair("K8S039", "StatefulSet zk", &["metadata.namespace"]),
    repair("K8S050", "StatefulSet zk", &["CONTAINER.command.program"]),
    repair(
        "JVM012",
        "StatefulSet zk",
        &["CONTAINER.resources.requests.memory"],
    ),
    repair(
        "SEC018",
        "StatefulSet zk",
        &[
            "CONTAINER.volumeMounts[conf]",
            "spec.template.spec.volumes[conf]",
        ],
    ),
    // The brokers.
    repair(
        "K8S036",
        "StatefulSet kafka",
        &[
            "spec.template.spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.namespaces",
        ],
    ),
    repair(
        "K8S055",
        "StatefulSet kafka",
        &["spec.template.metadata.annotations.checksum/config"],
    ),
    repair(
        "NET013",
        "StatefulSet kafka",
        &[
            "CONTAINER.ports",
            "CONTAINER.command.flag[listeners]",
            "CONTAINER.command.flag[listener.security.protocol.map]",
            "CONTAINER.command.flag[inter.broker.listener.name]",
        ],
    ),
    repair(
        "NET015",
        "StatefulSet kafka",
        &[
            "CONTAINER.command.flag[advertised.listeners]",
            "CONTAINER.env[HOST_IP]",
        ],
    ),
    repair(
        "ZK020",
        "StatefulSet kafka",
        &["CONTAINER.command.flag[zookeeper.connect]"],
    ),
    repair(
        "STO001",
        "StatefulSet kafka",
        &["CONTAINER.command.flag[log.dir"],
    ),
    repair(
        "KFK051",
        "StatefulSet kafka",
        &["CONTAINER.command.flag[default.replication.factor]"],
    ),
    repair(
        "KFK053",
        "StatefulSet kafka",
        &["CONTAINER.command.flag[min.insync.replicas]"],
    ),
    repair(
        "KFK057",
        "StatefulSet kafka",
        &["CONTAINER.command.flag[unclean.leader.election.enable]"],
    ),
    repair(
        "KFK058",
        "StatefulSet kafka",
        &["CONTAINER.command.flag[auto.create.topics.enable]"],
    ),
    repair(
        "KFK055",
        "StatefulSet kafka",
        &["CONTAINER.command.flag[transaction.state.log."],
    ),
    repair(
        "KFK063",
        "StatefulSet kafka",
        &["CONTAINER.command.flag[zookeeper.session.timeout.ms]"],
    ),
    repair(
        "KFK068",
        "StatefulSet kafka",
        &["CONTAINER.command.flag[quota."],
    ),
    repair(
        "KFK072",
        "StatefulSet kafka",
        &["CONTAINER.command.flag[zookeeper.connection.timeout.ms]"],
    ),
    repair(
        "KFK083",
        "StatefulSet kafka",
        &["CONTAINER.command.flag[group.initial.rebalance.delay.ms]"],
    ),
    repair(
        "JVM003",
        "StatefulSet kafka",
        &["CONTAINER.resources.requests.memory"],
    ),
    repair(
        "JVM007",
        "StatefulSet kafka",
        &[
            "CONTAINER.env[KAFKA_OPTS]",
            "CONTAINER.env[KAFKA_LOG4J_OPTS]",
            "CONTAINER.volumeMounts[kafka-config]",
            "spec.template.spec.volumes[kafka-config]",
        ],
    ),
    repair(
        "JVM011",
        "StatefulSet kafka",
        &[
            "CONTAINER.env[LOG_DIR]",
            "CONTAINER.env[EXTRA_ARGS]",
            "CONTAINER.volumeMounts[kafka-logs]",
            "spec.template.spec.volumes[kafka-logs]",
        ],
    ),
    repair("PRB001", "StatefulSet kafka", &["CONTAINER.livenessProbe"]),
    repair(
        "SEC014",
        "StatefulSet kafka",
        &["CONTAINER.securityContext.readOnlyRootFilesystem"],
    ),
    repair(
        "STO022",
        "StatefulSet kafka",
        &[
            "CONTAINER.volumeMounts[kafka-tmp]",
            "spec.template.spec.volumes[kafka-tmp]",
        ],
    ),
    repair(
        "STO007",
        "StatefulSet kafka",
        &["spec.volumeClaimTemplates[datadir].spec.accessModes"],
    ),
    repair(
        "STO008",
        "StatefulSet kafka",
        &["spec.volumeClaimTemplates[datadir].spec.resources.requests.storage"],
    ),
];

/// Objects of ours that the article lacks, and the rule that asks for each.
const ADDED_OBJECTS: &[(&str, &str)] = &[
    ("JVM007", "ConfigMap kafka-config"),
    ("K8S030", "PodDisruptionBudget kafka-pdb"),
    ("NET025", "Service kafka-bootstrap"),
    ("NET032", "NetworkPolicy kafka"),
    ("SEC010", "NetworkPolicy zk"),
];

/// What Kubernetes fills in where a manifest is silent, so that saying it changes nothing.
/// Source: the API reference of Probe, StatefulSet, `PodSpec`.
const API_DEFAULTS: &[(&str, &str)] = &[
    (".failureThreshold", "3"),
    (".periodSeconds", "10"),
    (".podManagementPolicy", "OrderedReady"),
    (".terminationGracePeriodSeconds", "30"),
    (".updateStrategy.type", "RollingUpdate"),
];

const fn repair(
    rule: &'static str,
    object: &'static str,
    paths: &'static [&'static str],
) -> Repair {
    Repair {
        rule,
        object,
        paths,
    }
}

impl Repair {
    fn excuses(&self, object: &str, path: &str) -> bool {
        let container = path.replace(
            "spec.template.spec.containers[kubernetes-zookeeper]",
            "CONTAINER",
        );
        let container = container.replace("spec.template.spec.containers[kafka]", "CONTAINER");
        object.starts_with(self.object)
            && self.paths.iter().any(|start| container.starts_with(start))
    }
}

type Leaves = BTreeMap<String, String>;

fn facts() -> BTreeMap<String, Leaves> {
    let mut objects = BTreeMap::<String, Leaves>::new();
    let mut object = String::new();
    for line in include_str!("fixtures/article.facts")
        .lines()
        .filter(|line| !line.starts_with("//"))
    {
        if let Some(name) = line.strip_prefix("# ") {
            name.clone_into(&mut object);
        } else if let Some((path, value)) = line.split_once(" = ") {
            objects
                .entry(object.clone())
                .or_default()
                .insert(path.to_owned(), value.to_owned());
        }
    }
    objects
}

fn rendered() -> BTreeMap<String, Leaves> {
    let design = preset("article").expect("a preset").design();
    let mut objects = BTreeMap::new();
    for file in evaluate(&design)
        .files
        .iter()
        .filter(|file| file.kind == FileKind::Yaml)
    {
        let wanted = ["20-zookeeper/", "30-kafka/"]
            .iter()
            .any(|folder| file.path.starts_with(folder));
        for document in serde_yaml::Deserializer::from_str(&file.text()).filter(|_| wanted) {
            let tree: Value = serde::Deserialize::deserialize(document).expect("YAML");
            let mut leaves = Leaves::new();
            flatten(String::new(), &tree, &mut leaves);
            leaves.retain(|path, value| {
                !API_DEFAULTS
                    .iter()
                    .any(|(end, default)| path.ends_with(end) && value == default)
            });
            number_ports(&mut leaves);
            objects.insert(
                format!("{} {}", leaves["kind"], leaves["metadata.name"]),
                leaves,
            );
        }
    }
    objects
}

fn flatten(path: String, value: &Value, leaves: &mut Leaves) {
    match value {
        Value::Mapping(entries) => {
            for (key, value) in entries {
                let key = key.as_str().expect("a key is a text");
                flatten(
                    if path.is_empty() {
                        key.to_owned()
                    } else {
                        format!("{path}.{key}")
                    },
                    value,
                    leaves,
                );
            }
        }
        Value::Sequence(items) if path.ends_with("].command") && items.len() == 3 => {
            flatten(format!("{path}[0]"), &items[0], leaves);
            flatten(format!("{path}[1]"), &items[1], leaves);
            command(&path, &items[2], leaves);
        }
        Value::Sequence(items) => {
            for (at, item) in items.iter().enumerate() {
                let name = ["name", "key", "mountPath"]
                    .iter()
                    .find_map(|key| item.get(key)?.as_str());
                let name = name.or_else(|| item.get("metadata")?.get("name")?.as_str());
                flatten(
                    format!("{path}[{}]", name.map_or(at.to_string(), str::to_owned)),
                    item,
                    leaves,
                );
            }
        }
        Value::String(text) => drop(leaves.insert(path, text.clone())),
        Value::Number(number) => drop(leaves.insert(path, number.to_string())),
        Value::Bool(flag) => drop(leaves.insert(path, flag.to_string())),
        Value::Null | Value::Tagged(_) => drop(leaves.insert(path, "null".to_owned())),
    }
}

/// A port may be given by its name: the number is what counts.
fn number_ports(leaves: &mut Leaves) {
    let ports = [
        ("client", "2181"),
        ("internal", "9092"),
        ("external", "9094"),
    ];
    for (path, value) in leaves.iter_mut() {
        let named = path.ends_with(".targetPort") || path.ends_with(".tcpSocket.port");
        if let Some((_, number)) = ports.iter().find(|(name, _)| named && name == value) {
            (*number).clone_into(value);
        }
    }
}

/// A start command is its program and its flags, whatever the order and the quotes.
fn command(path: &str, script: &Value, leaves: &mut Leaves) {
    let script = script.as_str().expect("a script is a text");
    let words = shlex::split(&script.replace("\\\n", " ")).expect("the script's quotes are closed");
    let start = words
        .iter()
        .position(|word| word.ends_with("kafka-server-start.sh") || word == "start-zookeeper");
    let Some(start) = start else {
        leaves.insert(format!("{path}[2]"), script.to_owned());
        return;
    };
    let mut program = Vec::new();
    if words[start.saturating_sub(1)] == "exec" {
        program.push("exec".to_owned());
    }
    for word in words[start..].iter().filter(|word| *word != "--override") {
        match word.trim_start_matches('-').split_once('=') {
            Some((flag, value)) => {
                drop(leaves.insert(format!("{path}.flag[{flag}]"), value.to_owned()));
            }
            None => program.push(word.clone()),
        }
    }
    leaves.insert(format!("{path}.program"), program.join(" "));
}

#[test]
fn the_preset_is_the_article_but_for_named_repairs() {
    let (article, ours) = (facts(), rendered());
    let mut used = vec![false; REPAIRS.len()];
    let mut unexcused = Vec::new();
    for (name, theirs) in &article {
        let Some(ours) = ours.get(name) else {
            unexcused.push(format!("{name} is missing"));
            continue;
        };
        let paths: std::collections::BTreeSet<&String> = theirs.keys().chain(ours.keys()).collect();
        for path in paths
            .into_iter()
            .filter(|path| theirs.get(*path) != ours.get(*path))
        {
            match REPAIRS.iter().position(|repair| repair.excuses(name, path)) {
                Some(at) => used[at] = true,
                None => unexcused.push(format!(
                    "{name}: {path}: {:?} became {:?}",
                    theirs.get(path),
                    ours.get(path)
                )),
            }
        }
    }
    for name in ours.keys().filter(|name| !article.contains_key(*name)) {
        if !ADDED_OBJECTS.iter().any(|(_, added)| added == name) {
            unexcused.push(format!("{name} is not in the article"));
        }
    }
    for (repair, _) in REPAIRS.iter().zip(&used).filter(|(_, used)| !**used) {
        unexcused.push(format!(
            "{} excuses nothing at {} {:?}",
            repair.rule, repair.object, repair.paths
        ));
    }
    assert!(
        unexcused.is_empty(),
        "{} differences:\n{}",
        unexcused.len(),
        unexcused.join("\n")
    );
}
