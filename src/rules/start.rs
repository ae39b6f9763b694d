//! KFK: the words that start brokers and the files that they read, ours and those of others.
//!
//! A start command is read as its shell would: quotes, continuations and expansions are known, nothing
//! is expanded.
//! Commands and files are read once for all rules, see [`Facts::starts`](super::Facts).

use std::borrow::Cow;

use serde_yaml::Value;

use super::Severity::{Error, Warning};
use super::objects::{POD, name_of};
use super::{Effect, Facts, Findings, Fix, Object, Rule};
use crate::args;
use crate::catalog;
use crate::import::properties;
use crate::text::Arg;

const BROKER: &str = "apache/kafka:core/src/main/scala/kafka/server/KafkaConfig.scala (3.5.2)";
const CONFIG: &str = "apache/kafka-site:35/generated/kafka_config.html";
const LOADING: &str =
    "apache/kafka:clients/src/main/java/org/apache/kafka/common/utils/Utils.java (3.5.2)";

/// How brokers start, and the files of their configuration.
#[derive(Default)]
pub(super) struct Starts<'a> {
    commands: Vec<Start<'a>>,
    files: Vec<File<'a>>,
}

/// A container that starts a broker.
struct Start<'a> {
    /// The number of its object.
    object: usize,
    container: &'a str,
    /// The script that a shell runs, or nothing when no shell stands between.
    script: Option<&'a str>,
    /// The shell's name.
    shell: &'a str,
    /// The file of options that the command names.
    file: Option<&'a str>,
    /// The file that is part of Kafka's archive, when the command names it and nothing is mounted over it.
    has_sample_file: bool,
    flags: Vec<Flag<'a>>,
}

/// An option on a start command.
struct Flag<'a> {
    /// `name=value`, without quotes.
    text: Cow<'a, str>,
    /// What the shell does not take as a part of the value.
    cut_at: Option<char>,
}

/// A properties file in a ConfigMap.
struct File<'a> {
    /// The number of its object.
    object: usize,
    key: &'a str,
    text: &'a str,
    entries: Vec<(String, String)>,
}

impl<'a> Flag<'a> {
    const fn plain(text: &'a str) -> Self {
        Self {
            text: Cow::Borrowed(text),
            cut_at: None,
        }
    }

    fn pair(&self) -> (&str, &str) {
        self.text.split_once('=').unwrap_or((&self.text, ""))
    }
}

impl File<'_> {
    /// Whether it is a broker's, and not the one that says what is logged.
    fn is_of_broker(&self) -> bool {
        self.key.ends_with("server.properties")
    }

    fn has(&self, name: &str) -> bool {
        let mut entries = self.entries.iter();
        entries.any(|(key, value)| key == name && !value.trim().is_empty())
    }
}

/// The kinds whose pods may be brokers.
const MAKES_PODS: [&str; 5] = [
    "StatefulSet",
    "Deployment",
    "DaemonSet",
    "ReplicaSet",
    "Job",
];

impl<'a> Starts<'a> {
    /// Reads the commands and the files of some objects.
    pub fn of(objects: &[Object<'a>]) -> Self {
        let mut starts = Self::default();
        for (number, object) in objects.iter().enumerate() {
            if object.kind == "ConfigMap" {
                starts.files.extend(files(number, object));
            } else if MAKES_PODS.contains(&object.kind) {
                let containers = object.items(&format!("{POD}.containers"));
                starts
                    .commands
                    .extend(containers.iter().filter_map(|one| start(number, one)));
            }
        }
        starts
    }
}

impl<'a> Starts<'a> {
    /// Each process that is started: the number of its object, its container, the file and the flags that
    /// it is given; the last flag of a name counts.
    pub fn processes(&self) -> impl Iterator<Item = Process<'a, '_>> {
        self.commands.iter().map(|start| Process {
            object: start.object,
            container: start.container,
            file: start.file,
            flags: start.flags.iter().map(Flag::pair).collect(),
        })
    }

