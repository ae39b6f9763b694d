//! What if: the parts that are lost in thought, what that does, and the weakest parts of the design.

use leptos::prelude::*;

use super::icon::{Icon, Sign};
use super::later;
use super::learn::Learn;
use super::state::App;
use super::words::{lang, say, say_with};
use crate::args;
use crate::drawing;
use crate::simulate::{self, Harm, Part};

/// The name of a part of the present design.
pub fn part_name(app: App, part: Part) -> String {
    app.report.with(|report| {
        app.model
            .with(|model| drawing::part_name(&report.plan, &model.placement, part, lang()))
    })
}

/// Several parts by name.
fn part_names(app: App, parts: &[Part]) -> Vec<String> {
    parts.iter().map(|part| part_name(app, *part)).collect()
}

/// The worst single and the worst double failure; each is tried with a press.
#[component]
pub fn Weakest() -> impl IntoView {
    let app = expect_context::<App>();
    let weakest = Memo::new(move |_| {
        app.model.with(|model| {
            let single = model.weakest_single();
            let single = single.map(|(part, outcome)| (vec![part], outcome.harm()));
            let pair = model.weakest_pair();
            let pair = pair.map(|(parts, outcome)| (parts.to_vec(), outcome.harm()));
            (single, pair)
        })
    });
    let lose = move |parts: Vec<Part>| {
        app.losing.set(true);
        app.lost.set(parts);
    };
    move || {
        let (single, pair) = weakest.get();
        // Where one loss already does the most, two are no news.
        let known = single.as_ref().map_or(Harm::None, |(_, harm)| *harm);
        let button = |id: &'static str, key: &'static str, parts: Vec<Part>, harm: Harm| {
            let (names, what) = (part_names(app, &parts), say(harm.key()));
            view! {
                <button
                    type="button"
                    class="topology-weakest"
                    id=id
                    title=say("topology.try")
                    on:click=move |_| lose(parts.clone())
                >
                    {say_with(key, args![names, what])}
                </button>
            }
        };
        let single = single.map(|(parts, harm)| match harm {
            Harm::None => view! { <span>{say("topology.any-one")}</span> }.into_any(),
            harm => button("weakest-single", "topology.weakest", parts, harm).into_any(),
        });
        let pair = pair
            .filter(|(_, harm)| *harm > Harm::None && known < Harm::Unreadable)
            .map(|(parts, harm)| button("weakest-pair", "topology.weakest-pair", parts, harm));
        view! { {single} {pair} }
    }
}

/// What is lost, and what that does; while somebody asks.
#[component]
pub fn LossPanel() -> impl IntoView {
    let app = expect_context::<App>();
    // The page that says the same at length needs no short form of it.
    let shown = Memo::new(move |_| app.losing.get() && app.learn.get() != Some(Learn::WhatIf));
    move || {
        shown.get().then(|| {
            view! {
                <div class="losses" id="losses">
                    {later::shown(app, |tools| (tools.losses)())}
                </div>
            }
        })
    }
}

/// The parts that are lost; each comes back with a press, and all with one.
#[component]
pub fn Lost() -> impl IntoView {
    let app = expect_context::<App>();
    move || {
        let lost = app.lost.get();
        if lost.is_empty() {
            return view! { <p class="losses-hint">{say("topology.lose")}</p> }.into_any();
        }
        let parts = lost.into_iter().map(|part| {
            let name = part_name(app, part);
            let words = say_with("topology.bring-back", args![name = name.clone()]);
            view! {
                <li>
                    <button
                        type="button"
                        class="losses-part"
                        aria-label=words.clone()
                        title=words
                        on:click=move |_| app.lose(part)
                    >
                        {name}
                        <Icon sign=Sign::Close />
                    </button>
                </li>
            }
        });
        view! {
            <div class="losses-head">
                <strong>{say("topology.lost")}</strong>
                <ul>{parts.collect_view()}</ul>
                <button type="button" class="link" id="all-runs" on:click=move |_| app.lost.set(Vec::new())>
                    {say("topology.all-runs")}
                </button>
            </div>
        }
        .into_any()
    }
}

/// What the loss does, sentence by sentence; those who hear the page are told of every change.
#[component]
pub fn Effects() -> impl IntoView {
    let app = expect_context::<App>();
    let effects = Memo::new(move |_| {
        let lost = app.lost.get();
        app.report.with(|report| {
            app.model
                .with(|model| simulate::effects(&report.plan, model, &lost))
        })
    });
    let lines = move || {
        let effects = effects.get().into_iter().map(|effect| {
            let sign = if effect.bad {
                Sign::Warning
            } else {
                Sign::Tick
            };
            view! {
                <div class="effect" class:bad=effect.bad data-effect=effect.id>
                    <dt>
                        <Icon sign />
                        {say(&format!("loss.{}", effect.id))}
                    </dt>
                    <dd>{effect.says.words(lang())}</dd>
                </div>
            }
        });
        effects.collect_view()
    };
    view! { <dl class="effects">{lines}</dl> }
}
