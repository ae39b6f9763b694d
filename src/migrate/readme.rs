//! What the person reads on the way: an overview, and a page for each step.

use std::sync::Arc;

use super::{Migration, Step, StepKind};
use crate::args;
use crate::bundle::commands::{
    WAIT, beside_broker, broker_rollouts, first_broker, in_broker, in_pod, name_and_space, rollout,
    selector,
};
use crate::bundle::markdown::Markdown;
use crate::plan::Plan;
use crate::render::shell::single as quoted;
use crate::render::{File, Rendered};
use crate::text::{Args, Sentence};

/// What the leader of the controllers logs when the metadata are copied.
pub const COMPLETED: &str = "Completed migration of metadata from ZooKeeper to KRaft";

/// Where Kafka describes the way.
const SOURCE: &str = "https://kafka.apache.org/39/documentation.html#kraft_zk_migration";

/// How a person finds the id of a running cluster.
pub fn ask_for_id(plan: &Plan) -> String {
    let folders = plan.kafka.config.in_force("log.dirs");
    let folder = folders.and_then(|folders| folders.split(',').next());
    format!(
        "kubectl exec -n {} {} -- grep cluster.id {}/meta.properties",
        quoted(&plan.kafka.namespace),
        quoted(&first_broker(plan)),
        folder.unwrap_or("/tmp/kafka-logs").trim_end_matches('/'),
    )
}

/// The README of the whole way.
pub(super) fn overview(way: &Migration) -> File {
    let mut md = Markdown::new(**way.after.language());
    let name = way.name();
    md.heading(1, "migrate.title", args![name]);
    md.say(
        "migrate.what",
        args![version = way.after.kafka.version.to_string()],
    );
    md.say("migrate.source", args![source = SOURCE]);
    md.heading(2, "migrate.steps", args![]);
    for step in &way.steps {
        md.item(title(step.kind), args![folder = step.folder()]);
    }
    md.gap();
    md.say("migrate.steps.order", args![]);
    if let Some(last) = way.step(StepKind::Finalize) {
        md.say("migrate.steps.no-return", args![folder = last.folder()]);
    }
    md.heading(2, "migrate.first", args![]);
    let id = way
        .after
        .kraft()
        .and_then(|kraft| kraft.cluster_id.value.clone());
    md.item("migrate.first.id", args![id = id.unwrap_or_default()]);
    md.code(&[ask_for_id(&way.before)]);
    md.item("migrate.first.in-sync", args![]);
    md.code(&[in_sync(&way.before)]);
    if let Some(kraft) = way.after.kraft() {
        let controllers = kraft.members.len();
        md.item("migrate.first.room", args![controllers]);
    }
    md.item("migrate.first.backup", args![]);
    md.heading(2, "migrate.meanwhile", args![]);
    md.item("migrate.meanwhile.files", args![]);
    md.item("migrate.meanwhile.version", args![]);
    md.item("migrate.meanwhile.disks", args![]);
    md.item("migrate.meanwhile.clients", args![]);
    md.gap();
    md.say("migrate.sums", args![]);
    md.code(&["sha256sum --check SHA256SUMS".to_owned()]);
    md.into_file("README.md")
}

/// What a person does in a step, and reads before.
#[derive(Clone, Debug, PartialEq)]
pub struct Guide {
    /// What the step does.
    pub title: Sentence,
    /// Why.
    pub why: Sentence,
    /// That nothing leads back from here, where that is so.
    pub warning: Option<Sentence>,
    /// What is applied, what is checked, and the way back.
    pub parts: [Part; 3],
}

/// A part of a guide.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Its heading.
    pub title: Sentence,
    /// What it says, in order.
    pub pieces: Vec<Piece>,
}

/// A piece of a part.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// A sentence; names in it stand in backticks.
    Say(Sentence),
    /// Commands for a shell.
    Code(Vec<String>),
}

