//! The middle: the topology, and the chosen section as cards of fields.

use leptos::prelude::*;

use super::browser::{focus, timer};
use super::field_row::FieldRow;
use super::icon::{Icon, Sign};
use super::items::Items;
use super::kept::KeptNotice;
use super::later;
use super::learn::Learn;
use super::options::Catalogue;
use super::state::{App, worst};
use super::terms::{Seen, explained};
use super::topology::Topology;
use super::update::UpdateNotice;
use super::words::{card_title, lang, maybe, say, say_with};
use crate::args;
use crate::fields::{FIELDS, Field, Kind, Section};

/// The middle pane.
#[component]
pub fn Form() -> impl IntoView {
    let app = expect_context::<App>();
    view! {
        <section id="form" class="form" tabindex="-1" data-focus="form" aria-label=say("page.view.design") on:scroll=move |event| app.scrolled.set(event_target::<web_sys::Element>(&event).scroll_top())>
            <UpdateNotice />
            <KeptNotice />
            <Notices />
            <SectionChooser />
            <Topology />
            {move || match app.learn.get() {
                Some(page) => later::shown(app, move |tools| (tools.learn)(page)),
                None => view! {
                    <fieldset class="settings" disabled=app.read_only>
                        <SectionSheet section=app.section.get() />
                    </fieldset>
                }.into_any(),
            }}
        </section>
    }
}

/// What the page has to say as a whole, until it is dismissed.
#[component]
fn Notices() -> impl IntoView {
    let app = expect_context::<App>();
    let shown = move || {
        let notices = app.notices.get();
        let shown = notices.into_iter().enumerate().map(|(at, sentence)| {
            view! {
                <div class="notice">
                    <p>{sentence.words(lang())}</p>
                    <button
                        type="button"
                        class="tool bare"
                        aria-label=say("page.close")
                        on:click=move |_| {
                            app.notices.update(|notices| drop(notices.remove(at)));
                            timer::when_drawn(focus::hand_on);
                        }
                    >
                        <Icon sign=Sign::Close />
                    </button>
                </div>
            }
        });
        shown.collect_view()
    };
    view! { {shown} }
}

/// Chooses the section where the list of sections has no room.
#[component]
fn SectionChooser() -> impl IntoView {
    let app = expect_context::<App>();
    let choose = move |event: web_sys::Event| {
        let id = event_target_value(&event);
        if let Some(page) = Learn::ALL.into_iter().find(|page| page.id() == id) {
            app.go_to_learn(page);
        }
        if let Some(section) = Section::ALL.iter().find(|section| section.id() == id) {
            app.go_to_section(*section);
        }
    };
    let shown = move || match app.learn.get() {
        Some(page) => page.id(),
        None => app.section.get().id(),
    };
    let beside = move |step: isize| {
        let now = app.section.get_untracked();
        let all = app.sections.get_untracked();
        let at = all.iter().position(|section| *section == now).unwrap_or(0);
        let next = at.checked_add_signed(step).and_then(|at| all.get(at));
        if let Some(section) = next {
            app.go_to_section(*section);
        }
    };
    view! {
        <div class="section-chooser">
            <button type="button" class="tool bare" aria-label=say("page.section.before") on:click=move |_| beside(-1)>
                <Icon sign=Sign::Left />
            </button>
            <select aria-label=say("page.sections") prop:value=shown on:change=choose>
                {move || app
                    .sections
                    .get()
                    .into_iter()
                    .map(|section| {
                        let label = move || {
                            let tally = app.tallies.with(|all| all.get(&section).copied().unwrap_or_default());
                            let title = say(&format!("section.{}", section.id()));
                            let problems: usize = tally.found.iter().sum();
                            match worst(tally.found) {
                                Some(_) => say_with("page.section.found", args![title, problems]),
                                None => title,
                            }
                        };
                        view! {
                            <option value=section.id() selected=move || shown() == section.id()>
                                {label}
                            </option>
                        }
                    })
                    .collect_view()}
                <optgroup label=say("learn")>
                    {Learn::ALL
                        .into_iter()
                        .map(|page| {
                            view! {
                                <option value=page.id() selected=move || shown() == page.id()>
                                    {say(page.title())}
                                </option>
                            }
                        })
                        .collect_view()}
                </optgroup>
            </select>
            <button type="button" class="tool bare" aria-label=say("page.section.after") on:click=move |_| beside(1)>
                <Icon sign=Sign::Right />
            </button>
        </div>
    }
}

/// One section.
#[component]
fn SectionSheet(section: Section) -> impl IntoView {
    let app = expect_context::<App>();
    let id = section.id();
    provide_context(Seen::nothing());
    let help = explained(&say(&format!("section.{id}.help")));
    let body = match section {
        Section::KafkaOptions => later::shown(app, |tools| (tools.options)(Catalogue::Kafka)),
        Section::ZooKeeperOptions => {
            later::shown(app, |tools| (tools.options)(Catalogue::ZooKeeper))
        }
        _ => cards(section)
            .into_iter()
            .map(|(card, fields)| view! { <Card section card fields /> })
            .collect_view()
            .into_any(),
    };
    let all = app.sections.get();
    let at = all.iter().position(|one| *one == section).unwrap_or(0);
    let next = all.get(at + 1).map(|&next| {
        view! {
            <button
                type="button"
                class="sheet-next"
                on:click=move |_| {
                    app.go_to_section(next);
                    timer::when_drawn(|| focus::focus_softly("section-title").unwrap_or_default());
                }
            >
                <span>{say("page.section.next")}</span>
                <strong>{say(&format!("section.{}", next.id()))}</strong>
                <Icon sign=Sign::Right />
            </button>
        }
    });
    view! {
        <section class="sheet" aria-labelledby="section-title">
            <header>
                <h2 id="section-title" tabindex="-1">{say(&format!("section.{id}"))}</h2>
                <p>{help}</p>
            </header>
            {body}
            {next}
        </section>
    }
}

/// The cards of a section with their fields, in order.
fn cards(section: Section) -> Vec<(&'static str, Vec<&'static Field>)> {
    let mut cards: Vec<(&'static str, Vec<&'static Field>)> = Vec::new();
    for &field in FIELDS
        .iter()
        .filter(|field| field.section == section && is_a_choice(field))
    {
        match cards.iter_mut().find(|(card, _)| *card == field.card) {
            Some((_, fields)) => fields.push(field),
            None => cards.push((field.card, vec![field])),
        }
    }
    cards
}

/// A choice between one is none.
fn is_a_choice(field: &Field) -> bool {
    !matches!(field.kind, Kind::Choice([_]))
}

#[component]
fn Card(section: Section, card: &'static str, fields: Vec<&'static Field>) -> impl IntoView {
    let app = expect_context::<App>();
    let list = fields.iter().find_map(|field| field.list());
    let (of_items, alone): (Vec<&'static Field>, Vec<&'static Field>) =
        fields.iter().partition(|field| field.list().is_some());
    let all = fields.clone();
    let empty = Memo::new(move |_| {
        app.report
            .with(|report| !all.iter().any(|field| field.shows(&report.plan, None)))
    });
    let help = maybe(&format!("card.{}.{card}.help", section.id()));
    view! {
        <section class="card" hidden=empty aria-label=card_title(section.id(), card)>
            <h3>{card_title(section.id(), card)}</h3>
            {help.map(|help| view! { <p class="card-help">{explained(&help)}</p> })}
            {list.map(|list| view! { <Items list fields=of_items /> })}
            <div class="card-grid">
                {alone.into_iter().map(|field| view! { <FieldRow field /> }).collect_view()}
            </div>
        </section>
    }
}
