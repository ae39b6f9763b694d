//! hadolint and shellcheck read the Dockerfiles; what they fetch follows the catalogue's rules.

use kafka_cluster_designer::catalog::{
    self, Addresses, Download, DownloadFrom, kafka_addresses, zookeeper_addresses,
};
use kafka_cluster_designer::design::Design;
use kafka_cluster_designer::plan::{self, Plan};
use kafka_cluster_designer::presets::PRESETS;

use super::programs::{Bundle, accepts, bundles, refuses};

const KAFKA: &str = "images/kafka/Dockerfile";
const ZOOKEEPER: &str = "images/zookeeper/Dockerfile";

#[test]
fn hadolint_and_shellcheck_have_nothing_to_say() {
    for (name, design) in bundles() {
        let bundle = Bundle::of(&design, &format!("dockerfiles-{name}"));
        accepts("dockerfiles", &bundle, &[]);
    }
}

#[test]
fn hadolint_refuses_an_untagged_base_image() {
    let bundle = Bundle::of(&PRESETS[0].design(), "dockerfiles-untagged");
    bundle.edit(KAFKA, "eclipse-temurin:17-jre-jammy", "eclipse-temurin");
    refuses("dockerfiles", &bundle, &[], &["DL3006"]);
}

#[test]
fn a_step_that_no_shell_reads_is_refused() {
    let bundle = Bundle::of(&PRESETS[0].design(), "dockerfiles-shell");
    bundle.edit(KAFKA, "install -d", "if install -d");
    refuses("dockerfiles", &bundle, &[], &["on"]);
}

#[test]
fn a_step_with_an_unquoted_expansion_is_refused() {
    let bundle = Bundle::of(&PRESETS[0].design(), "dockerfiles-quotes");
    bundle.edit(KAFKA, "mkdir kafka;", "mkdir $(pwd)/kafka;");
    refuses("dockerfiles", &bundle, &[], &["SC2046"]);
}

/// What a Dockerfile fetches, by the name that it gives to the file.
fn fetched(dockerfile: &str) -> Vec<(&str, &str)> {
    dockerfile
        .lines()
        .filter_map(|line| line.trim().strip_prefix("curl ")?.split_once(';'))
        .filter_map(|(words, _)| {
            let words: Vec<&str> = words.split(' ').collect();
            match words.as_slice() {
                [.., "-o", file, address] => Some((*file, *address)),
                [.., "-O" | "-fsSLO", address] => Some((address.rsplit('/').next()?, *address)),
                _ => None,
            }
        })
        .collect()
}

/// Whether a Dockerfile fetches from where the catalogue says that the release is, and proves the
/// very file by the sum of that file; otherwise what is wrong.
fn judge(dockerfile: &str, wanted: &Addresses, sum: Option<&str>) -> Result<(), String> {
    let fetched = fetched(dockerfile);
    let Some((archive, address)) = fetched.first() else {
        return Err("nothing is fetched".to_owned());
    };
    if *address != wanted.tarball {
        return Err(format!("{address} is fetched, not {}", wanted.tarball));
    }
    let known = [
        Some(&wanted.tarball),
        Some(&wanted.signature),
        Some(&wanted.keys),
        wanted.checksum.as_ref(),
    ];
    for (_, address) in &fetched {
        if !known.iter().flatten().any(|known| known == address) {
            return Err(format!("{address} is no address of this release"));
        }
    }
    // The line that `sha512sum -c` reads: two blanks between the sum and the name.
    if let Some(sum) = sum
        && !dockerfile.contains(&format!("'{sum}  {archive}'"))
    {
        return Err(format!("{archive} is not compared with its sum"));
    }
    let signature = fetched
        .iter()
        .find(|(_, address)| *address == wanted.signature);
    let keys = fetched.iter().any(|(_, address)| *address == wanted.keys);
    let verified = signature
        .is_some_and(|(file, _)| dockerfile.contains(&format!("--verify {file} {archive};")));
    if keys && verified {
        Ok(())
    } else {
        Err(format!("{archive} is not compared with its signature"))
    }
}

