//! Hostile files, end to end: an answer within a second each, a sentence that names place and reason.

use std::io::Write as _;
use std::time::{Duration, Instant};

use kafka_cluster_designer::bundle;
use kafka_cluster_designer::design::Design;
use kafka_cluster_designer::import::{Files, Imported, import};
use kafka_cluster_designer::text::{Lang, pattern};
use kafka_cluster_designer::{evaluate, presets};
use rawzip::path::EntryPath;
use rawzip::{CompressionMethod, DataDescriptorOutput, ZipArchiveWriter, crc32};

/// A debug build on a machine that does other work takes several times as long as the page.
const LONGEST: Duration = Duration::from_secs(if cfg!(debug_assertions) { 60 } else { 1 });

/// Imports files, and gives what was said, each with words.
fn said(name: &str, files: &[(&str, Vec<u8>)]) -> (Imported, Vec<String>) {
    let started = Instant::now();
    let mut all = Files::default();
    for (path, bytes) in files {
        all.add(path, bytes.clone());
    }
    let imported = import(&all);
    let took = started.elapsed();
    println!("{name} took {took:?}");
    assert!(took < LONGEST, "{name} took {took:?}");
    let keys = imported.remarks.iter().map(|(file, remark)| {
        assert!(
            pattern(Lang::En, &remark.key).is_some(),
            "no words for {}",
            remark.key
        );
        assert!(remark.position.line >= 1 && remark.position.column >= 1);
        let place = remark.position;
        format!("{file}:{}:{} {}", place.line, place.column, remark.key)
    });
    let keys = keys
        .filter(|said| said != ":1:1 import.no-brokers")
        .collect();
    (imported, keys)
}

fn of(path: &str, text: impl Into<Vec<u8>>) -> Vec<String> {
    said(path, &[(path, text.into())]).1
}

#[test]
fn yaml() {
    let service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n";
    assert_eq!(of("a.yaml", service), <[&str; 0]>::default());
    assert_eq!(
        of(
            "a.yaml",
            format!("\u{feff}{}", service.replace('\n', "\r\n"))
        ),
        <[&str; 0]>::default()
    );

    let bomb = (1..12).fold("a0: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned(), |text, level| {
        let below = level - 1;
        text + &format!("a{level}: &a{level} [*a{below},*a{below},*a{below},*a{below},*a{below},*a{below},*a{below},*a{below},*a{below}]\n")
    });
    let answer = of("bomb.yaml", bomb);
    assert!(
        answer
            .iter()
            .any(|said| said.ends_with("import.yaml.aliases")),
        "{answer:?}"
    );

    for (deep, name) in [
        ("[", "lists"),
        ("{a: ", "maps"),
        ("- ", "items"),
        ("? ", "keys"),
    ] {
        let answer = of(name, format!("kind: x\nspec: {}", deep.repeat(10_000)));
        assert!(!answer.is_empty(), "{name}");
    }
    let indented = (0..2_000).fold(String::new(), |text, depth| {
        text + &" ".repeat(depth) + "a:\n"
    });
    assert!(!of("deep.yaml", indented).is_empty());

    let answer = of("twice.yaml", format!("{service}kind: Service\n"));
    assert_eq!(answer, ["twice.yaml:5:1 import.yaml.twice"]);
    let answer = of("key.yaml", format!("{service}? [a, b]\n: c\n"));
    assert!(
        answer.iter().any(|said| said.ends_with("import.yaml.key")),
        "{answer:?}"
    );
    let answer = of("tab.yaml", "kind: Service\n\tmetadata: x\n");
    assert!(answer[0].starts_with("tab.yaml:1:7 "), "{answer:?}");
    let answer = of(
        "half.yaml",
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: \"a",
    );
    assert!(!answer.is_empty());
    let answer = of(
        "nul.yaml",
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\0b\n",
    );
    assert!(
        answer.iter().any(|said| said.starts_with("nul.yaml:4:")),
        "{answer:?}"
    );
}

