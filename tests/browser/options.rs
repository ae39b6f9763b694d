//! The tables of all options, as a person uses them.

use serde_json::json;

use super::{journey, value_of};

/// The option whose row or editor has the focus.
const HERE: &str = "document.activeElement.closest('[data-option]')?.dataset.option";

#[test]
fn options_are_found_edited_and_left_by_the_keyboard_alone() {
    journey("options", async |browser, _| {
        browser.click("[data-section='kafka-options']").await;
        let rows = "return document.querySelectorAll('.option-row').length";
        browser
            .until(
                "rows",
                "return document.querySelectorAll('.option-row').length > 8",
            )
            .await;
        let drawn = browser
            .run(rows, json!([]))
            .await
            .as_u64()
            .expect("a number");
        assert!(drawn < 60, "only what is seen is drawn, not {drawn}");
        let all = "return Number(document.querySelector('.options-table').ariaRowCount ?? document.querySelector('.options-table').getAttribute('aria-rowcount'))";
        let all = browser
            .run(all, json!([]))
            .await
            .as_u64()
            .expect("a number");
        assert!(all > 250, "{all}");

        // A search with a mistake in it, and from there into the rows.
        browser.click("#option-search").await;
        browser.press("min.insycn").await;
        browser
            .until(
                "the option that was meant",
                "return document.querySelectorAll('.option-row').length === 1",
            )
            .await;
        browser.press("\u{e015}").await;
        browser
            .until("the focus on its row", &format!("return {HERE} === 'min.insync.replicas' && document.activeElement.matches('.option-row')"))
            .await;
        browser.press("\u{e00c}").await;
        browser
            .until(
                "the focus on the search",
                "return document.activeElement.id === 'option-search'",
            )
            .await;
        browser.press("\u{e009}a\u{e000}").await;
        browser.press("retention").await;
        browser
            .until(
                "more options",
                "return document.querySelectorAll('.option-row').length > 4",
            )
            .await;

        // Down to the interval, into the editor, and out of it.
        browser.press("\u{e015}").await;
        browser.until("a row", &format!("return !!{HERE}")).await;
        for _ in 0..40 {
            if browser
                .run(
                    &format!("return {HERE} === 'log.retention.check.interval.ms'"),
                    json!([]),
                )
                .await
                == json!(true)
            {
                break;
            }
            let before = browser.run(&format!("return {HERE}"), json!([])).await;
            browser.press("\u{e015}").await;
            browser
                .until("the next row", &format!("return {HERE} !== {before}"))
                .await;
        }
        browser.press("\u{e007}").await;
        browser
            .until(
                "the editor",
                "return document.activeElement.id === 'field-kafka.options[log.retention.check.interval.ms]'",
            )
            .await;
        browser.press("5m").await;
        let value = value_of("kafka.options[log.retention.check.interval.ms]");
        let read = format!(
            "return {value} === '5m' && /300,000/.test(document.activeElement.closest('.box').textContent)"
        );
        browser.until("what 5m means", &read).await;
        // Five minutes are the default: it is written all the same, and that is said.
        let tag = "return /equals the default/.test(document.querySelector(\"[data-option='log.retention.check.interval.ms']\").textContent)";
        browser.until("that it is the default", tag).await;
        browser.press("\u{e00c}").await;
        browser
            .until("the row again", &format!("return document.activeElement.matches('.option-row') && {HERE} === 'log.retention.check.interval.ms'"))
            .await;
        let file = browser.read_file("30-kafka/configmap.yaml").await;
        assert!(
            file.contains("log.retention.check.interval.ms=300000"),
            "{file}"
        );

        // Only what was changed; unset again by a key, without losing the place.
        browser.click("#option-search").await;
        browser.press("\u{e009}a\u{e000}\u{e003}").await;
        browser.click(".options-bar .segment:nth-child(2)").await;
        let changed = "return [...document.querySelectorAll('.option-row')].some(row => row.dataset.option === 'log.retention.check.interval.ms') && document.querySelectorAll('.option-row').length < 60";
        browser.until("the changed options", changed).await;
        browser
            .click("[data-option='log.retention.check.interval.ms'] .option-unset")
            .await;
        browser
            .until("its editor keeps the focus, empty", &format!("return {value} === '' && document.activeElement.id === 'field-kafka.options[log.retention.check.interval.ms]'"))
            .await;
        let file = browser.read_file("30-kafka/configmap.yaml").await;
        assert!(!file.contains("log.retention.check.interval.ms"), "{file}");
    });
}

#[test]
fn a_search_over_everything_leads_into_the_tables() {
    journey("find-option", async |browser, _| {
        browser.press("/").await;
        browser.press("maxClientCnxns").await;
        browser
            .until(
                "the option",
                "return /maxClientCnxns/.test(document.querySelector('#search-hits')?.textContent)",
            )
            .await;
        browser.press("\u{e007}").await;
        browser
            .until(
                "its editor",
                "return document.activeElement.id === 'field-zookeeper.options[maxClientCnxns]'",
            )
            .await;
    });
}
