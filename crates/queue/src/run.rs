//! One run of a task, as everybody sees it.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use uuid::{ContextV7, Timestamp, Uuid};

use crate::progress::Step;

/// Keeps ids of one millisecond in order.
static COUNTER: Mutex<ContextV7> = Mutex::new(ContextV7::new());

/// A run's id; later ones sort after earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(Uuid);

impl RunId {
    /// A new one.
    pub(crate) fn at(now: DateTime<Utc>) -> Self {
        let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
        let counter = COUNTER.lock().unwrap_or_else(PoisonError::into_inner);
        Self(Uuid::new_v7(Timestamp::from_unix(&*counter, seconds, now.timestamp_subsec_nanos())))
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// A text that is no run's id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no run's id; expected one such as 019ab5c0-3f2e-7c1a-8f1e-5b2a0c9d4e6f")]
pub struct NoRunId(String);

impl FromStr for RunId {
    type Err = NoRunId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // Only the form that we write: two spellings of one id would be two addresses of one page.
        let canonical = |id: &Uuid| id.hyphenated().encode_lower(&mut Uuid::encode_buffer()) == text;
        let id = Uuid::try_parse(text).ok().filter(canonical);
        id.map(Self).ok_or_else(|| NoRunId(text.chars().take(80).collect()))
    }
}

impl<'de> Deserialize<'de> for RunId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Serialize for RunId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for RunId {
    fn schema_name() -> Cow<'static, str> {
        "RunId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "uuid", "description": "A run's id; later ones sort after earlier ones." })
    }
}

/// Words that stand for the variants of an enum, in the ledger and everywhere else.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The one that this word stands for.
            pub fn by_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }
        }
    };
}

words! {
    /// Who started a run.
    Origin {
        /// Its schedule.
        Schedule = "schedule",
        /// Somebody: a button, a command.
        Person = "person",
        /// Something: the API, a cold start, another task.
        Program = "program",
    }
}

words! {
    /// Where a run stands.
    RunState {
        /// Its time has not come yet.
        Scheduled = "scheduled",
        /// It waits for its turn.
        Pending = "pending",
        /// It works.
        Running = "running",
        /// A try failed; it waits for the next.
        Retrying = "retrying",
        /// It succeeded.
        Done = "done",
        /// Its last try failed.
        Failed = "failed",
        /// It was stopped.
        Cancelled = "cancelled",
    }
}

impl RunState {
    /// Whether nothing more will happen to the run, unless somebody wants it again.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

/// Who asks for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    /// What kind of somebody.
    pub origin: Origin,
    /// The name, for people.
    pub name: String,
}

impl Asker {
    /// A person of that name.
    pub fn person(name: impl Into<String>) -> Self {
        Self { origin: Origin::Person, name: name.into() }
    }

    /// A program of that name.
    pub fn program(name: impl Into<String>) -> Self {
        Self { origin: Origin::Program, name: name.into() }
    }
}

/// A run at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunView {
    /// Its id.
    pub id: RunId,
    /// The task's name.
    pub task: String,
    /// The queue it waits in.
    pub queue: String,
    /// What kind of somebody started it.
    pub origin: Origin,
    /// Their name.
    pub asked_by: String,
    /// What it was started with.
    pub arguments: Value,
    /// Where it stands.
    pub state: RunState,
    /// Tries begun.
    pub attempt: u32,
    /// Tries that count: those that the program took back to stop in good order do not.
    pub spent: u32,
    /// How many tries may count.
    pub allowed: u32,
    /// How far it is.
    pub progress: Step,
    /// What it gave back; null until it is done.
    pub result: Value,
    /// Why the latest try failed; `None` again once one succeeded.
    pub error: Option<String>,
    /// When it was asked for.
    pub requested: DateTime<Utc>,
    /// When it may work; for one that waits.
    pub due: DateTime<Utc>,
    /// When its first try began.
    pub started: Option<DateTime<Utc>>,
    /// When it reached its final state.
    pub finished: Option<DateTime<Utc>>,
    /// Who works on it, or worked on it last.
    pub worker: Option<String>,
    /// Who wants it to stop, while it still works.
    pub stop_asked_by: Option<String>,
    /// The lock that it needs.
    pub exclusive: Option<String>,
}

/// Put into an error's context by a task that knows that a retry cannot help: the run fails at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("trying again will not help")]
pub struct Permanent;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        let id = RunId::at("2026-11-23T12:00:00Z".parse().unwrap());
        let text = id.to_string();
        assert_eq!(text.parse(), Ok(id));
        for other in [text.to_uppercase(), text.replace('-', ""), format!("{{{text}}}"), String::new()] {
            assert!(other.parse::<RunId>().is_err(), "{other}");
        }
    }

    #[test]
    fn ids_of_one_moment_are_in_order() {
        let now = "2026-11-23T12:00:00Z".parse().unwrap();
        let ids: Vec<RunId> = (0..100).map(|_| RunId::at(now)).collect();
        assert!(ids.is_sorted(), "{ids:?}");
    }

    #[test]
    fn words_come_back() {
        for state in RunState::ALL {
            assert_eq!(RunState::by_word(state.as_str()), Some(*state));
        }
        assert_eq!(RunState::by_word("Done"), None);
    }
}
