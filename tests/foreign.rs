//! Files in the style of others: images that are configured by variables, init scripts, docker-compose.

use std::collections::BTreeMap;

use kafka_cluster_designer::bundle::link;
use kafka_cluster_designer::import::{self, Files, Imported, Role, tree};
use kafka_cluster_designer::plan::Plan;
use kafka_cluster_designer::render::FileKind;
use kafka_cluster_designer::{design, evaluate, rules};
use serde_yaml::Value;

fn imported(name: &str) -> (String, Imported) {
    let path = format!("tests/fixtures/import/{name}");
    let text = std::fs::read_to_string(&path).unwrap();
    let imported = import::import(&Files::one(name, &text));
    (text, imported)
}

/// Lists whose items have names mean the same in any order.
fn in_order(value: &mut Value) {
    match value {
        Value::Mapping(map) => map.iter_mut().for_each(|(_, value)| in_order(value)),
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

/// Takes out the variables that hold passwords, which no design keeps.
fn without(value: &mut Value, names: &[&str]) {
    match value {
        Value::Mapping(map) => map.iter_mut().for_each(|(_, value)| without(value, names)),
        Value::Sequence(items) => {
            items.retain(|item| {
                let name = item.get("name").and_then(Value::as_str);
                !name.is_some_and(|name| names.contains(&name) && item.get("value").is_some())
            });
            for item in items {
                without(item, names);
            }
        }
        _ => {}
    }
}

/// Objects by kind and name.
fn objects<'a>(texts: impl IntoIterator<Item = &'a str>) -> BTreeMap<String, Value> {
    let documents = texts
        .into_iter()
        .flat_map(|text| tree::read(text).documents);
    let values = documents.flat_map(|document| match document.value() {
        Value::Mapping(list) if list.contains_key("items") => {
            list["items"].as_sequence().cloned().unwrap_or_default()
        }
        value => vec![value],
    });
    let objects = values.filter(|value| {
        value
            .get("kind")
            .is_some_and(|kind| kind != "Kustomization")
    });
    objects
        .map(|mut value| {
            in_order(&mut value);
            without(
                &mut value,
                &["ZOO_SERVER_PASSWORDS", "KAFKA_CFG_SASL_JAAS_CONFIG"],
            );
            let kind = value["kind"].as_str().unwrap_or_default();
            let name = value["metadata"]["name"].as_str().unwrap_or_default();
            (format!("{kind} {name}"), value)
        })
        .collect()
}

/// The objects that the design gives are those that were read, leaf for leaf.
fn gives_the_same(text: &str, imported: &Imported) {
    gives_the_same_but(text, imported, &[]);
}

/// The same, for all but some kinds.
fn gives_the_same_but(text: &str, imported: &Imported, kinds: &[&str]) {
    let report = evaluate(&imported.design);
    let manifests: Vec<String> = report
        .files
        .iter()
        .filter(|file| file.kind == FileKind::Yaml && file.path != "design.yaml")
        .map(|file| file.text())
        .collect();
    let given = objects(manifests.iter().map(String::as_str));
    let mut read = objects([text]);
    read.retain(|name, _| {
        !kinds
            .iter()
            .any(|kind| name.split(' ').next() == Some(*kind))
    });
    for (name, object) in &read {
        assert_eq!(given.get(name), Some(object), "{name}");
    }
    assert!(given.keys().eq(read.keys()), "{:?}", given.keys());
}

/// The field has this value, which stood in this line of the file.
fn says(imported: &Imported, text: &str, field: &str, value: &str, line: &str) {
    let path = field.into();
    assert_eq!(
        imported.design.get(&path),
        Some(value),
        "{field} of {:#?}",
        imported.design.values
    );
    let (_, position) = imported
        .sources
        .get(&path)
        .unwrap_or_else(|| panic!("{field} has no source"));
    let found = text.lines().nth(position.line - 1).unwrap_or_default();
    assert!(
        found.contains(line),
        "{field} stands in line {}: {found}",
        position.line
    );
}

fn listeners(imported: &Imported) -> Vec<String> {
    let plan = Plan::of(&imported.design);
    let all = plan.kafka.listeners.iter();
    all.map(|one| format!("{}:{}", *one.name, *one.port))
        .collect()
}

fn keys(imported: &Imported) -> Vec<&str> {
    imported
        .remarks
        .iter()
        .map(|(_, remark)| &*remark.key)
        .collect()
}

#[test]
fn official_images_by_environment() {
    let (text, imported) = imported("official.yaml");
    gives_the_same(&text, &imported);
    let says = |field: &str, value: &str, line: &str| says(&imported, &text, field, value, line);
    says("zookeeper.version", "3.8.4", "zookeeper:3.8.4");
    says("zookeeper.options[tickTime]", "3000", "3000");
    says(
        "zookeeper.options[4lw.commands.whitelist]",
        "srvr,ruok",
        "srvr,ruok",
    );
    says("zookeeper.heap", "700m", "700");
    says("zookeeper.data_size", "8Gi", "8Gi");
    says("kafka.version", "3.9.1", "apache/kafka:3.9.1");
    says("kafka.heap", "3g", "-Xmx3g");
    says(
        "kafka.options[log.dirs]",
        "/var/lib/kafka/data/topics",
        "/topics",
    );
    says("kafka.options[min.insync.replicas]", "3", "\"3\"");
    says("kafka.groups[main].id_base", "10", "KAFKA_BROKER_ID");
    assert_eq!(listeners(&imported), ["INSIDE:9092"]);
    assert_eq!(keys(&imported), <[&str; 0]>::default());
    // As many must confirm as there are copies: no broker may be away.
    let report = evaluate(&imported.design);
    assert!(
        report
            .findings
            .iter()
            .any(|finding| finding.rule == "KFK050")
    );
}

#[test]
fn bitnamis_images() {
    let (text, imported) = imported("bitnami.yaml");
    gives_the_same(&text, &imported);
    let says = |field: &str, value: &str, line: &str| says(&imported, &text, field, value, line);
    says("zookeeper.ports.client", "2182", "ZOO_PORT_NUMBER");
    says("zookeeper.options[tickTime]", "2500", "ZOO_TICK_TIME");
    says(
        "zookeeper.options[autopurge.snapRetainCount]",
        "5",
        "RETAIN",
    );
    says("zookeeper.heap", "768m", "ZOO_HEAP_SIZE");
    says("kafka.version", "3.5.1", "bitnami/kafka:3.5.1");
    says(
        "kafka.options[message.max.bytes]",
        "2097164",
        "MESSAGE_MAX_BYTES",
    );
    says(
        "kafka.options[delete.topic.enable]",
        "false",
        "DELETE_TOPIC",
    );
    says(
        "kafka.options[zookeeper.connect]",
        "orders-zookeeper:2182/orders",
        "ZOOKEEPER_CONNECT",
    );
    let plan = Plan::of(&imported.design);
    let folders = plan
        .kafka
        .config
        .entry("log.dirs")
        .map(|entry| entry.value.clone());
    assert_eq!(
        folders,
        Some(kafka_cluster_designer::plan::Value::Text(
            "/bitnami/kafka/data".to_owned()
        ))
    );
    says("kafka.heap", "1500m", "HEAP");
    says(
        "kafka.listeners[external].port",
        "9095",
        "KAFKA_CFG_LISTENERS",
    );
    let values = format!("{:?}", imported.design.values);
    assert!(
        !values.contains("kaffeetasse") && !values.contains("jaas"),
        "{values}"
    );
}

#[test]
fn no_password_comes_into_a_design() {
    let (_, imported) = imported("bitnami.yaml");
    let text = design::write(&imported.design);
    assert!(!text.contains("kaffeetasse"), "{text}");
    assert_eq!(
        keys(&imported),
        ["import.object.password", "import.object.password"]
    );
}

#[test]
fn no_password_of_a_properties_file_comes_into_a_design() {
    let (text, _) = imported("init-script.yaml");
    let secret = "    num.partitions=6\n    ssl.keystore.password=kaffeetasse\n    sasl.jaas.config=x required \\\n      password=kaffeetasse;\n";
    let text = text.replace("    num.partitions=6\n", secret);
    let imported = import::import(&Files::one("a.yaml", &text));
    let written = design::write(&imported.design);
    assert!(!written.contains("kaffeetasse"), "{written}");
    assert!(written.contains("num.partitions"));
    let remarks = keys(&imported);
    assert!(remarks.contains(&"import.object.password"), "{remarks:?}");
    assert_eq!(
        remarks
            .iter()
            .filter(|key| **key == "import.option.secret")
            .count(),
        2
    );
}

#[test]
fn confluents_images() {
    let (text, imported) = imported("confluent.yaml");
    gives_the_same(&text, &imported);
    let says = |field: &str, value: &str, line: &str| says(&imported, &text, field, value, line);
    says("zookeeper.options[initLimit]", "7", "\"7\"");
    says("zookeeper.heap", "512M", "-Xmx512M");
    says("zookeeper.log_size", "7Gi", "7Gi");
    says("kafka.groups[main].brokers", "4", "replicas: 4");
    says("kafka.options[log.retention.hours]", "48", "48");
    says(
        "kafka.options[log.dirs]",
        "/opt/kafka/data/logs",
        "/opt/kafka/data/logs",
    );
    assert_eq!(listeners(&imported), ["PLAINTEXT:9092", "EXTERNAL:9093"]);
    assert!(imported.questions.is_empty());
}

#[test]
fn a_config_map_with_an_init_script() {
    let (text, imported) = imported("init-script.yaml");
    gives_the_same(&text, &imported);
    let says = |field: &str, value: &str, line: &str| says(&imported, &text, field, value, line);
    says("kafka.version", "3.6.1", "kafka:3.6.1");
    says("kafka.options[num.partitions]", "6", "num.partitions=6");
    says(
        "kafka.options[zookeeper.connect]",
        "zookeeper.coordination:2181",
        "zookeeper.connect=",
    );
    says("kafka.groups[main].id_base", "20", "");
    assert_eq!(listeners(&imported), ["PLAIN:9092"]);
    assert_eq!(keys(&imported), ["import.no-ensemble"]);
}

#[test]
fn docker_compose_is_refused() {
    let (_, imported) = imported("docker-compose.yml");
    assert_eq!(keys(&imported)[0], "import.compose");
    assert_eq!(imported.remarks[0].1.position.line, 1);
    assert!(imported.objects.is_empty());
}

#[test]
fn properties_files_beside_the_manifests_or_alone() {
    let mut files = Files::default();
    files.add(
        "conf/server.properties",
        b"# a comment\nnum.partitions=7\nlog.dirs=/data/a\n".to_vec(),
    );
    files.add(
        "zoo.cfg",
        b"tickTime=2500\nserver.1=a:2888:3889\nserver.2=b:2888:3889\nserver.3=c:2888:3889\n"
            .to_vec(),
    );
    let imported = import::import(&files);
    let get = |field: &str| imported.design.get(&field.into());
    assert_eq!(get("kafka.options[num.partitions]"), Some("7"));
    assert_eq!(get("zookeeper.options[tickTime]"), Some("2500"));
    assert_eq!(get("zookeeper.ports.election"), Some("3889"));
    let (file, position) = &imported.sources[&"kafka.options[log.dirs]".into()];
    assert_eq!(
        (file.as_str(), position.line),
        ("conf/server.properties", 3)
    );
    assert_eq!(keys(&imported), <[&str; 0]>::default());

    let (text, _) = self::imported("init-script.yaml");
    let text = text.replace("server.properties: |", "other.properties: |");
    files.add("kafka.yaml", text.into_bytes());
    let imported = import::import(&files);
    let get = |field: &str| imported.design.get(&field.into());
    assert_eq!(get("kafka.options[num.partitions]"), Some("7"));
}

#[test]
fn wurstmeisters_image() {
    let (text, imported) = imported("wurstmeister.yaml");
    gives_the_same(&text, &imported);
    let says = |field: &str, value: &str, line: &str| says(&imported, &text, field, value, line);
    says("kafka.version", "2.8.1", "wurstmeister/kafka:2.13-2.8.1");
    says(
        "kafka.options[zookeeper.connect]",
        "coordination:2181/ledger",
        "coordination:2181/ledger",
    );
    says(
        "kafka.options[log.dirs]",
        "/kafka/records",
        "/kafka/records",
    );
    says("kafka.heap", "900m", "-Xmx900m");
    says("kafka.disks[kafka].size", "25Gi", "25Gi");
    assert_eq!(listeners(&imported), ["INSIDE:9092"]);
    assert_eq!(keys(&imported), ["import.no-ensemble"]);
}

#[test]
fn deployments_are_read_like_stateful_sets() {
    let (text, imported) = imported("deployments.yaml");
    let lists = tree::read(&text).documents;
    let items = lists[0].get("items").expect("a List").items();
    assert_eq!(items.len(), 5, "a List is read item by item");
    let says = |field: &str, value: &str, line: &str| says(&imported, &text, field, value, line);
    says("kafka.name", "first-try", "name: first-try");
    says("kafka.options[num.partitions]", "4", "configMapRef");
    says("kafka.options[broker.id]", "7", "KAFKA_BROKER_ID");
    says("kafka.disks[data].mount", "/records", "mountPath: /records");
    says("kafka.disks[data].size", "9Gi", "9Gi");
    says("kafka.memory_request", "1Gi", "memory: 1Gi");
    says("zookeeper.options[tickTime]", "2500", "ZOO_TICK_TIME");
    let report = evaluate(&imported.design);
    let deployed = |design: &design::Design| -> Vec<(String, rules::Severity)> {
        let findings = evaluate(design).findings;
        let found = findings.iter().filter(|one| one.rule == "INP028");
        found
            .map(|one| (one.subject.clone(), one.severity))
            .collect()
    };
    assert_eq!(
        deployed(&imported.design),
        [
            ("Deployment/first-try".to_owned(), rules::Severity::Error),
            (
                "Deployment/coordinator".to_owned(),
                rules::Severity::Warning
            ),
        ]
    );
    // The objects are those that were read, until the repair makes StatefulSets of them.
    let objects = |report: &kafka_cluster_designer::Report| -> Vec<String> {
        let texts: Vec<String> = report
            .files
            .iter()
            .filter(|file| file.kind == FileKind::Yaml && file.path != "design.yaml")
            .map(|file| file.text())
            .collect();
        self::objects(texts.iter().map(String::as_str))
            .into_keys()
            .collect()
    };
    assert_eq!(
        objects(&report),
        [
            "ConfigMap first-try-settings",
            "Deployment coordinator",
            "Deployment first-try",
            "PersistentVolumeClaim first-try-records",
            "Service coordinator",
        ]
    );
    let finding = report.findings.iter().find(|one| one.rule == "INP028");
    let fix = &finding.expect("it fires").fixes[0];
    assert_eq!((fix.safe, fix.effect), (false, rules::Effect::AbandonsData));
    let mut repaired = imported.design.clone();
    for change in &fix.changes {
        repaired.apply(change);
    }
    let after = evaluate(&repaired);
    assert!(objects(&after).contains(&"StatefulSet first-try".to_owned()));
    assert_eq!(deployed(&repaired).len(), 1);
    let set = after.file("30-kafka/statefulset.yaml").expect("it").text();
    assert!(
        set.contains("volumeClaimTemplates") && set.contains("9Gi"),
        "{set}"
    );
}

#[test]
fn what_the_files_do_not_tell_is_asked() {
    let (text, imported) = imported("undecided.yaml");
    let asked: Vec<(&str, usize, bool)> = imported
        .questions
        .iter()
        .map(|one| (one.subject.as_str(), one.position.line, one.is_answered))
        .collect();
    assert_eq!(
        asked,
        [
            ("StatefulSet/bus", 17, false),
            ("StatefulSet/keeper", 42, false)
        ],
        "and never about a tool"
    );
    let mut files = Files::one("undecided.yaml", &text);
    files
        .roles
        .insert("StatefulSet/bus".to_owned(), Role::Brokers);
    files
        .roles
        .insert("StatefulSet/keeper".to_owned(), Role::Ensemble);
    let imported = import::import(&files);
    gives_the_same(&text, &imported);
    let says = |field: &str, value: &str, line: &str| says(&imported, &text, field, value, line);
    says("kafka.name", "bus", "name: bus");
    says(
        "kafka.options[num.partitions]",
        "12",
        "KAFKA_NUM_PARTITIONS",
    );
    says("zookeeper.name", "keeper", "");
    says("zookeeper.options[tickTime]", "1500", "ZOO_TICK_TIME");
    assert!(imported.questions.iter().all(|one| one.is_answered));
}

#[test]
fn of_two_clusters_one_is_read_and_the_other_asked_for() {
    let (text, _) = imported("wurstmeister.yaml");
    let other = text
        .replace("ledger", "stock")
        .replace("coordination", "elsewhere");
    let mut files = Files::one("one.yaml", &text);
    files.add("two.yaml", other.into_bytes());
    let read = import::import(&files);
    let asked: Vec<&str> = read
        .questions
        .iter()
        .map(|one| one.subject.as_str())
        .collect();
    assert_eq!(asked, ["StatefulSet/stock-kafka"]);
    assert_eq!(read.design.get(&"kafka.name".into()), Some("ledger-kafka"));
    files
        .roles
        .insert("StatefulSet/stock-kafka".to_owned(), Role::Brokers);
    let read = import::import(&files);
    assert_eq!(read.design.get(&"kafka.name".into()), Some("stock-kafka"));
    let open: Vec<&str> = read
        .questions
        .iter()
        .filter(|one| !one.is_answered)
        .map(|one| one.subject.as_str())
        .collect();
    assert_eq!(open, ["StatefulSet/ledger-kafka"]);
}

#[test]
fn of_two_ensembles_the_brokers_say_which_is_theirs() {
    let (text, _) = imported("official.yaml");
    let ensemble = text
        .split("---\n")
        .take(2)
        .collect::<Vec<_>>()
        .join("---\n");
    let other = ensemble.replace("coord", "aside");
    let mut files = Files::one("a.yaml", &other);
    files.add("b.yaml", text.into_bytes());
    let read = import::import(&files);
    assert_eq!(read.design.get(&"zookeeper.name".into()), Some("coord"));
    assert_eq!(keys(&read), ["import.process.second"]);
    assert!(read.questions.is_empty());
}

#[test]
fn a_share_link_is_a_design_wherever_it_stands() {
    let design = kafka_cluster_designer::presets::PRODUCTION
        .design()
        .with("kafka.heap", "3g");
    let packed = link::pack(&design).packed;
    let broken = packed.len() / 2;
    let wrapped = format!(
        "https://example.org/designer/\n#d={}\n{}\n",
        &packed[..broken],
        &packed[broken..]
    );
    for text in [packed.clone(), format!("#d={packed}")] {
        let read = import::import(&Files::one("pasted", &text));
        assert_eq!(read.design, design);
        assert_eq!(keys(&read), <[&str; 0]>::default());
    }
    // A mail program breaks lines anywhere behind the address.
    let joined = wrapped.replacen('\n', "", 1);
    let read = import::import(&Files::one("mail.txt", &joined));
    assert_eq!(read.design, design);
    let cut = import::import(&Files::one("pasted", &packed[..packed.len() - 30]));
    assert_eq!(keys(&cut)[0], "link.damaged");
}

#[test]
fn files_for_logs_are_kept_as_they_are() {
    let properties = "# what is written\nlog4j.rootLogger=INFO, stdout\n";
    let mut files = Files::default();
    for (name, text) in [
        ("conf/log4j.properties", properties),
        ("conf/log4j2.yaml", "Configuration:\n  status: warn\n"),
        (
            "client.properties",
            "acks=all\nssl.keystore.password=kaffeetasse\n",
        ),
    ] {
        files.add(name, text.into());
    }
    let (text, _) = self::imported("init-script.yaml");
    files.add("kafka.yaml", text.into_bytes());
    let imported = import::import(&files);
    let report = evaluate(&imported.design);
    let given = |name: &str| report.file(name).map(|file| file.text());
    assert_eq!(
        given("40-imported/log4j.properties").as_deref(),
        Some(properties)
    );
    assert_eq!(
        given("40-imported/log4j2.yaml").as_deref(),
        Some("Configuration:\n  status: warn\n")
    );
    assert_eq!(
        given("40-imported/client.properties").as_deref(),
        Some("acks=all\n")
    );
    let said: Vec<(&str, &str)> = imported
        .remarks
        .iter()
        .map(|(file, remark)| (file.as_str(), &*remark.key))
        .filter(|(file, _)| !file.is_empty())
        .collect();
    assert_eq!(
        said,
        [
            ("conf/log4j.properties", "import.file.kept"),
            ("conf/log4j2.yaml", "import.file.kept"),
            ("client.properties", "import.object.password"),
            ("client.properties", "import.file.kept"),
        ]
    );
    // As a bundle it comes back with its design.
    let texts = report
        .files
        .iter()
        .map(|file| (file.path.clone(), file.text()));
    let bundle = Files {
        texts: texts.collect(),
        ..Files::default()
    };
    let again = import::import(&bundle);
    assert_eq!(again.design, imported.design);
}

#[test]
fn what_stands_around_a_cluster_is_kept_leaf_for_leaf() {
    let (text, imported) = imported("around.json");
    gives_the_same_but(&text, &imported, &["Secret"]);
    let says = |field: &str, value: &str, line: &str| says(&imported, &text, field, value, line);
    says("kafka.name", "bus", "bus");
    says("kafka.options[num.partitions]", "9", "num.partitions=9");
    says("zookeeper.name", "keeper", "");
    let written = design::write(&imported.design);
    assert!(!written.contains("a2FmZmVldGFzc2U"), "{written}");
    let secret = imported
        .remarks
        .iter()
        .find(|(_, one)| one.key == "import.object.secret");
    let line = secret.expect("it is said").1.position.line;
    let at = text.lines().position(|line| line.contains("\"Secret\""));
    assert!(
        at.is_some_and(|at| (line..line + 3).contains(&(at + 1))),
        "{line}"
    );
    // The old versions of the API still say what they are.
    let report = evaluate(&imported.design);
    let old: Vec<&str> = report
        .findings
        .iter()
        .filter(|one| one.rule == "VER012")
        .map(|one| one.subject.as_str())
        .collect();
    assert_eq!(
        old,
        [
            "StatefulSet/keeper",
            "NetworkPolicy/bus",
            "Role/bus",
            "RoleBinding/bus"
        ]
    );
}
