//! Keeps the live board true to the store: listens to the change feed, reads what changed, builds off the async
//! threads, swaps. What cannot be read never replaces what could: it is reported, and the last good one stays.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use t5g_model::board::{Board, Raw, RawDocuments};
use t5g_model::clock::Clock;
use t5g_model::documents::Document;
use t5g_model::documents::read::Problems;
use t5g_store::StoreError;
use t5g_store::documents::{Change, ChangeFeed, Documents, Fingerprint, Stored};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::api::documents::ROUTES;
use crate::live::Live;
use crate::live::board::{Derived, Held, Holdings, LiveBoard};
use crate::live::health::{Trouble, log_change};
use crate::live::raw::RawDocument;
use crate::settings::WebSettings;
use crate::telemetry;

/// A burst of changes is over when nothing more came for so long.
const QUIET: Duration = Duration::from_millis(10);
/// A burst that does not end is read after so long all the same.
const BURST: Duration = Duration::from_millis(50);
/// How often to look whether a new day began.
const DAY_CHECK: Duration = Duration::from_secs(30);
/// How often to look whether the store is there: a feed that is silent says nothing of that.
const STORE_CHECK: Duration = Duration::from_secs(2);
/// Pauses between tries while the store is down: the first, doubled up to the second.
const PAUSES: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(2));

/// The loader's own state.
pub(crate) struct Loader {
    documents: Documents,
    feed: Option<ChangeFeed>,
    clock: Clock,
    settings: Arc<WebSettings>,
    live: Arc<Live>,
    board: Arc<Board>,
    derived: Arc<Derived>,
    holdings: Holdings,
    /// Read again as soon as the store answers.
    pending: BTreeSet<Document>,
    pause: Duration,
}

/// What became of the documents that changed.
struct Built {
    board: Board,
    derived: Derived,
    texts: BTreeMap<Document, Arc<RawDocument>>,
    /// Documents that cannot be read, and why.
    unreadable: BTreeMap<Document, String>,
    /// What is wrong with documents that no board is made of.
    problems: BTreeMap<Document, Arc<Problems>>,
}

