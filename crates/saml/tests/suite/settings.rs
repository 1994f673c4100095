//! Settings: OneLogin's JSON as people have it, and everything that is wrong with it at once.

use serde_json::{Value, json};
use t5g_saml::{CertificateUse, Options, ServiceProvider, Warning};
use t5g_testkit::saml::field;

use crate::world::{ACS, IDP, REQUEST, SP, a_response, an_assertion, now, world};

fn problems(settings: &Value) -> Vec<String> {
    match ServiceProvider::new(&settings.to_string(), None, Options::default()) {
        Ok(_) => Vec::new(),
        Err(error) => {
            error.0.into_iter().map(|problem| format!("{}: {}", problem.key, problem.reason)).collect()
        }
    }
}

fn warnings(settings: &Value) -> Vec<String> {
    let (_, warnings) = ServiceProvider::new(&settings.to_string(), None, Options::default()).expect("good");
    warnings.iter().map(|Warning { key, .. }| key.clone()).collect()
}

/// The world's settings with `value` at `path`.
fn with(path: &str, value: Value) -> Value {
    let mut settings = world().settings();
    let mut place = &mut settings;
    for key in path.split('.') {
        place = &mut place[key];
    }
    *place = value;
    settings
}

#[test]
fn full_settings_are_read() {
    let (us, warnings) =
        ServiceProvider::new(&world().settings().to_string(), None, Options::default()).expect("good");
    assert_eq!(warnings, []);
    assert_eq!((us.entity_id(), us.idp_entity_id(), us.acs_url().as_str()), (SP, IDP, ACS));
    let certificates = us.certificates();
    let subjects: Vec<_> = certificates.iter().map(|one| (one.usage, one.subject.as_str())).collect();
    assert_eq!(
        subjects,
        [
            (CertificateUse::IdentityProviderSigning, "CN=login.example"),
            (CertificateUse::IdentityProviderSigning, "CN=login.example next"),
            (CertificateUse::ServiceProvider, "CN=cards.example"),
        ]
    );
    assert!(certificates.iter().all(|one| one.not_after > now()));
}

#[test]
fn certificates_and_keys_in_every_spelling() {
    let world = world();
    let bare = world.idp.bare_certificate();
    let key = world.ours.private_key();
    let bare_key: String = key.lines().filter(|line| !line.starts_with("-----")).collect();
    let one_line = world.idp.certificate().replace('\n', "");
    let spelt = world.idp.certificate().replace('\n', "\\n");
    let indented = world.idp.certificate().replace('\n', "\r\n   ");
    for certificate in [
        world.idp.certificate(),
        &bare,
        &one_line,
        &spelt,
        &indented,
        &format!("x\n{}y", world.idp.certificate()),
    ] {
        let settings = with("idp.x509cert", certificate.into());
        let (us, _) =
            ServiceProvider::new(&settings.to_string(), None, Options::default()).expect(certificate);
        us.finish(&world.good(), REQUEST, now()).expect("the same key");
        assert_eq!(us.certificates().len(), 3);
    }
    for key in [key, &bare_key, &key.replace('\n', ""), &world.ours.old_private_key().expect("a key")] {
        assert_eq!(problems(&with("sp.privateKey", key.into())), Vec::<String>::new());
    }
    // One certificate in two places is one certificate.
    let twice = with("idp.x509certMulti.signing", json!([bare, world.idp.certificate()]));
    let (us, _) = ServiceProvider::new(&twice.to_string(), None, Options::default()).expect("good");
    assert_eq!(us.certificates().len(), 2);
}

#[test]
fn the_smallest_settings_will_do() {
    let settings = json!({
        "strict": true,
        "sp": {"entityId": SP, "assertionConsumerService": {"url": ACS}},
        "idp": {
            "entityId": IDP, "singleSignOnService": {"url": "https://login.example"},
            "x509certMulti": {"signing": world().idp.certificate()},
        },
    });
    let (us, warnings) = ServiceProvider::new(&settings.to_string(), None, Options::default()).expect("good");
    assert_eq!(warnings, []);
    us.finish(&world().good(), REQUEST, now()).expect("believed");
    // Even so, one signature is needed.
    let plain = a_response().xml(&an_assertion().xml());
    assert_eq!(us.finish(&field(&plain), REQUEST, now()).expect_err("refused").code(), "unsigned");
}

#[test]
fn all_problems_are_told_at_once() {
    let settings = json!({
        "strict": false,
        "sp": {
            "assertionConsumerService": {"url": "cards.example/acs", "binding": "urn:x"},
            "singleLogoutService": {"url": "ftp://cards.example"},
            "x509cert": "!",
            "privateKey": "c2VjcmV0",
        },
        "idp": {
            "entityId": 7,
            "singleSignOnService": {"url": "https://login.example", "binding": "urn:oasis:names:tc:SAML:2.0:bindings:SOAP"},
            "x509cert": "aGVsbG8=",
            "certFingerprint": "aa:bb",
        },
        "security": {
            "wantMessagesSigned": "perhaps",
            "signatureAlgorithm": "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
            "requestedAuthnContextComparison": "nearly",
            "rejectDeprecatedAlgorithm": false,
            "wantNameIdEncrypted": true,
        },
    });
    let told = problems(&settings);
    let keys: Vec<&str> = told.iter().map(|line| line.split(':').next().expect("a key")).collect();
    for key in [
        "strict",
        "sp.entityId",
        "sp.assertionConsumerService.url",
        "sp.assertionConsumerService.binding",
        "sp.singleLogoutService.url",
        "sp.x509cert",
        "sp.privateKey",
        "idp.entityId",
        "idp.singleSignOnService.binding",
        "idp.x509cert",
        "idp.certFingerprint",
        "security.wantMessagesSigned",
        "security.signatureAlgorithm",
        "security.requestedAuthnContextComparison",
        "security.rejectDeprecatedAlgorithm",
        "security.wantNameIdEncrypted",
    ] {
        assert_eq!(keys.iter().filter(|told| **told == key).count(), 1, "{key}: {told:#?}");
    }
    assert_eq!(keys.len(), 16, "{told:#?}");
}

