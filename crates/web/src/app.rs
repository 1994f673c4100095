//! The application: everything a handler may use, made by one builder that the binary and the tests share.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use chrono::{DateTime, Utc};
use metrics_exporter_prometheus::PrometheusHandle;
use t5g_model::chance::Chance;
use t5g_model::clock::Clock;
use t5g_queue::Launcher;
use t5g_store::StoreError;
use t5g_store::documents::Documents;
use t5g_store::ledger::Ledger;
use tokio::sync::Semaphore;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::access::gate::{Gate, Upkeep};
use crate::assets::Assets;
use crate::layers::request_id::RequestIds;
use crate::live::follow::Follower;
use crate::live::health::{Trouble, log_change};
use crate::live::loader::Loader;
use crate::live::news::News;
use crate::live::{Live, LiveBoard, Sources};
use crate::ops_server::Monitoring;
use crate::settings::{Limits, WebSettings};
use crate::templates::Templates;
use crate::writing::address::looked_at_since;
use crate::{routes, telemetry};

/// How often the ledger is asked for news of the sources: one small query.
const ASK_LEDGER: Duration = Duration::from_secs(1);
/// The queue is measured each time that the ledger was asked so often.
const MEASURE_EACH: u32 = 5;
/// How long the start waits for the first data before it serves without.
const FIRST_DATA: Duration = Duration::from_secs(5);

/// What the application is made of. Nothing here is optional.
#[derive(Debug)]
pub struct AppBuilder {
    /// Where the documents are.
    pub documents: Documents,
    /// Where the sources' freshness is, and people's sessions, tokens and the audit log.
    pub ledger: Ledger,
    /// What starts tasks and shows their runs.
    pub launcher: Launcher,
    /// What time it is.
    pub clock: Clock,
    /// What secrets are made of.
    pub chance: Chance,
    /// How this deployment wants it.
    pub settings: WebSettings,
    /// The built front end.
    pub assets: Assets,
    /// What `/metrics` shows.
    pub metrics: PrometheusHandle,
}

/// The application cannot be built; a fault of the build, not of the deployment.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A template is wrong.
    #[error("the templates cannot be read")]
    Templates(#[from] minijinja::Error),
    /// The first board cannot be made.
    #[error("the empty board cannot be made")]
    Board(#[from] serde_json::Error),
}

/// A running application: keeps its board true until it is dropped.
#[derive(Debug)]
pub struct App {
    state: AppState,
    _stop: DropGuard,
}

/// What handlers get. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct AppState(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    live: Arc<Live>,
    documents: Documents,
    ledger: Ledger,
    gate: Gate,
    launcher: Launcher,
    clock: Clock,
    settings: Arc<WebSettings>,
    assets: Assets,
    metrics: PrometheusHandle,
    templates: Templates,
    place: String,
    request_ids: RequestIds,
    permits: Semaphore,
    news: News,
    closing: CancellationToken,
    mark: String,
}

impl AppBuilder {
    /// Starts keeping the board. Waits a little for the first data; a store that is down stops nothing.
    pub async fn start(self) -> Result<App, BuildError> {
        let settings = Arc::new(self.settings);
        let now = self.clock.now();
        let live = Arc::new(Live::new(LiveBoard::empty(now, &settings)?, Sources::unknown(&settings)));
        let stop = CancellationToken::new();
        let state = AppState(Arc::new(Inner {
            live: Arc::clone(&live),
            documents: Arc::clone(&self.documents),
            ledger: self.ledger.clone(),
            gate: Gate::new(settings.access.clone(), self.chance),
            launcher: self.launcher.clone(),
            clock: self.clock.clone(),
            settings: Arc::clone(&settings),
            assets: self.assets,
            metrics: self.metrics,
            templates: Templates::new()?,
            place: self.documents.place(),
            request_ids: RequestIds::starting_at(now.timestamp_millis()),
            permits: Semaphore::new(settings.limits.concurrent_requests),
            news: News::starting_at(now.timestamp_millis(), &settings.limits),
            closing: stop.child_token(),
            mark: settings.mark(),
        }));
        let mut loader = Loader::new(self.documents, self.clock, settings, live);
        let (first, ready) = tokio::sync::oneshot::channel::<()>();
        let loading = stop.clone();
        tokio::spawn(async move {
            loader.catch_up().await;
            // Nobody waits any more if the start has lost its patience.
            drop(first);
            loader.run(loading).await;
        });
        let upkeep = Upkeep::new();
        let mut watch = SourceWatch { app: state.clone(), ledger: self.ledger, upkeep };
        watch.look().await;
        // A ledger that hangs is asked again later, and nobody can be looked up in it until then.
        let now = watch.app.clock().now();
        let upkeep = watch.upkeep.round(watch.app.gate(), &watch.ledger, now);
        if tokio::time::timeout(FIRST_DATA, upkeep).await.is_err() {
            tracing::warn!("the ledger takes long; people's roles are held against the settings later");
        }
        tokio::spawn(watch.run(stop.clone()));
        tokio::spawn(Follower::new(state.clone()).run(stop.clone()));
        if tokio::time::timeout(FIRST_DATA, ready).await.is_err() {
            tracing::warn!("the first data takes long; serving without it until it has come");
        }
        Ok(App { state, _stop: stop.drop_guard() })
    }
}

