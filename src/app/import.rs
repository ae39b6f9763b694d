//! Files that people already run: chosen, pasted, or dropped anywhere on the page.
//!
//! What was read and what was not is shown before anything is taken over.

use std::collections::BTreeMap;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::browser::files::{self, Picked, Unread};
use super::browser::{focus, timer};
use super::changes::{Changes, ChangesView};
use super::compare::{Other, compare_with};
use super::dialog::{CloseButton, close_beside, dialog};
use super::extras::{ExtrasList, pieces};
use super::icon::{Icon, Sign, severity_name, severity_sign};
use super::repairs::List;
use super::state::{App, View};
use super::words::{self, lang, say, say_with};
use crate::args;
use crate::bundle::link::Opened;
use crate::design::{Design, FieldPath};
use crate::engine::evaluate;
use crate::import::{Files, Imported, Position, Remark, Role};
use crate::repair;
use crate::rules::{Finding, Severity};
use crate::text::Sentence;
use crate::text::fetched::Part;

const DIALOG: &str = "import-dialog";
const TITLE: &str = "import-title";

/// How many bytes of one file are read: an archive may hold several texts.
const LARGEST_FILE: u32 = 64 << 20;

/// How many files are read at once.
const MOST_FILES: usize = 2_000;

/// How many remarks are shown.
const REMARKS: usize = 200;

/// What the dialog shows.
#[derive(Clone)]
pub enum Stage {
    /// The ways to give files.
    Choose,
    /// What was read of some.
    Read(Arc<Reading>),
}

/// What was read, before it is taken over.
#[derive(Clone)]
pub struct Reading {
    /// What was given, to be read again with an answer.
    given: Files,
    imported: Imported,
    /// Every file with the objects that it held, as `Kind/name`, and the number of values.
    files: BTreeMap<String, (Vec<String>, usize)>,
    /// What is wrong with the design; nothing when there is none to take over.
    found: Option<Found>,
    /// What has the focus then, by its id; else the first button.
    focus: Option<String>,
}

/// What the checks find in a design.
#[derive(Clone, Copy)]
struct Found {
    /// Errors, warnings and advice.
    counts: [usize; 3],
    /// Some of it has a safe repair.
    has_repairs: bool,
}

impl Found {
    fn of(design: &Design) -> Self {
        let report = evaluate(design);
        let mut fixes = report.findings.iter().flat_map(|finding| &finding.fixes);
        Self {
            counts: report.counts(),
            has_repairs: fixes.any(|fix| fix.safe),
        }
    }
}

impl Reading {
    fn of_files(files: Files) -> Self {
        let imported = crate::import::import(&files);
        let mut read: BTreeMap<String, (Vec<String>, usize)> = BTreeMap::new();
        for path in files.texts.keys() {
            read.insert(path.clone(), (Vec::new(), 0));
        }
        for (_, object) in &imported.objects {
            let (objects, _) = read.entry(object.file.clone()).or_default();
            objects.push(object.subject());
        }
        for (file, _) in imported.sources.values() {
            read.entry(file.clone()).or_default().1 += 1;
        }
        let nothing = imported.objects.is_empty() && imported.design == Design::default();
        let found = (!nothing).then(|| Found::of(&imported.design));
        Self {
            given: files,
            imported,
            files: read,
            found,
            focus: None,
        }
    }

    /// What a link held.
    pub fn of_link(opened: Opened) -> Self {
        let found = Some(Found::of(&opened.design));
        let mut reading = Self::of_remarks(opened.lost.into_iter().collect());
        reading.imported.design = opened.design;
        reading.found = found;
        reading
    }

    /// Nothing, and why.
    fn of_remarks(sentences: Vec<Sentence>) -> Self {
        let remark = |sentence: Sentence| {
            let remark = Remark::new(Position::START, sentence.key, sentence.args);
            (String::new(), remark)
        };
        let imported = Imported {
            remarks: sentences.into_iter().map(remark).collect(),
            ..Imported::default()
        };
        Self {
            given: Files::default(),
            imported,
            files: BTreeMap::new(),
            found: None,
            focus: None,
        }
    }

