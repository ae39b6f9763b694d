//! Every option of the chosen version, as a table that can be searched.
//!
//! Only the rows that are seen are drawn, and the active one, which keeps the focus: the arrow keys
//! move it, Enter goes into its editor, Escape leaves that.

use std::collections::BTreeSet;
use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;

use super::browser::{focus, timer};
use super::icon::{Icon, Sign};
use super::option_detail::OptionDetail;
use super::option_row::OptionRow;
use super::state::App;
use super::words::{say, say_with};
use crate::args;
use crate::catalog::{self, Importance, Mode, OptionKind, Unit, UpdateMode, ValueRange};
use crate::design::FieldPath;
use crate::fields::{Field, KAFKA_OPTION, ZOOKEEPER_OPTION};
use crate::plan::Plan;
use crate::text::search::Words;

/// Rows that are drawn beyond what is seen, and the grain in which the drawn part moves.
const BEYOND: usize = 8;
const GRAIN: usize = 4;

/// Rows that a page key goes.
const PAGE: isize = 8;

/// Whose options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Catalogue {
    /// The brokers'.
    Kafka,
    /// The servers'.
    ZooKeeper,
}

/// An option as the table shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Its default, where there is one.
    pub default: Option<String>,
    /// What it holds; nothing when the version does not know the option.
    pub values: Option<ValueRange>,
    /// What a number counts.
    pub unit: Unit,
    /// How much its documentation stresses it, where that says so.
    pub importance: Option<Importance>,
    /// How it changes on a running cluster, where that is known.
    pub update: Option<UpdateMode>,
    /// The kind of cluster that it works in.
    pub mode: Mode,
    /// First version with it.
    pub since: String,
    /// Whether it is deprecated.
    pub deprecated: bool,
    /// What to use instead.
    pub replaced_by: &'static [&'static str],
    /// The option of a topic that overrides it.
    pub topic: Option<&'static str>,
}

impl Catalogue {
    /// The field that holds them all.
    pub fn field(self) -> &'static Field {
        match self {
            Self::Kafka => &KAFKA_OPTION,
            Self::ZooKeeper => &ZOOKEEPER_OPTION,
        }
    }

    /// The place of an option in the design.
    pub fn path(self, name: &str) -> FieldPath {
        FieldPath::keyed(self.field().id, name)
    }

    /// The options of the version that the plan has.
    fn entries(self, plan: &Plan) -> Vec<Arc<Entry>> {
        match self {
            Self::Kafka => catalog::broker_options(plan.kafka.version.line())
                .filter(|option| {
                    let written = plan.kafka.config.entry(option.name).is_some();
                    written || option.mode.fits(plan.has_kraft())
                })
                .map(|option| {
                    Arc::new(Entry {
                        name: option.name.to_owned(),
                        default: option.default.map(str::to_owned),
                        values: Some(option.values),
                        unit: option.unit,
                        importance: Some(option.importance),
                        update: Some(option.update_mode),
                        mode: option.mode,
                        since: option.since.to_string(),
                        deprecated: option.deprecated_since.is_some(),
                        replaced_by: option.replaced_by,
                        topic: option.topic_override,
                    })
                })
                .collect(),
            Self::ZooKeeper => plan.zookeeper().map_or_else(Vec::new, |zookeeper| {
                catalog::zookeeper_options(*zookeeper.version)
                    .map(|option| {
                        Arc::new(Entry {
                            default: option.default.map(str::to_owned),
                            values: Some(option.values),
                            unit: option.unit,
                            since: option.since.to_string(),
                            ..Entry::unknown(option.name)
                        })
                    })
                    .collect()
            }),
        }
    }

    /// What the files say of an option, asked for or not.
    pub fn written(self, plan: &Plan, name: &str) -> Option<String> {
        match self {
            Self::Kafka => plan.kafka.config.in_force(name).map(str::to_owned),
            Self::ZooKeeper => plan.zookeeper()?.config.get(name).map(str::to_owned),
        }
    }

    /// The options that the design sets.
    fn set(self, app: App) -> BTreeSet<String> {
        let prefix = self.field().id.trim_end_matches("[]");
        let is_one = |path: &&FieldPath| {
            let rest = path.as_str().strip_prefix(prefix);
            rest.is_some_and(|rest| rest.starts_with('['))
        };
        app.design.with(|design| {
            let paths = design.values.keys().filter(is_one);
            paths
                .filter_map(|path| path.key().map(str::to_owned))
                .collect()
        })
    }
}

