//! Forged signatures: wrapped, stripped, of somebody else, weak, or over something else.

use t5g_saml::Reason;
use t5g_testkit::saml::{Algorithm, Hash, KeyPair, Signing, Wrapping, hmac_sha256, wrapped};

use crate::case::{Case, changed, check, response_changed};
use crate::world::{World, a_response, an_assertion, world};

const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

#[test]
fn forged_signatures_are_refused() {
    check(&cases());
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = wrappings();
    cases.extend(missing());
    cases.extend(of_others(world()));
    cases.extend(changed_afterwards());
    cases.extend(odd_contents(world()));
    cases.extend(odd_places());
    cases
}

fn wrappings() -> Vec<Case> {
    let forge = |xml: &str| xml.replace("8f0c", "admin");
    let reason = |wrapping| match wrapping {
        Wrapping::Four | Wrapping::Six | Wrapping::Seven => Reason::AssertionPlace,
        Wrapping::Two => Reason::Structure,
        Wrapping::Three | Wrapping::Five => Reason::AssertionCount,
        Wrapping::One | Wrapping::Eight => Reason::SignatureForm,
    };
    let case = |wrapping: &Wrapping| {
        let signed = if wrapping.of_response() { response_changed(|_, _| {}) } else { changed(|_, _| {}) };
        let xml = wrapped(&signed, *wrapping, &forge).expect("wrapped");
        Case::bad(format!("wrapping {wrapping:?}"), reason(*wrapping), &xml)
    };
    Wrapping::ALL.iter().map(case).collect()
}

fn missing() -> Vec<Case> {
    let plain = a_response().xml(&an_assertion().xml());
    let signed = changed(|_, _| {});
    let stripped = without(&signed, "<ds:Signature ", "</ds:Signature>");
    vec![
        Case::bad("no signature", Reason::Unsigned, &plain),
        Case::bad("the signature stripped", Reason::Unsigned, &stripped),
        Case::bad("the response has to be signed", Reason::ResponseUnsigned, &signed)
            .setting("security.wantMessagesSigned", true),
        Case::bad("the assertion has to be signed", Reason::AssertionUnsigned, &response_changed(|_, _| {}))
            .setting("security.wantAssertionsSigned", true),
        Case::bad("the assertion has to be encrypted", Reason::NotEncrypted, &signed)
            .setting("security.wantAssertionsEncrypted", true),
        Case::bad(
            "no signature value",
            Reason::SignatureForm,
            &without(&signed, "<ds:SignatureValue>", "</ds:SignatureValue>"),
        ),
        Case::bad(
            "an empty signature value",
            Reason::Signature,
            &emptied(&signed, "<ds:SignatureValue>", "</ds:SignatureValue>"),
        ),
        Case::bad(
            "no contents",
            Reason::SignatureForm,
            &without(&signed, "<ds:SignedInfo>", "</ds:SignedInfo>"),
        ),
        Case::bad(
            "no reference",
            Reason::SignatureForm,
            &without(&signed, "<ds:Reference ", "</ds:Reference>"),
        ),
    ]
}

