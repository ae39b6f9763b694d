//! Repairs do what they promise, on any design: one by one, and all safe ones at once.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use kafka_cluster_designer::design::Design;
use kafka_cluster_designer::engine::after;
use kafka_cluster_designer::fields;
use kafka_cluster_designer::repair::{Why, all_safe};
use kafka_cluster_designer::rules::{Finding, Severity};
use kafka_cluster_designer::text::{Arg, Lang, Sentence, pattern};
use kafka_cluster_designer::{Report, evaluate};
use proptest::prelude::*;
use support::arbitrary::{design, edits};

/// Rule and subject: what a finding is.
type Identity = (&'static str, String);

fn identities(report: &Report, worst: Severity) -> BTreeSet<Identity> {
    let wanted = report.findings.iter().filter(|one| one.severity <= worst);
    wanted.map(|one| (one.rule, one.subject.clone())).collect()
}

/// What is wrong with the repairs of a design, each tried alone.
///
/// When what was meant takes the place of a text that nobody could read, it may turn out to be wrong:
/// such an error names the field, and was there before.
fn broken_repairs(design: &Design) -> Vec<String> {
    let before = evaluate(design);
    let errors = identities(&before, Severity::Error);
    let mut broken = Vec::new();
    for finding in before.findings.iter() {
        for fix in &finding.fixes {
            let report = evaluate(&after(design, &fix.changes));
            let name = format!("{} {}: {:?}", finding.rule, finding.subject, fix.changes);
            for one in report.findings.iter() {
                let identity = (one.rule, one.subject.clone());
                let read = finding.rule.starts_with("INP")
                    && one
                        .fields
                        .iter()
                        .any(|path| path.as_str() == finding.subject);
                if identity == (finding.rule, finding.subject.clone()) {
                    broken.push(format!("{name}: the finding stays"));
                } else if one.severity == Severity::Error && !errors.contains(&identity) && !read {
                    broken.push(format!("{name}: brings {} {}", one.rule, one.subject));
                }
            }
        }
    }
    broken
}

/// What is wrong with the result of repairing everything safe.
fn broken_whole(design: &Design) -> Vec<String> {
    let before = evaluate(design);
    let repaired = all_safe(design);
    let mut broken = Vec::new();
    if after(design, &repaired.changes) != repaired.design {
        broken.push("the changes do not lead to the design".to_owned());
    }
    let report = evaluate(&repaired.design);
    let errors = identities(&before, Severity::Error);
    for (rule, subject) in identities(&report, Severity::Error).difference(&errors) {
        broken.push(format!("brings {rule} {subject}"));
    }
    let open = report.findings.iter().filter(|one| one.silenced.is_none());
    let left = repaired.left.iter().map(|left| &left.finding);
    if !open.eq(left) {
        broken.push("what is left is not what is open".to_owned());
    }
    for left in &repaired.left {
        let Finding {
            rule,
            subject,
            severity,
            ..
        } = &left.finding;
        if *severity == Severity::Error && matches!(left.why, Why::Brings(_) | Why::Stays) {
            broken.push(format!(
                "{rule} {subject} could be repaired, but: {:?}",
                left.why
            ));
        }
    }
    if !all_safe(&repaired.design).changes.is_empty() {
        broken.push("a second time repairs more".to_owned());
    }
    broken
}

/// What is wrong with the findings themselves: each is told once, and in words that fit.
fn broken_words(design: &Design) -> Vec<String> {
    let report = evaluate(design);
    let mut seen = BTreeSet::new();
    let mut broken = Vec::new();
    for finding in report.findings.iter() {
        let rule = finding.rule;
        if !seen.insert((rule, &finding.subject)) {
            broken.push(format!("{rule} {} stands twice", finding.subject));
        }
        let parts = ["title", "message", "action"]
            .map(|part| Sentence::new(format!("{rule}.{part}"), finding.args.clone()));
        let repairs = finding.fixes.iter().map(|fix| fix.title.clone());
        for sentence in parts.into_iter().chain(repairs) {
            for lang in Lang::ALL {
                broken.extend(broken_sentence(lang, &sentence));
            }
        }
    }
    for question in report.questions.iter() {
        if fields::find(&question.field).is_none() || question.rules.is_empty() {
            broken.push(format!("{question:?} leads nowhere"));
        }
    }
    broken
}

/// What is wrong with a sentence: a key without words, or words that name what is not given.
fn broken_sentence(lang: Lang, sentence: &Sentence) -> Vec<String> {
    let Some(words) = pattern(lang, &sentence.key) else {
        return vec![format!("{:?} has no {}", lang, sentence.key)];
    };
    let mut broken = Vec::new();
    for piece in words.replace("{{", "").split('{').skip(1) {
        let name = piece.split(['}', ':']).next().unwrap_or_default();
        match sentence.args.iter().find(|(given, _)| *given == name) {
            None => broken.push(format!("{:?} {} names {name}", lang, sentence.key)),
            Some((_, Arg::Sentence(key))) if pattern(lang, key).is_none() => {
                broken.push(format!("{lang:?} has no {key}"));
            }
            Some(_) => {}
        }
    }
    broken
}

#[test]
fn repairs_of_the_base_designs_do_what_they_promise() {
    for (name, base) in support::bases() {
        for broken in [
            broken_repairs(&base),
            broken_whole(&base),
            broken_words(&base),
        ] {
            assert!(broken.is_empty(), "{name}: {broken:#?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_repair_removes_its_finding_and_adds_no_error(all in edits()) {
        let design = design(all);
        let broken = broken_repairs(&design);
        prop_assert!(broken.is_empty(), "{:#?}\nof {:#?}", broken, design.values);
    }

    #[test]
    fn repairing_everything_safe_ends_and_leaves_no_error_that_could_be_repaired(all in edits()) {
        let design = design(all);
        let broken = broken_whole(&design);
        prop_assert!(broken.is_empty(), "{:#?}\nof {:#?}", broken, design.values);
    }

    #[test]
    fn every_finding_is_told_once_in_words_that_fit(all in edits()) {
        let design = design(all);
        let broken = catch_unwind(AssertUnwindSafe(|| broken_words(&design)));
        prop_assert!(broken.is_ok(), "a rule panics at {:#?}", design.values);
        let broken = broken.unwrap_or_default();
        prop_assert!(broken.is_empty(), "{:#?}\nof {:#?}", broken, design.values);
    }
}

/// The same designs every time, and each kind of breakage once: for whoever writes rules.
///
/// `SURVEY=600 cargo test --test repairs survey` looks at more of them.
#[test]
fn a_survey_finds_nothing_broken() {
    use proptest::strategy::ValueTree as _;
    let cases = std::env::var("SURVEY").map_or(48, |cases| cases.parse().expect("a number"));
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut kinds = BTreeMap::<String, String>::new();
    for _ in 0..cases {
        let design = design(edits().new_tree(&mut runner).expect("a design").current());
        for broken in [
            broken_repairs(&design),
            broken_whole(&design),
            broken_words(&design),
        ] {
            for one in broken {
                let rule = one.split(' ').next().unwrap_or_default();
                let how = one.rsplit(": ").next().unwrap_or_default();
                let how = how.split(' ').take(2).collect::<Vec<_>>().join(" ");
                kinds.entry(format!("{rule} {how}")).or_insert(one);
            }
        }
    }
    let kinds: Vec<&String> = kinds.values().collect();
    assert!(kinds.is_empty(), "{kinds:#?}");
}
