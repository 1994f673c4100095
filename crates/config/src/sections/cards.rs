//! How new cards look.

use crate::section::section;

section! {
    /// New cards. Read and checked; this version makes none.
    Cards at "cards" {
        /// More new cases than this at once: nothing is created, somebody is told.
        max_to_create: u32 = "10", old "max_to_create";
        /// Issue type.
        issue_type: String = "Story", old "t5g_type";
        /// Priority of a card whose case has no known severity.
        priority: Option<String>, old "t5g_priority";
        /// Story points.
        points: Option<u32>, old "t5g_points";
    }
}
