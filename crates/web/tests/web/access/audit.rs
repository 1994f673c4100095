//! The audit log's page and its export.

use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use serde_json::Value;
use t5g_store::ledger::{AccountId, Action, AuditEntry, AuditOutcome, Via};
use t5g_web::{AccessSettings, WebSettings};

use super::support::{Browser, FOREIGN, app, audited, make_token, response, settings, with_token};
use crate::common::{TestApp, now};

async fn fill(app: &TestApp, count: i64) {
    for number in 0..count {
        let entry = AuditEntry {
            at: now() + TimeDelta::minutes(number),
            actor: format!("<b>person {number}</b>"),
            account: None,
            via: Via::Task,
            action: Action::UpstreamWrite,
            object: "card".into(),
            outcome: if number % 10 == 0 { AuditOutcome::Failed } else { AuditOutcome::Done },
            detail: serde_json::json!({ "number": number }),
            request_id: None,
            address: None,
        };
        app.ledger.audit(&entry).await.unwrap();
    }
}

fn rows(page: &str) -> usize {
    page.matches("<th scope=\"row\" class=\"nowrap\"><time").count()
}

#[tokio::test]
async fn entries_are_filtered_and_paged_by_the_address() {
    let app = app().await;
    fill(&app, 130).await;
    let mut admin = Browser::sign_in(&app, "Eve", "admins").await;
    let first = admin.get(&app, "/audit").await.text().to_owned();
    assert_eq!(rows(&first), 100);
    assert!(first.contains("&lt;b&gt;person 129") && !first.contains("<b>person"));
    let (_, older) = first.split_once("href=\"/audit?before=").unwrap();
    let older = format!("/audit?before={}", older.split('"').next().unwrap());
    let second = admin.get(&app, &older).await.text().to_owned();
    assert_eq!(rows(&second), 31, "30 and the sign-in");
    assert!(second.contains("No older entries") && second.contains("Newest"));
    assert_eq!(rows(admin.get(&app, "/audit?outcome=failed").await.text()), 13);
    assert_eq!(rows(admin.get(&app, "/audit?action=login").await.text()), 1);
    assert_eq!(rows(admin.get(&app, "/audit?q=PERSON+12").await.text()), 11);
    // The tests' clock stands at 14:05 UTC on the 23rd; all of it happened within hours of that.
    assert_eq!(rows(admin.get(&app, "/audit?from=2026-11-23&until=2026-11-23").await.text()), 100);
    for bad in ["action=nothing", "outcome=x", "from=yesterday", "before=x", "until=2026-13-01"] {
        assert_eq!(admin.get(&app, &format!("/audit?{bad}")).await.status, StatusCode::BAD_REQUEST, "{bad}");
    }
    assert!(admin.get(&app, "/audit?from=2030-01-01").await.text().contains("No entry passes the filter"));
}

#[tokio::test]
async fn the_export_is_the_whole_selection_as_json_lines() {
    let app = app().await;
    fill(&app, 2_100).await;
    let mut admin = Browser::sign_in(&app, "Eve", "admins").await;
    let token = make_token(&app, &mut admin, &["admin"]).await;
    let answer = with_token(&app, Method::GET, "/audit/export?outcome=failed&q=person", &token).await;
    assert_eq!(answer.header("content-type"), "application/x-ndjson; charset=utf-8");
    let lines: Vec<Value> = answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 210);
    assert!(lines.iter().all(|line| line["outcome"] == "failed"));
    let all = admin.get(&app, "/audit/export").await;
    assert_eq!(all.text().lines().count(), 2_100 + 4, "a sign-in, a token, and both exports");
    let newest = &audited(&app).await[0];
    assert_eq!(newest.action, "audit.export");
}

#[tokio::test]
async fn what_somebody_may_not_do_is_noted() {
    let app = app().await;
    let mut viewer = Browser::sign_in(&app, "Ada", "field").await;
    let refused = viewer.get(&app, "/audit").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.text().contains("This needs the role admin; yours is viewer."), "{}", refused.text());
    let newest = &audited(&app).await[0];
    assert_eq!(
        (newest.action.as_str(), newest.object.as_str(), newest.actor.as_str()),
        ("denied", "/audit", "Ada <Ada@example.com>")
    );
    assert_eq!(newest.request_id.as_deref(), Some(refused.header("x-request-id")));
    for _ in 0..60 {
        viewer.get(&app, "/audit").await;
    }
    let denied = audited(&app).await.iter().filter(|entry| entry.action == "denied").count();
    assert_eq!(denied, 30, "one who knocks on and on does not fill the log");
}

/// Signs in somebody of that name whom the identity provider knows by that id.
async fn namesake(app: &TestApp, name: &str, id: &str, mail: Option<&str>) -> Browser {
    let mut browser = Browser::default();
    let (relay, request) = browser.begin(app, "/?sso").await;
    let mut answer = response(&request, name, "field");
    answer["attributes"]["rhatUUID"] = serde_json::json!([id]);
    answer["attributes"]["mail"] = serde_json::json!(mail.into_iter().collect::<Vec<_>>());
    let back = browser.bring(app, &relay, &answer.to_string()).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.text());
    browser
}

