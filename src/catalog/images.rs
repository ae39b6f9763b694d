//! Base images with their Java, and what an image reference tells about its Java.

/// A base image for our own Dockerfiles.
/// All have bash; all run on amd64 and arm64.
/// Source: docker-library/official-images:library/eclipse-temurin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JdkBase {
    /// The reference with its tag.
    pub image: &'static str,
    /// The Java major version.
    pub java: u8,
    /// Has a user with the id 1000 already, `ubuntu`, which must go or be renamed before another one can have the id.
    /// Source: Ubuntu's base images from 23.04 on.
    pub has_user_1000: bool,
}

const fn jammy(image: &'static str, java: u8) -> JdkBase {
    JdkBase {
        image,
        java,
        has_user_1000: false,
    }
}

const fn noble(image: &'static str, java: u8) -> JdkBase {
    JdkBase {
        image,
        java,
        has_user_1000: true,
    }
}

/// The base images that can be chosen, by Java version; Ubuntu 22.04 (jammy) before 24.04 (noble).
pub const JDK_BASES: &[JdkBase] = &[
    jammy("eclipse-temurin:8-jre-jammy", 8),
    noble("eclipse-temurin:8-jre-noble", 8),
    jammy("eclipse-temurin:11-jre-jammy", 11),
    noble("eclipse-temurin:11-jre-noble", 11),
    jammy("eclipse-temurin:17-jre-jammy", 17),
    noble("eclipse-temurin:17-jre-noble", 17),
    jammy("eclipse-temurin:21-jre-jammy", 21),
    noble("eclipse-temurin:21-jre-noble", 21),
];

/// Words that stand before a Java version in names and tags.
const JAVA_WORDS: [&str; 11] = [
    "openjdk",
    "temurin",
    "corretto",
    "semeru",
    "zulu",
    "liberica",
    "sapmachine",
    "graalvm",
    "java",
    "jdk",
    "jre",
];

/// Splits a reference into repository and tag, without the digest.
fn split(reference: &str) -> (&str, &str) {
    let named = reference.split('@').next().unwrap_or(reference).trim();
    let name_start = named.rfind('/').map_or(0, |slash| slash + 1);
    match named[name_start..].find(':') {
        Some(colon) => (
            &named[..name_start + colon],
            &named[name_start + colon + 1..],
        ),
        None => (named, ""),
    }
}

/// A Java major version at the start of a text; `1.8` is 8.
fn leading_java(text: &str) -> Option<u8> {
    let text = match text.strip_prefix("1.") {
        Some(rest) if rest.starts_with(['6', '7', '8']) => rest,
        _ => text,
    };
    let end = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    let java: u8 = text[..end].parse().ok()?;
    (6..=40).contains(&java).then_some(java)
}

/// A Java version right after one of the words, such as in `gradle:8-jdk17` or `ubi9/openjdk-17-runtime`.
fn java_after_a_word(text: &str) -> Option<u8> {
    JAVA_WORDS.iter().find_map(|word| {
        let after = text.split(word).skip(1);
        after
            .map(|rest| rest.strip_prefix('-').unwrap_or(rest))
            .find_map(leading_java)
    })
}

/// Guesses the Java major version from an image reference; `None` when it does not tell.
pub fn java_of_image(reference: &str) -> Option<u8> {
    let reference = reference.to_ascii_lowercase();
    let (repository, tag) = split(&reference);
    if repository == "apache/kafka" || repository.ends_with("/apache/kafka") {
        // eclipse-temurin:21-jre-alpine since 3.7.0 (apache/kafka:docker/jvm/Dockerfile).
        return Some(21);
    }
    let name = repository.rsplit('/').next().unwrap_or(repository);
    let is_java = JAVA_WORDS.iter().any(|word| name.contains(word));
    java_after_a_word(name)
        .or_else(|| java_after_a_word(tag))
        .or_else(|| {
            is_java
                .then(|| tag.split(['-', '_']).find_map(leading_java))
                .flatten()
        })
}

/// Is it the official image `openjdk` (or its forerunner `java`), which gets no fixes any more?
/// Source: the description of docker-library/openjdk: deprecated, Eclipse Temurin and others take its place.
pub fn is_deprecated_openjdk(reference: &str) -> bool {
    let (repository, _) = split(reference);
    let name = ["docker.io/", "index.docker.io/"]
        .iter()
        .find_map(|registry| repository.strip_prefix(registry))
        .unwrap_or(repository);
    matches!(name, "openjdk" | "java")
        || ["library/openjdk", "library/java"]
            .iter()
            .any(|official| name == *official || name.ends_with(&["/", official].concat()))
}

