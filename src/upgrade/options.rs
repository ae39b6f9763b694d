//! What becomes of a broker option on the way to another version, or away from ZooKeeper.
//!
//! The facts are those of the catalogue of options: since when, until when, in which mode, which values.

use crate::catalog::{self, BrokerOption, KafkaVersion, Lookup};

/// Where a cluster is: its version, and whether it runs without ZooKeeper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The version.
    pub version: KafkaVersion,
    /// Whether it runs without ZooKeeper.
    pub kraft: bool,
}

/// What becomes of an option that a design asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It goes on as it is, or nobody knows of it.
    Kept,
    /// It means something with ZooKeeper only.
    GoesWithEnsemble,
    /// The version has it no longer.
    Removed {
        /// The first line without it.
        since: catalog::KafkaLine,
    },
    /// Others take its place, with its value.
    Renamed {
        /// Their names.
        to: &'static [&'static str],
    },
    /// Another value takes the place of this one.
    Replaced {
        /// The value.
        by: &'static str,
    },
    /// The version refuses the value.
    Refused,
}

/// An option whose default changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewDefault {
    /// Its name.
    pub name: &'static str,
    /// What held.
    pub before: Option<&'static str>,
    /// What holds.
    pub after: Option<&'static str>,
}

/// The authorizer that keeps its rules in ZooKeeper, under both of its names, and the one that does not.
///
/// Sources: apache/kafka:docs/security.html (3.9), "Authorization and ACLs"; `SimpleAclAuthorizer` went with 3.0.
const AUTHORIZERS: [&str; 2] = [
    "kafka.security.authorizer.AclAuthorizer",
    "kafka.security.auth.SimpleAclAuthorizer",
];
const STANDARD_AUTHORIZER: &str = "org.apache.kafka.metadata.authorizer.StandardAuthorizer";

fn at(name: &str, place: Place) -> Option<BrokerOption> {
    let option = catalog::broker_option(name, place.version.line()).known()?;
    option.mode.fits(place.kraft).then_some(option)
}

/// What becomes of an option with a value; without a value, of its name alone.
pub fn fate(name: &str, value: Option<&str>, from: Place, to: Place) -> Fate {
    let leaves_ensemble = to.kraft && !from.kraft;
    // The same thing; the name of old means nothing to a controller.
    if name == "broker.id" && leaves_ensemble {
        return Fate::Renamed { to: &["node.id"] };
    }
    if name == "authorizer.class.name"
        && leaves_ensemble
        && value.is_some_and(|class| AUTHORIZERS.contains(&class.trim()))
    {
        return Fate::Replaced {
            by: STANDARD_AUTHORIZER,
        };
    }
    let of_ensemble = catalog::broker_option(name, from.version.line()).known();
    if leaves_ensemble && of_ensemble.is_some_and(|option| !option.mode.fits(true)) {
        return Fate::GoesWithEnsemble;
    }
    match catalog::broker_option(name, to.version.line()) {
        Lookup::Removed { removed_in } => {
            let to = instead(name, value, from, to);
            if to.is_empty() {
                Fate::Removed { since: removed_in }
            } else {
                Fate::Renamed { to }
            }
        }
        Lookup::Known(option) if to.kraft && !option.mode.fits(true) => Fate::GoesWithEnsemble,
        Lookup::Known(option) => {
            let wrong = |value| catalog::check_option_value(&option.values, value).is_some();
            let was_right = |value: &str| {
                let old = at(name, from);
                old.is_some_and(|old| catalog::check_option_value(&old.values, value).is_none())
            };
            let refused = value.is_some_and(|value| wrong(value.trim()) && was_right(value.trim()));
            if refused { Fate::Refused } else { Fate::Kept }
        }
        Lookup::NotYet { .. } | Lookup::Unknown => Fate::Kept,
    }
}

/// The options that take over the value of one that goes; none when one of them means something else.
fn instead(name: &str, value: Option<&str>, from: Place, to: Place) -> &'static [&'static str] {
    let Some(old) = catalog::broker_option(name, from.version.line()).known() else {
        return &[];
    };
    let takes_over = |new: &&str| {
        at(new, to).is_some_and(|new| {
            let fits =
                |value: &str| catalog::check_option_value(&new.values, value.trim()).is_none();
            new.values.kind == old.values.kind && value.is_none_or(fits)
        })
    };
    let all = old.replaced_by.iter().all(takes_over);
    if all { old.replaced_by } else { &[] }
}

