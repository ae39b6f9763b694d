//! INP: what was typed and cannot be used, or contradicts itself. Our own family, not in the catalogue.
//!
//! Nothing typed is lost: the files use the start value meanwhile, and the finding says which.

use super::Severity::{Advice, Error, Warning};
use super::{Effect, Facts, Findings, Fix, Rule, objects};
use crate::args;
use crate::design::{Change, EDITION, FieldPath};
use crate::fields::{Kind, Wrong, find};
use crate::plan::{Absence, Address, Coordination, Exposure, Problem, ProblemKind, StorageKind};
use crate::text::{Arg, Sentence, distance};

/// The family, in its order.
pub static RULES: &[&Rule] = &[
    &EMPTY,
    &NOT_WHOLE,
    &NOT_A_NUMBER,
    &NOT_A_FLAG,
    &BELOW,
    &ABOVE,
    &NOT_ONE_OF,
    &NOT_A_QUANTITY,
    &NOT_A_TIME,
    &NOT_A_HEAP,
    &FORM,
    &TOO_LONG,
    &CONTROL_CHARACTER,
    &UNKNOWN_PATH,
    &NO_SUCH_ITEM,
    &UNKNOWN_PART,
    &UNKNOWN_EDITION,
    &ENSEMBLE_OPTION_LEFT_OUT,
    &ITEM_TWICE,
    &NO_LISTENER,
    &NO_ADDRESS,
    &FEW_ADDRESSES,
    &FEW_NODE_NAMES,
    &FOLDER_TWICE,
    &PROVISIONER_BESIDE_KAFKA,
    &OPTION_OF_THE_ENSEMBLE,
    &CONTROLLERS_OUTSIDE,
    &DEPLOYED,
];

const OURS: &str = "src/rules/README.md, family INP";

const fn rule(
    id: &'static str,
    severity: super::Severity,
    check: fn(&Facts, &mut Findings),
) -> Rule {
    Rule::new(id, severity, OURS, check).effect(Effect::RollingRestart)
}

/// A finding for each text that is wrong in one way; the closure gives what differs, and the repair.
fn wrong(
    facts: &Facts,
    found: &mut Findings,
    rule: &'static Rule,
    judge: impl Fn(&Problem, &Wrong) -> Option<(Option<Arg>, Option<String>)>,
) {
    for problem in &facts.plan.problems {
        let ProblemKind::Wrong(wrong) = &problem.kind else {
            continue;
        };
        let Some((about, better)) = judge(problem, wrong) else {
            continue;
        };
        let mut args = args![text = shown(&problem.text), used = used(&problem.used)];
        args.extend(about.map(|about| ("about", about)));
        let finding = found.add(rule, problem.path.as_str(), args);
        finding.at(problem.path.clone());
        let better = better.filter(|better| fits(facts, &problem.path, better));
        if let Some(better) = better {
            finding.fix(Fix::set(problem.path.clone(), better));
        }
        finding.fix(Fix::unset(problem.path.clone()));
    }
}

/// A typed text as a sentence shows it: one line, not endless.
fn shown(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(60)
        .collect();
    if text.chars().count() > 60 {
        line + "…"
    } else {
        line
    }
}

/// What the files use meanwhile.
fn used(text: &str) -> Arg {
    if text.is_empty() {
        Arg::Sentence("input.nothing".into())
    } else {
        shown(text).into()
    }
}

/// Whether a repair would be right where it goes; an option's value is judged by the plan.
fn fits(facts: &Facts, path: &FieldPath, text: &str) -> bool {
    let Some(field) = find(path) else {
        return false;
    };
    if !field.is_option() {
        return field.kind.check(text).is_ok();
    }
    let change = Change::set(path.clone(), text);
    !facts.unusable_after(&[change]).contains(path)
}

/// Nothing stands where something is needed.
pub static EMPTY: Rule = rule("INP001", Error, |facts, found| {
    wrong(facts, found, &EMPTY, |_, wrong| {
        (*wrong == Wrong::Empty).then_some((None, None))
    });
});

