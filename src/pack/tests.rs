//! A small page goes through the whole of it.

use std::path::Path;

use super::{Files, deliver, digest, pack, single};
use crate::page::Page;

/// What Trunk writes, but for the size.
const INDEX: &str = r#"<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Page</title>
    <script type="application/json" id="assets">{"text-en":"text-1.txt"}</script>
    <link rel="icon" href="./icon-1.svg" integrity="sha384-x"/>
    <link rel="stylesheet" href="./a-1.css" integrity="sha384-x"/>
    <link rel="stylesheet" href="./b-1.css" integrity="sha384-x"/>
  </head>
  <body>
    <div id="failed" hidden></div>
    
<script src="./page-1.js"></script>
<script>wasm_bindgen({ module_or_path: "./page-1_bg.wasm" })</script>
  </body>
</html>
"#;

/// A folder as Trunk leaves it; gone with the handle.
struct Folder(std::path::PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("pack-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a temporary folder");
        let folder = Self(folder);
        folder.write("index.html", INDEX);
        folder.write("icon-1.svg", "<svg/>");
        folder.write("a-1.css", "a { color: red }\n");
        folder.write("b-1.css", "b { color: blue }\n");
        folder.write("text-1.txt", "title = Page\n");
        folder.write("page-1.js", "let wasm_bindgen = () => {};\n");
        folder.write("page-1_bg.wasm", &"engine ".repeat(400));
        folder.write("later.wasm", &"later ".repeat(400));
        folder
    }

    fn path(&self) -> &Path {
        &self.0
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.join(name), text).expect("a file in it");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn delivered(folder: &Folder) -> Files {
    deliver(&Page::read(folder.path()).expect("a page")).expect("files")
}

fn text<'a>(files: &'a Files, name: &str) -> &'a str {
    std::str::from_utf8(&files[name]).expect("a text")
}

#[test]
fn every_file_of_the_site_is_named_by_its_sum_and_checked_on_arrival() {
    let files = delivered(&Folder::new("names"));
    let (page, worker) = (text(&files, "index.html"), text(&files, "worker.js"));
    let stable = ["index.html", "worker.js", "embed.js", single::NAME];
    let hashed: Vec<&String> = files
        .keys()
        .filter(|name| !stable.contains(&name.as_str()))
        .collect();
    assert_eq!(hashed.len(), 6, "{hashed:?}");
    for name in hashed {
        let sum = digest::integrity(&files[name]);
        assert!(name.contains(&digest::sha256(&files[name])[..16]), "{name}");
        assert!(page.contains(&format!("./{name}")), "{name}");
        assert!(
            name.starts_with("icon-") || name.starts_with("text-en-") || page.contains(&sum),
            "{name} is not checked"
        );
        assert!(worker.contains(&format!("[\"./{name}\", \"{sum}\"]")));
    }
    let page_sum = digest::integrity(page.as_bytes());
    assert!(worker.contains(&format!("[\"./\", \"{page_sum}\"]")));
    assert!(!page.contains("{{") && !worker.contains("{{"));
}

