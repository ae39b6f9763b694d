//! gzip and brotli, as small as they get and the same bytes each time.

use std::io::Write;

use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::Files;

/// Files of fewer bytes travel in one packet anyway.
const WORTH: usize = 1_000;

/// The squeezed twin of each file that is worth it: `NAME.br` and `NAME.gz`.
pub fn beside(files: &Files) -> Files {
    let worth = files.iter().filter(|(_, bytes)| bytes.len() >= WORTH);
    worth
        .flat_map(|(name, bytes)| {
            [
                (format!("{name}.br"), brotli(bytes)),
                (format!("{name}.gz"), gzip(bytes)),
            ]
        })
        .collect()
}

/// gzip without a date and a name.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let written = encoder.write_all(bytes);
    written
        .and_then(|()| encoder.finish())
        .expect("memory takes every byte")
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let how = BrotliEncoderParams {
        quality: 11,
        lgwin: 24, // the largest window that browsers take
        size_hint: bytes.len(),
        ..BrotliEncoderParams::default()
    };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut packed, &how).expect("memory takes every byte");
    packed
}
