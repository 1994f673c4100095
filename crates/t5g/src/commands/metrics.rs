//! `t5g metrics`: the one list of what `/metrics` tells.

use anyhow::Result;

use super::Outcome;
use crate::console;

/// Print the list of all metrics, in Markdown
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  t5g metrics > metrics.md")]
pub(crate) struct Args {}

pub(super) fn run() -> Result<Outcome> {
    console::print(&t5g_telemetry::metrics::markdown())?;
    Ok(Outcome::Done)
}
