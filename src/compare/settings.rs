//! What differs between two designs, setting by setting, and how one takes it over from the other.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Consequence;
use crate::design::{Change, Design, FieldPath};
use crate::fields::{self, Field, LISTS, Section, Start};
use crate::plan::Plan;
use crate::render::File;
use crate::rules::Effect;
use crate::text::{Arg, Sentence};

/// A part of a design that two designs may have differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// One setting.
    Value(FieldPath),
    /// An item that only one of them has, with all its settings.
    Item {
        /// The list, such as `kafka.groups`.
        list: String,
        /// The item's key.
        key: String,
    },
    /// The order of the items of a list.
    Order(String),
    /// A finding that somebody decided to live with.
    Silence {
        /// The rule's id.
        rule: String,
        /// The finding's subject.
        subject: String,
    },
    /// What no field can say, by the file of the bundle.
    Extras(String),
    /// The edition of the start values.
    Edition,
}

/// What one of the designs has there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Side {
    /// A text, as typed.
    Typed(String),
    /// Nothing; this start value holds.
    Start(&'static str),
    /// Nothing; the plan works this out.
    Derived(String),
    /// So many pieces.
    Pieces(usize),
    /// Nothing at all.
    Nothing,
}

/// A part that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which.
    pub part: Part,
    /// What the first design has.
    pub before: Side,
    /// What the second design has.
    pub after: Side,
}

impl Part {
    /// What it is called.
    pub fn sentence(&self) -> Sentence {
        match self {
            Self::Value(path) => match (fields::find(path), path.key()) {
                (None, _) => Sentence::plain(path.to_string()),
                // An option goes by its own name, which is no key and stays as it is.
                (Some(field), Some(name)) if field.is_option() => Sentence::plain(name.to_owned()),
                (Some(field), Some(item)) => {
                    let what = Arg::Sentence(format!("{}.label", field.id).into());
                    let item = Arg::Text(item.to_owned());
                    Sentence::new("differ.of-item", vec![("what", what), ("item", item)])
                }
                (Some(field), None) => Sentence::plain(format!("{}.label", field.id)),
            },
            Self::Item { list, key } => {
                Sentence::new(format!("items.{list}.title"), crate::args![key])
            }
            Self::Order(list) => Sentence::new("differ.order", crate::args![list]),
            Self::Silence { rule, subject } => {
                Sentence::new("differ.silence", crate::args![rule, subject])
            }
            Self::Extras(file) => Sentence::new("differ.extras", crate::args![file]),
            Self::Edition => Sentence::plain("differ.edition"),
        }
    }

    /// The declaration of the setting, when it is one.
    pub fn field(&self) -> Option<&'static Field> {
        match self {
            Self::Value(path) => fields::find(path),
            _ => None,
        }
    }

    /// The list that it is about, when it is about one.
    fn list(&self) -> Option<&str> {
        match self {
            Self::Item { list, .. } | Self::Order(list) => Some(list),
            _ => None,
        }
    }

    /// Where it stands in the order of the form; what has no place there comes last.
    fn position(&self) -> usize {
        let own = self.field();
        let place = fields::FIELDS.iter().position(|field| match own {
            Some(own) => own.id == field.id,
            None => self.list().is_some_and(|list| field.list() == Some(list)),
        });
        place.unwrap_or(usize::MAX)
    }

    /// The page of the form on which it stands, if any.
    pub fn section(&self) -> Option<Section> {
        let field = fields::FIELDS.get(self.position())?;
        Some(field.section)
    }

    /// Whether a piece of output that comes from a field comes from this part.
    fn makes(&self, origin: &FieldPath) -> bool {
        match self {
            Self::Value(path) => path == origin,
            Self::Item { list, key } => origin.as_str().starts_with(&format!("{list}[{key}]")),
            Self::Extras(file) => origin.as_str().starts_with(&format!("extras[{file}")),
            Self::Order(_) | Self::Silence { .. } | Self::Edition => false,
        }
    }

    /// Makes a design have this part as another has it.
    pub fn take(&self, design: &mut Design, from: &Design) {
        match self {
            Self::Value(path) => match from.get(path) {
                Some(value) => design.apply(&Change::set(path.clone(), value)),
                None => design.apply(&Change::unset(path.clone())),
            },
            Self::Item { list, key } => {
                let (list, key) = (list.clone(), key.clone());
                let prefix = format!("{list}[{key}]");
                if from.keys(&list).any(|one| one == key) {
                    design.apply(&Change::Add { list, key });
                    let values = from.values.iter();
                    let below = values.filter(|(path, _)| path.as_str().starts_with(&prefix));
                    for (path, value) in below {
                        design.apply(&Change::set(path.clone(), value.clone()));
                    }
                } else {
                    design.apply(&Change::Remove { list, key });
                }
            }
            Self::Order(list) => put(&mut design.lists, &from.lists, list),
            Self::Silence { rule, subject } => {
                let is_it =
                    |one: &&crate::design::Silence| one.rule == *rule && one.subject == *subject;
                design.silences.retain(|one| !is_it(&one));
                design
                    .silences
                    .extend(from.silences.iter().find(is_it).cloned());
            }
            Self::Extras(file) => {
                put(&mut design.extras.objects, &from.extras.objects, file);
                put(&mut design.extras.foreign, &from.extras.foreign, file);
                put(&mut design.extras.files, &from.extras.files, file);
            }
            Self::Edition => design.defaults.clone_from(&from.defaults),
        }
    }
}

