//! The checks: what is wrong with a design, why, and what to do about it.
//!
//! One file per family of the catalogue, each a slice of rules in the order of the catalogue.
//! A rule looks at [`Facts`] and never at text layout; it does not call other rules.
//!
//! A finding's identity is its rule and its subject, never its words; what concerns many brokers is
//! one finding with a list.
//! A rule that would need something unknown, such as the number of nodes, [asks](Findings::ask) for it
//! and says nothing.

mod dockerfile;
mod encryption;
mod ensemble;
#[cfg(test)]
mod examples;
pub mod explain;
mod facts;
mod image;
mod input;
mod instructions;
mod jvm;
mod kafka;
mod kraft;
mod kubernetes;
mod network;
mod network_names;
mod nodes;
mod objects;
mod outdated;
mod policies;
mod probes;
#[cfg(test)]
mod registry;
mod relations;
mod security;
mod start;
mod storage;
#[cfg(test)]
mod testing;
mod topology;
mod version;
mod zookeeper;

pub use facts::{Facts, Object, Side};
pub(crate) use relations::protocol;

use crate::args;
use crate::design::{Change, Design, FieldPath, Silence};
use crate::fields;
use crate::render::{FileKind, Origins};
use crate::text::{Arg, Args, Lang, Sentence, words};

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

impl Severity {
    /// All, the worst first.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Advice];

    /// Its name in designs, in JSON and in keys of sentences.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Advice => "advice",
        }
    }
}

/// What a repair does to a cluster that is already running.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
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
    /// The id of the catalogue; `INP` is our own family.
    pub id: &'static str,
    /// How bad its findings are; a finding may say it is less or more.
    pub severity: Severity,
    /// Where the fact was read.
    pub source: &'static str,
    /// Which Kafka, ZooKeeper or Kubernetes it applies to.
    pub applies_to: &'static str,
    /// What its repairs do to a running cluster, unless a repair says otherwise.
    pub effect: Effect,
    /// More general rules, whose findings on the same subject would say the same again.
    pub hides: &'static [&'static str],
    /// Looks, and adds what it finds.
    pub check: fn(&Facts, &mut Findings),
}

impl Rule {
    /// A rule for every version, whose repairs need a rolling restart.
    pub(crate) const fn new(
        id: &'static str,
        severity: Severity,
        source: &'static str,
        check: fn(&Facts, &mut Findings),
    ) -> Self {
        Self {
            id,
            severity,
            source,
            applies_to: "all",
            effect: Effect::RollingRestart,
            hides: &[],
            check,
        }
    }

    pub(crate) const fn applies_to(mut self, versions: &'static str) -> Self {
        self.applies_to = versions;
        self
    }

    pub(crate) const fn effect(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self
    }

    pub(crate) const fn hides(mut self, hides: &'static [&'static str]) -> Self {
        self.hides = hides;
        self
    }
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
    /// The reason, when a person decided so while it was milder: that silence has ended.
    pub outgrown: Option<String>,
    /// What its repairs do to a running cluster, unless they say otherwise.
    effect: Effect,
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
    /// The object, as `Kind/name`; empty for other files.
    #[serde(skip)]
    pub object: String,
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
    /// A finding of a rule, as yet without fields, places and repairs.
    pub fn of(rule: &'static Rule, subject: impl Into<String>, args: Args) -> Self {
        Self {
            rule: rule.id,
            severity: rule.severity,
            subject: subject.into(),
            args,
            fields: Vec::new(),
            places: Vec::new(),
            fixes: Vec::new(),
            silenced: None,
            outgrown: None,
            effect: rule.effect,
        }
    }

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
        words(lang, &format!("{}.{part}", self.rule), &self.args)
    }
}

/// Something that nobody told, and that some rules would need to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The field that would tell it.
    pub field: FieldPath,
    /// The rules that stay silent until then, in the order of the catalogue.
    pub rules: Vec<&'static str>,
}

impl Question {
    /// What the field is called.
    pub fn label(&self, lang: Lang) -> String {
        let field = fields::find(&self.field);
        field.map_or_else(
            || self.field.to_string(),
            |field| words(lang, &format!("{}.label", field.id), &Args::new()),
        )
    }
}

