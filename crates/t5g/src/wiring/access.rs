//! The settings as those of access: groups, limits, and the identity provider, whose metadata file is watched.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result, bail};
use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};
use t5g_config::{Secret, Settings};
use t5g_saml::{LogoutMessage, LogoutOutcome, Options, ServiceProvider, Subject};
use t5g_store::ledger::AccessRetention;
use t5g_web::{AccessKey, AccessSettings, Login, Network, NotBelieved, Provider, RoleGroups};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::load;

/// How often to look whether the metadata file is another one.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// How people and programs are let in, and under which address. The metadata file is watched until `stop`.
pub(crate) fn access(settings: &Settings, stop: &CancellationToken) -> Result<(AccessSettings, Option<Url>)> {
    let access = &settings.access;
    let base = settings.general.base_url.clone();
    let (login, base) = if access.login_disabled {
        (Login::Off, base)
    } else {
        let source = Source::of(settings)?;
        // Before it is read: what changes in between is a change.
        let seen = source.mark();
        let (provider, warnings) = usable(settings, &source)?;
        tell(&warnings);
        let base = base.or_else(|| provider.acs_url().join("/").ok());
        let key = access.secret_key.as_ref().context("access.secret_key has no value")?;
        let provider = Watched::start(source, seen, provider, stop);
        (Login::On { provider, key: AccessKey::new(key.expose()) }, base)
    };
    let network =
        |network: &t5g_config::values::Network| Network { address: network.address, bits: network.bits };
    let settings = AccessSettings {
        login,
        groups: groups(settings),
        contact: settings.mail.alert.0.first().map(ToString::to_string),
        secure_cookies: access.secure_cookies,
        session_idle: access.session_idle.duration(),
        session_max: access.session_max.duration(),
        token_max: access.token_max.duration(),
        token_owner_idle: access.token_owner_idle.duration(),
        logins_per_minute: access.logins_per_minute,
        token_requests_per_minute: access.token_requests_per_minute,
        trusted_proxies: settings.general.trusted_proxies.0.iter().map(network).collect(),
        retention: AccessRetention {
            ended: settings.retention.ended.duration(),
            audit: settings.retention.audit.duration(),
            writes: settings.retention.writes.duration(),
        },
    };
    Ok((settings, base))
}

/// Whether people could sign in with these settings, and what is odd about them.
pub(crate) fn check(settings: &Settings) -> Result<Vec<String>> {
    if settings.access.login_disabled {
        return Ok(Vec::new());
    }
    let (_, warnings) = usable(settings, &Source::of(settings)?)?;
    Ok(warnings.iter().map(|warning| format!("saml_settings: {warning}")).collect())
}

fn usable(settings: &Settings, source: &Source) -> Result<(ServiceProvider, Vec<t5g_saml::Warning>)> {
    let (provider, warnings) = source.provider()?;
    let problems = address_problems(settings, provider.acs_url());
    if !problems.is_empty() {
        bail!("people could not sign in: {}", problems.join("; "));
    }
    Ok((provider, warnings))
}

fn tell(warnings: &[t5g_saml::Warning]) {
    for warning in warnings {
        tracing::warn!("saml_settings: {warning}");
    }
}

/// Which groups make somebody what.
pub(crate) fn groups(settings: &Settings) -> RoleGroups {
    let access = &settings.access;
    RoleGroups {
        viewers: access.viewers.clone(),
        operators: access.operators.clone(),
        admins: access.admins.clone(),
    }
}

