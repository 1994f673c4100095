//! Well signed, and still not for us, not for this browser, or not for now.

use chrono::TimeDelta;
use t5g_saml::Reason;
use t5g_testkit::saml::at;

use crate::case::{Case, changed, check, response_changed};
use crate::world::{a_response, an_assertion, now, world};

#[test]
fn what_is_not_for_us_is_refused() {
    check(&cases());
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = senders_and_receivers();
    cases.extend(requests());
    cases.extend(times());
    cases.extend(said());
    cases
}

fn other() -> String {
    "https://other.example".to_owned()
}

fn senders_and_receivers() -> Vec<Case> {
    let format = "<saml:Issuer Format=\"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress\">";
    vec![
        Case::bad(
            "response of another",
            Reason::Issuer,
            &changed(|response, _| response.issuer = Some(other())),
        ),
        Case::bad("response of nobody", Reason::Issuer, &changed(|response, _| response.issuer = None)),
        Case::bad(
            "assertion of another",
            Reason::Issuer,
            &response_changed(|_, assertion| assertion.issuer = Some(other())),
        ),
        Case::bad(
            "assertion of nobody",
            Reason::Issuer,
            &response_changed(|_, assertion| assertion.issuer = None),
        ),
        Case::bad("issuer of the wrong kind", Reason::Issuer, &{
            let (response, assertion) = (a_response(), an_assertion());
            world().response_signed(&response, &assertion.xml().replace("<saml:Issuer>", format))
        }),
        Case::bad(
            "issuer with our name in another case",
            Reason::Issuer,
            &changed(|_, assertion| {
                assertion.issuer = assertion.issuer.as_ref().map(|name| name.to_uppercase());
            }),
        ),
        Case::bad(
            "for another audience",
            Reason::Audience,
            &changed(|_, assertion| {
                assertion.audiences = Some(vec![vec![other()]]);
            }),
        ),
        Case::bad(
            "for an audience that begins as we do",
            Reason::Audience,
            &changed(|_, assertion| {
                assertion.audiences = Some(vec![vec![format!("{}/x", crate::world::SP)]]);
            }),
        ),
        Case::bad(
            "one of two restrictions is not for us",
            Reason::Audience,
            &changed(|_, assertion| {
                let us = vec![crate::world::SP.to_owned()];
                assertion.audiences = Some(vec![us, vec![other()]]);
            }),
        ),
        Case::bad("no conditions", Reason::Audience, &changed(|_, assertion| assertion.audiences = None)),
        Case::bad(
            "no restriction",
            Reason::Audience,
            &changed(|_, assertion| assertion.audiences = Some(vec![])),
        ),
        Case::bad(
            "a restriction to nobody",
            Reason::Audience,
            &changed(|_, assertion| assertion.audiences = Some(vec![vec![]])),
        ),
        Case::bad(
            "sent elsewhere",
            Reason::Destination,
            &changed(|response, _| response.destination = Some(other())),
        ),
        Case::bad("sent nowhere", Reason::Destination, &changed(|response, _| response.destination = None)),
        Case::bad(
            "handed in elsewhere",
            Reason::Recipient,
            &changed(|_, assertion| assertion.confirmations[0].recipient = Some(other())),
        ),
        Case::bad(
            "handed in nowhere",
            Reason::Recipient,
            &changed(|_, assertion| assertion.confirmations[0].recipient = None),
        ),
    ]
}

