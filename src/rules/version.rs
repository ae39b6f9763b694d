//! VER: what goes together, and what is on its way out.

use super::Severity::{Error, Warning};
use super::{Effect, Facts, Findings, Fix, Rule};
use crate::args;
use crate::catalog::{self, JavaSupport, Serving};
use crate::design::FieldPath;
use crate::plan::Absence;

/// The family, in the order of the catalogue.
pub static RULES: &[&Rule] = &[
    &COORDINATION_DEPRECATED,
    &JAVA_TOO_OLD,
    &JAVA_DEPRECATED,
    &JAVA_UNTRIED,
    &OPTION_OF_ANOTHER_VERSION,
    &API_NOT_SERVED,
    &FIELD_TOO_NEW,
];

const OPS: &str = "apache/kafka:docs/ops.html (3.5.2)";

/// Kafka 4 runs without ZooKeeper only.
pub static COORDINATION_DEPRECATED: Rule = Rule::new("VER002", Warning, OPS, |facts, found| {
    let version = *facts.plan.kafka.version;
    if facts.plan.has_ensemble() && version.deprecates_zookeeper() {
        found
            .add(
                &COORDINATION_DEPRECATED,
                "cluster.coordination",
                args![version = version.to_string()],
            )
            .at("cluster.coordination")
            .at("kafka.version");
    }
})
.applies_to("3.5–3.9")
.effect(Effect::Procedure);

fn java(facts: &Facts, found: &mut Findings, rule: &'static Rule, is: JavaSupport) {
    let kafka = &facts.plan.kafka;
    let Some(java) = catalog::java_of_image(&kafka.image.base) else {
        return;
    };
    let Some(release) = catalog::kafka_release(*kafka.version) else {
        return;
    };
    if release.java_support(java) == is {
        let version = kafka.version.to_string();
        found
            .add(
                rule,
                "kafka.base_image",
                args![
                    java = u32::from(java),
                    version,
                    wanted = u32::from(release.java_recommended())
                ],
            )
            .at("kafka.base_image")
            .at("kafka.version")
            .fix(Fix::unset("kafka.base_image"));
    }
}

/// Brokers do not start with this Java.
pub static JAVA_TOO_OLD: Rule = Rule::new(
    "VER003",
    Error,
    "apache/kafka:docs/getting-started/upgrade.md (4.0.0 section, 4.3 version)",
    |facts, found| java(facts, found, &JAVA_TOO_OLD, JavaSupport::TooOld),
);

/// The next major version refuses this Java.
pub static JAVA_DEPRECATED: Rule = Rule::new("VER004", Warning, OPS, |facts, found| {
    java(facts, found, &JAVA_DEPRECATED, JavaSupport::Deprecated);
})
.applies_to("3.0–3.9");

/// Nobody says that this version runs with this Java.
pub static JAVA_UNTRIED: Rule = Rule::new("VER005", Warning, OPS, |facts, found| {
    java(facts, found, &JAVA_UNTRIED, JavaSupport::Unverified);
})
.applies_to("3.0–3.9");

/// The option came later, so that it is left out.
pub static OPTION_OF_ANOTHER_VERSION: Rule = Rule::new(
    "VER011",
    Error,
    "apache/kafka-site:35/generated/kafka_config.html",
    |facts, found| {
        let kafka = &facts.plan.kafka;
        for left in &kafka.config.unwritten {
            if let Absence::NotYet { since } = &left.why {
                found
                    .add(
                        &OPTION_OF_ANOTHER_VERSION,
                        &left.name,
                        args![
                            option = &left.name,
                            since,
                            version = kafka.version.to_string()
                        ],
                    )
                    // It is not written, so that nothing refuses it; what was asked for is missing.
                    .severity(Warning)
                    .at_option(&left.name)
                    .at("kafka.version")
                    .fix(Fix::unset(FieldPath::kafka_option(&left.name)));
            }
        }
    },
);

/// The API server does not know the kind under this version.
pub static API_NOT_SERVED: Rule = Rule::new(
    "VER012",
    Error,
    "Kubernetes API deprecation guide",
    |facts, found| {
        let kubernetes = *facts.plan.cluster.kubernetes;
        for object in facts.objects() {
            let instead = match kubernetes.serving(object.api_version, object.kind) {
                Serving::Removed { instead, .. } => instead.unwrap_or_default(),
                Serving::NotYet { .. } => "",
                Serving::Served | Serving::Unknown => continue,
            };
            found
                .add(
                    &API_NOT_SERVED,
                    object.subject(),
                    args![
                        kind = object.kind,
                        name = object.name,
                        api = object.api_version,
                        version = kubernetes.to_string(),
                        instead
                    ],
                )
                .place(object, "apiVersion");
        }
    },
);

