//! SEC: who may read and write, and as whom the processes run.

use super::Severity::{Advice, Error, Warning};
use serde_yaml::Value;

use super::objects::{self, POD};
use super::{Effect, Facts, Findings, Fix, Object, Rule, encryption, kraft, policies};
use crate::args;
use crate::design::FieldPath;
use crate::fields::Wrong;
use crate::plan::{Exposure, ProblemKind};

/// The family, in the order of the catalogue.
pub static RULES: &[&Rule] = &[
    &PLAINTEXT_OUTSIDE,
    &encryption::LOGIN_IN_THE_CLEAR,
    &encryption::NO_KEY_STORE,
    &encryption::MECHANISM_NOT_TAKEN,
    &encryption::NO_JAAS,
    &kraft::MECHANISM_OF_CONTROLLERS,
    &encryption::NO_AUTHORIZER,
    &OPEN_WITHOUT_RULE,
    &encryption::METADATA_OPEN,
    &policies::ENSEMBLE_OPEN,
    &RUNS_AS_ROOT,
    &MAY_GAIN_RIGHTS,
    &CAPABILITIES_KEPT,
    &ROOT_WRITABLE,
    &CALLS_UNFILTERED,
    &TOKEN_MOUNTED,
    &NODE_EXPOSED,
    &FOLDERS_NOT_WRITABLE,
    &encryption::NOT_ADMITTED,
    &PASSWORD_TYPED,
    &encryption::PASSWORD_IN_VARIABLE,
    &NAMES_UNCHECKED,
    &OLD_TLS,
    &NODE_PORT_SERVICE,
];

/// Everybody who reaches a node reads and writes every topic.
pub static PLAINTEXT_OUTSIDE: Rule = Rule::new(
    "SEC001",
    Warning,
    "apache/kafka:docs/security.html (3.9.0-rc3)",
    |facts, found| {
        for listener in facts.plan.kafka.listeners.iter().filter(|l| l.is_outside()) {
            if encryption::protocol(facts, listener) == "PLAINTEXT" {
                found
                    .add(
                        &PLAINTEXT_OUTSIDE,
                        format!("listener/{}", listener.key),
                        args![name = listener.name.as_str()],
                    )
                    .at(FieldPath::keyed(
                        "kafka.listeners[].protocol",
                        &listener.key,
                    ))
                    .at(FieldPath::keyed(
                        "kafka.listeners[].exposure",
                        &listener.key,
                    ));
            }
        }
    },
)
.effect(Effect::Procedure);

/// A user that is not root cannot write a fresh volume unless a group owns it.
pub static FOLDERS_NOT_WRITABLE: Rule = Rule::new(
    "SEC018",
    Error,
    "apache/kafka:bin/kafka-run-class.sh and bin/kafka-server-start.sh (3.5.2)",
    folders_not_writable,
);

fn folders_not_writable(facts: &Facts, found: &mut Findings) {
    for set in facts.of_kind("StatefulSet") {
        let context = "spec.template.spec.securityContext";
        let user = set.number(&format!("{context}.runAsUser"));
        let group = set.number(&format!("{context}.fsGroup"));
        let claims = !set.items("spec.volumeClaimTemplates").is_empty();
        let Some(user) = user.filter(|&user| user != 0) else {
            continue;
        };
        if claims && group.is_none() {
            let side = facts.side(set);
            let finding = found.add(
                &FOLDERS_NOT_WRITABLE,
                set.subject(),
                args![set = set.name, user],
            );
            finding.place(set, context);
            if let Some(path) = facts.field_of(side, "fs_group") {
                finding.at(path);
            }
        }
    }
}

/// A password in a design ends up in links, files and repositories.
pub static PASSWORD_TYPED: Rule = Rule::new(
    "SEC020",
    Error,
    "FairwindsOps/polaris:pkg/config/checks/, hadolint/hadolint:README.md and src/Hadolint/Rule/",
    |facts, found| {
        for problem in &facts.plan.problems {
            if problem.kind == ProblemKind::Wrong(Wrong::Secret) {
                let name = problem.path.key().unwrap_or(problem.path.as_str());
                found
                    .add(&PASSWORD_TYPED, name, args![name])
                    .at(problem.path.clone())
                    .fix_with(Effect::Nothing, Fix::unset(problem.path.clone()));
            }
        }
    },
);

/// The port opens on every node.
pub static NODE_PORT_SERVICE: Rule = Rule::new(
    "SEC025",
    Advice,
    "zegl/kube-score:README_CHECKS.md, stackrox/kube-linter:docs/generated/checks.md",
    |facts, found| {
        for listener in &facts.plan.kafka.listeners {
            if *listener.exposure == Exposure::NodePort {
                found
                    .add(
                        &NODE_PORT_SERVICE,
                        format!("listener/{}", listener.key),
                        args![
                            name = listener.name.as_str(),
                            brokers = *facts.plan.kafka.brokers
                        ],
                    )
                    .at(FieldPath::keyed(
                        "kafka.listeners[].exposure",
                        &listener.key,
                    ));
            }
        }
    },
);

