//! The command line as one definition: parser, help, man pages, completions and the reference page derive
//! from it.

use std::path::PathBuf;

use clap::{Args, Parser};

use crate::commands::Command;

/// The operations centre of a field support team: its cases, cards and bugs on one dashboard.
#[derive(Debug, Parser)]
#[command(name = "t5g", version, propagate_version = true, disable_help_subcommand = true)]
#[command(after_help = "Exit code: 0 done, 1 failed, 2 the command line was not understood.\n\
                        Try it: t5g demo")]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command understands.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Global {
    /// The settings file [default: t5g.toml in this folder, if there is one]
    #[arg(long, global = true, env = "T5G_CONFIG", hide_env_values = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Take settings from a file of NAME=value lines too; what the environment sets counts more
    #[arg(long, global = true, env = "T5G_ENV_FILE", hide_env_values = true, value_name = "FILE")]
    pub(crate) env_file: Option<PathBuf>,
    /// Log from this level on: error, warn, info, debug, trace, or filters such as info,t5g_sync=debug
    #[arg(long, global = true, value_name = "LEVEL")]
    pub(crate) log: Option<String>,
}
