//! Editing: every change of the design is a step that can be undone.

use std::sync::Arc;

use leptos::prelude::*;

use super::State;
use crate::app::browser;
use crate::app::shelf::Place;
use crate::app::words::{self, say_with};
use crate::args;
use crate::compare::settings::Part;
use crate::design::{Change, Design, FieldPath, Silence, identity};
use crate::engine::Report;
use crate::fields::{Field, Kind, Start};
use crate::presets;
use crate::rules::{Finding, Fix};
use crate::text::{Arg, Sentence};

/// How many steps can be undone at most.
const LONGEST: usize = 200;

/// How many bytes of documents the steps hold at most; imported designs can be large.
const LARGEST: usize = 16 << 20;

/// A design that was reached, and by what.
#[derive(Clone)]
pub(super) struct Step {
    /// What was done; of the first one, how it came.
    pub what: Sentence,
    /// The design after it.
    pub design: Arc<Design>,
    /// Where it is kept.
    pub place: String,
    /// The length of its document.
    pub size: usize,
}

/// The steps of this visit, and the one that is shown.
#[derive(Clone)]
pub struct History {
    steps: Vec<Step>,
    at: usize,
}

impl History {
    /// A history that begins with a design.
    pub(super) fn of(start: Step) -> Self {
        Self {
            steps: vec![start],
            at: 0,
        }
    }

    /// What each step was, the oldest first.
    pub fn steps(&self) -> impl DoubleEndedIterator<Item = &Sentence> {
        self.steps.iter().map(|step| &step.what)
    }

    /// Which step is shown.
    pub const fn at(&self) -> usize {
        self.at
    }

    fn now(&mut self) -> Option<&mut Step> {
        self.steps.get_mut(self.at)
    }

    /// Adds a step behind the one that is shown; what was undone cannot be done again then.
    fn add(&mut self, step: Step) {
        self.steps.truncate(self.at + 1);
        self.steps.push(step);
        self.at = self.steps.len() - 1;
        let size = |steps: &[Step]| steps.iter().map(|step| step.size).sum::<usize>();
        while self.at > 0 && (self.at >= LONGEST || size(&self.steps) > LARGEST) {
            self.steps.remove(0);
            self.at -= 1;
        }
    }
}

/// Which edits make one step together: those of one field, until it is left.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Open {
    None,
    Field(FieldPath),
}

impl State {
    /// Types a text into a field. Typing in one field is one step until the field is left.
    pub fn type_into(self, field: &Field, path: &FieldPath, text: String) {
        let change = if text.is_empty() && field.start == Start::Empty {
            Change::unset(path.clone())
        } else {
            Change::set(path.clone(), text)
        };
        let what = step_of(field, path, &change);
        self.commit(what, Open::Field(path.clone()), |design| {
            design.apply(&change);
        });
    }

    /// Gives a field back the value that the design started with.
    pub fn reset(self, field: &Field, path: &FieldPath) {
        let change = match self
            .base
            .with_untracked(|base| base.get(path).map(str::to_owned))
        {
            Some(value) => Change::set(path.clone(), value),
            None => Change::unset(path.clone()),
        };
        self.apply(step_of(field, path, &change), &[change]);
    }

    /// Lets a derived value hold again in place of the one that was typed.
    pub fn derive_again(self, field: &Field, path: &FieldPath) {
        let change = Change::unset(path.clone());
        self.apply(step_of(field, path, &change), &[change]);
    }

    /// Carries out some changes as one step.
    pub fn apply(self, what: Sentence, changes: &[Change]) {
        self.commit(what, Open::None, |design| {
            for change in changes {
                design.apply(change);
            }
        });
    }

    /// Carries out a repair.
    pub fn repair(self, fix: &Fix) {
        self.apply(fix.title.clone(), &fix.changes);
    }

    /// Decides to live with a finding, and why.
    pub fn silence(self, finding: &Finding, reason: String) {
        let silence = Silence {
            rule: finding.rule.to_owned(),
            subject: finding.subject.clone(),
            severity: Some(finding.severity.name().to_owned()),
            reason,
        };
        self.commit(Sentence::plain("page.silence"), Open::None, |design| {
            drop_silence(design, &silence.rule, &silence.subject);
            design.silences.push(silence);
        });
    }

    /// Hears a finding again.
    pub fn unsilence(self, rule: &str, subject: &str) {
        self.commit(Sentence::plain("page.unsilence"), Open::None, |design| {
            drop_silence(design, rule, subject);
        });
    }