/// The board could not be built; nothing of this comes from the documents' content.
#[derive(Debug, thiserror::Error)]
enum BuildError {
    #[error("the thread that builds the board is gone")]
    Thread(#[from] tokio::task::JoinError),
    #[error("a document cannot be compressed")]
    Pack(#[from] std::io::Error),
    #[error("the statistics cannot be written")]
    Stats(#[from] serde_json::Error),
}

impl Loader {
    /// Listens from now on; nothing is read yet.
    pub(crate) fn new(
        documents: Documents,
        clock: Clock,
        settings: Arc<WebSettings>,
        live: Arc<Live>,
    ) -> Self {
        let (board, derived) = {
            let start = live.board();
            (Arc::clone(&start.board), Arc::clone(&start.derived))
        };
        Self {
            feed: Some(documents.changes()),
            documents,
            clock,
            settings,
            live,
            board,
            derived,
            holdings: Holdings::default(),
            pending: shown(),
            pause: PAUSES.0,
        }
    }

    /// Works until it is told to stop.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        let mut day = tokio::time::interval(DAY_CHECK);
        day.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut health = tokio::time::interval(STORE_CHECK);
        health.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let retry = self.pause;
            let waiting = !self.pending.is_empty();
            tokio::select! {
                () = stop.cancelled() => return,
                change = next(&mut self.feed) => {
                    self.note(change);
                    self.gather().await;
                    self.catch_up().await;
                }
                () = tokio::time::sleep(retry), if waiting => self.catch_up().await,
                _ = day.tick() => self.roll_over().await,
                _ = health.tick(), if !waiting => self.check_store().await,
            }
        }
    }

    /// A store that does not answer is read again, whole, as soon as it does.
    async fn check_store(&mut self) {
        let answer = tokio::time::timeout(STORE_CHECK, self.documents.ping()).await;
        if !matches!(answer, Ok(Ok(()))) {
            self.pending = shown();
            self.catch_up().await;
        }
    }

    fn note(&mut self, change: Option<Change>) {
        match change {
            Some(Change::Some(documents)) => self.pending.extend(documents.intersection(&shown())),
            Some(Change::Everything) => self.pending = shown(),
            None => self.feed = None,
        }
    }

    /// Waits for the end of a burst, so that ten documents written one after another are one rebuild.
    async fn gather(&mut self) {
        let end = tokio::time::Instant::now() + BURST;
        loop {
            let quiet = tokio::time::Instant::now() + QUIET;
            match tokio::time::timeout_at(quiet.min(end), next(&mut self.feed)).await {
                Ok(change) => self.note(change),
                Err(_) => return,
            }
        }
    }

    /// Reads what is pending and shows it.
    pub(crate) async fn catch_up(&mut self) {
        let (changed, failure) = self.read_pending().await;
        let before = self.holdings.clone();
        let now = self.clock.now();
        self.holdings.store =
            failure.map(|error| Trouble::goes_on(before.store.as_ref(), error.to_string(), now));
        self.pause = match self.holdings.store {
            Some(_) => (self.pause * 2).min(PAUSES.1),
            None => PAUSES.0,
        };
        self.holdings.loaded |= self.pending.is_empty();
        if !changed.is_empty() {
            let started = Instant::now();
            match self.build(&changed).await {
                Ok(built) => {
                    self.take(built, &changed);
                    self.warm();
                }
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "the board stays as it is");
                }
            }
            telemetry::board_built(started.elapsed());
        }
        self.report(&before);
        self.publish();
    }

    /// The pending documents that look different now. Those that could not be asked for stay pending.
    async fn read_pending(&mut self) -> (BTreeMap<Document, Stored>, Option<StoreError>) {
        let mut changed = BTreeMap::new();
        for document in std::mem::take(&mut self.pending) {
            match self.documents.read(document).await {
                Ok(Some(stored)) => {
                    let held = self.holdings.documents.entry(document).or_default();
                    if held.seen != Some(stored.fingerprint) {
                        changed.insert(document, stored);
                    }
                }
                Ok(None) => self.gone(document),
                Err(error @ StoreError::TooLarge { .. }) => self.refuse(document, None, error.to_string()),
                Err(error) => {
                    let left = shown().split_off(&document);
                    self.pending.extend(left);
                    return (changed, Some(error));
                }
            }
        }
        (changed, None)
    }

    /// A document that was there and is not any more is a loss, not news.
    fn gone(&mut self, document: Document) {
        if self.holdings.documents.get(&document).is_some_and(|held| held.raw.is_some()) {
            self.refuse(document, None, "it is gone from the store".to_owned());
        }
    }

    fn refuse(&mut self, document: Document, seen: Option<Fingerprint>, reason: String) {
        let now = self.clock.now();
        let held = self.holdings.documents.entry(document).or_default();
        held.seen = seen;
        held.trouble = Some(Trouble::goes_on(held.trouble.as_ref(), reason, now));
    }

    async fn build(&self, changed: &BTreeMap<Document, Stored>) -> Result<Built, BuildError> {
        let (texts, board, settings) = (changed.clone(), Arc::clone(&self.board), Arc::clone(&self.settings));
        let (now, mut present) = (self.clock.now(), self.holdings.present());
        let packing = tokio::task::spawn_blocking(move || {
            texts
                .iter()
                .map(|(document, stored)| Ok((*document, Arc::new(RawDocument::pack(stored)?))))
                .collect::<std::io::Result<BTreeMap<_, _>>>()
        });
        let texts = changed.clone();
        let building = tokio::task::spawn_blocking(move || {
            let (board, unreadable, problems) = read(&texts, &board, &settings);
            present.extend(texts.keys().filter(|document| !unreadable.contains_key(document)));
            let derived = Derived::of(&board, &present, now, &settings)?;
            Ok::<_, serde_json::Error>((board, derived, unreadable, problems))
        });
        let (texts, built) = tokio::try_join!(packing, building)?;
        let (board, derived, unreadable, problems) = built?;
        Ok(Built { board, derived, texts: texts?, unreadable, problems })
    }

    fn take(&mut self, built: Built, changed: &BTreeMap<Document, Stored>) {
        self.board = Arc::new(built.board);
        self.derived = Arc::new(built.derived);
        for (document, raw) in built.texts {
            let seen = changed.get(&document).map(|stored| stored.fingerprint);
            if let Some(reason) = built.unreadable.get(&document) {
                self.refuse(document, seen, reason.clone());
                continue;
            }
            let problems = built.problems.get(&document).cloned().unwrap_or_default();
            log_skipped(document, self.board.problems(document).unwrap_or(&problems));
            let held = Held { raw: Some(raw), seen, trouble: None, problems };
            self.holdings.documents.insert(document, held);
        }
    }

    /// Makes what the table makes on demand, beside everything else: who searches first does not wait for it.
    fn warm(&self) {
        let (board, derived) = (Arc::clone(&self.board), Arc::clone(&self.derived));
        tokio::task::spawn_blocking(move || derived.table.warm(&board));
    }

    fn report(&self, before: &Holdings) {
        log_change("the document store", before.store.as_ref(), self.holdings.store.as_ref());
        for (document, held) in &self.holdings.documents {
            let old = before.documents.get(document).and_then(|old| old.trouble.as_ref());
            log_change(document.name(), old, held.trouble.as_ref());
        }
        telemetry::holdings(&self.holdings, &self.board);
        telemetry::board(&self.board);
    }

    fn publish(&self) {
        self.derived.told.tell();
        let holdings = Arc::new(self.holdings.clone());
        self.live.set_board(LiveBoard::new(Arc::clone(&self.board), holdings, Arc::clone(&self.derived)));
    }

    /// Computes the figures again when a new day began.
    async fn roll_over(&mut self) {
        let (now, present) = (self.clock.now(), self.holdings.present());
        if self.settings.rules.date_of(now) == self.derived.today {
            return;
        }
        let (board, settings) = (Arc::clone(&self.board), Arc::clone(&self.settings));
        match tokio::task::spawn_blocking(move || Derived::of(&board, &present, now, &settings)).await {
            Ok(Ok(derived)) => {
                self.derived = Arc::new(derived);
                self.warm();
                self.publish();
            }
            Ok(Err(error)) => tracing::error!(%error, "the new day's figures cannot be written"),
            Err(error) => tracing::error!(%error, "the new day's figures cannot be computed"),
        }
    }
}

