//! Logging out: what we send, and what we believe of what comes.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde_json::Value;
use t5g_saml::{LogoutMessage, LogoutOutcome, Options, Reason, Subject};
use t5g_testkit::saml::{Hash, KeyPair, Signing, at, field};
use url::form_urlencoded::{byte_serialize, parse};

use crate::world::{IDP, SLO, SLS, SP, an_assertion, now, provider, world};

const ANSWERED: &str = "_logout-1";

pub(crate) enum Carrier {
    Query(String),
    Form { field: String, is_request: bool },
}

pub(crate) struct Case {
    name: &'static str,
    pub(crate) want: Option<Reason>,
    carrier: Carrier,
    expected: Option<&'static str>,
    settings: Value,
}

impl Case {
    fn query(name: &'static str, want: Option<Reason>, query: String) -> Self {
        let settings = world().settings();
        Self { name, want, carrier: Carrier::Query(query), expected: Some(ANSWERED), settings }
    }

    fn form(name: &'static str, want: Option<Reason>, field: String, is_request: bool) -> Self {
        let settings = world().settings();
        Self { name, want, carrier: Carrier::Form { field, is_request }, expected: Some(ANSWERED), settings }
    }

    fn run(&self) -> Result<LogoutOutcome, t5g_saml::Refusal> {
        let message = match &self.carrier {
            Carrier::Query(raw_query) => LogoutMessage::Redirect { raw_query },
            Carrier::Form { field, is_request } => {
                LogoutMessage::Post { saml: field, is_request: *is_request, relay: Some("r&1") }
            }
        };
        provider(&self.settings, Options::default()).logout_service(message, self.expected, now(), "_answer")
    }
}

/// A request of the identity provider, in canonical form.
fn request() -> String {
    format!(
        "<samlp:LogoutRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" Destination=\"{SLS}\" \
         ID=\"_idp-request\" IssueInstant=\"{}\" NotOnOrAfter=\"{}\" Version=\"2.0\">{}\
         <saml:NameID xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">_n1</saml:NameID>\
         <samlp:SessionIndex>_s1</samlp:SessionIndex><samlp:SessionIndex>_s2</samlp:SessionIndex>\
         </samlp:LogoutRequest>",
        at(now()),
        at(now() + TimeDelta::minutes(1)),
        issuer(),
    )
}

/// The identity provider's answer to ours.
fn response() -> String {
    format!(
        "<samlp:LogoutResponse xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" Destination=\"{SLS}\" \
         ID=\"_idp-response\" InResponseTo=\"{ANSWERED}\" IssueInstant=\"{}\" Version=\"2.0\">{}\
         <samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\">\
         </samlp:StatusCode></samlp:Status></samlp:LogoutResponse>",
        at(now()),
        issuer(),
    )
}

