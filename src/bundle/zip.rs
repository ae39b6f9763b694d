//! The zip: the same files give the same bytes, on every machine and at every time.

use std::io::Write as _;
use std::sync::Arc;

use miniz_oxide::deflate::compress_to_vec;
use rawzip::time::UtcDateTime;
use rawzip::{CompressionMethod, DataDescriptorOutput, ZipArchiveWriter, crc32};

use crate::render::File;

/// How hard to compress; 6 is what programs do unless asked.
const LEVEL: u8 = 6;

/// The first day that a zip can name, 1980-01-01: the clock would make every zip another one.
const FIRST_DAY: i64 = 315_532_800;

/// What everybody may read and the owner may write.
const PERMISSIONS: u32 = 0o100_644;

/// The file name of a cluster's zip; without its ending, it is the folder inside.
pub fn zip_name(cluster: &str) -> String {
    format!("{}.zip", folder(cluster))
}

/// A cluster's name as a folder; names that Kubernetes takes stay as they are.
fn folder(cluster: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let name: String = cluster.chars().take(63).map(safe).collect();
    match name.trim_matches('-') {
        "" => "kafka".to_owned(),
        name => name.to_owned(),
    }
}

/// The files in one folder that is named like the cluster.
pub fn zip(cluster: &str, files: &[Arc<File>]) -> Vec<u8> {
    // Writing into memory fails only beyond the sizes that a zip can hold; an empty answer says so.
    pack(&folder(cluster), files).unwrap_or_default()
}

fn pack(folder: &str, files: &[Arc<File>]) -> Result<Vec<u8>, rawzip::Error> {
    let mut archive = ZipArchiveWriter::new(Vec::new());
    for file in files {
        let path = format!("{folder}/{}", file.path);
        let text = file.text();
        let new_file = archive
            .new_file(&path)
            .compression_method(CompressionMethod::DEFLATE)
            .last_modified(UtcDateTime::from_unix(FIRST_DAY))
            .unix_permissions(PERMISSIONS);
        let (mut entry, _) = new_file.start()?;
        entry.write_all(&compress_to_vec(text.as_bytes(), LEVEL))?;
        let sum = DataDescriptorOutput::new(crc32(text.as_bytes()), text.len() as u64);
        entry.finish(sum)?;
    }
    archive.finish()
}
