//! Looking back: plans and steps. Changes nothing.

use t5g_model::writing::{PlanKind, Subject};

use super::row::{PLAN, STEP, id, step, summary};
use super::{JOURNAL_PAGE, KeptPlan, PlanId, PlanState, PlanSummary, StepPlace, StepRecord};
use crate::StoreError;
use crate::ledger::{Arg, Ledger, OwnSql, places};

/// How long an id is.
const ID_CHARS: i64 = 36;
/// Subjects of one statement.
const SUBJECTS: usize = 200;

/// Which plans are wanted, newest first; the default wants all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlanFilter {
    /// Only of this kind.
    pub kind: Option<PlanKind>,
    /// Only in one of these states; none: in any.
    pub states: Vec<PlanState>,
    /// Only those before this one: the next page.
    pub before: Option<PlanId>,
}

impl Ledger {
    /// Plans that pass the filter, newest first, at most `limit` and never more than [`JOURNAL_PAGE`].
    pub async fn plans(&self, filter: &PlanFilter, limit: u32) -> Result<Vec<PlanSummary>, StoreError> {
        let mut args: Vec<Arg> = vec![
            filter.kind.map_or("", PlanKind::as_str).into(),
            filter.before.map(|id| id.to_string()).as_deref().into(),
            i64::from(limit.min(JOURNAL_PAGE)).into(),
        ];
        let states = among("p.state", filter.states.iter().map(|state| state.as_str()), &mut args);
        let sql = format!(
            "SELECT {PLAN} FROM write_plans p WHERE ($1 = '' OR p.kind = $1) \
             AND ($2 IS NULL OR p.id < $2) {states} ORDER BY p.id DESC LIMIT $3"
        );
        self.db().await?.fetch(OwnSql(sql), &args).await?.iter().map(summary).collect()
    }

    /// Plans whose ids begin or end so, newest first, at most `limit`.
    pub async fn plans_named(&self, part: &str, limit: u32) -> Result<Vec<PlanId>, StoreError> {
        // Compared, not matched: nothing in it is a pattern.
        let sql = "SELECT id FROM write_plans WHERE substr(id, 1, CAST($2 AS INTEGER)) = $1 \
                   OR substr(id, CAST($3 AS INTEGER)) = $1 ORDER BY id DESC LIMIT $4";
        let length = i64::try_from(part.chars().count()).unwrap_or(i64::MAX);
        if !(1..=ID_CHARS).contains(&length) {
            return Ok(Vec::new());
        }
        let args = [part.into(), length.into(), (ID_CHARS + 1 - length).into(), i64::from(limit).into()];
        self.db().await?.fetch(sql, &args).await?.iter().map(|row| id(row, "id")).collect()
    }

    /// The plan of that id with its steps.
    pub async fn plan(&self, plan: PlanId) -> Result<Option<KeptPlan>, StoreError> {
        let sql = format!("SELECT {PLAN} FROM write_plans p WHERE p.id = $1");
        let rows = self.db().await?.fetch(OwnSql(sql), &[(&plan.to_string()).into()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        Ok(Some(KeptPlan { summary: summary(row)?, steps: self.steps_of(plan).await? }))
    }

    /// The steps of a plan, in order.
    pub async fn steps_of(&self, plan: PlanId) -> Result<Vec<StepRecord>, StoreError> {
        self.steps("s.plan_id = $1 ORDER BY s.seq", &[(&plan.to_string()).into()]).await
    }

    /// Plans of that kind that are to be done and are not yet, oldest first.
    pub async fn unfinished(&self, kind: PlanKind) -> Result<Vec<PlanId>, StoreError> {
        let filter = PlanFilter { kind: Some(kind), states: vec![PlanState::Released], before: None };
        let mut plans: Vec<PlanId> =
            self.plans(&filter, JOURNAL_PAGE).await?.into_iter().map(|plan| plan.id).collect();
        plans.reverse();
        Ok(plans)
    }

    /// Steps about any of these, newest plan first, at most `limit` and never more than [`JOURNAL_PAGE`].
    pub async fn steps_about(&self, subjects: &[Subject], limit: u32) -> Result<Vec<StepRecord>, StoreError> {
        if subjects.is_empty() {
            return Ok(Vec::new());
        }
        let mut args: Vec<Arg> = vec![i64::from(limit.min(JOURNAL_PAGE)).into()];
        args.extend(subjects.iter().map(|subject| Arg::from(&subject.word())));
        let which =
            format!("s.subject IN ({}) ORDER BY s.plan_id DESC, s.seq LIMIT $1", places(2, subjects.len()));
        self.steps(&which, &args).await
    }

    /// Every step of plans of that kind about any of these, oldest plan first.
    pub async fn standing(
        &self,
        kind: PlanKind,
        subjects: &[Subject],
    ) -> Result<Vec<StepRecord>, StoreError> {
        let mut steps = Vec::new();
        for some in subjects.chunks(SUBJECTS) {
            let mut args: Vec<Arg> = vec![kind.as_str().into()];
            args.extend(some.iter().map(|subject| Arg::from(&subject.word())));
            let which =
                format!("p.kind = $1 AND s.subject IN ({}) ORDER BY s.plan_id, s.seq", places(2, some.len()));
            steps.extend(self.steps(&which, &args).await?);
        }
        Ok(steps)
    }

    /// The steps that a run began or ended last, in order.
    pub async fn steps_of_run(&self, run: &str) -> Result<Vec<StepRecord>, StoreError> {
        let which = "s.run_id = $1 ORDER BY s.plan_id, s.seq LIMIT $2";
        self.steps(which, &[run.into(), i64::from(JOURNAL_PAGE).into()]).await
    }

    /// One step.
    pub async fn step(&self, place: &StepPlace) -> Result<Option<StepRecord>, StoreError> {
        let args = [(&place.plan.to_string()).into(), i64::from(place.seq).into()];
        Ok(self.steps("s.plan_id = $1 AND s.seq = $2", &args).await?.pop())
    }

    pub(super) async fn steps(&self, which: &str, args: &[Arg]) -> Result<Vec<StepRecord>, StoreError> {
        let sql =
            format!("SELECT {STEP} FROM write_steps s JOIN write_plans p ON p.id = s.plan_id WHERE {which}");
        self.db().await?.fetch(OwnSql(sql), args).await?.iter().map(step).collect()
    }
}

/// The condition that a column holds one of these words; none: anything.
pub(super) fn among<'a>(column: &str, words: impl Iterator<Item = &'a str>, args: &mut Vec<Arg>) -> String {
    let first = args.len() + 1;
    args.extend(words.map(Arg::from));
    let count = args.len() + 1 - first;
    if count == 0 { String::new() } else { format!("AND {column} IN ({})", places(first, count)) }
}
