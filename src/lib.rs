//! Kafka Cluster Designer: the engine behind the page and the command line.
//!
//! ```text
//!                  ┌─────────── catalog: facts ───────────┐
//!  Design ──plan──▶ Plan ──render──▶ objects, texts with origins ──▶ bundle
//!  (text, as typed) (typed,    │            │                          ▲
//!    ▲               resolved) └─ rules ◀───┴──▶ findings ─────────────┤
//!    └── page · command line ◀──────────────────────────────── Report ─┘
//! ```
//!
//! | Place | Holds |
//! | --- | --- |
//! | [`design`] | the document that a person owns: text as typed, versioned |
//! | [`catalog`] | facts with their sources: releases, options, Kubernetes features, images |
//! | [`fields`] | one declaration per setting |
//! | [`plan`] | the design resolved: typed values, names, addresses, effective configuration |
//! | [`render`] | one module per output file, and the writers that remember where a line came from |
//! | [`rules`] | the checks, one file per family |
//! | [`repair`] | what repairs change: all safe ones at once, and line by line |
//! | [`drawing`] | the cluster as a drawing: what stands where, as shapes and as SVG |
//! | [`simulate`] | what survives which failure, and what a client receives |
//! | [`terms`] | the words that one must know, each with what it means in a design |
//! | [`compare`] | what a change does to a running cluster |
//! | [`upgrade`] | the same cluster without ZooKeeper, or on newer versions, and what becomes different |
//! | [`import`] | files that people already run, read into a design |
//! | [`migrate`] | from ZooKeeper to KRaft, as steps with their files |
//! | [`bundle`] | README, design file, checksums, zip |
//! | [`text`] | every sentence that a person reads |
//! | [`engine`] | `Design` in, `Report` out, incremental |
//! | `cli` | the command line (native only) |
//! | `app` | the page (wasm only) |
//!
//! [`evaluate`] is the whole program: it is pure, cannot fail and cannot panic.

pub mod bundle;
pub mod catalog;
pub mod compare;
pub mod design;
pub mod drawing;
pub mod engine;
pub mod fields;
pub mod import;
pub mod migrate;
pub mod plan;
pub mod presets;
pub mod render;
pub mod repair;
pub mod rules;
pub mod simulate;
pub mod terms;
pub mod text;
pub mod upgrade;

#[cfg(target_arch = "wasm32")]
pub mod app;
#[cfg(not(target_arch = "wasm32"))]
pub mod cli;

pub use engine::{Engine, Report, evaluate};
