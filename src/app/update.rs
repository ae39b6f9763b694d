//! The notice that a newer edition of the page is there.

use leptos::prelude::*;

use super::browser::{address, update};
use super::icon::{Icon, Sign};
use super::state::{App, Kept};
use super::words::say;

/// The notice, once there is reason for it. Nothing is loaded again before the person says so.
#[component]
pub fn UpdateNotice() -> impl IntoView {
    let app = expect_context::<App>();
    let take = move |_| {
        // An event of the page's own is never refused.
        let take = || update::take().unwrap_or_default();
        if !matches!(app.kept.get_untracked(), Kept::Refused { .. }) {
            take();
            return;
        }
        // What the browser does not keep travels in the address.
        app.later(move |tools| {
            let link = app
                .design
                .with_untracked(|design| (tools.pack_link)(design));
            let _ = address::put(&format!("d={}", link.packed));
            take();
        });
    };
    let shown = move || {
        app.newer.get().then(|| {
            view! {
                <div class="notice update" role="status">
                    <p>{say("page.update")}</p>
                    <button type="button" id="update" class="tool go" on:click=take>
                        {say("page.update.take")}
                    </button>
                    <button type="button" class="tool bare" aria-label=say("page.close") on:click=move |_| app.newer.set(false)>
                        <Icon sign=Sign::Close />
                    </button>
                </div>
            }
        })
    };
    view! { {shown} }
}
