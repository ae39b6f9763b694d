//! Files that people run become designs, and give the same objects again.

mod support;

use std::collections::BTreeMap;

use kafka_cluster_designer::design::Design;
use kafka_cluster_designer::import::{self, Files, Imported, shell, start, tree};
use kafka_cluster_designer::render::FileKind;
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

#[test]
fn show() {
    let imported = import::import(&article());
    let report = evaluate(&imported.design);
    for finding in report.findings.iter() {
        let source = imported.source_of_finding(finding);
        let fixes: Vec<_> = finding
            .fixes
            .iter()
            .map(|fix| (fix.safe, fix.effect))
            .collect();
        println!(
            "FOUND {} {:?} {} @ {source:?} {:?} fixes {fixes:?}",
            finding.rule,
            finding.severity,
            finding.subject,
            finding.fields.first()
        );
    }
}
