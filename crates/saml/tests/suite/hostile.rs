//! Messages that are made to hurt whoever reads them.

use t5g_saml::Reason;
use t5g_testkit::saml::{Response, Signing, field};

use crate::case::{Case, changed, check, numbered, response_changed};
use crate::world::{a_response, an_assertion, world};

#[test]
fn hostile_messages_are_refused() {
    check(&cases());
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = encodings();
    cases.extend(remarks());
    cases.extend(bombs());
    cases.extend(shapes());
    cases.extend(identifiers());
    cases.extend(attributes());
    cases
}

fn encodings() -> Vec<Case> {
    let good = changed(|_, _| {});
    let latin = format!("<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>{good}");
    let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let bytes = |bytes: &[u8]| {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(bytes)
    };
    vec![
        Case::raw("not base64", Some(Reason::Base64), good.clone()),
        Case::raw("base64 of URLs", Some(Reason::Base64), "-_8=".to_owned()),
        Case::raw("nothing", Some(Reason::Xml), String::new()),
        Case::raw("too long a field", Some(Reason::TooLarge), "A".repeat(500_000)),
        Case::raw("too long a message", Some(Reason::TooLarge), field(&" ".repeat(256 * 1024 + 1))),
        Case::raw("not UTF-8", Some(Reason::Encoding), bytes(&[0xff, 0xfe, b'<'])),
        Case::raw("UTF-16", Some(Reason::Encoding), bytes(&utf16)),
        Case::bad("another encoding", Reason::Encoding, &latin),
        Case::bad("another XML", Reason::Xml, &format!("<?xml version=\"1.1\"?>{good}")),
        Case::bad("no XML", Reason::Xml, "hello"),
        Case::bad("half of it", Reason::Xml, &good[..good.len() / 2]),
        Case::bad("two of it", Reason::Xml, &good.repeat(2)),
        Case::bad("something behind it", Reason::Xml, &format!("{good}x")),
        Case::bad("tags that cross", Reason::Xml, "<a><b></a></b>"),
        Case::bad(
            "a prefix that nobody declared",
            Reason::Xml,
            &good.replacen("xmlns:samlp=", "xmlns:other=", 1),
        ),
        Case::bad("an attribute twice", Reason::Xml, &good.replacen(" ID=", " ID=\"_x\" ID=", 1)),
        Case::bad("a null", Reason::Xml, &good.replacen("8f0c", "8f0c\0", 1)),
        Case::bad("a null by number", Reason::Xml, &good.replacen("8f0c", "8f0c&#0;", 1)),
        Case::bad("a tag in a tag", Reason::Xml, "<a <b></b>"),
        Case::bad("a tag without end", Reason::Xml, "<a b='"),
        Case::bad("a reference without end", Reason::Xml, "<a>&amp</a>"),
    ]
}

