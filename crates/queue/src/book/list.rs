//! Runs that a filter takes, page by page, latest first, with counts by state.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use t5g_store::StoreError;
use t5g_store::ledger::{Arg, OwnSql};

use super::Book;
use super::aside::readable;
use super::filter::RunFilter;
use super::row::{COLUMNS, view};
use crate::run::{RunState, RunView};

/// Which part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// From 1.
    pub number: u32,
    /// Rows a page, at least 1 and at most 200.
    pub size: u32,
}

/// A page of runs, and how many there are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunList {
    /// The page's runs, latest first.
    pub runs: Vec<RunView>,
    /// How many the filter takes.
    pub total: u64,
    /// How many each state has, under the filter without its conditions on states; those with none are left out.
    #[serde(skip)]
    pub states: BTreeMap<&'static str, u64>,
    /// Runs that belong on this page and cannot be read, each with the reason.
    pub unreadable: Vec<String>,
}

impl Book {
    /// The page of runs that the filter takes.
    pub(crate) async fn list(
        &self,
        filter: &RunFilter,
        page: Page,
        now: DateTime<Utc>,
    ) -> Result<RunList, StoreError> {
        let db = self.db().await?;
        let states = self.states(filter, now).await?;
        let (condition, mut args) = filter.sql(now);
        let count = OwnSql(format!("SELECT COUNT(*) AS total FROM runs WHERE {condition}"));
        let total = db.fetch(count, &args).await?.first().map_or(Ok(0), |row| row.count("total"))?;
        let size = page.size.clamp(1, 200);
        let skip = u64::from(page.number.saturating_sub(1)) * u64::from(size);
        let (limit, offset) = (args.len() + 1, args.len() + 2);
        args.extend([Arg::from(i64::from(size)), Arg::from(skip)]);
        let sql = format!(
            "SELECT {COLUMNS} FROM runs WHERE {condition} ORDER BY requested DESC, id DESC LIMIT ${limit} OFFSET ${offset}"
        );
        let rows = db.fetch(OwnSql(sql), &args).await?;
        let (runs, unreadable) = readable(&rows, |row| view(row, now))?;
        Ok(RunList { runs, total, states, unreadable })
    }

    async fn states(
        &self,
        filter: &RunFilter,
        now: DateTime<Utc>,
    ) -> Result<BTreeMap<&'static str, u64>, StoreError> {
        let (condition, args) = filter.without_states().sql(now);
        self.states_where(&condition, args, now).await
    }

    /// How many runs that are not over each state has. Looks at no others: there may be many.
    pub(crate) async fn open_states(
        &self,
        now: DateTime<Utc>,
    ) -> Result<BTreeMap<&'static str, u64>, StoreError> {
        self.states_where("state IN ('pending', 'retrying', 'running')", Vec::new(), now).await
    }

    async fn states_where(
        &self,
        condition: &str,
        mut args: Vec<Arg>,
        now: DateTime<Utc>,
    ) -> Result<BTreeMap<&'static str, u64>, StoreError> {
        args.push(now.into());
        let sql = format!(
            "SELECT CASE WHEN state = 'pending' AND due > ${} THEN 'scheduled' ELSE state END AS word, \
             COUNT(*) AS runs FROM runs WHERE {condition} GROUP BY 1",
            args.len()
        );
        let mut states = BTreeMap::new();
        for row in self.db().await?.fetch(OwnSql(sql), &args).await? {
            // Another word stands in a run that cannot be read; the page it is on says so.
            if let Some(state) = RunState::by_word(&row.get::<String>("word")?) {
                states.insert(state.as_str(), row.count("runs")?);
            }
        }
        Ok(states)
    }
}

impl Book {
    /// The run of that task that works or waits now; one that works, if there are several.
    pub(crate) async fn current(
        &self,
        task: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<RunView>, StoreError> {
        self.first(
            "state IN ('pending', 'retrying', 'running') ORDER BY CASE state WHEN 'running' THEN 0 ELSE 1 END, due, id",
            task,
            now,
        )
        .await
    }

    /// The run of that task that ended last.
    pub(crate) async fn last(&self, task: &str, now: DateTime<Utc>) -> Result<Option<RunView>, StoreError> {
        let over = "state IN ('done', 'failed', 'cancelled') ORDER BY finished DESC, id DESC";
        self.first(over, task, now).await
    }

    async fn first(
        &self,
        which: &'static str,
        task: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<RunView>, StoreError> {
        let sql = OwnSql(format!("SELECT {COLUMNS} FROM runs WHERE task = $1 AND {which} LIMIT 1"));
        let rows = self.db().await?.fetch(sql, &[task.into()]).await?;
        rows.first().map(|row| view(row, now)).transpose()
    }
}
