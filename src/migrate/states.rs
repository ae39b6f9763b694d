//! The states that a cluster goes through, and the steps between them.

use std::collections::BTreeMap;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::{Step, StepKind, policies};
use crate::args;
use crate::catalog::KafkaVersion;
use crate::design::{Change, Design, Extras, FieldPath};
use crate::fields::{KAFKA_VERSION, KRAFT_CLUSTER_ID};
use crate::plan::{ConfigStyle, Coordination, Entry, Layer, Plan, Value};
use crate::render::document::Document;
use crate::render::{OUTPUTS, Origins, Rendered, extras};
use crate::text::Sentence;
use crate::upgrade;

/// What the cluster holds at a time.
type State = Vec<Arc<Rendered>>;

/// Jobs that are applied by hand, at any time.
const SMOKE_TEST: &str = "90-smoke-test/";

/// The option that says that a node is on its way.
const MIGRATION: &str = "zookeeper.metadata.migration.enable";

/// How brokers agree on what they say to each other; with KRaft the metadata version takes its place.
const PROTOCOL: &str = "inter.broker.protocol.version";

/// The steps, the plans of both ends, and the design of the end.
pub(super) fn steps(
    design: &Design,
    now: &Plan,
    bridge: KafkaVersion,
    id: &str,
) -> Result<(Vec<Step>, Plan, Plan, Design), Sentence> {
    let protocol = FieldPath::kafka_option(PROTOCOL);
    let older = now.kafka.version.line() < bridge.line();
    let mut raised = design.clone();
    raised.apply(&Change::set(KAFKA_VERSION.path(None), bridge.to_string()));
    // The brokers of both releases must understand each other while one after the other is raised.
    let mut released = raised.clone();
    if older && design.get(&protocol).is_none() {
        let line = now.kafka.version.line().to_string();
        released.apply(&Change::set(protocol.clone(), line));
    }
    raised.apply(&Change::Unset { path: protocol });

    let before = Plan::of(&raised);
    let next = successor(&raised, id)?;
    let after = Plan::of(&next);
    let mut moving_controllers = after.clone();
    let mut moving_brokers = before.clone();
    controllers_on_their_way(&mut moving_controllers, &before)?;
    brokers_on_their_way(&mut moving_brokers, &after);

    let start = state(now, &design.extras);
    let released = state(&Plan::of(&released), &released.extras);
    let raised = state(&before, &raised.extras);
    let end = state(&after, &next.extras);
    let controllers = with(
        &raised,
        &state(&moving_controllers, &next.extras),
        &["20-controllers/"],
    );
    let controllers = policies::with(controllers, &before, &after);
    let loaded = with(
        &controllers,
        &state(&moving_brokers, &design.extras),
        &["30-kafka/"],
    );
    let moved = with(&loaded, &end, &["30-kafka/"]);
    let finalized = with(&moved, &end, &["20-controllers/"]);
    keeps_its_sets(&raised, &end)?;

    let mut steps = Vec::new();
    let mut last = start;
    for kind in StepKind::ALL {
        let here = match kind {
            StepKind::Release => &released,
            StepKind::Protocol => &raised,
            StepKind::Controllers => &controllers,
            StepKind::Metadata => &loaded,
            StepKind::Brokers => &moved,
            StepKind::Finalize => &finalized,
            StepKind::Ensemble => &end,
        };
        let mut apply = differing(&last, here);
        // Later the same image runs, whatever else its Dockerfile would say.
        if kind != StepKind::Release {
            apply.retain(|one| is_applied(one));
        }
        let remove = gone(&last, here);
        let back = match kind {
            StepKind::Release | StepKind::Metadata => differing(here, &last),
            _ => Vec::new(),
        };
        last.clone_from(here);
        // A cluster that is there already has no way to go.
        if !apply.is_empty() || !remove.is_empty() {
            steps.push(Step {
                kind,
                number: steps.len() + 1,
                apply,
                remove,
                back,
            });
        }
    }
    Ok((steps, before, after, next))
}

/// The same cluster without ZooKeeper, with the id that it has: Kafka migrates to controllers of their own
/// only, and the ids of their disks follow from that of the cluster.
fn successor(design: &Design, cluster_id: &str) -> Result<Design, Sentence> {
    let mut named = design.clone();
    named.apply(&Change::set(KRAFT_CLUSTER_ID.path(None), cluster_id));
    let mut numbers = 0..;
    let next = upgrade::to_kraft(&named, true, || {
        disk_of_controller(cluster_id, numbers.next().unwrap_or(0))
    })?;
    Ok(next.design)
}

