//! `t5g cards create`: makes cards for new cases now, and waits for it.

use anyhow::Result;
use serde_json::{Value, json};
use t5g_config::Purpose;
use t5g_model::writing::LeftOut;
use t5g_sync::WriteTask;

use super::plan::{self, How};
use crate::cli::Global;
use crate::commands::Outcome;
use crate::commands::journal::telling::{Parts, short};
use crate::foreground::{self, Mode};
use crate::{console, load, logging, process};

/// Make cards for new cases now, tell people, and wait for it
///
/// What an earlier run left unfinished is finished first. More new cases than max_to_create are planned and wait for a
/// decision.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  t5g cards create --dry-run\n  t5g cards create --seed 4711")]
pub(super) struct Args {
    /// Only print what would be done
    #[arg(long)]
    dry_run: bool,
    /// Decide by this seed what is left to chance: that of a plan that was shown
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(global: &Global, args: &Args) -> Result<Outcome> {
    let settings = load::settings(global, Vec::new(), Purpose::Tool)?;
    logging::begin(&settings, logging::Usual::Command)?;
    if args.dry_run {
        let result = process::block_on(plan::planned(&settings, args.seed))?;
        return plan::show(&result, &How { parts: Parts::Usual, json: args.json });
    }
    let arguments = args.seed.map_or(Value::Null, |seed| json!({ "seed": seed }));
    let run = process::block_on(foreground::run(&settings, WriteTask::Cards, arguments, Mode::Write))?;
    let result = foreground::result(run)?;
    if args.json {
        console::print_json(&result)?;
    } else {
        console::print(&console::table(&rows(&result)))?;
    }
    Ok(told(&result))
}

/// A row for each item.
fn rows(result: &Value) -> Vec<[String; 4]> {
    let text =
        |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let list =
        |value: &Value, name: &str| value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let mut rows = vec![["ABOUT", "STATE", "SUMMARY", "NOT AS PLANNED"].map(str::to_owned)];
    for plan in list(result, "plans") {
        for item in list(&plan, "items") {
            let steps = list(&item, "steps");
            let ended_well = |step: &&Value| matches!(text(step, "state").as_str(), "done" | "skipped");
            let remarked = |step: &&Value| text(step, "state") == "done" && !text(step, "error").is_empty();
            let whole = steps.iter().all(|step| ended_well(&step));
            let wrong: Vec<String> = steps
                .iter()
                .filter(|step| !ended_well(step) || remarked(step))
                .map(|step| {
                    format!("{} ({}): {}", text(step, "what"), text(step, "state"), text(step, "error"))
                })
                .collect();
            let state = if whole { "done" } else { "not all" };
            let title = short(&text(&item, "title"));
            rows.push([text(&item, "subject"), state.to_owned(), title, wrong.join("; ")]);
        }
    }
    let left: Vec<LeftOut> = result.get("left_out").cloned().map_or_else(Vec::new, |left| {
        // What another version wrote is not shown here; --json has it.
        serde_json::from_value(left).unwrap_or_default()
    });
    for left in left {
        rows.push([left.subject.to_string(), "left out".to_owned(), short(&left.title), left.reason]);
    }
    rows
}

/// What is to be said beside the rows, and whether all went well.
fn told(result: &Value) -> Outcome {
    let count = |name: &str| result.get(name).and_then(Value::as_u64).unwrap_or(0);
    if let Some(plan) = result.get("held").and_then(Value::as_str) {
        let why = result.get("held_reason").and_then(Value::as_str).unwrap_or_default();
        console::complain(&format!(
            "plan {plan} waits for a decision: {why}; t5g journal show {plan} tells all of it, t5g cards release {plan} does it"
        ));
    }
    for change in result.get("changed").and_then(Value::as_array).into_iter().flatten() {
        console::complain(change.as_str().unwrap_or_default());
    }
    let (failed, doubtful) = (count("failed"), count("doubtful"));
    console::complain(&format!("{} steps done, {failed} failed, {doubtful} in doubt", count("done")));
    if failed + doubtful == 0 { Outcome::Done } else { Outcome::Failed }
}