impl Guide {
    pub(super) fn of(way: &Migration, step: &Step) -> Self {
        let warning = step.kind == StepKind::Finalize;
        Self {
            title: Sentence::new(heading(step.kind), args![number = step.number]),
            why: Sentence::plain(why(step.kind)),
            warning: warning.then(|| Sentence::plain("migrate.no-return")),
            parts: [
                part(way, step, "migrate.apply", Page::apply),
                part(way, step, "migrate.check", Page::check),
                part(way, step, "migrate.back", Page::back),
            ],
        }
    }
}

fn part<'a>(
    way: &'a Migration,
    step: &'a Step,
    title: &'static str,
    fill: impl FnOnce(&mut Page<'a>),
) -> Part {
    let mut page = Page {
        way,
        step,
        pieces: Vec::new(),
    };
    fill(&mut page);
    Part {
        title: Sentence::plain(title),
        pieces: page.pieces,
    }
}

/// The page of a step.
pub(super) fn of_step(way: &Migration, step: &Step) -> File {
    let mut md = Markdown::new(**way.after.language());
    let guide = Guide::of(way, step);
    md.heading(1, guide.title.key, guide.title.args);
    md.say(guide.why.key, guide.why.args);
    if let Some(warning) = guide.warning {
        md.gap();
        md.say(warning.key, warning.args);
    }
    for part in guide.parts {
        md.heading(2, part.title.key, part.title.args);
        for piece in part.pieces {
            match piece {
                Piece::Say(sentence) => md.say(sentence.key, sentence.args),
                Piece::Code(lines) => md.code(&lines),
            }
        }
    }
    md.into_file(&format!("{}/README.md", step.folder()))
}

const fn title(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Release => "migrate.step.release",
        StepKind::Protocol => "migrate.step.protocol",
        StepKind::Controllers => "migrate.step.controllers",
        StepKind::Metadata => "migrate.step.metadata",
        StepKind::Brokers => "migrate.step.brokers",
        StepKind::Finalize => "migrate.step.finalize",
        StepKind::Ensemble => "migrate.step.ensemble",
    }
}

const fn heading(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Release => "migrate.release.title",
        StepKind::Protocol => "migrate.protocol.title",
        StepKind::Controllers => "migrate.controllers.title",
        StepKind::Metadata => "migrate.metadata.title",
        StepKind::Brokers => "migrate.brokers.title",
        StepKind::Finalize => "migrate.finalize.title",
        StepKind::Ensemble => "migrate.ensemble.title",
    }
}

const fn why(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Release => "migrate.release.why",
        StepKind::Protocol => "migrate.protocol.why",
        StepKind::Controllers => "migrate.controllers.why",
        StepKind::Metadata => "migrate.metadata.why",
        StepKind::Brokers => "migrate.brokers.why",
        StepKind::Finalize => "migrate.finalize.why",
        StepKind::Ensemble => "migrate.ensemble.why",
    }
}

/// Asks for partitions that lack a copy; nothing is printed when all is well.
fn in_sync(plan: &Plan) -> String {
    in_broker(
        plan,
        "kafka-topics.sh",
        "--describe --under-replicated-partitions",
    )
}

struct Page<'a> {
    way: &'a Migration,
    step: &'a Step,
    pieces: Vec<Piece>,
}