#[tokio::test]
async fn namesakes_are_told_apart() {
    let app = app().await;
    let people = [("u-1", Some("anna.a@example.com")), ("u-2", Some("anna.b@example.com")), ("u-3", None)];
    for (id, mail) in people {
        let mut browser = namesake(&app, "Anna", id, mail).await;
        browser.get(&app, "/audit").await;
    }
    // Whoever calls themselves what the log calls others is still themselves.
    namesake(&app, "the identity provider", "u-4", Some("eva@example.com")).await;
    let mut admin = Browser::sign_in(&app, "Eve", "admins").await;
    let page = admin.get(&app, "/audit?action=denied").await.text().to_owned();
    for (id, mail) in people {
        let account = AccountId::of("https://idp.example", id).to_string();
        let shown = mail.map_or_else(|| format!("account {account}"), str::to_owned);
        let wanted = format!("<a href=\"/users/{account}\">Anna &lt;{shown}&gt;</a>");
        assert!(page.contains(&wanted), "{wanted} in {page}");
        // One finds them by account and by mail address.
        for words in [Some(account.as_str()), mail].into_iter().flatten() {
            let found = admin.get(&app, &format!("/audit?action=denied&q={words}")).await;
            assert_eq!(rows(found.text()), 1, "{words}");
        }
    }
    let all = admin.get(&app, "/audit").await.text().to_owned();
    assert!(all.contains("the identity provider &lt;eva@example.com&gt;"));
}

/// The entry that tells what was left out, once it is there.
async fn told(app: &TestApp) -> Vec<(String, Value)> {
    app.later(TimeDelta::minutes(1));
    for _ in 0..1_000 {
        let entries = audited(app).await;
        let told: Vec<_> =
            entries.into_iter().filter(|entry| entry.object.starts_with("refusals that are not")).collect();
        if !told.is_empty() {
            return told.into_iter().map(|entry| (entry.actor, entry.detail["count"].clone())).collect();
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("nothing is told of what was left out");
}

#[tokio::test]
async fn namesakes_do_not_hide_each_others_refusals() {
    let app = app().await;
    let mut one = namesake(&app, "Anna", "u-1", Some("anna.a@example.com")).await;
    let mut other = namesake(&app, "Anna", "u-2", Some("anna.b@example.com")).await;
    for _ in 0..40 {
        one.get(&app, "/users").await;
    }
    other.get(&app, "/audit/export").await;
    let noted = audited(&app).await;
    assert!(noted.iter().any(|entry| entry.object == "/audit/export"), "the other Anna's try");
    assert_eq!(noted.iter().filter(|entry| entry.object == "/users").count(), 30);
    assert_eq!(told(&app).await, [("Anna <anna.a@example.com>".to_owned(), Value::from(10))]);
}

#[tokio::test]
async fn strangers_write_only_so_much() {
    let base = settings();
    let access = AccessSettings { logins_per_minute: 1_000_000, ..base.access };
    let app = TestApp::with(&[], WebSettings { access, ..base }).await;
    for _ in 0..50 {
        assert_eq!(app.form("/?acs", &FOREIGN, &[("x", "y")]).await.status, StatusCode::FORBIDDEN);
        app.form("/?sls", &FOREIGN, &[("x", "y")]).await;
    }
    assert_eq!(audited(&app).await.len(), 30);
    assert_eq!(told(&app).await, [("somebody".to_owned(), Value::from(70))]);
    // An answer to a question of ours is not hidden by what anybody may post.
    let mut forger = Browser::default();
    let (relay, request) = forger.begin(&app, "/?sso").await;
    let mut forged = response(&request, "Ada", "field");
    forged["bad"] = "it is forged".into();
    forger.bring(&app, &relay, &forged.to_string()).await;
    assert_eq!(audited(&app).await[0].detail["code"], "signature");
    // Whom the identity provider vouches for is not one of them.
    let mut ada = Browser::default();
    let (relay, request) = ada.begin(&app, "/?sso").await;
    ada.bring(&app, &relay, &response(&request, "Ada", "nobody").to_string()).await;
    assert_eq!(audited(&app).await[0].detail["code"], "no_group");
}

#[tokio::test]
async fn every_kind_of_refusal_leaves_a_line() {
    let base = settings();
    let access = AccessSettings { logins_per_minute: 4, token_requests_per_minute: 3, ..base.access };
    let app = TestApp::with(&[], WebSettings { access, ..base }).await;
    let mut eve = Browser::sign_in(&app, "Eve", "admins").await;
    let token = make_token(&app, &mut eve, &["read"]).await;
    let newest = async || audited(&app).await.swap_remove(0);
    let reason = async || newest().await.detail["reason"].as_str().unwrap_or_default().to_owned();

    for _ in 0..4 {
        with_token(&app, Method::GET, "/api/", &token).await;
    }
    let entry = newest().await;
    assert_eq!((entry.action.as_str(), entry.object.as_str()), ("denied", "/api/"));
    assert_eq!(entry.detail["reason"], "too many requests");

    assert_eq!(with_token(&app, Method::GET, "/api/", "t5g_nonsense").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!((reason().await.as_str(), newest().await.actor.as_str()), ("an unknown token", "somebody"));
    let handle = t5g_store::ledger::SecretDigest::of(&token).handle();
    eve.submit(&app, &format!("/tokens/{handle}/revoke"), &[]).await;
    with_token(&app, Method::GET, "/api/", &token).await;
    let entry = newest().await;
    assert_eq!(entry.detail["reason"], "the token was revoked");
    assert!(entry.actor.contains("of Eve") && entry.account.is_some() && entry.via == "token");

    assert_eq!(eve.submit_as(&app, "/tokens", &[], &[("csrf", "x")]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(newest().await.detail["needed"], "a form of our own page");
    assert_eq!(eve.submit_as(&app, "/tokens", &FOREIGN, &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(reason().await, "it came from a page of another site");

    // Two steps were the sign-in, two more pass.
    for _ in 0..3 {
        Browser::default().get(&app, "/?sso").await;
    }
    assert_eq!(newest().await.detail["code"], "too_many");
}
