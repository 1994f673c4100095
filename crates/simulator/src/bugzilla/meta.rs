//! What this Bugzilla is, and who asks.

#![expect(clippy::unnecessary_wraps, reason = "all handlers have one shape, whether they can refuse or not")]

use serde_json::json;

use super::access::{error, logged_in, must_log_in};
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

/// Users by number or name; the simulated one knows itself alone.
pub(super) fn users(_: &Ground, ask: &Ask) -> Answer {
    if !logged_in(ask)? {
        let message = "Logged-out users cannot use the \"ids\" argument to this function to access any user information.";
        return Err(error(401, 505, message));
    }
    let bot = World::bot();
    let named = |name: &str| {
        ask.query.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    };
    let (ids, names): (Vec<&str>, Vec<&str>) = (named("ids"), named("names"));
    let known = ids.contains(&"1") || names.contains(&bot.mail.as_str());
    let users = known.then(
        || json!({ "id": 1, "name": bot.mail, "email": bot.mail, "real_name": bot.name, "can_login": true }),
    );
    Ok(Reply::ok(&json!({ "users": Vec::from_iter(users) })))
}
