//! IMG: images, where they come from, and what their own start does.
//!
//! How they are built is looked at in [`dockerfile`](super::dockerfile).

use serde_yaml::Value;

use super::Severity::{Advice, Error, Warning};
use super::objects::{POD, all_containers, items, text};
use super::probes::env;
use super::{Effect, Facts, Findings, Fix, Object, Rule, Side, dockerfile};
use crate::args;
use crate::catalog::{self, Download, Scala};
use crate::plan::Download as From;

/// The family, in the order of the catalogue.
pub static RULES: &[&Rule] = &[
    &BASE_DEPRECATED,
    &dockerfile::BASE_ENDED,
    &dockerfile::JDK_TO_RUN,
    &dockerfile::ARCHIVE_UNCHECKED,
    &dockerfile::ERROR_PAGE_TAKEN,
    &dockerfile::CURL_WITHOUT_CARE,
    &MIRROR_WITHOUT_RELEASE,
    &dockerfile::NO_USER,
    &dockerfile::USER_IS_ROOT,
    &dockerfile::BASE_WITHOUT_TAG,
    &dockerfile::BASE_IS_LATEST,
    &dockerfile::BASE_WITHOUT_DIGEST,
    &dockerfile::PIPE_HIDES_FAILURE,
    &dockerfile::STEPS_IN_A_ROW,
    &dockerfile::UNQUOTED_VARIABLE,
    &dockerfile::APT_WITHOUT_CARE,
    &dockerfile::APK_WITHOUT_CARE,
    &dockerfile::TWO_FETCHERS,
    &dockerfile::RELATIVE_FOLDER,
    &dockerfile::VALUE_TOO_EARLY,
    &dockerfile::START_IN_A_SHELL,
    &dockerfile::NO_START,
    &dockerfile::VERSION_REPEATED,
    &dockerfile::TOOLS_STAY,
    &dockerfile::NO_BASH,
    &IMAGE_WITHOUT_VERSION,
    &NOT_THE_BUILT_IMAGE,
    &PERSONAL_ACCOUNT,
    &TAG_THAT_MOVES,
    &dockerfile::NO_LABELS,
    &OLD_SCALA,
    &dockerfile::SECRET_IN_IMAGE,
    &CONTROLLER_ADVERTISES,
    &PUBLIC_CLUSTER_ID,
    &NAME_LIKE_SASL,
    &ENTRY_POINT_WITHOUT_KRAFT,
    &CONFIG_FOLDER_READ_ONLY,
    &WITHDRAWN_IMAGE,
];

const POLICY: &str = "Apache release distribution policy (archive.apache.org keeps all releases, mirrors only current ones); curl flags: own judgement";
const LATEST: &str = "stackrox/kube-linter:docs/generated/checks.md, zegl/kube-score:README_CHECKS.md, FairwindsOps/polaris:pkg/config/checks/";
const ENTRY: &str = "apache/kafka:docker/resources/common-scripts/run and configure (3.9)";
const OWN: &str = "own judgement";

/// The repository of the base image gets no fixes any more.
pub static BASE_DEPRECATED: Rule = Rule::new(
    "IMG001",
    Warning,
    "docker-library/docs:openjdk/deprecated.md",
    |facts, found| {
        for file in facts.dockerfiles() {
            let deprecated = file
                .bases()
                .find(|(_, image)| catalog::is_deprecated_openjdk(image));
            let Some((from, image)) = deprecated else {
                continue;
            };
            let finding = found.add(&BASE_DEPRECATED, file.path, args![image]);
            finding
                .place_line(file.path, from.line)
                .at_origins(from.origins);
            let typed = from
                .origins
                .iter()
                .find(|path| path.as_str().ends_with(".base_image"));
            if let Some(path) = typed {
                finding.fix(Fix::unset(path.clone()));
            }
        }
    },
)
.hides(&["IMG002"]);

