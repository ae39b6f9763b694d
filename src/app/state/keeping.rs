//! How the browser keeps the design: on every keystroke, under a place of its own, and never over what
//! another tab wrote.
//!
//! A tab knows how often its design was saved. When it finds another number, somebody else went on
//! with the design, and what is done here goes to a place of its own.

use std::sync::Arc;

use leptos::prelude::*;

use super::State;
use super::history::Step;
use crate::app::browser::clock;
use crate::app::browser::storage::{self, Unkept};
use crate::app::browser::{Refused, journal};
use crate::app::later;
use crate::app::shelf::{self, Place, Record};
use crate::app::words;
use crate::args;
use crate::design::{self, Design};
use crate::presets;
use crate::text::{Arg, Sentence};

/// The preference that says which design was open.
const OPEN: &str = "open";

/// Whether the browser keeps the design.
#[derive(Clone, Debug, PartialEq)]
pub enum Kept {
    /// It does.
    Yes,
    /// It refused; only the download keeps the design.
    Refused {
        /// Why.
        why: Unkept,
        /// Whether the person read it, and wants to hear no more of it.
        told: bool,
    },
    /// It did, and then another tab changed the design; nothing was done here since.
    Stale,
    /// It did, and then another tab deleted the design; nothing was done here since.
    Gone,
    /// Another tab goes on with the design at this place; what is done here is kept elsewhere.
    Parted(Place),
}

impl Kept {
    const fn refused(why: Unkept) -> Self {
        Self::Refused { why, told: false }
    }
}

/// What the page starts with.
pub(super) struct Start {
    pub design: Arc<Design>,
    pub place: Place,
    pub size: usize,
    pub notices: Vec<Sentence>,
    pub kept: Kept,
}

impl Start {
    /// The design as it was left: the one that this tab had, else the last one that any had.
    pub fn restored() -> Self {
        let wanted = storage::preference_of_tab(OPEN).or_else(|| storage::preference(OPEN));
        let named = wanted.map_or(Ok(None), |id| shelf::get(&id));
        let found = match named {
            Ok(None) => shelf::all().map(|all| all.into_iter().next()),
            named => named,
        };
        match found {
            Err(Refused) => Self::afresh(Kept::refused(Unkept::Forbidden)),
            Ok(None) => Self::afresh(Kept::Yes),
            Ok(Some(Record { place, text })) => {
                match later::there().map(|tools| (tools.read_design)(&text)) {
                    // What cannot be read yet stays where it is, too.
                    None => Self {
                        notices: vec![Sentence::plain("page.missing")],
                        ..Self::afresh(Kept::Yes)
                    },
                    Some(Ok(design)) => Self {
                        design: Arc::new(design),
                        place,
                        size: text.len(),
                        notices: Vec::new(),
                        kept: Kept::Yes,
                    },
                    // It stays where it is: the new design has a place of its own.
                    Some(Err(error)) => Self {
                        notices: vec![Sentence::new(
                            "designs.unreadable",
                            args![error = error.to_string()],
                        )],
                        ..Self::afresh(Kept::Yes)
                    },
                }
            }
        }
    }

    fn afresh(kept: Kept) -> Self {
        let design = presets::PRESETS[0].design_in(words::lang());
        Self {
            design: Arc::new(design),
            place: Place::new(String::new()),
            size: 0,
            notices: Vec::new(),
            kept,
        }
    }

    /// The first step of the history.
    pub fn step(&self) -> Step {
        let name = self.design.from.as_deref().unwrap_or_default();
        let name = name.split('@').next().unwrap_or_default();
        Step {
            what: match presets::preset(name) {
                Some(preset) if self.place.revision == 0 => {
                    Sentence::plain(format!("preset.{}", preset.name))
                }
                _ => Sentence::plain("history.restored"),
            },
            design: Arc::clone(&self.design),
            place: self.place.id.clone(),
            size: self.size,
        }
    }
}

impl State {
    /// Writes the design where it is kept; gives the length of its document.
    pub(super) fn save(self, design: &Design) -> usize {
        let text = design::write(design);
        let mut place = self.place.get_untracked();
        let mut parted = None;
        if let Ok(there) = shelf::get(&place.id) {
            let revision = there.as_ref().map_or(0, |record| record.place.revision);
            if revision != place.revision {
                let free = Place::new(name_beside(&place, design));
                let left = std::mem::replace(&mut place, free);
                parted = there.map(|_| left);
            }
        }
        let kept = match (shelf::put(&mut place, &text), self.kept.get_untracked()) {
            // What was read once need not be read again.
            (Err(why), Kept::Refused { why: known, told }) => Kept::Refused {
                why,
                told: told && why == known,
            },
            (Err(why), _) => Kept::refused(why),
            (Ok(()), now) => match (parted, now) {
                (Some(left), _) => Kept::Parted(left),
                // That another tab went on stays to be said until it is dismissed.
                (None, parted @ Kept::Parted(_)) => parted,
                (None, _) => Kept::Yes,
            },
        };
        self.say_kept(kept);
        self.set_place(place);
        text.len()
    }

