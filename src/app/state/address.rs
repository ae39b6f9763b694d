//! What the page's address says: a check, a preset, a design.

use std::sync::Arc;

use leptos::prelude::*;

use super::{Check, State};
use crate::app::browser;
use crate::app::import::{Reading, Stage};
use crate::args;
use crate::bundle::link;
use crate::presets;
use crate::rules::{self, Rule};
use crate::text::Sentence;

impl State {
    /// Opens the check that the address names, and takes over the design or the preset that it names;
    /// the design before it is one undo away.
    pub fn follow_address(self) {
        self.follow_check();
        self.follow_link();
        self.arriving.set_value(true);
        self.follow_preset();
        self.arriving.set_value(false);
    }

    fn follow_preset(self) {
        let Ok(Some(name)) = browser::address::part("p") else {
            return;
        };
        // An address that stays does no harm: the preset is taken over once.
        let _ = browser::address::forget();
        match presets::preset(&name) {
            Some(preset) => {
                let asked = preset.design();
                let same = self
                    .design
                    .with_untracked(|design| design.from == asked.from);
                if !same {
                    self.start_from(preset.name);
                }
            }
            None => self.notice(Sentence::new("page.unknown-preset", args![name])),
        }
    }

    /// The link stays in the address until it can be opened.
    fn follow_link(self) {
        let Ok(Some(packed)) = browser::address::part("d") else {
            return;
        };
        self.later(move |tools| {
            // Where the address cannot be changed, the next visit opens the link again.
            let _ = browser::address::forget();
            (tools.open_link)(self, &packed);
        });
    }

    /// A whole design is taken over at once, the rest of a damaged one only when the person says so.
    pub fn open_link(self, packed: &str) {
        match link::open(packed) {
            Ok(opened) => match &opened.lost {
                None => self.receive(opened.design),
                Some(lost) => {
                    self.notice(lost.clone());
                    if self.read_only {
                        return;
                    }
                    self.import
                        .set(Some(Stage::Read(Arc::new(Reading::of_link(opened)))));
                }
            },
            Err(sentence) => self.notice(sentence),
        }
    }

    fn follow_check(self) {
        let part = |name| browser::address::part(name).ok().flatten();
        let check = match part("rule") {
            Some(id) => {
                let rule = rules::rule(&id.to_uppercase());
                if rule.is_none() {
                    self.notice(Sentence::new("page.unknown-rule", args![id]));
                }
                rule.map(Check::One)
            }
            None => part("rules").map(|_| Check::All),
        };
        self.check.set(check);
    }

    /// Opens the page of a check.
    pub fn open_check(self, rule: &'static Rule) {
        // Where the address cannot be changed, the page opens all the same.
        let _ = browser::address::go(&format!("rule={}", rule.id));
        self.check.set(Some(Check::One(rule)));
    }

    /// Closes the page about checks, and takes it out of the address.
    pub fn close_check(self) {
        self.check.set(None);
        let named = ["rule", "rules"]
            .into_iter()
            .any(|name| browser::address::part(name).is_ok_and(|part| part.is_some()));
        if named {
            // An address that stays opens the same page at the next visit, which is no harm.
            let _ = browser::address::forget();
        }
    }
}
