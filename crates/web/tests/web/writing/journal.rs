//! `/journal`: what was written, filtered and paged; one plan; undoing and doing again.

use axum::http::StatusCode;
use serde_json::json;
use t5g_model::writing::{CardRef, Effect};
use t5g_store::ledger::{StepEnd, StepState};

use super::{app, end, keep, keep_held, partly_done, plan};
use crate::common::TestApp;

fn rows(page: &str) -> usize {
    page.matches("<tr data-row=\"").count()
}

async fn count(app: &TestApp, query: &str) -> usize {
    let page = app.get(&format!("/journal?{query}")).await;
    assert_eq!(page.status, StatusCode::OK, "{query}: {}", page.text());
    rows(page.text())
}

#[tokio::test]
async fn writes_messages_and_plans_are_listed_and_filtered() {
    let app = app().await;
    assert!(app.get("/journal").await.text().contains("Nothing was written yet."));
    partly_done(&app).await;
    keep_held(&app).await;
    for (query, expected) in [
        ("", 4),
        ("state=done", 2),
        ("of=jira", 2),
        ("kind=deliveries", 2),
        ("kind=deliveries&state=doubtful", 1),
        ("kind=deliveries&of=mail", 1),
        ("about=00000007", 3),
        ("about=00000008", 0),
        ("from=2026-11-23&until=2026-11-23", 4),
        ("until=2026-11-22", 0),
        ("kind=plans", 2),
        ("kind=plans&state=held", 1),
        ("kind=plans&of=tags", 0),
    ] {
        assert_eq!(count(&app, query).await, expected, "{query}");
    }
    let bad = app.get("/journal?state=lost").await;
    assert_eq!(bad.status, StatusCode::BAD_REQUEST);
    assert!(bad.text().contains("doubtful"), "{}", bad.text());
    let text = app.get("/journal").await.text().to_owned();
    assert!(text.contains("550 &lt;img") && !text.contains("<img src=x"));
}

#[tokio::test]
async fn pages_of_the_journal_follow_each_other() {
    let app = app().await;
    let numbers: Vec<String> = (1..=70).map(|number| format!("{number:08}")).collect();
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let id = keep(&app, &plan(&numbers)).await;
    for seq in 1..=130 {
        end(&app, id, seq, &json!(null), &StepEnd::skipped("not needed")).await;
    }
    let (mut seen, mut next) = (0, Some("/journal?state=skipped".to_owned()));
    while let Some(address) = next {
        let page = app.get(&address).await;
        seen += rows(page.text());
        let link = page.text().split('<').find(|tag| tag.contains("rel=\"next\""));
        next = link
            .map(|tag| tag.split("href=\"").nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&"));
    }
    assert_eq!(seen, 130);
}

#[tokio::test]
async fn a_plans_page_shows_what_was_before_and_after_and_undoes_it() {
    let app = app().await;
    let id = partly_done(&app).await;
    let page = app.get(&format!("/journal/{id}")).await;
    let text = page.text();
    for said in
        ["Partly done", "KNIECO-7", "<th scope=\"row\" dir=\"auto\">Status</th>", "In doubt", "has a card"]
    {
        assert!(text.contains(said), "{said}: {text}");
    }
    let has =
        |step: u32, what: &str| text.contains(&format!("/journal/{id}/steps/{step}/{what}\" data-confirm"));
    assert_eq!([has(1, "undo"), has(2, "undo"), has(3, "undo"), has(4, "undo")], [true, true, false, false]);
    assert_eq!(
        [has(1, "again"), has(2, "again"), has(3, "again"), has(4, "again")],
        [false, false, true, true]
    );
    let ask = app.get(&format!("/journal/{id}/steps/2/undo")).await;
    assert!(
        ask.text().contains("What would be written") && ask.text().contains("Move the card to New"),
        "{}",
        ask.text()
    );
    let undone = app.post(&format!("/journal/{id}/steps/2/undo")).await;
    assert_eq!(undone.status, StatusCode::SEE_OTHER, "{}", undone.text());
    let run = format!("/api{}", undone.header("location"));
    let run = app.get_until(&run, |one| one.json()["run"]["state"] == "done").await.json();
    assert_eq!(run["run"]["result"], json!({ "kind": "undo", "started_with": { "plan": id, "seq": 2 } }));
    for step in [3, 4] {
        let refused = app.post(&format!("/journal/{id}/steps/{step}/undo")).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{step}");
    }
    for none in [
        format!("/journal/{id}/steps/99/undo"),
        format!("/journal/{id}/steps/x/undo"),
        format!("/journal/{}", super::RUN),
    ] {
        assert_eq!(app.get(&none).await.status, StatusCode::NOT_FOUND, "{none}");
    }
    let part = app.get(&format!("/journal/{id}/live")).await;
    assert_eq!(part.header("t5g-again"), "15000");
}

#[tokio::test]
async fn a_step_in_doubt_is_done_again_only_if_a_person_wants_it() {
    let app = app().await;
    let id = partly_done(&app).await;
    let ask = app.get(&format!("/journal/{id}/steps/3/again")).await;
    assert!(ask.text().contains("it will be there twice"), "{}", ask.text());
    let again = app.post(&format!("/journal/{id}/steps/3/again")).await;
    assert_eq!(again.header("location"), format!("/journal/{id}#step-3"));
    let step = &app.ledger.steps_of(id).await.unwrap()[2];
    assert_eq!(step.state, StepState::Planned);
    let refused = app.post(&format!("/journal/{id}/steps/1/again")).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text().contains("the step is done"), "{}", refused.text());
}

#[tokio::test]
async fn what_was_so_already_is_told_and_not_undone() {
    let app = app().await;
    let effect = Effect::SetPriority { card: CardRef::Made, from: None, to: "Major".into() };
    let mut plan = plan(&["00000007"]);
    plan.items.truncate(1);
    plan.items[0].steps = vec![effect];
    let id = keep(&app, &plan).await;
    end(&app, id, 1, &json!({ "priority": "Major" }), &StepEnd::so_already(json!({ "priority": "Major" })))
        .await;
    let page = app.get(&format!("/journal/{id}")).await;
    assert!(page.text().contains("it was so already") && !page.text().contains("/undo\""), "{}", page.text());
}
