//! Reading an embedded data file.
//!
//! The files are our own JSON, without escapes and fractions, so that this small reader is enough:
//! it keeps no reasons for errors that cannot happen, and every row of every table gets lighter by them.

use std::fmt::{self, Display};

use serde::Deserialize;
use serde::de::value::BorrowedStrDeserializer;
use serde::de::{self, DeserializeSeed, Visitor};
use serde::forward_to_deserialize_any;

/// Parses one of our own data files.
/// The files are part of the program and a test reads each of them, so this cannot fail for a user.
pub(super) fn rows<T: Deserialize<'static>>(text: &'static str) -> Vec<T> {
    let mut reader = Reader { rest: text };
    let rows = Vec::deserialize(&mut reader).ok();
    rows.filter(|_| reader.peek().is_none())
        .expect("the embedded data files are read by the tests")
}

/// What is left to read.
struct Reader {
    rest: &'static str,
}

/// The text is not as our files are.
#[derive(Debug)]
struct Wrong;

impl Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("wrong data")
    }
}

impl std::error::Error for Wrong {}

impl de::Error for Wrong {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

impl Reader {
    /// The next byte that is no space.
    fn peek(&mut self) -> Option<u8> {
        self.rest = self.rest.trim_ascii_start();
        self.rest.bytes().next()
    }

    /// Takes a token if it is the next one.
    fn takes(&mut self, token: &str) -> bool {
        self.peek();
        let rest = self.rest.strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn needs(&mut self, token: &str) -> Result<(), Wrong> {
        if self.takes(token) {
            Ok(())
        } else {
            Err(Wrong)
        }
    }

    /// A text, which has no escapes.
    fn text(&mut self) -> Result<&'static str, Wrong> {
        self.needs("\"")?;
        let (text, rest) = self.rest.split_once('"').ok_or(Wrong)?;
        self.rest = rest;
        if text.contains('\\') {
            Err(Wrong)
        } else {
            Ok(text)
        }
    }

    fn number(&mut self) -> Result<i64, Wrong> {
        let is_digit = |c: char| c == '-' || c.is_ascii_digit();
        let end = self.rest.find(|c| !is_digit(c)).unwrap_or(self.rest.len());
        let (number, rest) = self.rest.split_at(end);
        self.rest = rest;
        number.parse().map_err(|_| Wrong)
    }
}

impl de::Deserializer<'static> for &mut Reader {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'static>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.peek() {
            Some(b'"') => visitor.visit_borrowed_str(self.text()?),
            Some(b'[') => {
                self.needs("[")?;
                let value = visitor.visit_seq(Items::of(self))?;
                self.needs("]")?;
                Ok(value)
            }
            Some(b'{') => {
                self.needs("{")?;
                let value = visitor.visit_map(Items::of(self))?;
                self.needs("}")?;
                Ok(value)
            }
            _ if self.takes("null") => visitor.visit_unit(),
            _ if self.takes("true") => visitor.visit_bool(true),
            _ if self.takes("false") => visitor.visit_bool(false),
            _ => visitor.visit_i64(self.number()?),
        }
    }

    fn deserialize_option<V: Visitor<'static>>(self, visitor: V) -> Result<V::Value, Wrong> {
        if self.takes("null") {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_enum<V: Visitor<'static>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_enum(BorrowedStrDeserializer::new(self.text()?))
    }

    fn deserialize_newtype_struct<V: Visitor<'static>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        <V: Visitor<'static>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// The inside of a list or of a map.
struct Items<'a> {
    reader: &'a mut Reader,
    first: bool,
}

impl<'a> Items<'a> {
    fn of(reader: &'a mut Reader) -> Self {
        Self {
            reader,
            first: true,
        }
    }

    /// Whether another item begins here.
    fn more(&mut self) -> bool {
        if self.first {
            self.first = false;
            !matches!(self.reader.peek(), Some(b']' | b'}'))
        } else {
            self.reader.takes(",")
        }
    }
}

impl de::SeqAccess<'static> for Items<'_> {
    type Error = Wrong;

    fn next_element_seed<T: DeserializeSeed<'static>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Wrong> {
        if self.more() {
            seed.deserialize(&mut *self.reader).map(Some)
        } else {
            Ok(None)
        }
    }
}

impl de::MapAccess<'static> for Items<'_> {
    type Error = Wrong;

    fn next_key_seed<K: DeserializeSeed<'static>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Wrong> {
        if self.more() {
            seed.deserialize(&mut *self.reader).map(Some)
        } else {
            Ok(None)
        }
    }

    fn next_value_seed<V: DeserializeSeed<'static>>(&mut self, seed: V) -> Result<V::Value, Wrong> {
        self.reader.needs(":")?;
        seed.deserialize(&mut *self.reader)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_file_is_read_as_serde_json_reads_it() {
        for text in [
            include_str!("data/kafka-options.json"),
            include_str!("data/kafka-releases.json"),
            include_str!("data/kafka-sha512.json"),
            include_str!("data/zookeeper-options.json"),
            include_str!("data/zookeeper-releases.json"),
            "[]",
            " [ { } , null, [ ] , true,false , -9 ] ",
        ] {
            let expected: Vec<Value> = serde_json::from_str(text).unwrap();
            assert_eq!(rows::<Value>(text), expected);
        }
    }

    #[test]
    fn what_is_no_json_of_ours_is_wrong() {
        for text in [
            "[",
            "[1",
            "[1 2]",
            "[\"a",
            "[\"\\n\"]",
            "[1.5]",
            "{}",
            "[{\"a\" 1}]",
        ] {
            let mut reader = Reader { rest: text };
            assert!(Vec::<Value>::deserialize(&mut reader).is_err(), "{text}");
        }
    }
}
