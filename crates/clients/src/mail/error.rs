//! What goes wrong with a letter, and whether it may have gone out all the same.

use std::time::Duration;

use thiserror::Error;

use super::Refused;

/// A letter that was not sent, as far as we know.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("mail: {kind}")]
pub struct MailError {
    /// What happened.
    pub kind: MailErrorKind,
    doubt: bool,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MailErrorKind {
    /// It was a letter, and this software is not to write.
    #[error("READ_ONLY is on, so nothing was sent")]
    ReadOnly,
    /// The settings cannot work.
    #[error("{what}")]
    Setting {
        /// Which one, and the mend.
        what: String,
    },
    /// The letter cannot be sent as it is.
    #[error("the letter cannot be sent: {what}")]
    Letter {
        /// What is wrong with it.
        what: String,
    },
    /// No connection, or it broke.
    #[error("the mail server cannot be reached: {detail}; check its address, port and the network")]
    Unreachable {
        /// The network's reason.
        detail: String,
    },
    /// No answer in time.
    #[error("the mail server did not answer within {} s", .after.as_secs_f32())]
    TimedOut {
        /// The time-out that ran out.
        after: Duration,
    },
    /// The connection cannot be protected as configured.
    #[error("the connection cannot be protected: {detail}")]
    Tls {
        /// Why.
        detail: String,
    },
    /// The login is not taken.
    #[error("the mail server rejects the login: {detail}; check its name and password")]
    CredentialRejected {
        /// What it said.
        detail: String,
    },
    /// A 4xx: later perhaps.
    #[error("the mail server cannot take it now: {detail}")]
    Deferred {
        /// What it said.
        detail: String,
    },
    /// A 5xx: never.
    #[error("the mail server refuses it: {detail}")]
    Refused {
        /// What it said.
        detail: String,
    },
    /// Not one recipient was taken.
    #[error("the mail server takes it for none of the {} recipients: {}", .0.len(), reasons(.0))]
    NoRecipient(Vec<Refused>),
}

impl MailErrorKind {
    /// The bounded word for it; the same as for other services where there is one.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::ReadOnly => "read_only",
            Self::Setting { .. } => "setting",
            Self::Letter { .. } => "letter",
            Self::Unreachable { .. } => "unreachable",
            Self::TimedOut { .. } => "timed_out",
            Self::Tls { .. } => "tls",
            Self::CredentialRejected { .. } => "credential_rejected",
            Self::Deferred { .. } => "deferred",
            Self::Refused { .. } => "refused",
            Self::NoRecipient(_) => "no_recipient",
        }
    }
}

fn reasons(refused: &[Refused]) -> String {
    let told: Vec<String> = refused.iter().map(|one| format!("{}: {}", one.address, one.reason)).collect();
    if told.is_empty() { "there are none".into() } else { told.join("; ") }
}

impl MailError {
    /// The letter was certainly not taken.
    pub(super) fn certain(kind: MailErrorKind) -> Self {
        Self { kind, doubt: false }
    }

    /// The letter was on its way when this happened.
    pub(super) fn doubtful(self) -> Self {
        Self { doubt: true, ..self }
    }

    pub(super) fn setting(what: impl Into<String>) -> Self {
        Self::certain(MailErrorKind::Setting { what: what.into() })
    }

    pub(super) fn letter(what: impl Into<String>) -> Self {
        Self::certain(MailErrorKind::Letter { what: what.into() })
    }

    /// Whether the letter may have gone out in spite of this error: its text was on the way, and no answer came that
    /// says what became of it. Everything else is certain.
    pub fn may_have_acted(&self) -> bool {
        self.doubt
    }

    /// Whether the same letter may be taken later without anybody mending anything.
    pub fn is_transient(&self) -> bool {
        match &self.kind {
            MailErrorKind::Unreachable { .. }
            | MailErrorKind::TimedOut { .. }
            | MailErrorKind::Deferred { .. } => true,
            MailErrorKind::NoRecipient(refused) => refused.iter().any(|one| one.passing),
            MailErrorKind::ReadOnly
            | MailErrorKind::Setting { .. }
            | MailErrorKind::Letter { .. }
            | MailErrorKind::Tls { .. }
            | MailErrorKind::CredentialRejected { .. }
            | MailErrorKind::Refused { .. } => false,
        }
    }

    /// The same with its texts changed.
    pub(super) fn map_text(self, change: impl Fn(String) -> String) -> Self {
        use MailErrorKind as Kind;
        let kind = match self.kind {
            Kind::Setting { what } => Kind::Setting { what: change(what) },
            Kind::Letter { what } => Kind::Letter { what: change(what) },
            Kind::Unreachable { detail } => Kind::Unreachable { detail: change(detail) },
            Kind::Tls { detail } => Kind::Tls { detail: change(detail) },
            Kind::CredentialRejected { detail } => Kind::CredentialRejected { detail: change(detail) },
            Kind::Deferred { detail } => Kind::Deferred { detail: change(detail) },
            Kind::Refused { detail } => Kind::Refused { detail: change(detail) },
            Kind::NoRecipient(refused) => Kind::NoRecipient(
                refused.into_iter().map(|one| Refused { reason: change(one.reason), ..one }).collect(),
            ),
            kind @ (Kind::ReadOnly | Kind::TimedOut { .. }) => kind,
        };
        Self { kind, ..self }
    }
}