/// The tag of a reference; empty when there is none.
pub fn tag_of_image(reference: &str) -> &str {
    split(reference).1
}

/// The repository of a reference, without registry, tag and digest: `apache/kafka`, and `zookeeper` for an official image.
pub fn repository_of_image(reference: &str) -> &str {
    let (repository, _) = split(reference);
    let (first, rest) = repository.split_once('/').unwrap_or(("", repository));
    let is_registry = first.contains(['.', ':']) || first == "localhost";
    let repository = if is_registry { rest } else { repository };
    repository.strip_prefix("library/").unwrap_or(repository)
}

/// The registry in a reference; without one the container engine takes Docker Hub.
pub fn registry_of_image(reference: &str) -> Option<&str> {
    let (first, _) = split(reference).0.split_once('/')?;
    (first.contains(['.', ':']) || first == "localhost").then_some(first)
}

/// Releases of distributions that got their last fixes for everybody before the middle of 2026, as tags name them.
/// Source: the release pages of Debian, Ubuntu and Red Hat.
const ENDED_WORDS: [&str; 17] = [
    "wheezy",
    "jessie",
    "stretch",
    "buster",
    "trusty",
    "xenial",
    "bionic",
    "focal",
    "kinetic",
    "lunar",
    "mantic",
    "oracular",
    "plucky",
    "centos7",
    "centos8",
    "ubi7",
    "ubi7-minimal",
];

/// The same by their numbers.
const ENDED_NUMBERS: [(&str, &[&str]); 3] = [
    ("debian", &["7", "8", "9", "10"]),
    (
        "ubuntu",
        &[
            "14.04", "16.04", "18.04", "20.04", "22.10", "23.04", "23.10", "24.10", "25.04",
        ],
    ),
    ("amazonlinux", &["1", "2018.03"]),
];

/// The last Alpine 3.x without fixes by then.
/// Source: Alpine's release page; 3.20 ended in April 2026.
const ENDED_ALPINE: u16 = 20;

