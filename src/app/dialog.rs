//! The dialogs over the page: how each is opened, left by a click beside it, and closed.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::browser::{focus, timer};
use super::icon::{Icon, Sign};
use super::words::say;

/// A dialog by its id.
pub fn dialog(id: &str) -> Option<web_sys::HtmlDialogElement> {
    focus::element(id).ok()?.dyn_into().ok()
}

/// Opens a dialog at its top whenever it is wanted, and closes it when it is not; `opened` runs once it
/// is drawn and open.
pub fn open_while(
    id: &'static str,
    is_wanted: impl Fn() -> bool + 'static,
    opened: impl Fn() + Clone + 'static,
) {
    Effect::new(move |_| {
        let wanted = is_wanted();
        let Some(dialog) = dialog(id) else {
            return;
        };
        if !wanted {
            dialog.close();
            return;
        }
        let opened = opened.clone();
        timer::when_drawn(move || {
            // It is refused only when the dialog is open already.
            let _ = dialog.show_modal();
            dialog.set_scroll_top(0);
            opened();
        });
    });
}

/// Closes a dialog when the click was beside it.
pub fn close_beside(event: &web_sys::MouseEvent) {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::HtmlDialogElement>().ok());
    if let Some(dialog) = target {
        dialog.close();
    }
}

/// The cross that closes the dialog around it.
#[component]
pub fn CloseButton() -> impl IntoView {
    view! {
        <form method="dialog">
            <button type="submit" class="tool bare" aria-label=say("page.close")>
                <Icon sign=Sign::Close />
            </button>
        </form>
    }
}
