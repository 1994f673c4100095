//! How this process works on tasks.

use crate::section::section;
use crate::values::Period;

section! {
    /// Background work. All processes on one ledger should agree on the lease.
    Jobs at "jobs" {
        /// Runs that one process works on at once.
        slots: u32 = "4";
        /// How long a worker is believed alive without word from it; then others do its runs.
        lease: Period = "30s";
        /// How long runs that work may go on after a stop was wanted; what has not ended then goes on elsewhere, or at
        /// the next start.
        grace: Period = "20s";
    }
}
