//! The portal's v3 face: one case, its comments, filtering, downloads.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::MethodFilter;
use serde_json::{Value, json};

use super::hydra::known_case;
use super::{files, render};
use crate::ask::Ask;
use crate::reply::{Answer, Reply};
use crate::route::{looking, reading};
use crate::sso::check_bearer;
use crate::state::{Ground, Shared};
use crate::world::CaseState;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/cases/filter", looking(MethodFilter::POST, filter))
        .route("/cases/{number}", reading(one))
        .route("/cases/{number}/comments", reading(comments))
        .route("/cases/attachments/downloadFile/{number}/{uuid}", reading(download))
}

fn one(ground: &Ground, ask: &Ask) -> Answer {
    let case = known_case(ground, ask)?;
    let mut body = render::case(ground, &case);
    if let Some(fields) = body.as_object_mut() {
        fields.remove("comments");
    }
    Ok(Reply::ok(&body))
}

fn comments(ground: &Ground, ask: &Ask) -> Answer {
    let case = known_case(ground, ask)?;
    let mut list = render::comments(&ground.world, &case);
    if ask.get("sortOrder").is_some_and(|order| order.eq_ignore_ascii_case("desc")) {
        list.reverse();
    }
    // Both shapes occur in the wild.
    let wrapped = case.life.index % 2 == 1;
    Ok(Reply::ok(&if wrapped { json!({ "comments": list }) } else { json!(list) }))
}

fn filter(ground: &Ground, ask: &Ask) -> Answer {
    check_bearer(ground, ask)?;
    let wrong = |message: &str| Reply::json(StatusCode::BAD_REQUEST, &json!({ "message": message }));
    let body = ask.json().map_err(|_| wrong("the body is no JSON"))?;
    let most =
        body.get("maxResults").and_then(Value::as_u64).ok_or_else(|| wrong("maxResults is required"))?;
    let offset = body.get("offset").and_then(Value::as_u64).unwrap_or(0);
    let found = ground.world.cases().filter(|case| wanted(&body, case));
    let total = found.count();
    // The real one counts well, and often shows no case: asked for none, or for many pages ahead.
    let first = usize::try_from(offset).unwrap_or(usize::MAX);
    let count = usize::try_from(most.min(100)).unwrap_or(100);
    let cases: Vec<Value> = ground
        .world
        .cases()
        .filter(|case| wanted(&body, case))
        .skip(first)
        .take(count)
        .map(|case| {
            json!({
                "caseNumber": case.number,
                "summary": case.problem(&ground.world),
                "status": case.status.as_str(),
                "severity": case.severity.numbered(),
                "product": case.life.product,
                "version": case.life.version,
                "accountNumber": case.account_number(),
                "createdDate": render::tick(&ground.world, case.life.born),
                "lastModifiedDate": render::tick(&ground.world, case.changed),
            })
        })
        .collect();
    Ok(Reply::ok(&json!({ "totalCount": total, "offset": offset, "count": cases.len(), "cases": cases })))
}

fn wanted(body: &Value, case: &CaseState) -> bool {
    let is =
        |name: &str, value: &str| body.get(name).and_then(Value::as_str).is_none_or(|asked| asked == value);
    let among = |name: &str, value: &str| {
        body.get(name)
            .and_then(Value::as_array)
            .is_none_or(|list| list.iter().any(|asked| asked.as_str() == Some(value)))
    };
    let closed_too = body.get("includeClosed").and_then(Value::as_bool).unwrap_or(false);
    (closed_too || case.is_open())
        && is("status", case.status.as_str())
        && is("severity", &case.severity.numbered())
        && among("caseNumbers", &case.number)
        && among("accountNumbers", &case.account_number())
}

fn download(ground: &Ground, ask: &Ask) -> Answer {
    let file = files::known(ground, ask)?;
    let address = files::link(ask, ask.param("number"), &file.uuid);
    Ok(Reply::ok(
        &json!({ "downloadUrl": address, "fileName": file.name, "expiresInSeconds": 300, "size": file.size }),
    ))
}