type Map<T> = std::collections::BTreeMap<String, T>;

/// What stands under a name in one map, put into the other.
fn put<T: Clone>(into: &mut Map<T>, from: &Map<T>, name: &str) {
    match from.get(name) {
        Some(value) => into.insert(name.to_owned(), value.clone()),
        None => into.remove(name),
    };
}

/// A design with its plan.
pub type Planned<'a> = (&'a Design, &'a Plan);

/// What differs between two designs, in the order of the form.
pub fn differences(before: Planned, after: Planned) -> Vec<Difference> {
    let (one, other) = (before.0, after.0);
    let mut found = Vec::new();
    if one.defaults != other.defaults {
        let side = |design: &Design| Side::Typed(design.defaults.clone());
        found.push(Difference {
            part: Part::Edition,
            before: side(one),
            after: side(other),
        });
    }
    items(one, other, &mut found);
    values(before, after, &mut found);
    silences(one, other, &mut found);
    extras(one, other, &mut found);
    found.sort_by_key(|one| one.part.position());
    found
}

/// Items that only one has; an order that differs.
fn items(one: &Design, other: &Design, found: &mut Vec<Difference>) {
    let own = one.lists.keys().chain(other.lists.keys());
    let lists: BTreeSet<&str> = LISTS
        .iter()
        .copied()
        .chain(own.map(String::as_str))
        .collect();
    for list in lists {
        let (left, right): (Vec<&str>, Vec<&str>) =
            (one.keys(list).collect(), other.keys(list).collect());
        if left == right {
            continue;
        }
        let is_known = LISTS.contains(&list);
        let side = |keys: &[&str], key: &str| {
            if keys.contains(&key) {
                Side::Pieces(1)
            } else {
                Side::Nothing
            }
        };
        let gone = left.iter().filter(|key| !right.contains(key));
        let new = right.iter().filter(|key| !left.contains(key));
        let before = found.len();
        if is_known {
            found.extend(gone.chain(new).map(|key| Difference {
                part: Part::Item {
                    list: list.to_owned(),
                    key: (*key).to_owned(),
                },
                before: side(&left, key),
                after: side(&right, key),
            }));
        }
        if found.len() == before {
            let said = |keys: &[&str]| Side::Typed(keys.join(", "));
            found.push(Difference {
                part: Part::Order(list.to_owned()),
                before: said(&left),
                after: said(&right),
            });
        }
    }
}

/// Settings, in the order of the form; those of an item that only one has go with the item.
fn values(before: Planned, after: Planned, found: &mut Vec<Difference>) {
    let paths: BTreeSet<&FieldPath> = before
        .0
        .values
        .keys()
        .chain(after.0.values.keys())
        .collect();
    let of_values: Vec<Difference> = paths
        .into_iter()
        .filter(|path| before.0.get(path) != after.0.get(path))
        .filter(|path| {
            let is_below = |one: &Difference| match &one.part {
                item @ Part::Item { .. } => item.makes(path),
                _ => false,
            };
            !found.iter().any(is_below)
        })
        .filter_map(|path| {
            let field = fields::find(path);
            let (left, right) = (side(before, field, path), side(after, field, path));
            // A start value that is typed says nothing new; an option that is typed is written.
            let is_same = text(&left).is_some_and(|left| text(&right) == Some(left));
            (!is_same).then(|| Difference {
                part: Part::Value(path.clone()),
                before: left,
                after: right,
            })
        })
        .collect();
    found.extend(of_values);
}

