//! What the page knows: the design, its history, and how it is shown. All else is derived.
//!
//! Only [`State::commit`] changes the design: it keeps the history, saves, and says what changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use leptos::prelude::*;

use super::browser::{self, theme::Theme};
use super::import::{Reading, Stage};
use super::repairs::Preview;
use super::words::{self, say_with};
use crate::args;
use crate::bundle::{self, link};
use crate::design::{self, Change, Design, FieldPath, Silence};
use crate::engine::{self, Engine, Report};
use crate::fields::{self, BUNDLE_LANGUAGE, Field, Section, Start};
use crate::presets;
use crate::render::File;
use crate::rules::{self, Finding, Fix, Rule, Severity};
use crate::text::{Lang, Sentence};

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

/// One step that can be undone.
#[derive(Clone)]
struct Step {
    /// The design before it.
    before: Arc<Design>,
    /// What was done.
    what: Sentence,
}

/// Which edits make one step together: those of one field, until it is left.
#[derive(Clone, PartialEq, Eq)]
enum Open {
    None,
    Field(FieldPath),
}

/// Whether the browser keeps the design.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It does.
    Yes,
    /// It refused; only the download keeps the design.
    Refused,
}

/// How much of a section is edited and found wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Values that differ from the preset.
    pub edits: usize,
    /// Open errors, warnings and advice.
    pub found: [usize; 3],
}

/// The lines that the last edit touched, by file; a file whose lines only went has none.
pub type Touched = BTreeMap<String, Vec<usize>>;

/// The state of the page, which lives as long as the page does.
pub type App = &'static State;

/// What the page knows.
#[derive(Clone, Copy)]
pub struct State {
    /// The design; the one source of truth.
    pub design: RwSignal<Arc<Design>>,
    /// What the engine says of it.
    pub report: Memo<Report>,
    /// The design that it started from.
    pub base: Memo<Arc<Design>>,
    /// Findings that are not silenced, by field.
    pub by_field: Memo<Arc<BTreeMap<FieldPath, Vec<Finding>>>>,
    /// Edits and findings of each section.
    pub tallies: Memo<BTreeMap<Section, Tally>>,
    /// What the last edit touched.
    pub touched: Memo<Arc<Touched>>,
    /// The page of the form.
    pub section: RwSignal<Section>,
    /// The pane, where there is room for one.
    pub view: RwSignal<View>,
    /// The path of the file that is shown.
    pub file: RwSignal<String>,
    /// The field that has the focus.
    pub focused: RwSignal<Option<FieldPath>>,
    /// A line that the file view should show; the number makes two equal wishes differ.
    pub wanted_line: RwSignal<Option<(usize, u64)>>,
    /// What the option tables are searched for.
    pub option_search: RwSignal<String>,
    /// Sentences that stand above the form until they are dismissed.
    pub notices: RwSignal<Vec<Sentence>>,
    /// Whether the browser keeps the design.
    pub kept: RwSignal<Kept>,
    /// Light or dark.
    pub theme: RwSignal<Theme>,
    /// The page about checks that is open.
    pub check: RwSignal<Option<Check>>,
    /// The repair whose changes are shown.
    pub preview: RwSignal<Option<Preview>>,
    /// The dialog of the import, while it is open.
    pub import: RwSignal<Option<Stage>>,
    /// Whether files are dragged over the page.
    pub dragged: RwSignal<bool>,
    /// The link that is shown.
    pub share: RwSignal<Option<Arc<link::Link>>>,
    /// What is said of the next step, before what it changed.
    news: StoredValue<String>,
    /// The language of the page; what is drawn asks [`words`] for it.
    pub lang: RwSignal<Lang>,
    undone: RwSignal<Vec<Step>>,
    done: RwSignal<Vec<Step>>,
    open: StoredValue<Open>,
    /// The files before the last step; what differs from them is marked.
    before: RwSignal<Vec<Arc<File>>>,
    wishes: StoredValue<u64>,
}

