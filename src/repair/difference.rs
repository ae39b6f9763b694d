//! Two bundles side by side, line by line.

use std::sync::Arc;

use similar::{Algorithm, DiffOp, capture_diff_slices, group_diff_ops};

use crate::bundle::SUMS;
use crate::render::File;

/// Equal lines that are shown around each change.
const AROUND: usize = 3;

/// How a file differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The file's path in the bundle.
    pub path: String,
    /// How many lines come.
    pub added: usize,
    /// How many lines go.
    pub removed: usize,
    /// The changed places, each with some lines around it.
    pub hunks: Vec<Hunk>,
}

/// A changed place of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// The lines of both files, in their order.
    pub lines: Vec<DifferentLine>,
}

/// A line of one file or of both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DifferentLine {
    /// Its number in the former file, counted from 1; none when it comes.
    pub old: Option<usize>,
    /// Its number in the new file, counted from 1; none when it goes.
    pub new: Option<usize>,
    /// Its text.
    pub text: String,
}

/// What differs between two bundles; what only echoes the design is left out.
pub fn differences(before: &[Arc<File>], after: &[Arc<File>]) -> Vec<Difference> {
    let of = |files: &'_ [Arc<File>], path: &str| -> Option<Arc<File>> {
        files.iter().find(|file| file.path == path).cloned()
    };
    let gone = before.iter().filter(|file| of(after, &file.path).is_none());
    after
        .iter()
        .chain(gone)
        .filter(|file| !is_echo(&file.path))
        .filter_map(|file| {
            let (old, new) = (of(before, &file.path), of(after, &file.path));
            difference(&file.path, old.as_deref(), new.as_deref())
        })
        .collect()
}

/// Whether a file says again what others say.
fn is_echo(path: &str) -> bool {
    matches!(path, "README.md" | "design.yaml" | SUMS)
}

fn difference(path: &str, old: Option<&File>, new: Option<&File>) -> Option<Difference> {
    let (old, new) = (texts(old), texts(new));
    if old == new {
        return None;
    }
    let ops = capture_diff_slices(Algorithm::Myers, &old, &new);
    let count = |of: fn(&DiffOp) -> usize| ops.iter().map(of).sum();
    let added = count(|op| match op {
        DiffOp::Equal { .. } => 0,
        op => op.new_range().len(),
    });
    let removed = count(|op| match op {
        DiffOp::Equal { .. } => 0,
        op => op.old_range().len(),
    });
    let hunks = group_diff_ops(ops, AROUND)
        .iter()
        .map(|ops| hunk(ops, &old, &new))
        .collect();
    Some(Difference {
        path: path.to_owned(),
        added,
        removed,
        hunks,
    })
}

fn texts(file: Option<&File>) -> Vec<&str> {
    let lines = file.map_or(&[][..], |file| &file.lines);
    lines.iter().map(|line| line.text.as_str()).collect()
}

fn hunk(ops: &[DiffOp], old: &[&str], new: &[&str]) -> Hunk {
    let mut lines = Vec::new();
    for op in ops {
        let (old_range, new_range) = (op.old_range(), op.new_range());
        if let DiffOp::Equal { .. } = op {
            lines.extend(old_range.zip(new_range).map(|(at, to)| DifferentLine {
                old: Some(at + 1),
                new: Some(to + 1),
                text: old.get(at).copied().unwrap_or_default().to_owned(),
            }));
            continue;
        }
        lines.extend(old_range.map(|at| DifferentLine {
            old: Some(at + 1),
            new: None,
            text: old.get(at).copied().unwrap_or_default().to_owned(),
        }));
        lines.extend(new_range.map(|at| DifferentLine {
            old: None,
            new: Some(at + 1),
            text: new.get(at).copied().unwrap_or_default().to_owned(),
        }));
    }
    Hunk { lines }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate;
    use crate::presets::PRESETS;

    /// The files that a difference makes of others, as `patch` would.
    fn patched(old: &File, difference: &Difference) -> Vec<String> {
        let mut lines = Vec::new();
        let mut at = 0;
        for line in difference.hunks.iter().flat_map(|hunk| &hunk.lines) {
            let upto = line.old.map_or(at, |number| number - 1);
            lines.extend(old.lines[at..upto].iter().map(|kept| kept.text.clone()));
            at = upto + usize::from(line.old.is_some());
            if line.new.is_some() {
                lines.push(line.text.clone());
            }
        }
        lines.extend(old.lines[at..].iter().map(|kept| kept.text.clone()));
        lines
    }

    #[test]
    fn the_differences_lead_from_one_bundle_to_the_other() {
        let before = evaluate(&PRESETS[0].design());
        let changed = PRESETS[0]
            .design()
            .with("kafka.heap", "3g")
            .with("kafka.groups[main].brokers", "5")
            .with("kafka.listeners[external].exposure", "node-port");
        let after = evaluate(&changed);
        let all = differences(&before.files, &after.files);
        assert!(
            all.iter()
                .any(|one| one.path == "30-kafka/external-services.yaml")
        );
        for file in after.files.iter().filter(|file| !is_echo(&file.path)) {
            let old = before.file(&file.path);
            let difference = all.iter().find(|one| one.path == file.path);
            let made = match (old, difference) {
                (Some(old), Some(difference)) => patched(old, difference),
                (Some(old), None) => texts(Some(old)).into_iter().map(str::to_owned).collect(),
                (None, Some(difference)) => {
                    assert_eq!(difference.added, file.lines.len());
                    let lines = difference.hunks.iter().flat_map(|hunk| &hunk.lines);
                    lines.map(|line| line.text.clone()).collect()
                }
                (None, None) => panic!("{} is new", file.path),
            };
            assert_eq!(made, texts(Some(file)), "{}", file.path);
        }
        let back = differences(&after.files, &before.files);
        let of = |all: &[Difference], path: &str| all.iter().find(|one| one.path == path).cloned();
        let gone = of(&back, "30-kafka/external-services.yaml").expect("it goes");
        assert_eq!((gone.added, gone.hunks.len()), (0, 1));
        assert_eq!(differences(&before.files, &before.files), []);
    }

    #[test]
    fn echoes_of_the_design_are_no_differences() {
        let before = evaluate(&PRESETS[0].design());
        let after = evaluate(&PRESETS[0].design().with("cluster.profile", "staging"));
        assert_ne!(before.file("design.yaml"), after.file("design.yaml"));
        let all = differences(&before.files, &after.files);
        assert!(all.iter().all(|one| !is_echo(&one.path)));
    }
}
