//! `t5g jobs show`.

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use serde_json::Value;
use t5g_queue::{Launcher, RunDetail, RunId, RunView};

use crate::commands::Outcome;
use crate::console;
use crate::remote::{Remote, ServerArgs};

/// Show everything that is known of a run
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  t5g jobs show 019ab5c0")]
pub(super) struct Args {
    /// The run's id, or how it begins
    id: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pub(super) server: ServerArgs,
}

/// From the ledger.
pub(super) async fn run(launcher: &Launcher, args: &Args) -> Result<Outcome> {
    let id = super::find(launcher, &args.id).await?;
    let detail = launcher.detail(id).await?;
    let detail =
        detail.with_context(|| format!("there is no run {id}; it may be older than what is kept"))?;
    print(args, &detail)
}

/// From a running dashboard.
pub(super) async fn run_on(remote: &Remote, args: &Args) -> Result<Outcome> {
    let id = if let Ok(id) = args.id.parse::<RunId>() {
        id
    } else {
        let filter = super::beginning(&args.id)?;
        let found = remote.json("/api/monitor/runs", &[("q", filter.as_str()), ("size", "2")]).await?;
        super::only(&found, &args.id)?
    };
    print(args, &remote.json(&format!("/api/monitor/runs/{id}"), &[]).await?)
}

fn print(args: &Args, detail: &RunDetail) -> Result<Outcome> {
    if args.json {
        console::print_json(detail)?;
    } else {
        console::print(&text(detail))?;
    }
    Ok(Outcome::Done)
}

/// The numbers of a result, which say what it did; those that are nothing are left out.
pub(super) fn figures(result: &Value) -> String {
    let members = result.as_object().into_iter().flatten();
    let figures =
        members.filter_map(|(name, value)| Some((name, value.as_u64().filter(|count| *count > 0)?)));
    figures.map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
}

fn text(detail: &RunDetail) -> String {
    let mut parts = vec![console::table(&head(&detail.run))];
    let mut part = |title: &str, rows: Vec<[String; 4]>| {
        if !rows.is_empty() {
            parts.push(format!("\n{title}\n{}", console::table(&rows)));
        }
    };
    let attempts = detail.attempts.iter().map(|attempt| {
        let ended = attempt.finished.map_or_else(|| "works".to_owned(), time);
        let how = attempt.outcome.clone().unwrap_or_default();
        let error = attempt.error.as_ref().map(|error| format!(": {error}")).unwrap_or_default();
        [
            format!("  {}", attempt.attempt),
            format!("{} – {ended}", time(attempt.started)),
            attempt.worker.clone(),
            how + &error,
        ]
    });
    part("Attempts", attempts.collect());
    let events = detail.events.iter();
    part(
        "Course",
        events
            .map(|event| [String::new(), time(event.at), event.state.as_str().into(), event.note.clone()])
            .collect(),
    );
    let calls = detail.calls.iter().map(|call| {
        let count = format!("{} calls, {} failed", call.calls, call.failed);
        [format!("  {}", call.service), call.call.clone(), count, format!("{:.1} s", call.took.as_secs_f64())]
    });
    part("Calls of other services", calls.collect());
    let lines = detail.lines.iter();
    part(
        "Log",
        lines.map(|line| [String::new(), time(line.at), line.level.clone(), line.message.clone()]).collect(),
    );
    parts.concat()
}

fn head(run: &RunView) -> Vec<[String; 2]> {
    let mut rows = vec![
        ("run", run.id.to_string()),
        ("task", format!("{} (queue {})", run.task, run.queue)),
        ("state", run.state.as_str().to_owned()),
        ("asked for", format!("{} by {} ({})", time(run.requested), run.asked_by, run.origin.as_str())),
        ("tries", format!("{} of {}", run.spent, run.allowed)),
    ];
    if !run.arguments.is_null() {
        rows.push(("arguments", run.arguments.to_string()));
    }
    if !run.state.is_final() {
        rows.push(("not before", time(run.due)));
    }
    rows.extend(run.stop_asked_by.iter().map(|by| ("to be stopped", format!("says {by}"))));
    rows.extend(run.error.iter().map(|error| ("error", error.clone())));
    if !run.result.is_null() {
        rows.push(("result", run.result.to_string()));
    }
    rows.into_iter().map(|(name, value)| [name.to_owned(), value]).collect()
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}
