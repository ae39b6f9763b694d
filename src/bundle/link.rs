//! The share link: a design packed into the fragment of the page's address.
//!
//! ```text
//! v1. + base64url( zlib( the design document, only what differs from the preset it names ) )
//! ```
//!
//! The document is the one of `design.yaml` with two parts of its own: `without` lists what the preset
//! has and the design has not, `own` the parts that the design emptied.
//! A value that is a secret never gets into a link.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use miniz_oxide::deflate::compress_to_vec_zlib;
use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;
use serde_json::Value;

use crate::args;
use crate::design::{self, Design, FieldPath};
use crate::fields::Wrong;
use crate::import::environment::is_secret;
use crate::plan::{Plan, ProblemKind};
use crate::presets;
use crate::text::Sentence;

/// The version of the packing that this program writes.
const VERSION: &str = "v1";

/// How hard to compress; a link is made on demand, and every character of it is seen.
const LEVEL: u8 = 9;

/// How large a packed document may become: many times the largest design anybody typed.
const LARGEST: usize = 1 << 20;

/// How many lines are dropped at most from the end of a damaged document; what is cut off is seldom more than one.
const DROPPED: usize = 16;

/// What the preset has and the design has not.
const WITHOUT: &str = "without";

/// The parts that the preset fills and the design has empty.
const OWN: &str = "own";

/// A packed design.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What stands behind `#d=` in the page's address.
    pub packed: String,
    /// The secrets that were left out.
    pub left_out: Vec<FieldPath>,
}

/// What a link held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The design, as far as it could be read.
    pub design: Design,
    /// What was lost, when the link was cut off or changed.
    pub lost: Option<Sentence>,
}

/// Packs a design.
pub fn pack(design: &Design) -> Link {
    let mut design = design.clone();
    let left_out = take_secrets(&mut design);
    let text = design::write(&differences(design));
    let bytes = compress_to_vec_zlib(text.as_bytes(), LEVEL);
    Link {
        packed: format!("{VERSION}.{}", URL_SAFE_NO_PAD.encode(bytes)),
        left_out,
    }
}

/// Unpacks a link: a whole address, its fragment, or only the packed part.
///
/// # Errors
/// A sentence, when nothing can be read: no link, one of a newer program, or one without a single whole line.
pub fn open(link: &str) -> Result<Opened, Sentence> {
    let link = link.trim();
    if let Some((_, name)) = link.rsplit_once("#p=") {
        let preset = presets::preset(name)
            .ok_or_else(|| Sentence::new("link.no-such-preset", args![name]))?;
        return Ok(Opened {
            design: preset.design(),
            lost: None,
        });
    }
    let packed = link.rsplit_once("#d=").map_or(link, |(_, packed)| packed);
    let (version, packed) = packed
        .split_once('.')
        .ok_or_else(|| Sentence::plain("link.none"))?;
    if version != VERSION {
        let newer = version
            .strip_prefix('v')
            .is_some_and(|number| number.parse::<u32>().is_ok());
        let key = if newer { "link.newer" } else { "link.none" };
        return Err(Sentence::new(key, args![version]));
    }
    let (text, whole) = unpack(packed);
    let (mut opened, values) =
        read(&text, whole).ok_or_else(|| Sentence::plain("link.unreadable"))?;
    if !whole {
        opened.lost = Some(Sentence::new("link.damaged", args![values]));
    }
    Ok(opened)
}

/// The link that a text is, when it is nothing else: an address that names a design or a preset, or the
/// packed part alone; line ends that a mail program put in are taken out.
pub fn in_text(text: &str) -> Option<String> {
    let first = text.split_whitespace().next()?;
    let has_part = || ["#d=", "#p="].iter().any(|part| first.contains(part));
    let is_address = ["http:", "https:", "file:", "#d=", "#p="]
        .iter()
        .any(|start| first.starts_with(start));
    let is_packed = first
        .strip_prefix(VERSION)
        .is_some_and(|rest| rest.starts_with('.'));
    (is_packed || is_address && has_part()).then(|| text.split_whitespace().collect())
}

/// Takes out what belongs into a Secret, and says where it stood.
fn take_secrets(design: &mut Design) -> Vec<FieldPath> {
    let problems = Plan::of(design).problems;
    let refused = problems
        .into_iter()
        .filter(|problem| problem.kind == ProblemKind::Wrong(Wrong::Secret));
    let mut paths: BTreeSet<FieldPath> = refused.map(|problem| problem.path).collect();
    // What no catalogue knows is judged by its name.
    let looks_so = design.values.iter().filter(|(path, value)| {
        let option = path.key().unwrap_or_default();
        is_secret(option, Some(option)) || says_secret(value, "=")
    });
    paths.extend(looks_so.map(|(path, _)| path.clone()));
    let mut left_out: Vec<FieldPath> = paths
        .into_iter()
        .filter(|path| design.values.remove(path).is_some())
        .collect();
    // Of what is carried along the whole piece stays here: it is not ours to cut.
    for origin in design.extras.origins() {
        if design.extras.texts(&origin).iter().any(|(name, text)| {
            let is_plain = !text.is_empty() && !name.ends_with("Name");
            is_plain && is_secret(name, Some(name)) || says_secret(text, "=:")
        }) {
            design.extras.drop(&origin);
            left_out.push(origin);
        }
    }
    left_out
}