#[test]
fn texts() {
    let line = "x".repeat(10 << 20);
    for name in [
        "a.yaml",
        "a.json",
        "server.properties",
        "zoo.cfg",
        "Dockerfile",
        "a",
    ] {
        let answer = of(name, line.clone());
        assert!(!answer.is_empty(), "{name}");
        assert!(answer[0].starts_with(&format!("{name}:1:1 ")), "{answer:?}");
    }
    let answer = of("latin.yaml", b"kind: Service\nname: caf\xe9\n".to_vec());
    assert_eq!(answer, ["latin.yaml:2:10 import.text.not-utf8"]);
    assert_eq!(of("a", "what is this\n"), ["a:1:1 import.file.unknown"]);
    for (name, text) in [
        ("server.properties", "a=\\\n".repeat(100_000)),
        ("Dockerfile", "RUN a \\\n".repeat(100_000)),
        (
            "Dockerfile",
            format!("FROM a\nRUN {}", "$(".repeat(1 << 20)),
        ),
        ("a.yaml", "---\n".repeat(1 << 19)),
        ("a.yaml", "# a\n".repeat(1 << 19)),
        ("a.yaml", "- ".repeat(1 << 20)),
        ("a.yaml", "a: &a b\nc: *a\n".repeat(10_000)),
        ("a.yaml", "\r".repeat(1 << 20)),
        ("a.json", format!("{{{}", "\"a\":{".repeat(10_000))),
    ] {
        of(name, text);
    }
}

/// A set of brokers whose start command is this script.
fn set(script: &str) -> String {
    let script = serde_json::to_string(script).unwrap();
    format!(
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: kafka\nspec:\n  serviceName: kafka\n  selector: {{matchLabels: {{a: b}}}}\n  template:\n    metadata: {{labels: {{a: b}}}}\n    spec:\n      containers:\n      - name: kafka\n        image: x/kafka:3.9.1\n        command: [sh, -c, {script}]\n"
    )
}

#[test]
fn scripts_in_manifests() {
    let start = "kafka-server-start.sh f --override";
    for script in [
        format!("{start} a={}", "$(".repeat(100_000)),
        format!("{start} a={}", "${A:-".repeat(100_000)),
        format!("A=x\n{}{start} a=$A", "A=$A$A\n".repeat(10_000)),
        format!("{start} {}", "a=b \\\n--override ".repeat(100_000)),
        format!("{start} a=b\n{}", "case $x in a) ".repeat(50_000)),
        format!(
            "case ${{HOSTNAME##*-}} in\n{}esac\n{start} a=$A",
            (0..5_000).fold(String::new(), |text, n| text + &format!("{n}) A={n} ;;\n"))
        ),
        format!("{start} 'a=b"),
    ] {
        let (imported, answer) = said(
            &script.chars().take(40).collect::<String>(),
            &[("a.yaml", set(&script).into())],
        );
        assert!(!answer.is_empty(), "{script:.60}");
        evaluate(&imported.design);
    }
}

#[test]
fn archives() {
    let report = evaluate(&presets::PRODUCTION.design());
    let zip = bundle::zip("demo", &report.files);
    let (imported, answer) = said("bundle", &[("demo.zip", zip.clone())]);
    assert_eq!(answer, <[&str; 0]>::default());
    assert_eq!(imported.design, presets::PRODUCTION.design());
    // Half a zip has no list of files.
    assert_eq!(
        of("half.zip", &zip[..zip.len() / 2]),
        ["half.zip:1:1 import.archive.broken"]
    );
    assert_eq!(
        of("a.tgz", b"\x1f\x8b\x08\0".to_vec()),
        ["a.tgz:1:1 import.archive.tar"]
    );
    let leading_out = packed(&["../../a.yaml", "b/../../c.yaml"], b"kind: Service");
    assert_eq!(
        of("out.zip", leading_out),
        ["out.zip:1:1 import.archive.leaves"; 2]
    );
    let nothing = said("half.zip", &[("half.zip", zip[..9].to_vec())]).0;
    assert_eq!(nothing.design.values, Design::default().values);
}

/// A zip with files of these names, all with the same bytes.
fn packed(names: &[&str], bytes: &[u8]) -> Vec<u8> {
    let small = miniz_oxide::deflate::compress_to_vec(bytes, 9);
    let mut zip = ZipArchiveWriter::new(Vec::new());
    for name in names {
        let file = zip.new_file(EntryPath::verbatim(name.as_bytes().to_vec()));
        let method = CompressionMethod::DEFLATE;
        let (mut entry, _) = file.compression_method(method).start().unwrap();
        entry.write_all(&small).unwrap();
        let claimed = DataDescriptorOutput::new(crc32(bytes), bytes.len() as u64);
        entry.finish(claimed).unwrap();
    }
    zip.finish().unwrap()
}

#[test]
fn zip_bombs() {
    let names: Vec<String> = (0..200).map(|number| format!("{number}.yaml")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for (bytes, reason) in [
        (3 << 20, "import.archive.bomb"),
        (5 << 20, "import.archive.file-too-large"),
    ] {
        let answer = of("bomb.zip", packed(&names, &vec![b' '; bytes]));
        let first = format!("bomb.zip:1:1 {reason}");
        assert_eq!(answer.first(), Some(&first));
        assert!(
            answer.iter().all(|said| said.starts_with("bomb.zip:1:1 ")),
            "{answer:?}"
        );
    }
}
