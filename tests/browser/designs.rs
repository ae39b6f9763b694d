//! What a person's designs live through: history, names, several tabs, crashes, full and forbidden storage.

use serde_json::json;

use super::session::{Browser, Kind, Server};
use super::{downloaded, journey, journey_in, pictures, run, value_of};

const BROKERS: &str = "kafka.groups[main].brokers";

/// Waits for the page after it was opened anew.
async fn arrive(browser: &Browser, address: &str) {
    browser.visit(address).await;
    there(browser).await;
}

async fn there(browser: &Browser) {
    browser
        .until(
            "the files",
            "return document.querySelectorAll('[data-file]').length > 5",
        )
        .await;
}

/// Types the number of brokers, with the section open.
async fn brokers(browser: &Browser, number: &str) {
    browser.click("[data-section='brokers']").await;
    browser.type_into(BROKERS, number).await;
}

async fn until_brokers(browser: &Browser, number: &str) {
    browser.click("[data-section='brokers']").await;
    let script = format!("return {} === '{number}'", value_of(BROKERS));
    browser.until(&format!("{number} brokers"), &script).await;
}

/// Waits for a sentence about keeping the design.
async fn until_told(browser: &Browser, words: &str) {
    let script =
        format!("return !!document.querySelector('.notice.kept')?.textContent.includes('{words}')");
    browser.until(words, &script).await;
}

async fn until_silent(browser: &Browser) {
    browser
        .until(
            "nothing is said of keeping",
            "return !document.querySelector('.notice.kept')",
        )
        .await;
}

/// Opens the dialog of the designs.
async fn open_designs(browser: &Browser) {
    browser.click("#presets").await;
    browser
        .until(
            "the designs",
            "return !!document.querySelector('#preset-dialog[open]')",
        )
        .await;
}

/// Gives the present design a name, by keyboard; one that is taken gets a number.
async fn name(browser: &Browser, name: &str, given: &str) {
    open_designs(browser).await;
    browser
        .run(
            "const name = document.getElementById('design-name'); name.focus(); name.select()",
            json!([]),
        )
        .await;
    browser.press(&format!("{name}\u{e007}")).await;
    until_named(browser, given).await;
    browser.press("\u{e00c}").await;
}

/// Waits for the name in the header.
async fn until_named(browser: &Browser, name: &str) {
    let script = format!("return document.getElementById('presets').textContent === '{name}'");
    browser.until(name, &script).await;
}

/// The names of the kept designs, as the open dialog lists them.
const LISTED: &str =
    "[...document.querySelectorAll('.designs-open strong')].map(one => one.textContent).join()";

const CONTROL_Z: &str = "\u{e009}z\u{e000}";
const CONTROL_Y: &str = "\u{e009}y\u{e000}";
const CONTROL_SHIFT_Z: &str = "\u{e009}\u{e008}z\u{e000}";

#[test]
fn every_step_can_be_undone_by_keys_and_from_the_list() {
    journey("history", async |browser, _| {
        brokers(browser, "5").await;
        browser.press("\u{e004}").await;
        browser.click("[data-section='zookeeper']").await;
        browser.type_into("zookeeper.servers", "5").await;
        browser.click("#presets").await;
        browser.click("[data-preset='racks']").await;

        // Back by keys, wherever the focus is, and forth by both.
        browser.press(CONTROL_Z).await;
        browser.press(CONTROL_Z).await;
        let servers = format!("return {} === '3'", value_of("zookeeper.servers"));
        browser.click("[data-section='zookeeper']").await;
        browser.until("three servers again", &servers).await;
        browser.press(CONTROL_Y).await;
        browser
            .until("five servers again", &servers.replace("'3'", "'5'"))
            .await;
        browser.press(CONTROL_Z).await;
        browser.until("three once more", &servers).await;
        browser.press(CONTROL_SHIFT_Z).await;
        browser
            .until("five once more", &servers.replace("'3'", "'5'"))
            .await;

        // The list, opened by keyboard.
        browser
            .run("document.getElementById('history').focus()", json!([]))
            .await;
        browser.press("\u{e007}").await;
        let steps = "[...document.querySelectorAll('.history button')].map(one => one.firstChild.textContent)";
        browser
            .until(
                "the steps, the present one in focus",
                "return document.activeElement.matches('.history [aria-current=step]')",
            )
            .await;
        assert_eq!(
            browser.run(&format!("return {steps}"), json!([])).await,
            json!(["Production", "Brokers (main): 5", "Servers: 5", "Racks"])
        );
        pictures(browser, "history-").await;
        // A click goes there, and the focus with it.
        browser.press("\u{e008}\u{e004}\u{e004}\u{e000}").await;
        browser.press("\u{e007}").await;
        browser
            .until(
                "the first step",
                "return document.activeElement.id === 'history-step-0' && document.activeElement.matches('[aria-current=step]')",
            )
            .await;
        // The keys go on here, and the focus with them.
        for (keys, step) in [
            (CONTROL_Y, 1),
            (CONTROL_Y, 2),
            (CONTROL_Z, 1),
            (CONTROL_Z, 0),
        ] {
            browser.press(keys).await;
            let there = format!(
                "return document.activeElement.id === 'history-step-{step}' && document.activeElement.matches('[aria-current=step]')"
            );
            browser.until("a step by keys", &there).await;
        }
        browser.press("\u{e00c}").await;
        browser
            .until(
                "the focus where it was",
                "return document.activeElement.id === 'history'",
            )
            .await;
        until_brokers(browser, "3").await;

        // A new edit ends what was undone; the words follow the language.
        brokers(browser, "4").await;
        browser.click("#language").await;
        browser.click("#history").await;
        browser
            .until(
                "the steps in Chinese",
                &format!("return {steps}.length === 2 && {steps}[1].endsWith('（main）：4')"),
            )
            .await;
    });
}

