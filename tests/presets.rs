//! Presets are what people start from: nothing may be open in them, and what they live with is listed.

use kafka_cluster_designer::evaluate;
use kafka_cluster_designer::presets::PRESETS;
use kafka_cluster_designer::rules::Severity;
use kafka_cluster_designer::text::Lang;

/// Every silence of every preset, rule by rule: a new one must be decided here.
const SILENCES: &[(&str, &[&str])] = &[
    ("production", &["VER002"]),
    ("single-node", &["VER002"]),
    (
        "article",
        &[
            "VER002", "VER010", "ZK039", "ZK040", "ZK047", "STO004", "STO005", "STO006", "SEC001",
            "SEC025",
        ],
    ),
    ("racks", &["VER002"]),
];

#[test]
fn no_preset_has_an_open_error_or_warning() {
    for preset in PRESETS {
        let report = evaluate(&preset.design());
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
        let silenced: Vec<&str> = design
            .silences
            .iter()
            .map(|silence| silence.rule.as_str())
            .collect();
        let listed = SILENCES
            .iter()
            .find(|(name, _)| *name == preset.name)
            .map(|(_, rules)| rules.to_vec());
        assert_eq!(Some(silenced), listed, "{}", preset.name);
        let report = evaluate(&design);
        for silence in &design.silences {
            let found = report
                .findings
                .iter()
                .any(|finding| finding.rule == silence.rule && finding.silenced.is_some());
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
