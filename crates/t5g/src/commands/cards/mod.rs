//! `t5g cards`: what is to be done about cards.

mod closable;

use anyhow::Result;
use clap::Subcommand;

use super::Outcome;
use crate::cli::Global;

/// Look after cards
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  t5g cards closable --json | jq -r '.[].url'")]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Closable(closable::Args),
}

pub(super) fn run(global: &Global, args: Args) -> Result<Outcome> {
    match args.what {
        What::Closable(args) => closable::run(global, &args),
    }
}
