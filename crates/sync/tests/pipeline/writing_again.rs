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
    assert!(found.state == StepState::Done && !found.wrote && found.after["by_plan"].is_string(), "{found:#?}");
}
