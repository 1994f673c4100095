//! The one error of this crate: which upstream, which call, what happened, and what a person can do about it.
//! Never holds a secret: texts from outside pass `http::redact` before they get here.

use std::fmt;
use std::time::Duration;

use thiserror::Error;

/// The services this crate talks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UpstreamName {
    /// Red Hat's token service.
    Sso,
    /// The customer portal.
    Portal,
    /// Jira, Cloud or Data Center.
    Jira,
    /// Bugzilla.
    Bugzilla,
    /// Slack.
    Slack,
}

impl UpstreamName {
    /// The name in metrics and logs.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Sso => "sso",
            Self::Portal => "portal",
            Self::Jira => "jira",
            Self::Bugzilla => "bugzilla",
            Self::Slack => "slack",
        }
    }
}

impl fmt::Display for UpstreamName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Sso => "SSO",
            Self::Portal => "portal",
            Self::Jira => "Jira",
            Self::Bugzilla => "Bugzilla",
            Self::Slack => "Slack",
        })
    }
}

/// A call that did not succeed, after all retries that made sense.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{upstream}: {kind} ({route}{}{})", Status(*.status), Attempts(*.attempts))]
pub struct ClientError {
    /// Who was asked.
    pub upstream: UpstreamName,
    /// The call's route template, such as `GET /v1/cases/{number}`.
    pub route: &'static str,
    /// HTTP status of the last answer, if one came.
    pub status: Option<u16>,
    /// What happened.
    pub kind: ErrorKind,
    /// How often it was tried.
    pub attempts: u32,
    pub(crate) acted: bool,
}

impl ClientError {
    /// Whether the same call may succeed later without anybody mending anything.
    pub fn is_transient(&self) -> bool {
        self.kind.is_transient()
    }

    /// Whether a write may have taken effect in spite of this error: it was sent, and then came no answer, half an
    /// answer, one that cannot be read, a redirect, or a 5xx; in any of its attempts. Look upstream before doing it
    /// again. `false`: it certainly did nothing (refused by our own gate, no connection, a 4xx or 429), or the call
    /// only reads.
    pub fn may_have_acted(&self) -> bool {
        self.acted
    }

    /// Whether it was refused because of that field's value alone; then certainly nothing was done.
    pub fn refuses_only(&self, field: &str) -> bool {
        matches!(&self.kind, ErrorKind::FieldsRefused { fields, .. } if fields.iter().all(|one| one == field))
            && !self.acted
    }

    /// Whether a person has to renew a credential or a permission first.
    pub fn is_credential(&self) -> bool {
        matches!(self.kind, ErrorKind::CredentialRejected { .. } | ErrorKind::Anonymous { .. })
    }
}

struct Status(Option<u16>);

impl fmt::Display for Status {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |status| write!(out, ", HTTP {status}"))
    }
}

struct Attempts(u32);

