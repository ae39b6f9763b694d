//! The page: a thin skin over the engine.
//!
//! [`state`] holds the design and how it is shown; components derive everything else and decide
//! nothing about the cluster. What the browser can do lies in [`browser`].

pub mod browser;
mod changes;
mod checks;
mod compare;
mod control;
mod course;
mod designs;
mod dialog;
mod differences;
mod embed;
mod extras;
mod field_row;
mod file_view;
mod files;
mod footer;
mod form;
mod header;
mod history;
mod icon;
mod import;
mod items;
mod kept;
mod keyboard;
mod later;
mod learn;
mod losses;
mod migration;
mod option_detail;
mod option_row;
mod options;
mod presets;
mod print;
mod problems;
mod rail;
mod repairs;
mod search;
mod share;
mod shelf;
mod shell;
mod state;
mod terms;
mod topology;
mod update;
mod words;

/// Puts the page into the document as soon as its words are there, and what it begins with can be read.
pub fn start() {
    let needs_tools = later::are_needed_to_begin();
    if needs_tools {
        wasm_bindgen_futures::spawn_local(async {
            // Asked for beside the words; whether they come is seen below.
            let _ = later::fetch().await;
        });
    }
    wasm_bindgen_futures::spawn_local(async move {
        let mut ready = words::begin().await;
        if ready.is_ok() && needs_tools {
            ready = later::fetch().await.map(|_| ());
        }
        match ready {
            Ok(()) => {
                // Both in one turn, so that no frame is without either.
                if let Ok(opening) = browser::focus::element("opening") {
                    opening.remove();
                }
                leptos::mount::mount_to_body(shell::Shell);
            }
            // Without words there is one sentence only, which stands in the document.
            Err(browser::Refused) => {
                if let Ok(sorry) = browser::focus::element("failed") {
                    sorry.set_hidden(false);
                }
            }
        }
    });
}
