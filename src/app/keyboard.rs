//! The keyboard: shortcuts, and the sheet that names them.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::browser::focus;
use super::icon::{Icon, Sign};
use super::presets::{close_beside, dialog};
use super::state::{App, View};
use super::words::say;

const SHEET: &str = "keyboard-sheet";

/// The shortcuts: keys, and the key of what they do.
const SHORTCUTS: &[(&[&str], &str)] = &[
    (&["/"], "keys.search"),
    (&["Ctrl/⌘", "Enter"], "keys.download"),
    (&["Ctrl/⌘", "Z"], "keys.undo"),
    (&["Ctrl/⌘", "Shift", "Z"], "keys.redo"),
    (&["n"], "keys.next-problem"),
    (&["p"], "keys.previous-problem"),
    (&["c"], "keys.next-change"),
    (&["?"], "keys.sheet"),
];

/// Hears the shortcuts, wherever the focus is.
pub fn listen(app: App) {
    window_event_listener(leptos::ev::keydown, move |event| {
        if focus::has_dialog() {
            return;
        }
        if press(app, &event) {
            event.prevent_default();
        }
    });
    window_event_listener(leptos::ev::hashchange, move |_| app.follow_address());
}

/// Carries a shortcut out; false when it is none.
fn press(app: App, event: &web_sys::KeyboardEvent) -> bool {
    let key = event.key();
    if event.ctrl_key() || event.meta_key() {
        match (key.to_lowercase().as_str(), event.shift_key()) {
            ("enter", _) => app.download(),
            ("z", false) => app.undo(),
            ("z", true) | ("y", false) => app.redo(),
            _ => return false,
        }
        return true;
    }
    if event.alt_key() || focus::is_typing() {
        return false;
    }
    match key.as_str() {
        "/" => focus::focus("search").unwrap_or_default(),
        "n" => go_to_problem(app, 1),
        "p" => go_to_problem(app, -1),
        "c" => app.go_to_next_change(),
        "?" => open_sheet(),
        _ => return false,
    }
    true
}

/// Gives the focus to the next or the previous problem.
fn go_to_problem(app: App, step: isize) {
    app.view.set(View::Problems);
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
pub fn open_sheet() {
    if let Some(dialog) = dialog(SHEET) {
        // It is refused only when the dialog is open already.
        let _ = dialog.show_modal();
    }
}

/// The shortcuts in words.
#[component]
pub fn KeyboardSheet() -> impl IntoView {
    view! {
        <dialog id=SHEET class="dialog" aria-labelledby="keys-title" on:click=move |event| close_beside(&event)>
            <div class="dialog-body">
                <header>
                    <h2 id="keys-title">{say("page.keys")}</h2>
                    <form method="dialog">
                        <button type="submit" class="tool bare" aria-label=say("page.close")>
                            <Icon sign=Sign::Close />
                        </button>
                    </form>
                </header>
                <dl class="keys">
                    {SHORTCUTS
                        .iter()
                        .map(|(keys, what)| {
                            view! {
                                <dt>{keys.iter().map(|&key| view! { <kbd>{key}</kbd> }).collect_view()}</dt>
                                <dd>{say(what)}</dd>
                            }
                        })
                        .collect_view()}
                </dl>
            </div>
        </dialog>
    }
}