impl Entry {
    /// An option that is set although the version does not know it.
    fn unknown(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            default: None,
            values: None,
            unit: Unit::None,
            importance: None,
            update: None,
            mode: Mode::Both,
            since: String::new(),
            deprecated: false,
            replaced_by: &[],
            topic: None,
        }
    }

    /// The words to choose one from, when it takes nothing else.
    pub fn choices(&self) -> Vec<&'static str> {
        match self.values {
            Some(values) if values.kind == OptionKind::Boolean => vec!["true", "false"],
            Some(values) if values.kind == OptionKind::String => values.one_of.to_vec(),
            _ => Vec::new(),
        }
    }

    /// The words that a list may hold, when they are known.
    pub fn items(&self) -> &'static [&'static str] {
        match self.values {
            Some(values) if values.kind == OptionKind::List => values.one_of,
            _ => &[],
        }
    }

    /// Whether a text is its default.
    pub fn is_default(&self, text: &str) -> bool {
        let number = crate::plan::in_unit(text, self.unit).map(|number| number.to_string());
        let text = number.as_deref().unwrap_or(text.trim());
        self.default.as_deref().is_some_and(|default| {
            default == text
                || self.choices() == ["true", "false"] && default.eq_ignore_ascii_case(text)
        })
    }
}

/// Which rows are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// All.
    #[default]
    All,
    /// Those that the design sets.
    Changed,
    /// Those that the documentation stresses.
    Important,
    /// Those that a later version will not have.
    Deprecated,
}

/// How the tables are shown; both share it, since one is seen at a time.
#[derive(Clone, Copy, Default)]
pub struct Shown {
    /// What is searched for.
    pub search: RwSignal<String>,
    /// Which rows.
    pub filter: RwSignal<Filter>,
    /// The option whose row has the focus, or had it last.
    pub active: RwSignal<Option<String>>,
}

impl Shown {
    /// Makes an option the active one, and shows it whatever was searched for.
    pub fn show(self, name: &str) {
        self.search.set(String::new());
        self.filter.set(Filter::All);
        self.active.set(Some(name.to_owned()));
    }
}

/// The id of an option's row.
pub fn row_id(name: &str) -> String {
    format!("option-{name}")
}

