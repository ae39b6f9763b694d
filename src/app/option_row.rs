//! One option as a row of the table: its name, its editor, and what is known of it.

use std::sync::Arc;

use leptos::prelude::*;

use super::browser::{focus, pointer};
use super::control::{option_reading, round_words, unit_key};
use super::icon::{Icon, Sign, severity_name, severity_sign};
use super::options::{Catalogue, Entry, row_id};
use super::state::App;
use super::words::{say, say_with};
use crate::args;
use crate::catalog::{Importance, OptionKind, UpdateMode, ValueRange};
use crate::design::FieldPath;
use crate::rules::{Finding, Severity};

/// An option as row and detail know it.
#[derive(Clone, Copy)]
pub struct Setting {
    /// The page.
    pub app: App,
    /// Whose option.
    pub catalogue: Catalogue,
    /// Its place in the design.
    pub path: StoredValue<FieldPath>,
    /// The text as typed.
    pub typed: Memo<Option<String>>,
    /// What the files say, asked for or not.
    pub written: Memo<Option<String>>,
    /// What was found wrong with it.
    pub findings: Memo<Vec<Finding>>,
}

impl Setting {
    /// An option of the design.
    pub fn of(app: App, catalogue: Catalogue, entry: &Entry) -> Self {
        let path = StoredValue::new(catalogue.path(&entry.name));
        let typed = Memo::new(move |_| {
            path.with_value(|path| {
                app.design
                    .with(|design| design.get(path).map(str::to_owned))
            })
        });
        let name = entry.name.clone();
        let written = Memo::new(move |_| {
            app.report
                .with(|report| catalogue.written(&report.plan, &name))
        });
        let findings = Memo::new(move |_| {
            path.with_value(|path| {
                app.by_field
                    .with(|by_field| by_field.get(path).cloned().unwrap_or_default())
            })
        });
        Self {
            app,
            catalogue,
            path,
            typed,
            written,
            findings,
        }
    }

    /// The id of its editor.
    pub fn id(self) -> String {
        self.path.with_value(|path| format!("field-{path}"))
    }

    /// Takes a text over; nothing typed unsets it.
    pub fn put(self, text: String) {
        let field = self.catalogue.field();
        self.path
            .with_value(|path| self.app.type_into(field, path, text));
    }

    /// Unsets it, and leaves the focus on its editor.
    pub fn unset(self) {
        self.put(String::new());
        self.app.settle();
        focus::focus_softly(&self.id()).unwrap_or_default();
    }

    fn worst(self) -> Option<Severity> {
        self.findings
            .with(|findings| findings.iter().map(|one| one.severity).min())
    }
}

/// A row; `first` says whether the tab key leads to it.
#[component]
pub fn OptionRow(
    catalogue: Catalogue,
    entry: Arc<Entry>,
    at: usize,
    first: impl Fn() -> bool + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let app = expect_context::<App>();
    let setting = Setting::of(app, catalogue, &entry);
    let name = StoredValue::new(entry.name.clone());
    let focused = move |_| {
        let (name, path) = (name.get_value(), setting.path.get_value());
        pointer::when_up(move || {
            let active = app.options.active;
            if active.with_untracked(|active| active.as_ref() != Some(&name)) {
                active.set(Some(name));
            }
            app.focused.set(Some(path));
        });
    };
    let (id, option) = (row_id(&entry.name), entry.name.clone());
    let title = breakable(&entry.name);
    view! {
        <div
            class="option-row"
            id=id
            role="row"
            aria-rowindex=at + 2
            tabindex=move || if first() { "0" } else { "-1" }
            class:edited=move || setting.typed.with(Option::is_some)
            class:active=move || app.options.active.with(|active| name.with_value(|name| active.as_ref() == Some(name)))
            data-option=option
            data-focus=setting.id()
            style:--at=at.to_string()
            on:focusin=focused
            on:focusout=move |_| app.settle()
            on:keydown=move |event| {
                if event.key() == "Delete" && !focus::is_typing() && setting.typed.with_untracked(Option::is_some) {
                    setting.put(String::new());
                }
            }
        >
            <span class="option-name" role="rowheader">
                <span id=format!("{}-name", setting.id())>{title}</span>
                <Marks setting entry=entry.clone() />
            </span>
            <span class="option-value" role="gridcell">
                <Editor setting entry=entry.clone() first />
            </span>
            <Facts entry />
        </div>
    }
}