    /// Replaces the design by a preset.
    pub fn start_from(self, name: &str) {
        let Some(preset) = presets::preset(name) else {
            return;
        };
        let what = Sentence::plain(format!("preset.{name}"));
        let start = preset.design_in(words::lang());
        let start = self.design.with_untracked(|now| {
            if now.from == start.from {
                identity::of_the_same_cluster(start, now)
            } else {
                start
            }
        });
        self.take_over(what, start);
    }

    /// Replaces the design by another, as one step; one that was worked on stays among the kept ones.
    pub fn take_over(self, what: Sentence, design: Design) {
        if self.design.with_untracked(|now| **now == design) {
            return;
        }
        if self.is_worked_on() {
            self.move_to(Place::new(String::new()));
        }
        self.commit(what, Open::None, |now| *now = design);
    }

    /// Puts what was made of the design in its place, as one step.
    pub fn replace(self, what: Sentence, design: Design) {
        self.commit(what, Open::None, |now| *now = design);
    }

    /// Replaces the design by one from outside, as one step, also where it is only read.
    pub fn receive(self, design: Design) {
        self.arriving.set_value(true);
        self.take_over(Sentence::plain("page.share.step"), design);
        self.arriving.set_value(false);
    }

    /// Takes every edit back, as one step.
    pub fn start_again(self) {
        let base = self.base.get_untracked();
        self.commit(Sentence::plain("page.start-again"), Open::None, |design| {
            *design = Design::clone(&base);
        });
    }

    /// Takes a part over from another design.
    pub fn take_part(self, part: &Part, from: &Design) {
        let what = match part {
            Part::Value(path) => {
                let change = match from.get(path) {
                    Some(value) => Change::set(path.clone(), value),
                    None => Change::unset(path.clone()),
                };
                let field = part.field();
                field.map_or_else(|| part.sentence(), |field| step_of(field, path, &change))
            }
            part => part.sentence(),
        };
        self.commit(what, Open::None, |design| part.take(design, from));
    }

    /// A field is left: the next edit is a step of its own.
    pub fn settle(self) {
        self.open.set_value(Open::None);
    }

    fn commit(self, what: Sentence, open: Open, edit: impl FnOnce(&mut Design)) {
        if self.read_only && !self.arriving.get_value() {
            return;
        }
        let before = self.design.get_untracked();
        let mut design = Design::clone(&before);
        edit(&mut design);
        identify(&before, &mut design);
        if design == *before {
            return;
        }
        let typed = open != Open::None;
        let goes_on = typed && self.open.with_value(|now| *now == open);
        self.open.set_value(open);
        let design = Arc::new(design);
        let size = self.save(&design);
        let step = Step {
            what,
            design: Arc::clone(&design),
            place: self.place.with_untracked(|place| place.id.clone()),
            size,
        };
        self.history.update(|history| match history.now() {
            Some(now) if goes_on => {
                *now = step;
                history.steps.truncate(history.at + 1);
            }
            _ => history.add(step),
        });
        self.show(design, !goes_on, typed);
    }

    /// Arrives at a design that is kept somewhere, as one step; nothing is saved.
    pub(super) fn arrive(self, what: Sentence, design: Design, place: Place, size: usize) {
        self.settle();
        self.move_to(place);
        let design = Arc::new(design);
        let step = Step {
            what,
            design: Arc::clone(&design),
            place: self.place.with_untracked(|place| place.id.clone()),
            size,
        };
        self.history.update(|history| history.add(step));
        self.show(design, true, false);
    }

    /// Goes a step back.
    pub fn undo(self) {
        let at = self.history.with_untracked(History::at);
        if let Some(at) = at.checked_sub(1) {
            self.go_to_step(at);
        }
    }

    /// Goes a step forward again.
    pub fn redo(self) {
        self.go_to_step(self.history.with_untracked(History::at) + 1);
    }

    /// Goes to a step of the history, back or forth.
    pub fn go_to_step(self, at: usize) {
        let step = self.history.with_untracked(|history| {
            let step = history.steps.get(at).cloned();
            step.filter(|_| at != history.at)
        });
        let Some(step) = step.filter(|_| !self.read_only) else {
            return;
        };
        self.settle();
        self.history.update(|history| history.at = at);
        if self.place.with_untracked(|place| place.id != step.place) {
            self.move_back_to(&step.place);
        }
        self.save(&step.design);
        let id = self.place.with_untracked(|place| place.id.clone());
        self.history.update(|history| {
            if let Some(now) = history.now() {
                now.place = id;
            }
        });
        self.show(step.design, true, false);
    }

