//! Which objects run the brokers and the ensemble: by their start commands and images, and when those
//! do not tell, by what a person says.

use std::collections::BTreeMap;

use super::{Process, images, kafka};
use crate::args;
use crate::import::environment::Image;
use crate::import::objects::{Found, Object};
use crate::import::question::{Question, Role};
use crate::import::tree::{Content, Node};
use crate::import::{Remark, shell, start};
use crate::text::Sentence;

/// Who runs what.
#[derive(Default)]
pub struct Sorted<'a> {
    /// The sets of brokers.
    pub brokers: Vec<Process<'a>>,
    /// The ensemble; more than one is never left.
    pub servers: Vec<Process<'a>>,
}

/// The kinds that become a StatefulSet of ours.
const SETS: [&str; 2] = ["StatefulSet", "Deployment"];

/// Words in the name of an image that works for a cluster without being one.
const TOOLS: [&str; 21] = [
    "akhq",
    "bridge",
    "burrow",
    "cmak",
    "connect",
    "console",
    "control",
    "cruise",
    "drop",
    "eagle",
    "exporter",
    "ksql",
    "lag",
    "manager",
    "mirror",
    "navigator",
    "operator",
    "proxy",
    "registry",
    "rest",
    "ui",
];

/// The ports by which a broker or a server is suspected.
const PORTS: [&str; 4] = ["9092", "9093", "2181", "2888"];

/// Sorts the processes of all objects.
pub fn sort<'a>(
    found: &'a Found,
    roles: &BTreeMap<String, Role>,
    questions: &mut Vec<Question>,
    remarks: &mut Vec<(String, Remark)>,
) -> Sorted<'a> {
    let mut sorted = Sorted::default();
    for object in &found.objects {
        let answer = roles.get(&object.subject()).copied();
        for (mut process, role) in processes(object, answer, found) {
            let subject = object.subject();
            if answer.is_some() || role.is_none() {
                let sentence = if answer.is_some() {
                    Sentence::new("import.ask.said", args![subject])
                } else {
                    let image = process.container.str_at(&["image"]).unwrap_or_default();
                    Sentence::new("import.ask.runs", args![subject, image])
                };
                let assumed = answer.unwrap_or(Role::Neither);
                let mut question = question(&process, sentence, &Role::ALL, assumed);
                question.is_answered = answer.is_some();
                questions.push(question);
            }
            let role = answer.or(role).unwrap_or(Role::Neither);
            if role == Role::Neither {
                continue;
            }
            if process.program == start::Program::Image && process.image.is_none() {
                process.image = guess(process.container, role);
                process.is_guess = true;
            }
            if !SETS.contains(&object.kind.as_str()) {
                let args = args![subject = object.subject()];
                let remark = Remark::new(object.node.position, "import.process.no-set", args);
                remarks.push((object.file.clone(), remark));
                continue;
            }
            read_command(&process, remarks);
            match role {
                Role::Brokers => sorted.brokers.push(process),
                _ => sorted.servers.push(process),
            }
        }
    }
    one_cluster(&mut sorted, roles, found, questions, remarks);
    one_ensemble(&mut sorted, roles, found, questions, remarks);
    sorted
}

fn question(
    process: &Process,
    sentence: Sentence,
    choices: &'static [Role],
    answer: Role,
) -> Question {
    Question {
        subject: process.object.subject(),
        file: process.object.file.clone(),
        position: process.name_position(),
        sentence,
        choices,
        answer,
        is_answered: false,
    }
}

/// What a start command has that no command should.
fn read_command(process: &Process, remarks: &mut Vec<(String, Remark)>) {
    let file = &process.object.file;
    if let Some(command) = process.command()
        && matches!(command.content, Content::Joined(_))
    {
        let remark = Remark::new(command.position, "import.yaml.joined", args![]);
        remarks.push((file.clone(), remark));
    }
    let at = process.container.position;
    let script = process.script.remarks.iter();
    let script = script.map(|remark| Remark::new(at, remark.key.clone(), remark.args.clone()));
    remarks.extend(script.map(|remark| (file.clone(), remark)));
}

