//! How large the page is, how long it takes to show files, and how long from a key to the frame with new ones.
//!
//! Needs `.ci/set-up browser` and the page in `dist/` (`make build`); run by `make bench`.
//! One part alone: `cargo bench --bench page -- imports`.

mod budget;
#[path = "../support/dist.rs"]
mod dist;
#[path = "../browser/session.rs"]
#[expect(dead_code, reason = "the journeys use the rest")]
mod session;

use budget::{Budget, report};
use dist::Weight;
use kafka_cluster_designer::render::FileKind;
use serde_json::{Value, json};
use session::{Browser, Kind, Server};

/// Whether a part is asked for: each is, unless the command line names some.
fn is_asked(part: &str) -> bool {
    let mut named = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .peekable();
    named.peek().is_none() || named.any(|word| word == part)
}

fn main() {
    budget::machine();
    if is_asked("sizes") {
        sizes();
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let server = Server::start();
        let browser = Browser::of(Kind::Chromium, "bench").await;
        let version = browser.run("return navigator.userAgent", json!([])).await;
        println!("browser: {version}");
        watch(&browser).await;
        if is_asked("shown") {
            shown(&browser, &server).await;
        }
        if is_asked("keys") {
            for place in [Place::Form, Place::Table] {
                let bound = Budget {
                    median: 16.0,
                    p95: Some(33.0),
                };
                let few = keys(&browser, &server, place, 3, 1, bound).await;
                let twice = Budget::median(2.0 * few);
                keys(&browser, &server, place, 100, 1, twice).await;
                let slow = Budget::median(50.0);
                keys(&browser, &server, place, 3, 4, slow).await;
            }
        }
        if is_asked("scrolled") {
            for slower in [1, 4] {
                scrolled(&browser, &server, slower).await;
            }
        }
        if is_asked("memory") {
            memory(&browser, &server).await;
        }
        if is_asked("imports") {
            imports(&browser, &server).await;
        }
        browser.end().await;
    });
}

/// The frames while the table of Kafka's options is scrolled from one end to the other.
async fn scrolled(browser: &Browser, server: &Server, slower: u32) {
    open(browser, &server.address).await;
    browser.click("[data-section='kafka-options']").await;
    browser
        .devtools("Emulation.setCPUThrottlingRate", json!({ "rate": slower }))
        .await;
    let script = "
        const done = arguments[arguments.length - 1], form = document.getElementById('form'), times = [];
        form.scrollTop = 0;
        let last = performance.now();
        const step = now => {
            times.push(now - last);
            last = now;
            const before = form.scrollTop;
            form.scrollTop += 120;
            if (form.scrollTop > before) requestAnimationFrame(step); else done(times.slice(2));
        };
        requestAnimationFrame(now => { last = now; requestAnimationFrame(step); });";
    let mut times = measured(browser, script, Vec::new()).await;
    let what = format!("frames of the scrolled options, processor at 1/{slower}");
    report(&what, "ms", &mut times, None);
    browser
        .devtools("Emulation.setCPUThrottlingRate", json!({ "rate": 1 }))
        .await;
}

/// From the press of the button to what was read of 10,000 lines of manifests: one bundle for many brokers.
async fn imports(browser: &Browser, server: &Server) {
    const LINES: usize = 10_000;
    let mut brokers = 100;
    let text = loop {
        let design = kafka_cluster_designer::presets::PRODUCTION
            .design()
            .with("kafka.listeners[external].exposure", "node-port")
            .with("kafka.groups[main].brokers", &brokers.to_string());
        let files = kafka_cluster_designer::evaluate(&design).files;
        let manifests = files
            .iter()
            .filter(|file| file.path.contains('/') && file.kind == FileKind::Yaml);
        let texts: Vec<String> = manifests.map(|file| file.text()).collect();
        let text = texts.join("---\n");
        if text.lines().count() >= LINES {
            break text;
        }
        brokers += 50;
    };
    println!(
        "import: {} lines, {} kB, {brokers} brokers",
        text.lines().count(),
        text.len() / 1000
    );
    open(browser, &server.address).await;
    browser.click("#import").await;
    let script = "
        const done = arguments[arguments.length - 1], times = [];
        const frame = () => new Promise(next => requestAnimationFrame(next));
        const there = async id => { while (!document.getElementById(id)) await frame(); return document.getElementById(id); };
        (async () => {
            for (let turn = 0; turn < 7; turn++) {
                const box = await there('import-text');
                box.value = arguments[0];
                box.dispatchEvent(new InputEvent('input', { bubbles: true }));
                await frame();
                const button = await there('import-read'), began = performance.now();
                button.click();
                await there('import-result');
                times.push(performance.now() - began);
                (await there('import-again')).click();
                await frame();
            }
            done(times);
        })();";
    let mut times = measured(browser, script, vec![json!(text)]).await;
    report(
        "import of 10,000 lines",
        "ms",
        &mut times,
        Some(Budget::median(300.0)),
    );
}

