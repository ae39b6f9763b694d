//! Where something stood in a file that was read, and what the readers say of it.

use crate::text::{Arg, Args, Key, Sentence};

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

impl Default for Position {
    fn default() -> Self {
        Self::START
    }
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

    /// The text of the file that it is about, by which its line is found.
    pub(super) fn needle(&self) -> Option<&str> {
        self.args.iter().find_map(|(name, arg)| match arg {
            Arg::Text(text) if *name == "word" => text.lines().next(),
            _ => None,
        })
    }

    /// The check of the catalogue that it belongs to, when there is one.
    pub fn rule(&self) -> Option<&'static str> {
        Some(match self.key.as_ref() {
            "import.yaml.syntax" | "import.yaml.deep" | "import.yaml.alias" => "IMP001",
            "import.yaml.joined" => "IMP004",
            "import.image.assumed" => "IMG027",
            "import.yaml.twice" => "IMP007",
            key if key.starts_with("import.check.") => "IMP005",
            _ => return None,
        })
    }

    /// The remark without its place.
    pub fn sentence(&self) -> Sentence {
        Sentence::new(self.key.clone(), self.args.clone())
    }
}

/// The longest text that a reader takes, in bytes: no Kubernetes object can hold a quarter of it.
pub const LARGEST: usize = 4 << 20;

/// Makes places out of offsets that only grow, so that a long text is walked once.
pub(super) struct Places<'a> {
    text: &'a [u8],
    at: usize,
    position: Position,
}

impl<'a> Places<'a> {
    /// The places of this text.
    pub(super) const fn of(text: &'a str) -> Self {
        Self {
            text: text.as_bytes(),
            at: 0,
            position: Position::START,
        }
    }

    /// The place of the character at this offset; a smaller offset than before is found from the start.
    pub(super) fn at(&mut self, offset: usize) -> Position {
        if offset < self.at {
            (self.at, self.position) = (0, Position::START);
        }
        let end = offset.min(self.text.len());
        while let Some(&byte) = self.text.get(self.at).filter(|_| self.at < end) {
            self.at += 1;
            let pair = byte == b'\r' && self.text.get(self.at) == Some(&b'\n');
            if byte == b'\n' || (byte == b'\r' && !pair) {
                self.position.line += 1;
                self.position.column = 1;
            } else if !(0x80..0xc0).contains(&byte) {
                self.position.column += 1;
            }
        }
        self.position
    }
}

/// The text of a file without a byte order mark, or nothing when it is too long to be read.
pub(super) fn readable<'a>(text: &'a str, remarks: &mut Vec<Remark>) -> Option<&'a str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    is_short_enough(text, remarks).then_some(text)
}

/// Whether a text is short enough to be read; what no text can hold is remarked.
pub(super) fn is_short_enough(text: &str, remarks: &mut Vec<Remark>) -> bool {
    if text.len() > LARGEST {
        let args = vec![
            ("size", Arg::Bytes(text.len() as u64)),
            ("limit", Arg::Bytes(LARGEST as u64)),
        ];
        remarks.push(Remark::new(Position::START, "import.text.too-large", args));
        return false;
    }
    if let Some(at) = text.find('\0') {
        let place = Places::of(text).at(at);
        remarks.push(Remark::new(place, "import.text.nul", Vec::new()));
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters() {
        let text = "aé\nb\r\nc\rd";
        let mut places = Places::of(text);
        let found: Vec<(usize, usize)> = ["é", "b", "c", "d"]
            .map(|part| places.at(text.find(part).unwrap()))
            .map(|place| (place.line, place.column))
            .into();
        assert_eq!(found, [(1, 2), (2, 1), (3, 1), (4, 1)]);
        assert_eq!(places.at(1), Position { line: 1, column: 2 }, "backwards");
        assert_eq!(places.at(usize::MAX), Position { line: 4, column: 2 });
    }
}
