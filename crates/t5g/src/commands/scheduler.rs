//! `t5g scheduler`: start tasks by their schedules, work on none.

use anyhow::Result;
use t5g_config::Purpose;
use t5g_queue::Role;
use t5g_store::Opening;

use super::Outcome;
use crate::cli::Global;
use crate::wiring::ops;
use crate::{load, logging, process, wiring};

/// Start tasks by their schedules; workers do them
///
/// Any number of these can run beside each other on one ledger: each tick starts a task once. The first one that
/// starts on empty stores has everything fetched that is missing.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  T5G_DOCUMENTS_URL=redis://cache:6379/0 T5G_LEDGER_URL=postgres://… t5g scheduler"
)]
pub(crate) struct Args {}

pub(super) fn run(global: &Global, _: &Args) -> Result<Outcome> {
    let settings = load::settings(global, Vec::new(), Purpose::Tool)?;
    logging::begin(&settings, logging::Usual::Server)?;
    process::block_on(async {
        let metrics = ops::metrics()?;
        let documents = wiring::documents(&settings, Opening::Serve).await?;
        let stores = (documents, wiring::ledger(&settings, Opening::Serve).await?);
        ops::play(&settings, metrics, &[Role::Schedule], stores, None, process::clock()).await?;
        Ok(Outcome::Done)
    })
}
