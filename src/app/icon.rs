//! Drawn signs, inline: they take the colour of the text beside them.

use leptos::prelude::*;

use crate::rules::Severity;

/// A sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// An arrow back.
    Undo,
    /// An arrow forward.
    Redo,
    /// A clock.
    History,
    /// Two columns, one beside the other.
    Compare,
    /// An arrow up, over a line.
    Raise,
    /// Two arrows.
    Swap,
    /// Half of a disc.
    Theme,
    /// Into a tray.
    Download,
    /// Out of a tray.
    Import,
    /// Two rings of a chain.
    Share,
    /// Two sheets.
    Copy,
    /// A glass.
    Search,
    /// A question mark.
    Help,
    /// A cross.
    Close,
    /// A plus.
    Add,
    /// A bin.
    Remove,
    /// A closed lock.
    Lock,
    /// A tick.
    Tick,
    /// A circle with a cross.
    Error,
    /// A triangle.
    Warning,
    /// A lamp.
    Advice,
    /// Down.
    Down,
    /// To the right.
    Right,
    /// To the left.
    Left,
    /// A shield.
    Shield,
    /// An arrow round.
    Again,
}

impl Sign {
    const fn path(self) -> &'static str {
        match self {
            Self::Undo => "M3.5 6h6a3.5 3.5 0 0 1 0 7H6M3.5 6l3-3M3.5 6l3 3",
            Self::Redo => "M12.5 6h-6a3.5 3.5 0 0 0 0 7H10M12.5 6l-3-3M12.5 6l-3 3",
            Self::History => "M8 2.5a5.5 5.5 0 1 1-5.2 3.7M2.5 2.8v3.4h3.4M8 5v3.3l2.3 1.4",
            Self::Compare => "M2.5 3h4v10h-4zM9.5 3h4v10h-4zM4 6h1M4 8.5h1M11 6h1M11 8.5h1M11 11h1",
            Self::Raise => "M8 11V3M4.5 6.5L8 3l3.5 3.5M3 13.5h10",
            Self::Swap => "M3 5.5h9.5M10 3l2.5 2.5L10 8M13 10.5H3.5M6 8l-2.5 2.5L6 13",
            Self::Theme => {
                "M8 2.5a5.5 5.5 0 1 0 0 11zM8 2.5a5.5 5.5 0 0 1 0 11M9.5 5h3M9.5 8h4M9.5 11h3"
            }
            Self::Download => "M8 2.5v7.5M5 7.5l3 3 3-3M2.5 11v2.5h11V11",
            Self::Import => "M8 10V2.5M5 5.5l3-3 3 3M2.5 11v2.5h11V11",
            Self::Share => {
                "M6.6 9.4a2.5 2.5 0 0 0 3.6.2l2.1-2.1a2.5 2.5 0 0 0-3.6-3.6l-1 1M9.4 6.6a2.5 2.5 0 0 0-3.6-.2L3.7 8.5a2.5 2.5 0 0 0 3.6 3.6l1-1"
            }
            Self::Copy => "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
            Self::Search => "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.3 10.3l3.2 3.2",
            Self::Help => {
                "M6 6.2a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.3v.2M8 11.8v.2M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2z"
            }
            Self::Close => "M4 4l8 8M12 4l-8 8",
            Self::Add => "M8 3v10M3 8h10",
            Self::Remove => {
                "M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.6 8.5h5.8l.6-8.5M6.8 7v3.5M9.2 7v3.5"
            }
            Self::Lock => "M4 7.5h8v6H4zM5.5 7.5v-2a2.5 2.5 0 0 1 5 0v2",
            Self::Tick => "M3 8.5l3.2 3.2L13 4.8",
            Self::Error => "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4",
            Self::Warning => "M8 2.3 14.2 13.5H1.8zM8 6.3v3.4M8 11.4v.3",
            Self::Advice => {
                "M6 11.5h4M6.5 13.7h3M8 2a4 4 0 0 0-2.4 7.2c.4.3.4.8.4 1.3v1h4v-1c0-.5 0-1 .4-1.3A4 4 0 0 0 8 2z"
            }
            Self::Down => "M4 6l4 4 4-4",
            Self::Right => "M6 4l4 4-4 4",
            Self::Left => "M10 4L6 8l4 4",
            Self::Shield => {
                "M8 1.8l5 1.9v3.8c0 3.2-2 5.5-5 6.7-3-1.2-5-3.5-5-6.7V3.7zM5.7 8l1.7 1.7 3-3.2"
            }
            Self::Again => "M12.8 8a4.8 4.8 0 1 1-1.5-3.5M12.8 2.5v2.8H10",
        }
    }
}

/// The sign of a severity; a word always stands beside it.
pub const fn severity_sign(severity: Severity) -> Sign {
    match severity {
        Severity::Error => Sign::Error,
        Severity::Warning => Sign::Warning,
        Severity::Advice => Sign::Advice,
    }
}

/// The name of a severity in classes and keys.
pub const fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice => "advice",
    }
}

/// A sign as a drawing; it says nothing to those who hear the page.
#[component]
pub fn Icon(sign: Sign) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
            <path d=sign.path() />
        </svg>
    }
}

/// The page's own sign: brokers, and what they are linked to.
#[component]
pub fn Logo() -> impl IntoView {
    view! {
        <svg class="logo" viewBox="0 0 22 22" aria-hidden="true">
            <circle cx="6" cy="4" r="2.4" />
            <circle cx="6" cy="11" r="2.4" />
            <circle cx="6" cy="18" r="2.4" />
            <circle cx="16" cy="7.5" r="2.4" />
            <circle cx="16" cy="14.5" r="2.4" />
            <path d="M8.2 10 13.8 8.4M8.2 12l5.6 1.6M6 6.4v2.2M6 13.4v2.2" />
        </svg>
    }
}