const PODS: &str =
    "stackrox/kube-linter:docs/generated/checks.md, FairwindsOps/polaris:pkg/config/checks/";
const SECURITY: &str = "apache/kafka:docs/security.html (3.9.0-rc3)";

/// A value of the security context: the container's own, or else the pod's.
fn context<'v>(set: &'v Object, container: &'v Value, key: &str) -> Option<&'v Value> {
    let own = container
        .get("securityContext")
        .and_then(|own| own.get(key));
    own.or_else(|| set.get(&format!("{POD}.securityContext.{key}")))
}

fn is_flag(value: Option<&Value>, wanted: bool) -> bool {
    value.and_then(Value::as_bool) == Some(wanted)
}

/// The sets and containers for which something of the restricted level is missing.
fn unrestricted(
    facts: &Facts,
    found: &mut Findings,
    rule: &'static Rule,
    field: &str,
    is_wrong: fn(&Object, &Value) -> bool,
) {
    for set in facts.of_kind("StatefulSet") {
        let wrong = objects::containers(set)
            .iter()
            .filter(|one| is_wrong(set, one));
        let names: Vec<String> = wrong.map(|one| objects::name_of(one).to_owned()).collect();
        if names.is_empty() {
            continue;
        }
        let finding = found.add(rule, set.subject(), args![object = set.subject(), names]);
        finding.place(set, &format!("{POD}.containers"));
        if let Some(path) = facts.field_of(facts.side(set), field) {
            finding.at(path);
        }
    }
}

/// Topics without a rule are open to everybody.
pub static OPEN_WITHOUT_RULE: Rule = Rule::new("SEC008", Warning, SECURITY, |facts, found| {
    let name = "allow.everyone.if.no.acl.found";
    let authorizer = facts.option("authorizer.class.name").unwrap_or_default();
    // The authorizer reads the switch itself, so the brokers' list of options does not know it.
    let open = facts
        .option(name)
        .is_some_and(|value| value.trim().eq_ignore_ascii_case("true"));
    if open && !authorizer.trim().is_empty() {
        found
            .add(&OPEN_WITHOUT_RULE, name, args![])
            .at_option(name)
            .fix(Fix::unset(FieldPath::kafka_option(name)).with_care());
    }
})
.hides(&["KFK067"]);

/// Who breaks out of the container is root.
pub static RUNS_AS_ROOT: Rule = Rule::new("SEC011", Warning, PODS, |facts, found| {
    unrestricted(facts, found, &RUNS_AS_ROOT, "user", |set, container| {
        let user = context(set, container, "runAsUser").and_then(Value::as_i64);
        !is_flag(context(set, container, "runAsNonRoot"), true) && user.is_none_or(|user| user == 0)
    });
});

/// Programs may gain rights.
pub static MAY_GAIN_RIGHTS: Rule = Rule::new("SEC012", Warning, PODS, |facts, found| {
    unrestricted(
        facts,
        found,
        &MAY_GAIN_RIGHTS,
        "restricted",
        |set, container| !is_flag(context(set, container, "allowPrivilegeEscalation"), false),
    );
});

/// The processes need no capability.
pub static CAPABILITIES_KEPT: Rule = Rule::new("SEC013", Warning, PODS, |facts, found| {
    unrestricted(
        facts,
        found,
        &CAPABILITIES_KEPT,
        "restricted",
        |set, container| {
            let capabilities = context(set, container, "capabilities");
            let dropped = capabilities.map_or(&[][..], |all| objects::items(all, "drop"));
            !dropped.iter().any(|name| name.as_str() == Some("ALL"))
        },
    );
});

/// Programs of the image can be replaced.
pub static ROOT_WRITABLE: Rule = Rule::new("SEC014", Advice, PODS, |facts, found| {
    unrestricted(
        facts,
        found,
        &ROOT_WRITABLE,
        "read_only_root",
        |set, container| !is_flag(context(set, container, "readOnlyRootFilesystem"), true),
    );
});

/// System calls are not filtered.
pub static CALLS_UNFILTERED: Rule = Rule::new("SEC015", Advice, PODS, |facts, found| {
    unrestricted(
        facts,
        found,
        &CALLS_UNFILTERED,
        "restricted",
        |set, container| {
            let profile = context(set, container, "seccompProfile");
            profile.and_then(|profile| objects::text(profile, "type")) != Some("RuntimeDefault")
        },
    );
});