/// What the page weighs, packed: a first visit by file, and what comes later.
fn sizes() {
    let weight = Weight::of_dist();
    for (name, bytes) in &weight.first {
        println!("size: {:>6.1} kB {name}", kilobytes(*bytes));
    }
    let sum = |files: &std::collections::BTreeMap<String, usize>| kilobytes(files.values().sum());
    let budget = Some(Budget::median(350.0));
    report("first visit", "kB", &mut [sum(&weight.first)], budget);
    report("later", "kB", &mut [sum(&weight.later)], None);
}

fn kilobytes(bytes: usize) -> f64 {
    f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / 1000.0
}

/// Has every page note when it shows files.
async fn watch(browser: &Browser) {
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
}

/// Opens an address afresh, and waits for the files.
async fn open(browser: &Browser, address: &str) {
    for address in ["about:blank", address] {
        browser.client.goto(address).await.expect("a page");
    }
    browser
        .until("the files", "return window.shownAt > 0")
        .await;
}

/// From navigation to the first files, ten times with an empty cache.
async fn shown(browser: &Browser, server: &Server) {
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
    report(
        "navigation → files",
        "ms",
        &mut times,
        Some(Budget::median(400.0)),
    );
}

/// Where something is typed; the drawing is open in both.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// The field of the heap, in a form.
    Form,
    /// A number in the table of all of Kafka's options.
    Table,
}

impl Place {
    /// The section, the field, and what stands behind the number that is typed.
    fn field(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Place::Form => ("resources", "kafka.heap", "g"),
            Place::Table => ("kafka-options", "kafka.options[num.network.threads]", ""),
        }
    }

    /// The file that the field makes, and how its line there begins.
    fn line(self) -> (&'static str, &'static str) {
        match self {
            Place::Form => ("30-kafka/statefulset.yaml", "-Xmx"),
            Place::Table => ("30-kafka/configmap.yaml", "num.network.threads="),
        }
    }
}

/// Opens the page for so many brokers, with the field to type into, and the line that it makes in sight.
async fn ready(browser: &Browser, server: &Server, place: Place, brokers: u32) {
    let (section, field, unit) = place.field();
    open(browser, &format!("{}#p=production", server.address)).await;
    browser.click("[data-section='listeners']").await;
    browser
        .click("label:has(> [id='field-kafka.listeners[external].exposure-node-port'])")
        .await;
    browser.click("[data-section='brokers']").await;
    browser
        .type_into("kafka.groups[main].brokers", &brokers.to_string())
        .await;
    browser.click(&format!("[data-section='{section}']")).await;
    // The table draws no more than what is seen: scroll to the row, and open its editor.
    let there = format!(
        "const form = document.getElementById('form'), row = document.querySelector('[data-option]');
        if (document.getElementById('field-{field}')) return true;
        const wanted = [...document.querySelectorAll('[data-option]')].find(row => '{field}'.includes(`[${{row.dataset.option}}]`));
        if (wanted) wanted.click(); else if (row) form.scrollTop += form.clientHeight / 2;
        return false;"
    );
    browser.until(field, &there).await;
    let (file, line) = place.line();
    browser.click(&format!("[data-file='{file}']")).await;
    // An option that is not set has no line, and the file is drawn as far as it is seen.
    let _ = type_keys(browser, field, unit, 1).await;
    let there = format!(
        "const pane = document.getElementById('file-view'), wanted = [...pane.querySelectorAll('[data-line]')].find(line => line.textContent.includes('{line}'));
        if (wanted) wanted.scrollIntoView({{ block: 'center' }}); else pane.scrollTop += pane.clientHeight;
        return !!wanted;"
    );
    browser.until(line, &there).await;
}

