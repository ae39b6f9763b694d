//! How much a first visit loads; needs the page in `dist/` (`make build`).

#[path = "support/dist.rs"]
mod dist;

use dist::Weight;

/// The budget of the product, in bytes.
const BUDGET: usize = 350_000;

/// What is reached: this line is held until the budget is.
const LIMIT: usize = 735_000;

#[test]
fn a_first_visit_loads_no_more_than_it_did() {
    let weight = Weight::of_dist();
    let first: usize = weight.first.values().sum();
    assert!(
        weight.first.keys().any(|name| dist::is(name, "wasm")),
        "the engine is not among {:?}",
        weight.first
    );
    assert!(
        weight.later.keys().any(|name| name.starts_with("later-")),
        "the rest of the engine is not among {:?}",
        weight.later
    );
    assert!(
        weight.later.keys().any(|name| name.starts_with("text-zh-")),
        "the other language is not among {:?}",
        weight.later
    );
    assert!(
        first <= LIMIT,
        "a first visit loads {first} bytes, packed; {LIMIT} are allowed and {BUDGET} are the budget: {:#?}",
        weight.first
    );
}
