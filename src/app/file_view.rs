//! The lines of a file, drawn as far as they are seen.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;

use super::browser::{focus, popover, timer};
use super::state::App;
use super::words::{field_words, say, say_with};
use crate::args;
use crate::design::FieldPath;
use crate::fields;
use crate::render::colour::{self, Class};
use crate::render::{File, FileKind, Line};

/// The height of a line, as `style/files.css` has it.
pub const LINE: i32 = 20;
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
    let lines = Lines::of(app, file);
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
            // The first one is at its top; saying so would have the browser lay the page out once more.
            if before.is_some_and(|before| before != now) {
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
    let choice = RwSignal::new(Vec::<FieldPath>::new());
    let open = move |at: usize| {
        let fields = file.with_untracked(|file| {
            file.as_ref()
                .map_or_else(Vec::new, |file| telling_fields(file, at))
        });
        match fields.as_slice() {
            [] => {}
            [field] => app.go_to_field(field),
            _ => {
                choice.set(fields);
                timer::when_drawn(move || {
                    let Some(line) = pane
                        .get_untracked()
                        .and_then(|pane| line_element(&pane, at))
                    else {
                        return;
                    };
                    // A browser without such boxes takes the field that says most.
                    if popover::open_beside(CHOICE, &line).is_err() {
                        let first = choice.with_untracked(|choice| choice.first().cloned());
                        if let Some(first) = first {
                            app.go_to_field(&first);
                        }
                    }
                    let _ = focus::focus_first(CHOICE, "button");
                });
            }
        }
    };
    let go = move |event: web_sys::MouseEvent| {
        // Text that was marked is to be copied.
        if let Some(at) = line_of(&event).filter(|_| !focus::has_marked_text()) {
            open(at);
        }
    };
    // Gives a line the focus, once it is drawn and seen.
    let stand = move |at: usize| {
        let Some(pane) = pane.get_untracked() else {
            return;
        };
        let here = i32::try_from(at).unwrap_or(0) * LINE;
        let (top, height) = (pane.scroll_top(), pane.client_height());
        if here < top {
            pane.set_scroll_top(here);
        } else if here + 2 * LINE > top + height {
            pane.set_scroll_top(here + 2 * LINE - height);
        }
        measure();
        timer::when_drawn(move || {
            if let Some(line) = line_element(&pane, at) {
                // A line of the page can take the focus.
                let _ = line.focus();
            }
        });
    };
    let key = move |event: web_sys::KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() || event.shift_key() {
            return;
        }
        let now = line_of(&event);
        let seen = pane
            .get_untracked()
            .map_or(0, |pane| pane.scroll_top() / LINE);
        let start = usize::try_from(seen).unwrap_or(0);
        let last = total.get_untracked().saturating_sub(1);
        let leap = rows.get_untracked().saturating_sub(2);
        let next = match (event.key().as_str(), now) {
            ("Enter", Some(at)) => {
                event.prevent_default();
                open(at);
                return;
            }
            ("ArrowDown", None) => start,
            ("ArrowDown", Some(at)) => at + 1,
            ("ArrowUp", Some(at)) => at.saturating_sub(1),
            ("PageDown", Some(at)) => at + leap,
            ("PageUp", Some(at)) => at.saturating_sub(leap),
            ("Home", Some(_)) => 0,
            ("End", Some(_)) => last,
            _ => return,
        };
        event.prevent_default();
        stand(next.min(last));
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
            on:keydown=key
            style:--before=move || drawn.with(|drawn| drawn.start.to_string())
            style:--after=move || drawn.with(|drawn| (total.get() - drawn.end).to_string())
        >
            <div class="file-lines">
                <For each=move || drawn.get() key=|at| *at let:at>
                    <LineView lines at />
                </For>
            </div>
        </div>
        <LineChoice choice />
    }
}

/// The id of the box in which one of several fields is chosen.
const CHOICE: &str = "line-choice";

/// Fields that are offered for one line.
const CHOICES: usize = 8;

/// The fields that made a line, where there are several.
#[component]
fn LineChoice(choice: RwSignal<Vec<FieldPath>>) -> impl IntoView {
    let app = expect_context::<App>();
    let buttons = move || {
        let fields = choice.get();
        let more = fields.len().saturating_sub(CHOICES);
        let buttons = fields.into_iter().take(CHOICES).map(|field| {
            let words = field_words(&field);
            let section =
                fields::find(&field).map(|field| say(&format!("section.{}", field.section.id())));
            view! {
                <li>
                    <button
                        type="button"
                        data-choice=field.to_string()
                        on:click=move |_| {
                            popover::close(CHOICE);
                            app.go_to_field(&field);
                        }
                    >
                        {words}
                        <small>{section}</small>
                    </button>
                </li>
            }
        });
        let more = (more > 0).then(|| view! { <li><small>{say_with("page.more-places", args![count = more])}</small></li> });
        view! { {buttons.collect_view()} {more} }
    };
    let key = move |event: web_sys::KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowDown" => 1,
            "ArrowUp" => -1,
            _ => return,
        };
        event.prevent_default();
        focus::step_among(CHOICE, "button", step);
    };
    view! {
        <div id=CHOICE class="line-choice" popover="auto" role="dialog" aria-label=say("page.line-choice") on:keydown=key>
            <p>{say("page.line-choice")}</p>
            <ul>{buttons}</ul>
        </div>
    }
}

