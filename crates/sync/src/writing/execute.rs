//! Does a plan: its items side by side, the steps of an item in order, the items that wait for all others last. One
//! step's failure stops only those that need it. What is not done stays in the ledger for the next try.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{StreamExt, stream};
use serde_json::Value;
use t5g_clients::{Latest, not_after};
use t5g_model::names::CardKey;
use t5g_model::writing::{Assignee, Effect, Service};
use t5g_queue::Progress;
use t5g_store::ledger::{KeptPlan, PlanId, StepEnd, StepRecord, StepState, Writer};
use t5g_telemetry::trace;
use tokio::sync::{Mutex, OnceCell};
use tokio::time::Instant;
use tracing::Instrument as _;

use super::fields::Fields;
use super::perform::{self, Look, Made};
use super::settle::{self, Watch};
use super::trouble::Trouble;
use crate::context::SyncContext;

/// Items that are worked on at once.
const AT_ONCE: usize = 4;
/// How often one run goes through a plan whose steps have to settle.
const PASSES: usize = 4;
/// A run does not wait longer for a step to settle; the next try goes on then.
pub(super) const LONGEST_WAIT: Duration = Duration::from_mins(10);
/// After so many tries, and so long after it was planned, a step that never succeeds is given up.
const MOST_TRIES: u32 = 30;
const GIVE_UP_AFTER: TimeDelta = TimeDelta::hours(24);
/// A letter waits no longer for what it does not tell of.
const LETTER_WAITS: TimeDelta = TimeDelta::hours(1);

/// Who does plans, with what.
pub(super) struct Doer<'a> {
    pub(super) ctx: &'a SyncContext,
    pub(super) writer: Writer,
    pub(super) progress: &'a Progress,
    /// Found when the first step needs them.
    pub(super) fields: OnceCell<Fields>,
    /// The cards that plans made.
    pub(super) made: Made,
    /// The document of cards is written by one at a time.
    pub(super) keeping: Mutex<()>,
    /// Whether what cannot be done now is given up, since somebody waits for an answer.
    pub(super) once: bool,
    /// How long steps of which nobody knows were waited for.
    watch: Watch,
}

/// What a step gets to know of the steps before it.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The card that this item made.
    pub(super) made: Option<CardKey>,
    /// The message that this item posted: channel and name.
    pub(super) posted: Option<(String, String)>,
    /// Who was to have that card and has it not.
    pub(super) unassigned: Option<Assignee>,
    /// When its plan was made or released.
    pub(super) since: Option<DateTime<Utc>>,
}

/// What an item came to.
#[derive(Debug, Default)]
struct Waits {
    /// When to look again, if something has to settle.
    until: Option<DateTime<Utc>>,
}

/// Whether a step can be begun.
enum Ready {
    Yes,
    /// What it needs is not there yet.
    NotYet,
    /// What it needs will never be there.
    Never(String),
}

impl<'a> Doer<'a> {
    pub(super) fn new(ctx: &'a SyncContext, writer: Writer, progress: &'a Progress, once: bool) -> Self {
        let (fields, keeping, watch) = (OnceCell::new(), Mutex::new(()), Watch::default());
        Self { ctx, writer, progress, fields, made: Made::default(), keeping, once, watch }
    }

    /// The fields of this Jira.
    pub(super) async fn fields(&self) -> Result<Fields, Trouble> {
        if let Some(known) = self.fields.get() {
            return Ok(known.clone());
        }
        let found = Fields::resolve(self.ctx).await;
        let found = found.map_err(|error| Trouble::Later(format!("{error:#}")))?;
        // Whoever was quicker found the same.
        let _ = self.fields.set(found.clone());
        Ok(found)
    }

