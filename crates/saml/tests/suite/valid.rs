//! What has to be believed, and what is read of it.

use chrono::TimeDelta;
use t5g_saml::Options;
use t5g_testkit::saml::{Algorithm, Hash, KeyPair, Signing, field};

use crate::case::{Case, changed, check, response_changed};
use crate::world::{ACS, IDP, REQUEST, SP, a_response, an_assertion, now, world};

#[test]
fn everything_is_read() {
    let world = world();
    let login = world.provider().finish(&world.good(), REQUEST, now()).expect("a good response");
    assert_eq!(login.issuer, IDP);
    assert_eq!(login.assertion_id, "_assertion");
    assert_eq!(login.subject.name_id, "_n1");
    let format = login.subject.name_id_format.as_deref();
    assert_eq!(format, Some("urn:oasis:names:tc:SAML:2.0:nameid-format:transient"));
    assert_eq!(login.subject.session_index.as_deref(), Some("_session"));
    assert_eq!(login.session_until, Some(now() + TimeDelta::hours(8)));
    // The assertion ends after five minutes, and two more are allowed for the clocks.
    assert_eq!(login.replay_until, now() + TimeDelta::minutes(7));
    assert_eq!(login.sole("rhatUUID"), Some("8f0c"));
    assert_eq!(login.attributes["memberOf"], ["cn=field-team,ou=groups", "cn=all,ou=groups"]);
    assert_eq!(login.sole("memberOf"), None);
    assert_eq!(login.sole("odd"), Some("<&> \"'é"));
    assert_eq!(login.attributes.len(), 3);
}

#[test]
fn until_when_an_assertion_must_be_remembered() {
    let world = world();
    let seen = |minutes: i64| {
        let mut assertion = an_assertion();
        assertion.not_on_or_after = None;
        let end = t5g_testkit::saml::at(now() + TimeDelta::minutes(minutes));
        assertion.confirmations[0].not_on_or_after = Some(end);
        let xml = world.assertion_signed(&a_response(), &assertion);
        let login = world.provider().finish(&field(&xml), REQUEST, now()).expect("a good response");
        // At that moment it is refused for its age, and a moment before it still would be believed.
        let response_of = |at| {
            let mut response = a_response();
            response.issued = t5g_testkit::saml::at(at);
            let xml = world.assertion_signed(&response, &assertion);
            world.provider().finish(&field(&xml), REQUEST, at)
        };
        assert!(response_of(login.replay_until - TimeDelta::seconds(1)).is_ok());
        assert!(response_of(login.replay_until + TimeDelta::seconds(1)).is_err());
        login.replay_until - now()
    };
    assert_eq!(seen(3), TimeDelta::minutes(5));
    // Long before the confirmation ends, the assertion is too old.
    assert_eq!(seen(600), TimeDelta::minutes(12));
}

#[test]
fn an_assertion_is_remembered_until_its_last_confirmation_ends() {
    let world = world();
    for first_is_longer in [false, true] {
        let mut assertion = an_assertion();
        assertion.not_on_or_after = None;
        let mut confirmations = [3, 6].map(|minutes| {
            let mut one = assertion.confirmations[0].clone();
            one.not_on_or_after = Some(t5g_testkit::saml::at(now() + TimeDelta::minutes(minutes)));
            one
        });
        if first_is_longer {
            confirmations.reverse();
        }
        assertion.confirmations = confirmations.to_vec();
        let xml = world.assertion_signed(&a_response(), &assertion);
        let login = world.provider().finish(&field(&xml), REQUEST, now()).expect("a good response");
        assert_eq!(login.replay_until, now() + TimeDelta::minutes(8), "{first_is_longer}");
    }
}

#[test]
fn valid_forms_are_believed() {
    check(&cases());
}

