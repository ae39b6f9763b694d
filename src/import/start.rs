//! What a start command says: which program it starts, with which file, options and flags.

use super::shell::{Joint, Script, SimpleCommand, Word, unknown};
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
            _ if text.starts_with("--override=") => {
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
    let words: Vec<&Word> = arguments
        .iter()
        .skip_while(|word| matches!(word.raw.as_str(), "-e" | "-n" | "-en" | "-ne"))
        .collect();
    let position = words.first()?.position;
    let mut pieces = Vec::new();
    for (number, word) in words.into_iter().enumerate() {
        if number > 0 {
            pieces.push(super::shell::Piece::Text(" ".to_owned()));
        }
        pieces.extend(word.pieces.iter().cloned());
    }
    if name == "echo" {
        pieces.push(super::shell::Piece::Text("\n".to_owned()));
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