/// The text that holds whoever typed it.
fn text(side: &Side) -> Option<&str> {
    match side {
        Side::Typed(text) => Some(text),
        Side::Start(text) => Some(text),
        _ => None,
    }
}

/// What a design has at a path.
fn side((design, plan): Planned, field: Option<&'static Field>, path: &FieldPath) -> Side {
    if let Some(text) = design.get(path) {
        return Side::Typed(text.to_owned());
    }
    match field.map(|field| field.start) {
        Some(Start::Value(start)) if field.is_some_and(|field| !field.is_option()) => {
            Side::Start(start)
        }
        Some(Start::Derived) => plan
            .derived
            .get(path)
            .map_or(Side::Nothing, |derived| Side::Derived(derived.text.clone())),
        _ => Side::Nothing,
    }
}

fn silences(one: &Design, other: &Design, found: &mut Vec<Difference>) {
    let all = one.silences.iter().chain(&other.silences);
    let names: BTreeSet<(&str, &str)> = all
        .map(|one| (one.rule.as_str(), one.subject.as_str()))
        .collect();
    for (rule, subject) in names {
        let of = |design: &'_ Design| {
            let mut all = design.silences.iter();
            all.find(|one| one.rule == rule && one.subject == subject)
                .cloned()
        };
        let (left, right) = (of(one), of(other));
        if left == right {
            continue;
        }
        let side = |silence: Option<crate::design::Silence>| {
            silence.map_or(Side::Nothing, |silence| Side::Typed(silence.reason))
        };
        found.push(Difference {
            part: Part::Silence {
                rule: rule.to_owned(),
                subject: subject.to_owned(),
            },
            before: side(left),
            after: side(right),
        });
    }
}

fn extras(one: &Design, other: &Design, found: &mut Vec<Difference>) {
    let names = |design: &'_ Design| -> Vec<String> {
        let extras = &design.extras;
        let names = extras.objects.keys().chain(extras.foreign.keys());
        names.chain(extras.files.keys()).cloned().collect()
    };
    let files: BTreeSet<String> = names(one).into_iter().chain(names(other)).collect();
    for file in files {
        let part = Part::Extras(file);
        // Alone in an empty design, so that it can be counted and compared.
        let alone = |from: &Design| {
            let mut alone = Design::default();
            part.take(&mut alone, from);
            alone.extras
        };
        let (left, right) = (alone(one), alone(other));
        if left != right {
            found.push(Difference {
                before: Side::Pieces(left.count()),
                after: Side::Pieces(right.count()),
                part,
            });
        }
    }
}

/// What each difference does to a running cluster: the gravest of its consequences, when it has any.
///
/// A consequence belongs to the settings that made its line.
pub fn effects(
    differences: &[Difference],
    consequences: &[Consequence],
    before: &[Arc<File>],
    after: &[Arc<File>],
) -> Vec<Option<Effect>> {
    let made_by: Vec<(Effect, Vec<FieldPath>)> = consequences
        .iter()
        .map(|one| (one.effect, origins(one, before, after)))
        .collect();
    let effect = |difference: &Difference| {
        let of_it = made_by
            .iter()
            .filter(|(_, origins)| origins.iter().any(|origin| difference.part.makes(origin)));
        of_it.map(|(effect, _)| *effect).max()
    };
    differences.iter().map(effect).collect()
}

/// The settings behind a consequence.
fn origins(one: &Consequence, before: &[Arc<File>], after: &[Arc<File>]) -> Vec<FieldPath> {
    let file = |files: &'_ [Arc<File>]| files.iter().find(|file| file.path == one.file).cloned();
    let option = one
        .path
        .split_once(".flag[")
        .map(|(_, name)| name.trim_end_matches(']'));
    let mut origins = Vec::new();
    for (side, is_new) in [(file(after), true), (file(before), false)] {
        let lines = side.as_ref().map_or(&[][..], |file| &file.lines);
        for (at, line) in lines.iter().enumerate() {
            let is_it = match option {
                // Options share the line of their command; their own names tell them apart.
                Some(option) => names(&line.text, option),
                None => is_new && one.line == at + 1,
            };
            if is_it {
                origins.extend(line.origins.iter().cloned());
            }
        }
    }
    if let Some(option) = option {
        origins.push(FieldPath::kafka_option(option));
        origins.push(FieldPath::zookeeper_option(option));
    }
    origins
}

