//! The way from ZooKeeper to KRaft: its steps lead from one bundle to the other, and back.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use kafka_cluster_designer::design::Design;
use kafka_cluster_designer::migrate::{Migration, Step, StepKind, bridge_release, migration};
use kafka_cluster_designer::plan::{Plan, Value as Entry};
use kafka_cluster_designer::render::{File, FileKind, Rendered};
use kafka_cluster_designer::text::Lang;
use kafka_cluster_designer::{design, evaluate};

const ID: &str = "7BNj1xnyRAm5z7W8h5GzWg";

/// The manifests that a person applies, by path.
fn manifests(design: &Design) -> BTreeMap<String, String> {
    let report = evaluate(design);
    let applied = |file: &&Arc<File>| {
        let is_own = ["kustomization.yaml", "design.yaml"].contains(&file.path.as_str());
        file.kind == FileKind::Yaml && !is_own && !file.path.starts_with("90-smoke-test/")
    };
    let files = report.files.iter().filter(applied);
    files.map(|file| (file.path.clone(), file.text())).collect()
}

/// What the cluster holds after a step.
fn apply(cluster: &mut BTreeMap<String, String>, files: &[Arc<Rendered>]) {
    for one in files.iter().filter(|one| !one.objects.is_empty()) {
        cluster.insert(one.file.path.clone(), one.file.text());
    }
}

fn go(cluster: &mut BTreeMap<String, String>, step: &Step) {
    apply(cluster, &step.apply);
    for one in &step.remove {
        let was = cluster.remove(&one.file.path);
        assert_eq!(was, Some(one.file.text()), "{} was there", one.file.path);
    }
}

/// Designs with ZooKeeper that can go the way.
static TRAVELLERS: LazyLock<Vec<(String, Design, Migration)>> = LazyLock::new(|| {
    let bases = support::bases().into_iter();
    let found: Vec<_> = bases
        .filter_map(|(name, design)| {
            let way = migration(&design, Some(ID)).ok()?;
            Some((name, design, way))
        })
        .collect();
    assert!(found.len() > 5, "{}", found.len());
    found
});

#[test]
fn the_steps_lead_from_one_bundle_to_the_other() {
    for (name, design, way) in &*TRAVELLERS {
        let mut cluster = manifests(design);
        for step in &way.steps {
            let before = cluster.clone();
            go(&mut cluster, step);
            assert_ne!(cluster, before, "{name}: {:?} does something", step.kind);
            if step.kind == StepKind::Metadata {
                let mut back = cluster.clone();
                apply(&mut back, &step.back);
                assert_eq!(back, before, "{name}: the way back");
            }
        }
        assert_eq!(cluster, manifests(&way.successor), "{name}");
    }
}

#[test]
fn what_was_rolled_back_is_what_was_there() {
    let design = Design::default().with("kafka.version", "3.5.2");
    let way = migration(&design, Some(ID)).expect("a way");
    let kinds: Vec<StepKind> = way.steps.iter().map(|step| step.kind).collect();
    assert_eq!(kinds, StepKind::ALL);
    let before = manifests(&design);
    let mut cluster = before.clone();
    go(&mut cluster, &way.steps[0]);
    let config = &cluster["30-kafka/configmap.yaml"];
    assert!(config.contains("    inter.broker.protocol.version=3.5\n"));
    apply(&mut cluster, &way.steps[0].back);
    assert_eq!(cluster, before);
    go(&mut cluster, &way.steps[0]);
    go(&mut cluster, &way.steps[1]);
    assert!(!cluster["30-kafka/configmap.yaml"].contains("inter.broker.protocol.version"));
    let bridge = bridge_release().expect("a release").to_string();
    assert!(cluster["30-kafka/statefulset.yaml"].contains(&bridge));
}

fn text<'a>(files: &'a [Arc<File>], path: &str) -> Option<&'a Arc<File>> {
    files.iter().find(|file| file.path == path)
}

#[test]
fn each_state_has_the_options_that_kafka_asks_for() {
    for (name, _, way) in &*TRAVELLERS {
        let files = way.files();
        let read = |kind: StepKind, path: &str| {
            let folder = way.step(kind).expect("a step").folder();
            let file = text(&files, &format!("{folder}/{path}"));
            file.map(|file| file.text()).unwrap_or_default()
        };
        let connect = way.before().kafka.config.in_force("zookeeper.connect");
        let connect = format!("zookeeper.connect={}", connect.expect("an ensemble"));
        let controllers = read(StepKind::Controllers, "20-controllers/configmap.yaml");
        for option in ["zookeeper.metadata.migration.enable=true", &connect] {
            assert!(
                controllers.contains(option),
                "{name}: {option} in {controllers}"
            );
        }
        let brokers = read(StepKind::Metadata, "30-kafka/configmap.yaml")
            + &read(StepKind::Metadata, "30-kafka/statefulset.yaml");
        for option in [
            "zookeeper.metadata.migration.enable=true",
            "controller.listener.names=CONTROLLER",
            "controller.quorum.",
            "CONTROLLER:PLAINTEXT",
            "broker.id=",
            &connect,
        ] {
            assert!(brokers.contains(option), "{name}: {option} in {brokers}");
        }
        assert!(!brokers.contains("process.roles"), "{name}");
        for kind in [StepKind::Brokers, StepKind::Finalize] {
            for one in &way.step(kind).expect("a step").apply {
                assert!(!one.file.text().contains("zookeeper."), "{name}: {kind:?}");
            }
        }
    }
}

