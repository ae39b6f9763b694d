//! How long the engine takes: a whole evaluation, and one after a keystroke, for 3, 30 and 300 brokers.

use criterion::{BenchmarkId, Criterion};
use kafka_cluster_designer::Engine;
use kafka_cluster_designer::design::Design;
use kafka_cluster_designer::presets::PRESETS;
use std::hint::black_box;

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

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    evaluate(&mut criterion);
    criterion.final_summary();
}