fn of_others(world: &World) -> Vec<Case> {
    let (response, assertion) = (a_response(), an_assertion());
    let sign = |signing: Signing<'_>| signing.sign(&assertion.xml(), &assertion.id).expect("signed");
    // The stranger's certificate comes with the signature, and has the identity provider's name on it.
    let stranger = sign(Signing::with(world.stranger()));
    let ours = sign(Signing::with(&world.ours));
    let secret = world.idp.certificate().as_bytes().to_vec();
    let seal = |info: &[u8]| hmac_sha256(&secret, info);
    let to_hmac =
        |info: String| info.replace("2001/04/xmldsig-more#rsa-sha256", "2001/04/xmldsig-more#hmac-sha256");
    let hmac = sign(Signing { alter: Some(&to_hmac), value: Some(&seal), ..Signing::with(&world.idp) });
    let hmac_as_rsa = sign(Signing { value: Some(&seal), ..Signing::with(&world.idp) });
    let sha1 = sign(Signing { hash: Hash::Sha1, ..Signing::with(&world.idp) });
    let weak_digest = |info: String| info.replace(SHA256, Hash::Sha1.uri());
    let weak_digest = sign(Signing { alter: Some(&weak_digest), ..Signing::with(&world.idp) });
    let good = sign(Signing::with(&world.idp));
    // Keys that come along with the message.
    let named = good.replace("<ds:KeyInfo>", "<ds:KeyInfo><ds:KeyName>idp</ds:KeyName>");
    let of_stranger = world.response_signed(&response, &stranger);
    let by_stranger =
        Signing::with(world.stranger()).sign(&response.xml(&good), &response.id).expect("signed");
    vec![
        Case::bad("of somebody else", Reason::Signature, &response.xml(&stranger)),
        Case::bad("of ourselves", Reason::Signature, &response.xml(&ours)),
        Case::bad("HMAC with the public key", Reason::Algorithm, &response.xml(&hmac)),
        Case::bad("HMAC that calls itself RSA", Reason::Signature, &response.xml(&hmac_as_rsa)),
        Case::bad("SHA-1", Reason::Algorithm, &response.xml(&sha1)),
        Case::bad("SHA-1 for the contents only", Reason::Algorithm, &response.xml(&weak_digest)),
        Case::bad("a good response around somebody else's assertion", Reason::Signature, &of_stranger),
        Case::bad("somebody else's response around a good assertion", Reason::Signature, &by_stranger),
        Case::good("a key's name makes no difference", &response.xml(&named)),
    ]
}

#[test]
fn a_key_that_comes_with_the_message_is_never_used() {
    let world = world();
    let assertion = an_assertion();
    let curve = KeyPair::generate(Algorithm::P256, "login.example").expect("a key");
    for stranger in [world.stranger(), &curve] {
        let signed = Signing::with(stranger).sign(&assertion.xml(), &assertion.id).expect("signed");
        let (before, rest) = signed.split_once("<ds:KeyInfo>").expect("a key");
        let (_, after) = rest.split_once("</ds:KeyInfo>").expect("its end");
        let value = stranger.key_value().expect("a key's value");
        for contents in [format!("<ds:KeyValue>{value}</ds:KeyValue>"), value] {
            let forged = format!("{before}<ds:KeyInfo>{contents}</ds:KeyInfo>{after}");
            let refused = Case::good("", &a_response().xml(&forged)).run().expect_err("believed");
            assert!(
                matches!(refused.reason(), Reason::Signature | Reason::SignatureForm | Reason::Structure),
                "{refused}"
            );
            // The certificate of the settings beside it makes no difference.
            let both = forged.replace(
                "<ds:KeyInfo>",
                &format!(
                    "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data>",
                    world.idp.bare_certificate()
                ),
            );
            Case::good("", &a_response().xml(&both)).run().expect_err("believed");
        }
    }
}

