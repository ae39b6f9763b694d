//! All sentences, inside the program.

use std::sync::OnceLock;

use super::{Lang, Table, parse};

pub(super) const EN: &[&str] = &[
    include_str!("en/bundle.txt"),
    include_str!("en/checks.txt"),
    include_str!("en/cli.txt"),
    include_str!("en/compare.txt"),
    include_str!("en/designs.txt"),
    include_str!("en/drawing.txt"),
    include_str!("en/explain/img.txt"),
    include_str!("en/explain/inp.txt"),
    include_str!("en/explain/jvm.txt"),
    include_str!("en/explain/k8s.txt"),
    include_str!("en/explain/kfk.txt"),
    include_str!("en/explain/krf.txt"),
    include_str!("en/explain/net.txt"),
    include_str!("en/explain/prb.txt"),
    include_str!("en/explain/sec.txt"),
    include_str!("en/explain/sto.txt"),
    include_str!("en/explain/top.txt"),
    include_str!("en/explain/ver.txt"),
    include_str!("en/explain/zk.txt"),
    include_str!("en/fields.txt"),
    include_str!("en/import.txt"),
    include_str!("en/migrate.txt"),
    include_str!("en/page.txt"),
    include_str!("en/plan.txt"),
    include_str!("en/render.txt"),
    include_str!("en/rules.txt"),
    include_str!("en/simulate.txt"),
    include_str!("en/terms.txt"),
    include_str!("en/upgrade.txt"),
];

pub(super) const ZH: &[&str] = &[
    include_str!("zh/bundle.txt"),
    include_str!("zh/checks.txt"),
    include_str!("zh/cli.txt"),
    include_str!("zh/compare.txt"),
    include_str!("zh/designs.txt"),
    include_str!("zh/drawing.txt"),
    include_str!("zh/explain/img.txt"),
    include_str!("zh/explain/inp.txt"),
    include_str!("zh/explain/jvm.txt"),
    include_str!("zh/explain/k8s.txt"),
    include_str!("zh/explain/kfk.txt"),
    include_str!("zh/explain/krf.txt"),
    include_str!("zh/explain/net.txt"),
    include_str!("zh/explain/prb.txt"),
    include_str!("zh/explain/sec.txt"),
    include_str!("zh/explain/sto.txt"),
    include_str!("zh/explain/top.txt"),
    include_str!("zh/explain/ver.txt"),
    include_str!("zh/explain/zk.txt"),
    include_str!("zh/fields.txt"),
    include_str!("zh/import.txt"),
    include_str!("zh/migrate.txt"),
    include_str!("zh/page.txt"),
    include_str!("zh/plan.txt"),
    include_str!("zh/render.txt"),
    include_str!("zh/rules.txt"),
    include_str!("zh/simulate.txt"),
    include_str!("zh/terms.txt"),
    include_str!("zh/upgrade.txt"),
];

/// The sentences of a language, sorted by key.
pub fn sentences(lang: Lang) -> &'static [(&'static str, &'static str)] {
    table(lang)
}

/// Where a sentence of a language may stand.
pub(super) fn tables(lang: Lang) -> [&'static Table; 1] {
    [table(lang)]
}

fn table(lang: Lang) -> &'static Table {
    static SENTENCES: [OnceLock<Table>; 2] = [const { OnceLock::new() }; 2];
    let [en, zh] = &SENTENCES;
    match lang {
        Lang::En => en.get_or_init(|| parse(EN)),
        Lang::Zh => zh.get_or_init(|| parse(ZH)),
    }
}
