//! Handing a file over to the person.

use wasm_bindgen::{JsCast, JsValue};

use super::{Refused, document};

/// Saves bytes under a name, as if a link to them had been clicked.
pub fn save(name: &str, mime: &str, bytes: &[u8]) -> Result<(), Refused> {
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
    let kind = web_sys::BlobPropertyBag::new();
    kind.set_type(mime);
    let parts: &JsValue = parts.as_ref();
    let blob = web_sys::Blob::new_with_u8_array_sequence_and_options(parts, &kind)?;
    let url = web_sys::Url::create_object_url_with_blob(&blob)?;
    let link: web_sys::HtmlAnchorElement = document()?
        .create_element("a")?
        .dyn_into()
        .map_err(|_| Refused)?;
    link.set_href(&url);
    link.set_download(name);
    link.click();
    // The browser has to fetch the bytes before the address goes.
    super::timer::after(10_000, move || {
        let _ = web_sys::Url::revoke_object_url(&url);
    });
    Ok(())
}
