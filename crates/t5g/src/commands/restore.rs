//! `t5g restore`: a backup checked, and put back into the stores.

use std::fs::File;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use t5g_config::{Purpose, Settings};
use t5g_store::Opening;
use t5g_store::backup::{self, Contents};
use t5g_store::ledger::Ledger;

use super::{Outcome, backup as backup_command};
use crate::cli::Global;
use crate::wiring::{background, presence};
use crate::{console, load, logging, process, wiring};

/// Put a backup into the stores
///
/// Stop every process that uses them before. The whole file is checked first; then the ledger is restored all at once,
/// and after it each document. Stores that hold something are refused unless --force is given; a file that a newer
/// version wrote is refused in any case, and one of an older version is brought up to date on its way in.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  t5g restore --verify t5g-2026-11-23.backup\n  t5g restore t5g-2026-11-23.backup"
)]
pub(crate) struct Args {
    /// The file that `t5g backup` made
    file: PathBuf,
    /// Only see whether the file is whole and can be used; nothing is written
    #[arg(long)]
    verify: bool,
    /// Replace what is in the stores
    #[arg(long, conflicts_with = "verify")]
    force: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Outcome> {
    let settings = load::settings(global, Vec::new(), Purpose::Tool)?;
    logging::begin(&settings, logging::Usual::Command)?;
    let file = File::open(&args.file).with_context(|| args.file.display().to_string())?;
    let shown = backup_command::spinner(if args.verify { "checking" } else { "restoring" });
    let done = if args.verify {
        backup::check(&file).map_err(Into::into)
    } else {
        process::block_on(restore(&settings, &file, args.force))
    };
    shown.finish_and_clear();
    let contents = done.with_context(|| args.file.display().to_string())?;
    backup_command::report(&contents, None, args.json)?;
    Ok(if contents.unusable.is_empty() { Outcome::Done } else { Outcome::Failed })
}

async fn restore(settings: &Settings, file: &File, force: bool) -> Result<Contents> {
    // Until nobody is at work on it, it stays as it is, of whatever version.
    let ledger = wiring::ledger(settings, Opening::Replace).await?;
    if ledger.has_table("workers").await? {
        nobody_works(settings, &ledger).await?;
    }
    if ledger.has_table("servers").await? {
        nobody_serves(&ledger).await?;
    }
    let documents = wiring::documents(settings, Opening::Serve).await?;
    let contents = backup::restore(file, &documents, &ledger, force).await?;
    ledger.close().await;
    console::complain(&format!("restored into {} and {}", documents.place(), ledger.place()));
    Ok(contents)
}

/// Refuses while workers or schedulers are alive: they would go on with what is just being replaced.
async fn nobody_works(settings: &Settings, ledger: &Ledger) -> Result<()> {
    let launcher = background::launcher(settings, ledger.clone(), process::clock())?;
    let silent_before = launcher.silent_before();
    let workers = launcher.workers().await?;
    let alive: Vec<&str> = workers
        .iter()
        .filter(|worker| worker.seen >= silent_before)
        .map(|worker| worker.name.as_str())
        .collect();
    if !alive.is_empty() {
        bail!(
            "processes are at work on this ledger ({}): stop them first; one that was killed counts as gone after {} s",
            alive.join(", "),
            launcher.silence().num_seconds()
        );
    }
    Ok(())
}

/// Refuses while servers are alive: they would show, and sign people in to, what is just being replaced.
async fn nobody_serves(ledger: &Ledger) -> Result<()> {
    let servers = ledger.servers_within(presence::SILENT).await?;
    let alive: Vec<String> =
        servers.into_iter().map(|server| format!("{} on {}", server.name, server.address)).collect();
    if !alive.is_empty() {
        bail!(
            "servers show what is in this ledger ({}): stop them first; one that was killed counts as gone after {} s",
            alive.join(", "),
            presence::SILENT.num_seconds()
        );
    }
    Ok(())
}
