//! KRF: the quorum of controllers, and how its disks are formatted.

use super::Severity::Error;
use super::{Effect, Rule};
use crate::args;
use crate::fields::{KRAFT_CLUSTER_ID, KRAFT_DIRECTORY_IDS};
use crate::text::Arg;

/// The family, in the order of the catalogue.
pub static RULES: &[&Rule] = &[&NOT_FORMATTED];

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

#[cfg(test)]
mod tests {
    use super::super::testing::{design, fires, found, silent};

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
