//! STO: where data lie, and what survives.

use super::Severity::{Advice, Error, Warning};
use super::{Effect, Facts, Findings, Fix, Rule, Side};
use crate::args;
use crate::design::FieldPath;
use crate::fields;
use crate::plan::StorageKind;

/// The family, in the order of the catalogue.
pub static RULES: &[&Rule] = &[
    &LOG_DIR_IGNORED,
    &RECORDS_OUTSIDE_VOLUMES,
    &RECORDS_AT_MOUNT_ROOT,
    &RECORDS_ON_NFS,
    &ENSEMBLE_ON_NFS,
    &ONE_STORAGE_SERVER,
    &SHARED_CLAIMS,
    &CLASS_UNNAMED,
    &FOLDERS_NESTED,
];

const CONFIG: &str = "apache/kafka:core/src/main/scala/kafka/server/KafkaConfig.scala (3.5.2)";
const STRIMZI: &str = "strimzi/strimzi-kafka-operator:documentation/modules/configuring/con-considerations-for-data-storage.adoc (main)";
const APPS: &str = "kubernetes/api:apps/v1/types.go (2026-07)";

const LOG_DIRS: &str = "log.dirs";

/// The folders of the records that are in force.
fn folders(facts: &Facts) -> Vec<String> {
    let dirs = facts
        .option(LOG_DIRS)
        .filter(|text| !text.trim().is_empty());
    let text = dirs.or_else(|| facts.option("log.dir")).unwrap_or_default();
    fields::items(&text)
        .map(|folder| folder.trim_end_matches('/').to_owned())
        .collect()
}

