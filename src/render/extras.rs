//! Puts the extras of a design on what was rendered.
//!
//! An extra holds as long as the fields give what they gave when it was taken; a field that was changed
//! since wins. What is "not written" stays out whatever the fields give, until it is dropped.

use std::sync::Arc;

use serde_yaml::Value;

use super::document::{Document, manifest};
use super::{File, FileKind, Line, Origins, Rendered, Role, tree, yaml};
use crate::bundle::sha256;
use crate::design::Extras;
use crate::design::extras::{self, Extra, ForeignFile};
use crate::plan::Traced;
use crate::text::Lang;

/// Texts up to this length stand in an extra as they are, longer ones by their checksum.
const LONGEST: usize = 100;

/// What a value is recognised by later: itself, or a checksum when it is long or no plain value.
pub fn fingerprint(value: &Value) -> serde_json::Value {
    match value {
        Value::String(text) if text.len() <= LONGEST => text.as_str().into(),
        Value::Bool(flag) => (*flag).into(),
        Value::Number(number) if number.is_i64() => number.as_i64().into(),
        other => checksum(&yaml::print(other)).into(),
    }
}

/// What a long text is recognised by later.
pub fn checksum(text: &str) -> String {
    let sum = sha256(text.as_bytes());
    format!("sha256:{}", sum.get(..16).unwrap_or_default())
}

/// What an output gives with the extras of the design; nothing when none of it is left.
pub fn apply(extras: &Extras, rendered: &Arc<Rendered>) -> Option<Arc<Rendered>> {
    let path = &rendered.file.path;
    let foreign = extras.foreign.get(path);
    if let Some(file) = extras
        .files
        .get(path)
        .filter(|file| file.holds_over(&rendered.file))
    {
        return Some(Arc::new(text_file(path, file)));
    }
    let own = extras.objects.get(path);
    if own.is_none() && foreign.is_none() {
        return Some(Arc::clone(rendered));
    }
    let mut objects = Vec::with_capacity(rendered.objects.len());
    for document in &rendered.objects {
        let subject = format!("{}/{}", document.kind(), document.name());
        let Some(list) = own.and_then(|own| own.get(&subject)) else {
            objects.push(document.clone());
            continue;
        };
        objects.extend(patched(document.clone(), path, &subject, list));
    }
    objects.extend(
        foreign
            .into_iter()
            .flat_map(|objects| others(path, objects)),
    );
    let language = rendered.objects.first().map(|own| own.language.clone());
    let language = language.unwrap_or_else(no_language);
    (!objects.is_empty()).then(|| Arc::new(manifest(path.clone(), &language, objects)))
}

/// The files that are nobody's of ours, given the files that are.
pub fn foreign_files(extras: &Extras, is_ours: impl Fn(&str) -> bool) -> Vec<Rendered> {
    let objects = extras.foreign.iter().filter(|(path, _)| !is_ours(path));
    let objects = objects.map(|(path, objects)| {
        let documents = others(path, objects).collect();
        manifest(path.clone(), &no_language(), documents)
    });
    let texts = extras.files.iter().filter(|(path, _)| !is_ours(path));
    objects
        .chain(texts.map(|(path, file)| text_file(path, file)))
        .collect()
}

/// The language of objects that have no comments.
fn no_language() -> Traced<Lang> {
    Traced::new(Lang::default(), Origins::NONE)
}

fn others<'a>(
    path: &'a str,
    objects: &'a [extras::Foreign],
) -> impl Iterator<Item = Document> + 'a {
    objects.iter().map(move |object| {
        let origin = extras::of_object(path, &extras::subject(&object.value));
        Document::from_tree(tree::of(&object.value)).from("", &Origins::one(origin))
    })
}

/// An object with its extras; nothing when an extra says that it is not written.
fn patched(mut document: Document, file: &str, subject: &str, list: &[Extra]) -> Option<Document> {
    for extra in list {
        let there = document.get(&extra.path).map(fingerprint);
        match &extra.value {
            None if extra.path.is_empty() => return None,
            None => document.take_out(&extra.path),
            Some(value) if there == extra.over => {
                let origin = Origins::one(extras::of_part(file, subject, &extra.path));
                document.put(&extra.path, tree::of(value), &origin);
            }
            Some(_) => {}
        }
    }
    Some(document)
}

impl ForeignFile {
    fn holds_over(&self, file: &File) -> bool {
        self.over
            .as_ref()
            .is_none_or(|over| *over == checksum(&file.text()))
    }
}

