//! What keeps good data from being replaced by none.

use crate::section::section;
use crate::values::Percent;

section! {
    /// Refuses a fetch that would throw most of a document away.
    Guard at "guard" {
        /// A fetch that brings less than this share of the stored entries is refused and reported.
        keep: Percent = "50%";
        /// Documents with fewer entries than this may shrink freely.
        from_entries: u32 = "100";
    }
}