/// What the rules say of a design.
#[derive(Default)]
pub struct Checked {
    /// What is wrong: errors first, then in the order of the rules; silences applied.
    pub findings: Vec<Finding>,
    /// What would have to be known for the rest.
    pub questions: Vec<Question>,
}

/// Collects what the rules find, and what they would have to know.
#[derive(Default)]
pub struct Findings {
    list: Vec<Finding>,
    questions: Vec<Question>,
}

impl Findings {
    /// Adds a finding of a rule; the returned finding takes fields, places and repairs.
    pub fn add(
        &mut self,
        rule: &'static Rule,
        subject: impl Into<String>,
        args: Args,
    ) -> &mut Finding {
        self.list.push(Finding::of(rule, subject, args));
        let last = self.list.len() - 1;
        &mut self.list[last]
    }

    /// What a rule has found so far.
    fn of(&mut self, rule: &'static Rule) -> impl Iterator<Item = &mut Finding> {
        self.list.iter_mut().filter(|one| one.rule == rule.id)
    }

    /// A rule cannot decide until a field is filled in; it says nothing else of the design then.
    pub fn ask(&mut self, rule: &'static Rule, field: impl Into<FieldPath>) {
        let field = field.into();
        match self.questions.iter_mut().find(|one| one.field == field) {
            Some(question) => question.rules.push(rule.id),
            None => self.questions.push(Question {
                field,
                rules: vec![rule.id],
            }),
        }
    }
}

impl Finding {
    /// It concerns a field.
    pub fn at(&mut self, path: impl Into<FieldPath>) -> &mut Self {
        self.fields.push(path.into());
        self
    }

    /// It concerns all fields that a value comes from.
    pub fn at_origins(&mut self, origins: &Origins) -> &mut Self {
        for path in origins {
            if !self.fields.contains(path) {
                self.fields.push(path.clone());
            }
        }
        self
    }

    /// It concerns a broker option.
    pub fn at_option(&mut self, name: &str) -> &mut Self {
        self.at(FieldPath::kafka_option(name))
    }

    /// It shows at a path of an object.
    pub fn place(&mut self, object: &Object, path: &str) -> &mut Self {
        if self.places.len() < PLACES {
            self.places.push(object.place(path));
        }
        self
    }

    /// It shows at a line of a file that holds no objects, counted from 1.
    pub fn place_line(&mut self, file: &str, line: usize) -> &mut Self {
        self.places.push(Place {
            file: file.to_owned(),
            line,
            path: String::new(),
            object: String::new(),
        });
        self
    }

    /// It is worse or milder than its rule usually is.
    pub fn severity(&mut self, severity: Severity) -> &mut Self {
        self.severity = severity;
        self
    }

    /// This would repair it, with the effect that the rule names.
    pub fn fix(&mut self, fix: Fix) -> &mut Self {
        let effect = self.effect;
        self.fix_with(effect, fix)
    }

    /// This would repair it, with an effect of its own.
    ///
    /// A repair that needs more than a rolling restart is never part of "repair all safe ones".
    pub fn fix_with(&mut self, effect: Effect, mut fix: Fix) -> &mut Self {
        fix.effect = effect;
        fix.safe &= matches!(effect, Effect::Nothing | Effect::RollingRestart);
        self.fixes.push(fix);
        self
    }
}

impl Fix {
    /// Some steps under a title of their own.
    pub fn steps(title: Sentence, changes: Vec<Change>) -> Self {
        Self {
            title,
            safe: true,
            effect: Effect::Nothing,
            changes,
        }
    }

