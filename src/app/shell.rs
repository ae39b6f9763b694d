//! The frame: header, sections, form, files, problems, footer.

use leptos::prelude::*;

use super::browser::storage;
use super::checks::CheckDialog;
use super::files::Files;
use super::footer::Footer;
use super::form::Form;
use super::header::Header;
use super::import::{self, DropHint, ImportDialog};
use super::keyboard::{self, KeyboardSheet};
use super::presets::PresetDialog;
use super::problems::Problems;
use super::rail::Rail;
use super::repairs::RepairDialog;
use super::share::ShareDialog;
use super::state::{App, State, View};
use super::words::{say, say_with};
use crate::args;

/// The share of the form beside the files, in hundredths: at least, at first, at most.
const SPLIT: (f64, f64, f64) = (28.0, 46.0, 70.0);

/// The whole page; another language draws it anew, with the same state.
#[component]
pub fn Shell() -> impl IntoView {
    let app: App = State::restored();
    provide_context(app);
    keyboard::listen(app);
    import::listen(app);
    move || {
        app.lang.track();
        view! { <Frame app /> }
    }
}

#[component]
fn Frame(app: App) -> impl IntoView {
    let split = RwSignal::new(
        storage::preference("split")
            .and_then(|text| text.parse().ok())
            .map_or(SPLIT.1, |share: f64| share.clamp(SPLIT.0, SPLIT.2)),
    );
    let view_name = move || match app.view.get() {
        View::Design => "design",
        View::Files => "files",
        View::Problems => "problems",
    };
    view! {
        <div class="shell" data-view=view_name style:--form-share=move || format!("{:.2}fr", split.get()) style:--files-share=move || format!("{:.2}fr", 100.0 - split.get())>
            <a class="skip" href="#form">{say("page.skip")}</a>
            <Header />
            <Rail />
            <Form />
            <Divider split />
            <section class="output" aria-label=say("page.output")>
                <Files />
                <Problems />
            </section>
            <Footer />
            <ViewSwitch />
            <p id="live-region" class="unseen" role="status" aria-live="polite"></p>
        </div>
        <PresetDialog />
        <ImportDialog />
        <ShareDialog />
        <DropHint />
        <CheckDialog />
        <RepairDialog />
        <KeyboardSheet />
    }
}

/// What divides form and files; the arrow keys move it too.
#[component]
fn Divider(split: RwSignal<f64>) -> impl IntoView {
    let held = StoredValue::new(false);
    let put = move |share: f64| split.set(share.clamp(SPLIT.0, SPLIT.2));
    let keep = move || storage::keep_preference("split", &format!("{:.2}", split.get_untracked()));
    let drag = move |event: web_sys::PointerEvent| {
        if !held.get_value() {
            return;
        }
        let pane =
            |id| super::browser::focus::element(id).map(|pane| pane.get_bounding_client_rect());
        let (Ok(form), Ok(files)) = (pane("form"), pane("files")) else {
            return;
        };
        let width = files.right() - form.left();
        if width > 0.0 {
            put((f64::from(event.client_x()) - form.left()) / width * 100.0);
        }
    };
    let key = move |event: web_sys::KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowLeft" => -2.0,
            "ArrowRight" => 2.0,
            "Home" => -100.0,
            "End" => 100.0,
            _ => return,
        };
        event.prevent_default();
        put(split.get_untracked() + step);
        keep();
    };
    view! {
        <div
            class="divider"
            role="separator"
            tabindex="0"
            aria-orientation="vertical"
            aria-label=say("page.divider")
            aria-valuemin=SPLIT.0
            aria-valuemax=SPLIT.2
            aria-valuenow=move || split.get().round()
            on:pointerdown=move |event| {
                held.set_value(true);
                let element: web_sys::Element = event_target(&event);
                // Without the capture the divider still moves while the pointer is over it.
                let _ = element.set_pointer_capture(event.pointer_id());
                event.prevent_default();
            }
            on:pointermove=drag
            on:pointerup=move |_| {
                held.set_value(false);
                keep();
            }
            on:pointercancel=move |_| held.set_value(false)
            on:dblclick=move |_| {
                put(SPLIT.1);
                keep();
            }
            on:keydown=key
        ></div>
    }
}

/// Chooses the pane, where there is room for one only.
#[component]
fn ViewSwitch() -> impl IntoView {
    let app = expect_context::<App>();
    let button = move |view: View, key: &'static str, count: Signal<usize>| {
        view! {
            <button
                type="button"
                data-go=key
                aria-current=move || (app.view.get() == view).then_some("true")
                on:click=move |_| app.view.set(view)
            >
                {say(&format!("page.view.{key}"))}
                <span class="count">
                    {move || match count.get() {
                        0 => String::new(),
                        count => count.to_string(),
                    }}
                </span>
            </button>
        }
    };
    let edits = Signal::derive(move || {
        app.tallies
            .with(|tallies| tallies.values().map(|tally| tally.edits).sum())
    });
    let touched = Signal::derive(move || app.touched.with(|touched| touched.len()));
    let problems = Signal::derive(move || app.report.with(|report| report.counts().iter().sum()));
    view! {
        <nav class="view-switch" aria-label=say("page.view")>
            {button(View::Design, "design", edits)}
            {button(View::Files, "files", touched)}
            {button(View::Problems, "problems", problems)}
        </nav>
    }
}

/// The number of files as words, for buttons and footer.
pub fn files_words(count: usize) -> String {
    say_with("page.files-count", args![count])
}
