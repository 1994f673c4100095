//! The few figures that a list of accounts or engineers shows of each: cheaper than all statistics of each.

use crate::board::{Board, Scope};
use crate::figures::Figure;

/// Figures of one scope, each as the full statistics have it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ScopeCounts {
    /// All cards.
    pub cards: u64,
    /// Those whose case is open.
    pub open_cards: u64,
    /// [`Figure::HighPrio`]
    pub high_prio: u64,
    /// [`Figure::TotalEscalations`]
    pub total_escalations: u64,
    /// [`Figure::OpenCases`]
    pub open_cases: u64,
}

/// Counts the scope's cards and cases.
pub fn scope_counts(board: &Board, scope: Scope<'_>) -> ScopeCounts {
    let mut counts = ScopeCounts::default();
    for card in board.cards_in(scope) {
        counts.cards += 1;
        counts.open_cards += u64::from(card.is_open());
        counts.high_prio += u64::from(Figure::HighPrio.counts_card(card));
        counts.total_escalations += u64::from(Figure::TotalEscalations.counts_card(card));
    }
    counts.open_cases = board.cases_in(scope).map(|case| u64::from(case.is_open())).sum();
    counts
}
