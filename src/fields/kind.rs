//! What text is right for a field, and what is wrong with text that is not.

/// What text is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Whole {
        /// The smallest.
        min: u64,
        /// The largest.
        max: u64,
    },
    /// A time in whole seconds; `90`, `90s`, `2m`, `1h` are understood.
    Seconds {
        /// The smallest.
        min: u64,
        /// The largest.
        max: u64,
    },
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Memory or disk as Kubernetes writes it: `512Mi`, `10Gi`, `1G`.
    Quantity,
    /// The same, or `none` for no limit.
    Limit,
    /// Processors as Kubernetes writes them: `2`, `500m`, `0.5`.
    Cpu,
    /// A JVM heap size: `512m`, `4g`.
    Heap,
    /// A name.
    Name(NameKind),
    /// Names, with commas.
    Names(NameKind),
    /// A host name or an IP address.
    Host,
    /// Hosts, with commas.
    Hosts,
    /// Address ranges such as `10.0.0.0/8`, with commas.
    Cidrs,
    /// `name=value` pairs, with commas.
    Labels,
    /// An absolute folder.
    Folder,
    /// Nothing, or a ZooKeeper path such as `/kafka`.
    Chroot,
    /// An image reference with a tag or a digest.
    Image,
    /// The beginning of an image reference: a registry, maybe with a path.
    ImageName,
    /// An `http://` or `https://` address.
    Url,
    /// 128 hexadecimal digits.
    Sha512,
    /// Kafka's ids, with commas: 16 bytes each, in 22 characters of URL-safe base64.
    Uuids,
    /// One of the Kubernetes versions of the catalogue.
    KubernetesVersion,
    /// One of the Kafka releases of the catalogue.
    KafkaVersion,
    /// One of the ZooKeeper releases of the catalogue.
    ZooKeeperVersion,
    /// One of the Scala versions that Kafka was built with.
    ScalaVersion,
    /// One line of any text.
    Text,
    /// A broker option: its type and range are the catalogue's.
    KafkaOption(&'static str),
    /// A ZooKeeper option: its type and range are the catalogue's.
    ZooKeeperOption(&'static str),
}

/// Which names are right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameKind {
    /// A DNS label (RFC 1123): lower-case letters, digits, `-`; at most 63.
    Label,
    /// A StatefulSet's or a Service prefix's: begins with a letter, at most 52, so that pods and revisions fit.
    SetName,
    /// A Service's (RFC 1035): begins with a letter; at most 63.
    Service,
    /// Labels with dots; at most 253.
    Subdomain,
    /// A value of a label: letters of both cases, digits, `-_.`; at most 63.
    LabelValue,
    /// A name with an optional domain before a slash.
    Qualified,
    /// A listener's: upper-case letters, digits, `_`, `-`.
    Listener,
}

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Nothing was typed where something is needed.
    Empty,
    /// It is no whole number.
    NotWhole,
    /// It is no number of the kind that the option takes.
    NotANumber,
    /// It is neither `true` nor `false`.
    NotAFlag,
    /// It is below the smallest value.
    Below(String),
    /// It is above the largest value.
    Above(String),
    /// It is none of the words.
    NotOneOf(Vec<String>),
    /// It is no quantity; a unit that was probably meant stands beside it.
    NotAQuantity(Option<String>),
    /// It is no time.
    NotATime,
    /// It is no heap size.
    NotAHeap,
    /// It does not have the form that is asked for; `form.KIND` says which that is.
    Form(&'static str),
    /// It is longer than allowed.
    TooLong(usize),
    /// It is a password or a key; those belong into a Secret, never into a design.
    Secret,
    /// It holds a control character, which no file can carry.
    ControlCharacter,
}

/// A memory or disk size as Kubernetes understands it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// As it is written.
    pub text: String,
    /// In bytes (or thousandths of a processor for [`cpu`]).
    pub amount: u64,
}

/// What stands in a limit that is not written.
pub const NO_LIMIT: &str = "none";

