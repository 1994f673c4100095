//! `t5g up`: everything in one process.

use anyhow::Result;
use t5g_config::{Purpose, Settings};
use t5g_store::Opening;
use t5g_store::documents::Guard;

use super::{Outcome, fake, serve};
use crate::cli::Global;
use crate::wiring::ops;
use crate::wiring::site::{self, Parts, Site};
use crate::{load, logging, process, wiring};

/// Serve and fetch, everything in one process
///
/// Documents that are missing are fetched at once, the others by schedule.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  FLASK_LOGIN_DISABLED=true t5g up --listen 127.0.0.1:9000")]
pub(crate) struct Args {
    /// Address and port to listen on
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
}

pub(super) fn run(global: &Global, args: Args) -> Result<Outcome> {
    let settings = load::settings(global, serve::listen_flag(args.listen), Purpose::Server)?;
    logging::begin(&settings, logging::Usual::Server)?;
    process::block_on(async {
        let listener = site::listen(settings.general.listen).await?;
        let metrics = ops::metrics()?;
        let site = Site::start(&settings, metrics, listener, parts(&settings).await?).await?;
        site::announce(&site)?;
        site.fetch();
        site.until_stopped().await?;
        Ok(Outcome::Done)
    })
}

/// What a site that fetches is made of.
pub(super) async fn parts(settings: &Settings) -> Result<Parts> {
    let clock = process::clock();
    if !settings.general.fake_data {
        return Ok(Parts::fetching(wiring::sync_context(settings, Opening::Serve, &clock).await?, clock));
    }
    let documents = wiring::documents(settings, Opening::Serve).await?;
    if documents.present().await?.is_empty() {
        documents.replace(&fake::documents(fake::CASES, fake::SEED, &clock)?, &Guard::default()).await?;
    }
    let ledger = wiring::ledger(settings, Opening::Serve).await?;
    Ok(Parts { documents, ledger, context: None, clock })
}