/// Mirrors drop a release when the next one is out.
pub static MIRROR_WITHOUT_RELEASE: Rule = Rule::new("IMG007", Error, POLICY, |facts, found| {
    let kafka = &facts.plan.kafka;
    let archived = catalog::kafka_release(*kafka.version)
        .is_some_and(|release| release.download == Download::ArchiveOnly);
    if archived && *kafka.image.download == From::Mirror {
        found
            .add(
                &MIRROR_WITHOUT_RELEASE,
                "kafka.download",
                args![
                    version = kafka.version.to_string(),
                    mirror = kafka.image.mirror.as_str()
                ],
            )
            .at("kafka.download")
            .at("kafka.version")
            .fix(Fix::set("kafka.download", "archive"));
    }
    // A Dockerfile of others names its server itself.
    for file in facts.dockerfiles() {
        let mut others = file.instructions().filter(|one| !one.is_ours);
        let lost = others.find_map(|one| Some((one, dropped(&one.text)?)));
        if let Some((one, (mirror, version))) = lost {
            found
                .add(&MIRROR_WITHOUT_RELEASE, file.path, args![version, mirror])
                .place_line(file.path, one.line);
        }
    }
});

/// The server and the release in an address of Kafka's archive, when only the archive has the release.
fn dropped(text: &str) -> Option<(&str, &str)> {
    let (before, file) = text.split_once("/kafka_2.1")?;
    let (_, address) = before.rsplit_once("://")?;
    let (server, path) = address.split_once('/')?;
    // A server of somebody's own may keep what it likes.
    let is_mirror = server.ends_with(".apache.org") || path.split('/').any(|part| part == "apache");
    let (_, version) = file.split_once('-')?;
    let (version, _) = version.split_once(".tgz")?;
    let release = catalog::kafka_release(version.parse().ok()?)?;
    let is_dropped = release.download == Download::ArchiveOnly && server != "archive.apache.org";
    (is_mirror && is_dropped).then_some((server, version))
}

/// The image of a container; empty when none is named.
fn image(container: &Value) -> &str {
    text(container, "image").unwrap_or_default()
}

/// One finding for each image that is wrong, with the objects that run it.
fn of_images(
    facts: &Facts,
    found: &mut Findings,
    rule: &'static Rule,
    is_wrong: impl Fn(&Value, &str) -> bool,
) {
    let mut wrong: Vec<(&str, Vec<&Object>)> = Vec::new();
    for object in facts.workloads() {
        for container in all_containers(object) {
            let image = image(container);
            if !is_wrong(container, image) {
                continue;
            }
            match wrong.iter_mut().find(|(known, _)| *known == image) {
                Some((_, objects)) if objects.iter().any(|one| std::ptr::eq(*one, object)) => {}
                Some((_, objects)) => objects.push(object),
                None => wrong.push((image, vec![object])),
            }
        }
    }
    for (image, objects) in wrong {
        let names: Vec<String> = objects.iter().map(|object| object.subject()).collect();
        let finding = found.add(rule, image, args![image, names]);
        for object in objects {
            finding.place(object, &[POD, ".containers"].concat());
            let path = facts.field_of(facts.side(object), "image");
            if let Some(path) = path.filter(|path| !finding.fields.contains(path)) {
                finding.at(path);
            }
        }
    }
}

/// Nobody can say which version runs.
pub static IMAGE_WITHOUT_VERSION: Rule = Rule::new("IMG026", Warning, LATEST, |facts, found| {
    of_images(facts, found, &IMAGE_WITHOUT_VERSION, |_, image| {
        !image.is_empty()
            && !image.contains(['@', '$'])
            && matches!(catalog::tag_of_image(image), "" | "latest")
    });
})
.hides(&["IMG029"]);

