//! Sending a call: gate, credential, permit, attempt, judgement, and the next attempt where that makes sense.

use std::time::Duration;

use serde::de::DeserializeOwned;
use t5g_telemetry::trace;
use tokio::time::{Instant, sleep, timeout};
use tracing::{Instrument, Span, debug, field, info_span};

use super::auth::{Credential, Failure};
use super::{Again, Answer, Call, Fault, Upstream, fault, latest, meter, retry};
use crate::{ClientError, ErrorKind};

/// Bodies larger than this are parsed on a thread where that stops nobody.
const PARSED_IN_PLACE: usize = 256 << 10;

impl Upstream {
    /// Sends a call whose answer is JSON of the shape `T`.
    pub(crate) async fn json<T>(&self, call: Call) -> Result<T, ClientError>
    where
        T: DeserializeOwned + Send + 'static,
    {
        self.read(call, Answer::json::<T>).await
    }

    /// Sends a call whose answer says nothing but that it is done.
    pub(crate) async fn done(&self, call: Call) -> Result<(), ClientError> {
        self.read(call, confirmation).await
    }

    /// Sends a call and interprets its answer. A fault of the interpretation is retried like one of the network if
    /// it says so.
    pub(crate) async fn read<T, F>(&self, call: Call, interpret: F) -> Result<T, ClientError>
    where
        T: Send + 'static,
        F: Fn(&Answer) -> Result<T, Fault> + Clone + Send + 'static,
    {
        let span = info_span!(
            "upstream_call",
            upstream = self.profile.name.label(),
            route = call.route,
            attempts = field::Empty,
            status = field::Empty,
            outcome = field::Empty,
            seconds = field::Empty,
        );
        // Over all attempts: if one of them may have acted, that the last one did not is no comfort.
        let mut acted = false;
        let result = self.repeat(&call, interpret, &mut acted).instrument(span).await;
        result.map_err(|error| ClientError { acted: acted && call.writes, ..error })
    }

    async fn repeat<T, F>(&self, call: &Call, interpret: F, acted: &mut bool) -> Result<T, ClientError>
    where
        T: Send + 'static,
        F: Fn(&Answer) -> Result<T, Fault> + Clone + Send + 'static,
    {
        self.gate.admit(call.writes).map_err(|fault| self.fail(call.route, fault, 0))?;
        self.admit(call.route)?;
        let policy = &self.options.retry;
        let mut pauses = policy.backoff(self.next_seed());
        let (mut attempts, mut spent, mut refused) = (0, Duration::ZERO, 0);
        loop {
            attempts += 1;
            let credential = match self.profile.auth.credential(self.profile.setting).await {
                Ok(credential) => credential,
                Err(Failure::Token(error)) => return Err(error),
                Err(Failure::Fault(fault)) => return Err(self.fail(call.route, fault, attempts)),
            };
            let (result, took) = self.attempt(call, &credential, interpret.clone(), attempts).await;
            spent += took;
            self.tell(call.route, attempts, took, result.as_ref().err());
            let fault = match result {
                Ok(value) => return Ok(value),
                Err(fault) => hide_token(fault, &credential),
            };
            *acted |= fault.may_have_acted();
            let fault = match (credential.token, fault.status) {
                (Some(token), Some(401)) => {
                    refused += 1;
                    if refused == 1 {
                        token.renew().await?;
                        continue;
                    }
                    // One renewal is all. A new token may not be known everywhere at once, so it gets two more chances.
                    Fault { again: if refused <= 3 { Again::Backoff } else { Again::Never }, ..fault }
                }
                _ if matches!(fault.kind, ErrorKind::Anonymous { .. }) => {
                    refused += 1;
                    Fault { again: if refused <= 2 { fault.again } else { Again::Never }, ..fault }
                }
                _ => fault,
            };
            let pause = pauses.next().filter(|_| self.health.down_for().is_none());
            let Some(wait) = retry::wait_before_next(&fault, call.repeatable, pause, spent, policy) else {
                return Err(self.fail(call.route, fault, attempts));
            };
            meter::retry(self.profile.name, call.route, fault.kind.label());
            sleep(wait).await;
            spent += wait;
        }
    }

    /// Fails while writing is refused: for methods that would read or wait before they write. Every call asks again.
    pub(crate) fn admit_write(&self, route: &'static str) -> Result<(), ClientError> {
        self.gate.admit(true).map_err(|fault| self.fail(route, fault, 0))
    }

    /// Fails while the upstream is down.
    pub(super) fn admit(&self, route: &'static str) -> Result<(), ClientError> {
        self.health.admit().map_err(|down_for| {
            let detail =
                format!("nothing but failures for {} s, so it is left alone for now", down_for.as_secs());
            self.fail(route, Fault::unsent(ErrorKind::Unavailable { detail }), 0)
        })
    }

