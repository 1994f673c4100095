//! `/cards/plan` and what is decided there.

use axum::http::StatusCode;
use serde_json::json;
use t5g_store::ledger::PlanState;

use super::{app, app_with_login, keep_held, partly_done};
use crate::access::support::{Browser, audited};
use crate::common::TestApp;

async fn state(app: &TestApp, plan: t5g_store::ledger::PlanId) -> PlanState {
    app.ledger.plan(plan).await.unwrap().unwrap().summary.state
}

#[tokio::test]
async fn a_plan_that_waits_is_shown_and_released() {
    let app = app().await;
    let id = keep_held(&app).await;
    let page = app.get("/cards/plan").await;
    let text = page.text();
    for said in ["One plan waits", "11 new cases are more than 10", "account contains “acme”", ">Ada<"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(!text.contains("Ada: account"), "the name stands beside it");
    assert!(!text.contains("<img src=x"), "outside text is text");
    let ask = app.get(&format!("/journal/{id}/release")).await;
    assert!(ask.text().contains("4 steps, of them 1 card made and 2 messages sent"), "{}", ask.text());
    assert!(ask.text().contains("data-confirm-body"));
    assert_eq!(state(&app, id).await, PlanState::Held, "asking changes nothing");
    let released = app.post(&format!("/journal/{id}/release")).await;
    assert_eq!(
        (released.status, released.header("location")),
        (StatusCode::SEE_OTHER, format!("/journal/{id}").as_str())
    );
    assert_eq!(state(&app, id).await, PlanState::Released);
    let runs = app.get("/api/monitor/runs?q=task:portal2jira_sync").await.json();
    assert_eq!(
        runs["runs"][0]["arguments"],
        json!({ "resume": true }),
        "it is begun at once, and nothing else"
    );
    let again = app.post(&format!("/journal/{id}/release")).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.text().contains("it is released by"), "{}", again.text());
}