impl Page<'_> {
    fn say(&mut self, key: &'static str, args: Args) {
        self.pieces.push(Piece::Say(Sentence::new(key, args)));
    }

    fn code(&mut self, lines: Vec<String>) {
        self.pieces.push(Piece::Code(lines));
    }

    fn apply(&mut self) {
        let (way, step) = (self.way, self.step);
        self.say("migrate.apply.here", args![folder = step.folder()]);
        let images: Vec<&Arc<Rendered>> = step
            .apply
            .iter()
            .filter(|one| one.objects.is_empty())
            .collect();
        if !images.is_empty() {
            let image = way.before.kafka.image.reference.as_str();
            self.say("migrate.apply.image", args![]);
            self.code(vec![
                format!("docker build -t {} images/kafka", quoted(image)),
                format!("docker push {}", quoted(image)),
            ]);
        }
        let mut lines = apply_folders("", &step.apply);
        if !step.remove.is_empty() {
            lines.extend(delete_folders("remove/", &step.remove));
        }
        if step.kind != StepKind::Ensemble {
            lines.extend(self.rollouts());
        }
        self.code(lines);
        if step.kind == StepKind::Ensemble {
            self.say("migrate.ensemble.claims", args![]);
            let mut lines = wait_for_end(&step.remove);
            lines.extend(delete_claims(&step.remove));
            self.code(lines);
        }
    }

    /// Waits for what the step restarts.
    fn rollouts(&self) -> Vec<String> {
        let way = self.way;
        match self.step.kind {
            StepKind::Controllers | StepKind::Finalize => {
                let own = way.after.controllers();
                own.map(|own| rollout(&way.after.kafka.namespace, &own.name))
                    .into_iter()
                    .collect()
            }
            _ => broker_rollouts(&way.before),
        }
    }

    fn check(&mut self) {
        let way = self.way;
        match self.step.kind {
            StepKind::Release | StepKind::Protocol => {}
            StepKind::Controllers => {
                self.say("migrate.check.quorum", args![]);
                self.quorum();
                self.say("migrate.check.waiting", args![]);
            }
            StepKind::Metadata => {
                self.say("migrate.check.completed", args![text = COMPLETED]);
                if let Some(own) = way.after.controllers() {
                    let space = quoted(&way.after.kafka.namespace);
                    let pods = (0..*own.count).map(|ordinal| own.pod_name(ordinal));
                    let pods: Vec<String> = pods.collect();
                    self.code(vec![format!(
                        "for pod in {}; do kubectl logs -n {space} \"$pod\" | grep '{COMPLETED}'; done",
                        pods.join(" ")
                    )]);
                }
                self.say("migrate.check.completed.late", args![]);
            }
            StepKind::Brokers => {
                self.say("migrate.check.quorum-brokers", args![]);
                self.code(vec![in_broker(
                    &way.after,
                    "kafka-metadata-quorum.sh",
                    "describe --replication",
                )]);
            }
            StepKind::Finalize => {
                self.say("migrate.check.quorum", args![]);
                self.quorum();
            }
            StepKind::Ensemble => {
                self.say("migrate.check.alive", args![]);
            }
        }
        self.say("migrate.check.in-sync", args![]);
        self.code(vec![in_sync(&way.before)]);
        if self.step.kind == StepKind::Brokers {
            self.say("migrate.check.applications", args![]);
        }
        if self.step.kind == StepKind::Ensemble {
            self.say("migrate.check.next", args![]);
        }
    }

    /// Asks the controllers who leads and who votes.
    fn quorum(&mut self) {
        let after = &self.way.after;
        if let (Some(kraft), Some(own)) = (after.kraft(), after.controllers()) {
            let describe = in_pod(after, &own.pod_name(0), "kafka-metadata-quorum.sh");
            self.code(vec![format!(
                "{describe} --bootstrap-controller localhost:{} describe --status",
                *kraft.port
            )]);
        }
    }

    fn back(&mut self) {
        let (way, step) = (self.way, self.step);
        match step.kind {
            StepKind::Release => {
                self.say("migrate.back.release", args![]);
                let mut lines = apply_folders("back/", &step.back);
                lines.extend(broker_rollouts(&way.before));
                self.code(lines);
            }
            StepKind::Protocol => self.say("migrate.back.protocol", args![]),
            StepKind::Controllers => {
                self.say("migrate.back.controllers", args![]);
                let mut lines = delete_folders("", &step.apply);
                lines.extend(wait_for_end(&step.apply));
                lines.extend(delete_claims(&step.apply));
                self.code(lines);
            }
            StepKind::Metadata => {
                self.say("migrate.back.metadata", args![]);
                self.leave("");
            }
            StepKind::Brokers => {
                self.say("migrate.back.brokers", args![]);
                if let Some(metadata) = way.step(StepKind::Metadata) {
                    let folder = format!("../{}/", metadata.folder());
                    let mut lines = apply_folders(&folder, &metadata.apply);
                    lines.extend(broker_rollouts(&way.before));
                    self.code(lines);
                    self.say("migrate.back.brokers.then", args![]);
                    self.leave(&folder);
                }
            }
            StepKind::Finalize | StepKind::Ensemble => self.say("migrate.back.none", args![]),
        }
    }

    /// From brokers on their way to brokers with ZooKeeper only: the controllers go, a broker becomes
    /// the controller, and the brokers restart. `metadata` leads to the folder of that step.
    fn leave(&mut self, metadata: &str) {
        let way = self.way;
        let controllers = way.step(StepKind::Controllers);
        if let Some(step) = controllers {
            let mut lines = delete_folders(&format!("../{}/", step.folder()), &step.apply);
            lines.extend(wait_for_end(&step.apply));
            self.code(lines);
        }
        self.say("migrate.back.controller", args![]);
        let connect = way.before.kafka.config.in_force("zookeeper.connect");
        let shell = beside_broker(&way.before, "zookeeper-shell.sh");
        let shell = format!("{shell} {}", quoted(connect.unwrap_or_default()));
        self.code(vec![
            format!("{shell} delete /controller"),
            format!("{shell} get /migration"),
            format!("{shell} delete /migration"),
        ]);
        self.say("migrate.back.again", args![]);
        if let Some(step) = way.step(StepKind::Metadata) {
            let mut lines = apply_folders(&format!("{metadata}back/"), &step.back);
            lines.extend(broker_rollouts(&way.before));
            self.code(lines);
        }
        if let Some(step) = controllers {
            self.say("migrate.back.disks", args![]);
            self.code(delete_claims(&step.apply));
        }
    }
}