    /// What it is called beside another design.
    fn name(&self) -> String {
        let mut files = self.files.keys();
        match (files.next(), files.len()) {
            (None, _) => say("page.share.step"),
            (Some(file), 0) => file.clone(),
            (Some(_), more) => say_with("page.files-count", args![count = more + 1]),
        }
    }

    /// The same files, with an answer.
    fn answered(&self, subject: &str, role: Role) -> Self {
        let mut given = self.given.clone();
        given.roles.insert(subject.to_owned(), role);
        let mut reading = Self::of_files(given);
        reading.focus = Some(choice_id(subject, role));
        reading
    }

    /// The same without a piece that no field knows.
    fn without(&self, extra: &FieldPath) -> Self {
        let mut reading = self.clone();
        reading.imported.design.extras.drop(extra);
        reading.found = Some(Found::of(&reading.imported.design));
        reading.focus = Some("import-extras".to_owned());
        reading
    }
}

/// The id of a question's choice.
fn choice_id(subject: &str, role: Role) -> String {
    format!("ask-{subject}-{}", role.name())
}

/// Opens the dialog.
pub fn open_import(app: App) {
    app.import.set(Some(Stage::Choose));
}

/// Hears files that are dragged over the page and dropped on it.
pub fn listen(app: App) {
    let over = move |event: &web_sys::DragEvent| {
        if files::has_files(event) {
            // Else the browser would leave the page for the file.
            event.prevent_default();
            if !app.dragged.get_untracked() {
                app.dragged.set(true);
            }
        }
    };
    window_event_listener(leptos::ev::dragenter, move |event| over(&event));
    window_event_listener(leptos::ev::dragover, move |event| over(&event));
    window_event_listener(leptos::ev::dragleave, move |event| {
        if event.related_target().is_none() {
            app.dragged.set(false);
        }
    });
    window_event_listener(leptos::ev::drop, move |event| {
        app.dragged.set(false);
        if files::has_files(&event) {
            event.prevent_default();
            if app.import.with_untracked(Option::is_none) {
                focus::close_dialogs();
            }
            files::dropped(&event, MOST_FILES, move |files| {
                app.later(move |tools| (tools.read_files)(app, files));
            });
        }
    });
}

/// Reads files and shows what they hold.
pub fn read(app: App, files: Vec<files::Given>) {
    if files.is_empty() {
        return;
    }
    if files.len() > MOST_FILES {
        let why = Sentence::new("page.import.too-many", args![most = MOST_FILES]);
        show(app, Reading::of_remarks(vec![why]));
        return;
    }
    files::read(files, f64::from(LARGEST_FILE), move |picked| {
        let mut files = Files::default();
        for Picked { path, bytes } in picked {
            let why = match bytes {
                Ok(bytes) => {
                    files.add(&path, bytes);
                    continue;
                }
                Err(Unread::TooLarge) => "page.import.too-large",
                Err(Unread::Refused) => "page.import.unread",
            };
            let remark = Remark::new(Position::START, why, Vec::new());
            files.remarks.push((path, remark));
        }
        show_read(app, move || Reading::of_files(files));
    });
}

/// Shows what was read, with the words for what was not.
fn show_read(app: App, read: impl FnOnce() -> Reading + 'static) {
    spawn_local(async move {
        match words::fetch(lang(), Part::Import).await {
            Ok(()) => show(app, read()),
            Err(_) => show(
                app,
                Reading::of_remarks(vec![Sentence::plain("page.missing")]),
            ),
        }
    });
}

fn show(app: App, reading: Reading) {
    focus::announce(&summary(&reading));
    app.import.set(Some(Stage::Read(Arc::new(reading))));
}

/// What came of the files, in one sentence.
fn summary(reading: &Reading) -> String {
    if reading.found.is_none() {
        return say("page.import.nothing");
    }
    let values = reading.imported.design.values.len();
    let objects = reading.imported.objects.len();
    if objects == 0 {
        return say_with("page.import.no-objects", args![values]);
    }
    say_with("page.import.summary", args![objects, values])
}

/// Shown over the whole page while files are dragged.
#[component]
pub fn DropHint() -> impl IntoView {
    let app = expect_context::<App>();
    view! {
        <div class="drop-hint" hidden=move || !app.dragged.get()>
            <p>
                <Icon sign=Sign::Import />
                {say("page.import.drop")}
            </p>
        </div>
    }
}

