//! The design as a link: everything stands in the address itself, behind `#d=`.

use std::sync::Arc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::browser::{address, clipboard, focus, timer};
use super::dialog::{CloseButton, close_beside, open_while};
use super::differences::Differences;
use super::icon::{Icon, Sign};
use super::state::App;
use super::words::{say, say_with};
use crate::args;
use crate::bundle::link::Link;
use crate::compare::settings::{Difference, differences};
use crate::plan::Plan;
use crate::rules;

const DIALOG: &str = "share-dialog";
const TITLE: &str = "share-title";
const LINK: &str = "share-link";

/// From how many characters on a link is cut off by some programs.
const LONG: usize = 2_000;

/// How many differences are shown at once.
const OPEN: usize = 12;

/// What differs from the preset that the design started from, without effects.
pub fn differences_from_base(app: App) -> Vec<(Difference, Option<rules::Effect>)> {
    let base = app.base.get_untracked();
    let design = app.design.get_untracked();
    let plan = app.report_now().plan;
    let found = differences((&base, &Plan::of(&base)), (&design, &plan));
    found.into_iter().map(|one| (one, None)).collect()
}

/// Packs the design and shows the link.
pub fn open_share(app: App) {
    app.later(move |tools| {
        let pack = tools.pack_link;
        let link = app.design.with_untracked(|design| pack(design));
        app.share.set(Some(Arc::new(link)));
    });
}

/// The dialog.
#[component]
pub fn ShareDialog() -> impl IntoView {
    let app = expect_context::<App>();
    open_while(
        DIALOG,
        move || app.share.with(Option::is_some),
        move || {
            if let Ok(button) = focus::element("share-copy") {
                // A button of an open dialog can always take the focus.
                let _ = button.focus();
            }
        },
    );
    view! {
        <dialog
            id=DIALOG
            class="dialog"
            aria-labelledby=TITLE
            on:click=move |event| close_beside(&event)
            on:close=move |_| app.share.set(None)
        >
            {move || app.share.get().map(|link| view! { <Body link /> })}
        </dialog>
    }
}

#[component]
fn Body(link: Arc<Link>) -> impl IntoView {
    let app = expect_context::<App>();
    // Without the page's own address, the part behind it can still be sent.
    let address = address::alone().unwrap_or_default() + "#d=" + &link.packed;
    let length = address.chars().count();
    let lines = differences_from_base(app);
    let count = lines.len();
    let extras = app.design.with_untracked(|design| design.extras.count());
    let paths: Vec<String> = link.left_out.iter().map(ToString::to_string).collect();
    let said = RwSignal::new("page.copy");
    let refused = RwSignal::new(false);
    let text = address.clone();
    let copy = move |_| {
        clipboard::copy(&text, move |taken| {
            if taken.is_ok() {
                said.set("page.copied");
                focus::announce(&say("page.copied"));
                timer::after(1_600, move || said.set("page.copy"));
            } else {
                refused.set(true);
                select();
            }
        });
    };
    view! {
        <div class="dialog-body share">
            <header>
                <h2 id=TITLE>{say("page.share.title")}</h2>
                <CloseButton />
            </header>
            <p>{say("page.share.help")}</p>
            <textarea id=LINK class="long-text" rows="5" readonly aria-label=say("page.share.title") on:focus=move |_| select()>
                {address}
            </textarea>
            <ul class="share-facts">
                {(extras > 0).then(|| view! { <li>{say_with("page.share.extras", args![extras])}</li> })}
                <li id="share-length">{say_with("page.share.length", args![length])}</li>
                {(length > LONG).then(|| view! { <li class="share-grave">{say_with("page.share.long", args![limit = LONG])}</li> })}
                {(!paths.is_empty()).then(|| view! { <li class="share-grave" id="share-left-out">{say_with("link.left-out", args![paths])}</li> })}
            </ul>
            <details class="share-inside" id="share-inside" open={count <= OPEN}>
                <summary>{say_with("page.share.inside", args![count])}</summary>
                <Differences lines />
            </details>
            <footer>
                <button type="button" id="share-copy" class="tool go" on:click=copy>
                    <Icon sign=Sign::Copy />
                    {move || say(said.get())}
                </button>
                {move || refused.get().then(|| view! { <span role="status">{say("page.share.refused")}</span> })}
            </footer>
        </div>
    }
}

/// Selects the link, so that one key copies it.
fn select() {
    let link = focus::element(LINK).ok();
    let link = link.and_then(|link| link.dyn_into::<web_sys::HtmlTextAreaElement>().ok());
    if let Some(link) = link {
        // A text of an open dialog can always be selected.
        let _ = link.focus();
        link.select();
    }
}