impl State {
    /// The page as it was left, or as its address says.
    pub fn restored() -> App {
        let lang = RwSignal::new(words::start());
        let (start, notices, kept) = restored_design();
        let design = RwSignal::new(Arc::new(start));
        let engine = StoredValue::new(Engine::default());
        let report = Memo::new_with_compare(
            move |_| {
                let design = design.get();
                engine
                    .try_update_value(|engine| engine.evaluate(&design))
                    .unwrap_or_else(|| engine::evaluate(&design))
            },
            |_, _| true,
        );
        let base = Memo::new(move |_| design.with(|design| Arc::new(base_of(design))));
        let by_field = Memo::new(move |_| report.with(|report| Arc::new(by_field(report))));
        let before = RwSignal::new(report.with_untracked(|report| report.files.clone()));
        let app: App = Box::leak(Box::new(Self {
            design,
            report,
            base,
            by_field,
            tallies: Memo::new(move |_| {
                let base = base.get();
                design.with(|design| report.with(|report| tallies(design, &base, report)))
            }),
            touched: Memo::new(move |_| {
                before.with(|before| report.with(|report| Arc::new(touched(before, &report.files))))
            }),
            section: RwSignal::new(Section::ALL[0]),
            view: RwSignal::new(View::Design),
            file: RwSignal::new(String::new()),
            focused: RwSignal::new(None),
            wanted_line: RwSignal::new(None),
            option_search: RwSignal::new(String::new()),
            notices: RwSignal::new(notices),
            kept: RwSignal::new(kept),
            theme: RwSignal::new(browser::theme::start()),
            check: RwSignal::new(None),
            preview: RwSignal::new(None),
            import: RwSignal::new(None),
            dragged: RwSignal::new(false),
            share: RwSignal::new(None),
            news: StoredValue::new(String::new()),
            lang,
            undone: RwSignal::new(Vec::new()),
            done: RwSignal::new(Vec::new()),
            open: StoredValue::new(Open::None),
            before,
            wishes: StoredValue::new(0),
        }));
        app.follow_address();
        app
    }

    /// Opens the check that the address names, and takes over the design or the preset that it names;
    /// the design before it is one undo away.
    pub fn follow_address(self) {
        self.follow_check();
        self.follow_link();
        let Ok(Some(name)) = browser::address::part("p") else {
            return;
        };
        // An address that stays does no harm: the preset is taken over once.
        let _ = browser::address::forget();
        match presets::preset(&name) {
            Some(preset) => {
                let asked = preset.design();
                let same = self
                    .design
                    .with_untracked(|design| design.from == asked.from);
                if !same {
                    self.start_from(preset.name);
                }
            }
            None => self.notice(Sentence::new("page.unknown-preset", args![name])),
        }
    }

    /// A whole design is taken over at once, the rest of a damaged one only when the person says so.
    fn follow_link(self) {
        let Ok(Some(packed)) = browser::address::part("d") else {
            return;
        };
        // Where the address cannot be changed, the next visit opens the link again.
        let _ = browser::address::forget();
        match link::open(&packed) {
            Ok(opened) => match &opened.lost {
                None => self.take_over(Sentence::plain("page.share.step"), opened.design),
                Some(lost) => {
                    self.notice(lost.clone());
                    self.import
                        .set(Some(Stage::Read(Arc::new(Reading::of_link(opened)))));
                }
            },
            Err(sentence) => self.notice(sentence),
        }
    }

    fn follow_check(self) {
        let part = |name| browser::address::part(name).ok().flatten();
        let check = match part("rule") {
            Some(id) => {
                let rule = rules::rule(&id.to_uppercase());
                if rule.is_none() {
                    self.notice(Sentence::new("page.unknown-rule", args![id]));
                }
                rule.map(Check::One)
            }
            None => part("rules").map(|_| Check::All),
        };
        self.check.set(check);
    }

    /// Opens the page of a check.
    pub fn open_check(self, rule: &'static Rule) {
        // Where the address cannot be changed, the page opens all the same.
        let _ = browser::address::go(&format!("rule={}", rule.id));
        self.check.set(Some(Check::One(rule)));
    }

    /// Closes the page about checks, and takes it out of the address.
    pub fn close_check(self) {
        self.check.set(None);
        let named = ["rule", "rules"]
            .into_iter()
            .any(|name| browser::address::part(name).is_ok_and(|part| part.is_some()));
        if named {
            // An address that stays opens the same page at the next visit, which is no harm.
            let _ = browser::address::forget();
        }
    }

    /// What is to be said of the next step, before what it changed.
    pub fn say_next(self, words: String) {
        self.news.set_value(words);
    }

    /// Puts a sentence above the form.
    pub fn notice(self, sentence: Sentence) {
        self.notices.update(|notices| notices.push(sentence));
    }

    // Editing

    /// Types a text into a field. Typing in one field is one step until the field is left.
    pub fn type_into(self, field: &Field, path: &FieldPath, text: String) {
        let change = if text.is_empty() && field.start == Start::Empty {
            Change::unset(path.clone())
        } else {
            Change::set(path.clone(), text)
        };
        self.commit(label_of(field, path), Open::Field(path.clone()), |design| {
            design.apply(&change);
        });
    }

