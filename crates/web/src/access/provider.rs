//! What signing in needs of an identity provider's protocol. Tests bring one of their own where XML is not the
//! point; `t5g_saml` speaks SAML.

use std::fmt;

use chrono::{DateTime, Utc};
use t5g_saml::{Login, LogoutMessage, LogoutOutcome, ServiceProvider, Subject};
use url::Url;

/// Why a message was not believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotBelieved {
    /// The kind, in snake case, for the audit log.
    pub code: &'static str,
    /// The precise reason, for the audit log; short and printable.
    pub reason: String,
}

/// Speaks with the identity provider through the browser. Keeps nothing between calls.
pub trait Provider: Send + Sync + fmt::Debug {
    /// Where to send a browser that wants to sign in. The error says why the question cannot be asked.
    fn start(&self, relay: &str, request_id: &str, now: DateTime<Utc>) -> Result<Url, String>;

    /// Checks the answer that this browser brought to the question with that id. Computes for milliseconds.
    fn finish(&self, response: &str, request_id: &str, now: DateTime<Utc>) -> Result<Login, NotBelieved>;

    /// What the identity provider calls itself.
    fn issuer(&self) -> String;

    /// Our own description for the identity provider, XML.
    fn metadata(&self) -> String;

    /// Where to send a browser that has signed out here; `None` where the provider knows no signing out.
    fn logout_start(
        &self,
        subject: &Subject,
        relay: &str,
        request_id: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Url>, String>;

    /// Checks what came to the logout service; `expected` is the question of ours that it may answer.
    fn logout_service(
        &self,
        message: LogoutMessage<'_>,
        expected: Option<&str>,
        response_id: &str,
        now: DateTime<Utc>,
    ) -> Result<LogoutOutcome, NotBelieved>;
}

impl Provider for ServiceProvider {
    fn start(&self, relay: &str, request_id: &str, now: DateTime<Utc>) -> Result<Url, String> {
        Self::start(self, relay, now, request_id).map_err(|error| error.to_string())
    }

    fn finish(&self, response: &str, request_id: &str, now: DateTime<Utc>) -> Result<Login, NotBelieved> {
        Self::finish(self, response, request_id, now).map_err(NotBelieved::from)
    }

    fn issuer(&self) -> String {
        self.idp_entity_id().to_owned()
    }

    fn metadata(&self) -> String {
        Self::metadata(self)
    }

    fn logout_start(
        &self,
        subject: &Subject,
        relay: &str,
        request_id: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Url>, String> {
        Self::logout_start(self, subject, relay, request_id, now).map_err(|error| error.to_string())
    }

    fn logout_service(
        &self,
        message: LogoutMessage<'_>,
        expected: Option<&str>,
        response_id: &str,
        now: DateTime<Utc>,
    ) -> Result<LogoutOutcome, NotBelieved> {
        Self::logout_service(self, message, expected, now, response_id).map_err(NotBelieved::from)
    }
}

impl From<t5g_saml::Refusal> for NotBelieved {
    fn from(refusal: t5g_saml::Refusal) -> Self {
        Self { code: refusal.code(), reason: refusal.to_string() }
    }
}
