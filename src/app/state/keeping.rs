//! How the browser keeps the design.

use crate::app::{browser, words};
use crate::args;
use crate::design::{self, Design};
use crate::presets;
use crate::text::Sentence;

/// Whether the browser keeps the design.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It does.
    Yes,
    /// It refused; only the download keeps the design.
    Refused,
}

/// The design as it was left.
pub(super) fn restored() -> (Design, Vec<Sentence>, Kept) {
    let fresh = || presets::PRESETS[0].design_in(words::lang());
    match browser::storage::design() {
        Err(_) => (fresh(), Vec::new(), Kept::Refused),
        Ok(None) => (fresh(), Vec::new(), Kept::Yes),
        Ok(Some(text)) => match design::read(&text) {
            Ok(design) => (design, Vec::new(), Kept::Yes),
            Err(error) => {
                let error = error.to_string();
                let notice = match browser::storage::set_aside(&text) {
                    Ok(place) => Sentence::new("page.set-aside", args![error, place]),
                    Err(_) => Sentence::new("page.unreadable", args![error]),
                };
                (fresh(), vec![notice], Kept::Yes)
            }
        },
    }
}