fn cases() -> Vec<Case> {
    let world = world();
    let (response, assertion) = (a_response(), an_assertion());
    let both = world.response_signed(&response, &world.signed(&assertion));
    let plain = changed(|_, _| {});
    let mut cases = vec![
        Case::good("assertion signed", &plain),
        Case::good("assertion signed, as wanted", &plain).setting("security.wantAssertionsSigned", true),
        Case::good("response signed", &response_changed(|_, _| {})),
        Case::good("response signed, as wanted", &response_changed(|_, _| {}))
            .setting("security.wantMessagesSigned", true),
        Case::good("both signed", &both),
        Case::good("both signed, as wanted", &both)
            .setting("security.wantMessagesSigned", true)
            .setting("security.wantAssertionsSigned", true),
        Case::good("the way of login that was asked for", &plain)
            .setting("security.failOnAuthnContextMismatch", true),
    ];
    for hash in [Hash::Sha384, Hash::Sha512] {
        let signing = Signing { hash, ..Signing::with(&world.idp) };
        let signed = signing.sign(&assertion.xml(), &assertion.id).expect("signed");
        cases.push(Case::good(format!("RSA with {hash:?}"), &response.xml(&signed)));
    }
    let next = Signing::with(&world.next).sign(&assertion.xml(), &assertion.id).expect("signed");
    cases.push(Case::good("the next key, on a curve", &response.xml(&next)));
    for (algorithm, hash) in [(Algorithm::P384, Hash::Sha384), (Algorithm::P521, Hash::Sha512)] {
        let key = KeyPair::generate(algorithm, "login.example").expect("a key");
        let signed = Signing { hash, ..Signing::with(&key) }.sign(&assertion.xml(), &assertion.id);
        let xml = response.xml(&signed.expect("signed"));
        cases.push(
            Case::good(format!("{algorithm:?} with {hash:?}"), &xml)
                .setting("idp.x509cert", key.certificate()),
        );
    }
    let old = Signing { hash: Hash::Sha1, ..Signing::with(&world.idp) };
    let old = old.sign(&assertion.xml(), &assertion.id).expect("signed");
    let switch = Options { allow_sha1: true, ..Options::default() };
    cases.push(Case::good("SHA-1 with the switch", &response.xml(&old)).options(switch));
    cases.extend(written_differently(&plain));
    cases.extend(said_differently());
    cases
}

