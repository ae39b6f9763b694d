//! What differs between two designs, as a list to read, and to take over from.

use leptos::prelude::*;

use super::control::choice_words;
use super::words::{lang, say, say_with};
use crate::args;
use crate::compare::settings::{Difference, Part, Side};
use crate::rules::Effect;

/// How much of a value is shown.
const SHOWN: usize = 120;

/// What one side has, in words.
pub fn side_words(part: &Part, side: &Side) -> String {
    let word = |text: &str| {
        let words = match part.field() {
            Some(field) => choice_words(field, text),
            None => text.to_owned(),
        };
        if words.is_empty() {
            return say("page.nothing");
        }
        if words.chars().count() > SHOWN {
            return words.chars().take(SHOWN - 1).chain(['…']).collect();
        }
        words
    };
    match side {
        Side::Typed(text) => word(text),
        Side::Start(start) => say_with("page.default", args![start = word(start)]),
        Side::Derived(text) => say_with("page.derived", args![text = word(text)]),
        Side::Pieces(count) if matches!(part, Part::Extras(_)) => {
            say_with("differ.pieces", args![count = *count])
        }
        Side::Pieces(_) => say("differ.there"),
        Side::Nothing if matches!(part, Part::Item { .. } | Part::Silence { .. }) => {
            say("differ.not-there")
        }
        Side::Nothing => say("differ.not-set"),
    }
}

/// Differences by the pages of the form, each with its effect and a way to take it over.
#[component]
pub fn Differences(
    lines: Vec<(Difference, Option<Effect>)>,
    /// What taking the difference with this number over does; without it there is no button.
    #[prop(optional)]
    take: Option<Callback<usize>>,
) -> impl IntoView {
    let mut groups: Vec<(String, Vec<AnyView>)> = Vec::new();
    for (at, (difference, effect)) in lines.into_iter().enumerate() {
        let title = match difference.part.section() {
            Some(section) => say(&format!("section.{}", section.id())),
            None => say("differ.rest"),
        };
        let line = view! { <Line at difference effect take /> }.into_any();
        match groups.last_mut() {
            Some((last, lines)) if *last == title => lines.push(line),
            _ => groups.push((title, vec![line])),
        }
    }
    let groups = groups.into_iter().map(|(title, lines)| {
        view! {
            <section>
                <h3>{title}</h3>
                <ul>{lines}</ul>
            </section>
        }
    });
    view! { <div class="differences">{groups.collect_view()}</div> }
}

/// The id of a button that takes a difference over.
pub fn take_id(at: usize) -> String {
    format!("compare-take-{at}")
}

#[component]
fn Line(
    at: usize,
    difference: Difference,
    effect: Option<Effect>,
    take: Option<Callback<usize>>,
) -> impl IntoView {
    let Difference {
        part,
        before,
        after,
    } = difference;
    let what = part.sentence().words(lang());
    let label = say_with("differ.take.what", args![what = what.clone()]);
    let key = match &part {
        Part::Value(path) => path.to_string(),
        _ => String::new(),
    };
    view! {
        <li data-part=key>
            <strong>{what}</strong>
            <span class="differences-sides">
                <span class="unseen">{say("differ.from")}</span>
                <span>{side_words(&part, &before)}</span>
                <span aria-hidden="true">" → "</span>
                <span class="unseen">{say("differ.to")}</span>
                <span>{side_words(&part, &after)}</span>
            </span>
            {effect.map(|effect| view! {
                <span class="differences-effect" data-effect=effect.name() title=effect.words(lang())>
                    {say(&format!("differ.effect.{}", effect.name()))}
                </span>
            })}
            {take.map(|take| view! {
                <button
                    type="button"
                    class="tool"
                    id=take_id(at)
                    aria-label=label.clone()
                    title=label
                    on:click=move |_| take.run(at)
                >
                    {say("differ.take")}
                </button>
            })}
        </li>
    }
}