/// What keeps the identity provider's answers from reaching us, each with its mend.
pub(crate) fn address_problems(settings: &Settings, acs: &Url) -> Vec<String> {
    let mut problems = Vec::new();
    let is_ours =
        acs.path() == "/" && acs.query().is_some_and(|query| query.split('&').next() == Some("acs"));
    if !is_ours {
        problems.push(format!(
            "sp.assertionConsumerService.url in saml_settings is {acs}, and answers are taken in at /?acs: \
             end it with /?acs"
        ));
    }
    if let Some(base) = &settings.general.base_url
        && base.origin() != acs.origin()
    {
        problems.push(format!(
            "sp.assertionConsumerService.url in saml_settings is {acs}, and base_url is {base}: \
             let both be of the same host"
        ));
    }
    if settings.access.secure_cookies && acs.scheme() == "http" {
        problems.push(format!(
            "sp.assertionConsumerService.url in saml_settings is {acs}, where cookies for https never come: \
             use https, or set access.secure_cookies to false"
        ));
    }
    if !settings.access.secure_cookies && acs.scheme() == "https" {
        problems.push(format!(
            "sp.assertionConsumerService.url in saml_settings is {acs}, and access.secure_cookies is false: \
             sessions would travel over http too; leave it out"
        ));
    }
    problems
}

/// When a file was written, and how long it is.
type Mark = (SystemTime, u64);

/// What a service provider is made of.
#[derive(Debug)]
pub(crate) struct Source {
    json: Secret,
    metadata: Option<PathBuf>,
    options: Options,
}

impl Source {
    /// As the settings say.
    pub(crate) fn of(settings: &Settings) -> Result<Self> {
        let access = &settings.access;
        let json = access.saml_settings.clone().context("access.saml_settings (saml_settings) is not set")?;
        let options = Options {
            clock_skew: access.saml_clock_skew.duration(),
            allow_sha1: access.saml_allow_sha1,
            max_age: access.saml_max_age.duration(),
        };
        Ok(Self { json, metadata: access.saml_metadata.clone(), options })
    }

    /// The metadata file's text, if one is set.
    pub(crate) fn metadata(&self) -> Result<Option<String>> {
        let Some(path) = &self.metadata else { return Ok(None) };
        let text = load::read_small(path);
        text.map(Some).with_context(|| format!("access.saml_metadata: {} cannot be read", path.display()))
    }

    /// The settings' JSON.
    pub(crate) fn json(&self) -> &str {
        self.json.expose()
    }

    /// Reads all of it.
    pub(crate) fn provider(&self) -> Result<(ServiceProvider, Vec<t5g_saml::Warning>)> {
        let metadata = self.metadata()?;
        Ok(ServiceProvider::new(self.json(), metadata.as_deref(), self.options.clone())?)
    }

    /// Tells one state of the metadata file from another; `None`: there is none, or it cannot be looked at.
    fn mark(&self) -> Option<Mark> {
        let metadata = std::fs::metadata(self.metadata.as_ref()?).ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    }
}

/// A service provider that is made anew when the metadata file changes. A file that cannot be used changes
/// nothing: the last good one stays.
#[derive(Debug)]
struct Watched(ArcSwap<ServiceProvider>);

impl Watched {
    fn start(
        source: Source,
        seen: Option<Mark>,
        provider: ServiceProvider,
        stop: &CancellationToken,
    ) -> Arc<Self> {
        let watched = Arc::new(Self(ArcSwap::from_pointee(provider)));
        if source.metadata.is_some() {
            let (watching, stop) = (Arc::clone(&watched), stop.clone());
            tokio::spawn(async move {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = watching.watch(source, seen) => {}
                }
            });
        }
        watched
    }

    async fn watch(&self, source: Source, mut seen: Option<Mark>) {
        let source = Arc::new(source);
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            self.look(&source, &mut seen).await;
        }
    }

    /// Reads the file anew if it is another one than the one that was seen.
    async fn look(&self, source: &Arc<Source>, seen: &mut Option<Mark>) {
        let now = source.mark();
        if now.is_none() || now == *seen {
            return;
        }
        let reading = Arc::clone(source);
        match tokio::task::spawn_blocking(move || reading.provider()).await {
            Ok(Ok((provider, warnings))) => {
                tell(&warnings);
                self.0.store(Arc::new(provider));
                tracing::info!("the identity provider's metadata was read anew");
            }
            Ok(Err(error)) => {
                let error = crate::console::chain(&error);
                tracing::error!(error, "the changed metadata cannot be used; the one before stays");
            }
            Err(error) => tracing::error!(%error, "reading the changed metadata broke off"),
        }
        *seen = now;
    }
}

