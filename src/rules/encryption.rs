//! SEC, continued: what listeners speak, who logs in, and what the API server admits.

use serde_yaml::Value;

use super::Severity::{Advice, Error, Warning};
use super::objects::{self, POD, items, text};
use super::{Effect, Facts, Object, Rule, Side};
use crate::args;
use crate::design::FieldPath;
use crate::plan::{Listener, PodSecurity};

const SECURITY: &str = "apache/kafka:docs/security.html (3.9.0-rc3)";
const CONFIG: &str = "apache/kafka:core/src/main/scala/kafka/server/KafkaConfig.scala (3.5.2)";

const MAP: &str = "listener.security.protocol.map";

/// What a listener speaks, as it is in force.
pub(super) fn protocol<'a>(facts: &'a Facts, listener: &'a Listener) -> &'a str {
    let map = facts.plan.kafka.config.in_force(MAP).unwrap_or_default();
    let spoken = crate::fields::items(map)
        .filter_map(|entry| entry.split_once(':'))
        .find(|(name, _)| name.trim() == listener.name.as_str());
    spoken.map_or(listener.protocol.as_str(), |(_, protocol)| protocol.trim())
}

fn has_login(protocol: &str) -> bool {
    protocol.starts_with("SASL_")
}

fn is_encrypted(protocol: &str) -> bool {
    protocol.ends_with("SSL")
}

/// The value of an option for one listener: its own, or that of all.
fn of_listener(facts: &Facts, listener: &Listener, option: &str) -> Option<String> {
    let own = format!(
        "listener.name.{}.{option}",
        listener.name.to_ascii_lowercase()
    );
    let config = &facts.plan.kafka.config;
    let own = config.in_force(&own).map(str::to_owned);
    own.or_else(|| facts.option(option))
        .filter(|value| !value.trim().is_empty())
}

fn subject(listener: &Listener) -> String {
    format!("listener/{}", listener.key)
}

fn protocol_field(listener: &Listener) -> FieldPath {
    FieldPath::keyed("kafka.listeners[].protocol", &listener.key)
}

/// The listeners with what they speak.
fn spoken<'a>(facts: &'a Facts) -> impl Iterator<Item = (&'a Listener, &'a str)> {
    let listeners = facts.plan.kafka.listeners.iter();
    listeners.map(|listener| (listener, protocol(facts, listener)))
}

/// Passwords can be read on the way.
pub static LOGIN_IN_THE_CLEAR: Rule = Rule::new("SEC002", Warning, SECURITY, |facts, found| {
    for (listener, protocol) in spoken(facts) {
        if listener.is_outside() && protocol == "SASL_PLAINTEXT" {
            found
                .add(
                    &LOGIN_IN_THE_CLEAR,
                    subject(listener),
                    args![name = listener.name.as_str()],
                )
                .at_option(MAP)
                .at(protocol_field(listener))
                .at(FieldPath::keyed(
                    "kafka.listeners[].exposure",
                    &listener.key,
                ));
        }
    }
})
.effect(Effect::Procedure);

/// There is nothing to encrypt with.
pub static NO_KEY_STORE: Rule = Rule::new(
    "SEC003",
    Error,
    "bitnami/charts:bitnami/kafka/templates/_helpers.tpl (validateValues, 2026-07), apache/kafka:docs/security.html (3.9.0-rc3)",
    |facts, found| {
        for (listener, protocol) in spoken(facts) {
            let has = |option| of_listener(facts, listener, option).is_some();
            if is_encrypted(protocol)
                && !has("ssl.keystore.location")
                && !has("ssl.keystore.certificate.chain")
                && !has("ssl.engine.factory.class")
            {
                found
                    .add(
                        &NO_KEY_STORE,
                        subject(listener),
                        args![name = listener.name.as_str(), protocol],
                    )
                    .at_option(MAP)
                    .at(protocol_field(listener))
                    .at_option("ssl.keystore.location");
            }
        }
    },
);

/// The mechanisms that a listener takes.
fn mechanisms(facts: &Facts, listener: &Listener) -> Vec<String> {
    let enabled = of_listener(facts, listener, "sasl.enabled.mechanisms").unwrap_or_default();
    crate::fields::items(&enabled).map(str::to_owned).collect()
}

