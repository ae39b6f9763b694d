//! Comparing the design with another: setting by setting, file by file, and what the way from one to
//! the other does to a running cluster.

use std::collections::BTreeMap;
use std::sync::Arc;

use leptos::prelude::*;

use super::browser::{focus, timer};
use super::dialog::{CloseButton, close_beside, open_while};
use super::differences::{Differences, take_id};
use super::icon::{Icon, Sign};
use super::import::open_import;
use super::repairs::FileDifference;
use super::shelf;
use super::state::{App, name_words};
use super::words::{lang, say, say_with};
use crate::args;
use crate::compare::settings::{self, Difference, differences, effects};
use crate::compare::{consequences, gravest};
use crate::design::{self, Design};
use crate::engine::{Report, evaluate};
use crate::presets::{self, PRESETS};
use crate::render::File;
use crate::repair;
use crate::rules;

const DIALOG: &str = "compare-dialog";
const TITLE: &str = "compare-title";

/// Files whose differences are open at once.
const OPEN: usize = 3;

/// What the design is compared with.
#[derive(Clone, PartialEq)]
pub enum Other {
    /// A preset, by its name.
    Preset(&'static str),
    /// A design that the browser keeps, by its id.
    Kept(String),
    /// What was read from files or a link, under a name.
    Given(String, Arc<Design>),
}

/// A comparison, as it is shown.
#[derive(Clone, PartialEq)]
pub struct Comparison {
    /// With what.
    pub other: Other,
    /// Whether it is shown from this design to the other.
    pub swapped: bool,
}

impl Other {
    /// Its key in the list of choices.
    fn key(&self) -> String {
        match self {
            Self::Preset(name) => format!("preset:{name}"),
            Self::Kept(id) => format!("kept:{id}"),
            Self::Given(..) => "given".to_owned(),
        }
    }

    /// The choice with a key.
    fn of_key(key: &str, given: Option<&Self>) -> Option<Self> {
        match key.split_once(':') {
            Some(("preset", name)) => presets::preset(name).map(|one| Self::Preset(one.name)),
            Some(("kept", id)) => Some(Self::Kept(id.to_owned())),
            _ => given.cloned(),
        }
    }