/// From a key to the frame with new files, a hundred times; gives the median.
async fn keys(
    browser: &Browser,
    server: &Server,
    place: Place,
    brokers: u32,
    slower: u32,
    budget: Budget,
) -> f64 {
    ready(browser, server, place, brokers).await;
    let (_, field, unit) = place.field();
    browser
        .devtools("Emulation.setCPUThrottlingRate", json!({ "rate": slower }))
        .await;
    let [mut frame, mut all] = type_keys(browser, field, unit, 100).await;
    let what =
        |end: &str| format!("key → {end}, {brokers} brokers, {place:?}, processor at 1/{slower}");
    let median = report(&what("frame"), "ms", &mut frame, Some(budget));
    report(&what("all of it"), "ms", &mut all, None);
    browser
        .devtools("Emulation.setCPUThrottlingRate", json!({ "rate": 1 }))
        .await;
    median
}

/// Types numbers with a unit into a field; how long each took in milliseconds, until the frame that has it
/// in field and file, and until the next, which has all that follows from it.
async fn type_keys(browser: &Browser, field: &str, unit: &str, keys: u32) -> [Vec<f64>; 2] {
    let script = "
        const [id, unit, keys, done] = arguments, box = document.getElementById(id), times = [], later = [];
        const frame = () => new Promise(next => requestAnimationFrame(() => { const port = new MessageChannel(); port.port1.onmessage = next; port.port2.postMessage(0); }));
        const shown = () => document.querySelector('#file-view .file-lines').textContent;
        const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
        (async () => {
            for (let turn = 0; turn < keys; turn++) {
                await new Promise(next => setTimeout(next, 20));
                const before = shown(), began = performance.now();
                set.call(box, (turn % 9 + 1) + unit);
                // Asked for first, so that it ends with the frame, and not with what the page does after it.
                const drawn = frame();
                box.dispatchEvent(new InputEvent('input', { bubbles: true }));
                await drawn;
                times.push(performance.now() - began);
                if (turn && shown() === before) return done('the file does not change with the key');
                await frame();
                later.push(performance.now() - began);
            }
            done([times, later]);
        })();";
    let typed = vec![json!(format!("field-{field}")), json!(unit), json!(keys)];
    let times = browser.client.execute_async(script, typed).await;
    let times = times.expect("the keys are typed");
    serde_json::from_value(times.clone()).unwrap_or_else(|_| panic!("{times}"))
}

/// What the page holds after 100 keys and after 1,000 more: the engine's memory, the objects of scripts and
/// the nodes of the document.
async fn memory(browser: &Browser, server: &Server) {
    let find = "for (const name of ['instantiate', 'instantiateStreaming']) {
        const make = WebAssembly[name];
        WebAssembly[name] = async (...given) => {
            const made = await make.apply(WebAssembly, given);
            window.engineMemory ??= (made.instance ?? made).exports.memory;
            return made;
        };
    }";
    let found = json!({ "source": find });
    browser
        .devtools("Page.addScriptToEvaluateOnNewDocument", found)
        .await;
    ready(browser, server, Place::Form, 3).await;
    let (_, field, unit) = Place::Form.field();
    browser.devtools("Performance.enable", json!({})).await;
    for keys in [100, 1_000] {
        let _ = type_keys(browser, field, unit, keys).await;
        let nothing = json!({});
        browser
            .devtools("HeapProfiler.collectGarbage", nothing.clone())
            .await;
        let metrics = browser.devtools("Performance.getMetrics", nothing).await;
        let metrics = metrics["metrics"].as_array().cloned().unwrap_or_default();
        let metric = |name: &str| {
            let found = metrics.iter().find(|metric| metric["name"] == name);
            found.and_then(|metric| metric["value"].as_f64())
        };
        let engine = "return window.engineMemory.buffer.byteLength";
        let engine = browser.run(engine, json!([])).await;
        println!(
            "memory after {keys} keys more: engine {:.1} MB, scripts {:.1} MB, {} nodes",
            engine.as_f64().expect("bytes") / 1e6,
            metric("JSHeapUsedSize").expect("bytes") / 1e6,
            metric("Nodes").expect("a number"),
        );
    }
}

/// The milliseconds that a script measured.
async fn measured(browser: &Browser, script: &str, given: Vec<Value>) -> Vec<f64> {
    let times = browser.client.execute_async(script, given).await;
    let Ok(Value::Array(times)) = times else {
        panic!("a list of times, not {times:?}")
    };
    times.iter().filter_map(Value::as_f64).collect()
}
