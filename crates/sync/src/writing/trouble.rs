//! What an error means for the step that it happened to.

use chrono::{DateTime, Utc};
use t5g_clients::mail::{MailError, MailErrorKind};
use t5g_clients::{ClientError, ErrorKind};

/// What went wrong with a step.
#[derive(Debug)]
pub(super) enum Trouble {
    /// It certainly did not happen, and trying again does not help.
    Final(String),
    /// It could not be looked at or tried now, and may be later.
    Later(String),
    /// It was begun, certainly did not happen, and may later.
    PutBack(String),
    /// Nobody can tell whether it happened.
    Unknown(String),
    /// It may have happened, and whether it did cannot be seen.
    Unseen(String),
    /// It may have happened, but not so long ago that one could be sure to see it: to be looked at again then.
    Unsettled(DateTime<Utc>),
    /// It has nothing to do with the step: the whole run ends.
    Ours(anyhow::Error),
}

impl From<ClientError> for Trouble {
    fn from(error: ClientError) -> Self {
        if matches!(error.kind, ErrorKind::ReadOnly) {
            return Self::Ours(anyhow::Error::new(error).context(t5g_queue::Permanent));
        }
        let words = error.to_string();
        if error.may_have_acted() {
            Self::Unknown(words)
        } else if error.is_transient() || error.is_credential() || error.kind == ErrorKind::TooLate {
            Self::Later(words)
        } else {
            Self::Final(words)
        }
    }
}

impl From<MailError> for Trouble {
    fn from(error: MailError) -> Self {
        if matches!(error.kind, MailErrorKind::ReadOnly) {
            return Self::Ours(anyhow::Error::new(error).context(t5g_queue::Permanent));
        }
        let words = error.to_string();
        if error.may_have_acted() {
            Self::Unknown(words)
        } else if error.is_transient() || matches!(error.kind, MailErrorKind::CredentialRejected { .. }) {
            Self::Later(words)
        } else {
            Self::Final(words)
        }
    }
}

impl From<t5g_store::StoreError> for Trouble {
    fn from(error: t5g_store::StoreError) -> Self {
        Self::Ours(error.into())
    }
}

impl From<anyhow::Error> for Trouble {
    fn from(error: anyhow::Error) -> Self {
        Self::Ours(error)
    }
}