impl Kind {
    /// A TCP port.
    pub const PORT: Self = Self::Whole {
        min: 1,
        max: 65_535,
    };

    /// Whether a text is right. Options are checked against the catalogue by the plan, which knows the version.
    pub fn check(self, text: &str) -> Result<(), Wrong> {
        let trimmed = text.trim();
        if text
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\n' | '\t'))
        {
            return Err(Wrong::ControlCharacter);
        }
        if trimmed.is_empty()
            && !matches!(
                self,
                Self::Text | Self::Chroot | Self::KafkaOption(_) | Self::ZooKeeperOption(_)
            )
        {
            return Err(Wrong::Empty);
        }
        match self {
            Self::Flag => flag(trimmed).map(drop),
            Self::Whole { min, max } => whole(trimmed, min, max).map(drop),
            Self::Seconds { min, max } => seconds(trimmed, min, max).map(drop),
            Self::Choice(choices) => one_of(trimmed, choices.iter().copied()),
            Self::Limit if trimmed == NO_LIMIT => Ok(()),
            Self::Quantity | Self::Limit => quantity(trimmed).map(drop),
            Self::Cpu => cpu(trimmed).map(drop),
            Self::Heap => heap(trimmed).map(drop),
            Self::Name(kind) => kind.check(trimmed),
            Self::Names(kind) => items(trimmed).try_for_each(|item| kind.check(item)),
            Self::Host => host(trimmed),
            Self::Hosts => items(trimmed).try_for_each(host),
            Self::Cidrs => items(trimmed).try_for_each(cidr),
            Self::Labels => items(trimmed).try_for_each(label_pair),
            Self::Folder => folder(trimmed),
            Self::Chroot => chroot(trimmed),
            Self::Image => image(trimmed, true),
            Self::ImageName => image(trimmed, false),
            Self::Url => url(trimmed),
            Self::Sha512 => form(
                trimmed.len() == 128 && trimmed.bytes().all(|b| b.is_ascii_hexdigit()),
                "sha512",
            ),
            Self::Uuids => items(trimmed).try_for_each(|item| form(is_uuid(item), "uuids")),
            Self::KubernetesVersion
            | Self::KafkaVersion
            | Self::ZooKeeperVersion
            | Self::ScalaVersion => one_of(trimmed, self.choices().iter().map(String::as_str)),
            Self::Text => form(!text.contains('\n'), "one-line"),
            Self::KafkaOption(_) | Self::ZooKeeperOption(_) => Ok(()),
        }
    }

    /// The words to choose from, when the kind is a choice; the newest version first.
    pub fn choices(self) -> Vec<String> {
        use crate::catalog;
        match self {
            Self::Choice(choices) => choices.iter().map(|&choice| choice.to_owned()).collect(),
            Self::KubernetesVersion => catalog::KUBERNETES_VERSIONS
                .iter()
                .rev()
                .map(ToString::to_string)
                .collect(),
            Self::KafkaVersion => catalog::kafka_releases()
                .iter()
                .rev()
                .map(|release| release.version.to_string())
                .collect(),
            Self::ZooKeeperVersion => catalog::zookeeper_releases()
                .iter()
                .rev()
                .map(|release| release.version.to_string())
                .collect(),
            Self::ScalaVersion => vec!["2.13".to_owned(), "2.12".to_owned(), "2.11".to_owned()],
            _ => Vec::new(),
        }
    }
}

/// The items of a text with commas or line ends between them; empty ones are passed over.
pub fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', '\n'])
        .map(str::trim)
        .filter(|item| !item.is_empty())
}

/// Whether a text is an id as Kafka makes them: 16 bytes in 22 characters of URL-safe base64, without padding.
///
/// Source: `Uuid.fromString` of apache/kafka:clients/src/main/java/org/apache/kafka/common/Uuid.java, 3.9.
pub fn is_uuid(text: &str) -> bool {
    let letter = |b: u8| b.is_ascii_alphanumeric() || b"-_".contains(&b);
    text.len() == 22 && text.bytes().all(letter)
}

