//! One immutable state of everything that is shown: the board, what is computed from it for a moment, the raw
//! documents, and what is wrong with any of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use t5g_model::board::{Board, BoardParts, Scope};
use t5g_model::documents::Document;
use t5g_model::documents::read::Problems;
use t5g_model::figures::statistics;
use t5g_store::documents::Fingerprint;

use crate::error::AppError;
use crate::live::health::Trouble;
use crate::live::raw::RawDocument;
use crate::live::reports::ReportIndex;
use crate::live::table::TableIndex;
use crate::pages::home::HomePage;
use crate::pages::stats::StatsNow;
use crate::settings::WebSettings;
use crate::telemetry::Told;
use crate::view::figures::Present;
use crate::view::words::When;

/// What is held of one document.
#[derive(Debug, Clone, Default)]
pub(crate) struct Held {
    /// The last good text; `None` if there never was one.
    pub(crate) raw: Option<Arc<RawDocument>>,
    /// What the store had when we looked last, good or not.
    pub(crate) seen: Option<Fingerprint>,
    /// Why the store's present state is not shown.
    pub(crate) trouble: Option<Trouble>,
    /// Entries of `raw` that cannot be read, for documents that no board is made of.
    pub(crate) problems: Arc<Problems>,
}

/// The documents that are held, and the store they come from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Holdings {
    /// By document.
    pub(crate) documents: BTreeMap<Document, Held>,
    /// Whether everything was read once since the start.
    pub(crate) loaded: bool,
    /// Why the store cannot be read now.
    pub(crate) store: Option<Trouble>,
}

/// The state.
#[derive(Debug)]
pub(crate) struct LiveBoard {
    pub(crate) board: Arc<Board>,
    pub(crate) holdings: Arc<Holdings>,
    pub(crate) derived: Arc<Derived>,
    /// Tells states with different data apart.
    version: String,
}

/// What is computed from the board for one day; made again when the date rolls over.
#[derive(Debug)]
pub(crate) struct Derived {
    /// The day, in the team's time zone.
    pub(crate) today: NaiveDate,
    /// `/api/stats`.
    pub(crate) stats_json: Bytes,
    /// Its tag.
    pub(crate) stats_etag: String,
    /// `/home`.
    pub(crate) home: HomePage,
    /// `/table/…`.
    pub(crate) table: TableIndex,
    /// `/stats`, made when it is first asked for.
    pub(crate) stats: OnceLock<Arc<StatsNow>>,
    /// `/updates/…` and `/trends/`.
    pub(crate) reports: ReportIndex,
    /// `/metrics`.
    pub(crate) told: Told,
}

impl Derived {
    /// Computes it; takes tens of milliseconds for 20,000 cards. `present`: which documents there are.
    pub(crate) fn of(
        board: &Board,
        present: &BTreeSet<Document>,
        now: DateTime<Utc>,
        settings: &WebSettings,
    ) -> Result<Self, serde_json::Error> {
        let today = settings.rules.date_of(now);
        let stats = statistics(board, Scope::All, now);
        let stats_json: Bytes = serde_json::to_vec(&stats)?.into();
        let table = TableIndex::of(board, today);
        let home = HomePage::of(board, &stats, present, now, settings);
        let stats_etag = format!("W/\"{}\"", Fingerprint::of(&stats_json));
        let told = Told::of(board, &stats, Present::of(present), now);
        let (stats, reports) = (OnceLock::new(), ReportIndex::default());
        Ok(Self { today, stats_json, stats_etag, home, table, stats, reports, told })
    }
}

impl Holdings {
    /// The documents of which there is something to show.
    pub(crate) fn present(&self) -> BTreeSet<Document> {
        self.documents.iter().filter(|(_, held)| held.raw.is_some()).map(|(document, _)| *document).collect()
    }
}

impl LiveBoard {
    /// Puts a state together.
    pub(crate) fn new(board: Arc<Board>, holdings: Arc<Holdings>, derived: Arc<Derived>) -> Self {
        let version = version(&holdings, derived.today);
        Self { board, holdings, derived, version }
    }

    /// A board without data, before the store was read.
    pub(crate) fn empty(now: DateTime<Utc>, settings: &WebSettings) -> Result<Self, serde_json::Error> {
        let board = Arc::new(Board::build(BoardParts::default(), &settings.rules));
        let derived = Arc::new(Derived::of(&board, &BTreeSet::new(), now, settings)?);
        Ok(Self::new(board, Arc::default(), derived))
    }

    /// Tells states with different data apart.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    /// The last good text of a document.
    pub(crate) fn raw(&self, document: Document) -> Option<&RawDocument> {
        self.holdings.documents.get(&document)?.raw.as_deref()
    }

    /// The entries of a document that cannot be read and are left out; `None` if there is no such document.
    pub(crate) fn problems(&self, document: Document) -> Option<&Problems> {
        let held = self.holdings.documents.get(&document).filter(|held| held.raw.is_some())?;
        Some(self.board.problems(document).unwrap_or(&held.problems))
    }

    /// Whether there is anything to answer from: the store was read at least once since the start.
    pub(crate) fn usable(&self) -> Result<(), AppError> {
        if self.holdings.loaded {
            return Ok(());
        }
        let reason = self
            .holdings
            .store
            .as_ref()
            .map_or_else(String::new, |_| " The store cannot be reached.".to_owned());
        Err(AppError::Unavailable(format!(
            "The data is not loaded yet.{reason} This is tried again every few seconds."
        )))
    }

    /// Whether a document was ever written to the store.
    pub(crate) fn has(&self, document: Document) -> bool {
        self.raw(document).is_some()
    }

    /// Sentences on what is wrong, for everybody to see.
    pub(crate) fn banners(&self, now: DateTime<Utc>, zone: Tz) -> Vec<String> {
        let since = |trouble: &Trouble| When::of(trouble.since, now, zone).words;
        let store = self.holdings.store.iter().map(|trouble| {
            format!(
                "The store cannot be read (since {}). What you see is the last state that was.",
                since(trouble)
            )
        });
        let documents = self.holdings.documents.iter().filter_map(|(document, held)| {
            let trouble = held.trouble.as_ref()?;
            let shown = if held.raw.is_some() {
                "The last good one is shown."
            } else {
                "Nothing of it can be shown."
            };
            Some(format!("The document {document} cannot be read (since {}). {shown}", since(trouble)))
        });
        store.chain(documents).collect()
    }
}

fn version(holdings: &Holdings, today: NaiveDate) -> String {
    let shown = holdings.documents.iter().filter_map(|(document, held)| {
        let raw = held.raw.as_ref()?;
        Some(format!("{document} {}", raw.fingerprint))
    });
    let text = std::iter::once(today.to_string()).chain(shown).collect::<Vec<_>>().join(" ");
    Fingerprint::of(text.as_bytes()).to_string().chars().take(16).collect()
}
