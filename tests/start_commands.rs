//! What the shells really hand to the programs: every command of every pod is run, with programs in
//! the place of Kafka's and ZooKeeper's that only say what they were given.
//!
//! The disks of KRaft nodes are formatted with a tool that only says what it was asked.
//!
//! They need dash, bash and busybox: `make referee`.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use kafka_cluster_designer::design::{self, Design};
use kafka_cluster_designer::evaluate;
use kafka_cluster_designer::import::properties;
use kafka_cluster_designer::plan::{
    Controllers, Group, ImageFlavour, KRaft, Layer, Plan, Quorum, Value, ZooKeeper, tutorial_flag,
};
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
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("start-commands-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a temporary folder");
        Self(folder)
    }

    fn program(&self, path: &str) {
        self.script(path, "printf '%s\\0' \"$0\" \"$@\"");
    }

    fn script(&self, path: &str, text: &str) {
        let path = self.0.join(path.trim_start_matches('/'));
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a temporary folder");
        std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).expect("a program");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("it runs");
    }

    /// The programs that ask a server, in the place of `nc` and of the tutorial's own.
    fn server(&self, state: &str) {
        let (ruok, srvr, ready) = match state {
            "serving" => (
                "printf imok",
                "echo Latency: 0; echo Mode: follower",
                "exit 0",
            ),
            "without a quorum" => (
                "printf imok",
                "echo This ZooKeeper instance is not currently serving requests",
                "exit 0",
            ),
            _ => (":", ":", "exit 1"),
        };
        let asked = format!("read -r word; case $word in ruok) {ruok} ;; srvr) {srvr} ;; esac");
        self.script("/bin/nc", &asked);
        self.script("/bin/zookeeper-ready", ready);
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

/// The words of a container's command.
fn command(container: &Yaml, variables: &BTreeMap<String, String>) -> Vec<String> {
    ["command", "args"]
        .iter()
        .flat_map(|part| container[*part].as_sequence().into_iter().flatten())
        .map(|word| kubernetes(word.as_str().expect("a word"), variables))
        .collect()
}

/// Runs a shell command with a shell of ours, on the stage.
fn in_shell(
    stage: &Stage,
    shell: &[&str],
    container: &Yaml,
    words: &[String],
    variables: &BTreeMap<String, String>,
) -> Output {
    let [_, dash_c, script] = words else {
        panic!("a shell, -c and a script: {words:?}");
    };
    assert_eq!(dash_c, "-c");
    Command::new(shell[0])
        .args(&shell[1..])
        .arg("-c")
        .arg(on_stage(stage, container, script))
        .env_clear()
        .envs(variables)
        .env("PATH", format!("{}/bin:/usr/bin:/bin", stage.text()))
        .current_dir(&stage.0)
        .output()
        .expect("the shell is there")
}

/// What the program at the end of a container's command was given; nothing when the shell complains.
fn given(
    stage: &Stage,
    shell: &[&str],
    container: &Yaml,
    variables: &BTreeMap<String, String>,
) -> Result<Vec<String>, String> {
    let words = command(container, variables);
    let output = in_shell(stage, shell, container, &words, variables);
    if !output.status.success() || !output.stderr.is_empty() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{shell:?}: {said}\n{words:?}"));
    }
    let given = String::from_utf8(output.stdout).expect("UTF-8");
    Ok(given
        .replace(stage.text(), "")
        .split_terminator('\0')
        .map(str::to_owned)
        .collect())
}

