//! Badges: a word, an icon and a colour, so that none of them stands alone.

use serde::Serialize;
use t5g_model::figures::SlaState;
use t5g_model::names::{CardStatus, Severity};
use t5g_queue::RunState;
use t5g_store::ledger::{PlanState, StepState};

use crate::text::neutral;

/// One badge. The style sheet knows each `kind`; the icon is a symbol's id in `templates/macros.html`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Badge {
    /// Style class without its prefix.
    pub kind: &'static str,
    /// Icon name, empty for none.
    pub icon: &'static str,
    /// What it says; text from outside.
    pub words: String,
}

/// Of a severity.
pub(crate) fn severity(severity: &Severity) -> Badge {
    let (kind, icon) = match severity {
        Severity::Urgent => ("urgent", "octagon"),
        Severity::High => ("high", "triangle"),
        Severity::Normal => ("normal", "diamond"),
        Severity::Low => ("low", "chevron"),
        Severity::Other(_) => ("other", ""),
    };
    Badge { kind, icon, words: or_dash(severity.word()) }
}

/// Of a card's internal status.
pub(crate) fn status(status: &CardStatus) -> Badge {
    let (kind, icon) = match status {
        CardStatus::New => ("new", ""),
        CardStatus::Backlog => ("backlog", ""),
        CardStatus::Debugging => ("debugging", ""),
        CardStatus::EngWorking => ("engworking", ""),
        CardStatus::Backport => ("backport", ""),
        CardStatus::ReadyToClose => ("readytoclose", ""),
        CardStatus::Blocked => ("blocked", "pause"),
        CardStatus::Done => ("done", "check"),
        CardStatus::Other(_) => ("other", ""),
    };
    Badge { kind, icon, words: or_dash(status.as_str()) }
}

/// Of how a card stands against what was agreed.
pub(crate) fn sla(state: SlaState, words: String) -> Badge {
    let (kind, icon) = match state {
        SlaState::Breached => ("breached", "octagon"),
        SlaState::Warning => ("warning", "clock"),
        SlaState::OnTrack => ("ontrack", "check"),
    };
    Badge { kind, icon, words }
}

/// Of a run of a task.
pub(crate) fn run(state: RunState) -> Badge {
    let (kind, icon, words) = match state {
        RunState::Scheduled => ("run-waiting", "clock", "Scheduled"),
        RunState::Pending => ("run-waiting", "clock", "Pending"),
        RunState::Running => ("run-working", "play", "Running"),
        RunState::Retrying => ("run-again", "refresh", "Retrying"),
        RunState::Done => ("run-done", "check", "Done"),
        RunState::Failed => ("run-failed", "cross", "Failed"),
        RunState::Cancelled => ("run-stopped", "stop", "Cancelled"),
    };
    Badge { kind, icon, words: words.to_owned() }
}

/// Of a plan of what is to be written.
pub(crate) fn plan(state: PlanState) -> Badge {
    let (kind, icon, words) = match state {
        PlanState::Held => ("held", "pause", "Waits for you"),
        PlanState::Released => ("run-working", "play", "Being done"),
        PlanState::Done => ("run-done", "check", "Done"),
        PlanState::Partial => ("run-failed", "cross", "Partly done"),
        PlanState::Rejected => ("run-stopped", "stop", "Rejected"),
        PlanState::Superseded => ("run-stopped", "refresh", "Replaced"),
    };
    Badge { kind, icon, words: words.to_owned() }
}

/// Of a step of a plan.
pub(crate) fn step(state: StepState) -> Badge {
    let (kind, icon, words) = match state {
        StepState::Planned => ("run-waiting", "clock", "Planned"),
        StepState::Begun => ("run-working", "play", "Begun"),
        StepState::Done => ("run-done", "check", "Done"),
        StepState::Failed => ("run-failed", "cross", "Failed"),
        StepState::Doubtful => ("held", "triangle", "In doubt"),
        StepState::Skipped => ("run-stopped", "stop", "Not needed"),
    };
    Badge { kind, icon, words: words.to_owned() }
}

/// The longest text that one cell shows, in characters: a page of ten megabytes helps nobody.
const CELL: usize = 1_000;

/// Unknown is a dash, never an empty place. Nothing in it turns the text around it.
pub(crate) fn or_dash(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() { "—".to_owned() } else { cut(text) }
}

/// As much of a text as one cell shows.
pub(crate) fn cut(text: &str) -> String {
    match text.char_indices().nth(CELL) {
        Some((end, _)) => format!("{}…", neutral(text.get(..end).unwrap_or_default())),
        None => neutral(text).into_owned(),
    }
}
