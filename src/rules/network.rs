//! NET: listeners, and the addresses that clients are told.

use super::Severity::{Advice, Error, Warning};
use super::{Effect, Facts, Finding, Findings, Fix, Rule, network_names as names, policies};
use crate::args;
use crate::design::FieldPath;
use crate::fields;
use crate::plan::{Address, Exposure, Listener, Value};

/// The family, in the order of the catalogue.
pub static RULES: &[&Rule] = &[
    &NAME_TWICE,
    &PORT_TWICE,
    &names::ENTRY_UNREADABLE,
    &PROTOCOL_UNKNOWN,
    &names::PROTOCOL_OF_MAP,
    &ADVERTISED_NOT_OPEN,
    &INTER_BROKER_NOT_ADVERTISED,
    &names::INTER_BROKER_TWICE,
    &INTER_BROKER_WITHOUT_PROTOCOL,
    &WILDCARD_ADVERTISED,
    &ONE_LISTENER_FOR_ALL,
    &BROKERS_TALK_OUTSIDE,
    &ONE_NODE_ADVERTISED,
    &PORT_OF_ANOTHER_BROKER,
    &NODE_PORT_OUTSIDE_RANGE,
    &NODE_PORT_TWICE,
    &NODE_PORTS_PAST_RANGE,
    &NODE_PORT_IN_DYNAMIC_BAND,
    &SERVICES_NOT_AS_MANY_AS_BROKERS,
    &LOCAL_TRAFFIC_TO_FIXED_ADDRESS,
    &names::EXTRA_HOP,
    &ONE_ADDRESS_FOR_ALL,
    &names::NO_BOOTSTRAP,
    &names::NAME_UNRESOLVED,
    &names::DOMAIN_ASSUMED,
    &names::BROKERS_HIDDEN,
    &names::PORT_UNDECLARED,
    &names::PORT_OF_ANOTHER_PROGRAM,
    &names::NODE_NETWORK,
    &policies::NO_POLICY,
    &policies::POLICY_MISFIT,
    &names::PRIVILEGED_PORT,
    &names::ADDRESS_WITHOUT_BRACKETS,
    &names::BALANCER_FORGETS,
];

const CORE: &str = "apache/kafka:core/src/main/scala/kafka/utils/CoreUtils.scala (3.5.2)";
const END_POINT: &str = "apache/kafka:core/src/main/scala/kafka/cluster/EndPoint.scala (3.5.2)";
const CONFIG: &str = "apache/kafka:core/src/main/scala/kafka/server/KafkaConfig.scala (3.5.2)";
const MODEL: &str = "derived, see Failure model";
const STRIMZI: &str = "own judgement; Strimzi offers the matching options (strimzi/strimzi-kafka-operator:cluster-operator/src/main/java/io/strimzi/operator/cluster/model/ListenersValidator.java (main))";
const NODE_PORTS: &str = "Kubernetes Service documentation, NodePort section and blog of 2023-05-11 (static and dynamic band)";
const BITNAMI: &str =
    "bitnami/charts:bitnami/kafka/templates/_helpers.tpl (validateValues, 2026-07)";
const SERVICES: &str = "kubernetes/api:core/v1/types.go (2026-07)";

/// The range of node ports of a cluster that changed nothing.
const RANGE: std::ops::RangeInclusive<u64> = 30_000..=32_767;
/// The last port that automatic allocation leaves alone as long as it can: 86 of 2,768.
const STATIC_END: u64 = 30_085;

pub(super) fn subject(listener: &Listener) -> String {
    format!("listener/{}", listener.key)
}

pub(super) fn field(id: &str, listener: &Listener) -> FieldPath {
    FieldPath::keyed(id, &listener.key)
}

/// Name, host and port of the entries of a list such as `INTERNAL://:9092`.
pub(super) fn end_points(text: &str) -> Vec<(&str, &str, &str)> {
    fields::items(text)
        .filter_map(|entry| {
            let (name, address) = entry.split_once("://")?;
            let (host, port) = address.rsplit_once(':')?;
            Some((name, host, port))
        })
        .collect()
}

/// The advertised listeners when a person typed one text for all brokers.
fn advertised_for_all<'a>(facts: &'a Facts) -> Option<&'a str> {
    facts.plan.kafka.config.in_force("advertised.listeners")
}

