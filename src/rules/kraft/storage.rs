//! KRF: how disks are formatted, and where the metadata lie.

use serde_yaml::Value;

use super::OPS;
use super::quorum::{VOTERS, nodes};
use crate::args;
use crate::catalog::KafkaVersion;
use crate::fields::{self, KRAFT_CLUSTER_ID, KRAFT_DIRECTORY_IDS};
use crate::rules::Severity::{Advice, Error, Warning};
use crate::rules::nodes::{Node, about};
use crate::rules::objects::{all_containers, items};
use crate::rules::storage::{Behind, behind};
use crate::rules::{Effect, Facts, Findings, Object, Rule};
use crate::text::Arg;

/// A node starts on no disk that has no id of the cluster, and a quorum begins with no member that has none.
///
/// The ids must be random, so that no repair of ours can make them: the page and `new` do.
pub static NOT_FORMATTED: Rule = Rule::new(
    "KRF026",
    Error,
    "apache/kafka:docs/ops.html (3.9.0-rc3), KRaft",
    |facts, found| {
        let Some(kraft) = facts.plan.kraft() else {
            return;
        };
        let no_directories = facts.plan.has_dynamic_quorum() && kraft.directory_ids.is_empty();
        for (field, missing) in [
            (&KRAFT_CLUSTER_ID, kraft.cluster_id.is_none()),
            (&KRAFT_DIRECTORY_IDS, no_directories),
        ] {
            if missing {
                let label = Arg::Sentence(format!("{}.label", field.id).into());
                found
                    .add(&NOT_FORMATTED, field.id, args![field = label])
                    .at(field.id);
            }
        }
    },
)
.applies_to("KRaft")
.effect(Effect::AbandonsData);

fn id_of_other_form(
    facts: &Facts,
    found: &mut Findings,
    rule: &'static Rule,
    is_of: fn(KafkaVersion) -> bool,
) {
    let id = facts
        .plan
        .kraft()
        .and_then(|kraft| kraft.cluster_id.value.as_deref());
    let wrong = id.filter(|id| !fields::is_uuid(id));
    if let Some(id) = wrong.filter(|_| is_of(*facts.plan.kafka.version)) {
        let field = KRAFT_CLUSTER_ID.id;
        found.add(rule, field, args![id]).at(field);
    }
}

/// The tool reads a UUID and takes nothing else.
pub static ID_REFUSED: Rule = Rule::new(
    "KRF027",
    Error,
    "apache/kafka:core/src/main/scala/kafka/tools/StorageTool.scala (3.5.2, 3.7.1, 3.8.0)",
    |facts, found| {
        id_of_other_form(facts, found, &ID_REFUSED, |version| {
            !version.accepts_any_cluster_id()
        });
    },
)
.applies_to("≤ 3.8, KRaft")
.effect(Effect::AbandonsData);

/// Any text is taken, and stays for ever.
pub static ID_OF_OTHER_FORM: Rule = Rule::new(
    "KRF035",
    Warning,
    "apache/kafka:metadata/src/main/java/org/apache/kafka/metadata/storage/Formatter.java (3.9.0-rc3)",
    |facts, found| {
        id_of_other_form(facts, found, &ID_OF_OTHER_FORM, KafkaVersion::accepts_any_cluster_id);
    },
)
.applies_to("≥ 3.9, KRaft")
.effect(Effect::AbandonsData);

/// The folder of a controller's log: its own, or the first one of the records.
fn metadata_folder<'n>(node: &'n Node) -> &'n str {
    let own = ["metadata.log.dir", LOGS, "log.dir"].into_iter();
    let mut own = own.filter_map(|name| node.list(name).into_iter().next());
    own.next().unwrap_or("/tmp/kafka-logs")
}

/// A controller that loses its log is a stranger to the others.
pub static METADATA_LOST: Rule = Rule::new("KRF028", Error, OPS, |facts, found| {
    if facts.is_development() {
        return;
    }
    let name = "metadata.log.dir";
    let lost = nodes(facts, |node| {
        let folder = metadata_folder(node);
        // Of the records' folders STO001 speaks.
        node.is_controller()
            && node.file.is_some()
            && (node.is_only_controller() || node.has(name))
            && !matches!(
                behind(&node.object, node.container, folder),
                Behind::Volume(_)
            )
    });
    let folder = lost.first().map(|node| metadata_folder(node));
    let folder = args![folder = folder.unwrap_or_default()];
    about(facts, found, &METADATA_LOST, &lost, name, folder);
})
.applies_to("KRaft")
.effect(Effect::AbandonsData);

/// What the documentation calls enough for a usual cluster: 5 GB of memory and as much of disk.
const ENOUGH: u64 = 5 << 30;

