//! Reading and writing the design document (YAML; JSON is read too).
//!
//! The document is written by our own YAML writer, so that it looks like the other files of the
//! bundle and gives the same bytes everywhere; `serde_yaml` reads it.

use std::collections::BTreeMap;

use super::{Design, EDITION, FORMAT, FieldPath, Silence};

/// Why a document could not be read at all.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ReadError {
    /// The text is no YAML.
    #[error("line {line}, column {column}: {what}")]
    Syntax {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
        /// What the reader met, in its words.
        what: String,
    },
    /// The text is YAML, but no design.
    #[error("line 1, column 1: this is no design document: {0}")]
    NotADesign(String),
    /// The document was written by a newer program.
    #[error(
        "line 1, column 1: the document has format {found}, this program knows {FORMAT}; use a newer program"
    )]
    TooNew {
        /// Its format number.
        found: u64,
    },
}

/// Reads a design document; parts that are not known are kept in [`Design::unknown`].
pub fn read(text: &str) -> Result<Design, ReadError> {
    let tree: serde_json::Value = serde_yaml::from_str(text).map_err(|error| {
        let at = error.location();
        ReadError::Syntax {
            line: at.as_ref().map_or(1, serde_yaml::Location::line),
            column: at.as_ref().map_or(1, serde_yaml::Location::column),
            what: error.to_string(),
        }
    })?;
    let serde_json::Value::Object(entries) = tree else {
        return Err(ReadError::NotADesign("it is not a mapping".to_owned()));
    };
    match entries
        .get("format")
        .map(|format| (format, format.as_u64()))
    {
        Some((_, Some(found))) if found > u64::from(FORMAT) => {
            return Err(ReadError::TooNew { found });
        }
        Some((_, Some(1..))) => {}
        Some((other, _)) => {
            return Err(ReadError::NotADesign(format!(
                "its format is {other}, not a whole number from 1"
            )));
        }
        None => {
            return Err(ReadError::NotADesign(
                "the key \"format\" is missing".to_owned(),
            ));
        }
    }
    let mut design = Design {
        defaults: EDITION.to_owned(),
        ..Design::default()
    };
    for (key, value) in entries {
        if key != "format" && !read_part(&mut design, &key, &value) {
            design.unknown.insert(key, value);
        }
    }
    Ok(design)
}

/// Takes one top-level part over; false when it is not understood as a whole.
fn read_part(design: &mut Design, key: &str, value: &serde_json::Value) -> bool {
    match (key, value) {
        ("defaults", serde_json::Value::String(edition)) => design.defaults.clone_from(edition),
        ("from", serde_json::Value::String(from)) => design.from = Some(from.clone()),
        ("values", serde_json::Value::Object(entries)) => {
            if !entries.values().all(|value| scalar(value).is_some()) {
                return false;
            }
            for (path, value) in entries {
                design
                    .values
                    .insert(path.as_str().into(), scalar(value).unwrap_or_default());
            }
        }
        ("lists", value) => {
            match serde_json::from_value::<BTreeMap<String, Vec<String>>>(value.clone()) {
                Ok(lists) => design.lists = lists,
                Err(_) => return false,
            }
        }
        ("silences", value) => match serde_json::from_value::<Vec<Silence>>(value.clone()) {
            Ok(silences) => design.silences = silences,
            Err(_) => return false,
        },
        _ => return false,
    }
    true
}

/// The text of a plain value: a person may write `brokers: 5` without quotes.
fn scalar(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        serde_json::Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// The document as text; reading it gives the same design.
pub fn write(design: &Design) -> String {
    let mut tree = serde_yaml::Mapping::new();
    tree.insert("format".into(), FORMAT.into());
    tree.insert("defaults".into(), design.defaults.clone().into());
    if let Some(from) = &design.from {
        tree.insert("from".into(), from.clone().into());
    }
    if !design.values.is_empty() {
        let values: serde_yaml::Mapping = design
            .values
            .iter()
            .map(|(path, value)| (path_key(path), value.clone().into()))
            .collect();
        tree.insert("values".into(), values.into());
    }
    if !design.lists.is_empty() {
        let lists: serde_yaml::Mapping = design
            .lists
            .iter()
            .map(|(list, keys)| (list.clone().into(), keys.clone().into()))
            .collect();
        tree.insert("lists".into(), lists.into());
    }
    if !design.silences.is_empty() {
        let silences: Vec<serde_yaml::Value> = design.silences.iter().map(silence_tree).collect();
        tree.insert("silences".into(), silences.into());
    }
    for (key, value) in &design.unknown {
        if let Ok(value) = serde_yaml::to_value(value) {
            tree.insert(key.clone().into(), value);
        }
    }
    crate::render::yaml::print(&tree.into())
}

fn path_key(path: &FieldPath) -> serde_yaml::Value {
    path.as_str().into()
}

fn silence_tree(silence: &Silence) -> serde_yaml::Value {
    let mut tree = serde_yaml::Mapping::new();
    tree.insert("rule".into(), silence.rule.clone().into());
    tree.insert("subject".into(), silence.subject.clone().into());
    tree.insert("reason".into(), silence.reason.clone().into());
    tree.into()
}
