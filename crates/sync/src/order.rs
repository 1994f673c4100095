//! Refreshing several sources one after another, in the order in which they need each other. Each is started
//! through the launcher, like everything.

use serde_json::{Value, json};
use t5g_model::names::Source;
use t5g_queue::{Launcher, Origin, RunView, StartError};
use t5g_store::StoreError;

use crate::context::SyncContext;
use crate::tasks::task_of;

/// The sources of which a document is missing, in cold-start order; only those that can be refreshed.
pub async fn missing(ctx: &SyncContext) -> Result<Vec<Source>, StoreError> {
    let present = ctx.documents.present().await?;
    let lacking = |source: &Source| source.documents().iter().any(|document| !present.contains(document));
    let possible = |source: &Source| ctx.unconfigured(*source).is_none();
    Ok(Source::ALL.iter().copied().filter(possible).filter(lacking).collect())
}

/// All sources that can be refreshed, in cold-start order.
pub fn all(ctx: &SyncContext) -> Vec<Source> {
    Source::ALL.iter().copied().filter(|source| ctx.unconfigured(*source).is_none()).collect()
}

/// Refreshes these sources one after another, whatever becomes of each: the last view of each run, in the
/// same order. `started` is told of each run as it begins. One that fails does not stop those after it:
/// they work with what is there.
pub async fn in_order(
    launcher: &Launcher,
    sources: &[Source],
    full: bool,
    origin: Origin,
    mut started: impl FnMut(Source, &str),
) -> Result<Vec<RunView>, StartError> {
    let arguments = if full { json!({ "full": true }) } else { Value::Null };
    let mut views = Vec::with_capacity(sources.len());
    for source in sources {
        let run = launcher.start(task_of(*source), arguments.clone(), origin)?;
        started(*source, &run.run_id);
        // A run that is waited for is remembered: it has not ended yet.
        views.extend(launcher.wait(&run.run_id).await);
    }
    Ok(views)
}
