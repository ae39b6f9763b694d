//! Findings as text for people and as JSON for programs.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::args;
use crate::design::{Design, FieldPath};
use crate::engine::Report;
use crate::import::Imported;
use crate::rules::{Finding, Fix, Severity, idle};
use crate::text::{Lang, words};

/// The findings like a compiler's, and how many there are.
pub fn text(report: &Report, design: &Design, lang: Lang) -> String {
    let mut text = String::new();
    for finding in report.findings.iter() {
        let severity = words(lang, severity_key(finding.severity), &args![]);
        let title = finding.title(lang);
        let _ = writeln!(
            text,
            "{severity}[{}] {}: {}",
            finding.rule,
            one_line(&finding.subject),
            one_line(&title)
        );
        let mut line = |words: String| {
            let _ = writeln!(text, "  {}", one_line(&words));
        };
        line(finding.message(lang));
        line(finding.action(lang));
        for place in &finding.places {
            let file = place.file.as_str();
            line(words(lang, "cli.place", &args![file, line = place.line]));
        }
        for fix in &finding.fixes {
            let title = fix.title.words(lang);
            line(words(lang, "cli.fix", &args![title]));
        }
        if let Some(reason) = &finding.silenced {
            line(words(lang, "cli.silenced", &args![reason]));
        }
        if let Some(reason) = &finding.outgrown {
            line(words(lang, "cli.outgrown", &args![reason]));
        }
        text.push('\n');
    }
    let mut note = |words: String| {
        let _ = writeln!(text, "{}", one_line(&words));
    };
    for question in report.questions.iter() {
        let (field, count) = (question.field.as_str(), question.rules.len());
        let label = question.label(lang);
        let rules = question.rules.join(lang.between_items());
        note(words(
            lang,
            "cli.question",
            &args![label, field, count, rules],
        ));
    }
    for silence in idle(design, &report.findings) {
        let (rule, subject) = (&silence.rule, &silence.subject);
        note(words(lang, "cli.idle", &args![rule, subject]));
    }
    let [errors, warnings, advice] = report.counts();
    let silenced = report.findings.len() - errors - warnings - advice;
    text.push_str(&words(
        lang,
        "cli.summary",
        &args![errors, warnings, advice, silenced],
    ));
    text.push('\n');
    text
}

/// The findings as one JSON document.
pub fn json(report: &Report, lang: Lang) -> String {
    let findings: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| finding_json(finding, lang))
        .collect();
    let questions: Vec<Value> = report
        .questions
        .iter()
        .map(|question| json!({ "field": question.field.as_str(), "rules": question.rules }))
        .collect();
    let document = json!({ "findings": findings, "questions": questions });
    format!("{document:#}\n")
}

/// The findings of an imported design with their places in the imported files, and what was not understood.
pub fn imported_json(report: &Report, imported: &Imported, lang: Lang) -> String {
    let findings = report.findings.iter().map(|finding| {
        let mut json = finding_json(finding, lang);
        let sources = imported.sources_of(finding).into_iter();
        let sources =
            sources.map(|(file, at)| json!({ "file": file, "line": at.line, "column": at.column }));
        json["sources"] = sources.collect();
        json
    });
    let findings: Vec<Value> = findings.collect();
    let report = json!({
        "findings": findings,
        "remarks": super::import::remarks_json(imported, lang),
        "questions": super::import::questions_json(imported, lang),
        "extras": imported.design.extras.origins(),
        "comments_lost": imported.comments_lost,
    });
    format!("{report:#}\n")
}

fn finding_json(finding: &Finding, lang: Lang) -> Value {
    let fixes: Vec<Value> = finding
        .fixes
        .iter()
        .map(|fix| fix_json(fix, lang))
        .collect();
    json!({
        "rule": finding.rule,
        "severity": finding.severity,
        "subject": finding.subject,
        "title": finding.title(lang),
        "message": finding.message(lang),
        "action": finding.action(lang),
        "fields": finding.fields.iter().map(FieldPath::as_str).collect::<Vec<_>>(),
        "places": finding.places,
        "fixes": fixes,
        "silenced": finding.silenced,
    })
}

fn fix_json(fix: &Fix, lang: Lang) -> Value {
    json!({
        "title": fix.title.words(lang),
        "safe": fix.safe,
        "effect": fix.effect,
        "changes": fix.changes,
    })
}

/// The key of the word for a severity.
pub fn severity_key(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "cli.severity.error",
        Severity::Warning => "cli.severity.warning",
        Severity::Advice => "cli.severity.advice",
    }
}

/// A text without line ends and control characters, which a terminal would obey.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
