//! What a start command says: which program it starts, with which file, options and flags.

use super::shell::{Joint, Piece, Script, SimpleCommand, Word, unknown};
use super::value::{Scope, Value};
use super::{Position, Remark};
use crate::args;

/// What a container starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// A broker, by Kafka's own script with a properties file.
    Kafka,
    /// A server of ZooKeeper, by the tutorial image's script with flags.
    TutorialZooKeeper,
    /// A server of ZooKeeper, by its own script with `zoo.cfg`.
    ZooKeeper,
    /// The server of ZooKeeper that Kafka brings along, with a properties file.
    KafkasZooKeeper,
    /// The start script of an image, which makes the configuration out of variables.
    Image,
}

/// A program that a script starts, with the variables it sees.
#[derive(Clone, Debug)]
pub struct Start<'a> {
    /// Which one.
    pub program: Program,
    /// The command, an index into [`Script::commands`].
    pub command: usize,
    /// Where the program's name stands.
    pub word: &'a Word,
    /// The words behind it.
    pub arguments: &'a [Word],
    /// The variables at this place.
    pub scope: Scope,
    /// The program takes the shell's place, so that it receives the signals.
    pub is_exec: bool,
}

/// A value with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The option, flag or variable.
    pub name: String,
    /// What it is set to.
    pub value: Value,
    /// The item of the argument list that it stands in; 0 in a script on its own.
    pub item: usize,
    /// Where its word begins in that item.
    pub position: Position,
}

/// What the start command of a broker says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KafkaStart {
    /// The properties file.
    pub file: Option<Setting>,
    /// The overrides in their order; a name that stands twice is here twice, and the last one counts.
    pub overrides: Vec<Setting>,
    /// What was not understood.
    pub remarks: Vec<Remark>,
}

/// How many overrides, flags and changes of files are read.
const MOST: usize = 2_000;

/// Finds the first program of Kafka or `ZooKeeper` that a script starts.
pub fn find(script: &Script) -> Option<Start<'_>> {
    let mut scope = Scope::default();
    for (at, command) in script.commands.iter().enumerate() {
        if let Some((program, word, arguments)) = program(command) {
            let is_exec = command.words.first().is_some_and(|word| word.raw == "exec");
            return Some(Start {
                program,
                command: at,
                word,
                arguments,
                scope: scope.within(command),
                is_exec: is_exec || !script.is_shell,
            });
        }
        scope.follow(script, command);
    }
    None
}

/// The variables that a script has set at its end, for one that starts nothing itself.
pub fn variables(script: &Script) -> Scope {
    let mut scope = Scope::default();
    for command in &script.commands {
        scope.follow(script, command);
    }
    scope
}

fn program(command: &SimpleCommand) -> Option<(Program, &Word, &[Word])> {
    let at = command.program()?;
    let path = command.constant(at)?;
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
    let arguments = &command.words[at + 1..];
    let second = command.constant(at + 1).unwrap_or_default();
    let second = second.rsplit('/').next().unwrap_or_default();
    let program = match name {
        "kafka-server-start.sh" | "kafka-server-start" => Program::Kafka,
        "start-zookeeper" | "start-zookeeper.sh" => Program::TutorialZooKeeper,
        "zookeeper-server-start.sh" | "zookeeper-server-start" => Program::KafkasZooKeeper,
        "zkServer.sh" if matches!(second, "start" | "start-foreground") => Program::ZooKeeper,
        "start-kafka.sh" => Program::Image,
        "run" | "launch" if folder.ends_with("/docker") => Program::Image,
        "run.sh" | "setup.sh" if folder.contains("bitnami") => Program::Image,
        "docker-entrypoint.sh" | "entrypoint.sh" | "bash" | "sh" => {
            // An entry point that hands over to what stands behind it.
            let inner = SimpleCommand {
                words: arguments.to_vec(),
                ..SimpleCommand::default()
            };
            let is_entry = name.ends_with("entrypoint.sh");
            let found = (!arguments.is_empty())
                .then(|| handed_over(&inner))
                .flatten();
            match found {
                Some(program) => {
                    let end = command.words.len();
                    let rest = command.words.get(at + 2..end).unwrap_or_default();
                    return Some((program, &command.words[at + 1], rest));
                }
                None if is_entry => Program::Image,
                None => return None,
            }
        }
        _ => return None,
    };
    Some((program, &command.words[at], arguments))
}

