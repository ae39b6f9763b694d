//! Every rule is complete: an id of the catalogue, a source, its words, and an example.

use super::{Rule, examples, rules};
use crate::text::{self, Lang};

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
    for lang in Lang::ALL {
        let told = |part: &str| text::pattern(lang, &format!("{id}.{part}"));
        for part in ["title", "message", "action", "when", "why"] {
            if told(part).is_none_or(str::is_empty) {
                gaps.push(format!("{id}.{part} is missing ({lang:?})"));
            }
        }
        let needs_repair =
            told("action").is_some_and(|action| action.replace("{{", "").contains('{'));
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
    if !examples::all().any(|one| one.rule() == id) {
        gaps.push(format!("{id} has no example"));
    }
    gaps
}

#[test]
fn every_rule_is_complete() {
    let gaps: Vec<String> = rules().flat_map(gaps).collect();
    assert!(gaps.is_empty(), "{} gaps:\n{}", gaps.len(), gaps.join("\n"));
}
