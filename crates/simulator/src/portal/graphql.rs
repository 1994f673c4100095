//! The portal's GraphQL face: the one query that is in use, with its filter, order and paging as variables or
//! written out. No general GraphQL server.

mod filter;
mod literal;

use axum::Router;
use axum::routing::MethodFilter;
use serde_json::{Value, json};

use self::filter::Filter;
use super::render;
use crate::ask::Ask;
use crate::reply::{Answer, Reply};
use crate::route::looking;
use crate::sso::check_bearer;
use crate::state::{Ground, Shared};
use crate::world::CaseState;

/// The most cases on one page.
const PAGE: u64 = 200;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/graphql", looking(MethodFilter::POST, answer))
}

/// Errors come as 200.
fn errors(message: &str, code: &str) -> Reply {
    Reply::ok(&json!({ "data": null, "errors": [{ "message": message, "extensions": { "code": code } }] }))
}

fn answer(ground: &Ground, ask: &Ask) -> Answer {
    check_bearer(ground, ask)?;
    let invalid = |message: String| errors(&message, "GRAPHQL_VALIDATION_FAILED");
    let body = ask
        .json()
        .map_err(|error| errors(&format!("POST body sent invalid JSON: {error}"), "BAD_REQUEST"))?;
    let text = body.get("query").and_then(Value::as_str).unwrap_or_default();
    if !text.contains("redhat_support_uiapi") {
        return Err(invalid("only redhat_support_uiapi.query.RedHatSupportCase is simulated".into()));
    }
    let empty = json!({});
    let variables = body.get("variables").filter(|value| value.is_object()).unwrap_or(&empty);
    let arguments = literal::arguments(text, "RedHatSupportCase", variables).map_err(invalid)?;
    let argument = |name: &str| arguments.get(name).filter(|value| !value.is_null());
    let filter = Filter::read(argument("where")).map_err(invalid)?;
    let first = argument("first").and_then(Value::as_u64).unwrap_or(10);
    if first > PAGE {
        return Err(invalid(format!("first must be at most {PAGE}")));
    }
    let after = match argument("after").and_then(Value::as_str) {
        None | Some("") => 0,
        Some(cursor) => cursor.parse::<usize>().map_err(|_| invalid(format!("Invalid cursor {cursor}")))?,
    };
    let found = matching(ground, &filter, argument("orderBy"));
    let end = after.saturating_add(usize::try_from(first).unwrap_or(0)).min(found.len());
    let edges: Vec<Value> = (after.min(end)..end)
        .filter_map(|place| {
            let case = ground.world.case_of(*found.get(place)?);
            Some(json!({ "cursor": (place + 1).to_string(), "node": node(ground, &case) }))
        })
        .collect();
    let page = json!({ "hasNextPage": end < found.len(), "endCursor": end.to_string() });
    let connection = json!({ "totalCount": found.len(), "edges": edges, "pageInfo": page });
    Ok(Reply::ok(
        &json!({ "data": { "redhat_support_uiapi": { "query": { "RedHatSupportCase": connection } } } }),
    ))
}

fn matching(ground: &Ground, filter: &Filter, order: Option<&Value>) -> Vec<u32> {
    let world = &ground.world;
    let (field, down) = order_of(order);
    let mut found: Vec<(i64, u32)> = world
        .cases()
        .filter(|case| filter.matches(world, case))
        .map(|case| {
            let at = if field == "LastModifiedDate" { case.changed } else { case.life.born };
            (world.shown(at).timestamp(), case.life.index)
        })
        .collect();
    found.sort_unstable();
    if down {
        found.reverse();
    }
    found.into_iter().map(|(_, index)| index).collect()
}

fn order_of(order: Option<&Value>) -> (String, bool) {
    let Some((field, how)) = order.and_then(Value::as_object).and_then(|map| map.iter().next()) else {
        return ("CreatedDate".to_owned(), false);
    };
    (field.clone(), how.get("order").and_then(Value::as_str) == Some("DESC"))
}

/// A case with more members than were asked for; readers pick what they know.
fn node(ground: &Ground, case: &CaseState) -> Value {
    let world = &ground.world;
    let value = |text: String| json!({ "value": text });
    let comments: Vec<Value> = case
        .comments(world)
        .into_iter()
        .map(|comment| {
            json!({ "node": {
                "Id": comment.id,
                "CommentBody": value(comment.body),
                "CreatedDate": value(render::time(comment.at)),
                "CreatedBy": { "Name": value(comment.by) },
                "IsPublished": { "value": comment.public },
            } })
        })
        .collect();
    json!({
        "Id": format!("500K{:014}", case.life.index),
        "CaseNumber__c": value(case.number.clone()),
        "CaseNumber": value(case.number.clone()),
        "Subject": value(case.problem(world)),
        "Description": value(case.description(world)),
        "Status": value(case.status.as_str().to_owned()),
        "Priority": value(case.severity.numbered()),
        "CreatedDate": value(render::tick(world, case.life.born)),
        "LastModifiedDate": value(render::tick(world, case.changed)),
        "IsClosed": { "value": !case.is_open() },
        "ClosedDate": { "value": case.closed().map(|at| render::tick(world, at)) },
        "Account_Number__c": value(case.account_number()),
        "RedHatSupportAccount": { "Name": value(case.account(world)) },
        "Product": { "Name": value(format!("{} {}", case.life.product, case.life.version)) },
        "Group__r": case.group(world).map(|name| json!({ "Name": value(name.to_owned()) })),
        "CaseComments": { "edges": comments },
    })
}
