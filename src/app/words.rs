//! The page's way to its sentences.
//!
//! The language is no signal: words are asked for in hundreds of places, and a closure for each would
//! be a large part of the page. [`Shell`](super::shell::Shell) is drawn anew when it changes.

use std::sync::atomic::{AtomicBool, Ordering};

use super::browser::{self, storage};
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

/// The language to begin with: the person's choice, else the first of the browser's that there is.
pub fn start() -> Lang {
    let kept = storage::preference(PREFERENCE).and_then(|code| Lang::of_tag(&code));
    let lang = kept.or_else(|| {
        let tags = browser::language::wanted().unwrap_or_default();
        tags.iter().find_map(|tag| Lang::of_tag(tag))
    });
    speak(lang.unwrap_or_default())
}

/// Takes another language and keeps it for the next visit.
pub fn choose(lang: Lang) {
    storage::keep_preference(PREFERENCE, lang.code());
    speak(lang);
}

fn speak(lang: Lang) -> Lang {
    CHINESE.store(lang == Lang::Zh, Ordering::Relaxed);
    // A document without a root cannot be: the page itself would not be there.
    let _ = browser::language::show(lang.tag(), &say("page.title"));
    lang
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
