//! The request to end a session elsewhere, and the answer to such a request.

use chrono::{DateTime, TimeDelta, Utc};

use super::write::{element, escaped, text, time};
use crate::names::{ASSERTION, PROTOCOL, SUCCESS};
use crate::settings::{Logout, Settings};
use crate::types::Subject;

/// How long a request of ours may be answered.
const VALIDITY: TimeDelta = TimeDelta::minutes(5);

pub(crate) fn logout_request(
    settings: &Settings,
    logout: &Logout,
    subject: &Subject,
    id: &str,
    now: DateTime<Utc>,
) -> String {
    let format = [("Format", subject.name_id_format.as_deref())];
    let mut contents = text("saml:Issuer", &settings.us.entity_id);
    contents += &element("saml:NameID", &format, &escaped(&subject.name_id));
    if let Some(index) = &subject.session_index {
        contents += &text("samlp:SessionIndex", index);
    }
    let until = time(now + VALIDITY);
    message("samlp:LogoutRequest", id, now, &logout.requests.written, ("NotOnOrAfter", &until), &contents)
}

pub(crate) fn logout_response(
    settings: &Settings,
    logout: &Logout,
    request: &str,
    id: &str,
    now: DateTime<Utc>,
) -> String {
    let code = element("samlp:StatusCode", &[("Value", Some(SUCCESS))], "");
    let contents = text("saml:Issuer", &settings.us.entity_id) + &element("samlp:Status", &[], &code);
    message("samlp:LogoutResponse", id, now, &logout.answers.written, ("InResponseTo", request), &contents)
}

fn message(
    name: &str,
    id: &str,
    now: DateTime<Utc>,
    destination: &str,
    last: (&str, &str),
    contents: &str,
) -> String {
    element(
        name,
        &[
            ("xmlns:samlp", Some(PROTOCOL)),
            ("xmlns:saml", Some(ASSERTION)),
            ("ID", Some(id)),
            ("Version", Some("2.0")),
            ("IssueInstant", Some(&time(now))),
            ("Destination", Some(destination)),
            (last.0, Some(last.1)),
        ],
        contents,
    )
}
