//! Every route's rule, proved by asking: what a stranger, a person of each role and a token of each scope get.

use axum::http::{Method, StatusCode};
use t5g_web::{AccessSettings, RoleGroups, WebSettings};

use super::support::{Browser, FOREIGN, make_token, settings, with_token};
use crate::common::{Answer, TestApp};

/// For each route who is let in, in this order: a stranger, a viewer, an operator, an administrator, and tokens with
/// the scope read, refresh, write, admin. `+` in, `-` not.
const RULES: &[(&str, &str)] = &[
    ("/", "++++ ++++"),
    ("/saml/metadata", "++++ ++++"),
    ("/home", "-+++ +---"),
    ("/table/", "-+++ +---"),
    ("/table/all", "-+++ +---"),
    ("/stats", "-+++ +---"),
    ("/figures/{figure}", "-+++ +---"),
    ("/accounts", "-+++ +---"),
    ("/account", "-+++ +---"),
    ("/account/{*name}", "-+++ +---"),
    ("/engineers", "-+++ +---"),
    ("/engineer", "-+++ +---"),
    ("/engineer/{*name}", "-+++ +---"),
    ("/table/trends", "-+++ +---"),
    ("/table/details", "-+++ +---"),
    ("/table/complete", "-+++ +---"),
    ("/table/all/rows", "-+++ +---"),
    ("/table/recent/rows", "-+++ +---"),
    ("/table/trends/rows", "-+++ +---"),
    ("/table/all.csv", "-+++ +---"),
    ("/table/all.tsv", "-+++ +---"),
    ("/table/all.json", "-+++ +---"),
    ("/table/all.ndjson", "-+++ +---"),
    ("/table/all.md", "-+++ +---"),
    ("/table/recent.csv", "-+++ +---"),
    ("/table/recent.tsv", "-+++ +---"),
    ("/table/recent.json", "-+++ +---"),
    ("/table/recent.ndjson", "-+++ +---"),
    ("/table/recent.md", "-+++ +---"),
    ("/table/trends.csv", "-+++ +---"),
    ("/table/trends.tsv", "-+++ +---"),
    ("/table/trends.json", "-+++ +---"),
    ("/table/trends.ndjson", "-+++ +---"),
    ("/table/trends.md", "-+++ +---"),
    ("/sources", "-+++ +---"),
    ("/sources/{document}/approve", "--++ --+-"),
    ("/sources/{document}/reject", "--++ --+-"),
    ("/partials/freshness", "-+++ +---"),
    ("/refresh", "--++ -+--"),
    ("/status/{id}", "-+++ +---"),
    ("/progress/status", "-+++ +---"),
    ("/api", "-+++ +---"),
    ("/api/", "-+++ +---"),
    ("/api/stats", "-+++ +---"),
    ("/api/refresh/{kind}", "--++ -+--"),
    ("/api/refresh/create_jira_cards", "--++ --+-"),
    ("/views", "-+++ +---"),
    ("/views/save", "-+++ ----"),
    ("/views/remove", "-+++ ----"),
    ("/tokens", "-+++ ----"),
    ("/tokens/{handle}/revoke", "-+++ ----"),
    ("/users", "---+ ---+"),
    ("/users/{account}", "---+ ---+"),
    ("/users/{account}/block", "---+ ---+"),
    ("/users/{account}/unblock", "---+ ---+"),
    ("/users/{account}/sign-out", "---+ ---+"),
    ("/users/{account}/sessions/{handle}/revoke", "---+ ---+"),
    ("/audit", "---+ ---+"),
    ("/audit/export", "---+ ---+"),
    ("/updates/", "-+++ +---"),
    ("/updates/all", "-+++ +---"),
    ("/trends/", "-+++ +---"),
    ("/weekly/", "-+++ +---"),
    ("/weekly.md", "-+++ +---"),
    ("/weekly.txt", "-+++ +---"),
    ("/weekly.slack.txt", "-+++ +---"),
    ("/card/{key}", "-+++ +---"),
    ("/updates", "-+++ +---"),
    ("/trends", "-+++ +---"),
    ("/weekly", "-+++ +---"),
    ("/monitor", "--++ --+-"),
    ("/monitor/live", "--++ --+-"),
    ("/monitor/tasks/{name}", "--++ --+-"),
    ("/monitor/tasks/{name}/live", "--++ --+-"),
    ("/monitor/tasks/{name}/run", "--++ --+-"),
    ("/monitor/tasks/{name}/pause", "--++ --+-"),
    ("/monitor/tasks/{name}/resume", "--++ --+-"),
    ("/monitor/queues/{name}/pause", "--++ --+-"),
    ("/monitor/queues/{name}/resume", "--++ --+-"),
    ("/monitor/runs/{id}", "--++ --+-"),
    ("/monitor/runs/{id}/live", "--++ --+-"),
    ("/monitor/runs/{id}/cancel", "--++ --+-"),
    ("/monitor/runs/{id}/retry", "--++ --+-"),
    ("/api/monitor", "--++ --+-"),
    ("/api/monitor/tasks", "--++ --+-"),
    ("/api/monitor/tasks/{name}", "--++ --+-"),
    ("/api/monitor/tasks/{name}/runs", "--++ --+-"),
    ("/api/monitor/tasks/{name}/pause", "--++ --+-"),
    ("/api/monitor/tasks/{name}/resume", "--++ --+-"),
    ("/api/monitor/queues", "--++ --+-"),
    ("/api/monitor/queues/{name}/pause", "--++ --+-"),
    ("/api/monitor/queues/{name}/resume", "--++ --+-"),
    ("/api/monitor/workers", "--++ --+-"),
    ("/api/monitor/runs", "--++ --+-"),
    ("/api/monitor/runs/{id}", "--++ --+-"),
    ("/api/monitor/runs/{id}/cancel", "--++ --+-"),
    ("/api/monitor/runs/{id}/retry", "--++ --+-"),
    ("/cards/plan", "--++ --+-"),
    ("/cards/plan/live", "--++ --+-"),
    ("/cards/plan/do", "--++ --+-"),
    ("/journal", "--++ --+-"),
    ("/journal/{plan}", "--++ --+-"),
    ("/journal/{plan}/live", "--++ --+-"),
    ("/journal/{plan}/{decision}", "--++ --+-"),
    ("/journal/{plan}/steps/{seq}/{deed}", "--++ --+-"),
    ("/api/v1/plans", "--++ --+-"),
    ("/api/v1/plans/{id}", "--++ --+-"),
    ("/api/v1/plans/{id}/release", "--++ --+-"),
    ("/api/v1/plans/{id}/reject", "--++ --+-"),
    ("/api/v1/journal", "--++ --+-"),
    ("/api/openapi.json", "-+++ +---"),
    ("/api/docs", "-+++ +---"),
    ("/api/v1", "-+++ +---"),
    ("/api/v1/cards", "-+++ +---"),
    ("/api/v1/cards/{key}", "-+++ +---"),
    ("/api/v1/cases", "-+++ +---"),
    ("/api/v1/cases/{number}", "-+++ +---"),
    ("/api/v1/bugs", "-+++ +---"),
    ("/api/v1/issues", "-+++ +---"),
    ("/api/v1/accounts", "-+++ +---"),
    ("/api/v1/engineers", "-+++ +---"),
    ("/api/v1/bugs/{number}", "-+++ +---"),
    ("/api/v1/issues/{key}", "-+++ +---"),
    ("/api/v1/accounts/{name}", "-+++ +---"),
    ("/api/v1/engineers/{name}", "-+++ +---"),
    ("/api/v1/statistics", "-+++ +---"),
    ("/api/v1/statistics/history", "-+++ +---"),
    ("/api/v1/sources", "-+++ +---"),
    ("/api/v1/events", "-+++ +---"),
    ("/assets/{name}", "++++ ++++"),
    ("/healthz", "++++ ++++"),
    ("/readyz", "++++ ++++"),
    ("/metrics", "-+++ +---"),
    ("/api/cards", "-+++ +---"),
    ("/api/cases", "-+++ +---"),
    ("/api/bugs", "-+++ +---"),
    ("/api/details", "-+++ +---"),
    ("/api/escalations", "-+++ +---"),
    ("/api/issues", "-+++ +---"),
    ("/updates/telco5g", "++++ ++++"),
    ("/updates/telco5g/all", "++++ ++++"),
    ("/updates/telco5g/severity", "++++ ++++"),
    ("/updates/telco5g/all/severity", "++++ ++++"),
    ("/updates/cnv", "++++ ++++"),
    ("/updates/cnv/all", "++++ ++++"),
    ("/updates/cnv/severity", "++++ ++++"),
    ("/updates/cnv/all/severity", "++++ ++++"),
    ("/stats/cnv", "++++ ++++"),
    ("/stats/telco5g", "++++ ++++"),
];

