//! The files of the bundle: the tree, and the one that is shown.

use std::sync::Arc;

use leptos::prelude::*;

use super::browser;
use super::changes::open_since;
use super::extras::open_extras;
use super::file_view::FileView;
use super::icon::{Icon, Sign};
use super::state::App;
use super::words::{say, say_with};
use crate::args;
use crate::render::File;
use crate::text::Sentence;

/// Tree and file.
#[component]
pub fn Files() -> impl IntoView {
    let app = expect_context::<App>();
    let shown = Memo::new(move |_| app.shown_file());
    let file: Memo<Option<Arc<File>>> = Memo::new_with_compare(
        move |_| shown.with(|path| app.file_at(path)),
        |old, new| !same(old, new),
    );
    view! {
        <div id="files" class="files">
            <Tree shown />
            <div class="file">
                <FileHead file />
                <FileView file />
            </div>
        </div>
    }
}

/// Whether a file need not be drawn again.
fn same(old: Option<&Option<Arc<File>>>, new: Option<&Option<Arc<File>>>) -> bool {
    match (old, new) {
        (Some(Some(old)), Some(Some(new))) => Arc::ptr_eq(old, new) || old == new,
        (Some(None), Some(None)) => true,
        _ => false,
    }
}

/// One line of the tree: a folder's name, or a file.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Branch {
    Folder(String),
    File {
        path: String,
        name: String,
        deep: bool,
    },
}

fn branches<'a>(paths: impl Iterator<Item = &'a str>) -> Vec<Branch> {
    let mut branches = Vec::new();
    let mut folder = "";
    for path in paths {
        let (here, name) = path.rsplit_once('/').unwrap_or(("", path));
        if here != folder && !here.is_empty() {
            branches.push(Branch::Folder(here.to_owned()));
        }
        folder = here;
        branches.push(Branch::File {
            path: path.to_owned(),
            name: name.to_owned(),
            deep: !here.is_empty(),
        });
    }
    branches
}

/// The files by folder, in the order of applying them.
#[component]
fn Tree(shown: Memo<String>) -> impl IntoView {
    let app = expect_context::<App>();
    let tree = Memo::new(move |_| {
        app.report
            .with(|report| branches(report.files.iter().map(|file| file.path.as_str())))
    });
    view! {
        <nav class="tree" aria-label=say("page.files")>
            <For each=move || tree.get() key=Clone::clone let:branch>
                {match branch {
                    Branch::Folder(name) => view! { <h3 class="tree-folder">{name}</h3> }.into_any(),
                    Branch::File { path, name, deep } => view! { <TreeFile shown path name deep /> }.into_any(),
                }}
            </For>
            <Ways />
        </nav>
        <TreeSelect shown />
    }
}

/// What else can be asked of the files as a whole.
#[component]
fn Ways() -> impl IntoView {
    let app = expect_context::<App>();
    let extras = Memo::new(move |_| app.design.with(|design| design.extras.count()));
    view! {
        <div class="tree-ways">
            <button type="button" class="tree-file" data-way="since" aria-haspopup="dialog" on:click=move |_| open_since(app)>
                <Icon sign=Sign::Again />
                <span class="tree-name">{say("since.open")}</span>
            </button>
            <button
                type="button"
                class="tree-file"
                data-way="extras"
                aria-haspopup="dialog"
                hidden=move || extras.get() == 0
                on:click=move |_| open_extras(app)
            >
                <Icon sign=Sign::Add />
                <span class="tree-name">{move || say_with("extras.open", args![extras = extras.get()])}</span>
            </button>
        </div>
    }
}