impl App {
    /// Bounds on what clients may cost.
    pub(crate) fn limits(&self) -> Limits {
        self.state.settings().limits
    }

    /// Ends what would not end by itself: listeners to news. To be called when no more requests are taken.
    pub(crate) fn close_streams(&self) {
        self.state.closing().cancel();
    }

    /// What a listener for monitoring alone answers.
    pub fn monitoring(&self) -> Monitoring {
        Monitoring::beside_pages(self.state.clone())
    }

    /// All routes with all layers.
    pub fn router(&self) -> Router {
        routes::router(self.state.clone())
    }
}

impl AppState {
    pub(crate) fn live(&self) -> &Live {
        &self.0.live
    }

    pub(crate) fn documents(&self) -> &Documents {
        &self.0.documents
    }

    pub(crate) fn gate(&self) -> &Gate {
        &self.0.gate
    }

    pub(crate) fn ledger(&self) -> &Ledger {
        &self.0.ledger
    }

    pub(crate) fn launcher(&self) -> &Launcher {
        &self.0.launcher
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    pub(crate) fn settings(&self) -> &WebSettings {
        &self.0.settings
    }

    pub(crate) fn assets(&self) -> &Assets {
        &self.0.assets
    }

    pub(crate) fn metrics(&self) -> &PrometheusHandle {
        &self.0.metrics
    }

    pub(crate) fn templates(&self) -> &Templates {
        &self.0.templates
    }

    /// Where the documents are, secrets masked.
    pub(crate) fn place(&self) -> &str {
        &self.0.place
    }

    pub(crate) fn request_ids(&self) -> &RequestIds {
        &self.0.request_ids
    }

    pub(crate) fn permits(&self) -> &Semaphore {
        &self.0.permits
    }

    pub(crate) fn news(&self) -> &News {
        &self.0.news
    }

    /// Cancelled when streams have to end.
    pub(crate) fn closing(&self) -> &CancellationToken {
        &self.0.closing
    }

    /// Tells deployments apart that would answer the same question otherwise.
    pub(crate) fn mark(&self) -> &str {
        &self.0.mark
    }
}

type NextFires = BTreeMap<&'static str, DateTime<Utc>>;

/// Keeps what is known of the sources true, the queue measured, and the ledger's part of access tidy.
struct SourceWatch {
    app: AppState,
    ledger: Ledger,
    upkeep: Upkeep,
}

impl SourceWatch {
    async fn run(mut self, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(ASK_LEDGER);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for round in 0_u32.. {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = ticks.tick() => self.look().await,
            }
            if round % MEASURE_EACH == 0 {
                self.measure().await;
            }
            self.upkeep.round(self.app.gate(), &self.ledger, self.app.clock().now()).await;
            self.app.metrics().run_upkeep();
        }
    }

    /// What is new of the sources, and when each task's schedule fires next.
    async fn read(&self, known: Option<i64>) -> Result<(Option<Sources>, NextFires), StoreError> {
        let news = Sources::read(&self.ledger, self.app.settings(), known).await?;
        Ok((news, self.app.launcher().next_fires().await?))
    }

    /// What the ledger says of the queue and of the writing side, for operators.
    async fn measure(&self) {
        if let Err(error) = self.app.launcher().measure().await {
            tracing::debug!(%error, "the queue's figures are as they were");
        }
        match self.ledger.journal_counts().await {
            Ok(counts) => telemetry::journal(&counts),
            Err(error) => tracing::debug!(%error, "the journal's figures are as they were"),
        }
        let (since, _) = looked_at_since(self.app.clock().now(), self.app.settings().rules.time_zone);
        match self.ledger.journal_trouble(since).await {
            Ok(trouble) => telemetry::trouble(&trouble),
            Err(error) => tracing::debug!(%error, "the journal's trouble is as it was"),
        }
    }

    async fn look(&mut self) {
        let (live, settings) = (self.app.live(), self.app.settings());
        let before = live.sources().as_ref().clone();
        let after = match self.read(before.revision).await {
            Ok((news, next)) => {
                let mut known = news.unwrap_or_else(|| Sources { trouble: None, ..before.clone() });
                known.set_next(&next, settings);
                known
            }
            Err(error) => {
                let trouble =
                    Trouble::goes_on(before.trouble.as_ref(), error.to_string(), self.app.clock().now());
                Sources { trouble: Some(trouble), ..before.clone() }
            }
        };
        log_change("the ledger", before.trouble.as_ref(), after.trouble.as_ref());
        telemetry::sources(&after, self.app.clock().now());
        if after != before {
            live.set_sources(after);
        }
    }
}
