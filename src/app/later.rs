//! What a first look does not need: a part of the program that is fetched right after the page is drawn,
//! or when something needs it earlier.
//!
//! All that only [`tools`] reaches lies in that part, and `src/pack` divides the program there: every
//! dialog, the pages to learn from, the tables of options, what is lost in thought, the print, reading of
//! designs, links and foreign files, packing of links and zips. What draws the form, the files and the
//! problems of a design lies in the first part, and so does all that both use.
//! A direct call from the first part pulls what it calls, and all below it, back into the first part;
//! `tests/size.rs` holds how large that may be, and the engines in `dist/` tell how the bytes are divided.
//!
//! Where the page begins with a design that has to be read, or inside another page, both parts are
//! fetched at once. A build for development stays in one piece.

use std::sync::{Arc, OnceLock};

use leptos::prelude::*;

use super::browser::address;
use super::browser::{Refused, files::Given};
use super::changes::SinceDialog;
use super::checks::CheckDialog;
use super::compare::CompareDialog;
use super::course::CourseDialog;
use super::extras::ExtrasDialog;
use super::history::HistoryDialog;
use super::import::{self, ImportDialog};
use super::keyboard::KeyboardSheet;
use super::learn::{Learn, LearnSheet};
use super::losses::{Effects, Lost};
use super::options::{Catalogue, OptionTable};
use super::presets::PresetDialog;
use super::repairs::RepairDialog;
use super::share::ShareDialog;
use super::state::{App, State};
use super::terms::TermBox;
use super::{print, shelf};
use crate::bundle::{self, link};
use crate::design::{self, Design, ReadError};
use crate::render::File;
use crate::text::Sentence;

/// What the part that comes later can do.
pub struct Tools {
    /// Everything that lies over the page when it is wanted.
    pub dialogs: fn() -> AnyView,
    /// A page to learn from.
    pub learn: fn(Learn) -> AnyView,
    /// A table of options.
    pub options: fn(Catalogue) -> AnyView,
    /// What is lost in thought, and what that does.
    pub losses: fn() -> AnyView,
    /// The page on paper.
    pub print: fn(App) -> AnyView,
    /// Reads files that were chosen or dropped, and shows what they hold.
    pub read_files: fn(App, Vec<Given>),
    /// Reads a design document.
    pub read_design: fn(&str) -> Result<Design, ReadError>,
    /// Packs a design into a link.
    pub pack_link: fn(&Design) -> link::Link,
    /// Unpacks a link.
    pub unpack_link: fn(&str) -> Result<link::Opened, Sentence>,
    /// Takes over what a link holds, or says why not.
    pub open_link: fn(State, &str),
    /// The zip of some files.
    pub zip: fn(&str, &[Arc<File>]) -> Vec<u8>,
}

#[cfg_attr(
    not(debug_assertions),
    leptos::wasm_split::wasm_split(later, wasm_split_path = leptos::wasm_split, fallible)
)]
#[cfg_attr(debug_assertions, expect(clippy::unnecessary_wraps))]
fn tools() -> Result<Tools, Refused> {
    Ok(Tools {
        dialogs,
        learn: |page| view! { <LearnSheet page /> }.into_any(),
        options: |catalogue| view! { <OptionTable catalogue /> }.into_any(),
        losses: || view! { <Lost /> <Effects /> }.into_any(),
        print: print::summary,
        read_files: import::read,
        read_design: design::read,
        pack_link: link::pack,
        unpack_link: link::open,
        open_link: State::open_link,
        zip: bundle::zip,
    })
}

fn dialogs() -> AnyView {
    view! {
        <PresetDialog />
        <ImportDialog />
        <CourseDialog />
        <CompareDialog />
        <ShareDialog />
        <HistoryDialog />
        <CheckDialog />
        <RepairDialog />
        <SinceDialog />
        <ExtrasDialog />
        <KeyboardSheet />
        <TermBox />
    }
    .into_any()
}

static TOOLS: OnceLock<Tools> = OnceLock::new();

/// The tools, if they are there.
pub fn there() -> Option<&'static Tools> {
    TOOLS.get()
}

/// Fetches the tools unless they are there; who asks meanwhile waits for the same answer.
pub async fn fetch() -> Result<&'static Tools, Refused> {
    if let Some(tools) = there() {
        return Ok(tools);
    }
    #[cfg(not(debug_assertions))]
    let tools = tools().await?;
    #[cfg(debug_assertions)]
    let tools = std::future::ready(tools()).await?;
    Ok(TOOLS.get_or_init(|| tools))
}

/// Whether the page cannot begin without them: it begins with a document or a link, or other pages talk
/// with it and do not wait.
pub fn are_needed_to_begin() -> bool {
    address::is_embedded()
        || address::part("d").is_ok_and(|part| part.is_some())
        || shelf::all().is_ok_and(|kept| !kept.is_empty())
}

/// What they show at a place; nothing until they are there.
pub fn shown(app: App, show: impl Fn(&Tools) -> AnyView + Send + 'static) -> AnyView {
    Effect::new(move |_| {
        if app.tools.with_untracked(Option::is_none) {
            app.later(|_| ());
        }
    });
    (move || app.tools.get().map(&show)).into_any()
}
