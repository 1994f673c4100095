//! A comment as a page shows it.

use std::cmp::Reverse;

use chrono_tz::Tz;
use serde::Serialize;
use t5g_model::board::Comment;

use crate::text::{self, Rich};
use crate::view::words::local;

/// The comment.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Remark {
    text: Rich,
    at: String,
}

impl Remark {
    /// Of at most `limit` bytes of its text.
    pub(crate) fn of(comment: &Comment, limit: usize, zone: Tz) -> Self {
        Self { text: text::rich(&comment.html, limit), at: local(&comment.at, zone) }
    }
}

/// The comments, newest first; those whose time is unknown come last, the last one written first.
pub(crate) fn newest_first<'a>(comments: impl DoubleEndedIterator<Item = &'a Comment>) -> Vec<&'a Comment> {
    let mut all: Vec<_> = comments.rev().collect();
    all.sort_by_key(|comment| Reverse(comment.at.known()));
    all
}
