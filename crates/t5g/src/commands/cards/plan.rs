//! `t5g cards plan`: what would be written for new cases, in full.

use std::time::Duration;

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::{Value, json};
use t5g_config::{Purpose, Settings};
use t5g_model::writing::Plan;
use t5g_queue::{RunDetail, RunId, RunView};
use t5g_sync::WriteTask;

use crate::cli::Global;
use crate::commands::Outcome;
use crate::commands::journal::telling::{self, Parts};
use crate::foreground::{self, Mode};
use crate::remote::{Remote, ServerArgs};
use crate::{console, load, logging, process};

/// How often a dashboard is asked whether its run has ended.
const LOOK: Duration = Duration::from_millis(500);

/// Print what would be written for new cases, and write nothing
///
/// Every field as it would be sent, whom each card goes to and why, messages as they would be posted. The seed is part
/// of the plan: with the same one and the same cases the plan is the same. A running dashboard that is asked plans by
/// itself, which takes a token that may write; it writes nothing either.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  t5g cards plan\n  t5g cards plan --messages\n  \
                  t5g cards plan --json | jq '.plan.items[].reason'")]
pub(super) struct Args {
    /// Show long texts to their end
    #[arg(long)]
    whole: bool,
    /// Show only what people would be told, letters and Slack messages, to their end
    #[arg(long, conflicts_with = "json")]
    messages: bool,
    /// Decide by this seed what is left to chance
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: ServerArgs,
}

/// What is printed of a plan.
pub(super) struct How {
    pub(super) parts: Parts,
    pub(super) json: bool,
}

/// What a dashboard answers that was asked for a run.
#[derive(Deserialize)]
struct StartedRun {
    run: RunId,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Outcome> {
    let settings = load::settings(global, Vec::new(), Purpose::Tool)?;
    logging::begin(&settings, logging::Usual::Command)?;
    let result = process::block_on(async {
        match args.server.remote()? {
            Some(remote) => of_server(&remote, args.seed).await,
            None => planned(&settings, args.seed).await,
        }
    })?;
    let parts = match (args.messages, args.whole) {
        (true, _) => Parts::Messages,
        (false, true) => Parts::Whole,
        (false, false) => Parts::Usual,
    };
    show(&result, &How { parts, json: args.json })
}

fn arguments(seed: Option<u64>) -> Value {
    match seed {
        Some(seed) => json!({ "dry_run": true, "seed": seed }),
        None => json!({ "dry_run": true }),
    }
}

/// What the task gives that only plans.
pub(super) async fn planned(settings: &Settings, seed: Option<u64>) -> Result<Value> {
    foreground::result(foreground::run(settings, WriteTask::Cards, arguments(seed), Mode::Plan).await?)
}

/// The same of a running dashboard: it plans, and is asked until it has.
async fn of_server(remote: &Remote, seed: Option<u64>) -> Result<Value> {
    let place = format!("/api/monitor/tasks/{}/runs", WriteTask::Cards.name());
    let started: StartedRun = remote.post(&place, &json!({ "arguments": arguments(seed) })).await?;
    let mut told = String::new();
    loop {
        let detail: RunDetail = remote.json(&format!("/api/monitor/runs/{}", started.run), &[]).await?;
        if detail.run.state.is_final() {
            return foreground::result(detail.run);
        }
        let word = stands(&detail.run);
        if word != told {
            console::complain(&format!("run {}: {word}", started.run));
            told = word;
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// How far a run is.
fn stands(run: &RunView) -> String {
    match run.progress.message.as_str() {
        "" => run.state.as_str().to_owned(),
        message => format!("{}, {message}", run.state.as_str()),
    }
}

/// Prints it.
pub(super) fn show(result: &Value, how: &How) -> Result<Outcome> {
    if how.json {
        console::print_json(result)?;
        return Ok(Outcome::Done);
    }
    let plan = result.get("plan").context("the run gave no plan")?;
    let plan = Plan::deserialize(plan).context("the plan cannot be read")?;
    let alarm = result.get("alarm").filter(|alarm| !alarm.is_null()).map(Plan::deserialize).transpose();
    if let Some(alarm) = alarm.context("the letter about too many cases cannot be read")? {
        console::print(&telling::plan(&alarm, how.parts))?;
    }
    console::print(&telling::plan(&plan, how.parts))?;
    let (items, steps) = (plan.items.iter().filter(|item| !item.last).count(), plan.steps());
    console::complain(&match (items, &plan.held) {
        (0, _) => "nothing would be written: there is no new case".to_owned(),
        (_, Some(why)) => format!("{items} cases, {steps} steps; it would wait for a decision: {why}"),
        (_, None) => format!("{items} cases, {steps} steps, seed {}; t5g cards create does it", plan.seed),
    });
    Ok(Outcome::Done)
}
