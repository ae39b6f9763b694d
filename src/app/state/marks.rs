//! What is marked in the form and in the files: edits, findings, touched lines.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::design::{Design, FieldPath, identity};
use crate::engine::Report;
use crate::fields::{self, BUNDLE_LANGUAGE, Field, Section, Start};
use crate::presets;
use crate::render::File;
use crate::rules::{Finding, Severity};
use crate::text::Lang;

/// How much of a section is edited and found wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Values that differ from the preset.
    pub edits: usize,
    /// Open errors, warnings and advice.
    pub found: [usize; 3],
}

/// The lines that the last edit touched, by file; a file whose lines only went has none.
pub type Touched = BTreeMap<String, Vec<usize>>;

/// The language that a design's files are written in.
pub(super) fn language_of(design: &Arc<Design>) -> Lang {
    let language = design.get(&BUNDLE_LANGUAGE.path(None));
    language.and_then(Lang::of_tag).unwrap_or_default()
}

/// The preset that a design names, in the design's language; else an empty design.
pub(super) fn base_of(design: &Arc<Design>) -> Design {
    let lang = language_of(design);
    let name = design
        .from
        .as_deref()
        .and_then(|from| from.split('@').next());
    name.and_then(presets::preset)
        // Ids belong to the cluster and are no edits of the preset.
        .map_or_else(Design::default, |preset| {
            identity::of_the_same_cluster(preset.design_in(lang), design)
        })
}

pub(super) fn is_edited(field: &Field, path: &FieldPath, design: &Design, base: &Design) -> bool {
    let (now, then) = (design.get(path), base.get(path));
    if now == then {
        return false;
    }
    // An option is written when it is in the design, even with its default; other values are only read.
    let start = match field.start {
        Start::Value(start) if !field.is_option() => Some(start),
        _ => None,
    };
    start.is_none() || now.or(start) != then.or(start)
}

pub(super) fn by_field(report: &Report) -> BTreeMap<FieldPath, Vec<Finding>> {
    let mut by_field: BTreeMap<FieldPath, Vec<Finding>> = BTreeMap::new();
    for finding in open_findings(report) {
        for path in &finding.fields {
            by_field
                .entry(path.clone())
                .or_default()
                .push(finding.clone());
        }
    }
    by_field
}

/// The findings that nobody decided to live with.
pub fn open_findings(report: &Report) -> impl Iterator<Item = &Finding> {
    report
        .findings
        .iter()
        .filter(|finding| finding.silenced.is_none())
}

pub(super) fn tallies(design: &Design, base: &Design, report: &Report) -> BTreeMap<Section, Tally> {
    let mut tallies: BTreeMap<Section, Tally> = BTreeMap::new();
    let gone = base.values.keys().filter(|path| design.get(path).is_none());
    for path in design.values.keys().chain(gone) {
        if let Some(field) = fields::find(path)
            && is_edited(field, path, design, base)
        {
            tallies.entry(field.section).or_default().edits += 1;
        }
    }
    for list in fields::LISTS {
        if !design.keys(list).eq(base.keys(list))
            && let Some(field) = fields::FIELDS
                .iter()
                .find(|field| field.list() == Some(list))
        {
            tallies.entry(field.section).or_default().edits += 1;
        }
    }
    for finding in open_findings(report) {
        if let Some(field) = finding.fields.first().and_then(fields::find) {
            tallies.entry(field.section).or_default().found[finding.severity as usize] += 1;
        }
    }
    tallies
}

/// The worst severity that a tally holds, and how often.
pub fn worst(found: [usize; 3]) -> Option<(Severity, usize)> {
    [Severity::Error, Severity::Warning, Severity::Advice]
        .into_iter()
        .map(|severity| (severity, found[severity as usize]))
        .find(|(_, count)| *count > 0)
}

pub(super) fn touched(before: &[Arc<File>], after: &[Arc<File>]) -> Touched {
    after
        .iter()
        .filter_map(|file| {
            let old = before.iter().find(|old| old.path == file.path);
            match old {
                Some(old) if Arc::ptr_eq(old, file) || old.lines == file.lines => None,
                Some(old) => Some((file.path.clone(), touched_lines(old, file))),
                None => Some((file.path.clone(), (0..file.lines.len()).collect())),
            }
        })
        .collect()
}

/// The lines of a file that its older self does not have, between the common beginning and end.
fn touched_lines(old: &File, new: &File) -> Vec<usize> {
    let same = |(old, new): &(&crate::render::Line, &crate::render::Line)| old.text == new.text;
    let head = old.lines.iter().zip(&new.lines).take_while(same).count();
    let tail = old.lines[head..]
        .iter()
        .rev()
        .zip(new.lines[head..].iter().rev())
        .take_while(same)
        .count();
    let mut there: BTreeMap<&str, usize> = BTreeMap::new();
    for line in &old.lines[head..old.lines.len() - tail] {
        *there.entry(&line.text).or_default() += 1;
    }
    let middle = head..new.lines.len() - tail;
    middle
        .filter(|&at| match there.get_mut(new.lines[at].text.as_str()) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        })
        .collect()
}
