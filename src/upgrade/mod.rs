//! A second design, made of the present one: the same cluster without ZooKeeper, or on newer versions, with
//! everything that becomes different by it.
//!
//! What a person typed is kept wherever it still means something. What was worked out and would change
//! behind the person's back, such as the brokers' ids, is written down.
//! What a running cluster needs for the way is told in words; the way itself is not taken here.

mod course;
mod ensemble;
mod options;

pub use course::Course;
pub use options::{Fate, NewDefault, Place, fate, new_defaults};

use std::collections::BTreeMap;

use crate::args;
use crate::catalog::{
    self, KafkaRelease, KafkaVersion, KubernetesVersion, MigrationState, Serving, ZooKeeperVersion,
};
use crate::design::{Change, Design, FieldPath, identity};
use crate::engine::{Report, evaluate};
use crate::fields::{self, CONTROLLERS_COUNT, CONTROLLERS_ID_BASE};
use crate::plan::{ImageFlavour, OPTION_ORDER, Plan};
use crate::render::FileKind;
use crate::rules;
use crate::text::{Arg, Lang, Sentence, words};

/// A derived design and what becomes different by it.
#[derive(Clone, Debug, PartialEq)]
pub struct Upgrade {
    /// The design.
    pub design: Design,
    /// What becomes different, in the order of [`Kind`].
    pub notes: Vec<Note>,
}

/// One thing that becomes different.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// What kind of thing.
    pub kind: Kind,
    /// What it is about: an option, a field, a kind of object; empty for the cluster as a whole.
    pub subject: String,
    /// What happens, in words.
    pub sentence: Sentence,
}

/// What kind of thing becomes different.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// What a running cluster needs for the way.
    Step,
    /// Something that was typed goes.
    Removed,
    /// It goes on under another name.
    Renamed,
    /// It gets another value.
    Value,
    /// Nothing was typed, and another default holds.
    Default,
    /// Java.
    Java,
    /// The image.
    Image,
    /// The version of a Kubernetes API.
    Api,
}

impl Kind {
    /// All, in their order.
    pub const ALL: [Self; 8] = [
        Self::Step,
        Self::Removed,
        Self::Renamed,
        Self::Value,
        Self::Default,
        Self::Java,
        Self::Image,
        Self::Api,
    ];

    /// Its name in JSON; its words are `upgrade.kind.NAME`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::Removed => "removed",
            Self::Renamed => "renamed",
            Self::Value => "value",
            Self::Default => "default",
            Self::Java => "java",
            Self::Image => "image",
            Self::Api => "api",
        }
    }

    /// What it is called.
    pub fn words(self, lang: Lang) -> String {
        words(lang, &format!("upgrade.kind.{}", self.name()), &Vec::new())
    }
}

/// The newest release that a design's coordination runs with.
pub fn newest(design: &Design) -> KafkaVersion {
    let plan = Plan::of(design);
    let coordination = *plan.cluster.coordination;
    newest_of(|release| coordination.runs(release.version)).unwrap_or(*plan.kafka.version)
}

fn newest_of(is: impl Fn(&KafkaRelease) -> bool) -> Option<KafkaVersion> {
    let mut releases = catalog::kafka_releases().iter().rev();
    let found = releases.find(|release| !release.withdrawn && is(release));
    found.map(|release| release.version)
}

/// The first `node.id` of controllers that join brokers which keep theirs.
/// Source: apache/kafka:docs/ops.html (3.9), `ZooKeeper` to `KRaft` migration, which counts from 3000.
const CONTROLLERS_FROM: u64 = 3000;

/// How many numbers controllers need at most, where a design does not tell.
const MOST_CONTROLLERS: u64 = 9;

