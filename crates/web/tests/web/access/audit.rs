//! The audit log's page and its export.

use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use serde_json::Value;
use t5g_store::ledger::{Action, AuditEntry, AuditOutcome, Via};

use super::support::{Browser, app, audited, make_token, with_token};
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
        ("denied", "/audit", "Ada")
    );
    assert_eq!(newest.request_id.as_deref(), Some(refused.header("x-request-id")));
    for _ in 0..60 {
        viewer.get(&app, "/audit").await;
    }
    let denied = audited(&app).await.iter().filter(|entry| entry.action == "denied").count();
    assert_eq!(denied, 30, "one who knocks on and on does not fill the log");
}
