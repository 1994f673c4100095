//! How long sessions last, and that what ends them ends them everywhere.

use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use serde_json::json;
use t5g_model::names::Role;
use t5g_web::{AccessSettings, Login, RoleGroups, WebSettings};

use super::support::{
    Browser, FakeProvider, app, audited, is_in, make_token, response, settings, with_token,
};
use crate::common::TestApp;

#[tokio::test]
async fn a_session_lasts_while_it_is_used_and_not_for_ever() {
    let app = app().await;
    let mut browser = Browser::sign_in(&app, "Ada", "field").await;
    for round in 1..8 {
        app.later(TimeDelta::hours(3));
        assert!(is_in(&app, &mut browser).await);
        // Uses are written down by the application once a second.
        let of = app.ledger.accounts("", 0, 1).await.unwrap()[0].id.clone();
        let now = crate::common::now();
        for _ in 0..1_000 {
            let written = app.ledger.sessions_of(&of, now, now).await.unwrap();
            if written.iter().any(|session| session.seen == now + TimeDelta::hours(3 * round)) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
    app.later(TimeDelta::hours(3));
    assert!(!is_in(&app, &mut browser).await, "a day is over");
}

#[tokio::test]
async fn a_session_that_is_not_used_ends_and_the_person_is_told() {
    let app = app().await;
    let mut browser = Browser::sign_in(&app, "Ada", "field").await;
    app.later(TimeDelta::hours(4));
    let sent = browser.get(&app, "/sources").await;
    assert_eq!(sent.header("location"), "/?ended&next=%2Fsources");
    let page = browser.get(&app, "/?ended&next=%2Fsources").await;
    assert!(
        page.text().contains("Your session has ended") && page.text().contains("/?sso&amp;next=%2Fsources")
    );
    let api = app.send(Method::GET, "/api/cards", &[("cookie", "__Host-sid=00")]).await;
    assert_eq!(api.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_identity_provider_may_want_a_shorter_session() {
    let app = app().await;
    let mut browser = Browser::default();
    let (relay, request) = browser.begin(&app, "/?sso").await;
    let mut answer = response(&request, "Ada", "field");
    answer["lasts_minutes"] = json!(30);
    browser.bring(&app, &relay, &answer.to_string()).await;
    app.later(TimeDelta::minutes(29));
    assert!(is_in(&app, &mut browser).await);
    app.later(TimeDelta::minutes(1));
    assert!(!is_in(&app, &mut browser).await);
}

#[tokio::test]
async fn replicas_share_sessions_and_their_end() {
    let one = app().await;
    let other = one.replica().await;
    let mut browser = Browser::sign_in(&one, "Ada", "admins").await;
    assert!(is_in(&other, &mut browser).await);
    let mut copy = browser.clone();
    browser.submit(&other, "/?slo", &[]).await;
    assert!(!is_in(&one, &mut copy).await && !is_in(&other, &mut copy).await);
}

#[tokio::test]
async fn a_lost_group_counts_from_the_next_sign_in_for_all_sessions() {
    let app = app().await;
    let mut browser = Browser::sign_in(&app, "Ada", "admins").await;
    assert_eq!(browser.get(&app, "/audit").await.status, StatusCode::OK);
    let mut elsewhere = Browser::sign_in(&app, "Ada", "field").await;
    assert_eq!(browser.get(&app, "/audit").await.status, StatusCode::FORBIDDEN);
    assert_eq!(elsewhere.get(&app, "/audit").await.status, StatusCode::FORBIDDEN);
    let entries = super::support::audited(&app).await;
    let change = entries.iter().find(|entry| entry.action == "role.change").unwrap();
    assert_eq!(change.detail, json!({ "before": "admin", "now": "viewer" }));
}

#[tokio::test]
async fn another_key_ends_all_sessions() {
    let app = app().await;
    let mut browser = Browser::sign_in(&app, "Ada", "field").await;
    let base = settings();
    let Login::On { provider, .. } = base.access.login else { panic!("login is on") };
    let key = t5g_web::AccessKey::new("another key for tests, long enough as well");
    let access = AccessSettings { login: Login::On { provider, key }, ..base.access };
    let rekeyed = TestApp::on(
        std::sync::Arc::clone(&app.documents),
        app.ledger.clone(),
        tempfile::tempdir().unwrap(),
        WebSettings { access, ..base },
    )
    .await;
    assert!(!is_in(&rekeyed, &mut browser).await);
}

#[tokio::test]
async fn the_ledger_holds_no_session_id() {
    let app = app().await;
    let browser = Browser::sign_in(&app, "Ada", "field").await;
    let id = &browser.cookies["__Host-sid"];
    let db = app.ledger.db().await.unwrap();
    let sql = "SELECT handle, digest FROM sessions";
    let rows = db.fetch(sql, &[]).await.unwrap();
    assert_eq!(rows.len(), 1);
    let digest: String = rows[0].get("digest").unwrap();
    assert_ne!(&digest, id);
    assert_ne!(
        t5g_store::ledger::SecretDigest::of(id).handle().as_str(),
        rows[0].get::<String>("handle").unwrap()
    );
}

#[tokio::test]
async fn who_lost_all_groups_is_out_with_sessions_and_tokens() {
    for (groups, tokens_end) in [(json!(["cn=nobody,dc=example"]), true), (json!([]), false)] {
        let app = app().await;
        let mut admin = Browser::sign_in(&app, "Eve", "admins").await;
        let token = make_token(&app, &mut admin, &["admin"]).await;
        assert_eq!(with_token(&app, Method::GET, "/audit/export", &token).await.status, StatusCode::OK);
        // Eve leaves the team. She tries once more, and is told that she may not come in.
        let mut again = Browser::default();
        let (relay, request) = again.begin(&app, "/?sso").await;
        let mut answer = response(&request, "Eve", "admins");
        answer["attributes"]["memberOf"] = groups.clone();
        assert_eq!(again.bring(&app, &relay, &answer.to_string()).await.status, StatusCode::FORBIDDEN);
        let by_token = with_token(&app, Method::GET, "/audit/export", &token).await.status;
        assert_eq!((is_in(&app, &mut admin).await, by_token), (false, StatusCode::UNAUTHORIZED), "{groups}");
        let kept = &app.ledger.accounts("Eve", 0, 1).await.unwrap()[0];
        assert_eq!(kept.person.role, None);
        let entries = audited(&app).await;
        let change = entries.iter().find(|entry| entry.action == "role.change").unwrap();
        assert_eq!((&change.detail["before"], &change.detail["now"]), (&json!("admin"), &json!("none")));
        assert_eq!(
            (&change.detail["sessions ended"], &change.detail["tokens ended"]),
            (&json!(1), &json!(i32::from(tokens_end)))
        );
        assert_eq!(change.account.as_deref(), Some(kept.id.as_str()));
        // Where nothing was said of groups, the tokens waited for the mend of that.
        Browser::sign_in(&app, "Eve", "admins").await;
        let by_token = with_token(&app, Method::GET, "/audit/export", &token).await.status;
        assert_eq!(by_token == StatusCode::OK, !tokens_end, "{groups}: {by_token}");
    }
    let app = app().await;
    // A forged answer that says the same ends nothing of anybody's.
    let mut ada = Browser::sign_in(&app, "Ada", "field").await;
    let mut forger = Browser::default();
    let (relay, request) = forger.begin(&app, "/?sso").await;
    let mut answer = response(&request, "Ada", "nobody");
    answer["bad"] = "it is forged".into();
    assert_eq!(forger.bring(&app, &relay, &answer.to_string()).await.status, StatusCode::FORBIDDEN);
    assert!(is_in(&app, &mut ada).await);
}

/// Another server on the same ledger, for which other groups mean something.
async fn restarted(app: &TestApp, groups: RoleGroups) -> TestApp {
    let base = settings();
    let access = AccessSettings { groups, ..base.access };
    let settings = WebSettings { access, ..base };
    let documents = std::sync::Arc::clone(&app.documents);
    TestApp::on(documents, app.ledger.clone(), tempfile::tempdir().unwrap(), settings).await
}

#[tokio::test]
async fn a_group_that_the_settings_lose_counts_no_more_from_the_next_start() {
    let app = app().await;
    let mut eve = Browser::sign_in(&app, "Eve", "admins").await;
    let token = make_token(&app, &mut eve, &["read", "admin"]).await;
    let mut ada = Browser::sign_in(&app, "Ada", "field").await;
    let list = |group: &str| vec![group.to_owned()];
    let lower = RoleGroups { viewers: vec!["field".into(), "admins".into()], ..RoleGroups::default() };
    let second = restarted(&app, lower).await;
    assert_eq!(eve.get(&second, "/audit").await.status, StatusCode::FORBIDDEN);
    assert_eq!(eve.get(&app, "/audit").await.status, StatusCode::FORBIDDEN, "at the one before, too");
    assert_eq!(with_token(&app, Method::GET, "/audit/export", &token).await.status, StatusCode::FORBIDDEN);
    assert_eq!(with_token(&app, Method::GET, "/api/", &token).await.status, StatusCode::OK);
    let entry = &audited(&app).await.into_iter().find(|entry| entry.action == "role.change").unwrap();
    assert_eq!((entry.actor.as_str(), entry.object.as_str()), ("the settings", "Eve <Eve@example.com>"));
    assert_eq!((&entry.detail["before"], &entry.detail["now"]), (&json!("admin"), &json!("viewer")));

    let none = restarted(&app, RoleGroups { viewers: list("field"), ..RoleGroups::default() }).await;
    assert!(!is_in(&none, &mut eve).await && !is_in(&app, &mut eve).await && is_in(&none, &mut ada).await);
    assert_eq!(with_token(&none, Method::GET, "/api/", &token).await.status, StatusCode::UNAUTHORIZED);
    // A mistake in the settings that is mended costs nobody their tokens.
    let back = restarted(&app, settings().access.groups).await;
    assert_eq!(with_token(&back, Method::GET, "/audit/export", &token).await.status, StatusCode::OK);
    assert!(!is_in(&back, &mut eve).await);
    let changes = audited(&app).await.iter().filter(|entry| entry.action == "role.change").count();
    assert_eq!(changes, 3, "nobody else's changed");
}

#[tokio::test]
async fn very_many_groups_hide_none_that_counts() {
    let app = app().await;
    let mut browser = Browser::default();
    let (relay, request) = browser.begin(&app, "/?sso").await;
    let mut answer = response(&request, "Ada", "field");
    let mut groups: Vec<String> = (0..300).map(|n| format!("cn=other{n},dc=example")).collect();
    groups.push(format!("cn=leads,ou={},dc=example", "x".repeat(600)));
    answer["attributes"]["memberOf"] = json!(groups);
    browser.bring(&app, &relay, &answer.to_string()).await;
    let again = restarted(&app, settings().access.groups).await;
    assert!(is_in(&again, &mut browser).await);
    assert_eq!(app.ledger.accounts("Ada", 0, 1).await.unwrap()[0].person.role, Some(Role::Operator));
}

#[tokio::test]
async fn another_identity_providers_people_are_let_in_no_more() {
    let app = app().await;
    let mut eve = Browser::sign_in(&app, "Eve", "admins").await;
    let token = make_token(&app, &mut eve, &["admin"]).await;
    let base = settings();
    let Login::On { key, .. } = base.access.login else { panic!("login is on") };
    let provider = std::sync::Arc::new(FakeProvider { signs_out: true, issuer: "https://new.example" });
    let access = AccessSettings { login: Login::On { provider, key }, ..base.access };
    let documents = std::sync::Arc::clone(&app.documents);
    let changed = WebSettings { access, ..base };
    let moved = TestApp::on(documents, app.ledger.clone(), tempfile::tempdir().unwrap(), changed).await;
    assert!(!is_in(&moved, &mut eve).await);
    assert_eq!(
        with_token(&moved, Method::GET, "/audit/export", &token).await.status,
        StatusCode::UNAUTHORIZED
    );
    let mut again = Browser::sign_in(&moved, "Eve", "admins").await;
    assert!(is_in(&moved, &mut again).await);
    assert_eq!(app.ledger.accounts("Eve", 0, 9).await.unwrap().len(), 2, "somebody else, as far as we know");
}
