//! The fragment of the page's address: `#p=NAME` starts from a preset.

use super::{Refused, window};

/// The preset that the address names, if any.
pub fn preset() -> Result<Option<String>, Refused> {
    let hash = window()?.location().hash()?;
    Ok(hash
        .trim_start_matches('#')
        .split('&')
        .find_map(|part| part.strip_prefix("p="))
        .map(str::to_owned))
}
