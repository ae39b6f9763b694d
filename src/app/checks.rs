//! The pages of the checks: one for each, and the list of all.
//!
//! They lie over the page as a dialog, and have addresses of their own.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::browser::{focus, timer};
use super::dialog::{CloseButton, close_beside, dialog};
use super::icon::{Icon, Sign, severity_name, severity_sign};
use super::problems::Problem;
use super::state::{App, Check};
use super::words::{self, lang, say, say_with};
use crate::args;
use crate::rules::explain::{self, Explanation};
use crate::rules::{Finding, Rule, Severity};
use crate::text::Sentence;
use crate::text::fetched::{self, Part};

const DIALOG: &str = "check-dialog";
const TITLE: &str = "check-title";

/// A check's id, which leads to its page.
#[component]
pub fn CheckLink(id: &'static str) -> impl IntoView {
    let app = expect_context::<App>();
    view! {
        <a
            class="check-link"
            href=format!("#/rule={id}")
            title=say_with("check.open", args![id])
            on:click=move |_| app.check.set(crate::rules::rule(id).map(Check::One))
        >
            {id}
        </a>
    }
}

/// The dialog that holds one page or the list.
#[component]
pub fn CheckDialog() -> impl IntoView {
    let app = expect_context::<App>();
    let worded = RwSignal::new(fetched::is_there(lang(), Part::Checks));
    Effect::new(move |_| {
        let wanted = app.check.with(Option::is_some);
        let Some(dialog) = dialog(DIALOG) else {
            return;
        };
        if !wanted {
            dialog.close();
            return;
        }
        if !worded.get() {
            spawn_local(async move {
                if words::fetch(lang(), Part::Checks).await.is_ok() {
                    worded.set(true);
                } else {
                    app.close_check();
                    app.notice(Sentence::plain("page.missing"));
                }
            });
            return;
        }
        timer::when_drawn(move || {
            if !dialog.open() {
                // It is refused only when the dialog is open already.
                let _ = dialog.show_modal();
            }
            // What is new is read from its beginning.
            dialog.set_scroll_top(0);
            let _ = focus::element(TITLE).map(|title| title.focus());
        });
    });
    view! {
        <dialog
            id=DIALOG
            class="dialog wide"
            aria-labelledby=TITLE
            on:click=move |event| close_beside(&event)
            on:close=move |_| app.close_check()
        >
            {move || match app.check.get().filter(|_| worded.get()) {
                Some(Check::One(rule)) => view! { <Page rule /> }.into_any(),
                Some(Check::All) => view! { <List /> }.into_any(),
                None => ().into_any(),
            }}
        </dialog>
    }
}

#[component]
fn Head(title: String) -> impl IntoView {
    view! {
        <header>
            <h2 id=TITLE tabindex="-1">{title}</h2>
            <CloseButton />
        </header>
    }
}

/// What is known of one check, and what it finds here.
#[component]
fn Page(rule: &'static Rule) -> impl IntoView {
    let app = expect_context::<App>();
    let found = Memo::new(move |_| {
        app.report.with(|report| {
            let found = report.findings.iter().filter(|one| one.rule == rule.id);
            found.cloned().collect::<Vec<Finding>>()
        })
    });
    let asks = Memo::new(move |_| {
        app.report.with(|report| {
            let question = report
                .questions
                .iter()
                .find(|one| one.rules.contains(&rule.id));
            question.map(|one| (one.field.clone(), one.label(lang())))
        })
    });
    let Explanation {
        severity,
        title,
        condition,
        reason,
        repair,
        source,
        versions,
        effect,
        hides,
        hidden_by,
        ..
    } = Explanation::of(rule, lang());
    let name = severity_name(severity);
    let family = say(&format!("family.{}", explain::family(rule)));
    let fact = |key: &str, words: String| {
        (!words.is_empty()).then(|| view! { <dt>{say(key)}</dt> <dd>{words}</dd> })
    };
    let others = |key: &str, ids: &[&'static str]| {
        (!ids.is_empty()).then(|| {
            let links = ids
                .iter()
                .map(|&id| view! { <CheckLink id /> })
                .collect_view();
            view! { <dt>{say(key)}</dt> <dd class="check-others">{links}</dd> }
        })
    };
    view! {
        <div class="dialog-body check" data-check=rule.id>
            <Head title />
            <p class=format!("check-kind {name}")>
                <Icon sign=severity_sign(severity) />
                <strong>{say(&format!("page.{name}"))}</strong>
                <code>{rule.id}</code>
                <span>{family}</span>
                <a href="#/rules" on:click=move |_| app.check.set(Some(Check::All))>{say("check.all")}</a>
            </p>
            <dl class="check-facts">
                {fact("check.when", condition)}
                {fact("check.why", reason)}
                {fact("check.repair", repair)}
                {fact("check.effect", effect.words(lang()))}
                {fact("check.versions", versions)}
                {others("check.hides", hides)}
                {others("check.hidden-by", &hidden_by)}
                <dt>{say("check.source")}</dt>
                <dd class="check-source"><code>{source}</code></dd>
            </dl>
            <section class="check-found" aria-labelledby="check-found-title">
                <h3 id="check-found-title">{say("check.found")}</h3>
                {move || {
                    let found = found.get();
                    if found.is_empty() {
                        return match asks.get() {
                            Some((field, label)) => view! {
                                <p>
                                    <button type="button" class="link" on:click=move |_| app.go_to_field(&field)>
                                        {say_with("check.asks", args![label])}
                                    </button>
                                </p>
                            }
                            .into_any(),
                            None => view! { <p>{say("check.found.none")}</p> }.into_any(),
                        };
                    }
                    let found = found.into_iter().map(|finding| view! { <Problem finding /> }).collect_view();
                    view! { <ul>{found}</ul> }.into_any()
                }}
            </section>
        </div>
    }
}