/// Whether the rule let it in; what the handler then says of it is another matter. `None`: the route has no such
/// method.
fn let_in(answer: &Answer) -> Option<bool> {
    if answer.status == StatusCode::METHOD_NOT_ALLOWED {
        return None;
    }
    let led = answer.header("location");
    let to_login = answer.status == StatusCode::SEE_OTHER && (led == "/" || led.starts_with("/?"));
    Some(!to_login && answer.status != StatusCode::UNAUTHORIZED && answer.status != StatusCode::FORBIDDEN)
}

fn sign(by_get: Option<bool>, by_post: Option<bool>, what: &str) -> char {
    if let (Some(got), Some(posted)) = (by_get, by_post) {
        assert_eq!(got, posted, "{what}: the rule is the route's, whatever the method");
    }
    if by_get.or(by_post).expect("some method exists") { '+' } else { '-' }
}

/// With something that looks like what belongs there and is not.
fn filled(path: &str) -> String {
    path.replace("{kind}", "cards")
        .replace("{account}", &"0".repeat(32))
        .replace("{handle}", &"0".repeat(16))
        .replace("{id}", "none")
        .replace("{plan}", "none")
        .replace("{seq}", "1")
        .replace("{decision}", "release")
        .replace("{deed}", "undo")
        .replace("{figure}", "open_cases")
        .replace("{*name}", "A/B")
        .replace("{key}", "none")
        .replace("{name}", "none.js")
        .replace("{key}", "NONE-1")
        .replace("{number}", "1")
        .replace("{document}", "cards")
}