    /// Does what is not done yet of a plan; the plan as it stands then.
    pub(super) async fn plan(&self, id: PlanId) -> anyhow::Result<KeptPlan> {
        for _ in 0..PASSES {
            let Some(plan) = self.ctx.ledger.plan(id).await? else { anyhow::bail!("plan {id} is not there") };
            let open = plan.steps.iter().filter(|step| !step.state.is_final()).count();
            if open == 0 {
                break;
            }
            self.progress.begin(format!("writing, plan {id}"), Some(crate::compare::count(open)));
            let Some(until) = Box::pin(self.pass(&plan)).await? else { break };
            let wait = (until - self.ctx.clock.now()).to_std().unwrap_or_default();
            if wait > LONGEST_WAIT {
                break;
            }
            self.progress.begin("waiting until what was not answered for can be seen", None);
            tokio::time::sleep(wait).await;
        }
        if self.once {
            self.give_up(id).await?;
        }
        self.ctx.ledger.finish_plan(id, self.ctx.clock.now()).await?;
        self.ctx.ledger.plan(id).await?.ok_or_else(|| anyhow::anyhow!("plan {id} is not there"))
    }

    /// Ends what is not done, if this run made the plan: what others want goes on. What was begun may have happened.
    async fn give_up(&self, id: PlanId) -> anyhow::Result<()> {
        let kept = self.ctx.ledger.plan(id).await?.filter(|plan| plan.summary.run == self.writer.run);
        let mut steps = kept.map(|plan| plan.steps).unwrap_or_default();
        steps.retain(|step| !step.state.is_final());
        for mut step in steps {
            let why = step.error.clone().unwrap_or_else(|| "it was not begun".to_owned());
            let begun = step.state == StepState::Begun;
            let end = if begun { StepEnd::doubtful(why) } else { StepEnd::failed(why) };
            self.end(&mut step, end).await?;
        }
        Ok(())
    }

    /// Goes through the plan once; when to go through it again, if something has to settle.
    async fn pass(&self, plan: &KeptPlan) -> anyhow::Result<Option<DateTime<Utc>>> {
        for step in &plan.steps {
            self.made.note(step);
        }
        let since = plan.summary.decided_at.unwrap_or(plan.summary.made_at);
        let (first, last): (Vec<_>, Vec<_>) = items(&plan.steps).into_iter().partition(|item| !is_last(item));
        let mut waits = self.side_by_side(first, since).await?;
        let now = self.ctx.ledger.steps_of(plan.summary.id).await?;
        let open: Vec<_> = now.iter().filter(|step| !step.last && !step.state.is_final()).collect();
        let late =
            self.ctx.clock.now() - since > LETTER_WAITS && !open.iter().any(|step| is_told(&step.effect));
        if open.is_empty() || late {
            for mut item in last {
                // What failed is told when nothing can fail any more.
                item.retain(|step| open.is_empty() || !matches!(step.effect, Effect::SlackFailures { .. }));
                waits.push(self.item(item, since).await?);
            }
        }
        Ok(waits.into_iter().filter_map(|item| item.until).min())
    }

    /// Works on items. What ends the run cuts off none of them, since each may have a request under way of which nobody
    /// would know then; it only keeps further ones from being begun.
    async fn side_by_side(
        &self,
        items: Vec<Vec<StepRecord>>,
        since: DateTime<Utc>,
    ) -> anyhow::Result<Vec<Waits>> {
        let over = AtomicBool::new(false);
        let ended: Vec<anyhow::Result<Waits>> = stream::iter(items)
            .map(|item| self.unless(&over, item, since))
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        ended.into_iter().collect()
    }

    /// Works on an item, unless the run is over by then; it is over after an error.
    async fn unless(
        &self,
        over: &AtomicBool,
        item: Vec<StepRecord>,
        since: DateTime<Utc>,
    ) -> anyhow::Result<Waits> {
        if over.load(Relaxed) {
            return Ok(Waits::default());
        }
        let ended = self.item(item, since).await;
        over.fetch_or(ended.is_err(), Relaxed);
        ended
    }

