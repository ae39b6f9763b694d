//! Reading the files that a person chose or dropped; they never leave the browser.

use js_sys::{Array, Reflect, Uint8Array};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DragEvent, File, FileList, HtmlInputElement};

/// Why a file could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It has more bytes than are read.
    TooLarge,
    /// The browser gave none: a dropped folder, or a file that went away.
    Refused,
}

/// A file: its path inside the folder that was chosen, else its name, and its bytes.
pub struct Picked {
    /// With `/`.
    pub path: String,
    /// What it holds.
    pub bytes: Result<Vec<u8>, Unread>,
}

/// The files that were chosen; the same ones can be chosen again afterwards.
pub fn chosen(input: &HtmlInputElement) -> Vec<File> {
    let files = list(input.files().as_ref());
    input.set_value("");
    files
}

/// Whether files are dragged, and not a text of the page.
pub fn has_files(event: &DragEvent) -> bool {
    let data = event.data_transfer();
    data.is_some_and(|data| {
        let mut kinds = data.types().into_iter();
        kinds.any(|kind| kind.as_string().as_deref() == Some("Files"))
    })
}

/// The files that were dropped.
pub fn dropped(event: &DragEvent) -> Vec<File> {
    let files = event.data_transfer().and_then(|data| data.files());
    list(files.as_ref())
}

fn list(files: Option<&FileList>) -> Vec<File> {
    files
        .into_iter()
        .flat_map(|files| (0..files.length()).filter_map(|at| files.item(at)))
        .collect()
}

/// Reads files of at most so many bytes each (a browser counts them as fractions); `done` hears of all of them at once.
pub fn read(files: &[File], largest: f64, done: impl FnOnce(Vec<Picked>) + 'static) {
    let paths: Vec<(String, bool)> = files
        .iter()
        .map(|file| (path(file), file.size() > largest))
        .collect();
    let reads = Array::new();
    for (file, (_, too_large)) in files.iter().zip(&paths) {
        let read: JsValue = if *too_large {
            JsValue::UNDEFINED
        } else {
            file.array_buffer().into()
        };
        reads.push(&read);
    }
    let all: JsValue = js_sys::Promise::all_settled(reads.as_ref()).into();
    let heard = Closure::once_into_js(move |settled: JsValue| {
        let settled = Array::from(&settled);
        let picked = paths.into_iter().zip(settled.iter());
        let picked = picked.map(|((path, too_large), settled)| {
            let bytes = if too_large {
                Err(Unread::TooLarge)
            } else {
                bytes(&settled).ok_or(Unread::Refused)
            };
            Picked { path, bytes }
        });
        done(picked.collect());
    });
    if let Ok(then) = Reflect::get(&all, &JsValue::from_str("then")) {
        let then: js_sys::Function = then.unchecked_into();
        // Whatever became of the files is heard through the closure.
        let _ = then.call1(&all, &heard);
    }
}

/// The bytes of a read that went well.
fn bytes(settled: &JsValue) -> Option<Vec<u8>> {
    let buffer = Reflect::get(settled, &JsValue::from_str("value")).ok()?;
    buffer
        .is_object()
        .then(|| Uint8Array::new(&buffer).to_vec())
}

fn path(file: &File) -> String {
    let relative = Reflect::get(file, &JsValue::from_str("webkitRelativePath"));
    let relative = relative.ok().and_then(|path| path.as_string());
    relative
        .filter(|path| !path.is_empty())
        .unwrap_or_else(|| file.name())
}
