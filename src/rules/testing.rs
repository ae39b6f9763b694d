//! How a rule's tests speak: the smallest design that fires, the smallest change that silences.

use std::sync::Arc;

use super::{Facts, Finding, Severity};
use crate::design::Design;
use crate::plan::{Plan, Traced};
use crate::render::document::{Document, Text, manifest};
use crate::render::{FileKind, Origins, Rendered, Role};

/// A design of some values over the start values.
pub fn design(values: &[(&str, &str)]) -> Design {
    values
        .iter()
        .fold(Design::default(), |design, (path, value)| {
            design.with(path, value)
        })
}

/// What a rule finds in a design.
pub fn found(design: &Design, id: &str) -> Vec<Finding> {
    let findings = crate::evaluate(design).findings;
    findings.iter().filter(|f| f.rule == id).cloned().collect()
}

/// The one finding of a rule in a design.
pub fn fires(design: &Design, id: &str) -> Finding {
    let mut found = found(design, id);
    assert_eq!(found.len(), 1, "{id} must fire once: {found:#?}");
    found.remove(0)
}

/// A rule finds nothing in a design.
pub fn silent(design: &Design, id: &str) {
    assert_eq!(found(design, id), [], "{id} must be silent");
}

fn errors(design: &Design) -> usize {
    let findings = crate::evaluate(design).findings;
    findings
        .iter()
        .filter(|f| f.severity == Severity::Error)
        .count()
}

/// A rule fires once, its first repair silences it and adds no error.
pub fn repairs(design: &Design, id: &str) -> Finding {
    let finding = fires(design, id);
    let fix = finding.fixes.first().expect("a repair");
    let after = crate::engine::after(design, &fix.changes);
    silent(&after, id);
    assert!(
        errors(&after) <= errors(design),
        "{id}: the repair adds an error"
    );
    finding
}

/// A rule fires with the first values, and not with the second ones put over them.
pub fn between(id: &str, firing: &[(&str, &str)], silencing: &[(&str, &str)]) -> Finding {
    let design = design(firing);
    let finding = fires(&design, id);
    let silenced = silencing
        .iter()
        .fold(design, |design, (path, value)| design.with(path, value));
    silent(&silenced, id);
    finding
}

/// What a rule finds in hand-made objects beside a design.
pub fn found_in(design: &Design, yaml: &str, id: &str) -> Vec<Finding> {
    let documents = yaml
        .split("---\n")
        .map(|text| Document::from_tree(serde_yaml::from_str(text).expect("YAML")))
        .collect();
    check(
        design,
        manifest("objects.yaml", &Traced::default(), documents),
        id,
    )
}

/// What a rule finds in a hand-made Dockerfile beside a design.
pub fn found_in_dockerfile(design: &Design, text: &str, id: &str) -> Vec<Finding> {
    let lines = text.lines().fold(Text::new(Role::Plain), |lines, line| {
        lines.line(line, &Origins::NONE)
    });
    check(
        design,
        lines.into_file("Dockerfile", FileKind::Dockerfile),
        id,
    )
}

fn check(design: &Design, rendered: Rendered, id: &str) -> Vec<Finding> {
    let plan = Plan::of(design);
    let outputs = [Arc::new(rendered)];
    let checked = super::check(&Facts::of(design, &plan, &outputs));
    checked
        .findings
        .into_iter()
        .filter(|f| f.rule == id)
        .collect()
}
