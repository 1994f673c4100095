//! How far a run is, visible while it runs.

use std::sync::Arc;

use serde::Serialize;
use tokio::sync::watch;

/// A run's progress at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Step {
    /// How many are done.
    pub done: u64,
    /// Of how many, if that is known.
    pub total: Option<u64>,
    /// What is being done.
    pub message: String,
}

/// Where a run reports how far it is; watched by any number of others. Never blocks.
#[derive(Debug, Clone)]
pub struct Progress {
    step: Arc<watch::Sender<Step>>,
    noticed: Option<Arc<watch::Sender<u64>>>,
}

impl Default for Progress {
    fn default() -> Self {
        Self { step: Arc::new(watch::Sender::new(Step::default())), noticed: None }
    }
}

impl Progress {
    /// One whose every change also counts `noticed` up.
    pub(crate) fn noticed_by(noticed: Arc<watch::Sender<u64>>) -> Self {
        Self { noticed: Some(noticed), ..Self::default() }
    }

    /// Begins a new stretch of work: nothing of `total` done.
    pub fn begin(&self, message: impl Into<String>, total: Option<u64>) {
        self.change(|step| *step = Step { done: 0, total, message: message.into() });
    }

    /// `count` more are done.
    pub fn advance(&self, count: u64) {
        self.change(|step| step.done = step.done.saturating_add(count));
    }

    /// So many are done, of so many if that is known.
    pub fn set(&self, done: u64, total: Option<u64>) {
        self.change(|step| (step.done, step.total) = (done, total));
    }

    /// The total became known, or grew.
    pub fn expect(&self, total: u64) {
        self.change(|step| step.total = Some(total));
    }

    /// A look at it, and word of every change.
    pub fn watch(&self) -> watch::Receiver<Step> {
        self.step.subscribe()
    }

    /// How far it is now.
    pub fn now(&self) -> Step {
        self.step.borrow().clone()
    }

    fn change(&self, change: impl FnOnce(&mut Step)) {
        self.step.send_modify(change);
        if let Some(noticed) = &self.noticed {
            noticed.send_modify(|version| *version = version.wrapping_add(1));
        }
    }
}