fn text_file(path: &str, foreign: &ForeignFile) -> Rendered {
    let name = path.rsplit('/').next().unwrap_or(path);
    let kind = if name.contains("Dockerfile") {
        FileKind::Dockerfile
    } else if matches!(name.rsplit_once('.'), Some((_, "properties" | "cfg"))) {
        FileKind::Properties
    } else {
        FileKind::Text
    };
    let origins = Origins::one(extras::of_file(path));
    let text = foreign.text.strip_suffix('\n').unwrap_or(&foreign.text);
    let lines = text.split('\n').map(|line| Line {
        text: line.trim_end_matches('\r').replace('\r', " "),
        origins: origins.clone(),
        role: Role::Plain,
    });
    Rendered {
        file: Arc::new(File {
            path: path.to_owned(),
            kind,
            lines: lines.collect(),
        }),
        objects: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::{Change, Design};
    use crate::evaluate;

    const FILE: &str = "30-kafka/statefulset.yaml";
    const OBJECT: &str = "StatefulSet/kafka";

    fn with(
        path: &str,
        value: Option<serde_json::Value>,
        over: Option<serde_json::Value>,
    ) -> Design {
        let mut design = Design::default();
        let objects = design.extras.objects.entry(FILE.to_owned()).or_default();
        objects.entry(OBJECT.to_owned()).or_default().push(Extra {
            path: path.to_owned(),
            value,
            over,
            source: None,
        });
        design
    }

    fn text(design: &Design) -> String {
        evaluate(design).file(FILE).expect("the file").text()
    }

    #[test]
    fn an_item_of_a_list_is_added_by_its_name_and_its_lines_lead_to_it() {
        let path = "spec.template.spec.containers[name=kafka].env[name=TZ]";
        let value = serde_json::json!({"name": "TZ", "value": "Asia/Shanghai"});
        let mut design = with(path, Some(value), None);
        assert!(text(&design).contains("- name: TZ\n          value: Asia/Shanghai\n"));
        let origin = extras::of_part(FILE, OBJECT, path);
        let report = evaluate(&design);
        assert_eq!(report.lines_of(&origin).count(), 2);
        assert_eq!(design.extras.origins(), std::slice::from_ref(&origin));
        design.apply(&Change::Drop { extra: origin });
        assert_eq!(text(&design), text(&Design::default()));
        assert!(design.extras.is_empty());
    }

    #[test]
    fn a_field_that_is_changed_wins_over_an_extra() {
        let design = with("spec.replicas", Some(7.into()), Some(3.into()));
        assert!(text(&design).contains("  replicas: 7\n"));
        let design = design.with("kafka.groups[main].brokers", "5");
        assert!(text(&design).contains("  replicas: 5\n"));
    }

    #[test]
    fn what_is_not_written_stays_out_and_no_mark_dangles() {
        let path = "spec.template.spec.containers[name=kafka].startupProbe";
        let design = with(path, None, None).with("kafka.startup.delay", "7");
        let report = evaluate(&design);
        assert!(
            !report
                .file(FILE)
                .expect("the file")
                .text()
                .contains("startupProbe")
        );
        let gone = with("", None, None);
        assert_eq!(evaluate(&gone).file(FILE), None);
        let kustomization = evaluate(&gone)
            .file("kustomization.yaml")
            .expect("it")
            .text();
        assert!(!kustomization.contains(FILE));
    }

    #[test]
    fn objects_and_files_of_others_are_files_of_the_bundle() {
        let mut design = Design::default();
        let object =
            serde_json::json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}});
        design.extras.foreign.insert(
            "40-imported/pod.yaml".to_owned(),
            vec![extras::Foreign {
                value: object,
                source: None,
            }],
        );
        design.extras.files.insert(
            "images/kafka/Dockerfile".to_owned(),
            ForeignFile {
                text: "FROM scratch\n".to_owned(),
                over: None,
            },
        );
        let report = evaluate(&design);
        let pod = report
            .file("40-imported/pod.yaml")
            .expect("the file")
            .text();
        assert_eq!(pod, "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n");
        assert_eq!(
            report.file("images/kafka/Dockerfile").expect("it").text(),
            "FROM scratch\n"
        );
        let sums = report.file("SHA256SUMS").expect("it").text();
        assert!(sums.contains("40-imported/pod.yaml"));
        let paths: Vec<&str> = report.files.iter().map(|file| file.path.as_str()).collect();
        let images = paths
            .iter()
            .filter(|path| **path == "images/kafka/Dockerfile");
        assert_eq!(images.count(), 1);
    }
}
