//! What the portal knows of one open case beyond the search (document `details`).

use std::fmt;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::time::{self, Moment};

/// One entry of `details`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    /// Whether the account is in a critical situation over this case.
    #[serde(default, deserialize_with = "super::lenient::or_default")]
    pub crit_sit: bool,
    /// The customer's case group.
    #[serde(default)]
    pub group_name: Option<String>,
    /// Who watches the case.
    #[serde(default, deserialize_with = "super::lenient::or_default")]
    pub notified_users: Vec<NotifiedUser>,
    /// When the customer got relief.
    #[serde(default)]
    pub relief_at: Option<Milestone>,
    /// When the case was resolved.
    #[serde(default)]
    pub resolved_at: Option<Milestone>,
}

/// A watcher of a case; further members are kept as they came.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NotifiedUser {
    /// The portal's login.
    #[serde(rename = "ssoUsername", default, deserialize_with = "super::lenient::or_default")]
    pub sso_username: String,
    /// The portal's title for the person.
    #[serde(default)]
    pub title: Option<String>,
    /// Whatever else the portal said.
    #[serde(flatten)]
    pub other: serde_json::Map<String, serde_json::Value>,
}

/// A moment in a case's life; the portal tells it as text or as milliseconds since the epoch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Milestone {
    /// Milliseconds since 1970, UTC.
    Millis(i64),
    /// `2026-11-23T14:05:00Z`.
    Text(String),
}

impl Milestone {
    /// When it was, or the text that is no time. A text of digits is taken for milliseconds.
    pub fn moment(&self) -> Moment {
        match self {
            Self::Millis(millis) => of_millis(*millis),
            Self::Text(text) => text.trim().parse().map_or_else(|_| Moment::of(text), of_millis),
        }
    }
}

impl<'de> Deserialize<'de> for Milestone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MilestoneVisitor)
    }
}

fn of_millis(millis: i64) -> Moment {
    time::from_millis(millis).map_or_else(|_| Moment::Unreadable(millis.to_string().into()), Moment::Known)
}

struct MilestoneVisitor;

impl Visitor<'_> for MilestoneVisitor {
    type Value = Milestone;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time as text or as milliseconds")
    }

    fn visit_i64<E: Error>(self, millis: i64) -> Result<Milestone, E> {
        Ok(Milestone::Millis(millis))
    }

    fn visit_u64<E: Error>(self, millis: u64) -> Result<Milestone, E> {
        i64::try_from(millis)
            .map(Milestone::Millis)
            .map_err(|_| E::invalid_value(Unexpected::Unsigned(millis), &self))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Milestone, E> {
        Ok(Milestone::Text(text.to_owned()))
    }
}
