//! What an option may hold, and whether a text fits it.
//!
//! Kafka's own parsing is the truth here: `ConfigDef.parseType` and the validators beside it (apache/kafka:clients/src/main/java/org/apache/kafka/common/config/ConfigDef.java, 3.8.0).

use serde::Deserialize;

/// What a version says about an option's name; `O` is the option, `V` the kind of version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup<O, V> {
    /// The version has it, in this state.
    Known(O),
    /// A later version brings it.
    NotYet {
        /// First version with it.
        since: V,
    },
    /// An earlier version had it.
    Removed {
        /// First version without it.
        removed_in: V,
    },
    /// No version has it.
    Unknown,
}

impl<O, V> Lookup<O, V> {
    /// The option, when the version has it.
    pub fn known(self) -> Option<O> {
        match self {
            Self::Known(option) => Some(option),
            _ => None,
        }
    }
}

/// How a value is parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OptionKind {
    /// `true` or `false` in any case.
    Boolean,
    /// 32 bits with sign.
    Int,
    /// 64 bits with sign.
    Long,
    /// 16 bits with sign.
    Short,
    /// A floating point number.
    Double,
    /// Any text.
    String,
    /// Texts with commas between them.
    List,
    /// The full name of a Java class.
    Class,
    /// Any text, kept out of logs.
    Password,
    /// A file or folder (`ZooKeeper` only).
    Path,
    /// A line of the ensemble, `host:2888:3888;2181` (`ZooKeeper` only).
    ServerSpec,
    /// A hexadecimal number (`ZooKeeper` only).
    Hex,
}

/// What a number counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Nothing, or it is no number.
    #[default]
    None,
    /// Things.
    Count,
    /// Milliseconds.
    Ms,
    /// Seconds.
    Seconds,
    /// Minutes.
    Minutes,
    /// Hours.
    Hours,
    /// Bytes.
    Bytes,
    /// 1,024 bytes (`ZooKeeper` only).
    Kibibytes,
    /// Bytes per second.
    BytesPerSecond,
    /// Times per second.
    PerSecond,
    /// Times per minute (`ZooKeeper` only).
    PerMinute,
    /// Hundredths.
    Percent,
    /// A part of one.
    Ratio,
    /// Bits.
    Bits,
    /// Multiples of `tickTime` (`ZooKeeper` only).
    Ticks,
    /// A TCP port (`ZooKeeper` only).
    Port,
}

/// The values that an option accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValueRange {
    /// How the text is parsed.
    pub kind: OptionKind,
    /// Smallest number, beside the limits of the kind.
    pub min: Option<i64>,
    /// Largest number, beside the limits of the kind.
    pub max: Option<i64>,
    /// Numbers that are right although they lie outside the range.
    pub also: &'static [i64],
    /// The words that are right, for a list the words of its items; empty = any.
    /// For a class these are the ones that come along, others can be added.
    pub one_of: &'static [&'static str],
    /// Is the case of these words free?
    pub any_case: bool,
    /// Is an empty text wrong?
    pub non_empty: bool,
}

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueProblem<'a> {
    /// Neither `true` nor `false`.
    NotABoolean,
    /// Not a whole number without separators.
    NotAWholeNumber,
    /// Not a number.
    NotANumber,
    /// Not a hexadecimal number.
    NotHexadecimal,
    /// Smaller than allowed.
    BelowMinimum {
        /// Smallest allowed number, by the option or by its kind.
        min: i64,
    },
    /// Larger than allowed.
    AboveMaximum {
        /// Largest allowed number, by the option or by its kind.
        max: i64,
    },
    /// Not one of the words.
    NotOneOf {
        /// The word that does not fit; in a list the first such item.
        found: &'a str,
        /// The words that do.
        allowed: &'static [&'static str],
    },
    /// Nothing there, where something must be.
    Empty,
}

/// Does a text fit an option? `None` = yes.
/// The text is trimmed as Java does it; a number has no separators and no unit; a hexadecimal floating point number, which Java would take, is refused.
pub fn check_option_value<'a>(range: &ValueRange, text: &'a str) -> Option<ValueProblem<'a>> {
    let text = trim(text);
    if range.non_empty && text.is_empty() {
        return Some(ValueProblem::Empty);
    }
    match range.kind {
        OptionKind::Boolean => {
            let fits = text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false");
            (!fits).then_some(ValueProblem::NotABoolean)
        }
        OptionKind::Short => whole(range, text, i64::from(i16::MIN), i64::from(i16::MAX)),
        OptionKind::Int => whole(range, text, i64::from(i32::MIN), i64::from(i32::MAX)),
        OptionKind::Long => whole(range, text, i64::MIN, i64::MAX),
        OptionKind::Double => floating(range, text),
        OptionKind::Hex => {
            let fits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
            (!fits).then_some(ValueProblem::NotHexadecimal)
        }
        OptionKind::List if text.is_empty() => None,
        OptionKind::List => text.split(',').find_map(|item| word(range, trim(item))),
        OptionKind::String => word(range, text),
        OptionKind::Class | OptionKind::Path | OptionKind::ServerSpec => {
            text.is_empty().then_some(ValueProblem::Empty)
        }
        OptionKind::Password => None,
    }
}

/// `String.trim` takes away every character up to the space, also control characters.
fn trim(text: &str) -> &str {
    text.trim_matches(|character| character <= ' ')
}

