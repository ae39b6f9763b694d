//! What the checks say of themselves: one of them, or all in a list.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::report::severity_key;
use super::{Failure, Format};
use crate::args;
use crate::rules::explain::{Explanation, families, nearest, title};
use crate::rules::rules;
use crate::text::{Lang, words};

/// One check, or all.
pub fn explain(id: Option<&str>, format: Format, lang: Lang) -> Result<String, Failure> {
    let Some(id) = id else {
        return Ok(match format {
            Format::Text => list(lang),
            Format::Json => {
                let all: Vec<Value> = rules()
                    .map(|rule| tree(&Explanation::of(rule, lang)))
                    .collect();
                format!("{:#}\n", json!({ "rules": all }))
            }
        });
    };
    let asked = id.trim();
    let rule = rules().find(|rule| rule.id.eq_ignore_ascii_case(asked));
    let rule = rule.ok_or_else(|| {
        let near: Vec<String> = nearest(asked).into_iter().map(str::to_owned).collect();
        Failure::new("cli.no-such-rule", args![id, near])
    })?;
    let explanation = Explanation::of(rule, lang);
    Ok(match format {
        Format::Text => text(&explanation, lang),
        Format::Json => format!("{:#}\n", tree(&explanation)),
    })
}

/// Every check on a line, below its family.
fn list(lang: Lang) -> String {
    let mut text = String::new();
    for (letters, of_it) in families() {
        if !text.is_empty() {
            text.push('\n');
        }
        let name = words(lang, &format!("family.{letters}"), &args![]);
        let _ = writeln!(text, "{letters}: {name}");
        for rule in of_it {
            let severity = words(lang, severity_key(rule.severity), &args![]);
            let _ = writeln!(text, "  {} {severity}: {}", rule.id, title(rule, lang));
        }
    }
    text
}

/// A check for a person: what is wrong, then a line for each thing that is known of it.
fn text(explanation: &Explanation, lang: Lang) -> String {
    let severity = words(lang, severity_key(explanation.severity), &args![]);
    let mut text = format!("{severity}[{}] {}\n", explanation.rule, explanation.title);
    let effect = explanation.effect.words(lang);
    let hides = explanation.hides.join(lang.between_items());
    let hidden_by = explanation.hidden_by.join(lang.between_items());
    for (key, said) in [
        ("cli.explain.when", explanation.condition.as_str()),
        ("cli.explain.why", &explanation.reason),
        ("cli.explain.repair", &explanation.repair),
        ("cli.explain.effect", &effect),
        ("cli.explain.versions", &explanation.versions),
        ("cli.explain.hides", &hides),
        ("cli.explain.hidden-by", &hidden_by),
        ("cli.explain.source", explanation.source),
    ] {
        if !said.is_empty() {
            let _ = writeln!(text, "\n{}\n  {said}", words(lang, key, &args![]));
        }
    }
    text
}

fn tree(explanation: &Explanation) -> Value {
    json!({
        "rule": explanation.rule,
        "severity": explanation.severity,
        "title": explanation.title,
        "condition": explanation.condition,
        "reason": explanation.reason,
        "repair": explanation.repair,
        "source": explanation.source,
        "versions": explanation.versions,
        "effect": explanation.effect,
        "hides": explanation.hides,
        "hidden_by": explanation.hidden_by,
    })
}
