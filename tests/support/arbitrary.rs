//! Designs as proptest makes them: a base with some changes, right ones and hostile ones.

use kafka_cluster_designer::catalog;
use kafka_cluster_designer::catalog::KafkaLine;
use kafka_cluster_designer::design::{Change, Design, FieldPath};
use kafka_cluster_designer::fields::{FIELDS, LISTS};
use kafka_cluster_designer::plan::Plan;
use proptest::prelude::*;

/// Text that people paste, and text that means something to a shell, to YAML, to Java or to Docker.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z0-9.,:/=-]{0,16}",
        "[0-9]{1,20}",
        r#"[\\'"$`(){}#:!&*?|> \t\n=~;%@-]{0,16}"#,
        "(no|on|y|null|~|0x1f|1e3|22:22|2026-01-01|-|---|\\.\\.\\.|<<)",
        "(?s).{0,24}",
        "[a-z]{60,70}",
    ]
}

/// The key of a list's item: often one that is there.
fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("main".to_owned()),
        Just("internal".to_owned()),
        Just("external".to_owned()),
        Just("data".to_owned()),
        "[a-zA-Z0-9._-]{1,8}",
        hostile(),
    ]
}

/// Values at which the rules about an option change their mind.
fn telling_values(default: &str) -> Vec<String> {
    let mut values: Vec<String> = [
        "0",
        "1",
        "-1",
        "2",
        "7",
        "100000",
        "2147483647",
        "true",
        "false",
        "x",
    ]
    .map(str::to_owned)
    .into();
    if let Ok(default) = default.parse::<i64>() {
        let near = [
            default,
            default / 2,
            default.saturating_mul(2),
            default.saturating_mul(100),
        ];
        values.extend(near.map(|value| value.to_string()));
    }
    values
}

/// A change of any field: to a hostile text, or to one that is right for it.
fn edit() -> impl Strategy<Value = Change> {
    let set = (0..FIELDS.len(), key(), hostile(), any::<(bool, u8)>()).prop_map(
        |(at, key, text, (right, which))| {
            let field = FIELDS[at];
            let path = field.path(Some(&key));
            let known = super::other_values(field, &path, "");
            let value = match known.len() {
                0 => text,
                count if right => known[usize::from(which) % count].clone(),
                _ => text,
            };
            Change::set(path, value)
        },
    );
    let option =
        (any::<prop::sample::Index>(), any::<prop::sample::Index>()).prop_map(|(name, value)| {
            let options: Vec<_> = catalog::broker_options(KafkaLine::of(3, 5)).collect();
            let option = options[name.index(options.len())];
            let values = telling_values(option.default.unwrap_or_default());
            let value = values[value.index(values.len())].clone();
            Change::set(FieldPath::kafka_option(option.name), value)
        });
    let list = || prop::sample::select(LISTS).prop_map(str::to_owned);
    prop_oneof![
        12 => set,
        6 => option,
        1 => (0..FIELDS.len(), key()).prop_map(|(at, key)| Change::unset(FIELDS[at].path(Some(&key)))),
        1 => (list(), key()).prop_map(|(list, key)| Change::Add { list, key }),
        1 => (list(), key()).prop_map(|(list, key)| Change::Remove { list, key }),
    ]
}

/// A base design, and some changes of it.
pub fn edits() -> impl Strategy<Value = (Design, Vec<Change>)> {
    let bases: Vec<Design> = super::bases().into_iter().map(|(_, base)| base).collect();
    (
        prop::sample::select(bases),
        prop::collection::vec(edit(), 0..12),
    )
}

/// The design after the changes.
pub fn design((mut design, edits): (Design, Vec<Change>)) -> Design {
    for edit in &edits {
        design.apply(edit);
    }
    design
}

/// A base design with some changes that are right where they are made.
pub fn right() -> impl Strategy<Value = Design> {
    let bases: Vec<Design> = super::bases().into_iter().map(|(_, base)| base).collect();
    let edit = || {
        (
            0..FIELDS.len(),
            any::<prop::sample::Index>(),
            any::<prop::sample::Index>(),
        )
    };
    let all = (
        prop::sample::select(bases),
        prop::collection::vec(edit(), 0..6),
    );
    all.prop_map(|(mut design, edits)| {
        for (at, which, value) in edits {
            let field = FIELDS[at];
            let plan = Plan::of(&design);
            let paths = super::paths(field, &design);
            if paths.is_empty() {
                continue;
            }
            let path = paths[which.index(paths.len())].clone();
            let current = super::current(field, &path, &design, &plan);
            let values = super::other_values(field, &path, &current);
            let values = super::fitting(field, &plan, values);
            if !values.is_empty() {
                let value = values[value.index(values.len())].clone();
                design.apply(&Change::set(path, value));
            }
        }
        design
    })
}
