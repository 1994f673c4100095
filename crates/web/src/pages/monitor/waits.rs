//! Why a run that waits has not begun: the same conditions that the queue holds it against, in words.

use serde::Serialize;
use t5g_queue::RunState;

use super::Sight;
use super::chart::run_href;
use super::result::cut;
use crate::monitor::read::Whole;
use crate::view::words::When;

/// A reason, and the run that is behind it, if one is.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Reason {
    words: String,
    href: Option<String>,
    link: String,
    at: Option<When>,
}

impl Reason {
    fn of(words: impl Into<String>) -> Self {
        Self { words: words.into(), href: None, link: String::new(), at: None }
    }

    fn behind(words: impl Into<String>, id: &str, task: &str) -> Self {
        Self { href: Some(run_href(id)), link: cut(task, 80), ..Self::of(words) }
    }
}

/// Every reason that there is; empty for a run that does not wait.
pub(super) fn reasons(whole: &Whole, sight: &Sight<'_>) -> Vec<Reason> {
    let Some(around) = &whole.around else { return Vec::new() };
    let run = &whole.detail.run;
    let mut reasons = Vec::new();
    if run.due > sight.now {
        let what = if run.state == RunState::Retrying { "Its next try begins" } else { "It is to begin" };
        reasons.push(Reason { at: Some(sight.when(run.due)), ..Reason::of(what) });
    }
    let queue = around.queues.iter().find(|queue| queue.name == run.queue);
    if let Some((since, by)) = queue.and_then(|queue| queue.paused.as_ref()) {
        let words = format!("Its queue {} is paused by {}, since", cut(&run.queue, 80), cut(by, 80));
        reasons.push(Reason { at: Some(sight.when(*since)), ..Reason::of(words) });
    }
    for (id, need) in &whole.needs {
        if let Some(need) = need.as_ref().filter(|need| !need.state.is_final()) {
            let words = "It needs another run to end first:";
            reasons.push(Reason::behind(words, &id.to_string(), &need.task));
        }
    }
    for other in around.running.iter().filter(|other| other.id != run.id) {
        if run.exclusive.is_some() && other.exclusive == run.exclusive {
            let lock = cut(run.exclusive.as_deref().unwrap_or_default(), 80);
            let words = format!("Another run holds the lock {lock}:");
            reasons.push(Reason::behind(words, &other.id.to_string(), &other.task));
        }
    }
    let takes = |worker: &&t5g_queue::WorkerView| {
        worker.slots > 0 && !worker.stopping && worker.seen >= sight.silent_before
    };
    let mut alive = around.workers.iter().filter(takes).peekable();
    if alive.peek().is_none() {
        reasons.push(Reason::of("No worker is alive. t5g up has one."));
    } else if alive.all(|worker| worker.running >= worker.slots) {
        reasons.push(Reason::of("Every worker is fully at work."));
    }
    if reasons.is_empty() {
        reasons.push(Reason::of("Nothing holds it up: a worker takes it in a moment."));
    }
    reasons
}
