//! `t5g report`: what a team tells of a week or a sprint.

mod sprint;
mod week;

use anyhow::Result;
use clap::Subcommand;

use super::Outcome;
use crate::cli::Global;

/// Report on a week or a sprint
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  t5g report week --format markdown\n  t5g report sprint")]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Week(week::Args),
    Sprint(sprint::Args),
}

pub(super) fn run(global: &Global, args: Args) -> Result<Outcome> {
    match args.what {
        What::Week(args) => week::run(global, &args),
        What::Sprint(args) => sprint::run(global, &args),
    }
}

/// In which form a report is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For a terminal or a plain mail
    Text,
    /// Markdown
    Markdown,
    /// A page to be copied from or sent
    Html,
    /// For programs
    Json,
}