fn changed_afterwards() -> Vec<Case> {
    let (signed, whole) = (changed(|_, _| {}), response_changed(|_, _| {}));
    let both = world().response_signed(&a_response(), &world().signed(&an_assertion()));
    let case = |name: &str, from: &str, to: &str| {
        assert!(whole.contains(from) && signed.contains(from), "{from}");
        [
            Case::bad(format!("{name}, assertion signed"), Reason::Signature, &signed.replacen(from, to, 1)),
            Case::bad(format!("{name}, response signed"), Reason::Signature, &whole.replacen(from, to, 1)),
            Case::bad(format!("{name}, both signed"), Reason::Signature, &both.replacen(from, to, 1)),
        ]
    };
    let mut cases: Vec<Case> = [
        case("a value changed", ">8f0c<", ">admin<"),
        case("an attribute renamed", "Name=\"memberOf\"", "Name=\"memberOF\""),
        case(
            "a value added",
            "</saml:Attribute>",
            "<saml:AttributeValue>x</saml:AttributeValue></saml:Attribute>",
        ),
        case("the name changed", ">_n1<", ">_n2<"),
        case("the session lengthened", "T13:06:07Z", "T23:06:07Z"),
        case("space added to a value", ">8f0c<", ">8f0c <"),
        case("the digest changed", "<ds:DigestValue>", "<ds:DigestValue>AAAA"),
    ]
    .into_iter()
    .flatten()
    .collect();
    cases.push(Case::bad(
        "the response changed where only it is signed",
        Reason::Signature,
        &whole.replacen("Version=\"2.0\"", "Version=\"2.0\" Consent=\"urn:x\"", 1),
    ));
    cases
}

/// Good signatures over odd contents: only who has the key can make them, or who finds one made elsewhere.
fn odd_contents(world: &World) -> Vec<Case> {
    let (response, assertion) = (a_response(), an_assertion());
    let case = |name: &str, reason, alter: &dyn Fn(String) -> String| {
        let signing = Signing { alter: Some(alter), ..Signing::with(&world.idp) };
        let signed = signing.sign(&assertion.xml(), &assertion.id).expect("signed");
        Case::bad(name, reason, &response.xml(&signed))
    };
    let transform = "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:Transform>";
    let enveloped =
        "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></ds:Transform>";
    let instead = |algorithm: &str| format!("<ds:Transform Algorithm=\"{algorithm}\"></ds:Transform>");
    vec![
        case("over nothing named", Reason::SignatureReference, &|info| {
            info.replace("URI=\"#_assertion\"", "URI=\"\"")
        }),
        case("over nothing at all", Reason::SignatureReference, &|info| {
            info.replace(" URI=\"#_assertion\"", "")
        }),
        case("over the response from the assertion", Reason::SignatureReference, &|info| {
            info.replace("#_assertion", "#_response")
        }),
        case("over something elsewhere", Reason::SignatureReference, &|info| {
            info.replace("#_assertion", "https://other.example/x")
        }),
        case("over a file", Reason::SignatureReference, &|info| {
            info.replace("#_assertion", "file:///etc/passwd")
        }),
        case("over a path", Reason::SignatureReference, &|info| {
            info.replace("#_assertion", "#xpointer(id('_assertion'))")
        }),
        case("over two things", Reason::DuplicateElement, &|info| {
            let reference =
                &info[info.find("<ds:Reference ").expect("one")..info.find("</ds:SignedInfo>").expect("one")];
            info.replace(reference, &reference.repeat(2))
        }),
        case("XSLT", Reason::Algorithm, &|info| {
            info.replace(transform, &instead("http://www.w3.org/TR/1999/REC-xslt-19991116"))
        }),
        case("an XSLT stylesheet", Reason::SignatureForm, &|info| {
            let sheet =
                "<xsl:stylesheet xmlns:xsl=\"http://www.w3.org/1999/XSL/Transform\"></xsl:stylesheet>";
            info.replace(
                "</ds:Transform></ds:Transforms>",
                &format!("{sheet}</ds:Transform></ds:Transforms>"),
            )
        }),
        case("XPath", Reason::Algorithm, &|info| {
            info.replace(transform, &instead("http://www.w3.org/TR/1999/REC-xpath-19991116"))
        }),
        case("base64", Reason::Algorithm, &|info| {
            info.replace(transform, &instead("http://www.w3.org/2000/09/xmldsig#base64"))
        }),
        case("not enveloped", Reason::Algorithm, &|info| info.replace(enveloped, "")),
        case("enveloped twice", Reason::Algorithm, &|info| info.replace(transform, enveloped)),
        case("three transformations", Reason::Algorithm, &|info| {
            info.replace(transform, &transform.repeat(2))
        }),
        case("no transformations", Reason::SignatureForm, &|info| {
            info.replace(enveloped, "").replace(transform, "")
        }),
        case("the older canonical form for contents", Reason::Algorithm, &|info| {
            info.replace(transform, &instead("http://www.w3.org/TR/2001/REC-xml-c14n-20010315"))
        }),
        case("no canonical form for contents", Reason::SignatureForm, &|info| info.replace(transform, "")),
        case("another canonical form", Reason::Algorithm, &|info| {
            info.replacen(EXCLUSIVE, "http://www.w3.org/2006/12/xml-c14n11", 1)
        }),
        case("a shortened HMAC", Reason::SignatureForm, &|info| {
            let length = "<ds:HMACOutputLength>8</ds:HMACOutputLength></ds:SignatureMethod>";
            info.replace("</ds:SignatureMethod>", length)
        }),
        case("a long list of prefixes", Reason::SignatureForm, &|info| {
            let list = format!(
                "<ec:InclusiveNamespaces xmlns:ec=\"{EXCLUSIVE}\" PrefixList=\"{}\"></ec:InclusiveNamespaces>",
                "a ".repeat(50_000)
            );
            info.replace(transform, &transform.replace("></", &format!(">{list}</")))
        }),
        case("MD5", Reason::Algorithm, &|info| {
            info.replace("xmldsig-more#rsa-sha256", "xmldsig-more#rsa-md5")
        }),
    ]
}

