//! The controllers' configuration files: `controller.properties`, and logging to standard output.
//!
//! What differs from controller to controller stands on the start command (see `stateful_set`).

use k8s_openapi::api::core::v1::ConfigMap;

use super::file;
use crate::plan::{Controllers, Parts, Plan, Traced};
use crate::render::Output;
use crate::render::document::{Document, Text, key};
use crate::render::kafka::config_map::{logging, properties_file, sum};
use crate::render::process::Process;

/// The file of the controllers' options.
pub(super) const CONTROLLER_PROPERTIES: &str = "controller.properties";

/// The configuration.
pub static OUTPUT: Output = Output {
    id: "controllers-configmap",
    path: "20-controllers/configmap.yaml",
    reads: Parts::CLUSTER.and(Parts::COORDINATION).and(Parts::KAFKA),
    wanted: Plan::has_controllers,
    render: |plan| file(OUTPUT.path, plan, |_, own| vec![config_map(plan, own)]),
};

/// The ConfigMap's name.
pub(super) fn name(own: &Controllers) -> Traced<String> {
    own.name.map(|name| format!("{name}-config"))
}

/// A sum of the files' contents: the pods restart when it changes.
pub(super) fn checksum(plan: &Plan, own: &Controllers) -> String {
    sum([&controller_properties(plan, own), &logging(plan).1])
}

fn controller_properties(plan: &Plan, own: &Controllers) -> Text {
    properties_file(plan, &own.config, "note.controller-head")
}

fn config_map(plan: &Plan, own: &Controllers) -> Document {
    let metadata = Process::Controller.metadata(plan, &name(own));
    let (logging_file, logging) = logging(plan);
    let logging_path = format!("data{}", key(logging_file));
    Document::of(ConfigMap {
        metadata: metadata.value,
        ..ConfigMap::default()
    })
    .marked("metadata", &metadata.marks)
    .block(
        &format!("data{}", key(CONTROLLER_PROPERTIES)),
        &controller_properties(plan, own),
    )
    .block(&logging_path, &logging)
    .from(&logging_path, &plan.kafka.version.from)
}