fn form(right: bool, name: &'static str) -> Result<(), Wrong> {
    if right {
        Ok(())
    } else {
        Err(Wrong::Form(name))
    }
}

fn one_of<'a>(text: &str, mut choices: impl Iterator<Item = &'a str> + Clone) -> Result<(), Wrong> {
    if choices.clone().any(|choice| choice == text) {
        return Ok(());
    }
    let mut named: Vec<String> = choices.by_ref().map(str::to_owned).collect();
    named.sort_unstable();
    Err(Wrong::NotOneOf(named))
}

/// `true` or `false`, in any case.
pub fn flag(text: &str) -> Result<bool, Wrong> {
    match text.trim() {
        text if text.eq_ignore_ascii_case("true") => Ok(true),
        text if text.eq_ignore_ascii_case("false") => Ok(false),
        _ => Err(Wrong::NotAFlag),
    }
}

/// A whole number within a range.
pub fn whole(text: &str, min: u64, max: u64) -> Result<u64, Wrong> {
    let text = text.trim();
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Wrong::NotWhole);
    }
    if text.starts_with('-') && digits.bytes().any(|b| b != b'0') {
        return Err(Wrong::Below(min.to_string()));
    }
    match digits.parse::<u64>() {
        Ok(number) if number < min => Err(Wrong::Below(min.to_string())),
        Ok(number) if number <= max => Ok(number),
        _ => Err(Wrong::Above(max.to_string())),
    }
}

/// A time in seconds: a number, or one with `s`, `m`, `h`, `d`.
pub fn seconds(text: &str, min: u64, max: u64) -> Result<u64, Wrong> {
    let text = text.trim();
    let (number, factor) = match text.char_indices().last() {
        Some((at, 's')) => (&text[..at], 1),
        Some((at, 'm')) => (&text[..at], 60),
        Some((at, 'h')) => (&text[..at], 3_600),
        Some((at, 'd')) => (&text[..at], 86_400),
        _ => (text, 1),
    };
    let count = whole(number.trim_end(), 0, u64::MAX).map_err(|wrong| match wrong {
        Wrong::NotWhole => Wrong::NotATime,
        other => other,
    })?;
    match count.checked_mul(factor) {
        Some(seconds) if seconds < min => Err(Wrong::Below(min.to_string())),
        Some(seconds) if seconds <= max => Ok(seconds),
        _ => Err(Wrong::Above(max.to_string())),
    }
}

/// A decimal number and what follows it, the number in thousandths.
fn thousandths(text: &str) -> Option<(u128, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') || whole.len() > 24 {
        return None;
    }
    let whole: u128 = if whole.is_empty() {
        0
    } else {
        whole.parse().ok()?
    };
    let fraction: u128 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    Some((whole * 1000 + fraction, unit))
}

/// A memory or disk size; the suffixes are those of Kubernetes' `resource.Quantity`.
pub fn quantity(text: &str) -> Result<Quantity, Wrong> {
    let text = text.trim();
    let (amount, unit) = thousandths(text).ok_or(Wrong::NotAQuantity(None))?;
    let factor: u128 = match unit {
        "" => 1,
        "k" => 1_000,
        "M" => 1_000_000,
        "G" => 1_000_000_000,
        "T" => 1_000_000_000_000,
        "P" => 1_000_000_000_000_000,
        "Ki" => 1 << 10,
        "Mi" => 1 << 20,
        "Gi" => 1 << 30,
        "Ti" => 1 << 40,
        "Pi" => 1 << 50,
        _ => return Err(Wrong::NotAQuantity(meant(text, unit))),
    };
    let bytes = amount.saturating_mul(factor) / 1000;
    let bytes = u64::try_from(bytes)
        .ok()
        .filter(|&bytes| i64::try_from(bytes).is_ok());
    let amount = bytes.ok_or_else(|| Wrong::Above("8191Pi".to_owned()))?;
    if amount == 0 {
        return Err(Wrong::Below("1".to_owned()));
    }
    Ok(Quantity {
        text: text.to_owned(),
        amount,
    })
}

