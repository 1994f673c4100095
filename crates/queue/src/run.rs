//! One run of a task, as everybody sees it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use crate::progress::{Progress, Step};

/// Who started a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Its schedule.
    Schedule,
    /// Somebody: a button, a command.
    Person,
    /// Something: the API, a cold start, another task.
    Program,
}

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// It waits for its turn.
    Pending,
    /// It works.
    Running,
    /// A try failed; it waits for the next.
    Retrying,
    /// It succeeded.
    Done,
    /// Its last try failed.
    Failed,
    /// It was stopped.
    Cancelled,
}

impl RunState {
    /// Whether nothing more will happen to the run.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }

    /// The word in logs and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Retrying => "retrying",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// One try of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Attempt {
    /// When it began.
    pub started: DateTime<Utc>,
    /// When it ended; `None` while it works.
    pub finished: Option<DateTime<Utc>>,
    /// Why it failed, if it did.
    pub error: Option<String>,
}

/// A run at one moment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunView {
    /// Its id; later runs of one process sort after earlier ones.
    pub id: String,
    /// The task's name.
    pub task: &'static str,
    /// Who started it.
    pub origin: Origin,
    /// What it was started with.
    pub arguments: Value,
    /// Where it stands.
    pub state: RunState,
    /// Its tries so far, the current one included.
    pub attempts: Vec<Attempt>,
    /// How far it is.
    pub progress: Step,
    /// What it gave back; null until it is done.
    pub result: Value,
    /// Why the latest try failed; `None` again once one succeeded.
    pub error: Option<String>,
    /// When it was asked for.
    pub requested: DateTime<Utc>,
    /// When its first try began.
    pub started: Option<DateTime<Utc>>,
    /// When it reached its final state.
    pub finished: Option<DateTime<Utc>>,
}

/// Put into an error's context by a task that knows that a retry cannot help: the run fails at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("trying again will not help")]
pub struct Permanent;

/// A run as the engine holds it.
#[derive(Debug)]
pub(crate) struct Run {
    view: watch::Sender<RunView>,
    pub(crate) progress: Progress,
    /// Stops it, whatever it does.
    pub(crate) cancel: CancellationToken,
    /// Ends the pause before the next try.
    pub(crate) hurry: Notify,
}

impl Run {
    pub(crate) fn new(view: RunView, progress: Progress) -> Self {
        Self {
            view: watch::Sender::new(view),
            progress,
            cancel: CancellationToken::new(),
            hurry: Notify::new(),
        }
    }

    pub(crate) fn view(&self) -> RunView {
        RunView { progress: self.progress.now(), ..self.view.borrow().clone() }
    }

    /// A look without copying; the caller must not hold on to what it sees.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&RunView) -> T) -> T {
        look(&self.view.borrow())
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut RunView)) {
        self.view.send_modify(change);
    }

    pub(crate) async fn finished(&self) -> RunView {
        let mut view = self.view.subscribe();
        // An error means that the sender is gone, which `self` holds.
        let state = view.wait_for(|view| view.state.is_final()).await.map(|view| view.state);
        debug_assert!(state.is_ok(), "the run holds its own sender");
        self.view()
    }
}
