//! One setting: label, default, control, help, and what was found wrong with it.

use leptos::prelude::*;

use super::browser::pointer;
use super::checks::CheckLink;
use super::control::{self, Control};
use super::course::CoursesOf;
use super::icon::{Icon, Sign, severity_name, severity_sign};
use super::repairs::RepairButton;
use super::state::App;
use super::terms::explained;
use super::words::{field_words, lang, say, say_with};
use crate::args;
use crate::design::FieldPath;
use crate::fields::{self, Field, Start};
use crate::plan::Derived;
use crate::rules::Finding;

/// A field at its place in the design, as its row shows it.
#[derive(Clone, Copy)]
pub struct Row {
    /// The page.
    pub app: App,
    /// The declaration.
    pub field: &'static Field,
    /// Its path, with the item's key.
    pub path: StoredValue<FieldPath>,
    /// The text as typed.
    pub typed: Memo<Option<String>>,
    /// The derived value, when it has one.
    pub derived: Memo<Option<Derived>>,
    /// The text that the control shows: as typed, else what holds.
    pub shown: Memo<String>,
    /// What was found wrong with it.
    pub findings: Memo<Vec<Finding>>,
}

impl Row {
    fn new(app: App, field: &'static Field, path: FieldPath) -> Self {
        let at = StoredValue::new(path);
        let typed = Memo::new(move |_| {
            at.with_value(|path| {
                app.design
                    .with(|design| design.get(path).map(str::to_owned))
            })
        });
        let derived = Memo::new(move |_| {
            at.with_value(|path| {
                app.report
                    .with(|report| report.plan.derived.get(path).cloned())
            })
        });
        let shown = Memo::new(move |_| {
            typed.get().unwrap_or_else(|| match field.start {
                Start::Value(start) => start.to_owned(),
                Start::Derived => derived
                    .with(|derived| derived.as_ref().map(|one| one.text.clone()))
                    .unwrap_or_default(),
                Start::Empty => String::new(),
            })
        });
        let findings = Memo::new(move |_| {
            at.with_value(|path| {
                app.by_field
                    .with(|by_field| by_field.get(path).cloned().unwrap_or_default())
            })
        });
        Self {
            app,
            field,
            path: at,
            typed,
            derived,
            shown,
            findings,
        }
    }

    /// The id of its control.
    pub fn id(self) -> String {
        self.path.with_value(|path| format!("field-{path}"))
    }

    /// The ids of what describes it.
    pub fn described_by(self) -> String {
        let id = self.id();
        format!("{id}-help {id}-found")
    }

    /// Whether it shows a derived value that nobody replaced.
    pub fn is_locked(self) -> bool {
        self.field.start == Start::Derived && self.typed.with(Option::is_none)
    }

    /// Takes a text over.
    pub fn put(self, text: String) {
        self.path
            .with_value(|path| self.app.type_into(self.field, path, text));
    }

    /// Whether an open error stands at it.
    pub fn is_wrong(self) -> bool {
        self.findings.with(|findings| {
            findings
                .iter()
                .any(|one| one.severity == crate::rules::Severity::Error)
        })
    }

    fn worst(self) -> &'static str {
        self.findings
            .with(|findings| findings.iter().map(|one| one.severity).min())
            .map_or("", severity_name)
    }
}

/// One setting; of the item with this key, when it belongs to items.
#[component]
pub fn FieldRow(
    field: &'static Field,
    #[prop(optional, into)] key: Option<String>,
) -> impl IntoView {
    let app = expect_context::<App>();
    let path = field.path(key.as_deref());
    let row = Row::new(app, field, path.clone());
    let edited = Memo::new(move |_| row.path.with_value(|path| app.is_edited(field, path)));
    let hidden = Memo::new(move |_| {
        app.report
            .with(|report| !field.shows(&report.plan, key.as_deref()))
    });
    let id = row.id();
    let shape = control::first_shape(row);
    let class = format!("field-row {}", shape.class());
    let grouped = shape.is_group();
    let focused = path.clone();
    let help = say(&format!("{}.help", field.id));
    // A word stands out where it is seen first.
    let help = if hidden.get_untracked() {
        help.into_any()
    } else {
        explained(&help)
    };
    view! {
        <div
            class=class
            data-field=path.to_string()
            data-focus=id.clone()
            data-found=move || row.worst()
            class:edited=edited
            class:locked=move || row.is_locked()
            hidden=hidden
            on:focusin=move |_| {
                if app.focused.with_untracked(|now| now.as_ref() != Some(&focused)) {
                    let focused = focused.clone();
                    pointer::when_up(move || app.focused.set(Some(focused)));
                }
            }
            on:focusout=move |_| app.settle()
        >
            <div class="field-row-head">
                <RowLabel row grouped />
                {move || edited.get().then(|| view! { <ResetButton row /> })}
                <span class="field-row-default" title=move || default_words(row)>{move || default_words(row)}</span>
            </div>
            <Control row shape />
            <p class="field-row-help" id=format!("{id}-help")>
                {help}
                " "
                // Before what comes with the focus: a button that moves under the pointer hears no click.
                <CoursesOf field />
                <Lines row />
                <Because row />
            </p>
            <div class="field-row-found" id=format!("{id}-found")>
                {move || row.findings.get().into_iter().map(|finding| view! { <Found finding /> }).collect_view()}
            </div>
        </div>
    }
}

