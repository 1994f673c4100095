//! Which documents there are.

use std::fmt;

/// One of the contract's documents. Where each is kept (the key) is the store's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Document {
    /// Support cases by case number.
    Cases,
    /// More of each open case, by case number.
    Details,
    /// Bugs linked to each case, as the portal lists them.
    CaseBz,
    /// The same bugs with what Bugzilla knows.
    Bugs,
    /// Engineering's Jira issues by case number.
    Issues,
    /// Links of open escalations.
    Escalations,
    /// Tracking cards by Jira key, joined with all of the above.
    Cards,
    /// Statistics by day, for ever.
    Stats,
    /// When `Cards` was last refreshed.
    Timestamp,
    /// Attributes of everybody who ever logged in.
    Users,
    /// The last background refresh.
    RefreshId,
}

impl Document {
    /// Every document of the contract.
    pub const ALL: &[Self] = &[
        Self::Cases,
        Self::Details,
        Self::CaseBz,
        Self::Bugs,
        Self::Issues,
        Self::Escalations,
        Self::Cards,
        Self::Stats,
        Self::Timestamp,
        Self::Users,
        Self::RefreshId,
    ];

    /// The contract's name: key in Redis, member in an export file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cases => "cases",
            Self::Details => "details",
            Self::CaseBz => "case_bz",
            Self::Bugs => "bugs",
            Self::Issues => "issues",
            Self::Escalations => "escalations",
            Self::Cards => "cards",
            Self::Stats => "stats",
            Self::Timestamp => "timestamp",
            Self::Users => "users",
            Self::RefreshId => "refresh_id",
        }
    }

    /// The document of that name, if there is one.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|document| document.name() == name)
    }
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
