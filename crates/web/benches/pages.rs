//! How long the server works on pages and answers at 20,000 cards, through the whole router. Prints
//! `name<TAB>value<TAB>unit`, the median of many requests where nothing else is said; the arguments that cargo adds are not looked at.

use std::time::Instant;

use anyhow::{Context as _, ensure};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use t5g_model::clock::Clock;
use t5g_model::documents::Document;
use t5g_queue::{Catalog, Launcher};
use t5g_store::documents::{Guard, Limits, open};
use t5g_store::ledger::Ledger;
use t5g_web::{App, AppBuilder, Assets, WebSettings};
use tower::ServiceExt as _;

const CARDS: usize = 20_000;
const REQUESTS: usize = 200;

/// Each line's name and the address that is asked for.
const ADDRESSES: [(&str, &str); 18] = [
    ("page_home", "/home"),
    ("page_table", "/table/all"),
    ("page_table_last", "/table/all?page=400"),
    ("page_table_sorted", "/table/all?sort=account"),
    ("page_table_filtered", "/table/all?sev=High&is=open&sort=-days"),
    ("page_table_searched", "/table/all?q=panic+ethtool"),
    ("page_stats", "/stats"),
    ("page_accounts", "/accounts"),
    ("page_account", "/account/Account%207"),
    ("page_engineer", "/engineer/Engineer%207"),
    ("page_figure_rows", "/figures/open_cases"),
    ("page_updates", "/updates/"),
    ("page_updates_all", "/updates/all"),
    ("page_updates_account", "/updates/all?account=Account+77"),
    ("page_weekly", "/weekly/"),
    ("page_card", "/card/FIELD-77"),
    ("api_stats", "/api/stats"),
    ("partial_freshness", "/partials/freshness"),
];

