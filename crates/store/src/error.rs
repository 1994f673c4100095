//! What can go wrong in the store, said so that a person can act on it.

use t5g_model::documents::Document;

/// A failure of the store; it names the place (secrets masked) and what was tried.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address cannot be used at all.
    #[error("{address}: {reason}")]
    Address {
        /// The address as configured, secrets masked.
        address: String,
        /// What is wrong with it and what is expected.
        reason: String,
    },
    /// The server or file cannot be reached or answered with an error.
    #[error("{place}: {doing}: {cause}")]
    Unavailable {
        /// Where, secrets masked.
        place: String,
        /// What was tried.
        doing: &'static str,
        /// The driver's own error.
        #[source]
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
    /// There is no such store yet, and it was not opened to make one.
    #[error(
        "{place}: it holds no {what} yet; give this command the settings of the service (its environment, or --config), \
         or begin with t5g sync all"
    )]
    Absent {
        /// Where, secrets masked.
        place: String,
        /// `ledger` or `documents`.
        what: &'static str,
    },
    /// An older version uses it, and it was not opened to end that.
    #[error(
        "{place}: its {what} has schema {found}, this version needs {needed}; nothing was changed. The service brings it \
         there when it starts with this version (t5g up, serve, worker or scheduler); until then use the version that \
         the service runs"
    )]
    Older {
        /// Where, secrets masked.
        place: String,
        /// `ledger` or `documents`.
        what: &'static str,
        /// The schema that is there.
        found: usize,
        /// The schema that this version needs.
        needed: usize,
    },
    /// A document is larger than the store accepts.
    #[error("document {document}: {size} bytes is more than the limit of {limit}")]
    TooLarge {
        /// Which.
        document: Document,
        /// Its size in bytes.
        size: u64,
        /// What is allowed.
        limit: u64,
    },
    /// A document is not what it must be to be stored.
    #[error("document {document} is not stored: {reason}")]
    Refused {
        /// Which.
        document: Document,
        /// Why.
        reason: String,
    },
    /// Somebody else changed the document between our read and our write.
    #[error("document {document} was changed by somebody else meanwhile; read it again")]
    Conflict {
        /// Which.
        document: Document,
    },
    /// The writer's lock was taken over by a newer holder: nothing was written.
    #[error("the lock {lock:?} has a newer holder; nothing was written")]
    Fenced {
        /// The lock's name.
        lock: String,
    },
    /// What is stored is not what this version can read.
    #[error("{place}: {reason}")]
    Corrupt {
        /// Where.
        place: String,
        /// What was found.
        reason: String,
    },
}
