//! Watchers of cases: adding and removing people.

use axum::http::StatusCode;
use serde_json::json;

use super::hydra::known_case;
use crate::ask::Ask;
use crate::reply::{Answer, Reply};
use crate::state::Ground;

pub(super) fn add(ground: &mut Ground, ask: &Ask) -> Answer {
    let case = known_case(ground, ask)?;
    let wrong =
        || Reply::json(StatusCode::BAD_REQUEST, &json!({ "message": "user[].ssoUsername is required" }));
    let body = ask.json().map_err(|_| wrong())?;
    let users = body.get("user").and_then(|users| users.as_array()).ok_or_else(wrong)?;
    for user in users {
        let login =
            user.get("ssoUsername").and_then(|login| login.as_str()).filter(|login| !login.is_empty());
        ground.written.add_watcher(&case.number, login.ok_or_else(wrong)?)?;
    }
    Ok(Reply::empty(StatusCode::CREATED))
}

pub(super) fn remove(ground: &mut Ground, ask: &Ask) -> Answer {
    let case = known_case(ground, ask)?;
    ground.written.remove_watcher(&case.number, ask.param("login"))?;
    Ok(Reply::empty(StatusCode::OK))
}
