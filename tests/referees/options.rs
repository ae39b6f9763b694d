//! The catalogue of broker options against the definitions inside Kafka.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::process::{Command, Stdio};

use kafka_cluster_designer::catalog::{
    BrokerOption, KafkaLine, Lookup, OptionKind, broker_option, broker_options, check_option_value,
};
use serde_json::Value;

/// One option as Kafka defines it.
#[derive(Clone)]
struct Defined {
    kind: String,
    required: bool,
    default: Option<String>,
    importance: String,
    internal: bool,
    valid: String,
}

/// Everything that one Kafka says of its options.
struct Broker {
    options: BTreeMap<String, Defined>,
    /// Values that it was asked for, and whether it takes them.
    answers: Vec<(String, String, bool)>,
}

fn run(kafka: &str, questions: &str) -> Vec<String> {
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/referees/Options.java");
    let mut child = Command::new(kafka)
        .arg(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Java runs");
    let mut input = child.stdin.take().expect("a pipe");
    let questions = questions.to_owned();
    // While it is asked, it already answers.
    let asking = std::thread::spawn(move || input.write_all(questions.as_bytes()));
    let output = child.wait_with_output().expect("Java ends");
    asking.join().expect("a writer").expect("it listens");
    assert!(output.status.success(), "{kafka}");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.lines().map(str::to_owned).collect()
}

fn defined(line: &str) -> (String, Defined) {
    let tree: Value = serde_json::from_str(line).expect("JSON");
    let text = |key: &str| tree[key].as_str().map(str::to_owned);
    let option = Defined {
        kind: text("kind").expect("a kind").to_lowercase(),
        required: tree["required"] == true,
        default: text("default"),
        importance: text("importance").expect("an importance").to_lowercase(),
        internal: tree["internal"] == true,
        valid: text("valid").expect("a text"),
    };
    (text("name").expect("a name"), option)
}

fn ask(kafka: &str) -> Broker {
    let options: BTreeMap<String, Defined> =
        run(kafka, "").iter().map(|line| defined(line)).collect();
    let asked: Vec<(String, String)> = options
        .iter()
        .flat_map(|(name, option)| {
            let values = candidates(name, option);
            values.into_iter().map(|value| (name.clone(), value))
        })
        .collect();
    let questions: Vec<String> = asked
        .iter()
        .map(|(name, value)| format!("{name}\t{value}\n"))
        .collect();
    let answers = run(kafka, &questions.concat()).split_off(options.len());
    assert_eq!(answers.len(), asked.len());
    let answers = asked.into_iter().zip(answers);
    let answers = answers.map(|((name, value), taken)| (name, value, taken == "true"));
    Broker {
        answers: answers.collect(),
        options,
    }
}

/// Values at every border that the broker or the catalogue may have, and a few beside.
fn candidates(name: &str, option: &Defined) -> BTreeSet<String> {
    let mut values: BTreeSet<String> = ["", "nonsense", "-2", "-1", "0", "1", "2", "true"]
        .map(str::to_owned)
        .into();
    let words = option.valid.split(|c: char| "[](), ".contains(c));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let rows = (4..44).filter_map(|minor| {
        let line = KafkaLine::of(2 + minor / 10, minor % 10);
        broker_option(name, line).known()
    });
    let borders = rows.flat_map(|known: BrokerOption| {
        let numbers = [known.values.min, known.values.max];
        numbers
            .into_iter()
            .flatten()
            .chain(known.values.also.iter().copied())
    });
    let numbers = words.iter().filter_map(|word| word.parse::<i64>().ok());
    for border in borders.chain(numbers) {
        values.extend((-1..=1).map(|step| (border + step).to_string()));
    }
    values.extend(words.iter().map(|word| (*word).to_owned()));
    values.extend(words.iter().map(|word| word.to_lowercase()));
    values.extend(option.default.clone());
    values
}

/// Options whose text has a form of its own, which the catalogue does not describe.
const FORMS: [&str; 4] = [
    "controller.quorum.bootstrap.servers",
    "controller.quorum.voters",
    "inter.broker.protocol.version",
    "log.message.format.version",
];

/// Whether a border lies where the catalogue cannot say it: its limits are whole numbers.
fn between_whole_numbers(name: &str, value: &str) -> bool {
    name == "remote.log.manager.task.retry.jitter" && ["1", "2"].contains(&value)
}

/// A default without the order of its items: that of a map is none.
fn default_text(name: &str, text: Option<&str>) -> String {
    let Some(text) = text else {
        return "null".to_owned();
    };
    let mut items: Vec<&str> = text.split(',').collect();
    if name == "listener.security.protocol.map" {
        items.sort_unstable();
    }
    format!("{:?}", items.join(","))
}

/// Where the catalogue and the broker differ, as sentences.
fn differences(broker: &Broker, line: KafkaLine) -> Vec<String> {
    let mut found = Vec::new();
    for (name, defined) in &broker.options {
        let Lookup::Known(known) = broker_option(name, line) else {
            found.push(format!("{line} {name}: the catalogue does not have it"));
            continue;
        };
        let mut differs = |what: &str, catalogue: String, broker: String| {
            if catalogue != broker {
                found.push(format!(
                    "{line} {name}: the catalogue says {what} {catalogue}, the broker {broker}"
                ));
            }
        };
        let kind = format!("{:?}", known.values.kind).to_lowercase();
        differs("kind", kind, defined.kind.clone());
        differs(
            "required",
            known.required.to_string(),
            defined.required.to_string(),
        );
        differs(
            "internal",
            known.internal.to_string(),
            defined.internal.to_string(),
        );
        differs(
            "the default",
            default_text(name, known.default),
            default_text(name, defined.default.as_deref()),
        );
        let importance = format!("{:?}", known.importance).to_lowercase();
        differs("importance", importance, defined.importance.clone());
    }
    for known in broker_options(line) {
        if !broker.options.contains_key(known.name) {
            found.push(format!(
                "{line} {}: the broker does not have it",
                known.name
            ));
        }
    }
    for (name, value, taken) in &broker.answers {
        let Lookup::Known(known) = broker_option(name, line) else {
            continue;
        };
        // Whether a class exists is known to the broker only.
        if known.values.kind == OptionKind::Class
            || FORMS.contains(&name.as_str())
            || between_whole_numbers(name, value)
        {
            continue;
        }
        let ours = check_option_value(&known.values, value).is_none();
        if ours != *taken {
            let (ours, theirs) = if ours {
                ("takes", "does not")
            } else {
                ("refuses", "does not")
            };
            found.push(format!(
                "{line} {name}: the catalogue {ours} {value:?}, the broker {theirs}"
            ));
        }
    }
    found
}

#[test]
fn the_catalogue_has_the_options_of_the_broker() {
    let mut found = Vec::new();
    for (kafka, line) in [
        ("kafka-2.8", KafkaLine::of(2, 8)),
        ("kafka-3.5", KafkaLine::of(3, 5)),
        ("kafka-3.9", KafkaLine::of(3, 9)),
        ("kafka-4.1", KafkaLine::of(4, 1)),
        ("kafka-4.3", KafkaLine::of(4, 3)),
    ] {
        let broker = ask(kafka);
        println!(
            "options: {kafka} defines {}, and was asked for {} values",
            broker.options.len(),
            broker.answers.len()
        );
        found.extend(differences(&broker, line));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_catalogue_that_differs_from_the_broker_is_noticed() {
    let line = KafkaLine::of(3, 9);
    let mut broker = ask("kafka-3.9");
    assert!(differences(&broker, line).is_empty());
    let partitions = broker.options.get_mut("num.partitions").expect("an option");
    partitions.default = Some("2".to_owned());
    let gone = broker.options.remove("log.dirs").expect("an option");
    broker.options.insert("log.folders".to_owned(), gone);
    let answer = broker.answers.iter_mut();
    for (_, _, taken) in answer.filter(|(name, value, _)| name == "num.io.threads" && value == "0")
    {
        *taken = true;
    }
    let found = differences(&broker, line);
    assert_eq!(
        found,
        [
            "3.9 log.folders: the catalogue does not have it",
            "3.9 num.partitions: the catalogue says the default \"1\", the broker \"2\"",
            "3.9 log.dirs: the broker does not have it",
            "3.9 num.io.threads: the catalogue refuses \"0\", the broker does not",
        ]
    );
}
