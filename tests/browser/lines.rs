//! Lines and fields: each leads to the other, changes are walked through, derived values tell why.

use serde_json::json;

use super::session::Kind;
use super::{journey, journey_in, pictures, value_of};

const DOWN: &str = "\u{e015}";
const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";

/// Gives the line with some words the focus, once it is drawn.
fn focus_line(words: &str) -> String {
    format!(
        "const line = [...document.querySelectorAll('#file-view [data-line]')].find(line => line.textContent.includes('{words}'));
        line?.focus();
        return !!line;"
    )
}

#[test]
fn a_line_leads_to_the_setting_that_made_it_and_asks_where_several_did() {
    journey("lines", async |browser, _| {
        browser.click("[data-file='30-kafka/services.yaml']").await;
        browser
            .until("the file", "return document.querySelector('.file-head h2').textContent === '30-kafka/services.yaml'")
            .await;
        // From line to line with the arrows, into the setting with Enter.
        browser
            .run("document.getElementById('file-view').focus()", json!([]))
            .await;
        browser.press(DOWN).await;
        browser
            .until(
                "the first line",
                "return document.activeElement.dataset.line === '1'",
            )
            .await;
        browser.press(DOWN).await;
        browser
            .until(
                "the second line",
                "return document.activeElement.dataset.line === '2'",
            )
            .await;
        browser
            .until("a line of one field", &focus_line("clusterIP: None"))
            .await;

        // A line of several fields.
        browser
            .until("a line of several", &focus_line("name: kafka-hs"))
            .await;
        browser.press(ENTER).await;
        browser
            .until(
                "the choice, with the focus in it",
                "return !!document.querySelector('#line-choice:popover-open') && document.activeElement.matches('#line-choice button')",
            )
            .await;
        let choices = "return [...document.querySelectorAll('#line-choice [data-choice]')].map(one => one.dataset.choice)";
        let choices = browser.run(choices, json!([])).await;
        assert!(
            choices.as_array().is_some_and(|choices| choices.len() > 1),
            "{choices}"
        );
        browser.press(ESCAPE).await;
        browser
            .until(
                "the line again",
                "return document.activeElement.matches('[data-line]')",
            )
            .await;
        browser.press(ENTER).await;
        browser
            .until(
                "the choice",
                "return document.activeElement.matches('#line-choice button')",
            )
            .await;
        let chosen = browser
            .run("return document.activeElement.dataset.choice", json!([]))
            .await;
        browser.press(ENTER).await;
        let field = format!(
            "return document.activeElement.id === 'field-{}' && !document.querySelector(':popover-open')",
            chosen.as_str().expect("a field")
        );
        browser.until("its field", &field).await;
        // The field marks its lines, and the files that hold them.
        browser
            .until(
                "the marks",
                "return !!document.querySelector('#file-view .line.here') && document.querySelectorAll('.tree .dot.field').length > 0",
            )
            .await;

        // A click on a line of one field.
        browser
            .click("[data-file='20-zookeeper/services.yaml']")
            .await;
        browser
            .until("the port's line", &focus_line("port: 2181"))
            .await;
        let line = "return document.activeElement.dataset.line";
        let line = browser.run(line, json!([])).await;
        let line = line.as_str().expect("a number");
        browser
            .click(&format!("#file-view [data-line='{line}']"))
            .await;
        browser
            .until(
                "the port's field",
                "return document.activeElement.id === 'field-zookeeper.ports.client'",
            )
            .await;

        // How the choice looks; last, since a phone shows one pane at a time.
        browser.click("[data-file='30-kafka/services.yaml']").await;
        browser
            .until("a line of several", &focus_line("name: kafka-hs"))
            .await;
        browser.press(ENTER).await;
        browser
            .until(
                "the choice",
                "return document.activeElement.matches('#line-choice button')",
            )
            .await;
        pictures(browser, "line-choice-").await;
    });
}

#[test]
fn the_places_that_an_edit_touched_are_walked_through() {
    journey("changes", async |browser, _| {
        browser.click("[data-section='resources']").await;
        browser.type_into("kafka.heap", "3g").await;
        browser
            .until(
                "touched files",
                "return document.querySelectorAll('.tree .dot:not(.field)').length > 2",
            )
            .await;
        let touched = "return [...document.querySelectorAll('.tree-file:has(.dot:not(.field))')].map(file => file.dataset.file)";
        let touched = browser.run(touched, json!([])).await;
        browser
            .run("document.getElementById('form').focus()", json!([]))
            .await;
        let shown = "return document.querySelector('.file-head h2').textContent";
        let said = "return document.getElementById('live-region').textContent";
        let next = |before: &str| {
            format!(
                "const said = document.getElementById('live-region').textContent; return /^Change \\d+ of \\d+/.test(said) && said !== '{before}'"
            )
        };
        let mut seen = std::collections::BTreeSet::new();
        let mut places = Vec::new();
        for _ in 0..60 {
            browser.press("c").await;
            let before = places.last().map_or("", String::as_str);
            browser.until("a place", &next(before)).await;
            let place = browser
                .run(said, json!([]))
                .await
                .as_str()
                .expect("words")
                .to_owned();
            seen.insert(
                browser
                    .run(shown, json!([]))
                    .await
                    .as_str()
                    .expect("a path")
                    .to_owned(),
            );
            if places.first() == Some(&place) {
                break;
            }
            places.push(place);
        }
        assert!(places.len() > 2, "{places:?}");
        let all: std::collections::BTreeSet<String> =
            serde_json::from_value(touched).expect("paths");
        assert_eq!(
            seen, all,
            "every touched file was shown, and then the first again"
        );
        // Back again.
        browser.press("\u{e008}c\u{e000}").await;
        browser.until("a place before", &next(&places[0])).await;
        let back = browser.run(said, json!([])).await;
        assert_eq!(back.as_str(), places.last().map(String::as_str));
        browser
            .until(
                "the touched line in sight",
                "return !!document.querySelector('#file-view .line.touched')",
            )
            .await;
    });
}

#[test]
fn a_derived_value_tells_why_and_can_be_replaced_and_derived_again() {
    // WebKit gives the focus between the two halves of a click, where nothing may move.
    let kinds = [Kind::Chromium, Kind::WebKit];
    journey_in(&kinds, "derived", async |browser, _| {
        browser.click("[data-section='resources']").await;
        let row = "[data-field='kafka.memory_request']";
        let says = |words: &str| {
            format!(
                "return (document.querySelector(\"{row} .field-row-because\")?.textContent ?? '').includes('{words}')"
            )
        };
        browser.until("the reason", &says("Because")).await;
        // The reason leads to what it follows.
        browser
            .click(&format!("{row} [data-from='kafka.heap']"))
            .await;
        browser
            .until(
                "the heap",
                "return document.activeElement.id === 'field-kafka.heap'",
            )
            .await;
        browser.click(&format!("{row} .box-unlock")).await;
        browser.type_into("kafka.memory_request", "9Gi").await;
        let value = value_of("kafka.memory_request");
        browser
            .until("the way back", &says("Derive it again"))
            .await;
        pictures(browser, "derived-").await;
        browser
            .click(&format!("{row} [data-derive='kafka.memory_request']"))
            .await;
        browser
            .until("the derived value", &format!("return {value} === '8Gi'"))
            .await;
        browser.click("#undo").await;
        browser
            .until("the own value", &format!("return {value} === '9Gi'"))
            .await;
    });
}