/// Whether a text gives something secret a value: `-Djavax.net.ssl.keyStorePassword=…`, `password: …`.
fn says_secret(text: &str, signs: &str) -> bool {
    let pieces = text.lines().chain(text.split_whitespace());
    let mut given = pieces.filter_map(|piece| piece.split_once(|sign| signs.contains(sign)));
    given.any(|(name, value)| {
        let name = name.trim().trim_matches(['"', '\'']);
        let value = value.trim().trim_matches(['"', '\'']);
        // A variable or a file holds it elsewhere.
        let is_elsewhere = value.is_empty() || value.starts_with(['$', '/']);
        !is_elsewhere && !name.contains(char::is_whitespace) && is_secret(name, Some(name))
    })
}

/// The preset that a design names, when it is one of this program's.
fn base(design: &Design) -> Option<Design> {
    let name = design.from.as_deref()?.split('@').next()?;
    let base = presets::preset(name)?.design();
    (base.from == design.from && base.defaults == design.defaults).then_some(base)
}

/// What a design has beyond its preset.
fn differences(mut design: Design) -> Design {
    let Some(base) = base(&design) else {
        return design;
    };
    let without: Vec<Value> = base
        .values
        .keys()
        .filter(|path| !design.values.contains_key(path))
        .map(|path| path.as_str().into())
        .collect();
    design
        .values
        .retain(|path, value| base.values.get(path) != Some(value));
    let mut own: Vec<Value> = Vec::new();
    if design.lists == base.lists {
        design.lists.clear();
    } else if design.lists.is_empty() {
        own.push("lists".into());
    }
    if design.silences == base.silences {
        design.silences.clear();
    } else if design.silences.is_empty() {
        own.push("silences".into());
    }
    for (key, list) in [(WITHOUT, without), (OWN, own)] {
        if !list.is_empty() {
            design.unknown.insert(key.to_owned(), list.into());
        }
    }
    design
}

/// The design of which these are the differences.
fn whole(mut design: Design) -> Design {
    let without = names(design.unknown.remove(WITHOUT).as_ref());
    let own = names(design.unknown.remove(OWN).as_ref());
    let Some(base) = base(&design) else {
        return design;
    };
    for (path, value) in base.values {
        if !without.contains(path.as_str()) {
            design.values.entry(path).or_insert(value);
        }
    }
    if design.lists.is_empty() && !own.contains("lists") {
        design.lists = base.lists;
    }
    if design.silences.is_empty() && !own.contains("silences") {
        design.silences = base.silences;
    }
    design
}

fn names(list: Option<&Value>) -> BTreeSet<String> {
    let items = list.and_then(Value::as_array);
    let text = |item: &Value| item.as_str().map(str::to_owned);
    items.into_iter().flatten().filter_map(text).collect()
}

/// The text that was packed, and whether all of it arrived.
fn unpack(packed: &str) -> (String, bool) {
    let allowed = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let mut sound: String = packed.chars().take_while(allowed).collect();
    let mut complete = sound.len() == packed.len();
    let bytes = loop {
        if let Ok(bytes) = URL_SAFE_NO_PAD.decode(&sound) {
            break bytes;
        }
        complete = false;
        sound.pop();
    };
    let bytes = decompress_to_vec_zlib_with_limit(&bytes, LARGEST).unwrap_or_else(|error| {
        complete = false;
        error.output
    });
    match String::from_utf8(bytes) {
        Ok(text) => (text, complete),
        Err(error) => {
            let end = error.utf8_error().valid_up_to();
            let mut bytes = error.into_bytes();
            bytes.truncate(end);
            (String::from_utf8(bytes).unwrap_or_default(), false)
        }
    }
}

