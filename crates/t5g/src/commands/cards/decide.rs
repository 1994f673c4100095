//! `t5g cards release` and `reject`.

use anyhow::{Context as _, Result, bail};
use serde_json::json;
use t5g_queue::Asker;
use t5g_store::ledger::{PlanAsked, PlanDecision};
use t5g_sync::WriteTask;

use crate::cli::Global;
use crate::commands::Outcome;
use crate::commands::journal::{find, with_ledger};
use crate::wiring::background;
use crate::{console, process};

/// Have a plan done that waits for a decision, or that was rejected
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  t5g cards release 019ab5c0")]
pub(super) struct Release {
    /// The plan's id, or how it begins or ends
    plan: String,
}

/// Say that a plan is not to be done; it can still be released later
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  t5g cards reject 019ab5c0")]
pub(super) struct Reject {
    /// The plan's id, or how it begins or ends
    plan: String,
}

pub(super) fn release(global: &Global, args: &Release) -> Result<Outcome> {
    decide(global, args.plan.clone(), PlanDecision::Release)
}

pub(super) fn reject(global: &Global, args: &Reject) -> Result<Outcome> {
    decide(global, args.plan.clone(), PlanDecision::Reject)
}

fn decide(global: &Global, plan: String, decision: PlanDecision) -> Result<Outcome> {
    with_ledger(global, async move |settings, ledger| {
        let id = find(&ledger, &plan).await?;
        let kept = ledger.plan(id).await?.with_context(|| format!("there is no plan {id}"))?.summary;
        let (who, clock) = (process::person(), process::clock());
        let launcher = background::launcher(&settings, ledger.clone(), clock.clone())?;
        let task = WriteTask::of(kept.kind).name();
        if decision == PlanDecision::Release && launcher.catalog().get(task).is_none() {
            bail!(
                "{task} cannot run here, so the plan stays as it is: READ_ONLY is on, or what it needs is not set"
            );
        }
        let asked = PlanAsked::at_the_command_line(&who);
        if !ledger.decide_plan(id, decision, &asked, clock.now()).await? {
            bail!("plan {id} does not wait for a decision: it is {}", kept.state);
        }
        if decision == PlanDecision::Reject {
            console::complain(&format!("plan {id} is rejected; t5g cards release {id} would still do it"));
            return Ok(Outcome::Done);
        }
        let started = launcher.start(task, json!({ "resume": true }), &Asker::person(who)).await?;
        console::complain(&format!(
            "plan {id} is released; run {} does it as soon as a worker takes it: t5g jobs show {}",
            started.run, started.run
        ));
        Ok(Outcome::Done)
    })
}
