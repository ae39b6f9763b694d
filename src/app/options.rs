//! Every option of the chosen version, as a table that can be searched.

use leptos::prelude::*;

use super::control::{option_reading, unit_key};
use super::icon::{Icon, Sign, severity_name, severity_sign};
use super::state::App;
use super::words::{lang, say, say_with};
use crate::args;
use crate::catalog::{self, Importance, OptionKind, Unit};
use crate::design::FieldPath;
use crate::fields::{Field, KAFKA_OPTION, ZOOKEEPER_OPTION};
use crate::plan::Plan;

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
struct Entry {
    name: String,
    default: Option<String>,
    kind: Option<OptionKind>,
    unit: Unit,
    words: Vec<String>,
    importance: Option<Importance>,
    since: String,
    deprecated: bool,
    known: bool,
}

impl Catalogue {
    fn field(self) -> &'static Field {
        match self {
            Self::Kafka => &KAFKA_OPTION,
            Self::ZooKeeper => &ZOOKEEPER_OPTION,
        }
    }

    fn path(self, name: &str) -> FieldPath {
        FieldPath::keyed(self.field().id, name)
    }

    /// The options of the version that the plan has.
    fn entries(self, plan: &Plan) -> Vec<Entry> {
        match self {
            Self::Kafka => catalog::broker_options(plan.kafka.version.line())
                .map(|option| Entry {
                    name: option.name.to_owned(),
                    default: option.default.map(str::to_owned),
                    kind: Some(option.values.kind),
                    unit: option.unit,
                    words: option
                        .values
                        .one_of
                        .iter()
                        .map(|&word| word.to_owned())
                        .collect(),
                    importance: Some(option.importance),
                    since: option.since.to_string(),
                    deprecated: option.deprecated_since.is_some(),
                    known: true,
                })
                .collect(),
            Self::ZooKeeper => plan.zookeeper().map_or_else(Vec::new, |zookeeper| {
                catalog::zookeeper_options(*zookeeper.version)
                    .map(|option| Entry {
                        name: option.name.to_owned(),
                        default: option.default.map(str::to_owned),
                        kind: Some(option.values.kind),
                        unit: option.unit,
                        words: option
                            .values
                            .one_of
                            .iter()
                            .map(|&word| word.to_owned())
                            .collect(),
                        importance: None,
                        since: option.since.to_string(),
                        deprecated: false,
                        known: true,
                    })
                    .collect()
            }),
        }
    }

    /// What the files say of an option, asked for or not.
    fn written(self, plan: &Plan, name: &str) -> Option<String> {
        match self {
            Self::Kafka => plan.kafka.config.in_force(name).map(str::to_owned),
            Self::ZooKeeper => plan.zookeeper()?.config.get(name).map(str::to_owned),
        }
    }
}

impl Entry {
    /// An option that is set although the version does not know it.
    fn unknown(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            default: None,
            kind: None,
            unit: Unit::None,
            words: Vec::new(),
            importance: None,
            since: String::new(),
            deprecated: false,
            known: false,
        }
    }

    /// The words to choose from, when there are few.
    fn choices(&self) -> Vec<String> {
        match self.kind {
            Some(OptionKind::Boolean) => vec!["true".to_owned(), "false".to_owned()],
            Some(OptionKind::String) => self.words.clone(),
            _ => Vec::new(),
        }
    }
}

/// Which rows are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Filter {
    All,
    Set,
    Important,
}

/// Whether a name holds every word of a search, whatever stands between them.
fn matches(name: &str, search: &str) -> bool {
    let name = name.to_lowercase();
    search
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .all(|word| name.contains(word))
}

