//! `t5g journal show`.

use anyhow::{Context as _, Result};
use serde_json::json;
use t5g_store::ledger::Ledger;

use super::telling;
use crate::commands::Outcome;
use crate::console;

/// Show one plan: its steps, what each sent, what was there before, what came of it
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  t5g journal show 019ab5c0\n  t5g journal show 019ab5c0 --json | jq '.steps[].state'"
)]
pub(super) struct Args {
    /// The plan's id, or how it begins or ends
    plan: String,
    /// Show long texts to their end
    #[arg(long)]
    whole: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(ledger: &Ledger, args: &Args) -> Result<Outcome> {
    let id = super::find(ledger, &args.plan).await?;
    let plan = ledger.plan(id).await?.with_context(|| format!("there is no plan {id}"))?;
    if args.json {
        let steps = plan.steps.into_iter().map(t5g_web::step_as_json).collect::<Result<Vec<_>, _>>()?;
        console::print_json(&json!({ "plan": t5g_web::plan_as_json(plan.summary)?, "steps": steps }))?;
    } else {
        console::print(&telling::kept(&plan, args.whole))?;
    }
    Ok(Outcome::Done)
}
