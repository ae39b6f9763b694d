//! The README and its Chinese edition say the same: the same sections, lists and commands.

const ENGLISH: &str = include_str!("../README.md");
const CHINESE: &str = include_str!("../README.zh-CN.md");

/// What kind of line each is, where both editions must agree; prose is one kind, since a sentence is a line.
fn shape(text: &str) -> Vec<&'static str> {
    let mut code = false;
    let mut kind = |line: &str| {
        if line.starts_with("```") {
            code = !code;
            return "fence";
        }
        match line.split(' ').next().unwrap_or_default() {
            _ if code => "code",
            "" => "empty",
            "#" => "title",
            "##" => "section",
            "###" => "subsection",
            "|" => "row",
            number if number.ends_with('.') && number[..number.len() - 1].parse::<u8>().is_ok() => {
                "step"
            }
            _ if line.starts_with("![") => "picture",
            _ => "sentence",
        }
    };
    text.lines().map(&mut kind).collect()
}

/// Everything that is the same in each language: code blocks, and what stands in backticks.
fn code(text: &str) -> Vec<&str> {
    let mut blocks = text.split("```");
    let mut code = Vec::new();
    while let Some(prose) = blocks.next() {
        for line in prose.lines() {
            let mut words: Vec<&str> = line.split('`').skip(1).step_by(2).collect();
            // A sentence may name them in another order.
            words.sort_unstable();
            code.extend(words);
        }
        code.extend(blocks.next());
    }
    code
}

#[test]
fn both_editions_have_the_same_sections_lists_and_sentences() {
    assert_eq!(shape(ENGLISH), shape(CHINESE));
}

#[test]
fn both_editions_show_the_same_commands_and_names() {
    assert_eq!(code(ENGLISH), code(CHINESE));
}

#[test]
fn each_edition_leads_to_the_other() {
    assert!(ENGLISH.contains("(README.zh-CN.md)"));
    assert!(CHINESE.contains("(README.md)"));
}
