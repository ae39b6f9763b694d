//! The checks: what is wrong with a design, why, and what to do about it.
//!
//! One file per family of the catalogue, each a slice of rules in the order of the catalogue.
//! A rule looks at [`Facts`] and never at text layout; it does not call other rules.

use std::sync::Arc;

use crate::design::{Change, Design, FieldPath};
use crate::plan::Plan;
use crate::render::Rendered;
use crate::text::{Args, Lang, Sentence};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Will not start, will not apply, or loses data.
    Error,
    /// Runs, and fails in a foreseeable situation.
    Warning,
    /// A better habit.
    Advice,
}

/// What a repair does to a cluster that is already running.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Nothing restarts.
    Nothing,
    /// Pods are replaced one at a time.
    RollingRestart,
    /// More than an apply is needed; the README's steps must be followed.
    Procedure,
    /// An immutable field changes: the StatefulSet is deleted with its pods kept, and made anew.
    Recreate,
    /// Data that exist would be left behind.
    AbandonsData,
}

/// One check: the registry's entry.
pub struct Rule {
    /// The id of the catalogue.
    pub id: &'static str,
    /// How bad its findings are; a finding may say it is less or more.
    pub severity: Severity,
    /// Where the fact was read.
    pub source: &'static str,
    /// Which Kafka, ZooKeeper or Kubernetes it applies to.
    pub applies_to: &'static str,
    /// Looks, and adds what it finds.
    pub check: fn(&Facts, &mut Findings),
}

/// All that a rule may look at.
pub struct Facts<'a> {
    /// The design as typed.
    pub design: &'a Design,
    /// The design resolved.
    pub plan: &'a Plan,
    /// What was rendered: objects, Dockerfiles, scripts.
    pub outputs: &'a [Arc<Rendered>],
}

/// Something that is wrong, or could be better.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The id of the rule that found it.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What it is about: an object, an item or an option. With the rule it is the finding's identity.
    pub subject: String,
    /// The arguments of its sentences `ID.title`, `ID.message` and `ID.action`.
    pub args: Args,
    /// The fields that it concerns, the most telling first.
    pub fields: Vec<FieldPath>,
    /// Where it shows in the files.
    pub places: Vec<Place>,
    /// What could be done, the best first.
    pub fixes: Vec<Fix>,
    /// The reason, when a person decided to live with it.
    pub silenced: Option<String>,
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Place {
    /// The file's path in the bundle.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// The path within the object, such as `spec.replicas`; empty for other files.
    pub path: String,
}

/// A repair, as data.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    /// What the button says.
    pub title: Sentence,
    /// Whether it may be part of "repair all safe ones".
    pub safe: bool,
    /// What it does to a running cluster.
    pub effect: Effect,
    /// The steps.
    pub changes: Vec<Change>,
}

impl Finding {
    /// What is wrong, in a few words.
    pub fn title(&self, lang: Lang) -> String {
        self.part(lang, "title")
    }

    /// What is wrong and what will happen, with the user's numbers.
    pub fn message(&self, lang: Lang) -> String {
        self.part(lang, "message")
    }

    /// What to do.
    pub fn action(&self, lang: Lang) -> String {
        self.part(lang, "action")
    }

    fn part(&self, lang: Lang, part: &str) -> String {
        crate::text::words(lang, &format!("{}.{part}", self.rule), &self.args)
    }
}

/// Collects what the rules find.
#[derive(Default)]
pub struct Findings {
    list: Vec<Finding>,
}

impl Findings {
    /// Adds a finding of a rule; the returned finding takes fields, places and repairs.
    pub fn add(
        &mut self,
        rule: &'static Rule,
        subject: impl Into<String>,
        args: Args,
    ) -> &mut Finding {
        self.list.push(Finding {
            rule: rule.id,
            severity: rule.severity,
            subject: subject.into(),
            args,
            fields: Vec::new(),
            places: Vec::new(),
            fixes: Vec::new(),
            silenced: None,
        });
        let last = self.list.len() - 1;
        &mut self.list[last]
    }
}

impl Finding {
    /// It concerns a field.
    pub fn at(&mut self, path: impl Into<FieldPath>) -> &mut Self {
        self.fields.push(path.into());
        self
    }

    /// It concerns a broker option.
    pub fn at_option(&mut self, name: &str) -> &mut Self {
        self.at(FieldPath::kafka_option(name))
    }

    /// It is worse or milder than its rule usually is.
    pub fn severity(&mut self, severity: Severity) -> &mut Self {
        self.severity = severity;
        self
    }

    /// This would repair it.
    pub fn fix(&mut self, fix: Fix) -> &mut Self {
        self.fixes.push(fix);
        self
    }
}

/// Every check, in the order of the catalogue.
pub static RULES: &[&Rule] = &[];

/// All that is wrong, errors first, then in the order of the rules; silences applied.
pub fn check(facts: &Facts) -> Vec<Finding> {
    let mut findings = Findings::default();
    for rule in RULES {
        (rule.check)(facts, &mut findings);
    }
    let mut list = findings.list;
    for finding in &mut list {
        let silence = facts
            .design
            .silences
            .iter()
            .find(|silence| silence.rule == finding.rule && silence.subject == finding.subject);
        finding.silenced = silence.map(|silence| silence.reason.clone());
    }
    list.sort_by_key(|finding| finding.severity);
    list
}