/// A token of the API lies in every pod.
pub static TOKEN_MOUNTED: Rule = Rule::new("SEC016", Warning, PODS, |facts, found| {
    unrestricted(facts, found, &TOKEN_MOUNTED, "service_account", |set, _| {
        !is_flag(
            set.get(&format!("{POD}.automountServiceAccountToken")),
            false,
        )
    });
});

/// The node is open to the pod.
pub static NODE_EXPOSED: Rule = Rule::new("SEC017", Warning, PODS, |facts, found| {
    unrestricted(
        facts,
        found,
        &NODE_EXPOSED,
        "restricted",
        |set, container| {
            let volumes = set.items(&format!("{POD}.volumes"));
            is_flag(context(set, container, "privileged"), true)
                || is_flag(set.get(&format!("{POD}.hostPID")), true)
                || is_flag(set.get(&format!("{POD}.hostIPC")), true)
                || volumes
                    .iter()
                    .any(|volume| volume.get("hostPath").is_some())
        },
    );
});

/// Names in certificates are not compared.
pub static NAMES_UNCHECKED: Rule = Rule::new("SEC022", Warning, SECURITY, |facts, found| {
    let name = "ssl.endpoint.identification.algorithm";
    if facts
        .option(name)
        .is_some_and(|value| value.trim().is_empty())
    {
        found
            .add(&NAMES_UNCHECKED, name, args![])
            .at_option(name)
            .fix(Fix::unset(FieldPath::kafka_option(name)).with_care());
    }
});

/// Protocols that are broken.
pub static OLD_TLS: Rule = Rule::new("SEC023", Warning, SECURITY, |facts, found| {
    let name = "ssl.enabled.protocols";
    let typed = facts.option(name).unwrap_or_default();
    let protocols = typed.split(',').map(str::trim);
    let old = protocols.filter(|one| matches!(*one, "SSLv3" | "TLSv1" | "TLSv1.1"));
    let names: Vec<String> = old.map(str::to_owned).collect();
    if !names.is_empty() {
        let start = facts.untyped_option(name).unwrap_or_default();
        let fix = if start.contains("TLSv1,") || start.ends_with("TLSv1") {
            Fix::set_option(name, "TLSv1.2")
        } else {
            Fix::unset(FieldPath::kafka_option(name))
        };
        found
            .add(&OLD_TLS, name, args![names])
            .at_option(name)
            .fix(fix.with_care());
    }
});

#[cfg(test)]
mod tests {
    use super::super::testing::{between, design, found_in, repairs};

    #[test]
    fn a_password_in_the_design() {
        repairs(
            &design(&[("kafka.options[ssl.keystore.password]", "secret")]),
            "SEC020",
        );
        let of_listener = "kafka.options[listener.name.external.plain.sasl.jaas.config]";
        repairs(&design(&[(of_listener, "x")]), "SEC020");
    }

    #[test]
    fn options_of_safety() {
        let acl = "kafka.options[allow.everyone.if.no.acl.found]";
        let authorizer = ("kafka.options[authorizer.class.name]", "a.B");
        repairs(&design(&[(acl, "true"), authorizer]), "SEC008");
        between("SEC008", &[(acl, "true"), authorizer], &[(acl, "false")]);
        let tls = "kafka.options[ssl.enabled.protocols]";
        repairs(&design(&[(tls, "TLSv1,TLSv1.2")]), "SEC023");
        between("SEC023", &[(tls, "TLSv1.1")], &[(tls, "TLSv1.2,TLSv1.3")]);
    }

    #[test]
    fn what_the_restricted_level_asks_for() {
        let sound = "kind: StatefulSet\nmetadata: {name: kafka, namespace: kafka}\nspec: {template: {spec: {automountServiceAccountToken: false, securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}, containers: [{name: c, securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}}]}}}\n";
        let cases = [
            ("SEC011", "runAsNonRoot: true", "runAsUser: 0"),
            ("SEC012", "allowPrivilegeEscalation: false, ", ""),
            ("SEC013", "[ALL]", "[NET_RAW]"),
            ("SEC014", "readOnlyRootFilesystem: true, ", ""),
            ("SEC015", "RuntimeDefault", "Unconfined"),
            ("SEC016", "automountServiceAccountToken: false, ", ""),
            ("SEC017", "containers:", "hostPID: true, containers:"),
            (
                "SEC017",
                "containers:",
                "volumes: [{name: v, hostPath: {path: /}}], containers:",
            ),
            ("SEC017", "{allowPriv", "{privileged: true, allowPriv"),
        ];
        for (id, from, to) in cases {
            assert_eq!(found_in(&design(&[]), sound, id), [], "{id}");
            assert!(sound.contains(from));
            assert_eq!(
                found_in(&design(&[]), &sound.replacen(from, to, 1), id).len(),
                1,
                "{id}"
            );
        }
    }
}
