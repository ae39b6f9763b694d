//! The page's way to its sentences.

use crate::text::{self, Args, Lang, Sentence};

/// The language of the page.
pub fn lang() -> Lang {
    Lang::En
}

/// The words of a key.
pub fn say(key: &str) -> String {
    text::words(lang(), key, &Vec::new())
}

/// The words of a key with arguments.
pub fn say_with(key: &str, args: Args) -> String {
    Sentence::new(key.to_owned(), args).words(lang())
}

/// The words of a key, when there are any.
pub fn maybe(key: &str) -> Option<String> {
    text::pattern(lang(), key)?;
    Some(say(key))
}

/// The words of a key in its narrow place, else in general: `card.SECTION.NAME`, then `card.NAME`.
pub fn card_title(section: &str, card: &str) -> String {
    maybe(&format!("card.{section}.{card}")).unwrap_or_else(|| say(&format!("card.{card}")))
}
