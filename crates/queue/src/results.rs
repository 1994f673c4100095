//! What runs gave back, for tasks that build on what another run found.

use serde_json::Value;
use t5g_model::clock::Clock;
use t5g_store::StoreError;

use crate::book::Book;
use crate::launcher::Launcher;
use crate::run::{RunId, RunState};

/// The results of runs, as long as runs are remembered. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Results {
    book: Book,
    clock: Clock,
}

impl Results {
    pub(crate) fn of_queue(launcher: &Launcher) -> Self {
        Self { book: launcher.book.clone(), clock: launcher.clock.clone() }
    }

    /// What that run gave back; `None` if it did not succeed, or is not remembered.
    pub async fn of(&self, run: RunId) -> Result<Option<Value>, StoreError> {
        let view = self.book.run(run, self.clock.now()).await?;
        Ok(view.filter(|view| view.state == RunState::Done).map(|view| view.result))
    }
}
