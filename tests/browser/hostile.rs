//! Scripts where texts belong: in every field, in a link, in imported files, in the address. They are
//! shown as text and never run, and they break no style.

use std::fmt::Write as _;

use kafka_cluster_designer::bundle::link;
use kafka_cluster_designer::design::{Change, Design, Silence};
use kafka_cluster_designer::fields::{FIELDS, LISTS};
use kafka_cluster_designer::presets;
use serde_json::json;

use crate::session::{Browser, Kind};
use crate::{everywhere, journey_in};

/// Markup, a style and a template's marks; whatever runs says so in `window.hacked`.
const HOSTILE: [&str; 6] = [
    "\"><script>window.hacked=1</script>",
    "'><img src=x onerror=\"window.hacked=2\">",
    "</textarea></style><style>*{display:none}</style>",
    "<svg onload=window.hacked=3><iframe srcdoc='<script>top.hacked=4</script>'>",
    "javascript:window.hacked=5",
    "red;background:url(https://example.invalid/x);--form-share:0",
];

/// Nothing ran, nothing was added that is no text, and the page looks as it did.
async fn assert_unharmed(browser: &Browser, where_: &str) {
    let script = "
        const foreign = document.querySelectorAll('img[src=x], iframe, object, embed, [onerror], [onload], a[href^=\"javascript:\" i]');
        const form = document.getElementById('form'), ground = getComputedStyle(document.body);
        return [
            window.hacked ?? null, foreign.length, document.querySelectorAll('style').length - window.styles,
            document.querySelectorAll('script').length - window.scripts,
            !!form.offsetParent && document.documentElement.scrollWidth <= innerWidth, ground.display,
            performance.getEntriesByType('resource').filter(one => one.name.includes('example.invalid')).length,
        ];";
    let found = browser.run(script, json!([])).await;
    assert_eq!(
        found,
        json!([null, 0, 0, 0, true, "block", 0]),
        "{where_}, {:?}",
        browser.kind
    );
}

async fn remember(browser: &Browser) {
    browser
        .run(
            "window.styles = document.querySelectorAll('style').length; window.scripts = document.querySelectorAll('script').length",
            json!([]),
        )
        .await;
}

async fn arrive(browser: &Browser, address: &str) {
    browser.visit(address).await;
    browser
        .until(
            "the page",
            "return !!document.querySelector('#file-view [data-line]')",
        )
        .await;
    remember(browser).await;
}

/// Looks at everything that shows texts of the design.
async fn look_around(browser: &Browser) {
    let script = "
        const done = arguments[arguments.length - 1];
        const frame = () => new Promise(next => requestAnimationFrame(() => setTimeout(next)));
        (async () => {
            for (const section of document.querySelectorAll('[data-section]')) {
                section.click();
                await frame(); await frame();
                for (const details of document.querySelectorAll('details')) details.open = true;
            }
            for (const name of [...document.querySelectorAll('[data-file]')].map(file => file.dataset.file)) {
                [...document.querySelectorAll('[data-file]')].find(file => file.dataset.file === name)?.click();
                await frame(); await frame();
            }
            done(true);
        })();";
    let looked = browser.client.execute_async(script, Vec::new()).await;
    looked.expect("every section and every file is shown");
}

/// A design with a hostile text in every place that takes one.
fn hostile_design() -> Design {
    let mut design = presets::preset("production").expect("a preset").design();
    let mut texts = HOSTILE.into_iter().cycle();
    let mut next = || texts.next().expect("they go round");
    for list in LISTS {
        let keys: Vec<String> = design.keys(list).map(ToString::to_string).collect();
        for field in FIELDS.iter().filter(|field| field.list() == Some(list)) {
            for key in &keys {
                design.apply(&Change::set(field.path(Some(key)), next()));
            }
        }
    }
    // A choice that is unknown hides others, so only each fourth value of the rest is one.
    let alone = FIELDS
        .iter()
        .filter(|field| field.list().is_none() && !field.id.contains("[]"));
    for field in alone.step_by(4) {
        design.apply(&Change::set(field.path(None), next()));
    }
    design.silences.push(Silence {
        rule: next().to_owned(),
        subject: next().to_owned(),
        severity: Some(next().to_owned()),
        reason: next().to_owned(),
    });
    design
}

