//! A newer edition of the page, which the service worker has ready (`src/pack/served.js`).

use super::{Refused, window};

/// Calls back when a newer edition is ready; nothing comes where there is no service worker.
pub fn listen(ready: impl Fn() + 'static) {
    let event = leptos::ev::Custom::<web_sys::Event>::new("newer-page");
    leptos::prelude::window_event_listener(event, move |_| ready());
}

/// Takes the newer edition over: the page is loaded again.
pub fn take() -> Result<(), Refused> {
    let event = web_sys::Event::new("take-newer-page")?;
    window()?.dispatch_event(&event)?;
    Ok(())
}