/// A whole number is needed.
pub static NOT_WHOLE: Rule = rule("INP002", Error, |facts, found| {
    wrong(facts, found, &NOT_WHOLE, |problem, wrong| {
        (*wrong == Wrong::NotWhole).then(|| (None, digits(&problem.text)))
    });
});

/// The number in `5 brokers` or `1.000`.
fn digits(text: &str) -> Option<String> {
    let text = text.trim();
    let number: String = text.chars().take_while(char::is_ascii_digit).collect();
    let rest = text[number.len()..].trim_start();
    let word = rest.chars().all(char::is_alphabetic) && !rest.is_empty();
    (!number.is_empty() && word).then_some(number)
}

/// A number is needed.
pub static NOT_A_NUMBER: Rule = rule("INP003", Error, |facts, found| {
    wrong(facts, found, &NOT_A_NUMBER, |problem, wrong| {
        let comma = problem.text.trim().replace(',', ".");
        let better = comma.parse::<f64>().is_ok().then_some(comma);
        (*wrong == Wrong::NotANumber).then_some((None, better))
    });
});

/// `true` or `false` is needed.
pub static NOT_A_FLAG: Rule = rule("INP004", Error, |facts, found| {
    wrong(facts, found, &NOT_A_FLAG, |problem, wrong| {
        let better = match problem.text.trim().to_ascii_lowercase().as_str() {
            "yes" | "y" | "on" | "1" => Some("true".to_owned()),
            "no" | "n" | "off" | "0" => Some("false".to_owned()),
            _ => None,
        };
        (*wrong == Wrong::NotAFlag).then_some((None, better))
    });
});

/// The value is below the smallest one, which is seldom what was meant.
pub static BELOW: Rule = rule("INP005", Error, |facts, found| {
    wrong(facts, found, &BELOW, |_, wrong| match wrong {
        Wrong::Below(min) => Some((Some(min.into()), None)),
        _ => None,
    });
});

/// The value is above the largest one, which is seldom what was meant.
pub static ABOVE: Rule = rule("INP006", Error, |facts, found| {
    wrong(facts, found, &ABOVE, |_, wrong| match wrong {
        Wrong::Above(max) => Some((Some(max.into()), None)),
        _ => None,
    });
});

/// One of some words is needed.
pub static NOT_ONE_OF: Rule = rule("INP007", Error, |facts, found| {
    wrong(facts, found, &NOT_ONE_OF, |problem, wrong| match wrong {
        Wrong::NotOneOf(words) => Some((
            Some(words.clone().into()),
            nearest(problem.text.trim(), words),
        )),
        _ => None,
    });
});

/// The word that was probably meant: the nearest one, when it is near.
fn nearest(text: &str, words: &[String]) -> Option<String> {
    let text: String = text.to_lowercase().chars().take(80).collect();
    let near = words
        .iter()
        .map(|word| (distance(&text, &word.to_lowercase()), word))
        .min_by_key(|(distance, _)| *distance)?;
    (near.0 <= 2 && near.0 < near.1.chars().count()).then(|| near.1.clone())
}

/// A size as Kubernetes writes it is needed.
pub static NOT_A_QUANTITY: Rule = rule("INP008", Error, |facts, found| {
    wrong(facts, found, &NOT_A_QUANTITY, |_, wrong| match wrong {
        Wrong::NotAQuantity(meant) => Some((None, meant.clone())),
        _ => None,
    });
});

/// A time is needed.
pub static NOT_A_TIME: Rule = rule("INP009", Error, |facts, found| {
    wrong(facts, found, &NOT_A_TIME, |problem, wrong| {
        (*wrong == Wrong::NotATime).then(|| (None, digits(&problem.text)))
    });
});

