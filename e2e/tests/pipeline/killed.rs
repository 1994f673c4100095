//! SIGKILL at random moments of `sync all`: the store opens, no document is torn or emptied, the next sync
//! completes. `T5G_E2E_KILLS` sets how often (default 8, the long form 50).

use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use serde_json::Value;
use t5g_e2e::{Finished, World, run, spawn};

const CASES: u32 = 150;

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_may_be_killed_at_any_moment() -> anyhow::Result<()> {
    let kills: u32 = std::env::var("T5G_E2E_KILLS").map_or(Ok(8), |text| text.parse())?;
    let seed: u64 = std::env::var("T5G_E2E_SEED").map_or(Ok(7), |text| text.parse())?;
    println!("kills {kills}, seed {seed}");
    let mut dice = StdRng::seed_from_u64(seed);
    let world = World::start(seed, CASES).await?;
    let home = tempfile::tempdir()?;
    let environment = world.environment();

    let begun = std::time::Instant::now();
    complete(&run(home.path(), &environment, &["sync", "all"]).await?);
    let usual = begun.elapsed();
    let before = export(home.path(), &environment).await?;

    for round in 0..kills {
        world.control("advance", &serde_json::json!({ "hours": 6 })).await?;
        let mut sync = spawn(home.path(), &environment, &["sync", "all"])?;
        tokio::time::sleep(usual.mul_f64(dice.random_range(0.0..1.1))).await;
        sync.kill().await?;
        let documents = export(home.path(), &environment).await?;
        for (name, document) in &before {
            let (had, has) = (entries(document), entries(documents.get(name).unwrap_or(&Value::Null)));
            assert!(has * 2 >= had, "round {round}: {name} had {had} entries, has {has}");
        }
    }
    complete(&run(home.path(), &environment, &["sync", "all"]).await?);
    Ok(())
}

fn complete(sync: &Finished) {
    assert!(sync.status.success(), "sync ended with {}:\n{}", sync.status, sync.stderr);
}

async fn export(
    home: &std::path::Path,
    environment: &[(String, String)],
) -> anyhow::Result<serde_json::Map<String, Value>> {
    let export = run(home, environment, &["export"]).await?;
    assert!(export.status.success(), "export ended with {}:\n{}", export.status, export.stderr);
    Ok(serde_json::from_str(&export.stdout)?)
}

fn entries(document: &Value) -> usize {
    match document {
        Value::Object(map) => map.len(),
        Value::Array(list) => list.len(),
        _ => 0,
    }
}
