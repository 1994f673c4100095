//! The course of one attempt: lock made known, work done under its limit and watched meanwhile, end written down.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt;
use serde_json::Value;
use t5g_store::StoreError;
use t5g_store::documents::{Fence, Raised};
use t5g_telemetry::trace;
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;
use tracing::{Instrument, Span, field};

use super::{Recorder, Shared};
use crate::book::{Beat, Claimed, End, Hold, Rest, Word};
use crate::measure;
use crate::progress::{Progress, Step};
use crate::registry::{RunContext, Task, TaskDefinition};
use crate::results::Results;
use crate::run::Permanent;

/// How often word of a run is written down at most, and its own word heard.
const BEAT: Duration = Duration::from_millis(500);
/// How often a lock's number is raised when others raise it at the same time.
const RAISES: usize = 3;
/// The pause before an end that the ledger did not take is told again.
const TELL_AGAIN: Duration = Duration::from_secs(1);

/// Why a run is given up of which nobody can say whose it is.
const SILENT: &str = "the ledger has not answered for longer than the lease";

/// One attempt at work.
pub(super) struct Course {
    pub(super) shared: Arc<Shared>,
    pub(super) definition: TaskDefinition,
    pub(super) task: Arc<dyn Task>,
    pub(super) claimed: Claimed,
}

/// What came of an attempt before anybody judged it.
enum Outcome {
    /// The task came to its own end.
    Worked(anyhow::Result<Value>),
    /// This one wants it to stop.
    Stopped(String),
    /// It is in other hands by now, or may be.
    Lost(&'static str),
    /// The worker stops.
    HandedBack,
}

impl Course {
    pub(super) async fn run(self) {
        let (id, task) = (self.claimed.view.id, self.definition.name);
        let attempt = self.claimed.view.attempt;
        let span = tracing::info_span!("run", task, run_id = %id, attempt, trace_id = field::Empty);
        let asked_in = self.claimed.asked_in.as_ref();
        let traced = trace::run(task, self.definition.queue, &id.to_string(), attempt, asked_in);
        if let Some(trace_id) = trace::id(&traced) {
            span.record("trace_id", trace_id);
        }
        Box::pin(self.attempt(&traced)).instrument(traced.clone()).instrument(span).await;
    }

    async fn attempt(self, traced: &Span) {
        let (view, shared) = (&self.claimed.view, &self.shared);
        let hold = Hold { run: view.id, attempt: view.attempt, worker: shared.identity.name.clone() };
        let (progress, recorder) = (Progress::default(), Recorder::new(shared.launcher.clock.clone()));
        measure::began(self.definition.name, shared.launcher.clock.now() - view.due);
        let began = Instant::now();
        let watching = Watching {
            shared: Arc::clone(shared),
            hold: hold.clone(),
            progress: progress.clone(),
            recorder: Arc::clone(&recorder),
        };
        let watching = AbortOnDropHandle::new(tokio::spawn(watching.run().in_current_span()));
        let outcome = tokio::select! {
            biased;
            word = watching => word.unwrap_or(Outcome::Lost("its watcher ended")),
            () = shared.hand_back.cancelled() => Outcome::HandedBack,
            result = Arc::clone(&recorder).over(self.work(progress.clone())) => Outcome::Worked(result),
        };
        let took = began.elapsed();
        let end = match outcome {
            Outcome::Lost(why) => {
                trace::ended(traced, "lost", Some("lost"));
                tracing::warn!(why, "the run is no longer ours; what it would still do is left");
                return;
            }
            Outcome::HandedBack => End::HandedBack,
            Outcome::Stopped(by) => End::Cancelled(by),
            Outcome::Worked(result) => self.judge(result),
        };
        let error = matches!(end, End::Retry { .. } | End::Failed(_)).then_some("failed");
        trace::ended(traced, end.outcome(), error);
        let (lines, calls) = recorder.rest();
        let rest = Rest { step: progress.now(), lines, calls };
        if self.tell(&hold, &end, &rest).await {
            measure::ended(self.definition.name, end.outcome(), took);
            if matches!(end, End::Retry { .. }) {
                measure::retried(self.definition.name);
            }
            log(&end);
        }
    }

