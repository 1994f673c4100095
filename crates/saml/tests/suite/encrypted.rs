//! Encrypted assertions: who encrypts proves nothing, and what comes out is looked at as closely as what went in.

use t5g_saml::Reason;
use t5g_testkit::saml::{Content, Encryption};

use crate::case::{Case, check, numbered};
use crate::world::{World, a_response, an_assertion, world};

const XENC: &str = " xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\"";
const OAEP: &str = "http://www.w3.org/2009/xmlenc11#rsa-oaep";

#[test]
fn encrypted_assertions_are_opened_and_checked() {
    check(&good_cases());
    check(&cases());
}

fn sealed(encryption: &Encryption, assertion: &str) -> String {
    encryption.encrypt(assertion.as_bytes(), &world().ours).expect("encrypted")
}

fn usual() -> Encryption {
    Encryption::new(Content::Aes256Gcm)
}

/// A signed assertion, encrypted, in a response that is not signed.
fn around(assertion: &str) -> String {
    a_response().xml(&sealed(&usual(), assertion))
}

fn good_cases() -> Vec<Case> {
    let world = world();
    let (response, plain) = (a_response(), an_assertion().xml());
    let signed = world.signed(&an_assertion());
    let digest = "<ds:DigestMethod xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" \
                  Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></ds:DigestMethod>";
    let mask = "<xenc11:MGF xmlns:xenc11=\"http://www.w3.org/2009/xmlenc11#\" \
                Algorithm=\"http://www.w3.org/2009/xmlenc11#mgf1sha256\"></xenc11:MGF>";
    let newer = Encryption {
        key_name: OAEP.to_owned(),
        parameters: format!("{digest}{mask}"),
        digest: "sha256".to_owned(),
        mask: "sha256".to_owned(),
        ..usual()
    };
    let mixed = Encryption { parameters: digest.to_owned(), digest: "sha256".to_owned(), ..usual() };
    let beside = Encryption { key_beside: true, ..usual() };
    let declared = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{signed}");
    vec![
        Case::good("signed inside", &around(&signed)),
        Case::good("signed inside, as wanted", &around(&signed))
            .setting("security.wantAssertionsEncrypted", true)
            .setting("security.wantAssertionsSigned", true),
        Case::good("signed outside", &world.response_signed(&response, &sealed(&usual(), &plain))),
        Case::good(
            "signed inside and outside",
            &world.response_signed(&response, &sealed(&usual(), &signed)),
        )
        .setting("security.wantMessagesSigned", true)
        .setting("security.wantAssertionsSigned", true),
        Case::good("AES-128", &response.xml(&sealed(&Encryption::new(Content::Aes128Gcm), &signed))),
        Case::good("newer padding", &response.xml(&sealed(&newer, &signed))),
        Case::good("newer padding, older mask", &response.xml(&sealed(&mixed, &signed))),
        Case::good("the key beside the data", &response.xml(&sealed(&beside, &signed))),
        Case::good("a declaration inside", &around(&declared)),
        Case::good(
            "CBC in a signed response",
            &world.response_signed(&response, &sealed(&Encryption::new(Content::Aes256Cbc), &plain)),
        ),
    ]
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = untrusted(world());
    cases.extend(inside(world()));
    cases.extend(broken(world()));
    cases.extend(forms(world()));
    cases
}

fn untrusted(world: &World) -> Vec<Case> {
    let (response, plain) = (a_response(), an_assertion().xml());
    let signed = world.signed(&an_assertion());
    let cbc = Encryption::new(Content::Aes256Cbc);
    let changed = signed.replacen("8f0c", "admin", 1);
    let outside = world.response_signed(&response, &sealed(&usual(), &plain));
    vec![
        Case::bad("encrypted, not signed", Reason::Unsigned, &around(&plain)),
        Case::bad("changed inside", Reason::Signature, &around(&changed)),
        Case::bad(
            "changed inside a signed response",
            Reason::Signature,
            &world.response_signed(&response, &sealed(&usual(), &changed)),
        ),
        Case::bad("only the response is signed", Reason::AssertionUnsigned, &outside)
            .setting("security.wantAssertionsSigned", true),
        Case::bad("only the assertion is signed", Reason::ResponseUnsigned, &around(&signed))
            .setting("security.wantMessagesSigned", true),
        Case::bad("another one in a signed response", Reason::Signature, &{
            let (from, to) = (
                outside.find("<saml:EncryptedAssertion").expect("one"),
                outside.find("</samlp:Response>").expect("one"),
            );
            format!("{}{}{}", &outside[..from], sealed(&usual(), &signed), &outside[to..])
        }),
        Case::bad("CBC, signed inside", Reason::UnsealedEncryption, &response.xml(&sealed(&cbc, &signed))),
        Case::bad("CBC, not signed", Reason::UnsealedEncryption, &response.xml(&sealed(&cbc, &plain))),
        Case::bad(
            "encrypted and plain",
            Reason::AssertionCount,
            &response.xml(&format!("{}{signed}", sealed(&usual(), &signed))),
        ),
        Case::bad(
            "for another audience",
            Reason::Audience,
            &around(&{
                let mut assertion = an_assertion();
                assertion.audiences = Some(vec![vec!["https://other.example".to_owned()]]);
                world.signed(&assertion)
            }),
        ),
    ]
}

