//! The queue: whether somebody works, what rests, which tasks fail.

use t5g_config::Settings;
use t5g_model::clock::Clock;
use t5g_queue::{Launcher, RunState};
use t5g_store::StoreError;
use t5g_store::ledger::Ledger;

use super::Finding;
use crate::wiring::background;

/// Looks at the queue in that ledger.
pub(super) async fn examine(settings: &Settings, ledger: &Ledger, clock: &Clock) -> Vec<Finding> {
    const WHAT: &str = "queue";
    let launcher = match background::launcher(settings, ledger.clone(), clock.clone()) {
        Ok(launcher) => launcher,
        Err(error) => {
            let mend = "mend the schedule that is named here";
            return vec![Finding::wrong(WHAT, crate::console::chain(&error), mend)];
        }
    };
    match look(&launcher).await {
        Ok(findings) => findings,
        Err(error) => vec![Finding::wrong(WHAT, error.to_string(), "see the finding on the ledger")],
    }
}

async fn look(launcher: &Launcher) -> Result<Vec<Finding>, StoreError> {
    let mut findings = vec![workers(launcher).await?];
    for queue in launcher.queues().await? {
        if let Some((since, by)) = queue.paused {
            let found = format!("paused by {by} since {}", since.format("%Y-%m-%d %H:%M UTC"));
            let mend = format!("t5g jobs resume {}", queue.name);
            findings.push(Finding::notice(format!("queue {}", queue.name), found, mend));
        }
    }
    for task in launcher.tasks().await? {
        let name = task.definition.name;
        let what = format!("task {name}");
        if let Some((since, by)) = task.paused {
            let found = format!("its schedule was paused by {by} on {}", since.format("%Y-%m-%d %H:%M UTC"));
            findings.push(Finding::notice(&what, found, format!("t5g schedule resume {name}")));
        }
        if let Some(run) = task.last.filter(|run| run.state == RunState::Failed) {
            let found = format!("failed: {}", run.error.unwrap_or_default());
            findings.push(Finding::wrong(what, found, format!("t5g jobs show {}", run.id)));
        }
    }
    Ok(findings)
}

async fn workers(launcher: &Launcher) -> Result<Finding, StoreError> {
    const WHAT: &str = "workers";
    let silent_before = launcher.silent_before();
    let workers = launcher.workers().await?;
    let alive = workers.iter().filter(|worker| worker.seen >= silent_before);
    let names: Vec<&str> = alive.map(|worker| worker.name.as_str()).collect();
    Ok(if names.is_empty() {
        let mend = "start t5g up, or t5g worker and t5g scheduler, on this ledger";
        Finding::notice(WHAT, "none is alive: nothing is fetched by itself", mend)
    } else {
        Finding::ok(WHAT, names.join(", "))
    })
}
