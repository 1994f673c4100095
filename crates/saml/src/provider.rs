//! The service provider: the one thing that the rest of the program talks to.

use std::fmt;

use chrono::{DateTime, Utc};
use url::Url;

use crate::error::{Refusal, SamlError, SettingsError, SettingsProblem, Warning};
use crate::incoming::{self, LogoutContext, Times, Verifiers};
use crate::names::Algorithms;
use crate::outgoing::{self, Kind};
use crate::settings::{PrivateKey, Settings, SigningAlgorithm};
use crate::types::{CertificateInfo, CertificateUse, Login, LogoutMessage, LogoutOutcome, Options, Subject};

/// Us, towards one identity provider. Share it in an `Arc`; make a new one when its settings change.
pub struct ServiceProvider {
    settings: Settings,
    algorithms: Algorithms,
    verifiers: Verifiers,
    options: Options,
}

impl ServiceProvider {
    /// Reads `onelogin_json`, settings in the shape of OneLogin's toolkit, and `idp_metadata`, the identity
    /// provider's own description, which replaces what the settings say about it. Tells all problems at once.
    pub fn new(
        onelogin_json: &str,
        idp_metadata: Option<&str>,
        options: Options,
    ) -> Result<(Self, Vec<Warning>), SettingsError> {
        let (settings, warnings) = Settings::read(onelogin_json, idp_metadata)?;
        let algorithms = Algorithms::new(options.allow_sha1);
        let key = if idp_metadata.is_some() { "metadata" } else { "idp.x509cert" };
        let verifiers = Verifiers::new(&settings.provider.certificates, &algorithms).map_err(|reasons| {
            let problem = |reason| SettingsProblem { key: key.to_owned(), reason };
            SettingsError(reasons.into_iter().map(problem).collect())
        })?;
        Ok((Self { settings, algorithms, verifiers, options }, warnings))
    }

    /// Our name towards the identity provider.
    pub fn entity_id(&self) -> &str {
        &self.settings.us.entity_id
    }

    /// The identity provider's name.
    pub fn idp_entity_id(&self) -> &str {
        &self.settings.provider.entity_id
    }

    /// Where the identity provider sends responses.
    pub fn acs_url(&self) -> &Url {
        &self.settings.us.consumer.url
    }

    /// All certificates in use.
    pub fn certificates(&self) -> Vec<CertificateInfo> {
        let signing = self
            .settings
            .provider
            .certificates
            .iter()
            .map(|one| (CertificateUse::IdentityProviderSigning, one));
        let ours = self.settings.us.certificates.iter().map(|one| (CertificateUse::ServiceProvider, one));
        signing
            .chain(ours)
            .map(|(usage, certificate)| CertificateInfo {
                usage,
                subject: certificate.subject.clone(),
                not_after: certificate.not_after,
            })
            .collect()
    }

    /// Our description, XML, for the identity provider.
    pub fn metadata(&self) -> String {
        outgoing::metadata(&self.settings)
    }

    /// Where to send a browser that wants to log in. `relay` comes back with the response; `request_id` names the
    /// request and must be fresh and unguessable: `_` and random characters.
    pub fn start(&self, relay: &str, now: DateTime<Utc>, request_id: &str) -> Result<Url, SamlError> {
        let error = |reason| SamlError { message: "login request", reason };
        fit(relay, request_id).map_err(error)?;
        let xml = outgoing::login_request(&self.settings, request_id, now);
        let signer = if self.settings.signs_requests() { self.signer() } else { None };
        outgoing::url(&self.settings.provider.login, Kind::Request, &xml, Some(relay), signer).map_err(error)
    }

    /// Checks the form field `SAMLResponse` that this browser brought in answer to the request `request_id`.
    /// Takes milliseconds of computing: call it off the async threads, and take a panic for a refusal.
    pub fn finish(
        &self,
        saml_response: &str,
        request_id: &str,
        now: DateTime<Utc>,
    ) -> Result<Login, Refusal> {
        let times = Times::new(now, &self.options);
        incoming::login(saml_response, request_id, &self.settings, &self.algorithms, &self.verifiers, times)
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
        let error = |reason| SamlError { message: "logout request", reason };
        let Some(logout) = &self.settings.provider.logout else { return Ok(None) };
        fit(relay, request_id).map_err(error)?;
        let xml = outgoing::logout_request(&self.settings, logout, subject, request_id, now);
        let url = outgoing::url(&logout.requests, Kind::Request, &xml, Some(relay), self.signer());
        url.map(Some).map_err(error)
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
        let context = LogoutContext {
            settings: &self.settings,
            algorithms: &self.algorithms,
            verifiers: &self.verifiers,
            times: Times::new(now, &self.options),
            expected: expected_request,
            response_id,
        };
        incoming::logout(message, &context)
    }

    fn signer(&self) -> Option<(&PrivateKey, SigningAlgorithm)> {
        self.settings.us.key.as_ref().map(|key| (key, self.settings.rules.algorithm))
    }
}

impl fmt::Debug for ServiceProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServiceProvider({} at {})", self.entity_id(), self.idp_entity_id())
    }
}

/// Servers share it among threads.
const _: fn() = || {
    fn shared<T: Send + Sync>() {}
    shared::<ServiceProvider>();
};

/// The standard gives a relay 80 bytes, and a request a name that XML can have.
fn fit(relay: &str, request_id: &str) -> Result<(), String> {
    if relay.len() > 80 {
        return Err(format!("the relay has {} bytes, more than 80", relay.len()));
    }
    let begins = request_id.starts_with(|first: char| first == '_' || first.is_ascii_alphabetic());
    let goes_on = request_id.chars().all(|one| one.is_ascii_alphanumeric() || "_-.".contains(one));
    if begins && goes_on && request_id.len() <= 128 {
        Ok(())
    } else {
        Err("the request's name has to be \"_\" and up to 127 letters and digits".to_owned())
    }
}