/// A check as a line of the list.
#[derive(Clone)]
struct Entry {
    rule: &'static Rule,
    title: String,
    /// All its words in small letters, for the filter.
    text: String,
}

/// Every check by family, with a filter.
#[component]
fn List() -> impl IntoView {
    let app = expect_context::<App>();
    let filter = RwSignal::new(String::new());
    let families: Vec<(&str, Vec<Entry>)> = explain::families()
        .map(|(letters, of_it)| (letters, of_it.into_iter().map(entry).collect()))
        .collect();
    let all: usize = families.iter().map(|(_, of_it)| of_it.len()).sum();
    let families = StoredValue::new(families);
    let counts = move |id: &'static str| {
        app.report
            .with(|report| report.findings.iter().filter(|one| one.rule == id).count())
    };
    let shown = move || {
        let words: Vec<String> = filter.with(|filter| {
            let words = filter.split_whitespace().map(str::to_lowercase);
            words.collect()
        });
        let holds = |entry: &Entry| words.iter().all(|word| entry.text.contains(word.as_str()));
        families.with_value(|families| {
            let some = families.iter().map(|(letters, of_it)| {
                let of_it: Vec<Entry> = of_it.iter().filter(|one| holds(one)).cloned().collect();
                (*letters, of_it)
            });
            some.filter(|(_, of_it)| !of_it.is_empty())
                .collect::<Vec<_>>()
        })
    };
    view! {
        <div class="dialog-body check-list">
            <Head title=say_with("check.list", args![count = all]) />
            <span class="box">
                <Icon sign=Sign::Search />
                <input
                    type="search"
                    id="check-filter"
                    aria-label=say("check.filter")
                    placeholder=say("check.filter")
                    autocomplete="off"
                    spellcheck="false"
                    on:input=move |event| filter.set(event_target_value(&event))
                />
            </span>
            {move || {
                let shown = shown();
                if shown.is_empty() {
                    return view! { <p>{say("check.none")}</p> }.into_any();
                }
                shown
                    .into_iter()
                    .map(|(letters, of_it)| {
                        let lines = of_it.into_iter().map(|one| line(&one, counts(one.rule.id))).collect_view();
                        view! {
                            <section>
                                <h3>{say(&format!("family.{letters}"))}</h3>
                                <ul>{lines}</ul>
                            </section>
                        }
                    })
                    .collect_view()
                    .into_any()
            }}
        </div>
    }
}

fn entry(rule: &'static Rule) -> Entry {
    let said = Explanation::of(rule, lang());
    let text = format!(
        "{} {} {} {}",
        rule.id, said.title, said.condition, said.reason
    );
    Entry {
        rule,
        title: said.title,
        text: text.to_lowercase(),
    }
}

fn line(entry: &Entry, count: usize) -> impl IntoView + use<> {
    let app = expect_context::<App>();
    let rule = entry.rule;
    let name = severity_name(rule.severity);
    let found = (count > 0).then(|| {
        view! { <span class="check-count">{say_with("check.count", args![count])}</span> }
    });
    view! {
        <li>
            <a href=format!("#/rule={}", rule.id) on:click=move |_| app.check.set(Some(Check::One(rule)))>
                <span class=format!("check-sign {name}")>
                    <Icon sign=severity_sign(rule.severity) />
                    <span class="unseen">{severity_word(rule.severity)}</span>
                </span>
                <code>{rule.id}</code>
                <span>{entry.title.clone()}</span>
                {found}
            </a>
        </li>
    }
}

fn severity_word(severity: Severity) -> String {
    say(&format!("page.{}", severity_name(severity)))
}
