//! VER: what goes together, and what is on its way out.

use serde_yaml::Value;

use super::Severity::{Advice, Error, Warning};
use super::{Effect, Facts, Findings, Fix, Rule, nodes, objects, relations};
use crate::args;
use crate::catalog::{
    self, JavaSupport, KafkaLine, KafkaRelease, KafkaVersion, Serving, ZooKeeperVersion,
};
use crate::design::{Change, FieldPath};
use crate::plan::Absence;

/// The option that tells from which version a cluster comes.
const PROTOCOL: &str = "inter.broker.protocol.version";

/// The family, in the order of the catalogue.
pub static RULES: &[&Rule] = &[
    &NO_ENSEMBLE_MODE,
    &COORDINATION_DEPRECATED,
    &JAVA_TOO_OLD,
    &JAVA_DEPRECATED,
    &JAVA_UNTRIED,
    &NO_SUCH_BUILD,
    &JUMP_TO_FOUR,
    &UPGRADE_TOO_FAR,
    &RELEASE_WITHOUT_FIXES,
    &OPTION_OF_ANOTHER_VERSION,
    &API_NOT_SERVED,
    &FIELD_TOO_NEW,
    &LOGGING_OF_OLD,
    &VERSIONS_DIFFER,
];

const OPS: &str = "apache/kafka:docs/ops.html (3.5.2)";

/// The newest release that a condition holds for; releases that were withdrawn do not count.
fn newest(is: impl Fn(&KafkaRelease) -> bool) -> Option<&'static KafkaRelease> {
    let mut releases = catalog::kafka_releases().iter().rev();
    releases.find(|release| !release.withdrawn && is(release))
}

/// The newest release that runs with ZooKeeper.
fn newest_with_ensemble() -> Option<&'static KafkaRelease> {
    newest(|release| release.version.has_zookeeper_mode())
}

/// The lines that the project maintains.
fn maintained() -> Vec<String> {
    let releases = catalog::kafka_releases().iter();
    let mut lines: Vec<String> = releases
        .filter(|release| release.supported)
        .map(|release| release.version.line().to_string())
        .collect();
    lines.dedup();
    lines
}

/// The version that was typed, when it has no ZooKeeper mode and an ensemble is asked for.
fn without_ensemble(facts: &Facts) -> Option<KafkaVersion> {
    let typed = facts.design.get(&"kafka.version".into())?;
    let version: KafkaVersion = typed.trim().parse().ok()?;
    (facts.plan.has_ensemble() && !version.has_zookeeper_mode()).then_some(version)
}

/// Kafka 4 has no ZooKeeper mode any more.
///
/// Such a version cannot be chosen, so that the plan goes on with the start value: what was typed counts.
pub static NO_ENSEMBLE_MODE: Rule = Rule::new(
    "VER001",
    Error,
    "apache/kafka:docs/getting-started/upgrade.md (4.0.0 section, 4.3 version)",
    |facts, found| {
        let path = "kafka.version";
        let Some(version) = without_ensemble(facts) else {
            return;
        };
        let Some(newest) = newest_with_ensemble() else {
            return;
        };
        let newest = newest.version.to_string();
        found
            .add(
                &NO_ENSEMBLE_MODE,
                path,
                args![version = version.to_string(), newest = &newest],
            )
            .at(path)
            .at("cluster.coordination")
            .fix(facts.fix_to(path, newest));
    },
)
.applies_to("≥ 4.0, ZooKeeper mode")
.effect(Effect::Procedure)
.hides(&["INP007"]);

