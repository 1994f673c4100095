//! A simulator and a client for it, for this crate's tests.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{Method, Response, StatusCode};
use serde_json::Value;
use t5g_simulator::{Running, Simulator, SimulatorSettings};

/// The seed of all tests that name no other.
pub(crate) const SEED: u64 = 20_261_123;

pub(crate) fn start() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-11-23T09:00:00Z").unwrap().with_timezone(&Utc)
}

pub(crate) fn settings(cases: u32) -> SimulatorSettings {
    SimulatorSettings::moved(SEED, cases, start())
}

/// A running simulator, and who asks it.
pub(crate) struct Client {
    pub(crate) running: Running,
    http: reqwest::Client,
    token: String,
}

impl Client {
    pub(crate) async fn start(cases: u32) -> Self {
        Self::with(settings(cases)).await
    }

    pub(crate) async fn with(settings: SimulatorSettings) -> Self {
        // A second test of the process finds it installed already.
        drop(rustls::crypto::ring::default_provider().install_default());
        let running = Simulator::start(settings).await.unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut client = Self { running, http, token: String::new() };
        client.token = client.new_token().await;
        client
    }

    pub(crate) fn env(&self, name: &str) -> String {
        self.running.environment().into_iter().find(|(key, _)| key == name).unwrap().1
    }

    pub(crate) async fn new_token(&self) -> String {
        let body = format!(
            "grant_type=refresh_token&client_id=rhsm-api&refresh_token={}",
            self.env("offline_token")
        );
        let answer = self.http.post(self.env("T5G_SSO_TOKEN_URL")).body(body).send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        answer["access_token"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> reqwest::Result<Response> {
        let mut request = self.http.request(method, format!("{}{path}", self.running.url()));
        request = match path.split('/').nth(1).unwrap_or_default() {
            "portal" | "graphql" => request.bearer_auth(&self.token),
            "jira" => request.basic_auth(self.env("jira_username"), Some(self.env("jira_pass"))),
            "jira-dc" => request.bearer_auth("simulated-jira-pat"),
            "bugzilla" => request.bearer_auth(self.env("bz_key")),
            "slack" => request.bearer_auth(self.env("slack_token")),
            _ => request,
        };
        match body {
            Some(body) => request.json(&body).send().await,
            None => request.send().await,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let answer = self.send(Method::GET, path, None).await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert_eq!(status, StatusCode::OK, "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    pub(crate) async fn status(&self, path: &str) -> StatusCode {
        self.send(Method::GET, path, None).await.unwrap().status()
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        self.body(Method::POST, path, body).await
    }

    pub(crate) async fn body(&self, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        let answer = self.send(method, path, Some(body)).await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }
}

/// That many hours after the start.
pub(crate) fn after(hours: i64) -> DateTime<Utc> {
    start() + TimeDelta::hours(hours)
}
