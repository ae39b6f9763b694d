//! A page server and a browser for the tests and the benchmark of the page.
//!
//! The server hands out `dist/` on a loopback address and keeps a log of what was asked for;
//! the browser is headless Chromium behind chromedriver. Both end with their handle.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};

/// How long a condition may take; a slow machine is no failure, a missing thing is.
const PATIENCE: Duration = Duration::from_secs(60);

/// The folder of this package.
pub fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where the page lies on its host: a page has no say in that.
const FOLDER: &str = "/tools/designer/";

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
    asked: Mutex<Vec<String>>,
    violations: Mutex<Vec<String>>,
}

impl Server {
    /// Serves the page in [`FOLDER`].
    pub fn start() -> Self {
        let dist = package().join("dist");
        assert!(
            dist.join("index.html").is_file(),
            "dist/ is missing: run `make build` first"
        );
        let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
        let address = listener.local_addr().expect("its address");
        let shared = Arc::new(Shared {
            dist,
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
            address: format!("http://{address}{FOLDER}"),
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
    let path = path.split(['?', '#']).next().unwrap_or("/");
    if path == VIOLATIONS {
        let report = String::from_utf8_lossy(&body).into_owned();
        shared.violations.lock().expect("the log").push(report);
        return respond(stream, "204 No Content", "", &[]);
    }
    let below = path.strip_prefix(FOLDER);
    let logged = below.map_or_else(|| format!("outside: {path}"), |name| format!("/{name}"));
    shared.asked.lock().expect("the log").push(logged);
    let name = match below {
        Some("") => "index.html",
        Some(name) => name,
        None => path,
    };
    let kind = match Path::new(name).extension().and_then(|end| end.to_str()) {
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
    let body = if below.is_none() {
        None
    } else if takes_brotli && squeezed.is_file() {
        headers += "Content-Encoding: br\r\n";
        std::fs::read(squeezed).ok()
    } else {
        std::fs::read(&in_dist).ok()
    };
    let Some(body) = body else {
        return respond(stream, "404 Not Found", &headers, b"not here");
    };
    if name.ends_with(".html") {
        if let Some(policy) = std::fs::read_to_string(in_dist)
            .ok()
            .as_deref()
            .and_then(policy)
        {
            headers += &format!("Content-Security-Policy: {policy}; report-uri {VIOLATIONS}\r\n");
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

/// A browser with a profile and a download folder of its own.
pub struct Browser {
    driver: Child,
    folder: PathBuf,
    pub client: Client,
}

impl Browser {
    pub async fn start(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!(
            "kafka-cluster-designer-{name}-{}",
            std::process::id()
        ));
        std::fs::create_dir_all(folder.join("downloads")).expect("a temporary folder");
        // The driver chooses a free port itself and says which; two tests never share one.
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("chromedriver is missing: run `.ci/set-up browser`");
        let said = BufReader::new(driver.stdout.take().expect("its output is piped"));
        let port = said.lines().map_while(Result::ok).find_map(|line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse::<u16>().ok()
        });
        let port = port.expect("chromedriver says its port");
        let capabilities = json!({
            "goog:chromeOptions": {
                "args": [
                    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                    "--disable-background-networking", "--disable-component-update", "--disable-sync",
                    "--window-size=1440,900", "--lang=en-US", "--accept-lang=en-US", format!("--user-data-dir={}", folder.join("profile").display()),
                ],
                "prefs": { "download.default_directory": folder.join("downloads") },
            },
        });
        let Value::Object(capabilities) = capabilities else {
            unreachable!("an object was written")
        };
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
        Self {
            driver,
            folder,
            client,
        }
    }

    /// Ends the browser, and removes what it left.
    pub async fn end(mut self) {
        let _ = self.client.clone().close().await;
        self.kill();
        let _ = std::fs::remove_dir_all(&self.folder);
    }

    /// Ends the driver and whatever it started, which would outlive it.
    fn kill(&mut self) {
        let group = format!("-{}", self.driver.id());
        let _ = Command::new("sh")
            .args(["-c", "kill -9 -- \"$1\"", "sh", &group])
            .stderr(Stdio::null())
            .status();
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
        assert_eq!(noted, json!([]));
        assert_eq!(server.violations(), Vec::<String>::new());
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

    /// Clicks what a selector finds, once it is there.
    pub async fn click(&self, css: &str) {
        let element = self
            .client
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::Css(css))
            .await;
        let element = element.unwrap_or_else(|error| panic!("{css}: {error}"));
        self.run(
            "arguments[0].scrollIntoView({ block: 'center' })",
            json!([&element]),
        )
        .await;
        element
            .click()
            .await
            .unwrap_or_else(|error| panic!("{css}: {error}"));
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
        element
            .send_keys(text)
            .await
            .unwrap_or_else(|error| panic!("{css}: {error}"));
    }

    /// Presses keys wherever the focus is; special keys by their numbers in `WebDriver`.
    pub async fn press(&self, keys: &str) {
        let element = self
            .client
            .active_element()
            .await
            .expect("something has the focus");
        element
            .send_keys(keys)
            .await
            .unwrap_or_else(|error| panic!("{keys:?}: {error}"));
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
        while self.run(script, json!([])).await != Value::Bool(true) {
            assert!(
                began.elapsed() < PATIENCE,
                "{what}: not within {PATIENCE:?}"
            );
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
        let folder = package().join("target/screenshots");
        std::fs::create_dir_all(&folder).expect("a folder below target");
        let bytes = self.client.screenshot().await.expect("a picture");
        std::fs::write(folder.join(format!("{name}.png")), bytes).expect("a file below target");
    }

    /// Carries out a command of Chromium's `DevTools`.
    pub async fn devtools(&self, command: &str, parameters: Value) {
        self.client
            .issue_cmd(DevTools {
                command: command.to_owned(),
                parameters,
            })
            .await
            .unwrap_or_else(|error| panic!("{command}: {error}"));
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // After a failed assertion nobody called `end`.
        self.kill();
    }
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
