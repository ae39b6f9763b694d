//! Files that people run become designs, and give the same objects again.

mod support;

use std::collections::BTreeMap;

use kafka_cluster_designer::design::Design;
use kafka_cluster_designer::import::{self, Files, Imported};
use kafka_cluster_designer::repair;
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
    let manifests = files
        .texts
        .iter()
        .filter(|(path, _)| path.rsplit('.').next() == Some("yaml"));
    let before = support::objects_of(manifests.map(|(_, text)| text.as_str()));
    let after = support::objects(&report);
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
    let said = imported
        .remarks
        .iter()
        .map(|(file, remark)| (file.as_str(), remark.rule()));
    let joined = [
        ("zookeeper.yaml", Some("IMP004")),
        ("kafka.yaml", Some("IMP004")),
    ];
    assert_eq!(
        said.collect::<std::collections::BTreeSet<_>>(),
        joined.into()
    );
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
    ("NET025", "kafka.yaml", "name: kafka"),
    ("NET028", "svc.yaml", "spec:"),
    ("ZK037", "zookeeper.yaml", "name: zk-hs"),
    ("ZK031", "zookeeper.yaml", "maxUnavailable: 2"),
    ("K8S025", "zookeeper.yaml", "apiVersion: policy/v1beta1"),
    ("K8S030", "kafka.yaml", "name: kafka"),
    ("K8S039", "zookeeper.yaml", "metadata:"),
    ("PRB006", "kafka.yaml", "name: kafka"),
    ("PRB007", "kafka.yaml", "name: kafka"),
    ("PRB005", "zookeeper.yaml", "livenessProbe:"),
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
    ("SEC010", "zookeeper.yaml", "name: zk"),
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
    ("ZK018", "zookeeper.yaml", "- metadata:"),
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
    ("IMG008", "Dockerfile", "FROM"),
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
    ("IMG022", "Dockerfile", "FROM"),
    ("IMG023", "Dockerfile", "curl --silent"),
    ("IMG030", "Dockerfile", "FROM openjdk:8-jdk"),
    ("IMG024", "Dockerfile", "rm /tmp/kafka_2.12-3.5.2.tgz"),
    ("K8S035", "kafka.yaml", "name: kafka"),
    ("K8S049", "kafka.yaml", "name: kafka"),
    ("K8S050", "zookeeper.yaml", "containers:"),
    ("SEC011", "kafka.yaml", "containers:"),
    ("NET032", "kafka.yaml", "name: kafka"),
    ("K8S023", "kafka.yaml", "    spec:"),
    ("K8S061", "zookeeper.yaml", "metadata:"),
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
    ("NET032", "kafka.yaml", "name: kafka"),
    ("IMG029", "kafka.yaml", "imagePullPolicy: IfNotPresent"),
    ("IMG029", "zookeeper.yaml", "imagePullPolicy: IfNotPresent"),
    ("IMP004", "zookeeper.yaml", "start-zookeeper"),
];

/// Findings of the list that another finding says at the same place, and why.
const ELSEWHERE: &[(&str, &str)] = &[
    ("STO011", "STO008 says it of the same claim and hides it"),
    (
        "STO019",
        "how the provisioner mounts its export is not in the files",
    ),
    (
        "IMG027",
        "the image that the Dockerfile builds is taken to be the one that runs",
    ),
    (
        "IMG029",
        "corrections.md, 32: only for tags without a version",
    ),
    ("NET013", "NET014 says it more strictly and hides it"),
    ("TOP007", "NET015 says it at the same line"),
    ("KFK058", "KFK059 says it at the same line"),
    ("JVM002", "JVM003 says it of the same heap"),
    (
        "KFK053",
        "with one copy by default, KFK051 comes first; its repair raises both",
    ),
    (
        "STO003",
        "the folder is not in use: STO001 says so, and its repair takes a folder below",
    ),
];

