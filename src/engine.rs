//! `Design` in, `Report` out.
//!
//! The engine keeps what it made last time and makes again only what an edit touched: a file whose
//! parts of the plan are equal is the same `Arc`, so that the page need not draw it again.

use std::sync::Arc;

use crate::bundle;
use crate::design::{Change, Design, Extras, FieldPath};
use crate::plan::{Parts, Plan};
use crate::render::{File, OUTPUTS, Rendered, extras};
use crate::rules::{self, Facts, Finding, Question};

/// What the program says of a design.
#[derive(Clone, Debug)]
pub struct Report {
    /// The design resolved.
    pub plan: Arc<Plan>,
    /// What is wrong, or could be better: errors first, then in the order of the rules.
    pub findings: Arc<Vec<Finding>>,
    /// What would have to be known to decide the checks that stayed silent.
    pub questions: Arc<Vec<Question>>,
    /// The files of the bundle, in the order of showing them.
    pub files: Vec<Arc<File>>,
}

impl Report {
    /// A file by its path.
    pub fn file(&self, path: &str) -> Option<&Arc<File>> {
        self.files.iter().find(|file| file.path == path)
    }

    /// What the design as a whole says: open errors, warnings, advice.
    pub fn counts(&self) -> [usize; 3] {
        let mut counts = [0; 3];
        for finding in self
            .findings
            .iter()
            .filter(|finding| finding.silenced.is_none())
        {
            counts[finding.severity as usize] += 1;
        }
        counts
    }

    /// The lines that a field made: file and line, counted from 1.
    pub fn lines_of<'a>(&'a self, path: &'a FieldPath) -> impl Iterator<Item = (&'a str, usize)> {
        self.files.iter().flat_map(move |file| {
            let lines = file.lines.iter().enumerate();
            lines
                .filter(move |(_, line)| line.origins.contains(path))
                .map(|(at, _)| (file.path.as_str(), at + 1))
        })
    }
}

/// Evaluates designs one after the other, keeping what does not change.
#[derive(Default)]
pub struct Engine {
    last: Option<Last>,
    begun: Option<Begun>,
    bundle: bundle::Bundle,
}

/// A design of which no more than some files was asked for.
struct Begun {
    design: Design,
    plan: Arc<Plan>,
    /// What differs from the plan of the last report.
    changed: Parts,
    /// For each of [`OUTPUTS`] what was made of it.
    rendered: Vec<Option<Arc<Rendered>>>,
}

impl Begun {
    fn of(design: &Design, last: Option<&Last>) -> Self {
        let plan = Arc::new(Plan::of(design));
        Self {
            design: design.clone(),
            changed: last.map_or(Parts::ALL, |last| plan.changed(&last.plan)),
            plan,
            rendered: vec![None; OUTPUTS.len()],
        }
    }

    /// One of [`OUTPUTS`], if the design has it: the one of the last report where nothing changed.
    fn output(&mut self, at: usize, last: Option<&Last>) -> Option<Arc<Rendered>> {
        let output = OUTPUTS[at];
        if !(output.wanted)(&self.plan) {
            return None;
        }
        let kept = last.and_then(|last| last.rendered[at].as_ref());
        let kept = kept.filter(|_| !output.reads.meets(self.changed));
        let made = &mut self.rendered[at];
        let made = made.get_or_insert_with(|| {
            kept.map_or_else(|| Arc::new((output.render)(&self.plan)), Arc::clone)
        });
        Some(Arc::clone(made))
    }
}

struct Last {
    plan: Arc<Plan>,
    /// For each of [`OUTPUTS`] what it gave, when the design has it.
    rendered: Vec<Option<Arc<Rendered>>>,
    /// The extras of that design.
    extras: Extras,
    /// What the extras made of each output, where they touch it; then the files of others.
    patched: Vec<Option<Arc<Rendered>>>,
    foreign: Vec<Arc<Rendered>>,
}

