//! The page's way to its sentences.
//!
//! The language is no signal: words are asked for in hundreds of places, and a closure for each would
//! be a large part of the page. [`Shell`](super::shell::Shell) is drawn anew when it changes.

use std::sync::atomic::{AtomicBool, Ordering};

use super::browser::{self, Refused, asset, storage};
use crate::args;
use crate::design::FieldPath;
use crate::fields;
use crate::text::fetched::{self, Part};
use crate::text::{self, Args, Lang, Sentence};

static CHINESE: AtomicBool = AtomicBool::new(false);

/// The preference that keeps the language.
const PREFERENCE: &str = "language";

/// The language of the page.
pub fn lang() -> Lang {
    if CHINESE.load(Ordering::Relaxed) {
        Lang::Zh
    } else {
        Lang::En
    }
}

/// Begins to speak: as the address says, else as the person chose, else the first of the browser's languages that there is.
pub async fn begin() -> Result<(), Refused> {
    let asked = browser::address::query("lang").and_then(|tag| Lang::of_tag(&tag));
    let kept = || storage::preference(PREFERENCE).and_then(|code| Lang::of_tag(&code));
    let lang = asked.or_else(kept).or_else(|| {
        let tags = browser::language::wanted().unwrap_or_default();
        tags.iter().find_map(|tag| Lang::of_tag(tag))
    });
    let lang = lang.unwrap_or_default();
    fetch(lang, Part::Page).await?;
    speak(lang);
    Ok(())
}

/// Fetches sentences unless they are there.
pub async fn fetch(lang: Lang, part: Part) -> Result<(), Refused> {
    if fetched::is_there(lang, part) {
        return Ok(());
    }
    let bytes = asset::bytes(&format!("{}-{}", part.name(), lang.code())).await?;
    let text = String::from_utf8(bytes).map_err(|_| Refused)?;
    fetched::add(lang, part, text);
    Ok(())
}

/// Takes another language, whose sentences are there, and keeps it for the next visit.
pub fn choose(lang: Lang) {
    storage::keep_preference(PREFERENCE, lang.code());
    speak(lang);
}

fn speak(lang: Lang) {
    CHINESE.store(lang == Lang::Zh, Ordering::Relaxed);
    // A document without a root cannot be: the page itself would not be there.
    let _ = browser::language::show(lang.tag(), &say("page.title"));
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

/// The name of a field, with the item that it belongs to; an option goes by its own name.
pub fn field_words(path: &FieldPath) -> String {
    let Some(field) = fields::find(path) else {
        return path.to_string();
    };
    let label = say(&format!("{}.label", field.id));
    match path.key() {
        Some(name) if field.id.ends_with(".options[]") => name.to_owned(),
        Some(key) if field.list().is_some() => say_with("page.field-of", args![label, key]),
        _ => label,
    }
}