/// Brokers log in to each other in a way that none of them takes.
pub static MECHANISM_NOT_TAKEN: Rule = Rule::new("SEC004", Error, CONFIG, |facts, found| {
    let listener = facts.plan.kafka.inter_broker_listener();
    if !has_login(protocol(facts, listener)) {
        return;
    }
    let name = "sasl.mechanism.inter.broker.protocol";
    let mechanism = facts.option(name).unwrap_or_default();
    let enabled = mechanisms(facts, listener);
    if !enabled.contains(&mechanism) {
        found
            .add(
                &MECHANISM_NOT_TAKEN,
                name,
                args![name = listener.name.as_str(), mechanism, enabled],
            )
            .at_option(name)
            .at_option("sasl.enabled.mechanisms");
    }
})
.effect(Effect::Procedure);

/// Who may log in stands nowhere.
pub static NO_JAAS: Rule = Rule::new("SEC005", Error, SECURITY, |facts, found| {
    let flags = facts.plan.kafka.opts.kafka_opts.as_deref();
    if flags.is_some_and(|flags| flags.contains("-Djava.security.auth.login.config=")) {
        return;
    }
    for (listener, protocol) in spoken(facts) {
        if !has_login(protocol) {
            continue;
        }
        let lacking: Vec<String> = mechanisms(facts, listener)
            .into_iter()
            .filter(|mechanism| {
                let option = format!("{}.sasl.jaas.config", mechanism.to_ascii_lowercase());
                of_listener(facts, listener, &option).is_none()
            })
            .collect();
        if !lacking.is_empty() {
            found
                .add(
                    &NO_JAAS,
                    subject(listener),
                    args![name = listener.name.as_str(), lacking],
                )
                .at_option(MAP)
                .at("kafka.opts")
                .at_option("sasl.enabled.mechanisms");
        }
    }
});

/// Whoever logged in may do everything.
pub static NO_AUTHORIZER: Rule = Rule::new("SEC007", Warning, SECURITY, |facts, found| {
    let name = "authorizer.class.name";
    if facts
        .option(name)
        .is_some_and(|class| !class.trim().is_empty())
    {
        return;
    }
    let names: Vec<String> = spoken(facts)
        .filter(|(listener, protocol)| {
            let client = || of_listener(facts, listener, "ssl.client.auth");
            has_login(protocol)
                || (is_encrypted(protocol) && client().as_deref() == Some("required"))
        })
        .map(|(listener, _)| listener.name.value.clone())
        .collect();
    if !names.is_empty() {
        found
            .add(&NO_AUTHORIZER, name, args![names])
            .at_option(name)
            .at_option(MAP);
    }
})
.effect(Effect::Procedure);

/// The back door stays open.
pub static METADATA_OPEN: Rule = Rule::new("SEC009", Warning, SECURITY, |facts, found| {
    let name = "zookeeper.set.acl";
    let guarded = spoken(facts).any(|(_, protocol)| protocol != "PLAINTEXT");
    if guarded && facts.plan.has_ensemble() && !facts.flag(name) {
        found
            .add(&METADATA_OPEN, name, args![])
            .at_option(name)
            .at_option(MAP);
    }
})
.applies_to("≤ 3.9, ZooKeeper mode")
.effect(Effect::Procedure);

const ENFORCE: &str = "pod-security.kubernetes.io/enforce";

