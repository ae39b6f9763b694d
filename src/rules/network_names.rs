//! NET, continued: texts and names in addresses, Services, and ports that others use.

use serde_yaml::Value;

use super::Severity::{Advice, Error, Warning};
use super::network::{as_derived, end_points, field, subject};
use super::objects::{self, POD, items};
use super::{Effect, Facts, Finding, Fix, Object, Rule, Side};
use crate::args;
use crate::design::FieldPath;
use crate::fields;
use crate::plan::{Address, Exposure};

const END_POINT: &str = "apache/kafka:core/src/main/scala/kafka/cluster/EndPoint.scala (3.5.2)";
const CONFIG: &str = "apache/kafka:core/src/main/scala/kafka/server/KafkaConfig.scala (3.5.2)";
const SERVICES: &str = "kubernetes/api:core/v1/types.go (2026-07)";
const STRIMZI: &str = "own judgement; Strimzi offers the matching options (strimzi/strimzi-kafka-operator:cluster-operator/src/main/java/io/strimzi/operator/cluster/model/ListenersValidator.java (main))";
const VALIDATOR: &str = "strimzi/strimzi-kafka-operator:cluster-operator/src/main/java/io/strimzi/operator/cluster/model/ListenersValidator.java (main)";

const LISTENERS: &str = "listeners";
const ADVERTISED: &str = "advertised.listeners";
const MAP: &str = "listener.security.protocol.map";
const CONNECT: &str = "zookeeper.connect";

/// The two lists of addresses, as far as each stands there as text.
fn lists<'a>(facts: &'a Facts) -> impl Iterator<Item = (&'static str, &'a str)> {
    [LISTENERS, ADVERTISED]
        .into_iter()
        .filter_map(|name| Some((name, facts.plan.kafka.config.in_force(name)?)))
}

/// Takes out a list of addresses that was typed; and the map of protocols too, when it does not have
/// the listeners that the design then writes.
fn untyped_list(facts: &Facts, finding: &mut Finding, name: &'static str) {
    let map = facts.plan.kafka.config.in_force(MAP).unwrap_or_default();
    let has = |listener: &str| {
        let mut entries = fields::items(map).filter_map(|entry| entry.split_once(':'));
        super::network::PROTOCOLS.contains(&listener)
            || entries.any(|(name, _)| name.trim() == listener)
    };
    let mut listeners = facts.plan.kafka.listeners.iter();
    if name == LISTENERS && !listeners.all(|listener| has(&listener.name)) {
        as_derived(facts, finding, &[name, MAP]);
    } else {
        as_derived(facts, finding, &[name]);
    }
}

/// Whether the broker reads an entry: a name, a host or none, a number.
fn is_end_point(entry: &str) -> bool {
    let Some((name, address)) = entry.split_once("://") else {
        return false;
    };
    let Some((host, port)) = address.rsplit_once(':') else {
        return false;
    };
    let host = host.strip_prefix('[').unwrap_or(host);
    let host = host.strip_suffix(']').unwrap_or(host);
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '%' | ':');
    !name.trim().is_empty() && host.chars().all(allowed) && port.parse::<i32>().is_ok()
}

/// The broker reads every entry, or does not start.
pub static ENTRY_UNREADABLE: Rule = Rule::new("NET003", Error, END_POINT, |facts, found| {
    for (name, text) in lists(facts) {
        let wrong = fields::items(text).filter(|entry| !is_end_point(entry));
        let entries: Vec<String> = wrong.map(str::to_owned).collect();
        if !entries.is_empty() {
            let finding = found.add(&ENTRY_UNREADABLE, name, args![option = name, entries]);
            untyped_list(facts, finding, name);
        }
    }
});

/// Kafka speaks four protocols.
pub static PROTOCOL_OF_MAP: Rule = Rule::new("NET005", Error, CONFIG, |facts, found| {
    let Some(map) = facts.plan.kafka.config.in_force(MAP) else {
        return;
    };
    let is_known = |entry: &&str| {
        let protocol = entry.split_once(':').map_or("", |(_, protocol)| protocol);
        let protocol = protocol.trim().to_ascii_uppercase();
        super::network::PROTOCOLS.contains(&protocol.as_str())
    };
    let wrong = fields::items(map).filter(|entry| !is_known(entry));
    let entries: Vec<String> = wrong.map(str::to_owned).collect();
    if !entries.is_empty() {
        let finding = found.add(&PROTOCOL_OF_MAP, MAP, args![entries]);
        as_derived(facts, finding, &[MAP]);
    }
});

