//! Programs of others judge the bundles: the schemas of Kubernetes, `kubectl kustomize`, hadolint.
//!
//! Behind the feature `referees`, because `.ci/set-up referee` must have brought those programs.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use kafka_cluster_designer::design::Design;
use kafka_cluster_designer::evaluate;
use kafka_cluster_designer::presets::PRESETS;

/// The Kubernetes versions that issue 2 names, and so every place where an API or a field came or went.
const VERSIONS: [&str; 6] = ["1.21", "1.24", "1.25", "1.29", "1.33", "1.37"];

/// A rendered bundle in a folder of its own, which goes with it.
struct Bundle(PathBuf);

impl Bundle {
    fn of(design: &Design, name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!(
            "kafka-cluster-designer-{}-{name}",
            std::process::id()
        ));
        for file in evaluate(design).files {
            let path = folder.join(&file.path);
            std::fs::create_dir_all(path.parent().expect("a file has a folder"))
                .expect("a temporary folder");
            std::fs::write(path, file.text()).expect("a temporary file");
        }
        Self(folder)
    }

    fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.0.join(file);
        let text = std::fs::read_to_string(&path).expect("the file is rendered");
        assert!(text.contains(from), "{file} has {from:?}");
        std::fs::write(path, text.replacen(from, to, 1)).expect("a temporary file");
    }
}

impl Drop for Bundle {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn referee(name: &str, bundle: &Bundle, arguments: &[&str]) -> Output {
    let program = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/referees")
        .join(name);
    Command::new(program)
        .arg(&bundle.0)
        .args(arguments)
        .output()
        .expect("the referee runs")
}

#[track_caller]
fn accepts(name: &str, bundle: &Bundle, arguments: &[&str]) {
    let output = referee(name, bundle, arguments);
    println!("{}", String::from_utf8_lossy(&output.stdout));
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[track_caller]
fn refuses(name: &str, bundle: &Bundle, arguments: &[&str], because: &str) {
    let output = referee(name, bundle, arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains(because), "{said}");
}

/// Every preset with everything optional, and one whose images are all built.
fn bundles() -> impl Iterator<Item = (String, Design)> {
    let full = |design: Design| {
        design
            .with("cluster.network_policies", "true")
            .with("kafka.listeners[external].exposure", "node-port")
    };
    let built = full(PRESETS[0].design())
        .with("zookeeper.flavour", "built")
        .with("storage.kind", "local");
    PRESETS
        .iter()
        .map(move |preset| (preset.name.to_owned(), full(preset.design())))
        .chain([("built".to_owned(), built)])
}

#[test]
fn objects_conform_to_the_schemas_of_the_chosen_kubernetes() {
    for (name, design) in bundles() {
        for version in VERSIONS {
            let design = design.clone().with("kubernetes.version", version);
            accepts(
                "schemas",
                &Bundle::of(&design, &format!("schemas-{name}-{version}")),
                &[version],
            );
        }
    }
}

#[test]
fn what_is_made_for_the_oldest_kubernetes_holds_on_every_later_one() {
    for (name, design) in bundles() {
        let bundle = Bundle::of(
            &design.with("kubernetes.version", "1.21"),
            &format!("oldest-{name}"),
        );
        accepts("schemas", &bundle, &VERSIONS);
    }
}

#[test]
fn the_schemas_refuse_an_unknown_field_and_an_api_that_is_gone() {
    let bundle = Bundle::of(&PRESETS[0].design(), "schemas-broken");
    bundle.edit(
        "20-zookeeper/statefulset.yaml",
        "serviceName:",
        "serviceNam:",
    );
    refuses("schemas", &bundle, &["1.33"], "serviceNam");
    let bundle = Bundle::of(&PRESETS[0].design(), "schemas-gone");
    bundle.edit(
        "20-zookeeper/disruption-budget.yaml",
        "policy/v1",
        "policy/v1beta1",
    );
    accepts("schemas", &bundle, &["1.24"]);
    refuses(
        "schemas",
        &bundle,
        &["1.25"],
        "Couldn't find schema for kind PodDisruptionBudget",
    );
}

#[test]
fn kubectl_builds_every_kustomization_whole() {
    for (name, design) in bundles() {
        accepts(
            "kustomize",
            &Bundle::of(&design, &format!("kustomize-{name}")),
            &[],
        );
    }
}

#[test]
fn kubectl_refuses_a_kustomization_that_names_a_missing_file() {
    let bundle = Bundle::of(&PRESETS[0].design(), "kustomize-broken");
    std::fs::remove_file(bundle.0.join("30-kafka/statefulset.yaml")).expect("the file is rendered");
    refuses("kustomize", &bundle, &[], "statefulset.yaml");
}

#[test]
fn hadolint_has_nothing_to_say() {
    for (name, design) in bundles() {
        accepts(
            "dockerfiles",
            &Bundle::of(&design, &format!("dockerfiles-{name}")),
            &[],
        );
    }
}

#[test]
fn hadolint_refuses_an_untagged_base_image() {
    let bundle = Bundle::of(&PRESETS[0].design(), "dockerfiles-broken");
    bundle.edit("images/kafka/Dockerfile", "-jre-jammy", "");
    let text = std::fs::read_to_string(bundle.0.join("images/kafka/Dockerfile"))
        .expect("the file is rendered");
    let untagged: String = text
        .lines()
        .map(|line| line.replace("eclipse-temurin:17", "eclipse-temurin") + "\n")
        .collect();
    std::fs::write(bundle.0.join("images/kafka/Dockerfile"), untagged).expect("a temporary file");
    refuses("dockerfiles", &bundle, &[], "DL3006");
}
