//! Every screen and dialog in both languages, both schemes and several widths: judged by axe-core,
//! and photographed into `target/screenshots/screens`.
//!
//! A new screen adds one line to [`SCREENS`].

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::journey_in;
use super::session::{self, Browser, Kind};

/// What is done to reach a screen.
enum Step {
    /// Clicks what a selector finds, also where it has no room.
    Click(&'static str),
    /// Replaces the text of a field, by its path.
    Type(&'static str, &'static str),
    /// Presses a key, wherever the focus is.
    Key(&'static str),
}
use Step::{Click, Key, Type};

/// A screen: its name, the way to it from the page as it opens, and what must be there.
/// Dialogs are closed before each; what was typed stays for the screens that follow.
const SCREENS: &[(&str, &[Step], &str)] = &[
    ("cluster", &[Click("[data-section='cluster']")], ".sheet"),
    (
        "zookeeper",
        &[Click("[data-section='zookeeper']")],
        ".sheet",
    ),
    ("brokers", &[Click("[data-section='brokers']")], ".sheet"),
    (
        "listeners",
        &[Click("[data-section='listeners']")],
        ".sheet",
    ),
    ("storage", &[Click("[data-section='storage']")], ".sheet"),
    (
        "resources",
        &[Click("[data-section='resources']")],
        ".sheet",
    ),
    (
        "scheduling",
        &[Click("[data-section='scheduling']")],
        ".sheet",
    ),
    ("probes", &[Click("[data-section='probes']")], ".sheet"),
    ("security", &[Click("[data-section='security']")], ".sheet"),
    ("images", &[Click("[data-section='images']")], ".sheet"),
    (
        "kafka-options",
        &[Click("[data-section='kafka-options']")],
        ".options",
    ),
    (
        "zookeeper-options",
        &[Click("[data-section='zookeeper-options']")],
        ".options",
    ),
    (
        "learn-what-if",
        &[
            Click("[data-learn-page='learn-what-if']"),
            Click("#weakest-pair"),
        ],
        "[data-learn] .effect.bad",
    ),
    (
        "learn-clients",
        &[Click("[data-learn-page='learn-clients']")],
        "[data-standpoint]",
    ),
    (
        "learn-terms",
        &[Click("[data-learn-page='learn-terms']"), Click("#what-if")],
        "[data-term-card]",
    ),
    ("files", &[Click("[data-go='files']")], "#file-view .line"),
    ("problems", &[Click("[data-go='problems']")], "#problems"),
    ("keys", &[Click("#help")], "#keyboard-sheet[open]"),
    ("presets", &[Click("#presets")], "dialog[open]"),
    ("import", &[Click("#import")], "#import-dialog[open]"),
    ("share", &[Click("#share")], "#share-dialog[open]"),
    (
        "course-to-kraft",
        &[Click("#course")],
        "#course-dialog[open] [data-kind=step]",
    ),
    (
        "course-raise",
        &[Click("#course"), Click("#course-raise")],
        "#course-dialog[open] .course-versions",
    ),
    (
        "course-migrate",
        &[
            Click("#course"),
            Click("#course-migrate"),
            Click("[data-step=metadata] summary"),
            Click("#course-migration"),
        ],
        "#course-dialog[open] .course-wrong:not(:empty)",
    ),
    ("checks", &[Click("#all-checks")], "#check-dialog[open]"),
    ("history", &[Click("#history")], "#history-dialog[open]"),
    (
        "compare",
        &[Click("#compare")],
        "#compare-dialog[open] #compare-files",
    ),
    (
        "since",
        &[Click("[data-way='since']")],
        "#since-dialog[open]",
    ),
    (
        "search",
        &[Click("[data-go='design']"), Key("/"), Key("zookeeper")],
        "#search-hits [role=option]",
    ),
    (
        "wrong-size",
        &[
            Click("[data-section='storage']"),
            Type("kafka.disks[data].size", "200GB"),
        ],
        ".field-row .found",
    ),
    (
        "wrong-size-problems",
        &[Click("[data-go='problems']")],
        "#problems .problem",
    ),
    (
        "repair-all",
        &[Click("#repair-all")],
        "#repair-dialog[open]",
    ),
    (
        "check",
        &[Click("#problems .check-link")],
        "#check-dialog[open] [data-check]",
    ),
    (
        "term",
        &[Click("[data-section='zookeeper']"), Click(".sheet .term")],
        "#term-box:popover-open",
    ),
];

/// Closes what lies over the page, and waits until the page knows it: a dialog tells that it is closed a
/// little later, and one that was opened again meanwhile would be taken for it.
const FRESH: &str = "
    const done = arguments[arguments.length - 1];
    if (document.activeElement.id === 'search') document.activeElement.blur();
    const closed = [...document.querySelectorAll('dialog[open]')].map(dialog => new Promise(told => {
        dialog.addEventListener('close', () => setTimeout(told), { once: true });
        dialog.close();
    }));
    Promise.all(closed).then(() => done());";

/// What is wider than the screen and not inside something that scrolls sideways.
const CUT_OFF: &str = "
    const scrolls = element => ['auto', 'scroll'].includes(getComputedStyle(element).overflowX)
        && element.scrollWidth > element.clientWidth;
    const seen = element => !element.closest('.unseen, .skip, svg')
        && element.getClientRects().length > 0;
    const inside = element => {
        for (let up = element.parentElement; up; up = up.parentElement) if (scrolls(up)) return true;
        return false;
    };
    return [...document.body.querySelectorAll('*')].filter(seen).filter(element => {
        const box = element.getBoundingClientRect();
        return (box.right > innerWidth + 1 || box.left < -1) && !inside(element);
    }).map(element => element.outerHTML.slice(0, 160)).slice(0, 5);";

/// Everything that axe-core finds, best practices included: the rule, and where. What a screen shares with
/// all others is judged with the first of them: the files beside the form, and the page below a dialog.
const JUDGE: &str = "
    const [whole, done] = arguments;
    const covered = document.querySelector('dialog[open]') ? ['#shell'] : ['#files'];
    const context = whole ? document : { include: [':root'], exclude: [covered] };
    // The size of targets (WCAG 2.2) is left out unless it is asked for; what the bar at the bottom
    // hides in part only has to be scrolled to.
    const rules = { 'target-size': { enabled: true } };
    const hidden = (one, node) => one.id === 'target-size' && /obscured/.test(node.failureSummary);
    axe.run(context, { resultTypes: ['violations'], rules }).then(
        found => done(found.violations.flatMap(one => one.nodes.filter(node => !hidden(one, node)).map(node =>
            `${one.id} (${one.impact}): ${one.help}: ${node.target.join(' ')}: ${node.failureSummary}`))),
        error => done([String(error)]));";

/// A screen has come to rest: nothing moves, and what was asked for is drawn.
async fn rest(browser: &Browser, there: &str) {
    let there = format!(
        "const there = document.querySelector(\"{there}\");
        return !!there && document.getAnimations().every(one => one.playState !== 'running')"
    );
    browser.until("the screen", &there).await;
    let frames = "const done = arguments[arguments.length - 1];
        requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)));";
    let drawn = browser.client.execute_async(frames, Vec::new()).await;
    drawn.expect("two frames are drawn");
}

