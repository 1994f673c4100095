//! `t5g journal show`.

use anyhow::{Context as _, Result};
use serde_json::json;
use t5g_store::ledger::{JOURNAL_PAGE, KeptPlan, Ledger, PlanId};

use super::telling;
use super::wire::{WirePlan, WirePlanInFull};
use crate::commands::Outcome;
use crate::console;
use crate::remote::{Remote, ServerArgs};

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
    #[command(flatten)]
    pub(super) server: ServerArgs,
}

/// From the ledger.
pub(super) async fn run(ledger: &Ledger, args: &Args) -> Result<Outcome> {
    let id = super::find(ledger, &args.plan).await?;
    let plan = ledger.plan(id).await?.with_context(|| format!("there is no plan {id}"))?;
    print(args, plan)
}

/// From a running dashboard.
pub(super) async fn run_on(remote: &Remote, args: &Args) -> Result<Outcome> {
    let id = if let Ok(id) = args.plan.parse::<PlanId>() {
        id
    } else {
        let part = super::plain(&args.plan)?;
        let limit = JOURNAL_PAGE.to_string();
        let all: Vec<WirePlan> = remote.items("/api/v1/plans", &[("limit", &limit)]).await?;
        let ids = all.into_iter().map(|plan| Ok(plan.read()?.id)).collect::<Result<Vec<PlanId>>>()?;
        let fits = |id: &PlanId| {
            let text = id.to_string();
            text.starts_with(part) || text.ends_with(part)
        };
        super::only(&ids.into_iter().filter(fits).collect::<Vec<_>>(), part)?
    };
    let plan: WirePlanInFull = remote.json(&format!("/api/v1/plans/{id}"), &[]).await?;
    print(args, plan.read()?)
}

fn print(args: &Args, plan: KeptPlan) -> Result<Outcome> {
    if args.json {
        let steps = plan.steps.into_iter().map(t5g_web::step_as_json).collect::<Result<Vec<_>, _>>()?;
        console::print_json(&json!({ "plan": t5g_web::plan_as_json(plan.summary)?, "steps": steps }))?;
    } else {
        console::print(&telling::kept(&plan, args.whole))?;
    }
    Ok(Outcome::Done)
}
