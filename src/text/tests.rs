use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::embedded::{EN, ZH};
use super::*;
use crate::fields::{FIELDS, Kind, LISTS, Section};
use crate::presets::PRESETS;
use crate::rules::{Effect, explain, rules};
use crate::terms::TERMS;

#[test]
fn sizes_read_like_a_person_says_them() {
    assert_eq!(bytes_words(512 << 20), "512 MiB");
    assert_eq!(bytes_words(3 << 29), "1.5 GiB");
    assert_eq!(bytes_words(0), "0 B");
}

#[test]
fn a_language_is_found_by_its_code_and_by_longer_tags() {
    for lang in Lang::ALL {
        assert_eq!(Lang::of_tag(lang.code()), Some(lang));
        assert_eq!(Lang::of_tag(lang.tag()), Some(lang));
    }
    for tag in ["zh-CN", "ZH-hans-cn", "zh_CN.UTF-8", " zh "] {
        assert_eq!(Lang::of_tag(tag), Some(Lang::Zh), "{tag}");
    }
    assert_eq!(Lang::of_tag("en-GB"), Some(Lang::En));
    for tag in ["", "de", "zhx", "-zh"] {
        assert_eq!(Lang::of_tag(tag), None, "{tag}");
    }
}

#[test]
fn lists_read_right_in_each_language() {
    let names = |count: usize| (1..=count).map(|at| format!("b{at}")).collect::<Vec<_>>();
    let said = |lang, count| show(lang, &Arg::List(names(count)), None);
    assert_eq!(said(Lang::En, 2), "b1, b2");
    assert_eq!(said(Lang::Zh, 2), "b1、b2");
    assert_eq!(said(Lang::En, 11), "b1, b2, b3, b4, b5, b6, b7, b8 … (+3)");
    assert_eq!(
        said(Lang::Zh, 11),
        "b1、b2、b3、b4、b5、b6、b7、b8，另有 3 项"
    );
    assert_eq!(said(Lang::Zh, 0), "");
}

#[test]
fn a_sentence_takes_its_arguments_in_each_language() {
    let said = |lang, count: usize| words(lang, "page.errors", &args![count]);
    assert_eq!(said(Lang::En, 1), "1 error");
    assert_eq!(said(Lang::En, 2), "2 errors");
    assert_eq!(said(Lang::Zh, 2), "2 个错误");
}

#[test]
fn every_line_of_words_is_a_sentence_or_a_comment() {
    for line in EN.iter().chain(ZH).flat_map(|file| file.lines()) {
        let sentence = line.split_once(" = ").is_some_and(|(key, words)| {
            !key.contains(' ') && !words.trim().is_empty() && words.trim_end() == words
        });
        assert!(
            line.is_empty() || line.starts_with('#') || sentence,
            "{line}"
        );
    }
}

#[test]
fn no_key_stands_twice() {
    for lang in Lang::ALL {
        for pair in sentences(lang).windows(2) {
            assert_ne!(pair[0].0, pair[1].0);
        }
    }
}

#[test]
fn both_languages_say_the_same_things_in_the_same_files() {
    assert_eq!(EN.len(), ZH.len());
    let keys = |file: &'static str| parse(&[file]).into_iter().map(|(key, _)| key);
    for (en, zh) in EN.iter().zip(ZH) {
        let (en, zh): (BTreeSet<_>, BTreeSet<_>) = (keys(en).collect(), keys(zh).collect());
        let missing: Vec<_> = en.symmetric_difference(&zh).collect();
        assert_eq!(missing, Vec::<&&str>::new(), "in one language only");
    }
}

/// The arguments that a pattern shows, and those that only choose a word.
fn placeholders(pattern: &str) -> (BTreeSet<&str>, BTreeSet<&str>) {
    let pieces = pattern.split('{').skip(1);
    let names = pieces.filter_map(|piece| piece.split_once('}').map(|(name, _)| name));
    let (choosing, shown): (Vec<_>, Vec<_>) = names.partition(|name| name.contains(':'));
    (shown.into_iter().collect(), choosing.into_iter().collect())
}

