//! Light or dark: as the system has it, or as the person chose.

use super::{Refused, address, document, storage, window};

const PREFERENCE: &str = "theme";
const ATTRIBUTE: &str = "data-theme";

/// A scheme.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    const fn other(self) -> Self {
        match self {
            Self::Light => Self::Dark,
            Self::Dark => Self::Light,
        }
    }

    /// The scheme that is called so.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Light, Self::Dark]
            .into_iter()
            .find(|theme| theme.name() == name)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// Shows the scheme that the address names, else the one that the person chose; without either the page
/// follows the system.
pub fn restore() {
    let asked = address::query("theme").as_deref().and_then(Theme::named);
    let chosen = || {
        [Theme::Light, Theme::Dark]
            .into_iter()
            .find(|theme| is_chosen(*theme))
    };
    if let Some(theme) = asked.or_else(chosen) {
        // Where it cannot be shown, the system's is.
        let _ = show(theme);
    }
}

/// Shows the other scheme and keeps it for the next visit; the system's own is followed again.
pub fn switch() -> Result<(), Refused> {
    let system = of_system();
    let now = [Theme::Light, Theme::Dark]
        .into_iter()
        .find(|theme| is_shown(*theme));
    let next = now.unwrap_or(system).other();
    if next == system {
        storage::forget_preference(PREFERENCE);
        return Ok(root()?.remove_attribute(ATTRIBUTE)?);
    }
    storage::keep_preference(PREFERENCE, next.name());
    show(next)
}

fn is_chosen(theme: Theme) -> bool {
    storage::preference(PREFERENCE).as_deref() == Some(theme.name())
}

fn is_shown(theme: Theme) -> bool {
    root().is_ok_and(|root| root.get_attribute(ATTRIBUTE).as_deref() == Some(theme.name()))
}

fn of_system() -> Theme {
    let dark = window()
        .and_then(|window| Ok(window.match_media("(prefers-color-scheme: dark)")?))
        .is_ok_and(|query| query.is_some_and(|query| query.matches()));
    if dark { Theme::Dark } else { Theme::Light }
}

/// Shows a scheme, until the page is left.
pub fn show(theme: Theme) -> Result<(), Refused> {
    Ok(root()?.set_attribute(ATTRIBUTE, theme.name())?)
}

fn root() -> Result<web_sys::Element, Refused> {
    document()?.document_element().ok_or(Refused)
}
