//! What belongs to the page but is not in its program: fetched from the page's own folder when it is
//! needed, or unpacked from the page itself where all lies in one file.
//!
//! In one file an asset is `<script type="text/plain" data-asset="NAME">`, gzip in base64.
//! Else the page's head lists the file of each: `<script type="application/json" id="assets">`.

use js_sys::{Array, Function, JSON, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use super::{Refused, document, window};

/// The bytes of an asset.
pub async fn bytes(name: &str) -> Result<Vec<u8>, Refused> {
    let document = document()?;
    let inside = document.query_selector(&format!("script[data-asset='{name}']"))?;
    let response = match inside.and_then(|element| element.text_content()) {
        Some(packed) => unpacked(&packed).await?,
        None => fetched(&file(name)?).await?,
    };
    let buffer = JsFuture::from(response.array_buffer()?).await?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// The file of an asset, which lies beside the page.
fn file(name: &str) -> Result<String, Refused> {
    let list = document()?.get_element_by_id("assets").ok_or(Refused)?;
    let list = JSON::parse(&list.text_content().unwrap_or_default())?;
    let file = Reflect::get(&list, &JsValue::from_str(name))?;
    file.as_string().ok_or(Refused)
}

async fn fetched(address: &str) -> Result<Response, Refused> {
    let response = JsFuture::from(window()?.fetch_with_str(address)).await?;
    let response: Response = response.dyn_into().map_err(|_| Refused)?;
    if response.ok() {
        Ok(response)
    } else {
        Err(Refused)
    }
}

async fn unpacked(packed: &str) -> Result<Response, Refused> {
    let packed = format!("data:application/gzip;base64,{}", packed.trim());
    let response = fetched(&packed).await?;
    let stream = response.body().ok_or(Refused)?;
    // web-sys counts it as unstable, though every browser has it.
    let class = Reflect::get(window()?.as_ref(), &"DecompressionStream".into())?;
    let class: Function = class.dyn_into().map_err(|_| Refused)?;
    let gunzip = Reflect::construct(&class, &Array::of1(&"gzip".into()))?;
    let stream = stream.pipe_through(gunzip.unchecked_ref());
    Ok(Response::new_with_opt_readable_stream(Some(&stream))?)
}