#[test]
fn no_two_nodes_share_a_number_and_brokers_keep_theirs() {
    for (name, design, way) in &*TRAVELLERS {
        let numbers = |plan: &Plan| -> Vec<u64> {
            let brokers = plan.kafka.each_broker();
            brokers
                .map(|(group, ordinal)| *group.id_base + ordinal)
                .collect()
        };
        let after = way.after();
        assert_eq!(numbers(&Plan::of(design)), numbers(after), "{name}");
        let mut all: BTreeSet<u64> = numbers(after).into_iter().collect();
        for member in &*after.kraft().expect("controllers").members {
            assert!(all.insert(member.id), "{name}: {}", member.id);
        }
    }
    let high = Design::default().with("kafka.groups[main].id_base", "2999");
    let way = migration(&high, Some(ID)).expect("a way");
    let kraft = way.after().kraft().expect("controllers");
    assert_eq!(kraft.members[0].id, 4000);
}

#[test]
fn the_same_design_gives_the_same_files() {
    let texts = || {
        let way = migration(&Design::default(), Some(ID)).expect("a way");
        let files = way.files();
        files
            .iter()
            .map(|file| file.path.clone() + &file.text())
            .collect::<Vec<_>>()
    };
    assert_eq!(texts(), texts());
}

#[test]
fn an_authorizer_for_zookeeper_becomes_that_of_kraft() {
    let design = Design::default().with(
        "kafka.options[authorizer.class.name]",
        "kafka.security.authorizer.AclAuthorizer",
    );
    let way = migration(&design, Some(ID)).expect("a way");
    let own = way.after().controllers().expect("controllers");
    for config in [&way.after().kafka.config, &own.config] {
        let entry = config.entry("authorizer.class.name").expect("an option");
        let wanted = "org.apache.kafka.metadata.authorizer.StandardAuthorizer";
        assert_eq!(entry.value, Entry::Text(wanted.to_owned()));
    }
}

#[test]
fn what_cannot_go_the_way_is_told_why() {
    let why = |design: &Design, id| {
        let refused = migration(design, id).expect_err("no way");
        refused.words(Lang::En)
    };
    let old = Design::default()
        .with("zookeeper.flavour", "tutorial")
        .with("zookeeper.version", "3.4.10");
    assert!(why(&old, Some(ID)).contains("3.4.10"));
    let kraft = Design::default().with("cluster.coordination", "kraft-dedicated");
    assert!(why(&kraft, Some(ID)).contains("this one has none"));
    let asked = why(&Design::default(), None);
    assert!(
        asked.contains(
            "kubectl exec -n kafka kafka-0 -- grep cluster.id /var/lib/kafka/data/meta.properties"
        ),
        "{asked}"
    );
    assert!(why(&Design::default(), Some("my-cluster")).contains("my-cluster"));
}

/// The pages, and the files in which the steps differ most.
#[test]
fn a_whole_way_gives_these_files() {
    let design = Design::default()
        .with("cluster.network_policies", "true")
        .with("kafka.version", "3.5.2")
        .with("zookeeper.chroot", "/kafka");
    for language in ["en", "zh"] {
        let design = design.clone().with("bundle.language", language);
        let files = migration(&design, Some(ID)).expect("a way").files();
        let list: String = files.iter().map(|file| file.path.clone() + "\n").collect();
        let shown = |file: &&Arc<File>| {
            let ends = [
                "README.md",
                "configmap.yaml",
                "policies.yaml",
                "design.yaml",
            ];
            let is_page = file.path.ends_with("README.md");
            ends.iter().any(|end| file.path.ends_with(end)) && (language == "en" || is_page)
        };
        let texts = files.iter().filter(shown);
        let texts = texts.fold(list, |texts, file| {
            texts + "=== " + &file.path + "\n" + &file.text() + "\n"
        });
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("migration-{language}"), texts);
        });
        let own = text(&files, "design.yaml").expect("the design of the end");
        let again = design::read(&own.text()).expect("a design");
        assert_eq!(
            evaluate(&again).counts()[0],
            0,
            "no error is open at the end"
        );
    }
}
