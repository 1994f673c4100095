//! How long a card's case may still take.

use chrono::{DateTime, Utc};

use crate::board::{Board, Card};

/// How a card stands against what was agreed with its account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SlaState {
    /// At most half of the days allowed.
    OnTrack,
    /// More than half.
    Warning,
    /// All of them, or more.
    Breached,
}

/// A card's standing, in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sla {
    /// Where it stands.
    pub state: SlaState,
    /// Days allowed.
    pub allowed: u32,
    /// Days open.
    pub open: i64,
    /// Days left; 0 or less when breached.
    pub left: i64,
}

/// The card's standing as of `now`. `None` where nothing was agreed: its case is closed, the account is no
/// partner, or its severity has no limit.
pub fn sla(board: &Board, card: &Card, now: DateTime<Utc>) -> Option<Sla> {
    let rules = &board.rules().sla;
    if !card.is_open() || !rules.partners.contains(&*card.account) {
        return None;
    }
    let allowed = *rules.days.get(&card.severity)?;
    let open = card.days_open(board.rules().date_of(now));
    let left = i64::from(allowed).saturating_sub(open);
    let state = match open {
        _ if left <= 0 => SlaState::Breached,
        _ if open > left => SlaState::Warning,
        _ => SlaState::OnTrack,
    };
    Some(Sla { state, allowed, open, left })
}
