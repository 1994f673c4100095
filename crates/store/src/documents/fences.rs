//! How holders of locks are numbered, and how the newest one is made known to the documents before it works.

use super::{Documents, Fence, Guard};
use crate::StoreError;

/// How far a number goes on past one that somebody had elsewhere: a ledger that was restored, or begun anew beside old
/// documents, does not know which numbers beyond the highest that is known were given out and not used yet.
const FENCES_ON: i64 = 1_000_000;

/// What came of making a holder known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Raised {
    /// From here on, whoever writes under the lock with a lower number is refused.
    Known,
    /// Somebody with this number, which is as high or higher, was here before; nothing was changed.
    Behind(i64),
}

impl Fence {
    /// A number past everyone who may have one up to about `highest`.
    pub fn past(highest: i64) -> Result<i64, StoreError> {
        highest.checked_add(FENCES_ON).ok_or_else(|| StoreError::Corrupt {
            place: "the documents".to_owned(),
            reason: format!("{highest} is no number that a lock can have; take it out of the store"),
        })
    }
}

/// Makes a new holder of a lock known to the documents: once, before it does anything else. Its number must be nobody's
/// yet; where it is, it is that of somebody by another ledger, who might still write.
pub async fn raise(documents: &Documents, fence: &Fence) -> Result<Raised, StoreError> {
    if let Some(highest) = documents.highest(&fence.lock).await?.filter(|highest| *highest >= fence.token) {
        return Ok(Raised::Behind(highest));
    }
    // A batch of nothing leaves the holder's number and no document.
    let guard = Guard { fence: Some(fence.clone()), ..Guard::default() };
    let refused = match documents.replace(&[], &guard).await {
        Ok(()) => return Ok(Raised::Known),
        Err(error @ StoreError::Fenced { .. }) => error,
        Err(error) => return Err(error),
    };
    // Somebody came in between, and may just have emptied the store.
    documents.highest(&fence.lock).await?.map(Raised::Behind).ok_or(refused)
}
