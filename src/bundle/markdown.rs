//! Writing Markdown: one sentence a line, and nothing that a person typed is read as markup.

use crate::render::{File, FileKind, Line, Origins, Role};
use crate::text::{Arg, Args, Key, Lang, words};

/// A Markdown file as it is written; blocks of different kinds get an empty line between them.
pub struct Markdown {
    lang: Lang,
    lines: Vec<Line>,
    last: Option<Block>,
}

/// What stands last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    Heading,
    Paragraph,
    List,
    Code,
}

impl Markdown {
    /// An empty file.
    pub fn new(lang: Lang) -> Self {
        Self {
            lang,
            lines: Vec::new(),
            last: None,
        }
    }

    /// A heading; level 1 is the title.
    pub fn heading(&mut self, level: usize, key: impl Into<Key>, args: Args) {
        let words = self.words(key, args);
        self.gap();
        self.push(Block::Heading, &format!("{} {words}", "#".repeat(level)));
    }

    /// A sentence; sentences in a row are one paragraph.
    pub fn say(&mut self, key: impl Into<Key>, args: Args) {
        let words = self.words(key, args);
        self.push(Block::Paragraph, &words);
    }

    /// Ends the paragraph or the list.
    pub fn gap(&mut self) {
        self.last = None;
    }

    /// An item of a list.
    pub fn item(&mut self, key: impl Into<Key>, args: Args) {
        let words = self.words(key, args);
        self.push(Block::List, &format!("- {words}"));
    }

    /// A further line of the last item, as its own text; what it holds is not markup.
    pub fn more(&mut self, text: &str) {
        self.push(Block::List, &format!("  {}", prose(text)));
    }

    /// Commands for a shell.
    pub fn code(&mut self, lines: &[String]) {
        self.gap();
        self.push(Block::Code, "```sh");
        for line in lines {
            self.push(Block::Code, line);
        }
        self.push(Block::Code, "```");
        self.gap();
    }

    /// The file.
    pub fn into_file(self, path: &str) -> File {
        File {
            path: path.to_owned(),
            kind: FileKind::Markdown,
            lines: self.lines,
        }
    }

    fn words(&self, key: impl Into<Key>, mut args: Args) -> String {
        for (_, arg) in &mut args {
            match arg {
                Arg::Text(text) => *text = in_code(text),
                Arg::List(items) => items.iter_mut().for_each(|item| *item = in_code(item)),
                _ => {}
            }
        }
        words(self.lang, &key.into(), &args)
    }

    fn push(&mut self, block: Block, text: &str) {
        if self.last != Some(block) && !self.lines.is_empty() {
            self.line("");
        }
        self.last = Some(block);
        self.line(text);
    }

    fn line(&mut self, text: &str) {
        self.lines.push(Line {
            text: text.to_owned(),
            origins: Origins::NONE,
            role: Role::Plain,
        });
    }
}

/// A name or an address in a sentence; sentences put backticks around what a person may have typed.
fn in_code(text: &str) -> String {
    one_line(text).replace('`', "'")
}

/// Any text as words that are not markup.
pub fn prose(text: &str) -> String {
    let mut prose = String::with_capacity(text.len());
    for character in one_line(text).chars() {
        match character {
            '<' => prose.push_str("&lt;"),
            '&' => prose.push_str("&amp;"),
            '\\' | '`' | '*' | '[' | ']' => {
                prose.push('\\');
                prose.push(character);
            }
            other => prose.push(other),
        }
    }
    prose
}

/// A text without line ends and other control characters.
fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