/// The table.
#[component]
pub fn OptionTable(catalogue: Catalogue) -> impl IntoView {
    let app = expect_context::<App>();
    let Shown {
        search,
        filter,
        active,
    } = app.options;
    let entries = Memo::new(move |_| app.report.with(|report| catalogue.entries(&report.plan)));
    let set = Memo::new(move |_| catalogue.set(app));
    let shown = Memo::new(move |_| {
        let words = search.with(|search| Words::of(search));
        let filter = filter.get();
        // While it is typed in, a row stays, whatever is in it.
        let here = active.get_untracked();
        entries
            .with(|entries| set.with(|set| fitting(entries, set, &words, filter, here.as_deref())))
    });
    let place = Memo::new(move |_| {
        let active = active.get()?;
        shown.with(|shown| shown.iter().position(|entry| entry.name == active))
    });
    let body = NodeRef::<html::Div>::new();
    let drawn = drawn_rows(app, body, shown, place);
    let at_place = move || {
        place
            .get()
            .and_then(|at| shown.with(|shown| shown.get(at).cloned()))
    };
    let activate = move |at: usize, inside: bool| {
        let name = shown.with_untracked(|shown| shown.get(at).map(|entry| entry.name.clone()));
        let Some(name) = name else { return };
        active.set(Some(name.clone()));
        let id = if inside {
            format!("field-{}", catalogue.path(&name))
        } else {
            row_id(&name)
        };
        timer::when_drawn(move || focus::focus_softly(&id).unwrap_or_default());
    };
    let key = move |event: web_sys::KeyboardEvent| {
        let Some(at) = place.get_untracked() else {
            return;
        };
        let inside = focus::is_typing();
        let last = shown.with_untracked(Vec::len).saturating_sub(1);
        let go = |step: isize| activate(at.saturating_add_signed(step).min(last), inside);
        match (event.key().as_str(), inside) {
            // A folded list takes the arrow keys for its choices.
            ("ArrowDown" | "ArrowUp", true) if is_select(&event) => return,
            ("ArrowDown", _) => go(1),
            ("ArrowUp", _) => go(-1),
            ("PageDown", _) => go(PAGE),
            ("PageUp", _) => go(-PAGE),
            ("Home", false) => activate(0, false),
            ("End", false) => activate(last, false),
            ("Enter" | "F2", false) if is_row(&event) => activate(at, true),
            ("Enter", true) if !event.ctrl_key() && !event.meta_key() => activate(at, false),
            ("Escape", true) => activate(at, false),
            ("Escape", false) => focus::focus("option-search").unwrap_or_default(),
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <div class="options">
            <OptionsBar catalogue shown set entries />
            <div
                class="options-table"
                role="grid"
                aria-label=say(&format!("section.{}", catalogue.field().section.id()))
                aria-rowcount=move || shown.with(Vec::len) + 1
                on:keydown=key
            >
                <OptionsHead />
                <div
                    class="options-rows"
                    role="rowgroup"
                    node_ref=body
                    style:--rows=move || shown.with(Vec::len).to_string()
                >
                    <For each=move || drawn.get() key=|(at, entry)| (*at, entry.name.clone()) let((at, entry))>
                        <OptionRow catalogue entry at first=move || place.get().unwrap_or(0) == at />
                    </For>
                </div>
            </div>
            <p class="options-none" hidden=move || !shown.with(Vec::is_empty)>{say("options.none")}</p>
            {move || at_place().map(|entry| view! { <OptionDetail catalogue entry /> })}
        </div>
    }
}

/// Whether a key was pressed in a folded list.
fn is_select(event: &web_sys::KeyboardEvent) -> bool {
    event_target::<web_sys::Element>(event).tag_name() == "SELECT"
}

/// Whether a key was pressed on a row, and not on something in it.
fn is_row(event: &web_sys::KeyboardEvent) -> bool {
    event_target::<web_sys::Element>(event)
        .matches(".option-row")
        .unwrap_or(false)
}

/// The rows that fit: what the version does not know first; what fits nearly when nothing else does.
fn fitting(
    entries: &[Arc<Entry>],
    set: &BTreeSet<String>,
    words: &Words,
    filter: Filter,
    here: Option<&str>,
) -> Vec<Arc<Entry>> {
    let known = |name: &String| entries.iter().any(|entry| entry.name == *name);
    let strange = set.iter().filter(|name| !known(name));
    let strange = strange.map(|name| Arc::new(Entry::unknown(name)));
    let all: Vec<Arc<Entry>> = strange
        .chain(entries.iter().cloned())
        .filter(|entry| match filter {
            Filter::All => true,
            Filter::Changed => set.contains(&entry.name) || here == Some(&entry.name),
            Filter::Important => entry.importance == Some(Importance::High),
            Filter::Deprecated => entry.deprecated,
        })
        .collect();
    if words.is_empty() {
        return all;
    }
    let holds = |entry: &&Arc<Entry>| words.rank(&entry.name).is_some();
    let exact: Vec<Arc<Entry>> = all.iter().filter(holds).cloned().collect();
    if exact.is_empty() {
        return all
            .into_iter()
            .filter(|entry| words.nearly(&entry.name))
            .collect();
    }
    exact
}

/// The rows that are seen with some beyond, and the active one.
fn drawn_rows(
    app: App,
    body: NodeRef<html::Div>,
    shown: Memo<Vec<Arc<Entry>>>,
    place: Memo<Option<usize>>,
) -> Memo<Vec<(usize, Arc<Entry>)>> {
    // The first row that is seen, in grains, and how many fit.
    let seen = RwSignal::new((0usize, 16usize));
    let measure = move || {
        let (Some(body), Ok(form)) = (body.get_untracked(), focus::element("form")) else {
            return;
        };
        let row = body.query_selector(".option-row").ok().flatten();
        let height = row.map_or(0.0, |row| row.get_bounding_client_rect().height());
        let above = form.get_bounding_client_rect().top() - body.get_bounding_client_rect().top();
        let rows = |pixels: f64| {
            // A quotient of two lengths on a screen.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let rows = (pixels / height.max(24.0)).max(0.0) as usize;
            rows
        };
        let now = (
            rows(above) / GRAIN * GRAIN,
            rows(f64::from(form.client_height())) + 2,
        );
        if seen.get_untracked() != now {
            seen.set(now);
        }
    };
    Effect::new(move |_| {
        app.scrolled.track();
        shown.track();
        measure();
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| measure());
    on_cleanup(move || resized.remove());
    Memo::new(move |_| {
        let (first, rows) = seen.get();
        let place = place.get();
        shown.with(|shown| {
            let seen = first.saturating_sub(BEYOND)..first + rows + GRAIN + BEYOND;
            let drawn = |at: &usize| seen.contains(at) || place == Some(*at);
            let rows = (0..shown.len()).filter(drawn);
            rows.map(|at| (at, Arc::clone(&shown[at]))).collect()
        })
    })
}

/// The names of the columns; seen where they have room.
#[component]
fn OptionsHead() -> impl IntoView {
    let column = |key: &str| view! { <span role="columnheader">{say(key)}</span> };
    view! {
        <div class="options-head" role="rowgroup">
            <div role="row" aria-rowindex="1">
                {column("options.column.name")}
                {column("options.column.value")}
                {column("options.column.default")}
                {column("options.column.unit")}
                {column("options.column.range")}
                {column("options.column.since")}
                {column("options.column.importance")}
                {column("options.column.update")}
            </div>
        </div>
    }
}

/// Search, filters, and how much is shown.
#[component]
fn OptionsBar(
    catalogue: Catalogue,
    shown: Memo<Vec<Arc<Entry>>>,
    set: Memo<BTreeSet<String>>,
    entries: Memo<Vec<Arc<Entry>>>,
) -> impl IntoView {
    let app = expect_context::<App>();
    let Shown { search, filter, .. } = app.options;
    let button = move |which: Filter, key: &'static str| {
        view! {
            <button
                type="button"
                class="segment"
                aria-pressed=move || (filter.get() == which).to_string()
                on:click=move |_| filter.set(which)
            >
                {say(key)}
            </button>
        }
    };
    let count = move || {
        // Asked for first: what `shown` brings up to date on its own way is not heard here.
        let set = set.with(BTreeSet::len);
        let (count, all) = (shown.with(Vec::len), entries.with(Vec::len));
        say_with("options.count", args![count, all, set])
    };
    let go_to_rows = move |event: web_sys::KeyboardEvent| {
        if matches!(event.key().as_str(), "ArrowDown" | "Enter") {
            let first = shown.with_untracked(|shown| shown.first().map(|entry| entry.name.clone()));
            if let Some(name) = first {
                event.prevent_default();
                app.options.active.set(Some(name.clone()));
                timer::when_drawn(move || focus::focus_softly(&row_id(&name)).unwrap_or_default());
            }
        }
    };
    view! {
        <div class="options-bar" role="search" aria-label=say("options.search")>
            <span class="box">
                <Icon sign=Sign::Search />
                <input
                    type="search"
                    id="option-search"
                    aria-label=say("options.search")
                    placeholder=say("options.search")
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=search
                    on:input=move |event| {
                        search.set(event_target_value(&event));
                        focus::announce(&count());
                    }
                    on:keydown=go_to_rows
                />
            </span>
            <span class="segments" role="group" aria-label=say("options.filter")>
                {button(Filter::All, "options.all")}
                {button(Filter::Changed, "options.set")}
                {(catalogue == Catalogue::Kafka)
                    .then(|| {
                        view! {
                            {button(Filter::Important, "options.important")}
                            {button(Filter::Deprecated, "options.deprecated")}
                        }
                    })}
            </span>
            <span class="options-count">{count}</span>
        </div>
    }
}
