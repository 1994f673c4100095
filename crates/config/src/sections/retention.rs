//! How long what the ledger holds is kept.

use crate::section::section;
use crate::values::Period;

section! {
    /// How long entries of the ledger are kept. The audit log does not exist in this version yet.
    Retention at "retention" {
        /// Ended runs of tasks with their log lines; the latest success of each task is always kept.
        runs: Period = "30d";
        /// Entries of the audit log.
        audit: Period = "400d";
    }
}
