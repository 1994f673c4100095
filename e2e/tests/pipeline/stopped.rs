//! `t5g up` stopped in the middle of its work: by SIGTERM it ends in good order within its grace period and gives the
//! work back; by SIGKILL it gives nothing back. Either way the next start goes on with the same runs.

#![expect(clippy::indexing_slicing, reason = "a member that JSON lacks reads as null")]

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use t5g_e2e::{Product, World, run};

const CASES: u32 = 300;

/// What the ledger says of the details' one run.
async fn details(home: &Path, environment: &[(String, String)]) -> anyhow::Result<Value> {
    let list = run(home, environment, &["jobs", "list", "--json", "task:details_sync"]).await?;
    anyhow::ensure!(list.status.success(), "jobs list ended with {}:\n{}", list.status, list.stderr);
    let list: Value = serde_json::from_str(&list.stdout)?;
    anyhow::ensure!(list["total"] == 1, "one run and no other: {list}");
    Ok(list["runs"][0].clone())
}

async fn wait_until(
    home: &Path,
    environment: &[(String, String)],
    holds: impl Fn(&Value) -> bool,
) -> anyhow::Result<Value> {
    let deadline = Instant::now() + Duration::from_mins(2);
    loop {
        // Before the first process has asked for it there is no run.
        let found = details(home, environment).await;
        match found {
            Ok(run) if holds(&run) => return Ok(run),
            other if Instant::now() > deadline => anyhow::bail!("it never came: {other:?}"),
            _ => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

fn is_halfway(run: &Value) -> bool {
    run["state"] == "running" && run["progress"]["done"].as_u64().is_some_and(|done| done > 0)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_stop_interrupts_goes_on_at_the_next_start() -> anyhow::Result<()> {
    let world = World::start(5, CASES).await?;
    let home = tempfile::tempdir()?;
    let mut environment = world.environment();
    environment.push(("T5G_JOBS_GRACE".into(), "1s".into()));
    world.control("faults", &json!({ "route": "*", "fault": { "kind": "delay", "ms": 250 } })).await?;

    let product = Product::start(home.path(), &environment, &["up"]).await?;
    let first = wait_until(home.path(), &environment, is_halfway).await?;
    let status = product.terminate().await?;
    assert!(status.success(), "SIGTERM in the middle of a sync: {status}");
    let stopped = details(home.path(), &environment).await?;
    assert_eq!((&stopped["id"], &stopped["state"]), (&first["id"], &json!("pending")), "{stopped}");
    assert_eq!(stopped["spent"], 0, "what was given back in good order does not count: {stopped}");

    let product = Product::start(home.path(), &environment, &["up"]).await?;
    let second = wait_until(home.path(), &environment, is_halfway).await?;
    assert_eq!((&second["id"], &second["attempt"]), (&first["id"], &json!(2)), "{second}");
    product.kill().await?;

    world.no_faults().await?;
    let product = Product::start(home.path(), &environment, &["up"]).await?;
    let third = wait_until(home.path(), &environment, |run| run["state"] == "done").await?;
    assert_eq!((&third["id"], &third["attempt"]), (&first["id"], &json!(3)), "{third}");
    assert_eq!(third["spent"], 2, "the attempt that died with its process counts: {third}");
    product.wait_for("/api/cards", "cards", |text| text.contains("case_number")).await?;
    assert!(product.terminate().await?.success());
    Ok(())
}
