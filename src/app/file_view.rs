//! The lines of a file, drawn as far as they are seen.

use std::ops::Range;
use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;

use super::state::App;
use super::words::say;
use crate::design::FieldPath;
use crate::render::colour::{self, Class};
use crate::render::{File, FileKind, Line};

/// The height of a line, as `style/file.css` has it.
const LINE: i32 = 20;
/// Lines that are drawn beyond what is seen, and the grain in which the drawn part moves.
const BEYOND: usize = 40;
const GRAIN: usize = 20;

/// The file as numbered, coloured lines; a click leads to the field that made a line.
#[component]
pub fn FileView(file: Memo<Option<Arc<File>>>) -> impl IntoView {
    let app = expect_context::<App>();
    let pane = NodeRef::<html::Div>::new();
    // The first line that is seen, in grains, and how many fit.
    let top = RwSignal::new(0usize);
    let rows = RwSignal::new(60usize);
    let measure = move || {
        if let Some(pane) = pane.get_untracked() {
            let first = usize::try_from(pane.scroll_top() / LINE).unwrap_or_default();
            let grain = first / GRAIN * GRAIN;
            if top.get_untracked() != grain {
                top.set(grain);
            }
            let fit = usize::try_from(pane.client_height() / LINE)
                .unwrap_or_default()
                .max(20)
                + 1;
            if rows.get_untracked() != fit {
                rows.set(fit);
            }
        }
    };
    let total =
        Memo::new(move |_| file.with(|file| file.as_ref().map_or(0, |file| file.lines.len())));
    let drawn: Memo<Range<usize>> = Memo::new(move |_| {
        let total = total.get();
        let first = top.get().saturating_sub(BEYOND).min(total);
        first..(top.get() + rows.get() + GRAIN + BEYOND).min(total)
    });
    let path = Memo::new(move |_| file.with(|file| file.as_ref().map(|file| file.path.clone())));
    // Another file begins at its top; a wished line is shown in the middle.
    Effect::new(move |before: Option<Option<String>>| {
        let now = path.get();
        let wish = app.wanted_line.get();
        if let Some(pane) = pane.get_untracked() {
            if before.as_ref() != Some(&now) {
                pane.set_scroll_top(0);
            }
            if let Some((line, _)) = wish {
                let middle = pane.client_height() / 2;
                pane.set_scroll_top(i32::try_from(line).unwrap_or(0) * LINE - middle);
            }
        }
        now
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| measure());
    on_cleanup(move || resized.remove());
    let go = move |event: web_sys::MouseEvent| {
        if let Some(at) = line_of(&event) {
            let field = file.with_untracked(|file| telling_field(file.as_ref()?, at));
            if let Some(field) = field {
                app.go_to_field(&field);
            }
        }
    };
    view! {
        <div
            id="file-view"
            class="file-view"
            node_ref=pane
            tabindex="0"
            role="region"
            aria-label=say("page.file-view")
            on:scroll=move |_| measure()
            on:click=go
            style:--before=move || drawn.with(|drawn| drawn.start.to_string())
            style:--after=move || drawn.with(|drawn| (total.get() - drawn.end).to_string())
        >
            <div class="file-lines">
                <For each=move || drawn.get() key=|at| *at let:at>
                    <LineView file at />
                </For>
            </div>
        </div>
    }
}

/// The line that a click hit.
fn line_of(event: &web_sys::MouseEvent) -> Option<usize> {
    use wasm_bindgen::JsCast;
    let element: web_sys::Element = event.target()?.dyn_into().ok()?;
    let line = element.closest("[data-line]").ok()??;
    let number: usize = line.get_attribute("data-line")?.parse().ok()?;
    number.checked_sub(1)
}

/// The field that says most of a line: of those that made it, the one that made the fewest lines.
fn telling_field(file: &File, at: usize) -> Option<FieldPath> {
    let made = |field: &&FieldPath| {
        let lines = file.lines.iter();
        lines.filter(|line| line.origins.contains(field)).count()
    };
    file.lines.get(at)?.origins.iter().min_by_key(made).cloned()
}

#[component]
fn LineView(file: Memo<Option<Arc<File>>>, at: usize) -> impl IntoView {
    let app = expect_context::<App>();
    let line: Memo<Option<(FileKind, Line)>> = Memo::new(move |_| {
        file.with(|file| {
            let file = file.as_ref()?;
            Some((file.kind, file.lines.get(at)?.clone()))
        })
    });
    let touched = Memo::new(move |_| {
        file.with(|file| {
            let path = &file.as_ref()?.path;
            app.touched
                .with(|touched| Some(touched.get(path)?.binary_search(&at).is_ok()))
        })
        .unwrap_or(false)
    });
    let here = Memo::new(move |_| {
        app.focused.with(|focused| match focused {
            Some(path) => line.with(|line| {
                line.as_ref()
                    .is_some_and(|(_, line)| line.origins.contains(path))
            }),
            None => false,
        })
    });
    let leads = move || {
        line.with(|line| {
            line.as_ref()
                .is_some_and(|(_, line)| !line.origins.is_empty())
        })
    };
    let pieces = move || {
        line.with(|line| {
            line.as_ref().map(|(kind, line)| {
                colour::spans(*kind, line.role, &line.text)
                    .into_iter()
                    .map(|span| piece(span.class, line.text[span.start..span.end].to_owned()))
                    .collect_view()
            })
        })
    };
    view! {
        <div class="line" class:touched=touched class:here=here class:leads=leads data-line=at + 1>
            <span class="line-number" aria-hidden="true">{at + 1}</span>
            <code>{pieces}</code>
        </div>
    }
}

/// A part of a line in its colour; plain text needs no element.
fn piece(class: Class, text: String) -> AnyView {
    match class {
        Class::Plain => text.into_any(),
        class => view! { <span class=class.name()>{text}</span> }.into_any(),
    }
}
