//! How spans travel: by the HTTP client that is here anyway, in the thread of the outbox. An answer is read to a limit,
//! a redirect is not followed.

use std::sync::OnceLock;
use std::time::Duration;

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use reqwest::redirect::Policy;
use url::{Host, Url};

/// The longest answer that is read, in bytes.
const LONGEST: usize = 64 << 10;

/// See the file's head.
#[derive(Debug)]
pub(super) struct Sender {
    /// Made when it is first needed: the provider of cryptography is installed after the log has begun.
    client: OnceLock<reqwest::Client>,
    nearby: bool,
    timeout: Duration,
}

impl Sender {
    pub(super) fn new(endpoint: &Url, timeout: Duration) -> Self {
        let nearby = match endpoint.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        };
        Self { client: OnceLock::new(), nearby, timeout }
    }

    fn client(&self) -> Result<&reqwest::Client, reqwest::Error> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let builder = reqwest::Client::builder().redirect(Policy::none()).timeout(self.timeout);
        // The system's proxy is for the world outside; it does not know our own machine.
        let builder = if self.nearby { builder.no_proxy() } else { builder };
        let client = builder.user_agent(concat!("t5g/", env!("CARGO_PKG_VERSION"))).build()?;
        Ok(self.client.get_or_init(|| client))
    }
}

#[async_trait]
impl HttpClient for Sender {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let mut request = reqwest::Request::try_from(request)?;
        // What a collector of ours is asked must not become part of a trace there.
        request.headers_mut().remove("traceparent");
        let mut answer = self.client()?.execute(request).await.map_err(reqwest::Error::without_url)?;
        let mut body = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(reqwest::Error::without_url)? {
            if body.len() + part.len() > LONGEST {
                return Err("its answer is too long".into());
            }
            body.extend_from_slice(&part);
        }
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        Ok(response)
    }
}