async fn open(browser: &Browser, steps: &[Step]) {
    let fresh = browser.client.execute_async(FRESH, Vec::new()).await;
    fresh.expect("dialogs close");
    for step in steps {
        match step {
            Click(css) => {
                let there = format!("return !!document.querySelector(\"{css}\")");
                browser.until(css, &there).await;
                let click = "document.querySelector(arguments[0]).click()";
                browser.run(click, json!([css])).await;
            }
            Type(path, text) => browser.type_into(path, text).await,
            Key(keys) => browser.press(keys).await,
        }
    }
}

/// The page with an empty storage, in a language, a scheme and a size.
async fn arrive(browser: &Browser, address: &str, language: &str, scheme: &str, size: (u32, u32)) {
    let (width, height) = size;
    let metrics =
        json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500 });
    browser
        .devtools("Emulation.setDeviceMetricsOverride", metrics)
        .await;
    let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
    browser.devtools("Emulation.setEmulatedMedia", media).await;
    // Another page of the same origin, so that the designer does not write meanwhile.
    let elsewhere = format!("{address}nothing-here");
    let gone = browser.client.goto(&elsewhere).await;
    gone.expect("an empty page");
    let keep = "localStorage.clear();
        localStorage.setItem('kafka-cluster-designer/v1/language', arguments[0])";
    browser.run(keep, json!([language])).await;
    let opened = browser.client.goto(address).await;
    opened.expect("the page opens");
    let drawn = "return document.querySelectorAll('#file-view [data-line]').length > 10";
    browser.until("the first files", drawn).await;
}

