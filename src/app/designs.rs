//! The designs that this browser keeps: the name of the present one, and the list of all.

use leptos::prelude::*;

use super::browser::{download, focus, timer};
use super::icon::{Icon, Sign};
use super::shelf::{self, Place, Record};
use super::state::{App, name_words, saved_words};
use super::words::{say, say_with};
use crate::args;
use crate::design::{self, Design};

/// A design in the list.
#[derive(Clone, PartialEq)]
struct Entry {
    place: Place,
    name: String,
    /// Why it cannot be opened, when it cannot.
    damage: Option<String>,
    /// Whether it was deleted in this visit.
    deleted: bool,
}

impl Entry {
    fn of(record: &Record, deleted: bool) -> Self {
        let read = design::read(&record.text);
        let nothing = Design::default();
        Self {
            place: record.place.clone(),
            name: name_words(&record.place, read.as_ref().unwrap_or(&nothing)),
            damage: read.err().map(|error| error.to_string()),
            deleted,
        }
    }
}

/// The name of the present design.
#[component]
pub fn DesignName() -> impl IntoView {
    let app = expect_context::<App>();
    let typed = RwSignal::new(None::<String>);
    let name = move || {
        let named = typed.get();
        named.unwrap_or_else(|| app.place.with(|place| place.name.clone()))
    };
    let saved = move || {
        app.shelf.track();
        let place = app.place.get_untracked();
        match place.revision {
            0 => say("designs.unsaved"),
            _ => say_with("designs.saved", args![time = saved_words(&place)]),
        }
    };
    view! {
        <form
            class="design-name"
            on:submit=move |event| {
                event.prevent_default();
                if let Some(name) = typed.get_untracked() {
                    app.rename(&name);
                    typed.set(None);
                    let name = app.place.with_untracked(|place| place.name.clone());
                    focus::announce(&say_with("designs.named", args![name]));
                }
            }
        >
            <label for="design-name">{say("designs.name")}</label>
            <div>
                <input
                    type="text"
                    id="design-name"
                    maxlength="80"
                    autocomplete="off"
                    spellcheck="false"
                    placeholder=say("designs.name.none")
                    aria-describedby="design-saved"
                    prop:value=name
                    on:input=move |event| typed.set(Some(event_target_value(&event)))
                />
                <button type="submit" id="design-rename" class="tool">{say("designs.rename")}</button>
            </div>
            <p id="design-saved">{saved}</p>
        </form>
    }
}

/// Every kept design, the deleted ones of this visit among them.
#[component]
pub fn DesignList() -> impl IntoView {
    let app = expect_context::<App>();
    let entries = Memo::new(move |_| {
        // Nobody has looked yet.
        if app.shelf.get() == 0 {
            return Vec::new();
        }
        let kept = shelf::all().unwrap_or_default();
        let kept = kept.iter().map(|record| Entry::of(record, false));
        app.deleted.with(|deleted| {
            let deleted = deleted.iter().map(|record| Entry::of(record, true));
            kept.chain(deleted).collect::<Vec<_>>()
        })
    });
    move || {
        let entries = entries.get();
        (!entries.is_empty()).then(|| {
            let lines = entries.into_iter().map(|entry| view! { <Line entry /> });
            view! {
                <h3 id="designs-title" tabindex="-1">{say("designs.kept")}</h3>
                <ul class="designs" aria-labelledby="designs-title">{lines.collect_view()}</ul>
            }
        })
    }
}

#[component]
fn Line(entry: Entry) -> impl IntoView {
    let app = expect_context::<App>();
    let Entry {
        place,
        name,
        damage,
        deleted,
    } = entry;
    let id = StoredValue::new(place.id.clone());
    let current = move || app.place.with(|place| id.with_value(|id| place.id == *id));
    let tool = |sign: Sign, key: &'static str, act: fn(App, &str)| {
        let label = say_with(key, args![name = name.clone()]);
        view! {
            <button
                type="button"
                class="tool bare"
                data-act=key
                aria-label=label.clone()
                title=label
                on:click=move |_| {
                    id.with_value(|id| act(app, id));
                    // The line may be gone, and the focus with it.
                    timer::when_drawn(|| {
                        if let Ok(title) = focus::element("designs-title") {
                            let _ = title.focus();
                        }
                    });
                }
            >
                <Icon sign />
            </button>
        }
    };
    let date = (place.saved > 0.0).then(|| saved_words(&place));
    let body = match (deleted, damage) {
        (true, _) => view! {
            <p class="designs-gone">{say_with("designs.deleted", args![name = name.clone()])}</p>
            <button
                type="button"
                class="link"
                data-act="designs.bring-back"
                on:click=move |_| id.with_value(|id| app.bring_back(id))
            >
                {say("designs.bring-back")}
            </button>
        }
        .into_any(),
        (false, Some(error)) => view! {
            <div class="designs-damaged">
                <strong>{say("designs.damaged")}</strong>
                <small>{error}</small>
            </div>
            {tool(Sign::Download, "designs.download", save)}
            {tool(Sign::Remove, "designs.delete", |app, id| app.delete(id))}
        }
        .into_any(),
        (false, None) => view! {
            <button
                type="button"
                class="designs-open"
                aria-current=move || current().then_some("true")
                on:click=move |_| {
                    id.with_value(|id| {
                        if app.place.with_untracked(|place| place.id != *id) {
                            app.open_design(id);
                        }
                    });
                    focus::close_dialogs();
                }
            >
                <strong>{name.clone()}</strong>
                <small>{date}</small>
            </button>
            {tool(Sign::Copy, "designs.duplicate", |app, id| app.duplicate(id))}
            {tool(Sign::Remove, "designs.delete", |app, id| app.delete(id))}
        }
        .into_any(),
    };
    view! { <li data-design=place.id>{body}</li> }
}

/// Hands a kept text over as a file, as it is.
fn save(app: App, id: &str) {
    let Ok(Some(record)) = shelf::get(id) else {
        return;
    };
    if download::save("design.yaml", "application/yaml", record.text.as_bytes()).is_err() {
        app.notice(crate::text::Sentence::plain("page.download-refused"));
    }
}