/// The table.
#[component]
pub fn OptionTable(catalogue: Catalogue) -> impl IntoView {
    let app = expect_context::<App>();
    let filter = RwSignal::new(Filter::All);
    let prefix = catalogue.field().id.trim_end_matches("[]");
    let entries = Memo::new(move |_| app.report.with(|report| catalogue.entries(&report.plan)));
    let set = Memo::new(move |_| {
        app.design.with(|design| {
            let paths = design.values.keys().filter(|path| {
                path.as_str()
                    .strip_prefix(prefix)
                    .is_some_and(|rest| rest.starts_with('['))
            });
            paths
                .filter_map(|path| path.key().map(str::to_owned))
                .collect::<Vec<String>>()
        })
    });
    let shown = Memo::new(move |_| {
        let search = app.option_search.get();
        let filter = filter.get();
        entries.with(|entries| {
            set.with(|set| {
                let strange = set
                    .iter()
                    .filter(|name| !entries.iter().any(|entry| entry.name == **name))
                    .map(|name| Entry::unknown(name));
                strange
                    .chain(entries.iter().cloned())
                    .filter(|entry| matches(&entry.name, &search))
                    .filter(|entry| match filter {
                        Filter::All => true,
                        Filter::Set => set.contains(&entry.name),
                        Filter::Important => entry.importance == Some(Importance::High),
                    })
                    .collect::<Vec<Entry>>()
            })
        })
    });
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
    view! {
        <div class="options">
            <div class="options-bar">
                <span class="box">
                    <Icon sign=Sign::Search />
                    <input
                        type="search"
                        id="option-search"
                        aria-label=say("options.search")
                        placeholder=say("options.search")
                        autocomplete="off"
                        spellcheck="false"
                        prop:value=app.option_search
                        on:input=move |event| app.option_search.set(event_target_value(&event))
                    />
                </span>
                <span class="segments" role="group" aria-label=say("options.filter")>
                    {button(Filter::All, "options.all")}
                    {move || (catalogue == Catalogue::Kafka).then(|| button(Filter::Important, "options.important"))}
                    {button(Filter::Set, "options.set")}
                </span>
                <span class="options-count" role="status">
                    {move || {
                        let count = shown.with(Vec::len);
                        let set = set.with(Vec::len);
                        say_with("options.count", args![count, set])
                    }}
                </span>
            </div>
            <ul class="options-rows">
                <For each=move || shown.get() key=|entry| (entry.name.clone(), entry.default.clone(), entry.known) let:entry>
                    <OptionRow catalogue entry />
                </For>
            </ul>
            <p class="options-none" hidden=move || !shown.with(Vec::is_empty)>{say("options.none")}</p>
        </div>
    }
}

