//! What holds for every design, however hostile what a person typed.

mod support;

use std::panic::{AssertUnwindSafe, catch_unwind};

use kafka_cluster_designer::design::extras::Extras;
use kafka_cluster_designer::design::{Change, Design};
use kafka_cluster_designer::import;
use kafka_cluster_designer::migrate;
use kafka_cluster_designer::plan::Plan;
use kafka_cluster_designer::render::{FileKind, OUTPUTS};
use kafka_cluster_designer::upgrade::{self, Versions};
use kafka_cluster_designer::{Engine, Report, evaluate};
use proptest::prelude::*;
use serde_yaml::Value;
use support::arbitrary::{design, edits, right};

fn texts(report: &Report) -> Vec<(String, String)> {
    let files = report.files.iter();
    files.map(|file| (file.path.clone(), file.text())).collect()
}

/// The documents of a stream, by two parsers that must agree.
fn documents(text: &str) -> Vec<Value> {
    let first: Vec<Value> = serde_yaml::Deserializer::from_str(text)
        .map(serde::Deserialize::deserialize)
        .collect::<Result<_, _>>()
        .unwrap_or_else(|error| panic!("serde_yaml: {error}\n{text}"));
    let second: Vec<Value> = serde_saphyr::from_multiple(text)
        .unwrap_or_else(|error| panic!("serde_saphyr: {error}\n{text}"));
    assert_eq!(first, second, "the parsers differ about\n{text}");
    first
}

fn reads_back(design: &Design) {
    let report = evaluate(design);
    for file in &report.files {
        if file.kind == FileKind::Yaml {
            documents(&file.text());
        }
        for line in &file.lines {
            assert!(
                !line.text.contains(['\n', '\r']),
                "{}: a line is no line: {:?}",
                file.path,
                line.text
            );
        }
    }
    let plan: &Plan = &report.plan;
    for output in OUTPUTS.iter().filter(|output| (output.wanted)(plan)) {
        let rendered = (output.render)(plan);
        if rendered.file.kind == FileKind::Yaml {
            let trees: Vec<Value> = rendered
                .objects
                .iter()
                .map(|one| one.tree.clone())
                .collect();
            assert_eq!(documents(&rendered.file.text()), trees, "{}", output.id);
        }
        for object in &rendered.objects {
            assert_eq!(
                object.dangling(),
                Vec::<String>::new(),
                "{}: {} {} has marks on what it does not have",
                output.id,
                object.kind(),
                object.name()
            );
        }
    }
}

#[test]
fn every_base_design_reads_back() {
    for (name, base) in support::bases() {
        println!("{name}");
        reads_back(&base);
    }
}

/// What the files of a design say beside the objects: how images are built, what clients read.
fn texts_beside(report: &Report) -> Vec<(String, String)> {
    let files = report.files.iter();
    let beside =
        files.filter(|file| matches!(file.kind, FileKind::Dockerfile | FileKind::Properties));
    beside
        .map(|file| (file.path.clone(), file.text()))
        .collect()
}

/// The design that is read out of the files of a design alone, without what it carries along: its plan is all
/// that is left.
///
/// Two things stand in no file. The Kubernetes that the files are for, which decides about fields that are not
/// there; and the language of comments. Both are taken from the design.
fn read_out(report: &Report) -> Design {
    let texts = report
        .files
        .iter()
        .map(|file| (file.path.clone(), file.text()));
    let mut files = import::Files {
        texts: texts.collect(),
        ..import::Files::default()
    };
    files.texts.remove("design.yaml");
    let mut read = import::import(&files).design;
    read.extras = Extras::default();
    let cluster = &report.plan.cluster;
    read.with("kubernetes.version", &cluster.kubernetes.to_string())
        .with("bundle.language", cluster.language.code())
}

/// Options that say again what fields say: typed, they contradict the fields, and the files then say both.
const SAID_TWICE: &[&str] = &[
    "kafka.options[advertised.listeners]",
    "kafka.options[listeners]",
];

