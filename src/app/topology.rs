//! The cluster as a drawing above the form: every part of it leads to its field and its lines, and can be
//! lost to see what remains.
//!
//! The engine draws and decides; this place puts its shapes into the page, moves the focus among them and
//! hands presses on. One element of the drawing is in the order of the tab key; arrows lead to the others.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::browser::{focus, size};
use super::losses::{LossPanel, Weakest};
use super::state::App;
use super::words::{lang, say};
use crate::drawing::svg::{self, Use};
use crate::drawing::{self, Drawing, Fate, Room, Shape, Way};

/// How high the drawing becomes before it leaves details out.
const HEIGHT: i32 = 236;

/// The grain in which the drawing follows the width of its place.
const GRAIN: i32 = 12;

/// The strip above the form.
#[component]
pub fn Topology() -> impl IntoView {
    let app = expect_context::<App>();
    let width = RwSignal::new(540);
    let room = move || Room {
        width: width.get(),
        height: HEIGHT,
    };
    let picture = Memo::new(move |_| {
        let room = room();
        app.report.with(|report| {
            app.model
                .with(|model| drawing::Picture::of(&report.plan, &model.placement, room, lang()))
        })
    });
    let drawing = Memo::new(move |_| picture.with(|picture| picture.drawing.clone()));
    let title = Memo::new(move |_| picture.with(|picture| picture.title.clone()));
    let words = Memo::new(move |_| picture.with(|picture| picture.words.clone()));
    view! {
        <section class="topology" aria-label=say("topology.label") class:losing=app.losing>
            <header>
                <strong>{title}</strong>
                <Weakest />
                <button
                    type="button"
                    class="topology-what-if"
                    id="what-if"
                    aria-pressed=move || app.losing.get().to_string()
                    on:click=move |_| ask(app)
                >
                    {say("topology.what-if")}
                </button>
            </header>
            <Picture drawing width />
            <p class="unseen" id="topology-keys">{say("topology.keys")}</p>
            <Spoken words />
            <LossPanel />
        </section>
    }
}

/// Begins to ask what if, or ends it: then everything runs again.
fn ask(app: App) {
    let asks = !app.losing.get_untracked();
    app.losing.set(asks);
    if !asks {
        app.lost.set(Vec::new());
    }
}

/// The drawing in sentences, for those who do not see it.
#[component]
fn Spoken(words: Memo<Vec<String>>) -> impl IntoView {
    view! {
        <ul class="unseen" id="topology-words">
            {move || words.get().into_iter().map(|words| view! { <li>{words}</li> }).collect_view()}
        </ul>
    }
}

/// The shapes.
#[component]
fn Picture(drawing: Memo<Drawing>, width: RwSignal<i32>) -> impl IntoView {
    let app = expect_context::<App>();
    let pane = NodeRef::<html::Div>::new();
    let markup = Memo::new(move |_| drawing.with(markup));
    let watch = StoredValue::new_local(None);
    // The part that the tab key leads to.
    let here = StoredValue::new(String::new());
    Effect::new(move |before: Option<String>| {
        let now = markup.get();
        let (losing, lost) = (app.losing.get(), app.lost.get());
        let Some(pane) = pane.get() else {
            return String::new();
        };
        if watch.with_value(Option::is_none) {
            let seen = move |wide: i32| {
                let wide = wide / GRAIN * GRAIN;
                if wide > 0 && width.get_untracked() != wide {
                    width.set(wide);
                }
            };
            // Without it the drawing keeps its first width, and is scrolled.
            watch.set_value(size::watch_width(&pane, seen).ok());
        }
        if before.as_ref() != Some(&now) {
            let focused = pane.query_selector("[data-part]:focus").ok().flatten();
            pane.set_inner_html(&now);
            enter(&pane, here);
            if focused.is_some() {
                here.with_value(|here| go(&pane, here));
            }
        }
        drawing.with_untracked(|drawing| {
            app.model.with_untracked(|model| {
                let fates = drawing.fates(&model.placement, &lost);
                for (shape, fate) in drawing.shapes.iter().zip(fates) {
                    show_fate(&pane, shape, fate, losing);
                }
            });
        });
        now
    });
    let press = move |id: &str| {
        let Some(shape) = drawing.with_untracked(|drawing| drawing.shape(id).cloned()) else {
            return;
        };
        match shape.loss {
            Some(part) if app.losing.get_untracked() => app.lose(part),
            _ => follow(app, &shape),
        }
    };
    let key = move |event: web_sys::KeyboardEvent| {
        let (Some(pane), Some(id)) = (pane.get_untracked(), part_of(&event)) else {
            return;
        };
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let beside = |way| {
            drawing.with_untracked(|drawing| drawing.beside(&id, way).map(|one| one.id.clone()))
        };
        let end = |last: bool| {
            drawing.with_untracked(|drawing| {
                let shapes = &drawing.shapes;
                let end = if last { shapes.last() } else { shapes.first() };
                end.map(|shape| shape.id.clone())
            })
        };
        let next = match event.key().as_str() {
            "ArrowRight" => beside(Way::Next),
            "ArrowLeft" => beside(Way::Back),
            "ArrowUp" => beside(Way::Up),
            "ArrowDown" => beside(Way::Down),
            "Home" => end(false),
            "End" => end(true),
            "Enter" | " " => {
                event.prevent_default();
                press(&id);
                return;
            }
            "Delete" | "Backspace" | "x" => {
                event.prevent_default();
                let shape = drawing.with_untracked(|drawing| drawing.shape(&id).cloned());
                if let Some(part) = shape.and_then(|shape| shape.loss) {
                    app.losing.set(true);
                    app.lose(part);
                }
                return;
            }
            _ => return,
        };
        event.prevent_default();
        if let Some(next) = next {
            go(&pane, &next);
            here.set_value(next);
        }
    };
    view! {
        <div
            class="topology-picture"
            node_ref=pane
            on:click=move |event| {
                if let Some(id) = part_of(&event) {
                    here.set_value(id.clone());
                    press(&id);
                }
            }
            on:keydown=key
        ></div>
    }
}

