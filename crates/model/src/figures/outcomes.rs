//! How long it took until customers had relief, and until their cases were resolved.

use std::collections::BTreeMap;

use crate::board::{Board, Card, Scope};
use crate::documents::Document;
use crate::documents::read::Problems;
use crate::names::Severity;
use crate::time::Moment;

/// Both sets, never mixed, by severity; a severity without a value has no row.
#[derive(Debug, Default, PartialEq)]
pub struct Outcomes {
    /// From the case's creation to relief.
    pub relief: BTreeMap<Severity, Outcome>,
    /// From the case's creation to its resolution.
    pub resolved: BTreeMap<Severity, Outcome>,
    /// Durations that were left out because they are negative or unreadable.
    pub problems: Problems,
}

/// Durations in days, the fraction kept.
#[derive(Debug, PartialEq)]
pub struct Outcome {
    /// How many.
    pub count: usize,
    /// The arithmetic mean.
    pub mean: f64,
    /// Half took at most as long (the mean of the middle two of an even number).
    pub median: f64,
    /// Nine of ten took at most as long (interpolated between neighbours).
    pub p90: f64,
    /// All, ascending; for a histogram.
    pub values: Vec<f64>,
}

/// One of the two sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutcomeKind {
    /// From the case's creation to relief.
    Relief,
    /// From the case's creation to its resolution.
    Resolved,
}

impl OutcomeKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Relief, Self::Resolved];

    /// In addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Relief => "relief",
            Self::Resolved => "resolved",
        }
    }

    /// Days until then, or why they are not known; `None` if it has not come.
    fn of(self, card: &Card) -> Option<Result<f64, String>> {
        let at = match self {
            Self::Relief => card.relief_at.as_ref(),
            Self::Resolved => card.resolved_at.as_ref(),
        };
        Some(days(&card.case_created, at?))
    }
}

/// The cards of the scope that count in an outcome, by project and number, each with its days.
pub fn outcome_cards<'a>(
    board: &'a Board,
    scope: Scope<'_>,
    kind: OutcomeKind,
) -> impl Iterator<Item = (&'a Card, f64)> {
    board.cards_in(scope).filter_map(move |card| Some((card, kind.of(card)?.ok()?)))
}

/// Computes the outcomes of all cards of the scope, open and closed.
pub fn outcomes(board: &Board, scope: Scope<'_>) -> Outcomes {
    let (mut relief, mut resolved) = (BTreeMap::new(), BTreeMap::new());
    let mut problems = Problems::default();
    for card in board.cards_in(scope) {
        note(card, OutcomeKind::Relief, &mut relief, &mut problems);
        note(card, OutcomeKind::Resolved, &mut resolved, &mut problems);
    }
    Outcomes { relief: summed_up(relief), resolved: summed_up(resolved), problems }
}

impl Outcomes {
    /// The set of that kind.
    pub fn of(&self, kind: OutcomeKind) -> &BTreeMap<Severity, Outcome> {
        match kind {
            OutcomeKind::Relief => &self.relief,
            OutcomeKind::Resolved => &self.resolved,
        }
    }
}

type Values = BTreeMap<Severity, Vec<f64>>;

fn note(card: &Card, kind: OutcomeKind, values: &mut Values, problems: &mut Problems) {
    match kind.of(card) {
        None => {}
        Some(Ok(days)) => values.entry(card.severity.clone()).or_default().push(days),
        Some(Err(reason)) => {
            problems.note(Document::Cards, card.key.as_str(), &format!("{}_at: {reason}", kind.name()));
        }
    }
}

fn days(from: &Moment, to: &Moment) -> Result<f64, String> {
    let known = |moment: &Moment, what: &str| match moment {
        Moment::Known(at) => Ok(*at),
        Moment::Unreadable(text) => Err(format!("{what} {text:?} is no time")),
    };
    let (from, to) = (known(from, "the case's creation")?, known(to, "it")?);
    let span = to - from;
    if span < chrono::TimeDelta::zero() {
        return Err("it lies before the case's creation".to_owned());
    }
    Ok(span.as_seconds_f64() / 86_400.0)
}

fn summed_up(values: Values) -> BTreeMap<Severity, Outcome> {
    values.into_iter().map(|(severity, values)| (severity, Outcome::of(values))).collect()
}

impl Outcome {
    fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let count = values.len();
        let mean = values.iter().sum::<f64>() / count as f64;
        Self { count, mean, median: quantile(&values, 0.5), p90: quantile(&values, 0.9), values }
    }
}

/// The quantile of ascending values, interpolated; 0 of none.
fn quantile(values: &[f64], part: f64) -> f64 {
    let place = part * values.len().saturating_sub(1) as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the length")]
    let below = place.floor() as usize;
    let lower = values.get(below).copied().unwrap_or_default();
    let upper = values.get(below + 1).copied().unwrap_or(lower);
    lower + (upper - lower) * place.fract()
}