    /// Gives a field back the value that the design started with.
    pub fn reset(self, field: &Field, path: &FieldPath) {
        let change = match self
            .base
            .with_untracked(|base| base.get(path).map(str::to_owned))
        {
            Some(value) => Change::set(path.clone(), value),
            None => Change::unset(path.clone()),
        };
        self.apply(label_of(field, path), &[change]);
    }

    /// Carries out some changes as one step.
    pub fn apply(self, what: Sentence, changes: &[Change]) {
        self.commit(what, Open::None, |design| {
            for change in changes {
                design.apply(change);
            }
        });
    }

    /// Carries out a repair.
    pub fn repair(self, fix: &Fix) {
        self.apply(fix.title.clone(), &fix.changes);
    }

    /// Decides to live with a finding, and why.
    pub fn silence(self, finding: &Finding, reason: String) {
        let silence = Silence {
            rule: finding.rule.to_owned(),
            subject: finding.subject.clone(),
            severity: Some(finding.severity.name().to_owned()),
            reason,
        };
        self.commit(Sentence::plain("page.silence"), Open::None, |design| {
            drop_silence(design, &silence.rule, &silence.subject);
            design.silences.push(silence);
        });
    }

    /// Hears a finding again.
    pub fn unsilence(self, rule: &str, subject: &str) {
        self.commit(Sentence::plain("page.unsilence"), Open::None, |design| {
            drop_silence(design, rule, subject);
        });
    }

    /// Replaces the design by a preset.
    pub fn start_from(self, name: &str) {
        let Some(preset) = presets::preset(name) else {
            return;
        };
        let what = Sentence::plain(format!("preset.{name}"));
        let start = preset.design_in(words::lang());
        self.commit(what, Open::None, |design| *design = start);
    }

    /// Replaces the design by another, as one step.
    pub fn take_over(self, what: Sentence, design: Design) {
        self.commit(what, Open::None, |now| *now = design);
    }

    /// Takes every edit back, as one step.
    pub fn start_again(self) {
        let base = self.base.get_untracked();
        self.commit(Sentence::plain("page.start-again"), Open::None, |design| {
            *design = Design::clone(&base);
        });
    }

    /// A field is left: the next edit is a step of its own.
    pub fn settle(self) {
        self.open.set_value(Open::None);
    }

    fn commit(self, what: Sentence, open: Open, edit: impl FnOnce(&mut Design)) {
        let before = self.design.get_untracked();
        let mut design = Design::clone(&before);
        edit(&mut design);
        if design == *before {
            return;
        }
        let goes_on = open != Open::None && self.open.with_value(|now| *now == open);
        if !goes_on {
            self.done.update(|done| done.push(Step { before, what }));
            self.before
                .set(self.report.with_untracked(|report| report.files.clone()));
        }
        self.open.set_value(open);
        self.undone.update(Vec::clear);
        self.put(design);
    }

    /// Goes a step back.
    pub fn undo(self) {
        self.step(self.done, self.undone);
    }

    /// Goes a step forward again.
    pub fn redo(self) {
        self.step(self.undone, self.done);
    }

    fn step(self, from: RwSignal<Vec<Step>>, to: RwSignal<Vec<Step>>) {
        let Some(step) = from.try_update(Vec::pop).flatten() else {
            return;
        };
        let Step { before, what } = step;
        let now = self.design.get_untracked();
        to.update(|to| to.push(Step { before: now, what }));
        self.settle();
        self.before
            .set(self.report.with_untracked(|report| report.files.clone()));
        self.put(Design::clone(&before));
    }

    /// What undoing would take back.
    pub fn undoes(self) -> Option<Sentence> {
        self.done
            .with(|done| done.last().map(|step| step.what.clone()))
    }

    /// What redoing would do again.
    pub fn redoes(self) -> Option<Sentence> {
        self.undone
            .with(|undone| undone.last().map(|step| step.what.clone()))
    }

    fn put(self, design: Design) {
        let counts = self.report.with_untracked(Report::counts);
        let kept = match browser::storage::keep_design(&design::write(&design)) {
            Ok(()) => Kept::Yes,
            Err(_) => Kept::Refused,
        };
        if self.kept.get_untracked() != kept {
            self.kept.set(kept);
        }
        self.design.set(Arc::new(design));
        self.announce(counts);
    }

