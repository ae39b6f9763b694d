//! Finishes the page that Trunk built, in Trunk's folder, before it becomes `dist/`.
//!
//! | Place | Holds |
//! | --- | --- |
//! | [`assets`] | what the page fetches when it needs it, and the list of it |
//! | [`texts`] | the sentences, put together as the page fetches them |
//! | [`divide`] | the engine in two: what a first look needs, and the rest |
//! | [`page`] | what Trunk made, taken apart |
//! | [`served`] | the static site: hashed names, integrity, the service worker and its list |
//! | [`single`] | the same page in one HTML file |
//! | [`policy`] | what the page may do: its Content-Security-Policy |
//! | [`digest`] | sums, and names made of them |
//! | [`squeeze`] | gzip and brotli |
//!
//! The same page gives the same bytes. Nothing here knows the engine, so that it is built in a moment.
//! A build for development gets its assets and nothing else.

mod assets;
mod digest;
mod divide;
mod page;
mod policy;
mod served;
mod single;
mod squeeze;
mod texts;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use page::Page;

/// Files by their names.
type Files = BTreeMap<String, Vec<u8>>;

/// The script that other pages load to show this one; its address is part of their text, so it has no sum in its name.
const EMBED: &str = include_str!("embed.js");

/// Why nothing was packed.
#[derive(Debug, thiserror::Error)]
enum Error {
    /// A file or folder refused.
    #[error("{}: {problem}", .path.display())]
    File {
        path: PathBuf,
        problem: std::io::Error,
    },
    /// Trunk wrote something that this program does not know.
    #[error("the built page is not as expected: {0}")]
    Page(String),
    /// A program that this one needs did not do its work.
    #[error("{program}: {problem}")]
    Program {
        program: &'static str,
        problem: String,
    },
    /// Nobody but Trunk says where the page lies.
    #[error("Trunk calls this, and names its folder in TRUNK_STAGING_DIR")]
    NoFolder,
}

fn main() -> ExitCode {
    match finish() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pack: {error}");
            ExitCode::FAILURE
        }
    }
}

fn finish() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::var_os("TRUNK_STAGING_DIR").ok_or(Error::NoFolder)?;
    let folder = Path::new(&folder);
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    assets::add(folder, texts::assets(&sources.join("text"))?)?;
    if std::env::var_os("TRUNK_PROFILE").is_some_and(|profile| profile == "release") {
        divide::divide(&sources.join(".."), folder)?;
        report(&pack(folder)?);
    }
    Ok(())
}

/// Replaces what Trunk wrote by what is delivered.
fn pack(folder: &Path) -> Result<Files, Error> {
    let page = Page::read(folder)?;
    let mut files = deliver(&page)?;
    for (name, packed) in squeeze::beside(&files) {
        files.insert(name, packed);
    }
    replace(folder, &files)?;
    Ok(files)
}

/// The files that are delivered, before they are squeezed.
fn deliver(page: &Page) -> Result<Files, Error> {
    let single = single::html(page)?;
    let mut files = served::files(page, &single);
    files.insert(single::NAME.to_owned(), single.into_bytes());
    files.insert("embed.js".to_owned(), EMBED.as_bytes().to_vec());
    Ok(files)
}

/// Empties the folder, and fills it.
fn replace(folder: &Path, files: &Files) -> Result<(), Error> {
    let refused = |path: &Path| {
        let path = path.to_owned();
        move |problem| Error::File { path, problem }
    };
    std::fs::remove_dir_all(folder).map_err(refused(folder))?;
    std::fs::create_dir_all(folder).map_err(refused(folder))?;
    for (name, bytes) in files {
        let path = folder.join(name);
        std::fs::write(&path, bytes).map_err(refused(&path))?;
    }
    Ok(())
}

/// Says how large each file is, as it is and squeezed.
fn report(files: &Files) {
    for (name, bytes) in files {
        let squeezed = |ending: &str| files.get(&format!("{name}.{ending}")).map(Vec::len);
        if let (Some(brotli), Some(gzip)) = (squeezed("br"), squeezed("gz")) {
            println!(
                "{name}: {} bytes, {brotli} with brotli, {gzip} with gzip",
                bytes.len()
            );
        }
    }
}

#[cfg(test)]
mod tests;
