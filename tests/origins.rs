//! A line knows its fields: whatever a change of a field changes carries that field.
//!
//! For every field, in every base design in which it means something, and for right values of its
//! kind: the files before and after are laid beside each other so that every line that goes or comes
//! names the field.
//! The same holds in designs in which other fields were changed before, which a random search tries.
//! The design file, the README, checksums and the list of files are echoes of everything, and left out.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use kafka_cluster_designer::design::{Change, Design, FieldPath};
use kafka_cluster_designer::fields::{FIELDS, Field, Kind};
use kafka_cluster_designer::render::{File, Line};
use kafka_cluster_designer::{Engine, Report, evaluate};
use proptest::prelude::*;

/// Files that repeat what stands elsewhere.
const ECHOES: [&str; 4] = [
    "design.yaml",
    "SHA256SUMS",
    "README.md",
    "kustomization.yaml",
];

/// A line without the continuation at its end: that one tells only whether another line follows, and
/// comes and goes with that line.
fn text(line: &Line) -> &str {
    match line.text.strip_suffix('\\') {
        Some(text) => text.trim_end().trim_end_matches(';'),
        None => &line.text,
    }
}

/// What one change does.
#[derive(Default)]
struct Effect {
    /// Whether a line changed at all.
    changed: bool,
    /// Lines that changed and do not name the field: file, and the line with its sign.
    offenders: Vec<(String, String)>,
}

fn is_echo(file: &File) -> bool {
    let name = file.path.rsplit('/').next().unwrap_or_default();
    ECHOES.contains(&name)
}

fn lines(file: Option<&File>) -> Vec<&Line> {
    let lines = file.map_or(&[][..], |file| &file.lines);
    lines
        .iter()
        .filter(|line| !line.text.trim_start().starts_with("checksum/"))
        .collect()
}

fn effect(path: &FieldPath, before: &Report, after: &Report) -> Effect {
    let mut effect = Effect::default();
    let names: BTreeSet<&str> = before
        .files
        .iter()
        .chain(&after.files)
        .filter(|file| !is_echo(file))
        .map(|file| file.path.as_str())
        .collect();
    for name in names {
        let (old, new) = (before.file(name), after.file(name));
        if let (Some(old), Some(new)) = (old, new)
            && old.lines == new.lines
        {
            continue;
        }
        let old = lines(old.map(AsRef::as_ref));
        let new = lines(new.map(AsRef::as_ref));
        let texts = |lines: &[&Line]| -> Vec<String> {
            lines.iter().map(|line| text(line).to_owned()).collect()
        };
        if texts(&old) == texts(&new) {
            continue;
        }
        effect.changed = true;
        for offender in offenders(path, &old, &new) {
            effect.offenders.push((name.to_owned(), offender));
        }
    }
    effect
}

/// The fewest lines that go or come without naming the field, over all ways to lay the files beside each other.
fn offenders(path: &FieldPath, old: &[&Line], new: &[&Line]) -> Vec<String> {
    // What is equal at both ends stays, if that works; when it does not, an equal line may still be
    // better off with another partner.
    let same = |pair: &(&&Line, &&Line)| text(pair.0) == text(pair.1);
    let head = old.iter().zip(new).take_while(same).count();
    let shorter = old.len().min(new.len()) - head;
    let ends = old.iter().rev().zip(new.iter().rev()).take(shorter);
    let tail = ends.take_while(same).count();
    let middle = laid_out(
        path,
        &old[head..old.len() - tail],
        &new[head..new.len() - tail],
    );
    if middle.is_empty() {
        return middle;
    }
    laid_out(path, old, new)
}

fn laid_out(path: &FieldPath, old: &[&Line], new: &[&Line]) -> Vec<String> {
    let cost = |line: &Line| u32::from(!line.origins.contains(path));
    let width = new.len() + 1;
    // `least[i * width + j]`: for the lines from `i` and from `j` on.
    let mut least = vec![0_u32; (old.len() + 1) * width];
    for i in (0..=old.len()).rev() {
        for j in (0..=new.len()).rev() {
            let mut best = u32::MAX;
            if i == old.len() && j == new.len() {
                best = 0;
            }
            if i < old.len() {
                best = best.min(least[(i + 1) * width + j] + cost(old[i]));
            }
            if j < new.len() {
                best = best.min(least[i * width + j + 1] + cost(new[j]));
            }
            if i < old.len() && j < new.len() && text(old[i]) == text(new[j]) {
                best = best.min(least[(i + 1) * width + j + 1]);
            }
            least[i * width + j] = best;
        }
    }
    let mut offenders = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        let here = least[i * width + j];
        if i < old.len()
            && j < new.len()
            && text(old[i]) == text(new[j])
            && here == least[(i + 1) * width + j + 1]
        {
            i += 1;
            j += 1;
        } else if i < old.len() && here == least[(i + 1) * width + j] + cost(old[i]) {
            if cost(old[i]) > 0 {
                offenders.push(format!("- {}", old[i].text));
            }
            i += 1;
        } else {
            if cost(new[j]) > 0 {
                offenders.push(format!("+ {}", new[j].text));
            }
            j += 1;
        }
    }
    offenders
}

