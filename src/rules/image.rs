//! IMG: images, and how they are built.

use super::Severity::{Advice, Error, Warning};
use super::{Facts, Fix, Rule};
use crate::args;
use crate::catalog::{self, Download, Scala};
use crate::plan::Download as From;

/// The family, in the order of the catalogue.
pub static RULES: &[&Rule] = &[
    &BASE_DEPRECATED,
    &ARCHIVE_UNCHECKED,
    &ERROR_PAGE_TAKEN,
    &MIRROR_WITHOUT_RELEASE,
    &OLD_SCALA,
];

const POLICY: &str = "Apache release distribution policy (archive.apache.org keeps all releases, mirrors only current ones); curl flags: own judgement";

/// The repository of the base image gets no fixes any more.
pub static BASE_DEPRECATED: Rule = Rule::new(
    "IMG001",
    Warning,
    "docker-library/docs:openjdk/deprecated.md",
    |facts, found| {
        let mut bases = vec![("kafka.base_image", facts.plan.kafka.image.base.as_str())];
        if facts.plan.builds_zookeeper() {
            bases.extend(
                facts
                    .plan
                    .zookeeper()
                    .map(|zk| ("zookeeper.base_image", zk.base_image.as_str())),
            );
        }
        for (path, image) in bases {
            if catalog::is_deprecated_openjdk(image) {
                found
                    .add(&BASE_DEPRECATED, path, args![image])
                    .at(path)
                    .fix(Fix::unset(path));
            }
        }
    },
);

/// Each Dockerfile with the lines that fetch something.
fn fetching<'o>(facts: &'o Facts) -> Vec<(&'o crate::render::File, Vec<(usize, &'o str)>)> {
    facts
        .dockerfiles()
        .map(|rendered| {
            let lines = rendered.file.lines.iter().enumerate();
            let fetching = lines
                .map(|(at, line)| (at + 1, line.text.as_str()))
                .filter(|(_, text)| !text.trim_start().starts_with('#'))
                .filter(|(_, text)| {
                    text.split_whitespace()
                        .any(|word| matches!(word, "curl" | "wget"))
                })
                .filter(|(_, text)| !text.contains("install"))
                .collect();
            (rendered.file.as_ref(), fetching)
        })
        .collect()
}

/// A changed or truncated archive goes unnoticed.
pub static ARCHIVE_UNCHECKED: Rule = Rule::new("IMG004", Warning, POLICY, |facts, found| {
    for (file, lines) in fetching(facts) {
        let checked = file.lines.iter().any(|line| {
            [
                "sha512sum",
                "sha256sum",
                "gpg --verify",
                "gpg --batch --verify",
                "--checksum=",
            ]
            .iter()
            .any(|check| line.text.contains(check))
        });
        if let Some((line, _)) = lines.first().filter(|_| !checked) {
            found
                .add(&ARCHIVE_UNCHECKED, &file.path, args![file = &file.path])
                .at("kafka.sha512")
                .place_line(&file.path, *line);
        }
    }
});

/// The page that says "not found" is taken for the archive.
pub static ERROR_PAGE_TAKEN: Rule = Rule::new("IMG005", Warning, POLICY, |facts, found| {
    for (file, lines) in fetching(facts) {
        let careless = lines.iter().find(|(_, text)| {
            let mut words = text.split_whitespace().skip_while(|word| *word != "curl");
            let ends = |word: &&str| !matches!(*word, "&&" | "||" | ";" | "|");
            words.next().is_some()
                && !words.take_while(ends).any(|flag| {
                    flag.starts_with("--fail")
                        || (flag.starts_with('-') && !flag.starts_with("--") && flag.contains('f'))
                })
        });
        if let Some((line, _)) = careless {
            found
                .add(&ERROR_PAGE_TAKEN, &file.path, args![file = &file.path])
                .place_line(&file.path, *line);
        }
    }
});

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

#[cfg(test)]
mod tests {
    use super::super::testing::{design, found_in_dockerfile, repairs, silent};

    #[test]
    fn a_base_without_fixes() {
        repairs(&design(&[("kafka.base_image", "openjdk:17-jdk")]), "IMG001");
    }

    #[test]
    fn careless_downloads() {
        let count = |text: &str, id| found_in_dockerfile(&design(&[]), text, id).len();
        let careless = "FROM a\nRUN curl -sL https://example.com/k.tgz | tar xz\n";
        assert_eq!(count(careless, "IMG004"), 1);
        assert_eq!(count(careless, "IMG005"), 1);
        let careful = "FROM a\nRUN curl -fsSL -o k.tgz https://example.com/k.tgz \\\n && echo \"$SUM k.tgz\" | sha512sum -c -\n";
        assert_eq!(count(careful, "IMG004"), 0);
        assert_eq!(count(careful, "IMG005"), 0);
        let continued = "RUN set -eux; \\\ncurl -sSL https://example.com/k.tgz\n";
        assert_eq!(count(continued, "IMG005"), 1);
        let named_so = "FROM buildpack-deps:jammy-curl AS fetch\n";
        assert_eq!(count(named_so, "IMG005"), 0);
        assert_eq!(count(named_so, "IMG004"), 0);
    }

    #[test]
    fn a_mirror_that_dropped_the_release() {
        let old = design(&[("kafka.version", "3.5.2"), ("kafka.download", "mirror")]);
        repairs(&old, "IMG007");
        silent(&design(&[("kafka.version", "3.5.2")]), "IMG007");
    }

    #[test]
    fn an_old_build() {
        repairs(&design(&[("kafka.scala", "2.12")]), "IMG031");
    }
}
