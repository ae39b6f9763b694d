//! The Dockerfile of an image of our own: the release as Apache published it, verified, without root.

use crate::catalog::{self, Addresses, DownloadFrom};
use crate::plan::{Download, Parts, Plan, ZooKeeper};
use crate::render::dockerfile::{Dockerfile, Run, curl};
use crate::render::shell::{Argument, single};
use crate::render::{Origins, Output, Rendered};

/// The Dockerfile.
pub static OUTPUT: Output = Output {
    id: "zookeeper-dockerfile",
    path: "images/zookeeper/Dockerfile",
    reads: Parts::COORDINATION.and(Parts::KAFKA_IMAGE),
    wanted: Plan::builds_zookeeper,
    render,
};

/// Where the release is unpacked.
const HOME: &str = "/opt/zookeeper";

/// The user and the group that the process runs as, unless the pod says otherwise.
const USER: &str = "1000";

fn render(plan: &Plan) -> Rendered {
    let built = plan.zookeeper().filter(|_| plan.builds_zookeeper());
    let file = built.map_or_else(Dockerfile::default, |zookeeper| dockerfile(plan, zookeeper));
    let rendered = file.into_file(OUTPUT.path);
    match built {
        // The file as a whole is there because of the flavour.
        Some(zookeeper) => {
            rendered.because_of(&zookeeper.flavour.from.and(&plan.cluster.coordination.from))
        }
        None => rendered,
    }
}

fn dockerfile(plan: &Plan, zookeeper: &ZooKeeper) -> Dockerfile {
    let none = &Origins::NONE;
    let base = zookeeper.base_image.as_str();
    let base_from = &zookeeper.base_image.from;
    let ports = super::ports(zookeeper);
    let numbers: Vec<String> = ports.iter().map(|(_, port)| port.to_string()).collect();
    Dockerfile::default()
        .directive("syntax", "docker/dockerfile:1")
        .note(plan.words("note.image-download"), none)
        .from(base, Some("download"), base_from)
        .comment(UNPINNED, none)
        .run(install(&["ca-certificates", "curl", "gnupg"]))
        .instruction("WORKDIR", "/tmp/zookeeper", none)
        .run(download(plan, zookeeper))
        .blank()
        .note(plan.words("note.image-final"), none)
        .from(base, None, base_from)
        .label("org.opencontainers.image.title", "ZooKeeper", none)
        .label(
            "org.opencontainers.image.version",
            zookeeper.version.to_string(),
            &zookeeper.version.from,
        )
        .label("org.opencontainers.image.licenses", "Apache-2.0", none)
        .label("org.opencontainers.image.base.name", base, base_from)
        .note(plan.words("note.image-netcat"), none)
        .comment(UNPINNED, none)
        .run(prepare(plan))
        .copy(&["--from=download"], &[HOME.into(), HOME.into()], none)
        .env("ZOOCFGDIR", "/conf", none)
        .env("ZOO_LOG_DIR", "/logs", none)
        .env(
            "PATH",
            Argument::literal(format!("{HOME}/bin:")).and_expansion("${PATH}"),
            none,
        )
        .instruction("WORKDIR", HOME, none)
        .instruction("USER", &format!("{USER}:{USER}"), none)
        .instruction(
            "EXPOSE",
            &numbers.join(" "),
            &Origins::all(ports.iter().map(|(_, port)| &port.from)),
        )
        .exec("CMD", &["zkServer.sh", "start-foreground"], none)
}

/// A `RUN` that installs packages of the base image's distribution.
fn install(packages: &[&str]) -> Run {
    let none = &Origins::NONE;
    let packages = packages.join(" ");
    Run::new("set -eux", none)
        .step("apt-get update", none)
        .step(
            format!("apt-get install -y --no-install-recommends {packages}"),
            none,
        )
        .step("rm -rf /var/lib/apt/lists/*", none)
}

/// What tells hadolint that packages have no version on purpose: the distribution keeps only the
/// newest one of each, so that a pinned one breaks the build some day.
const UNPINNED: &str = "hadolint ignore=DL3008";

/// Fetches the release with what proves it, checks it, unpacks it.
fn download(plan: &Plan, zookeeper: &ZooKeeper) -> Run {
    let none = &Origins::NONE;
    let image = &plan.kafka.image;
    let version = &zookeeper.version;
    let best = || {
        catalog::zookeeper_release(**version)
            .map_or(DownloadFrom::Archive, |release| release.download.into())
    };
    let server = match *image.download {
        Download::Apache => best(),
        Download::Archive => DownloadFrom::Archive,
        Download::Mirror => DownloadFrom::Mirror(&image.mirror),
    };
    let Addresses {
        tarball,
        signature,
        checksum,
        keys,
    } = catalog::zookeeper_addresses(**version, server);
    let name = tarball.rsplit('/').next().unwrap_or_default().to_owned();
    // Only the tarball lies on mirrors; all addresses depend on the version, and on where it is kept.
    let place = version.from.and(&image.download.from);
    let place = &if *image.download == Download::Mirror {
        place.and(&image.mirror.from)
    } else {
        place
    };
    let fetch = |address: String, from: &Origins| {
        curl(&address, "-O", from).and(Argument::literal(address), from)
    };
    let mut run = Run::new("set -eux", none)
        .command(fetch(tarball, place))
        .command(fetch(signature, place))
        .command(fetch(keys, none));
    if let Some(checksum) = checksum {
        run = run.command(fetch(checksum, place)).step(
            format!("sha512sum -c {}", single(&format!("{name}.sha512"))),
            &version.from,
        );
    }
    let file = single(&name);
    run.step("GNUPGHOME=\"$(mktemp -d)\"", none)
        .step("export GNUPGHOME", none)
        .step("gpg --batch --import KEYS", none)
        .step(
            format!(
                "gpg --batch --verify {} {file}",
                single(&format!("{name}.asc"))
            ),
            &version.from,
        )
        .step(format!("mkdir -p {HOME}"), none)
        .step(
            format!("tar -xzf {file} -C {HOME} --strip-components=1"),
            &version.from,
        )
        .step(format!("rm -rf {HOME}/docs"), none)
}

/// Installs what the probes need, and makes the user and the folders that belong to it.
fn prepare(plan: &Plan) -> Run {
    let none = &Origins::NONE;
    install(&["netcat-openbsd"])
        .note(plan.words("note.image-ubuntu"), none)
        .open("if id -u ubuntu > /dev/null 2>&1; then", none)
        .step("userdel --remove ubuntu", none)
        .step("fi", none)
        .step(format!("groupadd --gid {USER} zookeeper"), none)
        .step(
            format!("useradd --uid {USER} --gid {USER} --no-log-init --no-create-home zookeeper"),
            none,
        )
        .step(
            format!("install -d -o {USER} -g {USER} /conf /data /datalog /logs"),
            none,
        )
}
