//! What a rule says of itself, whatever the design: for the page and for the command line.

use super::{Effect, FAMILIES, Rule, Severity, rules};
use crate::text::{Lang, distance, pattern, words};

/// A rule in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The rule's id.
    pub rule: &'static str,
    /// How bad its findings usually are.
    pub severity: Severity,
    /// What is wrong, in a few words.
    pub title: String,
    /// When it fires.
    pub condition: String,
    /// What happens in the cluster then.
    pub reason: String,
    /// What to do.
    pub repair: String,
    /// Where the fact was read.
    pub source: &'static str,
    /// Which versions it applies to.
    pub versions: String,
    /// What its repairs usually do to a running cluster.
    pub effect: Effect,
    /// The more general rules that are silent beside it.
    pub hides: &'static [&'static str],
    /// The more specific rules beside which it is silent.
    pub hidden_by: Vec<&'static str>,
}

impl Explanation {
    /// A rule in the words of a language.
    pub fn of(rule: &Rule, lang: Lang) -> Self {
        let id = rule.id;
        let part = |part: &str| {
            let key = format!("{id}.{part}");
            pattern(lang, &key).map(|_| words(lang, &key, &Vec::new()))
        };
        let hides = |other: &&'static Rule| other.hides.contains(&id);
        Self {
            rule: id,
            severity: rule.severity,
            title: title(rule, lang),
            condition: part("when").unwrap_or_default(),
            reason: part("why").unwrap_or_default(),
            repair: part("repair")
                .or_else(|| part("action"))
                .unwrap_or_default(),
            source: rule.source,
            versions: versions(rule.applies_to, lang),
            effect: rule.effect,
            hides: rule.hides,
            hidden_by: rules().filter(hides).map(|other| other.id).collect(),
        }
    }
}

impl Effect {
    /// All, the mildest first.
    pub const ALL: [Self; 5] = [
        Self::Nothing,
        Self::RollingRestart,
        Self::Procedure,
        Self::Recreate,
        Self::AbandonsData,
    ];

    /// What it means for a cluster that is running.
    pub fn words(self, lang: Lang) -> String {
        words(lang, &format!("effect.{}", self.name()), &Vec::new())
    }

    /// Its name in JSON and in keys of sentences.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::RollingRestart => "rolling-restart",
            Self::Procedure => "procedure",
            Self::Recreate => "recreate",
            Self::AbandonsData => "abandons-data",
        }
    }
}

/// What is wrong when a rule fires, in a few words.
pub fn title(rule: &Rule, lang: Lang) -> String {
    words(lang, &format!("{}.title", rule.id), &Vec::new())
}

/// The letters of a rule's family: `K8S` of `K8S024`.
pub fn family(rule: &Rule) -> &'static str {
    rule.id
        .get(..rule.id.len().saturating_sub(3))
        .unwrap_or_default()
}

/// The families in their order: their letters, and their rules.
pub fn families() -> impl Iterator<Item = (&'static str, Vec<&'static Rule>)> {
    let mut families: Vec<(&'static str, Vec<&'static Rule>)> = Vec::new();
    for rule in FAMILIES.iter().flat_map(|slice| slice.iter().copied()) {
        match families.last_mut() {
            Some((letters, of_it)) if *letters == family(rule) => of_it.push(rule),
            _ => families.push((family(rule), vec![rule])),
        }
    }
    families.into_iter()
}

/// Versions in words: what is not a number is a word of its own.
fn versions(applies_to: &str, lang: Lang) -> String {
    let part = |part: &str| {
        let key = format!("versions.{}", part.replace(' ', "-"));
        pattern(lang, &key).map_or_else(|| part.to_owned(), str::to_owned)
    };
    let parts: Vec<String> = applies_to.split(", ").map(part).collect();
    parts.join(lang.between_items())
}

/// The ids that were probably meant, the nearest first.
pub fn nearest(id: &str) -> Vec<&'static str> {
    let id: String = id.to_uppercase().chars().take(20).collect();
    let mut near: Vec<(usize, &str)> = rules()
        .map(|rule| (distance(&id, rule.id), rule.id))
        .collect();
    near.sort_by_key(|(distance, _)| *distance);
    near.into_iter().take(3).map(|(_, id)| id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::rule;

    #[test]
    fn hiding_is_told_from_both_sides() {
        for one in rules() {
            for hidden in one.hides {
                let other = rule(hidden).unwrap_or_else(|| panic!("{} hides {hidden}", one.id));
                let told = Explanation::of(other, Lang::En).hidden_by;
                assert!(
                    told.contains(&one.id),
                    "{hidden} does not tell of {}",
                    one.id
                );
            }
        }
    }

    #[test]
    fn a_mistyped_id_leads_to_the_one_that_was_meant() {
        assert_eq!(nearest("kfk49").first(), Some(&"KFK049"));
        assert_eq!(nearest("").len(), 3);
        assert_eq!(nearest(&"X".repeat(1_000)).len(), 3);
    }

    #[test]
    fn the_families_hold_every_rule_once_and_have_names() {
        let all: Vec<&str> = families()
            .flat_map(|(_, of_it)| of_it)
            .map(|rule| rule.id)
            .collect();
        assert_eq!(all, rules().map(|rule| rule.id).collect::<Vec<_>>());
        for (letters, _) in families() {
            for lang in Lang::ALL {
                let key = format!("family.{letters}");
                assert!(pattern(lang, &key).is_some(), "{key}");
            }
        }
    }

    #[test]
    fn versions_without_a_number_have_words() {
        let mut missing = Vec::new();
        for rule in rules() {
            for part in rule.applies_to.split(", ") {
                let numbered = part.contains(|c: char| c.is_ascii_digit());
                let key = format!("versions.{}", part.replace(' ', "-"));
                for lang in Lang::ALL {
                    if !numbered && pattern(lang, &key).is_none() {
                        missing.push(format!("{key} ({lang:?}), for {}", rule.id));
                    }
                }
            }
        }
        assert!(missing.is_empty(), "{missing:#?}");
    }
}