#[test]
fn designs_have_names_and_are_opened_duplicated_deleted_and_brought_back() {
    journey("designs", async |browser, server| {
        brokers(browser, "5").await;
        name(browser, "orders", "orders").await;
        browser.client.refresh().await.expect("the page reloads");
        there(browser).await;
        until_named(browser, "orders").await;

        // A preset leaves the named design where it is.
        open_designs(browser).await;
        browser.click("[data-preset='single-node']").await;
        until_brokers(browser, "1").await;
        brokers(browser, "2").await;
        name(browser, "orders", "orders 2").await;
        open_designs(browser).await;
        browser
            .until("both", &format!("return {LISTED} === 'orders 2,orders'"))
            .await;
        let dated = "return [...document.querySelectorAll('.designs-open small')].every(one => /\\d{4}/.test(one.textContent))";
        assert_eq!(
            browser.run(dated, json!([])).await,
            true,
            "each has its date"
        );
        pictures(browser, "designs-").await;

        // Duplicate, delete, bring back.
        browser
            .click("li:nth-child(2) [data-act='designs.duplicate']")
            .await;
        browser
            .until(
                "the copy",
                &format!("return {LISTED} === 'orders 3,orders 2,orders'"),
            )
            .await;
        browser
            .click("li:nth-child(1) [data-act='designs.delete']")
            .await;
        browser
            .until(
                "one less",
                &format!("return {LISTED} === 'orders 2,orders'"),
            )
            .await;
        browser
            .until(
                "sane focus",
                "return document.activeElement.id === 'designs-title'",
            )
            .await;
        browser.click("[data-act='designs.bring-back']").await;
        browser
            .until(
                "the copy again",
                &format!("return {LISTED} === 'orders 3,orders 2,orders'"),
            )
            .await;

        // Open; going back by undo leads to the other design, and changes neither.
        browser.click("li:nth-child(3) .designs-open").await;
        until_brokers(browser, "5").await;
        browser.press(CONTROL_Z).await;
        until_brokers(browser, "2").await;
        until_named(browser, "orders 2").await;

        // The present design is deleted: another one is there, and the page does not end.
        open_designs(browser).await;
        browser
            .click("li:has([aria-current]) [data-act='designs.delete']")
            .await;
        browser
            .until(
                "another design",
                "return document.getElementById('presets').textContent !== 'orders 2'",
            )
            .await;

        // A link leaves the kept designs alone, too.
        arrive(browser, &format!("{}#p=racks", server.address)).await;
        open_designs(browser).await;
        browser
            .until(
                "the kept ones",
                &format!("const listed = {LISTED}; return listed.includes('orders 3') && listed.includes('Racks')"),
            )
            .await;
    });
}

#[test]
fn a_killed_browser_loses_no_keystroke() {
    // No journey: at its end nobody is left to ask.
    run(async || {
        let server = Server::start();
        let browser = Browser::of(Kind::Chromium, "killed").await;
        arrive(&browser, &server.address).await;
        brokers(&browser, "7").await;
        until_brokers(&browser, "7").await;
        let again = Browser::start_in(browser.kind, browser.kill()).await;
        arrive(&again, &server.address).await;
        until_brokers(&again, "7").await;
        again.end().await;
    });
}

#[test]
fn a_damaged_save_stays_is_said_and_can_be_taken_home() {
    journey("damaged", async |browser, server| {
        // Another page of the same origin, so that the designer cannot save over the damage.
        let elsewhere = format!("{}nothing-here", server.address);
        browser
            .client
            .goto(&elsewhere)
            .await
            .expect("an empty page");
        let place = "kafka-cluster-designer/v1/design";
        browser
            .run(
                "localStorage.clear(); sessionStorage.clear(); localStorage.setItem(arguments[0], 'format: [')",
                json!([place]),
            )
            .await;
        arrive(browser, &server.address).await;
        browser
            .until(
                "a sentence about it",
                "return /could not be read/.test(document.querySelector('.notice')?.textContent)",
            )
            .await;
        // The page goes on with another design, which is kept beside the damaged one.
        brokers(browser, "4").await;
        let kept = "return localStorage.getItem(arguments[0])";
        assert_eq!(browser.run(kept, json!([place])).await, "format: [");
        open_designs(browser).await;
        browser
            .until(
                "it is listed",
                "return document.querySelectorAll('.designs-damaged').length === 1 && document.querySelectorAll('.designs-open').length === 1",
            )
            .await;
        pictures(browser, "damaged-").await;
        browser.click("[data-act='designs.download']").await;
        let file = downloaded(browser, "yaml").await;
        assert_eq!(
            std::fs::read_to_string(file).expect("the file"),
            "format: ["
        );
        browser.client.refresh().await.expect("the page reloads");
        there(browser).await;
        until_brokers(browser, "4").await;
        assert_eq!(browser.run(kept, json!([place])).await, "format: [");
    });
}

