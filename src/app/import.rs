//! Files that people already run: chosen, pasted, or dropped anywhere on the page.
//!
//! What was read and what was not is shown before anything is taken over.

use std::collections::BTreeMap;
use std::sync::Arc;

use leptos::prelude::*;

use super::browser::files::{self, Picked, Unread};
use super::browser::{focus, timer};
use super::icon::{Icon, Sign};
use super::presets::{close_beside, dialog};
use super::state::{App, View};
use super::words::{lang, say, say_with};
use crate::args;
use crate::bundle::link::{self, Opened};
use crate::design::Design;
use crate::engine::evaluate;
use crate::import::{Files, Imported, Position, Remark};
use crate::text::Sentence;

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
pub struct Reading {
    imported: Imported,
    /// Every file with the objects that it held, as `Kind/name`, and the number of values.
    files: BTreeMap<String, (Vec<String>, usize)>,
    /// Errors, warnings and advice for the design; nothing when there is none to take over.
    found: Option<[usize; 3]>,
}

impl Reading {
    fn of_files(files: &Files) -> Self {
        let imported = crate::import::import(files);
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
        let found = (!nothing).then(|| evaluate(&imported.design).counts());
        Self {
            imported,
            files: read,
            found,
        }
    }

    /// What a link held.
    pub fn of_link(opened: Opened) -> Self {
        let found = Some(evaluate(&opened.design).counts());
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
            imported,
            files: BTreeMap::new(),
            found: None,
        }
    }

    /// A text that was pasted: a link, or the text of a file.
    fn of_text(text: &str) -> Self {
        let joined: String = text.split_whitespace().collect();
        let is_address = ["http", "file:", "#"]
            .iter()
            .any(|start| joined.starts_with(start))
            && (joined.contains("#d=") || joined.contains("#p="));
        if is_address || joined.starts_with("v1.") {
            return match link::open(&joined) {
                Ok(opened) => Self::of_link(opened),
                Err(sentence) => Self::of_remarks(vec![sentence]),
            };
        }
        Self::of_files(&Files::one(&say("page.import.pasted"), text))
    }
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
            read(app, &files::dropped(&event));
        }
    });
}

/// Reads files and shows what they hold.
fn read(app: App, files: &[web_sys::File]) {
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
        show(app, Reading::of_files(&files));
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
            dialog.set_scroll_top(0);
            let first = match &stage {
                Stage::Choose => "import-choose",
                Stage::Read(reading) if reading.found.is_some() => "import-take",
                Stage::Read(_) => "import-again",
            };
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
                            <form method="dialog">
                                <button type="submit" class="tool bare" aria-label=say("page.close")>
                                    <Icon sign=Sign::Close />
                                </button>
                            </form>
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
        read(app, &files::chosen(&input));
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
                on:click=move |_| show(app, text.with_untracked(|text| Reading::of_text(text)))
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
    let extras = imported.design.extras.count();
    let comments = imported.comments_lost;
    let remarks = imported.remarks.len();
    let found = reading.found;
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
    let said = imported.remarks.iter().take(REMARKS).map(|(file, remark)| {
        let place = (!file.is_empty()).then(|| format!("{file}:{}", remark.position.line));
        view! {
            <li>
                {place.map(|place| view! { <code>{place}</code> })}
                <span>{remark.sentence().words(lang())}</span>
            </li>
        }
    });
    let said = said.collect_view();
    let finds = found.map(|[errors, warnings, advice]| {
        let finds = [
            ("page.errors", errors),
            ("page.warnings", warnings),
            ("page.advices", advice),
        ];
        let finds = finds.into_iter().filter(|(_, count)| *count > 0);
        let finds: Vec<String> = finds
            .map(|(key, count)| say_with(key, args![count]))
            .collect();
        if finds.is_empty() {
            say("page.import.clean")
        } else {
            say_with("page.import.finds", args![finds])
        }
    });
    let summary = summary(&reading);
    let take = {
        let reading = Arc::clone(&reading);
        move |_| {
            let design = reading.imported.design.clone();
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
    };
    view! {
        <div id="import-result">
            <p class="import-summary">{summary}</p>
            {finds.map(|finds| view! { <p class="import-finds">{finds}</p> })}
            {(extras > 0).then(|| view! { <p class="import-extras">{say_with("page.import.extras", args![extras])}</p> })}
            {(comments > 0).then(|| view! { <p class="import-comments">{say_with("page.import.comments", args![comments])}</p> })}
        </div>
        {(remarks > 0).then(|| view! {
            <h3>{say_with("page.import.remarks", args![count = remarks])}</h3>
            <ul class="import-remarks">
                {said}
                {(remarks > REMARKS).then(|| view! { <li>{say_with("page.more-places", args![count = remarks - REMARKS])}</li> })}
            </ul>
        })}
        {(!reading.files.is_empty()).then(|| view! {
            <h3>{say("page.import.was-read")}</h3>
            <ul class="import-read">{files}</ul>
        })}
        <footer>
            {found.is_some().then(|| view! {
                <button type="button" id="import-take" class="tool go" on:click=take>
                    {say("page.import.take")}
                </button>
            })}
            <button type="button" id="import-again" class="tool" on:click=move |_| app.import.set(Some(Stage::Choose))>
                {say("page.import.again")}
            </button>
            {found.is_some().then(|| view! { <span>{say("page.import.undo")}</span> })}
        </footer>
    }
}
