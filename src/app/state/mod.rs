//! What the page knows: the design, its history, and how it is shown. All else is derived.
//!
//! Only `history` changes the design: it keeps the steps, saves, and says what changed.

mod address;
mod changes;
mod history;
mod keeping;
mod later;
mod marks;

pub use history::History;
pub use keeping::{Kept, name_words, saved_words};
pub use marks::{Tally, Touched, open_findings, worst};

use std::collections::BTreeMap;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::browser;
use super::compare::Comparison;
use super::embed::Show;
use super::import::Stage;
use super::later::{Tools, there};
use super::learn::Learn;
use super::options::Shown;
use super::repairs::Preview;
use super::shelf::{Place, Record};
use super::words;
use crate::args;
use crate::bundle::{self, link};
use crate::design::{self, Design, FieldPath};
use crate::engine::{self, Engine, Report};
use crate::fields::{self, Field, Section};
use crate::render::File;
use crate::rules::{Finding, Rule};
use crate::simulate::{self, Model};
use crate::terms::Term;
use crate::text::fetched::{self, Part};
use crate::text::{Lang, Sentence};
use crate::upgrade::Course;
use history::Open;

/// What is shown where there is room for one pane only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// The form.
    Design,
    /// The files.
    Files,
    /// The problems.
    Problems,
}