/// The options that both places have, with another default.
pub fn new_defaults(from: Place, to: Place) -> Vec<NewDefault> {
    let options = catalog::broker_options(to.version.line());
    let options = options.filter(|option| option.mode.fits(to.kraft));
    options
        .filter_map(|option| {
            let old = at(option.name, from)?;
            (old.default != option.default).then_some(NewDefault {
                name: option.name,
                before: old.default,
                after: option.default,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(version: &str, kraft: bool) -> Place {
        Place {
            version: version.parse().unwrap(),
            kraft,
        }
    }

    /// What becomes of an option that leaves ZooKeeper on 3.9, and of one that goes from there to 4.1.
    fn fates(name: &str, value: &str) -> [Fate; 2] {
        let (old, bridge, new) = (
            place("3.9.1", false),
            place("3.9.1", true),
            place("4.1.1", true),
        );
        [(old, bridge), (bridge, new)].map(|(from, to)| fate(name, Some(value), from, to))
    }

    const GONE: Fate = Fate::Removed {
        since: catalog::KafkaLine::of(4, 0),
    };

    #[test]
    fn options_of_the_ensemble_go_with_it() {
        for (name, value) in [
            ("zookeeper.connect", "zk:2181"),
            ("zookeeper.session.timeout.ms", "18000"),
            ("inter.broker.protocol.version", "3.9"),
            ("control.plane.listener.name", "CONTROL"),
            ("broker.id.generation.enable", "true"),
            ("reserved.broker.max.id", "1000"),
        ] {
            assert_eq!(fates(name, value), [Fate::GoesWithEnsemble, GONE], "{name}");
        }
    }

    #[test]
    fn options_that_kafka_4_has_no_longer() {
        for (name, value) in [
            ("log.message.format.version", "3.0"),
            ("offsets.commit.required.acks", "-1"),
            ("log.message.downconversion.enable", "true"),
        ] {
            assert_eq!(fates(name, value), [Fate::Kept, GONE], "{name}");
        }
    }

    #[test]
    fn options_under_another_name() {
        let [id, _] = fates("broker.id", "3");
        assert_eq!(id, Fate::Renamed { to: &["node.id"] });
        let [kept, split] = fates("log.message.timestamp.difference.max.ms", "1000");
        let both = &[
            "log.message.timestamp.before.max.ms",
            "log.message.timestamp.after.max.ms",
        ];
        assert_eq!((kept, split), (Fate::Kept, Fate::Renamed { to: both }));
        // A flag is no list of classes.
        let [_, gone] = fates("auto.include.jmx.reporter", "true");
        assert_eq!(gone, GONE);
    }

    #[test]
    fn permissions_move_into_the_metadata() {
        let name = "authorizer.class.name";
        let [moved, _] = fates(name, "kafka.security.authorizer.AclAuthorizer");
        let by = STANDARD_AUTHORIZER;
        assert_eq!(moved, Fate::Replaced { by });
        assert_eq!(fates(name, "com.example.Own"), [Fate::Kept, Fate::Kept]);
    }

    #[test]
    fn values_that_the_version_takes_no_longer() {
        assert_eq!(fates("log.segment.bytes", "65536")[1], Fate::Refused);
        assert_eq!(fates("log.segment.bytes", "1073741824")[1], Fate::Kept);
        assert_eq!(fates("com.example.option", "x"), [Fate::Kept, Fate::Kept]);
    }

    #[test]
    fn defaults_that_changed_with_4_0() {
        let changed = new_defaults(place("3.9.1", true), place("4.0.0", true));
        let of = |name: &str| {
            let found = changed.iter().find(|one| one.name == name);
            found.map(|one| (one.before, one.after))
        };
        let threads = of("num.recovery.threads.per.data.dir");
        assert_eq!(threads, Some((Some("1"), Some("2"))));
        let after = of("log.message.timestamp.after.max.ms");
        assert_eq!(after, Some((Some("9223372036854775807"), Some("3600000"))));
        assert_eq!(of("num.partitions"), None);
        assert_eq!(of("zookeeper.connect"), None);
        let same = new_defaults(place("3.9.1", true), place("3.9.2", true));
        assert_eq!(same, []);
    }
}
