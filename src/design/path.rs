//! The address of one value in a design.

use std::fmt;
use std::sync::Arc;

/// Where a value stands: an id with the keys of the items on the way, such as
/// `kafka.listeners[external].port` or `kafka.options[min.insync.replicas]`.
///
/// Keys are names, never positions, so that a path means the same after a reordering.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldPath(Arc<str>);

impl FieldPath {
    /// The whole path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id with its keys left out: `kafka.listeners[].port`.
    pub fn id(&self) -> String {
        let mut id = String::with_capacity(self.0.len());
        let mut rest = &*self.0;
        while let Some(open) = rest.find('[') {
            id.push_str(&rest[..=open]);
            rest = rest[open..]
                .find(']')
                .map_or("", |close| &rest[open + close..]);
        }
        id.push_str(rest);
        id
    }

    /// The first key on the way: `external` in `kafka.listeners[external].port`.
    pub fn key(&self) -> Option<&str> {
        let open = self.0.find('[')?;
        let close = open + self.0[open..].find(']')?;
        Some(&self.0[open + 1..close])
    }

    /// The path that an id and a key make: `kafka.listeners[].port` with `external`.
    pub fn keyed(id: &str, key: &str) -> Self {
        Self(id.replacen("[]", &format!("[{key}]"), 1).into())
    }

    /// The path of a broker option.
    pub fn kafka_option(name: &str) -> Self {
        Self(format!("kafka.options[{name}]").into())
    }

    /// The path of a ZooKeeper option.
    pub fn zookeeper_option(name: &str) -> Self {
        Self(format!("zookeeper.options[{name}]").into())
    }
}

impl From<&str> for FieldPath {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for FieldPath {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl serde::Serialize for FieldPath {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_leave_the_id() {
        let path = FieldPath::from("kafka.listeners[external].port");
        assert_eq!(
            (path.id().as_str(), path.key()),
            ("kafka.listeners[].port", Some("external"))
        );
        assert_eq!(FieldPath::keyed("kafka.listeners[].port", "external"), path);
    }

    #[test]
    fn an_unclosed_key_is_no_key() {
        assert_eq!(FieldPath::from("kafka.options[log").key(), None);
    }
}
