//! The drawing: its parts lead to settings and lines, can be lost, and stay readable with many brokers.

use serde_json::json;

use super::session::{Browser, Kind};
use super::{journey, journey_in, pictures};

const RIGHT: &str = "\u{e014}";
const DOWN: &str = "\u{e015}";
const END: &str = "\u{e010}";
const ENTER: &str = "\u{e007}";
const DELETE: &str = "\u{e017}";

/// Opens node ports, so that clients outside are in the drawing.
async fn open_node_ports(browser: &Browser) {
    browser.click("[data-section='listeners']").await;
    browser
        .click("label:has(> [id='field-kafka.listeners[external].exposure-node-port'])")
        .await;
    browser
        .until(
            "the ports",
            "return document.querySelectorAll('.topology [data-part^=port-]').length === 3",
        )
        .await;
}

fn focus_on(part: &str) -> String {
    format!("return document.activeElement.dataset?.part === '{part}'")
}

fn field_has_focus(path: &str) -> String {
    format!("return document.activeElement.id === 'field-{path}'")
}

#[test]
fn every_part_of_the_drawing_leads_to_its_setting_and_its_lines() {
    journey("drawing", async |browser, _| {
        open_node_ports(browser).await;
        pictures(browser, "drawing-3-").await;

        // By mouse: a disk, and a port with its very line.
        browser.click("[data-part='disk-1-0']").await;
        browser
            .until(
                "the size of the disk",
                &field_has_focus("kafka.disks[data].size"),
            )
            .await;
        browser
            .until(
                "its line",
                "return [...document.querySelectorAll('#file-view .line.here')].some(line => line.textContent.includes('100Gi'))",
            )
            .await;
        browser.click("[data-part='port-0-1']").await;
        browser
            .until(
                "the first port",
                &field_has_focus("kafka.listeners[external].first_node_port"),
            )
            .await;
        browser
            .until(
                "the line of the second one",
                "return document.querySelector('.file-head h2').textContent === '30-kafka/external-services.yaml'
                    && [...document.querySelectorAll('#file-view .line.here')].some(line => line.textContent.includes('30011'))",
            )
            .await;

        // By keyboard: one stop of the tab key, arrows from there.
        let stops = "return document.querySelectorAll('.topology-picture [tabindex=\"0\"]').length";
        assert_eq!(browser.run(stops, json!([])).await, 1);
        browser
            .run(
                "document.querySelector('[data-part=\"clients-outside\"]').focus()",
                json!([]),
            )
            .await;
        let parts = browser
            .run(
                "return [...document.querySelectorAll('[data-part]')].length",
                json!([]),
            )
            .await;
        let parts = parts.as_u64().expect("a number");
        for _ in 1..parts {
            browser.press(RIGHT).await;
        }
        browser
            .until("the last part", &focus_on("service-ensemble"))
            .await;
        assert_eq!(browser.run(stops, json!([])).await, 1);
        browser
            .run(
                "document.querySelector('[data-part=\"port-0-2\"]').focus()",
                json!([]),
            )
            .await;
        browser.press(DOWN).await;
        browser
            .until("the pod beneath", &focus_on("broker-2"))
            .await;
        browser.press(ENTER).await;
        browser
            .until(
                "its setting",
                &field_has_focus("kafka.groups[main].brokers"),
            )
            .await;
        browser.press("\u{e009}a\u{e000}").await;
        browser.press("4").await;
        browser
            .until(
                "the fourth broker",
                "return !!document.querySelector('[data-part=broker-3]')",
            )
            .await;

        // Everything is said as well.
        let said = "return document.getElementById('topology-words').textContent";
        let said = browser.run(said, json!([])).await;
        let said = said.as_str().expect("words");
        assert!(
            said.contains("node 1: kafka-0") && said.contains("30011"),
            "{said}"
        );
    });
}

#[test]
fn the_drawing_stays_readable_with_many_brokers() {
    journey("many-brokers", async |browser, server| {
        open_node_ports(browser).await;
        for brokers in ["6", "30", "300"] {
            browser.click("[data-section='cluster']").await;
            browser.type_into("nodes.count", brokers).await;
            browser.click("[data-section='brokers']").await;
            browser
                .type_into("kafka.groups[main].brokers", brokers)
                .await;
            let drawn = format!(
                "return document.querySelectorAll('.topology [data-part^=broker-]').length === {brokers}"
            );
            browser.until("every broker", &drawn).await;
            let legible = "
                const picture = document.querySelector('.topology-picture'), svg = picture.firstElementChild;
                const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
                const texts = [...svg.querySelectorAll('[data-part^=broker-] text')];
                return scale > 0.99 && picture.scrollWidth <= picture.clientWidth
                    && texts.every(text => text.textContent !== '…')
                    && texts.every(text => text.getBBox().width <= text.parentNode.querySelector('rect').getBBox().width);";
            browser.until("legible names", legible).await;
            pictures(browser, &format!("drawing-{brokers}-")).await;
        }
        let racks = format!("{}#p=racks", server.address);
        browser.visit(&racks).await;
        browser
            .until(
                "three zones",
                "return document.querySelectorAll('[data-part^=zone-]').length === 3",
            )
            .await;
        pictures(browser, "drawing-racks-").await;
    });
}

fn effect(id: &str, words: &str) -> String {
    format!(
        "return (document.querySelector('#losses [data-effect=\"{id}\"] dd')?.textContent ?? '').includes('{words}')"
    )
}