/// The same cluster without ZooKeeper, its brokers with the ids that they have.
///
/// Ids of the new quorum that the design does not hold already are made of `random`: that of the cluster,
/// then that of each controller's disk.
///
/// # Errors
/// When there is no ZooKeeper to leave.
pub fn to_kraft(
    design: &Design,
    dedicated: bool,
    random: impl FnMut() -> [u8; 16],
) -> Result<Upgrade, Sentence> {
    let before = evaluate(design);
    let plan = &before.plan;
    if !plan.has_ensemble() {
        return Err(Sentence::plain("upgrade.no-ensemble"));
    }
    let mut way = Way::from(design);
    let now = *plan.kafka.version;
    let release = catalog::kafka_release(now);
    let moves = release.is_some_and(|release| {
        matches!(
            release.migration,
            MigrationState::Production | MigrationState::BridgeRelease
        )
    });
    // The newest line that knows both is the bridge.
    let bridge = newest_of(|release| release.migration == MigrationState::BridgeRelease);
    let version = if moves { now } else { bridge.unwrap_or(now) };
    let coordination = if dedicated {
        "kraft-dedicated"
    } else {
        "kraft-combined"
    };
    way.set("cluster.coordination", coordination);
    way.set("kafka.version", version.to_string());
    for group in &plan.kafka.groups {
        let path = FieldPath::keyed("kafka.groups[].id_base", &group.key);
        way.set(path, group.id_base.to_string());
    }
    way.step(
        "upgrade.migrate",
        vec![("version", version.to_string().into())],
    );
    if version != now {
        let args = args![before = now.to_string(), after = version.to_string()];
        way.step("upgrade.bridge", args);
        raise_kafka(plan, version, &mut way);
    }
    if dedicated {
        let first = first_controller(design, plan);
        way.set("controllers.id_base", first.to_string());
        way.step(
            "upgrade.dedicated",
            vec![("first", first.to_string().into())],
        );
    } else {
        way.step("upgrade.combined", args![]);
    }
    if !plan.kafka.config.is_file() {
        way.removed("kafka.config_style", "upgrade.flags");
    }
    Ok(way.finish(&before, random))
}

/// The number of the first controller: as typed where no broker has one of theirs, else far from them all.
fn first_controller(design: &Design, plan: &Plan) -> u64 {
    let count: u64 = typed_number(design, CONTROLLERS_COUNT.id).unwrap_or(MOST_CONTROLLERS);
    let is_free = |first: &u64| {
        let mut groups = plan.kafka.groups.iter();
        groups.all(|group| {
            let (low, high) = (*group.id_base, group.id_base.saturating_add(*group.brokers));
            high <= *first || first.saturating_add(count) <= low
        })
    };
    let typed = typed_number(design, CONTROLLERS_ID_BASE.id);
    let wished = [typed, Some(CONTROLLERS_FROM)];
    wished
        .into_iter()
        .flatten()
        .find(is_free)
        .unwrap_or_else(|| {
            let groups = plan.kafka.groups.iter();
            let above = groups.map(|group| group.id_base.saturating_add(*group.brokers));
            let above = above.max().unwrap_or(0);
            above.div_ceil(1000).saturating_mul(1000)
        })
}

fn typed_number(design: &Design, path: &'static str) -> Option<u64> {
    design.get(&path.into())?.trim().parse().ok()
}

/// The versions to raise to; what is `None` stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Versions {
    /// Kafka's.
    pub kafka: Option<KafkaVersion>,
    /// That of the ensemble.
    pub zookeeper: Option<ZooKeeperVersion>,
    /// The oldest Kubernetes that the manifests must work on.
    pub kubernetes: Option<KubernetesVersion>,
}

