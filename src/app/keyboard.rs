//! The keyboard: shortcuts, and the sheet that names them.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::browser::{focus, pointer};
use super::course::{first_course, open_course};
use super::dialog::{CloseButton, close_beside, dialog};
use super::state::{App, View};
use super::words::say;

const SHEET: &str = "keyboard-sheet";

/// The panes, in the order in which a key goes through them.
const PANES: [&str; 4] = ["rail", "form", "file-view", "problems"];

/// Keys that are pressed together.
struct Chord {
    /// With Ctrl, or ⌘ on a Mac.
    held: bool,
    /// With the shift key; nothing where it belongs to the letter.
    shift: Option<bool>,
    /// The key, as the browser names it, in small letters.
    key: &'static str,
}

const fn plain(key: &'static str) -> Chord {
    Chord {
        held: false,
        shift: None,
        key,
    }
}

const fn held(key: &'static str, shift: bool) -> Chord {
    Chord {
        held: true,
        shift: Some(shift),
        key,
    }
}

/// The key that goes from change to change; with the shift key back.
const fn change(shift: bool) -> Chord {
    Chord {
        held: false,
        shift: Some(shift),
        key: "c",
    }
}

/// A shortcut: what is heard and what the sheet shows come from the same line.
struct Shortcut {
    /// Each does it.
    chords: &'static [Chord],
    /// The key of what it does, in words.
    words: &'static str,
    act: fn(App),
}

const fn shortcut(chords: &'static [Chord], words: &'static str, act: fn(App)) -> Shortcut {
    Shortcut { chords, words, act }
}

/// All of them, in the order of the sheet.
static SHORTCUTS: &[Shortcut] = &[
    shortcut(&[plain("/")], "keys.search", |_| {
        focus::focus("search").unwrap_or_default();
    }),
    shortcut(&[held("enter", false)], "keys.download", |app| {
        app.download();
    }),
    shortcut(&[held("z", false)], "keys.undo", |app| app.undo()),
    shortcut(&[held("z", true), held("y", false)], "keys.redo", |app| {
        app.redo();
    }),
    shortcut(&[plain("u")], "keys.course", |app| {
        open_course(app, first_course(app));
    }),
    shortcut(&[plain("n")], "keys.next-problem", |app| {
        go_to_problem(app, 1);
    }),
    shortcut(&[plain("p")], "keys.previous-problem", |app| {
        go_to_problem(app, -1);
    }),
    shortcut(&[change(false)], "keys.next-change", |app| {
        app.go_to_change(true);
    }),
    shortcut(&[change(true)], "keys.previous-change", |app| {
        app.go_to_change(false);
    }),
    shortcut(&[plain("f6")], "keys.next-pane", |_| go_to_next_pane()),
    shortcut(&[plain("?")], "keys.sheet", open_sheet),
];

impl Chord {
    fn is(&self, event: &web_sys::KeyboardEvent) -> bool {
        self.held == (event.ctrl_key() || event.meta_key())
            && self.shift.is_none_or(|shift| shift == event.shift_key())
            && self.key == event.key().to_lowercase()
            && !event.alt_key()
    }

    /// Whether it would type something where text is typed.
    fn types(&self) -> bool {
        !self.held && self.key.chars().count() == 1
    }

    /// The keys, as they are written on a keyboard.
    fn keys(&self) -> Vec<String> {
        let mut keys = Vec::new();
        if self.held {
            keys.push("Ctrl/⌘".to_owned());
        }
        if self.shift == Some(true) {
            keys.push("Shift".to_owned());
        }
        keys.push(match self.key {
            "enter" => "Enter".to_owned(),
            key if self.held || key.len() > 1 => key.to_uppercase(),
            key => key.to_owned(),
        });
        keys
    }
}

/// Hears the shortcuts, wherever the focus is, and notes where it is.
pub fn listen(app: App) {
    pointer::listen();
    window_event_listener(leptos::ev::keydown, move |event| {
        if !focus::has_dialog() {
            press(app, &event, |_| true);
        }
    });
    window_event_listener(leptos::ev::focusin, move |event| {
        let focused = event.target().and_then(|target| target.dyn_into().ok());
        if let Some(focused) = focused {
            focus::note(&focused);
        }
    });
    window_event_listener(leptos::ev::hashchange, move |_| app.follow_address());
}

