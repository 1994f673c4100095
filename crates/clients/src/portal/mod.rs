//! The customer portal: one trait, three faces (`hydra`, `graphql`, `v3`), chosen by configuration.
//! What a face cannot tell or do is said by its capabilities, never made up.

mod errors;
pub mod graphql;
pub mod hydra;
mod types;
pub mod v3;
mod wire;

use async_trait::async_trait;

use crate::http::{Auth, Download, Profile, Upstream};
use crate::sso::TokenSource;
use crate::{ClientError, ErrorKind, Probe, Progress, UpstreamName};

pub use graphql::GraphqlPortal;
pub use hydra::HydraPortal;
pub use types::{
    Attachment, Capabilities, CaseList, CaseQuery, LinkedIssue, Moment, PortalBug, PortalCase,
    PortalCaseDetail, PortalComment, PortalUser, Watcher,
};
pub use v3::V3Portal;

/// The setting that holds the portal's credential.
const SETTING: &str = "offline_token";

/// The customer portal: reading, and the watchers of cases. Errors name the call; a list is either whole or an error.
/// What a face cannot do is [`ErrorKind::Unsupported`] and says which can.
#[async_trait]
pub trait Portal: Send + Sync + std::fmt::Debug {
    /// What this face can tell.
    fn capabilities(&self) -> Capabilities;

    /// All cases that match, each once, in the order of their creation.
    async fn search_cases(&self, query: &CaseQuery, progress: Progress<'_>) -> Result<CaseList, ClientError>;

    /// One case with its comments.
    async fn case(&self, number: &str) -> Result<PortalCaseDetail, ClientError>;

    /// Several cases: one result for each number, in the order of the numbers. Ask for at most
    /// [`Capabilities::batch`] at once, so that progress shows.
    async fn cases(&self, numbers: &[String]) -> Vec<(String, Result<PortalCaseDetail, ClientError>)>;

    /// The Jira issues that are linked to a case.
    async fn linked_issues(&self, number: &str) -> Result<Vec<LinkedIssue>, ClientError>;

    /// Who is told when the case changes.
    async fn watchers(&self, number: &str) -> Result<Vec<Watcher>, ClientError>;

    /// Lets people be told of the case, by their portal logins; who is told already stays.
    async fn add_watchers(&self, number: &str, logins: &[String]) -> Result<(), ClientError>;

    /// Lets somebody not be told any more; who was not stays so.
    async fn remove_watcher(&self, number: &str, login: &str) -> Result<(), ClientError>;

    /// The case's files.
    async fn attachments(&self, number: &str) -> Result<Vec<Attachment>, ClientError>;

    /// Begins a file at its byte `from`.
    async fn download(&self, file: &Attachment, from: u64) -> Result<Download, ClientError>;

    /// For `doctor`: whether it answers and takes the credential.
    async fn check(&self) -> Result<Probe, ClientError>;
}

/// The error of what this face cannot do.
fn unsupported(upstream: &Upstream, what: &'static str, face: &str, can: &str) -> ClientError {
    upstream
        .unsent(what, ErrorKind::Unsupported { what: format!("{face} does not know {what}; `{can}` does") })
}

fn profile(tokens: TokenSource) -> Profile {
    Profile {
        name: UpstreamName::Portal,
        setting: SETTING,
        auth: Auth::Token(tokens.into()),
        check: errors::check,
        hidden: Vec::new(),
    }
}
