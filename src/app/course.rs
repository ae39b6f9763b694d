//! What can be made of the design: the same cluster without ZooKeeper, the same on newer versions, and the
//! way of the running one. A dialog shows what becomes different before anything is taken over.

use std::fmt::Display;
use std::str::FromStr;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::browser::{self, Refused, focus};
use super::compare::{Comparison, Other};
use super::dialog::{CloseButton, close_beside, open_while};
use super::icon::{Icon, Sign};
use super::import::counts;
use super::migration::MigrationPlan;
use super::shelf::Place;
use super::state::{App, View, name_words};
use super::words::{self, field_words, lang, say, say_with};
use crate::args;
use crate::design::{Design, FieldPath};
use crate::engine::evaluate;
use crate::fields::{self, Field};
use crate::text::Sentence;
use crate::text::fetched::Part;
use crate::upgrade::{self, Course, Kind, Newer, Note, Upgrade, Versions};

const DIALOG: &str = "course-dialog";
const TITLE: &str = "course-title";

/// Notes of one kind that are open at once.
const OPEN: usize = 12;

/// Opens the dialog, as soon as its words are there.
pub fn open_course(app: App, course: Course) {
    let language = **app.report_now().plan.language();
    spawn_local(async move {
        let mut fetched = words::fetch(lang(), Part::Upgrade).await;
        if fetched.is_ok() {
            // What is downloaded is written in the language of the design.
            fetched = words::fetch(language, Part::Upgrade).await;
        }
        match fetched {
            Ok(()) => app.course.set(Some(course)),
            Err(Refused) => app.notice(Sentence::plain("page.missing")),
        }
    });
}

/// The first that means something for the design.
pub fn first_course(app: App) -> Course {
    let plan = app.report_now().plan;
    let open = |course: &Course| course.is_open(&plan);
    Course::ALL.into_iter().find(open).unwrap_or(Course::Raise)
}

/// The words of a course.
pub fn course_words(course: Course) -> String {
    say(&format!("course.{}", course.name()))
}

/// The ways to the dialog from a field.
#[component]
pub fn CoursesOf(field: &'static Field) -> impl IntoView {
    let app = expect_context::<App>();
    let buttons = Course::at(field).iter().map(|&course| {
        let open = Memo::new(move |_| app.report.with(|report| course.is_open(&report.plan)));
        view! {
            <button
                type="button"
                class="field-row-course"
                data-course=course.name()
                aria-haspopup="dialog"
                hidden=move || !open.get()
                on:click=move |_| open_course(app, course)
            >
                {course_words(course)}
                " …"
            </button>
        }
    });
    buttons.collect_view()
}

/// The dialog.
#[component]
pub fn CourseDialog() -> impl IntoView {
    let app = expect_context::<App>();
    let is_open = Memo::new(move |_| app.course.with(Option::is_some));
    open_while(
        DIALOG,
        move || is_open.get(),
        move || {
            // The title of an open dialog can always take the focus.
            let _ = focus::element(TITLE).map(|title| title.focus());
        },
    );
    view! {
        <dialog
            id=DIALOG
            class="dialog wide"
            aria-labelledby=TITLE
            on:click=move |event| close_beside(&event)
            on:close=move |_| app.course.set(None)
        >
            {move || is_open.get().then(|| view! { <Body /> })}
        </dialog>
    }
}

#[component]
fn Body() -> impl IntoView {
    let app = expect_context::<App>();
    let course = Memo::new(move |_| app.course.get());
    let open = Memo::new(move |_| {
        app.report.with(|report| {
            let open = Course::ALL.into_iter();
            open.filter(|course| course.is_open(&report.plan))
                .collect::<Vec<_>>()
        })
    });
    // The same ids, however often the choice changes.
    let drawn = StoredValue::new(Vec::new());
    view! {
        <div class="dialog-body course">
            <header>
                <h2 id=TITLE tabindex="-1">{say("course.title")}</h2>
                <CloseButton />
            </header>
            {move || {
                let open = open.get();
                (open.len() > 1).then(|| view! { <Courses open course /> })
            }}
            {move || match course.get() {
                Some(Course::ToKraft) => view! { <ToKraft drawn /> }.into_any(),
                Some(Course::Raise) => view! { <Raise drawn /> }.into_any(),
                Some(Course::Migrate) => view! { <MigrationPlan /> }.into_any(),
                None => ().into_any(),
            }}
        </div>
    }
}

