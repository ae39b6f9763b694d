//! The commands `move-to-kraft` and `raise`: a second design, and what becomes different by it.

use std::fmt::Write as _;
use std::path::Path;

use super::{Failure, Format, output, print, with_random};
use crate::args;
use crate::design::{self, Design};
use crate::text::{Lang, words};
use crate::upgrade::{self, Kind, Note, Upgrade, Versions};

/// Where the design and the report go.
pub struct Target<'a> {
    /// The file of the design; without it the design is printed, and the report goes to standard error.
    pub out: Option<&'a Path>,
    /// The form of the report.
    pub format: Format,
    /// Its language.
    pub lang: Lang,
}

/// Derives the cluster without ZooKeeper.
pub fn to_kraft(design: &Design, combined: bool, target: &Target) -> Result<u8, Failure> {
    with_random(|random| upgrade::to_kraft(design, !combined, random))?
        .map_err(Failure)
        .and_then(|upgrade| tell(&upgrade, target))
}

/// The versions to raise to, as they are given.
pub struct Wanted<'a> {
    pub kafka: Option<&'a str>,
    pub zookeeper: Option<&'a str>,
    pub kubernetes: Option<&'a str>,
}

/// Derives the cluster on other versions; without any, on the newest Kafka that it can run.
pub fn raise(design: &Design, wanted: &Wanted, target: &Target) -> Result<u8, Failure> {
    let mut versions = Versions {
        kafka: wanted.kafka.map(version).transpose()?,
        zookeeper: wanted.zookeeper.map(version).transpose()?,
        kubernetes: wanted.kubernetes.map(version).transpose()?,
    };
    if versions == Versions::default() {
        versions.kafka = Some(upgrade::newest(design));
    }
    with_random(|random| upgrade::raise(design, versions, random))?
        .map_err(Failure)
        .and_then(|upgrade| tell(&upgrade, target))
}

fn version<V: std::str::FromStr>(text: &str) -> Result<V, Failure> {
    text.parse()
        .map_err(|_| Failure::new("upgrade.unknown", args![version = text]))
}

fn tell(upgrade: &Upgrade, target: &Target) -> Result<u8, Failure> {
    let report = match target.format {
        Format::Text => text(&upgrade.notes, target.lang),
        Format::Json => json(&upgrade.notes, target.lang),
    };
    let design = design::write(&upgrade.design);
    let Some(out) = target.out else {
        super::beside(&report);
        return print(&design);
    };
    let part = output::Part::write(out, design.as_bytes());
    let written = part.and_then(output::Part::keep);
    written.map_err(|error| output::cannot_write(out, &error))?;
    print(&report)
}

/// What becomes different, under a heading for each kind.
fn text(notes: &[Note], lang: Lang) -> String {
    let mut text = String::new();
    for kind in Kind::ALL {
        let mut of_kind = notes.iter().filter(|note| note.kind == kind).peekable();
        if of_kind.peek().is_none() {
            continue;
        }
        let _ = writeln!(text, "{}", kind.words(lang));
        for note in of_kind {
            let words = note.sentence.words(lang);
            let _ = match note.subject.as_str() {
                "" => writeln!(text, "  {words}"),
                subject => writeln!(text, "  {subject}: {words}"),
            };
        }
    }
    if text.is_empty() {
        text = words(lang, "upgrade.same", &args![]);
        text.push('\n');
    }
    text
}

fn json(notes: &[Note], lang: Lang) -> String {
    let notes = notes.iter().map(|note| {
        serde_json::json!({
            "kind": note.kind.name(),
            "subject": note.subject,
            "message": note.sentence.words(lang),
        })
    });
    let notes: Vec<serde_json::Value> = notes.collect();
    format!("{:#}\n", serde_json::json!({ "notes": notes }))
}
