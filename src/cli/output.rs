//! Writing a file so that it is there whole or not at all.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::Failure;
use crate::args;

/// What a zip begins with.
const ZIP: &[u8] = b"PK\x03\x04";

/// Writes a zip; an older zip of that name is replaced, another file is not.
pub fn zip(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let file = path.display().to_string();
    match fs::metadata(path) {
        Ok(found) if found.is_file() => {
            let old = fs::read(path).unwrap_or_default();
            if !old.is_empty() && !old.starts_with(ZIP) {
                return Err(Failure::new("cli.not-a-zip", args![file]));
            }
        }
        // A device or a pipe takes bytes, and cannot be replaced.
        Ok(found) if !found.is_dir() => {
            return fs::write(path, bytes).map_err(|error| cannot_write(path, &error));
        }
        _ => {}
    }
    let part = Part::write(path, bytes).map_err(|error| cannot_write(path, &error))?;
    part.keep().map_err(|error| cannot_write(path, &error))
}

/// A file under a temporary name beside its own; it is removed unless it is kept.
pub struct Part {
    temporary: PathBuf,
    path: PathBuf,
    kept: bool,
}

impl Part {
    /// Writes the bytes under the temporary name.
    pub fn write(path: &Path, bytes: &[u8]) -> io::Result<Self> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let part = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
        let mut file = fs::File::create_new(&part)?;
        let written = Self {
            temporary: part,
            path: path.to_owned(),
            kept: false,
        };
        file.write_all(bytes)?;
        Ok(written)
    }

    /// Gives it its own name.
    pub fn keep(mut self) -> io::Result<()> {
        fs::rename(&self.temporary, &self.path)?;
        self.kept = true;
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.kept {
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

/// The failure to write a file.
pub fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    let (file, why) = (path.display().to_string(), reason(error));
    Failure::new("cli.cannot-write", args![file, why])
}

/// The system's reason, without its number.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((reason, _)) => reason.to_owned(),
        None => text,
    }
}
