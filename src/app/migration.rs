//! The way of the running cluster from ZooKeeper to KRaft: its steps with their checks, the point of no
//! return, the ways back, and all of it as a zip.

use leptos::prelude::*;

use super::browser::{download, focus};
use super::icon::{Icon, Sign};
use super::state::App;
use super::words::{lang, say, say_with};
use crate::args;
use crate::bundle;
use crate::migrate::{self, Migration, Piece, Step, StepKind};
use crate::text::Sentence;
use crate::text::fetched::{self, Part};

const ID: &str = "course-cluster-id";

/// The plan, with the id of the cluster to be told.
#[component]
pub fn MigrationPlan() -> impl IntoView {
    let app = expect_context::<App>();
    let outline = Memo::new_with_compare(
        move |_| app.design.with(|design| migrate::outline(design)),
        |_, _| true,
    );
    move || match outline.get() {
        Err(why) => {
            view! { <p class="course-refused" role="status">{why.words(lang())}</p> }.into_any()
        }
        Ok(way) => view! { <Way way /> }.into_any(),
    }
}

#[component]
fn Way(way: Migration) -> impl IntoView {
    let app = expect_context::<App>();
    let command = migrate::ask_for_id(&app.report_now().plan);
    let count = way.steps.len();
    let steps = way.steps.iter().map(|step| step_view(&way, step));
    let steps = steps.collect_view();
    view! {
        {way.raises().map(|why| view! { <p>{why.words(lang())}</p> })}
        <ClusterId command />
        <h3>{say_with("course.migrate.steps", args![count])}</h3>
        <ol class="course-steps">{steps}</ol>
        <footer>
            <button type="submit" id="course-migration" class="tool go" form="course-id-form">
                <Icon sign=Sign::Download />
                {say("course.migrate.download")}
            </button>
            <span>{say("course.migrate.download.help")}</span>
        </footer>
    }
}

/// Asks what the running cluster is called, and hands the files over.
#[component]
fn ClusterId(command: String) -> impl IntoView {
    let app = expect_context::<App>();
    let id = RwSignal::new(String::new());
    let asked = RwSignal::new(false);
    let wrong = Memo::new(move |_| {
        let id = id.get();
        match id.trim() {
            "" => asked.get().then(|| say("course.migrate.id.missing")),
            id => migrate::check_id(id).err().map(|why| why.words(lang())),
        }
    });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        asked.set(true);
        if wrong.with_untracked(Option::is_some) {
            // A field of an open dialog can always take the focus.
            let _ = focus::element(ID).map(|field| field.focus());
        } else {
            save(app, id.get_untracked().trim());
        }
    };
    view! {
        <form class="design-name" id="course-id-form" on:submit=submit>
            <label for=ID>{say("course.migrate.id")}</label>
            <div>
                <input
                    type="text"
                    id=ID
                    class="course-id"
                    maxlength="80"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    aria-describedby="course-id-help course-id-wrong"
                    aria-invalid=move || wrong.with(Option::is_some).then_some("true")
                    prop:value=id
                    on:input=move |event| id.set(event_target_value(&event))
                />
            </div>
            <p class="course-wrong" id="course-id-wrong" role="status">{wrong}</p>
            <p id="course-id-help">{say("course.migrate.id.help")}</p>
            <pre class="course-code"><code>{command}</code></pre>
        </form>
    }
}

/// Hands the files of the way over as a zip, the same bytes as on the command line.
fn save(app: App, id: &str) {
    let lang = **app.report_now().plan.language();
    if [Part::Page, Part::Upgrade]
        .into_iter()
        .any(|part| !fetched::is_there(lang, part))
    {
        app.notice(Sentence::plain("page.missing"));
        return;
    }
    let way = app
        .design
        .with_untracked(|design| migrate::migration(design, Some(id)));
    let saved = way.map(|way| {
        let name = way.bundle_name();
        let bytes = bundle::zip(&name, &way.files());
        download::save(&bundle::zip_name(&name), "application/zip", &bytes)
    });
    match saved {
        Ok(Ok(())) => focus::announce(&say("course.migrate.saved")),
        Ok(Err(_)) => app.notice(Sentence::plain("page.download-refused")),
        Err(why) => app.notice(why),
    }
}

/// A step; before the one from which nothing leads back stands that this is so.
fn step_view(way: &Migration, step: &Step) -> AnyView {
    let guide = way.guide(step);
    let (apply, remove) = (step.apply.len(), step.remove.len());
    let last = (step.kind == StepKind::Finalize).then(|| {
        view! {
            <li class="course-no-return">
                <Icon sign=Sign::Warning />
                <strong>{say("course.migrate.no-return")}</strong>
            </li>
        }
    });
    let parts = guide.parts.into_iter().map(|part| {
        let pieces = part.pieces.into_iter().map(|piece| match piece {
            Piece::Say(sentence) => view! { <p>{marked(&sentence.words(lang()))}</p> }.into_any(),
            Piece::Code(lines) => {
                view! { <pre class="course-code"><code>{lines.join("\n")}</code></pre> }.into_any()
            }
        });
        view! {
            <h4>{part.title.words(lang())}</h4>
            {pieces.collect_view()}
        }
    });
    view! {
        {last}
        <li>
            <details class="difference" data-step=step.kind.id()>
                <summary>
                    <strong>{guide.title.words(lang())}</strong>
                    <span class="course-files">
                        {(apply > 0).then(|| view! { <span>{say_with("course.migrate.apply", args![apply])}</span> })}
                        {(remove > 0).then(|| view! { <span>{say_with("course.migrate.remove", args![remove])}</span> })}
                    </span>
                </summary>
                <div class="course-step">
                    <p>{marked(&guide.why.words(lang()))}</p>
                    {guide.warning.map(|warning| view! { <p>{marked(&warning.words(lang()))}</p> })}
                    {parts.collect_view()}
                </div>
            </details>
        </li>
    }
    .into_any()
}

/// A sentence of a README on the screen: names stand in backticks, what matters most between `**`.
fn marked(words: &str) -> Vec<AnyView> {
    let pieces = words.split('`').enumerate();
    pieces
        .map(|(at, piece)| {
            if at % 2 == 1 {
                return view! { <code>{piece.to_owned()}</code> }.into_any();
            }
            let pieces = piece.split("**").enumerate();
            let pieces = pieces.map(|(at, piece)| {
                let piece = piece.to_owned();
                if at % 2 == 1 {
                    view! { <strong>{piece}</strong> }.into_any()
                } else {
                    piece.into_any()
                }
            });
            pieces.collect_view().into_any()
        })
        .collect()
}
