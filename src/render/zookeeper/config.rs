//! `zoo.cfg` and the logging file, in a ConfigMap that is mounted as the whole configuration folder.

use std::fmt::Write as _;

use k8s_openapi::api::core::v1::ConfigMap;
use sha2::{Digest, Sha256};

use super::file;
use crate::plan::{Layer, Parts, Plan, Traced, Value, ZooKeeper};
use crate::render::document::{Document, Text, key};
use crate::render::process::Process;
use crate::render::{Origins, Output, Role, properties};
use crate::text::Sentence;

/// The configuration.
pub static OUTPUT: Output = Output {
    id: "zookeeper-configmap",
    path: "20-zookeeper/configmap.yaml",
    reads: Parts::CLUSTER.and(Parts::COORDINATION),
    wanted: |plan| plan.has_ensemble() && !plan.has_tutorial_image(),
    render: |plan| {
        file(OUTPUT.path, plan, |plan, zookeeper| {
            vec![config_map(plan, zookeeper)]
        })
    },
};

/// The ConfigMap's name.
pub(super) fn name(zookeeper: &ZooKeeper) -> Traced<String> {
    zookeeper.name.map(|name| format!("{name}-config"))
}

/// The SHA-256 of what the ConfigMap holds: when it changes, the pods are replaced.
pub(super) fn checksum(zookeeper: &ZooKeeper) -> String {
    let (_, logging) = logging(zookeeper);
    let sum = Sha256::new()
        .chain_update(zoo_cfg(zookeeper).text())
        .chain_update([0])
        .chain_update(logging.text())
        .finalize();
    sum.iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

fn config_map(plan: &Plan, zookeeper: &ZooKeeper) -> Document {
    let metadata = Process::ZooKeeper.metadata(plan, &name(zookeeper));
    let (logging_file, logging) = logging(zookeeper);
    let logging_path = format!("data{}", key(logging_file));
    Document::of(ConfigMap {
        metadata: metadata.value,
        ..ConfigMap::default()
    })
    .from("", &zookeeper.flavour.from)
    .marked("metadata", &metadata.marks)
    .block(&format!("data{}", key("zoo.cfg")), &zoo_cfg(zookeeper))
    .block(&logging_path, &logging)
    .from(&logging_path, &zookeeper.version.from)
    .note(&logging_path, Sentence::plain("note.zookeeper-logging"))
}

/// The options in their order, then a line for each server.
fn zoo_cfg(zookeeper: &ZooKeeper) -> Text {
    let mut text = Text::new(Role::Property);
    for entry in &zookeeper.config.entries {
        if let (Layer::File, Value::Text(value)) = (entry.layer, &entry.value) {
            text.push(properties::line(&entry.name, value), &entry.from);
        }
    }
    // A server alone needs no list, and complains about one, unless it is to take in others later.
    let standalone = zookeeper
        .config
        .entries
        .iter()
        .find(|entry| entry.name == "standaloneEnabled");
    let grows = zookeeper
        .config
        .get("standaloneEnabled")
        .is_some_and(|value| value.eq_ignore_ascii_case("false"));
    if *zookeeper.servers < 2 && !grows {
        return text;
    }
    let line = zookeeper
        .host_origins()
        .and(&zookeeper.server_port.from)
        .and(&zookeeper.election_port.from)
        .and(&zookeeper.servers.from)
        .and(standalone.map_or(&Origins::NONE, |entry| &entry.from));
    for ordinal in 0..*zookeeper.servers {
        let address = format!(
            "{}:{}:{}",
            zookeeper.host(ordinal),
            *zookeeper.server_port,
            *zookeeper.election_port
        );
        let id = ordinal + 1;
        text.push(properties::line(&format!("server.{id}"), &address), &line);
    }
    text
}

/// The logging file and its name: everything goes to the console, where Kubernetes collects it.
fn logging(zookeeper: &ZooKeeper) -> (&'static str, Text) {
    let level = &zookeeper.log_level;
    let from = &zookeeper.version.from;
    if zookeeper.version.logs_with_logback() {
        let text = Text::new(Role::Plain)
            .line("<configuration>", from)
            .line(
                "  <appender name=\"CONSOLE\" class=\"ch.qos.logback.core.ConsoleAppender\">",
                from,
            )
            .line("    <encoder>", from)
            .line(
                "      <pattern>%d{ISO8601} %-5level [%thread] %logger{36} - %msg%n</pattern>",
                from,
            )
            .line("    </encoder>", from)
            .line("  </appender>", from)
            .line(format!("  <root level=\"{}\">", **level), &level.from)
            .line("    <appender-ref ref=\"CONSOLE\"/>", from)
            .line("  </root>", from)
            .line("</configuration>", from);
        return ("logback.xml", text);
    }
    let appender = "log4j.appender.CONSOLE";
    let text = Text::new(Role::Property)
        .line(
            format!("log4j.rootLogger={}, CONSOLE", **level),
            &level.from,
        )
        .line(format!("{appender}=org.apache.log4j.ConsoleAppender"), from)
        .line(
            format!("{appender}.layout=org.apache.log4j.PatternLayout"),
            from,
        )
        .line(
            format!("{appender}.layout.ConversionPattern=%d{{ISO8601}} %-5p [%t] %c{{2}} - %m%n"),
            from,
        );
    ("log4j.properties", text)
}
