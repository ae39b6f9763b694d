//! The files in a zip: a bundle of ours, or any other.
//!
//! An archive may come from anywhere, so nothing it says is believed: names stay inside, the number of
//! files and the bytes that they unpack to are bounded, and what cannot be read is said while the rest
//! is kept.

use std::collections::BTreeSet;

use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};
use rawzip::{CompressionMethod, ZipArchive, ZipFileHeaderRecord, ZipSliceArchive, crc32};

use super::LARGEST;
use crate::args;
use crate::text::{Arg, Sentence};

/// How many entries are read.
pub const MOST_FILES: usize = 2_000;

/// How many bytes are unpacked in all.
pub const LARGEST_IN_ALL: usize = 8 * LARGEST;

/// How many times its packed size a large file may have; text seldom reaches a tenth of it.
pub const LARGEST_RATIO: usize = 200;

/// Below this many bytes, no ratio is looked at.
const SMALL: usize = 1 << 18;

/// How many bytes a path may have.
const LONGEST_PATH: usize = 1_024;

/// What was found in an archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Archive {
    /// The files in the archive's order.
    pub files: Vec<Packed>,
    /// What was not read, and why.
    pub skipped: Vec<Sentence>,
}

/// A file of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    /// Its path inside the archive, with `/`; never absolute, never with `..`.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// Whether a file is an archive by its first bytes; [`read`] says whether it can be read.
pub fn is_archive(bytes: &[u8]) -> bool {
    is_zip(bytes) || is_tar(bytes) || is_other(bytes)
}

fn is_zip(bytes: &[u8]) -> bool {
    [&b"PK\x03\x04"[..], b"PK\x05\x06", b"PK\x07\x08"]
        .iter()
        .any(|start| bytes.starts_with(start))
}

fn is_tar(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b]) || bytes.get(257..262) == Some(b"ustar")
}

fn is_other(bytes: &[u8]) -> bool {
    [
        &b"7z\xbc\xaf\x27\x1c"[..],
        b"Rar!\x1a\x07",
        b"\xfd7zXZ\0",
        b"BZh",
        b"\x28\xb5\x2f\xfd",
    ]
    .iter()
    .any(|start| bytes.starts_with(start))
}

/// Reads an archive.
pub fn read(bytes: &[u8]) -> Result<Archive, Sentence> {
    if is_tar(bytes) {
        return Err(Sentence::plain("import.archive.tar"));
    }
    if is_other(bytes) {
        return Err(Sentence::plain("import.archive.other"));
    }
    let zip =
        ZipArchive::from_slice(bytes).map_err(|_| Sentence::plain("import.archive.broken"))?;
    let mut reader = Reader {
        zip: &zip,
        archive: Archive::default(),
        paths: BTreeSet::new(),
        packed: 0,
        unpacked: 0,
    };
    reader.read_all();
    Ok(reader.archive)
}

struct Reader<'a> {
    zip: &'a ZipSliceArchive<&'a [u8]>,
    archive: Archive,
    paths: BTreeSet<String>,
    /// The bytes that were read.
    packed: usize,
    /// The bytes that they became.
    unpacked: usize,
}

/// Whether to go on with the next entry.
enum Next {
    Entry,
    End,
}

