//! Reading the files that a person chose or dropped; they never leave the browser.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Reflect, Uint8Array};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DragEvent, File, FileList, HtmlInputElement};

/// Why a file could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It has more bytes than are read.
    TooLarge,
    /// The browser gave none: the file went away.
    Refused,
}

/// A file: its path inside the folder that was chosen, else its name, and its bytes.
pub struct Picked {
    /// With `/`.
    pub path: String,
    /// What it holds.
    pub bytes: Result<Vec<u8>, Unread>,
}

/// A file with its path.
pub type Given = (String, File);

/// The files that were chosen; the same ones can be chosen again afterwards.
pub fn chosen(input: &HtmlInputElement) -> Vec<Given> {
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

/// The files that were dropped, those of folders too, but none whose name begins with a dot; `done` hears
/// of at most so many, and one more when there are more.
pub fn dropped(event: &DragEvent, most: usize, done: impl FnOnce(Vec<Given>) + 'static) {
    let Some(data) = event.data_transfer() else {
        return;
    };
    let plain = list(data.files().as_ref());
    // The entries are there only as long as the event lasts.
    let items = get(&data, "items").map(|items| Array::from(&items));
    let entries: Vec<JsValue> = items
        .into_iter()
        .flat_map(|items| items.iter().collect::<Vec<_>>())
        .filter_map(|item| call(&item, "webkitGetAsEntry", &[]))
        .filter(JsValue::is_object)
        .collect();
    if !entries.iter().any(|entry| flag(entry, "isDirectory")) {
        done(plain);
        return;
    }
    let walk = Rc::new(RefCell::new(Walk {
        found: Vec::new(),
        open: 1,
        most,
        done: Some(Box::new(done)),
    }));
    for entry in entries {
        step(&walk, &entry);
    }
    end(&walk);
}

/// A walk through folders.
struct Walk {
    found: Vec<Given>,
    /// How many answers of the browser are awaited.
    open: usize,
    most: usize,
    done: Option<Box<dyn FnOnce(Vec<Given>)>>,
}

/// Asks for a file, or for what a folder holds.
fn step(walk: &Rc<RefCell<Walk>>, entry: &JsValue) {
    let is_over = walk.borrow().found.len() > walk.borrow().most;
    let name = text(entry, "name").unwrap_or_default();
    if is_over || name.starts_with('.') {
        return;
    }
    if flag(entry, "isDirectory") {
        if let Some(reader) = call(entry, "createReader", &[]) {
            read_folder(walk, &reader);
        }
        return;
    }
    let path = text(entry, "fullPath").unwrap_or(name);
    let path = path.trim_start_matches('/').to_owned();
    let walk = begin(walk);
    answer(entry, "file", move |file| {
        if let Some(file) = file.and_then(|file| file.dyn_into::<File>().ok()) {
            walk.borrow_mut().found.push((path, file));
        }
        end(&walk);
    });
}

/// A browser gives what a folder holds in parts, and an empty one at the end.
fn read_folder(walk: &Rc<RefCell<Walk>>, reader: &JsValue) {
    let walk = begin(walk);
    let again = reader.clone();
    answer(reader, "readEntries", move |entries| {
        let entries = entries.map(|entries| Array::from(&entries));
        let entries = entries.filter(|entries| entries.length() > 0);
        if let Some(entries) = entries {
            for entry in entries.iter() {
                step(&walk, &entry);
            }
            read_folder(&walk, &again);
        }
        end(&walk);
    });
}

fn begin(walk: &Rc<RefCell<Walk>>) -> Rc<RefCell<Walk>> {
    walk.borrow_mut().open += 1;
    Rc::clone(walk)
}

/// One answer came; behind the last one the walk is over.
fn end(walk: &Rc<RefCell<Walk>>) {
    let mut walk = walk.borrow_mut();
    walk.open -= 1;
    if walk.open > 0 {
        return;
    }
    let (done, found) = (walk.done.take(), std::mem::take(&mut walk.found));
    drop(walk);
    if let Some(done) = done {
        done(found);
    }
}

/// Calls a method that answers through one of two functions; what it refuses is nothing.
fn answer(object: &JsValue, method: &str, heard: impl FnOnce(Option<JsValue>) + 'static) {
    let promise = js_sys::Promise::new(&mut |resolve, reject| {
        if call(object, method, &[&resolve, &reject]).is_none() {
            // Nobody is left to refuse it.
            let _ = reject.call0(&JsValue::UNDEFINED);
        }
    });
    let all = js_sys::Promise::all_settled(Array::of1(&promise).as_ref());
    then(&all.into(), move |settled| {
        heard(get(&Array::from(&settled).get(0), "value"));
    });
}

/// What becomes of a promise that never fails.
fn then(promise: &JsValue, heard: impl FnOnce(JsValue) + 'static) {
    let heard = Closure::once_into_js(heard);
    // Whatever became of it is heard through the closure.
    let _ = call(promise, "then", &[&heard]);
}

fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    let value = Reflect::get(object, &JsValue::from_str(name)).ok()?;
    (!value.is_undefined()).then_some(value)
}

fn flag(object: &JsValue, name: &str) -> bool {
    get(object, name).is_some_and(|value| value.is_truthy())
}

fn text(object: &JsValue, name: &str) -> Option<String> {
    get(object, name)?.as_string()
}

fn call(object: &JsValue, name: &str, arguments: &[&JsValue]) -> Option<JsValue> {
    let function: js_sys::Function = get(object, name)?.dyn_into().ok()?;
    let list = Array::new();
    for argument in arguments {
        list.push(argument);
    }
    function.apply(object, &list).ok()
}

fn list(files: Option<&FileList>) -> Vec<Given> {
    files
        .into_iter()
        .flat_map(|files| (0..files.length()).filter_map(|at| files.item(at)))
        .map(|file| (path(&file), file))
        .collect()
}

/// Reads files of at most so many bytes each (a browser counts them as fractions); `done` hears of all of them at once.
pub fn read(files: Vec<Given>, largest: f64, done: impl FnOnce(Vec<Picked>) + 'static) {
    let (paths, files): (Vec<(String, bool)>, Vec<File>) = files
        .into_iter()
        .map(|(path, file)| ((path, file.size() > largest), file))
        .unzip();
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
    then(&all, move |settled: JsValue| {
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
}

/// The bytes of a read that went well.
fn bytes(settled: &JsValue) -> Option<Vec<u8>> {
    let buffer = get(settled, "value")?;
    buffer
        .is_object()
        .then(|| Uint8Array::new(&buffer).to_vec())
}

fn path(file: &File) -> String {
    let relative = text(file, "webkitRelativePath");
    relative
        .filter(|path| !path.is_empty())
        .unwrap_or_else(|| file.name())
}
