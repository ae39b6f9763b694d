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

#[cfg(test)]
mod tests {
    use super::*;

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
