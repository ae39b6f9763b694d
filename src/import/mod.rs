//! From files that people already run to a design.
//!
//! Readers make trees and lists with positions out of texts, and know no Kafka; [`map`] reads those
//! into fields; [`compare`] renders the fields and makes every difference an extra of the design, so
//! that rendering the design gives the same objects again.
//! Nothing here knows the page: files come in as paths with their bytes or texts.
//!
//! Which object is which is decided by what it runs, never by its name.

pub mod archive;
mod check;
mod compare;
pub mod dockerfile;
pub mod environment;
mod map;
mod objects;
mod position;
pub mod properties;
mod question;
pub mod shell;
pub mod start;
pub mod tree;
pub mod value;

pub use objects::Object;
pub use position::{LARGEST, Position, Remark};
pub use question::{Question, Role};

use std::collections::BTreeMap;

use crate::args;
use crate::design::{self, Design, FieldPath};
use crate::rules::Finding;

/// The files to import, by path: a folder is many, a text that was pasted is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// The texts by their paths, with `/`.
    pub texts: BTreeMap<String, String>,
    /// What could not be read, with its file.
    pub remarks: Vec<(String, Remark)>,
    /// What a person said that objects run, by `Kind/name`.
    pub roles: BTreeMap<String, Role>,
}

/// What became of some files.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Imported {
    /// The design; its extras hold what no field can say.
    pub design: Design,
    /// Where each value stood.
    pub sources: BTreeMap<FieldPath, (String, Position)>,
    /// What was not understood, with its file, in the order of the files.
    pub remarks: Vec<(String, Remark)>,
    /// What could not be decided, and what a person said of it.
    pub questions: Vec<Question>,
    /// How many comments could not be kept.
    pub comments_lost: usize,
    /// The objects that were read, with the file of the bundle that each became part of.
    pub objects: Vec<(String, Object)>,
    /// The texts that are carried along as files: by file of the bundle, the file that each was.
    pub files: BTreeMap<String, String>,
}

impl Files {
    /// One text.
    pub fn one(path: &str, text: &str) -> Self {
        let mut files = Self::default();
        files.texts.insert(path.to_owned(), text.to_owned());
        files
    }

    /// Adds a file: a text, or an archive with all that it holds.
    pub fn add(&mut self, path: &str, bytes: Vec<u8>) {
        if archive::is_archive(&bytes) {
            match archive::read(&bytes) {
                Ok(archive) => self.add_archive(path, archive),
                Err(sentence) => {
                    let remark = Remark::new(Position::START, sentence.key, sentence.args);
                    self.remarks.push((path.to_owned(), remark));
                }
            }
            return;
        }
        match String::from_utf8(bytes) {
            Ok(text) => {
                self.texts.insert(path.to_owned(), text);
            }
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                let before = error.as_bytes().get(..valid).unwrap_or_default();
                let before = String::from_utf8_lossy(before);
                let start = before.rfind('\n').map_or(0, |end| end + 1);
                let position = Position {
                    line: before.matches('\n').count() + 1,
                    column: before.get(start..).unwrap_or_default().chars().count() + 1,
                };
                let remark = Remark::new(position, "import.text.not-utf8", Vec::new());
                self.remarks.push((path.to_owned(), remark));
            }
        }
    }

    fn add_archive(&mut self, path: &str, archive: archive::Archive) {
        for sentence in archive.skipped {
            let remark = Remark::new(Position::START, sentence.key, sentence.args);
            self.remarks.push((path.to_owned(), remark));
        }
        for file in archive.files {
            if archive::is_archive(&file.bytes) {
                let remark = Remark::new(Position::START, "import.archive.nested", Vec::new());
                self.remarks.push((format!("{path}/{}", file.path), remark));
                continue;
            }
            self.add(&file.path, file.bytes);
        }
    }
}

impl Imported {
    /// The places of the imported files that a finding is about, the most telling first.
    pub fn sources_of(&self, finding: &Finding) -> Vec<(&str, Position)> {
        let mut sources: Vec<(&str, Position)> = Vec::new();
        let fields = finding.fields.iter();
        let fields = fields.filter_map(|field| {
            // An option that is not written comes from the file that the start command names.
            let is_option = field.as_str().starts_with("kafka.options[");
            let file = || {
                self.sources
                    .get(&"kafka.config_style".into())
                    .filter(|_| is_option)
            };
            self.sources.get(field).or_else(file)
        });
        let fields = fields.map(|(file, position)| (file.as_str(), *position));
        let places = finding.places.iter().flat_map(|place| {
            if let Some(file) = self.files.get(&place.file) {
                let (line, column) = (place.line, 1);
                return vec![(file.as_str(), Position { line, column })];
            }
            let mut objects = self.objects.iter();
            let object = objects
                .find(|(file, object)| *file == place.file && object.subject() == place.object);
            let Some((_, object)) = object else {
                return Vec::new();
            };
            let near = object.near(&place.path).into_iter();
            near.map(|at| (object.file.as_str(), at)).collect()
        });
        for source in fields.chain(places) {
            if !sources.contains(&source) {
                sources.push(source);
            }
        }
        sources
    }
}

/// Reads files into a design.
///
/// With a design among the files it is that one, and what the manifests say otherwise becomes extras;
/// without one the fields are read out of the manifests.
pub fn import(files: &Files) -> Imported {
    let mut imported = Imported {
        remarks: files.remarks.clone(),
        ..Imported::default()
    };
    let mut found = objects::gather(files, &mut imported);
    imported.remarks.extend(check::objects(&found.objects));
    let own = found.design.take();
    let has_own = own.is_some();
    let mut mapped = match own {
        Some(design) => map::Mapped::of(design),
        None => map::map(&found, &files.roles, &mut imported.remarks),
    };
    if !has_own {
        mapped.drop_what_holds_anyway();
    }
    imported.sources = std::mem::take(&mut mapped.sources);
    imported.questions = std::mem::take(&mut mapped.questions);
    imported.design = mapped.design;
    compare::carry_dockerfiles(&mut imported, &found.dockerfiles);
    compare::carry_files(&mut imported, &found.logging);
    let is_read = |path: &str| imported.sources.values().any(|(file, _)| file == path);
    found.properties.retain(|path, _| !is_read(path));
    compare::carry_files(&mut imported, &found.properties);
    let objects = std::mem::take(&mut found.objects);
    compare::carry_along(&mut imported, objects, &mapped.parts, has_own);
    imported
}

/// Reads a text as a design document, when it is one.
fn read_design(path: &str, text: &str, imported: &mut Imported) -> Option<Design> {
    match design::read(text) {
        Ok(design) => Some(design),
        Err(error) => {
            let why = error.to_string();
            let remark = Remark::new(Position::START, "import.design", args![why]);
            imported.remarks.push((path.to_owned(), remark));
            None
        }
    }
}
