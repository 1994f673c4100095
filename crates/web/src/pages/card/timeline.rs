//! What happened to a card and its case, newest first, as far as a time is known.

use chrono::{DateTime, Utc};
use serde::Serialize;
use t5g_model::board::{Board, Card};
use t5g_model::time;

use crate::settings::WebSettings;
use crate::text::words;
use crate::view::badge::or_dash;
use crate::view::words::When;

/// Events shown; more are counted.
const EVENTS: usize = 60;
/// The most of a comment, in characters.
const COMMENT: usize = 120;

/// The events.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Timeline {
    events: Vec<Event>,
    /// How many older ones are not shown.
    more: usize,
}

#[derive(Debug, Clone, Serialize)]
struct Event {
    at: When,
    what: String,
    /// The words of a comment.
    said: Option<String>,
}

impl Timeline {
    pub(super) fn of(card: &Card, board: &Board, now: DateTime<Utc>, settings: &WebSettings) -> Self {
        let mut all = moments(card, board);
        let comments = card.comments.iter().enumerate();
        all.extend(comments.filter_map(|(place, comment)| Some((comment.at.known()?, What::Comment(place)))));
        // Of the same moment what is listed later came later.
        all.reverse();
        all.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        let more = all.len().saturating_sub(EVENTS);
        let event = |(at, what): (DateTime<Utc>, What)| {
            let at = When::of(at, now, settings.rules.time_zone);
            match what {
                What::Happened(what) => Event { at, what, said: None },
                What::Comment(place) => {
                    let said = card.comments.get(place).map(|comment| words(&comment.html, COMMENT));
                    Event { at, what: "Commented on the card".to_owned(), said }
                }
            }
        };
        Self { events: all.into_iter().take(EVENTS).map(event).collect(), more }
    }
}

enum What {
    Happened(String),
    /// The comment's place.
    Comment(usize),
}

/// Everything but comments, in the order in which it usually happens.
fn moments(card: &Card, board: &Board) -> Vec<(DateTime<Utc>, What)> {
    let mut moments = Vec::new();
    let mut add = |at: Option<DateTime<Utc>>, what: &dyn Fn() -> String| {
        moments.extend(at.map(|at| (at, What::Happened(what()))));
    };
    add(card.case_created.known(), &|| "Case opened".to_owned());
    add(card.card_created.known(), &|| format!("Card {} made", card.key));
    for bug in card.bugs.iter() {
        let at = bug.linked.linked_at.as_deref().and_then(|text| time::read(text).ok());
        add(at, &|| format!("Bug {} linked", or_dash(&bug.linked.bugzilla_number)));
    }
    add(card.relief_at.as_ref().and_then(time::Moment::known), &|| "Customer got relief".to_owned());
    add(card.resolved_at.as_ref().and_then(time::Moment::known), &|| "Case resolved".to_owned());
    let case = board.case(card.case_number.as_str());
    let updated = if case.is_some_and(|case| !case.is_open()) {
        "Case closed or last changed"
    } else {
        "Case last changed"
    };
    add(card.case_updated.known(), &|| updated.to_owned());
    moments
}
