//! Writing under a lock: who lost it changes nothing any more, however late they notice.

use std::sync::Arc;

use super::{Ledger, Tx};
use crate::StoreError;
use crate::documents::Fence;

impl Ledger {
    /// A handle on the same ledger that changes something only while that lock is held with that number.
    #[must_use]
    pub fn under(&self, fence: Option<Fence>) -> Self {
        let mut under = self.clone();
        under.fence = fence.map(Arc::new);
        under
    }

    /// The lock that this handle writes under.
    pub fn fence(&self) -> Option<&Fence> {
        self.fence.as_deref()
    }

    /// Whether the lock is still held now; [`StoreError::Fenced`] if not.
    pub async fn still_held(&self) -> Result<(), StoreError> {
        let Some(fence) = &self.fence else { return Ok(()) };
        let sql = "SELECT name FROM run_locks WHERE name = $1 AND fence = $2";
        let rows = self.db().await?.fetch(sql, &[(&fence.lock).into(), fence.token.into()]).await?;
        if rows.is_empty() { Err(lost(fence)) } else { Ok(()) }
    }

    /// Begins a transaction that writes, if the lock is held; nobody else gets it before the end.
    pub async fn begin_write(&self) -> Result<Tx, StoreError> {
        let mut tx = self.db().await?.begin().await?;
        if let Some(fence) = &self.fence {
            let sql = "UPDATE run_locks SET fence = fence WHERE name = $1 AND fence = $2";
            if tx.execute(sql, &[(&fence.lock).into(), fence.token.into()]).await? == 0 {
                return Err(lost(fence));
            }
        }
        Ok(tx)
    }
}

fn lost(fence: &Fence) -> StoreError {
    StoreError::Fenced { lock: fence.lock.clone() }
}
