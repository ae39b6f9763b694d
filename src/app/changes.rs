//! What going from some files to others does to a running cluster, with the lines that change: shown by
//! the import, and since the last download.

use std::collections::BTreeMap;
use std::sync::Arc;

use leptos::prelude::*;

use super::browser::storage;
use super::dialog::{CloseButton, close_beside, open_while};
use super::icon::{Icon, Sign};
use super::repairs::FileDifference;
use super::state::App;
use super::words::{lang, say, say_with};
use crate::args;
use crate::compare::{self, Consequence};
use crate::design;
use crate::engine::evaluate;
use crate::render::File;
use crate::repair::{Difference, differences};
use crate::rules;

const DIALOG: &str = "since-dialog";
const TITLE: &str = "since-title";

/// Changes of one kind that are shown.
const SHOWN: usize = 12;

/// Files whose differences are open at once.
const OPEN: usize = 3;

/// Two sets of files, compared.
pub struct Changes {
    /// What they do, by effect and reason, the gravest first.
    groups: Vec<(
        rules::Effect,
        Option<&'static str>,
        String,
        Vec<Consequence>,
    )>,
    files: Vec<Difference>,
}

impl Changes {
    /// What going from some files to others changes.
    pub fn between(before: &[Arc<File>], after: &[Arc<File>]) -> Self {
        let texts = |files: &[Arc<File>]| -> BTreeMap<String, String> {
            let texts = files.iter().map(|file| (file.path.clone(), file.text()));
            texts.collect()
        };
        let mut groups: Vec<(
            rules::Effect,
            Option<&'static str>,
            String,
            Vec<Consequence>,
        )> = Vec::new();
        for one in compare::consequences(&texts(before), &texts(after)) {
            let why = one.why.words(lang());
            let mut known = groups.iter_mut();
            match known.find(|(effect, rule, words, _)| {
                (*effect, *rule, words.as_str()) == (one.effect, one.rule, why.as_str())
            }) {
                Some((.., changes)) => changes.push(one),
                None => groups.push((one.effect, one.rule, why, vec![one])),
            }
        }
        Self {
            groups,
            files: differences(before, after),
        }
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.groups.is_empty()
    }
}

/// The effects, then the lines file by file.
#[component]
pub fn ChangesView(changes: Changes) -> impl IntoView {
    let Changes { groups, files } = changes;
    let gravest = groups.first().map(|(effect, ..)| *effect);
    let gravest = gravest.unwrap_or(rules::Effect::Nothing);
    let count = files.len();
    let groups = groups.into_iter().map(group).collect_view();
    let files = files
        .into_iter()
        .enumerate()
        .map(|(at, file)| view! { <FileDifference file open={at < OPEN} /> });
    view! {
        <p class=effect_class(gravest) data-effect=gravest.name()>
            <strong>{say("changes.effect")}</strong>
            ": "
            {gravest.words(lang())}
        </p>
        <div class="changes">{groups}</div>
        {(count > 0).then(|| view! { <h3>{say_with("repair.files", args![count])}</h3> })}
        {files.collect_view()}
    }
}

/// The look of an effect: what is more than a rolling restart is marked.
pub fn effect_class(effect: rules::Effect) -> &'static str {
    match effect {
        rules::Effect::Nothing | rules::Effect::RollingRestart => "repair-effect",
        _ => "repair-effect grave",
    }
}

