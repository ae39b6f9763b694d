//! Every sentence that a person reads, as keys with typed arguments.
//!
//! The words lie in one folder per language, one file per place (`en/rules.txt`, …), a sentence a line:
//!
//! ```text
//! # a comment
//! KFK049.title = More confirming replicas than copies
//! KFK049.message = {wanted} {wanted:replica|replicas} must confirm, but a topic has {copies}.
//! ```
//!
//! The command line has all of them inside; the page fetches what it shows, and `src/pack` says what
//! lies together then.
//!
//! `{name}` is an argument; `{name:one|other}` chooses by a count; `{{` is a brace.
//! Written by ourselves: the engine needs sentences natively and in the page, the bytes count, and
//! Fluent's runtime alone would be a third of the page's budget.

pub mod search;

use std::borrow::Cow;

#[cfg(not(target_arch = "wasm32"))]
mod embedded;
#[cfg(target_arch = "wasm32")]
pub mod fetched;

#[cfg(not(target_arch = "wasm32"))]
pub use embedded::sentences;
#[cfg(not(target_arch = "wasm32"))]
use embedded::tables;
#[cfg(target_arch = "wasm32")]
use fetched::tables;

/// The sentences of some files, sorted by key.
type Table = Vec<(&'static str, &'static str)>;

/// A language that sentences exist in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
}

impl Lang {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::En, Self::Zh];

    /// The code that stands in designs, on the command line and in storage.
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh",
        }
    }

    /// The tag of what is written, for a page's `lang`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh-Hans",
        }
    }

    /// What the language calls itself.
    pub const fn name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Zh => "简体中文",
        }
    }

    /// The same where there is little room.
    pub const fn short_name(self) -> &'static str {
        match self {
            Self::En => "EN",
            Self::Zh => "中文",
        }
    }

    /// The next one, as a switch offers it.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::En => Self::Zh,
            Self::Zh => Self::En,
        }
    }

    /// The language of a code or of a longer tag (BCP 47) such as `zh-Hans-CN`: its first part decides.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let language = tag.trim().split(['-', '_']).next()?;
        Self::ALL
            .into_iter()
            .find(|lang| lang.code().eq_ignore_ascii_case(language))
    }

    /// What stands between the items of a list.
    pub const fn between_items(self) -> &'static str {
        match self {
            Self::En => ", ",
            Self::Zh => "、",
        }
    }
}

/// The key of a sentence: an id, a dot, a part; such as `KFK049.message`.
pub type Key = Cow<'static, str>;

/// A sentence without its words: a key and the arguments that its words name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// Which sentence.
    pub key: Key,
    /// The arguments by name.
    pub args: Args,
}

/// Arguments by name, in the order given.
pub type Args = Vec<(&'static str, Arg)>;

/// A typed argument of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arg {
    /// A number of things; chooses between singular and plural.
    Count(i128),
    /// A size in bytes, shown as `1 GiB`.
    Bytes(u64),
    /// A name, value or address, shown as it is.
    Text(String),
    /// Several names, shown with commas; a long list is cut after eight with the number of the rest.
    List(Vec<String>),
    /// Another sentence, put in.
    Sentence(Key),
}

impl Sentence {
    /// A sentence without arguments.
    pub fn plain(key: impl Into<Key>) -> Self {
        Self {
            key: key.into(),
            args: Vec::new(),
        }
    }

    /// A sentence with arguments.
    pub fn new(key: impl Into<Key>, args: Args) -> Self {
        Self {
            key: key.into(),
            args,
        }
    }

    /// The words.
    pub fn words(&self, lang: Lang) -> String {
        words(lang, &self.key, &self.args)
    }
}

macro_rules! arg_from {
    ($($from:ty => $make:expr),* $(,)?) => {
        $(impl From<$from> for Arg {
            fn from(value: $from) -> Self {
                ($make)(value)
            }
        })*
    };
}

arg_from! {
    &str => |text: &str| Arg::Text(text.to_owned()),
    String => Arg::Text,
    &String => |text: &String| Arg::Text(text.clone()),
    u32 => |count| Arg::Count(i128::from(count)),
    i32 => |count| Arg::Count(i128::from(count)),
    u64 => |count| Arg::Count(i128::from(count)),
    i64 => |count| Arg::Count(i128::from(count)),
    usize => |count| Arg::Count(count as i128),
    Vec<String> => Arg::List,
}