/// The same cluster on other versions.
///
/// # Errors
/// When a version is none that was released, is older than the present one, or cannot be reached in one step.
pub fn raise(
    design: &Design,
    to: Versions,
    random: impl FnMut() -> [u8; 16],
) -> Result<Upgrade, Sentence> {
    let before = evaluate(design);
    let plan = &before.plan;
    let mut way = Way::from(design);
    if let Some(version) = to.zookeeper {
        ensemble::reachable(plan, version)?;
        if let Some(zookeeper) = plan.zookeeper() {
            ensemble::raise(zookeeper, version, &mut way);
        }
    }
    if let Some(version) = to.kafka {
        reachable(plan, design, version)?;
        raise_kafka(plan, version, &mut way);
    }
    if let Some(version) = to.kubernetes {
        let now = *plan.cluster.kubernetes;
        if version < now {
            let args = args![before = now.to_string(), after = version.to_string()];
            return Err(Sentence::new("upgrade.older", args));
        }
        if !catalog::KUBERNETES_VERSIONS.contains(&version) {
            let version = version.to_string();
            return Err(Sentence::new("upgrade.unknown", args![version]));
        }
        way.set("kubernetes.version", version.to_string());
    }
    Ok(way.finish(&before, random))
}

/// The versions that a design can be raised to, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Newer {
    /// Of Kafka.
    pub kafka: Vec<KafkaVersion>,
    /// Of the ensemble.
    pub zookeeper: Vec<ZooKeeperVersion>,
    /// Of Kubernetes.
    pub kubernetes: Vec<KubernetesVersion>,
}

impl Newer {
    /// Those of a plan.
    pub fn of(plan: &Plan) -> Self {
        let kafka = catalog::kafka_releases().iter().rev();
        let kafka = kafka.filter(|release| {
            !release.withdrawn
                && release.version > *plan.kafka.version
                && plan.cluster.coordination.runs(release.version)
        });
        let kubernetes = catalog::KUBERNETES_VERSIONS.iter().rev();
        let kubernetes = kubernetes.filter(|version| **version > *plan.cluster.kubernetes);
        Self {
            kafka: kafka.map(|release| release.version).collect(),
            zookeeper: plan.zookeeper().map_or_else(Vec::new, ensemble::newer),
            kubernetes: kubernetes.copied().collect(),
        }
    }
}

/// Whether a version can be reached in one step.
fn reachable(plan: &Plan, design: &Design, version: KafkaVersion) -> Result<(), Sentence> {
    let now = *plan.kafka.version;
    let release = catalog::kafka_release(version).filter(|release| !release.withdrawn);
    if release.is_none() {
        let version = version.to_string();
        return Err(Sentence::new("upgrade.unknown", args![version]));
    }
    let args = || args![before = now.to_string(), after = version.to_string()];
    if version < now {
        return Err(Sentence::new("upgrade.older", args()));
    }
    if !plan.cluster.coordination.runs(version) {
        return Err(Sentence::new("upgrade.needs-kraft", args()));
    }
    // A protocol that was typed tells what the cluster really speaks.
    let typed = design.get(&FieldPath::kafka_option("inter.broker.protocol.version"));
    let spoken = typed.and_then(rules::protocol);
    if !version.has_zookeeper_mode() && spoken.is_some_and(|spoken| spoken < (3, 3)) {
        return Err(Sentence::new("upgrade.too-far", args()));
    }
    Ok(())
}

fn raise_kafka(plan: &Plan, version: KafkaVersion, way: &mut Way) {
    let kafka = &plan.kafka;
    let now = *kafka.version;
    way.set("kafka.version", version.to_string());
    let release = catalog::kafka_release(version);
    if plan.has_kraft() {
        // What is told in files stays so: no release turns one kind of quorum into the other by itself.
        if !now.has_dynamic_quorum() && version.has_dynamic_quorum() {
            way.set("kraft.quorum", "static");
            way.step("upgrade.quorum-stays", args![]);
        }
        if let Some(metadata) = release.and_then(|release| release.metadata_version_default) {
            way.step("upgrade.finalize", args![metadata]);
        }
    } else {
        let protocol = |version| catalog::kafka_release(version)?.inter_broker_protocol_default;
        let (old, new) = (protocol(now), protocol(version));
        if let (Some(old), Some(new)) = (old, new)
            && old != new
        {
            way.step("upgrade.protocol", args![old, new]);
        }
        let is_old = plan
            .zookeeper()
            .is_some_and(|zookeeper| zookeeper.version.is_3_4_or_older());
        if is_old && version.refuses_zookeeper_3_4() {
            way.step("upgrade.old-ensemble", args![]);
        }
    }
    let image = &kafka.image;
    if let Some(release) = release {
        if !release.scala.contains(&image.scala) {
            way.removed("kafka.scala", "upgrade.no-such-build");
        }
        let java = catalog::java_of_image(&image.base);
        if java.is_some_and(|java| java < release.java_min()) {
            way.removed("kafka.base_image", "upgrade.java-too-old");
        }
    }
    if version != now {
        way.removed("kafka.sha512", "upgrade.other-archive");
    }
    way.rename_image("kafka.image", &now.to_string(), &version.to_string());
    if version.logs_with_log4j2() && !now.logs_with_log4j2() {
        way.note(Kind::Value, "log4j2.yaml", "upgrade.log4j", args![]);
    }
}

