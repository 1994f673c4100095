//! What an opened row shows: the case's group, bugs, issues, comments.

use serde::Serialize;
use t5g_model::board::{Board, Card};

use crate::live::table::Facet;
use crate::pages::table::query::{LONGEST, TableQuery};
use crate::settings::WebSettings;
use crate::text;
use crate::view::badge::or_dash;
use crate::view::card::{Remark, Tracker, bugs, issues, newest_first};
use crate::view::words::local;

/// Comments shown; the card itself has all.
const COMMENTS: usize = 20;

/// The opened row's content.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Detail {
    /// The rows of the same account, and of the same assignee.
    alike: Vec<Alike>,
    group: String,
    daily: bool,
    created: String,
    labels: String,
    bugs: Vec<Tracker>,
    no_bugs: &'static str,
    issues: Vec<Tracker>,
    comments: Vec<Remark>,
    more_comments: Option<String>,
}

/// A link to the rows that have one value alone.
#[derive(Debug, Clone, Serialize)]
struct Alike {
    label: &'static str,
    value: String,
    href: String,
}

impl Alike {
    /// From whichever table it stands in; none for a value that no filter tells, or an endless one.
    fn of(facet: Facet, value: &str) -> Option<Self> {
        let tells = !value.is_empty() && value.trim() == value && value.chars().nth(LONGEST).is_none();
        let facets = [(facet, [value.to_owned()].into())].into();
        let query = TableQuery { facets, ..TableQuery::default() };
        tells.then(|| Self { label: facet.names().1, value: or_dash(value), href: query.link("") })
    }
}

impl Detail {
    pub(super) fn of(card: &Card, board: &Board, settings: &WebSettings) -> Self {
        let zone = settings.rules.time_zone;
        let comments = newest_first(card.comments.iter());
        let remark = |comment: &&t5g_model::board::Comment| Remark::of(comment, text::SHORT, zone);
        let left = comments.len().saturating_sub(COMMENTS);
        let alike = [(Facet::Account, Some(&*card.account)), (Facet::Engineer, card.engineer())];
        Self {
            alike: alike.into_iter().filter_map(|(facet, value)| Alike::of(facet, value?)).collect(),
            group: or_dash(card.group_name.as_deref().unwrap_or_default()),
            daily: card.daily_telco,
            created: local(&card.case_created, zone),
            labels: or_dash(&card.labels.iter().map(|label| &**label).collect::<Vec<_>>().join(", ")),
            bugs: bugs(card, usize::MAX),
            no_bugs: if board.has_bugzilla() { "None" } else { "Bugzilla is not configured" },
            issues: issues(card, usize::MAX),
            comments: comments.iter().take(COMMENTS).map(remark).collect(),
            more_comments: (left > 0).then(|| format!("{left} older ones are on the card.")),
        }
    }
}
