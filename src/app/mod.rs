//! The page: a thin skin over the engine.
//!
//! [`state`] holds the design and how it is shown; components derive everything else and decide
//! nothing about the cluster. What the browser can do lies in [`browser`].

pub mod browser;
mod checks;
mod control;
mod field_row;
mod file_view;
mod files;
mod footer;
mod form;
mod header;
mod icon;
mod import;
mod items;
mod keyboard;
mod later;
mod options;
mod presets;
mod problems;
mod rail;
mod repairs;
mod search;
mod share;
mod shell;
mod state;
mod topology;
mod words;

/// Puts the page into the document as soon as its words are there, and what it begins with can be read.
pub fn start() {
    wasm_bindgen_futures::spawn_local(async {
        let mut ready = words::begin().await;
        if ready.is_ok() {
            ready = state::prepare().await;
        }
        match ready {
            Ok(()) => leptos::mount::mount_to_body(shell::Shell),
            // Without words there is one sentence only, which stands in the document.
            Err(browser::Refused) => {
                if let Ok(sorry) = browser::focus::element("failed") {
                    sorry.set_hidden(false);
                }
            }
        }
    });
}