/// A heap size as the JVM reads it is needed.
pub static NOT_A_HEAP: Rule = rule("INP010", Error, |facts, found| {
    wrong(facts, found, &NOT_A_HEAP, |problem, wrong| {
        let text = problem.text.trim().to_ascii_lowercase();
        let end = text
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len());
        let better = match text[end..].trim() {
            "gi" | "gb" | "gib" => Some(format!("{}g", &text[..end])),
            "mi" | "mb" | "mib" => Some(format!("{}m", &text[..end])),
            _ => None,
        };
        (*wrong == Wrong::NotAHeap).then_some((None, better))
    });
});

/// The text does not have the form that is asked for.
pub static FORM: Rule = rule("INP011", Error, |facts, found| {
    wrong(facts, found, &FORM, |problem, wrong| match wrong {
        Wrong::Form(form) => Some((
            Some(Arg::Sentence(format!("form.{form}").into())),
            reformed(&problem.path, &problem.text),
        )),
        _ => None,
    });
});

/// A name or address in the form that was probably meant.
fn reformed(path: &FieldPath, text: &str) -> Option<String> {
    let text = text.trim();
    Some(match find(path)?.kind {
        Kind::Name(crate::fields::NameKind::Listener) => text
            .to_ascii_uppercase()
            .replace(|c: char| !c.is_ascii_alphanumeric(), "_"),
        Kind::Name(crate::fields::NameKind::LabelValue) => text.replace(
            |c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c),
            "-",
        ),
        Kind::Name(_) => text
            .to_ascii_lowercase()
            .replace(|c: char| !c.is_ascii_alphanumeric() && c != '.', "-")
            .trim_matches('-')
            .to_owned(),
        Kind::Folder | Kind::Chroot => format!("/{}", text.trim_matches('/')),
        Kind::Host => text
            .split_once("://")
            .map_or(text, |(_, rest)| rest)
            .split(['/', ':'])
            .next()?
            .to_owned(),
        Kind::Url => format!("https://{text}"),
        Kind::Image | Kind::ImageName => text.to_ascii_lowercase(),
        _ => return None,
    })
}

/// The text is too long.
pub static TOO_LONG: Rule = rule("INP012", Error, |facts, found| {
    wrong(facts, found, &TOO_LONG, |_, wrong| match wrong {
        Wrong::TooLong(longest) => Some((Some((*longest).into()), None)),
        _ => None,
    });
});

/// A control character, which no file can carry.
pub static CONTROL_CHARACTER: Rule = rule("INP013", Error, |facts, found| {
    wrong(facts, found, &CONTROL_CHARACTER, |problem, wrong| {
        let clean: String = problem.text.chars().filter(|c| !c.is_control()).collect();
        (*wrong == Wrong::ControlCharacter).then_some((None, Some(clean)))
    });
});

fn stray(facts: &Facts, found: &mut Findings, rule: &'static Rule, kind: &ProblemKind) {
    for problem in facts.plan.problems.iter().filter(|p| p.kind == *kind) {
        let item = problem.path.key().unwrap_or_default();
        found
            .add(
                rule,
                problem.path.as_str(),
                args![
                    path = problem.path.as_str(),
                    text = shown(&problem.text),
                    item
                ],
            )
            .at(problem.path.clone())
            .fix_with(Effect::Nothing, Fix::unset(problem.path.clone()));
    }
}

/// The design holds a value that no field has.
pub static UNKNOWN_PATH: Rule = rule("INP014", Warning, |facts, found| {
    stray(facts, found, &UNKNOWN_PATH, &ProblemKind::UnknownPath);
});

/// The design holds a value of an item that is not there.
pub static NO_SUCH_ITEM: Rule = rule("INP015", Warning, |facts, found| {
    stray(facts, found, &NO_SUCH_ITEM, &ProblemKind::NoSuchItem);
});

/// The document has a part that this program does not know.
pub static UNKNOWN_PART: Rule = rule("INP016", Warning, |facts, found| {
    for part in facts.design.unknown.keys() {
        found.add(&UNKNOWN_PART, part, args![part]);
    }
});

