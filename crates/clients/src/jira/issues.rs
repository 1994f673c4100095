//! Issues by key: in bulk, singly, with all their comments.

use std::collections::{BTreeMap, HashSet};

use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt, TryStreamExt};
use serde_json::{Value, json};

use super::issue::in_order;
use super::wire::{WireBulk, WireComments};
use super::{Flavour, JiraClient, JiraComment, SearchQuery, WireIssue, jql};
use crate::http::{Answer, Call, Fault};
use crate::{ClientError, ErrorKind};

const BULK: &str = "POST /rest/api/3/issue/bulkfetch";
const ISSUE: &str = "GET /rest/api/{v}/issue/{key}";
const COMMENTS: &str = "GET /rest/api/{v}/issue/{key}/comment";
/// The most that one bulk read may name.
const BULK_KEYS: usize = 100;
const COMMENTS_PAGE: usize = 100;

impl JiraClient {
    /// The issues among `keys` that exist and that we may read, each once, in no particular order. Those that are
    /// missing from a first answer are asked for once more before they count as unreadable. Nothing found at all is
    /// believed only if Jira still knows who we are.
    pub async fn issues_by_key(
        &self,
        keys: &[String],
        fields: &[String],
        rendered: bool,
    ) -> Result<Vec<WireIssue>, ClientError> {
        let mut wanted: Vec<String> = keys.to_vec();
        wanted.sort();
        wanted.dedup();
        let mut found = self.bulk(&wanted, fields, rendered).await?;
        let known: HashSet<&str> = found.iter().map(|issue| issue.key.as_str()).collect();
        let missing: Vec<String> =
            wanted.iter().filter(|key| !known.contains(key.as_str())).cloned().collect();
        if !missing.is_empty() {
            let late = self.bulk(&missing, fields, rendered).await?;
            // An issue that has moved answers to its old key with its new one, so it may come twice.
            found = super::search::distinct([found, late].concat());
        }
        if found.is_empty() && !wanted.is_empty() {
            self.myself().await?;
        }
        Ok(found)
    }

    /// The same by the keys that were asked for: an issue that went into another project is known by its old key, too.
    pub async fn issues_asked_for(
        &self,
        keys: &[String],
        fields: &[String],
    ) -> Result<BTreeMap<String, WireIssue>, ClientError> {
        let found = self.issues_by_key(keys, fields, false).await?;
        let mut known: BTreeMap<_, _> = found.into_iter().map(|issue| (issue.key.clone(), issue)).collect();
        if known.keys().any(|key| !keys.contains(key)) {
            // Which of those that are missing it was, only Jira itself tells, asked for each.
            let missing: Vec<_> = keys.iter().filter(|key| !known.contains_key(*key)).cloned().collect();
            let answers = missing.into_iter().map(|key| async move {
                let issue = self.fresh_issue(&key, fields).await;
                issue.map(|issue| Some((key, issue?)))
            });
            let moved: Vec<_> = futures_util::stream::iter(answers)
                .buffer_unordered(self.upstream.concurrency())
                .try_collect()
                .await?;
            known.extend(moved.into_iter().flatten());
        }
        Ok(known)
    }

    async fn bulk(
        &self,
        keys: &[String],
        fields: &[String],
        rendered: bool,
    ) -> Result<Vec<WireIssue>, ClientError> {
        let flavour = self.flavour().await?;
        let chunks: Vec<Vec<String>> = keys.chunks(BULK_KEYS).map(<[String]>::to_vec).collect();
        let chunks = chunks.into_iter().map(|chunk| async move {
            match flavour {
                Flavour::Cloud => self.bulk_cloud(&chunk, fields, rendered).await,
                Flavour::DataCenter => self.bulk_data_center(&chunk, fields, rendered).await,
            }
        });
        let found: Vec<Vec<WireIssue>> = futures_util::stream::iter(chunks)
            .buffer_unordered(self.upstream.concurrency())
            .try_collect()
            .await?;
        Ok(found.into_iter().flatten().collect())
    }