/// The script with the image's programs and the pod's volumes looked for on the stage.
fn on_stage(stage: &Stage, container: &Yaml, script: &str) -> String {
    /// Stands for the stage until all folders are found: its own path may begin like a folder of the pod.
    const STAGE: char = '\u{E000}';
    let programs = [
        "/opt/kafka/bin",
        "/opt/zookeeper/bin",
        "/docker-entrypoint.sh",
    ];
    let mounts = container["volumeMounts"]
        .as_sequence()
        .into_iter()
        .flatten();
    let mounts = mounts.map(|mount| mount["mountPath"].as_str().expect("a path"));
    let folders = programs.into_iter().chain(mounts);
    let marked = folders.fold(script.to_owned(), |script, folder| {
        // The configuration's file is named to Kafka only, as it stands, or shown by `cat`.
        let before: &[&str] = if folder.starts_with("/etc") {
            &["cat "]
        } else {
            &[" ", "> ", ">", "<", "="]
        };
        before.iter().fold(script, |script, before| {
            let wanted = format!("{before}{folder}");
            script.replace(&wanted, &format!("{before}{STAGE}{folder}"))
        })
    });
    marked.replace(STAGE, stage.text())
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

/// Where the configuration is mounted.
fn config_folder(plan: &Plan) -> &'static str {
    match *plan.kafka.image.flavour {
        ImageFlavour::Built => "/etc/kafka",
        ImageFlavour::Official => "/etc/kafka-config",
    }
}

/// What a broker must be given, by the plan.
fn wanted(plan: &Plan, group: &Group, ordinal: u64, node: &str) -> Vec<String> {
    let kafka = &plan.kafka;
    let file = if kafka.config.is_file() {
        format!("{}/server.properties", config_folder(plan))
    } else {
        "/opt/kafka/config/server.properties".to_owned()
    };
    let mut words = vec!["/opt/kafka/bin/kafka-server-start.sh".to_owned(), file];
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
                let quorum = plan.kraft().filter(|_| {
                    plan.is_combined() && kafka.version.controllers_accept_advertised_listeners()
                });
                let quorum = quorum.map(|kraft| {
                    let host = kafka.host(group, ordinal);
                    format!("{}://{host}:{}", *kraft.listener, *kraft.port)
                });
                listeners.chain(quorum).collect::<Vec<_>>().join(",")
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
                    assert_eq!(
                        given(stage, shell, container, &variables),
                        Ok(wanted(&plan, group, ordinal, told)),
                        "{name}, {pod}, {shell:?}"
                    );
                }
                let opts = plan.kafka.opts.kafka_opts.value.as_ref();
                assert_eq!(variables.get("KAFKA_OPTS"), opts, "{name}");
            }
        }
    }
    let set_of = |wanted: &str| {
        stateful_sets(&objects)
            .find(|set| set["metadata"]["name"] == wanted)
            .unwrap_or_else(|| panic!("{name}: a set {wanted}"))
    };
    if let Some(zookeeper) = plan.zookeeper() {
        let set = set_of(&zookeeper.name);
        for ordinal in 0..*zookeeper.servers {
            check_server(stage, zookeeper, main_container(set), ordinal, name);
        }
    }
    if let Some(kraft) = plan.kraft() {
        let mut before = 0;
        if let Some(own) = &kraft.controllers {
            let set = set_of(&own.name);
            for ordinal in 0..*own.count {
                check_controller(stage, &plan, kraft, own, set, ordinal, name);
            }
        }
        for group in &plan.kafka.groups {
            let set = set_of(&group.name);
            for ordinal in 0..*group.brokers {
                let node = Node {
                    pod: format!("{}-{ordinal}", *group.name),
                    id: *group.id_base + ordinal,
                    member: plan.is_combined().then_some(before),
                    file: "server.properties",
                };
                check_format(stage, &plan, kraft, set, &node, name);
                before += 1;
            }
        }
    }
    for container in containers(&objects) {
        check_probes(stage, container, name);
    }
}

/// A node whose disk is formatted.
struct Node {
    pod: String,
    id: u64,
    /// Which controller it is, counted through all of them.
    member: Option<usize>,
    file: &'static str,
}

