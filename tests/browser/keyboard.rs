//! The page by keyboard alone, and where the focus is after each action.

use serde_json::json;

use super::session::Kind;
use super::{journey, journey_in};

const ESCAPE: &str = "\u{e00c}";
const F6: &str = "\u{e036}";

#[test]
fn dividers_move_by_keys_and_stay_where_they_were_put() {
    journey("dividers", async |browser, _| {
        for divider in [".divider:not(.lying)", ".divider.lying"] {
            let share = format!(
                "Number(document.querySelector('{divider}').getAttribute('aria-valuenow'))"
            );
            let before = browser.run(&format!("return {share}"), json!([])).await;
            browser
                .run(
                    &format!("document.querySelector('{divider}').focus()"),
                    json!([]),
                )
                .await;
            browser.press("\u{e014}\u{e014}\u{e014}").await;
            let moved = before.as_f64().expect("a number") + 6.0;
            browser
                .until(
                    "the divider to move",
                    &format!("return {share} === {moved}"),
                )
                .await;
            browser.client.refresh().await.expect("the page reloads");
            browser
                .until(
                    "the page",
                    "return !!document.querySelector('.divider.lying')",
                )
                .await;
            let kept = browser.run(&format!("return {share}"), json!([])).await;
            assert_eq!(kept.as_f64(), Some(moved), "{divider}");
        }
    });
}

#[test]
fn a_key_goes_from_pane_to_pane_and_a_sheet_names_every_shortcut() {
    journey("panes", async |browser, _| {
        for pane in ["rail", "form", "file-view", "problems", "rail"] {
            browser.press(F6).await;
            browser
                .until(
                    pane,
                    &format!("return document.activeElement.id === '{pane}'"),
                )
                .await;
        }
        browser.press("?").await;
        browser
            .until(
                "the sheet",
                "return document.querySelectorAll('#keyboard-sheet[open] dt').length > 7",
            )
            .await;
        browser.press(ESCAPE).await;
        browser
            .until(
                "the focus where it was",
                "return document.activeElement.id === 'rail'",
            )
            .await;
    });
}

#[test]
fn the_focus_is_never_lost() {
    journey("focus", async |browser, _| {
        // Undo: the button keeps it, also with the last step.
        browser.click("[data-section='brokers']").await;
        browser.type_into("kafka.groups[main].brokers", "5").await;
        browser.click("#undo").await;
        let idle = "return document.getElementById('undo').getAttribute('aria-disabled') === 'true' && document.activeElement.id === 'undo'";
        browser.until("the focus on undo", idle).await;

        // A value that is taken back hands it to its control.
        browser.type_into("kafka.groups[main].brokers", "5").await;
        browser
            .click("[data-reset='kafka.groups[main].brokers']")
            .await;
        let control = "return document.activeElement.id === 'field-kafka.groups[main].brokers'";
        browser.until("the focus on the control", control).await;

        // An item that is removed hands it to what follows.
        browser.click("#add-kafka\\.groups").await;
        browser.press("second\u{e007}").await;
        let added = "return document.activeElement.id === 'field-kafka.groups[second].brokers' || !!document.activeElement.closest(\"[data-item='kafka.groups[second]']\")";
        browser.until("the focus in the new item", added).await;
        browser.click("[data-remove='kafka.groups[second]']").await;
        let handed = "return !document.querySelector(\"[data-item='kafka.groups[second]']\") && document.activeElement !== document.body && !!document.activeElement.closest('.card')";
        browser.until("the focus beside it", handed).await;

        // A repair hands it to its field, or to the next problem.
        browser.click("[data-section='storage']").await;
        browser.type_into("kafka.disks[data].size", "200GB").await;
        browser
            .click("[data-field='kafka.disks[data].size'] [data-repair]")
            .await;
        let repaired = "return document.activeElement.id === 'field-kafka.disks[data].size' && document.activeElement.value === '200Gi'";
        browser
            .until("the focus on the repaired field", repaired)
            .await;
        browser.type_into("kafka.disks[data].size", "200GB").await;
        browser
            .click("#problems [data-rule='INP008'] .problem-fixes .tool")
            .await;
        let next = "return !document.querySelector(\"#problems [data-rule='INP008']\") && document.activeElement !== document.body && !!document.activeElement.closest('.problems')";
        browser.until("the focus among the problems", next).await;

        // The next section begins at its title.
        browser.click(".sheet-next").await;
        browser
            .until(
                "the focus on the title",
                "return document.activeElement.id === 'section-title'",
            )
            .await;

        // A dialog gives it back.
        for opener in ["#presets", "#import", "#share", "#help", "#all-checks"] {
            browser
                .run(
                    &format!("document.querySelector('{opener}').focus()"),
                    json!([]),
                )
                .await;
            browser.press("\u{e007}").await;
            browser
                .until(opener, "return !!document.querySelector('dialog[open]')")
                .await;
            browser.press(ESCAPE).await;
            let back = format!(
                "return !document.querySelector('dialog[open]') && document.activeElement.matches('{opener}')"
            );
            browser.until("the focus on what opened it", &back).await;
        }
    });
}

#[test]
fn the_switch_of_colours_follows_the_system_again() {
    journey_in(&[Kind::Chromium], "colours", async |browser, _| {
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": "light" }] });
        browser.devtools("Emulation.setEmulatedMedia", media).await;
        let theme = |name: &str| {
            format!("return (document.documentElement.dataset.theme ?? 'system') === '{name}'")
        };
        browser.until("the system's", &theme("system")).await;
        browser.click("#theme").await;
        browser.until("the other", &theme("dark")).await;
        browser.client.refresh().await.expect("the page reloads");
        browser.until("the kept one", &theme("dark")).await;
        browser.click("#theme").await;
        browser.until("the system's again", &theme("system")).await;
    });
}