#[test]
fn both_languages_show_the_same_arguments() {
    let mut wrong = Vec::new();
    for (key, en) in sentences(Lang::En) {
        let zh = pattern(Lang::Zh, key).unwrap_or_default();
        let (shown, choosing) = placeholders(zh);
        if shown != placeholders(en).0 || !choosing.is_empty() {
            wrong.push(*key);
        }
    }
    assert_eq!(wrong, Vec::<&str>::new());
}

#[test]
fn no_sentence_was_left_in_english() {
    let plain = |word: &str| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let left: Vec<_> = sentences(Lang::Zh)
        .iter()
        .filter(|(key, zh)| pattern(Lang::En, key) == Some(zh))
        .filter(|(_, zh)| zh.split(' ').filter(|word| plain(word)).count() > 1)
        .map(|(key, _)| *key)
        .collect();
    assert_eq!(left, Vec::<&str>::new());
}

#[test]
fn chinese_is_set_as_chinese() {
    let is_han = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
    let mut wrong = Vec::new();
    for (key, words) in sentences(Lang::Zh) {
        let link = words.contains("](#");
        let letters: Vec<char> = words.chars().collect();
        for pair in letters.windows(2) {
            let (before, after) = (pair[0], pair[1]);
            let glued = is_han(before) && (after.is_ascii_alphanumeric() || after == '{')
                || (before.is_ascii_alphanumeric() || before == '}') && is_han(after);
            let western = is_han(before) && ",.;:?!()".contains(after)
                || ",;:?!()".contains(before) && is_han(after);
            if glued || western && !link {
                wrong.push(format!("{key}: {before}{after}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// Keys that are made of an id, from the registries that hold the ids.
fn keys_of_registries() -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    let mut add = |key: String| {
        keys.insert(key);
    };
    for field in FIELDS {
        add(format!("{}.label", field.id));
        add(format!("{}.help", field.id));
        if let Kind::Choice(choices) = field.kind {
            for choice in choices {
                add(format!("{}.{choice}", field.id));
                add(format!("{}.{choice}.help", field.id));
            }
        }
        let section = field.section.id();
        add(format!("card.{}", field.card));
        add(format!("card.{section}.{}", field.card));
        add(format!("card.{section}.{}.help", field.card));
    }
    for section in Section::ALL {
        add(format!("section.{}", section.id()));
        add(format!("section.{}.help", section.id()));
        add(format!("page.group.{}", section.id()));
    }
    for list in LISTS {
        for part in ["title", "add", "remove", "key"] {
            add(format!("items.{list}.{part}"));
        }
    }
    for effect in crate::rules::Effect::ALL {
        add(format!("changes.{}", effect.name()));
    }
    for course in crate::upgrade::Course::ALL {
        add(format!("course.{}", course.name()));
        add(format!("course.{}.help", course.name()));
    }
    for kind in crate::upgrade::Kind::ALL {
        add(format!("upgrade.kind.{}", kind.name()));
    }
    for role in crate::import::Role::ALL {
        add(format!("import.role.{}", role.name()));
    }
    for preset in PRESETS {
        add(format!("preset.{}", preset.name));
        add(format!("preset.{}.help", preset.name));
    }
    for rule in rules() {
        for part in ["title", "message", "action", "when", "why", "repair"] {
            add(format!("{}.{part}", rule.id));
        }
        add(format!("family.{}", explain::family(rule)));
        for part in rule.applies_to.split(", ") {
            add(format!("versions.{}", part.replace(' ', "-")));
        }
    }
    for severity in ["error", "warning", "advice"] {
        add(format!("page.{severity}"));
        add(format!("page.{severity}s"));
        add(format!("cli.severity.{severity}"));
    }
    for effect in Effect::ALL {
        add(format!("effect.{}", effect.name()));
        add(format!("differ.effect.{}", effect.name()));
    }
    for view in ["design", "files", "problems"] {
        add(format!("page.view.{view}"));
    }
    for column in ["default", "unit", "range", "since", "importance", "update"] {
        add(format!("options.column.{column}"));
    }
    for divider in ["split", "lower"] {
        add(format!("page.divider.{divider}"));
    }
    for term in TERMS {
        add(format!("term.{}", term.id));
        add(format!("term.{}.names", term.id));
        add(format!("term.{}.says", term.id));
    }
    for effect in [
        "quorum",
        "reading",
        "writing",
        "groups",
        "transactions",
        "data",
        "inside",
        "outside",
    ] {
        add(format!("loss.{effect}"));
    }
    for step in ["undo", "redo"] {
        add(format!("page.{step}.what"));
    }
    keys
}

/// Every source file, without its tests.
fn sources_of(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder of the sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources_of(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs")
            && !path.ends_with("text/tests.rs")
        {
            let source = fs::read_to_string(&path).expect("a source");
            let source = source.split("#[cfg(test)]\nmod tests").next();
            found.push(source.unwrap_or_default().to_owned());
        }
    }
}

/// The text between quotes of every source file, without its tests.
fn literals(folder: &Path, found: &mut BTreeSet<String>) {
    let mut sources = Vec::new();
    sources_of(folder, &mut sources);
    for piece in sources.iter().flat_map(|source| source.split('"')) {
        found.insert(piece.to_owned());
        // What is wrong with a text is named by a word: `Wrong::Form("chroot")`.
        found.insert(format!("form.{piece}"));
    }
}

#[test]
fn no_sentence_is_left_over() {
    let mut used = keys_of_registries();
    literals(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut used,
    );
    let left: Vec<_> = sentences(Lang::En)
        .iter()
        .map(|(key, _)| *key)
        .filter(|key| !used.contains(*key))
        .collect();
    assert_eq!(left, Vec::<&str>::new());
}

/// What is asked for by its whole key: `say("page.title")`.
fn asked_for(source: &str) -> impl Iterator<Item = &str> {
    let asks = [
        "say(",
        "say_with(",
        "maybe(",
        "Sentence::plain(",
        "Sentence::new(",
    ];
    asks.into_iter().flat_map(move |ask| {
        source.split(ask).skip(1).filter_map(|behind| {
            let literal = behind.trim_start().strip_prefix('"')?;
            Some(literal.split_once('"')?.0)
        })
    })
}

#[test]
fn every_sentence_that_is_asked_for_is_there() {
    let mut sources = Vec::new();
    sources_of(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut sources,
    );
    let there: BTreeSet<&str> = sentences(Lang::En).iter().map(|(key, _)| *key).collect();
    let asked: BTreeSet<&str> = sources
        .iter()
        .flat_map(|source| asked_for(source))
        .collect();
    assert!(asked.contains("page.title"), "the sources are read");
    let missing: Vec<_> = asked.difference(&there).collect();
    assert_eq!(missing, Vec::<&&str>::new());
}

#[test]
fn the_page_says_nothing_that_only_the_command_line_has() {
    let of_file = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("src/text/en")
            .join(name);
        let text = fs::read_to_string(path).expect("sentences");
        let keys = text.lines().filter_map(|line| line.split_once(" = "));
        keys.map(|(key, _)| key.to_owned()).collect::<BTreeSet<_>>()
    };
    // What the page fetches when it is needed, and the places that may say it.
    let later: [(BTreeSet<String>, &[&str]); 2] = [
        (of_file("import.txt"), &["import"]),
        (
            of_file("migrate.txt")
                .into_iter()
                .chain(of_file("upgrade.txt"))
                .collect(),
            &["migrate", "upgrade"],
        ),
    ];
    let command_line = of_file("cli.txt");
    assert!(!command_line.is_empty() && later.iter().all(|(keys, _)| !keys.is_empty()));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in fs::read_dir(&source).expect("the sources") {
        let folder = entry.expect("an entry").path();
        if !folder.is_dir() || folder.ends_with("text") || folder.ends_with("cli") {
            continue;
        }
        let mut used = BTreeSet::new();
        literals(&folder, &mut used);
        let wrong: Vec<_> = used.intersection(&command_line).collect();
        assert_eq!(wrong, Vec::<&String>::new(), "in {folder:?}");
        for (keys, places) in &later {
            if !places.iter().any(|place| folder.ends_with(place)) {
                let wrong: Vec<_> = used.intersection(keys).collect();
                assert_eq!(wrong, Vec::<&String>::new(), "in {folder:?}");
            }
        }
    }
}
