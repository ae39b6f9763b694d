//! The designs to start from: each is a [`Design`] like any other.

use crate::design::{Design, EDITION};

/// A design to start from: the registry's entry. Its words are `preset.NAME` and `preset.NAME.help`.
pub struct Preset {
    /// Stable: it stands in designs and links.
    pub name: &'static str,
    make: fn(Design) -> Design,
}

impl Preset {
    /// The design.
    pub fn design(&self) -> Design {
        let mut design = (self.make)(Design::default());
        design.from = Some(format!("{}@{EDITION}", self.name));
        design
    }
}

/// All, the first is what a new page shows.
pub static PRESETS: &[&Preset] = &[&PRODUCTION];

/// Three brokers and three servers on three nodes.
pub static PRODUCTION: Preset = Preset {
    name: "production",
    make: |design| design.with("nodes.count", "3"),
};

/// A preset by its name.
pub fn preset(name: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.name == name).copied()
}
