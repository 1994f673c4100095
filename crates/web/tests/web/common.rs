//! The real router in process, on a real SQLite store in a temporary folder, with a clock that stands still.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::{Value, json};
use t5g_model::chance::Chance;
use t5g_model::clock::Clock;
use t5g_model::documents::Document;
use t5g_model::names::Role as Rights;
use t5g_model::names::Source;
use t5g_queue::{
    Engine, Fencing, MissedTick, Registry, Retry, Role, RunContext, Settings, Task, TaskDefinition,
};
use t5g_store::documents::{Documents, Guard, Limits, open};
use t5g_store::documents::{Fence, Raised};
use t5g_store::ledger::Ledger;
use t5g_web::{App, AppBuilder, Assets, TaskNames, WebSettings};
use tempfile::TempDir;
use tokio::sync::Semaphore;
use tower::ServiceExt;

use crate::described::{self, Asked};

/// Where the tests' clock stands.
pub(crate) fn now() -> DateTime<Utc> {
    "2026-11-23T14:05:00Z".parse().unwrap()
}

pub(crate) struct TestApp {
    pub(crate) documents: Documents,
    pub(crate) ledger: Ledger,
    /// Runs of the tests' task end when they get a permit from here.
    pub(crate) permits: Arc<Semaphore>,
    pub(crate) folder: TempDir,
    /// Where the store is.
    address: String,
    settings: WebSettings,
    /// How far the clock was moved on, in milliseconds.
    moved: Arc<AtomicI64>,
    router: Router,
    engine: Engine,
    app: App,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).expect("the answer is text")
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).expect("the answer is JSON")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

struct Waits(Arc<Semaphore>);

#[async_trait]
impl Task for Waits {
    async fn run(&self, run: RunContext) -> anyhow::Result<Value> {
        run.progress.begin("cards", Some(4));
        run.progress.advance(1);
        self.0.acquire().await?.forget();
        Ok(json!({ "cards": 4 }))
    }
}

/// Fails with words that are markup.
struct Fails;

#[async_trait]
impl Task for Fails {
    async fn run(&self, run: RunContext) -> anyhow::Result<Value> {
        run.progress.begin("<i>failing</i>", None);
        anyhow::bail!("<script>alert('no')</script> & more")
    }
}

/// The tests' tasks write no document.
#[derive(Debug)]
struct NoStore;

#[async_trait]
impl Fencing for NoStore {
    async fn raise(&self, _: &Fence) -> anyhow::Result<Raised> {
        Ok(Raised::Known)
    }
}

fn definition(name: &'static str) -> TaskDefinition {
    TaskDefinition {
        name,
        description: "Waits until the test lets it end.",
        queue: "test",
        schedule: None,
        retry: Retry { attempts: 1, first_pause: Duration::from_secs(1) },
        exclusive: Some("test"),
        timeout: Duration::from_mins(1),
        missed: MissedTick::Skip,
        role: Rights::Operator,
    }
}

/// Secrets that differ from each other, also between replicas, and are the same with every run.
fn chance() -> Chance {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    Chance::new(move |bytes| {
        let number = COUNT.fetch_add(1, Ordering::Relaxed).to_le_bytes();
        bytes.iter_mut().zip(number.iter().cycle()).for_each(|(byte, part)| *byte = *part);
    })
}

/// A task that fails, with a schedule that never fires while the tests' clock stands.
fn failing() -> TaskDefinition {
    TaskDefinition {
        description: "Fails each time.",
        queue: "other",
        schedule: Some("40 4 * * *".to_owned()),
        exclusive: None,
        ..definition("fails")
    }
}

/// A task that operators may see and not start.
fn for_admins() -> TaskDefinition {
    TaskDefinition { queue: "high", role: Rights::Admin, exclusive: None, ..definition("for_admins") }
}

/// The process's one recorder.
fn metrics() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| t5g_web::install_metrics().unwrap()).clone()
}

impl TestApp {
    /// With nothing in the store.
    pub(crate) async fn empty() -> Self {
        Self::with(&[], WebSettings::default()).await
    }

    /// With these documents in the store from the start.
    pub(crate) async fn with(documents: &[(Document, Value)], settings: WebSettings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite:{}", folder.path().join("t5g.db").display());
        let store = open(&address, Limits::default()).await.unwrap();
        let batch: Vec<_> =
            documents.iter().map(|(document, json)| (*document, json.to_string().into())).collect();
        if !batch.is_empty() {
            store.replace(&batch, &Guard::default()).await.unwrap();
        }
        let ledger = Ledger::open(&address).await.unwrap();
        let app = Box::pin(Self::on(store, ledger, folder, settings)).await;
        Self { address, ..app }
    }

    /// Another server over the same store, with a clock that is where this one's is and goes its own way.
    pub(crate) async fn replica(&self) -> Self {
        let store = open(&self.address, Limits::default()).await.unwrap();
        let ledger = Ledger::open(&self.address).await.unwrap();
        let app = Self::on(store, ledger, tempfile::tempdir().unwrap(), self.settings.clone()).await;
        app.moved.store(self.moved.load(Ordering::Relaxed), Ordering::Relaxed);
        app
    }

    /// Moves the clock on.
    pub(crate) fn later(&self, by: TimeDelta) {
        self.moved.fetch_add(by.num_milliseconds(), Ordering::Relaxed);
    }