/// Pairs of listeners that agree in something.
fn pairs<'p, T: PartialEq>(
    facts: &Facts<'p>,
    of: impl Fn(&Listener) -> T,
) -> Vec<(&'p Listener, &'p Listener)> {
    let listeners = &facts.plan.kafka.listeners;
    let mut pairs = Vec::new();
    for (at, one) in listeners.iter().enumerate() {
        let earlier = listeners.iter().take(at).find(|other| of(other) == of(one));
        pairs.extend(earlier.map(|other| (other, one)));
    }
    pairs
}

/// Kafka refuses two listeners of one name.
pub static NAME_TWICE: Rule = Rule::new("NET001", Error, CORE, |facts, found| {
    for (one, other) in pairs(facts, |listener| listener.name.value.clone()) {
        let name = one.name.as_str();
        found
            .add(
                &NAME_TWICE,
                subject(other),
                args![name, one = &one.key, other = &other.key],
            )
            .at(field("kafka.listeners[].name", other))
            .at(field("kafka.listeners[].name", one));
    }
    // In combined mode a broker opens the controllers' listener too; KRF010 speaks of brokers alone.
    let combined = facts.plan.kraft().filter(|_| facts.plan.is_combined());
    let Some(kraft) = combined else {
        return;
    };
    let listeners = facts.plan.kafka.listeners.iter();
    for listener in listeners.filter(|listener| *listener.name == *kraft.listener) {
        let name = listener.name.as_str();
        found
            .add(
                &NAME_TWICE,
                subject(listener),
                args![name, one = &listener.key, other = "kraft.listener"],
            )
            .at("kraft.listener")
            .at(field("kafka.listeners[].name", listener));
    }
})
.effect(Effect::Procedure);

/// A port can be bound once.
pub static PORT_TWICE: Rule = Rule::new("NET002", Error, CORE, |facts, found| {
    let listeners = &facts.plan.kafka.listeners;
    for (one, other) in pairs(facts, |listener| *listener.port) {
        let port = *one.port;
        let taken = |port: &u16| listeners.iter().any(|listener| *listener.port == *port);
        let finding = found.add(
            &PORT_TWICE,
            subject(other),
            args![
                port = u32::from(port),
                one = one.name.as_str(),
                other = other.name.as_str()
            ],
        );
        finding
            .at(field("kafka.listeners[].port", other))
            .at(field("kafka.listeners[].port", one));
        if let Some(free) = (port..u16::MAX).find(|port| !taken(port)) {
            finding.fix(Fix::set(field("kafka.listeners[].port", other), free));
        }
    }
    let combined = facts.plan.kraft().filter(|_| facts.plan.is_combined());
    let Some(kraft) = combined else {
        return;
    };
    for listener in listeners.iter().filter(|one| *one.port == *kraft.port) {
        let taken = |port: &u16| listeners.iter().any(|listener| *listener.port == *port);
        let finding = found.add(
            &PORT_TWICE,
            subject(listener),
            args![
                port = u32::from(*kraft.port),
                one = listener.name.as_str(),
                other = kraft.listener.as_str()
            ],
        );
        finding
            .at("kraft.port")
            .at(field("kafka.listeners[].port", listener));
        if let Some(free) = (*kraft.port..u16::MAX).find(|port| !taken(port)) {
            finding.fix_with(Effect::Procedure, Fix::set("kraft.port", free));
        }
    }
});

/// The names that the protocol map has.
fn mapped(facts: &Facts) -> Vec<String> {
    let map = facts
        .option("listener.security.protocol.map")
        .unwrap_or_default();
    fields::items(&map)
        .filter_map(|entry| entry.split_once(':'))
        .map(|(name, _)| name.trim().to_owned())
        .collect()
}

pub(super) const PROTOCOLS: [&str; 4] = ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"];

/// The broker does not know what to speak on a listener.
pub static PROTOCOL_UNKNOWN: Rule = Rule::new("NET004", Error, END_POINT, |facts, found| {
    let map = mapped(facts);
    let listeners = facts.option("listeners").unwrap_or_default();
    let without: Vec<String> = end_points(&listeners)
        .into_iter()
        .map(|(name, ..)| name)
        .filter(|name| !PROTOCOLS.contains(name) && !map.iter().any(|mapped| mapped == name))
        .map(str::to_owned)
        .collect();
    if !without.is_empty() {
        let finding = found.add(
            &PROTOCOL_UNKNOWN,
            "listener.security.protocol.map",
            args![without],
        );
        as_derived(
            facts,
            finding,
            &["listener.security.protocol.map", "listeners"],
        );
    }
});

