//! Measures believing a usual login and refusing hostile ones; makes its keys and messages itself. Prints
//! `name<TAB>value<TAB>unit`. Run it by `cargo xtask bench saml`.
#![expect(clippy::print_stdout, reason = "its output is its purpose")]

use std::hint::black_box;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, Utc};
use serde_json::json;
use t5g_saml::{Options, ServiceProvider};
use t5g_testkit::saml::{Algorithm, Assertion, Content, Encryption, KeyPair, Response, Signing, field};

const IDP: &str = "https://login.example/idp";
const SP: &str = "https://cards.example/saml/metadata";
const ACS: &str = "https://cards.example/?acs";
const REQUEST: &str = "_request";

fn main() -> Result<()> {
    let now = DateTime::<Utc>::from_timestamp(1_772_600_767, 0).context("a time")?;
    let (idp, next) = (KeyPair::generate(Algorithm::Rsa, "idp")?, KeyPair::generate(Algorithm::Rsa, "next")?);
    let ours = KeyPair::generate(Algorithm::Rsa, "ours")?;
    let settings = json!({
        "strict": true,
        "sp": {
            "entityId": SP, "assertionConsumerService": {"url": ACS},
            "x509cert": ours.certificate(), "privateKey": ours.private_key(),
        },
        "idp": {
            "entityId": IDP, "singleSignOnService": {"url": "https://login.example/sso"},
            "x509certMulti": {"signing": [next.certificate(), idp.certificate()]},
        },
        "security": {"authnRequestsSigned": true},
    });
    let (us, _) = ServiceProvider::new(&settings.to_string(), None, Options::default())?;
    let response = Response::new(IDP, ACS, REQUEST, now);
    let assertion = assertion(now);
    let signed = Signing::with(&idp).sign(&assertion.xml(), &assertion.id)?;
    let by_assertion = response.xml(&signed);
    let both = Signing::with(&idp).sign(&by_assertion, &response.id)?;
    let encrypted = response.xml(&Encryption::new(Content::Aes256Gcm).encrypt(signed.as_bytes(), &ours)?);
    let stranger = Signing::with(&ours).sign(&assertion.xml(), &assertion.id)?;

    show("a usual response", by_assertion.len() as f64 / 1e3, "kB");
    let good = |name: &str, xml: &str| {
        let field = field(xml);
        ensure!(us.finish(&field, REQUEST, now).is_ok(), "{name} is refused");
        measure(name, || us.finish(&field, REQUEST, now).is_ok());
        Ok(())
    };
    good("believing: assertion signed, second of two keys", &by_assertion)?;
    good("believing: response and assertion signed", &both)?;
    good("believing: assertion signed and encrypted", &encrypted)?;
    let bad = |name: &str, xml: &str| {
        let field = field(xml);
        let refusal = us.finish(&field, REQUEST, now).err().context("believed")?;
        measure(&format!("refusing: {name} ({})", refusal.code()), || {
            us.finish(&field, REQUEST, now).is_ok()
        });
        anyhow::Ok(())
    };
    bad("signed by a stranger", &response.xml(&stranger))?;
    for (name, xml) in signed_hostile(&assertion, &ours)? {
        bad(name, &response.xml(&xml))?;
    }
    for (name, xml) in hostile(&response) {
        bad(name, &xml)?;
    }
    measure("asking to log in, signed", || us.start("relay", now, REQUEST).is_ok());
    measure("reading the settings", || {
        ServiceProvider::new(&settings.to_string(), None, Options::default()).is_ok()
    });
    Ok(())
}

/// With as many groups as somebody has who has been there for long.
fn assertion(now: DateTime<Utc>) -> Assertion {
    let groups: Vec<String> =
        (0..40).map(|number| format!("cn=group-{number},ou=adhoc,ou=groups,dc=example")).collect();
    let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
    Assertion::new(IDP, SP, ACS, REQUEST, now)
        .attribute("rhatUUID", &["8f0c"])
        .attribute("mail", &["somebody@example.com"])
        .attribute("memberOf", &groups)
}