/// The quantity that a person who wrote `2GB` or `512mb` probably meant.
fn meant(text: &str, unit: &str) -> Option<String> {
    let number = text.strip_suffix(unit)?;
    let first = unit.trim().chars().next()?.to_ascii_uppercase();
    let known = matches!(
        unit.trim().to_ascii_lowercase().as_str(),
        "b" | "kb"
            | "mb"
            | "gb"
            | "tb"
            | "m"
            | "g"
            | "t"
            | "kib"
            | "mib"
            | "gib"
            | "tib"
            | "gi"
            | "mi"
            | "ki"
            | "ti"
    );
    match first {
        'B' if known => Some(number.to_owned()),
        'K' | 'M' | 'G' | 'T' if known => Some(format!("{number}{first}i")),
        _ => None,
    }
}

/// Processors, in thousandths.
pub fn cpu(text: &str) -> Result<Quantity, Wrong> {
    let text = text.trim();
    let (thousandths, unit) = thousandths(text).ok_or(Wrong::NotAQuantity(None))?;
    let millis = match unit {
        "" => thousandths,
        "m" => thousandths / 1000,
        _ => return Err(Wrong::NotAQuantity(None)),
    };
    match u64::try_from(millis) {
        Ok(0) => Err(Wrong::Below("1m".to_owned())),
        Ok(amount) if amount <= 10_000_000 => Ok(Quantity {
            text: text.to_owned(),
            amount,
        }),
        _ => Err(Wrong::Above("10000".to_owned())),
    }
}

/// A heap size as the JVM reads it: bytes, or with k, m, g, t in either case.
pub fn heap(text: &str) -> Result<Quantity, Wrong> {
    let text = text.trim();
    let (number, factor) = match text.char_indices().last() {
        Some((at, 'k' | 'K')) => (&text[..at], 1u64 << 10),
        Some((at, 'm' | 'M')) => (&text[..at], 1 << 20),
        Some((at, 'g' | 'G')) => (&text[..at], 1 << 30),
        Some((at, 't' | 'T')) => (&text[..at], 1 << 40),
        _ => (text, 1),
    };
    let count = whole(number, 0, u64::MAX).map_err(|wrong| {
        if wrong == Wrong::NotWhole {
            Wrong::NotAHeap
        } else {
            wrong
        }
    })?;
    match count.checked_mul(factor) {
        // The JVM refuses a heap below 2 MiB ("Too small maximum heap").
        Some(bytes) if bytes < 2 << 20 => Err(Wrong::Below("2m".to_owned())),
        Some(amount) if amount <= 1 << 45 => Ok(Quantity {
            text: text.to_owned(),
            amount,
        }),
        _ => Err(Wrong::Above("32t".to_owned())),
    }
}

fn is_lower(b: u8) -> bool {
    b.is_ascii_lowercase() || b.is_ascii_digit()
}

fn label(text: &str, longest: usize) -> Result<(), Wrong> {
    let bytes = text.as_bytes();
    if bytes.len() > longest {
        return Err(Wrong::TooLong(longest));
    }
    let ends =
        bytes.first().is_some_and(|&b| is_lower(b)) && bytes.last().is_some_and(|&b| is_lower(b));
    form(
        ends && bytes.iter().all(|&b| is_lower(b) || b == b'-'),
        "label",
    )
}

