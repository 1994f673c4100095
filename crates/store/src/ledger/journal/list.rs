//! The journal as people read it: steps that were begun or have ended, the latest first; and how many stand where.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use t5g_model::writing::{Service, Subject};

use super::look::among;
use super::{JOURNAL_PAGE, PlanState, StepPlace, StepRecord, StepState};
use crate::StoreError;
use crate::ledger::{Arg, Ledger, places};

/// When a step ended, or began if it has not ended.
const AT: &str = "COALESCE(s.ended_at, s.begun_at)";

/// Which steps are wanted; the default wants all that were begun or have ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JournalFilter {
    /// Only by this service.
    pub service: Option<Service>,
    /// Only messages to people.
    pub deliveries: bool,
    /// Only in one of these states; none: in any.
    pub states: Vec<StepState>,
    /// Only about one of these; `None`: about anything.
    pub subjects: Option<Vec<Subject>>,
    /// Only from then on.
    pub from: Option<DateTime<Utc>>,
    /// Only before then.
    pub until: Option<DateTime<Utc>>,
    /// Only those after this one in the list: the next page.
    pub before: Option<JournalPlace>,
}

/// A place in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalPlace {
    /// When the step ended, or began.
    pub at: DateTime<Utc>,
    /// The step.
    pub step: StepPlace,
}

/// How many plans and steps stand where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JournalCounts {
    /// Plans by state.
    pub plans: BTreeMap<&'static str, u64>,
    /// Steps by service and state.
    pub steps: BTreeMap<(&'static str, &'static str), u64>,
}

/// What a person should look at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JournalTrouble {
    /// Plans that wait for a person.
    pub held: u64,
    /// Steps since then of which nobody can tell whether they happened.
    pub doubtful: u64,
    /// Steps since then that failed.
    pub failed: u64,
}

impl StepRecord {
    /// When it ended, or began if it has not ended.
    pub fn at(&self) -> Option<DateTime<Utc>> {
        self.ended_at.or(self.begun_at)
    }

    /// Its place in the journal; `None`: it was not begun.
    pub fn journal_place(&self) -> Option<JournalPlace> {
        self.at().map(|at| JournalPlace { at, step: self.place.clone() })
    }
}

impl Ledger {
    /// Steps that pass the filter, the latest first, at most `limit` and never more than [`JOURNAL_PAGE`].
    pub async fn journal(&self, filter: &JournalFilter, limit: u32) -> Result<Vec<StepRecord>, StoreError> {
        let (at, plan, seq) = match &filter.before {
            Some(place) => (Some(place.at), Some(place.step.plan.to_string()), i64::from(place.step.seq)),
            None => (None, None, 0),
        };
        let mut args: Vec<Arg> = vec![
            filter.service.map_or("", Service::as_str).into(),
            i64::from(filter.deliveries).into(),
            filter.from.into(),
            filter.until.into(),
            at.into(),
            plan.as_deref().into(),
            seq.into(),
            i64::from(limit.min(JOURNAL_PAGE)).into(),
        ];
        let states = among("s.state", filter.states.iter().map(|state| state.as_str()), &mut args);
        let subjects = match &filter.subjects {
            None => String::new(),
            Some(subjects) if subjects.is_empty() => return Ok(Vec::new()),
            Some(subjects) => {
                let first = args.len() + 1;
                args.extend(subjects.iter().map(|subject| Arg::from(&subject.word())));
                format!("AND s.subject IN ({})", places(first, subjects.len()))
            }
        };
        let which = format!(
            "{AT} IS NOT NULL AND ($1 = '' OR s.upstream = $1) AND ($2 = 0 OR s.delivery = 1) \
             AND ($3 IS NULL OR {AT} >= $3) AND ($4 IS NULL OR {AT} < $4) \
             AND ($5 IS NULL OR {AT} < $5 OR ({AT} = $5 AND (s.plan_id < $6 OR (s.plan_id = $6 AND s.seq < $7)))) \
             {states} {subjects} ORDER BY {AT} DESC, s.plan_id DESC, s.seq DESC LIMIT $8"
        );
        self.steps(&which, &args).await
    }

    /// How many plans and steps stand where.
    pub async fn journal_counts(&self) -> Result<JournalCounts, StoreError> {
        let db = self.db().await?;
        let plans = db.fetch("SELECT state, COUNT(*) AS n FROM write_plans GROUP BY state", &[]).await?;
        let sql = "SELECT upstream, state, COUNT(*) AS n FROM write_steps GROUP BY upstream, state";
        let steps = db.fetch(sql, &[]).await?;
        let mut counts = JournalCounts::default();
        for row in &plans {
            let word: String = row.get("state")?;
            // A word of a later version is counted by that one.
            let Some(state) = PlanState::by_name(&word) else { continue };
            counts.plans.insert(state.as_str(), row.count("n")?);
        }
        for row in &steps {
            let (service, state): (String, String) = (row.get("upstream")?, row.get("state")?);
            let Some((service, state)) = Service::by_word(&service).zip(StepState::by_name(&state)) else {
                continue;
            };
            counts.steps.insert((service.as_str(), state.as_str()), row.count("n")?);
        }
        Ok(counts)
    }

    /// What a person should look at: plans that wait, and what went wrong since then.
    pub async fn journal_trouble(&self, since: DateTime<Utc>) -> Result<JournalTrouble, StoreError> {
        let sql = "SELECT (SELECT COUNT(*) FROM write_plans WHERE state = 'held') AS held, \
             (SELECT COUNT(*) FROM write_steps WHERE state = 'doubtful' AND COALESCE(ended_at, begun_at) >= $1) \
             AS doubtful, \
             (SELECT COUNT(*) FROM write_steps WHERE state = 'failed' AND COALESCE(ended_at, begun_at) >= $1) \
             AS failed";
        let rows = self.db().await?.fetch(sql, &[since.into()]).await?;
        let Some(row) = rows.first() else { return Ok(JournalTrouble::default()) };
        Ok(JournalTrouble {
            held: row.count("held")?,
            doubtful: row.count("doubtful")?,
            failed: row.count("failed")?,
        })
    }
}
