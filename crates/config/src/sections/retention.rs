//! How long what the ledger holds is kept.

use crate::section::section;
use crate::values::Period;

section! {
    /// How long entries of the ledger are kept.
    Retention at "retention" {
        /// Ended runs of tasks with their log lines; the latest success of each task is always kept.
        runs: Period = "30d";
        /// Entries of the audit log; and people from their last sign-in on, once their sessions and tokens are gone. Who was
        /// blocked is kept.
        audit: Period = "400d";
        /// Plans of what was written upstream, with their steps.
        writes: Period = "400d";
        /// Comments of cases that are the team's no more, from when they were written.
        comments: Period = "400d";
        /// Sessions and API tokens that have ended.
        ended: Period = "30d";
    }
}
