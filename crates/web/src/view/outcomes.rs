//! How long relief and resolution took, as tables and histograms. The bins are made here; a script only draws them.

use serde::Serialize;
use t5g_model::board::{Board, Scope};
use t5g_model::figures::{Bin, DaySpan, Outcome, OutcomeKind, histogram, outcomes};
use t5g_model::names::Severity;

use crate::view::badge::{self, Badge};
use crate::view::counted::{Counted, outcome_title, span_words};
use crate::view::figures::{Count, severity_kind};
use crate::view::words::count;

/// Both sets.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct OutcomesView {
    sets: Vec<Set>,
    /// What was left out.
    problems: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct Set {
    id: &'static str,
    title: &'static str,
    /// By severity; empty if nothing has an end yet.
    rows: Vec<Row>,
}

/// One severity: figures, and the histogram.
#[derive(Debug, Clone, Serialize)]
struct Row {
    /// Tells its histogram apart on the page.
    id: String,
    severity: Badge,
    kind: &'static str,
    cases: Count,
    mean: String,
    median: String,
    p90: String,
    /// The histogram in words.
    words: String,
    bins: Vec<BinRow>,
}

#[derive(Debug, Clone, Serialize)]
struct BinRow {
    days: String,
    cards: Count,
}

impl OutcomesView {
    /// Of a scope.
    pub(crate) fn of(board: &Board, scope: Scope<'_>) -> Self {
        let all = outcomes(board, scope);
        let sets = OutcomeKind::ALL.map(|kind| Set {
            id: kind.name(),
            title: outcome_title(kind),
            rows: all
                .of(kind)
                .iter()
                .enumerate()
                .map(|(place, (severity, outcome))| Row::of(place, kind, severity, outcome, scope))
                .collect(),
        });
        let left_out = all.problems.count();
        let problems = (left_out > 0).then(|| {
            format!(
                "{} left out: negative, or not readable.",
                count(usize::try_from(left_out).unwrap_or(usize::MAX), "duration")
            )
        });
        Self { sets: sets.into(), problems }
    }
}

impl Row {
    fn of(place: usize, kind: OutcomeKind, severity: &Severity, outcome: &Outcome, scope: Scope<'_>) -> Self {
        let counted = |span| Counted::Outcome { kind, severity: severity.clone(), span };
        let bin = |bin: Bin| BinRow {
            days: span_words(bin.span),
            cards: Count::of(&counted(bin.span), scope, bin.count as u64),
        };
        let (median, p90) = (days(outcome.median), days(outcome.p90));
        Self {
            id: format!("{}-{place}", kind.name()),
            severity: badge::severity(severity),
            kind: severity_kind(severity),
            cases: Count::of(&counted(DaySpan::default()), scope, outcome.count as u64),
            mean: days(outcome.mean),
            words: format!(
                "{}: half within {median} days, nine of ten within {p90}",
                count(outcome.count, "card")
            ),
            median,
            p90,
            bins: histogram(&outcome.values).into_iter().map(bin).collect(),
        }
    }
}

/// One digit; more is noise.
fn days(days: f64) -> String {
    format!("{days:.1}")
}
