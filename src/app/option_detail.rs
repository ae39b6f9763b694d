//! All that is known of the active option, at the foot of the table.

use std::sync::Arc;

use leptos::prelude::*;

use super::control::unit_key;
use super::field_row::Found;
use super::option_row::{
    Setting, breakable, default_words, importance_words, kind_key, range_words, update_words,
};
use super::options::{Catalogue, Entry};
use super::state::App;
use super::words::{say, say_with};
use crate::args;
use crate::catalog::Mode;
use crate::fields;

/// The foot of the table.
#[component]
pub fn OptionDetail(catalogue: Catalogue, entry: Arc<Entry>) -> impl IntoView {
    let app = expect_context::<App>();
    let setting = Setting::of(app, catalogue, &entry);
    let fact = |key: &str, words: String| {
        let some = !words.is_empty();
        some.then(|| view! { <div><dt>{say(key)}</dt><dd>{words}</dd></div> })
    };
    let values = entry.values;
    let kind = values.map(|values| {
        let kind = say(kind_key(values.kind));
        match unit_key(entry.unit) {
            Some(unit) => say_with("options.counted", args![kind, unit = say(unit)]),
            None => kind,
        }
    });
    let range = values.as_ref().map(range_words).unwrap_or_default();
    let mode = match entry.mode {
        Mode::Both => String::new(),
        Mode::ZooKeeper => say("options.mode.zookeeper"),
        Mode::KRaft => say("options.mode.kraft"),
    };
    let everyday = setting.path.with_value(fields::find).filter(|field| {
        // The table's own field holds those that no form has.
        field.id != catalogue.field().id
    });
    let everyday = everyday.map(|field| {
        let section = say(&format!("section.{}", field.section.id()));
        view! {
            <button type="button" class="link" on:click=move |_| setting.path.with_value(|path| app.go_to_field(path))>
                {say_with("options.everyday", args![section])}
            </button>
        }
    });
    let default = entry.clone();
    let state = move || {
        let (typed, written) = (setting.typed.get(), setting.written.get());
        match (typed, written) {
            (Some(text), _) if default.is_default(&text) => say("options.state.default"),
            (Some(_), _) => say("options.state.set"),
            (None, Some(value)) => say_with("options.state.ours", args![value]),
            (None, None) => say("options.state.unset"),
        }
    };
    let (label, title) = (entry.name.clone(), breakable(&entry.name));
    let facts = view! {
            <dl>
                {fact("options.column.default", default_words(&entry))}
                {fact("options.column.kind", kind.unwrap_or_default())}
                {fact("options.column.range", range)}
                {fact("options.column.since", entry.since.clone())}
                {fact("options.column.importance", entry.importance.map(importance_words).unwrap_or_default())}
                {fact("options.column.update", entry.update.map(update_words).unwrap_or_default())}
                {fact("options.column.mode", mode)}
                {fact("options.column.topic", entry.topic.unwrap_or_default().to_owned())}
                {fact("options.column.instead", entry.replaced_by.join(", "))}
            </dl>
    };
    view! {
        <section class="option-detail" aria-label=label>
            <header>
                <h3>{title}</h3>
                <p><span>{state}</span> {everyday}</p>
            </header>
            <Items setting entry />
            {facts}
            {move || setting.findings.get().into_iter().map(|finding| view! { <Found finding /> }).collect_view()}
        </section>
    }
}

/// The words that a list may hold, each to be put in or taken out.
#[component]
fn Items(setting: Setting, entry: Arc<Entry>) -> impl IntoView {
    let words = entry.items();
    if words.is_empty() {
        return ().into_any();
    }
    let label = say_with("options.items", args![name = entry.name.clone()]);
    let default = entry.default.clone().unwrap_or_default();
    let now = Memo::new(move |_| {
        let text = setting.typed.get().or_else(|| setting.written.get());
        let text = text.unwrap_or_else(|| default.clone());
        let items = text.split(',').map(|item| item.trim().to_owned());
        items
            .filter(|item| !item.is_empty())
            .collect::<Vec<String>>()
    });
    let toggle = move |word: &str| {
        let mut items = now.get_untracked();
        if items.iter().any(|item| item == word) {
            items.retain(|item| item != word);
        } else {
            items.push(word.to_owned());
        }
        setting.put(items.join(","));
        setting.app.settle();
    };
    let boxes = words.iter().map(|&word| {
        view! {
            <label class="option-item">
                <input
                    type="checkbox"
                    prop:checked=move || now.with(|now| now.iter().any(|item| item == word))
                    on:change=move |_| toggle(word)
                />
                {word}
            </label>
        }
    });
    view! { <div class="option-items" role="group" aria-label=label>{boxes.collect_view()}</div> }
        .into_any()
}