#[test]
fn parts_are_lost_and_come_back() {
    journey("what-if", async |browser, _| {
        open_node_ports(browser).await;
        browser.click("#what-if").await;
        // Pods stand in the middle of their node, so the node is chosen by key.
        browser
            .run(
                "document.querySelector('[data-part=\"node-0\"]').focus()",
                json!([]),
            )
            .await;
        browser.press(ENTER).await;
        browser
            .until(
                "a quorum still",
                &effect("quorum", "2 of 3 ZooKeeper servers run"),
            )
            .await;
        browser
            .until(
                "fewer addresses",
                &effect(
                    "outside",
                    "2 of 3 addresses of EXTERNAL answer. Silent: NODE:30010",
                ),
            )
            .await;
        let down = "return ['broker-0', 'server-0', 'port-0-0'].every(id => document.querySelector(`[data-part=${id}]`).dataset.fate === 'down')
            && document.querySelector('[data-part=node-0]').getAttribute('aria-pressed') === 'true'";
        browser.until("what went down with it", down).await;
        pictures(browser, "what-if-").await;

        // A second loss by keyboard: no quorum, no confirmed writes.
        browser
            .run(
                "document.querySelector('[data-part=\"node-1\"]').focus()",
                json!([]),
            )
            .await;
        browser.press(DELETE).await;
        browser
            .until("no quorum", &effect("quorum", "1 of 3"))
            .await;
        browser
            .until("no writes", &effect("writing", "No partition"))
            .await;
        browser
            .until("the focus where it was", &focus_on("node-1"))
            .await;
        browser.press(END).await;
        browser
            .until("the end of the drawing", &focus_on("service-ensemble"))
            .await;
        browser.click("#all-runs").await;
        browser
            .until("everything", "return !document.querySelector('[data-fate]') && !document.querySelector('#losses .bad')")
            .await;

        // The worst pair stands on the strip, and a press tries it.
        browser.click("#weakest-pair").await;
        browser
            .until("two losses", "return document.querySelectorAll('[data-fate=lost]').length === 2 && !!document.querySelector('#losses .bad')")
            .await;
        browser.click("#what-if").await;
        browser
            .until(
                "the form again",
                "return !document.getElementById('losses') && !document.querySelector('[data-fate]')",
            )
            .await;
    });
}

#[test]
fn a_failure_and_a_client_are_explained_on_pages_of_their_own() {
    journey("learn", async |browser, _| {
        open_node_ports(browser).await;
        browser.click("[data-learn-page='learn-what-if']").await;
        browser
            .until(
                "each loss alone",
                "return document.querySelectorAll('.learn-table tbody tr').length === 9",
            )
            .await;
        browser.click("[data-part='broker-1']").await;
        browser
            .until(
                "its loss",
                "return [...document.querySelectorAll('.losses-part')].some(part => part.textContent.includes('kafka-1'))",
            )
            .await;
        pictures(browser, "learn-what-if-").await;

        browser.click("[data-learn-page='learn-clients']").await;
        let told = "
            const rows = [...document.querySelectorAll('[data-standpoint=Outside] tbody tr')].map(row => row.innerText);
            return rows.length === 3 && rows[0].includes('NODE-ADDRESS:30010') && rows[1].includes('The broker is lost');";
        browser.until("what clients outside are told", told).await;
        pictures(browser, "learn-clients-").await;

        // A client outside of a cluster that opens nothing learns why it gets nowhere.
        browser.click("[data-section='listeners']").await;
        browser
            .click("label:has(> [id='field-kafka.listeners[external].exposure-none'])")
            .await;
        browser.click("[data-learn-page='learn-clients']").await;
        browser
            .until(
                "the reason",
                "return document.querySelector('[data-standpoint=Outside] tbody')?.innerText.includes('nobody outside')",
            )
            .await;
        let current = "return document.querySelector('.rail [aria-current]').dataset.learnPage";
        assert_eq!(browser.run(current, json!([])).await, "learn-clients");
    });
}

#[test]
fn terms_are_explained_where_they_appear_and_on_one_page() {
    // WebKit once drew the box as high as the window, its button below the edge.
    journey_in(&Kind::ALL, "terms", async |browser, _| {
        browser.click("[data-section='zookeeper']").await;
        browser
            .run(
                "document.querySelector('.sheet .term[data-term=controller]').focus()",
                json!([]),
            )
            .await;
        browser.press(ENTER).await;
        browser
            .until(
                "the box with this design's numbers",
                "const box = document.querySelector('#term-box:popover-open');
                return !!box && box.textContent.includes('3 brokers') && document.activeElement === box",
            )
            .await;
        pictures(browser, "term-").await;
        browser.press("\u{e00c}").await;
        browser
            .until(
                "the focus on the word again",
                "return !document.querySelector('#term-box:popover-open') && document.activeElement.matches('.term')",
            )
            .await;
        let once = "
            const terms = [...document.querySelectorAll('.sheet .term')].map(term => term.dataset.term);
            return terms.length > 0 && new Set(terms).size === terms.length";
        assert_eq!(
            browser.run(once, json!([])).await,
            true,
            "each word once in a sheet"
        );

        browser.press(ENTER).await;
        browser.click("#all-terms").await;
        browser
            .until(
                "all terms",
                "return document.querySelectorAll('[data-term-card]').length === 12",
            )
            .await;
        pictures(browser, "learn-terms-").await;
    });
}