/// What passes every check that comes before the signature's: a browser of one's own and a key are enough for that.
fn signed_hostile(assertion: &Assertion, stranger: &KeyPair) -> Result<Vec<(&'static str, String)>> {
    let with = |advice: &str| {
        let mut assertion = assertion.clone();
        assertion.extra = format!("<saml:Advice>{advice}</saml:Advice>");
        assertion
    };
    let sign = |assertion: &Assertion, alter: &dyn Fn(String) -> String| {
        Signing { alter: Some(alter), ..Signing::with(stranger) }.sign(&assertion.xml(), &assertion.id)
    };
    let same = |info: String| info;
    let inclusive = |info: String| {
        info.replace(
            "http://www.w3.org/2001/10/xml-exc-c14n#",
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        )
    };
    let groups: Vec<String> = (0..1_200).map(|number| format!("{number:0>100}")).collect();
    let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
    let large = assertion.clone().attribute("many", &groups);
    Ok(vec![
        ("by a stranger, 1,200 long values", sign(&large, &same)?),
        ("by a stranger, namespaces, exclusive", sign(&with(&namespaces()), &same)?),
        ("by a stranger, namespaces, inclusive", sign(&with(&namespaces()), &inclusive)?),
        ("by a stranger, references", sign(&with(&format!("<x>{}</x>", "&amp;".repeat(45_000))), &same)?),
    ])
}

/// Many names to look up among many namespaces.
fn namespaces() -> String {
    let sixty: String = (0..60).map(|number| format!(" n:a{number}=\"\"")).collect::<Vec<_>>().concat();
    let spaces = |depth: usize| format!(" xmlns:n{depth}=\"urn:x\"");
    let deep: String = (0..25).map(|depth| format!("<x{}>", spaces(depth))).collect::<Vec<_>>().concat();
    let many = format!("<y{sixty}/>").repeat(50) + &"<z/>".repeat(1_500);
    format!("<e xmlns=\"urn:x\" xmlns:n=\"urn:n\">{deep}{many}{}</e>", "</x>".repeat(25))
}

/// As large as they may be, or larger, and as slow as could be thought of.
fn hostile(response: &Response) -> Vec<(&'static str, String)> {
    let attributes: String =
        (0..20_000).map(|number| format!(" a{number}=\"\"")).collect::<Vec<_>>().concat();
    let extended = |xml: &str| {
        let mut response = response.clone();
        response.extra = format!("<samlp:Extensions>{xml}</samlp:Extensions>");
        response.xml("")
    };
    vec![
        ("20,000 attributes", response.xml(&format!("<x{attributes}/>"))),
        ("60,000 elements", response.xml(&"<x/>".repeat(60_000))),
        ("30,000 deep", "<x>".repeat(30_000)),
        ("references only", response.xml(&"&amp;".repeat(50_000))),
        ("quotes only", response.xml(&format!("<x a=\"{}\"/>", "'".repeat(250_000)))),
        ("open tags only", "<".repeat(250_000)),
        ("references without end", "&".repeat(250_000)),
        ("many namespaces looked up often", extended(&namespaces())),
        ("a quarter of a megabyte of text", response.xml(&"x".repeat(250_000))),
    ]
}

fn measure<T>(name: &str, mut work: impl FnMut() -> T) {
    black_box(work());
    let (start, mut rounds) = (Instant::now(), 0_u32);
    while rounds < 200 && start.elapsed().as_millis() < 500 {
        black_box(work());
        rounds += 1;
    }
    show(name, start.elapsed().as_secs_f64() * 1e3 / f64::from(rounds), "ms");
}

fn show(name: &str, value: f64, unit: &str) {
    println!("{name}\t{value:.3}\t{unit}");
}