fn remarks() -> Vec<Case> {
    let good = changed(|_, _| {});
    let inside = |text: &str| {
        changed(|_, assertion| {
            assertion.name_id = format!("<saml:NameID>{text}</saml:NameID>");
        })
    };
    let doctype = |dtd: &str| format!("<!DOCTYPE Response {dtd}>{good}");
    vec![
        Case::bad("a comment in the name", Reason::Comment, &good.replacen(">_n1<", ">admin<!---->_n1<", 1)),
        Case::bad("a comment in a value", Reason::Comment, &good.replacen(">8f0c<", ">8f<!-- -->0c<", 1)),
        Case::bad("a signed comment in the name", Reason::Comment, &inside("admin<!---->@other")),
        Case::bad("a comment at the end", Reason::Comment, &format!("{good}<!-- x -->")),
        Case::bad("CDATA in a value", Reason::Cdata, &good.replacen(">8f0c<", "><![CDATA[8f0c]]><", 1)),
        Case::bad(
            "an instruction in a value",
            Reason::ProcessingInstruction,
            &good.replacen(">8f0c<", ">8f<?x?>0c<", 1),
        ),
        Case::bad(
            "an instruction before",
            Reason::ProcessingInstruction,
            &format!("<?xml-stylesheet href='x'?>{good}"),
        ),
        Case::bad(
            "two declarations",
            Reason::ProcessingInstruction,
            &format!("<?xml version='1.0'?><?xml version='1.0'?>{good}"),
        ),
        Case::bad("a document type", Reason::Doctype, &doctype("")),
        Case::bad(
            "an external document type",
            Reason::Doctype,
            &doctype("SYSTEM \"https://other.example/x.dtd\""),
        ),
        Case::bad(
            "an entity from a file",
            Reason::Doctype,
            &doctype("[<!ENTITY x SYSTEM \"file:///etc/passwd\">]"),
        ),
        Case::bad(
            "a parameter entity",
            Reason::Doctype,
            &doctype("[<!ENTITY % x SYSTEM \"https://other.example\"> %x;]"),
        ),
        Case::bad(
            "a billion laughs",
            Reason::Doctype,
            &doctype("[<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;\">]"),
        ),
        Case::bad(
            "an attribute by default",
            Reason::Doctype,
            &doctype("[<!ATTLIST saml:Assertion ID ID #FIXED \"x\">]"),
        ),
        Case::bad("an entity without declaration", Reason::Entity, &good.replacen(">8f0c<", ">&who;<", 1)),
        Case::bad(
            "an entity in an attribute",
            Reason::Entity,
            &good.replacen("Version=\"2.0\"", "Version=\"&v;\"", 1),
        ),
    ]
}

fn bombs() -> Vec<Case> {
    let response: Response = a_response();
    let with = |contents: &str| response.xml(contents);
    let attributes = |count: usize| {
        let all = numbered(count, |number| format!(" a{number}=\"\""));
        with(&format!("<x xmlns=\"urn:x\"{all}></x>"))
    };
    let namespaces = numbered(33, |number| format!(" xmlns:n{number}=\"urn:{number}\""));
    let sixty = numbered(60, |number| format!(" b{number}=''"));
    let deep = |depth: usize| format!("{}{}", "<x>".repeat(depth), "</x>".repeat(depth));
    let nested = |depth: usize| {
        let open =
            numbered(depth, |number| format!("<x xmlns:a{number}=\"urn:a\" xmlns:b{number}=\"urn:b\">"));
        format!("{open}{}", "</x>".repeat(depth))
    };
    let in_extensions = |xml: &str| {
        changed(|response, _| {
            response.extra = format!("<samlp:Extensions><e xmlns=\"urn:x\">{xml}</e></samlp:Extensions>");
        })
    };
    vec![
        Case::bad("too many elements", Reason::TooManyElements, &with(&"<x></x>".repeat(2_001))),
        Case::bad("too many empty elements", Reason::TooManyElements, &with(&"<x/>".repeat(20_000))),
        Case::bad("65 attributes", Reason::TooManyAttributes, &attributes(65)),
        Case::bad("20,000 attributes", Reason::TooManyAttributes, &attributes(20_000)),
        Case::bad("33 namespaces", Reason::TooManyAttributes, &with(&format!("<x{namespaces}></x>"))),
        Case::bad("33 namespaces around one element", Reason::TooManyAttributes, &in_extensions(&nested(17))),
        Case::good("many namespaces side by side", &in_extensions(&nested(8).repeat(20))),
        Case::bad(
            "many attributes of many elements",
            Reason::TooManyAttributes,
            &with(&format!("<x{sixty}></x>").repeat(70)),
        ),
        Case::bad("33 deep", Reason::TooDeep, &in_extensions(&deep(30))),
        Case::good("32 deep", &in_extensions(&deep(29))),
        Case::bad("30,000 deep", Reason::TooManyElements, &"<x>".repeat(30_000)),
        Case::bad("1,900 deep", Reason::TooDeep, &"<x>".repeat(1_900)),
    ]
}

