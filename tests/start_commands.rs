//! What the shells really hand to the programs: every start command of every StatefulSet is run, with
//! programs in the place of Kafka's that only say what they were given.
//!
//! Behind the feature `referees`, because it needs dash, bash and busybox.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use kafka_cluster_designer::design::{self, Design};
use kafka_cluster_designer::evaluate;
use kafka_cluster_designer::plan::{Group, Layer, Plan, Value};
use kafka_cluster_designer::presets::PRESETS;
use kafka_cluster_designer::render::FileKind;
use serde_yaml::Value as Yaml;

const SHELLS: [&[&str]; 3] = [&["dash"], &["bash"], &["busybox", "sh"]];

/// Values that mean something to a shell, to Kubernetes, to YAML or to a properties file.
const HOSTILE: [&str; 12] = [
    "it's \"quoted\"; rm -rf /; `id` && $(id) | cat #",
    "$HOME ${HOME} $$ $(HOST_IP) $$(HOST_IP) $(NOPE) $((1+1)) $( $",
    "back\\slash \\n \\\\ \\' \\\" \\",
    "first line\n  second: line\n\n# no comment\n",
    "\nleading line feed, trailing blanks  ",
    "größe 日本語 😀 $é $(é)",
    "a=b==c --override broker.id=7",
    "* ? [a-z] ~ ! {a,b} <in >out",
    "\t tab",
    "'",
    "$(",
    "on: {yes: [no]}, &anchor *alias !!tag %",
];

/// A folder with programs that print what they are given, each argument ended by NUL.
struct Stage(PathBuf);

impl Stage {
    fn new(name: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("start-commands-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a temporary folder");
        Self(folder)
    }

    fn program(&self, path: &str) {
        let path = self.0.join(path.trim_start_matches('/'));
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a temporary folder");
        std::fs::write(&path, "#!/bin/sh\nprintf '%s\\0' \"$0\" \"$@\"\n").expect("a program");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("it runs");
    }