    async fn item(&self, mut steps: Vec<StepRecord>, since: DateTime<Utc>) -> anyhow::Result<Waits> {
        let mut waits = Waits::default();
        for at in 0..steps.len() {
            let (before, rest) = steps.split_at_mut(at);
            let Some(step) = rest.first_mut() else { break };
            if step.state.is_final() {
                continue;
            }
            match ready(before, step) {
                Ready::NotYet => {}
                Ready::Never(why) => self.end(step, StepEnd::skipped(why)).await?,
                Ready::Yes => {
                    let known = known(before, since);
                    match Box::pin(self.step(step, &known)).await {
                        Ok(()) => {}
                        Err(trouble) => {
                            let until = self.troubled(step, trouble, &known).await?;
                            waits.until = waits.until.into_iter().chain(until).min();
                        }
                    }
                }
            }
            if step.state.is_final() {
                self.progress.advance(1);
            }
        }
        Ok(waits)
    }

    /// One step, as a part of the run's trace: which service, what kind, how it stands then, and nothing else of it.
    async fn step(&self, step: &mut StepRecord, known: &Known) -> Result<(), Trouble> {
        let span = trace::step(step.effect.service().as_str(), || step.effect.kind().word());
        let done = self.take_step(step, known).instrument(span.clone()).await;
        trace::ended(&span, step.state.as_str(), done.is_err().then_some("troubled"));
        done
    }

    /// Looks, writes down that it begins, acts, writes down what came of it.
    async fn take_step(&self, step: &mut StepRecord, known: &Known) -> Result<(), Trouble> {
        let ledger = &self.ctx.ledger;
        // Nothing is written upstream in the name of a lock that somebody else has by now.
        ledger.still_held().await?;
        let begun = step.state == StepState::Begun;
        if begun && step.effect.is_delivery() {
            let why = "whoever sent it ended before it was answered for: it may have arrived, and is not sent again";
            self.end(step, StepEnd::doubtful(why)).await?;
            return Ok(());
        }
        // Asked before looking: what was not seen by a look that was too early may still come.
        let unsettled = if begun { self.unsettled(step).await? } else { None };
        let looked = perform::look(self, step, known).await;
        let before = match looked.map_err(|trouble| unseen(step, trouble))? {
            Look::Already(after) if begun => {
                let remark = perform::remark(&after);
                self.end(step, StepEnd::done(after).remarking(remark)).await?;
                return Ok(());
            }
            Look::Already(after) => {
                self.end(step, StepEnd::so_already(after)).await?;
                return Ok(());
            }
            // It may have happened before somebody else went on from there, so it was not simply left out.
            Look::Skip(why) if begun && step.service() != Service::Documents => {
                let why = format!("it was begun, and nobody can tell whether it happened: {why}");
                self.end(step, StepEnd::doubtful(why)).await?;
                return Ok(());
            }
            Look::Skip(why) => {
                self.end(step, StepEnd::skipped(why)).await?;
                return Ok(());
            }
            Look::ToDo(before) => before,
        };
        if let Some(until) = unsettled {
            return Err(Trouble::Unsettled(until));
        }
        perform::prepare(self, &step.effect, known).await?;
        let latest = settle::latest(step, &self.ctx.writing, (Instant::now(), self.ctx.clock.now()));
        if !ledger.begin_step(&step.place, &before, &self.writer, self.ctx.clock.now()).await? {
            // Somebody else ended it since it was read: what they wrote down stands.
            return Err(Trouble::Later("it was ended by somebody else meanwhile".to_owned()));
        }
        (step.state, step.before) = (StepState::Begun, before);
        (step.begun_at, step.given_up_at) = (Some(self.ctx.clock.now()), None);
        step.attempts += 1;
        // What failed before it could happen was begun for nothing.
        let put_back = |trouble| match trouble {
            Trouble::Later(why) => Trouble::PutBack(why),
            other => other,
        };
        let latest = latest.map(|(own, day)| self.under_lock(own, day));
        let after = not_after(latest, Box::pin(perform::act(self, step, known))).await.map_err(put_back)?;
        let (remark, further) = (perform::remark(&after), perform::further(&step.effect, &after));
        self.end(step, StepEnd::done(after).remarking(remark).leaving(further)).await?;
        Ok(())
    }

