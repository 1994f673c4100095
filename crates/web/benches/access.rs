//! What it costs to know who asks, through the whole router: the same small request without login, with one of 10,000
//! sessions, with one of 10,000 tokens. And what signing in costs besides the protocol, which has figures of its own.
//! Prints `name<TAB>value<TAB>unit`, the median of many requests.

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use chrono::{DateTime, TimeDelta, Utc};
use metrics_exporter_prometheus::PrometheusHandle;
use t5g_model::chance::Chance;
use t5g_model::clock::Clock;
use t5g_model::names::{Role, Scope, Scopes};
use t5g_queue::{Catalog, Launcher};
use t5g_saml::{LogoutMessage, LogoutOutcome, Subject};
use t5g_store::documents::{Limits, open};
use t5g_store::ledger::{AccountId, Ledger, NewToken, Person, SecretDigest, TokenMade};
use t5g_web::{
    AccessKey, AccessSettings, App, AppBuilder, Assets, Login, NotBelieved, Provider, RoleGroups, WebSettings,
};
use tower::ServiceExt as _;
use url::Url;

const MANY: usize = 10_000;
const REQUESTS: usize = 4_000;
const LOGINS: usize = 200;
/// Answers with next to nothing, to whoever may look.
const PATH: &str = "/api/";

/// Believes whatever names a person.
#[derive(Debug)]
struct Trusting;

impl Provider for Trusting {
    fn start(&self, relay: &str, _: &str, _: DateTime<Utc>) -> Result<Url, String> {
        Url::parse_with_params("https://idp.example/", [("relay", relay)]).map_err(|error| error.to_string())
    }

    fn finish(&self, response: &str, id: &str, now: DateTime<Utc>) -> Result<t5g_saml::Login, NotBelieved> {
        let values = |value: &str| vec![value.to_owned()];
        Ok(t5g_saml::Login {
            issuer: "idp".to_owned(),
            assertion_id: id.to_owned(),
            replay_until: now + TimeDelta::minutes(10),
            subject: Subject { name_id: response.to_owned(), name_id_format: None, session_index: None },
            session_until: None,
            attributes: [("rhatUUID".to_owned(), values(response)), ("memberOf".to_owned(), values("field"))]
                .into(),
        })
    }

    fn issuer(&self) -> String {
        "idp".to_owned()
    }

    fn metadata(&self) -> String {
        String::new()
    }

    fn logout_start(&self, _: &Subject, _: &str, _: &str, _: DateTime<Utc>) -> Result<Option<Url>, String> {
        Ok(None)
    }

