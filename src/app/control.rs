//! The control of a field: chosen by its kind, never by its id.

use leptos::prelude::*;

use super::browser;
use super::field_row::Row;
use super::icon::{Icon, Sign};
use super::words::{maybe, say, say_with};
use crate::args;
use crate::catalog::{self, OptionKind, Unit};
use crate::fields::{self, Field, Kind};
use crate::plan::{self, Plan};
use crate::text::bytes_words;

/// Choices up to this many stand side by side, with their help.
const CARDS: usize = 5;

/// How a field is edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// On or off.
    Switch,
    /// A few choices, each a card.
    Cards(Vec<String>),
    /// Many choices, folded.
    Select(Vec<String>),
    /// One line of text.
    Line {
        /// Whether a number keyboard helps.
        digits: bool,
        /// What is counted: a key of words.
        unit: Option<&'static str>,
        /// Whether it takes the whole width.
        wide: bool,
    },
}

impl Shape {
    /// The class of the row.
    pub const fn class(&self) -> &'static str {
        match self {
            Self::Switch => "flag",
            Self::Cards(_) => "wide cards",
            Self::Select(_) => "select",
            Self::Line { wide: true, .. } => "text wide",
            Self::Line { wide: false, .. } => "text",
        }
    }

    /// Whether several controls share the label.
    pub const fn is_group(&self) -> bool {
        matches!(self, Self::Cards(_))
    }

    fn of(field: &Field, plan: &Plan) -> Self {
        let line = |digits, wide| Self::Line {
            digits,
            unit: None,
            wide,
        };
        match field.kind {
            Kind::Flag => Self::Switch,
            Kind::Choice(_)
            | Kind::KubernetesVersion
            | Kind::KafkaVersion
            | Kind::ZooKeeperVersion
            | Kind::ScalaVersion => {
                let choices = field.choices(plan);
                let told =
                    |choice: &String| maybe(&format!("{}.{choice}.help", field.id)).is_some();
                if choices.len() <= CARDS && choices.iter().any(told) {
                    Self::Cards(choices)
                } else {
                    Self::Select(choices)
                }
            }
            Kind::Whole { .. } => line(true, false),
            Kind::Seconds { .. } => Self::Line {
                digits: false,
                unit: Some("unit.seconds"),
                wide: false,
            },
            Kind::Quantity | Kind::Limit | Kind::Cpu | Kind::Heap | Kind::Name(_) => {
                line(false, false)
            }
            Kind::Names(_)
            | Kind::Host
            | Kind::Hosts
            | Kind::Cidrs
            | Kind::Labels
            | Kind::Folder
            | Kind::Chroot
            | Kind::Image
            | Kind::ImageName
            | Kind::Url
            | Kind::Sha512
            | Kind::Uuids
            | Kind::Text => line(
                false,
                matches!(
                    field.kind,
                    Kind::Hosts
                        | Kind::Cidrs
                        | Kind::Labels
                        | Kind::Url
                        | Kind::Sha512
                        | Kind::Uuids
                        | Kind::Text
                        | Kind::Image
                ),
            ),
            Kind::KafkaOption(name) => {
                match catalog::broker_option(name, plan.kafka.version.line()).known() {
                    Some(option) => {
                        Self::of_option(option.values.kind, option.values.one_of, option.unit)
                    }
                    None => line(false, true),
                }
            }
            Kind::ZooKeeperOption(name) => {
                let version = plan.zookeeper().map(|zookeeper| *zookeeper.version);
                let option =
                    version.and_then(|version| catalog::zookeeper_option(name, version).known());
                match option {
                    Some(option) => {
                        Self::of_option(option.values.kind, option.values.one_of, option.unit)
                    }
                    None => line(false, true),
                }
            }
        }
    }

    fn of_option(kind: OptionKind, one_of: &[&str], unit: Unit) -> Self {
        match kind {
            OptionKind::Boolean => Self::Switch,
            OptionKind::String if !one_of.is_empty() => {
                Self::Select(one_of.iter().map(|&choice| choice.to_owned()).collect())
            }
            OptionKind::Int | OptionKind::Long | OptionKind::Short | OptionKind::Double => {
                Self::Line {
                    digits: false,
                    unit: unit_key(unit),
                    wide: false,
                }
            }
            _ => Self::Line {
                digits: false,
                unit: None,
                wide: true,
            },
        }
    }
}

/// The shape that a row begins with.
pub fn first_shape(row: Row) -> Shape {
    row.app
        .report
        .with_untracked(|report| Shape::of(row.field, &report.plan))
}

