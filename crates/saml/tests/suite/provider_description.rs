//! The identity provider's own description: the metadata file.

use serde_json::{Value, json};
use t5g_saml::{Options, ServiceProvider};
use t5g_testkit::saml::{KeyPair, Signing, field};

use crate::world::{ACS, IDP, REQUEST, SLO, SP, SSO, a_response, an_assertion, now, world};

fn settings() -> Value {
    json!({
        "strict": true,
        "sp": {
            "entityId": SP, "assertionConsumerService": {"url": ACS},
            "singleLogoutService": {"url": "https://cards.example/?sls"},
            "x509cert": world().ours.certificate(), "privateKey": world().ours.private_key(),
        },
    })
}

fn key(usage: &str, key: &KeyPair) -> String {
    let lines = key
        .bare_certificate()
        .as_bytes()
        .chunks(64)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect::<Vec<_>>();
    format!(
        "<KeyDescriptor{usage}><ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Data>\
         <ds:X509Certificate>\n{}\n</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor>",
        lines.join("\n")
    )
}

fn entity(id: &str, attributes: &str, keys: &str) -> String {
    let redirect = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
    format!(
        "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"{}\"><!-- ours -->\
         <IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\"{attributes}>{keys}\
         <SingleLogoutService Binding=\"{redirect}\" Location=\"{SLO}\" ResponseLocation=\"{SLO}/answers\"/>\
         <SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" Location=\"{SSO}/post\"/>\
         <SingleSignOnService Binding=\"{redirect}\" Location=\"{SSO}\"/></IDPSSODescriptor></EntityDescriptor>",
        id.replace('&', "&amp;")
    )
}

fn usual() -> String {
    let keys = key(" use=\"signing\"", &world().idp)
        + &key("", &world().next)
        + &key(" use=\"encryption\"", world().stranger());
    entity(IDP, "", &keys)
}

fn read(settings: &Value, xml: &str) -> Result<(ServiceProvider, Vec<t5g_saml::Warning>), String> {
    ServiceProvider::new(&settings.to_string(), Some(xml), Options::default())
        .map_err(|error| error.to_string())
}

#[test]
fn the_description_is_enough() {
    let (us, warnings) = read(&settings(), &usual()).expect("good");
    assert_eq!(warnings, []);
    assert_eq!(us.idp_entity_id(), IDP);
    let world = world();
    us.finish(&world.good(), REQUEST, now()).expect("believed");
    let sign = |key: &KeyPair| {
        let signed = Signing::with(key).sign(&an_assertion().xml(), "_assertion").expect("signed");
        us.finish(&field(&a_response().xml(&signed)), REQUEST, now())
    };
    assert!(sign(&world.next).is_ok());
    // A key that is only there to encrypt for does not sign.
    assert_eq!(sign(world.stranger()).expect_err("refused").code(), "signature");
    assert!(
        us.start("relay", now(), REQUEST).expect("made").as_str().starts_with(&format!("{SSO}&SAMLRequest="))
    );
}

/// A rollover: the file changes, the settings do not.
#[test]
fn another_file_brings_other_keys() {
    let after = entity(IDP, "", &key(" use=\"signing\"", &world().next));
    let (us, _) = read(&settings(), &after).expect("good");
    assert_eq!(us.finish(&world().good(), REQUEST, now()).expect_err("refused").code(), "signature");
}

#[test]
fn the_description_replaces_what_the_settings_say() {
    let mut both = settings();
    both["idp"] = json!({
        "entityId": IDP, "singleSignOnService": {"url": "https://old.example"},
        "x509cert": world().stranger().certificate(),
    });
    let (us, warnings) = read(&both, &usual()).expect("good");
    let keys: Vec<&str> = warnings.iter().map(|warning| warning.key.as_str()).collect();
    assert_eq!(keys, ["idp.singleSignOnService.url", "idp.x509cert"]);
    assert_eq!(us.certificates().len(), 3);
}

#[test]
fn one_of_a_federation_is_chosen_by_name() {
    let many = format!(
        "<?xml version=\"1.0\"?><EntitiesDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\">{}{}</EntitiesDescriptor>",
        entity("https://other.example", "", &key("", world().stranger())),
        usual(),
    );
    let error = read(&settings(), &many).expect_err("ambiguous");
    assert!(error.contains("describes 2 identity providers; choose one with idp.entityId"), "{error}");
    let mut chosen = settings();
    chosen["idp"] = json!({"entityId": IDP});
    let (us, _) = read(&chosen, &many).expect("good");
    us.finish(&world().good(), REQUEST, now()).expect("believed");
    chosen["idp"] = json!({"entityId": "https://third.example"});
    let error = read(&chosen, &many).expect_err("unknown");
    assert!(error.contains("does not describe idp.entityId, but \"https://other.example\""), "{error}");
}

#[test]
fn the_identity_provider_may_want_signed_requests() {
    let wants = entity(IDP, " WantAuthnRequestsSigned=\"true\"", &key("", &world().idp));
    let (us, _) = read(&settings(), &wants).expect("good");
    assert!(us.start("relay", now(), REQUEST).expect("made").as_str().contains("&Signature="));
    let mut keyless = settings();
    keyless["sp"]["privateKey"] = json!("");
    keyless["sp"]["x509cert"] = json!("");
    let error = read(&keyless, &wants).expect_err("no key");
    assert!(error.contains("the identity provider wants signed requests"), "{error}");
}

#[test]
fn bad_descriptions_are_told() {
    let told = |xml: &str| read(&settings(), xml).expect_err("bad");
    for (xml, said) in [
        ("", "must have a root element"),
        ("<EntityDescriptor", "not well-formed"),
        ("<!DOCTYPE x><x/>", "document type"),
        ("<html/>", "describes no identity provider"),
        (&usual().replace("2.0:protocol", "1.1:protocol"), "describes no identity provider"),
        (&entity(IDP, "", ""), "no certificate for signing"),
        (&usual().replace("<SingleSignOnService", "<SingleSignOnService <"), "not well-formed"),
        (&usual().replace("HTTP-Redirect", "SOAP"), "no SingleSignOnService with the HTTP-Redirect"),
        (&usual().replace("<ds:X509Certificate>", "<ds:X509Certificate>AAAA"), "a signing certificate"),
    ] {
        let error = told(xml);
        assert!(error.contains("metadata: ") && error.contains(said), "{said}: {error}");
    }
    // What else is wrong is told with it.
    let mut worse = settings();
    worse["sp"]["entityId"] = Value::Null;
    let error = read(&worse, "<html/>").expect_err("bad");
    assert!(error.contains("sp.entityId: is missing") && error.contains("2 things"), "{error}");
}