/// The field is dropped or refused before the version that has it.
pub static FIELD_TOO_NEW: Rule = Rule::new(
    "VER013",
    Error,
    "kubernetes/website feature-gate pages",
    |facts, found| {
        let kubernetes = *facts.plan.cluster.kubernetes;
        let fields = [
            (
                "StatefulSet",
                "spec.minReadySeconds",
                kubernetes.has_min_ready_seconds(),
            ),
            (
                "StatefulSet",
                "spec.ordinals",
                kubernetes.has_ordinals_start(),
            ),
            (
                "StatefulSet",
                "spec.persistentVolumeClaimRetentionPolicy",
                kubernetes.has_pvc_retention_policy(),
            ),
            (
                "PodDisruptionBudget",
                "spec.unhealthyPodEvictionPolicy",
                kubernetes.has_unhealthy_pod_eviction_policy(),
            ),
        ];
        for (kind, path, _) in fields.into_iter().filter(|(_, _, known)| !known) {
            for object in facts
                .of_kind(kind)
                .filter(|object| object.get(path).is_some())
            {
                found
                    .add(
                        &FIELD_TOO_NEW,
                        object.subject(),
                        args![field = path, version = kubernetes.to_string()],
                    )
                    .place(object, path);
            }
        }
        if kubernetes.has_read_write_once_pod() {
            return;
        }
        let mut modes = vec![("kafka.access_mode", facts.plan.kafka.access_mode.as_str())];
        modes.extend(
            facts
                .plan
                .zookeeper()
                .map(|zk| ("zookeeper.access_mode", zk.access_mode.as_str())),
        );
        for (path, mode) in modes {
            if mode == "ReadWriteOncePod" {
                found
                    .add(
                        &FIELD_TOO_NEW,
                        path,
                        args![field = mode, version = kubernetes.to_string()],
                    )
                    .at(path)
                    .fix_with(Effect::Recreate, facts.fix_to(path, "ReadWriteOnce"));
            }
        }
    },
);

#[cfg(test)]
mod tests {
    use super::super::testing::{between, design, fires, found_in, repairs, silent};

    #[test]
    fn coordination_on_its_way_out() {
        between("VER002", &[], &[("kafka.version", "3.4.1")]);
    }

    #[test]
    fn java_that_does_not_fit() {
        repairs(
            &design(&[("kafka.base_image", "eclipse-temurin:8-jre-jammy")]),
            "VER004",
        );
        repairs(
            &design(&[("kafka.base_image", "eclipse-temurin:25-jre")]),
            "VER005",
        );
        silent(
            &design(&[("kafka.base_image", "eclipse-temurin:21-jre")]),
            "VER005",
        );
        repairs(
            &design(&[("kafka.base_image", "eclipse-temurin:7-jre")]),
            "VER003",
        );
    }

    #[test]
    fn options_from_the_future() {
        let new = design(&[
            ("kafka.version", "2.8.2"),
            ("kafka.options[log.message.timestamp.before.max.ms]", "1000"),
        ]);
        repairs(&new, "VER011");
        silent(&new.with("kafka.version", "3.9.2"), "VER011");
    }

    #[test]
    fn objects_that_the_server_does_not_know() {
        let role =
            "apiVersion: rbac.authorization.k8s.io/v1beta1\nkind: Role\nmetadata: {name: x}\n";
        assert_eq!(found_in(&design(&[]), role, "VER012").len(), 1);
        assert_eq!(
            found_in(&design(&[]), &role.replace("v1beta1", "v1"), "VER012"),
            []
        );
        let set = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: x}\nspec: {minReadySeconds: 5}\n";
        assert_eq!(
            found_in(&design(&[("kubernetes.version", "1.21")]), set, "VER013").len(),
            1
        );
        assert_eq!(
            found_in(&design(&[("kubernetes.version", "1.25")]), set, "VER013"),
            []
        );
        let pod = design(&[
            ("kafka.access_mode", "ReadWriteOncePod"),
            ("kubernetes.version", "1.26"),
        ]);
        repairs(&pod, "VER013");
        let _ = fires(&pod, "VER013");
    }
}
