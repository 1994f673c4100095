//! One card and one message for each case, whatever people do meanwhile: they decide about plans, edit cards, have steps
//! done again.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};
use t5g_model::documents::Document;
use t5g_model::writing::{Effect, PlanKind};
use t5g_queue::{RunState, RunView};
use t5g_store::ledger::{
    PlanAsked, PlanDecision, PlanId, PlanState, StepEnd, StepRecord, StepState, Via, Writer,
};
use t5g_sync::registry_of_writing;

use crate::ground::{Ground, Setup, done, fault, start_in};
use crate::writing::{ground, new_cases, steps};

const TASK: &str = "portal2jira_sync";
const CREATE: &str = "POST /jira/rest/api/3/issue";

fn ann() -> PlanAsked {
    PlanAsked::at_the_command_line("ann")
}

/// How many cards were made, messages posted and letters sent so far.
async fn told(ground: &Ground) -> (usize, usize, u64) {
    let cards = ground.deeds().await.iter().filter(|(what, _)| what == "create_issue").count();
    let messages = ground.ask("messages").await.as_array().unwrap().len();
    (cards, messages, ground.ask("mail").await["total"].as_u64().unwrap())
}

/// Sends something to Jira past the product, as its bot.
async fn put_into_jira(ground: &Ground, method: reqwest::Method, path: &str, body: &Value) {
    let environment: BTreeMap<String, String> = ground.sim.environment().into_iter().collect();
    let url = format!("{}{path}", environment["jira_server"]);
    let request = reqwest::Client::new().request(method, url);
    let request = request.header("Content-Type", "application/json").body(body.to_string());
    let request = request.basic_auth(&environment["jira_username"], Some(&environment["jira_pass"]));
    request.send().await.unwrap().error_for_status().unwrap();
}

/// The first step that is to make a card and is in that state.
fn create(steps: &[StepRecord], state: StepState) -> &StepRecord {
    let made = |step: &&StepRecord| matches!(step.effect, Effect::CreateCard { .. }) && step.state == state;
    steps.iter().find(made).unwrap()
}

/// A plan waits; somebody decides about it while the next one is made, for which it would not be too long. How that run
/// ended, and how many new cases there were.
async fn decided_while_planned(ground: &Ground, decision: PlanDecision) -> (PlanId, RunView) {
    let held: PlanId = ground.write(TASK).await["held"].as_str().unwrap().parse().unwrap();
    let patient = ground.with(&Setup::default());
    let mut slow = fault("POST /jira/rest/api/3/search/jql", &json!({ "kind": "delay", "ms": 1_500 }));
    (slow["holds"], slow["nth"]) = (json!("summary ~"), json!([1]));
    ground.faults(slow).await;
    let planning = {
        let ctx = Arc::clone(&patient);
        tokio::spawn(async move { start_in(&ctx, registry_of_writing(&ctx), TASK, json!({})).await })
    };
    while ground.ask("faults").await["hits"] != 1 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let now = ground.ctx.clock.now();
    assert!(ground.ctx.ledger.decide_plan(held, decision, &ann(), now).await.unwrap());
    let run = planning.await.unwrap();
    ground.no_faults().await;
    for arguments in [json!({ "resume": true }), json!({})] {
        done(&start_in(&patient, registry_of_writing(&patient), TASK, arguments).await);
    }
    (held, run)
}