/// The document names an edition of the start values that this program does not have.
pub static UNKNOWN_EDITION: Rule = rule("INP017", Warning, |facts, found| {
    let edition = &facts.design.defaults;
    if edition != EDITION {
        found.add(
            &UNKNOWN_EDITION,
            "defaults",
            args![edition = shown(edition), own = EDITION],
        );
    }
});

/// An option of the ensemble that the version or the image does not know is not written.
pub static ENSEMBLE_OPTION_LEFT_OUT: Rule = rule("INP018", Warning, |facts, found| {
    let Some(zookeeper) = facts.plan.zookeeper() else {
        return;
    };
    for left in &zookeeper.config.unwritten {
        let why = match &left.why {
            Absence::NotYet { .. } => "input.not-yet",
            Absence::Removed { .. } => "input.removed",
            Absence::NoFlag => "input.no-flag",
            Absence::NotInFile => "input.not-in-file",
            Absence::WithEnsemble => "input.with-ensemble",
        };
        let path = FieldPath::zookeeper_option(&left.name);
        found
            .add(
                &ENSEMBLE_OPTION_LEFT_OUT,
                &left.name,
                vec![
                    ("option", (&left.name).into()),
                    ("version", zookeeper.version.to_string().into()),
                    ("why", Arg::Sentence(why.into())),
                ],
            )
            .at(path.clone())
            .fix(Fix::unset(path));
    }
});

/// A list of the design names an item twice.
pub static ITEM_TWICE: Rule = rule("INP019", Error, |facts, found| {
    for (list, keys) in &facts.design.lists {
        let mut seen: Vec<&str> = Vec::new();
        for key in keys {
            if seen.contains(&key.as_str()) {
                found.add(&ITEM_TWICE, list, args![list, item = key]);
                break;
            }
            seen.push(key);
        }
    }
});

/// No listener is open; a broker needs one.
pub static NO_LISTENER: Rule = rule("INP020", Error, |facts, found| {
    let design = facts.design;
    let keys: Vec<&str> = design.keys("kafka.listeners").collect();
    let exposure = |key: &str| FieldPath::keyed("kafka.listeners[].exposure", key);
    let closed = |key: &&str| match facts.plan.derived.get(&exposure(key)) {
        Some(derived) if !derived.overridden => derived.text == "none",
        _ => design.get(&exposure(key)).map(str::trim) == Some("none"),
    };
    if !keys.iter().all(closed) {
        return;
    }
    let finding = found.add(&NO_LISTENER, "kafka.listeners", args![]);
    match keys.first() {
        Some(key) => finding
            .at(exposure(key))
            .fix_with(Effect::Procedure, Fix::set(exposure(key), "inside")),
        None => finding.fix_with(
            Effect::Procedure,
            Fix::steps(
                Sentence::plain("fix.open-listener"),
                vec![
                    Change::Add {
                        list: "kafka.listeners".to_owned(),
                        key: "internal".to_owned(),
                    },
                    Change::set("kafka.listeners[internal].exposure", "inside"),
                ],
            ),
        ),
    };
});

/// A listener tells one fixed address, and none is given.
pub static NO_ADDRESS: Rule = rule("INP021", Error, |facts, found| {
    for listener in facts.plan.kafka.listeners.iter().filter(|l| l.is_outside()) {
        let keyed = |id: &str| FieldPath::keyed(id, &listener.key);
        let chosen = facts
            .design
            .get(&keyed("kafka.listeners[].address_from"))
            .map(str::trim);
        let balancer = *listener.exposure == Exposure::LoadBalancer;
        let missing = match &*listener.address {
            Address::Node => balancer || chosen == Some("fixed"),
            Address::PerBroker(hosts) => hosts.is_empty(),
            _ => false,
        };
        if !missing {
            continue;
        }
        let field = if chosen == Some("fixed") {
            "kafka.listeners[].address"
        } else {
            "kafka.listeners[].addresses"
        };
        let finding = found.add(
            &NO_ADDRESS,
            format!("listener/{}", listener.key),
            args![listener = listener.name.as_str()],
        );
        finding.at(keyed(field));
        if !balancer {
            finding.fix(Fix::set(keyed("kafka.listeners[].address_from"), "node"));
        }
    }
});