/// The program among the words behind an entry point.
fn handed_over(command: &SimpleCommand) -> Option<Program> {
    let name = command.constant(0)?;
    let name = name.rsplit('/').next().unwrap_or_default();
    match name {
        "zkServer.sh" => Some(Program::ZooKeeper),
        "kafka-server-start.sh" | "kafka-server-start" => Some(Program::Kafka),
        "zookeeper-server-start.sh" | "zookeeper-server-start" => Some(Program::KafkasZooKeeper),
        "start-zookeeper" => Some(Program::TutorialZooKeeper),
        "start-kafka.sh" => Some(Program::Image),
        _ => None,
    }
}

fn setting(scope: &Scope, word: &Word) -> Setting {
    Setting {
        name: String::new(),
        value: scope.resolve(word),
        item: word.item,
        position: word.position,
    }
}

/// Reads the arguments of Kafka's start script: `FILE --override name=value …`.
pub fn kafka(script: &Script, start: &Start) -> KafkaStart {
    let mut found = KafkaStart::default();
    let mut words = start.arguments.iter();
    while let Some(word) = words.next() {
        if found.overrides.len() + found.remarks.len() >= MOST {
            found.remarks.push(unknown(word, "import.start.too-many"));
            break;
        }
        let text = word.constant().unwrap_or_default();
        let option = match text.as_str() {
            "--override" => words.next(),
            "-daemon" | "-loggc" => continue,
            "-name" => {
                words.next();
                continue;
            }
            _ if word.raw.starts_with("--override=") => {
                let mut option = setting(&start.scope, word);
                // `--override` itself is before the first sign.
                let value = option.value.split_assignment().map(|(_, value)| value);
                option.value = value.unwrap_or_default();
                add_override(&mut found, option, word);
                continue;
            }
            _ if found.file.is_none() && !text.starts_with('-') => {
                found.file = Some(setting(&start.scope, word));
                continue;
            }
            _ => {
                found.remarks.push(unknown(word, "import.start.argument"));
                continue;
            }
        };
        match option {
            Some(option) => add_override(&mut found, setting(&start.scope, option), option),
            None => found.remarks.push(unknown(word, "import.start.no-option")),
        }
    }
    remark_glued(script, start, &mut found.remarks);
    found
}

fn add_override(found: &mut KafkaStart, option: Setting, word: &Word) {
    let Some((name, value)) = option.value.split_assignment() else {
        found.remarks.push(unknown(word, "import.start.no-value"));
        return;
    };
    if !value.is_understood() {
        let shown: String = word.raw.chars().take(200).collect();
        let args = args![name = &name, word = shown];
        let remark = Remark::new(word.position, "import.start.expression", args);
        found.remarks.push(remark);
    }
    found.overrides.push(Setting {
        name,
        value,
        item: option.item,
        position: option.position,
    });
}

/// A `;` without quotes ends a command: what stands behind it is lost.
fn remark_glued(script: &Script, start: &Start, remarks: &mut Vec<Remark>) {
    let next = script.commands.get(start.command + 1);
    if let Some(next) = next.filter(|next| next.joint == Joint::Glued)
        && let Some(word) = next.words.first()
    {
        remarks.push(unknown(word, "import.start.semicolon"));
    }
}

/// The flags of the tutorial image's script that set the same as an option of `zoo.cfg`.
///
/// `--servers`, `--server_port`, `--election_port`, `--conf_dir`, `--log_dir`, `--heap` and
/// `--log_level` have no option there.
pub const TUTORIAL_FLAGS: &[(&str, &str)] = &[
    ("data_dir", "dataDir"),
    ("data_log_dir", "dataLogDir"),
    ("client_port", "clientPort"),
    ("tick_time", "tickTime"),
    ("init_limit", "initLimit"),
    ("sync_limit", "syncLimit"),
    ("max_client_cnxns", "maxClientCnxns"),
    ("snap_retain_count", "autopurge.snapRetainCount"),
    ("purge_interval", "autopurge.purgeInterval"),
    ("min_session_timeout", "minSessionTimeout"),
    ("max_session_timeout", "maxSessionTimeout"),
];

