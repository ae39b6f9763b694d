//! Strict schemas of every Kubernetes version, and kubectl of two.

use std::fs;

use kafka_cluster_designer::catalog::KUBERNETES_VERSIONS;
use kafka_cluster_designer::migrate::migration;
use kafka_cluster_designer::presets::PRESETS;

use super::programs::{Bundle, accepts, bundles, judge, refuses};

fn versions() -> Vec<String> {
    KUBERNETES_VERSIONS
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn every_minor_version_from_1_21_to_1_37_is_tried() {
    let wanted: Vec<String> = (21..=37).map(|minor| format!("1.{minor}")).collect();
    assert_eq!(versions(), wanted);
}

#[test]
fn objects_conform_to_the_schemas_of_the_chosen_kubernetes() {
    let bundles: Vec<(String, Bundle)> = bundles()
        .flat_map(|(name, design)| {
            versions().into_iter().map(move |version| {
                let design = design.clone().with("kubernetes.version", &version);
                let bundle = Bundle::of(&design, &format!("schemas-{name}-{version}"));
                (version, bundle)
            })
        })
        .collect();
    let arguments: Vec<&str> = bundles
        .iter()
        .flat_map(|(version, bundle)| [bundle.0.to_str().expect("UTF-8"), version])
        .collect();
    let (content, _, wrong) = judge("schemas", &arguments, None);
    assert!(content, "{wrong}");
}

#[test]
fn every_step_from_zookeeper_to_kraft_conforms_to_them_too() {
    let design = PRESETS[0].design().with("cluster.network_policies", "true");
    let design = design.with("kafka.version", "3.5.2");
    let way = migration(&design, Some("7BNj1xnyRAm5z7W8h5GzWg")).expect("a way");
    let bundle = Bundle::with(&[("", &way.files())], "schemas-migration");
    accepts("schemas", &bundle, &["1.33"]);
}

#[test]
fn what_is_made_for_the_oldest_kubernetes_holds_on_every_later_one() {
    let versions = versions();
    let versions: Vec<&str> = versions.iter().map(String::as_str).collect();
    for (name, design) in bundles() {
        let design = design.with("kubernetes.version", "1.21");
        let bundle = Bundle::of(&design, &format!("oldest-{name}"));
        accepts("schemas", &bundle, &versions);
    }
}

#[test]
fn the_schemas_refuse_an_unknown_field_an_api_that_is_gone_and_a_version_without_schemas() {
    let bundle = Bundle::of(&PRESETS[0].design(), "schemas-broken");
    refuses("schemas", &bundle, &["1.38"], &["1.38 has no schemas"]);
    bundle.edit(
        "20-zookeeper/statefulset.yaml",
        "serviceName:",
        "serviceNam:",
    );
    refuses("schemas", &bundle, &["1.33"], &["serviceNam"]);
    let design = PRESETS[0].design().with("kubernetes.version", "1.24");
    let bundle = Bundle::of(&design, "schemas-gone");
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
        &["there is no schema for PodDisruptionBudget of policy/v1beta1"],
    );
}

#[test]
fn kubectl_builds_every_kustomization_whole() {
    for (name, design) in bundles() {
        let bundle = Bundle::of(&design, &format!("kustomize-{name}"));
        accepts("kustomize", &bundle, &[]);
    }
}

#[test]
fn kubectl_refuses_a_kustomization_that_names_a_missing_file() {
    let bundle = Bundle::of(&PRESETS[0].design(), "kustomize-broken");
    fs::remove_file(bundle.0.join("30-kafka/statefulset.yaml")).expect("the file is rendered");
    refuses("kustomize", &bundle, &[], &["statefulset.yaml"]);
}

#[test]
fn a_field_that_kubectl_does_not_know_is_noticed() {
    let bundle = Bundle::of(&PRESETS[0].design(), "kustomize-field");
    bundle.edit(
        "30-kafka/statefulset.yaml",
        "podManagementPolicy:",
        "podManagmentPolicy:",
    );
    refuses(
        "kustomize",
        &bundle,
        &[],
        &["drops StatefulSet kafka kafka.spec.podManagmentPolicy"],
    );
}