#[test]
fn two_tabs_never_overwrite_each_other() {
    journey("tabs", async |browser, server| {
        let client = &browser.client;
        brokers(browser, "4").await;
        name(browser, "orders", "orders").await;
        let first = client.window().await.expect("a tab");
        let second = client.new_window(true).await.expect("a tab").handle;
        client.switch_to_window(second.clone()).await.expect("it");
        arrive(browser, &server.address).await;
        until_brokers(browser, "4").await;

        // The first tab goes on; the second says so, and takes it over.
        client.switch_to_window(first.clone()).await.expect("it");
        brokers(browser, "5").await;
        client.switch_to_window(second.clone()).await.expect("it");
        until_told(browser, "Another tab changed this design").await;
        pictures(browser, "tabs-").await;
        browser.click("#kept-theirs").await;
        until_silent(browser).await;
        until_brokers(browser, "5").await;

        // Who types into what is old gets a design of his own, and is told.
        client.switch_to_window(first.clone()).await.expect("it");
        brokers(browser, "6").await;
        client.switch_to_window(second.clone()).await.expect("it");
        until_told(browser, "Another tab changed this design").await;
        brokers(browser, "9").await;
        until_told(browser, "Another tab goes on with “orders”").await;
        until_named(browser, "orders 2").await;
        client.switch_to_window(first.clone()).await.expect("it");
        until_brokers(browser, "6").await;
        until_silent(browser).await;
        browser.client.refresh().await.expect("the page reloads");
        there(browser).await;
        until_brokers(browser, "6").await;

        // Deleted here, the design still stands there.
        open_designs(browser).await;
        browser
            .until("both", &format!("return {LISTED} === 'orders 2,orders'"))
            .await;
        browser
            .click("li:has(.designs-open:not([aria-current])) [data-act='designs.delete']")
            .await;
        browser.press("\u{e00c}").await;
        client.switch_to_window(second).await.expect("it");
        until_told(browser, "Another tab deleted this design").await;
        browser.click("#kept-mine").await;
        until_silent(browser).await;
        browser.client.refresh().await.expect("the page reloads");
        there(browser).await;
        until_brokers(browser, "9").await;
    });
}

#[test]
fn full_storage_is_said_and_the_page_goes_on() {
    journey("full", async |browser, server| {
        brokers(browser, "4").await;
        let fill = "
            for (let size = 1 << 22, at = 0; size; size >>= 1)
                try { for (;; at++) localStorage.setItem('filler' + at, 'x'.repeat(size)); } catch {}";
        browser.run(fill, json!([])).await;
        brokers(browser, "54321").await;
        until_told(browser, "no room left").await;
        pictures(browser, "full-").await;
        // The page goes on, and hands the design over.
        let text = browser.read_file("design.yaml").await;
        browser.click("#kept-download").await;
        let saved = downloaded(browser, "yaml").await;
        assert_eq!(std::fs::read_to_string(saved).expect("the file"), text);
        // Read once, it is not said again; with room again, all is well.
        browser.click(".notice.kept .bare").await;
        until_silent(browser).await;
        browser
            .run(
                "for (const key of Object.keys(localStorage)) if (key.startsWith('filler')) localStorage.removeItem(key)",
                json!([]),
            )
            .await;
        brokers(browser, "8").await;
        arrive(browser, &server.address).await;
        until_brokers(browser, "8").await;
    });
}

#[test]
fn forbidden_storage_is_said_and_the_page_goes_on() {
    journey_in(&[Kind::Chromium], "forbidden", async |browser, server| {
        let forbid = "
            for (const name of ['localStorage', 'sessionStorage'])
                Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError') } });";
        browser
            .devtools(
                "Page.addScriptToEvaluateOnNewDocument",
                json!({ "source": forbid }),
            )
            .await;
        arrive(browser, &server.address).await;
        until_told(browser, "does not let the page save").await;
        brokers(browser, "5").await;
        until_brokers(browser, "5").await;
        browser.press(CONTROL_Z).await;
        until_brokers(browser, "3").await;
        open_designs(browser).await;
        browser
            .until(
                "no list, and no failure",
                "return !document.querySelector('.designs') && !!document.getElementById('design-name')",
            )
            .await;
        browser.press("\u{e00c}").await;
        browser.click(".notice.kept .bare").await;
        until_silent(browser).await;
        brokers(browser, "6").await;
        until_brokers(browser, "6").await;
        until_silent(browser).await;
    });
}
