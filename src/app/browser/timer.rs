//! Doing something later.

use std::time::Duration;

/// Does something after some milliseconds.
pub fn after(milliseconds: u64, work: impl FnOnce() + 'static) {
    leptos::prelude::set_timeout(work, Duration::from_millis(milliseconds));
}

/// Does something when the page has been drawn.
pub fn when_drawn(work: impl FnOnce() + 'static) {
    // Two turns: the effects of the first draw what the second looks for.
    leptos::prelude::request_animation_frame(move || {
        leptos::prelude::set_timeout(work, Duration::ZERO);
    });
}
