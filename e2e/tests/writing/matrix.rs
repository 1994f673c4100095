//! The crash matrix: at each step, before and after its effect, the worker is killed, or the answer gets lost in each
//! way. Then another worker goes on, and each effect has happened once.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use t5g_testkit::{Postgres, Redis};

use crate::stage::Stage;

/// Everything that is written for a new case, in order.
pub(crate) const WRITES: [&str; 7] = [
    "POST /portal/hydra/rest/v1/cases/*/notifiedusers",
    "POST /jira/rest/api/3/issue",
    "POST /jira/rest/agile/1.0/sprint/*/issue",
    "POST /jira/rest/api/3/issue/*/transitions",
    "POST /jira/rest/api/3/issue/*/remotelink",
    "POST /slack/api/chat.postMessage",
    "SMTP /smtp/end",
];

/// What is read between two writes: a worker that dies here dies between the end of one step and the next one's begin.
const READS: [&str; 7] = [
    "GET /portal/hydra/rest/v1/cases/*",
    "POST /jira/rest/api/3/search/jql",
    "GET /jira/rest/api/3/issue/*",
    "GET /jira/rest/api/3/issue/*/transitions",
    "GET /jira/rest/api/3/issue/*/remotelink",
    "GET /jira/rest/api/2/field",
    "SMTP /smtp/data",
];

/// Everything that is written to open an earlier card again.
pub(crate) const REOPENING: [&str; 3] = [
    "POST /jira/rest/api/3/issue/*/comment",
    "POST /jira/rest/agile/1.0/sprint/*/issue",
    "POST /jira/rest/api/3/issue/*/transitions",
];

fn rule(route: &str, fault: &Value, after_effect: bool, nth: u64) -> Value {
    json!({ "route": route, "fault": fault, "after_effect": after_effect, "nth": [nth] })
}

/// The answer is held back until its worker is dead.
pub(crate) fn held() -> Value {
    json!({ "kind": "delay", "ms": 120_000 })
}

/// Whether the worker is killed while the answer is held back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Killed {
    Yes,
    No,
}

/// Plays one point: three new cases, the fault at the `nth` of the requests, then everything is well again.
async fn play(stage: &mut Stage, fault: Value, killed: Killed) -> Result<()> {
    let point = fault.to_string();
    let new = stage.new_cases(24).await?;
    stage.world.control("faults", &fault).await?;
    stage.hire()?;
    stage.start().await?;
    stage.wait_for_hit().await.with_context(|| point.clone())?;
    if killed == Killed::Yes {
        stage.kill_all().await?;
        stage.world.no_faults().await?;
        stage.hire()?;
    }
    stage.settle().await.with_context(|| point.clone())?;
    stage.kill_all().await?;
    stage.world.no_faults().await?;
    stage.verify(&new).await.with_context(|| point.clone())?;
    println!("{point}: {} cases, each effect once", new.len());
    Ok(())
}

async fn matrix(fault: &Value, after_effect: bool, killed: Killed, routes: &[&str]) -> Result<()> {
    let mut stage = Stage::new(5, 60, &[]).await?;
    for (at, route) in (0_u64..).zip(routes) {
        // Not always the first case's; but there is one letter for all.
        let nth = if route.starts_with("SMTP") { 1 } else { 1 + at % 2 };
        play(&mut stage, rule(route, fault, after_effect, nth), killed).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_the_effect() -> Result<()> {
    matrix(&held(), false, Killed::Yes, &WRITES).await
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_after_the_effect_before_it_was_written_down() -> Result<()> {
    matrix(&held(), true, Killed::Yes, &WRITES).await
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_between_two_steps() -> Result<()> {
    matrix(&held(), false, Killed::Yes, &READS).await
}

#[tokio::test(flavor = "multi_thread")]
async fn timed_out_after_the_effect() -> Result<()> {
    matrix(&json!({ "kind": "delay", "ms": 4_000 }), true, Killed::No, &WRITES).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_500_after_the_effect() -> Result<()> {
    matrix(&json!({ "kind": "status", "status": 500 }), true, Killed::No, &WRITES).await
}

#[tokio::test(flavor = "multi_thread")]
async fn cut_off_after_the_effect() -> Result<()> {
    matrix(&json!({ "kind": "drop" }), true, Killed::No, &WRITES).await?;
    matrix(&json!({ "kind": "half_sent" }), true, Killed::No, &["POST /jira/rest/api/3/issue"]).await
}

/// A card of before is opened again: one comment, one transition, one sprint entry.
async fn reopening(fault: &Value, after_effect: bool, killed: Killed) -> Result<()> {
    for route in REOPENING {
        let mut stage = Stage::new(7, 60, &[]).await?;
        stage.reopen_one(rule(route, fault, after_effect, 1), killed == Killed::Yes).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_card_is_opened_again_once_whatever_happens() -> Result<()> {
    reopening(&held(), false, Killed::Yes).await?;
    reopening(&held(), true, Killed::Yes).await?;
    reopening(&json!({ "kind": "drop" }), true, Killed::No).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_on_postgres_and_redis() -> Result<()> {
    let (database, redis) = (Postgres::start().await?, Redis::start().await?);
    let stores = [("T5G_DOCUMENTS_URL", redis.url()), ("T5G_LEDGER_URL", database.url().to_owned())];
    let mut stage = Stage::new(8, 60, &stores).await?;
    for (route, after) in [(WRITES[1], true), (WRITES[1], false), (WRITES[3], true), (WRITES[5], true)] {
        play(&mut stage, rule(route, &held(), after, 1), Killed::Yes).await?;
    }
    Ok(())
}
