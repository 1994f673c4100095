//! Asking for runs: one, or several of which some need others. The same task with the same arguments is not
//! asked for twice while it waits or works.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;
use t5g_store::StoreError;
use t5g_store::documents::Fingerprint;
use t5g_store::ledger::Tx;
use t5g_telemetry::trace::{self, Asking};
use tracing::Instrument as _;

use super::{Book, event};
use crate::run::{Asker, RunId, RunState};

/// A run that is wanted.
#[derive(Debug, Clone)]
pub(crate) struct NewRun {
    pub(crate) id: RunId,
    pub(crate) task: &'static str,
    pub(crate) queue: &'static str,
    pub(crate) exclusive: Option<&'static str>,
    pub(crate) arguments: Value,
    pub(crate) allowed: u32,
    pub(crate) due: DateTime<Utc>,
    /// Earlier places, in the list of what is asked for together, of those that must have ended before.
    pub(crate) needs: Vec<usize>,
}

/// What became of a wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) id: RunId,
    /// Whether that run was waiting or working already.
    pub(crate) joined: bool,
}

/// The same before all of it is written down.
#[derive(Debug)]
pub(super) struct InHand {
    asked: Asked,
    traced: Asking,
}

impl InHand {
    /// What it will be.
    pub(super) fn asked(&self) -> &Asked {
        &self.asked
    }

    /// It is written down.
    pub(super) fn kept(self) -> Asked {
        self.traced.ended(|| self.asked.id.to_string(), self.asked.joined);
        self.asked
    }
}

/// What stands for task and arguments while a run is not over.
pub(super) fn twin(task: &str, arguments: &str) -> String {
    format!("{task} {}", Fingerprint::of(arguments.as_bytes()))
}

impl Book {
    /// Asks for these runs, all or none.
    pub(crate) async fn ask(
        &self,
        runs: &[NewRun],
        asker: &Asker,
        now: DateTime<Utc>,
    ) -> Result<Vec<Asked>, StoreError> {
        let mut tx = self.db().await?.begin().await?;
        let asked = ask_in(&mut tx, runs, asker, now).await?;
        tx.commit().await?;
        Ok(asked.into_iter().map(InHand::kept).collect())
    }

    /// How many runs wait.
    pub(crate) async fn waiting(&self) -> Result<u64, StoreError> {
        let sql = "SELECT COUNT(*) AS waiting FROM runs WHERE state IN ('pending', 'retrying')";
        self.db().await?.fetch(sql, &[]).await?.first().map_or(Ok(0), |row| row.count("waiting"))
    }
}

pub(super) async fn ask_in(
    tx: &mut Tx,
    runs: &[NewRun],
    asker: &Asker,
    now: DateTime<Utc>,
) -> Result<Vec<InHand>, StoreError> {
    // Everybody takes rows in the same order: two who ask for the same do not wait for each other.
    let mut order: Vec<(String, usize)> =
        runs.iter().map(|run| twin(run.task, &run.arguments.to_string())).zip(0..).collect();
    order.sort_unstable();
    let mut asked = BTreeMap::new();
    for (twin, place) in &order {
        if let Some(run) = runs.get(*place) {
            asked.insert(*place, ask_one(tx, run, twin, asker, now).await?);
        }
    }
    for (place, run) in runs.iter().enumerate() {
        let id = |place: &usize| asked.get(place).map(|one: &InHand| one.asked.id.to_string());
        let Some(one) = asked.get(&place).filter(|one| !one.asked.joined) else { continue };
        let earlier = run.needs.iter().filter(|need| **need < place);
        for need in earlier.filter_map(id) {
            let sql = "INSERT INTO run_needs (run, needs) VALUES ($1, $2) ON CONFLICT DO NOTHING";
            tx.execute(sql, &[(&one.asked.id.to_string()).into(), (&need).into()]).await?;
        }
    }
    Ok(asked.into_values().collect())
}

async fn ask_one(
    tx: &mut Tx,
    run: &NewRun,
    twin: &String,
    asker: &Asker,
    now: DateTime<Utc>,
) -> Result<InHand, StoreError> {
    let arguments = run.arguments.to_string();
    let traced = trace::ask(run.task, run.queue);
    let traceparent = traced.traceparent().map(|span| span.to_string());
    // In place of "do nothing": the row is ours until the end, so that the run cannot end meanwhile, and one that
    // waits for a later time, or for its next try, has its turn when it is wanted now. Who asked first stays known.
    let sql = "INSERT INTO runs (id, task, queue, arguments, origin, asked_by, state, twin, exclusive, allowed, \
               requested, due, traceparent) VALUES ($1, $2, $3, $4, $5, $6, 'pending', $7, $8, $9, $10, $11, $12) \
               ON CONFLICT (twin) DO UPDATE SET due = CASE WHEN runs.due > excluded.due THEN excluded.due \
               ELSE runs.due END RETURNING id";
    let args = [
        (&run.id.to_string()).into(),
        run.task.into(),
        run.queue.into(),
        (&arguments).into(),
        asker.origin.as_str().into(),
        (&asker.name).into(),
        twin.into(),
        run.exclusive.into(),
        i64::from(run.allowed).into(),
        now.into(),
        run.due.into(),
        traceparent.as_deref().into(),
    ];
    let rows = tx.fetch(sql, &args).instrument(traced.span().clone()).await?;
    let id = rows.first().map_or(Ok(run.id), |row| super::row::id(row, "id"))?;
    if id != run.id {
        return Ok(InHand { asked: Asked { id, joined: true }, traced });
    }
    let note = format!("asked for by {} ({})", asker.name, asker.origin.as_str());
    event::note(tx, id, RunState::Pending, &note, now).await?;
    Ok(InHand { asked: Asked { id, joined: false }, traced })
}
