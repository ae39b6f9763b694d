//! What a first look does not need: a part of the program that is fetched when it is first used.
//!
//! All that only [`tools`] reaches lies in that part; `src/pack` divides the program there.
//! A build for development stays in one piece.

use std::sync::{Arc, OnceLock};

use leptos::prelude::AnyView;

use super::browser::{Refused, files::Picked};
use super::import::{self, Reading};
use super::repairs::{self, Preview};
use super::state::Check;
use super::{checks, share};
use crate::bundle::{self, link};
use crate::design::{self, Design, ReadError};
use crate::render::File;
use crate::text::Sentence;

/// What the part that comes later can do.
pub struct Tools {
    /// Reads files that were chosen or dropped.
    pub read_files: fn(Vec<Picked>) -> Reading,
    /// Reads a text that was pasted: a link, or what a file holds.
    pub read_text: fn(&str) -> Reading,
    /// Reads a design document.
    pub read_design: fn(&str) -> Result<Design, ReadError>,
    /// Packs a design into a link.
    pub pack_link: fn(&Design) -> link::Link,
    /// Unpacks a link.
    pub open_link: fn(&str) -> Result<link::Opened, Sentence>,
    /// The zip of a cluster's files.
    pub zip: fn(&str, &[Arc<File>]) -> Vec<u8>,
    /// What came of files that were read.
    pub outcome: fn(Arc<Reading>) -> AnyView,
    /// A link, and what can be done with it.
    pub share: fn(Arc<link::Link>) -> AnyView,
    /// What a repair would do.
    pub repair: fn(&Preview, &Design) -> AnyView,
    /// A page about checks.
    pub check: fn(Check) -> AnyView,
}

#[cfg_attr(
    not(debug_assertions),
    leptos::wasm_split::wasm_split(later, wasm_split_path = leptos::wasm_split, fallible)
)]
fn tools() -> Result<Tools, Refused> {
    Ok(Tools {
        read_files: Reading::of_picked,
        read_text: Reading::of_text,
        read_design: design::read,
        pack_link: link::pack,
        open_link: link::open,
        zip: bundle::zip,
        outcome: import::outcome,
        share: share::body,
        repair: repairs::body,
        check: checks::body,
    })
}

static TOOLS: OnceLock<Tools> = OnceLock::new();

/// The tools, if they are there.
pub fn there() -> Option<&'static Tools> {
    TOOLS.get()
}

/// Fetches the tools unless they are there.
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