/// The flags that have no option in `zoo.cfg`.
const OTHER_TUTORIAL_FLAGS: [&str; 7] = [
    "servers",
    "server_port",
    "election_port",
    "conf_dir",
    "log_dir",
    "heap",
    "log_level",
];

/// Reads the flags of the tutorial image's script: `start-zookeeper --servers=3 …`.
///
/// The script ends with an error at any other word.
pub fn tutorial_zookeeper(script: &Script, start: &Start) -> (Vec<Setting>, Vec<Remark>) {
    let (mut flags, mut remarks) = (Vec::new(), Vec::new());
    for word in start.arguments.iter().take(MOST) {
        let flag = setting(&start.scope, word);
        let known = flag.value.split_assignment().and_then(|(name, value)| {
            let name = name.strip_prefix("--")?.to_owned();
            let has_option = TUTORIAL_FLAGS.iter().any(|(flag, _)| *flag == name);
            let is_known = has_option || OTHER_TUTORIAL_FLAGS.contains(&name.as_str());
            is_known.then_some((name, value))
        });
        match known {
            Some((name, value)) => flags.push(Setting {
                name,
                value,
                item: word.item,
                position: word.position,
            }),
            None => remarks.push(unknown(word, "import.start.flag")),
        }
    }
    remark_glued(script, start, &mut remarks);
    (flags, remarks)
}

/// What the commands say that format the disks of a node without `ZooKeeper`: `kafka-storage.sh format …`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Format {
    /// The cluster's id.
    pub cluster_id: Option<Value>,
    /// The first members of a dynamic quorum: `ID@HOST:PORT:DIRECTORY,…`.
    pub initial_controllers: Option<Value>,
    /// The quorum is dynamic: only then the tool takes one of the three options that say so (KIP-853).
    pub is_dynamic: bool,
}

/// Reads the commands of a script that format disks; a later controller may be formatted in another way.
pub fn format(script: &Script) -> Option<Format> {
    let mut scope = Scope::default();
    let mut found = None;
    for command in &script.commands {
        if let Some(words) = formatting(command) {
            let scope = scope.within(command);
            let option = |names: &[&str]| {
                words.iter().enumerate().find_map(|(at, word)| {
                    if names.contains(&word.raw.as_str()) {
                        return Some(
                            words
                                .get(at + 1)
                                .map_or_else(Value::default, |next| scope.resolve(next)),
                        );
                    }
                    let (name, value) = scope.resolve(word).split_assignment()?;
                    names.contains(&name.as_str()).then_some(value)
                })
            };
            let format = found.get_or_insert_with(Format::default);
            let initial = option(&["--initial-controllers", "-I"]);
            format.is_dynamic |= initial.is_some()
                || option(&["--standalone", "-s", "--no-initial-controllers", "-N"]).is_some();
            format.cluster_id = format
                .cluster_id
                .take()
                .or_else(|| option(&["--cluster-id", "-t"]));
            format.initial_controllers = format.initial_controllers.take().or(initial);
        }
        scope.follow(script, command);
    }
    found
}

/// The words behind `kafka-storage.sh format`.
fn formatting(command: &SimpleCommand) -> Option<&[Word]> {
    let (name, words) = command.run()?;
    let (first, rest) = words.split_first()?;
    let is_tool = matches!(name.as_str(), "kafka-storage.sh" | "kafka-storage");
    (is_tool && first.constant()? == "format").then_some(rest)
}

/// What a script does to files before anything starts, as init scripts do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileChange {
    /// `cat > FILE <<EOF`, `echo text > FILE`
    Write {
        /// The file.
        file: Value,
        /// What is written.
        text: Value,
        /// It is added to what the file holds.
        appends: bool,
        /// Where the text stands.
        position: Position,
    },
    /// `cp FROM TO`
    Copy {
        /// The source.
        from: Value,
        /// The target.
        to: Value,
    },
    /// `sed -i 's/FIND/PUT/' FILE`
    Replace {
        /// The file.
        file: Value,
        /// The pattern as it stands.
        find: String,
        /// What takes its place.
        put: Value,
        /// Where the command stands.
        position: Position,
    },
}