#[test]
fn a_script_in_any_field_is_a_text() {
    journey_in(&Kind::ALL, "hostile-fields", async |browser, _| {
        remember(browser).await;
        let script = "
            const [texts, done] = arguments;
            const frame = () => new Promise(next => requestAnimationFrame(() => setTimeout(next)));
            let at = 0;
            const type = (box, text) => {
                Object.getOwnPropertyDescriptor(Object.getPrototypeOf(box), 'value').set.call(box, text);
                box.dispatchEvent(new InputEvent('input', { bubbles: true }));
                box.dispatchEvent(new Event('change', { bubbles: true }));
            };
            (async () => {
                let typed = 0;
                for (const section of [...document.querySelectorAll('[data-section]')].map(one => one.dataset.section)) {
                    document.querySelector(`[data-section='${section}']`).click();
                    await frame(); await frame();
                    const boxes = [...document.querySelectorAll('#form input:not([type=radio], [type=checkbox]), #form textarea')];
                    for (const box of boxes.filter(box => box.isConnected && box.offsetParent).slice(0, 12)) {
                        type(box, texts[at++ % texts.length]);
                        typed++;
                        if (typed % 4 === 0) await frame();
                    }
                }
                done(typed);
            })();";
        let typed = browser
            .client
            .execute_async(script, vec![json!(HOSTILE)])
            .await;
        let typed = typed.expect("texts are typed").as_u64();
        assert!(typed > Some(30), "{typed:?} fields");
        look_around(browser).await;
        assert_unharmed(browser, "fields").await;
        // Search, and the name of what is not there.
        for text in HOSTILE {
            browser.run("const box = document.getElementById('search'); Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(box, arguments[0]); box.dispatchEvent(new InputEvent('input', { bubbles: true }))", json!([text])).await;
        }
        assert_unharmed(browser, "search").await;
    });
}

#[test]
fn a_script_in_the_address_is_a_text() {
    everywhere("hostile-address", async |browser, server| {
        let packed = link::pack(&hostile_design()).packed;
        arrive(browser, &format!("{}#d={packed}", server.address)).await;
        browser
            .until(
                "the design of the link",
                "return [...document.querySelectorAll('[data-problem], .problem')].length > 5",
            )
            .await;
        look_around(browser).await;
        assert_unharmed(browser, "link").await;
        for (at, text) in HOSTILE.into_iter().enumerate() {
            let escaped: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
            let addresses = [
                format!("{}#p={text}", server.address),
                format!("{}#rule={text}", server.address),
                format!("{}#d=v1.{text}", server.address),
                format!(
                    "{}?lang={escaped}&theme={escaped}&show={escaped}&host={escaped}&view={escaped}",
                    server.address
                ),
            ];
            // One for each text, and another in each of the four places.
            let from_disk = usize::from(server.address.starts_with("file"));
            let turn = browser.kind as usize + from_disk;
            let address = &addresses[(at + turn) % addresses.len()];
            arrive(browser, address).await;
            assert_unharmed(browser, address).await;
        }
    });
}

#[test]
fn a_script_in_an_imported_file_is_a_text() {
    journey_in(&Kind::ALL, "hostile-import", async |browser, _| {
        remember(browser).await;
        let mut text = String::new();
        for (at, hostile) in HOSTILE.into_iter().enumerate() {
            let hostile = serde_json::to_string(hostile).expect("a text");
            let written = write!(
                text,
                "---\napiVersion: v1\nkind: Service\nmetadata: {{name: {hostile}, namespace: {hostile}, labels: {{{hostile}: {hostile}}}}}\nspec: {{ports: [{{name: {hostile}, port: {hostile}}}]}}\n\
                 ---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {{name: kafka{at}, annotations: {{{hostile}: {hostile}}}}}\nspec: {{template: {{spec: {{containers: [{{name: {hostile}, image: {hostile}, command: [sh, -c, {hostile}], env: [{{name: KAFKA_BROKER_ID, value: {hostile}}}]}}]}}}}}}\n",
            );
            written.expect("a text takes all");
        }
        browser.click("#import").await;
        browser
            .until(
                "the dialog",
                "return !!document.querySelector('#import-dialog[open] #import-text')",
            )
            .await;
        browser.run("const box = document.getElementById('import-text'); Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set.call(box, arguments[0]); box.dispatchEvent(new InputEvent('input', { bubbles: true }))", json!([text])).await;
        browser.click("#import-read").await;
        browser.until("what was read", "return !!document.querySelector('#import-dialog[open] .import-remarks, #import-take')").await;
        assert_unharmed(browser, "what was read").await;
        if browser
            .run("return !!document.getElementById('import-take')", json!([]))
            .await
            == true
        {
            browser.click("#import-take").await;
            browser
                .until(
                    "the design",
                    "return !document.querySelector('dialog[open]')",
                )
                .await;
            look_around(browser).await;
        }
        assert_unharmed(browser, "import").await;
    });
}
