//! What the files do not tell, and a person is asked.

use super::Position;
use crate::text::Sentence;

/// What an object of the files runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Brokers of the cluster that is designed.
    Brokers,
    /// Its ZooKeeper ensemble.
    Ensemble,
    /// Something else: a tool, or another cluster.
    Neither,
}

impl Role {
    /// All, in the order of asking.
    pub const ALL: [Self; 3] = [Self::Brokers, Self::Ensemble, Self::Neither];

    /// Its name on the command line and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Brokers => "brokers",
            Self::Ensemble => "ensemble",
            Self::Neither => "neither",
        }
    }

    /// The role with this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// A question about an object; until it is answered the object is kept as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The object, as `Kind/name`: what an answer is given for.
    pub subject: String,
    /// The file that it stands in.
    pub file: String,
    /// Where in that file.
    pub position: Position,
    /// What is asked, and why.
    pub sentence: Sentence,
    /// The answers that make sense.
    pub choices: &'static [Role],
    /// What was answered, or else what is assumed.
    pub answer: Role,
    /// Whether a person answered.
    pub is_answered: bool,
}
