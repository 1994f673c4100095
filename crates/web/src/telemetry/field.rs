//! The figures of cases and cards for operators: the very ones that the pages show, put down when the board's figures
//! are made. What comes from a document that never came is not told.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use metrics::gauge;
use t5g_model::board::{Board, Scope};
use t5g_model::figures::{Figure, Rows, Statistics, attention, figure_rows};
use t5g_model::names::Severity;

use crate::view::figures::Present;

/// What is told of one board on one day.
#[derive(Debug)]
pub(crate) struct Told {
    figures: Vec<(&'static str, u64)>,
    open_cases: Option<BySeverity>,
    open_cards: Option<BySeverity>,
    attention: Vec<(&'static str, usize)>,
}

/// Severities that the portal may invent share one label: a label is for ever.
#[derive(Debug, Default)]
struct BySeverity(BTreeMap<Severity, u64>);

impl BySeverity {
    fn of<'a>(counts: impl Iterator<Item = (&'a Severity, u64)>) -> Self {
        let other = Severity::Other("other".into());
        let mut all: BTreeMap<Severity, u64> =
            Severity::KNOWN.into_iter().chain([other.clone()]).map(|severity| (severity, 0)).collect();
        for (severity, count) in counts {
            let label = if matches!(severity, Severity::Other(_)) { &other } else { severity };
            if let Some(sum) = all.get_mut(label) {
                *sum += count;
            }
        }
        Self(all)
    }
}

impl Told {
    /// Of the statistics that the pages show.
    pub(crate) fn of(board: &Board, stats: &Statistics, present: Present, now: DateTime<Utc>) -> Self {
        let figures = Figure::plain().filter(|figure| present.has(figure));
        let open_cases =
            present.cases.then(|| match figure_rows(board, Scope::All, &Figure::OpenCases, now) {
                Rows::Cases(cases) => BySeverity::of(cases.iter().map(|case| (&case.severity, 1))),
                _ => BySeverity::default(),
            });
        let by_severity =
            || BySeverity::of(stats.by_severity.iter().map(|(severity, count)| (severity, *count)));
        Self {
            figures: figures.map(|figure| (figure.name(), stats.count(&figure))).collect(),
            open_cases,
            open_cards: present.cards.then(by_severity),
            attention: if present.cards { looked_at(board, now) } else { Vec::new() },
        }
    }

    /// Tells it.
    pub(crate) fn tell(&self) {
        for (name, count) in &self.figures {
            gauge!("t5g_figure", "figure" => *name).set(*count as f64);
        }
        for (severity, count) in self.open_cases.iter().flat_map(|by| &by.0) {
            gauge!("t5g_open_cases", "severity" => severity.word().to_owned()).set(*count as f64);
        }
        for (severity, count) in self.open_cards.iter().flat_map(|by| &by.0) {
            gauge!("t5g_open_cards", "severity" => severity.word().to_owned()).set(*count as f64);
        }
        for (reason, count) in &self.attention {
            gauge!("t5g_attention_cards", "reason" => *reason).set(*count as f64);
        }
    }
}

/// Without partner accounts nothing was agreed: of that nothing is known.
fn looked_at(board: &Board, now: DateTime<Utc>) -> Vec<(&'static str, usize)> {
    let lists = attention(board, Scope::All, now);
    let agreed = !board.rules().sla.partners.is_empty();
    let sla = [("sla_breached", lists.breached.len()), ("sla_warning", lists.warning.len())];
    let others = [
        ("escalated", lists.escalated.len()),
        ("unassigned", lists.unassigned.len()),
        ("closed_not_done", lists.closed_not_done.len()),
    ];
    sla.into_iter().filter(|_| agreed).chain(others).collect()
}
