//! Plans of what is written to other services, and their steps.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::Row;

row! {
    /// A plan of what is to be written to other services, and how far it is.
    WritePlan {
        /// Its id; later plans have greater ones.
        id: String,
        /// `cards`, `priorities`, `tags`, `watchers` or `undo`.
        kind: &'static str,
        /// `held` (waits for a person), `released`, `done`, `partial`, `rejected`, `superseded`.
        state: &'static str,
        /// When it was made.
        made_at: DateTime<Utc>,
        /// Who had it made.
        made_by: String,
        /// The run in which it was made.
        run: Option<String>,
        /// Why a person had to release it first.
        held: Option<String>,
        /// Who released or rejected it.
        decided_by: Option<String>,
        /// When.
        decided_at: Option<DateTime<Utc>>,
        /// When its last step ended.
        finished_at: Option<DateTime<Utc>>,
        /// How many steps it has.
        steps: u64,
        /// How many of them have ended.
        ended: u64,
        /// How many failed, or are in doubt.
        trouble: u64,
        /// The seed of what was left to chance; as text, since it may have more digits than a number holds.
        seed: String,
    }
}

/// Something about which nothing is done.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct WriteLeftOut {
    /// `case 01234567`, `issue ABC-1`, `bug 12`.
    pub(crate) about: String,
    /// In words.
    pub(crate) title: String,
    /// Why not.
    pub(crate) reason: String,
}

row! {
    /// A plan with everything that is in it.
    WritePlanInFull [plan: WritePlan] {
        /// Its steps, in order.
        all_steps: Vec<WriteStep>,
        /// About what nothing is done.
        left_out: Vec<WriteLeftOut>,
    }
}

row! {
    /// A step: one thing that is written, and what became of it.
    WriteStep {
        /// The plan.
        plan: String,
        /// The step's number in it, from 1.
        seq: u32,
        /// What the plan is for.
        kind: &'static str,
        /// The number of the item that it belongs to: steps of one item are done in order.
        item: u32,
        /// `case 01234567`, `issue ABC-1`, `bug 12`, `all`.
        about: String,
        /// That in words.
        title: String,
        /// Why it is done so: how an assignee was chosen.
        reason: String,
        /// `portal`, `jira`, `bugzilla`, `mail`, `slack` or `documents`, our own.
        service: &'static str,
        /// Whether it is a message to people.
        delivery: bool,
        /// What it does, in one line.
        what: String,
        /// All that it sends; `do` says what it is.
        effect: Value,
        /// `planned`, `begun`, `done`, `failed`, `doubtful` (nobody can tell), `skipped`.
        state: &'static str,
        /// How often it was tried.
        attempts: u32,
        /// Whether anything was written: not if it was so already.
        wrote: bool,
        /// When it was begun last.
        begun_at: Option<DateTime<Utc>>,
        /// When it ended.
        ended_at: Option<DateTime<Utc>>,
        /// The run that began or ended it last.
        run: Option<String>,
        /// What was there before.
        before: Value,
        /// What came of it.
        after: Value,
        /// What went wrong, or why nothing was done.
        error: Option<String>,
    }
}
