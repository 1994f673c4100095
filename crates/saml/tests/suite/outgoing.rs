//! What we send to log in, and how we describe ourselves.

use serde_json::{Value, json};
use t5g_saml::Options;

use crate::logout::{signed_by_us, unpacked};
use crate::world::{ACS, REQUEST, SLS, SP, SSO, now, provider, world};

fn started(settings: &Value) -> (url::Url, String) {
    let url = provider(settings, Options::default()).start("relay token", now(), REQUEST).expect("made");
    let (xml, relay) = unpacked(url.query().expect("a query").trim_start_matches("realm=x&"), "SAMLRequest");
    assert_eq!(relay.as_deref(), Some("relay token"));
    (url, xml)
}

#[test]
fn a_login_request_says_who_asks_and_where_to_answer() {
    let (url, xml) = started(&world().settings());
    assert!(url.as_str().starts_with(&format!("{SSO}&SAMLRequest=")), "{url}");
    assert!(!url.as_str().contains("Signature"), "{url}");
    assert_eq!(
        xml,
        format!(
            "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
             xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"{REQUEST}\" Version=\"2.0\" \
             IssueInstant=\"2026-03-04T05:06:07Z\" Destination=\"{SSO}\" \
             ProtocolBinding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" \
             AssertionConsumerServiceURL=\"{ACS}\"><saml:Issuer>{SP}</saml:Issuer>\
             <samlp:NameIDPolicy Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:transient\" \
             AllowCreate=\"true\"/><samlp:RequestedAuthnContext Comparison=\"exact\">\
             <saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport\
             </saml:AuthnContextClassRef></samlp:RequestedAuthnContext></samlp:AuthnRequest>"
        )
    );
}

#[test]
fn a_login_request_is_signed_if_wanted() {
    let mut settings = world().settings();
    settings["security"] = json!({"authnRequestsSigned": true});
    let (url, _) = started(&settings);
    signed_by_us(url.query().expect("a query").trim_start_matches("realm=x&"));
    // The address's own query comes first and is not signed; what is ours stands together.
    assert!(url.query().expect("a query").starts_with("realm=x&SAMLRequest="), "{url}");
}

#[test]
fn the_algorithm_of_the_settings_is_used() {
    for (name, bits) in [("rsa-sha384", "sha384"), ("rsa-sha512", "sha512")] {
        let mut settings = world().settings();
        let uri = format!("http://www.w3.org/2001/04/xmldsig-more#{name}");
        settings["security"] = json!({"authnRequestsSigned": 1, "signatureAlgorithm": uri});
        let (url, _) = started(&settings);
        assert!(
            url.query().expect("a query").contains(&format!("xmldsig-more%23rsa-{bits}&Signature=")),
            "{url}"
        );
    }
}

#[test]
fn how_to_log_in_can_be_left_open_or_listed() {
    let mut settings = world().settings();
    settings["security"] = json!({"requestedAuthnContext": false});
    assert!(!started(&settings).1.contains("RequestedAuthnContext"));
    settings["security"] = json!({
        "requestedAuthnContext": ["urn:a", "urn:b"], "requestedAuthnContextComparison": "minimum",
    });
    let (_, xml) = started(&settings);
    assert!(
        xml.contains(
            "<samlp:RequestedAuthnContext Comparison=\"minimum\"><saml:AuthnContextClassRef>urn:a\
             </saml:AuthnContextClassRef><saml:AuthnContextClassRef>urn:b</saml:AuthnContextClassRef>"
        ),
        "{xml}"
    );
}

#[test]
fn odd_relays_and_names_are_not_sent() {
    let us = world().provider();
    let told = |relay: &str, id: &str| us.start(relay, now(), id).expect_err("not sent").to_string();
    assert!(told(&"x".repeat(81), REQUEST).contains("81 bytes, more than 80"));
    for id in ["", "1x", "_a b", "_\"", "-a"] {
        assert!(told("relay", id).contains("the request's name"), "{id}");
    }
}

#[test]
fn our_description_names_addresses_and_keys() {
    let mut settings = world().settings();
    settings["sp"]["x509certNew"] = world().next.certificate().into();
    settings["security"] = json!({"wantAssertionsSigned": true, "authnRequestsSigned": true});
    let xml = provider(&settings, Options::default()).metadata();
    let post = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";
    let redirect = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
    for part in [
        format!("<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"{SP}\">"),
        "<md:SPSSODescriptor AuthnRequestsSigned=\"true\" WantAssertionsSigned=\"true\" \
         protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">"
            .to_owned(),
        "<md:KeyDescriptor use=\"signing\">".to_owned(),
        "<md:KeyDescriptor use=\"encryption\">".to_owned(),
        world().ours.bare_certificate(),
        world().next.bare_certificate(),
        format!("<md:SingleLogoutService Binding=\"{redirect}\" Location=\"{SLS}\"/>"),
        format!(
            "<md:AssertionConsumerService Binding=\"{post}\" Location=\"{ACS}\" index=\"1\" isDefault=\"true\"/>"
        ),
        "<md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:transient</md:NameIDFormat>".to_owned(),
    ] {
        assert!(xml.contains(&part), "{part} in {xml}");
    }
    // The order that the standard's schema wants.
    let order = ["KeyDescriptor", "SingleLogoutService", "NameIDFormat", "AssertionConsumerService"];
    let places: Vec<_> = order.iter().map(|name| xml.find(&format!("<md:{name}"))).collect();
    assert!(places.is_sorted() && places[0].is_some(), "{xml}");
}
