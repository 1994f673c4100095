//! Many processes on one ledger, and everything that happens to processes, servers and networks: killed, stopped
//! and woken, restarted, frozen, cut off. In the end every run has come to one end, exclusive work never overlapped
//! in effect, and every tick has fired once.
//!
//! `T5G_CHAOS_SEED` chooses what happens when. `T5G_CHAOS_RUNS`, `T5G_CHAOS_FAULTS` and `T5G_CHAOS_KILLS` say how
//! much; the long form is 500, 120 and 50.

mod cast;
mod faults;
mod stage;
mod ticker;
mod verdict;
mod work;

use std::sync::Arc;

use rand::SeedableRng as _;
use rand::rngs::StdRng;

use cast::Cast;
use faults::Faults;
use stage::Stage;
use ticker::Ticker;

/// A number from the environment.
fn set(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgres_and_redis() {
    let stage = Stage::on_servers().await;
    let cast = Cast::new(&["worker", "worker", "worker", "scheduler", "scheduler"]);
    play(stage, cast, set("T5G_CHAOS_FAULTS", 24)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_one_sqlite_file() {
    let cast = Cast::new(&["worker scheduler", "worker scheduler", "worker scheduler"]);
    play(Stage::in_sqlite().await, cast, set("T5G_CHAOS_KILLS", 10)).await;
}

async fn play(stage: Stage, cast: Cast, faults: u64) {
    let (seed, runs) = (set("T5G_CHAOS_SEED", 7), set("T5G_CHAOS_RUNS", 120));
    println!("seed {seed}, runs {runs}, faults {faults}");
    let stage = Arc::new(stage);
    let ticker = Ticker::start(Arc::clone(&stage));
    let mut faults =
        Faults { stage: Arc::clone(&stage), cast, dice: StdRng::seed_from_u64(seed), left: faults };
    faults.play(runs).await;
    let ticks = faults.tending_until(ticker.stop()).await;
    faults.until_all_is_over().await;
    faults.cast.leave().await;
    verdict::judge(&stage, runs, &ticks).await;
}
