//! Figures as pages show them: a number that leads to its rows, tiles, lists of facts, bars. What comes from a
//! document that there is not is unknown, never 0.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::Serialize;
use t5g_model::board::{Board, Scope};
use t5g_model::documents::Document;
use t5g_model::figures::{Figure, Statistics, attention};
use t5g_model::names::{CardStatus, Severity};
use t5g_model::query::Property;

use crate::view::badge::or_dash;
use crate::view::counted::{Counted, label};
use crate::view::link::Link;

/// Which figures can be known: the documents that they are made of have come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Present {
    /// Those of cards.
    pub(crate) cards: bool,
    /// Those of cases.
    pub(crate) cases: bool,
    /// Those of bugs and issues.
    pub(crate) trackers: bool,
}

impl Present {
    /// With these documents.
    pub(crate) fn of(documents: &BTreeSet<Document>) -> Self {
        let cases = documents.contains(&Document::Cases);
        let trackers = [Document::Bugs, Document::Issues].iter().any(|one| documents.contains(one));
        Self { cards: documents.contains(&Document::Cards), cases, trackers: cases && trackers }
    }

    /// Whether the figure is known.
    pub(crate) fn has(self, figure: &Figure) -> bool {
        match figure {
            Figure::BugsUnique | Figure::BugsNoTarget => self.trackers,
            of_cases if Figure::OF_CASES.contains(of_cases) => self.cases,
            _ => self.cards,
        }
    }
}

/// A number that leads to the rows that it counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Count {
    /// `None`: unknown.
    count: Option<u64>,
    href: Link,
}

impl Count {
    /// Of these rows.
    pub(crate) fn of(counted: &Counted, scope: Scope<'_>, count: u64) -> Self {
        Self { count: Some(count), href: counted.link(scope) }
    }

    /// The same, unknown unless its documents have come.
    pub(crate) fn known(known: bool, counted: &Counted, scope: Scope<'_>, count: u64) -> Self {
        if known { Self::of(counted, scope, count) } else { Self { count: None, href: None } }
    }
}

/// A figure with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Fact {
    label: &'static str,
    value: Count,
}

/// Those figures of the statistics, by name.
pub(crate) fn facts(figures: &[Figure], stats: &Statistics, scope: Scope<'_>, present: Present) -> Vec<Fact> {
    figures
        .iter()
        .map(|figure| Fact { label: label(figure), value: count(figure, stats, scope, present) })
        .collect()
}

/// One figure of the statistics.
pub(crate) fn count(figure: &Figure, stats: &Statistics, scope: Scope<'_>, present: Present) -> Count {
    Count::known(present.has(figure), &Counted::Figure(figure.clone()), scope, stats.count(figure))
}

/// A large figure.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Tile {
    /// Style: `alarm`, `warn`, `zero`, or empty.
    kind: &'static str,
    label: &'static str,
    note: &'static str,
    value: Count,
}

impl Tile {
    /// Of rows that are no part of the board: there, or unknown.
    pub(crate) fn of_rows(
        kind: &'static str,
        label: &'static str,
        note: &'static str,
        (count, href): (Option<u64>, String),
    ) -> Self {
        let href = count.map(|_| href);
        Self::of(kind, label, note, Count { count, href })
    }

    fn of(kind: &'static str, label: &'static str, note: &'static str, value: Count) -> Self {
        let kind = match value.count {
            Some(0) => "zero",
            Some(_) => kind,
            None => "",
        };
        Self { kind, label, note, value }
    }
}

