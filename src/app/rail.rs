//! The sections of the form, with how much of each is edited and found wrong.

use leptos::prelude::*;

use super::icon::severity_name;
use super::learn::Learn;
use super::state::{App, Tally, worst};
use super::words::{say, say_with};
use crate::args;
use crate::fields::Section;

/// The heading that begins at a section.
const fn heading(section: Section) -> Option<&'static str> {
    match section {
        Section::Cluster => Some("page.group.cluster"),
        Section::Resources => Some("page.group.pods"),
        Section::Images => Some("page.group.images"),
        Section::KafkaOptions => Some("page.group.everything"),
        _ => None,
    }
}

/// The sections.
#[component]
pub fn Rail() -> impl IntoView {
    let app = expect_context::<App>();
    view! {
        <nav id="rail" class="rail" tabindex="-1" aria-label=say("page.sections")>
            {move || app
                .sections
                .get()
                .into_iter()
                .map(|section| {
                    view! {
                        {heading(section).map(|key| view! { <h2>{say(key)}</h2> })}
                        <SectionButton section />
                    }
                })
                .collect_view()}
            <h2>{say("learn")}</h2>
            {Learn::ALL.into_iter().map(|page| view! { <LearnButton page /> }).collect_view()}
        </nav>
    }
}

/// How much of a section is edited and found wrong.
pub fn tally_of(app: App, section: Section) -> Memo<Tally> {
    Memo::new(move |_| {
        app.tallies
            .with(|tallies| tallies.get(&section).copied().unwrap_or_default())
    })
}

#[component]
fn SectionButton(section: Section) -> impl IntoView {
    let app = expect_context::<App>();
    let tally = tally_of(app, section);
    let edits = move || {
        let count = tally.get().edits;
        (count > 0).then(|| {
            view! {
                <span class="rail-edits" title=say_with("page.edits", args![count])>
                    {count}
                </span>
            }
        })
    };
    let found = move || {
        worst(tally.get().found).map(|(severity, count)| {
            let name = severity_name(severity);
            let words = say_with(&format!("page.{name}s"), args![count]);
            let title = words.clone();
            view! {
                <span class=format!("mark {name}") title=title>
                    <span aria-hidden="true">{count}</span>
                    <span class="unseen">{words}</span>
                </span>
            }
        })
    };
    view! {
        <button
            type="button"
            class="rail-section"
            data-section=section.id()
            aria-current=move || (app.learn.get().is_none() && app.section.get() == section).then_some("page")
            on:click=move |_| app.go_to_section(section)
        >
            <span>{say(&format!("section.{}", section.id()))}</span>
            {edits}
            {found}
        </button>
    }
}

#[component]
fn LearnButton(page: Learn) -> impl IntoView {
    let app = expect_context::<App>();
    view! {
        <button
            type="button"
            class="rail-section"
            data-learn-page=page.id()
            aria-current=move || (app.learn.get() == Some(page)).then_some("page")
            on:click=move |_| app.go_to_learn(page)
        >
            <span>{say(page.title())}</span>
        </button>
    }
}