    /// The files of a ConfigMap, by the number of its object: each key with its options.
    pub fn files_of(&self, object: usize) -> impl Iterator<Item = (&'a str, &[(String, String)])> {
        let files = self.files.iter().filter(move |file| file.object == object);
        files.map(|file| (file.key, file.entries.as_slice()))
    }
}

/// What a container that starts a broker or a controller is given.
pub(super) struct Process<'a, 's> {
    /// The number of its object.
    pub object: usize,
    /// The container's name.
    pub container: &'a str,
    /// The file of options that the command names.
    pub file: Option<&'a str>,
    /// Names and values of the flags, in order.
    pub flags: Vec<(&'s str, &'s str)>,
}

fn files<'a>(number: usize, map: &Object<'a>) -> impl Iterator<Item = File<'a>> + use<'a> {
    let data = map.get("data").and_then(Value::as_mapping);
    data.into_iter().flatten().filter_map(move |(key, text)| {
        let key = key.as_str().filter(|key| key.ends_with(".properties"))?;
        let text = text.as_str()?;
        let entries = properties::read(text).entries.into_iter();
        Some(File {
            object: number,
            key,
            text,
            entries: entries.map(|entry| (entry.key, entry.value)).collect(),
        })
    })
}

/// The script or the program with its arguments that start a broker, if the container does.
fn start(number: usize, container: &Value) -> Option<Start<'_>> {
    let words = |key: &str| super::objects::items(container, key).iter();
    let words: Vec<&str> = words("command")
        .chain(words("args"))
        .filter_map(Value::as_str)
        .collect();
    if !words.iter().any(|word| word.contains(SCRIPT)) {
        return None;
    }
    let program = words.first()?.rsplit('/').next().unwrap_or_default();
    let asked = words
        .get(1)
        .is_some_and(|flag| flag.starts_with('-') && !flag.starts_with("--") && flag.contains('c'));
    let script = words
        .get(2)
        .copied()
        .filter(|_| asked && program.ends_with("sh"));
    let flags = if let Some(script) = script {
        flags(script)
    } else {
        let behind = words.iter().zip(words.iter().skip(1));
        let texts = behind.filter(|(flag, _)| **flag == "--override");
        texts.map(|(_, text)| Flag::plain(text)).collect()
    };
    let file = match script {
        Some(script) => {
            let behind = script.split_once(SCRIPT).map_or("", |(_, behind)| behind);
            named_file(behind.split_whitespace())
        }
        None => named_file(words.iter().copied()),
    };
    Some(Start {
        object: number,
        container: name_of(container),
        script,
        shell: if script.is_some() { program } else { "" },
        has_sample_file: file.is_some_and(|file| is_sample(container, file)),
        file,
        flags,
    })
}

const SCRIPT: &str = "kafka-server-start.sh";

/// The first file of options among some words.
fn named_file<'w>(words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let mut words = words.map(|word| word.trim_matches(['"', '\'']));
    words.find(|word| word.ends_with(".properties"))
}

/// Whether a file is the one that Kafka's archive ships.
fn is_sample(container: &Value, file: &str) -> bool {
    file.ends_with("config/server.properties")
        && !super::probes::mounts(container).any(|folder| {
            let folder = folder.trim_end_matches('/');
            folder.ends_with("/config") || folder.ends_with(file) || file.starts_with(folder)
        })
}

/// What follows each `--override` of a script.
fn flags(script: &str) -> Vec<Flag<'_>> {
    const OVERRIDE: &str = "--override";
    let mut flags = Vec::new();
    let mut rest = script;
    while let Some(at) = rest.find(OVERRIDE) {
        let stands_alone = rest[..at].is_empty() || rest[..at].ends_with(char::is_whitespace);
        rest = &rest[at + OVERRIDE.len()..];
        let value = rest.strip_prefix('=').unwrap_or_else(|| blanks(rest));
        if stands_alone && value.len() < rest.len() {
            let (flag, behind) = word(value);
            flags.push(flag);
            rest = behind;
        }
    }
    flags
}

/// The text behind blanks and continued line ends.
fn blanks(text: &str) -> &str {
    let mut rest = text;
    loop {
        let next = rest.trim_start_matches([' ', '\t']);
        let next = next.strip_prefix("\\\n").unwrap_or(next);
        if next.len() == rest.len() {
            return rest;
        }
        rest = next;
    }
}

