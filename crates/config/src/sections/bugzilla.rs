//! Bugzilla.

use url::Url;

use crate::secret::Secret;
use crate::section::section;
use crate::values::{BugzillaAuth, Concurrency, Period};

section! {
    /// Bugzilla. Without a key, bugs are not fetched.
    Bugzilla at "bugzilla" {
        /// Its address.
        base_url: Url = "https://bugzilla.redhat.com";
        /// The API key.
        key: Option<Secret>, old "bz_key";
        /// How it is told the key.
        auth: BugzillaAuth = "bearer";
        /// Requests under way at once.
        concurrency: Concurrency = "8";
        /// How long a connection may take to be made.
        connect_timeout: Period = "10s";
        /// How long one attempt of a request may take as a whole.
        timeout: Period = "5m";
    }
}
