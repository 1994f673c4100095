//! How long what the ledger holds is kept.

use crate::section::section;
use crate::values::Period;

section! {
    /// How long entries of the ledger are kept. Read and checked; this version keeps neither yet.
    Retention at "retention" {
        /// Finished runs of tasks.
        runs: Period = "30d";
        /// Entries of the audit log.
        audit: Period = "400d";
    }
}
