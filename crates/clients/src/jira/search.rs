//! Searching for issues: Cloud by token, Data Center by offset. The result is whole or an error.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::wire::{WireOffsetPage, WireTokenPage};
use super::{Flavour, JiraClient, WireIssue, paging};
use crate::http::{Answer, Call, Fault};
use crate::{ClientError, ErrorKind, Progress};

pub(super) const CLOUD: &str = "POST /rest/api/3/search/jql";
pub(super) const DATA_CENTER: &str = "GET /rest/api/2/search";
/// Issues a page; each server may give fewer.
const PAGE: usize = 100;
/// Issues a page where only their keys are wanted: Cloud gives as many then.
const PAGE_OF_KEYS: usize = 5_000;
/// How often a search by offset is begun again because the issues moved under it.
const READINGS: u32 = 3;

/// What to search for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchQuery {
    /// JQL; Cloud wants it bounded. Values in it come from [`super::jql::quote`].
    pub jql: String,
    /// Ids of the fields that are wanted.
    pub fields: Vec<String>,
    /// Whether texts are wanted as HTML too.
    pub rendered: bool,
    /// Numeric ids (at most 50) of issues just written, which Cloud shall not overlook.
    pub reconcile: Vec<u64>,
}

impl SearchQuery {
    fn page(&self) -> usize {
        let small =
            !self.fields.is_empty() && self.fields.iter().all(|field| field == "key" || field == "id");
        if small && !self.rendered { PAGE_OF_KEYS } else { PAGE }
    }
}

impl JiraClient {
    /// All issues that match, each once. An empty result is believed only if Jira still knows who we are.
    pub async fn search(
        &self,
        query: &SearchQuery,
        progress: Progress<'_>,
    ) -> Result<Vec<WireIssue>, ClientError> {
        let issues = match self.flavour().await? {
            Flavour::Cloud => self.search_by_token(query, progress).await?,
            Flavour::DataCenter => self.search_by_offset(query, true, progress).await?,
        };
        if issues.is_empty() {
            self.myself().await?;
        }
        Ok(issues)
    }

    async fn search_by_token(
        &self,
        query: &SearchQuery,
        progress: Progress<'_>,
    ) -> Result<Vec<WireIssue>, ClientError> {
        let mut found = Vec::new();
        let mut tokens = paging::Tokens::default();
        let mut token: Option<String> = None;
        loop {
            let page = self.token_page(query, token.as_deref()).await?;
            let ends_empty = page.issues.is_empty() && paging::is_end(&page) && token.is_some();
            // Where there was more to come, nothing at all is what an expired credential looks like.
            let page = if ends_empty {
                self.myself().await?;
                self.token_page(query, token.as_deref()).await?
            } else {
                page
            };
            let end = paging::is_end(&page);
            found.extend(page.issues);
            progress(found.len(), None);
            self.upstream.bounded(CLOUD, found.len())?;
            if end {
                return Ok(distinct(found));
            }
            let next = tokens.follow(page.next_page_token);
            token = Some(next.map_err(|what| self.upstream.error(CLOUD, ErrorKind::Invalid { what }))?);
        }
    }

    async fn token_page(
        &self,
        query: &SearchQuery,
        token: Option<&str>,
    ) -> Result<WireTokenPage, ClientError> {
        let mut body = json!({"jql": query.jql, "fields": query.fields, "maxResults": query.page()});
        // Only what is needed: members that Jira does not know are errors.
        if let Value::Object(members) = &mut body {
            members.extend(query.rendered.then(|| ("expand".into(), json!("renderedFields"))));
            members.extend(
                (!query.reconcile.is_empty()).then(|| ("reconcileIssues".into(), json!(query.reconcile))),
            );
            members.extend(token.map(|token| ("nextPageToken".into(), json!(token))));
        }
        let call = Call::post(CLOUD, ["rest", "api", "3", "search", "jql"])
            .json(&body)
            .map_err(|fault| self.upstream.fail(CLOUD, fault, 1))?
            .reads()
            .large();
        self.upstream.read(call, token_page).await
    }

    /// `strict`: whether Jira shall refuse a query that names what does not exist.
    pub(super) async fn search_by_offset(
        &self,
        query: &SearchQuery,
        strict: bool,
        progress: Progress<'_>,
    ) -> Result<Vec<WireIssue>, ClientError> {
        let ordered = SearchQuery { jql: paging::ordered(&query.jql), ..query.clone() };
        for _ in 0..READINGS {
            if let Some(issues) = self.offset_pages(&ordered, strict, progress).await? {
                return Ok(issues);
            }
        }
        let what = format!("its search changed under our feet {READINGS} times");
        Err(self.upstream.error(DATA_CENTER, ErrorKind::Invalid { what }))
    }

    /// All pages, or `None` if issues left the search meanwhile, which pulls others over a page's edge unseen.
    async fn offset_pages(
        &self,
        query: &SearchQuery,
        strict: bool,
        progress: Progress<'_>,
    ) -> Result<Option<Vec<WireIssue>>, ClientError> {
        let mut found: Vec<WireIssue> = Vec::new();
        let mut seen = HashSet::new();
        let mut counted = 0;
        loop {
            let page = self.offset_page(query, strict, found.len()).await?;
            if page.total < counted {
                return Ok(None);
            }
            counted = page.total;
            self.upstream.bounded(DATA_CENTER, counted)?;
            let before = found.len();
            found.extend(page.issues.into_iter().filter(|issue| seen.insert(issue.id.clone())));
            progress(found.len(), Some(counted));
            if found.len() >= counted {
                return Ok(Some(found));
            }
            if found.len() == before {
                return Ok(None);
            }
        }
    }

    async fn offset_page(
        &self,
        query: &SearchQuery,
        strict: bool,
        start: usize,
    ) -> Result<WireOffsetPage, ClientError> {
        let mut call = Call::get(DATA_CENTER, ["rest", "api", "2", "search"])
            .query("jql", &query.jql)
            .query("startAt", start)
            .query("maxResults", query.page())
            .query("fields", query.fields.join(","))
            .large();
        if query.rendered {
            call = call.query("expand", "renderedFields");
        }
        if !strict {
            call = call.query("validateQuery", "false");
        }
        self.upstream.json(call).await
    }
}

/// A page that neither ends nor says where it goes on is broken.
fn token_page(answer: &Answer) -> Result<WireTokenPage, Fault> {
    let page: WireTokenPage = answer.json()?;
    let token = page.next_page_token.as_deref().unwrap_or_default();
    if page.is_last == Some(false) && token.is_empty() {
        return Err(Fault::invalid("a page of issues that is not the last and names no next one"));
    }
    Ok(page)
}

/// The same issue twice is one issue, as it was seen last.
pub(super) fn distinct(issues: Vec<WireIssue>) -> Vec<WireIssue> {
    let mut seen = HashSet::new();
    let mut kept: Vec<WireIssue> =
        issues.into_iter().rev().filter(|issue| seen.insert(issue.id.clone())).collect();
    kept.reverse();
    kept
}