impl fmt::Display for Attempts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 > 1 { write!(out, ", after {} attempts", self.0) } else { Ok(()) }
    }
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ErrorKind {
    /// No connection, or it broke before the answer was whole.
    #[error("cannot be reached: {detail}; check its address, the network and the proxy")]
    Unreachable {
        /// The network's reason.
        detail: String,
    },
    /// No whole answer in time.
    #[error("did not answer within {} s; it may be overloaded, or its time-out is set too low", .after.as_secs_f32())]
    TimedOut {
        /// The time-out that ran out.
        after: Duration,
    },
    /// It asks for fewer calls.
    #[error("throttles us: {detail}; lower its concurrency or try again later")]
    Throttled {
        /// What it said, or how long it wants us to wait.
        detail: String,
    },
    /// A 5xx.
    #[error("has a failure of its own: {detail}")]
    Unavailable {
        /// What it said.
        detail: String,
    },
    /// The credential is wrong, expired or revoked. Final.
    #[error("rejects the credential: {detail}; renew `{setting}`")]
    CredentialRejected {
        /// The setting that holds the credential.
        setting: &'static str,
        /// What it said.
        detail: String,
    },
    /// The answer was 200, but given to nobody in particular: the credential has expired. Nothing may be
    /// concluded from what it holds.
    #[error("answers as to an anonymous visitor, so the credential has expired; renew `{setting}`")]
    Anonymous {
        /// The setting that holds the credential.
        setting: &'static str,
    },
    /// We are known but may not do this.
    #[error("forbids this: {detail}; ask for the permission")]
    Forbidden {
        /// What it said.
        detail: String,
    },
    /// There is no such thing, or we may not see it.
    #[error("does not know it, or does not show it to us: {detail}")]
    NotFound {
        /// What it said.
        detail: String,
    },
    /// Any other 4xx, or an error in an answer's body: asking the same again will not help.
    #[error("refuses the request: {detail}")]
    Refused {
        /// What it said.
        detail: String,
    },
    /// A 400 that is about values of fields and nothing else.
    #[error("refuses the request: {detail}")]
    FieldsRefused {
        /// Their ids.
        fields: Vec<String>,
        /// What it said.
        detail: String,
    },
    /// The answer is not what the contract says: HTML, cut-off JSON, a page that contradicts its total, …
    #[error("gave an answer that cannot be used: {what}")]
    Invalid {
        /// What is wrong with it.
        what: String,
    },
    /// The answer is larger than the limit for this call.
    #[error("answered with more than {limit} bytes; ask for less at once")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// This face of the upstream cannot do it.
    #[error("cannot do this: {what}")]
    Unsupported {
        /// What, and which face can.
        what: String,
    },
    /// It was a write, and this software is not to write. Final.
    #[error("is not written to: READ_ONLY is on, so nothing was sent")]
    ReadOnly,
    /// It was a write that waited for its turn for too long: nothing was sent.
    #[error("was not asked: it took too long until the request could be sent")]
    TooLate,
    /// The settings cannot work.
    #[error("has an unusable setting: {what}")]
    Setting {
        /// Which one, and the mend.
        what: String,
    },
}

impl ErrorKind {
    /// Whether the same call may succeed later by itself. An unusable answer may: half-sent ones look the same.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. }
            | Self::TimedOut { .. }
            | Self::Throttled { .. }
            | Self::Unavailable { .. }
            | Self::Invalid { .. } => true,
            Self::CredentialRejected { .. }
            | Self::Anonymous { .. }
            | Self::Forbidden { .. }
            | Self::NotFound { .. }
            | Self::Refused { .. }
            | Self::FieldsRefused { .. }
            | Self::TooLarge { .. }
            | Self::Unsupported { .. }
            | Self::ReadOnly
            | Self::TooLate
            | Self::Setting { .. } => false,
        }
    }

    /// The same with its text changed.
    pub(crate) fn map_text(self, change: impl Fn(String) -> String) -> Self {
        match self {
            Self::Unreachable { detail } => Self::Unreachable { detail: change(detail) },
            Self::Throttled { detail } => Self::Throttled { detail: change(detail) },
            Self::Unavailable { detail } => Self::Unavailable { detail: change(detail) },
            Self::CredentialRejected { setting, detail } => {
                Self::CredentialRejected { setting, detail: change(detail) }
            }
            Self::Forbidden { detail } => Self::Forbidden { detail: change(detail) },
            Self::NotFound { detail } => Self::NotFound { detail: change(detail) },
            Self::Refused { detail } => Self::Refused { detail: change(detail) },
            Self::FieldsRefused { fields, detail } => Self::FieldsRefused { fields, detail: change(detail) },
            Self::Invalid { what } => Self::Invalid { what: change(what) },
            Self::Unsupported { what } => Self::Unsupported { what: change(what) },
            Self::Setting { what } => Self::Setting { what: change(what) },
            Self::TimedOut { .. }
            | Self::Anonymous { .. }
            | Self::TooLarge { .. }
            | Self::ReadOnly
            | Self::TooLate => self,
        }
    }

    /// The bounded label for metrics.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "unreachable",
            Self::TimedOut { .. } => "timed_out",
            Self::Throttled { .. } => "throttled",
            Self::Unavailable { .. } => "unavailable",
            Self::CredentialRejected { .. } => "credential_rejected",
            Self::Anonymous { .. } => "anonymous",
            Self::Forbidden { .. } => "forbidden",
            Self::NotFound { .. } => "not_found",
            Self::Refused { .. } | Self::FieldsRefused { .. } => "refused",
            Self::Invalid { .. } => "invalid",
            Self::TooLarge { .. } => "too_large",
            Self::Unsupported { .. } => "unsupported",
            Self::ReadOnly => "read_only",
            Self::TooLate => "too_late",
            Self::Setting { .. } => "setting",
        }
    }
}
