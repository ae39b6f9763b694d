//! Editing: every change of the design is a step that can be undone.

use std::sync::Arc;

use leptos::prelude::*;

use super::{Kept, State};
use crate::app::browser;
use crate::app::words::{self, say_with};
use crate::args;
use crate::design::{self, Change, Design, FieldPath, Silence};
use crate::engine::Report;
use crate::fields::{Field, Start};
use crate::presets;
use crate::rules::{Finding, Fix};
use crate::text::Sentence;

/// One step that can be undone.
#[derive(Clone)]
pub(super) struct Step {
    /// The design before it.
    before: Arc<Design>,
    /// What was done.
    what: Sentence,
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
        self.commit(label_of(field, path), Open::Field(path.clone()), |design| {
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
        self.apply(label_of(field, path), &[change]);
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
        self.commit(what, Open::None, |design| *design = start);
    }

    /// Replaces the design by another, as one step.
    pub fn take_over(self, what: Sentence, design: Design) {
        self.commit(what, Open::None, |now| *now = design);
    }

    /// Takes every edit back, as one step.
    pub fn start_again(self) {
        let base = self.base.get_untracked();
        self.commit(Sentence::plain("page.start-again"), Open::None, |design| {
            *design = Design::clone(&base);
        });
    }

    /// A field is left: the next edit is a step of its own.
    pub fn settle(self) {
        self.open.set_value(Open::None);
    }

    fn commit(self, what: Sentence, open: Open, edit: impl FnOnce(&mut Design)) {
        let before = self.design.get_untracked();
        let mut design = Design::clone(&before);
        edit(&mut design);
        if design == *before {
            return;
        }
        let goes_on = open != Open::None && self.open.with_value(|now| *now == open);
        if !goes_on {
            self.done.update(|done| done.push(Step { before, what }));
            self.before
                .set(self.report.with_untracked(|report| report.files.clone()));
        }
        self.open.set_value(open);
        self.undone.update(Vec::clear);
        self.put(design);
    }

    /// Goes a step back.
    pub fn undo(self) {
        self.step(self.done, self.undone);
    }

    /// Goes a step forward again.
    pub fn redo(self) {
        self.step(self.undone, self.done);
    }

    fn step(self, from: RwSignal<Vec<Step>>, to: RwSignal<Vec<Step>>) {
        let Some(step) = from.try_update(Vec::pop).flatten() else {
            return;
        };
        let Step { before, what } = step;
        let now = self.design.get_untracked();
        to.update(|to| to.push(Step { before: now, what }));
        self.settle();
        self.before
            .set(self.report.with_untracked(|report| report.files.clone()));
        self.put(Design::clone(&before));
    }

    /// What undoing would take back.
    pub fn undoes(self) -> Option<Sentence> {
        self.done
            .with(|done| done.last().map(|step| step.what.clone()))
    }

    /// What redoing would do again.
    pub fn redoes(self) -> Option<Sentence> {
        self.undone
            .with(|undone| undone.last().map(|step| step.what.clone()))
    }

    fn put(self, design: Design) {
        let counts = self.report.with_untracked(Report::counts);
        let kept = match browser::storage::keep_design(&design::write(&design)) {
            Ok(()) => Kept::Yes,
            Err(_) => Kept::Refused,
        };
        if self.kept.get_untracked() != kept {
            self.kept.set(kept);
        }
        self.design.set(Arc::new(design));
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

fn drop_silence(design: &mut Design, rule: &str, subject: &str) {
    design
        .silences
        .retain(|one| one.rule != rule || one.subject != subject);
}

/// A field for the history; an option goes by its own name, which is no key and stays as it is.
fn label_of(field: &Field, path: &FieldPath) -> Sentence {
    match path.key() {
        Some(name) if field.id.ends_with(".options[]") => Sentence::plain(name.to_owned()),
        _ => Sentence::plain(format!("{}.label", field.id)),
    }
}
