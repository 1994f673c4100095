//! What the token service sends.

use chrono::TimeDelta;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// What it grants when it says nothing.
const DEFAULT_LIFE: i64 = 300;
/// Nobody grants more than a day; a larger number is an error on the other side.
const LONGEST_LIFE: i64 = 86_400;

/// The answer to a grant.
#[derive(Deserialize)]
pub(super) struct WireGrant {
    #[serde(default)]
    pub(super) access_token: String,
    /// Seconds; a number or a number in a string.
    #[serde(rename = "expires_in", default = "default_life", deserialize_with = "life")]
    pub(super) life: TimeDelta,
}

fn default_life() -> TimeDelta {
    TimeDelta::seconds(DEFAULT_LIFE)
}

fn life<'de, D: Deserializer<'de>>(from: D) -> Result<TimeDelta, D::Error> {
    let value = Value::deserialize(from)?;
    let seconds = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok()).unwrap_or(DEFAULT_LIFE);
    Ok(TimeDelta::seconds(seconds.clamp(1, LONGEST_LIFE)))
}

/// The answer to a refused grant.
#[derive(Deserialize)]
pub(super) struct WireRefusal {
    #[serde(default)]
    pub(super) error: String,
    #[serde(default)]
    pub(super) error_description: Option<String>,
}