fn shapes() -> Vec<Case> {
    let good = changed(|_, _| {});
    let value = |xml: &str| good.replacen(">8f0c<", &format!(">{xml}<"), 1);
    let second = |response: &mut Response| {
        response.extra = world().signed(&an_assertion());
    };
    vec![
        Case::bad(
            "another message",
            Reason::WrongMessage,
            &good.replace("samlp:Response", "samlp:ArtifactResponse"),
        ),
        Case::bad("an assertion alone", Reason::WrongMessage, &world().signed(&an_assertion())),
        Case::bad(
            "a response in another namespace",
            Reason::WrongMessage,
            &good.replacen("urn:oasis:names:tc:SAML:2.0:protocol", "urn:oasis:names:tc:SAML:1.0:protocol", 1),
        ),
        Case::bad("SAML 1.1", Reason::Version, &good.replacen("Version=\"2.0\"", "Version=\"1.1\"", 1)),
        Case::bad("an assertion of 1.1", Reason::Version, &{
            let xml = an_assertion().xml().replacen("Version=\"2.0\"", "Version=\"1.1\"", 1);
            world().response_signed(&a_response(), &xml)
        }),
        Case::bad("no version", Reason::Version, &good.replacen(" Version=\"2.0\"", "", 1)),
        Case::bad("two assertions", Reason::AssertionCount, &changed(|response, _| second(response))),
        Case::bad(
            "two assertions, all signed",
            Reason::AssertionCount,
            &response_changed(|response, _| second(response)),
        ),
        Case::bad(
            "an assertion in the extensions",
            Reason::AssertionPlace,
            &changed(|response, _| {
                response.extra = format!("<samlp:Extensions>{}</samlp:Extensions>", an_assertion().xml());
            }),
        ),
        Case::bad(
            "an assertion in the advice",
            Reason::AssertionPlace,
            &changed(|_, assertion| {
                assertion.extra = format!("<saml:Advice>{}</saml:Advice>", an_assertion().xml());
            }),
        ),
        Case::bad(
            "an assertion in another namespace",
            Reason::AssertionPlace,
            &a_response().xml("<Assertion xmlns=\"urn:x\"></Assertion>"),
        ),
        Case::bad(
            "two statuses",
            Reason::DuplicateElement,
            &good.replace("<samlp:Status>", "<samlp:Status></samlp:Status><samlp:Status>"),
        ),
        Case::bad(
            "two subjects",
            Reason::DuplicateElement,
            &changed(|_, assertion| {
                assertion.extra = "<saml:Subject></saml:Subject>".to_owned();
            }),
        ),
        Case::bad(
            "two names",
            Reason::DuplicateElement,
            &changed(|_, assertion| {
                assertion.name_id = assertion.name_id.repeat(2);
            }),
        ),
        Case::bad(
            "two issuers",
            Reason::DuplicateElement,
            &changed(|response, _| {
                response.extra =
                    "<saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">x</saml:Issuer>"
                        .to_owned();
            }),
        ),
        Case::bad("an element in a value", Reason::NestedValue, &value("8f0c<b></b>")),
        Case::bad(
            "a value in a value",
            Reason::NestedValue,
            &value("<saml:AttributeValue>x</saml:AttributeValue>"),
        ),
        Case::bad("an element in the name", Reason::NestedValue, &good.replacen(">_n1<", "><x></x>_n1<", 1)),
        Case::bad(
            "an element of nobody",
            Reason::Structure,
            &good.replace("</samlp:Response>", "<x></x></samlp:Response>"),
        ),
        Case::bad(
            "a decision",
            Reason::Structure,
            &changed(|_, assertion| {
                assertion.extra = "<saml:AuthzDecisionStatement></saml:AuthzDecisionStatement>".to_owned();
            }),
        ),
    ]
}

