//! What was measured, beside what the product allows, and where it was measured.

use std::process::Command;

/// What the product allows, in the unit of what is measured.
#[derive(Clone, Copy)]
pub struct Budget {
    /// For the one in the middle.
    pub median: f64,
    /// For the worst but one in twenty, where there is such a bound.
    pub p95: Option<f64>,
}

impl Budget {
    /// A bound for the one in the middle alone.
    pub const fn median(median: f64) -> Self {
        Self { median, p95: None }
    }
}

/// Says what was measured, with the ratio to the budget where there is one.
pub fn report(what: &str, unit: &str, measured: &mut [f64], budget: Option<Budget>) -> f64 {
    measured.sort_by(f64::total_cmp);
    let at = |percent: usize| measured[(measured.len() - 1) * percent / 100];
    let beside = |value: f64, bound: Option<f64>| match bound {
        Some(bound) => format!("{value:.1} {unit} = {:.2} of {bound:.0}", value / bound),
        None => format!("{value:.1} {unit}"),
    };
    let median = beside(at(50), budget.map(|budget| budget.median));
    if let [_] = measured {
        println!("{what}: {median}");
    } else {
        let p95 = beside(at(95), budget.and_then(|budget| budget.p95));
        let times = measured.len();
        println!("{what}: median {median}, p95 {p95} ({times} times)");
    }
    at(50)
}

/// Says what machine and what compiler the numbers are of.
pub fn machine() {
    let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus
        .lines()
        .find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("a processor that does not say its name", |model| {
        model.trim_start_matches([' ', '\t', ':'])
    });
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    let compiler = Command::new("rustc").arg("--version").output();
    let compiler = compiler.map(|said| String::from_utf8_lossy(&said.stdout).trim().to_owned());
    println!(
        "machine: {count} × {model}; {}",
        compiler.as_deref().unwrap_or("no compiler on the way")
    );
}