/// The dialog.
#[component]
pub fn ImportDialog() -> impl IntoView {
    let app = expect_context::<App>();
    Effect::new(move |_| {
        let stage = app.import.get();
        let Some(dialog) = dialog(DIALOG) else {
            return;
        };
        let Some(stage) = stage else {
            dialog.close();
            return;
        };
        timer::when_drawn(move || {
            // It is refused only when the dialog is open already.
            let _ = dialog.show_modal();
            let first = match &stage {
                Stage::Choose => "import-choose",
                Stage::Read(reading) if reading.focus.is_some() => {
                    reading.focus.as_deref().unwrap_or_default()
                }
                Stage::Read(reading) if reading.found.is_some() => "import-take",
                Stage::Read(_) => "import-again",
            };
            let goes_on = matches!(&stage, Stage::Read(reading) if reading.focus.is_some());
            if !goes_on {
                dialog.set_scroll_top(0);
            }
            if let Ok(button) = focus::element(first) {
                // A button of an open dialog can always take the focus.
                let _ = button.focus();
            }
        });
    });
    view! {
        <dialog
            id=DIALOG
            class="dialog wide"
            class:dropping=move || app.dragged.get()
            aria-labelledby=TITLE
            on:click=move |event| close_beside(&event)
            on:close=move |_| app.import.set(None)
        >
            {move || {
                let body = match app.import.get()? {
                    Stage::Choose => view! { <Choose /> }.into_any(),
                    Stage::Read(reading) => view! { <Outcome reading /> }.into_any(),
                };
                Some(view! {
                    <div class="dialog-body import">
                        <header>
                            <h2 id=TITLE>{say("page.import.title")}</h2>
                            <CloseButton />
                        </header>
                        {body}
                    </div>
                })
            }}
        </dialog>
    }
}

/// The ways to give files.
#[component]
fn Choose() -> impl IntoView {
    let app = expect_context::<App>();
    let text = RwSignal::new(String::new());
    let pick = |id: &'static str| {
        move |_| {
            if let Ok(input) = focus::element(id) {
                if id == "import-folder" {
                    // Browsers that know no folders let files be chosen.
                    let _ = input.set_attribute("webkitdirectory", "");
                }
                input.click();
            }
        }
    };
    let chosen = move |event: leptos::ev::Event| {
        let input: web_sys::HtmlInputElement = event_target(&event);
        read(app, files::chosen(&input));
    };
    view! {
        <p>{say("page.import.help")}</p>
        <div class="import-zone">
            <Icon sign=Sign::Import />
            <p>{say("page.import.drop-here")}</p>
            <div class="import-buttons">
                <button type="button" id="import-choose" class="tool" on:click=pick("import-files")>
                    {say("page.import.files")}
                </button>
                <button type="button" class="tool" on:click=pick("import-folder")>
                    {say("page.import.folder")}
                </button>
            </div>
            <input type="file" id="import-files" multiple hidden aria-label=say("page.import.files") on:change=chosen />
            <input type="file" id="import-folder" hidden aria-label=say("page.import.folder") on:change=chosen />
        </div>
        <label for="import-text">{say("page.import.text")}</label>
        <textarea
            id="import-text"
            class="long-text"
            rows="7"
            spellcheck="false"
            prop:value=move || text.get()
            on:input=move |event| text.set(event_target_value(&event))
        ></textarea>
        <footer>
            <button
                type="button"
                id="import-read"
                class="tool go"
                disabled=move || text.with(|text| text.trim().is_empty())
                on:click=move |_| {
                    let pasted = text.with_untracked(|text| Files::one(&say("page.import.pasted"), text));
                    show_read(app, move || Reading::of_files(pasted));
                }
            >
                {say("page.import.read")}
            </button>
            <span>{say("page.import.stays")}</span>
        </footer>
    }
}

