//! What administrators do with people and their sessions.

use axum::http::StatusCode;

use super::support::{Browser, app, audited, is_in};
use crate::common::TestApp;

async fn id_of(app: &TestApp, name: &str) -> String {
    app.ledger.accounts(name, 0, 1).await.unwrap()[0].id.to_string()
}

#[tokio::test]
async fn who_is_shut_out_is_out_at_once_everywhere() {
    let one = app().await;
    let other = one.replica().await;
    let mut admin = Browser::sign_in(&one, "Eve", "admins").await;
    let mut ada = Browser::sign_in(&other, "Ada", "field").await;
    let id = id_of(&one, "Ada").await;
    let list = admin.get(&one, "/users?q=ada").await;
    assert!(list.text().contains(&format!("/users/{id}")) && !list.text().contains(">Eve</a>"));
    let page = admin.get(&one, &format!("/users/{id}")).await;
    for part in ["Ada@example.com", "cn=field,ou=groups", "End all sessions", "Shut out", "uuid-Ada"] {
        assert!(page.text().contains(part), "{part}");
    }
    let done = admin.submit(&one, &format!("/users/{id}/block"), &[]).await;
    assert_eq!(
        (done.status, done.header("location")),
        (StatusCode::SEE_OTHER, format!("/users/{id}").as_str())
    );
    assert!(!is_in(&other, &mut ada).await);
    let (relay, request) = ada.begin(&other, "/?sso").await;
    let answer = super::support::response(&request, "Ada", "field").to_string();
    let refused = ada.bring(&other, &relay, &answer).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(
        refused.text().contains("has shut this account out") && refused.text().contains("help@example.com")
    );

    assert!(admin.get(&one, &format!("/users/{id}")).await.text().contains("Let in again"));
    admin.submit(&one, &format!("/users/{id}/unblock"), &[]).await;
    let mut again = Browser::sign_in(&other, "Ada", "field").await;
    assert!(is_in(&one, &mut again).await);
    let actions: Vec<_> = audited(&one).await.into_iter().map(|entry| entry.action).collect();
    assert_eq!(actions, ["login", "user.unblock", "login", "user.block", "login", "login"]);
}

#[tokio::test]
async fn sessions_are_ended_one_by_one_or_all() {
    let app = app().await;
    let mut admin = Browser::sign_in(&app, "Eve", "admins").await;
    let mut browsers = Vec::new();
    for _ in 0..3 {
        browsers.push(Browser::sign_in(&app, "Ada", "field").await);
    }
    let id = id_of(&app, "Ada").await;
    let page = admin.get(&app, &format!("/users/{id}")).await.text().to_owned();
    let handles: Vec<&str> =
        page.split("/sessions/").skip(1).map(|rest| rest.split('/').next().unwrap()).collect();
    assert_eq!(handles.len(), 3);
    admin.submit(&app, &format!("/users/{id}/sessions/{}/revoke", handles[0]), &[]).await;
    let mut left = 0;
    for browser in &mut browsers {
        left += usize::from(is_in(&app, browser).await);
    }
    assert_eq!(left, 2);
    admin.submit(&app, &format!("/users/{id}/sign-out"), &[]).await;
    for browser in &mut browsers {
        assert!(!is_in(&app, browser).await);
    }
    assert!(admin.get(&app, &format!("/users/{id}")).await.text().contains("Not signed in anywhere"));
}

#[tokio::test]
async fn nobody_shuts_out_themselves_or_who_is_not_there() {
    let app = app().await;
    let mut admin = Browser::sign_in(&app, "Eve", "admins").await;
    let id = id_of(&app, "Eve").await;
    assert_eq!(admin.submit(&app, &format!("/users/{id}/block"), &[]).await.status, StatusCode::BAD_REQUEST);
    assert!(is_in(&app, &mut admin).await);
    for id in ["0".repeat(32).as_str(), "x", "%00"] {
        assert_eq!(admin.get(&app, &format!("/users/{id}")).await.status, StatusCode::NOT_FOUND, "{id}");
        assert_eq!(
            admin.submit(&app, &format!("/users/{id}/block"), &[]).await.status,
            StatusCode::NOT_FOUND
        );
    }
    for page in ["0", "-1", "x", "99999999999"] {
        assert_eq!(
            admin.get(&app, &format!("/users?page={page}")).await.status,
            StatusCode::BAD_REQUEST,
            "{page}"
        );
    }
    assert!(admin.get(&app, "/users?q=nobody").await.text().contains("Nobody of that name"));
}

#[tokio::test]
async fn the_audit_log_names_whose_session_ended_and_nothing_that_did_not_happen() {
    let app = app().await;
    let mut admin = Browser::sign_in(&app, "Eve", "admins").await;
    let mut bob = Browser::sign_in(&app, "Bob", "field").await;
    Browser::sign_in(&app, "Ada", "field").await;
    let (ada, bobs) = (id_of(&app, "Ada").await, id_of(&app, "Bob").await);
    let page = admin.get(&app, &format!("/users/{bobs}")).await.text().to_owned();
    let handle = page.split("/sessions/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    let mut revoke = async |of: &str, handle: &str| {
        admin.submit(&app, &format!("/users/{of}/sessions/{handle}/revoke"), &[]).await.status
    };
    let before = audited(&app).await.len();
    assert_eq!(revoke(&ada, &handle).await, StatusCode::NOT_FOUND, "it is not hers");
    assert_eq!(revoke(&bobs, "0123456789abcdef").await, StatusCode::NOT_FOUND);
    assert!(is_in(&app, &mut bob).await);
    assert_eq!(audited(&app).await.len(), before);
    assert_eq!(revoke(&bobs, &handle).await, StatusCode::SEE_OTHER);
    assert_eq!(revoke(&bobs, &handle).await, StatusCode::NOT_FOUND, "it has ended");
    assert!(!is_in(&app, &mut bob).await);
    let entries = audited(&app).await;
    assert_eq!(entries.len(), before + 1);
    assert_eq!(entries[0].detail["of"], "Bob <Bob@example.com>");

    for deed in ["unblock", "block", "block", "unblock", "unblock"] {
        assert_eq!(
            admin.submit(&app, &format!("/users/{bobs}/{deed}"), &[]).await.status,
            StatusCode::SEE_OTHER
        );
    }
    let deeds: Vec<_> = audited(&app).await.into_iter().take(2).map(|entry| entry.action).collect();
    assert_eq!(deeds, ["user.unblock", "user.block"]);
    assert_eq!(audited(&app).await.len(), before + 3);
}