    fn say_kept(self, kept: Kept) {
        if self.kept.with_untracked(|now| *now != kept) {
            self.kept.set(kept);
        }
    }

    fn set_place(self, place: Place) {
        let moved = self.place.with_untracked(|now| now.id != place.id);
        if moved || place.revision == 1 {
            storage::keep_preference(OPEN, &place.id);
            storage::keep_preference_of_tab(OPEN, &place.id);
        }
        self.place.set(place);
    }

    /// Goes to another place; the present one is known when a step leads back.
    pub(super) fn move_to(self, place: Place) {
        let left = self.place.get_untracked();
        self.left.update_value(|known| {
            known.retain(|one| one.id != left.id && one.id != place.id);
            known.push(left);
        });
        self.say_kept(Kept::Yes);
        self.set_place(place);
    }

    /// Goes back to a place that was left.
    pub(super) fn move_back_to(self, id: &str) {
        let known = self
            .left
            .with_value(|known| known.iter().find(|one| one.id == id).cloned());
        self.move_to(known.unwrap_or_else(|| Place {
            id: id.to_owned(),
            ..Place::default()
        }));
    }

    /// Whether the design has a name or edits, so that replacing it must not lose it.
    pub(super) fn is_worked_on(self) -> bool {
        let named = self.place.with_untracked(|place| !place.name.is_empty());
        named
            || self
                .design
                .with_untracked(|design| self.base.with_untracked(|base| design != base))
    }

    // Other tabs

    /// Brings back what the browser had not written when it ended hard.
    pub fn recover(self) {
        let lost = move |journal: Vec<String>| {
            let Some(last) = shelf::recover(&journal).pop() else {
                return;
            };
            self.shelf.update(|turn| *turn += 1);
            let here = self.place.get_untracked();
            let is_untouched = here.revision == 0 && !self.is_worked_on();
            if here.id == last.place.id || is_untouched {
                self.open_kept(&last.place.id, Sentence::plain("history.restored"));
            }
        };
        // Without a journal the storage alone must do.
        let _ = journal::open(lost);
    }

    /// Hears what other tabs wrote.
    pub fn hear_tabs(self) {
        window_event_listener(leptos::ev::storage, move |event| {
            let key = event.key();
            let id = key
                .as_deref()
                .map(|key| storage::name_of(key).and_then(shelf::id_of));
            // No key at all: everything was cleared.
            if id.is_none_or(|id| id.is_some()) {
                self.shelf.update(|turn| *turn += 1);
            }
            let here = self.place.get_untracked();
            if id.is_none_or(|id| id == Some(&here.id)) {
                self.look_again(&here);
            }
        });
    }

    /// Compares the kept design with the one that is shown, after another tab wrote.
    fn look_again(self, here: &Place) {
        let Ok(there) = shelf::get(&here.id) else {
            return;
        };
        let Some(Record { place, text }) = there else {
            if here.revision > 0 {
                self.say_kept(Kept::Gone);
            }
            return;
        };
        let design = self.design.get_untracked();
        if design::write(&design) == text {
            // Only its name is another.
            self.place.set(place);
            self.say_kept(Kept::Yes);
        } else if place.revision > here.revision {
            self.say_kept(Kept::Stale);
        } else {
            // Both wrote at once, and ours was lost.
            self.save(&design);
        }
    }

    /// Takes over what another tab made of the design.
    pub fn take_theirs(self) {
        let left = match self.kept.get_untracked() {
            Kept::Parted(left) => left.id,
            _ => self.place.with_untracked(|place| place.id.clone()),
        };
        self.open_kept(&left, Sentence::plain("designs.theirs.step"));
    }

    /// Keeps the design as it is here at a place of its own.
    pub fn keep_mine(self) {
        let design = self.design.get_untracked();
        let name = self
            .place
            .with_untracked(|place| name_beside(place, &design));
        self.move_to(Place::new(name));
        self.save(&design);
        self.shelf.update(|turn| *turn += 1);
    }

