//! Finding a setting, an option, a file or a problem by words.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::browser::focus;
use super::course::{course_words, open_course};
use super::icon::{Icon, Sign};
use super::state::App;
use super::words::{self, lang, say, say_with};
use crate::args;
use crate::catalog;
use crate::design::{Design, FieldPath};
use crate::fields::{FIELDS, Kind, LISTS, Section, ZOOKEEPER_OPTION};
use crate::plan::Plan;
use crate::rules;
use crate::rules::explain::Explanation;
use crate::text::fetched::{self, Part};
use crate::text::search::Words;
use crate::upgrade::Course;

/// Hits that are shown.
const HITS: usize = 12;

/// Where a hit leads.
#[derive(Clone, PartialEq, Eq)]
enum Target {
    Field(FieldPath),
    Section(Section),
    File(String),
    Check(&'static str),
    Course(Course),
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
    // Checks are found by more than their titles as soon as the words of their pages are there.
    let worded = RwSignal::new(fetched::is_there(lang(), Part::Checks));
    let hits = Memo::new(move |_| {
        worded.track();
        text.with(|text| find(app, text))
    });
    let begin = move || {
        open.set(true);
        if !worded.get_untracked() {
            spawn_local(async move {
                if words::fetch(lang(), Part::Checks).await.is_ok() {
                    worded.set(true);
                }
            });
        }
    };
    let go = move |hit: &Hit| {
        match &hit.target {
            Target::Field(path) => app.go_to_field(path),
            Target::Section(section) => app.go_to_section(*section),
            Target::File(path) => app.go_to_line(path, None),
            Target::Course(course) => open_course(app, *course),
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
                on:focus=move |_| begin()
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

/// Collects what fits a search.
struct Finder {
    search: Words,
    /// Whether words may be typed wrong.
    forgiving: bool,
    hits: Vec<(u8, Hit)>,
}

impl Finder {
    /// Takes a hit when its title, or more that is known of it, fits; titles come first.
    fn offer(&mut self, title: String, more: &str, place: &str, target: Target) {
        let rank = if self.forgiving {
            self.search.nearly(&title).then_some(0)
        } else {
            let whole = || self.search.rank(&format!("{title} {more}")).map(|_| 2);
            self.search.rank(&title).or_else(whole)
        };
        let Some(rank) = rank else { return };
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
            let section = say(&format!("section.{}", field.section.id()));
            // Whoever knows the option's name finds it again in the hit.
            let place = match field.kind {
                Kind::KafkaOption(name) | Kind::ZooKeeperOption(name) if !name.is_empty() => {
                    format!("{section} · {name}")
                }
                _ => section,
            };
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

    /// What can be made of the design.
    fn courses(&mut self, plan: &Plan) {
        for course in Course::ALL.into_iter().filter(|one| one.is_open(plan)) {
            let more = say(&format!("course.{}.help", course.name()));
            let target = Target::Course(course);
            self.offer(course_words(course), &more, &say("course.title"), target);
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
            let named = self.search.rank(&id) == Some(0);
            *rank = if named { 0 } else { *rank + 1 };
        }
    }

    fn options(&mut self, plan: &Plan) {
        let first = self.hits.len();
        let place = say("section.kafka-options");
        let options = catalog::broker_options(plan.kafka.version.line());
        for option in options.filter(|option| option.mode.fits(plan.has_kraft())) {
            self.option(option.name, FieldPath::kafka_option(option.name), &place);
        }
        if let Some(zookeeper) = plan.zookeeper() {
            let place = say("section.zookeeper-options");
            for option in catalog::zookeeper_options(*zookeeper.version) {
                let path = FieldPath::keyed(ZOOKEEPER_OPTION.id, option.name);
                self.option(option.name, path, &place);
            }
        }
        // Everyday settings come before the hundreds of options.
        for (rank, _) in &mut self.hits[first..] {
            *rank += 2;
        }
    }

    fn option(&mut self, name: &str, path: FieldPath, place: &str) {
        if !FIELDS.iter().any(|field| field.id == path.as_str()) {
            self.offer(name.to_owned(), "", place, Target::Field(path));
        }
    }
}

/// What fits a text, the best first; when nothing does, what fits it nearly.
fn find(app: App, text: &str) -> Vec<Hit> {
    let search = Words::of(text);
    if search.is_empty() {
        return Vec::new();
    }
    let mut hits = hits(app, search.clone(), false);
    if hits.is_empty() {
        hits = self::hits(app, search, true);
    }
    hits.sort_by_key(|(rank, _)| *rank);
    hits.truncate(HITS);
    hits.into_iter().map(|(_, hit)| hit).collect()
}

fn hits(app: App, search: Words, forgiving: bool) -> Vec<(u8, Hit)> {
    let mut finder = Finder {
        search,
        forgiving,
        hits: Vec::new(),
    };
    for section in app.sections.get() {
        let title = say(&format!("section.{}", section.id()));
        finder.offer(
            title,
            "",
            &say("page.search.section"),
            Target::Section(section),
        );
    }
    app.report.with(|report| {
        finder.courses(&report.plan);
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
    finder.hits
}
