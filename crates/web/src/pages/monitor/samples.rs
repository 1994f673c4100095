//! Made-up background work for the check of the templates: nothing, a run in every state, hostile text everywhere.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};
use t5g_model::names::Role;
use t5g_queue::{
    AttemptView, CallView, Catalog, DayCount, EventView, LineView, MissedTick, Origin, QueueFigures,
    QueueView, Retry, RunDetail, RunDuration, RunId, RunList, RunState, RunView, Step, TaskDefinition,
    TaskFigures, TaskView,
};

use super::crew::{WorkerRow, state};
use super::{MonitorPage, RunPage, RunsLink, Sight, TaskPage};
use crate::access::{Caller, Credential};
use crate::monitor::address::RunsQuery;
use crate::monitor::read::{Around, Overview, Whole};
use crate::samples::HOSTILE;
use crate::settings::WebSettings;
use crate::view::writing::{StepLine, samples as written};

fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_780)
}

pub(super) fn run_id() -> Result<RunId, serde_json::Error> {
    "019ab5c0-3f2e-7c1a-8f1e-5b2a0c9d4e6f".parse().map_err(serde::ser::Error::custom)
}

pub(super) fn sight(catalog: &Catalog) -> Sight<'_> {
    let caller = Caller {
        name: "sample".to_owned(),
        actor: "sample".to_owned(),
        role: Role::Admin,
        account: None,
        credential: Credential::Local,
        client: Arc::default(),
    };
    Sight { now: now(), zone: Tz::UTC, caller, catalog, silent_before: now() }
}

/// A run in every state, with hostile text wherever text is.
pub(super) fn every_run() -> Result<Vec<RunView>, serde_json::Error> {
    RunState::ALL.iter().map(|state| run_in(*state)).collect()
}

/// A run for pages that show one beside other things.
pub(crate) fn run() -> Result<RunView, serde_json::Error> {
    run_in(RunState::Done)
}

fn run_in(state: RunState) -> Result<RunView, serde_json::Error> {
    let started = !matches!(state, RunState::Scheduled | RunState::Pending);
    Ok(RunView {
        id: run_id()?,
        task: "sample".to_owned(),
        queue: HOSTILE.to_owned(),
        origin: Origin::Person,
        asked_by: HOSTILE.to_owned(),
        arguments: json!({ HOSTILE: HOSTILE }),
        state,
        attempt: 2,
        spent: 1,
        allowed: 5,
        progress: Step { done: 3, total: started.then_some(9), message: HOSTILE.to_owned() },
        result: json!({ "added": 3, "changed": 0, HOSTILE: HOSTILE, "deep": { "a": [1] } }),
        error: Some(HOSTILE.to_owned()),
        requested: now() - TimeDelta::minutes(3),
        due: now() + TimeDelta::minutes(2),
        started: started.then(|| now() - TimeDelta::minutes(2)),
        finished: state.is_final().then(now),
        worker: started.then(|| HOSTILE.to_owned()),
        stop_asked_by: Some(HOSTILE.to_owned()),
        exclusive: Some(HOSTILE.to_owned()),
    })
}

fn definition() -> TaskDefinition {
    TaskDefinition {
        name: "sample",
        description: HOSTILE,
        queue: "samples",
        schedule: Some("*/15 * * * *".to_owned()),
        retry: Retry { attempts: 5, first_pause: Duration::from_secs(30) },
        exclusive: Some("sample"),
        timeout: Duration::from_mins(30),
        missed: MissedTick::FireOnce,
        role: Role::Operator,
    }
}

fn catalog() -> Catalog {
    // One task with a readable schedule is a catalogue.
    Catalog::new([definition()]).unwrap_or_default()
}

fn task(current: Option<RunView>) -> Result<TaskView, serde_json::Error> {
    let figures = TaskFigures {
        recent: vec![RunDuration {
            run: run_id()?,
            state: RunState::Failed,
            finished: now(),
            took: Duration::from_secs(3),
        }],
        days: vec![DayCount { day: now().date_naive(), done: 3, failed: 1, cancelled: 1 }],
        ..TaskFigures::default()
    };
    Ok(TaskView {
        definition: definition(),
        words: Some("every 15 minutes".to_owned()),
        next: current.is_some().then(now),
        last_tick: Some(now()),
        paused: current.is_none().then(|| (now(), HOSTILE.to_owned())),
        last: current.as_ref().map(|_| run_in(RunState::Failed)).transpose()?,
        current,
        figures,
    })
}

fn list(runs: Vec<RunView>) -> RunList {
    let total = 3 * u64::try_from(runs.len()).unwrap_or(0);
    let unreadable = runs.iter().map(|run| format!("run {}: {HOSTILE}", run.id)).collect();
    RunList { total, runs, states: [("failed", 3)].into(), unreadable }
}

