//! The page without a network, and the way to a newer edition.

use base64::Engine as _;
use serde_json::json;
use sha2::{Digest, Sha384};

use crate::session::{self, Browser, FOLDER, Kind, Server};
use crate::{journey_in, value_of};

const BROKERS: &str = "kafka.groups[main].brokers";

async fn wait_for_page(browser: &Browser) {
    browser
        .until(
            "the page",
            "return !!document.querySelector('#file-view [data-line]')",
        )
        .await;
    browser.click("[data-section='brokers']").await;
}

/// Leaves the page and comes back, as another day: a reload may pass the worker by.
async fn visit(browser: &Browser, address: &str) {
    browser.visit(address).await;
    wait_for_page(browser).await;
}

#[test]
fn what_was_visited_once_opens_with_the_server_stopped() {
    // WebDriver gives WebKitGTK a session that keeps no workers.
    journey_in(
        &[Kind::Chromium, Kind::Firefox],
        "offline",
        async |browser, server| {
            browser.click("[data-section='brokers']").await;
            browser.type_into(BROKERS, "7").await;
            server.leave(true);
            visit(browser, &server.address).await;
            let kept = format!("return {} === '7'", value_of(BROKERS));
            browser.until("the design from before", &kept).await;
            // Another visit, with another query and a design in the address.
            let address = format!("{}?lang=zh#p=single-node", server.address);
            visit(browser, &address).await;
            let chinese = "return document.documentElement.lang === 'zh-Hans'";
            browser.until("the other language", chinese).await;
            let one = format!("return {} === '1'", value_of(BROKERS));
            browser.until("the preset", &one).await;
            server.leave(false);
        },
    );
}

/// Puts a newer edition in the place of the page: the same with a remark, and a worker that names it.
fn publish(server: &Server, remark: &str) {
    let read = |name: &str| {
        std::fs::read_to_string(session::package().join("dist").join(name))
            .expect("a file of dist/")
    };
    let sum = |text: &str| {
        let sum = Sha384::digest(text.as_bytes());
        format!(
            "sha384-{}",
            base64::engine::general_purpose::STANDARD.encode(sum)
        )
    };
    let page = read("index.html");
    let newer = page.replace("</body>", &format!("<!-- {remark} --></body>"));
    assert_ne!(page, newer);
    let worker = read("worker.js");
    let names_it = worker.replace(&sum(&page), &sum(&newer)).replace(
        "const CACHE = MINE + \"",
        &format!("const CACHE = MINE + \"{remark} "),
    );
    assert!(names_it.contains(&sum(&newer)) && names_it.contains(remark));
    server.put(FOLDER, newer.as_bytes());
    server.put(&format!("{FOLDER}worker.js"), names_it.as_bytes());
}

#[test]
fn a_newer_edition_waits_until_it_is_wanted_and_loses_nothing() {
    journey_in(
        &[Kind::Chromium, Kind::Firefox],
        "update",
        async |browser, server| {
            browser.click("[data-section='brokers']").await;
            browser.type_into(BROKERS, "6").await;
            let edition = "return document.documentElement.innerHTML.includes('newer edition')";
            publish(server, "newer edition");

            // The visit begins with the page that is kept; the newer one is told of.
            visit(browser, &server.address).await;
            assert_eq!(browser.run(edition, json!([])).await, false);
            browser.type_into(BROKERS, "8").await;
            let notice = "return !!document.querySelector('.notice.update')";
            browser.until("the notice", notice).await;
            if browser.kind == Kind::Chromium {
                crate::pictures(browser, "update-").await;
            }
            // It can wait, and nothing happens by itself.
            let typed = format!("return {} === '8'", value_of(BROKERS));
            browser.until("what was typed", &typed).await;
            assert_eq!(browser.run(edition, json!([])).await, false);

            browser.click("#update").await;
            browser
                .until(
                    "the newer edition",
                    "return document.documentElement.innerHTML.includes('newer edition') && !!document.querySelector('#file-view [data-line]')",
                )
                .await;
            browser.click("[data-section='brokers']").await;
            browser.until("what was typed before", &typed).await;
            assert_eq!(browser.run(notice, json!([])).await, false);

            // An edition whose files do not fit together is not taken.
            publish(server, "damaged edition");
            server.put(FOLDER, b"<!doctype html>half an upload");
            server.asked();
            visit(browser, &server.address).await;
            browser.until("what was typed before", &typed).await;
            let over = "
                const done = arguments[arguments.length - 1];
                navigator.serviceWorker.getRegistration().then(kept => kept.update()).catch(() => {}).then(() => done(true));";
            let over = browser.client.execute_async(over, Vec::new()).await;
            over.expect("the worker looked for a newer one");
            assert_eq!(browser.run(notice, json!([])).await, false);
        },
    );
}

