//! The ids that a KRaft cluster has for ever: its own, and those of its first controllers' disks.
//!
//! They must be random, and the engine has no random numbers: whoever makes a design (the page, `new` on
//! the command line) hands in where they come from. What a design has is never replaced.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Change, Design};
use crate::fields::{KRAFT_CLUSTER_ID, KRAFT_DIRECTORY_IDS};
use crate::plan::Plan;

/// The fields that hold ids: they say which cluster it is, and are no choice of anybody.
pub const PATHS: [&str; 2] = [KRAFT_CLUSTER_ID.id, KRAFT_DIRECTORY_IDS.id];

/// An id as Kafka writes it, from 16 random bytes: a random UUID in 22 characters of URL-safe base64.
///
/// As Kafka's own, it never begins with a hyphen, which the tools would take for an option.
/// Source: `Uuid.randomUuid` of apache/kafka:clients/src/main/java/org/apache/kafka/common/Uuid.java, 3.9.
pub fn id(mut random: [u8; 16]) -> String {
    // A hyphen stands for 62: the first six bits must not be that.
    if random[0] >> 2 == 62 {
        random[0] &= 0x7f;
    }
    random[6] = random[6] & 0x0f | 0x40;
    random[8] = random[8] & 0x3f | 0x80;
    URL_SAFE_NO_PAD.encode(random)
}

/// What gives a design the ids that it lacks; nothing with ZooKeeper, and nothing for an id that is there.
pub fn missing(design: &Design, mut random: impl FnMut() -> [u8; 16]) -> Vec<Change> {
    let lacks = |path: &str| {
        let typed = design.get(&path.into());
        typed.is_none_or(|text| text.trim().is_empty())
    };
    let coordination = design.get(&crate::fields::COORDINATION.path(None));
    if !coordination.is_some_and(|text| text.contains("kraft")) || !PATHS.into_iter().any(lacks) {
        return Vec::new();
    }
    let plan = Plan::of(design);
    let Some(kraft) = plan.kraft() else {
        return Vec::new();
    };
    let mut changes = Vec::new();
    if lacks(KRAFT_CLUSTER_ID.id) {
        changes.push(Change::set(KRAFT_CLUSTER_ID.id, id(random())));
    }
    if plan.has_dynamic_quorum() && lacks(KRAFT_DIRECTORY_IDS.id) {
        let ids: Vec<String> = kraft.members.iter().map(|_| id(random())).collect();
        changes.push(Change::set(KRAFT_DIRECTORY_IDS.id, ids.join(", ")));
    }
    changes
}

/// The ids that an edit makes a design need: when it comes to KRaft by the choice, by a preset or by files,
/// and when a version brings a quorum that needs more of them.
///
/// Whoever empties one of them meant it, and a finding asks for it.
pub fn called_for(
    before: &Design,
    after: &Design,
    random: impl FnMut() -> [u8; 16],
) -> Vec<Change> {
    let coordination = crate::fields::COORDINATION.path(None);
    let comes = before.get(&coordination) != after.get(&coordination) || before.from != after.from;
    let untouched = || {
        let mut paths = PATHS.into_iter().map(Into::into);
        paths.all(|path| before.get(&path) == after.get(&path))
    };
    let was_whole = || missing(before, || [0; 16]).is_empty();
    if comes || untouched() && was_whole() {
        missing(after, random)
    } else {
        Vec::new()
    }
}

/// The design with the ids that it lacks.
#[must_use]
pub fn completed(mut design: Design, random: impl FnMut() -> [u8; 16]) -> Design {
    for change in missing(&design, random) {
        design.apply(&change);
    }
    design
}

/// Another design of the same cluster: with the ids of this one.
#[must_use]
pub fn of_the_same_cluster(mut other: Design, design: &Design) -> Design {
    for path in PATHS {
        if let Some(text) = design.get(&path.into()) {
            other.apply(&Change::set(path, text));
        }
    }
    other
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::is_uuid;

    /// Sixteen bytes that differ each time.
    fn counting() -> impl FnMut() -> [u8; 16] {
        let mut number = 0;
        move || {
            number += 1;
            [number; 16]
        }
    }

    #[test]
    fn an_id_has_the_form_of_kafkas() {
        for byte in 0..=u8::MAX {
            let id = id([byte; 16]);
            assert!(is_uuid(&id), "{id}");
            assert!(!id.starts_with('-'), "{id}");
        }
    }

    #[test]
    fn what_is_there_stays() {
        let design = Design::default().with("cluster.coordination", "kraft-dedicated");
        let made = completed(design, counting());
        assert!(made.get(&KRAFT_CLUSTER_ID.path(None)).is_some());
        let ids = made.get(&KRAFT_DIRECTORY_IDS.path(None)).unwrap();
        assert_eq!(ids.split(", ").count(), 3);
        assert_eq!(missing(&made, counting()), []);
    }

    #[test]
    fn an_ensemble_has_no_ids() {
        assert_eq!(missing(&Design::default(), counting()), []);
    }

    #[test]
    fn an_edit_calls_for_ids_and_emptying_them_does_not() {
        let needed = |before: &Design, after: &Design| called_for(before, after, counting()).len();
        let ensemble = Design::default();
        let kraft = ensemble
            .clone()
            .with("cluster.coordination", "kraft-dedicated");
        assert_eq!(needed(&ensemble, &kraft), 2);
        let whole = completed(kraft.clone(), counting());
        assert_eq!(needed(&whole, &whole.clone().with("kafka.heap", "4g")), 0);
        let emptied = whole.with(KRAFT_CLUSTER_ID.id, "");
        assert_eq!(needed(&completed(kraft, counting()), &emptied), 0);
        assert_eq!(
            needed(&emptied, &emptied.clone().with("kafka.heap", "4g")),
            0
        );
        // A version with a dynamic quorum needs ids of disks, too.
        let old = ensemble
            .with("kafka.version", "3.8.1")
            .with("cluster.coordination", "kraft-combined");
        let old = completed(old, counting());
        assert_eq!(needed(&old, &old.clone().with("kafka.version", "4.1.1")), 1);
    }

    #[test]
    fn a_static_quorum_needs_no_ids_of_disks() {
        let design = Design::default()
            .with("cluster.coordination", "kraft-combined")
            .with("kafka.version", "3.5.2");
        assert_eq!(missing(&design, counting()).len(), 1);
    }
}