/// The preflight sees what was decrypted, before anything is built of it.
fn inside(world: &World) -> Vec<Case> {
    let signed = world.signed(&an_assertion());
    let attributes = numbered(20_000, |number| format!(" a{number}=\"\""));
    let xpath = |info: String| {
        info.replace(
            "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\">",
            "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\">",
        )
    };
    let signing =
        t5g_testkit::saml::Signing { alter: Some(&xpath), ..t5g_testkit::saml::Signing::with(&world.idp) };
    let xpath = signing.sign(&an_assertion().xml(), "_assertion").expect("signed");
    vec![
        Case::bad("a document type inside", Reason::Doctype, &around(&format!("<!DOCTYPE x>{signed}"))),
        Case::bad(
            "a comment inside",
            Reason::Comment,
            &around(&signed.replacen(">8f0c<", ">8f<!-- -->0c<", 1)),
        ),
        Case::bad(
            "20,000 attributes inside",
            Reason::TooManyAttributes,
            &around(&format!("<x{attributes}/>")),
        ),
        Case::bad(
            "another message inside",
            Reason::WrongMessage,
            &around(&world.assertion_signed(&a_response(), &an_assertion())),
        ),
        Case::bad("two assertions inside", Reason::Xml, &around(&signed.repeat(2))),
        Case::bad(
            "an assertion in the assertion",
            Reason::AssertionPlace,
            &around(&signed.replace("</saml:Subject>", &format!("</saml:Subject>{signed}"))),
        ),
        Case::bad("encrypted again", Reason::WrongMessage, &around(&sealed(&usual(), &signed))),
        Case::bad("XPath inside", Reason::Algorithm, &around(&xpath)),
        Case::bad("no XML inside", Reason::Xml, &around("hello")),
        Case::bad(
            "prefixes of the outside",
            Reason::Xml,
            &around(&signed.replacen(" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"", "", 1)),
        ),
        Case::bad(
            "not UTF-8 inside",
            Reason::Encoding,
            &a_response().xml(&usual().encrypt(&[b'<', 0xff], &world.ours).expect("encrypted")),
        ),
    ]
}

/// All of these fail for one reason, told in one sentence.
fn broken(world: &World) -> Vec<Case> {
    let response = a_response();
    let signed = world.signed(&an_assertion());
    let for_others = usual().encrypt(signed.as_bytes(), world.stranger()).expect("encrypted");
    let good = around(&signed);
    let last = good.rfind("</xenc:CipherValue>").expect("a value");
    let other_padding = Encryption { digest: "sha256".to_owned(), ..usual() };
    let other_length =
        Encryption { content_name: "http://www.w3.org/2009/xmlenc11#aes128-gcm".to_owned(), ..usual() };
    let as_cbc =
        Encryption { content_name: "http://www.w3.org/2001/04/xmlenc#aes256-cbc".to_owned(), ..usual() };
    vec![
        Case::bad("for somebody else", Reason::Decryption, &response.xml(&for_others)),
        Case::bad(
            "one byte changed",
            Reason::Decryption,
            &format!("{}AAAA{}", &good[..last - 4], &good[last..]),
        ),
        Case::bad("cut short", Reason::Decryption, &format!("{}{}", &good[..last - 40], &good[last..])),
        Case::bad("not base64", Reason::Decryption, &format!("{}!{}", &good[..last], &good[last..])),
        Case::bad("another padding", Reason::Decryption, &response.xml(&sealed(&other_padding, &signed))),
        Case::bad(
            "a key of another length",
            Reason::Decryption,
            &response.xml(&sealed(&other_length, &signed)),
        ),
        Case::bad(
            "not CBC",
            Reason::Decryption,
            &world.response_signed(&response, &sealed(&as_cbc, &signed)),
        ),
        Case::bad("without a key of ours", Reason::Decryption, &good)
            .setting("sp.privateKey", "")
            .setting("sp.x509cert", ""),
    ]
}

#[test]
fn failing_to_decrypt_tells_nothing() {
    let told: Vec<String> =
        broken(world()).iter().map(|case| case.run().expect_err("refused").to_string()).collect();
    assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
}

fn forms(world: &World) -> Vec<Case> {
    let response = a_response();
    let signed = world.signed(&an_assertion());
    let good = around(&signed);
    let named = |content: &str, key: &str| {
        let encryption = Encryption { content_name: content.to_owned(), key_name: key.to_owned(), ..usual() };
        response.xml(&sealed(&encryption, &signed))
    };
    let (gcm, oaep) = (usual().content_name, usual().key_name);
    let cut = |start: &str, end: &str| {
        let (from, to) = (good.find(start).expect("a start"), good.find(end).expect("an end") + end.len());
        format!("{}{}", &good[..from], &good[to..])
    };
    let key = {
        let (from, to) =
            (good.find("<xenc:EncryptedKey ").expect("one"), good.find("</xenc:EncryptedKey>").expect("one"));
        good[from..to + "</xenc:EncryptedKey>".len()].to_owned()
    };
    let (from, to) =
        (good.rfind("<xenc:CipherValue>").expect("one"), good.rfind("</xenc:CipherData>").expect("one"));
    let reference = format!(
        "{}<xenc:CipherReference URI=\"https://other.example/x\"></xenc:CipherReference>{}",
        &good[..from],
        &good[to..]
    );
    let derived = good.replace(
        "<xenc:EncryptedKey ",
        "<x:DerivedKey xmlns:x=\"http://www.w3.org/2009/xmlenc11#\"></x:DerivedKey><xenc:EncryptedKey ",
    );
    vec![
        Case::bad("triple DES", Reason::Algorithm, &named("http://www.w3.org/2001/04/xmlenc#tripledes-cbc", &oaep)),
        Case::bad("older key padding", Reason::Algorithm, &named(&gcm, "http://www.w3.org/2001/04/xmlenc#rsa-1_5")),
        Case::bad("a wrapped key", Reason::Algorithm, &named(&gcm, "http://www.w3.org/2001/04/xmlenc#kw-aes256")),
        Case::bad("MD5 in the padding", Reason::Algorithm, &good.replace(
            "</xenc:EncryptionMethod><xenc:CipherData>",
            "<ds:DigestMethod xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#md5\"></ds:DigestMethod></xenc:EncryptionMethod><xenc:CipherData>",
        )),
        Case::bad("another mask", Reason::Algorithm, &good.replace(
            "</xenc:EncryptionMethod><xenc:CipherData>",
            "<m:MGF xmlns:m=\"http://www.w3.org/2009/xmlenc11#\" Algorithm=\"urn:x\"></m:MGF></xenc:EncryptionMethod><xenc:CipherData>",
        )),
        Case::bad("no key", Reason::EncryptionForm, &good.replace(&key, "")),
        Case::bad("two keys", Reason::DuplicateElement, &good.replace(&key, &key.repeat(2).replacen(" Id=\"_key\"", "", 1))),
        Case::bad("a key in two places", Reason::EncryptionForm, &good.replace(
            "</saml:EncryptedAssertion>",
            &format!("{}</saml:EncryptedAssertion>", key.replacen(" Id=\"_key\"", XENC, 1)),
        )),
        Case::bad("no data", Reason::EncryptionForm, &cut("<xenc:EncryptedData ", "</xenc:EncryptedData>")),
        Case::bad("data elsewhere", Reason::EncryptionForm, &reference),
        Case::bad("a derived key", Reason::EncryptionForm, &derived),
        Case::bad("a key in a signature", Reason::EncryptionForm, &world.assertion_signed(&a_response(), &an_assertion()).replace("<ds:KeyInfo>", &format!("<ds:KeyInfo>{}", key.replacen(" Id=", &format!("{XENC} Id="), 1)))),
    ]
}
