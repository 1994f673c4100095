//! `t5g jobs retry`, `cancel`, `pause`, `resume`. Each leaves its line in the audit log.

use anyhow::Result;
use serde_json::{Value, json};
use t5g_queue::{ActError, Launcher, RunId, RunState};
use t5g_store::ledger::{Action, Ledger};

use crate::commands::Outcome;
use crate::{audit, console, process};

/// Have a run that failed or was stopped tried again; one that waits for its next try has it at once
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  t5g jobs retry 019ab5c0")]
pub(super) struct Retry {
    /// The run's id, or how it begins
    id: String,
}

/// Stop a run: at once if it waits, soon if it works
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  t5g jobs cancel 019ab5c0")]
pub(super) struct Cancel {
    /// The run's id, or how it begins
    id: String,
}

/// Let the runs of a queue wait; those that work go on
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  t5g jobs pause sync")]
pub(super) struct Pause {
    /// The queue
    queue: String,
}

/// Take a paused queue up again
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  t5g jobs resume sync")]
pub(super) struct Resume {
    /// The queue
    queue: String,
}

pub(super) async fn retry(launcher: &Launcher, ledger: &Ledger, args: &Retry) -> Result<Outcome> {
    let (id, detail) = ready(launcher, &args.id).await?;
    let entry = audit::entry(Action::JobRetry, &id.to_string(), detail);
    audit::noted(ledger, &entry, launcher.retry(id, &process::person())).await?;
    console::complain(&format!("run {id} will be tried again; t5g jobs show {id} tells how it goes"));
    Ok(Outcome::Done)
}

pub(super) async fn cancel(launcher: &Launcher, ledger: &Ledger, args: &Cancel) -> Result<Outcome> {
    let (id, detail) = ready(launcher, &args.id).await?;
    let entry = audit::entry(Action::JobCancel, &id.to_string(), detail);
    match audit::noted(ledger, &entry, launcher.cancel(id, &process::person())).await? {
        RunState::Running => console::complain(&format!("run {id} works; its worker stops it in a moment")),
        _ => console::complain(&format!("run {id} is stopped")),
    }
    Ok(Outcome::Done)
}

/// The run, and what is to be noted of it.
async fn ready(launcher: &Launcher, id: &str) -> Result<(RunId, Value)> {
    let id = super::find(launcher, id).await?;
    let view = launcher.run(id).await?.ok_or(ActError::NoSuchRun(id))?;
    Ok((id, json!({ "task": view.task })))
}

pub(super) async fn pause(launcher: &Launcher, ledger: &Ledger, args: &Pause) -> Result<Outcome> {
    launcher.expect_queue(&args.queue)?;
    let entry = audit::entry(Action::QueueChange, &args.queue, json!({ "paused": true }));
    let changed = audit::noted(ledger, &entry, launcher.pause_queue(&args.queue, &process::person())).await?;
    let how = if changed { "is paused: its runs wait" } else { "was paused already" };
    console::complain(&format!("queue {} {how}", args.queue));
    Ok(Outcome::Done)
}

pub(super) async fn resume(launcher: &Launcher, ledger: &Ledger, args: &Resume) -> Result<Outcome> {
    launcher.expect_queue(&args.queue)?;
    let entry = audit::entry(Action::QueueChange, &args.queue, json!({ "paused": false }));
    let changed = audit::noted(ledger, &entry, launcher.resume_queue(&args.queue)).await?;
    let how = if changed { "goes on" } else { "was not paused" };
    console::complain(&format!("queue {} {how}", args.queue));
    Ok(Outcome::Done)
}
