//! The page around this one, when it is shown in a frame: messages to it and from it.
//!
//! The address names the origin of that page in `host`. Without it nothing but the height is told, and
//! nothing is heard. A page opened from disk has no origin: it calls itself `null`, and so do all like it.

use js_sys::{Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlElement, MessageEvent, ResizeObserver};

use super::{Refused, address, window};

/// What both sides write into every message, so that no other script's messages are taken for one.
const NAME: &str = "kafka-cluster-designer";
/// The version of the messages.
const VERSION: f64 = 1.0;
/// A longer text in a message is no design, file name or language.
const LONGEST: u32 = 200_000;

/// The origin of the page around.
fn origin() -> Option<String> {
    address::query("host").filter(|origin| !origin.is_empty() && origin != "*")
}

/// Tells the page around something; what only a known page may hear stays here when none is known.
pub fn tell(kind: &str, facts: &[(&str, JsValue)]) -> Result<(), Refused> {
    let window = window()?;
    let parent = window.parent()?.ok_or(Refused)?;
    let to = match origin() {
        // A page from disk can only be addressed as any page.
        Some(origin) if origin == "null" => "*".to_owned(),
        Some(origin) => origin,
        None if kind == "height" => "*".to_owned(),
        None => return Err(Refused),
    };
    if parent == window {
        return Err(Refused);
    }
    let message = Object::new();
    let put = |key: &str, value: &JsValue| Reflect::set(&message, &JsValue::from(key), value);
    put("from", &NAME.into())?;
    put("version", &VERSION.into())?;
    put("type", &kind.into())?;
    for (key, value) in facts {
        put(key, value)?;
    }
    Ok(parent.post_message(&message, &to)?)
}

/// A message from the page around: its type, and its texts by name.
pub struct Message {
    /// What is asked for.
    pub kind: String,
    data: JsValue,
}

impl Message {
    /// A text of the message, when it is one and no longer than a text can be.
    pub fn text(&self, name: &str) -> Option<String> {
        text(&self.data, name)
    }
}

fn text(data: &JsValue, name: &str) -> Option<String> {
    let value = Reflect::get(data, &name.into()).ok()?;
    let value: js_sys::JsString = value.dyn_into().ok()?;
    (value.length() <= LONGEST).then(|| value.into())
}

/// Hears the messages of the page around, and of nobody else.
pub fn listen(heard: impl Fn(&Message) + 'static) {
    let Some(origin) = origin() else {
        return;
    };
    leptos::prelude::window_event_listener(leptos::ev::message, move |event: MessageEvent| {
        if let Some(message) = accepted(&event, &origin) {
            heard(&message);
        }
    });
}

/// The message, if the page around sent it to this one in the version that is understood.
fn accepted(event: &MessageEvent, origin: &str) -> Option<Message> {
    let parent: JsValue = window().ok()?.parent().ok()??.into();
    let source: JsValue = event.source()?.into();
    let data = event.data();
    let mine = source == parent
        && event.origin() == origin
        && data.is_object()
        && text(&data, "to").as_deref() == Some(NAME)
        && Reflect::get(&data, &"version".into()).ok()?.as_f64() == Some(VERSION);
    let kind = text(&data, "type")?;
    mine.then_some(Message { kind, data })
}

/// Calls back whenever an element gets another size.
pub fn on_resize(element: &HtmlElement, changed: impl Fn() + 'static) -> Result<(), Refused> {
    let heard = wasm_bindgen::prelude::Closure::<dyn Fn()>::new(changed).into_js_value();
    let observer = ResizeObserver::new(heard.unchecked_ref())?;
    observer.observe(element);
    // It lives as long as what it watches.
    Ok(())
}
