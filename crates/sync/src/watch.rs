//! Small things that several sources need: progress for the clients, what the ledger knows of problems.

use t5g_model::names::Source;
use t5g_queue::Progress;
use t5g_store::ledger::{ProblemEntry, StaleEntry};

use crate::context::SyncContext;

/// Reports a client's counting as this run's progress.
pub(crate) fn counting(progress: &Progress) -> impl Fn(usize, Option<usize>) + Send + Sync {
    let progress = progress.clone();
    move |done, total| progress.set(crate::compare::count(done), total.map(crate::compare::count))
}

/// The source's data problems as of its last success.
pub(crate) async fn known_problems(ctx: &SyncContext, source: Source) -> anyhow::Result<Vec<ProblemEntry>> {
    let all = ctx.ledger.data_problems().await?;
    Ok(all.into_iter().filter(|one| one.source == source).map(|one| one.problem).collect())
}

/// The source's stale entries as of its last success.
pub(crate) async fn known_stale(ctx: &SyncContext, source: Source) -> anyhow::Result<Vec<StaleEntry>> {
    Ok(ctx.ledger.stale_entries(source).await?.into_iter().map(|one| one.entry).collect())
}