/// What was looked at is not what runs.
pub static NOT_THE_BUILT_IMAGE: Rule = Rule::new(
    "IMG027",
    Warning,
    "defect of the article",
    |facts, found| {
        for set in facts.of_kind("StatefulSet") {
            let (built, path) = match (facts.side(set), facts.plan.zookeeper()) {
                (Side::Kafka | Side::Controllers, _) if facts.plan.builds_kafka() => {
                    (&facts.plan.kafka.image.reference, "kafka.image")
                }
                (Side::ZooKeeper, Some(zk)) if facts.plan.builds_zookeeper() => {
                    (&zk.image, "zookeeper.image")
                }
                _ => continue,
            };
            let images = || super::objects::containers(set).iter().map(image);
            if images().any(|one| one.is_empty() || one == **built) {
                continue;
            }
            if let Some(image) = images().next() {
                let built = built.as_str();
                found
                    .add(
                        &NOT_THE_BUILT_IMAGE,
                        set.subject(),
                        args![set = set.name, image, built],
                    )
                    .at(path)
                    .place(set, &[POD, ".containers"].concat());
            }
        }
    },
)
.effect(Effect::Nothing);

/// Accounts at Docker Hub of projects and firms that keep their images up.
const KNOWN_ACCOUNTS: [&str; 12] = [
    "apache",
    "bitnami",
    "bitnamilegacy",
    "bitnamisecure",
    "confluentinc",
    "curlimages",
    "debezium",
    "grafana",
    "prom",
    "rancher",
    "redpandadata",
    "ubuntu",
];

/// Whether an image comes from Docker Hub.
fn is_from_docker_hub(image: &str) -> bool {
    matches!(
        catalog::registry_of_image(image),
        None | Some("docker.io" | "index.docker.io" | "registry-1.docker.io")
    )
}

/// Nobody promises anything about it.
pub static PERSONAL_ACCOUNT: Rule = Rule::new("IMG028", Advice, OWN, |facts, found| {
    of_images(facts, found, &PERSONAL_ACCOUNT, |_, image| {
        let account = catalog::repository_of_image(image).split_once('/');
        is_from_docker_hub(image)
            && !image.contains('$')
            && account.is_some_and(|(account, _)| !KNOWN_ACCOUNTS.contains(&account))
    });
});

/// Each node keeps what it fetched first.
pub static TAG_THAT_MOVES: Rule = Rule::new("IMG029", Advice, LATEST, |facts, found| {
    of_images(facts, found, &TAG_THAT_MOVES, |container, image| {
        let tag = catalog::tag_of_image(image);
        let moves = !tag.bytes().any(|byte| byte.is_ascii_digit());
        let kept = match text(container, "imagePullPolicy") {
            Some(policy) => policy == "IfNotPresent",
            None => !matches!(tag, "" | "latest"),
        };
        !image.is_empty() && !image.contains(['@', '$']) && moves && kept
    });
});

/// The build is deprecated, and gone from 4.0.
pub static OLD_SCALA: Rule = Rule::new(
    "IMG031",
    Advice,
    "apache/kafka:docs/getting-started/upgrade.md (4.0.0 section, 4.3 version), apache/kafka:docs/upgrade.html (3.9.0-rc3)",
    |facts, found| {
        let kafka = &facts.plan.kafka;
        if *kafka.image.scala == Scala::V2_12 && kafka.version.major >= 3 {
            found
                .add(&OLD_SCALA, "kafka.scala", args![])
                .at("kafka.scala")
                .fix(facts.fix_to("kafka.scala", "2.13"));
        }
    },
)
.applies_to("3.0–3.9");

/// The containers that start the official image of Kafka as it starts itself, with their objects.
fn self_started<'s>(facts: &'s Facts) -> impl Iterator<Item = (&'s Object<'s>, &'s Value)> {
    facts.workloads().iter().flat_map(|object| {
        super::objects::containers(object)
            .iter()
            .filter(|container| {
                let repository = catalog::repository_of_image(image(container));
                matches!(repository, "apache/kafka" | "apache/kafka-native")
                    && container.get("command").is_none()
                    && container.get("args").is_none()
            })
            .map(move |container| (object, container))
    })
}