/// The listener among brokers is named twice over.
pub static INTER_BROKER_TWICE: Rule = Rule::new("NET008", Error, CONFIG, |facts, found| {
    let (name, protocol) = (
        "inter.broker.listener.name",
        "security.inter.broker.protocol",
    );
    let config = &facts.plan.kafka.config;
    if let (Some(listener), Some(spoken)) = (config.in_force(name), config.in_force(protocol)) {
        found
            .add(&INTER_BROKER_TWICE, protocol, args![listener, spoken])
            .at_option(protocol)
            .at_option(name)
            .fix_with(
                Effect::RollingRestart,
                Fix::unset(FieldPath::kafka_option(protocol)),
            );
    }
})
.effect(Effect::Procedure);

/// A detour, and every client looks like a node.
pub static EXTRA_HOP: Rule = Rule::new("NET023", Advice, SERVICES, |facts, found| {
    for listener in &facts.plan.kafka.listeners {
        let balanced = *listener.exposure == Exposure::LoadBalancer;
        // An address for all may land on any node.
        if balanced && !*listener.local_traffic && !listener.has_fixed_address() {
            let path = field("kafka.listeners[].traffic_policy", listener);
            found
                .add(
                    &EXTRA_HOP,
                    subject(listener),
                    args![name = listener.name.as_str()],
                )
                .at(path.clone())
                .fix(facts.fix_to(path, "Local").with_care());
        }
    }
})
.effect(Effect::Nothing);

/// Whether a Service leads to just any pod of a set.
fn is_bootstrap(service: &Object, set: &Object) -> bool {
    let Some(Value::Mapping(wanted)) = service.get("spec.selector") else {
        return false;
    };
    !wanted.contains_key(POD_NAME)
        && service.text("spec.clusterIP") != Some("None")
        && service.selects("spec.selector", set)
}

/// The label that each pod of a set has of its own.
const POD_NAME: &str = "statefulset.kubernetes.io/pod-name";

/// Whether a Service leads to one pod of a set.
fn is_of_one_pod(service: &Object, set: &Object) -> bool {
    let pod = service
        .get("spec.selector")
        .and_then(|all| all.get(POD_NAME)?.as_str());
    let name = pod
        .and_then(|pod| pod.rsplit_once('-'))
        .map(|(name, _)| name);
    service.namespace == set.namespace && name == Some(set.name)
}

/// Clients must know the address of every broker.
pub static NO_BOOTSTRAP: Rule = Rule::new("NET025", Advice, STRIMZI, |facts, found| {
    let brokers = *facts.plan.kafka.brokers;
    for set in facts.of_kind("StatefulSet") {
        if facts.side(set) != Side::Kafka || brokers < 2 {
            continue;
        }
        let mut services = facts.of_kind("Service");
        if services.any(|service| is_bootstrap(service, set)) {
            continue;
        }
        let subject = set.subject();
        let finding = found.add(&NO_BOOTSTRAP, &subject, args![object = &subject, brokers]);
        finding.place(set, "metadata.name");
        // What clients have instead.
        let mut services = facts.of_kind("Service");
        if let Some(service) = services.find(|service| is_of_one_pod(service, set)) {
            finding.place(service, "metadata.name");
        }
    }
})
.effect(Effect::Nothing);

/// Whether a host names a pod inside the cluster that this design does not make.
fn is_no_pod(facts: &Facts, host: &str) -> bool {
    let kafka = &facts.plan.kafka;
    let mut parts = host.trim_end_matches('.').splitn(5, '.');
    let (Some(pod), Some(service), Some(namespace), Some("svc")) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let domain = parts.next();
    let there = kafka.groups.iter().any(|group| {
        let ordinal = pod
            .strip_prefix(group.name.as_str())
            .and_then(|rest| rest.strip_prefix('-'))
            .and_then(|ordinal| ordinal.parse::<u64>().ok());
        ordinal.is_some_and(|ordinal| ordinal < *group.brokers)
    });
    // Each broker's own name is put in when it starts.
    let there = there || pod.contains('$');
    !there
        || service != kafka.headless_name.as_str()
        || namespace != kafka.namespace.as_str()
        || domain.is_some_and(|domain| domain != facts.plan.cluster.domain.as_str())
}