/// The words of a unit.
pub const fn unit_key(unit: Unit) -> Option<&'static str> {
    Some(match unit {
        Unit::None | Unit::Count | Unit::Port => return None,
        Unit::Ms => "unit.ms",
        Unit::Seconds => "unit.seconds",
        Unit::Minutes => "unit.minutes",
        Unit::Hours => "unit.hours",
        Unit::Bytes => "unit.bytes",
        Unit::Kibibytes => "unit.kibibytes",
        Unit::BytesPerSecond => "unit.bytes-per-second",
        Unit::PerSecond => "unit.per-second",
        Unit::PerMinute => "unit.per-minute",
        Unit::Percent => "unit.percent",
        Unit::Ratio => "unit.ratio",
        Unit::Bits => "unit.bits",
        Unit::Ticks => "unit.ticks",
    })
}

/// A choice in words; what has none is shown as it is.
pub fn choice_words(field: &Field, choice: &str) -> String {
    let lower = choice.to_ascii_lowercase();
    match (lower.as_str(), &field.kind) {
        ("true", _) => say("page.on"),
        ("false", _) => say("page.off"),
        (_, Kind::Choice(_)) => {
            maybe(&format!("{}.{choice}", field.id)).unwrap_or_else(|| choice.to_owned())
        }
        _ => choice.to_owned(),
    }
}

/// The control of a row.
#[component]
pub fn Control(row: Row, shape: Shape) -> impl IntoView {
    match shape {
        Shape::Switch => view! { <Switch row /> }.into_any(),
        Shape::Cards(choices) => view! { <Cards row choices /> }.into_any(),
        Shape::Select(choices) => view! { <Select row choices /> }.into_any(),
        Shape::Line { digits, unit, .. } => view! { <LineBox row digits unit /> }.into_any(),
    }
}

#[component]
fn Switch(row: Row) -> impl IntoView {
    let on = move || row.shown.with(|text| fields::flag(text).unwrap_or(false));
    view! {
        <span class="switch">
            <input
                type="checkbox"
                role="switch"
                id=row.id()
                aria-describedby=row.described_by()
                prop:checked=on
                on:change=move |event| row.put(event_target_checked(&event).to_string())
            />
        </span>
    }
}

#[component]
fn Cards(row: Row, choices: Vec<String>) -> impl IntoView {
    let id = row.id();
    let cards = choices.into_iter().map(|choice| {
        let help = maybe(&format!("{}.{choice}.help", row.field.id));
        let words = choice_words(row.field, &choice);
        let (value, mine) = (choice.clone(), choice.clone());
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name=row.id()
                    id=format!("{}-{choice}", row.id())
                    value=choice
                    prop:checked=move || row.shown.with(|shown| shown.trim() == mine)
                    on:change=move |_| row.put(value.clone())
                />
                <span class="choice-name">{words}</span>
                {help.map(|help| view! { <small>{help}</small> })}
            </label>
        }
    });
    view! {
        <div
            class="choices"
            role="radiogroup"
            id=id.clone()
            aria-labelledby=format!("{id}-label")
            aria-describedby=row.described_by()
        >
            {cards.collect_view()}
        </div>
    }
}

#[component]
fn Select(row: Row, choices: Vec<String>) -> impl IntoView {
    let known = choices.clone();
    // What was typed elsewhere and is no choice still shows.
    let foreign = move || {
        let shown = row.shown.get();
        (!known.contains(&shown))
            .then(|| view! { <option value=shown.clone() selected=true>{shown.clone()}</option> })
    };
    view! {
        <span class="box">
            <select
                id=row.id()
                aria-describedby=row.described_by()
                aria-invalid=move || row.is_wrong().then_some("true")
                prop:value=row.shown
                on:change=move |event| row.put(event_target_value(&event))
            >
                {foreign}
                {choices
                    .into_iter()
                    .map(|choice| {
                        let words = choice_words(row.field, &choice);
                        let mine = choice.clone();
                        view! {
                            <option value=choice selected=move || row.shown.with(|shown| *shown == mine)>{words}</option>
                        }
                    })
                    .collect_view()}
            </select>
            <Icon sign=Sign::Down />
        </span>
    }
}

