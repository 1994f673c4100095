//! Waiting for words of the change feed.

use std::collections::BTreeSet;
use std::time::Duration;

use t5g_model::documents::Document;
use t5g_store::documents::{Change, ChangeFeed};

/// Generous: these tests ask whether a change is told, a benchmark asks how soon.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long silence must last to count as silence.
const SILENCE: Duration = Duration::from_millis(700);

/// The next change.
pub(crate) async fn next(feed: &mut ChangeFeed) -> Change {
    let change = tokio::time::timeout(PATIENCE, feed.next()).await;
    change.expect("no change was told").expect("the feed ended")
}

/// Waits until all of these were told, by name or as part of everything; fails on other documents.
pub(crate) async fn until_told(feed: &mut ChangeFeed, documents: &[Document]) {
    let mut missing: BTreeSet<_> = documents.iter().copied().collect();
    while !missing.is_empty() {
        match next(feed).await {
            Change::Everything => return,
            Change::Some(told) => {
                assert!(
                    told.iter().all(|one| documents.contains(one)),
                    "{told:?} was told, not {documents:?}"
                );
                missing.retain(|one| !told.contains(one));
            }
        }
    }
}

/// Waits for word that anything may have changed.
pub(crate) async fn until_everything(feed: &mut ChangeFeed) {
    while next(feed).await != Change::Everything {}
}

/// Waits until nothing is told any more.
pub(crate) async fn until_silent(feed: &mut ChangeFeed) {
    while tokio::time::timeout(SILENCE, feed.next()).await.is_ok() {}
}