fn two() -> Setup {
    Setup { writing: |rules| rules.max_to_create = 2, ..Setup::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_is_released_while_another_is_made_is_done_once() {
    let ground = ground(two()).await;
    let new = new_cases(&ground).await.len();
    let (held, run) = decided_while_planned(&ground, PlanDecision::Release).await;
    assert_eq!(told(&ground).await, (new, 2 * new, 2), "{:#} {:?}", run.result, run.error);
    let kept = ground.ctx.ledger.plan(held).await.unwrap().unwrap();
    assert_eq!(kept.summary.state, PlanState::Done);
    assert!(new_cases(&ground).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_is_rejected_while_another_is_made_is_not_done() {
    let ground = ground(two()).await;
    let (held, run) = decided_while_planned(&ground, PlanDecision::Reject).await;
    assert_eq!(told(&ground).await, (0, 0, 1), "only the alarm: {:#} {:?}", run.result, run.error);
    let kept = ground.ctx.ledger.plan(held).await.unwrap().unwrap();
    assert_eq!(kept.summary.state, PlanState::Rejected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_failed_is_made_whole_when_somebody_wants_it_again() {
    let ground = ground(Setup::default()).await;
    let new = new_cases(&ground).await.len();
    let mut refused = fault(CREATE, &json!({ "kind": "status", "status": 400 }));
    refused["nth"] = json!([2, new + 1]);
    ground.faults(refused).await;
    let result = ground.write(TASK).await;
    let all = steps(&ground, &result).await;
    let failed = create(&all, StepState::Failed);
    let number = failed.subject.to_string().replace("case ", "");
    // Word of what failed is a message too.
    assert_eq!(told(&ground).await, (new - 1, 2 * (new - 1) + 1, 1), "{result:#}");
    for failures in [1, 0] {
        let again = ground.ctx.ledger.again_step(&failed.place, &ann(), ground.ctx.clock.now()).await;
        assert!(again.unwrap());
        let run = ground.start(TASK, json!({ "resume": true })).await;
        assert_eq!(run.result["failed"], failures, "{:#}", run.result);
    }
    assert_eq!(told(&ground).await, (new, 2 * new + 1, 2));
    let whole = ground.ctx.ledger.steps_of(failed.place.plan).await.unwrap();
    let own: Vec<_> = whole.iter().filter(|step| step.item == failed.item).collect();
    assert!(own.iter().all(|step| step.state == StepState::Done), "{own:#?}");
    let letters = ground.ask("mail").await;
    let of = |at: usize| letters["letters"][at]["text"].as_str().unwrap().contains(&number);
    assert_eq!([of(0), of(1)], [false, true], "of {number}: {letters:#}");
    let cases = letters["letters"][1]["subject"].as_str().unwrap().matches("0400").count();
    assert_eq!(cases, 1, "about nothing else: {letters:#}");
    // Nothing is left to do, and nothing is done again.
    assert_eq!(ground.write(TASK).await["plans"], json!([]));
    assert_eq!(told(&ground).await, (new, 2 * new + 1, 2));
    assert!(new_cases(&ground).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_another_plan_made_meanwhile_is_told_by_that_one_only() {
    let ground = ground(Setup::default()).await;
    let new = new_cases(&ground).await.len();
    let mut refused = fault(CREATE, &json!({ "kind": "status", "status": 400 }));
    refused["nth"] = json!([2]);
    ground.faults(refused).await;
    let all = steps(&ground, &ground.write(TASK).await).await;
    let failed = create(&all, StepState::Failed);
    assert_eq!(ground.write(TASK).await["failed"], 0, "the next run makes it");
    let before = (told(&ground).await, ground.deeds().await.len());
    assert_eq!(before.0, (new, 2 * new + 1, 2));
    assert!(ground.ctx.ledger.again_step(&failed.place, &ann(), ground.ctx.clock.now()).await.unwrap());
    ground.write(TASK).await;
    assert_eq!((told(&ground).await, ground.deeds().await.len()), before);
    let again = ground.ctx.ledger.steps_of(failed.place.plan).await.unwrap();
    let own = |step: &&StepRecord| step.item == failed.item && step.place.seq > failed.place.seq;
    assert!(again.iter().filter(own).all(|step| step.state == StepState::Skipped), "{again:#?}");
    let found = again.iter().find(|step| step.place == failed.place).unwrap();
    assert!(
        found.state == StepState::Done && !found.wrote && found.after["by_plan"].is_string(),
        "{found:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_whose_summary_somebody_edits_stays_the_cases_card() {
    let ground = ground(Setup::default()).await;
    let result = ground.write(TASK).await;
    let all = steps(&ground, &result).await;
    let made = create(&all, StepState::Done).after["key"].as_str().unwrap().to_owned();
    let before = told(&ground).await;
    let edit = json!({ "fields": { "summary": "the customer's own words" } });
    put_into_jira(&ground, reqwest::Method::PUT, &format!("/rest/api/2/issue/{made}"), &edit).await;
    // Once while it is in the sprint, once when it is not.
    for backlog in [false, true] {
        if backlog {
            let out = json!({ "issues": [made] });
            put_into_jira(&ground, reqwest::Method::POST, "/rest/agile/1.0/backlog/issue", &out).await;
        }
        ground.sync_all(true).await;
        assert_eq!(new_cases(&ground).await.len(), 1, "its card does not name it");
        let again = ground.write(TASK).await;
        assert_eq!(told(&ground).await, before, "{again:#}");
        let why = again["left_out"][0]["reason"].as_str().unwrap();
        assert!(why.contains(&made) && why.contains("does not name it"), "{why}");
    }
}

/// As an older version left it behind: a card was made, its answer was lost, and it was called doubtful.
async fn doubtful_card(ground: &Ground) -> StepRecord {
    // The world numbers what is made apart from what was there; the youngest one is to be of those.
    let fields =
        json!({ "project": { "key": "KNIECO" }, "issuetype": { "name": "Task" }, "summary": "no card" });
    let body = json!({ "fields": fields });
    put_into_jira(ground, reqwest::Method::POST, "/rest/api/3/issue", &body).await;
    ground.advance(2);
    ground.sync_all(true).await;
    let mut lost = fault(CREATE, &json!({ "kind": "drop" }));
    (lost["nth"], lost["after_effect"]) = (json!([1]), json!(true));
    let blind = fault("GET /jira/rest/api/3/issue/*", &json!({ "kind": "status", "status": 500 }));
    ground.faults(json!([lost, blind])).await;
    let control = format!("{}/_sim/search-lag", ground.sim.url());
    let lag = reqwest::Client::new().post(control).body(json!({ "seconds": 3600 }).to_string());
    lag.send().await.unwrap().error_for_status().unwrap();
    assert_eq!(ground.start(TASK, json!({})).await.state, RunState::Failed);
    ground.no_faults().await;
    let plan = ground.ctx.ledger.unfinished(PlanKind::Cards).await.unwrap()[0];
    let all = ground.ctx.ledger.steps_of(plan).await.unwrap();
    let begun = create(&all, StepState::Begun).clone();
    let writer = Writer { name: TASK.to_owned(), via: Via::Task, run: None };
    let end = StepEnd::doubtful("nobody could look");
    assert!(ground.ctx.ledger.end_step(&begun, &end, &writer, ground.ctx.clock.now()).await.unwrap());
    begun
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_in_doubt_is_not_made_again_and_is_found_when_somebody_wants_it_again() {
    let ground = ground(Setup::default()).await;
    let others = told(&ground).await.0;
    let doubtful = doubtful_card(&ground).await;
    let new = told(&ground).await.0 - others - 1;
    let result = ground.write(TASK).await;
    assert_eq!(told(&ground).await.0 - others - 1, new, "a second card: {result:#}");
    let left = result["left_out"].as_array().unwrap();
    let why =
        left.iter().find_map(|one| one["reason"].as_str().filter(|why| why.contains("nobody knows whether")));
    assert!(why.is_some(), "{result:#}");
    assert_eq!(told(&ground).await.1, 2 * (new - 1) + 1, "and word of the doubt");

    assert!(ground.ctx.ledger.again_step(&doubtful.place, &ann(), ground.ctx.clock.now()).await.unwrap());
    let run = ground.start(TASK, json!({ "resume": true })).await;
    assert_eq!((run.state, &run.result["doubtful"]), (RunState::Done, &json!(0)), "{run:#?}");
    let found = ground.ctx.ledger.step(&doubtful.place).await.unwrap().unwrap();
    assert_eq!(
        (found.state, found.after["found"].as_str()),
        (StepState::Done, Some("by reading the youngest issues"))
    );
    assert_eq!(told(&ground).await.0 - others - 1, new, "a second card");
    assert_eq!((told(&ground).await.1, told(&ground).await.2), (2 * new + 1, 2));
    assert!(new_cases(&ground).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn once_is_only_for_what_somebody_asks_for() {
    let ground = ground(Setup::default()).await;
    for task in [TASK, "priority_sync", "tag_bz"] {
        let run = ground.start(task, json!({ "once": true })).await;
        assert_eq!(run.state, RunState::Failed);
        assert!(run.error.as_deref().unwrap().contains("knows no \"once\""), "{:?}", run.error);
    }
    assert!(ground.deeds().await.is_empty(), "nothing was begun");
}

#[tokio::test(flavor = "multi_thread")]
async fn once_gives_up_only_what_it_planned_itself() {
    let ground = ground(Setup::default()).await;
    let cases = ground.document(Document::Cases).await;
    let case = cases.as_object().unwrap().keys().next().unwrap().clone();
    let wish = |who: &str| json!({ "change": "add", "users": [who], "cases": [case] });
    ground
        .faults(fault("GET /portal/hydra/rest/v1/cases/*", &json!({ "kind": "status", "status": 503 })))
        .await;
    let theirs = ground.start("watchers", wish("engineer90@example.com")).await;
    assert_eq!(theirs.state, RunState::Failed);
    let plan = ground.ctx.ledger.unfinished(PlanKind::Watchers).await.unwrap()[0];
    let mut ours = wish("engineer91@example.com");
    ours["once"] = json!(true);
    let ours = ground.start("watchers", ours).await;
    assert_eq!((ours.state, &ours.result["failed"]), (RunState::Done, &json!(1)), "{ours:#?}");
    assert_eq!(ground.ctx.ledger.unfinished(PlanKind::Watchers).await.unwrap(), [plan], "theirs goes on");
    ground.no_faults().await;
    let run = ground.start("watchers", json!({ "resume": true })).await;
    assert_eq!(run.state, RunState::Done, "{:?}", run.error);
    let step = ground.ctx.ledger.steps_of(plan).await.unwrap().remove(0);
    assert_eq!((step.state, step.wrote), (StepState::Done, true), "{step:#?}");
}
