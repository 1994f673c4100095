//! Jira finishes a create long after its answer was lost and given up. Whoever goes on must have waited for that: one
//! card, whatever became of the answer and of the worker that asked.

use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::stage::Stage;

/// Longer than `cards.settle` after the asking; shorter than Jira's time-out and `cards.settle` together after the giving up.
const EFFECT_AFTER_MS: u64 = 7_000;

async fn late(fault: Value, killed: bool) -> Result<()> {
    let slow = [("T5G_JIRA_TIMEOUT", "4s".to_owned()), ("T5G_CARDS_SETTLE", "5s".to_owned())];
    let mut stage = Stage::new(12, 60, &slow).await?;
    let new = stage.new_cases(24).await?;
    let rule = json!({
        "route": "POST /jira/rest/api/3/issue", "fault": fault, "nth": [1], "effect_after_ms": EFFECT_AFTER_MS,
    });
    stage.world.control("faults", &rule).await?;
    stage.hire()?;
    stage.start().await?;
    stage.wait_for_hit().await?;
    let happened = Instant::now() + Duration::from_millis(EFFECT_AFTER_MS + 1_500);
    if killed {
        stage.kill_all().await?;
        stage.hire()?;
    }
    stage.settle().await?;
    // By then it has happened for sure, and what was done too early would be there twice.
    tokio::time::sleep_until(happened).await;
    stage.kill_all().await?;
    stage.verify(&new).await.with_context(|| rule.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_that_takes_effect_after_its_time_out_makes_one_card() -> Result<()> {
    late(json!({ "kind": "delay", "ms": 60_000 }), false).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_that_takes_effect_after_a_cut_connection_makes_one_card() -> Result<()> {
    late(json!({ "kind": "drop" }), false).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_that_takes_effect_after_an_error_500_makes_one_card() -> Result<()> {
    late(json!({ "kind": "status", "status": 500 }), false).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_that_takes_effect_after_its_worker_died_makes_one_card() -> Result<()> {
    late(json!({ "kind": "delay", "ms": 60_000 }), true).await
}