/// Hears the shortcuts of undo and redo where the others are silent; true when it was one of them.
pub fn press_undo_or_redo(app: App, event: &web_sys::KeyboardEvent) -> bool {
    press(app, event, |shortcut| {
        matches!(shortcut.words, "keys.undo" | "keys.redo")
    })
}

/// Carries out one of the shortcuts that are heard here; false when it is none.
fn press(
    app: App,
    event: &web_sys::KeyboardEvent,
    is_heard_here: impl Fn(&Shortcut) -> bool,
) -> bool {
    let heard = |shortcut: &&Shortcut| {
        let mut chords = shortcut.chords.iter();
        is_heard_here(shortcut)
            && chords.any(|chord| chord.is(event) && !(chord.types() && focus::is_typing()))
    };
    let Some(shortcut) = SHORTCUTS.iter().find(heard) else {
        return false;
    };
    event.prevent_default();
    (shortcut.act)(app);
    true
}

/// Gives the focus to the pane after the one that has it.
fn go_to_next_pane() {
    let panes = PANES.iter().filter_map(|id| focus::element(id).ok());
    let panes: Vec<web_sys::HtmlElement> = panes.filter(|pane| pane.offset_width() > 0).collect();
    let here = panes
        .iter()
        .position(|pane| pane.matches(":focus, :focus-within").unwrap_or(false));
    let next = here.map_or(0, |here| (here + 1) % panes.len());
    if let Some(pane) = panes.get(next) {
        // A pane can always take the focus.
        let _ = pane.focus();
    }
}

/// Gives the focus to the next or the previous problem.
fn go_to_problem(app: App, step: isize) {
    app.view.set(View::Problems);
    app.problems_folded.set(false);
    super::browser::timer::when_drawn(move || {
        let Ok(list) = focus::element("problems") else {
            return;
        };
        let Ok(problems) = list.query_selector_all("ul > .problem") else {
            return;
        };
        let all: Vec<web_sys::HtmlElement> = (0..problems.length())
            .filter_map(|at| problems.get(at)?.dyn_into().ok())
            .collect();
        let now = all
            .iter()
            .position(|problem| problem.matches(":focus, :focus-within").unwrap_or(false));
        let next = match now {
            Some(now) => {
                now.checked_add_signed(step)
                    .unwrap_or(all.len().saturating_sub(1))
                    % all.len().max(1)
            }
            None if step < 0 => all.len().saturating_sub(1),
            None => 0,
        };
        if let Some(problem) = all.get(next) {
            focus::show(problem);
            // An element of the page can always take the focus.
            let _ = problem.focus();
        }
    });
}

/// Shows the sheet.
pub fn open_sheet(app: App) {
    app.later(|_| {
        if let Some(dialog) = dialog(SHEET) {
            // It is refused only when the dialog is open already.
            let _ = dialog.show_modal();
        }
    });
}

/// The shortcuts in words.
#[component]
pub fn KeyboardSheet() -> impl IntoView {
    view! {
        <dialog id=SHEET class="dialog" aria-labelledby="keys-title" on:click=move |event| close_beside(&event)>
            <div class="dialog-body">
                <header>
                    <h2 id="keys-title">{say("page.keys")}</h2>
                    <CloseButton />
                </header>
                <dl class="keys">
                    {SHORTCUTS
                        .iter()
                        .map(|shortcut| {
                            let chord = |chord: &Chord| {
                                let keys = chord.keys().into_iter();
                                let keys = keys.map(|key| view! { <kbd>{key}</kbd> }).collect_view();
                                view! { <span>{keys}</span> }
                            };
                            view! {
                                <dt>{shortcut.chords.iter().map(chord).collect_view()}</dt>
                                <dd>{say(shortcut.words)}</dd>
                            }
                        })
                        .collect_view()}
                </dl>
            </div>
        </dialog>
    }
}