/// What was read, what was not, and the decision.
#[component]
fn Outcome(reading: Arc<Reading>) -> impl IntoView {
    let app = expect_context::<App>();
    let imported = &reading.imported;
    let comments = imported.comments_lost;
    let is_there = reading.found.is_some();
    let take = take_over(app, Arc::clone(&reading), false);
    let take_repaired = take_over(app, Arc::clone(&reading), true);
    let compare = {
        let reading = Arc::clone(&reading);
        move |_| {
            app.import.set(None);
            let other = Arc::new(reading.imported.design.clone());
            compare_with(app, Other::Given(reading.name(), other));
        }
    };
    let repairs = reading.found.is_some_and(|found| found.has_repairs);
    view! {
        <div id="import-result">
            <p class="import-summary">{summary(&reading)}</p>
            {reading.found.map(|found| counts(found.counts))}
            {(comments > 0).then(|| view! { <p class="import-comments">{say_with("page.import.comments", args![comments])}</p> })}
        </div>
        <Questions reading=Arc::clone(&reading) />
        {remarks(&reading)}
        {is_there.then(|| view! { <Carried reading=Arc::clone(&reading) /> })}
        {repairs.then(|| view! { <Repaired design=imported.design.clone() /> })}
        {was_read(&reading)}
        <footer>
            {is_there.then(|| view! {
                <button type="button" id="import-take" class="tool go" on:click=move |_| take()>
                    {say("page.import.take")}
                </button>
            })}
            {repairs.then(|| view! {
                <button type="button" id="import-take-repaired" class="tool" on:click=move |_| take_repaired()>
                    {say("page.import.take-repaired")}
                </button>
            })}
            {is_there.then(|| view! {
                <button type="button" id="import-compare" class="tool" on:click=compare>
                    {say("comparing.this-one")}
                </button>
            })}
            <button type="button" id="import-again" class="tool" on:click=move |_| app.import.set(Some(Stage::Choose))>
                {say("page.import.again")}
            </button>
            {is_there.then(|| view! { <span>{say("page.import.undo")}</span> })}
        </footer>
    }
}

/// Takes the design over, as it is or with all safe repairs.
fn take_over(app: App, reading: Arc<Reading>, repaired: bool) -> impl Fn() + 'static {
    move || {
        let design = if repaired {
            repair::all_safe(&reading.imported.design).design
        } else {
            reading.imported.design.clone()
        };
        let values = design.values.len();
        app.import.set(None);
        app.view.set(View::Design);
        if app.design.with_untracked(|now| **now == design) {
            focus::announce(&say("page.import.same"));
            return;
        }
        app.say_next(say_with("page.import.done", args![values]) + " ");
        app.take_over(Sentence::plain("page.import.step"), design);
    }
}

/// Errors, warnings and advice, each with its sign.
pub fn counts(found: [usize; 3]) -> impl IntoView {
    let keys = ["page.errors", "page.warnings", "page.advices"];
    let all = Severity::ALL.into_iter().zip(keys).zip(found);
    let some = all
        .filter(|(_, count)| *count > 0)
        .map(|((severity, key), count)| {
            view! {
                <li class=severity_name(severity)>
                    <Icon sign=severity_sign(severity) />
                    {say_with(key, args![count])}
                </li>
            }
        });
    let clean = found.iter().all(|count| *count == 0).then(|| {
        view! {
            <li class="clean">
                <Icon sign=Sign::Tick />
                {say("page.import.clean")}
            </li>
        }
    });
    view! { <ul class="import-counts">{some.collect_view()} {clean}</ul> }
}

/// What the files do not tell.
#[component]
fn Questions(reading: Arc<Reading>) -> impl IntoView {
    let app = expect_context::<App>();
    let questions = reading.imported.questions.iter().map(|question| {
        let place = format!("{}:{}", question.file, question.position.line);
        let subject = question.subject.clone();
        let name = format!("ask-{subject}");
        let choices = question.choices.iter().map(|&role| {
            let (reading, subject) = (Arc::clone(&reading), subject.clone());
            let id = choice_id(&subject, role);
            let answer = move |_| {
                let reading = reading.answered(&subject, role);
                focus::announce(&summary(&reading));
                app.import.set(Some(Stage::Read(Arc::new(reading))));
            };
            view! {
                <label for=id.clone()>
                    <input type="radio" id=id.clone() name=name.clone() checked=question.answer == role on:change=answer />
                    {say(&format!("import.role.{}", role.name()))}
                </label>
            }
        });
        view! {
            <fieldset class="import-ask" data-ask=question.subject.clone()>
                <legend>{question.sentence.words(lang())}</legend>
                <code>{place}</code>
                <div class="import-choices">{choices.collect_view()}</div>
            </fieldset>
        }
    });
    questions.collect_view()
}

