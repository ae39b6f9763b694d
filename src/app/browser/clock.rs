//! What time it is, and how it is written.

use wasm_bindgen::JsValue;

/// Milliseconds since 1970, as browsers count them.
pub fn now() -> f64 {
    js_sys::Date::now()
}

/// A name that nothing else has: the time and some luck.
pub fn new_name() -> String {
    let luck = js_sys::Math::random() * f64::from(u32::MAX);
    // Both are whole and in range; a name has no other meaning.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let (now, luck) = (now() as u64, luck as u32);
    format!("{now:x}-{luck:08x}")
}

/// A time as a language writes it: the date and the time of day.
pub fn words(time: f64, language: &str) -> String {
    let date = js_sys::Date::new(&JsValue::from_f64(time));
    let options = js_sys::Object::new();
    for (name, style) in [("dateStyle", "medium"), ("timeStyle", "short")] {
        // A plain object takes every name.
        let _ = js_sys::Reflect::set(&options, &name.into(), &style.into());
    }
    date.to_locale_string(language, &options).into()
}
