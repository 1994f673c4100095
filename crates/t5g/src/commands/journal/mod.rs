//! `t5g journal`: what was written to other services, in the terminal; straight from the ledger, or asked of a running
//! dashboard.

mod list;
mod show;
pub(super) mod telling;
pub(super) mod wire;

use std::future::Future;

use anyhow::{Context as _, Result, bail};
use clap::Subcommand;
use t5g_config::{Purpose, Settings};
use t5g_store::Opening;
use t5g_store::ledger::{Ledger, PlanId};

use super::Outcome;
use crate::cli::Global;
use crate::commands::jobs::on_server;
use crate::{load, logging, process, wiring};

/// Show what was written to other services
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  t5g journal list --state doubtful\n  t5g journal show 019ab5c0")]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    List(list::Args),
    Show(show::Args),
}

pub(super) fn run(global: &Global, args: Args) -> Result<Outcome> {
    match &args.what {
        What::List(args) if args.server.is_given() => {
            return on_server(global, &args.server, async |remote| list::run_on(remote, args).await);
        }
        What::Show(args) if args.server.is_given() => {
            return on_server(global, &args.server, async |remote| show::run_on(remote, args).await);
        }
        _ => {}
    }
    with_ledger(global, async move |settings, ledger| match args.what {
        What::List(args) => list::run(&settings, &ledger, &args).await,
        What::Show(args) => show::run(&ledger, &args).await,
    })
}

/// Does something with the ledger that the settings name.
pub(super) fn with_ledger<W, F>(global: &Global, work: W) -> Result<Outcome>
where
    W: FnOnce(Settings, Ledger) -> F,
    F: Future<Output = Result<Outcome>>,
{
    let settings = load::settings(global, Vec::new(), Purpose::Tool)?;
    logging::begin(&settings, logging::Usual::Command)?;
    process::block_on(async {
        let ledger = wiring::ledger(&settings, Opening::Use).await?;
        let outcome = work(settings, ledger.clone()).await;
        ledger.close().await;
        outcome
    })
}

/// The plan whose id is this, or begins or ends so.
pub(super) async fn find(ledger: &Ledger, id: &str) -> Result<PlanId> {
    if let Ok(plan) = id.parse::<PlanId>() {
        return Ok(plan);
    }
    let part = plain(id)?;
    only(&ledger.plans_named(part, 2).await.context("plans cannot be read")?, id)
}

/// A part of an id.
fn plain(id: &str) -> Result<&str> {
    let plain = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    anyhow::ensure!(
        plain,
        "{id:?} is no plan's id and no beginning or end of one; t5g cards plans tells them"
    );
    Ok(id)
}

/// The one plan that was found.
fn only(found: &[PlanId], id: &str) -> Result<PlanId> {
    match found {
        [plan] => Ok(*plan),
        [] => bail!("there is no plan whose id begins or ends with {id}; t5g cards plans tells them"),
        _ => bail!("several plans have ids that begin or end with {id}; write more of it"),
    }
}
