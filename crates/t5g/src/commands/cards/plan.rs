//! `t5g cards plan`: what would be written for new cases, in full.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use t5g_config::{Purpose, Settings};
use t5g_model::writing::Plan;
use t5g_sync::WriteTask;

use crate::cli::Global;
use crate::commands::Outcome;
use crate::commands::journal::telling;
use crate::foreground::{self, Mode};
use crate::{console, load, logging, process};

/// Print what would be written for new cases, and write nothing
///
/// Every field as it would be sent, whom each card goes to and why, messages as they would be posted. The seed is part
/// of the plan: with the same one and the same cases the plan is the same.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  t5g cards plan\n  t5g cards plan --json | jq '.plan.items[].reason'")]
pub(super) struct Args {
    /// Show long texts to their end
    #[arg(long)]
    whole: bool,
    /// Decide by this seed what is left to chance
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Outcome> {
    let settings = load::settings(global, Vec::new(), Purpose::Tool)?;
    logging::begin(&settings, logging::Usual::Command)?;
    let result = process::block_on(planned(&settings, args.seed))?;
    show(&result, args.whole, args.json)
}

/// What the task gives that only plans.
pub(super) async fn planned(settings: &Settings, seed: Option<u64>) -> Result<Value> {
    let mut arguments = json!({ "dry_run": true });
    if let (Some(seed), Some(members)) = (seed, arguments.as_object_mut()) {
        members.insert("seed".to_owned(), seed.into());
    }
    foreground::result(foreground::run(settings, WriteTask::Cards, arguments, Mode::Plan).await?)
}

/// Prints it.
pub(super) fn show(result: &Value, whole: bool, as_json: bool) -> Result<Outcome> {
    if as_json {
        console::print_json(result)?;
        return Ok(Outcome::Done);
    }
    let plan = result.get("plan").cloned().unwrap_or_default();
    let plan: Plan = serde_json::from_value(plan).context("the plan cannot be read")?;
    console::print(&telling::plan(&plan, whole))?;
    let (items, steps) = (plan.items.iter().filter(|item| !item.last).count(), plan.steps());
    console::complain(&match (items, &plan.held) {
        (0, _) => "nothing would be written: there is no new case".to_owned(),
        (_, Some(why)) => format!("{items} cases, {steps} steps; it would wait for a decision: {why}"),
        (_, None) => format!("{items} cases, {steps} steps, seed {}; t5g cards create does it", plan.seed),
    });
    Ok(Outcome::Done)
}
