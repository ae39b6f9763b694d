//! A line knows its fields: whatever a change of one field does to the files, each line that goes or
//! comes names that field.
//!
//! Left out are echoes: sums of other files' contents, and what belongs to the bundle as a whole.

use kafka_cluster_designer::design::{self, Design, FieldPath};
use kafka_cluster_designer::evaluate;
use kafka_cluster_designer::fields::FIELDS;
use kafka_cluster_designer::presets::PRESETS;
use kafka_cluster_designer::render::{File, Line, OUTPUTS};

/// Texts of every kind; a field takes those that are right for it.
const TEXTS: &[&str] = &[
    "true",
    "false",
    "1",
    "2",
    "7",
    "600",
    "30500",
    "none",
    "required",
    "preferred",
    "inside",
    "node-port",
    "load-balancer",
    "host-port",
    "node",
    "fixed",
    "per-broker",
    "Local",
    "Cluster",
    "OrderedReady",
    "Parallel",
    "2.4.1",
    "3.5.2",
    "2.12",
    "1.21",
    "1.29",
    "3.8.4",
    "flags",
    "file",
    "app",
    "recommended",
    "class",
    "nfs",
    "local",
    "built",
    "tutorial",
    "official",
    "ruok",
    "srvr",
    "archive",
    "mirror",
    "Always",
    "ReadWriteMany",
    "baseline",
    "3g",
    "5Gi",
    "750m",
    "other",
    "OTHER",
    "a.example.com",
    "a.example.com, b.example.com",
    "192.0.2.0/24",
    "disk=ssd",
    "https://mirror.example.com/apache",
    "other.example.com/kafka:1",
    "/mnt/other",
    "/chroot",
    "-Dother=1",
    "DEBUG",
    "zone-b",
    "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000abcd",
];

fn designs() -> Vec<(String, Design)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/designs");
    let mut designs: Vec<(String, Design)> = std::fs::read_dir(folder)
        .expect("designs")
        .map(|file| {
            let path = file.expect("a file").path();
            let text = std::fs::read_to_string(&path).expect("a design");
            let design = design::read(&text).expect("a design document");
            (path.display().to_string(), design)
        })
        .collect();
    designs.extend(
        PRESETS
            .iter()
            .map(|preset| (preset.name.to_owned(), preset.design())),
    );
    designs.sort_by(|left, right| left.0.cmp(&right.0));
    designs
}

/// The lines that only one of both has, by the longest common sequence.
fn changed<'a>(before: &'a [Line], after: &'a [Line]) -> Vec<&'a Line> {
    let same = |(left, right): &(&Line, &Line)| left.text == right.text;
    let head = before.iter().zip(after).take_while(same).count();
    let (before, after) = (&before[head..], &after[head..]);
    let tail = before
        .iter()
        .rev()
        .zip(after.iter().rev())
        .take_while(same)
        .count();
    let (before, after) = (&before[..before.len() - tail], &after[..after.len() - tail]);
    let width = after.len() + 1;
    let mut common = vec![0u16; (before.len() + 1) * width];
    for (row, left) in before.iter().enumerate().rev() {
        for (column, right) in after.iter().enumerate().rev() {
            common[row * width + column] = if left.text == right.text {
                common[(row + 1) * width + column + 1] + 1
            } else {
                common[(row + 1) * width + column].max(common[row * width + column + 1])
            };
        }
    }
    let (mut row, mut column) = (0, 0);
    let mut lines = Vec::new();
    while row < before.len() || column < after.len() {
        if row < before.len() && column < after.len() && before[row].text == after[column].text {
            row += 1;
            column += 1;
        } else if column == after.len()
            || (row < before.len()
                && common[(row + 1) * width + column] >= common[row * width + column + 1])
        {
            lines.push(&before[row]);
            row += 1;
        } else {
            lines.push(&after[column]);
            column += 1;
        }
    }
    lines
}

fn is_echo(line: &Line) -> bool {
    line.text.trim_start().starts_with("checksum/")
}

fn rendered(design: &Design) -> Vec<(&'static str, File)> {
    let plan = evaluate(design).plan;
    OUTPUTS
        .iter()
        .filter(|output| (output.wanted)(&plan))
        .map(|output| (output.path, (output.render)(&plan).file))
        .collect()
}

#[test]
fn every_changed_line_names_the_field() {
    let mut wrong = Vec::new();
    for (name, design) in designs() {
        let before = rendered(&design);
        for field in FIELDS {
            let keys: Vec<Option<String>> = match field.list() {
                Some(list) => design.keys(list).map(|key| Some(key.to_owned())).collect(),
                None => vec![None],
            };
            for key in keys {
                let path = field.path(key.as_deref());
                if path.as_str().ends_with("[]") {
                    continue;
                }
                for text in TEXTS.iter().filter(|text| field.kind.check(text).is_ok()) {
                    let after = rendered(&design.clone().with(path.as_str(), text));
                    compare(&name, &path, text, &before, &after, &mut wrong);
                }
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(
        wrong.is_empty(),
        "{} lines:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

fn compare(
    name: &str,
    path: &FieldPath,
    text: &str,
    before: &[(&str, File)],
    after: &[(&str, File)],
    wrong: &mut Vec<String>,
) {
    for (file, lines) in before.iter().map(|(file, lines)| (*file, lines)) {
        // A file that comes or goes as a whole needs no origins in each of its lines.
        let Some((_, other)) = after.iter().find(|(other, _)| *other == file) else {
            continue;
        };
        for line in changed(&lines.lines, &other.lines) {
            if !line.text.is_empty() && !is_echo(line) && !line.origins.contains(path) {
                wrong.push(format!(
                    "{path} = {text}: {file}: {:?} ({})",
                    line.text,
                    name.rsplit('/').next().unwrap_or_default()
                ));
            }
        }
    }
}