    /// Its name and its design; nothing when it is gone, or cannot be read.
    fn design(&self, app: App) -> Option<(String, Design)> {
        match self {
            Self::Preset(name) => {
                let report = app.report.get_untracked();
                let design = presets::preset(name)?.design_in(**report.plan.language());
                Some((say(&format!("preset.{name}")), design))
            }
            Self::Kept(id) => {
                let record = shelf::get(id).ok().flatten()?;
                let design = design::read(&record.text).ok()?;
                Some((name_words(&record.place, &design), design))
            }
            Self::Given(name, design) => Some((name.clone(), Design::clone(design))),
        }
    }
}

/// Opens the dialog: with the preset that the design started from, until another is chosen.
pub fn open_compare(app: App) {
    let from = app.design.with_untracked(|design| design.from.clone());
    let name = from.as_deref().and_then(|from| from.split('@').next());
    let preset = name.and_then(presets::preset).unwrap_or(PRESETS[0]);
    compare_with(app, Other::Preset(preset.name));
}

/// Opens the dialog with something to compare with.
pub fn compare_with(app: App, other: Other) {
    app.compare.set(Some(Comparison {
        other,
        swapped: false,
    }));
}

/// The dialog.
#[component]
pub fn CompareDialog() -> impl IntoView {
    let app = expect_context::<App>();
    let is_open = Memo::new(move |_| app.compare.with(Option::is_some));
    open_while(
        DIALOG,
        move || is_open.get(),
        move || {
            if let Ok(choice) = focus::element("compare-with") {
                // A control of an open dialog can always take the focus.
                let _ = choice.focus();
            }
        },
    );
    view! {
        <dialog
            id=DIALOG
            class="dialog wide"
            aria-labelledby=TITLE
            on:click=move |event| close_beside(&event)
            on:close=move |_| app.compare.set(None)
        >
            {move || is_open.get().then(|| view! { <Body /> })}
        </dialog>
    }
}

/// The other side, evaluated once.
struct Theirs {
    name: String,
    design: Design,
    report: Report,
}

#[component]
fn Body() -> impl IntoView {
    let app = expect_context::<App>();
    let other = Memo::new(move |_| app.compare.get().map(|comparison| comparison.other));
    let swapped = Memo::new(move |_| app.compare.get().is_some_and(|one| one.swapped));
    // What was given once stays a choice while the dialog is open.
    let given = StoredValue::new(None::<Other>);
    let theirs = Memo::new_with_compare(
        move |_| {
            let (name, design) = other.get()?.design(app)?;
            let report = evaluate(&design);
            Some(Arc::new(Theirs {
                name,
                design,
                report,
            }))
        },
        |_, _| true,
    );
    let outcome = move || match theirs.get() {
        Some(theirs) => {
            let report = app.report.get();
            let design = app.design.get_untracked();
            view! { <Outcome theirs design report swapped=swapped.get() /> }.into_any()
        }
        None => view! { <p role="status">{say("comparing.gone")}</p> }.into_any(),
    };
    view! {
        <div class="dialog-body compare">
            <header>
                <h2 id=TITLE tabindex="-1">{say("comparing.title")}</h2>
                <CloseButton />
            </header>
            {move || other.get().map(|other| {
                if matches!(other, Other::Given(..)) {
                    given.set_value(Some(other.clone()));
                }
                view! { <Choice other given=given.get_value() swapped=swapped.get() /> }
            })}
            {outcome}
        </div>
    }
}

/// Both sides, and what else there is to compare with.
#[component]
fn Choice(other: Other, given: Option<Other>, swapped: bool) -> impl IntoView {
    let app = expect_context::<App>();
    let here = app.place.get_untracked();
    let name = app
        .design
        .with_untracked(|design| name_words(&here, design));
    let kept = shelf::all().unwrap_or_default();
    let kept: Vec<(String, String)> = kept
        .iter()
        .filter(|record| record.place.id != here.id)
        .filter_map(|record| {
            let design = design::read(&record.text).ok()?;
            let key = Other::Kept(record.place.id.clone()).key();
            Some((key, name_words(&record.place, &design)))
        })
        .collect();
    let chosen = other.key();
    let option = move |key: String, words: String| {
        let selected = key == chosen;
        view! { <option value=key selected=selected>{words}</option> }
    };
    let presets = PRESETS.iter().map(|preset| {
        let key = Other::Preset(preset.name).key();
        option(key, say(&format!("preset.{}", preset.name)))
    });
    let presets = presets.collect_view();
    let of_kept = kept.into_iter().map(|(key, words)| option(key, words));
    let of_kept = of_kept.collect::<Vec<_>>();
    let of_given = given.as_ref().map(|given| match given {
        Other::Given(name, _) => option(given.key(), name.clone()),
        other => option(other.key(), String::new()),
    });
    let choose = move |event: web_sys::Event| {
        if let Some(other) = Other::of_key(&event_target_value(&event), given.as_ref()) {
            app.compare.set(Some(Comparison { other, swapped }));
            timer::when_drawn(|| {
                let _ = focus::element("compare-with").map(|choice| choice.focus());
            });
        }
    };
    let swap = move |_| {
        app.compare.update(|comparison| {
            if let Some(comparison) = comparison {
                comparison.swapped = !comparison.swapped;
            }
        });
        timer::when_drawn(|| {
            let _ = focus::element("compare-swap").map(|button| button.focus());
        });
    };
    let this = move || {
        view! {
        <span class="compare-this"><small>{say("comparing.this")}</small><strong>{name}</strong></span>
    }.into_any()
    };
    let that = move || {
        view! {
        <span class="compare-other">
            <label for="compare-with">{say("comparing.with")}</label>
            <select id="compare-with" on:change=choose>
                <optgroup label=say("page.presets")>{presets}</optgroup>
                {(!of_kept.is_empty()).then(|| view! { <optgroup label=say("designs.kept")>{of_kept}</optgroup> })}
                {of_given}
            </select>
        </span>
    }.into_any()
    };
    let (first, second) = if swapped {
        (this(), that())
    } else {
        (that(), this())
    };
    view! {
        <div class="compare-sides">
            {first}
            <button
                type="button"
                id="compare-swap"
                class="tool bare"
                aria-label=say("comparing.swap")
                title=say("comparing.swap")
                aria-pressed=swapped.to_string()
                on:click=swap
            >
                <Icon sign=Sign::Swap />
            </button>
            {second}
        </div>
        <button
            type="button"
            class="link compare-given"
            id="compare-files"
            on:click=move |_| {
                app.compare.set(None);
                open_import(app);
            }
        >
            {say("comparing.files")}
        </button>
    }
}

/// What a change from one to the other is.
struct Change {
    lines: Vec<(Difference, Option<rules::Effect>)>,
    files: Vec<repair::Difference>,
    gravest: Option<rules::Effect>,
}

impl Change {
    fn between(before: (&Design, &Report), after: (&Design, &Report)) -> Self {
        let lines = differences((before.0, &before.1.plan), (after.0, &after.1.plan));
        let (old, new) = (&before.1.files, &after.1.files);
        let told = consequences(&texts(old), &texts(new));
        let effects = effects(&lines, &told, old, new);
        Self {
            lines: lines.into_iter().zip(effects).collect(),
            files: repair::differences(old, new),
            gravest: (!told.is_empty()).then(|| gravest(&told)),
        }
    }
}

fn texts(files: &[Arc<File>]) -> BTreeMap<String, String> {
    let texts = files.iter().map(|file| (file.path.clone(), file.text()));
    texts.collect()
}

#[component]
fn Outcome(
    theirs: Arc<Theirs>,
    design: Arc<Design>,
    report: Report,
    swapped: bool,
) -> impl IntoView {
    let app = expect_context::<App>();
    let this = (&*design, &report);
    let that = (&theirs.design, &theirs.report);
    let change = if swapped {
        Change::between(this, that)
    } else {
        Change::between(that, this)
    };
    let Change {
        lines,
        files,
        gravest,
    } = change;
    let (count, changed) = (lines.len(), files.len());
    if count == 0 && changed == 0 {
        let name = theirs.name.clone();
        return view! { <p class="compare-same" role="status">{say_with("comparing.same", args![name])}</p> }
            .into_any();
    }
    let parts: Vec<settings::Part> = lines.iter().map(|(one, _)| one.part.clone()).collect();
    let take = Callback::new(move |at: usize| {
        let Some(part) = parts.get(at) else {
            return;
        };
        app.take_part(part, &theirs.design);
        // The line is gone: the next one is where the hand is.
        timer::when_drawn(move || {
            let next = focus::element(&take_id(at))
                .or_else(|_| focus::element(&take_id(at.saturating_sub(1))))
                .or_else(|_| focus::element(TITLE));
            let _ = next.map(|next| next.focus());
        });
    });
    view! {
        {gravest.map(|effect| {
            let class = if effect <= rules::Effect::RollingRestart { "repair-effect" } else { "repair-effect grave" };
            view! {
                <p class=class data-effect=effect.name()>
                    <strong>{say("check.effect")}</strong>
                    ": "
                    {effect.words(lang())}
                </p>
            }
        })}
        <h3>{say_with("comparing.settings", args![count])}</h3>
        <p>{say("comparing.take.help")}</p>
        <Differences lines take />
        <h3>{say_with("repair.files", args![count = changed])}</h3>
        <div class="compare-files">
            {files
                .into_iter()
                .enumerate()
                .map(|(at, file)| view! { <FileDifference file open={at < OPEN} /> })
                .collect_view()}
        </div>
    }
    .into_any()
}
