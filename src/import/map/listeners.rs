//! Listeners: what the brokers open, what they tell their clients, and the Services before them.

use super::kafka::Written;
use super::{Mapped, Process, kraft, services};
use crate::import::objects::{Found, Object};
use crate::import::tree::Node;

/// A node's address in a text that is worked out for a pod.
const NODE: &str = "node-of-the-pod";

/// A listener as the broker opens it.
struct Listener {
    name: String,
    port: String,
}

/// What a broker tells clients of a listener.
#[derive(PartialEq)]
struct Advertised {
    host: String,
    port: i64,
}

/// Reads the listeners.
pub fn map(process: &Process, written: &[Written], found: &Found, mapped: &mut Mapped) {
    let option = |name: &str| written.iter().rev().find(|option| option.name == name);
    let Some(listeners) = option("listeners") else {
        return;
    };
    let Some(text) = listeners.value.constant() else {
        return;
    };
    let Some(mut opened) = text.split(',').map(opened).collect::<Option<Vec<_>>>() else {
        return;
    };
    opened.retain(|listener| !kraft::is_of_controllers(written, &listener.name));
    let protocols = option("listener.security.protocol.map").and_then(|map| map.value.constant());
    let pods = super::replicas(process.object);
    let mut advertised: Option<Vec<Vec<(String, Advertised)>>> = option("advertised.listeners")
        .and_then(|option| {
            (0..pods)
                .map(|pod| told(process.object, option, pod))
                .collect()
        });
    for told in advertised.iter_mut().flatten() {
        told.retain(|(name, _)| !kraft::is_of_controllers(written, name));
    }
    let mut keys = Vec::new();
    let first = mapped.design.values.len();
    for listener in &opened {
        let key = key(process, listener, &keys);
        let field = |name: &str| format!("kafka.listeners[{key}].{name}");
        let set = |mapped: &mut Mapped, name: &str, value: String| {
            mapped.set_in(field(name), value, &listeners.file, listeners.at);
        };
        set(mapped, "name", listener.name.clone());
        set(mapped, "port", listener.port.clone());
        let protocol = protocol(listener, protocols.as_deref());
        if protocol == "PLAINTEXT" {
            set(mapped, "protocol", protocol);
        }
        let told: Option<Vec<&Advertised>> = advertised.as_ref().and_then(|pods| {
            let of_pod = |told: &'_ Vec<(String, Advertised)>| {
                told.iter().position(|(name, _)| *name == listener.name)
            };
            pods.iter()
                .map(|told| Some(&told.get(of_pod(told)?)?.1))
                .collect()
        });
        exposure(process, listener, told.as_deref(), &key, found, mapped);
        keys.push(key);
    }
    let understood = advertised.is_some();
    if mapped.design.values.len() > first {
        mapped
            .design
            .lists
            .insert("kafka.listeners".to_owned(), keys);
    }
    // What follows from the listeners is worked out again.
    for (name, derived) in [
        ("listeners", true),
        ("advertised.listeners", understood),
        ("listener.security.protocol.map", true),
        ("inter.broker.listener.name", true),
    ] {
        let path = format!("kafka.options[{name}]").into();
        let plan = super::without(mapped, &path);
        let entry = plan.kafka.config.entry(name);
        let same = match entry.map(|entry| &entry.value) {
            Some(crate::plan::Value::Text(text)) => mapped.design.get(&path) == Some(text.as_str()),
            Some(_) => {
                derived && name == "advertised.listeners" && same_told(&plan, advertised.as_deref())
            }
            None => false,
        };
        if same {
            mapped.design.values.remove(&path);
        }
    }
    // Without a name of its own, the listener among brokers follows from the listeners.
    let among = "kafka.options[inter.broker.listener.name]".into();
    let source = (listeners.file.clone(), listeners.at);
    mapped.sources.entry(among).or_insert(source);
    // A listener's places are better known by the options that they come from.
    if let Some(option) = option("advertised.listeners") {
        let keys: Vec<String> = mapped
            .design
            .keys("kafka.listeners")
            .map(str::to_owned)
            .collect();
        for key in keys {
            for name in ["address", "addresses", "address_from", "protocol"] {
                let path = format!("kafka.listeners[{key}].{name}").into();
                if mapped.design.values.contains_key(&path) {
                    mapped
                        .sources
                        .insert(path, (option.file.clone(), option.at));
                }
            }
        }
    }
}