/// What there is to choose from.
#[component]
fn Courses(open: Vec<Course>, course: Memo<Option<Course>>) -> impl IntoView {
    let app = expect_context::<App>();
    let cards = open.into_iter().map(|one| {
        choice(
            "course",
            one.name(),
            course_words(one),
            say(&format!("course.{}.help", one.name())),
            Signal::derive(move || course.get() == Some(one)),
            move || app.course.set(Some(one)),
        )
    });
    view! {
        <fieldset class="choices course-ways">
            <legend class="unseen">{say("course.choose")}</legend>
            {cards.collect_view()}
        </fieldset>
    }
}

/// A card that can be chosen.
fn choice(
    group: &'static str,
    name: &str,
    words: String,
    help: String,
    is_chosen: Signal<bool>,
    choose: impl Fn() + 'static,
) -> AnyView {
    view! {
        <label class="choice">
            <input
                type="radio"
                name=group
                id=format!("{group}-{name}")
                prop:checked=is_chosen
                on:change=move |_| choose()
            />
            <span class="choice-name">{words}</span>
            <small>{help}</small>
        </label>
    }
    .into_any()
}

/// Random bytes, the same ones in the same order each time; `None` when the browser gives none.
fn ids<T>(
    drawn: StoredValue<Vec<[u8; 16]>>,
    make: impl FnOnce(&mut dyn FnMut() -> [u8; 16]) -> T,
) -> Option<T> {
    let mut at = 0;
    let mut refused = false;
    let result = make(&mut || {
        if drawn.with_value(Vec::len) == at {
            match browser::random::bytes() {
                Ok(bytes) => drawn.update_value(|drawn| drawn.push(bytes)),
                Err(Refused) => refused = true,
            }
        }
        at += 1;
        drawn.with_value(|drawn| drawn.get(at - 1).copied().unwrap_or_default())
    });
    (!refused).then_some(result)
}

/// A second design, as it is shown.
#[derive(Clone)]
struct Made {
    upgrade: Upgrade,
    /// What tells it from the present one, for its name.
    what: String,
    /// Errors, warnings and advice.
    found: [usize; 3],
    /// Whether it differs at all.
    differs: bool,
}

impl Made {
    fn of(app: App, upgrade: Upgrade, what: String) -> Self {
        Self {
            found: evaluate(&upgrade.design).counts(),
            differs: app.design.with(|design| **design != upgrade.design),
            upgrade,
            what,
        }
    }
}

/// A second design, or why there is none.
type Outcome = Result<Made, Sentence>;

fn outcome(
    app: App,
    drawn: StoredValue<Vec<[u8; 16]>>,
    what: String,
    make: impl FnOnce(&mut dyn FnMut() -> [u8; 16]) -> Result<Upgrade, Sentence>,
) -> Outcome {
    let upgrade = ids(drawn, make).unwrap_or_else(|| Err(Sentence::plain("course.no-random")))?;
    Ok(Made::of(app, upgrade, what))
}

#[component]
fn ToKraft(drawn: StoredValue<Vec<[u8; 16]>>) -> impl IntoView {
    let app = expect_context::<App>();
    let dedicated = RwSignal::new(true);
    let made = Memo::new_with_compare(
        move |_| {
            let (design, dedicated) = (app.design.get(), dedicated.get());
            outcome(app, drawn, "KRaft".to_owned(), |random| {
                upgrade::to_kraft(&design, dedicated, random)
            })
        },
        |_, _| true,
    );
    let id = fields::COORDINATION.id;
    let card = move |name: &'static str, is_dedicated: bool| {
        choice(
            "course-controllers",
            name,
            say(&format!("{id}.{name}")),
            say(&format!("{id}.{name}.help")),
            Signal::derive(move || dedicated.get() == is_dedicated),
            move || dedicated.set(is_dedicated),
        )
    };
    view! {
        <fieldset class="choices">
            <legend>{say(&format!("{id}.label"))}</legend>
            {card("kraft-dedicated", true)}
            {card("kraft-combined", false)}
        </fieldset>
        {move || view! { <Second course=Course::ToKraft outcome=made.get() /> }}
    }
}