/// A name that no DNS server of the cluster knows.
pub static NAME_UNRESOLVED: Rule = Rule::new(
    "NET026",
    Error,
    "kubernetes/api:apps/v1/types.go (2026-07)",
    |facts, found| {
        if let Some(text) = facts.plan.kafka.config.in_force(ADVERTISED) {
            let wrong = end_points(text)
                .into_iter()
                .filter(|(_, host, _)| is_no_pod(facts, host));
            let hosts: Vec<String> = wrong.map(|(_, host, _)| host.to_owned()).collect();
            if !hosts.is_empty() {
                let finding = found.add(&NAME_UNRESOLVED, ADVERTISED, args![hosts]);
                as_derived(facts, finding, &[ADVERTISED]);
            }
            return;
        }
        for listener in &facts.plan.kafka.listeners {
            let (told, id) = match &*listener.address {
                Address::Fixed(host) => (std::slice::from_ref(host), "kafka.listeners[].address"),
                Address::PerBroker(hosts) => (hosts.as_slice(), "kafka.listeners[].addresses"),
                _ => continue,
            };
            let wrong = told.iter().filter(|host| is_no_pod(facts, host));
            let hosts: Vec<String> = wrong.cloned().collect();
            if !hosts.is_empty() {
                found
                    .add(&NAME_UNRESOLVED, subject(listener), args![hosts])
                    .at(field(id, listener));
            }
        }
    },
);

/// A domain is typed into names, and nobody said that it is the cluster's.
pub static DOMAIN_ASSUMED: Rule = Rule::new("NET027", Warning, STRIMZI, |facts, found| {
    let path = FieldPath::from("kubernetes.cluster_domain");
    if facts.design.get(&path).is_some() {
        return;
    }
    let domain = facts.plan.cluster.domain.as_str();
    for name in [CONNECT, ADVERTISED] {
        let typed = facts.design.get(&FieldPath::kafka_option(name));
        let named = typed.is_some_and(|text| {
            text.split(".svc.")
                .skip(1)
                .any(|rest| rest.starts_with(domain))
        });
        if named {
            found
                .add(&DOMAIN_ASSUMED, name, args![option = name, domain])
                .at_option(name)
                .at(path.clone())
                .fix_with(Effect::Nothing, Fix::set(path.clone(), domain).with_care());
        }
    }
});

/// Brokers that start cannot be found, not even by themselves.
pub static BROKERS_HIDDEN: Rule = Rule::new("NET028", Warning, SERVICES, |facts, found| {
    for set in facts.of_kind("StatefulSet") {
        if facts.side(set) != Side::Kafka {
            continue;
        }
        let name = set.text("spec.serviceName").unwrap_or_default();
        let path = "spec.publishNotReadyAddresses";
        let hidden = facts.of_kind("Service").find(|service| {
            service.name == name
                && service.namespace == set.namespace
                && service.get(path).and_then(Value::as_bool) != Some(true)
        });
        if let Some(service) = hidden {
            // Several groups share one Service.
            found
                .add(
                    &BROKERS_HIDDEN,
                    service.subject(),
                    args![service = service.name],
                )
                .place(service, "spec");
        }
    }
})
.effect(Effect::Nothing);

/// The ports that the listeners open, as they are in force.
fn open_ports(facts: &Facts) -> Vec<u16> {
    let text = facts.option(LISTENERS).unwrap_or_default();
    let mut ports: Vec<u16> = end_points(&text)
        .into_iter()
        .filter_map(|(_, _, port)| port.parse().ok())
        .collect();
    ports.dedup();
    ports
}

