//! Reading an embedded data file.

use serde::Deserialize;

/// Parses one of our own data files.
/// The files are part of the program and a test reads each of them, so this cannot fail for a user.
pub(super) fn rows<T: Deserialize<'static>>(text: &'static str) -> Vec<T> {
    serde_json::from_str(text).expect("the embedded data files are read by the tests")
}
