//! Small boxes beside what they speak of: the browser shows them above all else and closes them again.

use web_sys::{Element, HtmlElement};

use super::{Refused, focus, window};

/// The gap between a box and what it speaks of, and between a box and the edge of the window.
const GAP: f64 = 6.0;

/// Opens a box beneath an element, or above it where there is more room.
pub fn open_beside(id: &str, anchor: &Element) -> Result<HtmlElement, Refused> {
    let popover = focus::element(id)?;
    if !popover.matches(":popover-open")? {
        popover.show_popover()?;
    }
    place(&popover, anchor)?;
    Ok(popover)
}

/// Closes a box that is open.
pub fn close(id: &str) {
    if let Ok(popover) = focus::element(id) {
        // It is refused only when the box is closed already.
        let _ = popover.hide_popover();
    }
}

fn place(popover: &HtmlElement, anchor: &Element) -> Result<(), Refused> {
    let window = window()?;
    let size = |value: wasm_bindgen::JsValue| value.as_f64().ok_or(Refused);
    let (wide, high) = (size(window.inner_width()?)?, size(window.inner_height()?)?);
    let (at, own) = (
        anchor.get_bounding_client_rect(),
        popover.get_bounding_client_rect(),
    );
    let left = at.left().min(wide - own.width() - GAP).max(GAP);
    let below = at.bottom() + GAP;
    let top = if below + own.height() + GAP > high && at.top() > high - at.bottom() {
        (at.top() - GAP - own.height()).max(GAP)
    } else {
        below
    };
    let style = popover.style();
    style.set_property("left", &format!("{left:.0}px"))?;
    style.set_property("top", &format!("{top:.0}px"))?;
    Ok(())
}
