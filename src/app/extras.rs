//! What an import carries along because no field says it: shown piece by piece, each removable.

use leptos::prelude::*;
use serde_json::Value;

use super::browser::{focus, timer};
use super::dialog::{CloseButton, close_beside, open_while};
use super::icon::{Icon, Sign};
use super::state::App;
use super::words::{say, say_with};
use crate::args;
use crate::design::extras::{self, Extras};
use crate::design::{Change, FieldPath};
use crate::text::Sentence;

const DIALOG: &str = "extras-dialog";
const TITLE: &str = "extras-title";

/// Characters of a value that are shown.
const SHOWN: usize = 160;

/// One piece, as it is shown.
pub struct Piece {
    /// By which it is dropped.
    origin: FieldPath,
    /// The object or the file.
    of: String,
    /// Where in the object.
    path: String,
    value: String,
    source: Option<String>,
}

/// The pieces by file of the bundle.
pub fn pieces(extras: &Extras) -> Vec<(String, Vec<Piece>)> {
    let mut all: Vec<(String, Vec<Piece>)> = Vec::new();
    let mut put = |file: &str, piece: Piece| match all.iter_mut().find(|(name, _)| name == file) {
        Some((_, pieces)) => pieces.push(piece),
        None => all.push((file.to_owned(), vec![piece])),
    };
    for (file, objects) in &extras.objects {
        for (object, list) in objects {
            for extra in list {
                let value = match &extra.value {
                    Some(value) => shown(value),
                    None if extra.path.is_empty() => say("extras.no-object"),
                    None => say("extras.absent"),
                };
                let piece = Piece {
                    origin: extras::of_part(file, object, &extra.path),
                    of: object.clone(),
                    path: extra.path.clone(),
                    value,
                    source: extra.source.clone(),
                };
                put(file, piece);
            }
        }
    }
    for (file, objects) in &extras.foreign {
        for object in objects {
            let of = extras::subject(&object.value);
            let piece = Piece {
                origin: extras::of_object(file, &of),
                of,
                path: String::new(),
                value: say("extras.whole-object"),
                source: object.source.clone(),
            };
            put(file, piece);
        }
    }
    for (file, foreign) in &extras.files {
        let lines = foreign.text.lines().count();
        let piece = Piece {
            origin: extras::of_file(file),
            of: file.clone(),
            path: String::new(),
            value: say_with("extras.whole-file", args![lines]),
            source: None,
        };
        put(file, piece);
    }
    all
}

/// A value on one line.
fn shown(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.replace('\n', " "),
        other => other.to_string(),
    };
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// The pieces, each with a button that drops it.
#[component]
pub fn ExtrasList(files: Vec<(String, Vec<Piece>)>, drop: Callback<FieldPath>) -> impl IntoView {
    let files = files.into_iter().map(|(file, pieces)| {
        let pieces = pieces.into_iter().map(|piece| {
            let Piece { origin, of, path, value, source } = piece;
            let what = if path.is_empty() { of.clone() } else { path.clone() };
            let name = origin.to_string();
            view! {
                <li>
                    <div>
                        <code>{what.clone()}</code>
                        <small>{(!path.is_empty()).then_some(of)} {source.map(|source| format!(" · {source}"))}</small>
                        <span class="extra-value">{value}</span>
                    </div>
                    <button
                        type="button"
                        class="tool bare"
                        data-drop=name
                        aria-label=say_with("extras.drop.what", args![what])
                        title=say("extras.drop")
                        on:click=move |_| drop.run(origin.clone())
                    >
                        <Icon sign=Sign::Remove />
                    </button>
                </li>
            }
        });
        view! {
            <section class="extras">
                <h4>{file}</h4>
                <ul>{pieces.collect_view()}</ul>
            </section>
        }
    });
    files.collect_view()
}

/// Shows what the design carries along.
pub fn open_extras(app: App) {
    app.extras.set(true);
}

/// The dialog.
#[component]
pub fn ExtrasDialog() -> impl IntoView {
    let app = expect_context::<App>();
    let extras = Memo::new(move |_| app.design.with(|design| design.extras.clone()));
    open_while(DIALOG, move || app.extras.get(), || {});
    let drop = Callback::new(move |extra: FieldPath| {
        app.apply(Sentence::plain("extras.step"), &[Change::Drop { extra }]);
        // The button that had the focus went with its piece.
        timer::when_drawn(|| {
            let _ = focus::focus(TITLE);
        });
    });
    view! {
        <dialog
            id=DIALOG
            class="dialog wide"
            aria-labelledby=TITLE
            on:click=move |event| close_beside(&event)
            on:close=move |_| app.extras.set(false)
        >
            {move || app.extras.get().then(|| view! {
                <div class="dialog-body repair">
                    <header>
                        <h2 id=TITLE tabindex="-1">{say("extras.title")}</h2>
                        <CloseButton />
                    </header>
                    <p>{say("extras.help")}</p>
                    {move || {
                        let extras = extras.get();
                        if extras.is_empty() {
                            view! { <p>{say("extras.none")}</p> }.into_any()
                        } else {
                            view! { <ExtrasList files=pieces(&extras) drop /> }.into_any()
                        }
                    }}
                    <footer>
                        <form method="dialog">
                            <button type="submit" class="tool">{say("page.close")}</button>
                        </form>
                        <span>{say("extras.undo")}</span>
                    </footer>
                </div>
            })}
        </dialog>
    }
}