    fn text(&self) -> &str {
        self.0.to_str().expect("UTF-8")
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What the kubelet makes of a text in `command` or `env`: `$(NAME)` is replaced, `$$` is a dollar.
fn kubernetes(text: &str, variables: &BTreeMap<String, String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(dollar) = rest.find('$') {
        out.push_str(&rest[..dollar]);
        let behind = &rest[dollar + 1..];
        let (made, used) = match behind.chars().next() {
            None => ("$".to_owned(), 0),
            Some('$') => ("$".to_owned(), 1),
            Some('(') => match behind.find(')') {
                Some(close) => {
                    let name = &behind[1..close];
                    let value = variables.get(name).cloned();
                    (value.unwrap_or_else(|| format!("$({name})")), close + 1)
                }
                None => ("$(".to_owned(), 1),
            },
            Some(other) => (format!("${other}"), other.len_utf8()),
        };
        out.push_str(&made);
        rest = &behind[used..];
    }
    out + rest
}

/// The variables of a container of one pod, as the kubelet sets them.
fn variables(container: &Yaml, pod: &str, node: &str) -> BTreeMap<String, String> {
    let mut variables: BTreeMap<String, String> = [("HOSTNAME".to_owned(), pod.to_owned())].into();
    for variable in container["env"].as_sequence().into_iter().flatten() {
        let name = variable["name"].as_str().expect("a name").to_owned();
        let field = variable["valueFrom"]["fieldRef"]["fieldPath"].as_str();
        let value = match (variable["value"].as_str(), field) {
            (Some(text), _) => kubernetes(text, &variables),
            (_, Some("status.hostIP")) => node.to_owned(),
            (_, Some("metadata.name")) => pod.to_owned(),
            other => panic!("{name} comes from {other:?}"),
        };
        variables.insert(name, value);
    }
    variables
}

/// Runs a container's command with a shell of ours; what the program at its end was given.
fn run(
    stage: &Stage,
    shell: &[&str],
    container: &Yaml,
    variables: &BTreeMap<String, String>,
) -> Vec<String> {
    let words: Vec<String> = ["command", "args"]
        .iter()
        .flat_map(|part| container[*part].as_sequence().into_iter().flatten())
        .map(|word| kubernetes(word.as_str().expect("a word"), variables))
        .collect();
    let [_, dash_c, script] = words.as_slice() else {
        panic!("a shell, -c and a script: {words:?}");
    };
    assert_eq!(dash_c, "-c");
    let script = on_stage(stage, script);
    let output = Command::new(shell[0])
        .args(&shell[1..])
        .arg("-c")
        .arg(&script)
        .env_clear()
        .envs(variables)
        .env("PATH", format!("{}/bin:/usr/bin:/bin", stage.text()))
        .current_dir(&stage.0)
        .output()
        .expect("the shell is there");
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{shell:?}: {}\n{script}",
        String::from_utf8_lossy(&output.stderr)
    );
    let given = String::from_utf8(output.stdout).expect("UTF-8");
    given
        .replace(stage.text(), "")
        .split_terminator('\0')
        .map(str::to_owned)
        .collect()
}

/// The script with the image's programs looked for on the stage.
fn on_stage(stage: &Stage, script: &str) -> String {
    let prefixes = [
        "/opt/kafka/bin/",
        "/opt/zookeeper/bin/",
        "/docker-entrypoint.sh",
    ];
    prefixes.iter().fold(script.to_owned(), |script, prefix| {
        script.replace(prefix, &format!("{}{prefix}", stage.text()))
    })
}

/// The objects of all files, read from their text as `kubectl` would.
fn objects(design: &Design) -> (Plan, Vec<Yaml>) {
    let report = evaluate(design);
    let mut objects = Vec::new();
    for file in report
        .files
        .iter()
        .filter(|file| file.kind == FileKind::Yaml)
    {
        for document in serde_yaml::Deserializer::from_str(&file.text()) {
            let tree: Yaml = serde::Deserialize::deserialize(document).expect("YAML");
            objects.push(tree);
        }
    }
    (report.plan.as_ref().clone(), objects)
}

fn stateful_sets(objects: &[Yaml]) -> impl Iterator<Item = &Yaml> {
    objects
        .iter()
        .filter(|object| object["kind"] == "StatefulSet")
}

fn main_container(set: &Yaml) -> &Yaml {
    &set["spec"]["template"]["spec"]["containers"][0]
}

/// What a broker must be given, by the plan.
fn wanted(plan: &Plan, group: &Group, ordinal: u64, node: &str) -> Vec<String> {
    let kafka = &plan.kafka;
    let file = if kafka.config.is_file() {
        "/etc/kafka/server.properties"
    } else {
        "/opt/kafka/config/server.properties"
    };
    let mut words = vec![
        "/opt/kafka/bin/kafka-server-start.sh".to_owned(),
        file.to_owned(),
    ];
    for entry in &kafka.config.entries {
        if entry.layer != Layer::Flag {
            continue;
        }
        let value = match &entry.value {
            Value::Text(text) => text.clone(),
            Value::BrokerId => (*group.id_base + ordinal).to_string(),
            Value::Rack => match &*group.zone {
                Some(zone) => zone.clone(),
                None => continue,
            },
            Value::AdvertisedListeners => {
                let listeners = kafka.listeners.iter().map(|listener| {
                    let (host, port) = kafka.advertised(listener, group, ordinal);
                    let host = if host == "$node" { node } else { &host };
                    format!("{}://{host}:{port}", *listener.name)
                });
                listeners.collect::<Vec<_>>().join(",")
            }
        };
        words.extend(["--override".to_owned(), format!("{}={value}", entry.name)]);
    }
    words
}

/// Runs every broker's command, and compares with the plan.
fn check(stage: &Stage, design: &Design, name: &str) {
    let (plan, objects) = objects(design);
    for group in &plan.kafka.groups {
        let set = stateful_sets(&objects)
            .find(|set| set["metadata"]["name"] == group.name.as_str())
            .unwrap_or_else(|| panic!("{name}: a set for {}", *group.name));
        let container = main_container(set);
        for ordinal in 0..*group.brokers {
            for (address, told) in [("192.0.2.7", "192.0.2.7"), ("fd00::7", "[fd00::7]")] {
                let pod = format!("{}-{ordinal}", *group.name);
                let variables = variables(container, &pod, address);
                for shell in SHELLS {
                    let given = run(stage, shell, container, &variables);
                    assert_eq!(
                        given,
                        wanted(&plan, group, ordinal, told),
                        "{name}, {pod}, {shell:?}"
                    );
                }
                let opts = plan.kafka.opts.kafka_opts.value.as_ref();
                assert_eq!(variables.get("KAFKA_OPTS"), opts, "{name}");
            }
        }
    }
    // The other sets: their commands run, and all shells agree about them.
    for set in stateful_sets(&objects) {
        let name = set["metadata"]["name"].as_str().expect("a name");
        if plan
            .kafka
            .groups
            .iter()
            .any(|group| group.name.as_str() == name)
        {
            continue;
        }
        let container = main_container(set);
        if container["command"].is_null()
            || container["command"]
                .as_sequence()
                .is_some_and(|words| words.len() < 3)
        {
            continue;
        }
        let variables = variables(container, &format!("{name}-1"), "192.0.2.7");
        let given = SHELLS.map(|shell| run(stage, shell, container, &variables));
        assert!(!given[0].is_empty(), "{name} starts a program");
        assert!(
            given.iter().all(|words| *words == given[0]),
            "{name}: {given:?}"
        );
    }
}

fn stage(name: &str) -> Stage {
    let stage = Stage::new(name);
    stage.program("/opt/kafka/bin/kafka-server-start.sh");
    stage.program("/opt/zookeeper/bin/zkServer.sh");
    stage.program("/docker-entrypoint.sh");
    stage.program("/bin/start-zookeeper");
    stage.program("/bin/zkServer.sh");
    stage
}

#[test]
fn the_designs_start_as_planned() {
    let stage = stage("designs");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/designs");
    for file in std::fs::read_dir(folder).expect("designs") {
        let path = file.expect("a file").path();
        let text = std::fs::read_to_string(&path).expect("a design");
        let design = design::read(&text).expect("a design document");
        check(&stage, &design, &path.display().to_string());
    }
    for preset in PRESETS {
        check(&stage, &preset.design(), preset.name);
    }
}

#[test]
fn no_value_is_more_than_a_value() {
    let stage = stage("hostile");
    let mut design = Design::default()
        .with("kafka.config_style", "flags")
        .with("kafka.groups[main].brokers", "2")
        .with("kafka.groups[main].id_base", "40")
        .with("kafka.listeners[external].exposure", "node-port")
        .with("kafka.opts", HOSTILE[1]);
    for (number, value) in HOSTILE.iter().enumerate() {
        design = design.with(&format!("kafka.options[my.plug-in.{number}]"), value);
        design = design.with(&format!("kafka.options[it's; $({number})]"), value);
    }
    let plan = Plan::of(&design);
    assert_eq!(plan.problems, [], "all of it is written");
    check(&stage, &design, "hostile flags");
    check(
        &stage,
        &design.with("kafka.options[advertised.listeners]", HOSTILE[0]),
        "hostile addresses",
    );
}
