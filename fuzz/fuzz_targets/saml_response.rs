//! Takes any bytes for a message of an identity provider. Whatever is believed must be what was once signed: the
//! key of the seeds was thrown away, so nothing else can be.
//!
//! Findings become tests in `crates/saml/tests/suite`. The seeds are written by the example `fuzz_seeds` of
//! `crates/saml`.

#![no_main]

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use libfuzzer_sys::fuzz_target;
use t5g_saml::{LogoutMessage, LogoutOutcome, Options, Refusal, ServiceProvider};

static US: LazyLock<ServiceProvider> = LazyLock::new(|| {
    let settings = include_str!("saml_response/settings.json");
    ServiceProvider::new(settings, None, Options::default()).expect("good settings").0
});

fuzz_target!(|bytes: &[u8]| {
    let now = DateTime::<Utc>::from_timestamp(1_772_600_767, 0).expect("a time");
    let field = STANDARD.encode(bytes);
    login(&field, now);
    for is_request in [true, false] {
        logout(LogoutMessage::Post { saml: &field, is_request, relay: Some("r") }, now);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        login(text, now);
        logout(LogoutMessage::Redirect { raw_query: text }, now);
    }
});

fn login(field: &str, now: DateTime<Utc>) {
    match US.finish(field, "_request", now) {
        Err(refusal) => told(&refusal),
        Ok(login) => {
            assert_eq!(
                (login.issuer.as_str(), login.assertion_id.as_str()),
                ("https://login.example/idp", "_assertion")
            );
            assert_eq!((login.sole("rhatUUID"), login.attributes.len()), (Some("8f0c"), 1));
            assert_eq!(
                (login.subject.name_id.as_str(), login.subject.session_index.as_deref()),
                ("_n1", Some("_session"))
            );
        }
    }
}

fn logout(message: LogoutMessage<'_>, now: DateTime<Utc>) {
    match US.logout_service(message, Some("_logout"), now, "_answer") {
        Err(refusal) => told(&refusal),
        Ok(LogoutOutcome::Confirmed) => panic!("no answer was ever signed"),
        Ok(LogoutOutcome::Requested { subject_name_id, session_indexes, .. }) => {
            assert_eq!((subject_name_id.as_str(), session_indexes), ("_n1", vec!["_session".to_owned()]));
        }
    }
}

/// What goes into the audit log stays one short, printable line.
fn told(refusal: &Refusal) {
    let text = refusal.to_string();
    assert!(text.chars().count() <= 301 && !text.chars().any(char::is_control), "{text:?}");
}
