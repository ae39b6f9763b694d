//! Divides the engine: what a first look needs, and the rest, which the page fetches when it is drawn;
//! `src/app/later.rs` says what lies where.
//!
//! The engine is divided before it is bound to the browser, by the record of what refers to what that the
//! linker leaves in it. Trunk has bound it as a whole by then, so it is bound here once more.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use wasm_split_cli_support::{Options, transform};

use crate::Error;

/// The file of the rest, beside what Trunk wrote.
pub const LATER: &str = "later.wasm";

/// What the engine is called where cargo writes it.
const NAME: &str = "kafka-cluster-designer";

/// The module that the first part asks for the rest; a script that is no module has none.
const LINK: &str = "./__wasm_split.js";

/// Stands in the glue, in the place of that module.
const REST: &str = include_str!("rest.js");

/// Divides the engine that cargo built, and puts both parts and the glue in the place of what Trunk wrote.
pub fn divide(root: &Path, folder: &Path) -> Result<(), Error> {
    let target = std::env::var_os("CARGO_TARGET_DIR");
    let target = target.map_or_else(|| root.join("target"), PathBuf::from);
    let built = target.join("wasm32-unknown-unknown/release");
    let engine = read(&built.join(NAME).with_extension("wasm"))?;
    let work = built.join("divided");
    fs::create_dir_all(&work).map_err(refused(&work))?;

    let first = work.join("first.wasm");
    let mut options = Options::new(&engine);
    options.output_dir = &work;
    options.main_out_path = &first;
    options.link_name = LINK;
    let divided = transform(options).map_err(|problem| Error::Program {
        program: "wasm_split",
        problem: format!("{problem:#}"),
    })?;
    let [rest] = divided.split_modules.as_slice() else {
        let parts = divided.split_modules.len();
        return Err(Error::Page(format!(
            "{parts} parts beside the first, not one"
        )));
    };
    run(
        "wasm-bindgen",
        &[
            first.as_ref(),
            "--target=no-modules".as_ref(),
            "--no-typescript".as_ref(),
            "--keep-lld-exports".as_ref(),
            "--out-dir".as_ref(),
            work.as_ref(),
            "--out-name".as_ref(),
            NAME.as_ref(),
        ],
    )?;
    let glue = read(&work.join(NAME).with_extension("js"))?;
    let glue = with_rest(&String::from_utf8_lossy(&glue))?;

    let (wasm, js) = (the_one(folder, "_bg.wasm")?, the_one(folder, ".js")?);
    smallest(&work.join(format!("{NAME}_bg.wasm")), &wasm)?;
    smallest(rest, &folder.join(LATER))?;
    fs::write(&js, glue).map_err(refused(&js))
}

/// The glue with a way to the rest in it.
fn with_rest(glue: &str) -> Result<String, Error> {
    let asks = format!("require(\"{LINK}\")");
    match glue.split_once("{\n") {
        Some((head, body)) if body.contains(&asks) => {
            Ok(format!("{head}{{\n{REST}{}", body.replace(&asks, "rest")))
        }
        _ => Err(Error::Page("the glue asks for no second part".to_owned())),
    }
}

/// The one file of a folder whose name ends so.
fn the_one(folder: &Path, ending: &str) -> Result<PathBuf, Error> {
    let files = fs::read_dir(folder).map_err(refused(folder))?;
    let files = files.flatten().map(|file| file.path());
    let mut found = files.filter(|path| path.to_string_lossy().ends_with(ending));
    match (found.next(), found.next()) {
        (Some(file), None) => Ok(file),
        _ => Err(Error::Page(format!("not one file *{ending}"))),
    }
}

/// Writes a part as small as it gets. Nothing lies in the first 1,024 bytes of the memory: the stack ends
/// there, and one that came so far would have overflowed.
fn smallest(part: &Path, to: &Path) -> Result<(), Error> {
    let how = ["-Oz", "--low-memory-unused"].map(AsRef::as_ref);
    run(
        "wasm-opt",
        &[how[0], how[1], part.as_ref(), "-o".as_ref(), to.as_ref()],
    )
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(refused(path))
}

fn refused(path: &Path) -> impl Fn(std::io::Error) -> Error + use<> {
    let path = path.to_owned();
    move |problem| Error::File {
        path: path.clone(),
        problem,
    }
}

fn run(program: &'static str, arguments: &[&OsStr]) -> Result<(), Error> {
    let failed = |problem: String| Error::Program { program, problem };
    let status = Command::new(program).args(arguments).status();
    let status = status.map_err(|problem| failed(problem.to_string()))?;
    if status.success() {
        Ok(())
    } else {
        Err(failed(status.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_glue_asks_its_own_script_for_the_rest() {
        let glue = "let wasm_bindgen = (function(exports) {\n    a({ b: require(\"./__wasm_split.js\") });\n})();";
        let with = with_rest(glue).unwrap();
        assert!(with.starts_with("let wasm_bindgen = (function(exports) {\n"));
        assert!(with.contains("const rest = {") && with.contains("a({ b: rest });"));
        assert!(with_rest("let wasm_bindgen = (function(exports) {\n})();").is_err());
    }
}
