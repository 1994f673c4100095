//! Runs one task to its end in this process, with its progress on standard error: what commands do that write.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use t5g_config::Settings;
use t5g_queue::{Asker, Role, RunState, RunView, Wish};
use t5g_store::Opening;
use t5g_sync::WriteTask;

use crate::progress::Watcher;
use crate::wiring::background;
use crate::{process, wiring};

/// How long a task may go on after a stop was wanted.
const GRACE: Duration = Duration::from_secs(5);

/// Whether something may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Only planned, which works also where nothing is written.
    Plan,
    /// Done.
    Write,
}

/// Starts that task, or joins its run that waits or works already, and waits for its end. A person waits for it: what
/// fails is told at once, and gone on with by the next run that is due.
pub(crate) async fn run(
    settings: &Settings,
    task: WriteTask,
    arguments: Value,
    mode: Mode,
) -> Result<RunView> {
    let clock = process::clock();
    let context = wiring::sync_context(settings, Opening::Fill, &clock).await?;
    if let (Mode::Write, Some(why)) = (mode, task.unconfigured(&context.writing)) {
        bail!("{why}");
    }
    let registry = match mode {
        Mode::Plan => t5g_sync::registry_of_writing(&context),
        Mode::Write => t5g_sync::registry(&context),
    };
    let engine =
        background::engine(settings, (&context.documents, &context.ledger), registry, &clock).await?;
    let launcher = engine.launcher();
    engine.recover().await?;
    let asker = Asker::person(process::person());
    let wish = Wish { attempts: Some(1), ..Wish::of(task.name(), arguments) };
    let started = launcher.start_all(&[wish], &asker).await?;
    let started = *started.first().context("the queue started nothing")?;
    engine.begin(&[Role::WorkOn(vec![started.run])]).await;
    let watcher = Watcher::new(launcher.clone());
    watcher.follow(task.name(), started.run);
    let view = tokio::select! {
        view = launcher.wait(started.run) => view?,
        stopped = process::stop_wanted() => {
            stopped?;
            if !started.joined
                && let Err(error) = launcher.cancel(started.run, &asker.name).await
            {
                tracing::debug!(%error, "not stopped");
            }
            None
        }
    };
    watcher.finish().await;
    engine.shutdown(GRACE).await;
    context.ledger.close().await;
    view.context("stopped before its end; what was begun is gone on with by the next run")
}

/// What the run gave back; an error that says why it gave nothing.
pub(crate) fn result(view: RunView) -> Result<Value> {
    match view.state {
        RunState::Done => Ok(view.result),
        state => {
            let why = view.error.unwrap_or_else(|| format!("the run is {}", state.as_str()));
            bail!("{} did not succeed: {why}", view.task)
        }
    }
}