/// The repair that lets the design work out some options again.
pub(super) fn as_derived(facts: &Facts, finding: &mut Finding, names: &[&str]) {
    let mut typed = Vec::new();
    for name in names {
        finding.at_option(name);
        let path = FieldPath::kafka_option(name);
        if facts.design.get(&path).is_some() {
            typed.push(path);
        }
    }
    match typed.as_slice() {
        [] => finding,
        [path] => finding.fix(Fix::unset(path.clone())),
        _ => finding.fix(Fix::unset_all(typed)),
    };
}

/// The broker tells clients of a listener that it does not open.
pub static ADVERTISED_NOT_OPEN: Rule = Rule::new("NET006", Error, CONFIG, |facts, found| {
    let Some(advertised) = advertised_names(facts) else {
        return;
    };
    let listeners = facts.option("listeners").unwrap_or_default();
    let open = end_points(&listeners);
    let closed: Vec<String> = advertised
        .into_iter()
        .filter(|name| !open.iter().any(|(open, ..)| open == name))
        .collect();
    if !closed.is_empty() {
        let finding = found.add(&ADVERTISED_NOT_OPEN, "advertised.listeners", args![closed]);
        let names = [
            "advertised.listeners",
            "listeners",
            "listener.security.protocol.map",
        ];
        as_derived(facts, finding, &names);
    }
});

/// The names that brokers advertise.
fn advertised_names(facts: &Facts) -> Option<Vec<String>> {
    let kafka = &facts.plan.kafka;
    let names = match kafka
        .config
        .entry("advertised.listeners")
        .map(|entry| &entry.value)
    {
        Some(Value::Text(text)) => end_points(text)
            .into_iter()
            .map(|(name, ..)| name.to_owned())
            .collect(),
        Some(_) => kafka
            .listeners
            .iter()
            .map(|l| l.name.value.clone())
            .collect(),
        None => return None,
    };
    Some(names)
}

/// Brokers could not find each other.
pub static INTER_BROKER_NOT_ADVERTISED: Rule =
    Rule::new("NET007", Error, CONFIG, |facts, found| {
        let Some(advertised) = advertised_names(facts) else {
            return;
        };
        let name = facts
            .option("inter.broker.listener.name")
            .unwrap_or_default();
        if !name.is_empty() && !advertised.contains(&name) {
            let finding = found.add(
                &INTER_BROKER_NOT_ADVERTISED,
                "inter.broker.listener.name",
                args![name, advertised],
            );
            as_derived(
                facts,
                finding,
                &["inter.broker.listener.name", "advertised.listeners"],
            );
        }
    })
    .effect(Effect::Procedure);

/// What brokers speak among themselves is unknown.
pub static INTER_BROKER_WITHOUT_PROTOCOL: Rule =
    Rule::new("NET009", Error, CONFIG, |facts, found| {
        let name = facts
            .option("inter.broker.listener.name")
            .unwrap_or_default();
        if !name.is_empty() && !mapped(facts).contains(&name) && !PROTOCOLS.contains(&name.as_str())
        {
            let finding = found.add(
                &INTER_BROKER_WITHOUT_PROTOCOL,
                "inter.broker.listener.name",
                args![name],
            );
            let mut names = vec![
                "inter.broker.listener.name",
                "listener.security.protocol.map",
            ];
            // The listener that holds then must be told to the others as well.
            let untyped = &facts.plan.kafka.inter_broker.value;
            let advertised = advertised_names(facts);
            if advertised.is_some_and(|advertised| !advertised.contains(untyped)) {
                names.push("advertised.listeners");
            }
            as_derived(facts, finding, &names);
        }
    })
    .hides(&["NET007"]);

