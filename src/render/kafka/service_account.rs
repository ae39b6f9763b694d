//! The brokers' ServiceAccount: it may do nothing, and its token is not mounted.

use k8s_openapi::api::core::v1::ServiceAccount;

use crate::plan::{Parts, Plan};
use crate::render::document::{Document, manifest};
use crate::render::process::Process;
use crate::render::{Output, Rendered};

const PATH: &str = "30-kafka/service-account.yaml";

/// The brokers' ServiceAccount.
pub static OUTPUT: Output = Output {
    id: "kafka-service-account",
    path: PATH,
    reads: Parts::CLUSTER.and(Parts::KAFKA),
    wanted: |plan| *plan.cluster.service_accounts,
    render,
};

fn render(plan: &Plan) -> Rendered {
    let metadata = Process::Kafka.metadata(plan, Process::Kafka.service_account(plan));
    let account = Document::of(ServiceAccount {
        metadata: metadata.value,
        automount_service_account_token: Some(false),
        ..ServiceAccount::default()
    })
    .marked("metadata", &metadata.marks)
    .from("", &plan.cluster.service_accounts.from);
    manifest(PATH, plan.language(), vec![account])
}
