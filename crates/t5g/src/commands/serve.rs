//! `t5g serve`: pages and API of what others fetch.

use anyhow::Result;
use t5g_config::{Flag, Purpose};
use t5g_store::Opening;

use super::Outcome;
use crate::cli::Global;
use crate::wiring::ops;
use crate::wiring::site::{self, Parts, Site};
use crate::{load, logging, process, wiring};

/// Show pages and answer the API; work on nothing
///
/// Any number of these can run beside the processes that fetch. What the refresh button and the monitor start is done
/// by `t5g worker` or `t5g up` on the same ledger.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  T5G_DOCUMENTS_URL=redis://cache:6379/0 t5g serve")]
pub(crate) struct Args {
    /// Address and port to listen on
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
}

pub(super) fn run(global: &Global, args: Args) -> Result<Outcome> {
    let settings = load::settings(global, listen_flag(args.listen), Purpose::Server)?;
    logging::begin(&settings, logging::Usual::Server)?;
    process::block_on(async {
        let (clock, metrics) = (process::clock(), ops::metrics()?);
        let listener = site::listen(settings.general.listen).await?;
        let documents = wiring::documents(&settings, Opening::Serve).await?;
        let ledger = wiring::ledger(&settings, Opening::Serve).await?;
        let parts = Parts { documents, ledger, context: None, clock };
        let site = Site::start(&settings, metrics, listener, parts).await?;
        site::announce(&site)?;
        site.until_stopped().await?;
        Ok(Outcome::Done)
    })
}

/// The flag that overrules where to listen.
pub(super) fn listen_flag(listen: Option<String>) -> Vec<Flag> {
    listen.map(|value| Flag { name: "--listen", path: "listen", value }).into_iter().collect()
}
