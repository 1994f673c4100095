//! What a figure counts: its words, its rows, and an address that shows exactly those. Every figure of a page is made
//! here, so that none can lead to other rows than it counts.

mod address;

use chrono::{DateTime, Utc};
use t5g_model::board::{Board, Card, Scope};
use t5g_model::figures::{DaySpan, Figure, OutcomeKind, Rows, figure_rows, new_cases, outcome_cards};
use t5g_model::names::{CardStatus, Severity};
use t5g_model::query::{Property, Word as _};

pub(crate) use address::{Whose, read};

use crate::view::badge::or_dash;
use crate::view::link::Link;

/// Something that can be counted, and whose rows can be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Counted {
    /// A figure of the statistics.
    Figure(Figure),
    /// Cases created at most 7 days ago.
    NewCases,
    /// Cards, open and closed: of that internal status, with all of the properties.
    Cards { status: Option<CardStatus>, is: Vec<Property> },
    /// Cards that took so long until relief or resolution.
    Outcome { kind: OutcomeKind, severity: Severity, span: DaySpan },
}

impl Counted {
    /// All cards with these properties.
    pub(crate) fn cards(is: &[Property]) -> Self {
        Self::Cards { status: None, is: is.to_vec() }
    }

    /// All cards of that internal status.
    pub(crate) fn status(status: &CardStatus) -> Self {
        Self::Cards { status: Some(status.clone()), is: Vec::new() }
    }

    /// Where its rows are shown; `None` if a name in it is too long for an address.
    pub(crate) fn link(&self, scope: Scope<'_>) -> Link {
        address::link(self, scope)
    }

    /// Its rows as of `now`.
    pub(crate) fn rows<'a>(&self, board: &'a Board, scope: Scope<'_>, now: DateTime<Utc>) -> Rows<'a> {
        match self {
            Self::Figure(figure) => figure_rows(board, scope, figure, now),
            Self::NewCases => Rows::Cases(new_cases(board, scope, now)),
            Self::Cards { status, is } => {
                let takes = |card: &&Card| {
                    status.as_ref().is_none_or(|status| card.card_status == *status)
                        && is.iter().all(|property| property.holds(board, card, now))
                };
                Rows::Cards(board.cards_in(scope).filter(takes).collect())
            }
            Self::Outcome { kind, severity, span } => {
                let counted = outcome_cards(board, scope, *kind)
                    .filter(|(card, days)| card.severity == *severity && span.holds(*days));
                Rows::Cards(counted.map(|(card, _)| card).collect())
            }
        }
    }

    /// What it is, in words for a heading.
    pub(crate) fn title(&self) -> String {
        match self {
            Self::Figure(figure) => title(figure),
            Self::NewCases => "Cases opened in the last 7 days".to_owned(),
            Self::Cards { status, is } => {
                let status = status.iter().map(|status| or_dash(status.as_str()));
                let words: Vec<_> = status.chain(is.iter().map(|one| one.help().to_owned())).collect();
                if words.is_empty() { "All cards".to_owned() } else { format!("Cards: {}", words.join(", ")) }
            }
            Self::Outcome { kind, severity, span } => {
                format!("{} of {}, {}", outcome_title(*kind), or_dash(severity.word()), span_words(*span))
            }
        }
    }
}

/// What a set of outcomes is called.
pub(crate) const fn outcome_title(kind: OutcomeKind) -> &'static str {
    match kind {
        OutcomeKind::Relief => "Days until relief",
        OutcomeKind::Resolved => "Days until resolution",
    }
}

/// A span of days: `0–5 days`, `0.2–0.4 days`, `50 days and more`.
pub(crate) fn span_words(span: DaySpan) -> String {
    let days = |tenths: u32| match tenths % 10 {
        0 => (tenths / 10).to_string(),
        rest => format!("{}.{rest}", tenths / 10),
    };
    match span.to {
        Some(to) => format!("{}–{} days", days(span.from), days(to)),
        None if span.from == 0 => "however long".to_owned(),
        None => format!("{} days and more", days(span.from)),
    }
}

/// What a figure is called where it stands alone.
pub(crate) fn title(figure: &Figure) -> String {
    match figure {
        Figure::ByCustomer(name) => format!("Open cards of {}", or_dash(name)),
        Figure::ByEngineer(name) => format!("Open cards assigned to {}", or_dash(name)),
        Figure::BySeverity(severity) => format!("Open cards of severity {}", or_dash(severity.word())),
        Figure::ByStatus(status) => format!("Cards whose case is {}", or_dash(status.as_str())),
        _ => label(figure).to_owned(),
    }
}

/// What a plain figure is called; what takes a value is named by that.
pub(crate) const fn label(figure: &Figure) -> &'static str {
    match figure {
        Figure::HighPrio => "High or Urgent",
        Figure::Escalated => "On prio-list",
        Figure::CritSit => "Crit sit",
        Figure::TotalEscalations => "Escalated",
        Figure::NoBzs => "Without bug or issue",
        Figure::OpenCases => "Open cases",
        Figure::WeeklyOpenedCases => "Opened in the last 7 days and still open",
        Figure::DailyOpenedCases => "Opened since yesterday and still open",
        Figure::WeeklyClosedCases => "Closed in the last 7 days",
        Figure::DailyClosedCases => "Closed since yesterday",
        Figure::NoUpdates => "Open, without update for 7 days",
        Figure::BugsUnique => "Bugs and issues of open cases",
        Figure::BugsNoTarget => "of these without target",
        Figure::ByCustomer(_) | Figure::ByEngineer(_) | Figure::BySeverity(_) | Figure::ByStatus(_) => "",
    }
}
