//! Comparing, sharing and printing: what differs is said in words.

use fantoccini::wd::PrintConfigurationBuilder;
use serde_json::json;

use super::session::Kind;
use super::{journey, journey_in, pictures, value_of};

const BROKERS: &str = "kafka.groups[main].brokers";

/// The settings that the open list shows, each as `what before → after`.
const LINES: &str = "[...document.querySelectorAll('dialog[open] .differences li')].map(one => [one.querySelector('strong').textContent, ...[...one.querySelectorAll('.differences-sides > span:not(.unseen, [aria-hidden])')].map(side => side.textContent)].join('|')).join()";

#[test]
fn designs_are_compared_and_settings_taken_over() {
    journey("compare", async |browser, _| {
        browser.click("[data-section='brokers']").await;
        browser.type_into(BROKERS, "5").await;
        browser.click("[data-section='resources']").await;
        browser.type_into("kafka.cpu_request", "3").await;

        // With the preset, by keyboard.
        browser
            .run("document.getElementById('compare').focus()", json!([]))
            .await;
        browser.press("\u{e007}").await;
        browser
            .until(
                "the comparison, its choice in focus",
                "return document.activeElement.id === 'compare-with' && !!document.querySelector('#compare-dialog .differences')",
            )
            .await;
        let shows = |lines: &str| format!("return {LINES} === '{lines}'");
        let brokers = "Brokers (main)|default: 3|5";
        let both = format!("{brokers},Processors promised|default: 2|3");
        browser.until("what differs", &shows(&both)).await;
        let effects = "return [...document.querySelectorAll('.differences-effect')].map(one => one.dataset.effect).join()";
        assert_eq!(
            browser.run(effects, json!([])).await,
            "rolling-restart,rolling-restart"
        );
        let hunk = "return [...document.querySelectorAll(\"[data-difference='30-kafka/statefulset.yaml'] .comes code\")].some(line => line.textContent.includes('replicas: 5'))";
        assert_eq!(browser.run(hunk, json!([])).await, true);
        pictures(browser, "compare-").await;

        // The other way round: the lines that came go.
        browser.click("#compare-swap").await;
        browser
            .until(
                "the sides",
                &shows("Brokers (main)|5|default: 3,Processors promised|3|default: 2"),
            )
            .await;
        let goes = hunk.replace(".comes", ".goes");
        assert_eq!(browser.run(&goes, json!([])).await, true);
        browser.click("#compare-swap").await;

        // One setting is taken over, as one step; the focus stays in the list.
        browser.click("#compare-take-1").await;
        browser.until("one less", &shows(brokers)).await;
        browser
            .until(
                "the focus on the next",
                "return document.activeElement.id === 'compare-take-0'",
            )
            .await;
        browser.press("\u{e007}").await;
        browser
            .until(
                "nothing differs",
                "return /Nothing differs/.test(document.querySelector('.compare-same')?.textContent)",
            )
            .await;
        browser.press("\u{e00c}").await;
        browser.press("\u{e009}z\u{e000}").await;
        browser.press("\u{e009}z\u{e000}").await;
        let request = format!("return {} === '3'", value_of("kafka.cpu_request"));
        browser.until("both edits again", &request).await;

        // With a kept design.
        browser.click("#presets").await;
        browser.click("[data-preset='single-node']").await;
        browser.click("#compare").await;
        browser
            .until(
                "the kept design among the choices",
                "return [...document.querySelectorAll('#compare-with option')].some(one => one.value.startsWith('kept:'))",
            )
            .await;
        browser
            .run(
                "const choice = document.getElementById('compare-with'); choice.value = [...choice.options].find(one => one.value.startsWith('kept:')).value; choice.dispatchEvent(new Event('change'))",
                json!([]),
            )
            .await;
        browser
            .until(
                "what differs",
                &format!("return {LINES}.includes('Processors promised|3|250m')"),
            )
            .await;

        // With what an import read.
        browser.click("#compare-files").await;
        browser.click("#import-text").await;
        browser
            .press("format: 1\nfrom: single-node@2026-11\nvalues:\n  kafka.heap: 777m\n")
            .await;
        browser.click("#import-read").await;
        browser.click("#import-compare").await;
        browser
            .until(
                "the heap of the file",
                &format!("return {LINES}.includes('|777m|512m')"),
            )
            .await;
        pictures(browser, "compare-import-").await;
    });
}

#[test]
fn a_link_says_what_is_inside_in_both_languages() {
    journey("inside", async |browser, _| {
        browser.click("[data-section='brokers']").await;
        browser.type_into(BROKERS, "5").await;
        browser.click("#share").await;
        browser
            .until(
                "what is inside",
                &format!("return {LINES} === 'Brokers (main)|default: 3|5'"),
            )
            .await;
        pictures(browser, "share-inside-").await;
        browser.press("\u{e00c}").await;
        browser.click("#language").await;
        browser.click("#share").await;
        browser
            .until(
                "what is inside in Chinese",
                &format!("return {LINES}.endsWith('（main）|默认：3|5')"),
            )
            .await;
    });
}

#[test]
fn paper_shows_the_summary_alone_and_all_of_it() {
    journey_in(&[Kind::Chromium], "print", async |browser, _| {
        browser.click("[data-section='brokers']").await;
        browser.type_into(BROKERS, "5").await;
        browser.click("[data-section='storage']").await;
        browser.type_into("kafka.disks[data].size", "200GB").await;
        // As the browser does before it prints.
        browser
            .run("dispatchEvent(new Event('beforeprint'))", json!([]))
            .await;
        browser
            .devtools("Emulation.setEmulatedMedia", json!({ "media": "print" }))
            .await;
        let seen = "return [...document.body.children].filter(one => one.getClientRects().length).map(one => one.id).join() === 'print'";
        browser.until("the summary alone", seen).await;
        let text = browser
            .run(
                "return document.getElementById('print').innerText",
                json!([]),
            )
            .await;
        let text = text.as_str().expect("a text");
        for words in [
            "Production",
            "Brokers (main)",
            "node 1: kafka-0, kafka-3, zk-0.",
            "kafka-4",
            "200GB",
            "30-kafka/statefulset.yaml",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
        let whole = "const print = document.getElementById('print'); return print.scrollWidth <= print.clientWidth && !print.querySelector('button, input, select') && document.documentElement.scrollHeight >= print.scrollHeight";
        for width in [794, 520] {
            let metrics =
                json!({ "width": width, "height": 1123, "deviceScaleFactor": 1, "mobile": false });
            browser
                .devtools("Emulation.setDeviceMetricsOverride", metrics)
                .await;
            browser.until("nothing is cut off", whole).await;
            browser.picture(&format!("print-{width}")).await;
        }
        browser
            .devtools("Emulation.clearDeviceMetricsOverride", json!({}))
            .await;
        browser
            .devtools("Emulation.setEmulatedMedia", json!({ "media": "" }))
            .await;
        browser
            .run("dispatchEvent(new Event('afterprint'))", json!([]))
            .await;
        let gone = "return document.getElementById('print').childElementCount === 0";
        browser.until("the page again", gone).await;

        // The browser's own printing says the same, and leaves nothing behind.
        let settings = PrintConfigurationBuilder::default()
            .build()
            .expect("settings");
        let paper = browser.client.print(settings).await.expect("a document");
        assert!(paper.starts_with(b"%PDF"));
        browser.until("the page again", gone).await;
    });
}
