//! Choosing a design: one that is kept, or one to start from.

use leptos::prelude::*;

use super::compare::open_compare;
use super::course::{first_course, open_course};
use super::designs::{DesignList, DesignName};
use super::dialog::{close_beside, dialog};
use super::icon::{Icon, Sign};
use super::import::open_import;
use super::share::open_share;
use super::state::App;
use super::words::say;
use crate::presets::PRESETS;

const DIALOG: &str = "preset-dialog";

/// Shows the designs.
pub fn open_presets(app: App) {
    app.later(move |_| {
        app.shelf.update(|turn| *turn += 1);
        if let Some(dialog) = dialog(DIALOG) {
            // It is refused only when the dialog is open already.
            let _ = dialog.show_modal();
        }
    });
}

/// The presets, each with what it is for.
#[component]
pub fn PresetDialog() -> impl IntoView {
    let app = expect_context::<App>();
    let current = Memo::new(move |_| {
        let from = app
            .design
            .with(|design| design.from.clone())
            .unwrap_or_default();
        from.split('@').next().unwrap_or_default().to_owned()
    });
    let close = || {
        if let Some(dialog) = dialog(DIALOG) {
            dialog.close();
        }
    };
    view! {
        <dialog id=DIALOG class="dialog" aria-labelledby="preset-title" on:click=move |event| close_beside(&event)>
            <div class="dialog-body">
                <header>
                    <h2 id="preset-title">{say("designs.title")}</h2>
                    <button type="button" class="tool bare" aria-label=say("page.close") on:click=move |_| close()>
                        <Icon sign=Sign::Close />
                    </button>
                </header>
                // Where the header has no room for them.
                <div class="dialog-ways">
                    <button
                        type="button"
                        class="tool"
                        data-way="import"
                        on:click=move |_| {
                            close();
                            open_import(app);
                        }
                    >
                        <Icon sign=Sign::Import />
                        {say("page.import")}
                    </button>
                    <button
                        type="button"
                        class="tool"
                        data-way="share"
                        on:click=move |_| {
                            close();
                            open_share(app);
                        }
                    >
                        <Icon sign=Sign::Share />
                        {say("page.share")}
                    </button>
                    <button
                        type="button"
                        class="tool"
                        data-way="compare"
                        on:click=move |_| {
                            close();
                            open_compare(app);
                        }
                    >
                        <Icon sign=Sign::Compare />
                        {say("comparing.title")}
                    </button>
                    <button
                        type="button"
                        class="tool"
                        data-way="course"
                        on:click=move |_| {
                            close();
                            open_course(app, first_course(app));
                        }
                    >
                        <Icon sign=Sign::Raise />
                        {say("course.title")}
                    </button>
                    <button
                        type="button"
                        class="tool"
                        data-way="history"
                        on:click=move |_| {
                            close();
                            app.shows_history.set(true);
                        }
                    >
                        <Icon sign=Sign::History />
                        {say("history.title")}
                    </button>
                </div>
                <DesignName />
                <DesignList />
                <h3>{say("page.presets")}</h3>
                <p>{say("page.presets.help")}</p>
                <ul class="presets">
                    {PRESETS
                        .iter()
                        .map(|preset| {
                            let name = preset.name;
                            view! {
                                <li>
                                    <button
                                        type="button"
                                        data-preset=name
                                        aria-current=move || (current.get() == name).then_some("true")
                                        on:click=move |_| {
                                            app.start_from(name);
                                            close();
                                        }
                                    >
                                        <strong>{say(&format!("preset.{name}"))}</strong>
                                        <span>{say(&format!("preset.{name}.help"))}</span>
                                    </button>
                                </li>
                            }
                        })
                        .collect_view()}
                </ul>
                <footer>
                    <button
                        type="button"
                        id="start-again"
                        class="tool"
                        on:click=move |_| {
                            app.start_again();
                            close();
                        }
                    >
                        <Icon sign=Sign::Again />
                        {say("page.start-again")}
                    </button>
                    <span>{say("page.start-again.help")}</span>
                </footer>
            </div>
        </dialog>
    }
}
