//! The binary: reads the command line, wires the rooms together, runs one command.

mod audit;
mod board;
mod bundle;
mod cli;
mod commands;
mod console;
mod doctor;
mod foreground;
mod load;
mod logging;
mod new_file;
mod process;
mod progress;
mod remote;
mod wiring;

use std::process::ExitCode;

use clap::Parser as _;

use crate::commands::Outcome;

/// Settings: see `.cargo/config.toml`. The system's allocator kept what replaced documents had taken, until a
/// process of 20,000 cards held three times what it needs (docs/performance.md).
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let server = cli.command.is_server().then(|| cli.global.clone());
    match commands::run(cli) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Failed) => ExitCode::FAILURE,
        // Whoever read our output has seen enough, as `| head` does.
        Err(error) if console::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) if logging::is_only_json() || server.as_ref().is_some_and(begun_late) => {
            tracing::error!("ended: {}", console::chain(&error));
            ExitCode::FAILURE
        }
        Err(error) => {
            console::complain(&format!("t5g: {}", console::chain(&error)));
            ExitCode::FAILURE
        }
    }
}

/// A server whose settings are wrong has no log yet; if it wants one of JSON, what is wrong is a line of it.
fn begun_late(global: &cli::Global) -> bool {
    logging::begin_late(load::log_format(global))
}