/// A page about checks.
#[derive(Clone, Copy)]
pub enum Check {
    /// One of them.
    One(&'static Rule),
    /// The list.
    All,
}

/// The state of the page, which lives as long as the page does.
pub type App = &'static State;

/// What the page knows.
#[derive(Clone, Copy)]
pub struct State {
    /// The design; the one source of truth.
    pub design: RwSignal<Arc<Design>>,
    /// The design that the report tells of: the same, except between a key and the frame that shows it.
    told: RwSignal<Arc<Design>>,
    /// What the engine says of that one. Who draws it reads it here; who acts on it asks
    /// [`Self::report_now`].
    pub report: Memo<Report>,
    /// The file that is shown, as the design makes it, until the report is made.
    early: RwSignal<Option<Arc<File>>>,
    /// What comes later, once it is there.
    pub tools: RwSignal<Option<&'static Tools>>,
    /// The design that it started from.
    pub base: Memo<Arc<Design>>,
    /// Findings that are not silenced, by field.
    pub by_field: Memo<Arc<BTreeMap<FieldPath, Vec<Finding>>>>,
    /// Edits and findings of each section.
    pub tallies: Memo<BTreeMap<Section, Tally>>,
    /// What the last edit touched.
    pub touched: Memo<Arc<Touched>>,
    /// The pages of the form that mean something in this design, in order.
    pub sections: Memo<Vec<Section>>,
    /// What the outcome of failures depends on.
    pub model: Memo<Arc<Model>>,
    /// The parts that are lost in thought.
    pub lost: RwSignal<Vec<simulate::Part>>,
    /// Whether a press on the drawing loses a part.
    pub losing: RwSignal<bool>,
    /// The page of the form.
    pub section: RwSignal<Section>,
    /// The page to learn from, in its place.
    pub learn: RwSignal<Option<Learn>>,
    /// The term that is explained.
    pub term: RwSignal<Option<&'static Term>>,
    /// The pane, where there is room for one.
    pub view: RwSignal<View>,
    /// The path of the file that is shown.
    pub file: RwSignal<String>,
    /// The field that has the focus.
    pub focused: RwSignal<Option<FieldPath>>,
    /// A line that the file view should show; the number makes two equal wishes differ.
    pub wanted_line: RwSignal<Option<(usize, u64)>>,
    /// How the option tables are shown.
    pub options: Shown,
    /// How far the form is scrolled.
    pub scrolled: RwSignal<i32>,
    /// Sentences that stand above the form until they are dismissed.
    pub notices: RwSignal<Vec<Sentence>>,
    /// Whether the browser keeps the design.
    pub kept: RwSignal<Kept>,
    /// Where it does.
    pub place: RwSignal<Place>,
    /// Counts what happened to the kept designs, for whoever lists them.
    pub shelf: RwSignal<u32>,
    /// The designs that were deleted in this visit.
    pub deleted: RwSignal<Vec<Record>>,
    /// The places that the steps of the history lead back to.
    left: StoredValue<Vec<Place>>,
    /// Whether the list of problems is folded.
    pub problems_folded: RwSignal<bool>,
    /// The page about checks that is open.
    pub check: RwSignal<Option<Check>>,
    /// The repair whose changes are shown.
    pub preview: RwSignal<Option<Preview>>,
    /// The dialog of the import, while it is open.
    pub import: RwSignal<Option<Stage>>,
    /// Whether files are dragged over the page.
    pub dragged: RwSignal<bool>,
    /// How much of the page is shown.
    pub parts: RwSignal<Show>,
    /// Whether the design is only read.
    pub read_only: bool,
    /// Whether a newer edition of the page is ready.
    pub newer: RwSignal<bool>,
    /// Whether a design comes from outside, which replaces one that is only read.
    arriving: StoredValue<bool>,
    /// Whether the comparison with the last download is shown.
    pub since: RwSignal<bool>,
    /// Whether the extras of the design are shown.
    pub extras: RwSignal<bool>,
    /// What the design is compared with, while that is shown.
    pub compare: RwSignal<Option<Comparison>>,
    /// What is made of the design, while that is shown.
    pub course: RwSignal<Option<Course>>,
    /// The link that is shown.
    pub share: RwSignal<Option<Arc<link::Link>>>,
    /// What is said of the next step, before what it changed.
    news: StoredValue<String>,
    /// What the report is made with.
    engine: StoredValue<Engine>,
    /// The language of the page; what is drawn asks [`words`] for it.
    pub lang: RwSignal<Lang>,
    /// The steps of this visit.
    pub history: RwSignal<History>,
    /// Whether the list of the steps is shown.
    pub shows_history: RwSignal<bool>,
    open: StoredValue<Open>,
    /// The files before the last step; what differs from them is marked.
    before: RwSignal<Vec<Arc<File>>>,
    /// The change that was shown last.
    stop: StoredValue<Option<changes::Stop>>,
    wishes: StoredValue<u64>,
}

impl State {
    /// The page as it was left, or as its address says.
    pub fn restored() -> App {
        let lang = RwSignal::new(words::lang());
        let start = keeping::Start::restored();
        let history = History::of(start.step());
        let design = RwSignal::new(start.design);
        let engine = StoredValue::new(Engine::default());
        let told = RwSignal::new(design.get_untracked());
        let report = Memo::new_with_compare(
            move |_| {
                let design = told.get();
                engine
                    .try_update_value(|engine| engine.evaluate(&design))
                    .unwrap_or_else(|| engine::evaluate(&design))
            },
            |_, _| true,
        );
        let base = Memo::new(move |_| told.with(|design| Arc::new(marks::base_of(design))));
        let by_field = Memo::new(move |_| report.with(|report| Arc::new(marks::by_field(report))));
        let before = RwSignal::new(report.with_untracked(|report| report.files.clone()));
        let app: App = Box::leak(Box::new(Self {
            design,
            told,
            report,
            early: RwSignal::new(None),
            tools: RwSignal::new(there()),
            base,
            by_field,
            tallies: Memo::new(move |_| {
                let base = base.get();
                told.with(|design| report.with(|report| marks::tallies(design, &base, report)))
            }),
            touched: Memo::new(move |_| {
                before.with(|before| {
                    report.with(|report| Arc::new(marks::touched(before, &report.files)))
                })
            }),
            sections: Memo::new(move |_| {
                report.with(|report| {
                    let all = Section::ALL.iter().copied();
                    all.filter(|section| section.shows(&report.plan)).collect()
                })
            }),
            model: Memo::new(move |_| report.with(|report| Arc::new(Model::of(&report.plan)))),
            lost: RwSignal::new(Vec::new()),
            losing: RwSignal::new(false),
            section: RwSignal::new(Section::ALL[0]),
            learn: RwSignal::new(None),
            term: RwSignal::new(None),
            view: RwSignal::new(View::Design),
            file: RwSignal::new(String::new()),
            focused: RwSignal::new(None),
            wanted_line: RwSignal::new(None),
            options: Shown::default(),
            scrolled: RwSignal::new(0),
            notices: RwSignal::new(start.notices),
            kept: RwSignal::new(start.kept),
            place: RwSignal::new(start.place),
            shelf: RwSignal::new(0),
            deleted: RwSignal::new(Vec::new()),
            left: StoredValue::new(Vec::new()),
            problems_folded: RwSignal::new(false),
            check: RwSignal::new(None),
            preview: RwSignal::new(None),
            import: RwSignal::new(None),
            dragged: RwSignal::new(false),
            parts: RwSignal::new(Show::All),
            read_only: browser::address::query("read").as_deref() == Some("1"),
            newer: RwSignal::new(false),
            arriving: StoredValue::new(false),
            since: RwSignal::new(false),
            extras: RwSignal::new(false),
            compare: RwSignal::new(None),
            course: RwSignal::new(None),
            share: RwSignal::new(None),
            news: StoredValue::new(String::new()),
            engine,
            lang,
            history: RwSignal::new(history),
            shows_history: RwSignal::new(false),
            open: StoredValue::new(Open::None),
            before,
            stop: StoredValue::new(None),
            wishes: StoredValue::new(0),
        }));
        app.hear_tabs();
        app.follow_address();
        app.follow_language();
        app.recover();
        app
    }

