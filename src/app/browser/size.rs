//! How wide an element is, and when that changes.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver};

use super::Refused;

/// Watches an element as long as it is kept.
pub struct Watch {
    observer: ResizeObserver,
    _seen: Closure<dyn FnMut()>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Says how wide an element is, now and whenever that changes.
pub fn watch_width(element: &Element, seen: impl Fn(i32) + 'static) -> Result<Watch, Refused> {
    let watched = element.clone();
    let closure = Closure::<dyn FnMut()>::new(move || seen(watched.client_width()));
    let observer = ResizeObserver::new(closure.as_ref().unchecked_ref())?;
    observer.observe(element);
    Ok(Watch {
        observer,
        _seen: closure,
    })
}
