//! The cursor's loop: to the end, with every node that is counted, or an error.

use std::collections::HashSet;

use reqwest::header::HeaderName;
use serde_json::{Value, json};

use super::query::{self, Fields};
use super::wire::{self, WirePage};
use crate::http::{Call, Upstream};
use crate::portal::PortalComment;
use crate::{ClientError, ErrorKind, Progress};

/// What is asked, and under which name it shows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question {
    pub(super) route: &'static str,
    fields: Fields,
}

pub(super) const LIST: Question = Question { route: "POST graphql (cases)", fields: Fields::List };
pub(super) const DETAILS: Question = Question { route: "POST graphql (details)", fields: Fields::Details };

/// Pages of 200; two million cases.
const MAX_PAGES: usize = 10_000;

/// All nodes that match, in the order of creation, each place of the list once.
pub(super) async fn nodes(
    upstream: &Upstream,
    question: Question,
    filter: Value,
    progress: Progress<'_>,
) -> Result<Vec<Value>, ClientError> {
    let invalid = |what: String| upstream.error(question.route, ErrorKind::Invalid { what });
    let mut nodes = Vec::new();
    let mut cursors = HashSet::new();
    let mut after: Option<String> = None;
    for _ in 0..MAX_PAGES {
        let text = query::cases(question.fields, &filter, after.as_deref(), None);
        let page = page(upstream, question, &text).await?;
        nodes.extend(page.edges.into_iter().filter_map(|edge| edge.node));
        progress(nodes.len(), page.total_count);
        if !page.page_info.has_next_page {
            let counted = page.total_count.unwrap_or(nodes.len());
            if nodes.len() < counted {
                return Err(invalid(format!("its list ends after {} of {counted} cases", nodes.len())));
            }
            return Ok(distinct(nodes));
        }
        let next = page.page_info.end_cursor.filter(|cursor| cursors.insert(cursor.clone()));
        after =
            Some(next.ok_or_else(|| invalid("a page of cases that leads back to one seen before".into()))?);
    }
    Err(invalid(format!("its list did not end after {MAX_PAGES} pages")))
}

/// The same case twice is one case, as it was seen last.
fn distinct(nodes: Vec<Value>) -> Vec<Value> {
    let mut seen = HashSet::new();
    let mut kept: Vec<Value> = nodes
        .into_iter()
        .rev()
        .filter(|node| wire::case(node).is_none_or(|case| seen.insert(case.number)))
        .collect();
    kept.reverse();
    kept
}

/// The first page of a filter's list.
pub(super) async fn first_page(upstream: &Upstream, filter: Value) -> Result<WirePage, ClientError> {
    page(upstream, LIST, &query::cases(Fields::List, &filter, None, None)).await
}

/// The comments of a case beyond the first page of them.
pub(super) async fn further_comments(
    upstream: &Upstream,
    number: &str,
    node: &Value,
) -> Result<Vec<PortalComment>, ClientError> {
    let filter = json!({"CaseNumber__c": {"eq": number}});
    let mut comments = Vec::new();
    let mut cursors = HashSet::new();
    let mut after = wire::comments_cursor(node);
    while let Some(cursor) = after {
        if !cursors.insert(cursor.clone()) {
            let what = "a page of comments that leads back to one seen before".into();
            return Err(upstream.error(DETAILS.route, ErrorKind::Invalid { what }));
        }
        let text = query::cases(Fields::Details, &filter, None, Some(&cursor));
        let page = page(upstream, DETAILS, &text).await?;
        let node = page.edges.into_iter().find_map(|edge| edge.node).unwrap_or_default();
        comments.extend(wire::comments(&node));
        after = wire::comments_cursor(&node);
    }
    Ok(comments)
}

async fn page(upstream: &Upstream, question: Question, text: &str) -> Result<WirePage, ClientError> {
    let call = Call::post::<&str>(question.route, [])
        .header(HeaderName::from_static("apollographql-client-name"), "t5g")
        .header(HeaderName::from_static("apollographql-client-version"), env!("CARGO_PKG_VERSION"))
        .json(&json!({"query": text}))
        .map_err(|fault| upstream.fail(question.route, fault, 1))?
        .reads()
        .large();
    upstream.read(call, wire::page).await
}