/// The label: of one control, or of a group of them.
#[component]
fn RowLabel(row: Row, grouped: bool) -> impl IntoView {
    let words = say(&format!("{}.label", row.field.id));
    let id = row.id();
    if grouped {
        view! { <span class="field-row-label" id=format!("{id}-label")>{words}</span> }.into_any()
    } else {
        view! { <label class="field-row-label" for=id>{words}</label> }.into_any()
    }
}

/// What holds before anybody touches it, or why a derived value is what it is.
fn default_words(row: Row) -> String {
    let word = |text: &str| control::choice_words(row.field, text);
    match row.field.start {
        // What is there already need not be said twice.
        Start::Value(start) if row.shown.with(|shown| shown == start) => say("page.is-default"),
        Start::Value(start) => say_with("page.default", args![start = word(start)]),
        Start::Empty => say("page.optional"),
        Start::Derived => row.derived.with(|derived| match derived {
            Some(_) if row.typed.with(Option::is_none) => say("page.follows"),
            Some(derived) => {
                let text = if derived.text.is_empty() {
                    say("page.nothing")
                } else {
                    word(&derived.text)
                };
                say_with("page.derived", args![text])
            }
            None => String::new(),
        }),
    }
}

#[component]
fn ResetButton(row: Row) -> impl IntoView {
    let label = say(&format!("{}.label", row.field.id));
    let words = say_with("page.reset.what", args![label]);
    view! {
        <button
            type="button"
            class="field-row-reset"
            data-reset=row.path.with_value(ToString::to_string)
            aria-label=words.clone()
            title=words
            on:click=move |_| row.path.with_value(|path| row.app.reset(row.field, path))
        >
            <Icon sign=Sign::Undo />
        </button>
    }
}

/// Where the focused field stands in the files.
#[component]
fn Lines(row: Row) -> impl IntoView {
    let app = row.app;
    let lines = Memo::new(move |_| {
        row.path.with_value(|path| {
            let here = app.focused.with(|focused| focused.as_ref() == Some(path));
            here.then(|| {
                app.report.with(|report| {
                    let places: Vec<(String, usize)> = report
                        .lines_of(path)
                        .map(|(file, line)| (file.to_owned(), line))
                        .collect();
                    (places.len(), places.into_iter().next())
                })
            })
        })
    });
    move || match lines.get() {
        Some((count, Some((file, line)))) => Some(view! {
            <button
                type="button"
                class="field-row-lines"
                on:click=move |_| app.go_to_line(&file, Some(line - 1))
            >
                {say_with("page.lines", args![count])}
            </button>
        }),
        _ => None,
    }
}

/// Why a derived value is what it is, with the fields that it follows; or the value that would be derived,
/// and the way back to it.
#[component]
fn Because(row: Row) -> impl IntoView {
    let app = row.app;
    move || {
        let derived = row
            .derived
            .get()
            .filter(|_| row.field.start == Start::Derived)?;
        let reason = derived.because.words(lang());
        let own = row.path.get_value();
        let from = derived
            .from
            .iter()
            .filter(|path| **path != own && fields::find(path).is_some());
        let links = from.cloned().map(|path| {
            let words = field_words(&path);
            view! {
                <button type="button" class="field-row-from" data-from=path.to_string() on:click=move |_| app.go_to_field(&path)>
                    {words}
                </button>
            }
        });
        let links = links.collect_view();
        let again = (!row.is_locked()).then(|| {
            view! {
                <button
                    type="button"
                    class="field-row-from"
                    data-derive=own.to_string()
                    on:click=move |_| row.path.with_value(|path| app.derive_again(row.field, path))
                >
                    {say("page.derive-again")}
                </button>
            }
        });
        let words = say_with("page.because", args![reason]);
        Some(view! { <span class="field-row-because">{words} {links} {again}</span> })
    }
}

/// A finding beneath its field, with its repairs.
#[component]
pub fn Found(finding: Finding) -> impl IntoView {
    let name = severity_name(finding.severity);
    view! {
        <div class=format!("found {name}") data-rule=finding.rule>
            <Icon sign=severity_sign(finding.severity) />
            <p>
                <strong>{finding.title(lang())}</strong>
                " "
                {finding.message(lang())}
                " "
                <span class="found-rule">{say(&format!("page.{name}"))} " " <CheckLink id=finding.rule /></span>
            </p>
            <div class="found-fixes">
                {finding
                    .fixes
                    .into_iter()
                    .map(|fix| view! { <RepairButton rule=finding.rule class="link" fix /> })
                    .collect_view()}
            </div>
        </div>
    }
}
