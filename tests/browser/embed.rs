//! The page inside a page of another origin, as a frame and as an element, also without an origin of its own.

use fantoccini::wd::WindowHandle;
use kafka_cluster_designer::{evaluate, presets};
use serde_json::json;

use crate::session::{Browser, Kind, Server};
use crate::{journey_in, value_of};

const BROKERS: &str = "kafka.groups[main].brokers";

/// Where the page around lies, on a host of its own.
const AROUND: &str = "/docs/cluster.html";

/// The sample, which loads the script from the server of the page.
fn sample(server: &Server) -> String {
    let sample = include_str!("../../src/pack/samples/plain.html");
    let sample = sample.replace("https://designer.example/tools/", &server.address);
    assert!(sample.contains(&server.address));
    sample
}

/// Opens a page on a host of its own.
async fn open(browser: &Browser, html: &str) -> Server {
    let host = Server::below("/none/");
    host.put(AROUND, html.as_bytes());
    let address = host.address.replace("/none/", AROUND);
    browser
        .client
        .goto(&address)
        .await
        .expect("the page around opens");
    host
}

/// Goes into the frame of an element.
async fn enter(browser: &Browser, element: &str) {
    let frame =
        format!("return document.querySelector(\"{element}\").shadowRoot?.querySelector('iframe')");
    browser
        .until("the frame", &format!("{frame} != null"))
        .await;
    let frame = browser.run(&frame, json!([])).await;
    browser.enter(frame).await;
}

async fn leave(browser: &Browser) {
    browser.enter(json!(null)).await;
}

/// The text of a file, as the element gives it.
async fn file(browser: &Browser, element: &str, path: &str) -> Option<String> {
    let script = "
        const [element, path, done] = arguments;
        document.querySelector(element).file(path).then(done);";
    let text = browser
        .client
        .execute_async(script, vec![json!(element), json!(path)])
        .await;
    text.expect("an answer").as_str().map(str::to_owned)
}

/// Notes what an element fires, and waits until it listens.
async fn listen(browser: &Browser, element: &str) {
    let script = "
        const element = document.querySelector(arguments[0]);
        window.heard = [];
        for (const type of ['change', 'refused']) element.addEventListener(type, event => heard.push([type, event.detail]));";
    browser.run(script, json!([element])).await;
    wait_for(browser, element).await;
}

/// Waits until the page in an element answers.
async fn wait_for(browser: &Browser, element: &str) {
    assert!(file(browser, element, "README.md").await.is_some());
}

/// The window that was not there before.
async fn opened(browser: &Browser, before: &[WindowHandle]) -> WindowHandle {
    let began = std::time::Instant::now();
    loop {
        let now = browser.client.windows().await.expect("windows");
        if let Some(new) = now.iter().find(|window| !before.contains(window)) {
            return new.clone();
        }
        assert!(began.elapsed().as_secs() < 60, "no window opens");
    }
}

const ELEMENT: &str = "kafka-cluster-designer";
const FORM: &str = "[show=brokers]";
const FILE: &str = "[show='30-kafka/services.yaml']";

