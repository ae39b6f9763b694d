//! A second copy of what is kept, for a browser that ends hard.
//!
//! A browser writes its local storage to the disk seconds later; when it is killed in between, the last
//! edits are gone. A database writes at once, but answers later, so the page reads its storage first
//! and asks here what was lost.

use std::cell::RefCell;

use js_sys::Array;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbDatabase, IdbObjectStore, IdbTransactionMode};

use super::{Refused, address, window};

const NAME: &str = "kafka-cluster-designer";
const STORE: &str = "v1";

thread_local! {
    static JOURNAL: RefCell<Option<IdbDatabase>> = const { RefCell::new(None) };
}

/// Opens the journal; `done` hears of every text in it. Inside another page there is none.
pub fn open(done: impl FnOnce(Vec<String>) + 'static) -> Result<(), Refused> {
    if address::is_embedded() {
        return Err(Refused);
    }
    let factory = window()?.indexed_db()?.ok_or(Refused)?;
    let request = factory.open_with_u32(NAME, 1)?;
    let database = {
        let request = request.clone();
        move || {
            let result = request.result().ok()?;
            result.dyn_into::<IdbDatabase>().ok()
        }
    };
    let made = database.clone();
    let prepare = Closure::once_into_js(move || {
        // Without its store the journal stays shut, and local storage is all there is.
        made().map(|database| database.create_object_store(STORE).is_ok())
    });
    request.set_onupgradeneeded(Some(prepare.unchecked_ref()));
    let opened = Closure::once_into_js(move || {
        JOURNAL.set(database());
        let all = store(IdbTransactionMode::Readonly).and_then(|store| Ok(store.get_all()?));
        let Ok(all) = all else {
            return;
        };
        let texts = {
            let all = all.clone();
            move || {
                let texts = all.result().map(|texts| Array::from(&texts));
                let texts = texts.unwrap_or_default().into_iter();
                done(texts.filter_map(|text| text.as_string()).collect());
            }
        };
        all.set_onsuccess(Some(Closure::once_into_js(texts).unchecked_ref()));
    });
    request.set_onsuccess(Some(opened.unchecked_ref()));
    Ok(())
}

/// Writes a text down under a name; a journal that is not open writes nothing.
pub fn put(name: &str, text: &str) {
    let _ = store(IdbTransactionMode::Readwrite).and_then(|store| {
        Ok(store.put_with_key(&JsValue::from_str(text), &JsValue::from_str(name))?)
    });
}

/// Strikes a name out.
pub fn remove(name: &str) {
    let _ = store(IdbTransactionMode::Readwrite)
        .and_then(|store| Ok(store.delete(&JsValue::from_str(name))?));
}

fn store(mode: IdbTransactionMode) -> Result<IdbObjectStore, Refused> {
    JOURNAL.with_borrow(|database| {
        let database = database.as_ref().ok_or(Refused)?;
        let transaction = database.transaction_with_str_and_mode(STORE, mode)?;
        Ok(transaction.object_store(STORE)?)
    })
}