/// A controller's disk is formatted, and it starts with its own id and address.
fn check_controller(
    stage: &Stage,
    plan: &Plan,
    kraft: &KRaft,
    own: &Controllers,
    set: &Yaml,
    ordinal: u64,
    name: &str,
) {
    let node = Node {
        pod: own.pod_name(ordinal),
        id: *own.id_base + ordinal,
        member: usize::try_from(ordinal).ok(),
        file: "controller.properties",
    };
    let written = check_format(stage, plan, kraft, set, &node, name);
    let mut wanted = vec![
        "/opt/kafka/bin/kafka-server-start.sh".to_owned(),
        format!("{}/controller.properties", config_folder(plan)),
        "--override".to_owned(),
        format!("node.id={}", node.id),
    ];
    if plan.kafka.version.controllers_accept_advertised_listeners() {
        let address = format!(
            "{}://{}:{}",
            *kraft.listener,
            own.host(ordinal),
            *kraft.port
        );
        wanted.push("--override".to_owned());
        wanted.push(format!("advertised.listeners={address}"));
        let told = written
            .iter()
            .find(|(key, _)| key == "advertised.listeners");
        assert_eq!(told.map(|(_, told)| told), Some(&address), "{name}");
    }
    let container = main_container(set);
    let variables = variables(container, &node.pod, "192.0.2.7");
    for shell in SHELLS {
        let words = given(stage, shell, container, &variables);
        assert_eq!(
            words.as_ref(),
            Ok(&wanted),
            "{name}, {}, {shell:?}",
            node.pod
        );
    }
}

/// The storage tool is told the cluster's id and the first members, and a file with the node's own id,
/// which is what this gives.
fn check_format(
    stage: &Stage,
    plan: &Plan,
    kraft: &KRaft,
    set: &Yaml,
    node: &Node,
    name: &str,
) -> Vec<(String, String)> {
    let shared = stage
        .0
        .join(config_folder(plan).trim_start_matches('/'))
        .join(node.file);
    std::fs::create_dir_all(shared.parent().expect("a folder")).expect("a temporary folder");
    std::fs::write(&shared, "shared=1\n").expect("our own file");
    std::fs::create_dir_all(stage.0.join("tmp")).expect("a temporary folder");
    let container = &set["spec"]["template"]["spec"]["initContainers"][0];
    let variables = variables(container, &node.pod, "192.0.2.7");
    let id = kraft.cluster_id.value.clone().unwrap_or_default();
    let mut wanted: Vec<String> = [
        "/opt/kafka/bin/kafka-storage.sh",
        "format",
        "--ignore-formatted",
        "--config",
        "/tmp/format.properties",
    ]
    .map(str::to_owned)
    .into();
    wanted.push(format!("--cluster-id={id}"));
    if *kraft.quorum == Quorum::Dynamic {
        match node.member {
            Some(member) if member < kraft.initial() => {
                wanted.push("--initial-controllers".to_owned());
                wanted.push(kraft.initial_controllers().value);
            }
            _ => wanted.push("--no-initial-controllers".to_owned()),
        }
    }
    let mut written: Vec<(String, String)> = Vec::new();
    for shell in SHELLS {
        let words = given(stage, shell, container, &variables);
        assert_eq!(
            words.as_ref(),
            Ok(&wanted),
            "{name}, {}, {shell:?}",
            node.pod
        );
        let file = stage.0.join("tmp/format.properties");
        let text = std::fs::read_to_string(&file).expect("the file for the tool");
        let entries = properties::read(&text).entries.into_iter();
        written = entries.map(|entry| (entry.key, entry.value)).collect();
        let shared = ("shared".to_owned(), "1".to_owned());
        let own = ("node.id".to_owned(), node.id.to_string());
        assert_eq!(
            written[..2],
            [shared, own],
            "{name}, {}, {shell:?}",
            node.pod
        );
        std::fs::remove_file(file).expect("our own file");
    }
    written
}