    /// What undoing would take back.
    pub fn undoes(self) -> Option<Sentence> {
        self.history.with(|history| {
            let step = history.steps.get(history.at);
            step.filter(|_| history.at > 0)
                .map(|step| step.what.clone())
        })
    }

    /// What redoing would do again.
    pub fn redoes(self) -> Option<Sentence> {
        self.history.with(|history| {
            let step = history.steps.get(history.at + 1);
            step.map(|step| step.what.clone())
        })
    }

    /// Shows a design; a new step marks what differs from the files before it.
    ///
    /// Where somebody types, the next frame shows the field and the file; all else follows after it, so
    /// that the next key need not wait.
    fn show(self, design: Arc<Design>, is_new_step: bool, typed: bool) {
        if is_new_step {
            self.before.set(self.report_now().files);
        }
        let counts = self.report.with_untracked(Report::counts);
        let early = typed.then(|| {
            let path = self.shown_file_untracked();
            self.engine
                .try_update_value(|engine| engine.file(&design, &path))
        });
        let early = early.flatten().flatten();
        let waits = early.is_some();
        self.stop.set_value(None);
        self.design.set(design);
        if waits {
            self.early.set(early);
            self.tell_when_drawn();
        } else {
            self.tell();
            browser::timer::when_drawn(browser::focus::hand_on);
        }
        self.announce(counts);
    }

    /// Says what an edit did, when the person pauses.
    fn announce(self, before: [usize; 3]) {
        let turn = self.wish();
        browser::timer::after(700, move || {
            if self.wishes.get_value() != turn {
                return;
            }
            let files = self.touched.with_untracked(|touched| touched.len());
            let after = self.report.with_untracked(Report::counts);
            let new = |at: usize| after[at].saturating_sub(before[at]);
            let mut words = self
                .news
                .try_update_value(std::mem::take)
                .unwrap_or_default();
            words.push_str(&say_with("page.changed", args![files]));
            for (at, key) in ["page.new-errors", "page.new-warnings"].iter().enumerate() {
                let count = new(at);
                if count > 0 {
                    words.push_str(&say_with(key, args![count]));
                }
            }
            browser::focus::announce(&words);
        });
    }
}

/// Gives a design the ids that an edit makes it need.
fn identify(before: &Design, design: &mut Design) {
    let mut refused = false;
    let changes = identity::called_for(before, design, || {
        let bytes = browser::random::bytes();
        refused |= bytes.is_err();
        bytes.unwrap_or_default()
    });
    // Ids that are not random would be worse than none, which a finding asks for.
    for change in changes.iter().filter(|_| !refused) {
        design.apply(change);
    }
}

fn drop_silence(design: &mut Design, rule: &str, subject: &str) {
    design
        .silences
        .retain(|one| one.rule != rule || one.subject != subject);
}

/// How much of a value the history says.
const SAID: usize = 40;

/// A field with its new value, for the history.
fn step_of(field: &Field, path: &FieldPath, change: &Change) -> Sentence {
    let what = Part::Value(path.clone()).sentence();
    let Change::Set { value, .. } = change else {
        return what;
    };
    let value = value_arg(field, value);
    let mut args = what.args;
    let key = if args.is_empty() {
        args.push(("what", Arg::Sentence(what.key)));
        "history.set"
    } else {
        "history.set-of-item"
    };
    args.push(("value", value));
    Sentence::new(key, args)
}

/// A value in words that follow the page's language.
fn value_arg(field: &Field, value: &str) -> Arg {
    match value.to_ascii_lowercase().as_str() {
        "" => Arg::Sentence("page.nothing".into()),
        "true" => Arg::Sentence("page.on".into()),
        "false" => Arg::Sentence("page.off".into()),
        _ if matches!(field.kind, Kind::Choice(choices) if choices.contains(&value)) => {
            Arg::Sentence(format!("{}.{value}", field.id).into())
        }
        _ if value.chars().count() > SAID => {
            Arg::Text(value.chars().take(SAID - 1).chain(['…']).collect())
        }
        _ => Arg::Text(value.to_owned()),
    }
}
