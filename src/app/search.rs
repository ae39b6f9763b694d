//! Finding a setting, an option, a file or a problem by words.

use leptos::prelude::*;

use super::browser::focus;
use super::icon::{Icon, Sign};
use super::state::App;
use super::words::{lang, say};
use crate::catalog;
use crate::design::FieldPath;
use crate::fields::{FIELDS, Kind, Section};

/// Hits that are shown.
const HITS: usize = 12;

/// Where a hit leads.
#[derive(Clone, PartialEq, Eq)]
enum Target {
    Field(FieldPath),
    Section(Section),
    File(String),
}

/// Something that was found.
#[derive(Clone, PartialEq, Eq)]
struct Hit {
    title: String,
    place: String,
    target: Target,
}

/// The search box with its list.
#[component]
pub fn Search() -> impl IntoView {
    let app = expect_context::<App>();
    let text = RwSignal::new(String::new());
    let open = RwSignal::new(false);
    let at = RwSignal::new(0usize);
    let hits = Memo::new(move |_| text.with(|text| find(app, text)));
    let go = move |hit: &Hit| {
        match &hit.target {
            Target::Field(path) => app.go_to_field(path),
            Target::Section(section) => app.go_to_section(*section),
            Target::File(path) => app.go_to_line(path, None),
        }
        text.set(String::new());
        open.set(false);
    };
    let key = move |event: web_sys::KeyboardEvent| {
        let count = hits.with_untracked(Vec::len);
        match event.key().as_str() {
            "ArrowDown" if count > 0 => at.update(|at| *at = (*at + 1) % count),
            "ArrowUp" if count > 0 => at.update(|at| *at = (*at + count - 1) % count),
            "Enter" if !event.ctrl_key() && !event.meta_key() => {
                let hit = hits.with_untracked(|hits| hits.get(at.get_untracked()).cloned());
                if let Some(hit) = hit {
                    go(&hit);
                }
            }
            "Escape" => {
                text.set(String::new());
                open.set(false);
                let _ = focus::element("form").map(|form| form.focus());
            }
            _ => return,
        }
        event.prevent_default();
    };
    let expanded = move || open.get() && !text.with(String::is_empty);
    view! {
        <div class="search" role="search">
            <Icon sign=Sign::Search />
            <input
                type="text"
                id="search"
                role="combobox"
                aria-label=say("page.search")
                aria-autocomplete="list"
                aria-controls="search-hits"
                aria-expanded=move || expanded().to_string()
                aria-activedescendant=move || expanded().then(|| format!("hit-{}", at.get()))
                placeholder=say("page.search")
                autocomplete="off"
                spellcheck="false"
                prop:value=text
                on:input=move |event| {
                    text.set(event_target_value(&event));
                    at.set(0);
                    open.set(true);
                }
                on:focus=move |_| open.set(true)
                on:blur=move |_| open.set(false)
                on:keydown=key
            />
            <kbd>"/"</kbd>
            <ul id="search-hits" role="listbox" aria-label=say("page.search.hits") hidden=move || !expanded()>
                {move || {
                    let hits = hits.get();
                    if hits.is_empty() {
                        return view! { <li class="search-none">{say("page.search.none")}</li> }.into_any();
                    }
                    hits.into_iter()
                        .enumerate()
                        .map(|(number, hit)| {
                            let (title, place) = (hit.title.clone(), hit.place.clone());
                            view! {
                                <li
                                    id=format!("hit-{number}")
                                    role="option"
                                    aria-selected=move || (at.get() == number).to_string()
                                    // Before the box loses the focus and the list closes.
                                    on:pointerdown=move |event| {
                                        event.prevent_default();
                                        go(&hit);
                                    }
                                >
                                    <span>{title}</span>
                                    <small>{place}</small>
                                </li>
                            }
                        })
                        .collect_view()
                        .into_any()
                }}
            </ul>
        </div>
    }
}

/// What holds every word of a text, the best first.
fn find(app: App, text: &str) -> Vec<Hit> {
    let words: Vec<String> = text
        .to_lowercase()
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    if words.is_empty() {
        return Vec::new();
    }
    let rank = |title: &str, more: &str| {
        let (title, more) = (title.to_lowercase(), more.to_lowercase());
        if words.iter().all(|word| title.contains(word.as_str())) {
            Some(u8::from(
                !words.iter().any(|word| title.starts_with(word.as_str())),
            ))
        } else {
            let all = words
                .iter()
                .all(|word| title.contains(word.as_str()) || more.contains(word.as_str()));
            all.then_some(2)
        }
    };
    let mut hits: Vec<(u8, Hit)> = Vec::new();
    let mut add = |more: &str, hit: Hit| {
        if let Some(rank) = rank(&hit.title, more) {
            hits.push((rank, hit));
        }
    };
    for section in Section::ALL {
        let title = say(&format!("section.{}", section.id()));
        add(
            "",
            Hit {
                title,
                place: say("page.search.section"),
                target: Target::Section(*section),
            },
        );
    }
    app.report.with(|report| {
        app.design.with(|design| {
            let plan = &report.plan;
            for field in FIELDS
                .iter()
                .filter(|field| !matches!(field.kind, Kind::Choice([_])))
            {
                let place = say(&format!("section.{}", field.section.id()));
                let title = say(&format!("{}.label", field.id));
                let more = format!(
                    "{} {} {place}",
                    field.id,
                    say(&format!("{}.help", field.id))
                );
                match field.list() {
                    Some(list) => {
                        for key in design.keys(list).filter(|key| field.shows(plan, Some(key))) {
                            let target = Target::Field(field.path(Some(key)));
                            let title = format!("{title} ({key})");
                            add(
                                &more,
                                Hit {
                                    title,
                                    place: place.clone(),
                                    target,
                                },
                            );
                        }
                    }
                    None if field.shows(plan, None) => {
                        let target = Target::Field(field.path(None));
                        add(
                            &more,
                            Hit {
                                title,
                                place,
                                target,
                            },
                        );
                    }
                    None => {}
                }
            }
            for file in &report.files {
                let (title, place) = (file.path.clone(), say("page.search.file"));
                add(
                    "",
                    Hit {
                        title,
                        place,
                        target: Target::File(file.path.clone()),
                    },
                );
            }
            for finding in report.findings.iter() {
                if let Some(field) = finding.fields.first() {
                    let (title, place) = (finding.title(lang()), finding.rule.to_owned());
                    add(
                        finding.rule,
                        Hit {
                            title,
                            place,
                            target: Target::Field(field.clone()),
                        },
                    );
                }
            }
            let place = say("section.kafka-options");
            for option in catalog::broker_options(plan.kafka.version.line()) {
                let path = FieldPath::kafka_option(option.name);
                if !FIELDS.iter().any(|field| field.id == path.as_str()) {
                    let (title, place) = (option.name.to_owned(), place.clone());
                    add(
                        "",
                        Hit {
                            title,
                            place,
                            target: Target::Field(path),
                        },
                    );
                }
            }
        });
    });
    hits.sort_by_key(|(rank, _)| *rank);
    hits.into_iter().take(HITS).map(|(_, hit)| hit).collect()
}