#[test]
fn the_policy_names_the_inline_scripts_and_nothing_foreign() {
    let files = delivered(&Folder::new("policy"));
    for name in ["index.html", single::NAME] {
        let page = text(&files, name);
        let policy = page
            .split("content=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .expect("a policy");
        assert!(policy.starts_with("default-src 'none'; script-src "));
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
        let mut inline = 0;
        for script in page.split("<script>").skip(1) {
            let script = script.split("</script>").next().expect("its end");
            assert!(
                policy.contains(&digest::policy_source(script)),
                "{name}: {script}"
            );
            inline += 1;
        }
        assert!(inline > 0, "{name}");
        let asks = policy.contains("'self'");
        assert_eq!(asks, name == "index.html", "{name} asks for files");
    }
}

#[test]
fn the_single_file_names_no_other_and_holds_the_engine() {
    use base64::Engine as _;
    use std::io::Read as _;
    let files = delivered(&Folder::new("single"));
    let page = text(&files, single::NAME);
    assert!(!page.contains("src=\"") && !page.contains("href=\"./"));
    let held = |mark: &str| {
        let packed = page
            .split(mark)
            .nth(1)
            .and_then(|rest| rest.split('<').next())
            .expect("a held file");
        let packed = base64::engine::general_purpose::STANDARD
            .decode(packed)
            .expect("base64");
        let mut text = String::new();
        flate2::read::GzDecoder::new(packed.as_slice())
            .read_to_string(&mut text)
            .expect("gzip");
        text
    };
    assert_eq!(held("id=\"engine\">"), "engine ".repeat(400));
    assert_eq!(held("id=\"later\">"), "later ".repeat(400));
    assert_eq!(held("data-asset=\"text-en\">"), "title = Page\n");
    // The page says how large it is and what its sum is.
    let index = text(&files, "index.html");
    let facts = format!(
        "data-bytes=\"{}\" data-sha256=\"{}\"",
        page.len(),
        digest::sha256(page.as_bytes())
    );
    assert!(index.contains(&facts));
}

#[test]
fn a_changed_file_makes_another_edition() {
    let folder = Folder::new("edition");
    let before = delivered(&folder);
    folder.write("a-1.css", "a { color: green }\n");
    let after = delivered(&folder);
    for name in ["index.html", "worker.js", single::NAME] {
        assert_ne!(before[name], after[name], "{name}");
    }
}

#[test]
fn the_same_page_gives_the_same_bytes_and_each_squeezed_file_is_the_file() {
    use std::io::Read as _;
    let (dist, again) = (Folder::new("dist"), Folder::new("again"));
    let first = pack(dist.path()).expect("packed");
    let second = pack(again.path()).expect("packed again");
    assert!(first == second, "two packings differ");
    let mut on_disk = Files::new();
    for entry in std::fs::read_dir(dist.path()).expect("the folder") {
        let entry = entry.expect("a file");
        let name = entry.file_name().into_string().expect("a name");
        on_disk.insert(name, std::fs::read(entry.path()).expect("its bytes"));
    }
    assert!(first == on_disk, "what is written is what was made");
    let mut squeezed = 0;
    for (name, bytes) in &first {
        let mut plain = Vec::new();
        if let Some(packed) = first.get(&format!("{name}.br")) {
            brotli::BrotliDecompress(&mut packed.as_slice(), &mut plain).expect("brotli");
            assert!(&plain == bytes, "{name}.br");
            squeezed += 1;
        }
        if let Some(packed) = first.get(&format!("{name}.gz")) {
            plain.clear();
            flate2::read::GzDecoder::new(packed.as_slice())
                .read_to_end(&mut plain)
                .expect("gzip");
            assert!(&plain == bytes, "{name}.gz");
        }
    }
    assert!(squeezed >= 3, "{squeezed}");
}

#[test]
fn what_trunk_never_wrote_is_refused() {
    let odd = |name: &str, index: String| {
        let folder = Folder::new(name);
        folder.write("index.html", &index);
        Page::read(folder.path())
            .err()
            .map(|error| error.to_string())
    };
    let image = INDEX.replace("<div", "<img src=\"x.png\"><div");
    assert!(odd("image", image).is_some_and(|error| error.contains("names another file")));
    let scripts = INDEX.replace("<div", "<script>1</script><div");
    assert!(odd("scripts", scripts).is_some_and(|error| error.contains("scripts")));
    let folder = Folder::new("glue");
    folder.write("page-1.js", "\"</script>\"");
    assert!(Page::read(folder.path()).is_err());
    let folder = Folder::new("style");
    folder.write("a-1.css", "a { background: url(x.png) }");
    assert!(Page::read(folder.path()).is_err());
    let folder = Folder::new("twice");
    assert!(pack(folder.path()).is_ok());
    assert!(
        pack(folder.path()).is_err(),
        "a packed page is packed again"
    );
}
