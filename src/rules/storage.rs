//! STO: where data lie, and what survives.

use super::Severity::{Advice, Error, Warning};
use serde_yaml::Value;

use super::objects::{self, POD};
use super::{Effect, Facts, Findings, Fix, Object, Rule, Side, kraft};
use crate::args;
use crate::design::{Change, FieldPath};
use crate::fields;
use crate::plan::StorageKind;
use crate::text::Arg;

/// The family, in the order of the catalogue.
pub static RULES: &[&Rule] = &[
    &LOG_DIR_IGNORED,
    &RECORDS_OUTSIDE_VOLUMES,
    &RECORDS_AT_MOUNT_ROOT,
    &RECORDS_ON_NFS,
    &ENSEMBLE_ON_NFS,
    &ONE_STORAGE_SERVER,
    &SHARED_CLAIMS,
    &SEGMENTS_FILL_VOLUME,
    &VOLUME_TOO_SMALL,
    &SIZE_UNLIMITED,
    &INDEXES_FILL_VOLUME,
    &DATA_WITHOUT_CLAIM,
    &CLASS_UNNAMED,
    &BOUND_TOO_EARLY,
    &VOLUMES_DELETED,
    &VOLUMES_FIXED,
    &kraft::SEVERAL_FOLDERS,
    &LOGS_BESIDE_RECORDS,
    &GROUP_ON_NFS,
    &SMALL_ENSEMBLE_VOLUME,
    &FOLDERS_NESTED,
    &TEMPORARY_UNLIMITED,
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
pub(super) fn is_below(folder: &str, above: &str) -> bool {
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
    // Every restart loses what lies outside the volumes: taking log.dir out alone would restart for nothing.
    let mut fix = usual_folder(facts);
    fix.changes
        .push(Change::unset(FieldPath::kafka_option("log.dir")));
    found
        .add(&LOG_DIR_IGNORED, "log.dir", args![folder, real])
        .at_option("log.dir")
        .at_option(LOG_DIRS)
        .fix(fix);
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
        let is_root = |folder: &String| {
            let mut mounts = disks.iter().map(|disk| disk.mount.trim_end_matches('/'));
            mounts.any(|mount| mount == folder)
        };
        let roots: Vec<String> = folders(facts).into_iter().filter(is_root).collect();
        // A folder that is ignored so far is the one that is meant.
        let config = &facts.plan.kafka.config;
        let meant = config.entry("log.dir").and(config.in_force("log.dir"));
        let meant = meant.map(|folder| folder.trim_end_matches('/').to_owned());
        let (roots, option) = match meant.filter(is_root) {
            Some(folder) if roots.is_empty() => (vec![folder], "log.dir"),
            _ => (roots, LOG_DIRS),
        };
        if roots.is_empty() {
            return;
        }
        let finding = found.add(&RECORDS_AT_MOUNT_ROOT, option, args![roots]);
        let mut fix = usual_folder(facts);
        if option != LOG_DIRS {
            fix.changes
                .push(Change::unset(FieldPath::kafka_option(option)));
        }
        finding.at_option(option).fix(fix);
        if on_nfs(facts) {
            finding.severity(Warning);
        }
    },
)
.effect(Effect::AbandonsData);

/// Whether the volumes lie on NFS: by the provisioner of the bundle, or by the name of a class of others.
fn on_nfs(facts: &Facts) -> bool {
    facts.plan.has_nfs() || class_is_nfs(facts)
}

/// Whether the class of the volumes says NFS by its name.
fn class_is_nfs(facts: &Facts) -> bool {
    let class = facts.plan.storage.class.as_deref().unwrap_or_default();
    class.split(['-', '.']).any(|part| part == "nfs")
}