/// Does an image stand on a release of a distribution that gets no fixes any more?
/// `false` when the reference does not tell.
pub fn is_ended_distribution(reference: &str) -> bool {
    let repository = repository_of_image(reference);
    let name = repository.rsplit('/').next().unwrap_or(repository);
    let tag = tag_of_image(reference);
    let words = || tag.split('-').chain([name]);
    // `alpine3.9`, and `alpine-3.9`.
    let behind_alpine = tag.split("alpine-").nth(1).unwrap_or_default();
    let old_alpine = |word: &str| {
        let number = word.strip_prefix("3.")?.split('.').next()?;
        Some(number.parse::<u16>().ok()? <= ENDED_ALPINE)
    };
    let numbers = ENDED_NUMBERS.iter().find(|(of, _)| *of == name);
    let first = tag.split('-').next().unwrap_or_default();
    name == "centos"
        || repository.contains("ubi7/")
        || words().any(|word| ENDED_WORDS.contains(&word))
        || numbers.is_some_and(|(_, ended)| {
            ended.iter().any(|number| {
                first
                    .strip_prefix(number)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        })
        || words().any(|word| word.strip_prefix("alpine").and_then(old_alpine) == Some(true))
        || old_alpine(behind_alpine) == Some(true)
        || (name == "alpine" && old_alpine(first) == Some(true))
}

/// Is it a whole JDK of a maker that also gives a JRE?
/// Source: the descriptions of the images; a tag without `jre` is the JDK.
pub fn is_jdk(reference: &str) -> bool {
    const MAKERS: [&str; 4] = [
        "openjdk",
        "eclipse-temurin",
        "azul/zulu-openjdk",
        "sapmachine",
    ];
    let tag = tag_of_image(reference);
    MAKERS.contains(&repository_of_image(reference))
        && !tag.contains("jre")
        && (!tag.is_empty() || reference.contains('@'))
}

/// Has it no bash? Alpine and distroless images have none unless it is added.
/// Source: docker-library/official-images:library/eclipse-temurin; GoogleContainerTools/distroless.
pub fn lacks_bash(reference: &str) -> bool {
    let repository = repository_of_image(reference);
    let name = repository.rsplit('/').next().unwrap_or(repository);
    let brings_its_own = name.contains("kafka") || name.contains("zookeeper");
    !brings_its_own
        && (matches!(name, "alpine" | "busybox")
            || repository.contains("distroless")
            || tag_of_image(reference)
                .split('-')
                .any(|word| word.starts_with("alpine")))
}

/// A Java of three numbers or of an update, as a tag names it: `8u181`, `11.0.14`, `11.0.14.1_1`.
///
/// Gives the major version and the update; `None` when a tag names no update, since it then moves on.
pub fn java_update_of_image(reference: &str) -> Option<(u8, u16)> {
    let java = java_of_image(reference)?;
    let number = |text: &str| -> Option<u16> {
        let end = text
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len());
        text[..end].parse().ok()
    };
    let old = format!("{java}u");
    let new = format!("{java}.0.");
    tag_of_image(reference).split(['-', '_']).find_map(|word| {
        let update = word
            .strip_prefix(&old)
            .or_else(|| word.strip_prefix(&new))?;
        Some((java, number(update)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distributions_that_ended() {
        for ended in [
            "debian:10-slim",
            "ubuntu:20.04",
            "eclipse-temurin:17-jre-focal",
            "centos:7",
            "alpine:3.17.1",
            "eclipse-temurin:17-jre-alpine-3.18",
            "openjdk:8-jdk-alpine3.9",
            "registry.access.redhat.com/ubi7/openjdk-11",
        ] {
            assert!(is_ended_distribution(ended), "{ended}");
        }
        for kept in [
            "debian:12",
            "ubuntu:22.04",
            "alpine:3.22",
            "a/b:10",
            "eclipse-temurin:21-jre-alpine",
        ] {
            assert!(!is_ended_distribution(kept), "{kept}");
        }
    }

    #[test]
    fn what_a_reference_is_made_of() {
        assert_eq!(
            repository_of_image("docker.io/library/zookeeper:3.9"),
            "zookeeper"
        );
        assert_eq!(repository_of_image("localhost:5000/a/b@sha256:0"), "a/b");
        assert_eq!(registry_of_image("apache/kafka:3.9.0"), None);
        assert_eq!(registry_of_image("ghcr.io/a/b"), Some("ghcr.io"));
        assert_eq!(java_update_of_image("openjdk:8u181-jdk"), Some((8, 181)));
        assert_eq!(
            java_update_of_image("eclipse-temurin:11.0.14.1_1-jre"),
            Some((11, 14))
        );
        assert_eq!(java_update_of_image("openjdk:8-jdk"), None);
        assert!(lacks_bash("gcr.io/distroless/java17:nonroot"));
        assert!(!lacks_bash("zookeeper:3.9-alpine"));
    }

    #[test]
    fn the_java_of_our_own_bases_is_found() {
        for base in JDK_BASES {
            assert_eq!(java_of_image(base.image), Some(base.java), "{}", base.image);
            assert!(!is_deprecated_openjdk(base.image));
        }
    }

    #[test]
    fn the_java_of_other_images_is_found() {
        for (image, java) in [
            ("openjdk:8-jdk", 8),
            ("openjdk:8u302-jre-slim", 8),
            ("docker.io/library/openjdk:11.0.16-jre", 11),
            ("amazoncorretto:17", 17),
            ("amazoncorretto:21-al2023-headless", 21),
            (
                "registry.local:5000/base/eclipse-temurin:17.0.9_9-jre@sha256:00",
                17,
            ),
            ("ibm-semeru-runtimes:open-17-jre", 17),
            (
                "registry.access.redhat.com/ubi9/openjdk-17-runtime:1.18",
                17,
            ),
            ("gcr.io/distroless/java17-debian12", 17),
            ("azul/zulu-openjdk-alpine:11", 11),
            ("maven:3.9-eclipse-temurin-21", 21),
            ("apache/kafka:3.9.2", 21),
        ] {
            assert_eq!(java_of_image(image), Some(java), "{image}");
        }
    }

    #[test]
    fn other_images_tell_nothing() {
        for image in [
            "",
            "ubuntu:22.04",
            "openjdk",
            "openjdk:latest",
            "bitnami/kafka:3.6",
        ] {
            assert_eq!(java_of_image(image), None, "{image}");
        }
    }

    #[test]
    fn only_the_official_openjdk_is_deprecated() {
        for image in [
            "openjdk:8-jdk",
            "library/openjdk:8",
            "docker.io/library/openjdk",
            "java:8",
        ] {
            assert!(is_deprecated_openjdk(image), "{image}");
        }
        for image in [
            "mcr.microsoft.com/openjdk/jdk:17",
            "azul/zulu-openjdk:17",
            "example/openjdk:8",
        ] {
            assert!(!is_deprecated_openjdk(image), "{image}");
        }
    }
}