    /// What is to be said of the next step, before what it changed.
    pub fn say_next(self, words: String) {
        self.news.set_value(words);
    }

    /// Puts a sentence above the form.
    pub fn notice(self, sentence: Sentence) {
        let words = sentence.words(words::lang());
        browser::timer::when_drawn(move || browser::focus::announce(&words));
        self.notices.update(|notices| notices.push(sentence));
    }

    fn wish(self) -> u64 {
        self.wishes.update_value(|wishes| *wishes += 1);
        self.wishes.get_value()
    }

    // What if

    /// Loses a part, or brings it back.
    pub fn lose(self, part: simulate::Part) {
        self.lost
            .update(|lost| match lost.iter().position(|one| *one == part) {
                Some(at) => drop(lost.remove(at)),
                None => lost.push(part),
            });
    }

    // Going somewhere

    /// Shows a section of the form.
    pub fn go_to_section(self, section: Section) {
        self.learn.set(None);
        self.section.set(section);
        self.show_form_from_its_top();
    }

    /// Shows a page to learn from.
    pub fn go_to_learn(self, page: Learn) {
        self.learn.set(Some(page));
        if page == Learn::WhatIf {
            self.losing.set(true);
        }
        self.show_form_from_its_top();
    }

    fn show_form_from_its_top(self) {
        self.view.set(View::Design);
        browser::timer::when_drawn(|| {
            if let Ok(form) = browser::focus::element("form") {
                form.set_scroll_top(0);
            }
        });
    }

    /// Shows a field and gives it the focus.
    pub fn go_to_field(self, path: &FieldPath) {
        let Some(field) = fields::find(path) else {
            return;
        };
        browser::focus::close_dialogs();
        if field.id.ends_with(".options[]") {
            self.options.show(path.key().unwrap_or_default());
        }
        if self.learn.get_untracked().is_some() {
            self.learn.set(None);
        }
        if self.section.get_untracked() != field.section {
            self.section.set(field.section);
        }
        self.view.set(View::Design);
        let id = format!("field-{path}");
        browser::timer::when_drawn(move || {
            let _ = browser::focus::focus(&id);
        });
    }

    /// Shows a file, and a line of it.
    pub fn go_to_line(self, file: &str, line: Option<usize>) {
        browser::focus::close_dialogs();
        self.file.set(file.to_owned());
        self.view.set(View::Files);
        if let Some(line) = line {
            self.wanted_line.set(Some((line, self.wish())));
        }
    }

    // Speaking

    /// Shows the page in another language, where it was and with the focus on the switch.
    pub fn speak(self, lang: Lang) {
        spawn_local(async move {
            if words::fetch(lang, Part::Page).await.is_err() {
                self.notice_wordless(lang);
                return;
            }
            if self.import.with_untracked(Option::is_some) {
                // What was read is else told as it was.
                let _ = words::fetch(lang, Part::Import).await;
            }
            let scrolled = browser::focus::scrolled(&["form", "files", "file-view", "problems"]);
            // The line that was wished for before would be shown again.
            self.wanted_line.set(None);
            words::choose(lang);
            self.lang.set(lang);
            browser::timer::when_drawn(move || {
                browser::focus::scroll_to(&scrolled);
                // Inside another page the focus may be anywhere.
                if !browser::address::is_embedded() {
                    let _ = browser::focus::focus("language");
                }
            });
        });
    }

