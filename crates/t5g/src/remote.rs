//! A running dashboard as the place to read from: commands ask its API instead of the store, from whatever machine.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use bytes::Bytes;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use t5g_config::Settings;
use t5g_model::documents::Document;
use t5g_store::Opening;
use t5g_store::documents::Documents;
use url::Url;

use crate::{console, load, wiring};

/// Variables that may hold the token, and those that may name a file with it; the first that is set is taken.
const TOKENS: [&str; 2] = ["T5G_API", "DASH_API"];
const TOKEN_FILES: [&str; 2] = ["T5G_API_FILE", "DASH_API_FILE"];
/// The largest answer: a document of a large deployment is a tenth of it.
const LARGEST: usize = 512 << 20;
const CONNECT: Duration = Duration::from_secs(10);
/// For one answer as a whole.
const ANSWER: Duration = Duration::from_mins(5);
/// More pages than this are no list of ours.
const MOST_PAGES: usize = 10_000;

/// Which running dashboard to ask, for commands that only read.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ServerArgs {
    /// Ask the running dashboard at this address instead of the store; the token comes from T5G_API or DASH_API, or from
    /// a file
    #[arg(long, value_name = "URL")]
    server: Option<Url>,
    /// File that holds the token for --server; T5G_API_FILE and DASH_API_FILE name one, too
    #[arg(long, value_name = "FILE", requires = "server")]
    token_file: Option<PathBuf>,
}

impl ServerArgs {
    /// Whether a dashboard is to be asked.
    pub(crate) fn is_given(&self) -> bool {
        self.server.is_some()
    }

    /// The dashboard to ask; `None`: the store is meant. Within the async runtime.
    pub(crate) fn remote(&self) -> Result<Option<Remote>> {
        let Some(server) = &self.server else { return Ok(None) };
        let token = match &self.token_file {
            Some(path) => Some(token_of(path)?),
            None => token_around()?,
        };
        Remote::new(server, token.as_deref()).map(Some)
    }

    /// Where documents are read from: that dashboard, else the store that the settings name.
    pub(crate) async fn place(&self, settings: &Settings) -> Result<Place> {
        match self.remote()? {
            Some(remote) => Ok(Place::Server(remote)),
            None => Ok(Place::Store(wiring::documents(settings, Opening::Use).await?)),
        }
    }
}

fn token_around() -> Result<Option<String>> {
    let set = |name: &&str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    if let Some(token) = TOKENS.iter().find_map(set) {
        return Ok(Some(token.trim().to_owned()));
    }
    TOKEN_FILES.iter().find_map(set).map(|path| token_of(Path::new(path.trim()))).transpose()
}

fn token_of(path: &Path) -> Result<String> {
    let text = load::read_small(path)
        .with_context(|| format!("the token's file {} cannot be read", path.display()))?;
    ensure!(!text.trim().is_empty(), "the token's file {} is empty", path.display());
    Ok(text.trim().to_owned())
}

/// Where documents are read from.
#[derive(Debug)]
pub(crate) enum Place {
    /// The store.
    Store(Documents),
    /// A running dashboard.
    Server(Remote),
}

impl Place {
    /// The document as it is stored; `None` if it never was.
    pub(crate) async fn read(&self, document: Document) -> Result<Option<Bytes>> {
        match self {
            Self::Store(store) => Ok(store.read(document).await?.map(|stored| stored.bytes)),
            Self::Server(remote) => remote.document(document).await.map(Some),
        }
    }
}

/// A running dashboard.
#[derive(Debug)]
pub(crate) struct Remote {
    base: String,
    token: Option<HeaderValue>,
    http: reqwest::Client,
}

/// What our API says of an error.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Problem {
    title: String,
    detail: String,
    request_id: String,
}

/// A page of a list.
#[derive(Deserialize)]
struct Listed<T> {
    items: Vec<T>,
    next: Option<String>,
}

impl Remote {
    fn new(server: &Url, token: Option<&str>) -> Result<Self> {
        let web = matches!(server.scheme(), "http" | "https") && server.has_host();
        ensure!(web, "--server is not an http or https address: {server}");
        ensure!(
            server.username().is_empty() && server.password().is_none(),
            "--server holds a name or password; a token comes from T5G_API or a file"
        );
        let token = token.map(|token| {
            let mut value =
                HeaderValue::try_from(format!("Bearer {token}")).context("the token is no token of ours")?;
            value.set_sensitive(true);
            anyhow::Ok(value)
        });
        let token = token.transpose()?;
        if server.scheme() == "http" && token.is_some() && !is_here(server) {
            console::complain("note: the token travels in the open; use https");
        }
        // A redirection would lead the token elsewhere, or to a page for people.
        let http =
            reqwest::Client::builder().redirect(Policy::none()).connect_timeout(CONNECT).timeout(ANSWER);
        let base =
            format!("{}{}", server.origin().ascii_serialization(), server.path().trim_end_matches('/'));
        Ok(Self { base, token, http: http.build().context("no HTTP client can be made")? })
    }

