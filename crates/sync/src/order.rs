//! Refreshing several sources in the order in which they need each other. Each is started through the
//! launcher, like everything.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
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

/// Refreshes these sources, each as soon as those that it needs have ended, whatever became of them: the last
/// view of each run, in cold-start order. So the wait for one upstream hides the wait for another. `started` is
/// told of each run as it begins. One that fails does not stop those after it: they work with what is there.
pub async fn in_order(
    launcher: &Launcher,
    sources: &[Source],
    full: bool,
    origin: Origin,
    mut started: impl FnMut(Source, &str),
) -> Result<Vec<RunView>, StartError> {
    let arguments = if full { json!({ "full": true }) } else { Value::Null };
    let mut waiting: BTreeSet<Source> = sources.iter().copied().collect();
    let mut working = BTreeSet::new();
    let mut runs = FuturesUnordered::new();
    let mut views = BTreeMap::new();
    loop {
        let ended = |need: &Source| !waiting.contains(need) && !working.contains(need);
        let ready: Vec<Source> =
            waiting.iter().copied().filter(|source| needs(*source).iter().all(ended)).collect();
        for source in ready {
            let run = launcher.start(task_of(source), arguments.clone(), origin)?.run_id;
            started(source, &run);
            waiting.remove(&source);
            working.insert(source);
            runs.push(async move { (source, launcher.wait(&run).await) });
        }
        let Some((source, view)) = runs.next().await else { break };
        working.remove(&source);
        views.insert(source, view);
    }
    // A run that ended just now is still remembered.
    Ok(views.into_values().flatten().collect())
}

/// The sources whose documents go into that one's.
const fn needs(source: Source) -> &'static [Source] {
    use Source::{Bugs, Cards, Cases, Details, Escalations, Issues};
    match source {
        Source::Cases | Source::Escalations => &[],
        Source::Details | Source::Issues => &[Cases],
        Source::Bugs => &[Cases, Details],
        Source::Cards => &[Cases, Details, Bugs, Issues, Escalations],
        Source::Stats => &[Cases, Details, Bugs, Issues, Escalations, Cards],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_needs_only_those_before_it() {
        for source in Source::ALL {
            assert!(needs(*source).iter().all(|need| need < source), "{source}");
        }
    }
}
