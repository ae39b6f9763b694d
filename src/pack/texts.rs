//! The sentences of `src/text`, put together as the page fetches them: for each language all that a
//! first look needs, the pages of the checks, what the import says, and what is said of upgrades.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use crate::assets::Assets;

/// The languages, as their folders are called.
const LANGUAGES: [&str; 2] = ["en", "zh"];

/// The asset that a file belongs to; the page never says what only the command line does.
fn asset(file: &Path) -> Option<&'static str> {
    if file
        .parent()
        .is_some_and(|folder| folder.ends_with("explain"))
    {
        return Some("checks");
    }
    match file.file_stem()?.to_str()? {
        "cli" => None,
        "import" => Some("import"),
        "migrate" | "upgrade" => Some("upgrade"),
        _ => Some("text"),
    }
}

/// The sentences of all languages.
pub fn assets(texts: &Path) -> Result<Assets, Box<dyn Error>> {
    let mut assets = Assets::new();
    for language in LANGUAGES {
        let folder = texts.join(language);
        let mut files = files(&folder)?;
        files.extend(self::files(&folder.join("explain"))?);
        for file in files {
            let Some(asset) = asset(&file) else { continue };
            let text = fs::read_to_string(&file)?;
            let (_, bytes) = assets
                .entry(format!("{asset}-{language}"))
                .or_insert(("txt", Vec::new()));
            for line in text.lines().filter(|line| is_sentence(line)) {
                bytes.extend_from_slice(line.as_bytes());
                bytes.push(b'\n');
            }
        }
    }
    Ok(assets)
}

/// The texts right in a folder, in the order of their names.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "txt") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn is_sentence(line: &str) -> bool {
    !line.is_empty() && !line.starts_with('#')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sentence_of_the_page_lies_in_one_asset() {
        let texts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../text");
        let assets = super::assets(&texts).unwrap();
        let names: Vec<&str> = assets.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "checks-en",
                "checks-zh",
                "import-en",
                "import-zh",
                "text-en",
                "text-zh",
                "upgrade-en",
                "upgrade-zh"
            ]
        );
        let holding = |line: &str| {
            let texts = assets.iter().map(|(name, (_, bytes))| {
                let lines = bytes.split(|byte| *byte == b'\n');
                (name, lines.filter(|held| *held == line.as_bytes()).count())
            });
            texts
                .filter(|(_, count)| *count > 0)
                .map(|(name, count)| (name.clone(), count))
                .collect::<Vec<_>>()
        };
        let is = |line: &str, name: &str| {
            assert_eq!(holding(line), [(name.to_owned(), 1)], "{line}");
        };
        is("page.title = Kafka Cluster Designer", "text-en");
        is("page.title = Kafka 集群设计器", "text-zh");
        let line_of = |file: &str| {
            let text = fs::read_to_string(texts.join(file)).unwrap();
            let line = text.lines().find(|line| is_sentence(line));
            line.expect("a sentence").to_owned()
        };
        is(&line_of("en/explain/zk.txt"), "checks-en");
        is(&line_of("zh/import.txt"), "import-zh");
        is(&line_of("en/migrate.txt"), "upgrade-en");
        is(&line_of("zh/upgrade.txt"), "upgrade-zh");
        assert_eq!(holding(&line_of("en/cli.txt")), []);
    }
}
