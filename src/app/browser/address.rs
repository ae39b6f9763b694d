//! The page's address. Its fragment says what is open: `#d=PACKED` opens a design, `#p=NAME` starts from a preset,
//! `#rule=ID` opens the page of a check, `#rules` the list of all. A `/` may stand first: links within
//! the page have it, so that nobody takes them for links to a place on the screen.
//! Its query says how that is shown: `view`, `show`, `read`, `lang`, `theme`, `host`.

use super::{Refused, window};

/// The value of a part of the address, if it is there; a part without a value has an empty one.
pub fn part(name: &str) -> Result<Option<String>, Refused> {
    let hash = window()?.location().hash()?;
    let parts = hash.trim_start_matches(['#', '/']).split('&');
    let value = |part: &str| {
        let rest = part.strip_prefix(name)?;
        if rest.is_empty() {
            return Some(String::new());
        }
        rest.strip_prefix('=').map(str::to_owned)
    };
    Ok(parts.map(value).find_map(|value| value))
}

/// The value of a part of the query, if it is there.
pub fn query(name: &str) -> Option<String> {
    let search = window().ok()?.location().search().ok()?;
    let parts = web_sys::UrlSearchParams::new_with_str(&search).ok()?;
    parts.get(name)
}

/// Whether the page stands inside another one, as its address says.
pub fn is_embedded() -> bool {
    query("view").as_deref() == Some("embed")
}

/// Goes to a fragment; the way back leads here again.
pub fn go(fragment: &str) -> Result<(), Refused> {
    Ok(window()?.location().set_hash(fragment)?)
}

/// Takes the fragment out of the address, without a step in the history.
pub fn forget() -> Result<(), Refused> {
    let window = window()?;
    let location = window.location();
    let bare = location.pathname()? + &location.search()?;
    let history = window.history()?;
    Ok(history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&bare))?)
}

/// Puts a fragment into the address without a step in the history, and without anybody hearing of it.
pub fn put(fragment: &str) -> Result<(), Refused> {
    let address = format!("#{fragment}");
    let history = window()?.history()?;
    Ok(history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&address))?)
}

/// The address of the page as it stands alone: without its fragment and its query.
pub fn alone() -> Result<String, Refused> {
    let address = window()?.location().href()?;
    let alone = address.split(['#', '?']).next();
    Ok(alone.unwrap_or_default().to_owned())
}
