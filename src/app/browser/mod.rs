//! What the page asks of the browser: one file per capability.
//!
//! Each may be refused (a sandboxed frame has no storage, an insecure page no clipboard), so each
//! gives a `Result`, and whoever calls it has a visible plan B.

pub mod address;
pub mod asset;
pub mod clipboard;
pub mod clock;
pub mod download;
pub mod files;
pub mod focus;
pub mod host;
pub mod journal;
pub mod language;
pub mod pointer;
pub mod popover;
pub mod random;
pub mod single_file;
pub mod size;
pub mod storage;
pub mod theme;
pub mod timer;
pub mod update;

/// The browser said no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the browser refused")]
pub struct Refused;

impl From<wasm_bindgen::JsValue> for Refused {
    fn from(_: wasm_bindgen::JsValue) -> Self {
        Self
    }
}

#[cfg(not(debug_assertions))]
impl From<leptos::wasm_split::SplitLoaderError> for Refused {
    fn from(_: leptos::wasm_split::SplitLoaderError) -> Self {
        Self
    }
}

fn window() -> Result<web_sys::Window, Refused> {
    web_sys::window().ok_or(Refused)
}

fn document() -> Result<web_sys::Document, Refused> {
    window()?.document().ok_or(Refused)
}