/// The word at the beginning of a text, as a shell reads it, and what is behind it.
fn word(text: &str) -> (Flag<'_>, &str) {
    const SPECIAL: &[char] = &['\'', '"', '\\', '$', ';', '&', '|', '(', ')', '<', '>'];
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (plain, behind) = text.split_at(end);
    let (word, mut cut_at, behind) = if plain.contains(SPECIAL) {
        let (word, cut_at, behind) = quoted_word(text);
        (Cow::Owned(word), cut_at, behind)
    } else {
        (Cow::Borrowed(plain), None, behind)
    };
    if cut_at.is_none() && is_stray(blanks(behind)) {
        cut_at = Some(' ');
    }
    (Flag { text: word, cut_at }, behind)
}

/// Whether a further word follows that is no option: the rest of a value with blanks in it.
fn is_stray(behind: &str) -> bool {
    let first = behind.trim_start_matches(['"', '\'']).chars().next();
    first.is_some_and(|c| c.is_ascii_alphabetic())
}

/// A word with quotes, expansions or what ends a command in it.
fn quoted_word(text: &str) -> (String, Option<char>, &str) {
    let mut word = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let behind = &rest[c.len_utf8()..];
        rest = match c {
            '\'' => {
                let end = behind.find('\'').unwrap_or(behind.len());
                word.push_str(&behind[..end]);
                behind.get(end + 1..).unwrap_or_default()
            }
            '"' => double_quoted(&mut word, behind),
            '\\' => {
                let escaped = behind.chars().next();
                word.extend(escaped.filter(|c| *c != '\n'));
                &behind[escaped.map_or(0, char::len_utf8)..]
            }
            '$' => {
                let end = expansion(rest);
                word.push_str(&rest[..end]);
                &rest[end..]
            }
            ';' | '&' | '|' | '(' | ')' | '<' | '>' => {
                // Between a blank and a word it ends the command on purpose.
                let next = behind.trim_start_matches(c).chars().next();
                let cuts = next.is_some_and(|next| !next.is_whitespace());
                return (word, cuts.then_some(c), rest);
            }
            c if c.is_whitespace() => break,
            c => {
                word.push(c);
                behind
            }
        };
    }
    (word, None, rest)
}

/// What stands in double quotes goes to the word; gives what is behind them.
fn double_quoted<'t>(word: &mut String, text: &'t str) -> &'t str {
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let behind = &rest[c.len_utf8()..];
        rest = match c {
            '"' => return behind,
            '\\' => {
                let escaped = behind.chars().next();
                word.extend(escaped.filter(|c| *c != '\n'));
                &behind[escaped.map_or(0, char::len_utf8)..]
            }
            '$' => {
                let end = expansion(rest);
                word.push_str(&rest[..end]);
                &rest[end..]
            }
            c => {
                word.push(c);
                behind
            }
        };
    }
    rest
}

/// Where an expansion ends that begins a text: `$NAME`, `${NAME}`, `$(command)`, `$((1 + 2))`.
fn expansion(text: &str) -> usize {
    let open = match text.as_bytes().get(1) {
        Some(b'(') => '(',
        Some(b'{') => '{',
        _ => return 1,
    };
    let close = if open == '(' { ')' } else { '}' };
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        if c == open {
            depth += 1;
        } else if c == close {
            depth -= 1;
            if depth == 0 {
                return at + 1;
            }
        }
    }
    text.len()
}

/// The path of a container.
fn path(start: &Start) -> String {
    format!("{POD}.containers[{}].command", start.container)
}

