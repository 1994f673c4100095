//! API tokens: made on the page, good for what they say, and no more once they are ended.

use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use t5g_store::ledger::{Action, AuditFilter};
use t5g_web::{AccessSettings, WebSettings};

use super::support::{Browser, app, audited, make_token, settings, with_token};
use crate::common::TestApp;

async fn reads(app: &TestApp, token: &str) -> bool {
    let answer = with_token(app, Method::GET, "/api/", token).await;
    match answer.status {
        StatusCode::OK => true,
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => false,
        other => panic!("{other}: {}", answer.text()),
    }
}

#[tokio::test]
async fn a_token_is_shown_once_and_kept_as_a_digest() {
    let app = app().await;
    let mut browser = Browser::sign_in(&app, "Ada", "field").await;
    let token = make_token(&app, &mut browser, &["read"]).await;
    assert_eq!(token.len(), 68);
    assert!(reads(&app, &token).await);
    let page = browser.get(&app, "/tokens").await;
    assert!(page.text().contains("made in a test") && !page.text().contains(&token));
    let digest = t5g_store::ledger::SecretDigest::of(&token);
    let rows = app.ledger.db().await.unwrap().fetch("SELECT digest FROM api_tokens", &[]).await.unwrap();
    let kept: String = rows[0].get("digest").unwrap();
    assert!(kept.starts_with(digest.handle().as_str()) && !token.contains(&kept));
    let entries = audited(&app).await;
    let made = entries.iter().find(|entry| entry.action == "token.create").unwrap();
    assert_eq!(made.object, digest.handle().as_str());
    assert!(!format!("{entries:?}").contains(&token[4..]));
}

#[tokio::test]
async fn a_token_never_rises_above_its_owner() {
    let app = app().await;
    let mut viewer = Browser::sign_in(&app, "Ada", "field").await;
    for scope in ["refresh", "write", "admin"] {
        let fields = [("name", "too much"), ("days", "7"), ("scope", "read"), ("scope", scope)];
        let refused = viewer.submit(&app, "/tokens", &fields).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{scope}");
        assert!(refused.text().contains("Your role is viewer"), "{scope}");
    }
    for fields in [
        [("name", ""), ("days", "7"), ("scope", "read")],
        [("name", "x"), ("days", "0"), ("scope", "read")],
        [("name", "x"), ("days", "400"), ("scope", "read")],
        [("name", "x"), ("days", "7"), ("scope", "all")],
        [("name", "x"), ("days", "7"), ("other", "read")],
    ] {
        assert_eq!(
            viewer.submit(&app, "/tokens", &fields).await.status,
            StatusCode::BAD_REQUEST,
            "{fields:?}"
        );
    }
    assert!(app.ledger.tokens(None).await.unwrap().is_empty());

    let mut operator = Browser::sign_in(&app, "Bob", "leads").await;
    let token = make_token(&app, &mut operator, &["read", "refresh"]).await;
    let refresh = async || with_token(&app, Method::POST, "/api/refresh/cards", &token).await.status;
    assert_eq!(refresh().await, StatusCode::OK);
    Browser::sign_in(&app, "Bob", "field").await;
    assert_eq!(refresh().await, StatusCode::FORBIDDEN, "its owner may no more");
    assert!(reads(&app, &token).await);
}

#[tokio::test]
async fn a_token_ends_at_once_everywhere() {
    let one = app().await;
    let other = one.replica().await;
    let mut browser = Browser::sign_in(&one, "Ada", "field").await;
    let token = make_token(&one, &mut browser, &["read"]).await;
    assert!(reads(&other, &token).await);
    let handle = t5g_store::ledger::SecretDigest::of(&token).handle();
    let mut stranger = Browser::sign_in(&one, "Bob", "leads").await;
    let refused = stranger.submit(&one, &format!("/tokens/{handle}/revoke"), &[]).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND, "another's token is not even there");
    let gone = browser.submit(&one, &format!("/tokens/{handle}/revoke"), &[]).await;
    assert_eq!((gone.status, gone.header("location")), (StatusCode::SEE_OTHER, "/tokens"));
    assert!(!reads(&other, &token).await && !reads(&one, &token).await);
    browser.submit(&one, &format!("/tokens/{handle}/revoke"), &[]).await;
    let filter = AuditFilter { action: Some(Action::TokenRevoke), ..AuditFilter::default() };
    let noted = one.ledger.audit_entries(&filter, 10).await.unwrap();
    let outcomes: Vec<&str> = noted.iter().map(|entry| entry.outcome.as_str()).collect();
    assert_eq!(outcomes, ["failed", "done"], "what ended it is one deed");

    let short = make_token(&one, &mut browser, &["read"]).await;
    other.later(TimeDelta::days(30));
    assert!(reads(&one, &short).await && !reads(&other, &short).await, "it expires");
    let mut admin = Browser::sign_in(&one, "Eve", "admins").await;
    let account = one.ledger.accounts("Ada", 0, 1).await.unwrap()[0].id.clone();
    admin.submit(&one, &format!("/users/{account}/block"), &[]).await;
    assert!(!reads(&one, &short).await, "its owner is shut out");
}

