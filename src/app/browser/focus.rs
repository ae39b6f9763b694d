//! Moving the focus, and what is seen.

use std::cell::RefCell;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};

use super::{Refused, document, window};

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
    if element.matches(TAKES)? {
        return Ok(element.focus()?);
    }
    // A group of choices takes the focus on the one that is chosen.
    let inner = element.query_selector("input:checked, input")?;
    let inner = inner.and_then(|inner| inner.dyn_into::<HtmlElement>().ok());
    Ok(inner.unwrap_or(element).focus()?)
}

/// Gives an element the focus, and scrolls no further than needed.
pub fn focus_softly(id: &str) -> Result<(), Refused> {
    Ok(element(id)?.focus()?)
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

/// Scrolls no more than it takes to see an element.
pub fn nearest() -> ScrollIntoViewOptions {
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    options.set_inline(ScrollLogicalPosition::Nearest);
    options
}

/// Whether some text is marked, so that a click is the end of marking it.
pub fn has_marked_text() -> bool {
    let selection = window().and_then(|window| Ok(window.get_selection()?));
    selection.is_ok_and(|selection| selection.is_some_and(|selection| !selection.is_collapsed()))
}

/// What a selector finds within an element.
fn all_within(id: &str, selector: &str) -> Vec<HtmlElement> {
    let found = element(id)
        .ok()
        .and_then(|element| element.query_selector_all(selector).ok());
    found.map_or_else(Vec::new, |found| {
        (0..found.length())
            .filter_map(|at| found.get(at)?.dyn_into().ok())
            .collect()
    })
}

/// Gives the first of what a selector finds within an element the focus.
pub fn focus_first(id: &str, selector: &str) -> Result<(), Refused> {
    let found = all_within(id, selector);
    found.first().ok_or(Refused)?.focus().map_err(Refused::from)
}

/// Moves the focus among what a selector finds within an element, round and round.
pub fn step_among(id: &str, selector: &str, step: isize) {
    let all = all_within(id, selector);
    let now = all
        .iter()
        .position(|one| one.matches(":focus").unwrap_or(false));
    let next = match now {
        Some(now) => now.checked_add_signed(step).unwrap_or(all.len() - 1) % all.len(),
        None => 0,
    };
    if let Some(next) = all.get(next) {
        // An element of the page can always take the focus.
        let _ = next.focus();
    }
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

/// What can take the focus.
const TAKES: &str = "a[href], button:not(:disabled), input:not(:disabled), \
    select:not(:disabled), textarea:not(:disabled), summary, [tabindex]";

/// The way from what has the focus up to the page: each parent, and which of its children it was.
type Trail = Vec<(Element, usize)>;

thread_local! {
    /// Where the focus was last: on the page, and in a dialog.
    static LAST: RefCell<[Trail; 2]> = const { RefCell::new([Vec::new(), Vec::new()]) };
}

/// Notes where the focus is, so that it can be handed on when that goes away.
pub fn note(focused: &Element) {
    let in_dialog = matches!(focused.closest("dialog"), Ok(Some(_)));
    let mut trail = Trail::new();
    let mut at = focused.clone();
    while let Some(parent) = at.parent_element() {
        let before = at.previous_element_sibling();
        let before = std::iter::successors(before, Element::previous_element_sibling);
        trail.push((parent.clone(), before.count()));
        at = parent;
    }
    LAST.with_borrow_mut(|last| last[usize::from(in_dialog)] = trail);
}

/// Hands the focus on when what had it is gone: to the control of its field, to what followed it, or
/// to what came before.
pub fn hand_on() {
    let active = document()
        .ok()
        .and_then(|document| document.active_element());
    if active.is_some_and(|active| active.tag_name() != "BODY") {
        return;
    }
    let trail = LAST.with_borrow(|last| last[usize::from(has_dialog())].clone());
    for (parent, at) in trail {
        if !is_seen(&parent) {
            continue;
        }
        if let Some(id) = parent.get_attribute("data-focus")
            && focus(&id).is_ok()
        {
            return;
        }
        let children = children(&parent);
        let at = at.min(children.len());
        let mut after = children[at..].iter().chain(children[..at].iter().rev());
        let heir = after.find_map(first_in);
        // An element that is seen and takes the focus does so.
        if heir.is_some_and(|heir| heir.focus().is_ok()) {
            return;
        }
    }
}

/// Whether an element is drawn at all.
fn is_seen(element: &Element) -> bool {
    let drawn = element.get_bounding_client_rect();
    element.is_connected() && drawn.width() + drawn.height() > 0.0
}

fn children(parent: &Element) -> Vec<Element> {
    let first = parent.first_element_child();
    std::iter::successors(first, Element::next_element_sibling).collect()
}

/// The element, or the first inside it, that takes the focus.
fn first_in(element: &Element) -> Option<HtmlElement> {
    let takes = |one: &Element| is_seen(one) && one.matches(TAKES).unwrap_or(false);
    if takes(element) {
        return element.clone().dyn_into().ok();
    }
    let inner = element.query_selector_all(TAKES).ok()?;
    (0..inner.length())
        .filter_map(|at| inner.get(at)?.dyn_into::<HtmlElement>().ok())
        .find(|one| is_seen(one))
}