/// A server's command starts the server, and writes the id that belongs to its ordinal.
fn check_server(stage: &Stage, zookeeper: &ZooKeeper, container: &Yaml, ordinal: u64, name: &str) {
    let pod = format!("{}-{ordinal}", *zookeeper.name);
    let variables = variables(container, &pod, "192.0.2.7");
    for shell in SHELLS {
        let words = given(stage, shell, container, &variables);
        let words = words.unwrap_or_else(|wrong| panic!("{name}, {pod}: {wrong}"));
        if zookeeper.is_tutorial() {
            assert!(words[0].ends_with("start-zookeeper"), "{words:?}");
            for entry in &zookeeper.config.entries {
                let (Some(flag), Value::Text(value)) = (tutorial_flag(&entry.name), &entry.value)
                else {
                    continue;
                };
                let flag = format!("--{flag}={value}");
                assert!(
                    words.contains(&flag),
                    "{name}, {pod}, {shell:?}: {flag} in {words:?}"
                );
            }
        } else {
            assert!(words[0].ends_with("zkServer.sh"), "{words:?}");
            assert_eq!(words[1..], ["start-foreground"], "{name}, {pod}, {shell:?}");
            let file = format!("{}/myid", zookeeper.data_dir.value);
            let file = stage.0.join(file.trim_start_matches('/'));
            let id = std::fs::read_to_string(&file).expect("an id");
            assert_eq!(
                id.trim(),
                (ordinal + 1).to_string(),
                "{name}, {pod}, {shell:?}"
            );
            std::fs::remove_file(file).expect("our own file");
        }
    }
}

/// All containers of all pods.
fn containers(objects: &[Yaml]) -> impl Iterator<Item = &Yaml> {
    objects.iter().flat_map(|object| {
        let pod = &object["spec"]["template"]["spec"];
        ["initContainers", "containers"]
            .into_iter()
            .flat_map(|kind| pod[kind].as_sequence().into_iter().flatten())
    })
}

/// Every probe that runs a command is content with a server that serves, in every shell; a probe that
/// asks for a quorum is not content with one that has none, and none with one that is silent.
fn check_probes(stage: &Stage, container: &Yaml, name: &str) {
    let variables = variables(container, "zk-1", "192.0.2.7");
    for kind in ["startupProbe", "readinessProbe", "livenessProbe"] {
        let words = container[kind]["exec"]["command"].as_sequence();
        let Some(words) = words.filter(|words| words.len() == 3) else {
            continue;
        };
        let words: Vec<String> = words
            .iter()
            .map(|word| kubernetes(word.as_str().expect("a word"), &variables))
            .collect();
        for (server, content) in [
            ("serving", true),
            ("without a quorum", !words[2].contains("srvr")),
            ("silent", false),
        ] {
            stage.server(server);
            for shell in SHELLS {
                let output = in_shell(stage, shell, container, &words, &variables);
                assert_eq!(
                    output.status.success(),
                    content,
                    "{name}, {kind} of a server that is {server}, {shell:?}: {words:?}"
                );
            }
        }
    }
}