/// Nobody can connect to the wildcard address.
pub static WILDCARD_ADVERTISED: Rule = Rule::new("NET010", Error, CONFIG, |facts, found| {
    let wildcard = |host: &str| matches!(host, "0.0.0.0" | "[::]" | "::");
    if let Some(text) = advertised_for_all(facts) {
        if end_points(text).iter().any(|(_, host, _)| wildcard(host)) {
            let finding = found.add(&WILDCARD_ADVERTISED, "advertised.listeners", args![]);
            as_derived(facts, finding, &["advertised.listeners"]);
        }
        return;
    }
    for listener in &facts.plan.kafka.listeners {
        let (told, id) = match &*listener.address {
            Address::Fixed(host) => (wildcard(host), "kafka.listeners[].address"),
            Address::PerBroker(hosts) => (
                hosts.iter().any(|host| wildcard(host)),
                "kafka.listeners[].addresses",
            ),
            _ => continue,
        };
        if told {
            found
                .add(&WILDCARD_ADVERTISED, subject(listener), args![])
                .at(field(id, listener))
                .fix(Fix::set(
                    field("kafka.listeners[].address_from", listener),
                    "node",
                ));
        }
    }
});

/// Replication and clients inside take the way of the clients outside.
pub static ONE_LISTENER_FOR_ALL: Rule = Rule::new(
    "NET013",
    Warning,
    "apache/kafka-site:35/generated/kafka_config.html",
    |facts, found| {
        if let [only] = facts.plan.kafka.listeners.as_slice()
            && only.is_outside()
        {
            let finding = found.add(
                &ONE_LISTENER_FOR_ALL,
                subject(only),
                args![name = only.name.as_str()],
            );
            finding
                .at(field("kafka.listeners[].exposure", only))
                .at_option("listeners");
            open_inside(facts, finding);
        }
    },
)
.effect(Effect::Procedure);

/// Opens the listener `internal`, when the design has it.
fn open_inside(facts: &Facts, finding: &mut Finding) {
    if facts
        .design
        .keys("kafka.listeners")
        .any(|key| key == "internal")
    {
        finding.fix(facts.fix_to("kafka.listeners[internal].exposure", "inside"));
    } else {
        // An imported design: the new listener takes a port that none has yet.
        let taken = |port: &u16| facts.plan.kafka.listeners.iter().any(|l| *l.port == *port);
        let port = (9093..9193).find(|port| !taken(port)).unwrap_or(9193);
        finding.fix(super::Fix::steps(
            crate::text::Sentence::plain("fix.open-listener"),
            vec![
                crate::design::Change::Add {
                    list: "kafka.listeners".to_owned(),
                    key: "internal".to_owned(),
                },
                crate::design::Change::set("kafka.listeners[internal].exposure", "inside"),
                crate::design::Change::set("kafka.listeners[internal].port", port.to_string()),
            ],
        ));
    }
}

/// Replication depends on a Service for clients outside, which names only brokers that are ready.
pub static BROKERS_TALK_OUTSIDE: Rule = Rule::new("NET014", Error, MODEL, |facts, found| {
    let listener = facts.plan.kafka.inter_broker_listener();
    if !listener.is_outside() || *facts.plan.kafka.brokers < 2 {
        return;
    }
    let finding = found.add(
        &BROKERS_TALK_OUTSIDE,
        subject(listener),
        args![name = listener.name.as_str()],
    );
    finding
        .at("kafka.options[inter.broker.listener.name]")
        .at(field("kafka.listeners[].exposure", listener));
    let inside = facts.plan.kafka.listeners.iter().find(|l| !l.is_outside());
    match inside {
        Some(inside) => {
            finding.fix(facts.fix_option("inter.broker.listener.name", inside.name.as_str()));
        }
        None => open_inside(facts, finding),
    }
})
.effect(Effect::Procedure);

/// Every client depends on one node.
pub static ONE_NODE_ADVERTISED: Rule = Rule::new("NET015", Warning, STRIMZI, |facts, found| {
    for listener in &facts.plan.kafka.listeners {
        let Address::Fixed(address) = &*listener.address else {
            continue;
        };
        let literal = address
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok();
        if literal && *listener.exposure == Exposure::NodePort && *facts.plan.kafka.brokers > 1 {
            found
                .add(&ONE_NODE_ADVERTISED, subject(listener), args![address])
                .at(field("kafka.listeners[].address", listener))
                .at(field("kafka.listeners[].address_from", listener))
                .fix_with(
                    Effect::RollingRestart,
                    Fix::set(field("kafka.listeners[].address_from", listener), "node").with_care(),
                );
        }
    }
});