#[component]
fn Raise(drawn: StoredValue<Vec<[u8; 16]>>) -> impl IntoView {
    let app = expect_context::<App>();
    let newest = Newer::of(&app.report_now().plan);
    let wanted = RwSignal::new(Versions {
        kafka: newest.kafka.first().copied(),
        ..Versions::default()
    });
    let made = Memo::new_with_compare(
        move |_| {
            let (design, wanted) = (app.design.get(), wanted.get());
            outcome(app, drawn, versions_words(wanted), |random| {
                upgrade::raise(&design, wanted, random)
            })
        },
        |_, _| true,
    );
    let boxes = move || {
        app.report.with(|report| {
            let plan = &report.plan;
            let newer = Newer::of(plan);
            let chosen = wanted.get_untracked();
            let kafka = version_box(
                &fields::KAFKA_VERSION,
                *plan.kafka.version,
                &newer.kafka,
                chosen.kafka,
                move |version| wanted.update(|wanted| wanted.kafka = version),
            );
            let zookeeper = plan.zookeeper().map(|zookeeper| {
                version_box(
                    &fields::ZOOKEEPER_VERSION,
                    *zookeeper.version,
                    &newer.zookeeper,
                    chosen.zookeeper,
                    move |version| wanted.update(|wanted| wanted.zookeeper = version),
                )
            });
            let kubernetes = version_box(
                &fields::KUBERNETES_VERSION,
                *plan.cluster.kubernetes,
                &newer.kubernetes,
                chosen.kubernetes,
                move |version| wanted.update(|wanted| wanted.kubernetes = version),
            );
            (kafka, zookeeper, kubernetes)
        })
    };
    view! {
        <div class="course-versions">{boxes}</div>
        {move || view! { <Second course=Course::Raise outcome=made.get() /> }}
    }
}

/// The versions in a name, such as `Kafka 4.1.1 · Kubernetes 1.34`.
fn versions_words(versions: Versions) -> String {
    let named = [
        versions.kafka.map(|version| format!("Kafka {version}")),
        versions
            .zookeeper
            .map(|version| format!("ZooKeeper {version}")),
        versions
            .kubernetes
            .map(|version| format!("Kubernetes {version}")),
    ];
    let named: Vec<String> = named.into_iter().flatten().collect();
    named.join(" · ")
}

/// Chooses one of the newer versions, or that everything stays.
fn version_box<V: Display + FromStr + Copy>(
    field: &'static Field,
    now: V,
    newer: &[V],
    chosen: Option<V>,
    choose: impl Fn(Option<V>) + Send + Sync + 'static,
) -> AnyView {
    let newer: Vec<String> = newer.iter().map(ToString::to_string).collect();
    let chosen = chosen.map(|version| version.to_string());
    // An empty text is no version: it stays.
    let choose = Callback::new(move |text: String| choose(text.parse().ok()));
    version_select(field, now.to_string(), newer, chosen.as_deref(), choose)
}

fn version_select(
    field: &'static Field,
    now: String,
    newer: Vec<String>,
    chosen: Option<&str>,
    choose: Callback<String>,
) -> AnyView {
    let id = format!("course-{}", field.id);
    let newer = newer.into_iter().map(|version| {
        let selected = chosen == Some(version.as_str());
        view! { <option value=version.clone() selected=selected>{version.clone()}</option> }
    });
    view! {
        <div>
            <label for=id.clone()>{say(&format!("{}.label", field.id))}</label>
            <span class="box">
                <select id=id on:change=move |event| choose.run(event_target_value(&event))>
                    <option value="">{say_with("course.stays", args![now])}</option>
                    {newer.collect_view()}
                </select>
                <Icon sign=Sign::Down />
            </span>
        </div>
    }
    .into_any()
}