/// Whether a plan tells what is told in the files.
fn same_told(plan: &crate::plan::Plan, told: Option<&[Vec<(String, Advertised)>]>) -> bool {
    let (Some(told), Some(group)) = (told, plan.kafka.groups.first()) else {
        return false;
    };
    (0u64..).zip(told).all(|(pod, told)| {
        told.len() == plan.kafka.listeners.len()
            && told
                .iter()
                .zip(&plan.kafka.listeners)
                .all(|((name, told), listener)| {
                    let (host, port) = plan.kafka.advertised(listener, group, pod);
                    let host = if host == "$node" {
                        NODE.to_owned()
                    } else {
                        host
                    };
                    *name == *listener.name
                        && told.host == host
                        && u64::try_from(told.port) == Ok(port)
                })
    })
}

fn opened(text: &str) -> Option<Listener> {
    let (name, rest) = text.trim().split_once("://")?;
    let (_, port) = rest.rsplit_once(':')?;
    Some(Listener {
        name: name.to_owned(),
        port: port.to_owned(),
    })
}

fn protocol(listener: &Listener, protocols: Option<&str>) -> String {
    let pairs = protocols.unwrap_or_default().split(',');
    let mut pairs = pairs.filter_map(|pair| pair.trim().split_once(':'));
    let found = pairs.find(|(name, _)| *name == listener.name);
    found.map_or_else(
        || listener.name.clone(),
        |(_, protocol)| protocol.to_owned(),
    )
}

/// What the broker with this number tells its clients, by listener.
fn told(object: &Object, option: &Written, pod: u64) -> Option<Vec<(String, Advertised)>> {
    let variable = |name: &str| match name {
        "HOSTNAME" | "POD_NAME" => Some(format!("{}-{pod}", object.name)),
        "HOST_IP" | "NODE_IP" | "MY_NODE_IP" => Some(NODE.to_owned()),
        _ => None,
    };
    let text = option.value.for_pod(pod, &variable)?;
    let parts = text.split(',').map(|part| {
        let (name, rest) = part.trim().split_once("://")?;
        let (host, port) = rest.rsplit_once(':')?;
        Some((
            name.to_owned(),
            Advertised {
                host: host.to_owned(),
                port: port.parse().ok()?,
            },
        ))
    });
    parts.collect()
}

/// The item's key: the name of the container's port when that can be one, else the listener's name.
fn key(process: &Process, listener: &Listener, taken: &[String]) -> String {
    let ports = process.container.get("ports").map_or(&[][..], Node::items);
    let port = ports.iter().find(|port| {
        port.get("containerPort").and_then(Node::scalar).as_ref() == Some(&listener.port)
    });
    let name = port.and_then(|port| port.str_at(&["name"]));
    let fits = |name: &&str| {
        name.len() <= 12
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    let key = match name.filter(fits) {
        Some(name) => name.to_owned(),
        None => listener.name.to_ascii_lowercase(),
    };
    if taken.contains(&key) {
        format!("{key}{}", taken.len())
    } else {
        key
    }
}

/// The Services before single pods that lead to a port.
fn per_pod<'a>(
    process: &Process<'a>,
    listener: &Listener,
    found: &'a Found,
) -> Vec<(&'a Object, &'a Node)> {
    let ports = process.container.get("ports").map_or(&[][..], Node::items);
    let named = ports.iter().find(|port| {
        port.get("containerPort").and_then(Node::scalar).as_ref() == Some(&listener.port)
    });
    let named = named.and_then(|port| port.str_at(&["name"]));
    let services = services(found, process.object).filter(|service| {
        service
            .node
            .at(&["spec", "selector", super::POD_NAME])
            .is_some()
    });
    let leading = services.filter_map(|service| {
        let mut ports = service.node.at(&["spec", "ports"])?.items().iter();
        let port = ports.find(|port| {
            let target = port
                .get("targetPort")
                .or_else(|| port.get("port"))
                .and_then(Node::scalar);
            target.as_ref() == Some(&listener.port) || named.is_some() && target.as_deref() == named
        })?;
        Some((service, port))
    });
    leading.collect()
}

