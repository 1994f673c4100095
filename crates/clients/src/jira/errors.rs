//! What Jira's answers mean where they mean something special: above all, the many ways in which it does not say
//! that a credential has expired.

use serde_json::Value;

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
    check_status(answer, setting).map_err(|fault| of_fields(fault, answer))?;
    if answer.headers.get("x-ausername").is_some_and(super::taken_for_nobody) {
        return Err(anonymous(setting));
    }
    Ok(())
}

/// A refusal that names fields and says nothing else is about their values.
fn of_fields(fault: Fault, answer: &Answer) -> Fault {
    let told = serde_json::from_slice::<Value>(&answer.body).unwrap_or_default();
    let otherwise = told.get("errorMessages").and_then(Value::as_array).is_some_and(|all| !all.is_empty());
    let named = told.get("errors").and_then(Value::as_object).filter(|fields| !fields.is_empty());
    match (fault.kind, named) {
        (ErrorKind::Refused { detail }, Some(named)) if answer.status == 400 && !otherwise => {
            let fields = named.keys().cloned().collect();
            Fault { kind: ErrorKind::FieldsRefused { fields, detail }, ..fault }
        }
        (kind, _) => Fault { kind, ..fault },
    }
}

/// Asked again a few times before it is believed: a proxy that lost a header answers alike.
pub(super) fn anonymous(setting: &'static str) -> Fault {
    Fault::of(ErrorKind::Anonymous { setting }).again(Again::Backoff)
}