/// What was not understood, with file and line.
fn remarks(reading: &Reading) -> impl IntoView {
    let remarks = &reading.imported.remarks;
    let count = remarks.len();
    let said = remarks.iter().take(REMARKS).map(|(file, remark)| {
        let place = (!file.is_empty()).then(|| format!("{file}:{}", remark.position.line));
        view! {
            <li>
                {place.map(|place| view! { <code>{place}</code> })}
                <span>{remark.sentence().words(lang())}</span>
            </li>
        }
    });
    let said = said.collect_view();
    (count > 0).then(|| {
        view! {
            <h3>{say_with("page.import.remarks", args![count])}</h3>
            <ul class="import-remarks">
                {said}
                {(count > REMARKS).then(|| view! { <li>{say_with("page.more-places", args![count = count - REMARKS])}</li> })}
            </ul>
        }
    })
}

/// Every file, with what it held.
fn was_read(reading: &Reading) -> impl IntoView {
    let files = reading.files.iter().map(|(file, (objects, values))| {
        let held = if objects.is_empty() && *values == 0 {
            say("page.import.none")
        } else if *values == 0 {
            String::new()
        } else {
            say_with("page.import.values", args![values = *values])
        };
        let objects = objects
            .iter()
            .map(|object| view! { <li>{object.clone()}</li> })
            .collect_view();
        view! {
            <li>
                <p><code>{file.clone()}</code> " " <span>{held}</span></p>
                <ul>{objects}</ul>
            </li>
        }
    });
    let files = files.collect_view();
    (!reading.files.is_empty()).then(|| {
        view! {
            <details class="import-more" open>
                <summary>{say("page.import.was-read")}</summary>
                <ul class="import-read">{files}</ul>
            </details>
        }
    })
}

/// What no field knows, each piece removable.
#[component]
fn Carried(reading: Arc<Reading>) -> impl IntoView {
    let app = expect_context::<App>();
    let extras = reading.imported.design.extras.clone();
    let count = extras.count();
    let is_open = reading.focus.as_deref() == Some("import-extras");
    let drop = Callback::new(move |extra: FieldPath| {
        let reading = reading.without(&extra);
        app.import.set(Some(Stage::Read(Arc::new(reading))));
    });
    (count > 0).then(|| {
        view! {
            <details class="import-more" open=is_open>
                <summary id="import-extras">{say_with("page.import.extras", args![extras = count])}</summary>
                <div>
                    <ExtrasList files=pieces(&extras) drop />
                </div>
            </details>
        }
    })
}

/// What all safe repairs would change, worked out when somebody asks.
#[component]
fn Repaired(design: Design) -> impl IntoView {
    let design = StoredValue::new(design);
    let wanted = RwSignal::new(false);
    view! {
        <details class="import-more" id="import-repaired" on:toggle=move |_| wanted.set(true)>
            <summary>{say("page.import.repaired")}</summary>
            {move || wanted.get().then(|| {
                let (changes, gone, left) = design.with_value(|design| {
                    let repaired = repair::all_safe(design);
                    let (before, after) = (evaluate(design).files, evaluate(&repaired.design).files);
                    (Changes::between(&before, &after), repaired.gone, repaired.left)
                });
                let gone: Vec<(Finding, String)> = gone.into_iter().map(|one| (one, String::new())).collect();
                let left: Vec<(Finding, String)> = left
                    .into_iter()
                    .map(|one| (one.finding, one.why.words(lang())))
                    .collect();
                view! {
                    <div>
                        <List title=say_with("repair.gone", args![count = gone.len()]) findings=gone open=false />
                        <List title=say_with("repair.left", args![count = left.len()]) findings=left open=false />
                        <ChangesView changes />
                    </div>
                }
            })}
        </details>
    }
}