/// What was found in one base design.
#[derive(Default)]
struct Found {
    /// Fields that mean something here.
    asked: BTreeSet<&'static str>,
    /// Fields with which a line changed.
    spoke: BTreeSet<&'static str>,
    /// Changes whose value the plan did not take.
    refused: BTreeSet<String>,
    /// For each field the lines that do not name it, with an example of where that was.
    offenders: BTreeMap<String, BTreeMap<String, String>>,
}

fn try_all(name: &str, base: &Design) -> Found {
    let mut found = Found::default();
    let mut engine = Engine::default();
    let before = engine.evaluate(base);
    for field in FIELDS.iter().filter(|field| field.written) {
        if !(field.when)(&before.plan) {
            continue;
        }
        for path in support::paths(field, base) {
            let current = support::current(field, &path, base, &before.plan);
            let values = support::other_values(field, &path, &current);
            for value in support::fitting(field, &before.plan, values) {
                found.asked.insert(field.id);
                let mut design = base.clone();
                design.apply(&Change::set(path.clone(), value.clone()));
                let after = engine.evaluate(&design);
                if after.plan.problems.iter().any(|one| one.path == path) {
                    found.refused.insert(format!("{path} = {value} in {name}"));
                    continue;
                }
                let effect = effect(&path, &before, &after);
                if effect.changed {
                    found.spoke.insert(field.id);
                }
                for (file, line) in effect.offenders {
                    found
                        .offenders
                        .entry(path.to_string())
                        .or_default()
                        .entry(format!("{file}: {line}"))
                        .or_insert_with(|| format!("{name}, {current:?} to {value:?}"));
                }
            }
        }
    }
    found
}

/// Whether nothing but its start value can be chosen, as long as there is no second choice.
fn has_one_choice(field: &Field) -> bool {
    matches!(field.kind, Kind::Choice([_]))
}

#[test]
fn every_changed_line_names_the_field_and_every_field_changes_a_line() {
    let bases = support::bases();
    let founds: Vec<Found> = std::thread::scope(|scope| {
        let running: Vec<_> = bases
            .iter()
            .map(|(name, base)| scope.spawn(move || try_all(name, base)))
            .collect();
        running
            .into_iter()
            .map(|one| one.join().expect("no panic"))
            .collect()
    });
    let mut all = Found::default();
    for found in founds {
        all.asked.extend(found.asked);
        all.spoke.extend(found.spoke);
        all.refused.extend(found.refused);
        for (path, lines) in found.offenders {
            let known = all.offenders.entry(path).or_default();
            for (line, example) in lines {
                known.entry(line).or_insert(example);
            }
        }
    }
    let mut report = String::new();
    for field in FIELDS.iter().filter(|field| field.written) {
        if !all.asked.contains(field.id) && !has_one_choice(field) {
            let _ = writeln!(report, "{}: means nothing in any base design", field.id);
        } else if all.asked.contains(field.id) && !all.spoke.contains(field.id) {
            let _ = writeln!(report, "{}: no change of it changes a line", field.id);
        }
    }
    for refused in &all.refused {
        let _ = writeln!(report, "the plan refuses {refused}");
    }
    for (path, lines) in &all.offenders {
        let _ = writeln!(report, "{path}: changed lines that do not name it:");
        for (line, example) in lines.iter().take(12) {
            let _ = writeln!(report, "    {line}\n        ({example})");
        }
        if lines.len() > 12 {
            let _ = writeln!(report, "    and {} more", lines.len() - 12);
        }
    }
    assert!(report.is_empty(), "\n{report}");
}

/// A right value for some field of a design, when the field means something there.
fn some_change(design: &Design, (field, item, value): (usize, u8, u8)) -> Option<Change> {
    let report = evaluate(design);
    let field = FIELDS[field % FIELDS.len()];
    if !field.written || !(field.when)(&report.plan) {
        return None;
    }
    let paths = support::paths(field, design);
    let path = paths.get(usize::from(item) % paths.len().max(1))?;
    let current = support::current(field, path, design, &report.plan);
    let values = support::other_values(field, path, &current);
    let values = support::fitting(field, &report.plan, values);
    let value = values.get(usize::from(value) % values.len().max(1))?;
    Some(Change::set(path.clone(), value.clone()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_line_names_the_field_whatever_was_changed_before(
        base in prop::sample::select(support::bases()),
        earlier in prop::collection::vec(any::<(usize, u8, u8)>(), 0..6),
        last in prop::collection::vec(any::<(usize, u8, u8)>(), 1..6),
    ) {
        let mut design = base.1;
        for change in earlier {
            if let Some(change) = some_change(&design, change) {
                design.apply(&change);
            }
        }
        let before = evaluate(&design);
        for change in last {
            let Some(change) = some_change(&design, change) else { continue };
            let Change::Set { path, .. } = &change else { continue };
            let mut design = design.clone();
            design.apply(&change);
            let after = evaluate(&design);
            let offenders = effect(path, &before, &after).offenders;
            prop_assert!(
                offenders.is_empty(),
                "{}: {change:?} after {:#?}\n{offenders:#?}",
                base.0,
                design.values
            );
        }
    }
}
