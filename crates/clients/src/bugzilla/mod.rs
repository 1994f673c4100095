//! Bugzilla, Red Hat's and plain ones: bugs by number, and their internal whiteboard.

mod errors;
mod paging;
mod wire;
mod write;

use reqwest::header::HeaderName;

use crate::http::{Auth, Call, Profile, Upstream};
use crate::{ClientError, Endpoint, ErrorKind, Probe, Secret, Surroundings, UpstreamName};

pub use paging::BugAnswer;
pub use wire::{FIELDS, WireBug};
pub use write::BugUpdate;

const SETTING: &str = "bz_key";
const VERSION: &str = "GET /rest/version";
const WHOAMI: &str = "GET /rest/whoami";

/// How the key is presented; a Bugzilla knows one of these, and two at once are an error there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyStyle {
    /// `Authorization: Bearer`, Red Hat's.
    Bearer,
    /// `?api_key=`, plain 5.0.
    Query,
    /// `X-BUGZILLA-API-KEY`, 5.1 and later.
    Header,
}

/// The client.
#[derive(Debug)]
pub struct BugzillaClient {
    upstream: Upstream,
}

impl BugzillaClient {
    /// `endpoint.base` is the site (`https://bugzilla.redhat.com`), without `/rest`. Fails if the address cannot be
    /// used or the key is empty.
    pub fn new(
        endpoint: Endpoint,
        style: KeyStyle,
        key: Secret,
        around: &Surroundings,
    ) -> Result<Self, ClientError> {
        let empty = key.is_empty();
        let auth = match style {
            KeyStyle::Bearer => Auth::Bearer(key),
            KeyStyle::Query => Auth::Query("api_key", key),
            KeyStyle::Header => Auth::Header(HeaderName::from_static("x-bugzilla-api-key"), key),
        };
        let profile = Profile {
            name: UpstreamName::Bugzilla,
            setting: SETTING,
            auth,
            check: errors::check,
            hidden: Vec::new(),
        };
        let upstream = Upstream::new(profile, endpoint, around)?;
        if empty {
            return Err(upstream.error("setup", ErrorKind::Setting { what: format!("`{SETTING}` is empty") }));
        }
        Ok(Self { upstream })
    }

    /// The bugs among `ids` that we may read, and those that we may not or that do not exist: Bugzilla leaves both
    /// out without a word.
    pub async fn bugs(&self, ids: &[u64]) -> Result<BugAnswer, ClientError> {
        paging::bugs(&self.upstream, ids).await
    }

    /// Its version.
    pub async fn version(&self) -> Result<String, ClientError> {
        let version: wire::WireVersion = self.upstream.json(Call::get(VERSION, ["rest", "version"])).await?;
        Ok(version.version)
    }

    /// As whom it knows us; `None` on a 5.0, which has no such call.
    pub async fn whoami(&self) -> Result<Option<String>, ClientError> {
        let call = Call::get(WHOAMI, ["rest", "whoami"]);
        match self.upstream.json::<wire::WireWhoami>(call).await {
            Ok(me) => Ok(Some(me.name)),
            Err(ClientError { kind: ErrorKind::NotFound { .. }, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// For `doctor`: whether it answers and takes the key.
    pub async fn check(&self) -> Result<Probe, ClientError> {
        let version = self.version().await?;
        let identity = self.whoami().await?;
        if identity.is_none() {
            // A wrong key is refused with any call that looks for bugs.
            paging::one_bug(&self.upstream).await?;
        }
        Ok(Probe { service: format!("Bugzilla {version}"), identity, clock_skew: self.upstream.clock_skew() })
    }
}
