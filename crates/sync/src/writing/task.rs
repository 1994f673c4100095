//! The tasks that write, as the queue starts them. First what was planned before and is not done yet is gone on with,
//! then what is new is planned, kept and done.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use async_trait::async_trait;
use serde::Deserialize as _;
use serde_json::{Value, json};
use t5g_model::writing::{Plan, PlanKind};
use t5g_queue::{Permanent, RunContext, RunId, Task};
use t5g_store::ledger::{
    Instead, PlanFilter, PlanId, PlanMaker, PlanState, PlanSummary, StepPlace, StepRecord, Via, Writer,
};

use super::changed::changed;
use super::earlier::{Others, take_place};
use super::execute::Doer;
use super::report::{PlanReport, WriteReport, unfinished};
use super::{cards, priorities, tags, undo, watchers};
use crate::context::SyncContext;
use crate::write_rules::WriteRules;

/// A task that writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteTask {
    /// Cards for new cases.
    Cards,
    /// Priorities of cards.
    Priorities,
    /// Tags of bugs.
    Tags,
    /// Who watches cases.
    Watchers,
    /// Taking back a step.
    Undo,
}

impl WriteTask {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Cards, Self::Priorities, Self::Tags, Self::Watchers, Self::Undo];

    /// The task's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cards => "portal2jira_sync",
            Self::Priorities => "priority_sync",
            Self::Tags => "tag_bz",
            Self::Watchers => "watchers",
            Self::Undo => "undo",
        }
    }

    /// What its plans are for.
    pub const fn kind(self) -> PlanKind {
        match self {
            Self::Cards => PlanKind::Cards,
            Self::Priorities => PlanKind::Priorities,
            Self::Tags => PlanKind::Tags,
            Self::Watchers => PlanKind::Watchers,
            Self::Undo => PlanKind::Undo,
        }
    }

    /// The task that does plans of that kind.
    pub const fn of(kind: PlanKind) -> Self {
        match kind {
            PlanKind::Cards => Self::Cards,
            PlanKind::Priorities => Self::Priorities,
            PlanKind::Tags => Self::Tags,
            PlanKind::Watchers => Self::Watchers,
            PlanKind::Undo => Self::Undo,
        }
    }

    /// Whether somebody asks for each of its plans, and says what is wanted.
    const fn is_asked_for(self) -> bool {
        matches!(self, Self::Watchers | Self::Undo)
    }

    /// Whether a newer plan takes the place of what an older one did not begin: both say how things are to stand.
    const fn replaces(self) -> bool {
        matches!(self, Self::Priorities | Self::Tags)
    }

    /// Why these settings do not allow it; `None` if they do.
    pub fn unconfigured(self, rules: &WriteRules) -> Option<&'static str> {
        if rules.read_only {
            return Some("nothing is written: READ_ONLY is on");
        }
        match self {
            Self::Cards if rules.project.is_none() => Some("no project for cards; set jira_project"),
            Self::Tags if !rules.tags => Some("bugs are tagged only if jira_query is \"field\""),
            _ => None,
        }
    }
}

/// Does a task.
pub(crate) struct Write {
    pub(crate) ctx: Arc<SyncContext>,
    pub(crate) task: WriteTask,
}

#[async_trait]
impl Task for Write {
    async fn run(&self, run: RunContext) -> anyhow::Result<Value> {
        let ctx = self.ctx.under(run.fence.clone());
        let writing = Writing { ctx: &ctx, task: self.task, run: &run };
        if flag(&run.arguments, "dry_run") {
            return Box::pin(writing.dry_run()).await;
        }
        Box::pin(writing.run()).await
    }
}

fn flag(arguments: &Value, name: &str) -> bool {
    arguments.get(name).and_then(Value::as_bool).unwrap_or(false)
}

/// What was planned.
struct Made {
    plan: Plan,
    /// The plan of the letter that the other one waits for a person.
    alarm: Option<Plan>,
    /// Steps of earlier plans in whose place it comes.
    instead: Vec<StepPlace>,
}

/// One run.
struct Writing<'a> {
    ctx: &'a SyncContext,
    task: WriteTask,
    run: &'a RunContext,
}