/// The changes that do the same for the same reason.
fn group(
    (effect, rule, why, changes): (
        rules::Effect,
        Option<&'static str>,
        String,
        Vec<Consequence>,
    ),
) -> impl IntoView {
    let sign = match effect {
        rules::Effect::Nothing => Sign::Tick,
        rules::Effect::RollingRestart => Sign::Again,
        rules::Effect::Procedure | rules::Effect::Recreate => Sign::Warning,
        rules::Effect::AbandonsData => Sign::Error,
    };
    let is_grave = effect > rules::Effect::RollingRestart;
    let count = changes.len();
    let more = count.saturating_sub(SHOWN);
    let lines = changes.into_iter().take(SHOWN).map(|one| {
        let name = one.name().to_owned();
        let object = one.object;
        let is_gone = one.before.is_some() && one.after.is_none();
        // What goes has no line of its own there any more.
        let place = if is_gone {
            one.file
        } else {
            format!("{}:{}", one.file, one.line)
        };
        let values = (one.before.is_some() || one.after.is_some()).then(|| {
            let absent = || view! { <span class="change-absent">{say("changes.absent")}</span> };
            view! {
                <span class="change-values">
                    {one.before.map_or_else(
                        || absent().into_any(),
                        |text| view! { <del>{short(&text)}</del> }.into_any(),
                    )}
                    <span aria-hidden="true">" → "</span>
                    {one.after.map_or_else(
                        || absent().into_any(),
                        |text| view! { <ins>{short(&text)}</ins> }.into_any(),
                    )}
                </span>
            }
        });
        view! {
            <li>
                <code>{name}</code>
                <small>{object} " · " {place}</small>
                {values}
            </li>
        }
    });
    view! {
        <details class="change" class:grave=is_grave open=is_grave data-effect=effect.name()>
            <summary>
                <Icon sign />
                <span>
                    <strong>{say(&format!("changes.{}", effect.name()))}</strong>
                    " "
                    {why}
                </span>
                <span class="change-count">{say_with("changes.count", args![count])} {rule.map(|rule| format!(" · {rule}"))}</span>
            </summary>
            <ul>
                {lines.collect_view()}
                {(more > 0).then(|| view! { <li>{say_with("page.more-places", args![count = more])}</li> })}
            </ul>
        </details>
    }
}

fn short(text: &str) -> String {
    const LONGEST: usize = 120;
    let line = text.replace('\n', " ");
    match line.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

/// Shows what the design would change on the cluster that runs the last download.
pub fn open_since(app: App) {
    app.since.set(true);
}

/// The dialog of the comparison with the last download.
#[component]
pub fn SinceDialog() -> impl IntoView {
    let app = expect_context::<App>();
    open_while(DIALOG, move || app.since.get(), || {});
    view! {
        <dialog
            id=DIALOG
            class="dialog wide"
            aria-labelledby=TITLE
            on:click=move |event| close_beside(&event)
            on:close=move |_| app.since.set(false)
        >
            {move || app.since.get().then(|| view! { <Since /> })}
        </dialog>
    }
}

#[component]
fn Since() -> impl IntoView {
    let app = expect_context::<App>();
    let body = match last_download() {
        Err(key) => view! { <p id="since-none">{say(key)}</p> }.into_any(),
        Ok(before) => {
            let changes = Changes::between(&before, &app.report_now().files);
            if changes.is_empty() {
                view! { <p id="since-none">{say("since.same")}</p> }.into_any()
            } else {
                view! {
                    <p>{say("since.help")}</p>
                    <ChangesView changes />
                }
                .into_any()
            }
        }
    };
    view! {
        <div class="dialog-body repair">
            <header>
                <h2 id=TITLE>{say("since.title")}</h2>
                <CloseButton />
            </header>
            {body}
            <footer>
                <button
                    type="button"
                    id="since-download"
                    class="tool go"
                    on:click=move |_| {
                        app.since.set(false);
                        app.download();
                    }
                >
                    <Icon sign=Sign::Download />
                    {say("page.download")}
                </button>
                <form method="dialog">
                    <button type="submit" class="tool">{say("page.close")}</button>
                </form>
            </footer>
        </div>
    }
}

/// The files of the last download; else why there are none.
fn last_download() -> Result<Vec<Arc<File>>, &'static str> {
    let text = storage::get(storage::DOWNLOADED).map_err(|_| "since.refused")?;
    let text = text.ok_or("since.never")?;
    let design = design::read(&text).map_err(|_| "since.unreadable")?;
    Ok(evaluate(&design).files)
}
