//! The page as one file, which the served page offers; `src/pack` writes where it lies into the head.

use super::{Refused, document};

/// The single file.
#[derive(Clone)]
pub struct Offered {
    /// Where it lies, beside the page.
    pub address: String,
    /// How large it is.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}

/// The single file, if this page has one beside it.
pub fn offered() -> Result<Offered, Refused> {
    let link = document()?
        .query_selector("link[rel=alternate][data-sha256]")?
        .ok_or(Refused)?;
    let attribute = |name| link.get_attribute(name).ok_or(Refused);
    Ok(Offered {
        address: attribute("href")?,
        bytes: attribute("data-bytes")?.parse().map_err(|_| Refused)?,
        sha256: attribute("data-sha256")?,
    })
}
