//! What cannot be looked at does not wait for ever, does not pile up, and keeps nobody from what they should be told.

use chrono::TimeDelta;
use serde_json::{Value, json};
use t5g_model::documents::Document;
use t5g_model::writing::{Effect, PlanKind};
use t5g_queue::RunState;
use t5g_store::ledger::{PlanState, StepRecord, StepState};

use crate::ground::{Ground, Setup, status};
use crate::writing::{ground, new_cases};

/// One try of each request: an upstream that is down answers at once.
async fn quick() -> Ground {
    ground(Setup { attempts: 1, ..Setup::default() }).await
}

/// All steps of plans of that kind that are not done yet.
async fn open(ground: &Ground, kind: PlanKind) -> Vec<StepRecord> {
    let mut open = Vec::new();
    for plan in ground.ctx.ledger.unfinished(kind).await.unwrap() {
        open.extend(ground.ctx.ledger.steps_of(plan).await.unwrap());
    }
    open.retain(|step| !step.state.is_final());
    open
}

async fn letters(ground: &Ground) -> Vec<String> {
    let mail = ground.ask("mail").await;
    let letters = mail["letters"].as_array().unwrap().iter();
    letters.map(|letter| letter["subject"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_that_cannot_be_read_delays_the_letter_and_is_given_up_in_the_end() {
    let ground = quick().await;
    let new = new_cases(&ground).await.len();
    ground.faults(status("GET /portal/hydra/rest/v1/cases/*", 503)).await;
    let run = async |arguments: Value| ground.start("portal2jira_sync", arguments).await;
    assert_eq!(run(json!({})).await.state, RunState::Failed);
    assert!(new_cases(&ground).await.is_empty(), "{new} cards are made all the same");
    assert_eq!(letters(&ground).await.len(), 0, "it waits for the watchers a while");
    let waiting = open(&ground, PlanKind::Cards).await;
    let watchers: Vec<_> =
        waiting.iter().filter(|step| matches!(step.effect, Effect::AddWatcher { .. })).collect();
    assert!(!watchers.is_empty() && watchers.iter().all(|step| step.attempts == 1), "{watchers:#?}");
    ground.pass(TimeDelta::minutes(61));
    assert_eq!(run(json!({ "resume": true })).await.state, RunState::Failed);
    assert_eq!(letters(&ground).await.len(), 1, "and no longer");
    let left = open(&ground, PlanKind::Cards).await;
    let tells = left.iter().filter(|step| matches!(step.effect, Effect::SlackFailures { .. }));
    assert_eq!(tells.count(), 1, "what failed is told when nothing can fail any more");

    ground.pass(TimeDelta::hours(24));
    for _ in 2..30 {
        assert_eq!(run(json!({ "resume": true })).await.state, RunState::Failed);
    }
    let plan = ground.ctx.ledger.unfinished(PlanKind::Cards).await.unwrap()[0];
    let last = run(json!({ "resume": true })).await;
    assert_eq!(last.state, RunState::Done, "{:?}", last.error);
    let kept = ground.ctx.ledger.plan(plan).await.unwrap().unwrap();
    assert_eq!(kept.summary.state, PlanState::Partial);
    let failed: Vec<_> = kept.steps.iter().filter(|step| step.state == StepState::Failed).collect();
    assert_eq!(failed.len(), watchers.len());
    let why = failed[0].error.as_deref().unwrap();
    assert!(why.starts_with("given up after 30 tries"), "{why}");
    assert_eq!(letters(&ground).await.len(), 1);
    let messages = ground.ask("messages").await.to_string();
    assert!(messages.contains("given up after 30 tries"), "{messages}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_that_wait_do_not_pile_up_and_are_told_once() {
    let ground = quick().await;
    ground
        .faults(json!([status("GET /bugzilla/rest/bug", 401), status("GET /jira/rest/api/3/issue/*", 401)]))
        .await;
    let mut waiting = Vec::new();
    for _ in 0..3 {
        assert_eq!(ground.start("tag_bz", json!({})).await.state, RunState::Failed);
        waiting.push(open(&ground, PlanKind::Tags).await.len());
    }
    assert!(waiting[0] > 1 && waiting.iter().all(|one| *one == waiting[0]), "{waiting:?}");
    ground.no_faults().await;
    let result = ground.write("tag_bz").await;
    assert!(open(&ground, PlanKind::Tags).await.is_empty(), "{result:#}");
    let told = letters(&ground).await;
    let tagged: Vec<_> = told.iter().filter(|subject| !subject.contains("nothing was tagged")).collect();
    assert_eq!(tagged.len(), 1, "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_priority_comes_in_the_place_of_one_that_waits() {
    let ground = quick().await;
    ground.faults(status("GET /jira/rest/api/3/issue/*", 401)).await;
    for _ in 0..2 {
        assert_eq!(ground.start("priority_sync", json!({})).await.state, RunState::Failed);
    }
    let waiting = open(&ground, PlanKind::Priorities).await;
    let plans = ground.ctx.ledger.unfinished(PlanKind::Priorities).await.unwrap();
    assert_eq!(plans.len(), 1, "{waiting:#?}");
    let old = waiting.first().unwrap();
    let Effect::SetPriority { to, .. } = &old.effect else { panic!("{old:#?}") };
    // Its case becomes something else meanwhile, as another one is what it was to become.
    let key = old.subject.to_string().replace("issue ", "");
    let cards = ground.document(Document::Cards).await;
    let case = cards[&key]["case_number"].as_str().unwrap();
    let mut cases = ground.document(Document::Cases).await;
    let (severity, priority) = if to == "Minor" { ("1 (Urgent)", "Critical") } else { ("4 (Low)", "Minor") };
    cases[case]["severity"] = json!(severity);
    ground.put(Document::Cases, &cases.to_string()).await;
    ground.no_faults().await;
    let was = cards[&key]["priority"] == priority;
    let result = ground.write("priority_sync").await;
    let gone = ground.ctx.ledger.step(&old.place).await.unwrap().unwrap();
    assert_eq!(gone.state, StepState::Skipped, "{gone:#?}");
    assert!(gone.error.as_deref().unwrap().contains("a later plan"), "{gone:#?}");
    let deeds = ground.deeds().await;
    assert_eq!(deeds.iter().filter(|(_, on)| *on == key).count(), usize::from(!was), "{result:#} {deeds:?}");
    assert!(open(&ground, PlanKind::Priorities).await.is_empty());
}
