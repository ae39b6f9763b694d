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

/// Puts the page into the document.
pub fn start() {
    leptos::mount::mount_to_body(shell::Shell);
}
