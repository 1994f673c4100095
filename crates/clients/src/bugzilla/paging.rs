//! Many bugs by few requests, and the ids that come back without a bug.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, TryStreamExt};

use super::wire::{FIELDS, WireBug, WireBugs};
use crate::ClientError;
use crate::http::{Call, Upstream};

const ROUTE: &str = "GET /rest/bug";
/// The most that one request may name; with ids of at most 20 digits the query stays far below its 10 KB.
const IDS: usize = 100;

/// What became of the ids that were asked for: each is in one of the two.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BugAnswer {
    /// The bugs, by number.
    pub found: Vec<WireBug>,
    /// Ids of bugs that are restricted or do not exist.
    pub unavailable: Vec<u64>,
}

/// Ids that are missing from an answer are asked for again, as long as that brings something: answers are cut at 20
/// bugs by some servers whatever the limit says, and dropped ids come back.
pub(super) async fn bugs(upstream: &Upstream, ids: &[u64]) -> Result<BugAnswer, ClientError> {
    let mut wanted: BTreeSet<u64> = ids.iter().copied().collect();
    let mut found: BTreeMap<u64, WireBug> = BTreeMap::new();
    let mut readings = 0;
    while !wanted.is_empty() {
        readings += 1;
        let before = wanted.len();
        for bug in chunks(upstream, &wanted).await? {
            if wanted.remove(&bug.id) {
                found.insert(bug.id, bug);
            }
        }
        if wanted.len() == before && readings > 1 {
            break;
        }
    }
    Ok(BugAnswer { found: found.into_values().collect(), unavailable: wanted.into_iter().collect() })
}

async fn chunks(upstream: &Upstream, wanted: &BTreeSet<u64>) -> Result<Vec<WireBug>, ClientError> {
    let ids: Vec<String> = wanted.iter().map(u64::to_string).collect();
    let requests: Vec<Call> = ids
        .chunks(IDS)
        .map(|chunk| {
            Call::get(ROUTE, ["rest", "bug"])
                .query("id", chunk.join(","))
                .query("include_fields", FIELDS)
                .query("limit", 0)
                .large()
        })
        .collect();
    let requests = requests.into_iter().map(|call| upstream.json::<WireBugs>(call));
    let answers: Vec<WireBugs> =
        futures_util::stream::iter(requests).buffer_unordered(upstream.concurrency()).try_collect().await?;
    Ok(answers.into_iter().flat_map(|answer| answer.bugs).collect())
}

/// The smallest question about bugs, for `doctor`.
pub(super) async fn one_bug(upstream: &Upstream) -> Result<(), ClientError> {
    let call =
        Call::get(ROUTE, ["rest", "bug"]).query("id", 1).query("include_fields", "id").query("limit", 1);
    upstream.json::<WireBugs>(call).await.map(drop)
}
