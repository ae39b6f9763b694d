//! What can be made of a design, and where a person looks for it.

use crate::fields::{self, Field, Kind};
use crate::plan::Plan;

/// What can be made of a design.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// The same cluster without ZooKeeper.
    ToKraft,
    /// The same cluster on newer versions.
    Raise,
    /// The way of the running cluster from ZooKeeper to KRaft.
    Migrate,
}

impl Course {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::ToKraft, Self::Raise, Self::Migrate];

    /// Its name; its words are `course.NAME` and `course.NAME.help`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ToKraft => "to-kraft",
            Self::Raise => "raise",
            Self::Migrate => "migrate",
        }
    }

    /// Whether it means something for a design.
    pub fn is_open(self, plan: &Plan) -> bool {
        match self {
            Self::Raise => true,
            Self::ToKraft | Self::Migrate => plan.has_ensemble(),
        }
    }

    /// Those that a person looks for at a field.
    pub fn at(field: &Field) -> &'static [Self] {
        match field.kind {
            Kind::KafkaVersion | Kind::ZooKeeperVersion | Kind::KubernetesVersion => &[Self::Raise],
            _ if field.id == fields::COORDINATION.id => &[Self::ToKraft, Self::Migrate],
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::Design;
    use crate::fields::FIELDS;

    #[test]
    fn each_is_found_at_a_field_and_where_it_means_something() {
        for course in Course::ALL {
            let places = FIELDS
                .iter()
                .filter(|field| Course::at(field).contains(&course));
            assert!(places.count() > 0, "{course:?}");
        }
        let open = |design: &Design| {
            let plan = Plan::of(design);
            Course::ALL.map(|course| course.is_open(&plan))
        };
        let ensemble = Design::default();
        assert_eq!(open(&ensemble), [true; 3]);
        let kraft = ensemble.with("cluster.coordination", "kraft-combined");
        assert_eq!(open(&kraft), [false, true, false]);
    }
}
