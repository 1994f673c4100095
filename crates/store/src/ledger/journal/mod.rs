//! The journal of writes: plans of what is to be written to other services, and what became of each step. A step is
//! written down before and after it is done, so that whoever goes on after a crash knows where.
//!
//! Keeping and deciding is in `plans`, doing again in `again`, doing in `steps`, looking back in `look`, words in `states`.

mod again;
mod id;
mod list;
mod look;
mod plans;
mod row;
mod states;
mod steps;

use chrono::{DateTime, Utc};
use serde_json::Value;
use t5g_model::writing::{Assignee, CardRef, Effect, LeftOut, PlanKind, Service, Subject};

pub use id::{NoPlanId, PlanId};
pub use list::{JournalCounts, JournalFilter, JournalPlace, JournalTrouble};
pub use look::PlanFilter;
pub use plans::{Instead, PlanAsked, PlanDecision};
pub use states::{PlanState, StepState};
pub use steps::{StepEnd, Writer};

/// The most rows that one answer holds.
pub const JOURNAL_PAGE: u32 = 500;

/// Who has a plan kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanMaker {
    /// Who, in words that people know: a schedule, a person.
    pub name: String,
    /// The run in which it was made.
    pub run: Option<String>,
}

/// Where a step stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StepPlace {
    /// The plan.
    pub plan: PlanId,
    /// The step's number in it, from 1.
    pub seq: u32,
}

/// A plan as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanSummary {
    /// Its id; later plans have greater ones.
    pub id: PlanId,
    /// What it is for.
    pub kind: PlanKind,
    /// Where it stands.
    pub state: PlanState,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// Who had it made.
    pub made_by: String,
    /// The run in which it was made.
    pub run: Option<String>,
    /// The seed of what was left to chance.
    pub seed: u64,
    /// Why a person had to release it first.
    pub held: Option<String>,
    /// About what nothing is done, and why.
    pub left_out: Vec<LeftOut>,
    /// Who released or rejected it.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// When its last step ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// How many steps it has.
    pub steps: u64,
    /// How many of them have ended.
    pub ended: u64,
    /// How many failed, or may have failed.
    pub trouble: u64,
}

/// A plan with all its steps.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptPlan {
    /// What lists show.
    pub summary: PlanSummary,
    /// Its steps, in order.
    pub steps: Vec<StepRecord>,
}

/// A step and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct StepRecord {
    /// Where it stands.
    pub place: StepPlace,
    /// What its plan is for.
    pub kind: PlanKind,
    /// Where its plan stands.
    pub plan_state: PlanState,
    /// The number of its item, from 1.
    pub item: u32,
    /// Whether its item waits for all others.
    pub last: bool,
    /// What it is about.
    pub subject: Subject,
    /// That in words.
    pub title: String,
    /// Why it is done so.
    pub reason: String,
    /// What is done.
    pub effect: Effect,
    /// How far it is.
    pub state: StepState,
    /// How often it was tried, since it was planned or somebody wanted it done again.
    pub attempts: u32,
    /// Whether anything was written: not if it was so already.
    pub wrote: bool,
    /// When it was begun last.
    pub begun_at: Option<DateTime<Utc>>,
    /// When the answer to that was given up, if it was: by whoever began it, or by whoever found it begun.
    pub given_up_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// The run that began or ended it last.
    pub run: Option<String>,
    /// What was there before.
    pub before: Value,
    /// What came of it.
    pub after: Value,
    /// What went wrong last, why nothing was done, or what of it was done otherwise than planned.
    pub error: Option<String>,
}

/// The member of what came of a new card under which the assignee stands whom it was to have and has not.
pub const UNASSIGNED: &str = "not_assigned_to";

/// The member of what came of a new card under which the plan stands that made it, if it was another one.
pub const BY_PLAN: &str = "by_plan";

impl StepRecord {
    /// Who is written to.
    pub fn service(&self) -> Service {
        self.effect.service()
    }

    /// The step before it in its item that it builds on; `Some(None)`: it builds on one, and there is none.
    pub fn needed<'a>(&self, before: &'a [Self]) -> Option<Option<&'a Self>> {
        let kind = self.effect.needs()?;
        let found = before.iter().rev().find(|one| one.item == self.item && one.effect.kind() == kind);
        // A card that is there already can be told of as it is, unless it is opened again before.
        let there = matches!(self.effect.card(), Some(CardRef::Known(_)));
        (found.is_some() || !there).then_some(found)
    }

    /// The other plan that made the card which this step was to make. It tells people of it too.
    pub fn by_plan(&self) -> Option<&str> {
        self.after.get(BY_PLAN)?.as_str()
    }

    /// Who was to get the card that it made, and did not, since Jira does not take them.
    pub fn unassigned(&self) -> Option<Assignee> {
        serde_json::from_value(self.after.get(UNASSIGNED)?.clone()).ok()
    }
}