    /// Says what an edit did, when the person pauses.
    fn announce(self, before: [usize; 3]) {
        let turn = self.wish();
        browser::timer::after(700, move || {
            if self.wishes.get_value() != turn {
                return;
            }
            let files = self.touched.with_untracked(|touched| touched.len());
            let after = self.report.with_untracked(Report::counts);
            let new = |at: usize| after[at].saturating_sub(before[at]);
            let mut words = self
                .news
                .try_update_value(std::mem::take)
                .unwrap_or_default();
            words.push_str(&say_with("page.changed", args![files]));
            for (at, key) in ["page.new-errors", "page.new-warnings"].iter().enumerate() {
                let count = new(at);
                if count > 0 {
                    words.push_str(&say_with(key, args![count]));
                }
            }
            browser::focus::announce(&words);
        });
    }

    fn wish(self) -> u64 {
        self.wishes.update_value(|wishes| *wishes += 1);
        self.wishes.get_value()
    }

    // Going somewhere

    /// Shows a section of the form.
    pub fn go_to_section(self, section: Section) {
        self.section.set(section);
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
            self.option_search
                .set(path.key().unwrap_or_default().to_owned());
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

    /// Shows the next line that the last edit touched.
    pub fn go_to_next_change(self) {
        let here = self.wanted_line.get_untracked().map_or(0, |(line, _)| line);
        let shown = self.shown_file_untracked();
        let touched = self.touched.get_untracked();
        let stops: Vec<(&String, usize)> = touched
            .iter()
            .flat_map(|(file, lines)| lines.iter().map(move |line| (file, *line)))
            .collect();
        let next = stops
            .iter()
            .find(|(file, line)| **file == shown && *line > here + 1)
            .or_else(|| stops.iter().find(|(file, _)| **file > shown))
            .or(stops.first());
        if let Some((file, line)) = next {
            self.go_to_line(file, Some(*line));
        }
    }

    // Speaking

    /// Shows the page in another language, where it was and with the focus on the switch.
    pub fn speak(self, lang: Lang) {
        let scrolled = browser::focus::scrolled(&["form", "files", "file-view", "problems"]);
        // The line that was wished for before would be shown again.
        self.wanted_line.set(None);
        words::choose(lang);
        self.lang.set(lang);
        browser::timer::when_drawn(move || {
            browser::focus::scroll_to(&scrolled);
            let _ = browser::focus::focus("language");
        });
    }

    // Reading

    /// The path of the file that is shown: the one that was chosen, while it exists.
    pub fn shown_file(self) -> String {
        let chosen = self.file.get();
        self.report.with(|report| shown_file(report, &chosen))
    }

    fn shown_file_untracked(self) -> String {
        let chosen = self.file.get_untracked();
        self.report
            .with_untracked(|report| shown_file(report, &chosen))
    }

    /// Whether a value differs from the one that the design started with.
    pub fn is_edited(self, field: &'static Field, path: &FieldPath) -> bool {
        let base = self.base.get();
        self.design
            .with(|design| is_edited(field, path, design, &base))
    }

    /// The zip.
    pub fn download(self) {
        let saved = self.report.with_untracked(|report| {
            let cluster = &report.plan.cluster.name;
            let bytes = bundle::zip(cluster, &report.files);
            browser::download::save(&bundle::zip_name(cluster), "application/zip", &bytes)
        });
        if saved.is_err() {
            self.notice(Sentence::plain("page.download-refused"));
        }
    }
}

fn drop_silence(design: &mut Design, rule: &str, subject: &str) {
    design
        .silences
        .retain(|one| one.rule != rule || one.subject != subject);
}

fn shown_file(report: &Report, chosen: &str) -> String {
    let there = |path: &str| report.file(path).map(|file| file.path.clone());
    there(chosen)
        .or_else(|| there("30-kafka/statefulset.yaml"))
        .or_else(|| report.files.first().map(|file| file.path.clone()))
        .unwrap_or_default()
}

fn restored_design() -> (Design, Vec<Sentence>, Kept) {
    let fresh = || presets::PRESETS[0].design_in(words::lang());
    match browser::storage::design() {
        Err(_) => (fresh(), Vec::new(), Kept::Refused),
        Ok(None) => (fresh(), Vec::new(), Kept::Yes),
        Ok(Some(text)) => match design::read(&text) {
            Ok(design) => (design, Vec::new(), Kept::Yes),
            Err(error) => {
                let error = error.to_string();
                let notice = match browser::storage::set_aside(&text) {
                    Ok(place) => Sentence::new("page.set-aside", args![error, place]),
                    Err(_) => Sentence::new("page.unreadable", args![error]),
                };
                (fresh(), vec![notice], Kept::Yes)
            }
        },
    }
}

/// The preset that a design names, in the design's language; else an empty design.
fn base_of(design: &Design) -> Design {
    let language = design.get(&BUNDLE_LANGUAGE.path(None));
    let lang = language.and_then(Lang::of_tag).unwrap_or_default();
    let name = design
        .from
        .as_deref()
        .and_then(|from| from.split('@').next());
    name.and_then(presets::preset)
        .map_or_else(Design::default, |preset| preset.design_in(lang))
}

/// A field for the history; an option goes by its own name, which is no key and stays as it is.
fn label_of(field: &Field, path: &FieldPath) -> Sentence {
    match path.key() {
        Some(name) if field.id.ends_with(".options[]") => Sentence::plain(name.to_owned()),
        _ => Sentence::plain(format!("{}.label", field.id)),
    }
}

fn is_edited(field: &Field, path: &FieldPath, design: &Design, base: &Design) -> bool {
    let (now, then) = (design.get(path), base.get(path));
    if now == then {
        return false;
    }
    // An option is written when it is in the design, even with its default; other values are only read.
    let start = match field.start {
        Start::Value(start) if !field.is_option() => Some(start),
        _ => None,
    };
    start.is_none() || now.or(start) != then.or(start)
}

fn by_field(report: &Report) -> BTreeMap<FieldPath, Vec<Finding>> {
    let mut by_field: BTreeMap<FieldPath, Vec<Finding>> = BTreeMap::new();
    for finding in open_findings(report) {
        for path in &finding.fields {
            by_field
                .entry(path.clone())
                .or_default()
                .push(finding.clone());
        }
    }
    by_field
}

/// The findings that nobody decided to live with.
pub fn open_findings(report: &Report) -> impl Iterator<Item = &Finding> {
    report
        .findings
        .iter()
        .filter(|finding| finding.silenced.is_none())
}

fn tallies(design: &Design, base: &Design, report: &Report) -> BTreeMap<Section, Tally> {
    let mut tallies: BTreeMap<Section, Tally> = BTreeMap::new();
    let gone = base.values.keys().filter(|path| design.get(path).is_none());
    for path in design.values.keys().chain(gone) {
        if let Some(field) = fields::find(path)
            && is_edited(field, path, design, base)
        {
            tallies.entry(field.section).or_default().edits += 1;
        }
    }
    for list in fields::LISTS {
        if !design.keys(list).eq(base.keys(list))
            && let Some(field) = fields::FIELDS
                .iter()
                .find(|field| field.list() == Some(list))
        {
            tallies.entry(field.section).or_default().edits += 1;
        }
    }
    for finding in open_findings(report) {
        if let Some(field) = finding.fields.first().and_then(fields::find) {
            tallies.entry(field.section).or_default().found[finding.severity as usize] += 1;
        }
    }
    tallies
}

/// The worst severity that a tally holds, and how often.
pub fn worst(found: [usize; 3]) -> Option<(Severity, usize)> {
    [Severity::Error, Severity::Warning, Severity::Advice]
        .into_iter()
        .map(|severity| (severity, found[severity as usize]))
        .find(|(_, count)| *count > 0)
}

fn touched(before: &[Arc<File>], after: &[Arc<File>]) -> Touched {
    after
        .iter()
        .filter_map(|file| {
            let old = before.iter().find(|old| old.path == file.path);
            match old {
                Some(old) if Arc::ptr_eq(old, file) || old.lines == file.lines => None,
                Some(old) => Some((file.path.clone(), touched_lines(old, file))),
                None => Some((file.path.clone(), (0..file.lines.len()).collect())),
            }
        })
        .collect()
}

/// The lines of a file that its older self does not have, between the common beginning and end.
fn touched_lines(old: &File, new: &File) -> Vec<usize> {
    let same = |(old, new): &(&crate::render::Line, &crate::render::Line)| old.text == new.text;
    let head = old.lines.iter().zip(&new.lines).take_while(same).count();
    let tail = old.lines[head..]
        .iter()
        .rev()
        .zip(new.lines[head..].iter().rev())
        .take_while(same)
        .count();
    let mut there: BTreeMap<&str, usize> = BTreeMap::new();
    for line in &old.lines[head..old.lines.len() - tail] {
        *there.entry(&line.text).or_default() += 1;
    }
    let middle = head..new.lines.len() - tail;
    middle
        .filter(|&at| match there.get_mut(new.lines[at].text.as_str()) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        })
        .collect()
}