/// One finding for each object whose container starts so that a variable, or its lack, stops it.
fn of_entry_point(
    facts: &Facts,
    found: &mut Findings,
    rule: &'static Rule,
    is_wrong: impl Fn(&Object, &Value) -> bool,
) {
    for (object, container) in self_started(facts) {
        if is_wrong(object, container) {
            let set = object.subject();
            found
                .add(rule, object.subject(), args![set])
                .place(object, &[POD, ".containers"].concat());
        }
    }
}

/// Whether the container's Kafka is told where ZooKeeper is, or belongs to a design with one.
fn asks_zookeeper(facts: &Facts, object: &Object, container: &Value) -> bool {
    let has = |name| env(container, name).is_some();
    !has("KAFKA_PROCESS_ROLES")
        && (has("KAFKA_ZOOKEEPER_CONNECT")
            || facts.plan.has_ensemble() && facts.side(object) == Side::Kafka)
}

/// The entry script stops at a variable that this node must not have.
pub static CONTROLLER_ADVERTISES: Rule = Rule::new("IMG033", Warning, ENTRY, |facts, found| {
    of_entry_point(facts, found, &CONTROLLER_ADVERTISES, |_, container| {
        env(container, "KAFKA_PROCESS_ROLES") == Some("controller")
            && env(container, "KAFKA_ADVERTISED_LISTENERS").is_some()
    });
})
.applies_to("≥ 3.7, image apache/kafka");

/// Clusters of different people have the same id.
pub static PUBLIC_CLUSTER_ID: Rule = Rule::new("IMG034", Warning, ENTRY, |facts, found| {
    of_entry_point(facts, found, &PUBLIC_CLUSTER_ID, |object, container| {
        !asks_zookeeper(facts, object, container)
            && env(container, "CLUSTER_ID").is_none()
            && container.get("envFrom").is_none()
    });
})
.applies_to("≥ 3.7, image apache/kafka")
.effect(Effect::AbandonsData);

/// The entry script takes a listener's name for its protocol.
pub static NAME_LIKE_SASL: Rule = Rule::new("IMG035", Error, ENTRY, |facts, found| {
    of_entry_point(facts, found, &NAME_LIKE_SASL, |_, container| {
        env(container, "KAFKA_ADVERTISED_LISTENERS").is_some_and(|text| text.contains("SASL_"))
            && env(container, "KAFKA_OPTS").is_none()
    });
})
.applies_to("≥ 3.7, image apache/kafka");

/// The entry script only knows KRaft.
pub static ENTRY_POINT_WITHOUT_KRAFT: Rule = Rule::new(
    "IMG036",
    Error,
    "apache/kafka:core/src/main/scala/kafka/tools/StorageTool.scala (3.5.2, 3.7.1, 3.8.0)",
    |facts, found| {
        of_entry_point(
            facts,
            found,
            &ENTRY_POINT_WITHOUT_KRAFT,
            |object, container| asks_zookeeper(facts, object, container),
        );
    },
)
.applies_to("≥ 3.7, image apache/kafka");

/// The entry script writes where a ConfigMap lies.
pub static CONFIG_FOLDER_READ_ONLY: Rule = Rule::new("IMG037", Error, ENTRY, |facts, found| {
    of_entry_point(
        facts,
        found,
        &CONFIG_FOLDER_READ_ONLY,
        |object, container| {
            let on_config = |mount: &&Value| {
                text(mount, "mountPath").map(|path| path.trim_end_matches('/'))
                    == Some("/opt/kafka/config")
            };
            let Some(mount) = items(container, "volumeMounts").iter().find(on_config) else {
                return false;
            };
            object
                .items(&[POD, ".volumes"].concat())
                .iter()
                .any(|volume| {
                    volume.get("name") == mount.get("name") && volume.get("configMap").is_some()
                })
        },
    );
})
.applies_to("≥ 3.7, image apache/kafka");