    /// The task's own work, under its limit, with a panic turned into an error.
    async fn work(&self, progress: Progress) -> anyhow::Result<Value> {
        let fence = Box::pin(self.raise()).await.context("its lock could not be made known to the stores")?;
        let view = &self.claimed.view;
        let context = RunContext {
            id: view.id,
            attempt: view.spent,
            arguments: view.arguments.clone(),
            asked_by: view.asked_by.clone(),
            progress,
            results: Results::of_queue(&self.shared.launcher),
            fence,
        };
        let limit = self.definition.timeout;
        let work = AssertUnwindSafe(async { self.task.run(context).await }).catch_unwind();
        match tokio::time::timeout(limit, work).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(panic)) => {
                Err(anyhow!("a defect in the task made it panic: {}", panic_message(panic.as_ref())))
            }
            Err(_) => {
                Err(anyhow!("it took longer than its limit of {} s and was stopped", limit.as_secs_f64()))
            }
        }
    }

    /// Makes its lock known to the stores; the number that it is held with from here on. A ledger that is younger than
    /// the documents catches up with them here.
    async fn raise(&self) -> anyhow::Result<Option<Fence>> {
        let Some(mut fence) = self.claimed.fence.clone() else { return Ok(None) };
        for _ in 0..RAISES {
            let Raised::Behind(highest) = self.shared.fencing.raise(&fence).await? else {
                return Ok(Some(fence));
            };
            tracing::warn!(
                lock = fence.lock,
                number = fence.token,
                highest,
                "the documents know a higher number of this lock than the ledger: it goes on past that one"
            );
            let book = &self.shared.launcher.book;
            fence = book.jump(&fence, self.claimed.view.id, highest).await?;
        }
        Err(anyhow!("the documents are written under the lock {:?} of another ledger, too", fence.lock))
    }

    fn judge(&self, result: anyhow::Result<Value>) -> End {
        let error = match result {
            Ok(result) => return End::Done(result),
            Err(error) => error,
        };
        let (words, view) = (format!("{error:#}"), &self.claimed.view);
        let helps = error.downcast_ref::<Permanent>().is_none() && view.spent < view.allowed;
        let pause = self.definition.retry.pause(view.spent, self.shared.draw());
        if !helps {
            return End::Failed(words);
        }
        End::Retry { error: words, due: later(self.shared.launcher.clock.now(), pause) }
    }

    /// Writes the end down, however long the ledger takes to answer again; false if the run was in other hands.
    async fn tell(&self, hold: &Hold, end: &End, rest: &Rest) -> bool {
        loop {
            let now = self.shared.launcher.clock.now();
            let told = tokio::select! {
                told = self.shared.launcher.book.finish(hold, end, rest, now) => told,
                () = self.shared.given_up.cancelled() => return false,
            };
            match told {
                Ok(true) => return true,
                Ok(false) => {
                    tracing::warn!("the run was in other hands by its end; that end counts for nothing");
                    return false;
                }
                Err(error) => tracing::error!(%error, "the run's end cannot be written down; trying again"),
            }
            tokio::select! {
                () = tokio::time::sleep(TELL_AGAIN) => {}
                () = self.shared.given_up.cancelled() => return false,
            }
        }
    }
}

/// That long after a moment, or at the end of time.
pub(super) fn later(now: DateTime<Utc>, pause: Duration) -> DateTime<Utc> {
    let pause = TimeDelta::from_std(pause).unwrap_or(TimeDelta::MAX);
    now.checked_add_signed(pause).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

fn log(end: &End) {
    match end {
        End::Done(_) => tracing::info!("done"),
        End::Retry { error, due } => tracing::warn!(error, %due, "failed, will be tried again"),
        End::Failed(error) => tracing::error!(error, "failed"),
        End::Cancelled(by) => tracing::warn!(by, "stopped"),
        End::HandedBack => tracing::info!("handed back"),
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("(no message)")
}

/// Tells the ledger of a run while it works, and hears what the ledger tells of it.
struct Watching {
    shared: Arc<Shared>,
    hold: Hold,
    progress: Progress,
    recorder: Arc<Recorder>,
}

impl Watching {
    /// Ends only with a reason for the work to end.
    async fn run(self) -> Outcome {
        let lease = self.shared.launcher.lease();
        let mut told = Step::default();
        let mut believed_until = Instant::now() + lease;
        loop {
            tokio::time::sleep(BEAT.min(lease / 6)).await;
            let asked = Instant::now();
            let renew = believed_until < asked + lease - lease / 3;
            let step = Some(self.progress.now()).filter(|step| *step != told);
            let beat =
                Beat { lease: renew.then_some(lease), step: step.clone(), lines: self.recorder.new_lines() };
            // Whoever waits longer for an answer works on what may be somebody else's by now.
            let patience = believed_until.saturating_duration_since(asked).max(lease / 3);
            let heard = tokio::time::timeout(patience, self.shared.launcher.book.beat(&self.hold, &beat));
            let Ok(heard) = heard.await else { return Outcome::Lost(SILENT) };
            match heard {
                Ok(Word::GoOn) => {
                    told = step.unwrap_or(told);
                    if renew {
                        believed_until = asked + lease;
                    }
                }
                Ok(Word::Stop(by)) => return Outcome::Stopped(by),
                Ok(Word::Lost) => return Outcome::Lost("somebody took it for dead"),
                Err(error) => {
                    self.recorder.put_back(beat.lines);
                    self.complain(&error);
                    if Instant::now() > believed_until {
                        return Outcome::Lost(SILENT);
                    }
                }
            }
        }
    }

    fn complain(&self, error: &StoreError) {
        tracing::warn!(run = %self.hold.run, %error, "the ledger does not hear of the run; trying again");
    }
}