#[tokio::test]
async fn who_decides_is_noted_and_a_rejected_plan_can_still_be_released() {
    let app = app_with_login().await;
    let id = keep_held(&app).await;
    let mut olga = Browser::sign_in(&app, "Olga", "leads").await;
    let ask = olga.get(&app, &format!("/journal/{id}/reject")).await;
    assert!(ask.text().contains("later runs leave them out"), "{}", ask.text());
    let rejected = olga.submit(&app, &format!("/journal/{id}/reject"), &[]).await;
    assert_eq!(rejected.status, StatusCode::SEE_OTHER);
    assert_eq!(state(&app, id).await, PlanState::Rejected);
    let page = olga.get(&app, &format!("/journal/{id}")).await;
    assert!(page.text().contains("Rejected") && page.text().contains("Olga"), "{}", page.text());
    assert!(
        page.text().contains("/release\" data-confirm") && !page.text().contains("/reject\" data-confirm")
    );
    assert_eq!(olga.submit(&app, &format!("/journal/{id}/reject"), &[]).await.status, StatusCode::CONFLICT);
    olga.submit(&app, &format!("/journal/{id}/release"), &[]).await;
    assert_eq!(state(&app, id).await, PlanState::Released);
    let decided: Vec<_> =
        audited(&app).await.into_iter().filter(|entry| entry.action == "plan.decide").collect();
    assert_eq!(decided.len(), 2);
    assert!(decided.iter().all(|entry| entry.actor.starts_with("Olga") && entry.request_id.is_some()));
    let mut vera = Browser::sign_in(&app, "Vera", "field").await;
    let waits = keep_held(&app).await;
    for path in ["/cards/plan".to_owned(), "/journal".to_owned(), format!("/journal/{waits}")] {
        assert_eq!(vera.get(&app, &path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let answer = vera.submit(&app, &format!("/journal/{waits}/release"), &[]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(state(&app, waits).await, PlanState::Held);
    assert!(!vera.get(&app, "/home").await.text().contains("/journal"));
}

#[tokio::test]
async fn another_sites_page_decides_nothing() {
    let app = app().await;
    let id = keep_held(&app).await;
    for path in [
        format!("/journal/{id}/release"),
        format!("/journal/{id}/reject"),
        format!("/journal/{id}/steps/1/undo"),
        "/cards/plan".to_owned(),
    ] {
        let headers = [("sec-fetch-site", "cross-site")];
        let answer = app.send(axum::http::Method::POST, &path, &headers).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(state(&app, id).await, PlanState::Held);
}

#[tokio::test]
async fn where_nothing_is_written_nothing_is_released() {
    let app = TestApp::empty().await;
    let id = keep_held(&app).await;
    let page = app.get("/cards/plan").await;
    assert!(page.text().contains("READ_ONLY is set"), "{}", page.text());
    assert!(!page.text().contains("/release\"") && !page.text().contains("Plan again"));
    for (path, said) in
        [(format!("/journal/{id}/release"), "READ_ONLY"), ("/cards/plan".to_owned(), "READ_ONLY")]
    {
        let answer = app.post(&path).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{path}");
        assert!(answer.text().contains(said), "{path}: {}", answer.text());
    }
    assert_eq!(state(&app, id).await, PlanState::Held);
    assert_eq!(app.post(&format!("/journal/{id}/reject")).await.status, StatusCode::SEE_OTHER);
    assert_eq!(state(&app, id).await, PlanState::Rejected, "rejecting writes nothing");
    assert_eq!(app.post("/api/refresh/create_jira_cards").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_plan_as_it_would_be_now_is_made_on_demand_and_done_as_shown() {
    let app = app().await;
    assert!(app.get("/cards/plan").await.text().contains("Nothing was planned yet"));
    let started = app.post("/cards/plan").await;
    assert_eq!((started.status, started.header("location")), (StatusCode::SEE_OTHER, "/cards/plan"));
    let page = app.get_until("/cards/plan", |page| page.text().contains("Do it now")).await;
    let text = page.text();
    for said in [
        "1 case, 4 steps; 1 left out",
        "customfield_10783 = TRACK",
        "Ada (a-1)",
        "Major",
        "account contains “acme”",
        "A new case &lt;@U1&gt;",
        "Card: (a link to the new card)",
        "New cards: 00000042",
        "The letter New cards: 00000042.",
        "The letter High New Case Count Detected.",
        "team@example.com",
        "has a card",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(!text.contains("<img src=x") && text.contains("&lt;img src=x"));
    let link = text.split("href=\"/cards/plan/do?run=").nth(1).unwrap().split('"').next().unwrap();
    let ask = app.get(&format!("/cards/plan/do?run={link}")).await;
    assert!(ask.text().contains("Do this plan now?"), "{}", ask.text());
    let done = app.post(&format!("/cards/plan/do?run={link}")).await;
    let run = done.header("location").to_owned();
    let answer = app.get_until(&format!("/api{run}"), |one| one.json()["run"]["state"] == "done").await;
    let arguments = &answer.json()["run"]["arguments"];
    assert_eq!(arguments, &json!({ "seed": 4_711, "shown": link }), "short, however long the plan is");
    for none in ["", "x", super::RUN] {
        assert_eq!(app.post(&format!("/cards/plan/do?run={none}")).await.status, StatusCode::NOT_FOUND);
    }
    let part = app.get("/cards/plan/live").await;
    assert_eq!((part.status, part.header("t5g-again")), (StatusCode::OK, "15000"));
    assert!(part.text().contains("data-part=\"lead\"") && part.text().contains("data-part=\"plan\""));
}

#[tokio::test]
async fn the_old_address_starts_the_task() {
    let app = app().await;
    let answer = app.post("/api/refresh/create_jira_cards").await;
    assert_eq!(answer.json(), json!({ "create_jira_cards": "ok" }));
    let runs = app.get("/api/monitor/runs?q=task:portal2jira_sync").await.json();
    assert_eq!(runs["runs"][0]["arguments"], serde_json::Value::Null);
}

#[tokio::test]
async fn what_ended_in_part_is_told_with_its_reasons() {
    let app = app().await;
    let id = partly_done(&app).await;
    let page = app.get("/cards/plan").await;
    let text = page.text();
    assert!(text.contains("One plan is not done as a whole."), "{text}");
    assert!(text.contains("the connection broke") && text.contains("550 &lt;img"), "{text}");
    assert!(
        text.contains(&format!("/journal/{id}#step-3")) && !text.contains(&format!("/journal/{id}#step-1\""))
    );
}