fn exposure(
    process: &Process,
    listener: &Listener,
    told: Option<&[&Advertised]>,
    key: &str,
    found: &Found,
    mapped: &mut Mapped,
) {
    let field = |name: &str| format!("kafka.listeners[{key}].{name}");
    let services = per_pod(process, listener, found);
    let object = process.object;
    let ports = process.container.get("ports").map_or(&[][..], Node::items);
    let host_port = ports.iter().find_map(|port| {
        let same =
            port.get("containerPort").and_then(Node::scalar).as_ref() == Some(&listener.port);
        port.get("hostPort").filter(|_| same)
    });
    let kind = services.first().map(|(service, _)| {
        service
            .node
            .str_at(&["spec", "type"])
            .unwrap_or("ClusterIP")
    });
    let exposure = match kind {
        Some("NodePort") => "node-port",
        Some("LoadBalancer") => "load-balancer",
        _ if host_port.is_some() => "host-port",
        _ => "inside",
    };
    let kind = services.first().and_then(|(service, _)| {
        let kind = service.node.at(&["spec", "type"])?;
        Some((*service, kind.position))
    });
    let (from, at) = kind.unwrap_or((object, process.name_position()));
    mapped.set(field("exposure"), exposure, from, at);
    if let Some(port) = host_port {
        mapped.set_node(field("host_port"), object, Some(port));
    }
    if let Some((service, port)) = services.first() {
        let base = service.name.trim_end_matches(|c: char| c.is_ascii_digit());
        mapped.set(
            field("service_name"),
            base.trim_end_matches('-'),
            service,
            service.name_position(),
        );
        if exposure == "node-port" {
            mapped.set_node(field("first_node_port"), service, port.get("nodePort"));
        } else {
            mapped.set_node(field("advertised_port"), service, port.get("port"));
            mapped.set_node(
                field("load_balancer_class"),
                service,
                service.node.at(&["spec", "loadBalancerClass"]),
            );
            if let Some(ranges) = service.node.at(&["spec", "loadBalancerSourceRanges"]) {
                let list: Vec<&str> = ranges.items().iter().filter_map(Node::str).collect();
                mapped.set(
                    field("source_ranges"),
                    list.join(","),
                    service,
                    ranges.position,
                );
            }
        }
        let policy = service.node.at(&["spec", "externalTrafficPolicy"]);
        match policy {
            Some(policy) => mapped.set_node(field("traffic_policy"), service, Some(policy)),
            None => mapped.set(
                field("traffic_policy"),
                "Cluster",
                service,
                service.name_position(),
            ),
        }
    }
    if exposure == "inside" {
        domain(process, told, mapped);
        return;
    }
    let Some(told) = told.filter(|told| !told.is_empty()) else {
        return;
    };
    let hosts: Vec<&str> = told
        .iter()
        .map(|told| told.host.trim_matches(['[', ']']))
        .collect();
    if hosts.iter().all(|host| *host == NODE) {
        // Of a balancer whose address nobody knows yet the node's stands in.
        let is_balanced = exposure == "load-balancer";
        let from = if is_balanced { "per-broker" } else { "node" };
        mapped.note(field("address_from"), from);
    } else if hosts.len() > 1 && hosts.windows(2).all(|pair| pair[0] == pair[1]) {
        mapped.note(field("address_from"), "fixed");
        mapped.note(field("address"), hosts[0]);
    } else {
        mapped.note(field("address_from"), "per-broker");
        let known: Vec<&str> = hosts.into_iter().take_while(|host| *host != NODE).collect();
        mapped.note(field("addresses"), known.join(","));
    }
}

/// The cluster's domain, when a broker tells its full name.
fn domain(process: &Process, told: Option<&[&Advertised]>, mapped: &mut Mapped) {
    let namespace = super::namespace_of(process.object);
    let service = process
        .spec()
        .and_then(|spec| spec.str_at(&["serviceName"]))
        .unwrap_or_default();
    let prefix = format!("{}-0.{service}.{namespace}.svc.", process.object.name);
    if let Some(domain) = told.and_then(|told| told.first()?.host.strip_prefix(&prefix)) {
        mapped.note("kubernetes.cluster_domain", domain);
    }
}
