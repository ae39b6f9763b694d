//! What repairs do: [all safe ones at once](all_safe), and [line by line](differences) what one changes.
//!
//! A repair is data, made by a rule that sees only its own finding.
//! Here it is tried on the whole design before it counts: its finding must go, no error may come, and
//! open findings must become fewer, the worse ones first.
//! That order cannot fall for ever, so trying ends without a bound, and never goes round in a circle.

mod difference;

pub use difference::{Difference, DifferentLine, Hunk, differences};

use std::iter;

use crate::design::{Change, Design};
use crate::engine::{Engine, Report, after};
use crate::rules::{Effect, Finding, Fix, Severity};
use crate::text::{Lang, Sentence};

/// What repairing everything safe would give.
pub struct Repaired {
    /// The steps, in the order of carrying them out.
    pub changes: Vec<Change>,
    /// The findings that go.
    pub gone: Vec<Finding>,
    /// The open findings that stay, and why.
    pub left: Vec<Left>,
    /// The design after all steps.
    pub design: Design,
}

/// A finding that "repair all safe ones" leaves.
pub struct Left {
    /// The finding.
    pub finding: Finding,
    /// Why it stays.
    pub why: Why,
}

/// Why a finding is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// No repair is known.
    NoRepair,
    /// Its repair does more to a running cluster than a rolling restart.
    Effect(Effect),
    /// Its repair is one of several ways, or gives something up: a person decides.
    Decision,
    /// Its repair would bring a finding of another rule that is no better.
    Brings(&'static str),
    /// Its repair changes nothing that is wrong.
    Stays,
}

impl Why {
    /// The reason in words.
    pub fn words(self, lang: Lang) -> String {
        let sentence = match self {
            Self::NoRepair => Sentence::plain("left.no-repair"),
            Self::Effect(Effect::Procedure) => Sentence::plain("left.procedure"),
            Self::Effect(Effect::Recreate) => Sentence::plain("left.recreate"),
            Self::Effect(Effect::AbandonsData) => Sentence::plain("left.abandons-data"),
            Self::Effect(_) | Self::Decision => Sentence::plain("left.decision"),
            Self::Brings(rule) => Sentence::new("left.brings", crate::args![rule]),
            Self::Stays => Sentence::plain("left.stays"),
        };
        sentence.words(lang)
    }
}

/// Repairs what can be repaired safely, as often as that makes a design better.
pub fn all_safe(design: &Design) -> Repaired {
    let mut engine = Engine::default();
    let first = engine.evaluate(design);
    let mut now = State {
        report: first.clone(),
        design: design.clone(),
    };
    let mut changes = Vec::new();
    loop {
        let before = changes.len();
        let targets = apart(&now.report);
        together(&mut engine, &mut now, &targets, &mut changes);
        if changes.len() > before {
            continue;
        }
        let Some((step, next)) = single(&mut engine, &now) else {
            break;
        };
        changes.extend(step);
        now = next;
    }
    let stays = |finding: &&Finding| !open(&now.report).any(|other| same(finding, other));
    let gone = open(&first).filter(stays).cloned().collect();
    let left = open(&now.report)
        .map(|finding| Left {
            finding: finding.clone(),
            why: why(&mut engine, &now, finding),
        })
        .collect();
    Repaired {
        changes,
        gone,
        left,
        design: now.design,
    }
}

/// A design on the way, and what is said of it.
struct State {
    design: Design,
    report: Report,
}

/// The first safe repair of every finding, as far as they touch different things.
fn apart(report: &Report) -> Vec<Finding> {
    let mut touched: Vec<&str> = Vec::new();
    let mut targets = Vec::new();
    for finding in open(report) {
        let Some(fix) = safe(finding).next() else {
            continue;
        };
        let mut things = fix.changes.iter().map(touches);
        if things.all(|thing| !touched.contains(&thing)) {
            touched.extend(fix.changes.iter().map(touches));
            targets.push(finding.clone());
        }
    }
    targets
}

/// Repairs many findings at once; where that does no good, the first half and then the second.
fn together(engine: &mut Engine, now: &mut State, targets: &[Finding], done: &mut Vec<Change>) {
    let there: Vec<&Finding> = targets
        .iter()
        .filter_map(|target| open(&now.report).find(|one| same(one, target)))
        .filter(|one| safe(one).next().is_some())
        .collect();
    let fixes = there.iter().filter_map(|finding| safe(finding).next());
    let step: Vec<Change> = fixes.flat_map(|fix| fix.changes.iter().cloned()).collect();
    if step.is_empty() {
        return;
    }
    let next = tried(engine, now, &step);
    if judge(&now.report, &next.report, there.iter().copied()).is_none() {
        done.extend(step);
        *now = next;
    } else if targets.len() > 1 {
        let (first, second) = targets.split_at(targets.len() / 2);
        together(engine, now, first, done);
        together(engine, now, second, done);
    }
}

