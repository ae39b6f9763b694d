//! The page on paper: a summary of the design and what was found, made when it is printed.

use leptos::prelude::*;

use super::browser::{self, clock};
use super::differences::Differences;
use super::later;
use super::share::differences_from_base;
use super::state::{App, name_words};
use super::words::{lang, say, say_with};
use crate::args;
use crate::drawing;
use crate::rules::{Finding, Severity};
use crate::simulate::Placement;

/// The element that holds the summary while the page is printed.
const PLACE: &str = "print";

/// Puts the summary into the page before it is printed, and takes it out afterwards.
pub fn listen(app: App) {
    let shown = StoredValue::new_local(None);
    window_event_listener(event("beforeprint"), move |_| {
        // Without its element, or before the tools are there, the page is printed without the summary.
        if let (Ok(place), Some(tools)) = (browser::focus::element(PLACE), later::there()) {
            shown.set_value(Some(leptos::mount::mount_to(place, move || {
                (tools.print)(app)
            })));
        }
    });
    window_event_listener(event("afterprint"), move |_| shown.set_value(None));
}

fn event(name: &'static str) -> leptos::ev::Custom<web_sys::Event> {
    leptos::ev::Custom::new(name)
}

/// The summary.
pub fn summary(app: App) -> AnyView {
    let report = app.report_now();
    let placement = Placement::of(&report.plan);
    let topology = drawing::words(&report.plan, &placement, lang());
    let place = app.place.get_untracked();
    let name = app
        .design
        .with_untracked(|design| name_words(&place, design));
    let edition = app.design.with_untracked(|design| design.defaults.clone());
    let time = clock::words(clock::now(), lang().tag());
    let lines = differences_from_base(app);
    let count = lines.len();
    let open: Vec<Finding> = super::state::open_findings(&report).cloned().collect();
    let accepted: Vec<(Finding, String)> = report
        .findings
        .iter()
        .filter_map(|finding| Some((finding.clone(), finding.silenced.clone()?)))
        .collect();
    let found = open.len();
    let findings = open.into_iter().map(|finding| finding_line(&finding, None));
    let silenced = accepted.len();
    let accepted = accepted
        .into_iter()
        .map(|(finding, reason)| finding_line(&finding, Some(reason)));
    let files = report.files.iter().map(|file| {
        let lines = file.lines.len();
        view! { <li><code>{file.path.clone()}</code> " " <small>{say_with("print.lines", args![lines])}</small></li> }
    });
    view! {
        <h1>{name}</h1>
        <p class="print-made">{say_with("print.made", args![title = say("page.title"), time, edition])}</p>
        <h2>{say("topology.label")}</h2>
        {topology.into_iter().map(|words| view! { <p>{words}</p> }).collect_view()}
        <h2>{say_with("print.settings", args![count])}</h2>
        <Differences lines />
        <h2>{say_with("print.findings", args![count = found])}</h2>
        {(found == 0).then(|| view! { <p>{say("page.no-problems")}</p> })}
        <ul class="print-findings">{findings.collect_view()}</ul>
        {(silenced > 0).then(|| view! {
            <h2>{say_with("page.silenced", args![count = silenced])}</h2>
            <ul class="print-findings">{accepted.collect_view()}</ul>
        })}
        <h2>{say("page.view.files")}</h2>
        <ul class="print-files">{files.collect_view()}</ul>
    }
    .into_any()
}

fn finding_line(finding: &Finding, reason: Option<String>) -> impl IntoView + use<> {
    let severity = match finding.severity {
        Severity::Error => "page.error",
        Severity::Warning => "page.warning",
        Severity::Advice => "page.advice",
    };
    let places: Vec<String> = finding
        .places
        .iter()
        .map(|place| format!("{}:{}", place.file, place.line))
        .collect();
    let places = say_with("print.places", args![places = places.clone()]);
    view! {
        <li>
            <strong>{say(severity)} ": " {finding.title(lang())}</strong>
            " "
            <code>{finding.rule}</code>
            <p>{finding.message(lang())} " " {finding.action(lang())}</p>
            {reason.map(|reason| view! { <p>{say_with("page.silenced.reason", args![reason])}</p> })}
            {(!finding.places.is_empty()).then(|| view! { <small>{places}</small> })}
        </li>
    }
}
