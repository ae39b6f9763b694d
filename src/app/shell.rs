//! The frame: header, sections, form, files, problems, footer.

use leptos::prelude::*;

use super::browser::{self, address, storage, update};
use super::embed::{self, EmbedBar};
use super::files::Files;
use super::footer::Footer;
use super::form::Form;
use super::header::Header;
use super::import::{self, DropHint};
use super::keyboard;
use super::print;
use super::problems::Problems;
use super::rail::Rail;
use super::state::{App, State, View};
use super::words::{say, say_with};
use crate::args;

/// The whole page; another language draws it anew, with the same state.
#[component]
pub fn Shell() -> impl IntoView {
    browser::theme::restore();
    let app: App = State::restored();
    provide_context(app);
    keyboard::listen(app);
    if !app.read_only {
        import::listen(app);
    }
    print::listen(app);
    embed::begin(app);
    update::listen(move || app.newer.set(true));
    app.fetch_ahead();
    move || {
        app.lang.track();
        view! { <Frame app /> }
    }
}

#[component]
fn Frame(app: App) -> impl IntoView {
    let split = Split::restored("split", ("form", "output"), true, (28.0, 46.0, 70.0));
    let lower = Split::restored(
        "lower",
        ("files", "problems-pane"),
        false,
        (20.0, 64.0, 86.0),
    );
    let embedded = address::is_embedded();
    let view_name = move || match app.view.get() {
        View::Design => "design",
        View::Files => "files",
        View::Problems => "problems",
    };
    view! {
        <div
            id="shell"
            class="shell"
            data-view=view_name
            data-show=move || app.parts.get().name()
            data-embed=embedded.then_some("")
            data-read=app.read_only.then_some("")
            style:--form-share=move || format!("{:.2}fr", split.share.get())
            style:--files-share=move || format!("{:.2}fr", 100.0 - split.share.get())
            style:--problems-share=move || format!("{:.2}%", 100.0 - lower.share.get())
        >
            <a class="skip" href="#form">{say("page.skip")}</a>
            <Header />
            <Rail />
            <main class="panes">
            <Form />
            <Divider split />
            <section id="output" class="output" aria-label=say("page.output")>
                <Files />
                <Divider split=lower />
                <Problems />
            </section>
            </main>
            {if embedded { view! { <EmbedBar /> }.into_any() } else { view! { <Footer /> }.into_any() }}
            <ViewSwitch />
            <p id="live-region" class="unseen" role="status" aria-live="polite"></p>
        </div>
        <DropHint />
        <Dialogs />
        <article id="print" class="print"></article>
    }
}

/// What lies over the page when it is wanted; a dialog that is wanted early waits until it is there.
#[component]
fn Dialogs() -> impl IntoView {
    let app = expect_context::<App>();
    Effect::new(move |_| {
        if app.wants_dialog() && app.tools.with_untracked(Option::is_none) {
            app.later_or(|_| (), move || app.leave_dialogs());
        }
    });
    move || app.tools.get().map(|tools| (tools.dialogs)())
}

/// A line between two panes that can be moved.
#[derive(Clone, Copy)]
struct Split {
    /// The preference that keeps it, and the key of its words below `page.divider`.
    name: &'static str,
    /// The ids of the panes beside it.
    panes: (&'static str, &'static str),
    /// Whether it stands between left and right.
    upright: bool,
    /// The share of the first pane, in hundredths: at least, at first, at most.
    range: (f64, f64, f64),
    /// The share now.
    share: RwSignal<f64>,
}

impl Split {
    fn restored(
        name: &'static str,
        panes: (&'static str, &'static str),
        upright: bool,
        range: (f64, f64, f64),
    ) -> Self {
        let kept = storage::preference(name).and_then(|text| text.parse().ok());
        let share = kept.map_or(range.1, |share: f64| share.clamp(range.0, range.2));
        Self {
            name,
            panes,
            upright,
            range,
            share: RwSignal::new(share),
        }
    }

    fn put(self, share: f64) {
        self.share.set(share.clamp(self.range.0, self.range.2));
    }

    fn keep(self) {
        let share = format!("{:.2}", self.share.get_untracked());
        storage::keep_preference(self.name, &share);
    }

    /// Moves it under the pointer.
    fn follow(self, event: &web_sys::PointerEvent) {
        let pane = |id| browser::focus::element(id).map(|pane| pane.get_bounding_client_rect());
        let (Ok(first), Ok(second)) = (pane(self.panes.0), pane(self.panes.1)) else {
            return;
        };
        let (from, to, at) = if self.upright {
            (first.left(), second.right(), event.client_x())
        } else {
            (first.top(), second.bottom(), event.client_y())
        };
        if to > from {
            self.put((f64::from(at) - from) / (to - from) * 100.0);
        }
    }

    /// Moves it by a key; false when the key is none of its own.
    fn press(self, key: &str) -> bool {
        let step = match key {
            "ArrowLeft" | "ArrowUp" => -2.0,
            "ArrowRight" | "ArrowDown" => 2.0,
            "PageUp" => -10.0,
            "PageDown" => 10.0,
            "Home" => -100.0,
            "End" => 100.0,
            _ => return false,
        };
        self.put(self.share.get_untracked() + step);
        self.keep();
        true
    }
}

/// What divides two panes; it is dragged, moved by the arrow keys, and put back by two clicks.
#[component]
fn Divider(split: Split) -> impl IntoView {
    let held = StoredValue::new(false);
    let let_go = move || {
        held.set_value(false);
        split.keep();
    };
    view! {
        <div
            class="divider"
            class:lying=!split.upright
            role="separator"
            tabindex="0"
            aria-orientation=if split.upright { "vertical" } else { "horizontal" }
            aria-label=say(&format!("page.divider.{}", split.name))
            aria-valuemin=split.range.0
            aria-valuemax=split.range.2
            aria-valuenow=move || split.share.get().round()
            on:pointerdown=move |event| {
                held.set_value(true);
                let element: web_sys::Element = event_target(&event);
                // Without the capture the divider still moves while the pointer is over it.
                let _ = element.set_pointer_capture(event.pointer_id());
                event.prevent_default();
            }
            on:pointermove=move |event| {
                if held.get_value() {
                    split.follow(&event);
                }
            }
            on:pointerup=move |_| let_go()
            on:pointercancel=move |_| let_go()
            on:dblclick=move |_| {
                split.put(split.range.1);
                split.keep();
            }
            on:keydown=move |event| {
                if split.press(&event.key()) {
                    event.prevent_default();
                }
            }
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