/// What says so, and the way out when it is ours.
fn at_nfs(facts: &Facts, finding: &mut super::Finding) {
    finding.at("storage.kind").at("storage.class");
    for disk in &facts.plan.kafka.disks {
        finding.at_origins(&disk.class.from);
    }
    if facts.plan.has_nfs() {
        let mut fix = Fix::set("storage.kind", "class");
        if class_is_nfs(facts) {
            // Without the provisioner nobody serves its class.
            fix.changes.push(Change::unset("storage.class"));
        }
        finding.fix(fix);
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

/// What a folder of a container lies on.
pub(super) enum Behind<'v> {
    /// A volume that stays: a claim, a configuration, what the node or a server holds; its mount.
    Volume(&'v str),
    /// An `emptyDir`.
    Scratch(&'v Value),
    /// The container itself.
    Nothing,
}

/// What a folder of a container lies on: the deepest mount above it decides.
pub(super) fn behind<'v>(set: &'v Object, container: &'v Value, folder: &str) -> Behind<'v> {
    let mut deepest: Option<(&str, &str)> = None;
    for mount in objects::items(container, "volumeMounts") {
        let Some(path) = objects::text(mount, "mountPath") else {
            continue;
        };
        let deeper = deepest.is_none_or(|(_, other)| path.len() > other.len());
        if deeper && is_below(folder, path) {
            deepest = Some((objects::name_of(mount), path));
        }
    }
    let Some((name, path)) = deepest else {
        return Behind::Nothing;
    };
    let volumes = set.items(&format!("{POD}.volumes")).iter();
    let scratch = volumes
        .filter(|volume| objects::name_of(volume) == name)
        .find_map(|volume| volume.get("emptyDir"));
    scratch.map_or(Behind::Volume(path), Behind::Scratch)
}

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
    if let Some(own) = plan.controllers() {
        let mode = own.access_mode.as_str();
        claims.push(("controllers", "controllers.access_mode", mode));
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

const CAPACITY: &str =
    "derived, see Failure model, apache/kafka-site:35/generated/kafka_config.html";
const BROKER: &str = "apache/kafka-site:35/generated/kafka_config.html";

/// Bytes as Kubernetes writes them, in whole gibibytes.
fn gibibytes(bytes: u128) -> String {
    format!("{}Gi", bytes.div_ceil(1 << 30).max(1))
}

fn bytes(amount: u128) -> Arg {
    Arg::Bytes(u64::try_from(amount).unwrap_or(u64::MAX))
}

/// All disks of one broker together; nothing when one of them is not understood.
fn room_of_broker(facts: &Facts) -> Option<u64> {
    let mut room = 0_u64;
    for disk in &facts.plan.kafka.disks {
        if disk.size.amount == 0 {
            return None;
        }
        room = room.saturating_add(disk.size.amount);
    }
    Some(room)
}

/// The repair after which all disks of a broker together have so many bytes: those that have less than
/// their share get it.
fn larger_disks(facts: &Facts, room: u128) -> Fix {
    let disks = &facts.plan.kafka.disks;
    let share = room.div_ceil(disks.len().max(1) as u128);
    let size = gibibytes(share);
    let mut keys: Vec<&str> = facts.design.keys("kafka.disks").collect();
    if keys.is_empty() {
        keys = fields::start_keys("kafka.disks").to_vec();
    }
    let small = keys
        .into_iter()
        .zip(disks)
        .filter(|(_, disk)| u128::from(disk.size.amount) < share);
    let mut fixes =
        small.map(|(key, _)| facts.fix_to(FieldPath::keyed("kafka.disks[].size", key), &size));
    let first = fixes.next();
    let mut fix = first.unwrap_or_else(|| Fix::unset_all([]));
    fix.changes.extend(fixes.flat_map(|more| more.changes));
    fix
}

fn at_sizes(finding: &mut super::Finding, facts: &Facts) {
    for disk in &facts.plan.kafka.disks {
        finding.at_origins(&disk.size.from);
    }
}

const SEGMENT: &str = "log.segment.bytes";

const MEBIBYTE: u64 = 1 << 20;

/// The segment that is written to is never deleted.
pub static SEGMENTS_FILL_VOLUME: Rule = Rule::new("STO008", Error, CAPACITY, |facts, found| {
    let Some(segment) = facts
        .whole(SEGMENT)
        .and_then(|size| u64::try_from(size).ok())
    else {
        return;
    };
    let two = segment.saturating_mul(2);
    let small = |amount: u64| amount > 0 && amount <= two;
    let disks = &facts.plan.kafka.disks;
    let Some(disk) = disks.iter().find(|disk| small(disk.size.amount)) else {
        return;
    };
    let args = vec![
        ("size", Arg::Bytes(disk.size.amount)),
        ("segment", Arg::Bytes(segment)),
    ];
    let wanted = u128::from(two) * 5 * disks.len() as u128;
    let finding = found.add(&SEGMENTS_FILL_VOLUME, SEGMENT, args);
    finding.at_origins(&disk.size.from).at_option(SEGMENT);
    finding.fix(larger_disks(facts, wanted));
    // Segments that are full keep their size until they are deleted; each new one is small.
    let smaller = disk.size.amount / 8 / MEBIBYTE * MEBIBYTE;
    if smaller > 0 {
        finding.fix_with(Effect::RollingRestart, facts.fix_option(SEGMENT, smaller));
    }
})
.effect(Effect::Procedure);

/// What the records of one broker need, and what it depends on.
struct Need {
    bytes: u128,
    /// Copies of partitions on the fullest broker.
    copies: u128,
}

/// Partitions with all their copies, over the brokers.
fn copies(facts: &Facts, partitions: u64, factor: &str) -> u128 {
    let brokers = (*facts.plan.kafka.brokers).max(1);
    let factor = facts.whole(factor).unwrap_or(1);
    let factor = u64::try_from(factor).unwrap_or(1).clamp(1, brokers);
    (u128::from(partitions) * u128::from(factor)).div_ceil(u128::from(brokers))
}

/// Records are kept by time, by size, or by whichever ends first; and a segment more, which is not yet whole.
fn need(facts: &Facts, partitions: u64, ingest: Option<u64>) -> Option<Need> {
    let positive = |name: &str| {
        let value = facts
            .whole(name)
            .and_then(|value| u128::try_from(value).ok());
        value.filter(|&value| value > 0)
    };
    let copies = copies(facts, partitions, "default.replication.factor").max(1);
    let factor = facts
        .whole("default.replication.factor")
        .unwrap_or(1)
        .max(1);
    let brokers = u128::from(*facts.plan.kafka.brokers).max(1);
    let segment = positive(SEGMENT)?;
    // Bytes that arrive at one broker in a second.
    let rate =
        ingest.map(|ingest| u128::from(ingest) * u128::from(factor.unsigned_abs()) / brokers);
    let seconds = super::relations::retention_millis(facts)
        .and_then(|millis| u128::try_from(millis).ok())
        .map(|millis| millis / 1000);
    let by_time = rate.zip(seconds).map(|(rate, seconds)| rate * seconds);
    let by_size = positive("log.retention.bytes").map(|size| size * copies);
    let kept = match (by_time, by_size) {
        (Some(time), Some(size)) => time.min(size),
        (time, size) => time.or(size)?,
    };
    let roll = positive("log.roll.ms").map(|millis| millis / 1000);
    let roll = roll.or_else(|| Some(positive("log.roll.hours")? * 3600));
    let open = copies * segment * 2;
    let open = match rate.zip(roll) {
        // A quiet partition begins a new segment long before the old one is full.
        Some((rate, roll)) => open.min(rate * roll * 2),
        None => open,
    };
    Some(Need {
        bytes: (kept + open) * 5 / 4,
        copies,
    })
}

/// Whether old records are deleted at all.
fn deletes(facts: &Facts) -> bool {
    let policy = facts.option("log.cleanup.policy").unwrap_or_default();
    policy.split(',').any(|one| one.trim() == "delete")
}

/// A full disk takes the broker's folder away.
pub static VOLUME_TOO_SMALL: Rule = Rule::new(
    "STO009",
    Warning,
    "derived, see Failure model",
    |facts, found| {
        let workload = &facts.plan.cluster.workload;
        let Some(room) = room_of_broker(facts).filter(|_| deletes(facts)) else {
            return;
        };
        if facts.is_development() {
            return;
        }
        let Some(partitions) = *workload.partitions else {
            return found.ask(&VOLUME_TOO_SMALL, "workload.partitions");
        };
        let Some(need) = need(facts, partitions, *workload.ingest) else {
            if workload.ingest.is_none() {
                found.ask(&VOLUME_TOO_SMALL, "workload.ingest");
            }
            return;
        };
        if need.bytes <= u128::from(room) {
            return;
        }
        let finding = found.add(
            &VOLUME_TOO_SMALL,
            "kafka.disks",
            vec![
                ("room", Arg::Bytes(room)),
                ("need", bytes(need.bytes)),
                (
                    "copies",
                    Arg::Count(i128::try_from(need.copies).unwrap_or(i128::MAX)),
                ),
            ],
        );
        at_sizes(finding, facts);
        finding
            .at("workload.partitions")
            .at("workload.ingest")
            .at_option("log.retention.bytes");
        finding.fix(larger_disks(facts, need.bytes));
    },
)
.effect(Effect::Procedure);

/// Time alone limits the records: how much arrives in that time decides.
pub static SIZE_UNLIMITED: Rule = Rule::new("STO010", Advice, BROKER, |facts, found| {
    let name = "log.retention.bytes";
    let workload = &facts.plan.cluster.workload;
    let (Some(room), None) = (room_of_broker(facts), *workload.ingest) else {
        return;
    };
    if facts.is_development() || !deletes(facts) || facts.whole(name) != Some(-1) {
        return;
    }
    let Some(partitions) = *workload.partitions else {
        let room = vec![("room", Arg::Bytes(room))];
        found
            .add(&SIZE_UNLIMITED, name, room)
            .at_option(name)
            .at("workload.ingest")
            .at("workload.partitions");
        return;
    };
    let copies = copies(facts, partitions, "default.replication.factor").max(1);
    let each = (u128::from(room) * 7 / 10 / copies).max(1 << 20);
    found
        .add(&SIZE_UNLIMITED, name, vec![("room", Arg::Bytes(room))])
        .at_option(name)
        .at("workload.ingest")
        .fix(Fix::set_option(name, each).with_care());
});

/// Kafka's own topics alone reserve much of a small volume.
pub static INDEXES_FILL_VOLUME: Rule = Rule::new(
    "STO011",
    Advice,
    "apache/kafka-site:35/generated/kafka_config.html (sizing unverified)",
    |facts, found| {
        let name = "log.index.size.max.bytes";
        let (Some(room), Some(index)) = (room_of_broker(facts), facts.whole(name)) else {
            return;
        };
        let own = |partitions: &str, factor: &str| {
            let partitions = facts
                .whole(partitions)
                .and_then(|count| u64::try_from(count).ok());
            copies(facts, partitions.unwrap_or(50), factor)
        };
        let copies = own(
            "offsets.topic.num.partitions",
            "offsets.topic.replication.factor",
        ) + own(
            "transaction.state.log.num.partitions",
            "transaction.state.log.replication.factor",
        );
        // An index by offset and one by time.
        let reserved = copies * 2 * u128::from(index.unsigned_abs());
        if reserved * 5 <= u128::from(room) {
            return;
        }
        let finding = found.add(
            &INDEXES_FILL_VOLUME,
            SEGMENT,
            vec![
                ("room", Arg::Bytes(room)),
                ("reserved", bytes(reserved)),
                (
                    "copies",
                    Arg::Count(i128::try_from(copies).unwrap_or(i128::MAX)),
                ),
            ],
        );
        at_sizes(finding, facts);
        finding.at_option(name);
        finding.fix_with(Effect::Procedure, larger_disks(facts, reserved * 5));
    },
);

/// Data that no claim keeps.
pub static DATA_WITHOUT_CLAIM: Rule = Rule::new(
    "STO012",
    Error,
    "strimzi/strimzi-kafka-operator:cluster-operator/src/main/java/io/strimzi/operator/cluster/model/KafkaSpecChecker.java (main)",
    |facts, found| {
        if facts.is_development() {
            return;
        }
        for set in facts.of_kind("StatefulSet") {
            let Some(container) = objects::containers(set).first() else {
                continue;
            };
            let folders = match (facts.side(set), facts.plan.zookeeper()) {
                (Side::Kafka, _) => folders(facts),
                (Side::ZooKeeper, Some(zk)) => vec![zk.data_dir.value.clone()],
                (Side::Controllers, _) => {
                    let own = facts.plan.controllers();
                    own.map(crate::plan::Controllers::folder).into_iter().collect()
                }
                _ => continue,
            };
            let claims = !set.items("spec.volumeClaimTemplates").is_empty();
            let lost: Vec<String> = folders
                .into_iter()
                .filter(|folder| match behind(set, container, folder) {
                    Behind::Volume(_) => false,
                    Behind::Scratch(_) => true,
                    // STO002 says it of brokers that do have volumes.
                    Behind::Nothing => !claims || facts.side(set) == Side::ZooKeeper,
                })
                .collect();
            if !lost.is_empty() {
                found
                    .add(
                        &DATA_WITHOUT_CLAIM,
                        set.subject(),
                        args![object = set.subject(), lost],
                    )
                    .place(set, &format!("{POD}.volumes"));
            }
        }
    },
)
.effect(Effect::AbandonsData);

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

const CLASSES: &str = "Kubernetes documentation, Storage Classes";

/// Whether a class makes volumes that belong to one node.
fn is_local(class: &Object) -> bool {
    class.text("provisioner") == Some("kubernetes.io/no-provisioner")
}

fn is_nfs(class: &Object) -> bool {
    class
        .text("provisioner")
        .is_some_and(|name| name.contains("nfs"))
}

fn about_class(found: &mut Findings, rule: &'static Rule, class: &Object, path: &str) {
    found
        .add(rule, class.subject(), args![name = class.name])
        .place(class, path);
}

/// The volume is there before anybody knows where the pod can run.
pub static BOUND_TOO_EARLY: Rule = Rule::new("STO014", Warning, CLASSES, |facts, found| {
    let zones = facts.plan.cluster.nodes.zones.len();
    for class in facts.of_kind("StorageClass") {
        let mode = class.text("volumeBindingMode").unwrap_or("Immediate");
        let placed = is_local(class) || (zones > 1 && !is_nfs(class));
        if mode == "Immediate" && placed {
            about_class(found, &BOUND_TOO_EARLY, class, "volumeBindingMode");
        }
    }
})
.effect(Effect::Recreate);

/// Who deletes a claim deletes the records.
pub static VOLUMES_DELETED: Rule = Rule::new("STO015", Advice, CLASSES, |facts, found| {
    for class in facts.of_kind("StorageClass") {
        let policy = class.text("reclaimPolicy").unwrap_or("Delete");
        // The provisioner for NFS renames the folder instead, unless it is told not to.
        let parameter = |name: &str| class.get("parameters").and_then(|all| all.get(name));
        let archived = is_nfs(class)
            && parameter("archiveOnDelete").is_none_or(|on| on.as_str() != Some("false"))
            && parameter("onDelete").is_none_or(|on| on.as_str() != Some("delete"));
        if policy == "Delete" && !archived {
            let finding = found.add(&VOLUMES_DELETED, class.subject(), args![name = class.name]);
            finding.place(class, "reclaimPolicy");
            if facts.plan.has_nfs() && is_nfs(class) {
                let path = "storage.nfs.archive_on_delete";
                finding.at(path).fix(facts.fix_to(path, true).with_care());
            }
        }
    }
})
.effect(Effect::Nothing);

/// A full disk stays as small as it is.
pub static VOLUMES_FIXED: Rule = Rule::new("STO016", Advice, CLASSES, |facts, found| {
    for class in facts.of_kind("StorageClass") {
        let grows = class.get("allowVolumeExpansion").and_then(Value::as_bool) == Some(true);
        // A local disk has the size that it has.
        if !grows && !is_local(class) && !is_nfs(class) {
            about_class(found, &VOLUMES_FIXED, class, "allowVolumeExpansion");
        }
    }
})
.effect(Effect::Nothing);

/// A burst of logging delays every record.
pub static LOGS_BESIDE_RECORDS: Rule = Rule::new(
    "STO018",
    Advice,
    "apache/kafka:docs/ops.html (3.9.0-rc3; hardware part also 3.5.2)",
    |facts, found| {
        for set in facts.of_kind("StatefulSet") {
            if facts.side(set) != Side::Kafka {
                continue;
            }
            let Some(container) = objects::containers(set).first() else {
                continue;
            };
            let logs = objects::items(container, "env")
                .iter()
                .find(|variable| objects::name_of(variable) == "LOG_DIR")
                .and_then(|variable| objects::text(variable, "value"));
            let Some(logs) = logs else { continue };
            let Behind::Volume(mount) = behind(set, container, logs) else {
                continue;
            };
            let shared = folders(facts).iter().any(|folder| {
                matches!(behind(set, container, folder), Behind::Volume(other) if other == mount)
            });
            if shared {
                found
                    .add(&LOGS_BESIDE_RECORDS, set.subject(), args![logs, mount])
                    .place(set, &format!("{POD}.containers"));
            }
        }
    },
);

/// An NFS server decides itself who may write.
pub static GROUP_ON_NFS: Rule = Rule::new(
    "STO019",
    Warning,
    "kubernetes/kubernetes:pkg/volume/nfs/nfs.go (an older version: the mount code does not use the group)",
    |facts, found| {
        let export = facts
            .of_kind("PersistentVolume")
            .find(|volume| volume.get("spec.nfs").is_some());
        for set in facts.of_kind("StatefulSet") {
            let own = |path: &str| set.number(&format!("{POD}.securityContext.{path}"));
            let (Some(group), Some(user)) = (own("fsGroup"), own("runAsUser")) else {
                continue;
            };
            let volumes = set.items(&format!("{POD}.volumes")).iter();
            let mut nfs = volumes.filter(|volume| volume.get("nfs").is_some());
            let here = nfs.next().is_some();
            // A class of others by that name has volumes that are mounts of NFS.
            let named = !facts.plan.has_nfs()
                && class_is_nfs(facts)
                && !set.items("spec.volumeClaimTemplates").is_empty();
            if user == 0 || (!here && !named && export.is_none()) {
                continue;
            }
            let finding = found.add(
                &GROUP_ON_NFS,
                set.subject(),
                args![object = set.subject(), user, group],
            );
            finding.place(set, &format!("{POD}.securityContext.fsGroup"));
            if let Some(volume) = export {
                finding.place(volume, "spec.nfs");
            }
        }
    },
)
.effect(Effect::Procedure);

/// Snapshots, and logs that are made 64 MiB at a time, need room.
pub static SMALL_ENSEMBLE_VOLUME: Rule = Rule::new(
    "STO020",
    Advice,
    "apache/zookeeper:zookeeper-docs/src/main/resources/markdown/zookeeperAdmin.md (release-3.9.3)",
    |facts, found| {
        let Some(zk) = facts.plan.zookeeper().filter(|_| !facts.is_development()) else {
            return;
        };
        let volumes = [
            (Some(&zk.data_volume), "zookeeper.data_size"),
            (zk.log_volume.as_ref(), "zookeeper.log_size"),
        ];
        for (volume, path) in volumes {
            let size = volume.map_or(0, |volume| volume.size.amount);
            if size > 0 && size < 5 << 30 {
                found
                    .add(
                        &SMALL_ENSEMBLE_VOLUME,
                        path,
                        vec![("size", Arg::Bytes(size))],
                    )
                    .at(path)
                    .fix(facts.fix_to(path, "10Gi"));
            }
        }
    },
)
.effect(Effect::Procedure);

/// The first folder that is another one or lies in it, and that other one.
fn nested(folders: &[String]) -> Option<(&String, &String)> {
    folders.iter().enumerate().find_map(|(at, one)| {
        let mut others = folders.iter().enumerate();
        let (_, other) = others.find(|(there, other)| at != *there && is_below(one, other))?;
        Some((one, other))
    })
}

/// Two folders of the records are one, or one lies in the other.
pub static FOLDERS_NESTED: Rule = Rule::new("STO021", Warning, CONFIG, |facts, found| {
    let folders = folders(facts);
    let Some((one, other)) = nested(&folders) else {
        return;
    };
    let finding = found.add(&FOLDERS_NESTED, LOG_DIRS, args![one, other]);
    finding.at_option(LOG_DIRS);
    let disks = &facts.plan.kafka.disks;
    let derived = disks
        .iter()
        .map(|disk| format!("{}/data", disk.mount.trim_end_matches('/')));
    if nested(&derived.collect::<Vec<_>>()).is_none() {
        finding.fix(Fix::unset(FieldPath::kafka_option(LOG_DIRS)));
    }
    for disk in disks {
        finding.at_origins(&disk.mount.from);
    }
})
.effect(Effect::AbandonsData);

/// What is unpacked to `/tmp` counts against the node's disk.
pub static TEMPORARY_UNLIMITED: Rule = Rule::new(
    "STO022",
    Advice,
    "unverified (from memory)",
    |facts, found| {
        for set in facts.of_kind("StatefulSet") {
            if facts.side(set) != Side::Kafka {
                continue;
            }
            let unlimited = |container: &&Value| match behind(set, container, "/tmp") {
                Behind::Scratch(volume) => volume.get("sizeLimit").is_none(),
                _ => false,
            };
            let unlimited = objects::containers(set).iter().filter(unlimited);
            let names = unlimited.map(|one| objects::name_of(one).to_owned());
            let path = format!("{POD}.volumes");
            objects::listed(found, &TEMPORARY_UNLIMITED, set, &path, names.collect());
        }
    },
);

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

    /// 1 MiB/s with three copies on three brokers for a week is 590.6 GiB on each; 100 segments of at
    /// most two weeks' worth of traffic come on top, and a fifth stays free.
    #[test]
    fn disks_that_the_records_of_a_week_do_not_fit_on() {
        let busy = design(&[("workload.partitions", "100"), ("workload.ingest", "1Mi")]);
        repairs(&busy, "STO009");
        let size = "kafka.disks[data].size";
        let mib: u64 = 604_800 + 100 * 2 * 1024;
        let needed = (mib * 5 / 4).div_ceil(1024);
        silent(&busy.clone().with(size, &format!("{needed}Gi")), "STO009");
        fires(&busy.with(size, &format!("{}Gi", needed - 1)), "STO009");
    }

    #[test]
    fn the_capacity_is_asked_for_before_it_is_judged() {
        let asked = |design: &crate::design::Design| {
            let report = crate::evaluate(design);
            let asks = |field: &str| {
                let mut questions = report.questions.iter();
                questions.any(|q| q.field.as_str() == field && q.rules.contains(&"STO009"))
            };
            (asks("workload.partitions"), asks("workload.ingest"))
        };
        let unknown = design(&[]);
        assert_eq!(asked(&unknown), (true, false));
        let partitions = unknown.with("workload.partitions", "10");
        assert_eq!(asked(&partitions), (false, true));
        let limited = partitions.with("kafka.options[log.retention.bytes]", "1Gi");
        assert_eq!(asked(&limited), (false, false));
        silent(&limited, "STO009");
        fires(&limited.with("workload.partitions", "100"), "STO009");
    }

    #[test]
    fn a_small_disk_is_enlarged_and_a_large_one_stays() {
        let disks = crate::design::Design::default().with_list("kafka.disks", &["a", "b"]);
        let small = disks
            .with("kafka.disks[a].size", "1Gi")
            .with("kafka.disks[b].size", "500Gi");
        let finding = repairs(&small, "STO008");
        assert_eq!(finding.fixes[0].changes.len(), 1);
    }
}
