//! How sources are refreshed, and what keeps good data from being replaced by none.

use crate::section::section;
use crate::values::{Percent, Period};

section! {
    /// How sources are refreshed.
    Sync at "sync" {
        /// A fetch that brings less than this share of the stored entries is held back and reported.
        shrink_keep: Percent = "50%";
        /// Documents with fewer entries than this may shrink freely.
        shrink_from: u32 = "20";
        /// What is fetched incrementally is fetched as a whole again after this time.
        full_every: Period = "1d";
        /// How far an incremental fetch reaches back beyond the last success: clocks differ, searches lag.
        overlap: Period = "15m";
    }
}
