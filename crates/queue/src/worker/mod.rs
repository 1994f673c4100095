//! Works on runs: takes what may work, as many at once as it has slots, and looks after the runs of workers that
//! died. Several of these share a ledger, in one process or many.

mod course;
mod process;
mod recorder;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use rand::Rng as _;
use rand::rngs::SmallRng;
use t5g_store::StoreError;
use t5g_store::documents::{Fence, Raised};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::book::{Claim, Identity, Lost, Seen};
use crate::launcher::Launcher;
use crate::measure;
use crate::registry::Registry;
use crate::run::RunId;
use course::{Course, later};
pub(crate) use process::ProcessMark;
use recorder::Recorder;
pub use recorder::{CALL_TARGET, RunLog};

/// The pause after the ledger did not answer.
const AFTER_ERROR: Duration = Duration::from_secs(1);
/// How long the ledger may take to answer, or to hear of ends of runs, after everything was stopped.
pub(crate) const LAST_WORDS: Duration = Duration::from_secs(5);
/// How often runs of dead workers are looked for, at most.
const TEND: Duration = Duration::from_secs(2);
/// A worker that was not heard of for so many leases is forgotten.
const FORGET_LEASES: u32 = 40;

/// Makes the holder of a lock known to whatever must refuse the holders before it.
#[async_trait]
pub trait Fencing: Send + Sync + std::fmt::Debug {
    /// From here on, whoever writes under this lock with a lower number is refused; unless one with a number as high was
    /// here before. Asked once by each holder.
    async fn raise(&self, fence: &Fence) -> anyhow::Result<Raised>;
}

/// What all parts of a worker share.
pub(crate) struct Shared {
    pub(crate) launcher: Launcher,
    pub(crate) registry: Registry,
    pub(crate) fencing: Arc<dyn Fencing>,
    pub(crate) identity: Identity,
    /// How often it looks for work of which nobody told it.
    pub(crate) poll: Duration,
    pub(crate) mark: Option<ProcessMark>,
    pub(crate) jitter: Mutex<SmallRng>,
    /// No more runs are taken.
    pub(crate) stop: CancellationToken,
    /// Runs that still work are given back.
    pub(crate) hand_back: CancellationToken,
    /// Nothing more is told to the ledger.
    pub(crate) given_up: CancellationToken,
}

impl Shared {
    fn draw(&self) -> f64 {
        self.jitter.lock().unwrap_or_else(PoisonError::into_inner).random()
    }
}