fn requests() -> Vec<Case> {
    let another = || Some("_request-2".to_owned());
    vec![
        Case::bad(
            "response to another request",
            Reason::InResponseTo,
            &changed(|response, _| response.in_response_to = another()),
        ),
        Case::bad(
            "response to no request",
            Reason::InResponseTo,
            &changed(|response, _| response.in_response_to = None),
        ),
        Case::bad(
            "assertion for another request",
            Reason::InResponseTo,
            &changed(|_, assertion| assertion.confirmations[0].in_response_to = another()),
        ),
        Case::bad(
            "assertion for no request",
            Reason::InResponseTo,
            &changed(|_, assertion| assertion.confirmations[0].in_response_to = None),
        ),
        Case::bad("another browser's", Reason::InResponseTo, &changed(|_, _| {})).request("_request-3"),
        Case::bad(
            "no request, and none expected",
            Reason::InResponseTo,
            &changed(|response, assertion| {
                response.in_response_to = Some(String::new());
                assertion.confirmations[0].in_response_to = Some(String::new());
            }),
        )
        .request(""),
    ]
}

/// `early` and `late` are one second past what is allowed.
fn times() -> Vec<Case> {
    let early = || Some(at(now() + TimeDelta::seconds(121)));
    let late = || Some(at(now() - TimeDelta::seconds(120)));
    let old = || at(now() - TimeDelta::seconds(721));
    let set = |slot: &mut String, value: Option<String>| *slot = value.expect("a time");
    vec![
        Case::bad(
            "response of tomorrow",
            Reason::TooEarly,
            &changed(|response, _| set(&mut response.issued, early())),
        ),
        Case::bad(
            "assertion of tomorrow",
            Reason::TooEarly,
            &changed(|_, assertion| set(&mut assertion.issued, early())),
        ),
        Case::bad("old response", Reason::TooOld, &changed(|response, _| response.issued = old())),
        Case::bad("old assertion", Reason::TooOld, &changed(|_, assertion| assertion.issued = old())),
        Case::bad(
            "conditions not yet",
            Reason::TooEarly,
            &changed(|_, assertion| assertion.not_before = early()),
        ),
        Case::bad(
            "conditions no more",
            Reason::Expired,
            &changed(|_, assertion| assertion.not_on_or_after = late()),
        ),
        Case::bad(
            "confirmation not yet",
            Reason::TooEarly,
            &changed(|_, assertion| assertion.confirmations[0].not_before = early()),
        ),
        Case::bad(
            "confirmation no more",
            Reason::Expired,
            &changed(|_, assertion| assertion.confirmations[0].not_on_or_after = late()),
        ),
        Case::bad(
            "confirmation without end",
            Reason::Time,
            &changed(|_, assertion| assertion.confirmations[0].not_on_or_after = None),
        ),
        Case::bad("session over", Reason::Expired, &changed(|_, assertion| assertion.session_until = late())),
        Case::bad("no time", Reason::Time, &changed(|response, _| response.issued = "yesterday".to_owned())),
        Case::bad(
            "a time without a zone",
            Reason::Time,
            &changed(|_, assertion| assertion.not_before = Some("2026-03-04T05:00:00".to_owned())),
        ),
        Case::bad(
            "the end of time",
            Reason::TooEarly,
            &changed(|_, assertion| assertion.not_before = Some("9999-12-31T23:59:59Z".to_owned())),
        ),
    ]
}

