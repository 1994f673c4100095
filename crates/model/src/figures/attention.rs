//! What somebody should look at now.

use chrono::{DateTime, Utc};

use crate::board::{Board, Card, Scope};
use crate::figures::{Sla, SlaState, by_severity_then_age, sla};
use crate::names::CardStatus;

/// Five lists; a card can be in several. Each most severe first, then oldest first.
#[derive(Debug, Default)]
pub struct Attention<'a> {
    /// Open cards that have used up the days allowed.
    pub breached: Vec<(&'a Card, Sla)>,
    /// Open cards that have used up more than half of them.
    pub warning: Vec<(&'a Card, Sla)>,
    /// Open cards that are escalated or in a critical situation.
    pub escalated: Vec<&'a Card>,
    /// Open cards that nobody is assigned to.
    pub unassigned: Vec<&'a Card>,
    /// Cards that are not Done although their case is closed.
    pub closed_not_done: Vec<&'a Card>,
}

/// Computes the lists of a scope as of `now`.
pub fn attention<'a>(board: &'a Board, scope: Scope<'_>, now: DateTime<Utc>) -> Attention<'a> {
    let mut lists = Attention::default();
    for card in board.cards_in(scope) {
        if !card.is_open() {
            if card.card_status != CardStatus::Done {
                lists.closed_not_done.push(card);
            }
            continue;
        }
        match sla(board, card, now) {
            Some(sla) if sla.state == SlaState::Breached => lists.breached.push((card, sla)),
            Some(sla) if sla.state == SlaState::Warning => lists.warning.push((card, sla)),
            _ => {}
        }
        if card.is_any_escalation() {
            lists.escalated.push(card);
        }
        if card.assignee.is_none() {
            lists.unassigned.push(card);
        }
    }
    for list in [&mut lists.breached, &mut lists.warning] {
        list.sort_by(|(a, _), (b, _)| by_severity_then_age(a).cmp(&by_severity_then_age(b)));
    }
    for list in [&mut lists.escalated, &mut lists.unassigned, &mut lists.closed_not_done] {
        list.sort_by(|a, b| by_severity_then_age(a).cmp(&by_severity_then_age(b)));
    }
    lists
}
