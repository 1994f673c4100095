//! Refreshing several sources in the order in which they need each other. Each is started through the
//! launcher, like everything.

use std::collections::BTreeSet;

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

/// Refreshes these sources in cold-start order, whatever becomes of each: the last view of each run, in that
/// order. Those that do not need each other work at the same time. `started` is told of each run as it
/// begins. One that fails does not stop those after it: they work with what is there.
pub async fn in_order(
    launcher: &Launcher,
    sources: &[Source],
    full: bool,
    origin: Origin,
    mut started: impl FnMut(Source, &str),
) -> Result<Vec<RunView>, StartError> {
    let arguments = if full { json!({ "full": true }) } else { Value::Null };
    let sources: BTreeSet<Source> = sources.iter().copied().collect();
    let mut views = Vec::with_capacity(sources.len());
    for wave in Vec::from_iter(sources).chunk_by(|one, other| wave(*one) == wave(*other)) {
        let mut runs = Vec::with_capacity(wave.len());
        for source in wave {
            let run = launcher.start(task_of(*source), arguments.clone(), origin)?;
            started(*source, &run.run_id);
            runs.push(run.run_id);
        }
        for run in runs {
            // A run that ended just now is still remembered.
            views.extend(launcher.wait(&run).await);
        }
    }
    Ok(views)
}

/// Sources of one wave need only those of earlier waves. Waves follow the cold-start order.
const fn wave(source: Source) -> u8 {
    match source {
        Source::Cases => 0,
        Source::Details => 1,
        Source::Bugs | Source::Issues | Source::Escalations => 2,
        Source::Cards => 3,
        Source::Stats => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waves_follow_the_cold_start_order() {
        assert!(Source::ALL.is_sorted_by_key(|source| wave(*source)));
    }
}