    /// One attempt, and how long it took from the permit on.
    async fn attempt<T, F>(
        &self,
        call: &Call,
        credential: &Credential,
        interpret: F,
        number: u32,
    ) -> (Result<T, Fault>, Duration)
    where
        T: Send + 'static,
        F: Fn(&Answer) -> Result<T, Fault> + Send + 'static,
    {
        let mut request = match self.request(call, credential) {
            Ok(request) => request,
            Err(fault) => return (Err(fault), Duration::ZERO),
        };
        let limit = if call.large { self.options.max_body.saturating_mul(4) } else { self.options.max_body };
        let Ok(permit) = self.permits.acquire().await else {
            let detail = "the client is shutting down".into();
            return (Err(Fault::unsent(ErrorKind::Refused { detail })), Duration::ZERO);
        };
        // After every wait, and right before it is sent.
        if let Err(fault) = latest::admit(call.writes, &self.now).await {
            return (Err(fault), Duration::ZERO);
        }
        let span = trace::call(&trace::Call {
            upstream: self.profile.name.label(),
            route: call.route,
            method: call.method.as_str(),
            base: Some(&self.base),
            attempt: number,
        });
        trace::inject(&span, request.headers_mut());
        let started = Instant::now();
        let address = call.writes.then(|| request.url().clone());
        let exchange = async {
            let response = self
                .client
                .execute(request)
                .await
                .map_err(|error| fault::network_fault(error, &self.options))?;
            if address.is_some_and(|address| address != *response.url()) {
                return Err(Fault::invalid("it sent a write on to another address, where it became a read"));
            }
            Answer::read(response, limit, &self.options).await
        };
        let answer = timeout(self.options.total_timeout, exchange)
            .instrument(span.clone())
            .await
            .unwrap_or_else(|_| Err(Fault::of(ErrorKind::TimedOut { after: self.options.total_timeout })));
        drop(permit);
        let took = started.elapsed();
        let status = answer.as_ref().ok().map(|answer| answer.status);
        let result = match answer {
            Ok(answer) => self.judge(answer, interpret).await,
            Err(fault) => Err(fault),
        };
        trace::call_ended(&span, status, result.as_ref().err().map_or("ok", |fault| fault.kind.label()));
        (result, took)
    }

    fn request(&self, call: &Call, credential: &Credential) -> Result<reqwest::Request, Fault> {
        let secret = credential.query.as_ref().map(|(name, secret)| (*name, secret.expose()));
        let mut request = reqwest::Request::new(call.method.clone(), call.address(&self.base, secret)?);
        let headers = request.headers_mut();
        headers
            .insert(reqwest::header::ACCEPT, reqwest::header::HeaderValue::from_static("application/json"));
        headers.extend(call.headers.iter().cloned());
        headers.extend(credential.header.clone());
        if let Some((body, kind)) = &call.body {
            headers.insert(reqwest::header::CONTENT_TYPE, kind.clone());
            *request.body_mut() = Some(body.clone().into());
        }
        Ok(request)
    }

    async fn judge<T, F>(&self, answer: Answer, interpret: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: Fn(&Answer) -> Result<T, Fault> + Send + 'static,
    {
        self.note_date(&answer);
        let status = answer.status;
        let (now, policy) = (self.now(), &self.options.retry);
        if let Err(fault) = (self.profile.check)(&answer, self.profile.setting) {
            return Err(Fault { status: Some(status), ..retry::heed(fault, &answer, now, policy) });
        }
        let result = if answer.body.len() <= PARSED_IN_PLACE {
            interpret(&answer)
        } else {
            tokio::task::spawn_blocking(move || interpret(&answer))
                .await
                .unwrap_or_else(|_| Err(Fault::invalid("reading it was broken off")))
        };
        result.map_err(|fault| Fault { status: Some(status), ..fault })
    }

    /// What an attempt means for the upstream's health; one line, one count, and the span's fields. Nothing of the real address or the body.
    pub(super) fn tell(&self, route: &'static str, attempt: u32, took: Duration, fault: Option<&Fault>) {
        if fault.is_some_and(|fault| fault.kind.is_transient()) {
            self.health.failed();
        } else if fault.is_none_or(|fault| fault.kind != ErrorKind::TooLate) {
            self.health.answered();
        }
        let outcome = fault.map_or("ok", |fault| fault.kind.label());
        let status = fault.map_or(Some(200), |fault| fault.status);
        let seconds = took.as_secs_f64();
        meter::attempt(self.profile.name, route, (outcome, status), took);
        let span = Span::current();
        span.record("attempts", attempt);
        span.record("status", status);
        span.record("outcome", outcome);
        span.record("seconds", seconds);
        // Whoever keeps the log of a run counts these by their target.
        debug!(
            target: "upstream_call",
            upstream = self.profile.name.label(),
            route, attempt, status, outcome, seconds, "upstream answered"
        );
    }
}

/// A page where nothing is expected comes from somebody else: a login, a proxy.
fn confirmation(answer: &Answer) -> Result<(), Fault> {
    if answer.is_html() {
        return Err(Fault::invalid(format!("an HTML page instead of a confirmation: {}", answer.message())));
    }
    Ok(())
}

/// An access token is not known to the upstream's list of secrets: it changes. It must not show either.
pub(super) fn hide_token(fault: Fault, credential: &Credential) -> Fault {
    let Some(token) = &credential.token else { return fault };
    let secrets = [token.secret()];
    Fault { kind: fault.kind.map_text(|text| super::redact::outside_text(&text, &secrets)), ..fault }
}
