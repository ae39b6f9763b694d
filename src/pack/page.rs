//! What Trunk made, taken apart: the frame in HTML, and what it named.

use std::collections::BTreeMap;
use std::path::Path;

use crate::{Error, divide};

/// A built page.
pub struct Page {
    /// The document without the elements that name other files.
    pub html: String,
    /// All style sheets, in their order.
    pub style: String,
    /// The script between the browser and the engine: classic, and defines `wasm_bindgen`.
    pub glue: String,
    /// The engine, as far as a first look needs it.
    pub engine: Vec<u8>,
    /// The rest of it.
    pub later: Vec<u8>,
    /// The icon, in SVG.
    pub icon: Vec<u8>,
    /// What the page fetches when it needs it, by name: the ending of the file's name, and what it holds.
    pub assets: BTreeMap<String, (String, Vec<u8>)>,
}

impl Page {
    /// Reads the folder that Trunk wrote.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let bytes = |name: &str| {
            let path = folder.join(name.trim_start_matches("./"));
            std::fs::read(&path).map_err(|problem| Error::File { path, problem })
        };
        let text = |name: &str| {
            let no_text = |_| Error::Page(format!("{name} is no text"));
            String::from_utf8(bytes(name)?).map_err(no_text)
        };
        let mut html = text("index.html")?;
        let (mut style, mut icon) = (String::new(), None);
        for link in cut(&mut html, "<link ", ">") {
            let href = attribute(&link, "href")?;
            match attribute(&link, "rel")? {
                "stylesheet" => style.push_str(&text(href)?),
                "icon" => icon = Some(bytes(href)?),
                // Of the engine and its glue, which are wanted as soon as the page is read.
                "preload" | "modulepreload" => {}
                other => return Err(Error::Page(format!("a link with rel={other}"))),
            }
        }
        let assets = match cut(&mut html, ASSETS, "</script>").as_slice() {
            [] => BTreeMap::new(),
            [list] => {
                let list = between(list, ASSETS, "</script>").unwrap_or_default();
                let list: BTreeMap<String, String> = serde_json::from_str(list)
                    .map_err(|error| Error::Page(format!("its list of assets: {error}")))?;
                let asset = |(name, file): (String, String)| {
                    let ending = file.rsplit_once('.').map_or("", |(_, ending)| ending);
                    Ok((name, (ending.to_owned(), bytes(&file)?)))
                };
                list.into_iter().map(asset).collect::<Result<_, _>>()?
            }
            _ => return Err(Error::Page("two lists of assets".to_owned())),
        };
        let scripts = cut(&mut html, "<script", "</script>");
        let [glue, start] = scripts.as_slice() else {
            return Err(Error::Page(format!("{} scripts, not two", scripts.len())));
        };
        let engine = between(start, "module_or_path: \"", "\"")
            .ok_or_else(|| Error::Page("the last script does not start the engine".to_owned()))?;
        let page = Self {
            style,
            glue: text(attribute(glue, "src")?)?,
            engine: bytes(engine)?,
            later: bytes(divide::LATER)?,
            icon: icon.ok_or_else(|| Error::Page("no icon".to_owned()))?,
            assets,
            html: tidy(&html),
        };
        page.check(folder)?;
        Ok(page)
    }

    /// What would break silently later.
    fn check(&self, folder: &Path) -> Result<(), Error> {
        let wrong = |what: &str| Err(Error::Page(what.to_owned()));
        if folder.join("snippets").exists() {
            return wrong("a library brought scripts of its own, which no single file can hold");
        }
        if self.html.contains(" src=") || self.html.contains(" href=") {
            return wrong("index.html still names another file");
        }
        if !self.html.contains(HEAD) || !self.html.contains("</head>") {
            return wrong("index.html does not begin as expected");
        }
        if self.glue.contains("</script") || self.glue.contains("<!--") {
            return wrong("the glue cannot stand inside HTML");
        }
        if self.style.contains("</style") || self.style.contains("url(") {
            return wrong("the style sheets name a file, or cannot stand inside HTML");
        }
        Ok(())
    }

    /// The document with a policy before everything that it rules, more at the end of the head, and more at the end of the body.
    pub fn with(&self, first: &str, head: &str, body: &str) -> String {
        self.html
            .replacen(HEAD, &format!("{HEAD}\n    {first}"), 1)
            .replacen("</head>", &format!("{head}</head>"), 1)
            .replacen("</body>", &format!("{body}</body>"), 1)
    }
}

/// What the list of assets begins with, as the page looks for it.
pub const ASSETS: &str = "<script type=\"application/json\" id=\"assets\">";

/// What the head begins with; the encoding is said within the first kilobyte.
const HEAD: &str = "<meta charset=\"utf-8\" />";

/// Cuts every element between two marks out of a document.
fn cut(html: &mut String, begin: &str, end: &str) -> Vec<String> {
    let mut found = Vec::new();
    while let Some(from) = html.find(begin) {
        let Some(length) = html[from..].find(end) else {
            break;
        };
        let to = from + length + end.len();
        found.push(html[from..to].to_owned());
        html.replace_range(from..to, "");
    }
    found
}

fn between<'a>(text: &'a str, begin: &str, end: &str) -> Option<&'a str> {
    let from = text.find(begin)? + begin.len();
    let to = text[from..].find(end)?;
    Some(&text[from..from + to])
}

fn attribute<'a>(tag: &'a str, name: &str) -> Result<&'a str, Error> {
    between(tag, &format!("{name}=\""), "\"")
        .ok_or_else(|| Error::Page(format!("no {name} in {tag}")))
}

/// Without the empty lines that the cuts left.
fn tidy(html: &str) -> String {
    let lines = html.lines().map(str::trim_end);
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    lines.join("\n") + "\n"
}