/// Takes and does runs until `stop`; those that still work then are in `tracker`. `only`: no others than these.
pub(crate) async fn take_runs(shared: Arc<Shared>, tracker: TaskTracker, only: Option<Vec<RunId>>) {
    let slots = Arc::new(Semaphore::new(usize::try_from(shared.identity.slots).unwrap_or(1).max(1)));
    let tasks: Vec<&'static str> =
        shared.registry.definitions().iter().map(|definition| definition.name).collect();
    if tasks.is_empty() || only.as_ref().is_some_and(Vec::is_empty) {
        return;
    }
    loop {
        let asked = shared.launcher.hub.asked.notified();
        tokio::pin!(asked);
        // From here on no word is missed, also none that comes while the ledger is looked at.
        asked.as_mut().enable();
        let permit = tokio::select! {
            biased;
            () = shared.stop.cancelled() => return,
            permit = Arc::clone(&slots).acquire_owned() => permit,
        };
        let Ok(permit) = permit else { return };
        let taken = tokio::select! {
            taken = take_one(&shared, &tasks, only.as_deref()) => taken,
            () = too_late(&shared.stop) => return,
        };
        let pause = match taken {
            Ok(Some(course)) => {
                let launcher = shared.launcher.clone();
                tracker.spawn(async move {
                    Box::pin(course.run()).await;
                    drop(permit);
                    // A lock may be free now, and somebody may wait for the end.
                    launcher.hub.ended.send_modify(|count| *count = count.wrapping_add(1));
                    launcher.hub.asked.notify_waiters();
                });
                continue;
            }
            Ok(None) => shared.poll,
            Err(error) => {
                tracing::error!(%error, "no run can be taken; trying again");
                AFTER_ERROR
            }
        };
        drop(permit);
        tokio::select! {
            () = shared.stop.cancelled() => return,
            () = asked => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Comes some time after a stop was wanted: whoever still waits for the ledger then waits in vain. What it was
/// asked may still happen, as after any end of this process.
pub(crate) async fn too_late(stop: &CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(LAST_WORDS).await;
}

async fn take_one(
    shared: &Arc<Shared>,
    tasks: &[&'static str],
    only: Option<&[RunId]>,
) -> Result<Option<Course>, StoreError> {
    let (clock, lease) = (&shared.launcher.clock, shared.launcher.lease());
    let claim = Claim { worker: &shared.identity.name, tasks, only, lease, clock };
    let Some(claimed) = shared.launcher.book.claim(&claim).await? else { return Ok(None) };
    let Some((definition, task)) = shared.registry.get(&claimed.view.task) else {
        // Only tasks of the registry are asked for.
        return Ok(None);
    };
    let (definition, task) = (definition.clone(), Arc::clone(task));
    Ok(Some(Course { shared: Arc::clone(shared), definition, task, claimed }))
}

/// Tells that the worker lives and looks after the runs of dead ones, until nobody needs it.
pub(crate) async fn tend(shared: Arc<Shared>, ended: CancellationToken) {
    let lease = shared.launcher.lease();
    let (every, mut said) = (TEND.min(lease / 3), None);
    loop {
        let stopping = shared.stop.is_cancelled();
        let due = said.is_none_or(|(at, told): (tokio::time::Instant, bool)| {
            at.elapsed() >= lease / 3 || told != stopping
        });
        let seen = Seen { now: shared.launcher.clock.now(), stopping };
        let tended = async {
            if due {
                shared.launcher.book.worker_lives(&shared.identity, seen).await?;
                said = Some((tokio::time::Instant::now(), stopping));
            }
            let (name, draw) = (&shared.identity.name, shared.draw());
            look_after_the_dead(&shared.launcher, shared.mark.as_ref(), name, draw).await
        };
        let tended = tokio::select! {
            tended = tended => tended,
            () = ended.cancelled() => return,
        };
        if let Err(error) = tended {
            tracing::warn!(%error, "the ledger does not hear of this worker; trying again");
        }
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            () = ended.cancelled() => return,
        }
    }
}

/// Gives runs of workers that died or went silent back to the queue. `draw`, 0 to 1, spreads their next tries.
pub(crate) async fn look_after_the_dead(
    launcher: &Launcher,
    own: Option<&ProcessMark>,
    own_name: &str,
    draw: f64,
) -> Result<(), StoreError> {
    let now = launcher.clock.now();
    let long_ago = TimeDelta::from_std(TEND.max(launcher.lease()).saturating_mul(FORGET_LEASES))
        .unwrap_or(TimeDelta::MAX);
    let (mut dead, mut forgotten) = (Vec::new(), Vec::new());
    for worker in launcher.book.others(own_name).await? {
        let ended = match own {
            Some(own) => own.has_ended(&worker.process).await,
            None => false,
        };
        if ended {
            dead.push(worker.name);
        } else if worker.silence > long_ago {
            forgotten.push(worker.name);
        }
    }
    let reaped = launcher.book.reap(&dead, now, |lost| again_at(launcher, lost, now, draw)).await?;
    for one in &reaped {
        tracing::warn!(run = %one.run, task = one.task, state = one.state.as_str(), "its worker is gone");
        measure::lost(one.task.clone(), one.state);
    }
    for name in dead {
        launcher.book.worker_left(&name).await?;
    }
    for name in forgotten {
        launcher.book.forget_worker(&name, long_ago).await?;
    }
    if !reaped.is_empty() {
        launcher.hub.ended.send_modify(|count| *count = count.wrapping_add(1));
        launcher.hub.asked.notify_waiters();
    }
    Ok(())
}

/// A first loss is made good at once; a run whose workers keep dying may be what kills them.
fn again_at(launcher: &Launcher, lost: &Lost, now: DateTime<Utc>, draw: f64) -> DateTime<Utc> {
    let retry = launcher.catalog.get(&lost.task).map(|listed| listed.definition.retry);
    match retry {
        Some(retry) if lost.spent > 1 => later(now, retry.pause(lost.spent - 1, draw)),
        _ => now,
    }
}