fn worker() -> WorkerRow {
    let catalog = Catalog::default();
    let sight = sight(&catalog);
    WorkerRow {
        name: HOSTILE.to_owned(),
        state: state(true, false),
        host: HOSTILE.to_owned(),
        version: HOSTILE.to_owned(),
        roles: HOSTILE.to_owned(),
        slots: 4,
        started: sight.when(now()),
        seen: sight.when(now()),
        running: RunsLink::of("1", "state:running"),
        processed: 7,
        failed: 1,
    }
}

pub(super) fn pages() -> Result<Vec<MonitorPage>, serde_json::Error> {
    let catalog = catalog();
    let sight = sight(&catalog);
    let (empty, all) = (list(Vec::new()), list(every_run()?));
    let paused = QueueView {
        name: "samples",
        paused: Some((now(), HOSTILE.to_owned())),
        figures: QueueFigures { waiting: 2, running: 1, oldest_due: Some(now()) },
    };
    let idle = Overview {
        tasks: vec![task(None)?],
        queues: Vec::new(),
        workers: Vec::new(),
        running: empty.clone(),
        waiting: empty.clone(),
    };
    let busy = Overview {
        tasks: vec![task(Some(run_in(RunState::Running)?))?],
        queues: vec![paused],
        workers: Vec::new(),
        running: list(vec![run_in(RunState::Running)?]),
        waiting: all.clone(),
    };
    let mut pages = Vec::new();
    for text in ["", "state:failed", "\"><script>", "'<script>' sev:high"] {
        let query = RunsQuery { page: 2, size: 1, ..RunsQuery::of(text) };
        let found = |list: &RunList| query.filter().map(|_| list.clone());
        pages.push(MonitorPage::of(&idle, &query, found(&empty), &sight));
        let mut page = MonitorPage::of(&busy, &query, found(&all), &sight);
        page.workers.push(worker());
        pages.push(page);
    }
    Ok(pages)
}

pub(super) fn tasks() -> Result<Vec<TaskPage>, serde_json::Error> {
    let catalog = catalog();
    let sight = sight(&catalog);
    let page = |task: TaskView, runs| TaskPage::of(&task, &list(runs), &sight);
    let bare = TaskView { figures: TaskFigures::default(), words: None, ..task(None)? };
    Ok(vec![
        page(task(None)?, Vec::new()),
        page(task(Some(run_in(RunState::Running)?))?, every_run()?),
        TaskPage::of(&bare, &list(Vec::new()), &sight),
    ])
}

pub(super) fn runs() -> Result<Vec<RunPage>, serde_json::Error> {
    let catalog = catalog();
    let sight = sight(&catalog);
    let settings = WebSettings::default();
    let eyes = written::eyes(&settings);
    let writes: Vec<_> = written::steps()?.iter().map(|step| StepLine::of(step, &eyes)).collect();
    let mut pages = Vec::new();
    for run in every_run()? {
        let around = Around { running: vec![run.clone()], queues: Vec::new(), workers: Vec::new() };
        let waits = !run.state.is_final() && run.state != RunState::Running;
        let bare = RunView { result: Value::Null, arguments: Value::Null, error: None, ..run.clone() };
        let bare = RunDetail {
            run: bare,
            attempts: Vec::new(),
            events: Vec::new(),
            lines: Vec::new(),
            calls: Vec::new(),
            needs: Vec::new(),
        };
        let needs = vec![(run_id()?, Some(run.clone())), (run_id()?, None)];
        let whole = Whole { detail: detail(run), needs, around: waits.then_some(around) };
        pages.push(RunPage::of(&whole, writes.clone(), &sight));
        let bare = Whole { detail: bare, needs: Vec::new(), around: None };
        pages.push(RunPage::of(&bare, Vec::new(), &sight));
    }
    Ok(pages)
}

fn detail(run: RunView) -> RunDetail {
    let attempt = |number, outcome: Option<&str>| AttemptView {
        attempt: number,
        worker: HOSTILE.to_owned(),
        started: now(),
        finished: outcome.map(|_| now()),
        outcome: outcome.map(str::to_owned),
        error: Some(HOSTILE.to_owned()),
    };
    let event = |seconds, state| EventView {
        at: now() - TimeDelta::seconds(seconds),
        state,
        note: HOSTILE.to_owned(),
    };
    let line = |level: &str| LineView {
        attempt: 1,
        at: now(),
        level: level.to_owned(),
        message: HOSTILE.to_owned(),
    };
    let call = CallView {
        attempt: 1,
        service: HOSTILE.to_owned(),
        call: HOSTILE.to_owned(),
        calls: 7,
        failed: 1,
        took: Duration::from_millis(2_345),
    };
    RunDetail {
        needs: vec![run.id],
        run,
        attempts: vec![attempt(1, Some("lost")), attempt(2, None)],
        events: vec![event(9, RunState::Pending), event(3, RunState::Running)],
        lines: ["INFO", "WARN", "ERROR", HOSTILE].map(line).into(),
        calls: vec![call],
    }
}
