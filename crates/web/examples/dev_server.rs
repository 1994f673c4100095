//! Serves a folder's store for looking at pages while working on them: `dev_server STORE.db [EXPORT.json]`.
//! The export, one object of documents by name, is loaded first. Prints the address.

use std::sync::Arc;

use anyhow::Context;
use async_trait::async_trait;
use serde_json::Value;
use t5g_model::clock::Clock;
use t5g_model::documents::Document;
use t5g_model::names::Role as Rights;
use t5g_queue::{
    Engine, Fencing, MissedTick, Registry, Retry, Role, RunContext, Settings, Task, TaskDefinition,
};
use t5g_store::documents::{Fence, Raised};
use t5g_store::documents::{Guard, Limits, open};
use t5g_store::ledger::Ledger;
use t5g_web::{AppBuilder, Assets, WebSettings};

/// Pretends to fetch, so that the progress bar can be looked at.
struct Pretend;

#[async_trait]
impl Task for Pretend {
    async fn run(&self, run: RunContext) -> anyhow::Result<Value> {
        run.progress.begin("Pretending to fetch cards", Some(100));
        for _ in 0..100 {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            run.progress.advance(1);
        }
        Ok(Value::Null)
    }
}

/// Its task writes no document.
#[derive(Debug)]
struct NoStore;

#[async_trait]
impl Fencing for NoStore {
    async fn raise(&self, _: &Fence) -> anyhow::Result<Raised> {
        Ok(Raised::Known)
    }
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "the address is this program's output")]
#[expect(clippy::disallowed_methods, reason = "a program for people: the real clock is made here")]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let store = arguments.next().context("usage: dev_server STORE.db [EXPORT.json]")?;
    let address = format!("sqlite:{store}");
    let documents = open(&address, Limits::default()).await?;
    if let Some(file) = arguments.next() {
        let export: serde_json::Map<String, Value> = serde_json::from_slice(&tokio::fs::read(file).await?)?;
        let batch: Vec<_> = export
            .iter()
            .filter_map(|(name, json)| Some((Document::by_name(name)?, json.to_string().into())))
            .collect();
        documents.replace(&batch, &Guard::default()).await?;
    }
    let clock = Clock::new(chrono::Utc::now);
    let mut registry = Registry::default();
    registry.add(
        TaskDefinition {
            name: "refresh",
            description: "Pretends.",
            queue: "pretend",
            schedule: None,
            retry: Retry { attempts: 1, first_pause: std::time::Duration::from_secs(1) },
            exclusive: Some("refresh"),
            timeout: std::time::Duration::from_mins(1),
            missed: MissedTick::Skip,
            role: Rights::Operator,
        },
        Arc::new(Pretend),
    );
    let ledger = Ledger::open(&address).await?;
    let engine = Engine::new(ledger.clone(), registry, Settings::new(clock.clone(), 1, Arc::new(NoStore)))?;
    engine.begin(&[Role::Work]).await;
    let builder = AppBuilder {
        documents,
        ledger,
        launcher: engine.launcher(),
        clock,
        chance: t5g_model::chance::Chance::new(|bytes| bytes.fill(7)),
        settings: WebSettings::default(),
        assets: Assets::embedded()?,
        metrics: t5g_web::install_metrics()?,
    };
    let app = builder.start().await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    t5g_web::serve(listener, app, std::future::pending()).await?;
    Ok(())
}
