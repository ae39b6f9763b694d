//! How long the engine takes: a whole evaluation, one after a keystroke, and the rules alone, for 3, 30
//! and 300 brokers; repairing everything that is safe; and importing.

mod budget;

use budget::Budget;
use criterion::{BenchmarkId, Criterion};
use kafka_cluster_designer::Engine;
use kafka_cluster_designer::design::Design;
use kafka_cluster_designer::import::{Files, import};
use kafka_cluster_designer::plan::Plan;
use kafka_cluster_designer::presets::PRESETS;
use kafka_cluster_designer::render::{File, FileKind, OUTPUTS, Rendered};
use kafka_cluster_designer::repair::all_safe;
use kafka_cluster_designer::rules::{Facts, check};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

/// A cluster with a Service of its own for each broker, so that the files grow with it.
fn design(brokers: u32) -> Design {
    PRESETS[0]
        .design()
        .with("kafka.groups[main].brokers", &brokers.to_string())
        .with("kafka.listeners[external].exposure", "node-port")
}

fn evaluate(criterion: &mut Criterion) {
    let mut whole = criterion.benchmark_group("evaluate");
    for brokers in [3, 30, 300] {
        let design = design(brokers);
        whole.bench_with_input(
            BenchmarkId::from_parameter(brokers),
            &design,
            |bencher, design| {
                bencher.iter(|| kafka_cluster_designer::evaluate(black_box(design)));
            },
        );
    }
    whole.finish();
    let mut keystroke = criterion.benchmark_group("keystroke");
    for brokers in [3, 30, 300] {
        let designs = [
            design(brokers).with("kafka.heap", "5g"),
            design(brokers).with("kafka.heap", "6g"),
        ];
        let mut engine = Engine::default();
        let mut turn = 0;
        keystroke.bench_function(BenchmarkId::from_parameter(brokers), |bencher| {
            bencher.iter(|| {
                turn += 1;
                engine.evaluate(black_box(&designs[turn % 2]))
            });
        });
    }
    keystroke.finish();
}

/// All rules alone, over a plan and files that are there already.
fn rules(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("rules");
    for brokers in [3, 30, 300] {
        let design = design(brokers);
        let plan = Plan::of(&design);
        let wanted = OUTPUTS.iter().filter(|output| (output.wanted)(&plan));
        let outputs: Vec<Arc<Rendered>> = wanted
            .map(|output| Arc::new((output.render)(&plan)))
            .collect();
        group.bench_function(BenchmarkId::from_parameter(brokers), |bencher| {
            bencher.iter(|| check(black_box(&Facts::of(&design, &plan, &outputs))));
        });
    }
    group.finish();
}

/// What the person waits for when they ask to repair everything that is safe.
fn repairs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("repair all");
    group.sample_size(10);
    for brokers in [3, 300] {
        let design = design(brokers)
            .with("kafka.options[min.insync.replicas]", "4")
            .with("kafka.options[unclean.leader.election.enable]", "true")
            .with("kafka.heap", "lots");
        group.bench_function(BenchmarkId::from_parameter(brokers), |bencher| {
            bencher.iter(|| all_safe(black_box(&design)));
        });
    }
    group.finish();
}

/// What people drop: 10,000 lines, which the page must read within 300 ms; one large cluster, and a heap of
/// small ones.
fn imports(criterion: &mut Criterion) {
    const LINES: usize = 10_000;
    let mut group = criterion.benchmark_group("import");
    group.sample_size(10);
    let (mut brokers, mut large) = (100, String::new());
    while large.lines().count() < LINES {
        brokers += 50;
        large = manifests(brokers);
    }
    let small = manifests(3);
    let mut heap = String::new();
    for round in 0..=LINES / small.lines().count() {
        heap += "---\n";
        heap += &small.replace("namespace: kafka", &format!("namespace: kafka-{round}"));
    }
    for (name, files) in [
        ("one cluster", Files::one("all.yaml", &large)),
        ("many clusters", Files::one("all.yaml", &heap)),
        ("article", article()),
    ] {
        let lines: usize = files.texts.values().map(|text| text.lines().count()).sum();
        let name = BenchmarkId::new(name, lines);
        group.bench_function(name, |bencher| bencher.iter(|| import(black_box(&files))));
    }
    group.finish();
}

/// The manifests of a cluster, as one text.
fn manifests(brokers: u32) -> String {
    let files = kafka_cluster_designer::evaluate(&design(brokers)).files;
    let is_manifest = |file: &&Arc<File>| file.path.contains('/') && file.kind == FileKind::Yaml;
    let texts: Vec<String> = files
        .iter()
        .filter(is_manifest)
        .map(|file| file.text())
        .collect();
    texts.join("---\n")
}

fn article() -> Files {
    let mut files = Files::default();
    for name in ["zookeeper.yaml", "svc.yaml", "kafka.yaml", "Dockerfile"] {
        let path = format!(
            "{}/tests/fixtures/article/{name}",
            env!("CARGO_MANIFEST_DIR")
        );
        files.add(name, std::fs::read(path).expect("a fixture"));
    }
    files
}

/// A whole evaluation beside what the product allows.
fn budgets() {
    for (brokers, allowed) in [(3, 1.0), (300, 20.0)] {
        let design = design(brokers);
        let once = || {
            let began = Instant::now();
            black_box(kafka_cluster_designer::evaluate(black_box(&design)));
            began.elapsed().as_secs_f64() * 1000.0
        };
        let mut times: Vec<f64> = std::iter::repeat_with(once).take(200).collect();
        let what = format!("evaluate, {brokers} brokers");
        let allowed = Some(Budget::median(allowed));
        budget::report(&what, "ms", &mut times, allowed);
    }
}

fn main() {
    budget::machine();
    let mut criterion = Criterion::default().configure_from_args();
    evaluate(&mut criterion);
    rules(&mut criterion);
    repairs(&mut criterion);
    imports(&mut criterion);
    criterion.final_summary();
    budgets();
}