/// What becomes different, and what can be done with the second design.
#[component]
fn Second(course: Course, outcome: Outcome) -> impl IntoView {
    let app = expect_context::<App>();
    let made = match outcome {
        Ok(made) => made,
        Err(why) => {
            return view! { <p class="course-refused" role="status">{why.words(lang())}</p> }
                .into_any();
        }
    };
    if !made.differs {
        return view! { <p class="course-refused" role="status">{say("course.same")}</p> }
            .into_any();
    }
    let here = app.place.get_untracked();
    let name = app
        .design
        .with_untracked(|design| name_words(&here, design));
    let name = format!("{name} · {}", made.what);
    let design = Arc::new(made.upgrade.design);
    let taken = Arc::clone(&design);
    let take = move |_| {
        app.course.set(None);
        app.view.set(View::Design);
        let what = Sentence::plain(format!("course.{}", course.name()));
        app.say_next(what.words(lang()) + ": ");
        app.replace(what, Design::clone(&taken));
    };
    let given = Other::Given(name.clone(), Arc::clone(&design));
    let compare = move |_| {
        app.compare.set(Some(Comparison {
            other: given.clone(),
            swapped: true,
        }));
    };
    view! {
        {notes(&made.upgrade.notes)}
        <h3>{say("course.found")}</h3>
        {counts(made.found)}
        <Keep name design />
        <footer>
            <button type="button" id="course-take" class="tool go" on:click=take>
                {say("course.take")}
            </button>
            <button type="button" id="course-compare" class="tool" aria-haspopup="dialog" on:click=compare>
                <Icon sign=Sign::Compare />
                {say("course.compare")}
            </button>
            <span>{say("repair.undo")}</span>
        </footer>
    }
    .into_any()
}

/// Everything that becomes different, by its kind.
fn notes(notes: &[Note]) -> AnyView {
    let kinds = Kind::ALL.into_iter().filter_map(|kind| {
        let of_kind = notes.iter().filter(|note| note.kind == kind);
        let lines: Vec<AnyView> = of_kind.map(note_line).collect();
        let count = lines.len();
        (count > 0).then(|| {
            view! {
                <details class="difference course-notes" data-kind=kind.name() open={count <= OPEN}>
                    <summary>
                        <strong>{kind.words(lang())}</strong>
                        <span class="tag">{count}</span>
                    </summary>
                    <ul>{lines}</ul>
                </details>
            }
        })
    });
    let kinds: Vec<_> = kinds.collect();
    let nothing = kinds
        .is_empty()
        .then(|| view! { <p>{say("course.nothing-else")}</p> });
    view! {
        <h3>{say("course.different")}</h3>
        {nothing}
        <div class="course-kinds">{kinds}</div>
    }
    .into_any()
}

fn note_line(note: &Note) -> AnyView {
    let words = note.sentence.words(lang());
    let path = FieldPath::from(note.subject.as_str());
    let subject = match note.subject.as_str() {
        "" => ().into_any(),
        _ if fields::find(&path).is_some() => {
            view! { <strong>{field_words(&path)}</strong> }.into_any()
        }
        subject => view! { <code>{subject.to_owned()}</code> }.into_any(),
    };
    view! { <li>{subject}<span>{words}</span></li> }.into_any()
}

/// Keeps the second design beside the present one, under a name.
#[component]
fn Keep(name: String, design: Arc<Design>) -> impl IntoView {
    let app = expect_context::<App>();
    let name = RwSignal::new(name);
    let kept = RwSignal::new(None::<Result<Place, ()>>);
    let keep = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        kept.set(Some(app.keep(&name.get_untracked(), &design).ok_or(())));
    };
    let told = move || {
        kept.get().map(|kept| match kept {
            Ok(place) => {
                let id = place.id.clone();
                let open = move |_| {
                    app.course.set(None);
                    app.open_design(&id);
                };
                view! {
                    {say_with("course.kept", args![name = place.name])}
                    " "
                    <button type="button" class="link" id="course-open" on:click=open>
                        {say("course.kept.open")}
                    </button>
                }
                .into_any()
            }
            Err(()) => say("course.kept.refused").into_any(),
        })
    };
    view! {
        <form class="design-name" on:submit=keep>
            <label for="course-name">{say("course.keep.name")}</label>
            <div>
                <input
                    type="text"
                    id="course-name"
                    maxlength="80"
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=name
                    on:input=move |event| name.set(event_target_value(&event))
                />
                <button type="submit" id="course-keep" class="tool">{say("course.keep")}</button>
            </div>
            <p role="status">{told}</p>
        </form>
    }
}