fn identifiers() -> Vec<Case> {
    let good = changed(|_, _| {});
    let same = response_changed(|response, assertion| assertion.id.clone_from(&response.id));
    vec![
        Case::bad("one name for both", Reason::DuplicateId, &same),
        Case::bad(
            "the assertion's name at its signature",
            Reason::DuplicateId,
            &good.replace("<ds:Signature ", "<ds:Signature Id=\"_assertion\" "),
        ),
        Case::bad("no name", Reason::IdAttribute, &good.replacen(" ID=\"_response\"", "", 1)),
        Case::bad("an empty name", Reason::IdAttribute, &good.replacen(" ID=\"_response\"", " ID=\"\"", 1)),
        Case::bad(
            "a name that points",
            Reason::IdAttribute,
            &response_changed(|response, _| response.id = "xpointer(/)".to_owned()),
        ),
        Case::bad(
            "Id for ID",
            Reason::IdAttribute,
            &good.replacen(" ID=\"_response\"", " Id=\"_response\"", 1),
        ),
        Case::bad(
            "a name at a status",
            Reason::IdAttribute,
            &good.replace("<samlp:Status>", "<samlp:Status ID=\"_x\">"),
        ),
        Case::bad(
            "xml:id",
            Reason::IdAttribute,
            &good.replace("<samlp:Status>", "<samlp:Status xml:id=\"_x\">"),
        ),
        Case::bad(
            "a name with a prefix",
            Reason::IdAttribute,
            &good.replace("<saml:Subject>", "<saml:Subject saml:ID=\"_x\">"),
        ),
        Case::bad(
            "a second name with a prefix",
            Reason::IdAttribute,
            &good.replacen(" ID=\"_response\"", " ID=\"_response\" samlp:ID=\"_x\"", 1),
        ),
        Case::bad(
            "a name in the extensions",
            Reason::IdAttribute,
            &changed(|response, _| {
                response.extra =
                    "<samlp:Extensions><x xmlns=\"urn:x\" iD=\"_assertion\"></x></samlp:Extensions>"
                        .to_owned();
            }),
        ),
        Case::bad(
            "an old name",
            Reason::IdAttribute,
            &good.replacen(" ID=\"_response\"", " ID=\"_response\" AssertionID=\"_assertion\"", 1),
        ),
    ]
}

/// The verifier finds attributes by their local names: one with a prefix would be taken for the one that was checked,
/// before any signature is. A file would be read, a transformation run.
fn attributes() -> Vec<Case> {
    let good = changed(|_, _| {});
    let place = |name: &str, from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        Case::bad(name, Reason::AttributePlace, &good.replacen(from, to, 1))
    };
    let mut cases = vec![
        place("a file", "<ds:Reference URI=", "<ds:Reference xmlns:x=\"urn:x\" x:URI=\"dev/zero\" URI="),
        place(
            "a transformation",
            "<ds:Transform Algorithm=",
            "<ds:Transform xmlns:x=\"urn:x\" x:Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\" Algorithm=",
        ),
        place(
            "a canonical form",
            "<ds:CanonicalizationMethod Algorithm=",
            "<ds:CanonicalizationMethod xmlns:x=\"urn:x\" x:Algorithm=\"urn:y\" Algorithm=",
        ),
        place("behind it", "<ds:DigestMethod Algorithm=", "<ds:DigestMethod xml:lang=\"en\" Algorithm="),
        place("a kind of reference", "<ds:Reference URI=", "<ds:Reference Type=\"urn:x\" URI="),
        place("where none is", "<ds:Transforms>", "<ds:Transforms Algorithm=\"urn:x\">"),
        place(
            "one local name twice",
            " Name=\"rhatUUID\"",
            " xmlns:x=\"urn:x\" x:Name=\"memberOf\" Name=\"rhatUUID\"",
        ),
    ];
    let list = Signing { prefixes: "saml", ..Signing::with(&world().idp) };
    let signed = list.sign(&an_assertion().xml(), "_assertion").unwrap();
    let odd = signed.replacen(" PrefixList=", " xmlns:x=\"urn:x\" x:PrefixList=\"xs\" PrefixList=", 1);
    assert_ne!(odd, signed);
    cases.push(Case::bad("a list of prefixes", Reason::AttributePlace, &a_response().xml(&odd)));
    cases
}
