//! What the token service's errors mean.

use super::wire::WireRefusal;
use crate::ErrorKind;
use crate::http::{Answer, Fault, check_status};

/// A refused grant (`invalid_grant`, `invalid_client`, …) is final; the rest is by status.
pub(super) fn check(answer: &Answer, setting: &'static str) -> Result<(), Fault> {
    if matches!(answer.status, 400 | 401)
        && let Ok(refusal) = answer.json::<WireRefusal>()
        && !refusal.error.is_empty()
    {
        let detail = match refusal.error_description {
            Some(description) => format!("{}: {description}", refusal.error),
            None => refusal.error,
        };
        let detail = format!("{detail}; an offline token dies after 30 days without use");
        return Err(Fault::of(ErrorKind::CredentialRejected { setting, detail }));
    }
    check_status(answer, setting)
}
