//! The readers of foreign files under changed and made-up input: none may panic, none may be slow.
//!
//! Inputs are made from real files by random changes; one that brings up an answer of a new shape is
//! kept and changed further. The choice is the same in each run unless `FUZZ_SEED` says otherwise.
//!
//! `FUZZ_SECONDS=300 cargo test --test fuzz -- --nocapture shell` runs a reader for that long, and says
//! how many inputs it was given.

use std::collections::BTreeSet;
use std::env;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use kafka_cluster_designer::bundle::link;
use kafka_cluster_designer::import::environment::{self, Given, Image, Variable};
use kafka_cluster_designer::import::{
    Files, Position, archive, dockerfile, import, properties, shell, start, tree,
};
use kafka_cluster_designer::{bundle, design, evaluate, presets};

/// Inputs in a run of all tests.
const USUAL: u64 = 300;

/// How long one input of at most [`LONGEST`] bytes may take, in a debug build on a busy machine.
const SLOWEST: Duration = Duration::from_secs(30);

/// How long inputs get.
const LONGEST: usize = 1 << 15;

/// How many inputs are kept.
const MOST_KEPT: usize = 4_000;

/// Xorshift: small, and the same everywhere.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % (end.max(1) as u64)).unwrap_or(0)
    }

    fn one<'a, T: ?Sized>(&mut self, all: &'a [Box<T>]) -> Option<&'a T> {
        let at = self.below(all.len());
        all.get(at).map(|one| &**one)
    }
}

/// What means something to one of the readers.
const TOKENS: &[&str] = &[
    "\n",
    "\r\n",
    "\r",
    "\t",
    " ",
    "\0",
    "\u{feff}",
    "\u{fffc}",
    "\u{2028}",
    "é",
    "😀",
    "\\",
    "\\\n",
    "\\u00",
    "\\ud83d",
    "'",
    "\"",
    "`",
    "$",
    "$$",
    "$(",
    "$((",
    "))",
    ")",
    "${",
    "}",
    "${HOSTNAME##*-}",
    "$(hostname -f)",
    "$(HOST_IP)",
    "<<EOF\n",
    "EOF\n",
    "<<-'A'\n",
    "case $x in ",
    "esac",
    "if ",
    "fi",
    "do ",
    "done",
    "[[ ",
    "]]",
    "{ ",
    "; ",
    ";;",
    "&&",
    "||",
    "|",
    "&",
    ">",
    ">>",
    "2>&1",
    "#",
    "# ",
    "=",
    ":",
    ": ",
    "- ",
    "-",
    "? ",
    "*a",
    "&a ",
    "<<: *a",
    "!!binary ",
    "!x ",
    "%YAML 1.1\n",
    "---\n",
    "...\n",
    "|-\n",
    ">\n",
    "[",
    "]",
    "{",
    "{}",
    "[]",
    ",",
    "~",
    "null",
    "yes",
    "010",
    "1e3",
    "0x1f",
    ".inf",
    "RUN ",
    "FROM a\n",
    "ENV A=$A$A\n",
    "ARG A\n",
    "COPY <<A b\n",
    "# escape=`\n",
    "--override ",
    "--override=a=",
    "broker.id=",
    "kafka-server-start.sh f ",
    "start-zookeeper --servers=3 ",
    "exec ",
    "export A=",
    "cat > f <<A\n",
    "sed -i 's/a/b/' f\n",
    "echo a=b >> f\n",
    "kind: ",
    "apiVersion: v1\n",
    "metadata:\n  name: a\n",
    "spec:\n",
    "KAFKA_",
    "server.1=a:2888:3888;2181 ",
    "a:2888:3888::1,",
    "PK\u{3}\u{4}",
    "PK\u{1}\u{2}",
    "PK\u{5}\u{6}",
    "../",
    "/",
    "C:\\",
];

