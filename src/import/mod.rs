//! From files that people already run to a design.
//!
//! Readers make trees and lists with positions out of texts, and know no Kafka; `map` reads those
//! into fields; what the model has no field for becomes an extra of the design, so that rendering
//! the design gives the same objects again.
//! Nothing here knows the page: files come in as paths with their bytes or texts.

pub mod archive;
pub mod dockerfile;
pub mod environment;
mod position;
pub mod properties;
pub mod shell;
pub mod start;
pub mod value;

pub use position::{LARGEST, Position, Remark};

use std::collections::BTreeMap;

/// The files to import, by path: a folder is many, a text that was pasted is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// The texts by their paths, with `/`.
    pub texts: BTreeMap<String, String>,
}
