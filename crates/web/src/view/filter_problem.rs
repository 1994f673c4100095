//! A query that cannot be read, shown so that the eye finds the place.

use serde::Serialize;
use t5g_model::query::QueryError;

/// The most characters shown before the place, of it, and after it.
const AROUND: usize = 60;

/// What is wrong with the filter, and the text around the place. All of it is hostile.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct FilterProblem {
    message: String,
    before: String,
    there: String,
    after: String,
    place: String,
}

impl FilterProblem {
    pub(crate) fn of(text: &str, error: &QueryError) -> Self {
        let (from, to) = (error.at.start, error.at.end);
        let part = |from: usize, count: usize| text.chars().skip(from).take(count).collect::<String>();
        let there = part(from, to.saturating_sub(from).min(AROUND));
        Self {
            message: error.to_string(),
            before: part(from.saturating_sub(AROUND), from.min(AROUND)),
            // Of what is missing there is nothing to show.
            there: if there.is_empty() { "?".to_owned() } else { there },
            after: part(to, AROUND),
            place: format!("at character {}", from + 1),
        }
    }
}