impl NameKind {
    /// Whether a name is right. Sources: `kubernetes/apimachinery:pkg/util/validation/validation.go`;
    /// a listener's from Kafka's `EndPoint` pattern.
    pub fn check(self, text: &str) -> Result<(), Wrong> {
        let bytes = text.as_bytes();
        match self {
            Self::Label => label(text, 63),
            Self::SetName | Self::Service => {
                label(text, if self == Self::Service { 63 } else { 52 })?;
                form(bytes.first().is_some_and(u8::is_ascii_lowercase), "service")
            }
            Self::Subdomain => {
                if text.len() > 253 {
                    return Err(Wrong::TooLong(253));
                }
                form(
                    text.split('.').all(|part| label(part, 63).is_ok()),
                    "subdomain",
                )
            }
            Self::LabelValue => {
                if text.len() > 63 {
                    return Err(Wrong::TooLong(63));
                }
                let ends = [bytes.first(), bytes.last()]
                    .into_iter()
                    .all(|end| end.is_some_and(u8::is_ascii_alphanumeric));
                form(
                    ends && bytes
                        .iter()
                        .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b)),
                    "label-value",
                )
            }
            Self::Qualified => {
                let (domain, name) = text
                    .split_once('/')
                    .map_or((None, text), |(domain, name)| (Some(domain), name));
                if let Some(domain) = domain {
                    Self::Subdomain.check(domain)?;
                }
                Self::LabelValue.check(name)
            }
            Self::Listener => {
                let first = bytes.first().is_some_and(u8::is_ascii_uppercase);
                if text.len() > 40 {
                    return Err(Wrong::TooLong(40));
                }
                form(
                    first
                        && bytes
                            .iter()
                            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_'),
                    "listener",
                )
            }
        }
    }
}

fn host(text: &str) -> Result<(), Wrong> {
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
        .unwrap_or(text);
    if bare.parse::<std::net::IpAddr>().is_ok() {
        return Ok(());
    }
    // Four numbers with dots are an address with a mistake in it, not a name.
    let numeric = bare
        .split('.')
        .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    form(
        !numeric
            && NameKind::Subdomain
                .check(&bare.to_ascii_lowercase())
                .is_ok(),
        "host",
    )
}

fn cidr(text: &str) -> Result<(), Wrong> {
    let right = text.split_once('/').is_some_and(|(address, bits)| {
        match address.parse::<std::net::IpAddr>() {
            Ok(std::net::IpAddr::V4(_)) => whole(bits, 0, 32).is_ok(),
            Ok(std::net::IpAddr::V6(_)) => whole(bits, 0, 128).is_ok(),
            Err(_) => false,
        }
    });
    form(right, "cidr")
}

fn label_pair(text: &str) -> Result<(), Wrong> {
    let right = text.split_once('=').is_some_and(|(name, value)| {
        NameKind::Qualified.check(name.trim()).is_ok()
            && (value.trim().is_empty() || NameKind::LabelValue.check(value.trim()).is_ok())
    });
    form(right, "labels")
}

fn folder(text: &str) -> Result<(), Wrong> {
    let right = text.starts_with('/')
        && text.len() > 1
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"/-_.".contains(&b))
        && !text.split('/').any(|part| part == "..");
    form(right, "folder")
}

fn chroot(text: &str) -> Result<(), Wrong> {
    form(
        text.is_empty() || (folder(text).is_ok() && !text.ends_with('/') && !text.contains("//")),
        "chroot",
    )
}

fn image(text: &str, tagged: bool) -> Result<(), Wrong> {
    let characters = text
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"/-_.:@+".contains(&b));
    let ends = text
        .bytes()
        .next()
        .is_some_and(|b| b.is_ascii_alphanumeric())
        && text
            .bytes()
            .last()
            .is_some_and(|b| b.is_ascii_alphanumeric());
    let name = text.rsplit('/').next().unwrap_or_default();
    let path = text.split('@').next().unwrap_or_default();
    let path = if tagged {
        path.rsplit_once(':').map_or(
            path,
            |(path, tag)| if tag.contains('/') { text } else { path },
        )
    } else {
        path
    };
    let lower = path
        .split_once('/')
        .map_or(path, |(_, path)| path)
        .bytes()
        .all(|b| !b.is_ascii_uppercase());
    form(
        characters && ends && lower && !text.contains("//") && (!tagged || !name.is_empty()),
        "image",
    )
}

