//! The clients of the upstreams that the settings name.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use t5g_clients::bugzilla::{BugzillaClient, KeyStyle};
use t5g_clients::jira::{JiraAuth, JiraClient};
use t5g_clients::mail::{MailClient, MailOptions, Security};
use t5g_clients::portal::{GraphqlPortal, HydraPortal, Portal, V3Portal};
use t5g_clients::slack::SlackClient;
use t5g_clients::sso::TokenSource;
use t5g_clients::{Endpoint, HttpOptions, RetryPolicy, Secret, Surroundings, Writes};
use t5g_config::Settings;
use t5g_config::values::{BugzillaAuth, MailSecurity, Period, PortalFace};
use t5g_model::clock::Clock;
use url::Url;

use crate::process;

/// All upstreams.
pub(crate) struct Upstreams {
    /// The token service.
    pub(crate) tokens: TokenSource,
    /// The portal, in the face that is configured.
    pub(crate) portal: Arc<dyn Portal>,
    /// Jira.
    pub(crate) jira: JiraClient,
    /// Bugzilla, if there is a key for it.
    pub(crate) bugzilla: Option<BugzillaClient>,
    /// Slack, if there is a token for it.
    pub(crate) slack: Option<SlackClient>,
    /// Mail, if there are a server and a sender for it.
    pub(crate) mail: Option<MailClient>,
}

impl Upstreams {
    /// Clients for all of them, with the usual retries. Nothing is asked yet.
    pub(crate) fn new(settings: &Settings, clock: &Clock) -> Result<Self> {
        Self::with_retries(settings, clock, RetryPolicy::default())
    }

    /// Clients that rather tell soon than try long.
    pub(crate) fn impatient(settings: &Settings, clock: &Clock) -> Result<Self> {
        Self::with_retries(settings, clock, RetryPolicy { max_attempts: 2, ..RetryPolicy::default() })
    }

    /// The portal alone, for commands that need nothing else.
    pub(crate) fn portal_alone(settings: &Settings, clock: &Clock) -> Result<Arc<dyn Portal>> {
        let maker = Maker::new(settings, clock, RetryPolicy::default());
        maker.portal(maker.tokens()?)
    }

    fn with_retries(settings: &Settings, clock: &Clock, retry: RetryPolicy) -> Result<Self> {
        let maker = Maker::new(settings, clock, retry);
        let tokens = maker.tokens()?;
        Ok(Self {
            portal: maker.portal(tokens.clone())?,
            jira: maker.jira()?,
            bugzilla: maker.bugzilla()?,
            slack: maker.slack()?,
            mail: maker.mail()?,
            tokens,
        })
    }
}

/// What every client is made with.
struct Maker<'a> {
    settings: &'a Settings,
    around: Surroundings,
    retry: RetryPolicy,
}

impl<'a> Maker<'a> {
    fn new(settings: &'a Settings, clock: &Clock, retry: RetryPolicy) -> Self {
        let now = clock.clone();
        // The one place where READ_ONLY becomes what every client obeys.
        let writes = if settings.general.read_only { Writes::Refused } else { Writes::Allowed };
        let around = Surroundings { now: Arc::new(move || now.now()), seed: process::seed(clock), writes };
        Self { settings, around, retry }
    }

    fn tokens(&self) -> Result<TokenSource> {
        let sso = &self.settings.sso;
        let token = sso.offline_token.as_ref().context("sso.offline_token (offline_token) is not set")?;
        let usual = HttpOptions::default();
        let endpoint = self.endpoint(&sso.token_url, usual.concurrency, usual.connect_timeout, sso.timeout);
        Ok(TokenSource::new(endpoint, sso.client_id.clone(), secret(token), &self.around)?)
    }