impl Reader<'_> {
    fn read_all(&mut self) {
        let mut entries = self.zip.entries();
        let mut seen = 0usize;
        loop {
            match entries.next_entry() {
                Ok(Some(_)) if seen == MOST_FILES => {
                    self.skip("import.archive.too-many", args![limit = MOST_FILES]);
                    return;
                }
                Ok(Some(entry)) => {
                    seen += 1;
                    if let Next::End = self.read_one(&entry) {
                        return;
                    }
                }
                Ok(None) if seen as u64 == self.zip.entries_hint() => return,
                Ok(None) | Err(_) => {
                    self.skip("import.archive.cut", args![files = seen]);
                    return;
                }
            }
        }
    }

    fn skip(&mut self, key: &'static str, args: crate::text::Args) {
        self.archive.skipped.push(Sentence::new(key, args));
    }

    fn read_one(&mut self, entry: &ZipFileHeaderRecord) -> Next {
        let name = entry.file_path();
        let path = match path(name.as_bytes()) {
            Ok(path) => path,
            Err((key, path)) => {
                self.skip(key, args![path = path]);
                return Next::Entry;
            }
        };
        if entry.is_dir() || path.ends_with('/') || is_clutter(&path) {
            return Next::Entry;
        }
        let path = || path.clone();
        if entry.mode().is_symlink() {
            self.skip("import.archive.link", args![path = path()]);
        } else if self.paths.contains(&path()) {
            self.skip("import.archive.twice", args![path = path()]);
        } else if entry.flags().is_encrypted()
            || entry.compression_method() == CompressionMethod::AES
        {
            self.skip("import.archive.encrypted", args![path = path()]);
        } else {
            return self.unpack(entry, path());
        }
        Next::Entry
    }

    fn unpack(&mut self, entry: &ZipFileHeaderRecord, path: String) -> Next {
        let limit = |limit: usize| ("limit", Arg::Bytes(limit as u64));
        let Ok(local) = self.zip.get_entry(entry.wayfinder()) else {
            self.skip("import.archive.damaged", args![path = path]);
            return Next::Entry;
        };
        let data = local.data();
        self.packed += data.len();
        if self.packed > self.zip.get_ref().len() {
            self.skip("import.archive.overlap", args![path = path]);
            return Next::End;
        }
        let room = LARGEST_IN_ALL.saturating_sub(self.unpacked);
        let unpacked = match entry.compression_method() {
            CompressionMethod::STORE if data.len() > LARGEST.min(room) => Err(true),
            CompressionMethod::STORE => Ok(data.to_vec()),
            CompressionMethod::DEFLATE => decompress_to_vec_with_limit(data, LARGEST.min(room))
                .map_err(|error| error.status == TINFLStatus::HasMoreOutput),
            method => {
                let method = u32::from(method.as_u16());
                self.skip("import.archive.method", args![path = path, method = method]);
                return Next::Entry;
            }
        };
        match unpacked {
            Err(true) if room < LARGEST => {
                let args = vec![limit(LARGEST_IN_ALL), ("path", path.into())];
                self.skip("import.archive.too-large-in-all", args);
                return Next::End;
            }
            Err(true) => {
                // Unpacking it took its time, so it counts.
                self.unpacked += LARGEST;
                let args = vec![limit(LARGEST), ("path", path.into())];
                self.skip("import.archive.file-too-large", args);
            }
            Ok(bytes) if bytes.len() > SMALL && bytes.len() / LARGEST_RATIO > data.len().max(1) => {
                self.unpacked += bytes.len();
                let args = args![path = path, ratio = LARGEST_RATIO];
                self.skip("import.archive.bomb", args);
            }
            Ok(bytes)
                if bytes.len() as u64 == entry.uncompressed_size_hint()
                    && crc32(&bytes) == entry.crc32() =>
            {
                self.unpacked += bytes.len();
                self.paths.insert(path.clone());
                self.archive.files.push(Packed { path, bytes });
            }
            Ok(_) | Err(false) => self.skip("import.archive.damaged", args![path = path]),
        }
        Next::Entry
    }
}

/// What programs put into archives beside the files.
fn is_clutter(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    path.starts_with("__MACOSX/") || matches!(name, ".DS_Store" | "Thumbs.db" | "desktop.ini")
}

