//! The ways in which an answer goes wrong.

use serde::{Deserialize, Serialize};

/// One way to go wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Kind {
    /// Answers late, and well.
    Delay {
        /// Milliseconds, at least.
        ms: u64,
        /// Up to so many more.
        #[serde(default)]
        spread_ms: u64,
    },
    /// Answers with this status.
    Status {
        status: u16,
        #[serde(default)]
        retry_after: RetryAfter,
        /// An HTML page instead of JSON.
        #[serde(default)]
        html: bool,
    },
    /// Closes the connection without an answer.
    Drop,
    /// Closes the connection in the middle of the answer.
    HalfSent,
    /// Closes the connection after so many bytes of the answer's body, however long it is.
    CutAfter {
        /// Bytes that still come.
        bytes: u64,
    },
    /// An HTML page with status 200, as a login page or a proxy gives it.
    Html,
    /// JSON that ends in the middle, well delivered.
    TruncatedJson,
    /// Members that nobody knows.
    UnknownFields,
    /// Rows without their optional members.
    MissingFields,
    /// Rows twice.
    DuplicateRows,
    /// Some rows silently missing.
    DroppedRows,
    /// The access token counts as expired: 401.
    ExpiredToken,
    /// Jira forgets who asks, and answers as to a stranger.
    Anonymous,
    /// A page shorter than asked that is not the last.
    ShortPage,
    /// A page token that leads back.
    RepeatedToken,
    /// GraphQL's passing error: 200 with `errors`.
    GraphqlErrors,
}

impl Kind {
    /// Whether a client that meets it cannot tell if its request took effect.
    pub(crate) fn leaves_doubt(&self) -> bool {
        match self {
            Self::Status { status, .. } => *status >= 500,
            Self::Drop | Self::HalfSent | Self::TruncatedJson | Self::CutAfter { .. } => true,
            _ => false,
        }
    }
}

/// How a refusal says when to come again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RetryAfter {
    /// Not at all.
    #[default]
    Missing,
    /// Now.
    Zero,
    /// In a second.
    Seconds,
    /// At a date.
    Date,
}

/// What a request is for, as far as faults go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Sso,
    Portal,
    Graphql,
    JiraSearch,
    JiraBulk,
    Jira,
    Bugzilla,
    Slack,
    Mail,
    /// The simulator's own routes, which never fail.
    Control,
}

impl Family {
    pub(crate) fn of(path: &str) -> Self {
        let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        match first {
            "sso" => Self::Sso,
            "portal" => Self::Portal,
            "graphql" => Self::Graphql,
            "bugzilla" => Self::Bugzilla,
            "slack" => Self::Slack,
            "smtp" => Self::Mail,
            "_sim" => Self::Control,
            _ if path.ends_with("/search/jql") || path.ends_with("/rest/api/2/search") => Self::JiraSearch,
            _ if path.ends_with("/issue/bulkfetch") => Self::JiraBulk,
            _ => Self::Jira,
        }
    }
}

fn status(status: u16, retry_after: RetryAfter, html: bool) -> Kind {
    Kind::Status { status, retry_after, html }
}

/// All the ways after which a client that tries again, and checks what is missing, still gets everything.
pub(crate) fn recoverable(family: Family) -> Vec<Kind> {
    use RetryAfter::{Date, Missing, Seconds, Zero};
    if family == Family::Mail {
        return vec![
            Kind::Delay { ms: 20, spread_ms: 200 },
            status(421, Missing, false),
            status(451, Missing, false),
        ];
    }
    let mut kinds = vec![
        Kind::Delay { ms: 20, spread_ms: 200 },
        status(429, Seconds, false),
        status(429, Date, false),
        status(429, Zero, false),
        status(429, Missing, false),
        status(500, Missing, false),
        status(502, Missing, true),
        status(503, Missing, true),
        status(503, Seconds, false),
        status(504, Missing, true),
        Kind::Drop,
        Kind::HalfSent,
        Kind::TruncatedJson,
        Kind::UnknownFields,
    ];
    match family {
        Family::Portal => kinds.extend([Kind::ExpiredToken, Kind::DuplicateRows]),
        Family::Graphql => {
            kinds.extend([Kind::ExpiredToken, Kind::GraphqlErrors, status(403, Missing, true)]);
        }
        Family::JiraSearch => kinds.extend([Kind::ShortPage, Kind::DuplicateRows]),
        Family::JiraBulk | Family::Bugzilla => kinds.extend([Kind::DuplicateRows, Kind::DroppedRows]),
        Family::Sso | Family::Jira | Family::Slack | Family::Mail | Family::Control => {}
    }
    kinds
}