    async fn bulk_cloud(
        &self,
        keys: &[String],
        fields: &[String],
        rendered: bool,
    ) -> Result<Vec<WireIssue>, ClientError> {
        let mut body = json!({"issueIdsOrKeys": keys, "fields": fields});
        if let (true, Value::Object(members)) = (rendered, &mut body) {
            members.insert("expand".into(), json!(["renderedFields"]));
        }
        let call = Call::post(BULK, ["rest", "api", "3", "issue", "bulkfetch"])
            .json(&body)
            .map_err(|fault| self.upstream.fail(BULK, fault, 1))?
            .reads()
            .large();
        self.upstream.read(call, bulk_page).await
    }

    /// Data Center may refuse a query that names a key it does not know. The halves are asked instead, down to the
    /// one key that cannot be read.
    fn bulk_data_center<'a>(
        &'a self,
        keys: &'a [String],
        fields: &'a [String],
        rendered: bool,
    ) -> BoxFuture<'a, Result<Vec<WireIssue>, ClientError>> {
        async move {
            let jql = format!("key in ({})", jql::list(keys));
            let query = SearchQuery { jql, fields: fields.to_vec(), rendered, reconcile: Vec::new() };
            match self.search_by_offset(&query, false, &|_, _| ()).await {
                Err(error) if error.status == Some(400) && keys.len() > 1 => {
                    let (first, second) = keys.split_at(keys.len() / 2);
                    let mut found = self.bulk_data_center(first, fields, rendered).await?;
                    found.extend(self.bulk_data_center(second, fields, rendered).await?);
                    Ok(found)
                }
                Err(error) if error.status == Some(400) => {
                    tracing::debug!(%error, "an issue that cannot be read is left out");
                    Ok(Vec::new())
                }
                other => other,
            }
        }
        .boxed()
    }

    /// One issue, read from Jira itself and not from its search, which lags behind.
    pub async fn issue(
        &self,
        key: &str,
        fields: &[String],
        rendered: bool,
    ) -> Result<WireIssue, ClientError> {
        let version = self.api_version().await?;
        let mut call = Call::get(ISSUE, ["rest", "api", version, "issue", key])
            .query("fields", fields.join(","))
            .large();
        if rendered {
            call = call.query("expand", "renderedFields");
        }
        self.upstream.json(call).await
    }

    /// All comments of an issue with their HTML, oldest first: those that came with it if these are all, else page
    /// by page.
    pub async fn all_comments(&self, issue: &WireIssue) -> Result<Vec<JiraComment>, ClientError> {
        match issue.embedded_comments() {
            Some((comments, true)) => Ok(comments),
            _ => self.comments(&issue.key).await,
        }
    }

    /// All comments of an issue with their HTML, oldest first, page by page.
    pub async fn comments(&self, key: &str) -> Result<Vec<JiraComment>, ClientError> {
        let version = self.api_version().await?;
        let mut comments: Vec<JiraComment> = Vec::new();
        let mut seen = HashSet::new();
        loop {
            let start = comments.len();
            let call = Call::get(COMMENTS, ["rest", "api", version, "issue", key, "comment"])
                .query("startAt", start)
                .query("maxResults", COMMENTS_PAGE)
                .query("orderBy", "created")
                .query("expand", "renderedBody");
            let page: WireComments = self.upstream.json(call).await?;
            let fresh =
                page.comments.iter().map(JiraComment::read).filter(|comment| seen.insert(comment.id.clone()));
            comments.extend(fresh);
            let total = page.total.unwrap_or(comments.len());
            self.upstream.bounded(COMMENTS, total)?;
            if comments.len() >= total {
                return Ok(in_order(comments));
            }
            if comments.len() == start {
                let what = format!("{key} counts {total} comments but shows {start}");
                return Err(self.upstream.error(COMMENTS, ErrorKind::Invalid { what }));
            }
        }
    }
}

/// Issues that could not be read for a passing reason are listed as errors; those we may not see are just missing.
fn bulk_page(answer: &Answer) -> Result<Vec<WireIssue>, Fault> {
    let bulk: WireBulk = answer.json()?;
    match bulk.issue_errors.first() {
        None => Ok(bulk.issues),
        Some(first) => {
            Err(Fault::invalid(format!("{} issues could not be read: {first}", bulk.issue_errors.len())))
        }
    }
}