/// The drawing as the page's own element.
fn markup(drawing: &Drawing) -> String {
    let (width, height) = (drawing.width, drawing.height);
    let label = svg::escape(&say("topology.label"));
    let mut markup = format!(
        "<svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"group\" aria-label=\"{label}\" aria-describedby=\"topology-keys\">"
    );
    for (line, _) in svg::lines(drawing, Use::Page) {
        markup.push_str(&line);
    }
    markup.push_str("</svg>");
    markup
}

fn element(pane: &Element, id: &str) -> Option<Element> {
    pane.query_selector(&format!("[data-part='{id}']"))
        .ok()
        .flatten()
}

/// The part that an event came from.
fn part_of(event: &web_sys::Event) -> Option<String> {
    let element: Element = event.target()?.dyn_into().ok()?;
    element
        .closest("[data-part]")
        .ok()??
        .get_attribute("data-part")
}

/// Lets the tab key lead to one part: the last one that had the focus, while it is there.
fn enter(pane: &Element, here: StoredValue<String>) {
    let kept = here.with_value(|here| element(pane, here));
    let first = kept.or_else(|| pane.query_selector("[data-part]").ok().flatten());
    if let Some(first) = first {
        // An element of the page takes any attribute.
        let _ = first.set_attribute("tabindex", "0");
        here.set_value(first.get_attribute("data-part").unwrap_or_default());
    }
}

/// Gives a part the focus, and with it the tab key.
fn go(pane: &Element, id: &str) {
    let Some(next) = element(pane, id) else {
        return;
    };
    if let Ok(Some(last)) = pane.query_selector("[data-part][tabindex='0']") {
        let _ = last.set_attribute("tabindex", "-1");
    }
    let _ = next.set_attribute("tabindex", "0");
    if let Some(next) = next.dyn_ref::<web_sys::SvgElement>() {
        // It is drawn, so it takes the focus.
        let _ = next.focus();
        next.scroll_into_view_with_scroll_into_view_options(&focus::nearest());
    }
}

fn show_fate(pane: &Element, shape: &Shape, fate: Fate, losing: bool) {
    let Some(element) = element(pane, &shape.id) else {
        return;
    };
    let put = |name: &str, value: Option<&str>| {
        // An element of the page takes any attribute.
        let _ = match value {
            Some(value) => element.set_attribute(name, value),
            None => element.remove_attribute(name),
        };
    };
    let (name, words) = match fate {
        Fate::Up => (None, None),
        Fate::Lost => (Some("lost"), Some(say("topology.lost"))),
        Fate::Down => (Some("down"), Some(say("topology.down"))),
    };
    put("data-fate", name);
    put("aria-description", words.as_deref());
    let pressed = shape.loss.filter(|_| losing).map(|_| match fate {
        Fate::Lost => "true",
        Fate::Up | Fate::Down => "false",
    });
    put("aria-pressed", pressed);
}

/// Shows the line and the field of a shape.
fn follow(app: App, shape: &Shape) {
    let report = app.report_now();
    let place = report.file(shape.place.file).and_then(|file| {
        let holds = |own: bool| {
            file.lines.iter().position(|line| {
                line.text.contains(&shape.place.holds)
                    && (!own || line.origins.contains(&shape.field))
            })
        };
        Some((file.path.clone(), holds(true).or_else(|| holds(false))?))
    });
    if let Some((file, line)) = place {
        app.go_to_line(&file, Some(line));
    }
    app.go_to_field(&shape.field);
}
