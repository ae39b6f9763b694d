//! The history: what each step of this visit was; a click goes there.

use leptos::prelude::*;

use super::browser::{focus, timer};
use super::dialog::{CloseButton, close_beside, open_while};
use super::keyboard::press_undo_or_redo;
use super::state::{App, History};
use super::words::{lang, say};

const DIALOG: &str = "history-dialog";
const TITLE: &str = "history-title";

/// The dialog.
#[component]
pub fn HistoryDialog() -> impl IntoView {
    let app = expect_context::<App>();
    open_while(
        DIALOG,
        move || app.shows_history.get(),
        move || {
            go_to_step(app.history.with_untracked(History::at));
        },
    );
    let steps = move || {
        let (steps, at) = app.history.with(|history| {
            let steps: Vec<String> = history.steps().map(|what| what.words(lang())).collect();
            (steps, history.at())
        });
        let lines = steps.into_iter().enumerate().map(|(step, words)| {
            let go = move |_| {
                app.go_to_step(step);
                timer::when_drawn(move || go_to_step(step));
            };
            view! {
                <li>
                    <button
                        type="button"
                        id=step_id(step)
                        class:undone={step > at}
                        aria-current=(step == at).then_some("step")
                        on:click=go
                    >
                        {words}
                        {(step > at).then(|| view! { <small>{say("history.undone")}</small> })}
                    </button>
                </li>
            }
        });
        lines.collect_view()
    };
    view! {
        <dialog
            id=DIALOG
            class="dialog"
            aria-labelledby=TITLE
            on:click=move |event| close_beside(&event)
            on:close=move |_| app.shows_history.set(false)
            on:keydown=move |event| {
                if press_undo_or_redo(app, &event) {
                    timer::when_drawn(move || go_to_step(app.history.with_untracked(History::at)));
                }
            }
        >
            <div class="dialog-body">
                <header>
                    <h2 id=TITLE>{say("history.title")}</h2>
                    <CloseButton />
                </header>
                <p>{say("history.help")}</p>
                <ol class="history">{move || app.shows_history.get().then(steps)}</ol>
            </div>
        </dialog>
    }
}

fn step_id(step: usize) -> String {
    format!("history-step-{step}")
}

fn go_to_step(step: usize) {
    if let Ok(button) = focus::element(&step_id(step)) {
        focus::show(&button);
        // A button of an open dialog can always take the focus.
        let _ = button.focus();
    }
}
