//! The portal's v3 REST face: details and comments, and a list that is often empty although it counts.

mod paging;
mod wire;

use async_trait::async_trait;
use futures_util::StreamExt;
use serde_json::Value;

use super::wire::{detail, in_order};
use super::{
    Attachment, Capabilities, CaseList, CaseQuery, LinkedIssue, Portal, PortalCaseDetail, Watcher, profile,
    unsupported,
};
use crate::http::{Answer, Call, Download, Fault, Upstream};
use crate::sso::TokenSource;
use crate::{ClientError, Endpoint, ErrorKind, Probe, Progress, Surroundings};

const CASE: &str = "GET cases/{number}";
const COMMENTS: &str = "GET cases/{number}/comments";
const TICKET: &str = "GET cases/attachments/downloadFile/{number}/{uuid}";
const FILE: &str = "GET downloadUrl of an attachment";

/// The client. `endpoint.base` is `https://api.access.redhat.com/support/v3`.
#[derive(Debug)]
pub struct V3Portal {
    upstream: Upstream,
}

impl V3Portal {
    /// Fails if the address cannot be used.
    pub fn new(endpoint: Endpoint, tokens: TokenSource, around: &Surroundings) -> Result<Self, ClientError> {
        Ok(Self { upstream: Upstream::new(profile(tokens), endpoint, around)? })
    }
}

#[async_trait]
impl Portal for V3Portal {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            face: "v3",
            details: false,
            bugs_and_tags: false,
            linked_issues: false,
            watchers: false,
            batch: self.upstream.concurrency(),
        }
    }

    async fn search_cases(&self, query: &CaseQuery, progress: Progress<'_>) -> Result<CaseList, ClientError> {
        paging::list(&self.upstream, query, progress).await
    }

    async fn case(&self, number: &str) -> Result<PortalCaseDetail, ClientError> {
        let case = self.upstream.read(Call::get(CASE, ["cases", number]), object);
        let comments = Call::get(COMMENTS, ["cases", number, "comments"])
            .query("sortField", "createdDate")
            .query("sortOrder", "asc");
        let comments = self.upstream.read(comments, wire::comments);
        let (case, comments) = tokio::try_join!(case, comments)?;
        // What v3 leaves out must not look like "none".
        let told = |member: &str| case.get(member).is_some_and(|value| !value.is_null());
        let all = detail(number, &case);
        Ok(PortalCaseDetail {
            crit_sit: all.crit_sit.filter(|_| told("critSit")),
            notified_users: all.notified_users.filter(|_| told("notifiedUsers")),
            bugzillas: all.bugzillas.filter(|_| told("bugzillas")),
            comments: in_order(comments),
            ..all
        })
    }

    async fn cases(&self, numbers: &[String]) -> Vec<(String, Result<PortalCaseDetail, ClientError>)> {
        let fetch = numbers.iter().cloned().map(|number| async move {
            let detail = self.case(&number).await;
            (number, detail)
        });
        futures_util::stream::iter(fetch).buffered(self.upstream.concurrency()).collect().await
    }

    async fn linked_issues(&self, _number: &str) -> Result<Vec<LinkedIssue>, ClientError> {
        let what = "v3 does not tell linked Jira issues; `hydra` does".into();
        Err(self.upstream.error("linked issues", ErrorKind::Unsupported { what }))
    }

    async fn watchers(&self, number: &str) -> Result<Vec<Watcher>, ClientError> {
        let told = self.case(number).await?.notified_users;
        let told = told.ok_or_else(|| unsupported(&self.upstream, "watchers", "v3", "hydra"))?;
        Ok(told.into_iter().map(Watcher::from).collect())
    }

    async fn add_watchers(&self, _number: &str, _logins: &[String]) -> Result<(), ClientError> {
        Err(unsupported(&self.upstream, "adding watchers", "v3", "hydra"))
    }

    async fn remove_watcher(&self, _number: &str, _login: &str) -> Result<(), ClientError> {
        Err(unsupported(&self.upstream, "removing watchers", "v3", "hydra"))
    }

    async fn attachments(&self, _number: &str) -> Result<Vec<Attachment>, ClientError> {
        Err(unsupported(&self.upstream, "the list of attachments", "v3", "hydra"))
    }

    async fn download(&self, file: &Attachment, from: u64) -> Result<Download, ClientError> {
        let path = ["cases", "attachments", "downloadFile", &file.case, &file.uuid];
        let ticket: wire::WireTicket = self.upstream.json(Call::get(TICKET, path)).await?;
        let place = self.upstream.base().join(&ticket.download_url).map_err(|_| {
            let what = "an address of a file that is none".into();
            self.upstream.error(TICKET, ErrorKind::Invalid { what })
        })?;
        self.upstream.download(FILE, &place, from).await
    }

    async fn check(&self) -> Result<Probe, ClientError> {
        paging::count(&self.upstream).await?;
        Ok(Probe {
            service: "customer portal (v3)".into(),
            identity: None,
            clock_skew: self.upstream.clock_skew(),
        })
    }
}

fn object(answer: &Answer) -> Result<Value, Fault> {
    match answer.json()? {
        case @ Value::Object(_) => Ok(case),
        _ => Err(Fault::invalid("a case that is no object")),
    }
}
