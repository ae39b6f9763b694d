//! Sentences that are not inside the program: the page fetches those of the language that it speaks,
//! and those that few people read when they are read.
//!
//! What is not there yet is said in the other language, and if that fails by its key, so that nothing
//! is blank and nothing stops.

use std::sync::OnceLock;

use super::{Lang, Table, parse};

/// Sentences that are fetched together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All that a first look needs.
    Page,
    /// Why each check fires and what it was read from.
    Checks,
    /// What the import says of files.
    Import,
    /// What is said of newer versions and of the way to KRaft.
    Upgrade,
}

impl Part {
    /// What the asset is called, before the language.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Page => "text",
            Self::Checks => "checks",
            Self::Import => "import",
            Self::Upgrade => "upgrade",
        }
    }
}

static TABLES: [[OnceLock<Table>; 4]; 2] = [const { [const { OnceLock::new() }; 4] }; 2];

/// Whether a part is there.
pub fn is_there(lang: Lang, part: Part) -> bool {
    TABLES[lang as usize][part as usize].get().is_some()
}

/// Takes a part that was fetched; it stays as long as the page.
pub fn add(lang: Lang, part: Part, text: String) {
    TABLES[lang as usize][part as usize].get_or_init(|| parse(&[text.leak()]));
}

/// Where a sentence of a language may stand.
pub(super) fn tables(lang: Lang) -> impl Iterator<Item = &'static Table> {
    TABLES[lang as usize].iter().filter_map(OnceLock::get)
}
