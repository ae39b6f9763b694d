//! KRaft: what the quorum is called and how it is found, and the controllers that are pods of their own.

use super::Section::{Controllers, Storage};
use super::Start::{Derived, Empty, Value};
use super::{Field, Kind, NameKind};
use crate::plan::Plan;

const fn kraft(id: &'static str, card: &'static str, kind: Kind, start: super::Start) -> Field {
    Field::new(id, Controllers, card, kind, start).when(Plan::has_kraft)
}

const fn own(id: &'static str, card: &'static str, kind: Kind, start: super::Start) -> Field {
    Field::new(id, Controllers, card, kind, start).when(Plan::has_controllers)
}

/// The name of the cluster for ever: it is written on every disk when it is formatted.
pub static KRAFT_CLUSTER_ID: Field = kraft("kraft.cluster_id", "quorum", Kind::Text, Empty);

/// Whether the controllers are named in every configuration file, or know each other from their own log.
pub static KRAFT_QUORUM: Field = kraft(
    "kraft.quorum",
    "quorum",
    Kind::Choice(&["static", "dynamic"]),
    Derived,
)
.when(|plan| plan.has_kraft() && plan.kafka.version.has_dynamic_quorum());

/// The ids of the first controllers' disks, in the order of the controllers.
pub static KRAFT_DIRECTORY_IDS: Field =
    kraft("kraft.directory_ids", "quorum", Kind::Uuids, Empty).when(Plan::has_dynamic_quorum);

/// The name of the listener that controllers are reached on.
pub static KRAFT_LISTENER: Field = kraft(
    "kraft.listener",
    "quorum",
    Kind::Name(NameKind::Listener),
    Value("CONTROLLER"),
);

/// Its port.
pub static KRAFT_PORT: Field = kraft("kraft.port", "quorum", Kind::PORT, Value("9093"));

/// The members of a static quorum.
pub static QUORUM_VOTERS: Field = kraft(
    "kafka.options[controller.quorum.voters]",
    "quorum",
    Kind::KafkaOption("controller.quorum.voters"),
    Derived,
)
.when(Plan::has_static_quorum);

/// Where a dynamic quorum is found.
pub static QUORUM_BOOTSTRAP: Field = kraft(
    "kafka.options[controller.quorum.bootstrap.servers]",
    "quorum",
    Kind::KafkaOption("controller.quorum.bootstrap.servers"),
    Derived,
)
.when(Plan::has_dynamic_quorum);

/// How many controllers.
pub static CONTROLLERS_COUNT: Field = own(
    "controllers.count",
    "controllers",
    Kind::Whole { min: 1, max: 99 },
    Value("3"),
);

/// The `node.id` of the first controller.
pub static CONTROLLERS_ID_BASE: Field = own(
    "controllers.id_base",
    "controllers",
    Kind::Whole {
        min: 0,
        max: 2_147_480_000,
    },
    Value("0"),
);

/// The name of the StatefulSet; the pods are `NAME-0`, `NAME-1`, ….
pub static CONTROLLERS_NAME: Field = own(
    "controllers.name",
    "names",
    Kind::Name(NameKind::SetName),
    Derived,
);

/// The headless Service: the controllers' own names.
pub static CONTROLLERS_HEADLESS_NAME: Field = own(
    "controllers.headless_name",
    "names",
    Kind::Name(NameKind::Service),
    Derived,
);

const fn disk(id: &'static str, kind: Kind, start: super::Start) -> Field {
    Field::new(id, Storage, "controllers", kind, start).when(Plan::has_controllers)
}

/// The size of a controller's disk.
pub static CONTROLLERS_DATA_SIZE: Field =
    disk("controllers.data_size", Kind::Quantity, Value("10Gi"));

/// Who may mount a controller's claim.
pub static CONTROLLERS_ACCESS_MODE: Field = disk(
    "controllers.access_mode",
    Kind::Choice(&["ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany"]),
    Value("ReadWriteOnce"),
);

/// The name of the claims: `NAME-SET-0`, ….
pub static CONTROLLERS_CLAIM: Field = disk(
    "controllers.claim",
    Kind::Name(NameKind::Label),
    Value("metadata"),
);
