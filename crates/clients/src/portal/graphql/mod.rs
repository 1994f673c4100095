//! The portal's GraphQL face: the list by cursor, details by batches. It knows no critical situations, watchers or
//! bugs, no linked issues, no descriptions and no owners.

mod paging;
mod query;
mod wire;

use std::collections::HashMap;

use async_trait::async_trait;
use futures_util::StreamExt;
use serde_json::{Value, json};

use super::{
    Attachment, Capabilities, CaseList, CaseQuery, LinkedIssue, Portal, PortalCaseDetail, Watcher, profile,
    unsupported,
};
use crate::http::{Download, Upstream};
use crate::sso::TokenSource;
use crate::{ClientError, Endpoint, ErrorKind, Probe, Progress, Surroundings};

/// The most numbers that one query may name: the firewall counts.
const BATCH: usize = 100;

/// The client. `endpoint.base` is the one address, `https://graphql.redhat.com`.
#[derive(Debug)]
pub struct GraphqlPortal {
    upstream: Upstream,
}

impl GraphqlPortal {
    /// Fails if the address cannot be used.
    pub fn new(endpoint: Endpoint, tokens: TokenSource, around: &Surroundings) -> Result<Self, ClientError> {
        Ok(Self { upstream: Upstream::new(profile(tokens), endpoint, around)? })
    }

    /// The details of at most [`BATCH`] cases. All fail together: half an answer is none.
    async fn batch(&self, numbers: &[String]) -> Result<HashMap<String, PortalCaseDetail>, ClientError> {
        let filter = json!({"CaseNumber__c": {"in": numbers}});
        let mut details = HashMap::new();
        for node in paging::nodes(&self.upstream, paging::DETAILS, filter, &|_, _| ()).await? {
            let Some(mut detail) = wire::detail(&node) else { continue };
            let comments = paging::further_comments(&self.upstream, &detail.number, &node).await?;
            detail.comments = super::wire::in_order([detail.comments, comments].concat());
            details.insert(detail.number.clone(), detail);
        }
        Ok(details)
    }

    async fn chunk(&self, numbers: &[String]) -> Vec<(String, Result<PortalCaseDetail, ClientError>)> {
        let mut details = self.batch(numbers).await;
        let result = |number: &String| match &mut details {
            Ok(details) => details.remove(number).ok_or_else(|| {
                let detail = format!("no case {number}");
                self.upstream.error(paging::DETAILS.route, ErrorKind::NotFound { detail })
            }),
            Err(error) => Err(error.clone()),
        };
        let results: Vec<_> = numbers.iter().map(result).collect();
        numbers.iter().cloned().zip(results).collect()
    }
}

#[async_trait]
impl Portal for GraphqlPortal {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            face: "graphql",
            details: false,
            bugs_and_tags: false,
            linked_issues: false,
            watchers: false,
            batch: BATCH,
        }
    }

    async fn search_cases(&self, query: &CaseQuery, progress: Progress<'_>) -> Result<CaseList, ClientError> {
        let filter =
            query::filter(query).map_err(|fault| self.upstream.fail(paging::LIST.route, fault, 1))?;
        let nodes = paging::nodes(&self.upstream, paging::LIST, filter, progress).await?;
        let mut list = CaseList::default();
        for node in &nodes {
            match wire::case(node) {
                Some(case) if !wire::is_internal(&case.number) => list.cases.push(case),
                Some(_) => {}
                None => list.skipped += 1,
            }
        }
        Ok(list)
    }

    async fn case(&self, number: &str) -> Result<PortalCaseDetail, ClientError> {
        let numbers = [number.to_owned()];
        let mut found = self.batch(&numbers).await?;
        found.remove(number).ok_or_else(|| {
            let detail = format!("no case {number}");
            self.upstream.error(paging::DETAILS.route, ErrorKind::NotFound { detail })
        })
    }

    async fn cases(&self, numbers: &[String]) -> Vec<(String, Result<PortalCaseDetail, ClientError>)> {
        let chunks: Vec<Vec<String>> = numbers.chunks(BATCH).map(<[String]>::to_vec).collect();
        let chunks = chunks.into_iter().map(|chunk| async move { self.chunk(&chunk).await });
        let done: Vec<_> =
            futures_util::stream::iter(chunks).buffered(self.upstream.concurrency()).collect().await;
        done.into_iter().flatten().collect()
    }

    async fn linked_issues(&self, _number: &str) -> Result<Vec<LinkedIssue>, ClientError> {
        let what = "the GraphQL face does not tell linked Jira issues; `hydra` does".into();
        Err(self.upstream.error("linked issues", ErrorKind::Unsupported { what }))
    }

    async fn watchers(&self, _number: &str) -> Result<Vec<Watcher>, ClientError> {
        Err(unsupported(&self.upstream, "watchers", "the GraphQL face", "hydra"))
    }

    async fn add_watchers(&self, _number: &str, _logins: &[String]) -> Result<(), ClientError> {
        Err(unsupported(&self.upstream, "adding watchers", "the GraphQL face", "hydra"))
    }

    async fn remove_watcher(&self, _number: &str, _login: &str) -> Result<(), ClientError> {
        Err(unsupported(&self.upstream, "removing watchers", "the GraphQL face", "hydra"))
    }

    async fn attachments(&self, _number: &str) -> Result<Vec<Attachment>, ClientError> {
        Err(unsupported(&self.upstream, "the list of attachments", "the GraphQL face", "hydra"))
    }

    async fn download(&self, _file: &Attachment, _from: u64) -> Result<Download, ClientError> {
        Err(unsupported(&self.upstream, "downloads", "the GraphQL face", "hydra` or `v3"))
    }

    async fn check(&self) -> Result<Probe, ClientError> {
        paging::first_page(&self.upstream, Value::Null).await?;
        Ok(Probe {
            service: "customer portal (GraphQL)".into(),
            identity: None,
            clock_skew: self.upstream.clock_skew(),
        })
    }
}