/// Changes an input a few times.
fn changed(input: &[u8], others: &[Box<[u8]>], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = input.to_vec();
    for _ in 0..=chance.below(6) {
        let at = chance.below(bytes.len() + 1);
        let end = (at + 1 + chance.below(24)).min(bytes.len());
        match chance.below(9) {
            0 | 1 => {
                let token = TOKENS[chance.below(TOKENS.len())];
                bytes.splice(at..at, token.bytes());
            }
            2 => {
                let token = TOKENS[chance.below(TOKENS.len())];
                let times = 1 << chance.below(11);
                bytes.splice(at..at, token.repeat(times).bytes());
            }
            3 => drop(bytes.drain(at..end.max(at))),
            4 => bytes.truncate(at),
            5 if at < bytes.len() => bytes[at] = chance.next().to_le_bytes()[0],
            6 if at < bytes.len() => bytes[at] ^= 1 << chance.below(8),
            7 => {
                let part = bytes[at..end.max(at)].repeat(1 + chance.below(40));
                bytes.splice(at..at, part);
            }
            _ => {
                if let Some(other) = chance.one(others) {
                    let from = chance.below(other.len() + 1);
                    let to = (from + chance.below(400)).min(other.len());
                    bytes.splice(at..at, other[from..to].iter().copied());
                }
            }
        }
    }
    bytes.truncate(LONGEST);
    bytes
}

/// Runs a reader on changed inputs; it gives the shape of its answer.
fn fuzz(name: &str, seeds: &[Vec<u8>], read: impl Fn(&[u8]) -> String) {
    let seconds: Option<u64> = env::var("FUZZ_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok());
    let seed = env::var("FUZZ_SEED")
        .ok()
        .and_then(|text| text.parse().ok());
    let mut chance = Chance(seed.unwrap_or(0x9e37_79b9_7f4a_7c15));
    let mut kept: Vec<Box<[u8]>> = seeds.iter().map(|seed| seed.clone().into()).collect();
    kept.push(Box::default());
    let mut shapes = BTreeSet::new();
    let begin = Instant::now();
    let mut count = 0u64;
    let mut slowest = Duration::ZERO;
    let is_over = |count: u64| match seconds {
        Some(seconds) => begin.elapsed() >= Duration::from_secs(seconds),
        None => count >= USUAL,
    };
    while !is_over(count) {
        // The seeds themselves come first.
        let seed = usize::try_from(count)
            .ok()
            .and_then(|count| seeds.get(count));
        let input = if let Some(seed) = seed {
            seed.clone()
        } else {
            let from = chance.one(&kept).unwrap_or_default().to_vec();
            changed(&from, &kept, &mut chance)
        };
        let started = Instant::now();
        let shape = read(&input);
        let took = started.elapsed();
        slowest = slowest.max(took);
        assert!(
            took < SLOWEST,
            "{name} took {took:?} for {:?}",
            String::from_utf8_lossy(&input)
        );
        if shapes.insert(shape) && kept.len() < MOST_KEPT {
            kept.push(input.into());
        }
        count += 1;
    }
    let took = begin.elapsed();
    println!(
        "{name}: {count} inputs, {} shapes, {took:?}, slowest {slowest:?}",
        shapes.len()
    );
}

/// The order of magnitude of a number.
fn size(count: usize) -> u32 {
    usize::BITS - count.leading_zeros()
}

fn keys<'a>(remarks: impl Iterator<Item = &'a str>) -> String {
    let keys: BTreeSet<&str> = remarks.collect();
    keys.into_iter().collect::<Vec<_>>().join(" ")
}

/// The files of every preset with this ending, and those of the fixtures.
fn files(endings: &[&str]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for preset in presets::PRESETS {
        for file in evaluate(&preset.design()).files {
            if endings.iter().any(|ending| file.path.ends_with(ending)) {
                found.push(file.text().as_bytes().to_vec());
            }
        }
    }
    let mut folders = vec![std::path::PathBuf::from("tests/fixtures")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if endings
                .iter()
                .any(|ending| path.to_string_lossy().ends_with(ending))
            {
                found.extend(std::fs::read(path));
            }
        }
    }
    found.retain(|file| file.len() < LONGEST);
    found.sort();
    found.dedup();
    found
}

fn texts(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

#[test]
fn yaml() {
    fuzz("yaml", &files(&[".yaml", ".yml", ".json"]), |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let trees = tree::read(&text);
        let _ = design::read(&text);
        let keys = keys(trees.remarks.iter().map(|remark| &*remark.key));
        format!(
            "{} {} {keys}",
            size(trees.documents.len()),
            size(trees.comments)
        )
    });
}