/// What needs attention in a scope.
pub(crate) fn tiles(board: &Board, stats: &Statistics, scope: Scope<'_>, now: DateTime<Utc>) -> Vec<Tile> {
    let lists = attention(board, scope, now);
    let cards = |is: &[Property], count: usize| Count::of(&Counted::cards(is), scope, count as u64);
    let figure = |figure: Figure| {
        let count = stats.count(&figure);
        Count::of(&Counted::Figure(figure), scope, count)
    };
    let agreed = !board.rules().sla.partners.is_empty();
    let note = if agreed { "open cards of partner accounts" } else { "no partner accounts are set" };
    let sla = |is, count: usize| Count::known(agreed, &Counted::cards(&[is]), scope, count as u64);
    let (open, unassigned) = (Property::Open, Property::Unassigned);
    vec![
        Tile::of("alarm", "SLA breached", note, sla(Property::Breached, lists.breached.len())),
        Tile::of("warn", "SLA at risk", note, sla(Property::Warning, lists.warning.len())),
        Tile::of("alarm", "Escalated", "on prio-list or crit sit", figure(Figure::TotalEscalations)),
        Tile::of("warn", "High or Urgent", "open cards", figure(Figure::HighPrio)),
        Tile::of("warn", "Unassigned", "open cards", cards(&[open, unassigned], lists.unassigned.len())),
        Tile::of(
            "warn",
            "To be closed",
            "case closed, card not done",
            cards(&[Property::ClosedNotDone], lists.closed_not_done.len()),
        ),
        Tile::of("", "Without bug or issue", "open cards", figure(Figure::NoBzs)),
    ]
}

/// Horizontal bars that are a table at the same time.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Bars {
    bars: Vec<Bar>,
    /// The whole in words.
    words: String,
}

#[derive(Debug, Clone, Serialize)]
struct Bar {
    label: String,
    /// Its colour: `urgent`, `high`, `normal`, `low`, or empty for the usual one.
    kind: &'static str,
    value: Count,
    /// Percent of the longest bar.
    width: f64,
    /// The page of whom it stands for.
    page: Link,
}

/// What a bar is made of.
pub(crate) struct Part {
    pub(crate) label: String,
    pub(crate) kind: &'static str,
    pub(crate) count: u64,
    pub(crate) counted: Counted,
    pub(crate) page: Link,
}

impl Part {
    /// A figure that takes a value, named by it.
    pub(crate) fn of(figure: Figure, stats: &Statistics, page: Link) -> Self {
        let kind = match &figure {
            Figure::BySeverity(severity) => severity_kind(severity),
            _ => "",
        };
        let label = or_dash(figure.value().unwrap_or_default());
        Self { label, kind, count: stats.count(&figure), counted: Counted::Figure(figure), page }
    }

    /// Cards of an internal status.
    pub(crate) fn status(status: &CardStatus, count: u64) -> Self {
        let label = or_dash(status.as_str());
        Self { label, kind: "", count, counted: Counted::status(status), page: None }
    }
}

/// A severity's style class.
pub(crate) fn severity_kind(severity: &Severity) -> &'static str {
    match severity {
        Severity::Urgent => "urgent",
        Severity::High => "high",
        Severity::Normal => "normal",
        Severity::Low => "low",
        Severity::Other(_) => "other",
    }
}

impl Bars {
    /// In the order given.
    pub(crate) fn of(parts: impl IntoIterator<Item = Part>, scope: Scope<'_>) -> Self {
        let parts: Vec<_> = parts.into_iter().collect();
        let all: u64 = parts.iter().map(|part| part.count).sum();
        let most = parts.iter().max_by_key(|part| part.count).filter(|part| part.count > 0);
        let longest = most.map_or(1.0, |part| part.count as f64);
        // The label keeps its own direction of writing to itself.
        let said = |most: &Part| format!("most \u{2068}{}\u{2069}: {} of {all}", most.label, most.count);
        let words = most.map_or_else(String::new, said);
        let bar = |part: Part| Bar {
            value: Count::of(&part.counted, scope, part.count),
            width: (part.count as f64 / longest * 1000.0).round() / 10.0,
            label: part.label,
            kind: part.kind,
            page: part.page,
        };
        Self { bars: parts.into_iter().map(bar).collect(), words }
    }
}
