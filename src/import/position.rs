//! Where something stood in a file that was read, and what the readers say of it.

use crate::text::{Args, Key, Sentence};

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
}

impl Position {
    /// The first character.
    pub const START: Self = Self { line: 1, column: 1 };
}

/// Something that was not understood, or that could not be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Where.
    pub position: Position,
    /// The sentence that says it.
    pub key: Key,
    /// The arguments of the sentence.
    pub args: Args,
}

impl Remark {
    /// A remark about a place.
    pub fn new(position: Position, key: impl Into<Key>, args: Args) -> Self {
        Self {
            position,
            key: key.into(),
            args,
        }
    }

    /// The remark without its place.
    pub fn sentence(&self) -> Sentence {
        Sentence::new(self.key.clone(), self.args.clone())
    }
}
