//! Raising ZooKeeper, for as long as a cluster has it.

use super::{Kind, Way};
use crate::args;
use crate::catalog::{self, Stability, ZooKeeperVersion};
use crate::plan::{Flavour, Plan, ZooKeeper};
use crate::text::{Arg, Sentence};

/// Whether a version can be reached.
pub(super) fn reachable(plan: &Plan, version: ZooKeeperVersion) -> Result<(), Sentence> {
    let Some(zookeeper) = plan.zookeeper() else {
        return Err(Sentence::plain("upgrade.no-zookeeper"));
    };
    let now = *zookeeper.version;
    if catalog::zookeeper_release(version).is_none() {
        let version = version.to_string();
        return Err(Sentence::new("upgrade.unknown", args![version]));
    }
    if version < now {
        let args = args![before = now.to_string(), after = version.to_string()];
        return Err(Sentence::new("upgrade.older", args));
    }
    if zookeeper.is_tutorial() && version != now {
        let now = now.to_string();
        return Err(Sentence::new("upgrade.tutorial-image", args![now]));
    }
    Ok(())
}

/// The stable versions that can be reached, the newest first.
pub(super) fn newer(zookeeper: &ZooKeeper) -> Vec<ZooKeeperVersion> {
    let releases = catalog::zookeeper_releases().iter().rev();
    let versions = releases.map(|release| release.version);
    versions
        .filter(|version| *version > *zookeeper.version && !zookeeper.is_tutorial())
        .filter(|version| version.stability == Stability::Stable)
        .collect()
}

/// Sets the version, and what must follow it.
pub(super) fn raise(zookeeper: &ZooKeeper, version: ZooKeeperVersion, way: &mut Way) {
    let now = *zookeeper.version;
    way.set("zookeeper.version", version.to_string());
    if version != now {
        way.step("upgrade.ensemble-order", args![]);
    }
    // Source: ZOOKEEPER-3056; `snapshot.trust.empty` in zookeeperAdmin.md of apache/zookeeper.
    if now.is_3_4_or_older() && version.has_snapshot_trust_empty() {
        way.step("upgrade.old-snapshots", args![]);
    }
    if version.logs_with_logback() && !now.logs_with_logback() {
        way.note(Kind::Value, "logback.xml", "upgrade.logback", args![]);
    }
    let java = catalog::java_of_image(&zookeeper.base_image);
    let least = catalog::zookeeper_release(version).map(|release| release.java_min);
    if java < least && java.is_some() {
        way.removed("zookeeper.base_image", "upgrade.java-too-old");
    }
    way.rename_image("zookeeper.image", &now.to_string(), &version.to_string());
}

/// Tells defaults and images that become different.
pub(super) fn tell(before: &Plan, after: &Plan, way: &mut Way) {
    let (Some(old), Some(new)) = (before.zookeeper(), after.zookeeper()) else {
        return;
    };
    let none = || Arg::Sentence("upgrade.nothing".into());
    for option in catalog::zookeeper_options(*new.version) {
        let known = catalog::zookeeper_option(option.name, *old.version).known();
        let is_written = new
            .config
            .entries
            .iter()
            .any(|entry| entry.name == option.name);
        let Some(known) = known.filter(|known| known.default != option.default && !is_written)
        else {
            continue;
        };
        let side = |value: Option<&'static str>| value.map_or_else(none, Arg::from);
        let args = vec![
            ("before", side(known.default)),
            ("after", side(option.default)),
        ];
        way.note(Kind::Default, option.name, "upgrade.default", args);
    }
    if old.image.value != new.image.value {
        let built = *new.flavour == Flavour::Built;
        let args = args![before = old.image.as_str(), after = new.image.as_str()];
        let key = if built {
            "upgrade.image-built"
        } else {
            "upgrade.image"
        };
        way.note(Kind::Image, "ZooKeeper", key, args);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, Versions, raise};
    use crate::design::Design;
    use crate::engine::evaluate;

    fn to(version: &str) -> Versions {
        Versions {
            zookeeper: Some(version.parse().unwrap()),
            ..Versions::default()
        }
    }

    fn raised(design: &Design, version: &str) -> super::super::Upgrade {
        raise(design, to(version), || [7; 16]).unwrap()
    }

    fn keys(upgrade: &super::super::Upgrade, kind: Kind) -> Vec<&str> {
        let notes = upgrade.notes.iter().filter(|note| note.kind == kind);
        notes.map(|note| note.sentence.key.as_ref()).collect()
    }

    #[test]
    fn an_old_ensemble_comes_to_the_newest() {
        let old = Design::default()
            .with("zookeeper.version", "3.4.14")
            .with("zookeeper.image", "registry.example.com/zookeeper:3.4.14")
            .with("kafka.version", "3.5.2");
        let new = raised(&old, "3.9.5");
        let value = |path: &str| new.design.get(&path.into());
        assert_eq!(value("zookeeper.version"), Some("3.9.5"));
        let image = "registry.example.com/zookeeper:3.9.5";
        assert_eq!(value("zookeeper.image"), Some(image));
        let steps = keys(&new, Kind::Step);
        assert_eq!(steps, ["upgrade.ensemble-order", "upgrade.old-snapshots"]);
        assert_eq!(keys(&new, Kind::Value), ["upgrade.logback"]);
        assert_eq!(evaluate(&new.design).counts()[0], 0);
        // Data of 3.5 and later have a snapshot.
        let newer = raised(&old.with("zookeeper.version", "3.8.6"), "3.9.5");
        assert_eq!(keys(&newer, Kind::Step), ["upgrade.ensemble-order"]);
        assert_eq!(keys(&newer, Kind::Value), Vec::<&str>::new());
        let fips = newer.notes.iter().find(|note| note.subject == "fips-mode");
        assert!(fips.is_some_and(|note| note.kind == Kind::Default));
    }

    #[test]
    fn java_of_a_built_image_must_suffice() {
        let built = Design::default()
            .with("zookeeper.flavour", "built")
            .with("zookeeper.version", "3.4.14")
            .with("zookeeper.base_image", "eclipse-temurin:7-jre");
        let new = raised(&built, "3.9.5");
        assert_eq!(keys(&new, Kind::Removed), ["upgrade.java-too-old"]);
        assert_eq!(keys(&new, Kind::Image), ["upgrade.image-built"]);
    }

    #[test]
    fn what_cannot_be_raised_is_told_why() {
        let why = |design: &Design, version: &str| {
            raise(design, to(version), || [7; 16]).unwrap_err().key
        };
        let design = Design::default().with("zookeeper.version", "3.8.6");
        assert_eq!(why(&design, "3.7.2"), "upgrade.older");
        assert_eq!(why(&design, "3.99.0"), "upgrade.unknown");
        let tutorial = Design::default().with("zookeeper.flavour", "tutorial");
        assert_eq!(why(&tutorial, "3.9.5"), "upgrade.tutorial-image");
        let kraft = Design::default().with("cluster.coordination", "kraft-dedicated");
        assert_eq!(why(&kraft, "3.9.5"), "upgrade.no-zookeeper");
    }
}
