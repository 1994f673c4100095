//! `t5g cards` and `t5g journal` against the simulated upstreams: planned, done, held, released, told.

#![expect(clippy::indexing_slicing, reason = "a member that JSON lacks reads as null")]

use std::path::Path;

use serde_json::{Value, json};
use t5g_e2e::{Finished, World, run};

pub(crate) type Environment = Vec<(String, String)>;

fn environment(world: &World, read_only: bool, most: &str) -> Environment {
    let mut environment = world.environment();
    environment.retain(|(name, _)| name != "READ_ONLY" || read_only);
    environment.push(("max_to_create".into(), most.into()));
    environment
}

async fn done(home: &Path, environment: &Environment, arguments: &[&str]) -> anyhow::Result<Finished> {
    let finished = run(home, environment, arguments).await?;
    anyhow::ensure!(finished.status.success(), "t5g {}: {}", arguments.join(" "), finished.stderr);
    Ok(finished)
}

async fn told(home: &Path, environment: &Environment, arguments: &[&str]) -> anyhow::Result<Value> {
    Ok(serde_json::from_str(&done(home, environment, arguments).await?.stdout)?)
}

/// Lets the world live on until it has more new cases than that, which no card tracks.
pub(crate) async fn new_cases(
    home: &Path,
    environment: &Environment,
    world: &World,
    most: usize,
) -> anyhow::Result<()> {
    done(home, environment, &["sync", "all"]).await?;
    for _ in 0..60 {
        let planned = told(home, environment, &["cards", "plan", "--json"]).await?;
        // The items that wait for all others are messages about them.
        let items = planned["plan"]["items"].as_array().into_iter().flatten();
        if items.filter(|item| item["last"] == false).count() > most {
            return Ok(());
        }
        world.control("advance", &json!({ "days": 2 })).await?;
        done(home, environment, &["sync", "cases", "details"]).await?;
    }
    anyhow::bail!("no new cases came")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_printed_and_then_done_and_all_of_it_can_be_read() -> anyhow::Result<()> {
    let world = World::start(3, 40).await?;
    let home = tempfile::tempdir()?;
    let (home, only_reads, writes) =
        (home.path(), environment(&world, true, "500"), environment(&world, false, "500"));
    new_cases(home, &only_reads, &world, 0).await?;
    let before = world.ask("journal").await?["total"].clone();

    let planned = told(home, &only_reads, &["cards", "plan", "--json", "--seed", "7"]).await?;
    assert_eq!(planned["plan"]["seed"], 7);
    let text = done(home, &only_reads, &["cards", "plan", "--seed", "7"]).await?.stdout;
    assert!(
        text.contains("make the card") && text.contains("Priority") && text.contains("because"),
        "{text}"
    );
    let refused = run(home, &only_reads, &["cards", "create"]).await?;
    assert_eq!(refused.status.code(), Some(1));
    assert!(refused.stderr.contains("READ_ONLY"), "{}", refused.stderr);
    let dry = told(home, &writes, &["cards", "create", "--dry-run", "--json", "--seed", "7"]).await?;
    assert_eq!(dry["plan"], planned["plan"], "the same cases and seed give the same plan");
    assert_eq!(world.ask("journal").await?["total"], before, "planning writes nothing");

    let created = told(home, &writes, &["cards", "create", "--json", "--seed", "7"]).await?;
    assert_eq!((&created["failed"], &created["doubtful"]), (&json!(0), &json!(0)), "{created}");
    let plans = told(home, &writes, &["cards", "plans", "--kind", "cards", "--json"]).await?;
    assert_eq!((plans[0]["state"].clone(), plans[0]["seed"].clone()), (json!("done"), json!("7")));
    let id = plans[0]["id"].as_str().unwrap_or_default().to_owned();
    let whole = told(home, &writes, &["journal", "show", id.get(..13).unwrap_or(&id), "--json"]).await?;
    let effects = |steps: &Value| -> Vec<Value> {
        steps.as_array().into_iter().flatten().map(|step| step["effect"].clone()).collect()
    };
    let items = planned["plan"]["items"].as_array().cloned().unwrap_or_default();
    let wanted: Vec<Value> =
        items.iter().flat_map(|item| item["steps"].as_array().cloned().unwrap_or_default()).collect();
    assert_eq!(effects(&whole["steps"]), wanted, "what was done is what was shown");
    let shown = done(home, &writes, &["journal", "show", &id]).await?.stdout;
    assert!(shown.contains("done     Jira") && shown.contains("after  {"), "{shown}");
    let made =
        told(home, &writes, &["journal", "list", "--service", "jira", "--state", "done", "--json"]).await?;
    let made = effects(&made).iter().filter(|effect| effect["do"] == "create_card").count();
    assert_eq!(made, items.iter().filter(|item| item["last"] == false).count());
    let again = told(home, &writes, &["cards", "plan", "--json"]).await?;
    assert_eq!(again["plan"]["items"], json!([]), "nothing is new any more");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_wait_for_a_decision_at_the_command_line() -> anyhow::Result<()> {
    let world = World::start(3, 40).await?;
    let home = tempfile::tempdir()?;
    let (home, writes) = (home.path(), environment(&world, false, "1"));
    new_cases(home, &writes, &world, 1).await?;
    let created = run(home, &writes, &["cards", "create"]).await?;
    assert!(created.stderr.contains("waits for a decision"), "{}", created.stderr);
    let written = told(home, &writes, &["journal", "list", "--json"]).await?;
    let only_told = written.as_array().into_iter().flatten().all(|step| step["delivery"] == true);
    assert!(only_told, "people are told, and nothing else is done: {written}");
    let plans = told(home, &writes, &["cards", "plans", "--state", "held", "--json"]).await?;
    let id = plans[0]["id"].as_str().unwrap_or_default().to_owned();
    let reads = environment(&world, true, "1");
    let refused = run(home, &reads, &["cards", "release", &id]).await?;
    assert_eq!(refused.status.code(), Some(1));
    done(home, &writes, &["cards", "reject", &id]).await?;
    let twice = run(home, &writes, &["cards", "reject", &id]).await?;
    assert_eq!(twice.status.code(), Some(1));
    assert!(twice.stderr.contains("it is rejected"), "{}", twice.stderr);
    let released = done(home, &writes, &["cards", "release", &id]).await?;
    assert!(released.stderr.contains("is released"), "{}", released.stderr);
    // No worker is up: the next run of the task finishes what was released.
    done(home, &writes, &["cards", "create"]).await?;
    let whole = told(home, &writes, &["journal", "show", &id, "--json"]).await?;
    assert_eq!(whole["plan"]["state"], "done", "{whole}");
    Ok(())
}