impl Provider for Watched {
    fn start(&self, relay: &str, request_id: &str, now: DateTime<Utc>) -> Result<Url, String> {
        Provider::start(&**self.0.load(), relay, request_id, now)
    }

    fn finish(
        &self,
        response: &str,
        request_id: &str,
        now: DateTime<Utc>,
    ) -> Result<t5g_saml::Login, NotBelieved> {
        Provider::finish(&**self.0.load(), response, request_id, now)
    }

    fn issuer(&self) -> String {
        Provider::issuer(&**self.0.load())
    }

    fn metadata(&self) -> String {
        Provider::metadata(&**self.0.load())
    }

    fn logout_start(
        &self,
        subject: &Subject,
        relay: &str,
        request_id: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Url>, String> {
        Provider::logout_start(&**self.0.load(), subject, relay, request_id, now)
    }

    fn logout_service(
        &self,
        message: LogoutMessage<'_>,
        expected: Option<&str>,
        response_id: &str,
        now: DateTime<Utc>,
    ) -> Result<LogoutOutcome, NotBelieved> {
        Provider::logout_service(&**self.0.load(), message, expected, response_id, now)
    }
}

#[cfg(test)]
mod tests {
    use t5g_testkit::saml::{Algorithm, KeyPair};

    use super::*;

    const IDP: &str = "https://idp.example.com/metadata";

    fn described(key: &KeyPair) -> String {
        format!(
            "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"{IDP}\">\
             <IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">\
             <KeyDescriptor use=\"signing\"><ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Data>\
             <ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor>\
             <SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" \
             Location=\"https://idp.example.com/sso\"/></IDPSSODescriptor></EntityDescriptor>",
            key.bare_certificate()
        )
    }

    fn subjects(watched: &Watched) -> Vec<String> {
        watched.0.load().certificates().into_iter().map(|one| one.subject).collect()
    }

    #[tokio::test]
    async fn a_changed_metadata_file_is_taken_and_a_broken_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("idp.xml");
        let key = |name: &str| KeyPair::generate(Algorithm::P256, name).unwrap();
        std::fs::write(&file, described(&key("first"))).unwrap();
        let json = r#"{"strict": true, "sp": {"entityId": "https://t5g.example.com",
            "assertionConsumerService": {"url": "https://t5g.example.com/?acs"}}}"#;
        let source = Arc::new(Source {
            json: Secret::new(json.to_owned()),
            metadata: Some(file.clone()),
            options: Options::default(),
        });
        let mut seen = source.mark();
        let watched = Watched(ArcSwap::from_pointee(source.provider().unwrap().0));
        let is = |watched: &Watched, name: &str| {
            let subjects = subjects(watched);
            !subjects.is_empty() && subjects.iter().all(|one| one.contains(name))
        };
        watched.look(&source, &mut seen).await;
        assert!(is(&watched, "first"));
        // Changed after it was marked and read: the next look finds it.
        std::fs::write(&file, described(&key("the second"))).unwrap();
        watched.look(&source, &mut seen).await;
        assert!(is(&watched, "the second"), "{:?}", subjects(&watched));
        std::fs::write(&file, "<EntityDescriptor").unwrap();
        watched.look(&source, &mut seen).await;
        assert!(is(&watched, "the second"), "the last good one stays");
        std::fs::remove_file(&file).unwrap();
        watched.look(&source, &mut seen).await;
        assert!(is(&watched, "the second"));
        std::fs::write(&file, described(&key("the third"))).unwrap();
        watched.look(&source, &mut seen).await;
        assert!(is(&watched, "the third"));
    }
}
