//! Has the linker leave in the page's program what refers to what: `src/pack` divides it by that.

use std::env::var;

fn main() {
    println!("cargo::rerun-if-changed=src/build.rs");
    let is = |name, value| var(name).is_ok_and(|found| found == value);
    if is("TARGET", "wasm32-unknown-unknown") && is("PROFILE", "release") {
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
}