/// The file of the brokers, made before the report, is the report's; one that tells of others is not made.
fn says_early_what_it_says_later(
    engine: &mut Engine,
    design: &Design,
    report: &Report,
) -> Result<(), TestCaseError> {
    let brokers = "30-kafka/statefulset.yaml";
    prop_assert_eq!(engine.file(design, brokers), report.file(brokers).cloned());
    prop_assert_eq!(engine.file(design, "README.md"), None);
    prop_assert_eq!(engine.file(design, "no such file"), None);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn the_files_alone_give_the_same_plan(design in right()) {
        let is_twice = |path: &&str| design.get(&(**path).into()).is_some();
        prop_assume!(!SAID_TWICE.iter().any(is_twice));
        let report = evaluate(&design);
        let again = evaluate(&read_out(&report));
        let (before, after) = (support::objects(&report), support::objects(&again));
        for (name, object) in &before {
            prop_assert_eq!(Some(object), after.get(name), "{} of {:#?}", name, design.values);
        }
        prop_assert!(before.keys().eq(after.keys()), "{:#?}", design.values);
        prop_assert_eq!(texts_beside(&report), texts_beside(&again), "{:#?}", design.values);
    }

}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_typed_the_files_read_back(all in edits()) {
        let design = design(all);
        let read = catch_unwind(AssertUnwindSafe(|| reads_back(&design)));
        prop_assert!(read.is_ok(), "{:#?}", design.values);
    }

    #[test]
    fn the_same_design_gives_the_same_bytes(all in edits()) {
        let design = design(all);
        prop_assert_eq!(texts(&evaluate(&design)), texts(&evaluate(&design)));
    }

    #[test]
    fn a_bundle_is_read_back((base, edits) in edits()) {
        let design = design((base, edits));
        let report = evaluate(&design);
        let texts = report.files.iter().map(|file| (file.path.clone(), file.text()));
        let mut files = import::Files { texts: texts.collect(), ..import::Files::default() };
        let imported = import::import(&files);
        prop_assert_eq!(&imported.design, &design, "with its design");
        files.texts.remove("design.yaml");
        let imported = import::import(&files);
        let before = support::objects(&report);
        let again = evaluate(&imported.design);
        let after = support::objects(&again);
        for (name, object) in &before {
            let sensitive = imported.remarks.iter().any(|(_, remark)| {
                matches!(&*remark.key, "import.object.password" | "import.option.secret")
            });
            prop_assert!(sensitive || after.get(name) == Some(object), "{name}\n{:#?}\n{:#?}", object, after.get(name));
        }
    }

    #[test]
    fn a_design_leaves_zookeeper_or_has_none(all in edits(), dedicated: bool) {
        let design = design(all);
        let before = Plan::of(&design);
        let numbers = |plan: &Plan| -> Vec<u64> {
            let brokers = plan.kafka.each_broker();
            brokers.map(|(group, ordinal)| group.id_base.saturating_add(ordinal)).collect()
        };
        match upgrade::to_kraft(&design, dedicated, || [7; 16]) {
            Err(_) => prop_assert!(!before.has_ensemble()),
            Ok(moved) => {
                let after = Plan::of(&moved.design);
                prop_assert!(before.has_ensemble() && after.has_kraft());
                prop_assert_eq!(after.has_controllers(), dedicated);
                prop_assert_eq!(numbers(&before), numbers(&after));
                let kept = moved.design.values.keys().find(|path| path.as_str().starts_with("zookeeper."));
                prop_assert_eq!(kept, None);
                let newest = Versions { kafka: Some(upgrade::newest(&moved.design)), ..Versions::default() };
                if let Ok(raised) = upgrade::raise(&moved.design, newest, || [7; 16]) {
                    let version = Plan::of(&raised.design).kafka.version.value;
                    prop_assert_eq!(Some(version), newest.kafka);
                }
            }
        }
        if let Ok(way) = migrate::outline(&design) {
            prop_assert!(before.has_ensemble() && !way.files().is_empty());
        }
    }

    #[test]
    fn an_engine_with_extras_says_what_a_fresh_one_says((_, edits) in edits(), drops in prop::collection::vec(any::<prop::sample::Index>(), 0..4)) {
        let texts = ["zookeeper.yaml", "svc.yaml", "kafka.yaml"].map(|name| {
            let path = format!("{}/tests/fixtures/article/{name}", env!("CARGO_MANIFEST_DIR"));
            (name.to_owned(), std::fs::read_to_string(path).expect("a fixture"))
        });
        let files = import::Files { texts: texts.into(), ..import::Files::default() };
        let mut design = import::import(&files).design;
        let mut engine = Engine::default();
        engine.evaluate(&design);
        let mut drops = drops.into_iter();
        for edit in &edits {
            design.apply(edit);
            if let Some(which) = drops.next() {
                let extra = which.get(&design.extras.origins()).clone();
                design.apply(&Change::Drop { extra });
            }
            let fresh = evaluate(&design);
            for file in &fresh.files {
                if let Some(early) = engine.file(&design, &file.path) {
                    prop_assert_eq!(&early, file, "after {:?}", edit);
                }
            }
            let used = engine.evaluate(&design);
            prop_assert_eq!(&used.files, &fresh.files, "after {:?}", edit);
            prop_assert_eq!(&used.findings, &fresh.findings, "after {:?}", edit);
        }
    }

    #[test]
    fn an_engine_that_was_used_before_says_what_a_fresh_one_says((mut design, edits) in edits(), hasty in prop::collection::vec(any::<bool>(), 0..8)) {
        let mut engine = Engine::default();
        engine.evaluate(&design);
        let mut hasty = hasty.into_iter();
        for edit in &edits {
            design.apply(edit);
            let fresh = evaluate(&design);
            says_early_what_it_says_later(&mut engine, &design, &fresh)?;
            // The next key may come before the report.
            if hasty.next() == Some(true) {
                continue;
            }
            let used = engine.evaluate(&design);
            prop_assert_eq!(&used.files, &fresh.files, "after {:?}", edit);
            prop_assert_eq!(&used.findings, &fresh.findings, "after {:?}", edit);
        }
    }
}
