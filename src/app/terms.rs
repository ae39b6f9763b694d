//! Terms explained where they appear: in a small box beside the word, and on a page with all of them.

use std::collections::BTreeSet;

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::browser::{popover, timer};
use super::icon::{Icon, Sign};
use super::learn::Learn;
use super::state::App;
use super::words::{lang, say};
use crate::terms::{self, Piece, TERMS, Term};

const BOX: &str = "term-box";

/// The terms that a sheet has shown already: each stands out once.
#[derive(Clone, Copy)]
pub struct Seen(StoredValue<BTreeSet<&'static str>>);

impl Seen {
    /// None yet.
    pub fn nothing() -> Self {
        Self(StoredValue::new(BTreeSet::new()))
    }
}

/// A text whose terms can be pressed where the sheet shows them first.
pub fn explained(text: &str) -> AnyView {
    let app = expect_context::<App>();
    let Some(Seen(seen)) = use_context::<Seen>() else {
        return text.to_owned().into_any();
    };
    let pieces = seen.try_update_value(|seen| terms::pieces(text, lang(), seen));
    let pieces = pieces.unwrap_or_else(|| vec![Piece::Plain(text)]);
    let pieces = pieces.into_iter().map(|piece| match piece {
        Piece::Plain(words) => words.to_owned().into_any(),
        Piece::Term(term, words) => {
            let words = words.to_owned();
            view! {
                <button
                    type="button"
                    class="term"
                    data-term=term.id
                    aria-haspopup="dialog"
                    on:click=move |event| {
                        app.term.set(Some(term));
                        if let Some(anchor) = event.target() {
                            let anchor = anchor.unchecked_into();
                            app.later(move |_| open(anchor));
                        }
                    }
                >
                    {words}
                </button>
            }
            .into_any()
        }
    });
    pieces.collect_view().into_any()
}

/// Opens the box when its words are there.
fn open(anchor: web_sys::Element) {
    timer::when_drawn(move || {
        // A browser without such boxes has the page of all terms.
        let opened = popover::open_beside(BOX, &anchor);
        let _ = opened.map(|opened| opened.focus());
    });
}

/// The box beside a term.
#[component]
pub fn TermBox() -> impl IntoView {
    let app = expect_context::<App>();
    view! {
        <div id=BOX class="term-box" popover="auto" role="dialog" tabindex="-1" aria-labelledby="term-box-title">
            {move || {
                app.term
                    .get()
                    .map(|term| {
                        view! {
                            <h2 id="term-box-title">{term.title(lang())}</h2>
                            <Meaning term />
                            <button
                                type="button"
                                class="link"
                                id="all-terms"
                                on:click=move |_| {
                                    popover::close(BOX);
                                    app.go_to_learn(Learn::Terms);
                                }
                            >
                                {say("learn.terms.all")}
                            </button>
                        }
                    })
            }}
        </div>
    }
}

/// What a term is, and what it means here.
#[component]
fn Meaning(term: &'static Term) -> impl IntoView {
    let app = expect_context::<App>();
    let here = Memo::new(move |_| {
        app.report.with(|report| {
            app.model
                .with(|model| term.here(&report.plan, model, lang()))
        })
    });
    view! {
        <p>{term.says(lang())}</p>
        <p class="term-here">
            <Icon sign=Sign::Right />
            <span>{here}</span>
        </p>
    }
}

/// The page of all terms.
#[component]
pub fn Terms() -> impl IntoView {
    let cards = TERMS.iter().map(|term| {
        view! {
            <section class="card term-card" data-term-card=term.id>
                <h3>{term.title(lang())}</h3>
                <Meaning term />
            </section>
        }
    });
    view! { <div class="term-cards">{cards.collect_view()}</div> }
}