fn said() -> Vec<Case> {
    let status = |codes: &[&str]| {
        codes.iter().map(|code| format!("urn:oasis:names:tc:SAML:2.0:status:{code}")).collect::<Vec<_>>()
    };
    let name = |xml: &'static str| changed(|_, assertion| assertion.name_id = xml.to_owned());
    vec![
        Case::bad(
            "refused by the identity provider",
            Reason::Status,
            &changed(|response, _| response.status = status(&["Responder", "AuthnFailed"])),
        ),
        Case::bad("refused, without an assertion", Reason::Status, &{
            let mut response = a_response();
            response.status = status(&["Requester", "NoPassive"]);
            response.status_message = Some("not\u{7} today".to_owned());
            response.xml("").replace('\u{7}', "")
        }),
        Case::bad(
            "success only inside",
            Reason::Status,
            &changed(|response, _| response.status = status(&["Responder", "Success"])),
        ),
        Case::bad("no status code", Reason::Status, &changed(|response, _| response.status = vec![])),
        Case::bad("no status", Reason::Status, &{
            let xml = a_response().xml("");
            let (from, to) =
                (xml.find("<samlp:Status>").expect("one"), xml.find("</samlp:Status>").expect("one"));
            format!("{}{}", &xml[..from], &xml[to + 15..])
        }),
        Case::bad("no assertion", Reason::AssertionCount, &a_response().xml("")),
        Case::bad(
            "confirmed in another way",
            Reason::Confirmation,
            &changed(|_, assertion| {
                assertion.confirmations[0].method =
                    "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches".to_owned();
            }),
        ),
        Case::bad(
            "not confirmed",
            Reason::Confirmation,
            &changed(|_, assertion| assertion.confirmations.clear()),
        ),
        Case::bad(
            "nobody logged in",
            Reason::AuthnStatement,
            &changed(|_, assertion| assertion.statement = false),
        ),
        Case::bad("logged in otherwise than asked", Reason::AuthnStatement, &changed(|_, _| {}))
            .setting("security.failOnAuthnContextMismatch", true)
            .setting("security.requestedAuthnContext", vec!["urn:oasis:names:tc:SAML:2.0:ac:classes:X509"]),
        Case::bad("no name", Reason::NameId, &name("")),
        Case::bad("an empty name", Reason::NameId, &name("<saml:NameID> </saml:NameID>")),
        Case::bad("an encrypted name", Reason::Structure, &name("<saml:EncryptedID></saml:EncryptedID>")),
        Case::bad(
            "an attribute without a name",
            Reason::Attribute,
            &changed(|_, assertion| assertion.attributes.push((String::new(), vec![]))),
        ),
        Case::bad(
            "an unknown condition",
            Reason::UnknownCondition,
            &changed(|_, assertion| {
                assertion.conditions = "<saml:Condition></saml:Condition>".to_owned();
            }),
        ),
        Case::bad(
            "a condition of somebody else",
            Reason::Structure,
            &changed(|_, assertion| assertion.conditions = "<x xmlns=\"urn:x\"></x>".to_owned()),
        ),
    ]
}

/// What the log is told, for one of each kind.
#[test]
fn refusals_say_why() {
    let told = |xml: &str| Case::good("", xml).run().expect_err("refused").to_string();
    let sentence = told(&changed(|response, _| {
        response.status = vec!["urn:x:status:Responder".to_owned(), "urn:x:status:AuthnFailed".to_owned()];
        response.status_message = Some("account locked".to_owned());
    }));
    assert_eq!(
        sentence,
        "the identity provider refused: \"Responder\" \"AuthnFailed\", saying \"account locked\""
    );
    let sentence = told(&changed(|_, assertion| {
        assertion.audiences = Some(vec![vec![other()]]);
    }));
    assert_eq!(
        sentence,
        "the assertion is for \"https://other.example\", not for \"https://cards.example/saml/metadata\""
    );
    let sentence =
        told(&changed(|_, assertion| assertion.not_on_or_after = Some("2026-03-04T05:04:07Z".to_owned())));
    assert_eq!(sentence, "the assertion ended at 2026-03-04 05:04:07 UTC; it is 2026-03-04 05:06:07 UTC");
}

/// A message cannot write lines of its own into the log, or fill it.
#[test]
fn refusals_are_short_and_printable() {
    let long = "x".repeat(10_000);
    for issuer in [long.as_str(), "a\nb\r\u{202e}c\u{9b}d\"e", "\u{2028}"] {
        let refusal = Case::good("", &changed(|response, _| response.issuer = Some(issuer.to_owned()))).run();
        let told = refusal.expect_err("refused").to_string();
        assert!(told.chars().count() <= 301, "{told}");
        assert!(told.chars().all(|one| one == ' ' || one.is_ascii_graphic() || one == '…'), "{told}");
    }
}
