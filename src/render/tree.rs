//! Objects as trees: the one way from a `k8s_openapi` type to a [`Value`].
//!
//! Written by ourselves, because of what the page weighs: each field of each type brings its own copy
//! of a serializer's methods, so these do next to nothing and cannot fail halfway.

use std::fmt::{self, Display};

use serde::Serialize;
use serde::ser::{self, Impossible};
use serde_yaml::{Mapping, Value};

/// The tree of a value; what has no tree, such as bytes or an enum's variant with content, is null.
#[inline(never)]
pub fn of<T: Serialize + ?Sized>(value: &T) -> Value {
    value.serialize(ToTree).unwrap_or_default()
}

/// Whether only a cluster writes this field of an object.
///
/// It is known while compiling, so that neither the types below these fields nor the reading of
/// calendars for their times become part of the page.
#[expect(
    clippy::inline_always,
    reason = "the check has to be gone before the field's code is made"
)]
#[inline(always)]
fn of_a_cluster(field: &str) -> bool {
    matches!(
        field,
        "creationTimestamp" | "deletionTimestamp" | "managedFields" | "status"
    )
}

/// The serializer.
struct ToTree;

/// There is no tree for this kind of value.
#[derive(Debug)]
struct NoTree;

impl Display for NoTree {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("no tree")
    }
}

impl std::error::Error for NoTree {}

impl ser::Error for NoTree {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

/// A list that grows.
struct Items(Vec<Value>);

/// A map that grows.
struct Entries {
    map: Mapping,
    /// The key whose value comes next.
    key: Value,
}

impl Entries {
    #[inline(never)]
    fn push(&mut self, key: &str, value: Value) {
        self.map.insert(Value::String(key.to_owned()), value);
    }
}

impl ser::Serializer for ToTree {
    type Ok = Value;
    type Error = NoTree;
    type SerializeSeq = Items;
    type SerializeTuple = Items;
    type SerializeTupleStruct = Items;
    type SerializeTupleVariant = Impossible<Value, NoTree>;
    type SerializeMap = Entries;
    type SerializeStruct = Entries;
    type SerializeStructVariant = Impossible<Value, NoTree>;

    fn serialize_bool(self, value: bool) -> Result<Value, NoTree> {
        Ok(value.into())
    }

    fn serialize_i8(self, value: i8) -> Result<Value, NoTree> {
        Ok(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<Value, NoTree> {
        Ok(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<Value, NoTree> {
        Ok(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<Value, NoTree> {
        Ok(value.into())
    }

    fn serialize_u8(self, value: u8) -> Result<Value, NoTree> {
        Ok(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<Value, NoTree> {
        Ok(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<Value, NoTree> {
        Ok(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<Value, NoTree> {
        Ok(value.into())
    }

    fn serialize_f32(self, value: f32) -> Result<Value, NoTree> {
        Ok(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<Value, NoTree> {
        Ok(value.into())
    }

    fn serialize_char(self, value: char) -> Result<Value, NoTree> {
        Ok(value.to_string().into())
    }

    fn serialize_str(self, value: &str) -> Result<Value, NoTree> {
        Ok(value.into())
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<Value, NoTree> {
        Err(NoTree)
    }

    fn serialize_none(self) -> Result<Value, NoTree> {
        Ok(Value::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, NoTree> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Value, NoTree> {
        Ok(Value::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Value, NoTree> {
        Ok(Value::Null)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Value, NoTree> {
        Ok(variant.into())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Value, NoTree> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Value, NoTree> {
        Err(NoTree)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items, NoTree> {
        Ok(Items(Vec::new()))
    }

    fn serialize_tuple(self, _: usize) -> Result<Items, NoTree> {
        Ok(Items(Vec::new()))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Items, NoTree> {
        Ok(Items(Vec::new()))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, NoTree> {
        Err(NoTree)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Entries, NoTree> {
        Ok(Entries {
            map: Mapping::new(),
            key: Value::Null,
        })
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Entries, NoTree> {
        self.serialize_map(None)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, NoTree> {
        Err(NoTree)
    }
}

impl ser::SerializeSeq for Items {
    type Ok = Value;
    type Error = NoTree;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoTree> {
        self.0.push(of(value));
        Ok(())
    }

    fn end(self) -> Result<Value, NoTree> {
        Ok(self.0.into())
    }
}

impl ser::SerializeTuple for Items {
    type Ok = Value;
    type Error = NoTree;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoTree> {
        ser::SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result<Value, NoTree> {
        Ok(self.0.into())
    }
}

impl ser::SerializeTupleStruct for Items {
    type Ok = Value;
    type Error = NoTree;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoTree> {
        ser::SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result<Value, NoTree> {
        Ok(self.0.into())
    }
}

impl ser::SerializeMap for Entries {
    type Ok = Value;
    type Error = NoTree;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), NoTree> {
        self.key = of(key);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoTree> {
        let key = std::mem::take(&mut self.key);
        self.map.insert(key, of(value));
        Ok(())
    }

    fn end(self) -> Result<Value, NoTree> {
        Ok(self.map.into())
    }
}

impl ser::SerializeStruct for Entries {
    type Ok = Value;
    type Error = NoTree;

    #[expect(
        clippy::inline_always,
        reason = "the field's name is known only in the type's own code"
    )]
    #[inline(always)]
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        field: &'static str,
        value: &T,
    ) -> Result<(), NoTree> {
        if !of_a_cluster(field) {
            self.push(field, of(value));
        }
        Ok(())
    }

    fn end(self) -> Result<Value, NoTree> {
        Ok(self.map.into())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use k8s_openapi::ByteString;
    use k8s_openapi::api::core::v1::{ConfigMap, Service, ServicePort, ServiceSpec, ServiceStatus};
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
    use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_tree_is_what_serde_yaml_makes_of_the_same_value() {
        let service = Service {
            metadata: ObjectMeta {
                labels: Some(BTreeMap::from([("app".to_owned(), "kafka".to_owned())])),
                ..Default::default()
            },
            spec: Some(ServiceSpec {
                publish_not_ready_addresses: Some(true),
                ports: Some(vec![ServicePort {
                    port: 9092,
                    target_port: Some(IntOrString::Int(9093)),
                    ..Default::default()
                }]),
                ..Default::default()
            }),
            status: None,
        };
        assert_eq!(of(&service), serde_yaml::to_value(&service).unwrap());
        let map = ConfigMap {
            binary_data: Some(BTreeMap::from([("a".to_owned(), ByteString(vec![1, 2]))])),
            ..Default::default()
        };
        assert_eq!(of(&map), serde_yaml::to_value(&map).unwrap());
        let unknown = json!({"a": [1, -2, 0.5, null, "x", u64::MAX], "b": {"status": true}});
        assert_eq!(of(&unknown), serde_yaml::to_value(&unknown).unwrap());
    }

    #[test]
    fn what_only_a_cluster_writes_is_left_out() {
        let service = Service {
            status: Some(ServiceStatus::default()),
            ..Default::default()
        };
        assert_eq!(of(&service).get("status"), None);
    }
}