fn issuer() -> String {
    let name = IDP.replace('&', "&amp;");
    format!("<saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">{name}</saml:Issuer>")
}

fn packed(xml: &str) -> String {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(xml.as_bytes()).expect("written");
    STANDARD.encode(encoder.finish().expect("packed"))
}

fn encoded(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

/// A message in a query, signed over its bytes.
fn query(xml: &str, parameter: &str, key: &KeyPair, hash: Hash) -> String {
    let algorithm = encoded(&key.method(hash));
    let signed = format!("{parameter}={}&RelayState=r%261&SigAlg={algorithm}", encoded(&packed(xml)));
    let signature = STANDARD.encode(key.sign(hash, signed.as_bytes()).expect("signed"));
    format!("sls&{signed}&Signature={}", encoded(&signature))
}

fn usual(xml: &str, parameter: &str) -> String {
    query(xml, parameter, &world().idp, Hash::Sha256)
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = good();
    cases.extend(carriers());
    cases.extend(contents());
    cases.extend(forged());
    cases
}

fn good() -> Vec<Case> {
    let world = world();
    let signed = Signing::with(&world.idp).sign(&request(), "_idp-request").expect("signed");
    let answered = Signing::with(&world.idp).sign(&response(), "_idp-response").expect("signed");
    vec![
        Case::query("request", None, usual(&request(), "SAMLRequest")),
        Case::query("response", None, usual(&response(), "SAMLResponse")),
        Case::query("SHA-512", None, query(&request(), "SAMLRequest", &world.idp, Hash::Sha512)),
        Case::query(
            "next key, on a curve",
            None,
            query(&request(), "SAMLRequest", &world.next, Hash::Sha256),
        ),
        Case::query("other order", None, {
            let query = usual(&response(), "SAMLResponse");
            let mut pairs: Vec<&str> = query.split('&').collect();
            pairs.reverse();
            pairs.join("&")
        }),
        Case::form("request in a form", None, field(&signed), true),
        Case::form("response in a form", None, field(&answered), false),
    ]
}

fn carriers() -> Vec<Case> {
    let good = usual(&request(), "SAMLRequest");
    let bomb = packed(&" ".repeat(20_000_000));
    let mut cases = vec![
        Case::query("empty", Some(Reason::Binding), String::new()),
        Case::query("both", Some(Reason::Binding), format!("{good}&SAMLResponse=x")),
        Case::query("request twice", Some(Reason::Binding), format!("{good}&SAMLRequest=x")),
        Case::query(
            "request twice, spelt differently",
            Some(Reason::Binding),
            format!("{good}&SAML%52equest=x"),
        ),
        Case::query("relay twice", Some(Reason::Binding), format!("{good}&RelayState=x")),
        Case::query("signature twice", Some(Reason::Binding), format!("{good}&Signature=x")),
        Case::query("half a signature", Some(Reason::Binding), good.replace("&Signature=", "&Sig=")),
        Case::query("other packing", Some(Reason::Binding), format!("{good}&SAMLEncoding=urn:x")),
        Case::query("long relay", Some(Reason::Binding), good.replace("r%261", &"r".repeat(1025))),
        Case::query("not base64", Some(Reason::Base64), "SAMLRequest=%21".to_owned()),
        Case::query(
            "not packed",
            Some(Reason::Deflate),
            format!("SAMLRequest={}", encoded(&field(&request()))),
        ),
        Case::query(
            "a packed bomb",
            Some(Reason::TooLarge),
            format!("SAMLRequest={}&SigAlg=a&Signature=AAAA", encoded(&bomb)),
        ),
        Case::query("very long", Some(Reason::TooLarge), "x".repeat(300_000)),
        Case::form("form of nothing", Some(Reason::Xml), String::new(), true),
        Case::form("request called response", Some(Reason::WrongMessage), field(&request()), false),
    ];
    for (name, path) in [("none here", "sp"), ("none there", "idp")] {
        let mut case = Case::query(name, Some(Reason::NoLogout), good.clone());
        case.settings[path]["singleLogoutService"] = Value::Null;
        cases.push(case);
    }
    cases
}

fn contents() -> Vec<Case> {
    let requested = |name, reason, from: &str, to: &str| {
        assert!(request().contains(from), "{from}");
        Case::query(name, Some(reason), usual(&request().replace(from, to), "SAMLRequest"))
    };
    let answered = |name, reason, from: &str, to: &str| {
        assert!(response().contains(from), "{from}");
        Case::query(name, Some(reason), usual(&response().replace(from, to), "SAMLResponse"))
    };
    let (late, destination) = (at(now() - TimeDelta::seconds(120)), format!(" Destination=\"{SLS}\""));
    let old = at(now() - TimeDelta::seconds(721));
    let end = at(now() + TimeDelta::minutes(1));
    let mut unasked = Case::query("unasked", Some(Reason::InResponseTo), usual(&response(), "SAMLResponse"));
    unasked.expected = None;
    vec![
        unasked,
        requested("of another", Reason::Issuer, "login.example", "other.example"),
        requested("to another", Reason::Destination, SLS, SLO),
        requested("to nobody", Reason::Destination, &destination, ""),
        requested("over", Reason::Expired, &end, &late),
        requested(
            "old",
            Reason::TooOld,
            &format!("IssueInstant=\"{}", at(now())),
            &format!("IssueInstant=\"{old}"),
        ),
        requested("no name", Reason::NameId, ">_n1<", "><"),
        requested("a comment", Reason::Comment, ">_n1<", ">_<!-- -->n1<"),
        requested(
            "two names",
            Reason::DuplicateElement,
            "<samlp:SessionIndex>_s1",
            &format!(
                "{}<samlp:SessionIndex>_s1",
                "<saml:NameID xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">_n2</saml:NameID>"
            ),
        ),
        requested(
            "an assertion",
            Reason::AssertionPlace,
            "<samlp:SessionIndex>_s1",
            &format!("{}<samlp:SessionIndex>_s1", an_assertion().xml()),
        ),
        answered("to another request", Reason::InResponseTo, ANSWERED, "_logout-2"),
        answered("of another provider", Reason::Issuer, "login.example", "other.example"),
        answered("to another address", Reason::Destination, SLS, SLO),
        answered("failed", Reason::Status, "status:Success", "status:Responder"),
        Case::query("response called request", Some(Reason::WrongMessage), usual(&response(), "SAMLRequest")),
    ]
}

fn forged() -> Vec<Case> {
    let world = world();
    let good = usual(&request(), "SAMLRequest");
    let unsigned = good.split("&SigAlg=").next().expect("a part").to_owned();
    let none = good.replace("rsa-sha256", "none");
    let hmac = good.replace("rsa-sha256", "hmac-sha256");
    let strange = Signing::with(world.stranger()).sign(&request(), "_idp-request").expect("signed");
    let signed = Signing::with(&world.idp).sign(&request(), "_idp-request").expect("signed");
    // A signature inside does not replace the one over the query.
    let inner = format!("SAMLRequest={}", encoded(&packed(&signed)));
    vec![
        Case::query("not signed", Some(Reason::Unsigned), unsigned),
        Case::query("signed only inside", Some(Reason::Unsigned), inner),
        Case::query(
            "of a stranger",
            Some(Reason::Signature),
            query(&request(), "SAMLRequest", world.stranger(), Hash::Sha256),
        ),
        Case::query(
            "SHA-1",
            Some(Reason::Signature),
            query(&request(), "SAMLRequest", &world.idp, Hash::Sha1),
        ),
        Case::query("no algorithm", Some(Reason::Signature), none),
        Case::query("HMAC", Some(Reason::Signature), hmac),
        Case::query("relay changed", Some(Reason::Signature), good.replace("r%261", "r%262")),
        Case::query("relay dropped", Some(Reason::Signature), good.replace("&RelayState=r%261", "")),
        Case::query("message changed", Some(Reason::Signature), {
            let other = packed(&request().replace("_n1", "_n2"));
            good.replace(&encoded(&packed(&request())), &encoded(&other))
        }),
        Case::form("form not signed", Some(Reason::Unsigned), field(&request()), true),
        Case::form("form of a stranger", Some(Reason::Signature), field(&strange), true),
        Case::form("form changed", Some(Reason::Signature), field(&signed.replace("_n1", "_n2")), true),
    ]
}

#[test]
fn messages_at_the_logout_service() {
    let mut wrong = Vec::new();
    for case in cases() {
        let outcome = case.run();
        let found = outcome.as_ref().err().map(t5g_saml::Refusal::reason);
        if found != case.want {
            wrong.push(format!("{}: wanted {:?}, found {outcome:?}", case.name, case.want));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_request_is_read_and_answered() {
    for case in [
        Case::query("", None, usual(&request(), "SAMLRequest")),
        Case::form(
            "",
            None,
            field(&Signing::with(&world().idp).sign(&request(), "_idp-request").expect("signed")),
            true,
        ),
    ] {
        let outcome = case.run().expect("believed");
        let LogoutOutcome::Requested { request_id, replay_until, subject_name_id, session_indexes, answer } =
            outcome
        else {
            panic!("{outcome:?}");
        };
        assert_eq!(request_id, "_idp-request");
        assert!(replay_until > now() && replay_until <= now() + TimeDelta::minutes(12), "{replay_until}");
        assert_eq!(
            (subject_name_id.as_str(), session_indexes),
            ("_n1", vec!["_s1".to_owned(), "_s2".to_owned()])
        );
        assert!(answer.as_str().starts_with(&format!("{SLO}?SAMLResponse=")), "{answer}");
        let (xml, relay) = unpacked(answer.query().expect("a query"), "SAMLResponse");
        assert_eq!(relay.as_deref(), Some("r&1"));
        for part in [
            "<samlp:LogoutResponse ",
            " ID=\"_answer\"",
            " InResponseTo=\"_idp-request\"",
            &format!(" Destination=\"{SLO}\""),
            &format!("<saml:Issuer>{SP}</saml:Issuer>"),
            "status:Success",
        ] {
            assert!(xml.contains(part), "{part} in {xml}");
        }
        signed_by_us(answer.query().expect("a query"));
    }
}

#[test]
fn we_ask_to_be_logged_out() {
    let subject = Subject {
        name_id: "a<b>&\"c".to_owned(),
        name_id_format: Some("urn:x".to_owned()),
        session_index: Some("_s&1".to_owned()),
    };
    let url = world()
        .provider()
        .logout_start(&subject, "relay", ANSWERED, now())
        .expect("made")
        .expect("a service");
    assert!(url.as_str().starts_with(&format!("{SLO}?SAMLRequest=")), "{url}");
    let (xml, relay) = unpacked(url.query().expect("a query"), "SAMLRequest");
    assert_eq!(relay.as_deref(), Some("relay"));
    for part in [
        &format!(" ID=\"{ANSWERED}\""),
        " IssueInstant=\"2026-03-04T05:06:07Z\"",
        " NotOnOrAfter=\"2026-03-04T05:11:07Z\"",
        &format!("<saml:Issuer>{SP}</saml:Issuer>"),
        "<saml:NameID Format=\"urn:x\">a&lt;b&gt;&amp;&quot;c</saml:NameID>",
        "<samlp:SessionIndex>_s&amp;1</samlp:SessionIndex>",
    ] {
        assert!(xml.contains(part), "{part} in {xml}");
    }
    signed_by_us(url.query().expect("a query"));
}

#[test]
fn an_answer_may_go_to_another_address() {
    let mut case = Case::query("", None, usual(&request(), "SAMLRequest"));
    case.settings["idp"]["singleLogoutService"]["responseUrl"] = "https://login.example/answers?x=1".into();
    let Ok(LogoutOutcome::Requested { answer, .. }) = case.run() else { panic!("not believed") };
    assert!(answer.as_str().starts_with("https://login.example/answers?x=1&SAMLResponse="), "{answer}");
}

#[test]
fn without_a_service_there_is_nothing_to_ask() {
    let mut settings = world().settings();
    settings["idp"]["singleLogoutService"] = Value::Null;
    let subject = Subject { name_id: "n".to_owned(), name_id_format: None, session_index: None };
    let none = provider(&settings, Options::default()).logout_start(&subject, "relay", ANSWERED, now());
    assert_eq!(none, Ok(None));
}

/// XML and relay of a message in a query.
pub(crate) fn unpacked(query: &str, parameter: &str) -> (String, Option<String>) {
    let pairs: HashMap<String, String> = parse(query.as_bytes()).into_owned().collect();
    let mut xml = String::new();
    let bytes = STANDARD.decode(&pairs[parameter]).expect("base64");
    DeflateDecoder::new(bytes.as_slice()).read_to_string(&mut xml).expect("packed text");
    (xml, pairs.get("RelayState").cloned())
}

/// Checks with OpenSSL that the query has our signature over its first parameters, in order.
pub(crate) fn signed_by_us(query: &str) {
    let (signed, signature) = query.split_once("&Signature=").expect("a signature");
    assert!(signed.contains("&SigAlg=") && signed.starts_with("SAML"), "{signed}");
    let value: String = parse(format!("s={signature}").as_bytes()).next().expect("a value").1.into_owned();
    let ours = world().ours.sign(Hash::Sha256, signed.as_bytes()).expect("signed");
    // RSA in this form signs the same way each time, so that whoever signs alike has the same key.
    assert_eq!(value, STANDARD.encode(ours));
}