/// Kafka 4 runs without ZooKeeper only.
pub static COORDINATION_DEPRECATED: Rule = Rule::new("VER002", Warning, OPS, |facts, found| {
    let version = *facts.plan.kafka.version;
    let ensemble = facts.plan.has_ensemble() && without_ensemble(facts).is_none();
    if ensemble && version.deprecates_zookeeper() {
        found
            .add(
                &COORDINATION_DEPRECATED,
                "cluster.coordination",
                args![version = version.to_string(), lines = maintained()],
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

/// The archive of this build was never published, so that the image cannot be built.
pub static NO_SUCH_BUILD: Rule = Rule::new(
    "VER006",
    Error,
    "apache/kafka-site: downloads page; apache/kafka:docs/getting-started/upgrade.md (4.0.0 section, 4.3 version)",
    |facts, found| {
        let (version, scala) = (&facts.plan.kafka.version, &facts.plan.kafka.image.scala);
        let Some(release) = catalog::kafka_release(**version) else {
            return;
        };
        if release.scala.contains(scala) {
            return;
        }
        let path = "kafka.scala";
        let builds: Vec<String> = release.scala.iter().map(ToString::to_string).collect();
        found
            .add(
                &NO_SUCH_BUILD,
                path,
                args![
                    version = version.to_string(),
                    scala = scala.to_string(),
                    builds
                ],
            )
            .at(path)
            .at("kafka.version")
            .fix(facts.fix_to(path, release.recommended_scala));
    },
);

/// The protocol tells from which version a cluster comes, and from there no way leads to 4.x at once.
pub static JUMP_TO_FOUR: Rule = Rule::new(
    "VER007",
    Error,
    "apache/kafka:docs/getting-started/upgrade.md (4.0.0 section, 4.3 version)",
    |facts, found| {
        let kafka = &facts.plan.kafka;
        let version = *kafka.version;
        let Some(spoken) = nodes::asked(&kafka.config, PROTOCOL) else {
            return;
        };
        let old = relations::protocol(spoken).is_some_and(|spoken| spoken < (3, 3));
        let step = newest(|release| release.version.line() == KafkaLine::of(3, 9));
        let Some(step) = step.filter(|_| old && !version.has_zookeeper_mode()) else {
            return;
        };
        stop_between(
            facts,
            found,
            &JUMP_TO_FOUR,
            (spoken, &step.version.to_string()),
        );
    },
)
.applies_to("≥ 4.0")
.effect(Effect::Procedure);

/// The protocol that is spoken tells that an upgrade must stop at another release first.
fn stop_between(
    facts: &Facts,
    found: &mut Findings,
    rule: &'static Rule,
    (spoken, step): (&str, &str),
) {
    let version = facts.plan.kafka.version.to_string();
    found
        .add(rule, "kafka.version", args![version, spoken, step])
        .at("kafka.version")
        .at_option(PROTOCOL)
        .fix(facts.fix_to("kafka.version", step))
        .fix(Fix::unset(FieldPath::kafka_option(PROTOCOL)));
}

/// The protocol tells from which version a cluster comes, and from there the way is too far.
pub static UPGRADE_TOO_FAR: Rule = Rule::new(
    "VER008",
    Error,
    "apache/kafka:docs/upgrade.html (3.9.0-rc3)",
    |facts, found| {
        let version = *facts.plan.kafka.version;
        let Some(spoken) = facts.plan.kafka.config.in_force(PROTOCOL) else {
            return;
        };
        let old = relations::protocol(spoken).is_some_and(|spoken| spoken < (2, 4));
        if !old || !version.refuses_zookeeper_3_4() {
            return;
        }
        let Some(step) = newest(|release| release.version.line() < KafkaLine::of(3, 6)) else {
            return;
        };
        stop_between(
            facts,
            found,
            &UPGRADE_TOO_FAR,
            (spoken, &step.version.to_string()),
        );
    },
)
.applies_to("3.6–3.9")
.effect(Effect::Procedure);

/// The project repairs nothing in this release any more, and there is a newer one to go to.
///
/// Of the newest release with ZooKeeper VER002 says it.
pub static RELEASE_WITHOUT_FIXES: Rule = Rule::new(
    "VER010",
    Warning,
    "apache/kafka-site: downloads page, supported releases (2026-09-29)",
    |facts, found| {
        let path = "kafka.version";
        let plan = facts.plan;
        let version = *plan.kafka.version;
        let outdated = catalog::kafka_release(version).is_some_and(|release| !release.supported);
        let coordination = *plan.cluster.coordination;
        let newest = newest(|release| coordination.runs(release.version));
        let Some(newest) = newest.filter(|newest| newest.version > version) else {
            return;
        };
        if !outdated {
            return;
        }
        let finding = found
            .add(
                &RELEASE_WITHOUT_FIXES,
                path,
                args![
                    version = version.to_string(),
                    newest = newest.version.to_string(),
                    lines = maintained()
                ],
            )
            .at(path);
        let ensemble_fits = plan.zookeeper().is_none_or(|zookeeper| {
            *zookeeper.version >= ZooKeeperVersion::of(3, 5, 0)
                || !newest.version.refuses_zookeeper_3_4()
        });
        let old_protocol = plan.kafka.config.in_force(PROTOCOL).is_some();
        if ensemble_fits && !old_protocol && newest.scala.contains(&plan.kafka.image.scala) {
            let mut fix = facts.fix_to(path, newest.version);
            // A quorum that is told in files stays one: no release turns it into a dynamic one by itself.
            if plan.has_kraft() && !version.has_dynamic_quorum() {
                fix.changes.push(Change::set("kraft.quorum", "static"));
            }
            finding.fix(fix);
        }
    },
)
.effect(Effect::Procedure);

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
        if !kubernetes.has_pod_index_label() {
            label_too_new(facts, found);
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

/// Kafka 4 logs with Log4j 2, and reads files for Log4j 1 as well as it can.
pub static LOGGING_OF_OLD: Rule = Rule::new(
    "VER014",
    Warning,
    "apache/kafka:bin/kafka-run-class.sh (4.x)",
    |facts, found| {
        let version = *facts.plan.kafka.version;
        if !version.logs_with_log4j2() {
            return;
        }
        for object in facts.workloads() {
            let variables = objects::all_containers(object)
                .flat_map(|container| objects::items(container, "env"))
                .filter(|variable| objects::name_of(variable) == "KAFKA_LOG4J_OPTS");
            let mut values = variables.filter_map(|variable| objects::text(variable, "value"));
            let Some(options) = values.find(|value| value.contains(".properties")) else {
                continue;
            };
            let args = args![
                object = object.subject(),
                options,
                version = version.to_string()
            ];
            found
                .add(&LOGGING_OF_OLD, object.subject(), args)
                .place(object, "spec.template.spec");
        }
    },
)
.applies_to("≥ 4.0");

/// A container asks for its number by a label that pods do not have yet.
fn label_too_new(facts: &Facts, found: &mut Findings) {
    const LABEL: &str = "apps.kubernetes.io/pod-index";
    for object in facts.workloads() {
        let variables =
            objects::all_containers(object).flat_map(|container| objects::items(container, "env"));
        let asks = |variable: &Value| {
            let path = variable.get("valueFrom")?.get("fieldRef")?.get("fieldPath");
            Some(path?.as_str()?.contains(LABEL))
        };
        if variables.filter_map(asks).any(|asks| asks) {
            let version = facts.plan.cluster.kubernetes.to_string();
            found
                .add(
                    &FIELD_TOO_NEW,
                    object.subject(),
                    args![field = LABEL, version],
                )
                .place(object, objects::POD);
        }
    }
}

/// The version in a text such as an image's tag, when it is a release that we know.
fn release_in<V: std::str::FromStr>(text: &str, is_release: fn(&V) -> bool) -> Option<&str> {
    let words = text.split(|c: char| !c.is_ascii_digit() && c != '.');
    let mut words = words.map(|word| word.trim_matches('.'));
    words.find(|word| word.parse().is_ok_and(|version| is_release(&version)))
}

fn kafka_release_in(text: &str) -> Option<&str> {
    release_in(text, |version| catalog::kafka_release(*version).is_some())
}

fn zookeeper_release_in(text: &str) -> Option<&str> {
    release_in(text, |version| {
        catalog::zookeeper_release(*version).is_some()
    })
}

/// The tag of an image; nothing when it is chosen by its digest.
fn tag(image: &str) -> Option<&str> {
    let name = image.rfind('/').map_or(0, |slash| slash + 1);
    let (_, tag) = image.get(name..)?.split_once(':')?;
    (!tag.contains('@')).then_some(tag)
}

/// What the files say of the version does not agree.
pub static VERSIONS_DIFFER: Rule = Rule::new("VER015", Advice, "own judgement", |facts, found| {
    let kafka = &facts.plan.kafka;
    let version = kafka.version.to_string();
    let told = tag(&kafka.image.reference).and_then(kafka_release_in);
    image_differs(found, "kafka", &kafka.image.reference, told, &version);
    if let Some(zookeeper) = facts.plan.zookeeper() {
        let told = tag(&zookeeper.image).and_then(zookeeper_release_in);
        let version = zookeeper.version.to_string();
        image_differs(found, "zookeeper", &zookeeper.image, told, &version);
    }
    for file in facts.dockerfiles() {
        let fetched = file.instructions().find_map(|one| {
            let (_, build) = one.text.split_once("/kafka_2.1")?;
            let (_, release) = build.split_once('-')?;
            Some((one.line, kafka_release_in(release)?))
        });
        if let Some((line, told)) = fetched.filter(|(_, told)| *told != version) {
            found
                .add(
                    &VERSIONS_DIFFER,
                    file.path,
                    args![what = file.path, told, version = &version],
                )
                .at("kafka.version")
                .place_line(file.path, line);
        }
    }
});

fn image_differs(found: &mut Findings, side: &str, image: &str, told: Option<&str>, version: &str) {
    let Some(told) = told.filter(|told| *told != version) else {
        return;
    };
    let path = format!("{side}.image");
    let better = image.replace(told, version);
    found
        .add(
            &VERSIONS_DIFFER,
            path.as_str(),
            args![what = image, told, version],
        )
        .at(path.as_str())
        .at(format!("{side}.version"))
        // Nobody knows whether an image with the other tag was ever built.
        .fix(Fix::set(path, better).with_care());
}

#[cfg(test)]
mod tests {
    use super::super::testing::{design, fires, repairs, silent};
    use super::{kafka_release_in, newest_with_ensemble, tag};
    use crate::catalog::kafka_releases;

    #[test]
    fn a_version_without_ensemble_says_it_alone() {
        let four = design(&[("kafka.version", "4.0.0")]);
        repairs(&four, "VER001");
        silent(&four, "INP007");
        silent(&four, "VER002");
        fires(&design(&[("kafka.version", "3.9.99")]), "INP007");
    }

    #[test]
    fn every_release_but_the_newest_with_an_ensemble_is_outdated() {
        let newest = newest_with_ensemble().expect("one").version;
        assert_eq!(newest.to_string(), "3.9.2");
        for release in kafka_releases() {
            if !release.version.has_zookeeper_mode() {
                continue;
            }
            let version = release.version.to_string();
            let chosen = design(&[("kafka.version", &version)]);
            if release.version == newest {
                silent(&chosen, "VER010");
            } else {
                let finding = repairs(&chosen, "VER010");
                assert!(!finding.fixes[0].safe, "an upgrade is a procedure");
            }
        }
    }

    #[test]
    fn every_build_that_was_published_can_be_chosen() {
        for release in kafka_releases() {
            if release.version.has_zookeeper_mode() {
                for scala in &release.scala {
                    let version = release.version.to_string();
                    let scala = scala.to_string();
                    let design = design(&[("kafka.version", &version), ("kafka.scala", &scala)]);
                    silent(&design, "VER006");
                }
            }
        }
    }

    #[test]
    fn an_upgrade_that_would_break_is_not_offered() {
        let old = design(&[("kafka.version", "2.4.1"), ("kafka.scala", "2.11")]);
        assert_eq!(fires(&old, "VER010").fixes, []);
        let old = design(&[("kafka.version", "3.5.2"), ("zookeeper.version", "3.4.14")]);
        assert_eq!(fires(&old, "VER010").fixes, []);
    }

    #[test]
    fn releases_are_found_in_tags() {
        let found = |image: &'static str| tag(image).and_then(kafka_release_in);
        assert_eq!(found("registry:5000/kafka:v3.5.2"), Some("3.5.2"));
        assert_eq!(found("strimzi/kafka:0.45.0-kafka-3.9.0"), Some("3.9.0"));
        assert_eq!(found("confluentinc/cp-kafka:7.5.0"), None);
        assert_eq!(found("registry:5000/kafka"), None);
        assert_eq!(found("kafka:3.5.2@sha256:00"), None);
    }
}
