//! Debian's ZooKeeper runs the rendered ensembles.

use kafka_cluster_designer::design::Design;
use kafka_cluster_designer::plan::Plan;
use kafka_cluster_designer::simulate::{Part, Placement, without};

use super::programs::{Bundle, accepts, network, refuses};

/// An ensemble of the version that Debian has.
fn design(servers: &str) -> Design {
    Design::default()
        .with("zookeeper.version", "3.8.0")
        .with("zookeeper.servers", servers)
}

/// How many servers the simulator lets the ensemble lose.
fn survivable(design: &Design) -> String {
    let plan = Plan::of(design);
    let placement = Placement::of(&plan);
    let survives = |lost: usize| {
        let parts: Vec<Part> = (0..lost).map(Part::Server).collect();
        without(&plan, &placement, &parts).quorum
    };
    let lost = (1..10).take_while(|lost| survives(*lost)).count();
    lost.to_string()
}

fn runs(design: &Design, name: &str) {
    let network = network();
    let bundle = Bundle::of(design, name);
    accepts("ensemble", &bundle, &[&network.prefix, &survivable(design)]);
}

#[test]
fn one_server_serves_alone() {
    runs(&design("1"), "ensemble-1");
}

#[test]
fn three_servers_survive_what_their_budget_allows_and_no_more() {
    runs(&design("3"), "ensemble-3");
}

#[test]
fn five_servers_survive_a_budget_of_two_and_no_more() {
    let design = design("5").with("zookeeper.max_unavailable", "2");
    let bundle = Bundle::of(&design, "ensemble-5-budget");
    assert!(
        bundle
            .read("20-zookeeper/disruption-budget.yaml")
            .contains("maxUnavailable: 2")
    );
    runs(&design, "ensemble-5");
}

#[test]
fn a_budget_that_lets_the_majority_go_is_refused() {
    let design = design("3");
    let network = network();
    let bundle = Bundle::of(&design, "ensemble-budget");
    bundle.edit(
        "20-zookeeper/disruption-budget.yaml",
        "maxUnavailable: 1",
        "maxUnavailable: 2",
    );
    refuses(
        "ensemble",
        &bundle,
        &[&network.prefix, &survivable(&design)],
        &["without 2 of 3 servers, as the disruption budget says"],
    );
}

#[test]
fn servers_that_cannot_find_each_other_are_refused() {
    let design = design("3");
    let network = network();
    let bundle = Bundle::of(&design, "ensemble-names");
    bundle.edit("20-zookeeper/configmap.yaml", ".zk-hs.", ".zk-cs.");
    refuses(
        "ensemble",
        &bundle,
        &[&network.prefix, &survivable(&design)],
        &["becomes ready: not within"],
    );
}