/// Arguments by the names of the variables: `args![wanted, copies]`, or `args![wanted = 3]`.
#[macro_export]
macro_rules! args {
    ($($name:ident $(= $value:expr)?),* $(,)?) => {
        vec![$((stringify!($name), $crate::text::Arg::from($crate::args!(@ $name $(= $value)?)))),*]
    };
    (@ $name:ident = $value:expr) => { $value };
    (@ $name:ident) => { $name };
}

fn parse(files: &[&'static str]) -> Table {
    let mut sentences: Table = files
        .iter()
        .flat_map(|file| file.lines())
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" = "))
        .collect();
    sentences.sort_unstable();
    sentences
}

/// How many items of a list are shown.
const LONGEST_LIST: usize = 8;

/// The pattern of a sentence, or nothing when there is none under this key.
///
/// A sentence that is not there yet is said in the other language: see `fetched`.
pub fn pattern(lang: Lang, key: &str) -> Option<&'static str> {
    let find = |table: &'static Table| {
        let at = table
            .binary_search_by(|(found, _)| (*found).cmp(key))
            .ok()?;
        Some(table[at].1)
    };
    [lang, lang.other()]
        .into_iter()
        .flat_map(tables)
        .find_map(find)
}

/// The words of a sentence; a key without words gives the key itself, so that nothing is blank.
pub fn words(lang: Lang, key: &str, args: &Args) -> String {
    let Some(mut rest) = pattern(lang, key) else {
        return key.to_owned();
    };
    let mut words = String::with_capacity(rest.len() + 16);
    while let Some(open) = rest.find('{') {
        words.push_str(&rest[..open]);
        rest = &rest[open + 1..];
        if let Some(after) = rest.strip_prefix('{') {
            words.push('{');
            rest = after;
            continue;
        }
        let Some(close) = rest.find('}') else { break };
        let (name, choice) = rest[..close]
            .split_once(':')
            .map_or((&rest[..close], None), |(name, choice)| {
                (name, Some(choice))
            });
        if let Some((_, arg)) = args.iter().find(|(found, _)| *found == name) {
            words.push_str(&show(lang, arg, choice));
        }
        rest = &rest[close + 1..];
    }
    words.push_str(rest);
    words
}

fn show(lang: Lang, arg: &Arg, choice: Option<&str>) -> String {
    let count = match arg {
        Arg::Count(count) => *count,
        Arg::List(items) => items.len() as i128,
        _ => 0,
    };
    if let Some((one, other)) = choice.and_then(|choice| choice.split_once('|')) {
        return if count == 1 { one } else { other }.to_owned();
    }
    match arg {
        Arg::Count(count) => count.to_string(),
        Arg::Bytes(bytes) => bytes_words(*bytes),
        Arg::Text(text) => text.clone(),
        Arg::List(items) => list_words(lang, items),
        Arg::Sentence(key) => words(lang, key, &Vec::new()),
    }
}

/// Names one after the other; a long list is cut.
fn list_words(lang: Lang, items: &[String]) -> String {
    let (shown, rest) = items.split_at(items.len().min(LONGEST_LIST));
    let shown = shown.join(lang.between_items());
    if rest.is_empty() {
        return shown;
    }
    words(
        lang,
        "text.list-cut",
        &crate::args![shown, rest = rest.len()],
    )
}

/// A size in the largest binary unit that leaves at most two decimals: `512 MiB`, `1.5 GiB`.
pub fn bytes_words(bytes: u64) -> String {
    const UNITS: [&str; 7] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let mut unit = 0;
    let mut divisor = 1u64;
    while unit + 1 < UNITS.len() && bytes / divisor >= 1024 {
        divisor <<= 10;
        unit += 1;
    }
    let hundredths = u128::from(bytes) * 100 / u128::from(divisor);
    let (whole, fraction) = (hundredths / 100, hundredths % 100);
    match fraction {
        0 => format!("{whole} {}", UNITS[unit]),
        fraction if fraction % 10 == 0 => format!("{whole}.{} {}", fraction / 10, UNITS[unit]),
        fraction => format!("{whole}.{fraction:02} {}", UNITS[unit]),
    }
}

/// How many letters must be put in, taken out or changed.
pub fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut corner = at;
        let mut left = at + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, &there) in row.iter_mut().skip(1).zip(&other) {
            let change = corner + usize::from(letter != there);
            corner = *cell;
            left = change.min(corner + 1).min(left + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests;