/// A broker's file without the address of the ensemble.
pub static NO_ENSEMBLE: Rule = Rule::new("KFK001", Error, BROKER, |facts, found| {
    let starts = facts.starts();
    let told = ["zookeeper.connect", "process.roles"];
    let flags = starts.commands.iter().flat_map(|start| &start.flags);
    let mut files = starts.files.iter().filter(|file| file.is_of_broker());
    if !facts.plan.has_ensemble() || flags.map(Flag::pair).any(|(name, _)| told.contains(&name)) {
        return;
    }
    if let Some(file) = files.find(|file| !told.iter().any(|name| file.has(name))) {
        let object = &facts.objects()[file.object];
        found
            .add(
                &NO_ENSEMBLE,
                object.subject(),
                args![object = object.subject(), file = file.key],
            )
            .place(object, "data");
    }
})
.applies_to("≤ 3.9, ZooKeeper mode");

/// The id of a broker does not become a number.
pub static ID_NOT_EVALUATED: Rule = Rule::new(
    "KFK007",
    Error,
    "kubernetes/api:apps/v1/types.go (2026-07)",
    |facts, found| {
        for start in &facts.starts().commands {
            let object = &facts.objects()[start.object];
            let ids = start.flags.iter().filter(|flag| {
                let (name, value) = flag.pair();
                matches!(name, "broker.id" | "node.id") && value.contains('$')
            });
            let ids: Vec<&Flag> = ids.collect();
            let Some(id) = ids.first() else {
                continue;
            };
            let why = match start.script {
                None if id.text.contains("${") => "start.no-shell",
                Some(script) if start.shell != "bash" && is_bash(script) => "start.bash-only",
                _ if object.kind != "StatefulSet" && id.text.contains("##*-") => "start.no-ordinal",
                _ => continue,
            };
            found
                .add(
                    &ID_NOT_EVALUATED,
                    object.subject(),
                    vec![
                        ("object", object.subject().into()),
                        ("text", id.text.as_ref().into()),
                        ("why", Arg::Sentence(why.into())),
                    ],
                )
                .place(object, &path(start));
        }
    },
);

/// Whether a script has what `bash` knows and a plain `sh` does not: `[[ … ]]`, `${NAME:1}`, `${NAME/a/b}`.
fn is_bash(script: &str) -> bool {
    let substring = |expansion: &str| {
        let name = expansion.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
        let mut behind = name.chars();
        match behind.next() {
            Some(':') => behind
                .next()
                .is_some_and(|c| c.is_ascii_digit() || c == ' ' || c == '('),
            Some('/' | ',' | '^') => true,
            _ => false,
        }
    };
    script.contains("[[ ") || script.split("${").skip(1).any(substring)
}

/// What stands twice with different values, by name.
fn contradicting<'t>(pairs: impl Iterator<Item = (&'t str, &'t str)>) -> Vec<String> {
    let mut pairs: Vec<(&str, &str)> = pairs.collect();
    pairs.sort_unstable();
    let mut names: Vec<String> = pairs
        .windows(2)
        .filter(|pair| pair[0].0 == pair[1].0 && pair[0].1 != pair[1].1)
        .map(|pair| pair[0].0.to_owned())
        .collect();
    names.dedup();
    names
}

/// Of an option that stands twice the last one counts, without a word.
pub static OPTION_TWICE: Rule = Rule::new("KFK071", Warning, CONFIG, |facts, found| {
    let starts = facts.starts();
    for file in &starts.files {
        let entries = file.entries.iter();
        let names = contradicting(entries.map(|(name, value)| (name.as_str(), value.as_str())));
        twice(facts, found, file.object, "data", names);
    }
    for start in &starts.commands {
        let names = contradicting(start.flags.iter().map(Flag::pair));
        if !names.is_empty() {
            twice(facts, found, start.object, &path(start), names);
        }
    }
});

fn twice(facts: &Facts, found: &mut Findings, object: usize, path: &str, names: Vec<String>) {
    super::objects::listed(found, &OPTION_TWICE, &facts.objects()[object], path, names);
}

