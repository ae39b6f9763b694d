//! Finding texts by a few words of them, also by words that were typed wrong.

use super::distance;

/// What is searched for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    words: Vec<String>,
    /// All of it without what stands between the words.
    whole: String,
}

impl Words {
    /// The words of a text; what stands between them does not matter.
    pub fn of(text: &str) -> Self {
        let low = text.to_lowercase();
        let words: Vec<String> = parts(&low).map(str::to_owned).collect();
        let whole = words.concat();
        Self { words, whole }
    }

    /// Whether nothing is searched for.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// How well a text fits: 0 when it begins with a word, 1 when it holds them all, in any order and
    /// also without what stands between its parts; nothing when it does not.
    pub fn rank(&self, text: &str) -> Option<u8> {
        let low = text.to_lowercase();
        if self.words.iter().any(|word| low.starts_with(word.as_str())) && self.is_in(&low) {
            return Some(0);
        }
        let squeezed = || parts(&low).collect::<String>();
        (self.is_in(&low) || squeezed().contains(&self.whole)).then_some(1)
    }

    fn is_in(&self, low: &str) -> bool {
        self.words.iter().all(|word| low.contains(word.as_str()))
    }

    /// Whether a text fits when a letter in three may be wrong, missing, too many or out of order.
    pub fn nearly(&self, text: &str) -> bool {
        let low = text.to_lowercase();
        let near = |word: &String| {
            low.contains(word.as_str()) || parts(&low).any(|part| is_near(word, part))
        };
        !self.is_empty() && self.words.iter().all(near)
    }
}

/// The words of a text.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|part| !part.is_empty())
}

/// Whether a part of a text begins nearly as a word; short words must be right.
fn is_near(word: &str, part: &str) -> bool {
    let length = word.chars().count();
    let mistakes = length / 3;
    if length < 4 || word.chars().next() != part.chars().next() {
        return false;
    }
    let begins = |letters: usize| {
        let begin: String = part.chars().take(letters).collect();
        distance(word, &begin) <= mistakes
    };
    begins(length) || begins(length + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTION: &str = "min.insync.replicas";

    #[test]
    fn words_are_found_in_any_order_and_without_what_stands_between() {
        for search in [
            "insync",
            "replicas min",
            "min-insync",
            "MinInsync",
            "min.replicas",
        ] {
            assert!(Words::of(search).rank(OPTION).is_some(), "{search}");
        }
        for search in ["insync leader", "minimal", "isr"] {
            assert_eq!(Words::of(search).rank(OPTION), None, "{search}");
        }
        assert_eq!(Words::of("min").rank(OPTION), Some(0));
        assert_eq!(Words::of("replicas").rank(OPTION), Some(1));
    }

    #[test]
    fn words_that_were_typed_wrong_are_nearly_right() {
        for search in ["insycn", "min.insnyc", "replcas", "inysnc replica"] {
            let search = Words::of(search);
            assert_eq!(search.rank(OPTION), None, "{search:?}");
            assert!(search.nearly(OPTION), "{search:?}");
        }
        for search in ["", "retention", "max", "leader replicas"] {
            assert!(!Words::of(search).nearly(OPTION), "{search}");
        }
    }

    #[test]
    fn chinese_is_found_without_blanks() {
        assert!(Words::of("问题").rank("没有发现问题。").is_some());
    }
}
