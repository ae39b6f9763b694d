//! Formatting the disks of a KRaft node: an init container that does it once, and nothing ever after.
//!
//! The storage tool writes the cluster's id on each disk. It is run at every start and leaves what is
//! formatted alone, so that a new disk of an old node is formatted too; a disk of another cluster it refuses.
//! It reads a file and takes no flags beside it, so that what differs from pod to pod is put behind
//! the shared file first.

use k8s_openapi::api::core::v1::{Container, EnvVar, ResourceRequirements};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

use super::stateful_set::{CONFIG_VOLUME, ORDINAL, TMP_VOLUME, counted_from};
use super::{HOME, config_map};
use crate::plan::{KRaft, Plan, Pods, Quorum, Traced};
use crate::render::document::Text;
use crate::render::process::{Marked, Marks, container_security, mounted};
use crate::render::shell::{self, Argument, Command};
use crate::render::{Origins, Role};

/// The container's name.
pub const NAME: &str = "format-storage";

/// The file that the tool reads: the node's own.
const FILE: &str = "/tmp/format.properties";

/// The nodes of one StatefulSet.
pub struct Formatted<'a> {
    /// Their pods' settings.
    pub pods: &'a Pods,
    /// The file of options that they share.
    pub file: &'static str,
    /// The `node.id` of the first.
    pub id_base: &'a Traced<u64>,
    /// How many controllers come before the first of them.
    pub offset: u64,
    /// How many they are.
    pub count: u64,
    /// Whether they are controllers.
    pub is_controller: bool,
    /// What else differs from pod to pod and stands in no shared file: `name=value`, and its fields.
    pub further: Option<(Argument, Origins)>,
    /// Their disks: volume and folder.
    pub disks: Vec<(String, String)>,
}

/// The init container; its script is put in by [`script`].
pub fn container(plan: &Plan, nodes: &Formatted) -> Marked<Container> {
    let cluster = &plan.cluster;
    let image = &plan.kafka.image.reference;
    let mut marks: Marks = vec![
        ("image".to_owned(), image.from.clone()),
        (
            "imagePullPolicy".to_owned(),
            cluster.pull_policy.from.clone(),
        ),
        (
            format!("volumeMounts[{CONFIG_VOLUME}].mountPath"),
            config_map::folder(plan).from,
        ),
    ];
    let security = container_security(nodes.pods, &mut marks);
    let memory = || ("memory".to_owned(), Quantity("512Mi".to_owned()));
    let variable = |name: &str, value: &str| EnvVar {
        name: name.to_owned(),
        value: Some(value.to_owned()),
        ..EnvVar::default()
    };
    let disks = nodes
        .disks
        .iter()
        .map(|(volume, folder)| mounted(volume, folder));
    let disks = disks.chain([
        mounted(CONFIG_VOLUME, &config_map::folder(plan)),
        mounted(TMP_VOLUME, "/tmp"),
    ]);
    Marked {
        value: Container {
            name: NAME.to_owned(),
            image: Some(image.value.clone()),
            image_pull_policy: Some(cluster.pull_policy.value.clone()),
            command: Some(vec!["sh".to_owned(), "-c".to_owned()]),
            env: Some(vec![
                variable("KAFKA_HEAP_OPTS", "-Xmx256m"),
                variable("LOG_DIR", "/tmp/logs"),
            ]),
            resources: Some(ResourceRequirements {
                requests: Some([("cpu".to_owned(), Quantity("100m".to_owned())), memory()].into()),
                limits: Some([memory()].into()),
                ..ResourceRequirements::default()
            }),
            security_context: security,
            volume_mounts: Some(disks.collect()),
            ..Container::default()
        },
        marks,
    }
}

/// What it runs.
pub fn script(plan: &Plan, kraft: &KRaft, nodes: &Formatted) -> Text {
    let none = &Origins::NONE;
    let folder = config_map::folder(plan);
    let id = &nodes.id_base.from;
    let text = Text::new(Role::Shell)
        .note(plan.words("note.script-format"), none)
        .line("set -eu", none)
        .line(
            format!("cat {}/{} >{FILE}", *folder, nodes.file),
            &folder.from,
        )
        .line(
            format!(
                "echo \"node.id={}\" >>{FILE}",
                counted_from(**nodes.id_base)
            ),
            id,
        );
    let text = match &nodes.further {
        Some((argument, from)) => {
            text.line(format!("echo {} >>{FILE}", shell::double(argument)), from)
        }
        None => text,
    };
    let cluster_id = kraft.cluster_id.value.clone().unwrap_or_default();
    let members = kraft.initial_controllers();
    let from = members.from.and(&kraft.quorum.from);
    // How often the command stands here depends on which controllers are first members.
    let here = if nodes.is_controller && *kraft.quorum == Quorum::Dynamic {
        &from
    } else {
        none
    };
    let format = Command::new(format!("exec {HOME}/bin/kafka-storage.sh format"), here)
        .raw("--ignore-formatted", here)
        .raw(format!("--config {FILE}"), here)
        // As one word: an id may begin with a hyphen.
        .argument(
            Argument::literal(format!("--cluster-id={cluster_id}")),
            &kraft.cluster_id.from,
        );
    if *kraft.quorum == Quorum::Static {
        return shell::for_kubernetes(&text.join(format.into_text()));
    }
    let quorum = &kraft.quorum.from;
    let first = kraft.initial() as u64;
    let here = first.saturating_sub(nodes.offset).min(nodes.count);
    let initial =
        |command: Command| command.option("--initial-controllers", members.value.as_str(), &from);
    let later = |command: Command| command.raw("--no-initial-controllers", &from);
    let text = if !nodes.is_controller {
        // A broker is never a member, whoever is.
        text.join(format.raw("--no-initial-controllers", quorum).into_text())
    } else if here == 0 {
        text.join(later(format).into_text())
    } else if here == nodes.count {
        text.join(initial(format).into_text())
    } else {
        text.note(plan.words("note.script-join"), &from)
            .line(format!("if [ \"{ORDINAL}\" -ge {here} ]; then"), &from)
            .join(later(format.clone()).into_text())
            .line("fi", &from)
            .join(initial(format).into_text())
    };
    shell::for_kubernetes(&text)
}
