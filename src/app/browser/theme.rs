//! Light or dark: as the system has it, or as the person chose.

use super::{Refused, document, storage, window};

/// The scheme that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Light => Self::Dark,
            Self::Dark => Self::Light,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// The scheme to begin with: the person's choice, else the system's.
pub fn start() -> Theme {
    match storage::preference("theme").as_deref() {
        Some("light") => return chosen(Theme::Light),
        Some("dark") => return chosen(Theme::Dark),
        _ => {}
    }
    let dark = window()
        .and_then(|window| Ok(window.match_media("(prefers-color-scheme: dark)")?))
        .is_ok_and(|query| query.is_some_and(|query| query.matches()));
    if dark { Theme::Dark } else { Theme::Light }
}

fn chosen(theme: Theme) -> Theme {
    let _ = show(theme);
    theme
}

/// Shows a scheme and keeps it for the next visit.
pub fn choose(theme: Theme) -> Result<(), Refused> {
    storage::keep_preference("theme", theme.name());
    show(theme)
}

fn show(theme: Theme) -> Result<(), Refused> {
    let root = document()?.document_element().ok_or(Refused)?;
    Ok(root.set_attribute("data-theme", theme.name())?)
}
