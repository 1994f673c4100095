//! Files, piece by piece: never whole in memory, from any byte on, from wherever the upstream keeps them. Says who we
//! are only to the upstream itself and to Red Hat's hosts: where a file lies is outside text like any other.

use bytes::Bytes;
use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, HeaderMap, HeaderValue, LOCATION, RANGE,
};
use t5g_telemetry::trace::{self, Part};
use tokio::time::{Instant, sleep, timeout};
use tracing::Instrument as _;
use url::Url;

use super::auth::{Credential, Failure};
use super::send::hide_token;
use super::{Again, Answer, Fault, HttpOptions, MAX_REDIRECTS, Upstream, fault, retry};
use crate::{ClientError, ErrorKind, UpstreamName};

/// The domain whose hosts are told who we are.
const HOME: &str = "redhat.com";
/// The largest answer that is no file, in bytes.
const LARGEST_REFUSAL: u64 = 1 << 20;

/// A file on its way. Dropping it ends the transfer.
#[derive(Debug)]
pub struct Download {
    /// The byte at which what comes begins: the one asked for, or 0 if the server gives files only as a whole.
    pub from: u64,
    /// The whole file's size in bytes, if the server says so.
    pub total: Option<u64>,
    rest: Option<reqwest::Response>,
    upstream: UpstreamName,
    route: &'static str,
    options: HttpOptions,
    traced: Part,
}

impl Download {
    /// The next piece; `None` at the end. After an error, ask for the rest with a new download.
    pub async fn piece(&mut self) -> Result<Option<Bytes>, ClientError> {
        let piece = match &mut self.rest {
            Some(rest) => rest.chunk().await,
            None => Ok(None),
        };
        match &piece {
            Ok(Some(piece)) => self.traced.came(piece.len()),
            Ok(None) => self.traced.ended("ok"),
            Err(_) => {}
        }
        piece.map_err(|error| {
            let fault = fault::network_fault(error, &self.options);
            self.traced.ended(fault.kind.label());
            fault.into_error(self.upstream, self.route, 1)
        })
    }
}

/// A file of which the answer's head has come.
struct Begun {
    from: u64,
    total: Option<u64>,
    rest: Option<reqwest::Response>,
}

impl Upstream {
    /// Begins a file at `address`, at its byte `from`. What fails before the first byte is tried again as any read.
    pub(crate) async fn download(
        &self,
        route: &'static str,
        address: &Url,
        from: u64,
    ) -> Result<Download, ClientError> {
        self.admit(route)?;
        let policy = &self.options.retry;
        let mut pauses = policy.backoff(self.next_seed());
        let (mut attempts, mut renewed, began) = (0, false, Instant::now());
        loop {
            attempts += 1;
            let credential = match self.profile.auth.credential(self.profile.setting).await {
                Ok(credential) => credential,
                Err(Failure::Token(error)) => return Err(error),
                Err(Failure::Fault(fault)) => return Err(self.fail(route, fault, attempts)),
            };
            let started = Instant::now();
            let mut traced = Part::begin(&self.asked_for(route, address, attempts), from);
            let result = self.begin(address.clone(), from, &credential, &mut traced).await;
            self.tell(route, attempts, started.elapsed(), result.as_ref().err());
            let fault = match result {
                Ok(begun) => return Ok(self.under_way(route, begun, traced)),
                Err(fault) => hide_token(fault, &credential),
            };
            traced.ended(fault.kind.label());
            if let (Some(token), Some(401), false) = (credential.token, fault.status, renewed) {
                renewed = true;
                token.renew().await?;
                continue;
            }
            let wait = retry::wait_before_next(&fault, true, pauses.next(), began.elapsed(), policy);
            let Some(wait) = wait else { return Err(self.fail(route, fault, attempts)) };
            sleep(wait).await;
        }
    }

    /// What is told of an attempt in a trace. Where else a file lies is outside text: of that nothing is.
    fn asked_for<'a>(&self, route: &'static str, place: &'a Url, attempt: u32) -> trace::Call<'a> {
        let base = self.knows(place).then_some(place);
        trace::Call { upstream: self.profile.name.label(), route, method: "GET", base, attempt }
    }

    fn under_way(&self, route: &'static str, begun: Begun, traced: Part) -> Download {
        let Begun { from, total, rest } = begun;
        let (upstream, options) = (self.profile.name, self.options);
        Download { from, total, rest, upstream, route, options, traced }
    }

    /// One attempt, over all the places it is sent on to.
    async fn begin(
        &self,
        mut place: Url,
        from: u64,
        credential: &Credential,
        traced: &mut Part,
    ) -> Result<Begun, Fault> {
        for _ in 0..=MAX_REDIRECTS {
            let known = self.knows(&place);
            if !known && place.scheme() != "https" {
                let detail =
                    format!("the file lies at {}, where nothing is fetched from: not https", origin(&place));
                return Err(Fault::refused(detail));
            }
            let mut headers = HeaderMap::new();
            if known {
                headers.extend(credential.header.clone());
                trace::inject(traced.span(), &mut headers);
            }
            let response = self.ask_for(&place, from, headers).instrument(traced.span().clone()).await?;
            traced.answered(response.status().as_u16());
            if let Some(next) = redirect(&place, &response) {
                place = next;
                continue;
            }
            return self.judge_file(&place, response, from).await;
        }
        Err(Fault::refused("it sends us from place to place for the file"))
    }

