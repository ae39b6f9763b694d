//! Files that people run become designs, and give the same objects again.

mod support;

use std::collections::BTreeMap;

use kafka_cluster_designer::design::Design;
use kafka_cluster_designer::import::{self, Files, Imported, shell, start, tree};
use kafka_cluster_designer::render::FileKind;
use kafka_cluster_designer::rules;
use kafka_cluster_designer::{Report, evaluate};
use serde_yaml::Value;

const ARTICLE: [(&str, &str); 4] = [
    (
        "zookeeper.yaml",
        include_str!("fixtures/article/zookeeper.yaml"),
    ),
    ("svc.yaml", include_str!("fixtures/article/svc.yaml")),
    ("kafka.yaml", include_str!("fixtures/article/kafka.yaml")),
    ("Dockerfile", include_str!("fixtures/article/Dockerfile")),
];

fn article() -> Files {
    let texts = ARTICLE.map(|(path, text)| (path.to_owned(), text.to_owned()));
    Files {
        texts: texts.into(),
        ..Files::default()
    }
}

/// Objects by file-independent names, without what is null.
fn objects<'a>(texts: impl IntoIterator<Item = &'a str>) -> BTreeMap<String, Value> {
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

fn manifests(report: &Report) -> Vec<String> {
    let files = report
        .files
        .iter()
        .filter(|file| file.kind == FileKind::Yaml && file.path != "design.yaml");
    files.map(|file| file.text()).collect()
}

fn bundle(report: &Report) -> Files {
    let texts = report
        .files
        .iter()
        .map(|file| (file.path.clone(), file.text()));
    Files {
        texts: texts.collect(),
        ..Files::default()
    }
}

/// Importing gives the same objects again; says how many extras it needed.
fn gives_the_same(files: &Files) -> Imported {
    let imported = import::import(files);
    let report = evaluate(&imported.design);
    let before = objects(
        files
            .texts
            .iter()
            .filter(|(path, _)| path.ends_with(".yaml"))
            .map(|(_, text)| text.as_str()),
    );
    let texts = manifests(&report);
    let after = objects(texts.iter().map(String::as_str));
    for (name, object) in &before {
        assert_eq!(Some(object), after.get(name), "{name}");
    }
    let names = |objects: &BTreeMap<String, Value>| objects.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&before), names(&after));
    imported
}

#[test]
fn the_article_gives_its_objects_again() {
    let imported = gives_the_same(&article());
    assert_eq!(imported.remarks, []);
    let extras = imported.design.extras.count();
    assert!(extras <= 60, "{extras} extras");
    let commands = imported.design.extras.origins();
    assert!(
        commands
            .iter()
            .all(|origin| !origin.as_str().contains(".command")),
        "{commands:?}"
    );
}

#[test]
fn bundles_of_ours_give_their_objects_again() {
    for (name, design) in support::bases() {
        println!("{name}");
        let mut files = bundle(&evaluate(&design));
        let imported = import::import(&files);
        assert_eq!(
            imported.design,
            Design {
                unknown: BTreeMap::default(),
                ..design.clone()
            },
            "{name}, with its design"
        );
        files.texts.remove("design.yaml");
        let imported = gives_the_same(&files);
        println!("  {} extras", imported.design.extras.count());
        for origin in imported.design.extras.origins() {
            println!("    {origin}");
        }
        for (file, remark) in &imported.remarks {
            println!("    {file}: {remark:?}");
        }
    }
}

