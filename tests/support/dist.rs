//! What the built page in `dist/` weighs: packed with brotli at its best, as servers send it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The files of the page with their packed bytes.
pub struct Weight {
    /// What a browser asks for at the first visit, until the page can be used in English.
    pub first: BTreeMap<String, usize>,
    /// What it asks for later: when it is used, and to keep the page for visits without a network.
    pub later: BTreeMap<String, usize>,
}

impl Weight {
    /// Weighs `dist/`.
    pub fn of_dist() -> Self {
        let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("dist");
        let page = std::fs::read_to_string(dist.join("index.html"))
            .expect("dist/ is missing: run `make build` first");
        let (mut first, mut later) = (BTreeMap::new(), BTreeMap::new());
        for entry in std::fs::read_dir(&dist).expect("dist/").flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            // The packed files, of which each is the twin of another.
            if is(&name, "br") || is(&name, "gz") || !path.is_file() {
                continue;
            }
            let part = if is_first(&name, &page) {
                &mut first
            } else {
                &mut later
            };
            part.insert(name, packed(&path));
        }
        Self { first, later }
    }
}

/// Whether a browser asks for a file at the first visit: the page and what it names, but not the rest of
/// the engine; of the assets, which it lists, only the words; and not the page in one file, which it offers.
fn is_first(name: &str, page: &str) -> bool {
    let list = "id=\"assets\">";
    let assets = page
        .split_once(list)
        .and_then(|(_, rest)| rest.split_once("</script>"))
        .map_or("", |(assets, _)| assets);
    if assets.contains(name) {
        return name.starts_with("text-en-");
    }
    let comes_later = name.starts_with("later-") || is(name, "html");
    name == "index.html" || (page.contains(name) && !comes_later)
}

/// Whether a name has an ending.
pub fn is(name: &str, ending: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|found| found == ending)
}

fn packed(path: &Path) -> usize {
    let mut twin = path.as_os_str().to_owned();
    twin.push(".br");
    if let Ok(twin) = std::fs::metadata(PathBuf::from(twin)) {
        return usize::try_from(twin.len()).expect("a file of this page");
    }
    let packed = Command::new("brotli")
        .args(["--quality=11", "--lgwin=24", "--stdout"])
        .arg(path)
        .output()
        .expect("brotli is missing: run `.ci/set-up browser`");
    assert!(packed.status.success(), "brotli refuses {}", path.display());
    packed.stdout.len()
}