/// What a level of the Pod Security Standards refuses in the pods of an object.
fn refused(restricted: bool, object: &Object) -> Vec<&'static str> {
    let mut wrong = Vec::new();
    let pod = |key: &str| object.get(&format!("{POD}.{key}"));
    let is_on = |value: Option<&Value>| value.and_then(Value::as_bool) == Some(true);
    for key in ["hostNetwork", "hostPID", "hostIPC"] {
        if is_on(pod(key)) {
            wrong.push(key);
        }
    }
    let volumes = object.items(&format!("{POD}.volumes"));
    let has = |kind: &str| volumes.iter().any(|volume| volume.get(kind).is_some());
    if has("hostPath") {
        wrong.push("hostPath");
    }
    if restricted && has("nfs") {
        wrong.push("nfs");
    }
    for container in objects::all_containers(object) {
        let own = container.get("securityContext");
        let value = |key: &str| {
            let own = own.and_then(|own| own.get(key));
            own.or_else(|| object.get(&format!("{POD}.securityContext.{key}")))
        };
        if is_on(value("privileged")) {
            wrong.push("privileged");
        }
        if items(container, "ports")
            .iter()
            .any(|port| port.get("hostPort").is_some())
        {
            wrong.push("hostPort");
        }
        let profile = value("seccompProfile").and_then(|profile| text(profile, "type"));
        if profile == Some("Unconfined") {
            wrong.push("seccompProfile");
        }
        if !restricted {
            continue;
        }
        let user = value("runAsUser").and_then(Value::as_i64);
        if !is_on(value("runAsNonRoot")) || user == Some(0) {
            wrong.push("runAsNonRoot");
        }
        if value("allowPrivilegeEscalation").and_then(Value::as_bool) != Some(false) {
            wrong.push("allowPrivilegeEscalation");
        }
        let dropped = value("capabilities").map_or(&[][..], |all| items(all, "drop"));
        if !dropped.iter().any(|name| name.as_str() == Some("ALL")) {
            wrong.push("capabilities.drop");
        }
        if !matches!(profile, Some("RuntimeDefault" | "Localhost" | "Unconfined")) {
            wrong.push("seccompProfile");
        }
    }
    wrong.sort_unstable();
    wrong.dedup();
    wrong
}

/// The level that the namespaces may enforce at most, when the one that was chosen refuses a pod.
pub(super) fn level_that_admits(facts: &Facts) -> Option<&'static str> {
    let cluster = &facts.plan.cluster;
    let refuses = |restricted| {
        let mut workloads = facts.workloads().iter();
        workloads.any(|object| !refused(restricted, object).is_empty())
    };
    if !cluster.kubernetes.has_pod_security_labels() {
        return None;
    }
    match *cluster.pod_security {
        PodSecurity::None => None,
        _ if refuses(false) => Some("none"),
        PodSecurity::Restricted if refuses(true) => Some("baseline"),
        _ => None,
    }
}

/// The API server refuses every pod, and the set stays empty.
pub static NOT_ADMITTED: Rule = Rule::new(
    "SEC019",
    Error,
    "Kubernetes documentation, Pod Security Standards and Pod Security Admission",
    |facts, found| {
        for namespace in facts.of_kind("Namespace") {
            let labels = namespace.get("metadata.labels");
            let level = labels.and_then(|labels| text(labels, ENFORCE));
            let Some(level @ ("baseline" | "restricted")) = level else {
                continue;
            };
            for object in facts.workloads() {
                if object.namespace != namespace.name {
                    continue;
                }
                let wrong = refused(level == "restricted", object);
                if wrong.is_empty() {
                    continue;
                }
                let names: Vec<String> = wrong.iter().map(|&name| name.to_owned()).collect();
                let finding = found.add(
                    &NOT_ADMITTED,
                    object.subject(),
                    args![
                        object = object.subject(),
                        namespace = namespace.name,
                        level,
                        names
                    ],
                );
                finding.place(object, POD);
                repairs(facts, object, &wrong, finding);
            }
        }
    },
)
.hides(&["SEC011", "SEC012", "SEC013", "SEC015", "SEC017"]);

/// What the level asks for, where the design has a switch for it.
fn repairs(facts: &Facts, object: &Object, wrong: &[&str], finding: &mut super::Finding) {
    const SWITCHED: [&str; 4] = [
        "allowPrivilegeEscalation",
        "capabilities.drop",
        "runAsNonRoot",
        "seccompProfile",
    ];
    let plan = facts.plan;
    let ours = match (facts.side(object), plan.zookeeper()) {
        (Side::Kafka, _) => Some(("kafka", &plan.kafka.pods)),
        (Side::ZooKeeper, Some(zk)) => Some(("zookeeper", &zk.pods)),
        (Side::Controllers, _) => plan.controllers().map(|own| ("controllers", &own.pods)),
        _ => None,
    };
    if let Some((side, pods)) = ours {
        let (restricted, root) = (*pods.restricted, *pods.user == 0);
        let level = format!("{side}.restricted");
        let user = format!("{side}.run_as_user");
        finding.at(level.clone()).at(user.clone());
        if wrong.iter().all(|name| SWITCHED.contains(name)) && (!restricted || root) {
            let mut fix = facts.fix_to(level, true);
            if restricted {
                fix = facts.fix_to(user, 1000);
            } else if root {
                fix.changes.extend(facts.fix_to(user, 1000).changes);
            }
            finding.fix(fix);
            return;
        }
    }
    let level = "cluster.pod_security";
    finding
        .at(level)
        .fix_with(Effect::Nothing, facts.fix_to(level, "none").with_care());
}