#[tokio::test]
async fn whatever_is_no_good_token_is_refused_alike() {
    let app = app().await;
    let mut browser = Browser::sign_in(&app, "Ada", "field").await;
    let token = make_token(&app, &mut browser, &["read"]).await;
    let wrong = format!("{}{}", &token[..67], if token.ends_with('0') { '1' } else { '0' });
    let mut bodies = Vec::new();
    for bad in [wrong.as_str(), "t5g_", "x", "", &token.to_uppercase(), &token[4..]] {
        let answer = with_token(&app, Method::GET, "/api/", bad).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{bad}");
        bodies.push(answer.json()["detail"].clone());
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1);
    let in_query = app.get(&format!("/api/?token={token}&access_token={token}")).await;
    assert_eq!(in_query.status, StatusCode::UNAUTHORIZED, "never in an address");
    let cookie = format!("__Host-sid={}", browser.cookies["__Host-sid"]);
    let both =
        app.send(Method::GET, "/api/", &[("cookie", &cookie), ("authorization", "Bearer t5g_no")]).await;
    assert_eq!(both.status, StatusCode::UNAUTHORIZED, "a bad token is not healed by a session");
}

#[tokio::test]
async fn a_token_makes_no_session_and_no_other_token() {
    let app = app().await;
    let mut browser = Browser::sign_in(&app, "Eve", "admins").await;
    let token = make_token(&app, &mut browser, &["read", "refresh", "write", "admin"]).await;
    let answer = with_token(&app, Method::GET, "/sources", &token).await;
    assert_eq!((answer.status, answer.header("set-cookie")), (StatusCode::OK, ""));
    assert_eq!(with_token(&app, Method::GET, "/tokens", &token).await.status, StatusCode::FORBIDDEN);
    assert_eq!(with_token(&app, Method::POST, "/tokens", &token).await.status, StatusCode::FORBIDDEN);
    assert_eq!(with_token(&app, Method::GET, "/audit/export", &token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_old_form_of_refreshing_is_for_tokens_only() {
    let app = app().await;
    let mut browser = Browser::sign_in(&app, "Eve", "admins").await;
    let by_browser = browser.get(&app, "/api/refresh/cards").await;
    assert_eq!((by_browser.status, by_browser.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "POST"));
    let token = make_token(&app, &mut browser, &["refresh"]).await;
    let answer = with_token(&app, Method::GET, "/api/refresh/cards", &token).await;
    assert_eq!(answer.json(), serde_json::json!({ "caching cards": "ok" }));
    let run = audited(&app).await.into_iter().find(|entry| entry.action == "job.run").unwrap();
    assert_eq!(
        (run.via.as_str(), run.actor.as_str()),
        ("token", "token \"made in a test\" of Eve <Eve@example.com>")
    );
}

#[tokio::test]
async fn a_token_that_asks_too_often_waits() {
    let base = settings();
    let access = AccessSettings { token_requests_per_minute: 2, ..base.access };
    let app = TestApp::with(&[], WebSettings { access, ..base }).await;
    let mut browser = Browser::sign_in(&app, "Ada", "field").await;
    let (token, other) =
        (make_token(&app, &mut browser, &["read"]).await, make_token(&app, &mut browser, &["read"]).await);
    let ask = async |token: &str| with_token(&app, Method::GET, "/api/", token).await;
    let first = ask(&token).await;
    assert_eq!((first.header("ratelimit-limit"), first.header("ratelimit-remaining")), ("2", "1"));
    ask(&token).await;
    let refused = ask(&token).await;
    assert_eq!((refused.status, refused.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "30"));
    assert_eq!(refused.header("content-type"), "application/problem+json");
    assert_eq!(refused.header("ratelimit"), "\"token\";r=0;t=60");
    assert_eq!(refused.header("ratelimit-policy"), "\"token\";q=2;w=60");
    assert_eq!((refused.header("ratelimit-remaining"), refused.header("ratelimit-reset")), ("0", "60"));
    assert_eq!(ask(&other).await.status, StatusCode::OK);
    assert_eq!(browser.get(&app, "/api/").await.status, StatusCode::OK, "people are not counted");
    app.later(TimeDelta::seconds(30));
    assert_eq!(ask(&token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_last_use_is_written_down() {
    let app = app().await;
    let mut browser = Browser::sign_in(&app, "Ada", "field").await;
    let token = make_token(&app, &mut browser, &["read"]).await;
    assert!(reads(&app, &token).await);
    let handle = t5g_store::ledger::SecretDigest::of(&token).handle();
    for _ in 0..1_000 {
        if app.ledger.token_named(&handle).await.unwrap().unwrap().used == Some(crate::common::now()) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the use was not written down");
}

#[tokio::test]
async fn a_token_works_only_while_its_owner_is_seen() {
    let base = settings();
    for (idle, works) in [(Some(std::time::Duration::from_hours(7 * 24)), false), (None, true)] {
        let access = AccessSettings { token_owner_idle: idle, ..base.access.clone() };
        let app = TestApp::with(&[], WebSettings { access, ..base.clone() }).await;
        let mut browser = Browser::sign_in(&app, "Ada", "field").await;
        let token = make_token(&app, &mut browser, &["read"]).await;
        app.later(TimeDelta::days(7) - TimeDelta::seconds(1));
        assert!(reads(&app, &token).await);
        app.later(TimeDelta::seconds(1));
        assert_eq!(reads(&app, &token).await, works, "{idle:?}");
        let mut admin = Browser::sign_in(&app, "Eve", "admins").await;
        let ada = app.ledger.accounts("Ada", 0, 1).await.unwrap()[0].id.clone();
        let page = admin.get(&app, &format!("/users/{ada}")).await.text().to_owned();
        assert_eq!(page.contains(">refused</span>"), !works, "{page}");
        assert!(page.contains("/revoke"), "it can be ended all the same");
        Browser::sign_in(&app, "Ada", "field").await;
        assert!(reads(&app, &token).await, "she came again");
    }
}

#[tokio::test]
async fn tokens_that_are_no_good_lock_nobody_out_of_signing_in() {
    let app = app().await;
    let mut statuses = Vec::new();
    for _ in 0..61 {
        statuses.push(with_token(&app, Method::GET, "/api/", "t5g_expired").await.status);
    }
    assert_eq!((statuses[59], statuses[60]), (StatusCode::UNAUTHORIZED, StatusCode::TOO_MANY_REQUESTS));
    let mut browser = Browser::sign_in(&app, "Ada", "field").await;
    let token = make_token(&app, &mut browser, &["read"]).await;
    assert!(reads(&app, &token).await, "nor a good token");
}

#[tokio::test]
async fn a_person_has_only_so_many_tokens_at_once() {
    let app = app().await;
    let mut viewer = Browser::sign_in(&app, "Ada", "field").await;
    let first = make_token(&app, &mut viewer, &["read"]).await;
    for _ in 1..50 {
        make_token(&app, &mut viewer, &["read"]).await;
    }
    let more = [("name", "one more"), ("days", "7"), ("scope", "read")];
    let refused = viewer.submit(&app, "/tokens", &more).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text().contains("Revoke one that is not used") && refused.text().contains("one more"));
    assert!(!refused.text().contains(">t5g_"), "none was made");
    assert_eq!(audited(&app).await[0].outcome, "failed");
    let handle = t5g_store::ledger::SecretDigest::of(&first).handle();
    viewer.submit(&app, &format!("/tokens/{handle}/revoke"), &[]).await;
    make_token(&app, &mut viewer, &["read"]).await;
}
