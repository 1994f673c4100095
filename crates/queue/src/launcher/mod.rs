//! The one handle through which everything is started, stopped and seen, by whatever process. What stands now is
//! in `views`.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;
use t5g_model::clock::Clock;
use t5g_store::StoreError;
use t5g_store::ledger::Ledger;
use tokio::sync::{Notify, watch};

use crate::book::{ActError, Book, NewRun, Page, RunDetail, RunFilter, RunList};
use crate::measure;
use crate::registry::{Catalog, Listed};
use crate::run::{Asker, RunId, RunState, RunView};

mod views;

pub use views::{QueueView, TaskView};

/// More runs may not wait at once.
const MOST_WAITING: u64 = 10_000;
/// How often a run is looked at whose end is waited for.
const LOOK: Duration = Duration::from_millis(100);

/// Starts tasks and shows their runs. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Launcher {
    pub(crate) book: Book,
    pub(crate) catalog: Catalog,
    pub(crate) clock: Clock,
    pub(crate) hub: Arc<Hub>,
    lease: Duration,
}

/// Word between the parts of one process, so that they need not wait for the next look at the ledger.
#[derive(Debug)]
pub(crate) struct Hub {
    /// Something may be there to do.
    pub(crate) asked: Notify,
    /// Counts attempts that ended here.
    pub(crate) ended: watch::Sender<u64>,
}

impl Default for Hub {
    fn default() -> Self {
        Self { asked: Notify::new(), ended: watch::Sender::new(0) }
    }
}

/// A task that is wanted.
#[derive(Debug, Clone)]
pub struct Wish<'a> {
    /// Its name.
    pub task: &'a str,
    /// What it is started with.
    pub arguments: Value,
    /// How often it may be tried; `None`: as its definition says.
    pub attempts: Option<u32>,
    /// Not before then; `None`: now.
    pub due: Option<DateTime<Utc>>,
    /// Earlier places in the same list of wishes: those runs must have ended before, whatever became of them.
    pub needs: Vec<usize>,
}

impl<'a> Wish<'a> {
    /// That task, now, with these arguments.
    pub fn of(task: &'a str, arguments: Value) -> Self {
        Self { task, arguments, attempts: None, due: None, needs: Vec::new() }
    }
}

/// What a start led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Started {
    /// The run's id.
    pub run: RunId,
    /// Whether that run was already waiting or working: nothing new was started.
    pub joined: bool,
}

