//! How far a run is, visible while it runs.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// A run's progress at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// How many are done.
    pub done: u64,
    /// Of how many, if that is known.
    pub total: Option<u64>,
    /// What is being done.
    pub message: String,
}

/// Where a run reports how far it is; its worker writes it down now and then. Never blocks.
#[derive(Debug, Clone)]
pub struct Progress(Arc<watch::Sender<Step>>);

impl Default for Progress {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Step::default())))
    }
}

impl Progress {
    /// Begins a new stretch of work: nothing of `total` done.
    pub fn begin(&self, message: impl Into<String>, total: Option<u64>) {
        self.0.send_replace(Step { done: 0, total, message: message.into() });
    }

    /// `count` more are done.
    pub fn advance(&self, count: u64) {
        self.0.send_modify(|step| step.done = step.done.saturating_add(count));
    }

    /// So many are done, of so many if that is known.
    pub fn set(&self, done: u64, total: Option<u64>) {
        self.0.send_modify(|step| (step.done, step.total) = (done, total));
    }

    /// The total became known, or grew.
    pub fn expect(&self, total: u64) {
        self.0.send_modify(|step| step.total = Some(total));
    }

    /// How far it is now.
    pub fn now(&self) -> Step {
        self.0.borrow().clone()
    }
}
