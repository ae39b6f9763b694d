//! SEC: who may read and write, and as whom the processes run.

use super::Severity::{Advice, Error, Warning};
use super::{Effect, Facts, Findings, Fix, Rule};
use crate::args;
use crate::design::FieldPath;
use crate::fields::Wrong;
use crate::plan::{Exposure, ProblemKind};

/// The family, in the order of the catalogue.
pub static RULES: &[&Rule] = &[
    &PLAINTEXT_OUTSIDE,
    &FOLDERS_NOT_WRITABLE,
    &PASSWORD_TYPED,
    &NODE_PORT_SERVICE,
];

/// Everybody who reaches a node reads and writes every topic.
pub static PLAINTEXT_OUTSIDE: Rule = Rule::new(
    "SEC001",
    Warning,
    "apache/kafka:docs/security.html (3.9.0-rc3)",
    |facts, found| {
        for listener in facts.plan.kafka.listeners.iter().filter(|l| l.is_outside()) {
            if *listener.protocol == "PLAINTEXT" {
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

#[cfg(test)]
mod tests {
    use super::super::testing::{between, design, found_in, repairs};

    #[test]
    fn listeners_outside() {
        let exposure = "kafka.listeners[external].exposure";
        between(
            "SEC001",
            &[(exposure, "load-balancer")],
            &[(exposure, "none")],
        );
        between(
            "SEC025",
            &[(exposure, "node-port")],
            &[(exposure, "load-balancer")],
        );
    }

    #[test]
    fn a_volume_that_its_user_cannot_write() {
        let set = |group: &str| {
            format!(
                "kind: StatefulSet\nmetadata: {{name: kafka, namespace: kafka}}\nspec: {{template: {{spec: {{securityContext: {{runAsUser: 1000{group}}}}}}}, volumeClaimTemplates: [{{metadata: {{name: data}}}}]}}\n"
            )
        };
        assert_eq!(found_in(&design(&[]), &set(""), "SEC018").len(), 1);
        assert_eq!(
            found_in(&design(&[]), &set(", fsGroup: 1000"), "SEC018"),
            []
        );
    }

    #[test]
    fn a_password_in_the_design() {
        repairs(
            &design(&[("kafka.options[ssl.keystore.password]", "secret")]),
            "SEC020",
        );
    }
}