/// A listener has fewer addresses than there are brokers.
pub static FEW_ADDRESSES: Rule = rule("INP022", Error, |facts, found| {
    let brokers = *facts.plan.kafka.brokers;
    for listener in &facts.plan.kafka.listeners {
        let Address::PerBroker(hosts) = &*listener.address else {
            continue;
        };
        if !hosts.is_empty() && (hosts.len() as u64) < brokers {
            found
                .add(
                    &FEW_ADDRESSES,
                    format!("listener/{}", listener.key),
                    args![
                        listener = listener.name.as_str(),
                        addresses = hosts.len(),
                        brokers
                    ],
                )
                .at(FieldPath::keyed(
                    "kafka.listeners[].addresses",
                    &listener.key,
                ))
                .at_origins(&facts.plan.kafka.brokers.from);
        }
    }
});

/// Local volumes need the names of the nodes that hold the disks, one node for each pod of a set.
pub static FEW_NODE_NAMES: Rule = rule("INP023", Error, |facts, found| {
    let plan = facts.plan;
    if !plan.has_local_storage() {
        return;
    }
    let names = plan.cluster.nodes.names.len();
    let servers = match &plan.coordination {
        Coordination::ZooKeeper(zookeeper) => *zookeeper.servers,
        Coordination::KRaft(kraft) => kraft.controllers.as_ref().map_or(0, |own| *own.count),
    };
    let pods = servers.max(*plan.kafka.brokers);
    if (names as u64) < pods {
        found
            .add(&FEW_NODE_NAMES, "nodes.names", args![names, pods])
            .at("nodes.names");
    }
});

/// Two volumes want the same folder of a container, which Kubernetes refuses.
pub static FOLDER_TWICE: Rule = rule("INP024", Error, |facts, found| {
    for object in facts.workloads() {
        let mut twice = Vec::new();
        for container in objects::all_containers(object) {
            let mut seen: Vec<&str> = Vec::new();
            for folder in super::probes::mounts(container) {
                let folder = folder.trim_end_matches('/');
                if seen.contains(&folder) {
                    twice.push(folder.to_owned());
                }
                seen.push(folder);
            }
        }
        twice.dedup();
        objects::listed(found, &FOLDER_TWICE, object, objects::POD, twice);
    }
});

/// The provisioner mounts the export itself, which the level `restricted` forbids to its whole namespace.
pub static PROVISIONER_BESIDE_KAFKA: Rule = rule("INP025", Warning, |facts, found| {
    let plan = facts.plan;
    let nfs = &plan.storage.nfs.namespace;
    let beside = nfs.value == plan.kafka.namespace.value
        || plan
            .zookeeper()
            .is_some_and(|zk| *zk.namespace == nfs.value);
    if *plan.storage.kind == StorageKind::Nfs && beside && *plan.kafka.pods.restricted {
        let path = "storage.nfs.namespace";
        found
            .add(
                &PROVISIONER_BESIDE_KAFKA,
                path,
                args![namespace = nfs.as_str()],
            )
            .at(path)
            .fix_with(Effect::Procedure, Fix::unset(path));
    }
});

/// An option that only brokers with ZooKeeper read is not written without it.
pub static OPTION_OF_THE_ENSEMBLE: Rule = rule("INP026", Warning, |facts, found| {
    for left in &facts.plan.kafka.config.unwritten {
        if left.why == Absence::WithEnsemble {
            let path = FieldPath::kafka_option(&left.name);
            found
                .add(
                    &OPTION_OF_THE_ENSEMBLE,
                    &left.name,
                    args![option = &left.name],
                )
                .at(path.clone())
                .at("cluster.coordination")
                .fix(Fix::unset(path));
        }
    }
});