    /// Gives a field a value.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a plain value reads better where a repair is written"
    )]
    pub fn set(path: impl Into<FieldPath>, value: impl ToString) -> Self {
        let (path, value) = (path.into(), value.to_string());
        Self::steps(
            title("fix.set", &path, &value),
            vec![Change::set(path, value)],
        )
    }

    /// Gives a broker option a value.
    pub fn set_option(name: &str, value: impl ToString) -> Self {
        Self::set(FieldPath::kafka_option(name), value)
    }

    /// Takes out what was typed, so that the start value holds again.
    pub fn unset(path: impl Into<FieldPath>) -> Self {
        let path = path.into();
        Self::steps(title("fix.unset", &path, ""), vec![Change::unset(path)])
    }

    /// Takes out several values.
    pub fn unset_all(paths: impl IntoIterator<Item = FieldPath>) -> Self {
        let changes: Vec<Change> = paths.into_iter().map(Change::unset).collect();
        let count = changes.len();
        Self::steps(Sentence::new("fix.unset-all", args![count]), changes)
    }

    /// The same, but never without being asked for.
    #[must_use]
    pub fn with_care(mut self) -> Self {
        self.safe = false;
        self
    }
}

/// The words of a button: an option is called by its own name, another field by its label.
fn title(key: &'static str, path: &FieldPath, value: &str) -> Sentence {
    let option = path.as_str().contains(".options[");
    let name = match (fields::find(path), path.key()) {
        (Some(field), _) if !option => Arg::Sentence(format!("{}.label", field.id).into()),
        (_, Some(name)) if option => Arg::from(name),
        _ => Arg::from(path.as_str()),
    };
    match path.key().filter(|_| !option) {
        Some(item) => Sentence::new(
            if key == "fix.set" {
                "fix.set-of"
            } else {
                "fix.unset-of"
            },
            vec![
                ("field", name),
                ("value", value.into()),
                ("item", item.into()),
            ],
        ),
        None => Sentence::new(key, vec![("field", name), ("value", value.into())]),
    }
}

/// How many places a finding shows at most.
const PLACES: usize = 3;

/// Every check, a slice per family, in the order of the catalogue.
pub static FAMILIES: &[&[&Rule]] = &[
    kafka::RULES,
    kraft::RULES,
    zookeeper::RULES,
    kubernetes::RULES,
    probes::RULES,
    jvm::RULES,
    storage::RULES,
    network::RULES,
    security::RULES,
    image::RULES,
    topology::RULES,
    version::RULES,
    input::RULES,
];

/// Every check, in the order of the catalogue.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    FAMILIES.iter().flat_map(|family| family.iter().copied())
}

/// A check by its id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.id == id)
}

/// Asks every rule.
pub fn check(facts: &Facts) -> Checked {
    let mut findings = Findings::default();
    for rule in rules() {
        (rule.check)(facts, &mut findings);
    }
    let mut list = without_repetitions(findings.list);
    fill_places(facts, &mut list);
    for finding in &mut list {
        silence(finding, &facts.design.silences);
    }
    offer_to_drop_extras(facts, &mut list);
    list.sort_by_key(|finding| finding.severity);
    Checked {
        findings: list,
        questions: findings.questions,
    }
}

/// Applies what a person decided about a finding, unless it has become worse since.
fn silence(finding: &mut Finding, silences: &[Silence]) {
    for silence in silences {
        if !is_about(silence, finding) {
            continue;
        }
        let accepted = silence.severity.as_deref();
        let worst = Severity::ALL
            .into_iter()
            .find(|one| Some(one.name()) == accepted);
        if worst.is_none_or(|worst| finding.severity >= worst) {
            finding.silenced = Some(silence.reason.clone());
            finding.outgrown = None;
            return;
        }
        finding.outgrown = Some(silence.reason.clone());
    }
}

fn is_about(silence: &Silence, finding: &Finding) -> bool {
    silence.rule == finding.rule && silence.subject == finding.subject
}

/// The silences of a design that silence nothing, since what they are about is no longer found.
pub fn idle<'a>(design: &'a Design, findings: &'a [Finding]) -> impl Iterator<Item = &'a Silence> {
    let used = |silence: &Silence| findings.iter().any(|finding| is_about(silence, finding));
    design.silences.iter().filter(move |silence| !used(silence))
}