    /// An answer's JSON.
    pub(crate) async fn json<T: DeserializeOwned>(&self, path: &str, query: &[(&str, &str)]) -> Result<T> {
        self.read(path, &self.get(path, query).await?)
    }

    fn read<T: DeserializeOwned>(&self, path: &str, answer: &[u8]) -> Result<T> {
        serde_json::from_slice(answer).with_context(|| {
            format!("{}{path} does not answer as a dashboard of this version does", self.base)
        })
    }

    /// All entries of a list, page by page.
    pub(crate) async fn items<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Vec<T>> {
        let mut page: Listed<T> = self.json(path, query).await?;
        let mut items = page.items;
        for _ in 0..MOST_PAGES {
            let Some(next) = page.next else { return Ok(items) };
            ensure!(
                next.starts_with("/api/"),
                "{}{path} leads on to a place that is none of its own",
                self.base
            );
            page = self.json(&next, &[]).await?;
            items.append(&mut page.items);
        }
        bail!("{}{path} has no end", self.base)
    }

    /// The first page of a list.
    pub(crate) async fn first<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Vec<T>> {
        self.json(path, query).await.map(|page: Listed<T>| page.items)
    }

    /// Has something begun there, and gives what is answered.
    pub(crate) async fn post<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T> {
        let request = self.http.post(format!("{}{path}", self.base)).json(body);
        self.read(path, &self.send(path, request).await?)
    }

    /// A document as it is stored. Fails for one that the API does not have.
    pub(crate) async fn document(&self, document: Document) -> Result<Bytes> {
        self.get(&format!("/api/{}", document.name()), &[]).await
    }

    async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Bytes> {
        let mut request = self.http.get(format!("{}{path}", self.base));
        if !query.is_empty() {
            request = request.query(query);
        }
        self.send(path, request).await
    }

    async fn send(&self, path: &str, request: RequestBuilder) -> Result<Bytes> {
        let mut request = request.header(ACCEPT, "application/json");
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, token.clone());
        }
        let answer = request.send().await.map_err(reqwest::Error::without_url);
        let answer = answer.with_context(|| format!("the dashboard at {} does not answer", self.base))?;
        let status = answer.status();
        let location = answer.headers().get("location").and_then(|to| to.to_str().ok()).map(str::to_owned);
        let body = body(answer).await.with_context(|| format!("{}{path}", self.base))?;
        match status {
            StatusCode::OK | StatusCode::ACCEPTED => Ok(body),
            StatusCode::UNAUTHORIZED if self.token.is_none() => {
                bail!("the dashboard at {} wants a token: set T5G_API, or give --token-file", self.base)
            }
            status if status.is_redirection() => bail!(
                "{}{path} leads elsewhere ({}): write the address as it is after that",
                self.base,
                console::harmless(location.as_deref().unwrap_or("nowhere"))
            ),
            status => bail!("{}{path}: {}", self.base, complaint(status, &body)),
        }
    }
}

/// What was answered instead, in words.
fn complaint(status: StatusCode, body: &[u8]) -> String {
    let problem: Problem = serde_json::from_slice(body).unwrap_or_default();
    let words = if problem.detail.is_empty() { problem.title } else { problem.detail };
    let words: String = console::harmless(&words).chars().take(500).collect();
    let id = if problem.request_id.is_empty() {
        String::new()
    } else {
        format!(" (request {})", console::harmless(&problem.request_id))
    };
    if words.is_empty() { format!("{status}{id}") } else { format!("{status}: {words}{id}") }
}

async fn body(mut answer: Response) -> Result<Bytes> {
    let mut body = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(reqwest::Error::without_url)? {
        ensure!(body.len() + piece.len() <= LARGEST, "the answer is too large");
        body.extend_from_slice(&piece);
    }
    Ok(body.into())
}

/// Whether the address leads to this machine.
fn is_here(server: &Url) -> bool {
    let host = server.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let address = host.parse::<std::net::IpAddr>();
    address.map_or_else(|_| host.eq_ignore_ascii_case("localhost"), |address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_complains_of_is_told_and_obeyed_by_no_terminal() {
        let body = br#"{"title": "Not found", "detail": "No \u001b[2Jsuch thing.", "requestId": "r1"}"#;
        assert_eq!(
            complaint(StatusCode::NOT_FOUND, body),
            "404 Not Found: No \u{fffd}[2Jsuch thing. (request r1)"
        );
        assert_eq!(complaint(StatusCode::BAD_GATEWAY, b"<html>"), "502 Bad Gateway");
    }

    #[test]
    fn only_this_machine_is_here() {
        for (url, here) in [
            ("http://localhost:1", true),
            ("http://[::1]", true),
            ("http://127.0.0.9", true),
            ("http://localhost.example", false),
            ("http://10.0.0.1", false),
        ] {
            assert_eq!(is_here(&Url::parse(url).unwrap()), here, "{url}");
        }
    }
}