/// A task that was not started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no such task.
    #[error("there is no task {name:?}; there are: {known}")]
    UnknownTask {
        /// As asked for, cut to 80 characters.
        name: String,
        /// The names that there are.
        known: String,
    },
    /// There is nothing to pause: the task has no schedule.
    #[error("task {0} has no schedule of its own; it runs on demand only")]
    NoSchedule(&'static str),
    /// There is no such queue.
    #[error("there is no queue {name:?}; there are: {known}")]
    UnknownQueue {
        /// As asked for, cut to 80 characters.
        name: String,
        /// The names that there are.
        known: String,
    },
    /// Too much waits already.
    #[error("{limit} runs are waiting already; try again when some have ended")]
    Full {
        /// How many may wait.
        limit: u64,
    },
    /// The ledger.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Launcher {
    /// A handle on the queue in that ledger. `lease` is how long a worker is believed alive without word from it.
    pub fn new(ledger: Ledger, catalog: Catalog, clock: Clock, lease: Duration) -> Self {
        measure::begin(catalog.iter().map(|listed| listed.definition.name));
        Self { book: Book::new(ledger), catalog, clock, hub: Arc::default(), lease }
    }

    /// Whether there is such a task; the error names those that there are.
    pub fn expect_task(&self, task: &str) -> Result<(), StartError> {
        self.known(task).map(drop)
    }

    /// Whether there is such a queue; the error names those that there are.
    pub fn expect_queue(&self, queue: &str) -> Result<(), StartError> {
        self.known_queue(queue)
    }

    /// The tasks that there are.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// How long a worker is believed alive without word from it.
    pub fn lease(&self) -> Duration {
        self.lease
    }

    /// Starts a task. If a run of it with the same arguments waits or works already, that run is the answer; one
    /// that waits for a later time, or for its next try, waits no longer.
    pub async fn start(&self, task: &str, arguments: Value, asker: &Asker) -> Result<Started, StartError> {
        let started = self.start_all(&[Wish::of(task, arguments)], asker).await?;
        started.first().copied().ok_or_else(|| self.unknown(task))
    }

    /// Starts several, all or none; what became of each wish.
    pub async fn start_all(&self, wishes: &[Wish<'_>], asker: &Asker) -> Result<Vec<Started>, StartError> {
        let now = self.clock.now();
        // Within one moment ids are random; sorted, they keep the order of the wishes.
        let mut ids: Vec<RunId> = wishes.iter().map(|_| RunId::at(now)).collect();
        ids.sort_unstable();
        let run = |(wish, id): (&Wish<'_>, &RunId)| self.new_run(wish, *id, now);
        let runs = wishes.iter().zip(&ids).map(run).collect::<Result<Vec<_>, _>>()?;
        if self.book.waiting().await? >= MOST_WAITING {
            return Err(StartError::Full { limit: MOST_WAITING });
        }
        let asked = self.book.ask(&runs, asker, now).await?;
        self.hub.asked.notify_waiters();
        Ok(asked.into_iter().map(|asked| Started { run: asked.id, joined: asked.joined }).collect())
    }

    fn new_run(&self, wish: &Wish<'_>, id: RunId, now: DateTime<Utc>) -> Result<NewRun, StartError> {
        let definition = &self.known(wish.task)?.definition;
        Ok(NewRun {
            id,
            task: definition.name,
            queue: definition.queue,
            exclusive: definition.exclusive,
            arguments: wish.arguments.clone(),
            allowed: wish.attempts.unwrap_or(definition.retry.attempts).max(1),
            due: wish.due.unwrap_or(now),
            needs: wish.needs.clone(),
        })
    }

    /// The run of that id, while it is remembered.
    pub async fn run(&self, run: RunId) -> Result<Option<RunView>, StoreError> {
        self.book.run(run, self.clock.now()).await
    }

    /// The run of that id with all that belongs to it.
    pub async fn detail(&self, run: RunId) -> Result<Option<RunDetail>, StoreError> {
        self.book.detail(run, self.clock.now()).await
    }

    /// A page of the runs that the filter takes, latest first.
    pub async fn list(&self, filter: &RunFilter, page: Page) -> Result<RunList, StoreError> {
        self.book.list(filter, page, self.clock.now()).await
    }

    /// Waits for the run's end; `None` if there is no such run.
    pub async fn wait(&self, run: RunId) -> Result<Option<RunView>, StoreError> {
        let mut ended = self.hub.ended.subscribe();
        loop {
            match self.run(run).await? {
                Some(view) if !view.state.is_final() => {}
                other => return Ok(other),
            }
            // Whether it ended here or elsewhere, and even if the sender were gone: look again.
            let _ = tokio::time::timeout(LOOK, ended.changed()).await;
        }
    }

    /// The run of that task that works or waits now; one that works, if there are several.
    pub async fn current(&self, task: &str) -> Result<Option<RunView>, StoreError> {
        self.book.current(task, self.clock.now()).await
    }

    /// Stops a run: at once if it waits, soon if it works. The state that it is in now.
    pub async fn cancel(&self, run: RunId, by: &str) -> Result<RunState, ActError> {
        let state = self.book.cancel(run, by, self.clock.now()).await?;
        self.hub.ended.send_modify(|count| *count = count.wrapping_add(1));
        Ok(state)
    }

    /// Has a run that failed or was stopped tried again.
    pub async fn retry(&self, run: RunId, by: &str) -> Result<(), ActError> {
        let known = self.run(run).await?.ok_or(ActError::NoSuchRun(run))?;
        let listed = self.catalog.get(&known.task).ok_or_else(|| {
            ActError::Conflict(format!(
                "task {} is not configured here any more: nobody would do it",
                known.task
            ))
        })?;
        self.book.retry(run, by, listed.definition.retry.attempts, self.clock.now()).await?;
        self.hub.asked.notify_waiters();
        Ok(())
    }

    /// Pauses a task's schedule; false if it was paused already.
    pub async fn pause_schedule(&self, task: &str, by: &str) -> Result<bool, StartError> {
        self.turn_schedule(task, Some(by)).await
    }

    /// Takes a task's schedule up again, from the next tick on; false if it was not paused.
    pub async fn resume_schedule(&self, task: &str) -> Result<bool, StartError> {
        self.turn_schedule(task, None).await
    }

    async fn turn_schedule(&self, task: &str, paused_by: Option<&str>) -> Result<bool, StartError> {
        let definition = &self.known(task)?.definition;
        let Some(schedule) = &definition.schedule else {
            return Err(StartError::NoSchedule(definition.name));
        };
        Ok(self.book.pause_schedule(definition.name, schedule, paused_by, self.clock.now()).await?)
    }

    /// Pauses a queue: its runs wait; those that work go on. False if it was paused already.
    pub async fn pause_queue(&self, queue: &str, by: &str) -> Result<bool, StartError> {
        self.known_queue(queue)?;
        Ok(self.book.pause_queue(queue, Some((self.clock.now(), by))).await?)
    }

    /// Takes a queue up again; false if it was not paused.
    pub async fn resume_queue(&self, queue: &str) -> Result<bool, StartError> {
        self.known_queue(queue)?;
        let resumed = self.book.pause_queue(queue, None).await?;
        self.hub.asked.notify_waiters();
        Ok(resumed)
    }

    fn known(&self, task: &str) -> Result<&Listed, StartError> {
        self.catalog.get(task).ok_or_else(|| self.unknown(task))
    }

    fn unknown(&self, task: &str) -> StartError {
        let known: Vec<_> = self.catalog.iter().map(|listed| listed.definition.name).collect();
        StartError::UnknownTask { name: task.chars().take(80).collect(), known: known.join(", ") }
    }

    fn known_queue(&self, queue: &str) -> Result<(), StartError> {
        let known = self.catalog.queues();
        if known.contains(&queue) {
            return Ok(());
        }
        Err(StartError::UnknownQueue { name: queue.chars().take(80).collect(), known: known.join(", ") })
    }
}