#[component]
fn TreeFile(shown: Memo<String>, path: String, name: String, deep: bool) -> impl IntoView {
    let app = expect_context::<App>();
    let path = StoredValue::new(path);
    let current = Memo::new(move |_| path.with_value(|path| shown.with(|shown| shown == path)));
    let touched = Memo::new(move |_| {
        path.with_value(|path| app.touched.with(|touched| touched.get(path).map(Vec::len)))
    });
    let holds = Memo::new(move |_| {
        app.focused.with(|focused| {
            focused.as_ref().is_some_and(|field| {
                path.with_value(|path| {
                    app.report.with(|report| {
                        report.file(path).is_some_and(|file| {
                            file.lines.iter().any(|line| line.origins.contains(field))
                        })
                    })
                })
            })
        })
    });
    view! {
        <button
            type="button"
            class="tree-file"
            class:deep=deep
            data-file=path.get_value()
            title=path.get_value()
            aria-current=move || current.get().then_some("true")
            on:click=move |_| app.file.set(path.get_value())
        >
            <span class="tree-name">{name}</span>
            {move || {
                holds
                    .get()
                    .then(|| {
                        let words = say("page.holds-field");
                        let title = words.clone();
                        view! { <span class="dot field" title=title><span class="unseen">{words}</span></span> }
                    })
            }}
            {move || {
                touched
                    .get()
                    .map(|lines| {
                        let words = say_with("page.touched", args![lines]);
                        let title = words.clone();
                        view! { <span class="dot" title=title><span class="unseen">{words}</span></span> }
                    })
            }}
        </button>
    }
}

/// The same as a folded list, where the tree has no room.
#[component]
fn TreeSelect(shown: Memo<String>) -> impl IntoView {
    let app = expect_context::<App>();
    let paths = Memo::new(move |_| {
        app.report.with(|report| {
            report
                .files
                .iter()
                .map(|file| file.path.clone())
                .collect::<Vec<_>>()
        })
    });
    view! {
        <div class="tree-select">
            <select
                aria-label=say("page.files")
                prop:value=shown
                on:change=move |event| app.file.set(event_target_value(&event))
            >
                <For each=move || paths.get() key=Clone::clone let:path>
                    <TreeOption shown path />
                </For>
            </select>
            <Ways />
        </div>
    }
}

#[component]
fn TreeOption(shown: Memo<String>, path: String) -> impl IntoView {
    let app = expect_context::<App>();
    let (mine, name) = (path.clone(), path.clone());
    let label = move || {
        if app.touched.with(|touched| touched.contains_key(&name)) {
            say_with("page.file.touched", args![path = name.clone()])
        } else {
            name.clone()
        }
    };
    view! {
        <option value=path selected=move || shown.with(|shown| *shown == mine)>{label}</option>
    }
}

/// The path of the file, and what can be done with it.
#[component]
fn FileHead(file: Memo<Option<Arc<File>>>) -> impl IntoView {
    let app = expect_context::<App>();
    let copied = RwSignal::new(false);
    let path = move || {
        file.with(|file| {
            file.as_ref()
                .map(|file| file.path.clone())
                .unwrap_or_default()
        })
    };
    let touched = move || {
        let path = path();
        let lines = app.touched.with(|touched| touched.get(&path).map(Vec::len));
        lines.map(|lines| say_with("page.touched", args![lines]))
    };
    let text = move || {
        file.with_untracked(|file| file.as_ref().map(|file| file.text()))
            .unwrap_or_default()
    };
    let copy = move |_| {
        browser::clipboard::copy(&text(), move |taken| match taken {
            Ok(()) => {
                copied.set(true);
                browser::timer::after(1_600, move || copied.set(false));
            }
            Err(_) => app.notice(Sentence::plain("page.copy-refused")),
        });
    };
    let save = move |_| {
        let path = file.with_untracked(|file| file.as_ref().map(|file| file.path.clone()));
        let Some(path) = path else { return };
        let name = path.replace('/', "-");
        if browser::download::save(&name, "text/plain;charset=utf-8", text().as_bytes()).is_err() {
            app.notice(Sentence::plain("page.download-refused"));
        }
    };
    view! {
        <header id="file-head" class="file-head">
            <h2 title=path>{path}</h2>
            <span class="file-touched">{touched}</span>
            <button
                type="button"
                class="tool bare"
                id="next-change"
                hidden=move || app.touched.with(|touched| touched.values().all(Vec::is_empty))
                on:click=move |_| app.go_to_change(true)
            >
                {say("page.next-change")}
            </button>
            <button type="button" class="tool bare" id="copy-file" on:click=copy>
                {move || {
                    if copied.get() {
                        view! { <Icon sign=Sign::Tick /> {say("page.copied")} }.into_any()
                    } else {
                        view! { <Icon sign=Sign::Copy /> {say("page.copy")} }.into_any()
                    }
                }}
            </button>
            <button type="button" class="tool bare" id="save-file" aria-label=say("page.save") title=say("page.save") on:click=save>
                <Icon sign=Sign::Download />
            </button>
        </header>
    }
}