/// Controllers keep all metadata in memory, and on disk.
pub static SMALL_CONTROLLERS: Rule = Rule::new("KRF029", Advice, OPS, |facts, found| {
    let Some(own) = facts.plan.controllers().filter(|_| facts.is_production()) else {
        return;
    };
    let memory = ("controllers.memory_request", own.pods.memory_request.amount);
    let disk = ("controllers.data_size", own.volume.size.amount);
    for (path, amount) in [memory, disk] {
        if amount >= ENOUGH {
            continue;
        }
        let what = Arg::Sentence(format!("{path}.label").into());
        let args = vec![("what", what), ("amount", Arg::Bytes(amount))];
        let finding = found.add(&SMALL_CONTROLLERS, path, args).at(path);
        let mut fix = facts.fix_to(path, "5Gi");
        if path == disk.0 {
            finding.fix_with(Effect::Procedure, fix);
            continue;
        }
        let limit = "controllers.memory_limit";
        if own.pods.memory_limit.amount < ENOUGH && facts.design.get(&limit.into()).is_some() {
            fix.changes.push(crate::design::Change::set(limit, "5Gi"));
        }
        finding.fix(fix);
    }
})
.applies_to("KRaft");

const LOGS: &str = "log.dirs";

/// Without ZooKeeper a broker with several folders was not ready for use before 4.0.
pub static SEVERAL_FOLDERS: Rule = Rule::new(
    "STO017",
    Warning,
    "apache/kafka:core/src/main/scala/kafka/server/KafkaConfig.scala (3.9.0-rc3), KIP-858 (JBOD in KRaft), apache/kafka:docs/ops.html (3.9.0-rc3; hardware part also 3.5.2)",
    |facts, found| {
        let version = *facts.plan.kafka.version;
        if version.has_production_kraft_jbod() {
            return;
        }
        let nodes = nodes(facts, |node| node.is_broker() && node.list(LOGS).len() > 1);
        let folders = nodes.first().map_or(0, |node| node.list(LOGS).len());
        let args = args![folders, version = version.to_string()];
        let finding = about(facts, found, &SEVERAL_FOLDERS, &nodes, LOGS, args);
        if let Some(finding) = finding
            && version.has_kraft_jbod()
        {
            finding.severity(Advice);
        }
    },
)
.applies_to("3.0–3.9, KRaft")
.effect(Effect::Procedure);

/// The words of the commands of an object's containers, without quotes.
fn words<'s>(object: &'s Object) -> impl Iterator<Item = &'s str> {
    let commands = all_containers(object)
        .flat_map(|container| ["command", "args"].map(|list| items(container, list)));
    let texts = commands.flatten().filter_map(Value::as_str);
    let words = texts.flat_map(str::split_whitespace);
    words.map(|word| word.trim_matches(['"', '\'']))
}

/// Whether an object's containers format disks.
fn formats(object: &Object) -> bool {
    words(object).any(|word| word.ends_with("kafka-storage.sh"))
}

/// The tool refuses first members beside a list of members.
pub static STATIC_AND_DYNAMIC: Rule = Rule::new(
    "KRF039",
    Error,
    "apache/kafka:core/src/main/scala/kafka/tools/StorageTool.scala (4.x trunk, 2026-08)",
    |facts, found| {
        if facts.plan.kafka.version.has_zookeeper_mode() {
            return;
        }
        let initial =
            |word: &str| word == "--standalone" || word.starts_with("--initial-controllers");
        let nodes = nodes(facts, |node| {
            node.has(VOTERS) && formats(&node.object) && words(&node.object).any(initial)
        });
        about(facts, found, &STATIC_AND_DYNAMIC, &nodes, VOTERS, args![]);
    },
)
.applies_to("≥ 4.0")
.hides(&["KRF043"]);

/// A word that begins with a hyphen is an option.
pub static ID_TAKEN_FOR_OPTION: Rule = Rule::new(
    "KRF042",
    Error,
    "strimzi/strimzi-kafka-operator:docker-images/kafka-based/kafka/scripts/kafka_run.sh (0.45.0, names KAFKA-15754)",
    |facts, found| {
        for object in facts.workloads().iter().filter(|object| formats(object)) {
            let behind = words(object).zip(words(object).skip(1));
            let mut taken = behind.filter(|(option, id)| {
                matches!(*option, "--cluster-id" | "-t") && id.starts_with('-')
            });
            if let Some((option, id)) = taken.next() {
                let args = args![object = object.subject(), id, option];
                found
                    .add(&ID_TAKEN_FOR_OPTION, object.subject(), args)
                    .at(KRAFT_CLUSTER_ID.id)
                    .place(object, "spec.template.spec");
            }
        }
    },
)
.applies_to("KRaft")
.effect(Effect::Nothing);

#[cfg(test)]
mod tests {
    use crate::rules::testing::{design, fires, found, silent};

    #[test]
    fn each_missing_id_is_named() {
        let kraft = design(&[("cluster.coordination", "kraft-dedicated")]);
        assert_eq!(found(&kraft, "KRF026").len(), 2);
        let old = kraft.clone().with("kafka.version", "3.8.1");
        assert_eq!(fires(&old, "KRF026").subject, "kraft.cluster_id");
        let half = kraft.with("kraft.cluster_id", "W0PPNLD2QnyIrVZwVDtM9w");
        assert_eq!(fires(&half, "KRF026").subject, "kraft.directory_ids");
        silent(&design(&[]), "KRF026");
    }
}
