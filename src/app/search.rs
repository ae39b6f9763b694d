//! Finding a setting, an option, a file or a problem by words.

use leptos::prelude::*;

use super::browser::focus;
use super::icon::{Icon, Sign};
use super::state::App;
use super::words::{lang, say, say_with};
use crate::args;
use crate::catalog;
use crate::design::{Design, FieldPath};
use crate::fields::{FIELDS, Kind, LISTS, Section};
use crate::plan::Plan;
use crate::rules;
use crate::rules::explain::Explanation;

/// Hits that are shown.
const HITS: usize = 12;

/// Where a hit leads.
#[derive(Clone, PartialEq, Eq)]
enum Target {
    Field(FieldPath),
    Section(Section),
    File(String),
    Check(&'static str),
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
            Target::Check(id) => {
                if let Some(rule) = rules::rule(id) {
                    app.open_check(rule);
                }
            }
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

/// Collects what holds every word of a search.
struct Finder {
    words: Vec<String>,
    hits: Vec<(u8, Hit)>,
}

impl Finder {
    /// Takes a hit when its title, or more that is known of it, holds every word; titles come first.
    fn offer(&mut self, title: String, more: &str, place: &str, target: Target) {
        let low = title.to_lowercase();
        let rank = if self.words.iter().all(|word| low.contains(word.as_str())) {
            u8::from(!self.words.iter().any(|word| low.starts_with(word.as_str())))
        } else {
            let more = more.to_lowercase();
            let holds = |word: &String| low.contains(word.as_str()) || more.contains(word.as_str());
            if !self.words.iter().all(holds) {
                return;
            }
            2
        };
        let place = place.to_owned();
        self.hits.push((
            rank,
            Hit {
                title,
                place,
                target,
            },
        ));
    }

    fn fields(&mut self, design: &Design, plan: &Plan) {
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
            match field.list().filter(|list| LISTS.contains(list)) {
                Some(list) => {
                    for key in design.keys(list).filter(|key| field.shows(plan, Some(key))) {
                        let target = Target::Field(field.path(Some(key)));
                        self.offer(format!("{title} ({key})"), &more, &place, target);
                    }
                }
                None if field.list().is_none() && field.shows(plan, None) => {
                    self.offer(title, &more, &place, Target::Field(field.path(None)));
                }
                None => {}
            }
        }
    }

    /// Every check; one whose id begins with what is typed comes before all else.
    fn checks(&mut self) {
        let first = self.hits.len();
        for rule in rules::rules() {
            let Explanation {
                title, condition, ..
            } = Explanation::of(rule, lang());
            let more = format!("{} {condition}", rule.id);
            let place = say_with("page.search.check", args![id = rule.id]);
            self.offer(title, &more, &place, Target::Check(rule.id));
        }
        for (rank, hit) in &mut self.hits[first..] {
            let id = match &hit.target {
                Target::Check(id) => id.to_lowercase(),
                _ => String::new(),
            };
            let named = self.words.iter().all(|word| id.starts_with(word.as_str()));
            *rank = if named { 0 } else { *rank + 1 };
        }
    }

    fn options(&mut self, plan: &Plan) {
        let place = say("section.kafka-options");
        let first = self.hits.len();
        for option in catalog::broker_options(plan.kafka.version.line()) {
            let path = FieldPath::kafka_option(option.name);
            if !FIELDS.iter().any(|field| field.id == path.as_str()) {
                self.offer(option.name.to_owned(), "", &place, Target::Field(path));
            }
        }
        // Everyday settings come before the hundreds of options.
        for (rank, _) in &mut self.hits[first..] {
            *rank += 2;
        }
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
    let mut finder = Finder {
        words,
        hits: Vec::new(),
    };
    for section in Section::ALL {
        let title = say(&format!("section.{}", section.id()));
        finder.offer(
            title,
            "",
            &say("page.search.section"),
            Target::Section(*section),
        );
    }
    app.report.with(|report| {
        app.design
            .with(|design| finder.fields(design, &report.plan));
        for file in &report.files {
            let target = Target::File(file.path.clone());
            finder.offer(file.path.clone(), "", &say("page.search.file"), target);
        }
        for finding in report.findings.iter() {
            if let Some(field) = finding.fields.first() {
                let target = Target::Field(field.clone());
                finder.offer(finding.title(lang()), finding.rule, finding.rule, target);
            }
        }
        finder.options(&report.plan);
        finder.checks();
    });
    finder.hits.sort_by_key(|(rank, _)| *rank);
    finder
        .hits
        .into_iter()
        .take(HITS)
        .map(|(_, hit)| hit)
        .collect()
}