    /// That moment, for as long as the lock of this run is held: whoever has it by now may have done it.
    fn under_lock(&self, own: Instant, day: DateTime<Utc>) -> Latest {
        let ledger = self.ctx.ledger.clone();
        let still_held = Arc::new(move || -> Pin<Box<dyn Future<Output = bool> + Send>> {
            let ledger = ledger.clone();
            Box::pin(async move { ledger.still_held().await.is_ok() })
        });
        Latest { own, day, still_held }
    }

    /// When a step that was begun has settled; `None` if it has. If nobody has written down when its answer was given up,
    /// whoever began it died, and might have died just now.
    async fn unsettled(&self, step: &mut StepRecord) -> Result<Option<DateTime<Utc>>, t5g_store::StoreError> {
        if step.service() == Service::Documents {
            // Written under a guard and the same each time: nothing of it comes late.
            return Ok(None);
        }
        let (now, rules) = (self.ctx.clock.now(), &*self.ctx.writing);
        if settle::settled_at(step, rules, now).is_none() {
            self.ctx.ledger.give_up_step(&step.place, now).await?;
            step.given_up_at = Some(now);
        }
        let until = settle::settled_at(step, rules, now).unwrap_or(DateTime::<Utc>::MAX_UTC);
        let own = TimeDelta::from_std(self.watch.left(&step.place, rules.settle, Instant::now()))
            .unwrap_or(TimeDelta::MAX);
        let until = until.max(now.checked_add_signed(own).unwrap_or(until));
        Ok((until > now).then_some(until))
    }

    async fn end(&self, step: &mut StepRecord, end: StepEnd) -> Result<(), t5g_store::StoreError> {
        if end.state != StepState::Done {
            let why = end.error.as_deref().unwrap_or_default();
            tracing::warn!(subject = %step.subject, step = step.effect.title(), state = %end.state, why, "not done");
        }
        self.ctx.ledger.end_step(step, &end, &self.writer, self.ctx.clock.now()).await?;
        (step.state, step.after, step.error) = (end.state, end.after, end.error);
        self.made.note(step);
        Ok(())
    }

    /// Writes down what went wrong; when to look again, if that is known.
    async fn troubled(
        &self,
        step: &mut StepRecord,
        trouble: Trouble,
        known: &Known,
    ) -> anyhow::Result<Option<DateTime<Utc>>> {
        match trouble {
            Trouble::Ours(error) => return Err(error),
            Trouble::Final(why) => self.end(step, StepEnd::failed(why)).await?,
            Trouble::Unseen(why) => self.end(step, StepEnd::doubtful(why)).await?,
            Trouble::Unknown(why) if step.effect.is_delivery() => {
                self.end(step, StepEnd::doubtful(why)).await?;
            }
            Trouble::Unsettled(until) => return Ok(Some(until)),
            Trouble::Unknown(why) => {
                let now = self.ctx.clock.now();
                self.ctx.ledger.note_step(&step.place, &why).await?;
                self.ctx.ledger.give_up_step(&step.place, now).await?;
                self.watch.given_up(&step.place, Instant::now());
                (step.error, step.given_up_at) = (Some(why), Some(now));
                return Ok(Some(self.unsettled(step).await?.unwrap_or(now)));
            }
            Trouble::PutBack(why) if self.is_hopeless(step, known) => {
                let why = format!("given up after {} tries: {why}", step.attempts);
                self.end(step, StepEnd::failed(why)).await?;
            }
            Trouble::PutBack(why) => {
                self.ctx.ledger.put_back_step(&step.place, &why).await?;
                (step.state, step.error) = (StepState::Planned, Some(why));
            }
            Trouble::Later(why) => self.missed(step, why, known).await?,
        }
        Ok(None)
    }