/// The broker that a Service of our naming leads to: its pod.
fn pod_of<'o>(service: &super::Object<'o>) -> Option<&'o str> {
    service
        .get("spec.selector")?
        .get("statefulset.kubernetes.io/pod-name")?
        .as_str()
}

/// Clients are sent to another broker, or to nobody.
pub static PORT_OF_ANOTHER_BROKER: Rule =
    Rule::new("NET016", Error, BITNAMI, port_of_another_broker);

fn port_of_another_broker(facts: &Facts, found: &mut Findings) {
    let kafka = &facts.plan.kafka;
    if !facts.plan.has_exposure(Exposure::NodePort) || advertised_for_all(facts).is_some() {
        return;
    }
    let told: Vec<(String, Vec<u64>)> = kafka
        .each_broker()
        .map(|(group, ordinal)| {
            let ports = kafka
                .listeners
                .iter()
                .filter(|l| *l.exposure == Exposure::NodePort);
            let ports = ports.map(|listener| kafka.advertised(listener, group, ordinal).1);
            (format!("{}-{ordinal}", *group.name), ports.collect())
        })
        .collect();
    let mut sorted: Vec<&(String, Vec<u64>)> = told.iter().collect();
    sorted.sort_unstable();
    let mut wrong: Vec<String> = Vec::new();
    for service in facts.of_kind("Service") {
        let Some(pod) = pod_of(service) else { continue };
        let Ok(at) = sorted.binary_search_by(|(name, _)| name.as_str().cmp(pod)) else {
            continue;
        };
        let strange = service.items("spec.ports").iter().any(|port| {
            let port = port.get("nodePort").and_then(serde_yaml::Value::as_u64);
            port.is_some_and(|port| !sorted[at].1.contains(&port))
        });
        if strange {
            wrong.push(service.name.to_owned());
        }
    }
    if !wrong.is_empty() {
        found.add(
            &PORT_OF_ANOTHER_BROKER,
            "advertised.listeners",
            args![wrong],
        );
    }
}

/// The node ports of a listener: the first and the last.
fn node_ports(facts: &Facts, listener: &Listener) -> Option<(u64, u64)> {
    let first = u64::from(*listener.first_node_port);
    let more = facts.plan.kafka.brokers.saturating_sub(1);
    (*listener.exposure == Exposure::NodePort).then_some((first, first.saturating_add(more)))
}

fn each_range<'p>(facts: &Facts<'p>) -> Vec<(&'p Listener, u64, u64)> {
    let listeners = facts.plan.kafka.listeners.iter();
    listeners
        .filter_map(|listener| {
            let (first, last) = node_ports(facts, listener)?;
            Some((listener, first, last))
        })
        .collect()
}

fn first_port(listener: &Listener) -> FieldPath {
    field("kafka.listeners[].first_node_port", listener)
}

/// The largest first port with which all brokers fit, the preferred one when that does.
fn fitting(facts: &Facts, preferred: u64) -> u64 {
    let more = facts.plan.kafka.brokers.saturating_sub(1);
    preferred
        .min(RANGE.end().saturating_sub(more))
        .max(*RANGE.start())
}

/// The API server refuses a port outside the range.
pub static NODE_PORT_OUTSIDE_RANGE: Rule =
    Rule::new("NET017", Error, NODE_PORTS, |facts, found| {
        for (listener, first, _) in each_range(facts) {
            if !RANGE.contains(&first) {
                found
                    .add(&NODE_PORT_OUTSIDE_RANGE, subject(listener), args![first])
                    .at(first_port(listener))
                    .fix(facts.fix_to(first_port(listener), fitting(facts, 30_010)));
            }
        }
    })
    .hides(&["NET019"]);

/// Two Services ask for one port, and the second is refused.
pub static NODE_PORT_TWICE: Rule = Rule::new("NET018", Error, NODE_PORTS, |facts, found| {
    let ranges = each_range(facts);
    for (at, (listener, first, last)) in ranges.iter().enumerate() {
        let earlier = ranges[..at]
            .iter()
            .find(|(_, from, to)| from <= last && first <= to);
        if let Some((other, _, to)) = earlier {
            found
                .add(
                    &NODE_PORT_TWICE,
                    subject(listener),
                    args![one = other.name.as_str(), other = listener.name.as_str()],
                )
                .at(first_port(listener))
                .at(first_port(other))
                .fix(facts.fix_to(first_port(listener), fitting(facts, to + 1)));
        }
    }
});