    async fn ask_for(&self, place: &Url, from: u64, known: HeaderMap) -> Result<reqwest::Response, Fault> {
        let mut request = reqwest::Request::new(reqwest::Method::GET, place.clone());
        let headers = request.headers_mut();
        headers.extend(known);
        // Bytes are counted and resumed, so they have to be the file's own.
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        if from > 0
            && let Ok(range) = HeaderValue::from_str(&format!("bytes={from}-"))
        {
            headers.insert(RANGE, range);
        }
        let Ok(_permit) = self.permits.acquire().await else {
            let detail = "the client is shutting down".into();
            return Err(Fault::unsent(ErrorKind::Refused { detail }));
        };
        let after = self.options.total_timeout;
        match timeout(after, self.client.execute(request)).await {
            Ok(answer) => answer.map_err(|error| fault::network_fault(error, &self.options)),
            Err(_) => Err(Fault::of(ErrorKind::TimedOut { after })),
        }
    }

    async fn judge_file(&self, place: &Url, response: reqwest::Response, from: u64) -> Result<Begun, Fault> {
        let status = response.status().as_u16();
        let made = |from, total, rest| Begun { from, total, rest };
        match (status, range(response.headers())) {
            (206, Some((Some(start), total))) if start == from => Ok(made(from, total, Some(response))),
            (206, _) => Err(Fault::invalid("another part of the file than the one asked for")),
            // Nothing is left to send.
            (416, Some((None, Some(total)))) if total == from => Ok(made(from, Some(total), None)),
            (200, _) => {
                let length = response.headers().get(CONTENT_LENGTH);
                let total = length.and_then(|length| length.to_str().ok()?.parse().ok());
                Ok(made(0, total, Some(response)))
            }
            _ => Err(self.refusal(place, response).await),
        }
    }

    /// What an answer that is no file means.
    async fn refusal(&self, place: &Url, response: reqwest::Response) -> Fault {
        let answer = match Answer::read(response, LARGEST_REFUSAL, &self.options).await {
            Ok(answer) => answer,
            Err(fault) => return fault,
        };
        let status = Some(answer.status);
        if !self.knows(place) && !matches!(answer.status, 408 | 429 | 500..) {
            let detail = format!(
                "{} does not give the file to somebody it does not know, and our credential is not for it ({})",
                origin(place),
                answer.message()
            );
            return Fault { status, again: Again::Never, ..Fault::of(ErrorKind::Forbidden { detail }) };
        }
        let fault = match (self.profile.check)(&answer, self.profile.setting) {
            Err(fault) => retry::heed(fault, &answer, self.now(), &self.options.retry),
            Ok(()) => Fault::invalid("an answer that is neither a file nor a part of one"),
        };
        Fault { status, ..fault }
    }

    /// Whether the place is the upstream itself or one of Red Hat's hosts, so that it may know who we are.
    fn knows(&self, place: &Url) -> bool {
        place.origin() == self.base.origin() || is_home(place)
    }
}

fn is_home(place: &Url) -> bool {
    let host = place.domain().unwrap_or_default().trim_end_matches('.');
    let ours = host == HOME || host.strip_suffix(HOME).is_some_and(|rest| rest.ends_with('.'));
    ours && place.scheme() == "https" && place.port().is_none() && place.username().is_empty()
}

fn origin(place: &Url) -> String {
    place.origin().ascii_serialization()
}

/// Where a redirect leads.
fn redirect(place: &Url, response: &reqwest::Response) -> Option<Url> {
    if !response.status().is_redirection() {
        return None;
    }
    place.join(response.headers().get(LOCATION)?.to_str().ok()?).ok()
}

/// `Content-Range: bytes 5-9/10`, or `bytes */10` where there is nothing to send: first byte, and size if known.
fn range(headers: &HeaderMap) -> Option<(Option<u64>, Option<u64>)> {
    let text = headers.get(CONTENT_RANGE)?.to_str().ok()?.trim();
    let (part, size) = text.strip_prefix("bytes")?.trim_start().split_once('/')?;
    let start = part.split_once('-').and_then(|(start, _)| start.trim().parse().ok());
    Some((start, size.trim().parse().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_red_hats_own_hosts_are_home() {
        for (place, home) in [
            ("https://access.redhat.com/x", true),
            ("https://attachments.access.redhat.com/hydra/rest/x", true),
            ("https://redhat.com/", true),
            ("https://access.redhat.com:443/x", true),
            ("http://access.redhat.com/x", false),
            ("https://access.redhat.com:8443/x", false),
            ("https://redhat.com.evil.example/x", false),
            ("https://evilredhat.com/x", false),
            ("https://evil.example/redhat.com", false),
            ("https://redhat.com@evil.example/", false),
            ("https://user@access.redhat.com/", false),
            ("https://169.254.169.254/", false),
        ] {
            assert_eq!(is_home(&place.parse().unwrap()), home, "{place}");
        }
    }

    #[test]
    fn ranges_are_read() {
        let read = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_RANGE, HeaderValue::from_str(text).unwrap());
            range(&headers)
        };
        assert_eq!(read("bytes 5-9/10"), Some((Some(5), Some(10))));
        assert_eq!(read("bytes */10"), Some((None, Some(10))));
        assert_eq!(read("bytes 0-/*"), Some((Some(0), None)));
        assert_eq!(read("lines 1-2/3"), None);
        assert_eq!(read("bytes 7"), None);
    }
}
