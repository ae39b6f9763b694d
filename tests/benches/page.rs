//! How large the page is, how long it takes to show files, and how long from a key to the frame with new ones.
//!
//! Needs `.ci/set-up browser` and the page in `dist/` (`make build`); run by `make bench`.

#[path = "../browser/session.rs"]
#[expect(dead_code, reason = "the journeys use the rest")]
mod session;

#[path = "../support/dist.rs"]
mod dist;

use dist::Weight;
use serde_json::{Value, json};
use session::{Browser, Server};

/// The budgets of the product: kilobytes, and milliseconds.
const FIRST_VISIT: f64 = 350.0;
const SHOWN: f64 = 400.0;

fn main() {
    machine();
    sizes();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let server = Server::start();
        let browser = Browser::start("bench").await;
        let version = browser.run("return navigator.userAgent", json!([])).await;
        println!("browser: {version}");
        shown(&browser, &server).await;
        let few = keys(
            &browser,
            &server,
            3,
            1,
            Budget {
                median: 16.0,
                p95: Some(33.0),
            },
        )
        .await;
        let twice = Budget {
            median: 2.0 * few,
            p95: None,
        };
        keys(&browser, &server, 100, 1, twice).await;
        keys(
            &browser,
            &server,
            3,
            4,
            Budget {
                median: 50.0,
                p95: None,
            },
        )
        .await;
        browser.end().await;
    });
}

/// What the page weighs, packed.
fn sizes() {
    let weight = Weight::of_dist();
    for (name, bytes) in &weight.first {
        println!("first visit: {:>7.1} kB {name}", kilobytes(*bytes));
    }
    let first = kilobytes(weight.first.values().sum());
    println!(
        "first visit: {first:>7.1} kB of {FIRST_VISIT} kB ({})",
        share(first, FIRST_VISIT)
    );
    for (name, bytes) in &weight.later {
        println!("later:       {:>7.1} kB {name}", kilobytes(*bytes));
    }
}

fn kilobytes(bytes: usize) -> f64 {
    f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / 1000.0
}

/// What is used of a budget.
fn share(used: f64, budget: f64) -> String {
    format!("{:.2} of the budget", used / budget)
}

/// The machine and the versions that the numbers hold for.
fn machine() {
    let processors = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let model = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = model
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("an unknown processor", |name| {
            name.trim_start_matches(['\t', ':', ' '])
        });
    println!("machine: {processors} of {model}");
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!(
        "load before: {}",
        load.split(' ').next().unwrap_or_default()
    );
    println!(
        "program: {} {}",
        env!("CARGO_PKG_NAME"),
        env!("CARGO_PKG_VERSION")
    );
}

/// From navigation to the first files, ten times with an empty cache.
async fn shown(browser: &Browser, server: &Server) {
    let watch = "(function look() {
        if (document.querySelector('#file-view [data-line]')) window.shownAt = performance.now();
        else requestAnimationFrame(look);
    })()";
    browser
        .devtools(
            "Page.addScriptToEvaluateOnNewDocument",
            json!({ "source": watch }),
        )
        .await;
    browser
        .devtools("Network.setCacheDisabled", json!({ "cacheDisabled": true }))
        .await;
    let mut times = Vec::new();
    for _ in 0..10 {
        browser
            .client
            .goto(&server.address)
            .await
            .expect("the page opens");
        browser
            .until("the files", "return window.shownAt > 0")
            .await;
        times.push(
            browser
                .run("return window.shownAt", json!([]))
                .await
                .as_f64()
                .expect("a time"),
        );
    }
    let budget = Budget {
        median: SHOWN,
        p95: None,
    };
    report("navigation → files", &mut times, budget);
}

/// From a key to the frame with new files, in the field of the heap, a hundred times;
/// gives the median.
async fn keys(
    browser: &Browser,
    server: &Server,
    brokers: u32,
    slower: u32,
    budget: Budget,
) -> f64 {
    browser
        .client
        .goto("about:blank")
        .await
        .expect("a blank page");
    browser
        .client
        .goto(&format!("{}#p=production", server.address))
        .await
        .expect("the page opens");
    browser
        .until("the files", "return window.shownAt > 0")
        .await;
    browser.click("[data-section='listeners']").await;
    browser
        .click("label:has(> [id='field-kafka.listeners[external].exposure-node-port'])")
        .await;
    browser.click("[data-section='brokers']").await;
    browser
        .type_into("kafka.groups[main].brokers", &brokers.to_string())
        .await;
    browser.click("[data-section='resources']").await;
    browser
        .devtools("Emulation.setCPUThrottlingRate", json!({ "rate": slower }))
        .await;
    let script = "
        const done = arguments[arguments.length - 1], box = document.getElementById('field-kafka.heap'), times = [];
        const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
        (async () => {
            for (let turn = 0; turn < 100; turn++) {
                await new Promise(next => setTimeout(next, 20));
                const began = performance.now();
                set.call(box, (turn % 9 + 1) + 'g');
                box.dispatchEvent(new InputEvent('input', { bubbles: true }));
                await new Promise(next => requestAnimationFrame(() => { const port = new MessageChannel(); port.port1.onmessage = next; port.port2.postMessage(0); }));
                times.push(performance.now() - began);
            }
            done(times);
        })();";
    let times = browser
        .client
        .execute_async(script, Vec::new())
        .await
        .expect("the keys are typed");
    let Value::Array(times) = times else {
        panic!("a list of times")
    };
    let mut times: Vec<f64> = times.iter().filter_map(Value::as_f64).collect();
    let what = format!("key → frame, {brokers} brokers, processor at 1/{slower}");
    let median = report(&what, &mut times, budget);
    browser
        .devtools("Emulation.setCPUThrottlingRate", json!({ "rate": 1 }))
        .await;
    median
}

/// How long something may take, in milliseconds.
#[derive(Clone, Copy)]
struct Budget {
    median: f64,
    p95: Option<f64>,
}

/// Says how long something took, and gives the median.
fn report(what: &str, times: &mut [f64], budget: Budget) -> f64 {
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    let p95 = budget.p95.map(|p95| format!(" ({})", share(at(95), p95)));
    println!(
        "{what}: median {:.1} ms ({}), p95 {:.1} ms{}, {} times",
        at(50),
        share(at(50), budget.median),
        at(95),
        p95.unwrap_or_default(),
        times.len()
    );
    at(50)
}
