//! The commands, one file each: its arguments, its help, what it does.

mod attachments;
mod backup;
mod cards;
mod completions;
mod config;
mod demo;
mod doctor;
mod export;
mod fake;
mod health;
mod import;
mod jobs;
mod journal;
mod man;
mod metrics;
mod openapi;
mod report;
mod restore;
mod schedule;
mod scheduler;
mod serve;
mod simulate;
mod sync;
mod token;
mod up;
mod watchers;
mod worker;

use anyhow::Result;
use clap::Subcommand;

use crate::cli::Cli;

/// How a command that ran to its end went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All is well.
    Done,
    /// It found or left something wrong, and has said what.
    Failed,
}

/// Every command, in the order of the help.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Demo(demo::Args),
    Up(up::Args),
    Serve(serve::Args),
    Worker(worker::Args),
    Scheduler(scheduler::Args),
    Sync(sync::Args),
    Cards(cards::Args),
    Journal(journal::Args),
    Report(report::Args),
    Jobs(jobs::Args),
    Schedule(schedule::Args),
    Watchers(watchers::Args),
    Attachments(attachments::Args),
    Import(import::Args),
    Export(export::Args),
    Backup(backup::Args),
    Restore(restore::Args),
    Fake(fake::Args),
    Simulate(simulate::Args),
    Token(token::Args),
    Config(config::Args),
    Doctor(doctor::Args),
    Health(health::Args),
    Completions(completions::Args),
    Man(man::Args),
    Openapi(openapi::Args),
    Metrics(metrics::Args),
}

impl Command {
    /// Whether it goes on until it is stopped, with a log of what it does.
    pub(crate) fn is_server(&self) -> bool {
        matches!(self, Self::Up(_) | Self::Serve(_) | Self::Worker(_) | Self::Scheduler(_))
    }
}

/// Shows on standard error that something is done, for as long as it is.
fn meanwhile<T>(doing: &'static str, work: impl FnOnce() -> T) -> T {
    let shown = backup::spinner(doing);
    let done = work();
    shown.finish_and_clear();
    done
}

/// Runs the command that was asked for.
pub(crate) fn run(cli: Cli) -> Result<Outcome> {
    let global = cli.global;
    match cli.command {
        Command::Demo(args) => demo::run(&global, &args),
        Command::Up(args) => up::run(&global, args),
        Command::Serve(args) => serve::run(&global, args),
        Command::Worker(args) => worker::run(&global, &args),
        Command::Scheduler(args) => scheduler::run(&global, &args),
        Command::Sync(args) => sync::run(&global, &args),
        Command::Cards(args) => cards::run(&global, args),
        Command::Journal(args) => journal::run(&global, args),
        Command::Report(args) => report::run(&global, args),
        Command::Jobs(args) => jobs::run(&global, args),
        Command::Schedule(args) => schedule::run(&global, args),
        Command::Watchers(args) => watchers::run(&global, args),
        Command::Attachments(args) => attachments::run(&global, &args),
        Command::Import(args) => import::run(&global, &args),
        Command::Export(args) => export::run(&global, &args),
        Command::Backup(args) => backup::run(&global, &args),
        Command::Restore(args) => restore::run(&global, &args),
        Command::Fake(args) => fake::run(&global, &args),
        Command::Simulate(args) => simulate::run(&global, &args),
        Command::Token(args) => token::run(&global, args),
        Command::Config(args) => config::run(&global, &args),
        Command::Doctor(args) => doctor::run(&global, &args),
        Command::Health(args) => health::run(&global, &args),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&args),
        Command::Openapi(openapi::Args {}) => openapi::run(),
        Command::Metrics(metrics::Args {}) => metrics::run(),
    }
}