/// The containers of an object that run Kafka or ZooKeeper, or may do so, each with its role when that is clear.
fn processes<'a>(
    object: &'a Object,
    answer: Option<Role>,
    found: &Found,
) -> Vec<(Process<'a>, Option<Role>)> {
    // A Job may call Kafka's tools; it runs no broker.
    if object.kind == "Job" || object.kind == "CronJob" {
        return Vec::new();
    }
    let pod = object
        .node
        .at(&["spec", "template", "spec"])
        .or_else(|| object.node.get("spec").filter(|_| object.kind == "Pod"));
    let containers = pod.and_then(|pod| pod.get("containers"));
    let containers = containers.map_or(&[][..], Node::items);
    let mut processes = Vec::new();
    for (at, container) in containers.iter().enumerate() {
        // What is said of an object is said of its first container that may be meant.
        let is_meant = answer.is_some() && at + 1 == containers.len() && processes.is_empty();
        processes.extend(process(object, container, is_meant, found));
    }
    processes
}

fn process<'a>(
    object: &'a Object,
    container: &'a Node,
    is_meant: bool,
    found: &Found,
) -> Option<(Process<'a>, Option<Role>)> {
    let items = ["command", "args"]
        .into_iter()
        .filter_map(|key| container.get(key));
    let items: Vec<&str> = items.flat_map(Node::items).filter_map(Node::str).collect();
    let variables = container.get("env").map_or(&[][..], Node::items);
    let has_variable = |name: &str| {
        let mut variables = variables.iter();
        variables.any(|variable| variable.str_at(&["name"]) == Some(name))
    };
    let script = shell::container(&items, &has_variable);
    let reference = container.str_at(&["image"]).unwrap_or_default();
    let known = Image::of(reference);
    let (program, started_by) = match start::find(&script) {
        Some(start) => (Some(start.program), start.word.constant()),
        None => (None, None),
    };
    let mounted = || images::mounted_script(object, &script, found);
    let started = program.map(|program| (None, program)).or_else(|| {
        let (script, program) = mounted()?;
        Some((Some(script), program))
    });
    let is_clear = started.is_some() || items.is_empty();
    let (mounted, program) = match started {
        Some(started) => started,
        None if known == Some(Image::OfficialZooKeeper) && is_clear => {
            (None, start::Program::ZooKeeper)
        }
        None if known.is_some() || is_meant || is_suspect(reference, container) => {
            (None, start::Program::Image)
        }
        None => return None,
    };
    let script = mounted.unwrap_or(script);
    let has_some = |start: &str| {
        let mut variables = variables.iter();
        variables.any(|variable| {
            variable
                .str_at(&["name"])
                .is_some_and(|name| name.starts_with(start))
        })
    };
    let image = known.or_else(|| Image::started_by(&started_by?, has_some("ZOO")));
    let role = match program {
        start::Program::Kafka => Some(Role::Brokers),
        // An image may be used for its tools: what it runs by another command is not clear.
        start::Program::Image => image.filter(|_| is_clear).map(|image| {
            if image.is_kafka() {
                Role::Brokers
            } else {
                Role::Ensemble
            }
        }),
        _ => Some(Role::Ensemble),
    };
    let process = Process {
        object,
        container,
        script,
        program,
        image,
        is_guess: false,
    };
    Some((process, role))
}

/// The image whose variables those of a container look like.
fn guess(container: &Node, role: Role) -> Option<Image> {
    let variables = container.get("env").map_or(&[][..], Node::items);
    let has = |start: &str| {
        let mut names = variables.iter().filter_map(|one| one.str_at(&["name"]));
        names.any(|name| name.starts_with(start))
    };
    let looks = match role {
        Role::Brokers => [
            ("KAFKA_CFG_", Image::BitnamiKafka),
            ("KAFKA_", Image::ConfluentKafka),
        ],
        _ => [
            ("ZOOKEEPER_", Image::ConfluentZooKeeper),
            ("ZOO_", Image::OfficialZooKeeper),
        ],
    };
    looks
        .into_iter()
        .find(|(start, _)| has(start))
        .map(|(_, image)| image)
}

