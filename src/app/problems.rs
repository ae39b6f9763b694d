//! What is wrong, as a list: what, why, where, and what to do.

use std::sync::Arc;

use leptos::prelude::*;

use super::checks::CheckLink;
use super::icon::{Icon, Sign, severity_name, severity_sign};
use super::repairs::{Preview, PreviewButton, RepairButton};
use super::state::{App, Check};
use super::words::{lang, say, say_with};
use crate::args;
use crate::design::{Design, Silence};
use crate::rules::{self, Finding, Severity};

/// Places that a problem shows before the rest is counted.
const PLACES: usize = 4;

/// The list.
#[component]
pub fn Problems() -> impl IntoView {
    let app = expect_context::<App>();
    let all = Memo::new(move |_| app.report.with(|report| report.findings.as_ref().clone()));
    let open = Memo::new(move |_| all.with(|all| of(all, false)));
    let silenced = Memo::new(move |_| all.with(|all| of(all, true)));
    let folded = app.problems_folded;
    view! {
        <section
            id="problems-pane"
            class="problems"
            aria-labelledby="problems-title"
            class:folded=folded
            class:clean=move || open.with(Vec::is_empty)
        >
            <header class="problems-head">
                <h2 id="problems-title">
                    <button
                        type="button"
                        class="problems-fold"
                        aria-expanded=move || (!folded.get()).to_string()
                        on:click=move |_| folded.update(|folded| *folded = !*folded)
                    >
                        <Icon sign=Sign::Down />
                        {say("page.problems")}
                    </button>
                </h2>
                <Counts />
                <a class="link" id="all-checks" href="#/rules" on:click=move |_| app.check.set(Some(Check::All))>
                    {say("check.all")}
                </a>
                <RepairAll open />
            </header>
            <div class="problems-list" id="problems" tabindex="-1" role="group" aria-labelledby="problems-title">
                {move || {
                    open.with(Vec::is_empty).then(|| view! {
                        <p class="problems-none">
                            <Icon sign=Sign::Tick />
                            {say("page.no-problems")}
                        </p>
                    })
                }}
                <ul>
                    <For each=move || open.get() key=key_of let:finding>
                        <Problem finding />
                    </For>
                </ul>
                <Questions />
                {move || {
                    let silenced = silenced.get();
                    let count = silenced.len();
                    (count > 0).then(|| view! {
                        <details class="problems-silenced">
                            <summary>{say_with("page.silenced", args![count])}</summary>
                            <ul>{silenced.into_iter().map(|finding| view! { <Problem finding /> }).collect_view()}</ul>
                        </details>
                    })
                }}
                <IdleSilences />
            </div>
        </section>
    }
}

fn of(all: &[Finding], silenced: bool) -> Vec<Finding> {
    all.iter()
        .filter(|finding| finding.silenced.is_some() == silenced)
        .cloned()
        .collect()
}

/// What a finding is, and everything that it says: a finding that says something else is drawn again.
fn key_of(finding: &Finding) -> String {
    let places: Vec<String> = finding
        .places
        .iter()
        .take(PLACES)
        .map(|place| format!("{}:{}", place.file, place.line))
        .collect();
    format!(
        "{} {} {:?} {:?} {:?} {}",
        finding.rule,
        finding.subject,
        finding.severity,
        finding.args,
        finding.outgrown,
        places.join(" ")
    )
}

/// How many of each severity are open.
#[component]
fn Counts() -> impl IntoView {
    let app = expect_context::<App>();
    let counts = Memo::new(move |_| app.report.with(crate::engine::Report::counts));
    view! {
        <p class="problems-counts">
            {[Severity::Error, Severity::Warning, Severity::Advice]
                .into_iter()
                .map(|severity| {
                    let name = severity_name(severity);
                    let count = move || counts.with(|counts| counts[severity as usize]);
                    view! {
                        <span class=format!("count {name}") class:none=move || count() == 0 data-count=name>
                            <Icon sign=severity_sign(severity) />
                            {move || say_with(&format!("page.{name}s"), args![count = count()])}
                        </span>
                    }
                })
                .collect_view()}
        </p>
    }
}

/// Shows what repairing everything safe would do.
#[component]
fn RepairAll(open: Memo<Vec<Finding>>) -> impl IntoView {
    let app = expect_context::<App>();
    let safe =
        move || open.with(|open| open.iter().any(|one| one.fixes.iter().any(|fix| fix.safe)));
    view! {
        <button
            type="button"
            class="link"
            id="repair-all"
            aria-haspopup="dialog"
            hidden=move || !safe()
            on:click=move |_| app.preview.set(Some(Preview::All))
        >
            {say("page.repair-all")}
        </button>
    }
}

/// What nobody told, with the way to the field that would tell it.
#[component]
fn Questions() -> impl IntoView {
    let app = expect_context::<App>();
    let questions = Memo::new(move |_| app.report.with(|report| report.questions.as_ref().clone()));
    move || {
        let questions = questions.get();
        (!questions.is_empty()).then(|| {
            let lines = questions.into_iter().map(|question| {
                let (label, count) = (question.label(lang()), question.rules.len());
                let words = say_with("page.question", args![label, count]);
                let links = question.rules.iter().map(|&id| view! { <CheckLink id /> });
                let links = links.collect_view();
                let field = question.field.to_string();
                view! {
                    <li data-question=field>
                        <Icon sign=Sign::Help />
                        <div>
                            <button type="button" class="problem-title" on:click=move |_| app.go_to_field(&question.field)>
                                {words}
                            </button>
                            <p class="problem-places">{links}</p>
                        </div>
                    </li>
                }
            });
            view! {
                <section class="questions" aria-labelledby="questions-title">
                    <h3 id="questions-title">{say("page.questions")}</h3>
                    <ul>{lines.collect_view()}</ul>
                </section>
            }
        })
    }
}

