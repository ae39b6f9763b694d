//! Bundles as folders, and the referees that judge them.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use kafka_cluster_designer::design::Design;
use kafka_cluster_designer::evaluate;
use kafka_cluster_designer::presets::PRESETS;
use kafka_cluster_designer::render::File;

/// Longer than any referee takes, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(1200);

/// A rendered bundle in a folder of its own, which goes with it.
pub struct Bundle(pub PathBuf);

impl Bundle {
    pub fn of(design: &Design, name: &str) -> Self {
        Self::with(&[("", &evaluate(design).files)], name)
    }

    /// Some sets of files, each in a folder of its own below.
    pub fn with(sets: &[(&str, &[Arc<File>])], name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!(
            "kafka-cluster-designer-{}-{name}",
            std::process::id()
        ));
        for (below, files) in sets {
            for file in *files {
                let path = folder.join(below).join(&file.path);
                std::fs::create_dir_all(path.parent().expect("a file has a folder"))
                    .expect("a temporary folder");
                std::fs::write(path, file.text()).expect("a temporary file");
            }
        }
        Self(folder)
    }

    pub fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.0.join(file)).expect("the file is rendered")
    }

    pub fn write(&self, file: &str, text: &str) {
        std::fs::write(self.0.join(file), text).expect("a temporary file");
    }

    /// Breaks a file: every `from` becomes `to`.
    pub fn edit(&self, file: &str, from: &str, to: &str) {
        let text = self.read(file);
        assert!(text.contains(from), "{file} has {from:?}");
        self.write(file, &text.replace(from, to));
    }
}

impl Drop for Bundle {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Every preset with everything optional, and one whose images are all built.
pub fn bundles() -> impl Iterator<Item = (String, Design)> {
    let full = |design: Design| {
        design
            .with("cluster.network_policies", "true")
            .with("kafka.listeners[external].exposure", "node-port")
    };
    let built = full(PRESETS[0].design())
        .with("zookeeper.flavour", "built")
        .with("storage.kind", "local");
    PRESETS
        .iter()
        .map(move |preset| (preset.name.to_owned(), full(preset.design())))
        .chain([("built".to_owned(), built)])
}

/// A referee at work. It ends its own processes when it is asked to end, and so it is asked, by its id.
struct Running(Child);

impl Running {
    /// Waits for its end; whether it is content.
    fn wait(&mut self) -> bool {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            if let Some(status) = self.0.try_wait().expect("our own child") {
                return status.success();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the referee is not done after {PATIENCE:?}");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(Some(_))) {
            return;
        }
        let id = self.0.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &id]).status();
        for _ in 0..100 {
            if matches!(self.0.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a referee says: whether it is content, and its words.
pub fn judge(name: &str, arguments: &[&str], patience: Option<u32>) -> (bool, String, String) {
    let program = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/referees")
        .join(name);
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    if let Some(seconds) = patience {
        command.env("REFEREE_PATIENCE", seconds.to_string());
    }
    let mut running = Running(command.spawn().expect("the referee runs"));
    // Pipes are small: both are emptied while it speaks.
    let mut errors = running.0.stderr.take().expect("a pipe");
    let errors = std::thread::spawn(move || {
        let mut text = String::new();
        let _ = errors.read_to_string(&mut text);
        text
    });
    let mut output = running.0.stdout.take().expect("a pipe");
    let output = std::thread::spawn(move || {
        let mut text = String::new();
        let _ = output.read_to_string(&mut text);
        text
    });
    let content = running.wait();
    let said = output.join().expect("a reader");
    println!("{said}");
    (content, said, errors.join().expect("a reader"))
}

#[track_caller]
pub fn accepts(name: &str, bundle: &Bundle, arguments: &[&str]) {
    let folder = bundle.0.to_str().expect("UTF-8");
    let (content, said, wrong) = judge(name, &[&[folder], arguments].concat(), None);
    assert!(content, "{said}{wrong}");
}

/// The referee refuses, and says why. It does not wait long for what cannot come.
#[track_caller]
pub fn refuses(name: &str, bundle: &Bundle, arguments: &[&str], because: &[&str]) {
    let folder = bundle.0.to_str().expect("UTF-8");
    let (content, said, wrong) = judge(name, &[&[folder], arguments].concat(), Some(40));
    assert!(!content, "{said}");
    for because in because {
        assert!(wrong.contains(because), "{said}{wrong}");
    }
}

/// How many clusters run at once. One alone waits more than it works, and three would be too slow to
/// elect in time on two cores.
const CLUSTERS: usize = 2;

static TAKEN: Mutex<[bool; CLUSTERS]> = Mutex::new([false; CLUSTERS]);
static GIVEN_BACK: Condvar = Condvar::new();

/// Loopback addresses that no other cluster uses, and the right to start one, until it is dropped.
pub struct Network {
    pub prefix: String,
    place: usize,
}

/// Waits until a cluster may be started.
pub fn network() -> Network {
    let mut taken = taken();
    let place = loop {
        if let Some(place) = taken.iter().position(|taken| !taken) {
            break place;
        }
        taken = GIVEN_BACK
            .wait(taken)
            .unwrap_or_else(PoisonError::into_inner);
    };
    taken[place] = true;
    let number = std::process::id() as usize * CLUSTERS + place;
    Network {
        prefix: format!("127.{}.{}", 2 + number / 250 % 250, 1 + number % 250),
        place,
    }
}

fn taken() -> MutexGuard<'static, [bool; CLUSTERS]> {
    TAKEN.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Network {
    fn drop(&mut self) {
        taken()[self.place] = false;
        GIVEN_BACK.notify_one();
    }
}