/// The folders of some files, each once, in their order.
fn folders(files: &[Arc<Rendered>]) -> Vec<&str> {
    let mut folders = Vec::new();
    for one in files.iter().filter(|one| !one.objects.is_empty()) {
        let folder = one.file.path.split('/').next().unwrap_or_default();
        if !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    folders
}

fn apply_folders(below: &str, files: &[Arc<Rendered>]) -> Vec<String> {
    let folders = folders(files).into_iter();
    folders
        .map(|folder| format!("kubectl apply -f {below}{folder}/"))
        .collect()
}

fn delete_folders(below: &str, files: &[Arc<Rendered>]) -> Vec<String> {
    let folders = folders(files).into_iter().rev();
    folders
        .map(|folder| format!("kubectl delete -f {below}{folder}/ --ignore-not-found"))
        .collect()
}

/// Waits until the pods of the sets among some files are gone.
fn wait_for_end(files: &[Arc<Rendered>]) -> Vec<String> {
    of_sets(files, |space, labels| {
        format!("kubectl wait --for=delete -n {space} pod -l {labels} {WAIT}")
    })
}

/// Removes the claims of the sets among some files, whose pods are gone.
fn delete_claims(files: &[Arc<Rendered>]) -> Vec<String> {
    of_sets(files, |space, labels| {
        format!("kubectl delete pvc -n {space} -l {labels}")
    })
}

fn of_sets(files: &[Arc<Rendered>], say: impl Fn(&str, &str) -> String) -> Vec<String> {
    let objects = files.iter().flat_map(|one| &one.objects);
    let sets = objects.filter(|object| object.kind() == "StatefulSet");
    sets.map(|set| say(&name_and_space(set).1, &quoted(&selector(set))))
        .collect()
}
