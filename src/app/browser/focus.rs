//! Moving the focus, and what is seen.

use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};

use super::{Refused, document};

/// An element by its id.
pub fn element(id: &str) -> Result<HtmlElement, Refused> {
    document()?
        .get_element_by_id(id)
        .and_then(|element| element.dyn_into().ok())
        .ok_or(Refused)
}

/// Shows an element in the middle and gives it the focus.
pub fn focus(id: &str) -> Result<(), Refused> {
    let element = element(id)?;
    show(&element);
    // A group of choices takes the focus on the one that is chosen.
    let inner = element
        .query_selector("input:checked, input")
        .ok()
        .flatten()
        .and_then(|inner| inner.dyn_into::<HtmlElement>().ok());
    inner.unwrap_or(element).focus().map_err(Refused::from)
}

/// How far elements are scrolled, by their ids.
pub fn scrolled(ids: &[&'static str]) -> Vec<(&'static str, i32)> {
    ids.iter()
        .filter_map(|id| Some((*id, element(id).ok()?.scroll_top())))
        .collect()
}

/// Scrolls elements as far as they were.
pub fn scroll_to(scrolled: &[(&str, i32)]) {
    for (id, top) in scrolled {
        if let Ok(element) = element(id) {
            element.set_scroll_top(*top);
        }
    }
}

/// Scrolls until an element stands in the middle.
pub fn show(element: &HtmlElement) {
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Center);
    options.set_inline(ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}

/// Whether the focus is where text is typed, so that letters are no shortcuts.
pub fn is_typing() -> bool {
    let active = document()
        .ok()
        .and_then(|document| document.active_element());
    active.is_some_and(|element| {
        let text_input = element
            .dyn_ref::<web_sys::HtmlInputElement>()
            .is_some_and(|input| !matches!(input.type_().as_str(), "radio" | "checkbox"));
        text_input || matches!(element.tag_name().as_str(), "TEXTAREA" | "SELECT")
    })
}

/// Whether a dialog is open, which owns the keyboard.
pub fn has_dialog() -> bool {
    document().is_ok_and(|document| matches!(document.query_selector("dialog[open]"), Ok(Some(_))))
}

/// Closes every dialog, before the focus goes behind it.
pub fn close_dialogs() {
    while let Ok(Some(open)) = document().and_then(|page| Ok(page.query_selector("dialog[open]")?))
    {
        match open.dyn_into::<web_sys::HtmlDialogElement>() {
            Ok(dialog) => dialog.close(),
            Err(_) => return,
        }
    }
}

/// Says something to people who hear the page.
pub fn announce(words: &str) {
    if let Ok(region) = element("live-region") {
        region.set_text_content(Some(words));
    }
}