fn line_element(pane: &web_sys::Element, at: usize) -> Option<web_sys::HtmlElement> {
    use wasm_bindgen::JsCast;
    let line = pane.query_selector(&format!("[data-line='{}']", at + 1));
    line.ok()??.dyn_into().ok()
}

/// The line that an event came from.
fn line_of(event: &web_sys::Event) -> Option<usize> {
    use wasm_bindgen::JsCast;
    let element: web_sys::Element = event.target()?.dyn_into().ok()?;
    let line = element.closest("[data-line]").ok()??;
    let number: usize = line.get_attribute("data-line")?.parse().ok()?;
    number.checked_sub(1)
}

/// The fields that made a line; first the one that made the fewest others, for it says most of this one.
/// A field that made the whole file says nothing of a line that others made, too.
fn telling_fields(file: &File, at: usize) -> Vec<FieldPath> {
    let made = |field: &FieldPath| {
        let lines = file.lines.iter();
        lines.filter(|line| line.origins.contains(field)).count()
    };
    let Some(line) = file.lines.get(at) else {
        return Vec::new();
    };
    let known = line.origins.iter();
    let known = known.filter(|field| fields::find(field).is_some());
    let mut fields: Vec<(usize, FieldPath)> =
        known.map(|field| (made(field), field.clone())).collect();
    fields.sort_by_key(|(made, _)| *made);
    let whole = file.lines.iter().filter(|line| !line.origins.is_empty());
    let whole = whole.count();
    let telling = fields.partition_point(|(made, _)| *made < whole);
    if telling > 0 {
        fields.truncate(telling);
    }
    fields.into_iter().map(|(_, field)| field).collect()
}

/// A line as it is drawn.
#[derive(Clone, PartialEq)]
struct Drawn {
    kind: FileKind,
    line: Line,
    /// Whether the last edit touched it.
    touched: bool,
    /// Whether the field with the focus made it.
    here: bool,
}

/// The lines that are drawn, by number; each has a signal of its own, so that a key costs no more than the
/// lines that it changes.
#[derive(Clone, Copy)]
struct Lines {
    app: App,
    file: Memo<Option<Arc<File>>>,
    drawn: StoredValue<BTreeMap<usize, RwSignal<Option<Drawn>>>>,
}

impl Lines {
    fn of(app: App, file: Memo<Option<Arc<File>>>) -> Self {
        let lines = Self {
            app,
            file,
            drawn: StoredValue::new(BTreeMap::new()),
        };
        Effect::new(move |_| {
            file.track();
            app.touched.track();
            app.focused.track();
            lines.drawn.with_value(|drawn| {
                for (at, line) in drawn {
                    let now = lines.at(*at);
                    if line.with_untracked(|before| *before != now) {
                        line.set(now);
                    }
                }
            });
        });
        lines
    }

    /// A line, as long as the one who asks for it is drawn.
    fn line(self, at: usize) -> RwSignal<Option<Drawn>> {
        let line = RwSignal::new(self.at(at));
        self.drawn.update_value(|drawn| {
            drawn.insert(at, line);
        });
        on_cleanup(move || {
            // Another may have taken its place.
            self.drawn.try_update_value(|drawn| {
                if drawn.get(&at) == Some(&line) {
                    drawn.remove(&at);
                }
            });
        });
        line
    }

    fn at(self, at: usize) -> Option<Drawn> {
        let file = self.file.get_untracked()?;
        let line = file.lines.get(at)?;
        let touched = self.app.touched.with_untracked(|touched| {
            let lines = touched.get(&file.path);
            lines.is_some_and(|lines| lines.binary_search(&at).is_ok())
        });
        let here = self.app.focused.with_untracked(|focused| {
            let focused = focused.as_ref();
            focused.is_some_and(|focused| line.origins.contains(focused))
        });
        Some(Drawn {
            kind: file.kind,
            line: line.clone(),
            touched,
            here,
        })
    }
}

#[component]
fn LineView(lines: Lines, at: usize) -> impl IntoView {
    let line = lines.line(at);
    let is = move |what: fn(&Drawn) -> bool| line.with(|line| line.as_ref().is_some_and(what));
    let pieces = move || {
        line.with(|line| {
            line.as_ref().map(|Drawn { kind, line, .. }| {
                colour::spans(*kind, line.role, &line.text)
                    .into_iter()
                    .map(|span| piece(span.class, line.text[span.start..span.end].to_owned()))
                    .collect_view()
            })
        })
    };
    view! {
        <div
            class="line"
            class:touched=move || is(|line| line.touched)
            class:here=move || is(|line| line.here)
            class:leads=move || is(|line| !line.line.origins.is_empty())
            data-line=at + 1
            tabindex="-1"
        >
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