/// The same message in other letters: canonical form makes them one.
fn written_differently(plain: &str) -> Vec<Case> {
    let world = world();
    let mut wrapped_lines = field(plain);
    for at in (76..wrapped_lines.len()).step_by(78).collect::<Vec<_>>() {
        wrapped_lines.insert_str(at, "\r\n");
    }
    let quotes = plain.replace(" Version=\"2.0\"", "   Version = '2.0'\n");
    let order = plain
        .replace("<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"", "<samlp:Response")
        .replacen(
            " Version=\"2.0\"",
            " Version=\"2.0\" xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"",
            1,
        );
    let short =
        plain.replace("></saml:SubjectConfirmationData>", " />").replace("></samlp:StatusCode>", "/>");
    let references = plain.replace(">8f0c<", ">&#x38;f&#48;c<");
    let declared = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{plain}\n");
    let mark = format!("\u{feff}{plain}");
    let unused = plain.replacen("<samlp:Response ", "<samlp:Response xmlns:unused=\"urn:x\" ", 1);
    vec![
        Case::raw("line breaks in the base64", None, wrapped_lines),
        Case::good("other quotes and more space", &quotes),
        Case::good("attributes in another order", &order),
        Case::good("empty tags", &short),
        Case::good("characters by number", &references),
        Case::good("an XML declaration", &declared),
        Case::good("a byte order mark", &mark),
        Case::good("a namespace that nobody uses", &unused),
        Case::good("other prefixes", &other_prefixes(world)),
        Case::good("no prefixes", &no_prefixes(world)),
        Case::good("space between the elements", &spaced(world)),
        Case::good("types, and prefixes kept for them", &typed(world)),
    ]
}

fn other_prefixes(world: &crate::world::World) -> String {
    let swap = |xml: String| xml.replace("saml:", "A1.-_:").replace("xmlns:saml=", "xmlns:A1.-_=");
    let assertion = swap(an_assertion().xml());
    let signed = Signing::with(&world.idp).sign(&assertion, "_assertion").expect("signed");
    swap(a_response().xml(""))
        .replace("samlp", "p")
        .replace("</p:Response>", &format!("{signed}</p:Response>"))
}

fn no_prefixes(world: &crate::world::World) -> String {
    let swap = |xml: String| xml.replace("saml:", "").replace("xmlns:saml=", "xmlns=");
    let assertion = swap(an_assertion().xml());
    let signed = Signing::with(&world.idp).sign(&assertion, "_assertion").expect("signed");
    a_response().xml(&signed)
}

fn spaced(world: &crate::world::World) -> String {
    let assertion = an_assertion().xml().replace("><", ">\n\t <");
    let signed = Signing::with(&world.idp).sign(&assertion, "_assertion").expect("signed");
    let outside = a_response().xml("@").replace("><", ">\n  <");
    outside.replace('@', &signed)
}

/// As OpenSAML writes values.
fn typed(world: &crate::world::World) -> String {
    let mut assertion = an_assertion();
    assertion.namespaces = " xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" \
                            xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
        .to_owned();
    let xml =
        assertion.xml().replace("<saml:AttributeValue>", "<saml:AttributeValue xsi:type=\"xs:string\">");
    let signing = Signing { prefixes: "xs xsi", ..Signing::with(&world.idp) };
    a_response().xml(&signing.sign(&xml, "_assertion").expect("signed"))
}

fn said_differently() -> Vec<Case> {
    let at = t5g_testkit::saml::at;
    vec![
        Case::good(
            "more audiences, and more restrictions",
            &changed(|_, assertion| {
                let other = "https://other.example".to_owned();
                assertion.audiences = Some(vec![vec![other, SP.to_owned()], vec![SP.to_owned()]]);
            }),
        ),
        Case::good(
            "conditions that only restrict others",
            &changed(|_, assertion| {
                assertion.conditions =
                    "<saml:OneTimeUse></saml:OneTimeUse><saml:ProxyRestriction Count=\"0\"></saml:ProxyRestriction>"
                        .to_owned();
            }),
        ),
        Case::good(
            "a second confirmation that is not for us",
            &changed(|_, assertion| {
                let mut other = assertion.confirmations[0].clone();
                other.recipient = Some("https://other.example/acs".to_owned());
                assertion.confirmations.push(other);
                let mut holder = assertion.confirmations[0].clone();
                holder.method = "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key".to_owned();
                assertion.confirmations.insert(0, holder);
            }),
        ),
        Case::good(
            "their clock is two minutes ahead",
            &changed(|response, assertion| {
                let ahead = at(now() + TimeDelta::seconds(119));
                (response.issued, assertion.issued) = (ahead.clone(), ahead.clone());
                assertion.not_before = Some(ahead.clone());
                assertion.confirmations[0].not_before = Some(ahead);
            }),
        ),
        Case::good(
            "their clock is two minutes behind",
            &changed(|_, assertion| {
                let behind = at(now() - TimeDelta::seconds(119));
                assertion.not_on_or_after = Some(behind.clone());
                assertion.confirmations[0].not_on_or_after = Some(behind.clone());
                assertion.session_until = Some(behind);
            }),
        ),
        Case::good(
            "fractions of seconds and another zone",
            &changed(|_, assertion| assertion.issued = "2026-03-04T06:06:07.1234567+01:00".to_owned()),
        ),
        Case::good("no session end", &changed(|_, assertion| assertion.session_until = None)),
        Case::good(
            "extensions and advice of others",
            &changed(|response, assertion| {
                response.extra =
                    "<samlp:Extensions><x xmlns=\"urn:x\"><y></y></x></samlp:Extensions>".to_owned();
                assertion.extra = "<saml:Advice><x xmlns=\"urn:x\"></x></saml:Advice>".to_owned();
            }),
        ),
        Case::good(
            "the recipient is compared as it was written",
            &changed(|response, assertion| {
                response.destination = Some("https://cards.example".to_owned());
                assertion.confirmations[0].recipient = response.destination.clone();
            }),
        )
        .setting("sp.assertionConsumerService.url", "https://cards.example"),
        Case::good("the usual address", &changed(|response, _| response.destination = Some(ACS.to_owned()))),
    ]
}