/// The file of `dist/` whose name begins so; its squeezed twins have longer names.
fn file_of(beginning: &str) -> String {
    let dist = session::package().join("dist");
    let files = std::fs::read_dir(dist).expect("dist/").flatten();
    let names = files.map(|file| file.file_name().to_string_lossy().into_owned());
    names
        .filter(|name| name.starts_with(beginning))
        .min_by_key(String::len)
        .expect("a part of the page")
}

fn whole(file: &str) -> Vec<u8> {
    std::fs::read(session::package().join("dist").join(file)).expect("a part of the page")
}

/// Makes the next visit a first one.
async fn forget(browser: &Browser) {
    let forget = "
        const done = arguments[arguments.length - 1];
        navigator.serviceWorker.getRegistration().then(kept => kept.unregister())
            .then(() => caches.keys())
            .then(names => Promise.all(names.map(name => caches.delete(name))))
            .then(() => done(true));";
    let forgotten = browser.client.execute_async(forget, Vec::new()).await;
    forgotten.expect("nothing is kept");
}

#[test]
fn who_waits_for_the_engine_reads_what_the_page_is_for() {
    journey_in(
        &[Kind::Chromium, Kind::Firefox],
        "opening",
        async |browser, server| {
            let opening = "return !!document.getElementById('opening')";
            assert_eq!(browser.run(opening, json!([])).await, false);

            let engine = file_of("engine-");
            forget(browser).await;
            server.put(&format!("{FOLDER}{engine}"), b"half an upload");
            browser.visit(&server.address).await;
            let said = "return document.getElementById('failed')?.checkVisibility()";
            browser.until("that it could not start", said).await;
            // What stood there meanwhile stays, in both languages, and nothing of it is cut off.
            let read = "
                const seen = element => {
                    const box = element.getBoundingClientRect();
                    return box.height > 0 && box.left >= 0 && box.right <= innerWidth && box.bottom <= innerHeight;
                };
                const read = document.querySelectorAll('#opening h1, #opening p');
                return [...read].filter(seen).map(element => element.lang || element.localName).join()";
            assert_eq!(browser.run(read, json!([])).await, "h1,p,zh-Hans");

            server.put(&format!("{FOLDER}{engine}"), &whole(&engine));
            visit(browser, &server.address).await;
            assert_eq!(browser.run(opening, json!([])).await, false);
        },
    );
}

#[test]
fn what_does_not_arrive_is_said_and_asked_for_again() {
    journey_in(
        &[Kind::Chromium, Kind::Firefox],
        "missing",
        async |browser, server| {
            let rest = file_of("later-");
            forget(browser).await;
            server.put(&format!("{FOLDER}{rest}"), b"half an upload");
            visit(browser, &server.address).await;
            browser.type_into(BROKERS, "6").await;
            let notices = "return [...document.querySelectorAll('.notice p')].map(one => one.textContent).join()";
            assert_eq!(browser.run(notices, json!([])).await, "");
            browser.click("#history").await;
            let said =
                "return document.querySelector('.notice')?.textContent.includes('did not arrive')";
            browser.until("what is missing", said).await;
            let open = "return !!document.querySelector('#history-dialog[open]')";
            assert_eq!(browser.run(open, json!([])).await, false);
            let typed = format!("return {} === '6'", value_of(BROKERS));
            browser.until("what was typed", &typed).await;

            server.put(&format!("{FOLDER}{rest}"), &whole(&rest));
            browser.click("#history").await;
            browser.until("the history", open).await;
        },
    );
}