/// A port that the objects do not mention.
pub static PORT_UNDECLARED: Rule = Rule::new(
    "NET029",
    Advice,
    "zegl/kube-score:README_CHECKS.md",
    |facts, found| {
        let open = open_ports(facts);
        for set in facts.of_kind("StatefulSet") {
            if facts.side(set) != Side::Kafka {
                continue;
            }
            let containers = objects::containers(set).iter();
            let declared: Vec<&Value> = containers
                .flat_map(|container| items(container, "ports"))
                .filter_map(|port| port.get("containerPort"))
                .collect();
            let name = set.text("spec.serviceName").unwrap_or_default();
            let mut services = facts.of_kind("Service");
            let service =
                services.find(|service| service.name == name && service.namespace == set.namespace);
            let is_declared = |port: u16| {
                let is = |value: &Value| value.as_u64() == Some(port.into());
                let served = service.is_none_or(|service| {
                    let ports = service.items("spec.ports").iter();
                    let mut ports = ports.filter_map(|port| port.get("port"));
                    ports.any(is)
                });
                served && declared.iter().any(|&value| is(value))
            };
            let lacking = open.iter().filter(|&&port| !is_declared(port));
            let ports: Vec<String> = lacking.map(u16::to_string).collect();
            if !ports.is_empty() {
                let finding = found.add(
                    &PORT_UNDECLARED,
                    set.subject(),
                    args![object = set.subject(), ports],
                );
                as_derived(facts, finding, &[LISTENERS]);
            }
        }
    },
);

/// The port of a Java agent: `-javaagent:/agent.jar=9404:rules.yaml`, also with a host before it.
fn agent_port(flags: &str) -> Option<u16> {
    let (_, agent) = flags.split_once("-javaagent:")?;
    let (_, arguments) = agent.split_whitespace().next()?.split_once('=')?;
    arguments
        .split([':', ',', '='])
        .find_map(|part| part.parse().ok())
}

/// Two programs of a pod want one port.
pub static PORT_OF_ANOTHER_PROGRAM: Rule = Rule::new("NET030", Error, VALIDATOR, |facts, found| {
    let open = open_ports(facts);
    let taken = |port: &u16| open.contains(port);
    let opts = &facts.plan.kafka.opts;
    if let Some(port) = opts.jmx_port.filter(taken) {
        let free = (9999..u16::MAX).find(|free| !taken(free)).unwrap_or(9999);
        found
            .add(
                &PORT_OF_ANOTHER_PROGRAM,
                "kafka.jmx_port",
                args![port = port.to_string(), program = "JMX"],
            )
            .at("kafka.jmx_port")
            .at_option(LISTENERS)
            .fix(facts.fix_to("kafka.jmx_port", free));
    }
    let flags = opts.kafka_opts.as_deref().unwrap_or_default();
    if let Some(port) = agent_port(flags).filter(taken) {
        found
            .add(
                &PORT_OF_ANOTHER_PROGRAM,
                "kafka.opts",
                args![port = port.to_string(), program = "-javaagent"],
            )
            .at("kafka.opts")
            .at_option(LISTENERS);
    }
    for set in facts.of_kind("StatefulSet") {
        // The first container is the broker.
        let others = objects::containers(set).iter().skip(1);
        if facts.side(set) != Side::Kafka {
            continue;
        }
        for container in others {
            let ports = items(container, "ports").iter();
            let mut ports = ports.filter_map(|port| port.get("containerPort")?.as_u64());
            let port = ports.find(|port| open.iter().any(|open| u64::from(*open) == *port));
            if let Some(port) = port {
                let program = objects::name_of(container);
                found
                    .add(
                        &PORT_OF_ANOTHER_PROGRAM,
                        set.subject(),
                        args![port = port.to_string(), program],
                    )
                    .place(set, &format!("{POD}.containers"));
            }
        }
    }
});

/// A node has each port once.
pub static NODE_NETWORK: Rule = Rule::new(
    "NET031",
    Warning,
    "FairwindsOps/polaris:pkg/config/checks/",
    |facts, found| {
        for set in facts.of_kind("StatefulSet") {
            let path = format!("{POD}.hostNetwork");
            if set.get(&path).and_then(Value::as_bool) == Some(true) {
                found
                    .add(
                        &NODE_NETWORK,
                        set.subject(),
                        args![object = set.subject(), replicas = set.replicas()],
                    )
                    .place(set, &path);
            }
        }
    },
);