fn stage(name: &str) -> Stage {
    let stage = Stage::new(name);
    stage.program("/opt/kafka/bin/kafka-server-start.sh");
    stage.program("/opt/kafka/bin/kafka-storage.sh");
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
    // More controllers than first members; an id that begins with a hyphen, or means something to a shell.
    let design = Design::default()
        .with("cluster.coordination", "kraft-dedicated")
        .with("controllers.id_base", "7")
        .with("kraft.cluster_id", "-$(id) 'x'")
        .with(
            "kraft.directory_ids",
            "AQEBAQEBQQGBAQEBAQEBAQ, AgICAgICQgKCAgICAgICAg",
        );
    check(&stage, &design, "one controller outside the quorum");
    let combined = design
        .with("cluster.coordination", "kraft-combined")
        .with_list("kafka.groups", &["a", "b"]);
    check(&stage, &combined, "combined, in two groups");
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

/// The words that a broker is given when its script is changed.
fn given_by(
    stage: &Stage,
    design: &Design,
    change: impl Fn(&str) -> String,
) -> Result<Vec<String>, String> {
    let (plan, objects) = objects(design);
    let set = stateful_sets(&objects)
        .find(|set| set["metadata"]["name"] == plan.kafka.groups[0].name.as_str())
        .expect("the brokers");
    let mut container = main_container(set).clone();
    let script = container["command"][2].as_str().expect("a script");
    container["command"][2] = Yaml::from(change(script));
    let variables = variables(&container, "kafka-0", "192.0.2.7");
    given(stage, SHELLS[0], &container, &variables)
}

#[test]
fn a_value_without_its_quotes_and_a_dollar_without_its_twin_are_noticed() {
    let stage = stage("broken");
    let design = Design::default()
        .with("kafka.config_style", "flags")
        .with("kafka.options[my.plug-in]", "two words; $(HOSTNAME) $HOME");
    let plan = Plan::of(&design);
    let wanted = wanted(&plan, &plan.kafka.groups[0], 0, "192.0.2.7");
    let given = |change: fn(&str) -> String| given_by(&stage, &design, change);
    assert_eq!(given(str::to_owned).as_ref(), Ok(&wanted));
    assert_ne!(
        given(|script| script.replace('\'', "")).as_ref(),
        Ok(&wanted)
    );
    assert_ne!(
        given(|script| script.replace("$$(", "$(")).as_ref(),
        Ok(&wanted)
    );
}

#[test]
fn a_probe_that_asks_nobody_is_noticed() {
    let stage = stage("probe");
    let (_, objects) = objects(&Design::default());
    let set = stateful_sets(&objects)
        .find(|set| set["metadata"]["name"] == "zk")
        .expect("the servers");
    let mut container = main_container(set).clone();
    check_probes(&stage, &container, "as rendered");
    container["readinessProbe"]["exec"]["command"][2] =
        Yaml::from("echo srvr | nc -w 3 127.0.0.1 2181");
    let noticed = std::panic::catch_unwind(|| check_probes(&stage, &container, "broken"));
    assert!(noticed.is_err());
}

/// The Job's script runs with tools that lose what a real cluster may lose.
fn smoke_test(stage: &Stage, consumer: &str) -> Output {
    let keep = stage.text();
    stage.script("/opt/kafka/bin/kafka-topics.sh", "exit 0");
    stage.script(
        "/opt/kafka/bin/kafka-console-producer.sh",
        &format!("printf '%s\\n' \"$*\" >'{keep}/asked'; cat >'{keep}/sent'"),
    );
    stage.script(
        "/opt/kafka/bin/kafka-console-consumer.sh",
        &format!("{consumer} '{keep}/sent'"),
    );
    let (_, objects) = objects(&Design::default());
    let job = objects
        .iter()
        .find(|object| object["kind"] == "Job")
        .expect("a smoke test");
    let container = main_container(job);
    let variables = variables(container, "kafka-smoke-in-x", "192.0.2.7");
    let words = command(container, &variables);
    std::fs::create_dir_all(stage.0.join("tmp")).expect("a temporary folder");
    in_shell(stage, &["bash"], container, &words, &variables)
}

#[test]
fn the_smoke_test_passes_when_every_line_comes_back_and_only_then() {
    let stage = stage("smoke");
    let whole = smoke_test(&stage, "cat");
    let said = String::from_utf8_lossy(&whole.stdout);
    let wrong = String::from_utf8_lossy(&whole.stderr);
    assert!(
        whole.status.success() && said.contains("PASSED"),
        "{said}{wrong}"
    );
    let twice = smoke_test(&stage, "sed p");
    assert!(twice.status.success(), "a line may come twice");
    let less = smoke_test(&stage, "sed 1d");
    assert!(!less.status.success());
    let nothing = smoke_test(&stage, "true");
    assert!(!nothing.status.success());
}

#[test]
fn the_smoke_test_does_not_wait_a_second_for_each_line() {
    let stage = stage("linger");
    assert!(smoke_test(&stage, "cat").status.success());
    let asked = std::fs::read_to_string(stage.0.join("asked")).expect("the producer was asked");
    assert!(asked.contains(" --sync --timeout 0 "), "{asked}");
}
