//! Random runs: several workers that are killed again and again, upstreams that fail in every way, a search that lags.
//! `T5G_WRITING_RUNS` says how many (default 10), `T5G_WRITING_SEED` with which seed to begin, `T5G_WRITING_AT_ONCE` how
//! many at a time (default 2). A failure names its seed and leaves the ledger, the workers' logs and the journal of the
//! world in a folder.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use futures_util::{StreamExt as _, stream};
use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::json;
use t5g_testkit::{Database, Postgres, Redis};

use crate::stage::Stage;

/// Workers at once.
const WORKERS: usize = 3;
/// New cases in one run; cases come in lots of a few, so there may be some more.
const FEWEST: usize = 5;
const MOST: usize = 45;
const SURPLUS: usize = 5;
/// Every fifth seed is played on PostgreSQL and Redis, the others in a file.
const SERVED: u64 = 5;
/// How long upstreams fail and workers die in one run.
const STORM: Duration = Duration::from_secs(6);

fn number(name: &str, usual: u64) -> Result<u64> {
    Ok(std::env::var(name).map_or(Ok(usual), |text| text.parse())?)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_case_is_lost_and_none_has_two_cards() -> Result<()> {
    let (runs, first) = (number("T5G_WRITING_RUNS", 10)?, number("T5G_WRITING_SEED", 1)?);
    let at_once = usize::try_from(number("T5G_WRITING_AT_ONCE", 2)?)?;
    let mut storms = stream::iter((first..first + runs).map(witnessed)).buffer_unordered(at_once.max(1));
    let mut failed = 0_usize;
    while let Some((seed, end)) = storms.next().await {
        if let Err(error) = end {
            failed += 1;
            println!("T5G_WRITING_SEED={seed} T5G_WRITING_RUNS=1 failed: {error:#}");
        }
    }
    ensure!(failed == 0, "{failed} of {runs} storms failed, each named above");
    Ok(())
}

/// A storm and what it came to; what it leaves is kept if it failed.
async fn witnessed(seed: u64) -> (u64, Result<()>) {
    let end = async {
        let servers = if seed.is_multiple_of(SERVED) {
            Some((Postgres::start().await?, Redis::start().await?))
        } else {
            None
        };
        let stores: Vec<_> = servers.iter().flat_map(addresses).collect();
        let mut stage = Stage::new(seed, 60, &stores).await?;
        match storm(seed, &mut stage).await {
            Ok(()) => Ok(()),
            Err(error) => Err(stage.keep().await.map_or_else(|lost| lost, |folder| error.context(folder))),
        }
    };
    (seed, end.await)
}

fn addresses((database, redis): &(Database, Redis)) -> [(&'static str, String); 2] {
    [("T5G_DOCUMENTS_URL", redis.url()), ("T5G_LEDGER_URL", database.url().to_owned())]
}

async fn storm(seed: u64, stage: &mut Stage) -> Result<()> {
    let mut dice = SmallRng::seed_from_u64(seed);
    let wanted = dice.random_range(FEWEST..=MOST);
    // Three cases a day, beside those that never had a card.
    let mut new = stage.new_cases(24).await?;
    while new.len() < wanted {
        new = stage.new_cases(8 * u32::try_from(wanted - new.len())?).await?;
    }
    ensure!(new.len() <= MOST + SURPLUS, "{} new cases are more than asked for", new.len());
    stage.world.control("search-lag", &json!({ "seconds": dice.random_range(0..4) })).await?;
    let share: f64 = dice.random_range(0.05..0.25);
    stage.world.control("faults", &json!({ "everything": share, "after_effect": 0.5 })).await?;
    for _ in 0..WORKERS {
        stage.hire()?;
    }
    let until = Instant::now() + STORM;
    while Instant::now() < until {
        stage.start().await?;
        tokio::time::sleep(Duration::from_millis(dice.random_range(50..1_000))).await;
        if dice.random_bool(0.6) {
            stage.kill(dice.random_range(0..WORKERS)).await?;
            stage.hire()?;
        }
    }
    stage.world.no_faults().await?;
    stage.settle().await?;
    stage.kill_all().await?;
    stage.verify(&new).await?;
    println!("seed {seed}: {} new cases, {share:.2} of the answers failed", new.len());
    Ok(())
}
