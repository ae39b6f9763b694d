//! The top: the design's name, search, history, colours, download.

use leptos::prelude::*;

use super::browser::theme;
use super::compare::open_compare;
use super::course::{first_course, open_course};
use super::icon::{Icon, Logo, Sign};
use super::import::open_import;
use super::presets::open_presets;
use super::search::Search;
use super::share::open_share;
use super::shell::files_words;
use super::state::{App, name_words};
use super::words::{lang, say, say_with};
use crate::args;
use crate::text::Sentence;

/// The top of the page.
#[component]
pub fn Header() -> impl IntoView {
    let app = expect_context::<App>();
    let files = Memo::new(move |_| app.report.with(|report| report.files.len()));
    let name = Memo::new(move |_| {
        app.place
            .with(|place| app.design.with(|design| name_words(place, design)))
    });
    view! {
        <header class="header">
            <Logo />
            <h1>{say("page.title")}</h1>
            <button
                type="button"
                id="presets"
                class="header-preset"
                aria-haspopup="dialog"
                title=say("designs.open")
                on:click=move |_| open_presets(app)
            >
                <span>{name}</span>
                <Icon sign=Sign::Down />
            </button>
            <Search />
            <div class="header-tools">
                <StepButton id="undo" sign=Sign::Undo key="page.undo" what=Signal::derive(move || app.undoes()) press=move || app.undo() />
                <StepButton id="redo" sign=Sign::Redo key="page.redo" what=Signal::derive(move || app.redoes()) press=move || app.redo() />
                <button
                    type="button"
                    id="history"
                    class="tool bare wide-only"
                    aria-haspopup="dialog"
                    aria-label=say("history.title")
                    title=say("history.title")
                    on:click=move |_| app.shows_history.set(true)
                >
                    <Icon sign=Sign::History />
                </button>
            </div>
            <div class="header-ways">
                <WayButton id="import" sign=Sign::Import key="page.import" title="page.import.open" press=move || open_import(app) />
                <WayButton id="compare" sign=Sign::Compare key="comparing.title" title="comparing.open" press=move || open_compare(app) />
                <WayButton id="course" sign=Sign::Raise key="course.title" title="course.open" press=move || open_course(app, first_course(app)) />
                <WayButton id="share" sign=Sign::Share key="page.share" title="page.share.open" press=move || open_share(app) />
            </div>
            <div class="header-tools">
                <button
                    type="button"
                    id="theme"
                    class="tool bare"
                    aria-label=say("page.theme")
                    title=say("page.theme")
                    on:click=move |_| {
                        // Where the choice cannot be shown, the system's scheme stays.
                        let _ = theme::switch();
                    }
                >
                    <Icon sign=Sign::Theme />
                </button>
                <button
                    type="button"
                    id="language"
                    class="tool bare"
                    lang=lang().other().tag()
                    title=lang().other().name()
                    on:click=move |_| app.speak(lang().other())
                >
                    {lang().other().short_name()}
                </button>
                <button
                    type="button"
                    id="help"
                    class="tool bare wide-only"
                    aria-label=say("page.keys")
                    title=say("page.keys")
                    on:click=move |_| super::keyboard::open_sheet(app)
                >
                    <Icon sign=Sign::Help />
                </button>
            </div>
            <button
                type="button"
                id="download"
                class="tool go"
                title=move || say_with("page.download.help", args![files = files.get()])
                on:click=move |_| app.download()
            >
                <Icon sign=Sign::Download />
                <span class="header-download">{say("page.download")}</span>
                <span class="header-files">{move || files_words(files.get())}</span>
            </button>
        </header>
    }
}

/// A way in or out of the page that opens a dialog.
#[component]
fn WayButton(
    id: &'static str,
    sign: Sign,
    key: &'static str,
    title: &'static str,
    press: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <button
            type="button"
            id=id
            class="tool bare"
            aria-haspopup="dialog"
            aria-label=say(key)
            title=say(title)
            on:click=move |_| press()
        >
            <Icon sign />
            <span class="header-way">{say(key)}</span>
        </button>
    }
}

/// Undo or redo; its title says what.
#[component]
fn StepButton(
    id: &'static str,
    sign: Sign,
    key: &'static str,
    what: Signal<Option<Sentence>>,
    press: impl Fn() + 'static,
) -> impl IntoView {
    let words = move || match what.get() {
        Some(what) => say_with(&format!("{key}.what"), args![what = what.words(lang())]),
        None => say(key),
    };
    view! {
        <button
            type="button"
            id=id
            class="tool bare"
            aria-label=words
            title=words
            // Switched off for real it would lose the focus with the last step.
            aria-disabled=move || what.with(Option::is_none).then_some("true")
            on:click=move |_| press()
        >
            <Icon sign />
        </button>
    }
}
