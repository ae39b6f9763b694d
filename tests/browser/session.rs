//! A page server and a browser for the tests and the benchmark of the page.
//!
//! The server hands out `dist/` on a loopback address and keeps a log of what was asked for;
//! the browser is Chromium, Firefox or `WebKitGTK` behind its driver. Both end with their handle.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use fantoccini::actions::{InputSource as _, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};

/// How long a condition may take; a slow machine is no failure, a missing thing is.
const PATIENCE: Duration = Duration::from_secs(60);

/// The key, by its number in `WebDriver`.
const ENTER: &str = "\u{e007}";

/// The folder of this package.
pub fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The address of the single file, as it is opened from disk.
pub fn single_file() -> String {
    let file = package().join("dist/kafka-cluster-designer.html");
    assert!(
        file.is_file(),
        "dist/ has no single file: run `make build` first"
    );
    format!("file://{}", file.display())
}

/// Where the page lies on its host: a page has no say in that.
pub const FOLDER: &str = "/tools/designer/";

/// Where violations of the page's policy are reported to.
const VIOLATIONS: &str = "/violations";

/// Hands out `dist/` below a folder of a loopback host, and keeps a log: one thread and one answer for
/// each connection, so that none waits for another (`tiny_http` left Chromium's spare connections
/// waiting, and with them now and then the page).
pub struct Server {
    shared: Arc<Shared>,
    /// The page's address.
    pub address: String,
}

/// What the threads of a server share.
#[derive(Default)]
struct Shared {
    dist: PathBuf,
    folder: String,
    asked: Mutex<Vec<String>>,
    violations: Mutex<Vec<String>>,
    /// Files beside `dist/`, by their whole path on the host, which come before it.
    own: Mutex<BTreeMap<String, Vec<u8>>>,
    /// Whether requests are left without an answer, as if there were no network.
    gone: AtomicBool,
}

impl Server {
    /// Serves the page in [`FOLDER`].
    pub fn start() -> Self {
        Self::below(FOLDER)
    }

    /// Serves the page in any folder; it begins and ends with `/`.
    pub fn below(folder: &str) -> Self {
        let dist = package().join("dist");
        assert!(
            dist.join("index.html").is_file(),
            "dist/ is missing: run `make build` first"
        );
        let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
        let address = listener.local_addr().expect("its address");
        let shared = Arc::new(Shared {
            dist,
            folder: folder.to_owned(),
            ..Shared::default()
        });
        let mine = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&mine);
                std::thread::spawn(move || answer(&stream, &shared));
            }
        });
        Self {
            shared,
            address: format!("http://{address}{folder}"),
        }
    }

    /// What was asked for since the last call: below the page's folder, else the whole path with its host.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.shared.asked.lock().expect("the log"))
    }

    /// The violations of the page's policy that browsers reported since the last call.
    pub fn violations(&self) -> Vec<String> {
        std::mem::take(&mut *self.shared.violations.lock().expect("the log"))
    }

    /// Hands out another file, at its whole path on the host.
    pub fn put(&self, path: &str, bytes: &[u8]) {
        let mut own = self.shared.own.lock().expect("the files");
        own.insert(path.to_owned(), bytes.to_vec());
    }

    /// Takes the network away, or brings it back.
    pub fn leave(&self, gone: bool) {
        self.shared.gone.store(gone, Ordering::SeqCst);
    }
}

