//! The portal's v1 ("hydra") face: Solr search by windows, one call a case, linked Jira issues, watchers, files.

mod files;
mod people;
mod walk;
mod wire;

use std::collections::HashSet;

use async_trait::async_trait;
use futures_util::StreamExt;
use serde_json::Value;

use super::wire::{detail, text};
use super::{
    Attachment, Capabilities, CaseList, CaseQuery, LinkedIssue, Portal, PortalCaseDetail, Watcher, profile,
};
use crate::http::{Answer, Call, Download, Fault, Upstream};
use crate::sso::TokenSource;
use crate::{ClientError, Endpoint, Probe, Progress, Surroundings};

const CASE: &str = "GET /v1/cases/{number}";
const JIRAS: &str = "GET /cases/{number}/jiras";

/// The client. `endpoint.base` is `redhat_api`, such as `https://access.redhat.com/hydra/rest`.
#[derive(Debug)]
pub struct HydraPortal {
    upstream: Upstream,
}

impl HydraPortal {
    /// Fails if the address cannot be used.
    pub fn new(endpoint: Endpoint, tokens: TokenSource, around: &Surroundings) -> Result<Self, ClientError> {
        Ok(Self { upstream: Upstream::new(profile(tokens), endpoint, around)? })
    }
}

#[async_trait]
impl Portal for HydraPortal {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            face: "hydra",
            details: true,
            bugs_and_tags: true,
            linked_issues: true,
            watchers: true,
            batch: self.upstream.concurrency(),
        }
    }

    async fn search_cases(&self, query: &CaseQuery, progress: Progress<'_>) -> Result<CaseList, ClientError> {
        walk::Walk::new(&self.upstream, query, progress).run().await
    }

    async fn case(&self, number: &str) -> Result<PortalCaseDetail, ClientError> {
        let case: Value = self.upstream.read(Call::get(CASE, ["v1", "cases", number]), object).await?;
        Ok(detail(number, &case))
    }

    async fn cases(&self, numbers: &[String]) -> Vec<(String, Result<PortalCaseDetail, ClientError>)> {
        let fetch = numbers.iter().cloned().map(|number| async move {
            let detail = self.case(&number).await;
            (number, detail)
        });
        futures_util::stream::iter(fetch).buffered(self.upstream.concurrency()).collect().await
    }

    async fn linked_issues(&self, number: &str) -> Result<Vec<LinkedIssue>, ClientError> {
        let issues: Vec<Value> = self.upstream.json(Call::get(JIRAS, ["cases", number, "jiras"])).await?;
        let mut seen = HashSet::new();
        let issues = issues.iter().filter_map(linked_issue);
        Ok(issues.filter(|issue| seen.insert(issue.key.clone())).collect())
    }

    async fn watchers(&self, number: &str) -> Result<Vec<Watcher>, ClientError> {
        let told = self.case(number).await?.notified_users.unwrap_or_default();
        Ok(told.into_iter().map(Watcher::from).collect())
    }

    async fn add_watchers(&self, number: &str, logins: &[String]) -> Result<(), ClientError> {
        people::add(self, number, logins).await
    }

    async fn remove_watcher(&self, number: &str, login: &str) -> Result<(), ClientError> {
        people::remove(self, number, login).await
    }

    async fn attachments(&self, number: &str) -> Result<Vec<Attachment>, ClientError> {
        files::list(self, number).await
    }

    async fn download(&self, file: &Attachment, from: u64) -> Result<Download, ClientError> {
        files::download(self, file, from).await
    }

    async fn check(&self) -> Result<Probe, ClientError> {
        walk::first_row(&self.upstream).await?;
        Ok(Probe {
            service: "customer portal (hydra)".into(),
            identity: None,
            clock_skew: self.upstream.clock_skew(),
        })
    }
}

/// A case is an object; anything else is a broken answer.
fn object(answer: &Answer) -> Result<Value, Fault> {
    match answer.json()? {
        case @ Value::Object(_) => Ok(case),
        _ => Err(Fault::invalid("a case that is no object")),
    }
}

fn linked_issue(issue: &Value) -> Option<LinkedIssue> {
    Some(LinkedIssue {
        key: text(issue, "resourceKey")?,
        url: text(issue, "resourceURL"),
        title: text(issue, "title"),
        status: text(issue, "status"),
        modified: text(issue, "lastModifiedDate"),
    })
}
