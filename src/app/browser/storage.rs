//! The browser's local storage: the design, and how the page is shown.

use super::{Refused, window};

/// Where the design lies; the number is the version of the place, not of the document.
const DESIGN: &str = "kafka-cluster-designer/v1/design";
/// Where a design that could not be read is set aside.
const ASIDE: &str = "kafka-cluster-designer/v1/unreadable";

fn storage() -> Result<web_sys::Storage, Refused> {
    window()?.local_storage()?.ok_or(Refused)
}

/// The text of the design as it was left.
pub fn design() -> Result<Option<String>, Refused> {
    Ok(storage()?.get_item(DESIGN)?)
}

/// Keeps the text of the design.
pub fn keep_design(text: &str) -> Result<(), Refused> {
    Ok(storage()?.set_item(DESIGN, text)?)
}

/// Sets an unreadable text aside where nothing overwrites it; gives the name of the place.
pub fn set_aside(text: &str) -> Result<String, Refused> {
    let storage = storage()?;
    for number in 1..100 {
        let place = format!("{ASIDE}-{number}");
        match storage.get_item(&place)? {
            Some(there) if there != text => {}
            Some(_) => return Ok(place),
            None => {
                storage.set_item(&place, text)?;
                return Ok(place);
            }
        }
    }
    Err(Refused)
}

/// How the page is shown: a small value by its name.
pub fn preference(name: &str) -> Option<String> {
    let key = format!("kafka-cluster-designer/v1/{name}");
    storage().ok()?.get_item(&key).ok()?
}

/// Keeps how the page is shown; not keeping it is no loss, so nobody hears of a refusal.
pub fn keep_preference(name: &str, value: &str) {
    let key = format!("kafka-cluster-designer/v1/{name}");
    if let Ok(storage) = storage() {
        let _ = storage.set_item(&key, value);
    }
}