/// Reads one request, answers it, and closes the connection.
fn answer(stream: &TcpStream, shared: &Shared) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let Some(path) = first.split(' ').nth(1) else {
        return Ok(());
    };
    let (mut length, mut takes_brotli) = (0, false);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        takes_brotli |= line.starts_with("accept-encoding:") && line.contains("br");
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    if shared.gone.load(Ordering::SeqCst) {
        return Ok(()); // closed without a word
    }
    let path = path.split(['?', '#']).next().unwrap_or("/");
    if path == VIOLATIONS {
        let report = String::from_utf8_lossy(&body).into_owned();
        shared.violations.lock().expect("the log").push(report);
        return respond(stream, "204 No Content", "", &[]);
    }
    let below = path.strip_prefix(&shared.folder);
    let logged = below.map_or_else(|| format!("outside: {path}"), |name| format!("/{name}"));
    shared.asked.lock().expect("the log").push(logged);
    let own = shared.own.lock().expect("the files").get(path).cloned();
    let name = match below {
        Some("") => "index.html",
        Some(name) => name,
        None => path,
    };
    let extension = Path::new(name).extension().and_then(|end| end.to_str());
    let kind = match extension {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    };
    let mut headers = format!("Content-Type: {kind}\r\n");
    let in_dist = shared.dist.join(name);
    let squeezed = shared.dist.join(format!("{name}.br"));
    let body = match own {
        Some(own) => Some(own),
        None if below.is_none() => None,
        None if takes_brotli && squeezed.is_file() => {
            headers += "Content-Encoding: br\r\n";
            std::fs::read(squeezed).ok()
        }
        None => std::fs::read(&in_dist).ok(),
    };
    let Some(body) = body else {
        return respond(stream, "404 Not Found", &headers, b"not here");
    };
    if extension == Some("html") {
        if let Some(policy) = std::fs::read_to_string(in_dist)
            .ok()
            .as_deref()
            .and_then(policy)
        {
            headers += "Content-Security-Policy: ";
            headers += policy;
            headers += "; report-uri ";
            headers += VIOLATIONS;
            headers += "\r\n";
        }
        headers += "Cache-Control: no-cache\r\n";
    }
    respond(stream, "200 OK", &headers, &body)
}

fn respond(
    mut stream: &TcpStream,
    status: &str,
    headers: &str,
    body: &[u8],
) -> std::io::Result<()> {
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n"
    )?;
    stream.write_all(body)
}

/// The policy that a page names itself; as a header it can also report.
fn policy(html: &str) -> Option<&str> {
    let (_, rest) = html.split_once("http-equiv=\"Content-Security-Policy\" content=\"")?;
    rest.split('"').next()
}

/// The browsers that the page is shown in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Chromium,
    Firefox,
    WebKit,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::WebKit];

    const fn driver(self) -> &'static str {
        match self {
            Self::Chromium => "chromedriver",
            Self::Firefox => "geckodriver",
            Self::WebKit => "WebKitWebDriver",
        }
    }

    fn capabilities(self, folder: &Path) -> Value {
        let downloads = folder.join("downloads");
        match self {
            Self::Chromium => json!({
                "goog:chromeOptions": {
                    "args": [
                        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                        "--disable-background-networking", "--disable-component-update", "--disable-sync",
                        "--window-size=1440,900", "--lang=en-US", "--accept-lang=en-US", format!("--user-data-dir={}", folder.join("profile").display()),
                    ],
                    "prefs": { "download.default_directory": downloads },
                },
            }),
            // geckodriver turns the rule off that keeps one file from loading another; people have it on.
            Self::Firefox => json!({
                "moz:firefoxOptions": {
                    "args": ["-headless", "--width=1440", "--height=900"],
                    "prefs": {
                        "security.fileuri.strict_origin_policy": true,
                        "browser.download.folderList": 2,
                        "browser.download.dir": downloads,
                        "intl.accept_languages": "en-US",
                    },
                },
            }),
            Self::WebKit => json!({
                "webkitgtk:browserOptions": { "binary": mini_browser(), "args": ["--automation"] },
            }),
        }
    }
}

/// The browser that comes with `WebKitGTK`; Debian keeps it in a folder of the machine's kind.
fn mini_browser() -> PathBuf {
    let libraries = std::fs::read_dir("/usr/lib")
        .expect("a folder of libraries")
        .flatten();
    let browsers = libraries.flat_map(|entry| {
        ["webkit2gtk-4.1", "webkit2gtk-4.0", "webkitgtk-6.0"]
            .map(|name| entry.path().join(name).join("MiniBrowser"))
    });
    browsers
        .into_iter()
        .find(|path| path.is_file())
        .expect("MiniBrowser is missing: run `.ci/set-up browser`")
}

