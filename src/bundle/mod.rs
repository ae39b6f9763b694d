//! What belongs to the bundle as a whole: its order, README, design file, checksums, and the zip.
//!
//! These files are echoes of all others, so no field is their origin and no finding points into them.

pub(crate) mod commands;
pub mod link;
pub(crate) mod markdown;
mod readme;
mod zip;

pub use zip::{zip, zip_name};

use std::fmt::Write as _;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::design::{self, Design};
use crate::plan::Plan;
use crate::render::document::{Document, manifest};
use crate::render::{File, FileKind, Line, Origins, Rendered, Role};
use crate::rules::{Finding, Question};
use crate::text::Sentence;

/// The file of the checksums; it names every other file.
pub const SUMS: &str = "SHA256SUMS";

/// The folder whose Jobs are applied by hand, each time anew.
const SMOKE_TEST: &str = "90-smoke-test/";

/// The files of the bundle: the README, what applies it, the outputs in the order of applying them,
/// the design, the checksums.
pub fn files(
    design: &Design,
    plan: &Plan,
    outputs: &[Arc<Rendered>],
    findings: &[Finding],
    questions: &[Question],
) -> Vec<Arc<File>> {
    Bundle::default().files(design, plan, outputs, findings, questions)
}

/// Makes the files of one design after the other; a file that did not change is the same `Arc` again,
/// and is not hashed again.
#[derive(Default)]
pub struct Bundle {
    /// The bundle's own files as they were last.
    own: Vec<Arc<File>>,
    /// The checksums of all files as they were last.
    sums: Vec<(Arc<File>, String)>,
}

impl Bundle {
    /// The same as [`files`].
    pub fn files(
        &mut self,
        design: &Design,
        plan: &Plan,
        outputs: &[Arc<Rendered>],
        findings: &[Finding],
        questions: &[Question],
    ) -> Vec<Arc<File>> {
        let last = std::mem::take(&mut self.own);
        let mut own = |file: File| {
            let kept = last.iter().find(|kept| ***kept == file).cloned();
            let file = kept.unwrap_or_else(|| Arc::new(file));
            self.own.push(Arc::clone(&file));
            file
        };
        let mut files = vec![
            own(readme::file(plan, outputs, findings, questions)),
            own(kustomization(plan, outputs)),
        ];
        files.extend(outputs.iter().map(|output| Arc::clone(&output.file)));
        files.push(own(plain(
            "design.yaml",
            FileKind::Yaml,
            &design::write(design),
        )));
        let sums = sums(&files, &self.sums);
        files.push(own(sum_file(&sums)));
        self.sums = sums;
        files
    }
}

/// The checksum of each file; those of files that are still the same are taken over.
fn sums(files: &[Arc<File>], known: &[(Arc<File>, String)]) -> Vec<(Arc<File>, String)> {
    let sum_of = |file: &Arc<File>| {
        let known = known.iter().find(|(kept, _)| Arc::ptr_eq(kept, file));
        known.map_or_else(|| sha256(file.text().as_bytes()), |(_, sum)| sum.clone())
    };
    files
        .iter()
        .map(|file| (Arc::clone(file), sum_of(file)))
        .collect()
}

/// The file of these checksums.
fn sum_file(sums: &[(Arc<File>, String)]) -> File {
    let lines = sums.iter().fold(String::new(), |mut lines, (file, sum)| {
        let _ = writeln!(lines, "{sum}  {}", file.path);
        lines
    });
    plain(SUMS, FileKind::Text, &lines)
}

/// The file of the checksums of some files.
pub(crate) fn sums_of(files: &[Arc<File>]) -> File {
    sum_file(&sums(files, &[]))
}

/// The SHA-256 of some bytes, in small hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    let mut digits = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}

/// Lists the manifests for `kubectl apply -k`, and changes nothing in them: labels would also get
/// into claim templates, which are immutable, and one namespace for all would move the others.
fn kustomization(plan: &Plan, outputs: &[Arc<Rendered>]) -> File {
    let resources: Vec<serde_yaml::Value> = outputs
        .iter()
        .filter(|output| !output.objects.is_empty())
        .map(|output| output.file.path.as_str())
        .filter(|path| !path.starts_with(SMOKE_TEST))
        .map(Into::into)
        .collect();
    let mut tree = serde_yaml::Mapping::new();
    tree.insert(
        "apiVersion".into(),
        "kustomize.config.k8s.io/v1beta1".into(),
    );
    tree.insert("kind".into(), "Kustomization".into());
    tree.insert("resources".into(), resources.into());
    let mut document = Document::from_tree(tree.into());
    if outputs
        .iter()
        .any(|output| output.file.path.starts_with(SMOKE_TEST))
    {
        document = document.note("resources", Sentence::plain("kustomization.no-jobs"));
    }
    let rendered = manifest("kustomization.yaml", plan.language(), vec![document]);
    Arc::unwrap_or_clone(rendered.file)
}

