//! The languages that the person reads, and the one that the document says it is in.

use super::{Refused, document, window};

/// The tags of the languages that the browser is set to, the dearest first.
pub fn wanted() -> Result<Vec<String>, Refused> {
    let tags = window()?.navigator().languages();
    Ok(tags.iter().filter_map(|tag| tag.as_string()).collect())
}

/// Says which language the document is in, and names it.
pub fn show(tag: &str, title: &str) -> Result<(), Refused> {
    let document = document()?;
    document.set_title(title);
    let root = document.document_element().ok_or(Refused)?;
    Ok(root.set_attribute("lang", tag)?)
}
