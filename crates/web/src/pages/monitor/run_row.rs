//! A run as a row: what it is, where it stands, how long it took, what came of it.

use serde::Serialize;
use serde_json::Value;
use t5g_queue::{Origin, RunState, RunView, Step};

use super::chart::run_href;
use super::result::{self, cut};
use super::{PATH, Sight};
use crate::view::badge::{self, Badge};
use crate::view::words::{When, between, took};

/// The longest words of what came of a run, in characters.
const WORDS: usize = 240;

/// The row.
#[derive(Debug, Clone, Serialize)]
pub(super) struct RunRow {
    id: String,
    /// The end of the id: its beginning is the time, and the same for runs of one moment.
    short: String,
    href: String,
    task: String,
    task_href: Option<String>,
    state: Badge,
    arguments: Option<String>,
    asked: When,
    asker: String,
    took: Option<String>,
    tries: String,
    worker: Option<String>,
    progress: Option<Bar>,
    words: String,
    wrong: bool,
    /// Where it can be stopped, by who may.
    stop: Option<String>,
}

/// How far a run is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Bar {
    /// Of the whole, 0 to 1; `None` while the length is unknown.
    pub(super) fraction: Option<f64>,
    pub(super) words: String,
}

impl RunRow {
    pub(super) fn of(run: &RunView, sight: &Sight<'_>) -> Self {
        let id = run.id.to_string();
        let href = run_href(&id);
        let running = run.state == RunState::Running;
        Self {
            short: short(&id),
            task: cut(&run.task, WORDS),
            task_href: sight.catalog.get(&run.task).map(|_| format!("{PATH}/tasks/{}", run.task)),
            state: badge::run(run.state),
            arguments: arguments(&run.arguments),
            asked: sight.when(run.requested),
            asker: asker(run),
            took: worked(run, sight).map(took),
            tries: tries(run),
            worker: run.worker.as_deref().map(|worker| cut(worker, WORDS)),
            progress: running.then(|| progress(&run.progress)),
            words: cut(&words(run, sight), WORDS),
            wrong: matches!(run.state, RunState::Failed | RunState::Retrying),
            stop: (!run.state.is_final() && sight.may(&run.task)).then(|| format!("{href}/cancel")),
            href,
            id,
        }
    }
}

pub(super) fn short(id: &str) -> String {
    id.rsplit('-').next().map_or_else(String::new, |end| end.chars().skip(4).collect())
}

/// From its first try to its end, or to now.
pub(super) fn worked(run: &RunView, sight: &Sight<'_>) -> Option<std::time::Duration> {
    let started = run.started?;
    let end = run.finished.or_else(|| (run.state == RunState::Running).then_some(sight.now));
    Some(between(started, end?))
}

pub(crate) fn progress(step: &Step) -> Bar {
    let doing = if step.message.is_empty() { "at work" } else { step.message.as_str() };
    let fraction = step.total.filter(|total| *total > 0);
    let fraction = fraction.map(|total| (step.done as f64 / total as f64).min(1.0));
    let words = match step.total {
        Some(total) => format!("{doing}, {} of {total}", step.done),
        None if step.done > 0 => format!("{doing}, {} so far", step.done),
        None => doing.to_owned(),
    };
    Bar { fraction: fraction.map(|part| (part * 1000.0).round() / 1000.0), words }
}

/// Who asked for it; a schedule's name is its tick.
pub(super) fn asker(run: &RunView) -> String {
    let name = cut(&run.asked_by, 80);
    match run.origin {
        Origin::Schedule => "schedule".to_owned(),
        Origin::Person => name,
        Origin::Program => format!("{name} (program)"),
    }
}

fn arguments(arguments: &Value) -> Option<String> {
    (!arguments.is_null()).then(|| cut(&arguments.to_string(), 80))
}

pub(super) fn tries(run: &RunView) -> String {
    match run.spent {
        0 => "—".to_owned(),
        spent => format!("{spent} of {}", run.allowed),
    }
}

fn words(run: &RunView, sight: &Sight<'_>) -> String {
    let error = run.error.as_deref().unwrap_or("no reason is known");
    match run.state {
        RunState::Scheduled => format!("begins {}", sight.when(run.due).words),
        RunState::Pending => "waits for its turn".to_owned(),
        RunState::Running => match &run.stop_asked_by {
            Some(by) => format!("{by} wants it to stop"),
            None => progress(&run.progress).words,
        },
        RunState::Retrying if run.due > sight.now => format!("again {}: {error}", sight.when(run.due).words),
        RunState::Retrying => format!("again at once: {error}"),
        RunState::Done => result::brief(&run.result),
        RunState::Failed | RunState::Cancelled => error.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_told_as_far_as_it_is_known() {
        let step = |done, total, message: &str| progress(&Step { done, total, message: message.to_owned() });
        assert_eq!(step(3, Some(4), "cards"), Bar { fraction: Some(0.75), words: "cards, 3 of 4".into() });
        assert_eq!(step(9, Some(4), "cards").fraction, Some(1.0));
        assert_eq!(step(0, Some(0), "cards").fraction, None);
        assert_eq!(step(7, None, "").words, "at work, 7 so far");
        assert_eq!(step(0, None, "storing").words, "storing");
    }

    #[test]
    fn an_ids_end_tells_it_from_those_of_its_moment() {
        assert_eq!(short("019ab5c0-3f2e-7c1a-8f1e-5b2a0c9d4e6f"), "0c9d4e6f");
        assert_eq!(short(""), "");
    }
}
