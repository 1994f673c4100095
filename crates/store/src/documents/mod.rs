//! The contract's documents behind one trait. Both backends pass one conformance suite.

mod check;
mod fences;
mod open;
mod redis;
mod sqlite;
mod traced;

use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use sha2::{Digest, Sha256};
use t5g_model::documents::Document;
use tokio::sync::broadcast;

use crate::StoreError;

pub use fences::{Raised, raise};
pub use open::{Limits, open, open_to};

/// How many changes a feed holds for a slow listener, who then hears that everything may have changed.
const FEED_CAPACITY: usize = 64;

/// The largest document that is read or written, in bytes: enough for 200,000 cards; Redis takes 512 MiB.
pub const MAX_DOCUMENT_BYTES: u64 = 500 * 1024 * 1024;

/// A store of documents, whichever it is.
pub type Documents = Arc<dyn DocumentStore>;

/// Keeps the contract's documents: whole, atomically replaced, with a feed of changes by any writer.
#[async_trait]
pub trait DocumentStore: Send + Sync + fmt::Debug {
    /// Where the documents are, for people: secrets masked.
    fn place(&self) -> String;

    /// One document as stored, byte for byte; `None` if it was never written.
    async fn read(&self, document: Document) -> Result<Option<Stored>, StoreError>;

    /// Which documents exist. Reads none of them.
    async fn present(&self) -> Result<BTreeSet<Document>, StoreError>;

    /// Replaces all of `batch` at once: a reader sees all of it or none. Each must be valid JSON.
    ///
    /// After [`StoreError::Unavailable`] it is unknown whether it happened, but not halfway; after any other
    /// error nothing happened. A [`Fence`] is remembered in the store itself: whoever empties the store
    /// empties that memory too.
    async fn replace(&self, batch: &[(Document, Bytes)], guard: &Guard) -> Result<(), StoreError>;

    /// The highest holder's number that came under this lock, if any did.
    async fn highest(&self, lock: &str) -> Result<Option<i64>, StoreError>;

    /// Every change from now on, by this process or any other. Some are told twice, none is missed: what a
    /// lost connection hid is told as [`Change::Everything`], and so is the first connection.
    fn changes(&self) -> ChangeFeed;

    /// Whether the store answers now.
    async fn ping(&self) -> Result<(), StoreError>;

    /// Hands over every document that exists, one after another, all as of one moment, whatever is written meanwhile.
    async fn copy(&self, copier: &mut dyn Copier) -> Result<(), StoreError>;
}

/// Takes documents as they are copied.
pub trait Copier: Send {
    /// Forgets what was taken so far: something changed meanwhile, and all come again. Also called before the first.
    fn begin(&mut self) -> io::Result<()>;

    /// Takes one.
    fn take(&mut self, document: Document, bytes: &Bytes) -> io::Result<()>;
}

/// A copier's own failure as one of the store's.
fn not_taken(place: &str) -> impl Fn(io::Error) -> StoreError {
    move |cause| StoreError::Unavailable {
        place: place.to_owned(),
        doing: "handing over a copy",
        cause: cause.into(),
    }
}

/// A document as it lies in the store.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Its JSON text, as some writer left it: not checked.
    pub bytes: Bytes,
    /// What it looked like; equal content, equal fingerprint, on every backend.
    pub fingerprint: Fingerprint,
}

impl Stored {
    /// Takes the bytes and computes their fingerprint.
    pub fn new(bytes: Bytes) -> Self {
        let fingerprint = Fingerprint::of(&bytes);
        Self { bytes, fingerprint }
    }
}

/// The first 128 bits of a document's SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 16]);

impl Fingerprint {
    /// Of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let digest = Sha256::digest(bytes);
        let mut half = [0; 16];
        half.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Self(half)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Under which conditions a replacement may happen; the default is: always.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    /// Only if this document still looks like that (`None`: still does not exist).
    pub unchanged: Option<(Document, Option<Fingerprint>)>,
    /// Only if no newer holder of this lock has written.
    pub fence: Option<Fence>,
}

/// A lock's name and the holder's number: a later holder has a higher one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// The lock.
    pub lock: String,
    /// This holder's number.
    pub token: i64,
}

/// What the feed tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// These documents may have changed.
    Some(BTreeSet<Document>),
    /// Anything may have changed: the connection was lost meanwhile, or we could not keep up.
    Everything,
}

/// Changes of documents as they happen.
#[derive(Debug)]
pub struct ChangeFeed(broadcast::Receiver<Change>);

impl ChangeFeed {
    /// A feed of what is sent into that channel.
    pub fn new(receiver: broadcast::Receiver<Change>) -> Self {
        Self(receiver)
    }

    /// Waits for the next change; `None` when the store is gone.
    pub async fn next(&mut self) -> Option<Change> {
        match self.0.recv().await {
            Ok(change) => Some(change),
            Err(broadcast::error::RecvError::Lagged(_)) => {
                // Everything includes what is still queued.
                self.0 = self.0.resubscribe();
                Some(Change::Everything)
            }
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}
