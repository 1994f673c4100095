//! Several who believe that the work is theirs: a worker that was stopped, lost its lease and goes on; replicas and people
//! that start the same at once.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::matrix;
use crate::stage::Stage;

/// A worker is stopped (not killed) while an answer is held back; another takes its work over and ends it; then the first
/// goes on where it was.
async fn two_believe_it_is_theirs(
    route: &str,
    fault: Value,
    after_effect: bool,
    patience: &str,
) -> Result<()> {
    let time_outs = ["T5G_JIRA_TIMEOUT", "T5G_SLACK_TIMEOUT", "T5G_MAIL_TIMEOUT"];
    let time_outs = time_outs.map(|name| (name, patience.to_owned()));
    let mut stage = Stage::new(17, 60, &time_outs).await?;
    let new = one_new_case(&mut stage).await?;
    let rule = json!({ "route": route, "fault": fault, "after_effect": after_effect, "nth": [1] });
    stage.world.control("faults", &rule).await?;
    stage.hire()?;
    stage.start().await?;
    stage.wait_for_hit().await?;
    stop(&stage).await?;
    stage.hire()?;
    stage.settle().await.with_context(|| rule.to_string())?;
    stage.signal(0, "CONT").await?;
    // Longer than the lease, time-outs and what it would take to post.
    tokio::time::sleep(Duration::from_secs(4)).await;
    stage.kill_all().await?;
    stage.verify(&new).await.with_context(|| rule.to_string())
}

/// A single one, so that its steps are all that the worker can be stopped at.
async fn one_new_case(stage: &mut Stage) -> Result<BTreeSet<String>> {
    let mut new = stage.new_cases(1).await?;
    while new.len() != 1 {
        if !new.is_empty() {
            stage.hire()?;
            stage.settle().await?;
            stage.kill_all().await?;
        }
        new = stage.new_cases(2).await?;
    }
    Ok(new)
}

/// The answer comes when the worker has been stopped.
fn late() -> Value {
    json!({ "kind": "delay", "ms": 8_000 })
}

/// Stops the worker, but not in the middle of writing to the ledger: nobody else could write then.
async fn stop(stage: &Stage) -> Result<()> {
    for _ in 0..10 {
        stage.signal(0, "STOP").await?;
        let write = tokio::time::timeout(Duration::from_secs(4), stage.start());
        if write.await.is_ok_and(|written| written.is_ok()) {
            return Ok(());
        }
        stage.signal(0, "CONT").await?;
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    anyhow::bail!("it was always in the middle of writing")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_worker_goes_on_before_its_card_was_made() -> Result<()> {
    two_believe_it_is_theirs("POST /jira/rest/api/3/issue", matrix::held(), false, "1s").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_worker_goes_on_after_its_card_was_made() -> Result<()> {
    two_believe_it_is_theirs("POST /jira/rest/api/3/issue", late(), true, "20s").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_worker_goes_on_after_its_message_was_posted() -> Result<()> {
    two_believe_it_is_theirs("POST /slack/api/chat.postMessage", late(), true, "20s").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_worker_goes_on_after_the_letter_was_sent() -> Result<()> {
    two_believe_it_is_theirs("SMTP /smtp/end", late(), true, "20s").await
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_and_people_start_the_same_at_once() -> Result<()> {
    let mut stage = Stage::new(18, 60, &[]).await?;
    let new = stage.new_cases(48).await?;
    for _ in 0..3 {
        stage.hire()?;
    }
    let person = || stage.try_command(&["cards", "create", "--json"]);
    let (_, _, _, one, other) =
        tokio::try_join!(stage.start(), stage.start(), stage.start(), person(), person())?;
    stage.settle().await?;
    stage.kill_all().await?;
    for made in [one, other] {
        // In doubt, or not at all, it may say; it may not be cut short.
        ensure!(made.status.code().is_some(), "{}", made.stderr);
    }
    stage.verify(&new).await
}