/// A design on its way, and what was told of it.
struct Way {
    design: Design,
    notes: Vec<Note>,
}

impl Way {
    fn from(design: &Design) -> Self {
        Self {
            design: design.clone(),
            notes: Vec::new(),
        }
    }

    fn set(&mut self, path: impl Into<FieldPath>, value: impl Into<String>) {
        self.design.apply(&Change::set(path, value));
    }

    fn note(&mut self, kind: Kind, subject: &str, key: &'static str, args: crate::text::Args) {
        let sentence = Sentence::new(key, args);
        let subject = subject.to_owned();
        self.notes.push(Note {
            kind,
            subject,
            sentence,
        });
    }

    fn step(&mut self, key: &'static str, args: crate::text::Args) {
        self.note(Kind::Step, "", key, args);
    }

    /// Takes out what was typed for a field, and says why.
    fn removed(&mut self, path: &'static str, key: &'static str) {
        if let Some(value) = self.design.get(&path.into()).map(str::to_owned) {
            self.design.apply(&Change::unset(path));
            self.note(Kind::Removed, path, key, args![value]);
        }
    }

    /// Puts the new version into an image that was typed with the old one.
    fn rename_image(&mut self, path: &'static str, old: &str, new: &str) {
        let typed = self.design.get(&path.into());
        let renamed = typed
            .filter(|reference| reference.contains(old))
            .map(|reference| reference.replace(old, new));
        if let Some(reference) = renamed {
            self.set(path, reference);
        }
    }

    /// Settles the options, takes out what means nothing any more, makes ids, and compares.
    fn finish(mut self, before: &Report, random: impl FnMut() -> [u8; 16]) -> Upgrade {
        let place = |plan: &Plan| Place {
            version: *plan.kafka.version,
            kraft: plan.has_kraft(),
        };
        let plan = Plan::of(&self.design);
        let (from, to) = (place(&before.plan), place(&plan));
        self.settle_options(from, to);
        self.take_out_hidden(&before.plan, &plan);
        let former = self.design.silences.len();
        self.design = identity::completed(self.design, random);
        let after = evaluate(&self.design);
        self.drop_what_went(before, &after);
        if self.design.silences.len() < former {
            let count = former - self.design.silences.len();
            self.note(Kind::Removed, "", "upgrade.silences", args![count]);
        }
        self.tell_defaults(&after.plan, from, to);
        self.tell_images(&before.plan, &after.plan);
        ensemble::tell(&before.plan, &after.plan, &mut self);
        self.tell_apis(before, &after);
        self.notes
            .sort_by(|one, other| (one.kind, &one.subject).cmp(&(other.kind, &other.subject)));
        Upgrade {
            design: self.design,
            notes: self.notes,
        }
    }