/// Variables are read by every child process and by whoever may look at the pod.
pub static PASSWORD_IN_VARIABLE: Rule = Rule::new(
    "SEC021",
    Advice,
    "stackrox/kube-linter:docs/generated/checks.md",
    |facts, found| {
        for object in facts.workloads() {
            let variables = objects::all_containers(object)
                .flat_map(|container| items(container, "env"))
                .map(objects::name_of);
            let names: Vec<String> = variables
                .filter(|name| {
                    let name = name.to_ascii_uppercase();
                    // A path to a file with the password is what is wanted.
                    (name.contains("PASSWORD") || name.contains("SECRET"))
                        && !name.ends_with("_FILE")
                        && !name.ends_with("_LOCATION")
                        && !name.ends_with("_PATH")
                })
                .map(str::to_owned)
                .collect();
            objects::listed(found, &PASSWORD_IN_VARIABLE, object, POD, names);
        }
    },
);

#[cfg(test)]
mod tests {
    use super::super::testing::{design, found, found_in, silent};
    use crate::engine::after;

    #[test]
    fn pods_that_the_namespace_refuses_are_said_once() {
        let open = design(&[("kafka.restricted", "false"), ("kafka.run_as_user", "0")]);
        let refused = found(&open, "SEC019");
        let subjects: Vec<&str> = refused.iter().map(|f| f.subject.as_str()).collect();
        assert_eq!(subjects, ["StatefulSet/kafka", "Job/kafka-smoke-in"]);
        assert_eq!(refused[0].fixes[0].changes.len(), 2);
        silent(&after(&open, &refused[0].fixes[0].changes), "SEC019");
        for id in ["SEC011", "SEC012", "SEC013", "SEC015"] {
            silent(&open, id);
        }
    }

    #[test]
    fn each_level_forbids_its_own() {
        let pod = |level: &str, part: &str| {
            let objects = format!(
                "kind: Namespace\nmetadata: {{name: a, labels: {{pod-security.kubernetes.io/enforce: {level}}}}}\n---\nkind: Job\nmetadata: {{name: b, namespace: a}}\nspec: {{template: {{spec: {{containers: [{{name: c, securityContext: {{runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: {{drop: [ALL]}}, seccompProfile: {{type: RuntimeDefault}}}}}}], {part}}}}}}}\n"
            );
            found_in(&design(&[]), &objects, "SEC019").len()
        };
        for (part, baseline, restricted) in [
            ("volumes: []", 0, 0),
            ("hostNetwork: true", 1, 1),
            ("volumes: [{name: v, hostPath: {path: /}}]", 1, 1),
            ("volumes: [{name: v, nfs: {path: /}}]", 0, 1),
        ] {
            assert_eq!(pod("baseline", part), baseline, "{part}");
            assert_eq!(pod("restricted", part), restricted, "{part}");
            assert_eq!(pod("privileged", part), 0, "{part}");
        }
    }

    #[test]
    fn a_listener_that_was_given_another_protocol_is_no_plaintext_one() {
        let map = "kafka.options[listener.security.protocol.map]";
        let outside = design(&[
            ("kafka.listeners[external].exposure", "load-balancer"),
            (map, "INTERNAL:PLAINTEXT,EXTERNAL:SASL_SSL"),
        ]);
        silent(&outside, "SEC001");
        silent(&outside, "SEC002");
    }

    #[test]
    fn an_option_of_one_listener_goes_before_that_of_all() {
        let login = design(&[(
            "kafka.options[listener.security.protocol.map]",
            "INTERNAL:SASL_SSL",
        )]);
        let own = "kafka.options[listener.name.internal.ssl.keystore.location]";
        silent(&login.clone().with(own, "/etc/keys/broker.p12"), "SEC003");
        let own = "kafka.options[listener.name.internal.sasl.enabled.mechanisms]";
        assert_eq!(
            super::super::testing::fires(&login.with(own, "PLAIN"), "SEC004").subject,
            "sasl.mechanism.inter.broker.protocol"
        );
    }
}
