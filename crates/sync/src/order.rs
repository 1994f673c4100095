//! Refreshing several sources in the order in which they need each other. Each is started through the
//! launcher, like everything.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use t5g_model::names::Source;
use t5g_queue::{Asker, Launcher, RunView, StartError, Started, Wish};
use t5g_store::StoreError;
use t5g_store::documents::Documents;

use crate::tasks::task_of;

/// The sources of which a document is missing, in cold-start order; only those that can be refreshed.
pub async fn missing(
    documents: &Documents,
    unconfigured: &BTreeSet<Source>,
) -> Result<Vec<Source>, StoreError> {
    let present = documents.present().await?;
    let lacking = |source: &Source| source.documents().iter().any(|document| !present.contains(document));
    Ok(all(unconfigured).into_iter().filter(lacking).collect())
}

/// All sources that can be refreshed, in cold-start order.
pub fn all(unconfigured: &BTreeSet<Source>) -> Vec<Source> {
    Source::ALL.iter().copied().filter(|source| !unconfigured.contains(source)).collect()
}

/// Asks for a refresh of these sources, given in cold-start order: each begins as soon as those that it needs have
/// ended, whatever became of them. So the wait for one upstream hides the wait for another, and one that fails does
/// not stop those after it: they work with what is there. `attempts`: how often each may be tried, if not as usual.
pub async fn ask_in_order(
    launcher: &Launcher,
    sources: &[Source],
    full: bool,
    attempts: Option<u32>,
    asker: &Asker,
) -> Result<Vec<(Source, Started)>, StartError> {
    let arguments = if full { json!({ "full": true }) } else { Value::Null };
    let place = |need: &Source| sources.iter().position(|source| source == need);
    let wish = |source: &Source| Wish {
        attempts,
        needs: needs(*source).iter().filter_map(place).collect(),
        ..Wish::of(task_of(*source), arguments.clone())
    };
    let wishes: Vec<Wish<'_>> = sources.iter().map(wish).collect();
    let started = launcher.start_all(&wishes, asker).await?;
    Ok(sources.iter().copied().zip(started).collect())
}

/// Waits for the ends of these runs: their last views, in the same order.
pub async fn ended(launcher: &Launcher, runs: &[(Source, Started)]) -> Result<Vec<RunView>, StoreError> {
    let mut views = Vec::with_capacity(runs.len());
    for (_, started) in runs {
        views.extend(launcher.wait(started.run).await?);
    }
    Ok(views)
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
