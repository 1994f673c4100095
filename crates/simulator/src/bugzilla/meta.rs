//! What this Bugzilla is, and who asks.

#![expect(clippy::unnecessary_wraps, reason = "all handlers have one shape, whether they can refuse or not")]

use serde_json::json;

use super::access::{logged_in, must_log_in};
use crate::ask::Ask;
use crate::reply::{Answer, Reply};
use crate::state::Ground;
use crate::world::World;

pub(super) fn version(_: &Ground, _: &Ask) -> Answer {
    Ok(Reply::ok(&json!({ "version": "5.0.4.rh103" })))
}

pub(super) fn extensions(_: &Ground, _: &Ask) -> Answer {
    Ok(Reply::ok(&json!({ "extensions": { "RedHat": { "version": "1.0" } } })))
}

pub(super) fn whoami(_: &Ground, ask: &Ask) -> Answer {
    must_log_in(ask)?;
    let bot = World::bot();
    Ok(Reply::ok(&json!({ "id": 1, "name": bot.mail, "real_name": bot.name })))
}

pub(super) fn valid_login(_: &Ground, ask: &Ask) -> Answer {
    let valid = logged_in(ask)? && ask.get("login").is_none_or(|login| login == World::bot().mail);
    Ok(Reply::ok(&json!({ "result": valid })))
}