/// Each finding once, and none that a more specific rule says better.
fn without_repetitions(mut list: Vec<Finding>) -> Vec<Finding> {
    let mut hidden: Vec<(&'static str, String)> = Vec::new();
    for finding in &list {
        let hides = rule(finding.rule).map_or(&[][..], |rule| rule.hides);
        hidden.extend(hides.iter().map(|&id| (id, finding.subject.clone())));
    }
    let mut seen: Vec<(&'static str, String)> = Vec::new();
    list.retain(|finding| {
        let is =
            |(rule, subject): &(&str, String)| *rule == finding.rule && *subject == finding.subject;
        if hidden.iter().any(is) || seen.iter().any(is) {
            return false;
        }
        seen.push((finding.rule, finding.subject.clone()));
        true
    });
    list
}

/// What is only wrong because an extra says so is repaired by dropping the extra.
fn offer_to_drop_extras(facts: &Facts, list: &mut [Finding]) {
    let extras = &facts.design.extras.objects;
    if extras.is_empty() {
        return;
    }
    for finding in list.iter_mut().filter(|finding| finding.fixes.is_empty()) {
        let mut changes = Vec::new();
        let mut effect = Effect::Nothing;
        for place in &finding.places {
            let Some(of_file) = extras.get(&place.file) else {
                continue;
            };
            // A Deployment's are those of the StatefulSet that it stands for.
            let object = match place.object.strip_prefix("Deployment/") {
                Some(name) if !of_file.contains_key(&place.object) => format!("StatefulSet/{name}"),
                _ => place.object.clone(),
            };
            let of_object = of_file.get(&object);
            for extra in of_object.into_iter().flatten() {
                if !leads_to(&extra.path, &place.path) {
                    continue;
                }
                let extra_effect = effect_of(&extra.path);
                if extra_effect as u8 > effect as u8 {
                    effect = extra_effect;
                }
                let extra = crate::design::extras::of_part(&place.file, &object, &extra.path);
                let change = Change::Drop { extra };
                if !changes.contains(&change) {
                    changes.push(change);
                }
            }
        }
        if !changes.is_empty() {
            let count = changes.len();
            let title = Sentence::new("fix.drop-extras", args![count]);
            let mut fix = Fix::steps(title, changes);
            // Somebody's own script may do more than the finding knows of.
            fix.safe &= !finding.places.iter().any(|place| is_script(&place.path));
            finding.fix_with(effect, fix);
        }
    }
}

/// Whether a path of an extra is another path, or stands above it.
fn leads_to(extra: &str, path: &str) -> bool {
    use crate::render::document::steps;
    let plain = |step: &str| {
        step.split_once('=')
            .map_or(step, |(_, name)| name)
            .to_owned()
    };
    let mut path = steps(path).map(|step| plain(&step));
    !extra.is_empty() && steps(extra).all(|step| path.next().as_deref() == Some(&plain(&step)))
}

/// Whether a path leads to what a container runs.
fn is_script(path: &str) -> bool {
    let mut steps = crate::render::document::steps(path);
    let in_container = steps.any(|step| matches!(&*step, "containers" | "initContainers"));
    in_container
        && steps
            .nth(1)
            .is_some_and(|step| matches!(&*step, "command" | "args"))
}

/// What a change at a path of an object does to a running cluster.
fn effect_of(path: &str) -> Effect {
    let immutable = [
        "spec.selector",
        "spec.serviceName",
        "spec.podManagementPolicy",
        "spec.volumeClaimTemplates",
    ];
    if immutable.iter().any(|start| path.starts_with(start)) {
        Effect::Recreate
    } else if path.starts_with("metadata.namespace") || path.starts_with("metadata.name") {
        Effect::AbandonsData
    } else if path.starts_with("spec.template") {
        Effect::RollingRestart
    } else {
        Effect::Nothing
    }
}

/// A finding about a field shows at the first lines that the field made, unless the rule knew better.
///
/// One pass over the files for all findings, ended as soon as every finding has its places.
fn fill_places(facts: &Facts, list: &mut [Finding]) {
    let mut open: Vec<&mut Finding> = list
        .iter_mut()
        .filter(|finding| {
            let written = |path| fields::find(path).is_none_or(|field| field.written);
            finding.places.is_empty() && finding.fields.first().is_some_and(written)
        })
        .collect();
    for rendered in facts.outputs {
        let file = &rendered.file;
        if matches!(file.kind, FileKind::Markdown | FileKind::Text) || file.path == "design.yaml" {
            continue;
        }
        for (at, line) in file.lines.iter().enumerate() {
            if line.origins.is_empty() {
                continue;
            }
            if open.is_empty() {
                return;
            }
            open.retain_mut(|finding| {
                if line.origins.contains(&finding.fields[0]) {
                    finding.place_line(&file.path, at + 1);
                }
                finding.places.len() < PLACES
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::text;

    /// The families of the catalogue and how many checks each has, in its order.
    const CATALOGUE: [(&str, usize); 14] = [
        ("KFK", 86),
        ("KRF", 44),
        ("ZK", 47),
        ("K8S", 64),
        ("PRB", 14),
        ("JVM", 13),
        ("STO", 22),
        ("NET", 37),
        ("SEC", 25),
        ("IMG", 38),
        ("TOP", 16),
        ("VER", 15),
        ("IMP", 7),
        ("UPD", 14),
    ];

    /// Family and number of an id: `K8S` and 24 of `K8S024`.
    fn parts(id: &str) -> (usize, usize) {
        let (family, number) = id.split_at(id.len() - 3);
        let at = CATALOGUE.iter().position(|(name, _)| *name == family);
        (
            at.unwrap_or(CATALOGUE.len()),
            number.parse().expect("three digits"),
        )
    }

    /// Whether an id is one of the catalogue, or of our own family.
    pub(super) fn is_of_the_catalogue(id: &str) -> bool {
        let (family, number) = parts(id);
        let ours = id.starts_with("INP");
        CATALOGUE
            .get(family)
            .map_or(ours, |(_, count)| number <= *count)
    }

    #[test]
    fn every_rule_stands_once_and_in_the_order_of_the_catalogue() {
        let ids: Vec<_> = rules().map(|rule| parts(rule.id)).collect();
        for pair in ids.windows(2) {
            assert!(pair[0] < pair[1], "{pair:?}");
        }
        for (family, number) in ids {
            assert!(
                CATALOGUE
                    .get(family)
                    .is_none_or(|(_, count)| number <= *count)
            );
        }
    }

    #[test]
    fn every_rule_has_its_words_and_its_source() {
        for rule in rules() {
            assert!(!rule.source.is_empty(), "{}", rule.id);
            for part in ["title", "message", "action"] {
                let key = format!("{}.{part}", rule.id);
                assert!(text::pattern(Lang::En, &key).is_some(), "{key}");
            }
        }
    }

    #[test]
    fn words_name_only_arguments_that_their_findings_have() {
        let designs = [
            Design::default(),
            Design::default()
                .with("storage.kind", "nfs")
                .with("zookeeper.flavour", "tutorial")
                .with("zookeeper.servers", "many")
                .with("kafka.options[min.insync.replicas]", "4")
                .with("kafka.options[nonsense]", "1")
                .with("kafka.listeners[external].exposure", "node-port")
                .with("kafka.listeners[external].first_node_port", "32767"),
        ];
        for design in designs {
            for finding in crate::evaluate(&design).findings.iter() {
                for part in ["title", "message", "action"] {
                    let key = format!("{}.{part}", finding.rule);
                    let pattern = text::pattern(Lang::En, &key).unwrap_or_default();
                    for piece in pattern.split('{').skip(1) {
                        let name = piece.split(['}', ':']).next().unwrap_or_default();
                        let named = finding.args.iter().any(|(arg, _)| *arg == name);
                        assert!(named, "{key} names {name}");
                    }
                }
                for fix in &finding.fixes {
                    assert!(
                        text::pattern(Lang::En, &fix.title.key).is_some(),
                        "{:?}",
                        fix.title
                    );
                }
            }
        }
    }

    #[test]
    fn a_silence_holds_for_its_rule_and_subject_only() {
        let mut design = Design::default().with("kafka.options[default.replication.factor]", "1");
        let open = |design: &Design| {
            let findings = crate::evaluate(design).findings;
            let found = findings
                .iter()
                .find(|f| f.rule == "KFK051")
                .expect("it fires");
            found.silenced.is_none()
        };
        assert!(open(&design));
        design.silences.push(Silence {
            rule: "KFK051".to_owned(),
            subject: "another".to_owned(),
            severity: None,
            reason: "tried".to_owned(),
        });
        assert!(open(&design));
        design.silences[0].subject = "default.replication.factor".to_owned();
        assert!(!open(&design));
    }

    #[test]
    fn a_silence_ends_when_the_finding_gets_worse() {
        let of_heap = |heap| {
            let design = Design::default().with("kafka.memory_request", "8Gi");
            design.with("kafka.heap", heap)
        };
        let finding = |design: &Design| {
            let findings = crate::evaluate(design).findings;
            let mut found = findings.iter().filter(|finding| finding.rule == "JVM002");
            found.next().expect("it fires").clone()
        };
        let mut mild = of_heap("5g");
        let found = finding(&mild);
        assert_eq!(found.severity, Severity::Advice);
        mild.silences.push(Silence {
            rule: found.rule.to_owned(),
            subject: found.subject,
            severity: Some("advice".to_owned()),
            reason: "for a while".to_owned(),
        });
        assert_eq!(finding(&mild).silenced.as_deref(), Some("for a while"));
        mild.apply(&Change::set("kafka.heap", "7g"));
        let worse = finding(&mild);
        assert_eq!((worse.severity, worse.silenced), (Severity::Warning, None));
        assert_eq!(worse.outgrown.as_deref(), Some("for a while"));
        mild.silences[0].severity = None;
        assert!(
            finding(&mild).silenced.is_some(),
            "an older design keeps its silence"
        );
    }

    #[test]
    fn a_silence_ends_with_its_item_and_is_idle_without_its_finding() {
        let exposed = ("kafka.listeners[external].exposure", "node-port");
        let mut design = Design::default().with(exposed.0, exposed.1);
        design.silences.push(Silence {
            rule: "SEC001".to_owned(),
            subject: "listener/external".to_owned(),
            severity: None,
            reason: "a closed network".to_owned(),
        });
        let idle = |design: &Design| {
            let findings = crate::evaluate(design).findings;
            super::idle(design, &findings).count()
        };
        assert_eq!(idle(&design), 0);
        assert_eq!(idle(&design.clone().with(exposed.0, "none")), 1);
        design.apply(&Change::Remove {
            list: "kafka.listeners".to_owned(),
            key: "external".to_owned(),
        });
        assert_eq!(design.silences, []);
    }

    /// The page of the rules, printed from the registry.
    fn page() -> String {
        let mut page = include_str!("README.head.md").to_owned();
        page.push_str("\n## The rules\n\n| Id | Severity | Applies to | What is wrong | Source |\n| --- | --- | --- | --- | --- |\n");
        for rule in rules() {
            let title = text::words(Lang::En, &format!("{}.title", rule.id), &Vec::new());
            let _ = writeln!(
                page,
                "| {} | {:?} | {} | {title} | {} |",
                rule.id, rule.severity, rule.applies_to, rule.source
            );
        }
        page.push_str("\n## Not in the registry\n\nWhy, the choices above say.\n\n");
        for (family, count) in CATALOGUE {
            let missing: Vec<String> = (1..=count)
                .map(|number| format!("{family}{number:03}"))
                .filter(|id| rule(id).is_none())
                .collect();
            if missing.is_empty() {
                continue;
            }
            let _ = writeln!(
                page,
                "- {family}, {} of {count}: {}",
                missing.len(),
                missing.join(", ")
            );
        }
        page
    }

    #[test]
    fn the_page_of_the_rules_is_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/rules/README.md");
        let page = page();
        let kept = std::fs::read_to_string(path).unwrap_or_default();
        if kept != page {
            std::fs::write(path, &page).expect("the page can be written");
            panic!("src/rules/README.md was stale and is rewritten: look at it and commit it");
        }
    }
}
