//! Has watchers added or taken away by the task that does so: planned, written into the journal step by step, done once.

use anyhow::Result;
use serde_json::json;
use t5g_config::Settings;
use t5g_model::names::CaseNumber;
use t5g_model::writing::{Effect, PlanKind};
use t5g_queue::{RunState, RunView};
use t5g_store::Opening;
use t5g_store::ledger::{JOURNAL_PAGE, Ledger, PlanFilter, StepRecord};
use t5g_sync::WriteTask;

use super::change::PairResult;
use super::pairs::Pairs;
use crate::foreground::{self, Mode};
use crate::wiring;

/// Every pair, in the order of the cases, and the plan that the journal has of it. Fails if nothing was planned.
pub(super) async fn all(
    settings: &Settings,
    pairs: &Pairs,
    word: &'static str,
) -> Result<(Vec<PairResult>, String)> {
    // What cannot be done is told now, and not tried again by itself: whoever asks reads the answer.
    let arguments = json!({ "change": word, "users": pairs.users, "cases": pairs.cases, "once": true });
    let run = foreground::run(settings, WriteTask::Watchers, arguments, Mode::Write).await?;
    let ledger = wiring::ledger(settings, Opening::Use).await?;
    let kept = of_run(&ledger, &run).await;
    ledger.close().await;
    let Some((plan, steps)) = kept? else {
        let why = match run.state {
            RunState::Done => "the run planned nothing".to_owned(),
            _ => foreground::result(run).map_or_else(|error| format!("{error:#}"), |_| String::new()),
        };
        anyhow::bail!(why);
    };
    let mut results = Vec::new();
    for case in &pairs.cases {
        for user in &pairs.users {
            let step = steps.iter().find(|step| is_of(step, case, user));
            results.push(PairResult::written(case, user, step));
        }
    }
    Ok((results, plan))
}

/// The plan that the run kept, and its steps.
async fn of_run(ledger: &Ledger, run: &RunView) -> Result<Option<(String, Vec<StepRecord>)>> {
    let filter = PlanFilter { kind: Some(PlanKind::Watchers), ..PlanFilter::default() };
    let id = run.id.to_string();
    let plans = ledger.plans(&filter, JOURNAL_PAGE).await?;
    let Some(plan) = plans.iter().find(|plan| plan.run.as_deref() == Some(id.as_str())) else {
        return Ok(None);
    };
    Ok(Some((plan.id.to_string(), ledger.steps_of(plan.id).await?)))
}

fn is_of(step: &StepRecord, wanted: &CaseNumber, user: &str) -> bool {
    match &step.effect {
        Effect::AddWatcher { case, login } | Effect::RemoveWatcher { case, login } => {
            case == wanted && login == user
        }
        _ => false,
    }
}
