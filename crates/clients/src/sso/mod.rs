//! Red Hat's token service: turns the offline token into access tokens, one renewal for all who wait.

mod errors;
mod wire;

use std::sync::{Arc, Mutex, PoisonError, Weak};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};

use crate::http::{Answer, Auth, Call, Fault, Profile, Upstream};
use crate::{ClientError, Endpoint, ErrorKind, Probe, Secret, Surroundings, UpstreamName};

const ROUTE: &str = "POST token";
const SETTING: &str = "offline_token";
/// Taken off an access token's life, so that none expires on its way.
const MARGIN: TimeDelta = TimeDelta::seconds(30);
/// How long a refused offline token is not tried again: it will not get better by itself.
const REFUSED_FOR: TimeDelta = TimeDelta::seconds(60);

type Flight = Shared<BoxFuture<'static, Result<Token, ClientError>>>;

/// An access token, good for one or more calls.
#[derive(Debug, Clone)]
pub struct Token {
    secret: Arc<Secret>,
    expires: DateTime<Utc>,
    number: u64,
    source: Weak<Inner>,
}

impl Token {
    pub(crate) fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Gets a new one after a 401: unless somebody did that already, this token is thrown away.
    pub(crate) async fn renew(&self) -> Result<(), ClientError> {
        let Some(source) = self.source.upgrade() else { return Ok(()) };
        source.discard(self.number);
        source.token().await.map(drop)
    }
}

/// Hands out access tokens; clones share them.
#[derive(Debug, Clone)]
pub struct TokenSource {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    upstream: Upstream,
    client_id: String,
    offline_token: Secret,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<Token>,
    flight: Option<Flight>,
    refused: Option<(ClientError, DateTime<Utc>)>,
    renewals: u64,
}

impl std::fmt::Debug for State {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("State").field("renewals", &self.renewals).finish_non_exhaustive()
    }
}

impl TokenSource {
    /// `endpoint.base` is the token address itself (`https://sso.redhat.com/auth/…/openid-connect/token`).
    pub fn new(
        endpoint: Endpoint,
        client_id: impl Into<String>,
        offline_token: Secret,
        around: &Surroundings,
    ) -> Result<Self, ClientError> {
        let profile = Profile {
            name: UpstreamName::Sso,
            setting: SETTING,
            auth: Auth::Anonymous,
            check: errors::check,
            hidden: vec![offline_token.clone()],
        };
        let upstream = Upstream::new(profile, endpoint, around)?;
        if offline_token.is_empty() {
            return Err(upstream.error("setup", ErrorKind::Setting { what: format!("`{SETTING}` is empty") }));
        }
        let inner = Inner { upstream, client_id: client_id.into(), offline_token, state: Mutex::default() };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// A token that is good for at least 30 seconds, or as long as the service grants if that is less. A refused
    /// offline token is final and not asked about again for a minute.
    pub async fn token(&self) -> Result<Token, ClientError> {
        self.inner.token().await
    }

    /// How often a token was asked for; for tests and for operators who wonder.
    pub fn renewals(&self) -> u64 {
        self.inner.lock().renewals
    }

    /// For `doctor`: gets a token.
    pub async fn check(&self) -> Result<Probe, ClientError> {
        self.token().await?;
        Ok(Probe {
            service: "Red Hat SSO".into(),
            identity: None,
            clock_skew: self.inner.upstream.clock_skew(),
        })
    }
}

/// What a caller of `token` has to do.
enum Next {
    Take(Token),
    Refused(ClientError),
    Wait(Flight),
}

impl Inner {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn discard(&self, number: u64) {
        let mut state = self.lock();
        if state.token.as_ref().is_some_and(|token| token.number == number) {
            state.token = None;
        }
    }

    // A boxed future: a call awaits a token, and getting a token is a call.
    fn token(self: &Arc<Self>) -> BoxFuture<'static, Result<Token, ClientError>> {
        let this = Arc::clone(self);
        async move {
            match this.next() {
                Next::Take(token) => Ok(token),
                Next::Refused(error) => Err(error),
                Next::Wait(flight) => flight.await,
            }
        }
        .boxed()
    }

    /// Takes the token at hand, or joins the renewal that is under way, or starts one.
    fn next(self: &Arc<Self>) -> Next {
        let now = self.upstream.now();
        let mut state = self.lock();
        if let Some(token) = state.token.as_ref().filter(|token| now < token.expires) {
            return Next::Take(token.clone());
        }
        if let Some((error, _)) = state.refused.as_ref().filter(|(_, until)| now < *until) {
            return Next::Refused(error.clone());
        }
        if let Some(flight) = &state.flight {
            return Next::Wait(flight.clone());
        }
        state.renewals += 1;
        let number = state.renewals;
        let this = Arc::clone(self);
        let flight = async move { this.renew(number).await }.boxed().shared();
        state.flight = Some(flight.clone());
        Next::Wait(flight)
    }

    async fn renew(self: Arc<Self>, number: u64) -> Result<Token, ClientError> {
        let call = Call::post::<&str>(ROUTE, [])
            .form(&[
                ("grant_type", "refresh_token"),
                ("client_id", &self.client_id),
                ("refresh_token", self.offline_token.expose()),
            ])
            .reads();
        let granted = self.upstream.read(call, read_grant).await;
        let now = self.upstream.now();
        let mut state = self.lock();
        state.flight = None;
        match granted {
            Ok((secret, life)) => {
                // A grant shorter than the margin is used for half its life: better than asking before each call.
                let life = if life > MARGIN * 2 { life - MARGIN } else { life / 2 };
                let token = Token { secret, expires: now + life, number, source: Arc::downgrade(&self) };
                state.token = Some(token.clone());
                state.refused = None;
                Ok(token)
            }
            Err(error) => {
                if !error.is_transient() {
                    state.refused = Some((error.clone(), now + REFUSED_FOR));
                }
                Err(error)
            }
        }
    }
}

fn read_grant(answer: &Answer) -> Result<(Arc<Secret>, TimeDelta), Fault> {
    let grant: wire::WireGrant = answer.json()?;
    if grant.access_token.is_empty() {
        return Err(Fault::invalid("a grant without an access token"));
    }
    Ok((Arc::new(Secret::new(grant.access_token)), grant.life))
}