/// The changes of files by a script, in their order.
pub fn file_changes(script: &Script) -> Vec<FileChange> {
    let mut scope = Scope::default();
    let mut changes = Vec::new();
    for (at, command) in script.commands.iter().enumerate() {
        scope.follow(script, command);
        if changes.len() >= MOST {
            break;
        }
        let Some((name, arguments)) = command.run() else {
            continue;
        };
        match name.as_str() {
            "cp" => {
                let files: Vec<&Word> = arguments
                    .iter()
                    .filter(|word| !word.raw.starts_with('-'))
                    .collect();
                if let [from @ .., to] = files.as_slice() {
                    for from in from {
                        changes.push(FileChange::Copy {
                            from: scope.resolve(from),
                            to: scope.resolve(to),
                        });
                    }
                }
            }
            "sed" => changes.extend(replacements(&scope, arguments)),
            "cat" | "echo" | "printf" | "tee" => {
                let next = script.commands.get(at + 1);
                changes.extend(written(script, &scope, command, next, &name, arguments));
            }
            _ => {}
        }
    }
    changes
}

/// What `cat`, `echo`, `printf` or `tee` writes into a file.
fn written(
    script: &Script,
    scope: &Scope,
    command: &SimpleCommand,
    next: Option<&SimpleCommand>,
    name: &str,
    arguments: &[Word],
) -> Option<FileChange> {
    let document = command.redirections.iter().find_map(|one| one.document);
    let output = command.redirections.iter().find_map(|one| {
        let appends = match one.operator.as_str() {
            ">" | "1>" | ">|" => false,
            ">>" | "1>>" => true,
            _ => return None,
        };
        Some((scope.resolve(&one.target), appends))
    });
    let tee = |arguments: &[Word]| {
        let appends = arguments.iter().any(|word| word.raw == "-a");
        let file = arguments.iter().find(|word| !word.raw.starts_with('-'))?;
        Some((scope.resolve(file), appends))
    };
    let piped = || {
        let next = next.filter(|next| next.joint == Joint::Pipe)?;
        let (name, arguments) = next.run()?;
        (name == "tee").then(|| tee(arguments)).flatten()
    };
    let (file, appends) = if name == "tee" {
        tee(arguments)?
    } else {
        output.or_else(piped)?
    };
    if let Some(document) = document {
        let document = script.documents.get(document)?;
        return Some(FileChange::Write {
            file,
            text: scope.resolve_all(&document.pieces),
            appends,
            position: document.position,
        });
    }
    if !matches!(name, "echo" | "printf") {
        return None;
    }
    let is_flag = |word: &Word| matches!(word.raw.as_str(), "-e" | "-en" | "-ne");
    let escapes = name == "printf" || arguments.first().is_some_and(is_flag);
    let words: Vec<&Word> = arguments
        .iter()
        .skip_while(|word| matches!(word.raw.as_str(), "-e" | "-n" | "-en" | "-ne"))
        .collect();
    let position = words.first()?.position;
    let mut pieces = Vec::new();
    for (number, word) in words.into_iter().enumerate() {
        if number > 0 {
            pieces.push(Piece::Text(" ".to_owned()));
        }
        pieces.extend(word.pieces.iter().cloned().map(|piece| match piece {
            Piece::Text(text) if escapes => Piece::Text(text.replace("\\n", "\n")),
            other => other,
        }));
    }
    if name == "echo" {
        pieces.push(Piece::Text("\n".to_owned()));
    }
    Some(FileChange::Write {
        file,
        text: scope.resolve_all(&pieces),
        appends,
        position,
    })
}

/// The expressions `s/FIND/PUT/` of a `sed -i`, with the file it changes.
fn replacements(scope: &Scope, arguments: &[Word]) -> Vec<FileChange> {
    let in_place = |word: &Word| word.raw.starts_with("-i") || word.raw == "--in-place";
    if !arguments.iter().any(in_place) {
        return Vec::new();
    }
    let mut expressions = Vec::new();
    let mut files = Vec::new();
    let mut is_expression = false;
    let has_e = arguments.iter().any(|word| word.raw == "-e");
    for word in arguments {
        match word.raw.as_str() {
            "-e" => is_expression = true,
            raw if raw.starts_with('-') => {}
            _ if is_expression || (!has_e && expressions.is_empty()) => {
                expressions.push(word);
                is_expression = false;
            }
            _ => files.push(word),
        }
    }
    let Some(file) = files.first().map(|file| scope.resolve(file)) else {
        return Vec::new();
    };
    let found = expressions.into_iter().filter_map(|word| {
        let value = scope.resolve(word);
        let (find, put) = substitution(value)?;
        Some(FileChange::Replace {
            file: file.clone(),
            find,
            put,
            position: word.position,
        })
    });
    found.collect()
}