/// What was accepted and is no longer found.
#[component]
fn IdleSilences() -> impl IntoView {
    let app = expect_context::<App>();
    let silences = Memo::new(move |_| {
        app.report.with(|report| {
            let idle = |design: &Arc<Design>| -> Vec<Silence> {
                rules::idle(design, &report.findings).cloned().collect()
            };
            app.design.with(idle)
        })
    });
    move || {
        let silences = silences.get();
        let count = silences.len();
        (count > 0).then(|| {
            let lines = silences.into_iter().map(|silence| {
                let (rule, subject, reason) = (silence.rule, silence.subject, silence.reason);
                let words = say_with("page.idle.what", args![rule = &rule, subject = &subject, reason]);
                view! {
                    <li>
                        {words}
                        " "
                        <button type="button" class="link" on:click=move |_| app.unsilence(&rule, &subject)>
                            {say("page.idle.drop")}
                        </button>
                    </li>
                }
            });
            view! {
                <details class="problems-silenced idle">
                    <summary>{say_with("page.idle", args![count])}</summary>
                    <ul>{lines.collect_view()}</ul>
                </details>
            }
        })
    }
}

/// One finding: what, why, where, and what to do.
#[component]
pub fn Problem(finding: Finding) -> impl IntoView {
    let app = expect_context::<App>();
    let name = severity_name(finding.severity);
    let field = finding.fields.first().cloned();
    let places = finding.places.len();
    let files = finding.places.iter().map(|place| &place.file);
    let before = std::iter::once(None).chain(files.map(Some));
    // Further lines of one file need not name it again.
    let same: Vec<bool> = finding
        .places
        .iter()
        .zip(before)
        .map(|(place, before)| before == Some(&place.file))
        .collect();
    let title = finding.title(lang());
    let action = finding.action(lang());
    let heading = match field {
        Some(field) => view! {
            <button type="button" class="problem-title" on:click=move |_| app.go_to_field(&field)>
                {title}
            </button>
        }
        .into_any(),
        None => view! { <span class="problem-title">{title}</span> }.into_any(),
    };
    view! {
        <li class=format!("problem {name}") data-rule=finding.rule tabindex="-1">
            <span class="problem-sign">
                <Icon sign=severity_sign(finding.severity) />
                <span class="unseen">{say(&format!("page.{name}"))}</span>
            </span>
            <div class="problem-words">
                <h3>{heading}</h3>
                <p>{finding.message(lang())}</p>
                {(action != format!("{}.action", finding.rule)).then(|| view! { <p class="problem-action">{action}</p> })}
                {finding.outgrown.clone().map(|reason| view! { <p class="problem-reason">{say_with("page.outgrown", args![reason])}</p> })}
                {finding.silenced.clone().map(|reason| view! { <p class="problem-reason">{say_with("page.silenced.reason", args![reason])}</p> })}
                <div class="problem-foot">
                <p class="problem-places">
                    <CheckLink id=finding.rule />
                    {finding
                        .places
                        .clone()
                        .into_iter()
                        .zip(same)
                        .take(PLACES)
                        .map(|(place, same)| {
                            let whole = format!("{}:{}", place.file, place.line);
                            let words = if same { format!(":{}", place.line) } else { whole.clone() };
                            view! {
                                <button
                                    type="button"
                                    class="place"
                                    class:same=same
                                    aria-label=whole
                                    on:click=move |_| app.go_to_line(&place.file, Some(place.line.saturating_sub(1)))
                                >
                                    {words}
                                </button>
                            }
                        })
                        .collect_view()}
                    {(places > PLACES).then(|| say_with("page.more-places", args![count = places - PLACES]))}
                </p>
                <Silencing finding=finding.clone() />
                </div>
            </div>
            <div class="problem-fixes">
                {finding
                    .fixes
                    .into_iter()
                    .map(|fix| {
                        let preview = fix.safe.then(|| view! { <PreviewButton rule=finding.rule fix=fix.clone() /> });
                        view! {
                            <RepairButton rule=finding.rule class="tool" fix />
                            {preview}
                        }
                    })
                    .collect_view()}
            </div>
        </li>
    }
}

/// Deciding to live with a finding, or to hear it again.
#[component]
fn Silencing(finding: Finding) -> impl IntoView {
    let app = expect_context::<App>();
    let reason = RwSignal::new(String::new());
    let rule = finding.rule;
    if finding.silenced.is_some() {
        return view! {
            <button type="button" class="link" data-unsilence=rule on:click=move |_| app.unsilence(finding.rule, &finding.subject)>
                {say("page.unsilence")}
            </button>
        }
        .into_any();
    }
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let reason = reason.get_untracked().trim().to_owned();
        if !reason.is_empty() {
            app.silence(&finding, reason);
        }
    };
    view! {
        <details class="problem-silence">
            <summary>{say("page.silence")}</summary>
            <form on:submit=submit>
                <span class="box">
                    <input
                        type="text"
                        aria-label=say("page.silence.reason")
                        placeholder=say("page.silence.reason")
                        autocomplete="off"
                        prop:value=reason
                        on:input=move |event| reason.set(event_target_value(&event))
                    />
                </span>
                <button
                    type="submit"
                    class="tool"
                    data-silence=rule
                    disabled=move || reason.with(|reason| reason.trim().is_empty())
                >
                    {say("page.silence.do")}
                </button>
            </form>
        </details>
    }
    .into_any()
}