/// Kafka's Dockerfile of a design, judged.
fn judge_kafka(design: &Design, edit: impl Fn(String) -> String) -> Result<(), String> {
    let plan = Plan::of(design);
    let (version, image) = (*plan.kafka.version, &plan.kafka.image);
    let release = catalog::kafka_release(version).expect("a known release");
    let from = match *image.download {
        plan::Download::Archive => DownloadFrom::Archive,
        plan::Download::Mirror => DownloadFrom::Mirror(&image.mirror),
        plan::Download::Apache => release.download.into(),
    };
    if *image.download == plan::Download::Apache && release.download == Download::ArchiveOnly {
        assert_eq!(
            from,
            DownloadFrom::Archive,
            "old releases are in the archive only"
        );
    }
    let report = kafka_cluster_designer::evaluate(design);
    let text = report.file(KAFKA).expect("a Dockerfile").text();
    let wanted = kafka_addresses(version, *image.scala, from);
    judge(&edit(text), &wanted, release.sha512(*image.scala))
}

fn judge_zookeeper(design: &Design) -> Result<(), String> {
    let plan = Plan::of(design);
    let version = *plan.zookeeper().expect("an ensemble").version;
    let release = catalog::zookeeper_release(version).expect("a known release");
    let report = kafka_cluster_designer::evaluate(design);
    let text = report.file(ZOOKEEPER).expect("a Dockerfile").text();
    judge(
        &text,
        &zookeeper_addresses(version, release.download.into()),
        None,
    )
}

#[test]
fn every_release_is_fetched_from_where_it_lies_and_proved() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for release in catalog::kafka_releases() {
        if !release.version.has_zookeeper_mode() {
            continue;
        }
        for scala in &release.scala {
            for download in ["apache", "archive", "mirror"] {
                let design = Design::default()
                    .with("kafka.version", &release.version.to_string())
                    .with("kafka.scala", scala.text())
                    .with("kafka.download", download)
                    .with("kafka.mirror", "https://mirror.example.com/apache");
                count += 1;
                if let Err(why) = judge_kafka(&design, |text| text) {
                    wrong.push(format!(
                        "Kafka {} {scala} {download}: {why}",
                        release.version
                    ));
                }
            }
        }
    }
    for release in catalog::zookeeper_releases() {
        let design = Design::default()
            .with("zookeeper.flavour", "built")
            .with("zookeeper.version", &release.version.to_string());
        count += 1;
        if let Err(why) = judge_zookeeper(&design) {
            wrong.push(format!("ZooKeeper {}: {why}", release.version));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("downloads: {count} Dockerfiles fetch what the catalogue knows");
}

#[test]
fn a_wrong_address_and_the_sum_of_another_file_are_noticed() {
    let design = Design::default()
        .with("kafka.version", "3.5.2")
        .with("kafka.scala", "2.13");
    assert_eq!(judge_kafka(&design, |text| text), Ok(()));
    let moved = judge_kafka(&design, |text| {
        text.replace("archive.apache.org/dist", "dlcdn.apache.org")
    });
    assert!(moved.unwrap_err().contains("is fetched, not"));
    let release = |version: &str| {
        catalog::kafka_release(version.parse().expect("a version")).expect("a release")
    };
    let sum = |version: &str| {
        let sum = release(version).sha512(catalog::Scala::V2_13);
        sum.expect("a sum").to_owned()
    };
    let mixed = judge_kafka(&design, |text| text.replace(&sum("3.5.2"), &sum("3.5.1")));
    assert!(mixed.unwrap_err().contains("is not compared with its sum"));
    let unproved = Design::default()
        .with("kafka.version", "3.5.2")
        .with("kafka.scala", "2.12");
    assert_eq!(judge_kafka(&unproved, |text| text), Ok(()));
    let silent = judge_kafka(&unproved, |text| text.replace("--verify", "--list-packets"));
    assert_eq!(
        silent.unwrap_err(),
        "kafka.tgz is not compared with its signature"
    );
}