    /// What becomes of each option that the design asks for, and of each name in its list of them.
    fn settle_options(&mut self, from: Place, to: Place) {
        const PREFIX: &str = "kafka.options[";
        let asked: Vec<(String, String)> = self
            .design
            .values
            .iter()
            .filter_map(|(path, value)| {
                let name = path.as_str().strip_prefix(PREFIX)?.strip_suffix(']')?;
                Some((name.to_owned(), value.clone()))
            })
            .collect();
        for (name, value) in asked {
            self.settle(&name, &value, fate(&name, Some(&value), from, to), to);
        }
        if let Some(names) = self.design.lists.get_mut(OPTION_ORDER) {
            let listed = names
                .iter()
                .flat_map(|name| match fate(name, None, from, to) {
                    Fate::GoesWithEnsemble | Fate::Removed { .. } => Vec::new(),
                    Fate::Renamed { to } => to.iter().map(|&name| name.to_owned()).collect(),
                    Fate::Kept | Fate::Replaced { .. } | Fate::Refused => vec![name.clone()],
                });
            *names = listed.collect();
        }
    }

    fn settle(&mut self, name: &str, value: &str, fate: Fate, to: Place) {
        let path = FieldPath::kafka_option(name);
        match fate {
            Fate::Kept => return,
            Fate::Replaced { by } => {
                self.set(path, by);
                self.note(
                    Kind::Value,
                    name,
                    "upgrade.value",
                    args![before = value, after = by],
                );
                return;
            }
            Fate::GoesWithEnsemble => {
                self.note(Kind::Removed, name, "upgrade.with-ensemble", args![]);
            }
            Fate::Removed { since } => {
                let since = since.to_string();
                self.note(Kind::Removed, name, "upgrade.gone", args![since]);
            }
            Fate::Renamed { to } => {
                for new in to.iter().map(|name| FieldPath::kafka_option(name)) {
                    if self.design.get(&new).is_none() {
                        self.set(new, value);
                    }
                }
                let names: Vec<String> = to.iter().map(|&name| name.to_owned()).collect();
                self.note(Kind::Renamed, name, "upgrade.renamed", args![names]);
            }
            Fate::Refused => {
                let version = to.version.to_string();
                self.note(Kind::Value, name, "upgrade.refused", args![value, version]);
            }
        }
        self.design.apply(&Change::unset(path));
    }

    /// Takes out what was typed for fields that the new design has no more.
    fn take_out_hidden(&mut self, before: &Plan, after: &Plan) {
        let hidden: Vec<FieldPath> = self
            .design
            .values
            .keys()
            .filter(|path| {
                fields::find(path).is_some_and(|field| {
                    let key = field.list().and_then(|_| path.key());
                    !field.is_option() && field.shows(before, key) && !field.shows(after, key)
                        || field.id.starts_with("zookeeper.options[") && !after.has_ensemble()
                })
            })
            .cloned()
            .collect();
        let (of_ensemble, others): (Vec<_>, Vec<_>) = hidden
            .iter()
            .partition(|path| path.as_str().starts_with("zookeeper."));
        for path in others {
            self.note(Kind::Removed, path.as_str(), "upgrade.hidden", args![]);
        }
        if !of_ensemble.is_empty() {
            let count = of_ensemble.len();
            self.note(
                Kind::Removed,
                "zookeeper",
                "upgrade.ensemble-fields",
                args![count],
            );
        }
        for path in hidden {
            self.design.apply(&Change::unset(path));
        }
    }

    /// Forgets silences whose finding went, and what was put over files that are no more.
    fn drop_what_went(&mut self, before: &Report, after: &Report) {
        let idle: Vec<_> = rules::idle(&self.design, &after.findings)
            .cloned()
            .collect();
        self.design.silences.retain(|silence| {
            let was_used = before
                .findings
                .iter()
                .any(|one| one.rule == silence.rule && one.subject == silence.subject);
            !(was_used && idle.contains(silence))
        });
        let went = |file: &String| before.file(file).is_some() && after.file(file).is_none();
        let objects = &mut self.design.extras.objects;
        let count = objects.len();
        objects.retain(|file, _| !went(file));
        let lost = count - objects.len();
        if lost > 0 {
            self.note(Kind::Removed, "", "upgrade.extras", args![files = lost]);
        }
    }