async fn people(app: &TestApp, path: &str) -> String {
    let mut signs = String::new();
    for group in [None, Some("field"), Some("leads"), Some("admins")] {
        let mut browser = match group {
            None => Browser::default(),
            Some(group) => Browser::sign_in(app, group, group).await,
        };
        let got = let_in(&browser.get(app, path).await);
        let posted = let_in(&browser.submit(app, path, &[]).await);
        signs.push(sign(got, posted, &format!("{path} for {group:?}")));
    }
    signs
}

/// An administrator's tokens, one with each scope.
async fn one_of_each(app: &TestApp) -> Vec<(&'static str, String)> {
    let mut owner = Browser::sign_in(app, "owner", "admins").await;
    let mut tokens = Vec::new();
    for scope in ["read", "refresh", "write", "admin"] {
        tokens.push((scope, make_token(app, &mut owner, &[scope]).await));
    }
    tokens
}

async fn tokens(app: &TestApp, path: &str, tokens: &[(&str, String)]) -> String {
    let mut signs = String::new();
    for (scope, token) in tokens {
        let got = let_in(&with_token(app, Method::GET, path, token).await);
        let posted = let_in(&with_token(app, Method::POST, path, token).await);
        signs.push(sign(got, posted, &format!("{path} for a token to {scope}")));
    }
    signs
}