/// What a change is about; two repairs of the same thing are tried one after the other.
fn touches(change: &Change) -> &str {
    match change {
        Change::Set { path, .. } | Change::Unset { path } => path.as_str(),
        Change::Add { list, .. } | Change::Remove { list, .. } => list,
        Change::Drop { extra } => extra.as_str(),
    }
}

/// Any safe repair that makes the design better.
fn single(engine: &mut Engine, now: &State) -> Option<(Vec<Change>, State)> {
    for finding in open(&now.report) {
        for fix in safe(finding) {
            let next = tried(engine, now, &fix.changes);
            if judge(&now.report, &next.report, iter::once(finding)).is_none() {
                return Some((fix.changes.clone(), next));
            }
        }
    }
    None
}

fn tried(engine: &mut Engine, now: &State, changes: &[Change]) -> State {
    let design = after(&now.design, changes);
    let report = engine.evaluate(&design);
    State { design, report }
}

/// Why a step that should repair some findings is none; nothing when it is one.
fn judge<'a>(
    before: &Report,
    after: &Report,
    mut targets: impl Iterator<Item = &'a Finding>,
) -> Option<Why> {
    if targets.any(|target| open(after).any(|one| same(one, target))) {
        return Some(Why::Stays);
    }
    let mut new = open(after).filter(|one| !open(before).any(|old| same(old, one)));
    // Errors come first, so the first one that is new is the worst.
    let worst = new.next();
    let brings = worst.map(|one| Why::Brings(one.rule));
    match worst {
        Some(one) if one.severity == Severity::Error => brings,
        _ if after.counts() < before.counts() => None,
        _ => brings.or(Some(Why::Stays)),
    }
}

/// Why nothing that is safe repairs a finding.
fn why(engine: &mut Engine, now: &State, finding: &Finding) -> Why {
    if let Some(fix) = safe(finding).next() {
        let next = tried(engine, now, &fix.changes);
        return judge(&now.report, &next.report, iter::once(finding)).unwrap_or(Why::Stays);
    }
    match finding.fixes.first().map(|fix| fix.effect) {
        None => Why::NoRepair,
        Some(Effect::Nothing | Effect::RollingRestart) => Why::Decision,
        Some(effect) => Why::Effect(effect),
    }
}

fn open(report: &Report) -> impl Iterator<Item = &Finding> {
    report
        .findings
        .iter()
        .filter(|finding| finding.silenced.is_none())
}

fn safe(finding: &Finding) -> impl Iterator<Item = &Fix> {
    finding.fixes.iter().filter(|fix| fix.safe)
}

fn same(one: &Finding, other: &Finding) -> bool {
    one.rule == other.rule && one.subject == other.subject
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate;
    use crate::presets::PRESETS;

    fn left(repaired: &Repaired, rule: &str) -> Option<Why> {
        let mut left = repaired.left.iter();
        left.find(|one| one.finding.rule == rule).map(|one| one.why)
    }

    #[test]
    fn safe_repairs_are_made_and_the_others_are_left_with_a_reason() {
        let design = PRESETS[0]
            .design()
            .with("kafka.options[min.insync.replicas]", "4")
            .with("kafka.heap", "lots")
            .with("zookeeper.version", "3.6.4")
            .with("kafka.groups[main].brokers", "2");
        let repaired = all_safe(&design);
        let gone: Vec<&str> = repaired.gone.iter().map(|one| one.rule).collect();
        assert!(gone.contains(&"KFK049"), "{gone:?}");
        assert_eq!(left(&repaired, "KFK049"), None);
        assert_eq!(
            left(&repaired, "ZK039"),
            Some(Why::Effect(Effect::Procedure))
        );
        assert_eq!(left(&repaired, "TOP001"), Some(Why::NoRepair));
        assert_eq!(after(&design, &repaired.changes), repaired.design);
        let counts = |design: &Design| evaluate(design).counts();
        assert!(counts(&repaired.design) < counts(&design));
    }

    #[test]
    fn what_is_silenced_is_neither_repaired_nor_left() {
        let article = PRESETS
            .iter()
            .find(|one| one.name == "article")
            .expect("it exists");
        let design = article.design();
        assert!(
            evaluate(&design)
                .findings
                .iter()
                .any(|one| one.silenced.is_some())
        );
        let repaired = all_safe(&design);
        assert!(
            repaired
                .left
                .iter()
                .all(|one| one.finding.silenced.is_none())
        );
        assert!(repaired.gone.iter().all(|one| one.silenced.is_none()));
    }

    #[test]
    fn every_reason_has_words() {
        let effects = Effect::ALL;
        let reasons = [
            Why::NoRepair,
            Why::Decision,
            Why::Brings("KFK049"),
            Why::Stays,
        ];
        let reasons = reasons.into_iter().chain(effects.map(Why::Effect));
        for words in reasons
            .map(|why| why.words(Lang::En))
            .chain(effects.map(|effect| effect.words(Lang::En)))
        {
            assert!(words.ends_with('.') && words.contains(' '), "{words}");
        }
    }
}