    /// Names options whose default changes while nothing is written for them.
    fn tell_defaults(&mut self, after: &Plan, from: Place, to: Place) {
        let none = || Arg::Sentence("upgrade.nothing".into());
        for changed in new_defaults(from, to) {
            let config = &after.kafka.config;
            let written = config.entry(changed.name).is_some();
            if written {
                continue;
            }
            let side = |value: Option<&'static str>| {
                value
                    .filter(|text| !text.is_empty())
                    .map_or_else(none, Arg::from)
            };
            let args = vec![
                ("before", side(changed.before)),
                ("after", side(changed.after)),
            ];
            self.note(Kind::Default, changed.name, "upgrade.default", args);
        }
    }

    fn tell_images(&mut self, before: &Plan, after: &Plan) {
        let (old, new) = (&before.kafka.image, &after.kafka.image);
        if old.reference.value != new.reference.value {
            let args = args![
                before = old.reference.as_str(),
                after = new.reference.as_str()
            ];
            let built = *new.flavour == ImageFlavour::Built;
            let key = if built {
                "upgrade.image-built"
            } else {
                "upgrade.image"
            };
            self.note(Kind::Image, "", key, args);
        }
        let java = |plan: &Plan| match *plan.kafka.image.flavour {
            ImageFlavour::Built => catalog::java_of_image(&plan.kafka.image.base),
            ImageFlavour::Official => catalog::java_of_image(&plan.kafka.image.reference),
        };
        let (old, new) = (java(before), java(after));
        if let (Some(old), Some(new)) = (old, new)
            && old != new
        {
            let args = args![before = u32::from(old), after = u32::from(new)];
            self.note(Kind::Java, "", "upgrade.java", args);
        }
        let least = |plan: &Plan| Some(catalog::kafka_release(*plan.kafka.version)?.java_min());
        if let (Some(old), Some(new)) = (least(before), least(after))
            && old < new
        {
            let args = args![before = u32::from(old), after = u32::from(new)];
            self.note(Kind::Java, "", "upgrade.java-least", args);
        }
    }

    /// Objects of others are carried along as they are; those that the new API server does not know are told.
    fn tell_apis(&mut self, before: &Report, after: &Report) {
        let (old, new) = (
            *before.plan.cluster.kubernetes,
            *after.plan.cluster.kubernetes,
        );
        for (kind, api) in apis(after) {
            if let Some(instead) = no_longer_served(&kind, &api, old, new) {
                let instead = match instead {
                    "" => Arg::Sentence("upgrade.nothing".into()),
                    instead => Arg::from(instead),
                };
                let args = vec![
                    ("before", Arg::from(api.as_str())),
                    ("version", Arg::from(new.to_string())),
                    ("after", instead),
                ];
                self.note(Kind::Api, &kind, "upgrade.api", args);
            }
        }
    }
}

/// What takes the place of an API that one version serves and the other does not, empty when nothing does;
/// `None` when it is served.
fn no_longer_served(
    kind: &str,
    api: &str,
    old: KubernetesVersion,
    new: KubernetesVersion,
) -> Option<&'static str> {
    match (old.serving(api, kind), new.serving(api, kind)) {
        (Serving::Removed { .. }, _) => None,
        (_, Serving::Removed { instead, .. }) => Some(instead.unwrap_or_default()),
        _ => None,
    }
}

