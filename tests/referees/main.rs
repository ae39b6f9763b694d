//! Programs of others judge the bundles, and run what the bundles say.
//!
//! Each referee is a small program beside this file: it takes a rendered bundle, says what it used,
//! and refuses with a sentence.
//! They need what `.ci/set-up referee` brings: `make referee`.

mod brokers;
mod dockerfiles;
mod ensemble;
mod kubernetes;
mod options;
mod programs;
