//! What an HTTP status means where the upstream has no special meaning for it.

use reqwest::header::LOCATION;
use url::Url;

use super::answer::Answer;
use super::fault::Fault;
use crate::ErrorKind;

/// `Ok` for 2xx, else the fault that the status stands for.
pub(crate) fn check_status(answer: &Answer, setting: &'static str) -> Result<(), Fault> {
    if answer.is_success() {
        return Ok(());
    }
    let detail = answer.message();
    let kind = match answer.status {
        300..=399 => ErrorKind::Refused { detail: redirect(answer) },
        401 => ErrorKind::CredentialRejected { setting, detail },
        403 => ErrorKind::Forbidden { detail },
        404 => ErrorKind::NotFound { detail },
        429 => ErrorKind::Throttled { detail },
        408 | 425 | 500.. => ErrorKind::Unavailable { detail },
        _ => ErrorKind::Refused { detail },
    };
    // A 429 is given before anything is done.
    Err(Fault { untouched: answer.status == 429, ..Fault::of(kind) })
}

/// Where it sends us, without path and query: they may hold a session.
fn redirect(answer: &Answer) -> String {
    let target = answer.header(&LOCATION).and_then(|location| Url::parse(location).ok());
    match target {
        Some(target) => format!(
            "it redirects to {}, where credentials are not sent; set its address to where it really is, \
             or it is a login page and the credential has expired",
            target.origin().ascii_serialization()
        ),
        None => "it redirects in a way that is not followed".into(),
    }
}