    /// A step could not be looked at. What was begun may have happened; a card is looked for until it can be.
    async fn missed(&self, step: &mut StepRecord, why: String, known: &Known) -> anyhow::Result<()> {
        let begun = step.state == StepState::Begun;
        let sought = begun && matches!(step.effect, Effect::CreateCard { .. });
        if self.is_hopeless(step, known) && !sought {
            let why = format!("given up after {} tries: {why}", step.attempts);
            let end = if begun { StepEnd::doubtful(why) } else { StepEnd::failed(why) };
            return Ok(self.end(step, end).await?);
        }
        self.ctx.ledger.miss_step(&step.place, &why).await?;
        (step.attempts, step.error) = (step.attempts.saturating_add(1), Some(why));
        Ok(())
    }

    fn is_hopeless(&self, step: &StepRecord, known: &Known) -> bool {
        let old = known.since.is_some_and(|since| self.ctx.clock.now() - since > GIVE_UP_AFTER);
        step.attempts >= MOST_TRIES && old
    }
}

/// What it means that one cannot look. A step that was begun may have happened all the same: nobody can say that it failed.
/// A card of which nobody knows is looked for until it can be: given up, it would be made a second time.
fn unseen(step: &StepRecord, trouble: Trouble) -> Trouble {
    match trouble {
        Trouble::Final(why) if step.state == StepState::Begun => {
            let why = format!("it was begun, and one cannot look whether it happened: {why}");
            match step.effect {
                Effect::CreateCard { .. } => Trouble::Later(why),
                _ => Trouble::Unseen(why),
            }
        }
        other => other,
    }
}

/// The steps of each item.
fn items(steps: &[StepRecord]) -> Vec<Vec<StepRecord>> {
    steps.chunk_by(|one, next| one.item == next.item).map(<[StepRecord]>::to_vec).collect()
}

/// Whether letters tell of what comes of it: then they wait for it.
const fn is_told(effect: &Effect) -> bool {
    !matches!(
        effect,
        Effect::AddWatcher { .. }
            | Effect::RemoveWatcher { .. }
            | Effect::SetLink { .. }
            | Effect::RemoveLink { .. }
            | Effect::KeepCard { .. }
            | Effect::SlackPost { .. }
            | Effect::SlackReply { .. }
    )
}

fn is_last(item: &[StepRecord]) -> bool {
    item.first().is_some_and(|step| step.last)
}

/// Whether what a step needs is there.
fn ready(before: &[StepRecord], step: &StepRecord) -> Ready {
    let Some(needed) = step.needed(before) else { return Ready::Yes };
    let Some(one) = needed else {
        return Ready::Never("there is no step before it that it could build on".to_owned());
    };
    match (one.state, one.by_plan()) {
        (state, _) if !state.is_final() => Ready::NotYet,
        (StepState::Done, None) => Ready::Yes,
        (StepState::Done, Some(plan)) => {
            Ready::Never(format!("plan {plan} made the card, and does all that belongs to it"))
        }
        (state, _) => Ready::Never(format!("it needs the step \"{}\", which is {state}", one.effect.title())),
    }
}

fn known(before: &[StepRecord], since: DateTime<Utc>) -> Known {
    let done = |wanted: fn(&Effect) -> bool| {
        before.iter().rev().find(|step| step.state == StepState::Done && wanted(&step.effect))
    };
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let made = done(|effect| matches!(effect, Effect::CreateCard { .. }));
    let posted =
        done(|effect| effect.service() == Service::Slack && matches!(effect, Effect::SlackPost { .. }));
    Known {
        made: made.and_then(|step| text(&step.after, "key")?.parse().ok()),
        posted: posted.and_then(|step| Some((text(&step.after, "channel")?, text(&step.after, "ts")?))),
        unassigned: made.and_then(StepRecord::unassigned),
        since: Some(since),
    }
}
