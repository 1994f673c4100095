//! What Bugzilla's error codes mean; they say more than its statuses.

use super::wire::WireError;
use crate::ErrorKind;
use crate::http::{Answer, Fault, check_status};

/// Codes for a missing, wrong, revoked or expired credential.
const CREDENTIAL: [i64; 6] = [300, 301, 305, 306, 307, 410];
const NO_SUCH_BUG: [i64; 2] = [100, 101];
const RESTRICTED_BUG: i64 = 102;
const NO_SUCH_CALL: i64 = 32_614;

/// An error body counts whatever the status: some are sent with 200.
pub(super) fn check(answer: &Answer, setting: &'static str) -> Result<(), Fault> {
    let error = told_error(answer);
    let Some(WireError { code, message, .. }) = error else {
        return check_status(answer, setting);
    };
    let detail = format!("{message} (code {code})");
    let kind = match code {
        code if CREDENTIAL.contains(&code) => ErrorKind::CredentialRejected { setting, detail },
        code if NO_SUCH_BUG.contains(&code) || code == NO_SUCH_CALL => ErrorKind::NotFound { detail },
        RESTRICTED_BUG => ErrorKind::Forbidden { detail },
        _ if !answer.is_success() => return check_status(answer, setting),
        _ => ErrorKind::Refused { detail },
    };
    Err(Fault::of(kind))
}

/// The error in the body. A long answer is data, not an error, and is not parsed twice.
fn told_error(answer: &Answer) -> Option<WireError> {
    const LONGEST_ERROR: usize = 16 << 10;
    if answer.body.len() > LONGEST_ERROR {
        return None;
    }
    answer.json::<WireError>().ok().filter(|error| error.error)
}
