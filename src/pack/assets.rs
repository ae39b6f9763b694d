//! What belongs to the page but is fetched when it is needed: files whose names hold a hash of what they
//! hold, and a list in the page's head that says the file of each, `{"NAME":"FILE"}`.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

/// Assets by their names: the end of the file's name, and what it holds.
pub type Assets = BTreeMap<String, (&'static str, Vec<u8>)>;

/// Writes assets beside the page, and lists them in it.
pub fn add(page: &Path, assets: Assets) -> Result<(), Box<dyn Error>> {
    let mut list = BTreeMap::new();
    for (name, (end, bytes)) in assets {
        let file = format!("{name}-{}.{end}", hash(&bytes));
        fs::write(page.join(&file), bytes)?;
        list.insert(name, file);
    }
    let index = page.join("index.html");
    let html = fs::read_to_string(&index)?;
    Ok(fs::write(index, with_list(&html, &list)?)?)
}

/// Sixteen hexadecimal digits that change with the bytes.
fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes)[..8]
        .iter()
        .fold(String::new(), |mut hash, byte| {
            let _ = write!(hash, "{byte:02x}");
            hash
        })
}

/// The page with the list in its head, as JSON; names need no escapes.
fn with_list(html: &str, list: &BTreeMap<String, String>) -> Result<String, Box<dyn Error>> {
    let (head, rest) = html
        .split_once("</head>")
        .ok_or("the page has no end of its head")?;
    let items: Vec<String> = list
        .iter()
        .map(|(name, file)| format!("\"{name}\":\"{file}\""))
        .collect();
    let items = items.join(",");
    Ok(format!(
        "{head}<script type=\"application/json\" id=\"assets\">{{{items}}}</script></head>{rest}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_each_asset_by_what_it_holds() {
        let list = BTreeMap::from([
            ("a".to_owned(), "a-1.txt".to_owned()),
            ("b".to_owned(), "b-2.txt".to_owned()),
        ]);
        let page = with_list("<head></head><body></body>", &list).unwrap();
        assert_eq!(
            page,
            "<head><script type=\"application/json\" id=\"assets\">{\"a\":\"a-1.txt\",\"b\":\"b-2.txt\"}</script></head><body></body>"
        );
        assert!(with_list("no page", &list).is_err());
        assert_ne!(hash(b"one"), hash(b"other"));
    }
}