impl Engine {
    fn begin(&mut self, design: &Design) -> Begun {
        let begun = self.begun.take();
        let begun = begun.filter(|begun| begun.design == *design);
        begun.unwrap_or_else(|| Begun::of(design, self.last.as_ref()))
    }

    /// One file of a design before all else of it is made; the report of the same design takes it over.
    /// Nothing where it is no file of the last report, where it tells of other files, such as the README,
    /// and where the design does not have it.
    pub fn file(&mut self, design: &Design, path: &str) -> Option<Arc<File>> {
        let is_it = |output: &Option<Arc<Rendered>>| {
            output
                .as_ref()
                .is_some_and(|output| output.file.path == path)
        };
        let at = self.last.as_ref()?.rendered.iter().position(is_it)?;
        let mut begun = self.begin(design);
        let output = begun.output(at, self.last.as_ref());
        self.begun = Some(begun);
        let output = output?;
        let patched = if design.extras.is_empty() {
            output
        } else {
            extras::apply(&design.extras, &output)?
        };
        Some(Arc::clone(&patched.file))
    }

    /// What the program says of a design.
    pub fn evaluate(&mut self, design: &Design) -> Report {
        let mut begun = self.begin(design);
        let last = self.last.take();
        let outputs = 0..OUTPUTS.len();
        let rendered: Vec<Option<Arc<Rendered>>> =
            outputs.map(|at| begun.output(at, last.as_ref())).collect();
        let plan = begun.plan;
        let (patched, foreign) = with_extras(&design.extras, &rendered, last.as_ref());
        let outputs: Vec<Arc<Rendered>> =
            patched.iter().flatten().chain(&foreign).cloned().collect();
        let checked = rules::check(&Facts::of(design, &plan, &outputs));
        let (findings, questions) = (Arc::new(checked.findings), Arc::new(checked.questions));
        let bundle = &mut self.bundle;
        let files = bundle.files(design, &plan, &outputs, &findings, &questions);
        self.last = Some(Last {
            plan: Arc::clone(&plan),
            rendered,
            extras: design.extras.clone(),
            patched,
            foreign,
        });
        Report {
            plan,
            findings,
            questions,
            files,
        }
    }
}

/// The outputs with the extras of the design, and the files of others; those that nothing touched are
/// the same as last time.
fn with_extras(
    extras: &Extras,
    rendered: &[Option<Arc<Rendered>>],
    last: Option<&Last>,
) -> (Vec<Option<Arc<Rendered>>>, Vec<Arc<Rendered>>) {
    if extras.is_empty() {
        return (rendered.to_vec(), Vec::new());
    }
    let last = last.filter(|last| last.extras == *extras);
    let same = |at: usize, output: &Arc<Rendered>| {
        let last = last?;
        let before = last.rendered.get(at)?.as_ref()?;
        Arc::ptr_eq(before, output).then(|| last.patched.get(at).cloned())?
    };
    let patched = rendered.iter().enumerate().map(|(at, output)| {
        let output = output.as_ref()?;
        same(at, output).unwrap_or_else(|| extras::apply(extras, output))
    });
    let patched: Vec<Option<Arc<Rendered>>> = patched.collect();
    let is_ours = |path: &str| {
        let mut outputs = rendered.iter().flatten();
        outputs.any(|output| output.file.path == path)
    };
    let foreign = extras::foreign_files(extras, is_ours);
    let kept = last.map_or(&[][..], |last| &last.foreign);
    let foreign = foreign.into_iter().map(|made| {
        let kept = kept.iter().find(|kept| ***kept == made).cloned();
        kept.unwrap_or_else(|| Arc::new(made))
    });
    (patched, foreign.collect())
}

/// What the program says of a design, without anything kept from before.
pub fn evaluate(design: &Design) -> Report {
    Engine::default().evaluate(design)
}

/// The design after some changes; for repairs and their previews.
#[must_use]
pub fn after(design: &Design, changes: &[Change]) -> Design {
    let mut design = design.clone();
    for change in changes {
        design.apply(change);
    }
    design
}