/// What is wrong with the article: the rule, the file, and what stands in the line.
const SEED: &[(&str, &str, &str)] = &[
    ("STO001", "kafka.yaml", "--override log.dir=/var/lib/kafka/"),
    ("STO002", "kafka.yaml", "mountPath: /var/lib/kafka"),
    ("STO003", "kafka.yaml", "--override log.dir=/var/lib/kafka/"),
    (
        "ZK020",
        "kafka.yaml",
        "--override zookeeper.connect=zk-0.zk-hs.default.svc.cluster.",
    ),
    (
        "ZK022",
        "kafka.yaml",
        "--override zookeeper.connect=zk-0.zk-hs",
    ),
    ("ZK023", "kafka.yaml", "default.svc.cluster.local:2181"),
    ("TOP008", "kafka.yaml", "zk-0.zk-hs.default.svc"),
    ("NET027", "kafka.yaml", "default.svc.cluster.local"),
    (
        "NET015",
        "kafka.yaml",
        "--override advertised.listeners=PLAINTEXT://10.10.101.114:",
    ),
    ("TOP007", "kafka.yaml", "PLAINTEXT://10.10.101.114"),
    (
        "NET014",
        "kafka.yaml",
        "--override listeners=PLAINTEXT://:9092",
    ),
    (
        "NET013",
        "kafka.yaml",
        "--override listeners=PLAINTEXT://:9092",
    ),
    ("SEC001", "kafka.yaml", "advertised.listeners=PLAINTEXT://"),
    ("SEC025", "svc.yaml", "type: NodePort"),
    ("NET025", "svc.yaml", "name: kafka-cs-0"),
    ("NET028", "svc.yaml", "name: kafka-hs"),
    ("ZK037", "zookeeper.yaml", "name: zk-hs"),
    ("ZK031", "zookeeper.yaml", "maxUnavailable: 2"),
    ("K8S025", "zookeeper.yaml", "apiVersion: policy/v1beta1"),
    ("K8S030", "kafka.yaml", "name: kafka"),
    ("K8S039", "zookeeper.yaml", "name: zk-pdb"),
    ("PRB006", "kafka.yaml", "name: kafka"),
    ("PRB007", "kafka.yaml", "name: kafka"),
    ("PRB005", "zookeeper.yaml", "zookeeper-ready 2181"),
    ("ZK035", "zookeeper.yaml", "zookeeper-ready 2181"),
    ("PRB002", "zookeeper.yaml", "livenessProbe:"),
    ("JVM003", "kafka.yaml", "value: \"-Xmx2G -Xms2G\""),
    ("JVM002", "kafka.yaml", "memory: 2Gi"),
    ("K8S045", "kafka.yaml", "containers:"),
    ("K8S045", "zookeeper.yaml", "containers:"),
    ("JVM012", "zookeeper.yaml", "--heap=512M"),
    ("JVM007", "kafka.yaml", "value: \"-Dlogging.level=INFO\""),
    (
        "KFK057",
        "kafka.yaml",
        "--override unclean.leader.election.enable=true",
    ),
    (
        "KFK051",
        "kafka.yaml",
        "--override default.replication.factor=1",
    ),
    (
        "KFK058",
        "kafka.yaml",
        "--override auto.create.topics.enable=true",
    ),
    (
        "KFK059",
        "kafka.yaml",
        "--override auto.create.topics.enable=true",
    ),
    ("KFK060", "kafka.yaml", "--override num.partitions=1"),
    ("KFK053", "kafka.yaml", "--override min.insync.replicas=1"),
    (
        "KFK072",
        "kafka.yaml",
        "/opt/kafka/config/server.properties",
    ),
    (
        "KFK055",
        "kafka.yaml",
        "/opt/kafka/config/server.properties",
    ),
    (
        "KFK083",
        "kafka.yaml",
        "/opt/kafka/config/server.properties",
    ),
    (
        "KFK078",
        "kafka.yaml",
        "kafka-server-start.sh /opt/kafka/config/server.properties",
    ),
    ("KFK066", "kafka.yaml", "--override background.threads=10"),
    (
        "KFK068",
        "kafka.yaml",
        "--override quota.consumer.default=9223372036854775807",
    ),
    (
        "KFK068",
        "kafka.yaml",
        "--override quota.producer.default=9223372036854775807",
    ),
    (
        "KFK063",
        "kafka.yaml",
        "--override zookeeper.session.timeout.ms=6000",
    ),
    (
        "KFK062",
        "kafka.yaml",
        "--override replica.lag.time.max.ms=10000",
    ),
    (
        "KFK064",
        "kafka.yaml",
        "--override offsets.retention.minutes=1440",
    ),
    ("SEC010", "zookeeper.yaml", "containerPort: 2181"),
    ("STO004", "kafka.yaml", "storageClassName: nfs-client"),
    ("STO005", "zookeeper.yaml", "storageClassName: nfs-client"),
    ("STO007", "kafka.yaml", "accessModes:"),
    ("STO008", "kafka.yaml", "storage: 1Gi"),
    ("STO010", "kafka.yaml", "--override log.retention.bytes=-1"),
    (
        "STO011",
        "kafka.yaml",
        "--override log.index.size.max.bytes=10485760",
    ),
    ("STO020", "zookeeper.yaml", "storage: 1Gi"),
    ("STO019", "zookeeper.yaml", "fsGroup: 1000"),
    (
        "ZK019",
        "zookeeper.yaml",
        "--data_log_dir=/var/lib/zookeeper/data/log",
    ),
    (
        "ZK018",
        "zookeeper.yaml",
        "--data_dir=/var/lib/zookeeper/data",
    ),
    (
        "ZK039",
        "zookeeper.yaml",
        "image: \"zhaoguanghui6/kubernetes-zookeeper:1.0-3.4.10\"",
    ),
    ("ZK040", "zookeeper.yaml", "1.0-3.4.10"),
    (
        "IMG028",
        "zookeeper.yaml",
        "zhaoguanghui6/kubernetes-zookeeper",
    ),
    ("IMG028", "kafka.yaml", "zhaoguanghui6/kubernetes-kafka"),
    (
        "IMG027",
        "kafka.yaml",
        "zhaoguanghui6/kubernetes-kafka:v3.5.2",
    ),
    ("IMG001", "Dockerfile", "FROM openjdk:8-jdk"),
    ("VER004", "Dockerfile", "FROM openjdk:8-jdk"),
    ("IMG003", "Dockerfile", "FROM openjdk:8-jdk"),
    ("IMG012", "Dockerfile", "FROM openjdk:8-jdk"),
    ("IMG005", "Dockerfile", "curl --silent --output"),
    ("IMG006", "Dockerfile", "curl --silent --output"),
    ("IMG004", "Dockerfile", "tar --directory /opt -xzf"),
    (
        "IMG007",
        "Dockerfile",
        "https://mirrors.tuna.tsinghua.edu.cn/apache/kafka/3.5.2/kafk",
    ),
    ("IMG031", "Dockerfile", "kafka_2.12-3.5.2.tgz"),
    ("IMG008", "Dockerfile", "WORKDIR $KAFKA_HOME"),
    (
        "IMG014",
        "Dockerfile",
        "RUN ln -s /opt/kafka_2.12-3.5.2 ${KAFKA_HOME}",
    ),
    (
        "IMG015",
        "Dockerfile",
        "RUN ln -s /opt/kafka_2.12-3.5.2 ${KAFKA_HOME}",
    ),
    ("IMG022", "Dockerfile", "EXPOSE 9092"),
    ("IMG023", "Dockerfile", "ENV KAFKA_HOME=/opt/kafka"),
    ("IMG030", "Dockerfile", "FROM openjdk:8-jdk"),
    ("IMG024", "Dockerfile", "rm /tmp/kafka_2.12-3.5.2.tgz"),
    ("K8S035", "kafka.yaml", "name: kafka"),
    ("K8S049", "kafka.yaml", "name: kafka"),
    ("K8S050", "zookeeper.yaml", "start-zookeeper"),
    ("SEC011", "kafka.yaml", "containers:"),
    ("NET032", "zookeeper.yaml", "name: zk-cs"),
    ("K8S023", "kafka.yaml", "    spec:"),
    ("K8S061", "zookeeper.yaml", "name: zk"),
    ("K8S060", "zookeeper.yaml", "    spec:"),
    (
        "IMP004",
        "kafka.yaml",
        "exec /opt/kafka/bin/kafka-server-start.sh",
    ),
    ("SEC012", "kafka.yaml", "name: kafka"),
    ("SEC013", "kafka.yaml", "name: kafka"),
    ("SEC014", "kafka.yaml", "name: kafka"),
    ("SEC015", "kafka.yaml", "name: kafka"),
    ("SEC016", "kafka.yaml", "containers:"),
    ("SEC012", "zookeeper.yaml", "name: kubernetes-zookeeper"),
    ("SEC013", "zookeeper.yaml", "name: kubernetes-zookeeper"),
    ("SEC014", "zookeeper.yaml", "name: kubernetes-zookeeper"),
    ("SEC015", "zookeeper.yaml", "name: kubernetes-zookeeper"),
    ("SEC016", "zookeeper.yaml", "containers:"),
    (
        "NET032",
        "kafka.yaml",
        "image: \"zhaoguanghui6/kubernetes-kafka",
    ),
    ("IMG029", "kafka.yaml", "imagePullPolicy: IfNotPresent"),
    ("IMG029", "zookeeper.yaml", "imagePullPolicy: IfNotPresent"),
    ("IMP004", "zookeeper.yaml", "start-zookeeper"),
];

#[test]
fn what_is_wrong_with_the_article_is_found_with_file_and_line() {
    let imported = import::import(&article());
    let report = evaluate(&imported.design);
    let mut missing = Vec::new();
    for (rule, file, needle) in SEED {
        if rules::rule(rule).is_none() {
            println!("not a rule yet: {rule}");
            continue;
        }
        let (_, text) = ARTICLE
            .iter()
            .find(|(path, _)| path == file)
            .expect("a file");
        let lines: Vec<usize> = (1..)
            .zip(text.lines())
            .filter(|(_, line)| line.contains(needle))
            .map(|(at, _)| at)
            .collect();
        assert!(!lines.is_empty(), "{file} has no {needle}");
        let of_rule: Vec<_> = report
            .findings
            .iter()
            .filter(|finding| finding.rule == *rule)
            .collect();
        let sources: Vec<_> = of_rule
            .iter()
            .flat_map(|finding| imported.sources_of(finding))
            .collect();
        if !sources
            .iter()
            .any(|(path, at)| path == file && lines.contains(&at.line))
        {
            missing.push(format!(
                "{rule} at {file}:{lines:?} {needle}; found {} at {sources:?}",
                of_rule.len()
            ));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