/// A screen for the browser that has no headless mode; it ends with the handle.
struct Screen {
    process: Child,
    name: String,
}

impl Screen {
    fn start() -> Self {
        let mut process = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1440x1000x24",
                "-nolisten",
                "tcp",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb is missing: run `.ci/set-up browser`");
        let mut number = String::new();
        let said = process.stdout.as_mut().expect("its output is piped");
        BufReader::new(said)
            .read_line(&mut number)
            .expect("Xvfb says its number");
        let name = format!(":{}", number.trim());
        Self { process, name }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A browser with a profile and a download folder of its own.
pub struct Browser {
    driver: Child,
    _screen: Option<Screen>,
    folder: PathBuf,
    pub kind: Kind,
    pub client: Client,
}

impl Browser {
    /// Starts a browser.
    pub async fn of(kind: Kind, name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!(
            "kafka-cluster-designer-{name}-{kind:?}-{}",
            std::process::id()
        ));
        Self::start_in(kind, folder).await
    }

    /// Starts with what another browser left in its folder.
    pub async fn start_in(kind: Kind, folder: PathBuf) -> Self {
        std::fs::create_dir_all(folder.join("downloads")).expect("a temporary folder");
        let screen = (kind == Kind::WebKit).then(Screen::start);
        let port = free_port();
        let mut driver = Command::new(kind.driver());
        driver
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        if let Some(screen) = &screen {
            // It saves into the folder that the desktop names.
            let names = format!(
                "XDG_DOWNLOAD_DIR=\"{}\"\n",
                folder.join("downloads").display()
            );
            std::fs::write(folder.join("user-dirs.dirs"), names).expect("a temporary file");
            driver
                .env("DISPLAY", &screen.name)
                .env("GDK_BACKEND", "x11")
                .env("XDG_CONFIG_HOME", &folder)
                .env("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1") // it refuses to be root otherwise
                .env("LANG", "C.UTF-8");
        }
        let driver = driver
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}; run `.ci/set-up browser`", kind.driver()));
        let Value::Object(mut capabilities) = kind.capabilities(&folder) else {
            unreachable!("an object was written")
        };
        let patience = json!({ "script": 2_000 * PATIENCE.as_secs() });
        capabilities.insert("timeouts".to_owned(), patience);
        let began = Instant::now();
        let client = loop {
            let mut builder =
                ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
            match builder
                .capabilities(capabilities.clone())
                .connect(&format!("http://127.0.0.1:{port}"))
                .await
            {
                Ok(client) => break client,
                Err(error) if began.elapsed() > PATIENCE => {
                    panic!("the browser does not start: {error}")
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        };
        if kind == Kind::WebKit {
            // A window that is larger than its screen stays as it is.
            let _ = client.set_window_size(1440, 900).await;
        }
        Self {
            driver,
            _screen: screen,
            folder,
            kind,
            client,
        }
    }

    /// Ends the browser, and removes what it left.
    pub async fn end(mut self) {
        let _ = self.client.clone().close().await;
        self.stop();
        let _ = std::fs::remove_dir_all(&self.folder);
    }

    /// Ends the browser without a chance to write anything, as a crash would; gives its folder.
    pub fn kill(&self) -> PathBuf {
        let mut family = vec![self.driver.id()];
        let mut at = 0;
        while let Some(parent) = family.get(at).copied() {
            family.extend(children(parent));
            at += 1;
        }
        // The driver itself stays: it ends with its handle.
        for process in &family[1..] {
            let _ = Command::new("kill")
                .args(["-9", &process.to_string()])
                .status();
        }
        self.folder.clone()
    }

    /// Ends the driver and whatever it started, which would outlive it.
    fn stop(&mut self) {
        let group = format!("-{}", self.driver.id());
        let _ = Command::new("sh")
            .args(["-c", "kill -9 \"$1\"", "sh", &group]) // dash takes no `--`
            .stderr(Stdio::null())
            .status();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }

    /// Notes violations of the page's policy from now on; those before are reported to the server.
    pub async fn watch_policy(&self) {
        self.run(
            "window.violations = []; addEventListener('securitypolicyviolation', event => violations.push(event.effectiveDirective + ' ' + event.blockedURI + ' ' + event.sample))",
            json!([]),
        )
        .await;
    }

    /// Nothing was tried that the page's policy forbids.
    pub async fn assert_policy_kept(&self, server: &Server) {
        let noted = self.run("return window.violations ?? []", json!([])).await;
        assert_eq!(noted, json!([]), "{:?}", self.kind);
        assert_eq!(server.violations(), Vec::<String>::new(), "{:?}", self.kind);
    }

    /// Waits until the page is kept for visits without a network, so that its requests are over.
    /// A build for development has no worker, and a browser may refuse one.
    pub async fn wait_for_worker(&self) {
        if !package().join("dist/worker.js").is_file() {
            return;
        }
        let script = "
            const done = arguments[arguments.length - 1];
            navigator.serviceWorker ? navigator.serviceWorker.ready.then(() => done(true)) : done(false);";
        let kept = self.client.execute_async(script, Vec::new()).await;
        kept.unwrap_or_else(|error| panic!("the service worker: {error}"));
    }

    /// Where downloads land.
    pub fn downloads(&self) -> PathBuf {
        self.folder.join("downloads")
    }

    /// Opens an address anew, as a person who comes from elsewhere: an address that differs in its
    /// fragment alone would not load the page again.
    pub async fn visit(&self, address: &str) {
        let left = self.client.goto("about:blank").await;
        left.expect("a blank page");
        let opened = self.client.goto(address).await;
        opened.unwrap_or_else(|error| panic!("{address}: {error}"));
    }

    /// Clicks what a selector finds, once it is there.
    pub async fn click(&self, css: &str) {
        let element = self
            .client
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::Css(css))
            .await;
        let element = element.unwrap_or_else(|error| panic!("{css}: {error}"));
        if self.kind != Kind::Chromium {
            self.until_still(css).await;
        }
        self.run(
            "arguments[0].scrollIntoView({ block: 'center' })",
            json!([&element]),
        )
        .await;
        // Firefox's driver scrolls to nothing inside a drawing, so the pointer goes to its middle.
        let middle = "
            const box = arguments[0].getBoundingClientRect();
            return arguments[0] instanceof SVGElement ? [box.x + box.width / 2, box.y + box.height / 2] : null";
        let middle = self.run(middle, json!([&element])).await;
        let clicked = match serde_json::from_value(middle) {
            Ok(Some((x, y))) => self.click_at(x, y).await,
            _ => element.click().await,
        };
        clicked.unwrap_or_else(|error| panic!("{css}: {error}"));
    }

    /// Scrolls to what a selector finds until it stands still there with nothing before it: a person
    /// clicks what they see. Firefox's driver clicks where it stood, while what follows from the last key
    /// still moves it. `WebKit`'s refuses what is not yet shown, and its browser brings what was given the
    /// focus into view only with the next frame, which undoes a scroll before that.
    async fn until_still(&self, css: &str) {
        let script = "
            const [css, done] = arguments, element = document.querySelector(css);
            element?.scrollIntoView({ block: 'center' });
            const place = () => JSON.stringify(element?.getClientRects()[0]), before = place();
            // A tab behind another one draws nothing.
            const frame = () => new Promise(next => {
                requestAnimationFrame(() => setTimeout(next));
                setTimeout(next, 1000);
            });
            frame().then(frame).then(() => {
                const box = element?.getClientRects()[0];
                const met = box && document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
                done(met && place() === before && element.contains(met) ? true : [before, place(), met?.outerHTML.slice(0, 200)]);
            });";
        let began = Instant::now();
        loop {
            let still = self.client.execute_async(script, vec![json!(css)]).await;
            if matches!(still, Ok(Value::Bool(true))) {
                return;
            }
            if began.elapsed() > PATIENCE {
                println!("{css}: target/screenshots/failed.png shows the page");
                self.picture("failed").await;
                panic!("{css}: cannot be clicked where it stands: {still:?}");
            }
        }
    }

    /// Clicks a place of the window, in CSS pixels.
    async fn click_at(&self, x: f64, y: f64) -> Result<(), CmdError> {
        let (duration, button) = (None, MOUSE_BUTTON_LEFT);
        let mouse = MouseActions::new("mouse".to_owned())
            .then(PointerAction::MoveTo { duration, x, y })
            .then(PointerAction::Down { button })
            .then(PointerAction::Up { button });
        self.client.perform_actions(mouse).await
    }

    /// Replaces the text of a field, as a person would.
    pub async fn type_into(&self, path: &str, text: &str) {
        let css = format!("[id='field-{path}']");
        let element = self
            .client
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::Css(&css))
            .await;
        let element = element.unwrap_or_else(|error| panic!("{css}: {error}"));
        self.run("arguments[0].scrollIntoView({ block: 'center' }); arguments[0].focus(); arguments[0].select()", json!([&element])).await;
        match element.send_keys(text).await {
            Ok(()) => {}
            // WebKit's driver takes nothing in a frame for focusable: the script writes as if it were typed.
            Err(_) if self.kind == Kind::WebKit => {
                let typed = "
                    const [box, text] = arguments;
                    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(box), 'value').set.call(box, text);
                    box.dispatchEvent(new InputEvent('input', { bubbles: true }));
                    box.dispatchEvent(new Event('change', { bubbles: true }));";
                self.run(typed, json!([&element, text])).await;
            }
            Err(error) => panic!("{css}: {error}"),
        }
    }

    /// Presses keys wherever the focus is; special keys by their numbers in `WebDriver`.
    pub async fn press(&self, keys: &str) {
        // Firefox's driver sends all keys of a command before the page can answer the first of them:
        // Enter goes alone, as a person would press it.
        let (typed, enter) = match keys.split_once(ENTER) {
            Some((typed, "")) if !typed.is_empty() => (typed, Some(ENTER)),
            _ => (keys, None),
        };
        for keys in [Some(typed), enter].into_iter().flatten() {
            let element = self.client.active_element().await;
            let element = element.expect("something has the focus");
            // WebKit's driver types nothing for the end of a line.
            let sent = match self.kind {
                Kind::WebKit => element.send_keys(&keys.replace('\n', ENTER)).await,
                _ => element.send_keys(keys).await,
            };
            sent.unwrap_or_else(|error| panic!("{keys:?}: {error}"));
        }
    }

    /// What a script gives.
    pub async fn run(&self, script: &str, arguments: Value) -> Value {
        let Value::Array(arguments) = arguments else {
            panic!("arguments are a list")
        };
        self.client
            .execute(script, arguments)
            .await
            .unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Waits until a script gives true.
    pub async fn until(&self, what: &str, script: &str) {
        let began = Instant::now();
        loop {
            match self.client.execute(script, Vec::new()).await {
                Ok(Value::Bool(true)) => return,
                Ok(_) => {}
                // WebKit's driver gives no result while one page follows another.
                Err(_) if self.kind == Kind::WebKit => {}
                Err(error) => panic!("{script}: {error}"),
            }
            if began.elapsed() > PATIENCE {
                // Said first: a browser that hangs answers nothing more.
                println!("{what}: target/screenshots/failed.png shows the page");
                self.picture("failed").await;
                let focused = "return document.activeElement?.outerHTML.slice(0, 200)";
                let focused = self.run(focused, json!([])).await;
                panic!("{what}: not within {PATIENCE:?}; the focus is on {focused}");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Opens a file in the view, and reads it line by line as a person would scroll through it.
    pub async fn read_file(&self, path: &str) -> String {
        self.click(&format!("[data-file='{path}']")).await;
        self.until(path, &format!("return document.querySelector(\"[data-file='{path}']\").matches('[aria-current],[aria-selected=true]')")).await;
        let script = "
            const done = arguments[arguments.length - 1], pane = document.getElementById('file-view'), lines = [];
            pane.scrollTop = 0;
            const frame = () => new Promise(next => requestAnimationFrame(() => setTimeout(next)));
            (async () => {
                await frame(); await frame();
                for (;;) {
                    for (const line of pane.querySelectorAll('[data-line]'))
                        lines[line.dataset.line - 1] = line.querySelector('code').textContent;
                    const before = pane.scrollTop;
                    pane.scrollTop += pane.clientHeight;
                    await frame(); await frame();
                    if (pane.scrollTop === before) break;
                }
                done(lines.map(line => line + '\\n').join(''));
            })();";
        let text = self.client.execute_async(script, Vec::new()).await;
        text.unwrap_or_else(|error| panic!("{path}: {error}"))
            .as_str()
            .expect("a text")
            .to_owned()
    }

    /// The names of the files in the tree, in order.
    pub async fn files(&self) -> Vec<String> {
        let names = self.run("return [...document.querySelectorAll('[data-file]')].map(file => file.dataset.file)", json!([])).await;
        serde_json::from_value(names).expect("names")
    }

    /// A picture of what is seen, into `target/screenshots`.
    pub async fn picture(&self, name: &str) {
        let file = package().join(format!("target/screenshots/{name}.png"));
        let folder = file.parent().expect("it lies in a folder");
        std::fs::create_dir_all(folder).expect("a folder below target");
        let bytes = self.client.screenshot().await.expect("a picture");
        std::fs::write(file, bytes).expect("a file below target");
    }

    /// Goes into a frame, as a script gives it; `null` is the page around all frames.
    pub async fn enter(&self, frame: Value) {
        let entered = self.client.issue_cmd(Frame(frame)).await;
        entered.unwrap_or_else(|error| panic!("the frame: {error}"));
    }

    /// Carries out a command of Chromium's `DevTools`, and gives its result.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.client
            .issue_cmd(DevTools {
                command: command.to_owned(),
                parameters,
            })
            .await
            .unwrap_or_else(|error| panic!("{command}: {error}"))
    }
}

/// The processes that a process started.
fn children(parent: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").expect("processes");
    let numbers = processes
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let is_child = |process: &u32| {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        // Behind the name, which may hold anything: the state, then the parent.
        let parents = stat
            .rsplit_once(')')
            .and_then(|(_, rest)| rest.split_whitespace().nth(1));
        parents.is_some_and(|found| found == parent.to_string())
    };
    numbers.filter(is_child).collect()
}

impl Drop for Browser {
    fn drop(&mut self) {
        // After a failed assertion nobody called `end`.
        if matches!(self.driver.try_wait(), Ok(None)) {
            self.kill();
            self.stop();
        }
    }
}

/// A port that nobody listens on. Another program may take it before the driver does, which then ends.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
    listener.local_addr().expect("its address").port()
}

#[derive(Debug)]
struct DevTools {
    command: String,
    parameters: Value,
}

impl fantoccini::wd::WebDriverCompatibleCommand for DevTools {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        base.join(&format!(
            "session/{}/goog/cdp/execute",
            session.unwrap_or_default()
        ))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (
            http::Method::POST,
            Some(json!({ "cmd": self.command, "params": self.parameters }).to_string()),
        )
    }
}

#[derive(Debug)]
struct Frame(Value);

impl fantoccini::wd::WebDriverCompatibleCommand for Frame {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/frame", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (
            http::Method::POST,
            Some(json!({ "id": self.0 }).to_string()),
        )
    }
}