#[tokio::test]
async fn every_route_lets_in_whom_its_rule_names_and_nobody_else() {
    let table: Vec<&str> = t5g_web::route_table().iter().map(|route| route.path).collect();
    let known: Vec<&str> = RULES.iter().map(|(path, _)| *path).collect();
    for path in &table {
        assert!(known.contains(path), "{path} has no line here: say who may use it");
    }
    assert_eq!(table.len(), known.len(), "a route that is here and is not there");
    let base = settings();
    // Each route takes several sign-ins.
    let access = AccessSettings { logins_per_minute: 10_000, ..base.access };
    let app = TestApp::with(&[], WebSettings { access, ..base }).await;
    let made = one_of_each(&app).await;
    for (path, rule) in RULES {
        let filled = filled(path);
        let found = format!("{} {}", people(&app, &filled).await, tokens(&app, &filled, &made).await);
        assert_eq!(found, *rule, "{path}");
    }
}

#[tokio::test]
async fn with_only_viewers_named_they_refresh_too() {
    let base = settings();
    let groups = RoleGroups { viewers: vec!["field".to_owned()], ..RoleGroups::default() };
    let access = AccessSettings { groups, ..base.access };
    let app = TestApp::with(&[], WebSettings { access, ..base }).await;
    let mut viewer = Browser::sign_in(&app, "Ada", "field").await;
    assert_eq!(viewer.submit(&app, "/refresh", &[]).await.status, StatusCode::SEE_OTHER);
    let token = make_token(&app, &mut viewer, &["read", "refresh"]).await;
    assert_eq!(with_token(&app, Method::POST, "/refresh", &token).await.status, StatusCode::ACCEPTED);
    // A refresh fetches; what makes cards and writes to people is for operators, and is no refresh.
    let cards = "/api/refresh/create_jira_cards";
    assert_eq!(viewer.submit(&app, cards, &[]).await.status, StatusCode::FORBIDDEN);
    for method in [Method::GET, Method::POST] {
        assert_eq!(with_token(&app, method, cards, &token).await.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(viewer.get(&app, "/audit").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn without_login_whoever_reaches_it_may_everything() {
    let app = TestApp::empty().await;
    for (path, _) in RULES {
        let filled = filled(path);
        let (got, posted) = (let_in(&app.get(&filled).await), let_in(&app.post(&filled).await));
        assert!(got != Some(false) && posted != Some(false), "{path}");
    }
    let page = app.get("/sources").await;
    assert!(page.text().contains("Login is switched off"));
}

#[tokio::test]
async fn other_methods_open_nothing() {
    let app = TestApp::with(&[], settings()).await;
    let mut admin = Browser::sign_in(&app, "Eve", "admins").await;
    let line = format!("__Host-sid={}", admin.cookies["__Host-sid"]);
    for (path, _) in RULES {
        let filled = filled(path);
        let got = let_in(&app.send(Method::GET, &filled, &[]).await);
        let headed = let_in(&app.send(Method::HEAD, &filled, &[]).await);
        assert_eq!(got, headed, "HEAD {path} is what GET is");
        for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS, Method::TRACE] {
            for cookie in ["", line.as_str()] {
                let headers = [("cookie", cookie), ("sec-fetch-site", "same-origin")];
                let answer = app.send(method.clone(), &filled, &headers).await;
                assert!(answer.status.is_client_error(), "{method} {path}: {}", answer.status);
            }
        }
    }
    assert_eq!(admin.get(&app, "/audit").await.status, StatusCode::OK);
}

#[tokio::test]
async fn no_route_takes_a_form_of_another_site() {
    let (on, off) = (TestApp::with(&[], settings()).await, TestApp::empty().await);
    let mut admin = Browser::sign_in(&on, "Eve", "admins").await;
    for (path, _) in RULES {
        let filled = filled(path);
        let with_login = admin.submit_as(&on, &filled, &FOREIGN, &[]).await;
        assert_eq!(with_login.status, StatusCode::FORBIDDEN, "{path}");
        // Without login, the browser of whoever sits at this machine could be made to do anything.
        let without = off.form(&filled, &FOREIGN, &[]).await;
        assert_eq!(without.status, StatusCode::FORBIDDEN, "{path}");
    }
}