#[test]
fn properties_files() {
    let mut seeds = files(&[".properties", ".cfg"]);
    seeds.extend(texts(&[
        "a=b\\\n  c\n# d\ne f\n\\u00e4:\\\n",
        "a\\ b\\=c=d",
        "! x\n\n=\\u12\n",
    ]));
    fuzz("properties", &seeds, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let found = properties::read(&text);
        let keys = keys(found.remarks.iter().map(|remark| &*remark.key));
        format!(
            "{} {} {keys}",
            size(found.entries.len()),
            size(found.comments)
        )
    });
}

#[test]
fn scripts() {
    let mut seeds = files(&[".sh"]);
    seeds.extend(texts(&[
        "exec /opt/kafka/bin/kafka-server-start.sh f --override broker.id=${HOSTNAME##*-} --override a=$((1+${HOSTNAME##*-}))",
        "set -e\nif [ -z \"$A\" ]; then\n  export A='b c'\nfi\ncase ${HOSTNAME##*-} in\n0) B=x ;;\n*) B=${A:-y} ;;\nesac\nkafka-server-start.sh f --override a=$B",
        "cat > /f <<EOF\na=${A:-\"b\"}\nEOF\nsed -i \"s/#i#/$(hostname -f)/\" /f; echo `id -u` | tee -a /g && f() { g; }; for i in 1 2; do h; done",
        "[[ `hostname` =~ -([0-9]+)$ ]] || exit 1\nX=${BASH_REMATCH[1]} A=(b c) d <(e) $'f\\n' 2>&1 >g &",
    ]));
    fuzz("shell", &seeds, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let script = shell::read(&text);
        let listed = shell::container(&["bash", "-c", &text], &|name| name.len() % 2 == 0);
        let mut shape = keys(
            script
                .remarks
                .iter()
                .chain(&listed.remarks)
                .map(|remark| &*remark.key),
        );
        for script in [&script, &listed] {
            let started = start::find(script);
            if let Some(started) = &started {
                let kafka = start::kafka(script, started);
                let (flags, _) = start::tutorial_zookeeper(script, started);
                for option in kafka.overrides.iter().take(50) {
                    option.value.for_pod(3, &|name| Some(name.to_owned()));
                }
                write!(
                    shape,
                    " {:?} {} {}",
                    started.program,
                    size(kafka.overrides.len()),
                    size(flags.len())
                )
                .unwrap();
                shape += &keys(kafka.remarks.iter().map(|remark| &*remark.key));
            }
            write!(
                shape,
                " {} {}",
                size(start::file_changes(script).len()),
                size(script.commands.len())
            )
            .unwrap();
            write!(
                shape,
                " {}",
                start::variables(script).exported().count().min(5)
            )
            .unwrap();
        }
        shape
    });
}

#[test]
fn dockerfiles() {
    let mut seeds = files(&["Dockerfile"]);
    seeds.extend(texts(&[
        "# escape=`\nARG V=3.9.1\nFROM a:$V AS b\nENV A=\"b c\" D='e'\nRUN <<EOF\ncurl x\nEOF\n",
        "FROM a\nRUN set -e; \\\n # c\n\n  curl https://x/kafka/3.9.1/kafka_2.13-3.9.1.tgz \\\n  | sha512sum -c -\nUSER 1\nCMD [\"a\", \"b\"]\n",
    ]));
    fuzz("dockerfile", &seeds, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let file = dockerfile::read(&text);
        let built = dockerfile::built(&file);
        let keys = keys(file.remarks.iter().map(|remark| &*remark.key));
        let known = [
            built.version.is_some(),
            built.address.is_some(),
            built.sha512.is_some(),
            built.user.is_some(),
        ];
        format!(
            "{} {} {known:?} {:?} {keys}",
            size(file.instructions.len()),
            file.stages.len().min(5),
            built.server
        )
    });
}