#[test]
fn what_is_not_wrong_with_the_article_is_not_found() {
    let report = evaluate(&import::import(&article()).design);
    let must_not = "KFK003 KFK012 KFK016 KFK017 KFK018 KFK023 KFK039 KFK040 KFK041 KFK042 KFK043 KFK045 KFK046 \
        KFK047 KFK048 KFK049 KFK056 ZK003 ZK013 ZK014 ZK015 ZK016 ZK021 ZK024 ZK027 ZK036 K8S008 K8S010 \
        K8S014 K8S015 K8S016 K8S026 K8S027 K8S042 K8S059 NET016 NET017 NET018 NET019 NET026 IMG009 IMG010 \
        IMG011 IMG013 IMG018 IMG019 IMG025 ZK042 ZK044";
    let found: Vec<&str> = report.findings.iter().map(|finding| finding.rule).collect();
    let wrong: Vec<&str> = must_not
        .split_whitespace()
        .filter(|id| found.contains(id))
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn repairs_leave_no_error() {
    let mut design = repair::all_safe(&import::import(&article()).design).design;
    let open = |design: &Design| -> Vec<String> {
        let findings = evaluate(design).findings;
        let errors = findings
            .iter()
            .filter(|finding| finding.severity == rules::Severity::Error);
        errors
            .map(|finding| format!("{} {}", finding.rule, finding.subject))
            .collect()
    };
    // What a running cluster would not survive in one step is left for a procedure.
    assert_eq!(
        open(&design),
        [
            "STO002 log.dirs",
            "STO008 log.segment.bytes",
            "NET014 listener/server"
        ]
    );
    for rule in ["STO002", "STO008", "NET014"] {
        let findings = evaluate(&design).findings;
        let finding = findings
            .iter()
            .find(|finding| finding.rule == rule)
            .expect("it is open");
        for change in &finding.fixes.first().expect("a repair").changes {
            design.apply(change);
        }
    }
    assert_eq!(
        open(&repair::all_safe(&design).design),
        Vec::<String>::new()
    );
}

#[test]
fn what_is_wrong_with_the_article_is_found_with_file_and_line() {
    let imported = import::import(&article());
    let report = evaluate(&imported.design);
    let mut missing = Vec::new();
    for (rule, file, needle) in SEED {
        if ELSEWHERE.iter().any(|(known, _)| known == rule) {
            continue;
        }
        // Rules of the catalogue that are not in the registry yet; the importer's own are remarks.
        if rules::rule(rule).is_none() && !rule.starts_with("IMP") {
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
        let remarks = imported.remarks.iter();
        let remarks = remarks.filter(|(_, remark)| remark.rule() == Some(*rule));
        let remarks = remarks.map(|(path, remark)| (path.as_str(), remark.position));
        let sources: Vec<_> = sources.into_iter().chain(remarks).collect();
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

/// A fault in one of the article's files: what is replaced by what, and the line's mark.
struct Planted {
    what: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
    /// What stands in the line that is told.
    line: &'static str,
}

const PLANTED: &[Planted] = &[
    Planted {
        what: "unknown field",
        file: "kafka.yaml",
        from: "imagePullPolicy:",
        to: "imagePulPolicy:",
        line: "imagePulPolicy",
    },
    Planted {
        what: "number where a text is needed",
        file: "kafka.yaml",
        from: "value: \"-Dlogging.level=INFO\"",
        to: "value: 5",
        line: "value: 5",
    },
    Planted {
        what: "quantity",
        file: "kafka.yaml",
        from: "memory: 2Gi",
        to: "memory: 2GB",
        line: "2GB",
    },
    Planted {
        what: "key twice",
        file: "zookeeper.yaml",
        from: "  clusterIP: None\n",
        to: "  clusterIP: None\n  clusterIP: None\n",
        line: "clusterIP",
    },
    Planted {
        what: "node port",
        file: "svc.yaml",
        from: "30127",
        to: "40127",
        line: "40127",
    },
    Planted {
        what: "node port twice",
        file: "svc.yaml",
        from: "30128",
        to: "30127",
        line: "nodePort: 30127",
    },
    Planted {
        what: "upper case",
        file: "zookeeper.yaml",
        from: "name: zk-cs",
        to: "name: Zk_cs",
        line: "Zk_cs",
    },
    Planted {
        what: "selector",
        file: "zookeeper.yaml",
        from: "    metadata:\n      labels:\n        app: zk",
        to: "    metadata:\n      labels:\n        app: zoo",
        line: "selector",
    },
    Planted {
        what: "limit below request",
        file: "kafka.yaml",
        from: "            requests:\n",
        to: "            limits:\n              memory: 1Gi\n            requests:\n",
        line: "memory:",
    },
    Planted {
        what: "mount without volume",
        file: "kafka.yaml",
        from: "volumeMounts:\n            - name: datadir",
        to: "volumeMounts:\n            - name: nowhere\n              mountPath: /nowhere\n            - name: datadir",
        line: "nowhere",
    },
    Planted {
        what: "long port name",
        file: "zookeeper.yaml",
        from: "containerPort: 3888\n              name: leader-election",
        to: "containerPort: 3888\n              name: leader-elections",
        line: "leader-elections",
    },
    Planted {
        what: "probe without handler",
        file: "kafka.yaml",
        from: "          env:\n",
        to: "          readinessProbe:\n            periodSeconds: 5\n          env:\n",
        line: "readinessProbe",
    },
];

/// What is said of an import: the rule or the remark, with file and line.
fn said(files: &Files) -> std::collections::BTreeSet<(String, String, usize)> {
    let imported = import::import(files);
    let report = evaluate(&imported.design);
    let errors = report
        .findings
        .iter()
        .filter(|finding| finding.severity != rules::Severity::Advice);
    let findings = errors.flat_map(|finding| {
        let sources = imported.sources_of(finding);
        sources
            .into_iter()
            .map(|(file, at)| (finding.rule.to_owned(), file.to_owned(), at.line))
            .collect::<Vec<_>>()
    });
    let remarks = imported
        .remarks
        .iter()
        .map(|(file, remark)| (remark.key.to_string(), file.clone(), remark.position.line));
    findings.chain(remarks).collect()
}

#[test]
fn planted_faults_are_found_with_file_and_line() {
    let before: std::collections::BTreeSet<(String, String)> = said(&article())
        .into_iter()
        .map(|(rule, file, _)| (rule, file))
        .collect();
    let mut missed = Vec::new();
    for planted in PLANTED {
        let mut files = article();
        let text = files.texts.get_mut(planted.file).expect("a file");
        assert!(text.contains(planted.from), "{}", planted.what);
        *text = text.replacen(planted.from, planted.to, 1);
        let lines: Vec<usize> = (1..)
            .zip(text.lines())
            .filter(|(_, line)| line.contains(planted.line))
            .map(|(at, _)| at)
            .collect();
        let after = said(&files);
        let new: Vec<_> = after
            .iter()
            .filter(|(rule, file, _)| !before.contains(&(rule.clone(), file.clone())))
            .collect();
        if !new
            .iter()
            .any(|(_, file, line)| file == planted.file && lines.contains(line))
        {
            missed.push(format!(
                "{} at {}:{lines:?}: new {new:?}",
                planted.what, planted.file
            ));
        }
        if let Some(other) = new.iter().find(|(_, file, _)| file != planted.file) {
            missed.push(format!(
                "{}: {other:?} is new on an untouched file",
                planted.what
            ));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}
