//! The page inside another one: the whole of it, one section, or one file, to read or to edit.
//!
//! Which it is, the address says (`view=embed`, `show`, `read`), and later the page around in messages;
//! `src/pack/README.md` describes both.

use leptos::prelude::*;
use wasm_bindgen::JsValue;

use super::browser::host::{self, Message};
use super::browser::theme::{self, Theme};
use super::browser::{address, focus, timer};
use super::file_view::LINE;
use super::icon::{Icon, Logo, Sign};
use super::later;
use super::state::{App, View};
use super::words::{say, say_with};
use crate::args;
use crate::fields::Section;
use crate::presets;
use crate::text::Lang;

/// How much of the page is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// All.
    All,
    /// One section of the form.
    Section,
    /// One file.
    File,
}

impl Show {
    /// As the style sheet calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Section => "section",
            Self::File => "file",
        }
    }
}

/// Shows what is named: a section by its id, a file by its path, else everything.
fn show(app: App, name: &str) -> bool {
    let section = Section::ALL.iter().find(|section| section.id() == name);
    let is_file = app.report_now().file(name).is_some();
    let shown = match section {
        Some(section) => {
            app.section.set(*section);
            app.view.set(View::Design);
            Show::Section
        }
        None if is_file => {
            app.file.set(name.to_owned());
            app.view.set(View::Files);
            Show::File
        }
        None if name.is_empty() => Show::All,
        None => return false,
    };
    app.parts.set(shown);
    true
}

/// Does what the address asks for, and listens to the page around.
pub fn begin(app: App) {
    if let Some(name) = address::query("show") {
        // A name that nobody knows shows everything.
        show(app, &name);
    }
    if !address::is_embedded() {
        return;
    }
    host::listen(move |message| {
        if !obey(app, message) {
            let kind = JsValue::from_str(&message.kind);
            // Who sent it is there to hear it.
            let _ = host::tell("refused", &[("asked", kind)]);
        }
    });
    // Not when it is drawn: a frame that is out of sight is drawn late.
    timer::after(0, move || {
        let files = app.report.with_untracked(|report| {
            let paths = report
                .files
                .iter()
                .map(|file| JsValue::from_str(&file.path));
            paths.collect::<js_sys::Array>()
        });
        // Without a page around that is known, nobody hears it.
        let _ = host::tell("ready", &[("files", files.into())]);
        if let Ok(shell) = focus::element("shell") {
            let _ = host::on_resize(&shell, move || tell_height(app));
        }
        Effect::new(move |_| {
            app.report.track();
            app.parts.track();
            app.file.track();
            tell_height(app);
        });
    });
    let turns = StoredValue::new(0_u32);
    Effect::new(move |before: Option<()>| {
        app.report.track();
        if before.is_some() {
            turns.update_value(|turns| *turns += 1);
            let turn = turns.get_value();
            // Typing is told when it pauses.
            timer::after(300, move || {
                if turns.get_value() == turn {
                    tell_change(app);
                }
            });
        }
    });
}

/// Does what the page around asks for; false when it is not understood.
fn obey(app: App, message: &Message) -> bool {
    let text = |name| message.text(name);
    match message.kind.as_str() {
        "open" => {
            let tools = later::there();
            let opened = text("link").zip(tools);
            let opened = opened.and_then(|(link, tools)| (tools.unpack_link)(&link).ok());
            // Half a design is none: the page around cannot be asked what to do with it.
            let Some(opened) = opened.filter(|opened| opened.lost.is_none()) else {
                return false;
            };
            app.receive(opened.design);
            true
        }
        "preset" => match text("name").as_deref().and_then(presets::preset) {
            Some(preset) => {
                app.receive(preset.design_in(super::words::lang()));
                true
            }
            None => false,
        },
        "show" => text("name").is_some_and(|name| show(app, &name)),
        "theme" => match text("name").as_deref().and_then(Theme::named) {
            Some(theme) => theme::show(theme).is_ok(),
            None => false,
        },
        "lang" => match text("name").as_deref().and_then(Lang::of_tag) {
            Some(lang) => {
                app.speak(lang);
                true
            }
            None => false,
        },
        "file" => {
            let Some(path) = text("path") else {
                return false;
            };
            let file = app.report_now().file(&path).map(|file| file.text());
            let text = file.map_or(JsValue::NULL, JsValue::from);
            host::tell("file", &[("path", path.into()), ("text", text)]).is_ok()
        }
        _ => false,
    }
}

/// The design as a link. Inside another page the tools are there from the beginning.
fn packed(app: App) -> Option<String> {
    let pack = later::there()?.pack_link;
    Some(app.design.with_untracked(|design| pack(design)).packed)
}

fn tell_change(app: App) {
    let Some(packed) = packed(app) else {
        return;
    };
    let counts = app.report_now().counts();
    let [errors, warnings, advice] = counts.map(JsValue::from);
    // Nobody hears it who is not known.
    let _ = host::tell(
        "change",
        &[
            ("link", packed.into()),
            ("errors", errors),
            ("warnings", warnings),
            ("advice", advice),
        ],
    );
}

/// Tells how high the frame would have to be to show all that it shows.
fn tell_height(app: App) {
    let height = |id| focus::element(id).map_or(0, |element| element.offset_height());
    let height = match app.parts.get_untracked() {
        // The whole page fills what it is given.
        Show::All => return,
        Show::Section => height("shell"),
        Show::File => {
            let path = app.shown_file_untracked();
            let lines = app
                .report
                .with_untracked(|report| report.file(&path).map_or(0, |file| file.lines.len()));
            let lines = i32::try_from(lines).unwrap_or(i32::MAX / LINE);
            height("file-head") + lines * LINE + height("embed-bar")
        }
    };
    let _ = host::tell("height", &[("height", height.into())]);
}

/// The foot of a part of the page: what it is, what was found, and the way to all of it.
#[component]
pub fn EmbedBar() -> impl IntoView {
    let app = expect_context::<App>();
    let address = address::alone().unwrap_or_default();
    let lang = address::query("lang").and_then(|tag| Lang::of_tag(&tag));
    let lang = lang.map(|lang| format!("?lang={}", lang.code()));
    let start = address + &lang.unwrap_or_default();
    let link = NodeRef::<leptos::html::A>::new();
    let full = start.clone();
    // Packing the design for every key would be work for nothing: it is done when the way is taken.
    let pack = move || {
        if let (Some(link), Some(packed)) = (link.get_untracked(), packed(app)) {
            link.set_href(&format!("{full}#d={packed}"));
        }
    };
    let (by_pointer, by_key) = (pack.clone(), pack.clone());
    let problems = move || {
        let [errors, warnings, _] = app.report.with(crate::Report::counts);
        let words = [("page.errors", errors), ("page.warnings", warnings)];
        let words = words.into_iter().filter(|(_, count)| *count > 0);
        let words: Vec<String> = words
            .map(|(key, count)| say_with(key, args![count]))
            .collect();
        words.join(" · ")
    };
    view! {
        <footer id="embed-bar" class="embed-bar">
            <Logo />
            <span class="embed-title">{say("page.title")}</span>
            <span class="embed-problems">{problems}</span>
            <a
                id="open-full"
                class="tool"
                href=start
                target="_blank"
                rel="noopener"
                node_ref=link
                on:pointerdown=move |_| by_pointer()
                on:focus=move |_| by_key()
                on:click=move |_| pack()
            >
                {say("page.embed.open")}
                <Icon sign=Sign::Right />
            </a>
        </footer>
    }
}
