//! The browser's storage: what every visit shares, and what this tab alone keeps.
//!
//! Inside another page nothing is kept and nothing is read: the storage may be the other page's own.
//! Names stand below one place; its number is the version of the place, not of what lies there.

use wasm_bindgen::JsValue;

use super::{Refused, address, window};

const PLACE: &str = "kafka-cluster-designer/v1/";

/// The name of the design as it was downloaded last.
pub const DOWNLOADED: &str = "downloaded";

/// Why a text was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unkept {
    /// The page may not keep anything: a sandboxed frame, a browser that is set so.
    Forbidden,
    /// There is no room left.
    Full,
}

fn local() -> Result<web_sys::Storage, Refused> {
    if address::is_embedded() {
        return Err(Refused);
    }
    window()?.local_storage()?.ok_or(Refused)
}

fn of_tab() -> Result<web_sys::Storage, Refused> {
    if address::is_embedded() {
        return Err(Refused);
    }
    window()?.session_storage()?.ok_or(Refused)
}

/// What lies under a name.
pub fn get(name: &str) -> Result<Option<String>, Refused> {
    Ok(local()?.get_item(&format!("{PLACE}{name}"))?)
}

/// Keeps a text under a name.
pub fn set(name: &str, text: &str) -> Result<(), Unkept> {
    let storage = local().map_err(|Refused| Unkept::Forbidden)?;
    let full = |_: JsValue| Unkept::Full;
    storage
        .set_item(&format!("{PLACE}{name}"), text)
        .map_err(full)
}

/// Forgets what lies under a name.
pub fn remove(name: &str) -> Result<(), Refused> {
    Ok(local()?.remove_item(&format!("{PLACE}{name}"))?)
}

/// The names that begin so.
pub fn names(beginning: &str) -> Result<Vec<String>, Refused> {
    let storage = local()?;
    let keys = (0..storage.length()?).filter_map(|at| storage.key(at).ok().flatten());
    let names = keys.filter_map(|key| key.strip_prefix(PLACE).map(str::to_owned));
    Ok(names.filter(|name| name.starts_with(beginning)).collect())
}

/// The name of ours that a key stands for.
pub fn name_of(key: &str) -> Option<&str> {
    key.strip_prefix(PLACE)
}

/// How the page is shown: a small value by its name.
pub fn preference(name: &str) -> Option<String> {
    get(name).ok().flatten()
}

/// Forgets how the page was shown.
pub fn forget_preference(name: &str) {
    let _ = remove(name);
}

/// Keeps how the page is shown; not keeping it is no loss, so nobody hears of a refusal.
pub fn keep_preference(name: &str, value: &str) {
    let _ = set(name, value);
}

/// A small value of this tab alone, which outlives a reload.
pub fn preference_of_tab(name: &str) -> Option<String> {
    of_tab().ok()?.get_item(&format!("{PLACE}{name}")).ok()?
}

/// Keeps a small value of this tab alone; not keeping it is no loss.
pub fn keep_preference_of_tab(name: &str, value: &str) {
    if let Ok(storage) = of_tab() {
        let _ = storage.set_item(&format!("{PLACE}{name}"), value);
    }
}
