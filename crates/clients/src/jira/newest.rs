//! The youngest issue of a project: where to begin when looking for issues that the search does not show yet.

use serde_json::{Value, json};

use super::search::{CLOUD, DATA_CENTER};
use super::wire::{WireOffsetPage, WireTokenPage};
use super::{Flavour, JiraClient, WireIssue, jql, paging};
use crate::http::Call;
use crate::{ClientError, ErrorKind};

impl JiraClient {
    /// The highest key of the project that the search knows; `None` if it has none. Whatever comes into the project,
    /// new or moved there, gets a higher one than all before; the search lags behind, so there may be higher ones.
    pub async fn newest_key(&self, project: &str) -> Result<Option<String>, ClientError> {
        let jql = format!("project = {} ORDER BY key DESC", jql::quote(project));
        let issue = match self.flavour().await? {
            Flavour::Cloud => self.first_of_tokens(&jql).await?,
            Flavour::DataCenter => self.first_of_offset(&jql).await?,
        };
        if issue.is_none() {
            // Nothing at all is what an expired credential is shown.
            self.myself().await?;
        }
        Ok(issue.map(|issue| issue.key))
    }

    /// A page may be empty and yet not the last one.
    async fn first_of_tokens(&self, jql: &str) -> Result<Option<WireIssue>, ClientError> {
        let mut tokens = paging::Tokens::default();
        let mut body = json!({"jql": jql, "fields": ["key"], "maxResults": 1});
        loop {
            let call = Call::post(CLOUD, ["rest", "api", "3", "search", "jql"]);
            let call = self.with_body(CLOUD, call, &body)?.reads();
            let mut page: WireTokenPage = self.upstream.json(call).await?;
            if !page.issues.is_empty() || paging::is_end(&page) {
                return Ok(page.issues.into_iter().next());
            }
            let next = tokens.follow(page.next_page_token.take());
            let next = next.map_err(|what| self.upstream.error(CLOUD, ErrorKind::Invalid { what }))?;
            if let Value::Object(members) = &mut body {
                members.insert("nextPageToken".into(), json!(next));
            }
        }
    }

    async fn first_of_offset(&self, jql: &str) -> Result<Option<WireIssue>, ClientError> {
        let call = Call::get(DATA_CENTER, ["rest", "api", "2", "search"])
            .query("jql", jql)
            .query("startAt", 0)
            .query("maxResults", 1)
            .query("fields", "key");
        let page: WireOffsetPage = self.upstream.json(call).await?;
        Ok(page.issues.into_iter().next())
    }
}
