//! Who may see which bug, and how Bugzilla refuses.

use axum::http::StatusCode;
use serde_json::json;

use crate::ask::Ask;
use crate::reply::Reply;
use crate::state::Ground;
use crate::world::{BugState, Visibility};

/// The API key that is good.
pub(crate) const KEY: &str = "simulated-bugzilla-key-0123456789abcdefgh";

/// Bugzilla's refusal.
pub(super) fn error(status: u16, code: u32, message: &str) -> Reply {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let documentation = "https://bugzilla.readthedocs.org/en/5.0/api/";
    Reply::json(
        status,
        &json!({ "error": true, "code": code, "message": message, "documentation": documentation }),
    )
}

/// Whether the caller is logged in; a wrong key is refused, none is not. Two keys at once are refused as well.
pub(super) fn logged_in(ask: &Ask) -> Result<bool, Reply> {
    let header = ask.headers.get("x-bugzilla-api-key").and_then(|value| value.to_str().ok());
    let query = ask.get("api_key").or_else(|| ask.get("Bugzilla_api_key"));
    let keys: Vec<&str> = [ask.bearer(), header, query].into_iter().flatten().collect();
    match keys.as_slice() {
        [] => Ok(false),
        [key] if *key == KEY => Ok(true),
        [_] => Err(error(
            400,
            306,
            "The API key you specified is invalid. Please check that you typed it correctly.",
        )),
        _ => Err(error(400, 306, "More than one API key was sent. Send it in one way only.")),
    }
}

pub(super) fn must_log_in(ask: &Ask) -> Result<(), Reply> {
    if logged_in(ask)? {
        Ok(())
    } else {
        Err(error(401, 410, "You must log in before using this part of Bugzilla."))
    }
}

/// The bug of that number, or the refusal that a request for it alone gets.
pub(super) fn bug(ground: &Ground, id: &str) -> Result<BugState, Reply> {
    let Ok(number) = id.parse::<u32>() else {
        return Err(error(400, 100, &format!("'{id}' is not a valid bug number nor an alias to a bug.")));
    };
    match ground.world.bug_of_number(number) {
        None => Err(error(404, 101, &format!("Bug #{number} does not exist."))),
        Some(bug) if bug.visibility == Visibility::Restricted => {
            Err(error(401, 102, &format!("You are not authorized to access bug #{number}.")))
        }
        Some(bug) => Ok(bug),
    }
}
