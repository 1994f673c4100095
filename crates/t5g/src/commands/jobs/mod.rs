//! `t5g jobs`: the runs of tasks, in the terminal; straight from the ledger, or asked of a running dashboard.

mod act;
mod list;
mod show;
mod workers;

use std::future::Future;

use anyhow::{Context as _, Result, bail};
use clap::Subcommand;
use t5g_config::Purpose;
use t5g_queue::{Launcher, Page, RunFilter, RunId, RunList};
use t5g_store::Opening;
use t5g_store::ledger::Ledger;

use super::Outcome;
use crate::cli::Global;
use crate::remote::{Remote, ServerArgs};
use crate::wiring::background;
use crate::{load, logging, process, wiring};

/// Show, stop and repeat runs of tasks
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  t5g jobs list state:failed asked:<2d\n  t5g jobs retry 019ab5c0")]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    List(list::Args),
    Show(show::Args),
    Retry(act::Retry),
    Cancel(act::Cancel),
    Pause(act::Pause),
    Resume(act::Resume),
    Workers(workers::Args),
}

pub(super) fn run(global: &Global, args: Args) -> Result<Outcome> {
    match &args.what {
        What::List(args) if args.server.is_given() => {
            return on_server(global, &args.server, async |remote| list::run_on(remote, args).await);
        }
        What::Show(args) if args.server.is_given() => {
            return on_server(global, &args.server, async |remote| show::run_on(remote, args).await);
        }
        What::Workers(args) if args.server.is_given() => {
            return on_server(global, &args.server, async |remote| workers::run_on(remote, args).await);
        }
        // Before a store is looked for that nobody meant.
        What::List(args) => list::well_typed(args)?,
        _ => {}
    }
    with_launcher(global, async move |launcher, ledger| match args.what {
        What::List(args) => list::run(&launcher, &args).await,
        What::Show(args) => show::run(&launcher, &args).await,
        What::Retry(args) => act::retry(&launcher, &ledger, &args).await,
        What::Cancel(args) => act::cancel(&launcher, &ledger, &args).await,
        What::Pause(args) => act::pause(&launcher, &ledger, &args).await,
        What::Resume(args) => act::resume(&launcher, &ledger, &args).await,
        What::Workers(args) => workers::run(&launcher, &args).await,
    })
}

/// Does something with the ledger that the settings name and a handle on its queue.
pub(super) fn with_launcher<W, F>(global: &Global, work: W) -> Result<Outcome>
where
    W: FnOnce(Launcher, Ledger) -> F,
    F: Future<Output = Result<Outcome>>,
{
    let settings = load::settings(global, Vec::new(), Purpose::Tool)?;
    logging::begin(&settings, logging::Usual::Command)?;
    process::block_on(async {
        let ledger = wiring::ledger(&settings, Opening::Use).await?;
        let launcher = background::launcher(&settings, ledger.clone(), process::clock())?;
        let outcome = work(launcher, ledger.clone()).await;
        ledger.close().await;
        outcome
    })
}

/// Does something with a running dashboard; neither store nor ledger is looked at.
pub(super) fn on_server<W>(global: &Global, server: &ServerArgs, work: W) -> Result<Outcome>
where
    W: AsyncFnOnce(&Remote) -> Result<Outcome>,
{
    let settings = load::settings(global, Vec::new(), Purpose::Tool)?;
    logging::begin(&settings, logging::Usual::Command)?;
    process::block_on(async {
        let remote = server.remote()?.context("--server is not given")?;
        work(&remote).await
    })
}

/// The run whose id is this or begins so.
async fn find(launcher: &Launcher, id: &str) -> Result<RunId> {
    if let Ok(run) = id.parse::<RunId>() {
        return Ok(run);
    }
    let filter = RunFilter::parse(&beginning(id)?).context("a run's id")?;
    only(&launcher.list(&filter, Page { number: 1, size: 2 }).await?, id)
}

/// The filter for runs whose id begins so.
fn beginning(id: &str) -> Result<String> {
    let plain = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    anyhow::ensure!(plain, "{id:?} is no run's id and no beginning of one; t5g jobs list tells them");
    Ok(format!("id:{id}"))
}

/// The one run that was found.
fn only(found: &RunList, id: &str) -> Result<RunId> {
    match found.runs.as_slice() {
        [run] => Ok(run.id),
        [] => bail!("there is no run whose id begins with {id}; t5g jobs list tells them"),
        _ => bail!("{} runs have ids that begin with {id}; write more of it", found.total),
    }
}