/// The design of a text and its number of values; of a damaged one the longest beginning of whole lines that can be read.
fn read(text: &str, complete: bool) -> Option<(Opened, usize)> {
    let mut text = text;
    for attempt in 0..=DROPPED {
        if attempt > 0 || !complete {
            text = &text[..=text.trim_end_matches('\n').rfind('\n')?];
        }
        if let Ok(read) = design::read(text) {
            let values = read.values.len();
            let design = whole(read);
            return Some((Opened { design, lost: None }, values));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(design: &Design) {
        let link = pack(design);
        let opened = open(&format!(
            "https://example.org/designer/?view=full#d={}",
            link.packed
        ));
        assert_eq!(
            opened,
            Ok(Opened {
                design: design.clone(),
                lost: None
            })
        );
    }

    #[test]
    fn a_link_gives_the_same_design_back() {
        for preset in presets::PRESETS {
            let design = preset.design();
            kept(&design);
            kept(
                &design
                    .clone()
                    .with("cluster.name", "Ünïcode \u{1F600}\n# x: \"y\""),
            );
            kept(&Design {
                silences: Vec::new(),
                lists: std::collections::BTreeMap::new(),
                values: std::collections::BTreeMap::new(),
                ..design.clone()
            });
            kept(&Design {
                from: Some("production@1999-01".to_owned()),
                ..design
            });
        }
        kept(&Design::default());
    }

    #[test]
    fn an_edited_preset_is_a_short_link() {
        let design = presets::PRESETS[0]
            .design()
            .with("kafka.groups[main].brokers", "5");
        let length = pack(&design).packed.len();
        assert!(length < 200, "{length}");
    }

    #[test]
    fn a_secret_is_left_out_and_named() {
        let path = FieldPath::kafka_option("ssl.keystore.password");
        let design = Design::default().with(path.as_str(), "hunter2");
        let link = pack(&design);
        assert_eq!(link.left_out, [path]);
        assert_eq!(
            open(&link.packed).map(|opened| opened.design),
            Ok(Design::default())
        );
    }

    #[test]
    fn what_looks_like_a_secret_is_left_out_wherever_it_stands() {
        for (path, value) in [
            ("kafka.options[listener.name.a.plain.sasl.jaas.config]", "x"),
            ("kafka.options[plugin.api.token]", "x"),
            (
                "kafka.opts",
                "-Xss1m -Djavax.net.ssl.keyStorePassword=hunter2",
            ),
        ] {
            let link = pack(&Design::default().with(path, value));
            assert_eq!(link.left_out, [path.into()], "{value}");
            assert_eq!(
                open(&link.packed).map(|one| one.design),
                Ok(Design::default())
            );
        }
        for (path, value) in [
            (
                "kafka.opts",
                "-Dpassword.file=/etc/kafka/password -Dsecret=$SECRET",
            ),
            ("kafka.options[password.encoder.iterations]", "8192"),
            (
                "kafka.options[listener.security.protocol.map]",
                "SECRET:SSL",
            ),
            ("images.pull_secret", "registry"),
        ] {
            assert_eq!(
                pack(&Design::default().with(path, value)).left_out,
                [],
                "{value}"
            );
        }
    }

    #[test]
    fn a_piece_with_a_secret_is_left_out_of_what_is_carried_along() {
        let document = "format: 1\nextras:\n  foreign:\n    a.yaml:\n      - object: {kind: Pod, metadata: {name: a}, spec: {containers: [{env: [{name: DB_PASSWORD, value: hunter2}]}]}}\n      - object: {kind: Pod, metadata: {name: b}, spec: {volumes: [{secret: {secretName: c}}]}}\n  files:\n    b.properties: {text: \"user=x\\npassword=hunter2\\n\"}\n    c.properties: {text: \"user=x\\n\"}\n";
        let design = design::read(document).expect("a design");
        let link = pack(&design);
        let left_out: Vec<&str> = link.left_out.iter().map(FieldPath::as_str).collect();
        assert_eq!(left_out, ["extras[a.yaml Pod/a]", "extras[b.properties]"]);
        let opened = open(&link.packed).expect("a link").design;
        assert!(!design::write(&opened).contains("hunter2"));
        assert_eq!(opened.extras.count(), 2);
    }

    #[test]
    fn a_cut_link_keeps_what_came_before() {
        let mut design = Design::default();
        for at in 0..60 {
            design = design.with(
                &format!("kafka.options[option.{at:02}]"),
                &format!("{}", at * 7919),
            );
        }
        let link = pack(&design).packed;
        let cut = &link[..link.len() * 3 / 4];
        let opened = open(cut).expect("most of it can be read");
        assert!(opened.lost.is_some());
        let values = opened.design.values;
        assert!(values.len() > 10 && values.len() < 60, "{}", values.len());
        assert!(
            values
                .iter()
                .all(|(path, value)| design.values.get(path) == Some(value))
        );
    }

    #[test]
    fn no_link_is_said_to_be_none() {
        let key = |link: &str| open(link).expect_err("no link").key;
        assert_eq!(key(""), "link.none");
        assert_eq!(key("https://example.org/#section"), "link.none");
        assert_eq!(key("#d=v2.abc"), "link.newer");
        assert_eq!(key("#d=v1."), "link.unreadable");
        assert_eq!(key("#d=v1.!!!!"), "link.unreadable");
        assert_eq!(key("#p=nonsense"), "link.no-such-preset");
        assert_eq!(
            open("#p=racks").map(|opened| opened.design),
            Ok(presets::preset("racks").expect("a preset").design())
        );
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let bomb = compress_to_vec_zlib(&vec![b'#'; LARGEST * 4], 6);
        let link = format!("v1.{}", URL_SAFE_NO_PAD.encode(bomb));
        assert_eq!(open(&link).expect_err("no design").key, "link.unreadable");
    }
}
