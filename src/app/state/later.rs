//! Waiting for the part of the program that comes later.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::State;
use crate::app::browser::timer;
use crate::app::later::{self, Tools};
use crate::text::Sentence;

impl State {
    /// Does something with the tools, at once when they are there.
    pub fn later(self, work: impl FnOnce(&'static Tools) + 'static) {
        self.later_or(work, || ());
    }

    /// The same, and something else when they did not come, which is said.
    pub fn later_or(
        self,
        work: impl FnOnce(&'static Tools) + 'static,
        otherwise: impl FnOnce() + 'static,
    ) {
        if let Some(tools) = self.tools.get_untracked() {
            work(tools);
            return;
        }
        spawn_local(async move {
            if let Ok(tools) = later::fetch().await {
                self.arrived(tools);
                // What they show has to be there first.
                timer::when_drawn(move || work(tools));
            } else {
                self.notice(Sentence::plain("page.missing"));
                otherwise();
            }
        });
    }

    /// Fetches the tools before anybody needs them, once the page is drawn.
    pub fn fetch_ahead(self) {
        timer::when_drawn(move || {
            spawn_local(async move {
                // What needs them asks again, and says so when they do not come then.
                if let Ok(tools) = later::fetch().await {
                    self.arrived(tools);
                }
            });
        });
    }

    fn arrived(self, tools: &'static Tools) {
        if self.tools.with_untracked(Option::is_none) {
            self.tools.set(Some(tools));
        }
    }

    /// Whether a dialog is wanted that comes with the tools.
    pub fn wants_dialog(self) -> bool {
        self.check.with(Option::is_some)
            || self.preview.with(Option::is_some)
            || self.import.with(Option::is_some)
            || self.compare.with(Option::is_some)
            || self.course.with(Option::is_some)
            || self.since.get()
            || self.extras.get()
            || self.shows_history.get()
    }

    /// Wants no dialog any more.
    pub fn leave_dialogs(self) {
        self.close_check();
        self.preview.set(None);
        self.import.set(None);
        self.compare.set(None);
        self.course.set(None);
        self.since.set(false);
        self.extras.set(false);
        self.shows_history.set(false);
    }
}