/// The tags were taken away.
pub static WITHDRAWN_IMAGE: Rule = Rule::new(
    "IMG038",
    Warning,
    "bitnami/containers issue 83267",
    |facts, found| {
        of_images(facts, found, &WITHDRAWN_IMAGE, |_, image| {
            catalog::repository_of_image(image).starts_with("bitnami/")
                && is_from_docker_hub(image)
                && !matches!(catalog::tag_of_image(image), "" | "latest")
        });
    },
)
.applies_to("images of bitnami");

#[cfg(test)]
mod tests {
    use super::super::Severity;
    use super::super::testing::{design, found, found_in_dockerfile, repairs, silent};

    #[test]
    fn what_holds_for_the_last_stage_only() {
        let count = |text: &str, id| found_in_dockerfile(&design(&[]), text, id).len();
        let named_so = "FROM buildpack-deps:jammy-curl AS fetch\nRUN apt-get install -y curl\n";
        assert_eq!(count(named_so, "IMG004"), 0, "nothing is fetched");
        assert_eq!(count(named_so, "IMG005"), 0);
        let two = "FROM alpine:3.22 AS fetch\nUSER root\nRUN wget x\nFROM b\nUSER kafka\nCMD [\"kafka\"]\n";
        for id in ["IMG008", "IMG009", "IMG024", "IMG025"] {
            assert_eq!(count(two, id), 0, "{id}");
        }
        let root = "FROM b\nUSER root\n";
        assert_eq!((count(root, "IMG009"), count(root, "IMG008")), (1, 0));
        assert_eq!(
            count("FROM openjdk:8-jre-stretch\n", "IMG002"),
            0,
            "IMG001 says more"
        );
    }

    #[test]
    fn packages_without_versions_are_advice() {
        let of = |text: &str| found_in_dockerfile(&design(&[]), text, "IMG016");
        let bare = "FROM a\nRUN apt-get update && apt-get install -y --no-install-recommends b && rm -rf /var/lib/apt/lists/*\n";
        assert_eq!(of(bare)[0].severity, Severity::Advice);
        let silenced = bare.replace("RUN", "# hadolint ignore=DL3008\nRUN");
        assert_eq!(of(&silenced), []);
        let careless = bare.replace("-y ", "");
        assert_eq!(of(&careless)[0].severity, Severity::Warning);
    }

    #[test]
    fn repairs_of_images() {
        repairs(&design(&[("kafka.base_image", "openjdk:17-jdk")]), "IMG001");
        repairs(
            &design(&[("kafka.base_image", "eclipse-temurin:17-jdk")]),
            "IMG003",
        );
        repairs(
            &design(&[("kafka.base_image", "eclipse-temurin:17-jre-alpine")]),
            "IMG025",
        );
        repairs(&design(&[("kafka.scala", "2.12")]), "IMG031");
        let old = design(&[("kafka.version", "3.5.2"), ("kafka.download", "mirror")]);
        repairs(&old, "IMG007");
        silent(&design(&[("kafka.version", "3.5.2")]), "IMG007");
    }

    #[test]
    fn our_own_dockerfiles_and_images_need_one_piece_of_advice_at_most() {
        for values in [
            &[("zookeeper.flavour", "built")][..],
            &[("kafka.version", "2.8.2"), ("kafka.download", "archive")],
            &[
                ("kafka.download", "mirror"),
                ("kafka.mirror", "http://mirror.example.com"),
            ],
        ] {
            let design = design(values);
            let findings = crate::evaluate(&design).findings;
            let ids: Vec<&str> = findings
                .iter()
                .map(|one| one.rule)
                // The release that is there at the start is on no mirror.
                .filter(|id| id.starts_with("IMG") && !matches!(*id, "IMG007" | "IMG012"))
                .collect();
            assert!(ids.is_empty(), "{values:?}: {ids:?}");
        }
        assert_eq!(found(&design(&[]), "IMG012").len(), 1);
    }
}