    /// On stores that exist.
    pub(crate) async fn on(
        documents: Documents,
        ledger: Ledger,
        folder: TempDir,
        settings: WebSettings,
    ) -> Self {
        let permits = Arc::new(Semaphore::new(0));
        let mut registry = Registry::default();
        let (refresh, cards) = ("refresh", "card_sync");
        for name in [refresh, cards] {
            registry.add(definition(name), Arc::new(Waits(Arc::clone(&permits))));
        }
        registry.add(failing(), Arc::new(Fails));
        registry.add(for_admins(), Arc::new(Fails));
        for (kind, name) in &settings.tasks.by_plan {
            let definition = TaskDefinition { queue: "write", exclusive: Some(name), ..definition(name) };
            registry.add(definition, Arc::new(crate::writing::Writes(*kind)));
        }
        let by_source = [(Source::Cards, cards), (Source::Bugs, "bugs_sync")].into();
        let tasks = TaskNames { refresh: Some(refresh), by_plan: settings.tasks.by_plan.clone(), by_source };
        let settings = WebSettings { tasks, ..settings };
        let (moved, kept) = (Arc::<AtomicI64>::default(), settings.clone());
        let clock = {
            let moved = Arc::clone(&moved);
            Clock::new(move || now() + TimeDelta::milliseconds(moved.load(Ordering::Relaxed)))
        };
        let settings_of_queue = Settings::new(clock.clone(), 1, Arc::new(NoStore));
        let engine = Engine::new(ledger.clone(), registry, settings_of_queue).unwrap();
        engine.begin(&[Role::Work]).await;
        let builder = AppBuilder {
            documents: documents.clone(),
            ledger: ledger.clone(),
            launcher: engine.launcher(),
            clock,
            chance: chance(),
            settings,
            assets: Assets::unbuilt(),
            metrics: metrics(),
        };
        let app = Box::pin(builder.start()).await.unwrap();
        let (address, router) = (String::new(), app.router());
        Self { documents, ledger, permits, folder, address, settings: kept, moved, router, engine, app }
    }

    /// The application, for a real listener, and what must outlive it.
    pub(crate) fn into_parts(self) -> (App, impl Sized + Send) {
        (self.app, (self.engine, self.folder))
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[]).await
    }

    pub(crate) async fn post(&self, path: &str) -> Answer {
        self.send(Method::POST, path, &[("sec-fetch-site", "same-origin")]).await
    }

    /// Posts a body from a page of our own.
    pub(crate) async fn post_body(&self, path: &str, kind: &str, body: &str) -> Answer {
        let headers = [("sec-fetch-site", "same-origin"), ("content-type", kind)];
        self.send_body(Method::POST, path, &headers, Body::from(body.to_owned())).await
    }

    pub(crate) async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send_body(method, path, headers, Body::empty()).await
    }

    /// Posts a form, as a browser without scripts does.
    pub(crate) async fn form(&self, path: &str, headers: &[(&str, &str)], fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let kind = ("content-type", "application/x-www-form-urlencoded");
        self.send_body(Method::POST, path, &[headers, &[kind]].concat(), body.into()).await
    }

    async fn send_body(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Body) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !headers.iter().any(|(name, _)| *name == "host") {
            request = request.header("host", "127.0.0.1:8080");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).unwrap();
        let asked = Asked::of(&request);
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let endless = parts.headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
        let bytes =
            if endless { Vec::new() } else { axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec() };
        let answer = Answer { status: parts.status, headers: parts.headers, bytes };
        described::check(&asked, &answer);
        answer
    }

    /// An answer whose body is read piece by piece.
    pub(crate) async fn open(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = Request::builder().uri(path).header("host", "127.0.0.1:8080");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    pub(crate) async fn write(&self, document: Document, json: &Value) {
        self.documents.replace(&[(document, json.to_string().into())], &Guard::default()).await.unwrap();
    }

    /// Asks until the answer is as wanted, for at most ten seconds; gives the last answer either way.
    pub(crate) async fn get_until(&self, path: &str, wanted: impl Fn(&Answer) -> bool) -> Answer {
        let end = tokio::time::Instant::now() + Duration::from_secs(10);
        loop {
            let answer = self.get(path).await;
            if wanted(&answer) || tokio::time::Instant::now() > end {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// A card of case `number`.
pub(crate) fn card(number: &str, severity: &str) -> Value {
    json!({
        "case_number": number, "account": "Acme", "summary": format!("Summary of {number}"), "product": "Ceph 7",
        "case_status": "Waiting on Red Hat", "case_created": "2026-11-01T10:00:00Z", "severity": severity,
        "case_updated_date": "2026-11-20 10:00", "case_days_open": 22, "card_status": "Backlog",
        "assignee": { "displayName": "Ada", "accountId": "1", "emailAddress": null },
        "comments": [["<p>Looked at <b>it</b></p>", "2026-11-21T10:00:00.000+0000"]],
    })
}

/// A case.
pub(crate) fn case(created: &str) -> Value {
    json!({
        "owner": "o", "severity": "1 (Urgent)", "account": "Acme", "problem": "Broken", "status": "Waiting on Red Hat",
        "createdate": created, "last_update": created, "description": "d", "product": "Ceph 7", "product_version": "7",
    })
}
