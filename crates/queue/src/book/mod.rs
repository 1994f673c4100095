//! The queue's rows in the ledger: one file for each thing that is done with them. All SQL of this room is here,
//! the same for SQLite and PostgreSQL. Decides nothing: what is due, how long to pause, who may, is said to it.

mod act;
mod aside;
mod ask;
mod claim;
mod detail;
mod event;
mod figures;
mod filter;
mod finish;
mod held;
mod jump;
mod list;
mod prune;
mod queues;
mod reap;
mod row;
mod schedules;
mod workers;

use t5g_store::StoreError;
use t5g_store::ledger::{Db, Ledger};

pub use act::ActError;
pub(crate) use ask::NewRun;
pub(crate) use claim::{Claim, Claimed};
pub use detail::{AttemptView, CallView, EventView, LineView, RunDetail};
pub use figures::{DayCount, Duration as RunDuration, QueueFigures, TaskFigures};
pub use filter::{BadFilter, RunFilter};
pub(crate) use finish::{End, Rest};
pub(crate) use held::{Beat, Calls, Hold, Line, Word};
pub use list::{Page, RunList};
pub(crate) use reap::Lost;
pub(crate) use schedules::ScheduleState;
pub(crate) use schedules::{Noticed, Tick};
pub use workers::WorkerView;
pub(crate) use workers::{Identity, Seen};

/// The rows. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Book {
    ledger: Ledger,
}

impl Book {
    pub(crate) fn new(ledger: Ledger) -> Self {
        Self { ledger }
    }

    async fn db(&self) -> Result<&Db, StoreError> {
        self.ledger.db().await
    }
}
