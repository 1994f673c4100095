//! Jira, Cloud and Data Center: who we are, fields, projects; searching is in `search`, single issues in `issues`,
//! boards and sprints in `agile`; writing in `write`, `transitions`, `links`, `sprints`.

mod agile;
mod errors;
mod issue;
mod issues;
pub mod jql;
mod links;
mod newest;
mod pace;
mod paging;
mod search;
mod sprints;
mod text;
mod transitions;
mod wire;
mod write;

use reqwest::header::HeaderValue;
use tokio::sync::OnceCell;

use crate::http::{Answer, Auth, Call, Fault, Profile, Upstream};
use crate::{ClientError, Endpoint, ErrorKind, Probe, Secret, Surroundings, UpstreamName};

pub use issue::{JiraComment, JiraUser};
pub use links::RemoteLink;
pub use search::SearchQuery;
pub use text::fitting;
pub use transitions::Transition;
pub use wire::{
    WireBoard, WireField, WireIssue, WireMyself, WireProject, WireSchema, WireServerInfo, WireSprint,
};
pub use write::{CreatedIssue, NewIssue, UserRef};

const SETTING: &str = "jira_pass";
const SERVER_INFO: &str = "GET /rest/api/2/serverInfo";
const MYSELF: &str = "GET /rest/api/{v}/myself";
const FIELDS: &str = "GET /rest/api/2/field";
const PROJECT: &str = "GET /rest/api/2/project/{key}";

/// How we log in.
#[derive(Debug, Clone)]
pub enum JiraAuth {
    /// Cloud: mail address and API token; Data Center: login and password.
    Basic {
        /// Mail address or login.
        user: String,
        /// API token or password.
        password: Secret,
    },
    /// Data Center: a personal access token.
    Bearer(Secret),
}

/// Which Jira it is; the two differ in searching, users and texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavour {
    /// Atlassian's own.
    Cloud,
    /// On somebody's premises.
    DataCenter,
}

impl Flavour {
    /// The version of the interface that is spoken with it.
    fn api_version(self) -> &'static str {
        match self {
            Self::Cloud => "3",
            Self::DataCenter => "2",
        }
    }
}

/// The client. Cheap to share behind an `Arc`.
#[derive(Debug)]
pub struct JiraClient {
    upstream: Upstream,
    flavour: OnceCell<Flavour>,
    pace: pace::Pace,
}

impl JiraClient {
    /// `endpoint.base` is `jira_server`. `flavour` is asked for at the first call if it is not given. Fails if the
    /// address cannot be used or the credential is empty.
    pub fn new(
        endpoint: Endpoint,
        auth: JiraAuth,
        flavour: Option<Flavour>,
        around: &Surroundings,
    ) -> Result<Self, ClientError> {
        let auth = match auth {
            JiraAuth::Basic { user, password } => Auth::Basic { user, password },
            JiraAuth::Bearer(token) => Auth::Bearer(token),
        };
        let empty = auth.secret().is_none_or(Secret::is_empty);
        let profile = Profile {
            name: UpstreamName::Jira,
            setting: SETTING,
            auth,
            check: errors::check,
            hidden: Vec::new(),
        };
        let upstream = Upstream::new(profile, endpoint, around)?;
        if empty {
            return Err(upstream.error("setup", ErrorKind::Setting { what: format!("`{SETTING}` is empty") }));
        }
        Ok(Self { upstream, flavour: OnceCell::new_with(flavour), pace: pace::Pace::default() })
    }

    /// Cloud or Data Center; asked once.
    pub async fn flavour(&self) -> Result<Flavour, ClientError> {
        let ask = || async {
            let info = self.server_info().await?;
            let cloud = info.deployment_type.is_some_and(|kind| kind.eq_ignore_ascii_case("cloud"));
            Ok(if cloud { Flavour::Cloud } else { Flavour::DataCenter })
        };
        self.flavour.get_or_try_init(ask).await.copied()
    }

    /// Product and version.
    pub async fn server_info(&self) -> Result<WireServerInfo, ClientError> {
        self.upstream.json(Call::get(SERVER_INFO, ["rest", "api", "2", "serverInfo"])).await
    }

    /// Who we are there. An expired credential that is answered as to an anonymous visitor is
    /// [`ErrorKind::Anonymous`]: ask this once per sync, and before believing that all is gone.
    pub async fn myself(&self) -> Result<WireMyself, ClientError> {
        let version = self.api_version().await?;
        self.upstream.read(Call::get(MYSELF, ["rest", "api", version, "myself"]), myself).await
    }

    /// All fields with their ids, custom ones included.
    pub async fn fields(&self) -> Result<Vec<WireField>, ClientError> {
        self.upstream.json(Call::get(FIELDS, ["rest", "api", "2", "field"])).await
    }

    /// A project by key or id.
    pub async fn project(&self, key: &str) -> Result<WireProject, ClientError> {
        self.upstream.json(Call::get(PROJECT, ["rest", "api", "2", "project", key])).await
    }

    /// For `doctor`: whether it answers, and as whom it knows us.
    pub async fn check(&self) -> Result<Probe, ClientError> {
        let info = self.server_info().await?;
        let myself = self.myself().await?;
        let product = info.deployment_type.as_deref().unwrap_or("Server");
        Ok(Probe {
            service: format!("Jira {product} {}", info.version.as_deref().unwrap_or("(version unknown)")),
            identity: myself.display_name.or(myself.email_address).or(myself.name).or(myself.account_id),
            clock_skew: self.upstream.clock_skew(),
        })
    }

    /// Where a person reads an issue.
    pub fn browse_url(&self, key: &str) -> String {
        format!("{}/browse/{key}", self.upstream.base().as_str().trim_end_matches('/'))
    }

    async fn api_version(&self) -> Result<&'static str, ClientError> {
        Ok(self.flavour().await?.api_version())
    }
}

fn myself(answer: &Answer) -> Result<WireMyself, Fault> {
    let myself: WireMyself = answer.json()?;
    let nobody = |name: &Option<String>| name.as_deref().is_none_or(|n| n.is_empty() || n == "anonymous");
    if nobody(&myself.account_id) && nobody(&myself.name) && nobody(&myself.key) {
        return Err(errors::anonymous(SETTING));
    }
    Ok(myself)
}

/// Jira says in a header whom it takes us for.
fn taken_for_nobody(name: &HeaderValue) -> bool {
    name.as_bytes().eq_ignore_ascii_case(b"anonymous")
}
