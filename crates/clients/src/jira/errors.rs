//! What Jira's answers mean where they mean something special: above all, the many ways in which it does not say
//! that a credential has expired.

use crate::ErrorKind;
use crate::http::{Again, Answer, Fault, check_status};

/// HTML in a 200 is Data Center's login page; `X-AUSERNAME: anonymous` and a failed login reason are said by both.
pub(super) fn check(answer: &Answer, setting: &'static str) -> Result<(), Fault> {
    if let Some(reason) = answer.named("x-seraph-loginreason") {
        let reason = reason.to_ascii_uppercase();
        if reason.contains("AUTHENTICATED_FAILED") || reason.contains("AUTHENTICATION_DENIED") {
            let detail = format!(
                "login refused ({reason}); after many failures a person has to log in by browser once"
            );
            return Err(Fault::of(ErrorKind::CredentialRejected { setting, detail }));
        }
    }
    if answer.is_success() && answer.is_login_page() {
        let detail = "a login page instead of data".into();
        return Err(Fault::of(ErrorKind::CredentialRejected { setting, detail }));
    }
    check_status(answer, setting)?;
    if answer.headers.get("x-ausername").is_some_and(super::taken_for_nobody) {
        return Err(anonymous(setting));
    }
    Ok(())
}

/// Asked again a few times before it is believed: a proxy that lost a header answers alike.
pub(super) fn anonymous(setting: &'static str) -> Fault {
    Fault::of(ErrorKind::Anonymous { setting }).again(Again::Backoff)
}