fn odd_places() -> Vec<Case> {
    let signed = changed(|_, _| {});
    let signature = &signed
        [signed.find("<ds:Signature ").expect("one")..signed.find("</ds:Signature>").expect("one") + 15];
    let in_subject =
        signed.replacen(signature, "", 1).replace("<saml:Subject>", &format!("<saml:Subject>{signature}"));
    let object = "<ds:Object></ds:Object></ds:Signature>";
    let manifest = "<ds:Object><ds:Manifest></ds:Manifest></ds:Object></ds:Signature>";
    let retrieval = "<ds:KeyInfo><ds:RetrievalMethod URI=\"https://other.example/key\"></ds:RetrievalMethod>";
    vec![
        Case::bad("in the subject", Reason::SignaturePlace, &in_subject),
        Case::bad("twice", Reason::DuplicateElement, &signed.replace(signature, &signature.repeat(2))),
        Case::bad("an object", Reason::SignatureForm, &signed.replace("</ds:Signature>", object)),
        Case::bad("a manifest", Reason::SignatureForm, &signed.replace("</ds:Signature>", manifest)),
        Case::bad("a key to be fetched", Reason::SignatureForm, &signed.replace("<ds:KeyInfo>", retrieval)),
        Case::bad(
            "a signature in the extensions",
            Reason::SignaturePlace,
            &changed(|response, _| {
                response.extra = format!("<samlp:Extensions>{signature}</samlp:Extensions>");
            }),
        ),
    ]
}

#[test]
fn a_short_key_is_not_taken() {
    let short = KeyPair::generate(Algorithm::ShortRsa, "short").expect("a key");
    let mut settings = world().settings();
    settings["idp"]["x509cert"] = short.certificate().into();
    let error = t5g_saml::ServiceProvider::new(&settings.to_string(), None, t5g_saml::Options::default());
    let error = error.expect_err("too short").to_string();
    assert!(error.contains("CN=short") && error.contains("1024 bits; 2048"), "{error}");
}

fn without(text: &str, start: &str, end: &str) -> String {
    let (from, to) = (text.find(start).expect("a start"), text.find(end).expect("an end") + end.len());
    format!("{}{}", &text[..from], &text[to..])
}

fn emptied(text: &str, start: &str, end: &str) -> String {
    let (from, to) = (text.find(start).expect("a start") + start.len(), text.find(end).expect("an end"));
    format!("{}{}", &text[..from], &text[to..])
}