#[component]
fn OptionRow(catalogue: Catalogue, entry: Entry) -> impl IntoView {
    let app = expect_context::<App>();
    let field = catalogue.field();
    let path = StoredValue::new(catalogue.path(&entry.name));
    let typed = Memo::new(move |_| {
        path.with_value(|path| {
            app.design
                .with(|design| design.get(path).map(str::to_owned))
        })
    });
    let name = entry.name.clone();
    let written = Memo::new(move |_| {
        app.report
            .with(|report| catalogue.written(&report.plan, &name))
    });
    let findings = Memo::new(move |_| {
        path.with_value(|path| {
            app.by_field
                .with(|by_field| by_field.get(path).cloned().unwrap_or_default())
        })
    });
    let put = move |text: String| path.with_value(|path| app.type_into(field, path, text));
    let id = path.with_value(|path| format!("field-{path}"));
    let unit = entry.unit;
    let default = entry.default.clone().unwrap_or_default();
    let placeholder = {
        let default = default.clone();
        move || written.get().unwrap_or_else(|| default.clone())
    };
    let facts = facts(&entry);
    let ours = move || typed.with(Option::is_none) && written.with(Option::is_some);
    let choices = entry.choices();
    let control = if choices.is_empty() {
        view! {
            <span class="box">
                <input
                    type="text"
                    id=id.clone()
                    aria-label=entry.name.clone()
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    placeholder=placeholder
                    prop:value=move || typed.get().unwrap_or_default()
                    on:input=move |event| put(event_target_value(&event))
                />
                {move || typed.with(|typed| typed.as_deref().and_then(|text| option_reading(unit, text))).map(|words| view! { <span class="box-unit">{words}</span> })}
            </span>
        }
        .into_any()
    } else {
        view! {
            <span class="box">
                <select
                    id=id.clone()
                    aria-label=entry.name.clone()
                    prop:value=move || typed.get().unwrap_or_default()
                    on:change=move |event| put(event_target_value(&event))
                >
                    <option value="" selected=move || typed.with(Option::is_none)>
                        {move || say_with("options.not-set", args![value = placeholder()])}
                    </option>
                    {choices
                        .into_iter()
                        .map(|choice| {
                            let (mine, value) = (choice.clone(), choice.clone());
                            view! {
                                <option value=value selected=move || typed.with(|typed| typed.as_ref() == Some(&mine))>
                                    {choice}
                                </option>
                            }
                        })
                        .collect_view()}
                </select>
                <Icon sign=Sign::Down />
            </span>
        }
        .into_any()
    };
    let unset_words = say_with("options.unset", args![name = entry.name.clone()]);
    view! {
        <li
            class="option-row"
            class:edited=move || typed.with(Option::is_some)
            class:strange=!entry.known
            data-option=entry.name.clone()
            on:focusin=move |_| app.focused.set(Some(path.get_value()))
            on:focusout=move |_| app.settle()
        >
            <div class="option-name">
                <label for=id>{breakable(&entry.name)}</label>
                <span class="option-facts">{facts}</span>
            </div>
            <span class="option-default" title=default.clone()>
                {if default.is_empty() { say("options.no-default") } else { default.clone() }}
                {move || ours().then(|| view! { <span class="option-ours">{say("options.ours")}</span> })}
            </span>
            {control}
            <span class="option-unset">
                {move || {
                    typed
                        .with(Option::is_some)
                        .then(|| {
                            view! {
                                <button
                                    type="button"
                                    class="tool bare"
                                    aria-label=unset_words.clone()
                                    title=unset_words.clone()
                                    on:click=move |_| put(String::new())
                                >
                                    <Icon sign=Sign::Close />
                                </button>
                            }
                        })
                }}
            </span>
            <div class="option-found">
                {move || {
                    findings
                        .get()
                        .into_iter()
                        .map(|finding| {
                            view! {
                                <p class=format!("found {}", severity_name(finding.severity)) data-rule=finding.rule>
                                    <Icon sign=severity_sign(finding.severity) />
                                    <span>{finding.title(lang())} " " {finding.message(lang())}</span>
                                </p>
                            }
                        })
                        .collect_view()
                }}
            </div>
        </li>
    }
}

/// What is worth knowing of an option, in a few words.
fn facts(entry: &Entry) -> String {
    let mut facts = Vec::new();
    if !entry.known {
        facts.push(say("options.strange"));
    }
    if let Some(kind) = entry.kind {
        facts.push(say(kind_key(kind)));
    }
    facts.extend(unit_key(entry.unit).map(say));
    facts.extend(
        entry
            .importance
            .map(|importance| say(importance_key(importance))),
    );
    if entry.known {
        facts.push(say_with(
            "options.since",
            args![version = entry.since.clone()],
        ));
    }
    if entry.deprecated {
        facts.push(say("options.deprecated"));
    }
    facts.join(" · ")
}

const fn importance_key(importance: Importance) -> &'static str {
    match importance {
        Importance::Low => "options.low",
        Importance::Medium => "options.medium",
        Importance::High => "options.high",
    }
}

const fn kind_key(kind: OptionKind) -> &'static str {
    match kind {
        OptionKind::Boolean => "options.kind.boolean",
        OptionKind::Int | OptionKind::Long | OptionKind::Short => "options.kind.whole",
        OptionKind::Double => "options.kind.number",
        OptionKind::String | OptionKind::ServerSpec => "options.kind.text",
        OptionKind::List => "options.kind.list",
        OptionKind::Class => "options.kind.class",
        OptionKind::Password => "options.kind.password",
        OptionKind::Path => "options.kind.path",
        OptionKind::Hex => "options.kind.hex",
    }
}

/// A name that may break behind its dots.
fn breakable(name: &str) -> impl IntoView + use<> {
    let parts = name
        .split_inclusive('.')
        .map(|part| view! { {part.to_owned()} <wbr /> });
    parts.collect_view()
}