/// The last brokers get no port.
pub static NODE_PORTS_PAST_RANGE: Rule = Rule::new("NET019", Error, MODEL, |facts, found| {
    for (listener, first, last) in each_range(facts) {
        if last > *RANGE.end() {
            let brokers = *facts.plan.kafka.brokers;
            let without = (last - RANGE.end()).min(brokers);
            found
                .add(
                    &NODE_PORTS_PAST_RANGE,
                    subject(listener),
                    args![first, last, brokers, without],
                )
                .at(first_port(listener))
                .at_origins(&facts.plan.kafka.brokers.from)
                .fix(facts.fix_to(first_port(listener), fitting(facts, 30_010)));
        }
    }
});

/// Automatic allocation may have taken the port already.
pub static NODE_PORT_IN_DYNAMIC_BAND: Rule =
    Rule::new("NET020", Advice, NODE_PORTS, |facts, found| {
        if !facts.plan.cluster.kubernetes.has_static_node_port_band() {
            return;
        }
        let brokers = *facts.plan.kafka.brokers;
        for (listener, first, last) in each_range(facts) {
            if last > STATIC_END && last <= *RANGE.end() && RANGE.contains(&first) {
                let finding = found.add(
                    &NODE_PORT_IN_DYNAMIC_BAND,
                    subject(listener),
                    args![first, last],
                );
                finding.at(first_port(listener));
                if brokers <= 76 {
                    finding.fix(facts.fix_to(first_port(listener), 30_010).with_care());
                }
            }
        }
    })
    .applies_to("Kubernetes ≥ 1.28");

/// A broker without its Service tells an address that nobody answers at.
pub static SERVICES_NOT_AS_MANY_AS_BROKERS: Rule =
    Rule::new("NET021", Warning, BITNAMI, |facts, found| {
        let kafka = &facts.plan.kafka;
        let outside = kafka
            .listeners
            .iter()
            .filter(|l| l.has_service_per_broker());
        let wanted = outside.count() as u64 * *kafka.brokers;
        let services = facts
            .of_kind("Service")
            .filter(|service| pod_of(service).is_some());
        let there = services.count() as u64;
        if there > 0 && there != wanted {
            found
                .add(
                    &SERVICES_NOT_AS_MANY_AS_BROKERS,
                    "kafka.groups",
                    args![there, wanted, brokers = *kafka.brokers],
                )
                .at_origins(&kafka.brokers.from);
        }
    });

/// A node that does not run the broker drops what arrives for it.
pub static LOCAL_TRAFFIC_TO_FIXED_ADDRESS: Rule =
    Rule::new("NET022", Warning, SERVICES, |facts, found| {
        for listener in &facts.plan.kafka.listeners {
            let fixed = listener.has_fixed_address() && *listener.exposure == Exposure::NodePort;
            if fixed && *listener.local_traffic {
                let path = field("kafka.listeners[].traffic_policy", listener);
                found
                    .add(
                        &LOCAL_TRAFFIC_TO_FIXED_ADDRESS,
                        subject(listener),
                        args![name = listener.name.as_str()],
                    )
                    .at(path.clone())
                    .fix(facts.fix_to(path, "Cluster"));
            }
        }
    })
    .effect(Effect::Nothing);

/// Clients must reach the leader of a partition itself, not any broker.
pub static ONE_ADDRESS_FOR_ALL: Rule = Rule::new("NET024", Error, STRIMZI, |facts, found| {
    if advertised_for_all(facts).is_some() && *facts.plan.kafka.brokers > 1 {
        let brokers = *facts.plan.kafka.brokers;
        let finding = found.add(&ONE_ADDRESS_FOR_ALL, "advertised.listeners", args![brokers]);
        as_derived(facts, finding, &["advertised.listeners"]);
    }
    for listener in &facts.plan.kafka.listeners {
        let shared = listener.has_fixed_address()
            && matches!(*listener.exposure, Exposure::LoadBalancer)
            && *facts.plan.kafka.brokers > 1;
        if shared {
            let brokers = *facts.plan.kafka.brokers;
            found
                .add(&ONE_ADDRESS_FOR_ALL, subject(listener), args![brokers])
                .at(field("kafka.listeners[].address_from", listener));
        }
    }
});

