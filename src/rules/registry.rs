//! Every rule is complete: an id of the catalogue, a source, its words, and an example whose repairs hold.

use super::testing::found;
use super::{Rule, Severity, examples, rules};
use crate::design::Design;
use crate::text::{self, Lang};

/// The languages in which a rule must speak.
const LANGS: [Lang; 1] = [Lang::En];

/// What is missing of a rule's entry, its words and its example.
fn gaps(rule: &Rule) -> Vec<String> {
    let mut gaps = Vec::new();
    let id = rule.id;
    if !super::tests::is_of_the_catalogue(id) {
        gaps.push(format!("{id} is no id of the catalogue"));
    }
    if rule.source.trim().is_empty() {
        gaps.push(format!("{id} has no source"));
    }
    for lang in LANGS {
        let told = |part: &str| text::pattern(lang, &format!("{id}.{part}"));
        for part in ["title", "message", "action", "when", "why"] {
            if told(part).is_none_or(str::is_empty) {
                gaps.push(format!("{id}.{part} is missing ({lang:?})"));
            }
        }
        let needs_repair = told("action").is_some_and(|action| action.contains('{'));
        if needs_repair && told("repair").is_none() {
            gaps.push(format!(
                "{id}.repair is missing ({lang:?}): its action has numbers"
            ));
        }
        for part in ["title", "when", "why", "repair"] {
            if told(part).is_some_and(|words| words.replace("{{", "").contains('{')) {
                gaps.push(format!(
                    "{id}.{part} has numbers, but none are given ({lang:?})"
                ));
            }
        }
    }
    match examples::all().filter(|one| one.rule() == id).count() {
        0 => gaps.push(format!("{id} has no example")),
        1 => {}
        count => gaps.push(format!("{id} has {count} examples")),
    }
    gaps
}

#[test]
fn every_rule_is_complete() {
    let gaps: Vec<String> = rules().flat_map(gaps).collect();
    assert!(gaps.is_empty(), "{} gaps:\n{}", gaps.len(), gaps.join("\n"));
}

/// Rule and subject of each error.
fn errors(design: &Design) -> Vec<(&'static str, String)> {
    let findings = crate::evaluate(design).findings;
    let errors = findings
        .iter()
        .filter(|one| one.severity == Severity::Error);
    errors.map(|one| (one.rule, one.subject.clone())).collect()
}

#[test]
fn the_repairs_of_the_examples_remove_their_findings_and_add_no_error() {
    let mut broken = Vec::new();
    for example in examples::all() {
        let Some(design) = example.design() else {
            continue;
        };
        let before = errors(&design);
        for finding in found(&design, example.rule()) {
            for fix in &finding.fixes {
                let after = crate::engine::after(&design, &fix.changes);
                let name = format!("{} {}: {:?}", finding.rule, finding.subject, fix.changes);
                let stays = found(&after, finding.rule);
                if stays.iter().any(|one| one.subject == finding.subject) {
                    broken.push(format!("{name} leaves it"));
                }
                let new = errors(&after).into_iter().find(|one| !before.contains(one));
                broken.extend(new.map(|new| format!("{name} brings {new:?}")));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
