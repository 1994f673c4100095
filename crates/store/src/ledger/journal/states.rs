//! Where plans and steps stand, in the ledger's words.

use crate::ledger::audit::words;

words! {
    /// Where a plan stands.
    PlanState {
        /// It waits for a person.
        Held = "held",
        /// It is being done, or will be.
        Released = "released",
        /// All of it was done.
        Done = "done",
        /// It ended, and not all of it was done.
        Partial = "partial",
        /// A person does not want it.
        Rejected = "rejected",
        /// A later plan took its place while it waited.
        Superseded = "superseded",
    }

    /// How far a step is.
    StepState {
        /// It was not begun, or certainly did not happen yet.
        Planned = "planned",
        /// It was begun: it may have happened.
        Begun = "begun",
        /// It happened.
        Done = "done",
        /// It certainly did not happen and will not be tried again by itself.
        Failed = "failed",
        /// Nobody can tell whether it happened; it is not tried again by itself.
        Doubtful = "doubtful",
        /// It was not needed any more, or could not be begun.
        Skipped = "skipped",
    }
}

impl StepState {
    /// Whether nothing more will happen to it by itself.
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Planned | Self::Begun)
    }
}

impl PlanState {
    /// Whether nothing more will happen to it by itself.
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Held | Self::Released)
    }
}
