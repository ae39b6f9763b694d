//! Writing the bundle into a folder, without touching anything that is not ours.
//!
//! A file may be replaced when it holds what it is to hold, or what the folder's own `SHA256SUMS` says
//! that it held when it was rendered; any other file stops the whole render before the first write.
//! Files of the former bundle that are no longer part of it are removed, unless they were changed.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::output::{Part, cannot_write, reason};
use super::{Failure, note};
use crate::args;
use crate::bundle::{SUMS, sha256};
use crate::render::File;
use crate::text::{Lang, words};

/// The checksums of the former bundle, by path.
type Sums = BTreeMap<String, String>;

/// Writes the files into a folder; nothing is written when a file there is not ours.
pub fn write(folder: &Path, files: &[Arc<File>], lang: Lang) -> Result<(), Failure> {
    let former = former(folder);
    for file in files {
        may_write(folder, file, former.as_ref())?;
    }
    let parts = write_parts(folder, files)?;
    for (part, path) in parts {
        part.keep().map_err(|error| {
            let (file, why) = (path.display().to_string(), reason(&error));
            Failure::new("cli.half-written", args![file, why])
        })?;
    }
    remove_stale(folder, files, former.unwrap_or_default(), lang);
    Ok(())
}

/// What the folder's checksum file names, when it is one of ours.
fn former(folder: &Path) -> Option<Sums> {
    let text = fs::read_to_string(folder.join(SUMS)).ok()?;
    let sums: Option<Sums> = text
        .lines()
        .map(|line| {
            let (sum, path) = line.split_once("  ")?;
            let is_sum = sum.len() == 64 && sum.bytes().all(|byte| byte.is_ascii_hexdigit());
            let inside = Path::new(path)
                .components()
                .all(|part| matches!(part, Component::Normal(_)));
            (is_sum && inside).then(|| (path.to_owned(), sum.to_owned()))
        })
        .collect();
    // A checksum file of something else is not ours to replace.
    sums.filter(|sums| sums.contains_key("design.yaml") && sums.contains_key("README.md"))
}

/// Whether a file may be written: there is none, or it is ours and unchanged.
fn may_write(folder: &Path, file: &File, former: Option<&Sums>) -> Result<(), Failure> {
    let path = folder.join(&file.path);
    let mut above: Vec<&Path> = path
        .ancestors()
        .skip(1)
        .take_while(|above| *above != folder)
        .collect();
    above.push(folder);
    for above in above {
        let is_ours = above == folder;
        let found = if is_ours {
            fs::metadata(above)
        } else {
            fs::symlink_metadata(above)
        };
        // A link inside the folder would lead the files elsewhere.
        if found.is_ok_and(|found| !found.is_dir()) {
            let file = above.display().to_string();
            return Err(Failure::new("cli.not-a-folder", args![file]));
        }
    }
    let changed = || {
        let file = path.display().to_string();
        Err(Failure::new("cli.changed-file", args![file]))
    };
    match fs::symlink_metadata(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Ok(found) if found.is_file() => {}
        _ => return changed(),
    }
    let Ok(bytes) = fs::read(&path) else {
        return changed();
    };
    let known = match former {
        Some(_) if file.path == SUMS => true,
        Some(sums) => sums.get(&file.path) == Some(&sha256(&bytes)),
        None => false,
    };
    if known || bytes == file.text().as_bytes() {
        Ok(())
    } else {
        changed()
    }
}

/// Writes all files under temporary names; the checksums come last, so that they never name what is
/// not there yet.
fn write_parts(folder: &Path, files: &[Arc<File>]) -> Result<Vec<(Part, PathBuf)>, Failure> {
    let mut parts = Vec::with_capacity(files.len());
    for file in files {
        let path = folder.join(&file.path);
        let write = || {
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            Part::write(&path, file.text().as_bytes())
        };
        let part = write().map_err(|error| cannot_write(&path, &error))?;
        parts.push((part, path));
    }
    Ok(parts)
}

/// Removes what is no longer part of the bundle; what cannot be removed, or was changed, stays.
fn remove_stale(folder: &Path, files: &[Arc<File>], former: Sums, lang: Lang) {
    for (stale, sum) in former {
        if files.iter().any(|file| file.path == stale) {
            continue;
        }
        let path = folder.join(&stale);
        let Ok(bytes) = fs::read(&path) else {
            continue;
        };
        if sha256(&bytes) != sum {
            let file = path.display().to_string();
            note(&words(lang, "cli.stale-kept", &args![file]));
            continue;
        }
        let _ = fs::remove_file(&path);
        if let Some(parent) = path.parent().filter(|parent| *parent != folder) {
            // Only an empty folder can be removed.
            let _ = fs::remove_dir(parent);
        }
    }
}