/// Members of a cluster need names that stay and disks of their own, which a Deployment does not give.
///
/// A name that was read as a StatefulSet of ours is one of theirs.
pub static DEPLOYED: Rule = rule("INP028", Error, |facts, found| {
    let deployments = facts.of_kind("Deployment");
    for object in deployments.filter(|object| facts.side(object) != super::Side::Other) {
        let count = object.replicas();
        let severity = if count > 1 { Error } else { Warning };
        let finding = found.add(
            &DEPLOYED,
            object.subject(),
            args![object = object.subject(), count],
        );
        finding.severity(severity).place(object, "kind");
        let changes = facts.design.extras.of_a_deployment(object.name);
        if !changes.is_empty() {
            let title = Sentence::new("fix.stateful", args![object = object.subject()]);
            finding.fix_with(Effect::AbandonsData, Fix::steps(title, changes));
        }
    }
});

/// Controllers for whose disks no id was made start outside the quorum.
pub static CONTROLLERS_OUTSIDE: Rule = rule("INP027", Advice, |facts, found| {
    let plan = facts.plan;
    let Some(kraft) = plan.kraft().filter(|_| plan.has_dynamic_quorum()) else {
        return;
    };
    let (members, initial) = (kraft.members.len(), kraft.initial());
    // KRF026 asks for the first ones.
    if initial > 0 && initial < members {
        found
            .add(
                &CONTROLLERS_OUTSIDE,
                "kraft.directory_ids",
                args![later = members - initial, members],
            )
            .at("kraft.directory_ids");
    }
})
.effect(Effect::Procedure);

#[cfg(test)]
mod tests {
    use super::super::testing::{design, fires, repairs, silent};
    use crate::design::Design;

    /// The value that the first repair gives.
    fn better(path: &str, text: &str, id: &str) -> Option<String> {
        let design = design(&[("storage.kind", "nfs"), (path, text)]);
        let finding = repairs(&design, id);
        assert_eq!(finding.subject, path);
        match &finding.fixes[0].changes[0] {
            crate::design::Change::Set { value, .. } => Some(value.clone()),
            _ => None,
        }
    }

    #[test]
    fn wrong_texts_say_what_is_right() {
        let cases = [
            ("kafka.name", " ", "INP001", None),
            ("zookeeper.servers", "5 servers", "INP002", Some("5")),
            ("zookeeper.servers", "five", "INP002", None),
            ("kafka.gc_log", "yes", "INP004", Some("true")),
            ("zookeeper.servers", "0", "INP005", None),
            ("zookeeper.servers", "1000", "INP006", None),
            ("zookeeper.flavour", "oficial", "INP007", Some("official")),
            ("zookeeper.flavour", "banana", "INP007", None),
            ("kafka.memory_request", "2GB", "INP008", Some("2Gi")),
            ("kafka.memory_request", "much", "INP008", None),
            ("kafka.grace_period", "90 seconds", "INP009", Some("90")),
            ("kafka.heap", "2Gi", "INP010", Some("2g")),
            (
                "kafka.namespace",
                "Kafka Prod",
                "INP011",
                Some("kafka-prod"),
            ),
            (
                "storage.nfs.server",
                "nfs://10.0.0.1/x",
                "INP011",
                Some("10.0.0.1"),
            ),
            ("storage.nfs.path", "srv/nfs", "INP011", Some("/srv/nfs")),
            ("kafka.opts", "a\u{7}b", "INP013", Some("ab")),
        ];
        for (path, text, id, expected) in cases {
            assert_eq!(better(path, text, id).as_deref(), expected, "{path} {text}");
        }
        let long = "k".repeat(64);
        assert_eq!(better("kafka.namespace", &long, "INP012"), None);
    }

    #[test]
    fn a_disk_named_like_a_volume_of_ours() {
        let disk = |key: &str| Design::default().with_list("kafka.disks", &[key]);
        fires(&disk("kafka-tmp"), "K8S057");
        silent(&disk("records"), "K8S057");
    }
}