/// Divides `s/FIND/PUT/`; a sign that is escaped divides nothing.
fn substitution(value: Value) -> Option<(String, Value)> {
    use super::value::Part;
    let mut parts = value.parts.into_iter();
    let Part::Text(first) = parts.next()? else {
        return None;
    };
    let rest = first.strip_prefix('s')?;
    let sign = rest.chars().next()?;
    let (find, mut text) = divide(&rest[sign.len_utf8()..], sign)?;
    let mut put = Value::default();
    loop {
        if let Some((last, _)) = divide(&text, sign) {
            put.parts.push(Part::Text(last));
            break;
        }
        put.parts.push(Part::Text(text));
        text = loop {
            match parts.next()? {
                Part::Text(text) => break text,
                part => put.parts.push(part),
            }
        };
    }
    put.parts
        .retain(|part| !matches!(part, Part::Text(text) if text.is_empty()));
    Some((find, put))
}

/// The text before a sign, without the backslashes before such signs, and the text behind it.
fn divide(text: &str, sign: char) -> Option<(String, String)> {
    let mut before = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character == sign {
            return Some((before, characters.as_str().to_owned()));
        }
        if character == '\\' {
            let next = characters.next()?;
            if next != sign {
                before.push('\\');
            }
            before.push(next);
        } else {
            before.push(character);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use serde::Deserialize as _;
    use serde_json::Value as Json;

    use super::super::shell::{container, read};
    use super::super::value::Part;
    use super::*;
    use crate::design::Design;

    fn keys(remarks: &[Remark]) -> Vec<&str> {
        remarks.iter().map(|remark| &*remark.key).collect()
    }

    /// The value that each of the first pods has; variables are those of pod 0 to 2 of `kafka`.
    fn for_pods(value: &Value) -> Vec<Option<String>> {
        let pods = (0..3).map(|number| {
            value.for_pod(number, &|name| match name {
                "HOSTNAME" => Some(format!("kafka-{number}")),
                "hostname -f" => Some(format!("kafka-{number}.kafka-hs.kafka.svc.cluster.local")),
                "HOST_IP" => Some(format!("10.0.0.{number}")),
                _ => None,
            })
        });
        pods.collect()
    }

    fn start_of(script: &Script) -> Start<'_> {
        find(script).expect("something is started")
    }

    #[test]
    fn the_articles_start_command_is_read() {
        let script = read(
            "exec /opt/kafka/bin/kafka-server-start.sh /opt/kafka/config/server.properties --override broker.id=${HOSTNAME##*-} --override listeners=PLAINTEXT://:9092 --override advertised.listeners=PLAINTEXT://10.10.101.114:$((${HOSTNAME##*-}+30127)) --override log.dir=/var/lib/kafka/",
        );
        let start = start_of(&script);
        assert_eq!((start.program, start.is_exec), (Program::Kafka, true));
        let found = kafka(&script, &start);
        assert_eq!(found.remarks, []);
        let file = found.file.and_then(|file| file.value.constant());
        assert_eq!(file.as_deref(), Some("/opt/kafka/config/server.properties"));
        assert_eq!(found.overrides[0].name, "broker.id");
        assert_eq!(found.overrides[0].value.ordinal(), Some(0));
        assert_eq!(
            found.overrides[2].value.parts,
            [
                Part::Text("PLAINTEXT://10.10.101.114:".to_owned()),
                Part::Ordinal { base: 30_127 }
            ]
        );
        assert_eq!(
            found.overrides[3].value.constant().as_deref(),
            Some("/var/lib/kafka/")
        );
        let column = script.commands[0].words[10].position.column;
        assert_eq!((found.overrides[3].position.column, column), (251, 251));
    }

    #[test]
    fn other_ways_to_the_ordinal_are_known() {
        for script in [
            "ORDINAL=${HOSTNAME##*-}; exec kafka-server-start.sh f --override broker.id=$((31 + ORDINAL)) --override x=$ORDINAL",
            "set -e\nexport ORDINAL=\"$(hostname | awk -F'-' '{print $NF}')\"\nkafka-server-start.sh f --override=broker.id=$(( $ORDINAL+31 )) --override x=\"${ORDINAL}\"",
            "[[ `hostname` =~ -([0-9]+)$ ]] || exit 1\nid=${BASH_REMATCH[1]}\nKAFKA_OPTS=a kafka-server-start f --override broker.id=$((${id} + 30 + 1)) --override x=$id",
            "id=$(echo $POD_NAME | rev | cut -d'-' -f 1 | rev) && exec kafka-server-start.sh f --override broker.id=`expr $id + 31` --override x=${POD_NAME##*-}",
            "kafka-server-start.sh f --override broker.id=$((1+${HOSTNAME#kafka-}+(30))) --override x=${HOSTNAME: -1}",
        ] {
            let script = read(script);
            let found = kafka(&script, &start_of(&script));
            assert_eq!(found.remarks, [], "{:?}", script.commands);
            let bases: Vec<_> = found
                .overrides
                .iter()
                .map(|one| one.value.ordinal())
                .collect();
            assert_eq!(bases, [Some(31), Some(0)], "{:?}", found.overrides);
        }
    }

    #[test]
    fn what_cannot_be_told_is_not_guessed() {
        let script = read(
            "if a; then X=1; fi\nkafka-server-start.sh f --override a=$X --override b=$((2 * ${HOSTNAME##*-})) --override c=$(curl x) --override d=$((010+1)) --override e=$((3-1+)) --override f --what --override super.users=User:a;User:b",
        );
        let found = kafka(&script, &start_of(&script));
        assert_eq!(
            keys(&found.remarks),
            [
                "import.start.expression",
                "import.start.expression",
                "import.start.expression",
                "import.start.expression",
                "import.start.expression",
                "import.start.no-value",
                "import.start.argument",
                "import.start.semicolon"
            ]
        );
        assert!(
            found.overrides[..5]
                .iter()
                .all(|one| !one.value.is_understood())
        );
        let last = &found.remarks[7];
        assert_eq!(last.args, args![word = "User:b"]);
    }

    #[test]
    fn defaults_and_nested_values_are_read() {
        let script = read(
            "A=1 B= \nkafka-server-start.sh f --override a=${A:-x} --override b=${B:-x} --override c=${C:-${A}y} --override d=${D:-${E}} --override e=$((A + 6 - (2 + (3 - 1))))",
        );
        let found = kafka(&script, &start_of(&script));
        let values: Vec<_> = found
            .overrides
            .iter()
            .map(|one| one.value.clone())
            .collect();
        assert_eq!(values[0], Value::text("1"));
        assert_eq!(values[1], Value::text("x"));
        assert_eq!(
            values[2].parts,
            [Part::Variable {
                name: "C".to_owned(),
                default: Some("1y".to_owned())
            }]
        );
        assert!(!values[3].is_understood());
        assert_eq!(values[4], Value::text("3"));
    }

    #[test]
    fn the_tutorials_flags_are_read() {
        let script = read(
            "start-zookeeper \\\n  --servers=3 \\\n  --heap=512M --purge_interval=12 --what=1 -x",
        );
        let start = start_of(&script);
        assert_eq!(
            (start.program, start.is_exec),
            (Program::TutorialZooKeeper, false)
        );
        let (flags, remarks) = tutorial_zookeeper(&script, &start);
        let found: Vec<_> = flags
            .iter()
            .map(|flag| (&*flag.name, flag.value.constant(), flag.position.line))
            .collect();
        assert_eq!(
            found,
            [
                ("servers", Some("3".to_owned()), 2),
                ("heap", Some("512M".to_owned()), 3),
                ("purge_interval", Some("12".to_owned()), 3)
            ]
        );
        assert_eq!(keys(&remarks), ["import.start.flag", "import.start.flag"]);
    }

    #[test]
    fn entry_points_of_images_are_known() {
        for (list, program) in [
            (
                &["/docker-entrypoint.sh", "zkServer.sh", "start-foreground"][..],
                Program::ZooKeeper,
            ),
            (
                &["zkServer.sh", "start-foreground", "/conf/zoo.cfg"],
                Program::ZooKeeper,
            ),
            (
                &["bash", "/opt/kafka/bin/kafka-server-start.sh", "f"],
                Program::Kafka,
            ),
            (
                &[
                    "sh",
                    "-c",
                    "export KAFKA_BROKER_ID=$((${HOSTNAME##*-}+1)); exec /etc/confluent/docker/run",
                ],
                Program::Image,
            ),
            (&["/etc/kafka/docker/run"], Program::Image),
            (
                &[
                    "/opt/bitnami/scripts/kafka/entrypoint.sh",
                    "/opt/bitnami/scripts/kafka/run.sh",
                ],
                Program::Image,
            ),
            (&["start-kafka.sh"], Program::Image),
            (
                &["bin/zookeeper-server-start.sh", "f"],
                Program::KafkasZooKeeper,
            ),
        ] {
            let script = container(list, &|_| false);
            assert_eq!(start_of(&script).program, program, "{list:?}");
        }
        let script = container(
            &[
                "bash",
                "-c",
                "export ZOO_MY_ID=$((${HOSTNAME##*-} + 1)) A=b\nC=d\nexec /docker-entrypoint.sh zkServer.sh start-foreground",
            ],
            &|_| false,
        );
        let start = start_of(&script);
        let exported: Vec<_> = start.scope.exported().collect();
        assert_eq!(exported.len(), 2);
        assert_eq!(
            start.scope.get("ZOO_MY_ID").and_then(Value::ordinal),
            Some(1)
        );
        assert!(find(&read("echo kafka-server-start.sh")).is_none());
    }

    #[test]
    fn init_scripts_say_what_they_write() {
        let script = read(
            "ID=${HOSTNAME##*-}\ncp /etc/map/server.properties /etc/map/log4j.properties /etc/kafka\nsed -i \"s/#init#broker.id=#init#/broker.id=$ID/\" /etc/kafka/server.properties\ncat >> /etc/kafka/server.properties <<EOF\nnode=\"${ID}\"\nEOF\necho \"a=$ID\" | tee -a /x\necho -e b >/y\nprintf 'c\\n' > /z",
        );
        let changes = file_changes(&script);
        assert_eq!(changes.len(), 7, "{changes:?}");
        assert!(
            matches!(&changes[0], FileChange::Copy { to, .. } if *to == Value::text("/etc/kafka"))
        );
        let FileChange::Replace {
            find,
            put,
            position,
            ..
        } = &changes[2]
        else {
            panic!("{changes:?}");
        };
        assert_eq!(find, "#init#broker.id=#init#");
        assert_eq!(for_pods(put)[2].as_deref(), Some("broker.id=2"));
        assert_eq!((position.line, position.column), (3, 8));
        let texts: Vec<_> = changes[3..]
            .iter()
            .filter_map(|change| match change {
                FileChange::Write { text, appends, .. } => {
                    Some((for_pods(text)[1].clone()?, *appends))
                }
                _ => None,
            })
            .collect();
        let text = |text: &str, appends| (text.to_owned(), appends);
        assert_eq!(
            texts,
            [
                text("node=\"1\"\n", true),
                text("a=1\n", true),
                text("b\n", false),
                text("c\n", false)
            ]
        );
    }

    #[test]
    fn a_value_cannot_grow_without_bound() {
        let mut script = "A=xxxxxxxxxx\n".to_owned();
        for _ in 0..60 {
            script.push_str("A=$A$A$A\n");
        }
        let _ = write!(
            script,
            "kafka-server-start.sh f {}",
            "--override a=$A$A ".repeat(10_000)
        );
        script.push_str(&"--override a=$A".repeat(2));
        let script = read(&script);
        let found = kafka(&script, &start_of(&script));
        assert_eq!(found.overrides.len() + found.remarks.len(), MOST + 1);
        let deep = format!("X={}", "${A:-".repeat(5_000) + &"}".repeat(5_000));
        variables(&read(&deep));
        let table = (0..5_000).fold(
            "case ${HOSTNAME##*-} in\n".to_owned(),
            |mut text, number| {
                let _ = writeln!(text, "{number}) A=host-{number} ;;");
                text
            },
        );
        variables(&read(&(table + "esac")));
    }

    /// The container's command of each object of a file, with the names of its variables.
    fn containers(yaml: &str) -> Vec<(Vec<String>, Vec<String>)> {
        let mut found = Vec::new();
        for document in serde_yaml::Deserializer::from_str(yaml) {
            let object = Json::deserialize(document).unwrap();
            let container = &object["spec"]["template"]["spec"]["containers"][0];
            let Some(command) = container["command"].as_array() else {
                continue;
            };
            let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
            let env = container["env"].as_array();
            let names = env.into_iter().flatten().map(|one| text(&one["name"]));
            found.push((command.iter().map(text).collect(), names.collect()));
        }
        found
    }

    fn rendered(design: &Design, path: &str) -> String {
        let report = crate::evaluate(design);
        let file = report.files.iter().find(|file| file.path == path);
        file.map(|file| file.text()).unwrap_or_default()
    }

    fn every_design() -> Vec<Design> {
        let presets = crate::presets::PRESETS.iter().map(|preset| preset.design());
        let files = std::fs::read_dir("tests/designs").unwrap().map(|file| {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            crate::design::read(&text).unwrap()
        });
        presets.chain(files).collect()
    }

    #[test]
    fn our_own_brokers_are_read_back() {
        for design in every_design() {
            let plan = crate::plan::Plan::of(&design);
            let yaml = rendered(&design, "30-kafka/statefulset.yaml");
            let sets = containers(&yaml);
            let id = if plan.has_kraft() {
                "node.id"
            } else {
                "broker.id"
            };
            assert_eq!(sets.len(), plan.kafka.groups.len());
            for ((command, names), group) in sets.iter().zip(&plan.kafka.groups) {
                let items: Vec<&str> = command.iter().map(String::as_str).collect();
                let script = container(&items, &|name| names.iter().any(|known| known == name));
                assert_eq!(script.remarks, []);
                let start = start_of(&script);
                let found = kafka(&script, &start);
                assert_eq!((start.program, start.is_exec), (Program::Kafka, true));
                assert_eq!(found.remarks, []);
                for one in &found.overrides {
                    if one.name == id {
                        assert_eq!(one.value.ordinal(), i64::try_from(*group.id_base).ok());
                    }
                    if one.name == "advertised.listeners" {
                        for ordinal in 0..*group.brokers {
                            let text = one.value.for_pod(ordinal, &|name| match name {
                                "HOSTNAME" => Some(format!("{}-{ordinal}", *group.name)),
                                "HOST_IP" => Some("$node".to_owned()),
                                _ => None,
                            });
                            let mut expected: Vec<String> = plan
                                .kafka
                                .listeners
                                .iter()
                                .map(|listener| {
                                    let (host, port) =
                                        plan.kafka.advertised(listener, group, ordinal);
                                    format!("{}://{host}:{port}", *listener.name)
                                })
                                .collect();
                            let told = plan.kafka.version.controllers_accept_advertised_listeners();
                            if let Some(kraft) = plan.kraft().filter(|_| told && plan.is_combined())
                            {
                                let host = plan.kafka.host(group, ordinal);
                                let (name, port) = (&*kraft.listener, *kraft.port);
                                expected.push(format!("{name}://{host}:{port}"));
                            }
                            assert_eq!(text, Some(expected.join(",")));
                        }
                    }
                }
                assert!(found.overrides.iter().any(|one| one.name == id));
            }
        }
    }

    #[test]
    fn our_own_ensembles_are_read_back() {
        let mut tutorials = 0;
        for design in every_design() {
            let plan = crate::plan::Plan::of(&design);
            for (command, _) in containers(&rendered(&design, "20-zookeeper/statefulset.yaml")) {
                let items: Vec<&str> = command.iter().map(String::as_str).collect();
                let script = container(&items, &|_| false);
                assert_eq!(script.remarks, []);
                let start = start_of(&script);
                if !plan.has_tutorial_image() {
                    assert_eq!((start.program, start.is_exec), (Program::ZooKeeper, true));
                    continue;
                }
                tutorials += 1;
                let (flags, remarks) = tutorial_zookeeper(&script, &start);
                assert_eq!(remarks, []);
                let servers = flags.iter().find(|flag| flag.name == "servers").unwrap();
                let count = plan.zookeeper().unwrap().servers.to_string();
                assert_eq!(servers.value.constant(), Some(count));
                assert!(flags.len() > 10, "{flags:?}");
            }
        }
        assert!(tutorials > 0);
    }
}