    fn logout_service(
        &self,
        _: LogoutMessage<'_>,
        _: Option<&str>,
        _: &str,
        _: DateTime<Utc>,
    ) -> Result<LogoutOutcome, NotBelieved> {
        Ok(LogoutOutcome::Confirmed)
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let address = format!("sqlite:{}", folder.path().join("t5g.db").display());
    let metrics = t5g_web::install_metrics()?;
    let open_to_all = start(&address, Login::Off, &metrics).await?;
    let key = AccessKey::new("a key for a benchmark, of more than 32 characters");
    let login = Login::On { provider: Arc::new(Trusting), key };
    let guarded = start(&address, login, &metrics).await?;
    let (free, router) = (open_to_all.router(), guarded.router());

    let (cookies, login_time) = sign_in_many(&router).await?;
    let tokens = tokens(&Ledger::open(&address).await?).await?;
    let session = |n: usize| {
        let cookie = cookies.get(n * 7_919 % MANY).map_or("", String::as_str);
        Request::builder().uri(PATH).header("host", "localhost").header("cookie", cookie)
    };
    let token = |n: usize| {
        let token = tokens.get(n * 7_919 % MANY).map_or("", String::as_str);
        Request::builder().uri(PATH).header("host", "localhost").header("authorization", token)
    };
    let nobody = |_: usize| Request::builder().uri(PATH).header("host", "localhost");

    let without = median(&free, nobody).await?;
    let with_session = median(&router, session).await?;
    let with_token = median(&router, token).await?;
    line("request without login", without, "µs");
    line("request with one of 10,000 sessions", with_session, "µs");
    line("request with one of 10,000 tokens", with_token, "µs");
    line("check of a session adds", with_session - without, "µs");
    line("check of a token adds", with_token - without, "µs");
    line("sign-in from question to session, without the protocol", login_time, "ms");
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the measurements are this program's output")]
fn line(name: &str, value: f64, unit: &str) {
    println!("{name}\t{value:.3}\t{unit}");
}

async fn start(address: &str, login: Login, metrics: &PrometheusHandle) -> anyhow::Result<App> {
    // The real time: a token's use is written down as it is in life.
    #[expect(clippy::disallowed_methods, reason = "a program for people: the real clock is made here")]
    let clock = Clock::new(Utc::now);
    let ledger = Ledger::open(address).await?;
    let lease = std::time::Duration::from_secs(30);
    #[expect(clippy::disallowed_methods, reason = "a program for people: real chance is made here")]
    let chance = Chance::new(|bytes| rand::RngCore::fill_bytes(&mut rand::rng(), bytes));
    let access = AccessSettings {
        login,
        groups: RoleGroups { viewers: vec!["field".to_owned()], ..RoleGroups::default() },
        logins_per_minute: u32::MAX,
        token_requests_per_minute: u32::MAX,
        ..AccessSettings::default()
    };
    let builder = AppBuilder {
        documents: open(address, Limits::default()).await?,
        launcher: Launcher::new(ledger.clone(), Catalog::default(), clock.clone(), lease),
        ledger,
        clock,
        chance,
        settings: WebSettings { access, ..WebSettings::default() },
        assets: Assets::unbuilt(),
        metrics: metrics.clone(),
    };
    Ok(builder.start().await?)
}

async fn ask(router: &Router, request: Request<Body>) -> anyhow::Result<Response<Body>> {
    let (parts, body) = router.clone().oneshot(request).await?.into_parts();
    axum::body::to_bytes(body, usize::MAX).await?;
    Ok(Response::from_parts(parts, Body::empty()))
}

/// In microseconds.
async fn median(
    router: &Router,
    request: impl Fn(usize) -> axum::http::request::Builder,
) -> anyhow::Result<f64> {
    let mut times = Vec::with_capacity(REQUESTS);
    for n in 0..REQUESTS {
        let request = request(n).body(Body::empty())?;
        let start = Instant::now();
        let answer = ask(router, request).await?;
        times.push(start.elapsed().as_secs_f64() * 1e6);
        ensure!(answer.status() == StatusCode::OK, "it answered {}", answer.status());
    }
    middle(times)
}

fn middle(mut times: Vec<f64>) -> anyhow::Result<f64> {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().context("nothing was measured")
}

fn cookie(answer: &Response<Body>, name: &str) -> anyhow::Result<String> {
    let cookies = answer.headers().get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
    let found = cookies.filter_map(|cookie| cookie.split(';').next()).find(|cookie| cookie.starts_with(name));
    found.map(str::to_owned).with_context(|| format!("no cookie {name}"))
}

/// The cookies of many sessions, and how long the last sign-ins took, in milliseconds.
async fn sign_in_many(router: &Router) -> anyhow::Result<(Vec<String>, f64)> {
    let (mut cookies, mut times) = (Vec::with_capacity(MANY), Vec::new());
    for n in 0..MANY {
        let start = Instant::now();
        cookies.push(sign_in(router, n).await?);
        if n + LOGINS >= MANY {
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
    }
    Ok((cookies, middle(times)?))
}

async fn sign_in(router: &Router, n: usize) -> anyhow::Result<String> {
    let request = Request::builder().uri("/?sso").header("host", "localhost").body(Body::empty())?;
    let begun = ask(router, request).await?;
    let to = begun.headers().get("location").and_then(|to| to.to_str().ok()).context("led nowhere")?;
    let (_, relay) = to.split_once("relay=").context("no relay state")?;
    let form = format!("SAMLResponse=person{}&RelayState={relay}", n % 500);
    let request = Request::post("/?acs")
        .header("host", "localhost")
        .header("cookie", cookie(&begun, "__Host-saml_flow")?)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(form))?;
    cookie(&ask(router, request).await?, "__Host-sid")
}

/// The headers of many tokens.
async fn tokens(ledger: &Ledger) -> anyhow::Result<Vec<String>> {
    let start = DateTime::from_timestamp(4_000_000_000, 0).context("a time")?;
    let person = Person {
        provider: "idp".to_owned(),
        subject: "owner".to_owned(),
        name: "Owner".to_owned(),
        mail: None,
        attributes: std::collections::BTreeMap::new(),
        groups: Vec::new(),
        role: Some(Role::Viewer),
    };
    let account: AccountId = ledger.enrol(&person, start).await?.id;
    let mut headers = Vec::with_capacity(MANY);
    for n in 0..MANY {
        let text = format!("t5g_{n:064x}");
        let token = NewToken {
            digest: SecretDigest::of(&text),
            name: "a benchmark's".to_owned(),
            account: Some(account.clone()),
            created_by: "Owner".to_owned(),
            scopes: Scopes::new([Scope::Read]).context("a scope")?,
            created: start,
            expires: start,
        };
        ensure!(ledger.create_token(&token).await? == TokenMade::Done, "a token was not made");
        headers.push(format!("Bearer {text}"));
    }
    Ok(headers)
}
