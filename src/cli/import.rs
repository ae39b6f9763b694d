//! The command `import`: files, folders and archives become a design.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::{Failure, Format, HAS_ERRORS, note, output, print, report, say};
use crate::bundle::link;
use crate::import::{self, Files, Imported, LARGEST, Position, Question, Remark, Role};
use crate::text::{Lang, words};
use crate::{args, design, evaluate};

/// How many files of folders are read.
const MOST_FILES: usize = 10_000;

/// How many bytes of one file are read: an archive may hold several texts.
const LARGEST_FILE: u64 = 16 * LARGEST as u64;

/// Imports, says on standard error what was not understood, and gives the exit status.
pub fn run(
    paths: &[PathBuf],
    roles: &[String],
    out: Option<&Path>,
    format: Option<Format>,
    lang: Lang,
) -> Result<u8, Failure> {
    let mut files = Files::default();
    for path in paths {
        add(path, &mut files)?;
    }
    for text in roles {
        let (subject, role) = role(text)?;
        files.roles.insert(subject, role);
    }
    let imported = import::import(&files);
    for subject in files.roles.keys() {
        let mut answered = imported.questions.iter();
        if !answered.any(|question| question.subject == *subject) {
            return Err(Failure::new("cli.import.no-object", args![subject]));
        }
    }
    for (file, remark) in &imported.remarks {
        note(&said(file, remark, lang));
    }
    for question in imported.questions.iter().filter(|one| !one.is_answered) {
        note(&asked(question, lang));
    }
    if imported.comments_lost > 0 {
        let comments = imported.comments_lost;
        note(&words(lang, "cli.import.comments", &args![comments]));
    }
    if imported.objects.is_empty() && imported.design == design::Design::default() {
        return Err(Failure::new("cli.import.nothing", args![]));
    }
    let carried = imported.design.extras.count();
    if carried > 0 {
        note(&words(lang, "cli.import.extras", &args![carried]));
    }
    let text = design::write(&imported.design);
    let Some(out) = out else {
        return print(&text);
    };
    let part = output::Part::write(out, text.as_bytes());
    let written = part.and_then(output::Part::keep);
    written.map_err(|error| output::cannot_write(out, &error))?;
    let Some(format) = format else { return Ok(0) };
    let found = evaluate(&imported.design);
    print(&match format {
        Format::Text => report::text(&found, &imported.design, lang),
        Format::Json => report::imported_json(&found, &imported, lang),
    })?;
    Ok(if found.counts()[0] > 0 { HAS_ERRORS } else { 0 })
}

/// A remark as a compiler would say it.
fn said(file: &str, remark: &Remark, lang: Lang) -> String {
    let words = remark.sentence().words(lang);
    let line: String = words
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    match (file, remark.position) {
        ("", _) => line,
        (file, Position { line: row, column }) => format!("{file}:{row}:{column}: {line}"),
    }
}

/// A question, and how it is answered.
fn asked(question: &Question, lang: Lang) -> String {
    let roles: Vec<String> = question
        .choices
        .iter()
        .map(|role| role.name().to_owned())
        .collect();
    let subject = &question.subject;
    let assumed = question.answer.name();
    let how = words(lang, "cli.import.ask", &args![subject, roles, assumed]);
    let remark = Remark::new(
        question.position,
        question.sentence.key.clone(),
        question.sentence.args.clone(),
    );
    format!("{} {how}", said(&question.file, &remark, lang))
}

/// An answer: `Kind/name=role`.
fn role(text: &str) -> Result<(String, Role), Failure> {
    let pair = text.rsplit_once('=');
    let pair = pair.and_then(|(subject, role)| Some((subject.to_owned(), Role::of(role)?)));
    pair.ok_or_else(|| Failure::new("cli.import.no-role", args![text]))
}

/// A link is itself the text; everything else is a path.
fn add(path: &Path, files: &mut Files) -> Result<(), Failure> {
    let text = path.to_string_lossy();
    if link::in_text(&text).is_some() && !path.exists() {
        files.add("link", text.as_bytes().to_vec());
        return Ok(());
    }
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        let read = io::stdin().take(LARGEST_FILE).read_to_end(&mut bytes);
        read.map_err(|error| cannot_read(&say("cli.stdin"), &error))?;
        files.add(&say("cli.stdin"), bytes);
        return Ok(());
    }
    let name = path.display().to_string();
    let about = fs::metadata(path).map_err(|error| cannot_read(&name, &error))?;
    if about.is_dir() {
        return add_folder(path, files);
    }
    add_file(path, files)
}

fn add_file(path: &Path, files: &mut Files) -> Result<(), Failure> {
    let name = path.display().to_string();
    let file = fs::File::open(path).map_err(|error| cannot_read(&name, &error))?;
    let mut bytes = Vec::new();
    let read = file.take(LARGEST_FILE).read_to_end(&mut bytes);
    read.map_err(|error| cannot_read(&name, &error))?;
    files.add(&name, bytes);
    Ok(())
}

/// Every file below a folder but hidden ones; links are not followed.
fn add_folder(folder: &Path, files: &mut Files) -> Result<(), Failure> {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let name = folder.display().to_string();
        let entries = fs::read_dir(&folder).map_err(|error| cannot_read(&name, &error))?;
        let mut entries: Vec<fs::DirEntry> = entries.filter_map(Result::ok).collect();
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && !hidden => folders.push(entry.path()),
                Ok(kind) if kind.is_file() && !hidden => add_file(&entry.path(), files)?,
                _ => {}
            }
            if files.texts.len() > MOST_FILES {
                let most = MOST_FILES;
                return Err(Failure::new(
                    "cli.import.too-many",
                    args![file = name, most],
                ));
            }
        }
    }
    Ok(())
}

fn cannot_read(file: &str, error: &io::Error) -> Failure {
    let why = output::reason(error);
    Failure::new("cli.cannot-read", args![file, why])
}

/// The questions as JSON.
pub fn questions_json(imported: &Imported, lang: Lang) -> Vec<serde_json::Value> {
    let questions = imported.questions.iter();
    let questions = questions.map(|question| {
        let choices: Vec<&str> = question.choices.iter().map(|role| role.name()).collect();
        serde_json::json!({
            "subject": question.subject,
            "file": question.file,
            "line": question.position.line,
            "column": question.position.column,
            "message": question.sentence.words(lang),
            "choices": choices,
            "answer": question.is_answered.then(|| question.answer.name()),
        })
    });
    questions.collect()
}

/// The remarks as JSON.
pub fn remarks_json(imported: &Imported, lang: Lang) -> Vec<serde_json::Value> {
    let remarks = imported.remarks.iter();
    let remarks = remarks.map(|(file, remark)| {
        serde_json::json!({
            "rule": remark.rule(),
            "file": file,
            "line": remark.position.line,
            "column": remark.position.column,
            "message": remark.sentence().words(lang),
        })
    });
    remarks.collect()
}
