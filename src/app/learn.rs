//! Pages to learn from, each with the numbers of the present design: what a failure does, what a client
//! sees, what the terms mean.

use leptos::prelude::*;

use super::icon::{Icon, Sign};
use super::losses::{Effects, Lost, part_name};
use super::state::App;
use super::terms::Terms;
use super::words::{say, say_with};
use crate::args;
use crate::simulate::{self, Answer, Answers, Harm, Part, Standpoint};

/// A page to learn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learn {
    /// What if something dies?
    WhatIf,
    /// What does a client see?
    Clients,
    /// The terms.
    Terms,
}

impl Learn {
    /// All, in the order of the list.
    pub const ALL: [Self; 3] = [Self::WhatIf, Self::Clients, Self::Terms];

    /// Its stable id.
    pub const fn id(self) -> &'static str {
        match self {
            Self::WhatIf => "learn-what-if",
            Self::Clients => "learn-clients",
            Self::Terms => "learn-terms",
        }
    }

    /// The key of its title.
    pub const fn title(self) -> &'static str {
        match self {
            Self::WhatIf => "learn.what-if",
            Self::Clients => "learn.clients",
            Self::Terms => "learn.terms",
        }
    }

    const fn help(self) -> &'static str {
        match self {
            Self::WhatIf => "learn.what-if.help",
            Self::Clients => "learn.clients.help",
            Self::Terms => "learn.terms.help",
        }
    }
}

/// Single losses, and brokers of one view, that are listed before the rest is counted.
const ROWS: usize = 24;

/// A page of this kind.
#[component]
pub fn LearnSheet(page: Learn) -> impl IntoView {
    let body = match page {
        Learn::WhatIf => view! { <WhatIf /> }.into_any(),
        Learn::Clients => view! { <Clients /> }.into_any(),
        Learn::Terms => view! { <Terms /> }.into_any(),
    };
    view! {
        <section class="sheet" aria-labelledby="section-title" data-learn=page.id()>
            <header>
                <h2 id="section-title" tabindex="-1">{say(page.title())}</h2>
                <p>{say(page.help())}</p>
            </header>
            {body}
        </section>
    }
}

#[component]
fn WhatIf() -> impl IntoView {
    let app = expect_context::<App>();
    let singles = Memo::new(move |_| {
        app.model.with(|model| {
            let kinds = model.placement.kinds();
            kinds
                .into_iter()
                .map(|part| (part, model.without(&[part]).harm()))
                .collect::<Vec<(Part, Harm)>>()
        })
    });
    let rows = move || {
        let singles = singles.get();
        let more = singles.len().saturating_sub(ROWS);
        let rows = singles.into_iter().take(ROWS).map(|(part, harm)| {
            let sign = if harm == Harm::None { Sign::Tick } else { Sign::Warning };
            let bad = harm != Harm::None;
            let try_it = move |_| app.lost.set(vec![part]);
            view! {
                <tr class:bad=bad>
                    <th scope="row">
                        <button type="button" class="link" on:click=try_it>{part_name(app, part)}</button>
                    </th>
                    <td>
                        <Icon sign />
                        {say(harm.key())}
                    </td>
                </tr>
            }
        });
        view! { {rows.collect_view()} {more_row(more)} }
    };
    view! {
        <section class="card" aria-label=say("learn.remains")>
            <h3>{say("learn.remains")}</h3>
            <Lost />
            <Effects />
        </section>
        <section class="card" aria-label=say("learn.singles")>
            <h3>{say("learn.singles")}</h3>
            <table class="learn-table">
                <thead>
                    <tr>
                        <th scope="col">{say("learn.without")}</th>
                        <th scope="col">{say("learn.then")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
        <section class="card" aria-label=say("learn.assumed")>
            <h3>{say("learn.assumed")}</h3>
            <p class="learn-words">{say("learn.assumed.help")}</p>
        </section>
    }
}

/// How many rows are not shown.
fn more_row(count: usize) -> Option<AnyView> {
    (count > 0).then(|| {
        view! { <tr><td colspan="3">{say_with("page.more-places", args![count])}</td></tr> }
            .into_any()
    })
}

#[component]
fn Clients() -> impl IntoView {
    let app = expect_context::<App>();
    let views = Memo::new(move |_| {
        let lost = app.lost.get();
        app.report.with(|report| {
            app.model
                .with(|model| simulate::answers(&report.plan, &model.placement, &lost))
        })
    });
    move || {
        let views = views.get().into_iter();
        views
            .map(|seen| view! { <ClientCard seen /> })
            .collect_view()
    }
}

/// What one client sees: where it begins, what each broker tells it, whether it gets there.
#[component]
fn ClientCard(seen: Answers) -> impl IntoView {
    let view = seen.view;
    let title = say(match view.standpoint {
        Standpoint::Inside => "learn.clients.inside",
        Standpoint::Elsewhere => "learn.clients.elsewhere",
        Standpoint::Outside => "learn.clients.outside",
    });
    let node = say("learn.clients.node");
    let shown = |address: &str| address.replace("$node", &node);
    let bootstrap: Vec<String> = view.bootstrap.iter().map(|start| shown(start)).collect();
    let cut = bootstrap.len().saturating_sub(3);
    let starts = bootstrap
        .into_iter()
        .take(3)
        .map(|start| view! { <code>{start}</code> });
    let rest = (cut > 0).then(|| say_with("page.more-places", args![count = cut]));
    let more = view.brokers.len().saturating_sub(ROWS);
    let listener = view.listener;
    let rows = view
        .brokers
        .into_iter()
        .zip(seen.brokers)
        .take(ROWS)
        .map(|(broker, answer)| {
            let works = answer != Answer::No;
            let bad = !works;
            let reach = match (broker.reach.works(), answer) {
                (false, _) | (true, Answer::Yes) => say(broker.reach.key()),
                (true, Answer::No) => say("learn.clients.down"),
                (true, Answer::UnlessLost) => say("learn.clients.unless-lost"),
            };
            let sign = if works { Sign::Tick } else { Sign::Close };
            let word = say(if works {
                "learn.clients.reached"
            } else {
                "learn.clients.unreached"
            });
            view! {
                <tr class:bad=bad>
                    <th scope="row">{broker.pod}</th>
                    <td><code>{shown(&broker.address)}</code></td>
                    <td>
                        <Icon sign />
                        <span class="unseen">{word}</span>
                        {reach}
                    </td>
                </tr>
            }
        });
    view! {
        <section class="card" data-standpoint=format!("{:?}", view.standpoint)>
            <h3>{title}</h3>
            <p class="learn-words">{say_with("learn.clients.starts", args![listener])}</p>
            <p class="learn-starts">{starts.collect_view()} {rest}</p>
            <div class="learn-scroll" tabindex="0" role="group" aria-label=say("learn.clients.told")>
                <table class="learn-table">
                    <thead>
                        <tr>
                            <th scope="col">{say("learn.clients.broker")}</th>
                            <th scope="col">{say("learn.clients.told")}</th>
                            <th scope="col">{say("learn.clients.gets-there")}</th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()} {more_row(more)}</tbody>
                </table>
            </div>
        </section>
    }
}
