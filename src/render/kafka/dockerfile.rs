//! The brokers' image: the project's own archive, fetched and proved, on a Java image.

use super::{HOME, IMAGE_USER, LOG_FOLDER};
use crate::catalog::{self, DownloadFrom, kafka_addresses};
use crate::plan::{Download, Parts, Plan};
use crate::render::dockerfile::{Dockerfile, Run, curl};
use crate::render::shell::{Argument, Command};
use crate::render::{Origins, Output, Rendered};

const PATH: &str = "images/kafka/Dockerfile";

/// The brokers' Dockerfile.
pub static OUTPUT: Output = Output {
    id: "kafka-dockerfile",
    path: PATH,
    reads: Parts::CLUSTER
        .and(Parts::COORDINATION)
        .and(Parts::KAFKA)
        .and(Parts::KAFKA_IMAGE)
        .and(Parts::LISTENERS),
    wanted: Plan::builds_kafka,
    render: |plan| render(plan).because_of(&plan.kafka.image.flavour.from),
};

/// Has curl and gpg, so that no package has to be installed, whose version nobody could pin for long.
const FETCH_IMAGE: &str = "buildpack-deps:jammy-curl";

fn render(plan: &Plan) -> Rendered {
    let kafka = &plan.kafka;
    let none = &Origins::NONE;
    let base = &kafka.image.base;
    let user = format!("{IMAGE_USER}:{IMAGE_USER}");
    let file = Dockerfile::default()
        .note(plan.words("note.docker-fetch"), none)
        .from(FETCH_IMAGE, Some("fetch"), none)
        .instruction("WORKDIR", "/fetch", none)
        .run(fetch(plan))
        .blank()
        .note(plan.words("note.docker-image"), none)
        .from(base.as_str(), None, &base.from)
        .label("org.opencontainers.image.title", "Apache Kafka", none)
        .label(
            "org.opencontainers.image.version",
            kafka.version.to_string(),
            &kafka.version.from,
        )
        .label(
            "org.opencontainers.image.source",
            "https://github.com/apache/kafka",
            none,
        )
        .label("org.opencontainers.image.licenses", "Apache-2.0", none)
        .label(
            "org.opencontainers.image.base.name",
            base.as_str(),
            &base.from,
        )
        .copy(
            &["--from=fetch"],
            &["/fetch/kafka".into(), HOME.into()],
            none,
        )
        .note(plan.words("note.docker-folders"), none)
        .run(Run::default().step(
            format!("install -d -o {IMAGE_USER} -g {IMAGE_USER} /var/lib/kafka {LOG_FOLDER}"),
            none,
        ))
        .env("KAFKA_HOME", HOME, none)
        .env("LOG_DIR", LOG_FOLDER, none)
        .env(
            "PATH",
            Argument::literal(format!("{HOME}/bin:")).and_expansion("${PATH}"),
            none,
        );
    let mut ports: Vec<String> = kafka
        .listeners
        .iter()
        .map(|listener| listener.port.to_string())
        .collect();
    let quorum = plan.kraft();
    ports.extend(quorum.map(|kraft| kraft.port.to_string()));
    let ports_from = Origins::all(
        kafka
            .listeners
            .iter()
            .flat_map(|listener| [&listener.port.from, &listener.exposure.from])
            .chain([&kafka.closed, &plan.cluster.coordination.from])
            .chain(quorum.map(|kraft| &kraft.port.from)),
    );
    file.instruction("EXPOSE", &ports.join(" "), &ports_from)
        .note(plan.words("note.docker-user"), none)
        .instruction("USER", &user, none)
        .instruction("WORKDIR", HOME, none)
        .exec(
            "CMD",
            &[
                "kafka-server-start.sh",
                &format!("{HOME}/config/server.properties"),
            ],
            none,
        )
        .into_file(PATH)
}

/// Fetches the archive, proves it, unpacks it.
fn fetch(plan: &Plan) -> Run {
    let image = &plan.kafka.image;
    let version = &plan.kafka.version;
    let from = match *image.download {
        Download::Archive => DownloadFrom::Archive,
        Download::Mirror => DownloadFrom::Mirror(&image.mirror),
        Download::Apache => catalog::kafka_release(**version)
            .map_or(DownloadFrom::Archive, |release| release.download.into()),
    };
    let addresses = kafka_addresses(**version, *image.scala, from);
    let none = &Origins::NONE;
    let archive = Origins::all([&version.from, &image.scala.from, &image.download.from]);
    let tarball = if *image.download == Download::Mirror {
        archive.and(&image.mirror.from)
    } else {
        archive.clone()
    };
    let fetch = |target: &str, address: &str, from: &Origins| {
        curl(address, &format!("-o {target}"), from).and(address, from)
    };
    let mut run =
        Run::new("set -eux", none).command(fetch("kafka.tgz", &addresses.tarball, &tarball));
    if let Some(sum) = image.sha512.as_ref() {
        let from = &image.sha512.from;
        run = run
            .note(plan.words("note.docker-sum"), from)
            .command(
                Command::new("echo", from)
                    .and(format!("{}  kafka.tgz", sum.to_lowercase()), from)
                    .raw("> kafka.tgz.sha512", from),
            )
            .step("sha512sum -c kafka.tgz.sha512", from);
    }
    run.note(plan.words("note.docker-signature"), none)
        .command(fetch("kafka.tgz.asc", &addresses.signature, &archive))
        .command(fetch("KEYS", &addresses.keys, none))
        .step("gpg --batch --import KEYS", none)
        .step("gpg --batch --verify kafka.tgz.asc kafka.tgz", none)
        .step("mkdir kafka", none)
        .step("tar -xzf kafka.tgz -C kafka --strip-components=1", none)
}