impl Writing<'_> {
    /// What would be done. Writes nothing, here or elsewhere.
    async fn dry_run(&self) -> anyhow::Result<Value> {
        self.run.progress.begin("planning", None);
        let Made { plan, alarm, .. } = self.make(self.seed()).await?;
        Ok(json!({ "plan": plan, "alarm": alarm }))
    }

    async fn run(&self) -> anyhow::Result<Value> {
        let writer = Writer { name: self.name(), via: Via::Task, run: Some(self.run.id.to_string()) };
        let (once, resume) = (self.once()?, flag(&self.run.arguments, "resume"));
        let doer = Doer::new(self.ctx, writer, &self.run.progress, once);
        let mut report = WriteReport::default();
        let mut steps: Vec<StepRecord> = Vec::new();
        // A newer wish comes first where it takes the place of an older one. Whatever is in its way is not in the way of
        // what was planned before.
        let early = !resume && self.task.replaces();
        let planned = if early { Box::pin(self.keep(&mut report)).await } else { Ok(Vec::new()) };
        for id in self.ctx.ledger.unfinished(self.task.kind()).await? {
            Box::pin(self.follow(&doer, id, &mut report, &mut steps)).await?;
        }
        planned?;
        if !resume && !early {
            for id in Box::pin(self.keep(&mut report)).await? {
                Box::pin(self.follow(&doer, id, &mut report, &mut steps)).await?;
            }
        }
        self.add_earlier(&mut report, &mut steps).await?;
        if let Some(why) = unfinished(&steps) {
            bail!("{why}; what was done is kept, and the next try goes on from there");
        }
        report.to_json(self.task.kind(), &steps)
    }

    /// Whether what cannot be done now is given up: only where somebody asked for exactly this and waits for the answer.
    /// Anything else is for the next run to go on with: given up, a card might be made a second time.
    fn once(&self) -> anyhow::Result<bool> {
        let once = flag(&self.run.arguments, "once");
        if once && !self.task.is_asked_for() {
            let why = format!(
                "{} knows no \"once\": what it cannot do now, the next run goes on with",
                self.task.name()
            );
            return Err(anyhow::Error::msg(why).context(Permanent));
        }
        Ok(once)
    }

    /// Plans that an earlier try of this run made and ended.
    async fn add_earlier(&self, report: &mut WriteReport, steps: &mut Vec<StepRecord>) -> anyhow::Result<()> {
        if self.run.attempt <= 1 {
            return Ok(());
        }
        let filter = PlanFilter { kind: Some(self.task.kind()), ..PlanFilter::default() };
        let run = self.run.id.to_string();
        for plan in self.ctx.ledger.plans(&filter, 20).await? {
            let ours = plan.run.as_deref() == Some(run.as_str()) && plan.state.is_final();
            if ours
                && report.plans.iter().all(|told| told.plan != plan.id)
                && let Some(plan) = self.ctx.ledger.plan(plan.id).await?
            {
                report.plans.push(PlanReport::of(&plan));
                steps.extend(plan.steps);
            }
        }
        Ok(())
    }

    async fn follow(
        &self,
        doer: &Doer<'_>,
        id: PlanId,
        report: &mut WriteReport,
        steps: &mut Vec<StepRecord>,
    ) -> anyhow::Result<()> {
        let plan = doer.plan(id).await?;
        report.plans.push(PlanReport::of(&plan));
        // Who waits for the answer waits for what was asked for, not for what others want.
        if !doer.once || plan.summary.run == doer.writer.run {
            steps.extend(plan.steps);
        }
        Ok(())
    }

    /// Plans what is new and keeps it: the plans that are to be done now.
    async fn keep(&self, report: &mut WriteReport) -> anyhow::Result<Vec<PlanId>> {
        self.run.progress.begin("planning", None);
        if self.made_before().await? {
            return Ok(Vec::new());
        }
        // Before anything is planned: what a person decides about from here on is not planned again.
        let waiting = self.waiting().await?;
        let Made { plan, alarm, instead } = self.make(self.seed()).await?;
        report.changed = self.changed(&plan).await?;
        report.left_out.clone_from(&plan.left_out);
        report.held_reason.clone_from(&plan.held);
        if plan.held.is_some()
            && let Some(same) = self.same(&waiting, &plan).await?
        {
            report.held = Some(same);
            return Ok(Vec::new());
        }
        // The new plan has all that those have that wait.
        let instead = Instead { held: waiting.iter().map(|old| old.id).collect(), steps: instead };
        let plans: Vec<&Plan> = match (&plan.held, &alarm) {
            (Some(_), Some(alarm)) => vec![&plan, alarm],
            (None, _) if plan.items.is_empty() => Vec::new(),
            _ => vec![&plan],
        };
        let maker = PlanMaker { name: self.name(), run: Some(self.run.id.to_string()) };
        let kept = self.ctx.ledger.keep_instead(&instead, &plans, &maker, self.ctx.clock.now()).await?;
        let kept = kept.context("somebody decided about a plan while this was planned")?;
        let mut kept = kept.into_iter();
        if plan.held.is_some() {
            report.held = kept.next();
        }
        Ok(kept.collect())
    }

    /// Whether an earlier try of this run kept its plan: a plan that somebody asked for is made once, and so is one with
    /// a letter about everything, which would be sent with each.
    async fn made_before(&self) -> anyhow::Result<bool> {
        if !(self.task.is_asked_for() || self.task == WriteTask::Tags) {
            return Ok(false);
        }
        let filter = PlanFilter { kind: Some(self.task.kind()), ..PlanFilter::default() };
        let run = self.run.id.to_string();
        let latest = self.ctx.ledger.plans(&filter, 100).await?;
        Ok(latest.iter().any(|plan| plan.run.as_deref() == Some(run.as_str())))
    }

    async fn waiting(&self) -> anyhow::Result<Vec<PlanSummary>> {
        let filter = PlanFilter { kind: Some(self.task.kind()), states: vec![PlanState::Held], before: None };
        Ok(self.ctx.ledger.plans(&filter, 100).await?)
    }

    /// The plan that waits already and is about the same.
    async fn same(&self, waiting: &[PlanSummary], plan: &Plan) -> anyhow::Result<Option<PlanId>> {
        let wanted: BTreeSet<String> = plan.items.iter().map(|item| item.subject.word()).collect();
        for old in waiting {
            let steps = self.ctx.ledger.steps_of(old.id).await?;
            if steps.iter().map(|step| step.subject.word()).collect::<BTreeSet<_>>() == wanted {
                return Ok(Some(old.id));
            }
        }
        Ok(None)
    }

    async fn make(&self, seed: u64) -> anyhow::Result<Made> {
        let permanent = |error: anyhow::Error| error.context(Permanent);
        let mut instead = Vec::new();
        let (plan, alarm) = match self.task {
            WriteTask::Cards => {
                let facts = cards::gather(self.ctx).await.context("cards cannot be planned")?;
                cards::plan(&facts, &self.ctx.writing, seed)
            }
            WriteTask::Priorities => {
                let open = self.open().await?;
                let mut plan = priorities::plan(self.ctx).await?;
                // What is not in it stands as it should.
                instead = take_place(&mut plan, &open, Others::Go);
                (plan, None)
            }
            WriteTask::Tags => {
                let open = self.open().await?;
                let (plan, earlier) = tags::plan(self.ctx, &open).await?;
                instead = earlier;
                (plan, None)
            }
            WriteTask::Watchers => (watchers::plan(&self.run.arguments).map_err(permanent)?, None),
            WriteTask::Undo => (undo::plan(self.ctx, &self.run.arguments).await.map_err(permanent)?, None),
        };
        Ok(Made { plan, alarm, instead })
    }

    /// What earlier plans have not done yet, but for what they tell people in the end.
    async fn open(&self) -> anyhow::Result<Vec<StepRecord>> {
        let mut open = Vec::new();
        for plan in self.ctx.ledger.unfinished(self.task.kind()).await? {
            let steps = self.ctx.ledger.steps_of(plan).await?;
            open.extend(steps.into_iter().filter(|step| !step.state.is_final() && !step.last));
        }
        Ok(open)
    }

    /// Who writes: the task, and who wanted it where it does what somebody asked for.
    fn name(&self) -> String {
        let task = self.task.name();
        if self.task.is_asked_for() { format!("{task}, for {}", self.run.asked_by) } else { task.to_owned() }
    }

    /// The seed that was shown with a plan before, or one of this run's own.
    fn seed(&self) -> u64 {
        let given = self.run.arguments.get("seed").and_then(Value::as_u64);
        given.unwrap_or_else(|| print(&self.run.id.to_string()))
    }

    /// What is otherwise than in the plan that was shown, if this is to be as one that was. That one is looked up: for
    /// many cases it is longer than a run's arguments may be.
    async fn changed(&self, plan: &Plan) -> anyhow::Result<Vec<String>> {
        let Some(shown) = self.run.arguments.get("shown") else { return Ok(Vec::new()) };
        let run: Option<RunId> = shown.as_str().and_then(|text| text.parse().ok());
        let run = run.context("expected {\"shown\": the id of the run that planned}").context(Permanent)?;
        let result = self.run.results.of(run).await?;
        let shown: Option<Plan> =
            result.as_ref().and_then(|result| Plan::deserialize(result.get("plan")?).ok());
        Ok(match shown.filter(|shown| shown.kind == plan.kind) {
            Some(shown) => changed(&shown, plan),
            None => vec![format!(
                "what run {run} planned is not known any more, nor what changed since it was shown"
            )],
        })
    }
}

fn print(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
