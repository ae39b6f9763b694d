//! The designs that this browser keeps: each under a key of its own, as its document behind a line
//! that says its name, when it was saved, and how often.
//!
//! ```text
//! # revision=17 saved=1764258215000 name=orders production
//! format: 1
//! …
//! ```
//!
//! One key is written at once or not at all, and there is no list of designs that could differ from them.
//! A copy goes into the [journal], which outlives a browser that ends hard.

use super::browser::storage::{self, Unkept};
use super::browser::{Refused, clock, journal};

/// What the names of designs begin with; the rest is the design's id, and the oldest one has none.
const BEGINNING: &str = "design";

/// Where a design is kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    /// Behind [`BEGINNING`]; stays when the name changes.
    pub id: String,
    /// What a person calls it; may be empty.
    pub name: String,
    /// How often it was saved: who finds another number than his own knows of another tab.
    pub revision: u64,
    /// When it was saved last, in milliseconds since 1970; 0 is never.
    pub saved: f64,
}

/// A design as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Where.
    pub place: Place,
    /// Its document.
    pub text: String,
}

impl Place {
    /// A place where nothing is yet.
    pub fn new(name: String) -> Self {
        Self {
            id: format!("/{}", clock::new_name()),
            name,
            ..Self::default()
        }
    }
}

/// Reads the first line, when it is ours.
fn read(id: &str, kept: &str) -> Record {
    let bare = || Record {
        place: Place {
            id: id.to_owned(),
            ..Place::default()
        },
        text: kept.to_owned(),
    };
    let head = || {
        let (head, text) = kept.split_once('\n')?;
        let (revision, rest) = head.strip_prefix("# revision=")?.split_once(" saved=")?;
        let (saved, name) = rest.split_once(" name=")?;
        let place = Place {
            id: id.to_owned(),
            name: name.to_owned(),
            revision: revision.parse().ok()?,
            saved: saved.parse().ok()?,
        };
        let text = text.to_owned();
        Some(Record { place, text })
    };
    head().unwrap_or_else(bare)
}

/// The design with an id.
pub fn get(id: &str) -> Result<Option<Record>, Refused> {
    let kept = storage::get(&format!("{BEGINNING}{id}"))?;
    Ok(kept.map(|kept| read(id, &kept)))
}

/// Every design, the one that was saved last first.
pub fn all() -> Result<Vec<Record>, Refused> {
    let names = storage::names(BEGINNING)?;
    let mut all: Vec<Record> = names
        .iter()
        .filter_map(|name| get(id_of(name)?).ok().flatten())
        .collect();
    all.sort_by(|one, other| other.place.saved.total_cmp(&one.place.saved));
    Ok(all)
}

/// The id of the design that is kept under a name of the storage.
pub fn id_of(name: &str) -> Option<&str> {
    let id = name.strip_prefix(BEGINNING)?;
    (id.is_empty() || id.starts_with('/')).then_some(id)
}

/// Keeps a design; its place says afterwards when, and how often.
pub fn put(place: &mut Place, text: &str) -> Result<(), Unkept> {
    let next = Place {
        revision: place.revision + 1,
        saved: clock::now(),
        ..place.clone()
    };
    write(&next, text)?;
    *place = next;
    Ok(())
}

/// Keeps a design again as it was.
pub fn put_back(record: &Record) -> Result<(), Unkept> {
    write(&record.place, &record.text)
}

fn write(place: &Place, text: &str) -> Result<(), Unkept> {
    let Place {
        id,
        name,
        revision,
        saved,
    } = place;
    let kept = format!("# revision={revision} saved={saved:.0} name={name}\n{text}");
    storage::set(&format!("{BEGINNING}{id}"), &kept)?;
    journal::put(id, &format!("{id}\n{kept}"));
    Ok(())
}

/// Keeps again what the browser lost when it ended hard; gives what came back, the last one last.
pub fn recover(journal: &[String]) -> Vec<Record> {
    let entries = journal.iter().filter_map(|entry| entry.split_once('\n'));
    let mut lost: Vec<Record> = entries
        .map(|(id, kept)| read(id, kept))
        .filter(|record| {
            let there = get(&record.place.id).ok().flatten();
            there.is_none_or(|there| there.place.revision < record.place.revision)
        })
        .filter(|record| put_back(record).is_ok())
        .collect();
    lost.sort_by(|one, other| one.place.saved.total_cmp(&other.place.saved));
    lost
}

/// Forgets a design.
pub fn remove(id: &str) -> Result<(), Refused> {
    storage::remove(&format!("{BEGINNING}{id}"))?;
    journal::remove(id);
    Ok(())
}

/// A name that no other design has: as it is wished, or with the first number that is free.
pub fn free_name(wished: &str, of: &str) -> String {
    let wished = wished.split_whitespace().collect::<Vec<_>>().join(" ");
    if wished.is_empty() {
        return wished;
    }
    let taken: Vec<String> = all()
        .unwrap_or_default()
        .into_iter()
        .filter(|record| record.place.id != of)
        .map(|record| record.place.name)
        .collect();
    // A name that ends in a number already counts on.
    let (stem, number) = match wished.rsplit_once(' ') {
        Some((stem, number)) => number
            .parse()
            .map_or((&*wished, 1), |number: u32| (stem, number)),
        None => (&*wished, 1),
    };
    let mut name = wished.clone();
    let mut next = number;
    while taken.contains(&name) {
        next = next.saturating_add(1);
        name = format!("{stem} {next}");
    }
    name
}