/// Values of the shipped sample file, made for one local broker, stay in force.
pub static SAMPLE_FILE_IN_FORCE: Rule = Rule::new(
    "KFK072",
    Warning,
    "apache/kafka:config/server.properties (3.5.2)",
    |facts, found| {
        const LOCAL: [&str; 6] = [
            "broker.id",
            "log.dirs",
            "offsets.topic.replication.factor",
            "transaction.state.log.replication.factor",
            "transaction.state.log.min.isr",
            "group.initial.rebalance.delay.ms",
        ];
        let kafka = &facts.plan.kafka;
        if *kafka.brokers < 2 {
            return;
        }
        let sample = catalog::sample_server_properties(kafka.version.line());
        let commands = facts.starts().commands.iter();
        for start in commands.filter(|start| start.has_sample_file) {
            let covered = |name: &str| start.flags.iter().any(|flag| flag.pair().0 == name);
            let values: Vec<String> = sample
                .iter()
                .filter(|(name, _)| LOCAL.contains(name) && !covered(name))
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            if values.is_empty() {
                continue;
            }
            let object = &facts.objects()[start.object];
            let finding = found
                .add(
                    &SAMPLE_FILE_IN_FORCE,
                    object.subject(),
                    args![values = values.clone()],
                )
                .at("kafka.config_style")
                .place(object, &path(start));
            if !kafka.config.is_file() {
                // Without the file's log.dirs the records are looked for in another folder.
                let moves = values.iter().any(|value| value.starts_with("log.dirs="));
                let effect = if moves {
                    Effect::AbandonsData
                } else {
                    Effect::RollingRestart
                };
                finding.fix_with(effect, Fix::set("kafka.config_style", "file"));
            }
        }
    },
);

/// What must be the same for every broker, or clients and copies depend on who leads.
const SHARED: [&str; 5] = [
    "inter.broker.listener.name",
    "listener.security.protocol.map",
    "message.max.bytes",
    "min.insync.replicas",
    "security.inter.broker.protocol",
];

/// Brokers differ in what they must share.
///
/// A flag over a file is ordinary, so that files are compared with files and commands with commands.
/// A file without the option leaves the default in force; of a command without it nothing is known.
pub static BROKERS_DIFFER: Rule = Rule::new("KFK084", Warning, CONFIG, |facts, found| {
    let starts = facts.starts();
    let files = || starts.files.iter().filter(|file| file.is_of_broker());
    let flags = || starts.commands.iter().map(|start| start.flags.as_slice());
    if files().count().max(flags().count()) < 2 {
        return;
    }
    let differs = |name: &&str| {
        let told = flags().filter_map(|flags| {
            let mut last = flags.iter().rev().map(Flag::pair);
            last.find(|(key, _)| key == name).map(|(_, value)| value)
        });
        let mut told = told.peekable();
        if told.peek().is_some() {
            return are_different(told);
        }
        are_different(files().map(|file| {
            let mut last = file.entries.iter().rev();
            let entry = last.find(|(key, _)| key == name);
            entry.map(|(_, value)| value.as_str())
        }))
    };
    let names: Vec<String> = SHARED
        .into_iter()
        .filter(differs)
        .map(str::to_owned)
        .collect();
    if !names.is_empty() {
        found.add(&BROKERS_DIFFER, "kafka.options", args![names]);
    }
});

fn are_different<V: PartialEq>(mut values: impl Iterator<Item = V>) -> bool {
    values
        .next()
        .is_some_and(|first| values.any(|value| value != first))
}

/// The shell takes a part of a value for something else.
pub static VALUE_CUT: Rule = Rule::new(
    "KFK085",
    Error,
    "POSIX shell, token recognition",
    |facts, found| {
        for start in &facts.starts().commands {
            let cut = |flag: &&Flag| flag.cut_at.is_some();
            let mut names: Vec<String> = start
                .flags
                .iter()
                .filter(cut)
                .map(|flag| flag.pair().0.to_owned())
                .collect();
            if names.is_empty() {
                continue;
            }
            names.dedup();
            let object = &facts.objects()[start.object];
            super::objects::listed(found, &VALUE_CUT, object, &path(start), names);
        }
    },
);

