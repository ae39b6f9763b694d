//! Finishes the page that Trunk built, in Trunk's folder, before it becomes `dist/`.
//!
//! | Place | Holds |
//! | --- | --- |
//! | [`assets`] | what the page fetches when it needs it, and the list of it |
//! | [`texts`] | the sentences, put together as the page fetches them |
//!
//! Nothing here knows the engine, so that it is built in a moment.

mod assets;
mod split;
mod texts;

use std::error::Error;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
        let p = split::parts(Path::new(&e), Path::new("/tmp/size/sp"))?;
        std::fs::write("/tmp/size/sp/out_first.wasm", &p.first)?;
        std::fs::write("/tmp/size/sp/out_later.wasm", &p.later)?;
        std::fs::write("/tmp/size/sp/out.js", p.glue)?;
        return Ok(());
    }
    let page = std::env::var_os("TRUNK_STAGING_DIR")
        .map(PathBuf::from)
        .ok_or("Trunk calls this, and names its folder in TRUNK_STAGING_DIR")?;
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    assets::add(&page, texts::assets(&sources.join("text"))?)
}
