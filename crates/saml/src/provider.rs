//! The service provider: the one thing that the rest of the program talks to.

use chrono::{DateTime, Utc};
use url::Url;

use crate::error::{Refusal, SamlError, SettingsError, SettingsProblem, Warning};
use crate::types::{CertificateInfo, Login, LogoutMessage, LogoutOutcome, Options, Subject};

/// Us, towards one identity provider. Share it in an `Arc`; make a new one when its settings change.
#[derive(Debug)]
pub struct ServiceProvider {
    entity_id: String,
    acs_url: Url,
    metadata: String,
}

impl ServiceProvider {
    /// Reads `onelogin_json`, settings in the shape of OneLogin's toolkit, and `idp_metadata`, the identity
    /// provider's own description, which wins over what the settings say about it. Tells all problems at once.
    pub fn new(
        onelogin_json: &str,
        idp_metadata: Option<&str>,
        options: Options,
    ) -> Result<(Self, Vec<Warning>), SettingsError> {
        let _ = (onelogin_json, idp_metadata, options);
        Err(SettingsError(vec![SettingsProblem { key: String::new(), reason: "not built yet".to_owned() }]))
    }

    /// Our name towards the identity provider.
    pub fn entity_id(&self) -> &str {
        &self.entity_id
    }

    /// Where the identity provider sends responses.
    pub fn acs_url(&self) -> &Url {
        &self.acs_url
    }

    /// All certificates in use.
    pub fn certificates(&self) -> Vec<CertificateInfo> {
        Vec::new()
    }

    /// Our description, XML, for the identity provider.
    pub fn metadata(&self) -> String {
        self.metadata.clone()
    }

    /// Where to send a browser that wants to log in. `relay` comes back with the response; `request_id` names the
    /// request and must be fresh and unguessable: `_` and random characters.
    pub fn start(&self, relay: &str, now: DateTime<Utc>, request_id: &str) -> Result<Url, SamlError> {
        let _ = (relay, now, request_id);
        Err(SamlError { message: "login request", reason: "not built yet".to_owned() })
    }

    /// Checks the form field `SAMLResponse` that this browser brought in answer to the request `request_id`.
    /// Takes milliseconds of computing: call it off the async threads, and take a panic for a refusal.
    pub fn finish(
        &self,
        saml_response: &str,
        request_id: &str,
        now: DateTime<Utc>,
    ) -> Result<Login, Refusal> {
        let _ = (saml_response, request_id, now);
        Err(Refusal::new("not_built", "not built yet"))
    }

    /// Where to send a browser that has logged out here, so that it logs out at the identity provider too.
    /// `None` where the identity provider has no such service.
    pub fn logout_start(
        &self,
        subject: &Subject,
        relay: &str,
        request_id: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Url>, SamlError> {
        let _ = (subject, relay, request_id, now);
        Err(SamlError { message: "logout request", reason: "not built yet".to_owned() })
    }

    /// Checks whatever arrives at the logout service. `expected_request` is the request that this browser was
    /// sent away with, `response_id` the fresh name of our answer, should one be due.
    pub fn logout_service(
        &self,
        message: LogoutMessage<'_>,
        expected_request: Option<&str>,
        now: DateTime<Utc>,
        response_id: &str,
    ) -> Result<LogoutOutcome, Refusal> {
        let _ = (message, expected_request, now, response_id);
        Err(Refusal::new("not_built", "not built yet"))
    }
}
