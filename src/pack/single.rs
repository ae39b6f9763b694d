//! The page in one HTML file, which asks for nothing: it opens from disk, where a browser lets no file load another.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::page::Page;
use crate::{Error, policy, squeeze};

/// The name of the file.
pub const NAME: &str = "kafka-cluster-designer.html";

const BOOT: &str = include_str!("boot.js");
const LOAD: &str = include_str!("single.js");

/// The whole page.
pub fn html(page: &Page) -> Result<String, Error> {
    let boot = format!("{BOOT}{LOAD}");
    let policy = policy::single(&[&boot, &page.glue], &page.style);
    let icon = STANDARD.encode(&page.icon);
    let head = format!(
        "  <script>{boot}</script>\n    <style>{}</style>\n    <link rel=\"icon\" href=\"data:image/svg+xml;base64,{icon}\" />\n  ",
        page.style
    );
    let mut body = format!("  <script>{}</script>\n  ", page.glue);
    let mut hold = |attribute: &str, bytes: &[u8]| {
        let packed = STANDARD.encode(squeeze::gzip(bytes));
        body += "  <script type=\"text/plain\" ";
        body += attribute;
        body += ">";
        body += &packed;
        body += "</script>\n  ";
    };
    hold("id=\"engine\"", &page.engine);
    hold("id=\"later\"", &page.later);
    for (name, (_, bytes)) in &page.assets {
        hold(&format!("data-asset=\"{name}\""), bytes);
    }
    let html = page.with(&policy::meta(&policy), &head, &body);
    if html.contains(" src=\"") || html.contains(" href=\"./") {
        return Err(Error::Page("the single file names another file".to_owned()));
    }
    Ok(html)
}
