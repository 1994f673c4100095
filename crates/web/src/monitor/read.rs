//! Everything that the overview shows, read from the queue in one go. Pages and API make of it what they show.

use t5g_model::query::QueryError;
use t5g_queue::{
    Launcher, Page, QueueView, RunDetail, RunFilter, RunId, RunList, RunState, RunView, TaskView, WorkerView,
};
use t5g_store::StoreError;

use crate::error::AppError;
use crate::monitor::act;
use crate::monitor::address::RunsQuery;

/// States of runs that wait.
pub(crate) const WAITING: [RunState; 3] = [RunState::Pending, RunState::Scheduled, RunState::Retrying];
/// Runs at work that are shown at once, and runs that wait; more are counted.
const SHOWN: (u32, u32) = (50, 10);
/// Runs among which whoever holds a lock is looked for.
const HOLDERS: u32 = 200;

/// Background work as a whole.
#[derive(Debug)]
pub(crate) struct Overview {
    /// All tasks, in the catalogue's order.
    pub(crate) tasks: Vec<TaskView>,
    /// All queues.
    pub(crate) queues: Vec<QueueView>,
    /// All workers.
    pub(crate) workers: Vec<WorkerView>,
    /// The first runs at work; all are counted.
    pub(crate) running: RunList,
    /// The first runs that wait; all are counted.
    pub(crate) waiting: RunList,
}

impl Overview {
    pub(crate) async fn read(launcher: &Launcher) -> Result<Self, StoreError> {
        Ok(Self {
            tasks: launcher.tasks().await?,
            queues: launcher.queues().await?,
            workers: launcher.workers().await?,
            running: in_states(launcher, &[RunState::Running], SHOWN.0).await?,
            waiting: in_states(launcher, &WAITING, SHOWN.1).await?,
        })
    }
}

async fn in_states(launcher: &Launcher, states: &[RunState], most: u32) -> Result<RunList, StoreError> {
    launcher.list(&RunFilter::states(states), Page { number: 1, size: most }).await
}

/// The task of that name.
pub(crate) async fn task(launcher: &Launcher, name: &str) -> Result<TaskView, AppError> {
    let listed = act::known(launcher.catalog(), name)?.name;
    let found = launcher.tasks().await?.into_iter().find(|task| task.definition.name == listed);
    found.ok_or_else(|| AppError::internal("the queue tells of fewer tasks than there are"))
}

/// The page of runs that is wanted, or why the filter cannot be read. A page after the last is the last.
pub(crate) async fn runs(
    launcher: &Launcher,
    query: &mut RunsQuery,
) -> Result<Result<RunList, QueryError>, StoreError> {
    let filter = match query.filter() {
        Ok(filter) => filter,
        Err(error) => return Ok(Err(error)),
    };
    let list = launcher.list(&filter, query.part()).await?;
    let last = u32::try_from(list.total.div_ceil(u64::from(query.size))).unwrap_or(u32::MAX).max(1);
    if query.page <= last {
        return Ok(Ok(list));
    }
    query.page = last;
    launcher.list(&filter, query.part()).await.map(Ok)
}

/// A run with all that belongs to it, and what bears on one that waits.
#[derive(Debug)]
pub(crate) struct Whole {
    /// The run.
    pub(crate) detail: RunDetail,
    /// The runs that it needs; `None`: forgotten.
    pub(crate) needs: Vec<(RunId, Option<RunView>)>,
    /// Why it may wait; `None`: it does not.
    pub(crate) around: Option<Around>,
}

/// What a run that waits may wait for.
#[derive(Debug)]
pub(crate) struct Around {
    /// Runs at work.
    pub(crate) running: Vec<RunView>,
    /// All queues.
    pub(crate) queues: Vec<QueueView>,
    /// All workers.
    pub(crate) workers: Vec<WorkerView>,
}

impl Whole {
    pub(crate) async fn read(launcher: &Launcher, run: RunId) -> Result<Option<Self>, StoreError> {
        let Some(detail) = launcher.detail(run).await? else { return Ok(None) };
        let mut needs = Vec::with_capacity(detail.needs.len());
        for need in &detail.needs {
            needs.push((*need, launcher.run(*need).await?));
        }
        let around = if WAITING.contains(&detail.run.state) {
            Some(Around {
                running: in_states(launcher, &[RunState::Running], HOLDERS).await?.runs,
                queues: launcher.queues().await?,
                workers: launcher.workers().await?,
            })
        } else {
            None
        };
        Ok(Some(Self { detail, needs, around }))
    }
}
