//! Repairs: their buttons, and the dialog that shows what one would change before it does.

use leptos::prelude::*;

use super::changes::effect_class;
use super::checks::CheckLink;
use super::dialog::{CloseButton, close_beside, open_while};
use super::icon::{Icon, severity_name, severity_sign};
use super::state::App;
use super::words::{lang, say, say_with};
use crate::args;
use crate::design::{Change, Design};
use crate::engine::{after, evaluate};
use crate::repair::{self, Difference, DifferentLine, differences};
use crate::rules::{self, Finding, Fix};
use crate::text::Sentence;

const DIALOG: &str = "repair-dialog";
const TITLE: &str = "repair-title";

/// Lines of one file that are shown.
const LINES: usize = 300;

/// Files whose differences are open at once.
const OPEN: usize = 4;

/// What the dialog shows.
#[derive(Clone)]
pub enum Preview {
    /// One repair.
    One(Fix),
    /// All safe ones.
    All,
}

/// The button of a repair: what is safe is done at once, other repairs are shown first.
#[component]
pub fn RepairButton(rule: &'static str, class: &'static str, fix: Fix) -> impl IntoView {
    let app = expect_context::<App>();
    let title = fix.title.words(lang());
    let words = if fix.safe {
        title
    } else {
        say_with("repair.more", args![title])
    };
    view! {
        <button
            type="button"
            class=class
            data-repair=rule
            aria-haspopup=(!fix.safe).then_some("dialog")
            on:click=move |_| {
                if fix.safe {
                    app.repair(&fix);
                } else {
                    app.preview.set(Some(Preview::One(fix.clone())));
                }
            }
        >
            {words}
        </button>
    }
}

/// Shows what a repair that could be done at once would change.
#[component]
pub fn PreviewButton(rule: &'static str, fix: Fix) -> impl IntoView {
    let app = expect_context::<App>();
    let title = fix.title.words(lang());
    view! {
        <button
            type="button"
            class="link"
            data-preview=rule
            aria-haspopup="dialog"
            aria-label=say_with("repair.preview.what", args![title])
            on:click=move |_| app.preview.set(Some(Preview::One(fix.clone())))
        >
            {say("repair.preview")}
        </button>
    }
}

/// What a repair would do, worked out when the dialog opens.
struct Outcome {
    title: Sentence,
    effect: Option<rules::Effect>,
    changes: Vec<Change>,
    /// What is said when it has been done.
    news: String,
    gone: Vec<Finding>,
    comes: Vec<Finding>,
    left: Vec<(Finding, String)>,
    files: Vec<Difference>,
}

impl Outcome {
    fn of(preview: &Preview, design: &Design) -> Self {
        let now = evaluate(design);
        let (title, effect, changes, left) = match preview {
            Preview::One(fix) => {
                let title = fix.title.clone();
                (title, Some(fix.effect), fix.changes.clone(), Vec::new())
            }
            Preview::All => {
                let all = repair::all_safe(design);
                let left = all.left.into_iter();
                let left = left
                    .map(|one| (one.finding, one.why.words(lang())))
                    .collect();
                (Sentence::plain("page.repair-all"), None, all.changes, left)
            }
        };
        let then = evaluate(&after(design, &changes));
        let open = |report: &crate::Report| -> Vec<Finding> {
            let open = report.findings.iter().filter(|one| one.silenced.is_none());
            open.cloned().collect()
        };
        let (before, later) = (open(&now), open(&then));
        let without = |some: &[Finding], others: &[Finding]| -> Vec<Finding> {
            let same = |one: &Finding, other: &Finding| {
                one.rule == other.rule && one.subject == other.subject
            };
            let lacking = some
                .iter()
                .filter(|one| !others.iter().any(|other| same(one, other)));
            lacking.cloned().collect()
        };
        let gone = without(&before, &later);
        let comes = without(&later, &before);
        let news = match preview {
            Preview::One(_) => String::new(),
            Preview::All => {
                let (gone, left) = (gone.len(), left.len());
                say_with("repair.done", args![gone, left]) + " "
            }
        };
        Self {
            title,
            effect,
            changes,
            news,
            gone,
            comes,
            left,
            files: differences(&now.files, &then.files),
        }
    }
}

/// The dialog.
#[component]
pub fn RepairDialog() -> impl IntoView {
    let app = expect_context::<App>();
    open_while(DIALOG, move || app.preview.with(Option::is_some), || {});
    view! {
        <dialog
            id=DIALOG
            class="dialog wide"
            aria-labelledby=TITLE
            on:click=move |event| close_beside(&event)
            on:close=move |_| app.preview.set(None)
        >
            {move || {
                let preview = app.preview.get()?;
                let outcome = app.design.with_untracked(|design| Outcome::of(&preview, design));
                Some(view! { <Body outcome /> })
            }}
        </dialog>
    }
}