/// Whether a folder is another one, or lies below it.
fn is_below(folder: &str, above: &str) -> bool {
    folder
        .strip_prefix(above.trim_end_matches('/'))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// `log.dirs` takes precedence, so that `log.dir` moves nothing.
pub static LOG_DIR_IGNORED: Rule = Rule::new("STO001", Error, CONFIG, |facts, found| {
    let config = &facts.plan.kafka.config;
    let Some(folder) = config.entry("log.dir").and(config.in_force("log.dir")) else {
        return;
    };
    let Some(real) = config.in_force(LOG_DIRS) else {
        return;
    };
    found
        .add(&LOG_DIR_IGNORED, "log.dir", args![folder, real])
        .at_option("log.dir")
        .at_option(LOG_DIRS)
        .fix_with(
            Effect::RollingRestart,
            Fix::unset(FieldPath::kafka_option("log.dir")),
        );
})
.effect(Effect::AbandonsData);

/// Our folder below the mount.
fn usual_folder(facts: &Facts) -> Fix {
    let path = FieldPath::kafka_option(LOG_DIRS);
    match facts.plan.derived.get(&path) {
        Some(derived) => facts.fix_to(path, &derived.text),
        None => Fix::unset(path),
    }
}

/// Records lie in the container, and vanish with it.
pub static RECORDS_OUTSIDE_VOLUMES: Rule = Rule::new("STO002", Error, CONFIG, |facts, found| {
    let disks = &facts.plan.kafka.disks;
    let lost: Vec<String> = folders(facts)
        .into_iter()
        .filter(|folder| !disks.iter().any(|disk| is_below(folder, &disk.mount)))
        .collect();
    if lost.is_empty() {
        return;
    }
    let mounts: Vec<String> = disks.iter().map(|disk| disk.mount.value.clone()).collect();
    let finding = found.add(&RECORDS_OUTSIDE_VOLUMES, LOG_DIRS, args![lost, mounts]);
    finding.at_option(LOG_DIRS);
    for disk in disks {
        finding.at_origins(&disk.mount.from);
    }
    finding.fix(usual_folder(facts));
})
.effect(Effect::AbandonsData);

/// The root of a file system may hold `lost+found`, which stops a broker.
pub static RECORDS_AT_MOUNT_ROOT: Rule = Rule::new(
    "STO003",
    Error,
    "apache/kafka:core/src/main/scala/kafka/log/LocalLog.scala (3.5.2)",
    |facts, found| {
        let disks = &facts.plan.kafka.disks;
        let roots: Vec<String> = folders(facts)
            .into_iter()
            .filter(|folder| {
                disks
                    .iter()
                    .any(|disk| disk.mount.trim_end_matches('/') == folder)
            })
            .collect();
        if roots.is_empty() {
            return;
        }
        let finding = found.add(&RECORDS_AT_MOUNT_ROOT, LOG_DIRS, args![roots]);
        finding.at_option(LOG_DIRS).fix(usual_folder(facts));
        if on_nfs(facts) {
            finding.severity(Warning);
        }
    },
)
.effect(Effect::AbandonsData);

/// Whether the volumes lie on NFS: by the provisioner of the bundle, or by the name of a class of others.
fn on_nfs(facts: &Facts) -> bool {
    let class = facts.plan.storage.class.as_deref().unwrap_or_default();
    facts.plan.has_nfs() || class.split(['-', '.']).any(|part| part == "nfs")
}

/// What says so, and the way out when it is ours.
fn at_nfs(facts: &Facts, finding: &mut super::Finding) {
    finding.at("storage.kind").at("storage.class");
    for disk in &facts.plan.kafka.disks {
        finding.at_origins(&disk.class.from);
    }
    if facts.plan.has_nfs() {
        finding.fix(Fix::set("storage.kind", "class"));
    }
}

/// NFS renames files that are deleted while open, and the broker takes the folder offline.
pub static RECORDS_ON_NFS: Rule = Rule::new("STO004", Warning, STRIMZI, |facts, found| {
    if on_nfs(facts) {
        let finding = found.add(&RECORDS_ON_NFS, "storage.kind", args![]);
        at_nfs(facts, finding);
    }
})
.effect(Effect::AbandonsData);

/// Every write of the ensemble waits for the server's disk and network.
pub static ENSEMBLE_ON_NFS: Rule = Rule::new(
    "STO005",
    Warning,
    "apache/zookeeper:zookeeper-docs/src/main/resources/markdown/zookeeperAdmin.md (release-3.9.3)",
    |facts, found| {
        if on_nfs(facts) && facts.plan.has_ensemble() {
            let finding = found.add(&ENSEMBLE_ON_NFS, "storage.kind", args![]);
            at_nfs(facts, finding);
        }
    },
)
.effect(Effect::AbandonsData);

/// One server holds every copy.
pub static ONE_STORAGE_SERVER: Rule = Rule::new(
    "STO006",
    Warning,
    "derived, see Failure model",
    |facts, found| {
        let members = *facts.plan.kafka.brokers;
        if facts.plan.has_nfs() && members > 1 {
            let server = facts.plan.storage.nfs.server.as_str();
            found
                .add(
                    &ONE_STORAGE_SERVER,
                    "storage.nfs.server",
                    args![server, members],
                )
                .at("storage.nfs.server")
                .at("storage.kind")
                .fix(Fix::set("storage.kind", "class"));
        }
    },
)
.effect(Effect::AbandonsData);

/// Two pods could write one log.
pub static SHARED_CLAIMS: Rule =
    Rule::new("STO007", Warning, APPS, shared_claims).effect(Effect::Recreate);

fn shared_claims(facts: &Facts, found: &mut Findings) {
    let plan = facts.plan;
    let mut claims = vec![(
        "kafka",
        "kafka.access_mode",
        plan.kafka.access_mode.as_str(),
    )];
    if let Some(zookeeper) = plan.zookeeper() {
        let mode = zookeeper.access_mode.as_str();
        claims.push(("zookeeper", "zookeeper.access_mode", mode));
    }
    for (subject, path, mode) in claims {
        if mode == "ReadWriteMany" {
            found
                .add(&SHARED_CLAIMS, subject, args![set = subject])
                .at(path)
                .fix(facts.fix_to(path, "ReadWriteOnce"));
        }
    }
    // Sets that are not ours: from somebody's files.
    for set in facts.of_kind("StatefulSet") {
        if facts.side(set) != Side::Other {
            continue;
        }
        let shared = set.items("spec.volumeClaimTemplates").iter().any(|claim| {
            let modes = claim.get("spec").and_then(|spec| spec.get("accessModes"));
            modes
                .and_then(serde_yaml::Value::as_sequence)
                .is_some_and(|modes| modes.iter().any(|mode| mode == "ReadWriteMany"))
        });
        if shared {
            found
                .add(&SHARED_CLAIMS, set.subject(), args![set = set.name])
                .place(set, "spec.volumeClaimTemplates");
        }
    }
}

/// The cluster's default class decides, and differs between clusters.
pub static CLASS_UNNAMED: Rule = Rule::new(
    "STO013",
    Advice,
    "kubernetes/api:core/v1/types.go (2026-07)",
    |facts, found| {
        let storage = &facts.plan.storage;
        if *storage.kind == StorageKind::Class && storage.class.is_none() {
            found
                .add(&CLASS_UNNAMED, "storage.class", args![])
                .at("storage.class");
        }
    },
)
.effect(Effect::Recreate);

/// Two folders of the records are one, or one lies in the other.
pub static FOLDERS_NESTED: Rule = Rule::new("STO021", Warning, CONFIG, |facts, found| {
    let folders = folders(facts);
    let nested = folders.iter().enumerate().find_map(|(at, one)| {
        let other = folders
            .iter()
            .enumerate()
            .find(|(there, other)| at != *there && is_below(one, other))?;
        Some((one.clone(), other.1.clone()))
    });
    if let Some((one, other)) = nested {
        found
            .add(&FOLDERS_NESTED, LOG_DIRS, args![one, other])
            .at_option(LOG_DIRS)
            .fix(usual_folder(facts));
    }
})
.effect(Effect::AbandonsData);

#[cfg(test)]
mod tests {
    use super::super::Severity;
    use super::super::testing::{between, design, fires, found_in, repairs, silent};

    const FOLDERS: &str = "kafka.options[log.dirs]";

    #[test]
    fn a_folder_that_another_option_decides() {
        repairs(
            &design(&[("kafka.options[log.dir]", "/var/lib/kafka/x")]),
            "STO001",
        );
        silent(&design(&[]), "STO001");
    }

    #[test]
    fn records_beside_the_volume() {
        let finding = repairs(&design(&[(FOLDERS, "/tmp/kafka-logs")]), "STO002");
        assert!(!finding.fixes[0].safe, "it abandons data");
        silent(&design(&[(FOLDERS, "/var/lib/kafka/x")]), "STO002");
        repairs(&design(&[(FOLDERS, "/var/lib/kafka-x")]), "STO002");
    }

    #[test]
    fn records_beside_lost_and_found() {
        let root = design(&[(FOLDERS, "/var/lib/kafka/")]);
        assert_eq!(repairs(&root, "STO003").severity, Severity::Error);
        let nfs = root.with("storage.kind", "nfs");
        assert_eq!(fires(&nfs, "STO003").severity, Severity::Warning);
    }

    #[test]
    fn everything_on_one_nfs_server() {
        let nfs = design(&[("storage.kind", "nfs")]);
        for id in ["STO004", "STO005", "STO006"] {
            repairs(&nfs, id);
        }
        silent(&nfs.with("kafka.groups[main].brokers", "1"), "STO006");
    }

    #[test]
    fn claims_that_two_pods_may_mount() {
        repairs(&design(&[("kafka.access_mode", "ReadWriteMany")]), "STO007");
        repairs(
            &design(&[("zookeeper.access_mode", "ReadWriteMany")]),
            "STO007",
        );
        let set = |mode| {
            format!(
                "kind: StatefulSet\nmetadata: {{name: other}}\nspec:\n  volumeClaimTemplates:\n  - metadata: {{name: d}}\n    spec: {{accessModes: [{mode}]}}\n"
            )
        };
        assert_eq!(
            found_in(&design(&[]), &set("ReadWriteMany"), "STO007")[0].places[0].line,
            5
        );
        assert_eq!(found_in(&design(&[]), &set("ReadWriteOnce"), "STO007"), []);
    }

    #[test]
    fn a_class_that_the_cluster_chooses() {
        between("STO013", &[], &[("storage.class", "fast")]);
        silent(&design(&[("storage.kind", "local")]), "STO013");
    }

    #[test]
    fn folders_within_each_other() {
        repairs(
            &design(&[(FOLDERS, "/var/lib/kafka/a,/var/lib/kafka/a/b")]),
            "STO021",
        );
        silent(
            &design(&[(FOLDERS, "/var/lib/kafka/a,/var/lib/kafka/b")]),
            "STO021",
        );
    }
}
