//! A page server and a browser for the tests and the benchmark of the page.
//!
//! The server hands out `dist/` on a loopback address and keeps a log of what was asked for;
//! the browser is headless Chromium behind chromedriver. Both end with their handle.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
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

/// Hands out `dist/`: one thread and one answer for each connection, so that none waits for another
/// (`tiny_http` left Chromium's spare connections waiting, and with them now and then the page).
pub struct Server {
    asked: Arc<Mutex<Vec<String>>>,
    violations: Arc<Mutex<Vec<String>>>,
    /// The page's address.
    pub address: String,
}

impl Server {
    pub fn start() -> Self {
        let dist = package().join("dist");
        assert!(
            dist.join("index.html").is_file(),
            "dist/ is missing: run `make build` first"
        );
        let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
        let address = listener.local_addr().expect("its address");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let violations = Arc::new(Mutex::new(Vec::new()));
        let (log, reports) = (Arc::clone(&asked), Arc::clone(&violations));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (dist, log, reports) = (dist.clone(), Arc::clone(&log), Arc::clone(&reports));
                std::thread::spawn(move || answer(&stream, &dist, &log, &reports));
            }
        });
        Self {
            asked,
            violations,
            address: format!("http://{address}/"),
        }
    }

    /// The violations of the page's policy that a browser reported.
    pub fn violations(&self) -> Vec<String> {
        self.violations.lock().expect("the log").clone()
    }

    /// What was asked for since the last call.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().expect("the log"))
    }
}

/// Where violations of the page's policy are reported to.
const VIOLATIONS: &str = "/violations";

/// Reads one request, answers it, and closes the connection.
fn answer(
    mut stream: &TcpStream,
    dist: &Path,
    log: &Mutex<Vec<String>>,
    violations: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let Some(path) = first.split(' ').nth(1) else {
        return Ok(());
    };
    let mut length = 0;
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
    }
    let path = path.split(['?', '#']).next().unwrap_or("/");
    if path == VIOLATIONS {
        let mut report = vec![0; length];
        reader.read_exact(&mut report)?;
        let report = String::from_utf8_lossy(&report).into_owned();
        violations.lock().expect("the log").push(report);
        return stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
    }
    log.lock().expect("the log").push(path.to_owned());
    let name = if path == "/" {
        "index.html"
    } else {
        path.trim_start_matches('/')
    };
    let file = dist.join(name);
    let kind = match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        _ => "text/plain",
    };
    let (status, body) = match std::fs::read(&file) {
        Ok(body) => ("200 OK", body),
        Err(_) => ("404 Not Found", b"not here".to_vec()),
    };
    // What the page forbids itself, it can only report when the host says so too.
    let policy = std::str::from_utf8(&body).ok().and_then(policy);
    let policy = policy.map_or_else(String::new, |policy| {
        format!("Content-Security-Policy: {policy}; report-uri {VIOLATIONS}\r\n")
    });
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\n{policy}Content-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )?;
    stream.write_all(&body)
}

/// The policy that a page names itself.
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
        Self::start_in(folder).await
    }

    /// Starts with what another browser left in its folder.
    pub async fn start_in(folder: PathBuf) -> Self {
        std::fs::create_dir_all(folder.join("downloads")).expect("a temporary folder");
        // The driver chooses a free port itself and says which; two tests never share one.
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
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
        let _ = self.driver.kill();
        let _ = self.driver.wait();
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

    /// Waits until the page is kept for visits without a network, so that its requests are over.
    /// A build for development has no worker.
    pub async fn wait_for_worker(&self) {
        if !package().join("dist/worker.js").is_file() {
            return;
        }
        let script = "
            const done = arguments[arguments.length - 1];
            navigator.serviceWorker.ready.then(() => done(true));";
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
        let file = package().join(format!("target/screenshots/{name}.png"));
        let folder = file.parent().expect("it lies in a folder");
        std::fs::create_dir_all(folder).expect("a folder below target");
        let bytes = self.client.screenshot().await.expect("a picture");
        std::fs::write(file, bytes).expect("a file below target");
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
        let _ = self.driver.kill();
        let _ = self.driver.wait();
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