/// Java reads the bytes of a properties file as Latin-1, and a ConfigMap holds UTF-8.
pub static NOT_ASCII: Rule = Rule::new("KFK086", Warning, LOADING, |facts, found| {
    let files = facts.starts().files.iter();
    for file in files.filter(|file| !file.text.is_ascii()) {
        let mut lines = file.text.lines().map(str::trim_start);
        let Some(line) = lines.find(|line| !line.is_ascii() && !line.starts_with(['#', '!']))
        else {
            continue;
        };
        let letter: String = line.chars().filter(|c| !c.is_ascii()).take(1).collect();
        let option = line.split(['=', ':']).next().unwrap_or_default().trim();
        let object = &facts.objects()[file.object];
        let args = args![object = object.subject(), option, letter];
        found
            .add(&NOT_ASCII, object.subject(), args)
            .place(object, "data");
    }
});

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::testing::{design, found};
    use super::flags;

    /// What a script gives to its options, and what cuts the value off.
    fn read(script: &str) -> Vec<(String, Option<char>)> {
        let flags = flags(script).into_iter();
        flags
            .map(|flag| (flag.text.into_owned(), flag.cut_at))
            .collect()
    }

    fn one(script: &str) -> (String, Option<char>) {
        let mut flags = read(&format!("kafka-server-start.sh x --override {script}"));
        assert_eq!(flags.len(), 1, "{script}: {flags:?}");
        flags.remove(0)
    }

    #[test]
    fn words_are_read_as_a_shell_reads_them() {
        for (script, value) in [
            ("a=b", "a=b"),
            ("'a=b c;d'", "a=b c;d"),
            ("a='b c'd", "a=b cd"),
            ("\"a=\\\"b\\\" c\"", "a=\"b\" c"),
            ("a=b\\;c", "a=b;c"),
            ("a=b\\\nc", "a=bc"),
            ("a=${HOSTNAME##*-}", "a=${HOSTNAME##*-}"),
            (
                "a=$((100 + ${HOSTNAME##*-}))",
                "a=$((100 + ${HOSTNAME##*-}))",
            ),
            ("\"a=$(hostname -f):1\"", "a=$(hostname -f):1"),
        ] {
            assert_eq!(one(script), (value.to_owned(), None), "{script}");
        }
    }

    #[test]
    fn what_ends_a_command_on_purpose_cuts_nothing_off() {
        for script in [
            "a=b; sleep 1",
            "a=b && true",
            "a=b 2>&1",
            "a=b > /dev/null",
            "a=b \\\n  \"$@\"",
            "a=b # why",
            "a=b",
        ] {
            assert_eq!(one(script), ("a=b".to_owned(), None), "{script}");
        }
    }

    #[test]
    fn what_the_shell_takes_for_something_else_cuts_the_value_off() {
        for (script, cut) in [
            ("a=b;c", ';'),
            ("a=b&c", '&'),
            ("a=b|c", '|'),
            ("a=b(c)", '('),
            ("a=b c", ' '),
            ("a=b 'c'", ' '),
        ] {
            assert_eq!(one(script), ("a=b".to_owned(), Some(cut)), "{script}");
        }
    }

    #[test]
    fn several_options_are_found_and_nothing_that_only_looks_like_one() {
        let script = "start --overrides x=y --override a=1 \\\n\t--override=b=2 \\\n--override\n";
        let texts: Vec<String> = read(script).into_iter().map(|(text, _)| text).collect();
        assert_eq!(texts, ["a=1", "b=2"]);
    }

    #[test]
    fn our_own_commands_are_whole() {
        let hostile = [
            ("kafka.config_style", "flags"),
            ("kafka.groups[main].id_base", "100"),
            ("kafka.listeners[external].exposure", "node-port"),
            ("kafka.options[super.users]", "User:CN=a b;User:\"c\" & 'd'"),
            ("kafka.options[metric.reporters]", "größer;$(x) ${y} `z`"),
        ];
        for style in ["file", "flags"] {
            let design = design(&hostile).with("kafka.config_style", style);
            for id in [
                "KFK001", "KFK007", "KFK071", "KFK072", "KFK084", "KFK085", "KFK086",
            ] {
                assert_eq!(found(&design, id), [], "{style}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_script_can_be_read(script in "(?s)([a= '\"\\\\$(){};&|\n]|--override ){0,30}") {
            read(&script);
        }
    }
}