fn url(text: &str) -> Result<(), Wrong> {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let right = rest.is_some_and(|rest| {
        !rest.is_empty()
            && rest
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"/-_.:~%+".contains(&b))
            && !rest.starts_with('/')
    });
    form(right, "url")
}

/// Reads a value of an option that Kafka counts in a small unit: `7d` for milliseconds, `1Gi` for bytes.
///
/// Gives the number that Kafka reads, or nothing when the text is not such a form.
pub fn unit_value(text: &str, per_second: Option<u64>) -> Option<u64> {
    let text = text.trim();
    match per_second {
        Some(per_second) => {
            let millis = text
                .strip_suffix("ms")
                .and_then(|number| whole(number.trim_end(), 0, u64::MAX).ok());
            if let Some(millis) = millis {
                return (millis.checked_mul(per_second)? % 1000 == 0)
                    .then(|| millis * per_second / 1000);
            }
            text.ends_with(['s', 'm', 'h', 'd'])
                .then(|| seconds(text, 0, u64::MAX).ok())??
                .checked_mul(per_second)
        }
        None => text
            .ends_with(|c: char| c.is_ascii_alphabetic())
            .then(|| quantity(text).ok().map(|q| q.amount))?,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_with_a_wrong_unit_names_the_right_one() {
        assert_eq!(
            quantity("2GB"),
            Err(Wrong::NotAQuantity(Some("2Gi".to_owned())))
        );
        assert_eq!(
            quantity("512mb"),
            Err(Wrong::NotAQuantity(Some("512Mi".to_owned())))
        );
        assert_eq!(quantity("1.5Gi").map(|q| q.amount), Ok(3 << 29));
        assert!(quantity("1000000000000000000000000000000").is_err());
    }

    #[test]
    fn numbers_out_of_range_say_which_side() {
        assert_eq!(whole("0", 1, 10), Err(Wrong::Below("1".to_owned())));
        assert_eq!(whole("-5", 1, 10), Err(Wrong::Below("1".to_owned())));
        assert_eq!(
            whole("1000000000000000000000000000000", 1, 10),
            Err(Wrong::Above("10".to_owned()))
        );
        assert_eq!(whole("5 brokers", 1, 10), Err(Wrong::NotWhole));
    }

    #[test]
    fn an_address_with_a_mistake_is_no_host_name() {
        assert!(host("10.10.101.114").is_ok());
        assert!(host("10.10.101.1140").is_err());
        assert!(host("kafka.example.com").is_ok());
        assert!(host("::1").is_ok());
        assert!(host("a b").is_err());
    }

    #[test]
    fn images_keep_their_ports_and_tags() {
        for right in [
            "zookeeper:3.9.5",
            "registry.example.com:5000/team/kafka:3.9.2",
            "a/b@sha256:0123",
        ] {
            assert_eq!(image(right, true), Ok(()), "{right}");
        }
        for wrong in ["Kafka Image", "-kafka:1", "reg/Kafka:1", "kafka:"] {
            assert!(image(wrong, true).is_err(), "{wrong}");
        }
    }

    #[test]
    fn humane_units_become_the_numbers_that_kafka_reads() {
        assert_eq!(unit_value("7d", Some(1000)), Some(604_800_000));
        assert_eq!(unit_value("500ms", Some(1000)), Some(500));
        assert_eq!(unit_value("1Gi", None), Some(1 << 30));
        assert_eq!(unit_value("168", Some(1000)), None);
    }

    #[test]
    fn set_names_leave_room_for_the_revision() {
        assert_eq!(
            NameKind::SetName.check(&"k".repeat(53)),
            Err(Wrong::TooLong(52))
        );
        assert!(NameKind::SetName.check("1kafka").is_err());
        assert!(NameKind::LabelValue.check("eu-west-1a").is_ok());
    }
}
