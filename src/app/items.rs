//! Repeatable things: broker groups, listeners, disks. A card for each item.

use leptos::prelude::*;

use super::browser;
use super::field_row::FieldRow;
use super::icon::{Icon, Sign};
use super::state::App;
use super::words::{lang, say, say_with};
use crate::args;
use crate::design::Change;
use crate::fields::Field;
use crate::text::Sentence;

/// The items of a list, each with its fields.
#[component]
pub fn Items(list: &'static str, fields: Vec<&'static Field>) -> impl IntoView {
    let app = expect_context::<App>();
    let keys = Memo::new(move |_| {
        app.design.with(|design| {
            design
                .keys(list)
                .map(str::to_owned)
                .collect::<Vec<String>>()
        })
    });
    let alone = Memo::new(move |_| keys.with(|keys| keys.len() < 2));
    let fields = StoredValue::new(fields);
    view! {
        <For each=move || keys.get() key=Clone::clone let:key>
            <Item list item=key fields=fields.get_value() alone />
        </For>
        <AddItem list keys first=fields.with_value(|fields| fields.first().copied()) />
    }
}

#[component]
fn Item(
    list: &'static str,
    item: String,
    fields: Vec<&'static Field>,
    alone: Memo<bool>,
) -> impl IntoView {
    let app = expect_context::<App>();
    let title = say_with(&format!("items.{list}.title"), args![key = item.clone()]);
    let label = title.clone();
    let key = item.clone();
    let what = Sentence::new(format!("items.{list}.remove"), args![key]);
    let remove_words = what.words(lang());
    let removed = item.clone();
    let remove = move |_| {
        let change = Change::Remove {
            list: list.to_owned(),
            key: removed.clone(),
        };
        app.apply(what.clone(), &[change]);
    };
    let marker = item.clone();
    view! {
        <section class="item" aria-label=label data-item=format!("{list}[{marker}]")>
            <header>
                <h4>{title}</h4>
                <button
                    type="button"
                    class="tool bare"
                    hidden=alone
                    data-remove=format!("{list}[{marker}]")
                    aria-label=remove_words.clone()
                    title=remove_words
                    on:click=remove
                >
                    <Icon sign=Sign::Remove />
                </button>
            </header>
            <div class="card-grid">
                {fields
                    .into_iter()
                    .filter(|field| !matches!(field.kind, crate::fields::Kind::Choice([_])))
                    .map(|field| view! { <FieldRow field key=item.clone() /> })
                    .collect_view()}
            </div>
        </section>
    }
}

/// Asks for a key and adds an item.
#[component]
fn AddItem(
    list: &'static str,
    keys: Memo<Vec<String>>,
    first: Option<&'static Field>,
) -> impl IntoView {
    let app = expect_context::<App>();
    let name = RwSignal::new(String::new());
    let key = Memo::new(move |_| key_of(&name.get()));
    let taken = move || keys.with(|keys| key.with(|key| keys.contains(key)));
    let add = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let key = key.get_untracked();
        if key.is_empty() || keys.with_untracked(|keys| keys.contains(&key)) {
            return;
        }
        let change = Change::Add {
            list: list.to_owned(),
            key: key.clone(),
        };
        app.apply(Sentence::plain(format!("items.{list}.add")), &[change]);
        name.set(String::new());
        if let Some(field) = first {
            let id = format!("field-{}", field.path(Some(&key)));
            browser::timer::when_drawn(move || browser::focus::focus(&id).unwrap_or_default());
        }
    };
    let id = format!("add-{list}");
    view! {
        <form class="add-item" on:submit=add>
            <label class="unseen" for=id.clone()>{say(&format!("items.{list}.key"))}</label>
            <span class="box">
                <input
                    type="text"
                    id=id.clone()
                    aria-describedby=format!("{id}-note")
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    placeholder=say(&format!("items.{list}.key"))
                    prop:value=name
                    on:input=move |event| {
                        name.set(event_target_value(&event));
                        if taken() {
                            browser::focus::announce(&say("items.taken"));
                        }
                    }
                />
            </span>
            <button
                type="submit"
                class="tool"
                data-add=list
                disabled=move || key.with(String::is_empty) || taken()
            >
                <Icon sign=Sign::Add />
                {say(&format!("items.{list}.add"))}
            </button>
            <span class="add-item-note" id=format!("{id}-note")>
                {move || taken().then(|| say("items.taken"))}
            </span>
        </form>
    }
}

/// A name as a key: lower-case letters, digits and hyphens, so that it fits into paths and names.
fn key_of(name: &str) -> String {
    let key: String = name
        .trim()
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(30)
        .collect();
    key.trim_matches('-').to_owned()
}
