//! A step as one line of a list.

use serde::Serialize;
use t5g_store::ledger::{StepRecord, StepState};

use super::{Eyes, SubjectView, run_href, title};
use crate::view::badge::{self, Badge, cut, or_dash};
use crate::view::words::When;
use crate::writing::address::{place_word, step_href};

/// The line.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct StepLine {
    /// Tells it apart.
    key: String,
    at: Option<When>,
    service: &'static str,
    subject: SubjectView,
    about: String,
    what: String,
    state: Badge,
    /// What went wrong, or why nothing was done.
    error: Option<String>,
    wrong: bool,
    /// Its place on its plan's page, and the run that did it; for who sees these.
    href: Option<String>,
    run: Option<String>,
    kind: &'static str,
}

impl StepLine {
    pub(crate) fn of(step: &StepRecord, eyes: &Eyes<'_>) -> Self {
        Self {
            key: step.journal_place().map_or_else(String::new, |place| place_word(&place)),
            at: step.at().map(|at| eyes.when(at)),
            service: step.service().title(),
            subject: SubjectView::of(&step.subject, eyes.settings),
            about: or_dash(&step.title),
            what: title(&step.effect),
            state: badge::step(step.state),
            error: step.error.as_deref().map(cut),
            wrong: matches!(step.state, StepState::Failed | StepState::Doubtful),
            href: eyes.operator.then(|| step_href(&step.place)),
            run: run_href(step.run.as_deref(), eyes),
            kind: step.kind.title(),
        }
    }
}
