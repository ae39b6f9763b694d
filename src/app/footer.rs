//! The foot: what the page does with what is typed, and how large the result is.

use leptos::prelude::*;

use super::browser::{self, single_file::Offered};
use super::icon::{Icon, Sign};
use super::shell::files_words;
use super::state::{App, Kept};
use super::words::{say, say_with};
use crate::args;
use crate::text::bytes_words;

/// The foot of the page.
#[component]
pub fn Footer() -> impl IntoView {
    let app = expect_context::<App>();
    let size = Memo::new(move |_| {
        app.report.with(|report| {
            let bytes: usize = report
                .files
                .iter()
                .flat_map(|file| &file.lines)
                .map(|line| line.text.len() + 1)
                .sum();
            (report.files.len(), bytes as u64)
        })
    });
    view! {
        <footer class="footer">
            <span class="footer-trust">
                <Icon sign=Sign::Shield />
                {say("page.no-request")}
            </span>
            <span class:refused=move || app.kept.with(|kept| *kept != Kept::Yes)>
                {move || match app.kept.get() {
                    Kept::Yes => say("page.kept"),
                    Kept::Refused { .. } => say("page.not-kept"),
                    Kept::Stale | Kept::Gone | Kept::Parted(_) => say("designs.other-tab"),
                }}
            </span>
            <span>
                {move || {
                    let (files, bytes) = size.get();
                    say_with("page.size", args![files = files_words(files), size = bytes_words(bytes)])
                }}
            </span>
            {browser::single_file::offered().ok().map(|file| view! { <SingleFile file /> })}
            <span class="footer-edition">
                {move || say_with("page.edition", args![edition = app.design.with(|design| design.defaults.clone())])}
            </span>
        </footer>
    }
}

/// The page as one file to take along, with its sum to check it by.
#[component]
fn SingleFile(file: Offered) -> impl IntoView {
    let title = format!("SHA-256 {}", file.sha256);
    view! {
        <span class="footer-single">
            <a id="single-file" href=file.address download title=say("page.single.help")>
                {say_with("page.single", args![size = bytes_words(file.bytes)])}
            </a>
            <span class="footer-sum" title=title>
                "SHA-256 "
                <code>{file.sha256}</code>
            </span>
        </span>
    }
}
