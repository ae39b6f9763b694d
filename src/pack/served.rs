//! The static site: every file but the page itself has its sum in its name, and is checked on arrival.

use std::collections::BTreeMap;

use crate::page::{self, Page};
use crate::{Files, digest, policy, single};

/// Starts the page and registers the worker; the marks in it stand for names and sums.
const BOOT: &str = include_str!("boot.js");
const LOAD: &str = include_str!("served.js");
const WORKER: &str = include_str!("worker.js");

/// The files of the site, the single file left out.
pub fn files(page: &Page, single: &str) -> Files {
    let mut files = Files::new();
    let mut add = |stem: &str, ending: &str, bytes: &[u8]| {
        let name = digest::named(stem, ending, bytes);
        files.insert(name.clone(), bytes.to_vec());
        name
    };
    let style = add("style", "css", page.style.as_bytes());
    let glue = add("glue", "js", page.glue.as_bytes());
    let engine = add("engine", "wasm", &page.engine);
    let later = add("later", "wasm", &page.later);
    let icon = add("icon", "svg", &page.icon);

    let assets: BTreeMap<&String, String> = page
        .assets
        .iter()
        .map(|(name, (ending, bytes))| (name, format!("./{}", add(name, ending, bytes))))
        .collect();
    let list = serde_json::to_string(&assets).expect("names are text");

    let boot = format!("{BOOT}{LOAD}")
        .replace("{{engine}}", &engine)
        .replace("{{engine-sum}}", &digest::integrity(&page.engine))
        .replace("{{later}}", &later)
        .replace("{{later-sum}}", &digest::integrity(&page.later));
    let head = [
        format!("{}{list}</script>", page::ASSETS),
        format!("<script>{boot}</script>"),
        format!(
            "<script defer src=\"./{glue}\" integrity=\"{}\"></script>",
            digest::integrity(page.glue.as_bytes())
        ),
        format!(
            "<link rel=\"stylesheet\" href=\"./{style}\" integrity=\"{}\" />",
            digest::integrity(page.style.as_bytes())
        ),
        format!("<link rel=\"icon\" href=\"./{icon}\" />"),
        format!(
            "<link rel=\"alternate\" type=\"text/html\" href=\"./{}\" data-bytes=\"{}\" data-sha256=\"{}\" />",
            single::NAME,
            single.len(),
            digest::sha256(single.as_bytes())
        ),
    ];
    let head = format!("  {}\n  ", head.join("\n    "));
    let html = page.with(&policy::meta(&policy::served(&boot)), &head, "");
    let worker = worker(&html, &files);
    files.insert("index.html".to_owned(), html.into_bytes());
    files.insert("worker.js".to_owned(), worker.into_bytes());
    files
}

/// The service worker with what it keeps: the page, and each file that it names.
fn worker(html: &str, files: &Files) -> String {
    let line =
        |name: &str, bytes: &[u8]| format!("\n  [\"./{name}\", \"{}\"],", digest::integrity(bytes));
    let mut list = line("", html.as_bytes());
    for (name, bytes) in files {
        list.push_str(&line(name, bytes));
    }
    let edition = &digest::sha256(list.as_bytes())[..16];
    WORKER
        .replace("{{edition}}", edition)
        .replace("{{files}}", &format!("[{list}\n]"))
}