/// Ports that a system keeps for root.
pub static PRIVILEGED_PORT: Rule = Rule::new(
    "NET034",
    Advice,
    "stackrox/kube-linter:docs/generated/checks.md",
    |facts, found| {
        let kafka = &facts.plan.kafka;
        if *kafka.pods.user == 0 {
            return;
        }
        let open = open_ports(facts);
        for listener in &kafka.listeners {
            let port = *listener.port;
            if port >= 1024 || !open.contains(&port) {
                continue;
            }
            let taken = |port: &u16| kafka.listeners.iter().any(|one| *one.port == *port);
            let finding = found.add(
                &PRIVILEGED_PORT,
                subject(listener),
                args![port = port.to_string(), user = *kafka.pods.user],
            );
            let path = field("kafka.listeners[].port", listener);
            finding.at(path.clone()).at("kafka.run_as_user");
            if let Some(free) = (9092..u16::MAX).find(|port| !taken(port)) {
                finding.fix(facts.fix_to(path, free).with_care());
            }
        }
    },
);

/// Whether an IPv6 address stands before a port without brackets.
fn is_bare(host: &str) -> bool {
    !host.starts_with('[') && host.matches(':').count() > 1
}

/// Nobody can tell the port from the address.
pub static ADDRESS_WITHOUT_BRACKETS: Rule = Rule::new(
    "NET036",
    Error,
    "kubernetes/api:core/v1/types.go (2026-07), apache/kafka:core/src/main/scala/kafka/cluster/EndPoint.scala (3.5.2)",
    |facts, found| {
        for (name, text) in lists(facts) {
            let addresses = fields::items(text)
                .filter_map(|entry| entry.split_once("://"))
                .map(|(_, address)| address)
                .filter(|address| is_bare(address));
            let addresses: Vec<String> = addresses.map(str::to_owned).collect();
            if !addresses.is_empty() {
                let args = args![option = name, addresses];
                let finding = found.add(&ADDRESS_WITHOUT_BRACKETS, name, args);
                untyped_list(facts, finding, name);
            }
        }
        let Some(connect) = facts.plan.kafka.config.in_force(CONNECT) else {
            return;
        };
        let hosts = connect.split('/').next().unwrap_or_default();
        let bare = hosts.split(',').map(str::trim).filter(|host| is_bare(host));
        let addresses: Vec<String> = bare.map(str::to_owned).collect();
        if !addresses.is_empty() {
            let args = args![option = CONNECT, addresses];
            found
                .add(&ADDRESS_WITHOUT_BRACKETS, CONNECT, args)
                .at_option(CONNECT)
                .fix(Fix::unset(FieldPath::kafka_option(CONNECT)).with_care());
        }
    },
);

/// Annotations that tell the idle time of a load balancer, and the milliseconds that their numbers count.
const IDLE_TIMES: [(&str, i64); 2] = [
    (
        "service.beta.kubernetes.io/aws-load-balancer-connection-idle-timeout",
        1000,
    ),
    (
        "service.beta.kubernetes.io/azure-load-balancer-tcp-idle-timeout",
        60_000,
    ),
];

/// The balancer forgets a connection that both ends believe in.
pub static BALANCER_FORGETS: Rule = Rule::new(
    "NET037",
    Advice,
    "kubernetes/kubernetes pull requests 30695 (AWS) and 66045 (Azure); that cut connections go unnoticed is from memory",
    |facts, found| {
        let name = "connections.max.idle.ms";
        let Some(ours) = facts.whole(name) else {
            return;
        };
        let idle = facts.of_kind("Service").find_map(|service| {
            let annotations = service.get("metadata.annotations")?;
            let idle = IDLE_TIMES.into_iter().find_map(|(name, unit)| {
                let number = annotations.get(name)?.as_str()?.trim().parse::<i64>().ok()?;
                Some(number.saturating_mul(unit))
            })?;
            (idle > 0 && idle < ours).then_some((service, idle))
        });
        if let Some((service, idle)) = idle {
            found
                .add(
                    &BALANCER_FORGETS,
                    name,
                    args![service = service.name, idle, ours],
                )
                .at_option(name)
                .place(service, "metadata.annotations")
                .fix(Fix::set_option(name, idle / 10 * 9).with_care());
        }
    },
)
.applies_to("load balancers");
