//! The document that a person owns: what they typed, nothing else.
//!
//! A design is sparse: a value that was never touched is not in it, and takes its start value from
//! the [edition](EDITION) of the defaults that the design names.
//! Nothing here knows what a value means; `plan` reads it, and whatever is wrong with it becomes a
//! finding, so that nothing a person types is lost or rewritten.

mod document;
pub mod extras;
pub mod identity;
mod path;

pub use document::{ReadError, read, write};
pub use extras::Extras;
pub use path::FieldPath;

use std::collections::BTreeMap;

/// The version of the document's layout that this program writes.
pub const FORMAT: u32 = 1;

/// The newest edition of the start values; a released edition never changes.
pub const EDITION: &str = "2026-11";

/// A cluster as a person described it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Design {
    /// The edition of the start values, a year and a month.
    pub defaults: String,
    /// The preset that it started from, as `NAME@EDITION`; only for edit counts and comparison.
    pub from: Option<String>,
    /// The values as typed.
    pub values: BTreeMap<FieldPath, String>,
    /// The keys of repeatable things, in their order: `kafka.groups`, `kafka.listeners`, `kafka.disks`.
    pub lists: BTreeMap<String, Vec<String>>,
    /// Findings that a person decided to live with.
    pub silences: Vec<Silence>,
    /// What no field can say, carried along.
    pub extras: Extras,
    /// Parts of the document that this program does not know; kept as they are and reported.
    pub unknown: BTreeMap<String, serde_json::Value>,
}

/// A decision to live with a finding, and why.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Silence {
    /// The rule's id in the catalogue.
    pub rule: String,
    /// The finding's subject: an object, an item or an option.
    pub subject: String,
    /// How bad it was then; the silence ends when it gets worse. Older designs do not say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    /// Why it is acceptable here; shown in the bundle's README.
    pub reason: String,
}

impl Default for Design {
    fn default() -> Self {
        Self {
            defaults: EDITION.to_owned(),
            from: None,
            values: BTreeMap::new(),
            lists: BTreeMap::new(),
            silences: Vec::new(),
            extras: Extras::default(),
            unknown: BTreeMap::new(),
        }
    }
}

impl Design {
    /// The text that was typed at a path, if any.
    pub fn get(&self, path: &FieldPath) -> Option<&str> {
        self.values.get(path).map(String::as_str)
    }

    /// The same design with one more value; for presets and tests.
    #[must_use]
    pub fn with(mut self, path: &str, value: &str) -> Self {
        self.apply(&Change::set(path, value));
        self
    }

    /// The same design with the keys of a list given; for presets and tests.
    #[must_use]
    pub fn with_list(mut self, list: &str, keys: &[&str]) -> Self {
        self.lists.insert(
            list.to_owned(),
            keys.iter().map(|&key| key.to_owned()).collect(),
        );
        self
    }

    /// The keys of a repeatable thing: as the design has them, or the start keys.
    pub fn keys<'a>(&'a self, list: &str) -> Box<dyn Iterator<Item = &'a str> + 'a> {
        match self.lists.get(list) {
            Some(keys) => Box::new(keys.iter().map(String::as_str)),
            None => Box::new(crate::fields::start_keys(list).iter().copied()),
        }
    }

    /// Carries out one change; a change that does not fit (removing what is not there) does nothing.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::Set { path, value } => {
                self.values.insert(path.clone(), value.clone());
            }
            Change::Unset { path } => {
                self.values.remove(path);
            }
            Change::Add { list, key } => {
                let mut keys: Vec<String> = self.keys(list).map(str::to_owned).collect();
                if !keys.contains(key) {
                    keys.push(key.clone());
                }
                self.lists.insert(list.clone(), keys);
            }
            Change::Remove { list, key } => {
                let keys: Vec<String> = self
                    .keys(list)
                    .filter(|&one| one != key)
                    .map(str::to_owned)
                    .collect();
                self.lists.insert(list.clone(), keys);
                let prefix = format!("{list}[{key}]");
                self.values
                    .retain(|path, _| !path.as_str().starts_with(&prefix));
                // What was accepted of this item is not accepted of a later one with its name.
                let item = list
                    .rsplit('.')
                    .next()
                    .unwrap_or(list)
                    .trim_end_matches('s');
                let item = format!("{item}/{key}");
                self.silences
                    .retain(|one| one.subject != item && !one.subject.starts_with(&prefix));
            }
            Change::Drop { extra } => {
                self.extras.drop(extra);
            }
        }
    }
}

/// One step of an edit or a repair, as data: it can be previewed, applied and undone.
///
/// As JSON each is named by what it does: `{"set": PATH, "value": TEXT}`, `{"unset": PATH}`,
/// `{"add": KEY, "list": LIST}`, `{"remove": KEY, "list": LIST}`, `{"drop": EXTRA}`.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(untagged)]
pub enum Change {
    /// Gives a field a value.
    Set {
        /// Where.
        #[serde(rename = "set")]
        path: FieldPath,
        /// The text, as if typed.
        value: String,
    },
    /// Takes a value out, so that the start value holds again.
    Unset {
        /// Where.
        #[serde(rename = "unset")]
        path: FieldPath,
    },
    /// Adds an item at the end of a list.
    Add {
        /// The item's key.
        #[serde(rename = "add")]
        key: String,
        /// The list, such as `kafka.groups`.
        list: String,
    },
    /// Removes an item and every value below it.
    Remove {
        /// The item's key.
        #[serde(rename = "remove")]
        key: String,
        /// The list.
        list: String,
    },
    /// Takes out an extra, so that what the fields give holds again.
    Drop {
        /// Its origin, as [`Extras::origins`] names it.
        #[serde(rename = "drop")]
        extra: FieldPath,
    },
}

impl Change {
    /// Gives a field a value.
    pub fn set(path: impl Into<FieldPath>, value: impl Into<String>) -> Self {
        Self::Set {
            path: path.into(),
            value: value.into(),
        }
    }

    /// Takes a value out.
    pub fn unset(path: impl Into<FieldPath>) -> Self {
        Self::Unset { path: path.into() }
    }
}
