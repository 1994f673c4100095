//! A server that answers as a closure says and remembers what it was asked, and clients that point at it.

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use t5g_clients::bugzilla::{BugzillaClient, KeyStyle};
use t5g_clients::jira::{Flavour, JiraAuth, JiraClient};
use t5g_clients::sso::TokenSource;
use t5g_clients::{Endpoint, HttpOptions, RetryPolicy, Secret, Surroundings, Writes};

/// A request as it came in.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// How many came before it.
    pub(crate) place: usize,
}

impl Seen {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn number(&self, name: &str) -> usize {
        self.get(name).unwrap().parse().unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// What is answered.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Bytes,
    after: Duration,
    cut: bool,
}

impl Reply {
    pub(crate) fn text(status: u16, body: impl Into<Bytes>) -> Self {
        Self { status, headers: Vec::new(), body: body.into(), after: Duration::ZERO, cut: false }
    }

    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::text(status, body.to_string()).header("content-type", "application/json")
    }

    pub(crate) fn ok(body: &Value) -> Self {
        Self::json(200, body)
    }

    pub(crate) fn html(status: u16, title: &str) -> Self {
        Self::text(
            status,
            format!("<!DOCTYPE html><html><head><title>{title}</title></head><body>x</body></html>"),
        )
        .header("content-type", "text/html")
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub(crate) fn after(mut self, wait: Duration) -> Self {
        self.after = wait;
        self
    }

    /// The connection breaks in the middle of the body.
    pub(crate) fn cut(mut self) -> Self {
        self.cut = true;
        self
    }
}

/// A running server; it ends with the value.
pub(crate) struct Server {
    pub(crate) address: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    most_at_once: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    pub(crate) async fn start(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let most_at_once = Arc::new(AtomicUsize::new(0));
        let under_way = Arc::new(AtomicUsize::new(0));
        let (answer, log, most) = (Arc::new(answer), seen.clone(), most_at_once.clone());
        let handler = move |request: Request| {
            let (answer, log, most, under_way) =
                (answer.clone(), log.clone(), most.clone(), under_way.clone());
            async move {
                most.fetch_max(under_way.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                let request = note(request, &log).await;
                let reply = answer(&request);
                tokio::time::sleep(reply.after).await;
                under_way.fetch_sub(1, Ordering::SeqCst);
                Ok::<_, Infallible>(response(reply))
            }
        };
        let app = Router::new().fallback(move |request| async move { handler(request).await.unwrap() });
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { address, seen, most_at_once, task }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    pub(crate) fn most_at_once(&self) -> usize {
        self.most_at_once.load(Ordering::SeqCst)
    }

    /// With fast retries, so that tests do not wait.
    pub(crate) fn endpoint(&self) -> Endpoint {
        self.endpoint_at("")
    }

    pub(crate) fn endpoint_at(&self, path: &str) -> Endpoint {
        endpoint(&format!("{}{path}", self.address))
    }

    pub(crate) fn bugzilla(&self) -> BugzillaClient {
        self.bugzilla_with(|_| ())
    }

    pub(crate) fn bugzilla_with(&self, change: impl FnOnce(&mut HttpOptions)) -> BugzillaClient {
        let mut endpoint = self.endpoint();
        change(&mut endpoint.options);
        BugzillaClient::new(endpoint, KeyStyle::Bearer, Secret::new("bugzilla-key-1"), &around()).unwrap()
    }

    pub(crate) fn jira(&self, flavour: Flavour) -> JiraClient {
        let auth = match flavour {
            Flavour::Cloud => {
                JiraAuth::Basic { user: "bot@example.test".into(), password: Secret::new("jira-token-1") }
            }
            Flavour::DataCenter => JiraAuth::Bearer(Secret::new("jira-pat-1")),
        };
        JiraClient::new(self.endpoint(), auth, Some(flavour), &around()).unwrap()
    }

    /// A token source at `/token` of this server.
    pub(crate) fn tokens(&self, around: &Surroundings) -> TokenSource {
        TokenSource::new(self.endpoint_at("/token"), "rhsm-api", Secret::new("offline-token-1"), around)
            .unwrap()
    }
}

/// What `main` does in the product.
pub(crate) fn install_provider() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Another test of this process may have been first, which is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
    }
}

pub(crate) fn endpoint(address: &str) -> Endpoint {
    install_provider();
    let retry = RetryPolicy {
        max_attempts: 4,
        first_delay: Duration::from_millis(2),
        max_delay: Duration::from_millis(10),
        ..RetryPolicy::default()
    };
    let options = HttpOptions { retry, ..HttpOptions::default() };
    Endpoint { base: address.parse().unwrap(), options }
}

/// A grant for `life` seconds; its token tells the place of the request.
pub(crate) fn grant(seen: &Seen, life: u64) -> Reply {
    Reply::ok(
        &json!({"access_token": format!("access-token-{}", seen.place), "expires_in": life, "token_type": "Bearer"}),
    )
}

/// A fixed clock and a fixed seed.
pub(crate) fn around() -> Surroundings {
    TestClock::default().around()
}

/// A clock that moves when told to.
#[derive(Clone)]
pub(crate) struct TestClock(Arc<Mutex<DateTime<Utc>>>);

impl Default for TestClock {
    fn default() -> Self {
        Self(Arc::new(Mutex::new("2026-11-23T12:00:00Z".parse().unwrap())))
    }
}

impl TestClock {
    pub(crate) fn around(&self) -> Surroundings {
        let clock = self.0.clone();
        Surroundings { now: Arc::new(move || *clock.lock().unwrap()), seed: 7, writes: Writes::Allowed }
    }

    pub(crate) fn advance(&self, seconds: i64) {
        *self.0.lock().unwrap() += TimeDelta::seconds(seconds);
    }
}

async fn note(request: Request, log: &Mutex<Vec<Seen>>) -> Seen {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 10 << 20).await.unwrap();
    let query =
        url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let mut log = log.lock().unwrap();
    let seen = Seen {
        method: parts.method.to_string(),
        path: parts.uri.path().into(),
        query,
        headers: parts.headers,
        body,
        place: log.len(),
    };
    log.push(seen.clone());
    seen
}

fn response(reply: Reply) -> Response {
    let mut response = Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        response = response.header(name, value);
    }
    let body = if reply.cut {
        let half = reply.body.slice(..reply.body.len() / 2);
        let broken = Err(std::io::Error::other("cut off by the script"));
        Body::from_stream(futures_util::stream::iter([Ok(half), broken]))
    } else {
        Body::from(reply.body)
    };
    response.body(body).unwrap()
}
