//! The customer portal: one trait, three faces (`hydra`, `graphql`, `v3`), chosen by configuration.
//! What a face cannot tell is said by its capabilities, never made up.

mod errors;
pub mod graphql;
pub mod hydra;
mod types;
pub mod v3;
mod wire;

use async_trait::async_trait;

use crate::http::{Auth, Profile};
use crate::sso::TokenSource;
use crate::{ClientError, Probe, Progress, UpstreamName};

pub use graphql::GraphqlPortal;
pub use hydra::HydraPortal;
pub use types::{
    Capabilities, CaseList, CaseQuery, LinkedIssue, Moment, PortalBug, PortalCase, PortalCaseDetail,
    PortalComment, PortalUser,
};
pub use v3::V3Portal;

/// The setting that holds the portal's credential.
const SETTING: &str = "offline_token";

/// Reading from the customer portal. Errors name the call; a list is either whole or an error.
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

    /// For `doctor`: whether it answers and takes the credential.
    async fn check(&self) -> Result<Probe, ClientError>;
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
