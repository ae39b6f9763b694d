//! Presets are what people start from: nothing may be open in them, and what they live with is listed.

mod support;

use kafka_cluster_designer::evaluate;
use kafka_cluster_designer::presets::PRESETS;
use kafka_cluster_designer::rules::Severity;
use kafka_cluster_designer::text::Lang;

/// The age of every Kafka in ZooKeeper mode.
const AGE: &str = "VER002 cluster.coordination warning";

/// Every silence of every preset, rule by rule: a new one must be decided here.
const SILENCES: &[(&str, &[&str])] = &[
    ("production", &[AGE]),
    ("single-node", &[AGE]),
    (
        "article",
        &[
            AGE,
            "K8S062 kubernetes.version warning",
            "VER010 kafka.version warning",
            "ZK035 zookeeper.readiness.check warning",
            "ZK039 zookeeper.version warning",
            "ZK040 zookeeper.version warning",
            "ZK047 autopurge.purgeInterval warning",
            "STO004 storage.kind warning",
            "STO005 storage.kind warning",
            "STO006 storage.nfs.server warning",
            "SEC001 listener/external warning",
            "SEC025 listener/external advice",
        ],
    ),
    ("racks", &[AGE]),
    ("kraft", &[]),
    ("kraft-production", &[]),
];

#[test]
fn no_preset_has_an_open_error_or_warning() {
    for preset in PRESETS {
        let report = evaluate(&support::with_ids(preset.design()));
        let open: Vec<String> = report
            .findings
            .iter()
            .filter(|finding| finding.silenced.is_none() && finding.severity != Severity::Advice)
            .map(|finding| {
                format!(
                    "{} {}: {}",
                    finding.rule,
                    finding.subject,
                    finding.title(Lang::En)
                )
            })
            .collect();
        assert!(open.is_empty(), "{}: {open:#?}", preset.name);
    }
}

#[test]
fn every_silence_of_a_preset_is_listed_and_silences_something() {
    for preset in PRESETS {
        let design = preset.design();
        let silenced: Vec<String> = design
            .silences
            .iter()
            .map(|silence| {
                let severity = silence.severity.as_deref().unwrap_or_default();
                format!("{} {} {severity}", silence.rule, silence.subject)
            })
            .collect();
        let listed = SILENCES.iter().find(|(name, _)| *name == preset.name);
        let (_, listed) = listed.unwrap_or_else(|| panic!("{} is not listed", preset.name));
        assert_eq!(silenced, *listed, "{}", preset.name);
        let report = evaluate(&design);
        for silence in &design.silences {
            let found = report.findings.iter().any(|finding| {
                finding.rule == silence.rule
                    && finding.subject == silence.subject
                    && finding.silenced.as_ref() == Some(&silence.reason)
            });
            assert!(
                found,
                "{}: {} at {} silences nothing",
                preset.name, silence.rule, silence.subject
            );
            assert!(
                silence.reason.contains(' '),
                "{}: {} has words",
                preset.name,
                silence.rule
            );
        }
    }
}

#[test]
fn no_preset_leaves_text_unused() {
    for preset in PRESETS {
        let report = evaluate(&preset.design());
        assert_eq!(report.plan.problems, [], "{}", preset.name);
        assert_eq!(report.plan.kafka.config.unwritten, [], "{}", preset.name);
    }
}