#[test]
fn what_would_weaken_us_stops_the_start() {
    let told = |path: &str, value: Value| problems(&with(path, value)).join("\n");
    for (path, value) in [
        ("strict", json!(false)),
        ("strict", json!(0)),
        ("strict", Value::Null),
        ("idp.certFingerprint", json!("aabb")),
        ("security.rejectDeprecatedAlgorithm", json!(false)),
        ("security.wantXMLValidation", json!(false)),
        ("security.relaxDestinationValidation", json!(true)),
        ("security.signatureAlgorithm", json!("http://www.w3.org/2000/09/xmldsig#rsa-sha1")),
        ("idp.x509cert", json!(world().ours.private_key())),
    ] {
        let told = told(path, value.clone());
        assert!(told.contains(path), "{path} {value}: {told}");
    }
    let mut none = with("idp.x509cert", json!(""));
    none["idp"]["x509certMulti"] = json!({"signing": []});
    assert_eq!(
        problems(&none),
        ["idp.x509cert: is missing; without a certificate no signature can be checked"]
    );
    // One bad certificate among good ones is no certificate that somebody counts on.
    assert!(
        told("idp.x509certMulti.signing", json!([world().idp.certificate(), "x"])).contains("signing[1]")
    );
}

#[test]
fn what_has_no_effect_is_told() {
    let mut settings = world().settings();
    settings["strickt"] = json!(true);
    settings["sp"]["NameIdFormat"] = json!("urn:x");
    settings["sp"]["attributeConsumingService"] = json!({"serviceName": "x", "requestedAttributes": []});
    settings["idp"]["x509"] = json!({"cert": "y"});
    settings["contactPerson"] = json!({"technical": {"givenName": "x"}});
    settings["organization"] = json!({});
    settings["security"] = json!({
        "wantAsertionsSigned": true, "signMetadata": true, "metadataValidUntil": "", "digestAlgorithm": "urn:x",
        "wantNameId": true, "rejectDeprecatedAlgorithm": true, "nameIdEncrypted": false,
    });
    let mut told = warnings(&settings);
    told.sort();
    assert_eq!(
        told,
        [
            "contactPerson",
            "idp.x509",
            "security.signMetadata",
            "security.wantAsertionsSigned",
            "sp.NameIdFormat",
            "sp.attributeConsumingService",
            "strickt",
        ]
    );
}

#[test]
fn what_needs_our_key_says_so() {
    let mut settings = world().settings();
    settings["sp"]["privateKey"] = json!("");
    assert!(
        problems(&settings)[0]
            .starts_with("sp.privateKey: is missing, and what is encrypted for sp.x509cert")
    );
    settings["sp"]["x509cert"] = json!("");
    assert_eq!(problems(&settings), Vec::<String>::new());
    for flag in
        ["authnRequestsSigned", "logoutRequestSigned", "logoutResponseSigned", "wantAssertionsEncrypted"]
    {
        settings["security"] = json!({ flag: true });
        assert_eq!(
            problems(&settings),
            [format!("sp.privateKey: is missing, and needed because of security.{flag}")]
        );
    }
    let other = with("sp.privateKey", world().stranger().private_key().into());
    assert_eq!(problems(&other), ["sp.x509cert: does not belong to sp.privateKey"]);
    let curve = with("sp.privateKey", world().next.private_key().into());
    assert_eq!(problems(&curve), ["sp.privateKey: is not an RSA private key in PKCS#8 or PKCS#1"]);
    let locked = with(
        "sp.privateKey",
        json!("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----"),
    );
    assert_eq!(problems(&locked), ["sp.privateKey: is encrypted with a passphrase; give it without one"]);
}

#[test]
fn no_secret_is_ever_shown() {
    let key = world().ours.private_key();
    let body = key.lines().nth(2).expect("a line").to_owned();
    let settings = world().settings();
    let (us, _) = ServiceProvider::new(&settings.to_string(), None, Options::default()).expect("good");
    assert!(!format!("{us:?} {us:#?}").contains(&body));
    let broken: String =
        settings.to_string().chars().rev().skip(1).collect::<String>().chars().rev().collect();
    for text in [broken, with("sp.privateKey", key.replacen('M', "!", 1).into()).to_string()] {
        let error = ServiceProvider::new(&text, None, Options::default()).expect_err("broken");
        assert!(!format!("{error} {error:?}").contains(&body), "{error}");
    }
}

#[test]
fn what_is_no_object_is_told() {
    for text in ["", "[]", "7", "{", "null", "\"x\""] {
        let error = ServiceProvider::new(text, None, Options::default()).expect_err("no settings");
        assert_eq!(error.0[0].key, "saml_settings", "{text}");
    }
    assert!(problems(&with("sp", json!("x"))).contains(&"sp: has to be an object".to_owned()));
}