#[component]
fn Body(outcome: Outcome) -> impl IntoView {
    let app = expect_context::<App>();
    let Outcome {
        title,
        effect,
        changes,
        news,
        gone,
        comes,
        left,
        files,
    } = outcome;
    let what = title.clone();
    let nothing = changes.is_empty();
    let (lost, stay, count) = (gone.len(), left.len(), files.len());
    let apply = move |_| {
        app.preview.set(None);
        app.say_next(news.clone());
        app.apply(what.clone(), &changes);
    };
    let effect = match effect {
        _ if nothing => None,
        Some(effect) => Some(effect),
        // What is safe restarts the pods one after the other at most.
        None => Some(rules::Effect::RollingRestart),
    };
    let all = stay > 0 || effect.is_none();
    view! {
        <div class="dialog-body repair">
            <header>
                <h2 id=TITLE>{title.words(lang())}</h2>
                <CloseButton />
            </header>
            {effect.map(|effect| {
                view! {
                    <p class=effect_class(effect) data-effect=effect.name()>
                        <strong>{say("check.effect")}</strong>
                        ": "
                        {effect.words(lang())}
                    </p>
                }
            })}
            {nothing.then(|| view! { <p>{say("repair.nothing")}</p> })}
            {(lost > 0).then(|| view! { <List title=say_with("repair.gone", args![count = lost]) findings=plain(gone) open=true /> })}
            {(!comes.is_empty()).then(|| {
                let title = say_with("repair.comes", args![count = comes.len()]);
                view! { <List title findings=plain(comes) open=true /> }
            })}
            {(all && stay > 0).then(|| view! { <div id="repair-left"><List title=say_with("repair.left", args![count = stay]) findings=left open=true /></div> })}
            {(count > 0).then(|| view! { <h3>{say_with("repair.files", args![count])}</h3> })}
            {files
                .into_iter()
                .enumerate()
                .map(|(at, file)| view! { <FileDifference file open={at < OPEN} /> })
                .collect_view()}
            <footer>
                {(!nothing).then(|| view! {
                    <button type="button" class="tool go" id="apply-repair" on:click=apply>
                        {say("repair.apply")}
                    </button>
                })}
                <form method="dialog">
                    <button type="submit" class="tool">{say("repair.cancel")}</button>
                </form>
                {(!nothing).then(|| view! { <span>{say("repair.undo")}</span> })}
            </footer>
        </div>
    }
}

fn plain(findings: Vec<Finding>) -> Vec<(Finding, String)> {
    let plain = findings.into_iter();
    plain.map(|finding| (finding, String::new())).collect()
}

/// Findings on a line each, with what is to be said of them.
#[component]
pub fn List(title: String, findings: Vec<(Finding, String)>, open: bool) -> impl IntoView {
    let lines = findings.into_iter().map(|(finding, why)| {
        let name = severity_name(finding.severity);
        view! {
            <li>
                <span class=format!("check-sign {name}")>
                    <Icon sign=severity_sign(finding.severity) />
                    <span class="unseen">{say(&format!("page.{name}"))}</span>
                </span>
                <CheckLink id=finding.rule />
                <span>{finding.title(lang())} " " <small>{finding.subject.clone()}</small></span>
                {(!why.is_empty()).then(|| view! { <em>{why}</em> })}
            </li>
        }
    });
    view! {
        <details class="repair-list" open=open>
            <summary>{title}</summary>
            <ul>{lines.collect_view()}</ul>
        </details>
    }
}

/// A file's changed lines, with some lines around them.
#[component]
pub fn FileDifference(file: Difference, open: bool) -> impl IntoView {
    let Difference {
        path,
        added,
        removed,
        hunks,
    } = file;
    let all: usize = hunks.iter().map(|hunk| hunk.lines.len()).sum();
    let mut room = LINES;
    let mut pieces = Vec::new();
    for hunk in hunks {
        if room == 0 {
            break;
        }
        let lines: Vec<DifferentLine> = hunk.lines.into_iter().take(room).collect();
        room -= lines.len();
        pieces.push(piece(lines));
    }
    let more = all.saturating_sub(LINES);
    let name = path.clone();
    let label = say_with("repair.changed-lines", args![file = path.clone()]);
    view! {
        <details class="difference" open=open data-difference=path>
            <summary>
                <code>{name}</code>
                <span class="difference-count">
                    <span class="comes">{format!("+{added}")}</span>
                    " "
                    <span class="goes">{format!("−{removed}")}</span>
                    <span class="unseen">{say_with("repair.lines", args![added, removed])}</span>
                </span>
            </summary>
            <div class="difference-text" tabindex="0" role="region" aria-label=label>
                {pieces.into_iter().collect_view()}
                {(more > 0).then(|| view! { <p>{say_with("repair.more-lines", args![count = more])}</p> })}
            </div>
        </details>
    }
}

fn piece(lines: Vec<DifferentLine>) -> impl IntoView {
    let number = |number: Option<usize>| number.map(|number| number.to_string());
    let lines = lines.into_iter().map(|line| {
        let (class, sign) = match (line.old, line.new) {
            (None, _) => ("comes", "+"),
            (_, None) => ("goes", "−"),
            _ => ("", " "),
        };
        view! {
            <div class=class>
                <span aria-hidden="true">{number(line.old)}</span>
                <span aria-hidden="true">{number(line.new)}</span>
                <code>{sign} " " {line.text}</code>
            </div>
        }
    });
    view! { <div class="difference-hunk">{lines.collect_view()}</div> }
}
