//! The command line as a pipeline meets it: exit statuses, what is printed, what is written.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use kafka_cluster_designer::design::identity;
use kafka_cluster_designer::presets::PRESETS;
use kafka_cluster_designer::rules::rules;
use kafka_cluster_designer::{Report, bundle, design, evaluate};

/// The program with some arguments, given a standard input.
fn run_with(stdin: &str, arguments: &[&str]) -> Output {
    let mut process = Command::new(env!("CARGO_BIN_EXE_kafka-cluster-designer"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that does not read its input may have ended already.
    let _ = process.stdin.take().unwrap().write_all(stdin.as_bytes());
    process.wait_with_output().unwrap()
}

fn run(arguments: &[&str]) -> Output {
    run_with("", arguments)
}

fn status(output: &Output) -> Option<i32> {
    output.status.code()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What a failed command said, which must be one line.
fn complaint(output: &Output) -> String {
    assert_eq!(status(output), Some(2));
    assert_eq!(stdout(output), "");
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    text
}

/// A folder of its own for a test, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!(
            "kcd-cli-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn at(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.at(name);
        fs::create_dir_all(Path::new(&path).parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// Every file below a folder, by its path there.
    fn files(&self, name: &str) -> BTreeMap<String, Vec<u8>> {
        fn walk(root: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
            let Ok(entries) = fs::read_dir(folder) else {
                return;
            };
            for entry in entries {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(root, &path, files);
                } else {
                    let name = path.strip_prefix(root).unwrap().display().to_string();
                    files.insert(name, fs::read(&path).unwrap());
                }
            }
        }
        let mut files = BTreeMap::new();
        let root = self.0.join(name);
        walk(&root, &root, &mut files);
        files
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn bytes_of(report: &Report) -> BTreeMap<String, Vec<u8>> {
    let files = report.files.iter();
    files
        .map(|file| (file.path.clone(), file.text().into_bytes()))
        .collect()
}

/// A zip's files, read by another program's reader, and the folder that they lie in.
fn unzipped(bytes: Vec<u8>) -> (String, BTreeMap<String, Vec<u8>>) {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut folder = String::new();
    let mut files = BTreeMap::new();
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).unwrap();
        let name = entry.name().unwrap().into_owned();
        let (top, path) = name.split_once('/').unwrap();
        assert!(folder.is_empty() || folder == top);
        top.clone_into(&mut folder);
        let date = entry.last_modified().unwrap();
        assert_eq!((date.year(), date.month(), date.day()), (1980, 1, 1));
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        files.insert(path.to_owned(), bytes);
    }
    (folder, files)
}

fn production() -> String {
    design::write(&PRESETS[0].design())
}

#[test]
fn presets_are_listed_one_a_line() {
    let output = run(&["presets"]);
    assert_eq!(status(&output), Some(0));
    let text = stdout(&output);
    assert_eq!(text.lines().count(), PRESETS.len());
    for (line, preset) in text.lines().zip(PRESETS) {
        assert!(line.starts_with(preset.name), "{line}");
    }
}

#[test]
fn a_new_design_is_the_preset() {
    assert_eq!(stdout(&run(&["new"])), production());
    for preset in PRESETS {
        let output = run(&["new", "--preset", preset.name]);
        let mut new = design::read(&stdout(&output)).expect("a design");
        // The ids of a KRaft cluster are its own.
        for path in identity::PATHS {
            new.values.remove(&path.into());
        }
        assert_eq!(new, preset.design());
    }
    let text = complaint(&run(&["new", "--preset", "nonsense"]));
    assert!(
        text.contains("nonsense") && text.contains(PRESETS[0].name),
        "{text}"
    );
}

#[test]
fn only_languages_that_exist_are_taken() {
    assert_eq!(status(&run(&["--lang", "en", "presets"])), Some(0));
    assert_eq!(status(&run(&["presets", "--lang", "en"])), Some(0));
    let text = complaint(&run(&["presets", "--lang", "tlh"]));
    assert!(text.contains("tlh") && text.contains("en, zh"), "{text}");
}

#[test]
fn findings_are_said_in_the_language_that_is_asked_for() {
    let design = "format: 1\nvalues:\n  kafka.options[min.insync.replicas]: \"4\"\n";
    let check = |lang: &str| stdout(&run_with(design, &["check", "-", "--lang", lang]));
    assert!(check("en").contains("4 copies must confirm a write with acks=all"));
    let chinese = check("zh-CN");
    assert!(chinese.contains("错误[KFK049]"), "{chinese}");
    assert!(
        chinese.contains("acks=all 的写入需要 4 个副本确认"),
        "{chinese}"
    );
}

#[test]
fn a_failure_is_said_in_the_language_that_is_asked_for() {
    let text = complaint(&run(&["--lang", "zh", "new", "--preset", "nothing"]));
    assert!(text.contains("没有名为“nothing”的预设"), "{text}");
    let text = complaint(&run_with("\u{0}", &["--lang", "zh", "check", "-"]));
    assert!(text.contains("标准输入"), "{text}");
}

#[test]
fn a_new_design_asks_for_files_in_the_language_that_is_asked_for() {
    let new = |lang: &str| stdout(&run(&["new", "--preset", "article", "--lang", lang]));
    assert!(!new("en").contains("bundle.language"));
    let chinese = design::read(&new("zh")).expect("a design");
    assert_eq!(chinese.get(&"bundle.language".into()), Some("zh"));
    assert!(
        chinese
            .silences
            .iter()
            .all(|silence| !silence.reason.is_ascii())
    );
    let report = evaluate(&chinese);
    let readme = report.file("README.md").expect("a README").text();
    assert!(readme.contains("## 前提条件"), "{readme}");
}

#[test]
fn the_exit_status_of_check_tells_open_errors() {
    for preset in PRESETS {
        let design = preset.design();
        let errors = evaluate(&design).counts()[0];
        let output = run_with(&design::write(&design), &["check", "-"]);
        assert_eq!(
            status(&output),
            Some(i32::from(errors > 0)),
            "{}",
            preset.name
        );
        let text = stdout(&output);
        let last = text.lines().last().unwrap();
        let start = format!("{errors} error");
        assert!(last.starts_with(&start), "{text}");
    }
}

#[test]
fn check_prints_findings_as_json() {
    let output = run_with(&production(), &["check", "-", "--format", "json"]);
    let tree: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    let findings = tree["findings"].as_array().unwrap();
    let report = evaluate(&PRESETS[0].design());
    assert_eq!(findings.len(), report.findings.len());
    for (json, finding) in findings.iter().zip(report.findings.iter()) {
        let keys: Vec<&str> = json
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        let wanted = [
            "rule", "severity", "subject", "title", "message", "action", "fields", "places",
            "fixes", "silenced",
        ];
        assert_eq!(keys, wanted);
        assert_eq!(json["rule"], finding.rule);
        assert_eq!(json["fixes"].as_array().unwrap().len(), finding.fixes.len());
    }
}

#[test]
fn changes_are_named_by_what_they_do() {
    use kafka_cluster_designer::design::Change;
    let (key, list) = ("d".to_owned(), "kafka.groups".to_owned());
    let changes = [
        Change::set("kafka.heap", "4g"),
        Change::unset("kafka.heap"),
        Change::Add {
            key: key.clone(),
            list: list.clone(),
        },
        Change::Remove { key, list },
    ];
    assert_eq!(
        serde_json::to_string(&changes).unwrap(),
        concat!(
            r#"[{"set":"kafka.heap","value":"4g"},{"unset":"kafka.heap"},"#,
            r#"{"add":"d","list":"kafka.groups"},{"remove":"d","list":"kafka.groups"}]"#
        )
    );
}

#[test]
fn a_damaged_document_is_one_sentence_with_its_place_and_nothing_is_written() {
    let folder = Folder::new();
    let damaged: [(&[u8], &str); 6] = [
        (b"format: 1\nvalues: [", "line 3, column 1"),
        (b"format: 1\nfrom: a\0b\n", "line 2, column 8"),
        (b"format: 1\nfrom: \xff\n", "line 2, column 7"),
        (b"", "line 1, column 1"),
        (b"format: 99\n", "line 1, column 1"),
        (b"- format\n", "line 1, column 1"),
    ];
    for (bytes, place) in damaged {
        let file = folder.at("broken.yaml");
        fs::write(&file, bytes).unwrap();
        let (out, zip) = (folder.at("out"), folder.at("out.zip"));
        for arguments in [
            vec!["check", &file],
            vec!["render", &file, "--out", &out],
            vec!["render", &file, "--zip", &zip],
        ] {
            let text = complaint(&run(&arguments));
            assert!(
                text.contains("broken.yaml") && text.contains(place),
                "{text}"
            );
        }
        assert!(!Path::new(&out).exists() && !Path::new(&zip).exists());
    }
    let text = complaint(&run(&["check", &folder.at("missing.yaml")]));
    assert!(text.contains("missing.yaml"), "{text}");
    let text = complaint(&run_with("[", &["check", "-"]));
    assert!(text.contains("standard input"), "{text}");
}

#[test]
fn page_zip_and_folder_hold_the_same_bytes() {
    let folder = Folder::new();
    for preset in PRESETS {
        let report = evaluate(&preset.design());
        let wanted = bytes_of(&report);
        let file = folder.write("design.yaml", &design::write(&preset.design()));
        let (out, zip) = (folder.at(preset.name), folder.at("bundle.zip"));
        for _ in 0..2 {
            assert_eq!(status(&run(&["render", &file, "--out", &out])), Some(0));
            assert_eq!(status(&run(&["render", &file, "--zip", &zip])), Some(0));
        }
        assert_eq!(folder.files(preset.name), wanted);
        let bytes = fs::read(&zip).unwrap();
        let again = evaluate(&preset.design());
        let name = &report.plan.cluster.name;
        assert_eq!(bytes, bundle::zip(&again.plan.cluster.name, &again.files));
        let (top, files) = unzipped(bytes);
        assert_eq!(files, wanted);
        assert_eq!(format!("{top}.zip"), bundle::zip_name(name));
    }
}

#[test]
fn a_file_of_somebody_else_stops_the_render_before_it_begins() {
    let folder = Folder::new();
    let design = folder.write("design.yaml", &production());
    folder.write("out/README.md", "mine\n");
    let before = folder.files("out");
    let out = folder.at("out");
    let text = complaint(&run(&["render", &design, "--out", &out]));
    assert!(text.contains("README.md"), "{text}");
    assert_eq!(folder.files("out"), before);
}

#[test]
fn a_file_changed_by_hand_stops_the_render() {
    let folder = Folder::new();
    let design = folder.write("design.yaml", &production());
    let out = folder.at("out");
    assert_eq!(status(&run(&["render", &design, "--out", &out])), Some(0));
    folder.write("out/kustomization.yaml", "# changed\n");
    let before = folder.files("out");
    let other = folder.write(
        "other.yaml",
        &production().replace("nodes.count: \"3\"", "nodes.count: \"4\""),
    );
    let text = complaint(&run(&["render", &other, "--out", &out]));
    assert!(text.contains("kustomization.yaml"), "{text}");
    assert_eq!(folder.files("out"), before);
}

#[test]
fn a_foreign_checksum_file_is_not_ours_to_replace() {
    let folder = Folder::new();
    let design = folder.write("design.yaml", &production());
    folder.write("out/SHA256SUMS", &format!("{}  some.iso\n", "0".repeat(64)));
    let out = folder.at("out");
    let text = complaint(&run(&["render", &design, "--out", &out]));
    assert!(text.contains("SHA256SUMS"), "{text}");
}

#[test]
fn a_new_render_replaces_ours_and_removes_what_is_no_longer_part() {
    let folder = Folder::new();
    let first = folder.write("first.yaml", &production());
    let out = folder.at("out");
    assert_eq!(status(&run(&["render", &first, "--out", &out])), Some(0));
    // As if the former bundle had had two more files, one of which was changed since.
    let sum = bundle::sha256(b"old\n");
    folder.write("out/10-storage/old.yaml", "old\n");
    folder.write("out/10-storage/kept.yaml", "changed\n");
    let sums = fs::read_to_string(folder.at("out/SHA256SUMS")).unwrap();
    let sums = format!("{sums}{sum}  10-storage/old.yaml\n{sum}  10-storage/kept.yaml\n");
    folder.write("out/SHA256SUMS", &sums);
    folder.write("out/notes.txt", "mine\n");

    let changed = PRESETS[0].design().with("zookeeper.servers", "5");
    let second = folder.write("second.yaml", &design::write(&changed));
    let output = run(&["render", &second, "--out", &out]);
    assert_eq!(status(&output), Some(0));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("kept.yaml"), "{said}");
    let mut wanted = bytes_of(&evaluate(&changed));
    wanted.insert("notes.txt".to_owned(), b"mine\n".to_vec());
    wanted.insert("10-storage/kept.yaml".to_owned(), b"changed\n".to_vec());
    assert_eq!(folder.files("out"), wanted);
}

#[test]
fn a_checksum_file_cannot_make_us_remove_files_elsewhere() {
    let folder = Folder::new();
    let design = folder.write("design.yaml", &production());
    let out = folder.at("out");
    assert_eq!(status(&run(&["render", &design, "--out", &out])), Some(0));
    let victim = folder.write("victim.txt", "old\n");
    let sums = fs::read_to_string(folder.at("out/SHA256SUMS")).unwrap();
    let sums = format!("{sums}{}  ../victim.txt\n", bundle::sha256(b"old\n"));
    folder.write("out/SHA256SUMS", &sums);
    complaint(&run(&["render", &design, "--out", &out]));
    assert!(Path::new(&victim).exists());
}

#[test]
fn a_zip_replaces_only_a_zip() {
    let folder = Folder::new();
    let design = folder.write("design.yaml", &production());
    let text = complaint(&run(&["render", &design, "--zip", &design]));
    assert!(text.contains("no zip"), "{text}");
    assert_eq!(fs::read_to_string(&design).unwrap(), production());
}

#[test]
fn render_wants_exactly_one_target() {
    let folder = Folder::new();
    let design = folder.write("design.yaml", &production());
    let (out, zip) = (folder.at("out"), folder.at("out.zip"));
    assert_eq!(status(&run(&["render", &design])), Some(2));
    let both = run(&["render", &design, "--out", &out, "--zip", &zip]);
    assert_eq!(status(&both), Some(2));
    assert!(!Path::new(&out).exists() && !Path::new(&zip).exists());
}

#[test]
fn json_is_read_as_well() {
    let json = r#"{"format": 1, "values": {"kubernetes.version": 1.30, "nodes.count": 3}}"#;
    let output = run_with(json, &["check", "-", "--format", "json"]);
    assert_ne!(status(&output), Some(2));
    let read = design::read(json).unwrap();
    assert_eq!(read.get(&"kubernetes.version".into()), Some("1.30"));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let mut process = Command::new(env!("CARGO_BIN_EXE_kafka-cluster-designer"))
        .arg("new")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(process.stdout.take());
    let output = process.wait_with_output().unwrap();
    assert_eq!(status(&output), Some(0));
    assert!(output.stderr.is_empty());
}

#[test]
fn a_design_leaves_zookeeper_and_goes_on_to_kafka_4() {
    let folder = Folder::new();
    let (design, moved) = (folder.at("design.yaml"), folder.at("kraft.yaml"));
    folder.write("design.yaml", &production());
    let told = run(&["move-to-kraft", &design, "--out", &moved]);
    assert_eq!(status(&told), Some(0), "{}", complaint(&told));
    assert!(stdout(&told).contains("3000"), "{}", stdout(&told));
    let refused = run(&["move-to-kraft", &moved]);
    assert_eq!(status(&refused), Some(2));
    let raised = run(&["raise", &moved, "--kafka", "4.1.1"]);
    assert_eq!(status(&raised), Some(0));
    let text = stdout(&raised);
    assert!(text.contains("4.1.1"), "{text}");
    let beside = String::from_utf8(raised.stderr).expect("text");
    assert!(
        beside.contains("num.recovery.threads.per.data.dir"),
        "{beside}"
    );
    let json = run(&[
        "raise",
        &moved,
        "--kafka",
        "4.1.1",
        "--format",
        "json",
        "--out",
        &folder.at("new.yaml"),
    ]);
    let notes: serde_json::Value = serde_json::from_str(&stdout(&json)).expect("JSON");
    assert!(
        notes["notes"]
            .as_array()
            .is_some_and(|notes| notes.len() > 5),
        "{notes}"
    );
    let direct = run(&["raise", &design, "--kafka", "4.1.1"]);
    assert!(complaint(&direct).contains("KRaft"));
}

#[test]
fn the_ensemble_is_raised_alone() {
    let folder = Folder::new();
    let old = PRESETS[0].design().with("zookeeper.version", "3.7.2");
    let (design, newer) = (folder.at("design.yaml"), folder.at("newer.yaml"));
    folder.write("design.yaml", &design::write(&old));
    let arguments = ["raise", &design, "--zookeeper", "3.9.5", "--out", &newer];
    let told = run(&arguments);
    assert_eq!(status(&told), Some(0), "{}", complaint(&told));
    assert!(stdout(&told).contains("logback.xml"), "{}", stdout(&told));
    let read = design::read(&fs::read_to_string(&newer).unwrap()).unwrap();
    let expected = old.with("zookeeper.version", "3.9.5");
    assert_eq!(read, expected, "Kafka stays");
    let refused = run(&["raise", &newer, "--zookeeper", "3.8.6"]);
    assert!(complaint(&refused).contains("3.8.6 is older than 3.9.5"));
}

#[test]
fn a_check_is_explained_with_all_that_is_known_of_it() {
    for id in ["KFK049", "kfk049"] {
        let output = run(&["explain", id]);
        assert_eq!(status(&output), Some(0));
        let text = stdout(&output);
        assert!(
            text.starts_with("error[KFK049] More confirming copies"),
            "{text}"
        );
        for part in [
            "When",
            "Why",
            "Repair",
            "On a running cluster",
            "Applies to",
            "Source",
        ] {
            assert!(text.contains(&format!("\n{part}\n  ")), "{part}: {text}");
        }
    }
}

#[test]
fn explaining_without_an_id_lists_every_check() {
    let text = stdout(&run(&["explain"]));
    let tree: serde_json::Value =
        serde_json::from_str(&stdout(&run(&["explain", "--format", "json"]))).unwrap();
    let all = tree["rules"].as_array().unwrap();
    assert_eq!(all.len(), rules().count());
    for (rule, tree) in rules().zip(all) {
        assert!(text.contains(&format!("\n  {} ", rule.id)), "{}", rule.id);
        assert_eq!(tree["rule"], rule.id);
    }
    let one = stdout(&run(&["explain", "TOP002", "--format", "json"]));
    let one: serde_json::Value = serde_json::from_str(&one).unwrap();
    assert!(all.contains(&one), "{one}");
}

#[test]
fn an_unknown_check_is_answered_with_the_nearest_ones() {
    let said = complaint(&run(&["explain", "KFK49"]));
    assert!(
        said.contains("\"KFK49\"") && said.contains("KFK049"),
        "{said}"
    );
    complaint(&run(&["explain", "\n\u{1b}[31m"]));
}

#[test]
fn what_nobody_told_is_asked_and_what_was_accepted_is_accounted_for() {
    let silence = |rule, subject, severity| {
        format!("- rule: {rule}\n  subject: {subject}\n  severity: {severity}\n  reason: for now\n")
    };
    let design = format!(
        "format: 1\nvalues: {{kafka.heap: 7g, kafka.memory_request: 8Gi}}\nsilences:\n{}{}",
        silence("JVM002", "kafka", "advice"),
        silence("SEC001", "listener/gone", "warning"),
    );
    let text = stdout(&run_with(&design, &["check", "-"]));
    let asked = |line: &&str| line.starts_with("question: tell nodes.count ");
    let question = text.lines().find(asked);
    let question = question.unwrap_or_else(|| panic!("{text}"));
    assert!(question.contains("TOP007"), "{question}");
    assert!(text.contains("warning[JVM002] kafka"), "{text}");
    assert!(text.contains("it counts again: for now"), "{text}");
    assert!(
        text.contains("silence of SEC001 at listener/gone"),
        "{text}"
    );
    let json = stdout(&run_with(&design, &["check", "-", "--format", "json"]));
    let tree: serde_json::Value = serde_json::from_str(&json).unwrap();
    let questions = tree["questions"].as_array().unwrap();
    let nodes = questions.iter().find(|one| one["field"] == "nodes.count");
    let rules = nodes.unwrap()["rules"].as_array().unwrap();
    assert!(rules.iter().any(|rule| rule == "TOP007"), "{json}");
    let readme = evaluate(&design::read(&design).unwrap());
    let readme = readme.file("README.md").unwrap().text();
    assert!(readme.contains("(`nodes.count`): TOP007"), "{readme}");
    let told = stdout(&run_with(
        "format: 1\nvalues: {nodes.count: '3'}\n",
        &["check", "-"],
    ));
    assert!(
        !told.lines().any(|line| line.contains("tell nodes.count")),
        "{told}"
    );
}

#[test]
fn a_link_goes_there_and_back() {
    let design = stdout(&run(&["new", "--preset", "racks"]))
        .replace("values:\n", "values:\n  kafka.heap: 3g\n");
    let link = stdout(&run_with(&design, &["link", "-"]));
    assert!(link.starts_with("#d=v1."), "{link}");
    let back = run_with(
        &format!("https://example.org/designer/{link}"),
        &["design", "-"],
    );
    assert_eq!(design::read(&stdout(&back)), design::read(&design));
}

#[test]
fn a_link_never_carries_a_password() {
    let design = "format: 1\nvalues:\n  kafka.options[ssl.key.password]: hunter2\n";
    let linked = run_with(design, &["link", "-"]);
    assert!(String::from_utf8_lossy(&linked.stderr).contains("ssl.key.password"));
    let back = stdout(&run_with(&stdout(&linked), &["design", "-"]));
    assert!(!back.contains("hunter2"), "{back}");
}

#[test]
fn a_link_that_was_cut_off_says_what_is_lost() {
    let design = stdout(&run(&["new", "--preset", "article"])).replace("from:", "x-from:");
    let link = stdout(&run_with(&design, &["link", "-"]));
    let cut = run(&["design", &link[..link.len() / 2]]);
    assert_eq!(status(&cut), Some(0));
    assert!(String::from_utf8_lossy(&cut.stderr).contains("lost"));
    assert_eq!(status(&run(&["design", "#d=v7.abc"])), Some(2));
}

#[test]
fn a_folder_is_imported_and_what_is_wrong_is_said_with_its_line() {
    let article = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/article");
    let plain = run(&["import", article]);
    assert_eq!(status(&plain), Some(0));
    let design = design::read(&stdout(&plain)).unwrap();
    assert_eq!(design.get(&"kafka.version".into()), Some("3.5.2"));
    let said = String::from_utf8(plain.stderr).unwrap();
    assert!(said.contains("kafka.yaml:31:15: "), "{said}");

    let folder = Folder::new();
    let out = folder.0.join("design.yaml");
    let out = out.to_str().unwrap();
    let reported = run(&["import", article, "--out", out, "--report", "json"]);
    assert_eq!(status(&reported), Some(1), "it has errors");
    let report: serde_json::Value = serde_json::from_str(&stdout(&reported)).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let of_rule = |rule: &str| findings.iter().find(|one| one["rule"] == rule).unwrap();
    let source = &of_rule("ZK020")["sources"][0];
    let file = source["file"].as_str().unwrap();
    let text = fs::read_to_string(file).unwrap();
    let line = usize::try_from(source["line"].as_u64().unwrap()).unwrap();
    assert!(
        text.lines()
            .nth(line - 1)
            .unwrap()
            .contains("zookeeper.connect=")
    );
    assert_eq!(design::read(&fs::read_to_string(out).unwrap()), Ok(design));
}

#[test]
fn what_cannot_be_imported_is_said_in_one_line() {
    let compose = run_with("services:\n  kafka:\n    image: kafka\n", &["import", "-"]);
    assert_eq!(status(&compose), Some(2));
    let said = String::from_utf8(compose.stderr).unwrap();
    assert!(said.contains("docker-compose"), "{said}");
    complaint(&run(&["import", "/no/such/file"]));
    let twice = run_with("kind: Service\nkind: Service\n", &["import", "-"]);
    let said = String::from_utf8(twice.stderr).unwrap();
    assert!(said.contains(":2:1: "), "{said}");
}

#[test]
fn the_way_to_kraft_is_written_with_the_id_of_the_cluster_only() {
    let folder = Folder::new();
    let way = folder.at("way");
    let asked = run_with(&production(), &["migrate", "-", "--out", &way]);
    assert!(complaint(&asked).contains("--cluster-id"));
    assert!(folder.files("way").is_empty());
    let id = "-BNj1xnyRAm5z7W8h5GzWg";
    let arguments = ["migrate", "-", "--cluster-id", id, "--out", &way];
    let output = run_with(&production(), &arguments);
    assert_eq!(status(&output), Some(0));
    let files = folder.files("way");
    let set = &files["1-controllers/20-controllers/statefulset.yaml"];
    let set = String::from_utf8(set.clone()).unwrap();
    assert!(set.contains(&format!("--cluster-id={id}")), "{set}");
    let zip = folder.at("way.zip");
    let arguments = ["migrate", "-", "--cluster-id", id, "--zip", &zip];
    assert_eq!(status(&run_with(&production(), &arguments)), Some(0));
    let (top, zipped) = unzipped(fs::read(&zip).unwrap());
    assert_eq!(top, "kafka-migration");
    assert_eq!(zipped, files);
}