/// A file of a text whose lines come from no field.
pub(crate) fn plain(path: &str, kind: FileKind, text: &str) -> File {
    let lines = text.strip_suffix('\n').unwrap_or(text).split('\n');
    File {
        path: path.to_owned(),
        kind,
        lines: lines
            .map(|text| Line {
                text: text.to_owned(),
                origins: Origins::NONE,
                role: Role::Plain,
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::Silence;
    use crate::plan::Traced;
    use crate::presets::PRESETS;
    use crate::{Engine, evaluate};

    fn production() -> Design {
        PRESETS[0].design()
    }

    #[test]
    fn sums_are_those_of_the_texts() {
        let report = evaluate(&production());
        let sums = report.file(SUMS).unwrap();
        assert_eq!(sums.lines.len(), report.files.len() - 1);
        for line in &sums.lines {
            let (sum, path) = line.text.split_once("  ").unwrap();
            assert_eq!(sum, sha256(report.file(path).unwrap().text().as_bytes()));
        }
        assert_eq!(
            sha256(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn unchanged_files_are_the_same_ones() {
        let mut engine = Engine::default();
        let first = engine.evaluate(&production());
        let again = engine.evaluate(&production());
        for (one, other) in first.files.iter().zip(&again.files) {
            assert!(Arc::ptr_eq(one, other), "{}", one.path);
        }
        let changed = production().with("kafka.heap", "3g");
        let third = engine.evaluate(&changed);
        assert_eq!(third.files, evaluate(&changed).files);
        let kustomization = "kustomization.yaml";
        assert!(Arc::ptr_eq(
            first.file(kustomization).unwrap(),
            third.file(kustomization).unwrap()
        ));
        assert_ne!(first.file(SUMS), third.file(SUMS));
    }

    #[test]
    fn the_kustomization_lists_manifests_without_jobs_and_changes_nothing() {
        let output = |path: &str, objects: Vec<Document>| {
            Arc::new(manifest(path, &Traced::default(), objects))
        };
        let job = || Document::from_tree(serde_yaml::from_str("{kind: Job}").unwrap());
        let outputs = [
            output("20-zookeeper/services.yaml", vec![job()]),
            output("90-smoke-test/inside.yaml", vec![job()]),
            output("clients/inside.properties", Vec::new()),
        ];
        let text = kustomization(&Plan::of(&Design::default()), &outputs).text();
        let tree: serde_yaml::Mapping = serde_yaml::from_str(&text).unwrap();
        let keys: Vec<_> = tree.keys().filter_map(|key| key.as_str()).collect();
        assert_eq!(keys, ["apiVersion", "kind", "resources"]);
        let resources = serde_yaml::to_string(&tree["resources"]).unwrap();
        assert_eq!(resources, "- 20-zookeeper/services.yaml\n");
    }

    fn finding(subject: &str, silenced: Option<&str>) -> Finding {
        let rule = crate::rules::rule("KFK049").expect("a rule of the registry");
        let mut finding = Finding::of(rule, subject, Vec::new());
        finding.place_line("30-kafka/statefulset.yaml", 7);
        finding.silenced = silenced.map(str::to_owned);
        finding
    }

    fn readme(design: &Design, findings: &[Finding]) -> String {
        readme::file(&Plan::of(design), &[], findings, &[]).text()
    }

    #[test]
    fn the_readme_warns_of_open_errors_and_gives_reasons_of_silences() {
        let text = readme(
            &production(),
            &[
                finding("open", None),
                finding("quiet", Some("we\nknow <b>this</b>")),
            ],
        );
        assert!(text.contains("has 1 open error:"), "{text}");
        assert!(text.contains("- **KFK049** `open`: "), "{text}");
        assert!(text.contains("\n  30-kafka/statefulset.yaml:7\n"), "{text}");
        let (open, silenced) = text.split_once("## Silenced findings").unwrap();
        assert!(!open.contains("quiet"), "{text}");
        assert!(silenced.contains("we know &lt;b>this&lt;/b>"), "{text}");
    }

    #[test]
    fn every_sentence_of_the_readme_has_words() {
        let designs = [
            production(),
            production()
                .with("kafka.listeners[external].exposure", "load-balancer")
                .with("storage.kind", "nfs")
                .with("kafka.pod_management", "OrderedReady"),
            production()
                .with("kafka.listeners[external].exposure", "node-port")
                .with("storage.kind", "local")
                .with("kafka.groups[default].brokers", "1"),
        ];
        for design in designs {
            let text = readme(&design, &[finding("x", Some("y")), finding("z", None)]);
            assert!(!text.contains("readme."), "{text}");
            assert!(!text.contains("{}"), "{text}");
        }
    }

    #[test]
    fn the_readme_speaks_of_what_was_chosen() {
        let inside = readme(&production(), &[]);
        assert!(!inside.contains("load balancer"), "{inside}");
        let balanced = production().with("kafka.listeners[external].exposure", "load-balancer");
        let text = readme(&balanced, &[]);
        assert!(
            text.contains("Step 2: the addresses of the load balancers"),
            "{text}"
        );
        assert!(
            text.contains("`kafka.listeners[external].addresses`"),
            "{text}"
        );
        let known = balanced.with(
            "kafka.listeners[external].addresses",
            "a.example, b.example, c.example",
        );
        let text = readme(&known, &[]);
        assert!(
            !text.contains("the addresses of the load balancers"),
            "{text}"
        );
        assert!(text.contains("`a.example:9094`"), "{text}");
    }

    #[test]
    fn nothing_typed_opens_a_block_of_code() {
        let silence = Silence {
            rule: "KFK049".to_owned(),
            subject: "x".to_owned(),
            severity: None,
            reason: "```\n# heading\n* item".to_owned(),
        };
        let text = readme(
            &production(),
            &[finding("` code\n```sh", Some(&silence.reason))],
        );
        assert_eq!(
            text.lines().filter(|line| line.starts_with("```")).count() % 2,
            0,
            "{text}"
        );
        assert!(text.contains("\\`\\`\\` # heading \\* item"), "{text}");
        assert!(!text.contains("\n# heading"), "{text}");
    }
}
