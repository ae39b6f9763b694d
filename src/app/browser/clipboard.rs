//! Copying text.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;

use super::{Refused, window};

/// Copies a text; `done` hears whether the browser took it.
pub fn copy(text: &str, done: impl Fn(Result<(), Refused>) + Clone + 'static) {
    let Ok(window) = window() else {
        return done(Err(Refused));
    };
    // An insecure page has no clipboard at all, although its type says so.
    let navigator = window.navigator();
    let there = js_sys::Reflect::get(&navigator, &JsValue::from_str("clipboard"));
    if !there.is_ok_and(|clipboard| clipboard.is_object()) {
        return done(Err(Refused));
    }
    let refused = done.clone();
    let taken = Closure::once_into_js(move |_: JsValue| done(Ok(())));
    let failed = Closure::once_into_js(move |_: JsValue| refused(Err(Refused)));
    let promise: JsValue = navigator.clipboard().write_text(text).into();
    let then = js_sys::Reflect::get(&promise, &JsValue::from_str("then"));
    if let Ok(then) = then {
        let then: js_sys::Function = wasm_bindgen::JsCast::unchecked_into(then);
        // Both answers are heard through the closures.
        let _ = then.call2(&promise, &taken, &failed);
    }
}
