//! What is to be said about keeping the design: that the browser refuses, that another tab wrote.

use leptos::prelude::*;

use super::browser::address;
use super::browser::storage::Unkept;
use super::icon::{Icon, Sign};
use super::shelf;
use super::state::{App, Kept, name_words, saved_words};
use super::words::{say, say_with};
use crate::args;

/// Stands above the form while there is something to say.
#[component]
pub fn KeptNotice() -> impl IntoView {
    let app = expect_context::<App>();
    let button = move |id: &'static str, key: &'static str, act: fn(App)| {
        view! { <button type="button" class="tool" id=id on:click=move |_| act(app)>{say(key)}</button> }
    };
    let close = move || {
        view! {
            <button type="button" class="tool bare" aria-label=say("page.close") on:click=move |_| app.kept_is_told()>
                <Icon sign=Sign::Close />
            </button>
        }
    };
    let theirs = move || button("kept-theirs", "designs.theirs", |app| app.take_theirs());
    let mine = move || button("kept-mine", "designs.mine", |app| app.keep_mine());
    move || {
        let (words, tools) = match app.kept.get() {
            Kept::Yes | Kept::Refused { told: true, .. } => return None,
            // Inside another page nothing is meant to be kept.
            Kept::Refused { .. } if address::is_embedded() => return None,
            Kept::Refused { why, .. } => {
                let words = say(match why {
                    Unkept::Forbidden => "designs.forbidden",
                    Unkept::Full => "designs.full",
                });
                let download = button("kept-download", "designs.download.this", |app| {
                    app.download_design();
                });
                (words, (download, close()).into_any())
            }
            Kept::Stale => {
                let time = shelf::get(&app.place.with_untracked(|place| place.id.clone()));
                let time = time.ok().flatten();
                let time = time.map_or_else(String::new, |record| saved_words(&record.place));
                (
                    say_with("designs.stale", args![time]),
                    (theirs(), mine()).into_any(),
                )
            }
            Kept::Gone => (say("designs.gone"), mine().into_any()),
            Kept::Parted(left) => {
                let name = app
                    .design
                    .with_untracked(|design| name_words(&left, design));
                let here = app.place.get_untracked();
                let here = app
                    .design
                    .with_untracked(|design| name_words(&here, design));
                (
                    say_with("designs.parted", args![name, here]),
                    (theirs(), close()).into_any(),
                )
            }
        };
        Some(view! {
            <div class="notice kept" role="alert">
                <p>{words}</p>
                {tools}
            </div>
        })
    }
}