/// What the id of a controller's disk is made of, the same each time the way of a cluster is made: a disk
/// must not get another id while the controllers already run.
fn disk_of_controller(cluster_id: &str, number: usize) -> [u8; 16] {
    let digest = Sha256::digest(format!("the disk of controller {number} of {cluster_id}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    bytes
}

/// What a plan renders, with the extras of its design.
fn state(plan: &Plan, kept: &Extras) -> State {
    let ours: State = OUTPUTS
        .iter()
        .filter(|output| (output.wanted)(plan))
        .map(|output| Arc::new((output.render)(plan)))
        .collect();
    let is_ours = |path: &str| ours.iter().any(|one| one.file.path == path);
    let foreign = extras::foreign_files(kept, is_ours);
    let patched = ours.iter().filter_map(|one| extras::apply(kept, one));
    patched.chain(foreign.into_iter().map(Arc::new)).collect()
}

/// A state with some folders of another one in the place of its own.
fn with(state: &[Arc<Rendered>], other: &[Arc<Rendered>], folders: &[&str]) -> State {
    let is_there = |one: &&Arc<Rendered>| {
        let mut folders = folders.iter();
        folders.any(|folder| one.file.path.starts_with(folder))
    };
    let kept = state.iter().filter(|one| !is_there(one));
    kept.chain(other.iter().filter(is_there)).cloned().collect()
}

/// What is applied to come from one state to another: manifests, and Dockerfiles.
fn differing(from: &[Arc<Rendered>], to: &[Arc<Rendered>]) -> State {
    let before = texts(from);
    to.iter()
        .filter(|one| is_applied(one) || one.file.path.starts_with("images/"))
        .filter(|one| before.get(one.file.path.as_str()) != Some(&one.file.text()))
        .cloned()
        .collect()
}

/// What is no longer there.
fn gone(from: &[Arc<Rendered>], to: &[Arc<Rendered>]) -> State {
    let after = texts(to);
    from.iter()
        .filter(|one| is_applied(one) && !after.contains_key(one.file.path.as_str()))
        .cloned()
        .collect()
}

fn is_applied(one: &Rendered) -> bool {
    !one.objects.is_empty() && !one.file.path.starts_with(SMOKE_TEST)
}

fn texts(state: &[Arc<Rendered>]) -> BTreeMap<&str, String> {
    let texts = state.iter();
    texts
        .map(|one| (one.file.path.as_str(), one.file.text()))
        .collect()
}

fn entry(name: &str, value: String, layer: Layer) -> Entry {
    Entry {
        name: name.to_owned(),
        value: Value::Text(value),
        from: Origins::NONE,
        layer,
        asked_for: false,
    }
}

/// Controllers that read ZooKeeper and write to it: they know the ensemble as the brokers do, and the
/// listener on which brokers with ZooKeeper hear them.
fn controllers_on_their_way(plan: &mut Plan, before: &Plan) -> Result<(), Sentence> {
    let config = &before.kafka.config;
    if config.in_force("zookeeper.connect").is_none() {
        return Err(Sentence::plain("migrate.no-connect"));
    }
    let mut further = vec![entry(MIGRATION, "true".to_owned(), Layer::File)];
    let known = |name: &str| name.starts_with("zookeeper.") || name == "inter.broker.listener.name";
    for one in config.entries.iter().filter(|one| known(&one.name)) {
        if let Value::Text(text) = &one.value {
            further.push(entry(&one.name, text.clone(), Layer::File));
        }
    }
    if let Coordination::KRaft(kraft) = &mut plan.coordination
        && let Some(own) = &mut kraft.controllers
    {
        further.retain(|one| own.config.entry(&one.name).is_none());
        own.config.entries.extend(further);
    }
    Ok(())
}

/// Brokers with ZooKeeper that know the controllers too.
fn brokers_on_their_way(plan: &mut Plan, after: &Plan) {
    let config = &mut plan.kafka.config;
    let in_file = config
        .style
        .as_ref()
        .is_none_or(|style| **style == ConfigStyle::File);
    let layer = if in_file { Layer::File } else { Layer::Flag };
    let known = |name: &str| {
        name.starts_with("controller.quorum.")
            || [
                "controller.listener.names",
                "listener.security.protocol.map",
            ]
            .contains(&name)
    };
    let mut further = vec![entry(MIGRATION, "true".to_owned(), layer)];
    for one in after
        .kafka
        .config
        .entries
        .iter()
        .filter(|one| known(&one.name))
    {
        if let Value::Text(text) = &one.value {
            further.push(entry(&one.name, text.clone(), layer));
        }
    }
    for one in further {
        match config.entries.iter_mut().find(|own| own.name == one.name) {
            Some(own) => own.value = one.value,
            None => config.entries.push(one),
        }
    }
}

/// The brokers' `StatefulSet`s stay: what cannot be changed in them is the same at both ends.
fn keeps_its_sets(before: &[Arc<Rendered>], after: &[Arc<Rendered>]) -> Result<(), Sentence> {
    let sets = |state: &[Arc<Rendered>]| -> BTreeMap<String, Document> {
        let all = state
            .iter()
            .filter(|one| one.file.path.starts_with("30-kafka/"));
        all.flat_map(|one| &one.objects)
            .filter(|object| object.kind() == "StatefulSet")
            .map(|set| (set.name().to_owned(), set.clone()))
            .collect()
    };
    let after = sets(after);
    for (name, set) in sets(before) {
        let same = |path: &str| after.get(&name).map(|next| next.get(path)) == Some(set.get(path));
        let fixed = [
            "spec.selector",
            "spec.serviceName",
            "spec.podManagementPolicy",
            "spec.volumeClaimTemplates",
        ];
        if let Some(path) = fixed.into_iter().find(|path| !same(path)) {
            return Err(Sentence::new("migrate.new-set", args![name, path]));
        }
    }
    Ok(())
}
