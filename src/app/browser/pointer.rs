//! Whether a button of the mouse is down: a click is only heard where it began, so nothing may move
//! between its two halves.

use std::cell::{Cell, RefCell};

use leptos::ev;
use leptos::prelude::window_event_listener;

use super::timer;

type Work = Box<dyn FnOnce()>;

thread_local! {
    static IS_DOWN: Cell<bool> = const { Cell::new(false) };
    static WAITING: RefCell<Option<Work>> = const { RefCell::new(None) };
}

/// Follows the pointer.
pub fn listen() {
    window_event_listener(ev::pointerdown, |_| IS_DOWN.set(true));
    window_event_listener(ev::pointerup, |_| released());
    window_event_listener(ev::pointercancel, |_| released());
    // A release outside the window is told to nobody.
    window_event_listener(ev::blur, |_| released());
    window_event_listener(ev::keydown, |_| released());
}

fn released() {
    if !IS_DOWN.replace(false) {
        return;
    }
    // The click comes after the release.
    timer::after(0, || {
        if let Some(work) = WAITING.take() {
            work();
        }
    });
}

/// Does now what moves the page, or as soon as a click that has begun is over; the latest work counts.
pub fn when_up(work: impl FnOnce() + 'static) {
    if IS_DOWN.get() {
        WAITING.set(Some(Box::new(work)));
    } else {
        WAITING.take();
        work();
    }
}
