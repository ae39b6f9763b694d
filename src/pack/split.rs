//! Divides the engine: the part that a first look needs, and the part that is fetched when it is first
//! used; `src/app/later.rs` says what that is.
//!
//! Trunk has bound the engine as a whole by then. It is divided before it is bound, by the record of
//! what refers to what that the linker leaves in it, so it is bound here once more.

use std::error::Error;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use wasm_split_cli_support::{Options, transform};

/// What the engine is called among the files that cargo and Trunk write.
const NAME: &str = "kafka-cluster-designer";

/// The module that the first part asks for the second.
const LINK: &str = "./__wasm_split.js";

/// Stands in the glue, in the place of that module.
const LATER: &str = include_str!("later.js");

/// The two parts of the engine, and the glue of the first.
pub struct Parts {
    /// What a first look needs.
    pub first: Vec<u8>,
    /// The script between the browser and the first part.
    pub glue: String,
    /// What is fetched when it is first used.
    pub later: Vec<u8>,
}

/// Divides the engine that cargo built; `work` is a folder for what lies between the steps.
pub fn parts(engine: &Path, work: &Path) -> Result<Parts, Box<dyn Error>> {
    let whole = fs::read(engine)?;
    if work.exists() {
        fs::remove_dir_all(work)?;
    }
    fs::create_dir_all(work)?;
    let first = work.join("first.wasm");
    let mut options = Options::new(&whole);
    options.output_dir = work;
    options.main_out_path = &first;
    options.link_name = LINK;
    let split = transform(options).map_err(|error| error.to_string())?;
    let [later] = split.split_modules.as_slice() else {
        return Err(format!(
            "{} parts beside the first, not one",
            split.split_modules.len()
        )
        .into());
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
    let bound = work.join(format!("{NAME}_bg.wasm"));
    let glue = fs::read_to_string(work.join(format!("{NAME}.js")))?;
    Ok(Parts {
        first: smallest(&bound)?,
        glue: with_later(&glue)?,
        later: smallest(later)?,
    })
}

/// The glue with a way to the second part in it.
fn with_later(glue: &str) -> Result<String, Box<dyn Error>> {
    let asks = format!("require(\"{LINK}\")");
    let begin = "let wasm_bindgen = (function(";
    if !glue.contains(&asks) || !glue.contains(begin) {
        return Err("the glue asks for no second part".into());
    }
    let (head, rest) = glue
        .split_once("{\n")
        .ok_or("the glue is not as expected")?;
    Ok(format!("{head}{{\n{LATER}{}", rest.replace(&asks, "later")))
}

/// A module as small as it gets.
fn smallest(module: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    run(
        "wasm-opt",
        &[
            "-Oz".as_ref(),
            module.as_ref(),
            "-o".as_ref(),
            module.as_ref(),
        ],
    )?;
    Ok(fs::read(module)?)
}

fn run(program: &str, arguments: &[&OsStr]) -> Result<(), Box<dyn Error>> {
    let status = Command::new(program).args(arguments).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{program} ended with {status}").into()),
        Err(error) => Err(format!("{program}: {error}").into()),
    }
}
