//! For each rule the smallest case in which it fires, and the smallest change that silences it.
//!
//! One table per family, in the order of the catalogue; the tests below walk them.
//! A case is a design: some values over the start values of [`Design::default`], or of a preset.
//! Where no design of ours can be so wrong, it is an object or a Dockerfile of somebody else beside it.

mod image;
mod input;
mod jvm;
mod kafka;
mod kraft;
mod kubernetes;
mod network;
mod probes;
mod security;
mod storage;
mod topology;
mod version;
mod zookeeper;

use super::testing::{found, found_in, found_in_dockerfile};
use super::{Finding, rule};
use crate::design::{Change, Design};
use crate::presets;
use crate::text::{Lang, pattern};

/// A value that takes out what was typed.
pub const UNSET: &str = "(unset)";

/// Values by path, put over a design in their order.
///
/// `("preset", NAME)` starts from a preset, `("list kafka.groups", "a, b")` gives the keys of a list,
/// [`UNSET`] takes a value out; `("defaults", EDITION)` and `("unknown", PART)` change the document itself.
pub type Values = &'static [(&'static str, &'static str)];

/// A rule, a case in which it fires, a change after which it does not.
pub struct Example {
    rule: &'static str,
    values: Values,
    case: Case,
}

enum Case {
    /// These values silence it.
    Design(Values),
    /// An object, or several with `---` between them, and the text in it that is replaced.
    Objects(&'static str, (&'static str, &'static str)),
    /// Sound objects, and the first text in them whose replacement makes the rule fire.
    Broken(&'static str, (&'static str, &'static str)),
    /// A Dockerfile, and the text in it that is replaced.
    Dockerfile(&'static str, (&'static str, &'static str)),
}

/// A design on which a rule fires, and the values that silence it.
pub const fn design(rule: &'static str, values: Values, silencing: Values) -> Example {
    Example {
        rule,
        values,
        case: Case::Design(silencing),
    }
}

/// Objects beside a design on which a rule fires, and the piece of their text whose replacement silences it.
pub const fn objects(
    rule: &'static str,
    values: Values,
    yaml: &'static str,
    change: (&'static str, &'static str),
) -> Example {
    Example {
        rule,
        values,
        case: Case::Objects(yaml, change),
    }
}

/// Sound objects beside a design, and the first piece of their text whose replacement makes a rule fire.
pub const fn broken(
    rule: &'static str,
    values: Values,
    sound: &'static str,
    change: (&'static str, &'static str),
) -> Example {
    Example {
        rule,
        values,
        case: Case::Broken(sound, change),
    }
}

/// A Dockerfile beside a design on which a rule fires, and the piece of its text whose replacement silences it.
pub const fn dockerfile(
    rule: &'static str,
    values: Values,
    text: &'static str,
    change: (&'static str, &'static str),
) -> Example {
    Example {
        rule,
        values,
        case: Case::Dockerfile(text, change),
    }
}

/// The tables, in the order of the families.
const TABLES: &[&[Example]] = &[
    kafka::EXAMPLES,
    kraft::EXAMPLES,
    zookeeper::EXAMPLES,
    kubernetes::EXAMPLES,
    probes::EXAMPLES,
    jvm::EXAMPLES,
    storage::EXAMPLES,
    network::EXAMPLES,
    security::EXAMPLES,
    image::EXAMPLES,
    topology::EXAMPLES,
    version::EXAMPLES,
    input::EXAMPLES,
];

fn with(mut design: Design, values: Values) -> Design {
    for (path, value) in values {
        if *path == "preset" {
            design = presets::preset(value).expect("a preset").design();
        } else if let Some(list) = path.strip_prefix("list ") {
            let keys: Vec<&str> = value.split(", ").filter(|key| !key.is_empty()).collect();
            design = design.with_list(list, &keys);
        } else if *path == "defaults" {
            (*value).clone_into(&mut design.defaults);
        } else if *path == "unknown" {
            design.unknown.clear();
            if *value != UNSET {
                design
                    .unknown
                    .insert((*value).to_owned(), Vec::<()>::new().into());
            }
        } else if *value == UNSET {
            design.apply(&Change::unset(*path));
        } else {
            design = design.with(path, value);
        }
    }
    design
}

/// Every example.
pub fn all() -> impl Iterator<Item = &'static Example> {
    TABLES.iter().copied().flatten()
}

impl Example {
    /// The id of its rule.
    pub const fn rule(&self) -> &'static str {
        self.rule
    }

    /// What the rule finds in the case, and after the change.
    fn before_and_after(&self) -> (Vec<Finding>, Vec<Finding>) {
        let id = self.rule;
        let design = with(Design::default(), self.values);
        let replaced = |text: &str, (from, to): (&str, &str)| {
            assert!(text.contains(from), "{id}: {from:?} is not in the case");
            text.replace(from, to)
        };
        match &self.case {
            Case::Design(silencing) => {
                let after = with(design.clone(), silencing);
                (found(&design, id), found(&after, id))
            }
            Case::Objects(yaml, change) => {
                let after = replaced(yaml, *change);
                (found_in(&design, yaml, id), found_in(&design, &after, id))
            }
            Case::Broken(sound, (from, to)) => {
                assert!(sound.contains(from), "{id}: {from:?} is not in the case");
                let before = sound.replacen(from, to, 1);
                (found_in(&design, &before, id), found_in(&design, sound, id))
            }
            Case::Dockerfile(text, change) => {
                let after = replaced(text, *change);
                let found = |text| found_in_dockerfile(&design, text, id);
                (found(text), found(&after))
            }
        }
    }
}

#[test]
fn every_repair_of_an_example_removes_its_finding_and_adds_no_error() {
    for example in TABLES.iter().copied().flatten() {
        let id = example.rule;
        let Case::Design(_) = example.case else {
            continue;
        };
        let design = with(Design::default(), example.values);
        let before = crate::evaluate(&design);
        for finding in before.findings.iter().filter(|one| one.rule == id) {
            for fix in &finding.fixes {
                let after = crate::evaluate(&crate::engine::after(&design, &fix.changes));
                let is = |one: &Finding| one.rule == id && one.subject == finding.subject;
                let (changes, errors) = (&fix.changes, before.counts()[0]);
                assert!(
                    !after.findings.iter().any(is),
                    "{id}: {changes:?} does not help"
                );
                assert!(
                    after.counts()[0] <= errors,
                    "{id}: {changes:?} adds an error"
                );
            }
        }
    }
}

/// Sentences that name an argument which a finding does not have.
fn speechless(finding: &Finding) -> Vec<String> {
    let mut missing = Vec::new();
    for part in ["title", "message", "action"] {
        let key = format!("{}.{part}", finding.rule);
        let pattern = pattern(Lang::En, &key).unwrap_or_else(|| panic!("no {key}"));
        for piece in pattern.replace("{{", "").split('{').skip(1) {
            let name = piece.split(['}', ':']).next().unwrap_or_default();
            if finding.args.iter().all(|(arg, _)| *arg != name) {
                missing.push(format!("{key} names {name}"));
            }
        }
    }
    missing
}

#[test]
fn every_example_fires_and_the_change_silences_it() {
    for example in TABLES.iter().copied().flatten() {
        let id = example.rule;
        assert!(rule(id).is_some(), "{id} is no rule");
        let (before, after) = example.before_and_after();
        assert!(!before.is_empty(), "{id} must fire");
        let missing: Vec<String> = before.iter().flat_map(speechless).collect();
        assert_eq!(missing, Vec::<String>::new());
        assert_eq!(after, [], "{id} must be silent after the change");
    }
}