#[cfg(test)]
mod tests {
    use super::super::testing::{between, design, repairs, silent};

    const EXPOSED: (&str, &str) = ("kafka.listeners[external].exposure", "node-port");
    const FIRST: &str = "kafka.listeners[external].first_node_port";

    #[test]
    fn listeners_that_share_a_name_or_a_port() {
        between(
            "NET001",
            &[EXPOSED, ("kafka.listeners[external].name", "INTERNAL")],
            &[("kafka.listeners[external].name", "OUTSIDE")],
        );
        repairs(
            &design(&[EXPOSED, ("kafka.listeners[external].port", "9092")]),
            "NET002",
        );
        silent(
            &design(&[("kafka.listeners[external].port", "9092")]),
            "NET002",
        );
    }

    #[test]
    fn options_that_contradict_the_listeners() {
        repairs(
            &design(&[(
                "kafka.options[listener.security.protocol.map]",
                "OTHER:PLAINTEXT",
            )]),
            "NET004",
        );
        repairs(
            &design(&[(
                "kafka.options[listener.security.protocol.map]",
                "OTHER:PLAINTEXT",
            )]),
            "NET009",
        );
        let untold = ("kafka.options[advertised.listeners]", "OTHER://a:9092");
        let other = ("kafka.options[inter.broker.listener.name]", "ANOTHER");
        assert_eq!(
            repairs(&design(&[untold, other]), "NET009").fixes[0]
                .changes
                .len(),
            2
        );
        repairs(
            &design(&[("kafka.options[advertised.listeners]", "OTHER://a:9092")]),
            "NET006",
        );
        repairs(
            &design(&[("kafka.options[advertised.listeners]", "OTHER://a:9092")]),
            "NET007",
        );
        repairs(
            &design(&[(
                "kafka.options[advertised.listeners]",
                "INTERNAL://0.0.0.0:9092",
            )]),
            "NET010",
        );
        repairs(
            &design(&[("kafka.options[advertised.listeners]", "INTERNAL://a:9092")]),
            "NET024",
        );
    }

    #[test]
    fn the_wildcard_as_an_address() {
        let fixed = ("kafka.listeners[external].address_from", "fixed");
        repairs(
            &design(&[
                EXPOSED,
                fixed,
                ("kafka.listeners[external].address", "0.0.0.0"),
            ]),
            "NET010",
        );
    }

    #[test]
    fn brokers_that_talk_through_the_outside() {
        let outside = design(&[EXPOSED, ("kafka.listeners[internal].exposure", "none")]);
        repairs(&outside, "NET014");
        repairs(&outside, "NET013");
        repairs(&outside.with("kafka.groups[main].brokers", "1"), "NET013");
        repairs(
            &design(&[
                EXPOSED,
                ("kafka.options[inter.broker.listener.name]", "EXTERNAL"),
            ]),
            "NET014",
        );
    }

    #[test]
    fn one_node_for_all_clients() {
        let fixed = [
            EXPOSED,
            ("kafka.listeners[external].address_from", "fixed"),
            ("kafka.listeners[external].address", "10.10.101.114"),
        ];
        repairs(&design(&fixed), "NET015");
        between(
            "NET015",
            &fixed,
            &[("kafka.listeners[external].address", "kafka.example.com")],
        );
        between(
            "NET022",
            &[
                fixed[0],
                fixed[1],
                fixed[2],
                ("kafka.listeners[external].traffic_policy", "Local"),
            ],
            &[("kafka.listeners[external].traffic_policy", "Cluster")],
        );
    }

    #[test]
    fn node_ports_and_their_range() {
        repairs(&design(&[EXPOSED, (FIRST, "9092")]), "NET017");
        let past = design(&[EXPOSED, (FIRST, "32766")]);
        repairs(&past, "NET019");
        silent(&past.with("kafka.groups[main].brokers", "2"), "NET019");
        repairs(&design(&[EXPOSED, (FIRST, "30127")]), "NET020");
        silent(
            &design(&[EXPOSED, (FIRST, "30127"), ("kubernetes.version", "1.27")]),
            "NET020",
        );
        let both = design(&[EXPOSED, ("kafka.listeners[internal].exposure", "node-port")]);
        repairs(&both, "NET018");
    }
}
