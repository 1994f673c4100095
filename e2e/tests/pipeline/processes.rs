//! The roles as processes of their own, several of each, on PostgreSQL and Redis: what one starts another does, and
//! a worker that dies takes nothing with it.

#![expect(clippy::indexing_slicing, reason = "a member that JSON lacks reads as null")]

use std::time::Duration;

use serde_json::{Value, json};
use t5g_e2e::{Product, World, run, spawn};
use t5g_testkit::{Postgres, Redis};

#[tokio::test(flavor = "multi_thread")]
async fn web_workers_and_schedulers_share_one_queue() -> anyhow::Result<()> {
    let world = World::start(9, 200).await?;
    let (database, redis) = (Postgres::start().await?, Redis::start().await?);
    let home = tempfile::tempdir()?;
    let mut environment = world.environment();
    for (name, value) in [
        ("T5G_DOCUMENTS_URL", redis.url()),
        ("T5G_LEDGER_URL", database.url().to_owned()),
        ("T5G_JOBS_LEASE", "3s".to_owned()),
    ] {
        environment.push((name.into(), value));
    }
    world.control("faults", &json!({ "route": "*", "fault": { "kind": "delay", "ms": 30 } })).await?;
    let web = Product::start(home.path(), &environment, &["serve"]).await?;
    let mut workers = Vec::new();
    for _ in 0..2 {
        workers.push(spawn(home.path(), &environment, &["worker"])?);
    }
    let schedulers = [
        spawn(home.path(), &environment, &["scheduler"])?,
        spawn(home.path(), &environment, &["scheduler"])?,
    ];
    web.wait_for("/api/cards", "cards by the cold start", |text| text.contains("case_number")).await?;

    let started = web.post("/refresh").await?;
    assert_eq!(started.status(), 202, "{}", started.text().await?);
    let place = started.headers()["location"].to_str()?.to_owned();
    web.wait_for(&place, "the refresh's end", |text| text.contains("\"SUCCESS\"")).await?;

    // A worker dies in the middle of a long run; another finds it and does it again.
    world.no_faults().await?;
    world.control("faults", &json!({ "route": "*", "fault": { "kind": "delay", "ms": 300 } })).await?;
    let id = start(&home, &environment, "details_sync").await?;
    let working =
        wait_for(&home, &environment, &id, |run| run["progress"]["done"].as_u64() > Some(0)).await?;
    let mut victim = victim(&working, &mut workers)?;
    victim.kill().await?;
    world.no_faults().await?;
    let done = wait_for(&home, &environment, &id, |run| run["state"] == "done").await?;
    assert_eq!(done["attempt"], 2, "{done}");
    assert_ne!(done["worker"], working["worker"], "{done}");

    let list = show(&home, &environment, &["jobs", "list", "--json", "by:\"cold start\""]).await?;
    assert_eq!(list["total"], 7, "two schedulers ask for a cold start once: {list}");
    drop((schedulers, workers));
    assert!(web.terminate().await?.success());
    Ok(())
}

/// The worker process that works on that run: its name holds its process id.
fn victim(run: &Value, workers: &mut Vec<tokio::process::Child>) -> anyhow::Result<tokio::process::Child> {
    let name = run["worker"].as_str().unwrap_or_default();
    let is_it =
        |child: &tokio::process::Child| child.id().is_some_and(|id| name.contains(&format!("-{id}-")));
    let place = workers.iter().position(is_it);
    Ok(workers.remove(place.ok_or_else(|| anyhow::anyhow!("none of ours works on it: {run}"))?))
}

async fn show(
    home: &tempfile::TempDir,
    environment: &[(String, String)],
    arguments: &[&str],
) -> anyhow::Result<Value> {
    let finished = run(home.path(), environment, arguments).await?;
    anyhow::ensure!(finished.status.success(), "{arguments:?}: {}", finished.stderr);
    Ok(serde_json::from_str(&finished.stdout)?)
}

async fn start(
    home: &tempfile::TempDir,
    environment: &[(String, String)],
    task: &str,
) -> anyhow::Result<String> {
    let finished =
        run(home.path(), environment, &["schedule", "run", task, "--arguments", "{\"full\": true}"]).await?;
    anyhow::ensure!(finished.status.success(), "{}", finished.stderr);
    let id = finished.stderr.split_whitespace().nth(1).unwrap_or_default();
    Ok(id.to_owned())
}

async fn wait_for(
    home: &tempfile::TempDir,
    environment: &[(String, String)],
    id: &str,
    holds: impl Fn(&Value) -> bool,
) -> anyhow::Result<Value> {
    let deadline = std::time::Instant::now() + Duration::from_mins(2);
    loop {
        let run = show(home, environment, &["jobs", "show", "--json", id]).await?["run"].clone();
        if holds(&run) {
            return Ok(run);
        }
        let over = ["done", "failed", "cancelled"].iter().any(|state| run["state"] == *state);
        anyhow::ensure!(!over && std::time::Instant::now() < deadline, "it never came: {run}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