/// Whether a container that starts nothing known may be a broker or a server all the same.
fn is_suspect(reference: &str, container: &Node) -> bool {
    let name = reference.rsplit('/').next().unwrap_or(reference);
    let name = name.split([':', '@']).next().unwrap_or(name);
    let mut words = name.split(['-', '_', '.']);
    if words.any(|word| TOOLS.contains(&word)) {
        return false;
    }
    let ports = container.get("ports").map_or(&[][..], Node::items);
    let mut ports = ports
        .iter()
        .filter_map(|port| port.get("containerPort")?.scalar());
    name.contains("kafka")
        || name.contains("zookeeper")
        || ports.any(|port| PORTS.contains(&port.as_str()))
}

/// Brokers of one namespace and one ensemble are one cluster; of others the first is read, unless a person
/// says which.
fn one_cluster(
    sorted: &mut Sorted,
    roles: &BTreeMap<String, Role>,
    found: &Found,
    questions: &mut Vec<Question>,
    remarks: &mut Vec<(String, Remark)>,
) {
    let home = |process: &Process| {
        let connect = kafka::connects_to(process, found);
        (process.object.namespace.clone(), connect)
    };
    let is_said = |process: &&Process| roles.get(&process.object.subject()) == Some(&Role::Brokers);
    let first = sorted
        .brokers
        .iter()
        .find(is_said)
        .or(sorted.brokers.first());
    let Some(first) = first.map(home) else { return };
    sorted.brokers.retain(|process| {
        if home(process) == first || is_said(&process) {
            return true;
        }
        other(
            process,
            "import.ask.cluster",
            "import.process.other-cluster",
            questions,
            remarks,
        );
        false
    });
}

/// The ensemble that the brokers name is theirs; when they name none, the first is read and the others are
/// asked for.
fn one_ensemble(
    sorted: &mut Sorted,
    roles: &BTreeMap<String, Role>,
    found: &Found,
    questions: &mut Vec<Question>,
    remarks: &mut Vec<(String, Remark)>,
) {
    let connect = sorted
        .brokers
        .iter()
        .find_map(|process| kafka::connects_to(process, found));
    let connect = connect.unwrap_or_default();
    let is_named = |process: &Process| {
        let services = super::services(found, process.object).map(|service| service.name.as_str());
        let headless = process.object.node.str_at(&["spec", "serviceName"]);
        let mut names = services.chain(headless);
        names.any(|name| hosts(&connect).any(|host| host.split('.').any(|label| label == name)))
    };
    let is_said = |process: &Process| roles.get(&process.object.subject()) == Some(&Role::Ensemble);
    let servers = &sorted.servers;
    let chosen = servers
        .iter()
        .position(is_said)
        .or_else(|| servers.iter().position(is_named))
        .unwrap_or(0);
    if chosen >= servers.len() {
        return;
    }
    let is_clear = servers.iter().filter(|one| is_named(one)).count() == 1;
    for (at, process) in servers.iter().enumerate() {
        if at == chosen {
            continue;
        }
        if is_clear || is_said(&servers[chosen]) {
            let args = args![subject = process.object.subject()];
            let remark = Remark::new(process.name_position(), "import.process.second", args);
            remarks.push((process.object.file.clone(), remark));
        } else {
            other(
                process,
                "import.ask.ensemble",
                "import.process.second",
                questions,
                remarks,
            );
        }
    }
    let chosen = sorted.servers.swap_remove(chosen);
    sorted.servers = vec![chosen];
}

/// The hosts of a connection string.
fn hosts(connect: &str) -> impl Iterator<Item = &str> {
    let servers = connect.split('/').next().unwrap_or_default().split(',');
    servers.map(|server| server.split(':').next().unwrap_or_default())
}

/// Something of another cluster: it is kept, and asked for.
fn other(
    process: &Process,
    ask: &'static str,
    say: &'static str,
    questions: &mut Vec<Question>,
    remarks: &mut Vec<(String, Remark)>,
) {
    let subject = process.object.subject();
    if questions.iter().any(|question| question.subject == subject) {
        return;
    }
    let sentence = Sentence::new(ask, args![subject = &subject]);
    let choices: &'static [Role] = match ask {
        "import.ask.ensemble" => &[Role::Ensemble, Role::Neither],
        _ => &[Role::Brokers, Role::Neither],
    };
    questions.push(question(process, sentence, choices, Role::Neither));
    let remark = Remark::new(process.name_position(), say, args![subject]);
    remarks.push((process.object.file.clone(), remark));
}