/// The path inside the archive, or the sentence that says why it is none, with the name as far as it can be shown.
fn path(name: &[u8]) -> Result<String, (&'static str, String)> {
    let shown = || {
        let end = name.len().min(80);
        let text = String::from_utf8_lossy(&name[..end]);
        text.chars()
            .map(|c| if c.is_control() { '\u{fffd}' } else { c })
            .collect::<String>()
    };
    let Ok(text) = std::str::from_utf8(name) else {
        return Err(("import.archive.name", shown()));
    };
    if text.is_empty() || text.len() > LONGEST_PATH || text.contains(char::is_control) {
        return Err(("import.archive.name", shown()));
    }
    // Some packers of Windows write backslashes.
    let text = text.replace('\\', "/");
    let drive = text.as_bytes().get(1) == Some(&b':') && text.as_bytes()[0].is_ascii_alphabetic();
    if text.starts_with('/') || drive {
        return Err(("import.archive.absolute", shown()));
    }
    if text.split('/').any(|part| part == "..") {
        return Err(("import.archive.leaves", shown()));
    }
    let ending = if text.ends_with('/') { "/" } else { "" };
    let parts: Vec<&str> = text
        .split('/')
        .filter(|part| !matches!(*part, "" | "."))
        .collect();
    if parts.is_empty() {
        return Err(("import.archive.name", shown()));
    }
    Ok(parts.join("/") + ending)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;
    use rawzip::path::EntryPath;
    use rawzip::{DataDescriptorOutput, ZipArchiveWriter};

    use super::*;

    /// A file of a zip: name, method, packed bytes, and the sum and size that it claims.
    type Claimed<'a> = (&'a [u8], CompressionMethod, &'a [u8], u32, u64);

    /// A zip of these files.
    fn packed(files: &[Claimed]) -> Vec<u8> {
        let mut zip = ZipArchiveWriter::new(Vec::new());
        for &(name, method, bytes, sum, size) in files {
            let file = zip.new_file(EntryPath::verbatim(name.to_vec()));
            let (mut entry, _) = file.compression_method(method).start().unwrap();
            entry.write_all(bytes).unwrap();
            entry.finish(DataDescriptorOutput::new(sum, size)).unwrap();
        }
        zip.finish().unwrap()
    }

    fn stored(files: &[(&str, &str)]) -> Vec<u8> {
        let files: Vec<_> = files
            .iter()
            .map(|(name, text)| {
                let bytes = text.as_bytes();
                let size = bytes.len() as u64;
                (
                    name.as_bytes(),
                    CompressionMethod::STORE,
                    bytes,
                    crc32(bytes),
                    size,
                )
            })
            .collect();
        packed(&files)
    }

    fn deflated(name: &str, bytes: &[u8]) -> Vec<u8> {
        let small = miniz_oxide::deflate::compress_to_vec(bytes, 9);
        let method = CompressionMethod::DEFLATE;
        packed(&[(
            name.as_bytes(),
            method,
            &small,
            crc32(bytes),
            bytes.len() as u64,
        )])
    }

    fn paths(archive: &Archive) -> Vec<&str> {
        archive.files.iter().map(|file| &*file.path).collect()
    }

    fn said(archive: &Archive) -> Vec<&str> {
        archive.skipped.iter().map(|said| &*said.key).collect()
    }

    #[test]
    fn our_own_bundle_is_read_back() {
        let report = crate::evaluate(&crate::presets::PRODUCTION.design());
        let zip = crate::bundle::zip("demo", &report.files);
        let archive = read(&zip).unwrap();
        assert_eq!(archive.skipped, []);
        let expected: Vec<_> = report
            .files
            .iter()
            .map(|file| (format!("demo/{}", file.path), file.text()))
            .collect();
        let found: Vec<_> = archive
            .files
            .into_iter()
            .map(|file| (file.path, String::from_utf8(file.bytes).unwrap()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn names_stay_inside() {
        let zip = stored(&[
            ("ok/./a.yaml", "a"),
            ("../b.yaml", "b"),
            ("c/../../d.yaml", "d"),
            ("/etc/passwd", "e"),
            ("C:\\x.yaml", "f"),
            ("ok\\g.yaml", "g"),
            ("..\\h.yaml", "h"),
            ("folder/", ""),
            ("__MACOSX/._a", "i"),
            ("ok/a.yaml", "again"),
        ]);
        let archive = read(&zip).unwrap();
        assert_eq!(paths(&archive), ["ok/a.yaml", "ok/g.yaml"]);
        assert_eq!(archive.files[0].bytes, b"a");
        assert_eq!(
            said(&archive),
            [
                "import.archive.leaves",
                "import.archive.leaves",
                "import.archive.absolute",
                "import.archive.absolute",
                "import.archive.leaves",
                "import.archive.twice"
            ]
        );
    }

    #[test]
    fn a_name_that_is_no_text_is_shown_as_far_as_it_goes() {
        let zip = packed(&[(b"a\xff\n", CompressionMethod::STORE, b"", 0, 0)]);
        let archive = read(&zip).unwrap();
        let sentence = Sentence::new("import.archive.name", args![path = "a\u{fffd}\u{fffd}"]);
        assert_eq!(archive.skipped, [sentence]);
    }

    #[test]
    fn a_bomb_is_refused_and_the_rest_is_kept() {
        let bomb = deflated("bomb.yaml", &vec![b'0'; LARGEST - 1]);
        assert_eq!(said(&read(&bomb).unwrap()), ["import.archive.bomb"]);
        let large = deflated("large.yaml", &vec![b'0'; 64 << 20]);
        assert_eq!(
            said(&read(&large).unwrap()),
            ["import.archive.file-too-large"]
        );
        let zeros = miniz_oxide::deflate::compress_to_vec(&vec![b'0'; 64 << 20], 9);
        let mut files = vec![(&b"first.yaml"[..], CompressionMethod::STORE, &b"1"[..])];
        let names: Vec<String> = (0..100).map(|number| format!("{number}.yaml")).collect();
        for name in &names {
            files.push((name.as_bytes(), CompressionMethod::DEFLATE, &zeros));
        }
        let files: Vec<_> = files
            .into_iter()
            .map(|(name, method, bytes)| (name, method, bytes, crc32(b"1"), 1))
            .collect();
        let archive = read(&packed(&files)).unwrap();
        assert_eq!(paths(&archive), ["first.yaml"]);
        assert_eq!(
            said(&archive).last(),
            Some(&"import.archive.too-large-in-all")
        );
        assert!(archive.skipped.len() < 12, "it ends early");
    }

    #[test]
    fn what_is_large_and_not_packed_well_is_kept() {
        let mut state = 1u32;
        let text: String = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            char::from(b'a' + (state >> 24) as u8 % 26)
        })
        .take(1 << 20)
        .collect();
        let archive = read(&deflated("a", text.as_bytes())).unwrap();
        assert_eq!(archive.files[0].bytes, text.as_bytes());
    }

    #[test]
    fn a_wrong_sum_size_or_method_is_said() {
        let method = CompressionMethod::STORE;
        let zip = packed(&[
            (b"sum", method, b"text", 1, 4),
            (b"size", CompressionMethod::DEFLATE, &[3, 0], 0, 9),
            (
                b"stream",
                CompressionMethod::DEFLATE,
                b"no stream at all",
                0,
                0,
            ),
            (b"method", CompressionMethod::BZIP2, b"text", 0, 4),
            (b"secret", CompressionMethod::AES, b"text", 0, 4),
            (b"good", method, b"text", crc32(b"text"), 4),
        ]);
        let archive = read(&zip).unwrap();
        assert_eq!(paths(&archive), ["good"]);
        assert_eq!(
            said(&archive),
            [
                "import.archive.damaged",
                "import.archive.damaged",
                "import.archive.damaged",
                "import.archive.method",
                "import.archive.encrypted"
            ]
        );
        assert_eq!(
            archive.skipped[3].args,
            args![path = "method", method = 12u32]
        );
    }

    #[test]
    fn an_encrypted_file_is_said() {
        let mut zip = stored(&[("a", "text")]);
        // The flags of the entry in the central directory.
        let at = zip
            .windows(4)
            .position(|bytes| bytes == b"PK\x01\x02")
            .unwrap();
        zip[at + 8] |= 1;
        assert_eq!(said(&read(&zip).unwrap()), ["import.archive.encrypted"]);
    }

    #[test]
    fn too_many_files_are_cut() {
        let names: Vec<String> = (0..=MOST_FILES).map(|number| number.to_string()).collect();
        let files: Vec<(&str, &str)> = names.iter().map(|name| (&**name, "")).collect();
        let archive = read(&stored(&files)).unwrap();
        assert_eq!(archive.files.len(), MOST_FILES);
        assert_eq!(said(&archive), ["import.archive.too-many"]);
    }

    #[test]
    fn overlapping_files_are_refused() {
        // Two entries of the central directory that name the same bytes.
        let text = "x".repeat(1_000);
        let zip = stored(&[("aa", &text)]);
        let directory = zip
            .windows(4)
            .position(|bytes| bytes == b"PK\x01\x02")
            .unwrap();
        let end = zip
            .windows(4)
            .position(|bytes| bytes == b"PK\x05\x06")
            .unwrap();
        let mut record = zip[directory..end].to_vec();
        let mut both = zip[..end].to_vec();
        let name = record.windows(2).position(|bytes| bytes == b"aa").unwrap();
        record[name] = b'b';
        both.extend(&record);
        let mut tail = zip[end..].to_vec();
        tail[8] = 2;
        tail[10] = 2;
        let size = u32::try_from(2 * record.len()).unwrap();
        tail[12..16].copy_from_slice(&size.to_le_bytes());
        both.extend(tail);
        let archive = read(&both).unwrap();
        assert_eq!(paths(&archive), ["aa"]);
        assert_eq!(said(&archive), ["import.archive.overlap"]);
    }

    #[test]
    fn other_archives_are_refused_with_a_sentence() {
        let key = |bytes: &[u8]| read(bytes).unwrap_err().key;
        assert_eq!(key(b"\x1f\x8b\x08\x00"), "import.archive.tar");
        let mut tar = vec![0; 512];
        tar[257..262].copy_from_slice(b"ustar");
        assert_eq!(key(&tar), "import.archive.tar");
        assert_eq!(key(b"Rar!\x1a\x07\x00"), "import.archive.other");
        assert_eq!(key(b"PK\x03\x04 and no more"), "import.archive.broken");
        assert_eq!(key(b""), "import.archive.broken");
        assert!(is_archive(b"PK\x03\x04") && is_archive(&tar) && !is_archive(b"kind: Service"));
    }

    #[test]
    fn half_a_zip_is_refused() {
        let zip = stored(&[("a", "text"), ("b", "text")]);
        for end in 0..zip.len() {
            if let Ok(archive) = read(&zip[..end]) {
                assert!(!archive.skipped.is_empty(), "cut at {end}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_change_of_a_zip_is_answered(at in 0usize..400, byte: u8, at2 in 0usize..400, byte2: u8) {
            let mut zip = stored(&[("a/b.yaml", "kind: Service"), ("c", "")]);
            zip.extend(deflated("d", b"some text that repeats, text that repeats"));
            let length = zip.len();
            zip[at % length] = byte;
            zip[at2 % length] = byte2;
            if let Ok(archive) = read(&zip) {
                for file in &archive.files {
                    prop_assert!(!file.path.starts_with('/') && !file.path.split('/').any(|part| part == ".."));
                }
            }
        }

        #[test]
        fn any_bytes_are_answered(bytes: Vec<u8>) {
            let mut zip = b"PK\x03\x04".to_vec();
            zip.extend(&bytes);
            zip.extend(b"PK\x05\x06");
            zip.extend(bytes);
            let _ = read(&zip);
        }
    }
}