#[component]
fn LineBox(row: Row, digits: bool, unit: Option<&'static str>) -> impl IntoView {
    let id = row.id();
    let reading = move || {
        row.typed
            .with(|typed| typed.as_deref().and_then(|text| reading(row.field, text)))
    };
    let unlock_id = id.clone();
    let unlock = move || {
        let id = unlock_id.clone();
        row.is_locked().then(|| {
            let label = say(&format!("{}.label", row.field.id));
            view! {
                <button
                    type="button"
                    class="box-unlock"
                    data-unlock=row.path.with_value(ToString::to_string)
                    aria-label=say_with("page.unlock.what", args![label])
                    on:click=move |_| {
                        row.put(row.shown.get_untracked());
                        let id = id.clone();
                        browser::timer::when_drawn(move || browser::focus::focus(&id).unwrap_or_default());
                    }
                >
                    <Icon sign=Sign::Lock />
                    {say("page.unlock")}
                </button>
            }
        })
    };
    view! {
        <span class="box">
            <input
                type="text"
                id=id
                aria-describedby=row.described_by()
                aria-invalid=move || row.is_wrong().then_some("true")
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                inputmode=if digits { "numeric" } else { "text" }
                readonly=move || row.is_locked()
                title=move || row.is_locked().then(|| row.shown.get())
                placeholder=move || row.is_locked().then(|| say("page.nothing"))
                prop:value=row.shown
                on:input=move |event| row.put(event_target_value(&event))
                on:keydown=move |event| {
                    if digits && !row.is_locked() {
                        step(row, &event);
                    }
                }
            />
            {unit.map(|key| view! { <span class="box-unit">{move || reading().unwrap_or_else(|| say(key))}</span> })}
            {unlock}
        </span>
    }
}

/// The arrow keys count up and down.
fn step(row: Row, event: &web_sys::KeyboardEvent) {
    let number = row.shown.get_untracked().trim().parse::<u64>();
    let (Ok(number), Kind::Whole { min, max }) = (number, row.field.kind) else {
        return;
    };
    let next = match event.key().as_str() {
        "ArrowUp" => number.saturating_add(1),
        "ArrowDown" => number.saturating_sub(1),
        _ => return,
    };
    event.prevent_default();
    row.put(next.clamp(min, max).to_string());
}

/// What a text means: `7d` is 604,800,000 ms, and 604800000 is 7 days.
fn reading(field: &Field, text: &str) -> Option<String> {
    match field.kind {
        Kind::Seconds { min, max } => {
            let seconds = fields::seconds(text, min, max).ok()?;
            if text.trim() == seconds.to_string() {
                return round_words(Unit::Seconds, seconds);
            }
            Some(format!("{} {}", grouped(seconds), say("unit.seconds")))
        }
        Kind::KafkaOption(name) => option_reading(option_unit(name)?, text),
        Kind::ZooKeeperOption(name) => {
            let newest = catalog::zookeeper_releases().last()?;
            let option = catalog::zookeeper_option(name, newest.version).known()?;
            option_reading(option.unit, text)
        }
        _ => None,
    }
}

/// What a text means to an option that counts in a unit: the number for `7d`, `7 d` for the number.
pub fn option_reading(unit: Unit, text: &str) -> Option<String> {
    match plan::in_unit(text, unit) {
        Some(number) => Some(format!("{} {}", grouped(number), say(unit_key(unit)?))),
        None => round_words(unit, text.trim().parse().ok()?),
    }
}

/// A number of small units in the largest one that divides it; nothing when that is its own.
pub fn round_words(unit: Unit, number: u64) -> Option<String> {
    const STEPS: [(u64, &str); 4] = [
        (86_400_000, "unit.days"),
        (3_600_000, "unit.hours"),
        (60_000, "unit.minutes"),
        (1_000, "unit.seconds"),
    ];
    let own = match unit {
        Unit::Ms => 1,
        Unit::Seconds => 1_000,
        Unit::Minutes => 60_000,
        Unit::Hours => 3_600_000,
        Unit::Bytes if number >= 1024 => return Some(bytes_words(number)),
        _ => return None,
    };
    let millis = number.checked_mul(own)?;
    let (per, key) = STEPS
        .into_iter()
        .find(|(per, _)| *per > own && millis >= *per && millis.is_multiple_of(*per))?;
    Some(format!("{} {}", grouped(millis / per), say(key)))
}

fn option_unit(name: &str) -> Option<Unit> {
    // The unit of an option is the same in every line that has it; the newest with ZooKeeper knows most.
    let newest = catalog::kafka_releases()
        .iter()
        .rev()
        .find(|release| release.version.has_zookeeper_mode())?;
    catalog::broker_option(name, newest.version.line())
        .known()
        .map(|option| option.unit)
}

/// A number with separators between its thousands.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
