//! Watchers of cases: adding and removing people.

use axum::http::StatusCode;
use serde_json::json;

use super::hydra::known_case;
use super::render;
use crate::ask::Ask;
use crate::reply::{Answer, Reply};
use crate::state::Ground;

pub(super) fn add(ground: &mut Ground, ask: &Ask) -> Answer {
    let case = known_case(ground, ask)?;
    let wrong =
        || Reply::json(StatusCode::BAD_REQUEST, &json!({ "message": "user[].ssoUsername is required" }));
    let body = ask.json().map_err(|_| wrong())?;
    let users = body.get("user").and_then(|users| users.as_array()).ok_or_else(wrong)?;
    let logins: Option<Vec<&str>> = users
        .iter()
        .map(|user| {
            user.get("ssoUsername").and_then(|login| login.as_str()).filter(|login| !login.is_empty())
        })
        .collect();
    let logins = logins.ok_or_else(wrong)?;
    let changed = logins.iter().any(|login| !render::watches(ground, &case, login));
    for login in &logins {
        ground.written.add_watcher(&case.number, login)?;
    }
    ground.written.journal.did("add_watcher", format!("{} {}", case.number, logins.join(",")), changed);
    Ok(Reply::empty(StatusCode::CREATED))
}

pub(super) fn remove(ground: &mut Ground, ask: &Ask) -> Answer {
    let case = known_case(ground, ask)?;
    let login = ask.param("login");
    let changed = render::watches(ground, &case, login);
    ground.written.remove_watcher(&case.number, login)?;
    ground.written.journal.did("remove_watcher", format!("{} {login}", case.number), changed);
    Ok(Reply::empty(StatusCode::OK))
}