/// What stands beside the name: what was found, and where the value comes from.
#[component]
fn Marks(setting: Setting, entry: Arc<Entry>) -> impl IntoView {
    let deprecated = entry.deprecated;
    let strange = entry.values.is_none();
    let state = move || {
        let typed = setting.typed.get();
        match typed {
            Some(text) if entry.is_default(&text) => Some("options.is-default"),
            Some(_) => None,
            None => setting
                .written
                .with(|written| written.is_some().then_some("options.ours")),
        }
    };
    let found = move || {
        setting.worst().map(|severity| {
            let name = severity_name(severity);
            view! {
                <span class=format!("option-found {name}")>
                    <Icon sign=severity_sign(severity) />
                    <span class="unseen">{say(&format!("page.{name}"))}</span>
                </span>
            }
        })
    };
    view! {
        {found}
        {move || state().map(|key| view! { <span class="tag">{say(key)}</span> })}
        {deprecated.then(|| view! { <span class="tag warning">{say("options.deprecated")}</span> })}
        {strange.then(|| view! { <span class="tag warning">{say("options.strange")}</span> })}
    }
}

/// The editor, by the kind of the option.
#[component]
fn Editor(
    setting: Setting,
    entry: Arc<Entry>,
    first: impl Fn() -> bool + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let default = entry.default.clone().unwrap_or_default();
    let idle = move || setting.written.get().unwrap_or_else(|| default.clone());
    let tab = move || if first() { "0" } else { "-1" };
    let label = format!("{}-name", setting.id());
    let unset_words = say_with("options.unset", args![name = entry.name.clone()]);
    let wrong = move || (setting.worst() == Some(Severity::Error)).then_some("true");
    let choices = entry.choices();
    let unit = entry.unit;
    let control = if choices.is_empty() {
        let reading = move || {
            let typed = setting.typed.get()?;
            option_reading(unit, &typed).or_else(|| unit_key(unit).map(say))
        };
        let count = matches!(
            entry.values.map(|values| values.kind),
            Some(OptionKind::Int | OptionKind::Long | OptionKind::Short | OptionKind::Double)
        );
        view! {
            <input
                type="text"
                id=setting.id()
                tabindex=tab
                aria-labelledby=label
                aria-invalid=wrong
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                class:number=count
                placeholder=idle
                prop:value=move || setting.typed.get().unwrap_or_default()
                on:input=move |event| setting.put(event_target_value(&event))
            />
            {move || reading().map(|words| view! { <span class="box-unit">{words}</span> })}
        }
        .into_any()
    } else {
        let of_choices = choices.clone();
        // What was typed elsewhere and is no choice still shows.
        let foreign = move || {
            let typed = setting.typed.get()?;
            let foreign = !of_choices.contains(&typed.as_str());
            foreign.then(
                || view! { <option value=typed.clone() selected=true>{typed.clone()}</option> },
            )
        };
        view! {
            <select
                id=setting.id()
                tabindex=tab
                aria-labelledby=label
                aria-invalid=wrong
                class:idle=move || setting.typed.with(Option::is_none)
                prop:value=move || setting.typed.get().unwrap_or_default()
                on:change=move |event| setting.put(event_target_value(&event))
            >
                <option value="" selected=move || setting.typed.with(Option::is_none)>
                    {move || {
                        let value = idle();
                        if value.is_empty() { say("options.no-default") } else { say_with("options.not-set", args![value]) }
                    }}
                </option>
                {foreign}
                {choices
                    .into_iter()
                    .map(|choice| {
                        view! {
                            <option value=choice selected=move || setting.typed.with(|typed| typed.as_deref() == Some(choice))>
                                {choice}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
            <Icon sign=Sign::Down />
        }
        .into_any()
    };
    view! {
        <span class="box">{control}</span>
        {move || {
            let words = unset_words.clone();
            setting
                .typed
                .with(Option::is_some)
                .then(|| {
                    view! {
                        <button
                            type="button"
                            class="tool bare option-unset"
                            tabindex=tab
                            aria-label=words.clone()
                            title=words
                            on:click=move |_| setting.unset()
                        >
                            <Icon sign=Sign::Close />
                        </button>
                    }
                })
        }}
    }
}

/// The other columns.
#[component]
fn Facts(entry: Arc<Entry>) -> impl IntoView {
    // Where the columns have no room, a cell is read after its name.
    let cell = |class: &'static str, words: String| {
        let name = class
            .trim_start_matches("option-")
            .trim_end_matches(" none");
        let name = say(&format!("options.column.{name}"));
        view! { <span class=class role="gridcell" data-name=name title=words.clone()>{words.clone()}</span> }
    };
    let unit = unit_key(entry.unit).map(say);
    let kind = entry.values.map(|values| say(kind_key(values.kind)));
    let range = entry.values.as_ref().map(range_words).unwrap_or_default();
    view! {
        <span class="option-facts" role="none">
            {cell(if entry.default.is_some() { "option-default" } else { "option-default none" }, default_words(&entry))}
            {cell("option-unit", unit.or(kind).unwrap_or_default())}
            {cell("option-range", range)}
            {cell("option-since", entry.since.clone())}
            {cell("option-importance", entry.importance.map(importance_words).unwrap_or_default())}
            {cell("option-update", entry.update.map(update_words).unwrap_or_default())}
        </span>
    }
}

/// The default, with what a long number means.
pub fn default_words(entry: &Entry) -> String {
    let Some(default) = &entry.default else {
        return say("options.no-default");
    };
    let number = default.parse().ok();
    match number.and_then(|number| round_words(entry.unit, number)) {
        Some(words) => format!("{default} ({words})"),
        None if default.is_empty() => say("page.nothing"),
        None => default.clone(),
    }
}

/// What is allowed, in few signs; a flag says nothing here.
pub fn range_words(values: &ValueRange) -> String {
    if values.kind == OptionKind::Boolean {
        return String::new();
    }
    if !values.one_of.is_empty() {
        return values.one_of.join(", ");
    }
    let range = match (values.min, values.max) {
        (Some(min), Some(max)) => format!("{min} – {max}"),
        (Some(min), None) => format!("≥ {min}"),
        (None, Some(max)) => format!("≤ {max}"),
        (None, None) => return String::new(),
    };
    let also = values.also.iter().map(|also| format!("{also}, "));
    also.collect::<String>() + &range
}

/// How much the documentation stresses an option.
pub fn importance_words(importance: Importance) -> String {
    say(match importance {
        Importance::Low => "options.low",
        Importance::Medium => "options.medium",
        Importance::High => "options.high",
    })
}

/// How an option changes on a running cluster.
pub fn update_words(update: UpdateMode) -> String {
    say(match update {
        UpdateMode::ReadOnly => "options.update.restart",
        UpdateMode::PerBroker => "options.update.broker",
        UpdateMode::ClusterWide => "options.update.cluster",
    })
}

/// The kind of a value in words.
pub const fn kind_key(kind: OptionKind) -> &'static str {
    match kind {
        OptionKind::Boolean => "options.kind.boolean",
        OptionKind::Int | OptionKind::Long | OptionKind::Short => "options.kind.whole",
        OptionKind::Double => "options.kind.number",
        OptionKind::String | OptionKind::ServerSpec => "options.kind.text",
        OptionKind::List => "options.kind.list",
        OptionKind::Class => "options.kind.class",
        OptionKind::Password => "options.kind.password",
        OptionKind::Path => "options.kind.path",
        OptionKind::Hex => "options.kind.hex",
    }
}

/// A name that may break behind its dots.
pub fn breakable(name: &str) -> impl IntoView + use<> {
    let parts = name
        .split_inclusive('.')
        .map(|part| view! { {part.to_owned()} <wbr /> });
    parts.collect_view()
}