#[test]
fn a_page_of_another_origin_shows_a_section_and_a_file_and_hears_of_them() {
    journey_in(&Kind::ALL, "embed", async |browser, server| {
        let host = open(browser, &sample(server)).await;
        // The elements are as high as what they show, or as they may be.
        let high = "return [...document.querySelectorAll('kafka-cluster-designer')].map(one => one.shadowRoot?.querySelector('iframe').offsetHeight)";
        browser
            .until(
                "the heights",
                "const [form, file] = [...document.querySelectorAll('kafka-cluster-designer')].map(one => one.shadowRoot?.querySelector('iframe').offsetHeight); return form !== 640 && file === 400",
            )
            .await;
        let heights = browser.run(high, json!([])).await;
        assert!(heights[0].as_u64() > Some(200), "{heights}");
        browser.picture(&format!("embed-{:?}", browser.kind)).await;

        // The text of a file is the live one.
        let preset = presets::preset("production").expect("a preset").design();
        let expected = evaluate(&preset)
            .file("30-kafka/statefulset.yaml")
            .expect("a file")
            .text();
        listen(browser, FORM).await;
        assert_eq!(
            file(browser, FORM, "30-kafka/statefulset.yaml").await,
            Some(expected)
        );
        assert_eq!(file(browser, FORM, "no/such.yaml").await, None);

        // An edit in the frame is heard outside.
        enter(browser, FORM).await;
        let parts = "return ['.header', '.rail', '.output', '.topology'].every(part => !document.querySelector(part)?.offsetParent)";
        assert_eq!(
            browser.run(parts, json!([])).await,
            true,
            "only the section is seen"
        );
        browser.type_into(BROKERS, "5").await;
        leave(browser).await;
        browser
            .until(
                "the change",
                "return heard.some(([type, detail]) => type === 'change' && detail.link.startsWith('v1.') && Number.isFinite(detail.errors))",
            )
            .await;
        let text = file(browser, FORM, "30-kafka/statefulset.yaml")
            .await
            .expect("the file");
        assert!(text.contains("replicas: 5"), "{text}");

        // Another part is shown when the attribute says so.
        browser.run("document.querySelector(arguments[0]).setAttribute('show', '30-kafka/statefulset.yaml')", json!([FORM])).await;
        enter(browser, "[show='30-kafka/statefulset.yaml']").await;
        browser
            .until(
                "the file",
                "return document.getElementById('file-head').textContent.includes('statefulset.yaml') && !document.querySelector('.form').offsetParent && !document.querySelector('.tree').offsetParent",
            )
            .await;

        // The full designer opens with the same design, in a window of its own.
        let before = browser.client.windows().await.expect("windows");
        let (full, link) = if browser.kind == Kind::WebKit {
            // Its driver neither clicks in a frame nor lets a page open a window.
            let link =
                "const link = document.getElementById('open-full'); link.click(); return link.href";
            let link = browser.run(link, json!([])).await;
            let new = browser.client.new_window(false).await.expect("a window");
            (new.handle, link.as_str().map(str::to_owned))
        } else {
            browser.click("#open-full").await;
            (opened(browser, &before).await, None)
        };
        let entered = browser.client.switch_to_window(full).await;
        entered.expect("the new window");
        if let Some(link) = link {
            browser.client.goto(&link).await.expect("the page opens");
        }
        browser
            .until(
                "the page",
                "return !!document.querySelector('[data-section=brokers]')",
            )
            .await;
        browser.click("[data-section='brokers']").await;
        browser
            .until(
                "the same design",
                &format!("return {} === '5'", value_of(BROKERS)),
            )
            .await;
        browser.client.close_window().await.expect("it closes");
        browser
            .client
            .switch_to_window(before[0].clone())
            .await
            .expect("the page around");

        // What is only read cannot be changed.
        enter(browser, FILE).await;
        let read = "return document.querySelector('.settings').disabled && !document.getElementById('undo').offsetParent";
        assert_eq!(browser.run(read, json!([])).await, true);
        leave(browser).await;
        // A browser looks for the icon of the page around by itself.
        let mut asked = host.asked();
        asked.retain(|path| path != "outside: /favicon.ico");
        assert_eq!(
            asked,
            [format!("outside: {AROUND}")],
            "nothing else of the page around"
        );
    });
}

#[test]
fn messages_of_others_and_of_a_wrong_shape_change_nothing() {
    journey_in(&Kind::ALL, "messages", async |browser, server| {
        let _host = open(browser, &sample(server)).await;
        listen(browser, FORM).await;
        let link = kafka_cluster_designer::bundle::link::pack(
            &presets::preset("single-node").expect("a preset").design(),
        )
        .packed;
        let script = "
            const frame = document.querySelector(arguments[0]).shadowRoot.querySelector('iframe').contentWindow;
            const good = { to: 'kafka-cluster-designer', version: 1, type: 'open', link: arguments[1] };
            for (const wrong of [
                'open', null, 7, [good], { ...good, version: 2 }, { ...good, to: 'other' }, { ...good, to: undefined },
                { ...good, link: {} }, { ...good, link: 'v1.@@@' },
                { ...good, link: 'v1.' + 'A'.repeat(300000) }, { ...good, type: 'show', name: '../../etc/passwd' },
                { ...good, type: 'preset', name: '<script>alert(1)</script>' }, { ...good, type: 'eval', code: 'alert(1)' },
                { ...good, type: '<img src=x onerror=alert(1)>' }, { ...good, type: 'theme', name: 'red;background:url(x)' },
            ]) frame.postMessage(wrong, '*');
            // A frame beside it says the right thing, and is not the page around.
            const other = document.createElement('iframe');
            other.srcdoc = `<script>
                for (let at = 0; at < parent.length; at++) parent[at].postMessage(${JSON.stringify(good)}, '*');
                parent.postMessage({ from: 'kafka-cluster-designer', version: 1, type: 'height', height: 3333 }, '*');
                parent.postMessage('other done', '*');
            <\\/script>`;
            addEventListener('message', event => { if (event.data === 'other done') window.otherDone = true; });
            document.body.append(other);";
        browser.run(script, json!([FORM, link])).await;
        browser
            .until("the other frame", "return window.otherDone === true")
            .await;
        // What is asked for after all that is answered after all that.
        let text = file(browser, FORM, "30-kafka/statefulset.yaml")
            .await
            .expect("the file");
        assert!(text.contains("replicas: 3"), "{text}");
        let refused = browser.run("return heard.filter(([type]) => type === 'refused').map(([, detail]) => detail.asked)", json!([])).await;
        assert_eq!(
            refused,
            json!([
                "open",
                "open",
                "open",
                "show",
                "preset",
                "eval",
                "<img src=x onerror=alert(1)>",
                "theme"
            ])
        );
        let high = "return document.querySelector(arguments[0]).shadowRoot.querySelector('iframe').offsetHeight !== 3333";
        assert_eq!(browser.run(high, json!([FORM])).await, true);
        // The page around itself is heard.
        browser
            .run(
                "document.querySelector(arguments[0]).setAttribute('design', arguments[1])",
                json!([FORM, link]),
            )
            .await;
        enter(browser, FORM).await;
        browser
            .until(
                "the other design",
                &format!("return {} === '1'", value_of(BROKERS)),
            )
            .await;
        leave(browser).await;
    });
}

