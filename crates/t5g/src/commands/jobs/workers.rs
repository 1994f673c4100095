//! `t5g jobs workers`.

use anyhow::Result;
use t5g_queue::Launcher;

use crate::commands::Outcome;
use crate::console;

/// List the processes that work on runs or watch the schedules
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  t5g jobs workers --json")]
pub(super) struct Args {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(launcher: &Launcher, args: &Args) -> Result<Outcome> {
    let workers = launcher.workers().await?;
    if args.json {
        console::print_json(&workers)?;
        return Ok(Outcome::Done);
    }
    let silent_before = launcher.silent_before();
    let head =
        ["NAME", "STATE", "DOES", "VERSION", "SINCE (UTC)", "RUNS NOW", "ENDED", "FAILED"].map(str::to_owned);
    let rows = workers.iter().map(|worker| {
        let state = match (worker.seen < silent_before, worker.stopping) {
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
