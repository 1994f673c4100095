//! `t5g worker`: work on tasks, show nothing.

use anyhow::Result;
use t5g_config::Purpose;
use t5g_queue::Role;
use t5g_store::Opening;

use super::Outcome;
use crate::cli::Global;
use crate::wiring::ops;
use crate::{load, logging, process, wiring};

/// Work on tasks that schedules, people and programs ask for
///
/// Any number of these can run beside each other on one ledger. A run whose worker dies is found and done again.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  T5G_DOCUMENTS_URL=redis://cache:6379/0 T5G_LEDGER_URL=postgres://… t5g worker"
)]
pub(crate) struct Args {}

pub(super) fn run(global: &Global, _: &Args) -> Result<Outcome> {
    let settings = load::settings(global, Vec::new(), Purpose::Tool)?;
    logging::begin(&settings, logging::Usual::Server)?;
    process::block_on(async {
        let (clock, metrics) = (process::clock(), ops::metrics()?);
        let context = wiring::sync_context(&settings, Opening::Serve, &clock).await?;
        let (documents, ledger) = (context.documents.clone(), context.ledger.clone());
        ops::play(&settings, metrics, &[Role::Work], (documents, ledger), Some(&context), clock).await?;
        Ok(Outcome::Done)
    })
}