    /// What was said about keeping needs no more saying.
    pub fn kept_is_told(self) {
        self.kept.update(|kept| match kept {
            Kept::Refused { told, .. } => *told = true,
            kept => *kept = Kept::Yes,
        });
    }

    // Kept designs

    /// Gives the design a name.
    pub fn rename(self, name: &str) {
        let id = self.place.with_untracked(|place| place.id.clone());
        let name = shelf::free_name(name, &id);
        self.place.update(|place| place.name = name);
        self.design.with_untracked(|design| self.save(design));
        self.shelf.update(|turn| *turn += 1);
    }

    /// Opens a kept design.
    pub fn open_design(self, id: &str) {
        let name = shelf::get(id)
            .ok()
            .flatten()
            .map(|record| record.place.name);
        let name = name.filter(|name| !name.is_empty());
        let name = name.map_or_else(|| Arg::Sentence("page.own".into()), Arg::Text);
        self.open_kept(id, Sentence::new("designs.open.step", vec![("name", name)]));
    }

    fn open_kept(self, id: &str, what: Sentence) {
        let Ok(Some(Record { place, text })) = shelf::get(id) else {
            return;
        };
        self.later(move |tools| match (tools.read_design)(&text) {
            Ok(design) => self.arrive(what, design, place, text.len()),
            Err(error) => self.notice(Sentence::new(
                "designs.unreadable",
                args![error = error.to_string()],
            )),
        });
    }

    /// Keeps another design beside the present one, under a name that is free; nothing when the browser refuses.
    pub fn keep(self, name: &str, design: &Design) -> Option<Place> {
        let mut place = Place::new(shelf::free_name(name, ""));
        let kept = shelf::put(&mut place, &design::write(design));
        if let Err(why) = kept {
            self.say_kept(Kept::refused(why));
        }
        self.shelf.update(|turn| *turn += 1);
        kept.is_ok().then_some(place)
    }

    /// Makes a second design like a kept one, beside it.
    pub fn duplicate(self, id: &str) {
        if let Ok(Some(Record { place, text })) = shelf::get(id) {
            let mut copy = Place::new(shelf::free_name(&place.name, ""));
            if let Err(why) = shelf::put(&mut copy, &text) {
                self.say_kept(Kept::refused(why));
            }
            self.shelf.update(|turn| *turn += 1);
        }
    }

    /// Deletes a kept design; it can be brought back until the page is left.
    pub fn delete(self, id: &str) {
        let Ok(Some(record)) = shelf::get(id) else {
            return;
        };
        if shelf::remove(id).is_err() {
            return;
        }
        self.deleted.update(|deleted| deleted.push(record));
        self.shelf.update(|turn| *turn += 1);
        if self.place.with_untracked(|place| place.id != id) {
            return;
        }
        if let Some(next) = shelf::all().unwrap_or_default().first() {
            self.open_design(&next.place.id);
        } else {
            let start = Start::afresh(Kept::Yes);
            let what = Sentence::plain(format!("preset.{}", presets::PRESETS[0].name));
            self.arrive(what, Design::clone(&start.design), start.place, 0);
        }
    }

    /// Brings a deleted design back, as it was.
    pub fn bring_back(self, id: &str) {
        let record = self.deleted.try_update(|deleted| {
            let at = deleted.iter().position(|record| record.place.id == id)?;
            Some(deleted.remove(at))
        });
        if let Some(record) = record.flatten()
            && let Err(why) = shelf::put_back(&record)
        {
            self.say_kept(Kept::refused(why));
            self.deleted.update(|deleted| deleted.push(record));
        }
        self.shelf.update(|turn| *turn += 1);
    }
}

/// A name for a second design beside one.
fn name_beside(place: &Place, design: &Design) -> String {
    let wished = match place.name.as_str() {
        "" => format!("{} 2", name_words(place, design)),
        name => name.to_owned(),
    };
    shelf::free_name(&wished, "")
}

/// What a place is called: its name, else what it started from.
pub fn name_words(place: &Place, design: &Design) -> String {
    if !place.name.is_empty() {
        return place.name.clone();
    }
    let from = design.from.as_deref().unwrap_or_default();
    let name = from.split('@').next().unwrap_or_default();
    // What was imported started from no preset.
    words::maybe(&format!("preset.{name}")).unwrap_or_else(|| words::say("page.own"))
}

/// When a design was saved, as the page's language writes it.
pub fn saved_words(place: &Place) -> String {
    clock::words(place.saved, words::lang().tag())
}