/// Screens whose own part is what others leave out.
const WHOLE: [&str; 3] = ["cluster", "files", "problems"];

/// What is found on the screens in a language, with the places that have it.
async fn judged(browser: &Browser, address: &str, language: &str) -> BTreeMap<String, Vec<String>> {
    let judge = std::fs::read_to_string(session::package().join(".ci/bin/axe-core"))
        .expect("axe-core is missing: run `.ci/set-up browser`");
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for scheme in ["light", "dark"] {
        for size in [(1440, 900), (1024, 768), (390, 844)] {
            arrive(browser, address, language, scheme, size).await;
            browser.run(&judge, json!([])).await;
            for (name, steps, there) in SCREENS {
                open(browser, steps).await;
                rest(browser, there).await;
                let (width, height) = size;
                let place = format!("{name} {language} {scheme} {width}");
                let whole = vec![json!(WHOLE.contains(name))];
                let violations = browser.client.execute_async(JUDGE, whole).await;
                let Ok(Value::Array(violations)) = violations else {
                    panic!("{place}: axe-core gives no list: {violations:?}")
                };
                let cut = browser.run(CUT_OFF, json!([])).await;
                let cut = cut.as_array().cloned().unwrap_or_default();
                let cut = cut.iter().map(|one| format!("cut off: {one}"));
                let judged = violations.iter().map(|one| {
                    let words = one.as_str().unwrap_or_default();
                    words.split_whitespace().collect::<Vec<_>>().join(" ")
                });
                for one in judged.chain(cut) {
                    found.entry(one).or_default().push(place.clone());
                }
                let picture = format!("screens/{name}-{language}-{scheme}-{width}x{height}");
                browser.picture(&picture).await;
            }
        }
    }
    found
}

#[test]
fn every_screen_is_accessible_in_each_language_scheme_and_width() {
    journey_in(&[Kind::Chromium], "screens", async |browser, server| {
        // Each language in a browser of its own, both at once: nothing here depends on time.
        let other = Browser::of(Kind::Chromium, "screens-zh").await;
        let (english, chinese) = tokio::join!(
            judged(browser, &server.address, "en"),
            judged(&other, &server.address, "zh"),
        );
        other.end().await;
        let told: Vec<String> = english
            .iter()
            .chain(&chinese)
            .map(|(what, places)| {
                let (first, more) = (&places[0], places.len() - 1);
                format!("{what}\n    at {first}, and {more} more")
            })
            .collect();
        assert!(told.is_empty(), "{}", told.join("\n"));
    });
}

#[test]
fn nothing_is_cut_off_on_a_narrow_phone() {
    journey_in(&[Kind::Chromium], "narrow", async |browser, server| {
        for language in ["en", "zh"] {
            arrive(browser, &server.address, language, "light", (360, 740)).await;
            for (name, steps, there) in SCREENS {
                open(browser, steps).await;
                rest(browser, there).await;
                let cut = browser.run(CUT_OFF, json!([])).await;
                assert_eq!(cut, json!([]), "{name} {language}");
            }
        }
    });
}
