//! `t5g cards`: what is to be done about cards.

mod closable;
mod create;
mod decide;
mod plan;
mod plans;

use anyhow::Result;
use clap::Subcommand;

use super::Outcome;
use crate::cli::Global;

/// Look after cards
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  t5g cards plan\n  t5g cards create\n  t5g cards closable --json | jq -r '.[].url'"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Plan(plan::Args),
    Create(create::Args),
    Plans(plans::Args),
    Release(decide::Release),
    Reject(decide::Reject),
    Closable(closable::Args),
}

pub(super) fn run(global: &Global, args: Args) -> Result<Outcome> {
    match args.what {
        What::Plan(args) => plan::run(global, &args),
        What::Create(args) => create::run(global, &args),
        What::Plans(args) => plans::run(global, args),
        What::Release(args) => decide::release(global, &args),
        What::Reject(args) => decide::reject(global, &args),
        What::Closable(args) => closable::run(global, &args),
    }
}
