//! A lock's number goes on past the one that the documents know: the ledger may be younger than they are, restored from
//! an older backup or begun anew.

use t5g_store::StoreError;
use t5g_store::documents::Fence;

use super::Book;
use crate::run::RunId;

impl Book {
    /// The same hold of the lock with a number past `highest`. Only whoever holds the lock now gets one: one that lost it
    /// finds another number or another run there, and is refused as everywhere.
    pub(crate) async fn jump(&self, fence: &Fence, run: RunId, highest: i64) -> Result<Fence, StoreError> {
        let Fence { lock, token } = fence;
        let past = Fence::past(highest)?;
        let sql =
            "UPDATE run_locks SET fence = $4 WHERE name = $1 AND fence = $2 AND run = $3 AND fence < $4";
        let args = [lock.into(), (*token).into(), (&run.to_string()).into(), past.into()];
        if self.db().await?.execute(sql, &args).await? == 0 {
            return Err(StoreError::Fenced { lock: lock.clone() });
        }
        Ok(Fence { lock: lock.clone(), token: past })
    }
}

#[cfg(test)]
mod tests {
    use t5g_store::ledger::Ledger;

    use super::*;

    #[tokio::test]
    async fn only_who_holds_the_lock_now_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite:{}", folder.path().join("t5g.db").display());
        let ledger = Ledger::open(&address).await.unwrap();
        let at = |millis| chrono::DateTime::from_timestamp_millis(millis).unwrap();
        let (run, other) = (RunId::at(at(1)), RunId::at(at(2)));
        let sql = "INSERT INTO run_locks (name, fence, run) VALUES ('cards', 7, $1)";
        ledger.db().await.unwrap().execute(sql, &[(&run.to_string()).into()]).await.unwrap();
        let book = Book::new(ledger);
        let hold = |token| Fence { lock: "cards".to_owned(), token };
        for (token, run) in [(6, run), (8, run), (7, other)] {
            let refused = book.jump(&hold(token), run, 100).await;
            assert!(matches!(refused, Err(StoreError::Fenced { .. })), "{token} {run}: {refused:?}");
        }
        assert!(book.jump(&hold(7), run, i64::MAX).await.is_err(), "no number is past that");
        let past = book.jump(&hold(7), run, 100).await.unwrap();
        assert!(past.token > 101, "also past one that was given out and not used yet: {past:?}");
        assert!(book.jump(&hold(7), run, 100).await.is_err(), "the old number is nobody's any more");
        let further = book.jump(&past, run, past.token + 5).await.unwrap();
        assert!(further.token > past.token + 5);
    }
}
