//! One card in a report: who, what, bugs, issues, and as many comments as fit.

use chrono::{DateTime, Utc};
use serde::Serialize;
use t5g_model::board::{Board, Card, Comment};

use crate::live::reports::Selection;
use crate::settings::WebSettings;
use crate::text;
use crate::view::card::{self, CardView, Remark, Tracker};
use crate::view::words::count;

/// The most comments of a card; its page has all.
const COMMENTS: usize = 4;
/// The most bugs and the most issues of a card; its page has all.
const TRACKERS: usize = 10;

/// The card.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Entry {
    card: CardView,
    bugs: Vec<Tracker>,
    issues: Vec<Tracker>,
    comments: Vec<Remark>,
    /// What the card's page has and this does not.
    more: Option<String>,
}

/// What entries are made with.
pub(super) struct Context<'a> {
    pub(super) board: &'a Board,
    pub(super) selection: Selection,
    pub(super) now: DateTime<Utc>,
    pub(super) settings: &'a WebSettings,
}

impl Entry {
    pub(super) fn of(card: &Card, context: &Context<'_>) -> Self {
        let zone = context.settings.rules.time_zone;
        let comments = card::newest_first(card.comments.iter().filter(|comment| wanted(comment, context)));
        let shown = comments.iter().take(COMMENTS);
        Self {
            more: more([
                (comments.len().saturating_sub(COMMENTS), "comment"),
                (card.bugs.len().saturating_sub(TRACKERS), "bug"),
                (card.issues.len().saturating_sub(TRACKERS), "issue"),
            ]),
            card: CardView::of(card, context.board, context.now, context.settings),
            comments: shown.map(|comment| Remark::of(comment, text::SHORT, zone)).collect(),
            bugs: card::bugs(card, TRACKERS),
            issues: card::issues(card, TRACKERS),
        }
    }
}

/// Whether the report is about the comment: of recent updates, only what is recent.
fn wanted(comment: &Comment, context: &Context<'_>) -> bool {
    let today = context.settings.rules.date_of(context.now);
    context.selection != Selection::Recent || comment.on.is_some_and(|on| (today - on).num_days() < 7)
}

fn more<const N: usize>(left: [(usize, &str); N]) -> Option<String> {
    let words: Vec<_> =
        left.into_iter().filter(|(left, _)| *left > 0).map(|(left, what)| count(left, what)).collect();
    (!words.is_empty()).then(|| format!("{} more on the card's page", words.join(", ")))
}
