//! `t5g completions`: for the shell's own completion.

use anyhow::Result;
use clap::CommandFactory as _;
use clap_complete::Shell;

use super::Outcome;
use crate::cli::Cli;
use crate::console;

/// Print what the shell needs to complete t5g's commands
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  t5g completions bash > /etc/bash_completion.d/t5g")]
pub(crate) struct Args {
    /// Which shell
    shell: Shell,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "t5g", &mut script);
    console::print(&String::from_utf8(script)?)?;
    Ok(Outcome::Done)
}