#[test]
fn archives() {
    let report = evaluate(&presets::PRODUCTION.design());
    let few = &report.files[..report.files.len().min(4)];
    let seeds = vec![
        bundle::zip("a", few),
        bundle::zip("a", &[]),
        b"\x1f\x8b\x08".to_vec(),
    ];
    fuzz("archive", &seeds, |bytes| match archive::read(bytes) {
        Ok(found) => {
            for file in &found.files {
                assert!(
                    !file.path.starts_with('/') && file.path.split('/').all(|part| part != "..")
                );
            }
            let keys = keys(found.skipped.iter().map(|sentence| &*sentence.key));
            format!("{} {keys}", size(found.files.len()))
        }
        Err(sentence) => sentence.key.into_owned(),
    });
}

#[test]
fn variables() {
    let seeds = texts(&[
        "KAFKA_BROKER_ID=1\0KAFKA_CFG_ZOOKEEPER_CONNECT=zk:2181\0KAFKA_HEAP_OPTS=-Xmx1G\0HOSTNAME_COMMAND=echo $$HOSTNAME.x",
        "ZOO_SERVERS=server.1=a:2888:3888;2181 server.2=b:2888:3888\0ZOO_CFG_EXTRA=a=b c=d\0ZOOKEEPER_SERVERS=a:1:2;b:1:2",
        "BROKER_ID_COMMAND=hostname | awk -F'-' '{print $2}'\0KAFKA_ADVERTISED_LISTENERS=A://_{HOSTNAME_COMMAND}:1,B://$(HOST_IP):2",
    ]);
    fuzz("environment", &seeds, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let pairs: Vec<(&str, &str)> = text
            .split('\0')
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .collect();
        let variables: Vec<Variable> = pairs
            .iter()
            .map(|&(name, value)| Variable {
                name,
                value: if value == "field" {
                    Given::Field(name)
                } else {
                    Given::Text(value)
                },
                position: Position::START,
            })
            .collect();
        let mut shape = String::new();
        for image in [
            None,
            Some(Image::ApacheKafka),
            Some(Image::BitnamiKafka),
            Some(Image::ConfluentKafka),
            Some(Image::WurstmeisterKafka),
            Some(Image::OfficialZooKeeper),
            Some(Image::BitnamiZooKeeper),
            Some(Image::ConfluentZooKeeper),
        ] {
            let found = environment::read(image, &variables);
            let meanings: BTreeSet<String> = found
                .found
                .iter()
                .map(|found| format!("{:?}", found.meaning))
                .collect();
            write!(
                shape,
                "{meanings:?} {} {};",
                found.secrets.len().min(3),
                found.remarks.len().min(3)
            )
            .unwrap();
        }
        shape
    });
}

#[test]
fn links() {
    let mut seeds: Vec<Vec<u8>> = presets::PRESETS
        .iter()
        .map(|preset| {
            link::pack(&preset.design().with("kafka.heap", "3g"))
                .packed
                .into_bytes()
        })
        .collect();
    seeds.extend(texts(&[
        "v1.eA",
        "#p=production",
        "https://a/#d=v1.",
        "v2.x",
        "v1.==",
    ]));
    fuzz("link", &seeds, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let is_one = link::in_text(&text).is_some();
        match link::open(&text) {
            Ok(opened) => {
                let again = link::open(&link::pack(&opened.design).packed);
                assert!(again.is_ok_and(|again| again.lost.is_none()), "{text}");
                format!(
                    "{is_one} {} {}",
                    size(opened.design.values.len()),
                    opened.lost.is_some()
                )
            }
            Err(sentence) => format!("{is_one} {}", sentence.key),
        }
    });
}

#[test]
fn whole_imports() {
    let mut seeds = files(&[
        "statefulset.yaml",
        "configmap.yaml",
        "services.yaml",
        "Dockerfile",
        ".properties",
        "kafka.yaml",
        "zookeeper.yaml",
    ]);
    seeds.extend(files(&["fixtures/import"]));
    fuzz("import", &seeds, |bytes| {
        let mut files = Files::default();
        let middle = bytes.len() / 2;
        files.add("a.yaml", bytes.to_vec());
        files.add("b", bytes[middle..].to_vec());
        let imported = import(&files);
        let report = evaluate(&imported.design);
        let keys = keys(imported.remarks.iter().map(|(_, remark)| &*remark.key));
        format!(
            "{} {} {keys}",
            size(imported.objects.len()),
            size(report.findings.len())
        )
    });
}