    fn portal(&self, tokens: TokenSource) -> Result<Arc<dyn Portal>> {
        let portal = &self.settings.portal;
        let base = match portal.face {
            PortalFace::Hydra => &portal.base_url,
            PortalFace::V3 => &portal.v3_url,
            PortalFace::Graphql => &portal.graphql_url,
        };
        let connect = portal.connect_timeout.duration();
        let endpoint = self.endpoint(base, portal.concurrency.get(), connect, portal.timeout);
        Ok(match portal.face {
            PortalFace::Hydra => Arc::new(HydraPortal::new(endpoint, tokens, &self.around)?),
            PortalFace::V3 => Arc::new(V3Portal::new(endpoint, tokens, &self.around)?),
            PortalFace::Graphql => Arc::new(GraphqlPortal::new(endpoint, tokens, &self.around)?),
        })
    }

    fn jira(&self) -> Result<JiraClient> {
        let jira = &self.settings.jira;
        let server = jira.server.as_ref().context("jira.server (jira_server) is not set")?;
        let password = secret(jira.password.as_ref().context("jira.password (jira_pass) is not set")?);
        let auth = match &jira.username {
            Some(user) => JiraAuth::Basic { user: user.clone(), password },
            None => JiraAuth::Bearer(password),
        };
        let connect = jira.connect_timeout.duration();
        let endpoint = self.endpoint(server, jira.concurrency.get(), connect, jira.timeout);
        Ok(JiraClient::new(endpoint, auth, None, &self.around)?)
    }

    fn bugzilla(&self) -> Result<Option<BugzillaClient>> {
        let bugzilla = &self.settings.bugzilla;
        let Some(key) = &bugzilla.key else { return Ok(None) };
        let style = match bugzilla.auth {
            BugzillaAuth::Bearer => KeyStyle::Bearer,
            BugzillaAuth::Query => KeyStyle::Query,
            BugzillaAuth::Header => KeyStyle::Header,
        };
        let connect = bugzilla.connect_timeout.duration();
        let endpoint =
            self.endpoint(&bugzilla.base_url, bugzilla.concurrency.get(), connect, bugzilla.timeout);
        Ok(Some(BugzillaClient::new(endpoint, style, secret(key), &self.around)?))
    }

    fn slack(&self) -> Result<Option<SlackClient>> {
        let slack = &self.settings.slack;
        let Some(token) = &slack.token else { return Ok(None) };
        let usual = HttpOptions::default();
        let endpoint =
            self.endpoint(&slack.base_url, usual.concurrency, usual.connect_timeout, slack.timeout);
        let client = SlackClient::new(endpoint, secret(token), &self.around)?;
        Ok(Some(client.with_pace(slack.pause.duration().unwrap_or_default())))
    }

    fn mail(&self) -> Result<Option<MailClient>> {
        let mail = &self.settings.mail;
        let (Some(server), Some(from)) = (&mail.server, &mail.from) else { return Ok(None) };
        let (security, usual_port) = match mail.security {
            MailSecurity::None => (Security::None, 25),
            MailSecurity::StartTls => (Security::StartTls, 587),
            MailSecurity::Tls => (Security::Tls, 465),
        };
        let options = MailOptions {
            server: server.host.clone(),
            port: server.port.unwrap_or(usual_port),
            security,
            login: mail.username.clone(),
            password: mail.password.as_ref().map(secret),
            from: from.to_string(),
            timeout: mail.timeout.duration(),
        };
        Ok(Some(MailClient::new(options, &self.around)?))
    }

    fn endpoint(&self, base: &Url, concurrency: usize, connect_timeout: Duration, total: Period) -> Endpoint {
        let (usual, total_timeout) = (HttpOptions::default(), total.duration());
        let read_timeout = usual.read_timeout.min(total_timeout);
        let retry = self.retry;
        let options =
            HttpOptions { concurrency, connect_timeout, total_timeout, read_timeout, retry, ..usual };
        Endpoint { base: base.clone(), options }
    }
}

fn secret(secret: &t5g_config::Secret) -> Secret {
    Secret::new(secret.expose())
}