/// Whether a line gives an option a value: `--override log.dirs=…`, `log.dirs=…`, `--servers=…`.
fn names(line: &str, option: &str) -> bool {
    line.match_indices(option).any(|(at, _)| {
        let (head, tail) = (&line[..at], &line[at + option.len()..]);
        tail.starts_with('=') && !head.ends_with(|c: char| c.is_alphanumeric() || c == '.')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::consequences;
    use crate::presets::PRESETS;
    use crate::{Report, evaluate};

    fn of(one: &Design, other: &Design) -> Vec<Difference> {
        let (before, after) = (Plan::of(one), Plan::of(other));
        differences((one, &before), (other, &after))
    }

    #[test]
    fn taking_every_difference_over_makes_designs_equal() {
        let mut designs: Vec<Design> = PRESETS.iter().map(|preset| preset.design()).collect();
        designs.push(Design::default());
        for one in &designs {
            for other in &designs {
                let mut taken = one.clone();
                let found = of(one, other);
                for difference in &found {
                    difference.part.take(&mut taken, other);
                }
                assert_eq!(of(&taken, other), [], "{:?} {:?}", one.from, other.from);
                let texts = |design: &Design| {
                    let files = evaluate(design).files;
                    let files = files.iter().filter(|file| {
                        file.path != "design.yaml" && file.path != crate::bundle::SUMS
                    });
                    files.map(|file| file.text()).collect::<Vec<_>>()
                };
                taken.from.clone_from(&other.from);
                assert_eq!(
                    texts(&taken),
                    texts(other),
                    "{:?} {:?}",
                    one.from,
                    other.from
                );
            }
        }
    }

    #[test]
    fn a_typed_start_value_differs_only_for_options() {
        let plain = Design::default();
        let servers = plain.clone().with("zookeeper.servers", "3");
        assert_eq!(of(&plain, &servers), []);
        let option = plain
            .clone()
            .with("kafka.options[log.cleaner.threads]", "1");
        let found = of(&plain, &option);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].before, Side::Nothing);
    }

    #[test]
    fn an_item_comes_with_its_settings() {
        let one = Design::default();
        let other = one
            .clone()
            .with_list("kafka.disks", &["data", "more"])
            .with("kafka.disks[more].size", "7Gi");
        let found = of(&one, &other);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(matches!(&found[0].part, Part::Item { key, .. } if key == "more"));
        let mut taken = one.clone();
        found[0].part.take(&mut taken, &other);
        assert_eq!(taken, other);
        found[0].part.take(&mut taken, &one);
        assert_eq!(of(&taken, &one), []);
    }

    #[test]
    fn each_difference_has_the_effect_of_its_lines() {
        for style in ["flags", "file"] {
            let one = Design::default().with("kafka.config_style", style);
            let other = one
                .clone()
                .with("kafka.cpu_request", "3")
                .with("kafka.options[log.dirs]", "/var/lib/kafka/other")
                .with("kafka.options[num.partitions]", "6")
                .with("nodes.count", "9")
                .with("nodes.memory", "64Gi");
            let (before, after): (Report, Report) = (evaluate(&one), evaluate(&other));
            let found = differences((&one, &before.plan), (&other, &after.plan));
            let texts = |report: &Report| {
                let files = report.files.iter();
                files.map(|file| (file.path.clone(), file.text())).collect()
            };
            let told = consequences(&texts(&before), &texts(&after));
            let effects = effects(&found, &told, &before.files, &after.files);
            let effect = |path: &str| {
                let at = found
                    .iter()
                    .position(|one| one.part == Part::Value(path.into()));
                at.and_then(|at| effects[at])
            };
            assert_eq!(effect("kafka.cpu_request"), Some(Effect::RollingRestart));
            assert_eq!(
                effect("kafka.options[log.dirs]"),
                Some(Effect::AbandonsData),
                "{style}"
            );
            assert_eq!(
                effect("kafka.options[num.partitions]"),
                Some(Effect::RollingRestart)
            );
            // With nodes enough the pods must keep apart, which is written; how large they are is not.
            assert_eq!(effect("nodes.count"), Some(Effect::RollingRestart));
            assert_eq!(effect("nodes.memory"), None);
        }
    }
}