/// What scripts of the table ask for: each line's name, and the view. Told by the 95th percentile: the slow ones are
/// those that people notice.
const VIEWS: [(&str, &str); 12] = [
    ("plain", ""),
    ("page_400", "page=400"),
    ("facet", "sev=High&account=Account+7"),
    ("three_facets", "sev=High&sev=Urgent&status=Debugging&prio=No"),
    ("property", "is=stale"),
    ("condition", "q=sev:%3E=high+age:%3E14d+-is:closed"),
    ("word", "q=ethtool"),
    ("rare_word", "q=nowhere-to-be-found"),
    ("phrase_and_facet", "q=%22a+panic+in+ethtool%22&case=Closed"),
    ("sorted", "sort=account"),
    ("sorted_by_three", "sort=-days,summary,-comment"),
    ("all_at_once", "q=panic+age:%3E7d&sev=High&status=Debugging&sort=-updated,assignee&rows=200"),
];
/// Files of everything.
const FILES: [&str; 3] = ["csv", "ndjson", "md"];

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let address = format!("sqlite:{}", folder.path().join("t5g.db").display());
    let documents = open(&address, Limits::default()).await?;
    let batch = [(Document::Cards, cards()?), (Document::Cases, cases()?)];
    documents.replace(&batch, &Guard::default()).await?;
    let app = start(documents, &address).await?;
    let router = app.router();
    wait(&router).await?;
    for (name, address) in ADDRESSES {
        line(name, at(50, &times(&router, address, REQUESTS).await?)?, "ms");
    }
    for (name, view) in VIEWS {
        let times = times(&router, &format!("/table/all/rows?draw=1&{view}"), REQUESTS).await?;
        line(&format!("rows_{name}, 95th percentile"), at(95, &times)?, "ms");
    }
    let keys: Vec<_> = (1..=50).map(|n| format!("key=FIELD-{n}")).collect();
    let details = times(&router, &format!("/table/details?{}", keys.join("&")), REQUESTS).await?;
    line("details of 50 rows, 95th percentile", at(95, &details)?, "ms");
    let completing = times(&router, "/table/complete?q=product:r", REQUESTS).await?;
    line("completion, 95th percentile", at(95, &completing)?, "ms");
    for ending in FILES {
        line(
            &format!("all as {ending}"),
            at(50, &times(&router, &format!("/table/all.{ending}"), 5).await?)?,
            "ms",
        );
    }
    for (name, address) in
        [("page_table, size", "/table/all"), ("rows_plain, size", "/table/all/rows?draw=1")]
    {
        line(name, ask(&router, address).await?.1 as f64 / 1024.0, "KB");
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the measurements are this program's output")]
fn line(name: &str, value: f64, unit: &str) {
    println!("{name}\t{value:.3}\t{unit}");
}

async fn start(documents: t5g_store::documents::Documents, address: &str) -> anyhow::Result<App> {
    let clock = Clock::fixed("2026-11-23T14:05:00Z".parse()?);
    let ledger = Ledger::open(address).await?;
    let lease = std::time::Duration::from_secs(30);
    let builder = AppBuilder {
        documents,
        launcher: Launcher::new(ledger.clone(), Catalog::default(), clock.clone(), lease),
        ledger,
        clock,
        chance: t5g_model::chance::Chance::new(|bytes| bytes.fill(7)),
        settings: WebSettings::default(),
        assets: Assets::unbuilt(),
        metrics: t5g_web::install_metrics()?,
    };
    Ok(builder.start().await?)
}

async fn wait(router: &Router) -> anyhow::Result<()> {
    for _ in 0..600 {
        if ask(router, "/readyz").await?.0 == StatusCode::OK {
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    anyhow::bail!("the board was not built within a minute")
}

/// The answer's status and how many bytes it has.
async fn ask(router: &Router, address: &str) -> anyhow::Result<(StatusCode, usize)> {
    let request = Request::builder().uri(address).header("host", "localhost").body(Body::empty())?;
    let response = router.clone().oneshot(request).await?;
    let status = response.status();
    Ok((status, axum::body::to_bytes(response.into_body(), usize::MAX).await?.len()))
}

/// In milliseconds, sorted. What is made on first use is made by a first request that is not counted.
async fn times(router: &Router, address: &str, requests: usize) -> anyhow::Result<Vec<f64>> {
    let (status, _) = ask(router, address).await?;
    ensure!(status == StatusCode::OK, "{address} answered {status}");
    let mut times = Vec::with_capacity(requests);
    for _ in 0..requests {
        let start = Instant::now();
        ask(router, address).await?;
        times.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    Ok(times)
}

/// The value below which so many of a hundred lie.
fn at(percent: usize, sorted: &[f64]) -> anyhow::Result<f64> {
    let place = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(place).copied().context("nothing was measured")
}

fn pick<'a>(words: &[&'a str], n: usize) -> &'a str {
    words.get(n % words.len()).copied().unwrap_or_default()
}

fn cards() -> anyhow::Result<bytes::Bytes> {
    let card = |n: usize| {
        let comments: Vec<_> = (0..3)
            .map(|c| {
                json!([
                    format!("<p>Comment {c} on <b>{n}</b>: waiting for the customer's logs since days</p>"),
                    format!("2026-11-{:02}T10:00:00.000+0000", (n + c) % 23 + 1)
                ])
            })
            .collect();
        let card = json!({
            "case_number": format!("{n:08}"), "account": format!("Account {}", n % 800),
            "summary": format!("Node {n} reboots after {}", pick(&["an upgrade", "a panic in ethtool", "a while"], n)),
            "description": "The node reboots. ".repeat(10), "product": pick(&["OpenShift 4.16", "RHEL 9"], n),
            "case_status": pick(&["Waiting on Red Hat", "Waiting on Customer", "Closed"], n),
            "case_created": format!("2026-{:02}-{:02}T10:00:00Z", n % 10 + 1, n % 28 + 1),
            "severity": pick(&["Low", "Normal", "High", "Urgent", "Normal"], n),
            "case_updated_date": "2026-11-20 10:00", "card_status": pick(&["New", "Backlog", "Debugging", "Done"], n),
            "assignee": { "displayName": format!("Engineer {}", n % 40) }, "comments": comments,
        });
        (format!("FIELD-{n}"), card)
    };
    whole((1..=CARDS).map(card).collect())
}

fn cases() -> anyhow::Result<bytes::Bytes> {
    let case = |n: usize| {
        let case = json!({
            "owner": "o", "severity": "3 (Normal)", "account": format!("Account {}", n % 800),
            "problem": format!("Node {n} reboots"), "status": pick(&["Waiting on Red Hat", "Closed"], n),
            "createdate": format!("2026-{:02}-{:02}T10:00:00Z", n % 11 + 1, n % 23 + 1),
            "last_update": "2026-11-20T10:00:00Z", "product": "RHEL 9", "product_version": "9", "description": "d",
        });
        (format!("{n:08}"), case)
    };
    whole((1..=CARDS).map(case).collect())
}

fn whole(entries: serde_json::Map<String, Value>) -> anyhow::Result<bytes::Bytes> {
    Ok(serde_json::to_vec(&Value::Object(entries))?.into())
}