fn word<'a>(range: &ValueRange, found: &'a str) -> Option<ValueProblem<'a>> {
    let same = |allowed: &&str| {
        *allowed == found || (range.any_case && allowed.eq_ignore_ascii_case(found))
    };
    let fits = range.one_of.is_empty() || range.one_of.iter().any(same);
    (!fits).then_some(ValueProblem::NotOneOf {
        found,
        allowed: range.one_of,
    })
}

/// `Integer.parseInt` and its relatives: an optional sign and digits.
fn whole<'a>(range: &ValueRange, text: &str, least: i64, most: i64) -> Option<ValueProblem<'a>> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(ValueProblem::NotAWholeNumber);
    }
    let min = range.min.unwrap_or(least).max(least);
    let max = range.max.unwrap_or(most).min(most);
    match text.parse::<i64>() {
        Ok(number) if range.also.contains(&number) => None,
        Ok(number) if number < min => Some(ValueProblem::BelowMinimum { min }),
        Ok(number) if number > max => Some(ValueProblem::AboveMaximum { max }),
        Ok(_) => None,
        Err(_) if text.starts_with('-') => Some(ValueProblem::BelowMinimum { min }),
        Err(_) => Some(ValueProblem::AboveMaximum { max }),
    }
}

/// `Double.parseDouble`: sign, digits with a point, exponent, and a last letter f or d that means nothing.
fn floating<'a>(range: &ValueRange, text: &str) -> Option<ValueProblem<'a>> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if unsigned == "NaN" {
        return None;
    }
    let digits = text.strip_suffix(['f', 'F', 'd', 'D']).unwrap_or(text);
    let plain = unsigned == "Infinity"
        || digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let number = plain.then(|| digits.parse::<f64>().ok()).flatten();
    let Some(number) = number else {
        return Some(ValueProblem::NotANumber);
    };
    // Kafka compares as doubles too (`Range.ensureValid`); the limits are small numbers.
    #[expect(clippy::cast_precision_loss)]
    match (range.min, range.max) {
        (Some(min), _) if number < min as f64 => Some(ValueProblem::BelowMinimum { min }),
        (_, Some(max)) if number > max as f64 => Some(ValueProblem::AboveMaximum { max }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn any(kind: OptionKind) -> ValueRange {
        ValueRange {
            kind,
            min: None,
            max: None,
            also: &[],
            one_of: &[],
            any_case: false,
            non_empty: false,
        }
    }

    #[test]
    fn booleans_are_true_or_false_in_any_case() {
        let range = any(OptionKind::Boolean);
        for text in ["true", "FALSE", " True "] {
            assert_eq!(check_option_value(&range, text), None);
        }
        for text in ["yes", "1", ""] {
            assert_eq!(
                check_option_value(&range, text),
                Some(ValueProblem::NotABoolean)
            );
        }
    }

    #[test]
    fn whole_numbers_have_the_limits_of_their_type() {
        let int = any(OptionKind::Int);
        assert_eq!(check_option_value(&int, "2147483647"), None);
        assert_eq!(check_option_value(&int, "+5"), None);
        assert_eq!(
            check_option_value(&int, "2147483648"),
            Some(ValueProblem::AboveMaximum { max: 2_147_483_647 })
        );
        let long = any(OptionKind::Long);
        assert_eq!(check_option_value(&long, "9223372036854775807"), None);
        assert_eq!(
            check_option_value(&long, "-9223372036854775809"),
            Some(ValueProblem::BelowMinimum { min: i64::MIN })
        );
        for text in ["1_000", "1,000", "1g", "", "0x10", "1.0", "--1"] {
            assert_eq!(
                check_option_value(&int, text),
                Some(ValueProblem::NotAWholeNumber),
                "{text}"
            );
        }
    }

    #[test]
    fn a_number_beside_the_range_can_be_allowed() {
        let level = ValueRange {
            min: Some(1),
            max: Some(9),
            also: &[-1],
            ..any(OptionKind::Int)
        };
        assert_eq!(check_option_value(&level, "-1"), None);
        assert_eq!(
            check_option_value(&level, "0"),
            Some(ValueProblem::BelowMinimum { min: 1 })
        );
    }

    #[test]
    fn doubles_are_those_of_java() {
        let ratio = ValueRange {
            min: Some(0),
            max: Some(1),
            ..any(OptionKind::Double)
        };
        for text in ["0.5", ".5", "1.", "5e-1", "0.5d", "NaN"] {
            assert_eq!(check_option_value(&ratio, text), None, "{text}");
        }
        for text in ["inf", "nan", "", "0,5", "d", "half"] {
            assert_eq!(
                check_option_value(&ratio, text),
                Some(ValueProblem::NotANumber),
                "{text}"
            );
        }
        for text in ["Infinity", "1.01"] {
            assert_eq!(
                check_option_value(&ratio, text),
                Some(ValueProblem::AboveMaximum { max: 1 })
            );
        }
    }

    #[test]
    fn each_item_of_a_list_is_compared() {
        let policy = ValueRange {
            one_of: &["compact", "delete"],
            ..any(OptionKind::List)
        };
        assert_eq!(check_option_value(&policy, "compact , delete"), None);
        assert_eq!(
            check_option_value(&policy, "compact,Delete"),
            Some(ValueProblem::NotOneOf {
                found: "Delete",
                allowed: &["compact", "delete"],
            })
        );
    }
}