/// The versions under which the objects of a bundle are written, by kind.
fn apis(report: &Report) -> BTreeMap<String, String> {
    let mut apis = BTreeMap::new();
    for file in report
        .files
        .iter()
        .filter(|file| file.kind == FileKind::Yaml)
    {
        let text = file.text();
        let mut api = None;
        for line in text.lines() {
            if let Some(version) = line.strip_prefix("apiVersion: ") {
                api = Some(version.trim().to_owned());
            } else if let Some(kind) = line.strip_prefix("kind: ") {
                apis.extend(api.take().map(|api| (kind.trim().to_owned(), api)));
            }
        }
    }
    apis
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::presets::PRESETS;

    fn random() -> [u8; 16] {
        [7; 16]
    }

    fn kafka(version: KafkaVersion) -> Versions {
        Versions {
            kafka: Some(version),
            ..Versions::default()
        }
    }

    fn said(upgrade: &Upgrade, kind: Kind) -> Vec<(&str, &str)> {
        let notes = upgrade.notes.iter().filter(|note| note.kind == kind);
        notes
            .map(|note| (note.subject.as_str(), note.sentence.key.as_ref()))
            .collect()
    }

    fn value<'d>(design: &'d Design, path: &str) -> Option<&'d str> {
        design.get(&path.into())
    }

    fn errors(design: &Design) -> Vec<String> {
        let findings = evaluate(design).findings;
        let open = findings
            .iter()
            .filter(|one| one.severity == rules::Severity::Error);
        open.map(|one| format!("{} {}", one.rule, one.subject))
            .collect()
    }

    #[test]
    fn every_preset_leaves_zookeeper_and_goes_on_to_the_newest_kafka() {
        for preset in PRESETS {
            let design = preset.design();
            let moved = match to_kraft(&design, true, random) {
                Ok(upgrade) => upgrade.design,
                Err(why) => {
                    assert_eq!(why.key, "upgrade.no-ensemble", "{}", preset.name);
                    identity::completed(design, random)
                }
            };
            assert_eq!(errors(&moved), Vec::<String>::new(), "{}", preset.name);
            let raised = raise(&moved, kafka(newest(&moved)), random).unwrap();
            assert_eq!(
                errors(&raised.design),
                Vec::<String>::new(),
                "{}",
                preset.name
            );
            let config = &Plan::of(&raised.design).kafka.config;
            assert_eq!(config.unwritten, [], "{}", preset.name);
        }
    }

    #[test]
    fn the_articles_cluster_keeps_who_it_is() {
        let article = crate::presets::ARTICLE.design();
        let moved = to_kraft(&article, true, random).unwrap();
        let design = &moved.design;
        assert_eq!(
            value(design, "cluster.coordination"),
            Some("kraft-dedicated")
        );
        assert_eq!(value(design, "kafka.groups[main].id_base"), Some("0"));
        assert_eq!(value(design, "controllers.id_base"), Some("3000"));
        assert!(value(design, "kraft.cluster_id").is_some());
        // 3.5 could not be migrated for good: the bridge comes first.
        let version: KafkaVersion = value(design, "kafka.version").unwrap().parse().unwrap();
        assert_eq!(version.line(), catalog::KafkaLine::of(3, 9));
        let steps = said(&moved, Kind::Step);
        assert!(steps.contains(&("", "upgrade.bridge")), "{steps:?}");
        assert!(
            design
                .values
                .keys()
                .all(|path| !path.as_str().starts_with("zookeeper."))
        );
        let removed = said(&moved, Kind::Removed);
        for expected in [
            ("kafka.config_style", "upgrade.flags"),
            ("zookeeper", "upgrade.ensemble-fields"),
            ("broker.id.generation.enable", "upgrade.with-ensemble"),
        ] {
            assert!(removed.contains(&expected), "{expected:?} of {removed:?}");
        }
        assert!(
            design
                .silences
                .iter()
                .all(|silence| silence.rule != "VER002")
        );
        let raised = raise(design, kafka("4.1.1".parse().unwrap()), random).unwrap();
        let java = said(&raised, Kind::Java);
        assert!(java.contains(&("", "upgrade.java-least")), "{java:?}");
        let image = value(&raised.design, "kafka.image");
        assert!(
            image.is_some_and(|image| image.ends_with("v4.1.1")),
            "{image:?}"
        );
    }

    #[test]
    fn controllers_get_numbers_that_no_broker_has() {
        let first = |base: &str, typed: Option<&str>| {
            let design = Design::default().with("kafka.groups[main].id_base", base);
            let design = match typed {
                Some(typed) => design.with("controllers.id_base", typed),
                None => design,
            };
            let moved = to_kraft(&design, true, random).unwrap().design;
            value(&moved, "controllers.id_base").map(str::to_owned)
        };
        assert_eq!(first("0", None).as_deref(), Some("3000"));
        assert_eq!(first("2999", None).as_deref(), Some("4000"));
        assert_eq!(first("0", Some("100")).as_deref(), Some("100"));
        assert_eq!(first("99", Some("100")).as_deref(), Some("3000"));
    }

    #[test]
    fn ids_are_renamed_and_refused_values_told() {
        let design = Design::default()
            .with("kafka.groups[main].brokers", "1")
            .with("kafka.options[broker.id]", "5")
            .with("kafka.options[log.segment.bytes]", "65536")
            .with("kafka.options[log.message.format.version]", "3.0");
        let moved = to_kraft(&design, true, random).unwrap();
        assert_eq!(value(&moved.design, "kafka.options[node.id]"), Some("5"));
        assert_eq!(value(&moved.design, "kafka.options[broker.id]"), None);
        assert_eq!(
            said(&moved, Kind::Renamed),
            [("broker.id", "upgrade.renamed")]
        );
        let raised = raise(&moved.design, kafka("4.1.1".parse().unwrap()), random).unwrap();
        let values = said(&raised, Kind::Value);
        assert!(
            values.contains(&("log.segment.bytes", "upgrade.refused")),
            "{values:?}"
        );
        let removed = said(&raised, Kind::Removed);
        assert!(
            removed.contains(&("log.message.format.version", "upgrade.gone")),
            "{removed:?}"
        );
        let defaults = said(&raised, Kind::Default);
        let threads = ("num.recovery.threads.per.data.dir", "upgrade.default");
        assert!(defaults.contains(&threads), "{defaults:?}");
    }

    #[test]
    fn versions_that_cannot_be_reached_in_one_step() {
        let why = |design: &Design, version: &str| {
            let version = version.parse().unwrap();
            raise(design, kafka(version), random).unwrap_err().key
        };
        let ensemble = Design::default().with("kafka.version", "3.8.1");
        assert_eq!(why(&ensemble, "4.1.1"), "upgrade.needs-kraft");
        assert_eq!(why(&ensemble, "3.7.1"), "upgrade.older");
        assert_eq!(why(&ensemble, "3.99.0"), "upgrade.unknown");
        let kraft = Design::default()
            .with("cluster.coordination", "kraft-dedicated")
            .with("kafka.version", "3.9.1")
            .with("kafka.options[inter.broker.protocol.version]", "3.2");
        assert_eq!(why(&kraft, "4.1.1"), "upgrade.too-far");
        assert!(raise(&kraft, kafka("3.9.2".parse().unwrap()), random).is_ok());
    }

    #[test]
    fn a_quorum_that_files_tell_stays_one() {
        let design = Design::default()
            .with("cluster.coordination", "kraft-combined")
            .with("kafka.version", "3.8.1");
        let raised = raise(&design, kafka("4.1.1".parse().unwrap()), random).unwrap();
        assert_eq!(value(&raised.design, "kraft.quorum"), Some("static"));
        assert_eq!(value(&raised.design, "kraft.directory_ids"), None);
    }

    #[test]
    fn newer_clusters_serve_other_apis() {
        let (old, new) = (KubernetesVersion::of(1, 24), KubernetesVersion::of(1, 25));
        let of = |api| no_longer_served("PodDisruptionBudget", api, old, new);
        assert_eq!(of("policy/v1beta1"), Some("policy/v1"));
        assert_eq!(of("policy/v1"), None);
        let design = Design::default().with("kubernetes.version", "1.24");
        let to = Versions {
            kubernetes: Some(new),
            ..Versions::default()
        };
        let raised = raise(&design, to, random).unwrap();
        assert_eq!(value(&raised.design, "kubernetes.version"), Some("1.25"));
        assert_eq!(raised.notes, [], "our own objects are served everywhere");
    }
}