    /// Fetches the words that the files are written in, when the page speaks another language.
    fn follow_language(self) {
        let language = Memo::new(move |_| self.design.with(marks::language_of));
        Effect::new(move |_| {
            let lang = language.get();
            if fetched::is_there(lang, Part::Page) {
                return;
            }
            spawn_local(async move {
                match words::fetch(lang, Part::Page).await {
                    Ok(()) => {
                        // What was made so far was made with other words.
                        self.engine.set_value(Engine::default());
                        self.told.notify();
                    }
                    Err(_) => self.notice_wordless(lang),
                }
            });
        });
    }

    fn notice_wordless(self, lang: Lang) {
        let language = lang.name();
        self.notice(Sentence::new("page.wordless", args![language]));
    }

    // Reading

    /// What the engine says of the design, now.
    pub fn report_now(self) -> Report {
        self.tell();
        self.report.get_untracked()
    }

    /// Brings the report up to the design.
    fn tell(self) {
        if self.early.with_untracked(Option::is_some) {
            self.early.set(None);
        }
        let design = self.design.get_untracked();
        if self.told.with_untracked(|told| !Arc::ptr_eq(told, &design)) {
            self.told.set(design);
        }
    }

    /// Brings the report up to the design once the next frame is drawn.
    fn tell_when_drawn(self) {
        browser::timer::when_drawn(move || {
            self.tell();
            browser::timer::when_drawn(browser::focus::hand_on);
        });
        // A page that is not seen draws no frames. What was typed meanwhile has a frame of its own.
        let design = self.design.get_untracked();
        browser::timer::after(100, move || {
            if self.design.with_untracked(|now| Arc::ptr_eq(now, &design)) {
                self.tell();
            }
        });
    }

    /// The file with a path: of the design, where it was made early, else of the report.
    pub fn file_at(self, path: &str) -> Option<Arc<File>> {
        let early = self.early.get().filter(|early| early.path == path);
        early.or_else(|| self.report.with(|report| report.file(path).cloned()))
    }

    /// The path of the file that is shown: the one that was chosen, while it exists.
    pub fn shown_file(self) -> String {
        let chosen = self.file.get();
        self.report.with(|report| shown_file(report, &chosen))
    }

    /// The same, without being told when it changes.
    pub fn shown_file_untracked(self) -> String {
        let chosen = self.file.get_untracked();
        self.report
            .with_untracked(|report| shown_file(report, &chosen))
    }

    /// Whether a value differs from the one that the design started with.
    pub fn is_edited(self, field: &'static Field, path: &FieldPath) -> bool {
        let base = self.base.get();
        self.design
            .with(|design| marks::is_edited(field, path, design, &base))
    }

    /// The design alone, as a file.
    pub fn download_design(self) {
        let text = self.design.with_untracked(|design| design::write(design));
        if browser::download::save("design.yaml", "application/yaml", text.as_bytes()).is_err() {
            self.notice(Sentence::plain("page.download-refused"));
        }
    }

    /// The zip.
    pub fn download(self) {
        let lang = self.design.with_untracked(marks::language_of);
        if !fetched::is_there(lang, Part::Page) {
            // The same design would give other files on the command line.
            self.notice_wordless(lang);
            return;
        }
        self.later(move |tools| self.save_zip(tools));
    }

    fn save_zip(self, tools: &Tools) {
        let report = self.report_now();
        let cluster = &report.plan.cluster.name;
        let bytes = (tools.zip)(cluster, &report.files);
        let saved = browser::download::save(&bundle::zip_name(cluster), "application/zip", &bytes);
        if saved.is_err() {
            self.notice(Sentence::plain("page.download-refused"));
            return;
        }
        let text = self.design.with_untracked(|design| design::write(design));
        // Where it cannot be kept, the comparison with the last download says so.
        let _ = browser::storage::set(browser::storage::DOWNLOADED, &text);
    }
}

fn shown_file(report: &Report, chosen: &str) -> String {
    let there = |path: &str| report.file(path).map(|file| file.path.clone());
    there(chosen)
        .or_else(|| there("30-kafka/statefulset.yaml"))
        .or_else(|| report.files.first().map(|file| file.path.clone()))
        .unwrap_or_default()
}