#[test]
fn nothing_of_the_page_around_is_touched_and_its_colours_are_followed() {
    journey_in(&Kind::ALL, "around", async |browser, server| {
        let html = format!(
            "<!doctype html><meta charset=utf-8><title>Around</title>
            <style>body.dark {{ background: #111; color: oklch(0.95 0 0) }}</style>
            <body><p>Text</p><kafka-cluster-designer preset=development show=listeners></kafka-cluster-designer>
            <script>
                window.before = window.after = null;
                const html = () => document.documentElement.outerHTML.replace(/\\s*<script src[^]*$/, '').replace('</body></html>', '');
                const note = () => [html(), Object.getOwnPropertyNames(window).sort().join(), document.styleSheets.length,
                    document.cookie, localStorage.length, sessionStorage.length];
                window.before = note();
                document.querySelector('kafka-cluster-designer').addEventListener('ready', () => window.after = note());
            </script>
            <script src=\"{}embed.js\"></script></body>",
            server.address
        );
        let _host = open(browser, &html).await;
        wait_for(browser, ELEMENT).await;
        // Noted by the page itself: drivers add names of their own when they run something.
        let noted = browser
            .run("return [window.before, window.after]", json!([]))
            .await;
        assert_eq!(noted[0], noted[1], "{:?}", browser.kind);
        assert_eq!(
            noted[1].as_array().map(|facts| &facts[3..]),
            Some(&[json!(""), json!(0), json!(0)][..])
        );
        for (class, theme) in [("", "light"), ("dark", "dark"), ("", "light")] {
            leave(browser).await;
            browser
                .run("document.body.className = arguments[0]", json!([class]))
                .await;
            enter(browser, ELEMENT).await;
            browser
                .until(
                    theme,
                    &format!("return document.documentElement.dataset.theme === '{theme}'"),
                )
                .await;
        }
        leave(browser).await;
    });
}

#[test]
fn without_an_origin_of_its_own_the_page_goes_on_and_keeps_nothing() {
    journey_in(&Kind::ALL, "sandbox", async |browser, server| {
        let html = format!(
            "<!doctype html><meta charset=utf-8><title>Around</title>
            <kafka-cluster-designer sandbox lang=zh preset=production show=brokers></kafka-cluster-designer>
            <script src=\"{}embed.js\"></script>",
            server.address
        );
        let _host = open(browser, &html).await;
        wait_for(browser, ELEMENT).await;
        enter(browser, ELEMENT).await;
        assert_eq!(
            browser
                .run("return [origin, document.documentElement.lang]", json!([]))
                .await,
            json!(["null", "zh-Hans"])
        );
        browser.type_into(BROKERS, "9").await;
        browser
            .until(
                "what was typed",
                &format!("return {} === '9'", value_of(BROKERS)),
            )
            .await;
        leave(browser).await;
        let text = file(browser, ELEMENT, "30-kafka/statefulset.yaml")
            .await
            .expect("the file");
        assert!(text.contains("replicas: 9"), "{text}");
    });
}

#[test]
fn a_plain_frame_shows_what_its_address_says() {
    journey_in(&Kind::ALL, "frame", async |browser, server| {
        let html = format!(
            "<!doctype html><meta charset=utf-8><title>Around</title>
            <script>addEventListener('message', event => {{ window.told = event.data }})</script>
            <iframe id=frame width=700 height=600 src=\"{}?view=embed&show=brokers&read=1&lang=zh&theme=dark#p=single-node\"></iframe>",
            server.address
        );
        let _host = open(browser, &html).await;
        // Without a known page around, nothing but the height is told.
        browser
            .until("the height", "return window.told?.type === 'height'")
            .await;
        let frame = browser
            .client
            .find(fantoccini::Locator::Id("frame"))
            .await
            .expect("the frame");
        frame.enter_frame().await.expect("it opens");
        browser
            .until(
                "the section",
                &format!("return {} === '1'", value_of(BROKERS)),
            )
            .await;
        let shown = "return [document.documentElement.lang, document.documentElement.dataset.theme, document.querySelector('.settings').disabled, !!document.querySelector('.rail').offsetParent]";
        assert_eq!(
            browser.run(shown, json!([])).await,
            json!(["zh-Hans", "dark", true, false])
        );
        leave(browser).await;
        assert_eq!(browser.run("return told.type", json!([])).await, "height");
    });
}
