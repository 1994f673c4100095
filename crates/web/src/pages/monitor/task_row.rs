//! A task as a row of the overview.

use serde::Serialize;
use t5g_queue::TaskView;

use super::chart::{Days, Durations};
use super::run_row::RunRow;
use super::{PATH, Sight};
use crate::view::words::When;

/// The row.
#[derive(Debug, Clone, Serialize)]
pub(super) struct TaskRow {
    name: &'static str,
    href: String,
    about: &'static str,
    /// In plain words; `None`: only on demand.
    schedule: Option<String>,
    next: Option<When>,
    /// The latest tick that somebody noticed.
    fired: Option<When>,
    paused: Option<Paused>,
    current: Option<RunRow>,
    last: Option<RunRow>,
    /// When the last one ended.
    ended: Option<When>,
    durations: Option<Durations>,
    days: Option<Days>,
    /// Whether the reader may start and stop it.
    may: bool,
    /// Who may.
    role: &'static str,
}

/// Since when, and by whom, something is paused.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Paused {
    since: When,
    by: String,
}

impl Paused {
    pub(super) fn of(
        paused: Option<&(chrono::DateTime<chrono::Utc>, String)>,
        sight: &Sight<'_>,
    ) -> Option<Self> {
        let (since, by) = paused?;
        Some(Self { since: sight.when(*since), by: super::result::cut(by, 80) })
    }
}

impl TaskRow {
    pub(super) fn of(task: &TaskView, sight: &Sight<'_>) -> Self {
        let definition = &task.definition;
        let ended = task.last.as_ref().and_then(|run| run.finished);
        Self {
            name: definition.name,
            href: format!("{PATH}/tasks/{}", definition.name),
            about: definition.description,
            schedule: task.words.as_ref().map(|words| words.trim_end_matches('.').to_owned()),
            next: task.next.map(|at| sight.when(at)),
            fired: task.last_tick.map(|at| sight.when(at)),
            paused: Paused::of(task.paused.as_ref(), sight),
            current: task.current.as_ref().map(|run| RunRow::of(run, sight)),
            last: task.last.as_ref().map(|run| RunRow::of(run, sight)),
            ended: ended.map(|at| sight.when(at)),
            durations: Durations::of(&task.figures.recent, sight),
            days: Days::of(definition.name, &task.figures.days),
            may: sight.may(definition.name),
            role: definition.role.as_str(),
        }
    }
}