/// The documents that pages or the API show.
pub(crate) fn shown() -> BTreeSet<Document> {
    Board::DOCUMENTS.iter().copied().chain(ROUTES.map(|(_, document, _)| document)).collect()
}

/// Waits for ever once the feed has ended: the store is closing, and so are we.
async fn next(feed: &mut Option<ChangeFeed>) -> Option<Change> {
    match feed {
        Some(feed) => feed.next().await,
        None => std::future::pending().await,
    }
}

/// One line for each new state of a document that has unreadable entries.
fn log_skipped(document: Document, problems: &Problems) {
    if let Some(first) = problems.first().first() {
        let (count, entry, reason) = (problems.count(), &first.entry, &first.reason);
        tracing::warn!(%document, count, first = ?entry, ?reason, "parts of the document cannot be read; they are not shown");
    }
}

/// What was made of documents: the board, those that cannot be read at all, and what is wrong with the others.
type Read = (Board, BTreeMap<Document, String>, BTreeMap<Document, Arc<Problems>>);

fn read(texts: &BTreeMap<Document, Stored>, previous: &Board, settings: &WebSettings) -> Read {
    let mut raw = RawDocuments::default();
    for &document in Board::DOCUMENTS {
        raw.set(document, texts.get(&document).map_or(Raw::Unchanged, |stored| Raw::Bytes(&stored.bytes)));
    }
    let loaded = t5g_model::board::load(&raw, &settings.rules, Some(previous));
    let mut unreadable: BTreeMap<_, _> =
        loaded.unreadable.iter().map(|error| (error.document, error.to_string())).collect();
    let mut problems = BTreeMap::new();
    let others = texts.iter().filter(|(document, _)| !Board::DOCUMENTS.contains(document));
    for (&document, stored) in others {
        match t5g_model::documents::read::check(document, &stored.bytes) {
            Ok(found) => drop(problems.insert(document, Arc::new(found))),
            Err(error) => drop(unreadable.insert(document, error.to_string())),
        }
    }
    (loaded.board, unreadable, problems)
}
