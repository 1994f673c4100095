//! The description of the API: the reviewed file is it, and it says what the router does.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::access::support::{Browser, app, make_token, with_token};
use crate::common::TestApp;
use crate::described::DESCRIPTION;

#[test]
fn the_reviewed_file_is_the_description() {
    let reviewed = include_str!("../../../../docs/openapi.json");
    let now = serde_json::to_string_pretty(&t5g_web::openapi()).unwrap() + "\n";
    assert!(reviewed == now, "docs/openapi.json is stale: run `cargo xtask gen` and look at what changed");
}

#[test]
fn every_route_of_the_api_is_described() {
    let others = ["/refresh", "/status/{id}", "/progress/status"];
    for route in t5g_web::route_table() {
        let of_api = route.path == "/api" || route.path.starts_with("/api/") || others.contains(&route.path);
        assert_eq!(route.is_described(), of_api, "{}", route.path);
        assert_eq!(DESCRIPTION["paths"].get(route.path).is_some(), of_api, "{}", route.path);
    }
}

#[tokio::test]
async fn what_is_described_is_what_the_router_takes() {
    let app = TestApp::empty().await;
    for (path, operations) in DESCRIPTION["paths"].as_object().unwrap() {
        let filled = path
            .replace("{kind}", "cards")
            .replace("{id}", "none")
            .replace("{name}", "none")
            .replace("{key}", "NONE-1")
            .replace("{number}", "1");
        for (name, method) in [("get", Method::GET), ("post", Method::POST)] {
            let answer = app.send(method, &filled, &[("sec-fetch-site", "same-origin")]).await;
            let taken = answer.status != StatusCode::METHOD_NOT_ALLOWED;
            // Without a token the old form of refreshing is refused in the same words as an unknown method.
            let described =
                operations.get(name).is_some() && !(name == "get" && path.starts_with("/api/refresh/"));
            assert_eq!(taken, described, "{name} {path}");
        }
        for (name, operation) in operations.as_object().unwrap() {
            assert!(
                operation["operationId"].is_string() && operation["summary"].is_string(),
                "{name} {path}"
            );
        }
    }
}

#[tokio::test]
async fn it_says_which_scope_a_token_needs() {
    let app = app().await;
    let mut browser = Browser::sign_in(&app, "Eve", "admins").await;
    for scope in ["read", "refresh", "write", "admin"] {
        let token = make_token(&app, &mut browser, &[scope]).await;
        for (path, operations) in DESCRIPTION["paths"].as_object().unwrap() {
            let Some(operation) = operations.get("get").filter(|_| !path.contains('{')) else { continue };
            let needed = &operation["security"][0]["token"][0];
            let refused = with_token(&app, Method::GET, path, &token).await.status == StatusCode::FORBIDDEN;
            assert_eq!(refused, needed != scope, "{path} with a token to {scope}");
        }
    }
}

#[tokio::test]
async fn it_is_served_once_and_then_only_if_it_changed() {
    let app = TestApp::empty().await;
    let first = app.get("/api/openapi.json").await;
    assert_eq!(first.json(), t5g_web::openapi());
    let etag = first.header("etag").to_owned();
    let again = app.send(Method::GET, "/api/openapi.json", &[("if-none-match", &etag)]).await;
    assert_eq!((again.status, again.bytes.len()), (StatusCode::NOT_MODIFIED, 0));
}

#[test]
fn references_lead_somewhere() {
    fn walk(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
                members.values().for_each(|value| walk(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| walk(value, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(&DESCRIPTION, &mut found);
    assert!(found.len() > 50);
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(DESCRIPTION.pointer(pointer).is_some(), "{reference}");
    }
    assert_eq!(DESCRIPTION["openapi"], json!("3.1.0"));
}

#[tokio::test]
async fn the_page_to_try_it_names_every_operation() {
    let app = TestApp::empty().await;
    let page = app.get("/api/docs").await;
    for (path, operations) in DESCRIPTION["paths"].as_object().unwrap() {
        for operation in operations.as_object().unwrap().values() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(page.text().contains(&format!("id=\"{id}\"")), "{id}");
        }
        assert!(page.text().contains(&format!("data-try=\"{path}\"")), "{path}");
    }
}
