//! `t5g jobs workers`.

use anyhow::Result;
use serde::{Deserialize, Serialize};
use t5g_queue::{Launcher, WorkerView};

use crate::commands::Outcome;
use crate::console;
use crate::remote::{Remote, ServerArgs};

/// List the processes that work on runs or watch the schedules
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  t5g jobs workers --json\n  t5g jobs workers --server https://dashboard.example.com"
)]
pub(super) struct Args {
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pub(super) server: ServerArgs,
}

/// A worker, as the API tells it.
#[derive(Debug, Serialize, Deserialize)]
struct Worker {
    #[serde(flatten)]
    worker: WorkerView,
    /// Whether it was not heard of for so long that it counts as gone.
    silent: bool,
}

/// From the ledger.
pub(super) async fn run(launcher: &Launcher, args: &Args) -> Result<Outcome> {
    let silent_before = launcher.silent_before();
    let told = |worker: WorkerView| Worker { silent: worker.seen < silent_before, worker };
    print(args, &launcher.workers().await?.into_iter().map(told).collect::<Vec<_>>())
}

/// From a running dashboard.
pub(super) async fn run_on(remote: &Remote, args: &Args) -> Result<Outcome> {
    print(args, &remote.json::<Vec<Worker>>("/api/monitor/workers", &[]).await?)
}

fn print(args: &Args, workers: &[Worker]) -> Result<Outcome> {
    if args.json {
        console::print_json(&workers)?;
        return Ok(Outcome::Done);
    }
    let head =
        ["NAME", "STATE", "DOES", "VERSION", "SINCE (UTC)", "RUNS NOW", "ENDED", "FAILED"].map(str::to_owned);
    let rows = workers.iter().map(|Worker { worker, silent }| {
        let state = match (*silent, worker.stopping) {
            (true, _) => format!("silent since {}", worker.seen.format("%H:%M:%S")),
            (false, true) => "stopping".to_owned(),
            (false, false) => "alive".to_owned(),
        };
        [
            worker.name.clone(),
            state,
            worker.roles.clone(),
            worker.version.clone(),
            worker.started.format("%m-%d %H:%M:%S").to_string(),
            format!("{} of {}", worker.running, worker.slots),
            worker.processed.to_string(),
            worker.failed.to_string(),
        ]
    });
    console::print(&console::table(&std::iter::once(head).chain(rows).collect::<Vec<_>>()))?;
    if workers.is_empty() {
        console::complain("no process works on runs: start t5g up, or t5g worker and t5g scheduler");
    }
    Ok(Outcome::Done)
}
